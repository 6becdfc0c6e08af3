/*
 * A v1 HyperDrive file (SPEC 1.1 and 1.5): its root's keys into a config. All
 * problems are reported, none ends the reading but a file of another kind.
 */
#include "config/load.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/number.h"

static const char *const root_keys[] = {
	"sampling",
	"policy",
	"primary_metric_name",
	"primary_metric_goal",
	"max_total_runs",
	"max_concurrent_runs",
	"max_duration_minutes",
	"metrics",
	"reduce",
	"trial_timeout",
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

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* --- sampling -------------------------------------------------------------- */

static void read_sampling(struct hd_loader *loader,
			  const struct hd_yaml_node *root)
{
	const struct hd_yaml_node *map = hd_loader_need(loader, root, "sampling");
	const struct hd_yaml_node *space, *type;

	if (!map || !hd_loader_map(loader, map, "sampling"))
		return;
	hd_hyperdrive_sampler(loader, map);
	space = hd_loader_get(map, "parameter_space");
	if (!space || space->kind == HD_YAML_NULL) {
		hd_loader_error(loader, space ? &space->place : &map->place,
				"'sampling.parameter_space' is missing,"
				" expected a list of parameters");
		return;
	}
	hd_hyperdrive_space(loader, space);
	type = hd_loader_get(map, "type");
	if (type && !hd_yaml_has_errors(&loader->sink))
		hd_hyperdrive_try_sampler(loader, &type->place);
}

static void read_policy(struct hd_loader *loader,
			const struct hd_yaml_node *root)
{
	const struct hd_yaml_node *map = hd_loader_get(root, "policy");

	if (!map || map->kind == HD_YAML_NULL)
		hd_hyperdrive_no_policy(loader);
	else if (hd_loader_map(loader, map, "policy"))
		hd_hyperdrive_policy(loader, map);
}

/* --- the metric ------------------------------------------------------------ */

void hd_hyperdrive_goal(struct hd_loader *loader,
			const struct hd_yaml_node *node, const char *name)
{
	char found[HD_YAML_DESCRIPTION];

	if (node->kind == HD_YAML_TEXT && !strcasecmp(node->text, "maximize"))
		loader->config->goal = HD_MAXIMIZE;
	else if (node->kind == HD_YAML_TEXT &&
		 !strcasecmp(node->text, "minimize"))
		loader->config->goal = HD_MINIMIZE;
	else
		hd_loader_error(loader, &node->place,
				"'%s' must be 'maximize' or 'minimize', got %s",
				name, hd_yaml_describe(node, found));
}

static void read_goal(struct hd_loader *loader, const struct hd_yaml_node *root)
{
	const struct hd_yaml_node *node =
		hd_loader_need(loader, root, "primary_metric_goal");

	if (node)
		hd_hyperdrive_goal(loader, node, "primary_metric_goal");
}

static void read_reduce(struct hd_loader *loader,
			const struct hd_yaml_node *root)
{
	const struct hd_yaml_node *node = hd_loader_get(root, "reduce");
	struct hd_config *config = loader->config;
	char found[HD_YAML_DESCRIPTION];
	int64_t count = 0;

	config->reduce = HD_REDUCE_BEST;
	config->reduce_count = 1;
	if (!node || node->kind == HD_YAML_NULL)
		return;
	if (node->kind == HD_YAML_TEXT && !strcmp(node->text, "best"))
		return;
	if (node->kind == HD_YAML_TEXT && !strcmp(node->text, "last")) {
		config->reduce = HD_REDUCE_LAST;
	} else if (node->kind == HD_YAML_TEXT &&
		   !strncmp(node->text, "mean-", 5) &&
		   hd_number_read_integer(node->text + 5, node->length - 5,
					  &count) &&
		   count >= 1) {
		config->reduce = HD_REDUCE_MEAN;
		config->reduce_count = (size_t)count;
	} else {
		hd_loader_error(loader, &node->place,
				"'reduce' must be 'best', 'last' or 'mean-K'"
				" with a whole K of at least 1, got %s",
				hd_yaml_describe(node, found));
		return;
	}
	hd_loader_note(loader, &node->place,
		       "'reduce' is '%s': Azure takes the best value",
		       node->text);
}

/* Append the pattern in NODE if it compiles. */
static void read_pattern(struct hd_loader *loader,
			 const struct hd_yaml_node *node, const char **patterns,
			 size_t *count)
{
	struct hd_metric_rules *rules = NULL;
	struct hd_error err;
	const char *pattern;
	int rc;

	if (!hd_loader_text(loader, node, "metrics.pattern", &pattern))
		return;
	rc = hd_metric_rules_new(&rules, &pattern, 1, &err);
	hd_metric_rules_free(rules);
	if (rc == HD_ENOMEM)
		loader->sink.code = rc;
	else if (rc < 0)
		hd_loader_error(loader, &node->place, "%s", err.text);
	else
		patterns[(*count)++] = pattern;
}

static void read_patterns(struct hd_loader *loader,
			  const struct hd_yaml_node *one,
			  const struct hd_yaml_node *list)
{
	size_t count = list ? list->count : 1, used = 0;
	const char **patterns =
		hd_arena_array(loader->arena, count, sizeof *patterns);

	if (!patterns) {
		loader->sink.code = HD_ENOMEM;
		return;
	}
	for (size_t i = 0; i < count; i++)
		read_pattern(loader, list ? list->items[i] : one, patterns,
			     &used);
	loader->config->metric_patterns = patterns;
	loader->config->metric_pattern_count = used;
}

static void read_metrics(struct hd_loader *loader,
			 const struct hd_yaml_node *root)
{
	static const char *const keys[] = { "pattern", "patterns" };
	const struct hd_yaml_node *map = hd_loader_get(root, "metrics");
	const struct hd_yaml_node *one, *list;
	char found[HD_YAML_DESCRIPTION];

	if (!map || map->kind == HD_YAML_NULL ||
	    !hd_loader_map(loader, map, "metrics"))
		return;
	hd_loader_unknown_keys(loader, map, "metrics.", keys, COUNT(keys));
	one = hd_loader_get(map, "pattern");
	list = hd_loader_get(map, "patterns");
	if (one && list)
		hd_loader_error(loader, &list->place,
				"'metrics' takes 'pattern' or 'patterns',"
				" not both");
	else if (list && list->kind != HD_YAML_LIST)
		hd_loader_error(loader, &list->place,
				"'metrics.patterns' must be a list of texts,"
				" got %s",
				hd_yaml_describe(list, found));
	else if (list && list->count == 0)
		hd_loader_error(loader, &list->place,
				"'metrics.patterns' must not be empty");
	else if (one || list)
		read_patterns(loader, one, list);
}

/* --- the whole ------------------------------------------------------------- */

void hd_hyperdrive_own(struct hd_loader *loader,
		       const struct hd_yaml_node *root)
{
	read_metrics(loader, root);
	read_reduce(loader, root);
	hd_hyperdrive_ends(loader, root);
	hd_hyperdrive_devices(loader, root);
	hd_hyperdrive_warm(loader, root);
}

void hd_hyperdrive_read(struct hd_loader *loader,
			const struct hd_yaml_node *root)
{
	const struct hd_yaml_node *name;

	hd_loader_unknown_keys(loader, root, "", root_keys, COUNT(root_keys));
	read_sampling(loader, root);
	read_policy(loader, root);
	name = hd_loader_need(loader, root, "primary_metric_name");
	if (name)
		hd_loader_text(loader, name, "primary_metric_name",
			       &loader->config->metric);
	read_goal(loader, root);
	hd_hyperdrive_limits(loader, root);
	hd_hyperdrive_own(loader, root);
}
