/*
 * MLflow's search language over runs: comparisons joined by AND, and keys to
 * order by.
 *
 *   metrics.acc > 0.9 AND params."learning rate" = '0.1'
 *   tags.`mlflow.parentRunId` LIKE 'HD_%' AND attributes.status != 'FAILED'
 *   attributes.run_id IN ('a', 'b')
 *   metrics.acc DESC, attributes.start_time
 */
#ifndef HD_MLFLOW_FILTER_H
#define HD_MLFLOW_FILTER_H

#include <hdrive/error.h>

#include "mlflow/run.h"

struct hd_ml_filter; /* opaque */

/* HD_EINVAL says what was expected where. TEXT "" lets every run pass. */
int hd_ml_filter_new(struct hd_ml_filter **out, const char *text,
		     struct hd_error *err);
void hd_ml_filter_free(struct hd_ml_filter *filter);
bool hd_ml_filter_passes(const struct hd_ml_filter *filter,
			 const struct hd_ml_run *run);

struct hd_ml_order; /* opaque */

int hd_ml_order_new(struct hd_ml_order **out, struct hd_error *err);
/* One key more, behind those before: "metrics.acc DESC". */
int hd_ml_order_add(struct hd_ml_order *order, const char *text,
		    struct hd_error *err);
void hd_ml_order_free(struct hd_ml_order *order);
/* As for qsort. Runs without the key, and NaN, come last; equals go by start,
 * latest first, then by id. */
int hd_ml_order_compare(const struct hd_ml_order *order,
			const struct hd_ml_run *a, const struct hd_ml_run *b);

#endif
