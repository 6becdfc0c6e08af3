/*
 * Targets: places where trials may run, each under a name of its user's. A
 * target is a backend (hdrive/backend.h) and what its option rows say of it:
 * hosts, a partition, a folder.
 *
 * What they say is true of a site and not of a sweep, so it stands in a file
 * of its own beside the store, "targets.yml": a mapping from each name to a
 * mapping with its "type", the backend's name, and the keys of that type.
 * "local" is always there and means this machine.
 *
 *	gpu: {type: slurm, partition: gpu, gres: "gpu:1"}
 *	lab: {type: ssh, hosts: [h1, "h2:4"], folder: /scratch/me}
 *
 * Loading gathers findings in file order and goes on; when one of them is an
 * error there are no targets. They are immutable and own all they point to.
 */
#ifndef HDRIVE_TARGET_H
#define HDRIVE_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include <hdrive/api.h>
#include <hdrive/backend.h>
#include <hdrive/error.h>

HD_BEGIN_DECLS

#define HD_TARGET_LOCAL "local"

struct hd_target {
	const char *name;
	const struct hd_backend_type *type;
	const void *settings; /* type->settings_size bytes, by type->options; NULL
				 for a type that has none */
};

struct hd_targets; /* opaque */

/*
 * Backends of the program's own, which a file may then name as it names the
 * library's. Borrowed until the targets are freed. A name of the library's
 * keeps its meaning.
 */
struct hd_target_types {
	const struct hd_backend_type *const *types;
	size_t count;
};

/* The file that belongs to the store at PATH; it may not be there. *OUT is the
 * caller's, free() it. */
HD_API int hd_targets_path(char **out, const char *path, struct hd_error *err);
/*
 * What the file at PATH says; where there is none, that is "local". OWN may be
 * NULL, FINDINGS must be given. Returns 0, HD_EINVAL when a finding is an error
 * (ERR then says how many), or another code when the file cannot be read. *OUT
 * is the caller's, NULL on failure.
 */
HD_API int hd_targets_load(struct hd_targets **out, const char *path,
			   const struct hd_target_types *own,
			   struct hd_findings *findings, struct hd_error *err);
/* The same for text of LENGTH bytes; NAME stands for the file in messages. */
HD_API int hd_targets_parse(struct hd_targets **out, const char *text,
			    size_t length, const char *name,
			    const struct hd_target_types *own,
			    struct hd_findings *findings, struct hd_error *err);
HD_API void hd_targets_free(struct hd_targets *targets);

/* "local" first, then in the order of the file; borrowed from TARGETS. */
HD_API size_t hd_targets_count(const struct hd_targets *targets);
HD_API const struct hd_target *hd_targets_at(const struct hd_targets *targets,
					     size_t index);
/* The one called NAME; NULL when there is none. */
HD_API const struct hd_target *hd_targets_find(const struct hd_targets *targets,
					       const char *name);
/* The name that is so near to NAME that it was probably meant; or NULL. */
HD_API const char *hd_targets_near(const struct hd_targets *targets,
				   const char *name);
/* The line of the file, from 1, that its name begins; 0 of "local". */
HD_API size_t hd_targets_line(const struct hd_targets *targets, size_t index);
/* The whole of the file, "" where there is none. */
HD_API const char *hd_targets_text(const struct hd_targets *targets);

/*
 * Whether NAME may be a target's: letters, digits, "-", "_" and ".", the first
 * of them a letter or a digit, at most HD_TARGET_NAME_MOST bytes.
 */
#define HD_TARGET_NAME_MOST 64
HD_API bool hd_target_is_name(const char *name);

HD_END_DECLS

#endif
