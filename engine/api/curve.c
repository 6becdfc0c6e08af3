#include "api/curve.h"

#include "api/private.h"

#include <hdrive/error.h>

#include <math.h>
#include <stdlib.h>

void hd_curve_release(struct hd_curve *curve)
{
	free(curve->x);
	free(curve->y);
	*curve = (struct hd_curve){ NULL, NULL, 0, 0, 0 };
}

void hd_curve_clear(struct hd_curve *curve)
{
	curve->count = curve->logged = 0;
}

static int curve_grow(struct hd_curve *curve)
{
	size_t room = curve->room ? 2 * curve->room : 128;
	double *x = realloc(curve->x, room * sizeof *x);
	double *y;

	if (!x)
		return HD_ENOMEM;
	curve->x = x;
	y = realloc(curve->y, room * sizeof *y);
	if (!y)
		return HD_ENOMEM;
	curve->y = y;
	curve->room = room;
	return 0;
}

int hd_curve_add(struct hd_curve *curve, double x, double y)
{
	if (curve->count == curve->room && curve_grow(curve) < 0)
		return HD_ENOMEM;
	curve->x[curve->count] = x;
	curve->y[curve->count++] = y;
	curve->logged++;
	return 0;
}

/* --- fewer points -------------------------------------------------------------- */

static void curve_move(struct hd_curve *curve, size_t *kept, size_t from)
{
	curve->x[*kept] = curve->x[from];
	curve->y[(*kept)++] = curve->y[from];
}

/* The least and the greatest from BEGIN up to END go to *KEPT, which is not
 * behind BEGIN. */
static void curve_stretch(struct hd_curve *curve, size_t begin, size_t end, size_t *kept)
{
	size_t least = begin, most = begin, first, second;

	for (size_t i = begin + 1; i < end; i++) {
		double y = curve->y[i];

		if (y < curve->y[least] || isnan(curve->y[least]))
			least = i;
		if (y > curve->y[most] || isnan(curve->y[most]))
			most = i;
	}
	first = least < most ? least : most;
	second = least < most ? most : least;
	curve_move(curve, kept, first);
	if (second != first)
		curve_move(curve, kept, second);
}

void hd_curve_thin(struct hd_curve *curve, size_t most)
{
	size_t stretches = most < 2 ? 0 : (most - 2) / 2;
	size_t inner, kept = 1;

	if (curve->count <= most || curve->count < 3)
		return;
	inner = curve->count - 2;
	for (size_t i = 0; i < stretches; i++) {
		/* As equal as whole numbers allow; none is empty. */
		size_t begin = 1 + i * inner / stretches;
		size_t end = 1 + (i + 1) * inner / stretches;

		curve_stretch(curve, begin, end, &kept);
	}
	curve_move(curve, &kept, curve->count - 1);
	curve->count = kept;
}

/* --- as JSON --------------------------------------------------------------------- */

static void curve_list(struct hd_buf *buf, const double *values, size_t count)
{
	hd_buf_putc(buf, '[');
	for (size_t i = 0; i < count; i++) {
		if (i)
			hd_buf_putc(buf, ',');
		hd_api_put_number(buf, values[i]);
	}
	hd_buf_putc(buf, ']');
}

void hd_curve_json(const struct hd_curve *curve, struct hd_buf *buf)
{
	hd_buf_printf(buf, "\"count\":%zu,\"x\":", curve->logged);
	curve_list(buf, curve->x, curve->count);
	hd_buf_puts(buf, ",\"y\":");
	curve_list(buf, curve->y, curve->count);
}
