/* Tests of the pure parts of engine/screen: text, curves, order, layout, tails. */
#include "check.h"

#include "screen/layout.h"
#include "screen/order.h"
#include "screen/spark.h"
#include "screen/tail.h"
#include "screen/text.h"

#include <locale.h>
#include <unistd.h>

/* --- text ----------------------------------------------------------------- */

static void fits(const char *from, size_t columns, bool utf8, const char *want, size_t used)
{
	char out[SCREEN_LINE];

	assert_int_equal(screen_fit(out, sizeof out, from, strlen(from), columns, utf8), used);
	assert_string_equal(out, want);
	assert_int_equal(screen_columns(out, utf8), used);
}

static void text_is_cut_at_a_column(void **state)
{
	(void)state;
	fits("abc", 3, true, "abc", 3);
	fits("abcd", 3, true, "ab\xe2\x80\xa6", 3);
	fits("abcd", 3, false, "ab~", 3);
	fits("a\tb\nc", 9, true, "a b c", 5);
	fits("abc", 0, true, "", 0);
	fits("", 4, true, "", 0);
}

static void wide_and_combining_characters_count_as_they_are_shown(void **state)
{
	(void)state;
	/* Two ideographs, of two columns each; an e with its accent apart. */
	fits("\xe6\xb7\xb1\xe5\xb1\xa4", 4, true, "\xe6\xb7\xb1\xe5\xb1\xa4", 4);
	fits("\xe6\xb7\xb1\xe5\xb1\xa4", 3, true, "\xe6\xb7\xb1\xe2\x80\xa6", 3);
	fits("e\xcc\x81x", 2, true, "e\xcc\x81x", 2);
	fits("\xe6\xb7\xb1z", 9, false, "?z", 2);
}

static void what_a_terminal_could_obey_is_shown_as_text(void **state)
{
	(void)state;
	fits("\x1b[31m", 40, true, "\\x1b[31m", 8);
	fits("\x1b]0;t\x07", 40, false, "\\x1b]0;t\\x07", 12);
	fits("a\xff\xc2\x9b", 40, true, "a\\xff\\xc2\\x9b", 13);
	fits("\xe2\x80\xae", 40, true, "\\xe2\\x80\\xae", 12);
}

static void a_text_without_end_costs_what_is_shown(void **state)
{
	char out[SCREEN_LINE], *text = malloc(1 << 20);

	(void)state;
	memset(text, 'x', 1 << 20);
	assert_int_equal(screen_fit(out, sizeof out, text, 1 << 20, 10, true), 10);
	assert_string_equal(out, "xxxxxxxxx\xe2\x80\xa6");
	/* More columns than bytes that there is room for. */
	assert_true(screen_fit(out, 16, text, 1 << 20, 500, true) < 16);
	assert_true(strlen(out) < 16);
	free(text);
}

static void values_are_short(void **state)
{
	char text[32];

	(void)state;
	assert_string_equal(screen_value(0.93123456, text, sizeof text), "0.931235");
	assert_string_equal(screen_value(64, text, sizeof text), "64");
	assert_string_equal(screen_value(NAN, text, sizeof text), "-");
	assert_string_equal(screen_value(-INFINITY, text, sizeof text), "-inf");
}

/* --- curves --------------------------------------------------------------- */

static void spark_is(const double *values, size_t count, size_t width, const char *want)
{
	char out[256];

	assert_true(screen_spark(out, values, count, width, false) <= width);
	assert_string_equal(out, want);
}

static void a_curve_rises_with_its_values(void **state)
{
	static const double rising[] = { 0, 1, 2, 3, 4, 5, 6, 7 };
	static const double same[] = { 5, 5, 5 };
	static const double holes[] = { 0, NAN, INFINITY, 7 };
	static const double huge[] = { -1.7e308, 1.7e308 };
	char out[256];

	(void)state;
	spark_is(rising, 8, 8, "_.:-=+*#");
	spark_is(rising, 8, 20, "_.:-=+*#");
	spark_is(rising, 8, 4, "_:+#");
	spark_is(same, 3, 3, "===");
	spark_is(holes, 4, 4, "_  #");
	spark_is(huge, 2, 2, "_#");
	spark_is(rising, 0, 4, "");
	spark_is(rising, 8, 0, "");
	assert_int_equal(screen_spark(out, rising, 8, 8, true), 8);
	assert_string_equal(out, "\xe2\x96\x81\xe2\x96\x82\xe2\x96\x83\xe2\x96\x84"
				 "\xe2\x96\x85\xe2\x96\x86\xe2\x96\x87\xe2\x96\x88");
}

static void cell_is(const struct screen_canvas *canvas, size_t column, size_t row, bool utf8,
		    const char *want)
{
	char text[4];

	screen_canvas_cell(canvas, column, row, utf8, text);
	assert_string_equal(text, want);
}

static void dots_are_braille(void **state)
{
	struct screen_canvas canvas;

	(void)state;
	assert_true(screen_canvas_open(&canvas, 2, 2));
	cell_is(&canvas, 0, 0, true, " ");
	screen_canvas_dot(&canvas, 0, 1, SCREEN_INK_POINT);
	cell_is(&canvas, 0, 0, true, "\xe2\xa0\x81");
	cell_is(&canvas, 0, 0, false, "'");
	screen_canvas_dot(&canvas, 1, 0, SCREEN_INK_BAD);
	cell_is(&canvas, 1, 1, true, "\xe2\xa2\x80");
	cell_is(&canvas, 1, 1, false, ".");
	/* What lies outside, or nowhere, is left out. */
	screen_canvas_dot(&canvas, 1.01, 0, SCREEN_INK_POINT);
	screen_canvas_dot(&canvas, NAN, NAN, SCREEN_INK_POINT);
	cell_is(&canvas, 1, 0, true, " ");
	screen_canvas_step(&canvas, 0, 0, 1, 1, SCREEN_INK_LINE);
	cell_is(&canvas, 0, 1, true, "\xe2\xa3\x80");
	cell_is(&canvas, 1, 0, true, "\xe2\xa2\xb8");
	assert_int_equal(canvas.ink[3], SCREEN_INK_LINE);
	screen_canvas_close(&canvas);
}

/* --- order ---------------------------------------------------------------- */

#define SECOND INT64_C(1000000)

static const struct hd_live_trial trials[] = {
	{ .number = 0,
	  .state = HD_TRIAL_COMPLETED,
	  .value = 0.5,
	  .started = 1,
	  .ended = 1 + 9 * SECOND },
	{ .number = 1,
	  .state = HD_TRIAL_FAILED,
	  .value = NAN,
	  .started = 1,
	  .ended = 1 + 2 * SECOND },
	{ .number = 2, .state = HD_TRIAL_RUNNING, .value = 0.9, .started = 1 },
	{ .number = 3, .state = HD_TRIAL_QUEUED, .value = NAN },
	{ .number = 4,
	  .state = HD_TRIAL_CANCELED,
	  .end = HD_END_PAUSED,
	  .value = 0.5,
	  .started = 1,
	  .ended = 1 + SECOND },
	{ .number = 5,
	  .state = HD_TRIAL_CANCELED,
	  .end = HD_END_POLICY,
	  .value = 0.1,
	  .started = 1,
	  .ended = 1 + 3 * SECOND },
};

static const struct hd_live_trial *at(const void *rows, size_t index)
{
	return (const struct hd_live_trial *)rows + index;
}

static void order_is(const struct screen_order *order, const char *want)
{
	size_t indices[ROWS(trials)], found;
	char text[32] = "";

	assert_true(screen_order(order, trials, ROWS(trials), at, indices, &found));
	for (size_t i = 0; i < found; i++)
		snprintf(text + i, sizeof text - i, "%zu", indices[i]);
	assert_string_equal(text, want);
}

static void who_has_nothing_to_be_sorted_by_stands_last(void **state)
{
	struct screen_order order = { .goal = HD_MAXIMIZE, .now = 1 + 5 * SECOND };

	(void)state;
	order_is(&order, "012345");
	order.reverse = true;
	order_is(&order, "543210");
	order.sort = SCREEN_SORT_VALUE;
	order_is(&order, "504213");
	order.reverse = false;
	order_is(&order, "204513");
	order.goal = HD_MINIMIZE;
	order_is(&order, "504213");
	order.sort = SCREEN_SORT_TIME;
	order_is(&order, "025143");
	order.sort = SCREEN_SORT_STATE;
	order_is(&order, "234150");
}

static bool is_odd(void *user, const struct hd_live_trial *trial)
{
	++*(size_t *)user;
	return trial->number % 2;
}

static void filters_and_searches_leave_out(void **state)
{
	size_t asked = 0;
	struct screen_order order = { .filter = SCREEN_FILTER_RUNNING };

	(void)state;
	order_is(&order, "23");
	order.filter = SCREEN_FILTER_FAILED;
	order_is(&order, "1");
	order.match = is_odd;
	order.user = &asked;
	order_is(&order, "1");
	/* Only of those that the filter left. */
	assert_int_equal(asked, 1);
	order.filter = SCREEN_FILTER_ALL;
	order_is(&order, "135");
}

/* --- layout --------------------------------------------------------------- */

/* No part lies over another, and none outside. */
static void layout_is_sound(size_t lines, size_t columns, const struct screen_content *content)
{
	struct screen_layout layout;
	struct screen_box *boxes[] = { &layout.title, &layout.bar, &layout.best, &layout.waits,
				       &layout.history, &layout.running, &layout.failures,
				       &layout.list, &layout.foot };
	unsigned char *taken = calloc(lines * columns, 1);
	size_t all = 0;

	screen_lay(&layout, lines, columns, content);
	assert_false(layout.too_small);
	for (size_t i = 0; i < ROWS(boxes); i++)
		for (size_t y = 0; y < boxes[i]->rows; y++)
			for (size_t x = 0; x < boxes[i]->columns; x++) {
				size_t cell = (boxes[i]->y + y) * columns + boxes[i]->x + x;

				assert_true(boxes[i]->x + x < columns && boxes[i]->y + y < lines);
				assert_false(taken[cell]);
				taken[cell] = 1;
				all++;
			}
	/* Beside the picture a column is left free. */
	assert_true(all + 2 * lines >= lines * columns);
	assert_true(layout.list.rows >= 4);
	assert_int_equal(layout.foot.y, lines - 1);
	assert_int_equal(layout.waits.rows, content->waits);
	free(taken);
}

static void every_size_has_room_for_a_list(void **state)
{
	static const size_t counts[] = { 0, 1, 4, 500 };

	(void)state;
	for (size_t lines = SCREEN_LINES_LEAST; lines < 100; lines += lines < 40 ? 1 : 17)
		for (size_t columns = SCREEN_COLUMNS_LEAST; columns < 300; columns += 37)
			for (size_t i = 0; i < 32; i++)
				layout_is_sound(lines, columns,
						&(struct screen_content){
							.running = counts[i % 4],
							.failures = counts[i / 4 % 4],
							.waits = i / 16 });
}

static void a_terminal_that_is_too_small_is_told(void **state)
{
	struct screen_layout layout;

	(void)state;
	screen_lay(&layout, 9, 80, &(struct screen_content){ 0 });
	assert_true(layout.too_small);
	screen_lay(&layout, 24, 39, &(struct screen_content){ 0 });
	assert_true(layout.too_small);
	screen_lay(&layout, 24, 80, &(struct screen_content){ .running = 4, .failures = 2 });
	assert_false(layout.too_small);
	assert_true(layout.running.rows > 1 && layout.failures.rows > 1);
}

/* --- tails ---------------------------------------------------------------- */

static void write_file(const char *path, const void *bytes, size_t length)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

static void the_last_lines_of_a_file_are_whole(void **state)
{
	static const char text[] = "first line\nab\0c\r\n10%\r20%\r\nlast";
	char folder[] = "/tmp/hd-screen-XXXXXX", path[64];
	struct tail tail = { 0 };

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/stdout", folder);
	assert_false(tail_read(&tail, folder, "stdout", 100));
	write_file(path, text, sizeof text - 1);
	assert_true(tail_read(&tail, folder, "stdout", 100));
	assert_int_equal(tail.count, 4);
	assert_string_equal(tail.lines[0], "first line");
	assert_string_equal(tail.lines[1], "ab c");
	assert_string_equal(tail.lines[2], "20%");
	assert_string_equal(tail.lines[3], "last");
	tail_release(&tail);
	/* From within a line on: that one is left out. */
	assert_true(tail_read(&tail, folder, "stdout", 24));
	assert_int_equal(tail.count, 3);
	assert_string_equal(tail.lines[0], "ab c");
	write_file(path, "", 0);
	assert_true(tail_read(&tail, folder, "stdout", 24));
	assert_int_equal(tail.count, 0);
	tail_release(&tail);
	unlink(path);
	rmdir(folder);
}

static int setup(void **state)
{
	(void)state;
	return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_cut_at_a_column),
		cmocka_unit_test(wide_and_combining_characters_count_as_they_are_shown),
		cmocka_unit_test(what_a_terminal_could_obey_is_shown_as_text),
		cmocka_unit_test(a_text_without_end_costs_what_is_shown),
		cmocka_unit_test(values_are_short),
		cmocka_unit_test(a_curve_rises_with_its_values),
		cmocka_unit_test(dots_are_braille),
		cmocka_unit_test(who_has_nothing_to_be_sorted_by_stands_last),
		cmocka_unit_test(filters_and_searches_leave_out),
		cmocka_unit_test(every_size_has_room_for_a_list),
		cmocka_unit_test(a_terminal_that_is_too_small_is_told),
		cmocka_unit_test(the_last_lines_of_a_file_are_whole),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
