/*
 * Whether a sweep has found enough (end_when): its target was reached, or
 * there was no better best for too long. An engine and a study ask alike.
 *
 * A result counts for patience when its trial has ended, in the order of the
 * ends, so that the store's rows give the same counts to an engine that goes
 * on. A trial that still runs and has a better result already holds the end
 * off. Patience begins with the first result, and values that are not finite
 * are neither a target nor a best.
 */
#ifndef HD_SWEEP_ENDS_H
#define HD_SWEEP_ENDS_H

#include <math.h>
#include <stdint.h>

#include <hdrive/config.h>

/* The end_when of a sweep that uses up its trials. */
#define HD_END_WHEN_NEVER                            \
	(struct hd_end_when)                         \
	{                                            \
		.target = NAN, .patience = SIZE_MAX, \
		.patience_time = INFINITY            \
	}

/* A trial that has ended. */
struct hd_ended {
	size_t number;
	double value; /* its result, NAN for none */
	int64_t time; /* when it had that */
	bool counts;  /* for patience: not cancelled from outside */
};

struct hd_ends {
	const struct hd_end_when *when; /* borrowed */
	enum hd_goal goal;

	bool reached; /* the target was, */
	size_t reached_by;
	double reached_value;

	/* Of patience; kept only where there is some. */
	struct hd_ended *ended; /* in the order of their ends */
	size_t count, room;
	bool has_best;
	struct hd_ended best; /* the last that was better than all before it */
	size_t since;         /* how many have ended after it */
};

/* The best trial that has not ended, if it leads. */
struct hd_leading {
	bool exists;
	double value;
	int64_t time; /* when it had that */
};

void hd_ends_init(struct hd_ends *ends, const struct hd_end_when *when,
		  enum hd_goal goal);
/* Forget all trials; what was asked for stays. */
void hd_ends_clear(struct hd_ends *ends);

/* Whether VALUE is as good as the target that WHEN has. */
bool hd_ends_is_target(const struct hd_end_when *when, enum hd_goal goal,
		       double value);
/* Whether one that ended so counts for patience. */
bool hd_ends_counts(enum hd_end end);
/* VALUE is a result of trial NUMBER, which may run still. */
void hd_ends_value(struct hd_ends *ends, size_t number, double value);
/* A trial has ended; its result is its value too. HD_ENOMEM or 0. */
int hd_ends_add(struct hd_ends *ends, const struct hd_ended *ended);
/* Trial NUMBER has not ended after all: it is tried again. */
void hd_ends_drop(struct hd_ends *ends, size_t number);

/* When the last better best was found, 0 when there is none. */
int64_t hd_ends_best_time(const struct hd_ends *ends,
			  const struct hd_leading *leading);
/*
 * HD_END_TARGET or HD_END_PATIENCE and the sentence that says so into TEXT, or
 * HD_END_NONE. QUIET: seconds since hd_ends_best_time.
 */
#define HD_ENDS_TEXT 160
enum hd_end hd_ends_check(const struct hd_ends *ends,
			  const struct hd_leading *leading, double quiet,
			  char text[HD_ENDS_TEXT]);
/* The sentence of HD_END_CONVERGED. */
void hd_ends_converged(const struct hd_ends *ends, double expected,
		       char text[HD_ENDS_TEXT]);

#endif
