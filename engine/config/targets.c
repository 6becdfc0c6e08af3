/*
 * Targets from their file, each by the option rows of its type, which alone
 * know what its keys are.
 */
#include <hdrive/target.h>

#include "config/hosts.h"
#include "config/settings.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TYPES_MOST 24
#define KEYS_MOST 64

struct hd_targets {
	struct hd_arena *arena;
	struct hd_yaml_source source;
	struct hd_target *list; /* "local" and those of the file */
	uint32_t *lines;        /* of each; 0 of "local" */
	size_t count;
};

/* One load. */
struct reading {
	struct hd_loader loader; /* its config and space are NULL */
	struct hd_targets *targets;
	const struct hd_target_types *own;
};

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

bool hd_target_is_name(const char *name)
{
	size_t length = strlen(name);

	return length > 0 && length <= HD_TARGET_NAME_MOST && strchr(LETTERS, name[0]) &&
	       strspn(name, LETTERS "-_.") == length;
}

/* --- types ----------------------------------------------------------------- */

static const struct hd_backend_type *type_at(const struct reading *reading, size_t index)
{
	size_t built_in = hd_backend_types();

	if (index < built_in)
		return hd_backend_type_at(index);
	index -= built_in;
	return reading->own && index < reading->own->count ? reading->own->types[index] : NULL;
}

static const struct hd_backend_type *type_find(const struct reading *reading, const char *word)
{
	for (size_t i = 0; type_at(reading, i); i++)
		if (!strcasecmp(type_at(reading, i)->name, word))
			return type_at(reading, i);
	return NULL;
}

/* "'local', 'slurm' or 'ssh'" */
static const char *type_names(const struct reading *reading, char *text, size_t size)
{
	const char *names[TYPES_MOST];
	size_t count = 0;

	for (size_t i = 0; type_at(reading, i) && count < TYPES_MOST; i++)
		names[count++] = type_at(reading, i)->name;
	return hd_loader_words(text, size, names, count, " or ");
}

/* The type that VALUE, a target's mapping, names; NULL after an error. */
static const struct hd_backend_type *read_type(struct reading *reading,
					       const struct hd_yaml_node *value,
					       const struct hd_yaml_place **place)
{
	const struct hd_yaml_node *node = value->kind == HD_YAML_MAP
						  ? hd_loader_get(value, "type")
						  : value;
	const struct hd_backend_type *type = NULL;
	char found[HD_YAML_DESCRIPTION];
	char names[256];

	if (!node || node->kind == HD_YAML_NULL) {
		hd_loader_error(&reading->loader, &value->place,
				"'type' is missing, expected %s",
				type_names(reading, names, sizeof names));
		return NULL;
	}
	if (node->kind == HD_YAML_TEXT)
		type = type_find(reading, node->text);
	if (!type)
		hd_loader_error(&reading->loader, &node->place, "'type' must be %s, got %s",
				type_names(reading, names, sizeof names),
				hd_yaml_describe(node, found));
	*place = &node->place;
	return type;
}

/* --- one target ------------------------------------------------------------ */

static void check_keys(struct reading *reading, const struct hd_yaml_node *map,
		       const struct hd_backend_type *type, const char *name)
{
	const char *known[KEYS_MOST] = { "type" };
	char prefix[HD_TARGET_NAME_MOST + 2];
	size_t count = 1;

	for (const struct hd_option *row = type->options; row && row->name; row++)
		if (count < KEYS_MOST)
			known[count++] = row->name;
	strcpy(prefix, name);
	strcat(prefix, ".");
	hd_loader_unknown_keys(&reading->loader, map, prefix, known, count);
}

/* MAP with its hosts as plain texts, where TYPE has a list of them. */
static const struct hd_yaml_node *with_plain_hosts(struct reading *reading,
						   const struct hd_yaml_node *map,
						   const struct hd_backend_type *type)
{
	const struct hd_option *row = hd_option_find(type->options, HD_HOSTS_KEY);
	const struct hd_yaml_pair *pair = hd_yaml_get(map, HD_HOSTS_KEY);
	const struct hd_yaml_node *list;
	struct hd_yaml_node *copy;

	if (!row || row->type != HD_OPTION_TYPE_TEXTS || !pair ||
	    pair->value->kind == HD_YAML_NULL)
		return map;
	list = hd_hosts_plain(&reading->loader, pair->value);
	copy = list ? hd_arena_alloc(reading->loader.arena, sizeof *copy) : NULL;
	if (!copy)
		return NULL;
	*copy = *map;
	copy->pairs = hd_arena_array(reading->loader.arena, map->count, sizeof *copy->pairs);
	if (!copy->pairs) {
		reading->loader.sink.code = HD_ENOMEM;
		return NULL;
	}
	memcpy(copy->pairs, map->pairs, map->count * sizeof *copy->pairs);
	copy->pairs[pair - map->pairs].value = (struct hd_yaml_node *)list;
	return copy;
}

/* What the type itself says to settings that are each by itself right. */
static void check_settings(struct reading *reading, const struct hd_target *target,
			   const struct hd_yaml_place *place)
{
	struct hd_error err = { 0 };
	int rc = target->type->check ? target->type->check(target->settings, &err) : 0;

	if (rc == HD_ENOMEM)
		reading->loader.sink.code = rc;
	else if (rc < 0)
		hd_loader_error(&reading->loader, place, "'%s': %s", target->name, err.text);
}

static void read_settings(struct reading *reading, const struct hd_yaml_node *value,
			  struct hd_target *target, const struct hd_yaml_place *place)
{
	const struct hd_backend_type *type = target->type;
	const struct hd_yaml_node *map = NULL;
	size_t before = hd_findings_count(reading->loader.sink.findings, HD_FINDING_ERROR);

	if (value->kind == HD_YAML_MAP) {
		check_keys(reading, value, type, target->name);
		map = with_plain_hosts(reading, value, type);
		if (!map)
			return;
	}
	if (type->options)
		target->settings = hd_settings_read(&reading->loader, map, type->options,
						    type->settings_size, type->name, place);
	if (!reading->loader.sink.code &&
	    hd_findings_count(reading->loader.sink.findings, HD_FINDING_ERROR) == before)
		check_settings(reading, target, place);
}

static void read_target(struct reading *reading, const struct hd_yaml_pair *pair)
{
	struct hd_targets *targets = reading->targets;
	struct hd_target *target = &targets->list[targets->count];
	const struct hd_yaml_place *place;

	if (!hd_target_is_name(pair->key)) {
		hd_loader_error(&reading->loader, &pair->place,
				"'%.64s' is no name of a target: letters, digits, '-', '_' and"
				" '.', at most %d",
				pair->key, HD_TARGET_NAME_MOST);
		return;
	}
	if (!strcasecmp(pair->key, HD_TARGET_LOCAL)) {
		hd_loader_error(&reading->loader, &pair->place,
				"'%s' is always there and is this machine: give this target"
				" another name",
				pair->key);
		return;
	}
	target->name = pair->key;
	target->type = read_type(reading, pair->value, &place);
	if (!target->type)
		return;
	read_settings(reading, pair->value, target, place);
	targets->lines[targets->count++] = pair->place.line;
}

/* --- the file --------------------------------------------------------------- */

/* A file may be all comments, as once its last target was removed. */
static bool says_something(const char *text, size_t length)
{
	const char *end = text + length;

	while (text < end) {
		while (text < end && strchr(" \t\r\n", *text))
			text++;
		if (text == end || *text != '#')
			return text < end;
		while (text < end && *text != '\n')
			text++;
	}
	return false;
}

/* Room for COUNT targets of the file, and the one that is always there. */
static bool targets_room(struct hd_targets *targets, size_t count)
{
	targets->list = hd_arena_array(targets->arena, count + 1, sizeof *targets->list);
	targets->lines = hd_arena_array(targets->arena, count + 1, sizeof *targets->lines);
	if (!targets->list || !targets->lines)
		return false;
	targets->list[0] = (struct hd_target){ .name = HD_TARGET_LOCAL,
					       .type = hd_backend_type_find(HD_TARGET_LOCAL) };
	targets->count = 1;
	return true;
}

static void read_root(struct reading *reading)
{
	struct hd_targets *targets = reading->targets;
	struct hd_yaml_node *root = NULL;
	char found[HD_YAML_DESCRIPTION];

	if (says_something(targets->source.text, targets->source.length)) {
		root = hd_yaml_parse(&targets->source, targets->arena, &reading->loader.sink);
		if (!root)
			return;
	}
	if (root && root->kind != HD_YAML_MAP && root->kind != HD_YAML_NULL) {
		hd_loader_error(&reading->loader, &root->place,
				"targets are a mapping from names to what they are, got %s",
				hd_yaml_describe(root, found));
		return;
	}
	if (!targets_room(targets, root && root->kind == HD_YAML_MAP ? root->count : 0)) {
		reading->loader.sink.code = HD_ENOMEM;
		return;
	}
	for (size_t i = 0; root && root->kind == HD_YAML_MAP && i < root->count; i++)
		read_target(reading, &root->pairs[i]);
}

static struct hd_targets *targets_new(const char *text, size_t length, const char *name)
{
	struct hd_targets *targets = calloc(1, sizeof *targets);

	if (!targets)
		return NULL;
	targets->arena = hd_arena_new();
	if (!targets->arena)
		goto fail;
	targets->source.name = hd_arena_string(targets->arena, name);
	targets->source.text = hd_arena_copy(targets->arena, text, length);
	targets->source.length = length;
	targets->source.has_places = true;
	if (!targets->source.name || !targets->source.text)
		goto fail;
	return targets;
fail:
	hd_targets_free(targets);
	return NULL;
}

int hd_targets_parse(struct hd_targets **out, const char *text, size_t length, const char *name,
		     const struct hd_target_types *own, struct hd_findings *findings,
		     struct hd_error *err)
{
	struct reading reading = { .own = own };
	int rc;

	*out = NULL;
	if (length > HD_YAML_BYTES)
		return hd_error_set(err, HD_ELIMIT, "'%s' is larger than %zu MiB", name,
				    HD_YAML_BYTES >> 20);
	reading.targets = targets_new(text, length, name);
	if (!reading.targets)
		return hd_error_nomem(err);
	/* As in a sweep job, an unknown key is an error: a typing slip would
	 * send trials to another partition. */
	reading.loader = (struct hd_loader){ .arena = reading.targets->arena,
					     .sweep_job = true,
					     .sink = { .findings = findings } };
	read_root(&reading);
	rc = hd_loader_result(&reading.loader, err);
	if (rc == 0)
		*out = reading.targets;
	else
		hd_targets_free(reading.targets);
	return rc;
}

int hd_targets_load(struct hd_targets **out, const char *path, const struct hd_target_types *own,
		    struct hd_findings *findings, struct hd_error *err)
{
	char *text = NULL;
	size_t length = 0;
	int rc = hd_yaml_read(&text, &length, path, err);

	*out = NULL;
	if (rc < 0 && rc != HD_ENOENT)
		return rc;
	rc = hd_targets_parse(out, text ? text : "", length, path, own, findings, err);
	free(text);
	return rc;
}

int hd_targets_path(char **out, const char *path, struct hd_error *err)
{
	const char *slash = strrchr(path, '/');
	struct hd_buf buf = HD_BUF_INIT;

	if (slash)
		hd_buf_add(&buf, path, (size_t)(slash - path) + 1);
	hd_buf_puts(&buf, "targets.yml");
	*out = hd_buf_take(&buf);
	return *out ? 0 : hd_error_nomem(err);
}

void hd_targets_free(struct hd_targets *targets)
{
	if (!targets)
		return;
	hd_arena_free(targets->arena);
	free(targets);
}

/* --- asking ------------------------------------------------------------------ */

size_t hd_targets_count(const struct hd_targets *targets)
{
	return targets->count;
}

const struct hd_target *hd_targets_at(const struct hd_targets *targets, size_t index)
{
	return index < targets->count ? &targets->list[index] : NULL;
}

size_t hd_targets_line(const struct hd_targets *targets, size_t index)
{
	return index < targets->count ? targets->lines[index] : 0;
}

const char *hd_targets_text(const struct hd_targets *targets)
{
	return targets->source.text;
}

const struct hd_target *hd_targets_find(const struct hd_targets *targets, const char *name)
{
	/* Azure's scripts write it as they like, and nobody can have the name. */
	if (!strcasecmp(name, HD_TARGET_LOCAL))
		return &targets->list[0];
	for (size_t i = 1; i < targets->count; i++)
		if (!strcmp(targets->list[i].name, name))
			return &targets->list[i];
	return NULL;
}

const char *hd_targets_near(const struct hd_targets *targets, const char *name)
{
	const char **names = calloc(targets->count + 1, sizeof *names);
	const char *near = NULL;

	for (size_t i = 0; names && i < targets->count; i++)
		names[i] = targets->list[i].name;
	if (names)
		near = hd_suggest(name, names, targets->count);
	free(names);
	return near;
}
