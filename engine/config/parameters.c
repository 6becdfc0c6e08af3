/* sampling.parameter_space: names, expressions and values (SPEC 1.3, 1.4). */
#include "config/load.h"

#include <stdio.h>
#include <string.h>

#include "base/suggest.h"

#define EXPRESSIONS_MOST 16
/* Names are compared pairwise, and nobody sweeps more. */
#define PARAMETERS_MOST 10000

/* The names of the expressions whose kind is in MASK; returns how many. */
static size_t expression_names(unsigned mask, const char **names)
{
	size_t count = 0;

	for (size_t i = 0; i < hd_expr_types() && count < EXPRESSIONS_MOST; i++)
		if (hd_expr_type_at(i)->kind & mask)
			names[count++] = hd_expr_type_at(i)->name;
	return count;
}

static const struct hd_expr_type *
read_expression(struct hd_loader *loader, const struct hd_yaml_node *node)
{
	const char *names[EXPRESSIONS_MOST], *word, *meant;
	const struct hd_expr_type *type;
	char list[256];
	size_t count;

	if (!hd_loader_text(loader, node, "expression", &word))
		return NULL;
	type = hd_expr_type_find(word);
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

static bool read_values(struct hd_loader *loader,
			const struct hd_expr_type *type, const char *name,
			const struct hd_yaml_node *values, struct hd_expr *expr)
{
	char found[HD_YAML_DESCRIPTION];
	double numbers[4] = { 0 };
	struct hd_error err;
	int rc;

	if (values->kind != HD_YAML_LIST) {
		hd_loader_error(loader, &values->place,
				"'%.64s': 'values' must be a list, got %s", name,
				hd_yaml_describe(values, found));
		return false;
	}
	if (type->kind == HD_EXPR_CHOICE) {
		const struct hd_value *options;
		size_t count;

		options = hd_hyperdrive_choice(loader, name, values, &count);
		*expr = hd_expr_choice(options, count);
		return count > 0;
	}
	if (!read_numbers(loader, type, name, values, numbers))
		return false;
	*expr = expr_of_numbers(type->kind, numbers);
	rc = hd_expr_check(expr, &err);
	if (rc < 0)
		hd_loader_error(loader, &values->place, "'%.64s': %s", name,
				err.text);
	return rc == 0;
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

/* Where the parameter that NAME repeats was declared; 0 is unknown. */
static size_t first_line(const struct hd_space *space, const char *name)
{
	name += strspn(name, "-");
	for (size_t i = 0; i < hd_space_count(space); i++) {
		const struct hd_param *param = hd_space_param(space, i);

		if (!strcmp(param->name + strspn(param->name, "-"), name))
			return param->mark.line;
	}
	return 0;
}

static void add_parameter(struct hd_loader *loader, const char *name,
			  const struct hd_expr *expr,
			  const struct hd_yaml_place *place)
{
	struct hd_mark mark = { place->source->name, place->line,
				place->column };
	struct hd_error err;
	int rc = hd_space_add(loader->space, name, expr, &mark, &err);

	if (rc == HD_ENOMEM)
		loader->sink.code = rc;
	else if (rc == HD_EEXIST)
		hd_loader_error(loader, place,
				"parameter '%.64s' is declared twice, first at"
				" line %zu",
				name, first_line(loader->space, name));
	else if (rc < 0)
		hd_loader_error(loader, place, "%s", err.text);
}

static bool read_name(struct hd_loader *loader, const struct hd_yaml_node *node,
		      const char **name)
{
	if (!hd_loader_text(loader, node, "name", name))
		return false;
	if ((*name)[strspn(*name, "-")] != '\0')
		return true;
	hd_loader_error(loader, &node->place,
			"'name' must hold more than dashes, got '%.40s'",
			*name);
	return false;
}

/* The value of KEY in the parameter MAP, which must have it. */
static const struct hd_yaml_node *parameter_need(struct hd_loader *loader,
						 const struct hd_yaml_node *map,
						 const char *key, size_t index)
{
	const struct hd_yaml_node *node = hd_loader_get(map, key);

	if (node && node->kind != HD_YAML_NULL)
		return node;
	hd_loader_error(loader, node ? &node->place : &map->place,
			"parameter %zu of 'parameter_space' has no '%s'",
			index + 1, key);
	return NULL;
}

static void read_parameter(struct hd_loader *loader,
			   const struct hd_yaml_node *map, size_t index)
{
	static const char *const keys[] = { "name", "expression", "values" };
	const struct hd_yaml_node *name_node, *expression, *values;
	const struct hd_expr_type *type = NULL;
	const char *name = NULL;
	char prefix[64];
	struct hd_expr expr;
	bool named, valued;

	snprintf(prefix, sizeof prefix, "sampling.parameter_space.%zu.", index);
	hd_loader_unknown_keys(loader, map, prefix, keys, 3);
	name_node = parameter_need(loader, map, "name", index);
	expression = parameter_need(loader, map, "expression", index);
	values = parameter_need(loader, map, "values", index);
	named = name_node && read_name(loader, name_node, &name);
	if (expression)
		type = read_expression(loader, expression);
	if (!type || !values)
		return;
	if (!named)
		name = "?";
	valued = read_values(loader, type, name, values, &expr);
	check_sampler(loader, name, type, valued ? &expr : NULL,
		      &expression->place);
	if (!valued || !named)
		return;
	hd_validate_expression(loader, name, &expr, values);
	add_parameter(loader, name, &expr, &name_node->place);
}

void hd_hyperdrive_space(struct hd_loader *loader,
			 const struct hd_yaml_node *node)
{
	char found[HD_YAML_DESCRIPTION];

	if (node->kind != HD_YAML_LIST) {
		hd_loader_error(loader, &node->place,
				"'sampling.parameter_space' must be a list of"
				" parameters, got %s",
				hd_yaml_describe(node, found));
		return;
	}
	if (node->count == 0)
		hd_loader_error(loader, &node->place,
				"'sampling.parameter_space' must not be"
				" empty");
	if (node->count > PARAMETERS_MOST) {
		hd_loader_error(loader, &node->place,
				"'sampling.parameter_space' has %zu parameters,"
				" at most %d are taken",
				node->count, PARAMETERS_MOST);
		return;
	}
	for (size_t i = 0; i < node->count; i++) {
		if (node->items[i]->kind == HD_YAML_MAP)
			read_parameter(loader, node->items[i], i);
		else
			hd_loader_error(loader, &node->items[i]->place,
					"a parameter must be a mapping with"
					" 'name', 'expression' and 'values',"
					" got %s",
					hd_yaml_describe(node->items[i],
							 found));
	}
}
