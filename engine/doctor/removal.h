/*
 * A careful "rm -r": what scripts left may hold links to anywhere, FIFOs,
 * devices, another file system, folders nested without end, and may be moved
 * while it is walked. Nothing but the entries found below the given folder is
 * ever removed, and nothing is opened but folders.
 */
#ifndef HD_DOCTOR_REMOVAL_H
#define HD_DOCTOR_REMOVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hdrive/error.h>

struct hd_removal_file; /* one of those with several names */

struct hd_removal {
	bool removes;        /* else it only counts */
	uint64_t bytes;      /* on the disk */
	uint64_t entries;    /* files, folders, links and the rest */
	uint64_t failed;     /* entries that stayed */
	struct hd_error err; /* of the first of those */
	struct hd_removal_file *files;
	size_t file_count;
	size_t file_size; /* a power of 2, or 0 */
};

void hd_removal_init(struct hd_removal *removal, bool removes);
void hd_removal_release(struct hd_removal *removal);

/*
 * The entry NAME of the folder open at AT, with all below it; one that is not
 * there is no failure. 0 or HD_ENOMEM: the rest is counted in failed.
 */
int hd_removal_entry(struct hd_removal *removal, int at, const char *name);
/* All below the folder NAME of AT, unless it is a link; it stays itself. */
int hd_removal_inside(struct hd_removal *removal, int at, const char *name);

#endif
