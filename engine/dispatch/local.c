#include "dispatch/local.h"

#include <stdlib.h>
#include <string.h>

/* Milliseconds between looks at all files: inotify does not see everything
 * (a shared file system), and its watches may be used up. */
#define LOOK_RARELY 2000
#define LOOK_OFTEN 250
/* A trial that ends sooner is read at its end: no watch, no wake-ups. */
#define WATCH_AFTER 10

void hd_local_unref(struct hd_local *local)
{
	if (--local->open == 0 && local->done)
		local->done(local->done_user);
}

/* --- an attempt's memory and handles -------------------------------------- */

struct hd_local_attempt *hd_local_attempt_new(struct hd_local *local,
					      const struct hd_launch *launch)
{
	struct hd_local_attempt *attempt = calloc(1, sizeof *attempt);

	if (!attempt)
		return NULL;
	attempt->folder = strdup(launch->folder);
	if (!attempt->folder) {
		free(attempt);
		return NULL;
	}
	attempt->local = local;
	attempt->trial = launch->trial;
	attempt->number = launch->attempt;
	attempt->grace = launch->grace;
	local->open++;
	uv_timer_init(local->host.loop, &attempt->timer);
	uv_fs_event_init(local->host.loop, &attempt->watch);
	attempt->timer.data = attempt;
	attempt->watch.data = attempt;
	attempt->handles = 2;
	return attempt;
}

static void on_handle_closed(uv_handle_t *handle)
{
	struct hd_local_attempt *attempt = handle->data;
	struct hd_local *local = attempt->local;

	if (--attempt->handles)
		return;
	free(attempt->cgroup);
	free(attempt->folder);
	free(attempt);
	hd_local_unref(local);
}

void hd_local_attempt_close(struct hd_local_attempt *attempt)
{
	hd_local_launcher_leave(attempt);
	uv_close((uv_handle_t *)&attempt->watch, on_handle_closed);
	uv_close((uv_handle_t *)&attempt->timer, on_handle_closed);
}

struct hd_local_attempt *hd_local_attempt_find(const struct hd_local *local,
					       size_t trial)
{
	struct hd_local_attempt *attempt = local->attempts;

	while (attempt && attempt->trial != trial)
		attempt = attempt->next;
	return attempt;
}

/* --- output --------------------------------------------------------------- */

/* Once per turn and attempt, however many writes were seen. */
static void on_flush(uv_check_t *handle)
{
	struct hd_local *local = handle->data;
	struct hd_local_attempt *next;

	uv_check_stop(handle);
	for (struct hd_local_attempt *a = local->attempts; a; a = next) {
		next = a->next;
		/* The last one's listener may have let go of this one. */
		if (!a->is_dirty || !a->link)
			continue;
		a->is_dirty = false;
		local->host.output(local->host.user, a->trial);
	}
}

static void attempt_touch(struct hd_local_attempt *attempt)
{
	attempt->is_dirty = true;
	uv_check_start(&attempt->local->flush, on_flush);
}

static void on_look(uv_timer_t *timer)
{
	struct hd_local *local = timer->data;

	for (struct hd_local_attempt *a = local->attempts; a; a = a->next)
		attempt_touch(a);
}

static void look_start(struct hd_local *local)
{
	uint64_t pause = local->looks_often ? LOOK_OFTEN : LOOK_RARELY;

	if (!uv_is_active((uv_handle_t *)&local->look) ||
	    uv_timer_get_repeat(&local->look) != pause)
		uv_timer_start(&local->look, on_look, pause, pause);
}

static void on_change(uv_fs_event_t *watch, const char *name, int events,
		      int status)
{
	struct hd_local_attempt *attempt = watch->data;

	(void)events;
	if (status < 0 || !attempt->link || !name)
		return;
	if (strcmp(name, "stdout") == 0 || strcmp(name, "stderr") == 0 ||
	    strcmp(name, "metrics") == 0)
		attempt_touch(attempt);
}

/* Watches are a limited good: without one the timer looks more often. */
static void on_watch_time(uv_timer_t *timer)
{
	struct hd_local_attempt *attempt = timer->data;
	struct hd_local *local = attempt->local;

	if (uv_fs_event_start(&attempt->watch, on_change, attempt->folder, 0) < 0) {
		local->looks_often = true;
		look_start(local);
	}
	attempt_touch(attempt); /* what came before the watch */
}

void hd_local_output_start(struct hd_local_attempt *attempt)
{
	uv_timer_start(&attempt->timer, on_watch_time, WATCH_AFTER, 0);
}

/* --- the list -------------------------------------------------------------- */

void hd_local_attempt_link(struct hd_local_attempt *attempt)
{
	struct hd_local *local = attempt->local;

	attempt->next = local->attempts;
	if (attempt->next)
		attempt->next->link = &attempt->next;
	attempt->link = &local->attempts;
	local->attempts = attempt;
	look_start(local);
}

void hd_local_attempt_unlink(struct hd_local_attempt *attempt)
{
	struct hd_local *local = attempt->local;

	*attempt->link = attempt->next;
	if (attempt->next)
		attempt->next->link = attempt->link;
	attempt->link = NULL;
	if (!local->attempts) {
		uv_timer_stop(&local->look);
		uv_check_stop(&local->flush);
	}
}
