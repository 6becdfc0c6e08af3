/* Tests of engine/study: ask, report and tell, in memory and kept in a store. */
#include "storebox.h"

#include <hdrive/study.h>
#include <hdrive/sweep.h>

#include <sys/wait.h>

#include "store/study.h"

/* The file that most of these studies are made from; %s is more of it. */
static const char file[] = "sampling:\n"
			   "  type: %s\n"
			   "  parameter_space:\n"
			   "  - {name: --lr, expression: loguniform, values: [-9, 0]}\n"
			   "  - {name: units, expression: choice, values: [[16, 32, 64]]}\n"
			   "%s"
			   "primary_metric_name: loss\n"
			   "primary_metric_goal: minimize\n"
			   "max_concurrent_runs: 4\n"
			   "max_total_runs: %d\n";

static const char bandit[] =
	"policy: {type: BanditPolicy, slack_factor: 0.1, evaluation_interval: 1}\n";

struct box {
	struct storebox store;
	struct hd_config *config;
	struct hd_study *study;
	struct hd_error err;
};

static struct hd_config *load(const char *sampler, const char *policy, int total)
{
	struct hd_findings *findings = hd_findings_new();
	struct hd_config *config = NULL;
	struct hd_error err = { 0 };
	char text[1024];

	snprintf(text, sizeof text, file, sampler, policy, total);
	if (hd_config_parse(&config, text, strlen(text), "t.yml", NULL, findings,
			    &err) < 0)
		fail_msg("%s: %s", err.text,
			 hd_findings_kept(findings)
				 ? hd_findings_at(findings, 0)->text
				 : "");
	hd_findings_free(findings);
	return config;
}

static void open_study(struct box *box, const char *sampler, const char *policy,
		       int total)
{
	struct hd_study_options options = { .size = sizeof options, .seed = 3 };

	memset(box, 0, sizeof *box);
	box_open(&box->store);
	options.config = box->config = load(sampler, policy, total);
	ok(box, hd_study_create(&box->study, box->store.store, "night", &options,
				&box->err));
}

static void close_study(struct box *box)
{
	hd_study_free(box->study);
	hd_config_free(box->config);
	box_close(&box->store);
}

/* Another process would open it so. */
static void open_again(struct box *box)
{
	int64_t key = hd_study_key(box->study);

	hd_study_free(box->study);
	ok(box, hd_study_open(&box->study, box->store.store, key, &box->err));
}

static size_t ask(struct hd_study *study, const char *client)
{
	const struct hd_value *values;
	struct hd_error err = { 0 };
	size_t number;
	int rc = hd_study_ask(study, client, &number, &values, &err);

	if (rc != 0)
		fail_msg("ask: %s: %s", hd_code_name(rc), err.text);
	return number;
}

static const struct hd_trial *trial(const struct hd_study *study, size_t number)
{
	return hd_history_trial(hd_study_history(study), number);
}

/* --- the two ways of keeping one agree ---------------------------------------- */

static struct hd_study *in_memory(const struct hd_config *config)
{
	struct hd_study_options options = { .size = sizeof options, .seed = 3 };
	struct hd_study *study;

	options.config = config;
	assert_int_equal(hd_study_new(&study, &options, NULL), 0);
	return study;
}

static double loss_of(const struct hd_value *values)
{
	double x = log(values[0].number) + 4;

	return x * x + (double)values[1].option;
}

static void kept_studies_ask_what_those_in_memory_ask(void **state)
{
	static const char *const samplers[] = { "random", "sobol", "tpe", "bayesian" };

	(void)state;
	for (size_t s = 0; s < ROWS(samplers); s++) {
		struct hd_study *memory;
		struct box box;

		open_study(&box, samplers[s], "", 20);
		memory = in_memory(box.config);
		for (size_t i = 0; i < 20; i++) {
			const struct hd_value *a, *b;
			size_t n, m;
			double loss;

			if (i % 5 == 3)
				open_again(&box);
			ok(&box, hd_study_ask(box.study, NULL, &n, &a, &box.err));
			ok(&box, hd_study_ask(memory, NULL, &m, &b, &box.err));
			assert_int_equal(n, m);
			assert_true(hd_value_equal(&a[0], &b[0]));
			assert_true(hd_value_equal(&a[1], &b[1]));
			loss = loss_of(b);
			ok(&box, hd_study_tell(box.study, n, NULL, loss, &box.err));
			ok(&box, hd_study_tell(memory, m, NULL, loss, &box.err));
		}
		hd_study_free(memory);
		close_study(&box);
	}
}

static void what_was_asked_and_told_outlives_the_process(void **state)
{
	struct box box;
	size_t number;
	double value;

	(void)state;
	open_study(&box, "random", "", 10);
	ask(box.study, "w1");
	ask(box.study, NULL);
	ok(&box, hd_study_report(box.study, 1, NULL, 0.5, NULL, &box.err));
	ok(&box, hd_study_tell(box.study, 1, NULL, 0.25, &box.err));
	ask(box.study, "w2");
	ok(&box, hd_study_tell(box.study, 2, "w2", NAN, &box.err));
	open_again(&box);
	assert_int_equal(hd_history_count(hd_study_history(box.study)), 3);
	assert_int_equal(hd_trial_state(trial(box.study, 0)), HD_TRIAL_RUNNING);
	assert_int_equal(hd_trial_state(trial(box.study, 1)), HD_TRIAL_COMPLETED);
	assert_int_equal(hd_trial_state(trial(box.study, 2)), HD_TRIAL_FAILED);
	assert_int_equal(hd_trial_intervals(trial(box.study, 1)), 2);
	assert_int_equal(hd_trial_value(trial(box.study, 1), 2) == 0.25, 1);
	ok(&box, hd_study_best(box.study, &number, &value, &box.err));
	assert_int_equal(number, 1);
	assert_true(value == 0.25);
	/* Its client gets the unfinished one back. */
	assert_int_equal(ask(box.study, "w1"), 0);
	assert_int_equal(ask(box.study, "w2"), 3);
	close_study(&box);
}

/* --- clients and idempotence -------------------------------------------------- */

static void clients_get_their_open_trial_again(void **state)
{
	struct hd_config *config = load("random", "", 100);
	struct hd_study *study = in_memory(config);
	struct hd_error err = { 0 };

	(void)state;
	assert_int_equal(ask(study, "a"), 0);
	assert_int_equal(ask(study, "b"), 1);
	assert_int_equal(ask(study, "a"), 0);
	assert_int_equal(ask(study, NULL), 2);
	assert_int_equal(hd_study_tell(study, 0, "b", 1, &err), HD_ESTATE);
	assert_non_null(strstr(err.text, "asked for by 'a', not by 'b'"));
	assert_int_equal(hd_study_tell(study, 0, "a", 1, &err), 0);
	assert_int_equal(ask(study, "a"), 3);
	/* Whoever does not say who he is may tell of all. */
	assert_int_equal(hd_study_tell(study, 1, NULL, 1, &err), 0);
	hd_study_free(study);
	hd_config_free(config);
}

static void telling_again_or_late_changes_nothing(void **state)
{
	struct hd_config *config = load("random", "", 100);
	struct hd_study *study = in_memory(config);

	(void)state;
	ask(study, NULL);
	assert_int_equal(hd_study_tell(study, 0, NULL, 1, NULL), 0);
	assert_int_equal(hd_study_tell(study, 0, NULL, 1, NULL), HD_ENDED);
	assert_int_equal(hd_study_tell(study, 0, NULL, NAN, NULL), HD_ENDED);
	assert_int_equal(hd_study_tell(study, 0, "x", -7, NULL), HD_ENDED);
	assert_int_equal(hd_study_report(study, 0, NULL, -7, NULL, NULL), HD_ENDED);
	assert_int_equal(hd_study_end(study, 0, NULL, HD_TRIAL_FAILED, NULL, NULL),
			 HD_ENDED);
	assert_int_equal(hd_trial_intervals(trial(study, 0)), 1);
	assert_int_equal(hd_trial_state(trial(study, 0)), HD_TRIAL_COMPLETED);
	hd_study_free(study);
	hd_config_free(config);
}

/* --- policies ------------------------------------------------------------------ */

static void run_with_policy(struct hd_study *study)
{
	struct hd_reason why;
	size_t good = ask(study, NULL), bad = ask(study, NULL);

	assert_int_equal(hd_study_report(study, good, NULL, 1, &why, NULL), 0);
	assert_int_equal(hd_study_report(study, bad, NULL, 1.05, &why, NULL), 0);
	assert_int_equal(hd_study_report(study, good, NULL, 0.5, &why, NULL), 0);
	assert_int_equal(hd_study_report(study, bad, NULL, 1.04, &why, NULL), HD_STOP);
	assert_non_null(strstr(why.text, "best so far"));
	assert_true(why.mine == 1.04);
	/* It says so as long as the trial goes on. */
	assert_int_equal(hd_study_report(study, bad, NULL, 1.03, &why, NULL), HD_STOP);
	assert_non_null(strstr(why.text, "best so far"));
	assert_int_equal(hd_study_tell(study, bad, NULL, 1.02, NULL), 0);
	assert_int_equal(hd_trial_state(trial(study, bad)), HD_TRIAL_CANCELED);
	assert_int_equal(hd_trial_end(trial(study, bad)), HD_END_POLICY);
	assert_int_equal(hd_study_tell(study, good, NULL, 0.4, NULL), 0);
	assert_int_equal(hd_trial_state(trial(study, good)), HD_TRIAL_COMPLETED);
}

static void report_says_when_the_policy_wants_an_end(void **state)
{
	struct hd_replay_summary summary;
	struct hd_study *study;
	struct box box;

	(void)state;
	open_study(&box, "random", bandit, 100);
	study = in_memory(box.config);
	run_with_policy(study);
	run_with_policy(box.study);
	ok(&box, hd_sweep_replay(box.store.store, hd_study_key(box.study), NULL,
				 NULL, &summary, &box.err));
	assert_int_equal(summary.suggestions, 2);
	assert_int_equal(summary.stops, 1);
	assert_int_equal(summary.differences, 0);
	hd_study_free(study);
	close_study(&box);
}

static void endless_studies_have_no_limit(void **state)
{
	struct hd_study_options options = { .size = sizeof options, .seed = 3 };
	struct hd_study *study;
	struct box box;

	(void)state;
	open_study(&box, "random", "reduce: last\n", 1);
	assert_int_equal(ask(box.study, NULL), 0);
	options.config = box.config;
	options.endless = true;
	assert_int_equal(hd_study_new(&study, &options, NULL), 0);
	for (size_t i = 0; i < 50; i++)
		assert_int_equal(ask(study, NULL), i);
	assert_int_equal(hd_history_total(hd_study_history(study)), 0);
	assert_int_equal(hd_study_report(study, 7, NULL, 1, NULL, NULL), 0);
	assert_true(hd_study_value(study, 7) == 1);
	assert_int_equal(hd_study_tell(study, 7, NULL, 2, NULL), 0);
	assert_true(hd_study_value(study, 7) == 2);
	hd_study_free(study);
	assert_int_equal(hd_study_create(&study, box.store.store, "other", &options,
					 &box.err),
			 HD_EINVAL);
	assert_non_null(strstr(box.err.text, "cannot be endless"));
	/* A program of an older header knows no such field. */
	options.size = offsetof(struct hd_study_options, endless);
	ok(&box, hd_study_create(&study, box.store.store, "other", &options,
				 &box.err));
	hd_study_free(study);
	close_study(&box);
}

/* --- points and trials of others ------------------------------------------------- */

static void points_of_others_come_first(void **state)
{
	const struct hd_value *values;
	struct hd_replay_summary summary;
	struct box box;
	size_t number;
	const double curve[] = { 0.9, 0.3 };

	(void)state;
	open_study(&box, "tpe", "", 30);
	ok(&box, hd_study_enqueue(box.study, "{\"lr\": 0.5, \"units\": 32}", &box.err));
	ok(&box, hd_study_add(box.study, "{\"lr\": 0.25, \"units\": 64}", curve, 2,
			      HD_TRIAL_COMPLETED, NULL, &number, &box.err));
	assert_int_equal(number, 0);
	assert_int_equal(hd_study_enqueue(box.study, "{\"lr\": 7, \"units\": 32}",
					  &box.err),
			 HD_EINVAL);
	open_again(&box);
	ok(&box, hd_study_ask(box.study, NULL, &number, &values, &box.err));
	assert_int_equal(number, 1);
	assert_true(values[0].number == 0.5);
	ok(&box, hd_study_tell(box.study, 1, NULL, 0.7, &box.err));
	for (int i = 0; i < 20; i++) {
		ok(&box, hd_study_ask(box.study, NULL, &number, &values, &box.err));
		ok(&box, hd_study_tell(box.study, number, NULL, loss_of(values),
				       &box.err));
	}
	ok(&box, hd_sweep_replay(box.store.store, hd_study_key(box.study), NULL,
				 NULL, &summary, &box.err));
	assert_int_equal(summary.suggestions, 20);
	assert_int_equal(summary.enqueued, 2);
	assert_int_equal(summary.differences, 0);
	close_study(&box);
}

static void points_are_told_as_json(void **state)
{
	struct hd_config *config = load("random", "", 100);
	struct hd_study *study = in_memory(config);
	const struct hd_value *values;
	char text[64], cut[8];
	size_t number;

	(void)state;
	assert_int_equal(hd_study_enqueue(study, "{\"units\": 32, \"--lr\": 0.5}", NULL), 0);
	assert_int_equal(hd_study_ask(study, NULL, &number, &values, NULL), 0);
	assert_int_equal(hd_space_json(config->space, values, text, sizeof text), 23);
	assert_string_equal(text, "{\"--lr\":0.5,\"units\":32}");
	assert_int_equal(hd_space_json(config->space, values, cut, sizeof cut), 23);
	assert_string_equal(cut, "{\"--lr\"");
	assert_int_equal(hd_space_json(config->space, values, NULL, 0), 23);
	hd_study_free(study);
	hd_config_free(config);
}

/* --- the end of a study ------------------------------------------------------------- */

static int state_of(void *user, const struct hd_sweep_row *row)
{
	snprintf(user, 32, "%s %s", row->state, hd_end_name(row->end));
	return 0;
}

static void assert_state(struct box *box, const char *expected)
{
	char text[32];

	ok(box, hd_store_sweep(box->store.store, hd_study_key(box->study), state_of,
			       text, &box->err));
	assert_string_equal(text, expected);
}

static void limit_of_the_file_ends_a_study(void **state)
{
	const struct hd_value *values;
	struct box box;
	size_t number;

	(void)state;
	open_study(&box, "random", "", 2);
	ask(box.study, "a");
	ask(box.study, "b");
	assert_state(&box, "Running ");
	assert_int_equal(hd_study_ask(box.study, "c", &number, &values, &box.err),
			 HD_EXHAUSTED);
	ok(&box, hd_study_tell(box.study, 0, "a", 1, &box.err));
	ok(&box, hd_study_tell(box.study, 1, "b", 2, &box.err));
	assert_state(&box, "Completed ");
	assert_int_equal(hd_study_ask(box.study, "a", &number, &values, &box.err),
			 HD_ESTATE);
	assert_int_equal(hd_study_stop(box.study, &box.err), HD_ENDED);
	close_study(&box);
}

static void stopping_a_study_cancels_what_is_open(void **state)
{
	struct box box;

	(void)state;
	open_study(&box, "random", "", 20);
	ask(box.study, NULL);
	ok(&box, hd_study_stop(box.study, &box.err));
	assert_state(&box, "Canceled user");
	open_again(&box);
	assert_int_equal(hd_trial_state(trial(box.study, 0)), HD_TRIAL_CANCELED);
	assert_int_equal(hd_study_tell(box.study, 0, NULL, 1, &box.err), HD_ENDED);
	close_study(&box);
}

static void too_many_failures_end_a_study(void **state)
{
	const struct hd_value *values;
	struct box box;
	size_t number;

	(void)state;
	open_study(&box, "random", "max_failures: 1\n", 20);
	for (size_t i = 0; i < 2; i++)
		ok(&box, hd_study_end(box.study, ask(box.study, NULL), NULL,
				      HD_TRIAL_FAILED, "no luck", &box.err));
	assert_state(&box, "Failed failures");
	assert_int_equal(hd_study_ask(box.study, NULL, &number, &values, &box.err),
			 HD_ESTATE);
	close_study(&box);
}

/* --- several processes ---------------------------------------------------------------- */

/* Ask and tell COUNT times in a process of its own. */
static void work(const char *path, int64_t key, const char *client, int count)
{
	struct hd_store *store;
	struct hd_study *study;
	struct hd_error err = { 0 };
	int rc = hd_store_open(&store, path, HD_STORE_WRITE, &err);

	if (rc == 0)
		rc = hd_study_open(&study, store, key, &err);
	for (int i = 0; rc == 0 && i < count; i++) {
		const struct hd_value *values;
		size_t number;

		rc = hd_study_ask(study, client, &number, &values, &err);
		if (rc == 0)
			rc = hd_study_tell(study, number, client, loss_of(values), &err);
	}
	if (rc != 0)
		fprintf(stderr, "%s: %s\n", client, err.text);
	hd_study_free(study);
	hd_store_close(store);
	_exit(rc != 0);
}

static void processes_share_a_study(void **state)
{
	struct hd_replay_summary summary;
	struct box box;
	pid_t workers[4];
	int64_t key;

	(void)state;
	open_study(&box, "tpe", "", 40);
	key = hd_study_key(box.study);
	for (size_t i = 0; i < ROWS(workers); i++) {
		workers[i] = fork();
		assert_true(workers[i] >= 0);
		if (workers[i] == 0)
			work(box.store.path, key, (const char *[]){ "a", "b", "c", "d" }[i], 10);
	}
	for (size_t i = 0; i < ROWS(workers); i++) {
		int status;

		assert_int_equal(waitpid(workers[i], &status, 0), workers[i]);
		assert_int_equal(status, 0);
	}
	ok(&box, hd_study_refresh(box.study, &box.err));
	assert_int_equal(hd_history_count(hd_study_history(box.study)), 40);
	assert_state(&box, "Completed ");
	ok(&box, hd_sweep_replay(box.store.store, key, NULL, NULL, &summary, &box.err));
	assert_int_equal(summary.suggestions, 40);
	assert_int_equal(summary.differences, 0);
	close_study(&box);
}

/* --- misuse --------------------------------------------------------------------------- */

static void rungs_stand_in_place_of_an_interval(void **state)
{
	struct hd_config *config = load("random", "", 100);
	struct hd_study_options options = {
		.size = sizeof options,
		.space = config->space,
		.sampler = hd_sampler_type_find("random"),
		.policy = hd_policy_type_find("asha"),
		.evaluation_interval = 2,
	};
	struct hd_study *study;
	struct hd_error err = { 0 };

	(void)state;
	assert_int_equal(hd_study_new(&study, &options, &err), HD_EINVAL);
	assert_string_equal(err.text, "'evaluation_interval' is not for asha, "
				      "which has rungs in place of it");
	assert_null(study);
	options.evaluation_interval = 1;
	assert_int_equal(hd_study_new(&study, &options, &err), 0);
	hd_study_free(study);
	hd_config_free(config);
}

static void misuse_has_its_code(void **state)
{
	struct hd_study_options options = { .size = sizeof options };
	struct hd_study *study, *other = NULL;
	const struct hd_value *values;
	struct hd_config *config = load("random", "", 100);
	struct hd_error err = { 0 };
	double value;
	size_t number;

	(void)state;
	assert_int_equal(hd_study_new(NULL, &options, &err), HD_EINVAL);
	assert_int_equal(hd_study_new(&other, NULL, &err), HD_EINVAL);
	assert_int_equal(hd_study_new(&other, &options, &err), HD_EINVAL);
	options.size = 3;
	assert_int_equal(hd_study_new(&other, &options, &err), HD_EINVAL);
	assert_null(other);
	assert_int_equal(hd_study_open(&other, NULL, 1, &err), HD_EINVAL);
	assert_int_equal(hd_study_create(&other, NULL, NULL, &options, &err), HD_EINVAL);
	assert_int_equal(hd_study_ask(NULL, NULL, &number, &values, &err), HD_EINVAL);
	assert_int_equal(hd_study_tell(NULL, 0, NULL, 1, &err), HD_EINVAL);
	assert_int_equal(hd_study_stop(NULL, &err), HD_EINVAL);
	assert_int_equal(hd_study_best(NULL, NULL, NULL, &err), HD_EINVAL);
	study = in_memory(config);
	assert_int_equal(hd_study_ask(study, NULL, NULL, &values, &err), HD_EINVAL);
	assert_int_equal(hd_study_best(study, &number, &value, &err), HD_ENOENT);
	assert_int_equal(hd_study_tell(study, 0, NULL, 1, &err), HD_ENOENT);
	assert_int_equal(hd_study_report(study, SIZE_MAX, NULL, 1, NULL, &err), HD_ENOENT);
	ask(study, NULL);
	assert_int_equal(hd_study_end(study, 0, NULL, HD_TRIAL_RUNNING, NULL, &err), HD_EINVAL);
	assert_int_equal(hd_study_enqueue(study, NULL, &err), HD_EINVAL);
	assert_int_equal(hd_study_enqueue(study, "{", &err), HD_EINVAL);
	assert_int_equal(hd_study_add(study, "{\"lr\": 0.5, \"units\": 32}", NULL, 2,
				      HD_TRIAL_COMPLETED, NULL, NULL, &err),
			 HD_EINVAL);
	assert_null(hd_study_name(study));
	hd_study_free(study);
	hd_study_free(NULL);
	hd_config_free(config);
}

static void no_study_has_its_code_everywhere(void **state)
{
	const struct hd_value *values;
	const double one = 1;
	size_t number;
	double value;

	(void)state;
	assert_int_equal(hd_study_ask(NULL, NULL, &number, &values, NULL), HD_EINVAL);
	assert_int_equal(hd_study_report(NULL, 0, NULL, 1, NULL, NULL), HD_EINVAL);
	assert_int_equal(hd_study_tell(NULL, 0, NULL, 1, NULL), HD_EINVAL);
	assert_int_equal(hd_study_end(NULL, 0, NULL, HD_TRIAL_FAILED, NULL, NULL),
			 HD_EINVAL);
	assert_int_equal(hd_study_enqueue(NULL, "{}", NULL), HD_EINVAL);
	assert_int_equal(hd_study_add(NULL, "{}", &one, 1, HD_TRIAL_COMPLETED, NULL,
				      NULL, NULL),
			 HD_EINVAL);
	assert_int_equal(hd_study_stop(NULL, NULL), HD_EINVAL);
	assert_int_equal(hd_study_best(NULL, &number, &value, NULL), HD_EINVAL);
	assert_int_equal(hd_study_refresh(NULL, NULL), HD_EINVAL);
	assert_true(isnan(hd_study_value(NULL, 0)));
}

static void sweeps_that_hdrive_runs_are_no_studies(void **state)
{
	struct hd_study *study;
	struct storebox box;
	bool is_study = true;

	(void)state;
	box_open(&box);
	box_sweep_insert(&box, "HD_00000000-0000-4000-8000-000000000001", "calm-heron",
			 HD_MINIMIZE);
	assert_int_equal(hd_study_open(&study, box.store, box.sweep, &box.err),
			 HD_ENOENT);
	assert_null(study);
	ok(&box, hd_store_is_study(box.store, box.sweep, &is_study, &box.err));
	assert_false(is_study);
	assert_int_equal(hd_study_open(&study, box.store, 77, &box.err), HD_ENOENT);
	box_close(&box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kept_studies_ask_what_those_in_memory_ask),
		cmocka_unit_test(what_was_asked_and_told_outlives_the_process),
		cmocka_unit_test(clients_get_their_open_trial_again),
		cmocka_unit_test(telling_again_or_late_changes_nothing),
		cmocka_unit_test(report_says_when_the_policy_wants_an_end),
		cmocka_unit_test(endless_studies_have_no_limit),
		cmocka_unit_test(points_of_others_come_first),
		cmocka_unit_test(points_are_told_as_json),
		cmocka_unit_test(limit_of_the_file_ends_a_study),
		cmocka_unit_test(stopping_a_study_cancels_what_is_open),
		cmocka_unit_test(too_many_failures_end_a_study),
		cmocka_unit_test(processes_share_a_study),
		cmocka_unit_test(rungs_stand_in_place_of_an_interval),
		cmocka_unit_test(misuse_has_its_code),
		cmocka_unit_test(no_study_has_its_code_everywhere),
		cmocka_unit_test(sweeps_that_hdrive_runs_are_no_studies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
