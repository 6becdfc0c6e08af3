/*
 * The policies that are compared unless others are asked for, and what an
 * independent simulation of the same rules found on the 14 recorded tasks.
 */
#include "figures.h"

#include <string.h>

/* In the order of their groups: all 14, and the three data sets. */
const char *const figure_groups[FIGURE_GROUPS] = {
	"recorded", "taskset", "lcbench_surrogate", "deepobs"
};
const size_t figure_tasks[FIGURE_GROUPS] = { 14, 5, 6, 3 };

/* Each row: epochs saved, mean regret, regret at 25 full runs; in per cent. */
const struct figure figures[] = {
	{ "none",
	  "none",
	  true,
	  { { 0.0, 0.00, 36.99 },
	    { 0.0, 0.00, 46.89 },
	    { 0.0, 0.00, 37.27 },
	    { 0.0, 0.00, 1.68 } } },
	{ "median, delay 0",
	  "median_stopping",
	  true,
	  { { 75.8, 10.68, 23.79 },
	    { 79.0, 8.07, 34.30 },
	    { 73.7, 18.20, 33.15 },
	    { 74.6, 0.00, 0.45 } } },
	{ "median, delay 5",
	  "median_stopping:delay_evaluation=5",
	  true,
	  { { 56.6, 0.07, 26.52 },
	    { 57.2, 0.10, 29.03 },
	    { 50.3, 0.08, 31.53 },
	    { 68.1, 0.00, 0.60 } } },
	{ "bandit 0.1, delay 0",
	  "bandit:slack_factor=0.1",
	  true,
	  { { 88.7, 20.72, 40.80 },
	    { 82.8, 5.34, 42.15 },
	    { 95.1, 43.86, 53.35 },
	    { 85.7, 0.10, 0.20 } } },
	{ "bandit 0.1, delay 5",
	  "bandit:slack_factor=0.1,delay_evaluation=5",
	  true,
	  { { 76.3, 2.30, 27.87 },
	    { 77.7, 2.30, 42.15 },
	    { 75.8, 3.46, 27.87 },
	    { 74.8, 0.00, 0.00 } } },
	{ "truncation 20%, delay 5",
	  "truncation_selection:truncation_percentage=20,delay_evaluation=5",
	  true,
	  { { 47.8, 0.08, 28.83 },
	    { 47.6, 0.10, 31.33 },
	    { 48.9, 0.11, 34.16 },
	    { 46.0, 0.00, 0.77 } } },
	{ "truncation 20%, interval 5",
	  "truncation_selection:truncation_percentage=20,evaluation_interval=5",
	  true,
	  { { 41.1, 0.03, 29.33 },
	    { 39.7, 0.10, 31.97 },
	    { 40.8, 0.00, 34.49 },
	    { 44.2, 0.00, 0.77 } } },
	{ "ASHA 3, stopping",
	  "asha:first_rung=1,promote=false",
	  true,
	  { { 91.8, 15.18, 20.81 },
	    { 91.9, 12.53, 19.98 },
	    { 92.0, 24.41, 26.86 },
	    { 91.5, 1.15, 0.27 } } },
	{ "ASHA 3, stopping, first rung 3",
	  "asha:promote=false",
	  true,
	  { { 83.5, 1.94, 16.87 },
	    { 82.6, 0.41, 18.41 },
	    { 83.3, 3.82, 24.22 },
	    { 85.7, 0.73, 0.03 } } },
	{ "ASHA 3, promotion",
	  "asha:first_rung=1",
	  true,
	  { { 92.5, 14.84, 20.19 },
	    { 92.0, 12.17, 19.64 },
	    { 92.0, 23.50, 26.93 },
	    { 94.0, 1.97, 1.81 } } },
	{ "ASHA 3, promotion, first rung 3",
	  "asha",
	  true,
	  { { 83.2, 1.35, 15.96 },
	    { 82.1, 0.36, 16.66 },
	    { 82.4, 2.80, 24.13 },
	    { 86.5, 0.08, 0.00 } } },
	{ "Hyperband 3",
	  "hyperband",
	  true,
	  { { 75.8, 2.23, 20.94 },
	    { 72.7, 0.76, 20.04 },
	    { 72.9, 4.22, 28.52 },
	    { 86.8, 0.70, 0.41 } } },
	{ .label = "close rungs, 2 and 1.34",
	  .text = "asha:reduction_factor=2,spacing=1.34,first_rung=2" },
	{ .label = "close rungs, 3 and 1.6",
	  .text = "asha:reduction_factor=3,spacing=1.6,first_rung=2" },
	{ .label = "close rungs, 3 and 1.6, climb 0.5",
	  .text = "asha:reduction_factor=3,spacing=1.6,first_rung=2,climb=0.5" },
	{ .label = "close rungs, 4 and 2",
	  .text = "asha:reduction_factor=4,spacing=2,first_rung=2" },
	{ .label = "percentile 25, delay 5",
	  .text = "percentile:percentile=25,delay_evaluation=5" },
	{ .label = "forecast", .text = "forecast" },
	{ .label = "auto", .text = "auto" },
	{ .text = NULL },
};

const struct figure *figure_of(const char *text)
{
	for (const struct figure *figure = figures; figure->text; figure++)
		if (!strcmp(figure->text, text))
			return figure;
	return NULL;
}
