#define _GNU_SOURCE /* execvpe */

#include "pool.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static double now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void job_unlink(struct job **list, const struct job *job)
{
	while (*list != job)
		list = &(*list)->next;
	*list = job->next;
}

/* Behind those of its priority. */
void pool_submit(struct pool *pool, struct job *job)
{
	struct job **at = &pool->queued;

	while (*at && (*at)->priority >= job->priority)
		at = &(*at)->next;
	job->next = *at;
	*at = job;
}

/* --- a process ---------------------------------------------------------------- */

static void redirect(const char *path, int fd)
{
	int file;

	if (!path)
		return;
	file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0666);
	if (file < 0 || dup2(file, fd) < 0)
		_exit(126);
	if (file != fd)
		close(file);
}

/* In the child: what it must not inherit from a host with a signalfd. */
static void become(const struct job *job, pid_t parent)
{
	sigset_t none;

	setpgid(0, 0);
	/* A job without its runner would be nobody's. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(126);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	redirect(job->output, STDOUT_FILENO);
	redirect(job->errors, STDERR_FILENO);
	if (job->folder && chdir(job->folder) < 0)
		_exit(126);
	execvpe(job->argv[0], (char *const *)job->argv,
		job->environment ? (char *const *)job->environment : environ);
	fprintf(stderr, "%s: %s\n", job->argv[0], strerror(errno));
	_exit(127);
}

static bool job_start(struct pool *pool, struct job *job)
{
	pid_t parent = getpid();

	fflush(NULL);
	job->pid = fork();
	if (job->pid == 0)
		become(job, parent);
	if (job->pid < 0)
		return false; /* the machine is full: a later turn tries again */
	setpgid(job->pid, job->pid);
	pool->busy++;
	if (job->started)
		job->started(job);
	return true;
}

/* --- turns ---------------------------------------------------------------------- */

void pool_stop(struct pool *pool, struct job *job, double grace)
{
	double at = now() + grace;

	(void)pool;
	if (job->pid <= 0) {
		job->dropped = true; /* the next turn takes it off the queue */
		return;
	}
	if (job->kill_at == 0)
		kill(-job->pid, SIGTERM);
	if (job->kill_at == 0 || at < job->kill_at)
		job->kill_at = at;
}

static void drop(struct pool *pool)
{
	struct job *job = pool->queued;

	while (job) {
		struct job *next = job->next;

		if (job->dropped) {
			job_unlink(&pool->queued, job);
			job->ended(job, -1);
		}
		job = next;
	}
}

static void reap(struct pool *pool)
{
	struct job *job = pool->running;

	while (job) {
		struct job *next = job->next;
		int status;

		if (waitpid(job->pid, &status, WNOHANG) == job->pid) {
			/* Its children end with it. */
			kill(-job->pid, SIGKILL);
			job_unlink(&pool->running, job);
			pool->busy--;
			job->ended(job, status);
		} else if (job->kill_at > 0 && now() >= job->kill_at) {
			kill(-job->pid, SIGKILL);
		}
		job = next;
	}
}

void pool_turn(struct pool *pool)
{
	reap(pool);
	drop(pool);
	while (pool->queued && pool->busy < pool->workers) {
		struct job *job = pool->queued;

		if (!job_start(pool, job))
			return;
		pool->queued = job->next;
		job->next = pool->running;
		pool->running = job;
	}
}

int pool_timeout(const struct pool *pool)
{
	double left = INFINITY;

	for (const struct job *job = pool->queued; job; job = job->next)
		if (job->dropped || pool->busy < pool->workers)
			left = fmin(left, job->dropped ? 0 : 0.1);
	for (const struct job *job = pool->running; job; job = job->next)
		if (job->kill_at > 0)
			left = fmin(left, fmax(job->kill_at - now(), 0.01));
	return isinf(left) ? -1 : (int)ceil(left * 1000);
}

bool pool_is_idle(const struct pool *pool)
{
	return !pool->queued && !pool->running;
}
