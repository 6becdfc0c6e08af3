/*
 * The local backend's own: its attempts, their memory, handles and output
 * (local.c), their launchers (local_launcher.c), what is done with an attempt
 * that runs, until its end (local_follow.c), and above all the backend's table
 * (backend_local.c).
 *
 * Invariants:
 * - an attempt is freed by its last close callback, nowhere else, and so is a
 *   launcher's;
 * - it is in the list while the host has yet to hear of its end;
 * - a launcher is told and waited for through its pidfd, open while we watch
 *   it, so that its pid is never another process's;
 * - one that was told to stop serves no other attempt: the signal may come late.
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
	struct hd_local_launcher *idle;    /* those that wait for an attempt */
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

struct hd_local_launcher {
	struct hd_local *local;
	struct hd_local_launcher *next;   /* of those that wait */
	struct hd_local_attempt *attempt; /* that it runs; NULL while it waits */
	pid_t pid;
	uint64_t start; /* /proc stat field 22 */
	int pidfd;
	int channel; /* the next attempt goes there; -1: it serves one */
	unsigned handles;
	uv_poll_t process;
	uv_poll_t news;
};

struct hd_local_attempt {
	struct hd_local *local;
	struct hd_local_attempt *next;
	struct hd_local_attempt **link; /* what points to it; NULL outside */
	size_t trial;
	unsigned number;
	char *folder;
	double grace;
	int64_t launched;                   /* 0: by an earlier engine */
	struct hd_local_launcher *launcher; /* NULL: not watched */
	pid_t pid;                          /* of its launcher */
	pid_t group;                        /* of the program; 0 when we cannot be sure of it */
	char *cgroup;                       /* path of the program's; NULL for none */
	bool stopped;                       /* it has been told to, or will be */
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
/* Close its handles; it is freed when that is done. */
void hd_local_attempt_close(struct hd_local_attempt *attempt);
/* Have its files watched in a moment. */
void hd_local_output_start(struct hd_local_attempt *attempt);

/* --- local_launcher.c ----------------------------------------------------- */

/* Have a launcher run the attempt: one that waits, or a new one. It is watched
 * then. 0 or an errno. */
int hd_local_launcher_start(struct hd_local_attempt *attempt,
			    const struct hd_launch *launch);
/*
 * Watch PID, the attempt's launcher, through PIDFD. That and CHANNEL, -1 for
 * none, are ours now in all cases. 0 or an errno.
 */
int hd_local_launcher_watch(struct hd_local_attempt *attempt, pid_t pid,
			    int pidfd, int channel);
/* Watch the attempt's no more, if there is one. */
void hd_local_launcher_leave(struct hd_local_attempt *attempt);
void hd_local_launcher_signal(const struct hd_local_launcher *launcher,
			      int signal);
bool hd_local_launcher_is_gone(const struct hd_local_launcher *launcher);
/* End those that wait. */
void hd_local_launchers_close(struct hd_local *local);

/* --- local_follow.c ------------------------------------------------------- */

/* The launcher has done with the attempt and is not its any more: HOW and STATUS
 * are waitid's, 0 for one that was not our child. */
void hd_local_attempt_exited(struct hd_local_attempt *attempt, int how, int status);
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
