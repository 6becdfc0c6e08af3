/*
 * A sweep on its event loop: the public face of engine/sweep.
 *
 * Invariant 3: one thread runs the loop and owns every trial, handle and
 * statement. hd_sweep_stop alone may come from elsewhere: it sets atomics and
 * wakes the loop. Every handle is a member of struct hd_sweep, which is freed
 * only after the loop has closed them all.
 */
#include "sweep/sweep_private.h"

#include "base/time.h"
#include "base/sized.h"
#include "store/log.h"
#include "store/store.h"
#include "sweep/control.h"
#include "sweep/lock.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define TICK_MS 1000
/* Of the standard streams, the store, the loop, and folders for a moment. */
#define OWN_DESCRIPTORS 24
/* News that can share a transaction wait this long for company. */
#define SOON_MS 10
/* What has ended is known by then: a killed launcher's remains are looked for. */
#define SETTLE_SECONDS 2

/*
 * The wall's clock as it would be had nobody set it since the start: what runs
 * for an hour has run for an hour.
 */
static int64_t sweep_now(const struct hd_sweep *sweep)
{
	return sweep->started + hd_time_steady() - sweep->started_steady;
}

/* --- the loop ----------------------------------------------------------- */

static void sweep_close_handles(void *user)
{
	struct hd_sweep *sweep = user;

	sweep->dispatch = NULL;
	uv_close((uv_handle_t *)&sweep->wake, NULL);
	uv_close((uv_handle_t *)&sweep->check, NULL);
	uv_close((uv_handle_t *)&sweep->again, NULL);
	uv_close((uv_handle_t *)&sweep->tick, NULL);
	uv_close((uv_handle_t *)&sweep->soon, NULL);
	uv_close((uv_handle_t *)&sweep->due, NULL);
	uv_close((uv_handle_t *)&sweep->sync, NULL);
}

static void sweep_end(struct hd_sweep *sweep)
{
	atomic_store(&sweep->ending, true);
	uv_idle_stop(&sweep->again);
	uv_timer_stop(&sweep->tick);
	uv_timer_stop(&sweep->soon);
	uv_timer_stop(&sweep->due);
	uv_timer_stop(&sweep->sync);
	uv_check_stop(&sweep->check);
	hd_control_close(sweep->control);
	sweep->control = NULL;
	if (sweep->dispatch)
		hd_dispatch_close(sweep->dispatch, sweep_close_handles, sweep);
	else
		sweep_close_handles(sweep);
}

static void on_again(uv_idle_t *handle)
{
	(void)handle; /* its being active is what counts */
}

static void on_soon(uv_timer_t *timer)
{
	struct hd_sweep *sweep = timer->data;

	uv_idle_start(&sweep->again, on_again);
}

/*
 * The store could not take a turn: nothing more can be promised, so what runs
 * is stopped and the error goes to the caller of hd_sweep_run. What the trials
 * wrote stays in their files.
 */
void hd_sweep_give_up(struct hd_sweep *sweep, int rc)
{
	sweep->rc = rc;
	hd_core_abandon(sweep->core);
}

/* Wake for an attempt that waits for its time: nothing else may happen. */
static void sweep_arm_due(struct hd_sweep *sweep)
{
	int64_t due = hd_core_due(sweep->core);
	int64_t left = due - sweep_now(sweep);

	if (due)
		uv_timer_start(&sweep->due, on_soon,
			       left > 0 ? (uint64_t)left / 1000 + 1 : 1, 0);
}

/* What the turn left to be done: at once, soon, or in a while. */
static void sweep_arm(struct hd_sweep *sweep, bool at_once)
{
	sweep_arm_due(sweep);
	if (at_once || hd_core_wants_turn(sweep->core))
		uv_idle_start(&sweep->again, on_again);
	else if (hd_core_wants_soon(sweep->core) &&
		 !uv_is_active((uv_handle_t *)&sweep->soon))
		uv_timer_start(&sweep->soon, on_soon, SOON_MS, 0);
	hd_sweep_arm_flush(sweep);
}

static void on_check(uv_check_t *check)
{
	struct hd_sweep *sweep = check->data;
	int rc;

	if (!hd_core_wants_turn(sweep->core) &&
	    !uv_is_active((uv_handle_t *)&sweep->again)) {
		sweep_arm(sweep, false);
		return;
	}
	uv_idle_stop(&sweep->again);
	uv_timer_stop(&sweep->soon); /* this turn takes its news along */
	if (sweep->rc < 0) {
		hd_core_drain(sweep->core);
		rc = 0;
	} else {
		rc = hd_core_turn(sweep->core, sweep_now(sweep), &sweep->error);
	}
	if (rc < 0)
		hd_sweep_give_up(sweep, rc);
	if (hd_core_is_done(sweep->core)) {
		if (sweep->only)
			hd_core_let_go(sweep->core);
		sweep_end(sweep);
	} else {
		sweep_arm(sweep, rc == 1);
	}
}

static void sweep_hear_stop(struct hd_sweep *sweep)
{
	int asked = atomic_load(&sweep->stop_asked);

	if (asked <= sweep->stop_heard)
		return;
	sweep->stop_heard = asked;
	hd_core_stop(sweep->core, HD_END_USER, asked > 1);
	/* A store that failed takes no turn any more: stop as it was asked. */
	if (sweep->rc < 0)
		hd_core_abandon(sweep->core);
}

/* The runner has something to tell. */
static void sweep_poll(struct hd_sweep *sweep)
{
	if (!sweep->dispatch)
		return;
	atomic_store(&sweep->poll_asked, false);
	hd_dispatch_poll(sweep->dispatch);
}

static void on_wake(uv_async_t *async)
{
	struct hd_sweep *sweep = async->data;

	sweep_hear_stop(sweep);
	if (atomic_load(&sweep->poll_asked))
		sweep_poll(sweep);
}

/* From any thread. */
static void on_runner_wake(void *user)
{
	struct hd_sweep *sweep = user;

	atomic_store(&sweep->poll_asked, true);
	if (!atomic_load(&sweep->ending))
		uv_async_send(&sweep->wake);
}

/*
 * Told at once and again at the end. What runs goes on: its own files may be
 * worth the hours that they took.
 */
static void sweep_check_store(struct hd_sweep *sweep)
{
	struct hd_error err = { 0 };

	if (sweep->store_gone || hd_store_check(sweep->store, &err) == 0)
		return;
	sweep->store_gone = true;
	hd_core_tell(sweep->core, HD_EVENT_NOTE, sweep_now(sweep), err.text);
}

static void on_tick(uv_timer_t *timer)
{
	struct hd_sweep *sweep = timer->data;

	hd_core_tell(sweep->core, HD_EVENT_TICK, sweep_now(sweep), "");
	sweep_check_store(sweep);
	sweep_poll(sweep);
	if (sweep->dispatch)
		hd_dispatch_fetch(sweep->dispatch);
	/* A turn without news costs microseconds, and time alone is news: for
	 * limits, and for trials that wait to be tried again. */
	uv_idle_start(&sweep->again, on_again);
}

/*
 * A trial costs the engine one descriptor. With less than its own the event
 * library would abort, with few more every trial would fail for want of one.
 */
int hd_sweep_check_descriptors(const struct hd_sweep *sweep,
			       struct hd_error *err)
{
	struct rlimit limit;
	size_t need = sweep->slots + OWN_DESCRIPTORS;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 ||
	    limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= need)
		return 0;
	return hd_error_set(err, HD_ELIMIT,
			    "%zu trials at a time need %zu open files, the "
			    "limit is %llu; 'ulimit -n %zu' raises it",
			    sweep->slots, need,
			    (unsigned long long)limit.rlim_cur, need);
}

int hd_sweep_open_loop(struct hd_sweep *sweep, struct hd_error *err)
{
	int rc = uv_loop_init(&sweep->loop);

	if (rc < 0)
		return hd_error_set(err, HD_EIO, "cannot make an event loop: %s",
				    uv_strerror(rc));
	rc = uv_async_init(&sweep->loop, &sweep->wake, on_wake);
	if (rc < 0) {
		uv_loop_close(&sweep->loop);
		return hd_error_set(err, HD_EIO, "cannot make an event loop: %s",
				    uv_strerror(rc));
	}
	uv_check_init(&sweep->loop, &sweep->check);
	uv_idle_init(&sweep->loop, &sweep->again);
	uv_timer_init(&sweep->loop, &sweep->tick);
	uv_timer_init(&sweep->loop, &sweep->soon);
	uv_timer_init(&sweep->loop, &sweep->due);
	uv_timer_init(&sweep->loop, &sweep->sync);
	sweep->wake.data = sweep;
	sweep->check.data = sweep;
	sweep->again.data = sweep;
	sweep->tick.data = sweep;
	sweep->soon.data = sweep;
	sweep->due.data = sweep;
	sweep->sync.data = sweep;
	sweep->loop_open = true;
	hd_store_leave_log(sweep->store);
	return 0;
}

/* --- slow suggestions --------------------------------------------------- */

static void on_work(uv_work_t *work)
{
	struct hd_sweep *sweep = work->data;

	hd_core_work(sweep->core);
}

static void on_worked(uv_work_t *work, int status)
{
	struct hd_sweep *sweep = work->data;

	(void)status; /* nobody cancels it */
	hd_core_on_work_done(sweep->core);
	uv_idle_start(&sweep->again, on_again);
}

static void sweep_work(void *user)
{
	struct hd_sweep *sweep = user;

	sweep->work.data = sweep;
	/* It fails for a missing function alone. */
	uv_queue_work(&sweep->loop, &sweep->work, on_work, on_worked);
}

/* Old trials that the space cannot express are told of. */
static int sweep_restore(struct hd_sweep *sweep, struct hd_error *err)
{
	size_t left_out;
	char text[128];
	int rc = hd_core_restore(sweep->core, &left_out, err);

	if (rc < 0 || left_out == 0)
		return rc;
	snprintf(text, sizeof text,
		 "%zu trials have values that the parameter space does not "
		 "have: the sampler does not learn from them",
		 left_out);
	hd_core_tell(sweep->core, HD_EVENT_NOTE, sweep_now(sweep), text);
	return 0;
}

static int sweep_warm(struct hd_sweep *sweep, struct hd_error *err)
{
	char text[256];

	if (hd_warm_note(&sweep->warm, text, sizeof text))
		hd_core_tell(sweep->core, HD_EVENT_NOTE, hd_time_wall(), text);
	if (hd_warm_portability(&sweep->warm, text, sizeof text))
		hd_core_tell(sweep->core, HD_EVENT_NOTE, hd_time_wall(), text);
	return hd_core_restore_enqueued(sweep->core, err);
}

static int sweep_open_core(struct hd_sweep *sweep, struct hd_error *err)
{
	struct hd_core_setup core = {
		.store = sweep->store,
		.config = sweep->config,
		.sweep = sweep->key,
		.seed = sweep->seed,
		.slots = sweep->slots,
		.devices = sweep->devices,
		.program = sweep->program,
		.folder = sweep->folder,
		.started = sweep->started,
		.event = sweep->event,
		.user = sweep->user,
		.work = sweep_work,
		.work_user = sweep,
		.hint = hd_sweep_hint_source,
		.hint_user = sweep,
	};
	struct hd_dispatch_setup dispatch = {
		.backend = hd_sweep_backend(sweep),
		.runner = sweep->runner_user,
		.settings = sweep->target ? sweep->target->settings : NULL,
		.loop = &sweep->loop,
		.launcher = sweep->launcher,
		.python_path = sweep->python_path,
		.source = sweep->source,
		.tree = sweep->tree,
		.tree_link = sweep->tree ? HD_SWEEP_SOURCE_LINK : NULL,
		.folder = sweep->folder,
		.name = sweep->name,
		.id = sweep->id,
		.environment = (const char *const *)sweep->environment,
		.program = sweep->program,
		.seed = sweep->seed,
		.slots = sweep->slots,
		.devices = sweep->devices,
		.grace = sweep->grace,
		.gpus_per_trial = sweep->gpus_per_trial,
		.cpus_per_trial = sweep->cpus_per_trial,
		.started = hd_core_on_started,
		.output = hd_core_on_output,
		.ended = hd_core_on_ended,
		.wake = on_runner_wake,
		.wake_user = sweep,
		.note = hd_core_on_note,
		.placed = hd_core_on_placed,
	};
	int rc;

	/* Elsewhere it lies where it lies: there it knows its own name. */
	sweep->program->launcher = dispatch.backend->is_remote ? NULL
							       : sweep->launcher;
	rc = hd_core_new(&sweep->core, &core, err);

	if (rc == 0)
		rc = sweep->resumes ? sweep_restore(sweep, err)
				    : sweep_warm(sweep, err);
	if (rc < 0)
		return rc;
	dispatch.user = sweep->core;
	if (dispatch.slots < hd_core_live(sweep->core))
		dispatch.slots = hd_core_live(sweep->core);
	/* What starts nothing needs nothing to run in. */
	if (sweep->starts_nothing)
		dispatch.source = dispatch.tree = sweep->folder;
	else
		rc = hd_sweep_link_source(sweep, err);
	if (rc == 0)
		rc = hd_dispatch_open(&sweep->dispatch, &dispatch, err);
	if (rc < 0)
		return rc;
	hd_core_set_dispatch(sweep->core, sweep->dispatch);
	if (!sweep->starts_nothing)
		rc = hd_dispatch_stage(sweep->dispatch, err);
	if (rc == 0 && sweep->resumes)
		rc = hd_core_adopt(sweep->core, err);
	if (rc == 0 && sweep->only) {
		hd_core_only_cancel(sweep->core, sweep->settles ? SETTLE_SECONDS : 0);
		for (size_t i = 0; i < sweep->only_count && rc >= 0; i++)
			rc = hd_core_cancel(sweep->core, sweep->only[i],
					    sweep->stop_asked > 1, err);
	}
	return rc < 0 ? rc : 0;
}

/*
 * A sweep that could not begin, or not go on, says so in its row. A full disk
 * may well have room for this: the rolled back transaction gave its own back.
 * Its trials stay as they are known: a resume finds what became of them.
 */
static void sweep_store_failure(struct hd_sweep *sweep, enum hd_end end,
				const struct hd_error *why)
{
	const char *text = why ? why->text : "could not begin";

	if (hd_store_begin(sweep->store, NULL) < 0)
		return;
	if (hd_store_sweep_state(sweep->store, sweep->key, "Failed", end, text,
				 sweep_now(sweep), NULL) < 0 ||
	    hd_store_commit(sweep->store, true, NULL) < 0)
		hd_store_rollback(sweep->store);
}

/* --- other processes ---------------------------------------------------- */

static void sweep_nudge(void *user)
{
	struct hd_sweep *sweep = user;

	uv_idle_start(&sweep->again, on_again);
}

/* A sweep that nobody can speak to runs as well. */
static void sweep_listen(struct hd_sweep *sweep)
{
	struct hd_error err = { 0 };

	if (hd_control_open(&sweep->control, &sweep->loop, sweep->folder,
			    sweep->core, sweep_nudge, sweep, &err) < 0)
		hd_core_tell(sweep->core, HD_EVENT_NOTE, hd_time_wall(), err.text);
}

/* --- the public face ---------------------------------------------------- */

int hd_sweep_alloc(struct hd_sweep **own, struct hd_sweep **out,
		   struct hd_store *store, const struct hd_sweep_options *given,
		   struct hd_sweep_options *options, struct hd_error *err)
{
	struct hd_sweep *sweep;

	if (out)
		*out = NULL;
	if (!out || !store)
		return hd_error_set(err, HD_EINVAL, "a sweep needs a store");
	if (!hd_sized_copy(options, sizeof *options, given,
			   offsetof(struct hd_sweep_options, runner)))
		return hd_error_set(err, HD_EINVAL,
				    "a sweep needs options, with their size");
	sweep = calloc(1, sizeof *sweep);
	if (!sweep)
		return hd_error_nomem(err);
	sweep->store = store;
	sweep->lock = -1;
	sweep->flush_log = -1;
	sweep->started_steady = hd_time_steady();
	sweep->started = hd_time_wall();
	sweep->started_steady = hd_time_steady();
	*own = sweep;
	return 0;
}

int hd_sweep_new(struct hd_sweep **out, struct hd_store *store,
		 const struct hd_config *config,
		 const struct hd_sweep_options *options, struct hd_error *err)
{
	struct hd_sweep *sweep = NULL;
	struct hd_sweep_options own;
	int rc = hd_sweep_alloc(&sweep, out, store, options, &own, err);

	if (rc == 0 && !config)
		rc = hd_error_set(err, HD_EINVAL, "a sweep needs a config");
	if (rc < 0)
		goto out;
	sweep->config = config;
	rc = hd_sweep_create(sweep, &own, err);
	if (rc < 0)
		goto out;
	*out = sweep;
	sweep = NULL;
out:
	hd_sweep_free(sweep);
	return rc;
}

int hd_sweep_start(struct hd_sweep *sweep, struct hd_error *err)
{
	int rc;

	if (!sweep)
		return hd_error_set(err, HD_EINVAL, "no sweep was given");
	if (sweep->started_up)
		return hd_error_set(err, HD_ESTATE, "the sweep was started before");
	sweep->started_up = true;
	rc = sweep_open_core(sweep, err);
	if (rc < 0) {
		sweep->over = true;
		sweep_store_failure(sweep, HD_END_LAUNCH, err);
		return rc;
	}
	hd_core_tell(sweep->core, HD_EVENT_SWEEP_STARTED, sweep_now(sweep), "");
	sweep_listen(sweep);
	hd_sweep_tell_slots(sweep, sweep_now(sweep));
	hd_sweep_tell_source(sweep, sweep_now(sweep));
	if (!sweep->starts_nothing)
		hd_core_tell_hold(sweep->core, sweep_now(sweep));
	uv_timer_start(&sweep->tick, on_tick, TICK_MS, TICK_MS);
	uv_check_start(&sweep->check, on_check);
	uv_idle_start(&sweep->again, on_again); /* the first turn */
	sweep_hear_stop(sweep);
	return 0;
}

int hd_sweep_conclude(struct hd_sweep *sweep, struct hd_error *err)
{
	sweep->over = true;
	if (sweep->rc == 0 && !sweep->only)
		sweep->rc = hd_core_finish(sweep->core, sweep_now(sweep),
					   &sweep->error);
	if (sweep->rc < 0)
		sweep_store_failure(sweep, HD_END_LOST, &sweep->error);
	else
		sweep->rc = hd_store_check(sweep->store, &sweep->error);
	if (sweep->rc < 0 && err)
		*err = sweep->error;
	return sweep->rc;
}

int hd_sweep_run(struct hd_sweep *sweep, struct hd_error *err)
{
	int rc = hd_sweep_start(sweep, err);

	if (rc < 0)
		return rc;
	uv_run(&sweep->loop, UV_RUN_DEFAULT);
	return hd_sweep_conclude(sweep, err);
}

void hd_sweep_stop(struct hd_sweep *sweep, bool now)
{
	/* Only atomics and an eventfd: fit for a signal handler. */
	int asked = now ? 2 : 1;
	int before = 0;

	if (!sweep)
		return;
	while (before < asked &&
	       !atomic_compare_exchange_weak(&sweep->stop_asked, &before, asked))
		;
	if (!atomic_load(&sweep->ending))
		uv_async_send(&sweep->wake);
}

void hd_sweep_free(struct hd_sweep *sweep)
{
	if (!sweep)
		return;
	if (sweep->loop_open) {
		/* Not run to its end: an open that failed, or never run. */
		if (!atomic_load(&sweep->ending))
			sweep_end(sweep);
		uv_run(&sweep->loop, UV_RUN_DEFAULT);
		uv_loop_close(&sweep->loop);
	}
	hd_core_free(sweep->core);
	hd_sweep_release_slots(sweep);
	hd_sweep_unlock(&sweep->lock, sweep->folder, false);
	hd_config_free(sweep->own_config);
	free(sweep->only);
	hd_warm_release(&sweep->warm);
	free(sweep->folder);
	hd_sweep_release_source(sweep);
	free(sweep->backend);
	free(sweep->launcher);
	free(sweep->python_path);
	hd_program_free(sweep->program);
	free(sweep->environment);
	free(sweep);
}

const char *hd_sweep_name(const struct hd_sweep *sweep)
{
	return sweep->name;
}

const char *hd_sweep_id(const struct hd_sweep *sweep)
{
	return sweep->id;
}

int64_t hd_sweep_key(const struct hd_sweep *sweep)
{
	return sweep->key;
}

const char *hd_sweep_folder(const struct hd_sweep *sweep)
{
	return sweep->folder;
}

const struct hd_config *hd_sweep_config(const struct hd_sweep *sweep)
{
	return sweep->config;
}

void hd_sweep_summary(const struct hd_sweep *sweep,
		      struct hd_sweep_summary *summary)
{
	if (sweep->core) {
		hd_core_summary(sweep->core, sweep_now(sweep), summary);
		return;
	}
	*summary = (struct hd_sweep_summary){
		.state = "NotStarted",
		.trials_total = sweep->config->max_total,
		.slots = sweep->slots,
	};
}
