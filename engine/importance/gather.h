/*
 * The results of a sweep and the values that its trials have, by parameter.
 */
#ifndef HD_IMPORTANCE_GATHER_H
#define HD_IMPORTANCE_GATHER_H

#include "api/table.h"

/* One parameter: what each trial has, NaN for nothing; of a choice its option. */
struct hd_gathered_column {
	double *values;
};

struct hd_gathered {
	struct hd_table *table;
	double *results; /* of the trials that take part; the smaller the better */
	size_t count;
	struct hd_gathered_column *columns;
	size_t column_count;
};

/* Of SWEEP, a key; release it also after a failure. */
int hd_gather(struct hd_gathered *gathered, struct hd_store *store, int64_t sweep,
	      struct hd_error *err);
void hd_gathered_release(struct hd_gathered *gathered);

#endif
