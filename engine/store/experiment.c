/*
 * Experiments: names that sweeps share. A sweep's own stands with its program,
 * else it is its source folder's; those made beforehand have rows.
 */
#include "base/buf.h"
#include "base/json.h"
#include "base/time.h"
#include "store/private.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

#define EXPERIMENT_LONGEST 255
#define EXPERIMENT_SCHEMA 4

/* The last name of the path, "hdrive" when it has none: as trials are told. */
static char *folder_name(const char *path)
{
	size_t end = strlen(path);
	size_t start;

	while (end && path[end - 1] == '/')
		end--;
	for (start = end; start && path[start - 1] != '/'; start--)
		;
	return start == end ? strdup("hdrive") : strndup(path + start, end - start);
}

/* "experiment" of a program's JSON; NULL when it names none. */
static char *program_name(const char *program)
{
	struct hd_json *json = NULL;
	const struct hd_json *name;
	char *found = NULL;

	if (!*program || hd_json_parse(&json, program, strlen(program), NULL) < 0)
		return NULL;
	name = hd_json_get(json, "experiment");
	if (name && hd_json_string(name, NULL))
		found = strdup(hd_json_string(name, NULL));
	hd_json_free(json);
	return found;
}

static int experiment_row(struct hd_query *query, void *vname, struct hd_error *err)
{
	char **name = vname;

	*name = program_name(hd_query_get_text(query));
	if (!*name)
		*name = folder_name(hd_query_get_text(query));
	return *name ? 0 : hd_error_nomem(err);
}

int hd_store_experiment(char **out, struct hd_store *store, int64_t sweep,
			struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_store_is_of(store, EXPERIMENT_SCHEMA, err);

	*out = NULL;
	if (rc == 0) {
		*out = strdup("hdrive");
		return *out ? 0 : hd_error_nomem(err);
	}
	if (rc > 0)
		rc = hd_query_open_of(&query, store, HD_STMT_SWEEP_EXPERIMENT,
				      sweep, err);
	return rc < 0 ? rc : hd_query_one(&query, "sweep", experiment_row, out, err);
}

int hd_store_experiment_check(const char *name, struct hd_error *err)
{
	size_t length = strlen(name);

	if (length == 0 || length > EXPERIMENT_LONGEST)
		return hd_error_set(err, HD_EINVAL,
				    "an experiment's name has 1 to %d characters, got %zu",
				    EXPERIMENT_LONGEST, length);
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)name[i] < ' ' || name[i] == '/' || name[i] == 127)
			return hd_error_set(err, HD_EINVAL,
					    "an experiment's name has neither '/' nor control "
					    "characters");
	return 0;
}

int hd_store_experiment_create(struct hd_store *store, const char *name,
			       struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_store_experiment_check(name, err);

	if (rc == 0)
		rc = hd_store_begin(store, err);
	if (rc < 0)
		return rc;
	rc = hd_query_write(&query, store, HD_STMT_EXPERIMENT_INSERT, err);
	if (rc == 0) {
		hd_query_text(&query, name);
		hd_query_integer(&query, hd_time_wall());
		rc = hd_query_run(&query, err);
	}
	if (rc == 0)
		rc = hd_store_commit(store, true, err);
	if (rc < 0)
		hd_store_rollback(store);
	return rc;
}

struct experiments_walk {
	hd_experiment_fn fn;
	void *user;
};

static int experiments_row(struct hd_query *query, void *vwalk, struct hd_error *err)
{
	const struct experiments_walk *walk = vwalk;
	const char *name = hd_query_get_text(query);

	(void)err;
	return walk->fn(walk->user, name, hd_query_get_integer(query));
}

int hd_store_experiments(struct hd_store *store, hd_experiment_fn fn,
			 void *user, struct hd_error *err)
{
	struct experiments_walk walk = { fn, user };
	struct hd_query query;
	int rc = hd_store_is_of(store, EXPERIMENT_SCHEMA, err);

	if (rc <= 0)
		return rc;
	rc = hd_query_open(&query, store, HD_STMT_EXPERIMENT_ALL, err);
	return rc < 0 ? rc : hd_query_each(&query, experiments_row, &walk, err);
}

int hd_store_tag(struct hd_store *store, int64_t sweep, int64_t trial,
		 const char *name, const char *value, struct hd_error *err)
{
	const struct hd_said_row row = {
		.trial = trial,
		.child = "",
		.kind = HD_SAID_TAG,
		.name = name,
		.value = value,
		.time = hd_time_wall(),
	};
	int rc;

	if (!*name)
		return hd_error_set(err, HD_EINVAL, "a tag needs a name: name=value");
	if (!strncmp(name, HD_TAG_AZURES, strlen(HD_TAG_AZURES)))
		return hd_error_set(err, HD_EINVAL, "tags whose names begin with '%s' are "
						    "Azure's own, as '%s'",
				    HD_TAG_AZURES, name);
	rc = hd_store_begin(store, err);
	if (rc < 0)
		return rc;
	rc = hd_store_say(store, sweep, &row, err);
	if (rc >= 0)
		rc = hd_store_commit(store, true, err);
	if (rc < 0)
		hd_store_rollback(store);
	return rc;
}
