/*
 * What a running sweep shows: a status line that is overwritten and lines of
 * events above it on a terminal, event lines alone in a pipe, JSON lines on
 * stdout with --json. A trial's own output is never mixed in.
 */
#ifndef HD_CLI_PROGRESS_H
#define HD_CLI_PROGRESS_H

#include "cli/cli.h"

struct progress {
	struct cli *cli;
	const struct hd_config *config; /* the sweep's; NULL until it exists */
	struct hd_sweep *sweep;         /* borrowed; NULL until it exists */
	const struct hd_target *target; /* where its trials run; NULL: here */
	bool drawn;                     /* a status line stands on the terminal */
	int64_t drawn_at;               /* milliseconds of the steady clock */
	/* A new best waits here until its line is due. */
	bool best_waits;
	size_t best_trial;
	double best;
	int64_t best_at; /* when the last best line was shown; 0 never */
};

void progress_init(struct progress *progress, struct cli *cli);
/* hd_event_fn, USER is the struct progress. */
void progress_event(void *user, const struct hd_event *event);
/* Take the status line away: the sweep is over. */
void progress_end(struct progress *progress);
/* Counts, the best with its parameters, and where to look next. */
void progress_summary(struct progress *progress, struct hd_store *store);

#endif
