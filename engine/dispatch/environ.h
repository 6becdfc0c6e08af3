/*
 * The environment that a trial's program sees (CLI.md, SPEC 5.7): what the
 * sweep was given to inherit, with hdrive's and Azure's variables on top.
 *
 * Those of an outer trial, when a sweep runs inside one, are replaced; other
 * variables are passed on untouched, HDRIVE_DB among them.
 */
#ifndef HD_DISPATCH_ENVIRON_H
#define HD_DISPATCH_ENVIRON_H

#include <stddef.h>
#include <stdint.h>

#include <hdrive/error.h>
#include <hdrive/program.h>

/* Below the folder of drop-ins: a "python" that is python3. */
#define HD_ENVIRON_STAND_IN "stand-in"

/* What is the same for every trial of a sweep; borrowed for the call. */
struct hd_environ_sweep {
	const char *const *inherit; /* "A=b"..., ends in NULL; NULL for none */
	const char *name;
	const char *id;
	/* Its variables win over what is inherited; NULL for none. */
	const struct hd_program *program;
	const char *source;      /* folder whose last name is the experiment's */
	const char *python_path; /* put before PYTHONPATH; NULL for none */
	/* Names that trials have of their devices, never inherited; ends in
	 * NULL; NULL for none. */
	const char *const *device_names;
};

/* What is one attempt's own; borrowed for the call. */
struct hd_environ_trial {
	const char *folder;  /* absolute */
	const char *workdir; /* becomes PWD */
	size_t trial;
	unsigned attempt;
	size_t slot;
	uint64_t seed;
	const char *const *devices;   /* "A=b"..., ends in NULL; NULL for none */
	const char *const *variables; /* as devices: of its parameters */
};

struct hd_environ; /* a sweep's variables, gathered once */

int hd_environ_open(struct hd_environ **out,
		    const struct hd_environ_sweep *sweep, struct hd_error *err);
/*
 * A trial's environment as one block, the caller's to free() in one call; its
 * strings live as long as ENVIRON too. It ends in NULL and holds every name
 * once: of duplicates in what is inherited the last wins.
 */
int hd_environ_build(char ***out, const struct hd_environ *environ,
		     const struct hd_environ_trial *trial, struct hd_error *err);
void hd_environ_close(struct hd_environ *environ);

#endif
