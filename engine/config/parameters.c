/* sampling.parameter_space: names, expressions and values (SPEC 1.3, 1.4). */
#include "config/parameter.h"

#include <stdio.h>
#include <string.h>

/* Nobody sweeps more, and a hostile file could nest its way to any number. */
#define PARAMETERS_MOST 10000

static const char *bare(const char *name)
{
	return name + strspn(name, "-");
}

/* Where the parameter that SPOT repeats was declared; 0 is unknown. */
static size_t first_line(const struct hd_space *space,
			 const struct hd_spot *spot)
{
	for (size_t i = 0; i < hd_space_count(space); i++) {
		const struct hd_param *param = hd_space_param(space, i);

		if (!strcmp(bare(param->name), bare(spot->name)) &&
		    !hd_space_excludes(space, i, spot->parent, spot->branch))
			return param->mark.line;
	}
	return 0;
}

/* Whether there is room for one more; the first that has none is reported. */
static bool has_room(struct hd_loader *loader, const struct hd_yaml_place *place)
{
	if (hd_space_count(loader->space) < PARAMETERS_MOST)
		return true;
	if (!loader->space_is_full)
		hd_loader_error(loader, place,
				"the space has more than %d parameters",
				PARAMETERS_MOST);
	loader->space_is_full = true;
	return false;
}

/* The index of the new parameter, HD_SPACE_TOP after an error. */
static size_t space_add(struct hd_loader *loader, const struct hd_spot *spot,
			const struct hd_expr *expr)
{
	struct hd_mark mark = { spot->place.source->name, spot->place.line,
				spot->place.column };
	size_t index = hd_space_count(loader->space);
	struct hd_error err;
	int rc;

	if (!has_room(loader, &spot->place))
		return HD_SPACE_TOP;
	rc = hd_space_add_in(loader->space, spot->parent, spot->branch,
			     spot->name, expr, &mark, &err);
	if (rc == 0)
		return index;
	if (rc == HD_ENOMEM)
		loader->sink.code = rc;
	else if (rc == HD_EEXIST)
		hd_loader_error(loader, &spot->place,
				"parameter '%.64s' is declared twice, first at"
				" line %zu",
				spot->name,
				first_line(loader->space, spot));
	else
		hd_loader_error(loader, &spot->place, "%s", err.text);
	return HD_SPACE_TOP;
}

/* The parameters that hang on option BRANCH of the choice NAME, at PARENT. */
static void add_branch(struct hd_loader *loader, const char *name,
		       size_t parent, size_t branch,
		       const struct hd_yaml_node *members)
{
	for (size_t i = 0; i < members->count && !loader->sink.code; i++) {
		const struct hd_yaml_pair *pair = &members->pairs[i];
		struct hd_spot spot = { pair->key, pair->place, parent, branch };

		/* That is the value of the choice itself. */
		if (!strcmp(bare(pair->key), bare(name)) &&
		    pair->value->kind < HD_YAML_LIST)
			continue;
		if (!*bare(pair->key))
			hd_loader_error(loader, &pair->place,
					"'%.40s' is no parameter name: it"
					" needs more than dashes",
					pair->key);
		else
			hd_parameter_read(loader, &spot, pair->value);
	}
}

void hd_parameter_add(struct hd_loader *loader, const struct hd_spot *spot,
		      const struct hd_expression *expression)
{
	const struct hd_options *options = &expression->options;
	size_t index = space_add(loader, spot, &expression->expr);

	if (index == HD_SPACE_TOP || !options->branches)
		return;
	for (size_t i = 0; i < options->count && !loader->space_is_full; i++)
		if (options->branches[i])
			add_branch(loader, spot->name, index, i,
				   options->branches[i]);
}

void hd_parameter_read(struct hd_loader *loader, const struct hd_spot *spot,
		       const struct hd_yaml_node *node)
{
	struct hd_expression expression = { 0 };
	struct hd_value literal = { 0 };

	if (hd_expression_is(node)) {
		if (hd_expression_read(loader, spot->name, node, &expression))
			hd_parameter_add(loader, spot, &expression);
		return;
	}
	if (hd_branch_is(loader, node)) {
		hd_loader_error(loader, &node->place,
				"'%.64s' must be an expression or a literal, got"
				" a mapping of parameters: they may stand among"
				" the options of a choice",
				spot->name);
		return;
	}
	if (!hd_option_read(loader, spot->name, node, &literal))
		return;
	expression.expr = hd_expr_choice(&literal, 1);
	hd_parameter_add(loader, spot, &expression);
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
	struct hd_expression expr;
	bool named;

	snprintf(prefix, sizeof prefix, "sampling.parameter_space.%zu.", index);
	hd_loader_unknown_keys(loader, map, prefix, keys, 3);
	name_node = parameter_need(loader, map, "name", index);
	expression = parameter_need(loader, map, "expression", index);
	values = parameter_need(loader, map, "values", index);
	named = name_node && read_name(loader, name_node, &name);
	if (expression)
		type = hd_expression_type(loader, expression);
	if (!type || !values)
		return;
	if (!named)
		name = "?";
	if (hd_expression_values(loader, name, type, &expression->place, values,
				 &expr) &&
	    named)
		hd_parameter_add(loader,
				 &(struct hd_spot){ name, name_node->place,
						    HD_SPACE_TOP, 0 },
				 &expr);
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
