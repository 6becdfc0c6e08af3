/* Tests of engine/base/number.c. */
#include "check.h"

#include "base/number.h"

#include <float.h>

static void shortest_text_that_reads_back(void **state)
{
	static const struct {
		double value;
		const char *text;
	} rows[] = {
		{ 0, "0" },
		{ -0.0, "-0" },
		{ 1, "1" },
		{ -1, "-1" },
		{ 64, "64" },
		{ 0.1, "0.1" },
		{ 1e-5, "1e-5" },
		{ 0.0001, "0.0001" },
		{ 123456789, "123456789" },
		{ 1e15, "1000000000000000" },
		{ 1e16, "1e16" },
		{ 1.5e300, "1.5e300" },
		{ 0.1 + 0.2, "0.30000000000000004" },
		{ 1 / 3.0, "0.3333333333333333" },
		{ DBL_MAX, "1.7976931348623157e308" },
		{ 5e-324, "5e-324" },
		{ NAN, "nan" },
		{ INFINITY, "inf" },
		{ -INFINITY, "-inf" },
	};
	char text[HD_NUMBER_TEXT];

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		assert_int_equal(hd_number_write(rows[i].value, text),
				 strlen(rows[i].text));
		assert_string_equal(text, rows[i].text);
	}
}

static void random_doubles_survive_a_round_trip(void **state)
{
	uint64_t bits = 88172645463325252u;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		char text[HD_NUMBER_TEXT];
		double value, back;
		size_t length;

		bits ^= bits << 13;
		bits ^= bits >> 7;
		bits ^= bits << 17;
		memcpy(&value, &bits, sizeof value);
		if (!isfinite(value))
			continue;
		length = hd_number_write(value, text);
		assert_true(length < HD_NUMBER_TEXT);
		assert_true(hd_number_read(text, length, &back));
		assert_memory_equal(&back, &value, sizeof value);
	}
}

static void reads_numbers_and_nothing_else(void **state)
{
	static const char *const good[] = { "1", "-1", "+1.5", ".5", "5.", "1e5",
					    "1E-5", "nan", "-Inf", "infinity" };
	static const char *const bad[] = { "", "-", ".", "1e", "1.2.3", "0x10",
					   "1 ", " 1", "nano", "1e+", "--1", "1,5" };
	double value;

	(void)state;
	for (size_t i = 0; i < ROWS(good); i++)
		assert_true(hd_number_read(good[i], strlen(good[i]), &value));
	for (size_t i = 0; i < ROWS(bad); i++)
		assert_false(hd_number_read(bad[i], strlen(bad[i]), &value));
}

static void integers_stop_at_their_ends(void **state)
{
	int64_t value;

	(void)state;
	assert_true(hd_number_read_integer("9223372036854775807", 19, &value));
	assert_true(value == INT64_MAX);
	assert_true(hd_number_read_integer("-9223372036854775808", 20, &value));
	assert_true(value == INT64_MIN);
	assert_false(hd_number_read_integer("9223372036854775808", 19, &value));
	assert_false(hd_number_read_integer("-9223372036854775809", 20, &value));
	assert_false(hd_number_read_integer("", 0, &value));
	assert_false(hd_number_read_integer("1.0", 3, &value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shortest_text_that_reads_back),
		cmocka_unit_test(random_doubles_survive_a_round_trip),
		cmocka_unit_test(reads_numbers_and_nothing_else),
		cmocka_unit_test(integers_stop_at_their_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
