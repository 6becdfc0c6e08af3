/*
 * inputs and outputs of a sweep job (SPEC 2.6), and of the component that its
 * trial names: literals as text, local paths absolute. What lies in a cloud
 * needs a local stand-in, given by the caller.
 */
#include "config/sweepjob.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
/* Names are compared pairwise, and no command has room for more. */
#define BINDINGS_MOST 2000

static const char *const input_keys[] = {
	"type", "path", "mode", "value", "default", "optional", "description",
	"min", "max", "enum", "properties", "path_on_compute", "intellectual_property",
	/* of previews */
	"data", "dataset", "file", "folder", "datastore"
};

/* Where the path of an input stands: today's key first. */
static const char *const path_keys[] = { "path", "data", "dataset", "file",
					 "folder", "local_path" };

static const char *const data_types[] = { "uri_file", "uri_folder", "mltable",
					  "mlflow_model", "custom_model",
					  "triton_model", "path" };
static const char *const literal_types[] = { "number", "integer", "boolean",
					     "string" };
static const char *const modes[] = { "ro_mount", "rw_mount", "download", "direct",
				     "mount", "upload", "eval_mount",
				     "eval_download" };

static bool is_one_of(const char *word, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strcasecmp(words[i], word))
			return true;
	return false;
}

/* The text of KEY in MAP when it is one of WORDS; else reported, and NULL. */
static const char *word_of(struct hd_job *job, const struct hd_yaml_node *map,
			   const char *key, const char *name,
			   const char *const *words, size_t count)
{
	const struct hd_yaml_node *node = hd_loader_get(map, key);
	char found[HD_YAML_DESCRIPTION], list[256];

	if (!node || node->kind == HD_YAML_NULL)
		return NULL;
	if (node->kind == HD_YAML_TEXT && is_one_of(node->text, words, count))
		return node->text;
	hd_loader_error(job->loader, &node->place,
			"'%s.%s' must be %s, got %s", name, key,
			hd_loader_words(list, sizeof list, words, count, " or "),
			hd_yaml_describe(node, found));
	return NULL;
}

/* --- what the caller gives -------------------------------------------------- */

/* "VALUE" of the last "NAME=VALUE"; NULL for none. */
static const char *given_value(const struct hd_job *job, const char *name,
			       const char **said)
{
	const struct hd_loader *loader = job->loader;
	size_t length = strlen(name);

	for (size_t i = loader->input_count; i-- > 0;) {
		*said = loader->inputs[i];
		if (!strncmp(*said, name, length) && (*said)[length] == '=')
			return *said + length + 1;
	}
	return NULL;
}

static struct hd_yaml_place flag_place(struct hd_job *job, const char *said)
{
	return (struct hd_yaml_place){
		.source = hd_loader_flag(job->loader, "--input", said, said)
	};
}

/* A value of the caller's for the input NAME, data or a literal. */
static const char *take_given(struct hd_job *job, const char *name,
			      const char *said, const char *value, bool is_data)
{
	struct hd_yaml_place place = flag_place(job, said);

	if (!place.source)
		return NULL;
	if (is_data)
		return hd_path_resolve(job, value, &place,
				       hd_job_path(job, "input", name));
	return hd_arena_string(job->loader->arena, value);
}

static void check_given(struct hd_job *job, const char *said)
{
	const char *equals = strchr(said, '=');
	struct hd_yaml_place place = flag_place(job, said);

	if (!place.source)
		return;
	if (!equals || equals == said)
		hd_loader_error(job->loader, &place, "expected NAME=VALUE");
	else if (!hd_job_input(job, said, (size_t)(equals - said)))
		hd_loader_error(job->loader, &place,
				"the file has no input '%.*s'",
				(int)(equals - said), said);
}

/* --- one input -------------------------------------------------------------- */

/* The node that has the path in MAP, however a preview wrote it; or NULL. */
static const struct hd_yaml_node *path_node(const struct hd_yaml_node *map)
{
	for (size_t i = 0; i < COUNT(path_keys); i++) {
		const struct hd_yaml_node *node = hd_loader_get(map, path_keys[i]);

		if (!node || node->kind == HD_YAML_NULL)
			continue;
		return node->kind == HD_YAML_MAP ? path_node(node) : node;
	}
	return NULL;
}

static const char *read_path(struct hd_job *job, const char *name,
			     const struct hd_yaml_node *node)
{
	const char *text;

	if (!hd_loader_text(job->loader, node, name, &text))
		return NULL;
	if (!hd_path_is_cloud(text) && !strstr(text, "${{"))
		return hd_path_resolve(job, text, &node->place,
				       hd_job_path(job, "input", name));
	hd_loader_error(job->loader, &node->place,
			"input '%.64s' is '%.80s', which is not on this machine:"
			" give a local copy with --input %.64s=PATH",
			name, text, name);
	return NULL;
}

static const char *read_literal(struct hd_job *job, const char *name,
				const struct hd_yaml_node *node)
{
	/* The shorthand of a data asset would be no use to a script as text. */
	if (node->kind == HD_YAML_TEXT &&
	    (!strncmp(node->text, "azureml:", 8) || strstr(node->text, "${{")))
		return read_path(job, name, node);
	return hd_job_scalar(job, node, hd_job_path(job, "inputs", name));
}

/* What an input that is a mapping says of itself. */
struct input_form {
	const struct hd_yaml_node *path;    /* NULL for none */
	const struct hd_yaml_node *literal; /* NULL for none */
	bool is_data;
	bool is_optional;
};

static void read_form(struct hd_job *job, const char *name,
		      const struct hd_yaml_node *map, struct input_form *form)
{
	const char *types[COUNT(data_types) + COUNT(literal_types)];
	const char *path = hd_job_path(job, "inputs", name), *type;
	const struct hd_yaml_node *optional = hd_loader_get(map, "optional");
	char prefix[160];

	for (size_t i = 0; i < COUNT(types); i++)
		types[i] = i < COUNT(data_types)
				   ? data_types[i]
				   : literal_types[i - COUNT(data_types)];
	snprintf(prefix, sizeof prefix, "%s.", path);
	hd_loader_unknown_keys(job->loader, map, prefix, input_keys,
			       COUNT(input_keys));
	type = word_of(job, map, "type", path, types, COUNT(types));
	word_of(job, map, "mode", path, modes, COUNT(modes));
	form->path = path_node(map);
	form->literal = hd_loader_get(map, "value");
	if (!form->literal)
		form->literal = hd_loader_get(map, "default");
	if (form->literal && form->literal->kind == HD_YAML_NULL)
		form->literal = NULL;
	form->is_data = type ? is_one_of(type, data_types, COUNT(data_types))
			     : !form->literal;
	form->is_optional = optional && optional->kind == HD_YAML_BOOL &&
			    optional->integer;
}

static const char *form_value(struct hd_job *job, const char *name,
			      const struct input_form *form)
{
	if (form->path)
		return read_path(job, name, form->path);
	if (form->literal && form->is_data)
		return read_path(job, name, form->literal);
	return form->literal ? read_literal(job, name, form->literal) : NULL;
}

/* PAIR's input into INPUT; true when something is said of its value. */
static bool read_input(struct hd_job *job, const struct hd_yaml_pair *pair,
		       struct hd_job_input *input, struct input_form *form)
{
	const struct hd_yaml_node *node = pair->value;
	const char *said, *given;

	*input = (struct hd_job_input){ .name = pair->key, .place = pair->place };
	*form = (struct input_form){ .literal = node };
	if (node->kind == HD_YAML_MAP)
		read_form(job, pair->key, node, form);
	else if (node->kind == HD_YAML_NULL)
		form->literal = NULL;
	given = given_value(job, pair->key, &said);
	input->is_known = given || form->path || form->literal;
	if (given)
		input->value = take_given(job, pair->key, said, given,
					  form->is_data);
	else
		input->value = form_value(job, pair->key, form);
	return input->is_known;
}

/* --- all of them ------------------------------------------------------------ */

const struct hd_job_input *hd_job_input(const struct hd_job *job,
					const char *name, size_t length)
{
	for (size_t i = 0; i < job->input_count; i++)
		if (strlen(job->inputs[i].name) == length &&
		    !strncmp(job->inputs[i].name, name, length))
			return &job->inputs[i];
	return NULL;
}

/* The mapping of KEY in MAP; NULL when there is none, or after a report. */
static const struct hd_yaml_node *map_of(struct hd_job *job,
					 const struct hd_yaml_node *map,
					 const char *key)
{
	const struct hd_yaml_node *node = hd_loader_get(map, key);

	if (!node || node->kind == HD_YAML_NULL ||
	    !hd_loader_map(job->loader, node, key))
		return NULL;
	if (node->count <= BINDINGS_MOST)
		return node;
	hd_loader_error(job->loader, &node->place,
			"'%s' has %zu entries, at most %d are taken", key,
			node->count, BINDINGS_MOST);
	return NULL;
}

static void read_inputs(struct hd_job *job, const struct hd_yaml_node *map,
			const struct hd_yaml_node *declared)
{
	for (size_t i = 0; map && i < map->count; i++) {
		const struct hd_yaml_pair *pair = &map->pairs[i];
		struct hd_job_input *input = &job->inputs[job->input_count];
		struct input_form form;

		if (!hd_job_name(job, pair, "an input"))
			continue;
		read_input(job, pair, input, &form);
		job->input_count++;
		if (job->is_component && !(declared && hd_yaml_get(declared, pair->key)))
			hd_loader_warn(job->loader, &pair->place,
				       "the component has no input '%.64s'",
				       pair->key);
	}
}

static bool is_swept(const struct hd_job *job, const char *name)
{
	const struct hd_space *space = job->loader->space;

	for (size_t i = 0; i < hd_space_count(space); i++)
		if (!strcmp(hd_space_param(space, i)->name, name))
			return true;
	return false;
}

/* What the component declares and the job is silent about. */
static void read_declared(struct hd_job *job,
			  const struct hd_yaml_node *declared)
{
	for (size_t i = 0; declared && i < declared->count; i++) {
		const struct hd_yaml_pair *pair = &declared->pairs[i];
		struct hd_job_input *input = &job->inputs[job->input_count];
		const struct hd_job_input *there =
			hd_job_input(job, pair->key, strlen(pair->key));
		struct input_form form;

		if ((there && there->is_known) ||
		    !hd_job_name(job, pair, "an input"))
			continue;
		if (there)
			input = &job->inputs[there - job->inputs];
		else
			job->input_count++;
		if (read_input(job, pair, input, &form) || form.is_optional ||
		    is_swept(job, pair->key))
			continue;
		hd_loader_error(job->loader, &pair->place,
				"input '%.64s' of the component has no value:"
				" give one below 'inputs', or with --input"
				" %.64s=VALUE",
				pair->key, pair->key);
	}
}

/* --- outputs ---------------------------------------------------------------- */

static void check_output(struct hd_job *job, const struct hd_yaml_pair *pair)
{
	static const char *const keys[] = { "type", "mode", "path", "name",
					    "version", "description", "data",
					    "early_available", "properties",
					    "is_control", "optional" };
	const struct hd_yaml_node *node = pair->value, *path;
	const char *name = hd_job_path(job, "outputs", pair->key);
	char prefix[160];

	if (node->kind == HD_YAML_NULL || !hd_loader_map(job->loader, node, name))
		return;
	snprintf(prefix, sizeof prefix, "%s.", name);
	hd_loader_unknown_keys(job->loader, node, prefix, keys, COUNT(keys));
	word_of(job, node, "mode", name, modes, COUNT(modes));
	path = hd_loader_get(node, "path");
	if (path && path->kind != HD_YAML_NULL && !job->loader->stored)
		hd_loader_warn(job->loader, &path->place,
			       "'%s.path' is not used: outputs stay in the"
			       " trial's folder",
			       name);
}

static void read_outputs(struct hd_job *job, const struct hd_yaml_node *map)
{
	for (size_t i = 0; map && i < map->count; i++) {
		const struct hd_yaml_pair *pair = &map->pairs[i];
		bool there = false;

		if (!hd_job_name(job, pair, "an output"))
			continue;
		check_output(job, pair);
		for (size_t k = 0; k < job->output_count; k++)
			there |= !strcmp(job->outputs[k].name, pair->key);
		if (!there)
			job->outputs[job->output_count++].name = pair->key;
	}
}

/* --- into the program ------------------------------------------------------- */

static void put_bindings(struct hd_job *job)
{
	struct hd_binding *bindings =
		hd_job_array(job, job->input_count + job->output_count,
			     sizeof *bindings);
	size_t count = 0;

	if (!bindings)
		return;
	for (size_t i = 0; i < job->input_count; i++)
		if (job->inputs[i].value)
			bindings[count++] = (struct hd_binding){
				HD_BINDING_INPUT, job->inputs[i].name,
				job->inputs[i].value
			};
	for (size_t i = 0; i < job->output_count; i++)
		bindings[count++] = (struct hd_binding){
			HD_BINDING_OUTPUT, job->outputs[i].name, NULL
		};
	job->program.bindings = bindings;
	job->program.binding_count = count;
}

static size_t size_of(const struct hd_yaml_node *map)
{
	return map ? map->count : 0;
}

void hd_job_bindings(struct hd_job *job)
{
	const struct hd_yaml_node *inputs = map_of(job, job->root, "inputs");
	const struct hd_yaml_node *outputs = map_of(job, job->root, "outputs");
	const struct hd_yaml_node *declared = NULL, *made = NULL;

	if (job->is_component) {
		declared = map_of(job, job->trial, "inputs");
		made = map_of(job, job->trial, "outputs");
	}
	job->inputs = hd_job_array(job, size_of(inputs) + size_of(declared),
				   sizeof *job->inputs);
	job->outputs = hd_job_array(job, size_of(outputs) + size_of(made),
				    sizeof *job->outputs);
	if (!job->inputs || !job->outputs)
		return;
	read_inputs(job, inputs, declared);
	read_declared(job, declared);
	read_outputs(job, outputs);
	read_outputs(job, made);
	for (size_t i = 0; i < job->loader->input_count; i++)
		check_given(job, job->loader->inputs[i]);
	put_bindings(job);
}
