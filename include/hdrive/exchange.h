/*
 * Trials out of a store and into one: CSV, JSON lines, Optuna's SQLite files,
 * a store of one sweep alone; and out, TensorBoard's event files. docs/reference/export.md
 * describes columns and members.
 */
#ifndef HDRIVE_EXCHANGE_H
#define HDRIVE_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hdrive/api.h>
#include <hdrive/config.h>
#include <hdrive/error.h>
#include <hdrive/report.h>
#include <hdrive/store.h>

HD_BEGIN_DECLS

enum hd_exchange_format {
	HD_EXCHANGE_AUTO, /* of an import: by what the file begins with */
	HD_EXCHANGE_CSV,
	HD_EXCHANGE_JSONL,
	HD_EXCHANGE_OPTUNA,
};

/*
 * Every trial of SWEEP to OUT, in order of their numbers, as they are at one
 * moment; needs memory for one trial. FORMAT is CSV or JSONL. A trial is one
 * row or line; with LONG_METRICS each value that it logged is a row of CSV, or
 * an item of the line's "logged".
 */
HD_API int hd_export(struct hd_store *store, int64_t sweep,
		     enum hd_exchange_format format, bool long_metrics,
		     const struct hd_out *out, struct hd_error *err);

/*
 * COUNT sweeps as studies of a new file at PATH, each under its name, which
 * Optuna 3.0 and 3.1 open and go on with, later ones after their storage
 * upgrade. HD_EEXIST when something is at PATH; nothing is there after a
 * failure.
 */
HD_API int hd_export_optuna(struct hd_store *store, const int64_t *sweeps,
			    size_t count, const char *path,
			    struct hd_error *err);

/*
 * A new store at PATH with SWEEP alone, as it is at one moment, without its
 * files. HD_EEXIST when something is at PATH.
 */
HD_API int hd_export_store(struct hd_store *store, int64_t sweep,
			   const char *path, struct hd_error *err);

/*
 * SWEEP as event files of TensorBoard in the folder at PATH, which is there
 * whole or as it was: a run for each trial, with its parameters for the HPARAMS
 * tab and every number that it logged. Needs memory for one trial. HD_EEXIST
 * when something is at PATH that is no earlier export; one is replaced.
 */
HD_API int hd_export_tensorboard(struct hd_store *store, int64_t sweep,
				 const char *path, struct hd_error *err);

struct hd_import {
	size_t size; /* sizeof this struct, for later growth */
	enum hd_exchange_format format;
	const char *study;  /* of a file with several; NULL: its only one */
	const char *name;   /* of the new sweep; NULL: one is made up */
	const char *metric; /* NULL: what the file says, or its only metric */
	/* Of the metric; has_goal false: what the file says. */
	bool has_goal;
	enum hd_goal goal;
	/* "COLUMN=PARAM": COLUMN is the parameter PARAM. With any, columns that
	 * nothing is known of are left out; else they are parameters. */
	const char *const *maps;
	size_t map_count;
	/*
	 * The space that every trial must fit, the metric and the goal. NULL: a
	 * space that holds what is there is made of the data.
	 */
	const struct hd_config *config;
};

struct hd_imported {
	int64_t sweep; /* key */
	char name[256];
	size_t trials;
	size_t unfinished; /* left out: they had not ended */
	size_t metricless; /* have no value of the metric */
};

/*
 * The ended trials of the file at PATH as a new sweep of STORE, which is
 * Completed: all of them or, after a failure, nothing. Errors in the file name
 * its line and column. HD_ENOENT also for a study that is not there, and
 * HD_EINVAL for an unnamed one of several, which the message lists.
 */
HD_API int hd_import_file(struct hd_store *store, const char *path,
			  const struct hd_import *import,
			  struct hd_imported *imported, struct hd_error *err);

HD_END_DECLS

#endif
