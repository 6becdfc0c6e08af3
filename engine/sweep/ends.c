/* What is enough for a sweep. */
#include "sweep/ends.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

void hd_ends_init(struct hd_ends *ends, const struct hd_end_when *when,
		  enum hd_goal goal)
{
	*ends = (struct hd_ends){ .when = when, .goal = goal };
}

void hd_ends_clear(struct hd_ends *ends)
{
	free(ends->ended);
	hd_ends_init(ends, ends->when, ends->goal);
}

static bool has_patience(const struct hd_end_when *when)
{
	return when->patience != SIZE_MAX || isfinite(when->patience_time);
}

bool hd_ends_is_target(const struct hd_end_when *when, enum hd_goal goal,
		       double value)
{
	return isfinite(when->target) && isfinite(value) &&
	       !hd_goal_worse(goal, value, when->target);
}

bool hd_ends_counts(enum hd_end end)
{
	switch (end) {
	case HD_END_USER:
	case HD_END_LIMIT:
	case HD_END_SWEEP:
	case HD_END_FAILURES:
	case HD_END_TARGET:
		return false;
	case HD_END_NONE:
	case HD_END_EXIT:
	case HD_END_SIGNAL:
	case HD_END_LAUNCH:
	case HD_END_POLICY:
	case HD_END_TIMEOUT:
	case HD_END_LOST:
	case HD_END_SCRIPT:
	case HD_END_PREEMPTED:
	case HD_END_MEMORY:
	case HD_END_PAUSED:
	case HD_END_PATIENCE:
	case HD_END_CONVERGED:
		break;
	}
	return true;
}

/* By more than min_delta; the first one is. */
static bool is_better(const struct hd_ends *ends, double value)
{
	double delta = ends->when->min_delta;

	if (!isfinite(value))
		return false;
	return !ends->has_best ||
	       hd_goal_better(ends->goal, value,
			      ends->goal == HD_MAXIMIZE ? ends->best.value + delta
							: ends->best.value - delta);
}

void hd_ends_value(struct hd_ends *ends, size_t number, double value)
{
	if (ends->reached || !hd_ends_is_target(ends->when, ends->goal, value))
		return;
	ends->reached = true;
	ends->reached_by = number;
	ends->reached_value = value;
}

static void take(struct hd_ends *ends, const struct hd_ended *ended)
{
	if (is_better(ends, ended->value)) {
		ends->has_best = true;
		ends->best = *ended;
		ends->since = 0;
	} else if (ends->has_best) {
		ends->since += ended->counts;
	}
}

int hd_ends_add(struct hd_ends *ends, const struct hd_ended *ended)
{
	hd_ends_value(ends, ended->number, ended->value);
	if (!has_patience(ends->when))
		return 0;
	if (ends->count == ends->room) {
		size_t room = ends->room ? 2 * ends->room : 64;
		struct hd_ended *grown =
			realloc(ends->ended, room * sizeof *grown);

		if (!grown)
			return HD_ENOMEM;
		ends->ended = grown;
		ends->room = room;
	}
	ends->ended[ends->count++] = *ended;
	take(ends, ended);
	return 0;
}

void hd_ends_drop(struct hd_ends *ends, size_t number)
{
	size_t at = ends->count;

	while (at > 0 && ends->ended[at - 1].number != number)
		at--;
	if (at == 0)
		return;
	memmove(ends->ended + at - 1, ends->ended + at,
		(ends->count - at) * sizeof ends->ended[0]);
	ends->count--;
	ends->has_best = false;
	ends->since = 0;
	for (size_t i = 0; i < ends->count; i++)
		take(ends, &ends->ended[i]);
}

static bool leads(const struct hd_ends *ends, const struct hd_leading *leading)
{
	return leading->exists && is_better(ends, leading->value);
}

int64_t hd_ends_best_time(const struct hd_ends *ends,
			  const struct hd_leading *leading)
{
	if (!has_patience(ends->when))
		return 0;
	if (leads(ends, leading))
		return leading->time;
	return ends->has_best ? ends->best.time : 0;
}

/* VALUE with DIGITS significant digits. */
static const char *short_text(double value, int digits,
			      char text[HD_NUMBER_TEXT])
{
	double unit = value > 0 ? pow(10, digits - 1 - floor(log10(value))) : 1;

	hd_number_write(round(value * unit) / unit, text);
	return text;
}

/* "no better best than 0.93 of trial 12" */
static int put_best(const struct hd_ends *ends, char text[HD_ENDS_TEXT])
{
	char best[HD_NUMBER_TEXT], delta[HD_NUMBER_TEXT];

	hd_number_write(ends->best.value, best);
	hd_number_write(ends->when->min_delta, delta);
	if (ends->when->min_delta > 0)
		return snprintf(text, HD_ENDS_TEXT,
				"no best more than %s better than %s of trial %zu",
				delta, best, ends->best.number);
	return snprintf(text, HD_ENDS_TEXT, "no better best than %s of trial %zu",
			best, ends->best.number);
}

static enum hd_end check_patience(const struct hd_ends *ends, double quiet,
				  char text[HD_ENDS_TEXT])
{
	const struct hd_end_when *when = ends->when;
	int length;

	if (ends->since >= when->patience) {
		length = put_best(ends, text);
		snprintf(text + length, (size_t)(HD_ENDS_TEXT - length),
			 " for %zu trials, patience is %zu", ends->since,
			 when->patience);
		return HD_END_PATIENCE;
	}
	if (quiet >= when->patience_time) {
		char minutes[HD_NUMBER_TEXT], found[HD_NUMBER_TEXT];

		hd_number_write(when->patience_time / 60, minutes);
		length = put_best(ends, text);
		snprintf(text + length, (size_t)(HD_ENDS_TEXT - length),
			 " for %s minutes, patience_minutes is %s",
			 short_text(quiet / 60, 4, found), minutes);
		return HD_END_PATIENCE;
	}
	return HD_END_NONE;
}

enum hd_end hd_ends_check(const struct hd_ends *ends,
			  const struct hd_leading *leading, double quiet,
			  char text[HD_ENDS_TEXT])
{
	char value[HD_NUMBER_TEXT], target[HD_NUMBER_TEXT];

	if (ends->reached) {
		hd_number_write(ends->reached_value, value);
		hd_number_write(ends->when->target, target);
		snprintf(text, HD_ENDS_TEXT, "trial %zu reached %s, the target is %s",
			 ends->reached_by, value, target);
		return HD_END_TARGET;
	}
	return ends->has_best && !leads(ends, leading)
		       ? check_patience(ends, quiet, text)
		       : HD_END_NONE;
}

void hd_ends_converged(const struct hd_ends *ends, double expected,
		       char text[HD_ENDS_TEXT])
{
	char bound[HD_NUMBER_TEXT], found[HD_NUMBER_TEXT];

	hd_number_write(ends->when->improvement, bound);
	snprintf(text, HD_ENDS_TEXT,
		 "the next trial is expected to gain %s, improvement is %s",
		 short_text(expected, 3, found), bound);
}
