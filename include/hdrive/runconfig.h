/*
 * A run configuration, Azure's ".runconfig": what a trial runs besides its
 * parameters, as a file of its own (SPEC section 6).
 *
 * Loading gathers findings in file order and goes on, as for a sweep's file.
 * What Azure needs a cluster or a cloud for is warned of or refused, as
 * docs/reference/run-configurations.md has it key by key. A run configuration
 * is immutable and owns everything it points to.
 */
#ifndef HDRIVE_RUNCONFIG_H
#define HDRIVE_RUNCONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include <hdrive/api.h>
#include <hdrive/error.h>
#include <hdrive/program.h>
#include <hdrive/target.h>

HD_BEGIN_DECLS

struct hd_runconfig {
	const char *path;   /* as given; NULL for text */
	const char *script; /* as the file has it; NULL when it names none */
	const char *const *arguments;
	size_t argument_count;
	const char *job;    /* jobName: a label; NULL for none */
	const char *target; /* NULL: the file says nothing, which is local */
	double max_seconds; /* of one trial; INFINITY for no limit */

	/* What a conda environment would be built from; NULL for none. */
	const char *conda_file; /* as the file or the host has it */
	const char *conda_text; /* written in the file itself, as JSON */
	bool user_managed;      /* an interpreter that is there is used */

	bool collect_outputs;       /* history.outputCollection */
	bool snapshot;              /* history.snapshotProject */
	const char *const *watched; /* history.directoriesToWatch */
	size_t watched_count;

	/*
	 * What trials run; NULL without a host. Words may be 0: there is no
	 * script anywhere.
	 */
	const struct hd_program *program;
};

/* A name of the cloud's, and what stands for it here. */
struct hd_runconfig_place {
	const char *name;
	const char *path; /* absolute, or seen from the current folder */
};

/* Where the trials will run, and what is told by hand. All is borrowed. */
struct hd_runconfig_host {
	size_t size;        /* sizeof this struct, for later growth */
	const char *path;   /* $PATH, where programs are looked for; may be NULL */
	const char *source; /* folder of the script; NULL: the current one */
	/* A command line in place of the script and its arguments. */
	const char *const *words;
	size_t word_count;
	const struct hd_runconfig_place *datastores;
	size_t datastore_count;
	const struct hd_runconfig_place *datasets;
	size_t dataset_count;
	const char *target;     /* in place of the file's; or NULL */
	const char *conda_file; /* in place of the file's; or NULL */
	const char *python;     /* of the environment that was built; or NULL */
	bool strict_target;     /* refuse a target that is not there */
	bool allow_docker;      /* run in a container when the file asks for it */
	bool strict;            /* warnings are errors */
	/* What the target may be besides this machine; NULL for nothing. */
	const struct hd_targets *targets;
};

/*
 * Load the run configuration PATH, YAML or JSON. HOST NULL: only read it, for
 * what it says. FINDINGS must be given. Returns 0, HD_EINVAL when a finding is
 * an error (ERR then says how many), or another code when the file cannot be
 * read. *OUT is the caller's, NULL on failure.
 */
HD_API int hd_runconfig_open(struct hd_runconfig **out, const char *path,
			     const struct hd_runconfig_host *host,
			     struct hd_findings *findings,
			     struct hd_error *err);
/* The same for text of LENGTH bytes; NAME stands for the file in messages. */
HD_API int hd_runconfig_parse(struct hd_runconfig **out, const char *text,
			      size_t length, const char *name,
			      const struct hd_runconfig_host *host,
			      struct hd_findings *findings,
			      struct hd_error *err);
HD_API void hd_runconfig_free(struct hd_runconfig *runconfig);

/*
 * The file that NAME means, with or without its ".runconfig": NAME itself when
 * it is a file, else in FOLDER, in its .azureml, in its aml_config, else in
 * one of the folders right below it. Several of those are an error that lists
 * them. *OUT is the caller's, free() it.
 */
HD_API int hd_runconfig_find(char **out, const char *name, const char *folder,
			     struct hd_error *err);

/*
 * Whether WORD, the first of a command line, is a script of SOURCE, to be run
 * by the interpreter, and no program of its own: it ends in ".py", or it is a
 * file there that may not be executed.
 */
HD_API bool hd_runconfig_is_script(const char *word, const char *source);

HD_END_DECLS

#endif
