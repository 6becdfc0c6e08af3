/*
 * Policies from bytes: whatever trials log, in whatever order and however they
 * end, every row of the table answers the same question the same way, says why
 * in one line, promotes nobody but who pauses, and leaves the leader alone where
 * it promises that.
 *
 * Input: a byte for the policy, one for the goal, and one for each option; then
 * steps, of a byte for what happens, one for the trial it happens to, and where
 * it logs one for the value (or nine).
 */
#include "bytes.h"

#include <hdrive/policy.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sweep/history.h"

#define TRIALS_MOST 48
#define STEPS_MOST 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const double numbers[] = {
	0,
	1,
	-1,
	NAN,
	INFINITY,
	-INFINITY,
	DBL_MAX,
	-DBL_MAX,
	DBL_MIN,
	5e-324,
	1e18,
	-1e18,
	0.5,
	0.5 + 1e-13,
	-0.0,
	2,
	1.0 / 3,
	1e-300,
	-2,
	3,
};

static double take_number(struct bytes *bytes)
{
	unsigned kind = byte_take(bytes);
	uint64_t bits = 0;
	double number;

	if (kind < 224)
		return numbers[kind % (sizeof numbers / sizeof numbers[0])];
	for (int i = 0; i < 8; i++)
		bits = bits << 8 | byte_take(bytes);
	memcpy(&number, &bits, sizeof number);
	return number;
}

/* A value that the row allows; most often its own default. */
static void take_option(struct bytes *bytes, const struct hd_option *row,
			void *state)
{
	unsigned pick = byte_take(bytes);
	double number;

	/* A share or a ratio, which has both bounds, often little above one. */
	if (row->type == HD_OPTION_TYPE_DOUBLE)
		number = isfinite(row->min) && isfinite(row->max) && pick % 4 == 1
				 ? row->min + ldexp(1, 3 - (int)(pick / 4 % 16))
				 : take_number(bytes);
	else if (row->type == HD_OPTION_TYPE_BOOL)
		number = pick % 2;
	else
		number = row->min + pick / 2 % 8;
	if (!row->required && pick % 2 == 0)
		number = row->fallback;
	if (number >= row->min && number <= row->max)
		hd_option_store(row, state, number);
	else if (row->required)
		hd_option_store(row, state, row->min);
}

static bool is_line(const struct hd_reason *why)
{
	return why->text[0] && strlen(why->text) < sizeof why->text &&
	       !strpbrk(why->text, "\n\r\t");
}

/*
 * threshold and patient look at their own trial alone. One that leads by what
 * it had before it began anew need not do so by what it has.
 */
static bool keeps_leader(const struct hd_policy_type *type,
			 const struct hd_trial *trial,
			 const struct hd_history *history)
{
	const struct hd_trial *leader;
	size_t interval = hd_trial_interval(trial);
	double best = hd_history_best(history, interval, &leader);

	return leader == trial && hd_trial_best(trial, interval) == best &&
	       strcmp(type->name, "threshold") && strcmp(type->name, "patient");
}

static void ask(const struct hd_policy_type *type, const void *state,
		struct hd_history *history, struct hd_trial *trial)
{
	struct hd_reason why = { 0 }, again = { 0 };
	bool stop = type->should_stop(state, trial, history, &why);

	demand(type->should_stop(state, trial, history, &again) == stop);
	if (!stop)
		return;
	demand(is_line(&why) && !strcmp(why.text, again.text));
	demand(why.compared > 0 && why.pauses == again.pauses);
	demand(!keeps_leader(type, trial, history));
	hd_trial_set_end(trial, why.pauses ? HD_END_PAUSED : HD_END_POLICY);
	hd_trial_move(trial, HD_TRIAL_EVENT_STOP);
}

static void again(struct hd_trial *trial)
{
	hd_trial_move(trial, HD_TRIAL_EVENT_AGAIN);
	hd_trial_move(trial, HD_TRIAL_EVENT_SPAWN);
	hd_trial_move(trial, HD_TRIAL_EVENT_SPAWNED);
}

static void promote(const struct hd_policy_type *type, const void *state,
		    struct hd_history *history)
{
	struct hd_reason why = { 0 }, twice = { 0 };
	const struct hd_trial *trial;

	if (!type->promote)
		return;
	trial = type->promote(state, history, &why);
	demand(type->promote(state, history, &twice) == trial);
	if (!trial)
		return;
	demand(is_line(&why) && !strcmp(why.text, twice.text));
	demand(!hd_trial_is_inherited(trial));
	demand(hd_trial_state(trial) == HD_TRIAL_CANCELED);
	demand(hd_trial_end(trial) == HD_END_PAUSED);
	again(hd_history_trial_mutable(history, hd_trial_number(trial)));
}

static void start(struct bytes *bytes, struct hd_history *history)
{
	struct hd_trial *trial;

	if (hd_history_known(history) >= TRIALS_MOST)
		return;
	if (byte_take(bytes) % 8 == 0) {
		trial = hd_history_inherit(history, NULL);
		demand(trial);
		for (unsigned left = byte_take(bytes) % 16; left > 0; left--)
			demand(hd_trial_log(trial, take_number(bytes)) == 0);
		return;
	}
	trial = hd_history_add(history, NULL);
	demand(trial);
	hd_trial_move(trial, HD_TRIAL_EVENT_SPAWN);
	hd_trial_move(trial, HD_TRIAL_EVENT_SPAWNED);
}

/* One that stops may log on for a while; one that runs is judged as it logs. */
static void step(const struct hd_policy_type *type, const void *state,
		 struct hd_history *history, struct bytes *bytes)
{
	unsigned what = byte_take(bytes) % 16;
	struct hd_trial *trial;

	if (what == 0 || hd_history_count(history) == 0) {
		start(bytes, history);
		return;
	}
	if (what == 1) {
		promote(type, state, history);
		return;
	}
	trial = hd_history_trial_mutable(history,
					 byte_take(bytes) % hd_history_count(history));
	if (hd_trial_state_is_terminal(hd_trial_state(trial))) {
		if (what == 2 && hd_trial_can(trial, HD_TRIAL_EVENT_AGAIN)) {
			again(trial);
			hd_trial_begin_anew(trial);
		}
		return;
	}
	if (what == 3)
		hd_trial_move(trial, hd_trial_state(trial) == HD_TRIAL_STOPPING
					     ? HD_TRIAL_EVENT_CANCEL
					     : HD_TRIAL_EVENT_DONE);
	else if (what == 4)
		hd_trial_move(trial, HD_TRIAL_EVENT_FAIL);
	else if (what == 5)
		hd_trial_move(trial, HD_TRIAL_EVENT_CANCEL);
	else {
		demand(hd_trial_log(trial, take_number(bytes)) == 0);
		if (hd_trial_state(trial) == HD_TRIAL_RUNNING)
			ask(type, state, history, trial);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = { data, size };
	const struct hd_policy_type *type =
		hd_policy_type_at(byte_take(&bytes) % hd_policy_types());
	enum hd_goal goal = byte_take(&bytes) % 2 ? HD_MAXIMIZE : HD_MINIMIZE;
	struct hd_history *history = hd_history_new(goal, 0);
	void *state = calloc(1, type->state_size + 1);

	demand(history && state);
	hd_option_defaults(type->options, state);
	for (const struct hd_option *row = type->options; row && row->name; row++)
		take_option(&bytes, row, state);
	if (!type->init || type->init(state, NULL) == 0) {
		for (size_t i = 0; i < STEPS_MOST && bytes.size > 0; i++)
			step(type, state, history, &bytes);
		if (type->release)
			type->release(state);
	}
	free(state);
	hd_history_free(history);
	return 0;
}
