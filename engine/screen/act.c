#define _GNU_SOURCE /* pipe2 */

#include "screen/act.h"

#include <hdrive/store.h>
#include <hdrive/sweep.h>

#include "sweep/ask.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool act_open(struct act *act, const char *path)
{
	*act = (struct act){ .path = path };
	return pipe2(act->fds, O_CLOEXEC | O_NONBLOCK) == 0;
}

void act_close(struct act *act)
{
	/* The process ends next, and a thread that waits for an engine with it. */
	if (act->busy)
		pthread_detach(act->thread);
	else
		close(act->fds[1]);
	if (!act->busy)
		close(act->fds[0]);
}

/* --- no engine ------------------------------------------------------------ */

/* What can be stored for when one runs it; 1: nothing of it can be. */
static int act_store(const struct act *act, struct hd_error *err)
{
	const struct act_order *order = &act->order;
	struct hd_store *store = NULL;
	const char *set;
	char text[64];
	int rc;

	if (order->kind != ACT_HOLD && order->kind != ACT_GO_ON &&
	    order->kind != ACT_CONCURRENT)
		return 1;
	rc = hd_store_open(&store, act->path, HD_STORE_WRITE, err);
	if (rc < 0)
		return rc;
	if (order->kind == ACT_CONCURRENT) {
		snprintf(text, sizeof text, "max_concurrent_runs=%zu", order->number);
		set = text;
		rc = hd_sweep_update(store, order->sweep, &set, 1, err);
	} else {
		rc = hd_sweep_hold(store, order->sweep, order->kind == ACT_HOLD, err);
	}
	hd_store_close(store);
	return rc;
}

static void say_no_engine(struct act *act)
{
	const struct act_order *order = &act->order;

	switch (order->kind) {
	case ACT_CANCEL_TRIAL:
		snprintf(act->said, sizeof act->said,
			 "no engine runs it; what is left is stopped by: hdrive cancel %s %zu",
			 order->name, order->number);
		break;
	case ACT_CANCEL_SWEEP:
		snprintf(act->said, sizeof act->said,
			 "no engine runs it; what is left is stopped by: hdrive cancel %s",
			 order->name);
		break;
	case ACT_RETRY:
		snprintf(act->said, sizeof act->said,
			 "no engine runs it; another attempt by: hdrive retry %s %zu", order->name,
			 order->number);
		break;
	case ACT_HOLD:
		snprintf(act->said, sizeof act->said,
			 "held: a resume will start no new trials until it is let go on");
		break;
	case ACT_GO_ON:
		snprintf(act->said, sizeof act->said,
			 "held no more; no engine runs it: hdrive resume %s", order->name);
		break;
	case ACT_CONCURRENT:
		snprintf(act->said, sizeof act->said, "a resume will run %zu at a time",
			 order->number);
		break;
	}
}

/* --- an engine ------------------------------------------------------------ */

static int act_ask(const struct act_order *order, struct hd_store *store, size_t *done,
		   struct hd_error *err)
{
	const struct hd_ask_limits limits = { .max_concurrent = order->number };

	*done = 0;
	switch (order->kind) {
	case ACT_CANCEL_TRIAL:
		return hd_ask_cancel(store, order->sweep, &order->number, 1, false, done, err);
	case ACT_CANCEL_SWEEP:
		return hd_ask_cancel(store, order->sweep, NULL, 0, false, done, err);
	case ACT_HOLD:
	case ACT_GO_ON:
		return hd_ask_hold(store, order->sweep, order->kind == ACT_HOLD, err);
	case ACT_CONCURRENT:
		return hd_ask_limits(store, order->sweep, &limits, NULL, err);
	case ACT_RETRY:
		return hd_ask_retry(store, order->sweep, &order->number, 1, done, err);
	}
	return 0;
}

static void say_done(struct act *act, size_t done)
{
	const struct act_order *order = &act->order;
	char *said = act->said;
	size_t size = sizeof act->said;

	switch (order->kind) {
	case ACT_CANCEL_TRIAL:
		snprintf(said, size, done ? "trial %zu is asked to end" : "trial %zu does not run",
			 order->number);
		break;
	case ACT_CANCEL_SWEEP:
		snprintf(said, size, "the sweep ends: %zu trials are asked to", done);
		break;
	case ACT_HOLD:
		snprintf(said, size, "held: no new trials start until p is pressed again");
		break;
	case ACT_GO_ON:
		snprintf(said, size, "new trials start again");
		break;
	case ACT_CONCURRENT:
		snprintf(said, size, "%zu trials at a time", order->number);
		break;
	case ACT_RETRY:
		snprintf(said, size,
			 done ? "trial %zu gets another attempt"
			      : "trial %zu gets no other attempt: only what failed does",
			 order->number);
		break;
	}
}

static void *act_main(void *user)
{
	struct act *act = user;
	struct hd_store *store = NULL;
	struct hd_error err = { 0 };
	size_t done = 0;
	int rc = hd_store_open(&store, act->path, HD_STORE_READ, &err);

	if (rc == 0) {
		rc = act_ask(&act->order, store, &done, &err);
		if (rc == 0) {
			say_done(act, done);
		} else if (rc == HD_ENOENT) {
			rc = act_store(act, &err);
			if (rc >= 0)
				say_no_engine(act);
		}
	}
	hd_store_close(store);
	if (rc < 0)
		snprintf(act->said, sizeof act->said, "%s", err.text);
	act->well = rc == 0;
	/* The pipe is empty: there is room. */
	if (write(act->fds[1], "", 1) < 0)
		act->well = false;
	return NULL;
}

bool act_begin(struct act *act, const struct act_order *order)
{
	sigset_t all, before;
	int rc;

	if (act->busy)
		return false;
	act->order = *order;
	/* Signals are the other thread's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&act->thread, NULL, act_main, act);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	act->busy = rc == 0;
	return act->busy;
}

void act_end(struct act *act)
{
	char byte;

	if (!act->busy || read(act->fds[0], &byte, 1) != 1)
		return;
	pthread_join(act->thread, NULL);
	act->busy = false;
}
