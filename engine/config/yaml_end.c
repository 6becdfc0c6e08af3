/*
 * Lists and maps as they end: their children leave the stack, keys that are
 * given twice are found by sorting, "<<" brings in the keys of other maps.
 */
#include "config/yaml_build.h"

#include <stdlib.h>
#include <string.h>

/* Count CHILD's weight and height into its parent. */
static int builder_weigh(struct hd_builder *b, struct hd_yaml_node *parent,
			 const struct hd_yaml_node *child, size_t key)
{
	if (parent->height < child->height + 1)
		parent->height = child->height + 1;
	parent->weight += child->weight + key;
	if (parent->weight <= HD_YAML_WEIGHT)
		return 0;
	return hd_builder_refuse(b, &parent->place,
				 "with its aliases written out this is larger"
				 " than %zu MiB",
				 HD_YAML_WEIGHT >> 20);
}

static int builder_end_list(struct hd_builder *b, const struct hd_builder_frame *frame)
{
	struct hd_yaml_node *node = frame->node;
	const struct hd_builder_child *child = b->stack + frame->first;
	size_t count = b->stack_count - frame->first;

	node->items = hd_arena_array(b->arena, count, sizeof(void *));
	if (!node->items)
		return hd_builder_nomem(b);
	for (; node->count < count; node->count++) {
		node->items[node->count] = child[node->count].node;
		if (builder_weigh(b, node, child[node->count].node, 0) < 0)
			return -1;
	}
	return 0;
}

static int child_compare(const void *va, const void *vb)
{
	const struct hd_builder_child *const *a = va, *const *b = vb;
	int order = strcmp((*a)->key, (*b)->key);

	/* Children of one map lie in one array, in the file's order. */
	return order ? order : (*a < *b ? -1 : *a > *b);
}

static int key_compare(const void *key, const void *vchild)
{
	const struct hd_builder_child *const *child = vchild;

	return strcmp(key, (*child)->key);
}

/* SORTED lets repeated keys lie side by side. */
static void builder_find_repeated(struct hd_builder *b, struct hd_builder_child **sorted,
				  size_t count)
{
	for (size_t i = 1; i < count; i++) {
		const struct hd_builder_child *first = sorted[i - 1];

		if (strcmp(first->key, sorted[i]->key) != 0)
			continue;
		hd_yaml_report(b->sink, HD_FINDING_ERROR, &sorted[i]->place,
			       "key '%.64s' is given twice, first at line %u",
			       first->key, (unsigned)first->place.line);
		/* A third one names the first too. */
		sorted[i]->place = first->place;
	}
}

static int builder_add_pair(struct hd_builder *b, struct hd_yaml_node *map,
			    const struct hd_builder_child *child)
{
	struct hd_yaml_pair *pair = &map->pairs[map->count++];

	pair->key = child->key;
	pair->place = child->place;
	pair->value = child->node;
	return builder_weigh(b, map, child->node, strlen(child->key));
}

/* The maps that a "<<" names: itself, or its list. */
static size_t merge_sources(struct hd_yaml_node **node,
			    struct hd_yaml_node ***maps)
{
	if ((*node)->kind == HD_YAML_LIST) {
		*maps = (*node)->items;
		return (*node)->count;
	}
	*maps = node;
	return 1;
}

static int builder_check_merge(struct hd_builder *b, struct hd_builder_child *merge,
			       size_t *room)
{
	struct hd_yaml_node **maps;
	size_t count = merge_sources(&merge->node, &maps);

	for (size_t i = 0; i < count; i++) {
		if (maps[i]->kind != HD_YAML_MAP)
			return hd_builder_refuse(b, &merge->place,
						 "'<<' takes a mapping or a list"
						 " of mappings");
		*room += maps[i]->count;
	}
	if (*room > HD_YAML_MERGED)
		return hd_builder_refuse(b, &merge->place,
					 "'<<' merges more than %d keys",
					 HD_YAML_MERGED);
	return 0;
}

/* Keys that MAP has not: its own ones win, then the first merged. */
static int builder_merge(struct hd_builder *b, struct hd_yaml_node *map,
			 struct hd_builder_child *merge, struct hd_builder_child **sorted,
			 size_t count, size_t own)
{
	struct hd_yaml_node **maps;
	size_t map_count = merge_sources(&merge->node, &maps);

	for (size_t i = 0; i < map_count; i++) {
		size_t before = map->count;

		for (size_t j = 0; j < maps[i]->count; j++) {
			struct hd_yaml_pair *pair = &maps[i]->pairs[j];
			struct hd_builder_child child = { pair->key, pair->place,
							  pair->value, false };
			bool known = bsearch(pair->key, sorted, count,
					     sizeof(void *), key_compare);

			for (size_t k = own; k < before && !known; k++)
				known = !strcmp(map->pairs[k].key, pair->key);
			if (known)
				continue;
			if (builder_add_pair(b, map, &child) < 0)
				return -1;
		}
	}
	return 0;
}

static int builder_fill_map(struct hd_builder *b, const struct hd_builder_frame *frame,
			    struct hd_builder_child **sorted)
{
	struct hd_yaml_node *node = frame->node;
	struct hd_builder_child *child = b->stack + frame->first;
	size_t count = b->stack_count - frame->first;
	size_t own = 0, room = 0;

	for (size_t i = 0; i < count; i++) {
		if (!child[i].merge)
			sorted[own++] = &child[i];
		else if (builder_check_merge(b, &child[i], &room) < 0)
			return -1;
	}
	/* Merged pairs count as values, so that merging is not free. */
	b->nodes += room;
	node->pairs = hd_arena_array(b->arena, own + room,
				     sizeof *node->pairs);
	if (!node->pairs)
		return hd_builder_nomem(b);
	for (size_t i = 0; i < own; i++)
		if (builder_add_pair(b, node, sorted[i]) < 0)
			return -1;
	qsort(sorted, own, sizeof(void *), child_compare);
	builder_find_repeated(b, sorted, own);
	for (size_t i = 0; i < count; i++)
		if (child[i].merge &&
		    builder_merge(b, node, &child[i], sorted, own, own) < 0)
			return -1;
	return 0;
}

int hd_builder_end(struct hd_builder *b)
{
	const struct hd_builder_frame *frame = &b->frames[b->depth - 1];
	size_t count = b->stack_count - frame->first;
	struct hd_builder_child **sorted;
	int rc;

	if (frame->node->kind == HD_YAML_LIST) {
		rc = builder_end_list(b, frame);
	} else {
		sorted = calloc(count + 1, sizeof(void *));
		if (!sorted)
			return hd_builder_nomem(b);
		rc = builder_fill_map(b, frame, sorted);
		free(sorted);
	}
	b->stack_count = frame->first;
	b->depth--;
	return rc;
}
