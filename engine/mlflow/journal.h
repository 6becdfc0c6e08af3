/*
 * A trial's metrics file as what MLflow's clients log to and read from.
 *
 * Nothing is held that the file does not have: what is written goes to its
 * end, and before something is read what has been written since is taken in,
 * by whomever (azureml.core and hdrive log write there too). A server that
 * crashed and was started anew answers as the one before would have.
 */
#ifndef HD_MLFLOW_JOURNAL_H
#define HD_MLFLOW_JOURNAL_H

#include "mlflow/source.h"

struct hd_ml_journal; /* opaque */

/* All copied. */
struct hd_ml_journal_setup {
	const char *path;       /* the metrics file */
	const char *outputs;    /* the folder of the trial's artifacts */
	const char *trial;      /* its id */
	const char *experiment; /* the sweep's id */
	const char *sweep;      /* its name */
	const char *number;     /* the trial's, as text */
	int64_t start;          /* of the trial; milliseconds */
};

/* The file need not be there yet. */
int hd_ml_journal_open(struct hd_ml_journal **out,
		       const struct hd_ml_journal_setup *setup,
		       struct hd_error *err);
void hd_ml_journal_close(struct hd_ml_journal *journal);

/* With a struct hd_ml_journal as its SELF. */
extern const struct hd_ml_source hd_ml_journal_source;

#endif
