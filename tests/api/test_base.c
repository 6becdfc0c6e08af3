/* error.h, option.h, rng.h, metrics.h, version.h and the texts of report.h. */
#include "api.h"

#include <errno.h>
#include <unistd.h>

static void errors_carry_a_code_and_a_line(void **state)
{
	struct hd_error err = API_ZERO;
	struct hd_mark mark = API_ZERO;

	(void)state;
	mark.file = "a.yml";
	mark.line = 3;
	mark.column = 7;
	assert_string_equal(hd_code_name(HD_ENOMEM), "HD_ENOMEM");
	assert_string_equal(hd_code_name(77), "HD_?");
	assert_int_equal(hd_error_set(&err, HD_EINVAL, "no '%s'", "x"), HD_EINVAL);
	assert_int_equal(err.code, HD_EINVAL);
	assert_string_equal(err.text, "no 'x'");
	assert_int_equal(hd_error_at(&err, &mark, HD_ELIMIT, "too %s", "deep"), HD_ELIMIT);
	assert_string_equal(err.text, "a.yml:3:7: too deep");
	assert_int_equal(hd_error_nomem(&err), HD_ENOMEM);
	assert_int_equal(hd_error_errno(&err, ENOENT, "cannot open '%s'", "x"), HD_ENOENT);
	assert_has(err.text, "cannot open 'x': ");
	/* Without a place for the text the code alone tells. */
	assert_int_equal(hd_error_set(NULL, HD_EBUSY, "busy"), HD_EBUSY);
	assert_int_equal(hd_error_nomem(NULL), HD_ENOMEM);
}

static void findings_come_in_file_order(void **state)
{
	struct hd_findings *findings = hd_findings_new();
	struct hd_mark mark = API_ZERO;

	(void)state;
	assert_non_null(findings);
	mark.line = 9;
	assert_int_equal(hd_findings_add(findings, HD_FINDING_WARNING, &mark, NULL, "late"), 0);
	mark.line = 2;
	assert_int_equal(hd_findings_add(findings, HD_FINDING_ERROR, &mark, "a: b", "%s", "early"),
			 0);
	assert_int_equal(hd_findings_count(findings, HD_FINDING_ERROR), 1);
	assert_int_equal(hd_findings_count(findings, HD_FINDING_PORTABILITY), 0);
	assert_int_equal(hd_findings_kept(findings), 2);
	assert_string_equal(hd_findings_at(findings, 0)->text, "early");
	assert_string_equal(hd_findings_at(findings, 0)->excerpt, "a: b");
	assert_int_equal(hd_findings_at(findings, 1)->mark.line, 9);
	hd_findings_free(findings);
	hd_findings_free(NULL);
}

static void words_that_are_near_are_found(void **state)
{
	static const char *const words[] = { "uniform", "loguniform" };

	(void)state;
	assert_ptr_equal(hd_suggest("logunifrom", words, 2), words[1]);
	assert_null(hd_suggest("choice", words, 2));
}

struct fields {
	double slack;
	size_t window;
	bool sure;
	size_t word;
	const char *text;
	const char *const *texts;
};

static void option_rows_read_and_write_fields(void **state)
{
	static const char *const words[] = { "soft", "hard", NULL };
	struct hd_option rows[7] = API_ZERO;
	struct fields fields = API_ZERO;

	(void)state;
	rows[0].name = "slack";
	rows[0].type = HD_OPTION_TYPE_DOUBLE;
	rows[0].offset = offsetof(struct fields, slack);
	rows[0].fallback = NAN;
	rows[1].name = "window";
	rows[1].type = HD_OPTION_TYPE_SIZE;
	rows[1].offset = offsetof(struct fields, window);
	rows[1].fallback = 5;
	rows[2].name = "sure";
	rows[2].type = HD_OPTION_TYPE_BOOL;
	rows[2].offset = offsetof(struct fields, sure);
	rows[3].name = "word";
	rows[3].type = HD_OPTION_TYPE_WORD;
	rows[3].offset = offsetof(struct fields, word);
	rows[3].words = words;
	rows[4].name = "text";
	rows[4].type = HD_OPTION_TYPE_TEXT;
	rows[4].offset = offsetof(struct fields, text);
	rows[5].name = "texts";
	rows[5].type = HD_OPTION_TYPE_TEXTS;
	rows[5].offset = offsetof(struct fields, texts);
	fields.text = "of before";
	hd_option_defaults(rows, &fields);
	assert_true(isnan(fields.slack));
	assert_int_equal(fields.window, 5);
	hd_option_store(hd_option_find(rows, "slack"), &fields, 0.25);
	hd_option_store(hd_option_find(rows, "sure"), &fields, 1);
	assert_same(fields.slack, 0.25);
	assert_true(fields.sure);
	assert_same(hd_option_load(&rows[1], &fields), 5);
	assert_same(hd_option_word(&rows[3], "HARD"), 1);
	assert_same(hd_option_word(&rows[3], "mild"), -1);
	assert_null(fields.text);
	hd_option_store_text(&rows[4], &fields, "a text");
	hd_option_store_texts(&rows[5], &fields, words);
	hd_option_store_text(&rows[3], &fields, "no text's");
	assert_string_equal(fields.text, "a text");
	assert_ptr_equal(fields.texts, words);
	assert_same((double)fields.word, 0);
	assert_true(isnan(hd_option_load(&rows[4], &fields)));
	assert_null(hd_option_find(rows, "other"));
	assert_null(hd_option_find(NULL, "slack"));
	hd_option_defaults(NULL, NULL);
}

static void random_numbers_depend_on_seed_and_trial_alone(void **state)
{
	struct hd_rng rng, again, stream;
	bool met[7] = API_ZERO;

	(void)state;
	hd_rng_init(&rng, 7, 3);
	hd_rng_init(&again, 7, 3);
	assert_int_equal(hd_rng_word(&rng), hd_rng_word(&again));
	stream = hd_rng_stream(&rng, 1);
	again = hd_rng_stream(&again, 1);
	for (int i = 0; i < 100; i++) {
		double u = hd_rng_uniform(&stream);

		assert_true(u > 0 && u < 1);
		assert_same(u, hd_rng_uniform(&again));
		assert_true(hd_rng_below(&stream, 6) < 6);
		(void)hd_rng_below(&again, 6);
	}
	for (uint64_t i = 0; i < 7; i++)
		met[hd_rng_permute(5, i, 7)] = true;
	for (int i = 0; i < 7; i++)
		assert_true(met[i]);
}

static int note_metric(void *user, const struct hd_metric *metric)
{
	double *sum = (double *)user;

	*sum += metric->value;
	return metric->value > 100 ? HD_ELIMIT : 0;
}

static void metrics_are_found_in_lines_and_appended(void **state)
{
	static const char *const bad[] = { "(?<name>x)" };
	char path[] = "/tmp/hdrive-api-XXXXXX";
	struct hd_metric_rules *rules = NULL;
	struct hd_error err = API_ZERO;
	double sum = 0;
	int file = mkstemp(path);

	(void)state;
	assert_true(file >= 0);
	close(file);
	assert_int_equal(hd_metric_rules_new(&rules, bad, 1, &err), HD_EINVAL);
	assert_has(err.text, "value");
	assert_int_equal(hd_metric_rules_new(&rules, NULL, 0, &err), 0);
	assert_int_equal(hd_metric_rules_primary(rules, "my loss"), 0);
	assert_int_equal(hd_metric_scan_line(rules, NULL, "my loss: 4", 10, 1, note_metric, &sum),
			 0);
	assert_same(sum, 4);
	assert_int_equal(hd_metric_scan_line(rules, NULL, "a=101", 5, 2, note_metric, &sum),
			 HD_ELIMIT);
	assert_int_equal(hd_metric_rules_skipped(rules), 0);
	assert_int_equal(hd_metric_append(path, "acc", 0.5, true, 3, &err), 0);
	assert_int_equal(hd_metric_append(path, "a\nb", 0.5, false, 0, &err), HD_EINVAL);
	sum = 0;
	assert_int_equal(hd_metric_scan_file(rules, path, note_metric, &sum, &err), 0);
	assert_int_equal(hd_metric_scan_file(rules, "/none/here", note_metric, &sum, &err),
			 HD_ENOENT);
	hd_metric_rules_free(rules);
	hd_metric_rules_free(NULL);
	unlink(path);
}

static void texts_are_short_and_safe(void **state)
{
	char text[32];
	struct api_text report;
	struct hd_out out = api_out(&report);

	(void)state;
	assert_string_equal(hd_number_text(0.1, text, sizeof text), "0.1");
	assert_string_equal(hd_duration_text(310, text, sizeof text), "5m10s");
	assert_string_equal(hd_bytes_text(412 * 1024, text, sizeof text), "412 KiB");
	assert_string_equal(hd_plain_text("a\033b", text, sizeof text), "a\\x1bb");
	assert_int_equal(hd_report_json_text("a\"b", 3, &out), 0);
	assert_int_equal(hd_report_plain_text("\n\a", 2, true, &out), 0);
	assert_string_equal(report.text, "\"a\\\"b\"\n\\x07");
}

static void headers_and_library_are_of_one_version(void **state)
{
	(void)state;
	assert_string_equal(hd_version(), HD_VERSION);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_carry_a_code_and_a_line),
		cmocka_unit_test(findings_come_in_file_order),
		cmocka_unit_test(words_that_are_near_are_found),
		cmocka_unit_test(option_rows_read_and_write_fields),
		cmocka_unit_test(random_numbers_depend_on_seed_and_trial_alone),
		cmocka_unit_test(metrics_are_found_in_lines_and_appended),
		cmocka_unit_test(texts_are_short_and_safe),
		cmocka_unit_test(headers_and_library_are_of_one_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
