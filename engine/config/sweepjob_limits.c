/*
 * limits and early_termination of a sweep job (SPEC 2.4, 2.5). Times are
 * seconds; the policies are HyperDrive's under other names.
 */
#include "config/sweepjob.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/number.h"

#define TOTAL_DEFAULT 1000
#define TIMEOUT_DEFAULT 5184000 /* sixty days */
#define AZURE_SECONDS 60        /* its client raises what is below to this */

/* --- counts ----------------------------------------------------------------- */

/* As Azure's client, that takes "20" for 20 and 20.0 too. */
static const struct hd_yaml_node *count_node(struct hd_job *job,
					     const struct hd_yaml_node *node)
{
	struct hd_yaml_node *copy;
	int64_t value;

	if (node->kind == HD_YAML_TEXT &&
	    hd_number_read_integer(node->text, node->length, &value))
		;
	else if (node->kind == HD_YAML_REAL &&
		 node->number == floor(node->number) &&
		 fabs(node->number) < 1e15)
		value = (int64_t)node->number;
	else
		return node;
	copy = hd_job_array(job, 1, sizeof *copy);
	if (!copy)
		return node;
	*copy = *node;
	copy->kind = HD_YAML_INTEGER;
	copy->integer = value;
	copy->number = (double)value;
	return copy;
}

/* The node of KEY in MAP, which may be NULL; NULL when it says nothing. */
static const struct hd_yaml_node *limit_node(const struct hd_yaml_node *map,
					     const char *key)
{
	const struct hd_yaml_node *node = map ? hd_loader_get(map, key) : NULL;

	return node && node->kind != HD_YAML_NULL ? node : NULL;
}

static void read_counts(struct hd_job *job, const struct hd_yaml_node *map,
			struct hd_limit_nodes *nodes)
{
	struct hd_loader *loader = job->loader;
	struct hd_config *config = loader->config;

	nodes->total = limit_node(map, "max_total_trials");
	nodes->most = limit_node(map, "max_concurrent_trials");
	nodes->total_name = "limits.max_total_trials";
	nodes->most_name = "limits.max_concurrent_trials";
	config->max_total = TOTAL_DEFAULT;
	if (nodes->total)
		hd_loader_whole(loader, count_node(job, nodes->total),
				nodes->total_name, 1, &config->max_total);
	else
		hd_loader_warn(loader, map ? &map->place : &job->root->place,
			       "'%s' is missing, %d trials are taken",
			       nodes->total_name, TOTAL_DEFAULT);
	config->max_concurrent = config->max_total; /* HD-070 */
	if (nodes->most)
		hd_loader_whole(loader, count_node(job, nodes->most),
				nodes->most_name, 1, &config->max_concurrent);
	hd_validate_limits(loader, nodes);
}

/* --- times ------------------------------------------------------------------ */

/* "PT1H30M", "P1DT12H": what Azure's service itself stores. */
static bool iso_read(const char *text, double *seconds)
{
	static const struct {
		char unit;
		bool in_time;
		double seconds;
	} units[] = {
		{ 'W', false, 604800 },
		{ 'D', false, 86400 },
		{ 'H', true, 3600 },
		{ 'M', true, 60 },
		{ 'S', true, 1 },
	};
	bool in_time = false;
	size_t next = 0;

	*seconds = 0;
	if (*text++ != 'P' || !*text)
		return false;
	while (*text) {
		size_t digits = strspn(text, "0123456789.");
		double number;

		if (*text == 'T' && !in_time && text[1]) {
			in_time = true;
			text++;
			continue;
		}
		while (next < 5 && (units[next].unit != text[digits] ||
				    units[next].in_time != in_time))
			next++;
		if (next == 5 || !hd_number_read(text, digits, &number))
			return false;
		*seconds += number * units[next++].seconds;
		text += digits + 1;
	}
	return true;
}

/* Seconds of at least 0; false when NODE is no time. */
static bool time_read(struct hd_job *job, const struct hd_yaml_node *node,
		      const char *name, double *seconds)
{
	bool is_number = node->kind == HD_YAML_INTEGER ||
			 node->kind == HD_YAML_REAL;

	if (is_number) {
		*seconds = node->number;
		return isfinite(*seconds) && *seconds >= 0;
	}
	if (node->kind != HD_YAML_TEXT)
		return false;
	if (hd_number_read(node->text, node->length, seconds))
		return isfinite(*seconds) && *seconds >= 0;
	if (iso_read(node->text, seconds))
		return true;
	if (!hd_limits_duration(node, seconds))
		return false;
	/* What a flag gives is hdrive's alone anyway. */
	if (node->place.source->has_places)
		hd_loader_note(job->loader, &node->place,
			       "'%s' is '%.40s': Azure takes seconds", name,
			       node->text);
	return true;
}

static double read_time(struct hd_job *job, const struct hd_yaml_node *map,
			const char *key, double otherwise)
{
	const struct hd_yaml_node *node = limit_node(map, key);
	const char *name = hd_job_path(job, "limits", key);
	char found[HD_YAML_DESCRIPTION];
	double seconds;

	if (!node)
		return otherwise;
	if (!time_read(job, node, name, &seconds)) {
		hd_loader_error(job->loader, &node->place,
				"'%s' must be seconds, 0 for no limit, got %s",
				name, hd_yaml_describe(node, found));
		return otherwise;
	}
	if (seconds == 0)
		return INFINITY;
	if (seconds < AZURE_SECONDS)
		hd_loader_note(job->loader, &node->place,
			       "'%s' is %s: Azure makes %d s of it", name,
			       hd_yaml_describe(node, found), AZURE_SECONDS);
	return seconds;
}

/* --- early termination ------------------------------------------------------ */

static const struct hd_yaml_node *read_policy(struct hd_job *job)
{
	struct hd_loader *loader = job->loader;
	const struct hd_yaml_node *map =
		hd_loader_get(job->root, "early_termination");

	if (!map || map->kind == HD_YAML_NULL) {
		hd_hyperdrive_no_policy(loader);
		return NULL;
	}
	if (!hd_loader_map(loader, map, "early_termination"))
		return NULL;
	if (map->count && !hd_loader_get(map, "type"))
		hd_loader_error(loader, &map->place,
				"'early_termination.type' is missing, expected"
				" 'bandit', 'median_stopping' or"
				" 'truncation_selection'");
	else
		hd_hyperdrive_policy(loader, map);
	return map;
}

void hd_job_limits(struct hd_job *job)
{
	static const char *const keys[] = { "max_total_trials",
					    "max_concurrent_trials", "timeout",
					    "trial_timeout" };
	struct hd_loader *loader = job->loader;
	const struct hd_yaml_node *map = hd_loader_get(job->root, "limits");
	struct hd_limit_nodes nodes = { 0 };

	if (map && map->kind == HD_YAML_NULL)
		map = NULL;
	if (map && !hd_loader_map(loader, map, "limits"))
		return;
	if (map)
		hd_loader_unknown_keys(loader, map, "limits.", keys, 4);
	read_counts(job, map, &nodes);
	loader->config->max_duration =
		read_time(job, map, "timeout", TIMEOUT_DEFAULT);
	hd_hyperdrive_own_limits(loader, job->root);
	loader->config->trial_timeout =
		read_time(job, map, "trial_timeout", INFINITY);
	loader->config->timeout_cancels = true; /* SPEC 5.2 */
	nodes.policy = read_policy(job);
	hd_validate_bayesian(loader, &nodes);
}
