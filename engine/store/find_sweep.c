/*
 * Which sweep a word means: a name, an id, the start of either, or "@".
 */
#include "base/buf.h"
#include "store/private.h"

#include <string.h>

static int find_one(struct hd_store *store, enum hd_stmt id, const char *word,
		    int64_t *key, struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_open(&query, store, id, err);

	if (rc < 0)
		return rc;
	if (word)
		hd_query_text(&query, word);
	rc = hd_query_next(&query, err);
	/* max() over no rows is one row with NULL. */
	if (rc > 0 && hd_query_is_null(&query))
		rc = 0;
	if (rc > 0)
		*key = hd_query_get_integer(&query);
	hd_query_close(&query);
	return rc;
}

#define FIND_LISTED 5

/*
 * The sweeps whose name or id starts with WORD. A sweep both of whose fit
 * comes twice, one behind the other, and counts once.
 */
static int find_prefix(struct hd_store *store, const char *word, int64_t *key,
		       struct hd_error *err)
{
	struct hd_buf list = HD_BUF_INIT;
	struct hd_query query;
	size_t found = 0;
	int rc = hd_query_open(&query, store, HD_STMT_SWEEP_PREFIX, err);

	if (rc < 0)
		return rc;
	hd_query_text(&query, word);
	while ((rc = hd_query_next(&query, err)) > 0) {
		int64_t now = hd_query_get_integer(&query);

		if (found && now == *key)
			continue;
		*key = now;
		if (++found <= FIND_LISTED)
			hd_buf_printf(&list, "%s%s", found > 1 ? ", " : "",
				      hd_query_get_text(&query));
	}
	hd_query_close(&query);
	if (rc == 0 && found == 0)
		rc = hd_error_set(err, HD_ENOENT, "no sweep '%s' in store '%s'",
				  word, store->path);
	else if (rc == 0 && found > 1)
		rc = hd_error_set(err, HD_EINVAL, "'%s' fits several sweeps: %s%s",
				  word, hd_buf_text(&list),
				  found > FIND_LISTED ? ", ..." : "");
	hd_buf_release(&list);
	return rc;
}

int hd_store_find_sweep(struct hd_store *store, const char *word,
			int64_t *key, struct hd_error *err)
{
	int rc;

	*key = 0;
	if (!word || strcmp(word, "@") == 0) {
		rc = find_one(store, HD_STMT_SWEEP_LATEST, NULL, key, err);
		if (rc == 0)
			return hd_error_set(err, HD_ENOENT,
					    "no sweep yet in store '%s'",
					    store->path);
		return rc < 0 ? rc : 0;
	}
	if (!*word)
		return hd_error_set(err, HD_EINVAL,
				    "a sweep is named by its name, its id, the "
				    "start of either, or '@', not by ''");
	rc = find_one(store, HD_STMT_SWEEP_EXACT, word, key, err);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	return find_prefix(store, word, key, err);
}
