/*
 * The parameters of a space as a tree, and its points as numbers.
 *
 * A level is what stands side by side: the parameters at the top, or those of
 * one branch. Numbers of points multiply along a level and add up over the
 * options of a choice; 0 is no end of them and UINT64_MAX more than fit.
 */
#ifndef HD_SPACE_TREE_H
#define HD_SPACE_TREE_H

#include <hdrive/space.h>

#include "base/arena.h"

struct hd_tree_level {
	uint64_t points; /* of all of them together */
	size_t last;     /* the last of them; HD_SPACE_TOP: none */
};

struct hd_tree_node {
	size_t depth;                 /* 1 at the top */
	size_t before;                /* the one before it in its level */
	uint64_t points;              /* with all that hangs on it */
	uint64_t points_before;       /* of those before it in its level */
	struct hd_tree_level *levels; /* one an option; NULL: none hangs here */
};

struct hd_tree {
	struct hd_tree_node *nodes; /* one a parameter */
	size_t count, size;
	struct hd_tree_level top;
	bool conditional; /* something hangs on a choice */
};

void hd_tree_init(struct hd_tree *tree);
void hd_tree_release(struct hd_tree *tree);
/*
 * The next of PARAMS, all of the space's, its place being checked. ARENA keeps
 * the levels. Returns 0 or HD_ENOMEM.
 */
int hd_tree_add(struct hd_tree *tree, const struct hd_param *params,
		struct hd_arena *arena);
/* 0 for HD_SPACE_TOP. */
size_t hd_tree_depth(const struct hd_tree *tree, size_t index);

/* As hd_space_point and hd_space_point_index; PARAMS are the space's. */
uint64_t hd_tree_point(const struct hd_tree *tree,
		       const struct hd_param *params, uint64_t index,
		       struct hd_value *values);
uint64_t hd_tree_index(const struct hd_tree *tree,
		       const struct hd_param *params,
		       const struct hd_value *values);

#endif
