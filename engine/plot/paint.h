/*
 * What pictures are painted with: roles and a few colours that people with any
 * kind of colour vision tell apart (Okabe and Ito, 2008), and a ramp from dark
 * to bright whose steps are seen as equal (after viridis). Colour never alone
 * says something: shapes and words do too.
 */
#ifndef HD_PLOT_PAINT_H
#define HD_PLOT_PAINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hd_paint_role {
	HD_PAINT_GROUND, /* what is behind everything */
	HD_PAINT_TEXT,
	HD_PAINT_MUTED, /* text that is less */
	HD_PAINT_AXIS,
	HD_PAINT_TICK,
	HD_PAINT_GRID,
	HD_PAINT_SERIES, /* one of HD_PAINT_COLORS */
	HD_PAINT_RAMP,
};

/* The colours, in the order in which series take them. */
enum hd_paint_color {
	HD_PAINT_BLUE,
	HD_PAINT_ORANGE,
	HD_PAINT_GREEN,
	HD_PAINT_PURPLE,
	HD_PAINT_SKY,
	HD_PAINT_VERMILLION,
	HD_PAINT_VIOLET,
	HD_PAINT_GREY,
};
#define HD_PAINT_COLORS 8

/* Steps of the ramp that are told apart: marks of one step are drawn at once. */
#define HD_PAINT_STEPS 32

struct hd_paint {
	enum hd_paint_role role;
	unsigned index; /* of a series its colour, of the ramp its step */
	double alpha;   /* 0: as good as 1 */
};

static inline struct hd_paint hd_paint(enum hd_paint_role role)
{
	return (struct hd_paint){ role, 0, 1 };
}

static inline struct hd_paint hd_paint_series(unsigned index)
{
	return (struct hd_paint){ HD_PAINT_SERIES, index % HD_PAINT_COLORS, 1 };
}

/* AT from 0, near the ground, to 1, which stands out; beyond them the nearest. */
struct hd_paint hd_paint_ramp(double at);

/* 0xRRGGBB. */
uint32_t hd_paint_rgb(const struct hd_paint *paint, bool dark);
/*
 * The same for a terminal: one of xterm's 256 colours, or -1 for what it writes
 * with anyway. Terminals are light or dark and do not say which, so these are
 * read on both.
 */
int hd_paint_xterm(const struct hd_paint *paint);

#endif
