/*
 * sweep.h, store.h, report.h, record.h, fetch.h, gc.h, doctor.h: a sweep of
 * four trials that run, and everything that can be asked of it afterwards.
 */
#include "api.h"

#include <poll.h>
#include <unistd.h>

static const char sweep_text[] =
	"sampling:\n"
	"  type: random\n"
	"  parameter_space:\n"
	"  - {name: --x, expression: uniform, values: [0, 1]}\n"
	"policy: {type: BanditPolicy, slack_factor: 0.1}\n"
	"primary_metric_name: acc\n"
	"primary_metric_goal: maximize\n"
	"max_total_runs: 4\n"
	"max_concurrent_runs: 2\n";

/* One sweep for all tests: they only read it, but for the last. */
struct world {
	char folder[64];
	char path[128]; /* of the store */
	struct hd_store *store;
	int64_t key;
	size_t seen[HD_EVENT_SWEEP_ENDED + 1];
};

static void world_event(void *user, const struct hd_event *event)
{
	struct world *world = (struct world *)user;
	struct api_text text;
	struct hd_out out = api_out(&text);

	world->seen[event->kind]++;
	assert_int_equal(hd_report_event(event, "api-1", &out), 0);
	assert_int_equal(text.text[0], '{');
}

static const char *const world_command[] = { "sh", "-c", "echo acc=0.5; echo hello >outputs/note" };
static const char *const world_environment[] = { "PATH=/usr/bin:/bin", NULL };

static struct hd_sweep_options world_options(struct world *world)
{
	struct hd_sweep_options options = API_ZERO;

	options.size = sizeof options;
	options.name = "api-1";
	options.has_seed = true;
	options.seed = 7;
	options.command = world_command;
	options.command_count = 3;
	options.launcher = TEST_BUILD "/hdrive-launch";
	options.source = world->folder;
	options.environment = world_environment;
	options.event = world_event;
	options.user = world;
	return options;
}

static void world_run(struct world *world)
{
	struct hd_findings *findings = hd_findings_new();
	struct hd_sweep_options options = world_options(world);
	struct hd_sweep_summary summary;
	struct hd_config *config = NULL;
	struct hd_sweep *sweep = NULL, *other = NULL;
	struct hd_error err = API_ZERO;

	assert_int_equal(hd_config_parse(&config, sweep_text, sizeof sweep_text - 1, "a.yml", NULL,
					 findings, &err),
			 0);
	assert_int_equal(hd_sweep_resume_named(&sweep, world->store, config, &options, &err),
			 HD_ENOENT);
	assert_null(sweep);
	assert_int_equal(hd_sweep_new(&sweep, world->store, config, &options, &err), 0);
	assert_int_equal(hd_sweep_new(&other, world->store, config, &options, &err), HD_EEXIST);
	assert_null(other);
	assert_string_equal(hd_sweep_name(sweep), "api-1");
	assert_has(hd_sweep_id(sweep), "HD_");
	assert_has(hd_sweep_folder(sweep), world->folder);
	assert_ptr_equal(hd_sweep_config(sweep), config);
	world->key = hd_sweep_key(sweep);
	assert_int_equal(hd_sweep_run(sweep, &err), 0);
	hd_sweep_summary(sweep, &summary);
	assert_string_equal(summary.state, "Completed");
	assert_int_equal(summary.counts[HD_TRIAL_COMPLETED], 4);
	assert_same(summary.best, 0.5);
	hd_sweep_free(sweep);
	hd_sweep_free(NULL);
	hd_config_free(config);
	hd_findings_free(findings);
}

static int world_make(void **state)
{
	struct world *world = (struct world *)calloc(1, sizeof *world);
	struct hd_error err = API_ZERO;
	char *located = NULL;

	assert_non_null(world);
	strcpy(world->folder, "/tmp/hdrive-api-XXXXXX");
	assert_non_null(mkdtemp(world->folder));
	assert_int_equal(hd_store_locate(&located, world->folder, NULL, &err), 0);
	snprintf(world->path, sizeof world->path, "%s/.hdrive/hdrive.db", world->folder);
	assert_string_equal(located, world->path);
	free(located);
	assert_int_equal(hd_store_open(&world->store, world->path, HD_STORE_READ, &err),
			 HD_ENOENT);
	assert_int_equal(hd_store_open(&world->store, world->path, HD_STORE_CREATE, &err), 0);
	assert_has(hd_store_folder(world->store), "/.hdrive");
	world_run(world);
	*state = world;
	return 0;
}

static int world_unmake(void **state)
{
	struct world *world = (struct world *)*state;
	char command[128];

	hd_store_close(world->store);
	hd_store_close(NULL);
	snprintf(command, sizeof command, "rm -r '%s'", world->folder);
	assert_int_equal(system(command), 0);
	free(world);
	return 0;
}

static void the_observer_saw_every_trial(void **state)
{
	struct world *world = (struct world *)*state;

	assert_int_equal(world->seen[HD_EVENT_SWEEP_STARTED], 1);
	assert_int_equal(world->seen[HD_EVENT_TRIAL_STARTED], 4);
	assert_int_equal(world->seen[HD_EVENT_TRIAL_METRIC], 4);
	assert_int_equal(world->seen[HD_EVENT_TRIAL_ENDED], 4);
	assert_int_equal(world->seen[HD_EVENT_SWEEP_ENDED], 1);
}

/* --- the store ------------------------------------------------------------ */

static int on_sweep(void *user, const struct hd_sweep_row *row)
{
	assert_string_equal(row->name, "api-1");
	assert_int_equal(row->trials, 4);
	/* Its engine has ended, which the row of an ended sweep says. */
	(void)hd_report_engine_is_alive(row);
	++*(int *)user;
	return 0;
}

static int on_trial(void *user, const struct hd_trial_row *row)
{
	assert_int_equal(row->state, HD_TRIAL_COMPLETED);
	assert_same(row->best, 0.5);
	++*(int *)user;
	return row->number == 2 ? 55 : 0;
}

static int on_metric(void *user, const struct hd_metric_row *row)
{
	assert_string_equal(row->name, "acc");
	++*(int *)user;
	return 0;
}

static int on_attempt(void *user, const struct hd_attempt_row *row)
{
	(void)row;
	++*(int *)user;
	return 0;
}

static int on_decision(void *user, const struct hd_decision_row *row)
{
	(void)row;
	++*(int *)user;
	return 0;
}

static int on_best(void *user, const struct hd_best_row *row)
{
	assert_same(row->value, 0.5);
	++*(int *)user;
	return 0;
}

static int on_said(void *user, const struct hd_said_row *row)
{
	if (row->kind == HD_SAID_TAG && !strcmp(row->name, "team"))
		++*(int *)user;
	return 0;
}

static int on_run_metric(void *user, const struct hd_run_metric_row *row)
{
	(void)row;
	++*(int *)user;
	return 0;
}

static int on_text(void *user, const char *text)
{
	assert_non_null(text);
	++*(int *)user;
	return 0;
}

static int on_experiment(void *user, const char *name, int64_t created)
{
	assert_string_equal(name, "mine");
	assert_true(created > 0);
	++*(int *)user;
	return 0;
}

static void sweeps_and_trials_are_read(void **state)
{
	struct world *world = (struct world *)*state;
	struct hd_trial_query query = API_ZERO;
	int64_t key = 0;
	int count = 0;

	assert_int_equal(hd_store_find_sweep(world->store, "api", &key, NULL), 0);
	assert_int_equal(key, world->key);
	assert_int_equal(hd_store_find_sweep(world->store, "nope", &key, NULL), HD_ENOENT);
	assert_int_equal(hd_store_sweep(world->store, world->key, on_sweep, &count, NULL), 0);
	assert_int_equal(hd_store_sweep(world->store, 99, on_sweep, &count, NULL), HD_ENOENT);
	assert_int_equal(hd_store_sweeps(world->store, 0, "Completed", on_sweep, &count, NULL), 0);
	assert_int_equal(count, 2);
	count = 0;
	/* What a callback returns ends the walk and is handed on. */
	assert_int_equal(hd_store_trials(world->store, world->key, &query, on_trial, &count, NULL),
			 55);
	assert_int_equal(count, 3);
	assert_int_equal(hd_store_trial(world->store, world->key, 1, on_trial, &count, NULL), 0);
	assert_int_equal(hd_store_trial(world->store, world->key, 9, on_trial, &count, NULL),
			 HD_ENOENT);
}

static void what_trials_left_is_read(void **state)
{
	struct world *world = (struct world *)*state;
	struct hd_store *store = world->store;
	int64_t sweep = 0, number = 0;
	char *devices = NULL;
	int count = 0, none = 0;

	assert_int_equal(hd_store_metrics(store, world->key, -1, "acc", on_metric, &count, NULL),
			 0);
	assert_int_equal(count, 4);
	count = 0;
	assert_int_equal(hd_store_best_history(store, world->key, on_best, &count, NULL), 0);
	assert_true(count >= 1);
	count = 0;
	assert_int_equal(hd_store_program(store, world->key, on_text, &count, NULL), 0);
	assert_int_equal(count, 1);
	assert_int_equal(hd_store_devices(store, world->key, 0, &devices, NULL), 0);
	assert_string_equal(devices, "");
	free(devices);
	assert_int_equal(hd_store_attempts(store, world->key, 0, on_attempt, &none, NULL), 0);
	assert_int_equal(hd_store_decisions(store, world->key, -1, on_decision, &none, NULL), 0);
	assert_int_equal(hd_store_run_metrics(store, world->key, -1, on_run_metric, &none, NULL),
			 0);
	assert_int_equal(hd_store_settings(store, world->key, on_text, &none, NULL), 0);
	assert_int_equal(hd_store_labels(store, 1, on_text, &none, NULL), 0);
	assert_int_equal(none, 0);
	assert_int_equal(hd_store_child(store, "nobody", &sweep, &number, NULL), HD_ENOENT);
}

static void tags_and_experiments_are_written(void **state)
{
	struct world *world = (struct world *)*state;
	struct hd_store *store = world->store;
	char *name = NULL;
	int count = 0;

	assert_int_equal(hd_store_tag(store, world->key, HD_SAID_OF_SWEEP, "team", "vision", NULL),
			 0);
	assert_int_equal(hd_store_tag(store, world->key, HD_SAID_OF_SWEEP,
				      HD_TAG_AZURES "x", "", NULL),
			 HD_EINVAL);
	assert_int_equal(hd_store_said(store, world->key, HD_SAID_OF_SWEEP, on_said, &count, NULL),
			 0);
	assert_int_equal(count, 1);
	assert_int_equal(hd_store_experiment(&name, store, world->key, NULL), 0);
	assert_has(world->folder, name);
	free(name);
	assert_int_equal(hd_store_experiment_check("mine", NULL), 0);
	assert_int_equal(hd_store_experiment_check("", NULL), HD_EINVAL);
	assert_int_equal(hd_store_experiment_create(store, "mine", NULL), 0);
	count = 0;
	assert_int_equal(hd_store_experiments(store, on_experiment, &count, NULL), 0);
	assert_int_equal(count, 1);
}

/* --- reports -------------------------------------------------------------- */

static void reports_name_the_sweep_and_its_trials(void **state)
{
	struct world *world = (struct world *)*state;
	struct hd_store *store = world->store;
	struct hd_trial_query which = API_ZERO;
	struct api_text text;
	struct hd_out out = api_out(&text);

	assert_int_equal(hd_report_sweeps(store, 0, NULL, HD_FORMAT_TEXT, &out, NULL), 0);
	assert_has(text.text, "api-1");
	out = api_out(&text);
	assert_int_equal(hd_report_status(store, world->key, HD_FORMAT_JSON, &out, NULL), 0);
	assert_has(text.text, "\"Completed\"");
	out = api_out(&text);
	assert_int_equal(hd_report_sweep(store, world->key, HD_FORMAT_TEXT, &out, NULL), 0);
	assert_has(text.text, "api-1");
	out = api_out(&text);
	assert_int_equal(hd_report_trial(store, world->key, 2, HD_FORMAT_JSON, &out, NULL), 0);
	assert_has(text.text, "\"number\":2");
	assert_int_equal(hd_report_trial(store, world->key, 9, HD_FORMAT_JSON, &out, NULL),
			 HD_ENOENT);
	out = api_out(&text);
	assert_int_equal(hd_report_why(store, world->key, 2, HD_FORMAT_TEXT, &out, NULL), 0);
	assert_true(text.length > 0);
	out = api_out(&text);
	which.limit = 1;
	assert_int_equal(hd_report_best(store, world->key, &which, HD_FORMAT_ARGS, &out, NULL), 0);
	assert_has(text.text, "--x ");
	out = api_out(&text);
	assert_int_equal(hd_report_metrics(store, world->key, HD_FORMAT_JSON, &out, NULL), 0);
	assert_has(text.text, "\"acc\":[0.5]");
}

static void records_have_azures_names(void **state)
{
	struct world *world = (struct world *)*state;
	struct hd_record_query query = API_ZERO;
	struct api_text text;
	struct hd_out out = api_out(&text);
	int64_t sweep = 0, trial = 0;

	assert_int_equal(hd_record_find(world->store, "api-1/2", &sweep, &trial, NULL), 0);
	assert_int_equal(trial, 2);
	assert_int_equal(hd_record_show(world->store, HD_RECORD_RUN, sweep, HD_RECORD_SWEEP, &out,
					NULL),
			 0);
	assert_has(text.text, "\"run_id\"");
	out = api_out(&text);
	assert_int_equal(hd_record_list(world->store, HD_RECORD_JOB, &query, &out, NULL), 0);
	assert_has(text.text, "\"experiment_name\"");
	out = api_out(&text);
	assert_int_equal(hd_record_children(world->store, HD_RECORD_RUN, sweep, &query, &out, NULL),
			 0);
	assert_has(text.text, "\"parent_run_id\"");
	assert_true(hd_record_is_status("Completed"));
	assert_false(hd_record_is_status("Done"));
	out = api_out(&text);
	assert_int_equal(hd_record_experiments(world->store, NULL, &out, NULL), 0);
	assert_has(text.text, "\"runs\":1");
}

static void files_of_trials_are_fetched(void **state)
{
	struct world *world = (struct world *)*state;
	struct hd_store *store = world->store;
	char to[128];
	char *path = NULL;
	size_t files = 0;

	assert_int_equal(hd_fetch_check("outputs/note", NULL), 0);
	assert_int_equal(hd_fetch_check("../x", NULL), HD_EINVAL);
	assert_int_equal(hd_fetch_locate(&path, store, world->key, HD_FETCH_BEST, "outputs/note",
					 NULL),
			 0);
	assert_has(path, "/outputs/note");
	free(path);
	snprintf(to, sizeof to, "%s/note", world->folder);
	assert_int_equal(hd_fetch(store, world->key, 1, "outputs/note", to, NULL), 0);
	assert_int_equal(access(to, R_OK), 0);
	assert_int_equal(hd_fetch(store, world->key, 1, "outputs/none", to, NULL), HD_ENOENT);
	snprintf(to, sizeof to, "%s/metrics.json", world->folder);
	assert_int_equal(hd_fetch_metrics(store, world->key, to, NULL), 0);
	assert_int_equal(access(to, R_OK), 0);
	snprintf(to, sizeof to, "%s/logs", world->folder);
	assert_int_equal(hd_fetch_logs(store, world->key, HD_FETCH_ALL, to, &files, NULL), 0);
	assert_true(files >= 4);
	snprintf(to, sizeof to, "%s/text", world->folder);
	assert_int_equal(hd_fetch_text("abc", 3, to, NULL), 0);
	assert_int_equal(access(to, R_OK), 0);
}

/* --- acts ----------------------------------------------------------------- */

static void on_difference(void *user, const struct hd_replay_difference *difference)
{
	(void)user;
	fail_msg("%s", difference->derived);
}

static void ended_sweeps_are_replayed_and_changed(void **state)
{
	struct world *world = (struct world *)*state;
	static const char *const sets[] = { "max_total_runs=5" };
	struct hd_replay_summary summary;
	char *reply = NULL;

	assert_int_equal(hd_sweep_replay(world->store, world->key, on_difference, NULL, &summary,
					 NULL),
			 0);
	assert_int_equal(summary.suggestions, 4);
	assert_int_equal(summary.differences, 0);
	assert_string_equal(hd_replay_kind_name(HD_REPLAY_VALUE), "value");
	assert_int_equal(hd_sweep_wait(world->store, world->key, 0, NULL), 0);
	assert_int_equal(hd_sweep_request(world->store, world->key, "{}", 1, &reply, NULL),
			 HD_ENOENT);
	assert_int_equal(hd_sweep_enqueue(world->store, world->key, "{\"--y\":1}", NULL),
			 HD_EINVAL);
	assert_int_equal(hd_sweep_enqueue(world->store, world->key, "{\"--x\":0.75}", NULL), 0);
	assert_int_equal(hd_sweep_update(world->store, world->key, sets, 1, NULL), 0);
	assert_int_equal(hd_sweep_hold(world->store, world->key, true, NULL), 0);
	assert_int_equal(hd_sweep_hold(world->store, world->key, false, NULL), 0);
}

static void a_resume_runs_what_was_put_first(void **state)
{
	struct world *world = (struct world *)*state;
	struct hd_sweep_options options = world_options(world);
	struct hd_sweep_summary summary;
	struct hd_sweep *sweep = NULL;

	assert_int_equal(hd_sweep_resume(&sweep, world->store, 99, &options, NULL), HD_ENOENT);
	assert_int_equal(hd_sweep_resume(&sweep, world->store, world->key, &options, NULL), 0);
	/* Before it runs: no new trial is started. */
	hd_sweep_stop(sweep, true);
	assert_int_equal(hd_sweep_run(sweep, NULL), 0);
	hd_sweep_summary(sweep, &summary);
	assert_int_equal(summary.end, HD_END_USER);
	hd_sweep_free(sweep);
	assert_int_equal(hd_sweep_resume(&sweep, world->store, world->key, &options, NULL), 0);
	assert_int_equal(hd_sweep_run(sweep, NULL), 0);
	hd_sweep_summary(sweep, &summary);
	assert_int_equal(summary.counts[HD_TRIAL_COMPLETED], 5);
	hd_sweep_free(sweep);
}

static int on_check(void *user, const struct hd_check *check)
{
	assert_non_null(check->what);
	assert_non_null(hd_health_name(check->health));
	++*(int *)user;
	return 0;
}

static int on_gc(void *user, const struct hd_gc_row *row)
{
	*(uint64_t *)user += row->parts[HD_GC_OUTPUTS];
	return 0;
}

static void stores_are_checked_and_cleared(void **state)
{
	struct world *world = (struct world *)*state;
	struct hd_doctor_options options = API_ZERO;
	struct hd_gc_rule rule = API_ZERO;
	uint64_t bytes = 0;
	int checks = 0;

	options.store = world->path;
	options.launcher = TEST_BUILD "/hdrive-launch";
	assert_int_equal(hd_doctor(&options, on_check, &checks, NULL), 0);
	assert_true(checks > 3);
	assert_string_equal(hd_gc_part_name(HD_GC_LOGS), "logs");
	rule.parts[HD_GC_OUTPUTS] = true;
	assert_int_equal(hd_gc(world->store, &rule, NULL, 0, on_gc, &bytes, NULL), 0);
	assert_true(bytes > 0);
}

/* --- under a loop of the program's own --------------------------------------- */

/* A runner whose trials are over as soon as they are launched. */
struct instant {
	const struct hd_backend_host *host;
	size_t trial;
	bool has_trial;
};

static int instant_open(void *state, const struct hd_backend_host *host, struct hd_error *err)
{
	(void)err;
	((struct instant *)state)->host = host;
	assert_string_equal((const char *)host->runner, "mine");
	return 0;
}

static int instant_launch(void *state, const struct hd_launch *launch, struct hd_error *err)
{
	struct instant *instant = (struct instant *)state;
	char path[512];

	snprintf(path, sizeof path, "%s/metrics", launch->folder);
	instant->trial = launch->trial;
	instant->has_trial = true;
	instant->host->wake(instant->host->user);
	assert_has(launch->parameters, "--x");
	return hd_metric_append(path, "acc", 0.5, false, 0, err);
}

static void instant_poll(void *state)
{
	struct instant *instant = (struct instant *)state;
	struct hd_exit ended = API_ZERO;

	if (!instant->has_trial)
		return;
	instant->has_trial = false;
	ended.known = true;
	instant->host->ended(instant->host->user, instant->trial, &ended);
}

static void instant_stop(void *state, size_t trial, bool now)
{
	(void)state;
	(void)trial;
	(void)now;
}

static int step_to_the_end(struct hd_sweep *sweep)
{
	int rc;

	do {
		struct pollfd ready = API_ZERO;

		ready.fd = hd_sweep_descriptor(sweep);
		ready.events = POLLIN;
		poll(&ready, 1, hd_sweep_timeout(sweep));
		rc = hd_sweep_step(sweep, NULL);
	} while (rc == HD_RUNNING);
	return rc;
}

static void a_runner_of_the_programs_own_is_stepped(void **state)
{
	struct world *world = (struct world *)*state;
	struct hd_sweep_options options = world_options(world);
	struct hd_findings *findings = hd_findings_new();
	struct hd_sweep_limits limits = API_ZERO;
	struct hd_backend_type runner = API_ZERO;
	struct hd_sweep_summary summary;
	struct hd_config *config = NULL;
	struct hd_sweep *sweep = NULL;
	static char mine[] = "mine";

	runner.name = "instant";
	runner.state_size = sizeof(struct instant);
	runner.open = instant_open;
	runner.launch = instant_launch;
	runner.poll = instant_poll;
	runner.stop = instant_stop;
	options.name = "api-2";
	options.command_count = 0;
	options.launcher = NULL;
	options.event = NULL;
	options.max_concurrent = 1;
	options.runner = &runner;
	options.runner_user = mine;
	assert_int_equal(hd_config_parse(&config, sweep_text, sizeof sweep_text - 1, "a.yml", NULL,
					 findings, NULL),
			 0);
	assert_int_equal(hd_sweep_new(&sweep, world->store, config, &options, NULL), 0);
	assert_int_equal(hd_sweep_start(sweep, NULL), 0);
	limits.size = sizeof limits;
	assert_int_equal(hd_sweep_get_limits(sweep, &limits, NULL), 0);
	assert_int_equal(limits.max_total, 4);
	limits.max_total = 2;
	assert_int_equal(hd_sweep_set_limits(sweep, &limits, NULL), 0);
	assert_int_equal(hd_sweep_cancel(sweep, 7, false, NULL), HD_ENOENT);
	assert_int_equal(hd_sweep_try(sweep, "{\"x\": 0.25}", NULL), 0);
	assert_int_equal(step_to_the_end(sweep), 0);
	hd_sweep_summary(sweep, &summary);
	assert_int_equal(summary.counts[HD_TRIAL_COMPLETED], 2);
	hd_sweep_free(sweep);
	hd_config_free(config);
	hd_findings_free(findings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_observer_saw_every_trial),
		cmocka_unit_test(sweeps_and_trials_are_read),
		cmocka_unit_test(what_trials_left_is_read),
		cmocka_unit_test(tags_and_experiments_are_written),
		cmocka_unit_test(reports_name_the_sweep_and_its_trials),
		cmocka_unit_test(records_have_azures_names),
		cmocka_unit_test(files_of_trials_are_fetched),
		cmocka_unit_test(ended_sweeps_are_replayed_and_changed),
		cmocka_unit_test(a_resume_runs_what_was_put_first),
		cmocka_unit_test(a_runner_of_the_programs_own_is_stepped),
		cmocka_unit_test(stores_are_checked_and_cleared),
	};

	return cmocka_run_group_tests(tests, world_make, world_unmake);
}
