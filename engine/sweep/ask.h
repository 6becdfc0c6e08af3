/*
 * What people ask of the engine that runs a sweep, for programs that act on
 * their behalf: each is a request at its socket (control.h), as the commands
 * send it. Waits HD_ASK_SECONDS at most.
 *
 * HD_ENOENT when no engine runs the sweep: hd_sweep_update, hd_sweep_hold and
 * hd_sweep_enqueue then store what is asked for until there is one. HD_EBUSY
 * when it does not answer; what it refuses is its own error.
 */
#ifndef HD_SWEEP_ASK_H
#define HD_SWEEP_ASK_H

#include <hdrive/store.h>

#define HD_ASK_SECONDS 30

/* What is to change of them; zeroed is nothing. */
struct hd_ask_limits {
	size_t max_total;
	size_t max_concurrent;
	double max_duration; /* seconds */
};

/* Stop the trials NUMBERS, without any the sweep; *DONE: how many it asked. */
int hd_ask_cancel(struct hd_store *store, int64_t sweep, const size_t *numbers,
		  size_t count, bool now, size_t *done, struct hd_error *err);
/* New attempts of the trials NUMBERS that failed; *DONE: how many. */
int hd_ask_retry(struct hd_store *store, int64_t sweep, const size_t *numbers,
		 size_t count, size_t *done, struct hd_error *err);
/* Have PARAMETERS, a JSON object, tried before what the sampler gives. */
int hd_ask_enqueue(struct hd_store *store, int64_t sweep, const char *parameters,
		   struct hd_error *err);
/* *REPLY, unless NULL: the limits "before" and "after" as JSON, to be freed. */
int hd_ask_limits(struct hd_store *store, int64_t sweep,
		  const struct hd_ask_limits *limits, char **reply,
		  struct hd_error *err);
/* Start nothing new, or go on. */
int hd_ask_hold(struct hd_store *store, int64_t sweep, bool held,
		struct hd_error *err);

#endif
