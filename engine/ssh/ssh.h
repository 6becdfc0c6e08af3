/*
 * The ssh backend's own. Each host has a shell for requests and one for what is
 * long (host.c, reach.c); an attempt is launched there (launch.c), looked at
 * with all others of its host once a second (look.c), brought home (bring.c),
 * told to stop or given up (end.c). What it needs there is staged once
 * (fit.c, archive.c); what could not be ended there is remembered (away.c).
 *
 * Invariants:
 * - which host an attempt is for is in its folder here before anything is sent,
 *   and what was sent and not answered is looked for, never sent elsewhere;
 * - the files of an attempt here are beginnings of those there: what is asked
 *   for is what lies behind their sizes here;
 * - its exit record comes home last, and ended() after that;
 * - what a host says of an attempt that has been given up counts for nothing.
 */
#ifndef HD_SSH_SSH_H
#define HD_SSH_SSH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include <hdrive/backend.h>

#include "base/buf.h"
#include "remote/parts.h"
#include "remote/shell.h"
#include "ssh/settings.h"

struct hd_ssh_archive;
struct hd_ssh_group;
struct hd_ssh_attempt;
struct hd_untar;

struct hd_ssh {
	struct hd_backend_host engine;
	const struct hd_ssh_settings *settings;
	struct hd_ssh_host *hosts;
	size_t host_count;
	struct hd_ssh_attempt *attempts;
	uint64_t serial;  /* of the last attempt */
	int64_t interval; /* microseconds from look to look */
	struct hd_parts *parts;
	struct hd_ssh_archive *parts_tar, *tree_tar; /* NULL until one is needed */
	char *sweep_folder;                          /* here */
	char *sweep_id;
	char *tree;        /* here; NULL: nothing is to be launched */
	char *tree_id;     /* its name there */
	bool tree_is_live; /* no snapshot: this engine's own */
	char *python_path;
	size_t gpus_per_trial;
	size_t nodes; /* hosts of one trial (group.h) */
	size_t open;  /* shells, the timer and archives not yet closed */
	bool keeps;   /* attempts were left running: nothing there is removed */
	bool is_closing;
	void (*done)(void *user);
	void *done_user;
	uv_timer_t timer; /* for closing: hosts that do not answer */
};

enum hd_ssh_phase {
	HD_SSH_UNUSED,   /* no shell was opened */
	HD_SSH_AWAY,     /* there is no link */
	HD_SSH_PROBING,  /* what is it? */
	HD_SSH_FITTING,  /* it gets the parts */
	HD_SSH_CLEARING, /* what was left there goes */
	HD_SSH_STAGING,  /* it gets the tree */
	HD_SSH_READY,
	HD_SSH_REFUSED, /* nothing of ours can run there */
};

struct hd_ssh_host {
	struct hd_ssh *ssh;
	struct hd_ssh_said said;
	const char **argv; /* of its ssh */
	struct hd_shell *control, *bulk;
	enum hd_ssh_phase phase;
	bool asking;  /* a step's request is under way */
	bool fitting; /* ... and it sends the parts, or the tree */
	bool looking;
	bool more;     /* the last look did not get all */
	int64_t look;  /* steady time of the next look */
	int64_t again; /* ... of the next try of a step that failed */
	int64_t rest;  /* ... until which nothing new is launched */
	int64_t heard; /* ... when it said something */
	unsigned bulk_downs;
	bool is_dead;    /* not heard of for the lease */
	bool is_cleared; /* nothing of the sweep is there any more */
	bool is_lost;    /* it was ready once, and its link is down since */
	bool mlflow;     /* its server runs there */
	bool was_fitted; /* once */
	char *folder;    /* there, absolute; NULL until it is known */
	char *sweep;     /* the sweep's folder there; NULL as long */
	char *boot;
	char *address; /* IPv4, towards the other hosts; NULL until it is known */
	size_t slots;  /* 0 until they are known */
	bool *places;  /* of the slots: taken */
	char *noted;   /* what was last said about it */
};

enum hd_ssh_stage {
	HD_SSH_PUSHING,  /* its files go there first */
	HD_SSH_SENDING,  /* it is to be launched, or that is under way */
	HD_SSH_UNSURE,   /* whether it was is not known */
	HD_SSH_RUNNING,  /* it was; waits for its end */
	HD_SSH_ENDING,   /* its launcher is gone: what is left of it is ended */
	HD_SSH_BRINGING, /* its record is there, its files come home */
	HD_SSH_HELD,     /* ... but others of its trial are not through (group.h) */
	HD_SSH_HOME,     /* an earlier engine has brought all of it home */
};

struct hd_ssh_attempt {
	struct hd_ssh *ssh;
	struct hd_ssh_attempt *next;
	struct hd_ssh_host *host;
	uint64_t serial;
	size_t place; /* of the host; SIZE_MAX for none */
	size_t trial;
	unsigned number;
	size_t node;                /* of its trial's hosts; the first one leads */
	struct hd_ssh_group *group; /* NULL: its trial is on one host */
	char *above;                /* the trial's folder here, of one that does not lead */
	char *folder;               /* here */
	char *there;
	char *boot; /* of the host when it was launched; NULL: not known */
	double grace;
	enum hd_ssh_stage stage;
	struct hd_buf order; /* the archive that launches it; empty for an adopted one */
	struct hd_ssh_archive *push;
	bool asking;    /* a request about it alone is under way */
	unsigned refs;  /* its own and that of requests */
	bool is_closed; /* not in the list any more */
	int64_t pid;    /* of its launcher; 0: not known */
	uint64_t start;
	bool was_started; /* started() was called */
	bool is_claimed;
	bool stopped, stop_now;
	bool is_cut;        /* ended for what befell another host of its trial */
	int told;           /* 0, 1: TERM, 2: KILL was sent */
	int64_t told_at;    /* steady */
	unsigned untold;    /* looks at one that has claimed and says no more */
	char *state, *exit; /* the records as they came */
	bool is_gone;       /* without a record */
	bool is_drained;    /* all its files are here */
	enum hd_cause cause;
	char error[512]; /* of one without a record */
	struct hd_untar *untar;
	int64_t again;      /* steady time before which it is not tried once more */
	unsigned rank_mask; /* bits of rank logs 0..31 that are here */
};

/* One less is open; the last one tells that all is closed. */
void hd_ssh_unref(struct hd_ssh *ssh);

/* --- host.c ---------------------------------------------------------------- */

int hd_ssh_host_init(struct hd_ssh_host *host, struct hd_ssh *ssh, const char *said,
		     struct hd_error *err);
void hd_ssh_host_release(struct hd_ssh_host *host);
/* Open its shell, once. */
int hd_ssh_host_start(struct hd_ssh_host *host, struct hd_error *err);
/* Its links end. */
void hd_ssh_host_close(struct hd_ssh_host *host);
struct hd_ssh_host *hd_ssh_host_find(const struct hd_ssh *ssh, const char *name);
/* Do what is next for it: may be called at any time. */
void hd_ssh_host_step(struct hd_ssh_host *host);
/* The one with most room; NULL for none. */
struct hd_ssh_host *hd_ssh_host_choose(const struct hd_ssh *ssh);
size_t hd_ssh_host_busy(const struct hd_ssh_host *host);
/* Its lowest free place, which is taken then; SIZE_MAX for none. */
size_t hd_ssh_host_take(struct hd_ssh_host *host);
/* "host 'NAME': TEXT" to a person, unless it was the last thing said of it. */
void hd_ssh_host_note(struct hd_ssh_host *host, const char *text);
typedef void (*hd_ssh_answer_fn)(struct hd_ssh_host *host, int rc,
				 const char *answer, size_t length);
/* SCRIPT, which is released, to the control shell with that file as its input
 * (-1 for none); a step of the host, of which there is one at a time. */
void hd_ssh_host_ask(struct hd_ssh_host *host, struct hd_buf *script, int file,
		     int64_t length, double limit, hd_ssh_answer_fn answered);
/* The step failed with that answer: it is tried again in a while. */
void hd_ssh_host_fail(struct hd_ssh_host *host, const char *what, const char *answer);
/* The last line of TEXT that tells something, without its end, into LINE. */
void hd_ssh_last_line(char *line, size_t size, const char *text);
/* The folder of parts there; appended. */
void hd_ssh_parts_path(struct hd_buf *path, const struct hd_ssh_host *host);
/* The launcher there, as a word of sh; appended. */
void hd_ssh_launcher_add(struct hd_buf *script, const struct hd_ssh_host *host);
void hd_ssh_tree_path(struct hd_buf *path, const struct hd_ssh_host *host);
/* The shell for long answers, or the control shell when that cannot be had;
 * NULL: not now. */
struct hd_shell *hd_ssh_host_bulk(struct hd_ssh_host *host);

/* --- fit.c: steps of a host that was reached -------------------------------- */

void hd_ssh_fit_probe(struct hd_ssh_host *host);
void hd_ssh_fit_parts(struct hd_ssh_host *host);
void hd_ssh_fit_tree(struct hd_ssh_host *host);

/* --- away.c: what could not be ended there ---------------------------------- */

/* Remember the attempt's folder there, or with NULL the sweep's. */
void hd_ssh_away_add(const struct hd_ssh_host *host, const char *folder);
/* This sweep is gone on with: its folders there are not to go as a whole. */
void hd_ssh_away_keep_sweep(const struct hd_ssh *ssh);
/* It has ended: they go, unless the host has CLEARED them by now. */
void hd_ssh_away_close(const struct hd_ssh_host *host, bool is_cleared);
/* A step: end and remove what is remembered of the host, one at a time. */
void hd_ssh_away_step(struct hd_ssh_host *host);

/* --- archive.c: tar files made here ----------------------------------------- */

/* The last file in each (script.c). */
#define HD_SSH_WHOLE ".hdrive-whole"

/* NAME in the sweep's scratch of what tar's WORDS (ends in NULL) say; CHANGED
 * (user) from the loop when it is done. */
struct hd_ssh_archive *hd_ssh_archive_new(struct hd_ssh *ssh, const char *name,
					  const char *const *words,
					  void (*changed)(void *user), void *user);
/* 1: there; 0: being made; -1: failed, WHY is why. */
int hd_ssh_archive_state(const struct hd_ssh_archive *archive, const char **why);
/* Where archives are made. */
const char *hd_ssh_scratch(const struct hd_ssh *ssh);
int hd_ssh_archive_file(const struct hd_ssh_archive *archive, int64_t *length);
void hd_ssh_archive_free(struct hd_ssh_archive *archive);

/* --- backend_ssh.c ------------------------------------------------------------ */

/* Its folder there: one for each attempt and node, so that two never share one. */
char *hd_ssh_folder_there(const struct hd_ssh_host *host, const struct hd_launch *launch,
			  size_t node);

/* --- attempt.c --------------------------------------------------------------- */

struct hd_ssh_attempt *hd_ssh_attempt_new(struct hd_ssh *ssh,
					  const struct hd_launch *launch);
struct hd_ssh_attempt *hd_ssh_attempt_find(const struct hd_ssh *ssh, size_t trial);
/* Out of the list, its place free; freed when no request is about it. */
void hd_ssh_attempt_close(struct hd_ssh_attempt *attempt);
void hd_ssh_attempt_ref(struct hd_ssh_attempt *attempt);
void hd_ssh_attempt_unref(struct hd_ssh_attempt *attempt);
/* Do what is next for it. */
void hd_ssh_attempt_step(struct hd_ssh_attempt *attempt);
/* A request about it alone, to the control shell. */
typedef void (*hd_ssh_told_fn)(struct hd_ssh_attempt *attempt, int rc,
			       const char *answer, size_t length);
bool hd_ssh_attempt_ask(struct hd_ssh_attempt *attempt, struct hd_buf *script,
			const struct hd_buf *input, hd_ssh_told_fn told);
/* Which host it is for, in its folder here (place-N). */
int hd_ssh_place_write(const struct hd_ssh_attempt *attempt, struct hd_error *err);
/* HD_ENOENT for none that can be read; HOST and the attempt's fields are filled. */
int hd_ssh_place_read(struct hd_ssh_attempt *attempt, char **host, struct hd_error *err);
/* Tell the engine its host, or those of all its ranks, the first one's first. */
void hd_ssh_place_tell(const struct hd_ssh_attempt *attempt);

/* --- launch.c ---------------------------------------------------------------- */

/* Make its order from LAUNCH for the host that was chosen. */
int hd_ssh_launch_prepare(struct hd_ssh_attempt *attempt, const struct hd_launch *launch,
			  struct hd_error *err);
void hd_ssh_launch_step(struct hd_ssh_attempt *attempt);
/* It was looked for and is not there, and its ticket neither. */
void hd_ssh_launch_missing(struct hd_ssh_attempt *attempt);
/* It was started and ended before it claimed its ticket: the setup failed. */
void hd_ssh_launch_failed(struct hd_ssh_attempt *attempt);
/* Whether it is there is not known, and its ticket is: take that back. */
void hd_ssh_launch_withdraw(struct hd_ssh_attempt *attempt);

/* --- look.c, bring.c, end.c --------------------------------------------------- */

void hd_ssh_look(struct hd_ssh_host *host);
void hd_ssh_bring_step(struct hd_ssh_attempt *attempt);
/* Write TEXT to FOLDER/NAME as a whole. */
int hd_ssh_record_write(const char *folder, const char *name, const char *text,
			struct hd_error *err);
/* All of it is home: say so. */
void hd_ssh_end(struct hd_ssh_attempt *attempt);
/* It ends without a record, for that cause and ERROR; what may live there is
 * remembered to be ended. */
void hd_ssh_end_lost(struct hd_ssh_attempt *attempt, enum hd_cause cause,
		     const char *error);
/* Its launcher is gone: end what it left. */
void hd_ssh_end_step(struct hd_ssh_attempt *attempt);
/* Tell it to stop, where that is wanted and was not done. */
void hd_ssh_stop_step(struct hd_ssh_attempt *attempt);
/* Hosts that were not heard of for the lease. */
void hd_ssh_lease(struct hd_ssh *ssh);

#endif
