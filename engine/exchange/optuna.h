/*
 * Optuna's SQLite files: the schema of its versions from 2.4 on. A foreign
 * format: nothing here knows hdrive's own store.
 */
#ifndef HD_EXCHANGE_OPTUNA_H
#define HD_EXCHANGE_OPTUNA_H

#include <hdrive/space.h>

#include "base/arena.h"
#include "base/buf.h"

/* optuna_dist.c: a distribution as Optuna has it. */
enum hd_dist_kind {
	HD_DIST_FLOAT,
	HD_DIST_INT,
	HD_DIST_CATEGORICAL,
};

struct hd_dist {
	enum hd_dist_kind kind;
	double low, high;
	double step; /* 0: none */
	bool log;
	struct hd_value *choices; /* of CATEGORICAL, in the arena */
	size_t choice_count, choice_room;
};

/* Of its JSON, in the words of any version. 0, HD_EINVAL or HD_ENOMEM. */
int hd_dist_read(struct hd_dist *dist, const char *json, size_t length,
		 struct hd_arena *arena);
/* The value that NUMBER, what the file has, stands for; false: none. */
bool hd_dist_value(const struct hd_dist *dist, double number,
		   struct hd_value *value);
/* "uniform, values: [0, 1]" */
void hd_dist_space(const struct hd_dist *dist, struct hd_buf *text);

/*
 * optuna_space.c: the distribution that stands for EXPR, whose options it
 * borrows. 0 or HD_ENOMEM.
 */
int hd_dist_of_expr(struct hd_dist *dist, const struct hd_expr *expr,
		    struct hd_arena *arena);
/*
 * Widen DIST to hold VALUE; one that is not KNOWN begins with it. HD_EINVAL for
 * a text among numbers.
 */
int hd_dist_widen(struct hd_dist *dist, bool *known, const struct hd_value *value,
		  struct hd_arena *arena);
/* What the file has for VALUE. */
double hd_dist_number(const struct hd_dist *dist, const struct hd_value *value);
/* As Optuna 3 writes it. */
void hd_dist_json(const struct hd_dist *dist, struct hd_buf *text);

#endif
