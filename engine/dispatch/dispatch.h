/*
 * Dispatch: slots, folders, environments; a backend does the rest.
 *
 * A trial holds a slot from its launch until its end. The caller has stored
 * the trial's row before it calls hd_dispatch_launch or hd_dispatch_stop.
 */
#ifndef HD_DISPATCH_DISPATCH_H
#define HD_DISPATCH_DISPATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hdrive/backend.h>
#include <hdrive/error.h>

struct hd_devices;
struct hd_program;
struct hd_dispatch;

/* All borrowed until hd_dispatch_close has called its DONE. */
struct hd_dispatch_setup {
	const struct hd_backend_type *backend;
	void *runner;            /* the backend's, when a host program has filled it */
	const void *settings;    /* of the target, for the backend; NULL for none */
	void *loop;              /* the engine's, for backends that need it */
	const char *launcher;    /* path of hdrive-launch */
	const char *python_path; /* NULL for none */
	const char *source;      /* the folder the command is meant for */
	/* What of it trials see: a snapshot's folder, and its name from work/ on.
	 * NULL: the source itself. */
	const char *tree;
	const char *tree_link;
	const char *folder; /* of the sweep, absolute; it exists */
	const char *name;   /* of the sweep */
	const char *id;
	const char *const *environment;   /* inherited by trials */
	const struct hd_program *program; /* its variables and outputs; or NULL */
	uint64_t seed;
	size_t slots;
	struct hd_devices *devices; /* a place for each slot; NULL for none */
	double grace;               /* seconds between TERM and KILL */
	size_t gpus_per_trial;      /* for a backend elsewhere; 0 for none */
	size_t cpus_per_trial;

	void *user;
	void (*started)(void *user, size_t trial, int64_t pid, uint64_t start);
	void (*output)(void *user, size_t trial);
	void (*ended)(void *user, size_t trial, const struct hd_exit *exit);
	/* From any thread: hd_dispatch_poll is wanted. May be NULL. */
	void (*wake)(void *wake_user);
	void *wake_user;
	/* Of the backend, TRIAL SIZE_MAX for none of them. May be NULL. */
	void (*note)(void *user, size_t trial, const char *text);
	/* Where it runs, said of one elsewhere; NULL: nobody asks. */
	void (*placed)(void *user, size_t trial, const char *where);
};

int hd_dispatch_open(struct hd_dispatch **out,
		     const struct hd_dispatch_setup *setup,
		     struct hd_error *err);

/* Before the first launch: the backend gets the source to where trials run. */
int hd_dispatch_stage(struct hd_dispatch *dispatch, struct hd_error *err);

/*
 * Have the folders of the trials FIRST and on made ahead (ahead.h), as it is
 * expected that COUNT more will be launched soon. What is not used goes with
 * hd_dispatch_close.
 */
void hd_dispatch_prepare(struct hd_dispatch *dispatch, size_t first, size_t count);

/* SLOTS of them, fewer too: who holds one keeps it. HD_ENOMEM or 0. */
int hd_dispatch_grow(struct hd_dispatch *dispatch, size_t slots);
size_t hd_dispatch_slots(const struct hd_dispatch *dispatch);
/* Trials that hold a slot; more than there are slots while adopted ones that
 * found none run on. */
size_t hd_dispatch_busy(const struct hd_dispatch *dispatch);

/* How many more the backend takes now; SIZE_MAX for any number. */
size_t hd_dispatch_room(const struct hd_dispatch *dispatch);

/* The slot that the trial holds; SIZE_MAX when it holds none. */
size_t hd_dispatch_slot(const struct hd_dispatch *dispatch, size_t trial);
/*
 * The devices it has with that slot, "GPU 0,2; CPU 4-7"; "" for none. Borrowed
 * from the setup's devices.
 */
const char *hd_dispatch_devices(const struct hd_dispatch *dispatch,
				size_t trial);

/* What is to be started; everything is borrowed for the call. */
struct hd_dispatch_trial {
	size_t trial;
	unsigned attempt;
	const char *const *argv;      /* ends in NULL */
	const char *parameters;       /* the JSON for $HDRIVE_PARAMS */
	const char *const *variables; /* "A=b"..., ends in NULL; NULL for none */
};

/*
 * Make the trial's folder and start it in a free slot, which there must be. The
 * files of earlier attempts move to FOLDER/attempts/ before (attempts.h).
 * On failure the slot is free again and ended() is not called.
 */
int hd_dispatch_launch(struct hd_dispatch *dispatch,
		       const struct hd_dispatch_trial *start,
		       struct hd_error *err);
/*
 * Take over an attempt that an earlier engine may have started (backend.h says
 * what comes of it). It holds a slot as if launched, its own one where that is
 * free, or one beside the others: none is free when this one allows fewer. On
 * failure it holds none.
 */
int hd_dispatch_adopt(struct hd_dispatch *dispatch, size_t trial,
		      unsigned attempt, struct hd_error *err);
/* Leave it running and watch it no more; its slot is free, ended() is not
 * called. One that holds no slot is ignored. */
void hd_dispatch_release(struct hd_dispatch *dispatch, size_t trial);
/*
 * TERM and, after the grace, KILL; NOW is KILL at once. Leaves the file
 * "stop" in the trial's folder, by which "hdrive log" tells a script.
 */
void hd_dispatch_stop(struct hd_dispatch *dispatch, size_t trial, bool now);

/* Have the backend look what became of attempts. */
void hd_dispatch_poll(struct hd_dispatch *dispatch);
/* Have it bring what running attempts wrote. */
void hd_dispatch_fetch(struct hd_dispatch *dispatch);

/* The folder of a trial, "FOLDER/000007"; the caller's to free(), NULL for no
 * memory. */
char *hd_dispatch_folder(const char *sweep_folder, size_t trial);

/* Frees it; calls DONE(user) when the loop has closed what was open. */
void hd_dispatch_close(struct hd_dispatch *dispatch, void (*done)(void *user),
		       void *user);

#endif
