/*
 * A trial's files as the journal of its metrics (DESIGN 1).
 *
 * A tail reads stdout, stderr and the metrics file of one trial from stored
 * offsets, cuts them into lines and gives every metric found. Offsets always
 * stand behind the last whole line that was handled, so that they can be
 * stored in the same transaction as the metrics found before them: an engine
 * that dies reads on from there, with no metric lost and none counted twice.
 */
#ifndef HD_METRICS_TAIL_H
#define HD_METRICS_TAIL_H

#include <stdint.h>

#include <hdrive/metrics.h>

#include "base/buf.h"

enum hd_tail_source {
	HD_TAIL_STDOUT,
	HD_TAIL_STDERR,
	HD_TAIL_METRICS,
};
#define HD_TAIL_SOURCES 3

/* "stdout", "stderr", "metrics": also the files' names. */
const char *hd_tail_source_name(enum hd_tail_source source);

struct hd_tail_place {
	int64_t offset; /* bytes handled */
	int64_t line;   /* lines handled */
};

typedef int (*hd_tail_fn)(void *user, enum hd_tail_source source,
			  const struct hd_metric *metric);
/*
 * What the script said of itself through the metrics file (complete(),
 * fail(), cancel(), tags): kind as written there, detail may be NULL. A
 * record that is meant for the parent or for a child run has the kind "parent"
 * or "child", the record's JSON is the detail. The kind HD_TAIL_NOTE is ours:
 * a source was truncated or is no regular file, the detail says which and
 * what; once a source.
 */
#define HD_TAIL_NOTE "hdrive"
typedef int (*hd_tail_mark_fn)(void *user, const char *kind,
			       const char *detail);

/*
 * What a record of the parent or of a child run says, from the detail of its
 * mark: to FN and MARK as if it were the trial's own. The child's id is
 * appended to RUN. ERR is for what is not theirs.
 */
int hd_tail_other(const char *detail, struct hd_buf *run, hd_metric_fn fn,
		  hd_tail_mark_fn mark, void *user, struct hd_error *err);

struct hd_tail; /* of one trial */

/*
 * RULES are borrowed and shared by all tails of a sweep. PLACES (three) say
 * where to begin; NULL is the start. Files that do not exist yet are looked
 * for at each read. No descriptor is held between reads, and no line: a
 * thousand tails cost their folders' names.
 */
int hd_tail_new(struct hd_tail **out, const char *folder,
		struct hd_metric_rules *rules,
		const struct hd_tail_place *places, struct hd_error *err);
void hd_tail_free(struct hd_tail *tail);

/*
 * Read what is new, at most about BUDGET bytes. FINAL: the trial has ended,
 * a last line without newline counts. Returns 0 when all was read, 1 when
 * more is there, HD_TAIL_LATER when a file could not be opened now (for want
 * of a descriptor, say), or a negative code (FN's, or a read error); the places
 * then stand before the line that failed. MARK may be NULL. What a script made
 * of its files (a FIFO, a link, nothing) is never an error.
 */
#define HD_TAIL_LATER 2
int hd_tail_read(struct hd_tail *tail, bool final, size_t budget,
		 hd_tail_fn fn, hd_tail_mark_fn mark, void *user,
		 struct hd_error *err);
/* Bytes of all its files that were looked at, handled or not. */
int64_t hd_tail_seen(const struct hd_tail *tail);
void hd_tail_places(const struct hd_tail *tail,
		    struct hd_tail_place places[HD_TAIL_SOURCES]);

#endif
