/*
 * The Slurm backend's own: its attempts and what is known of them (attempt.c),
 * how they get into the queue (submit.c), what the scheduler tells (query.c,
 * round.c), what their files tell (follow.c), what became of them (judge.c), how
 * they are stopped (cancel.c). The backend's table is dispatch/backend_slurm.c.
 *
 * Invariants:
 * - a job is known by its NAME, which no other job ever has; its number is used
 *   to name it to the scheduler only while that shows it under our name, as a
 *   controller that was killed gives numbers again;
 * - an attempt's intent (job.h) is in its folder before sbatch is called, so a
 *   later engine finds the job whatever became of this one;
 * - sbatch may have queued what it says it could not: it is called again only
 *   after the name was looked for LOOKS times;
 * - no more than one query is at the scheduler at any time, and two begin at least
 *   settings->poll seconds apart;
 * - a query that failed changes nothing.
 */
#ifndef HD_SLURM_SLURM_H
#define HD_SLURM_SLURM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <uv.h>

#include <hdrive/backend.h>

#include "dispatch/record.h"
#include "dispatch/ticket.h"
#include "remote/command.h"
#include "slurm/job.h"
#include "slurm/settings.h"
#include "slurm/state.h"

/* Seconds that a command of Slurm's may take. */
#define HD_SLURM_PATIENCE 60.0
#define HD_SLURM_BUCKETS 1024
#define HD_SLURM_NODE 64 /* bytes of a node's name */
/* Below the sweep's folder: logs of jobs, and what they need there. */
#define HD_SLURM_PLACE ".slurm"

enum hd_slurm_phase {
	HD_SLURM_QUEUED,     /* here: sbatch was not called */
	HD_SLURM_SUBMITTING, /* sbatch runs */
	HD_SLURM_SEARCHED,   /* sbatch failed; there may be a job all the same */
	HD_SLURM_SUBMITTED,  /* there is, or was, a job */
};

/* Why sbatch failed. */
enum hd_slurm_fault {
	HD_SLURM_FAULT_NONE,
	HD_SLURM_FAULT_REFUSED, /* such a job is not possible */
	HD_SLURM_FAULT_LIMIT,   /* no more of them now */
	HD_SLURM_FAULT_PASSING, /* it may go well the next time */
};

struct hd_slurm_attempt {
	struct hd_slurm *slurm;
	struct hd_slurm_attempt *next, **link;      /* of all */
	struct hd_slurm_attempt *by_trial, *by_job; /* of a bucket */
	struct hd_slurm_attempt *next_queued;
	size_t trial;
	unsigned number;
	char *folder;
	double grace;
	struct hd_slurm_job job;
	enum hd_slurm_phase phase;
	bool adopted, started, stopped, stop_now;
	bool withdrawn; /* its ticket is ours again: it never runs */
	bool claimed;   /* a launcher has its ticket */

	double due; /* of those queued: not before, in seconds of the loop */
	unsigned tries;
	enum hd_slurm_fault fault;
	char why[256]; /* sbatch's words */

	/* What the scheduler told. */
	char id[32]; /* "12" or "12_3"; "" while it is not known */
	enum hd_slurm_state state;
	char reason[64], node[HD_SLURM_NODE];
	double limit;      /* seconds that it may run, 0 for no end */
	double since;      /* when it was submitted, or found */
	unsigned era;      /* of the scheduler then */
	double ended;      /* when its state was first one of an end; 0: not yet */
	bool asked, found; /* in this round */
	unsigned missing;  /* rounds in a row without it */
	double missing_at; /* when the first of these ended */
	unsigned requeued; /* rounds that showed it waiting though it had begun */

	/* What its files told. */
	double looked; /* when they were looked at */
	off_t sizes[3];
	struct timespec beat; /* of its state file */
	double heard;         /* when that last changed */
	struct hd_record *record;
	double record_at;
	unsigned doubts; /* rounds since then */
	unsigned unread; /* tries to read it that failed */

	/* How far its cancelling is. */
	unsigned cancel_stage;
	double cancel_due; /* 0: not wanted */
};

struct hd_slurm_noted {
	struct hd_slurm_noted *next;
	char text[64];
};

/* A node that failed: trials that saw it are kept off it, and all of them once it
 * failed often. */
struct hd_slurm_node {
	struct hd_slurm_node *next;
	char name[HD_SLURM_NODE];
	size_t trial; /* SIZE_MAX: the entry counts */
	unsigned count;
};

/* A job with our sweep's name that no attempt wants. */
struct hd_slurm_orphan {
	struct hd_slurm_orphan *next;
	char id[32];
	unsigned rounds; /* in a row that showed it */
	bool seen;       /* in this one */
	bool told;       /* to end */
};

struct hd_slurm {
	struct hd_backend_host host;
	const struct hd_slurm_settings *settings;
	struct hd_commands *commands;
	const char **environment; /* of the commands; its strings are the host's */

	/* Of the sweep. */
	char tag[HD_SLURM_TAG];
	char *folder;
	/* Hdrive's own parts there, below the folder (remote/parts.h). */
	char *parts, *launcher, *python_path;
	char *python_here; /* the folder of drop-ins that those were copied from */
	size_t gpus, cpus, nodes, processes;

	struct hd_slurm_attempt *attempts;
	struct hd_slurm_attempt *trials[HD_SLURM_BUCKETS], *jobs[HD_SLURM_BUCKETS];
	size_t count;
	struct hd_ticket_print print;
	char *print_path;

	/* submit.c */
	struct hd_slurm_attempt *queue, **queue_end;
	uv_timer_t submit;
	double tokens, tokens_at;
	size_t submitting;
	double hold;    /* not before */
	size_t most;    /* jobs at once, for now */
	double most_at; /* when that was last changed */
	bool arrays_refused;
	bool limit_told;
	uint32_t nonce;
	struct hd_slurm_node *bad;

	/* query.c */
	uv_timer_t query;
	bool asking;     /* one is at the scheduler */
	bool configured; /* what the site's configuration tells is known */
	double configured_at;
	char boot[32];       /* when the controller began, in its words */
	unsigned era;        /* counts its beginnings, and times in which it was silent */
	bool has_accounting; /* sacct answers */
	bool wants_accounts; /* this round is not over before it did */
	unsigned mute;       /* calls of sacct in a row that failed */
	double max_array, min_age;
	double asked_at; /* when the last query began */
	double interval;
	double busy;     /* until then it is asked as often as may be */
	double back_off; /* 0 while it answers */
	int64_t silent;  /* since when it does not, by the wall's clock; 0 */
	bool silence_told;
	struct hd_slurm_noted *noted;

	/* cancel.c */
	uv_timer_t cancel;
	bool cancelling;
	struct hd_slurm_orphan *orphans;
	struct hd_slurm_noted *released; /* names of jobs that we let go */

	/* backend_slurm.c */
	uv_timer_t settle;
	bool used;   /* something was submitted or taken over */
	bool looked; /* while closing: a round has ended */
	bool closing;
	unsigned open;
	void (*done)(void *user);
	void *done_user;
};

/* The loop's clock in seconds. */
double hd_slurm_now(const struct hd_slurm *slurm);

/* --- attempt.c ------------------------------------------------------------- */

/* NULL for no memory. What is in LAUNCH is copied. */
struct hd_slurm_attempt *hd_slurm_attempt_new(struct hd_slurm *slurm,
					      const struct hd_launch *launch);
/* Forget it; nothing is told. */
void hd_slurm_attempt_free(struct hd_slurm_attempt *attempt);
struct hd_slurm_attempt *hd_slurm_attempt_find(const struct hd_slurm *slurm,
					       size_t trial);
/* It is known by that name from now on. */
void hd_slurm_attempt_name(struct hd_slurm_attempt *attempt,
			   const struct hd_slurm_job *job);
struct hd_slurm_attempt *hd_slurm_attempt_of_job(const struct hd_slurm *slurm,
						 const char *name, long task);
/* Take its ticket back, so that it never runs. Whether that is so now. */
bool hd_slurm_attempt_withdraw(struct hd_slurm_attempt *attempt);
/* It runs: said once. */
void hd_slurm_attempt_started(struct hd_slurm_attempt *attempt);
/* Where, as far as it is known: may be said again. */
void hd_slurm_attempt_placed(const struct hd_slurm_attempt *attempt);
/* Tell how it ended, and forget it. */
void hd_slurm_attempt_end(struct hd_slurm_attempt *attempt, const struct hd_exit *exit);
/* The same for one that has no exit record: why. */
void hd_slurm_attempt_fail(struct hd_slurm_attempt *attempt, enum hd_cause cause,
			   double delay, const char *why);
/* The path of the log of its job; false when it is too long. */
bool hd_slurm_attempt_log(const struct hd_slurm_attempt *attempt, char *path,
			  size_t size);

/* --- submit.c -------------------------------------------------------------- */

void hd_slurm_submit_init(struct hd_slurm *slurm);
void hd_slurm_submit_release(struct hd_slurm *slurm);
/* Into the queue, due at attempt->due. */
void hd_slurm_submit(struct hd_slurm_attempt *attempt);
/* Out of it, if it is there. */
void hd_slurm_submit_forget(struct hd_slurm_attempt *attempt);
/* Submit what may be now; the scheduler answers. */
void hd_slurm_submit_soon(struct hd_slurm *slurm);
/* It was searched and is not there: another time, or the end. */
void hd_slurm_submit_again(struct hd_slurm_attempt *attempt);
size_t hd_slurm_capacity(const struct hd_slurm *slurm);
/* The node failed under the trial; "" is ignored. */
void hd_slurm_node_failed(struct hd_slurm *slurm, size_t trial, const char *node);

/* --- query.c ---------------------------------------------------------------- */

/* Ask as often as may be for a while: something was submitted or signalled. */
void hd_slurm_query_soon(struct hd_slurm *slurm);
/* Ask when it is time, if there is anything to ask. */
void hd_slurm_query_arm(struct hd_slurm *slurm);
/* Look soon whether the controller is still the same (slurm->era). */
void hd_slurm_query_boot(struct hd_slurm *slurm);
/* A command of Slurm's could not reach the scheduler: ERR are its words. */
void hd_slurm_silent(struct hd_slurm *slurm, const char *err);

/* --- round.c ---------------------------------------------------------------- */

/* Whether there is anything to ask the scheduler. */
bool hd_slurm_round_wanted(const struct hd_slurm *slurm);
void hd_slurm_round_begin(struct hd_slurm *slurm);
/* squeue's lines, which are changed. */
void hd_slurm_round_queue(struct hd_slurm *slurm, char *text);
/* sacct's. */
void hd_slurm_round_accounts(struct hd_slurm *slurm, char *text);
/* Whether it should have been in the queue and was not. */
bool hd_slurm_round_lacks(const struct hd_slurm_attempt *attempt);
/* Whether any was. */
bool hd_slurm_round_misses(const struct hd_slurm *slurm);
/* Nothing was told of those. */
void hd_slurm_round_excuse(struct hd_slurm *slurm);
void hd_slurm_round_end(struct hd_slurm *slurm);
void hd_slurm_round_release(struct hd_slurm *slurm);

/* --- follow.c ---------------------------------------------------------------- */

/* Look at its files, and tell. It may have ended then and be gone. */
void hd_slurm_follow(struct hd_slurm_attempt *attempt);
/* The same when it is time: of thousands not all are looked at each second. */
void hd_slurm_follow_due(struct hd_slurm_attempt *attempt);

/* --- judge.c ----------------------------------------------------------------- */

/* Whether, by all that is known, it has ended: then it is told and gone. */
bool hd_slurm_judge(struct hd_slurm_attempt *attempt);

/* --- cancel.c ---------------------------------------------------------------- */

void hd_slurm_stop(struct hd_slurm_attempt *attempt, bool now);
/* Go on with what is to be cancelled. */
void hd_slurm_cancel_soon(struct hd_slurm *slurm);
/* A job that nobody wants was seen; SURE: it is ended at once. */
void hd_slurm_orphan(struct hd_slurm *slurm, const char *id, bool sure);
void hd_slurm_orphans_begin(struct hd_slurm *slurm);
void hd_slurm_orphans_end(struct hd_slurm *slurm);
/* Its job goes on without us. */
void hd_slurm_let_go(struct hd_slurm_attempt *attempt);
bool hd_slurm_was_let_go(const struct hd_slurm *slurm, const char *name, long task);
void hd_slurm_cancel_release(struct hd_slurm *slurm);

/* --- place.c ------------------------------------------------------------------ */

/* Make the folder of the sweep's jobs, with hdrive's parts and the interpreter. */
int hd_slurm_place_make(struct hd_slurm *slurm, const struct hd_stage *stage,
			struct hd_error *err);
/* Remove what nobody needs any more. */
void hd_slurm_place_tidy(const struct hd_slurm *slurm);
void hd_slurm_place_release(struct hd_slurm *slurm);
/* The order for LAUNCH into its folder; 0 or an errno. */
int hd_slurm_order_write(const struct hd_slurm *slurm, const struct hd_launch *launch);

/* --- backend_slurm.c ---------------------------------------------------------- */

/* Judge all attempts in a moment, from the loop. */
void hd_slurm_settle_soon(struct hd_slurm *slurm);
/* While closing: a round has ended, or cannot. */
void hd_slurm_close_turn(struct hd_slurm *slurm);

#endif
