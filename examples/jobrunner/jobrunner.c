/*
 * jobrunner [-j WORKERS] [-e JOB]... SWEEP.YML STORE NAME -- CMD [ARG...]
 *
 * A job runner that also tunes: its own event loop, its own pool of workers,
 * its own jobs (each -e, a line for sh, before any trial), and a sweep whose
 * trials are jobs like the others. Run again with the same NAME it goes on.
 */
#include "pool.h"
#include "runner.h"

#include <hdrive.h>

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

extern char **environ;

#define JOBS_MOST 64

struct house_job {
	struct job job;
	const char *argv[4];
	const char *line;
};

struct world {
	struct pool pool;
	struct house_job jobs[JOBS_MOST];
	size_t job_count;
	const char *file, *store_path, *name;
	const char *const *command;
	size_t command_count;

	struct hd_store *store;
	struct hd_config *config;
	struct hd_sweep *sweep;
	int signals;
	int interrupts;
};

/* --- jobs of the house ------------------------------------------------------------ */

static void house_ended(struct job *job, int status)
{
	const struct house_job *house = job->user;

	printf("job '%s' ended with %d\n", house->line, status);
}

static void house_submit(struct world *world)
{
	for (size_t i = 0; i < world->job_count; i++) {
		struct house_job *house = &world->jobs[i];

		house->argv[0] = "sh";
		house->argv[1] = "-c";
		house->argv[2] = house->line;
		house->job = (struct job){ .argv = house->argv,
					   .priority = 1,
					   .ended = house_ended,
					   .user = house };
		pool_submit(&world->pool, &house->job);
	}
}

/* --- the sweep ------------------------------------------------------------------------ */

static void on_event(void *user, const struct hd_event *event)
{
	(void)user;
	if (event->kind == HD_EVENT_BEST)
		printf("trial %zu leads: %g\n", event->trial, event->value);
	else if (event->kind == HD_EVENT_TRIAL_STOPPING)
		printf("trial %zu stops: %s\n", event->trial, event->text);
	else if (event->kind == HD_EVENT_TRIAL_ENDED)
		printf("trial %zu %s\n", event->trial, hd_trial_state_name(event->state));
	else if (event->kind == HD_EVENT_NOTE)
		printf("note: %s\n", event->text);
}

static int load(struct world *world, struct hd_error *err)
{
	struct hd_findings *findings = hd_findings_new();
	int rc = findings ? hd_config_open(&world->config, world->file, NULL, findings, err)
			  : hd_error_nomem(err);

	for (size_t i = 0; findings && i < hd_findings_kept(findings); i++) {
		const struct hd_finding *finding = hd_findings_at(findings, i);

		if (finding->severity == HD_FINDING_ERROR)
			fprintf(stderr, "%s:%zu:%zu: %s\n", finding->mark.file,
				finding->mark.line, finding->mark.column, finding->text);
	}
	hd_findings_free(findings);
	return rc;
}

/* A new one, or that of the same name where the last run left it. */
static int sweep_begin(struct world *world, struct hd_error *err)
{
	const struct hd_sweep_options options = {
		.size = sizeof options,
		.name = world->name,
		.command = world->command,
		.command_count = world->command_count,
		.environment = (const char *const *)environ,
		.grace = 2,
		.no_snapshot = true,
		.event = on_event,
		.runner = &pool_runner,
		.runner_user = &world->pool,
	};
	int rc = hd_store_open(&world->store, world->store_path, HD_STORE_CREATE, err);

	if (rc < 0)
		return rc;
	rc = hd_sweep_resume_named(&world->sweep, world->store, world->config, &options, err);
	if (rc == HD_ENOENT)
		rc = hd_sweep_new(&world->sweep, world->store, world->config, &options, err);
	return rc < 0 ? rc : hd_sweep_start(world->sweep, err);
}

static void sweep_report(const struct world *world)
{
	struct hd_sweep_summary summary;

	hd_sweep_summary(world->sweep, &summary);
	printf("%s %s: %zu trials, %zu completed, %zu canceled, %zu failed\n",
	       hd_sweep_name(world->sweep), summary.state, summary.trials,
	       summary.counts[HD_TRIAL_COMPLETED], summary.counts[HD_TRIAL_CANCELED],
	       summary.counts[HD_TRIAL_FAILED]);
	if (summary.has_best)
		printf("best %g (#%zu)\n", summary.best, summary.best_trial);
}

/* --- the loop ----------------------------------------------------------------------------- */

static int signals_open(struct world *world)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	world->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return world->signals;
}

static void signals_read(struct world *world)
{
	struct signalfd_siginfo info;

	while (read(world->signals, &info, sizeof info) == sizeof info) {
		if (info.ssi_signo == SIGCHLD)
			continue; /* the pool's turn reaps */
		/* Twice is at once. */
		hd_sweep_stop(world->sweep, world->interrupts++ > 0);
	}
}

static int sooner(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

/* Until the sweep has ended and the house has nothing left to do. */
static int run(struct world *world, struct hd_error *err)
{
	int rc = HD_RUNNING;

	while (rc == HD_RUNNING || (rc >= 0 && !pool_is_idle(&world->pool))) {
		struct pollfd ready[] = {
			{ .fd = world->signals, .events = POLLIN },
			{ .fd = hd_sweep_descriptor(world->sweep), .events = POLLIN },
		};

		pool_turn(&world->pool);
		poll(ready, 2,
		     sooner(pool_timeout(&world->pool), hd_sweep_timeout(world->sweep)));
		signals_read(world);
		pool_turn(&world->pool);
		if (rc == HD_RUNNING)
			rc = hd_sweep_step(world->sweep, err);
	}
	return rc;
}

static bool parse(struct world *world, int argc, char **argv)
{
	int option;

	world->pool.workers = 2;
	while ((option = getopt(argc, argv, "+j:e:")) != -1) {
		if (option == 'j')
			world->pool.workers = strtoul(optarg, NULL, 10);
		else if (option == 'e' && world->job_count < JOBS_MOST)
			world->jobs[world->job_count++].line = optarg;
		else
			return false;
	}
	if (world->pool.workers == 0 || argc - optind < 5 || strcmp(argv[optind + 3], "--"))
		return false;
	world->file = argv[optind];
	world->store_path = argv[optind + 1];
	world->name = argv[optind + 2];
	world->command = (const char *const *)argv + optind + 4;
	world->command_count = (size_t)(argc - optind - 4);
	return true;
}

int main(int argc, char **argv)
{
	static struct world world;
	struct hd_error err = { 0 };
	int rc;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!parse(&world, argc, argv)) {
		fprintf(stderr, "usage: jobrunner [-j WORKERS] [-e JOB]... SWEEP.YML STORE NAME"
				" -- CMD [ARG...]\n");
		return 2;
	}
	if (signals_open(&world) < 0) {
		perror("jobrunner");
		return 1;
	}
	house_submit(&world);
	rc = load(&world, &err);
	if (rc == 0)
		rc = sweep_begin(&world, &err);
	if (rc == 0)
		rc = run(&world, &err);
	if (rc < 0)
		fprintf(stderr, "jobrunner: %s\n", err.text);
	else
		sweep_report(&world);
	hd_sweep_free(world.sweep);
	hd_config_free(world.config);
	hd_store_close(world.store);
	close(world.signals);
	return rc < 0;
}
