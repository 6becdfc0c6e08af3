/* Tests of engine/config/line.c: a sweep from the words of a command line. */
#include "check.h"

#include <hdrive/line.h>

#include <math.h>

/* The config that LINE gives, or the text of its first finding in WHY. */
static struct hd_config *load(const struct hd_line *line, char *why, size_t size)
{
	struct hd_findings *findings = hd_findings_new();
	struct hd_config *config = NULL;
	struct hd_error err = { 0 };
	int rc;

	assert_non_null(findings);
	rc = hd_config_line(&config, line, NULL, findings, &err);
	assert_int_equal(rc < 0, config == NULL);
	*why = '\0';
	if (hd_findings_kept(findings)) {
		const struct hd_finding *first = hd_findings_at(findings, 0);

		assert_int_equal(first->mark.line, 0);
		snprintf(why, size, "%s: %s", first->mark.file, first->text);
	}
	hd_findings_free(findings);
	return config;
}

static struct hd_config *load_param(const char *param, char *why, size_t size)
{
	return load(&(struct hd_line){ .size = sizeof(struct hd_line),
				       .params = &param,
				       .param_count = 1,
				       .metric = "min:loss" },
		    why, size);
}

/* NAME=EXPR makes the file's line EXPECTED; nothing is said. */
static void check_param(const char *param, const char *expected)
{
	char why[1024], line[512];
	struct hd_config *config = load_param(param, why, sizeof why);

	assert_string_equal(why, "");
	snprintf(line, sizeof line, "  - {%s}\n", expected);
	if (!strstr(config->text, line))
		fail_msg("'%s' is not in\n%s", line, config->text);
	hd_config_free(config);
}

static void check_wrong(const char *param, const char *expected)
{
	char why[1024], whole[1024];
	struct hd_config *config = load_param(param, why, sizeof why);

	assert_null(config);
	snprintf(whole, sizeof whole, "-p %s: %s", param, expected);
	assert_string_equal(why, whole);
}

static void expressions_are_written_with_their_arguments(void **state)
{
	static const char *const rows[][2] = {
		{ "x=randint:10", "name: \"x\", expression: randint, values: [10]" },
		{ "x=uniform:-1:2.5", "name: \"x\", expression: uniform, values: [-1, 2.5]" },
		{ "x=quniform:0:10:0.5",
		  "name: \"x\", expression: quniform, values: [0, 10, 0.5]" },
		{ "x=loguniform:-9:-2", "name: \"x\", expression: loguniform, values: [-9, -2]" },
		{ "x=qloguniform:0:5:1",
		  "name: \"x\", expression: qloguniform, values: [0, 5, 1]" },
		{ "x=normal:0:1e-3", "name: \"x\", expression: normal, values: [0, 0.001]" },
		{ "x=qnormal:0:1:2", "name: \"x\", expression: qnormal, values: [0, 1, 2]" },
		{ "x=lognormal:0:1", "name: \"x\", expression: lognormal, values: [0, 1]" },
		{ "x=qlognormal:0:1:1", "name: \"x\", expression: qlognormal, values: [0, 1, 1]" },
		{ "x=choice:1:2", "name: \"x\", expression: choice, values: [1, 2]" },
		{ "x=choice:a:b,c", "name: \"x\", expression: choice, values: [\"a:b\", \"c\"]" },
		{ "--x=choice:a", "name: \"--x\", expression: choice, values: [\"a\"]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check_param(rows[i][0], rows[i][1]);
}

static void items_are_numbers_when_all_are(void **state)
{
	static const char *const rows[][2] = {
		{ "x=16,32", "[16, 32]" },
		{ "x=0.10,1e-5,-3", "[0.1, 1e-5, -3]" },
		{ "x=7", "[7]" },
		{ "x=1,auto", "[\"1\", \"auto\"]" },
		{ "x=007,010", "[\"007\", \"010\"]" },
		{ "x=true,null,1", "[\"true\", \"null\", \"1\"]" },
		{ "x=+1,.5,1.,0x10", "[\"+1\", \".5\", \"1.\", \"0x10\"]" },
		{ "x=inf,nan,1e999", "[\"inf\", \"nan\", \"1e999\"]" },
		{ "x=\"1\",2", "[\"1\", \"2\"]" },
		{ "x='a, b',\"c\"\"d\",it's", "[\"a, b\", \"c\\\"d\", \"it's\"]" },
		{ "x=\"\",a", "[\"\", \"a\"]" },
		{ "x=normal,uniform", "[\"normal\", \"uniform\"]" },
		{ "x=\"normal\"", "[\"normal\"]" },
		{ "x=http://a:8080/b", "[\"http://a:8080/b\"]" },
		{ "x=../data", "[\"../data\"]" },
		{ "x=a=b", "[\"a=b\"]" },
		{ "x=\xc3\xa9,#x: y", "[\"\xc3\xa9\", \"#x: y\"]" },
	};
	char expected[256];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		snprintf(expected, sizeof expected,
			 "name: \"x\", expression: choice, values: %s", rows[i][1]);
		check_param(rows[i][0], expected);
	}
}

static void ranges_have_both_their_ends(void **state)
{
	static const char *const rows[][2] = {
		{ "x=0..3", "name: \"x\", expression: randint, values: [4]" },
		{ "x=1..10", "name: \"x\", expression: quniform, values: [0.5001, 10.4999, 1]" },
		{ "x=-5..5", "name: \"x\", expression: quniform, values: [-5.4999, 5.4999, 1]" },
		{ "x=0.1..0.9", "name: \"x\", expression: uniform, values: [0.1, 0.9]" },
		{ "x=0..0.5", "name: \"x\", expression: uniform, values: [0, 0.5]" },
		{ "x=1e-5..1e-1:log", "name: \"x\", expression: loguniform, values: "
				      "[-11.512925464970227, -2.302585092994046]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check_param(rows[i][0], rows[i][1]);
}

struct ends {
	double low, high;
	size_t count[128]; /* of whole numbers */
	bool whole;
};

static int ends_sample(void *user, size_t number, const struct hd_value *values)
{
	struct ends *ends = user;

	(void)number;
	ends->low = fmin(ends->low, values[0].number);
	ends->high = fmax(ends->high, values[0].number);
	if (ends->whole) {
		assert_int_equal(values[0].kind, HD_VALUE_INTEGER);
		ends->count[values[0].integer]++;
	}
	return 0;
}

static struct ends sample(const char *param, bool whole)
{
	struct ends ends = { .low = INFINITY, .high = -INFINITY, .whole = whole };
	char why[1024];
	struct hd_config *config = load_param(param, why, sizeof why);

	assert_non_null(config);
	assert_int_equal(hd_config_sample(config, 7, 6000, ends_sample, &ends, NULL), 0);
	hd_config_free(config);
	return ends;
}

static void whole_ranges_draw_every_number_as_often(void **state)
{
	struct ends ends = sample("x=1..6", true);

	(void)state;
	assert_true(ends.low == 1 && ends.high == 6);
	/* 5 sigma of a binomial of 6000 and 1/6 are 144. */
	for (size_t i = 1; i <= 6; i++)
		assert_in_range(ends.count[i], 856, 1144);
	ends = sample("x=1..100:log", true);
	assert_true(ends.low == 1 && ends.high == 100);
}

static void log_ranges_never_leave_their_bounds(void **state)
{
	static const char *const rows[] = { "x=1e-5..1e-1:log", "x=0.1..0.3:log",
					    "x=3.0..7.0:log" };
	static const double low[] = { 1e-5, 0.1, 3 }, high[] = { 1e-1, 0.3, 7 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char why[1024];
		struct hd_config *config = load_param(rows[i], why, sizeof why);
		const struct hd_expr *expr = &hd_space_param(config->space, 0)->expr;

		assert_string_equal(why, "");
		assert_true(exp(expr->a) >= low[i] && exp(expr->b) <= high[i]);
		assert_true(exp(expr->a) < low[i] * (1 + 1e-14));
		assert_true(exp(expr->b) > high[i] * (1 - 1e-14));
		hd_config_free(config);
	}
}

static void wrong_parameters_name_the_word(void **state)
{
	static const char *const rows[][2] = {
		{ "lr=logunifrom:-9:-2",
		  "unknown expression 'logunifrom', did you mean 'loguniform'?" },
		{ "lr=foo:1:2",
		  "unknown expression 'foo', expected one of choice, randint, uniform, quniform, "
		  "loguniform, qloguniform, normal, qnormal, lognormal, qlognormal; a text stands "
		  "in quotes" },
		{ "lr=uniform:1", "uniform takes 2 values, got 1: it is written uniform:MIN:MAX" },
		{ "lr=normal:0:1:2",
		  "normal takes 2 values, got 3: it is written normal:MU:SIGMA" },
		{ "lr=uniform:0:x", "'x' is no number: uniform is written uniform:MIN:MAX" },
		{ "lr=uniform:0:inf", "'inf' is no number: uniform is written uniform:MIN:MAX" },
		{ "lr=randint",
		  "randint is written randint:UPPER; a text of that name stands in quotes" },
		{ "lr=uniform:2:1", "'lr': 'max' of uniform must be greater than 'min', got min 2 "
				    "and max 1" },
		{ "lr=2..1", "a range goes up: '2..1' has its ends in no such order" },
		{ "lr=1..1", "a range goes up: '1..1' has its ends in no such order" },
		{ "lr=0..1:log", "a ':log' range begins above 0: its bounds are values, not "
				 "exponents" },
		{ "lr=1..2:lin", "behind a range stands ':log' or nothing, got ':lin'" },
		{ "lr", "expected NAME=EXPR, as lr=loguniform:-9:-2 or bs=16,32" },
		{ "lr=", "expected NAME=EXPR, as lr=loguniform:-9:-2 or bs=16,32" },
		{ "--=1", "expected NAME=EXPR, as lr=loguniform:-9:-2 or bs=16,32" },
		{ "lr=a,,b", "item 2 is empty: an empty text is written \"\"" },
		{ "lr='a,b", "the quote in 'a,b has no end" },
		{ "lr=\"a\"b", "'b' stands behind the quotes of item 1: a doubled quote stands for "
			       "one" },
		{ "lr=\xff,a", "this is not UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check_wrong(rows[i][0], rows[i][1]);
}

static void check_line(const char *metric, const char *sampler, const char *policy,
		       const char *expected)
{
	static const char *const params[] = { "x=uniform:0:1" };
	char why[1024];

	hd_config_free(load(&(struct hd_line){ .size = sizeof(struct hd_line),
					       .params = params,
					       .param_count = 1,
					       .metric = metric,
					       .sampler = sampler,
					       .policy = policy },
			    why, sizeof why));
	assert_string_equal(why, expected);
}

static void wrong_goals_samplers_and_policies_name_the_word(void **state)
{
	(void)state;
	check_line("max:val:loss", NULL, NULL, "");
	check_line("maximize:a b", "tpe:startup=5", "median_stopping:delay_evaluation=2", "");
	check_line("loss", NULL, NULL, "-m loss: the goal is missing: min:loss or max:loss");
	check_line("min", NULL, NULL, "-m min: the metric's name is missing: min:NAME");
	check_line("max:", NULL, NULL, "-m max:: the metric's name is missing: max:NAME");
	check_line("mni:loss", NULL, NULL,
		   "-m mni:loss: unknown goal 'mni', did you mean 'min'?");
	check_line("val:loss", NULL, NULL,
		   "-m val:loss: 'val' is no goal: a name with ':' stands behind one, as "
		   "min:val:loss");
	check_line("min:l", "tpee", NULL,
		   "--sampler tpee: unknown sampler 'tpee', did you mean 'tpe'?");
	check_line("min:l", "random:seed=1", NULL,
		   "--sampler random:seed=1: unknown option 'seed', expected one of rule");
	check_line("min:l", "tpe:startup", NULL,
		   "--sampler tpe:startup: expected KEY=VALUE behind the ':', got 'startup'");
	check_line("min:l", "tpe:startup=x", NULL,
		   "--sampler tpe:startup=x: 'startup' must be a whole number from 1 to 1000, got "
		   "text 'x'");
	check_line("min:l", "grid", NULL,
		   "-p x=uniform:0:1: 'x': 'uniform' cannot be in a grid sweep because its values "
		   "are not finite, expected 'choice', 'randint', 'quniform' or 'qloguniform'");
	check_line("min:l", NULL, "bandit:slack=1",
		   "--policy bandit:slack=1: unknown option 'slack', expected one of slack_factor, "
		   "slack_amount, evaluation_interval, delay_evaluation");
	check_line("min:l", NULL, "asha:first_rung=2,promote=false", "");
	check_line("min:l", NULL, "asha:reduction_factor=2,spacing=1.34", "");
	check_line("min:l", NULL, "asha:spacing=0.5",
		   "--policy asha:spacing=0.5: 'spacing' must be a number from 1 to 1000, got 0.5");
	check_line("min:l", NULL, "hyperband:spacing=1",
		   "--policy hyperband:spacing=1: 'spacing' must be greater than 1, got 1");
	check_line("min:l", NULL, "threshold:upper=1e6", "");
	check_line("min:l", NULL, "asha:evaluation_interval=2",
		   "--policy asha:evaluation_interval=2: 'policy.evaluation_interval' is not for "
		   "asha, which has rungs in place of it");
	check_line("min:l", NULL, "patient",
		   "--policy patient: 'patience' is missing, patient needs it");
	check_line("min:l", NULL, "bandit",
		   "--policy bandit: 'bandit' needs one of 'slack_factor' and 'slack_amount', got "
		   "neither");
}

static void keys_are_checked_under_their_own_name(void **state)
{
	static const char *const params[] = { "x=1,2", "x=3" };
	const struct hd_line_key key = { "max_total_runs", "a: [b", "--max-trials" };
	struct hd_line line = { .size = sizeof line,
				.params = params,
				.param_count = 1,
				.metric = "min:l",
				.keys = &key,
				.key_count = 1 };
	char why[1024];

	(void)state;
	assert_null(load(&line, why, sizeof why));
	assert_string_equal(why, "--max-trials: 'max_total_runs' must be a whole number of at "
				 "least 1, got text 'a: [b'");
	line.param_count = 2;
	assert_null(load(&line, why, sizeof why));
	assert_string_equal(why, "-p x=3: this parameter is given twice");
}

static void a_small_space_is_tried_whole(void **state)
{
	static const struct {
		const char *params[2];
		size_t total;
	} rows[] = {
		{ { "x=1,2,3", "y=1..4" }, 12 },
		{ { "x=1..10", "y=0..9" }, 100 },
		{ { "x=1..10", "y=0..10" }, 20 },
		{ { "x=1,2", "y=0.1..0.2" }, 20 },
		{ { "x=1..9000000000000", "y=0..9000000000000" }, 20 },
	};
	char why[1024];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct hd_config *config = load(&(struct hd_line){ .size = sizeof(struct hd_line),
								   .params = rows[i].params,
								   .param_count = 2,
								   .metric = "min:l" },
						why, sizeof why);

		assert_string_equal(why, "");
		assert_int_equal(config->max_total, rows[i].total);
		hd_config_free(config);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(expressions_are_written_with_their_arguments),
		cmocka_unit_test(items_are_numbers_when_all_are),
		cmocka_unit_test(ranges_have_both_their_ends),
		cmocka_unit_test(whole_ranges_draw_every_number_as_often),
		cmocka_unit_test(log_ranges_never_leave_their_bounds),
		cmocka_unit_test(wrong_parameters_name_the_word),
		cmocka_unit_test(wrong_goals_samplers_and_policies_name_the_word),
		cmocka_unit_test(keys_are_checked_under_their_own_name),
		cmocka_unit_test(a_small_space_is_tried_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
