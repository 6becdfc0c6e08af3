/*
 * measure PROGRAM ARG... 3>FILE: run it and write one line to descriptor 3:
 * wall seconds, CPU seconds with all it waited for, its own resident memory in
 * KiB, the most in the first and in the last tenth of the samples, and the most
 * of any process at any time. Memory that grows with the trials shows in the
 * difference of the tenths.
 */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { SAMPLES = 1 << 16,
       EVERY_NS = 20000000 };
static long samples[SAMPLES];
static size_t sampled;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double seconds(struct timeval time)
{
	return (double)time.tv_sec + 1e-6 * (double)time.tv_usec;
}

/* A process that has just ended has no memory: such a sample is left out. */
static void sample(pid_t pid)
{
	char path[64];
	long pages = 0;
	FILE *file;

	if (sampled == SAMPLES)
		return;
	snprintf(path, sizeof(path), "/proc/%ld/statm", (long)pid);
	file = fopen(path, "r");
	if (!file)
		return;
	if (fscanf(file, "%*d %ld", &pages) == 1 && pages > 0)
		samples[sampled++] = pages * (sysconf(_SC_PAGESIZE) / 1024);
	fclose(file);
}

static long most(size_t from, size_t to)
{
	long value = 0;

	for (size_t i = from; i < to; i++)
		value = samples[i] > value ? samples[i] : value;
	return value;
}

int main(int argc, char **argv)
{
	struct timespec every = { .tv_nsec = EVERY_NS };
	struct rusage usage;
	sigset_t child, inherited;
	posix_spawnattr_t attributes;
	double start, wall;
	int status, rc;
	size_t tenth;
	pid_t pid;

	if (argc < 2) {
		fprintf(stderr, "usage: measure PROGRAM ARG... 3>FILE\n");
		return 2;
	}
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, &inherited);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attributes, &inherited);
	start = now();
	rc = posix_spawnp(&pid, argv[1], NULL, &attributes, argv + 1, environ);
	posix_spawnattr_destroy(&attributes);
	if (rc != 0) {
		fprintf(stderr, "measure: %s: %s\n", argv[1], strerror(rc));
		return 1;
	}
	while (waitpid(pid, &status, WNOHANG) == 0) {
		sample(pid);
		sigtimedwait(&child, NULL, &every);
	}
	wall = now() - start;
	getrusage(RUSAGE_CHILDREN, &usage);
	tenth = sampled < 10 ? sampled : sampled / 10;
	dprintf(3, "%.4f %.4f %ld %ld %ld\n", wall,
		seconds(usage.ru_utime) + seconds(usage.ru_stime),
		most(0, tenth), most(sampled - tenth, sampled),
		usage.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
