/*
 * Trials into free slots: those that wait, those that go on (promote.c), new
 * ones: the sampler's values, the command line made of them, the row as
 * Starting. The launch waits for the commit.
 */
#include "sweep/core_private.h"

#include <hdrive/sampler.h>

#include "program/program.h"
#include "space/args.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the sampler has to say, once. */
static void core_note(struct hd_core *core)
{
	const struct hd_sampler_type *type = core->setup.config->sampler;
	const char *note = type->note ? type->note(core->sampler) : NULL;

	if (!note || note == core->sampler_note)
		return;
	core->sampler_note = note;
	hd_core_queue(core, &(struct hd_event){ .kind = HD_EVENT_NOTE,
						.text = note });
}

#define SUGGEST_LATER 3

/* 0, HD_EXHAUSTED, or another positive code: not yet, or no more. */
static int core_suggest(struct hd_core *core, size_t *known,
			struct hd_error *err)
{
	struct hd_rng rng;
	double expected = NAN;
	int rc;

	*known = core->results;
	hd_rng_init(&rng, core->setup.seed, hd_history_next(core->history));
	if (core->proposal)
		rc = hd_proposal_take(core, known, &expected, err);
	else
		rc = core->setup.config->sampler->suggest(
			core->sampler, core->history, &rng, core->values, err);
	if (rc == 0 && !core->proposal)
		expected = hd_core_expected(core, core->history, &rng,
					    core->limits.end_when.improvement);
	if (rc == 0 && hd_core_has_converged(core, expected))
		return SUGGEST_LATER;
	/* With a suggestion in hand no worker has the sampler. */
	if (rc == 0)
		core_note(core);
	return rc;
}

/* Command line and parameters of a trial with VALUES. */
int hd_run_prepare(struct run *run, const struct hd_value *values,
		   struct hd_buf *arguments, struct hd_error *err)
{
	struct hd_core *core = run->core;
	const struct hd_space *space = core->setup.config->space;
	struct hd_buf parameters = HD_BUF_INIT;
	size_t words = 0;
	const struct hd_program *program = core->setup.program;
	/* A runner may know by itself what to run. */
	int rc = program->word_count
			 ? hd_program_argv(&run->argv, program, space, values,
					   run->folder, NULL, err)
			 : hd_args_build(&run->argv, space, values, NULL, 0,
					 NULL, err);

	if (rc == 0 && run->resume_from) /* SPEC 5.4 */
		rc = hd_program_add_option(&run->argv, core->setup.program,
					   "--resume-from", run->resume_from,
					   err);
	if (rc == 0)
		rc = hd_program_variables(&run->variables, space, values, err);
	if (rc < 0)
		return rc;
	while (run->argv[words])
		words++;
	hd_args_json_words(arguments, (const char *const *)run->argv, words);
	hd_args_json(&parameters, space, values);
	run->parameters = hd_buf_take(&parameters);
	if (!run->parameters || hd_buf_failed(arguments))
		return hd_error_nomem(err);
	return 0;
}

int hd_run_open(struct run *run, const struct hd_tail_place *places,
		struct hd_error *err)
{
	int rc;

	run->folder = hd_dispatch_folder(run->core->setup.folder, run->number);
	if (!run->folder)
		return hd_error_nomem(err);
	if (places)
		memcpy(run->places, places, sizeof run->places);
	rc = hd_tail_new(&run->tail, run->folder, run->core->rules, places,
			 err);
	return rc < 0 ? rc : hd_follow_new(&run->logs, run->folder, err);
}

static int run_store(struct run *run, const char *arguments, size_t known,
		     const char *origin, struct hd_error *err)
{
	struct hd_core *core = run->core;
	struct hd_trial_record record = {
		.sweep = core->setup.sweep,
		.number = run->number,
		.state = HD_TRIAL_STARTING,
		.parameters = run->parameters,
		.arguments = arguments,
		.space = core->setup.config->space,
		.values = core->values,
		.known = known,
		.slot = run->slot,
		.origin = origin,
		.resume_from = run->resume_from,
		.time = core->wall,
	};
	int rc = hd_core_begin(core, err);

	return rc < 0 ? rc : hd_store_trial_insert(core->setup.store, &record, &run->key, err);
}

static void run_take_slot(struct run *run)
{
	struct hd_core *core = run->core;

	hd_trial_move(run->trial, HD_TRIAL_EVENT_SPAWN);
	run->fresh = true;
	core->live[run->slot] = run;
	core->live_count++;
	if (core->smoke.open)
		core->smoke.opened = core->wall;
}

/* Draw one trial, store it as Starting, keep its launch for after commit. */
static int core_draw(struct hd_core *core, size_t slot, struct hd_error *err)
{
	struct hd_buf arguments = HD_BUF_INIT;
	struct run *run = NULL;
	bool enqueued = hd_core_has_enqueued(core);
	size_t known = core->results;
	char *resume_from = NULL;
	int rc = enqueued ? hd_core_take_enqueued(core, &resume_from, err)
			  : core_suggest(core, &known, err);

	if (rc == HD_EXHAUSTED)
		core->exhausted = true;
	if (rc != 0)
		return rc;
	run = calloc(1, sizeof *run);
	if (!run) {
		free(resume_from);
		return hd_error_nomem(err);
	}
	run->core = core;
	run->resume_from = resume_from;
	run->number = hd_history_count(core->history);
	run->attempt = 1;
	run->slot = slot;
	run->step_before = run->step_seen = INT64_MIN;
	rc = hd_run_open(run, NULL, err);
	if (rc == 0)
		rc = hd_run_prepare(run, core->values, &arguments, err);
	if (rc == 0)
		rc = run_store(run, hd_buf_text(&arguments), known,
			       resume_from ? "resumed"
			       : enqueued  ? "enqueued"
					   : "sampler",
			       err);
	if (rc < 0)
		goto out;
	run->trial = hd_history_add(core->history, core->values);
	if (!run->trial) {
		rc = hd_error_nomem(err);
		goto out;
	}
	hd_history_add_foreign(core->history, enqueued);
	run_take_slot(run);
	run = NULL;
out:
	hd_run_free(run);
	hd_buf_release(&arguments);
	return rc;
}

/* The next attempt of one that has waited long enough; 1: nobody has. */
static int core_relaunch(struct hd_core *core, size_t slot,
			 struct hd_error *err)
{
	struct hd_buf arguments = HD_BUF_INIT;
	struct run *run = hd_core_take_due(core);
	int rc;

	if (!run)
		return 1;
	run->slot = slot;
	rc = hd_core_begin(core, err);
	if (rc == 0)
		rc = hd_run_prepare(run, hd_trial_values(run->trial), &arguments,
				    err);
	if (rc == 0)
		rc = hd_store_trial_start(core->setup.store, run->key, slot, err);
	hd_buf_release(&arguments);
	if (rc < 0)
		hd_run_free(run);
	else
		run_take_slot(run);
	return rc;
}

/*
 * One that was paused, before new ones, but not before those that people want
 * tried; 1: nobody. Asked when no new one can come, too.
 */
static int core_promote(struct hd_core *core, size_t slot, struct hd_error *err)
{
	int rc = hd_core_has_enqueued(core) &&
				 hd_history_count(core->history) < core->limits.max_total
			 ? 1
			 : hd_core_promote(core, err);

	return rc == 0 ? core_relaunch(core, slot, err) : rc;
}

/* Returns 1 when nothing is to be started now. */
static int core_fill_slot(struct hd_core *core, size_t slot,
			  struct hd_error *err)
{
	int rc;

	if (core->stopping || core->only_cancels || core->held ||
	    hd_core_is_smoking(core))
		return 1;
	rc = core_relaunch(core, slot, err);
	if (rc != 1)
		return rc;
	rc = core->goal.end == HD_END_PATIENCE ? 1 : core_promote(core, slot, err);
	if (rc != 1)
		return rc;
	if ((hd_core_draws_no_more(core) && !hd_core_has_enqueued(core)) ||
	    hd_history_count(core->history) >= core->limits.max_total)
		return 1;
	return core_draw(core, slot, err);
}

int hd_core_fill(struct hd_core *core, struct hd_error *err)
{
	size_t room = hd_dispatch_room(core->dispatch);

	for (size_t i = 0; i < core->limits.max_concurrent; i++) {
		int rc;

		if (core->live[i])
			continue;
		if (core->live_count >= core->limits.max_concurrent || room-- == 0)
			return 0;
		rc = core_fill_slot(core, i, err);
		if (rc != 0)
			return rc < 0 ? rc : 0;
	}
	return hd_proposal_ahead(core, err);
}
