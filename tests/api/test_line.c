/* line.h: a sweep in a few words. */
#include "api.h"

static void words_make_a_sweep(void **state)
{
	static const char *const params[] = { "lr=loguniform:-9:-2", "bs=16,32" };
	static const char *const slip[] = { "lr=logunifrom:-9:-2" };
	struct hd_findings *findings = hd_findings_new();
	struct hd_line_key key = { "max_total_runs", "7", "--max-trials" };
	struct hd_line line = API_ZERO;
	struct hd_config *config = NULL;
	struct hd_error err = API_ZERO;

	(void)state;
	line.size = sizeof line;
	line.params = params;
	line.param_count = 2;
	line.metric = "max:val:acc";
	line.keys = &key;
	line.key_count = 1;
	assert_int_equal(hd_config_line(&config, &line, NULL, findings, &err), 0);
	assert_string_equal(config->metric, "val:acc");
	assert_int_equal(config->goal, HD_MAXIMIZE);
	assert_int_equal(config->max_total, 7);
	assert_int_equal(hd_space_count(config->space), 2);
	assert_has(config->text, "expression: loguniform, values: [-9, -2]");
	hd_config_free(config);

	line.params = slip;
	line.param_count = 1;
	assert_int_equal(hd_config_line(&config, &line, NULL, findings, &err), HD_EINVAL);
	assert_null(config);
	assert_string_equal(hd_findings_at(findings, 0)->mark.file, "-p lr=logunifrom:-9:-2");
	hd_findings_free(findings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_make_a_sweep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
