/*
 * A picture in the making: what is shown, on what, and how. Each kind is one
 * file and one row of the table in table.c.
 */
#ifndef HD_PLOT_PICTURE_H
#define HD_PLOT_PICTURE_H

#include <hdrive/plot.h>

#include "plot/data.h"
#include "plot/frame.h"

struct hd_picture {
	const struct hd_plot *plot; /* what was asked for */
	struct hd_plot_data data;
	/* Set by the kind's load(). */
	struct hd_plot_curve *curves;
	size_t curve_count;
	struct hd_plot_importances importances;
	struct hd_plot_attempt *attempts;
	size_t attempt_count;
	const struct hd_plot_param *x, *y; /* of scatter; of slice x, or NULL */
	/* Asks the API for "sweeps/S/PATH"; the caller's to hd_json_free. */
	int (*ask)(void *user, struct hd_json **answer, const char *path,
		   const char *const *arguments, struct hd_error *err);
	void *user;
	/* Set before draw(). */
	struct hd_canvas *canvas;
};

/* What of the options a kind takes; another one is an error. */
enum hd_picture_takes {
	HD_PICTURE_METRIC = 1,
	HD_PICTURE_X = 2,
	HD_PICTURE_Y = 4,
	HD_PICTURE_TRIALS = 8,
	HD_PICTURE_BEST = 16,
	HD_PICTURE_LOG = 32,
};

struct hd_picture_kind {
	const char *name;
	const char *summary;
	unsigned takes;
	bool needs_value; /* without a trial that has one there is no picture */
	/* What it needs besides the columns, and whether it can be drawn; may be NULL. */
	int (*load)(struct hd_picture *picture, struct hd_error *err);
	/* What it wants, in pixels, or in columns and lines where COARSE; either 0
	 * for the usual. May be NULL. */
	void (*size)(const struct hd_picture *picture, bool coarse, double columns,
		     double *width, double *height);
	/* Below the head. */
	void (*draw)(struct hd_picture *picture, struct hd_box box);
	/* Members of an object, each behind a comma. */
	void (*json)(const struct hd_picture *picture, struct hd_buf *buf);
	/* "history of accuracy" into BUF. */
	void (*title)(const struct hd_picture *picture, struct hd_buf *buf);
};

extern const struct hd_picture_kind hd_picture_history, hd_picture_curves, hd_picture_parallel,
	hd_picture_slice, hd_picture_scatter, hd_picture_importance, hd_picture_timeline;

/* --- what kinds share: picture.c ------------------------------------------- */

enum hd_shape hd_picture_shape(enum hd_plot_state state);
struct hd_paint hd_picture_paint(enum hd_plot_state state);
/* A legend's rows of the states that trials with a value are in and of failed
 * ones, or of all; returns how many were written. */
size_t hd_picture_states(const struct hd_picture *picture, bool all,
			 struct hd_legend legend[HD_PLOT_STATES]);
/*
 * The scale of the primary metric's values. A few that are far worse than the
 * others do not press those into one line: they lie beyond its end.
 */
struct hd_scale hd_picture_metric_scale(const struct hd_picture *picture);
/* From the best to what nine in ten reach: so that colours tell good from better. */
struct hd_scale hd_picture_merit_scale(const struct hd_picture *picture);
struct hd_scale hd_picture_param_scale(const struct hd_picture *picture,
				       const struct hd_plot_param *param);
/* How good VALUE is on such a scale: 1 is the best. */
double hd_picture_merit(const struct hd_picture *picture, const struct hd_scale *scale,
			double value);
/* The ramp of merit, what is worst and best on it named. */
struct hd_box hd_picture_ramp(struct hd_picture *picture, struct hd_box box,
			      const struct hd_scale *scale);
/* Whether place AT of the trials is among those that "best" leaves. */
bool hd_picture_shows(const struct hd_picture *picture, size_t at);

/*
 * A column by the name of a parameter, with or without its dashes; also of the
 * primary metric, of "trial", its number, and of "duration", in seconds. NULL
 * with the error when there is none.
 */
const struct hd_plot_param *hd_picture_column(struct hd_picture *picture, const char *name,
					      struct hd_error *err);
/*
 * Where the trial at place AT stands on COLUMN's scale. On a choice trials are
 * spread over the middle of their band, each always to the same place: equal
 * ones would hide each other.
 */
double hd_picture_spread(const struct hd_picture *picture, const struct hd_plot_param *column,
			 size_t at);

/* Points to be drawn at once, each with a step of the ramp. */
struct hd_points {
	struct hd_point *items;
	unsigned char *steps;
	size_t count, room;
};
/* Without memory the canvas has failed. */
void hd_points_add(struct hd_points *points, struct hd_canvas *canvas, double x, double y);
void hd_points_add_step(struct hd_points *points, struct hd_canvas *canvas, double x, double y,
			unsigned step);
/* As dots, the first step first. */
void hd_points_ramp(const struct hd_points *points, struct hd_canvas *canvas, double radius,
		    double alpha);
void hd_points_release(struct hd_points *points);
/*
 * Where a value beyond the scale is marked: its edge, with *SHAPE up or down.
 * False for one within.
 */
bool hd_picture_edge(const struct hd_frame *frame, double value, double *y,
		     enum hd_shape *shape);

/* JSON: a comma, the name, a colon. */
void hd_picture_key(struct hd_buf *buf, const char *name);
/* {"name":...,"kind":...,...} of a parameter, as the API has it. */
void hd_picture_param_json(struct hd_buf *buf, const struct hd_plot_param *param);
/* A value of it: a number, or a choice's name. */
void hd_picture_value_json(struct hd_buf *buf, const struct hd_plot_param *param, double value);

/* The kinds, in order; NULL behind the last. */
extern const struct hd_picture_kind *const hd_picture_kinds[];

#endif
