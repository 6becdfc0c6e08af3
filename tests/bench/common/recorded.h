/*
 * Recorded tuning runs: folders of dataset.json, configs.csv.gz and one
 * TASK.curves.csv.gz each (see the README beside them).
 *
 * A task is a table: so many configurations of its space, and a learning curve
 * of each. What is read is kept to the end of the program: it is a benchmark.
 */
#ifndef BENCH_COMMON_RECORDED_H
#define BENCH_COMMON_RECORDED_H

#include <hdrive.h>

struct recorded_columns; /* how values are compared */

struct recorded {
	const char *group; /* the data set's name */
	const char *name;  /* the task's, within its group */
	struct hd_space *space;
	enum hd_goal goal;
	size_t rows, epochs; /* the most that a curve has */
	double *curve;       /* rows by epochs; NaN for what is not finite */
	size_t *length;      /* of each row's curve, 0 for none */
	struct recorded_columns *columns;
};

/*
 * Call FN with every task below FOLDERS, paths with ':' between them, in order
 * of their names; tasks whose curves have fewer than LEAST epochs are left out.
 * What FN gets is its own. None when a folder is not there.
 */
typedef void (*recorded_fn)(void *user, const struct recorded *task);
void recorded_read(const char *folders, size_t least, recorded_fn fn,
		   void *user);
/* The row whose configuration is the nearest to VALUES. */
size_t recorded_nearest(const struct recorded *task,
			const struct hd_value *values);

#endif
