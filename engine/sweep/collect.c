/*
 * From a trial's files to its curve: every value found is stored, each one of
 * the primary metric is an interval, and at intervals that are due the policy
 * is asked at once.
 *
 * Invariant: the offsets go to the store in the transaction of the metrics
 * that were found before them (DESIGN 1).
 */
#include "sweep/core_private.h"

#include <hdrive/policy.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of one trial's output that one turn may read: a millisecond for text,
 * some 50 for nothing but metrics. */
#define COLLECT_BYTES (1 << 16)

/* How long an ended trial's files may stay out of reach. */
#define LATER_SECONDS 10

struct collecting {
	struct run *run;
	struct hd_error *err;
};

bool hd_core_is_primary(const struct hd_core *core,
			const struct hd_metric *metric)
{
	const char *primary = core->setup.config->metric;

	return !metric->text && strlen(primary) == metric->name_length &&
	       !memcmp(primary, metric->name, metric->name_length);
}

/* Remember up to RUN_NAMES_MOST names, to say what was seen instead. */
static void run_note_name(struct run *run, const struct hd_metric *metric)
{
	if (run->core->metric_missed || run->name_count == RUN_NAMES_MOST)
		return;
	for (size_t i = 0; i < run->name_count; i++)
		if (strlen(run->names[i]) == metric->name_length &&
		    !memcmp(run->names[i], metric->name, metric->name_length))
			return;
	run->names[run->name_count] =
		strndup(metric->name, metric->name_length);
	if (run->names[run->name_count])
		run->name_count++;
}

static int run_ask_policy(struct run *run, struct hd_error *err)
{
	struct hd_core *core = run->core;
	const struct hd_config *config = core->setup.config;
	size_t interval = hd_trial_intervals(run->trial);
	bool pauses;
	int rc;

	if (run->gone || hd_trial_state(run->trial) != HD_TRIAL_RUNNING ||
	    !hd_policy_is_due(interval, config->evaluation_interval,
			      config->delay_evaluation))
		return 0;
	run->reason = (struct hd_reason){ .mine = NAN, .limit = NAN };
	if (!config->policy->should_stop(core->policy, run->trial,
					 core->history, &run->reason))
		return 0;
	pauses = run->reason.pauses && config->policy->promote;
	rc = hd_store_decision_insert(
		core->setup.store, run->key, interval, config->policy->name,
		&run->reason, pauses ? HD_DECISION_PAUSE : HD_DECISION_STOP,
		core->wall, err);
	if (rc < 0)
		return rc;
	return hd_core_stop_run(core, run, pauses ? HD_END_PAUSED : HD_END_POLICY,
				false, run->reason.text, err);
}

/* One more interval of the primary metric. */
static int run_log(struct run *run, double value, struct hd_error *err)
{
	struct hd_core *core = run->core;
	enum hd_goal goal = core->setup.config->goal;
	const struct hd_trial *leader;
	size_t interval;
	bool better = hd_goal_better(goal, value, hd_trial_overall(run->trial));
	int rc = hd_trial_log(run->trial, value);

	if (rc < 0)
		return hd_error_nomem(err);
	interval = hd_trial_intervals(run->trial);
	core->metric_seen = true;
	hd_core_smoke_works(core, run);
	if (better || run->best_time == 0)
		run->best_time = core->wall;
	hd_core_queue(core, &(struct hd_event){
				    .kind = HD_EVENT_TRIAL_METRIC,
				    .trial = run->number,
				    .state = hd_trial_state(run->trial),
				    .value = value,
				    .interval = hd_trial_intervals(run->trial),
				    .folder = run->folder,
				    .has_metric = true });
	if (core->setup.config->reduce == HD_REDUCE_BEST)
		rc = hd_core_offer_best(core, run, value, err);
	/* Who was first is not to be told from the curves that a resume reads. */
	if (rc == 0 &&
	    hd_history_best(core->history, interval, &leader) == value &&
	    leader == run->trial)
		rc = hd_store_leader_set(core->setup.store, core->setup.sweep,
					 interval, run->number, value, err);
	return rc < 0 ? rc : run_ask_policy(run, err);
}

/*
 * One that goes on from a checkpoint trains again what came after it: a step
 * that an attempt before has logged is stored, and is no interval once more.
 */
static bool run_logs_again(struct run *run, const struct hd_metric *metric)
{
	if (!metric->has_step)
		return false;
	if (metric->step > run->step_seen)
		run->step_seen = metric->step;
	return metric->step <= run->step_before;
}

/* Of the other owner the values are kept, and are none of its intervals. */
static bool run_is_owned(struct run *run, enum run_owner by)
{
	if (run->owner == RUN_OWNER_NONE)
		run->owner = by;
	return run->owner == by;
}

static int take_metric(const struct collecting *collecting, enum run_owner by,
		       enum hd_tail_source source, const struct hd_metric *metric)
{
	struct run *run = collecting->run;
	struct hd_core *core = run->core;
	bool primary = hd_core_is_primary(core, metric) &&
		       !run_logs_again(run, metric) && run_is_owned(run, by);
	size_t interval = primary ? hd_trial_intervals(run->trial) + 1 : 0;
	int rc = hd_core_begin(core, collecting->err);

	if (rc < 0)
		return rc;
	run_note_name(run, metric);
	run->changed = true;
	rc = hd_store_metric_insert(core->setup.store, run->key,
				    ++run->sequence, metric, interval, source,
				    core->wall, collecting->err);
	if (rc < 0 || !primary)
		return rc;
	return run_log(run, metric->value, collecting->err);
}

static int on_metric(void *user, enum hd_tail_source source,
		     const struct hd_metric *metric)
{
	return take_metric(user, RUN_OWNER_TAIL, source, metric);
}

/* Stored as records of the metrics file are; its rule tells them apart. */
static int on_event(void *user, const struct hd_metric *metric)
{
	return take_metric(user, RUN_OWNER_LOGS, HD_TAIL_METRICS, metric);
}

void hd_run_note(struct run *run, const char *detail)
{
	struct hd_buf text = HD_BUF_INIT;

	hd_buf_printf(&text, "trial %zu: %s", run->number, detail);
	hd_core_queue(run->core, &(struct hd_event){ .kind = HD_EVENT_NOTE,
						     .trial = run->number,
						     .text = hd_buf_text(&text) });
	hd_buf_release(&text);
}

static int on_mark(void *user, const char *kind, const char *detail)
{
	struct collecting *collecting = user;

	if (strcmp(kind, HD_TAIL_NOTE))
		return hd_run_said(collecting->run, kind, detail,
				   collecting->err);
	hd_run_note(collecting->run, detail);
	return 0;
}

static int on_note(void *user, const char *text)
{
	const struct collecting *collecting = user;

	hd_run_note(collecting->run, text);
	return 0;
}

static int run_store_logs(struct run *run, struct hd_error *err)
{
	struct hd_tail_place place;
	int64_t key;
	int rc = 0;

	while (rc == 0 && hd_follow_take(run->logs, &key, &place))
		rc = hd_store_trial_place(run->core->setup.store, run->key, key, &place, err);
	return rc;
}

/* The figures of the trial's row and how far its files were read: of an attempt
 * that is READ to its end nobody asks that, as its end is in this transaction. */
static int run_store_figures(struct run *run, bool is_read, struct hd_error *err)
{
	struct hd_core *core = run->core;
	const struct hd_config *config = core->setup.config;
	struct hd_tail_place places[HD_TAIL_SOURCES];
	size_t intervals = hd_trial_intervals(run->trial);
	int rc = 0;

	hd_tail_places(run->tail, places);
	if (!is_read)
		rc = hd_store_trial_places(core->setup.store, run->key, places,
					   run->places, err);
	/* Event files outlive the attempt: the next one is to know. */
	if (rc == 0)
		rc = run_store_logs(run, err);
	if (rc < 0 || intervals == 0)
		return rc;
	return hd_store_trial_metric(
		core->setup.store, run->key, intervals,
		hd_trial_overall(run->trial), hd_trial_last(run->trial),
		hd_trial_rank(run->trial, config->reduce, config->reduce_count),
		run->best_time, err);
}

/* Bytes that came, whatever they say, are a sign of life. */
static void run_note_activity(struct run *run)
{
	int64_t seen = hd_tail_seen(run->tail) + hd_follow_seen(run->logs);

	if (seen == run->seen)
		return;
	run->seen = seen;
	run->active = run->core->wall;
}

/* One that was killed may have been in the middle of a line: half a number is
 * another number. */
static bool run_was_cut_off(const struct run *run)
{
	return !run->exit.known || run->exit.signal;
}

static bool is_too_late(const struct run *run, int more)
{
	return more == HD_TAIL_LATER &&
	       run->core->wall - run->gone > LATER_SECONDS * INT64_C(1000000);
}

bool hd_run_logs_are_due(const struct run *run)
{
	return run->core->wall >= run->logs_due;
}

/* Behind the tail: what a script prints is its own word for what it logs. */
static int run_collect_logs(struct run *run, bool final,
			    struct collecting *collecting)
{
	int more;

	if (!final && !hd_run_logs_are_due(run))
		return 0;
	more = hd_follow_read(run->logs, final, COLLECT_BYTES, on_event, on_note,
			      collecting, collecting->err);
	run->logs_due = run->core->wall + (more == 1 ? 0 : RUN_LOGS_PAUSE);
	return more;
}

int hd_run_collect(struct run *run, bool final, struct hd_error *err)
{
	struct collecting collecting = { run, err };
	int more = hd_tail_read(run->tail, final && !run_was_cut_off(run),
				COLLECT_BYTES, on_metric, on_mark, &collecting,
				err);
	int logs = 0;
	int rc = 0;

	if (more == 0 || more == HD_TAIL_LATER)
		logs = run_collect_logs(run, final, &collecting);
	if (more < 0 || logs < 0)
		return more < 0 ? more : logs;
	more = logs > more ? logs : more;
	run_note_activity(run);
	/* While it runs there is a next look. "At once" does not wait for a
	 * backlog of minutes, nor others for what may never come. */
	if (more == HD_TAIL_LATER && !final)
		more = 0;
	if (more && final && (run->stop_now || is_too_late(run, more))) {
		hd_run_note(run, "what it printed was not read to its end");
		more = 0;
	}
	/*
	 * Offsets alone are not worth a transaction while a trial runs: read
	 * again after a crash, the same bytes give no metric again either.
	 */
	if (run->changed) {
		rc = hd_core_begin(run->core, err);
		if (rc == 0)
			rc = run_store_figures(run, final && !more, err);
		run->changed = false;
	}
	return rc < 0 ? rc : more;
}
