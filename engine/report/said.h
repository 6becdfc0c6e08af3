/*
 * What was said of a run besides its metrics: tags, properties, files, and
 * the runs below a trial with all of theirs.
 */
#ifndef HD_REPORT_SAID_H
#define HD_REPORT_SAID_H

#include "report/out.h"
#include "report/series.h"

struct hd_said_run {
	char *id; /* "" for the trial or sweep itself, which comes first */
	/* Members of a JSON object each; of files, of a list. */
	struct hd_buf kinds[HD_SAID_KINDS];
	struct hd_series metrics; /* none for a trial itself */
};

struct hd_said {
	struct hd_said_run *runs;
	size_t count;
	size_t size;
};

void hd_said_init(struct hd_said *said);
void hd_said_release(struct hd_said *said);
/* Of TRIAL, or of the sweep itself when TRIAL is HD_SAID_OF_SWEEP. */
int hd_said_load(struct hd_said *said, struct hd_store *store, int64_t sweep,
		 int64_t trial, struct hd_error *err);

/* ,"tags":{},"properties":{},"files":[],"child_runs":{} of a trial. */
void hd_said_trial_json(const struct hd_said *said, struct hd_pen *pen);
/* ,"files":[],"parent_metrics":{} of a sweep. */
void hd_said_sweep_json(const struct hd_said *said, struct hd_pen *pen);

/* Facts as the text reports show them, one a line; nothing when none. */
int hd_said_text(struct hd_pen *pen, struct hd_store *store, int64_t sweep,
		 int64_t trial, struct hd_error *err);

/*
 * azure.c: ,"tags":{},"properties":{} of a sweep as Azure's service has them
 * (SPEC 5.1), made from its rows, then what its scripts said.
 */
int hd_azure_json(struct hd_pen *pen, struct hd_store *store,
		  const struct hd_sweep_row *row, struct hd_error *err);
/* The same without the tags that are a trial's: they grow with the sweep. */
int hd_azure_own_json(struct hd_pen *pen, struct hd_store *store,
		      const struct hd_sweep_row *row, struct hd_error *err);
/* The object of its tags alone. */
int hd_azure_tags(struct hd_pen *pen, struct hd_store *store,
		  const struct hd_sweep_row *row, struct hd_error *err);
/* A trial's parameters, a JSON object, with its names sorted. */
void hd_azure_parameters(struct hd_buf *buf, const char *parameters);

#endif
