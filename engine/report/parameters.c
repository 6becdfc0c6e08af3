/* The parameters of one trial, as a script takes them. */
#include "report/rows.h"

#include "base/json.h"
#include "space/args.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A name that a shell takes: "--learning-rate" is learning_rate. */
static void env_name(struct hd_buf *buf, const char *name, size_t length)
{
	while (length > 0 && *name == '-') {
		name++;
		length--;
	}
	if (length > 0 && isdigit((unsigned char)*name))
		hd_buf_putc(buf, '_');
	for (size_t i = 0; i < length; i++)
		hd_buf_putc(buf, isalnum((unsigned char)name[i]) ? name[i] : '_');
	hd_buf_putc(buf, '=');
}

static int env_member(void *user, const char *name, size_t length,
		      const struct hd_json *value)
{
	struct hd_pen *pen = user;
	char *text = hd_json_dump(value);
	int rc = 0;

	env_name(&pen->buf, name, length);
	if (hd_json_kind(value) == HD_JSON_REAL)
		hd_pen_number(pen, hd_json_number(value));
	else if (hd_json_kind(value) == HD_JSON_STRING)
		hd_buf_shell(&pen->buf, hd_json_string(value, NULL));
	else if (text)
		hd_buf_shell(&pen->buf, text);
	else
		rc = HD_ENOMEM;
	hd_pen_puts(pen, "\n");
	free(text);
	return rc;
}

int hd_rows_env(struct hd_pen *pen, const struct hd_json *parameters)
{
	return hd_json_each(parameters, env_member, pen);
}

/* VALUES without what a script does not get: the labels of branches. */
static int drop_labels(const struct hd_space *space,
		       const struct hd_value *values, struct hd_json *object)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < hd_space_count(space); i++)
		if (values[i].kind == HD_VALUE_BRANCH)
			rc = hd_json_remove(object, hd_space_param(space, i)->name);
	return rc;
}

static int pen_parameters(struct hd_pen *pen, const struct hd_space *space,
			  const struct hd_value *values, enum hd_format format,
			  const char *text)
{
	struct hd_json *object = NULL;
	char *kept = NULL;
	int rc = hd_json_parse(&object, text, strlen(text), NULL);

	if (rc == 0 && format == HD_FORMAT_ENV)
		rc = hd_rows_env(pen, object);
	else if (rc == 0)
		rc = drop_labels(space, values, object);
	if (rc == 0 && format == HD_FORMAT_ARGS) {
		kept = hd_json_dump(object);
		rc = kept ? 0 : HD_ENOMEM;
	}
	if (kept) {
		hd_rows_args(pen, kept, true);
		hd_pen_puts(pen, "\n");
	}
	free(kept);
	hd_json_free(object);
	return rc;
}

int hd_report_parameters(const struct hd_space *space,
			 const struct hd_value *values, enum hd_format format,
			 const struct hd_out *out, struct hd_error *err)
{
	struct hd_buf text = HD_BUF_INIT;
	struct hd_pen pen;
	int rc, written;

	if (format != HD_FORMAT_ARGS && format != HD_FORMAT_ENV)
		return hd_error_set(err, HD_EINVAL,
				    "parameters are written as 'args' or 'env'");
	hd_pen_init(&pen, out);
	hd_args_json(&text, space, values);
	rc = hd_buf_failed(&text) ? HD_ENOMEM
				  : pen_parameters(&pen, space, values, format,
						   hd_buf_text(&text));
	hd_buf_release(&text);
	written = hd_pen_end(&pen, rc < 0 ? NULL : err);
	if (rc == HD_ENOMEM)
		return hd_error_nomem(err);
	return rc < 0 ? rc : written;
}
