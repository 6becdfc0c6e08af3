/* Text for reports: durations, and strings that no terminal may obey. */
#include "check.h"

#include <hdrive.h>

static void durations_change_units_where_a_person_would(void **state)
{
	static const struct {
		double seconds;
		const char *text;
	} rows[] = {
		{ 0, "0 s" },
		{ 0.04, "0 s" },
		{ 0.6, "0.6 s" },
		{ 3, "3 s" },
		{ 9.94, "9.9 s" },
		{ 9.96, "10 s" },
		{ 59.4, "59 s" },
		{ 59.6, "1m00s" },
		{ 310, "5m10s" },
		{ 3599.7, "1h00m" },
		{ 7380, "2h03m" },
		{ 172800, "2d00h" },
		{ INFINITY, "no limit" },
		{ NAN, "?" },
		{ -1, "?" },
	};
	char text[40];

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		assert_string_equal(hd_duration_text(rows[i].seconds, text,
						     sizeof text),
				    rows[i].text);
}

static void plain_text_has_nothing_a_terminal_obeys(void **state)
{
	static const struct {
		const char *from;
		const char *text;
	} rows[] = {
		{ "as it is", "as it is" },
		{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
		{ "\x1b[2J", "\\x1b[2J" },
		{ "a\nb\tc\rd\x7f", "a\\x0ab\\x09c\\x0dd\\x7f" },
		/* C1 controls in UTF-8, a lone lead byte, an overlong form. */
		{ "\xc2\x9b!", "\\xc2\\x9b!" },
		{ "\xe2\x82", "\\xe2\\x82" },
		{ "\xc0\xaf", "\\xc0\\xaf" },
		/* A mark that turns the direction of what follows. */
		{ "\xe2\x80\xae!", "\\xe2\\x80\\xae!" },
		{ "\xd8\x9c!", "\\xd8\\x9c!" },
		/* What is not seen: joins words, begins a file. */
		{ "\xe2\x81\xa0!", "\\xe2\\x81\\xa0!" },
		{ "\xef\xbb\xbf!", "\\xef\\xbb\\xbf!" },
		{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		assert_string_equal(hd_plain_text(rows[i].from, text,
						  sizeof text),
				    rows[i].text);
}

static void plain_text_is_cut_at_its_size(void **state)
{
	char text[5];

	(void)state;
	assert_string_equal(hd_plain_text("abcdefgh", text, sizeof text), "abcd");
}

static void engine_of_this_process_lives_and_of_another_start_does_not(void **state)
{
	struct hd_sweep_row row = { .engine_pid = 0 };

	(void)state;
	assert_true(hd_report_engine_is_alive(&row));
	/* Process 1 started at boot, never at this tick. */
	row.engine_pid = 1;
	row.engine_start = INT64_MAX;
	assert_false(hd_report_engine_is_alive(&row));
	row.engine_pid = INT32_MAX;
	assert_false(hd_report_engine_is_alive(&row));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations_change_units_where_a_person_would),
		cmocka_unit_test(plain_text_has_nothing_a_terminal_obeys),
		cmocka_unit_test(plain_text_is_cut_at_its_size),
		cmocka_unit_test(engine_of_this_process_lives_and_of_another_start_does_not),
	};

	return cmocka_run_group_tests_name("report text", tests, NULL, NULL);
}
