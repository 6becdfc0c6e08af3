/*
 * Several processes of one trial (SPEC 2.3): distribution says what kind and
 * how many, resources.instance_count on how many machines.
 */
#include "config/sweepjob.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

struct ranks {
	size_t nodes;
	const struct hd_yaml_node *nodes_node; /* NULL: nobody says it */
	const char *nodes_name;
};

/* --- resources -------------------------------------------------------------- */

/* Both resources are read; the trial's own comes first and counts. */
static void read_resources(struct hd_job *job, const struct hd_yaml_node *map,
			   const char *path, struct ranks *ranks)
{
	static const char *const keys[] = { "instance_count", "instance_type",
					    "shm_size", "docker_args",
					    "properties", "locations",
					    "max_instance_count" };
	const struct hd_yaml_node *node;
	const char *name;
	char prefix[64];
	size_t count;

	if (!map || map->kind == HD_YAML_NULL ||
	    !hd_loader_map(job->loader, map, path))
		return;
	snprintf(prefix, sizeof prefix, "%s.", path);
	hd_loader_unknown_keys(job->loader, map, prefix, keys, COUNT(keys));
	node = hd_loader_get(map, "instance_count");
	name = hd_job_path(job, path, "instance_count");
	if (!node || node->kind == HD_YAML_NULL ||
	    !hd_loader_whole(job->loader, node, name, 1, &count) ||
	    ranks->nodes_node)
		return;
	ranks->nodes = count;
	ranks->nodes_node = node;
	ranks->nodes_name = name;
}

/* --- distribution ------------------------------------------------------------ */

/* The number below KEY of MAP, or OTHERWISE. */
static size_t number_of(struct hd_job *job, const struct hd_yaml_node *map,
			const char *key, int64_t min, size_t otherwise)
{
	const struct hd_yaml_node *node = hd_loader_get(map, key);

	if (node && node->kind != HD_YAML_NULL)
		hd_loader_whole(job->loader, node, key, min, &otherwise);
	return otherwise;
}

/* Of so many on each node, or, for the message that names the limit, too many. */
static size_t all_of(size_t on_each, const struct ranks *ranks)
{
	return on_each <= HD_PROCESSES_MOST && ranks->nodes <= HD_NODES_MOST
		       ? on_each * ranks->nodes
		       : SIZE_MAX;
}

static void set_distribution(struct hd_job *job,
			     const struct hd_yaml_node *map,
			     enum hd_distribution kind,
			     const struct ranks *ranks)
{
	bool is_tensorflow = kind == HD_DISTRIBUTION_TENSORFLOW;
	/* Azure's default is a worker on each node. */
	size_t processes =
		is_tensorflow
			? number_of(job, map, "worker_count", 1, ranks->nodes)
			: all_of(number_of(job, map,
					   "process_count_per_instance", 1, 1),
				 ranks);
	size_t servers = is_tensorflow ? number_of(job, map,
						   "parameter_server_count", 0,
						   0)
				       : 0;
	struct hd_error err = { 0 };

	if (hd_program_spread(&job->program, kind, ranks->nodes, processes,
			      servers, &err) < 0)
		hd_loader_error(job->loader, &map->place,
				"'trial.distribution': %s", err.text);
}

static void read_distribution(struct hd_job *job,
			      const struct hd_yaml_node *map,
			      const struct ranks *ranks)
{
	static const char *const types[] = { "mpi", "pytorch", "tensorflow" };
	static const enum hd_distribution kinds[] = {
		HD_DISTRIBUTION_MPI, HD_DISTRIBUTION_PYTORCH,
		HD_DISTRIBUTION_TENSORFLOW
	};
	static const char *const keys[] = { "type", "distribution_type",
					    "process_count_per_instance",
					    "worker_count",
					    "parameter_server_count" };
	struct hd_loader *loader = job->loader;
	const struct hd_yaml_node *type;
	char found[HD_YAML_DESCRIPTION], list[64];

	if (!hd_loader_map(loader, map, "trial.distribution"))
		return;
	hd_loader_unknown_keys(loader, map, "trial.distribution.", keys,
			       COUNT(keys));
	type = hd_loader_get(map, "type");
	type = type ? type : hd_loader_need(loader, map, "distribution_type");
	if (!type)
		return;
	for (size_t i = 0; type->kind == HD_YAML_TEXT && i < COUNT(types); i++) {
		if (strcasecmp(types[i], type->text) != 0)
			continue;
		set_distribution(job, map, kinds[i], ranks);
		return;
	}
	hd_loader_error(loader, &type->place,
			"'trial.distribution.type' must be %s, got %s",
			hd_loader_words(list, sizeof list, types, COUNT(types),
					" or "),
			hd_yaml_describe(type, found));
}

/* --- the whole ---------------------------------------------------------------- */

static void check_nodes(struct hd_job *job, const struct ranks *ranks,
			bool is_distributed)
{
	const struct hd_yaml_place *place = &ranks->nodes_node->place;

	if (!is_distributed)
		hd_loader_error(job->loader, place,
				"'%s' is %zu, and no 'trial.distribution' says"
				" how its processes find each other",
				ranks->nodes_name, ranks->nodes);
	job->program.nodes_place = hd_loader_where(job->loader, place);
}

void hd_job_ranks(struct hd_job *job)
{
	const struct hd_yaml_node *map =
		hd_loader_get(job->trial, "distribution");
	struct ranks ranks = { .nodes = 1 };

	if (map && map->kind == HD_YAML_NULL)
		map = NULL;
	read_resources(job, hd_loader_get(job->trial, "resources"),
		       "trial.resources", &ranks);
	read_resources(job, hd_loader_get(job->root, "resources"), "resources",
		       &ranks);
	if (map)
		read_distribution(job, map, &ranks);
	if (ranks.nodes > 1)
		check_nodes(job, &ranks, map != NULL);
}
