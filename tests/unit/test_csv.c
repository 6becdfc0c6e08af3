/* Tests of engine/exchange/csv.c and cell.c: what is written is read back. */
#include "check.h"

#include "exchange/cell.h"
#include "exchange/csv.h"

#include <math.h>

struct text {
	const char *bytes;
	size_t length, at, step;
};

static ptrdiff_t text_read(void *user, char *to, size_t size)
{
	struct text *text = user;
	size_t count = text->length - text->at;

	if (count > text->step)
		count = text->step;
	if (count > size)
		count = size;
	memcpy(to, text->bytes + text->at, count);
	text->at += count;
	return (ptrdiff_t)count;
}

/* The records of BYTES as "line:column text|line:column text" lines, or ERROR. */
static void check_text(const char *bytes, size_t length, const char *expected)
{
	for (size_t step = 1; step <= 64; step *= 4) {
		struct text text = { bytes, length, 0, step };
		struct hd_csv *csv = malloc(sizeof *csv);
		struct hd_buf got = HD_BUF_INIT;
		struct hd_error err = { 0 };
		int rc;

		assert_non_null(csv);
		hd_csv_init(csv, "t.csv", text_read, &text);
		while ((rc = hd_csv_next(csv, &err)) > 0) {
			for (size_t i = 0; i < csv->count; i++)
				hd_buf_printf(&got, "%s%zu:%zu %s", i ? "|" : "",
					      csv->fields[i].mark.line,
					      csv->fields[i].mark.column, csv->fields[i].text);
			hd_buf_putc(&got, '\n');
		}
		if (rc < 0)
			hd_buf_puts(&got, err.text);
		assert_string_equal(hd_buf_text(&got), expected);
		hd_buf_release(&got);
		hd_csv_release(csv);
		free(csv);
	}
}

static void check(const char *text, const char *expected)
{
	check_text(text, strlen(text), expected);
}

static void fields_know_where_they_stand(void **state)
{
	(void)state;
	check("a,b\n1,2\n", "1:1 a|1:3 b\n2:1 1|2:3 2\n");
	check("a,,\n\n\r\n\"\",b,c", "1:1 a|1:3 |1:4 \n4:1 |4:4 b|4:6 c\n");
	check("\xef\xbb\xbf\xc3\xa9\xc3\xa9,b\r1,2", "1:1 \xc3\xa9\xc3\xa9|1:4 b\n2:1 1|2:3 2\n");
	check("\"a\"\"b\",\"x,y\"\r\n", "1:1 a\"b|1:8 x,y\n");
	check("\"a\nb\r\nc\",d\ne", "1:1 a\nb\r\nc|3:4 d\n4:1 e\n");
	check("", "");
	check("\n\r\n", "");
}

static void wrong_text_is_said_with_its_place(void **state)
{
	(void)state;
	check("a,b\n1,\"2\n3\n", "1:1 a|1:3 b\n"
				 "t.csv:2:3: the quote that opens here is never closed");
	check("\"a\"b", "t.csv:1:4: a comma or the line's end must follow the closing quote");
	check("ab,c\"d", "t.csv:1:5: a quote within a field that does not begin with one");
	check("a\n\xff\n", "1:1 a\nt.csv:2:1: this is not UTF-8");
	check_text("a\nb\0c", 5, "1:1 a\nt.csv:2:2: a NUL byte: this is no text");
}

/* Reads as many bytes of 'x' as are asked for. */
static ptrdiff_t endless(void *user, char *to, size_t size)
{
	bool *begun = user;

	memset(to, 'x', size);
	if (!*begun)
		*to = '"';
	*begun = true;
	return (ptrdiff_t)size;
}

static void endless_fields_take_no_memory(void **state)
{
	struct hd_csv *csv = malloc(sizeof *csv);
	struct hd_error err = { 0 };
	bool begun = false;

	(void)state;
	assert_non_null(csv);
	hd_csv_init(csv, "t.csv", endless, &begun);
	assert_int_equal(hd_csv_next(csv, &err), HD_ELIMIT);
	assert_string_equal(err.text, "t.csv:1:1: the record is longer than 16 MiB here: is a "
				      "quote not closed?");
	hd_csv_release(csv);
	free(csv);
}

static struct hd_value words(const char *text)
{
	return (struct hd_value){ .kind = HD_VALUE_TEXT, .text = text, .length = strlen(text) };
}

/* VALUE is written as CELL, which CSV may quote, and comes back. */
static void check_cell(struct hd_value value, const char *cell)
{
	struct hd_arena *arena = hd_arena_new();
	struct hd_buf buf = HD_BUF_INIT;
	struct hd_csv *csv = malloc(sizeof *csv);
	struct text text;
	struct hd_value back;

	assert_non_null(arena);
	assert_non_null(csv);
	hd_cell_write(&buf, &value);
	assert_string_equal(hd_buf_text(&buf), cell);
	text = (struct text){ hd_buf_text(&buf), buf.length, 0, 64 };
	hd_csv_init(csv, "t.csv", text_read, &text);
	assert_int_equal(hd_csv_next(csv, NULL), 1);
	assert_int_equal(csv->count, 1);
	assert_int_equal(hd_cell_read(csv->fields[0].text, csv->fields[0].length, arena, &back), 0);
	assert_int_equal(back.kind, value.kind);
	assert_true(hd_value_equal(&back, &value));
	hd_csv_release(csv);
	free(csv);
	hd_buf_release(&buf);
	hd_arena_free(arena);
}

static void values_come_back_with_their_kinds(void **state)
{
	static const char *const texts[][2] = {
		{ "adam", "adam" },
		{ "a, b", "\"a, b\"" },
		{ "it's", "it's" },
		{ "1", "\"\"\"1\"\"\"" },
		{ "007", "007" },
		{ "1e5x", "1e5x" },
		{ "true", "\"\"\"true\"\"\"" },
		{ "True", "True" },
		{ "null", "\"\"\"null\"\"\"" },
		{ "nan", "\"\"\"nan\"\"\"" },
		{ "", "\"\"\"\"\"\"" },
		{ "\"", "\"\"\"\\\"\"\"\"\"" },
		{ "[1", "\"\"\"[1\"\"\"" },
		{ "a\nb", "\"a\nb\"" },
		{ " a ", "\" a \"" },
		{ "\xc3\xa9", "\xc3\xa9" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		check_cell(words(texts[i][0]), texts[i][1]);
	check_cell((struct hd_value){ .kind = HD_VALUE_REAL, .number = 0.1 }, "0.1");
	check_cell((struct hd_value){ .kind = HD_VALUE_REAL, .number = 1e-300 }, "1e-300");
	check_cell((struct hd_value){ .kind = HD_VALUE_REAL, .number = 4e22 }, "4e22");
	check_cell((struct hd_value){ .kind = HD_VALUE_INTEGER,
				      .number = -9e18,
				      .integer = -9000000000000000000 },
		   "-9000000000000000000");
	check_cell((struct hd_value){ .kind = HD_VALUE_BOOL, .number = 1, .integer = 1 }, "true");
	check_cell((struct hd_value){ .kind = HD_VALUE_NULL }, "null");
	check_cell(
		(struct hd_value){ .kind = HD_VALUE_JSON, .text = "[1,{\"a\":2}]", .length = 11 },
		"\"[1,{\"\"a\"\":2}]\"");
}

static void metrics_are_numbers_or_texts(void **state)
{
	struct hd_arena *arena = hd_arena_new();
	struct hd_value value;
	double number;

	(void)state;
	assert_int_equal(hd_cell_read("-inf", 4, arena, &value), 0);
	assert_true(hd_cell_metric(&value, &number) && number == -INFINITY);
	assert_int_equal(hd_cell_read("NaN", 3, arena, &value), 0);
	assert_true(hd_cell_metric(&value, &number) && isnan(number));
	assert_int_equal(hd_cell_read("\"nan\"", 5, arena, &value), 0);
	assert_false(hd_cell_metric(&value, &number));
	assert_int_equal(hd_cell_read("good", 4, arena, &value), 0);
	assert_false(hd_cell_metric(&value, &number));
	hd_arena_free(arena);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_know_where_they_stand),
		cmocka_unit_test(wrong_text_is_said_with_its_place),
		cmocka_unit_test(endless_fields_take_no_memory),
		cmocka_unit_test(values_come_back_with_their_kinds),
		cmocka_unit_test(metrics_are_numbers_or_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
