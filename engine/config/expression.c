/* Expressions in both of their forms: types, arguments, and who takes them. */
#include "config/parameter.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/suggest.h"

#define EXPRESSIONS_MOST 16
#define ARGUMENTS_MOST 3

/* The keys of the second form beside "type", in the order of arguments. */
static const struct form {
	unsigned kinds;
	const char *keys[ARGUMENTS_MOST];
} forms[] = {
	{ HD_EXPR_CHOICE, { "values" } },
	{ HD_EXPR_RANDINT, { "upper" } },
	{ HD_EXPR_UNIFORM | HD_EXPR_QUNIFORM | HD_EXPR_LOGUNIFORM |
		  HD_EXPR_QLOGUNIFORM,
	  { "min_value", "max_value", "q" } },
	{ HD_EXPR_NORMAL | HD_EXPR_QNORMAL | HD_EXPR_LOGNORMAL |
		  HD_EXPR_QLOGNORMAL,
	  { "mu", "sigma", "q" } },
};

#define FORMS (sizeof forms / sizeof forms[0])

/* Sweep jobs write words in any case. */
static const struct hd_expr_type *type_in_any_case(const char *word)
{
	for (size_t i = 0; i < hd_expr_types(); i++)
		if (!strcasecmp(hd_expr_type_at(i)->name, word))
			return hd_expr_type_at(i);
	return NULL;
}

/* The names of the expressions whose kind is in MASK; returns how many. */
static size_t expression_names(unsigned mask, const char **names)
{
	size_t count = 0;

	for (size_t i = 0; i < hd_expr_types() && count < EXPRESSIONS_MOST; i++)
		if (hd_expr_type_at(i)->kind & mask)
			names[count++] = hd_expr_type_at(i)->name;
	return count;
}

/* The word of the first or the second form. */
static const struct hd_expr_type *read_type(struct hd_loader *loader,
					    const struct hd_yaml_node *node,
					    bool second)
{
	const char *names[EXPRESSIONS_MOST], *word, *meant;
	const struct hd_expr_type *type;
	char list[256];
	size_t count;

	if (!hd_loader_text(loader, node, second ? "type" : "expression", &word))
		return NULL;
	type = second ? type_in_any_case(word) : hd_expr_type_find(word);
	if (type)
		return type;
	count = expression_names(HD_EXPR_ALL, names);
	meant = hd_suggest(word, names, count);
	hd_loader_error(loader, &node->place,
			"unknown expression '%.40s', expected %s%s%s%s", word,
			hd_loader_words(list, sizeof list, names, count,
					" or "),
			meant ? "; did you mean '" : "", meant ? meant : "",
			meant ? "'?" : "");
	return NULL;
}

const struct hd_expr_type *hd_expression_type(struct hd_loader *loader,
					      const struct hd_yaml_node *word)
{
	return read_type(loader, word, false);
}

/* The numbers of VALUES into NUMBERS, which has room for TYPE's arguments. */
static bool read_numbers(struct hd_loader *loader,
			 const struct hd_expr_type *type, const char *name,
			 const struct hd_yaml_node *values, double *numbers)
{
	char found[HD_YAML_DESCRIPTION];
	bool good = true;

	if (values->count != type->arguments) {
		hd_loader_error(loader, &values->place,
				"'%.64s': %s takes %zu value%s (%s), got %zu",
				name, type->name, type->arguments,
				type->arguments == 1 ? "" : "s",
				type->argument_list, values->count);
		return false;
	}
	for (size_t i = 0; i < values->count; i++) {
		const struct hd_yaml_node *item = values->items[i];
		bool whole = type->kind == HD_EXPR_RANDINT;

		if (item->kind == HD_YAML_INTEGER ||
		    (item->kind == HD_YAML_REAL && !whole)) {
			numbers[i] = item->number;
			continue;
		}
		hd_loader_error(loader, &item->place,
				"'%.64s': %s takes %s (%s), got %s", name,
				type->name,
				whole ? "a whole number" : "numbers",
				type->argument_list,
				hd_yaml_describe(item, found));
		good = false;
	}
	return good;
}

static struct hd_expr expr_of_numbers(enum hd_expr_kind kind, const double *n)
{
	switch (kind) {
	case HD_EXPR_RANDINT:
		return hd_expr_randint(n[0]);
	case HD_EXPR_UNIFORM:
		return hd_expr_uniform(n[0], n[1]);
	case HD_EXPR_QUNIFORM:
		return hd_expr_quniform(n[0], n[1], n[2]);
	case HD_EXPR_LOGUNIFORM:
		return hd_expr_loguniform(n[0], n[1]);
	case HD_EXPR_QLOGUNIFORM:
		return hd_expr_qloguniform(n[0], n[1], n[2]);
	case HD_EXPR_NORMAL:
		return hd_expr_normal(n[0], n[1]);
	case HD_EXPR_QNORMAL:
		return hd_expr_qnormal(n[0], n[1], n[2]);
	case HD_EXPR_LOGNORMAL:
		return hd_expr_lognormal(n[0], n[1]);
	case HD_EXPR_QLOGNORMAL:
		return hd_expr_qlognormal(n[0], n[1], n[2]);
	case HD_EXPR_CHOICE:
		break;
	}
	return hd_expr_choice(NULL, 0);
}

/* base^x is e^(x ln base): both numbers of the log forms are exponents. */
static void scale_logs(const struct hd_loader *loader, struct hd_expr *expr)
{
	const unsigned logs = HD_EXPR_LOGUNIFORM | HD_EXPR_QLOGUNIFORM |
			      HD_EXPR_LOGNORMAL | HD_EXPR_QLOGNORMAL;

	if (!loader->log_scale || !(expr->kind & logs))
		return;
	expr->a *= loader->log_scale;
	expr->b *= loader->log_scale;
}

static bool read_numeric(struct hd_loader *loader,
			 const struct hd_expr_type *type, const char *name,
			 const struct hd_yaml_node *values, struct hd_expr *expr)
{
	double numbers[ARGUMENTS_MOST] = { 0 };
	struct hd_error err;
	int rc;

	if (!read_numbers(loader, type, name, values, numbers))
		return false;
	*expr = expr_of_numbers(type->kind, numbers);
	scale_logs(loader, expr);
	rc = hd_expr_check(expr, &err);
	if (rc < 0)
		hd_loader_error(loader, &values->place, "'%.64s': %s", name,
				err.text);
	return rc == 0;
}

static bool read_values(struct hd_loader *loader, const char *name,
			const struct hd_yaml_node *values,
			struct hd_expression *expression)
{
	char found[HD_YAML_DESCRIPTION];

	if (values->kind != HD_YAML_LIST) {
		hd_loader_error(loader, &values->place,
				"'%.64s': 'values' must be a list, got %s", name,
				hd_yaml_describe(values, found));
		return false;
	}
	if (expression->type->kind != HD_EXPR_CHOICE)
		return read_numeric(loader, expression->type, name, values,
				    &expression->expr);
	if (!hd_options_read(loader, name, values, &expression->options))
		return false;
	expression->expr = hd_expr_choice(expression->options.values,
					  expression->options.count);
	return true;
}

/* What the sampler and Azure's say to the expression (SPEC 1.4). */
static void check_sampler(struct hd_loader *loader, const char *name,
			  const struct hd_expr_type *type,
			  const struct hd_expr *expr,
			  const struct hd_yaml_place *place)
{
	const struct hd_sampler_type *sampler = loader->config->sampler;
	const char *names[EXPRESSIONS_MOST], *why = "";
	char list[256];
	size_t count;

	if (!sampler || (type->kind & sampler->expressions &
			 sampler->azure_expressions))
		return;
	if (type->kind & sampler->expressions) {
		if (!sampler->azure_expressions)
			return; /* its type has the note */
		count = expression_names(sampler->azure_expressions, names);
		hd_loader_note(loader, place,
			       "'%.64s': %s with '%s': Azure takes %s", name,
			       sampler->name, type->name,
			       hd_loader_words(list, sizeof list, names, count,
					       " and "));
		return;
	}
	if (expr && hd_expr_count(expr) == 0)
		why = " because its values are not finite";
	count = expression_names(sampler->expressions, names);
	hd_loader_error(loader, place,
			"'%.64s': '%s' cannot be in a %s sweep%s, expected %s",
			name, type->name, sampler->name, why,
			hd_loader_words(list, sizeof list, names, count,
					" or "));
}

bool hd_expression_values(struct hd_loader *loader, const char *name,
			  const struct hd_expr_type *type,
			  const struct hd_yaml_place *place,
			  const struct hd_yaml_node *values,
			  struct hd_expression *expression)
{
	bool valued;

	*expression = (struct hd_expression){ .type = type };
	valued = read_values(loader, name, values, expression);
	check_sampler(loader, name, type, valued ? &expression->expr : NULL,
		      place);
	if (valued)
		hd_validate_expression(loader, name, &expression->expr, values);
	return valued;
}

/* --- the second form --------------------------------------------------------- */

static const struct form *form_of(enum hd_expr_kind kind)
{
	size_t i = 0;

	while (!(forms[i].kinds & (unsigned)kind))
		i++;
	return &forms[i];
}

static bool has_form_key(const struct hd_yaml_node *map)
{
	for (size_t i = 0; i < FORMS; i++)
		for (size_t j = 0; j < ARGUMENTS_MOST; j++)
			if (forms[i].keys[j] &&
			    hd_yaml_get(map, forms[i].keys[j]))
				return true;
	return false;
}

bool hd_expression_is(const struct hd_yaml_node *node)
{
	const struct hd_yaml_pair *type;

	if (node->kind != HD_YAML_MAP)
		return false;
	if (hd_yaml_get(node, "expression"))
		return true;
	type = hd_yaml_get(node, "type");
	/* A misspelt one still is one; {type: adam} alone is a value. */
	return type && (has_form_key(node) ||
			(type->value->kind == HD_YAML_TEXT &&
			 type_in_any_case(type->value->text)));
}

/* The arguments of TYPE under their keys in MAP, as the list of the first. */
static const struct hd_yaml_node *form_values(struct hd_loader *loader,
					      const char *name,
					      const struct hd_expr_type *type,
					      const struct hd_yaml_node *map)
{
	const struct form *form = form_of(type->kind);
	struct hd_yaml_node *list;
	bool good = true;

	list = hd_arena_alloc(loader->arena, sizeof *list);
	if (list)
		list->items = hd_arena_array(loader->arena, ARGUMENTS_MOST,
					     sizeof list->items[0]);
	if (!list || !list->items) {
		loader->sink.code = HD_ENOMEM;
		return NULL;
	}
	list->kind = HD_YAML_LIST;
	list->place = map->place;
	list->count = type->kind == HD_EXPR_CHOICE ? 1 : type->arguments;
	for (size_t i = 0; i < list->count; i++) {
		const struct hd_yaml_pair *pair =
			hd_yaml_get(map, form->keys[i]);

		if (pair && pair->value->kind != HD_YAML_NULL) {
			list->items[i] = pair->value;
			continue;
		}
		hd_loader_error(loader, pair ? &pair->place : &map->place,
				"'%.64s': %s has no '%s'", name, type->name,
				form->keys[i]);
		good = false;
	}
	if (!good)
		return NULL;
	return type->kind == HD_EXPR_CHOICE ? list->items[0] : list;
}

/* Warn of the keys of MAP that are none of its form. */
static void form_keys(struct hd_loader *loader, const char *name,
		      const struct hd_expr_type *type,
		      const struct hd_yaml_node *map)
{
	const struct form *form = form_of(type->kind);
	const char *keys[ARGUMENTS_MOST + 1] = { "type" };
	size_t count = 1;
	char prefix[80];

	snprintf(prefix, sizeof prefix, "%.64s.", name);
	for (size_t i = 0; i < type->arguments || (i == 0 && form->keys[i]); i++)
		keys[count++] = form->keys[i];
	hd_loader_unknown_keys(loader, map, prefix, keys, count);
}

bool hd_expression_read(struct hd_loader *loader, const char *name,
			const struct hd_yaml_node *node,
			struct hd_expression *expression)
{
	static const char *const keys[] = { "expression", "values" };
	bool first = hd_yaml_get(node, "expression");
	const struct hd_yaml_node *word =
		hd_loader_get(node, first ? "expression" : "type");
	const struct hd_expr_type *type = read_type(loader, word, !first);
	const struct hd_yaml_node *values;
	char prefix[80];

	if (!type)
		return false;
	if (first) {
		snprintf(prefix, sizeof prefix, "%.64s.", name);
		hd_loader_unknown_keys(loader, node, prefix, keys, 2);
		values = hd_loader_get(node, "values");
		if (!values || values->kind == HD_YAML_NULL) {
			hd_loader_error(loader,
					values ? &values->place : &node->place,
					"'%.64s' has no 'values'", name);
			return false;
		}
	} else {
		form_keys(loader, name, type, node);
		values = form_values(loader, name, type, node);
	}
	return values && hd_expression_values(loader, name, type, &word->place,
					      values, expression);
}
