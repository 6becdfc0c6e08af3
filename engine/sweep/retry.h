/*
 * Ended trials that get a new attempt: those that a resume goes on with, and
 * those that somebody asks for.
 */
#ifndef HD_SWEEP_RETRY_H
#define HD_SWEEP_RETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/resume.h"

/* Which; a trial that one of them fits is retried. */
struct hd_retry {
	bool stopped;          /* cancelled with its sweep, and nothing of its own doing */
	bool past_target;      /* ... as that reached its target, which is no more */
	bool failed;           /* Failed, for whatever reason */
	bool memory;           /* ... for want of memory */
	bool timeout;          /* ... by a time limit */
	const size_t *numbers; /* these, Failed or Canceled */
	size_t count;
};

bool hd_retry_fits(const struct hd_retry *retry,
		   const struct hd_resume_trial *row);
/* Whether the trial in FOLDER left something to go on from. */
bool hd_retry_has_checkpoint(const char *folder);
/*
 * Make one Queued in the store, in the caller's transaction: AGAIN has its due
 * time and stamps, and how many results there were; it counts as one more.
 */
int hd_retry_requeue(const struct hd_resume_trial *row, struct hd_store *store,
		     const char *sweep_folder, struct hd_again_record *again,
		     struct hd_error *err);
/*
 * Make them Queued in the store, in the caller's transaction: each counts as
 * one more result, since what was known is so no more. FOLDER is the
 * sweep's. *ROWS become the *COUNT trials as they were before, without their
 * details: the caller's to free().
 */
int hd_retry_store(const struct hd_retry *retry, struct hd_store *store,
		   int64_t sweep, const char *folder, int64_t time,
		   struct hd_resume_trial **rows, size_t *count,
		   struct hd_error *err);

#endif
