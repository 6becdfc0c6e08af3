/*
 * Sampler and policy: which row of their tables, and their options, which the
 * rows alone describe.
 */
#include "config/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define WORDS_MOST 24

struct words {
	const char *word[WORDS_MOST];
	size_t count;
};

static void words_add(struct words *words, const char *word)
{
	for (size_t i = 0; i < words->count; i++)
		if (!strcmp(words->word[i], word))
			return;
	if (words->count < WORDS_MOST)
		words->word[words->count++] = word;
}

static void words_add_options(struct words *words,
			      const struct hd_option *option)
{
	for (; option && option->name; option++)
		words_add(words, option->name);
}

/* --- sampler --------------------------------------------------------------- */

static const char *sampling_key(const struct hd_loader *loader)
{
	return loader->sweep_job ? "sampling_algorithm" : "sampling";
}

static void unknown_sampler(struct hd_loader *loader,
			    const struct hd_yaml_node *node, const char *word)
{
	struct words words = { .count = 0 };
	char list[256];

	for (size_t i = 0; hd_loader_sampler_at(loader, i); i++)
		words_add(&words, hd_loader_sampler_at(loader, i)->name);
	hd_loader_error(loader, &node->place,
			"'%s.type' must be %s, got '%.40s'",
			sampling_key(loader),
			hd_loader_words(list, sizeof list, words.word,
					words.count, " or "),
			word);
}

/* Of random sampling in a sweep job alone (SPEC 2.6). */
static const char *const sweep_job_options[] = { "rule", "seed", "logbase" };

static bool is_sweep_job_option(const char *key)
{
	for (size_t i = 0; i < sizeof sweep_job_options / sizeof(char *); i++)
		if (!strcmp(sweep_job_options[i], key))
			return true;
	return false;
}

/* HyperDrive's samplers take no options, and it has not all of ours. */
static void sampler_notes(struct hd_loader *loader,
			  const struct hd_yaml_node *map,
			  const struct hd_yaml_place *place)
{
	const struct hd_sampler_type *type = loader->config->sampler;

	if (!type->azure_expressions) {
		hd_loader_note(loader, place,
			       "'%s': Azure has random, grid and bayesian"
			       " sampling",
			       type->name);
		return;
	}
	for (size_t i = 0; i < map->count; i++)
		if (hd_option_find(type->options, map->pairs[i].key) &&
		    !(loader->sweep_job && is_sweep_job_option(map->pairs[i].key)))
			hd_loader_note(loader, &map->pairs[i].place,
				       "'%s': Azure's %s sampling has no such"
				       " key",
				       map->pairs[i].key, type->name);
}

static void sampler_keys(struct hd_loader *loader,
			 const struct hd_yaml_node *map)
{
	struct words words = { { "type" }, 1 };
	const struct hd_sampler_type *sampler = loader->config->sampler;
	char prefix[32];

	/* Of an unknown sampler any key may be right. */
	if (!sampler)
		return;
	if (!loader->sweep_job)
		words_add(&words, "parameter_space");
	else if (!strcmp(sampler->name, "random"))
		for (size_t i = 0; i < sizeof sweep_job_options / sizeof(char *); i++)
			words_add(&words, sweep_job_options[i]);
	words_add_options(&words, sampler->options);
	snprintf(prefix, sizeof prefix, "%s.", sampling_key(loader));
	hd_loader_unknown_keys(loader, map, prefix, words.word, words.count);
}

void hd_hyperdrive_sampler(struct hd_loader *loader,
			   const struct hd_yaml_node *map)
{
	const struct hd_yaml_node *node = hd_loader_get(map, "type");
	const struct hd_sampler_type *type;
	const char *word;

	if (!node || node->kind == HD_YAML_NULL) {
		hd_loader_error(loader, node ? &node->place : &map->place,
				"'%s.type' is missing, expected 'random',"
				" 'grid' or 'bayesian'",
				sampling_key(loader));
		return;
	}
	if (!hd_loader_text(loader, node,
			    loader->sweep_job ? "sampling_algorithm.type"
					      : "sampling.type",
			    &word))
		return;
	type = hd_loader_sampler_find(loader, word);
	if (!type) {
		unknown_sampler(loader, node, word);
		return;
	}
	loader->config->sampler = type;
	loader->config->sampler_options =
		hd_settings_read(loader, map, type->options, type->state_size,
				 type->name, &node->place);
	sampler_notes(loader, map, &node->place);
	sampler_keys(loader, map);
}

/* The type's own complaint about its options and the space, from a copy. */
void hd_hyperdrive_try_sampler(struct hd_loader *loader,
			       const struct hd_yaml_place *place)
{
	const struct hd_sampler_type *type = loader->config->sampler;
	struct hd_error err;
	void *state;
	int rc;

	if (!type || !type->init || loader->sink.code)
		return;
	state = calloc(1, type->state_size + 1);
	if (!state) {
		loader->sink.code = HD_ENOMEM;
		return;
	}
	memcpy(state, loader->config->sampler_options, type->state_size);
	rc = type->init(state, loader->space, &err);
	if (rc == HD_ENOMEM)
		loader->sink.code = rc;
	else if (rc < 0)
		hd_loader_error(loader, place, "%s", err.text);
	if (rc >= 0 && type->release)
		type->release(state);
	free(state);
}

/* --- policy ---------------------------------------------------------------- */

static const char *policy_key(const struct hd_loader *loader)
{
	return loader->sweep_job ? "early_termination" : "policy";
}

/* How the file calls TYPE. */
static const char *policy_name(const struct hd_loader *loader,
			       const struct hd_policy_type *type)
{
	return loader->sweep_job || !type->v1_name ? type->name : type->v1_name;
}

static void unknown_policy(struct hd_loader *loader,
			   const struct hd_yaml_node *node, const char *word)
{
	struct words words = { .count = 0 };
	char list[512];

	for (size_t i = 0; hd_loader_policy_at(loader, i); i++)
		words_add(&words, policy_name(loader, hd_loader_policy_at(loader, i)));
	hd_loader_error(loader, &node->place,
			"'%s.type' must be %s, got '%.40s'",
			policy_key(loader),
			hd_loader_words(list, sizeof list, words.word,
					words.count, " or "),
			word);
}

/* The policy whose option KEY is, or NULL. */
static const struct hd_policy_type *policy_with_option(const char *key)
{
	for (size_t i = 0; i < hd_policy_types(); i++)
		if (hd_option_find(hd_policy_type_at(i)->options, key))
			return hd_policy_type_at(i);
	return NULL;
}

static void policy_keys(struct hd_loader *loader,
			const struct hd_yaml_node *map,
			const struct hd_policy_type *type)
{
	struct words words = {
		{ "type", "evaluation_interval", "delay_evaluation" }, 3
	};
	char prefix[32];

	words_add_options(&words, type->options);
	for (size_t i = 0; i < map->count; i++) {
		const char *key = map->pairs[i].key;
		const struct hd_policy_type *other = policy_with_option(key);

		if (!other || hd_option_find(type->options, key))
			continue;
		hd_loader_warn(loader, &map->pairs[i].place,
			       "'%s.%s' is ignored: it is for %s, this is %s",
			       policy_key(loader), key,
			       policy_name(loader, other),
			       policy_name(loader, type));
		words_add(&words, key);
	}
	snprintf(prefix, sizeof prefix, "%s.", policy_key(loader));
	hd_loader_unknown_keys(loader, map, prefix, words.word, words.count);
}

static void try_policy(struct hd_loader *loader,
		       const struct hd_policy_type *type,
		       const struct hd_yaml_place *place)
{
	struct hd_error err;
	void *state;
	int rc;

	if (!type->init || loader->sink.code)
		return;
	state = calloc(1, type->state_size + 1);
	if (!state) {
		loader->sink.code = HD_ENOMEM;
		return;
	}
	memcpy(state, loader->config->policy_options, type->state_size);
	rc = type->init(state, &err);
	if (rc == HD_ENOMEM)
		loader->sink.code = rc;
	else if (rc < 0)
		hd_loader_error(loader, place, "%s", err.text);
	if (rc >= 0 && type->release)
		type->release(state);
	free(state);
}

static void read_intervals(struct hd_loader *loader,
			   const struct hd_yaml_node *map)
{
	const struct hd_yaml_node *node;
	struct hd_config *config = loader->config;

	node = hd_loader_get(map, "evaluation_interval");
	if (node && node->kind != HD_YAML_NULL)
		hd_loader_whole(loader, node, "evaluation_interval", 0,
				&config->evaluation_interval);
	/* SPEC 2.5: sweep jobs default to 0, and it means every interval. */
	if (config->evaluation_interval == 0)
		config->evaluation_interval = 1;
	node = hd_loader_get(map, "delay_evaluation");
	if (node && node->kind != HD_YAML_NULL)
		hd_loader_whole(loader, node, "delay_evaluation", 0,
				&config->delay_evaluation);
}

/* Azure has three, and none whose rungs stand in for evaluation_interval. */
static void policy_notes(struct hd_loader *loader,
			 const struct hd_yaml_node *map,
			 const struct hd_policy_type *type,
			 const struct hd_yaml_place *place)
{
	const struct hd_yaml_node *node = hd_loader_get(map, "evaluation_interval");

	if (!type->v1_name)
		hd_loader_note(loader, place,
			       "'%s': Azure has the policies bandit,"
			       " median_stopping and truncation_selection",
			       type->name);
	if (type->has_rungs && node && loader->config->evaluation_interval != 1)
		hd_loader_error(loader, &node->place,
				"'%s.evaluation_interval' is not for %s, which"
				" has rungs in place of it",
				policy_key(loader), type->name);
}

static void use_policy(struct hd_loader *loader, const struct hd_yaml_node *map,
		       const struct hd_policy_type *type,
		       const struct hd_yaml_place *place)
{
	size_t before = hd_findings_count(loader->sink.findings,
					  HD_FINDING_ERROR);

	loader->config->policy = type;
	loader->config->policy_options =
		hd_settings_read(loader, map, type->options, type->state_size,
				 policy_name(loader, type), place);
	if (!map)
		return;
	policy_notes(loader, map, type, place);
	policy_keys(loader, map, type);
	if (hd_findings_count(loader->sink.findings, HD_FINDING_ERROR) ==
	    before)
		try_policy(loader, type, place);
}

void hd_hyperdrive_no_policy(struct hd_loader *loader)
{
	use_policy(loader, NULL, hd_policy_type_find("none"), NULL);
}

void hd_hyperdrive_policy(struct hd_loader *loader,
			  const struct hd_yaml_node *map)
{
	const struct hd_yaml_node *node = hd_loader_get(map, "type");
	const struct hd_policy_type *type = hd_policy_type_find("none");
	const char *word;

	read_intervals(loader, map);
	if (node && node->kind != HD_YAML_NULL) {
		if (!hd_loader_text(loader, node,
				    loader->sweep_job ? "early_termination.type"
						      : "policy.type",
				    &word))
			return;
		type = hd_loader_policy_find(loader, word);
		if (!type) {
			unknown_policy(loader, node, word);
			return;
		}
	}
	use_policy(loader, map, type, node ? &node->place : &map->place);
}
