/*
 * The parameter space: an arena that holds copies of everything, and an array
 * of the parameters in declared order.
 *
 * Names are kept as written and compared without their leading dashes, since
 * "lr" and "--lr" reach the script as the same argument.
 */
#include <hdrive/space.h>

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

struct hd_space {
	struct hd_arena *arena;
	struct hd_param *params;
	uint64_t *hashes; /* of the bare names, so that adding stays cheap */
	size_t count;
	size_t size;
};

struct hd_space *hd_space_new(void)
{
	struct hd_space *space = calloc(1, sizeof *space);

	if (!space)
		return NULL;
	space->arena = hd_arena_new();
	if (!space->arena) {
		free(space);
		return NULL;
	}
	return space;
}

void hd_space_free(struct hd_space *space)
{
	if (!space)
		return;
	hd_arena_free(space->arena);
	free(space->params);
	free(space->hashes);
	free(space);
}

static const char *name_bare(const char *name)
{
	return name + strspn(name, "-");
}

/* FNV-1a: it only has to spare most comparisons. */
static uint64_t name_hash(const char *bare)
{
	uint64_t hash = 14695981039346656037u;

	for (; *bare; bare++)
		hash = (hash ^ (unsigned char)*bare) * 1099511628211u;
	return hash;
}

static int space_check_name(const struct hd_space *space, const char *name,
			    uint64_t hash, struct hd_error *err)
{
	const char *bare = name_bare(name);

	if (!*bare)
		return hd_error_set(err, HD_EINVAL,
				    "'%s' is no parameter name: it needs at"
				    " least one character besides dashes",
				    name);
	for (const char *c = bare; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return hd_error_set(err, HD_EINVAL,
					    "a parameter name must be one line"
					    " without control characters, got"
					    " byte 0x%02x",
					    (unsigned char)*c);
	for (size_t i = 0; i < space->count; i++)
		if (space->hashes[i] == hash &&
		    strcmp(name_bare(space->params[i].name), bare) == 0)
			return hd_error_set(err, HD_EEXIST,
					    "'%s' is a parameter already, each"
					    " name may stand once",
					    name);
	return 0;
}

static bool space_grow(struct hd_space *space)
{
	size_t size = space->size ? space->size * 2 : 8;
	struct hd_param *params;
	uint64_t *hashes;

	if (space->count < space->size)
		return true;
	if (size > SIZE_MAX / sizeof *params)
		return false;
	params = realloc(space->params, size * sizeof *params);
	if (!params)
		return false;
	space->params = params;
	hashes = realloc(space->hashes, size * sizeof *hashes);
	if (!hashes)
		return false;
	space->hashes = hashes;
	space->size = size;
	return true;
}

/* EXPR's options, their texts and their places in the list, into the arena. */
static bool space_copy_options(struct hd_space *space, struct hd_expr *expr)
{
	struct hd_value *options;

	if (expr->kind != HD_EXPR_CHOICE)
		return true;
	options = hd_arena_array(space->arena, expr->option_count,
				 sizeof *options);
	if (!options)
		return false;
	for (size_t i = 0; i < expr->option_count; i++) {
		options[i] = expr->options[i];
		options[i].option = i;
		if (!options[i].text)
			continue;
		options[i].text = hd_arena_copy(space->arena, options[i].text,
						options[i].length);
		if (!options[i].text)
			return false;
	}
	expr->options = options;
	return true;
}

static bool space_copy_mark(struct hd_space *space, struct hd_param *param,
			    const struct hd_mark *mark)
{
	if (!mark)
		return true;
	param->mark = *mark;
	if (!mark->file)
		return true;
	param->mark.file = hd_arena_string(space->arena, mark->file);
	return param->mark.file != NULL;
}

int hd_space_add(struct hd_space *space, const char *name,
		 const struct hd_expr *expr, const struct hd_mark *mark,
		 struct hd_error *err)
{
	struct hd_param param = { .expr = *expr };
	uint64_t hash = name_hash(name_bare(name));
	int rc = space_check_name(space, name, hash, err);

	if (rc == 0)
		rc = hd_expr_check(expr, err);
	if (rc < 0)
		return rc;
	param.name = hd_arena_string(space->arena, name);
	if (!param.name || !space_copy_options(space, &param.expr) ||
	    !space_copy_mark(space, &param, mark) || !space_grow(space))
		return hd_error_nomem(err);
	space->hashes[space->count] = hash;
	space->params[space->count++] = param;
	return 0;
}

size_t hd_space_count(const struct hd_space *space)
{
	return space->count;
}

const struct hd_param *hd_space_param(const struct hd_space *space,
				      size_t index)
{
	return index < space->count ? &space->params[index] : NULL;
}

unsigned hd_space_expressions(const struct hd_space *space)
{
	unsigned kinds = 0;

	for (size_t i = 0; i < space->count; i++)
		kinds |= (unsigned)space->params[i].expr.kind;
	return kinds;
}

uint64_t hd_space_points(const struct hd_space *space)
{
	uint64_t points = 1;

	/* A count of 0 after an overflow must still give 0. */
	for (size_t i = 0; i < space->count; i++)
		if (hd_expr_count(&space->params[i].expr) == 0)
			return 0;
	for (size_t i = 0; i < space->count; i++) {
		uint64_t count = hd_expr_count(&space->params[i].expr);

		if (points > UINT64_MAX / count)
			return UINT64_MAX;
		points *= count;
	}
	return points;
}
