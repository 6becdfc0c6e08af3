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
/* The same for the file beside the store in FOLDER. */
int target_open_beside(struct cli *cli, struct target_file *file, const char *folder);
/* The same for the file at PATH, which becomes FILE's to free. */
int target_open_path(struct cli *cli, struct target_file *file, char *path);
/* Those of the store that DB names, or the nearest; NULL when they cannot be had,
 * and why is nobody's question. */
struct hd_targets *target_load_quietly(const char *db);
void target_close(struct target_file *file);

/* The target called NAME; NULL and an error that says what there is. */
const struct hd_target *target_find(struct cli *cli, const struct target_file *file,
				    const char *name);
/*
 * Where sweep KEY goes on, for HOST: the target called NAME, or when that is
 * NULL the one that its row names, by the file beside STORE, which is FILE's
 * to hold until the sweep is freed. 0, or a negative code with ERR.
 */
int target_of_sweep(struct cli *cli, struct hd_store *store, int64_t key, const char *name,
		    struct target_file *file, struct hd_sweep_options *host,
		    struct hd_error *err);
/* Whether a setting is what it is without a word of the file's. */
bool target_is_default(const struct hd_option *row, const void *settings);
/* The value of a row, as a file has it, on stdout; or as JSON. */
void target_put_value(struct cli *cli, const struct hd_option *row, const void *settings);
void target_put_json(struct cli *cli, const struct hd_option *row, const void *settings);

/* target_edit.c and target_check.c: below "target". */
extern const struct cli_command target_cmd_add, target_cmd_remove, target_cmd_check;

#endif
