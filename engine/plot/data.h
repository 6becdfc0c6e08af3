/*
 * What pictures show, as the JSON API of docs/reference/api.md gives it: trials
 * by column, curves, importances. Whatever draws a sweep, here or in a browser,
 * so has the same numbers.
 *
 * All of it lies in one arena and is never changed. Labels are harmless: they
 * hold nothing that a terminal or XML would obey.
 */
#ifndef HD_PLOT_DATA_H
#define HD_PLOT_DATA_H

#include <hdrive/error.h>
#include <hdrive/store.h>

#include "base/arena.h"
#include "base/json.h"

/* A trial's state as pictures tell it: why it was canceled counts. */
enum hd_plot_state {
	HD_PLOT_COMPLETED,
	HD_PLOT_RUNNING,
	HD_PLOT_STOPPED, /* by the policy */
	HD_PLOT_PAUSED,
	HD_PLOT_CANCELED,
	HD_PLOT_FAILED,
	HD_PLOT_QUEUED,
};
#define HD_PLOT_STATES 7

struct hd_plot_trial {
	size_t number;
	enum hd_plot_state state;
	double value;          /* what it is ranked by; NaN for none */
	double started, ended; /* seconds since 1970; NaN: not yet */
	long slot;             /* -1 for none */
	size_t rank;           /* 0 is the best; SIZE_MAX without a value */
};

struct hd_plot_param {
	const char *name;  /* as it was declared */
	const char *label; /* the same, harmless, without dashes */
	bool choice;       /* values are indices of names */
	bool log;
	bool whole;               /* of numbers: none has a fraction */
	double low, high;         /* what it may be, or NaN */
	const char *const *names; /* of a choice, as its script gets them */
	size_t name_count;
	const double *values; /* one a trial; NaN: it does not have it */
};

/* An attempt before a trial's last. */
struct hd_plot_attempt {
	size_t trial; /* number */
	long slot;
	double started, ended;
};

struct hd_plot_data {
	struct hd_arena *arena;
	const char *sweep;  /* its name, harmless */
	const char *metric; /* the primary one's name, and harmless */
	const char *metric_label;
	bool maximize;
	struct hd_plot_param *params;
	size_t param_count;
	struct hd_plot_trial *trials; /* by number */
	size_t trial_count;
	const size_t *ranked; /* places of those with a value, best first */
	size_t ranked_count;
	size_t counts[HD_PLOT_STATES];
	const char *const *metrics; /* names of all that were logged */
	size_t metric_count;
};

/* The answer "sweeps/S/columns" as data; SWEEP is its name. */
int hd_plot_data_read(struct hd_plot_data *data, const struct hd_json *columns,
		      const char *sweep, struct hd_error *err);
void hd_plot_data_release(struct hd_plot_data *data);

/* By its name, dashes aside; NULL when there is none. */
const struct hd_plot_param *hd_plot_data_param(const struct hd_plot_data *data,
					       const char *name);
/* The place of trial NUMBER; SIZE_MAX when there is none. */
size_t hd_plot_data_find(const struct hd_plot_data *data, size_t number);
/* "failed" */
const char *hd_plot_state_name(enum hd_plot_state state);
/* TEXT made harmless, in the data's arena; NULL for no memory. */
const char *hd_plot_data_label(struct hd_plot_data *data, const char *text);

struct hd_plot_curve {
	size_t trial; /* number */
	size_t count;
	const double *x, *y; /* y may be NaN */
};

/* "sweeps/S/curves"; *CURVES lie in the data's arena. */
int hd_plot_curves_read(struct hd_plot_data *data, const struct hd_json *answer,
			struct hd_plot_curve **curves, size_t *count, struct hd_error *err);

struct hd_plot_importance {
	const char *name; /* as it was declared */
	const char *label;
	double part; /* of 1 */
};

struct hd_plot_importances {
	struct hd_plot_importance *items; /* greatest first */
	size_t count;
	size_t trials;    /* that it was found from */
	const char *note; /* why there are none; "" */
};

int hd_plot_importances_read(struct hd_plot_data *data, const struct hd_json *answer,
			     struct hd_plot_importances *importances, struct hd_error *err);

/* "sweeps/S/attempts" */
int hd_plot_attempts_read(struct hd_plot_data *data, const struct hd_json *answer,
			  struct hd_plot_attempt **attempts, size_t *count,
			  struct hd_error *err);

#endif
