/* The tree of a space: counted as it grows, its points found by number. */
#include "space/tree.h"

#include <stdlib.h>

void hd_tree_init(struct hd_tree *tree)
{
	*tree = (struct hd_tree){ .top = { 1, HD_SPACE_TOP } };
}

void hd_tree_release(struct hd_tree *tree)
{
	free(tree->nodes);
}

size_t hd_tree_depth(const struct hd_tree *tree, size_t index)
{
	return index == HD_SPACE_TOP ? 0 : tree->nodes[index].depth;
}

/* --- growing --------------------------------------------------------------- */

static uint64_t points_times(uint64_t a, uint64_t b)
{
	if (a == 0 || b == 0)
		return 0;
	return a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

/* Over the options of a choice, those without a parameter being one point. */
static uint64_t points_sum(const struct hd_tree_level *levels, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		if (levels[i].points == 0)
			return 0;
		sum = sum > UINT64_MAX - levels[i].points
			      ? UINT64_MAX
			      : sum + levels[i].points;
	}
	return sum;
}

static bool tree_grow(struct hd_tree *tree)
{
	size_t size = tree->size ? tree->size * 2 : 8;
	struct hd_tree_node *nodes;

	if (tree->count < tree->size)
		return true;
	if (size > SIZE_MAX / sizeof *nodes)
		return false;
	nodes = realloc(tree->nodes, size * sizeof *nodes);
	if (!nodes)
		return false;
	tree->nodes = nodes;
	tree->size = size;
	return true;
}

static struct hd_tree_level *levels_new(struct hd_arena *arena, size_t count)
{
	struct hd_tree_level *levels =
		hd_arena_array(arena, count, sizeof *levels);

	for (size_t i = 0; levels && i < count; i++)
		levels[i] = (struct hd_tree_level){ 1, HD_SPACE_TOP };
	return levels;
}

/*
 * What is counted on the way from the new node AT up to the top. A level only
 * ever grows at its end, and so does all above it: nothing else changes.
 */
static void tree_count(struct hd_tree *tree, const struct hd_param *params,
		       size_t at)
{
	while (at != HD_SPACE_TOP) {
		struct hd_tree_node *node = &tree->nodes[at];
		size_t parent = params[at].parent;
		struct hd_tree_level *level = &tree->top;

		if (node->levels)
			node->points = points_sum(node->levels,
						  params[at].expr.option_count);
		if (parent != HD_SPACE_TOP)
			level = &tree->nodes[parent].levels[params[at].branch];
		level->points = points_times(node->points_before, node->points);
		at = parent;
	}
}

int hd_tree_add(struct hd_tree *tree, const struct hd_param *params,
		struct hd_arena *arena)
{
	const struct hd_param *param = &params[tree->count];
	struct hd_tree_level *level = &tree->top;
	struct hd_tree_node *node;

	if (!tree_grow(tree))
		return HD_ENOMEM;
	if (param->parent != HD_SPACE_TOP) {
		struct hd_tree_node *parent = &tree->nodes[param->parent];

		if (!parent->levels)
			parent->levels = levels_new(
				arena, params[param->parent].expr.option_count);
		if (!parent->levels)
			return HD_ENOMEM;
		level = &parent->levels[param->branch];
		tree->conditional = true;
	}
	node = &tree->nodes[tree->count];
	*node = (struct hd_tree_node){
		.depth = hd_tree_depth(tree, param->parent) + 1,
		.before = level->last,
		.points = hd_expr_count(&param->expr),
		.points_before = level->points,
	};
	level->last = tree->count++;
	tree_count(tree, params, level->last);
	return 0;
}

/* --- points by number ------------------------------------------------------ */

/*
 * INDEX within LEVEL as one number for each parameter of it, which waits in
 * the integer of its value until hd_tree_point comes there. Returns the rest.
 */
static uint64_t level_split(const struct hd_tree *tree,
			    const struct hd_tree_level *level, uint64_t index,
			    struct hd_value *values)
{
	for (size_t i = level->last; i != HD_SPACE_TOP;
	     i = tree->nodes[i].before) {
		values[i].integer = (int64_t)(index % tree->nodes[i].points);
		index /= tree->nodes[i].points;
	}
	return index;
}

/* The option of a choice in which its point INDEX lies, and which there. */
static size_t levels_find(const struct hd_tree_level *levels, uint64_t *index)
{
	size_t option = 0;

	while (*index >= levels[option].points)
		*index -= levels[option++].points;
	return option;
}

uint64_t hd_tree_point(const struct hd_tree *tree,
		       const struct hd_param *params, uint64_t index,
		       struct hd_value *values)
{
	uint64_t rest = level_split(tree, &tree->top, index, values);

	for (size_t i = 0; i < tree->count; i++) {
		const struct hd_tree_level *levels = tree->nodes[i].levels;
		const struct hd_param *param = &params[i];
		uint64_t own = (uint64_t)values[i].integer;

		if (param->parent != HD_SPACE_TOP &&
		    (values[param->parent].kind == HD_VALUE_ABSENT ||
		     values[param->parent].option != param->branch)) {
			values[i] = (struct hd_value){ 0 };
			continue;
		}
		if (levels) {
			size_t option = levels_find(levels, &own);

			level_split(tree, &levels[option], own, values);
			own = option;
		}
		values[i] = hd_expr_nth(&param->expr, own);
	}
	return rest;
}

/*
 * From the last parameter to the first: TIMES of a level is what one step of
 * its next parameter from the right is worth. Deeper levels are done before
 * their choice, so that each keeps its sum until the choice takes it.
 */
struct numbering {
	uint64_t sum[HD_SPACE_DEPTH + 1];
	uint64_t times[HD_SPACE_DEPTH + 1];
};

uint64_t hd_tree_index(const struct hd_tree *tree,
		       const struct hd_param *params,
		       const struct hd_value *values)
{
	struct numbering n;

	for (size_t d = 0; d <= HD_SPACE_DEPTH; d++)
		n.sum[d] = 0, n.times[d] = 1;
	for (size_t i = tree->count; i-- > 0;) {
		const struct hd_tree_node *node = &tree->nodes[i];
		size_t d = node->depth - 1;
		uint64_t own;

		if (values[i].kind == HD_VALUE_ABSENT)
			continue;
		own = hd_expr_index(&params[i].expr, &values[i]);
		if (node->levels) {
			uint64_t option = own;

			own = n.sum[d + 1];
			while (option-- > 0)
				own += node->levels[option].points;
			n.sum[d + 1] = 0;
			n.times[d + 1] = 1;
		}
		n.sum[d] += own * n.times[d];
		n.times[d] *= node->points;
	}
	return n.sum[0];
}
