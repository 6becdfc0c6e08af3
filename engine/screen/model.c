#include "screen/model.h"

#include <hdrive/report.h>

#include "base/process.h"
#include "base/time.h"
#include "report/rows.h"
#include "store/store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the sweep's row ------------------------------------------------------ */

void model_take_sweep(struct model_sweep *sweep, const struct hd_sweep_row *row)
{
	*sweep = (struct model_sweep){
		.key = row->key,
		.goal = row->goal,
		.max_total = row->max_total,
		.max_concurrent = row->max_concurrent,
		.max_duration = row->max_duration,
		.started = hd_rows_started(row),
		.ended = row->ended,
		.trials = row->trials,
		.best_trial = row->best_trial,
		.best = row->best_trial >= 0 ? row->best : NAN,
		.over = hd_rows_sweep_is_over(row),
		.alive = hd_report_engine_is_alive(row),
		.engine_pid = row->engine_pid,
		.engine_start = row->engine_start,
	};
	snprintf(sweep->name, sizeof sweep->name, "%s", row->name);
	snprintf(sweep->state, sizeof sweep->state, "%s", row->state);
	snprintf(sweep->metric, sizeof sweep->metric, "%s", row->metric);
	snprintf(sweep->sampler, sizeof sweep->sampler, "%s", row->sampler);
	snprintf(sweep->policy, sizeof sweep->policy, "%s", row->policy);
	snprintf(sweep->backend, sizeof sweep->backend, "%s", row->backend);
	snprintf(sweep->end, sizeof sweep->end, "%s",
		 *row->end_detail ? row->end_detail : hd_end_name(row->end));
	memcpy(sweep->counts, row->counts, sizeof sweep->counts);
}

static int take_row(void *user, const struct hd_sweep_row *row)
{
	model_take_sweep(user, row);
	return 0;
}

static int take_tag(void *user, const struct hd_said_row *row)
{
	struct model *model = user;

	if (row->kind != HD_SAID_TAG || *row->child)
		return 0;
	model->held |= !strcmp(row->name, HD_TAG_HELD);
	if (row->value && !strcmp(row->name, HD_TAG_SLOTS))
		snprintf(model->slots_why, sizeof model->slots_why, "%s", row->value);
	return 0;
}

static int model_read_sweep(struct model *model, int64_t key, struct hd_error *err)
{
	int rc = hd_store_sweep(model->store, key, take_row, &model->sweep, err);

	if (rc < 0)
		return rc;
	model->held = false;
	model->slots_why[0] = '\0';
	return hd_store_said(model->store, key, HD_SAID_OF_SWEEP, take_tag, model, err);
}

size_t model_ended(const struct model_sweep *sweep)
{
	return hd_rows_ended(sweep->counts);
}

size_t model_running(const struct model_sweep *sweep)
{
	return hd_rows_running(sweep->counts);
}

double model_seconds(const struct model_sweep *sweep)
{
	int64_t end = sweep->ended ? sweep->ended : hd_time_wall();

	return sweep->started && end > sweep->started ? (double)(end - sweep->started) / 1e6 : 0;
}

double model_left(const struct model *model)
{
	const struct model_sweep *sweep = &model->sweep;
	double seconds = model_seconds(sweep);
	size_t ended = model_ended(sweep);
	double left;

	if (sweep->over || !sweep->alive || model->held || ended == 0 || seconds <= 0)
		return NAN;
	left = (double)(sweep->max_total > ended ? sweep->max_total - ended : 0) * seconds /
	       (double)ended;
	return fmin(left, fmax(sweep->max_duration - seconds, 0));
}

/* --- the history ---------------------------------------------------------- */

static bool history_room(struct model *model, size_t count)
{
	size_t room = count + count / 4 + 64;
	double *values, *bests;

	if (count <= model->history_room)
		return true;
	values = realloc(model->values, room * sizeof *values);
	if (values)
		model->values = values;
	bests = realloc(model->bests, room * sizeof *bests);
	if (bests)
		model->bests = bests;
	if (!values || !bests)
		return false;
	model->history_room = room;
	return true;
}

static int value_compare(const void *va, const void *vb)
{
	const double *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

/*
 * The picture's range: all of the best, and of the others the middle nine
 * tenths, so that one that went astray does not press the rest flat.
 */
static void history_range(struct model *model)
{
	double *sorted = malloc((model->history_count + 1) * sizeof *sorted);
	size_t count = 0;

	model->low = model->high = NAN;
	for (size_t i = 0; sorted && i < model->history_count; i++)
		if (isfinite(model->values[i]))
			sorted[count++] = model->values[i];
	if (count > 0) {
		qsort(sorted, count, sizeof *sorted, value_compare);
		model->low = sorted[count / 20];
		model->high = sorted[count - 1 - count / 20];
	}
	for (size_t i = 0; count > 0 && i < model->history_count; i++) {
		if (!isfinite(model->bests[i]))
			continue;
		/* The first few are no better than chance. */
		if (i >= model->history_count / 20 || count < 20) {
			model->low = fmin(model->low, model->bests[i]);
			model->high = fmax(model->high, model->bests[i]);
		}
	}
	free(sorted);
}

static void history_fill(struct model *model)
{
	size_t count = hd_live_count(model->live);
	double best = NAN;

	model->paused = 0;
	model->history_count = 0;
	if (!history_room(model, count))
		return;
	for (size_t i = 0; i < count; i++) {
		const struct hd_live_trial *trial = hd_live_at(model->live, i);

		model->paused += trial->state == HD_TRIAL_CANCELED &&
				 trial->end == HD_END_PAUSED;
		if (hd_goal_better(model->sweep.goal, trial->value, best))
			best = trial->value;
		model->values[i] = trial->value;
		model->bests[i] = best;
	}
	model->history_count = count;
	history_range(model);
}

/* --- life ----------------------------------------------------------------- */

int model_open(struct model *model, const char *path, struct hd_error *err)
{
	*model = (struct model){ .path = path, .low = NAN, .high = NAN };
	return hd_store_open(&model->store, path, HD_STORE_READ, err);
}

void model_close(struct model *model)
{
	model_forget(model);
	hd_live_close(model->live);
	hd_store_close(model->store);
	free(model->values);
	free(model->bests);
	*model = (struct model){ 0 };
}

int model_choose(struct model *model, int64_t sweep, struct hd_error *err)
{
	struct hd_live *live;
	int rc = hd_live_open(&live, model->store, sweep, err);

	if (rc < 0)
		return rc;
	rc = model_read_sweep(model, sweep, err);
	if (rc == 0)
		rc = hd_store_is_study(model->store, sweep, &model->is_study, err);
	if (rc < 0) {
		hd_live_close(live);
		return rc;
	}
	model_forget(model);
	hd_live_close(model->live);
	model->live = live;
	model->seq = hd_live_seq(live);
	model->trouble = MODEL_FINE;
	history_fill(model);
	return 0;
}

/* --- a look --------------------------------------------------------------- */

static bool model_say(struct model *model, enum model_trouble trouble,
		      const struct hd_error *err)
{
	bool news = model->trouble != trouble;

	model->trouble = trouble;
	snprintf(model->trouble_text, sizeof model->trouble_text, "%s", err->text);
	return news;
}

static bool model_is_alive(const struct model_sweep *sweep)
{
	return sweep->engine_pid <= 0 ||
	       hd_process_is_alive(sweep->engine_pid, (uint64_t)sweep->engine_start, NULL);
}

static bool model_follow(struct model *model)
{
	uint64_t before = model->seq;
	struct hd_error err = { 0 };
	int rc = model_read_sweep(model, model->sweep.key, &err);

	if (rc < 0)
		return model_say(model, rc == HD_ENOENT ? MODEL_SWEEP_GONE : MODEL_UNREADABLE,
				 &err);
	model->seq = hd_live_seq(model->live);
	model_curves_follow(model, before);
	history_fill(model);
	return true;
}

bool model_look(struct model *model)
{
	struct hd_error err = { 0 };
	bool alive, news = false;
	int rc;

	if (!model->live || model->trouble == MODEL_SWEEP_GONE)
		return false;
	if (hd_store_check(model->store, &err) < 0)
		return model_say(model, MODEL_STORE_GONE, &err);
	rc = hd_live_look(model->live, &err);
	if (rc < 0)
		return model_say(model, rc == HD_ENOENT ? MODEL_SWEEP_GONE : MODEL_UNREADABLE,
				 &err);
	if (model->trouble != MODEL_FINE) {
		model->trouble = MODEL_FINE;
		news = true;
	}
	if (hd_live_seq(model->live) != model->seq)
		news |= model_follow(model);
	alive = model_is_alive(&model->sweep);
	if (model->sweep.alive != alive) {
		model->sweep.alive = alive;
		news = true;
	}
	return news;
}

size_t model_count(const struct model *model)
{
	return model->live ? hd_live_count(model->live) : 0;
}

const struct hd_live_trial *model_at(const struct model *model, size_t index)
{
	return hd_live_at(model->live, index);
}

const struct hd_live_trial *model_find(const struct model *model, size_t number)
{
	return model->live ? hd_live_find(model->live, number) : NULL;
}
