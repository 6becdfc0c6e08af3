/* study.h, serve.h, sampler.h, policy.h and the history of trial.h. */
#include "api.h"

static struct hd_space *one_parameter(void)
{
	struct hd_space *space = hd_space_new();
	struct hd_expr expr = hd_expr_uniform(0, 1);

	assert_non_null(space);
	assert_int_equal(hd_space_add(space, "x", &expr, NULL, NULL), 0);
	return space;
}

static struct hd_study *random_study(const struct hd_space *space)
{
	struct hd_study_options options = API_ZERO;
	struct hd_study *study = NULL;

	options.size = sizeof options;
	options.space = space;
	options.sampler = hd_sampler_type_find("random");
	options.goal = HD_MAXIMIZE;
	options.seed = 3;
	assert_int_equal(hd_study_new(&study, &options, NULL), 0);
	return study;
}

static void plugins_are_found_by_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < hd_sampler_types(); i++) {
		const struct hd_sampler_type *type = hd_sampler_type_at(i);

		assert_ptr_equal(hd_sampler_type_find(type->name), type);
	}
	for (size_t i = 0; i < hd_policy_types(); i++) {
		const struct hd_policy_type *type = hd_policy_type_at(i);

		assert_ptr_equal(hd_policy_type_find(type->name), type);
	}
	for (size_t i = 0; i < hd_backend_types(); i++) {
		const struct hd_backend_type *type = hd_backend_type_at(i);

		assert_ptr_equal(hd_backend_type_find(type->name), type);
	}
	assert_null(hd_sampler_type_find("best"));
	assert_null(hd_policy_type_find("best"));
	assert_null(hd_backend_type_find("best"));
	assert_true(hd_policy_is_due(6, 2, 5));
	assert_false(hd_policy_is_due(4, 2, 5));
}

static void reasons_stay_true_when_they_are_cut(void **state)
{
	struct hd_reason reason = API_ZERO;
	char text[HD_REASON_NUMBER];

	(void)state;
	hd_reason_set(&reason, "best %s", hd_reason_number(0.1, text));
	assert_string_equal(reason.text, "best 0.1");
	assert_string_equal(hd_reason_limit(0.12345678, 0.12345699, text), "0.1234568");
}

static void trials_are_asked_and_told(void **state)
{
	struct hd_space *space = one_parameter();
	struct hd_study *study = random_study(space);
	const struct hd_value *values = NULL;
	const struct hd_history *history;
	const struct hd_trial *trial, *leader = NULL;
	struct hd_error err = API_ZERO;
	size_t number = 9, count = 0;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(hd_study_ask(study, NULL, &number, &values, &err), 0);
		assert_int_equal(number, i);
		assert_true(values[0].number >= 0 && values[0].number < 1);
	}
	assert_int_equal(hd_study_tell(study, 0, NULL, 0.5, &err), 0);
	assert_int_equal(hd_study_tell(study, 1, NULL, NAN, &err), 0);
	assert_int_equal(hd_study_tell(study, 7, NULL, 1, &err), HD_ENOENT);
	assert_null(hd_study_note(study));

	history = hd_study_history(study);
	assert_int_equal(hd_history_goal(history), HD_MAXIMIZE);
	assert_int_equal(hd_history_next(history), 3);
	assert_int_equal(hd_history_total(history), 0);
	assert_true(hd_history_slots(history) <= 1);
	assert_same(hd_history_best(history, 1, &leader), 0.5);
	assert_int_equal(hd_history_measured(history), 1);
	trial = leader;
	assert_non_null(trial);
	assert_int_equal(hd_trial_number(trial), 0);
	assert_false(hd_trial_is_inherited(trial));
	assert_int_equal(hd_trial_state(trial), HD_TRIAL_COMPLETED);
	assert_int_not_equal(hd_trial_end(trial), HD_END_POLICY);
	assert_true(hd_trial_values(trial)[0].number >= 0);
	assert_int_equal(hd_trial_intervals(trial), 1);
	assert_int_equal(hd_trial_interval(trial), 1);
	assert_same(hd_trial_value(trial, 1), 0.5);
	assert_same(hd_study_value(study, 0), 0.5);
	assert_true(isnan(hd_study_value(study, 1)));
	assert_true(isnan(hd_study_value(study, 3)));
	assert_same(hd_trial_best(trial, 1), 0.5);
	assert_same(hd_trial_mean(trial, 1), 0.5);
	assert_true(isnan(hd_trial_value(trial, 2)));
	assert_same(hd_history_median(history, 1, &count), 0.5);
	assert_int_equal(count, 1);
	assert_int_equal(hd_history_place(history, trial, 1, false, &count), 1);
	assert_ptr_equal(hd_history_ranked(history, 1, 1, &count), trial);
	assert_same(hd_history_percentile(history, 1, 25, &count), 0.5);
	assert_int_equal(hd_history_standings(history, 1, &count)[0].number,
			 (int64_t)hd_trial_number(trial));
	assert_int_equal(count, 1);
	assert_null(hd_history_standings(history, 2, &count));
	assert_null(hd_history_climbs(history, 1, 1, &count));
	assert_int_equal(count, 0);
	assert_int_equal(hd_history_horizon(history), 1);
	assert_int_equal(hd_study_intervals(study, 0), 1);
	assert_int_equal(hd_study_intervals(study, 9), 0);
	hd_study_free(study);
	hd_study_free(NULL);
	hd_space_free(space);
}

/* A sampler that asks its history all that a sampler may. */
static int curious_suggest(void *state, const struct hd_history *history,
			   struct hd_rng *rng, struct hd_value *values,
			   struct hd_error *err)
{
	size_t known = hd_history_known(history);

	(void)state;
	(void)err;
	assert_int_equal(hd_history_count(history), known);
	for (size_t i = 0; i < known; i++)
		assert_ptr_equal(hd_history_trial(history, i), hd_history_known_trial(history, i));
	values[0].kind = HD_VALUE_REAL;
	values[0].number = hd_rng_uniform(rng);
	return known < 2 ? 0 : HD_EXHAUSTED;
}

static void samplers_of_the_programs_own_are_asked(void **state)
{
	struct hd_space *space = one_parameter();
	struct hd_sampler_type type = API_ZERO;
	struct hd_study_options options = API_ZERO;
	struct hd_study *study = NULL;
	const struct hd_value *values = NULL;
	size_t number = 0;

	(void)state;
	type.name = "curious";
	type.summary = "asks";
	type.expressions = HD_EXPR_ALL;
	type.learns = true;
	type.suggest = curious_suggest;
	options.size = sizeof options;
	options.space = space;
	options.sampler = &type;
	assert_int_equal(hd_study_new(&study, &options, NULL), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(hd_study_ask(study, NULL, &number, &values, NULL), 0);
		assert_int_equal(hd_study_tell(study, number, NULL, 1, NULL), 0);
	}
	assert_int_equal(hd_study_ask(study, NULL, &number, &values, NULL), HD_EXHAUSTED);
	hd_study_free(study);
	hd_space_free(space);
}

static struct hd_config *one_choice(void)
{
	static const char text[] = "sampling: {type: grid, parameter_space: "
				   "[{name: --x, expression: choice, values: [[1, 2, 3]]}]}\n"
				   "policy: {type: BanditPolicy, slack_factor: 0.1}\n"
				   "primary_metric_name: acc\n"
				   "primary_metric_goal: maximize\n"
				   "max_total_runs: 9\n"
				   "max_concurrent_runs: 1\n";
	struct hd_findings *findings = hd_findings_new();
	struct hd_config *config = NULL;

	assert_int_equal(
		hd_config_parse(&config, text, sizeof text - 1, "a.yml", NULL, findings, NULL), 0);
	hd_findings_free(findings);
	return config;
}

/* All that can be done with one, in STORE. */
static void keep_study(struct hd_store *store, const struct hd_config *config)
{
	static const double curve[] = { 1, 3 };
	struct hd_study_options options = API_ZERO;
	struct hd_study *study = NULL;
	struct hd_reason why;
	const struct hd_value *values = NULL;
	char text[32];
	size_t number = 9, paused = 9;
	double value = 0;
	bool is_study = false;
	int64_t key;

	options.size = sizeof options;
	options.config = config;
	options.seed = 5;
	assert_int_equal(hd_study_create(&study, store, "kept", &options, NULL), 0);
	assert_string_equal(hd_study_name(study), "kept");
	assert_int_equal(hd_study_seed(study), 5);
	key = hd_study_key(study);
	assert_int_equal(hd_store_is_study(store, key, &is_study, NULL), 0);
	assert_int_equal(hd_store_paused(store, key, &paused, NULL), 0);
	assert_int_equal(paused, 0);
	assert_true(is_study);
	assert_int_equal(hd_study_best(study, &number, &value, NULL), HD_ENOENT);
	assert_int_equal(hd_study_enqueue(study, "{\"x\": 3}", NULL), 0);
	assert_int_equal(hd_study_add(study, "{\"x\": 2}", curve, 2, HD_TRIAL_COMPLETED, NULL,
				      &number, NULL),
			 0);
	assert_int_equal(number, 0);
	hd_study_free(study);
	assert_int_equal(hd_study_open(&study, store, key, NULL), 0);
	assert_int_equal(hd_study_ask(study, "me", &number, &values, NULL), 0);
	assert_int_equal(hd_space_json(hd_study_space(study), values, text, sizeof text), 9);
	assert_string_equal(text, "{\"--x\":3}");
	assert_int_equal(hd_study_report(study, number, "me", 0.5, &why, NULL), HD_STOP);
	assert_has(why.text, "best so far");
	assert_int_equal(hd_study_end(study, number, "me", HD_TRIAL_COMPLETED, NULL, NULL), 0);
	assert_int_equal(hd_study_best(study, &number, &value, NULL), 0);
	assert_same(value, 3);
	assert_int_equal(hd_study_refresh(study, NULL), 0);
	assert_int_equal(hd_study_stop(study, NULL), 0);
	assert_int_equal(hd_study_stop(study, NULL), HD_ENDED);
	hd_study_free(study);
}

static void studies_are_kept_in_a_store(void **state)
{
	char folder[] = "/tmp/hdrive-api-XXXXXX", path[64], command[64];
	struct hd_store *store = NULL;
	struct hd_config *config = one_choice();

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/s.db", folder);
	assert_int_equal(hd_store_open(&store, path, HD_STORE_CREATE, NULL), 0);
	keep_study(store, config);
	hd_store_close(store);
	hd_config_free(config);
	snprintf(command, sizeof command, "rm -r %s", folder);
	assert_int_equal(system(command), 0);
}

static void words_for_goals_states_and_ends_are_fixed(void **state)
{
	enum hd_trial_state trial_state;
	enum hd_decision decision;
	enum hd_end end;

	(void)state;
	assert_string_equal(hd_decision_name(HD_DECISION_PAUSE), "pause");
	assert_true(hd_decision_find("promote", &decision));
	assert_int_equal(decision, HD_DECISION_PROMOTE);
	assert_false(hd_decision_find("paused", &decision));
	assert_string_equal(hd_goal_name(HD_MINIMIZE), "minimize");
	assert_true(hd_goal_better(HD_MINIMIZE, 1, 2));
	assert_true(hd_goal_worse(HD_MINIMIZE, NAN, 2));
	assert_string_equal(hd_trial_state_name(HD_TRIAL_STOPPING), "CancelRequested");
	assert_true(hd_trial_state_find("Failed", &trial_state));
	assert_true(hd_trial_state_is_terminal(trial_state));
	assert_false(hd_trial_state_find("Gone", &trial_state));
	assert_string_equal(hd_end_name(HD_END_POLICY), "policy");
	assert_true(hd_end_find("memory", &end));
	assert_int_equal(end, HD_END_MEMORY);
	assert_false(hd_end_find("gone", &end));
}

static void lines_of_json_are_served(void **state)
{
	static const char header[] = "{\"space\":{\"x\":[\"uniform\",[0,1]]},\"seed\":3}";
	static const char ask[] = "{\"op\":\"ask\"}";
	struct hd_serve *serve = hd_serve_new();
	const char *reply = NULL;
	size_t length = 0;

	(void)state;
	assert_non_null(serve);
	hd_serve_set_sampler(serve, hd_sampler_type_find("sobol"));
	assert_int_equal(hd_serve_set_store(serve, ".", NULL, NULL), 0);
	assert_int_equal(hd_serve_line(serve, header, sizeof header - 1, &reply, &length, NULL), 0);
	assert_null(reply);
	assert_int_equal(hd_serve_line(serve, ask, sizeof ask - 1, &reply, &length, NULL), 0);
	assert_has(reply, "\"params\"");
	assert_int_equal(hd_serve_line(serve, "nonsense", 8, &reply, &length, NULL), 0);
	assert_has(reply, "\"error\"");
	hd_serve_free(serve);
	hd_serve_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plugins_are_found_by_name),
		cmocka_unit_test(reasons_stay_true_when_they_are_cut),
		cmocka_unit_test(trials_are_asked_and_told),
		cmocka_unit_test(samplers_of_the_programs_own_are_asked),
		cmocka_unit_test(studies_are_kept_in_a_store),
		cmocka_unit_test(words_for_goals_states_and_ends_are_fixed),
		cmocka_unit_test(lines_of_json_are_served),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
