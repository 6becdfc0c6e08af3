/* Trials that a warm start took over, as the store has them. */
#ifndef HD_SWEEP_INHERIT_H
#define HD_SWEEP_INHERIT_H

#include "store/resume.h"
#include "sweep/history.h"

/*
 * Those of SWEEP into HISTORY. Values that SPACE does not have are left absent;
 * with a SPACE of NULL all are, for a history without parameters.
 */
int hd_inherit(struct hd_history *history, struct hd_store *store,
	       int64_t sweep, const struct hd_space *space,
	       struct hd_error *err);

#endif
