/* Tests of engine/config/limits.c: hdrive's own limits of a sweep. */
#include "check.h"

#include <hdrive/config.h>

#define GOOD                                                   \
	"sampling:\n"                                          \
	"  type: random\n"                                     \
	"  parameter_space:\n"                                 \
	"  - {name: x, expression: uniform, values: [0, 1]}\n" \
	"primary_metric_name: acc\n"                           \
	"primary_metric_goal: maximize\n"                      \
	"max_total_runs: 8\n"

/* The config of GOOD and MORE, or NULL with the first error in TEXT. */
static struct hd_config *load(const char *more, char text[256])
{
	struct hd_findings *findings = hd_findings_new();
	struct hd_config *config = NULL;
	char yaml[1024];

	assert_non_null(findings);
	snprintf(yaml, sizeof yaml, "%s%s", GOOD, more);
	hd_config_parse(&config, yaml, strlen(yaml), "t.yaml", NULL, findings,
			NULL);
	text[0] = '\0';
	for (size_t i = 0; i < hd_findings_kept(findings) && !text[0]; i++) {
		const struct hd_finding *finding = hd_findings_at(findings, i);

		if (finding->severity == HD_FINDING_ERROR)
			snprintf(text, 256, "%s", finding->text);
	}
	hd_findings_free(findings);
	return config;
}

static void without_them_nothing_is_limited(void **state)
{
	char text[256];
	struct hd_config *config = load("", text);

	(void)state;
	assert_non_null(config);
	assert_true(isinf(config->trial_timeout));
	assert_true(isinf(config->idle_timeout));
	assert_int_equal(config->max_restarts, 0);
	assert_true(config->restart_delay == 1);
	assert_true(config->max_failures == SIZE_MAX);
	assert_true(config->smoke);
	hd_config_free(config);
}

static void times_are_seconds_or_carry_their_unit(void **state)
{
	static const struct {
		const char *word;
		double seconds;
	} times[] = {
		{ "90", 90 },
		{ "0.5", 0.5 },
		{ "90s", 90 },
		{ "1.5m", 90 },
		{ "2h", 7200 },
		{ "1d", 86400 },
	};
	char text[256], more[64];

	(void)state;
	for (size_t i = 0; i < ROWS(times); i++) {
		struct hd_config *config;

		snprintf(more, sizeof more, "trial_timeout: %s\n",
			 times[i].word);
		config = load(more, text);
		assert_non_null(config);
		assert_true(config->trial_timeout == times[i].seconds);
		hd_config_free(config);
	}
}

static void failures_are_a_number_or_a_share_of_all(void **state)
{
	char text[256];
	struct hd_config *config = load("max_failures: 3\n", text);

	(void)state;
	assert_int_equal(config->max_failures, 3);
	hd_config_free(config);
	config = load("max_failures: 20%\n", text);
	assert_int_equal(config->max_failures, 2); /* 1.6 of 8 */
	hd_config_free(config);
}

static void what_is_no_limit_is_explained(void **state)
{
	static const struct {
		const char *more, *error;
	} bad[] = {
		{ "trial_timeout: 0\n",
		  "'trial_timeout' must be a time greater than 0 such as 90,"
		  " 90s, 30m, 2h or 1d, got 0" },
		{ "idle_timeout: 5 minutes\n",
		  "'idle_timeout' must be a time greater than 0 such as 90,"
		  " 90s, 30m, 2h or 1d, got text '5 minutes'" },
		{ "idle_timeout: m\n",
		  "'idle_timeout' must be a time greater than 0 such as 90,"
		  " 90s, 30m, 2h or 1d, got text 'm'" },
		{ "max_failures: 0\n",
		  "'max_failures' must be a whole number of at least 1, or a"
		  " share such as 20%, got 0" },
		{ "max_failures: 120%\n",
		  "'max_failures' must be a whole number of at least 1, or a"
		  " share such as 20%, got text '120%'" },
		{ "smoke: 1\n", "'smoke' must be true or false, got 1" },
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < ROWS(bad); i++) {
		assert_null(load(bad[i].more, text));
		assert_string_equal(text, bad[i].error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_them_nothing_is_limited),
		cmocka_unit_test(times_are_seconds_or_carry_their_unit),
		cmocka_unit_test(failures_are_a_number_or_a_share_of_all),
		cmocka_unit_test(what_is_no_limit_is_explained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
