/*
 * --set: "a.b=value" on the tree, before anything is interpreted, so that a
 * value given so is checked as one in the file.
 *
 * Aliases share nodes, so the way down to the changed node is copied first.
 */
#include "config/load.h"

#include <math.h>
#include <string.h>

/*
 * The words of the other kind of file for the same keys. Limits that the engine
 * or a flag changes are stored in HyperDrive's words, whatever the file is.
 */
static const struct set_alias {
	const char *alias;
	const char *path;
	double factor; /* 0: taken as it is */
} hyperdrive_aliases[] = {
	{ "limits.max_total_trials", "max_total_runs", 0 },
	{ "limits.max_concurrent_trials", "max_concurrent_runs", 0 },
	{ "limits.timeout", "max_duration_minutes", 1 / 60.0 },
	{ "limits.trial_timeout", "trial_timeout", 0 },
	{ "objective.primary_metric", "primary_metric_name", 0 },
	{ "objective.goal", "primary_metric_goal", 0 },
},
  sweepjob_aliases[] = {
	  { "max_total_runs", "limits.max_total_trials", 0 },
	  { "max_total_trials", "limits.max_total_trials", 0 },
	  { "max_concurrent_runs", "limits.max_concurrent_trials", 0 },
	  { "max_concurrent_trials", "limits.max_concurrent_trials", 0 },
	  { "max_duration_minutes", "limits.timeout", 60 },
	  { "timeout_minutes", "limits.timeout", 60 },
	  { "trial_timeout", "limits.trial_timeout", 0 },
	  { "primary_metric_name", "objective.primary_metric", 0 },
	  { "primary_metric_goal", "objective.goal", 0 },
	  { "sampling.type", "sampling_algorithm", 0 },
	  { "algorithm", "sampling_algorithm", 0 },
  };

static const struct set_alias *set_alias(const struct hd_loader *loader,
					 const char *path)
{
	const struct set_alias *rows = hyperdrive_aliases;
	size_t count = sizeof hyperdrive_aliases / sizeof rows[0];

	if (loader->sweep_job) {
		rows = sweepjob_aliases;
		count = sizeof sweepjob_aliases / sizeof rows[0];
	}
	for (size_t i = 0; i < count; i++)
		if (!strcmp(rows[i].alias, path))
			return &rows[i];
	return NULL;
}

struct setter {
	struct hd_loader *loader;
	const struct hd_yaml_source *source; /* names the --set */
	struct hd_yaml_place place;
	struct hd_yaml_node *value;
};

static void *set_nomem(struct setter *setter)
{
	setter->loader->sink.code = HD_ENOMEM;
	return NULL;
}

static struct hd_yaml_node *set_copy(struct setter *setter,
				     const struct hd_yaml_node *node)
{
	struct hd_yaml_node *copy =
		hd_arena_alloc(setter->loader->arena, sizeof *copy);

	if (!copy)
		return set_nomem(setter);
	*copy = *node;
	return copy;
}

static struct hd_yaml_node *set_below(struct setter *setter,
				      const struct hd_yaml_node *node,
				      const char *path, unsigned depth);

/* The index that the LENGTH characters at WORD write, SIZE_MAX for none. */
static size_t set_index(const char *word, size_t length)
{
	size_t index = 0;

	if (length == 0 || length > 7)
		return SIZE_MAX;
	for (size_t i = 0; i < length; i++) {
		if (word[i] < '0' || word[i] > '9')
			return SIZE_MAX;
		index = index * 10 + (size_t)(word[i] - '0');
	}
	return index;
}

static struct hd_yaml_node *set_in_list(struct setter *setter,
					const struct hd_yaml_node *node,
					const char *word, size_t length,
					const char *rest, unsigned depth)
{
	struct hd_arena *arena = setter->loader->arena;
	struct hd_yaml_node *copy, *item;
	size_t index = set_index(word, length);

	if (index >= node->count) {
		hd_loader_error(setter->loader, &setter->place,
				"'%.*s' must be an index below %zu of the list",
				(int)length, word, node->count);
		return NULL;
	}
	item = set_below(setter, node->items[index], rest, depth + 1);
	copy = item ? set_copy(setter, node) : NULL;
	if (!copy)
		return NULL;
	copy->items = hd_arena_array(arena, node->count, sizeof(void *));
	if (!copy->items)
		return set_nomem(setter);
	memcpy(copy->items, node->items, node->count * sizeof(void *));
	copy->items[index] = item;
	return copy;
}

static struct hd_yaml_node *set_in_map(struct setter *setter,
				       const struct hd_yaml_node *node,
				       const char *word, size_t length,
				       const char *rest, unsigned depth)
{
	struct hd_arena *arena = setter->loader->arena;
	static const struct hd_yaml_node nothing = { .kind = HD_YAML_NULL };
	struct hd_yaml_node *copy = set_copy(setter, node), *value;
	size_t at = 0;

	if (!copy)
		return NULL;
	while (at < node->count &&
	       (strncmp(node->pairs[at].key, word, length) != 0 ||
		node->pairs[at].key[length] != '\0'))
		at++;
	value = set_below(setter,
			  at < node->count ? node->pairs[at].value : &nothing,
			  rest, depth + 1);
	copy->pairs = hd_arena_array(arena, node->count + 1,
				     sizeof *copy->pairs);
	if (!value || !copy->pairs)
		return value ? set_nomem(setter) : NULL;
	if (node->count)
		memcpy(copy->pairs, node->pairs,
		       node->count * sizeof *copy->pairs);
	if (at == node->count) {
		copy->count++;
		copy->pairs[at].key = hd_arena_copy(arena, word, length);
		copy->pairs[at].place = setter->place;
		if (!copy->pairs[at].key)
			return set_nomem(setter);
	}
	copy->pairs[at].value = value;
	return copy;
}

/* NODE with the value at PATH below it; NULL after a report. */
static struct hd_yaml_node *set_below(struct setter *setter,
				      const struct hd_yaml_node *node,
				      const char *path, unsigned depth)
{
	struct hd_yaml_node map = { .kind = HD_YAML_MAP,
				    .place = setter->place };
	const char *dot;
	size_t length;
	char found[HD_YAML_DESCRIPTION];

	if (!path)
		return setter->value;
	dot = strchr(path, '.');
	length = dot ? (size_t)(dot - path) : strlen(path);
	if (length == 0 || depth > HD_YAML_DEPTH / 2) {
		hd_loader_error(setter->loader, &setter->place,
				"expected KEY=VALUE or KEY.KEY=VALUE");
		return NULL;
	}
	if (node->kind == HD_YAML_LIST)
		return set_in_list(setter, node, path, length,
				   dot ? dot + 1 : NULL, depth);
	if (node->kind == HD_YAML_MAP)
		return set_in_map(setter, node, path, length,
				  dot ? dot + 1 : NULL, depth);
	if (node->kind == HD_YAML_NULL)
		return set_in_map(setter, &map, path, length,
				  dot ? dot + 1 : NULL, depth);
	hd_loader_error(setter->loader, &setter->place,
			"'%.*s' has no place to stand in, there is %s",
			(int)length, path, hd_yaml_describe(node, found));
	return NULL;
}

/* Sweep jobs count seconds where HyperDrive counts minutes. */
static void set_scale(struct hd_yaml_node *value, double factor)
{
	if (factor == 0 || (value->kind != HD_YAML_INTEGER &&
			    value->kind != HD_YAML_REAL))
		return;
	value->number *= factor;
	value->kind = HD_YAML_REAL;
	if (value->number == floor(value->number) &&
	    fabs(value->number) < 1e15) {
		value->kind = HD_YAML_INTEGER;
		value->integer = (int64_t)value->number;
	}
}

const struct hd_yaml_source *hd_loader_flag(struct hd_loader *loader,
					    const char *flag, const char *said,
					    const char *text)
{
	struct hd_yaml_source *source =
		hd_arena_alloc(loader->arena, sizeof *source);
	struct hd_buf name = HD_BUF_INIT;

	if (source) {
		hd_buf_printf(&name, "%s %.200s", flag, said);
		source->name = hd_arena_string(loader->arena,
					       hd_buf_text(&name));
		source->text = text;
		source->length = strlen(text);
	}
	hd_buf_release(&name);
	if (source && source->name)
		return source;
	loader->sink.code = HD_ENOMEM;
	return NULL;
}

struct hd_yaml_node *hd_loader_set(struct hd_loader *loader,
				   struct hd_yaml_node *root, const char *set)
{
	struct setter setter = { .loader = loader };
	const char *equals = strchr(set, '=');
	const struct set_alias *alias;
	char *path;

	setter.source = hd_loader_flag(loader, "--set", set,
				       equals ? equals + 1 : "");
	path = hd_arena_copy(loader->arena, set,
			     equals ? (size_t)(equals - set) : 0);
	if (!setter.source || !path)
		return set_nomem(&setter);
	setter.place.source = setter.source;
	if (equals && equals[1] == '\0') {
		/* An empty value is null, as after "key:" in the file. */
		setter.value = set_copy(&setter, &(struct hd_yaml_node){
							 .kind = HD_YAML_NULL,
							 .place = setter.place,
							 .text = "" });
	} else if (equals) {
		setter.value = hd_yaml_parse(setter.source, loader->arena,
					     &loader->sink);
	} else {
		hd_loader_error(loader, &setter.place, "expected KEY=VALUE");
	}
	if (!setter.value)
		return NULL;
	alias = set_alias(loader, path);
	if (alias) {
		path = hd_arena_string(loader->arena, alias->path);
		if (!path)
			return set_nomem(&setter);
		set_scale(setter.value, alias->factor);
	}
	return set_below(&setter, root, path, 0);
}
