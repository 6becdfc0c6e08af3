/* sampling_algorithm and search_space of a sweep job (SPEC 2.2, 2.6). */
#include "config/parameter.h"
#include "config/sweepjob.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- sampling --------------------------------------------------------------- */

static void read_seed(struct hd_job *job, const struct hd_yaml_node *map)
{
	const struct hd_yaml_node *node = hd_loader_get(map, "seed");
	struct hd_config *config = job->loader->config;
	char found[HD_YAML_DESCRIPTION];

	if (!node || node->kind == HD_YAML_NULL)
		return;
	if (node->kind != HD_YAML_INTEGER) {
		hd_loader_error(job->loader, &node->place,
				"'sampling_algorithm.seed' must be a whole"
				" number, got %s",
				hd_yaml_describe(node, found));
		return;
	}
	config->has_seed = true;
	config->seed = (uint64_t)node->integer;
}

/*
 * base^u is e^(u ln base): bounds of the log forms are scaled as they are read,
 * and all that comes after needs to know no base.
 */
static void read_logbase(struct hd_job *job, const struct hd_yaml_node *map)
{
	const struct hd_yaml_node *node = hd_loader_get(map, "logbase");
	char found[HD_YAML_DESCRIPTION];

	if (!node || node->kind == HD_YAML_NULL ||
	    (node->kind == HD_YAML_TEXT && !strcmp(node->text, "e")))
		return;
	if ((node->kind != HD_YAML_INTEGER && node->kind != HD_YAML_REAL) ||
	    !(node->number > 1) || !isfinite(node->number)) {
		hd_loader_error(job->loader, &node->place,
				"'sampling_algorithm.logbase' must be a number"
				" greater than 1, or 'e', got %s",
				hd_yaml_describe(node, found));
		return;
	}
	job->loader->log_scale = log(node->number);
}

void hd_job_sampling(struct hd_job *job)
{
	struct hd_loader *loader = job->loader;
	const struct hd_yaml_node *map =
		hd_loader_get(job->root, "sampling_algorithm");
	struct hd_yaml_node word = { .kind = HD_YAML_MAP, .count = 1 };
	struct hd_yaml_pair type = { .key = "type" };
	struct hd_yaml_node fallback = { .kind = HD_YAML_TEXT, .text = "random", .length = 6 };

	/* SPEC 2.1: its default is random; a word is short for its type. */
	if (!map || map->kind == HD_YAML_NULL) {
		fallback.place = map ? map->place : job->root->place;
		map = &fallback;
	}
	if (map->kind == HD_YAML_TEXT) {
		word.place = type.place = map->place;
		type.value = (struct hd_yaml_node *)map;
		word.pairs = &type;
		map = &word;
	}
	if (!hd_loader_map(loader, map, "sampling_algorithm"))
		return;
	hd_hyperdrive_sampler(loader, map);
	read_seed(job, map);
	read_logbase(job, map);
}

/* --- the space -------------------------------------------------------------- */

static void read_parameter(struct hd_job *job, const struct hd_yaml_pair *pair)
{
	struct hd_spot spot = { pair->key, pair->place, HD_SPACE_TOP, 0 };
	char found[HD_YAML_DESCRIPTION];

	if (!hd_job_name(job, pair, "a parameter")) /* HD-062 */
		return;
	if (hd_expression_is(pair->value)) {
		hd_parameter_read(job->loader, &spot, pair->value);
		return;
	}
	if (pair->value->kind == HD_YAML_MAP)
		hd_loader_error(job->loader, &pair->value->place,
				"'%.64s' has no 'type': expected choice,"
				" randint, uniform, ... and what it takes",
				pair->key);
	else
		hd_loader_error(job->loader, &pair->value->place,
				"'%.64s' must be an expression such as {type:"
				" uniform, min_value: 0, max_value: 1}, got %s",
				pair->key, hd_yaml_describe(pair->value, found));
}

/* The sampler's own word on the whole, where all of it could be read. */
static void try_sampler(struct hd_job *job)
{
	const struct hd_yaml_node *node =
		hd_loader_get(job->root, "sampling_algorithm");

	if (!hd_yaml_has_errors(&job->loader->sink))
		hd_hyperdrive_try_sampler(job->loader, node ? &node->place
							    : &job->root->place);
}

void hd_job_space(struct hd_job *job)
{
	struct hd_loader *loader = job->loader;
	const struct hd_yaml_node *map =
		hd_loader_need(loader, job->root, "search_space");

	if (!map || !hd_loader_map(loader, map, "search_space"))
		return;
	if (map->count == 0)
		hd_loader_error(loader, &map->place,
				"'search_space' must not be empty");
	for (size_t i = 0; i < map->count && !loader->sink.code; i++)
		read_parameter(job, &map->pairs[i]);
	try_sampler(job);
}
