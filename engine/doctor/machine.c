/* The machine: its clock, its limits, its kernel, and the launcher. */
/* pidfds are Linux's. */
#define _GNU_SOURCE
#include "doctor/private.h"

#include "base/time.h"
#include "dispatch/record_format.h"
#include "store/integrity.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* An engine's own, as engine/sweep/sweep.c counts them. */
#define OWN_DESCRIPTORS 24
/* A trial is its supervisor and its program, at least. */
#define TRIAL_PROCESSES 2
#define LAUNCHER_WAIT 5000 /* milliseconds */

/* --- clock ---------------------------------------------------------------------- */

#define CLOCK_EARLIEST INT64_C(1577836800000000) /* 2020: before that it was never set */
#define CLOCK_SLACK INT64_C(2000000)             /* of a clock that is being corrected */

void hd_visit_clock(struct hd_visit *visit)
{
	static const char right[] = "set the clock; until then ages and durations are wrong";
	int64_t now = hd_time_wall();
	int64_t latest = 0;
	char text[40];

	if (visit->store && hd_store_latest(visit->store, &latest, visit->err) < 0)
		latest = 0; /* told with the store */
	if (now < CLOCK_EARLIEST)
		hd_visit_tell(visit, HD_HEALTH_WARNING, "clock", right, "it says %s",
			      hd_time_text(now, text, sizeof text));
	else if (latest > now + CLOCK_SLACK)
		hd_visit_tell(visit, HD_HEALTH_WARNING, "clock", right,
			      "%" PRId64 " s behind the newest row, of %s",
			      (latest - now) / 1000000, hd_time_text(latest, text, sizeof text));
	else
		hd_visit_tell(visit, HD_HEALTH_OK, "clock", NULL, "%s",
			      hd_time_text(now, text, sizeof text));
}

/* --- limits --------------------------------------------------------------------- */

/* Of the open sweep that has the most; a new one has one at least. */
static size_t visit_slots(const struct hd_visit *visit)
{
	return visit->slots ? visit->slots : 1;
}

static void visit_files(struct hd_visit *visit)
{
	struct rlimit limit;
	size_t slots = visit_slots(visit);
	size_t need = slots + OWN_DESCRIPTORS;
	char right[80];

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	if (limit.rlim_cur == RLIM_INFINITY) {
		hd_visit_tell(visit, HD_HEALTH_OK, "open files", NULL, "no limit");
		return;
	}
	snprintf(right, sizeof right, "'ulimit -n %zu' before 'hdrive submit' raises it", need);
	if (limit.rlim_cur < need)
		hd_visit_tell(visit, HD_HEALTH_PROBLEM, "open files", right,
			      "at most %llu, but %zu trial%s at a time need %zu",
			      (unsigned long long)limit.rlim_cur, slots, hd_plural(slots), need);
	else
		hd_visit_tell(visit, HD_HEALTH_OK, "open files", NULL,
			      "at most %llu: enough for %llu trials at a time",
			      (unsigned long long)limit.rlim_cur,
			      (unsigned long long)limit.rlim_cur - OWN_DESCRIPTORS);
}

/* Threads of PID count as well: each has a folder in its task/. */
static size_t process_threads(const char *pid)
{
	struct stat info;
	char path[300];

	snprintf(path, sizeof path, "/proc/%s/task", pid);
	if (stat(path, &info) < 0 || info.st_uid != getuid())
		return 0;
	return info.st_nlink > 2 ? (size_t)info.st_nlink - 2 : 1;
}

static size_t user_threads(void)
{
	DIR *list = opendir("/proc");
	struct dirent *entry;
	size_t sum = 0;

	while (list && (entry = readdir(list)))
		if (entry->d_name[strspn(entry->d_name, "0123456789")] == '\0')
			sum += process_threads(entry->d_name);
	if (list)
		closedir(list);
	return sum;
}

static void visit_processes(struct hd_visit *visit)
{
	size_t slots = visit_slots(visit);
	size_t need = TRIAL_PROCESSES * slots;
	size_t used = user_threads();
	struct rlimit limit;

	if (getrlimit(RLIMIT_NPROC, &limit) < 0)
		return;
	/* The kernel asks root nothing. */
	if (limit.rlim_cur == RLIM_INFINITY || geteuid() == 0)
		hd_visit_tell(visit, HD_HEALTH_OK, "processes", NULL, "no limit");
	else if (limit.rlim_cur < used + need)
		hd_visit_tell(visit, HD_HEALTH_PROBLEM, "processes", "'ulimit -u' raises it",
			      "at most %llu, %zu are there, and %zu trial%s at a time need %zu",
			      (unsigned long long)limit.rlim_cur, used, slots, hd_plural(slots),
			      need);
	else
		hd_visit_tell(visit, HD_HEALTH_OK, "processes", NULL, "at most %llu, %zu are there",
			      (unsigned long long)limit.rlim_cur, used);
}

void hd_visit_limits(struct hd_visit *visit)
{
	visit_files(visit);
	visit_processes(visit);
}

/* --- kernel --------------------------------------------------------------------- */

void hd_visit_kernel(struct hd_visit *visit)
{
	struct utsname name;
	int fd = (int)syscall(SYS_pidfd_open, getpid(), 0U);
	int error = errno;

	if (fd >= 0)
		close(fd);
	if (uname(&name) < 0)
		strcpy(name.release, "?");
	if (fd >= 0)
		hd_visit_tell(visit, HD_HEALTH_OK, "kernel", NULL, "%s %s, with pidfd_open",
			      name.sysname, name.release);
	else
		hd_visit_tell(visit, HD_HEALTH_PROBLEM, "kernel",
			      "Linux 5.4 or newer, and a container that lets it through",
			      "%s %s has no pidfd_open, by which trials are followed: %s",
			      name.sysname, name.release, strerror(error));
}

/* --- launcher -------------------------------------------------------------------- */

/* Its wait status; -1 when it did not end by itself. */
static int launcher_wait(pid_t pid)
{
	const struct timespec pause = { .tv_nsec = 5000000 };
	int status = 0;
	pid_t done = 0;

	for (int i = 0; done == 0 && i < LAUNCHER_WAIT / 5; i++) {
		done = waitpid(pid, &status, WNOHANG);
		if (done == 0)
			nanosleep(&pause, NULL);
	}
	if (done == pid)
		return status;
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return -1;
}

/* Start it without words: it says how it is used, and ends. 0 or an errno. */
static int launcher_try(const char *path, int *status)
{
	char *argv[] = { (char *)(uintptr_t)path, NULL };
	char *environment[] = { NULL };
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int rc = posix_spawn_file_actions_init(&actions);

	if (rc != 0)
		return rc;
	for (int fd = 0; rc == 0 && fd <= 2; fd++)
		rc = posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
	if (rc == 0)
		rc = posix_spawn(&pid, path, &actions, NULL, argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	if (rc == 0)
		*status = launcher_wait(pid);
	return rc;
}

void hd_visit_launcher(struct hd_visit *visit)
{
	static const char right[] =
		"install hdrive-launch beside hdrive, or name it in HDRIVE_LAUNCHER";
	const char *path = visit->options->launcher;
	int status = 0;
	int rc = path ? launcher_try(path, &status) : ENOENT;

	if (!path)
		hd_visit_tell(visit, HD_HEALTH_PROBLEM, "launcher", right,
			      "'hdrive-launch' is not found: no trial can be started");
	else if (rc != 0)
		hd_visit_tell(visit, HD_HEALTH_PROBLEM, "launcher", right,
			      "'%s' does not start: %s", path, strerror(rc));
	else if (status < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != HD_RECORD_EXIT_USAGE)
		hd_visit_tell(visit, HD_HEALTH_PROBLEM, "launcher", right,
			      "'%s' is not hdrive's: it %s", path,
			      status < 0 ? "does not end" : "ends in another way");
	else
		hd_visit_tell(visit, HD_HEALTH_OK, "launcher", NULL, "'%s' starts", path);
}
