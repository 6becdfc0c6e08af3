/*
 * Trials as they were found in a file, before they are a sweep's: what a
 * column or member is called decides what it says (roles), the rest is filled
 * in at the end.
 */
#ifndef HD_EXCHANGE_FOUND_H
#define HD_EXCHANGE_FOUND_H

#include <hdrive/exchange.h>

#include "base/arena.h"
#include "base/buf.h"
#include "exchange/columns.h"

struct hd_found_metric {
	size_t name; /* in found.metrics */
	double value;
	const char *text; /* NULL for a number */
	size_t length;
	bool has_step;
	int64_t step;
	int64_t time; /* 0: not said */
};

struct hd_found_trial {
	struct hd_mark mark; /* where it stands */
	bool has_number, has_end, has_value;
	int64_t number;
	enum hd_trial_state state;
	enum hd_end end;
	const char *detail;
	int64_t started, ended;
	double value;
	struct hd_value *values; /* the first of found.params */
	size_t value_count;
	struct hd_found_metric *logged;
	size_t logged_count, logged_room;
};

struct hd_found {
	const char *path; /* borrowed */
	const struct hd_import *import;
	struct hd_arena *arena; /* texts and arrays */
	struct hd_names params, metrics;
	/* By parameter "uniform, values: [0, 1]", as a file has it; NULL: not
	 * said. */
	const char **spaces;
	size_t space_count;
	struct hd_found_trial *trials;
	size_t count, room;
	size_t unfinished;
	bool has_goal, has_params; /* params is known: no other is one */
	enum hd_goal goal;
	char *metric; /* NULL: not said; malloc'd */
};

int hd_found_init(struct hd_found *found, const char *path,
		  const struct hd_import *import, struct hd_error *err);
void hd_found_release(struct hd_found *found);

enum hd_role_kind {
	HD_ROLE_UNKNOWN,
	HD_ROLE_IGNORED,
	HD_ROLE_NUMBER,
	HD_ROLE_STATE,
	HD_ROLE_END,
	HD_ROLE_DETAIL,
	HD_ROLE_STARTED,
	HD_ROLE_ENDED,
	HD_ROLE_OBJECTIVE,
	HD_ROLE_VALUE,
	HD_ROLE_PARAM,
	HD_ROLE_METRIC,
	/* Of one value that was logged. */
	HD_ROLE_LOGGED_NAME,
	HD_ROLE_LOGGED_VALUE,
	HD_ROLE_LOGGED_STEP,
	HD_ROLE_LOGGED_TIME,
};

struct hd_role {
	enum hd_role_kind kind;
	const char *column; /* as the file calls it; borrowed */
	const char *name;   /* of the parameter or metric; borrowed from it */
};

/* What a column called COLUMN is. */
struct hd_role hd_found_role(const struct hd_found *found, const char *column);

/* A new trial at MARK, Completed, or NULL: no memory. */
struct hd_found_trial *hd_found_add(struct hd_found *found,
				    const struct hd_mark *mark);
/* The last one had not ended: it is left out. */
void hd_found_drop(struct hd_found *found);

/* What ROLE says of TRIAL at MARK: VALUE, whose texts live in found.arena. */
int hd_found_take(struct hd_found *found, struct hd_found_trial *trial,
		  const struct hd_role *role, const struct hd_value *value,
		  const struct hd_mark *mark, struct hd_error *err);
/* A value that TRIAL logged. */
int hd_found_log(struct hd_found *found, struct hd_found_trial *trial,
		 const char *name, const struct hd_value *value,
		 struct hd_found_metric **logged, const struct hd_mark *mark,
		 struct hd_error *err);
/* TRIAL's value of the parameter NAME. */
int hd_found_param(struct hd_found *found, struct hd_found_trial *trial,
		   const char *name, const struct hd_value *value,
		   struct hd_error *err);

/* "min:loss" */
int hd_found_objective(struct hd_found *found, const struct hd_value *value,
		       const struct hd_mark *mark, struct hd_error *err);
/* Of a word of hdrive's or Optuna's; false for none. *ENDED: it is an end. */
bool hd_found_state(const char *word, struct hd_found_trial *trial, bool *ended);
/* "2026-11-26T03:14:13.5Z" and its kin, without a zone UTC. */
bool hd_found_time(const char *text, int64_t *time);

/* The readers: all that is in the file at found.path. */
int hd_found_csv(struct hd_found *found, struct hd_error *err);
int hd_found_jsonl(struct hd_found *found, struct hd_error *err);
int hd_found_optuna(struct hd_found *found, struct hd_error *err);

/*
 * Once all is read: metric and goal are settled, numbers given and in order,
 * each trial has its value and its curve. found.metric is set.
 */
int hd_found_settle(struct hd_found *found, struct hd_error *err);

/* derive.c: the text of a HyperDrive file whose space holds all that was found. */
int hd_found_text(const struct hd_found *found, struct hd_buf *text,
		  struct hd_error *err);

#endif
