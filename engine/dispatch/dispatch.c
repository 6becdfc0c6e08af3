/*
 * Slots, folders and environments around a backend.
 *
 * Invariant: a slot is taken exactly while its trial is launched and not yet
 * ended, whatever the backend does in between.
 */
#define _XOPEN_SOURCE 700

#include "dispatch/dispatch.h"

#include "base/buf.h"
#include "base/file.h"
#include "dispatch/ahead.h"
#include "dispatch/attempts.h"
#include "dispatch/devices.h"
#include "dispatch/environ.h"
#include "dispatch/record.h"
#include "dispatch/spare.h"
#include "dispatch/workdir.h"
#include "program/program.h"

#include <hdrive/rng.h>

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Which of a trial's random numbers becomes $HDRIVE_SEED: no parameter's. */
#define SEED_STREAM UINT32_MAX

struct slot {
	bool busy;
	size_t trial;
	size_t place; /* of the devices; SIZE_MAX for none */
};

struct hd_dispatch {
	struct hd_dispatch_setup setup;
	struct hd_backend_host host;
	struct hd_spare *spare;
	struct hd_workdir *workdir;
	struct hd_ahead *ahead;
	struct hd_environ *environ;
	void *backend;      /* its state */
	struct slot *slots; /* more than the setup says while adopted ones run */
	size_t size;
	size_t busy;
	void (*done)(void *user);
	void *done_user;
};

char *hd_dispatch_folder(const char *sweep_folder, size_t trial)
{
	struct hd_buf path = HD_BUF_INIT;

	hd_buf_printf(&path, "%s/%06zu", sweep_folder, trial);
	return hd_buf_take(&path);
}

static struct slot *slot_of(const struct hd_dispatch *dispatch, size_t trial)
{
	for (size_t i = 0; i < dispatch->size; i++)
		if (dispatch->slots[i].busy &&
		    dispatch->slots[i].trial == trial)
			return &dispatch->slots[i];
	return NULL;
}

size_t hd_dispatch_slot(const struct hd_dispatch *dispatch, size_t trial)
{
	const struct slot *slot = slot_of(dispatch, trial);

	return slot ? (size_t)(slot - dispatch->slots) : SIZE_MAX;
}

const char *hd_dispatch_devices(const struct hd_dispatch *dispatch,
				size_t trial)
{
	const struct slot *slot = slot_of(dispatch, trial);

	return slot && slot->place != SIZE_MAX
		       ? hd_devices_text(dispatch->setup.devices, slot->place)
		       : "";
}

static void slot_take(struct hd_dispatch *dispatch, size_t slot, size_t trial,
		      size_t place)
{
	dispatch->slots[slot] = (struct slot){ .busy = true,
					       .trial = trial,
					       .place = place };
	dispatch->busy++;
}

/* The lowest free one, or one past the end. */
static size_t slot_free(const struct hd_dispatch *dispatch)
{
	size_t slot = 0;

	while (slot < dispatch->size && dispatch->slots[slot].busy)
		slot++;
	return slot;
}

/* Have one more; false for no memory. */
static bool slots_grow(struct hd_dispatch *dispatch)
{
	struct slot *slots = realloc(dispatch->slots,
				     (dispatch->size + 1) * sizeof *slots);

	if (!slots)
		return false;
	slots[dispatch->size++] = (struct slot){ .busy = false };
	dispatch->slots = slots;
	return true;
}

static void slot_release(struct hd_dispatch *dispatch, size_t trial)
{
	struct slot *slot = slot_of(dispatch, trial);

	assert(slot);
	slot->busy = false;
	dispatch->busy--;
	if (slot->place != SIZE_MAX)
		hd_devices_release(dispatch->setup.devices, slot->place);
}

static void on_started(void *user, size_t trial, int64_t pid, uint64_t start)
{
	struct hd_dispatch *dispatch = user;

	dispatch->setup.started(dispatch->setup.user, trial, pid, start);
}

static void on_output(void *user, size_t trial)
{
	struct hd_dispatch *dispatch = user;

	dispatch->setup.output(dispatch->setup.user, trial);
}

static void on_ended(void *user, size_t trial, const struct hd_exit *exit)
{
	struct hd_dispatch *dispatch = user;

	slot_release(dispatch, trial);
	dispatch->setup.ended(dispatch->setup.user, trial, exit);
}

/* Any thread's: nothing but the setup is touched. */
static void on_wake(void *user)
{
	struct hd_dispatch *dispatch = user;

	if (dispatch->setup.wake)
		dispatch->setup.wake(dispatch->setup.wake_user);
}

static void on_note(void *user, size_t trial, const char *text)
{
	struct hd_dispatch *dispatch = user;

	if (dispatch->setup.note)
		dispatch->setup.note(dispatch->setup.user, trial, text);
}

static void on_placed(void *user, size_t trial, const char *where)
{
	struct hd_dispatch *dispatch = user;

	if (dispatch->setup.placed)
		dispatch->setup.placed(dispatch->setup.user, trial, where);
}

static void dispatch_free(struct hd_dispatch *dispatch)
{
	if (!dispatch)
		return;
	hd_environ_close(dispatch->environ);
	hd_workdir_close(dispatch->workdir);
	hd_spare_close(dispatch->spare);
	free(dispatch->backend);
	free(dispatch->slots);
	free(dispatch);
}

int hd_dispatch_open(struct hd_dispatch **out,
		     const struct hd_dispatch_setup *setup,
		     struct hd_error *err)
{
	struct hd_dispatch *dispatch = calloc(1, sizeof *dispatch);
	int rc;

	*out = NULL;
	if (!dispatch)
		return hd_error_nomem(err);
	dispatch->setup = *setup;
	dispatch->spare = hd_spare_open(setup->folder);
	dispatch->host = (struct hd_backend_host){
		.user = dispatch,
		.loop = setup->loop,
		.launcher = setup->launcher,
		.scratch = hd_spare_path(dispatch->spare),
		.started = on_started,
		.output = on_output,
		.ended = on_ended,
		.wake = on_wake,
		.runner = setup->runner,
		.settings = setup->settings,
		.environment = setup->environment,
		.note = on_note,
		.placed = on_placed,
	};
	dispatch->slots = calloc(setup->slots, sizeof *dispatch->slots);
	dispatch->size = setup->slots;
	dispatch->backend = calloc(1, setup->backend->state_size + 1);
	if (!dispatch->slots || !dispatch->backend) {
		rc = hd_error_nomem(err);
		goto out;
	}
	rc = hd_workdir_open(&dispatch->workdir, setup->tree ? setup->tree : setup->source,
			     setup->tree_link, err);
	if (rc == 0)
		hd_workdir_use(dispatch->workdir, dispatch->spare);
	if (rc == 0)
		rc = hd_environ_open(&dispatch->environ,
				     &(struct hd_environ_sweep){
					     .inherit = setup->backend->is_remote
								? NULL
								: setup->environment,
					     .name = setup->name,
					     .id = setup->id,
					     .source = setup->source,
					     .python_path = setup->python_path,
					     .program = setup->program,
					     .device_names = hd_devices_names(
						     setup->devices) },
				     err);
	if (rc == 0 && setup->backend->open)
		rc = setup->backend->open(dispatch->backend, &dispatch->host,
					  err);
	if (rc < 0)
		goto out;
	dispatch->ahead = hd_ahead_open(setup->loop, dispatch->workdir,
					dispatch->spare);
	*out = dispatch;
	dispatch = NULL;
out:
	dispatch_free(dispatch);
	return rc;
}

int hd_dispatch_stage(struct hd_dispatch *dispatch, struct hd_error *err)
{
	const struct hd_dispatch_setup *setup = &dispatch->setup;
	const struct hd_stage stage = {
		.name = setup->name,
		.folder = setup->folder,
		.tree = setup->tree ? setup->tree : setup->source,
		.id = setup->id,
		.python_path = setup->python_path,
		.gpus_per_trial = setup->gpus_per_trial,
		.cpus_per_trial = setup->cpus_per_trial,
		.nodes = hd_program_nodes(setup->program),
		.processes = hd_program_node_processes(setup->program),
	};

	return setup->backend->stage
		       ? setup->backend->stage(dispatch->backend, &stage, err)
		       : 0;
}

void hd_dispatch_prepare(struct hd_dispatch *dispatch, size_t first, size_t count)
{
	size_t most = 4 * dispatch->setup.slots;

	if (most > HD_AHEAD_MOST)
		most = HD_AHEAD_MOST;
	hd_ahead_prepare(dispatch->ahead, first, count < most ? count : most);
}

int hd_dispatch_grow(struct hd_dispatch *dispatch, size_t slots)
{
	while (dispatch->size < slots)
		if (!slots_grow(dispatch))
			return HD_ENOMEM;
	dispatch->setup.slots = slots;
	return 0;
}

size_t hd_dispatch_slots(const struct hd_dispatch *dispatch)
{
	return dispatch->setup.slots;
}

size_t hd_dispatch_busy(const struct hd_dispatch *dispatch)
{
	return dispatch->busy;
}

size_t hd_dispatch_room(const struct hd_dispatch *dispatch)
{
	const struct hd_backend_type *backend = dispatch->setup.backend;
	size_t capacity;

	if (!backend->capacity)
		return SIZE_MAX;
	capacity = backend->capacity(dispatch->backend);
	return capacity > dispatch->busy ? capacity - dispatch->busy : 0;
}

/* The same for a trial whatever slot it runs in, and on every attempt. */
static uint64_t trial_seed(const struct hd_dispatch *dispatch, size_t trial)
{
	struct hd_rng rng;

	hd_rng_init(&rng, dispatch->setup.seed, trial);
	rng = hd_rng_stream(&rng, SEED_STREAM);
	return hd_rng_word(&rng) >> 1; /* fits a signed 32-bit integer */
}

/* What stands in the trial's folder before the program starts. */
static int folder_fill(const struct hd_dispatch *dispatch, const char *folder,
		       const struct hd_dispatch_trial *start, bool is_new,
		       struct hd_error *err)
{
	int rc = 0;

	if (start->attempt > 1)
		rc = hd_attempts_archive(folder, start->attempt, err);
	if (rc == 0 && dispatch->setup.program)
		rc = hd_program_make_outputs(dispatch->setup.program, folder,
					     err);
	if (rc == 0)
		rc = hd_workdir_write(folder, is_new, HD_WORKDIR_PARAMS,
				      start->parameters,
				      strlen(start->parameters), err);
	return rc;
}

static int folder_make(const struct hd_dispatch *dispatch, const char *folder,
		       const struct hd_dispatch_trial *start, bool *is_new,
		       struct hd_error *err)
{
	int rc;

	*is_new = hd_ahead_take(dispatch->ahead, start->trial);
	if (*is_new && folder_fill(dispatch, folder, start, true, NULL) == 0)
		return 0;
	/* None was made ahead, or it has gone since. */
	rc = hd_workdir_make(dispatch->workdir, folder, err);
	*is_new = rc == 1;
	return rc < 0 ? rc : folder_fill(dispatch, folder, start, *is_new, err);
}

static int launch_in(struct hd_dispatch *dispatch, size_t slot,
		     const struct hd_dispatch_trial *start,
		     struct hd_error *err)
{
	const struct hd_dispatch_setup *setup = &dispatch->setup;
	struct hd_environ_trial variables = {
		.trial = start->trial,
		.attempt = start->attempt,
		.slot = slot,
		.seed = trial_seed(dispatch, start->trial),
		.devices = hd_devices_environment(setup->devices,
						  dispatch->slots[slot].place),
		.variables = start->variables,
	};
	char *folder = hd_dispatch_folder(setup->folder, start->trial);
	char *workdir = NULL, **environment = NULL;
	struct hd_buf path = HD_BUF_INIT;
	int rc = folder ? 0 : hd_error_nomem(err);
	bool is_new = false;

	if (rc == 0)
		rc = folder_make(dispatch, folder, start, &is_new, err);
	if (rc < 0)
		goto out;
	hd_buf_printf(&path, "%s/" HD_WORKDIR_WORK, folder);
	workdir = hd_buf_take(&path);
	if (!workdir) {
		rc = hd_error_nomem(err);
		goto out;
	}
	variables.folder = folder;
	variables.workdir = workdir;
	rc = hd_environ_build(&environment, dispatch->environ, &variables, err);
	if (rc == 0)
		rc = setup->backend->launch(
			dispatch->backend,
			&(struct hd_launch){
				.trial = start->trial,
				.attempt = start->attempt,
				.folder = folder,
				.workdir = workdir,
				.argv = start->argv,
				.environment = (const char *const *)environment,
				.grace = setup->grace,
				.is_new = is_new,
				.parameters = start->parameters },
			err);
out:
	free(environment);
	free(workdir);
	free(folder);
	return rc;
}

/*
 * A free slot with devices, which there must be: whoever launches keeps to as
 * many trials as there are places. The slot of the place's number, but where a
 * trial that was adopted has it.
 */
static size_t slot_take_free(struct hd_dispatch *dispatch, size_t trial)
{
	struct hd_devices *devices = dispatch->setup.devices;
	size_t size = dispatch->size;
	size_t place = devices ? hd_devices_acquire(devices, size) : SIZE_MAX;
	size_t slot = place < size && !dispatch->slots[place].busy
			      ? place
			      : slot_free(dispatch);

	assert(!devices || place != SIZE_MAX);
	slot_take(dispatch, slot, trial, place);
	return slot;
}

int hd_dispatch_launch(struct hd_dispatch *dispatch,
		       const struct hd_dispatch_trial *start,
		       struct hd_error *err)
{
	size_t slot;
	int rc;

	assert(dispatch->busy < dispatch->size);
	slot = slot_take_free(dispatch, start->trial);
	rc = launch_in(dispatch, slot, start, err);
	if (rc < 0)
		slot_release(dispatch, start->trial);
	return rc;
}

/* What the attempt was told, or one past the end. */
static size_t slot_of_attempt(const struct hd_dispatch *dispatch,
			      const struct hd_record_state *state)
{
	if (state->slot >= 0 && (size_t)state->slot < dispatch->size &&
	    !dispatch->slots[state->slot].busy)
		return (size_t)state->slot;
	return slot_free(dispatch);
}

/*
 * The slot and the devices that the attempt in FOLDER was told, so that none
 * is given twice; false for no memory.
 */
static bool slot_take_again(struct hd_dispatch *dispatch, size_t trial,
			    const char *folder)
{
	struct hd_record_state state;
	size_t slot, place = SIZE_MAX;

	if (hd_record_read_state(&state, folder, NULL) < 0)
		state = (struct hd_record_state){ .slot = -1 };
	slot = slot_of_attempt(dispatch, &state);
	if (slot == dispatch->size && !slots_grow(dispatch))
		return false;
	if (dispatch->setup.devices)
		place = hd_devices_claim(dispatch->setup.devices,
					 state.devices);
	slot_take(dispatch, slot, trial, place);
	return true;
}

int hd_dispatch_adopt(struct hd_dispatch *dispatch, size_t trial,
		      unsigned attempt, struct hd_error *err)
{
	const struct hd_dispatch_setup *setup = &dispatch->setup;
	char *folder = hd_dispatch_folder(setup->folder, trial);
	int rc;

	if (!folder)
		return hd_error_nomem(err);
	if (!setup->backend->adopt) {
		free(folder);
		return HD_ENOENT;
	}
	if (!slot_take_again(dispatch, trial, folder)) {
		rc = hd_error_nomem(err);
		goto out;
	}
	/* What runs elsewhere has files here that the engine writes. */
	if (setup->backend->is_remote)
		hd_file_drafts_remove(folder);
	rc = setup->backend->adopt(dispatch->backend,
				   &(struct hd_launch){ .trial = trial,
							.attempt = attempt,
							.folder = folder,
							.grace = setup->grace },
				   err);
	if (rc < 0)
		slot_release(dispatch, trial);
out:
	free(folder);
	return rc;
}

void hd_dispatch_release(struct hd_dispatch *dispatch, size_t trial)
{
	if (!slot_of(dispatch, trial))
		return;
	if (dispatch->setup.backend->release)
		dispatch->setup.backend->release(dispatch->backend, trial);
	slot_release(dispatch, trial);
}

void hd_dispatch_stop(struct hd_dispatch *dispatch, size_t trial, bool now)
{
	char *folder;

	if (!slot_of(dispatch, trial))
		return;
	folder = hd_dispatch_folder(dispatch->setup.folder, trial);
	/* Without the file "hdrive log" does not tell; the signal still does. */
	if (folder)
		hd_workdir_write(folder, false, HD_WORKDIR_STOP, "", 0, NULL);
	free(folder);
	dispatch->setup.backend->stop(dispatch->backend, trial, now);
}

void hd_dispatch_poll(struct hd_dispatch *dispatch)
{
	if (dispatch->setup.backend->poll)
		dispatch->setup.backend->poll(dispatch->backend);
}

void hd_dispatch_fetch(struct hd_dispatch *dispatch)
{
	if (!dispatch->setup.backend->fetch)
		return;
	/* It may end one while it is asked about it. */
	for (size_t i = 0; i < dispatch->size; i++)
		if (dispatch->slots[i].busy)
			dispatch->setup.backend->fetch(dispatch->backend,
						       dispatch->slots[i].trial);
}

static void on_ahead_closed(void *user)
{
	struct hd_dispatch *dispatch = user;
	void (*done)(void *user) = dispatch->done;
	void *done_user = dispatch->done_user;

	dispatch_free(dispatch);
	done(done_user);
}

static void on_backend_closed(void *user)
{
	struct hd_dispatch *dispatch = user;

	hd_ahead_close(dispatch->ahead, on_ahead_closed, dispatch);
}

void hd_dispatch_close(struct hd_dispatch *dispatch, void (*done)(void *user),
		       void *user)
{
	dispatch->done = done;
	dispatch->done_user = user;
	if (dispatch->setup.backend->close)
		dispatch->setup.backend->close(dispatch->backend,
					       on_backend_closed, dispatch);
	else
		on_backend_closed(dispatch);
}
