/*
 * What a place elsewhere needs of hdrive itself: the supervisor of trials, the
 * server of their MLflow clients, the folder of drop-ins for Python. They are
 * copied there once, into a folder named by a hash of all their bytes, so that
 * an upgrade of hdrive under a sweep changes nothing that runs.
 */
#ifndef HD_REMOTE_PARTS_H
#define HD_REMOTE_PARTS_H

#include <stddef.h>

#include <hdrive/error.h>

/* Their names in that folder. The launcher looks for the server beside itself. */
#define HD_PARTS_LAUNCHER "hdrive-launch"
#define HD_PARTS_MLFLOW "hdrive-mlflow"
#define HD_PARTS_PYTHON "python"
/* The launcher once more: it stands in for "hdrive log" (launch_modes.h). */
#define HD_PARTS_STAND_IN "hdrive"
/* What is not there for want of a file here is left out. */

struct hd_part {
	const char *name; /* one of the above */
	const char *path; /* of the file or the folder here, absolute */
};

struct hd_parts;

/*
 * Look at the parts: LAUNCHER is a path of hdrive-launch, beside which the
 * server may lie; PYTHON_PATH, the folder of drop-ins, may be NULL. Reads all
 * of them once, some 1 MB.
 */
int hd_parts_open(struct hd_parts **out, const char *launcher,
		  const char *python_path, struct hd_error *err);
/* The hash, 32 hexadecimal digits; borrowed. */
const char *hd_parts_id(const struct hd_parts *parts);
size_t hd_parts_count(const struct hd_parts *parts);
const struct hd_part *hd_parts_at(const struct hd_parts *parts, size_t index);
/*
 * Copy them into FOLDER/ID, which is there whole or not at all; what is there
 * already stays. FOLDER is made.
 */
int hd_parts_copy(const struct hd_parts *parts, const char *folder,
		  struct hd_error *err);
void hd_parts_close(struct hd_parts *parts);

#endif
