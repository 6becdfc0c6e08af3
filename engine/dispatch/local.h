/*
 * The local backend's own: its attempts, their memory, handles and output
 * (local.c), what is done with one that runs, until its end (local_follow.c),
 * and above both the backend's table (backend_local.c).
 *
 * Invariants:
 * - an attempt is freed by its last close callback, nowhere else;
 * - it is in the list while the host has yet to hear of its end;
 * - a launcher is told and waited for through its pidfd, open while we watch
 *   it, so that its pid is never another process's.
 */
#ifndef HD_DISPATCH_LOCAL_H
#define HD_DISPATCH_LOCAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <uv.h>

#include <hdrive/backend.h>

#include "base/process.h"
#include "dispatch/spawn.h"
#include "dispatch/ticket.h"

struct hd_found;

struct hd_local {
	struct hd_backend_host host;
	struct hd_local_attempt *attempts; /* those that run */
	uv_timer_t look;
	uv_check_t flush;      /* tells what this turn's events were about */
	int null;              /* /dev/null */
	struct hd_spawn spawn; /* what all launchers have in common */
	struct hd_process self;
	struct hd_cgroups *cgroups; /* NULL where there can be none */
	char *print_path;           /* of the print; NULL for none */
	struct hd_ticket_print print;
	size_t open; /* attempts not yet freed, and our handles */
	bool looks_often;
	void (*done)(void *user);
	void *done_user;
};

struct hd_local_attempt {
	struct hd_local *local;
	struct hd_local_attempt *next;
	struct hd_local_attempt **link; /* what points to it; NULL outside */
	size_t trial;
	unsigned number;
	char *folder;
	double grace;
	int64_t launched; /* 0: by an earlier engine */
	pid_t pid;        /* of its launcher */
	pid_t group;      /* of the program; 0 when we cannot be sure of it */
	char *cgroup;     /* path of the program's; NULL for none */
	int pidfd;        /* -1: not watched */
	bool stopped;     /* it has been told to, or will be */
	bool stop_now;
	bool is_dirty;
	bool was_seen; /* its launcher, to its end */
	int how;       /* waitid's code and status; 0 when it was not our child */
	int status;
	const char *lost; /* why there is no record, when it is known */
	unsigned rounds;  /* of looking for what is left, or for its launcher */
	unsigned quiet;   /* of these at the end without a process */
	unsigned unread;  /* tries to read its record that failed */
	unsigned handles; /* not yet closed */
	uv_poll_t process;
	uv_fs_event_t watch;
	uv_timer_t timer; /* for the watch, the launcher's patience, rounds */
};

/* One less is open; the last one tells that all is closed. */
void hd_local_unref(struct hd_local *local);

/* NULL for no memory. What is in LAUNCH is copied. */
struct hd_local_attempt *hd_local_attempt_new(struct hd_local *local,
					      const struct hd_launch *launch);
/* Put it into the list, and look at its files from now on. */
void hd_local_attempt_link(struct hd_local_attempt *attempt);
void hd_local_attempt_unlink(struct hd_local_attempt *attempt);
struct hd_local_attempt *hd_local_attempt_find(const struct hd_local *local,
					       size_t trial);
/* Watch the launcher through PIDFD, which is ours now in all cases; ENDED is
 * called when it is gone. 0 or an errno. */
int hd_local_attempt_watch(struct hd_local_attempt *attempt, int pidfd,
			   uv_poll_cb ended);
void hd_local_attempt_unwatch(struct hd_local_attempt *attempt);
/* Close its handles; it is freed when that is done. */
void hd_local_attempt_close(struct hd_local_attempt *attempt);
/* Have its files watched in a moment. */
void hd_local_output_start(struct hd_local_attempt *attempt);

/* --- local_follow.c ------------------------------------------------------- */

/* For hd_local_attempt_watch: what the launcher's end leads to. */
void hd_local_on_process(uv_poll_t *process, int status, int events);
/* Tell the launcher, which is watched, what stop_now says. */
void hd_local_attempt_stop(struct hd_local_attempt *attempt);
/* Watch the launcher that was found alive and say so; 0 or an errno. */
int hd_local_attempt_follow(struct hd_local_attempt *attempt,
			    const struct hd_found *found);
/* Find out through the loop what became of it, and follow that. */
void hd_local_attempt_resolve(struct hd_local_attempt *attempt);
/* Its control group is the next one's, unless it is spent (cgroup.h). */
void hd_local_cgroup_leave(struct hd_local_attempt *attempt, bool is_spent);

#endif
