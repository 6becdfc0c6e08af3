#include "plot/make.h"

#include "base/sized.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Nobody looks at more, and memory has an end. */
#define PIXELS_LEAST 160
#define PIXELS_MOST 8000
#define COLUMNS_LEAST 30
#define COLUMNS_MOST 500
#define LINES_LEAST 8
#define LINES_MOST 500
#define COLUMNS_USUAL 80
#define COLUMNS_USUAL_MOST 120
#define LINES_USUAL 22

/* --- what was asked for --------------------------------------------------- */

static int unknown_kind(const char *name, struct hd_error *err)
{
	const char *names[16];
	struct hd_buf known = HD_BUF_INIT;
	const char *near;
	size_t count = 0;

	for (; count < hd_plot_kinds() && count < 16; count++) {
		names[count] = hd_plot_kind_name(count);
		hd_buf_printf(&known, "%s%s", count ? ", " : "", names[count]);
	}
	near = hd_suggest(name, names, count);
	if (near)
		hd_error_set(err, HD_EINVAL, "unknown kind '%s', did you mean '%s'?", name, near);
	else
		hd_error_set(err, HD_EINVAL, "unknown kind '%s', one of: %s", name,
			     hd_buf_text(&known));
	hd_buf_release(&known);
	return HD_EINVAL;
}

static int find_kind(const struct hd_picture_kind **kind, const char *name,
		     struct hd_error *err)
{
	for (size_t i = 0; name && hd_picture_kinds[i]; i++)
		if (!strcmp(hd_picture_kinds[i]->name, name)) {
			*kind = hd_picture_kinds[i];
			return 0;
		}
	return unknown_kind(name ? name : "", err);
}

/* An option that means nothing to a kind is a slip, not a wish. */
static int check_takes(const struct hd_picture_kind *kind, const struct hd_plot *plot,
		       struct hd_error *err)
{
	const struct {
		bool given;
		unsigned taken;
		const char *name;
	} rows[] = {
		{ plot->metric != NULL, HD_PICTURE_METRIC, "--metric" },
		{ plot->x != NULL, HD_PICTURE_X, "--x" },
		{ plot->y != NULL, HD_PICTURE_Y, "--y" },
		{ plot->trials != NULL, HD_PICTURE_TRIALS, "--trials" },
		{ plot->best != 0, HD_PICTURE_BEST, "--best" },
		{ plot->log_scale, HD_PICTURE_LOG, "--log" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].given && !(kind->takes & rows[i].taken))
			return hd_error_set(err, HD_EINVAL, "'%s' does not take %s", kind->name,
					    rows[i].name);
	if (plot->trials && plot->best)
		return hd_error_set(err, HD_EINVAL, "one of --trials and --best");
	return 0;
}

static int check_length(const char *name, size_t value, size_t least, size_t most,
			const char *unit, struct hd_error *err)
{
	if (value == 0 || (value >= least && value <= most))
		return 0;
	return hd_error_set(err, HD_EINVAL, "the %s is %zu to %zu %s, got %zu", name, least, most,
			    unit, value);
}

static int check_size(const struct hd_plot *plot, struct hd_error *err)
{
	bool text = plot->format == HD_PLOT_TEXT;
	int rc;

	if (plot->format == HD_PLOT_JSON)
		return 0;
	rc = check_length("width", plot->width, text ? COLUMNS_LEAST : PIXELS_LEAST,
			  text ? COLUMNS_MOST : PIXELS_MOST, text ? "columns" : "pixels", err);

	if (rc == 0)
		rc = check_length("height", plot->height, text ? LINES_LEAST : PIXELS_LEAST,
				  text ? LINES_MOST : PIXELS_MOST, text ? "lines" : "pixels", err);
	return rc;
}

/* --- words ---------------------------------------------------------------- */

static void put_counts(const struct hd_plot_data *data, struct hd_buf *buf)
{
	const char *before = " (";

	hd_buf_printf(buf, "%zu trial%s", data->trial_count, data->trial_count == 1 ? "" : "s");
	for (int i = HD_PLOT_RUNNING; i < HD_PLOT_STATES; i++) {
		if (data->counts[i] == 0)
			continue;
		hd_buf_printf(buf, "%s%zu %s", before, data->counts[i],
			      hd_plot_state_name((enum hd_plot_state)i));
		before = ", ";
	}
	hd_buf_puts(buf, *before == ',' ? ")" : "");
}

/* "maximize accuracy, 120 trials (3 failed), best 0.9312 by trial 42" */
static void put_about(const struct hd_plot_data *data, struct hd_buf *buf)
{
	char text[40];

	hd_buf_printf(buf, "%s %s, ", data->maximize ? "maximize" : "minimize",
		      data->metric_label);
	put_counts(data, buf);
	if (data->ranked_count > 0) {
		const struct hd_plot_trial *best = &data->trials[data->ranked[0]];

		hd_buf_printf(buf, ", best %s by trial %zu",
			      hd_scale_text(best->value, text, sizeof text), best->number);
	}
}

static void put_json(const struct hd_picture *picture, const struct hd_picture_kind *kind,
		     const char *name, struct hd_buf *buf)
{
	const struct hd_plot_data *data = &picture->data;

	hd_buf_puts(buf, "{\"sweep\":");
	hd_buf_json(buf, name, strlen(name));
	hd_buf_printf(buf, ",\"kind\":\"%s\",\"metric\":", kind->name);
	hd_buf_json(buf, data->metric, strlen(data->metric));
	hd_buf_printf(buf, ",\"goal\":\"%s\"", data->maximize ? "maximize" : "minimize");
	kind->json(picture, buf);
	hd_buf_puts(buf, "}\n");
}

/* --- drawing -------------------------------------------------------------- */

static struct hd_canvas *usual_canvas(const struct hd_plot_page *page)
{
	return hd_svg_new(page->width, page->height, page->dark, page->title, page->about);
}

static struct hd_canvas *text_canvas(const struct hd_plot_page *page)
{
	return hd_terminal_new((size_t)page->width, (size_t)page->height, page->color,
			       page->ascii);
}

static void set_size(const struct hd_picture *picture, const struct hd_picture_kind *kind,
		     const struct hd_out *out, struct hd_plot_page *page)
{
	const struct hd_plot *plot = picture->plot;
	bool text = plot->format == HD_PLOT_TEXT;
	double width = 0, height = 0;
	size_t columns = out->width ? out->width : COLUMNS_USUAL;

	if (columns > COLUMNS_USUAL_MOST)
		columns = COLUMNS_USUAL_MOST;
	if (columns < COLUMNS_LEAST)
		columns = COLUMNS_LEAST;
	if (text && plot->width)
		columns = plot->width;
	if (kind->size)
		kind->size(picture, text, (double)columns, &width, &height);
	page->width = text          ? (double)columns
		      : plot->width ? (double)plot->width
		      : width > 0   ? fmin(width, PIXELS_MOST)
				    : 800;
	page->height = plot->height ? (double)plot->height
		       : height > 0 ? fmin(height, text ? LINES_MOST : PIXELS_MOST)
		       : text       ? LINES_USUAL
				    : 480;
	if (text)
		page->height = fmax(page->height, LINES_LEAST);
}

static int draw(struct hd_picture *picture, const struct hd_picture_kind *kind,
		const struct hd_out *out, hd_plot_canvas_fn canvas, struct hd_buf *buf,
		struct hd_error *err)
{
	const struct hd_plot *plot = picture->plot;
	struct hd_plot_page page = { .dark = plot->dark,
				     .color = out->color,
				     .ascii = plot->ascii };
	struct hd_buf title = HD_BUF_INIT, about = HD_BUF_INIT;
	int rc = HD_ENOMEM;

	hd_buf_printf(&title, "%s: ", picture->data.sweep);
	kind->title(picture, &title);
	put_about(&picture->data, &about);
	page.title = hd_buf_text(&title);
	page.about = hd_buf_text(&about);
	set_size(picture, kind, out, &page);
	if (!hd_buf_failed(&title) && !hd_buf_failed(&about))
		picture->canvas = canvas(&page);
	if (picture->canvas) {
		kind->draw(picture, hd_frame_head(picture->canvas, page.title, page.about));
		rc = hd_canvas_finish(picture->canvas, buf, err);
	} else {
		hd_error_nomem(err);
	}
	hd_canvas_free(picture->canvas);
	hd_buf_release(&title);
	hd_buf_release(&about);
	return rc;
}

/* --- the whole ------------------------------------------------------------ */

static int load(struct hd_picture *picture, const struct hd_picture_kind *kind,
		const struct hd_plot_source *source, struct hd_error *err)
{
	const char *none[] = { NULL };
	struct hd_json *answer = NULL;
	int rc = source->ask(source->user, &answer, "columns", none, err);

	if (rc == 0)
		rc = hd_plot_data_read(&picture->data, answer, source->name, err);
	hd_json_free(answer);
	if (rc == 0 && kind->needs_value && picture->data.ranked_count == 0)
		rc = hd_error_set(err, HD_ESTATE, "no trial of '%s' has reported '%s'",
				  source->name, picture->data.metric);
	if (rc == 0 && kind->load)
		rc = kind->load(picture, err);
	return rc;
}

int hd_plot_make(struct hd_buf *buf, const struct hd_plot_source *source,
		 const struct hd_plot *plot, const struct hd_out *out,
		 hd_plot_canvas_fn canvas, struct hd_error *err)
{
	struct hd_plot own;
	struct hd_picture picture = { .plot = &own, .ask = source->ask, .user = source->user };
	const struct hd_picture_kind *kind;
	int rc;

	if (!hd_sized_copy(&own, sizeof own, plot, offsetof(struct hd_plot, ascii)))
		return hd_error_set(err, HD_EINVAL, "a plot has its size in 'size'");
	if (own.format == HD_PLOT_TEXT)
		canvas = text_canvas;
	else if (own.format == HD_PLOT_SVG)
		canvas = usual_canvas;
	if (own.format > HD_PLOT_JSON || (own.format == HD_PLOT_PNG && !canvas))
		return hd_error_set(err, HD_EINVAL, "PNG is drawn by 'hdrive plot' alone");
	rc = find_kind(&kind, own.kind, err);
	if (rc == 0)
		rc = check_takes(kind, &own, err);
	if (rc == 0)
		rc = check_size(&own, err);
	if (rc == 0)
		rc = load(&picture, kind, source, err);
	if (rc == 0 && own.format == HD_PLOT_JSON)
		put_json(&picture, kind, source->name, buf);
	else if (rc == 0)
		rc = draw(&picture, kind, out, canvas, buf, err);
	if (rc == 0 && hd_buf_failed(buf))
		rc = hd_error_nomem(err);
	hd_plot_data_release(&picture.data);
	return rc;
}
