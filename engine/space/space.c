/*
 * The parameter space: an arena that holds copies of everything, an array of
 * the parameters in declared order, and the tree that they make (tree.h).
 *
 * Names are kept as written and compared without their leading dashes, since
 * "lr" and "--lr" reach the script as the same argument.
 */
#include <hdrive/space.h>

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "space/tree.h"

struct hd_space {
	struct hd_arena *arena;
	struct hd_param *params;
	uint64_t *hashes; /* of the bare names, so that adding stays cheap */
	struct hd_tree tree;
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
	hd_tree_init(&space->tree);
	return space;
}

void hd_space_free(struct hd_space *space)
{
	if (!space)
		return;
	hd_arena_free(space->arena);
	hd_tree_release(&space->tree);
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

static int name_check(const char *name, struct hd_error *err)
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
	return 0;
}

/* Up from both to where their ways part, or one way meets the other. */
bool hd_space_excludes(const struct hd_space *space, size_t index,
		       size_t parent, size_t branch)
{
	const struct hd_param *param = &space->params[index];
	struct hd_param other = { .parent = parent, .branch = branch };
	size_t a = hd_tree_depth(&space->tree, param->parent) + 1;
	size_t b = hd_tree_depth(&space->tree, parent) + 1;

	while (param->parent != other.parent) {
		bool lift = a >= b;

		if (a <= b) {
			other = space->params[other.parent];
			b--;
		}
		if (lift) {
			param = &space->params[param->parent];
			a--;
		}
	}
	return param->parent != HD_SPACE_TOP && param->branch != other.branch;
}

static int space_check_name(const struct hd_space *space, size_t parent,
			    size_t branch, const char *name, uint64_t hash,
			    struct hd_error *err)
{
	const char *bare = name_bare(name);
	int rc = name_check(name, err);

	for (size_t i = 0; i < space->count && rc == 0; i++)
		if (space->hashes[i] == hash &&
		    strcmp(name_bare(space->params[i].name), bare) == 0 &&
		    !hd_space_excludes(space, i, parent, branch))
			rc = hd_error_set(err, HD_EEXIST,
					  "'%s' is a parameter already, each"
					  " name may stand once",
					  name);
	return rc;
}

/* A label is how a branch is known: no other option may look like it. */
static int space_check_labels(const struct hd_expr *expr, struct hd_error *err)
{
	if (expr->kind != HD_EXPR_CHOICE)
		return 0;
	for (size_t i = 0; i < expr->option_count; i++)
		for (size_t j = 0; j < expr->option_count; j++) {
			const struct hd_value *a = &expr->options[i];
			struct hd_value b = expr->options[j];

			if (a->kind != HD_VALUE_BRANCH)
				break;
			if (b.kind == HD_VALUE_TEXT)
				b.kind = HD_VALUE_BRANCH;
			if (i != j && hd_value_equal(a, &b))
				return hd_error_set(err, HD_EINVAL,
						    "two options are called"
						    " '%s'",
						    a->text);
		}
	return 0;
}

/* Whether (PARENT, BRANCH) is where the next parameter may hang. */
static int space_check_place(const struct hd_space *space, size_t parent,
			     size_t branch, const char *name,
			     struct hd_error *err)
{
	const struct hd_param *choice;

	if (parent == HD_SPACE_TOP)
		return 0;
	choice = hd_space_param(space, parent);
	if (!choice || choice->expr.kind != HD_EXPR_CHOICE ||
	    branch >= choice->expr.option_count)
		return hd_error_set(err, HD_EINVAL,
				    "'%s' hangs on an option that no choice"
				    " has",
				    name);
	for (size_t i = 0; i < choice->expr.option_count; i++)
		if (i != branch && hd_value_equal(&choice->expr.options[i],
						  &choice->expr.options[branch]))
			return hd_error_set(err, HD_EINVAL,
					    "options %zu and %zu of '%s' are"
					    " the same, which one '%s' hangs"
					    " on could not be told",
					    (i < branch ? i : branch) + 1,
					    (i < branch ? branch : i) + 1,
					    choice->name, name);
	if (hd_tree_depth(&space->tree, parent) >= HD_SPACE_DEPTH)
		return hd_error_set(err, HD_ELIMIT,
				    "'%s' is %d branches deep, at most %d are"
				    " taken",
				    name, HD_SPACE_DEPTH, HD_SPACE_DEPTH - 1);
	for (size_t i = space->count - 1; i != parent;) {
		const struct hd_param *last = &space->params[i];

		if (last->parent == HD_SPACE_TOP ||
		    (last->parent == parent && last->branch > branch))
			return hd_error_set(err, HD_EINVAL,
					    "'%s' comes too late for its"
					    " branch of '%s'",
					    name, choice->name);
		i = last->parent;
	}
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

int hd_space_add_in(struct hd_space *space, size_t parent, size_t branch,
		    const char *name, const struct hd_expr *expr,
		    const struct hd_mark *mark, struct hd_error *err)
{
	struct hd_param param = { .expr = *expr,
				  .parent = parent,
				  .branch = branch };
	uint64_t hash = name_hash(name_bare(name));
	int rc = space_check_place(space, parent, branch, name, err);

	if (rc == 0)
		rc = space_check_name(space, parent, branch, name, hash, err);
	if (rc == 0)
		rc = hd_expr_check(expr, err);
	if (rc == 0)
		rc = space_check_labels(expr, err);
	if (rc < 0)
		return rc;
	param.name = hd_arena_string(space->arena, name);
	if (!param.name || !space_copy_options(space, &param.expr) ||
	    !space_copy_mark(space, &param, mark) || !space_grow(space))
		return hd_error_nomem(err);
	space->hashes[space->count] = hash;
	space->params[space->count] = param;
	if (hd_tree_add(&space->tree, space->params, space->arena) < 0)
		return hd_error_nomem(err);
	space->count++;
	return 0;
}

int hd_space_add(struct hd_space *space, const char *name,
		 const struct hd_expr *expr, const struct hd_mark *mark,
		 struct hd_error *err)
{
	return hd_space_add_in(space, HD_SPACE_TOP, 0, name, expr, mark, err);
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

bool hd_space_is_conditional(const struct hd_space *space)
{
	return space->tree.conditional;
}

bool hd_space_is_active(const struct hd_space *space, size_t index,
			const struct hd_value *values)
{
	const struct hd_param *param = &space->params[index];

	while (param->parent != HD_SPACE_TOP) {
		const struct hd_value *choice = &values[param->parent];

		if (choice->kind == HD_VALUE_ABSENT ||
		    choice->option != param->branch)
			return false;
		param = &space->params[param->parent];
	}
	return true;
}

void hd_space_prune(const struct hd_space *space, struct hd_value *values)
{
	if (!space->tree.conditional)
		return;
	for (size_t i = 0; i < space->count; i++)
		if (!hd_space_is_active(space, i, values))
			values[i] = (struct hd_value){ 0 };
}

uint64_t hd_space_points(const struct hd_space *space)
{
	return space->tree.top.points;
}

uint64_t hd_space_point(const struct hd_space *space, uint64_t index,
			struct hd_value *values)
{
	return hd_tree_point(&space->tree, space->params, index, values);
}

uint64_t hd_space_point_index(const struct hd_space *space,
			      const struct hd_value *values)
{
	return hd_tree_index(&space->tree, space->params, values);
}
