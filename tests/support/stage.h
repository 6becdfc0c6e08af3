/*
 * The local backend on a real loop, with what it said of each trial. Each test
 * ends without a child, a handle or a descriptor left.
 */
#ifndef TESTS_SUPPORT_STAGE_H
#define TESTS_SUPPORT_STAGE_H

#include "check.h"
#include "folder.h"

#include <hdrive/backend.h>

#include <uv.h>

#include <sys/wait.h>

#define TRIALS 64

struct seen {
	unsigned started;
	unsigned outputs;
	unsigned ended;
	int64_t pid;
	uint64_t start;
	struct hd_exit exit;
	char error[256];
};

struct stage {
	char folder[FOLDER_PATH]; /* holds a folder for each trial */
	uv_loop_t loop;
	uv_timer_t alarm; /* a hang is a failure, not a hang */
	const struct hd_backend_type *type;
	struct hd_backend_host host;
	void *state;
	struct seen seen[TRIALS];
	unsigned running;
	unsigned descriptors;
	bool closed;
	unsigned attempt; /* of what is launched; 0 is the first as well */
	/* What to do when a trial's stdout has grown. */
	void (*on_output)(struct stage *stage, size_t trial);
};

static inline unsigned count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned count = 0;

	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static inline void on_started(void *user, size_t trial, int64_t pid, uint64_t start)
{
	struct stage *stage = user;

	stage->seen[trial].started++;
	stage->seen[trial].pid = pid;
	stage->seen[trial].start = start;
}

static inline void on_output(void *user, size_t trial)
{
	struct stage *stage = user;

	assert_int_equal(stage->seen[trial].ended, 0);
	stage->seen[trial].outputs++;
	if (stage->on_output)
		stage->on_output(stage, trial);
}

static inline void on_ended(void *user, size_t trial, const struct hd_exit *exit)
{
	struct stage *stage = user;
	struct seen *seen = &stage->seen[trial];

	seen->ended++;
	seen->exit = *exit;
	snprintf(seen->error, sizeof seen->error, "%s",
		 exit->error ? exit->error : "");
	if (--stage->running == 0)
		uv_timer_stop(&stage->alarm);
}

static inline void on_alarm(uv_timer_t *timer)
{
	(void)timer;
	fail_msg("%s", "a trial never ended");
}

static inline int stage_open(void **state, const char *launcher)
{
	struct stage *stage = calloc(1, sizeof *stage);

	assert_non_null(stage);
	folder_make(stage->folder);
	stage->descriptors = count_descriptors();
	assert_int_equal(uv_loop_init(&stage->loop), 0);
	uv_timer_init(&stage->loop, &stage->alarm);
	stage->type = hd_backend_type_find("local");
	assert_non_null(stage->type);
	stage->state = calloc(1, stage->type->state_size);
	assert_non_null(stage->state);
	stage->host.user = stage;
	stage->host.loop = &stage->loop;
	stage->host.launcher = launcher;
	stage->host.started = on_started;
	stage->host.output = on_output;
	stage->host.ended = on_ended;
	assert_int_equal(stage->type->open(stage->state, &stage->host, NULL), 0);
	*state = stage;
	return 0;
}

static inline void stage_on_done(void *user)
{
	struct stage *stage = user;

	stage->closed = true;
}

static inline int stage_teardown(void **state)
{
	struct stage *stage = *state;

	stage->type->close(stage->state, stage_on_done, stage);
	uv_close((uv_handle_t *)&stage->alarm, NULL);
	uv_run(&stage->loop, UV_RUN_DEFAULT);
	assert_true(stage->closed);
	assert_int_equal(uv_loop_close(&stage->loop), 0);
	assert_int_equal(count_descriptors(), stage->descriptors);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	folder_remove(stage->folder);
	free(stage->state);
	free(stage);
	return 0;
}

/* The folder of a trial, in one of two buffers. */
static inline const char *trial_folder(const struct stage *stage, size_t trial)
{
	static char folders[2][FOLDER_PATH];
	static unsigned turn;
	char *folder = folders[turn++ % 2];

	assert_true(snprintf(folder, FOLDER_PATH, "%s/%06zu", stage->folder,
			     trial) < FOLDER_PATH);
	return folder;
}

static inline int launch(struct stage *stage, size_t trial, double grace,
			 const char *script, struct hd_error *err)
{
	const char *const argv[] = { "/bin/sh", "-c", script, NULL };
	char folder[FOLDER_PATH];
	char work[2 * FOLDER_PATH];
	char mark[2 * FOLDER_PATH];
	const char *environment[] = { mark, "PATH=/usr/bin:/bin", "X=a b", NULL };
	const struct hd_launch request = {
		.trial = trial,
		.attempt = stage->attempt ? stage->attempt : 1,
		.folder = folder,
		.workdir = work,
		.argv = argv,
		.environment = environment,
		.grace = grace,
	};
	int rc;

	snprintf(folder, sizeof folder, "%s", trial_folder(stage, trial));
	snprintf(work, sizeof work, "%s/work", folder);
	snprintf(mark, sizeof mark, "HDRIVE_DIR=%s", folder);
	mkdir(folder, 0777);
	mkdir(work, 0777);
	rc = stage->type->launch(stage->state, &request, err);
	if (rc == 0)
		stage->running++;
	return rc;
}

static inline void must_launch(struct stage *stage, size_t trial, double grace,
			       const char *script)
{
	struct hd_error err;

	if (launch(stage, trial, grace, script, &err) < 0)
		fail_msg("%s", err.text);
}

/* Run the loop until every trial has ended. */
static inline void run(struct stage *stage)
{
	uv_timer_start(&stage->alarm, on_alarm, 60000, 0);
	while (stage->running)
		uv_run(&stage->loop, UV_RUN_ONCE);
}

static inline const struct hd_exit *run_one(struct stage *stage, const char *script)
{
	must_launch(stage, 1, 5, script);
	run(stage);
	assert_int_equal(stage->seen[1].ended, 1);
	return &stage->seen[1].exit;
}

static inline bool has_printed(const struct stage *stage, size_t trial,
			       const char *text)
{
	char found[4096];

	folder_read(trial_folder(stage, trial), "stdout", found, sizeof found);
	return strstr(found, text) != NULL;
}

#endif
