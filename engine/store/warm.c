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

int hd_store_inherited(struct hd_store *store, int64_t sweep,
		       hd_inherited_fn fn, void *user, struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_open(&query, store, HD_STMT_INHERITED_ALL, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, sweep);
	while ((rc = hd_query_next(&query, err)) > 0) {
		struct hd_inherited_row row = { 0 };

		rc = inherited_read(&query, &row, err);
		if (rc == 0)
			rc = fn(user, &row);
		if (rc != 0)
			break;
	}
	hd_query_close(&query);
	return rc;
}

int hd_store_resume_from(struct hd_store *store, int64_t trial, char **folder,
			 struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_open(&query, store, HD_STMT_TRIAL_RESUME_FROM, err);

	*folder = NULL;
	if (rc < 0)
		return rc;
	hd_query_integer(&query, trial);
	rc = hd_query_next(&query, err);
	if (rc > 0 && !hd_query_is_null(&query)) {
		*folder = strdup(hd_query_get_text(&query));
		rc = *folder ? 0 : hd_error_nomem(err);
	}
	hd_query_close(&query);
	return rc < 0 ? rc : 0;
}
