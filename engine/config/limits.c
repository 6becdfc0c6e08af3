/*
 * The limits of a sweep: how many trials, for how long, and how much failing
 * is borne. The first three are HyperDrive's (SPEC 1.1), the others hdrive's
 * own, under the words of sweep jobs where those have one.
 */
#include "config/load.h"

#include <math.h>
#include <string.h>

#include "base/number.h"

#define AZURE_MINUTES 10080 /* seven days */

static void read_minutes(struct hd_loader *loader,
			 const struct hd_yaml_node *root)
{
	const char *key = "max_duration_minutes";
	const struct hd_yaml_node *node = hd_loader_get(root, key);
	char found[HD_YAML_DESCRIPTION];
	double minutes = AZURE_MINUTES;

	if (node && node->kind != HD_YAML_NULL &&
	    hd_loader_number(loader, node, key, &minutes)) {
		if (!(minutes > 0))
			hd_loader_error(loader, &node->place,
					"'%s' must be greater than 0, got %s",
					key, hd_yaml_describe(node, found));
		else if (minutes > AZURE_MINUTES)
			hd_loader_note(loader, &node->place,
				       "'%s' is %s: Azure ends a sweep after"
				       " %d",
				       key, hd_yaml_describe(node, found),
				       AZURE_MINUTES);
		else if (node->kind != HD_YAML_INTEGER)
			hd_loader_note(loader, &node->place,
				       "'%s' is %s: Azure takes whole minutes",
				       key, hd_yaml_describe(node, found));
	}
	loader->config->max_duration = minutes * 60;
}

/* --- what HyperDrive has no word for --------------------------------------- */

const struct hd_yaml_node *hd_limits_own(struct hd_loader *loader,
					 const struct hd_yaml_node *root,
					 const char *key)
{
	const struct hd_yaml_node *node = hd_loader_get(root, key);

	if (!node || node->kind == HD_YAML_NULL)
		return NULL;
	hd_loader_note(loader, &node->place,
		       loader->sweep_job ? "'%s' is hdrive's own: Azure's sweep"
					   " jobs have no such key"
					 : "'%s' is hdrive's own: a HyperDrive"
					   " file has no such key",
		       key);
	return node;
}

bool hd_limits_duration(const struct hd_yaml_node *node, double *seconds)
{
	static const struct {
		char unit;
		double seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	size_t length = node->length;
	double factor = 1;

	if (node->kind == HD_YAML_INTEGER || node->kind == HD_YAML_REAL) {
		*seconds = node->number;
		return isfinite(*seconds) && *seconds > 0;
	}
	if (node->kind != HD_YAML_TEXT || length == 0)
		return false;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (node->text[length - 1] == units[i].unit)
			factor = units[i].seconds;
	if (!hd_number_read(node->text, length - 1, seconds))
		return false;
	*seconds *= factor;
	return strchr("smhd", node->text[length - 1]) && isfinite(*seconds) &&
	       *seconds > 0;
}

static void read_duration(struct hd_loader *loader,
			  const struct hd_yaml_node *root, const char *key,
			  double *seconds)
{
	const struct hd_yaml_node *node = hd_limits_own(loader, root, key);
	char found[HD_YAML_DESCRIPTION];

	if (node && !hd_limits_duration(node, seconds))
		hd_loader_error(loader, &node->place,
				"'%s' must be a time greater than 0 such as 90,"
				" 90s, 30m, 2h or 1d, got %s",
				key, hd_yaml_describe(node, found));
}

/* A number of trials, or "20%" of all. */
static bool failures_read(const struct hd_yaml_node *node, size_t total,
			  size_t *most)
{
	double percent;

	if (node->kind == HD_YAML_INTEGER) {
		*most = (size_t)node->integer;
		return node->integer >= 1;
	}
	if (node->kind != HD_YAML_TEXT || node->length < 2 ||
	    node->text[node->length - 1] != '%' ||
	    !hd_number_read(node->text, node->length - 1, &percent) ||
	    !(percent > 0 && percent <= 100))
		return false;
	*most = (size_t)ceil(percent / 100 * (double)total);
	return true;
}

static void read_failures(struct hd_loader *loader,
			  const struct hd_yaml_node *root)
{
	const struct hd_yaml_node *node = hd_limits_own(loader, root, "max_failures");
	struct hd_config *config = loader->config;
	char found[HD_YAML_DESCRIPTION];

	config->max_failures = SIZE_MAX;
	if (node && !failures_read(node, config->max_total, &config->max_failures))
		hd_loader_error(loader, &node->place,
				"'max_failures' must be a whole number of at"
				" least 1, or a share such as 20%%, got %s",
				hd_yaml_describe(node, found));
}

static void read_smoke(struct hd_loader *loader,
		       const struct hd_yaml_node *root)
{
	const struct hd_yaml_node *node = hd_limits_own(loader, root, "smoke");
	char found[HD_YAML_DESCRIPTION];

	loader->config->smoke = true;
	if (!node)
		return;
	if (node->kind == HD_YAML_BOOL)
		loader->config->smoke = node->integer != 0;
	else
		hd_loader_error(loader, &node->place,
				"'smoke' must be true or false, got %s",
				hd_yaml_describe(node, found));
}

void hd_hyperdrive_own_limits(struct hd_loader *loader,
			      const struct hd_yaml_node *root)
{
	struct hd_config *config = loader->config;
	const struct hd_yaml_node *node;

	config->trial_timeout = INFINITY;
	config->idle_timeout = INFINITY;
	config->restart_delay = 1;
	read_duration(loader, root, "trial_timeout", &config->trial_timeout);
	read_duration(loader, root, "idle_timeout", &config->idle_timeout);
	read_duration(loader, root, "restart_delay", &config->restart_delay);
	node = hd_limits_own(loader, root, "max_restarts");
	if (node)
		hd_loader_whole(loader, node, "max_restarts", 0,
				&config->max_restarts);
	read_failures(loader, root);
	read_smoke(loader, root);
}

void hd_hyperdrive_limits(struct hd_loader *loader,
			  const struct hd_yaml_node *root)
{
	const struct hd_limit_nodes nodes = {
		.total = hd_loader_need(loader, root, "max_total_runs"),
		.most = hd_loader_get(root, "max_concurrent_runs"),
		.policy = hd_loader_get(root, "policy"),
		.total_name = "max_total_runs",
		.most_name = "max_concurrent_runs",
	};
	struct hd_config *config = loader->config;

	if (nodes.total)
		hd_loader_whole(loader, nodes.total, nodes.total_name, 1,
				&config->max_total);
	config->max_concurrent = config->max_total;
	if (nodes.most && nodes.most->kind != HD_YAML_NULL)
		hd_loader_whole(loader, nodes.most, nodes.most_name, 1,
				&config->max_concurrent);
	read_minutes(loader, root);
	hd_validate_limits(loader, &nodes);
	hd_hyperdrive_own_limits(loader, root);
	hd_validate_bayesian(loader, &nodes);
}
