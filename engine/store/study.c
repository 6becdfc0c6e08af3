/* Studies: sweeps whose trials others run, and ask for. */
#include "store/study.h"

#include "store/private.h"

int hd_store_study_insert(struct hd_store *store, int64_t sweep, bool promotes,
			  struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_STUDY_INSERT, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, sweep);
	hd_query_integer(&query, promotes);
	return hd_query_run(&query, err);
}

int hd_store_study_promotes(struct hd_store *store, int64_t sweep,
			    bool *promotes, struct hd_error *err)
{
	int64_t value = 0;
	int rc = hd_store_is_of(store, 6, err);

	if (rc > 0)
		rc = hd_query_integer_of(store, NULL, HD_STMT_STUDY_PROMOTES,
					 sweep, &value, err);
	*promotes = value != 0;
	return rc;
}

int hd_store_study_revision(struct hd_store *store, int64_t sweep,
			    int64_t *revision, struct hd_error *err)
{
	int64_t found = -1; /* they count from 0 */
	int rc = hd_query_integer_of(store, NULL, HD_STMT_STUDY_REVISION, sweep,
				     &found, err);

	if (rc == 0 && found < 0)
		return hd_error_set(err, HD_ENOENT,
				    "the sweep is no study: hdrive runs its "
				    "trials itself");
	if (rc == 0)
		*revision = found;
	return rc;
}

int hd_store_study_revise(struct hd_store *store, int64_t sweep,
			  int64_t revision, struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_STUDY_REVISE, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, sweep);
	hd_query_integer(&query, revision);
	return hd_query_change(&query, "study", err);
}

int hd_store_study_client(struct hd_store *store, int64_t trial,
			  const char *client, struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_STUDY_CLIENT, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, trial);
	hd_query_text(&query, client);
	return hd_query_change(&query, "trial", err);
}

struct clients_walk {
	hd_study_client_fn fn;
	void *user;
};

static int client_row(struct hd_query *query, void *vwalk, struct hd_error *err)
{
	const struct clients_walk *walk = vwalk;
	size_t number = hd_query_get_size(query);

	(void)err;
	return walk->fn(walk->user, number, hd_query_get_text(query));
}

int hd_store_study_clients(struct hd_store *store, int64_t sweep,
			   hd_study_client_fn fn, void *user,
			   struct hd_error *err)
{
	struct clients_walk walk = { fn, user };

	return hd_query_each_of(store, HD_STMT_STUDY_CLIENTS, sweep, client_row,
				&walk, err);
}

int hd_store_is_study(struct hd_store *store, int64_t sweep, bool *is_study,
		      struct hd_error *err)
{
	int64_t revision;
	int rc = hd_store_is_of(store, 5, err);

	*is_study = false;
	if (rc <= 0)
		return rc;
	rc = hd_store_study_revision(store, sweep, &revision, err);
	*is_study = rc == 0;
	return rc == HD_ENOENT ? 0 : rc;
}
