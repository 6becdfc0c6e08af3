/* What a run configuration says, made into the program that trials run. */
#include "config/runconfig.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "program/program.h"

/* Words being gathered in the arena. */
struct words {
	struct hd_runconfig_loader *rc;
	const char **words;
	size_t count, room;
};

static void words_add(struct words *words, const char *word)
{
	if (words->count == words->room) {
		size_t room = words->room * 2 + 16;
		const char **grown = hd_arena_array(words->rc->loader.arena,
						    room, sizeof *grown);

		if (!grown) {
			words->rc->loader.sink.code = HD_ENOMEM;
			return;
		}
		if (words->count)
			memcpy(grown, words->words,
			       words->count * sizeof *grown);
		words->words = grown;
		words->room = room;
	}
	words->words[words->count++] = word;
}

/* --- files ------------------------------------------------------------------- */

static bool file_at(const char *folder, const char *name, struct stat *status)
{
	struct hd_buf path = HD_BUF_INIT;
	bool there;

	if (*name == '/')
		hd_buf_puts(&path, name);
	else
		hd_buf_printf(&path, "%s/%s", folder ? folder : ".", name);
	there = !hd_buf_failed(&path) &&
		stat(hd_buf_text(&path), status) == 0 &&
		S_ISREG(status->st_mode);
	hd_buf_release(&path);
	return there;
}

bool hd_runconfig_is_script(const char *word, const char *source)
{
	size_t length = strlen(word);
	struct stat status;

	if (length > 3 && !strcasecmp(word + length - 3, ".py"))
		return true;
	return file_at(source, word, &status) &&
	       !(status.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH));
}

const char *hd_runconfig_trial_path(const struct hd_runconfig_loader *rc)
{
	for (size_t i = 0; i < rc->variable_count; i++)
		if (!strncmp(rc->variables[i], "PATH=", 5))
			return rc->variables[i] + 5;
	return rc->host->path;
}

static bool is_there(const struct hd_runconfig_loader *rc, const char *name)
{
	return !rc->host->path || hd_program_in_path(hd_runconfig_trial_path(rc), name);
}

/* --- the interpreter ------------------------------------------------------------ */

/* Debian has no "python", others no "python3". */
static const char *any_python(struct hd_runconfig_loader *rc)
{
	if (is_there(rc, "python3"))
		return "python3";
	if (is_there(rc, "python"))
		return "python";
	hd_loader_error(&rc->loader, &rc->root->place,
			"there is neither 'python3' nor 'python' in PATH to"
			" run the script with");
	return "python3";
}

/* The one that the file names, or what goes by its name here. */
static const char *own_python(struct hd_runconfig_loader *rc)
{
	const char *name = rc->interpreter, *other;
	bool is_plain = !strcmp(name, "python") || !strcmp(name, "python3");
	struct stat status;

	if (strchr(name, '/')) {
		if (!file_at(rc->host->source, name, &status))
			hd_loader_error(&rc->loader, &rc->interpreter_place,
					"interpreter '%s' is not there", name);
		return name;
	}
	if (is_there(rc, name))
		return name;
	if (!is_plain) {
		hd_loader_error(&rc->loader, &rc->interpreter_place,
				"interpreter '%s' is not in PATH", name);
		return name;
	}
	other = any_python(rc);
	hd_loader_warn(&rc->loader, &rc->interpreter_place,
		       "interpreter '%s' is not in PATH, running with '%s'",
		       name, other);
	return other;
}

static const char *interpreter(struct hd_runconfig_loader *rc, bool contained)
{
	const char *python;

	if (rc->host->python)
		return rc->host->python;
	if (contained) /* the image's own */
		return rc->out->user_managed && rc->interpreter
			       ? rc->interpreter
			       : "python";
	if (rc->out->user_managed && rc->interpreter)
		return own_python(rc);
	python = any_python(rc);
	if (!rc->out->user_managed)
		hd_loader_warn(&rc->loader, &rc->conda_place,
			       "conda environment not built, running with '%s'"
			       " (--build-env builds it)",
			       python);
	return python;
}

/* --- the command line ------------------------------------------------------------- */

static void add_arguments(struct words *words, const char *const *arguments,
			  size_t count, const struct hd_yaml_place *place)
{
	for (size_t i = 0; i < count; i++) {
		const char *word = hd_runconfig_data_word(words->rc,
							  arguments[i], place);

		if (word)
			words_add(words, word);
	}
}

/* The script as it is called here: other systems write other slashes. */
static const char *script_name(struct hd_runconfig_loader *rc)
{
	const char *script = rc->out->script;
	const struct hd_yaml_node *node = hd_runconfig_get(rc->root, "script");
	struct stat status;
	char *turned;

	if (file_at(rc->host->source, script, &status))
		return script;
	turned = hd_arena_string(rc->loader.arena, script);
	for (char *at = turned; at && (at = strchr(at, '\\'));)
		*at = '/';
	if (turned && file_at(rc->host->source, turned, &status))
		return turned;
	hd_loader_error(&rc->loader, &node->place,
			"script '%s' is not a file in '%s'", script,
			rc->host->source ? rc->host->source : ".");
	return script;
}

static void add_file_command(struct words *words, bool contained)
{
	struct hd_runconfig_loader *rc = words->rc;
	const struct hd_yaml_node *node =
		hd_runconfig_get(rc->root, "arguments");
	const struct hd_yaml_place *place = node ? &node->place
						 : &rc->root->place;

	if (rc->command_is_line) {
		words_add(words, "/bin/sh");
		words_add(words, "-c");
		words_add(words, hd_runconfig_print(rc, "%s \"$@\"",
						    rc->command[0]));
		words_add(words, "sh");
	} else if (rc->command_count) {
		add_arguments(words, rc->command, rc->command_count, place);
	} else if (rc->out->script) {
		words_add(words, interpreter(rc, contained));
		words_add(words, script_name(rc));
		add_arguments(words, rc->out->arguments,
			      rc->out->argument_count, place);
	}
}

/* The command line's words in place of the file's (HD-151). */
static void add_given_command(struct words *words, bool contained)
{
	struct hd_runconfig_loader *rc = words->rc;
	const struct hd_yaml_place nowhere = { rc->root->place.source, 0, 0 };

	if (hd_runconfig_is_script(rc->host->words[0], rc->host->source))
		words_add(words, interpreter(rc, contained));
	add_arguments(words, rc->host->words, rc->host->word_count, &nowhere);
}

/* --- containers -------------------------------------------------------------------- */

/* Whether trials run in a container; when they cannot, that is reported. */
static const char *container_tool(struct hd_runconfig_loader *rc)
{
	if (!rc->docker)
		return NULL;
	if (!rc->host->allow_docker) {
		hd_loader_warn(&rc->loader, &rc->docker_place,
			       "the container is left out, trials run bare"
			       " (--allow-docker runs it)");
		return NULL;
	}
	if (!rc->image) {
		hd_loader_error(&rc->loader, &rc->docker_place,
				"hdrive builds no images: 'baseImage' must name"
				" one");
		return NULL;
	}
	if (is_there(rc, "podman"))
		return "podman";
	if (is_there(rc, "docker"))
		return "docker";
	hd_loader_error(&rc->loader, &rc->docker_place,
			"neither 'podman' nor 'docker' is in PATH");
	return NULL;
}

static void set_container(struct hd_runconfig_loader *rc, const char *tool,
			  struct hd_program *program)
{
	struct words words = { .rc = rc };

	words_add(&words, tool);
	for (size_t i = 0; i < rc->input_count; i++) {
		if (!rc->inputs[i].path)
			continue;
		words_add(&words, "-v");
		words_add(&words, hd_runconfig_print(rc, "%s:%s",
						     rc->inputs[i].path,
						     rc->inputs[i].path));
	}
	for (size_t i = 0; i < rc->variable_count; i++) {
		words_add(&words, "-e");
		words_add(&words, hd_runconfig_print(
					  rc, "%.*s",
					  (int)strcspn(rc->variables[i], "="),
					  rc->variables[i]));
	}
	if (rc->shared_memory && *rc->shared_memory) {
		words_add(&words, "--shm-size");
		words_add(&words, rc->shared_memory);
	}
	for (size_t i = 0; i < rc->docker_argument_count; i++)
		words_add(&words, rc->docker_arguments[i]);
	words_add(&words, rc->image);
	program->container = words.words;
	program->container_count = words.count;
}

/* --- the whole ------------------------------------------------------------------------ */

void hd_runconfig_program(struct hd_runconfig_loader *rc)
{
	struct hd_program *program =
		hd_arena_alloc(rc->loader.arena, sizeof *program);
	struct words words = { .rc = rc };
	const char *tool = container_tool(rc);

	if (!program) {
		rc->loader.sink.code = HD_ENOMEM;
		return;
	}
	if (rc->host->conda_file) {
		rc->out->conda_file = rc->host->conda_file;
		rc->out->conda_text = NULL;
		rc->out->user_managed = false;
	}
	if (rc->host->word_count)
		add_given_command(&words, tool != NULL);
	else
		add_file_command(&words, tool != NULL);
	program->words = words.words;
	program->word_count = words.count;
	program->environment = rc->variables;
	program->environment_count = rc->variable_count;
	if (isfinite(rc->out->max_seconds))
		program->time_limit = rc->out->max_seconds;
	if (tool)
		set_container(rc, tool, program);
	hd_runconfig_ranks(rc, program);
	rc->out->program = program;
}
