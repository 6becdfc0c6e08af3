/*
 * What the readers of a sweep job share (SPEC section 2): the job being read,
 * its inputs and outputs, and the component that its trial may name.
 */
#ifndef HD_CONFIG_SWEEPJOB_H
#define HD_CONFIG_SWEEPJOB_H

#include "config/load.h"

/* An input that a command may name. */
struct hd_job_input {
	const char *name;
	struct hd_yaml_place place; /* of its name */
	const char *value;          /* as text or an absolute path; NULL: none */
	bool is_known;              /* something was said of its value, right or wrong */
};

struct hd_job_output {
	const char *name;
};

struct hd_job {
	struct hd_loader *loader;
	const struct hd_yaml_node *root;
	/* The trial's mapping: in the file, or a component file's root. */
	const struct hd_yaml_node *trial;
	bool is_component; /* its inputs are declarations with defaults */
	struct hd_job_input *inputs;
	size_t input_count;
	struct hd_job_output *outputs;
	size_t output_count;
	struct hd_program program; /* being filled; all in the arena */
	struct hd_mark_row *marks; /* tags and properties, room for all */
	size_t mark_count;
};

/* --- sweepjob.c ------------------------------------------------------------- */

/* Letters, digits and '_', no digit first: what placeholders can name. */
bool hd_job_name(struct hd_job *job, const struct hd_yaml_pair *pair,
		 const char *what);
/* NODE as the text that Python's str() gives; NULL after a report. */
const char *hd_job_scalar(struct hd_job *job, const struct hd_yaml_node *node,
			  const char *name);
/* Remember a tag or property; NULL values and names are left out. */
void hd_job_mark(struct hd_job *job, bool is_tag, const char *name,
		 const char *value);
/* COUNT objects of SIZE in the arena; NULL is remembered in the loader. */
void *hd_job_array(struct hd_job *job, size_t count, size_t size);
/* "A.B", or A alone where B is NULL; "" for no memory. */
const char *hd_job_path(struct hd_job *job, const char *a, const char *b);

/* --- sweepjob_space.c ------------------------------------------------------- */

void hd_job_sampling(struct hd_job *job);
void hd_job_space(struct hd_job *job);

/* --- sweepjob_limits.c ------------------------------------------------------ */

void hd_job_limits(struct hd_job *job);

/* --- sweepjob_path.c -------------------------------------------------------- */

/* Whether TEXT names something that only a cloud has: "azureml:x:1", a URL. */
bool hd_path_is_cloud(const char *text);
/*
 * TEXT, written at PLACE, as an absolute path: relative to the folder of the
 * file that has it, or to the current one when a flag does. WHAT names it in
 * messages; the file or folder must be there. NULL after a report.
 */
const char *hd_path_resolve(struct hd_job *job, const char *text,
			    const struct hd_yaml_place *place,
			    const char *what);
/* The folder of the sweep job's file, absolute; NULL after a report. */
const char *hd_path_here(struct hd_job *job);
/* The folder that PATH, absolute, is or lies in. */
const char *hd_path_folder(struct hd_job *job, const char *path);

/* --- sweepjob_inputs.c ------------------------------------------------------ */

/* Inputs and outputs of the job and of its component into JOB. */
void hd_job_bindings(struct hd_job *job);
const struct hd_job_input *hd_job_input(const struct hd_job *job,
					const char *name, size_t length);

/* --- sweepjob_trial.c ------------------------------------------------------- */

/* The trial's mapping or component file into job->trial; false: there is none. */
bool hd_job_trial_find(struct hd_job *job);
/* Command, code, environment and the ranks into the program. */
void hd_job_trial(struct hd_job *job);

/* --- sweepjob_ranks.c ------------------------------------------------------- */

/* Distribution and resources, nodes and processes, into the program. */
void hd_job_ranks(struct hd_job *job);

/* --- sweepjob_command.c ----------------------------------------------------- */

/* The placeholders of NODE, the command, against space, inputs and outputs. */
void hd_job_command(struct hd_job *job, const struct hd_yaml_node *node);

#endif
