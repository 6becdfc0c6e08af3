/* What sweep.c and create.c share: a sweep and its handles. */
#ifndef HD_SWEEP_SWEEP_PRIVATE_H
#define HD_SWEEP_SWEEP_PRIVATE_H

#include <hdrive/sweep.h>

#include "dispatch/devices.h"
#include "dispatch/dispatch.h"
#include "snapshot/snapshot.h"
#include "sweep/core.h"
#include "sweep/name.h"
#include "sweep/warm.h"

#include <uv.h>

#include <stdatomic.h>

#define HD_SWEEP_SETTINGS 3

struct hd_sweep {
	struct hd_store *store;
	const struct hd_config *config;
	struct hd_config *own_config; /* of a resumed one */
	bool resumes;
	bool by_name; /* ... by who would have submitted it again */
	size_t *only; /* only to stop these trials */
	size_t only_count;
	bool starts_nothing; /* it only stops, or stores what has ended */
	bool settles;        /* ... or none, and store what has ended */
	int lock;            /* descriptor of the folder's lock, -1 for none */
	struct hd_core *core;
	struct hd_dispatch *dispatch;
	struct hd_control *control;           /* NULL where none could be had */
	const struct hd_backend_type *runner; /* NULL: this machine */
	void *runner_user;
	const struct hd_target *target; /* NULL: this machine */
	char *backend;                  /* what runs its trials, for its row */
	bool started_up;                /* hd_sweep_start was called */
	bool over;                      /* and its last step was made */
	bool hurry;                     /* the next step is due at once */
	hd_event_fn event;
	void *user;

	char id[HD_SWEEP_ID_SIZE];
	char name[HD_SWEEP_NAME_MOST + 1];
	int64_t key;
	int64_t started;        /* on the wall */
	int64_t started_steady; /* the same instant on the clock nobody sets */
	uint64_t seed;
	size_t slots;
	struct hd_devices *devices; /* NULL when none are given out */
	size_t gpus_per_trial;      /* where trials run elsewhere */
	size_t cpus_per_trial;
	char *slots_why;                       /* why so few; NULL when none are missing */
	char *settings[HD_SWEEP_SETTINGS + 1]; /* keys that options changed */
	double grace;
	char *folder;
	char *source;
	struct hd_snapshot *snapshot; /* of one made here */
	char snapshot_id[HD_SNAPSHOT_ID_SIZE];
	char *tree;                     /* its folder; NULL: the source itself */
	struct hd_said_row *properties; /* of the source, for the row */
	size_t property_count;
	char *moved_program; /* its full path, when it is not in the snapshot */
	const char **moved_words;
	char *launcher;
	char *python_path;
	struct hd_warm warm; /* of a new one */
	struct hd_program *program;
	char **environment; /* one block, ending in NULL */

	uv_loop_t loop;
	bool loop_open;
	uv_async_t wake;  /* hd_sweep_stop, or the runner */
	uv_check_t check; /* a turn after the loop's callbacks */
	uv_idle_t again;  /* keeps the loop from sleeping before a turn */
	uv_work_t work;   /* a slow sampler's suggestion */
	uv_timer_t tick;
	uv_timer_t soon;
	uv_timer_t due;  /* somebody has waited long enough */
	uv_timer_t sync; /* flush.c: time for it, its worker's part, */
	uv_work_t flush;
	int flush_log;          /* its descriptor, -1 while it has none, */
	int flush_error;        /* and the errno it came back with */
	uv_work_t copy;         /* flush.c: of the log into the store, */
	const char *copy_path;  /* NULL while nobody does it, */
	int copy_error;         /* and the errno it came back with */
	atomic_int stop_asked;  /* 1: gracefully, 2: now */
	atomic_bool poll_asked; /* by the runner */
	int stop_heard;
	atomic_bool ending; /* handles are being closed */
	bool store_gone;    /* said so */
	int rc;
	struct hd_error error;
};

#define HD_SWEEP_GRACE 10.0

/*
 * sweep.c: an empty one into *OWN, *OUT for the caller being NULL so far, and
 * what was GIVEN as OPTIONS of this version.
 */
int hd_sweep_alloc(struct hd_sweep **own, struct hd_sweep **out,
		   struct hd_store *store, const struct hd_sweep_options *given,
		   struct hd_sweep_options *options, struct hd_error *err);
/* sweep.c: the loop has nothing left to do: the sweep's last words. */
int hd_sweep_conclude(struct hd_sweep *sweep, struct hd_error *err);
/*
 * sweep.c: its loop, before which it must be known that there are files enough
 * for its slots.
 */
int hd_sweep_check_descriptors(const struct hd_sweep *sweep,
			       struct hd_error *err);
int hd_sweep_open_loop(struct hd_sweep *sweep, struct hd_error *err);
/* sweep.c: the store can be trusted no more; sweep->error tells why. */
void hd_sweep_give_up(struct hd_sweep *sweep, int rc);
/* flush.c: what was committed and must outlive a power loss will, soon. */
void hd_sweep_arm_flush(struct hd_sweep *sweep);
/* create.c: what is this process's own: launcher, environment, observer. */
int hd_sweep_take_host(struct hd_sweep *sweep,
		       const struct hd_sweep_options *options,
		       struct hd_error *err);
/* create.c: where the target wants the sweep's folder; NULL: beside the store. */
const char *hd_sweep_ground(const struct hd_sweep *sweep);
/* create.c: what runs its trials. */
const struct hd_backend_type *hd_sweep_backend(const struct hd_sweep *sweep);
/* What a sweep's row calls it: "local", the runner's name, or the target's
 * behind what that is, "slurm:big". The caller's to free(); NULL for no memory. */
char *hd_sweep_backend_name(const struct hd_sweep_options *options);
/*
 * move.c: whether a sweep of BACKEND may go on where OPTIONS say; and that it
 * does, in the caller's transaction: HD_ESTATE when trials are under way.
 */
bool hd_sweep_may_move(const char *backend, const struct hd_sweep_options *options);
int hd_sweep_move(struct hd_sweep *sweep, const char *backend, struct hd_error *err);
/* create.c: copy the options, settle seed and id, make folder and row. */
int hd_sweep_create(struct hd_sweep *sweep,
		    const struct hd_sweep_options *options,
		    struct hd_error *err);
/* slots.c: how many run at a time, and their devices; before the above. */
int hd_sweep_take_slots(struct hd_sweep *sweep,
			const struct hd_sweep_options *options,
			struct hd_error *err);
/* The same where sweep->slots says already how many are wanted. */
int hd_sweep_limit_slots(struct hd_sweep *sweep,
			 const struct hd_sweep_options *options,
			 struct hd_error *err);
/*
 * source.c: the source folder, its snapshot and git's word on it. PROGRAM's
 * first word may become another.
 */
int hd_sweep_take_source(struct hd_sweep *sweep,
			 const struct hd_sweep_options *options,
			 struct hd_program *program, struct hd_error *err);
/* The same of a sweep that has them in its row. */
int hd_sweep_retake_source(struct hd_sweep *sweep, const char *source,
			   const char *snapshot, struct hd_error *err);
/* A row names the snapshot: it needs no more keeping. */
void hd_sweep_settle_source(struct hd_sweep *sweep);
/* In the sweep's folder, the link that its trials' links go by. */
int hd_sweep_link_source(const struct hd_sweep *sweep, struct hd_error *err);
void hd_sweep_tell_source(struct hd_sweep *sweep, int64_t now);
/* For struct hd_core_setup; USER is the sweep. */
void hd_sweep_hint_source(void *user, const char *tail, struct hd_buf *text);
void hd_sweep_release_source(struct hd_sweep *sweep);
/* What the link's name is, seen from a trial's work/. */
#define HD_SWEEP_SOURCE "source"
#define HD_SWEEP_SOURCE_LINK "../../" HD_SWEEP_SOURCE

/* Once it runs: a note when devices are the limit. */
void hd_sweep_tell_slots(struct hd_sweep *sweep, int64_t now);
void hd_sweep_release_slots(struct hd_sweep *sweep);

#endif
