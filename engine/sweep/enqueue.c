/*
 * Configurations that people want tried, before anything the sampler gives:
 * known good points, mostly. They are rows until a slot is free for them, so
 * that a crash loses none.
 */
#include "sweep/core_private.h"

#include "space/values.h"

#include <stdlib.h>
#include <string.h>

static void enqueued_free(struct enqueued *enqueued)
{
	if (!enqueued)
		return;
	free(enqueued->resume_from);
	free(enqueued);
}

static struct enqueued *enqueued_new(const struct hd_core *core,
				     const char *parameters, int *rc,
				     struct hd_error *err)
{
	const struct hd_space *space = core->setup.config->space;
	size_t size = hd_space_count(space) * sizeof(struct hd_value);
	struct enqueued *enqueued = calloc(1, sizeof *enqueued + size);

	*rc = enqueued ? hd_space_read_values(space, parameters,
					      enqueued->values, err)
		       : hd_error_nomem(err);
	if (*rc == 0)
		return enqueued;
	free(enqueued);
	return NULL;
}

static void enqueued_link(struct hd_core *core, struct enqueued *enqueued)
{
	*core->enqueued_end = enqueued;
	core->enqueued_end = &enqueued->next;
}

bool hd_core_has_enqueued(const struct hd_core *core)
{
	return core->enqueued != NULL;
}

/* Its row goes in the transaction that makes it a trial. */
int hd_core_take_enqueued(struct hd_core *core, char **resume_from,
			  struct hd_error *err)
{
	struct enqueued *enqueued = core->enqueued;
	size_t width = hd_space_count(core->setup.config->space);
	int rc = hd_core_begin(core, err);

	if (rc == 0)
		rc = hd_store_queue_drop(core->setup.store, enqueued->key, err);
	if (rc < 0)
		return rc;
	memcpy(core->values, enqueued->values, width * sizeof *core->values);
	core->enqueued = enqueued->next;
	if (!core->enqueued)
		core->enqueued_end = &core->enqueued;
	*resume_from = enqueued->resume_from;
	free(enqueued);
	return 0;
}

static int enqueued_store(struct hd_core *core, struct enqueued *enqueued,
			  const char *parameters, int64_t wall,
			  struct hd_error *err)
{
	struct hd_store *store = core->setup.store;
	int rc = hd_store_begin(store, err);

	if (rc < 0)
		return rc;
	rc = hd_store_queue_insert(store, core->setup.sweep,
				   &(struct hd_waiting_row){ parameters, NULL },
				   wall, &enqueued->key, err);
	if (rc == 0)
		return hd_store_commit(store, true, err);
	hd_store_rollback(store);
	return rc;
}

int hd_core_enqueue(struct hd_core *core, const char *parameters, int64_t wall,
		    struct hd_error *err)
{
	int rc;
	struct enqueued *enqueued = enqueued_new(core, parameters, &rc, err);

	if (rc == 0)
		rc = enqueued_store(core, enqueued, parameters, wall, err);
	if (rc < 0) {
		enqueued_free(enqueued);
		return rc;
	}
	enqueued_link(core, enqueued);
	core->wants_turn = true;
	return 0;
}

static int restore_enqueued(void *user, int64_t key,
			    const struct hd_waiting_row *row)
{
	struct hd_core *core = user;
	int rc;
	struct enqueued *enqueued = enqueued_new(core, row->parameters, &rc, NULL);

	/* Where the space has changed since, it cannot be tried. */
	if (rc < 0)
		return rc == HD_ENOMEM ? rc : 0;
	enqueued->key = key;
	if (row->resume_from) {
		enqueued->resume_from = strdup(row->resume_from);
		if (!enqueued->resume_from) {
			enqueued_free(enqueued);
			return HD_ENOMEM;
		}
	}
	enqueued_link(core, enqueued);
	return 0;
}

int hd_core_restore_enqueued(struct hd_core *core, struct hd_error *err)
{
	int rc = hd_store_resume_queue(core->setup.store, core->setup.sweep,
				       restore_enqueued, core, err);

	return rc == HD_ENOMEM ? hd_error_nomem(err) : rc;
}

void hd_core_drop_enqueued(struct hd_core *core)
{
	while (core->enqueued) {
		struct enqueued *enqueued = core->enqueued;

		core->enqueued = enqueued->next;
		enqueued_free(enqueued);
	}
}
