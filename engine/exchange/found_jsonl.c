/*
 * Trials in JSON lines: an object each. Its members are what columns of CSV
 * are; "params", "metrics" and "logged" hold several.
 */
#include "exchange/found.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "exchange/cell.h"

#define LINE_BYTES ((size_t)64 << 20)

struct lines {
	struct hd_found *found;
	struct hd_found_trial *trial;
	struct hd_mark mark; /* of the line */
	bool has_params;     /* the line has "params" */
	struct hd_error *err;
};

static int lines_wrong(struct lines *lines, const char *member, const char *expected)
{
	return hd_error_at(lines->err, &lines->mark, HD_EINVAL, "'%.64s' must be %s", member,
			   expected);
}

static int lines_value(struct lines *lines, const struct hd_json *node, struct hd_value *value)
{
	return hd_cell_of_json(node, lines->found->arena, value) < 0
		       ? hd_error_nomem(lines->err)
		       : 0;
}

static int take_param(void *user, const char *name, size_t length,
		      const struct hd_json *node)
{
	struct lines *lines = user;
	struct hd_value value;
	int rc = lines_value(lines, node, &value);

	(void)length;
	return rc < 0 ? rc
		      : hd_found_param(lines->found, lines->trial, name, &value, lines->err);
}

static int take_metric(void *user, const char *name, size_t length,
		       const struct hd_json *node)
{
	struct lines *lines = user;
	struct hd_value value;
	int rc = lines_value(lines, node, &value);

	(void)length;
	if (rc < 0)
		return rc;
	hd_cell_infinity(&value);
	return hd_found_log(lines->found, lines->trial, name, &value, NULL, &lines->mark,
			    lines->err);
}

/* {"metric":"loss","value":0.5,"step":1,"time":"..."} */
static int take_logged_one(struct lines *lines, const struct hd_json *item)
{
	bool is_object = hd_json_kind(item) == HD_JSON_OBJECT;
	const struct hd_json *name = is_object ? hd_json_get(item, "metric") : NULL;
	const struct hd_json *number = is_object ? hd_json_get(item, "value") : NULL;
	const struct hd_json *step = is_object ? hd_json_get(item, "step") : NULL;
	const struct hd_json *time = is_object ? hd_json_get(item, "time") : NULL;
	struct hd_found_metric *logged;
	struct hd_value value;
	int rc;

	if (!name || !number || hd_json_kind(name) != HD_JSON_STRING)
		return lines_wrong(lines, "logged", "a list of {\"metric\":NAME,\"value\":...}");
	if (step && hd_json_kind(step) != HD_JSON_INTEGER)
		return lines_wrong(lines, "step", "a whole number");
	rc = lines_value(lines, number, &value);
	if (rc < 0)
		return rc;
	hd_cell_infinity(&value);
	rc = hd_found_log(lines->found, lines->trial, hd_json_string(name, NULL), &value, &logged,
			  &lines->mark, lines->err);
	if (rc < 0)
		return rc;
	logged->has_step = step != NULL;
	logged->step = step ? hd_json_integer(step) : 0;
	if (time && hd_json_kind(time) == HD_JSON_STRING &&
	    !hd_found_time(hd_json_string(time, NULL), &logged->time))
		return lines_wrong(lines, "time", "a time such as 2026-11-26T03:14:13Z");
	return 0;
}

static int take_logged(struct lines *lines, const struct hd_json *list)
{
	int rc = 0;

	if (hd_json_kind(list) != HD_JSON_ARRAY)
		return lines_wrong(lines, "logged", "a list of {\"metric\":NAME,\"value\":...}");
	for (size_t i = 0; rc == 0 && i < hd_json_count(list); i++)
		rc = take_logged_one(lines, hd_json_at(list, i));
	return rc;
}

/* A member that is a cell of its own. */
static int take_cell(struct lines *lines, const char *name, const struct hd_json *node)
{
	struct hd_role role = hd_found_role(lines->found, name);
	struct hd_value value;
	int rc = lines_value(lines, node, &value);

	if (rc < 0)
		return rc;
	if (role.kind == HD_ROLE_UNKNOWN)
		role.kind = lines->has_params || lines->found->has_params ? HD_ROLE_IGNORED
									  : HD_ROLE_PARAM;
	if (value.kind == HD_VALUE_NULL && role.kind != HD_ROLE_PARAM &&
	    role.kind != HD_ROLE_METRIC)
		value.kind = HD_VALUE_ABSENT;
	if (role.kind == HD_ROLE_VALUE || role.kind == HD_ROLE_METRIC)
		hd_cell_infinity(&value);
	return hd_found_take(lines->found, lines->trial, &role, &value, &lines->mark,
			     lines->err);
}

static int take_member(void *user, const char *name, size_t length,
		       const struct hd_json *node)
{
	struct lines *lines = user;
	bool is_object = hd_json_kind(node) == HD_JSON_OBJECT;

	(void)length;
	if (!strcmp(name, "params") && is_object)
		return hd_json_each(node, take_param, lines);
	if (!strcmp(name, "metrics") && is_object)
		return hd_json_each(node, take_metric, lines);
	if (!strcmp(name, "logged"))
		return take_logged(lines, node);
	return take_cell(lines, name, node);
}

/* --- lines ---------------------------------------------------------------- */

static int line_not_json(struct lines *lines, const struct hd_error *why)
{
	int at = 0;
	size_t column = 0;

	if (why->code == HD_ENOMEM)
		return hd_error_nomem(lines->err);
	/* The parser counts the lines of its text, which is one. */
	if (sscanf(why->text, "not JSON at line %*d, column %zu: %n", &column, &at) < 1)
		at = 0;
	lines->mark.column = column;
	return hd_error_at(lines->err, &lines->mark, HD_EINVAL, "this is not JSON: %s",
			   why->text + at);
}

static int line_take(struct lines *lines, const char *text, size_t length)
{
	struct hd_error why = { 0 };
	struct hd_json *object = NULL;
	int rc;

	if (strspn(text, " \t\r") == length)
		return 0;
	if (hd_json_parse(&object, text, length, &why) < 0)
		return line_not_json(lines, &why);
	lines->mark.column = 1;
	if (hd_json_kind(object) != HD_JSON_OBJECT) {
		hd_json_free(object);
		return hd_error_at(lines->err, &lines->mark, HD_EINVAL,
				   "a trial must be an object, {...}");
	}
	lines->has_params = hd_json_get(object, "params") != NULL;
	lines->trial = hd_found_add(lines->found, &lines->mark);
	rc = lines->trial ? hd_json_each(object, take_member, lines)
			  : hd_error_nomem(lines->err);
	if (rc == 0 && !hd_trial_state_is_terminal(lines->trial->state))
		hd_found_drop(lines->found);
	hd_json_free(object);
	return rc;
}

/* The next line without its end; 1, 0 when there is none. */
static int line_read(struct lines *lines, FILE *file, struct hd_buf *line)
{
	char chunk[65536];

	hd_buf_clear(line);
	while (fgets(chunk, sizeof chunk, file)) {
		size_t length = strlen(chunk);
		bool whole = length && chunk[length - 1] == '\n';

		hd_buf_add(line, chunk, length - whole);
		if (hd_buf_failed(line))
			return hd_error_nomem(lines->err);
		if (line->length > LINE_BYTES)
			return hd_error_at(lines->err, &lines->mark, HD_ELIMIT,
					   "the line is longer than %zu MiB", LINE_BYTES >> 20);
		if (whole)
			return 1;
		if (length < sizeof chunk - 1 && !feof(file))
			return hd_error_at(lines->err, &lines->mark, HD_EINVAL,
					   "a NUL byte: this is no text");
	}
	if (ferror(file))
		return hd_error_set(lines->err, HD_EIO, "cannot read '%s'", lines->found->path);
	return line->length > 0;
}

int hd_found_jsonl(struct hd_found *found, struct hd_error *err)
{
	struct lines lines = { .found = found,
			       .mark = { .file = found->path, .column = 1 },
			       .err = err };
	FILE *file = fopen(found->path, "re");
	struct hd_buf line = HD_BUF_INIT;
	int rc, taken = 0;

	if (!file)
		return hd_error_errno(err, errno, "cannot open '%s'", found->path);
	do {
		lines.mark.line++;
		lines.mark.column = 1;
		rc = line_read(&lines, file, &line);
		taken = rc > 0 ? line_take(&lines, hd_buf_text(&line), line.length) : 0;
	} while (rc > 0 && taken == 0);
	hd_buf_release(&line);
	fclose(file);
	return taken < 0 ? taken : rc;
}
