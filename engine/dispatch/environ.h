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

/* All borrowed for the call. */
struct hd_environ_request {
	const char *const *inherit; /* "A=b"..., ends in NULL; NULL for none */
	const char *sweep;          /* its name */
	const char *id;             /* its id; the trial's is ID_TRIAL */
	const char *source;         /* folder whose last name is the experiment's */
	const char *python_path;    /* put before PYTHONPATH; NULL for none */
	const char *folder;         /* of the trial, absolute */
	const char *workdir;        /* becomes PWD */
	size_t trial;
	unsigned attempt;
	size_t slot;
	uint64_t seed;
};

/*
 * The environment as one block, the caller's to free() in one call. It ends
 * in NULL and holds every name once: of duplicates in INHERIT the last wins.
 */
int hd_environ_build(char ***out, const struct hd_environ_request *request,
		     struct hd_error *err);

#endif
