/* Names and ids of sweeps: "brave-otter-3" and "HD_<guid>". */
#ifndef HD_SWEEP_NAME_H
#define HD_SWEEP_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include <hdrive/error.h>

#define HD_SWEEP_ID_SIZE 40   /* "HD_" and 36 characters */
#define HD_SWEEP_NAME_MOST 64 /* bytes of a name, so that paths stay short */

/* A fresh random id (RFC 4122, version 4) into ID. */
int hd_name_make_id(char id[HD_SWEEP_ID_SIZE], struct hd_error *err);
/* A made-up name of two words and a digit; may be taken: try again. */
int hd_name_make(char name[HD_SWEEP_NAME_MOST + 1], struct hd_error *err);
/* A number from the system's generator, for a seed that was not given. */
int hd_name_random_seed(unsigned long long *seed, struct hd_error *err);
/*
 * Whether NAME can be a sweep's: a folder is called by it, and "@" and "HD_"
 * are taken. Letters, digits, '-', '_' and '.', not first a '.' or '-'.
 */
int hd_name_check(const char *name, struct hd_error *err);

#endif
