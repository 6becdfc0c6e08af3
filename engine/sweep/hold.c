/*
 * A sweep that is held starts nothing until somebody lets it go on: no trial,
 * no next attempt, nobody that was paused. What runs goes to its end.
 *
 * That it is held is a tag of the sweep, which a resume finds. Limits of time
 * go on meanwhile, and so does the sweep's patience. A replay sees a sweep that
 * drew its trials later: when it asked is stored with each.
 */
#include "sweep/core_private.h"

#include "base/time.h"
#include "sweep/lock.h"
#include "sweep/place.h"

#include <hdrive/policy.h>

#include <stdlib.h>
#include <string.h>

bool hd_core_is_held(const struct hd_core *core)
{
	return core->held;
}

static int hold_store(struct hd_store *store, int64_t sweep, bool held,
		      struct hd_error *err)
{
	int rc = hd_store_begin(store, err);

	if (rc < 0)
		return rc;
	rc = hd_store_sweep_hold(store, sweep, held, hd_time_wall(), err);
	if (rc == 0)
		return hd_store_commit(store, true, err);
	hd_store_rollback(store);
	return rc;
}

void hd_core_tell_hold(struct hd_core *core, int64_t wall)
{
	if (core->held)
		hd_core_tell(core, HD_EVENT_NOTE, wall,
			     "the sweep is held: no new trials start until "
			     "'hdrive update --go-on'");
}

int hd_core_hold(struct hd_core *core, bool held, struct hd_error *err)
{
	int rc = hold_store(core->setup.store, core->setup.sweep, held, err);

	if (rc < 0)
		return rc;
	core->held = held;
	core->wants_turn = true;
	if (held)
		hd_core_tell_hold(core, core->wall);
	else
		hd_core_tell(core, HD_EVENT_NOTE, core->wall,
			     "the sweep is held no more");
	return 0;
}

static int take_tag(void *user, const struct hd_said_row *row)
{
	struct hd_core *core = user;

	core->held |= row->kind == HD_SAID_TAG && !*row->child &&
		      !strcmp(row->name, HD_TAG_HELD);
	return 0;
}

int hd_core_restore_hold(struct hd_core *core, struct hd_error *err)
{
	return hd_store_said(core->setup.store, core->setup.sweep,
			     HD_SAID_OF_SWEEP, take_tag, core, err);
}

/* Nobody asks the policy whom it would take up again. */
bool hd_core_hold_keeps(const struct hd_core *core)
{
	if (!core->held || core->stopping || !core->setup.config->policy->promote ||
	    core->goal.end == HD_END_PATIENCE)
		return false;
	for (size_t i = 0; i < hd_history_count(core->history); i++)
		if (hd_trial_is_paused(hd_history_trial(core->history, i)))
			return true;
	return false;
}

/* --- no engine ------------------------------------------------------------ */

struct idle {
	char *folder;
	char *name;
};

static int take_place(void *user, const struct hd_sweep_row *row)
{
	struct idle *idle = user;

	idle->folder = hd_place_follow(row->folder);
	idle->name = strdup(row->name);
	return idle->folder && idle->name ? 0 : HD_ENOMEM;
}

int hd_sweep_hold(struct hd_store *store, int64_t key, bool held,
		  struct hd_error *err)
{
	struct idle idle = { NULL, NULL };
	bool is_study = false;
	int lock = -1;
	int rc = hd_store_sweep(store, key, take_place, &idle, err);

	if (rc == HD_ENOMEM)
		rc = hd_error_nomem(err);
	if (rc == 0)
		rc = hd_store_is_study(store, key, &is_study, err);
	if (rc == 0 && is_study)
		rc = hd_error_set(err, HD_EINVAL,
				  "'%s' is a study, whose trials others run: "
				  "it starts none that could be held",
				  idle.name);
	if (rc == 0)
		rc = hd_sweep_lock(&lock, idle.folder, idle.name, err);
	if (rc == 0)
		rc = hold_store(store, key, held, err);
	hd_sweep_unlock(&lock, idle.folder, false);
	free(idle.folder);
	free(idle.name);
	return rc;
}
