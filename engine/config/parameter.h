/*
 * Parameters of a space as files write them (SPEC 1.3, 2.2).
 *
 * An expression stands in either of two forms, {expression: uniform, values:
 * [0, 1]} or {type: uniform, min_value: 0, max_value: 1}. An option of a choice
 * that is a mapping with an expression in it, in a sweep job any mapping, is a
 * branch: its keys are parameters that exist when the option is drawn.
 */
#ifndef HD_CONFIG_PARAMETER_H
#define HD_CONFIG_PARAMETER_H

#include "config/load.h"

/* The options of a choice. */
struct hd_options {
	const struct hd_value *values;
	/* Of each the mapping whose keys hang on it; NULL for plain ones. */
	const struct hd_yaml_node **branches;
	size_t count;
};

struct hd_expression {
	const struct hd_expr_type *type;
	struct hd_expr expr;
	struct hd_options options; /* of a choice */
};

/* Where a parameter is declared and what it hangs on. */
struct hd_spot {
	const char *name;
	struct hd_yaml_place place; /* of the name */
	size_t parent;              /* HD_SPACE_TOP for none */
	size_t branch;
};

/* Whether NODE is written as an expression, right or wrong. */
bool hd_expression_is(const struct hd_yaml_node *node);
/* The expression that WORD names; NULL after an error. */
const struct hd_expr_type *hd_expression_type(struct hd_loader *loader,
					      const struct hd_yaml_node *word);
/*
 * TYPE, named at PLACE, with the arguments VALUES, of the parameter NAME, as
 * the sampler takes it; false after an error.
 */
bool hd_expression_values(struct hd_loader *loader, const char *name,
			  const struct hd_expr_type *type,
			  const struct hd_yaml_place *place,
			  const struct hd_yaml_node *values,
			  struct hd_expression *expression);
/* An expression in either form; false after an error. */
bool hd_expression_read(struct hd_loader *loader, const char *name,
			const struct hd_yaml_node *node,
			struct hd_expression *expression);

/* choice.c: VALUES as the options of the choice NAME; false after an error. */
bool hd_options_read(struct hd_loader *loader, const char *name,
		     const struct hd_yaml_node *values,
		     struct hd_options *options);
/* One option that is no branch; false after an error. */
bool hd_option_read(struct hd_loader *loader, const char *name,
		    const struct hd_yaml_node *node, struct hd_value *option);

/* branch.c: whether NODE, an option, is a branch. */
bool hd_branch_is(const struct hd_loader *loader,
		  const struct hd_yaml_node *node);
/*
 * What draws the branch NODE of the choice NAME, its option INDEX: a value of
 * its own or a label. *MEMBERS is the mapping of its parameters, NULL after an
 * error that leaves the option alone. False when there is no memory.
 */
bool hd_branch_option(struct hd_loader *loader, const char *name,
		      const struct hd_yaml_node *node, size_t index,
		      struct hd_value *option,
		      const struct hd_yaml_node **members);
/* Once all options are read: labels that look alike get numbers. */
void hd_branch_labels(struct hd_loader *loader, struct hd_value *options,
		      size_t count);

/* parameters.c: a parameter, and below it those of its branches. */
void hd_parameter_add(struct hd_loader *loader, const struct hd_spot *spot,
		      const struct hd_expression *expression);
/*
 * The same for what SPOT's name stands for in a mapping: an expression, or a
 * literal, which is its only value. This is how a sweep job's search_space
 * and every branch are read.
 */
void hd_parameter_read(struct hd_loader *loader, const struct hd_spot *spot,
		       const struct hd_yaml_node *node);

#endif
