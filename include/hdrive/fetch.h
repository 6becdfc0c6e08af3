/*
 * What trials left, brought to a place of the user's: a file or folder of a
 * trial's own, its logs, a sweep's metrics file.
 *
 * A file comes whole or not at all; nothing of the trial is changed.
 */
#ifndef HDRIVE_FETCH_H
#define HDRIVE_FETCH_H

#include <hdrive/api.h>
#include <hdrive/error.h>
#include <hdrive/store.h>

HD_BEGIN_DECLS

/* In place of a trial's number: the one with the best primary metric. */
#define HD_FETCH_BEST (-1)

/*
 * Whether PATH may name something of a trial's: not empty, not absolute, no
 * ".." in it; else HD_EINVAL.
 */
HD_API int hd_fetch_check(const char *path, struct hd_error *err);
/*
 * Where PATH of trial NUMBER (or HD_FETCH_BEST) of SWEEP lies: relative to the
 * trial's working folder ("outputs/model.pkl"), else an output that its
 * program has under that name, else a file of the trial's own folder
 * ("stdout"). *OUT is absolute and the caller's to free(). HD_ENOENT when it
 * is not there; HD_ESTATE when no trial has the primary metric.
 */
HD_API int hd_fetch_locate(char **out, struct hd_store *store, int64_t sweep,
			   int64_t number, const char *path,
			   struct hd_error *err);
/*
 * Copy it to TO, folders above which are made. A folder is copied with all
 * below it; one that is there already keeps its other files.
 */
HD_API int hd_fetch(struct hd_store *store, int64_t sweep, int64_t number,
		    const char *path, const char *to, struct hd_error *err);
/*
 * Write SWEEP's metrics file (SPEC 5.5), {trial id: {metric: [values]}}, to
 * PATH: under another name first, so that nobody reads half of it.
 */
HD_API int hd_fetch_metrics(struct hd_store *store, int64_t sweep,
			    const char *path, struct hd_error *err);

/*
 * Copy the logs of trial NUMBER of SWEEP, or of the sweep and all its trials
 * when that is HD_FETCH_ALL, into FOLDER, which is made:
 *
 *	user_logs/std_log.txt    what it printed: stdout, then stderr
 *	logs/                    what it wrote into ./logs
 *	azureml-logs/metrics     the records that it appended
 *
 * Of a sweep: azureml-logs/engine.log, what an engine in the background said;
 * metrics.json, its metrics file; and a folder a trial, named by its id. What
 * is not there is left out. *FILES, unless NULL, counts what was copied.
 */
#define HD_FETCH_ALL (-2)
HD_API int hd_fetch_logs(struct hd_store *store, int64_t sweep, int64_t number,
			 const char *folder, size_t *files,
			 struct hd_error *err);
/* Write LENGTH bytes to PATH, whole or not at all. */
HD_API int hd_fetch_text(const char *text, size_t length, const char *path,
			 struct hd_error *err);

HD_END_DECLS

#endif
