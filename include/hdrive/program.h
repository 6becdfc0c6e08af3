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

/* How several processes of one trial find each other. */
enum hd_distribution {
	HD_DISTRIBUTION_NONE, /* there is one process */
	HD_DISTRIBUTION_MPI,  /* mpirun starts them */
	/* MASTER_ADDR, MASTER_PORT, WORLD_SIZE, RANK, LOCAL_RANK, ... */
	HD_DISTRIBUTION_PYTORCH,
	HD_DISTRIBUTION_TENSORFLOW, /* TF_CONFIG */
};

/* Far above what one machine runs, far below what would harm it. */
#define HD_PROCESSES_MOST 1024
/* Machines of one trial. */
#define HD_NODES_MOST 1024

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
	double time_limit; /* seconds of one attempt; 0: no limit of its own */

	/* Set through hd_program_distribute or hd_program_spread. */
	enum hd_distribution distribution;
	size_t processes; /* of a trial, on all machines; 0 counts as 1 */
	size_t servers;   /* TensorFlow's parameter servers besides */
	/*
	 * A container to run it in: "podman" or "docker", options of its run,
	 * the image last. The trial's folder and variables are added.
	 */
	const char *const *container;
	size_t container_count;

	/* The run configuration it came from, as JSON; NULL for none. */
	const char *configuration;
	/*
	 * hdrive-launch, which starts ranks and containers on the trial's
	 * host. The engine sets it; it is not stored. NULL: the one that
	 * launches the trial, or found in PATH.
	 */
	const char *launcher;
	size_t nodes; /* machines of a trial; 0 counts as 1; hd_program_spread */
	/* "FILE:LINE:COLUMN" of what asks for several machines, for messages;
	 * NULL: not known. It is not stored. */
	const char *nodes_place;
};

/*
 * Have every trial of PROGRAM run as PROCESSES processes on its machine, each
 * with what KIND gives it to find the others by; SERVERS more for TensorFlow's
 * parameter servers, else 0. The trial ends well when all do; when one fails
 * the others are ended and the trial fails with its status. Rank 0 speaks for
 * the trial: what the others print goes to rank-N.log in the trial's folder,
 * and what they log is dropped.
 *
 * HD_EINVAL for numbers that cannot be. Whether mpirun is there is asked by
 * hd_program_check.
 */
HD_API int hd_program_distribute(struct hd_program *program,
				 enum hd_distribution kind, size_t processes,
				 size_t servers, struct hd_error *err);
/*
 * The same on NODES machines: PROCESSES and SERVERS are those of the whole
 * trial, in the order of their ranks spread as evenly as can be, servers last.
 * Each machine has at least one of them. Where there are more machines than
 * that a trial runs is the target's to know (hd_program_check_machines).
 */
HD_API int hd_program_spread(struct hd_program *program,
			     enum hd_distribution kind, size_t nodes,
			     size_t processes, size_t servers,
			     struct hd_error *err);
/*
 * Whether MACHINES, those of the place where trials will run, are enough for a
 * trial of PROGRAM. HD_EINVAL with what would be right when they are not.
 */
HD_API int hd_program_check_machines(const struct hd_program *program,
				     size_t machines, struct hd_error *err);
/*
 * Whether what starts PROGRAM, besides itself, is among the folders of PATH:
 * mpirun, the container's tool. HD_ENOENT with what to do when it is not.
 */
HD_API int hd_program_check(const struct hd_program *program, const char *path,
			    struct hd_error *err);

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
