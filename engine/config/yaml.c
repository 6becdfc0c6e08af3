/*
 * libyaml's events to marked nodes. The only file that knows libyaml.
 *
 * Children wait on one growing stack until their collection ends, then move to
 * the arena in one piece. Every limit of yaml.h is kept here, before the
 * memory is taken.
 */
#include "config/yaml.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#define NODE_WEIGHT 32
#define TAG_PREFIX "tag:yaml.org,2002:"

struct child {
	const char *key; /* NULL in a list */
	struct hd_yaml_place place;
	struct hd_yaml_node *node;
	bool merge; /* the key is a plain "<<" */
};

struct frame {
	struct hd_yaml_node *node;
	size_t first; /* of its children on the stack */
	struct child key;
	bool has_key; /* a map's key was read, its value comes next */
};

struct anchor {
	const char *name;
	struct hd_yaml_node *node;
};

struct builder {
	const struct hd_yaml_source *source;
	struct hd_arena *arena;
	struct hd_yaml_sink *sink;
	struct child *stack;
	size_t stack_count, stack_size;
	struct frame frames[HD_YAML_DEPTH];
	size_t depth;
	struct anchor anchors[HD_YAML_ANCHORS];
	size_t anchor_count;
	size_t nodes; /* values, aliases and merged pairs so far */
	struct hd_yaml_node *root;
};

static struct hd_yaml_place builder_place(const struct builder *b,
					  const yaml_mark_t *mark)
{
	struct hd_yaml_place place = { b->source, 0, 0 };

	if (b->source->has_places) {
		place.line = (uint32_t)mark->line + 1;
		place.column = (uint32_t)mark->column + 1;
	}
	return place;
}

/* Report an error that ends the parse: -1. */
static int builder_refuse(struct builder *b, const struct hd_yaml_place *place,
			  const char *fmt, ...) HD_PRINTF(3, 4);

static int builder_refuse(struct builder *b, const struct hd_yaml_place *place,
			  const char *fmt, ...)
{
	char text[HD_ERROR_TEXT];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	hd_yaml_report(b->sink, HD_FINDING_ERROR, place, "%s", text);
	return -1;
}

static int builder_nomem(struct builder *b)
{
	b->sink->code = HD_ENOMEM;
	return -1;
}

static int builder_count(struct builder *b, const struct hd_yaml_place *place)
{
	if (++b->nodes <= HD_YAML_NODES)
		return 0;
	return builder_refuse(b, place, "the file has more than %d values",
			      HD_YAML_NODES);
}

static struct hd_yaml_node *builder_node(struct builder *b,
					 const struct hd_yaml_place *place)
{
	struct hd_yaml_node *node;

	if (builder_count(b, place) < 0)
		return NULL;
	node = hd_arena_alloc(b->arena, sizeof *node);
	if (!node) {
		builder_nomem(b);
		return NULL;
	}
	node->place = *place;
	node->weight = NODE_WEIGHT;
	return node;
}

/* --- anchors --------------------------------------------------------------- */

static int builder_anchor(struct builder *b, const yaml_char_t *name,
			  struct hd_yaml_node *node)
{
	const char *copy;

	if (!name)
		return 0;
	if (b->anchor_count == HD_YAML_ANCHORS)
		return builder_refuse(b, &node->place,
				      "the file has more than %d anchors",
				      HD_YAML_ANCHORS);
	copy = hd_arena_string(b->arena, (const char *)name);
	if (!copy)
		return builder_nomem(b);
	b->anchors[b->anchor_count].name = copy;
	b->anchors[b->anchor_count++].node = node;
	return 0;
}

/* The node of the latest anchor NAME, which must be complete. */
static struct hd_yaml_node *builder_alias(struct builder *b, const char *name,
					  const struct hd_yaml_place *place)
{
	struct hd_yaml_node *node = NULL;

	for (size_t i = b->anchor_count; i-- > 0 && !node;)
		if (!strcmp(b->anchors[i].name, name))
			node = b->anchors[i].node;
	if (!node) {
		builder_refuse(b, place, "no anchor '%.64s' stands above", name);
		return NULL;
	}
	for (size_t i = 0; i < b->depth; i++) {
		if (b->frames[i].node != node)
			continue;
		builder_refuse(b, place, "'*%.64s' stands inside itself", name);
		return NULL;
	}
	if (builder_count(b, place) < 0)
		return NULL;
	if (b->depth + node->height > HD_YAML_DEPTH) {
		builder_refuse(b, place, "the file nests more than %d deep",
			       HD_YAML_DEPTH);
		return NULL;
	}
	return node;
}

/* --- collections ----------------------------------------------------------- */

static int builder_push(struct builder *b, const struct child *child)
{
	if (b->stack_count == b->stack_size) {
		size_t size = b->stack_size * 2;
		struct child *stack = realloc(b->stack, size * sizeof *stack);

		if (!stack)
			return builder_nomem(b);
		b->stack = stack;
		b->stack_size = size;
	}
	b->stack[b->stack_count++] = *child;
	return 0;
}

/* NODE is complete, or an empty collection that begins: it gets its place. */
static int builder_attach(struct builder *b, struct hd_yaml_node *node,
			  const struct hd_yaml_place *place)
{
	struct frame *frame = b->depth ? &b->frames[b->depth - 1] : NULL;
	struct child child = { NULL, *place, node, false };

	if (!frame) {
		b->root = node;
		return 0;
	}
	if (frame->node->kind == HD_YAML_LIST)
		return builder_push(b, &child);
	if (frame->has_key) {
		frame->key.node = node;
		frame->has_key = false;
		return builder_push(b, &frame->key);
	}
	return builder_refuse(b, place,
			      "a key must be text, got a list or a mapping");
}

static bool builder_wants_key(const struct builder *b)
{
	const struct frame *frame =
		b->depth ? &b->frames[b->depth - 1] : NULL;

	return frame && frame->node->kind == HD_YAML_MAP && !frame->has_key;
}

static int builder_begin(struct builder *b, enum hd_yaml_kind kind,
			 const yaml_event_t *event, const yaml_char_t *anchor,
			 const yaml_char_t *tag)
{
	struct hd_yaml_place place = builder_place(b, &event->start_mark);
	const char *known = kind == HD_YAML_LIST ? YAML_SEQ_TAG : YAML_MAP_TAG;
	struct hd_yaml_node *node;

	if (tag && strcmp((const char *)tag, known) != 0)
		return builder_refuse(b, &place, "unknown tag '%.64s'",
				      (const char *)tag);
	if (b->depth == HD_YAML_DEPTH)
		return builder_refuse(b, &place,
				      "the file nests more than %d deep",
				      HD_YAML_DEPTH);
	node = builder_node(b, &place);
	if (!node)
		return -1;
	node->kind = kind;
	if (builder_anchor(b, anchor, node) < 0 ||
	    builder_attach(b, node, &place) < 0)
		return -1;
	b->frames[b->depth].node = node;
	b->frames[b->depth].first = b->stack_count;
	b->frames[b->depth].has_key = false;
	b->depth++;
	return 0;
}

/* Count CHILD's weight and height into its parent. */
static int builder_weigh(struct builder *b, struct hd_yaml_node *parent,
			 const struct hd_yaml_node *child, size_t key)
{
	if (parent->height < child->height + 1)
		parent->height = child->height + 1;
	parent->weight += child->weight + key;
	if (parent->weight <= HD_YAML_WEIGHT)
		return 0;
	return builder_refuse(b, &parent->place,
			      "with its aliases written out this is larger"
			      " than %zu MiB",
			      HD_YAML_WEIGHT >> 20);
}

static int builder_end_list(struct builder *b, const struct frame *frame)
{
	struct hd_yaml_node *node = frame->node;
	const struct child *child = b->stack + frame->first;
	size_t count = b->stack_count - frame->first;

	node->items = hd_arena_array(b->arena, count, sizeof(void *));
	if (!node->items)
		return builder_nomem(b);
	for (; node->count < count; node->count++) {
		node->items[node->count] = child[node->count].node;
		if (builder_weigh(b, node, child[node->count].node, 0) < 0)
			return -1;
	}
	return 0;
}

static int child_compare(const void *va, const void *vb)
{
	const struct child *const *a = va, *const *b = vb;
	int order = strcmp((*a)->key, (*b)->key);

	/* Children of one map lie in one array, in the file's order. */
	return order ? order : (*a < *b ? -1 : *a > *b);
}

static int key_compare(const void *key, const void *vchild)
{
	const struct child *const *child = vchild;

	return strcmp(key, (*child)->key);
}

/* SORTED lets repeated keys lie side by side. */
static void builder_find_repeated(struct builder *b, struct child **sorted,
				  size_t count)
{
	for (size_t i = 1; i < count; i++) {
		const struct child *first = sorted[i - 1];

		if (strcmp(first->key, sorted[i]->key) != 0)
			continue;
		hd_yaml_report(b->sink, HD_FINDING_ERROR, &sorted[i]->place,
			       "key '%.64s' is given twice, first at line %u",
			       first->key, (unsigned)first->place.line);
		/* A third one names the first too. */
		sorted[i]->place = first->place;
	}
}

static int builder_add_pair(struct builder *b, struct hd_yaml_node *map,
			    const struct child *child)
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

static int builder_check_merge(struct builder *b, struct child *merge,
			       size_t *room)
{
	struct hd_yaml_node **maps;
	size_t count = merge_sources(&merge->node, &maps);

	for (size_t i = 0; i < count; i++) {
		if (maps[i]->kind != HD_YAML_MAP)
			return builder_refuse(b, &merge->place,
					      "'<<' takes a mapping or a list"
					      " of mappings");
		*room += maps[i]->count;
	}
	if (*room > HD_YAML_MERGED)
		return builder_refuse(b, &merge->place,
				      "'<<' merges more than %d keys",
				      HD_YAML_MERGED);
	return 0;
}

/* Keys that MAP has not: its own ones win, then the first merged. */
static int builder_merge(struct builder *b, struct hd_yaml_node *map,
			 struct child *merge, struct child **sorted,
			 size_t count, size_t own)
{
	struct hd_yaml_node **maps;
	size_t map_count = merge_sources(&merge->node, &maps);

	for (size_t i = 0; i < map_count; i++) {
		size_t before = map->count;

		for (size_t j = 0; j < maps[i]->count; j++) {
			struct hd_yaml_pair *pair = &maps[i]->pairs[j];
			struct child child = { pair->key, pair->place,
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

static int builder_fill_map(struct builder *b, const struct frame *frame,
			    struct child **sorted)
{
	struct hd_yaml_node *node = frame->node;
	struct child *child = b->stack + frame->first;
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
		return builder_nomem(b);
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

static int builder_end(struct builder *b)
{
	const struct frame *frame = &b->frames[b->depth - 1];
	size_t count = b->stack_count - frame->first;
	struct child **sorted;
	int rc;

	if (frame->node->kind == HD_YAML_LIST) {
		rc = builder_end_list(b, frame);
	} else {
		sorted = calloc(count + 1, sizeof(void *));
		if (!sorted)
			return builder_nomem(b);
		rc = builder_fill_map(b, frame, sorted);
		free(sorted);
	}
	b->stack_count = frame->first;
	b->depth--;
	return rc;
}

/* --- scalars --------------------------------------------------------------- */

/* A tag such as !!int says what the text must be. */
static int builder_apply_tag(struct builder *b, struct hd_yaml_node *node,
			     const char *tag)
{
	static const struct {
		const char *tag;
		enum hd_yaml_kind kind;
	} known[] = {
		{ YAML_NULL_TAG, HD_YAML_NULL },
		{ YAML_BOOL_TAG, HD_YAML_BOOL },
		{ YAML_INT_TAG, HD_YAML_INTEGER },
		{ YAML_FLOAT_TAG, HD_YAML_REAL },
	};

	if (!strcmp(tag, "!") || !strcmp(tag, YAML_STR_TAG)) {
		node->kind = HD_YAML_TEXT;
		return 0;
	}
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (strcmp(tag, known[i].tag) != 0)
			continue;
		hd_yaml_resolve(node);
		if (node->kind == HD_YAML_INTEGER &&
		    known[i].kind == HD_YAML_REAL)
			node->kind = HD_YAML_REAL;
		if (node->kind == known[i].kind)
			return 0;
		return builder_refuse(b, &node->place,
				      "'%.40s' is no value for the tag '!!%s'",
				      node->text, tag + strlen(TAG_PREFIX));
	}
	return builder_refuse(b, &node->place, "unknown tag '%.64s'", tag);
}

static int builder_key(struct builder *b, const char *text, bool plain,
		       const struct hd_yaml_place *place)
{
	struct frame *frame = &b->frames[b->depth - 1];

	frame->key.key = text;
	frame->key.place = *place;
	frame->key.merge = plain && !strcmp(text, "<<");
	frame->has_key = true;
	return 0;
}

static int builder_scalar(struct builder *b, const yaml_event_t *event)
{
	struct hd_yaml_place place = builder_place(b, &event->start_mark);
	const char *tag = (const char *)event->data.scalar.tag;
	size_t length = event->data.scalar.length;
	struct hd_yaml_node *node = builder_node(b, &place);
	char *text;

	if (!node)
		return -1;
	if (memchr(event->data.scalar.value, '\0', length))
		return builder_refuse(b, &place,
				      "text holds a NUL character, which no"
				      " program can be given");
	text = hd_arena_copy(b->arena, (const char *)event->data.scalar.value,
			     length);
	if (!text)
		return builder_nomem(b);
	node->kind = HD_YAML_TEXT;
	node->text = text;
	node->length = length;
	node->weight += length;
	if (tag) {
		if (builder_apply_tag(b, node, tag) < 0)
			return -1;
	} else if (event->data.scalar.plain_implicit) {
		hd_yaml_resolve(node);
	}
	if (builder_anchor(b, event->data.scalar.anchor, node) < 0)
		return -1;
	if (builder_wants_key(b))
		return builder_key(b, text,
				   event->data.scalar.plain_implicit,
				   &place);
	return builder_attach(b, node, &place);
}

static int builder_take_alias(struct builder *b, const yaml_event_t *event)
{
	struct hd_yaml_place place = builder_place(b, &event->start_mark);
	struct hd_yaml_node *node =
		builder_alias(b, (const char *)event->data.alias.anchor,
			      &place);

	if (!node)
		return -1;
	if (builder_wants_key(b) && node->kind < HD_YAML_LIST)
		return builder_key(b, node->text, false, &place);
	return builder_attach(b, node, &place);
}

/* --- the parse ------------------------------------------------------------- */

/* libyaml counts the index in characters: walk to it. */
static bool builder_is_tab(const struct builder *b, const yaml_mark_t *mark)
{
	const char *at = b->source->text, *end = at + b->source->length;
	size_t left = mark->index;

	while (at < end && left > 0)
		left -= ((unsigned char)*at++ & 0xc0) != 0x80;
	while (at < end && ((unsigned char)*at & 0xc0) == 0x80)
		at++;
	return at < end && *at == '\t';
}

/* What libyaml says, with the line its context begins on. */
static void builder_syntax(struct builder *b, const yaml_parser_t *parser)
{
	struct hd_yaml_place place = builder_place(b, &parser->problem_mark);
	const char *problem = parser->problem ? parser->problem : "bad text";

	if (parser->error == YAML_MEMORY_ERROR) {
		b->sink->code = HD_ENOMEM;
	} else if (parser->error == YAML_READER_ERROR) {
		place.line = place.column = 0;
		hd_yaml_report(b->sink, HD_FINDING_ERROR, &place,
			       "not YAML: %s at byte %zu", problem,
			       parser->problem_offset + 1);
	} else if (builder_is_tab(b, &parser->problem_mark)) {
		hd_yaml_report(b->sink, HD_FINDING_ERROR, &place,
			       "not YAML: a tab cannot indent, use blanks");
	} else if (parser->context &&
		   parser->context_mark.line != parser->problem_mark.line) {
		hd_yaml_report(b->sink, HD_FINDING_ERROR, &place,
			       "not YAML: %s, %s that begins at line %zu",
			       problem, parser->context,
			       parser->context_mark.line + 1);
	} else {
		hd_yaml_report(b->sink, HD_FINDING_ERROR, &place,
			       "not YAML: %s", problem);
	}
}

static int builder_event(struct builder *b, const yaml_event_t *event)
{
	struct hd_yaml_place place = builder_place(b, &event->start_mark);

	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (b->root)
			return builder_refuse(b, &place,
					      "a second document begins here,"
					      " a file holds one");
		return 0;
	case YAML_SCALAR_EVENT:
		return builder_scalar(b, event);
	case YAML_ALIAS_EVENT:
		return builder_take_alias(b, event);
	case YAML_SEQUENCE_START_EVENT:
		return builder_begin(b, HD_YAML_LIST, event,
				     event->data.sequence_start.anchor,
				     event->data.sequence_start.tag);
	case YAML_MAPPING_START_EVENT:
		return builder_begin(b, HD_YAML_MAP, event,
				     event->data.mapping_start.anchor,
				     event->data.mapping_start.tag);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return builder_end(b);
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
	return 0;
}

static int builder_run(struct builder *b, yaml_parser_t *parser)
{
	bool more = true;
	int rc = 0;

	while (more && rc == 0) {
		yaml_event_t event;

		if (!yaml_parser_parse(parser, &event)) {
			builder_syntax(b, parser);
			return -1;
		}
		more = event.type != YAML_STREAM_END_EVENT;
		rc = builder_event(b, &event);
		yaml_event_delete(&event);
	}
	return rc;
}

struct hd_yaml_node *hd_yaml_parse(const struct hd_yaml_source *source,
				   struct hd_arena *arena,
				   struct hd_yaml_sink *sink)
{
	struct builder *b = calloc(1, sizeof *b);
	struct hd_yaml_node *root = NULL;
	yaml_parser_t parser;

	if (!hd_yaml_check_text(source, sink)) {
		free(b);
		return NULL;
	}
	if (b) {
		b->stack_size = 64;
		b->stack = calloc(b->stack_size, sizeof *b->stack);
	}
	if (!b || !b->stack || !yaml_parser_initialize(&parser)) {
		free(b ? b->stack : NULL);
		free(b);
		sink->code = HD_ENOMEM;
		return NULL;
	}
	b->source = source;
	b->arena = arena;
	b->sink = sink;
	yaml_parser_set_input_string(&parser, (const yaml_char_t *)source->text,
				     source->length);
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	if (builder_run(b, &parser) == 0)
		root = b->root;
	if (!root && !hd_yaml_has_errors(sink) && !sink->code)
		hd_yaml_report(sink, HD_FINDING_ERROR,
			       &(struct hd_yaml_place){ source, 0, 0 },
			       source->has_places ? "the file is empty" : "the value is empty");
	yaml_parser_delete(&parser);
	free(b->stack);
	free(b);
	return root;
}
