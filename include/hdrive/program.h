/*
 * What a trial runs: the training program, and what it is given besides its
 * parameters.
 *
 * It comes from the words behind "--", from a run configuration, or from the
 * trial of a sweep job. It is settled when a sweep is created and kept in its
 * row, so that a resume needs none of the files that it was read from.
 */
#ifndef HDRIVE_PROGRAM_H
#define HDRIVE_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

#include <hdrive/api.h>
#include <hdrive/error.h>
#include <hdrive/space.h>

HD_BEGIN_DECLS

enum hd_binding_kind {
	HD_BINDING_INPUT,  /* ${{inputs.NAME}}: its value */
	HD_BINDING_OUTPUT, /* ${{outputs.NAME}}: a folder of the trial's own */
};

struct hd_binding {
	enum hd_binding_kind kind;
	const char *name;
	const char *value; /* of an input; NULL for an output */
};

struct hd_program {
	bool shell;               /* words[0] is a line for /bin/sh -c */
	const char *const *words; /* else its argv, without parameters */
	size_t word_count;
	/* Put before all that, untouched: "mpirun", "-n", "2". */
	const char *const *wrapper;
	size_t wrapper_count;
	const struct hd_binding *bindings;
	size_t binding_count;
	const char *const *environment; /* "A=b": wins over what is inherited */
	size_t environment_count;
	const char *experiment; /* NULL: the last name of the source folder */
	/* The folder that it is meant for; NULL: the current one. Of use when a
	 * sweep is created, whose row has it from then on. */
	const char *source;
	/* "mpi", "pytorch" or "tensorflow", as a file named it; or NULL. */
	const char *distribution;
};

/*
 * A copy of all that PROGRAM points to. NULL stands for one that runs nothing
 * and says nothing. *OUT is the caller's.
 */
HD_API int hd_program_copy(struct hd_program **out,
			   const struct hd_program *program,
			   struct hd_error *err);
/* Of a copy; takes NULL. */
HD_API void hd_program_free(struct hd_program *program);

/*
 * The argv of a trial with VALUES, which runs in FOLDER (absolute; NULL in a
 * dry run: outputs are then named relative to it).
 *
 * Words: {name} replaced where one holds it, then "--name value" for every
 * parameter that was not used so, in declared order (SPEC 1.6); a parameter
 * that they give too is dropped from them, and FINDINGS, unless NULL, gets a
 * warning (HD-052).
 *
 * A shell line: "/bin/sh", "-c" and the line, in which ${{search_space.x}},
 * ${{inputs.x}} and ${{outputs.x}} are replaced, quoted as the place demands,
 * so that each value stays one argument and is never read as code. A group
 * $[[...]] that holds a name which does not exist in this trial vanishes.
 *
 * *OUT is one block that ends in NULL, the caller's to free().
 */
HD_API int hd_program_argv(char ***out, const struct hd_program *program,
			   const struct hd_space *space,
			   const struct hd_value *values, const char *folder,
			   struct hd_findings *findings, struct hd_error *err);

HD_END_DECLS

#endif
