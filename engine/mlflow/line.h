/*
 * A line of a trial's metrics file as the MLflow server reads it: the records
 * of docs/reference/metrics.md, with the marks that only the server writes.
 */
#ifndef HD_MLFLOW_LINE_H
#define HD_MLFLOW_LINE_H

#include "metrics/object.h"
#include "mlflow/source.h"

/* The engine's reader, too, looks at no more of a line. */
#define HD_ML_LINE_MOST ((size_t)64 << 10)

enum hd_ml_field {
	HD_ML_FIELD_NAME,
	HD_ML_FIELD_VALUE,
	HD_ML_FIELD_LIST,
	HD_ML_FIELD_STEP,
	HD_ML_FIELD_TIME,
	HD_ML_FIELD_MARK,
	HD_ML_FIELD_DETAIL,
	HD_ML_FIELD_PARENT,
	HD_ML_FIELD_CHILD,
};
#define HD_ML_FIELDS (HD_ML_FIELD_CHILD + 1)

/* Values are borrowed from the text. */
struct hd_ml_line {
	bool has[HD_ML_FIELDS];
	struct hd_object_value field[HD_ML_FIELDS];
};

/* False for what is no record, and for one of the sweep itself. */
bool hd_ml_line_read(struct hd_ml_line *line, const char *text, size_t length);
bool hd_ml_line_is_text(const struct hd_ml_line *line, enum hd_ml_field field);
/* Each number that it logs, NaN included. */
int hd_ml_line_each(const struct hd_ml_line *line, hd_ml_value_fn fn,
		    void *user);

/* Append a value as text; nothing for null. */
void hd_ml_line_value(const struct hd_object_value *value, struct hd_buf *out);
/* Each member of an object, its value as text, NULL for null; nothing for what
 * is no object. HD_ENOMEM, or what FN returned. */
typedef int (*hd_ml_member_fn)(void *user, const char *name, const char *text,
			       const struct hd_object_value *value);
int hd_ml_line_members(const struct hd_object_value *object,
		       hd_ml_member_fn fn, void *user);

#endif
