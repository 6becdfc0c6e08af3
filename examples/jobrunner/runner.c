/*
 * What hdrive asks of a runner, done by the pool: a trial is one more job in
 * its queue. Its standard output and error go to the files that hdrive reads
 * while they grow.
 */
#include "runner.h"

#include "pool.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

struct trial {
	struct job job;
	struct runner *runner;
	struct trial *next;
	size_t number;
	double grace;
	bool stopped;
	char *output, *errors, *folder;
	char **argv, **environment;
};

struct runner {
	const struct hd_backend_host *host;
	struct pool *pool;
	struct trial *trials;
};

/* --- what is borrowed for the call must be kept --------------------------------- */

/* A copy in one block that ends in NULL. */
static char **strings_copy(const char *const *strings)
{
	size_t count = 0, bytes = sizeof(char *);
	char **copy, *at;

	for (; strings[count]; count++)
		bytes += sizeof(char *) + strlen(strings[count]) + 1;
	copy = malloc(bytes);
	if (!copy)
		return NULL;
	at = (char *)(copy + count + 1);
	for (size_t i = 0; i < count; i++) {
		copy[i] = strcpy(at, strings[i]);
		at += strlen(at) + 1;
	}
	copy[count] = NULL;
	return copy;
}

static char *path_of(const char *folder, const char *name)
{
	size_t size = strlen(folder) + strlen(name) + 2;
	char *path = malloc(size);

	if (path)
		snprintf(path, size, "%s/%s", folder, name);
	return path;
}

static void trial_free(struct trial *trial)
{
	if (!trial)
		return;
	free(trial->output);
	free(trial->errors);
	free(trial->folder);
	free(trial->argv);
	free(trial->environment);
	free(trial);
}

static struct trial *trial_new(const struct hd_launch *launch)
{
	struct trial *trial = calloc(1, sizeof *trial);

	if (!trial)
		return NULL;
	trial->number = launch->trial;
	trial->grace = launch->grace;
	trial->output = path_of(launch->folder, "stdout");
	trial->errors = path_of(launch->folder, "stderr");
	trial->folder = strdup(launch->workdir);
	trial->argv = strings_copy(launch->argv);
	trial->environment = strings_copy(launch->environment);
	if (trial->output && trial->errors && trial->folder && trial->argv &&
	    trial->environment)
		return trial;
	trial_free(trial);
	return NULL;
}

/* --- from the pool to hdrive ------------------------------------------------------- */

static void on_started(struct job *job)
{
	struct trial *trial = job->user;
	const struct hd_backend_host *host = trial->runner->host;

	host->started(host->user, trial->number, job->pid, 0);
}

static void on_ended(struct job *job, int status)
{
	struct trial *trial = job->user, **link = &trial->runner->trials;
	const struct hd_backend_host *host = trial->runner->host;
	const struct hd_exit ended = {
		.known = true,
		.code = status >= 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1,
		.signal = status >= 0 && WIFSIGNALED(status) ? WTERMSIG(status) : 0,
		.killed_by_us = trial->stopped,
		.cpu_seconds = NAN,
	};

	while (*link != trial)
		link = &(*link)->next;
	*link = trial->next;
	host->ended(host->user, trial->number, &ended);
	trial_free(trial);
}

/* --- from hdrive to the pool --------------------------------------------------------- */

static int runner_open(void *state, const struct hd_backend_host *host,
		       struct hd_error *err)
{
	struct runner *runner = state;

	(void)err;
	runner->host = host;
	runner->pool = host->runner;
	return 0;
}

static int runner_launch(void *state, const struct hd_launch *launch,
			 struct hd_error *err)
{
	struct runner *runner = state;
	struct trial *trial = trial_new(launch);

	if (!trial)
		return hd_error_nomem(err);
	trial->runner = runner;
	trial->next = runner->trials;
	runner->trials = trial;
	trial->job = (struct job){
		.argv = (const char *const *)trial->argv,
		.environment = (const char *const *)trial->environment,
		.folder = trial->folder,
		.output = trial->output,
		.errors = trial->errors,
		.started = on_started,
		.ended = on_ended,
		.user = trial,
	};
	pool_submit(runner->pool, &trial->job);
	return 0;
}

/* These jobs' files are on this machine: they need only be looked at. */
static void runner_fetch(void *state, size_t number)
{
	struct runner *runner = state;

	runner->host->output(runner->host->user, number);
}

static void runner_stop(void *state, size_t number, bool now)
{
	struct runner *runner = state;
	struct trial *trial = runner->trials;

	while (trial && trial->number != number)
		trial = trial->next;
	if (!trial)
		return;
	trial->stopped = true;
	pool_stop(runner->pool, &trial->job, now ? 0 : trial->grace);
}

const struct hd_backend_type pool_runner = {
	.name = "jobrunner",
	.summary = "jobs of the pool in pool.c",
	.state_size = sizeof(struct runner),
	.open = runner_open,
	.launch = runner_launch,
	.fetch = runner_fetch,
	.stop = runner_stop,
	/* No adopt: a job dies with its runner (pool.c), so there is none left
	 * to take over, and a resume starts it again as a new attempt. */
};
