/* Rows of ended trials, chosen and made Queued. */
#include "sweep/retry.h"

#include "base/buf.h"
#include "dispatch/dispatch.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

/* What is changed cannot be walked: first who, then what. */
struct chosen {
	const struct hd_retry *retry;
	struct hd_resume_trial *rows;
	size_t count, room;
	struct hd_error *err;
};

bool hd_retry_has_checkpoint(const char *folder)
{
	struct hd_buf path = HD_BUF_INIT;
	struct dirent *entry;
	bool any = false;
	DIR *dir;

	hd_buf_printf(&path, "%s/checkpoints", folder);
	dir = hd_buf_failed(&path) ? NULL : opendir(hd_buf_text(&path));
	hd_buf_release(&path);
	while (dir && !any && (entry = readdir(dir)))
		any = strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
	if (dir)
		closedir(dir);
	return any;
}

/* Ends that are the sweep's and not the trial's. */
static bool is_of_sweep(enum hd_end end)
{
	return end == HD_END_SWEEP || end == HD_END_LIMIT ||
	       end == HD_END_FAILURES || end == HD_END_PREEMPTED;
}

bool hd_retry_fits(const struct hd_retry *retry,
		   const struct hd_resume_trial *row)
{
	bool failed = row->state == HD_TRIAL_FAILED;

	if (!failed && row->state != HD_TRIAL_CANCELED)
		return false;
	for (size_t i = 0; i < retry->count; i++)
		if (retry->numbers[i] == row->number)
			return true;
	return (retry->stopped && !failed && is_of_sweep(row->end)) ||
	       (retry->past_target && row->end == HD_END_TARGET) ||
	       (retry->failed && failed) ||
	       (retry->memory && failed && row->end == HD_END_MEMORY) ||
	       (retry->timeout && row->end == HD_END_TIMEOUT);
}

static int choose(void *user, const struct hd_resume_trial *row)
{
	struct chosen *chosen = user;

	if (!hd_retry_fits(chosen->retry, row))
		return 0;
	if (chosen->count == chosen->room) {
		size_t room = chosen->room ? 2 * chosen->room : 64;
		struct hd_resume_trial *rows =
			realloc(chosen->rows, room * sizeof *rows);

		if (!rows)
			return hd_error_nomem(chosen->err);
		chosen->rows = rows;
		chosen->room = room;
	}
	/* Its texts were borrowed. */
	chosen->rows[chosen->count] = *row;
	chosen->rows[chosen->count].detail = NULL;
	chosen->rows[chosen->count].mark = NULL;
	chosen->rows[chosen->count].mark_detail = NULL;
	chosen->count++;
	return 0;
}

int hd_retry_requeue(const struct hd_resume_trial *row, struct hd_store *store,
		     const char *sweep_folder, struct hd_again_record *again,
		     struct hd_error *err)
{
	char *folder = hd_dispatch_folder(sweep_folder, row->number);

	if (!folder)
		return hd_error_nomem(err);
	again->attempt = row->attempt;
	again->anew = !hd_retry_has_checkpoint(folder);
	again->restarts = row->state == HD_TRIAL_FAILED ? 0 : row->restarts;
	again->reopened++;
	free(folder);
	return hd_store_trial_queue(store, row->key, again, err);
}

int hd_retry_store(const struct hd_retry *retry, struct hd_store *store,
		   int64_t sweep, const char *folder, int64_t time,
		   struct hd_resume_trial **rows, size_t *count,
		   struct hd_error *err)
{
	struct chosen chosen = { .retry = retry, .err = err };
	struct hd_again_record again = { .due = time, .detail = "" };
	struct hd_resume_totals totals;
	int rc = hd_store_resume_totals(store, sweep, &totals, err);

	if (rc == 0)
		rc = hd_store_resume_trials(store, sweep, HD_RESUME_ENDED, choose,
					    &chosen, err);
	again.queued = totals.stamp;
	again.reopened = totals.settled;
	for (size_t i = 0; rc == 0 && i < chosen.count; i++)
		rc = hd_retry_requeue(&chosen.rows[i], store, folder, &again, err);
	*rows = rc == 0 ? chosen.rows : NULL;
	*count = rc == 0 ? chosen.count : 0;
	if (rc < 0)
		free(chosen.rows);
	return rc;
}
