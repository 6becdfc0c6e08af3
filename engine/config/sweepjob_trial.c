/*
 * trial of a sweep job (SPEC 2.3): what each trial runs, in the file or in a
 * component file that it names. The code's folder is where a trial's files come
 * from; an environment is recorded and not built.
 */
#include "config/sweepjob.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *const trial_keys[] = {
	"command", "code", "environment", "environment_variables",
	"distribution", "resources", "type", "inputs", "outputs", "name",
	"version", "display_name", "description", "tags", "properties",
	"is_deterministic", "identity", "limits", "services", "compute",
	"additional_includes", "$schema", "queue_settings", "retry_settings",
	"experiment_name", "max_concurrency_per_instance", "intellectual_property",
	"creation_context", "id", "mode", "successful_return_code", "meta"
};

/* The value of KEY in the trial; NULL when the file is silent. */
static const struct hd_yaml_node *trial_get(const struct hd_job *job,
					    const char *key)
{
	const struct hd_yaml_node *node = hd_loader_get(job->trial, key);

	return node && node->kind != HD_YAML_NULL ? node : NULL;
}

/* --- a component file ------------------------------------------------------- */

/* The text of the component at PATH as a source; NULL after a report. */
static struct hd_yaml_source *component_source(struct hd_job *job,
					       const char *path,
					       const struct hd_yaml_place *place)
{
	struct hd_arena *arena = job->loader->arena;
	struct hd_yaml_source *source = hd_arena_alloc(arena, sizeof *source);
	struct stat file;
	struct hd_error err;
	char *text = NULL;
	int rc = 0;

	/* A pipe would be waited for. */
	if (stat(path, &file) < 0 || !S_ISREG(file.st_mode)) {
		hd_loader_error(job->loader, place,
				"'trial' is '%.200s', expected a component"
				" file, or a mapping with 'command'",
				path);
		return NULL;
	}
	rc = hd_yaml_read(&text, &source->length, path, &err);
	if (rc < 0 && rc != HD_ENOMEM)
		hd_loader_error(job->loader, place, "'trial': %s", err.text);
	if (rc == 0) {
		source->name = path;
		source->text = hd_arena_copy(arena, text, source->length);
		source->has_places = true;
	}
	free(text);
	if (rc == HD_ENOMEM || (rc == 0 && !source->text))
		job->loader->sink.code = HD_ENOMEM;
	return rc == 0 && source->text ? source : NULL;
}

static bool component_open(struct hd_job *job, const struct hd_yaml_node *node)
{
	struct hd_loader *loader = job->loader;
	const struct hd_yaml_source *source;
	const char *path;

	if (hd_path_is_cloud(node->text)) {
		hd_loader_error(loader, &node->place,
				"'trial' is '%.80s', a component of a cloud:"
				" name a local component file, or write"
				" 'command' and 'code' below 'trial'",
				node->text);
		return false;
	}
	path = hd_path_resolve(job, node->text, &node->place, "the component");
	source = path ? component_source(job, path, &node->place) : NULL;
	if (!source)
		return false;
	job->trial = hd_yaml_parse(source, loader->arena, &loader->sink);
	job->is_component = true;
	return job->trial && hd_loader_map(loader, job->trial, "trial");
}

bool hd_job_trial_find(struct hd_job *job)
{
	const struct hd_yaml_node *node =
		hd_loader_need(job->loader, job->root, "trial");
	const struct hd_yaml_node *type;

	if (!node)
		return false;
	if (node->kind == HD_YAML_TEXT)
		return component_open(job, node);
	if (!hd_loader_map(job->loader, node, "trial"))
		return false;
	job->trial = node;
	type = hd_loader_get(node, "type");
	job->is_component = type != NULL;
	return true;
}

/* --- code ------------------------------------------------------------------- */

/* The path below code, as text or in one of the preview's mappings. */
static const struct hd_yaml_node *code_node(const struct hd_job *job)
{
	static const char *const keys[] = { "local_path", "directory", "path" };
	const struct hd_yaml_node *node = trial_get(job, "code");

	for (size_t i = 0; node && node->kind == HD_YAML_MAP && i < COUNT(keys); i++)
		if (hd_loader_get(node, keys[i]))
			return hd_loader_get(node, keys[i]);
	return node;
}

static void read_code(struct hd_job *job)
{
	const struct hd_yaml_node *node = code_node(job);
	const char *text, *path;

	if (!node) {
		job->program.source = hd_path_here(job);
		return;
	}
	if (!hd_loader_text(job->loader, node, "trial.code", &text))
		return;
	if (hd_path_is_cloud(text)) {
		hd_loader_error(job->loader, &node->place,
				"'trial.code' is '%.80s', which is not on this"
				" machine: give a folder with --set"
				" trial.code=FOLDER",
				text);
		return;
	}
	path = hd_path_resolve(job, text, &node->place, "the code");
	if (path)
		job->program.source = hd_path_folder(job, path);
}

/* --- environment ------------------------------------------------------------ */

/* What people call it: its name, its image, or its file. */
static const char *environment_name(const struct hd_yaml_node *node)
{
	static const char *const keys[] = { "name", "image", "conda_file",
					    "docker", "build", "path" };

	if (node->kind == HD_YAML_TEXT)
		return node->text;
	for (size_t i = 0; node->kind == HD_YAML_MAP && i < COUNT(keys); i++) {
		const struct hd_yaml_node *value = hd_loader_get(node, keys[i]);

		if (value && value->kind == HD_YAML_TEXT)
			return value->text;
		if (value && value->kind == HD_YAML_MAP &&
		    hd_loader_get(value, "image"))
			return environment_name(value);
	}
	return "";
}

static void read_environment(struct hd_job *job)
{
	const struct hd_yaml_node *node = trial_get(job, "environment");
	char found[HD_YAML_DESCRIPTION];
	const char *name;

	if (!node)
		return;
	if (node->kind != HD_YAML_TEXT && node->kind != HD_YAML_MAP) {
		hd_loader_error(job->loader, &node->place,
				"'trial.environment' must be a name or a"
				" mapping, got %s",
				hd_yaml_describe(node, found));
		return;
	}
	name = environment_name(node);
	hd_job_mark(job, false, "environment", name);
	hd_loader_warn(job->loader, &node->place,
		       "the environment%s%.80s%s is not built: trials run with"
		       " what is installed here",
		       *name ? " '" : "", name, *name ? "'" : "");
}

static void read_variables(struct hd_job *job)
{
	const struct hd_yaml_node *map = trial_get(job, "environment_variables");
	const char **list;
	size_t count = 0;

	if (!map || !hd_loader_map(job->loader, map, "trial.environment_variables"))
		return;
	list = hd_job_array(job, map->count, sizeof *list);
	for (size_t i = 0; list && i < map->count; i++) {
		const struct hd_yaml_pair *pair = &map->pairs[i];
		struct hd_buf buf = HD_BUF_INIT;
		const char *value = "";

		if (!pair->key[0] || strchr(pair->key, '=')) {
			hd_loader_error(job->loader, &pair->place,
					"'%.64s' cannot name an environment"
					" variable",
					pair->key);
			continue;
		}
		if (pair->value->kind != HD_YAML_NULL)
			value = hd_job_scalar(job, pair->value, pair->key);
		if (!value)
			continue;
		hd_buf_printf(&buf, "%s=%s", pair->key, value);
		if (!hd_buf_failed(&buf))
			list[count] = hd_arena_string(job->loader->arena,
						      hd_buf_text(&buf));
		hd_buf_release(&buf);
		if (list[count])
			count++;
		else
			job->loader->sink.code = HD_ENOMEM;
	}
	job->program.environment = list;
	job->program.environment_count = list ? count : 0;
}

/* --- the whole -------------------------------------------------------------- */

static void read_command(struct hd_job *job)
{
	const struct hd_yaml_node *node =
		hd_loader_need(job->loader, job->trial, "command");
	const char **words, *line;

	if (!node || !hd_loader_text(job->loader, node, "trial.command", &line))
		return;
	words = hd_job_array(job, 1, sizeof *words);
	if (!words)
		return;
	words[0] = line;
	job->program.shell = true;
	job->program.words = words;
	job->program.word_count = 1;
	hd_job_command(job, node);
}

static void check_type(struct hd_job *job)
{
	const struct hd_yaml_node *type = trial_get(job, "type");
	char found[HD_YAML_DESCRIPTION];

	if (type && (type->kind != HD_YAML_TEXT ||
		     (strcasecmp(type->text, "command") != 0 &&
		      strcasecmp(type->text, "command_component") != 0)))
		hd_loader_error(job->loader, &type->place,
				"'trial.type' must be 'command', got %s",
				hd_yaml_describe(type, found));
}

void hd_job_trial(struct hd_job *job)
{
	struct hd_loader *loader = job->loader;

	hd_loader_unknown_keys(loader, job->trial, "trial.", trial_keys,
			       COUNT(trial_keys));
	check_type(job);
	read_code(job);
	read_environment(job);
	read_variables(job);
	hd_job_ranks(job);
	read_command(job);
}
