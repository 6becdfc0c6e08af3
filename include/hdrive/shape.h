/*
 * JSON in another shape: the parts that a query picks, as JSON, a table, lines
 * of tab-separated values or YAML, as Azure's commands print them.
 */
#ifndef HDRIVE_SHAPE_H
#define HDRIVE_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

#include <hdrive/api.h>
#include <hdrive/error.h>
#include <hdrive/report.h>

HD_BEGIN_DECLS

enum hd_shape {
	HD_SHAPE_JSON,  /* indented by two */
	HD_SHAPE_TABLE, /* a row an item; without lists and objects in them */
	HD_SHAPE_TSV,   /* the same without a head; of a list its length */
	HD_SHAPE_YAML,
	HD_SHAPE_NONE,
};

/* json, jsonc, table, tsv, yaml, yamlc, none; false for another word. */
HD_API bool hd_shape_find(const char *name, enum hd_shape *shape);
/* Whether QUERY is one (engine/report/path.h): 0, or HD_EINVAL saying why. */
HD_API int hd_shape_check(const char *query, struct hd_error *err);
/*
 * Write what QUERY, unless NULL, picks of LENGTH bytes of JSON. Null is written
 * in JSON and YAML alone.
 */
HD_API int hd_shape_json(const char *text, size_t length, const char *query,
			 enum hd_shape shape, const struct hd_out *out,
			 struct hd_error *err);

HD_END_DECLS

#endif
