/* Tests of engine/config/ends.c: what is enough, in either kind of file. */
#include "check.h"

#include <hdrive/config.h>

#define V1(sampler)                                            \
	"sampling:\n"                                          \
	"  type: " sampler "\n"                                \
	"  parameter_space:\n"                                 \
	"  - {name: x, expression: uniform, values: [0, 1]}\n" \
	"primary_metric_name: acc\n"                           \
	"primary_metric_goal: maximize\n"                      \
	"max_total_runs: 8\n"

#define V2                                                   \
	"type: sweep\n"                                      \
	"trial: {command: \"echo ${{search_space.x}}\"}\n"   \
	"search_space:\n"                                    \
	"  x: {type: uniform, min_value: 0, max_value: 1}\n" \
	"sampling_algorithm: bayesian\n"                     \
	"objective: {primary_metric: acc, goal: maximize}\n" \
	"limits: {max_total_trials: 20}\n"

/* The config of BASE and MORE, changed by SET unless that is NULL. */
static struct hd_config *load(const char *base, const char *more,
			      const char *set)
{
	struct hd_findings *findings = hd_findings_new();
	const struct hd_config_load how = { .size = sizeof how,
					    .sets = &set,
					    .set_count = set != NULL };
	struct hd_config *config = NULL;
	char yaml[1024];

	assert_non_null(findings);
	snprintf(yaml, sizeof yaml, "%s%s", base, more);
	if (hd_config_parse(&config, yaml, strlen(yaml), "t.yaml", &how, findings,
			    NULL) < 0)
		fail_msg("%s", hd_findings_at(findings, 0)->text);
	hd_findings_free(findings);
	return config;
}

static void assert_none(const struct hd_end_when *when)
{
	assert_true(isnan(when->target));
	assert_true(when->patience == SIZE_MAX);
	assert_true(isinf(when->patience_time));
	assert_true(when->min_delta == 0);
	assert_true(when->improvement == 0);
}

static void without_it_nothing_is_enough(void **state)
{
	static const char *const files[][2] = {
		{ V1("random"), "" },
		{ V1("random"), "end_when:\n" },
		{ V1("random"), "end_when: {}\n" },
		{ V1("random"), "end_when: {target: , patience: null, improvement: }\n" },
		{ V2, "" },
		{ HD_CONFIG_ONCE, "" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(files); i++) {
		struct hd_config *config = load(files[i][0], files[i][1], NULL);

		assert_none(&config->end_when);
		hd_config_free(config);
	}
}

static void every_key_is_read_in_either_file(void **state)
{
	static const char more[] =
		"end_when:\n  target: -0.5\n  patience: 50\n"
		"  patience_minutes: 1.5\n  min_delta: 1e-3\n  improvement: 1e-4\n";
	static const char *const bases[] = { V1("bayesian"), V1("auto"), V2 };

	(void)state;
	for (size_t i = 0; i < ROWS(bases); i++) {
		struct hd_config *config = load(bases[i], more, NULL);
		const struct hd_end_when *when = &config->end_when;

		assert_true(when->target == -0.5);
		assert_int_equal(when->patience, 50);
		assert_true(when->patience_time == 90);
		assert_true(when->min_delta == 1e-3);
		assert_true(when->improvement == 1e-4);
		hd_config_free(config);
	}
}

/* As a resume stores it, whatever the file has. */
static void a_set_makes_changes_and_takes_away(void **state)
{
	struct hd_config *config = load(V1("random"), "", "end_when.target=0.9");

	(void)state;
	assert_true(config->end_when.target == 0.9);
	hd_config_free(config);
	config = load(V2, "end_when: {target: 1}\n", "end_when.patience=4");
	assert_true(config->end_when.target == 1);
	assert_int_equal(config->end_when.patience, 4);
	hd_config_free(config);
	config = load(V2, "end_when: {target: 1}\n", "end_when.target=");
	assert_none(&config->end_when);
	hd_config_free(config);
	config = load(V2, "end_when: {target: 1}\n", "end_when=");
	assert_none(&config->end_when);
	hd_config_free(config);
}

static void it_is_said_to_be_hdrives_own(void **state)
{
	struct hd_findings *findings = hd_findings_new();
	struct hd_config *config = NULL;
	const char *text = V2 "end_when: {min_delta: 1}\n";

	(void)state;
	assert_int_equal(hd_config_parse(&config, text, strlen(text), "t.yaml",
					 NULL, findings, NULL),
			 0);
	assert_int_equal(hd_findings_count(findings, HD_FINDING_PORTABILITY), 1);
	/* And what alone does nothing. */
	assert_int_equal(hd_findings_count(findings, HD_FINDING_WARNING), 1);
	hd_config_free(config);
	hd_findings_free(findings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_it_nothing_is_enough),
		cmocka_unit_test(every_key_is_read_in_either_file),
		cmocka_unit_test(a_set_makes_changes_and_takes_away),
		cmocka_unit_test(it_is_said_to_be_hdrives_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
