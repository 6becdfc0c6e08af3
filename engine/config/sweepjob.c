/*
 * A sweep job, v2 (SPEC section 2): its root's keys into a config. All problems
 * are reported, none ends the reading.
 *
 * What it shares with a HyperDrive file is read by the same functions; what
 * Azure has but a local run has no use for is accepted and said once.
 */
#include "config/sweepjob.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/number.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *const root_keys[] = {
	"$schema",
	"type",
	"name",
	"display_name",
	"description",
	"tags",
	"properties",
	"experiment_name",
	"sampling_algorithm",
	"search_space",
	"objective",
	"early_termination",
	"limits",
	"compute",
	"trial",
	"inputs",
	"outputs",
	"identity",
	"resources",
	"queue_settings",
	/* What the cloud adds when it shows a job, harmless here. */
	"id",
	"services",
	"status",
	"creation_context",
	"log_files",
	"parent_job_name",
	"component",
	"notification_setting",
	/* hdrive's own, as in HyperDrive files. */
	"metrics",
	"reduce",
	"idle_timeout",
	"max_restarts",
	"restart_delay",
	"max_failures",
	"smoke",
	"end_when",
	"gpus",
	"gpus_per_trial",
	"cpus_per_trial",
	"resume_from",
	"resume_child_runs",
};

/* --- small readers ---------------------------------------------------------- */

void *hd_job_array(struct hd_job *job, size_t count, size_t size)
{
	void *array = hd_arena_array(job->loader->arena, count + 1, size);

	if (!array)
		job->loader->sink.code = HD_ENOMEM;
	return array;
}

const char *hd_job_path(struct hd_job *job, const char *a, const char *b)
{
	struct hd_buf buf = HD_BUF_INIT;
	const char *path = NULL;

	hd_buf_printf(&buf, "%.64s%s%.64s", a, b ? "." : "", b ? b : "");
	if (!hd_buf_failed(&buf))
		path = hd_arena_string(job->loader->arena, hd_buf_text(&buf));
	hd_buf_release(&buf);
	if (!path)
		job->loader->sink.code = HD_ENOMEM;
	return path ? path : "";
}

bool hd_job_name(struct hd_job *job, const struct hd_yaml_pair *pair,
		 const char *what)
{
	const char *at = pair->key;
	bool good = isalpha((unsigned char)*at) || *at == '_';

	for (; good && *at; at++)
		good = isalnum((unsigned char)*at) || *at == '_';
	if (!good)
		hd_loader_error(job->loader, &pair->place,
				"'%.64s' cannot name %s: letters, digits and"
				" '_' can, no digit first",
				pair->key, what);
	return good;
}

/* 1.0 is "1.0" there, where hdrive writes whole numbers without a point. */
static const char *real_text(struct hd_job *job, double number)
{
	char text[HD_NUMBER_TEXT + 2];
	size_t length = hd_number_write(number, text);

	text[length] = '\0';
	if (!text[strcspn(text, ".einfa")])
		memcpy(text + length, ".0", 3);
	return hd_arena_string(job->loader->arena, text);
}

const char *hd_job_scalar(struct hd_job *job, const struct hd_yaml_node *node,
			  const char *name)
{
	char found[HD_YAML_DESCRIPTION];
	const char *text = NULL;

	switch (node->kind) {
	case HD_YAML_BOOL: /* HD-075 */
		return node->integer ? "True" : "False";
	case HD_YAML_REAL:
		text = real_text(job, node->number);
		break;
	case HD_YAML_INTEGER:
	case HD_YAML_TEXT:
		text = node->text;
		break;
	case HD_YAML_NULL:
	case HD_YAML_LIST:
	case HD_YAML_MAP:
		hd_loader_error(job->loader, &node->place,
				"'%.128s' must be text, a number, true or"
				" false, got %s",
				name, hd_yaml_describe(node, found));
		return NULL;
	}
	if (!text)
		job->loader->sink.code = HD_ENOMEM;
	return text;
}

void hd_job_mark(struct hd_job *job, bool is_tag, const char *name,
		 const char *value)
{
	if (job->marks && name && value)
		job->marks[job->mark_count++] =
			(struct hd_mark_row){ is_tag, name, value };
}

/* --- what a person calls it ------------------------------------------------- */

/* Text of the root that is only kept. */
static const char *kept_text(struct hd_job *job, const char *key)
{
	const struct hd_yaml_node *node = hd_loader_get(job->root, key);

	if (!node || node->kind == HD_YAML_NULL)
		return NULL;
	return hd_job_scalar(job, node, key);
}

static void read_marks(struct hd_job *job, const char *key, bool is_tag)
{
	const struct hd_yaml_node *map = hd_loader_get(job->root, key);

	if (!map || map->kind == HD_YAML_NULL ||
	    !hd_loader_map(job->loader, map, key))
		return;
	for (size_t i = 0; i < map->count; i++) {
		const struct hd_yaml_pair *pair = &map->pairs[i];

		if (pair->value->kind == HD_YAML_NULL)
			hd_job_mark(job, is_tag, pair->key, "");
		else
			hd_job_mark(job, is_tag, pair->key,
				    hd_job_scalar(job, pair->value,
						  hd_job_path(job, key, pair->key)));
	}
}

static size_t marks_most(const struct hd_job *job)
{
	const struct hd_yaml_node *tags = hd_loader_get(job->root, "tags");
	const struct hd_yaml_node *properties =
		hd_loader_get(job->root, "properties");

	/* And those that other keys give. */
	return 16 + (tags && tags->kind == HD_YAML_MAP ? tags->count : 0) +
	       (properties && properties->kind == HD_YAML_MAP ? properties->count
							      : 0);
}

static void read_names(struct hd_job *job)
{
	struct hd_config *config = job->loader->config;

	job->marks = hd_job_array(job, marks_most(job), sizeof *job->marks);
	config->name = kept_text(job, "name");
	hd_job_mark(job, false, "display_name", kept_text(job, "display_name"));
	hd_job_mark(job, false, "description", kept_text(job, "description"));
	job->program.experiment = kept_text(job, "experiment_name");
	hd_job_mark(job, false, "experiment_name", job->program.experiment);
	read_marks(job, "tags", true);
	read_marks(job, "properties", false);
}

static void read_type(struct hd_job *job)
{
	const struct hd_yaml_node *type = hd_loader_get(job->root, "type");
	const char *word;

	/* What is another job's was refused before. */
	if (!type)
		hd_loader_warn(job->loader, &job->root->place,
			       "'type' is missing, taken as 'sweep'");
	else
		hd_loader_text(job->loader, type, "type", &word);
}

/* --- the objective ---------------------------------------------------------- */

static void read_objective(struct hd_job *job)
{
	static const char *const keys[] = { "primary_metric", "goal" };
	struct hd_loader *loader = job->loader;
	const struct hd_yaml_node *map =
		hd_loader_need(loader, job->root, "objective");
	const struct hd_yaml_node *metric, *goal;

	if (!map || !hd_loader_map(loader, map, "objective"))
		return;
	hd_loader_unknown_keys(loader, map, "objective.", keys, COUNT(keys));
	metric = hd_loader_need(loader, map, "primary_metric");
	if (metric)
		hd_loader_text(loader, metric, "objective.primary_metric",
			       &loader->config->metric);
	goal = hd_loader_need(loader, map, "goal");
	if (goal)
		hd_hyperdrive_goal(loader, goal, "objective.goal");
}

/* --- the machine ------------------------------------------------------------ */

/* Trials run here, whatever cluster is named that is not known here. */
static void read_compute(struct hd_job *job)
{
	const struct hd_yaml_node *node = hd_loader_get(job->root, "compute");
	const struct hd_targets *targets = job->loader->targets;
	const char *name;

	if (!node || node->kind == HD_YAML_NULL)
		return;
	if (node->kind == HD_YAML_MAP && hd_yaml_get(node, "target"))
		node = hd_loader_get(node, "target");
	if (!hd_loader_text(job->loader, node, "compute", &name))
		return;
	hd_job_mark(job, false, "compute", name);
	if (!strncmp(name, "azureml:", 8))
		name += 8;
	if (targets && hd_targets_find(targets, name))
		job->loader->config->target = name;
	else if (strcasecmp(name, "local") != 0 && !job->loader->ignore_compute)
		hd_loader_warn(job->loader, &node->place,
			       "'compute' is '%.64s': trials run on this"
			       " machine",
			       name);
}

/* The folder of the file gives the experiment its name, as the SPEC has it. */
static void name_experiment(struct hd_job *job)
{
	const char *here, *slash;

	if (job->program.experiment)
		return;
	here = hd_path_here(job);
	slash = here ? strrchr(here, '/') : NULL;
	if (slash && slash[1])
		job->program.experiment = slash + 1;
}

static void read_program(struct hd_job *job)
{
	struct hd_loader *loader = job->loader;
	struct hd_program *program;

	if (!hd_job_trial_find(job))
		return;
	hd_job_bindings(job);
	hd_job_trial(job);
	name_experiment(job);
	program = hd_job_array(job, 1, sizeof *program);
	if (!program)
		return;
	*program = job->program;
	loader->config->program = program;
}

void hd_sweepjob_read(struct hd_loader *loader, const struct hd_yaml_node *root)
{
	struct hd_job job = { .loader = loader, .root = root };

	hd_loader_unknown_keys(loader, root, "", root_keys, COUNT(root_keys));
	read_type(&job);
	read_names(&job);
	hd_job_sampling(&job);
	hd_job_space(&job);
	read_objective(&job);
	hd_job_limits(&job);
	hd_hyperdrive_own(loader, root);
	if (!loader->stored) {
		read_compute(&job);
		read_program(&job);
	}
	loader->config->marks = job.marks;
	loader->config->mark_count = job.mark_count;
}
