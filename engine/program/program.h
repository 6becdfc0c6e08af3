/* The engine's side of <hdrive/program.h>: how a program is kept. */
#ifndef HD_PROGRAM_PROGRAM_H
#define HD_PROGRAM_PROGRAM_H

#include <hdrive/program.h>

#include "base/buf.h"

/* Below a trial's folder: one folder for each output of the program. */
#define HD_PROGRAM_OUTPUTS "named-outputs"

/* The input or output called NAME; NULL for none. */
const struct hd_binding *hd_program_binding(const struct hd_program *program,
					    enum hd_binding_kind kind,
					    const char *name, size_t length);

/* Make the folders of its outputs in FOLDER, a trial's; those there stay. */
int hd_program_make_outputs(const struct hd_program *program,
			    const char *folder, struct hd_error *err);
/*
 * The value of parameter INDEX as a shell line and the environment have it: as
 * an argument's text, of a branch without a value of its own what it brings
 * with it, as JSON.
 */
void hd_program_value(struct hd_buf *text, const struct hd_space *space,
		      const struct hd_value *values, size_t index);
/*
 * "AZUREML_SWEEP_lr=0.1" for each parameter of the trial, as one block that
 * ends in NULL, the caller's to free(). In names what is no letter, digit or
 * underscore becomes an underscore.
 */
int hd_program_variables(char ***out, const struct hd_space *space,
			 const struct hd_value *values, struct hd_error *err);
/*
 * Put "NAME VALUE" behind a command line that hd_program_argv built for
 * PROGRAM: two words, or the end of its shell line. *ARGV is replaced.
 */
int hd_program_add_option(char ***argv, const struct hd_program *program,
			  const char *name, const char *value,
			  struct hd_error *err);

/* A block of the COUNT words HEAD and then those of TAIL, which is freed. */
char **hd_program_join(const char *const *head, size_t count, char **tail);
/* ranks.c: put before *ARGV what starts its ranks or its container. */
int hd_program_wrap(char ***argv, const struct hd_program *program,
		    struct hd_error *err);
/* Whether a program called NAME is in one of the folders of PATH. */
bool hd_program_in_path(const char *path, const char *name);
/* Machines of a trial of PROGRAM, which may be NULL: at least 1. */
size_t hd_program_nodes(const struct hd_program *program);
/* The most processes that one of them has of it. */
size_t hd_program_node_processes(const struct hd_program *program);
/* "mpi", "pytorch", "tensorflow"; "none". */
const char *hd_distribution_name(enum hd_distribution kind);
/* The kind called NAME; false when there is none. */
bool hd_distribution_find(const char *name, enum hd_distribution *kind);

/*
 * All of PROGRAM but its words as a JSON object, which the store keeps beside
 * the command.
 */
void hd_program_json(struct hd_buf *buf, const struct hd_program *program);
/*
 * A program of the store: WORDS is its command's JSON array, REST what
 * hd_program_json wrote, NULL or "" for one that is only words. *OUT is the
 * caller's.
 */
int hd_program_read(struct hd_program **out, const char *words,
		    const char *rest, struct hd_error *err);

#endif
