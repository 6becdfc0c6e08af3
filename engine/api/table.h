/*
 * The parameters of a sweep as columns: what each may be, and a trial's values
 * in their places.
 *
 * They are those of the sweep's file, and behind them what trials have besides:
 * of a file that cannot be loaded any more, or that a resume changed. Columns
 * and values of a choice are added when they are met and never move, but for
 * what hd_table_changes counts.
 */
#ifndef HD_API_TABLE_H
#define HD_API_TABLE_H

#include <hdrive/store.h>

#include "base/buf.h"

struct hd_table; /* opaque */

/* Of SWEEP, a key; *OUT is the caller's. */
int hd_table_open(struct hd_table **out, struct hd_store *store, int64_t sweep,
		  struct hd_error *err);
void hd_table_close(struct hd_table *table);
/* Whether the sweep's file is another one than TABLE was made of. */
int hd_table_is_old(const struct hd_table *table, struct hd_store *store,
		    int64_t sweep, bool *is_old, struct hd_error *err);

/* What is known of a parameter; borrowed until the next trial is taken. */
struct hd_table_param {
	const char *name;
	const char *within; /* "--model/svm", "" for none */
	bool is_choice;
	bool is_log;
	bool has_ends; /* low and high are those of the file */
	double low, high;
	double step; /* between values, 0 for dense ones */
	size_t option_count;
};
/* NULL for no such INDEX. */
const struct hd_table_param *hd_table_param(const struct hd_table *table, size_t index);

/* The primary metric's name. */
const char *hd_table_metric(const struct hd_table *table);
/* How many parameters there are. */
size_t hd_table_count(const struct hd_table *table);
/* How often it came to be another one: a column or a value was added. */
size_t hd_table_changes(const struct hd_table *table);
/* Whether numbers that were shown are now values of a choice: begin again. */
size_t hd_table_turns(const struct hd_table *table);

/*
 * Take a trial's PARAMETERS apart, a JSON object, which is borrowed until its
 * cells are written. HD_ECORRUPT for what is none.
 */
int hd_table_take(struct hd_table *table, const char *parameters,
		  struct hd_error *err);
/* The cell of parameter INDEX of the trial that was taken: JSON. */
void hd_table_cell(const struct hd_table *table, size_t index, struct hd_buf *buf);
/* The same as a number, of a choice its option's index; NaN for no value. */
double hd_table_value(const struct hd_table *table, size_t index);
/* The parameters themselves: a JSON array, as docs/reference/api.md has it. */
void hd_table_json(const struct hd_table *table, struct hd_buf *buf);

#endif
