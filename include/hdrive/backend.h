/*
 * A backend: where trials run. One file in engine/dispatch/ and one row in
 * backend_table.c; a host program may fill the same table (a runner of its
 * own).
 *
 * Calls come from the loop's thread and return at once; what happens later is
 * told through the host's functions, also on the loop's thread. A trial's row
 * is in the store before launch is called and before stop is called.
 */
#ifndef HDRIVE_BACKEND_H
#define HDRIVE_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hdrive/api.h>
#include <hdrive/error.h>

HD_BEGIN_DECLS

/* One attempt of one trial; everything is borrowed for the call. */
struct hd_launch {
	size_t trial;
	unsigned attempt;
	const char *folder;             /* of the trial, absolute; it exists, with stdout,
					   stderr, exit and metrics as its files */
	const char *workdir;            /* the program's working directory, absolute */
	const char *const *argv;        /* ends in NULL */
	const char *const *environment; /* "A=b"..., ends in NULL */
	double grace;                   /* seconds between TERM and KILL */
	bool is_new;                    /* the folder was made for this launch: nothing
					   of an attempt before it is there */
};

/* How an attempt ended. */
struct hd_exit {
	bool known;         /* false: gone without an exit record */
	int code;           /* exit status, -1 when it has none */
	int signal;         /* that killed it, 0 for none */
	const char *error;  /* why it could not be started, or why no more than
			       that is known; else NULL */
	bool killed_by_us;  /* after stop() */
	bool out_of_memory; /* the kernel killed it for want of memory */
	int64_t started;    /* microseconds since 1970, UTC; 0: not known */
	int64_t ended;
	double cpu_seconds;
	int64_t max_rss;   /* bytes */
	size_t stragglers; /* descendants that outlived it and were ended */
};

/* The engine's side; outlives the backend. */
struct hd_backend_host {
	void *user;
	void *loop;           /* the engine's loop, for backends in the tree */
	const char *launcher; /* path of hdrive-launch */
	const char *scratch;  /* a folder on the trials' file system for what the
				 backend keeps ready; emptied at the end; NULL for
				 none */
	/* The attempt runs under PID, which started at START (proc stat 22). */
	void (*started)(void *user, size_t trial, int64_t pid, uint64_t start);
	/* Its files may have grown. */
	void (*output)(void *user, size_t trial);
	/* It is gone and its files are complete; said exactly once. */
	void (*ended)(void *user, size_t trial, const struct hd_exit *exit);
};

struct hd_backend_type {
	const char *name;
	const char *summary;
	size_t state_size; /* allocated by the engine, zeroed */

	int (*open)(void *state, const struct hd_backend_host *host,
		    struct hd_error *err);
	/*
	 * Start an attempt. On failure ended() is not called: the caller knows
	 * from the code. started() may come before launch returns, and again
	 * should an earlier engine's launcher turn out to run the attempt.
	 * HD_EEXIST: an attempt of this number was started before.
	 */
	int (*launch)(void *state, const struct hd_launch *launch,
		      struct hd_error *err);
	/*
	 * Take over an attempt that an earlier engine may have started, from
	 * what lies in launch->folder; argv and environment may be NULL. The
	 * earlier engine is gone: two at once would both believe it theirs.
	 *
	 * 0: it is watched from now on as if launched here. started() has been
	 * called, unless it has ended already; ended() follows through the
	 * loop, never from inside: with its exit record, or as one that is not
	 * known, after what was left of it was killed.
	 * HD_ENOENT: it was never started, and now never will be, though its
	 * launcher be on its way; the same number may be launched. Also when
	 * there is no folder.
	 * HD_EBUSY: it may be alive, but it cannot be watched from here; the
	 * message names the other host, or the limit that was reached.
	 */
	int (*adopt)(void *state, const struct hd_launch *launch,
		     struct hd_error *err);
	/*
	 * Watch it no more and leave it running: ended() is not called, what
	 * was open for it closes. Another engine may adopt it. Unknown and
	 * ended trials are ignored.
	 */
	void (*release)(void *state, size_t trial);
	/* TERM to its whole group, KILL after the grace; NOW: KILL at once.
	 * Unknown and ended trials are ignored. */
	void (*stop)(void *state, size_t trial, bool now);
	/*
	 * Give back everything. Called when no attempt is left; handles that
	 * the loop must still close call DONE(user) when they are.
	 */
	void (*close)(void *state, void (*done)(void *user), void *user);
};

HD_API size_t hd_backend_types(void);
HD_API const struct hd_backend_type *hd_backend_type_at(size_t index);
HD_API const struct hd_backend_type *hd_backend_type_find(const char *name);

HD_END_DECLS

#endif
