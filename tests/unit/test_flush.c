/*
 * Tests of engine/sweep/flush.c: who waits for the disk, and what comes of a
 * disk that fails. Of two trials the first ends at once, the other at a tick after
 * the flush that this brings, or when it is told to.
 */
#define _GNU_SOURCE

#include "storebox.h"

#include "store/log.h"

#include <hdrive/sweep.h>

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>

#define TRIALS 2

static pthread_t loop_thread;
static atomic_int worker_syncs;
static atomic_int worker_copies;
static const char *worker_fails; /* with a file whose name ends so */

static bool name_ends(int fd, const char *end)
{
	char link[64], name[4096];
	ssize_t length;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	length = readlink(link, name, sizeof name - 1);
	name[length > 0 ? length : 0] = '\0';
	return length > (ssize_t)strlen(end) &&
	       strcmp(name + length - strlen(end), end) == 0;
}

/* In place of the C library's, SQLite's calls as well. */
__attribute__((visibility("default"))) int fdatasync(int fd)
{
	if (!pthread_equal(pthread_self(), loop_thread)) {
		atomic_fetch_add(&worker_syncs, 1);
		atomic_fetch_add(&worker_copies, name_ends(fd, ".db"));
		if (worker_fails && name_ends(fd, worker_fails)) {
			errno = EIO;
			return -1;
		}
	}
	return (int)syscall(SYS_fdatasync, fd);
}

struct place {
	const struct hd_backend_host *host;
	bool ready[TRIALS];
	bool runs[TRIALS];
	bool was_stopped;
};

static int place_open(void *state, const struct hd_backend_host *host,
		      struct hd_error *err)
{
	(void)err;
	*(struct place **)state = host->runner;
	((struct place *)host->runner)->host = host;
	return 0;
}

static int place_launch(void *state, const struct hd_launch *launch,
			struct hd_error *err)
{
	struct place *place = *(struct place **)state;

	(void)err;
	place->runs[launch->trial] = true;
	place->ready[launch->trial] = launch->trial == 0;
	place->host->started(place->host->user, launch->trial, 0, 0);
	place->host->wake(place->host->user);
	return 0;
}

/* Asked when it wakes the sweep, and every second. */
static void place_poll(void *state)
{
	const struct hd_exit exit = { .known = true };
	struct place *place = *(struct place **)state;

	for (size_t i = 0; i < TRIALS; i++) {
		bool is_ready = place->ready[i] || atomic_load(&worker_syncs);

		if (!place->runs[i] || !is_ready)
			continue;
		place->runs[i] = false;
		place->host->ended(place->host->user, i, &exit);
	}
}

static void place_stop(void *state, size_t trial, bool now)
{
	struct place *place = *(struct place **)state;

	(void)now;
	place->was_stopped = true;
	place->ready[trial] = true;
	place->host->wake(place->host->user);
}

static const struct hd_backend_type place_type = {
	.name = "scripted",
	.summary = "ends as a test has them",
	.state_size = sizeof(struct place *),
	.is_remote = true,
	.open = place_open,
	.launch = place_launch,
	.poll = place_poll,
	.stop = place_stop,
};

/* What hd_sweep_run gives for a sweep of PLACE; its text is in box->err. */
static int run(struct storebox *box, struct place *place)
{
	static const char *const environment[] = { NULL };
	static const char text[] =
		"sampling:\n  type: random\n  parameter_space:\n"
		"  - {name: --x, expression: uniform, values: [0, 1]}\n"
		"primary_metric_name: loss\nprimary_metric_goal: minimize\n"
		"smoke: false\nmax_concurrent_runs: 2\nmax_total_runs: 2\n";
	struct hd_findings *findings = hd_findings_new();
	struct hd_config *config;
	struct hd_sweep *sweep;
	int rc;

	loop_thread = pthread_self();
	atomic_store(&worker_syncs, 0);
	atomic_store(&worker_copies, 0);
	ok(box, hd_config_parse(&config, text, strlen(text), "t.yml", NULL, findings,
				&box->err));
	hd_findings_free(findings);
	ok(box, hd_sweep_new(&sweep, box->store, config,
			     &(struct hd_sweep_options){
				     .size = sizeof(struct hd_sweep_options),
				     .name = "scripted",
				     .has_seed = true,
				     .no_snapshot = true,
				     .source = box->folder,
				     .environment = environment,
				     .runner = &place_type,
				     .runner_user = place },
			     &box->err));
	rc = hd_sweep_run(sweep, &box->err);
	hd_sweep_free(sweep);
	hd_config_free(config);
	return rc;
}

static void the_loop_does_not_wait_for_the_disk(void **state)
{
	struct storebox *box = *state;
	struct place place = { 0 };

	worker_fails = NULL;
	ok(box, run(box, &place));
	assert_true(atomic_load(&worker_syncs) > 0);
	assert_int_equal(atomic_load(&worker_copies), 0);
	assert_false(place.was_stopped);
}

static void a_disk_that_fails_meanwhile_ends_the_sweep(void **state)
{
	struct storebox *box = *state;
	struct place place = { 0 };

	worker_fails = "-wal";
	assert_int_equal(run(box, &place), HD_EIO);
	assert_non_null(strstr(box->err.text, "cannot sync its log: Input/output error"));
	assert_true(place.was_stopped);
}

/* Longer than SQLite would let it become. */
static void have_long_log(struct storebox *box)
{
	hd_store_leave_log(box->store);
	ok(box, hd_store_exec(box->store,
			      "BEGIN; CREATE TABLE filler(x);"
			      "INSERT INTO filler VALUES(zeroblob(5000000));"
			      "COMMIT; DROP TABLE filler",
			      &box->err));
}

static void nor_for_the_log_to_be_copied(void **state)
{
	struct storebox *box = *state;
	struct place place = { 0 };

	worker_fails = NULL;
	have_long_log(box);
	ok(box, run(box, &place));
	assert_true(atomic_load(&worker_copies) > 0);
	assert_false(place.was_stopped);
}

static void a_disk_that_fails_when_it_is_copied_ends_the_sweep(void **state)
{
	struct storebox *box = *state;
	struct place place = { 0 };

	worker_fails = ".db";
	have_long_log(box);
	assert_int_equal(run(box, &place), HD_EIO);
	assert_non_null(strstr(box->err.text, "Input/output error"));
	assert_true(atomic_load(&worker_copies) > 0);
}

static void only_a_log_that_lasts_is_synced_by_others(void **state)
{
	struct storebox *box = *state;
	int log;

	/* Its folder may not know it yet: that is for SQLite. */
	assert_int_equal(hd_store_log(box->store), -1);
	box_sweep_insert(box, "HD_1", "a", HD_MAXIMIZE);
	log = hd_store_log(box->store);
	assert_true(log >= 0);
	assert_int_equal(close(log), 0);
}

#define WITH_BOX(test) cmocka_unit_test_setup_teardown(test, open_box, close_box)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BOX(the_loop_does_not_wait_for_the_disk),
		WITH_BOX(a_disk_that_fails_meanwhile_ends_the_sweep),
		WITH_BOX(nor_for_the_log_to_be_copied),
		WITH_BOX(a_disk_that_fails_when_it_is_copied_ends_the_sweep),
		WITH_BOX(only_a_log_that_lasts_is_synced_by_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
