/* When each trial ran, and in which slot: a bar an attempt, a row a slot. */
#include "plot/picture.h"

#include "base/time.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define ROWS_MOST 4096

struct bar {
	long row;
	double start, end; /* seconds since the first start */
	enum hd_plot_state state;
	size_t trial; /* number */
	bool past;    /* another attempt followed */
};

struct bars {
	struct bar *items;
	size_t count;
	size_t rows;
	double start; /* of the first, seconds since 1970 */
	double length;
};

static void timeline_title(const struct hd_picture *picture, struct hd_buf *buf)
{
	(void)picture;
	hd_buf_puts(buf, "timeline");
}

/* --- bars ----------------------------------------------------------------- */

static void bars_add(struct bars *bars, struct bar bar)
{
	if (isnan(bar.start))
		return;
	/* A clock that was set back. */
	bar.end = fmax(bar.end, bar.start);
	bars->items[bars->count++] = bar;
}

static int bar_compare(const void *va, const void *vb)
{
	const struct bar *a = va, *b = vb;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->trial < b->trial ? -1 : a->trial > b->trial;
}

/* Those without a slot get the first row that is free: it is a row, no slot. */
static void bars_rows(struct bars *bars)
{
	double *free_at = calloc(ROWS_MOST, sizeof *free_at);

	for (size_t i = 0; free_at && i < bars->count; i++) {
		struct bar *bar = &bars->items[i];
		long row = 0;

		if (bar->row < 0) {
			while (row < ROWS_MOST - 1 && free_at[row] > bar->start)
				row++;
			bar->row = row;
		}
		if (bar->row > ROWS_MOST - 1)
			bar->row = ROWS_MOST - 1;
		free_at[bar->row] = fmax(free_at[bar->row], bar->end);
	}
	free(free_at);
}

/* Now, for what still runs; the last thing known where the clock is behind. */
static double bars_now(const struct hd_picture *picture)
{
	double now = (double)hd_time_wall() / 1e6;

	for (size_t i = 0; i < picture->data.trial_count; i++)
		now = fmax(now, fmax(picture->data.trials[i].started,
				     picture->data.trials[i].ended));
	return now;
}

static void bars_gather(const struct hd_picture *picture, struct bars *bars)
{
	double now = bars_now(picture);

	for (size_t i = 0; i < picture->attempt_count; i++) {
		const struct hd_plot_attempt *attempt = &picture->attempts[i];

		bars_add(bars, (struct bar){ attempt->slot, attempt->started,
					     isnan(attempt->ended) ? attempt->started
								   : attempt->ended,
					     HD_PLOT_FAILED, attempt->trial, true });
	}
	for (size_t i = 0; i < picture->data.trial_count; i++) {
		const struct hd_plot_trial *trial = &picture->data.trials[i];

		bars_add(bars, (struct bar){ trial->slot, trial->started,
					     isnan(trial->ended) ? now : trial->ended,
					     trial->state, trial->number, false });
	}
}

/* False without memory. */
static bool bars_make(const struct hd_picture *picture, struct bars *bars)
{
	*bars = (struct bars){ .start = INFINITY };
	bars->items = calloc(picture->data.trial_count + picture->attempt_count + 1,
			     sizeof *bars->items);
	if (!bars->items)
		return false;
	bars_gather(picture, bars);
	qsort(bars->items, bars->count, sizeof *bars->items, bar_compare);
	bars_rows(bars);
	for (size_t i = 0; i < bars->count; i++) {
		struct bar *bar = &bars->items[i];

		bars->start = fmin(bars->start, bar->start);
		bars->length = fmax(bars->length, bar->end - bars->start);
		if ((size_t)bar->row + 1 > bars->rows)
			bars->rows = (size_t)bar->row + 1;
	}
	for (size_t i = 0; i < bars->count; i++) {
		bars->items[i].start -= bars->start;
		bars->items[i].end -= bars->start;
	}
	return true;
}

static int timeline_load(struct hd_picture *picture, struct hd_error *err)
{
	const char *none[] = { NULL };
	struct hd_json *answer = NULL;
	bool any = false;
	int rc = picture->ask(picture->user, &answer, "attempts", none, err);

	if (rc == 0)
		rc = hd_plot_attempts_read(&picture->data, answer, &picture->attempts,
					   &picture->attempt_count, err);
	hd_json_free(answer);
	for (size_t i = 0; i < picture->data.trial_count; i++)
		any |= !isnan(picture->data.trials[i].started);
	if (rc == 0 && !any)
		rc = hd_error_set(err, HD_ESTATE, "no trial of the sweep has started");
	return rc;
}

static void timeline_size(const struct hd_picture *picture, bool coarse, double columns,
			  double *width, double *height)
{
	double rows = 1;

	(void)columns;
	(void)width;
	for (size_t i = 0; i < picture->data.trial_count; i++)
		rows = fmax(rows, (double)picture->data.trials[i].slot + 1);
	*height = coarse ? fmin(fmax(rows, 3), 32) + 7 : fmin(fmax(rows * 26, 100), 700) + 130;
}

/* --- drawing -------------------------------------------------------------- */

/* Bars of one paint. Where several are less than a pixel they are one. */
struct brush {
	struct hd_canvas *canvas;
	struct hd_paint paint;
	struct hd_box *rows; /* the last one of each, not drawn yet */
};

static void brush_add(struct brush *brush, size_t row, struct hd_box box)
{
	struct hd_box *last = &brush->rows[row];
	double end = box.x + box.width;

	if (last->height > 0 && box.x - (last->x + last->width) < 0.5 && end - last->x < 1.5) {
		last->width = fmax(end - last->x, last->width);
		return;
	}
	hd_canvas_box(brush->canvas, *last, brush->paint);
	*last = box;
}

static struct hd_box bar_box(const struct hd_frame *frame, const struct bars *bars,
			     const struct bar *bar)
{
	double place = (double)(bars->rows - 1) - (double)bar->row;
	double band = frame->area.height / (double)bars->rows;
	double gap = band < 4 ? 0 : fmin(band * 0.16, 4);
	double left = hd_scale_at(&frame->x, bar->start), right = hd_scale_at(&frame->x, bar->end);
	double top = hd_scale_at(&frame->y, place) - band / 2;

	/* Bars that follow each other are seen to be several. */
	if (right - left > 4)
		right -= 1;
	return (struct hd_box){ left, top + gap / 2, fmax(right - left, 0.6),
				fmax(band - gap, 0.7) };
}

static void draw_bars(struct hd_picture *picture, const struct hd_frame *frame,
		      const struct bars *bars, enum hd_plot_state state, bool past)
{
	struct brush brush = { picture->canvas, hd_picture_paint(state), NULL };

	brush.paint.alpha = past ? 0.45 : 1;
	brush.rows = calloc(bars->rows, sizeof *brush.rows);
	if (!brush.rows) {
		picture->canvas->failed = true;
		return;
	}
	for (size_t i = 0; i < bars->count; i++)
		if (bars->items[i].state == state && bars->items[i].past == past)
			brush_add(&brush, (size_t)bars->items[i].row,
				  bar_box(frame, bars, &bars->items[i]));
	for (size_t i = 0; i < bars->rows; i++)
		hd_canvas_box(picture->canvas, brush.rows[i], brush.paint);
	free(brush.rows);
}

/* --- in characters: each shows what filled it most -------------------------- */

struct cells {
	size_t rows, columns;
	double *filled; /* a part of each, by state */
};

static double *cell_at(const struct cells *cells, size_t row, size_t column)
{
	return &cells->filled[(row * cells->columns + column) * HD_PLOT_STATES];
}

static void cells_fill(struct cells *cells, const struct hd_frame *frame,
		       const struct bars *bars, const struct bar *bar)
{
	double scale = (double)cells->columns / (frame->x.high - frame->x.low);
	double left = bar->start * scale, right = bar->end * scale;
	size_t row = (size_t)bar->row * cells->rows / bars->rows;
	/* However short it was, it was there. */
	double least = right - left < 1e-6 ? 1e-6 : 0;

	for (double column = floor(left); column <= right; column++) {
		size_t at = column < (double)cells->columns ? (size_t)column : cells->columns - 1;
		double part = fmin(right, column + 1) - fmax(left, column);

		cell_at(cells, row, at)[bar->state] += fmax(part, least);
	}
}

static double cell_total(const struct cells *cells, size_t row, size_t column, int *most)
{
	const double *filled = cell_at(cells, row, column);
	double total = 0;

	*most = 0;
	for (int i = 0; i < HD_PLOT_STATES; i++) {
		total += filled[i];
		if (filled[i] > filled[*most])
			*most = i;
	}
	return total;
}

static void draw_cells(struct hd_picture *picture, const struct hd_frame *frame,
		       const struct bars *bars)
{
	struct hd_canvas *canvas = picture->canvas;
	struct cells cells = { (size_t)(frame->area.height / canvas->cell.y),
			       (size_t)(frame->area.width / canvas->cell.x), NULL };

	if (cells.rows > bars->rows)
		cells.rows = bars->rows;
	cells.filled = calloc(cells.rows * cells.columns, HD_PLOT_STATES * sizeof *cells.filled);
	if (!cells.filled) {
		canvas->failed = true;
		return;
	}
	for (size_t i = 0; i < bars->count; i++)
		cells_fill(&cells, frame, bars, &bars->items[i]);
	for (size_t row = 0; row < cells.rows; row++)
		for (size_t column = 0; column < cells.columns; column++) {
			double band = frame->area.height / canvas->cell.y / (double)cells.rows;
			double top = floor((double)row * band),
			       bottom = floor((double)(row + 1) * band);
			struct hd_box box = { frame->area.x + (double)column * canvas->cell.x,
					      frame->area.y + top * canvas->cell.y, canvas->cell.x,
					      (bottom - top) * canvas->cell.y };
			int most, next;
			double total = cell_total(&cells, row, column, &most);

			if (total <= 0)
				continue;
			/* The end of a bar with nothing behind it. */
			if (column + 1 == cells.columns ||
			    cell_total(&cells, row, column + 1, &next) <= 0)
				box.width *= fmin(total, 1);
			hd_canvas_box(canvas, box, hd_picture_paint((enum hd_plot_state)most));
		}
	free(cells.filled);
}

/* The trial's number where its bar has room for it. */
static void draw_numbers(struct hd_picture *picture, const struct hd_frame *frame,
			 const struct bars *bars)
{
	struct hd_canvas *canvas = picture->canvas;

	for (size_t i = 0; i < bars->count; i++) {
		struct hd_box box = bar_box(frame, bars, &bars->items[i]);
		char text[32];

		snprintf(text, sizeof text, "%zu", bars->items[i].trial);
		if (box.height >= 12 && box.width > hd_canvas_text_width(canvas, text) + 6)
			hd_canvas_words(canvas, box.x + box.width / 2, box.y + box.height / 2, text,
					HD_ANCHOR_MIDDLE, HD_PAINT_GROUND);
	}
}

/* Rows from the top: their numbers as names, the last first. */
static const char **row_names(struct hd_picture *picture, size_t rows)
{
	const char **names = hd_arena_array(picture->data.arena, rows, sizeof *names);

	for (size_t i = 0; names && i < rows; i++) {
		char text[32];

		snprintf(text, sizeof text, "%zu", rows - 1 - i);
		names[i] = hd_arena_string(picture->data.arena, text);
		if (!names[i])
			return NULL;
	}
	return names;
}

static void timeline_draw(struct hd_picture *picture, struct hd_box box)
{
	struct hd_frame frame = { .x_label = "since the first start", .y_label = "slot" };
	struct hd_legend legend[HD_PLOT_STATES];
	size_t count = hd_picture_states(picture, true, legend);
	struct bars bars;
	const char **names;

	if (!bars_make(picture, &bars) || !(names = row_names(picture, bars.rows))) {
		free(bars.items);
		picture->canvas->failed = true;
		return;
	}
	for (size_t i = 0; i < count; i++)
		legend[i].is_box = true;
	frame.x = hd_scale_time(bars.length);
	frame.y = hd_scale_category(names, bars.rows);
	box = hd_frame_legend(picture->canvas, box, legend, count);
	hd_frame_axes(picture->canvas, box, &frame);
	for (int i = 0; !picture->canvas->coarse && i < HD_PLOT_STATES; i++) {
		draw_bars(picture, &frame, &bars, (enum hd_plot_state)i, true);
		draw_bars(picture, &frame, &bars, (enum hd_plot_state)i, false);
	}
	if (picture->canvas->coarse)
		draw_cells(picture, &frame, &bars);
	else
		draw_numbers(picture, &frame, &bars);
	free(bars.items);
}

static void timeline_json(const struct hd_picture *picture, struct hd_buf *buf)
{
	struct bars bars;

	if (!bars_make(picture, &bars)) {
		buf->failed = true;
		return;
	}
	hd_picture_key(buf, "start");
	hd_buf_json_number(buf, bars.count ? bars.start : NAN);
	hd_buf_puts(buf, ",\"bars\":[");
	for (size_t i = 0; i < bars.count; i++) {
		const struct bar *bar = &bars.items[i];

		hd_buf_printf(buf, "%s{\"trial\":%zu,\"slot\":%ld,\"last\":%s,\"state\":\"%s\"",
			      i ? "," : "", bar->trial, bar->row, bar->past ? "false" : "true",
			      hd_plot_state_name(bar->state));
		hd_picture_key(buf, "start");
		hd_buf_json_number(buf, bar->start);
		hd_picture_key(buf, "end");
		hd_buf_json_number(buf, bar->end);
		hd_buf_putc(buf, '}');
	}
	hd_buf_putc(buf, ']');
	free(bars.items);
}

const struct hd_picture_kind hd_picture_timeline = {
	.name = "timeline",
	.summary = "when each trial ran, and in which slot",
	.load = timeline_load,
	.size = timeline_size,
	.title = timeline_title,
	.draw = timeline_draw,
	.json = timeline_json,
};
