/* Tests of engine/plot/canvas.c and what it draws on: svg.c and terminal.c. */
#include "check.h"

#include "plot/canvas.h"

struct drawn {
	struct hd_canvas *canvas;
	struct hd_buf text;
};

static struct drawn begin(struct hd_canvas *canvas)
{
	struct drawn drawn = { .canvas = canvas };

	assert_non_null(canvas);
	return drawn;
}

static const char *finish(struct drawn *drawn)
{
	assert_int_equal(hd_canvas_finish(drawn->canvas, &drawn->text, NULL), 0);
	hd_canvas_free(drawn->canvas);
	return hd_buf_text(&drawn->text);
}

/* TEXT has WORDS, COUNT times. */
static void expect_times(const char *text, const char *words, size_t count)
{
	size_t found = 0;

	for (const char *at = text; (at = strstr(at, words)); at += strlen(words))
		found++;
	if (found != count)
		fail_msg("'%s' is there %zu times, not %zu:\n%s", words, found, count, text);
}

static const struct hd_stroke curve = { { HD_PAINT_SERIES, HD_PAINT_BLUE, 1 }, 1, false };

/* --- SVG ------------------------------------------------------------------ */

static void svg_escapes_all_that_is_markup(void **state)
{
	struct drawn drawn = begin(hd_svg_new(200, 100, false, "<t>\"&'", "]]><script>"));
	const char *svg;

	(void)state;
	hd_canvas_words(drawn.canvas, 10, 10, "</text><script>alert('1')</script>&lt;",
			HD_ANCHOR_START, HD_PAINT_TEXT);
	hd_canvas_words(drawn.canvas, 10, 10, "a\x1b[31m\x07 \xff\xc3( \xef\xbf\xbf \xc2\x85",
			HD_ANCHOR_END, HD_PAINT_TEXT);
	svg = finish(&drawn);
	expect_times(svg, "<script", 0);
	expect_times(svg, "&lt;/text&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;lt;<",
		     1);
	expect_times(svg, "<title id=\"title\">&lt;t&gt;&quot;&amp;&#39;</title>", 1);
	expect_times(svg, "]]&gt;&lt;script&gt;", 1);
	for (const char *at = svg; *at; at++)
		assert_true((unsigned char)*at >= 0x20 || *at == '\n');
	expect_times(svg, "\xef\xbf\xbd", 6);
	expect_times(svg, "\xff", 0);
	hd_buf_release(&drawn.text);
}

/* A browser would draw the number to the left of the name, else. */
static void svg_keeps_a_number_behind_a_name_from_right_to_left(void **state)
{
	struct drawn drawn = begin(hd_svg_new(200, 100, false,
					      "by \xd7\xa9\xd7\x9d, 120 trials", "a 1"));
	const char *svg;

	(void)state;
	hd_canvas_words(drawn.canvas, 10, 10, "\xd7\xa9 \xd7\x9d and 1", HD_ANCHOR_START,
			HD_PAINT_TEXT);
	svg = finish(&drawn);
	expect_times(svg, "\xd7\x9d&#8206;, 120 trials", 1);
	expect_times(svg, "\xd7\xa9 \xd7\x9d and 1", 1);
	expect_times(svg, "&#8206;", 1);
	hd_buf_release(&drawn.text);
}

static void svg_lines_of_one_stroke_are_one_path(void **state)
{
	struct drawn drawn = begin(hd_svg_new(200, 100, false, "t", "a"));
	struct hd_stroke other = curve;
	const char *svg;

	(void)state;
	other.width = 2;
	hd_canvas_line(drawn.canvas, 0, 0, 10, 20, &curve);
	hd_canvas_line(drawn.canvas, 10.04, 0, 10, 20.25, &curve);
	hd_canvas_line(drawn.canvas, 0, 0, 5, 0, &other);
	svg = finish(&drawn);
	expect_times(svg, "<path", 2);
	expect_times(svg, "\"M0 0l10 20M10 0v20.3\"", 1);
	expect_times(svg, "stroke-width=\"2\"", 1);
	hd_buf_release(&drawn.text);
}

static void svg_leaves_a_gap_where_there_is_no_value(void **state)
{
	static const struct hd_point points[] = {
		{ 0, 0 }, { 1, 1 }, { 2, NAN }, { 3, 3 }, { 4, 4 }, { INFINITY, 1 }, { 9, 9 }
	};
	struct drawn drawn = begin(hd_svg_new(200, 100, false, "t", "a"));
	const char *svg;

	(void)state;
	hd_canvas_polyline(drawn.canvas, points, ROWS(points), &curve);
	svg = finish(&drawn);
	expect_times(svg, "\"M0 0l1 1M3 3l1 1\"", 1);
	expect_times(svg, "nan", 0);
	expect_times(svg, "inf", 0);
	hd_buf_release(&drawn.text);
}

static void marks_upon_each_other_are_drawn_once(void **state)
{
	static struct hd_point points[10000];
	struct drawn drawn = begin(hd_svg_new(200, 100, false, "t", "a"));

	(void)state;
	for (size_t i = 0; i < ROWS(points); i++)
		points[i] = (struct hd_point){ 50 + (double)(i % 7) * 1e-3, 50 };
	points[3].x = NAN;
	points[4].x = -1e300;
	points[5].y = 1e300;
	hd_canvas_marks(drawn.canvas, HD_SHAPE_DOT, points, ROWS(points), 3, curve.paint);
	expect_times(finish(&drawn), "M50 50h0\"", 1);
	hd_buf_release(&drawn.text);
}

/* A cloud of a million has a picture with an end. */
static void svg_of_many_marks_has_a_size_with_an_end(void **state)
{
	size_t count = 1000000;
	struct hd_point *points = calloc(count, sizeof *points);
	struct drawn drawn = begin(hd_svg_new(800, 480, false, "t", "a"));

	(void)state;
	assert_non_null(points);
	for (size_t i = 0; i < count; i++)
		points[i] = (struct hd_point){ fmod((double)i * 0.6180339887, 1) * 800,
					       fmod((double)i * 0.7548776662, 1) * 480 };
	hd_canvas_marks(drawn.canvas, HD_SHAPE_DOT, points, count, 3.2, curve.paint);
	finish(&drawn);
	assert_true(drawn.text.length < 2500000);
	hd_buf_release(&drawn.text);
	free(points);
}

static void themes_differ_in_their_ground(void **state)
{
	struct drawn light = begin(hd_svg_new(200, 100, false, "t", "a"));
	struct drawn dark = begin(hd_svg_new(200, 100, true, "t", "a"));

	(void)state;
	expect_times(finish(&light), "height=\"100%\" fill=\"#ffffff\"", 1);
	expect_times(finish(&dark), "height=\"100%\" fill=\"#16191f\"", 1);
	hd_buf_release(&light.text);
	hd_buf_release(&dark.text);
}

static void every_shape_is_drawn(void **state)
{
	struct drawn drawn = begin(hd_svg_new(200, 100, false, "t", "a"));

	(void)state;
	for (int i = 0; i < HD_SHAPES; i++)
		hd_canvas_mark(drawn.canvas, (enum hd_shape)i, 20 * (i + 1), 50, curve.paint);
	expect_times(finish(&drawn), "<path d=\"M", HD_SHAPES);
	hd_buf_release(&drawn.text);
}

/* --- terminals ------------------------------------------------------------ */

static void terminal_draws_dots_of_braille(void **state)
{
	struct drawn drawn = begin(hd_terminal_new(4, 2, false, false));

	(void)state;
	hd_canvas_line(drawn.canvas, 0, 0, 7, 7, &curve);
	assert_string_equal(finish(&drawn),
			    "\xe2\xa0\x91\xe2\xa2\x84\n  \xe2\xa0\x91\xe2\xa2\x84\n");
	hd_buf_release(&drawn.text);
}

static void terminal_of_ascii_has_ascii_alone(void **state)
{
	struct drawn drawn = begin(hd_terminal_new(12, 3, false, true));
	const char *text;

	(void)state;
	hd_canvas_line(drawn.canvas, 0, 4, 23, 4, &curve);
	hd_canvas_mark(drawn.canvas, HD_SHAPE_CROSS, 6, 5, curve.paint);
	hd_canvas_words(drawn.canvas, 0, 0, "\xc3\xa4"
					    "b\x1b\xe4\xb8\xad",
			HD_ANCHOR_START,
			HD_PAINT_TEXT);
	hd_canvas_box(drawn.canvas, (struct hd_box){ 0, 8, 10, 4 }, curve.paint);
	text = finish(&drawn);
	assert_string_equal(text, "?b??\n'''x''''''''\n#####\n");
	hd_buf_release(&drawn.text);
}

static void terminal_draws_axes_that_meet(void **state)
{
	const struct hd_stroke axis = { { HD_PAINT_AXIS, 0, 1 }, 1, false };
	const struct hd_stroke tick = { { HD_PAINT_TICK, 0, 1 }, 1, false };
	struct drawn drawn = begin(hd_terminal_new(4, 3, false, false));

	(void)state;
	hd_canvas_line(drawn.canvas, 3, 0, 3, 8, &axis);
	hd_canvas_line(drawn.canvas, 3, 8, 7, 8, &axis);
	hd_canvas_line(drawn.canvas, 3, 4, 1, 4, &tick);
	hd_canvas_line(drawn.canvas, 6, 8, 6, 10, &tick);
	assert_string_equal(finish(&drawn), " \xe2\x94\x82\n \xe2\x94\xa4\n"
					    " \xe2\x94\x94\xe2\x94\x80\xe2\x94\xac\n");
	hd_buf_release(&drawn.text);
}

/* Of a character that is twice as wide, half is never left. */
static void terminal_counts_columns_of_wide_characters(void **state)
{
	struct drawn drawn = begin(hd_terminal_new(6, 2, false, false));

	(void)state;
	assert_close(hd_canvas_text_width(drawn.canvas, "\xe4\xb8\xad"
							"a"),
		     6, 0);
	assert_close(hd_canvas_text_width(drawn.canvas, "e\xcc\x81"), 2, 0);
	hd_canvas_words(drawn.canvas, 0, 0, "\xe4\xb8\xad"
					    "e\xcc\x81"
					    "b",
			HD_ANCHOR_START,
			HD_PAINT_TEXT);
	hd_canvas_fit(drawn.canvas, 0, 4, 8, "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad",
		      HD_ANCHOR_START, HD_PAINT_TEXT);
	assert_string_equal(finish(&drawn), "\xe4\xb8\xad"
					    "e\xcc\x81"
					    "b\n"
					    "\xe4\xb8\xad\xe2\x80\xa6\n");
	hd_buf_release(&drawn.text);
}

static void terminal_colours_are_given_back(void **state)
{
	struct drawn drawn = begin(hd_terminal_new(6, 2, true, false));

	(void)state;
	hd_canvas_bold(drawn.canvas, 0, 0, 6, "ab");
	hd_canvas_bold(drawn.canvas, 8, 0, 2, "cd");
	hd_canvas_box(drawn.canvas, (struct hd_box){ 0, 4, 3, 4 }, curve.paint);
	assert_string_equal(finish(&drawn), "\x1b[0;1mab  \xe2\x80\xa6\x1b[0m\n"
					    "\x1b[0;38;5;32m\xe2\x96\x88\xe2\x96\x8c\x1b[0m\n");
	hd_buf_release(&drawn.text);
}

static void terminal_clips(void **state)
{
	const struct hd_box left = { 0, 0, 4, 4 };
	struct drawn drawn = begin(hd_terminal_new(6, 1, false, true));

	(void)state;
	hd_canvas_clip(drawn.canvas, &left);
	hd_canvas_line(drawn.canvas, -1e9, 1, 11, 1, &curve);
	hd_canvas_line(drawn.canvas, 0, 1, 11, 1, &curve);
	hd_canvas_clip(drawn.canvas, NULL);
	hd_canvas_mark(drawn.canvas, HD_SHAPE_DOT, 10, 1, curve.paint);
	assert_string_equal(finish(&drawn), "--   o\n");
	hd_buf_release(&drawn.text);
}

static void words_are_cut_to_what_fits(void **state)
{
	struct drawn drawn = begin(hd_terminal_new(12, 3, false, false));

	(void)state;
	hd_canvas_fit(drawn.canvas, 0, 0, 10, "learning-rate", HD_ANCHOR_START, HD_PAINT_TEXT);
	hd_canvas_fit(drawn.canvas, 24, 4, 26, "learning-rate", HD_ANCHOR_END, HD_PAINT_TEXT);
	hd_canvas_fit(drawn.canvas, 0, 8, 1, "learning-rate", HD_ANCHOR_START, HD_PAINT_TEXT);
	assert_string_equal(finish(&drawn), "lear\xe2\x80\xa6\nearning-rate\n\n");
	hd_buf_release(&drawn.text);
}

static void characters_are_read_one_by_one(void **state)
{
	static const struct {
		const char *text;
		uint32_t point;
		size_t step;
	} rows[] = {
		{ "a", 'a', 1 },
		{ "\xc3\xa4", 0xe4, 2 },
		{ "\xe2\x80\xa6", 0x2026, 3 },
		{ "\xf0\x9f\x98\x80", 0x1f600, 4 },
		{ "\xc3", 0xfffd, 1 },
		{ "\xc0\x80", 0xfffd, 1 },
		{ "\xe0\x80\x80", 0xfffd, 1 },
		{ "\xed\xa0\x80", 0xfffd, 1 },
		{ "\xf4\x90\x80\x80", 0xfffd, 1 },
		{ "\x80", 0xfffd, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		size_t step = 0;

		assert_int_equal(hd_canvas_char(rows[i].text, &step), rows[i].point);
		assert_int_equal(step, rows[i].step);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(svg_escapes_all_that_is_markup),
		cmocka_unit_test(svg_keeps_a_number_behind_a_name_from_right_to_left),
		cmocka_unit_test(svg_lines_of_one_stroke_are_one_path),
		cmocka_unit_test(svg_leaves_a_gap_where_there_is_no_value),
		cmocka_unit_test(marks_upon_each_other_are_drawn_once),
		cmocka_unit_test(svg_of_many_marks_has_a_size_with_an_end),
		cmocka_unit_test(themes_differ_in_their_ground),
		cmocka_unit_test(every_shape_is_drawn),
		cmocka_unit_test(terminal_draws_dots_of_braille),
		cmocka_unit_test(terminal_of_ascii_has_ascii_alone),
		cmocka_unit_test(terminal_draws_axes_that_meet),
		cmocka_unit_test(terminal_counts_columns_of_wide_characters),
		cmocka_unit_test(terminal_colours_are_given_back),
		cmocka_unit_test(terminal_clips),
		cmocka_unit_test(words_are_cut_to_what_fits),
		cmocka_unit_test(characters_are_read_one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
