/*
 * end_when: what is enough for a sweep, so that it ends though trials are left.
 * hdrive's own, in either kind of file.
 */
#include "config/load.h"

#include <math.h>
#include <string.h>

#define OWNERS_MOST 16

/* A finite number in NODE, greater than LEAST (at least it with OR_EQUAL). */
static void read_number(struct hd_loader *loader,
			const struct hd_yaml_node *node, const char *name,
			double least, bool or_equal, double *value)
{
	bool is_number = node->kind == HD_YAML_INTEGER ||
			 node->kind == HD_YAML_REAL;
	char found[HD_YAML_DESCRIPTION];

	if (is_number && isfinite(node->number) &&
	    (node->number > least || (or_equal && node->number == least)))
		*value = node->number;
	else if (least == -INFINITY)
		hd_loader_error(loader, &node->place,
				"'%s' must be a finite number, got %s", name,
				hd_yaml_describe(node, found));
	else
		hd_loader_error(loader, &node->place,
				"'%s' must be a number %s %g, got %s", name,
				or_equal ? "of at least" : "greater than", least,
				hd_yaml_describe(node, found));
}

/* The node of KEY below end_when; NULL when it says nothing. */
static const struct hd_yaml_node *get(const struct hd_yaml_node *map,
				      const char *key)
{
	const struct hd_yaml_node *node = hd_loader_get(map, key);

	return node && node->kind != HD_YAML_NULL ? node : NULL;
}

static void read_target(struct hd_loader *loader,
			const struct hd_yaml_node *map)
{
	const struct hd_yaml_node *node = get(map, "target");

	if (node)
		read_number(loader, node, "end_when.target", -INFINITY, false,
			    &loader->config->end_when.target);
}

static void read_patience(struct hd_loader *loader,
			  const struct hd_yaml_node *map)
{
	const struct hd_yaml_node *trials = get(map, "patience");
	const struct hd_yaml_node *minutes = get(map, "patience_minutes");
	const struct hd_yaml_node *delta = get(map, "min_delta");
	struct hd_end_when *when = &loader->config->end_when;

	if (trials)
		hd_loader_whole(loader, trials, "end_when.patience", 1,
				&when->patience);
	if (minutes) {
		read_number(loader, minutes, "end_when.patience_minutes", 0,
			    false, &when->patience_time);
		when->patience_time *= 60;
	}
	if (!delta)
		return;
	read_number(loader, delta, "end_when.min_delta", 0, true,
		    &when->min_delta);
	if (!trials && !minutes)
		hd_loader_warn(loader, &delta->place,
			       "'end_when.min_delta' does nothing without"
			       " 'patience' or 'patience_minutes'");
}

/* The samplers that a bound can be set for, as words of a message. */
static const char *owners(const struct hd_loader *loader, char *text,
			  size_t size)
{
	const char *names[OWNERS_MOST];
	const struct hd_sampler_type *type;
	size_t count = 0;

	for (size_t i = 0; (type = hd_loader_sampler_at(loader, i)); i++)
		if (type->expected_improvement && count < OWNERS_MOST)
			names[count++] = type->name;
	return hd_loader_words(text, size, names, count, " and ");
}

static void read_improvement(struct hd_loader *loader,
			     const struct hd_yaml_node *map)
{
	const struct hd_yaml_node *node = get(map, "improvement");
	const struct hd_sampler_type *sampler = loader->config->sampler;
	char text[256];

	if (!node)
		return;
	read_number(loader, node, "end_when.improvement", 0, false,
		    &loader->config->end_when.improvement);
	if (sampler && !sampler->expected_improvement)
		hd_loader_error(loader, &node->place,
				"'end_when.improvement' needs a sampler that says"
				" what it expects: %s do, '%s' does not",
				owners(loader, text, sizeof text),
				sampler->name);
}

void hd_hyperdrive_ends(struct hd_loader *loader,
			const struct hd_yaml_node *root)
{
	static const char *const keys[] = { "target", "patience",
					    "patience_minutes", "min_delta",
					    "improvement" };
	const struct hd_yaml_node *map = hd_limits_own(loader, root, "end_when");

	loader->config->end_when = (struct hd_end_when){
		.target = NAN,
		.patience = SIZE_MAX,
		.patience_time = INFINITY,
	};
	if (!map || !hd_loader_map(loader, map, "end_when"))
		return;
	hd_loader_unknown_keys(loader, map, "end_when.", keys,
			       sizeof keys / sizeof keys[0]);
	read_target(loader, map);
	read_patience(loader, map);
	read_improvement(loader, map);
}
