/* Rows of the table "inherited" as trials of a history. */
#include "sweep/inherit.h"

#include "base/number.h"
#include "space/values.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct inheriting {
	struct hd_history *history;
	const struct hd_space *space; /* NULL: no parameters */
	struct hd_value *values;      /* scratch: one per parameter */
	struct hd_error *err;
};

static int curve_corrupt(const struct inheriting *inheriting, const char *curve)
{
	return hd_error_set(inheriting->err, HD_ECORRUPT,
			    "an inherited trial has a curve that is none: '%s'",
			    curve);
}

/* [0.1,null,0.3], as warm.c wrote it. */
static int curve_read(const struct inheriting *inheriting, const char *curve,
		      struct hd_trial *trial)
{
	const char *at = curve;

	if (*at++ != '[')
		return curve_corrupt(inheriting, curve);
	while (*at && *at != ']') {
		size_t length = strcspn(at, ",]");
		double value = NAN;

		if (strncmp(at, "null", length) != 0 &&
		    !hd_number_read(at, length, &value))
			return curve_corrupt(inheriting, curve);
		if (hd_trial_log(trial, value) < 0)
			return hd_error_nomem(inheriting->err);
		at += length;
		at += *at == ',';
	}
	return 0;
}

static int inherit_row(void *user, const struct hd_inherited_row *row)
{
	struct inheriting *inheriting = user;
	const struct hd_space *space = inheriting->space;
	struct hd_trial *trial;
	int rc = space ? hd_space_read_values(space, row->parameters,
					      inheriting->values, NULL)
		       : 0;

	if (rc == HD_ENOMEM)
		return hd_error_nomem(inheriting->err);
	if (rc < 0)
		memset(inheriting->values, 0,
		       hd_space_count(space) * sizeof *inheriting->values);
	trial = hd_history_inherit(inheriting->history, inheriting->values);
	if (!trial)
		return hd_error_nomem(inheriting->err);
	rc = curve_read(inheriting, row->curve, trial);
	hd_trial_restore(trial, row->state, row->end);
	return rc;
}

int hd_inherit(struct hd_history *history, struct hd_store *store,
	       int64_t sweep, const struct hd_space *space,
	       struct hd_error *err)
{
	struct inheriting inheriting = { history, space, NULL, err };
	size_t width = space ? hd_space_count(space) : 0;
	int rc;

	inheriting.values = calloc(width + 1, sizeof *inheriting.values);
	rc = inheriting.values ? hd_store_inherited(store, sweep, inherit_row,
						    &inheriting, err)
			       : hd_error_nomem(err);
	free(inheriting.values);
	return rc;
}
