/*
 * A sweep that goes on at another place. What ran at the one before is nothing
 * to the other: trials that are under way cannot come along, and what waits for
 * its first or next attempt does not care.
 */
#include "sweep/sweep_private.h"

#include "base/buf.h"
#include "store/resume.h"

#include <string.h>

#define SHOWN 5

/* Trials that are under way. */
struct under_way {
	struct hd_buf numbers; /* of the first few */
	size_t count;
};

static int see_trial(void *user, const struct hd_resume_trial *row)
{
	struct under_way *there = user;

	if (row->state == HD_TRIAL_QUEUED)
		return 0;
	if (there->count++ < SHOWN)
		hd_buf_printf(&there->numbers, "%s%zu", there->count > 1 ? ", " : "",
			      row->number);
	return 0;
}

static int move_refused(const struct hd_sweep *sweep, const struct under_way *there,
			const char *backend, struct hd_error *err)
{
	return hd_error_set(err, HD_ESTATE,
			    "sweep '%s' cannot move from '%s' to '%s' while trial%s %s%s %s under "
			    "way there: go on with it there, or cancel it first",
			    sweep->name, backend, sweep->backend, there->count == 1 ? "" : "s",
			    hd_buf_text(&there->numbers), there->count > SHOWN ? ", ..." : "",
			    there->count == 1 ? "is" : "are");
}

/* What runs at a target that has its own ground sees nothing else. */
static int check_ground(const struct hd_sweep *sweep, struct hd_error *err)
{
	const struct hd_target *target = sweep->target;
	const char *ground = target->type->ground ? target->type->ground(target->settings) : NULL;
	size_t length = ground ? strlen(ground) : 0;

	if (!ground || (!strncmp(sweep->folder, ground, length) && sweep->folder[length] == '/'))
		return 0;
	return hd_error_set(
		err, HD_ESTATE,
		"sweep '%s' cannot move to '%s': its folder is '%s', and what runs there "
		"sees '%s' alone",
		sweep->name, sweep->backend, sweep->folder, ground);
}

int hd_sweep_move(struct hd_sweep *sweep, const char *backend, struct hd_error *err)
{
	struct under_way there = { HD_BUF_INIT, 0 };
	int rc = hd_store_resume_trials(sweep->store, sweep->key, HD_RESUME_OPEN, see_trial,
					&there, err);

	if (rc == 0 && hd_buf_failed(&there.numbers))
		rc = hd_error_nomem(err);
	else if (rc == 0 && there.count)
		rc = move_refused(sweep, &there, backend, err);
	if (rc == 0)
		rc = check_ground(sweep, err);
	if (rc == 0)
		rc = hd_store_sweep_backend(sweep->store, sweep->key, sweep->backend, err);
	hd_buf_release(&there.numbers);
	return rc;
}

bool hd_sweep_may_move(const char *backend, const struct hd_sweep_options *options)
{
	/* A runner's trials are known to its program alone; and nobody moves
	 * without saying where. */
	return options->target && (strchr(backend, ':') || !strcmp(backend, HD_TARGET_LOCAL));
}
