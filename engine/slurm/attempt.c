/* strdup */
#define _XOPEN_SOURCE 700

#include "slurm/slurm.h"

#include "base/time.h"
#include "dispatch/order_format.h"
#include "dispatch/record.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

double hd_slurm_now(const struct hd_slurm *slurm)
{
	return (double)uv_now(slurm->host.loop) / 1000;
}

/* --- by trial, and by job ---------------------------------------------------- */

static size_t job_bucket(const char *name, long task)
{
	uint32_t hash = 2166136261u ^ (uint32_t)task * 2654435761u;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return hash % HD_SLURM_BUCKETS;
}

struct hd_slurm_attempt *hd_slurm_attempt_find(const struct hd_slurm *slurm, size_t trial)
{
	struct hd_slurm_attempt *attempt = slurm->trials[trial % HD_SLURM_BUCKETS];

	while (attempt && attempt->trial != trial)
		attempt = attempt->by_trial;
	return attempt;
}

struct hd_slurm_attempt *hd_slurm_attempt_of_job(const struct hd_slurm *slurm,
						 const char *name, long task)
{
	struct hd_slurm_attempt *attempt = slurm->jobs[job_bucket(name, task)];

	while (attempt && (attempt->job.task != task || strcmp(attempt->job.name, name) != 0))
		attempt = attempt->by_job;
	return attempt;
}

static void job_unlink(struct hd_slurm_attempt *attempt)
{
	struct hd_slurm_attempt **link;

	if (!*attempt->job.name)
		return;
	link = &attempt->slurm->jobs[job_bucket(attempt->job.name, attempt->job.task)];
	while (*link != attempt)
		link = &(*link)->by_job;
	*link = attempt->by_job;
}

void hd_slurm_attempt_name(struct hd_slurm_attempt *attempt, const struct hd_slurm_job *job)
{
	struct hd_slurm_attempt **bucket =
		&attempt->slurm->jobs[job_bucket(job->name, job->task)];

	job_unlink(attempt);
	attempt->job = *job;
	attempt->by_job = *bucket;
	*bucket = attempt;
}

/* --- its memory --------------------------------------------------------------- */

struct hd_slurm_attempt *hd_slurm_attempt_new(struct hd_slurm *slurm,
					      const struct hd_launch *launch)
{
	struct hd_slurm_attempt *attempt = calloc(1, sizeof *attempt);
	struct hd_slurm_attempt **bucket = &slurm->trials[launch->trial % HD_SLURM_BUCKETS];

	if (!attempt)
		return NULL;
	attempt->folder = strdup(launch->folder);
	if (!attempt->folder) {
		free(attempt);
		return NULL;
	}
	attempt->slurm = slurm;
	attempt->trial = launch->trial;
	attempt->number = launch->attempt;
	attempt->grace = launch->grace;
	attempt->job.task = -1;
	attempt->heard = attempt->since = hd_slurm_now(slurm);
	attempt->by_trial = *bucket;
	*bucket = attempt;
	attempt->next = slurm->attempts;
	if (attempt->next)
		attempt->next->link = &attempt->next;
	attempt->link = &slurm->attempts;
	slurm->attempts = attempt;
	slurm->count++;
	return attempt;
}

void hd_slurm_attempt_free(struct hd_slurm_attempt *attempt)
{
	struct hd_slurm *slurm = attempt->slurm;
	struct hd_slurm_attempt **link = &slurm->trials[attempt->trial % HD_SLURM_BUCKETS];

	hd_slurm_submit_forget(attempt);
	job_unlink(attempt);
	while (*link != attempt)
		link = &(*link)->by_trial;
	*link = attempt->by_trial;
	*attempt->link = attempt->next;
	if (attempt->next)
		attempt->next->link = attempt->link;
	slurm->count--;
	free(attempt->record);
	free(attempt->folder);
	free(attempt);
}

/* --- its files ----------------------------------------------------------------- */

/* Nobody reads its order any more, which may hold secrets. */
static void order_remove(const struct hd_slurm_attempt *attempt)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof path, "%s/" HD_ORDER_FILE "%u", attempt->folder,
		     attempt->number) < (int)sizeof path)
		(void)unlink(path);
}

bool hd_slurm_attempt_withdraw(struct hd_slurm_attempt *attempt)
{
	if (attempt->withdrawn)
		return true;
	if (attempt->claimed || hd_ticket_withdraw(attempt->folder, attempt->number) != 0)
		return false;
	attempt->withdrawn = true;
	order_remove(attempt);
	return true;
}

bool hd_slurm_attempt_log(const struct hd_slurm_attempt *attempt, char *path, size_t size)
{
	const struct hd_slurm_job *job = &attempt->job;
	int length;

	if (!*job->name)
		return false;
	if (job->task < 0)
		length = snprintf(path, size, "%s/" HD_SLURM_PLACE "/%s.log",
				  attempt->slurm->folder, job->name);
	else
		length = snprintf(path, size, "%s/" HD_SLURM_PLACE "/%s.%ld.log",
				  attempt->slurm->folder, job->name, job->task);
	return length > 0 && (size_t)length < size;
}

/* What Slurm and the lines before the launcher said lies with the trial, if
 * there is any. */
static void log_move(const struct hd_slurm_attempt *attempt)
{
	char from[PATH_MAX], to[PATH_MAX];
	struct stat stat_of;

	if (!hd_slurm_attempt_log(attempt, from, sizeof from) || stat(from, &stat_of) < 0)
		return;
	if (stat_of.st_size == 0 ||
	    snprintf(to, sizeof to, "%s/" HD_SLURM_LOG, attempt->folder) >= (int)sizeof to ||
	    rename(from, to) < 0)
		(void)unlink(from);
}

/* --- what is told --------------------------------------------------------------- */

void hd_slurm_attempt_started(struct hd_slurm_attempt *attempt)
{
	struct hd_slurm *slurm = attempt->slurm;

	if (attempt->started)
		return;
	attempt->started = true;
	attempt->heard = hd_slurm_now(slurm);
	/* Its process is another machine's. */
	slurm->host.started(slurm->host.user, attempt->trial, 0, 0);
	hd_slurm_attempt_placed(attempt);
}

void hd_slurm_attempt_placed(const struct hd_slurm_attempt *attempt)
{
	const struct hd_backend_host *host = &attempt->slurm->host;
	const char *where = attempt->node;
	struct hd_record_state state;

	/* Its launcher may be seen before the scheduler's word. */
	if (!*where && hd_record_read_state(&state, attempt->folder, NULL) == 0)
		where = state.host;
	if (*where && host->placed)
		host->placed(host->user, attempt->trial, where);
}

void hd_slurm_attempt_end(struct hd_slurm_attempt *attempt, const struct hd_exit *exit)
{
	struct hd_slurm *slurm = attempt->slurm;
	struct hd_record *record = attempt->record; /* EXIT may point into it */
	size_t trial = attempt->trial;

	hd_slurm_attempt_placed(attempt);
	order_remove(attempt);
	log_move(attempt);
	attempt->record = NULL;
	hd_slurm_attempt_free(attempt);
	slurm->host.ended(slurm->host.user, trial, exit);
	free(record);
	/* There is room for another one now. */
	hd_slurm_submit_soon(slurm);
}

void hd_slurm_attempt_fail(struct hd_slurm_attempt *attempt, enum hd_cause cause,
			   double delay, const char *why)
{
	const struct hd_exit exit = {
		.code = -1,
		.error = why,
		.killed_by_us = attempt->stopped,
		.cause = cause,
		.delay = delay,
		.ended = hd_time_wall(),
	};

	hd_slurm_attempt_end(attempt, &exit);
}
