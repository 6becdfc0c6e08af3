/*
 * The options of a choice (SPEC 1.3): [a, b], or [[a, b]] as the same; lists
 * and maps among them become JSON, or branches.
 */
#include "config/parameter.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* [[a, b]] is [a, b]; a list beside other items is a mistake. */
static const struct hd_yaml_node *options_of(struct hd_loader *loader,
					     const char *name,
					     const struct hd_yaml_node *values)
{
	for (size_t i = 0; i < values->count; i++) {
		if (values->items[i]->kind != HD_YAML_LIST)
			continue;
		if (values->count == 1) {
			values = values->items[0];
			break;
		}
		hd_loader_error(loader, &values->items[i]->place,
				"'%.64s': choice takes its options as [a, b]"
				" or [[a, b]], got a list beside other items",
				name);
		return NULL;
	}
	if (values->count > 0)
		return values;
	hd_loader_error(loader, &values->place,
			"'%.64s': choice needs at least one option", name);
	return NULL;
}

static bool option_json(struct hd_loader *loader,
			const struct hd_yaml_node *node,
			struct hd_value *option)
{
	struct hd_buf buf = HD_BUF_INIT;

	option->kind = HD_VALUE_JSON;
	hd_yaml_json(&buf, node);
	option->length = buf.length;
	if (!hd_buf_failed(&buf))
		option->text = hd_arena_copy(loader->arena, hd_buf_text(&buf),
					     buf.length);
	hd_buf_release(&buf);
	if (!option->text)
		loader->sink.code = HD_ENOMEM;
	return option->text;
}

bool hd_option_read(struct hd_loader *loader, const char *name,
		    const struct hd_yaml_node *node, struct hd_value *option)
{
	switch (node->kind) {
	case HD_YAML_NULL:
		option->kind = HD_VALUE_NULL;
		return true;
	case HD_YAML_BOOL:
		option->kind = HD_VALUE_BOOL;
		option->integer = node->integer;
		option->number = node->number;
		return true;
	case HD_YAML_INTEGER:
		option->kind = HD_VALUE_INTEGER;
		option->integer = node->integer;
		option->number = node->number;
		return true;
	case HD_YAML_REAL:
		option->kind = HD_VALUE_REAL;
		option->number = node->number;
		if (!strpbrk(node->text, ".eE") && node->text[1] != 'x')
			hd_loader_warn(loader, &node->place,
				       "'%.64s': %.40s does not fit 64 bits and"
				       " is rounded, put it in quotes",
				       name, node->text);
		return true;
	case HD_YAML_TEXT:
		option->kind = HD_VALUE_TEXT;
		option->text = node->text;
		option->length = node->length;
		return true;
	case HD_YAML_LIST:
	case HD_YAML_MAP:
		return option_json(loader, node, option);
	}
	return false;
}

/* --- options that are given twice ------------------------------------------ */

static bool is_number(const struct hd_value *value)
{
	return value->kind == HD_VALUE_INTEGER || value->kind == HD_VALUE_REAL;
}

/* Any total order in which options that a script cannot tell apart are equal,
 * and those lie in the file's order. */
static int option_order(const struct hd_value *a, const struct hd_value *b)
{
	int ka = is_number(a) ? HD_VALUE_REAL : (int)a->kind;
	int kb = is_number(b) ? HD_VALUE_REAL : (int)b->kind;

	if (ka != kb)
		return ka < kb ? -1 : 1;
	if (a->text && b->text)
		return strcmp(a->text, b->text);
	if (a->kind == HD_VALUE_INTEGER && b->kind == HD_VALUE_INTEGER)
		return (a->integer > b->integer) - (a->integer < b->integer);
	if (a->number != a->number || b->number != b->number)
		return (a->number != a->number) - (b->number != b->number);
	return (a->number > b->number) - (a->number < b->number);
}

static int option_compare(const void *va, const void *vb)
{
	const struct hd_value *const *a = va, *const *b = vb;
	int order = option_order(*a, *b);

	return order ? order : (*a < *b ? -1 : *a > *b);
}

static void warn_of_repeated(struct hd_loader *loader, const char *name,
			     const struct hd_yaml_node *list,
			     const struct hd_value *options)
{
	const struct hd_value **sorted = calloc(list->count, sizeof *sorted);
	char found[HD_YAML_DESCRIPTION];
	const struct hd_value *first;

	if (!sorted) {
		loader->sink.code = HD_ENOMEM;
		return;
	}
	for (size_t i = 0; i < list->count; i++)
		sorted[i] = &options[i];
	qsort(sorted, list->count, sizeof *sorted, option_compare);
	first = sorted[0];
	for (size_t i = 1; i < list->count; i++) {
		const struct hd_yaml_node *item;

		if (option_order(first, sorted[i]) != 0) {
			first = sorted[i];
			continue;
		}
		item = list->items[sorted[i] - options];
		hd_loader_warn(loader, &item->place,
			       "'%.64s': option %zu repeats option %zu, %s",
			       name, (size_t)(sorted[i] - options) + 1,
			       (size_t)(first - options) + 1,
			       hd_yaml_describe(item, found));
	}
	free(sorted);
}

/* --- what a grid takes ----------------------------------------------------- */

/* SPEC 1.4: a grid's options are numbers, or they are all text. */
static void check_grid(struct hd_loader *loader, const char *name,
		       const struct hd_yaml_node *list,
		       const struct hd_options *options)
{
	char found[HD_YAML_DESCRIPTION];
	const struct hd_value *first = NULL;

	for (size_t i = 0; i < list->count; i++) {
		const struct hd_value *option = &options->values[i];
		bool text = option->kind == HD_VALUE_TEXT;
		bool plain = text || is_number(option);

		if (option->kind == HD_VALUE_BRANCH)
			continue;
		if (!first)
			first = option;
		if (plain && text == (first->kind == HD_VALUE_TEXT))
			continue;
		hd_loader_error(loader, &list->items[i]->place,
				plain ? "'%.64s': options of a grid are all"
					" numbers or all text, got %s too"
				      : "'%.64s': options of a grid are"
					" numbers or text, got %s",
				name, hd_yaml_describe(list->items[i], found));
		if (plain)
			return; /* one of them tells the whole list */
	}
}

/* --- all of them ------------------------------------------------------------ */

static bool options_room(struct hd_loader *loader, struct hd_options *options,
			 struct hd_value **values, size_t count)
{
	*values = hd_arena_array(loader->arena, count, sizeof **values);
	options->values = *values;
	options->count = count;
	options->branches = hd_arena_array(loader->arena, count,
					   sizeof options->branches[0]);
	if (*values && options->branches)
		return true;
	loader->sink.code = HD_ENOMEM;
	return false;
}

bool hd_options_read(struct hd_loader *loader, const char *name,
		     const struct hd_yaml_node *values,
		     struct hd_options *options)
{
	const struct hd_yaml_node *list = options_of(loader, name, values);
	const struct hd_sampler_type *sampler = loader->config->sampler;
	struct hd_value *all;
	bool noted = loader->sweep_job;

	if (!list || !options_room(loader, options, &all, list->count))
		return false;
	for (size_t i = 0; i < list->count; i++) {
		const struct hd_yaml_node *item = list->items[i];

		all[i].option = i;
		if (!hd_branch_is(loader, item)) {
			if (!hd_option_read(loader, name, item, &all[i]))
				return false;
			continue;
		}
		if (!noted)
			hd_loader_note(loader, &item->place,
				       "'%.64s': option %zu is a branch with"
				       " parameters of its own: Azure takes"
				       " such in sweep jobs alone",
				       name, i + 1);
		noted = true;
		if (!hd_branch_option(loader, name, item, i, &all[i],
				      &options->branches[i]))
			return false;
	}
	hd_branch_labels(loader, all, list->count);
	warn_of_repeated(loader, name, list, all);
	if (sampler && !strcmp(sampler->name, "grid"))
		check_grid(loader, name, list, options);
	return !loader->sink.code;
}
