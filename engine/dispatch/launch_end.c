/*
 * hdrive-launch --end FOLDER: kill what runs of the trial in FOLDER, or of all
 * trials whose folders are below it, launchers first, and see it gone. For an
 * engine elsewhere: what is left of an attempt that counts no more.
 */
#define _XOPEN_SOURCE 700

#include "dispatch/launch_modes.h"

#include "dispatch/proctree.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define VARIABLE "HDRIVE_DIR="
/* Of a file below /proc, what is looked at: environments are not longer. */
#define TEXT_MOST (256 << 10)
#define ROUNDS 150
#define PAUSE (20 * 1000 * 1000) /* nanoseconds */
/* One may be between two programs just when it is looked at. */
#define QUIET_ROUNDS 3

/* Its strings, each with a NUL; the length. */
static size_t proc_read(char *text, pid_t pid, const char *name)
{
	char path[64] = "/proc/";
	char digits[24];
	size_t at = sizeof digits, length = 0;
	ssize_t got;
	int fd;

	digits[--at] = '\0';
	for (pid_t left = pid; left > 0; left /= 10)
		digits[--at] = (char)('0' + left % 10);
	strcat(strcat(strcat(path, digits + at), "/"), name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	while (length < TEXT_MOST &&
	       (got = read(fd, text + length, TEXT_MOST - length)) > 0)
		length += (size_t)got;
	close(fd);
	text[length] = '\0';
	return length;
}

/* PATH is FOLDER or below it. */
static bool is_below(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	return strncmp(path, folder, length) == 0 &&
	       (path[length] == '\0' || path[length] == '/');
}

/* The program and what it started. */
static bool is_of_trial(char *text, pid_t pid, const char *folder)
{
	size_t length = proc_read(text, pid, "environ");

	for (size_t at = 0; at < length; at += strlen(text + at) + 1)
		if (strncmp(text + at, VARIABLE, strlen(VARIABLE)) == 0 &&
		    is_below(text + at + strlen(VARIABLE), folder))
			return true;
	return false;
}

/* The launcher, or the shell that is about to become one: their words name a
 * file in the folder. */
static bool is_launcher(char *text, pid_t pid, const char *folder)
{
	size_t length = proc_read(text, pid, "cmdline");

	for (size_t at = 0; at < length; at += strlen(text + at) + 1) {
		const char *word = text + at, *name = strrchr(word, '/');

		if (name && is_below(word, folder) && strlen(folder) < strlen(word) &&
		    (strncmp(name, "/order-", 7) == 0 || strncmp(name, "/run-", 5) == 0))
			return true;
	}
	return false;
}

static size_t kill_all(char *text, const char *folder,
		       bool (*is_wanted)(char *, pid_t, const char *))
{
	struct hd_proctree tree;
	size_t living = 0;

	(void)hd_proctree_read(&tree); /* a part of it is worth having */
	for (size_t i = 0; i < tree.count; i++) {
		const struct hd_proc *proc = &tree.procs[i];

		if (proc->is_dead || proc->pid == getpid() ||
		    !is_wanted(text, proc->pid, folder))
			continue;
		living++;
		kill(proc->pid, SIGKILL);
	}
	hd_proctree_release(&tree);
	return living;
}

int hd_launch_end(char **argv)
{
	static char text[TEXT_MOST + 1];
	const struct timespec pause = { .tv_nsec = PAUSE };
	unsigned quiet = 0;

	if (!argv[1] || argv[1][0] != '/' || argv[2])
		return HD_LAUNCH_USAGE;
	for (unsigned round = 0; round < ROUNDS; round++) {
		size_t living = kill_all(text, argv[1], is_launcher);

		living += kill_all(text, argv[1], is_of_trial);
		quiet = living ? 0 : quiet + 1;
		if (quiet == QUIET_ROUNDS)
			return 0;
		nanosleep(&pause, NULL);
	}
	return 1;
}
