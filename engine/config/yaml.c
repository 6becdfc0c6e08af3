/*
 * libyaml's events to marked nodes. The only file that knows libyaml.
 *
 * Every limit of yaml.h is kept here and in yaml_end.c, before the memory is
 * taken.
 */
#include "config/yaml_build.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#define NODE_WEIGHT 32
#define TAG_PREFIX "tag:yaml.org,2002:"

static struct hd_yaml_place builder_place(const struct hd_builder *b,
					  const yaml_mark_t *mark)
{
	struct hd_yaml_place place = { b->source, 0, 0 };

	if (b->source->has_places) {
		place.line = (uint32_t)mark->line + 1;
		place.column = (uint32_t)mark->column + 1;
	}
	return place;
}

int hd_builder_refuse(struct hd_builder *b, const struct hd_yaml_place *place,
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

int hd_builder_nomem(struct hd_builder *b)
{
	b->sink->code = HD_ENOMEM;
	return -1;
}

static int builder_count(struct hd_builder *b, const struct hd_yaml_place *place)
{
	if (++b->nodes <= HD_YAML_NODES)
		return 0;
	return hd_builder_refuse(b, place, "the file has more than %d values",
				 HD_YAML_NODES);
}

static struct hd_yaml_node *builder_node(struct hd_builder *b,
					 const struct hd_yaml_place *place)
{
	struct hd_yaml_node *node;

	if (builder_count(b, place) < 0)
		return NULL;
	node = hd_arena_alloc(b->arena, sizeof *node);
	if (!node) {
		hd_builder_nomem(b);
		return NULL;
	}
	node->place = *place;
	node->weight = NODE_WEIGHT;
	return node;
}

/* --- anchors --------------------------------------------------------------- */

static int builder_anchor(struct hd_builder *b, const yaml_char_t *name,
			  struct hd_yaml_node *node)
{
	const char *copy;

	if (!name)
		return 0;
	if (b->anchor_count == HD_YAML_ANCHORS)
		return hd_builder_refuse(b, &node->place,
					 "the file has more than %d anchors",
					 HD_YAML_ANCHORS);
	copy = hd_arena_string(b->arena, (const char *)name);
	if (!copy)
		return hd_builder_nomem(b);
	b->anchors[b->anchor_count].name = copy;
	b->anchors[b->anchor_count++].node = node;
	return 0;
}

/* The node of the latest anchor NAME, which must be complete. */
static struct hd_yaml_node *builder_alias(struct hd_builder *b, const char *name,
					  const struct hd_yaml_place *place)
{
	struct hd_yaml_node *node = NULL;

	for (size_t i = b->anchor_count; i-- > 0 && !node;)
		if (!strcmp(b->anchors[i].name, name))
			node = b->anchors[i].node;
	if (!node) {
		hd_builder_refuse(b, place, "no anchor '%.64s' stands above", name);
		return NULL;
	}
	for (size_t i = 0; i < b->depth; i++) {
		if (b->frames[i].node != node)
			continue;
		hd_builder_refuse(b, place, "'*%.64s' stands inside itself", name);
		return NULL;
	}
	if (builder_count(b, place) < 0)
		return NULL;
	if (b->depth + node->height > HD_YAML_DEPTH) {
		hd_builder_refuse(b, place, "the file nests more than %d deep",
				  HD_YAML_DEPTH);
		return NULL;
	}
	return node;
}

/* --- collections ----------------------------------------------------------- */

static int builder_push(struct hd_builder *b, const struct hd_builder_child *child)
{
	if (b->stack_count == b->stack_size) {
		size_t size = b->stack_size * 2;
		struct hd_builder_child *stack = realloc(b->stack, size * sizeof *stack);

		if (!stack)
			return hd_builder_nomem(b);
		b->stack = stack;
		b->stack_size = size;
	}
	b->stack[b->stack_count++] = *child;
	return 0;
}

/* NODE is complete, or an empty collection that begins: it gets its place. */
static int builder_attach(struct hd_builder *b, struct hd_yaml_node *node,
			  const struct hd_yaml_place *place)
{
	struct hd_builder_frame *frame = b->depth ? &b->frames[b->depth - 1] : NULL;
	struct hd_builder_child child = { NULL, *place, node, false };

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
	return hd_builder_refuse(b, place,
				 "a key must be text, got a list or a mapping");
}

static bool builder_wants_key(const struct hd_builder *b)
{
	const struct hd_builder_frame *frame =
		b->depth ? &b->frames[b->depth - 1] : NULL;

	return frame && frame->node->kind == HD_YAML_MAP && !frame->has_key;
}

static int builder_begin(struct hd_builder *b, enum hd_yaml_kind kind,
			 const yaml_event_t *event, const yaml_char_t *anchor,
			 const yaml_char_t *tag)
{
	struct hd_yaml_place place = builder_place(b, &event->start_mark);
	const char *known = kind == HD_YAML_LIST ? YAML_SEQ_TAG : YAML_MAP_TAG;
	struct hd_yaml_node *node;

	if (tag && strcmp((const char *)tag, known) != 0)
		return hd_builder_refuse(b, &place, "unknown tag '%.64s'",
					 (const char *)tag);
	if (b->depth == HD_YAML_DEPTH)
		return hd_builder_refuse(b, &place,
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

/* --- scalars --------------------------------------------------------------- */

/* A tag such as !!int says what the text must be. */
static int builder_apply_tag(struct hd_builder *b, struct hd_yaml_node *node,
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
		return hd_builder_refuse(b, &node->place,
					 "'%.40s' is no value for the tag '!!%s'",
					 node->text, tag + strlen(TAG_PREFIX));
	}
	return hd_builder_refuse(b, &node->place, "unknown tag '%.64s'", tag);
}

static int builder_key(struct hd_builder *b, const char *text, bool plain,
		       const struct hd_yaml_place *place)
{
	struct hd_builder_frame *frame = &b->frames[b->depth - 1];

	frame->key.key = text;
	frame->key.place = *place;
	frame->key.merge = plain && !strcmp(text, "<<");
	frame->has_key = true;
	return 0;
}

static int builder_scalar(struct hd_builder *b, const yaml_event_t *event)
{
	struct hd_yaml_place place = builder_place(b, &event->start_mark);
	const char *tag = (const char *)event->data.scalar.tag;
	size_t length = event->data.scalar.length;
	struct hd_yaml_node *node = builder_node(b, &place);
	char *text;

	if (!node)
		return -1;
	if (memchr(event->data.scalar.value, '\0', length))
		return hd_builder_refuse(b, &place,
					 "text holds a NUL character, which no"
					 " program can be given");
	text = hd_arena_copy(b->arena, (const char *)event->data.scalar.value,
			     length);
	if (!text)
		return hd_builder_nomem(b);
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

static int builder_take_alias(struct hd_builder *b, const yaml_event_t *event)
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
static bool builder_is_tab(const struct hd_builder *b, const yaml_mark_t *mark)
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
static void builder_syntax(struct hd_builder *b, const yaml_parser_t *parser)
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

static int builder_event(struct hd_builder *b, const yaml_event_t *event)
{
	struct hd_yaml_place place = builder_place(b, &event->start_mark);

	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (b->root)
			return hd_builder_refuse(b, &place,
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
		return hd_builder_end(b);
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
	return 0;
}

static int builder_run(struct hd_builder *b, yaml_parser_t *parser)
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
	struct hd_builder *b = calloc(1, sizeof *b);
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
