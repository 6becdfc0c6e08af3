/*
 * What kind of file a sweep's is: Azure has two, and others that look alike,
 * of which each is refused with the way on.
 */
#include "config/load.h"

#include <string.h>
#include <strings.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *const hyperdrive_keys[] = {
	"sampling",
	"primary_metric_name",
	"primary_metric_goal",
	"max_total_runs",
	"max_concurrent_runs",
	"max_duration_minutes",
	"policy",
};

static const char *const sweepjob_keys[] = {
	"search_space",
	"sampling_algorithm",
	"objective",
	"early_termination",
	"trial",
	"limits",
	"algorithm",
};

static bool has_one(const struct hd_yaml_node *root, const char *const *keys,
		    size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (hd_yaml_get(root, keys[i]))
			return true;
	return false;
}

/* The text of KEY in ROOT, NULL for anything else. */
static const char *text_of(const struct hd_yaml_node *root, const char *key)
{
	const struct hd_yaml_node *node = hd_loader_get(root, key);

	return node && node->kind == HD_YAML_TEXT ? node->text : NULL;
}

static bool is_sweep_type(const char *type)
{
	return type &&
	       (!strcasecmp(type, "sweep") || !strcasecmp(type, "sweep_job"));
}

/* --- files of other kinds --------------------------------------------------- */

/* Its steps that sweep: how many, and the first. */
static const struct hd_yaml_pair *sweep_steps(const struct hd_yaml_node *root,
					      size_t *count)
{
	const struct hd_yaml_node *jobs = hd_loader_get(root, "jobs");
	const struct hd_yaml_pair *first = NULL;

	*count = 0;
	if (!jobs || jobs->kind != HD_YAML_MAP)
		return NULL;
	for (size_t i = 0; i < jobs->count; i++) {
		const struct hd_yaml_pair *step = &jobs->pairs[i];

		if (step->value->kind != HD_YAML_MAP ||
		    !is_sweep_type(text_of(step->value, "type")))
			continue;
		if (!first)
			first = step;
		++*count;
	}
	return first;
}

static void refuse_pipeline(struct hd_loader *loader,
			    const struct hd_yaml_node *root,
			    const struct hd_yaml_place *place)
{
	size_t count;
	const struct hd_yaml_pair *step = sweep_steps(root, &count);

	if (!step)
		hd_loader_error(loader, place,
				"this is a pipeline, and none of its steps is a"
				" sweep: hdrive runs sweeps");
	else
		hd_loader_error(loader, &step->place,
				"this is a pipeline, hdrive runs sweeps: put"
				" what stands below '%.64s' into a file of its"
				" own, at the margin, beside this one%s",
				step->key,
				count > 1 ? ", and so with its other sweeps" : "");
}

static void refuse_type(struct hd_loader *loader,
			const struct hd_yaml_node *root,
			const struct hd_yaml_node *type)
{
	if (!strcasecmp(type->text, "automl"))
		hd_loader_error(loader, &type->place,
				"AutoML jobs are not HyperDrive sweeps: they"
				" choose the model themselves, and hdrive runs"
				" your training program");
	else if (!strcasecmp(type->text, "pipeline"))
		refuse_pipeline(loader, root, &type->place);
	else if (!strcasecmp(type->text, "command"))
		hd_loader_error(loader, &type->place,
				"this is a command, a single run: a sweep has"
				" 'type: sweep', 'search_space' and 'objective',"
				" and names this file as its 'trial'");
	else
		hd_loader_error(loader, &type->place,
				"unknown type '%.40s': a sweep job has"
				" 'type: sweep'",
				type->text);
}

/* --- the decision ----------------------------------------------------------- */

enum hd_file_kind hd_file_kind(struct hd_loader *loader,
			       const struct hd_yaml_node *root)
{
	const struct hd_yaml_node *type;
	const char *schema;
	char found[HD_YAML_DESCRIPTION];

	if (root->kind != HD_YAML_MAP) {
		hd_loader_error(loader, &root->place,
				"a sweep's file is a mapping, with 'sampling',"
				" ... (HyperDrive) or 'search_space', ... (a"
				" sweep job), got %s",
				hd_yaml_describe(root, found));
		return HD_FILE_OTHER;
	}
	if (hd_yaml_get(root, "sampling"))
		return HD_FILE_HYPERDRIVE;
	if (text_of(root, "run_type") &&
	    !strcmp(text_of(root, "run_type"), "azureml.scriptrun"))
		return HD_FILE_ONCE;
	type = hd_loader_get(root, "type");
	if (type && type->kind == HD_YAML_TEXT && !is_sweep_type(type->text)) {
		refuse_type(loader, root, type);
		return HD_FILE_OTHER;
	}
	schema = text_of(root, "$schema");
	if (type || has_one(root, sweepjob_keys, COUNT(sweepjob_keys)) ||
	    (schema && strstr(schema, "sweepJob")))
		return HD_FILE_SWEEP_JOB;
	if (has_one(root, hyperdrive_keys, COUNT(hyperdrive_keys)))
		return HD_FILE_HYPERDRIVE;
	if (hd_yaml_get(root, "jobs")) {
		refuse_pipeline(loader, root, &root->place);
		return HD_FILE_OTHER;
	}
	hd_loader_error(loader, &root->place,
			"this is no sweep's file: HyperDrive's has 'sampling',"
			" 'primary_metric_name' and 'max_total_runs', a sweep"
			" job 'search_space', 'objective' and 'trial'");
	return HD_FILE_OTHER;
}
