/*
 * The surrogate: a model of the results seen so far, under an output transform.
 *
 * Large histories are thinned to an active set. Lengths and variances (theta)
 * come from two fits: one from a cold start on the first results, up to an
 * anchor whose size grows by steps, and a short one from there on all of them.
 * The anchor's theta is a pure function of those results, so it may be kept
 * from one suggestion to the next without the answer depending on it.
 */
#ifndef HD_SAMPLERS_SURROGATE_H
#define HD_SAMPLERS_SURROGATE_H

#include <stdint.h>

#include "observe.h"
#include "promise.h"
#include "transform.h"

/* Rows that a model is conditioned on, and those that theta is fitted to. */
#define HD_SURROGATE_ROWS 512
#define HD_SURROGATE_FIT_ROWS 150
/*
 * The lengths are known this well, as the standard deviation of a logarithm:
 * each suggestion draws how far all of them are off. It is the cheap part of
 * averaging over theta, and what frees a search that is too sure of itself.
 */
#define HD_SURROGATE_DOUBT 0.35

/* theta of an anchor, by a hash of what it was fitted to. */
struct hd_anchor {
	uint64_t key; /* 0: none */
	double *theta;
};

/* Kept between suggestions; a cache, no more. */
struct hd_anchors {
	struct hd_anchor of[HD_TRANSFORMS];
};

int hd_anchors_init(struct hd_anchors *anchors, const struct hd_kernel *kernel);
void hd_anchors_release(struct hd_anchors *anchors);

struct hd_model {
	enum hd_transform transform;
	struct hd_gp gp; /* pending trials believed, if any */
	double *y;       /* transformed; of pending rows what is believed */
	double *extra;   /* variance beside the noise, one per row */
	double *mean;    /* posterior mean at each row */
	double scale;    /* d(result)/d(y) on the better half */
	double best;     /* least posterior mean over the rows, pending ones too */
};

struct hd_surrogate {
	const struct hd_encoding *encoding;
	const struct hd_observations *rows;
	size_t *chosen; /* indices into rows: first the results, then pending */
	size_t count, pending;
	double *x; /* by column, stride count + pending */
	size_t stride;
	double stretch;  /* added to the logarithms of the lengths fitted */
	double *results; /* of the chosen, a failed one's is the worst */
	struct hd_scratch *scratch;
};

/* Choose rows and lay them out. 0 or HD_ENOMEM. */
int hd_surrogate_init(struct hd_surrogate *surrogate,
		      const struct hd_encoding *encoding,
		      const struct hd_observations *rows,
		      struct hd_scratch *scratch);
/* Fit MODEL and condition it; it lives in the scratch. */
int hd_surrogate_model(const struct hd_surrogate *surrogate,
		       enum hd_transform transform, struct hd_anchors *anchors,
		       struct hd_model *model);
/*
 * Let MODEL believe that pending trials will give what it predicts: its means
 * stay, its variances shrink around them, and what is better than all results
 * becomes the best one (kriging believer: Ginsbourger, Le Riche, Carraro 2010).
 */
int hd_surrogate_believe(const struct hd_surrogate *surrogate,
			 struct hd_model *model);

#endif
