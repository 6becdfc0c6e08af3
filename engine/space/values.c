/* A point from JSON, each value checked against its expression. */
#include "space/values.h"

#include "base/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct reading {
	const struct hd_space *space;
	const struct hd_json **nodes; /* per parameter: what has its name */
	struct hd_value *values;
	bool others; /* parameters that the space does not have may be there */
	struct hd_error *err;
};

static const char *bare(const char *name)
{
	return name + strspn(name, "-");
}

static bool is_called(const struct hd_space *space, size_t param,
		      const char *name)
{
	return !strcmp(bare(hd_space_param(space, param)->name), bare(name));
}

/* NODE as a value whose text is borrowed from it, or from DUMP, its JSON. */
static struct hd_value value_of(const struct hd_json *node, const char *dump)
{
	struct hd_value value = { .number = hd_json_number(node) };

	switch (hd_json_kind(node)) {
	case HD_JSON_NULL:
		value.kind = HD_VALUE_NULL;
		break;
	case HD_JSON_FALSE:
	case HD_JSON_TRUE:
		value.kind = HD_VALUE_BOOL;
		value.integer = hd_json_kind(node) == HD_JSON_TRUE;
		break;
	case HD_JSON_INTEGER:
		value.kind = HD_VALUE_INTEGER;
		value.integer = hd_json_integer(node);
		break;
	case HD_JSON_REAL:
		value.kind = HD_VALUE_REAL;
		break;
	case HD_JSON_STRING:
		value.kind = HD_VALUE_TEXT;
		value.text = hd_json_string(node, &value.length);
		break;
	case HD_JSON_ARRAY:
	case HD_JSON_OBJECT:
		value.kind = HD_VALUE_JSON;
		value.text = dump;
		value.length = dump ? strlen(dump) : 0;
		break;
	}
	return value;
}

/* Bounds on the scale of the values; infinite where there are none. */
static void bounds_of(const struct hd_expr *expr, double *low, double *high)
{
	/* Rounding to a step may pass a bound by half of it. */
	double half = expr->q / 2;

	*low = -INFINITY;
	*high = INFINITY;
	switch (expr->kind) {
	case HD_EXPR_UNIFORM:
	case HD_EXPR_QUNIFORM:
		*low = expr->a - half;
		*high = expr->b + half;
		break;
	case HD_EXPR_RANDINT:
		*low = 0;
		*high = expr->b - 1;
		break;
	case HD_EXPR_LOGUNIFORM:
	case HD_EXPR_QLOGUNIFORM:
		*low = exp(expr->a) - half;
		*high = exp(expr->b) + half;
		break;
	case HD_EXPR_LOGNORMAL:
	case HD_EXPR_QLOGNORMAL:
		*low = 0;
		break;
	case HD_EXPR_CHOICE:
	case HD_EXPR_NORMAL:
	case HD_EXPR_QNORMAL:
		break;
	}
}

static int check_number(const struct hd_param *param,
			const struct hd_value *value, struct hd_error *err)
{
	double low, high, slack;

	if (value->kind != HD_VALUE_INTEGER && value->kind != HD_VALUE_REAL)
		return hd_error_set(err, HD_EINVAL,
				    "'%s' must be a number, as its expression"
				    " is %s",
				    param->name, hd_expr_name(param->expr.kind));
	bounds_of(&param->expr, &low, &high);
	/* A printed exp() is not always the bound to the last bit. */
	slack = isinf(low) || isinf(high) ? 0 : 1e-12 * fmax(fabs(low), fabs(high));
	if (value->number < low - slack || value->number > high + slack)
		return hd_error_set(err, HD_EINVAL,
				    "'%s' is %g, expected from %g to %g",
				    param->name, value->number, low, high);
	if (param->expr.kind == HD_EXPR_RANDINT &&
	    value->kind != HD_VALUE_INTEGER)
		return hd_error_set(err, HD_EINVAL,
				    "'%s' is %g, expected a whole number",
				    param->name, value->number);
	return 0;
}

/* A label looks like text there, and no other option looks like it. */
static bool is_option(const struct hd_value *option,
		      const struct hd_value *value)
{
	struct hd_value label = *value;

	if (option->kind == HD_VALUE_BRANCH && value->kind == HD_VALUE_TEXT)
		label.kind = HD_VALUE_BRANCH;
	return hd_value_equal(option, &label);
}

static int check_choice(const struct hd_param *param, struct hd_value *value,
			struct hd_error *err)
{
	char text[80];

	for (size_t i = 0; i < param->expr.option_count; i++)
		if (is_option(&param->expr.options[i], value)) {
			*value = hd_expr_nth(&param->expr, i);
			return 0;
		}
	hd_value_format(value, text, sizeof text);
	return hd_error_set(err, HD_EINVAL, "'%s' has no option '%s'",
			    param->name, text);
}

/* A name may stand in several branches: it is all of them until one is drawn. */
static int find_member(void *user, const char *name, size_t length,
		       const struct hd_json *node)
{
	struct reading *reading = user;
	bool found = false;

	(void)length;
	for (size_t i = 0; i < hd_space_count(reading->space); i++) {
		if (!is_called(reading->space, i, name))
			continue;
		if (reading->nodes[i])
			return hd_error_set(reading->err, HD_EINVAL,
					    "'%s' is given twice",
					    hd_space_param(reading->space, i)->name);
		reading->nodes[i] = node;
		found = true;
	}
	if (found || reading->others)
		return 0;
	return hd_error_set(reading->err, HD_EINVAL,
			    "there is no parameter '%s'", name);
}

static int read_value(struct reading *reading, size_t index)
{
	const struct hd_param *param = hd_space_param(reading->space, index);
	const struct hd_json *node = reading->nodes[index];
	struct hd_value value;
	char *dump;
	int rc;

	if (!hd_space_is_active(reading->space, index, reading->values))
		return 0;
	if (!node)
		return hd_error_set(reading->err, HD_EINVAL, "'%s' is missing",
				    param->name);
	dump = hd_json_dump(node);
	value = value_of(node, dump);
	rc = param->expr.kind == HD_EXPR_CHOICE
		     ? check_choice(param, &value, reading->err)
		     : check_number(param, &value, reading->err);
	free(dump);
	if (rc == 0)
		reading->values[index] = value;
	return rc;
}

/* What names parameters of other branches alone has no place. */
static int check_member(void *user, const char *name, size_t length,
			const struct hd_json *node)
{
	const struct reading *reading = user;
	const struct hd_param *choice = NULL;
	char text[80];

	(void)length;
	(void)node;
	for (size_t i = 0; i < hd_space_count(reading->space); i++) {
		size_t parent = hd_space_param(reading->space, i)->parent;

		if (!is_called(reading->space, i, name))
			continue;
		if (reading->values[i].kind != HD_VALUE_ABSENT)
			return 0;
		while (reading->values[parent].kind == HD_VALUE_ABSENT)
			parent = hd_space_param(reading->space, parent)->parent;
		choice = hd_space_param(reading->space, parent);
		hd_value_format(&reading->values[parent], text, sizeof text);
	}
	if (!choice)
		return 0;
	return hd_error_set(reading->err, HD_EINVAL,
			    "'%s' does not exist when '%s' is '%s'", name,
			    choice->name, text);
}

static int read_object(struct reading *reading, const struct hd_json *object)
{
	const struct hd_space *space = reading->space;
	int rc;

	if (hd_json_kind(object) != HD_JSON_OBJECT)
		return hd_error_set(reading->err, HD_EINVAL,
				    "expected an object with every parameter,"
				    " as in {\"lr\": 0.1}");
	rc = hd_json_each(object, find_member, reading);
	for (size_t i = 0; rc == 0 && i < hd_space_count(space); i++)
		rc = read_value(reading, i);
	if (rc == 0 && !reading->others && hd_space_is_conditional(space))
		rc = hd_json_each(object, check_member, reading);
	return rc;
}

static int read_point(const struct hd_space *space, const char *json,
		      bool others, struct hd_value *values,
		      struct hd_error *err)
{
	struct reading reading = { space, NULL, values, others, err };
	struct hd_json *object = NULL;
	int rc = hd_json_parse(&object, json, strlen(json), err);

	memset(values, 0, hd_space_count(space) * sizeof *values);
	reading.nodes = calloc(hd_space_count(space) + 1,
			       sizeof(reading.nodes[0]));
	if (rc == 0 && !reading.nodes)
		rc = hd_error_nomem(err);
	if (rc == 0)
		rc = read_object(&reading, object);
	free(reading.nodes);
	hd_json_free(object);
	return rc;
}

int hd_space_read_values(const struct hd_space *space, const char *json,
			 struct hd_value *values, struct hd_error *err)
{
	return read_point(space, json, false, values, err);
}

int hd_space_project(const struct hd_space *space, const char *json,
		     struct hd_value *values, struct hd_error *err)
{
	return read_point(space, json, true, values, err);
}
