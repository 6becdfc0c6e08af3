/* The yardstick: what an independent simulation found, row by row. */
#ifndef BENCH_POLICIES_FIGURES_H
#define BENCH_POLICIES_FIGURES_H

#include <stdbool.h>
#include <stddef.h>

#define FIGURE_GROUPS 4
#define FIGURE_SEEDS 20
/* Over a group: epochs saved this near, mean regret so much above; points. */
#define FIGURE_SAVED 2.0
#define FIGURE_REGRET 1.0

struct figure {
	const char *label;
	const char *text; /* as "hdrive run --policy" takes it; NULL ends the list */
	bool has_numbers;
	struct {
		double saved, regret, at_budget;
	} group[FIGURE_GROUPS];
};

extern const char *const figure_groups[FIGURE_GROUPS];
extern const size_t figure_tasks[FIGURE_GROUPS]; /* how many each has */
extern const struct figure figures[];

/* The row with that very TEXT; NULL when there is none. */
const struct figure *figure_of(const char *text);

#endif
