/* config.h, runconfig.h, require.h, shape.h: what is read from text. */
#include "api.h"

#include <unistd.h>

static const char sweep_text[] =
	"sampling:\n"
	"  type: random\n"
	"  parameter_space:\n"
	"  - {name: --x, expression: uniform, values: [0, 1]}\n"
	"policy: {type: BanditPolicy, slack_factor: 0.1}\n"
	"primary_metric_name: acc\n"
	"primary_metric_goal: maximize\n"
	"max_total_runs: 4\n"
	"max_concurrent_runs: 2\n";

/* A file of its own in PATH, which ends in XXXXXX. */
static void file_write(char *path, const char *text)
{
	int file = mkstemp(path);

	assert_true(file >= 0);
	assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
	close(file);
}

static void sweeps_are_read_from_text_and_file(void **state)
{
	static const char *const sets[] = { "max_total_runs=7" };
	char path[] = "/tmp/hdrive-api-XXXXXX";
	struct hd_findings *findings = hd_findings_new();
	struct hd_config_load load = API_ZERO;
	struct hd_config *config = NULL;
	struct hd_error err = API_ZERO;

	(void)state;
	assert_int_equal(hd_config_parse(&config, sweep_text, sizeof sweep_text - 1, "a.yml", NULL,
					 findings, &err),
			 0);
	assert_string_equal(config->metric, "acc");
	assert_int_equal(config->max_total, 4);
	assert_string_equal(config->policy->name, "bandit");
	hd_config_free(config);

	file_write(path, sweep_text);
	load.size = sizeof load;
	load.sets = sets;
	load.set_count = 1;
	assert_int_equal(hd_config_open(&config, path, &load, findings, &err), 0);
	assert_int_equal(config->max_total, 7);
	hd_config_free(config);
	hd_config_free(NULL);
	unlink(path);
	assert_int_equal(hd_config_open(&config, path, &load, findings, &err), HD_ENOENT);
	assert_null(config);
	hd_findings_free(findings);
}

static void findings_are_reported_with_their_place(void **state)
{
	static const char text[] = "sampling: {type: randon}\n";
	struct hd_findings *findings = hd_findings_new();
	struct hd_config *config = NULL;
	struct hd_error err = API_ZERO;
	struct api_text report;
	struct hd_out out = api_out(&report);

	(void)state;
	assert_int_equal(hd_config_parse(&config, text, sizeof text - 1, "a.yml", NULL, findings,
					 &err),
			 HD_EINVAL);
	assert_null(config);
	assert_true(hd_findings_count(findings, HD_FINDING_ERROR) > 0);
	assert_int_equal(hd_report_findings(findings, HD_FORMAT_TEXT, &out, &err), 0);
	assert_has(report.text, "a.yml:1:18: ");
	assert_has(report.text, "got 'randon'");
	hd_findings_free(findings);
}

static int note_sample(void *user, size_t number, const struct hd_value *values)
{
	double *sum = (double *)user;

	assert_true(values[0].number >= 0 && values[0].number < 1);
	*sum += values[0].number;
	return number == 2 ? 77 : 0;
}

static void samples_are_drawn_without_a_sweep(void **state)
{
	struct hd_findings *findings = hd_findings_new();
	struct hd_config *config = NULL;
	double first = 0, again = 0;

	(void)state;
	assert_int_equal(hd_config_parse(&config, sweep_text, sizeof sweep_text - 1, "a.yml", NULL,
					 findings, NULL),
			 0);
	assert_int_equal(hd_config_sample(config, 5, 2, note_sample, &first, NULL), 0);
	assert_int_equal(hd_config_sample(config, 5, 2, note_sample, &again, NULL), 0);
	assert_true(first > 0 && first == again);
	assert_int_equal(hd_config_sample(config, 5, 9, note_sample, &again, NULL), 77);
	hd_config_free(config);
	hd_findings_free(findings);
}

static void files_are_found_by_the_end_of_their_names(void **state)
{
	struct hd_error err = API_ZERO;
	char *path = NULL;

	(void)state;
	assert_int_equal(hd_config_find(&path, "/dev/null/x", "/dev/null", &err), HD_ENOENT);
	assert_int_equal(hd_runconfig_find(&path, "none", "/dev", &err), HD_ENOENT);
	assert_null(path);
	assert_true(hd_runconfig_is_script("train.py", "/tmp"));
	assert_false(hd_runconfig_is_script("python", "/tmp"));
}

static void run_configurations_are_read(void **state)
{
	static const char text[] = "script: train.py\narguments: [--n, '3']\n";
	char path[] = "/tmp/hdrive-api-XXXXXX";
	struct hd_findings *findings = hd_findings_new();
	struct hd_runconfig *read = NULL;
	struct hd_error err = API_ZERO;

	(void)state;
	assert_int_equal(hd_runconfig_parse(&read, text, sizeof text - 1, "a", NULL, findings,
					    &err),
			 0);
	assert_string_equal(read->script, "train.py");
	assert_int_equal(read->argument_count, 2);
	assert_null(read->program);
	hd_runconfig_free(read);
	file_write(path, "script: [\n");
	assert_int_equal(hd_runconfig_open(&read, path, NULL, findings, &err), HD_EINVAL);
	assert_null(read);
	hd_runconfig_free(NULL);
	unlink(path);
	hd_findings_free(findings);
}

static void requirements_are_read_and_hold(void **state)
{
	struct hd_require require;
	struct hd_sweep_row row = API_ZERO;
	struct hd_error err = API_ZERO;
	double found = 0;

	(void)state;
	assert_int_equal(hd_require_read(&require, "best >= 0.9", &err), 0);
	assert_int_equal(require.op, HD_REQUIRE_AT_LEAST);
	row.best = 0.95;
	row.best_trial = 3;
	assert_true(hd_require_holds(&require, &row, &found));
	assert_same(found, 0.95);
	row.best_trial = -1;
	assert_false(hd_require_holds(&require, &row, NULL));
	assert_int_equal(hd_require_read(&require, "beast>=1", &err), HD_EINVAL);
}

static void json_takes_other_shapes(void **state)
{
	static const char text[] = "[{\"a\":1,\"b\":\"x\"},{\"a\":2,\"b\":\"y\"}]";
	struct hd_error err = API_ZERO;
	struct api_text report;
	struct hd_out out = api_out(&report);
	enum hd_shape shape;

	(void)state;
	assert_true(hd_shape_find("tsv", &shape));
	assert_int_equal(shape, HD_SHAPE_TSV);
	assert_false(hd_shape_find("xml", &shape));
	assert_int_equal(hd_shape_check("[].a", &err), 0);
	assert_int_equal(hd_shape_check("[", &err), HD_EINVAL);
	assert_int_equal(hd_shape_json(text, sizeof text - 1, "[].b", HD_SHAPE_TSV, &out, &err), 0);
	assert_string_equal(report.text, "x\ny\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sweeps_are_read_from_text_and_file),
		cmocka_unit_test(findings_are_reported_with_their_place),
		cmocka_unit_test(samples_are_drawn_without_a_sweep),
		cmocka_unit_test(files_are_found_by_the_end_of_their_names),
		cmocka_unit_test(run_configurations_are_read),
		cmocka_unit_test(requirements_are_read_and_hold),
		cmocka_unit_test(json_takes_other_shapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
