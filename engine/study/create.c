/* Studies that are kept: a sweep's name, folder and row, without an engine. */
#define _GNU_SOURCE

#include "study/private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/time.h"
#include "store/resume.h"
#include "store/study.h"
#include "sweep/lock.h"
#include "sweep/name.h"
#include "sweep/place.h"
#include "sweep/stored.h"
#include "sweep/warm.h"

/* A caller of an older header may have no field behind the config. */
#define CONFIG_END                                   \
	(offsetof(struct hd_study_options, config) + \
	 sizeof(const struct hd_config *))

/* --- a new one --------------------------------------------------------------- */

struct creating {
	struct hd_store *store;
	const struct hd_config *config;
	struct hd_warm warm;
	uint64_t seed;
	bool promotes;
	char id[HD_SWEEP_ID_SIZE];
	char name[HD_SWEEP_NAME_MOST + 1];
	char *folder;
	int lock;
	int64_t key;
};

static int insert(void *user, struct hd_error *err)
{
	struct creating *creating = user;
	const struct hd_sweep_record record = {
		.id = creating->id,
		.name = creating->name,
		.config = creating->config,
		.seed = creating->seed,
		.command = "[]",
		.max_concurrent = creating->config->max_concurrent,
		.created = hd_time_wall(),
		.inherited = creating->warm.inherited,
		.inherited_count = creating->warm.inherited_count,
		.waiting = creating->warm.waiting,
		.waiting_count = creating->warm.waiting_count,
		.is_study = true,
		.promotes = creating->promotes,
	};

	return hd_store_sweep_insert(creating->store, &record, &creating->key, err);
}

static int create(struct creating *creating, const char *name,
		  struct hd_error *err)
{
	const struct hd_place place = {
		.store = creating->store,
		.name = creating->name,
		.folder = &creating->folder,
		.lock = &creating->lock,
		.insert = insert,
		.user = creating,
	};
	unsigned long long drawn = creating->seed;
	int rc = hd_warm_gather(&creating->warm, creating->store,
				creating->config, err);

	if (rc == 0 && creating->seed == 0 && !creating->config->has_seed)
		rc = hd_name_random_seed(&drawn, err);
	creating->seed = drawn;
	if (rc == 0)
		rc = hd_name_make_id(creating->id, err);
	if (rc == 0)
		rc = hd_place_take(&place, name ? name : creating->config->name, err);
	hd_warm_release(&creating->warm);
	if (rc < 0)
		free(creating->folder);
	return rc;
}

int hd_study_create(struct hd_study **out, struct hd_store *store,
		    const char *name, const struct hd_study_options *options,
		    struct hd_error *err)
{
	struct creating creating = { .store = store, .lock = -1 };
	struct hd_study *study = NULL;
	int rc;

	if (out)
		*out = NULL;
	if (!out || !store || !options)
		return hd_error_set(err, HD_EINVAL,
				    "a study that is kept needs a store and "
				    "options");
	rc = hd_study_alloc(&study, options, err);
	if (rc == 0 && (options->size < CONFIG_END || !options->config))
		rc = hd_error_set(err, HD_EINVAL,
				  "a study that is kept needs a config");
	if (rc == 0 && study->terms.limit != options->config->max_total)
		rc = hd_error_set(err, HD_EINVAL,
				  "a study that is kept has the limit of its "
				  "config: it cannot be endless");
	if (rc < 0)
		goto out;
	creating.config = options->config;
	creating.seed = study->terms.seed;
	creating.promotes = study->terms.promotes;
	/* That sampler and space go together is known before there is a row. */
	rc = hd_study_begin(study, err);
	if (rc == 0)
		rc = create(&creating, name, err);
	if (rc == 0)
		rc = hd_keep_new(study, store, creating.key, creating.name,
				 creating.folder, creating.lock, err);
	study->terms.seed = creating.seed;
	if (rc == 0)
		rc = hd_study_refresh(study, err);
	if (rc < 0)
		goto out;
	*out = study;
	study = NULL;
out:
	hd_study_free(study);
	return rc;
}

/* --- one that is there --------------------------------------------------------- */

struct opening {
	char *name, *folder, *text, *path;
	struct hd_texts sets, patterns;
	uint64_t seed;
	size_t slots;
	bool promotes;
};

static void opening_release(struct opening *opening)
{
	free(opening->name);
	free(opening->folder);
	free(opening->text);
	free(opening->path);
	hd_texts_release(&opening->sets);
	hd_texts_release(&opening->patterns);
}

static int take_row(void *user, const struct hd_sweep_row *row)
{
	struct opening *opening = user;

	opening->seed = row->seed;
	opening->slots = row->max_concurrent;
	opening->name = strdup(row->name);
	opening->folder = strdup(row->folder);
	opening->text = strdup(row->config_text);
	opening->path = strdup(row->config_path);
	return opening->name && opening->folder && opening->text && opening->path
		       ? 0
		       : HD_ENOMEM;
}

static int read_rows(struct opening *opening, struct hd_store *store,
		     int64_t key, struct hd_error *err)
{
	int64_t revision;
	int rc = hd_store_sweep(store, key, take_row, opening, err);

	if (rc == 0)
		rc = hd_store_study_revision(store, key, &revision, err);
	if (rc == 0)
		rc = hd_store_study_promotes(store, key, &opening->promotes, err);
	if (rc == 0)
		rc = hd_store_settings(store, key, hd_texts_add, &opening->sets, err);
	if (rc == 0)
		rc = hd_store_resume_patterns(store, key, hd_texts_add,
					      &opening->patterns, err);
	return rc == HD_ENOMEM ? hd_error_nomem(err) : rc;
}

/* The file of the lock, open and not locked. */
static int open_lock(const struct opening *opening, int *lock,
		     struct hd_error *err)
{
	struct hd_buf path = HD_BUF_INIT;
	int rc = 0;

	hd_buf_printf(&path, "%s/" HD_SWEEP_LOCK, opening->folder);
	*lock = hd_buf_failed(&path) ? -1
				     : open(hd_buf_text(&path),
					    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (hd_buf_failed(&path))
		rc = hd_error_nomem(err);
	else if (*lock < 0)
		rc = hd_error_errno(err, errno, "cannot open '%s'",
				    hd_buf_text(&path));
	hd_buf_release(&path);
	return rc;
}

static int open_study(struct hd_study *study, struct opening *opening,
		      struct hd_store *store, int64_t key, struct hd_error *err)
{
	int lock = -1;
	int rc = read_rows(opening, store, key, err);

	if (rc == 0)
		rc = hd_stored_config(&study->own_config, store, opening->text,
				      opening->path, &opening->sets,
				      opening->sets.count, &opening->patterns, err);
	if (rc == 0)
		rc = open_lock(opening, &lock, err);
	if (rc < 0)
		return rc;
	hd_terms_of_config(&study->terms, study->own_config);
	study->terms.seed = opening->seed;
	study->terms.promotes = opening->promotes;
	rc = hd_keep_new(study, store, key, opening->name, opening->folder, lock,
			 err);
	opening->folder = NULL;
	return rc < 0 ? rc : hd_study_refresh(study, err);
}

int hd_study_open(struct hd_study **out, struct hd_store *store, int64_t key,
		  struct hd_error *err)
{
	struct opening opening = { 0 };
	struct hd_study *study;
	int rc;

	if (out)
		*out = NULL;
	if (!out || !store)
		return hd_error_set(err, HD_EINVAL,
				    "a study that is kept needs a store");
	study = calloc(1, sizeof *study);
	if (!study)
		return hd_error_nomem(err);
	rc = open_study(study, &opening, store, key, err);
	opening_release(&opening);
	if (rc < 0)
		hd_study_free(study);
	else
		*out = study;
	return rc;
}
