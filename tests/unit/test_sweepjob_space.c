/*
 * Tests of engine/config/sweepjob_space.c: how a sweep job draws, and from what.
 */
#include "job.h"

#include <hdrive/option.h>

/* --- sampling and space ------------------------------------------------------ */

static void hd_061_sampling_is_a_word_or_a_mapping(void **state)
{
	static const struct {
		const char *text, *sampler;
		bool has_seed;
		uint64_t seed;
	} rows[] = {
		{ "sampling_algorithm: random\n", "random", false, 0 },
		{ "sampling_algorithm: Bayesian\n", "bayesian", false, 0 },
		{ "sampling_algorithm: {type: random}\n", "random", false, 0 },
		{ "sampling_algorithm: {type: Random, seed: 1, rule: sobol,"
		  " logbase: e}\n",
		  "random", true, 1 },
		{ "", "random", false, 0 }, /* the default */
	};
	struct loading loading;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct hd_config *config =
			load_good(&loading, joined(JOB LIMITS, rows[i].text));

		assert_string_equal(config->sampler->name, rows[i].sampler);
		assert_int_equal(config->has_seed, rows[i].has_seed);
		assert_int_equal(config->seed, rows[i].seed);
		load_end(&loading);
	}
	assert_error(JOB LIMITS "sampling_algorithm: Sobl\n",
		     "'sampling_algorithm.type' must be 'random', 'grid'");
	assert_findings(JOB LIMITS "sampling_algorithm: {type: bayesian, seed: 1}\n",
			"unknown key 'sampling_algorithm.seed'", "at least 20",
			NULL);
	assert_error(JOB LIMITS "sampling_algorithm: {type: random, seed: a}\n",
		     "'sampling_algorithm.seed' must be a whole number");
	assert_error(JOB LIMITS "sampling_algorithm: {type: random, rule: x}\n",
		     "'rule' must be 'random' or 'sobol'");
	assert_error(JOB LIMITS "sampling_algorithm: 3\n",
		     "'sampling_algorithm' must be a mapping");
}

static void hd_061_rule_sobol_draws_evenly(void **state)
{
	struct loading loading;
	const struct hd_config *config;

	(void)state;
	config = load_good(&loading, JOB LIMITS
			   "sampling_algorithm: {type: random, rule: sobol}\n");
	assert_true(hd_option_load(hd_option_find(config->sampler->options, "rule"),
				   config->sampler_options) == 1);
	load_end(&loading);
}

static void hd_061_logbase_is_the_base_of_log_draws(void **state)
{
	struct loading loading;
	const struct hd_expr *expr;

	(void)state;
	load_good(&loading,
		  "type: sweep\n" OBJECTIVE LIMITS
		  "trial: {command: 't ${{search_space.x}} ${{search_space.y}}'}\n"
		  "sampling_algorithm: {type: random, logbase: 10}\n"
		  "search_space:\n"
		  "  x: {type: loguniform, min_value: -3, max_value: 0}\n"
		  "  y: {type: uniform, min_value: 1, max_value: 2}\n");
	expr = &hd_space_param(loading.config->space, 0)->expr;
	assert_close(exp(expr->a), 1e-3, 1e-12);
	assert_close(exp(expr->b), 1, 1e-12);
	for (int i = 1; i < 100; i++) {
		double value = hd_expr_at(expr, i / 100.0).number;

		assert_true(value >= 1e-3 * (1 - 1e-12) && value <= 1 + 1e-12);
	}
	assert_true(hd_space_param(loading.config->space, 1)->expr.b == 2);
	load_end(&loading);
	assert_error(JOB LIMITS "sampling_algorithm: {type: random, logbase: 1}\n",
		     "'sampling_algorithm.logbase' must be");
	assert_good(JOB LIMITS "sampling_algorithm: {type: random, logbase: e}\n");
}

/* A file with one parameter x that is EXPRESSION. */
static const char *one(const char *expression)
{
	static char text[2048];

	snprintf(text, sizeof text,
		 "type: sweep\n" OBJECTIVE TRIAL LIMITS
		 "search_space:\n  x: %s\n",
		 expression);
	return text;
}

static void hd_062_names_are_letters_digits_and_underscores(void **state)
{
	static const char *const bad[] = { "a-b", "1a", "a.b", "--x", "\"\"",
					   "\xc3\xa4" };
	char text[1024];

	(void)state;
	for (size_t i = 0; i < ROWS(bad); i++) {
		snprintf(text, sizeof text,
			 "type: sweep\n" OBJECTIVE LIMITS "trial: {command: t}\n"
			 "search_space:\n  %s: {type: randint, upper: 3}\n",
			 bad[i]);
		assert_error(text, "cannot name a parameter");
	}
	assert_good("type: sweep\n" OBJECTIVE LIMITS
		    "trial: {command: 't ${{search_space._a1_B}}'}\n"
		    "search_space:\n  _a1_B: {type: randint, upper: 3}\n");
}

static void hd_063_expressions_take_their_fields_by_name(void **state)
{
	static const struct {
		const char *text;
		enum hd_expr_kind kind;
		double a, b, q;
	} rows[] = {
		{ "{type: randint, upper: 7}", HD_EXPR_RANDINT, 0, 7, 0 },
		{ "{type: Uniform, max_value: 2, min_value: -1}", HD_EXPR_UNIFORM,
		  -1, 2, 0 },
		{ "{type: quniform, min_value: 0, max_value: 1, q: 0.25}",
		  HD_EXPR_QUNIFORM, 0, 1, 0.25 },
		{ "{type: LOGUNIFORM, min_value: -6, max_value: -1}",
		  HD_EXPR_LOGUNIFORM, -6, -1, 0 },
		{ "{type: qloguniform, min_value: 0, max_value: 4, q: 2}",
		  HD_EXPR_QLOGUNIFORM, 0, 4, 2 },
		{ "{type: normal, mu: 10, sigma: 3}", HD_EXPR_NORMAL, 10, 3, 0 },
		{ "{type: qnormal, mu: 10, sigma: 3, q: 2}", HD_EXPR_QNORMAL, 10,
		  3, 2 },
		{ "{type: lognormal, mu: 0, sigma: 1}", HD_EXPR_LOGNORMAL, 0, 1,
		  0 },
		{ "{type: qlognormal, mu: 0, sigma: 1, q: 1}", HD_EXPR_QLOGNORMAL,
		  0, 1, 1 },
	};
	struct loading loading;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct hd_config *config =
			load_good(&loading, one(rows[i].text));
		const struct hd_expr *expr =
			&hd_space_param(config->space, 0)->expr;

		assert_int_equal(hd_findings_kept(loading.findings), 0);
		assert_int_equal(expr->kind, rows[i].kind);
		assert_true(expr->a == rows[i].a && expr->b == rows[i].b &&
			    expr->q == rows[i].q);
		load_end(&loading);
	}
}

static void hd_063_missing_and_unknown_fields_are_errors(void **state)
{
	static const struct {
		const char *text, *error;
	} rows[] = {
		{ "{type: loguniform, min_value: -6}", "'max_value'" },
		{ "{type: loguniform, max_value: -6}", "'min_value'" },
		{ "{type: uniform, min_value: 0, max_value: 1, q: 2}",
		  "unknown key 'x.q'" },
		{ "{type: uniform, min_value: 0, max_value: 1, lower: 2}",
		  "unknown key 'x.lower'" },
		{ "{type: randint}", "'upper'" },
		{ "{type: randint, upper: 2.5}", "randint takes a whole number" },
		{ "{type: normal, mu: 1}", "'sigma'" },
		{ "{type: choice}", "'values'" },
		{ "{type: choice, values: []}", "at least one option" },
		{ "{type: uniform, min_value: 1, max_value: 1}", "max" },
		{ "{type: normal, mu: 0, sigma: -1}", "sigma" },
		{ "{type: qnormal, mu: 0, sigma: 1, q: 0}", "q" },
		{ "{type: unifrom, min_value: 0, max_value: 1}",
		  "did you mean 'uniform'" },
		{ "{min_value: 0, max_value: 1}", "'x' has no 'type'" },
		{ "0.5", "'x' must be an expression" },
		{ "", "'x' must be an expression" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		assert_error(one(rows[i].text), rows[i].error);
	assert_error("type: sweep\n" OBJECTIVE LIMITS "trial: {command: t}\n"
		     "search_space: {}\n",
		     "'search_space' must not be empty");
	assert_error("type: sweep\n" OBJECTIVE LIMITS "trial: {command: t}\n",
		     "'search_space' is missing");
}

static void hd_076_a_mapping_among_options_is_a_branch(void **state)
{
	struct loading loading;
	const struct hd_config *config;

	(void)state;
	config = load_good(&loading,
			   "type: sweep\n" OBJECTIVE LIMITS
			   "trial:\n"
			   "  command: t $[[--m ${{search_space.m}}]]"
			   " $[[--c ${{search_space.c}}]]"
			   " $[[--k ${{search_space.k}}]]\n"
			   "search_space:\n"
			   "  m:\n"
			   "    type: choice\n"
			   "    values:\n"
			   "    - {m: svm, c: {type: uniform, min_value: 0, max_value: 1}}\n"
			   "    - {m: knn, k: {type: randint, upper: 9}}\n");
	assert_int_equal(hd_findings_kept(loading.findings), 0);
	assert_int_equal(hd_space_count(config->space), 3);
	for (int seed = 1; seed < 20; seed++) {
		struct line line = { config, NULL };
		struct hd_error err = { 0 };

		assert_int_equal(hd_config_sample(config, (uint64_t)seed, 1,
						  take_line, &line, &err),
				 0);
		if (strstr(line.text, "svm")) {
			assert_in(line.text, "--m svm --c 0.");
			assert_null(strstr(line.text, "--k"));
		} else {
			assert_in(line.text, "--m knn  --k ");
			assert_null(strstr(line.text, "--c"));
		}
		free(line.text);
	}
	load_end(&loading);
}

/* A choice of nothing but mappings is what it brings, as Azure has it. */
static void hd_076_a_branch_without_a_value_is_json(void **state)
{
	struct loading loading;
	char *line;

	(void)state;
	load_good(&loading, "type: sweep\n" OBJECTIVE LIMITS
			    "trial: {command: 't ${{search_space.m}}'}\n"
			    "search_space:\n"
			    "  m:\n"
			    "    type: choice\n"
			    "    values:\n"
			    "    - {a: 'x y', b: {type: choice, values: [{c: 3}]}}\n");
	assert_int_equal(hd_findings_kept(loading.findings), 0);
	line = line_of(loading.config);
	assert_string_equal(line, "t '{\"a\":\"x y\",\"b\":{\"c\":3}}'");
	free(line);
	load_end(&loading);
}

static void hd_076_what_is_not_always_there_wants_a_group(void **state)
{
	static const char space[] =
		"search_space:\n"
		"  m: {type: choice, values: [knn, {m: svm, c: {type: randint,"
		" upper: 3}}]}\n";
	char text[1024];

	(void)state;
	snprintf(text, sizeof text, "type: sweep\n" OBJECTIVE LIMITS "%s%s", space,
		 "trial: {command: 't ${{search_space.m}} ${{search_space.c}}'}\n");
	assert_findings(text, NULL, "'c' is not in every trial", NULL);
	snprintf(text, sizeof text, "type: sweep\n" OBJECTIVE LIMITS "%s%s", space,
		 "trial: {command: 't ${{search_space.m}}"
		 " $[[${{search_space.c}}]]'}\n");
	assert_good(text);
	snprintf(text, sizeof text, "type: sweep\n" OBJECTIVE LIMITS "%s%s", space,
		 "trial: {command: 't ${{search_space.m}}'}\n");
	assert_findings(text, NULL, "does not name '${{search_space.c}}'", NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(hd_061_sampling_is_a_word_or_a_mapping),
		cmocka_unit_test(hd_061_rule_sobol_draws_evenly),
		cmocka_unit_test(hd_061_logbase_is_the_base_of_log_draws),
		cmocka_unit_test(hd_062_names_are_letters_digits_and_underscores),
		cmocka_unit_test(hd_063_expressions_take_their_fields_by_name),
		cmocka_unit_test(hd_063_missing_and_unknown_fields_are_errors),
		cmocka_unit_test(hd_076_a_mapping_among_options_is_a_branch),
		cmocka_unit_test(hd_076_a_branch_without_a_value_is_json),
		cmocka_unit_test(hd_076_what_is_not_always_there_wants_a_group),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
