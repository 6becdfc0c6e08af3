/*
 * Sweeps on a target: which one their row names, that a resume wants it, and
 * that they move to another only while none of their trials is under way. The
 * backend is this machine's under another name.
 */
#include "storebox.h"

#include <hdrive/sweep.h>

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

static const char sweep_text[] =
	"sampling:\n"
	"  type: random\n"
	"  parameter_space:\n"
	"  - {name: --x, expression: uniform, values: [0, 1]}\n"
	"primary_metric_name: acc\n"
	"primary_metric_goal: maximize\n"
	"max_total_runs: 3\n"
	"max_concurrent_runs: 2\n"
	"smoke: false\n";

struct far_settings {
	const char *folder;
};

static const struct hd_option far_options[] = {
	HD_OPTION_TEXT(struct far_settings, folder, "where"),
	HD_OPTION_END
};

static int checked;
static const char *ground; /* of the target; NULL: none */

static const char *far_ground(const void *settings)
{
	(void)settings;
	return ground;
}

static int far_check(const void *settings, struct hd_error *err)
{
	const struct far_settings *far = settings;

	checked++;
	return far->folder ? 0 : hd_error_set(err, HD_EINVAL, "'folder' is missing");
}

struct place {
	struct storebox box;
	struct hd_backend_type far;
	struct hd_target barn, mill, local;
	struct far_settings settings;
	struct hd_config *config;
	char go[300]; /* trials run until this is there */
};

static int setup(void **state)
{
	struct hd_findings *findings = hd_findings_new();
	struct place *place = calloc(1, sizeof *place);
	struct hd_error err;

	box_open(&place->box);
	place->far = *hd_backend_type_find("local");
	place->far.name = "far";
	place->far.options = far_options;
	place->far.settings_size = sizeof place->settings;
	place->far.check = far_check;
	place->far.ground = far_ground;
	place->far.is_remote = true;
	place->settings.folder = "/far";
	place->barn = (struct hd_target){ "barn", &place->far, &place->settings };
	place->mill = (struct hd_target){ "mill", &place->far, &place->settings };
	place->local = (struct hd_target){ "local", hd_backend_type_find("local"), NULL };
	snprintf(place->go, sizeof place->go, "%s/go", place->box.folder);
	assert_int_equal(hd_config_parse(&place->config, sweep_text, strlen(sweep_text), "t.yml",
					 NULL, findings, &err),
			 0);
	hd_findings_free(findings);
	*state = place;
	return 0;
}

static int teardown(void **state)
{
	struct place *place = *state;

	hd_config_free(place->config);
	box_close(&place->box);
	free(place);
	return 0;
}

static struct hd_sweep_options options_of(const struct place *place,
					  const struct hd_target *target)
{
	static char line[400];
	static const char *const nothing[] = { NULL };
	static const char *command[] = { "/bin/sh", "-c", line, "sh" };

	snprintf(line, sizeof line,
		 "echo acc=0.5; while [ ! -e '%s' ]; do /bin/sleep 0.05; done", place->go);
	return (struct hd_sweep_options){
		.size = sizeof(struct hd_sweep_options),
		.name = "otter-1",
		.command = command,
		.command_count = 4,
		.source = place->box.folder,
		.launcher = TEST_BUILD "/hdrive-launch",
		.environment = nothing,
		.no_snapshot = true,
		.grace = 5,
		.target = target,
	};
}

static void let_go(const struct place *place)
{
	int fd = open(place->go, O_WRONLY | O_CREAT, 0666);

	assert_true(fd >= 0);
	close(fd);
}

static int take_backend(void *user, const struct hd_sweep_row *row)
{
	snprintf(user, 64, "%s", row->backend);
	return 0;
}

static const char *backend_of(struct storebox *box, int64_t key)
{
	static char text[64];

	ok(box, hd_store_sweep(box->store, key, take_backend, text, &box->err));
	return text;
}

static int run_new(struct place *place, const struct hd_target *target, int64_t *key)
{
	struct hd_sweep_options options = options_of(place, target);
	struct storebox *box = &place->box;
	struct hd_sweep *sweep = NULL;
	int rc = hd_sweep_new(&sweep, box->store, place->config, &options, &box->err);

	if (rc == 0) {
		*key = hd_sweep_key(sweep);
		rc = hd_sweep_run(sweep, &box->err);
	}
	hd_sweep_free(sweep);
	return rc;
}

static int resume(struct place *place, int64_t key, const struct hd_target *target,
		  const char *set)
{
	struct hd_sweep_options options = options_of(place, target);
	struct storebox *box = &place->box;
	struct hd_sweep *sweep = NULL;
	int rc;

	options.sets = &set;
	options.set_count = set != NULL;
	rc = hd_sweep_resume(&sweep, box->store, key, &options, &box->err);
	if (rc == 0)
		rc = hd_sweep_run(sweep, &box->err);
	hd_sweep_free(sweep);
	return rc;
}

/* An engine that dies with trials under way, in a process of its own. */
static int64_t crash(struct place *place, const struct hd_target *target)
{
	struct storebox *box = &place->box;
	int64_t key;
	pid_t engine;
	int status;

	hd_store_close(box->store);
	box->store = NULL;
	engine = fork();
	if (engine == 0) {
		struct hd_sweep_options options = options_of(place, target);
		struct hd_sweep_summary now = { .trials = 0 };
		struct hd_sweep *sweep = NULL;
		struct hd_store *store = NULL;

		if (hd_store_open(&store, box->path, HD_STORE_WRITE, NULL) < 0 ||
		    hd_sweep_new(&sweep, store, place->config, &options, NULL) < 0 ||
		    hd_sweep_start(sweep, NULL) < 0)
			_exit(1);
		for (int i = 0; i < 20000 && now.counts[HD_TRIAL_RUNNING] < 2; i++) {
			const struct timespec pause = { .tv_nsec = 1000000 };

			if (hd_sweep_step(sweep, NULL) < 0)
				_exit(2);
			hd_sweep_summary(sweep, &now);
			nanosleep(&pause, NULL);
		}
		_exit(now.counts[HD_TRIAL_RUNNING] == 2 ? 0 : 3);
	}
	assert_true(engine > 0);
	assert_int_equal(waitpid(engine, &status, 0), engine);
	assert_int_equal(status, 0);
	ok(box, hd_store_open(&box->store, box->path, HD_STORE_WRITE, &box->err));
	ok(box, hd_store_find_sweep(box->store, "otter-1", &key, &box->err));
	return key;
}

/* --- tests ------------------------------------------------------------------- */

static void the_row_names_the_target(void **state)
{
	struct place *place = *state;
	struct storebox *box = &place->box;
	int64_t key;

	let_go(place);
	ok(box, run_new(place, &place->barn, &key));
	assert_string_equal(backend_of(box, key), "far:barn");
	/* Gone on with there, by whoever says so; nobody is moved unasked. */
	assert_int_equal(resume(place, key, NULL, NULL), HD_ESTATE);
	assert_non_null(strstr(box->err.text, "are run by 'far:barn', not by 'local'"));
	ok(box, resume(place, key, &place->barn, "max_total_runs=4"));
	assert_string_equal(backend_of(box, key), "far:barn");
}

static void this_machine_is_local_under_any_name(void **state)
{
	struct place *place = *state;
	struct hd_target here = place->local;
	int64_t key;

	let_go(place);
	here.name = "here";
	ok(&place->box, run_new(place, &here, &key));
	assert_string_equal(backend_of(&place->box, key), "local");
}

static void settings_are_checked_before_anything_is_made(void **state)
{
	struct place *place = *state;
	struct storebox *box = &place->box;
	int64_t key;

	place->settings.folder = NULL;
	checked = 0;
	assert_int_equal(run_new(place, &place->barn, &key), HD_EINVAL);
	assert_string_equal(box->err.text, "'folder' is missing");
	assert_int_equal(checked, 1);
	assert_int_equal(hd_store_find_sweep(box->store, "otter-1", &key, &box->err), HD_ENOENT);
}

static void a_sweep_moves_when_nothing_is_under_way(void **state)
{
	struct place *place = *state;
	struct storebox *box = &place->box;
	int64_t key;

	let_go(place);
	ok(box, run_new(place, &place->barn, &key));
	ok(box, resume(place, key, &place->mill, "max_total_runs=4"));
	assert_string_equal(backend_of(box, key), "far:mill");
	ok(box, resume(place, key, &place->local, "max_total_runs=5"));
	assert_string_equal(backend_of(box, key), "local");
	ok(box, resume(place, key, &place->barn, "max_total_runs=6"));
	assert_string_equal(backend_of(box, key), "far:barn");
}

static void trials_under_way_keep_a_sweep_where_it_is(void **state)
{
	struct place *place = *state;
	struct storebox *box = &place->box;
	int64_t key = crash(place, &place->barn);

	assert_int_equal(resume(place, key, &place->mill, NULL), HD_ESTATE);
	assert_string_equal(box->err.text,
			    "sweep 'otter-1' cannot move from 'far:barn' to 'far:mill' while "
			    "trials 0, 1 are under way there: go on with it there, or cancel it "
			    "first");
	assert_string_equal(backend_of(box, key), "far:barn");
	/* Nor can it be cancelled from another place. */
	struct hd_sweep_options options = options_of(place, NULL);
	struct hd_sweep *sweep = NULL;

	options.stop = true;
	assert_int_equal(hd_sweep_resume(&sweep, box->store, key, &options, &box->err), HD_ESTATE);
	options.target = &place->barn;
	ok(box, hd_sweep_resume(&sweep, box->store, key, &options, &box->err));
	hd_sweep_stop(sweep, true);
	ok(box, hd_sweep_run(sweep, &box->err));
	hd_sweep_free(sweep);
	let_go(place);
	ok(box, resume(place, key, &place->mill, NULL));
	assert_string_equal(backend_of(box, key), "far:mill");
}

static void a_sweep_moves_to_no_ground_but_its_own(void **state)
{
	struct place *place = *state;
	struct storebox *box = &place->box;
	char folder[300];
	int64_t key;

	let_go(place);
	ok(box, run_new(place, &place->local, &key));
	snprintf(folder, sizeof folder, "%s/ground", box->folder);
	ground = folder;
	assert_int_equal(resume(place, key, &place->barn, "max_total_runs=4"), HD_ESTATE);
	assert_non_null(strstr(box->err.text, "sees '"));
	assert_string_equal(backend_of(box, key), "local");
	ground = box->folder;
	ok(box, resume(place, key, &place->barn, "max_total_runs=4"));
	ground = NULL;
}

static void a_sweep_of_the_same_name_goes_on_where_it_was(void **state)
{
	struct place *place = *state;
	struct storebox *box = &place->box;
	struct hd_sweep_options options = options_of(place, &place->mill);
	struct hd_sweep *sweep = NULL;
	int64_t key = crash(place, &place->barn);

	let_go(place);
	assert_int_equal(hd_sweep_resume_named(&sweep, box->store, place->config, &options,
					       &box->err),
			 HD_ESTATE);
	options.target = &place->barn;
	ok(box, hd_sweep_resume_named(&sweep, box->store, place->config, &options, &box->err));
	ok(box, hd_sweep_run(sweep, &box->err));
	hd_sweep_free(sweep);
	assert_string_equal(backend_of(box, key), "far:barn");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_row_names_the_target),
		TEST(this_machine_is_local_under_any_name),
		TEST(settings_are_checked_before_anything_is_made),
		TEST(a_sweep_moves_when_nothing_is_under_way),
		TEST(trials_under_way_keep_a_sweep_where_it_is),
		TEST(a_sweep_moves_to_no_ground_but_its_own),
		TEST(a_sweep_of_the_same_name_goes_on_where_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
