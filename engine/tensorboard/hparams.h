/*
 * What TensorBoard's HPARAMS tab reads: the experiment with its parameters and
 * metrics in the export's own folder, how each trial began and ended in the
 * trial's (plugins/hparams/plugin_data.proto).
 */
#ifndef HD_TENSORBOARD_HPARAMS_H
#define HD_TENSORBOARD_HPARAMS_H

#include <hdrive/space.h>

#include "base/buf.h"

/* What a parameter's values are; of UNSET each is what it is. */
enum hd_hparam_type {
	HD_HPARAM_UNSET = 0,
	HD_HPARAM_STRING = 1,
	HD_HPARAM_BOOL = 2,
	HD_HPARAM_FLOAT64 = 3,
};

struct hd_hparam {
	const char *name;
	enum hd_hparam_type type;
	const struct hd_value *options; /* its domain, or */
	size_t option_count;
	bool has_interval; /* ... that one */
	double low, high;
};

enum hd_hparam_status {
	HD_HPARAM_UNKNOWN = 0,
	HD_HPARAM_SUCCESS = 1,
	HD_HPARAM_FAILURE = 2,
	HD_HPARAM_RUNNING = 3,
};

/* Each appends one record to FILE; times are seconds since 1970. */

struct hd_hparams_experiment {
	const char *name, *description;
	double time;
	const struct hd_hparam *hparams;
	size_t hparam_count;
	const char *const *metrics; /* the primary one first */
	size_t metric_count;
};
void hd_hparams_put_experiment(struct hd_buf *file,
			       const struct hd_hparams_experiment *experiment);

/* VALUES, one for each of HPARAMS; those that are absent are left out. */
void hd_hparams_put_start(struct hd_buf *file, const char *group, double time,
			  const struct hd_hparam *hparams,
			  const struct hd_value *values, size_t count);
/* TIME 0: it has not ended. */
void hd_hparams_put_end(struct hd_buf *file, enum hd_hparam_status status,
			double time);

/* The type that all of VALUES have: STRING for a mixture. */
enum hd_hparam_type hd_hparam_type_of(const struct hd_value *values, size_t count);

#endif
