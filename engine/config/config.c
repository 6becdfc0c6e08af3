/*
 * A sweep's file, from path or text to struct hd_config.
 *
 * Everything a config points to lies in one arena beside it, but the space,
 * which owns its own copies.
 */
#include "config/load.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* What hd_config_open gives out points to the first member. */
struct loaded {
	struct hd_config config;
	struct hd_arena *arena;
	struct hd_space *space;
	struct hd_yaml_source source;
};

void hd_config_free(struct hd_config *config)
{
	struct loaded *loaded = (struct loaded *)config;

	if (!loaded)
		return;
	hd_space_free(loaded->space);
	hd_arena_free(loaded->arena);
	free(loaded);
}

static struct loaded *loaded_new(const char *text, size_t length,
				 const char *name)
{
	struct loaded *loaded = calloc(1, sizeof *loaded);

	if (!loaded)
		return NULL;
	loaded->arena = hd_arena_new();
	loaded->space = hd_space_new();
	if (!loaded->arena || !loaded->space)
		goto fail;
	loaded->source.name = hd_arena_string(loaded->arena, name);
	loaded->source.text = hd_arena_copy(loaded->arena, text, length);
	loaded->source.length = length;
	loaded->source.has_places = true;
	if (!loaded->source.name || !loaded->source.text)
		goto fail;
	loaded->config.text = loaded->source.text;
	loaded->config.space = loaded->space;
	loaded->config.evaluation_interval = 1;
	return loaded;
fail:
	hd_config_free(&loaded->config);
	return NULL;
}

static void loaded_fill(struct loaded *loaded, struct hd_loader *loader,
			const struct hd_config_load *load)
{
	struct hd_yaml_node *root;
	size_t sets = load ? load->set_count : 0;

	enum hd_file_kind kind;

	root = hd_yaml_parse(&loaded->source, loader->arena, &loader->sink);
	kind = root ? hd_file_kind(loader, root) : HD_FILE_OTHER;
	if (kind == HD_FILE_OTHER)
		return;
	if (kind == HD_FILE_SWEEP_JOB) {
		loader->sweep_job = true;
		root = hd_sweepjob_renew(loader, root);
	}
	for (size_t i = 0; i < sets && root; i++) {
		struct hd_yaml_node *changed =
			hd_loader_set(loader, root, load->sets[i]);

		if (changed)
			root = changed;
	}
	if (!root || loader->sink.code)
		return;
	if (kind == HD_FILE_SWEEP_JOB)
		hd_sweepjob_read(loader, root);
	else if (kind == HD_FILE_ONCE)
		hd_once_read(loader, root);
	else
		hd_hyperdrive_read(loader, root);
}

/* COUNT texts of the caller's as the config's own; NULL for no memory. */
static const char *const *loaded_texts(struct loaded *loaded,
				       struct hd_loader *loader,
				       const char *const *texts, size_t count)
{
	const char **copies =
		hd_arena_array(loaded->arena, count, sizeof *copies);

	for (size_t i = 0; copies && i < count; i++) {
		copies[i] = hd_arena_string(loaded->arena, texts[i]);
		if (!copies[i])
			copies = NULL;
	}
	if (!copies)
		loader->sink.code = HD_ENOMEM;
	return copies;
}

/* The caller's patterns, in place of the file's, and what it has changed. */
static void loaded_own(struct loaded *loaded, struct hd_loader *loader,
		       const struct hd_config_load *load)
{
	struct hd_config *config = &loaded->config;

	if (load && load->metric_pattern_count) {
		config->metric_patterns =
			loaded_texts(loaded, loader, load->metric_patterns,
				     load->metric_pattern_count);
		config->metric_pattern_count = load->metric_pattern_count;
		config->patterns_given = true;
	}
	if (load && load->set_count) {
		config->sets = loaded_texts(loaded, loader, load->sets,
					    load->set_count);
		config->set_count = load->set_count;
	}
}

int hd_config_parse(struct hd_config **out, const char *text, size_t length,
		    const char *name, const struct hd_config_load *load,
		    struct hd_findings *findings, struct hd_error *err)
{
	const struct hd_plugins *plugins = NULL;
	struct loaded *loaded = NULL;
	struct hd_loader loader;
	int rc;

	*out = NULL;
	/* Refused before it is copied. */
	if (length > HD_YAML_BYTES)
		return hd_error_set(err, HD_ELIMIT,
				    "'%s' is larger than %zu MiB", name,
				    HD_YAML_BYTES >> 20);
	/* A program built before there was a field has not set it. */
	if (load && load->size > offsetof(struct hd_config_load, plugins))
		plugins = load->plugins;
	rc = hd_plugins_check(plugins, err);
	if (rc < 0)
		return rc;
	loaded = loaded_new(text, length, name);
	if (!loaded)
		return hd_error_nomem(err);
	loader = (struct hd_loader){
		.arena = loaded->arena,
		.config = &loaded->config,
		.space = loaded->space,
		.sink = { .findings = findings,
			  .strict = load && load->strict,
			  .azure = load && load->azure },
		.stored = load && load->stored,
		.inputs = load ? load->inputs : NULL,
		.input_count = load ? load->input_count : 0,
		.plugins = plugins,
	};
	if (load && load->size > offsetof(struct hd_config_load, targets)) {
		loader.targets = load->targets;
		loader.ignore_compute = load->ignore_compute;
	}
	loaded_fill(loaded, &loader, load);
	loaded_own(loaded, &loader, load);
	rc = hd_loader_result(&loader, err);
	if (rc < 0)
		goto out;
	*out = &loaded->config;
	loaded = NULL; /* the caller's now */
out:
	if (loaded)
		hd_config_free(&loaded->config);
	return rc;
}

int hd_config_open(struct hd_config **out, const char *path,
		   const struct hd_config_load *load,
		   struct hd_findings *findings, struct hd_error *err)
{
	const char *name = strcmp(path, "-") ? path : "<stdin>";
	struct loaded *loaded;
	char *text = NULL;
	size_t length;
	int rc;

	*out = NULL;
	rc = hd_yaml_read(&text, &length, path, err);
	if (rc < 0)
		return rc;
	rc = hd_config_parse(out, text, length, name, load, findings, err);
	free(text);
	if (rc == 0) {
		loaded = (struct loaded *)*out;
		loaded->config.path = loaded->source.name;
	}
	return rc;
}
