/*
 * What the files that read a run configuration share. Each reads one part of
 * the file into struct hd_runconfig_loader; runconfig_program.c then makes the
 * program of it, once all is known.
 */
#ifndef HD_CONFIG_RUNCONFIG_H
#define HD_CONFIG_RUNCONFIG_H

#include <hdrive/runconfig.h>

#include "config/load.h"

enum hd_runconfig_communicator {
	HD_COMMUNICATOR_NONE,
	HD_COMMUNICATOR_MPI,
	HD_COMMUNICATOR_NCCL,
	HD_COMMUNICATOR_GLOO,
	HD_COMMUNICATOR_SERVERS, /* ParameterServer */
};

/* What happens with a framework, of which there are many names. */
enum hd_runconfig_framework {
	HD_FRAMEWORK_PYTHON, /* and all that just runs the interpreter */
	HD_FRAMEWORK_PYTORCH,
	HD_FRAMEWORK_TENSORFLOW,
	HD_FRAMEWORK_SERVERS, /* TensorFlowParameterServer */
	HD_FRAMEWORK_MPI,     /* PythonMpi, PythonIntelMpi */
	HD_FRAMEWORK_SPARK,
};

/* One of data or dataReferences. */
struct hd_runconfig_input {
	const char *name;
	struct hd_yaml_place place;
	bool is_data;
	/* The cloud's names for it, any of which --dataset may use. */
	const char *dataset, *id;
	const char *datastore;
	const char *below;    /* a path in it; NULL for all of it */
	const char *variable; /* environmentVariableName; or NULL */
	const char *path;     /* what stands for it here; NULL: unmapped */
	bool needed;          /* an argument has it */
};

struct hd_runconfig_loader {
	struct hd_loader loader; /* its config and space are NULL */
	struct hd_runconfig *out;
	const struct hd_runconfig_host *host; /* NULL: only reading */
	const struct hd_yaml_node *root;

	enum hd_runconfig_framework framework;
	enum hd_runconfig_communicator communicator;
	/* Where they stand; NULL: the file does not name them. */
	const struct hd_yaml_node *framework_node;
	const struct hd_yaml_node *communicator_node;
	size_t nodes;
	const struct hd_yaml_node *nodes_node;
	size_t processes;        /* mpi's */
	size_t workers, servers; /* tensorflow's */
	size_t torch_processes;  /* pytorch's; 0: not said */

	/* A command line that stands in place of script and arguments. */
	const char *const *command;
	size_t command_count;
	bool command_is_line;

	const char *environment; /* its name, of curated ones all there is */
	const char *interpreter;
	struct hd_yaml_place interpreter_place; /* line 0: none is named */
	struct hd_yaml_place conda_place;

	bool docker;
	struct hd_yaml_place docker_place;
	const char *image, *dockerfile, *shared_memory;
	const char *const *docker_arguments;
	size_t docker_argument_count;

	const char **variables; /* "A=b" */
	size_t variable_count, variable_room;
	struct hd_runconfig_input *inputs;
	size_t input_count;
};

/* --- runconfig_node.c: nodes, read as this format has them ---------------- */

/*
 * Have the keys of MAP spelled as in KNOWN whatever their case, report those
 * that only then turn out to be the same and, of the others, that they are
 * unknown. PREFIX ("environment.") is for the messages.
 */
void hd_runconfig_keys(struct hd_runconfig_loader *rc,
		       const struct hd_yaml_node *map, const char *prefix,
		       const char *const *known, size_t count);
/* The value of KEY in MAP, NULL also when it is null: nulls abound. */
const struct hd_yaml_node *hd_runconfig_get(const struct hd_yaml_node *map,
					    const char *key);
/*
 * The mapping below KEY of MAP, its keys spelled as in KNOWN; NULL for none.
 * NAME is its full name, for messages; a PREFIX is made of it.
 */
const struct hd_yaml_node *
hd_runconfig_section(struct hd_runconfig_loader *rc,
		     const struct hd_yaml_node *map, const char *key,
		     const char *name, const char *const *known, size_t count);
/* A scalar of any kind as text; *VALUE is untouched when there is none. */
bool hd_runconfig_text(struct hd_runconfig_loader *rc,
		       const struct hd_yaml_node *map, const char *key,
		       const char *name, const char **value);
bool hd_runconfig_flag(struct hd_runconfig_loader *rc,
		       const struct hd_yaml_node *map, const char *key,
		       const char *name, bool *value);
bool hd_runconfig_whole(struct hd_runconfig_loader *rc,
			const struct hd_yaml_node *map, const char *key,
			const char *name, int64_t least, size_t *value);
/* A list of scalars as texts, numbers as Python prints them. */
void hd_runconfig_list(struct hd_runconfig_loader *rc,
		       const struct hd_yaml_node *map, const char *key,
		       const char *name, const char *const **items,
		       size_t *count);
/* Whether it holds anything: {} and [] and nulls do not. */
bool hd_runconfig_says(const struct hd_yaml_node *node);
/* As printf, into the arena; NULL when there is no memory, which is noted. */
const char *hd_runconfig_print(struct hd_runconfig_loader *rc, const char *fmt,
			       ...) HD_PRINTF(2, 3);
/* NAME=VALUE for the trials; the last of a name counts. */
void hd_runconfig_variable(struct hd_runconfig_loader *rc, const char *name,
			   const char *value);

/* --- the parts ------------------------------------------------------------- */

/* runconfig_environment.c */
void hd_runconfig_environment(struct hd_runconfig_loader *rc);
/* runconfig_cluster.c: target, framework, communicator, counts. */
void hd_runconfig_cluster(struct hd_runconfig_loader *rc);
/* Of all that, what one machine cannot do is refused. */
void hd_runconfig_refuse(struct hd_runconfig_loader *rc);
/* runconfig_data.c: data and dataReferences, and what the host has for them. */
void hd_runconfig_data(struct hd_runconfig_loader *rc);
void hd_runconfig_map_data(struct hd_runconfig_loader *rc);
/* WORD with what it names of the data replaced; NULL after an error. */
const char *hd_runconfig_data_word(struct hd_runconfig_loader *rc,
				   const char *word,
				   const struct hd_yaml_place *place);
/* Once all words are known: what nobody maps. */
void hd_runconfig_check_data(struct hd_runconfig_loader *rc);
/* runconfig_program.c: all of it into out->program. */
void hd_runconfig_program(struct hd_runconfig_loader *rc);
/* $PATH as the trial will have it; NULL: not known. */
const char *hd_runconfig_trial_path(const struct hd_runconfig_loader *rc);
/* runconfig_ranks.c: nodes and processes into PROGRAM. */
void hd_runconfig_ranks(struct hd_runconfig_loader *rc,
			struct hd_program *program);

#define HD_RUNCONFIG_COUNT(table) (sizeof(table) / sizeof((table)[0]))

#endif
