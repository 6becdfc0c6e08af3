/*
 * Where the MLflow API gets what it answers from, and puts what it is told:
 * one trial's metrics file (journal.c) or the store (store.c).
 */
#ifndef HD_MLFLOW_SOURCE_H
#define HD_MLFLOW_SOURCE_H

#include <hdrive/error.h>

#include "mlflow/run.h"

struct hd_ml_experiment {
	const char *id;
	const char *name;
	int64_t created; /* milliseconds, 0 unknown */
	int64_t updated;
};

/* MLflow 3's: a model that a run logs, with a place for its files. */
struct hd_ml_model {
	char *id;
	char *name;
	char *kind;
	char *run; /* that made it, "" unknown */
	char *status;
	int64_t created;
	int64_t updated;
	struct hd_ml_pairs params;
	struct hd_ml_pairs tags;
};

/* Return 0 to go on; anything else ends the walk and is returned. */
typedef int (*hd_ml_experiment_fn)(void *user,
				   const struct hd_ml_experiment *experiment);
typedef int (*hd_ml_run_fn)(void *user, const struct hd_ml_run *run);
typedef int (*hd_ml_value_fn)(void *user, const struct hd_ml_value *value);
typedef int (*hd_ml_model_fn)(void *user, const struct hd_ml_model *model);

/* Functions return 0, HD_ENOENT for an id that is not known, or another
 * negative code. SELF is the source's. */
struct hd_ml_source {
	int (*experiments)(void *self, hd_ml_experiment_fn fn, void *user,
			   struct hd_error *err);
	/* One run, whole. */
	int (*run)(void *self, const char *id, hd_ml_run_fn fn, void *user,
		   struct hd_error *err);
	/* Those of an experiment. */
	int (*runs)(void *self, const char *experiment, hd_ml_run_fn fn,
		    void *user, struct hd_error *err);
	/* Numbers that were logged under KEY, in order. */
	int (*history)(void *self, const char *run, const char *key,
		       hd_ml_value_fn fn, void *user, struct hd_error *err);
	/*
	 * The folder of the artifacts of a run or model, as a path from BASE, a
	 * folder that no request may leave; both appended.
	 */
	int (*folder)(void *self, const char *id, struct hd_buf *base,
		      struct hd_buf *below, struct hd_error *err);
	/* NULL where there are none. */
	int (*models)(void *self, hd_ml_model_fn fn, void *user,
		      struct hd_error *err);
	/*
	 * Whole lines for the metrics file, all in one write. NULL: nothing can
	 * be told. TRIAL is the id of the run that a line is for that names no
	 * other.
	 */
	int (*append)(void *self, const char *lines, size_t length,
		      struct hd_error *err);
	const char *(*trial)(const void *self);
};

struct hd_ml {
	const struct hd_ml_source *source;
	void *self;
};

#endif
