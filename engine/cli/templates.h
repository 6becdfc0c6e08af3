/* Files that hdrive writes for a person to go on from: init, folder attach. */
#ifndef HD_CLI_TEMPLATES_H
#define HD_CLI_TEMPLATES_H

#include "cli/cli.h"

/* The text of a run configuration for SCRIPT; DOCKER: one in a container. The
 * caller's to free(); NULL when there is no memory. */
char *template_runconfig(const char *script, bool docker);

/* "python" or "python3", whichever is in PATH; "python3" when neither is. */
const char *template_python(void);

extern const char template_conda[];     /* conda_dependencies.yml */
extern const char template_workspace[]; /* config.json */

enum template_mode {
	TEMPLATE_REFUSE, /* a file that is there is an error */
	TEMPLATE_KEEP,   /* it stays as it is, and that is said */
	TEMPLATE_FORCE,  /* it is replaced */
};

/*
 * Write TEXT to FOLDER/NAME, making the folders of NAME. Says what it did.
 * CLI_OK or an exit code.
 */
int template_write(struct cli *cli, const char *folder, const char *name,
		   const char *text, enum template_mode mode);
/* TEMPLATE_REFUSE: whether FOLDER/NAME may be written, before any is. */
int template_check(struct cli *cli, const char *folder, const char *name,
		   bool force);

#endif
