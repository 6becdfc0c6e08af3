/*
 * A sweep that this process runs to its end, for submit, resume and their kin:
 * signals, progress, the background, and what the end is worth as exit code.
 */
#ifndef HD_CLI_RUN_H
#define HD_CLI_RUN_H

#include "cli/after.h"
#include "cli/progress.h"

/* HOST has what is this process's own; add to it, and make the sweep. */
typedef int (*run_make_fn)(void *user, struct hd_sweep **sweep,
			   struct hd_store *store,
			   struct hd_sweep_options *host, struct hd_error *err);

struct run_how {
	enum hd_store_mode mode;
	/* In a process of its own, without the terminal, once the sweep is. */
	bool detach;
	run_make_fn make;
	void *user;
	const struct after_options *after; /* NULL: nothing */
};

/* Open the store, make a sweep and run it; the exit code. */
int run_sweep(struct cli *cli, const struct run_how *how);
/* What a sweep that ended is worth as an exit code, and what is not over. */
int run_exit_code(const struct hd_sweep_row *row);

/* --- detach.c --- */

/* The longest name that is told. */
#define DETACH_NAME 256

/*
 * Go on in the background: false in the process that was called, with *CODE,
 * once the other has said the sweep's NAME or failed; then NAME is "".
 */
bool detach_begin(struct cli *cli, char name[DETACH_NAME], int *code);
/* In the background: tell NAME, then leave the terminal for FOLDER's log. */
void detach_named(struct cli *cli, const char *name, const char *folder);

#endif
