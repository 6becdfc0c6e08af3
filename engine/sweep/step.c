/*
 * A sweep under the loop of the program that links it, and what that program
 * may change while it runs.
 *
 * libuv's loop has one descriptor to wait for, of epoll. What a callback begins
 * to watch is told to it by the next turn of the loop only, so a step turns the
 * loop until a turn had nothing to do.
 */
#include "sweep/sweep_private.h"

#include "base/sized.h"
#include "base/time.h"

#include <math.h>
#include <poll.h>
#include <stdlib.h>

#define TURNS_MOST 16
#define SLOTS_MOST 4096

static bool is_running(const struct hd_sweep *sweep)
{
	return sweep && sweep->started_up && !sweep->over;
}

static int check_running(const struct hd_sweep *sweep, struct hd_error *err)
{
	if (!sweep)
		return hd_error_set(err, HD_EINVAL, "no sweep was given");
	return is_running(sweep) ? 0
				 : hd_error_set(err, HD_ESTATE,
						"the sweep does not run");
}

/* --- steps ------------------------------------------------------------------ */

int hd_sweep_descriptor(const struct hd_sweep *sweep)
{
	return is_running(sweep) ? uv_backend_fd(&sweep->loop) : -1;
}

/* A runner has told something outside of a step, of which the loop knows
 * nothing. */
static bool has_news(const struct hd_sweep *sweep)
{
	return hd_core_wants_turn(sweep->core) ||
	       (hd_core_wants_soon(sweep->core) &&
		!uv_is_active((const uv_handle_t *)&sweep->soon));
}

int hd_sweep_timeout(const struct hd_sweep *sweep)
{
	if (!is_running(sweep))
		return -1;
	if (sweep->hurry || has_news(sweep))
		return 0;
	/* Its clock stands still between turns. */
	uv_update_time((uv_loop_t *)&sweep->loop);
	return uv_backend_timeout(&sweep->loop);
}

static bool has_work(const struct hd_sweep *sweep)
{
	struct pollfd ready = { .fd = uv_backend_fd(&sweep->loop),
				.events = POLLIN };

	return uv_backend_timeout(&sweep->loop) == 0 || poll(&ready, 1, 0) > 0;
}

int hd_sweep_step(struct hd_sweep *sweep, struct hd_error *err)
{
	int alive = 1;
	int rc = check_running(sweep, err);

	if (rc < 0)
		return rc;
	sweep->hurry = true;
	for (int turns = 0; alive && sweep->hurry && turns < TURNS_MOST; turns++) {
		uv_update_time(&sweep->loop);
		sweep->hurry = has_work(sweep);
		alive = uv_run(&sweep->loop, UV_RUN_NOWAIT);
	}
	return alive ? HD_RUNNING : hd_sweep_conclude(sweep, err);
}

/* --- what may change ---------------------------------------------------------- */

/* What was changed counts from the next turn on, which comes at once. */
static int changed(struct hd_sweep *sweep, int rc)
{
	if (rc == 0)
		uv_async_send(&sweep->wake);
	return rc;
}

int hd_sweep_get_limits(const struct hd_sweep *sweep,
			struct hd_sweep_limits *limits, struct hd_error *err)
{
	struct hd_sweep_limits own = { 0 };
	struct hd_limits now;
	int rc = check_running(sweep, err);

	if (rc < 0)
		return rc;
	if (!hd_sized_copy(&own, sizeof own, limits, sizeof own))
		return hd_error_set(err, HD_EINVAL,
				    "no place for the limits was given");
	hd_core_limits(sweep->core, &now);
	limits->max_total = now.max_total;
	limits->max_concurrent = now.max_concurrent;
	limits->max_duration = now.max_duration;
	limits->trial_timeout = now.trial_timeout;
	return 0;
}

static bool is_seconds(double value)
{
	return isnan(value) || value >= 0;
}

int hd_sweep_set_limits(struct hd_sweep *sweep,
			const struct hd_sweep_limits *limits,
			struct hd_error *err)
{
	struct hd_sweep_limits own;
	struct hd_limits now;
	int rc = check_running(sweep, err);

	if (rc < 0)
		return rc;
	if (!hd_sized_copy(&own, sizeof own, limits, sizeof own) ||
	    own.max_concurrent > SLOTS_MOST || !is_seconds(own.max_duration) ||
	    !is_seconds(own.trial_timeout))
		return hd_error_set(err, HD_EINVAL,
				    "limits are whole numbers of trials, at most "
				    "%d at a time, and seconds",
				    SLOTS_MOST);
	hd_core_limits(sweep->core, &now);
	if (own.max_total)
		now.max_total = own.max_total;
	if (own.max_concurrent)
		now.max_concurrent = own.max_concurrent;
	if (own.max_duration > 0)
		now.max_duration = own.max_duration;
	if (own.trial_timeout > 0)
		now.trial_timeout = own.trial_timeout;
	return changed(sweep, hd_core_set_limits(sweep->core, &now, err));
}

int hd_sweep_cancel(struct hd_sweep *sweep, size_t trial, bool now,
		    struct hd_error *err)
{
	int rc = check_running(sweep, err);

	if (rc < 0)
		return rc;
	rc = hd_core_cancel(sweep->core, trial, now, err);
	if (rc == 0)
		return hd_error_set(err, HD_ENOENT,
				    "trial %zu neither runs nor waits", trial);
	return changed(sweep, rc < 0 ? rc : 0);
}

int hd_sweep_try(struct hd_sweep *sweep, const char *parameters,
		 struct hd_error *err)
{
	int rc = check_running(sweep, err);

	if (rc == 0 && !parameters)
		rc = hd_error_set(err, HD_EINVAL, "no parameters were given");
	return rc < 0 ? rc
		      : changed(sweep, hd_core_enqueue(sweep->core, parameters,
						       hd_time_wall(), err));
}
