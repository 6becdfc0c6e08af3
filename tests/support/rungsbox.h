/*
 * A policy of rungs with options of its own, asked about made-up curves, and the
 * definition that its rungs are held against.
 */
#ifndef TESTS_SUPPORT_RUNGSBOX_H
#define TESTS_SUPPORT_RUNGSBOX_H

#include "check.h"
#include "curves.h"

#include "rungs.h"

/* A policy with a few of its options; NAME of the first that is not is NULL. */
struct setting {
	const char *name;
	double value;
};

struct asked {
	const struct hd_policy_type *type;
	struct rungs *state;
	struct hd_reason why;
};

static inline void asked_init(struct asked *asked, const char *policy,
			      const struct setting *settings)
{
	asked->type = hd_policy_type_find(policy);
	assert_non_null(asked->type);
	assert_int_equal(asked->type->state_size, sizeof *asked->state);
	asked->state = curves_state(asked->type);
	for (; settings && settings->name; settings++)
		curves_option(asked->type, asked->state, settings->name,
			      settings->value);
	if (asked->type->init)
		assert_int_equal(asked->type->init(asked->state, NULL), 0);
}

#define ASKED(asked, policy, ...) \
	asked_init((asked), (policy), (const struct setting[]){ __VA_ARGS__, { NULL, 0 } })

static inline bool stops(struct asked *asked, size_t index,
			 const struct hd_history *history)
{
	memset(&asked->why, 0, sizeof asked->why);
	return asked->type->should_stop(asked->state,
					hd_history_trial(history, index),
					history, &asked->why);
}

static inline const struct hd_trial *promotes(struct asked *asked,
					      const struct hd_history *history)
{
	memset(&asked->why, 0, sizeof asked->why);
	return asked->type->promote(asked->state, history, &asked->why);
}

/* The definition of rungs.h, where a half in decimals is one in binary too. */
static inline size_t plain_next(const struct rungs *rungs, size_t rung)
{
	double spacing = isnan(rungs->spacing) ? (double)rungs->reduction_factor
					       : rungs->spacing;
	size_t next = (size_t)floor((double)rung * spacing + 0.5 + 1e-9);

	return next > rung ? next : rung + 1;
}

#endif
