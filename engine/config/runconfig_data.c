/*
 * What a run configuration wants of the cloud's data: "data" and
 * "dataReferences", each a name that a folder or file of this machine must
 * stand for, told by --dataset and --datastore.
 */
#include "config/runconfig.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/buf.h"

#define TOKEN_DATA "DatasetConsumptionConfig:"
#define TOKEN_REFERENCE "$AZUREML_DATAREFERENCE_"

/* --- reading ----------------------------------------------------------------- */

static void read_location(struct hd_runconfig_loader *rc,
			  const struct hd_yaml_node *map,
			  struct hd_runconfig_input *input)
{
	static const char *const location_keys[] = { "dataset", "datapath",
						     "uri" };
	static const char *const dataset_keys[] = { "id", "name", "version" };
	static const char *const path_keys[] = { "datastoreName",
						 "relativePath" };
	const struct hd_yaml_node *location = hd_runconfig_section(
		rc, map, "dataLocation", "data.dataLocation", location_keys,
		HD_RUNCONFIG_COUNT(location_keys));
	const struct hd_yaml_node *part;

	if (!location)
		return;
	part = hd_runconfig_section(rc, location, "dataset",
				    "data.dataLocation.dataset", dataset_keys,
				    HD_RUNCONFIG_COUNT(dataset_keys));
	if (part) {
		hd_runconfig_text(rc, part, "id", "id", &input->id);
		hd_runconfig_text(rc, part, "name", "name", &input->dataset);
	}
	part = hd_runconfig_section(rc, location, "datapath",
				    "data.dataLocation.datapath", path_keys,
				    HD_RUNCONFIG_COUNT(path_keys));
	if (part) {
		hd_runconfig_text(rc, part, "datastoreName", "datastoreName",
				  &input->datastore);
		hd_runconfig_text(rc, part, "relativePath", "relativePath",
				  &input->below);
	}
}

static void read_data(struct hd_runconfig_loader *rc,
		      const struct hd_yaml_node *map,
		      struct hd_runconfig_input *input)
{
	static const char *const keys[] = {
		"dataLocation", "mechanism", "environmentVariableName",
		"pathOnCompute", "createOutputDirectories", "overwrite",
		"options"
	};

	hd_runconfig_keys(rc, map, "data.", keys, HD_RUNCONFIG_COUNT(keys));
	input->is_data = true;
	read_location(rc, map, input);
	if (!hd_runconfig_text(rc, map, "environmentVariableName",
			       "environmentVariableName", &input->variable))
		input->variable = NULL;
}

static void read_reference(struct hd_runconfig_loader *rc,
			   const struct hd_yaml_node *map,
			   struct hd_runconfig_input *input)
{
	static const char *const keys[] = { "dataStoreName", "mode",
					    "pathOnDataStore", "pathOnCompute",
					    "overwrite" };

	hd_runconfig_keys(rc, map, "dataReferences.", keys,
			  HD_RUNCONFIG_COUNT(keys));
	hd_runconfig_text(rc, map, "dataStoreName", "dataStoreName",
			  &input->datastore);
	hd_runconfig_text(rc, map, "pathOnDataStore", "pathOnDataStore",
			  &input->below);
}

static void read_inputs(struct hd_runconfig_loader *rc, const char *key,
			void (*read)(struct hd_runconfig_loader *rc,
				     const struct hd_yaml_node *map,
				     struct hd_runconfig_input *input))
{
	const struct hd_yaml_node *map = hd_runconfig_get(rc->root, key);

	if (!map || !hd_loader_map(&rc->loader, map, key))
		return;
	for (size_t i = 0; i < map->count; i++) {
		struct hd_runconfig_input *input = &rc->inputs[rc->input_count];

		if (map->pairs[i].value->kind == HD_YAML_NULL ||
		    !hd_loader_map(&rc->loader, map->pairs[i].value,
				   map->pairs[i].key))
			continue;
		input->name = map->pairs[i].key;
		input->place = map->pairs[i].place;
		read(rc, map->pairs[i].value, input);
		rc->input_count++;
	}
}

static size_t entries(const struct hd_runconfig_loader *rc, const char *key)
{
	const struct hd_yaml_node *map = hd_runconfig_get(rc->root, key);

	return map && map->kind == HD_YAML_MAP ? map->count : 0;
}

void hd_runconfig_data(struct hd_runconfig_loader *rc)
{
	size_t most = entries(rc, "data") + entries(rc, "dataReferences");

	rc->inputs = hd_arena_array(rc->loader.arena, most + 1,
				    sizeof *rc->inputs);
	if (!rc->inputs) {
		rc->loader.sink.code = HD_ENOMEM;
		return;
	}
	read_inputs(rc, "data", read_data);
	read_inputs(rc, "dataReferences", read_reference);
}

/* --- what stands for it here --------------------------------------------------- */

static const struct hd_runconfig_place *
place_find(const struct hd_runconfig_place *places, size_t count,
	   const char *name)
{
	for (size_t i = 0; name && i < count; i++)
		if (!strcmp(places[i].name, name))
			return &places[i];
	return NULL;
}

static const struct hd_runconfig_place *
input_place(const struct hd_runconfig_loader *rc,
	    const struct hd_runconfig_input *input, bool *whole)
{
	const struct hd_runconfig_host *host = rc->host;
	const char *const names[] = { input->name, input->dataset, input->id };
	const struct hd_runconfig_place *place = NULL;

	*whole = input->is_data; /* a dataset is all of what stands for it */
	for (size_t i = 0; input->is_data && i < 3 && !place; i++)
		place = place_find(host->datasets, host->dataset_count,
				   names[i]);
	if (place)
		return place;
	*whole = false;
	place = place_find(host->datastores, host->datastore_count,
			   input->datastore);
	if (!place && !input->is_data)
		place = place_find(host->datastores, host->datastore_count,
				   input->name);
	return place;
}

/* PATH made absolute, so that it means the same in a trial's folder. */
static const char *absolute(struct hd_runconfig_loader *rc, const char *path,
			    const char *below)
{
	char here[4096] = "";

	if (*path != '/' && !getcwd(here, sizeof here))
		here[0] = '\0';
	below = below ? below + strspn(below, "/") : "";
	return hd_runconfig_print(rc, "%s%s%s%s%s", here, *here ? "/" : "",
				  path, *below ? "/" : "", below);
}

static void set_variables(struct hd_runconfig_loader *rc,
			  const struct hd_runconfig_input *input)
{
	const char *name = hd_runconfig_print(rc, "AZUREML_DATAREFERENCE_%s",
					      input->name);

	if (name)
		hd_runconfig_variable(rc, name, input->path);
	if (input->is_data)
		hd_runconfig_variable(rc,
				      input->variable ? input->variable
						      : input->name,
				      input->path);
}

static void map_input(struct hd_runconfig_loader *rc,
		      struct hd_runconfig_input *input)
{
	bool whole;
	const struct hd_runconfig_place *place = input_place(rc, input, &whole);

	if (!place)
		return;
	input->path = absolute(rc, place->path, whole ? NULL : input->below);
	if (!input->path)
		return;
	if (access(input->path, F_OK) < 0)
		hd_loader_error(&rc->loader, &input->place,
				"'%s' is mapped to '%s', which is not there",
				input->name, input->path);
	set_variables(rc, input);
}

void hd_runconfig_map_data(struct hd_runconfig_loader *rc)
{
	for (size_t i = 0; i < rc->input_count; i++)
		map_input(rc, &rc->inputs[i]);
}

/* --- in arguments ---------------------------------------------------------------- */

static size_t name_length(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
}

/* The one that the text behind a token begins with; *LENGTH of its name. */
static struct hd_runconfig_input *input_named(struct hd_runconfig_loader *rc,
					      const char *text, bool exact,
					      size_t *length)
{
	struct hd_runconfig_input *best = NULL;

	*length = 0;
	for (size_t i = 0; i < rc->input_count; i++) {
		size_t size = strlen(rc->inputs[i].name);

		if (size <= *length ||
		    strncmp(rc->inputs[i].name, text, size) != 0 ||
		    (exact && name_length(text) > size))
			continue;
		best = &rc->inputs[i];
		*length = size;
	}
	return best;
}

/* What AT, which begins with TOKEN, stands for into BUF; its length, or 0. */
static size_t put_input(struct hd_runconfig_loader *rc, struct hd_buf *buf,
			const char *at, const char *token,
			const struct hd_yaml_place *place)
{
	size_t length;
	const char *name = at + strlen(token);
	struct hd_runconfig_input *input = input_named(rc, name, true, &length);

	if (!input) {
		hd_loader_error(&rc->loader, place,
				"argument '%.200s' names '%.*s', which is"
				" neither in 'data' nor in 'dataReferences'",
				at, (int)name_length(name), name);
		return 0;
	}
	input->needed = true;
	hd_buf_puts(buf, input->path ? input->path : "");
	return strlen(token) + length;
}

const char *hd_runconfig_data_word(struct hd_runconfig_loader *rc,
				   const char *word,
				   const struct hd_yaml_place *place)
{
	static const char *const tokens[] = { TOKEN_DATA, TOKEN_REFERENCE };
	struct hd_buf buf = HD_BUF_INIT;
	const char *copy = NULL;
	bool good = true;

	if (!strstr(word, TOKEN_DATA) && !strstr(word, TOKEN_REFERENCE))
		return word;
	while (*word && good) {
		size_t taken = 0;

		for (size_t i = 0; i < 2 && good && !taken; i++) {
			if (strncmp(word, tokens[i], strlen(tokens[i])) != 0)
				continue;
			taken = put_input(rc, &buf, word, tokens[i], place);
			good = taken > 0;
		}
		if (good && !taken)
			hd_buf_putc(&buf, *word);
		word += taken ? taken : 1;
	}
	if (good && !hd_buf_failed(&buf))
		copy = hd_arena_string(rc->loader.arena, hd_buf_text(&buf));
	if (good && !copy)
		rc->loader.sink.code = HD_ENOMEM;
	hd_buf_release(&buf);
	return copy;
}

void hd_runconfig_check_data(struct hd_runconfig_loader *rc)
{
	for (size_t i = 0; i < rc->input_count; i++) {
		const struct hd_runconfig_input *input = &rc->inputs[i];
		const char *store = input->datastore ? input->datastore
						     : input->name;

		if (input->path)
			continue;
		if (!input->is_data)
			hd_loader_error(&rc->loader, &input->place,
					"'%s' is in a datastore of the cloud's:"
					" --datastore %s=DIR says what stands"
					" for it here",
					input->name, store);
		else if (input->needed)
			hd_loader_error(&rc->loader, &input->place,
					"dataset '%s' is an argument:"
					" --dataset %s=DIR says what stands for"
					" it here",
					input->name, input->name);
		else
			hd_loader_warn(&rc->loader, &input->place,
				       "dataset '%s' is left out: --dataset"
				       " %s=DIR says what stands for it here",
				       input->name, input->name);
	}
}
