/*
 * Which parameters matter for the best results of a sweep: PED-ANOVA (Watanabe,
 * Bansal and Hutter, "PED-ANOVA: Efficiently Quantifying Hyperparameter
 * Importance in Arbitrary Subspaces", IJCAI 2023, arXiv 2304.10255).
 *
 * The values that the best tenth of the trials have of a parameter are compared
 * with those that all of them have: where the two are alike, the parameter does
 * not tell good trials from others. The difference is the Pearson divergence
 * of two one-dimensional Parzen estimators on a grid (their equation 10), with
 * bandwidths by Scott's rule; divided by the sum over all parameters.
 *
 * Trials that completed and those that were stopped take part when they have a
 * result that is no NaN; failed ones do not. A parameter that exists in some
 * branch of the space alone is judged among the trials that have it, and counts
 * for as much as its share of all of them.
 */
#ifndef HDRIVE_IMPORTANCE_H
#define HDRIVE_IMPORTANCE_H

#include <stddef.h>
#include <stdint.h>

#include <hdrive/api.h>
#include <hdrive/error.h>
#include <hdrive/store.h>

HD_BEGIN_DECLS

struct hd_importance; /* opaque; owns everything it shows */

struct hd_importance_options {
	size_t size;     /* sizeof this struct, for later growth */
	double quantile; /* how many of the trials are the best: in (0, 1) */
};

/* The authors' own default. */
#define HD_IMPORTANCE_QUANTILE 0.1
/* Fewer trials with a result tell nothing. */
#define HD_IMPORTANCE_LEAST 10

/* A parameter. */
struct hd_importance_row {
	const char *name;
	const char *within; /* the branch it hangs on, "--model/svm"; "" for none */
	double importance;  /* 0 to 1; all of them add up to 1 */
	size_t trials;      /* with a result, that have it */
};

/*
 * Of SWEEP, a key. OPTIONS may be NULL. *OUT is the caller's, also when it has no
 * parameter to show: hd_importance_note says why. HD_EINVAL for a quantile that
 * is none, HD_ENOENT for no such sweep.
 */
HD_API int hd_importance_open(struct hd_importance **out, struct hd_store *store,
			      int64_t sweep,
			      const struct hd_importance_options *options,
			      struct hd_error *err);
HD_API void hd_importance_close(struct hd_importance *importance);

/* Greatest first, equals in declared order. */
HD_API size_t hd_importance_count(const struct hd_importance *importance);
HD_API const struct hd_importance_row *
hd_importance_at(const struct hd_importance *importance, size_t index);
/* How many trials took part, and how many of them as the best. */
HD_API size_t hd_importance_trials(const struct hd_importance *importance);
HD_API size_t hd_importance_best(const struct hd_importance *importance);
HD_API double hd_importance_quantile(const struct hd_importance *importance);
/* Why there is nothing to show, "" otherwise. */
HD_API const char *hd_importance_note(const struct hd_importance *importance);

HD_END_DECLS

#endif
