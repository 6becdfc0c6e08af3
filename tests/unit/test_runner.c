/*
 * Tests of the runner door and of sweeps that are stepped: trials run in
 * threads of the test's own, under a loop of its own.
 */
#include "storebox.h"

#include <hdrive/sweep.h>

#include <poll.h>
#include <pthread.h>
#include <sys/wait.h>
#include <time.h>

#define WORKERS 3

/* --- a scheduler, as a host program might have one ------------------------------ */

struct job {
	struct job *next;
	size_t trial;
	unsigned attempt;
	char folder[300];
	double x; /* the trial's parameter */
	bool stop;
};

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t work;
	pthread_t workers[WORKERS];
	struct job *queued, *running, *done;
	bool closing;
	void (*wake)(void *user);
	void *wake_user;
	size_t launches, stops, polls, stages;
	size_t values; /* that each job logs */
};

static void job_push(struct job **list, struct job *job)
{
	job->next = *list;
	*list = job;
}

static void job_unlink(struct job **list, const struct job *job)
{
	while (*list != job)
		list = &(*list)->next;
	*list = job->next;
}

/* Until the engine has looked COUNT times more, or wants the job to end. */
static bool job_looked_at(struct pool *pool, const struct job *job, size_t count)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	size_t until;
	bool stop;

	pthread_mutex_lock(&pool->lock);
	until = pool->polls + count;
	while (!job->stop && pool->polls < until) {
		pthread_mutex_unlock(&pool->lock);
		pool->wake(pool->wake_user);
		nanosleep(&pause, NULL);
		pthread_mutex_lock(&pool->lock);
	}
	stop = job->stop;
	pthread_mutex_unlock(&pool->lock);
	return !stop;
}

/* A value is read before the next, so that what is stopped does not hang on
 * who was faster. */
static void job_run(struct pool *pool, struct job *job)
{
	char path[320];

	snprintf(path, sizeof path, "%s/metrics", job->folder);
	for (size_t i = 1; i <= pool->values; i++) {
		hd_metric_append(path, "loss", job->x + 1 / (double)i, false, 0, NULL);
		if (!job_looked_at(pool, job, 3))
			return;
	}
}

static void *worker_main(void *user)
{
	struct pool *pool = user;

	pthread_mutex_lock(&pool->lock);
	for (;;) {
		struct job *job = pool->queued;

		if (!job && pool->closing)
			break;
		if (!job) {
			pthread_cond_wait(&pool->work, &pool->lock);
			continue;
		}
		job_unlink(&pool->queued, job);
		job_push(&pool->running, job);
		pthread_mutex_unlock(&pool->lock);
		job_run(pool, job);
		pthread_mutex_lock(&pool->lock);
		job_unlink(&pool->running, job);
		job_push(&pool->done, job);
		pool->wake(pool->wake_user);
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

/* --- the table that it fills ------------------------------------------------------ */

struct runner {
	struct pool *pool;
	const struct hd_backend_host *host;
};

static int runner_open(void *state, const struct hd_backend_host *host,
		       struct hd_error *err)
{
	struct runner *runner = state;
	struct pool *pool = host->runner;

	(void)err;
	runner->pool = pool;
	runner->host = host;
	pool->wake = host->wake;
	pool->wake_user = host->user;
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->work, NULL);
	for (size_t i = 0; i < WORKERS; i++)
		assert_int_equal(pthread_create(&pool->workers[i], NULL, worker_main, pool), 0);
	return 0;
}

static int runner_stage(void *state, const struct hd_stage *stage,
			struct hd_error *err)
{
	struct runner *runner = state;

	(void)err;
	assert_non_null(strstr(stage->folder, stage->name));
	assert_int_equal(stage->tree[0], '/');
	runner->pool->stages++;
	return 0;
}

static int runner_launch(void *state, const struct hd_launch *launch,
			 struct hd_error *err)
{
	struct runner *runner = state;
	struct pool *pool = runner->pool;
	struct job *job = calloc(1, sizeof *job);

	if (!job)
		return hd_error_nomem(err);
	job->trial = launch->trial;
	job->attempt = launch->attempt;
	snprintf(job->folder, sizeof job->folder, "%s", launch->folder);
	assert_int_equal(sscanf(launch->parameters, "{\"--x\":%lf}", &job->x), 1);
	assert_string_equal(launch->argv[0], "--x");
	pthread_mutex_lock(&pool->lock);
	job_push(&pool->queued, job);
	pool->launches++;
	pthread_cond_signal(&pool->work);
	pthread_mutex_unlock(&pool->lock);
	runner->host->started(runner->host->user, launch->trial, 0, 0);
	return 0;
}

static void runner_poll(void *state)
{
	struct runner *runner = state;
	struct pool *pool = runner->pool;
	struct job *done;

	pthread_mutex_lock(&pool->lock);
	done = pool->done;
	pool->done = NULL;
	pool->polls++;
	for (struct job *job = pool->running; job; job = job->next)
		runner->host->output(runner->host->user, job->trial);
	pthread_mutex_unlock(&pool->lock);
	while (done) {
		struct job *job = done;
		const struct hd_exit ended = { .known = true,
					       .code = 0,
					       .killed_by_us = job->stop,
					       .cpu_seconds = NAN };

		done = job->next;
		runner->host->ended(runner->host->user, job->trial, &ended);
		free(job);
	}
}

static void runner_fetch(void *state, size_t trial)
{
	struct runner *runner = state;

	runner->host->output(runner->host->user, trial);
}

static void runner_stop(void *state, size_t trial, bool now)
{
	struct runner *runner = state;
	struct pool *pool = runner->pool;

	(void)now;
	pthread_mutex_lock(&pool->lock);
	pool->stops++;
	for (struct job *job = pool->running; job; job = job->next)
		if (job->trial == trial)
			job->stop = true;
	for (struct job *job = pool->queued; job; job = job->next)
		if (job->trial == trial)
			job->stop = true;
	pthread_mutex_unlock(&pool->lock);
}

static void runner_close(void *state, void (*done)(void *user), void *user)
{
	struct runner *runner = state;
	struct pool *pool = runner->pool;

	pthread_mutex_lock(&pool->lock);
	pool->closing = true;
	pthread_cond_broadcast(&pool->work);
	pthread_mutex_unlock(&pool->lock);
	for (size_t i = 0; i < WORKERS; i++)
		pthread_join(pool->workers[i], NULL);
	pthread_cond_destroy(&pool->work);
	pthread_mutex_destroy(&pool->lock);
	done(user);
}

static const struct hd_backend_type runner_type = {
	.name = "pool",
	.summary = "threads of the test",
	.state_size = sizeof(struct runner),
	.open = runner_open,
	.stage = runner_stage,
	.launch = runner_launch,
	.poll = runner_poll,
	.fetch = runner_fetch,
	.stop = runner_stop,
	.close = runner_close,
};

/* --- sweeps --------------------------------------------------------------------- */

struct world {
	struct storebox box;
	struct hd_config *config;
	struct hd_sweep_options options;
	struct hd_sweep *sweep;
	struct pool pool;
	size_t ended, stopping;
};

static void on_event(void *user, const struct hd_event *event)
{
	struct world *world = user;

	world->ended += event->kind == HD_EVENT_TRIAL_ENDED;
	world->stopping += event->kind == HD_EVENT_TRIAL_STOPPING;
}

static void open_world(struct world *world, const char *more, size_t values)
{
	static const char text[] =
		"sampling:\n"
		"  type: random\n"
		"  parameter_space:\n"
		"  - {name: --x, expression: uniform, values: [0, 1]}\n"
		"%s"
		"primary_metric_name: loss\n"
		"primary_metric_goal: minimize\n"
		"max_concurrent_runs: 3\n"
		"max_total_runs: 12\n";
	static const char *const environment[] = { NULL };
	struct hd_findings *findings = hd_findings_new();
	char whole[1024];

	memset(world, 0, sizeof *world);
	box_open(&world->box);
	snprintf(whole, sizeof whole, text, more);
	ok(&world->box, hd_config_parse(&world->config, whole, strlen(whole), "t.yml",
					NULL, findings, &world->box.err));
	hd_findings_free(findings);
	world->pool.values = values;
	world->options = (struct hd_sweep_options){
		.size = sizeof world->options,
		.name = "pooled",
		.has_seed = true,
		.seed = 11,
		.no_snapshot = true,
		.source = world->box.folder,
		.environment = environment,
		.event = on_event,
		.user = world,
		.runner = &runner_type,
		.runner_user = &world->pool,
	};
}

static void make_sweep(struct world *world)
{
	ok(&world->box, hd_sweep_new(&world->sweep, world->box.store, world->config,
				     &world->options, &world->box.err));
}

static void close_world(struct world *world)
{
	hd_sweep_free(world->sweep);
	hd_config_free(world->config);
	box_close(&world->box);
}

static size_t state_count(struct world *world, enum hd_trial_state state)
{
	struct hd_sweep_summary summary;

	hd_sweep_summary(world->sweep, &summary);
	return summary.counts[state];
}

/* As a host with a loop of its own would: until STEPS are done or it ends. */
static int step(struct world *world, int steps)
{
	int rc = HD_RUNNING;

	for (int i = 0; rc == HD_RUNNING && i < steps; i++) {
		struct pollfd ready = { .fd = hd_sweep_descriptor(world->sweep),
					.events = POLLIN };

		assert_true(ready.fd >= 0);
		poll(&ready, 1, hd_sweep_timeout(world->sweep));
		rc = hd_sweep_step(world->sweep, &world->box.err);
	}
	return rc;
}

static void runner_runs_what_hdrive_decides(void **state)
{
	struct hd_sweep_summary summary;
	struct world world;

	(void)state;
	open_world(&world, "", 3);
	make_sweep(&world);
	ok(&world.box, hd_sweep_run(world.sweep, &world.box.err));
	hd_sweep_summary(world.sweep, &summary);
	assert_string_equal(summary.state, "Completed");
	assert_int_equal(summary.counts[HD_TRIAL_COMPLETED], 12);
	assert_true(summary.has_best);
	assert_int_equal(world.pool.launches, 12);
	assert_int_equal(world.pool.stages, 1);
	assert_int_equal(world.ended, 12);
	assert_int_equal(hd_sweep_step(world.sweep, &world.box.err), HD_ESTATE);
	assert_int_equal(hd_sweep_run(world.sweep, &world.box.err), HD_ESTATE);
	close_world(&world);
}

static void stepped_sweeps_end_as_those_that_run(void **state)
{
	struct world world;

	(void)state;
	open_world(&world, "", 3);
	make_sweep(&world);
	assert_int_equal(hd_sweep_descriptor(world.sweep), -1);
	assert_int_equal(hd_sweep_timeout(world.sweep), -1);
	assert_int_equal(hd_sweep_step(world.sweep, &world.box.err), HD_ESTATE);
	ok(&world.box, hd_sweep_start(world.sweep, &world.box.err));
	assert_int_equal(hd_sweep_start(world.sweep, &world.box.err), HD_ESTATE);
	assert_int_equal(step(&world, 100000), 0);
	assert_int_equal(state_count(&world, HD_TRIAL_COMPLETED), 12);
	assert_int_equal(hd_sweep_descriptor(world.sweep), -1);
	close_world(&world);
}

static void policy_stops_what_the_runner_runs(void **state)
{
	struct world world;

	(void)state;
	open_world(&world,
		   "policy: {type: BanditPolicy, slack_amount: 0.05, "
		   "evaluation_interval: 1}\n",
		   20);
	make_sweep(&world);
	ok(&world.box, hd_sweep_run(world.sweep, &world.box.err));
	assert_true(state_count(&world, HD_TRIAL_CANCELED) > 0);
	/* One that logs its last value may have ended before it hears of it. */
	assert_true(world.pool.stops >= state_count(&world, HD_TRIAL_CANCELED));
	assert_int_equal(state_count(&world, HD_TRIAL_CANCELED) +
				 state_count(&world, HD_TRIAL_COMPLETED),
			 12);
	close_world(&world);
}

/* --- changes under way --------------------------------------------------------------- */

static void limits_change_while_it_runs(void **state)
{
	struct hd_sweep_limits limits = { .size = sizeof limits };
	struct world world;

	(void)state;
	open_world(&world, "", 2);
	make_sweep(&world);
	assert_int_equal(hd_sweep_get_limits(world.sweep, &limits, &world.box.err),
			 HD_ESTATE);
	ok(&world.box, hd_sweep_start(world.sweep, &world.box.err));
	assert_int_equal(step(&world, 1), HD_RUNNING);
	ok(&world.box, hd_sweep_get_limits(world.sweep, &limits, &world.box.err));
	assert_int_equal(limits.max_total, 12);
	assert_int_equal(limits.max_concurrent, 3);
	ok(&world.box, hd_sweep_set_limits(world.sweep,
					   &(struct hd_sweep_limits){ .size = sizeof limits,
								      .max_total = 5,
								      .max_duration = NAN },
					   &world.box.err));
	ok(&world.box, hd_sweep_try(world.sweep, "{\"x\": 0.625}", &world.box.err));
	assert_int_equal(hd_sweep_try(world.sweep, "{\"x\": 2}", &world.box.err), HD_EINVAL);
	assert_int_equal(step(&world, 100000), 0);
	assert_int_equal(state_count(&world, HD_TRIAL_COMPLETED), 5);
	close_world(&world);
}

static void trials_are_cancelled_while_it_runs(void **state)
{
	struct world world;

	(void)state;
	open_world(&world, "", 100000);
	make_sweep(&world);
	ok(&world.box, hd_sweep_start(world.sweep, &world.box.err));
	while (world.pool.launches < 3)
		assert_int_equal(step(&world, 1), HD_RUNNING);
	assert_int_equal(hd_sweep_cancel(world.sweep, 99, false, &world.box.err), HD_ENOENT);
	ok(&world.box, hd_sweep_cancel(world.sweep, 1, true, &world.box.err));
	while (world.ended == 0)
		assert_int_equal(step(&world, 1), HD_RUNNING);
	assert_int_equal(state_count(&world, HD_TRIAL_CANCELED), 1);
	hd_sweep_stop(world.sweep, false);
	assert_int_equal(step(&world, 100000), 0);
	assert_int_equal(state_count(&world, HD_TRIAL_COMPLETED), 0);
	close_world(&world);
}

/* --- what dies ------------------------------------------------------------------------- */

/* A host program that dies in the middle of its sweep. */
static void die_in_the_middle(struct world *world)
{
	struct hd_store *store;

	if (hd_store_open(&store, world->box.path, HD_STORE_WRITE, NULL) < 0)
		_exit(1);
	world->box.store = store;
	make_sweep(world);
	ok(&world->box, hd_sweep_start(world->sweep, &world->box.err));
	while (world->ended < 4)
		if (step(world, 1) != HD_RUNNING)
			_exit(2);
	_exit(0);
}

static void dead_hosts_sweep_is_gone_on_with(void **state)
{
	struct hd_sweep_options options;
	struct hd_sweep *sweep;
	struct world world;
	int64_t key;
	int status;
	pid_t pid;

	(void)state;
	open_world(&world, "", 3);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		die_in_the_middle(&world);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	ok(&world.box, hd_store_find_sweep(world.box.store, "pooled", &key, &world.box.err));
	/* Another runner knows nothing of its trials. */
	options = world.options;
	options.runner = NULL;
	options.launcher = TEST_BUILD "/hdrive-launch";
	assert_int_equal(hd_sweep_resume(&sweep, world.box.store, key, &options,
					 &world.box.err),
			 HD_ESTATE);
	assert_non_null(strstr(world.box.err.text, "are run by 'pool', not by 'local'"));
	assert_null(sweep);
	ok(&world.box, hd_sweep_resume(&world.sweep, world.box.store, key,
				       &world.options, &world.box.err));
	ok(&world.box, hd_sweep_run(world.sweep, &world.box.err));
	assert_int_equal(state_count(&world, HD_TRIAL_COMPLETED), 12);
	assert_true(world.pool.launches <= 8);
	close_world(&world);
}

/* --- misuse ------------------------------------------------------------------------------ */

static int launch_nothing(void *state, const struct hd_launch *launch,
			  struct hd_error *err)
{
	(void)state;
	(void)launch;
	return hd_error_set(err, HD_EIO, "the queue is closed");
}

static void stop_nothing(void *state, size_t trial, bool now)
{
	(void)state;
	(void)trial;
	(void)now;
}

static void runner_that_launches_nothing_fails_its_trials(void **state)
{
	static const struct hd_backend_type least = { .name = "least",
						      .launch = launch_nothing,
						      .stop = stop_nothing };
	struct hd_sweep_summary summary;
	struct world world;

	(void)state;
	open_world(&world, "", 1);
	world.options.runner = &least;
	make_sweep(&world);
	ok(&world.box, hd_sweep_run(world.sweep, &world.box.err));
	hd_sweep_summary(world.sweep, &summary);
	assert_string_equal(summary.state, "Failed");
	assert_true(summary.counts[HD_TRIAL_FAILED] > 0);
	close_world(&world);
}

static void misuse_has_its_code(void **state)
{
	static const struct hd_backend_type empty = { .name = "empty" };
	struct hd_sweep_limits limits = { .size = 3 };
	struct world world;

	(void)state;
	open_world(&world, "", 1);
	world.options.runner = &empty;
	assert_int_equal(hd_sweep_new(&world.sweep, world.box.store, world.config,
				      &world.options, &world.box.err),
			 HD_EINVAL);
	assert_null(world.sweep);
	assert_int_equal(hd_sweep_new(NULL, world.box.store, world.config, &world.options,
				      NULL),
			 HD_EINVAL);
	assert_int_equal(hd_sweep_new(&world.sweep, NULL, world.config, &world.options, NULL),
			 HD_EINVAL);
	assert_int_equal(hd_sweep_new(&world.sweep, world.box.store, NULL, &world.options,
				      NULL),
			 HD_EINVAL);
	assert_int_equal(hd_sweep_new(&world.sweep, world.box.store, world.config, NULL, NULL),
			 HD_EINVAL);
	assert_int_equal(hd_sweep_start(NULL, NULL), HD_EINVAL);
	assert_int_equal(hd_sweep_step(NULL, NULL), HD_EINVAL);
	assert_int_equal(hd_sweep_run(NULL, NULL), HD_EINVAL);
	assert_int_equal(hd_sweep_cancel(NULL, 0, false, NULL), HD_EINVAL);
	assert_int_equal(hd_sweep_descriptor(NULL), -1);
	assert_int_equal(hd_sweep_timeout(NULL), -1);
	hd_sweep_stop(NULL, true);
	world.options.runner = &runner_type;
	make_sweep(&world);
	ok(&world.box, hd_sweep_start(world.sweep, &world.box.err));
	assert_int_equal(hd_sweep_set_limits(world.sweep, &limits, NULL), HD_EINVAL);
	assert_int_equal(hd_sweep_set_limits(world.sweep, NULL, NULL), HD_EINVAL);
	assert_int_equal(hd_sweep_get_limits(world.sweep, NULL, NULL), HD_EINVAL);
	assert_int_equal(hd_sweep_try(world.sweep, NULL, NULL), HD_EINVAL);
	hd_sweep_stop(world.sweep, true);
	assert_int_equal(step(&world, 100000), 0);
	close_world(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runner_runs_what_hdrive_decides),
		cmocka_unit_test(stepped_sweeps_end_as_those_that_run),
		cmocka_unit_test(policy_stops_what_the_runner_runs),
		cmocka_unit_test(limits_change_while_it_runs),
		cmocka_unit_test(trials_are_cancelled_while_it_runs),
		cmocka_unit_test(dead_hosts_sweep_is_gone_on_with),
		cmocka_unit_test(runner_that_launches_nothing_fails_its_trials),
		cmocka_unit_test(misuse_has_its_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
