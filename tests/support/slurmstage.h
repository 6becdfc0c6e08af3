/*
 * The Slurm backend on a real loop, with a little Slurm (fakeslurm.sh) behind its
 * commands. Each test ends without a child, a handle or a descriptor left.
 */
#ifndef TESTS_SUPPORT_SLURMSTAGE_H
#define TESTS_SUPPORT_SLURMSTAGE_H

#include "stage.h"

#include "slurm/settings.h"

#include <hdrive/option.h>

/* "HD_<guid>": its jobs are named "hd.0123456789ab...". */
#define SLURM_ID "HD_01234567-89ab-cdef-0123-456789abcdef"
#define SLURM_TAG "0123456789ab"
#define SLURM_SECRET "hush-hush"

struct slurm_stage {
	struct stage stage; /* the first member: tests of any backend see it */
	struct hd_slurm_settings settings;
	char fake[FOLDER_PATH];
	char path[2 * FOLDER_PATH], fake_variable[2 * FOLDER_PATH];
	const char *environment[4];
	uv_timer_t tick;
	size_t nodes;  /* of a trial; 0 is 1 */
	bool unstaged; /* as for who only cancels */
	unsigned notes;
	char note[512]; /* the last one */
	void (*on_tick)(struct slurm_stage *slurm);
};

static inline void slurm_note(void *user, size_t trial, const char *text)
{
	struct slurm_stage *slurm = user;

	(void)trial;
	slurm->notes++;
	snprintf(slurm->note, sizeof slurm->note, "%s", text);
}

static inline void slurm_tick(uv_timer_t *timer)
{
	struct slurm_stage *slurm = timer->data;
	struct stage *stage = &slurm->stage;

	if (slurm->on_tick)
		slurm->on_tick(slurm);
	for (size_t i = 0; i < TRIALS; i++)
		stage->type->fetch(stage->state, i);
}

/* The backend opens, as an engine would have it. */
static inline void slurm_open(struct slurm_stage *slurm)
{
	struct stage *stage = &slurm->stage;
	const struct hd_stage what = { .name = "s",
				       .folder = stage->folder,
				       .tree = stage->folder,
				       .id = SLURM_ID,
				       .nodes = slurm->nodes ? slurm->nodes : 1,
				       .processes = 1 };

	stage->state = calloc(1, stage->type->state_size);
	assert_non_null(stage->state);
	stage->closed = false;
	assert_int_equal(stage->type->open(stage->state, &stage->host, NULL), 0);
	if (!slurm->unstaged)
		assert_int_equal(stage->type->stage(stage->state, &what, NULL), 0);
}

static inline void slurm_close(struct slurm_stage *slurm)
{
	struct stage *stage = &slurm->stage;

	uv_timer_stop(&slurm->tick);
	stage->type->close(stage->state, stage_on_done, stage);
	while (!stage->closed)
		uv_run(&stage->loop, UV_RUN_ONCE);
	free(stage->state);
	stage->state = NULL;
}

static inline void slurm_begin(struct slurm_stage *slurm)
{
	uv_timer_start(&slurm->tick, slurm_tick, 20, 20);
}

/* FAKE: the path of fakeslurm.sh. */
static inline int slurm_stage_open(void **state, const char *launcher, const char *fake)
{
	static const char *const names[] = { "sbatch", "squeue", "scancel", "scontrol",
					     "sacct" };
	struct slurm_stage *slurm = calloc(1, sizeof *slurm);
	struct stage *stage = &slurm->stage;

	assert_non_null(slurm);
	folder_make(stage->folder);
	folder_make(slurm->fake);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		assert_int_equal(symlink(fake, folder_path(slurm->fake, names[i])),
				 0);
	snprintf(slurm->path, sizeof slurm->path, "PATH=%s:/usr/bin:/bin", slurm->fake);
	snprintf(slurm->fake_variable, sizeof slurm->fake_variable, "FAKE=%s", slurm->fake);
	slurm->environment[0] = slurm->path;
	slurm->environment[1] = slurm->fake_variable;
	/* The first loop of a process leaves two descriptors. */
	assert_int_equal(uv_loop_init(&stage->loop), 0);
	assert_int_equal(uv_loop_close(&stage->loop), 0);
	stage->descriptors = count_descriptors();
	assert_int_equal(uv_loop_init(&stage->loop), 0);
	uv_timer_init(&stage->loop, &stage->alarm);
	uv_timer_init(&stage->loop, &slurm->tick);
	slurm->tick.data = slurm;
	stage->type = hd_backend_type_find("slurm");
	assert_non_null(stage->type);
	hd_option_defaults(stage->type->options, &slurm->settings);
	slurm->settings.poll = 0.1;
	slurm->settings.submit_rate = 100;
	stage->host = (struct hd_backend_host){
		.user = slurm,
		.loop = &stage->loop,
		.launcher = launcher,
		.started = on_started,
		.output = on_output,
		.ended = on_ended,
		.settings = &slurm->settings,
		.environment = slurm->environment,
		.note = slurm_note,
	};
	slurm_open(slurm);
	slurm_begin(slurm);
	*state = slurm;
	return 0;
}

static inline int slurm_teardown(void **state)
{
	struct slurm_stage *slurm = *state;
	struct stage *stage = &slurm->stage;

	if (stage->state)
		slurm_close(slurm);
	uv_close((uv_handle_t *)&stage->alarm, NULL);
	uv_close((uv_handle_t *)&slurm->tick, NULL);
	uv_run(&stage->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&stage->loop), 0);
	assert_int_equal(count_descriptors(), stage->descriptors);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	folder_remove(stage->folder);
	folder_remove(slurm->fake);
	free(slurm);
	return 0;
}

/* Calls of a command, by the beginning of their lines. */
static inline unsigned slurm_calls(const struct slurm_stage *slurm, const char *head)
{
	static char text[1 << 18];
	unsigned count = 0;

	folder_read(slurm->fake, "calls", text, sizeof text);
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
		count += strncmp(line, head, strlen(head)) == 0;
		if (!line[strcspn(line, "\n")])
			break;
	}
	return count;
}

/* Whether a job's file says so. */
static inline bool slurm_says(const struct slurm_stage *slurm, const char *name,
			      const char *text)
{
	char found[16384];

	return folder_read(slurm->fake, name, found, sizeof found) >= 0 &&
	       strstr(found, text) != NULL;
}

static inline void slurm_tell(const struct slurm_stage *slurm, const char *name,
			      const char *text)
{
	folder_write(slurm->fake, name, text, 0644);
}

static inline void slurm_untell(const struct slurm_stage *slurm, const char *name)
{
	unlink(folder_path(slurm->fake, name));
}

/* Run the loop until DONE says so. */
static inline void slurm_until(struct slurm_stage *slurm,
			       bool (*done)(const struct slurm_stage *slurm))
{
	struct stage *stage = &slurm->stage;

	uv_timer_start(&stage->alarm, on_alarm, 60000, 0);
	while (!done(slurm))
		uv_run(&stage->loop, UV_RUN_ONCE);
	uv_timer_stop(&stage->alarm);
}

#endif
