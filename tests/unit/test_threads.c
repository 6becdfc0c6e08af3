/*
 * Tests of two threads with two contexts, and of fork() in the host program:
 * `make check-threads` runs them under ThreadSanitizer, `make check-asan` under
 * the address sanitizer.
 */
#include "storebox.h"

#include <hdrive/study.h>
#include <hdrive/sweep.h>

#include <poll.h>
#include <pthread.h>
#include <sys/wait.h>

#define THREADS 2
#define TRIALS 24

static struct hd_config *load(const char *sampler)
{
	static const char file[] =
		"sampling:\n"
		"  type: %s\n"
		"  parameter_space:\n"
		"  - {name: --x, expression: uniform, values: [0, 1]}\n"
		"  - {name: --kind, expression: choice, values: [[a, b, c]]}\n"
		"policy: {type: BanditPolicy, slack_factor: 0.1}\n"
		"primary_metric_name: loss\n"
		"primary_metric_goal: minimize\n"
		"max_concurrent_runs: 4\n"
		"max_total_runs: %d\n";
	struct hd_findings *findings = hd_findings_new();
	struct hd_config *config = NULL;
	char text[1024];

	snprintf(text, sizeof text, file, sampler, TRIALS);
	if (hd_config_parse(&config, text, strlen(text), "t.yml", NULL, findings, NULL) < 0)
		abort();
	hd_findings_free(findings);
	return config;
}

static double loss_of(const struct hd_value *values)
{
	double x = values[0].number - 0.3;

	return x * x + 0.1 * (double)values[1].option;
}

/* All that the study has to give; the sum of what was asked. 0 is none. */
static double drive(struct hd_study *study)
{
	double sum = 0;

	for (;;) {
		const struct hd_value *values;
		struct hd_reason why;
		size_t number;
		double loss;
		int rc = hd_study_ask(study, NULL, &number, &values, NULL);

		if (rc != 0)
			return rc == HD_EXHAUSTED || rc == HD_ESTATE ? sum : 0;
		loss = loss_of(values);
		sum += values[0].number;
		if (hd_study_report(study, number, NULL, loss + 1, &why, NULL) < 0 ||
		    hd_study_tell(study, number, NULL, loss, NULL) < 0)
			return 0;
	}
}

/* Two of WORK at once; what each gives. */
static void at_once(void *(*work)(void *user), void *users[THREADS])
{
	pthread_t threads[THREADS];

	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, work, users[i]), 0);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
}

/* --- studies in memory ------------------------------------------------------------ */

struct memory {
	const char *sampler;
	double sum;
};

static void *memory_work(void *user)
{
	struct memory *memory = user;
	struct hd_config *config = load(memory->sampler);
	struct hd_study_options options = { .size = sizeof options, .seed = 7 };
	struct hd_study *study;

	options.config = config;
	if (hd_study_new(&study, &options, NULL) == 0)
		memory->sum = drive(study);
	hd_study_free(study);
	hd_config_free(config);
	return NULL;
}

static void studies_of_two_threads_do_not_meet(void **state)
{
	static const char *const samplers[] = { "random", "sobol", "tpe", "bayesian" };

	(void)state;
	for (size_t i = 0; i < ROWS(samplers); i++) {
		struct memory alone = { samplers[i], 0 };
		struct memory two[THREADS] = { { samplers[i], 0 }, { samplers[i], 0 } };

		memory_work(&alone);
		at_once(memory_work, (void *[]){ &two[0], &two[1] });
		assert_true(alone.sum > 0);
		assert_true(two[0].sum == alone.sum);
		assert_true(two[1].sum == alone.sum);
	}
}

/* --- studies in one store ------------------------------------------------------------ */

struct kept {
	const char *path;
	const char *name; /* of its own study; NULL: to share KEY */
	int64_t key;
	double sum;
};

static void *kept_work(void *user)
{
	struct kept *kept = user;
	struct hd_config *config = load("random");
	struct hd_study_options options = { .size = sizeof options, .seed = 7 };
	struct hd_store *store;
	struct hd_study *study = NULL;
	int rc = hd_store_open(&store, kept->path, HD_STORE_WRITE, NULL);

	options.config = config;
	if (rc == 0)
		rc = kept->name ? hd_study_create(&study, store, kept->name, &options, NULL)
				: hd_study_open(&study, store, kept->key, NULL);
	if (rc == 0)
		kept->sum = drive(study);
	hd_study_free(study);
	hd_store_close(store);
	hd_config_free(config);
	return NULL;
}

static void kept_studies_of_two_threads_share_a_store(void **state)
{
	struct storebox box;
	struct kept two[THREADS];

	(void)state;
	box_open(&box);
	two[0] = (struct kept){ box.path, "left", 0, 0 };
	two[1] = (struct kept){ box.path, "right", 0, 0 };
	at_once(kept_work, (void *[]){ &two[0], &two[1] });
	assert_true(two[0].sum > 0);
	assert_true(two[0].sum == two[1].sum);
	box_close(&box);
}

static void one_kept_study_is_shared_by_two_threads(void **state)
{
	struct hd_config *config = load("random");
	struct hd_study_options options = { .size = sizeof options, .seed = 7 };
	struct hd_study *study;
	struct storebox box;
	struct kept two[THREADS];
	int64_t key;

	(void)state;
	box_open(&box);
	options.config = config;
	ok(&box, hd_study_create(&study, box.store, "both", &options, &box.err));
	key = hd_study_key(study);
	two[0] = two[1] = (struct kept){ box.path, NULL, key, 0 };
	at_once(kept_work, (void *[]){ &two[0], &two[1] });
	ok(&box, hd_study_refresh(study, &box.err));
	assert_int_equal(hd_history_count(hd_study_history(study)), TRIALS);
	hd_study_free(study);
	hd_config_free(config);
	box_close(&box);
}

/* --- sweeps ---------------------------------------------------------------------------- */

/* A runner whose trials are over as soon as it is asked. */
struct instant {
	const struct hd_backend_host *host;
	size_t trials[4];
	size_t count;
};

static int instant_open(void *state, const struct hd_backend_host *host,
			struct hd_error *err)
{
	struct instant *instant = state;

	(void)err;
	instant->host = host;
	return 0;
}

static int instant_launch(void *state, const struct hd_launch *launch,
			  struct hd_error *err)
{
	struct instant *instant = state;
	char path[512];
	double x;

	if (sscanf(launch->parameters, "{\"--x\":%lf", &x) != 1)
		return hd_error_set(err, HD_EINVAL, "no x");
	snprintf(path, sizeof path, "%s/metrics", launch->folder);
	instant->trials[instant->count++] = launch->trial;
	instant->host->wake(instant->host->user);
	return hd_metric_append(path, "loss", x, false, 0, err);
}

static void instant_poll(void *state)
{
	struct instant *instant = state;

	while (instant->count) {
		const struct hd_exit ended = { .known = true, .cpu_seconds = NAN };

		instant->host->ended(instant->host->user,
				     instant->trials[--instant->count], &ended);
	}
}

static void instant_stop(void *state, size_t trial, bool now)
{
	(void)state;
	(void)trial;
	(void)now;
}

static const struct hd_backend_type instant_type = {
	.name = "instant",
	.state_size = sizeof(struct instant),
	.open = instant_open,
	.launch = instant_launch,
	.poll = instant_poll,
	.stop = instant_stop,
};

struct ride {
	struct storebox *box;
	const char *name;
	const char *sampler;
	struct hd_config *config;
	struct hd_store *store;
	struct hd_sweep *sweep;
	size_t completed;
};

static int ride_open(struct ride *ride)
{
	static const char *const environment[] = { NULL };
	struct hd_sweep_options options = { .size = sizeof options,
					    .name = ride->name,
					    .has_seed = true,
					    .seed = 5,
					    .no_snapshot = true,
					    .source = ride->box->folder,
					    .environment = environment,
					    .runner = &instant_type };
	int rc = hd_store_open(&ride->store, ride->box->path, HD_STORE_WRITE, NULL);

	ride->config = load(ride->sampler);
	return rc < 0 ? rc
		      : hd_sweep_new(&ride->sweep, ride->store, ride->config, &options,
				     NULL);
}

static void ride_close(struct ride *ride)
{
	hd_sweep_free(ride->sweep);
	hd_config_free(ride->config);
	hd_store_close(ride->store);
}

static void *ride_work(void *user)
{
	struct ride *ride = user;
	struct hd_sweep_summary summary;

	if (ride_open(ride) == 0 && hd_sweep_run(ride->sweep, NULL) == 0) {
		hd_sweep_summary(ride->sweep, &summary);
		ride->completed = summary.counts[HD_TRIAL_COMPLETED];
	}
	ride_close(ride);
	return NULL;
}

static void sweeps_of_two_threads_run_at_once(void **state)
{
	struct storebox box;
	struct ride two[THREADS] = {
		{ .box = &box, .name = "left", .sampler = "tpe" },
		{ .box = &box, .name = "right", .sampler = "bayesian" },
	};

	(void)state;
	box_open(&box);
	at_once(ride_work, (void *[]){ &two[0], &two[1] });
	assert_int_equal(two[0].completed, TRIALS);
	assert_int_equal(two[1].completed, TRIALS);
	box_close(&box);
}

static void *stop_work(void *user)
{
	struct timespec pause = { .tv_nsec = 20000000 };

	nanosleep(&pause, NULL);
	hd_sweep_stop(user, false);
	return NULL;
}

static void sweep_is_stopped_from_another_thread(void **state)
{
	struct storebox box;
	struct ride ride = { .box = &box, .name = "long", .sampler = "random" };
	pthread_t thread;

	(void)state;
	box_open(&box);
	assert_int_equal(ride_open(&ride), 0);
	assert_int_equal(pthread_create(&thread, NULL, stop_work, ride.sweep), 0);
	assert_int_equal(hd_sweep_run(ride.sweep, &box.err), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	ride_close(&ride);
	box_close(&box);
}

/* --- fork ---------------------------------------------------------------------------- */

/* What a child of the host may do: a study of its own, not the parent's. */
static int child(struct hd_study *memory, struct hd_study *kept)
{
	struct memory own = { "bayesian", 0 };
	const struct hd_value *values;
	size_t number;

	memory_work(&own);
	if (!(own.sum > 0))
		return 1;
	if (hd_study_ask(kept, NULL, &number, &values, NULL) != HD_ESTATE)
		return 2;
	hd_study_free(memory);
	hd_study_free(kept);
	return 0;
}

static int step_to_the_end(struct ride *ride)
{
	int rc;

	do {
		struct pollfd ready = { .fd = hd_sweep_descriptor(ride->sweep),
					.events = POLLIN };

		poll(&ready, 1, hd_sweep_timeout(ride->sweep));
		rc = hd_sweep_step(ride->sweep, NULL);
	} while (rc == HD_RUNNING);
	return rc;
}

static void host_forks_in_the_middle(void **state)
{
	struct storebox box;
	struct ride ride = { .box = &box, .name = "going", .sampler = "tpe" };
	struct hd_config *config = load("random");
	struct hd_study_options options = { .size = sizeof options, .seed = 7 };
	struct hd_study *memory, *kept;
	int status;
	pid_t pid;

	(void)state;
	box_open(&box);
	options.config = config;
	ok(&box, hd_study_new(&memory, &options, &box.err));
	ok(&box, hd_study_create(&kept, box.store, "kept", &options, &box.err));
	assert_int_equal(ride_open(&ride), 0);
	ok(&box, hd_sweep_start(ride.sweep, &box.err));
	assert_int_equal(hd_sweep_step(ride.sweep, &box.err), HD_RUNNING);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(child(memory, kept));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(step_to_the_end(&ride), 0);
	assert_true(drive(memory) > 0);
	assert_true(drive(kept) > 0);
	hd_study_free(memory);
	hd_study_free(kept);
	hd_config_free(config);
	ride_close(&ride);
	box_close(&box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(studies_of_two_threads_do_not_meet),
		cmocka_unit_test(kept_studies_of_two_threads_share_a_store),
		cmocka_unit_test(one_kept_study_is_shared_by_two_threads),
		cmocka_unit_test(sweeps_of_two_threads_run_at_once),
		cmocka_unit_test(sweep_is_stopped_from_another_thread),
		cmocka_unit_test(host_forks_in_the_middle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
