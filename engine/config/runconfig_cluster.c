/*
 * Where a run configuration wants to run and on how much of it: target,
 * framework, communicator, counts of nodes and processes. What hdrive can do
 * nowhere is refused here, with the reason.
 */
#include "config/runconfig.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

struct word {
	const char *name;
	int value;
};

/* The value of the word below KEY, in any case; DEFAULT when there is none. */
static int read_word(struct hd_runconfig_loader *rc, const char *key,
		     const struct word *words, size_t count, int otherwise,
		     const struct hd_yaml_node **node)
{
	const char *names[16];
	char list[400], found[HD_YAML_DESCRIPTION];

	*node = hd_runconfig_get(rc->root, key);
	for (size_t i = 0; *node && i < count; i++) {
		if ((*node)->kind == HD_YAML_TEXT &&
		    !strcasecmp((*node)->text, words[i].name))
			return words[i].value;
		names[i] = words[i].name;
	}
	if (*node && !((*node)->kind == HD_YAML_TEXT && !(*node)->length))
		hd_loader_error(&rc->loader, &(*node)->place,
				"'%s' must be one of %s, got %s", key,
				hd_loader_words(list, sizeof list, names, count,
						" or "),
				hd_yaml_describe(*node, found));
	return otherwise;
}

static void read_words(struct hd_runconfig_loader *rc)
{
	static const struct word frameworks[] = {
		{ "Python", HD_FRAMEWORK_PYTHON },
		{ "PySpark", HD_FRAMEWORK_SPARK },
		{ "CNTK", HD_FRAMEWORK_PYTHON },
		{ "TensorFlow", HD_FRAMEWORK_TENSORFLOW },
		{ "PyTorch", HD_FRAMEWORK_PYTORCH },
		{ "TensorFlowParameterServer", HD_FRAMEWORK_SERVERS },
		{ "PythonMpi", HD_FRAMEWORK_MPI },
		{ "PythonIntelMpi", HD_FRAMEWORK_MPI },
		{ "PySparkInteractive", HD_FRAMEWORK_SPARK },
	};
	static const struct word communicators[] = {
		{ "None", HD_COMMUNICATOR_NONE },
		{ "ParameterServer", HD_COMMUNICATOR_SERVERS },
		{ "OpenMpi", HD_COMMUNICATOR_MPI },
		{ "IntelMpi", HD_COMMUNICATOR_MPI },
		{ "Gloo", HD_COMMUNICATOR_GLOO },
		{ "Mpi", HD_COMMUNICATOR_MPI },
		{ "Nccl", HD_COMMUNICATOR_NCCL },
	};

	rc->framework = (enum hd_runconfig_framework)read_word(
		rc, "framework", frameworks, HD_RUNCONFIG_COUNT(frameworks),
		HD_FRAMEWORK_PYTHON, &rc->framework_node);
	rc->communicator = (enum hd_runconfig_communicator)read_word(
		rc, "communicator", communicators,
		HD_RUNCONFIG_COUNT(communicators), HD_COMMUNICATOR_NONE,
		&rc->communicator_node);
}

/* --- counts ------------------------------------------------------------------ */

/* The larger of nodeCount and what a section says of nodes. */
static void read_nodes(struct hd_runconfig_loader *rc,
		       const struct hd_yaml_node *map, const char *name)
{
	size_t nodes = 1;

	if (hd_runconfig_whole(rc, map, "nodeCount", name, 1, &nodes) &&
	    nodes > rc->nodes) {
		rc->nodes = nodes;
		rc->nodes_node = hd_runconfig_get(map, "nodeCount");
	}
}

static void read_mpi(struct hd_runconfig_loader *rc)
{
	static const char *const keys[] = { "processCountPerNode", "nodeCount" };
	const struct hd_yaml_node *map = hd_runconfig_section(
		rc, rc->root, "mpi", "mpi", keys, HD_RUNCONFIG_COUNT(keys));

	if (!map)
		return;
	hd_runconfig_whole(rc, map, "processCountPerNode",
			   "mpi.processCountPerNode", 1, &rc->processes);
	if (rc->communicator == HD_COMMUNICATOR_MPI)
		read_nodes(rc, map, "mpi.nodeCount");
}

static void read_pytorch(struct hd_runconfig_loader *rc)
{
	static const char *const keys[] = { "communicationBackend",
					    "processCount", "nodeCount" };
	const struct hd_yaml_node *map = hd_runconfig_section(
		rc, rc->root, "pytorch", "pytorch", keys,
		HD_RUNCONFIG_COUNT(keys));

	if (!map || rc->framework != HD_FRAMEWORK_PYTORCH)
		return;
	hd_runconfig_whole(rc, map, "processCount", "pytorch.processCount", 1,
			   &rc->torch_processes);
	read_nodes(rc, map, "pytorch.nodeCount");
}

static void read_tensorflow(struct hd_runconfig_loader *rc)
{
	static const char *const keys[] = { "workerCount",
					    "parameterServerCount" };
	const struct hd_yaml_node *map = hd_runconfig_section(
		rc, rc->root, "tensorflow", "tensorflow", keys,
		HD_RUNCONFIG_COUNT(keys));

	if (!map)
		return;
	hd_runconfig_whole(rc, map, "workerCount", "tensorflow.workerCount", 1,
			   &rc->workers);
	hd_runconfig_whole(rc, map, "parameterServerCount",
			   "tensorflow.parameterServerCount", 0, &rc->servers);
}

/* --- sections that one of the others asks for --------------------------------- */

static bool is_word(const struct hd_yaml_node *node, const char *word)
{
	return node && node->kind == HD_YAML_TEXT &&
	       !strcasecmp(node->text, word);
}

/* NODE says WORD, so that the section KEY must be there. */
static void need_section(struct hd_runconfig_loader *rc, const char *name,
			 const struct hd_yaml_node *node, const char *word,
			 const char *key)
{
	if (is_word(node, word) && !hd_runconfig_get(rc->root, key))
		hd_loader_error(&rc->loader, &node->place,
				"'%s' is %s and needs the section '%s'", name,
				word, key);
}

/* --- what only a cluster has --------------------------------------------------- */

/* Whether SECTION says more than its template does. */
static bool section_matters(const struct hd_yaml_node *node)
{
	static const char *const telling[] = { "vmSize", "vmPriority", "name",
					       "instanceType", "region",
					       "nodeCount", "cpuCores",
					       "memoryGb" };

	if (node->kind != HD_YAML_MAP)
		return hd_runconfig_says(node);
	for (size_t i = 0; i < node->count; i++)
		for (size_t j = 0; j < HD_RUNCONFIG_COUNT(telling); j++)
			if (!strcasecmp(node->pairs[i].key, telling[j]) &&
			    hd_runconfig_says(node->pairs[i].value))
				return true;
	return false;
}

static void warn_cluster(struct hd_runconfig_loader *rc)
{
	static const char *const sections[] = {
		"amlCompute", "batchAi", "containerInstance",
		"kubernetesCompute", "aiSuperComputer", "exposedPorts"
	};

	for (size_t i = 0; i < HD_RUNCONFIG_COUNT(sections); i++) {
		const struct hd_yaml_pair *pair =
			hd_yaml_get(rc->root, sections[i]);

		if (!pair || !hd_runconfig_says(pair->value))
			continue;
		if (section_matters(pair->value) ||
		    (rc->out->target &&
		     !strcasecmp(rc->out->target, sections[i])))
			hd_loader_warn(&rc->loader, &pair->place,
				       "'%s' is ignored: it is for a cluster of"
				       " Azure's",
				       sections[i]);
	}
}

void hd_runconfig_cluster(struct hd_runconfig_loader *rc)
{
	if (!hd_runconfig_text(rc, rc->root, "target", "target",
			       &rc->out->target))
		rc->out->target = NULL;
	read_words(rc);
	read_nodes(rc, rc->root, "nodeCount");
	read_mpi(rc);
	read_pytorch(rc);
	read_tensorflow(rc);
	need_section(rc, "communicator", rc->communicator_node, "Mpi", "mpi");
	need_section(rc, "framework", rc->framework_node, "TensorFlow",
		     "tensorflow");
	need_section(rc, "framework", rc->framework_node, "PySpark", "spark");
	warn_cluster(rc);
}

/* --- what is refused ------------------------------------------------------------ */

/* A program built before there were targets has not set them. */
static const struct hd_targets *host_targets(const struct hd_runconfig_host *host)
{
	return host->size > offsetof(struct hd_runconfig_host, targets) ? host->targets : NULL;
}

static bool is_configured(const struct hd_runconfig_host *host, const char *target)
{
	const struct hd_targets *targets = host_targets(host);

	return targets && hd_targets_find(targets, target);
}

static bool has_targets(const struct hd_runconfig_host *host)
{
	const struct hd_targets *targets = host_targets(host);

	return targets && hd_targets_count(targets) > 1;
}

static void refuse_target(struct hd_runconfig_loader *rc)
{
	const struct hd_yaml_node *node = hd_runconfig_get(rc->root, "target");
	const char *target = rc->host->target ? rc->host->target
					      : rc->out->target;
	struct hd_yaml_place nowhere = { rc->root->place.source, 0, 0 };
	const struct hd_yaml_place *place =
		node && !rc->host->target ? &node->place : &nowhere;

	if (!target || !strcasecmp(target, "local") || is_configured(rc->host, target))
		return;
	if (rc->host->strict_target)
		hd_loader_error(&rc->loader, place,
				"target '%s' is not configured here%s",
				target,
				has_targets(rc->host) ? "" : ", only 'local' is");
	else
		hd_loader_warn(&rc->loader, place,
			       "target '%s' is not configured here: trials run"
			       " on this machine",
			       target);
}

static void refuse_words(struct hd_runconfig_loader *rc)
{
	if (rc->framework == HD_FRAMEWORK_SPARK)
		hd_loader_error(&rc->loader, &rc->framework_node->place,
				"framework '%s' is refused: hdrive runs Python"
				" programs, not Spark jobs",
				rc->framework_node->text);
	if (rc->framework == HD_FRAMEWORK_SERVERS)
		hd_loader_error(&rc->loader, &rc->framework_node->place,
				"framework '%s' is refused: write 'TensorFlow'"
				" and 'tensorflow.parameterServerCount', whose"
				" processes find each other by TF_CONFIG",
				rc->framework_node->text);
	if (rc->communicator == HD_COMMUNICATOR_SERVERS)
		hd_loader_error(&rc->loader, &rc->communicator_node->place,
				"communicator 'ParameterServer' is refused:"
				" write 'None', framework TensorFlow and"
				" 'tensorflow.parameterServerCount'");
	if (rc->communicator == HD_COMMUNICATOR_GLOO)
		hd_loader_error(&rc->loader, &rc->communicator_node->place,
				"communicator 'Gloo' is refused: write 'None'"
				" and 'pytorch.processCount' for processes that"
				" find each other by MASTER_ADDR");
}

void hd_runconfig_refuse(struct hd_runconfig_loader *rc)
{
	refuse_target(rc);
	refuse_words(rc);
}
