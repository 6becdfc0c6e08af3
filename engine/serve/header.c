/*
 * Reading a header. The first problem ends it: a program wrote it, and the
 * answer is a line, not a report.
 */
#include "serve/header.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* As deep as a message may quote what it found. */
#define HEADER_WORD 40

static int header_type(struct hd_error *err, const char *name, const char *rule)
{
	return hd_error_set(err, HD_EINVAL, "'%.*s' must be %s",
			    HEADER_WORD, name, rule);
}

static bool is_number(const struct hd_json *node)
{
	enum hd_json_kind kind = hd_json_kind(node);

	return kind == HD_JSON_INTEGER || kind == HD_JSON_REAL;
}

/* A whole number of at least 0 under KEY into *VALUE, which stands if absent. */
static int header_whole(const struct hd_json *root, const char *key,
			uint64_t *value, struct hd_error *err)
{
	const struct hd_json *node = hd_json_get(root, key);

	if (!node || hd_json_kind(node) == HD_JSON_NULL)
		return 0;
	if (hd_json_kind(node) != HD_JSON_INTEGER || hd_json_integer(node) < 0)
		return header_type(err, key, "a whole number of at least 0");
	*value = (uint64_t)hd_json_integer(node);
	return 0;
}

/* --- the space ------------------------------------------------------------- */

/* TEXT of an option is the document's or, of lists and maps, the caller's. */
static int option_read(struct hd_value *value, const struct hd_json *node)
{
	value->number = hd_json_number(node);
	switch (hd_json_kind(node)) {
	case HD_JSON_NULL:
		value->kind = HD_VALUE_NULL;
		value->number = 0;
		break;
	case HD_JSON_FALSE:
	case HD_JSON_TRUE:
		value->kind = HD_VALUE_BOOL;
		value->integer = value->number != 0;
		break;
	case HD_JSON_INTEGER:
		value->kind = HD_VALUE_INTEGER;
		value->integer = hd_json_integer(node);
		break;
	case HD_JSON_REAL:
		value->kind = HD_VALUE_REAL;
		break;
	case HD_JSON_STRING:
		value->kind = HD_VALUE_TEXT;
		value->number = 0;
		value->text = hd_json_string(node, &value->length);
		break;
	case HD_JSON_ARRAY:
	case HD_JSON_OBJECT:
		value->kind = HD_VALUE_JSON;
		value->number = 0;
		value->text = hd_json_dump(node);
		value->length = value->text ? strlen(value->text) : 0;
		return value->text ? 0 : HD_ENOMEM;
	}
	return 0;
}

/* [[a, b]] and [a, b] are the same, as in a sweep's file. */
static int choice_add(struct hd_space *space, const char *name,
		      const struct hd_json *list, struct hd_error *err)
{
	struct hd_value *options;
	struct hd_expr expr;
	size_t count;
	int rc = 0;

	if (hd_json_count(list) == 1 &&
	    hd_json_kind(hd_json_at(list, 0)) == HD_JSON_ARRAY)
		list = hd_json_at(list, 0);
	count = hd_json_count(list);
	options = calloc(count + 1, sizeof *options);
	if (!options)
		return hd_error_nomem(err);
	for (size_t i = 0; i < count && rc == 0; i++)
		rc = option_read(&options[i], hd_json_at(list, i));
	expr = hd_expr_choice(options, count);
	rc = rc < 0 ? hd_error_nomem(err)
		    : hd_space_add(space, name, &expr, NULL, err);
	for (size_t i = 0; i < count; i++)
		if (options[i].kind == HD_VALUE_JSON)
			free((char *)options[i].text);
	free(options);
	return rc;
}

/* The other nine: [a], [a, b] or [a, b, q]. */
static int numbers_add(struct hd_space *space, const char *name,
		       const struct hd_expr_type *type,
		       const struct hd_json *list, struct hd_error *err)
{
	double numbers[3] = { 0 };
	struct hd_expr expr = { .kind = type->kind };

	if (hd_json_count(list) != type->arguments)
		return hd_error_set(err, HD_EINVAL,
				    "'%.*s': %s takes [%s], got %zu values",
				    HEADER_WORD, name, type->name,
				    type->argument_list, hd_json_count(list));
	for (size_t i = 0; i < type->arguments; i++) {
		if (!is_number(hd_json_at(list, i)))
			return hd_error_set(err, HD_EINVAL,
					    "'%.*s': %s takes numbers",
					    HEADER_WORD, name, type->name);
		numbers[i] = hd_json_number(hd_json_at(list, i));
	}
	expr.a = numbers[0];
	expr.b = numbers[1];
	expr.q = numbers[2];
	if (type->kind == HD_EXPR_RANDINT)
		expr = hd_expr_randint(numbers[0]);
	return hd_space_add(space, name, &expr, NULL, err);
}

struct space_walk {
	struct hd_space *space;
	struct hd_error *err;
};

static int space_add(void *user, const char *name, size_t length,
		     const struct hd_json *node)
{
	struct space_walk *walk = user;
	const struct hd_expr_type *type;
	const struct hd_json *word, *list;
	struct hd_error why = { 0 };
	int rc;

	(void)length;
	word = hd_json_at(node, 0);
	list = hd_json_at(node, 1);
	if (hd_json_kind(node) != HD_JSON_ARRAY || hd_json_count(node) != 2 ||
	    hd_json_kind(word) != HD_JSON_STRING ||
	    hd_json_kind(list) != HD_JSON_ARRAY)
		return header_type(walk->err, name,
				   "[expression, [argument...]]");
	type = hd_expr_type_find(hd_json_string(word, NULL));
	if (!type)
		return hd_error_set(walk->err, HD_EINVAL,
				    "'%.*s': unknown expression '%.*s'",
				    HEADER_WORD, name, HEADER_WORD,
				    hd_json_string(word, NULL));
	if (type->kind == HD_EXPR_CHOICE)
		rc = choice_add(walk->space, name, list, &why);
	else
		rc = numbers_add(walk->space, name, type, list, &why);
	if (rc < 0)
		return hd_error_set(walk->err, rc, "'%.*s': %s", HEADER_WORD,
				    name, why.text);
	return 0;
}

static int header_space(struct hd_header *header, const struct hd_json *root,
			struct hd_error *err)
{
	const struct hd_json *node = hd_json_get(root, "space");
	struct space_walk walk = { .err = err };

	if (hd_json_kind(node) != HD_JSON_OBJECT || hd_json_count(node) == 0)
		return header_type(err, "space",
				   "a map with at least one parameter");
	walk.space = header->space = hd_space_new();
	if (!walk.space)
		return hd_error_nomem(err);
	header->options.space = header->space;
	return hd_json_each(node, space_add, &walk);
}

/* --- the sampler ----------------------------------------------------------- */

const struct hd_sampler_type *hd_header_sampler_default(void)
{
	static const char *const names[] = { "bayesian", "tpe", "random" };
	const struct hd_sampler_type *type = NULL;

	for (size_t i = 0; i < 3 && !type; i++)
		type = hd_sampler_type_find(names[i]);
	return type;
}

struct option_walk {
	const struct hd_sampler_type *type;
	void *state;
	struct hd_error *err;
};

static int option_set(void *user, const char *name, size_t length,
		      const struct hd_json *node)
{
	struct option_walk *walk = user;
	const struct hd_option *row = hd_option_find(walk->type->options, name);
	enum hd_json_kind kind = hd_json_kind(node);
	double number = hd_json_number(node);
	bool fits = false;

	(void)length;
	if (!strcmp(name, "type"))
		return 0;
	if (!row)
		return hd_error_set(walk->err, HD_EINVAL,
				    "%s takes no option '%.*s'",
				    walk->type->name, HEADER_WORD, name);
	switch (row->type) {
	case HD_OPTION_TYPE_DOUBLE:
		fits = is_number(node);
		break;
	case HD_OPTION_TYPE_SIZE:
		fits = kind == HD_JSON_INTEGER;
		break;
	case HD_OPTION_TYPE_BOOL:
		fits = kind == HD_JSON_TRUE || kind == HD_JSON_FALSE;
		break;
	case HD_OPTION_TYPE_WORD:
		fits = kind == HD_JSON_STRING;
		number = fits ? hd_option_word(row, hd_json_string(node, NULL)) : -1;
		break;
	case HD_OPTION_TYPE_TEXT: /* no sampler or policy has one */
	case HD_OPTION_TYPE_TEXTS:
	case HD_OPTION_TYPE_END:
		break;
	}
	if (!fits || !(number >= row->min) || !(number <= row->max))
		return hd_error_set(walk->err, HD_EINVAL,
				    "'%s' of %s is out of range or of another"
				    " type",
				    name, walk->type->name);
	hd_option_store(row, walk->state, number);
	return 0;
}

static int header_options(struct hd_header *header, const struct hd_json *node,
			  struct hd_error *err)
{
	const struct hd_sampler_type *type = header->options.sampler;
	struct option_walk walk = { .type = type, .err = err };
	int rc = 0;

	header->state = walk.state = calloc(1, type->state_size + 1);
	if (!header->state)
		return hd_error_nomem(err);
	header->options.sampler_options = header->state;
	hd_option_defaults(type->options, header->state);
	if (node && hd_json_kind(node) == HD_JSON_OBJECT)
		rc = hd_json_each(node, option_set, &walk);
	for (const struct hd_option *row = type->options;
	     rc == 0 && row && row->name; row++)
		if (row->required && !(node && hd_json_get(node, row->name)))
			rc = hd_error_set(err, HD_EINVAL,
					  "'%s' is missing, %s needs it",
					  row->name, type->name);
	return rc;
}

static int header_sampler(struct hd_header *header, const struct hd_json *root,
			  struct hd_error *err)
{
	const struct hd_json *node = hd_json_get(root, "sampler");
	const struct hd_json *word = node;

	if (node && hd_json_kind(node) == HD_JSON_NULL)
		node = word = NULL;
	if (node && hd_json_kind(node) == HD_JSON_OBJECT)
		word = hd_json_get(node, "type");
	if (node && (!word || hd_json_kind(word) != HD_JSON_STRING))
		return header_type(err, "sampler",
				   "a name, or a map with its 'type'");
	if (node)
		header->options.sampler =
			hd_sampler_type_find(hd_json_string(word, NULL));
	else if (!header->options.sampler)
		header->options.sampler = hd_header_sampler_default();
	if (!header->options.sampler)
		return hd_error_set(err, HD_EINVAL, "unknown sampler '%.*s'",
				    HEADER_WORD, hd_json_string(word, NULL));
	return header_options(header, node, err);
}

/* --- the whole ------------------------------------------------------------- */

static int header_goal(struct hd_header *header, const struct hd_json *root,
		       struct hd_error *err)
{
	const struct hd_json *node = hd_json_get(root, "goal");
	const char *word;

	if (!node)
		return 0;
	word = hd_json_kind(node) == HD_JSON_STRING ? hd_json_string(node, NULL)
						    : "";
	header->options.goal = HD_MINIMIZE;
	if (!strcasecmp(word, hd_goal_name(HD_MAXIMIZE)))
		header->options.goal = HD_MAXIMIZE;
	else if (strcasecmp(word, hd_goal_name(HD_MINIMIZE)) != 0)
		return header_type(err, "goal", "'minimize' or 'maximize'");
	return 0;
}

static int header_read(struct hd_header *header, const struct hd_json *root,
		       struct hd_error *err)
{
	uint64_t total = 0, concurrency = 0;
	int rc = header_space(header, root, err);

	if (rc == 0)
		rc = header_goal(header, root, err);
	if (rc == 0)
		rc = header_whole(root, "seed", &header->options.seed, err);
	if (rc == 0)
		rc = header_whole(root, "max_total", &total, err);
	if (rc == 0)
		rc = header_whole(root, "concurrency", &concurrency, err);
	if (rc == 0)
		rc = header_sampler(header, root, err);
	header->options.max_total = (size_t)total;
	header->options.concurrency = (size_t)concurrency;
	return rc;
}

int hd_header_read(struct hd_header *header, const struct hd_json *root,
		   const struct hd_sampler_type *sampler, struct hd_error *err)
{
	int rc;

	memset(header, 0, sizeof *header);
	header->options.size = sizeof header->options;
	header->options.sampler = sampler;
	rc = header_read(header, root, err);
	if (rc != 0)
		hd_header_release(header);
	return rc;
}

void hd_header_release(struct hd_header *header)
{
	hd_space_free(header->space);
	free(header->state);
	memset(header, 0, sizeof *header);
}
