/*
 * A sweep of the name that a new one would have: the step of a pipeline that is
 * run again after something killed it goes on instead of failing for its name.
 *
 * What is gone on with is the sweep that would be submitted. A sweep of the same
 * name that runs another program, draws by another seed or over another space is
 * another sweep: to go on with it would give an answer to a question that nobody
 * asks any more.
 */
#include "sweep/sweep_private.h"

#include "base/buf.h"
#include "program/program.h"
#include "space/args.h"
#include "store/resume.h"
#include "sweep/stored.h"

#include <stdlib.h>
#include <string.h>

struct naming {
	const char *name;
	const struct hd_config *config;
	const struct hd_sweep_options *options;
	struct hd_program wanted; /* borrowed */
	char *command;            /* the stored one's words */
	char *text;               /* and its file */
	struct hd_texts sets;
	bool found;
	struct hd_error *err;
};

/* --- finding it ----------------------------------------------------------- */

static int naming_row(void *user, const struct hd_sweep_row *row)
{
	struct naming *naming = user;
	const struct hd_sweep_options *options = naming->options;

	/* What was asked for may be the beginning of another's name. */
	if (strcmp(row->name, naming->name))
		return 0;
	naming->found = true;
	if (options->has_seed && options->seed != row->seed)
		return hd_error_set(naming->err, HD_EEXIST,
				    "the name '%s' is taken by a sweep with the seed %llu",
				    row->name, (unsigned long long)row->seed);
	naming->command = strdup(row->command);
	naming->text = strdup(row->config_text);
	return naming->command && naming->text ? 0 : hd_error_nomem(naming->err);
}

static int naming_find(struct naming *naming, struct hd_store *store,
		       int64_t *key, struct hd_error *err)
{
	struct hd_error none = { 0 };
	int rc = hd_store_find_sweep(store, naming->name, key, &none);

	/* A name that is short of several is nobody's. */
	if (rc == HD_ENOENT || rc == HD_EINVAL)
		return hd_error_set(err, HD_ENOENT, "there is no sweep '%s'", naming->name);
	if (rc < 0)
		return hd_error_set(err, rc, "%s", none.text);
	rc = hd_store_sweep(store, *key, naming_row, naming, err);
	if (rc == 0)
		rc = hd_store_settings(store, *key, hd_texts_add, &naming->sets, err);
	if (rc == HD_ENOMEM)
		return hd_error_nomem(err);
	if (rc == 0 && !naming->found)
		return hd_error_set(err, HD_ENOENT, "there is no sweep '%s'", naming->name);
	return rc;
}

/* --- is it the same? ------------------------------------------------------ */

static bool ends_in(const char *path, const char *name)
{
	size_t length = strlen(name), whole = strlen(path);

	return whole > length && path[whole - length - 1] == '/' &&
	       !strcmp(path + whole - length, name);
}

/* The first word may have become a whole path (source.c). */
static bool words_same(const struct hd_program *stored, const struct hd_program *wanted)
{
	if (stored->word_count != wanted->word_count)
		return false;
	for (size_t i = 0; i < stored->word_count; i++) {
		const char *is = stored->words[i];
		const char *was = wanted->words[i];

		if (strcmp(is, was) && (i > 0 || !ends_in(is, was)))
			return false;
	}
	return true;
}

/* All but the words, written in one way. */
static int rest_same(const struct hd_program *stored, const struct hd_program *wanted,
		     bool *same)
{
	struct hd_buf is = HD_BUF_INIT, was = HD_BUF_INIT;
	int rc = 0;

	hd_program_json(&is, stored);
	hd_program_json(&was, wanted);
	if (hd_buf_failed(&is) || hd_buf_failed(&was))
		rc = HD_ENOMEM;
	else
		*same = !strcmp(hd_buf_text(&is), hd_buf_text(&was));
	hd_buf_release(&is);
	hd_buf_release(&was);
	return rc;
}

/* As sweep_take_program in create.c has it. */
static void naming_wanted(struct naming *naming)
{
	const struct hd_sweep_options *options = naming->options;
	struct hd_program *wanted = &naming->wanted;

	if (options->program)
		*wanted = *options->program;
	else if (naming->config->program)
		*wanted = *naming->config->program;
	if (options->command_count) {
		wanted->shell = false;
		wanted->words = options->command;
		wanted->word_count = options->command_count;
	}
	if (options->experiment)
		wanted->experiment = options->experiment;
}

static int another_program(const struct naming *naming)
{
	/* Only a study has no words at all. */
	if (!strcmp(naming->command, "[]"))
		return hd_error_set(naming->err, HD_EEXIST,
				    "the name '%s' is taken by a study, whose "
				    "trials others run",
				    naming->name);
	return hd_error_set(naming->err, HD_EEXIST,
			    "the name '%s' is taken by a sweep of another program: %s",
			    naming->name, naming->command);
}

static int naming_program(void *user, const struct hd_resume_sweep *row)
{
	struct naming *naming = user;
	struct hd_program *stored;
	bool same = false;
	int rc = hd_program_read(&stored, naming->command, row->program, naming->err);

	if (rc < 0)
		return rc;
	naming_wanted(naming);
	if (!words_same(stored, &naming->wanted))
		rc = another_program(naming);
	else if (rest_same(stored, &naming->wanted, &same) < 0)
		rc = hd_error_nomem(naming->err);
	else if (!same)
		rc = hd_error_set(naming->err, HD_EEXIST,
				  "the name '%s' is taken by a sweep whose program has other "
				  "inputs, variables or limits",
				  naming->name);
	hd_program_free(stored);
	return rc;
}

/* --- going on ------------------------------------------------------------- */

/* Whether "KEY=VALUE" is what is in force: the last word on KEY. */
static bool set_holds(const struct hd_texts *sets, const char *set)
{
	size_t key = strcspn(set, "=");

	for (size_t i = sets->count; i-- > 0;)
		if (strcspn(sets->items[i], "=") == key &&
		    !strncmp(sets->items[i], set, key))
			return !strcmp(sets->items[i], set);
	return false;
}

/* What is as it was is not said again: the store has an edition for each. */
static void naming_changes(const struct naming *naming,
			   struct hd_sweep_options *options)
{
	const struct hd_config *config = naming->config;
	bool same = !strcmp(config->text, naming->text);

	for (size_t i = 0; same && i < config->set_count; i++)
		same = set_holds(&naming->sets, config->sets[i]);
	options->sets = same ? NULL : config->sets;
	options->set_count = same ? 0 : config->set_count;
	options->text = same ? NULL : config->text;
	options->path = same ? NULL : config->path ? config->path
						   : "";
	options->accept_space = false;
}

static void naming_release(struct naming *naming)
{
	hd_texts_release(&naming->sets);
	free(naming->command);
	free(naming->text);
}

int hd_sweep_resume_named(struct hd_sweep **out, struct hd_store *store,
			  const struct hd_config *config,
			  const struct hd_sweep_options *options,
			  struct hd_error *err)
{
	struct naming naming = {
		.name = options->name ? options->name : config->name,
		.config = config,
		.options = options,
		.err = err,
	};
	struct hd_sweep_options on = *options;
	int64_t key;
	int rc;

	*out = NULL;
	if (!naming.name)
		return hd_error_set(err, HD_EINVAL,
				    "a sweep is gone on with by its name: none was given");
	rc = naming_find(&naming, store, &key, err);
	if (rc == 0)
		rc = hd_store_resume_sweep(store, key, naming_program, &naming, err);
	if (rc == 0) {
		naming_changes(&naming, &on);
		rc = hd_sweep_resume(out, store, key, &on, err);
	}
	if (rc == 0)
		(*out)->by_name = !options->no_snapshot;
	naming_release(&naming);
	return rc;
}
