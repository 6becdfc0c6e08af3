/*
 * Sweep jobs of the preview (SPEC 2.7): their words moved to where today's
 * files have them, before anything is read or set. Each is warned of once.
 *
 * Nodes keep the place where they were written, so that what is wrong with one
 * is told of the line that a person sees. The tree that came is not changed:
 * aliases share nodes.
 */
#include "config/load.h"

#include <math.h>
#include <string.h>
#include <strings.h>

struct renewal {
	struct hd_loader *loader;
	struct hd_yaml_node *root; /* ours */
};

static const struct {
	const char *old, *now; /* of now the part before a dot is a mapping */
	double factor;
} moved_keys[] = {
	{ "algorithm", "sampling_algorithm", 1 },
	{ "max_total_trials", "limits.max_total_trials", 1 },
	{ "max_concurrent_trials", "limits.max_concurrent_trials", 1 },
	{ "timeout_minutes", "limits.timeout", 60 },
	{ "trial_timeout_minutes", "limits.trial_timeout", 60 },
};

static bool renew_failed(struct renewal *renewal)
{
	return renewal->loader->sink.code != 0;
}

/* A mapping like NODE with room for one more pair; NULL for no memory. */
static struct hd_yaml_node *map_copy(struct renewal *renewal,
				     const struct hd_yaml_node *node)
{
	struct hd_arena *arena = renewal->loader->arena;
	struct hd_yaml_node *copy = hd_arena_alloc(arena, sizeof *copy);

	if (copy) {
		*copy = *node;
		copy->pairs = hd_arena_array(arena, node->count + 1,
					     sizeof *copy->pairs);
	}
	if (!copy || !copy->pairs) {
		renewal->loader->sink.code = HD_ENOMEM;
		return NULL;
	}
	if (node->count)
		memcpy(copy->pairs, node->pairs,
		       node->count * sizeof *copy->pairs);
	return copy;
}

static void map_remove(struct hd_yaml_node *map, const char *key)
{
	size_t kept = 0;

	for (size_t i = 0; i < map->count; i++)
		if (strcmp(map->pairs[i].key, key) != 0)
			map->pairs[kept++] = map->pairs[i];
	map->count = kept;
}

/* MAP, one of ours, with KEY as well, which it does not have; as a copy. */
static struct hd_yaml_node *map_with(struct renewal *renewal,
				     const struct hd_yaml_node *map,
				     const char *key,
				     const struct hd_yaml_pair *from,
				     struct hd_yaml_node *value)
{
	struct hd_yaml_node *copy = map_copy(renewal, map);

	if (copy)
		copy->pairs[copy->count++] = (struct hd_yaml_pair){
			.key = key, .place = from->place, .value = value
		};
	return copy;
}

static void map_replace(struct hd_yaml_node *map, const char *key,
			struct hd_yaml_node *value)
{
	for (size_t i = 0; i < map->count; i++)
		if (!strcmp(map->pairs[i].key, key))
			map->pairs[i].value = value;
}

static void warn_old(struct renewal *renewal, const struct hd_yaml_pair *pair,
		     const char *path, const char *now)
{
	hd_loader_warn(renewal->loader, &pair->place,
		       "'%s%s' is the preview's, read as '%s'", path, pair->key,
		       now);
}

/* --- single moves ----------------------------------------------------------- */

static struct hd_yaml_node *scaled(struct renewal *renewal,
				   struct hd_yaml_node *value, double factor)
{
	struct hd_yaml_node *copy;

	if (factor == 1 || (value->kind != HD_YAML_INTEGER &&
			    value->kind != HD_YAML_REAL))
		return value;
	copy = hd_arena_alloc(renewal->loader->arena, sizeof *copy);
	if (!copy) {
		renewal->loader->sink.code = HD_ENOMEM;
		return value;
	}
	*copy = *value;
	copy->number *= factor;
	copy->kind = HD_YAML_REAL;
	if (copy->number == floor(copy->number) && fabs(copy->number) < 1e15) {
		copy->kind = HD_YAML_INTEGER;
		copy->integer = (int64_t)copy->number;
	}
	return copy;
}

/* VALUE to KEY of the mapping NAME at the root, which is made if need be. */
static void put_below(struct renewal *renewal, const char *name,
		      const char *key, const struct hd_yaml_pair *from,
		      struct hd_yaml_node *value)
{
	const struct hd_yaml_node *map = hd_loader_get(renewal->root, name);
	struct hd_yaml_node empty = { .kind = HD_YAML_MAP, .place = from->place };
	struct hd_yaml_node *copy;

	if (map && map->kind != HD_YAML_MAP && map->kind != HD_YAML_NULL)
		return; /* its reader has the words */
	if (map && map->kind == HD_YAML_MAP && hd_yaml_get(map, key)) {
		hd_loader_error(renewal->loader, &from->place,
				"'%s' and '%s.%s' are given, expected one",
				from->key, name, key);
		return;
	}
	copy = map_with(renewal, map && map->kind == HD_YAML_MAP ? map : &empty,
			key, from, value);
	if (!copy)
		return;
	if (map)
		map_replace(renewal->root, name, copy);
	else
		renewal->root = map_with(renewal, renewal->root, name, from, copy);
}

static void put_root(struct renewal *renewal, const char *key,
		     const struct hd_yaml_pair *from,
		     struct hd_yaml_node *value)
{
	struct hd_yaml_node *root;

	if (hd_yaml_get(renewal->root, key)) {
		hd_loader_error(renewal->loader, &from->place,
				"'%s' and '%s' are given, expected one",
				from->key, key);
		return;
	}
	root = map_with(renewal, renewal->root, key, from, value);
	if (root)
		renewal->root = root;
}

static void move_key(struct renewal *renewal, size_t row)
{
	const struct hd_yaml_pair *pair =
		hd_yaml_get(renewal->root, moved_keys[row].old);
	const char *now = moved_keys[row].now, *dot = strchr(now, '.');
	struct hd_yaml_pair from;
	struct hd_yaml_node *value;

	if (!pair)
		return;
	from = *pair;
	warn_old(renewal, &from, "", now);
	map_remove(renewal->root, from.key);
	value = scaled(renewal, from.value, moved_keys[row].factor);
	if (dot)
		put_below(renewal, "limits", dot + 1, &from, value);
	else
		put_root(renewal, now, &from, value);
}

/* --- below other keys ------------------------------------------------------- */

/* KEY of MAP under another name; MAP is ours. */
static void rename_key(struct renewal *renewal, struct hd_yaml_node *map,
		       const char *path, const char *old, const char *now)
{
	for (size_t i = 0; i < map->count; i++) {
		if (strcmp(map->pairs[i].key, old) != 0 || hd_yaml_get(map, now))
			continue;
		warn_old(renewal, &map->pairs[i], path, now);
		map->pairs[i].key = now;
	}
}

/* policy_type of early_termination. */
static void renew_policy(struct renewal *renewal)
{
	const struct hd_yaml_node *map =
		hd_loader_get(renewal->root, "early_termination");
	struct hd_yaml_node *copy;

	if (!map || map->kind != HD_YAML_MAP || !hd_yaml_get(map, "policy_type"))
		return;
	copy = map_copy(renewal, map);
	if (!copy)
		return;
	rename_key(renewal, copy, "early_termination.", "policy_type", "type");
	map_replace(renewal->root, "early_termination", copy);
}

/* Minutes below limits, of early previews. */
static void renew_limits(struct renewal *renewal)
{
	const struct hd_yaml_node *map = hd_loader_get(renewal->root, "limits");
	const struct hd_yaml_pair *pair;
	struct hd_yaml_pair from;
	struct hd_yaml_node *copy;

	if (!map || map->kind != HD_YAML_MAP ||
	    !hd_yaml_get(map, "timeout_minutes"))
		return;
	copy = map_copy(renewal, map);
	if (!copy)
		return;
	pair = hd_yaml_get(copy, "timeout_minutes");
	from = *pair;
	warn_old(renewal, &from, "limits.", "limits.timeout");
	map_remove(copy, from.key);
	map_replace(renewal->root, "limits", copy);
	put_below(renewal, "limits", "timeout", &from,
		  scaled(renewal, from.value, 60));
}

/* "spec" of an expression. */
static void renew_space(struct renewal *renewal)
{
	const struct hd_yaml_node *map =
		hd_loader_get(renewal->root, "search_space");
	struct hd_yaml_node *copy;

	if (!map || map->kind != HD_YAML_MAP)
		return;
	copy = map_copy(renewal, map);
	for (size_t i = 0; copy && i < copy->count; i++) {
		struct hd_yaml_node *value = copy->pairs[i].value;

		if (value->kind != HD_YAML_MAP || !hd_yaml_get(value, "spec"))
			continue;
		value = map_copy(renewal, value);
		if (!value)
			return;
		rename_key(renewal, value, "search_space.*.", "spec", "type");
		copy->pairs[i].value = value;
	}
	if (copy)
		map_replace(renewal->root, "search_space", copy);
}

/* What the preview had below trial: inputs, outputs and compute. */
static void renew_trial(struct renewal *renewal)
{
	static const char *const keys[] = { "inputs", "outputs", "compute" };
	const struct hd_yaml_node *map = hd_loader_get(renewal->root, "trial");
	struct hd_yaml_node *copy;

	/* With a type it is a component, whose inputs are declarations. */
	if (!map || map->kind != HD_YAML_MAP || hd_yaml_get(map, "type"))
		return;
	copy = map_copy(renewal, map);
	if (!copy)
		return;
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		const struct hd_yaml_pair *pair = hd_yaml_get(map, keys[i]);
		struct hd_yaml_node *value;

		if (!pair)
			continue;
		value = pair->value;
		warn_old(renewal, pair, "trial.", keys[i]);
		if (value->kind == HD_YAML_MAP && hd_yaml_get(value, "target"))
			value = hd_yaml_get(value, "target")->value;
		map_remove(copy, keys[i]);
		put_root(renewal, keys[i], pair, value);
	}
	map_replace(renewal->root, "trial", copy);
}

/* A word is a mapping with a type alone, so that --set finds a place below. */
static void renew_sampling(struct renewal *renewal)
{
	const struct hd_yaml_pair *pair =
		hd_yaml_get(renewal->root, "sampling_algorithm");
	struct hd_yaml_node empty = { .kind = HD_YAML_MAP };
	struct hd_yaml_node *map;

	if (!pair || pair->value->kind != HD_YAML_TEXT)
		return;
	empty.place = pair->value->place;
	map = map_with(renewal, &empty, "type", pair, pair->value);
	if (map)
		map_replace(renewal->root, "sampling_algorithm", map);
}

static void renew_type(struct renewal *renewal)
{
	const struct hd_yaml_node *type = hd_loader_get(renewal->root, "type");

	if (type && type->kind == HD_YAML_TEXT &&
	    !strcasecmp(type->text, "sweep_job"))
		hd_loader_warn(renewal->loader, &type->place,
			       "'%s' is the preview's, read as 'sweep'",
			       type->text);
}

struct hd_yaml_node *hd_sweepjob_renew(struct hd_loader *loader,
				       const struct hd_yaml_node *root)
{
	struct renewal renewal = { .loader = loader };

	renewal.root = map_copy(&renewal, root);
	if (!renewal.root)
		return NULL;
	renew_type(&renewal);
	for (size_t i = 0; i < sizeof moved_keys / sizeof moved_keys[0]; i++)
		if (!renew_failed(&renewal))
			move_key(&renewal, i);
	if (!renew_failed(&renewal))
		renew_limits(&renewal);
	if (!renew_failed(&renewal))
		renew_sampling(&renewal);
	if (!renew_failed(&renewal))
		renew_policy(&renewal);
	if (!renew_failed(&renewal))
		renew_space(&renewal);
	if (!renew_failed(&renewal))
		renew_trial(&renewal);
	return renew_failed(&renewal) ? NULL : renewal.root;
}
