#include "dispatch/spawn.h"

#include "base/number.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The launcher's argv: an array the caller frees; its strings are borrowed. */
static char **argv_new(const char *const *head, const char *const *program)
{
	size_t length = 0, count = 0;
	const char **argv;

	while (head[length])
		length++;
	while (program[count])
		count++;
	argv = calloc(length + count + 1, sizeof *argv);
	if (!argv)
		return NULL;
	memcpy(argv, head, length * sizeof *argv);
	memcpy(argv + length, program, count * sizeof *argv);
	/* exec takes pointers to char and does not write through them */
	return (char **)(uintptr_t)argv;
}

/*
 * How the launcher starts: a process group of its own, so that a terminal's
 * Ctrl-C is the engine's alone; every signal as by default; and the two that
 * it listens to blocked until it does.
 */
static int attributes_set(posix_spawnattr_t *attributes)
{
	sigset_t all, blocked;
	int rc;

	sigfillset(&all);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGUSR1);
	rc = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP |
							  POSIX_SPAWN_SETSIGMASK |
							  POSIX_SPAWN_SETSIGDEF);
	if (rc == 0)
		rc = posix_spawnattr_setpgroup(attributes, 0);
	if (rc == 0)
		rc = posix_spawnattr_setsigmask(attributes, &blocked);
	if (rc == 0)
		rc = posix_spawnattr_setsigdefault(attributes, &all);
	return rc;
}

static int spawn(pid_t *pid, const char *launcher, int null, char **argv,
		 char **environment)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int rc = posix_spawnattr_init(&attributes);

	if (rc)
		return rc;
	rc = posix_spawn_file_actions_init(&files);
	if (rc == 0) {
		rc = attributes_set(&attributes);
		for (int fd = 0; fd < 3 && rc == 0; fd++)
			rc = posix_spawn_file_actions_adddup2(&files, null, fd);
		if (rc == 0)
			rc = posix_spawn(pid, launcher, &files, &attributes,
					 argv, environment);
		posix_spawn_file_actions_destroy(&files);
	}
	posix_spawnattr_destroy(&attributes);
	return rc;
}

int hd_spawn_launcher(pid_t *pid, const char *launcher, const char *cgroup,
		      int null, const struct hd_launch *launch)
{
	char **environment = (char **)(uintptr_t)launch->environment;
	char grace[HD_NUMBER_TEXT];
	char attempt[16];
	const char *const with[] = { launcher, "-c", cgroup,
				     launch->folder, launch->workdir, grace,
				     attempt, "--", NULL };
	const char *const without[] = { launcher, launch->folder,
					launch->workdir, grace, attempt, "--",
					NULL };
	char **argv;
	int rc;

	hd_number_write(launch->grace, grace);
	snprintf(attempt, sizeof attempt, "%u", launch->attempt);
	argv = argv_new(cgroup ? with : without, launch->argv);
	if (!argv)
		return ENOMEM;
	rc = spawn(pid, launcher, null, argv, environment);
	free(argv);
	return rc;
}
