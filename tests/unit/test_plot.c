/* Tests of engine/plot: each kind in each format, from the API's answers. */
#include "check.h"

#include "plotbox.h"

static int setup(void **state)
{
	(void)state;
	memset(plot_answers, 0, sizeof plot_answers);
	return 0;
}

static struct hd_plot asked(const char *kind, enum hd_plot_format format)
{
	return (struct hd_plot){ .size = sizeof(struct hd_plot), .kind = kind, .format = format };
}

static void made(struct hd_buf *buf, const struct hd_plot *plot)
{
	struct hd_error err = { 0 };

	hd_buf_clear(buf);
	if (plot_make(buf, plot, false, &err) < 0)
		fail_msg("%s: %s", plot->kind, err.text);
}

static void expect_has(const struct hd_buf *buf, const char *words)
{
	if (!strstr(hd_buf_text(buf), words))
		fail_msg("no '%s' in:\n%s", words, hd_buf_text(buf));
}

static void expect_refused(struct hd_plot plot, int code, const char *text)
{
	struct hd_buf buf = HD_BUF_INIT;
	struct hd_error err = { 0 };

	assert_int_equal(plot_make(&buf, &plot, false, &err), code);
	assert_string_equal(err.text, text);
	assert_int_equal(buf.length, 0);
	hd_buf_release(&buf);
}

/* Elements open and close in pairs, and attributes have no bare markup. */
static void expect_balanced(const struct hd_buf *buf)
{
	size_t depth = 0;

	for (const char *at = hd_buf_text(buf); (at = strchr(at, '<')); at++) {
		const char *end = strchr(at, '>');

		assert_non_null(end);
		if (at[1] == '/')
			depth--;
		else if (end[-1] != '/')
			depth++;
		assert_true(depth < 10);
	}
	assert_int_equal(depth, 0);
}

static void every_kind_is_drawn_as_svg(void **state)
{
	struct hd_buf buf = HD_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < hd_plot_kinds(); i++)
		for (int dark = 0; dark < 2; dark++) {
			struct hd_plot plot = asked(hd_plot_kind_name(i), HD_PLOT_SVG);

			plot.dark = dark;
			plot.width = 640;
			plot.height = 400;
			made(&buf, &plot);
			expect_has(&buf, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"640\""
					 " height=\"400\" viewBox=\"0 0 640 400\" role=\"img\"");
			expect_has(&buf, ">brave-otter-3: ");
			expect_balanced(&buf);
			if (strstr(hd_buf_text(&buf), "<script") ||
			    strstr(hd_buf_text(&buf), "nan") || strstr(hd_buf_text(&buf), "\x1b"))
				fail_msg("%s", hd_buf_text(&buf));
		}
	hd_buf_release(&buf);
}

static void every_kind_is_drawn_as_text_of_its_size(void **state)
{
	static const size_t sizes[][2] = { { 30, 8 }, { 60, 20 }, { 200, 60 } };
	struct hd_buf buf = HD_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < hd_plot_kinds(); i++)
		for (size_t j = 0; j < ROWS(sizes); j++) {
			struct hd_plot plot = asked(hd_plot_kind_name(i), HD_PLOT_TEXT);
			size_t lines = 0;

			plot.width = sizes[j][0];
			plot.height = sizes[j][1];
			plot.ascii = true;
			made(&buf, &plot);
			for (const char *at = hd_buf_text(&buf); *at; lines++) {
				size_t length = strcspn(at, "\n");

				assert_true(length <= sizes[j][0]);
				at += length + 1;
			}
			assert_int_equal(lines, sizes[j][1]);
			for (const char *at = hd_buf_text(&buf); *at; at++)
				assert_true(*at == '\n' || (*at >= 0x20 && *at < 0x7f));
		}
	hd_buf_release(&buf);
}

static void every_kind_gives_its_data_as_json(void **state)
{
	struct hd_buf buf = HD_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < hd_plot_kinds(); i++) {
		struct hd_plot plot = asked(hd_plot_kind_name(i), HD_PLOT_JSON);
		struct hd_json *json = NULL;

		made(&buf, &plot);
		assert_int_equal(hd_json_parse(&json, hd_buf_text(&buf), buf.length, NULL), 0);
		assert_string_equal(hd_json_string(hd_json_get(json, "kind"), NULL),
				    hd_plot_kind_name(i));
		assert_string_equal(hd_json_string(hd_json_get(json, "sweep"), NULL),
				    "brave-otter-3");
		hd_json_free(json);
	}
	hd_buf_release(&buf);
}

static void history_has_values_and_the_best_so_far(void **state)
{
	struct hd_plot plot = asked("history", HD_PLOT_JSON);
	struct hd_buf buf = HD_BUF_INIT;

	(void)state;
	made(&buf, &plot);
	expect_has(&buf, "{\"number\":3,\"state\":\"stopped\",\"value\":0.25}");
	expect_has(&buf, "{\"number\":4,\"state\":\"canceled\",\"value\":null}");
	expect_has(&buf, "\"best\":[[0,0.5],[1,0.75],[5,0.9]]");
	plot.format = HD_PLOT_TEXT;
	plot.ascii = true;
	plot.width = 60;
	plot.height = 16;
	made(&buf, &plot);
	assert_string_equal(hd_buf_text(&buf),
			    "brave-otter-3: history of acc\n"
			    "maximize acc, 8 trials (1 running, 1 stopped, 1 paused, 1 c~\n"
			    "o completed  ^ running  # stopped  * paused  x failed\n"
			    "--- best so far\n"
			    "acc\n"
			    "    |                                      ^----------------\n"
			    "0.8 +       o______________________________|\n"
			    "    |       |                                      *\n"
			    "0.6 +       |\n"
			    "    |o------|\n"
			    "0.4 +\n"
			    "    |\n"
			    "    |               x       #\n"
			    "    ++------+-------+-------+-------+------+-------+-------+\n"
			    "     0      1       2       3       4      5       6       7\n"
			    "                              trial\n");
	hd_buf_release(&buf);
}

static void names_are_shown_as_text(void **state)
{
	struct hd_plot plot = asked("slice", HD_PLOT_SVG);
	struct hd_buf buf = HD_BUF_INIT;

	(void)state;
	made(&buf, &plot);
	expect_has(&buf, "&lt;/text&gt;&lt;script&gt;x&lt;/script&gt;&amp;&quot;&#39;\\x1b[31m<");
	hd_buf_release(&buf);
}

static void options_that_a_kind_does_not_take_are_refused(void **state)
{
	struct hd_plot plot = asked("history", HD_PLOT_TEXT);

	(void)state;
	plot.x = "lr";
	expect_refused(plot, HD_EINVAL, "'history' does not take --x");
	plot = asked("histroy", HD_PLOT_TEXT);
	expect_refused(plot, HD_EINVAL, "unknown kind 'histroy', did you mean 'history'?");
	plot = asked("scatter", HD_PLOT_TEXT);
	plot.x = "lrr";
	expect_refused(plot, HD_EINVAL, "no parameter 'lrr', did you mean 'lr'?");
	plot.x = "somethingelse";
	expect_refused(plot, HD_EINVAL,
		       "no parameter 'somethingelse': an axis is one of the sweep's parameters, "
		       "its metric, 'trial' or 'duration'");
	plot = asked("curves", HD_PLOT_TEXT);
	plot.trials = "1,x";
	expect_refused(plot, HD_EINVAL,
		       "'x' is no trial's number: trials are '3,7,12' or 'running'");
	plot.trials = "1,99";
	expect_refused(plot, HD_EINVAL, "there is no trial 99");
	plot.best = 3;
	expect_refused(plot, HD_EINVAL, "one of --trials and --best");
	plot = asked("history", HD_PLOT_SVG);
	plot.width = 100;
	expect_refused(plot, HD_EINVAL, "the width is 160 to 8000 pixels, got 100");
	plot.format = HD_PLOT_TEXT;
	plot.height = 4;
	expect_refused(plot, HD_EINVAL, "the height is 8 to 500 lines, got 4");
	plot = asked("history", HD_PLOT_PNG);
	expect_refused(plot, HD_EINVAL, "PNG is drawn by 'hdrive plot' alone");
}

static void nothing_to_draw_is_said(void **state)
{
	struct hd_plot plot = asked("history", HD_PLOT_TEXT);

	(void)state;
	plot_answers[0] = "{\"metric\":\"acc\",\"goal\":\"minimize\",\"parameters\":[],"
			  "\"names\":[],\"number\":[],\"values\":[]}";
	expect_refused(plot, HD_ESTATE, "no trial of 'brave-otter-3' has reported 'acc'");
	plot.kind = "timeline";
	expect_refused(plot, HD_ESTATE, "no trial of the sweep has started");
	plot.kind = "curves";
	plot_answers[1] = "{\"curves\":[]}";
	expect_refused(plot, HD_ESTATE, "none of these trials has logged 'acc'");
	plot_answers[0] = NULL;
	plot.metric = "los";
	expect_refused(plot, HD_EINVAL, "no trial logged a metric 'los', did you mean 'loss'?");
}

/* One trial, no spread of values, numbers at the ends of what there is. */
static void odd_sweeps_are_drawn(void **state)
{
	static const char *const values[] = { "[1,1,1]", "[null,0,null]", "[1e308,-1e308,0]",
					      "[5e-324,0,-0.0]", "[1,2,1e300]" };
	struct hd_buf buf = HD_BUF_INIT;
	char columns[900];

	(void)state;
	plot_answers[1] = "{\"curves\":[{\"trial\":1,\"x\":[0,1e300],\"y\":[1e308,-1e308]}]}";
	plot_answers[0] = columns;
	for (size_t i = 0; i < ROWS(values); i++)
		for (size_t j = 0; j < hd_plot_kinds(); j++)
			for (int format = HD_PLOT_TEXT; format <= HD_PLOT_JSON; format++) {
				struct hd_plot plot = asked(hd_plot_kind_name(j),
							    (enum hd_plot_format)format);

				if (format == HD_PLOT_PNG)
					continue;
				snprintf(
					columns, sizeof columns,
					"{\"metric\":\"acc\",\"goal\":\"minimize\",\"parameters\":"
					"[{\"name\":\"x\",\"kind\":\"number\",\"log\":true,\"low\":"
					"null,\"high\":null}],\"names\":[\"acc\"],\"number\":"
					"[0,1,2],\"state\":[\"Completed\",\"Completed\",\"Failed\"]"
					","
					"\"end\":[\"\",\"\",\"\"],\"started\":[1,2,3],\"ended\":"
					"[3,1,null],\"slot\":[null,70000,0],\"value\":%s,"
					"\"values\":[%s]}",
					values[i], values[i]);
				made(&buf, &plot);
				assert_true(buf.length > 0);
			}
	hd_buf_release(&buf);
}

static void values_far_from_all_others_do_not_press_them_together(void **state)
{
	struct hd_plot plot = asked("history", HD_PLOT_TEXT);
	struct hd_buf buf = HD_BUF_INIT;

	(void)state;
	plot.ascii = true;
	plot.width = 70;
	plot.height = 12;
	plot_answers[0] =
		"{\"metric\":\"loss\",\"goal\":\"minimize\",\"parameters\":[],\"names\":[],"
		"\"number\":[0,1,2,3,4,5,6,7,8,9,10,11],\"state\":[],\"end\":[],"
		"\"value\":[9,8,7,6,5,4,3,2,1,2,3,1e6],\"values\":[]}";
	made(&buf, &plot);
	expect_has(&buf, "--- best so far  A beyond the scale\n");
	expect_has(&buf, "8 +");
	/* On a logarithmic scale there is room for all. */
	plot.log_scale = true;
	made(&buf, &plot);
	assert_null(strstr(hd_buf_text(&buf), "beyond"));
	expect_has(&buf, "1e6 +");
	hd_buf_release(&buf);
}

static void timeline_of_characters_shows_what_filled_them_most(void **state)
{
	struct hd_plot plot = asked("timeline", HD_PLOT_TEXT);
	struct hd_buf buf = HD_BUF_INIT;

	(void)state;
	plot_answers[0] =
		"{\"metric\":\"acc\",\"goal\":\"minimize\",\"parameters\":[],\"names\":[],"
		"\"number\":[0,1,2,3],\"state\":[\"Completed\",\"Failed\",\"Canceled\","
		"\"Completed\"],\"end\":[\"\",\"\",\"policy\",\"\"],"
		"\"started\":[0,50000,50100,80000],\"ended\":[50000,50100,80000,100000],"
		"\"slot\":[0,0,0,1],\"value\":[1,null,2,3],\"values\":[]}";
	plot_answers[3] = "{\"attempts\":[[3,1,1,10000,30000,\"exit\"]]}";
	plot.ascii = true;
	plot.width = 46;
	plot.height = 9;
	made(&buf, &plot);
	assert_string_equal(hd_buf_text(&buf),
			    "brave-otter-3: timeline\n"
			    "minimize acc, 4 trials (1 stopped, 1 failed),~\n"
			    "## completed  -- stopped  xx failed\n"
			    "slot\n"
			    "0 +######################-------------\n"
			    "1 +    xxxxxxxxx                     #########\n"
			    "  ++-----------+------------+------------+----\n"
			    "  0 s         30 s       1:00 min    1:30 min\n"
			    "              since the first start\n");
	plot.format = HD_PLOT_JSON;
	made(&buf, &plot);
	expect_has(&buf, "{\"trial\":3,\"slot\":1,\"last\":false,\"state\":\"failed\",\"start\":10,"
			 "\"end\":30}");
	hd_buf_release(&buf);
}

static void importances_that_there_are_not_are_explained(void **state)
{
	struct hd_plot plot = asked("importance", HD_PLOT_TEXT);
	struct hd_buf buf = HD_BUF_INIT;

	(void)state;
	plot_answers[2] =
		"{\"method\":\"PED-ANOVA\",\"quantile\":0.1,\"trials\":2,\"parameters\":[],"
		"\"note\":\"too few trials <have> ended\"}";
	made(&buf, &plot);
	expect_has(&buf, "too few trials <have> ended\n");
	plot.format = HD_PLOT_SVG;
	made(&buf, &plot);
	expect_has(&buf, ">too few trials &lt;have&gt; ended</text>");
	hd_buf_release(&buf);
}

/* --- ten thousand --------------------------------------------------------- */

static void put_list(struct hd_buf *buf, const char *name, size_t count, const char *state,
		     double from, double step, double modulus)
{
	hd_buf_printf(buf, ",\"%s\":[", name);
	for (size_t i = 0; i < count; i++) {
		hd_buf_puts(buf, i ? "," : "");
		if (state)
			hd_buf_puts(buf, state);
		else
			hd_buf_number(buf, from + fmod((double)i * step, modulus));
	}
	hd_buf_putc(buf, ']');
}

static void a_million_values_fit_a_picture(void **state)
{
	size_t count = 10000;
	struct hd_buf columns = HD_BUF_INIT, buf = HD_BUF_INIT;

	(void)state;
	hd_buf_puts(&columns, "{\"metric\":\"acc\",\"goal\":\"maximize\",\"names\":[\"acc\"],"
			      "\"parameters\":[");
	for (int i = 0; i < 6; i++)
		hd_buf_printf(&columns,
			      "%s{\"name\":\"p%d\",\"kind\":\"number\",\"log\":false,\"low\":0,"
			      "\"high\":1}",
			      i ? "," : "", i);
	hd_buf_puts(&columns, "]");
	put_list(&columns, "number", count, NULL, 0, 1, 1e9);
	put_list(&columns, "state", count, "\"Completed\"", 0, 0, 1);
	put_list(&columns, "end", count, "\"exit\"", 0, 0, 1);
	put_list(&columns, "value", count, NULL, 0, 0.7548776662, 1);
	put_list(&columns, "slot", count, NULL, 0, 1, 64);
	put_list(&columns, "started", count, NULL, 1764160000000.0, 977, 1e12);
	put_list(&columns, "ended", count, NULL, 1764160050000.0, 977, 1e12);
	hd_buf_puts(&columns, ",\"values\":[[0]");
	for (int i = 0; i < 6; i++) {
		struct hd_buf list = HD_BUF_INIT;

		put_list(&list, "x", count, NULL, 0, 0.6180339887 + 0.1 * i, 1);
		hd_buf_puts(&columns, ",");
		hd_buf_puts(&columns, strchr(hd_buf_text(&list), '['));
		hd_buf_release(&list);
	}
	hd_buf_puts(&columns, "]}");
	plot_answers[0] = hd_buf_text(&columns);
	for (size_t i = 0; i < hd_plot_kinds(); i++) {
		struct hd_plot plot = asked(hd_plot_kind_name(i), HD_PLOT_SVG);

		made(&buf, &plot);
		if (buf.length > 1000000)
			fail_msg("'%s' has %zu bytes", plot.kind, buf.length);
	}
	plot_answers[0] = NULL;
	hd_buf_release(&columns);
	hd_buf_release(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_kind_is_drawn_as_svg, setup),
		cmocka_unit_test_setup(every_kind_is_drawn_as_text_of_its_size, setup),
		cmocka_unit_test_setup(every_kind_gives_its_data_as_json, setup),
		cmocka_unit_test_setup(history_has_values_and_the_best_so_far, setup),
		cmocka_unit_test_setup(names_are_shown_as_text, setup),
		cmocka_unit_test_setup(options_that_a_kind_does_not_take_are_refused, setup),
		cmocka_unit_test_setup(nothing_to_draw_is_said, setup),
		cmocka_unit_test_setup(odd_sweeps_are_drawn, setup),
		cmocka_unit_test_setup(values_far_from_all_others_do_not_press_them_together,
				       setup),
		cmocka_unit_test_setup(timeline_of_characters_shows_what_filled_them_most, setup),
		cmocka_unit_test_setup(importances_that_there_are_not_are_explained, setup),
		cmocka_unit_test_setup(a_million_values_fit_a_picture, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
