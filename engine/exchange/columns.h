/* What a sweep's trials have: the columns of an export. */
#ifndef HD_EXCHANGE_COLUMNS_H
#define HD_EXCHANGE_COLUMNS_H

#include <hdrive/config.h>
#include <hdrive/store.h>

struct hd_names {
	char **items; /* owned */
	size_t count, room;
};

/* Its place, added behind the others when it is new; SIZE_MAX: no memory. */
size_t hd_names_add(struct hd_names *names, const char *name);
/* SIZE_MAX when it is not there. */
size_t hd_names_find(const struct hd_names *names, const char *name);
void hd_names_release(struct hd_names *names);

struct hd_columns {
	struct hd_names params;   /* without their dashes, in declared order */
	struct hd_names metrics;  /* the primary one first, the others by name */
	struct hd_config *config; /* NULL: the store's text is none any more */
	char *metric;
	enum hd_goal goal;
};

/*
 * Of SWEEP: the parameters of its space, then what trials have besides, as
 * those of a file that a resume changed. LONG_METRICS: names of metrics are
 * not asked for. Release it also after a failure.
 */
int hd_columns_load(struct hd_columns *columns, struct hd_store *store,
		    int64_t sweep, bool long_metrics, struct hd_error *err);
void hd_columns_release(struct hd_columns *columns);

#endif
