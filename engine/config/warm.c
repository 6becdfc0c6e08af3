/*
 * The keys resume_from and resume_child_runs (SPEC 5.4): which sweeps and which
 * of their trials a sweep begins with. Whether there are such is asked when it
 * begins, as the file may be written elsewhere.
 */
#include "config/load.h"

#include <string.h>

/* Azure's limit on the sweeps of a warm start. */
#define PARENTS_MOST 5

/* The texts of NODE, one or a list; COUNT is 0 after an error. */
static const char *const *read_words(struct hd_loader *loader,
				     const struct hd_yaml_node *node,
				     const char *key, size_t *count)
{
	bool is_list = node->kind == HD_YAML_LIST;
	size_t wanted = is_list ? node->count : 1;
	const char **words =
		hd_arena_array(loader->arena, wanted + 1, sizeof *words);

	*count = 0;
	if (!words) {
		loader->sink.code = HD_ENOMEM;
		return NULL;
	}
	for (size_t i = 0; i < wanted; i++) {
		const struct hd_yaml_node *item = is_list ? node->items[i] : node;

		if (!hd_loader_text(loader, item, key, &words[i])) {
			*count = 0;
			return words;
		}
		for (size_t k = 0; k < i; k++)
			if (!strcmp(words[k], words[i]))
				hd_loader_error(loader, &item->place,
						"'%s' has '%.64s' twice", key,
						words[i]);
		++*count;
	}
	return words;
}

static const struct hd_yaml_node *get(struct hd_loader *loader,
				      const struct hd_yaml_node *root,
				      const char *key)
{
	const struct hd_yaml_node *node = hd_loader_get(root, key);

	if (!node || node->kind == HD_YAML_NULL)
		return NULL;
	hd_loader_note(loader, &node->place,
		       "'%s': Azure takes it by its SDK, not from a file", key);
	return node;
}

/* "SWEEP/3", or the id of a trial, "HD_<guid>_3". */
static bool is_trial(const char *word)
{
	const char *slash = strrchr(word, '/');
	const char *number = slash ? slash : strrchr(word, '_');

	return number && number > word && number[1] != '\0' &&
	       number[1 + strspn(number + 1, "0123456789")] == '\0';
}

static void read_parents(struct hd_loader *loader,
			 const struct hd_yaml_node *root)
{
	const struct hd_yaml_node *node = get(loader, root, "resume_from");
	struct hd_config *config = loader->config;

	if (!node)
		return;
	config->resume_from = read_words(loader, node, "resume_from",
					 &config->resume_from_count);
	if (config->resume_from_count > PARENTS_MOST)
		hd_loader_error(loader, &node->place,
				"'resume_from' has %zu sweeps, at most %d are"
				" taken",
				config->resume_from_count, PARENTS_MOST);
}

static void read_children(struct hd_loader *loader,
			  const struct hd_yaml_node *root)
{
	const struct hd_yaml_node *node =
		get(loader, root, "resume_child_runs");
	struct hd_config *config = loader->config;

	if (!node)
		return;
	config->resume_child_runs = read_words(loader, node, "resume_child_runs",
					       &config->resume_child_run_count);
	for (size_t i = 0; i < config->resume_child_run_count; i++)
		if (!is_trial(config->resume_child_runs[i]))
			hd_loader_error(loader, &node->place,
					"'%.64s' is no trial: expected SWEEP/N,"
					" as in 'brave-otter-3/7'",
					config->resume_child_runs[i]);
	if (config->max_total &&
	    config->resume_child_run_count > config->max_total)
		hd_loader_error(loader, &node->place,
				"'resume_child_runs' has %zu trials, more than"
				" the %zu of 'max_total_runs'",
				config->resume_child_run_count,
				config->max_total);
}

void hd_hyperdrive_warm(struct hd_loader *loader,
			const struct hd_yaml_node *root)
{
	read_parents(loader, root);
	read_children(loader, root);
}
