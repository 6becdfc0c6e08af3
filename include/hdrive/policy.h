/*
 * An early termination policy: one file in policies/ and one row in
 * policies/table.c.
 *
 * It is a function of its options and the history. The engine asks it only at
 * intervals that are due (evaluation_interval and delay_evaluation are the
 * engine's, SPEC 3.1), only about running trials, and stores the reason.
 */
#ifndef HDRIVE_POLICY_H
#define HDRIVE_POLICY_H

#include <hdrive/api.h>
#include <hdrive/error.h>
#include <hdrive/option.h>
#include <hdrive/trial.h>

HD_BEGIN_DECLS

#define HD_REASON_TEXT 256

/* Why a trial is stopped, in numbers a person can check. */
struct hd_reason {
	double mine;     /* what was compared; NaN when not a single value */
	double limit;    /* what it was compared with */
	size_t compared; /* how many trials took part */
	char text[HD_REASON_TEXT];
	/*
	 * By should_stop: "promote" may want the trial back. The engine then
	 * keeps its checkpoints, if it wrote any, and ends it as HD_END_PAUSED;
	 * one without is stopped for good, as HD_END_POLICY.
	 */
	bool pauses;
};

/* Write the text, cut at the end; numbers pass as %s: see below. */
HD_API void hd_reason_set(struct hd_reason *why, const char *fmt, ...)
	HD_PRINTF(2, 3);

#define HD_REASON_NUMBER 32 /* enough for any number's text */

/* VALUE in the shortest text that reads back to it. Returns TEXT. */
HD_API const char *hd_reason_number(double value, char *text);
/*
 * A computed VALUE in six significant digits, or as many more as it takes to
 * stand on the same side of BESIDE as it does: what is printed stays true.
 */
HD_API const char *hd_reason_limit(double value, double beside, char *text);

struct hd_policy_type {
	const char *name; /* "bandit": the short, modern word */
	/* "BanditPolicy": as HyperDrive files write it; NULL: Azure has none. */
	const char *v1_name;
	const char *summary;
	const struct hd_option *options; /* besides the engine's two */
	size_t state_size;

	/*
	 * should_stop asks about all trials: hd_history_median, _place or
	 * _trial. The engine then keeps the ended ones. One that does not may
	 * ask about TRIAL and hd_history_best.
	 */
	bool compares;
	/*
	 * It has rungs, intervals of its own at which it stops trials: there is
	 * no evaluation_interval beside them. delay_evaluation there is.
	 */
	bool has_rungs;

	/* Options already stand in their fields. May be NULL. */
	int (*init)(void *state, struct hd_error *err);
	/*
	 * Whether TRIAL, which is running and has just logged interval
	 * hd_trial_interval(TRIAL), shall stop; WHY is filled when it shall.
	 */
	bool (*should_stop)(const void *state, const struct hd_trial *trial,
			    const struct hd_history *history,
			    struct hd_reason *why);
	/*
	 * A slot is free: the trial, HD_TRIAL_CANCELED by HD_END_PAUSED, that
	 * shall go on in it rather than a new one be drawn; NULL when there is
	 * none. WHY is filled when there is. May be NULL: nobody comes back.
	 */
	const struct hd_trial *(*promote)(const void *state,
					  const struct hd_history *history,
					  struct hd_reason *why);
	void (*release)(void *state); /* may be NULL */
};

HD_API size_t hd_policy_types(void);
HD_API const struct hd_policy_type *hd_policy_type_at(size_t index);
/* By either name, in any case, with or without '_'; NULL when none. */
HD_API const struct hd_policy_type *hd_policy_type_find(const char *name);
/* SPEC 3.1: INTERVAL is a multiple of EVERY (at least 1) and >= DELAY. */
HD_API bool hd_policy_is_due(size_t interval, size_t every, size_t delay);

HD_END_DECLS

#endif
