/*
 * Which trials and sweeps a rule chooses, and taking away what it names.
 *
 * Whether a sweep has ended is asked of its row again before each trial, as
 * another process may go on with it; its trials' rows are read to the end
 * before the first file goes, so that no reader is open meanwhile.
 */
#include <hdrive/gc.h>

#include "base/buf.h"
#include "base/time.h"
#include "dispatch/workdir.h"
#include "doctor/folders.h"
#include "doctor/removal.h"
#include "doctor/snapshots.h"
#include "report/rows.h"
#include "store/remove.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GC_ATTEMPTS_FOLDER "attempts"

struct numbers {
	size_t *items;
	size_t count;
	size_t size;
};

struct gc {
	struct hd_store *store;
	const struct hd_gc_rule *rule;
	hd_gc_fn fn;
	void *user;
	struct hd_error *err;
	int folder; /* of the store, open */
	int64_t now;
	struct hd_removal removal;
	int64_t *gone; /* keys of sweeps that go whole */
	size_t gone_count;
};

/* One sweep, as long as its row is looked at. */
struct gc_sweep {
	struct gc *gc;
	int64_t key;
	char *name;
	char *elsewhere; /* its folder, absolute, where a target wants it; or NULL */
	const char *skipped;
	struct hd_buf why; /* what skipped points to */
	size_t trials;     /* rows */
	size_t seen;
	int64_t ended;
	struct numbers best;   /* to be kept */
	struct numbers chosen; /* to be looked into */
};

const char *hd_gc_part_name(enum hd_gc_part part)
{
	static const char *const names[HD_GC_PARTS] = {
		[HD_GC_OUTPUTS] = "outputs",
		[HD_GC_LOGS] = "logs",
		[HD_GC_CHECKPOINTS] = "checkpoints",
		[HD_GC_ATTEMPTS] = "attempts",
	};

	return names[part];
}

static int numbers_add(struct numbers *numbers, size_t number)
{
	if (numbers->count == numbers->size) {
		size_t size = numbers->size ? numbers->size * 2 : 64;
		size_t *items = realloc(numbers->items, size * sizeof *items);

		if (!items)
			return HD_ENOMEM;
		numbers->items = items;
		numbers->size = size;
	}
	numbers->items[numbers->count++] = number;
	return 0;
}

/* --- what is chosen --------------------------------------------------------------- */

static bool is_old(const struct gc *gc, int64_t ended)
{
	return gc->rule->older == 0 || (ended > 0 && ended <= gc->now - gc->rule->older);
}

static int see_best(void *user, const struct hd_trial_row *row)
{
	struct gc_sweep *sweep = user;

	return numbers_add(&sweep->best, row->number);
}

static int by_number(const void *a, const void *b)
{
	size_t one = *(const size_t *)a, other = *(const size_t *)b;

	return (one > other) - (one < other);
}

static bool is_kept(const struct gc_sweep *sweep, size_t number)
{
	/* Trials come by number: the last ones are at the end. */
	if (sweep->seen + sweep->gc->rule->keep_last > sweep->trials)
		return true;
	return sweep->best.count && bsearch(&number, sweep->best.items, sweep->best.count,
					    sizeof number, by_number);
}

static int see_trial(void *user, const struct hd_trial_row *row)
{
	struct gc_sweep *sweep = user;

	sweep->seen++;
	if (!hd_trial_state_is_terminal(row->state) || !is_old(sweep->gc, row->ended) ||
	    is_kept(sweep, row->number))
		return 0;
	return numbers_add(&sweep->chosen, row->number);
}

static int sweep_choose(struct gc_sweep *sweep)
{
	const struct hd_gc_rule *rule = sweep->gc->rule;
	const struct hd_trial_query best = { .order = HD_ORDER_BEST,
					     .discard_no_metric = true,
					     .limit = rule->keep_best };
	const struct hd_trial_query all = { .order = HD_ORDER_NUMBER };
	struct hd_store *store = sweep->gc->store;
	struct hd_error *err = sweep->gc->err;
	int rc = 0;

	if (rule->keep_best)
		rc = hd_store_trials(store, sweep->key, &best, see_best, sweep, err);
	if (rc == 0 && sweep->best.count)
		qsort(sweep->best.items, sweep->best.count, sizeof sweep->best.items[0], by_number);
	if (rc == 0)
		rc = hd_store_trials(store, sweep->key, &all, see_trial, sweep, err);
	return rc;
}

/* Why nothing of it goes, from its row. */
static int see_sweep(void *user, const struct hd_sweep_row *row)
{
	struct gc_sweep *sweep = user;
	bool is_study;
	int rc = hd_store_is_study(sweep->gc->store, row->key, &is_study,
				   sweep->gc->err);

	if (rc < 0)
		return rc;
	sweep->name = strdup(row->name);
	sweep->trials = row->trials;
	sweep->ended = row->ended;
	if (!sweep->name)
		return hd_error_nomem(sweep->gc->err);
	if (hd_folder_is_name(row->name))
		sweep->elsewhere = hd_folder_elsewhere(sweep->gc->folder, row->name, row->id);
	if (!hd_folder_is_name(row->name))
		hd_buf_puts(&sweep->why, "its name can be no folder's");
	else if (!hd_rows_sweep_is_over(row) && row->engine_pid > 0 &&
		 hd_report_engine_is_alive(row))
		hd_buf_puts(&sweep->why, "it runs");
	else if (!hd_rows_sweep_is_over(row) && is_study)
		hd_buf_printf(&sweep->why,
			      "it is a study that has not ended: 'hdrive cancel %s' ends it",
			      row->name);
	else if (!hd_rows_sweep_is_over(row))
		hd_buf_printf(&sweep->why,
			      "its engine is gone: 'hdrive resume %s' or 'hdrive cancel %s' first",
			      row->name, row->name);
	if (sweep->why.length)
		sweep->skipped = hd_buf_text(&sweep->why);
	return 0;
}

/* --- taking away -------------------------------------------------------------------- */

/* What is in the folder FIRST/SECOND of a trial's, or in FIRST's own. */
static int inside(struct hd_removal *removal, int trial, const char *first,
		  const char *second)
{
	int folder = second ? hd_folder_open(trial, first) : -1;
	int rc = 0;

	if (!second)
		return hd_removal_inside(removal, trial, first);
	if (folder >= 0) {
		rc = hd_removal_inside(removal, folder, second);
		close(folder);
	}
	return rc;
}

/* FOLDER/outputs is a link into work/; where it is a folder, it is the trial's. */
static int part_remove(struct hd_removal *removal, int trial, enum hd_gc_part part)
{
	int rc = 0;

	switch (part) {
	case HD_GC_OUTPUTS:
		rc = inside(removal, trial, HD_WORKDIR_WORK, HD_WORKDIR_OUTPUTS);
		return rc ? rc : inside(removal, trial, HD_WORKDIR_OUTPUTS, NULL);
	case HD_GC_LOGS:
		rc = hd_removal_entry(removal, trial, "stdout");
		if (rc == 0)
			rc = hd_removal_entry(removal, trial, "stderr");
		if (rc == 0)
			rc = inside(removal, trial, HD_WORKDIR_WORK, HD_WORKDIR_LOGS);
		return rc ? rc : inside(removal, trial, HD_WORKDIR_LOGS, NULL);
	case HD_GC_CHECKPOINTS:
		return inside(removal, trial, HD_WORKDIR_CHECKPOINTS, NULL);
	case HD_GC_ATTEMPTS:
		return inside(removal, trial, GC_ATTEMPTS_FOLDER, NULL);
	}
	return 0;
}

static int trial_remove(struct gc *gc, int folder, size_t number, struct hd_gc_row *row)
{
	uint64_t entries = gc->removal.entries;
	char name[32];
	int trial;
	int rc = 0;

	snprintf(name, sizeof name, "%06zu", number);
	trial = hd_folder_open(folder, name);
	if (trial < 0)
		return 0;
	for (int part = 0; rc == 0 && part < HD_GC_PARTS; part++) {
		uint64_t bytes = gc->removal.bytes;

		if (!gc->rule->parts[part])
			continue;
		rc = part_remove(&gc->removal, trial, (enum hd_gc_part)part);
		row->parts[part] += gc->removal.bytes - bytes;
	}
	close(trial);
	row->trials += gc->removal.entries > entries;
	return rc;
}

/* A link that is not called as the sweep's would be is not followed. */
static int sweep_open(const struct gc_sweep *sweep)
{
	return sweep->elsewhere ? hd_folder_open(AT_FDCWD, sweep->elsewhere)
				: hd_folder_open(sweep->gc->folder, sweep->name);
}

static int sweep_remove(const struct gc_sweep *sweep)
{
	struct gc *gc = sweep->gc;
	char *slash = sweep->elsewhere ? strrchr(sweep->elsewhere, '/') : NULL;
	int above, rc = 0;

	if (slash && slash > sweep->elsewhere) {
		*slash = '\0';
		above = open(sweep->elsewhere, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		*slash = '/';
		if (above >= 0) {
			rc = hd_removal_entry(&gc->removal, above, slash + 1);
			close(above);
		}
	}
	return rc < 0 ? rc : hd_removal_entry(&gc->removal, gc->folder, sweep->name);
}

static int trials_remove(struct gc_sweep *sweep, struct hd_gc_row *row)
{
	struct gc *gc = sweep->gc;
	int folder = sweep_open(sweep);
	bool ended = true;
	int rc = 0;

	for (size_t i = 0; folder >= 0 && rc == 0 && i < sweep->chosen.count; i++) {
		if (gc->rule->removes)
			rc = hd_store_sweep_has_ended(gc->store, sweep->key, &ended, gc->err);
		if (rc < 0 || !ended)
			break;
		rc = trial_remove(gc, folder, sweep->chosen.items[i], row);
	}
	if (!ended)
		row->skipped = "it goes on again: the rest stays";
	if (folder >= 0)
		close(folder);
	return rc == HD_ENOMEM ? hd_error_nomem(gc->err) : rc;
}

static int gc_note_gone(struct gc *gc, int64_t key)
{
	int64_t *gone = realloc(gc->gone, (gc->gone_count + 1) * sizeof *gone);

	if (!gone)
		return HD_ENOMEM;
	gc->gone = gone;
	gone[gc->gone_count++] = key;
	return 0;
}

/* The row first: a crash before the folder's end leaves one that no row knows. */
static int whole_remove(struct gc_sweep *sweep, struct hd_gc_row *row)
{
	struct gc *gc = sweep->gc;
	int rc = 0;

	if (gc->rule->removes)
		rc = hd_store_sweep_delete(gc->store, sweep->key, gc->err);
	if (rc == HD_ESTATE) {
		row->skipped = "it goes on again";
		return 0;
	}
	if (rc < 0)
		return rc;
	row->trials = sweep->trials;
	rc = gc_note_gone(gc, sweep->key);
	return rc < 0 ? rc : sweep_remove(sweep);
}

/* --- sweeps --------------------------------------------------------------------------- */

/* What REMOVAL counts from here on goes to ROW, by gc_tell. */
static struct hd_gc_row gc_row(struct gc *gc, const char *name, bool has_row)
{
	gc->removal.bytes = gc->removal.failed = 0;
	return (struct hd_gc_row){ .name = name, .has_row = has_row };
}

static int gc_tell(struct gc *gc, struct hd_gc_row *row)
{
	row->bytes = gc->removal.bytes;
	row->failed = gc->removal.failed;
	row->failure = row->failed ? gc->removal.err.text : NULL;
	return gc->fn(gc->user, row);
}

static int sweep_apply(struct gc_sweep *sweep)
{
	struct gc *gc = sweep->gc;
	struct hd_gc_row row = gc_row(gc, sweep->name, true);
	int rc = 0;

	row.skipped = sweep->skipped;
	if (!row.skipped && gc->rule->sweeps && is_old(gc, sweep->ended))
		rc = whole_remove(sweep, &row);
	else if (!row.skipped && !gc->rule->sweeps)
		rc = sweep_choose(sweep);
	if (rc == 0 && sweep->chosen.count)
		rc = trials_remove(sweep, &row);
	return rc < 0 ? rc : gc_tell(gc, &row);
}

static int gc_sweep(struct gc *gc, int64_t key)
{
	struct gc_sweep sweep = { .gc = gc, .key = key, .why = HD_BUF_INIT };
	int rc = hd_store_sweep(gc->store, key, see_sweep, &sweep, gc->err);

	if (rc == 0)
		rc = sweep_apply(&sweep);
	free(sweep.name);
	free(sweep.elsewhere);
	free(sweep.best.items);
	free(sweep.chosen.items);
	hd_buf_release(&sweep.why);
	return rc;
}

struct keys {
	int64_t *items;
	size_t count;
	size_t size;
};

static int see_key(void *user, const struct hd_sweep_row *row)
{
	struct keys *keys = user;

	if (keys->count == keys->size) {
		size_t size = keys->size ? keys->size * 2 : 64;
		int64_t *items = realloc(keys->items, size * sizeof *items);

		if (!items)
			return HD_ENOMEM;
		keys->items = items;
		keys->size = size;
	}
	keys->items[keys->count++] = row->key;
	return 0;
}

/* --- folders that no row knows --------------------------------------------------------- */

static int see_rowless(void *user, const char *name)
{
	struct gc *gc = user;
	struct hd_gc_row row = gc_row(gc, name, false);
	struct stat info;
	int rc;

	if (fstatat(gc->folder, name, &info, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !is_old(gc, (int64_t)info.st_mtime * 1000000))
		return 0;
	rc = hd_removal_entry(&gc->removal, gc->folder, name);
	return rc < 0 ? rc : gc_tell(gc, &row);
}

/* --- all ----------------------------------------------------------------------------------- */

static int gc_all(struct gc *gc)
{
	struct keys keys = { 0 };
	int rc = hd_store_sweeps(gc->store, 0, NULL, see_key, &keys, gc->err);
	size_t first = gc->rule->sweeps ? gc->rule->keep_last : 0;

	for (size_t i = first; rc == 0 && i < keys.count; i++)
		rc = gc_sweep(gc, keys.items[i]);
	free(keys.items);
	if (rc == 0 && gc->rule->sweeps && gc->rule->older)
		rc = hd_folders_without_row(gc->store, see_rowless, gc, gc->err);
	return rc;
}

static int gc_snapshots(struct gc *gc)
{
	struct hd_gc_row row = gc_row(gc, "snapshots", false);
	int rc = hd_gc_snapshots(gc->store, gc->rule, gc->gone, gc->gone_count, &row, gc->err);

	if (rc < 0 || (!row.snapshots && !row.bytes && !row.skipped))
		return rc;
	row.of_snapshots = true;
	row.failure = row.failed ? "they cannot be removed" : NULL;
	return gc->fn(gc->user, &row);
}

int hd_gc(struct hd_store *store, const struct hd_gc_rule *rule,
	  const int64_t *sweeps, size_t count, hd_gc_fn fn, void *user,
	  struct hd_error *err)
{
	struct gc gc = { .store = store, .rule = rule, .fn = fn, .user = user, .err = err };
	int rc = 0;

	gc.now = hd_time_wall();
	gc.folder = open(hd_store_folder(store), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (gc.folder < 0)
		return hd_error_errno(err, errno, "cannot open '%s'", hd_store_folder(store));
	hd_removal_init(&gc.removal, rule->removes);
	if (!sweeps && (rule->sweeps || !rule->snapshots))
		rc = gc_all(&gc);
	for (size_t i = 0; sweeps && rc == 0 && i < count; i++)
		rc = gc_sweep(&gc, sweeps[i]);
	if (rc == 0 && (rule->sweeps || rule->snapshots))
		rc = gc_snapshots(&gc);
	hd_removal_release(&gc.removal);
	free(gc.gone);
	close(gc.folder);
	return rc == HD_ENOMEM ? hd_error_nomem(err) : rc;
}
