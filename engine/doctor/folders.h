/*
 * The folders beside a store, seen without following a link: a trial's script
 * may have put anything there.
 */
#ifndef HD_DOCTOR_FOLDERS_H
#define HD_DOCTOR_FOLDERS_H

#include <hdrive/store.h>

#include <stdbool.h>
#include <stddef.h>

/* Whether a sweep's NAME, from a row, is that of a folder beside the store. */
bool hd_folder_is_name(const char *name);
/*
 * The folder of sweep NAME, whose id is ID, where the link of that name below AT
 * leads: absolute and called as such a folder is (sweep/place.h); the caller's to
 * free(). NULL when there is no such link: nobody's other link is followed.
 */
char *hd_folder_elsewhere(int at, const char *name, const char *id);
/* The folder NAME below AT, open; -1 with errno for what is none, or a link. */
int hd_folder_open(int at, const char *name);

/* Return 0 to go on; anything else ends the walk and is returned. */
typedef int (*hd_folder_trial_fn)(void *user, const char *name, size_t number);
typedef int (*hd_folder_fn)(void *user, const char *name);

/* Folders in FOLDER that are named like a trial's: six digits or more. */
int hd_folder_trials(int folder, hd_folder_trial_fn fn, void *user);
/*
 * Folders beside the store that look like a sweep's, as they hold a trial's,
 * or nothing and lie in ".hdrive", though no row has their name.
 */
int hd_folders_without_row(struct hd_store *store, hd_folder_fn fn, void *user,
			   struct hd_error *err);

#endif
