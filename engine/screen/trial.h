/* One trial in full, as its screen shows it. Texts are from outside. */
#ifndef SCREEN_TRIAL_H
#define SCREEN_TRIAL_H

#include "screen/model.h"
#include "screen/tail.h"

struct trial_parameter {
	char *name;
	char *value;
	char *best; /* the best trial's, NULL when it has none */
};

struct trial_metric {
	char *name;
	double *values; /* NaN for what is no number */
	size_t count, room;
};

struct trial_attempt {
	unsigned number;
	char *end;
	int64_t started, ended;
	size_t intervals;
};

struct trial {
	size_t number;
	uint64_t seq;   /* the trial's when it was read; 0: never */
	int64_t due;    /* not to be read again before, on the steady clock */
	char *end;      /* why it ended, or is being ended; "" */
	char *decision; /* the last word of the policy about it; "" */
	char *devices;
	char *folder;
	double cpu_seconds; /* NaN unknown */
	int64_t max_rss;    /* 0 unknown */
	struct trial_parameter *parameters;
	size_t parameter_count;
	struct trial_metric *metrics;
	size_t metric_count;
	struct trial_attempt *attempts; /* those before the last */
	size_t attempt_count;
	struct tail out, err;
};

/*
 * What changed of trial NUMBER since TRIAL was read, or all of it when it was
 * another's; whether anything did. TRIAL is zeroed at first.
 */
bool trial_look(struct trial *trial, struct model *model, size_t number);
void trial_release(struct trial *trial);

struct hd_json;
/* A parameter as its script got it, the caller's to free(); BRIEF: with six
 * digits. NULL for no memory. */
char *screen_parameter(const struct hd_json *value, bool brief);

#endif
