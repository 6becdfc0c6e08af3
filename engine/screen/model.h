/*
 * What a screen shows of one sweep: its row, its trials as engine/live knows
 * them, and what is read besides of those that stand on the screen.
 *
 * Invariants: the store is only read, and no transaction is open between two
 * looks. What a look could not read leaves what was there before.
 */
#ifndef SCREEN_MODEL_H
#define SCREEN_MODEL_H

#include "live/list.h"
#include "live/live.h"

#define MODEL_TEXT 256

/* Of a sweep's row; texts are cut, and from outside. */
struct model_sweep {
	int64_t key;
	char name[MODEL_TEXT];
	char state[32];
	char metric[MODEL_TEXT];
	char sampler[64];
	char policy[64];
	char backend[64];
	char end[MODEL_TEXT]; /* why it ended, "" before */
	enum hd_goal goal;
	size_t max_total, max_concurrent;
	double max_duration; /* seconds, INFINITY for none */
	int64_t started, ended;
	size_t counts[HD_TRIAL_STATES];
	size_t trials;
	int64_t best_trial; /* -1 for none */
	double best;
	bool over;
	bool alive; /* an engine runs it, or none is named */
	int64_t engine_pid, engine_start;
};

/* Of a trial, read when it is shown; texts are from outside. */
struct model_detail {
	uint64_t seq;  /* the trial's when it was read */
	char *args;    /* "--lr 0.1 --units 64" */
	char *end;     /* why it ended, "" for none */
	char *devices; /* "GPU 2", "" for none */
	char *said;    /* of a failed one: the last line of its stderr, or "" */
	char *folder;
};

/* The primary metric of a trial. */
struct model_curve {
	double *values;
	size_t count, room;
	unsigned attempt;
};

enum model_trouble {
	MODEL_FINE,
	MODEL_STORE_GONE, /* removed, renamed or replaced */
	MODEL_SWEEP_GONE, /* removed */
	MODEL_UNREADABLE, /* for now: the text says why */
};

struct model {
	const char *path; /* borrowed */
	struct hd_store *store;
	struct hd_live *live; /* NULL until a sweep is chosen */
	uint64_t seq;
	struct model_sweep sweep;
	bool held, is_study;
	char slots_why[MODEL_TEXT];
	size_t paused;
	enum model_trouble trouble;
	char trouble_text[HD_ERROR_TEXT];

	/* By index, as hd_live_at: the value, and the best up to there. */
	size_t history_count, history_room;
	double *values, *bests;
	double low, high; /* of a picture of them; NAN for none */

	/* By number; NULL where nothing was asked for. */
	size_t detail_room;
	struct model_detail **details;
	struct model_curve **curves;
};

/* The store at PATH. */
int model_open(struct model *model, const char *path, struct hd_error *err);
void model_close(struct model *model);
/* The sweep that is shown from now on; what was, is forgotten. */
int model_choose(struct model *model, int64_t sweep, struct hd_error *err);
/*
 * Take in what changed; whether anything did. What went wrong stands in trouble
 * until a look is well.
 */
bool model_look(struct model *model);

size_t model_count(const struct model *model);
const struct hd_live_trial *model_at(const struct model *model, size_t index);
/* By number; NULL when there is none. */
const struct hd_live_trial *model_find(const struct model *model, size_t number);
/* Trials that ended, and seconds that the sweep has run. */
size_t model_ended(const struct model_sweep *sweep);
size_t model_running(const struct model_sweep *sweep);
double model_seconds(const struct model_sweep *sweep);
/* Seconds until it is over at this rate; NAN when that is not to be told. */
double model_left(const struct model *model);

/* detail.c. Borrowed until the next look; NULL when it cannot be read. */
const struct model_detail *model_detail(struct model *model,
					const struct hd_live_trial *trial);
/* Those of all trials at once: a search asks for them. */
void model_details(struct model *model);
const struct model_curve *model_curve(struct model *model,
				      const struct hd_live_trial *trial);
/* The values since SEQ into the curves that are held. */
void model_curves_follow(struct model *model, uint64_t seq);
void model_forget(struct model *model);

/* Of a row of the store; also for lists of sweeps. */
void model_take_sweep(struct model_sweep *sweep, const struct hd_sweep_row *row);

#endif
