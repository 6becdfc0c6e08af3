/*
 * A backend: where trials run. One file in engine/dispatch/ and one row in
 * backend_table.c; or a runner: the same table filled by the program that
 * links this library (hd_sweep_options.runner), whose own scheduler then runs
 * the trials while hdrive decides which, and which to stop.
 *
 * Calls come from the thread that runs the sweep and return at once; what
 * happens later is told through the host's functions, on that thread too, from
 * inside a call or between the sweep's steps. Other threads only call wake.
 * A trial's row is in the store before launch is called and before stop is
 * called.
 *
 * What a trial says goes into the files of its folder, which the engine reads
 * while they grow: "stdout" and "stderr" as text, "metrics" by
 * hd_metric_append. They are the journal of its metrics: an engine that dies
 * reads on from there.
 */
#ifndef HDRIVE_BACKEND_H
#define HDRIVE_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hdrive/api.h>
#include <hdrive/error.h>
#include <hdrive/option.h>

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
	const char *parameters;         /* its parameters, a JSON object; NULL to
					   adopt, as argv and environment */
};

/* What all trials of a sweep share; everything is borrowed for the call. */
struct hd_stage {
	const char *name;        /* of the sweep */
	const char *folder;      /* of the sweep, absolute: trials' folders lie in it */
	const char *tree;        /* the source, or the snapshot of it, that each trial
				    sees in its working directory; absolute */
	const char *id;          /* of the sweep, unlike any other's: "HD_<guid>" */
	const char *python_path; /* the folder of drop-ins; NULL for none */
	size_t gpus_per_trial;   /* 0: none was asked for */
	size_t cpus_per_trial;
	size_t nodes;     /* machines of one trial, at least 1 */
	size_t processes; /* of one trial on each of them, at least 1 */
};

/*
 * Why an attempt ended, where not by itself: as the place tells where it ran.
 * Of a known exit too: a program may well end with 0 as its node is drained.
 */
enum hd_cause {
	HD_CAUSE_NONE,      /* the rest of hd_exit tells all */
	HD_CAUSE_PREEMPTED, /* its place was wanted for others: once more, always */
	HD_CAUSE_NODE,      /* its machine failed, or was not heard of for too long */
	HD_CAUSE_START,     /* it could not be started there; another time it may */
	HD_CAUSE_TIME,      /* it used up the time that its place gives */
	HD_CAUSE_CANCELED,  /* by somebody else, who had a reason: not once more */
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
	enum hd_cause cause;
	double delay; /* seconds before another attempt is worth it, at least */
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
	/*
	 * Have poll called soon: the one function that any thread may call,
	 * from open until close returns.
	 */
	void (*wake)(void *user);
	void *runner; /* hd_sweep_options.runner_user */
	/* Of the target that the sweep runs on, by the type's options; NULL for
	 * a type that has none. */
	const void *settings;
	const char *const *environment; /* "A=b"..., of what it starts here */
	/* Something that a person should know, TRIAL SIZE_MAX for none. */
	void (*note)(void *user, size_t trial, const char *text);
	/* Where the attempt runs: "h2", "n[1-3]"; for "show". A type that is
	 * not remote says nothing. */
	void (*placed)(void *user, size_t trial, const char *where);
};

struct hd_backend_type {
	const char *name;
	const char *summary;
	size_t state_size; /* allocated by the engine, zeroed */

	const struct hd_option *options; /* keys of a target (hdrive/target.h) */
	size_t settings_size;            /* of what they are written into */
	/* Trials run elsewhere: they inherit none of this process's environment
	 * and have none of this machine's devices. */
	bool is_remote;

	/* launch and stop must be there, the others may be NULL. */

	/* HOST is borrowed until close has called DONE. */
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
	/* Whether SETTINGS make sense together, each being so by itself; asked
	 * before anything is opened. NULL: they do. HD_EINVAL. */
	int (*check)(const void *settings, struct hd_error *err);
	/*
	 * The folder, absolute, in which sweeps' folders are to lie, where the
	 * place does not see those beside the store; NULL where it does.
	 * Borrowed of SETTINGS. NULL: it does.
	 */
	const char *(*ground)(const void *settings);
	/* How many machines a trial may have at most; NULL: the place knows. */
	size_t (*machines)(const void *settings);
	/*
	 * How many attempts may be there at once now, those that run included.
	 * Nothing is launched beyond; what runs goes on. NULL: any number.
	 */
	size_t (*capacity)(const void *state);
	/*
	 * Before the first launch: have TREE where trials will run. Launches
	 * may come before that is done.
	 */
	int (*stage)(void *state, const struct hd_stage *stage,
		     struct hd_error *err);
	/*
	 * Look what became of attempts, and say so: about once a second, and
	 * soon after host->wake.
	 */
	void (*poll)(void *state);
	/*
	 * For files that are written elsewhere: bring what the attempt wrote
	 * so far into its folder, then say output(). About once a second for
	 * each that runs; before ended() it is the backend's own to do.
	 */
	void (*fetch)(void *state, size_t trial);
	/*
	 * Reattach: take over an attempt that an earlier engine may have started, from
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
	 * NULL is HD_ENOENT.
	 */
	int (*adopt)(void *state, const struct hd_launch *launch,
		     struct hd_error *err);
	/*
	 * Watch it no more and leave it running: ended() is not called, what
	 * was open for it closes. Another engine may adopt it. Unknown and
	 * ended trials are ignored.
	 */
	void (*release)(void *state, size_t trial);
	/* Signal: TERM to its whole group, KILL after the grace; NOW: KILL at
	 * once. Unknown and ended trials are ignored. */
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
