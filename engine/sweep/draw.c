/*
 * New trials into free slots: the sampler's values, the command line made of
 * them, the row as Starting. The launch waits for the commit.
 */
#include "sweep/core_private.h"

#include <hdrive/sampler.h>

#include "space/args.h"

#include <stdlib.h>

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

/* 0, HD_EXHAUSTED, or another positive code: not yet. */
static int core_suggest(struct hd_core *core, size_t *known,
			struct hd_error *err)
{
	struct hd_rng rng;
	int rc;

	*known = core->results;
	hd_rng_init(&rng, core->setup.seed, hd_history_next(core->history));
	if (core->proposal)
		rc = hd_proposal_take(core, known, err);
	else
		rc = core->setup.config->sampler->suggest(
			core->sampler, core->history, &rng, core->values, err);
	/* With a suggestion in hand no worker has the sampler. */
	if (rc == 0)
		core_note(core);
	return rc;
}

/* Command line and parameters of the values just drawn. */
static int run_prepare(struct run *run, struct hd_buf *arguments,
		       struct hd_error *err)
{
	struct hd_core *core = run->core;
	const struct hd_space *space = core->setup.config->space;
	struct hd_buf parameters = HD_BUF_INIT;
	size_t words = 0;
	int rc = hd_args_build(&run->argv, space, core->values,
			       core->setup.command, core->setup.command_count,
			       NULL, err);

	if (rc < 0)
		return rc;
	while (run->argv[words])
		words++;
	hd_args_json_words(arguments, (const char *const *)run->argv, words);
	hd_args_json(&parameters, space, core->values);
	run->parameters = hd_buf_take(&parameters);
	run->folder = hd_dispatch_folder(core->setup.folder, run->number);
	if (!run->parameters || !run->folder || hd_buf_failed(arguments))
		return hd_error_nomem(err);
	return hd_tail_new(&run->tail, run->folder, core->rules, NULL, err);
}

static int run_store(struct run *run, const char *arguments, size_t known,
		     struct hd_error *err)
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
		.time = core->wall,
	};
	int rc = hd_core_begin(core, err);

	return rc < 0 ? rc : hd_store_trial_insert(core->setup.store, &record, &run->key, err);
}

/* Draw one trial, store it as Starting, keep its launch for after commit. */
static int core_draw(struct hd_core *core, struct run **slot,
		     struct hd_error *err)
{
	struct hd_buf arguments = HD_BUF_INIT;
	struct run *run = NULL;
	size_t known;
	int rc = core_suggest(core, &known, err);

	if (rc == HD_EXHAUSTED)
		core->exhausted = true;
	if (rc != 0)
		return rc;
	run = calloc(1, sizeof *run);
	if (!run)
		return hd_error_nomem(err);
	run->core = core;
	run->number = hd_history_next(core->history);
	run->fresh = true;
	rc = run_prepare(run, &arguments, err);
	if (rc == 0)
		rc = run_store(run, hd_buf_text(&arguments), known, err);
	if (rc < 0)
		goto out;
	run->trial = hd_history_add(core->history, core->values);
	if (!run->trial) {
		rc = hd_error_nomem(err);
		goto out;
	}
	hd_trial_move(run->trial, HD_TRIAL_EVENT_SPAWN);
	*slot = run;
	run = NULL;
	core->live_count++;
out:
	hd_run_free(run);
	hd_buf_release(&arguments);
	return rc;
}

int hd_core_fill(struct hd_core *core, struct hd_error *err)
{
	size_t most = core->setup.config->max_total;

	for (size_t i = 0; i < core->setup.slots; i++) {
		int rc;

		if (core->stopping || core->exhausted ||
		    hd_history_next(core->history) >= most)
			return 0;
		if (core->live[i])
			continue;
		rc = core_draw(core, &core->live[i], err);
		if (rc != 0)
			return rc < 0 ? rc : 0;
	}
	return hd_proposal_ahead(core, err);
}
