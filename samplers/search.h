/*
 * Finding the point that promises most, over numbers and names at once.
 *
 * Candidates fill the box and crowd around the incumbents; the best of them
 * that lie apart are improved, the continuous coordinates by L-BFGS, the
 * discrete ones by trying their values in turn. Points that the veto refuses
 * (tried already, or on a known plateau) are passed over.
 */
#ifndef HD_SAMPLERS_SEARCH_H
#define HD_SAMPLERS_SEARCH_H

#include <stdbool.h>

#include <hdrive/rng.h>

#include "encode.h"
#include "promise.h"

struct hd_search {
	const struct hd_encoding *encoding;
	const struct hd_promise *promise;
	const double *low, *high; /* box of the numeric columns */
	const double *lengths;    /* of the model, one per column */
	const double *incumbents; /* rows of columns, the best first */
	size_t incumbents_count;
	size_t spread;      /* candidates over the box */
	size_t near;        /* candidates around each incumbent */
	size_t starts;      /* how many are improved */
	size_t evaluations; /* of each L-BFGS */
	const struct hd_rng *rng;
	/* Whether a point may not be proposed; SOFT ones rather not. */
	bool (*veto)(const void *context, const double *point, bool soft);
	const void *context;
	struct hd_scratch *scratch;
};

/* As many candidates, starts and evaluations as a model of ROWS rows allows. */
void hd_search_effort(struct hd_search *search, size_t rows);
/*
 * The best allowed point into POINT, snapped. Returns 0, HD_EXHAUSTED when
 * every candidate is vetoed, or a negative code.
 */
int hd_search(const struct hd_search *search, double *point);
/* The best of COUNT given points (rows of columns), vetoes obeyed. */
int hd_search_among(const struct hd_search *search, const double *points,
		    size_t count, double *point);

#endif
