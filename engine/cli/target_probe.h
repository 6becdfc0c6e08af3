/*
 * A target tried end to end, by what any sweep does there and nothing else: a
 * sweep of two trials in a store of its own, in a folder beside the user's, so
 * that a folder which is to be shared is tried for real. The first trial reads a
 * file of its source, prints a metric and writes a file; the second sleeps until
 * it is cancelled.
 */
#ifndef HD_CLI_TARGET_PROBE_H
#define HD_CLI_TARGET_PROBE_H

#include "cli/cli.h"

enum probe_step {
	PROBE_LAUNCH, /* it was reached, written to, and something runs there */
	PROBE_SOURCE, /* the trial found the source of its sweep */
	PROBE_METRIC, /* what it printed came back */
	PROBE_FILE,   /* and what it wrote */
	PROBE_CANCEL, /* the other one ended when asked to */
	PROBE_CLEAN,  /* nothing is left here */
	PROBE_STEPS,
};

/* Texts are borrowed for the call. */
struct probe_result {
	enum probe_step step;
	double seconds;
	const char *problem; /* NULL: it went well */
	const char *detail;  /* the host, or NULL */
};

struct probe {
	const struct hd_target *target;
	const char *folder;   /* of the user's store */
	const char *launcher; /* hdrive-launch */
	const char *python;   /* the folder of drop-ins, or NULL */
	double limit;         /* seconds until the step that is due has failed */
	void (*step)(void *user, const struct probe_result *result);
	/* What the target says meanwhile, in its own words. */
	void (*note)(void *user, const char *text);
	void *user;
};

/* Every step in order, up to the first that fails, and PROBE_CLEAN when what was
 * started is to be looked for. Whether all went well. */
bool target_probe(const struct probe *probe);

#endif
