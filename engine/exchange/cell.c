#include "exchange/cell.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "space/args.h"

/* Whether the bytes may begin a number of JSON, and end one. */
static bool looks_numeric(const char *text, size_t length)
{
	size_t sign = length && *text == '-';

	if (length <= sign || !isdigit((unsigned char)text[sign]) ||
	    !isdigit((unsigned char)text[length - 1]))
		return false;
	/* 007 is a text. */
	return text[sign] != '0' || length == sign + 1 ||
	       !isdigit((unsigned char)text[sign + 1]);
}

static bool number_cell(const char *text, size_t length, struct hd_value *value)
{
	if (!looks_numeric(text, length) || !hd_number_read(text, length, &value->number) ||
	    !isfinite(value->number))
		return false;
	value->kind = HD_VALUE_REAL;
	if (hd_number_read_integer(text, length, &value->integer) &&
	    (value->integer || *text != '-'))
		value->kind = HD_VALUE_INTEGER;
	return true;
}

static bool is_word(const char *text, size_t length, const char *word)
{
	return length == strlen(word) && !memcmp(text, word, length);
}

int hd_cell_of_json(const struct hd_json *node, struct hd_arena *arena,
		    struct hd_value *value)
{
	const char *text;
	char *dump;

	*value = (struct hd_value){ .number = hd_json_number(node) };
	switch (hd_json_kind(node)) {
	case HD_JSON_NULL:
		value->kind = HD_VALUE_NULL;
		return 0;
	case HD_JSON_FALSE:
	case HD_JSON_TRUE:
		value->kind = HD_VALUE_BOOL;
		value->integer = hd_json_kind(node) == HD_JSON_TRUE;
		return 0;
	case HD_JSON_INTEGER:
		value->kind = HD_VALUE_INTEGER;
		value->integer = hd_json_integer(node);
		return 0;
	case HD_JSON_REAL:
		value->kind = HD_VALUE_REAL;
		return 0;
	case HD_JSON_STRING:
		value->kind = HD_VALUE_TEXT;
		value->option = HD_CELL_QUOTED;
		text = hd_json_string(node, &value->length);
		value->text = hd_arena_copy(arena, text, value->length);
		return value->text ? 0 : HD_ENOMEM;
	case HD_JSON_ARRAY:
	case HD_JSON_OBJECT:
		break;
	}
	value->kind = HD_VALUE_JSON;
	dump = hd_json_dump(node);
	if (dump)
		value->text = hd_arena_string(arena, dump);
	value->length = dump ? strlen(dump) : 0;
	free(dump);
	return value->text ? 0 : HD_ENOMEM;
}

/* 1 when the cell is JSON, 0 when it is not. */
static int json_cell(const char *text, size_t length, struct hd_arena *arena,
		     struct hd_value *value)
{
	struct hd_json *node = NULL;
	int rc = hd_json_parse(&node, text, length, NULL);

	if (rc == HD_ENOMEM)
		return rc;
	if (rc < 0)
		return 0;
	rc = hd_cell_of_json(node, arena, value);
	hd_json_free(node);
	return rc < 0 ? rc : 1;
}

int hd_cell_read(const char *text, size_t length, struct hd_arena *arena,
		 struct hd_value *value)
{
	int rc;

	*value = (struct hd_value){ .kind = HD_VALUE_ABSENT };
	if (length == 0 || number_cell(text, length, value))
		return 0;
	if (is_word(text, length, "null")) {
		value->kind = HD_VALUE_NULL;
		return 0;
	}
	if (is_word(text, length, "true") || is_word(text, length, "false")) {
		value->kind = HD_VALUE_BOOL;
		value->integer = *text == 't';
		value->number = (double)value->integer;
		return 0;
	}
	if (strchr("\"[{", *text) && *text) {
		rc = json_cell(text, length, arena, value);
		if (rc != 0)
			return rc < 0 ? rc : 0;
	}
	*value = (struct hd_value){ .kind = HD_VALUE_TEXT, .text = text, .length = length };
	return 0;
}

void hd_cell_text(struct hd_buf *buf, const char *text, size_t length)
{
	bool quoted = false;

	for (size_t i = 0; i < length && !quoted; i++)
		quoted = strchr(",\"\r\n", text[i]) && text[i];
	/* A blank at an end is lost by many readers, a byte order mark by all. */
	quoted = quoted || (length && (strchr(" \xef", *text) || text[length - 1] == ' '));
	if (!quoted) {
		hd_buf_add(buf, text, length);
		return;
	}
	hd_buf_putc(buf, '"');
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '"')
			hd_buf_putc(buf, '"');
		hd_buf_putc(buf, text[i]);
	}
	hd_buf_putc(buf, '"');
}

/* Whether a text as it stands would come back as something else. */
static bool needs_json(const struct hd_value *value)
{
	const char *text = value->text;
	struct hd_value number;

	if (value->length == 0 || memchr(text, '\0', value->length))
		return true;
	return strchr("\"[{", *text) || number_cell(text, value->length, &number) ||
	       is_word(text, value->length, "null") || is_word(text, value->length, "true") ||
	       is_word(text, value->length, "false") || is_word(text, value->length, "nan") ||
	       is_word(text, value->length, "inf") || is_word(text, value->length, "-inf");
}

void hd_cell_write(struct hd_buf *buf, const struct hd_value *value)
{
	bool text = value->kind == HD_VALUE_TEXT || value->kind == HD_VALUE_BRANCH;
	struct hd_buf json = HD_BUF_INIT;

	if (value->kind == HD_VALUE_ABSENT)
		return;
	if (text && !needs_json(value)) {
		hd_cell_text(buf, value->text, value->length);
		return;
	}
	if (value->kind == HD_VALUE_REAL)
		hd_buf_number(&json, value->number);
	else
		hd_args_json_value(&json, value);
	hd_cell_text(buf, hd_buf_text(&json), json.length);
	buf->failed |= hd_buf_failed(&json);
	hd_buf_release(&json);
}

void hd_cell_json_number(struct hd_buf *buf, double number)
{
	if (isinf(number))
		hd_buf_puts(buf, number > 0 ? "\"inf\"" : "\"-inf\"");
	else
		hd_buf_json_number(buf, number);
}

void hd_cell_infinity(struct hd_value *value)
{
	if (value->kind == HD_VALUE_TEXT &&
	    (is_word(value->text, value->length, "inf") ||
	     is_word(value->text, value->length, "-inf")))
		value->option = 0;
}

bool hd_cell_metric(const struct hd_value *value, double *number)
{
	*number = NAN;
	switch (value->kind) {
	case HD_VALUE_BOOL:
	case HD_VALUE_INTEGER:
	case HD_VALUE_REAL:
		*number = value->number;
		return true;
	case HD_VALUE_NULL:
		return true;
	case HD_VALUE_TEXT:
		return value->option != HD_CELL_QUOTED &&
		       hd_number_read(value->text, value->length, number);
	case HD_VALUE_ABSENT:
	case HD_VALUE_JSON:
	case HD_VALUE_BRANCH:
		break;
	}
	return false;
}
