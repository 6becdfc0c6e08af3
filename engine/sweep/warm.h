/*
 * A warm start (SPEC 5.4): what a new sweep takes over from earlier ones of its
 * store, chosen and checked before it has a row.
 */
#ifndef HD_SWEEP_WARM_H
#define HD_SWEEP_WARM_H

#include <hdrive/config.h>

#include "store/store.h"

struct hd_warm {
	struct hd_inherited_row *inherited; /* their texts are owned */
	size_t inherited_count, inherited_room;
	struct hd_waiting_row *waiting; /* their texts are owned */
	size_t waiting_count, waiting_room;
	size_t left_out; /* trials whose values the space does not have */
	size_t total;    /* max_total of the sweep and those it resumes from */
};

/*
 * By resume_from and resume_child_runs of CONFIG into WARM, zeroed before. An
 * earlier sweep must have ended, have the same metric and goal and, for the
 * bayesian sampler, the same parameter space; a trial must have ended and fit
 * the space. HD_EINVAL or HD_ENOENT say which does not.
 */
int hd_warm_gather(struct hd_warm *warm, struct hd_store *store,
		   const struct hd_config *config, struct hd_error *err);
void hd_warm_release(struct hd_warm *warm);
/* What a person should know of it, into TEXT of SIZE bytes; false: nothing. */
bool hd_warm_note(const struct hd_warm *warm, char *text, size_t size);
/* The same of what Azure would not take. */
bool hd_warm_portability(const struct hd_warm *warm, char *text, size_t size);

#endif
