/*
 * How a sweep comes to be: options copied, its name, id and seed settled, its
 * folder and then its row made. When one fails, nothing is left behind.
 */
#define _XOPEN_SOURCE 700 /* realpath */

#include "sweep/sweep_private.h"

#include "base/buf.h"
#include "program/program.h"
#include "space/args.h"
#include "store/store.h"
#include "sweep/place.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- options ------------------------------------------------------------ */

/* A copy of COUNT strings in one block that ends in NULL. */
static char **strings_copy(const char *const *strings, size_t count)
{
	size_t bytes = (count + 1) * sizeof(char *);
	char **copy, *at;

	for (size_t i = 0; i < count; i++)
		bytes += strlen(strings[i]) + 1;
	copy = malloc(bytes);
	if (!copy)
		return NULL;
	at = (char *)(copy + count + 1);
	for (size_t i = 0; i < count; i++) {
		copy[i] = at;
		at = stpcpy(at, strings[i]) + 1;
	}
	copy[count] = NULL;
	return copy;
}

static size_t strings_count(const char *const *strings)
{
	size_t count = 0;

	while (strings && strings[count])
		count++;
	return count;
}

static char *string_or_null(const char *text)
{
	return text ? strdup(text) : NULL;
}

const struct hd_backend_type *hd_sweep_backend(const struct hd_sweep *sweep)
{
	if (sweep->runner)
		return sweep->runner;
	return sweep->target ? sweep->target->type
			     : hd_backend_type_find(HD_TARGET_LOCAL);
}

char *hd_sweep_backend_name(const struct hd_sweep_options *options)
{
	struct hd_buf name = HD_BUF_INIT;

	if (options->runner)
		hd_buf_puts(&name, options->runner->name);
	else if (options->target && options->target->type->is_remote)
		hd_buf_printf(&name, "%s:%s", options->target->type->name,
			      options->target->name);
	else
		hd_buf_puts(&name, HD_TARGET_LOCAL);
	return hd_buf_take(&name);
}

static int take_target(struct hd_sweep *sweep,
		       const struct hd_sweep_options *options,
		       struct hd_error *err)
{
	const struct hd_target *target = options->target;

	if (target && options->runner)
		return hd_error_set(err, HD_EINVAL,
				    "a sweep has a runner or a target, not both");
	sweep->target = target;
	return target && target->type->check
		       ? target->type->check(target->settings, err)
		       : 0;
}

int hd_sweep_take_host(struct hd_sweep *sweep,
		       const struct hd_sweep_options *options,
		       struct hd_error *err)
{
	bool launches = !options->runner || options->launcher;
	int rc = take_target(sweep, options, err);

	if (rc < 0)
		return rc;

	if (launches &&
	    (!options->launcher || access(options->launcher, X_OK) < 0))
		return hd_error_set(err, HD_ENOENT,
				    "the launcher '%s' cannot be run",
				    options->launcher ? options->launcher : "");
	if (options->runner && (!options->runner->launch ||
				!options->runner->stop || !options->runner->name))
		return hd_error_set(err, HD_EINVAL,
				    "a runner needs a name, 'launch' and 'stop'");
	sweep->runner = options->runner;
	sweep->runner_user = options->runner_user;
	free(sweep->backend);
	sweep->backend = hd_sweep_backend_name(options);
	sweep->event = options->event;
	sweep->user = options->user;
	if (options->grace > 0)
		sweep->grace = options->grace;
	sweep->environment = strings_copy(options->environment,
					  strings_count(options->environment));
	sweep->launcher = launches ? realpath(options->launcher, NULL) : NULL;
	sweep->python_path = string_or_null(options->python_path);
	if (!sweep->backend || !sweep->environment || (launches && !sweep->launcher) ||
	    (options->python_path && !sweep->python_path))
		return hd_error_nomem(err);
	return 0;
}

/* How many machines a trial may have. What a runner has is its own affair. */
static size_t machines_of(const struct hd_sweep *sweep,
			  const struct hd_sweep_options *options)
{
	const struct hd_backend_type *type = hd_sweep_backend(sweep);

	if (options->runner)
		return SIZE_MAX;
	if (!type->is_remote)
		return 1;
	return type->machines ? type->machines(sweep->target->settings) : SIZE_MAX;
}

/* The words of the options in place of the program's own. */
static int sweep_take_program(struct hd_sweep *sweep,
			      const struct hd_sweep_options *options,
			      struct hd_error *err)
{
	struct hd_program program = { 0 };
	int rc;

	if (options->program)
		program = *options->program;
	else if (sweep->config->program)
		program = *sweep->config->program;
	if (options->command_count) {
		program.shell = false;
		program.words = options->command;
		program.word_count = options->command_count;
	}
	if (options->experiment) {
		rc = hd_store_experiment_check(options->experiment, err);
		if (rc < 0)
			return rc;
		program.experiment = options->experiment;
	}
	if (program.word_count == 0 && !options->runner)
		return hd_error_set(err, HD_EINVAL,
				    "no command: a sweep needs the training "
				    "program to run");
	rc = hd_program_check_machines(&program, machines_of(sweep, options), err);
	if (rc == 0)
		rc = hd_sweep_take_source(sweep, options, &program, err);
	return rc < 0 ? rc : hd_program_copy(&sweep->program, &program, err);
}

static int sweep_take_options(struct hd_sweep *sweep,
			      const struct hd_sweep_options *options,
			      struct hd_error *err)
{
	int rc;

	sweep->grace = HD_SWEEP_GRACE;
	rc = hd_sweep_take_host(sweep, options, err);
	if (rc < 0)
		return rc;
	rc = hd_sweep_take_slots(sweep, options, err);
	if (rc == 0)
		rc = hd_sweep_check_descriptors(sweep, err);
	if (rc < 0)
		return rc;
	return sweep_take_program(sweep, options, err);
}

static int sweep_take_seed(struct hd_sweep *sweep,
			   const struct hd_sweep_options *options,
			   struct hd_error *err)
{
	unsigned long long drawn;
	int rc;

	sweep->seed = options->has_seed ? options->seed : sweep->config->seed;
	if (options->has_seed || sweep->config->has_seed)
		return 0;
	rc = hd_name_random_seed(&drawn, err);
	sweep->seed = drawn;
	return rc;
}

/* --- the sweep's row and folder ----------------------------------------- */

static int sweep_insert(void *user, struct hd_error *err)
{
	struct hd_sweep *sweep = user;
	struct hd_buf command = HD_BUF_INIT, program = HD_BUF_INIT;
	struct hd_sweep_record record = {
		.id = sweep->id,
		.name = sweep->name,
		.config = sweep->config,
		.seed = sweep->seed,
		.max_concurrent = sweep->slots,
		.created = sweep->started,
		.settings = (const char *const *)sweep->settings,
		.backend = sweep->backend,
		.slots_why = sweep->slots_why,
		.source = sweep->source,
		.snapshot = sweep->snapshot_id,
		.properties = sweep->properties,
		.property_count = sweep->property_count,
		.grace = sweep->grace,
		.inherited = sweep->warm.inherited,
		.inherited_count = sweep->warm.inherited_count,
		.waiting = sweep->warm.waiting,
		.waiting_count = sweep->warm.waiting_count,
	};
	int rc;

	hd_process_self(&record.engine);
	hd_args_json_words(&command, sweep->program->words,
			   sweep->program->word_count);
	hd_program_json(&program, sweep->program);
	record.command = hd_buf_text(&command);
	record.program = hd_buf_text(&program);
	rc = hd_buf_failed(&command) || hd_buf_failed(&program)
		     ? hd_error_nomem(err)
		     : hd_store_sweep_insert(sweep->store, &record, &sweep->key, err);
	hd_buf_release(&command);
	hd_buf_release(&program);
	return rc;
}

const char *hd_sweep_ground(const struct hd_sweep *sweep)
{
	const struct hd_target *target = sweep->target;

	return target && target->type->ground
		       ? target->type->ground(target->settings)
		       : NULL;
}

static int sweep_create(struct hd_sweep *sweep, const char *name,
			struct hd_error *err)
{
	const struct hd_place place = {
		.store = sweep->store,
		.ground = hd_sweep_ground(sweep),
		.id = sweep->id,
		.name = sweep->name,
		.folder = &sweep->folder,
		.lock = &sweep->lock,
		.insert = sweep_insert,
		.user = sweep,
	};

	return hd_place_take(&place, name, err);
}

int hd_sweep_create(struct hd_sweep *sweep,
		    const struct hd_sweep_options *options,
		    struct hd_error *err)
{
	int rc = sweep_take_options(sweep, options, err);

	if (rc == 0)
		rc = hd_warm_gather(&sweep->warm, sweep->store, sweep->config, err);
	if (rc == 0)
		rc = hd_sweep_open_loop(sweep, err);
	if (rc == 0)
		rc = sweep_take_seed(sweep, options, err);
	if (rc == 0)
		rc = hd_name_make_id(sweep->id, err);
	if (rc == 0)
		rc = sweep_create(sweep,
				  options->name ? options->name
						: sweep->config->name,
				  err);
	hd_sweep_settle_source(sweep);
	return rc;
}
