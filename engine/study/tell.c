/*
 * What comes of trials: values while they run, on which the policy is asked,
 * their ends, and whole trials that somebody else has run.
 */
#include "study/private.h"

#include <math.h>
#include <string.h>

/* --- report and tell --------------------------------------------------------- */

/* 0 and the trial, which is open; HD_ENDED; or a negative code. */
static int find_open(struct hd_study *study, size_t number, const char *client,
		     struct hd_trial **trial, struct hd_error *err)
{
	size_t count = hd_history_count(study->history);
	const struct record *record;

	if (number >= count)
		return hd_error_set(err, HD_ENOENT,
				    "there is no trial %zu, %zu were asked for",
				    number, count);
	*trial = hd_history_trial_mutable(study->history, number);
	if (hd_trial_state_is_terminal(hd_trial_state(*trial)))
		return HD_ENDED;
	record = client ? hd_study_find(study, number) : NULL;
	if (record && record->client && strcmp(record->client, client))
		return hd_error_set(err, HD_ESTATE,
				    "trial %zu was asked for by '%.200s', not "
				    "by '%.200s'",
				    number, record->client, client);
	return 0;
}

static int log_value(struct hd_study *study, struct hd_trial *trial,
		     double value, const char *rule, struct hd_error *err)
{
	bool better = hd_goal_better(study->terms.goal, value,
				     hd_trial_overall(trial));
	int rc;

	if (hd_trial_log(trial, value) < 0)
		return hd_error_nomem(err);
	rc = hd_keep_value(study, trial, value, better, rule, err);
	if (rc == 0 && study->terms.reduce == HD_REDUCE_BEST &&
	    hd_study_offer(study, hd_trial_number(trial), value))
		rc = hd_keep_best(study, false, err);
	hd_study_check(study);
	return rc;
}

/* Ask the policy, which is due; HD_STOP when it wants TRIAL to end. */
static int judge(struct hd_study *study, struct hd_trial *trial,
		 struct hd_reason *why, struct hd_error *err)
{
	const struct terms *terms = &study->terms;
	size_t number = hd_trial_number(trial);
	struct record *record;
	int rc;

	if (!terms->policy ||
	    !hd_policy_is_due(hd_trial_intervals(trial),
			      terms->evaluation_interval,
			      terms->delay_evaluation) ||
	    !terms->policy->should_stop(study->policy, trial, study->history, why))
		return 0;
	record = hd_study_record(study, number);
	if (record)
		record->reason = strdup(why->text);
	if (!record || !record->reason)
		return hd_error_nomem(err);
	hd_trial_set_end(trial, hd_study_stop_end(study, why));
	why->pauses = hd_trial_end(trial) == HD_END_PAUSED;
	hd_trial_move(trial, HD_TRIAL_EVENT_STOP);
	rc = hd_keep_stop(study, trial, why, err);
	return rc < 0 ? rc : HD_STOP;
}

/* The study is at its target, so the trial that runs is not needed. */
static int stop_at_target(struct hd_study *study, struct hd_trial *trial,
			  struct hd_reason *why, struct hd_error *err)
{
	struct record *record = hd_study_record(study, hd_trial_number(trial));
	int rc;

	if (record)
		record->reason = strdup(study->why_enough);
	if (!record || !record->reason)
		return hd_error_nomem(err);
	hd_reason_set(why, "%s", study->why_enough);
	hd_trial_set_end(trial, HD_END_TARGET);
	hd_trial_move(trial, HD_TRIAL_EVENT_STOP);
	rc = hd_keep_enough(study, trial, study->why_enough, err);
	return rc < 0 ? rc : HD_STOP;
}

static int report(struct hd_study *study, size_t number, const char *client,
		  double value, struct hd_reason *why, struct hd_error *err)
{
	struct hd_trial *trial = NULL;
	const struct record *record;
	int rc = find_open(study, number, client, &trial, err);

	if (rc == 0)
		rc = hd_study_check_going(study, err);
	if (rc == 0)
		rc = log_value(study, trial, value, "report", err);
	if (rc != 0)
		return rc;
	if (hd_trial_state(trial) == HD_TRIAL_RUNNING &&
	    study->enough == HD_END_TARGET)
		return stop_at_target(study, trial, why, err);
	if (hd_trial_state(trial) == HD_TRIAL_RUNNING)
		return judge(study, trial, why, err);
	record = hd_study_find(study, number);
	why->mine = why->limit = NAN;
	why->pauses = hd_trial_end(trial) == HD_END_PAUSED;
	hd_reason_set(why, "%s", record && record->reason ? record->reason : "");
	return HD_STOP;
}

int hd_study_report(struct hd_study *study, size_t number, const char *client,
		    double value, struct hd_reason *why, struct hd_error *err)
{
	struct hd_reason own = { .mine = NAN, .limit = NAN };
	int rc = hd_study_enter(study, err);

	if (rc == 0)
		rc = report(study, number, client, value, &own, err);
	rc = hd_keep_leave(study, rc, err);
	if (why)
		*why = own;
	return rc;
}

/* The states of an end into an event; false when it is none of them. */
static bool end_event(enum hd_trial_state state, enum hd_trial_event *event)
{
	if (state == HD_TRIAL_COMPLETED)
		*event = HD_TRIAL_EVENT_DONE;
	else if (state == HD_TRIAL_FAILED)
		*event = HD_TRIAL_EVENT_FAIL;
	else
		*event = HD_TRIAL_EVENT_CANCEL;
	return hd_trial_state_is_terminal(state);
}

int hd_study_end_trial(struct hd_study *study, struct hd_trial *trial,
		       enum hd_trial_event event, const char *detail,
		       struct hd_error *err)
{
	size_t number = hd_trial_number(trial);
	const struct record *record = hd_study_find(study, number);
	int rc = 0;

	if (hd_trial_state(trial) == HD_TRIAL_STOPPING) {
		if (event == HD_TRIAL_EVENT_FAIL)
			hd_trial_conclude(trial, HD_END_POLICY);
		event = HD_TRIAL_EVENT_CANCEL;
		if (!detail && record)
			detail = record->reason;
	}
	hd_trial_set_end(trial, event == HD_TRIAL_EVENT_CANCEL ? HD_END_USER
							       : HD_END_SCRIPT);
	hd_trial_move(trial, event);
	study->open--;
	study->results++;
	study->failures += event == HD_TRIAL_EVENT_FAIL;
	if (study->terms.reduce != HD_REDUCE_BEST &&
	    hd_trial_intervals(trial) > 0 &&
	    hd_study_offer(study, number,
			   hd_trial_rank(trial, study->terms.reduce,
					 study->terms.reduce_count)))
		rc = hd_keep_best(study, false, err);
	if (rc == 0)
		rc = hd_study_count(study, trial, err);
	if (rc == 0)
		rc = hd_keep_end(study, trial, detail ? detail : "", err);
	hd_study_unclaim(study, number);
	return rc;
}

static int tell(struct hd_study *study, size_t number, const char *client,
		double value, struct hd_error *err)
{
	struct hd_trial *trial = NULL;
	int rc = find_open(study, number, client, &trial, err);

	hd_keep_gone(study);
	if (rc == 0 && !isnan(value))
		rc = log_value(study, trial, value, "tell", err);
	if (rc == 0)
		rc = hd_study_end_trial(study, trial,
					isnan(value) ? HD_TRIAL_EVENT_FAIL
						     : HD_TRIAL_EVENT_DONE,
					NULL, err);
	return rc == 0 ? hd_study_settle(study, err) : rc;
}

int hd_study_tell(struct hd_study *study, size_t number, const char *client,
		  double value, struct hd_error *err)
{
	int rc = hd_study_enter(study, err);

	if (rc == 0)
		rc = tell(study, number, client, value, err);
	return hd_keep_leave(study, rc, err);
}

static int check_end(enum hd_trial_state state, enum hd_trial_event *event,
		     struct hd_error *err)
{
	return end_event(state, event)
		       ? 0
		       : hd_error_set(err, HD_EINVAL,
				      "a trial ends as completed, failed or "
				      "canceled");
}

int hd_study_end(struct hd_study *study, size_t number, const char *client,
		 enum hd_trial_state state, const char *detail,
		 struct hd_error *err)
{
	enum hd_trial_event event;
	struct hd_trial *trial = NULL;
	int rc = check_end(state, &event, err);

	if (rc < 0)
		return rc;
	rc = hd_study_enter(study, err);
	if (rc == 0) {
		rc = find_open(study, number, client, &trial, err);
		hd_keep_gone(study);
	}
	if (rc == 0)
		rc = hd_study_end_trial(study, trial, event, detail, err);
	if (rc == 0)
		rc = hd_study_settle(study, err);
	return hd_keep_leave(study, rc, err);
}

/* --- trials of others ----------------------------------------------------------- */

static int add(struct hd_study *study, const char *parameters,
	       const double *curve, size_t count, enum hd_trial_event event,
	       const char *detail, size_t *number, struct hd_error *err)
{
	struct hd_trial *trial = NULL;
	int rc = hd_study_check_going(study, err);

	if (rc == 0)
		rc = hd_study_read_point(study, parameters, study->values, err);
	if (rc == 0)
		rc = hd_study_add_trial(study, true, "added", NULL, &trial, err);
	hd_keep_gone(study);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = log_value(study, trial, curve[i], "add", err);
	if (rc == 0)
		rc = hd_study_end_trial(study, trial, event, detail, err);
	if (rc == 0 && number)
		*number = hd_trial_number(trial);
	return rc;
}

int hd_study_add(struct hd_study *study, const char *parameters,
		 const double *curve, size_t count, enum hd_trial_state state,
		 const char *detail, size_t *number, struct hd_error *err)
{
	enum hd_trial_event event;
	int rc = check_end(state, &event, err);

	if (rc < 0)
		return rc;
	if (count && !curve)
		return hd_error_set(err, HD_EINVAL, "no values were given");
	rc = hd_study_enter(study, err);
	if (rc == 0)
		rc = add(study, parameters, curve, count, event, detail, number, err);
	return hd_keep_leave(study, rc, err);
}
