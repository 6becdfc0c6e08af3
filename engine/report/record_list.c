/* Records shown and listed: which runs fit, and in which order. */
#include "report/record.h"
#include "report/view.h"

#include "base/number.h"

#include <stdlib.h>
#include <string.h>

/* --- what a word names ---------------------------------------------------- */

/* The number behind the last SEPARATOR of WORD, and the length before it. */
static bool number_behind(const char *word, char separator, size_t *length,
			  int64_t *number)
{
	const char *at = strrchr(word, separator);

	if (!at || at == word || !at[1] || strspn(at + 1, "0123456789") != strlen(at + 1))
		return false;
	*length = (size_t)(at - word);
	return hd_number_read_integer(at + 1, strlen(at + 1), number);
}

static int trial_there(void *user, const struct hd_trial_row *row)
{
	(void)user;
	(void)row;
	return 0;
}

int hd_record_find(struct hd_store *store, const char *word, int64_t *sweep,
		   int64_t *trial, struct hd_error *err)
{
	int64_t number;
	size_t length;
	char *name;
	int rc;

	*trial = HD_RECORD_SWEEP;
	/* A sweep's own name may look like a trial's id. */
	rc = hd_store_find_sweep(store, word, sweep, err);
	if (rc != HD_ENOENT || (!number_behind(word, '/', &length, &number) &&
				!number_behind(word, '_', &length, &number)))
		return rc;
	name = strndup(word, length);
	if (!name)
		return hd_error_nomem(err);
	rc = hd_store_find_sweep(store, name, sweep, err);
	free(name);
	if (rc == 0)
		rc = hd_store_trial(store, *sweep, (size_t)number, trial_there, NULL, err);
	if (rc == 0)
		*trial = number;
	return rc;
}

/* --- walks ---------------------------------------------------------------- */

/* "slurm:gpu" is the target "gpu"; a program's own runner is on this machine. */
static int walk_target(void *user, const struct hd_sweep_row *row)
{
	struct record_walk *walk = user;
	const char *colon = strchr(row->backend, ':');

	walk->target = strdup(colon ? colon + 1 : HD_TARGET_LOCAL);
	return walk->target ? 0 : hd_error_nomem(walk->err);
}

static int walk_sweep(struct record_walk *walk, int64_t sweep)
{
	int rc;

	free(walk->experiment);
	free(walk->target);
	walk->experiment = walk->target = NULL;
	walk->sweep = sweep;
	rc = hd_store_sweep(walk->store, sweep, walk_target, walk, walk->err);
	return rc < 0 ? rc
		      : hd_store_experiment(&walk->experiment, walk->store, sweep, walk->err);
}

static int walk_end(struct record_walk *walk, int rc)
{
	int written = hd_pen_end(&walk->pen, rc < 0 ? NULL : walk->err);

	free(walk->experiment);
	free(walk->target);
	return rc < 0 ? rc : written;
}

/* "name=value" is what TAGS has. */
static bool has_tag(const struct hd_view *tags, const char *text)
{
	size_t length = strcspn(text, "=");

	for (size_t i = 0; i < tags->count; i++)
		if (strlen(tags->names[i]) == length && !strncmp(tags->names[i], text, length))
			return !text[length] ||
			       (tags->items[i]->kind == HD_VIEW_TEXT &&
				!strcmp(tags->items[i]->text, text + length + 1));
	return false;
}

static int tags_write(void *user, const char *text, size_t length)
{
	hd_buf_add(user, text, length);
	return hd_buf_failed(user) ? HD_ENOMEM : 0;
}

/* The tags of a row as a tree in ARENA. */
static int tags_view(const struct hd_view **tags, struct hd_arena *arena,
		     const struct record_walk *walk,
		     const struct hd_sweep_row *sweep,
		     const struct hd_trial_row *trial)
{
	struct record_walk own = *walk;
	struct hd_buf text = HD_BUF_INIT;
	const struct hd_out out = { .write = tags_write, .user = &text };
	int rc, written;

	hd_pen_init(&own.pen, &out);
	rc = hd_record_put_tags(&own, sweep, trial);
	written = hd_pen_end(&own.pen, rc < 0 ? NULL : walk->err);
	if (rc == 0)
		rc = written;
	if (rc == 0)
		rc = hd_view_read(tags, arena, hd_buf_text(&text), text.length, walk->err);
	hd_buf_release(&text);
	return rc;
}

/* 1 when it has all tags that are asked for, 0 or a negative code. */
static int has_tags(struct record_walk *walk, const struct hd_sweep_row *sweep,
		    const struct hd_trial_row *trial)
{
	const struct hd_record_query *query = walk->query;
	struct hd_arena *arena;
	const struct hd_view *tags;
	int rc, fits = 1;

	if (query->tag_count == 0)
		return 1;
	arena = hd_arena_new();
	rc = arena ? tags_view(&tags, arena, walk, sweep, trial) : hd_error_nomem(walk->err);
	for (size_t i = 0; rc == 0 && fits && i < query->tag_count; i++)
		fits = has_tag(tags, query->tags[i]);
	hd_arena_free(arena);
	return rc < 0 ? rc : fits;
}

static bool fits_words(const struct record_walk *walk, const char *state)
{
	const struct hd_record_query *query = walk->query;

	return (!query->status || !strcmp(query->status, state)) &&
	       (!query->experiment || !strcmp(query->experiment, walk->experiment)) &&
	       (!query->target || !strcmp(query->target, walk->target));
}

static int list_sweep(void *user, const struct hd_sweep_row *row)
{
	struct record_walk *walk = user;
	int rc = walk_sweep(walk, row->key);

	if (rc == 0)
		rc = fits_words(walk, row->state) ? has_tags(walk, row, NULL) : 0;
	if (rc <= 0)
		return rc;
	hd_pen_puts(&walk->pen, walk->count++ ? ",\n" : "");
	rc = hd_record_put_sweep(walk, row);
	return rc ? rc : walk->query->last && walk->count == walk->query->last;
}

int hd_record_list(struct hd_store *store, enum hd_record_form form,
		   const struct hd_record_query *query, const struct hd_out *out,
		   struct hd_error *err)
{
	struct record_walk walk = { .store = store, .form = form, .query = query, .err = err };
	int rc;

	hd_pen_init(&walk.pen, out);
	hd_pen_puts(&walk.pen, "[");
	rc = hd_store_sweeps(store, 0, NULL, list_sweep, &walk, err);
	hd_pen_puts(&walk.pen, "]\n");
	return walk_end(&walk, rc);
}

static int count_trial(void *user, const struct hd_trial_row *row)
{
	struct record_walk *walk = user;
	int rc = fits_words(walk, hd_trial_state_name(row->state)) ? has_tags(walk, NULL, row) : 0;

	walk->fit += rc > 0;
	return rc < 0 ? rc : 0;
}

static int list_trial(void *user, const struct hd_trial_row *row)
{
	struct record_walk *walk = user;
	int rc = fits_words(walk, hd_trial_state_name(row->state)) ? has_tags(walk, NULL, row) : 0;

	if (rc <= 0)
		return rc;
	if (walk->skip) {
		walk->skip--;
		return 0;
	}
	hd_pen_puts(&walk->pen, walk->count++ ? ",\n" : "");
	return hd_record_put_trial(walk, row);
}

int hd_record_children(struct hd_store *store, enum hd_record_form form,
		       int64_t sweep, const struct hd_record_query *query,
		       const struct hd_out *out, struct hd_error *err)
{
	struct record_walk walk = { .store = store, .form = form, .query = query, .err = err };
	int rc;

	hd_pen_init(&walk.pen, out);
	hd_pen_puts(&walk.pen, "[");
	rc = walk_sweep(&walk, sweep);
	/* The newest are the last: how many stand before them? */
	if (rc == 0 && query->last)
		rc = hd_store_trials(store, sweep, NULL, count_trial, &walk, err);
	if (walk.fit > query->last)
		walk.skip = walk.fit - query->last;
	if (rc == 0)
		rc = hd_store_trials(store, sweep, NULL, list_trial, &walk, err);
	hd_pen_puts(&walk.pen, "]\n");
	return walk_end(&walk, rc);
}

static int show_sweep(void *user, const struct hd_sweep_row *row)
{
	return hd_record_put_sweep(user, row);
}

static int show_trial(void *user, const struct hd_trial_row *row)
{
	return hd_record_put_trial(user, row);
}

int hd_record_show(struct hd_store *store, enum hd_record_form form,
		   int64_t sweep, int64_t trial, const struct hd_out *out,
		   struct hd_error *err)
{
	struct record_walk walk = { .store = store, .form = form, .err = err };
	int rc;

	hd_pen_init(&walk.pen, out);
	rc = walk_sweep(&walk, sweep);
	if (rc == 0 && trial < 0)
		rc = hd_store_sweep(store, sweep, show_sweep, &walk, err);
	else if (rc == 0)
		rc = hd_store_trial(store, sweep, (size_t)trial, show_trial, &walk, err);
	hd_pen_puts(&walk.pen, "\n");
	return walk_end(&walk, rc);
}

/* --- experiments ---------------------------------------------------------- */

struct experiment {
	char *name;
	int64_t created;
	size_t runs;
};

struct experiments {
	struct hd_store *store;
	struct experiment *items;
	size_t count;
	struct hd_error *err;
};

static struct experiment *experiment_get(struct experiments *all, const char *name)
{
	struct experiment *items;

	for (size_t i = 0; i < all->count; i++)
		if (!strcmp(all->items[i].name, name))
			return &all->items[i];
	items = realloc(all->items, (all->count + 1) * sizeof *items);
	if (!items)
		return NULL;
	all->items = items;
	items[all->count] = (struct experiment){ .name = strdup(name) };
	return items[all->count].name ? &items[all->count++] : NULL;
}

static int experiment_row(void *user, const char *name, int64_t created)
{
	struct experiment *one = experiment_get(user, name);

	if (!one)
		return HD_ENOMEM;
	one->created = created;
	return 0;
}

static int experiment_sweep(void *user, const struct hd_sweep_row *row)
{
	struct experiments *all = user;
	struct experiment *one;
	char *name;
	int rc = hd_store_experiment(&name, all->store, row->key, all->err);

	if (rc < 0)
		return rc;
	one = experiment_get(all, name);
	free(name);
	if (!one)
		return HD_ENOMEM;
	one->runs++;
	/* Sweeps come newest first. */
	if (one->created == 0 || row->created < one->created)
		one->created = row->created;
	return 0;
}

static int experiment_by_name(const void *a, const void *b)
{
	return strcmp(((const struct experiment *)a)->name, ((const struct experiment *)b)->name);
}

static void experiment_put(struct hd_pen *pen, const struct experiment *one)
{
	hd_pen_puts(pen, "{");
	hd_pen_key(pen, "name", true);
	hd_pen_json(pen, one->name);
	hd_pen_key(pen, "created_utc", false);
	hd_pen_json_time(pen, one->created);
	hd_pen_printf(pen, ",\"runs\":%zu}", one->runs);
}

int hd_record_experiments(struct hd_store *store, const char *name,
			  const struct hd_out *out, struct hd_error *err)
{
	struct experiments all = { .store = store, .err = err };
	struct hd_pen pen;
	int rc = hd_store_experiments(store, experiment_row, &all, err);

	if (rc == 0)
		rc = hd_store_sweeps(store, 0, NULL, experiment_sweep, &all, err);
	if (rc == HD_ENOMEM)
		hd_error_nomem(err);
	if (all.count)
		qsort(all.items, all.count, sizeof *all.items, experiment_by_name);
	hd_pen_init(&pen, out);
	hd_pen_puts(&pen, name ? "" : "[");
	for (size_t i = 0; i < all.count; i++) {
		if (!name)
			hd_pen_puts(&pen, i ? ",\n" : "");
		if (!name || !strcmp(name, all.items[i].name))
			experiment_put(&pen, &all.items[i]);
		free(all.items[i].name);
	}
	hd_pen_puts(&pen, name ? "\n" : "]\n");
	free(all.items);
	if (rc == 0)
		return hd_pen_end(&pen, err);
	hd_pen_end(&pen, NULL);
	return rc;
}
