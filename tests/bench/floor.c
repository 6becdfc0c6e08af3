/*
 * floor COUNT CONCURRENT FOLDER PROGRAM: the least that running COUNT trials
 * can cost. Spawn, two output files a child, wait, and nothing else. What
 * hdrive does beside this is what the benchmark tells.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int spawn(const char *folder, size_t number, char *program)
{
	char out[4096], err[4096], value[32];
	char name[] = "--x";
	char *argv[] = { program, name, value, NULL };
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int rc;

	snprintf(out, sizeof(out), "%s/%zu.stdout", folder, number);
	snprintf(err, sizeof(err), "%s/%zu.stderr", folder, number);
	snprintf(value, sizeof(value), "0.%zu", number);
	rc = posix_spawn_file_actions_init(&actions);
	if (rc != 0)
		return rc;
	rc = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out,
					      O_WRONLY | O_CREAT | O_APPEND, 0666);
	if (rc == 0)
		rc = posix_spawn_file_actions_addopen(
			&actions, STDERR_FILENO, err,
			O_WRONLY | O_CREAT | O_APPEND, 0666);
	if (rc == 0)
		rc = posix_spawn(&pid, program, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return rc;
}

/* Wait for one child; anything but exit 0 ends the benchmark. */
static int reap(void)
{
	int status;

	while (waitpid(-1, &status, 0) < 0)
		if (errno != EINTR)
			return errno;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : ECHILD;
}

int main(int argc, char **argv)
{
	size_t count, concurrent, started = 0, ended = 0;
	int rc = 0;

	if (argc != 5) {
		fprintf(stderr, "usage: floor COUNT CONCURRENT FOLDER PROGRAM\n");
		return 2;
	}
	count = strtoul(argv[1], NULL, 10);
	concurrent = strtoul(argv[2], NULL, 10);
	while (rc == 0 && ended < count) {
		if (started < count && started - ended < concurrent) {
			rc = spawn(argv[3], started, argv[4]);
			started++;
		} else {
			rc = reap();
			ended++;
		}
	}
	if (rc != 0)
		fprintf(stderr, "floor: child %zu: %s\n", ended, strerror(rc));
	return rc != 0;
}
