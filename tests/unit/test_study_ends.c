/* Tests of engine/study/enough.c: studies that have found enough. */
#include "storebox.h"

#include <hdrive/study.h>
#include <hdrive/sweep.h>

struct box {
	struct storebox store;
	struct hd_config *config;
	struct hd_study *study;
	struct hd_error err;
};

static struct hd_config *load(const char *sampler, const char *more)
{
	struct hd_findings *findings = hd_findings_new();
	struct hd_config *config = NULL;
	struct hd_error err = { 0 };
	char text[1024];

	snprintf(text, sizeof text,
		 "sampling:\n  type: %s\n  parameter_space:\n"
		 "  - {name: x, expression: uniform, values: [0, 1]}\n"
		 "primary_metric_name: loss\nprimary_metric_goal: minimize\n"
		 "max_concurrent_runs: 4\nmax_total_runs: 60\n%s",
		 sampler, more);
	if (hd_config_parse(&config, text, strlen(text), "t.yml", NULL, findings,
			    &err) < 0)
		fail_msg("%s", hd_findings_at(findings, 0)->text);
	hd_findings_free(findings);
	return config;
}

static void open_study(struct box *box, const char *sampler, const char *more)
{
	struct hd_study_options options = { .size = sizeof options, .seed = 3 };

	memset(box, 0, sizeof *box);
	box_open(&box->store);
	options.config = box->config = load(sampler, more);
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

static int next(struct box *box, size_t *number)
{
	const struct hd_value *values;

	return hd_study_ask(box->study, NULL, number, &values, &box->err);
}

static void run_one(struct box *box, double loss)
{
	size_t number;

	ok(box, next(box, &number));
	ok(box, hd_study_tell(box->study, number, NULL, loss, &box->err));
}

static int end_of(void *user, const struct hd_sweep_row *row)
{
	snprintf(user, 256, "%s %s: %s", row->state, hd_end_name(row->end),
		 row->end_detail);
	return 0;
}

static void assert_end(struct box *box, const char *expected)
{
	char text[256];

	ok(box, hd_store_sweep(box->store.store, hd_study_key(box->study), end_of,
			       text, &box->err));
	assert_string_equal(text, expected);
}

static void a_target_stops_those_that_report(void **state)
{
	struct hd_replay_summary summary;
	struct hd_reason why;
	struct box box;
	size_t a, b, c, none;

	(void)state;
	open_study(&box, "random", "end_when: {target: 0.25}\n");
	ok(&box, next(&box, &a));
	ok(&box, next(&box, &b));
	ok(&box, next(&box, &c));
	assert_int_equal(hd_study_report(box.study, a, NULL, 0.5, &why, &box.err), 0);
	open_again(&box);
	assert_int_equal(hd_study_report(box.study, a, NULL, 0.25, &why, &box.err),
			 HD_STOP);
	assert_string_equal(why.text, "trial 0 reached 0.25, the target is 0.25");
	ok(&box, hd_study_enqueue(box.study, "{\"x\": 0.5}", &box.err));
	assert_int_equal(next(&box, &none), HD_EXHAUSTED);
	/* Also in another process, and one that had not reported yet. */
	open_again(&box);
	assert_int_equal(next(&box, &none), HD_EXHAUSTED);
	assert_int_equal(hd_study_report(box.study, b, NULL, 7, &why, &box.err), HD_STOP);
	assert_string_equal(why.text, "trial 0 reached 0.25, the target is 0.25");
	assert_int_equal(hd_study_report(box.study, b, NULL, 7, &why, &box.err), HD_STOP);
	ok(&box, hd_study_tell(box.study, a, NULL, 0.5, &box.err));
	ok(&box, hd_study_end(box.study, b, NULL, HD_TRIAL_COMPLETED, NULL, &box.err));
	assert_end(&box, "Running : ");
	ok(&box, hd_study_tell(box.study, c, NULL, 0.125, &box.err));
	assert_end(&box, "Completed target: trial 0 reached 0.25, the target is 0.25");
	assert_int_equal(hd_trial_end(hd_history_trial(hd_study_history(box.study), b)),
			 HD_END_TARGET);
	assert_int_equal(hd_trial_state(hd_history_trial(hd_study_history(box.study), b)),
			 HD_TRIAL_CANCELED);
	assert_int_equal(next(&box, &none), HD_ESTATE);
	assert_string_equal(box.err.text, "the study has been ended: trial 0 reached 0.25,"
					  " the target is 0.25");
	ok(&box, hd_sweep_replay(box.store.store, hd_study_key(box.study), NULL, NULL,
				 &summary, &box.err));
	assert_int_equal(summary.differences, 0);
	close_study(&box);
}

static void patience_lets_open_trials_be_told(void **state)
{
	struct box box;
	size_t open, none, number;
	double value;

	(void)state;
	open_study(&box, "random", "end_when: {patience: 3, patience_minutes: 1e-9}\n");
	run_one(&box, 0.5);
	ok(&box, next(&box, &open));
	run_one(&box, 0.5);
	/* One that somebody gives up is nobody's result. */
	ok(&box, next(&box, &number));
	ok(&box, hd_study_end(box.study, number, NULL, HD_TRIAL_CANCELED, NULL, &box.err));
	run_one(&box, NAN);
	open_again(&box);
	ok(&box, hd_study_add(box.study, "{\"x\": 0.5}", &(double){ 0.75 }, 1,
			      HD_TRIAL_COMPLETED, NULL, NULL, &box.err));
	assert_int_equal(next(&box, &none), HD_EXHAUSTED);
	assert_end(&box, "Running : ");
	open_again(&box);
	assert_int_equal(next(&box, &none), HD_EXHAUSTED);
	/* A better best, while it runs: there is hope again. */
	assert_int_equal(hd_study_report(box.study, open, NULL, 0.25, NULL, &box.err), 0);
	run_one(&box, 0.5);
	ok(&box, hd_study_tell(box.study, open, NULL, 0.25, &box.err));
	for (size_t i = 0; i < 3; i++)
		run_one(&box, 0.75);
	assert_end(&box, "Completed patience: no better best than 0.25 of trial 1 for 3"
			 " trials, patience is 3");
	ok(&box, hd_study_best(box.study, &number, &value, &box.err));
	assert_int_equal(number, open);
	close_study(&box);
}

static void too_little_to_be_gained_ends_a_study(void **state)
{
	static const char *const samplers[] = { "bayesian", "auto" };
	const struct hd_value *values;
	struct hd_study_options options = { .size = sizeof options, .seed = 3 };

	(void)state;
	for (size_t i = 0; i < ROWS(samplers); i++) {
		struct hd_config *config = load(samplers[i], "end_when: {improvement: 0.001}\n");
		struct hd_study *study;
		size_t number, told = 0;
		int rc;

		options.config = config;
		assert_int_equal(hd_study_new(&study, &options, NULL), 0);
		while ((rc = hd_study_ask(study, NULL, &number, &values, NULL)) == 0) {
			double x = values[0].number - 0.3;

			assert_int_equal(hd_study_tell(study, number, NULL, x * x, NULL), 0);
			told++;
		}
		assert_int_equal(rc, HD_EXHAUSTED);
		assert_true(told > 12 && told < 40);
		assert_int_equal(hd_study_best(study, &number, &(double){ 0 }, NULL), 0);
		hd_study_free(study);
		hd_config_free(config);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_target_stops_those_that_report),
		cmocka_unit_test(patience_lets_open_trials_be_told),
		cmocka_unit_test(too_little_to_be_gained_ends_a_study),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
