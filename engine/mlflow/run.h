/*
 * A run as MLflow's clients see it: a trial, or a run below one.
 *
 * Times are milliseconds since 1970, 0 when it has not happened. All of a run
 * is owned by it; a run that a callback is given is borrowed for the call.
 */
#ifndef HD_MLFLOW_RUN_H
#define HD_MLFLOW_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum hd_ml_status {
	HD_ML_RUNNING,
	HD_ML_SCHEDULED,
	HD_ML_FINISHED,
	HD_ML_FAILED,
	HD_ML_KILLED,
};
#define HD_ML_STATUSES (HD_ML_KILLED + 1)

const char *hd_ml_status_name(enum hd_ml_status status);
bool hd_ml_status_find(const char *name, enum hd_ml_status *status);

/* By key, each once. */
struct hd_ml_pairs {
	struct hd_ml_pair {
		char *key;
		char *value;
	} * at;
	size_t count;
	size_t size;
};

/* NULL when there is none; borrowed until the next change. */
const char *hd_ml_pairs_get(const struct hd_ml_pairs *pairs, const char *key);
/* VALUE NULL takes it away. 0 or HD_ENOMEM. */
int hd_ml_pairs_set(struct hd_ml_pairs *pairs, const char *key,
		    const char *value);
void hd_ml_pairs_release(struct hd_ml_pairs *pairs);
/* [{"key":"a","value":"b"}] */
void hd_ml_pairs_json(const struct hd_ml_pairs *pairs, struct hd_buf *out);

/* One value of a metric. */
struct hd_ml_value {
	double value;
	int64_t time;
	int64_t step;
};

/* {"key":"a","value":0.5,"timestamp":1,"step":0}; NaN and infinities are
 * texts, as protobuf has them. */
void hd_ml_value_json(const char *key, const struct hd_ml_value *value,
		      struct hd_buf *out);

/* By key, each once: MLflow's "latest", of the highest step, then the latest,
 * then the highest. */
struct hd_ml_metrics {
	struct hd_ml_metric {
		char *key;
		struct hd_ml_value latest;
		int64_t values; /* how many there were */
	} * at;
	size_t count;
	size_t size;
};

const struct hd_ml_value *hd_ml_metrics_get(const struct hd_ml_metrics *metrics,
					    const char *key);
/* How many values KEY has had. */
int64_t hd_ml_metrics_values(const struct hd_ml_metrics *metrics,
			     const char *key);
int hd_ml_metrics_add(struct hd_ml_metrics *metrics, const char *key,
		      const struct hd_ml_value *value);

struct hd_ml_run {
	char *id;
	char *experiment; /* its id */
	char *name;
	char *user;
	enum hd_ml_status status;
	bool is_deleted;
	int64_t start;
	int64_t end;
	struct hd_ml_pairs params;
	struct hd_ml_pairs tags;
	struct hd_ml_metrics metrics;
	struct hd_buf inputs; /* JSON objects, comma between */
};

/* NULL for no memory; NAME may be NULL. */
struct hd_ml_run *hd_ml_run_new(const char *id, const char *experiment,
				const char *name);
void hd_ml_run_free(struct hd_ml_run *run);
/* Its name, which is a tag of it too. 0 or HD_ENOMEM. */
int hd_ml_run_rename(struct hd_ml_run *run, const char *name);
/* NULL for no memory. */
struct hd_ml_run *hd_ml_run_copy(const struct hd_ml_run *run);
/* {"run_id":...}; its artifacts are at URI. */
void hd_ml_run_info_json(const struct hd_ml_run *run, const char *uri,
			 struct hd_buf *out);
/* {"info":...,"data":...,"inputs":...} */
void hd_ml_run_json(const struct hd_ml_run *run, const char *uri,
		    struct hd_buf *out);

#endif
