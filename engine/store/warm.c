/* Trials of earlier sweeps: those that are known, and those gone on with. */
#include "store/resume.h"

#include "store/private.h"

#include <stdlib.h>
#include <string.h>

static int inherited_insert(struct hd_store *store, int64_t sweep, size_t position,
			    const struct hd_inherited_row *row,
			    struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_INHERITED_INSERT, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, sweep);
	hd_query_integer(&query, (int64_t)position);
	hd_query_text(&query, row->source);
	hd_query_integer(&query, (int64_t)row->number);
	hd_query_text(&query, hd_trial_state_name(row->state));
	hd_query_text(&query, hd_end_name(row->end));
	hd_query_text(&query, row->parameters);
	hd_query_text(&query, row->curve);
	return hd_query_run(&query, err);
}

int hd_store_warm_insert(struct hd_store *store, int64_t sweep,
			 const struct hd_sweep_record *record,
			 struct hd_error *err)
{
	int64_t key;
	int rc = 0;

	for (size_t i = 0; i < record->inherited_count && rc == 0; i++)
		rc = inherited_insert(store, sweep, i, &record->inherited[i], err);
	for (size_t i = 0; i < record->waiting_count && rc == 0; i++)
		rc = hd_store_queue_insert(store, sweep, &record->waiting[i],
					   record->created, &key, err);
	return rc;
}

static int inherited_read(struct hd_query *query, struct hd_inherited_row *row,
			  struct hd_error *err)
{
	const char *state, *end;

	row->source = hd_query_get_text(query);
	row->number = hd_query_get_size(query);
	state = hd_query_get_text(query);
	end = hd_query_get_text(query);
	row->parameters = hd_query_get_text(query);
	row->curve = hd_query_get_text(query);
	if (hd_trial_state_find(state, &row->state) &&
	    hd_end_find(end, &row->end) &&
	    hd_trial_state_is_terminal(row->state) && !query->broken)
		return 0;
	return hd_error_set(err, HD_ECORRUPT,
			    "store '%s' has an inherited trial that cannot be:"
			    " '%s', '%s'",
			    query->store->path, state, end);
}

struct inherited_walk {
	hd_inherited_fn fn;
	void *user;
};

static int inherited_row(struct hd_query *query, void *vwalk, struct hd_error *err)
{
	const struct inherited_walk *walk = vwalk;
	struct hd_inherited_row row = { 0 };
	int rc = inherited_read(query, &row, err);

	return rc < 0 ? rc : walk->fn(walk->user, &row);
}

int hd_store_inherited(struct hd_store *store, int64_t sweep,
		       hd_inherited_fn fn, void *user, struct hd_error *err)
{
	struct inherited_walk walk = { fn, user };

	return hd_query_each_of(store, HD_STMT_INHERITED_ALL, sweep,
				inherited_row, &walk, err);
}

static int folder_row(struct hd_query *query, void *vfolder, struct hd_error *err)
{
	char **folder = vfolder;

	if (hd_query_is_null(query))
		return 0;
	*folder = strdup(hd_query_get_text(query));
	return *folder ? 0 : hd_error_nomem(err);
}

int hd_store_resume_from(struct hd_store *store, int64_t trial, char **folder,
			 struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_open_of(&query, store, HD_STMT_TRIAL_RESUME_FROM, trial,
				  err);

	*folder = NULL;
	return rc < 0 ? rc : hd_query_one(&query, NULL, folder_row, folder, err);
}
