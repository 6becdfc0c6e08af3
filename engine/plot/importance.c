/* Which parameters matter: a bar each, the greatest first. */
#include "plot/picture.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void importance_title(const struct hd_picture *picture, struct hd_buf *buf)
{
	hd_buf_printf(buf, "importance for %s", picture->data.metric_label);
}

static int importance_load(struct hd_picture *picture, struct hd_error *err)
{
	const char *none[] = { NULL };
	struct hd_json *answer = NULL;
	int rc = picture->ask(picture->user, &answer, "importance", none, err);

	if (rc == 0)
		rc = hd_plot_importances_read(&picture->data, answer, &picture->importances, err);
	hd_json_free(answer);
	return rc;
}

static void importance_size(const struct hd_picture *picture, bool coarse, double columns,
			    double *width, double *height)
{
	double count = fmin(fmax((double)picture->importances.count, 3), 40);

	(void)columns;
	(void)width;
	*height = coarse ? count + 4 : count * 30 + 110;
}

static void draw_bar(struct hd_picture *picture, struct hd_box row, double names,
		     const struct hd_plot_importance *item, double most)
{
	struct hd_canvas *canvas = picture->canvas;
	double figures = hd_canvas_text_width(canvas, "100.0 %") + canvas->pad;
	double left = row.x + names + canvas->pad;
	double room = row.x + row.width - left - figures;
	double height = canvas->coarse ? canvas->line : fmin(row.height * 0.62, 22);
	double middle = row.y + row.height / 2;
	double length = most > 0 ? room * item->part / most : 0;
	struct hd_box bar = { left, middle - height / 2, length, height };
	char text[32];

	if (canvas->coarse) {
		middle = row.y + canvas->line / 2;
		bar.y = row.y;
	}
	hd_canvas_fit(canvas, row.x + names, middle, names, item->label, HD_ANCHOR_END,
		      HD_PAINT_TEXT);
	hd_canvas_box(canvas, bar, hd_paint_series(HD_PAINT_BLUE));
	snprintf(text, sizeof text, "%.1f %%", item->part * 100);
	left = ceil((left + length) / canvas->cell.x) * canvas->cell.x + canvas->pad;
	hd_canvas_words(canvas, left, middle, text, HD_ANCHOR_START, HD_PAINT_MUTED);
}

static void importance_draw(struct hd_picture *picture, struct hd_box box)
{
	const struct hd_plot_importances *importances = &picture->importances;
	struct hd_canvas *canvas = picture->canvas;
	double least = canvas->coarse ? canvas->line : 16;
	size_t count = importances->count, fitting = (size_t)(box.height / least);
	double names = 0, height;
	char words[80];

	if (count == 0) {
		hd_frame_nothing(canvas, box, importances->note);
		return;
	}
	snprintf(words, sizeof words, "PED-ANOVA over %zu trials", importances->trials);
	hd_canvas_fit(canvas, box.x, box.y + canvas->line / 2, box.width, words, HD_ANCHOR_START,
		      HD_PAINT_MUTED);
	box.y += canvas->line * 1.3;
	box.height -= canvas->line * 1.3;
	if (canvas->coarse)
		box = hd_canvas_snap(canvas, box);
	if (count > fitting)
		count = fitting;
	for (size_t i = 0; i < count; i++)
		names = fmax(names, hd_canvas_text_width(canvas, importances->items[i].label));
	names = fmin(names, box.width / 3);
	height = canvas->coarse ? canvas->line : fmin(box.height / (double)count, 40);
	for (size_t i = 0; i < count; i++) {
		struct hd_box row = { box.x, box.y + (double)i * height, box.width, height };

		draw_bar(picture, row, names, &importances->items[i], importances->items[0].part);
	}
}

static void importance_json(const struct hd_picture *picture, struct hd_buf *buf)
{
	const struct hd_plot_importances *importances = &picture->importances;

	hd_buf_printf(buf, ",\"trials\":%zu,\"parameters\":[", importances->trials);
	for (size_t i = 0; i < importances->count; i++) {
		const char *name = importances->items[i].name;

		hd_buf_printf(buf, "%s{\"name\":", i ? "," : "");
		hd_buf_json(buf, name, strlen(name));
		hd_picture_key(buf, "importance");
		hd_buf_json_number(buf, importances->items[i].part);
		hd_buf_putc(buf, '}');
	}
	hd_buf_puts(buf, "],\"note\":");
	hd_buf_json(buf, importances->note, strlen(importances->note));
}

const struct hd_picture_kind hd_picture_importance = {
	.name = "importance",
	.summary = "which parameters matter, and how much",
	.needs_value = true,
	.load = importance_load,
	.size = importance_size,
	.title = importance_title,
	.draw = importance_draw,
	.json = importance_json,
};
