#include "plot/canvas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void hd_canvas_free(struct hd_canvas *canvas)
{
	if (canvas)
		canvas->type->release(canvas);
}

int hd_canvas_finish(struct hd_canvas *canvas, struct hd_buf *out, struct hd_error *err)
{
	if (!canvas->failed)
		canvas->type->finish(canvas, out);
	return canvas->failed || hd_buf_failed(out) ? hd_error_nomem(err) : 0;
}

/* --- lines and boxes ------------------------------------------------------ */

void hd_canvas_line(struct hd_canvas *canvas, double x1, double y1, double x2, double y2,
		    const struct hd_stroke *stroke)
{
	const struct hd_point points[] = { { x1, y1 }, { x2, y2 } };

	hd_canvas_polyline(canvas, points, 2, stroke);
}

static bool is_place(struct hd_point point)
{
	return isfinite(point.x) && isfinite(point.y);
}

void hd_canvas_polyline(struct hd_canvas *canvas, const struct hd_point *points,
			size_t count, const struct hd_stroke *stroke)
{
	size_t from = 0;

	for (size_t i = 0; i <= count; i++) {
		if (i < count && is_place(points[i]))
			continue;
		if (i > from + 1)
			canvas->type->polyline(canvas, points + from, i - from, stroke);
		from = i + 1;
	}
}

void hd_canvas_box(struct hd_canvas *canvas, struct hd_box box, struct hd_paint paint)
{
	if (isfinite(box.x) && isfinite(box.y) && box.width > 0 && box.height > 0)
		canvas->type->box(canvas, &box, &paint);
}

void hd_canvas_clip(struct hd_canvas *canvas, const struct hd_box *box)
{
	canvas->type->clip(canvas, box);
}

struct hd_box hd_canvas_snap(const struct hd_canvas *canvas, struct hd_box box)
{
	double right = floor((box.x + box.width) / canvas->cell.x) * canvas->cell.x;
	double bottom = floor((box.y + box.height) / canvas->cell.y) * canvas->cell.y;

	box.x = ceil(box.x / canvas->cell.x) * canvas->cell.x;
	box.y = ceil(box.y / canvas->cell.y) * canvas->cell.y;
	box.width = fmax(right - box.x, canvas->cell.x);
	box.height = fmax(bottom - box.y, canvas->cell.y);
	return box;
}

/* --- marks ---------------------------------------------------------------- */

/* One bit a place that a mark stands in. */
struct places {
	double step;
	size_t columns, rows;
	unsigned char *bits;
};

/* Whether no mark stands there yet; one does from now on. */
static bool places_take(struct places *places, struct hd_point point)
{
	double x = floor(point.x / places->step), y = floor(point.y / places->step);
	size_t at;

	if (!(x >= 0 && y >= 0 && x < (double)places->columns && y < (double)places->rows))
		return false;
	at = (size_t)y * places->columns + (size_t)x;
	if (places->bits[at / 8] >> at % 8 & 1)
		return false;
	places->bits[at / 8] |= (unsigned char)(1u << at % 8);
	return true;
}

static bool places_init(struct places *places, struct hd_canvas *canvas, double step)
{
	*places = (struct places){ .step = fmax(step, 1) };
	places->columns = (size_t)(canvas->width / places->step) + 1;
	places->rows = (size_t)(canvas->height / places->step) + 1;
	places->bits = calloc(places->columns * places->rows / 8 + 1, 1);
	canvas->failed |= !places->bits;
	return places->bits != NULL;
}

void hd_canvas_thin(struct hd_canvas *canvas, struct hd_point *points, size_t count,
		    double radius)
{
	/* A few may stand closer than many: among those nobody counts. */
	double step = canvas->coarse ? 1 : count > 2000 ? radius
							: radius / 2;
	struct places places;

	if (count == 0 || !places_init(&places, canvas, step))
		return;
	/* From the end: what is drawn last lies on top. */
	for (size_t i = count; i-- > 0;)
		if (!is_place(points[i]) || !places_take(&places, points[i]))
			points[i].x = NAN;
	free(places.bits);
}

void hd_canvas_marks(struct hd_canvas *canvas, enum hd_shape shape,
		     const struct hd_point *points, size_t count, double radius,
		     struct hd_paint paint)
{
	struct hd_point *kept = malloc((count + 1) * sizeof *kept);
	size_t number = 0;

	if (!kept) {
		canvas->failed = true;
		return;
	}
	if (count > 0)
		memcpy(kept, points, count * sizeof *kept);
	hd_canvas_thin(canvas, kept, count, radius);
	for (size_t i = 0; i < count; i++)
		if (is_place(kept[i]))
			kept[number++] = kept[i];
	if (number > 0)
		canvas->type->marks(canvas, shape, kept, number, radius, &paint);
	free(kept);
}

void hd_canvas_mark(struct hd_canvas *canvas, enum hd_shape shape, double x, double y,
		    struct hd_paint paint)
{
	const struct hd_point point = { x, y };

	if (is_place(point))
		canvas->type->marks(canvas, shape, &point, 1, canvas->mark, &paint);
}

/* --- words ---------------------------------------------------------------- */

uint32_t hd_canvas_char(const char *text, size_t *step)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *bytes = (const unsigned char *)text;
	size_t need = bytes[0] < 0x80                       ? 1
		      : bytes[0] >= 0xc2 && bytes[0] < 0xe0 ? 2
		      : bytes[0] >= 0xe0 && bytes[0] < 0xf0 ? 3
		      : bytes[0] >= 0xf0 && bytes[0] < 0xf5 ? 4
							    : 0;
	uint32_t point;

	*step = 1;
	if (need == 1)
		return bytes[0];
	if (need == 0)
		return 0xfffd;
	point = bytes[0] & (0xffu >> (need + 1));
	for (size_t i = 1; i < need; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0xfffd;
		point = point << 6 | (bytes[i] & 0x3fu);
	}
	if (point < least[need] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
		return 0xfffd;
	*step = need;
	return point;
}

struct range {
	uint32_t from, to;
};

static bool is_among(const struct range *ranges, size_t count, uint32_t character)
{
	for (size_t i = 0; i < count; i++)
		if (character >= ranges[i].from && character <= ranges[i].to)
			return true;
	return false;
}

/* The library knows no locale, so wcwidth() cannot be asked; these are the
 * blocks that Unicode calls wide, and those of marks upon what is before. */
unsigned hd_canvas_columns(uint32_t character)
{
	static const struct range wide[] = {
		{ 0x1100, 0x115f },
		{ 0x2e80, 0x303e },
		{ 0x3041, 0xa4cf },
		{ 0xa960, 0xa97c },
		{ 0xac00, 0xd7a3 },
		{ 0xf900, 0xfaff },
		{ 0xfe30, 0xfe6f },
		{ 0xff00, 0xff60 },
		{ 0xffe0, 0xffe6 },
		{ 0x1f300, 0x1f64f },
		{ 0x1f680, 0x1f6ff },
		{ 0x1f900, 0x1f9ff },
		{ 0x20000, 0x3fffd },
	};
	static const struct range none[] = {
		{ 0x0300, 0x036f },
		{ 0x0483, 0x0489 },
		{ 0x0591, 0x05bd },
		{ 0x0610, 0x061a },
		{ 0x064b, 0x065f },
		{ 0x0e34, 0x0e3a },
		{ 0x1ab0, 0x1aff },
		{ 0x1dc0, 0x1dff },
		{ 0x200b, 0x200f },
		{ 0x20d0, 0x20ff },
		{ 0xfe00, 0xfe0f },
		{ 0xfe20, 0xfe2f },
		{ 0xe0100, 0xe01ef },
	};

	if (character < 0x0300)
		return 1;
	if (is_among(none, sizeof none / sizeof none[0], character))
		return 0;
	return is_among(wide, sizeof wide / sizeof wide[0], character) ? 2 : 1;
}

bool hd_canvas_draws_number(uint32_t letter, const char *text)
{
	static const struct range turned[] = {
		{ 0x05d0, 0x08ff },
		{ 0xfb1d, 0xfdff },
		{ 0xfe70, 0xfefc },
	};

	if (!is_among(turned, sizeof turned / sizeof turned[0], letter))
		return false;
	/* Signs and blanks alone between the two. */
	for (; *text && !((unsigned char)*text & 0x80); text++) {
		if (*text >= '0' && *text <= '9')
			return true;
		if ((*text | 0x20) >= 'a' && (*text | 0x20) <= 'z')
			return false;
	}
	return false;
}

double hd_canvas_text_width(struct hd_canvas *canvas, const char *text)
{
	return canvas->type->width(canvas, text, false);
}

void hd_canvas_words(struct hd_canvas *canvas, double x, double y, const char *text,
		     enum hd_anchor anchor, enum hd_paint_role role)
{
	const struct hd_words words = { .anchor = anchor, .paint = hd_paint(role) };

	if (*text && isfinite(x) && isfinite(y))
		canvas->type->words(canvas, x, y, text, &words);
}

/* As much of TEXT as fits ROOM with the sign of a cut, into BUF. */
static void cut_to(struct hd_canvas *canvas, const char *text, double room, bool bold,
		   struct hd_buf *buf)
{
	const char *sign = canvas->ascii ? "~" : "\xe2\x80\xa6";
	size_t at = 0, step;

	while (text[at]) {
		(void)hd_canvas_char(text + at, &step);
		hd_buf_clear(buf);
		hd_buf_add(buf, text, at + step);
		hd_buf_puts(buf, sign);
		if (hd_buf_failed(buf) ||
		    canvas->type->width(canvas, hd_buf_text(buf), bold) > room)
			break;
		at += step;
	}
	hd_buf_clear(buf);
	hd_buf_add(buf, text, at);
	if (hd_canvas_text_width(canvas, sign) <= room)
		hd_buf_puts(buf, sign);
}

static void fit(struct hd_canvas *canvas, double x, double y, double room, const char *text,
		const struct hd_words *words)
{
	struct hd_buf buf = HD_BUF_INIT;

	if (!*text || !isfinite(x) || !isfinite(y))
		return;
	if (canvas->type->width(canvas, text, words->bold) <= room) {
		canvas->type->words(canvas, x, y, text, words);
		return;
	}
	cut_to(canvas, text, room, words->bold, &buf);
	canvas->type->words(canvas, x, y, hd_buf_text(&buf), words);
	canvas->failed |= hd_buf_failed(&buf);
	hd_buf_release(&buf);
}

void hd_canvas_fit(struct hd_canvas *canvas, double x, double y, double room,
		   const char *text, enum hd_anchor anchor, enum hd_paint_role role)
{
	fit(canvas, x, y, room, text,
	    &(struct hd_words){ .anchor = anchor, .paint = hd_paint(role) });
}

void hd_canvas_halo(struct hd_canvas *canvas, double x, double y, double room, const char *text,
		    enum hd_anchor anchor, enum hd_paint_role role)
{
	fit(canvas, x, y, room, text,
	    &(struct hd_words){ .anchor = anchor, .paint = hd_paint(role), .halo = true });
}

void hd_canvas_bold(struct hd_canvas *canvas, double x, double y, double room,
		    const char *text)
{
	fit(canvas, x, y, room, text,
	    &(struct hd_words){ .paint = hd_paint(HD_PAINT_TEXT), .bold = true });
}
