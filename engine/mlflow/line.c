#include "mlflow/line.h"

#include <string.h>

static const char *const line_names[HD_ML_FIELDS] = {
	[HD_ML_FIELD_NAME] = "name",
	[HD_ML_FIELD_VALUE] = "value",
	[HD_ML_FIELD_LIST] = "list",
	[HD_ML_FIELD_STEP] = "step",
	[HD_ML_FIELD_TIME] = "ts",
	[HD_ML_FIELD_MARK] = "mark",
	[HD_ML_FIELD_DETAIL] = "detail",
	[HD_ML_FIELD_PARENT] = "parent",
	[HD_ML_FIELD_CHILD] = "child",
};

static int line_collect(void *user, const struct hd_object_member *member)
{
	struct hd_ml_line *line = user;

	for (int i = 0; i < HD_ML_FIELDS; i++)
		if (strlen(line_names[i]) == member->name_length &&
		    !memcmp(line_names[i], member->name, member->name_length)) {
			line->has[i] = true;
			line->field[i] = member->value;
		}
	return 0;
}

bool hd_ml_line_is_text(const struct hd_ml_line *line, enum hd_ml_field field)
{
	return line->has[field] && line->field[field].kind == HD_OBJECT_STRING;
}

void hd_ml_line_value(const struct hd_object_value *value, struct hd_buf *out)
{
	if (value->kind == HD_OBJECT_STRING)
		hd_object_unescape(out, value->text, value->length);
	else if (value->kind == HD_OBJECT_BOOL)
		hd_buf_puts(out, value->is_true ? "True" : "False");
	else if (value->kind != HD_OBJECT_NULL)
		hd_buf_add(out, value->text, value->length);
}

static struct hd_ml_value line_value(const struct hd_ml_line *line,
				     const struct hd_object_value *number)
{
	struct hd_ml_value value = { .value = hd_object_number(number) };
	double time = line->has[HD_ML_FIELD_TIME]
			      ? hd_object_number(&line->field[HD_ML_FIELD_TIME])
			      : 0;

	if (time > 0 && time < 1e12)
		value.time = (int64_t)(time * 1000 + 0.5);
	if (line->has[HD_ML_FIELD_STEP])
		hd_object_integer(&line->field[HD_ML_FIELD_STEP], &value.step);
	return value;
}

struct line_walk {
	const struct hd_ml_line *line;
	hd_ml_value_fn fn;
	void *user;
};

static int line_number(void *user, const struct hd_object_member *member)
{
	struct line_walk *walk = user;
	struct hd_ml_value value;

	if (member->value.kind != HD_OBJECT_NUMBER &&
	    member->value.kind != HD_OBJECT_NULL)
		return 0;
	value = line_value(walk->line, &member->value);
	return walk->fn(walk->user, &value);
}

int hd_ml_line_each(const struct hd_ml_line *line, hd_ml_value_fn fn,
		    void *user)
{
	struct line_walk walk = { line, fn, user };
	struct hd_object_member member = {
		.value = line->field[HD_ML_FIELD_VALUE],
	};
	const struct hd_object_value *list = &line->field[HD_ML_FIELD_LIST];

	if (line->has[HD_ML_FIELD_VALUE])
		return line_number(&walk, &member);
	if (line->has[HD_ML_FIELD_LIST] && list->kind == HD_OBJECT_ARRAY)
		return hd_array_each(list->text, list->length, line_number,
				     &walk);
	return 0;
}

bool hd_ml_line_read(struct hd_ml_line *line, const char *text, size_t length)
{
	*line = (struct hd_ml_line){ .has = { false } };
	if (length > HD_ML_LINE_MOST || !hd_object_valid(text, length))
		return false;
	hd_object_each(text, length, line_collect, line);
	return !(line->has[HD_ML_FIELD_PARENT] &&
		 line->field[HD_ML_FIELD_PARENT].is_true);
}

/* --- members -------------------------------------------------------------- */

/* Each member of an object with its value as text, NULL for null. */
struct text_walk {
	hd_ml_member_fn fn;
	void *user;
};

static int text_member(void *user, const struct hd_object_member *member)
{
	const struct text_walk *walk = user;
	struct hd_buf name = HD_BUF_INIT, text = HD_BUF_INIT;
	bool null = member->value.kind == HD_OBJECT_NULL;
	int rc = HD_ENOMEM;

	hd_object_unescape(&name, member->name, member->name_length);
	hd_ml_line_value(&member->value, &text);
	if (!hd_buf_failed(&name) && !hd_buf_failed(&text))
		rc = walk->fn(walk->user, hd_buf_text(&name),
			      null ? NULL : hd_buf_text(&text), &member->value);
	hd_buf_release(&name);
	hd_buf_release(&text);
	return rc;
}

int hd_ml_line_members(const struct hd_object_value *object,
		       hd_ml_member_fn fn, void *user)
{
	struct text_walk walk = { fn, user };

	if (object->kind != HD_OBJECT_OBJECT)
		return 0;
	return hd_object_each(object->text, object->length, text_member, &walk);
}
