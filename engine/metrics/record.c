/*
 * Records: the metrics file's own form, one JSON object a line, as
 * docs/reference/metrics.md defines it. What "hdrive log", hd_metric_append
 * and the drop-in azureml.core write.
 */
#include "metrics/object.h"
#include "metrics/rules.h"

#include <math.h>
#include <string.h>

enum record_field {
	RECORD_NAME,
	RECORD_VALUE,
	RECORD_LIST,
	RECORD_OTHER, /* row, table, text, image, artifact */
	RECORD_STEP,
	RECORD_MARK,
	RECORD_DETAIL,
	RECORD_PARENT,
	RECORD_CHILD,
	RECORD_FIELDS,
};

static const struct {
	const char *name;
	enum record_field field;
} record_names[] = {
	{ "name", RECORD_NAME },
	{ "value", RECORD_VALUE },
	{ "list", RECORD_LIST },
	{ "row", RECORD_OTHER },
	{ "table", RECORD_OTHER },
	{ "text", RECORD_OTHER },
	{ "image", RECORD_OTHER },
	{ "artifact", RECORD_OTHER },
	{ "step", RECORD_STEP },
	{ "mark", RECORD_MARK },
	{ "detail", RECORD_DETAIL },
	{ "parent", RECORD_PARENT },
	{ "child", RECORD_CHILD },
};

struct record {
	bool has[RECORD_FIELDS];
	struct hd_object_value field[RECORD_FIELDS];
	struct hd_metric_context *context;
	struct hd_metric metric; /* name, step and rule */
};

static int record_collect(void *user, const struct hd_object_member *member)
{
	struct record *record = user;

	for (size_t i = 0; i < sizeof record_names / sizeof *record_names; i++) {
		enum record_field field = record_names[i].field;

		if (strlen(record_names[i].name) != member->name_length ||
		    memcmp(record_names[i].name, member->name,
			   member->name_length) != 0)
			continue;
		record->has[field] = true;
		record->field[field] = member->value;
	}
	return 0;
}

/* A name with something to it. */
static bool record_is_named(const struct record *record)
{
	return record->has[RECORD_NAME] &&
	       record->field[RECORD_NAME].kind == HD_OBJECT_STRING &&
	       (record->has[RECORD_VALUE] || record->has[RECORD_LIST] ||
		record->has[RECORD_OTHER]);
}

static bool record_is_string(const struct record *record,
			     enum record_field field)
{
	return record->has[field] &&
	       record->field[field].kind == HD_OBJECT_STRING;
}

/* A value that is no number, as text: a string's own, else its JSON. */
static int record_give_text(struct record *record,
			    const struct hd_object_value *value)
{
	struct hd_buf buf = HD_BUF_INIT;
	struct hd_metric metric = record->metric;
	int rc;

	if (value->kind == HD_OBJECT_STRING)
		hd_object_unescape(&buf, value->text, value->length);
	else if (value->kind == HD_OBJECT_BOOL)
		hd_buf_puts(&buf, value->is_true ? "True" : "False");
	else
		hd_buf_add(&buf, value->text, value->length);
	metric.value = NAN;
	metric.text = hd_buf_text(&buf);
	metric.text_length = buf.length;
	rc = hd_buf_failed(&buf) ? hd_error_nomem(record->context->err)
				 : hd_metric_give(record->context, &metric);
	hd_buf_release(&buf);
	return rc;
}

static int record_give(struct record *record,
		       const struct hd_object_value *value)
{
	struct hd_metric metric = record->metric;

	/* JSON has no NaN: writers that keep to it put null. */
	if (value->kind != HD_OBJECT_NUMBER && value->kind != HD_OBJECT_NULL)
		return record_give_text(record, value);
	metric.value = hd_object_number(value);
	return hd_metric_give(record->context, &metric);
}

static int record_list_item(void *user, const struct hd_object_member *member)
{
	return record_give(user, &member->value);
}

static int record_metric(struct record *record)
{
	const struct hd_object_value *list = &record->field[RECORD_LIST];

	if (record->has[RECORD_VALUE])
		return record_give(record, &record->field[RECORD_VALUE]);
	if (record->has[RECORD_LIST] && list->kind == HD_OBJECT_ARRAY) {
		/* The items are values of one metric, not redraws of it. */
		return hd_array_each(list->text, list->length,
				     record_list_item, record);
	}
	return record_give_text(record, &record->field[RECORD_OTHER]);
}

static int record_note(struct hd_metric_context *context, const char *kind,
		       const char *detail)
{
	return context->mark ? context->mark(context->mark_user, kind, detail)
			     : 0;
}

static int record_mark(struct record *record)
{
	const struct hd_object_value *mark = &record->field[RECORD_MARK];
	const struct hd_object_value *detail = &record->field[RECORD_DETAIL];
	struct hd_buf kind = HD_BUF_INIT, text = HD_BUF_INIT;
	int rc;

	hd_object_unescape(&kind, mark->text, mark->length);
	if (record->has[RECORD_DETAIL] && detail->kind == HD_OBJECT_STRING)
		hd_object_unescape(&text, detail->text, detail->length);
	else if (record->has[RECORD_DETAIL])
		hd_buf_add(&text, detail->text, detail->length);
	rc = hd_buf_failed(&kind) || hd_buf_failed(&text)
		     ? hd_error_nomem(record->context->err)
		     : record_note(record->context, hd_buf_text(&kind),
				   record->has[RECORD_DETAIL] ? hd_buf_text(&text)
							      : NULL);
	hd_buf_release(&kind);
	hd_buf_release(&text);
	return rc;
}

/* A record of another run than the trial: whole, and no metric of it. */
static int record_other(struct record *record, const char *kind,
			const char *text, size_t length)
{
	struct hd_buf line = HD_BUF_INIT;
	int rc;

	hd_buf_add(&line, text, length);
	rc = hd_buf_failed(&line) ? hd_error_nomem(record->context->err)
				  : record_note(record->context, kind,
						hd_buf_text(&line));
	hd_buf_release(&line);
	return rc;
}

static int record_named(struct record *record)
{
	const struct hd_object_value *name = &record->field[RECORD_NAME];
	const struct hd_object_value *step = &record->field[RECORD_STEP];
	struct hd_buf buf = HD_BUF_INIT;
	int rc;

	hd_object_unescape(&buf, name->text, name->length);
	record->metric = (struct hd_metric){
		.rule = "record",
		.name = hd_buf_text(&buf),
		.name_length = buf.length,
	};
	record->metric.has_step = record->has[RECORD_STEP] &&
				  hd_object_integer(step, &record->metric.step);
	rc = hd_buf_failed(&buf) ? hd_error_nomem(record->context->err)
				 : record_metric(record);
	hd_buf_release(&buf);
	return rc;
}

int hd_metric_record(struct hd_metric_context *context, const char *text,
		     size_t length, bool *taken)
{
	struct record record = { .context = context };
	bool parent, child, named;

	hd_object_each(text, length, record_collect, &record);
	parent = record.has[RECORD_PARENT] &&
		 record.field[RECORD_PARENT].kind == HD_OBJECT_BOOL &&
		 record.field[RECORD_PARENT].is_true;
	child = record_is_string(&record, RECORD_CHILD);
	named = record_is_named(&record);
	/* On stdout an object is somebody's log line until it is plain. */
	if (!context->records) {
		*taken = named && record.has[RECORD_VALUE] &&
			 record.field[RECORD_VALUE].kind == HD_OBJECT_NUMBER;
		return *taken ? record_named(&record) : 0;
	}
	*taken = parent || child || named || record_is_string(&record, RECORD_MARK);
	if (parent || child)
		return record_other(&record, parent ? "parent" : "child", text,
				    length);
	if (named)
		return record_named(&record);
	return *taken ? record_mark(&record) : 0;
}

int hd_tail_other(const char *detail, struct hd_buf *run, hd_metric_fn fn,
		  hd_tail_mark_fn mark, void *user, struct hd_error *err)
{
	struct hd_metric_scan scan = { 0 };
	struct hd_metric_context context = {
		.scan = &scan,
		.fn = fn,
		.user = user,
		.records = true,
		.mark = mark,
		.mark_user = user,
		.err = err,
	};
	struct record record = { .context = &context };
	const struct hd_object_value *child = &record.field[RECORD_CHILD];

	hd_object_each(detail, strlen(detail), record_collect, &record);
	if (record_is_string(&record, RECORD_CHILD))
		hd_object_unescape(run, child->text, child->length);
	if (hd_buf_failed(run))
		return hd_error_nomem(err);
	if (record_is_named(&record))
		return record_named(&record);
	return record_is_string(&record, RECORD_MARK) ? record_mark(&record)
						      : 0;
}
