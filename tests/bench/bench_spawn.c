/*
 * bench_spawn [TRIALS]: what the supervisor costs. Starts /bin/true TRIALS
 * times with two at once, by turns through the local backend and by a bare
 * posix_spawn with a folder and two files for each, and prints both rates and
 * their ratio (DESIGN: at least 0.5).
 */

/* nftw is of the X/Open part of POSIX. */
#define _XOPEN_SOURCE 700

#include <hdrive/backend.h>

#include "base/time.h"

#include <uv.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 5
#define AT_ONCE 2
#define PROGRAM "/bin/true"

static const char *const argv[] = { PROGRAM, NULL };
static const char *const environment[] = { "PATH=/usr/bin:/bin", NULL };

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int remove_one(const char *path, const struct stat *stat, int type,
		      struct FTW *ftw)
{
	(void)stat;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_all(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* --- bare ----------------------------------------------------------------- */

static pid_t bare_start(const char *base, size_t number)
{
	posix_spawn_file_actions_t files;
	char folder[80], path[96];
	pid_t pid;
	int rc;

	snprintf(folder, sizeof folder, "%s/%06zu", base, number);
	if (mkdir(folder, 0777) < 0)
		die(folder);
	posix_spawn_file_actions_init(&files);
	snprintf(path, sizeof path, "%s/stdout", folder);
	posix_spawn_file_actions_addopen(&files, 1, path,
					 O_WRONLY | O_CREAT | O_APPEND, 0666);
	snprintf(path, sizeof path, "%s/stderr", folder);
	posix_spawn_file_actions_addopen(&files, 2, path,
					 O_WRONLY | O_CREAT | O_APPEND, 0666);
	rc = posix_spawn(&pid, PROGRAM, &files, NULL,
			 (char **)(uintptr_t)argv,
			 (char **)(uintptr_t)environment);
	posix_spawn_file_actions_destroy(&files);
	if (rc) {
		errno = rc;
		die(PROGRAM);
	}
	return pid;
}

static void bare_run(const char *base, size_t trials)
{
	size_t started = 0;

	for (size_t ended = 0; ended < trials; ended++) {
		while (started < trials && started < ended + AT_ONCE)
			bare_start(base, started++);
		if (waitpid(-1, NULL, 0) < 0)
			die("waitpid");
	}
}

/* --- through the backend -------------------------------------------------- */

struct bench {
	const char *base;
	size_t trials;
	size_t launched;
	size_t ended;
	const struct hd_backend_type *type;
	struct hd_backend_host host;
	uv_loop_t loop;
	void *state;
};

static void backend_start(struct bench *bench)
{
	char folder[80], work[96];
	struct hd_error err;
	struct hd_launch launch = {
		.trial = bench->launched,
		.attempt = 1,
		.folder = folder,
		.workdir = work,
		.argv = argv,
		.environment = environment,
		.grace = 10,
		.is_new = true,
	};

	snprintf(folder, sizeof folder, "%s/%06zu", bench->base,
		 bench->launched++);
	snprintf(work, sizeof work, "%s/work", folder);
	if (mkdir(folder, 0777) < 0 || mkdir(work, 0777) < 0)
		die(folder);
	if (bench->type->launch(bench->state, &launch, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
}

static void on_started(void *user, size_t trial, int64_t pid, uint64_t start)
{
	(void)user;
	(void)trial;
	(void)pid;
	(void)start;
}

static void on_output(void *user, size_t trial)
{
	(void)user;
	(void)trial;
}

static void on_ended(void *user, size_t trial, const struct hd_exit *end)
{
	struct bench *bench = user;

	(void)trial;
	if (!end->known || end->code != 0) {
		fprintf(stderr, "a trial did not end well\n");
		exit(1);
	}
	bench->ended++;
	if (bench->launched < bench->trials)
		backend_start(bench);
}

static void on_done(void *user)
{
	(void)user;
}

static void backend_run(const char *base, size_t trials)
{
	struct bench bench = {
		.base = base,
		.trials = trials,
		.type = hd_backend_type_find("local"),
		.host = { .launcher = TEST_BUILD "/hdrive-launch",
			  .scratch = base,
			  .started = on_started,
			  .output = on_output,
			  .ended = on_ended },
	};

	uv_loop_init(&bench.loop);
	bench.host.user = &bench;
	bench.host.loop = &bench.loop;
	bench.state = calloc(1, bench.type->state_size);
	if (!bench.state || bench.type->open(bench.state, &bench.host, NULL) < 0)
		die("open");
	while (bench.launched < AT_ONCE && bench.launched < trials)
		backend_start(&bench);
	while (bench.ended < trials)
		uv_run(&bench.loop, UV_RUN_ONCE);
	bench.type->close(bench.state, on_done, NULL);
	uv_run(&bench.loop, UV_RUN_DEFAULT);
	uv_loop_close(&bench.loop);
	free(bench.state);
}

/* --- both ----------------------------------------------------------------- */

struct cost {
	double wall; /* seconds */
	double cpu;
};

static double cpu_read(void)
{
	double seconds = 0;

	for (int i = 0; i < 2; i++) {
		struct rusage usage;

		getrusage(i ? RUSAGE_CHILDREN : RUSAGE_SELF, &usage);
		seconds += (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec);
		seconds += (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
	}
	return seconds;
}

/*
 * Keeps the quickest round: the others were disturbed. What a round wrote stays
 * until the end: ext4 steps over inodes freed in the last minutes, one by one,
 * and the next round would pay for that.
 */
static void measure(struct cost *best, void (*run)(const char *, size_t),
		    const char *base, size_t trials)
{
	struct cost cost = { 0, -cpu_read() };
	int64_t begin;

	if (mkdir(base, 0777) < 0)
		die(base);
	begin = hd_time_steady();
	run(base, trials);
	cost.wall = (double)(hd_time_steady() - begin) * 1e-6;
	cost.cpu += cpu_read();
	if (best->wall == 0 || cost.wall < best->wall)
		*best = cost;
}

int main(int argc, char **args)
{
	size_t trials = argc > 1 ? strtoul(args[1], NULL, 10) : 500;
	struct cost bare = { 0, 0 }, ours = { 0, 0 };
	double n = (double)trials;
	char all[] = "/tmp/hdrive-bench-XXXXXX", base[64];

	if (!mkdtemp(all))
		die(all);
	for (int i = 0; i < ROUNDS; i++) {
		snprintf(base, sizeof base, "%s/bare%d", all, i);
		measure(&bare, bare_run, base, trials);
		snprintf(base, sizeof base, "%s/ours%d", all, i);
		measure(&ours, backend_run, base, trials);
	}
	remove_all(all);
	printf("%zu trials of " PROGRAM ", %d at a time, best of %d rounds\n",
	       trials, AT_ONCE, ROUNDS);
	printf("%-26s %10s %9s %14s %9s\n", "", "trials/s", "of floor",
	       "CPU ms/trial", "of floor");
	printf("%-26s %10.1f %9.3f %14.3f %9.2f\n", "posix_spawn and 2 files",
	       n / bare.wall, 1.0, bare.cpu * 1000 / n, 1.0);
	printf("%-26s %10.1f %9.3f %14.3f %9.2f\n", "launcher, local backend",
	       n / ours.wall, bare.wall / ours.wall, ours.cpu * 1000 / n,
	       ours.cpu / bare.cpu);
	printf("%-26s %10s %9s %14s %9s\n", "  hold", "", ">= 0.5", "", "<= 2.5");
	return 0;
}
