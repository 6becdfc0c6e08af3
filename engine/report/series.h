/* One trial's metrics gathered by name: as JSON lists and as figures. */
#ifndef HD_REPORT_SERIES_H
#define HD_REPORT_SERIES_H

#include "report/out.h"

struct hd_series_item {
	char *name;
	struct hd_buf values; /* "0.1,0.2": the inside of a JSON list */
	size_t count;
	size_t numbers;
	double first, last, least, most;
};

struct hd_series {
	struct hd_series_item *items;
	size_t count;
	size_t size;
	size_t guess; /* the item that most likely comes next */
};

void hd_series_init(struct hd_series *series);
void hd_series_release(struct hd_series *series);
/* Gather trial NUMBER's metrics, in the order they first appeared. */
int hd_series_load(struct hd_series *series, struct hd_store *store,
		   int64_t sweep, size_t number, struct hd_error *err);
/* One value more; HD_ENOMEM or 0. */
int hd_series_add(struct hd_series *series, const struct hd_metric_row *row);
/* {"loss":[0.5,0.4],"note":["a"]} */
void hd_series_json(const struct hd_series *series, struct hd_pen *pen);

/* A value as JSON: a number; a row or table as it is; other text quoted. */
void hd_series_value(struct hd_buf *buf, const struct hd_metric_row *row);

#endif
