/*
 * Tests of engine/config: HyperDrive files into configs, and their complaints.
 * tests/data/bad holds the exact texts.
 */
#include "loading.h"
#include "samples.h"

#include <hdrive/report.h>

#include "base/buf.h"

#include <dirent.h>

static const struct hd_finding *finding_of(const struct loading *loading,
					   enum hd_severity severity)
{
	for (size_t i = 0; i < hd_findings_kept(loading->findings); i++)
		if (hd_findings_at(loading->findings, i)->severity == severity)
			return hd_findings_at(loading->findings, i);
	return NULL;
}

static void assert_findings(const char *text, const char *error,
			    const char *warning, const char *note)
{
	const char *const expected[] = { error, warning, note };
	struct loading loading;

	load_with(&loading, text, NULL);
	assert_int_equal(loading.rc, error ? HD_EINVAL : 0);
	for (int i = 0; i < 3; i++) {
		const struct hd_finding *found =
			finding_of(&loading, (enum hd_severity)i);

		if (found && !expected[i])
			fail_msg("not expected: %s", found->text);
		if (!found && expected[i])
			fail_msg("missing: %s", expected[i]);
		if (found && !strstr(found->text, expected[i]))
			fail_msg("'%s' lacks '%s'", found->text, expected[i]);
	}
	load_end(&loading);
}

static void assert_good(const char *text)
{
	assert_findings(text, NULL, NULL, NULL);
}

static void assert_error(const char *text, const char *error)
{
	assert_findings(text, error, NULL, NULL);
}

/* A file with one parameter of the given sampler, expression and values. */
static const char *one(const char *sampler, const char *expression,
		       const char *values)
{
	static char text[1024];

	snprintf(text, sizeof text,
		 "sampling:\n  type: %s\n  parameter_space:\n"
		 "  - {name: --x, expression: %s, values: %s}\n" METRIC
		 "max_total_runs: 4\n",
		 sampler, expression, values);
	return text;
}

static const char *with(const char *more)
{
	static char text[2048];

	snprintf(text, sizeof text, "%s%s", GOOD, more);
	return text;
}

/* --- whole files ----------------------------------------------------------- */

static double option(const struct hd_option *rows, const void *state,
		     const char *name)
{
	const struct hd_option *row = hd_option_find(rows, name);

	assert_non_null(row);
	return hd_option_load(row, state);
}

static void hd_001_the_guides_file_loads(void **state)
{
	const char *path = TEST_ROOT "/tests/data/good/azure-guide.yml";
	struct hd_findings *findings = hd_findings_new();
	const struct hd_param *param;
	struct hd_config *config;
	struct hd_error err;

	(void)state;
	assert_int_equal(hd_config_open(&config, path, NULL, findings, &err),
			 0);
	assert_int_equal(hd_findings_kept(findings), 0);
	assert_string_equal(config->path, path);
	assert_string_equal(config->sampler->name, "random");
	assert_int_equal(hd_space_count(config->space), 1);
	param = hd_space_param(config->space, 0);
	assert_string_equal(param->name, "--penalty");
	assert_int_equal(param->expr.option_count, 3);
	assert_int_equal(param->expr.options[0].kind, HD_VALUE_REAL);
	assert_int_equal(param->expr.options[1].kind, HD_VALUE_INTEGER);
	assert_true(param->expr.options[2].number == 1.5);
	assert_int_equal(param->mark.line, 5);
	assert_string_equal(config->policy->v1_name, "BanditPolicy");
	assert_true(option(config->policy->options, config->policy_options,
			   "slack_factor") == 0.2);
	assert_true(isnan(option(config->policy->options,
				 config->policy_options, "slack_amount")));
	assert_int_equal(config->evaluation_interval, 1);
	assert_int_equal(config->delay_evaluation, 0);
	assert_string_equal(config->metric, "Accuracy");
	assert_int_equal(config->goal, HD_MAXIMIZE);
	assert_int_equal(config->max_total, 8);
	assert_int_equal(config->max_concurrent, 2);
	assert_true(config->max_duration == 6000);
	assert_int_equal(config->reduce, HD_REDUCE_BEST);
	assert_non_null(strstr(config->text, "# The sweep"));
	hd_config_free(config);
	hd_findings_free(findings);
}

/* All files of tests/data/good load without an error. */
static void good_files_load(void **state)
{
	const char *folder = TEST_ROOT "/tests/data/good";
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int count = 0;

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		struct hd_findings *findings;
		struct hd_config *config;
		char path[512];

		if (!strstr(entry->d_name, ".yml"))
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		findings = hd_findings_new();
		if (hd_config_open(&config, path, NULL, findings, NULL) < 0)
			fail_msg("%s: %s", path,
				 hd_findings_at(findings, 0)->text);
		hd_config_free(config);
		hd_findings_free(findings);
		count++;
	}
	closedir(dir);
	assert_true(count >= 4);
}

static int collect(void *user, const char *text, size_t length)
{
	hd_buf_add(user, text, length);
	return 0;
}

static char *read_whole(const char *path)
{
	struct hd_buf buf = HD_BUF_INIT;
	FILE *file = fopen(path, "rb");
	int c;

	assert_non_null(file);
	while ((c = fgetc(file)) != EOF)
		hd_buf_putc(&buf, (char)c);
	fclose(file);
	return hd_buf_take(&buf);
}

/* NAME.yaml's findings are, to the byte, NAME.err. */
static void check_bad(void *user, const char *folder, const char *name)
{
	struct hd_findings *findings = hd_findings_new();
	struct hd_buf shown = HD_BUF_INIT;
	const struct hd_out out = { .write = collect, .user = &shown };
	struct hd_config *config;
	char path[512], *text, *expected;
	struct hd_error err;

	(void)user;
	snprintf(path, sizeof path, "%s/%s", folder, name);
	if (!strcmp(name, "nul-byte.yaml")) {
		text = NULL; /* holds a NUL: through the file only */
		assert_int_equal(hd_config_open(&config, path, NULL, findings,
						&err),
				 HD_EINVAL);
		assert_int_equal(hd_findings_kept(findings), 1);
	} else {
		size_t length = 0;
		FILE *file = fopen(path, "rb");

		assert_non_null(file);
		text = calloc(1, 65536);
		assert_non_null(text);
		length = fread(text, 1, 65536, file);
		fclose(file);
		assert_int_equal(hd_config_parse(&config, text, length, name,
						 NULL, findings, &err),
				 HD_EINVAL);
		assert_int_equal(hd_report_findings(findings, HD_FORMAT_TEXT,
						    &out, &err),
				 0);
		strcpy(path + strlen(path) - strlen("yaml"), "err");
		expected = read_whole(path);
		assert_string_equal(hd_buf_text(&shown), expected);
		free(expected);
	}
	assert_null(config);
	free(text);
	hd_buf_release(&shown);
	hd_findings_free(findings);
}

static void bad_files_say_exactly_what_is_wrong(void **state)
{
	(void)state;
	each_sample(TEST_ROOT "/tests/data/bad", ".yaml", 40, check_bad, NULL);
}

/* --- sampling -------------------------------------------------------------- */

static void hd_002_sampling_type_in_any_case(void **state)
{
	(void)state;
	assert_good(one("Random", "choice", "[1]"));
	assert_good(one("RANDOM", "choice", "[1]"));
	assert_good(one("Grid", "choice", "[1]"));
	assert_error(one("foo", "choice", "[1]"),
		     "'sampling.type' must be 'random', 'grid',");
}

static void hd_003_a_missing_sampling_type_is_named(void **state)
{
	(void)state;
	assert_error(one("", "choice", "[1]"), "'sampling.type' is missing");
	assert_error("sampling:\n  parameter_space:\n"
		     "  - {name: x, expression: choice, values: [1]}\n" METRIC
		     "max_total_runs: 1\n",
		     "'sampling.type' is missing");
}

static void hd_004_an_empty_space_is_an_error(void **state)
{
	(void)state;
	assert_error("sampling: {type: random}\n" METRIC "max_total_runs: 1\n",
		     "'sampling.parameter_space' is missing");
	assert_error("sampling: {type: random, parameter_space: []}\n" METRIC
		     "max_total_runs: 1\n",
		     "'sampling.parameter_space' must not be empty");
}

static void hd_015_a_repeated_parameter_is_an_error(void **state)
{
	(void)state;
	assert_error("sampling:\n  type: random\n  parameter_space:\n"
		     "  - {name: --x, expression: choice, values: [1]}\n"
		     "  - {name: x, expression: choice, values: [1]}\n" METRIC
		     "max_total_runs: 1\n",
		     "parameter 'x' is declared twice, first at line 4");
}

static void hd_016_an_unknown_expression_lists_the_ten(void **state)
{
	(void)state;
	assert_error(one("random", "logunifrom", "[1, 2]"),
		     "expected 'choice', 'randint', 'uniform', 'quniform',"
		     " 'loguniform', 'qloguniform', 'normal', 'qnormal',"
		     " 'lognormal' or 'qlognormal'; did you mean"
		     " 'loguniform'?");
	assert_error(one("random", "Uniform", "[1, 2]"), "unknown expression");
}

static void hd_017_values_must_be_a_list(void **state)
{
	(void)state;
	assert_error(one("random", "choice", "abc"), "must be a list");
	assert_error(one("random", "choice", "3"), "must be a list");
	assert_error(one("random", "choice", "{a: 1}"), "must be a list");
}

static void hd_018_choice_takes_one_nested_list(void **state)
{
	struct loading flat, nested;
	const struct hd_expr *a, *b;

	(void)state;
	load_with(&flat, one("random", "choice", "[a, 2, true]"), NULL);
	load_with(&nested, one("random", "choice", "[[a, 2, true]]"), NULL);
	assert_int_equal(flat.rc, 0);
	assert_int_equal(nested.rc, 0);
	a = &hd_space_param(flat.config->space, 0)->expr;
	b = &hd_space_param(nested.config->space, 0)->expr;
	assert_int_equal(a->option_count, 3);
	assert_int_equal(b->option_count, 3);
	for (int i = 0; i < 3; i++)
		assert_true(hd_value_equal(&a->options[i], &b->options[i]));
	load_end(&flat);
	load_end(&nested);
	assert_error(one("random", "choice", "[[a], b]"), "beside other items");
	assert_error(one("random", "choice", "[]"), "at least one option");
	assert_error(one("random", "choice", "[[]]"), "at least one option");
}

static void hd_019_randint_takes_a_whole_number_above_0(void **state)
{
	(void)state;
	assert_good(one("random", "randint", "[10]"));
	assert_error(one("random", "randint", "[0]"), "upper");
	assert_error(one("random", "randint", "[-1]"), "upper");
	assert_error(one("random", "randint", "[2.5]"), "whole number");
	assert_error(one("random", "randint", "[true]"), "whole number");
}

static void hd_020_uniform_needs_min_below_max(void **state)
{
	(void)state;
	assert_good(one("random", "uniform", "[1, 2]"));
	assert_error(one("random", "uniform", "[1, 1]"), "'max' of uniform");
	assert_error(one("random", "uniform", "[2, 1]"), "'max' of uniform");
}

static void hd_022_loguniform_may_be_a_point(void **state)
{
	(void)state;
	assert_good(one("random", "loguniform", "[1, 1]"));
	assert_error(one("random", "loguniform", "[2, 1]"), "'max'");
}

static void hd_024_q_is_positive_and_whole_for_azure(void **state)
{
	(void)state;
	assert_good(one("random", "quniform", "[1, 9, 2.0]"));
	assert_findings(one("random", "quniform", "[1, 9, 2.5]"), NULL, NULL,
			"q is 2.5: Azure takes whole numbers");
	assert_error(one("random", "quniform", "[1, 9, 0]"), "'q'");
	assert_error(one("random", "qnormal", "[1, 9, -1]"), "'q'");
}

static void hd_026_a_negative_sigma_is_an_error(void **state)
{
	(void)state;
	assert_good(one("random", "normal", "[0, 0]"));
	assert_error(one("random", "normal", "[0, -1]"), "'sigma'");
}

static void hd_028_a_wrong_count_names_the_arguments(void **state)
{
	(void)state;
	assert_error(one("random", "quniform", "[1, 2]"),
		     "quniform takes 3 values (min, max, q), got 2");
	assert_error(one("random", "randint", "[1, 2]"),
		     "randint takes 1 value (upper), got 2");
}

static void hd_031_grid_refuses_what_has_no_end(void **state)
{
	static const char *const continuous[] = { "uniform", "normal",
						  "loguniform", "lognormal" };

	(void)state;
	for (size_t i = 0; i < ROWS(continuous); i++)
		assert_error(one("grid", continuous[i], "[0, 1]"),
			     "cannot be in a grid sweep because its values are"
			     " not finite");
	assert_error(one("grid", "qnormal", "[0, 1, 1]"), "not finite");
	assert_error(one("grid", "qlognormal", "[0, 1, 1]"), "not finite");
	assert_findings(one("grid", "randint", "[4]"), NULL, NULL,
			"grid with 'randint': Azure takes 'choice'");
	assert_findings(one("grid", "quniform", "[0, 4, 1]"), NULL, NULL,
			"Azure takes 'choice'");
	assert_findings(one("grid", "qloguniform", "[0, 4, 1]"), NULL, NULL,
			"Azure takes 'choice'");
}

static void hd_032_grid_options_are_numbers_or_text(void **state)
{
	(void)state;
	assert_good(one("grid", "choice", "[1, 2.5]"));
	assert_good(one("grid", "choice", "[a, b]"));
	assert_error(one("grid", "choice", "[true]"), "got true");
	assert_error(one("grid", "choice", "[1, null]"), "got nothing");
	assert_error(one("grid", "choice", "[[[1]]]"), "got a list");
	assert_error(one("grid", "choice", "[a, 1]"),
		     "all numbers or all text, got 1 too");
	assert_good(one("random", "choice", "[a, 1, true, null, {b: 1}]"));
}

static void hd_037_random_takes_all_ten_expressions(void **state)
{
	static const char *const values[] = { "[1]", "[0, 1]", "[0, 1, 1]" };

	(void)state;
	for (size_t i = 0; i < hd_expr_types(); i++) {
		const struct hd_expr_type *type = hd_expr_type_at(i);
		size_t count = type->arguments ? type->arguments : 1;

		assert_good(one("random", type->name, values[count - 1]));
	}
}

/* KEYS lie in the flow mapping of a sampler called TYPE. */
static const char *with_keys(const char *type, const char *keys)
{
	static char text[512];

	snprintf(text, sizeof text,
		 "sampling:\n  type: %s\n  %s\n  parameter_space:\n"
		 "  - {name: x, expression: choice, values: [1, 2, 3]}\n" METRIC
		 "max_total_runs: 4\n",
		 type, keys);
	return text;
}

static void an_option_that_is_a_word_is_one_of_its_list(void **state)
{
	static const struct {
		const char *line;
		double rule;
	} rows[] = {
		{ "rule: random", 0 },
		{ "rule: sobol", 1 },
		{ "rule: SOBOL", 1 },
		{ "rule: null", 0 },
		{ "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct loading loading;

		load_with(&loading, with_keys("random", rows[i].line), NULL);
		assert_int_equal(loading.rc, 0);
		assert_true(option(loading.config->sampler->options,
				   loading.config->sampler_options, "rule") ==
			    rows[i].rule);
		load_end(&loading);
	}
	assert_findings(with_keys("random", "rule: sobel"),
			"'rule' must be 'random' or 'sobol', got text 'sobel'", NULL,
			"'rule'");
	assert_findings(with_keys("random", "rule: 1"),
			"'rule' must be 'random' or 'sobol', got 1", NULL,
			"'rule'");
	assert_findings(with_keys("grid", "shuffle: 1"),
			"'shuffle' must be true or false, got 1", NULL,
			"'shuffle'");
	assert_findings(with_keys("tpe", "candidates: 0"),
			"'candidates' must be a whole number from 1 to 10000,"
			" got 0",
			NULL, "'tpe'");
}

static void samplers_and_options_of_ours_are_noted_for_azure(void **state)
{
	(void)state;
	assert_findings(with_keys("tpe", ""), NULL, NULL,
			"'tpe': Azure has random, grid and bayesian sampling");
	assert_findings(with_keys("random", "rule: sobol"), NULL, NULL,
			"'rule': Azure's random sampling has no such key");
	assert_findings(with_keys("grid", "shuffle: true"), NULL, NULL,
			"'shuffle': Azure's grid sampling has no such key");
}

static void hd_048_a_number_with_an_exponent_is_a_number(void **state)
{
	const struct hd_expr *expr;
	struct loading loading;

	(void)state;
	load_with(&loading, one("random", "choice", "[1e-5, 16.0, 16, yes]"),
		  NULL);
	assert_int_equal(loading.rc, 0);
	expr = &hd_space_param(loading.config->space, 0)->expr;
	/* 16.0 and 16 are one option to a script: a warning says so. */
	assert_int_equal(expr->options[0].kind, HD_VALUE_REAL);
	assert_true(expr->options[0].number == 1e-5);
	assert_int_equal(expr->options[1].kind, HD_VALUE_REAL);
	assert_int_equal(expr->options[2].kind, HD_VALUE_INTEGER);
	assert_int_equal(expr->options[3].kind, HD_VALUE_TEXT);
	assert_string_equal(expr->options[3].text, "yes");
	load_end(&loading);
}

static void lists_and_maps_in_a_choice_are_json(void **state)
{
	const struct hd_expr *expr;
	struct loading loading;

	(void)state;
	load_with(&loading, one("random", "choice", "[[[1, a], {b: null}]]"),
		  NULL);
	assert_int_equal(loading.rc, 0);
	expr = &hd_space_param(loading.config->space, 0)->expr;
	assert_int_equal(expr->options[0].kind, HD_VALUE_JSON);
	assert_string_equal(expr->options[0].text, "[1,\"a\"]");
	assert_string_equal(expr->options[1].text, "{\"b\":null}");
	load_end(&loading);
}

static void repeated_options_and_raw_log_bounds_warn(void **state)
{
	(void)state;
	assert_findings(one("random", "choice", "[a, b, a]"), NULL,
			"option 3 repeats option 1, text 'a'", NULL);
	assert_findings(one("random", "choice", "[1, 2, 1.0]"), NULL,
			"option 3 repeats option 1", NULL);
	assert_findings(one("random", "choice", "[99999999999999999999]"), NULL,
			"does not fit 64 bits", NULL);
	assert_findings(one("random", "loguniform", "[0.0001, 0.1]"), NULL,
			"--x: loguniform(0.0001, 0.1) is [1.0001, 1.1052]"
			" after exp(); did you mean -9.21 \xe2\x80\xa6 -2.30?",
			NULL);
	assert_good(one("random", "loguniform", "[-9.21, -2.3]"));
	assert_good(one("random", "loguniform", "[1, 5]"));
}

/* --- policy ---------------------------------------------------------------- */

static void hd_005_policy_type_in_any_case(void **state)
{
	struct loading loading;

	(void)state;
	load_with(&loading,
		  with("policy: {type: medianstoppingPOLICY,"
		       " delay_evaluation: 5}\n"),
		  NULL);
	assert_int_equal(loading.rc, 0);
	assert_string_equal(loading.config->policy->v1_name,
			    "MedianStoppingPolicy");
	assert_int_equal(loading.config->delay_evaluation, 5);
	load_end(&loading);
	load_with(&loading, with("policy: {evaluation_interval: 2}\n"), NULL);
	assert_int_equal(loading.rc, 0);
	assert_string_equal(loading.config->policy->name, "none");
	load_end(&loading);
	assert_error(with("policy: {type: Stop}\n"),
		     "'policy.type' must be 'BanditPolicy',");
}

static void hd_006_no_policy_section_is_no_termination(void **state)
{
	static const char *const texts[] = { "", "policy:\n", "policy: {}\n",
					     "policy: {type: }\n" };
	struct loading loading;

	(void)state;
	for (size_t i = 0; i < ROWS(texts); i++) {
		load_with(&loading, with(texts[i]), NULL);
		assert_int_equal(loading.rc, 0);
		assert_string_equal(loading.config->policy->name, "none");
		assert_non_null(loading.config->policy_options);
		load_end(&loading);
	}
}

static void hd_044_bandit_takes_exactly_one_slack(void **state)
{
	(void)state;
	assert_error(with("policy: {type: BanditPolicy}\n"), "slack");
	assert_error(with("policy: {type: BanditPolicy, slack_factor: 0.1,"
			  " slack_amount: 1}\n"),
		     "slack");
	assert_good(with("policy: {type: BanditPolicy, slack_factor: 0}\n"));
	assert_good(with("policy: {type: BanditPolicy, slack_amount: 1}\n"));
}

static void hd_045_truncation_percentage_is_1_to_99(void **state)
{
	static const struct {
		const char *value;
		bool good;
	} rows[] = {
		{ "0", false },
		{ "100", false },
		{ "12.5", false },
		{ "", false },
		{ "1", true },
		{ "99", true },
	};
	char text[128];

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		snprintf(text, sizeof text,
			 "policy: {type: TruncationSelectionPolicy,"
			 " truncation_percentage: %s}\n",
			 rows[i].value);
		if (rows[i].good)
			assert_good(with(text));
		else
			assert_error(with(text), "'truncation_percentage'");
	}
	assert_error(with("policy: {type: TruncationSelectionPolicy}\n"),
		     "'truncation_percentage' is missing");
	assert_good(with("policy: {type: TruncationSelectionPolicy,"
			 " truncation_percentage: 10,"
			 " exclude_finished_jobs: true}\n"));
}

static void policies_of_ours_are_noted_for_azure(void **state)
{
	static const char *const ours[] = { "type: asha", "type: hyperband",
					    "type: Hyper_Band",
					    "type: percentile, percentile: 25",
					    "type: patient, patience: 3",
					    "type: threshold, lower: -0.5" };
	static const char *const azures[] = { "type: bandit, slack_factor: 1",
					      "type: MedianStoppingPolicy",
					      "type: none" };
	char text[128];

	(void)state;
	for (size_t i = 0; i < ROWS(ours); i++) {
		snprintf(text, sizeof text, "policy: {%s}\n", ours[i]);
		assert_findings(with(text), NULL, NULL,
				"': Azure has the policies bandit, median_stopping"
				" and truncation_selection");
	}
	for (size_t i = 0; i < ROWS(azures); i++) {
		snprintf(text, sizeof text, "policy: {%s}\n", azures[i]);
		assert_good(with(text));
	}
}

static void rungs_stand_in_place_of_evaluation_interval(void **state)
{
	struct loading loading;

	(void)state;
	load_with(&loading,
		  with("policy: {type: asha, first_rung: 2, reduction_factor: 4,"
		       " evaluation_interval: 1, delay_evaluation: 5}\n"),
		  NULL);
	assert_int_equal(loading.rc, 0);
	assert_true(option(loading.config->policy->options,
			   loading.config->policy_options, "first_rung") == 2);
	assert_true(option(loading.config->policy->options,
			   loading.config->policy_options, "promote") == 1);
	assert_int_equal(loading.config->delay_evaluation, 5);
	load_end(&loading);
	load_with(&loading, with("policy: {type: hyperband, evaluation_interval: 0}\n"),
		  NULL);
	assert_int_equal(loading.rc, 0);
	load_end(&loading);
	assert_findings(with("policy: {type: hyperband, evaluation_interval: 3}\n"),
			"'policy.evaluation_interval' is not for hyperband, which"
			" has rungs in place of it",
			NULL, "'hyperband'");
}

static void hd_046_intervals_are_whole_numbers(void **state)
{
	struct loading loading;

	(void)state;
	load_with(&loading, GOOD, NULL);
	assert_int_equal(loading.config->evaluation_interval, 1);
	assert_int_equal(loading.config->delay_evaluation, 0);
	load_end(&loading);
	assert_error(with("policy: {evaluation_interval: 1.5}\n"),
		     "'evaluation_interval' must be a whole number");
	assert_error(with("policy: {delay_evaluation: '5'}\n"),
		     "'delay_evaluation' must be a whole number");
	assert_error(with("policy: {delay_evaluation: -1}\n"), "got -1");
}

static void hd_073_interval_0_is_read_as_1(void **state)
{
	struct loading loading;

	(void)state;
	load_with(&loading, with("policy: {evaluation_interval: 0}\n"), NULL);
	assert_int_equal(loading.rc, 0);
	assert_int_equal(loading.config->evaluation_interval, 1);
	load_end(&loading);
}

static void an_option_of_another_policy_warns(void **state)
{
	(void)state;
	assert_findings(with("policy: {type: MedianStoppingPolicy,"
			     " slack_factor: 0.1}\n"),
			NULL,
			"'policy.slack_factor' is ignored: it is for"
			" BanditPolicy, this is MedianStoppingPolicy",
			NULL);
}

/* --- metric and limits ----------------------------------------------------- */

static void hd_007_goal_in_any_case(void **state)
{
	static const char *const good[] = { "Maximize", "MAXIMIZE",
					    "minimize" };
	char text[512];

	(void)state;
	for (size_t i = 0; i < ROWS(good); i++) {
		snprintf(text, sizeof text,
			 ONE_PARAMETER "primary_metric_name: a\n"
				       "primary_metric_goal: %s\n"
				       "max_total_runs: 1\n",
			 good[i]);
		assert_good(text);
	}
	assert_error(ONE_PARAMETER "primary_metric_name: a\n"
				   "primary_metric_goal: up\n"
				   "max_total_runs: 1\n",
		     "must be 'maximize' or 'minimize', got text 'up'");
}

static void hd_008_metric_and_goal_are_required(void **state)
{
	(void)state;
	assert_error(ONE_PARAMETER "primary_metric_goal: minimize\n"
				   "max_total_runs: 1\n",
		     "'primary_metric_name' is missing");
	assert_error(ONE_PARAMETER "primary_metric_name: a\n"
				   "max_total_runs: 1\n",
		     "'primary_metric_goal' is missing");
}

static void hd_009_a_missing_duration_is_seven_days(void **state)
{
	struct loading loading;

	(void)state;
	load_with(&loading, GOOD, NULL);
	assert_true(loading.config->max_duration == 10080 * 60.0);
	load_end(&loading);
}

static void hd_010_a_long_duration_is_kept_with_a_note(void **state)
{
	struct loading loading;

	(void)state;
	load_with(&loading, with("max_duration_minutes: 20000\n"), NULL);
	assert_int_equal(loading.rc, 0);
	assert_true(loading.config->max_duration == 20000 * 60.0);
	assert_non_null(finding_of(&loading, HD_FINDING_PORTABILITY));
	load_end(&loading);
}

static void hd_011_missing_concurrency_is_the_total(void **state)
{
	struct loading loading;

	(void)state;
	load_with(&loading, GOOD, NULL);
	assert_int_equal(loading.config->max_concurrent, 8);
	load_end(&loading);
	/* Never more at once than there are. */
	load_with(&loading, with("max_concurrent_runs: 9\n"), NULL);
	assert_int_equal(loading.rc, 0);
	assert_int_equal(loading.config->max_concurrent, 8);
	assert_non_null(finding_of(&loading, HD_FINDING_WARNING));
	load_end(&loading);
}

static void hd_012_max_total_runs_is_at_least_1(void **state)
{
	(void)state;
	assert_error(ONE_PARAMETER METRIC, "'max_total_runs' is missing");
	assert_error(ONE_PARAMETER METRIC "max_total_runs: 0\n", "got 0");
	assert_error(ONE_PARAMETER METRIC "max_total_runs: -1\n", "got -1");
	assert_error(ONE_PARAMETER METRIC "max_total_runs: 2.5\n", "got 2.5");
	assert_good(ONE_PARAMETER METRIC "max_total_runs: 1\n");
	assert_good(ONE_PARAMETER METRIC "max_total_runs: 1000\n");
	assert_findings(ONE_PARAMETER METRIC "max_total_runs: 1001\n", NULL,
			NULL, "'max_total_runs' is 1001: Azure takes at most");
}

static void hd_013_max_concurrent_runs_is_at_least_1(void **state)
{
	(void)state;
	assert_error(with("max_concurrent_runs: 0\n"), "got 0");
	assert_good(ONE_PARAMETER METRIC "max_total_runs: 200\n"
					 "max_concurrent_runs: 100\n");
	assert_findings(ONE_PARAMETER METRIC "max_total_runs: 200\n"
					     "max_concurrent_runs: 101\n",
			NULL, NULL, "'max_concurrent_runs' is 101: Azure");
}

static void hd_014_an_unknown_key_warns_and_strict_refuses(void **state)
{
	const struct hd_config_load strict = { .size = sizeof strict,
					       .strict = true };
	struct loading loading;

	(void)state;
	assert_findings(with("max_total_run: 3\n"), NULL,
			"unknown key 'max_total_run' is ignored, did you mean"
			" 'max_total_runs'?",
			NULL);
	assert_findings(with("policy: {typ: x}\n"), NULL,
			"unknown key 'policy.typ' is ignored, did you mean"
			" 'type'?",
			NULL);
	load_with(&loading, with("max_total_run: 3\n"), &strict);
	assert_int_equal(loading.rc, HD_EINVAL);
	assert_string_equal(loading.err.text, "1 error in the file");
	load_end(&loading);
}

static void portability_notes_are_errors_for_azure(void **state)
{
	const struct hd_config_load azure = { .size = sizeof azure,
					      .azure = true };
	struct loading loading;

	(void)state;
	load_with(&loading, one("grid", "randint", "[3]"), &azure);
	assert_int_equal(loading.rc, HD_EINVAL);
	assert_non_null(strstr(finding_of(&loading, HD_FINDING_ERROR)->text,
			       "[portability] '--x': grid with 'randint'"));
	load_end(&loading);
}

static void metrics_block_holds_patterns(void **state)
{
	struct loading loading;

	(void)state;
	load_with(&loading,
		  with("metrics:\n  patterns:\n"
		       "  - (?<name>\\w+) is (?<value>\\S+)\n"
		       "  - (?<name>\\w+)~(?<value>\\S+)\n"),
		  NULL);
	assert_int_equal(loading.rc, 0);
	assert_int_equal(loading.config->metric_pattern_count, 2);
	assert_string_equal(loading.config->metric_patterns[1],
			    "(?<name>\\w+)~(?<value>\\S+)");
	load_end(&loading);
	assert_error(with("metrics: {pattern: '(?<name>a'}\n"), "offset");
	assert_error(with("metrics: {pattern: '(?<name>a)'}\n"), "'value'");
	assert_error(with("metrics: {pattern: 3}\n"), "must be text");
	assert_error(with("metrics: {patterns: a}\n"), "a list of texts");
	assert_findings(with("metrics: {patern: a}\n"), NULL,
			"'metrics.patern' is ignored, did you mean 'pattern'",
			NULL);
}

static void reduce_is_best_last_or_mean(void **state)
{
	struct loading loading;

	(void)state;
	assert_good(with("reduce: best\n"));
	load_with(&loading, with("reduce: mean-5\n"), NULL);
	assert_int_equal(loading.rc, 0);
	assert_int_equal(loading.config->reduce, HD_REDUCE_MEAN);
	assert_int_equal(loading.config->reduce_count, 5);
	load_end(&loading);
	assert_findings(with("reduce: last\n"), NULL, NULL,
			"Azure takes the best value");
	assert_error(with("reduce: mean-0\n"), "'reduce' must be");
	assert_error(with("reduce: 3\n"), "'reduce' must be");
}

static void assert_gpus(const char *more, const char *gpus)
{
	struct loading loading;

	load_with(&loading, with(more), NULL);
	assert_int_equal(loading.rc, 0);
	assert_string_equal(loading.config->gpus, gpus);
	load_end(&loading);
}

static void devices_of_a_trial_are_read(void **state)
{
	struct loading loading;

	(void)state;
	assert_gpus("gpus: auto\n", "auto");
	assert_gpus("gpus: none\n", "none");
	assert_gpus("gpus: 0\n", "0");
	assert_gpus("gpus: 0,2\n", "0,2");
	assert_gpus("gpus: 0:2\n", "0:2");
	assert_gpus("gpus: [0, '1:2', GPU-8f6d]\n", "0,1:2,GPU-8f6d");
	load_with(&loading, with("gpus_per_trial: 2\ncpus_per_trial: 3\n"),
		  NULL);
	assert_int_equal(loading.rc, 0);
	assert_null(loading.config->gpus);
	assert_int_equal(loading.config->gpus_per_trial, 2);
	assert_int_equal(loading.config->cpus_per_trial, 3);
	load_end(&loading);
	assert_good(with("gpus: null\ngpus_per_trial:\n"));
	assert_findings(with("gpus: auto\n"), NULL, NULL,
			"'gpus' is not Azure's: the compute target gives out"
			" devices there");
}

static void devices_that_are_none_are_errors(void **state)
{
	(void)state;
	assert_error(with("gpus: all\n"), "'gpus' must be 'auto', 'none' or a"
					  " list of ids such as 0,2 or"
					  " GPU-8f6d5e1c, got 'all'");
	assert_error(with("gpus: -1\n"), "an id must be at least 0, got '-1'");
	assert_error(with("gpus: [0, 0]\n"), "'0' is given twice");
	assert_error(with("gpus: []\n"), "an id is missing");
	assert_error(with("gpus: {a: 1}\n"), "'gpus' must be 'auto', 'none' or"
					     " a list of ids, got a mapping");
	assert_error(with("gpus: true\n"), "list of ids, got true");
	assert_error(with("gpus_per_trial: 0\n"),
		     "'gpus_per_trial' must be a whole number of at least 1,"
		     " got 0");
	assert_error(with("cpus_per_trial: 1.5\n"),
		     "'cpus_per_trial' must be a whole number of at least 1,"
		     " got 1.5");
}

static void warm_starts_are_read(void **state)
{
	struct loading loading;

	(void)state;
	load_with(&loading, with("resume_from: [a, '@']\n"
				 "resume_child_runs: a/3\n"),
		  NULL);
	assert_int_equal(loading.rc, 0);
	assert_int_equal(loading.config->resume_from_count, 2);
	assert_string_equal(loading.config->resume_from[0], "a");
	assert_string_equal(loading.config->resume_from[1], "@");
	assert_int_equal(loading.config->resume_child_run_count, 1);
	assert_string_equal(loading.config->resume_child_runs[0], "a/3");
	load_end(&loading);
	assert_findings(with("resume_from: a\n"), NULL, NULL,
			"Azure takes it by its SDK");
	assert_findings(with("resume_from: [[a]]\n"), "'resume_from' must be",
			NULL, "Azure takes it by its SDK");
	assert_findings(with("resume_child_runs: [a]\n"), "'a' is no trial",
			NULL, "Azure takes it by its SDK");
}

/* --- how findings are shown ------------------------------------------------ */

static void findings_are_json_too(void **state)
{
	struct hd_buf shown = HD_BUF_INIT;
	const struct hd_out out = { .write = collect, .user = &shown };
	struct loading loading;

	(void)state;
	load_with(&loading, with("reduce: 3\nx: 1\n"), NULL);
	assert_int_equal(hd_report_findings(loading.findings, HD_FORMAT_JSON,
					    &out, NULL),
			 0);
	assert_string_equal(
		hd_buf_text(&shown),
		"[{\"severity\":\"error\",\"file\":\"t.yaml\",\"line\":8,"
		"\"column\":9,\"text\":\"'reduce' must be 'best', 'last' or"
		" 'mean-K' with a whole K of at least 1, got 3\"},"
		"{\"severity\":\"warning\",\"file\":\"t.yaml\",\"line\":9,"
		"\"column\":1,\"text\":\"unknown key 'x' is ignored\"}]\n");
	hd_buf_release(&shown);
	load_end(&loading);
}

static void excerpts_keep_tabs_and_show_no_control(void **state)
{
	const struct hd_mark mark = { "f", 1, 4 };
	struct hd_findings *findings = hd_findings_new();
	struct hd_buf shown = HD_BUF_INIT;
	const struct hd_out out = { .write = collect, .user = &shown };

	(void)state;
	assert_int_equal(hd_findings_add(findings, HD_FINDING_PORTABILITY,
					 &mark, "\ta\xe2\x80\xae\033[31m\xff",
					 "bad \007"),
			 0);
	assert_int_equal(hd_report_findings(findings, HD_FORMAT_TEXT, &out,
					    NULL),
			 0);
	assert_string_equal(hd_buf_text(&shown), "f:1:4: [portability] bad ?\n"
						 "  \ta??[31m?\n"
						 "  \t  ^\n");
	hd_buf_release(&shown);
	hd_findings_free(findings);
}

static void a_missing_file_is_no_finding(void **state)
{
	struct hd_findings *findings = hd_findings_new();
	struct hd_config *config;
	struct hd_error err;

	(void)state;
	assert_int_equal(hd_config_open(&config, "/nonexistent/x.yaml", NULL,
					findings, &err),
			 HD_ENOENT);
	assert_null(config);
	assert_int_equal(hd_findings_kept(findings), 0);
	hd_findings_free(findings);
	hd_config_free(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(hd_001_the_guides_file_loads),
		cmocka_unit_test(good_files_load),
		cmocka_unit_test(bad_files_say_exactly_what_is_wrong),
		cmocka_unit_test(hd_002_sampling_type_in_any_case),
		cmocka_unit_test(hd_003_a_missing_sampling_type_is_named),
		cmocka_unit_test(hd_004_an_empty_space_is_an_error),
		cmocka_unit_test(hd_015_a_repeated_parameter_is_an_error),
		cmocka_unit_test(hd_016_an_unknown_expression_lists_the_ten),
		cmocka_unit_test(hd_017_values_must_be_a_list),
		cmocka_unit_test(hd_018_choice_takes_one_nested_list),
		cmocka_unit_test(hd_019_randint_takes_a_whole_number_above_0),
		cmocka_unit_test(hd_020_uniform_needs_min_below_max),
		cmocka_unit_test(hd_022_loguniform_may_be_a_point),
		cmocka_unit_test(hd_024_q_is_positive_and_whole_for_azure),
		cmocka_unit_test(hd_026_a_negative_sigma_is_an_error),
		cmocka_unit_test(hd_028_a_wrong_count_names_the_arguments),
		cmocka_unit_test(hd_031_grid_refuses_what_has_no_end),
		cmocka_unit_test(hd_032_grid_options_are_numbers_or_text),
		cmocka_unit_test(hd_037_random_takes_all_ten_expressions),
		cmocka_unit_test(an_option_that_is_a_word_is_one_of_its_list),
		cmocka_unit_test(samplers_and_options_of_ours_are_noted_for_azure),
		cmocka_unit_test(hd_048_a_number_with_an_exponent_is_a_number),
		cmocka_unit_test(lists_and_maps_in_a_choice_are_json),
		cmocka_unit_test(repeated_options_and_raw_log_bounds_warn),
		cmocka_unit_test(hd_005_policy_type_in_any_case),
		cmocka_unit_test(hd_006_no_policy_section_is_no_termination),
		cmocka_unit_test(hd_044_bandit_takes_exactly_one_slack),
		cmocka_unit_test(hd_045_truncation_percentage_is_1_to_99),
		cmocka_unit_test(policies_of_ours_are_noted_for_azure),
		cmocka_unit_test(rungs_stand_in_place_of_evaluation_interval),
		cmocka_unit_test(hd_046_intervals_are_whole_numbers),
		cmocka_unit_test(hd_073_interval_0_is_read_as_1),
		cmocka_unit_test(an_option_of_another_policy_warns),
		cmocka_unit_test(hd_007_goal_in_any_case),
		cmocka_unit_test(hd_008_metric_and_goal_are_required),
		cmocka_unit_test(hd_009_a_missing_duration_is_seven_days),
		cmocka_unit_test(hd_010_a_long_duration_is_kept_with_a_note),
		cmocka_unit_test(hd_011_missing_concurrency_is_the_total),
		cmocka_unit_test(hd_012_max_total_runs_is_at_least_1),
		cmocka_unit_test(hd_013_max_concurrent_runs_is_at_least_1),
		cmocka_unit_test(hd_014_an_unknown_key_warns_and_strict_refuses),
		cmocka_unit_test(portability_notes_are_errors_for_azure),
		cmocka_unit_test(metrics_block_holds_patterns),
		cmocka_unit_test(reduce_is_best_last_or_mean),
		cmocka_unit_test(devices_of_a_trial_are_read),
		cmocka_unit_test(devices_that_are_none_are_errors),
		cmocka_unit_test(warm_starts_are_read),
		cmocka_unit_test(findings_are_json_too),
		cmocka_unit_test(excerpts_keep_tabs_and_show_no_control),
		cmocka_unit_test(a_missing_file_is_no_finding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
