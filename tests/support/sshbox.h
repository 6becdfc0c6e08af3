/*
 * The ssh backend against hosts that are folders of this machine: "ssh" is a
 * script that runs a shell with another HOME. It knows faults by files beside
 * the hosts' homes: HOST.down (nothing is reached), HOST.hang (no answer ever).
 */
#ifndef TESTS_SUPPORT_SSHBOX_H
#define TESTS_SUPPORT_SSHBOX_H

#include "check.h"
#include "folder.h"

#include "base/file.h"
#include "base/process.h"
#include "dispatch/attempts.h"
#include "dispatch/record.h"
#include "ssh/ssh.h"

#include <hdrive/backend.h>

#include <signal.h>
#include <sys/wait.h>

#ifndef TEST_BUILD
#define TEST_BUILD "build/release"
#endif
#define TRIALS 16

struct seen {
	unsigned started, ended, outputs;
	bool is_live;
	int64_t pid;
	struct hd_exit exit;
	char error[512];
};

struct box {
	char root[FOLDER_PATH];
	char sweep[FOLDER_PATH];
	char tree[FOLDER_PATH];
	char path[2 * FOLDER_PATH];
	const char *environment[3];
	const char *hosts[4];
	const char *options[2];
	const char *setup[3];
	struct hd_ssh_settings settings;
	struct hd_backend_host host;
	uv_loop_t loop;
	uv_timer_t tick, alarm;
	const struct hd_backend_type *type;
	void *state;
	bool is_open, closed;
	struct seen seen[TRIALS];
	unsigned running;
	size_t nodes; /* hosts of a trial; 0 is 1 */
	char notes[4096];
};

static struct box *box;

static const char fake_ssh[] =
	"#!/bin/sh\n"
	"root=$(cd \"${0%/*}/..\" && pwd)\n"
	"while [ $# -gt 2 ]; do shift; done\n"
	"[ -e \"$root/$1.down\" ] && { cat \"$root/$1.down\" >&2; exit 255; }\n"
	"[ -e \"$root/$1.hang\" ] && exec sleep 1000\n"
	"echo 'Welcome to this machine'\n"
	"echo $$ >>\"$root/$1.pids\"\n"
	"mkdir -p \"$root/$1\"\n"
	"HOME=$root/$1 exec sh -c \"$2\"\n";

static inline void box_started(void *user, size_t trial, int64_t pid, uint64_t start)
{
	(void)user;
	(void)start;
	box->seen[trial].started++;
	box->seen[trial].pid = pid;
}

static inline void box_output(void *user, size_t trial)
{
	(void)user;
	assert_true(box->seen[trial].is_live);
	box->seen[trial].outputs++;
}

static inline void box_ended(void *user, size_t trial, const struct hd_exit *exit)
{
	struct seen *seen = &box->seen[trial];

	(void)user;
	assert_true(seen->is_live);
	seen->is_live = false;
	seen->ended++;
	seen->exit = *exit;
	snprintf(seen->error, sizeof seen->error, "%s", exit->error ? exit->error : "");
	box->running--;
}

static inline void box_note(void *user, size_t trial, const char *text)
{
	size_t length = strlen(box->notes);

	(void)user;
	(void)trial;
	snprintf(box->notes + length, sizeof box->notes - length, "%s\n", text);
}

static inline void box_tick(uv_timer_t *timer)
{
	(void)timer;
	if (box->is_open)
		box->type->poll(box->state);
}

static inline void box_alarm(uv_timer_t *timer)
{
	(void)timer;
	fail_msg("it never came; notes: %s", box->notes);
}

static inline int box_setup(void **state)
{
	box = calloc(1, sizeof *box);
	assert_non_null(box);
	folder_make(box->root);
	snprintf(box->sweep, sizeof box->sweep, "%.400s/store/sweep", box->root);
	snprintf(box->tree, sizeof box->tree, "%.400s/store/.snapshots/0123abcd", box->root);
	assert_int_equal(hd_file_folder(box->sweep, NULL), 0);
	assert_int_equal(hd_file_folder(box->tree, NULL), 0);
	assert_int_equal(mkdir(folder_path(box->root, "bin"), 0777), 0);
	folder_write(box->root, "bin/ssh", fake_ssh, 0755);
	folder_write(box->tree, "data.txt", "data of the sweep\n", 0666);
	folder_write(box->tree, ".hidden", "hidden\n", 0666);
	snprintf(box->path, sizeof box->path, "PATH=%s/bin:/usr/bin:/bin", box->root);
	box->environment[0] = box->path;
	box->environment[1] = "HOME=/nonexistent";
	box->hosts[0] = "h1 slots=2";
	hd_option_defaults(hd_ssh_options, &box->settings);
	box->settings.hosts = box->hosts;
	uv_loop_init(&box->loop);
	uv_timer_init(&box->loop, &box->tick);
	uv_timer_init(&box->loop, &box->alarm);
	uv_timer_start(&box->tick, box_tick, 20, 20);
	uv_timer_start(&box->alarm, box_alarm, 60000, 0);
	box->type = hd_backend_type_find("ssh");
	assert_non_null(box->type);
	*state = box;
	return 0;
}

/* Open it, as an engine does; with STAGES false as one that only ends things. */
static inline void box_open(bool stages)
{
	const struct hd_stage stage = { .name = "sweep",
					.folder = box->sweep,
					.tree = box->tree,
					.id = "HD_1",
					.nodes = box->nodes ? box->nodes : 1,
					.processes = 1 };
	struct hd_error err = { 0 };

	box->state = calloc(1, box->type->state_size);
	box->host = (struct hd_backend_host){ .loop = &box->loop,
					      .launcher = TEST_BUILD "/hdrive-launch",
					      .started = box_started,
					      .output = box_output,
					      .ended = box_ended,
					      .note = box_note,
					      .settings = &box->settings,
					      .environment = box->environment };
	if (box->type->open(box->state, &box->host, &err) < 0)
		fail_msg("%s", err.text);
	((struct hd_ssh *)box->state)->interval = 50000;
	box->is_open = true;
	box->closed = false;
	if (stages && box->type->stage(box->state, &stage, &err) < 0)
		fail_msg("%s", err.text);
}

static inline void box_done(void *user)
{
	(void)user;
	box->closed = true;
}

static inline void box_close(void)
{
	box->is_open = false;
	box->type->close(box->state, box_done, NULL);
	while (!box->closed)
		uv_run(&box->loop, UV_RUN_ONCE);
	free(box->state);
	box->state = NULL;
}

static inline int box_teardown(void **state)
{
	(void)state;
	/* Of a test that failed. */
	for (size_t i = 0; i < TRIALS && box->is_open; i++)
		box->type->release(box->state, i);
	if (box->is_open)
		box_close();
	uv_close((uv_handle_t *)&box->tick, NULL);
	uv_close((uv_handle_t *)&box->alarm, NULL);
	uv_run(&box->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&box->loop), 0);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		fail_msg("%s", "a child was left");
	folder_remove(box->root);
	free(box);
	return 0;
}

#define BOX_UNTIL(condition) \
	while (!(condition)) \
	uv_run(&box->loop, UV_RUN_ONCE)

static inline const char *box_folder(size_t trial)
{
	static char folders[2][2 * FOLDER_PATH];
	static unsigned turn;
	char *folder = folders[turn++ % 2];

	snprintf(folder, sizeof folders[0], "%s/%06zu", box->sweep, trial);
	return folder;
}

static inline int box_launch_attempt(size_t trial, unsigned attempt, const char *script,
				     struct hd_error *err)
{
	const char *const alone[] = { "/bin/sh", "-c", script, NULL };
	const char *const ranks[] = { "hdrive-launch", "--ranks", "pytorch", "2", "2", "0",
				      "/bin/sh", "-c", script, NULL };
	char folder[2 * FOLDER_PATH], work[2 * FOLDER_PATH + 8], dir[2 * FOLDER_PATH + 16];
	char outputs[2 * FOLDER_PATH + 32], metrics[2 * FOLDER_PATH + 32];
	const char *environment[] = { dir, outputs, metrics, "SECRET=s3cret", NULL };
	struct hd_launch launch = { .trial = trial,
				    .attempt = attempt,
				    .folder = folder,
				    .workdir = work,
				    .argv = box->nodes ? ranks : alone,
				    .environment = environment,
				    .grace = 5,
				    .is_new = attempt == 1,
				    .parameters = "{\"x\": 1}" };
	int rc;

	snprintf(folder, sizeof folder, "%s", box_folder(trial));
	snprintf(work, sizeof work, "%s/work", folder);
	snprintf(dir, sizeof dir, "HDRIVE_DIR=%s", folder);
	snprintf(outputs, sizeof outputs, "HDRIVE_OUTPUTS=%s/outputs", folder);
	snprintf(metrics, sizeof metrics, "HDRIVE_METRICS=%s/metrics", folder);
	mkdir(folder, 0777);
	mkdir(work, 0777);
	mkdir(folder_path(work, "outputs"), 0777);
	mkdir(folder_path(work, "logs"), 0777);
	mkdir(folder_path(folder, "checkpoints"), 0777);
	assert_int_equal(hd_attempts_archive(folder, attempt, NULL), 0);
	rc = box->type->launch(box->state, &launch, err);
	if (rc == 0) {
		box->running++;
		box->seen[trial].is_live = true;
	}
	return rc;
}

static inline void box_launch(size_t trial, const char *script)
{
	struct hd_error err = { 0 };

	BOX_UNTIL(box->type->capacity(box->state) > box->running);
	if (box_launch_attempt(trial, 1, script, &err) < 0)
		fail_msg("%s", err.text);
}

static inline const struct hd_exit *box_run(size_t trial, const char *script)
{
	box_launch(trial, script);
	BOX_UNTIL(box->seen[trial].ended);
	return &box->seen[trial].exit;
}

static inline int box_adopt(size_t trial, unsigned attempt, struct hd_error *err)
{
	int rc = box->type->adopt(box->state,
				  &(struct hd_launch){ .trial = trial,
						       .attempt = attempt,
						       .folder = box_folder(trial),
						       .grace = 5 },
				  err);

	if (rc == 0) {
		box->running++;
		box->seen[trial].is_live = true;
	}
	return rc;
}

static inline bool box_holds(const char *folder, const char *name, const char *text)
{
	char found[4096];

	folder_read(folder, name, found, sizeof found);
	return strstr(found, text) != NULL;
}

/* End the links of a host, not what they started. */
static inline void box_cut(const char *host)
{
	char name[64], text[4096], *at, *end;

	snprintf(name, sizeof name, "%s.pids", host);
	folder_read(box->root, name, text, sizeof text);
	for (at = text; *at; at = end + strspn(end, "\n")) {
		pid_t pid = (pid_t)strtol(at, &end, 10);

		if (pid <= 0)
			break;
		kill(pid, SIGKILL);
	}
	unlink(folder_path(box->root, name));
}

static inline bool lives(int64_t pid)
{
	return pid > 0 && hd_process_start(pid) != 0;
}

#endif
