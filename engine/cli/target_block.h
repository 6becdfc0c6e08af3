/* A target as the block of YAML that the file of targets has of it. */
#ifndef HD_CLI_TARGET_BLOCK_H
#define HD_CLI_TARGET_BLOCK_H

#include "cli/cli.h"

/* The type called WORD; NULL and an error that says what there is. */
const struct hd_backend_type *target_type_find(struct cli *cli, const char *word);
/*
 * The block of target NAME, of TYPE and COUNT WORDS "KEY=VALUE", whose problems
 * are told; *TEXT is the caller's to free(). CLI_OK or an exit code.
 */
int target_block(struct cli *cli, const char *name, const struct hd_backend_type *type,
		 const char *const *words, size_t count, char **text);

#endif
