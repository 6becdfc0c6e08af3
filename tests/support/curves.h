/*
 * Histories for tests: trials with curves, in a line each. Running trials are
 * moved there through the table, as the engine does.
 */
#ifndef TESTS_SUPPORT_CURVES_H
#define TESTS_SUPPORT_CURVES_H

#include "check.h"

#include <hdrive/policy.h>

#include "sweep/history.h"

static inline struct hd_history *curves_new(enum hd_goal goal)
{
	struct hd_history *history = hd_history_new(goal, 0);

	assert_non_null(history);
	return history;
}

static inline struct hd_trial *curves_start(struct hd_history *history)
{
	struct hd_trial *trial = hd_history_add(history, NULL);

	assert_non_null(trial);
	hd_trial_move(trial, HD_TRIAL_EVENT_SPAWN);
	hd_trial_move(trial, HD_TRIAL_EVENT_SPAWNED);
	return trial;
}

static inline void curves_log(struct hd_trial *trial, const double *values,
			      size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_int_equal(hd_trial_log(trial, values[i]), 0);
}

/* A running trial that logged VALUE COUNT times. */
static inline struct hd_trial *curves_flat(struct hd_history *history,
					   double value, size_t count)
{
	struct hd_trial *trial = curves_start(history);

	for (size_t i = 0; i < count; i++)
		assert_int_equal(hd_trial_log(trial, value), 0);
	return trial;
}

/* A running trial with the listed values. */
#define curves_add(history, ...)                                      \
	curves_add_values((history), (const double[]){ __VA_ARGS__ }, \
			  sizeof((const double[]){ __VA_ARGS__ }) /   \
				  sizeof(double))

static inline struct hd_trial *curves_add_values(struct hd_history *history,
						 const double *values,
						 size_t count)
{
	struct hd_trial *trial = curves_start(history);

	curves_log(trial, values, count);
	return trial;
}

/* Stopped, and ended so; and running once more. */
static inline void curves_end(struct hd_trial *trial, enum hd_end end)
{
	hd_trial_set_end(trial, end);
	hd_trial_move(trial, HD_TRIAL_EVENT_STOP);
	hd_trial_move(trial, HD_TRIAL_EVENT_CANCEL);
}

static inline void curves_again(struct hd_trial *trial)
{
	hd_trial_move(trial, HD_TRIAL_EVENT_AGAIN);
	hd_trial_move(trial, HD_TRIAL_EVENT_SPAWN);
	hd_trial_move(trial, HD_TRIAL_EVENT_SPAWNED);
}

/* The policy's state with defaults; options are set with curves_option. */
static inline void *curves_state(const struct hd_policy_type *policy)
{
	void *state = calloc(1, policy->state_size ? policy->state_size : 1);

	assert_non_null(state);
	hd_option_defaults(policy->options, state);
	return state;
}

static inline void curves_option(const struct hd_policy_type *policy,
				 void *state, const char *name, double value)
{
	const struct hd_option *option = hd_option_find(policy->options, name);

	assert_non_null(option);
	hd_option_store(option, state, value);
}

/* Whether POLICY with one option (NAME may be NULL) stops TRIAL now. */
static inline bool curves_stops(const char *policy_name, const char *name,
				double value, const struct hd_trial *trial,
				const struct hd_history *history,
				struct hd_reason *why)
{
	const struct hd_policy_type *policy = hd_policy_type_find(policy_name);
	struct hd_reason unused;
	void *state;
	bool stop;

	assert_non_null(policy);
	state = curves_state(policy);
	if (name)
		curves_option(policy, state, name, value);
	if (policy->init)
		assert_int_equal(policy->init(state, NULL), 0);
	stop = policy->should_stop(state, trial, history, why ? why : &unused);
	if (policy->release)
		policy->release(state);
	free(state);
	return stop;
}

#endif
