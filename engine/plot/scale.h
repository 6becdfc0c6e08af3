/*
 * Scales: from values to places, and the ticks that are worth a number.
 *
 * A scale has room for at least one value: where all are equal, something is
 * left around them; where there are none, it is 0 to 1. Values that a scale
 * cannot place (NaN, 0 on a logarithmic one) have no place: NaN.
 */
#ifndef HD_PLOT_SCALE_H
#define HD_PLOT_SCALE_H

#include <stdbool.h>
#include <stddef.h>

enum hd_scale_kind {
	HD_SCALE_LINEAR,
	HD_SCALE_LOG,
	HD_SCALE_TIME,     /* seconds since some start */
	HD_SCALE_CATEGORY, /* 0, 1, ... : names, in the middle of their bands */
};

#define HD_SCALE_TICKS 32

struct hd_tick {
	double value;
	char text[32]; /* of a category cut; names[] has the whole */
};

struct hd_scale {
	enum hd_scale_kind kind;
	double low, high; /* the least and greatest value that is shown */
	double from, to;  /* where they are */
	bool whole;       /* values are whole numbers: no tick between two */
	const char *const *names;
	size_t count; /* of names */
};

/* Of what goes from LOW to HIGH; either may be NaN or infinite: unknown. */
struct hd_scale hd_scale_linear(double low, double high);
/* Linear where there is no positive value. */
struct hd_scale hd_scale_log(double low, double high);
struct hd_scale hd_scale_time(double high);
/* NAMES is borrowed. */
struct hd_scale hd_scale_category(const char *const *names, size_t count);

/* Round the ends outwards to the ticks that there would be of at most MOST. */
void hd_scale_round(struct hd_scale *scale, size_t most);
/* Leave PART of the range free at both ends, so that marks are whole. */
void hd_scale_widen(struct hd_scale *scale, double part);

/* From 0 at the low end to 1 at the high one; beyond both too; NaN for none. */
double hd_scale_part(const struct hd_scale *scale, double value);
/* The place between FROM and TO. */
double hd_scale_at(const struct hd_scale *scale, double value);

/*
 * Ticks within the ends, ascending, at most MOST of them and never more than
 * HD_SCALE_TICKS; returns how many.
 */
size_t hd_scale_ticks(const struct hd_scale *scale, size_t most,
		      struct hd_tick ticks[HD_SCALE_TICKS]);

/* A value in few characters: 4 digits, 1e-5 rather than 0.00001. */
const char *hd_scale_text(double value, char *text, size_t size);

#endif
