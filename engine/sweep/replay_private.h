/*
 * What the files of a replay share: the sweep's rows in memory, read in one
 * snapshot so that a running sweep stands still, and how differences are told.
 */
#ifndef HD_SWEEP_REPLAY_PRIVATE_H
#define HD_SWEEP_REPLAY_PRIVATE_H

#include <hdrive/sweep.h>

#include "base/buf.h"
#include "store/replay.h"
#include "sweep/history.h"
#include "sweep/inherit.h"
#include "sweep/stored.h"

struct replay_attempt {
	struct hd_replay_attempt row;
	/* Values with this attempt's number are its: of those that went on from
	 * each other the last one's. */
	unsigned label;
};

struct replay_trial {
	bool present; /* its row is there */
	bool enqueued;
	int64_t key;
	size_t index; /* how many were suggested before it */
	size_t known;
	int64_t created;
	size_t edition;
	char *parameters;
	struct replay_attempt *attempts; /* the present one last */
	size_t attempt_count, attempt_room;
	struct hd_replay_value *values; /* by attempt, then sequence */
	size_t value_count, value_room;
	size_t decision, decision_count; /* its rows in replay->decisions */
};

struct replay_decision {
	size_t trial;
	size_t interval;
	int64_t time;
	char *policy;
	struct hd_reason reason;
	enum hd_decision kind;
	bool met; /* a question was asked there */
};

/* A config that was in force up to a stamp, and the trials in its space. */
struct replay_edition {
	struct hd_config *config;
	int64_t until;
	struct hd_value *values; /* width of them a trial; zeroed: none it has */
	bool *fits;              /* whether the space has a trial's values */
};

struct hd_replay {
	struct hd_store *store;
	int64_t sweep;
	struct hd_error *err;
	hd_replay_fn fn;
	void *user;
	struct hd_replay_summary *summary;

	uint64_t seed;
	bool promotes; /* paused trials may go on */
	size_t plan_total, plan_slots;
	char *path, *text;
	struct hd_texts settings, patterns;
	struct replay_trial *trials; /* by number */
	size_t count, room;
	struct replay_decision *decisions; /* by trial, as they were stored */
	size_t decision_count, decision_room;
	struct replay_edition *editions; /* the one in force last */
	size_t edition_count, edition_room;
};

/* replay_rows.c: all of it; and give it back. */
int hd_replay_read(struct hd_replay *replay);
void hd_replay_release(struct hd_replay *replay);
/* The edition in force at TIME. */
size_t hd_replay_edition_at(const struct hd_replay *replay, int64_t time);
/* The values that TRIAL's ATTEMPT and those it went on from logged. */
const struct hd_replay_value *hd_replay_curve(const struct replay_trial *trial,
					      unsigned label, size_t *count);
/* replay.c: one more difference; the texts are released. */
int hd_replay_tell(struct hd_replay *replay, enum hd_replay_kind kind,
		   size_t trial, size_t interval, struct hd_buf *stored,
		   struct hd_buf *derived);
/* replay_suggest.c, replay_decide.c: derive and compare. */
int hd_replay_suggestions(struct hd_replay *replay);
int hd_replay_decisions(struct hd_replay *replay);

#endif
