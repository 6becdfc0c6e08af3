/*
 * The tree while it grows: shared by yaml.c, which takes libyaml's events, and
 * yaml_end.c, which closes lists and maps. Nobody else includes this.
 *
 * Children wait on one growing stack until their collection ends, then move to
 * the arena in one piece.
 */
#ifndef HD_CONFIG_YAML_BUILD_H
#define HD_CONFIG_YAML_BUILD_H

#include "config/yaml.h"

struct hd_builder_child {
	const char *key; /* NULL in a list */
	struct hd_yaml_place place;
	struct hd_yaml_node *node;
	bool merge; /* the key is a plain "<<" */
};

struct hd_builder_frame {
	struct hd_yaml_node *node;
	size_t first; /* of its children on the stack */
	struct hd_builder_child key;
	bool has_key; /* a map's key was read, its value comes next */
};

struct hd_builder_anchor {
	const char *name;
	struct hd_yaml_node *node;
};

struct hd_builder {
	const struct hd_yaml_source *source;
	struct hd_arena *arena;
	struct hd_yaml_sink *sink;
	struct hd_builder_child *stack;
	size_t stack_count, stack_size;
	struct hd_builder_frame frames[HD_YAML_DEPTH];
	size_t depth;
	struct hd_builder_anchor anchors[HD_YAML_ANCHORS];
	size_t anchor_count;
	size_t nodes; /* values, aliases and merged pairs so far */
	struct hd_yaml_node *root;
};

/* Report an error that ends the parse: -1. */
int hd_builder_refuse(struct hd_builder *b, const struct hd_yaml_place *place,
		      const char *fmt, ...) HD_PRINTF(3, 4);
/* Remember that there is no memory: -1. */
int hd_builder_nomem(struct hd_builder *b);
/* The innermost collection is complete: its children become its own. */
int hd_builder_end(struct hd_builder *b);

#endif
