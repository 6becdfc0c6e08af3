/* One run's or job's record, for what shows one and what lists them. */
#ifndef HD_REPORT_RECORD_H
#define HD_REPORT_RECORD_H

#include <hdrive/record.h>

#include "report/out.h"

struct record_walk {
	struct hd_store *store;
	struct hd_pen pen;
	enum hd_record_form form;
	const struct hd_record_query *query; /* NULL: one alone is shown */
	struct hd_error *err;
	int64_t sweep;    /* whose rows come */
	char *experiment; /* of it, ours */
	char *target;     /* by which Azure's words know where its runs are, ours */
	size_t count;     /* shown */
	size_t skip;      /* of those that fit, the first are not shown */
	size_t fit;
};

/* A record as one JSON object. */
int hd_record_put_sweep(struct record_walk *walk, const struct hd_sweep_row *row);
int hd_record_put_trial(struct record_walk *walk, const struct hd_trial_row *row);
/* The tags alone: of SWEEP, or when that is NULL of TRIAL. */
int hd_record_put_tags(struct record_walk *walk, const struct hd_sweep_row *sweep,
		       const struct hd_trial_row *trial);
/* ,"metrics":{...} of a sweep: the table of its bests (SPEC 5.1). */
int hd_record_put_bests(struct record_walk *walk, const struct hd_sweep_row *row);
/* "hyperdrive" or "azureml.scriptrun". */
const char *hd_record_type(const struct hd_sweep_row *row);

#endif
