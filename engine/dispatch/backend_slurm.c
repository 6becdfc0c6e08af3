/*
 * Trials as jobs of Slurm, on nodes that see the sweep's folder. All that talks to
 * the scheduler are its own commands, beside the loop; what an attempt does is
 * told by its files, its end by its exit record, and by the scheduler where there
 * is none (engine/slurm).
 *
 * Invariant: ended() is called once for each launch and each adoption that
 * returned 0 and was not released; then no job of the attempt runs the program,
 * nor ever will.
 */
/* asprintf */
#define _GNU_SOURCE

#include "dispatch/backend_slurm.h"

#include "base/time.h"
#include "dispatch/ticket.h"
#include "program/program.h"
#include "slurm/slurm.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* More at once than the parts below ask for. */
#define COMMANDS_MOST 16
/* Seconds in which the last look at the queue must have gone well. */
#define CLOSE_SECONDS 30.0

/* --- launching ---------------------------------------------------------------- */

static int launch_fail(const struct hd_launch *launch, int number, struct hd_error *err)
{
	if (number == EEXIST)
		return hd_error_set(err, HD_EEXIST,
				    "attempt %u of trial %zu was launched before",
				    launch->attempt, launch->trial);
	if (number == ENOMEM)
		return hd_error_nomem(err);
	return hd_error_errno(err, number, "cannot start trial %zu through '%s'",
			      launch->trial, launch->folder);
}

static int slurm_launch(void *state, const struct hd_launch *launch, struct hd_error *err)
{
	struct hd_slurm *slurm = state;
	struct hd_slurm_attempt *attempt;
	int rc = hd_ticket_make(launch->folder, launch->attempt, launch->is_new,
				&slurm->print);

	if (rc)
		return launch_fail(launch, rc, err);
	rc = hd_slurm_order_write(slurm, launch);
	attempt = rc == 0 ? hd_slurm_attempt_new(slurm, launch) : NULL;
	if (!attempt) {
		(void)hd_ticket_withdraw(launch->folder, launch->attempt);
		return launch_fail(launch, rc ? rc : ENOMEM, err);
	}
	slurm->used = true;
	hd_slurm_submit(attempt);
	return 0;
}

static const char *slurm_ground(const void *vsettings)
{
	const struct hd_slurm_settings *settings = vsettings;

	return settings->folder;
}

static size_t slurm_capacity(const void *state)
{
	return hd_slurm_capacity(state);
}

static void slurm_fetch(void *state, size_t trial)
{
	struct hd_slurm_attempt *attempt = hd_slurm_attempt_find(state, trial);

	if (attempt)
		hd_slurm_follow_due(attempt);
}

static void slurm_stop(void *state, size_t trial, bool now)
{
	struct hd_slurm_attempt *attempt = hd_slurm_attempt_find(state, trial);

	if (attempt)
		hd_slurm_stop(attempt, now);
}

/* --- taking over ---------------------------------------------------------------- */

static int never_started(const struct hd_launch *launch, struct hd_error *err)
{
	return hd_error_set(err, HD_ENOENT, "attempt %u of trial %zu was never started",
			    launch->attempt, launch->trial);
}

/* The folder that PATH is in, the caller's to free(); NULL for no memory. */
static char *folder_above(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strndup(path, slash ? (size_t)(slash - path) : 0);
}

/* Without an intent sbatch was never called; with one there may be a job, even
 * one that waits still. */
static int slurm_adopt(void *state, const struct hd_launch *launch, struct hd_error *err)
{
	struct hd_slurm *slurm = state;
	struct hd_slurm_attempt *attempt;
	struct hd_slurm_job job;
	char host[HD_TICKET_HOST];

	if (!hd_slurm_intent_read(&job, launch->folder, launch->attempt)) {
		int rc = hd_ticket_withdraw(launch->folder, launch->attempt);

		if (rc == 0 || hd_ticket_owner(launch->folder, launch->attempt, host) == ENOENT)
			return never_started(launch, err);
		if (rc != ENOENT)
			return launch_fail(launch, rc, err);
		/* It runs, and somebody has removed the intent. */
		hd_slurm_job_single(&job, slurm->tag, launch->trial, launch->attempt);
	}
	/* Who only cancels does not stage: the sweep is known by what it left. */
	if (!*slurm->tag)
		hd_slurm_job_tag(slurm->tag, job.name);
	if (!slurm->folder)
		slurm->folder = folder_above(launch->folder);
	attempt = slurm->folder ? hd_slurm_attempt_new(slurm, launch) : NULL;
	if (!attempt)
		return hd_error_nomem(err);
	slurm->used = true;
	attempt->adopted = true;
	attempt->phase = HD_SLURM_SUBMITTED;
	attempt->era = slurm->era;
	attempt->claimed =
		hd_ticket_owner(launch->folder, launch->attempt, host) == 0;
	hd_slurm_attempt_name(attempt, &job);
	if (attempt->claimed)
		hd_slurm_attempt_started(attempt);
	hd_slurm_query_soon(slurm);
	hd_slurm_settle_soon(slurm);
	return 0;
}

static void slurm_release(void *state, size_t trial)
{
	struct hd_slurm_attempt *attempt = hd_slurm_attempt_find(state, trial);

	if (!attempt)
		return;
	if (attempt->phase != HD_SLURM_QUEUED)
		hd_slurm_let_go(attempt);
	hd_slurm_attempt_free(attempt);
}

/* --- what is due at once ---------------------------------------------------------- */

static void on_settle(uv_timer_t *timer)
{
	struct hd_slurm *slurm = timer->data;
	struct hd_slurm_attempt *next;

	for (struct hd_slurm_attempt *a = slurm->attempts; a; a = next) {
		next = a->next;
		if (a->phase == HD_SLURM_QUEUED)
			hd_slurm_judge(a);
		else
			hd_slurm_follow(a);
	}
}

void hd_slurm_settle_soon(struct hd_slurm *slurm)
{
	uv_timer_start(&slurm->settle, on_settle, 0, 0);
}

/* --- opening ----------------------------------------------------------------------- */

static const char *path_of(const char *const *environment)
{
	const char *path = NULL;

	for (; environment && *environment; environment++)
		if (strncmp(*environment, "PATH=", 5) == 0)
			path = *environment + 5;
	return path ? path : "/usr/local/bin:/usr/bin:/bin";
}

/* Its commands are on the machine that the engine runs on. */
static int commands_check(const struct hd_backend_host *host, struct hd_error *err)
{
	static const char *const names[] = { "sbatch", "squeue", "scancel", "scontrol" };
	const char *path = path_of(host->environment);

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (!hd_program_in_path(path, names[i]))
			return hd_error_set(err, HD_ENOENT,
					    "cannot find '%s' in PATH: Slurm's commands must be"
					    " on the machine that runs hdrive",
					    names[i]);
	return 0;
}

static bool begins(const char *text, const char *head)
{
	return strncmp(text, head, strlen(head)) == 0;
}

/*
 * What the user's own environment says to Slurm's commands holds for sbatch
 * alone: an answer of theirs that leaves jobs out, or a question to the user,
 * would mislead us. Of a job that the engine itself runs in nothing is passed on.
 */
static bool is_for_commands(const char *variable)
{
	return !begins(variable, "SQUEUE_") && !begins(variable, "SCANCEL_") &&
	       !begins(variable, "SACCT_") && !begins(variable, "SCONTROL_") &&
	       (!begins(variable, "SLURM_") || begins(variable, "SLURM_CONF") ||
		begins(variable, "SLURM_CLUSTERS=") || begins(variable, "SLURM_JWT="));
}

static const char **environment_filter(const char *const *environment)
{
	size_t count = 0;
	const char **own;

	while (environment && environment[count])
		count++;
	own = calloc(count + 1, sizeof *own);
	for (size_t i = 0, at = 0; own && i < count; i++)
		if (is_for_commands(environment[i]))
			own[at++] = environment[i];
	return own;
}

static void timer_open(struct hd_slurm *slurm, uv_timer_t *timer)
{
	uv_timer_init(slurm->host.loop, timer);
	timer->data = slurm;
	slurm->open++;
}

static int slurm_open(void *state, const struct hd_backend_host *host, struct hd_error *err)
{
	struct hd_slurm *slurm = state;
	int rc = commands_check(host, err);

	if (rc < 0)
		return rc;
	slurm->host = *host;
	slurm->settings = host->settings;
	slurm->environment = environment_filter(host->environment);
	if (slurm->environment)
		slurm->commands = hd_commands_open(host->loop, slurm->environment,
						   COMMANDS_MOST);
	if (!slurm->commands) {
		free(slurm->environment);
		return hd_error_nomem(err);
	}
	if (host->scratch && asprintf(&slurm->print_path, "%s/ticket", host->scratch) < 0)
		slurm->print_path = NULL;
	slurm->print.path = slurm->print_path;
	/* Names of arrays: another engine's must not be met. */
	slurm->nonce = (uint32_t)(hd_time_wall() / 1000) * 2654435761u ^ (uint32_t)getpid();
	slurm->nodes = slurm->processes = 1;
	timer_open(slurm, &slurm->query);
	timer_open(slurm, &slurm->cancel);
	timer_open(slurm, &slurm->settle);
	hd_slurm_submit_init(slurm);
	slurm->open++;
	slurm->open++; /* the commands */
	slurm->interval = slurm->settings->poll;
	slurm->asked_at = hd_slurm_now(slurm) - slurm->settings->poll;
	return 0;
}

static int slurm_stage(void *state, const struct hd_stage *stage, struct hd_error *err)
{
	struct hd_slurm *slurm = state;
	int rc = hd_slurm_place_make(slurm, stage, err);

	if (rc < 0)
		return rc;
	hd_slurm_tag(slurm->tag, stage->id);
	slurm->gpus = stage->gpus_per_trial;
	slurm->cpus = stage->cpus_per_trial;
	slurm->nodes = stage->nodes;
	slurm->processes = stage->processes;
	hd_slurm_query_soon(slurm);
	return 0;
}

/* --- closing ------------------------------------------------------------------------- */

static void on_part_closed(struct hd_slurm *slurm)
{
	if (--slurm->open)
		return;
	free(slurm->environment);
	slurm->done(slurm->done_user);
}

static void on_timer_closed(uv_handle_t *handle)
{
	on_part_closed(handle->data);
}

static void on_commands_closed(void *user)
{
	on_part_closed(user);
}

static void slurm_release_all(struct hd_slurm *slurm)
{
	hd_commands_close(slurm->commands, on_commands_closed, slurm);
	uv_close((uv_handle_t *)&slurm->query, on_timer_closed);
	uv_close((uv_handle_t *)&slurm->cancel, on_timer_closed);
	uv_close((uv_handle_t *)&slurm->settle, on_timer_closed);
	uv_close((uv_handle_t *)&slurm->submit, on_timer_closed);
	hd_slurm_place_tidy(slurm);
	hd_slurm_place_release(slurm);
	hd_slurm_submit_release(slurm);
	hd_slurm_cancel_release(slurm);
	hd_slurm_round_release(slurm);
	free(slurm->print_path);
}

/*
 * The last look: a job of this sweep that is still in the queue is one of an
 * engine that died, or one that was queued though sbatch said it was not.
 */
void hd_slurm_close_turn(struct hd_slurm *slurm)
{
	bool clean = slurm->configured && !slurm->silent && slurm->looked &&
		     !slurm->orphans && !slurm->cancelling;

	if (clean)
		slurm_release_all(slurm);
	else
		hd_slurm_query_arm(slurm);
}

static void on_close_late(uv_timer_t *timer)
{
	struct hd_slurm *slurm = timer->data;

	slurm->host.note(slurm->host.user, SIZE_MAX,
			 "Slurm did not answer at the end: jobs of this sweep may be in its"
			 " queue still; they would do nothing");
	slurm_release_all(slurm);
}

static void slurm_close(void *state, void (*done)(void *user), void *user)
{
	struct hd_slurm *slurm = state;

	assert(!slurm->attempts);
	slurm->done = done;
	slurm->done_user = user;
	uv_timer_stop(&slurm->submit);
	uv_timer_stop(&slurm->settle);
	if (!slurm->used) {
		slurm_release_all(slurm);
		return;
	}
	slurm->closing = true;
	slurm->looked = false;
	slurm->back_off = 0;
	uv_timer_start(&slurm->settle, on_close_late, (uint64_t)(CLOSE_SECONDS * 1000), 0);
	hd_slurm_query_soon(slurm);
}

const struct hd_backend_type hd_backend_slurm = {
	.name = "slurm",
	.summary = "jobs of a Slurm cluster whose nodes see the sweep's folder",
	.state_size = sizeof(struct hd_slurm),
	.options = hd_slurm_options,
	.settings_size = sizeof(struct hd_slurm_settings),
	.is_remote = true,
	.check = hd_slurm_settings_check,
	.ground = slurm_ground,
	.open = slurm_open,
	.stage = slurm_stage,
	.capacity = slurm_capacity,
	.launch = slurm_launch,
	.adopt = slurm_adopt,
	.fetch = slurm_fetch,
	.release = slurm_release,
	.stop = slurm_stop,
	.close = slurm_close,
};
