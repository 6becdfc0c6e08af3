/* Notes and warnings about a Bayesian sweep (SPEC 1.4). */
#include "check.h"

#include <hdrive/config.h>

#define METRIC                        \
	"primary_metric_name: loss\n" \
	"primary_metric_goal: minimize\n"
#define LINEAR "  - {name: --x, expression: uniform, values: [0, 1]}\n"

/* A bayesian sweep of PARAMETERS, MORE after it: its findings. */
static struct hd_findings *findings_of(const char *parameters, const char *more)
{
	struct hd_findings *findings = hd_findings_new();
	struct hd_config *config = NULL;
	struct hd_error err = { 0 };
	char text[2048];

	assert_non_null(findings);
	snprintf(text, sizeof text,
		 "sampling:\n  type: bayesian\n  parameter_space:\n%s" METRIC
		 "%s",
		 parameters, more);
	if (hd_config_parse(&config, text, strlen(text), "t.yaml", NULL,
			    findings, &err) != 0)
		fail_msg("%s", err.text);
	hd_config_free(config);
	return findings;
}

/* The sweep has exactly one finding of SEVERITY with WORDS, or none: NULL. */
static void assert_finding(const char *parameters, const char *more,
			   enum hd_severity severity, const char *words)
{
	struct hd_findings *findings = findings_of(parameters, more);
	size_t count = hd_findings_count(findings, severity);
	bool found = false;

	for (size_t i = 0; i < hd_findings_kept(findings); i++) {
		const struct hd_finding *one = hd_findings_at(findings, i);

		if (one->severity == severity && words)
			found |= strstr(one->text, words) != NULL;
	}
	if (count != (words != NULL) || found != (words != NULL))
		fail_msg("%zu findings, expected '%s'", count,
			 words ? words : "none");
	hd_findings_free(findings);
}

static void hd_039_other_expressions_get_a_portability_note(void **state)
{
	(void)state;
	assert_finding("  - {name: --x, expression: loguniform, values: [-6, -1]}\n",
		       "max_total_runs: 40\n", HD_FINDING_PORTABILITY,
		       "bayesian with 'loguniform': Azure takes 'choice',"
		       " 'uniform' and 'quniform'");
	assert_finding("  - {name: --x, expression: normal, values: [0, 1]}\n",
		       "max_total_runs: 40\n", HD_FINDING_PORTABILITY,
		       "bayesian with 'normal'");
	assert_finding("  - {name: --x, expression: randint, values: [9]}\n",
		       "max_total_runs: 40\n", HD_FINDING_PORTABILITY,
		       "bayesian with 'randint'");
	assert_finding(LINEAR "  - {name: --y, expression: choice, values: [1, 2]}\n",
		       "max_total_runs: 40\n", HD_FINDING_PORTABILITY, NULL);
}

static void hd_040_fractional_or_fine_quniform_gets_a_note(void **state)
{
	(void)state;
	assert_finding("  - {name: --x, expression: quniform, values: [0.5, 9, 1]}\n",
		       "max_total_runs: 40\n", HD_FINDING_PORTABILITY,
		       "'--x': bayesian with fractional bounds");
	assert_finding("  - {name: --x, expression: quniform, values: [0, 100001, 1]}\n",
		       "max_total_runs: 40\n", HD_FINDING_PORTABILITY,
		       "100000");
	assert_finding("  - {name: --x, expression: quniform, values: [0, 100000, 1]}\n",
		       "max_total_runs: 40\n", HD_FINDING_PORTABILITY, NULL);
}

static void hd_041_a_policy_gets_a_note_and_none_does_not(void **state)
{
	(void)state;
	assert_finding(LINEAR,
		       "max_total_runs: 40\n"
		       "policy: {type: bandit, slack_factor: 0.1}\n",
		       HD_FINDING_PORTABILITY, "early termination");
	assert_finding(LINEAR,
		       "max_total_runs: 40\npolicy: {type: NoTerminationPolicy}\n",
		       HD_FINDING_PORTABILITY, NULL);
	assert_finding(LINEAR, "max_total_runs: 40\n", HD_FINDING_PORTABILITY,
		       NULL);
}

static void hd_042_too_few_runs_are_warned_of_with_the_figure(void **state)
{
	static const char two[] =
		LINEAR "  - {name: --y, expression: uniform, values: [0, 1]}\n";

	(void)state;
	assert_finding(two, "max_total_runs: 30\n", HD_FINDING_WARNING,
		       "at least 40");
	assert_finding(two, "max_total_runs: 40\n", HD_FINDING_WARNING, NULL);
}

static void hd_043_over_20_at_once_are_warned_of(void **state)
{
	(void)state;
	assert_finding(LINEAR,
		       "max_total_runs: 100\nmax_concurrent_runs: 21\n",
		       HD_FINDING_WARNING, "'max_concurrent_runs' is 21");
	assert_finding(LINEAR,
		       "max_total_runs: 100\nmax_concurrent_runs: 20\n",
		       HD_FINDING_WARNING, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			hd_039_other_expressions_get_a_portability_note),
		cmocka_unit_test(
			hd_040_fractional_or_fine_quniform_gets_a_note),
		cmocka_unit_test(hd_041_a_policy_gets_a_note_and_none_does_not),
		cmocka_unit_test(
			hd_042_too_few_runs_are_warned_of_with_the_figure),
		cmocka_unit_test(hd_043_over_20_at_once_are_warned_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
