/*
 * Pictures of a sweep: how it went, its curves, what its parameters did. As
 * SVG, as characters for a terminal, or the data that is drawn as JSON. (PNG is
 * drawn by a program beside hdrive, "hdrive plot -o FILE.png".)
 *
 * A picture of 10,000 trials is made in well under a second and has a size with
 * an end: what nobody could tell apart is drawn once. Names and values are text
 * wherever they appear.
 */
#ifndef HDRIVE_PLOT_H
#define HDRIVE_PLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hdrive/api.h>
#include <hdrive/error.h>
#include <hdrive/report.h>
#include <hdrive/store.h>

HD_BEGIN_DECLS

enum hd_plot_format {
	HD_PLOT_TEXT, /* lines of characters; out->color and out->width count */
	HD_PLOT_SVG,
	HD_PLOT_PNG, /* hd_plot() refuses it */
	HD_PLOT_JSON,
};

struct hd_plot {
	size_t size;      /* sizeof this struct, for later growth */
	const char *kind; /* "history", ...: hd_plot_kind_name() */
	enum hd_plot_format format;
	/* What is left NULL or 0 is chosen by the kind. */
	const char *metric; /* of curves: its name; NULL: the primary one */
	const char *x, *y;  /* what the axes are: names of parameters, with their
			       dashes or without */
	const char *trials; /* of curves: "3,7,12" or "running" */
	size_t best;        /* only so many of the best trials */
	size_t width;       /* pixels, or of text columns and lines */
	size_t height;
	bool dark;      /* for a dark ground */
	bool log_scale; /* of the metric */
	bool ascii;     /* text of ASCII alone */
};

/* The kinds, in the order in which people are told of them. */
HD_API size_t hd_plot_kinds(void);
HD_API const char *hd_plot_kind_name(size_t index);
HD_API const char *hd_plot_kind_summary(size_t index);

/*
 * The picture of SWEEP, a key, to OUT. HD_EINVAL for a kind, parameter, trial or
 * size that cannot be, HD_ESTATE when there is nothing to draw: no trial has
 * the metric, or has started.
 */
HD_API int hd_plot(struct hd_store *store, int64_t sweep, const struct hd_plot *plot,
		   const struct hd_out *out, struct hd_error *err);
/* The same into the file at PATH, which is there whole or as it was before. */
HD_API int hd_plot_file(struct hd_store *store, int64_t sweep, const struct hd_plot *plot,
			const char *path, struct hd_error *err);

HD_END_DECLS

#endif
