/*
 * Sweeps whose trials have ended, and what engine/importance makes of them.
 */
#ifndef TESTS_SUPPORT_IMPORTANCES_H
#define TESTS_SUPPORT_IMPORTANCES_H

#include "apibox.h"

#include <hdrive/importance.h>

/* An ended trial with a result. */
static inline void ended(struct apibox *a, size_t number, const char *parameters,
			 enum hd_trial_state as, double result)
{
	int64_t key = api_trial(a, number, parameters);

	ok(&a->box, hd_store_trial_state(a->box.store, key, as, BOX_TIME, &a->box.err));
	if (!isnan(result))
		ok(&a->box, hd_store_trial_metric(a->box.store, key, 1, result, result, result,
						  BOX_TIME, &a->box.err));
}

/* Numbers of [0, 1) that fill it evenly, of two bases. */
static inline double even(size_t index, size_t base)
{
	double value = 0, part = 1;

	for (index++; index; index /= base) {
		part /= (double)base;
		value += part * (double)(index % base);
	}
	return value;
}

static inline struct hd_importance *importance(struct apibox *a)
{
	struct hd_importance *it;

	ok(&a->box, hd_importance_open(&it, a->reading, a->box.sweep, NULL, &a->box.err));
	return it;
}

static inline double importance_of(const struct hd_importance *it, const char *name)
{
	for (size_t i = 0; i < hd_importance_count(it); i++)
		if (!strcmp(hd_importance_at(it, i)->name, name))
			return hd_importance_at(it, i)->importance;
	fail_msg("'%s' is not there", name);
	return NAN;
}

#endif
