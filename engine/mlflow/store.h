/*
 * The store as what MLflow's clients read from: a sweep is an experiment, a
 * trial a run, and what a script made below it a run with a parent. Nothing
 * can be told.
 */
#ifndef HD_MLFLOW_STORE_H
#define HD_MLFLOW_STORE_H

#include <hdrive/store.h>

#include "mlflow/source.h"

/* A hd_ml's SELF; borrows the store. */
struct hd_ml_store {
	struct hd_store *store;
	int64_t only; /* key of the one sweep that is shown; 0 for all */
};

extern const struct hd_ml_source hd_ml_store_source;

#endif
