/*
 * What the doctor's files share: the visit, and how a finding is told. Each
 * check is a function that takes the visit; the order is in doctor.c.
 */
#ifndef HD_DOCTOR_PRIVATE_H
#define HD_DOCTOR_PRIVATE_H

#include <hdrive/doctor.h>
#include <hdrive/report.h>
#include <hdrive/store.h>

#include <stddef.h>
#include <stdint.h>

struct hd_visit {
	const struct hd_doctor_options *options;
	hd_check_fn fn;
	void *user;
	struct hd_error *err;
	int rc; /* the first that is not 0 ends the visit */

	const char *path;       /* of the store */
	const char *folder;     /* that holds it, or would; exists */
	struct hd_store *store; /* NULL when there is none or it cannot be read */
	size_t sweeps;          /* rows of them */
	size_t living;          /* sweeps whose engine lives */
	size_t slots;           /* the most trials at a time of an open sweep */
};

/* RIGHT may be NULL; a visit that has ended tells nothing more. */
void hd_visit_tell(struct hd_visit *visit, enum hd_health health,
		   const char *what, const char *right, const char *fmt, ...)
	HD_PRINTF(5, 6);
void hd_visit_fail(struct hd_visit *visit, int rc);

/* "1 trial", "2 trials". */
static inline const char *hd_plural(size_t count)
{
	return count == 1 ? "" : "s";
}

/* store.c */
void hd_visit_store(struct hd_visit *visit);
/* sweeps.c: engines that are gone, rows without folders and the reverse. */
void hd_visit_sweeps(struct hd_visit *visit);
/* snapshots.c: those that are gone. */
void hd_visit_snapshots(struct hd_visit *visit);
/* filesystem.c */
void hd_visit_filesystem(struct hd_visit *visit);
void hd_visit_space(struct hd_visit *visit);
/* machine.c */
void hd_visit_clock(struct hd_visit *visit);
void hd_visit_limits(struct hd_visit *visit);
void hd_visit_kernel(struct hd_visit *visit);
void hd_visit_launcher(struct hd_visit *visit);
/* gpus.c */
void hd_visit_gpus(struct hd_visit *visit);

/* For tests: what a file system's number means, and how little is too little. */
struct hd_filesystem {
	uint32_t magic; /* statfs(2) */
	const char *name;
	enum hd_health health;
	const char *why;   /* NULL when it is as it should be */
	const char *right; /* likewise */
};
const struct hd_filesystem *hd_filesystem_find(uint32_t magic);
enum hd_health hd_space_judge(uint64_t bytes, uint64_t files);

#endif
