/*
 * Targets on the command line: the file beside the store that has them, and
 * the commands below "target", which show it, change it and try what it says.
 */
#ifndef HD_CLI_TARGET_H
#define HD_CLI_TARGET_H

#include "cli/cli.h"

/* The targets of the store that the command would open, and their file. */
struct target_file {
	struct hd_targets *targets;
	char *path;
};

/* CLI_OK, or an exit code once every problem of the file was told. */
int target_open(struct cli *cli, struct target_file *file);
/* The same for the file at PATH, which becomes FILE's to free. */
int target_open_path(struct cli *cli, struct target_file *file, char *path);
void target_close(struct target_file *file);

/* The target called NAME; NULL and an error that says what there is. */
const struct hd_target *target_find(struct cli *cli, const struct target_file *file,
				    const char *name);
/* Whether a setting is what it is without a word of the file's. */
bool target_is_default(const struct hd_option *row, const void *settings);
/* The value of a row, as a file has it, on stdout; or as JSON. */
void target_put_value(struct cli *cli, const struct hd_option *row, const void *settings);
void target_put_json(struct cli *cli, const struct hd_option *row, const void *settings);

/* target_edit.c and target_check.c: below "target". */
extern const struct cli_command target_cmd_add, target_cmd_remove;

#endif
