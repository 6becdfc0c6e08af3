/*
 * Several processes of one trial, on one machine or more, as a run
 * configuration asks for them.
 */
#include "config/runconfig.h"

#include <strings.h>

#include "program/program.h"

static const struct hd_yaml_place *
ranks_place(const struct hd_runconfig_loader *rc)
{
	const struct hd_yaml_node *node = rc->communicator_node
						  ? rc->communicator_node
						  : rc->framework_node;

	if (rc->nodes > 1)
		node = rc->nodes_node;
	return node ? &node->place : &rc->root->place;
}

static enum hd_distribution kind_of(const struct hd_runconfig_loader *rc)
{
	bool many_workers = rc->workers > 1 || rc->servers > 1;

	if (rc->communicator == HD_COMMUNICATOR_MPI ||
	    rc->framework == HD_FRAMEWORK_MPI)
		return HD_DISTRIBUTION_MPI;
	if (rc->framework == HD_FRAMEWORK_PYTORCH &&
	    (rc->torch_processes || rc->nodes > 1))
		return HD_DISTRIBUTION_PYTORCH;
	/* One worker and one server are in files that never meant two. */
	if (rc->framework == HD_FRAMEWORK_TENSORFLOW &&
	    (many_workers || rc->nodes > 1))
		return HD_DISTRIBUTION_TENSORFLOW;
	return HD_DISTRIBUTION_NONE;
}

static int distribute(struct hd_runconfig_loader *rc,
		      struct hd_program *program, struct hd_error *err)
{
	enum hd_distribution kind = kind_of(rc);
	size_t processes = 1;

	switch (kind) {
	case HD_DISTRIBUTION_NONE:
		return 0;
	case HD_DISTRIBUTION_MPI:
		if (rc->processes <= HD_PROCESSES_MOST && rc->nodes <= HD_NODES_MOST)
			processes = rc->processes * rc->nodes;
		else
			processes = SIZE_MAX; /* the message has the limit */
		break;
	case HD_DISTRIBUTION_PYTORCH:
		/* Azure's default is one on each node. */
		processes = rc->torch_processes ? rc->torch_processes : rc->nodes;
		break;
	case HD_DISTRIBUTION_TENSORFLOW:
		return hd_program_spread(program, kind, rc->nodes, rc->workers,
					 rc->servers, err);
	}
	return hd_program_spread(program, kind, rc->nodes, processes, 0, err);
}

/* What this machine has says nothing of another. A target that turns out to be
 * none is asked again by who knows. */
static bool runs_here(const struct hd_runconfig_loader *rc)
{
	const char *target = rc->host->target ? rc->host->target
					      : rc->out->target;

	return rc->nodes == 1 && (!target || !strcasecmp(target, "local"));
}

static void check_nodes(struct hd_runconfig_loader *rc,
			struct hd_program *program)
{
	const struct hd_yaml_place *place = &rc->nodes_node->place;

	if (program->distribution == HD_DISTRIBUTION_NONE)
		hd_loader_error(&rc->loader, place,
				"'nodeCount' is %zu, and nothing says how its"
				" processes find each other: 'communicator:"
				" OpenMpi' and 'mpi', or 'framework: PyTorch'"
				" and 'pytorch'",
				rc->nodes);
	program->nodes_place = hd_loader_where(&rc->loader, place);
}

void hd_runconfig_ranks(struct hd_runconfig_loader *rc,
			struct hd_program *program)
{
	struct hd_error err = { 0 };
	int rc_ranks = distribute(rc, program, &err);

	if (rc_ranks == 0 && runs_here(rc))
		rc_ranks = hd_program_check(program, hd_runconfig_trial_path(rc),
					    &err);
	if (rc_ranks < 0)
		hd_loader_error(&rc->loader, ranks_place(rc), "%s", err.text);
	else if (program->distribution != HD_DISTRIBUTION_NONE && rc->docker &&
		 rc->host->allow_docker)
		hd_loader_error(&rc->loader, &rc->docker_place,
				"a container runs one process: several of them"
				" are refused");
	if (rc_ranks == 0 && rc->nodes > 1)
		check_nodes(rc, program);
}
