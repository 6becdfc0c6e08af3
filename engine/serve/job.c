/* Descriptors of processes and files in memory are Linux's. */
#define _GNU_SOURCE

#include "serve/job.h"

#include "base/time.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* So many at once: each is an action of a person. */
#define JOBS_MOST 8
/* Who asked is told that it goes on: trials may take that long to end. */
#define JOB_SECONDS 60
/* Of what a command says. */
#define JOB_TEXT_MOST ((size_t)64 << 10)

enum job_stream {
	JOB_IN,
	JOB_OUT,
	JOB_ERR,
	JOB_STREAMS
};

struct job {
	struct hd_jobs *jobs;
	pid_t pid; /* 0: a free place */
	int pidfd;
	int files[JOB_STREAMS]; /* in memory: nobody has to read meanwhile */
	int64_t due;
	bool has_ended;
	int status;
	bool is_left; /* nobody waits for it any more */
};

struct hd_jobs {
	struct hd_jobs_setup setup;
	int epoll;
	struct job jobs[JOBS_MOST];
};

int hd_jobs_open(struct hd_jobs **out, const struct hd_jobs_setup *setup,
		 struct hd_error *err)
{
	struct hd_jobs *jobs = calloc(1, sizeof *jobs);

	*out = NULL;
	if (!jobs)
		return hd_error_nomem(err);
	jobs->setup = *setup;
	jobs->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (jobs->epoll < 0) {
		free(jobs);
		return hd_error_errno(err, errno, "cannot wait for commands");
	}
	*out = jobs;
	return 0;
}

static void job_release(struct job *job)
{
	for (int i = 0; i < JOB_STREAMS; i++)
		if (job->files[i] >= 0)
			close(job->files[i]);
	if (job->pidfd >= 0)
		close(job->pidfd);
	*job = (struct job){ 0 };
}

void hd_jobs_close(struct hd_jobs *jobs)
{
	if (!jobs)
		return;
	for (size_t i = 0; i < JOBS_MOST; i++)
		if (jobs->jobs[i].pid)
			job_release(&jobs->jobs[i]);
	close(jobs->epoll);
	free(jobs);
}

int hd_jobs_fd(const struct hd_jobs *jobs)
{
	return jobs->epoll;
}

size_t hd_jobs_count(const struct hd_jobs *jobs)
{
	size_t count = 0;

	for (size_t i = 0; i < JOBS_MOST; i++)
		count += jobs->jobs[i].pid && !jobs->jobs[i].is_left;
	return count;
}

bool hd_jobs_are_due(const struct hd_jobs *jobs)
{
	int64_t now = hd_time_steady();

	for (size_t i = 0; i < JOBS_MOST; i++) {
		const struct job *job = &jobs->jobs[i];

		if (job->pid && !job->is_left && (job->has_ended || now >= job->due))
			return true;
	}
	return false;
}

/* Whether it has ended; its descriptor is then quiet. */
static bool job_look(struct job *job)
{
	if (!job->has_ended && waitpid(job->pid, &job->status, WNOHANG) != 0) {
		job->has_ended = true;
		close(job->pidfd);
		job->pidfd = -1;
	}
	return job->has_ended;
}

void hd_jobs_look(struct hd_jobs *jobs)
{
	for (size_t i = 0; i < JOBS_MOST; i++) {
		struct job *job = &jobs->jobs[i];

		if (job->pid && job_look(job) && job->is_left)
			job_release(job);
	}
}

/* --- answers ---------------------------------------------------------------- */

static void job_read(int fd, struct hd_buf *text)
{
	char part[4096];
	ssize_t got;

	if (lseek(fd, 0, SEEK_SET) < 0)
		return;
	while (text->length < JOB_TEXT_MOST &&
	       (got = read(fd, part, sizeof part)) > 0)
		hd_buf_add(text, part, (size_t)got);
}

static bool job_ready(void *self, struct hd_web_reply *reply)
{
	struct job *job = self;
	struct hd_buf out = HD_BUF_INIT, err = HD_BUF_INIT;
	int code = -2;

	if (!job_look(job) && hd_time_steady() < job->due)
		return false;
	if (job->has_ended) {
		job_read(job->files[JOB_OUT], &out);
		code = WIFEXITED(job->status) ? WEXITSTATUS(job->status) : -1;
	}
	job_read(job->files[JOB_ERR], &err);
	hd_action_answer(code, hd_buf_text(&out), hd_buf_text(&err), reply);
	hd_buf_release(&out);
	hd_buf_release(&err);
	return true;
}

static void job_leave(void *self)
{
	struct job *job = self;

	job->is_left = true;
	if (job->has_ended)
		job_release(job);
}

static const struct hd_web_later job_later = { job_ready, job_leave };

/* --- starts ----------------------------------------------------------------- */

static bool job_files(struct job *job, const struct hd_action *action)
{
	static const char *const names[] = { "in", "out", "err" };
	size_t length = action->input.length;

	for (int i = 0; i < JOB_STREAMS; i++)
		job->files[i] = -1;
	for (int i = 0; i < JOB_STREAMS; i++) {
		job->files[i] = memfd_create(names[i], MFD_CLOEXEC);
		if (job->files[i] < 0)
			return false;
	}
	return write(job->files[JOB_IN], hd_buf_text(&action->input), length) ==
		       (ssize_t)length &&
	       lseek(job->files[JOB_IN], 0, SEEK_SET) == 0;
}

/* "hdrive", "--db", its path, the words; the array is the caller's to free(). */
static char **job_argv(const struct hd_jobs *jobs, const struct hd_action *action)
{
	char **argv = calloc(action->count + 4, sizeof *argv);
	char *at = action->words.text;

	if (!argv)
		return NULL;
	argv[0] = (char *)(uintptr_t)jobs->setup.hdrive;
	argv[1] = (char *)(uintptr_t) "--db";
	argv[2] = (char *)(uintptr_t)jobs->setup.store;
	for (size_t i = 0; i < action->count; i++) {
		argv[3 + i] = at;
		at += strlen(at) + 1;
	}
	return argv;
}

/* With no signal blocked or ignored that the server has so. */
static int job_spawn(struct job *job, char **argv)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none, usual;
	int rc;

	sigemptyset(&none);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK |
						      POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &usual);
	posix_spawn_file_actions_init(&files);
	for (int i = 0; i < JOB_STREAMS; i++)
		posix_spawn_file_actions_adddup2(&files, job->files[i], i);
	rc = posix_spawn(&job->pid, argv[0], &files, &attributes, argv,
			 job->jobs->setup.environment);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	return rc;
}

/* 0 or an errno. */
static int job_begin(struct job *job, const struct hd_action *action)
{
	struct epoll_event event = { .events = EPOLLIN };
	char **argv = job_argv(job->jobs, action);
	int rc = argv && job_files(job, action) ? 0 : ENOMEM;

	if (rc == 0)
		rc = job_spawn(job, argv);
	free(argv);
	if (rc != 0)
		return rc;
	/* Without one it is looked at each second. */
	job->pidfd = (int)syscall(SYS_pidfd_open, job->pid, 0);
	if (job->pidfd >= 0)
		epoll_ctl(job->jobs->epoll, EPOLL_CTL_ADD, job->pidfd, &event);
	job->due = hd_time_steady() + (int64_t)JOB_SECONDS * 1000000;
	return 0;
}

void hd_jobs_start(struct hd_jobs *jobs, const struct hd_action *action,
		   struct hd_web_reply *reply)
{
	struct job *job = NULL;
	struct hd_error err = { 0 };
	int rc;

	hd_jobs_look(jobs);
	for (size_t i = 0; i < JOBS_MOST && !job; i++)
		if (!jobs->jobs[i].pid)
			job = &jobs->jobs[i];
	if (!job) {
		hd_error_set(&err, HD_EBUSY, "%d others are being done",
			     JOBS_MOST);
		hd_web_fail_error(reply, &err);
		return;
	}
	*job = (struct job){ .jobs = jobs, .pidfd = -1 };
	rc = job_begin(job, action);
	if (rc != 0) {
		hd_error_errno(&err, rc, "cannot run '%s'", jobs->setup.hdrive);
		hd_web_fail_error(reply, &err);
		job_release(job);
		return;
	}
	reply->later = &job_later;
	reply->self = job;
}
