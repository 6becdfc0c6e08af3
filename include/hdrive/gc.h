/*
 * Room again: what ended trials left, or whole ended sweeps, removed by rule.
 *
 * Never touched: a trial or a sweep that has not ended, params.json and the
 * records of a trial that stays, anything outside of the sweep's own folder.
 * Links are removed, not followed; another file system that is mounted below
 * is left alone.
 */
#ifndef HDRIVE_GC_H
#define HDRIVE_GC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hdrive/api.h>
#include <hdrive/error.h>
#include <hdrive/store.h>

HD_BEGIN_DECLS

enum hd_gc_part {
	HD_GC_OUTPUTS,     /* what is in outputs/ */
	HD_GC_LOGS,        /* stdout and stderr, what is in logs/ */
	HD_GC_CHECKPOINTS, /* what is in checkpoints/ */
	HD_GC_ATTEMPTS,    /* attempts/: what earlier attempts left */
};
#define HD_GC_PARTS (HD_GC_ATTEMPTS + 1)

/* "outputs", "logs", ... */
HD_API const char *hd_gc_part_name(enum hd_gc_part part);

struct hd_gc_rule {
	bool parts[HD_GC_PARTS]; /* of the trials that the rest chooses */
	bool sweeps;             /* whole sweeps instead: rows and folder */
	bool snapshots;          /* those that no sweep runs in; with sweeps: also */
	size_t keep_best;        /* trials of each sweep, as hdrive best has them */
	size_t keep_last;        /* trials of each sweep; with sweeps: newest sweeps */
	int64_t older;           /* ended so long ago, in microseconds; 0: any */
	bool removes;            /* else it is only counted */
};

struct hd_gc_row {
	const char *name;    /* of the sweep, or of a folder that no row knows */
	bool has_row;        /* false for the latter */
	const char *skipped; /* why nothing of it goes; NULL when something may */
	size_t trials;       /* of which something goes */
	uint64_t bytes;      /* on the disk; a file with several names counts once */
	uint64_t parts[HD_GC_PARTS];
	uint64_t failed;     /* entries that could not be removed */
	const char *failure; /* the first of them; NULL for none */
	bool of_snapshots;   /* of all of them, not of a sweep: NAME is "snapshots" */
	size_t snapshots;    /* how many go */
};

/* Return 0 to go on; anything else ends the walk and is returned. */
typedef int (*hd_gc_fn)(void *user, const struct hd_gc_row *row);

/*
 * Apply RULE to COUNT SWEEPS by key, or to all, newest first, when SWEEPS is
 * NULL; then a rule for sweeps of some age also takes folders of that age that
 * no row knows, as a crash between a row's end and its folder's may leave one.
 * A call of FN for each. Last, snapshots that no sweep needs any more go, with
 * one call for all of them when there are any. Rows are removed before their folder.
 */
HD_API int hd_gc(struct hd_store *store, const struct hd_gc_rule *rule,
		 const int64_t *sweeps, size_t count, hd_gc_fn fn, void *user,
		 struct hd_error *err);

HD_END_DECLS

#endif
