/*
 * What the API's own files share: api.c finds the route, the others answer one
 * group of routes each. Texts that come with a call are from outside.
 */
#ifndef HD_API_PRIVATE_H
#define HD_API_PRIVATE_H

#include "api/api.h"
#include "api/table.h"
#include "live/list.h"
#include "live/live.h"
#include "report/out.h"

/* Events of one moment for those who are at another one. */
struct hd_api_events {
	uint64_t from, to;  /* sequence numbers; 0 and 0: none are made */
	struct hd_buf text; /* name, NUL, data, NUL, ... */
};

/* An answer that holds for as long as what it was made of is as it was. */
struct hd_api_kept {
	uint64_t mark; /* of that, whatever the route takes for it */
	struct hd_buf text;
};

/* A sweep that is watched, or was asked for by columns. */
struct hd_api_sweep {
	struct hd_api_sweep *next;
	int64_t key;
	int64_t used, looked; /* when, by the steady clock */
	struct hd_live *live;
	struct hd_table *table;
	struct hd_api_events events;
	struct hd_api_kept importance;
	struct hd_api_kept columns; /* of the sweep that was last asked for: it is large */
};

struct hd_api {
	struct hd_api_setup setup;
	struct hd_api_sweep *sweeps;
	struct hd_live_list *list;
	int64_t list_looked;
	struct hd_api_events list_events;
};

/* One request. */
struct call {
	struct hd_api *api;
	struct hd_store *store;
	hd_api_argument_fn argument;
	void *user;
	int64_t sweep;    /* key, where the path names one */
	size_t trial;     /* number, the same */
	const char *rest; /* of a path that names a file */
	struct hd_api_answer *answer;
	struct hd_buf *out; /* of the answer */
	struct hd_error *err;
};

/* --- api.c: arguments and pieces of answers --------------------------------- */

/* NULL when it is not there. */
const char *hd_call_text(const struct call *call, const char *name);
/* A whole number from LEAST to MOST, IF_NONE without the argument; or HD_EINVAL. */
int hd_call_integer(const struct call *call, const char *name, int64_t if_none,
		    int64_t least, int64_t most, int64_t *value);
/* The key of the sweep that WORD names, if it may be shown. */
int hd_api_find(struct hd_api *api, const char *word, int64_t *key,
		struct hd_error *err);
/* What reports write to, when it is to go to BUF. */
struct hd_out hd_api_out(struct hd_buf *buf);
/* Without the newline that a report ends with. */
void hd_api_trim(struct hd_buf *buf);

/* A number that reads back as it was, quickly; null for what JSON has none for. */
void hd_api_put_number(struct hd_buf *buf, double value);
void hd_api_put_integer(struct hd_buf *buf, int64_t value);
/* Microseconds as milliseconds, null for 0. */
void hd_api_put_millis(struct hd_buf *buf, int64_t time);

/* --- sweeps.c ----------------------------------------------------------------- */

/* A sweep as the list has it, after a comma where it is not the FIRST. */
int hd_api_put_sweep(struct hd_pen *pen, struct hd_store *store,
		     const struct hd_sweep_row *row, bool is_first, struct hd_error *err);

/* --- columns.c ---------------------------------------------------------------- */

/* "number":0,"state":"Running", ... of a trial that is watched. */
void hd_api_row_json(struct hd_buf *out, const struct hd_live_trial *trial);
/* "seq":17,"epoch":"..." */
void hd_api_seq_json(struct hd_buf *out, const struct hd_live *live);

/* --- names.c ------------------------------------------------------------------ */

/* "acc","loss": the primary METRIC first. */
int hd_api_put_names(struct call *call, const struct hd_live *live, const char *metric);

/* --- watched.c ---------------------------------------------------------------- */

/*
 * SWEEP as it is now, watched from here on; borrowed until the next call. A
 * sweep that was looked at less than PAUSE microseconds ago is not again.
 */
int hd_api_watch(struct hd_api *api, int64_t sweep, int64_t pause,
		 struct hd_api_sweep **out, struct hd_error *err);
/* Let go of all of them. */
void hd_api_unwatch(struct hd_api *api);

/* FNV-1a: a mark of what answers are made of. */
#define HD_API_MARK UINT64_C(0xcbf29ce484222325)
uint64_t hd_api_mark(uint64_t mark, const void *bytes, size_t length);
/* Write what is kept and made of MARK to OUT; false when there is nothing. */
bool hd_api_kept_write(const struct hd_api_kept *kept, uint64_t mark, struct hd_buf *out);
/* Keep what OUT has from FROM on; without memory nothing is. */
void hd_api_keep(struct hd_api_kept *kept, uint64_t mark, const struct hd_buf *out, size_t from);

/* --- the routes ----------------------------------------------------------------- */

int hd_api_version(struct call *call);
int hd_api_sweeps(struct call *call);
int hd_api_sweep(struct call *call);
int hd_api_config(struct call *call);
int hd_api_attempts(struct call *call);
int hd_api_decisions(struct call *call);
int hd_api_trials(struct call *call);
int hd_api_trial(struct call *call);
int hd_api_why(struct call *call);
int hd_api_columns(struct call *call);
int hd_api_curves(struct call *call);
int hd_api_importance(struct call *call);
int hd_api_metrics(struct call *call);
int hd_api_log(struct call *call);
int hd_api_files(struct call *call);
int hd_api_file(struct call *call);

#endif
