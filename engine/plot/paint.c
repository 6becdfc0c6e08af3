#include "plot/paint.h"

#include <math.h>
#include <stdlib.h>

static const uint32_t series_light[HD_PAINT_COLORS] = {
	[HD_PAINT_BLUE] = 0x0072b2,
	[HD_PAINT_ORANGE] = 0xe69f00,
	[HD_PAINT_GREEN] = 0x009e73,
	[HD_PAINT_PURPLE] = 0xcc79a7,
	[HD_PAINT_SKY] = 0x56b4e9,
	[HD_PAINT_VERMILLION] = 0xd55e00,
	[HD_PAINT_VIOLET] = 0x5b4b9a,
	[HD_PAINT_GREY] = 0x8a8f98,
};

/* On dark ground the deep ones are lifted until they are read. */
static const uint32_t series_dark[HD_PAINT_COLORS] = {
	[HD_PAINT_BLUE] = 0x4aa3df,
	[HD_PAINT_ORANGE] = 0xe69f00,
	[HD_PAINT_GREEN] = 0x1fbf92,
	[HD_PAINT_PURPLE] = 0xd994ba,
	[HD_PAINT_SKY] = 0x8accf0,
	[HD_PAINT_VERMILLION] = 0xf07b2e,
	[HD_PAINT_VIOLET] = 0xb4a5ee,
	[HD_PAINT_GREY] = 0x9aa0aa,
};

/* The same among xterm's, where the ground is anybody's guess. */
static const int series_xterm[HD_PAINT_COLORS] = {
	[HD_PAINT_BLUE] = 32,
	[HD_PAINT_ORANGE] = 172,
	[HD_PAINT_GREEN] = 36,
	[HD_PAINT_PURPLE] = 175,
	[HD_PAINT_SKY] = 74,
	[HD_PAINT_VERMILLION] = 166,
	[HD_PAINT_VIOLET] = 98,
	[HD_PAINT_GREY] = 245,
};

/*
 * Nine points of viridis (van der Walt and Smith, 2015), with lines between
 * them. Whatever stands out most is what has 1: on dark ground the bright end,
 * on light ground the dark one; the end that the ground swallows is left out.
 */
static const uint32_t ramp[] = {
	0x440154,
	0x472d7b,
	0x3b528b,
	0x2c728e,
	0x21918c,
	0x28ae80,
	0x5ec962,
	0xaddc30,
	0xfde725,
};
#define RAMP_POINTS (sizeof ramp / sizeof ramp[0])

struct hd_paint hd_paint_ramp(double at)
{
	double step = floor(at * HD_PAINT_STEPS);

	if (!(step >= 0))
		step = 0;
	if (step > HD_PAINT_STEPS - 1)
		step = HD_PAINT_STEPS - 1;
	return (struct hd_paint){ HD_PAINT_RAMP, (unsigned)step, 1 };
}

static unsigned between(uint32_t from, uint32_t to, unsigned shift, double part)
{
	double a = (double)(from >> shift & 0xff), b = (double)(to >> shift & 0xff);

	return (unsigned)lround(a + (b - a) * part);
}

/* FROM and TO are the parts of the ramp that are used. */
static uint32_t ramp_rgb(unsigned step, double from, double to)
{
	double at = from + (to - from) * step / (HD_PAINT_STEPS - 1);
	double place = at * (double)(RAMP_POINTS - 1);
	size_t left = (size_t)place < RAMP_POINTS - 2 ? (size_t)place : RAMP_POINTS - 2;
	double part = place - (double)left;

	return (uint32_t)(between(ramp[left], ramp[left + 1], 16, part) << 16 |
			  between(ramp[left], ramp[left + 1], 8, part) << 8 |
			  between(ramp[left], ramp[left + 1], 0, part));
}

uint32_t hd_paint_rgb(const struct hd_paint *paint, bool dark)
{
	switch (paint->role) {
	case HD_PAINT_GROUND:
		return dark ? 0x16191f : 0xffffff;
	case HD_PAINT_TEXT:
		return dark ? 0xe6e8ec : 0x1c2026;
	case HD_PAINT_MUTED:
		return dark ? 0xa3a9b4 : 0x59606b;
	case HD_PAINT_AXIS:
	case HD_PAINT_TICK:
		return dark ? 0x7d8490 : 0x7d8490;
	case HD_PAINT_GRID:
		return dark ? 0x2a2f38 : 0xe6e8ec;
	case HD_PAINT_SERIES:
		return (dark ? series_dark : series_light)[paint->index % HD_PAINT_COLORS];
	case HD_PAINT_RAMP:
		return dark ? ramp_rgb(paint->index, 0.2, 1) : ramp_rgb(paint->index, 0.9, 0);
	}
	return 0;
}

/* The nearest of the cube of 6 x 6 x 6 that begins at 16. */
static int cube(uint32_t rgb)
{
	static const int levels[] = { 0, 95, 135, 175, 215, 255 };
	int index = 0;

	for (int shift = 16; shift >= 0; shift -= 8) {
		int part = (int)(rgb >> shift & 0xff);
		int best = 0;

		for (int i = 1; i < 6; i++)
			if (abs(levels[i] - part) < abs(levels[best] - part))
				best = i;
		index = index * 6 + best;
	}
	return 16 + index;
}

int hd_paint_xterm(const struct hd_paint *paint)
{
	switch (paint->role) {
	case HD_PAINT_GROUND:
	case HD_PAINT_TEXT:
		return -1;
	case HD_PAINT_MUTED:
	case HD_PAINT_AXIS:
	case HD_PAINT_TICK:
	case HD_PAINT_GRID:
		return series_xterm[HD_PAINT_GREY];
	case HD_PAINT_SERIES:
		return series_xterm[paint->index % HD_PAINT_COLORS];
	case HD_PAINT_RAMP:
		return cube(ramp_rgb(paint->index, 0.2, 0.9));
	}
	return -1;
}
