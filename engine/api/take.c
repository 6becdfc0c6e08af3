/*
 * A trial's parameters, a JSON object, cut into cells where they stand: numbers
 * are copied as they are, not read and written again. What another hand than
 * ours may have written is first made what we would have.
 */
#include "api/column.h"

#include "base/json.h"
#include "base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The end of the JSON string that begins at AT; NULL when it has none. */
static const char *string_end(const char *at)
{
	for (at++; *at && *at != '"'; at++)
		if (*at == '\\' && !*++at)
			return NULL;
	return *at ? at + 1 : NULL;
}

/* The end of the value at AT, which another program than ours may have written:
 * only whether its brackets match is looked at. */
static const char *value_end(const char *at)
{
	size_t depth = 0;

	do {
		if (*at == '"') {
			at = string_end(at);
			if (!at)
				return NULL;
			continue;
		}
		if (*at == '[' || *at == '{')
			depth++;
		else if ((*at == ']' || *at == '}') && depth-- == 0)
			return NULL;
		else if (!*at)
			return NULL;
		at++;
	} while (depth > 0 || (*at != ',' && *at != '}'));
	return at;
}

/* Whether LENGTH bytes are a number as JSON has them: "-0.1e-5". */
static bool is_number(const char *text, size_t length)
{
	const char *at = text, *end = text + length;
	const char *digits;

	at += at < end && *at == '-';
	for (digits = at; at < end && *at >= '0' && *at <= '9';)
		at++;
	if (at == digits || (*digits == '0' && at - digits > 1))
		return false;
	if (at < end && *at == '.') {
		for (digits = ++at; at < end && *at >= '0' && *at <= '9';)
			at++;
		if (at == digits)
			return false;
	}
	if (at < end && (*at == 'e' || *at == 'E')) {
		at++;
		at += at < end && (*at == '+' || *at == '-');
		for (digits = at; at < end && *at >= '0' && *at <= '9';)
			at++;
		if (at == digits)
			return false;
	}
	return at == end;
}

/* Whether such a number is one of ours: "1e999" stands for an infinity. */
static bool is_finite(const char *text, size_t length)
{
	double value;

	if (length < 300 && !memchr(text, 'e', length) && !memchr(text, 'E', length))
		return true;
	return hd_number_read(text, length, &value) && isfinite(value);
}

static bool same_text(const char *text, const char *at, size_t length)
{
	return !strncmp(text, at, length) && text[length] == '\0';
}

/* A number of a parameter that no file tells of. */
static void param_stretch(struct param *param, const char *at, size_t length)
{
	double value;

	if (!hd_number_read(at, length, &value))
		return;
	param->known.low = fmin(param->known.low, value);
	param->known.high = fmax(param->known.high, value);
}

/* Whether a text that is to be shown as it stands may be. */
static bool is_json(const char *text, size_t length)
{
	struct hd_json *document = NULL;
	bool is = hd_json_parse(&document, text, length, NULL) == 0;

	hd_json_free(document);
	return is;
}

/* Which value of the choice it is; one that is new is added. 1: as table_scan. */
static int cell_choose(struct hd_table *table, struct param *param,
		       struct cell *cell)
{
	int rc;

	for (size_t i = 0; i < param->option_count; i++)
		if (same_text(param->options[i], cell->at, cell->length)) {
			cell->option = i;
			return 0;
		}
	if (!is_json(cell->at, cell->length))
		return 1;
	rc = hd_table_option_add(param, cell->at, cell->length);
	if (rc == HD_ELIMIT) {
		cell->at = NULL;
		return 0;
	}
	cell->option = param->option_count - 1;
	table->changes++;
	return rc;
}

static int cell_set(struct hd_table *table, size_t index, const char *at,
		    size_t length, bool plain)
{
	struct param *param = &table->params[index];
	struct cell *cell = &table->cells[index];
	bool number = is_number(at, length);

	*cell = (struct cell){ at, length, 0 };
	if (!number && !param->known.is_choice && !plain)
		return 1;
	if (!param->known.is_choice && !number && !*param->expression) {
		/* No file says what it is, and now it is a word. */
		param->known.is_choice = true;
		table->turns++;
	}
	if (param->known.is_choice)
		return cell_choose(table, param, cell);
	if (!number || !is_finite(at, length))
		cell->at = NULL;
	else if (!*param->expression)
		param_stretch(param, at, length);
	return 0;
}

static bool param_exists(const struct hd_table *table, const struct param *param)
{
	const struct cell *choice;

	if (param->parent == HD_SPACE_TOP)
		return true;
	choice = &table->cells[param->parent];
	return choice->at && choice->option == param->branch;
}

/* The parameter called NAME, most likely the one at HINT; SIZE_MAX for none. */
static size_t table_find(const struct hd_table *table, const char *name,
			 size_t length, size_t hint)
{
	for (size_t i = 0; i < table->count; i++) {
		size_t at = hint + i < table->count ? hint + i : hint + i - table->count;
		const struct param *param = &table->params[at];

		if (param->name.length == length && !memcmp(param->name.text, name, length) &&
		    param_exists(table, param))
			return at;
	}
	return SIZE_MAX;
}

/* What the JSON string NAME says; NULL for no memory. */
static char *plain_name(const char *name, size_t length)
{
	struct hd_json *document = NULL;
	char *plain = NULL;

	if (hd_json_parse(&document, name, length, NULL) == 0 &&
	    hd_json_kind(document) == HD_JSON_STRING)
		plain = strdup(hd_json_string(document, NULL));
	hd_json_free(document);
	return plain;
}

/* A parameter of which no file tells. */
static int table_meet(struct hd_table *table, const char *name, size_t length,
		      bool number)
{
	struct param *param;

	if (table->count == PARAMS_MOST)
		return HD_ELIMIT;
	param = hd_table_add(table);
	if (!param)
		return HD_ENOMEM;
	hd_buf_add(&param->name, name, length);
	param->plain = plain_name(name, length);
	param->known.is_choice = !number;
	table->changes++;
	return hd_buf_failed(&param->name) || !param->plain ? HD_ENOMEM : 0;
}

/* 1: what stands here is to be taken apart with more care. */
static int table_scan(struct hd_table *table, const char *text, bool plain)
{
	size_t hint = 0;
	int rc = 0;

	if (*text++ != '{')
		return 1;
	while (rc == 0 && *text != '}') {
		const char *name = text, *name_end, *value, *end;
		size_t index;

		name_end = *name == '"' ? string_end(name) : NULL;
		if (!name_end || *name_end != ':')
			return 1;
		value = name_end + 1;
		end = value_end(value);
		if (!end)
			return 1;
		index = table_find(table, name, (size_t)(name_end - name), hint);
		if (index == SIZE_MAX && !plain)
			return 1;
		if (index == SIZE_MAX) {
			rc = table_meet(table, name, (size_t)(name_end - name),
					is_number(value, (size_t)(end - value)));
			index = table->count - 1;
		}
		if (rc == 0)
			rc = cell_set(table, index, value, (size_t)(end - value), plain);
		hint = index + 1;
		text = *end == ',' ? end + 1 : end;
	}
	return rc;
}

/* A member as we write it. */
static int plain_member(void *user, const char *name, size_t length,
			const struct hd_json *value)
{
	struct hd_buf *plain = user;
	char *text = hd_json_dump(value);

	if (!text)
		return HD_ENOMEM;
	if (plain->length > 1)
		hd_buf_putc(plain, ',');
	hd_buf_json(plain, name, length);
	hd_buf_putc(plain, ':');
	if (hd_json_kind(value) == HD_JSON_REAL)
		hd_buf_json_number(plain, hd_json_number(value));
	else
		hd_buf_puts(plain, text);
	free(text);
	return 0;
}

/* The same text as we would have written it. */
static int table_plain(struct hd_table *table, const char *text,
		       struct hd_error *err)
{
	struct hd_json *object = NULL;
	int rc = hd_json_parse(&object, text, strlen(text), NULL);

	if (rc == 0 && hd_json_kind(object) != HD_JSON_OBJECT)
		rc = HD_EINVAL;
	if (rc == 0) {
		hd_buf_clear(&table->plain);
		hd_buf_putc(&table->plain, '{');
		rc = hd_json_each(object, plain_member, &table->plain);
		hd_buf_putc(&table->plain, '}');
		if (hd_buf_failed(&table->plain))
			rc = HD_ENOMEM;
	}
	hd_json_free(object);
	if (rc == HD_EINVAL)
		return hd_error_set(err, HD_ECORRUPT, "a trial has parameters that are no JSON");
	return rc < 0 ? hd_error_nomem(err) : 0;
}

static void table_clear(struct hd_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		table->cells[i] = (struct cell){ NULL, 0, 0 };
}

int hd_table_take(struct hd_table *table, const char *parameters,
		  struct hd_error *err)
{
	int rc;

	table_clear(table);
	rc = table_scan(table, parameters, false);
	if (rc == 1) {
		rc = table_plain(table, parameters, err);
		if (rc < 0)
			return rc;
		table_clear(table);
		rc = table_scan(table, hd_buf_text(&table->plain), true);
	}
	if (rc == 1)
		return hd_error_set(err, HD_ECORRUPT, "a trial has parameters that are no JSON");
	if (rc == HD_ELIMIT)
		return hd_error_set(err, HD_ELIMIT, "the sweep has more than %d parameters",
				    PARAMS_MOST);
	return rc < 0 ? hd_error_nomem(err) : 0;
}

double hd_table_value(const struct hd_table *table, size_t index)
{
	const struct cell *cell = &table->cells[index];
	double value;

	if (!cell->at)
		return NAN;
	if (table->params[index].known.is_choice)
		return (double)cell->option;
	return hd_number_read(cell->at, cell->length, &value) ? value : NAN;
}
