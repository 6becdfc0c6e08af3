/*
 * What the files that read a sweep share: the config being filled, where it
 * lives, where problems go, and typed readers of nodes.
 *
 * Readers report what is wrong and say false; the caller goes on with the next
 * key, so that one run shows all problems.
 */
#ifndef HD_CONFIG_LOAD_H
#define HD_CONFIG_LOAD_H

#include <hdrive/config.h>

#include "config/yaml.h"

struct hd_loader {
	struct hd_arena *arena; /* of the config */
	struct hd_config *config;
	struct hd_space *space; /* being filled */
	bool space_is_full;     /* it was said that no more fits */
	bool sweep_job;         /* a v2 file: unknown keys are errors, and every
				   mapping among options is a branch */
	bool stored;            /* text of the store: no other file is read */
	double log_scale;       /* of bounds of log forms; 0 is 1: base e */
	/* "NAME=VALUE", what the caller gives for inputs of a sweep job. */
	const char *const *inputs;
	size_t input_count;
	const struct hd_plugins *plugins; /* of the program's own; or NULL */
	const struct hd_targets *targets; /* that a compute may name; or NULL */
	bool ignore_compute;
	struct hd_yaml_sink sink;
};

/* Report at PLACE; the loader's, so that calls stay on a line. */
#define hd_loader_error(loader, place, ...) \
	hd_yaml_report(&(loader)->sink, HD_FINDING_ERROR, (place), __VA_ARGS__)
#define hd_loader_warn(loader, place, ...) \
	hd_yaml_report(&(loader)->sink, HD_FINDING_WARNING, (place), __VA_ARGS__)
#define hd_loader_note(loader, place, ...)                               \
	hd_yaml_report(&(loader)->sink, HD_FINDING_PORTABILITY, (place), \
		       __VA_ARGS__)

/* NODE is a mapping; NAME is how messages call it. */
bool hd_loader_map(struct hd_loader *loader, const struct hd_yaml_node *node,
		   const char *name);
/* A whole number of at least MIN. */
bool hd_loader_whole(struct hd_loader *loader, const struct hd_yaml_node *node,
		     const char *name, int64_t min, size_t *value);
bool hd_loader_number(struct hd_loader *loader,
		      const struct hd_yaml_node *node, const char *name,
		      double *value);
/* Text that is not empty; *VALUE lives as long as the arena. */
bool hd_loader_text(struct hd_loader *loader, const struct hd_yaml_node *node,
		    const char *name, const char **value);

/*
 * Tell of the keys of MAP that are not in KNOWN (COUNT words), with PREFIX
 * ("sampling.") before them and what was probably meant: a warning, or an error
 * in a sweep job, whose schema forbids them (SPEC 2.1).
 */
void hd_loader_unknown_keys(struct hd_loader *loader,
			    const struct hd_yaml_node *map, const char *prefix,
			    const char *const *known, size_t count);

/* The value of KEY in MAP; NULL when absent. */
const struct hd_yaml_node *hd_loader_get(const struct hd_yaml_node *map,
					 const char *key);

/* The value of KEY in MAP; when it is absent or null, an error and NULL. */
const struct hd_yaml_node *hd_loader_need(struct hd_loader *loader,
					  const struct hd_yaml_node *map,
					  const char *key);

/* The source that stands for what a flag says, "--set max_total_runs=8"; TEXT
 * is what is parsed of it. NULL for no memory. */
const struct hd_yaml_source *hd_loader_flag(struct hd_loader *loader,
					    const char *flag, const char *said,
					    const char *text);

/* "FILE:LINE:COLUMN", or the flag that PLACE is in, for a message that comes
 * later; "" for no memory, which is noted. */
const char *hd_loader_where(struct hd_loader *loader,
			    const struct hd_yaml_place *place);

/* kind.c: what kind of file a root is. Reports what hdrive does not run. */
enum hd_file_kind {
	HD_FILE_HYPERDRIVE,
	HD_FILE_SWEEP_JOB,
	HD_FILE_ONCE,  /* HD_CONFIG_ONCE */
	HD_FILE_OTHER, /* reported */
};
enum hd_file_kind hd_file_kind(struct hd_loader *loader,
			       const struct hd_yaml_node *root);

/* hyperdrive.c: a HyperDrive file's root into the config. */
void hd_hyperdrive_read(struct hd_loader *loader,
			const struct hd_yaml_node *root);
void hd_once_read(struct hd_loader *loader, const struct hd_yaml_node *root);
/* Metrics, devices and what else is hdrive's own, of either kind of file. */
void hd_hyperdrive_own(struct hd_loader *loader,
		       const struct hd_yaml_node *root);
/* "maximize" or "minimize" in NODE, called NAME. */
void hd_hyperdrive_goal(struct hd_loader *loader,
			const struct hd_yaml_node *node, const char *name);
/* parameters.c: the list below sampling.parameter_space into the space. */
void hd_hyperdrive_space(struct hd_loader *loader,
			 const struct hd_yaml_node *node);
/*
 * plugins.c: the samplers and policies that this file may name, the library's
 * first: each by index, NULL behind the last, and by name.
 */
const struct hd_sampler_type *hd_loader_sampler_at(const struct hd_loader *loader, size_t index);
const struct hd_sampler_type *hd_loader_sampler_find(const struct hd_loader *loader,
						     const char *name);
const struct hd_policy_type *hd_loader_policy_at(const struct hd_loader *loader, size_t index);
const struct hd_policy_type *hd_loader_policy_find(const struct hd_loader *loader,
						   const char *name);
/* HD_EEXIST when a name of PLUGINS, which may be NULL, is taken. */
int hd_plugins_check(const struct hd_plugins *plugins, struct hd_error *err);

/* plugin.c: sampler and policy with their options. */
void hd_hyperdrive_sampler(struct hd_loader *loader,
			   const struct hd_yaml_node *map);
void hd_hyperdrive_policy(struct hd_loader *loader,
			  const struct hd_yaml_node *map);
void hd_hyperdrive_no_policy(struct hd_loader *loader);
/* limits.c: numbers of trials, times, and what may fail. */
void hd_hyperdrive_limits(struct hd_loader *loader,
			  const struct hd_yaml_node *root);
/* Restarts, failures and what else of the limits is hdrive's own. */
void hd_hyperdrive_own_limits(struct hd_loader *loader,
			      const struct hd_yaml_node *root);
/* The node of one of hdrive's own keys, of which Azure is told; or NULL. */
const struct hd_yaml_node *hd_limits_own(struct hd_loader *loader,
					 const struct hd_yaml_node *root,
					 const char *key);
/* Seconds: 90, or with a unit "90s", "30m", "2h", "1d"; false for none. */
bool hd_limits_duration(const struct hd_yaml_node *node, double *seconds);
/* The sampler's init, once the space is whole. */
void hd_hyperdrive_try_sampler(struct hd_loader *loader,
			       const struct hd_yaml_place *place);

/* ends.c: end_when, once the sampler is read. */
void hd_hyperdrive_ends(struct hd_loader *loader,
			const struct hd_yaml_node *root);

/* devices.c: gpus, gpus_per_trial and cpus_per_trial. */
void hd_hyperdrive_devices(struct hd_loader *loader,
			   const struct hd_yaml_node *root);

/* warm.c: resume_from and resume_child_runs, once the limits are read. */
void hd_hyperdrive_warm(struct hd_loader *loader,
			const struct hd_yaml_node *root);

/* validate.c: what only several keys together tell. */
void hd_validate_expression(struct hd_loader *loader, const char *name,
			    const struct hd_expr *expr,
			    const struct hd_yaml_node *values);
/* The nodes that limit a sweep and its policy, NULL where the file is silent. */
struct hd_limit_nodes {
	const struct hd_yaml_node *total, *most, *policy;
	const char *total_name, *most_name; /* as messages call them */
};
void hd_validate_limits(struct hd_loader *loader,
			const struct hd_limit_nodes *nodes);
/* Notes and warnings for a Bayesian sweep, once all keys are read. */
void hd_validate_bayesian(struct hd_loader *loader,
			  const struct hd_limit_nodes *nodes);

/* sweepjob_old.c: ROOT with the preview's words as today's; NULL for no memory. */
struct hd_yaml_node *hd_sweepjob_renew(struct hd_loader *loader,
				       const struct hd_yaml_node *root);
/* sweepjob.c: a sweep job's root into the config. */
void hd_sweepjob_read(struct hd_loader *loader,
		      const struct hd_yaml_node *root);

/* set.c: ROOT with SET ("a.b=value") applied; NULL after an error. */
struct hd_yaml_node *hd_loader_set(struct hd_loader *loader,
				   struct hd_yaml_node *root, const char *set);

/* Once a file is read: 0, HD_EINVAL with how many errors it has, HD_ENOMEM. */
int hd_loader_result(const struct hd_loader *loader, struct hd_error *err);

/* "'a', 'b' or 'c'" for LAST " or ", as far as SIZE bytes go. */
const char *hd_loader_words(char *text, size_t size, const char *const *words,
			    size_t count, const char *last);

#endif
