/*
 * Tests of what studies and their server do without memory: the n-th
 * allocation fails for n = 1, 2, ... until the call needs no more of them.
 */
#include "check.h"
#include "alloc.h"
#include "ladder.h"

#include <hdrive/serve.h>
#include <hdrive/study.h>

#if HAS_ALLOC

static const struct hd_value options[] = {
	{ .kind = HD_VALUE_REAL, .number = 64 },
	{ .kind = HD_VALUE_REAL, .number = 16 },
	{ .kind = HD_VALUE_REAL, .number = 32 },
};

static struct hd_space *make_space(void)
{
	struct hd_expr exprs[] = { hd_expr_choice(options, 3),
				   hd_expr_randint(40) };
	struct hd_space *space = hd_space_new();

	assert_int_equal(hd_space_add(space, "a", &exprs[0], NULL, NULL), 0);
	assert_int_equal(hd_space_add(space, "b", &exprs[1], NULL, NULL), 0);
	return space;
}

/* A whole study, past the beginning of those that learn. */
static int run_study(const struct hd_study_options *given)
{
	struct hd_study *study = NULL;
	const struct hd_value *values;
	size_t number;
	int rc = hd_study_new(&study, given, NULL);

	for (size_t i = 0; rc == 0 && i < 14; i++) {
		rc = hd_study_ask(study, NULL, &number, &values, NULL);
		if (rc == 0 && i == 3)
			rc = hd_study_report(study, number, NULL, 7, NULL, NULL);
		if (rc == 0)
			rc = hd_study_tell(study, number, NULL, (double)i, NULL);
	}
	hd_study_free(study);
	return rc;
}

static void studies_survive_any_failed_allocation(void **state)
{
	static const char *const names[] = { "random", "grid", "sobol", "tpe",
					     "auto" };
	struct hd_study_options given = { .size = sizeof given,
					  .max_total = 100000 };
	struct hd_space *space = make_space();

	(void)state;
	given.space = space;
	for (size_t i = 0; i < ROWS(names); i++) {
		bool failed = true;
		size_t n;

		given.sampler = hd_sampler_type_find(names[i]);
		/* Some failures are survived: on until none happened. */
		for (n = 1; failed; n++) {
			size_t live = alloc_live;
			int rc;

			alloc_fail(n);
			rc = run_study(&given);
			failed = alloc_count >= alloc_fails;
			alloc_fail(0);
			assert_true(rc == 0 || rc == HD_ENOMEM);
			assert_int_equal(alloc_live, live);
		}
		assert_true(n > 20);
	}
	hd_space_free(space);
}

/* Each asks as itself and is paused, until two of them went on. */
static int run_paused(const struct hd_study_options *given)
{
	struct hd_study *study = NULL;
	const struct hd_value *values;
	size_t number, promoted = 0;
	int rc = hd_study_new(&study, given, NULL);

	while (rc == 0 && promoted < 2) {
		rc = hd_study_ask(study, "me", &number, &values, NULL);
		promoted += rc == 0 && hd_study_intervals(study, number) > 0;
		while (rc == 0)
			rc = hd_study_report(study, number, "me", (double)number,
					     NULL, NULL);
		if (rc == HD_STOP)
			rc = hd_study_end(study, number, "me", HD_TRIAL_CANCELED,
					  NULL, NULL);
	}
	hd_study_free(study);
	return rc;
}

static void paused_trials_survive_any_failed_allocation(void **state)
{
	struct hd_study_options given = {
		.size = sizeof given,
		.sampler = hd_sampler_type_find("random"),
		.policy = &ladder,
		.promotes = true,
	};
	struct hd_space *space = make_space();
	bool failed = true;
	size_t n;

	(void)state;
	given.space = space;
	for (n = 1; failed; n++) {
		size_t live = alloc_live;
		int rc;

		alloc_fail(n);
		rc = run_paused(&given);
		failed = alloc_count >= alloc_fails;
		alloc_fail(0);
		assert_true(rc == 0 || rc == HD_ENOMEM);
		assert_int_equal(alloc_live, live);
	}
	assert_true(n > 20);
	hd_space_free(space);
}

static struct hd_config *make_config(void)
{
	static const char text[] =
		"sampling: {type: random, parameter_space: [{name: x,"
		" expression: uniform, values: [0, 1]}]}\n"
		"primary_metric_name: loss\nprimary_metric_goal: maximize\n"
		"max_total_runs: 100\nend_when: {patience: 50, target: 13}\n";
	struct hd_findings *findings = hd_findings_new();
	struct hd_config *config = NULL;

	assert_int_equal(hd_config_parse(&config, text, strlen(text), "t.yml",
					 NULL, findings, NULL),
			 0);
	hd_findings_free(findings);
	return config;
}

/* It is at its target with the last one, however often memory is short. */
static void a_study_with_ends_survives_any_failed_allocation(void **state)
{
	struct hd_study_options given = { .size = sizeof given };
	struct hd_config *config = make_config();
	bool failed = true;
	size_t n;

	(void)state;
	given.config = config;
	for (n = 1; failed; n++) {
		size_t live = alloc_live;
		int rc;

		alloc_fail(n);
		rc = run_study(&given);
		failed = alloc_count >= alloc_fails;
		alloc_fail(0);
		assert_true(rc == 0 || rc == HD_ENOMEM);
		assert_int_equal(alloc_live, live);
	}
	assert_true(n > 20);
	hd_config_free(config);
}

/* Some lines; how many of them there was no memory for. */
static size_t run_server(void)
{
	static const char *const lines[] = {
		"{\"space\": {\"a\": [\"choice\", [[null, \"x\", 2]]],"
		" \"b\": [\"uniform\", [0, 1]]}, \"seed\": 1, \"x\": NaN,"
		" \"sampler\": {\"type\": \"tpe\", \"startup\": 1}}",
		"{\"op\": \"ask\"}",
		"{\"op\": \"tell\", \"id\": 1, \"value\": 1}",
		"{\"op\": \"ask\"}",
		"{\"op\": \"tell\", \"id\": 7, \"value\": 1}",
		"{\"op\": \"ask\"}",
		"garbage",
		"{\"op\": \"create\", \"space\": {\"a\": [\"choice\", [1, {\"b\": {\"c\":"
		" [\"uniform\", [0, 1]]}}]]}, \"policy\": {\"type\": \"bandit\","
		" \"slack_factor\": 0.1}, \"sampler\": {\"type\": \"random\"}}",
		"{\"op\": \"enqueue\", \"params\": {\"a\": 1}}",
		"{\"op\": \"add\", \"params\": {\"a\": 1}, \"values\": [2, 1]}",
		"{\"op\": \"ask\", \"client\": \"w\"}",
		"{\"op\": \"report\", \"trial\": 1, \"value\": 7}",
		"{\"op\": \"tell\", \"trial\": 1, \"value\": 7, \"ask\": true}",
		"{\"op\": \"end\", \"trial\": 2, \"state\": \"failed\", \"detail\": \"x\"}",
		"{\"op\": \"best\"}",
		"{\"op\": \"stop\"}",
	};
	struct hd_serve *serve = hd_serve_new();
	size_t failed = serve == NULL;

	for (size_t i = 0; serve && i < ROWS(lines); i++) {
		const char *reply;
		size_t length;

		failed += hd_serve_line(serve, lines[i], strlen(lines[i]),
					&reply, &length, NULL) == HD_ENOMEM;
	}
	hd_serve_free(serve);
	return failed;
}

static void a_server_survives_any_failed_allocation(void **state)
{
	size_t before, needed, failed = 0;

	(void)state;
	before = alloc_count;
	assert_int_equal(run_server(), 0);
	needed = alloc_count - before;
	for (size_t n = 1; n <= needed; n++) {
		size_t live = alloc_live;

		alloc_fail(n);
		failed += run_server();
		alloc_fail(0);
		assert_int_equal(alloc_live, live);
	}
	/* Not all: without memory for its report, a bad line is just bad. */
	assert_true(failed > 10);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(studies_survive_any_failed_allocation),
		cmocka_unit_test(paused_trials_survive_any_failed_allocation),
		cmocka_unit_test(a_study_with_ends_survives_any_failed_allocation),
		cmocka_unit_test(a_server_survives_any_failed_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
	return alloc_skip();
}

#endif
