/*
 * YAML text to a tree of nodes that know where they were written.
 *
 * Scalars follow the YAML 1.2 core schema: 1e-5 is a number, yes is text, 0o17
 * and 0x1F are integers, what is quoted is text. Anchors, aliases and merge
 * keys work; a repeated key is an error.
 *
 * Invariants: no file can exhaust memory or the stack. Text is at most
 * HD_YAML_BYTES, collections nest at most HD_YAML_DEPTH deep, aliases
 * included, a tree has at most HD_YAML_NODES nodes, an alias shares its node,
 * and a walk over the whole tree, each alias followed, meets at most
 * HD_YAML_WEIGHT bytes. A tree has no cycle. No scalar holds a NUL.
 */
#ifndef HD_CONFIG_YAML_H
#define HD_CONFIG_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hdrive/error.h>

#include "base/arena.h"
#include "base/buf.h"

#define HD_YAML_BYTES ((size_t)16 << 20)
#define HD_YAML_DEPTH 64
#define HD_YAML_NODES 1000000
#define HD_YAML_WEIGHT ((size_t)64 << 20)
#define HD_YAML_ANCHORS 200
#define HD_YAML_MERGED 1000 /* keys that one mapping gets through "<<" */

/* A text that nodes come from: the file, or one --set. */
struct hd_yaml_source {
	const char *name; /* "sweep.yaml", "--set max_total_runs=8" */
	const char *text;
	size_t length;
	bool has_places; /* lines and columns of it help a person */
};

/* Line 0 is no place but the source as a whole. */
struct hd_yaml_place {
	const struct hd_yaml_source *source;
	uint32_t line;
	uint32_t column;
};

enum hd_yaml_kind {
	HD_YAML_NULL,
	HD_YAML_BOOL,    /* integer is 0 or 1 */
	HD_YAML_INTEGER, /* integer, and number near it */
	HD_YAML_REAL,    /* number; also an integer past 64 bits */
	HD_YAML_TEXT,
	HD_YAML_LIST,
	HD_YAML_MAP,
};

struct hd_yaml_node {
	enum hd_yaml_kind kind;
	uint32_t height; /* 0 for a scalar, one more than its highest child */
	struct hd_yaml_place place;
	size_t weight; /* bytes a walk meets, itself included */
	union {
		struct {
			const char *text; /* of a scalar, escapes resolved */
			size_t length;
			int64_t integer;
			double number;
		};
		struct {
			size_t count; /* items of a list, pairs of a map */
			struct hd_yaml_node **items;
			struct hd_yaml_pair *pairs;
		};
	};
};

struct hd_yaml_pair {
	const char *key;
	struct hd_yaml_place place; /* of the key */
	struct hd_yaml_node *value;
};

/*
 * Where problems go: findings with the line they stand on. Strict turns
 * warnings into errors, azure portability notes. Running out of memory is
 * remembered in code.
 */
struct hd_yaml_sink {
	struct hd_findings *findings;
	bool strict;
	bool azure;
	int code;
};

void hd_yaml_report(struct hd_yaml_sink *sink, enum hd_severity severity,
		    const struct hd_yaml_place *place, const char *fmt, ...)
	HD_PRINTF(4, 5);
bool hd_yaml_has_errors(const struct hd_yaml_sink *sink);

/*
 * Parse the one document of SOURCE, which must outlive the tree as ARENA does.
 * Returns the root, or NULL when there is none: the sink has an error then, or
 * no memory. A tree may come with errors too, such as repeated keys.
 */
struct hd_yaml_node *hd_yaml_parse(const struct hd_yaml_source *source,
				   struct hd_arena *arena,
				   struct hd_yaml_sink *sink);

/* Whether SOURCE is UTF-8 without NUL, and not too long; reports it if not. */
bool hd_yaml_check_text(const struct hd_yaml_source *source,
			struct hd_yaml_sink *sink);

/* The pair of MAP called KEY, or NULL. */
const struct hd_yaml_pair *hd_yaml_get(const struct hd_yaml_node *map,
				       const char *key);
/* NODE as compact JSON. */
void hd_yaml_json(struct hd_buf *buf, const struct hd_yaml_node *node);
/* What a message says was found: "2.5", "text 'abc'", "a list". */
#define HD_YAML_DESCRIPTION 64
const char *hd_yaml_describe(const struct hd_yaml_node *node, char *text);

/* Give the kind and value that a plain scalar has by the core schema. */
void hd_yaml_resolve(struct hd_yaml_node *scalar);

/*
 * The whole of the file PATH, "-" for standard input, at most HD_YAML_BYTES;
 * *TEXT is the caller's, terminated.
 */
int hd_yaml_read(char **text, size_t *length, const char *path,
		 struct hd_error *err);

#endif
