/*
 * Branches: options of a choice that carry parameters (SPEC 2.2).
 *
 * What draws a branch is, by the first that fits:
 *
 *   {svm: {C: ...}}            the text "svm": one key, a mapping below it
 *   {model: svm, C: ...}       in the choice "model" the text "svm"
 *   {kind: svm, C: ...}        the label "svm", made of the literals
 *   {C: ...}                   the label "branch-2" of the second option
 *
 * The first two are values like any other and reach the script under the
 * choice's name. A label does not: it is how records call the branch.
 */
#include "config/parameter.h"

#include <string.h>

static const char *bare(const char *name)
{
	return name + strspn(name, "-");
}

/* Whether there is an expression in NODE, however deep. */
static bool holds_expression(const struct hd_yaml_node *node)
{
	if (hd_expression_is(node))
		return true;
	if (node->kind == HD_YAML_MAP)
		for (size_t i = 0; i < node->count; i++)
			if (holds_expression(node->pairs[i].value))
				return true;
	if (node->kind == HD_YAML_LIST)
		for (size_t i = 0; i < node->count; i++)
			if (holds_expression(node->items[i]))
				return true;
	return false;
}

bool hd_branch_is(const struct hd_loader *loader,
		  const struct hd_yaml_node *node)
{
	if (loader->sweep_job)
		return node->kind == HD_YAML_MAP;
	return node->kind >= HD_YAML_LIST && holds_expression(node);
}

/* {svm: {C: ...}}: the name and below it the parameters. */
static bool is_named(const struct hd_yaml_node *map)
{
	return map->count == 1 && map->pairs[0].value->kind == HD_YAML_MAP &&
	       !hd_expression_is(map->pairs[0].value);
}

static void add_literal(struct hd_buf *buf, const struct hd_yaml_node *node)
{
	if (node->kind >= HD_YAML_LIST || node->kind == HD_YAML_NULL ||
	    node->length == 0)
		return;
	hd_buf_puts(buf, buf->length ? "/" : "");
	hd_buf_add(buf, node->text, node->length);
}

static bool label_take(struct hd_loader *loader, struct hd_buf *buf,
		       struct hd_value *option)
{
	option->kind = HD_VALUE_BRANCH;
	option->length = buf->length;
	option->text = hd_buf_failed(buf)
			       ? NULL
			       : hd_arena_copy(loader->arena, hd_buf_text(buf),
					       buf->length);
	hd_buf_release(buf);
	if (!option->text)
		loader->sink.code = HD_ENOMEM;
	return option->text;
}

static bool branch_label(struct hd_loader *loader,
			 const struct hd_yaml_node *map, size_t index,
			 struct hd_value *option)
{
	struct hd_buf buf = HD_BUF_INIT;

	for (size_t i = 0; i < map->count; i++)
		add_literal(&buf, map->pairs[i].value);
	if (buf.length == 0)
		hd_buf_printf(&buf, "branch-%zu", index + 1);
	return label_take(loader, &buf, option);
}

bool hd_branch_option(struct hd_loader *loader, const char *name,
		      const struct hd_yaml_node *node, size_t index,
		      struct hd_value *option,
		      const struct hd_yaml_node **members)
{
	if (hd_expression_is(node) || node->kind != HD_YAML_MAP) {
		hd_loader_error(loader, &node->place,
				"'%.64s': option %zu is an expression without"
				" a name, expected a mapping of names to"
				" expressions",
				name, index + 1);
		/* The rest of the space may have problems of its own. */
		option->kind = HD_VALUE_BRANCH;
		option->text = "";
		*members = NULL;
		return true;
	}
	*members = node;
	if (is_named(node)) {
		option->kind = HD_VALUE_TEXT;
		option->text = node->pairs[0].key;
		option->length = strlen(option->text);
		*members = node->pairs[0].value;
		return true;
	}
	for (size_t i = 0; i < node->count; i++)
		if (!strcmp(bare(node->pairs[i].key), bare(name)) &&
		    node->pairs[i].value->kind < HD_YAML_LIST)
			return hd_option_read(loader, name,
					      node->pairs[i].value, option);
	return branch_label(loader, node, index, option);
}

/* --- labels that look alike --------------------------------------------------- */

/* Whether OPTION, a branch, looks like another of the COUNT ones. */
static bool looks_alike(const struct hd_value *options, size_t count,
			size_t option)
{
	for (size_t i = 0; i < count; i++)
		if (i != option && options[i].text &&
		    options[i].kind != HD_VALUE_JSON &&
		    options[i].length == options[option].length &&
		    !memcmp(options[i].text, options[option].text,
			    options[i].length))
			return true;
	return false;
}

static bool label_number(struct hd_loader *loader, struct hd_value *option)
{
	struct hd_buf buf = HD_BUF_INIT;

	hd_buf_add(&buf, option->text, option->length);
	hd_buf_printf(&buf, "#%zu", option->option + 1);
	return label_take(loader, &buf, option);
}

/* From the end: the first of those that look alike keeps its label. */
void hd_branch_labels(struct hd_loader *loader, struct hd_value *options,
		      size_t count)
{
	for (size_t i = count; i-- > 0 && !loader->sink.code;)
		if (options[i].kind == HD_VALUE_BRANCH &&
		    looks_alike(options, count, i) &&
		    !label_number(loader, &options[i]))
			return;
}
