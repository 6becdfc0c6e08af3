/*
 * -c NAME and what belongs to it, for every command that submits: where the
 * files are, what stands for the cloud's data, and the program that trials run.
 */
#ifndef HD_CLI_RUNCONFIG_H
#define HD_CLI_RUNCONFIG_H

#include "cli/cli.h"

struct runconfig_options {
	const char *name;  /* -c; NULL: there is none */
	const char *path;  /* the source folder; NULL: the current one */
	const char *conda; /* a conda file in place of the file's */
	const char *target;
	const struct hd_targets *targets; /* that there are; not a flag */
	struct cli_list datastores;       /* "NAME=DIR" */
	struct cli_list datasets;
	bool strict_target;
	bool allow_docker;
	bool build_env;

	/* What runconfig_program made of them. */
	struct hd_runconfig_place *places;
	char *python; /* of the environment that was built */
};

/* A row whose field is MEMBER of TYPE. */
#define RUNCONFIG_ROW(type, member, name, letter, argument, kind, help)       \
	{                                                                     \
		name, letter, argument, help, kind, offsetof(type, member), 0 \
	}

/* Rows of a command whose options struct has a runconfig_options MEMBER. */
#define RUNCONFIG_ROWS(type, member)                                                               \
	RUNCONFIG_ROW(type, member.name, "run-configuration-name", 'c', "NAME", CLI_OPT_TEXT,      \
		      "a run configuration: what trials run, and with what"),                      \
		RUNCONFIG_ROW(type, member.path, "path", 0, "DIR", CLI_OPT_TEXT,                   \
			      "the source folder, in place of the current one"),                   \
		RUNCONFIG_ROW(type, member.path, "source-directory", 0, "DIR", CLI_OPT_TEXT,       \
			      "the same in Azure's words"),                                        \
		RUNCONFIG_ROW(type, member.conda, "conda-dependencies", 0, "FILE", CLI_OPT_TEXT,   \
			      "a conda file in place of the run configuration's"),                 \
		RUNCONFIG_ROW(type, member.target, "ct", 0, "TARGET", CLI_OPT_TEXT,                \
			      "the same in Azure's words: one that is not there is this machine"), \
		RUNCONFIG_ROW(type, member.strict_target, "strict-target", 0, NULL, CLI_OPT_FLAG,  \
			      "refuse a target that is not configured here"),                      \
		RUNCONFIG_ROW(type, member.datastores, "datastore", 0, "NAME=DIR", CLI_OPT_LIST,   \
			      "the folder that stands for a datastore"),                           \
		RUNCONFIG_ROW(type, member.datasets, "dataset", 0, "NAME=PATH", CLI_OPT_LIST,      \
			      "the folder or file that stands for a dataset"),                     \
		RUNCONFIG_ROW(type, member.allow_docker, "allow-docker", 0, NULL, CLI_OPT_FLAG,    \
			      "run in the container that the run configuration asks for"),         \
		RUNCONFIG_ROW(type, member.build_env, "build-env", 0, NULL, CLI_OPT_FLAG,          \
			      "build the conda environment, once, and run in it")

/*
 * Load the sweep's file as cli_config_load does, looked for below the source
 * folder. CLI_OK and *OUT the caller's, or an exit code.
 */
int runconfig_sweep_file(struct cli *cli, const struct runconfig_options *options,
			 const char *file, const struct hd_config_load *load,
			 struct hd_config **out);
/*
 * Find and load what -c names, with the words behind "--" in place of its own;
 * findings are printed. CLI_OK, *OUT the caller's and *PROGRAM borrowing from
 * it; or an exit code. CONFIG is the sweep's.
 */
int runconfig_program(struct cli *cli, struct runconfig_options *options,
		      const struct hd_config *config,
		      struct hd_runconfig **out, struct hd_program *program);
/* Without -c, what only helps it is an error. */
int runconfig_unused(struct cli *cli, const struct runconfig_options *options);
void runconfig_release(struct runconfig_options *options);

/* --- conda.c --- */

/*
 * The Python of the environment that RUNCONFIG describes, built unless it is
 * there: *PYTHON is the caller's to free(). CLI_OK or an exit code.
 */
int conda_build(struct cli *cli, const struct hd_runconfig *runconfig,
		const char *source, char **python);

#endif
