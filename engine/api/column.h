/*
 * What table.c, which makes the columns, and take.c, which puts trials' values
 * into them, share.
 */
#ifndef HD_API_COLUMN_H
#define HD_API_COLUMN_H

#include "api/table.h"

/* A text of a store with more values of one choice was not made by us. */
#define OPTIONS_MOST 4096
/* Nor one with more parameters. */
#define PARAMS_MOST 4096

struct param {
	struct hd_buf name;     /* as JSON has it, with its quotes */
	const char *expression; /* static; "" when nobody knows */
	bool is_whole;
	struct hd_table_param known; /* its texts and count are set when asked for */
	char *plain;                 /* its name as it is */
	size_t parent, branch;       /* HD_SPACE_TOP, or the option it hangs on */
	struct hd_buf within;        /* "--model/svm", empty for none */
	char **options;              /* each as JSON has it */
	size_t option_count;
};

/* Where a value stands in the trial's text; of a choice its index. */
struct cell {
	const char *at; /* NULL: there is none */
	size_t length;
	size_t option;
};

struct hd_table {
	struct param *params;
	struct cell *cells;
	size_t count;
	size_t changes, turns;
	uint64_t source; /* hash of the file it was made of */
	char *metric;
	struct hd_buf plain; /* parameters that were written by another hand */
};

/* One more column of which nothing is known; NULL for no memory. */
struct param *hd_table_add(struct hd_table *table);
/* One more value of a choice, JSON: 0, HD_ENOMEM, or HD_ELIMIT. */
int hd_table_option_add(struct param *param, const char *text, size_t length);

#endif
