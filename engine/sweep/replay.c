/*
 * A replay: what was suggested and decided is derived once more from what the
 * store says was known, and every difference told. Nothing is written.
 */
#include "sweep/replay_private.h"

int hd_replay_tell(struct hd_replay *replay, enum hd_replay_kind kind,
		   size_t trial, size_t interval, struct hd_buf *stored,
		   struct hd_buf *derived)
{
	int rc = 0;

	replay->summary->differences++;
	if (hd_buf_failed(stored) || hd_buf_failed(derived))
		rc = hd_error_nomem(replay->err);
	else if (replay->fn)
		replay->fn(replay->user, &(struct hd_replay_difference){
						 .kind = kind,
						 .trial = trial,
						 .interval = interval,
						 .stored = hd_buf_text(stored),
						 .derived = hd_buf_text(derived) });
	hd_buf_release(stored);
	hd_buf_release(derived);
	return rc;
}

const char *hd_replay_kind_name(enum hd_replay_kind kind)
{
	switch (kind) {
	case HD_REPLAY_TRIAL:
		return "trial";
	case HD_REPLAY_SUGGESTION:
		return "suggestion";
	case HD_REPLAY_VALUE:
		return "value";
	case HD_REPLAY_DECISION:
		return "decision";
	}
	return "";
}

int hd_sweep_replay(struct hd_store *store, int64_t key, hd_replay_fn fn,
		    void *user, struct hd_replay_summary *summary,
		    struct hd_error *err)
{
	struct hd_replay replay = { .store = store,
				    .sweep = key,
				    .fn = fn,
				    .user = user,
				    .summary = summary,
				    .err = err };
	int rc;

	*summary = (struct hd_replay_summary){ 0 };
	rc = hd_replay_read(&replay);
	if (rc == 0)
		rc = hd_replay_suggestions(&replay);
	if (rc == 0)
		rc = hd_replay_decisions(&replay);
	hd_replay_release(&replay);
	return rc;
}
