/* The rows of a sweep in memory. */
#include "sweep/replay_private.h"

#include "store/resume.h"
#include "store/study.h"
#include "sweep/order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Numbers past this are no trials of ours. */
#define TRIALS_MOST (1 << 24)

static int rows_nomem(const struct hd_replay *replay)
{
	return hd_error_nomem(replay->err);
}

static int rows_corrupt(const struct hd_replay *replay, const char *what,
			size_t trial)
{
	return hd_error_set(replay->err, HD_ECORRUPT,
			    "the store has %s of trial %zu, which it does not "
			    "have",
			    what, trial);
}

/* --- the sweep ------------------------------------------------------------ */

static int read_sweep(void *user, const struct hd_sweep_row *row)
{
	struct hd_replay *replay = user;

	replay->seed = row->seed;
	replay->path = strdup(row->config_path);
	replay->text = strdup(row->config_text);
	return replay->path && replay->text ? 0 : rows_nomem(replay);
}

static int read_plan(void *user, const struct hd_resume_sweep *row)
{
	struct hd_replay *replay = user;

	replay->plan_total = row->plan_total;
	replay->plan_slots = row->plan_slots;
	return 0;
}

/* Of a study only where who asks can go on with a trial. */
static int read_promotes(struct hd_replay *replay)
{
	bool is_study;
	int rc = hd_store_is_study(replay->store, replay->sweep, &is_study,
				   replay->err);

	replay->promotes = true;
	return rc == 0 && is_study
		       ? hd_store_study_promotes(replay->store, replay->sweep,
						 &replay->promotes, replay->err)
		       : rc;
}

static int edition_add(struct hd_replay *replay, const char *text,
		       const char *path, size_t settings, int64_t until)
{
	struct replay_edition *edition;

	if (hd_order_grow(&replay->editions, replay->edition_count,
			  &replay->edition_room, sizeof *edition) < 0)
		return rows_nomem(replay);
	edition = &replay->editions[replay->edition_count++];
	*edition = (struct replay_edition){ .until = until };
	return hd_stored_config(&edition->config, replay->store, text, path, &replay->settings,
				settings, &replay->patterns, replay->err);
}

static int read_edition(void *user, const struct hd_replay_edition *row)
{
	return edition_add(user, row->text, row->path, row->settings, row->until);
}

static int read_configs(struct hd_replay *replay)
{
	struct hd_store *store = replay->store;
	struct hd_error *err = replay->err;
	int rc = hd_store_settings(store, replay->sweep, hd_texts_add,
				   &replay->settings, err);

	if (rc == 0)
		rc = hd_store_resume_patterns(store, replay->sweep, hd_texts_add,
					      &replay->patterns, err);
	if (rc == HD_ENOMEM)
		return rows_nomem(replay);
	if (rc == 0)
		rc = hd_store_replay_editions(store, replay->sweep, read_edition,
					      replay, err);
	if (rc < 0)
		return rc;
	return edition_add(replay, replay->text, replay->path,
			   replay->settings.count, INT64_MAX);
}

size_t hd_replay_edition_at(const struct hd_replay *replay, int64_t time)
{
	size_t edition = 0;

	while (edition + 1 < replay->edition_count &&
	       time > replay->editions[edition].until)
		edition++;
	return edition;
}

/* --- trials --------------------------------------------------------------- */

static int attempt_add(struct hd_replay *replay, struct replay_trial *trial,
		       const struct hd_replay_attempt *row)
{
	if (hd_order_grow(&trial->attempts, trial->attempt_count,
			  &trial->attempt_room, sizeof *trial->attempts) < 0)
		return rows_nomem(replay);
	trial->attempts[trial->attempt_count++].row = *row;
	return 0;
}

/* Numbers in between have no row: their places say so. */
static int trials_reach(struct hd_replay *replay, size_t number)
{
	while (replay->count <= number) {
		if (number >= TRIALS_MOST ||
		    hd_order_grow(&replay->trials, replay->count, &replay->room,
				  sizeof *replay->trials) < 0)
			return rows_nomem(replay);
		replay->trials[replay->count++] = (struct replay_trial){ 0 };
	}
	return 0;
}

static int read_trial(void *user, const struct hd_replay_trial *row)
{
	struct hd_replay *replay = user;
	struct replay_trial *trial;
	int rc = trials_reach(replay, row->number);

	if (rc < 0)
		return rc;
	trial = &replay->trials[row->number];
	trial->present = true;
	trial->enqueued = row->enqueued;
	trial->key = row->key;
	trial->known = row->known;
	trial->created = row->created;
	trial->edition = hd_replay_edition_at(replay, row->created);
	trial->parameters = strdup(row->parameters);
	if (!trial->parameters)
		return rows_nomem(replay);
	if (hd_trial_state_is_terminal(row->last.state) && row->last.settled == 0)
		return hd_error_set(replay->err, HD_ESTATE,
				    "trial %zu was run by an hdrive that did "
				    "not store what a replay needs",
				    row->number);
	return attempt_add(replay, trial, &row->last);
}

/* They come after the trial's own row: in front of its attempt. */
static int read_attempt(void *user, size_t number,
			const struct hd_replay_attempt *row)
{
	struct hd_replay *replay = user;
	struct replay_trial *trial;
	struct hd_replay_attempt last;

	if (number >= replay->count || !replay->trials[number].present)
		return rows_corrupt(replay, "an attempt", number);
	trial = &replay->trials[number];
	last = trial->attempts[trial->attempt_count - 1].row;
	trial->attempts[trial->attempt_count - 1].row = *row;
	return attempt_add(replay, trial, &last);
}

static int read_value(void *user, const struct hd_replay_value *row)
{
	struct hd_replay *replay = user;
	struct replay_trial *trial;

	if (row->trial >= replay->count || !replay->trials[row->trial].present)
		return rows_corrupt(replay, "a value", row->trial);
	trial = &replay->trials[row->trial];
	if (hd_order_grow(&trial->values, trial->value_count, &trial->value_room,
			  sizeof *trial->values) < 0)
		return rows_nomem(replay);
	trial->values[trial->value_count++] = *row;
	return 0;
}

static int read_decision(void *user, const struct hd_decision_row *row)
{
	struct hd_replay *replay = user;
	struct replay_decision *decision;
	struct replay_trial *trial;

	if (row->trial >= replay->count || !replay->trials[row->trial].present)
		return rows_corrupt(replay, "a decision", row->trial);
	if (hd_order_grow(&replay->decisions, replay->decision_count,
			  &replay->decision_room, sizeof *decision) < 0)
		return rows_nomem(replay);
	trial = &replay->trials[row->trial];
	if (trial->decision_count++ == 0)
		trial->decision = replay->decision_count;
	decision = &replay->decisions[replay->decision_count++];
	*decision = (struct replay_decision){
		.trial = row->trial,
		.interval = row->interval,
		.time = row->time,
		.policy = strdup(row->policy),
		.reason = { row->mine, row->limit, row->compared, "",
			    row->kind == HD_DECISION_PAUSE },
		.kind = row->kind,
	};
	snprintf(decision->reason.text, sizeof decision->reason.text, "%s",
		 row->reason);
	return decision->policy ? 0 : rows_nomem(replay);
}

/* Under which attempt's number the values of each stand. */
static void label_attempts(struct replay_trial *trial)
{
	unsigned label = 0;

	for (size_t i = trial->attempt_count; i-- > 0;) {
		struct replay_attempt *attempt = &trial->attempts[i];

		if (attempt->row.anew || i + 1 == trial->attempt_count)
			label = attempt->row.number;
		attempt->label = label;
	}
}

static void number_suggestions(struct hd_replay *replay)
{
	size_t index = 0;

	for (size_t i = 0; i < replay->count; i++) {
		label_attempts(&replay->trials[i]);
		replay->trials[i].index = index;
		index += !replay->trials[i].enqueued;
	}
}

const struct hd_replay_value *hd_replay_curve(const struct replay_trial *trial,
					      unsigned label, size_t *count)
{
	size_t first = 0, end;

	while (first < trial->value_count && trial->values[first].attempt != label)
		first++;
	end = first;
	while (end < trial->value_count && trial->values[end].attempt == label)
		end++;
	*count = end - first;
	return trial->values + first;
}

/* --- values in the spaces ------------------------------------------------- */

static int read_edition_values(struct hd_replay *replay,
			       struct replay_edition *edition)
{
	size_t width = hd_space_count(edition->config->space);

	edition->values = calloc(replay->count * width + 1, sizeof *edition->values);
	edition->fits = calloc(replay->count + 1, sizeof *edition->fits);
	if (!edition->values || !edition->fits)
		return rows_nomem(replay);
	for (size_t i = 0; i < replay->count; i++) {
		struct hd_value *values = edition->values + i * width;
		int rc = HD_EINVAL;

		if (replay->trials[i].present)
			rc = hd_store_resume_values(replay->store,
						    replay->trials[i].key,
						    edition->config->space,
						    values, replay->err);
		if (rc < 0 && rc != HD_EINVAL)
			return rc;
		edition->fits[i] = rc == 0;
		if (rc < 0)
			memset(values, 0, width * sizeof *values);
	}
	return 0;
}

/* --- all of it ------------------------------------------------------------ */

static int read_rows(struct hd_replay *replay)
{
	struct hd_store *store = replay->store;
	struct hd_error *err = replay->err;
	int64_t sweep = replay->sweep;
	int rc = hd_store_sweep(store, sweep, read_sweep, replay, err);

	if (rc == 0)
		rc = hd_store_replay_check(store, err);
	if (rc == 0)
		rc = hd_store_resume_sweep(store, sweep, read_plan, replay, err);
	if (rc == 0)
		rc = read_promotes(replay);
	if (rc == 0)
		rc = read_configs(replay);
	if (rc == 0)
		rc = hd_store_replay_trials(store, sweep, read_trial, replay, err);
	if (rc == 0)
		rc = hd_store_replay_attempts(store, sweep, read_attempt, replay, err);
	if (rc == 0)
		rc = hd_store_replay_values(store, sweep, read_value, replay, err);
	if (rc == 0)
		rc = hd_store_decisions(store, sweep, -1, read_decision, replay, err);
	for (size_t i = 0; i < replay->edition_count && rc == 0; i++)
		rc = read_edition_values(replay, &replay->editions[i]);
	return rc;
}

int hd_replay_read(struct hd_replay *replay)
{
	int rc = hd_store_snapshot(replay->store, replay->err), end;

	if (rc < 0)
		return rc;
	rc = read_rows(replay);
	/* The first error is the one to tell. */
	end = hd_store_snapshot_end(replay->store, rc < 0 ? NULL : replay->err);
	if (rc == 0)
		number_suggestions(replay);
	return rc == 0 ? end : rc;
}

void hd_replay_release(struct hd_replay *replay)
{
	for (size_t i = 0; i < replay->count; i++) {
		free(replay->trials[i].parameters);
		free(replay->trials[i].attempts);
		free(replay->trials[i].values);
	}
	for (size_t i = 0; i < replay->decision_count; i++)
		free(replay->decisions[i].policy);
	for (size_t i = 0; i < replay->edition_count; i++) {
		hd_config_free(replay->editions[i].config);
		free(replay->editions[i].values);
		free(replay->editions[i].fits);
	}
	free(replay->trials);
	free(replay->decisions);
	free(replay->editions);
	hd_texts_release(&replay->settings);
	hd_texts_release(&replay->patterns);
	free(replay->path);
	free(replay->text);
}
