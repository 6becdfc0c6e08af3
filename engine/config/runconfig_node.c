/*
 * Nodes of a run configuration: keys in any case, nulls that say nothing, and
 * scalars that are text whatever they look like.
 */
#include "config/runconfig.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"

/* --- keys ------------------------------------------------------------------ */

static const char *spelled(const char *key, const char *const *known,
			   size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strcasecmp(known[i], key))
			return known[i];
	return NULL;
}

/* Keys that are the same but for case; those spelled alike are YAML's error. */
static void report_twins(struct hd_runconfig_loader *rc,
			 const struct hd_yaml_node *map, const char *prefix,
			 size_t at, const char *key)
{
	for (size_t i = 0; i < at; i++)
		if (!strcasecmp(map->pairs[i].key, key) &&
		    strcmp(map->pairs[i].key, map->pairs[at].key))
			hd_loader_error(&rc->loader, &map->pairs[at].place,
					"key '%s%s' is there twice: case does"
					" not count",
					prefix, key);
}

void hd_runconfig_keys(struct hd_runconfig_loader *rc,
		       const struct hd_yaml_node *map, const char *prefix,
		       const char *const *known, size_t count)
{
	for (size_t i = 0; i < map->count; i++) {
		const char *key = spelled(map->pairs[i].key, known, count);

		if (key)
			report_twins(rc, map, prefix, i, key);
	}
	for (size_t i = 0; i < map->count; i++) {
		const char *key = spelled(map->pairs[i].key, known, count);

		/* The pairs are the tree's, and the tree is this load's. */
		if (key)
			map->pairs[i].key = key;
	}
	hd_loader_unknown_keys(&rc->loader, map, prefix, known, count);
}

const struct hd_yaml_node *hd_runconfig_get(const struct hd_yaml_node *map,
					    const char *key)
{
	const struct hd_yaml_node *node = hd_loader_get(map, key);

	return node && node->kind != HD_YAML_NULL ? node : NULL;
}

const struct hd_yaml_node *
hd_runconfig_section(struct hd_runconfig_loader *rc,
		     const struct hd_yaml_node *map, const char *key,
		     const char *name, const char *const *known, size_t count)
{
	const struct hd_yaml_node *node = hd_runconfig_get(map, key);
	char prefix[96];

	if (!node || !hd_loader_map(&rc->loader, node, name))
		return NULL;
	snprintf(prefix, sizeof prefix, "%s.", name);
	hd_runconfig_keys(rc, node, prefix, known, count);
	return node;
}

bool hd_runconfig_says(const struct hd_yaml_node *node)
{
	if (!node || node->kind == HD_YAML_NULL)
		return false;
	if (node->kind == HD_YAML_LIST)
		return node->count > 0;
	if (node->kind != HD_YAML_MAP)
		return true;
	for (size_t i = 0; i < node->count; i++)
		if (hd_runconfig_says(node->pairs[i].value))
			return true;
	return false;
}

/* --- scalars --------------------------------------------------------------- */

const char *hd_runconfig_print(struct hd_runconfig_loader *rc, const char *fmt,
			       ...)
{
	char *text = NULL;
	va_list list;
	int length;

	va_start(list, fmt);
	length = vsnprintf(NULL, 0, fmt, list);
	va_end(list);
	if (length >= 0)
		text = hd_arena_alloc(rc->loader.arena, (size_t)length + 1);
	if (!text) {
		rc->loader.sink.code = HD_ENOMEM;
		return NULL;
	}
	va_start(list, fmt);
	vsnprintf(text, (size_t)length + 1, fmt, list);
	va_end(list);
	return text;
}

static bool scalar_text(struct hd_runconfig_loader *rc,
			const struct hd_yaml_node *node, const char *name,
			const char **value)
{
	char found[HD_YAML_DESCRIPTION];

	if (node->kind < HD_YAML_LIST && node->kind != HD_YAML_NULL) {
		*value = node->text;
		return true;
	}
	hd_loader_error(&rc->loader, &node->place, "'%s' must be text, got %s",
			name, hd_yaml_describe(node, found));
	return false;
}

bool hd_runconfig_text(struct hd_runconfig_loader *rc,
		       const struct hd_yaml_node *map, const char *key,
		       const char *name, const char **value)
{
	const struct hd_yaml_node *node = hd_runconfig_get(map, key);

	/* "" is how a JSON file says nothing. */
	return node && scalar_text(rc, node, name, value) && **value;
}

bool hd_runconfig_flag(struct hd_runconfig_loader *rc,
		       const struct hd_yaml_node *map, const char *key,
		       const char *name, bool *value)
{
	const struct hd_yaml_node *node = hd_runconfig_get(map, key);
	char found[HD_YAML_DESCRIPTION];

	if (!node)
		return false;
	if (node->kind == HD_YAML_BOOL)
		*value = node->integer != 0;
	else if (node->kind == HD_YAML_TEXT && !strcasecmp(node->text, "true"))
		*value = true;
	else if (node->kind == HD_YAML_TEXT && !strcasecmp(node->text, "false"))
		*value = false;
	else {
		hd_loader_error(&rc->loader, &node->place,
				"'%s' must be true or false, got %s", name,
				hd_yaml_describe(node, found));
		return false;
	}
	return true;
}

bool hd_runconfig_whole(struct hd_runconfig_loader *rc,
			const struct hd_yaml_node *map, const char *key,
			const char *name, int64_t least, size_t *value)
{
	const struct hd_yaml_node *node = hd_runconfig_get(map, key);

	return node && hd_loader_whole(&rc->loader, node, name, least, value);
}

/*
 * An item as Azure's client, written in Python, hands it on: str() of what the
 * file holds. Numbers keep the digits that they were written with.
 */
static const char *item_text(struct hd_runconfig_loader *rc,
			     const struct hd_yaml_node *node, const char *name)
{
	const char *text = NULL;

	switch (node->kind) {
	case HD_YAML_INTEGER:
		return hd_runconfig_print(rc, "%lld", (long long)node->integer);
	case HD_YAML_BOOL:
		return node->integer ? "True" : "False";
	case HD_YAML_REAL:
		if (isnan(node->number))
			return "nan";
		if (isinf(node->number))
			return node->number < 0 ? "-inf" : "inf";
		return node->text;
	case HD_YAML_NULL:
	case HD_YAML_TEXT:
	case HD_YAML_LIST:
	case HD_YAML_MAP:
		(void)scalar_text(rc, node, name, &text);
		return text;
	}
	return NULL;
}

void hd_runconfig_list(struct hd_runconfig_loader *rc,
		       const struct hd_yaml_node *map, const char *key,
		       const char *name, const char *const **items,
		       size_t *count)
{
	const struct hd_yaml_node *node = hd_runconfig_get(map, key);
	char found[HD_YAML_DESCRIPTION];
	const char **texts;

	if (!node)
		return;
	if (node->kind != HD_YAML_LIST) {
		hd_loader_error(&rc->loader, &node->place,
				"'%s' must be a list, got %s", name,
				hd_yaml_describe(node, found));
		return;
	}
	texts = hd_arena_array(rc->loader.arena, node->count + 1,
			       sizeof *texts);
	if (!texts) {
		rc->loader.sink.code = HD_ENOMEM;
		return;
	}
	*count = 0;
	for (size_t i = 0; i < node->count; i++) {
		texts[*count] = item_text(rc, node->items[i], name);
		if (texts[*count])
			(*count)++;
	}
	*items = texts;
}

/* --- the trials' variables -------------------------------------------------- */

/* Where the variable called NAME is, or is to go. */
static const char **variable_slot(struct hd_runconfig_loader *rc,
				  const char *name)
{
	size_t length = strlen(name);
	const char **grown;

	for (size_t i = 0; i < rc->variable_count; i++)
		if (!strncmp(rc->variables[i], name, length) &&
		    rc->variables[i][length] == '=')
			return &rc->variables[i];
	if (rc->variable_count == rc->variable_room) {
		rc->variable_room = rc->variable_room * 2 + 16;
		grown = hd_arena_array(rc->loader.arena, rc->variable_room,
				       sizeof *grown);
		if (!grown) {
			rc->loader.sink.code = HD_ENOMEM;
			rc->variable_room = rc->variable_count;
			return NULL;
		}
		if (rc->variable_count)
			memcpy(grown, rc->variables,
			       rc->variable_count * sizeof *grown);
		rc->variables = grown;
	}
	return &rc->variables[rc->variable_count];
}

void hd_runconfig_variable(struct hd_runconfig_loader *rc, const char *name,
			   const char *value)
{
	const char *text = hd_runconfig_print(rc, "%s=%s", name, value);
	const char **slot = text ? variable_slot(rc, name) : NULL;

	if (!slot)
		return;
	if (slot == rc->variables + rc->variable_count)
		rc->variable_count++;
	*slot = text;
}
