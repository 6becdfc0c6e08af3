/*
 * Metrics: how a script's own output becomes named values (DESIGN 9).
 *
 * Sources are read all at once, each value with its source: lines of stdout
 * and stderr through patterns (name=value, name: value, JSON lines,
 * "[tune-metric]: {...}", the two lines the real azureml-core prints outside
 * Azure), or through the user's own PCRE2 pattern with the named groups
 * "name", "value" and "step"; and the file $HDRIVE_METRICS, one record a line.
 */
#ifndef HDRIVE_METRICS_H
#define HDRIVE_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hdrive/api.h>
#include <hdrive/error.h>

HD_BEGIN_DECLS

/* One value found. Strings are borrowed for the length of the call. */
struct hd_metric {
	const char *name;
	size_t name_length;
	double value;     /* NaN when TEXT is set */
	const char *text; /* a metric that is not a number: a string, a row or
			     table as JSON; else NULL */
	size_t text_length;
	bool has_step;
	int64_t step;
	const char *rule; /* static: "name=value", "json", "pattern", ... */
	size_t line;      /* from 1, in its source */
};

/* Return 0 to go on, or a negative code, which ends the reading. */
typedef int (*hd_metric_fn)(void *user, const struct hd_metric *metric);

struct hd_metric_rules; /* compiled patterns; opaque; one thread's */

/*
 * PATTERNS (PCRE2, COUNT of them) replace the default rules for stdout and
 * stderr; with COUNT 0 the defaults hold. The group "value" is required, a
 * pattern without "name" gives the primary metric. HD_EINVAL names the
 * pattern, the offset and what PCRE2 said, or the missing group.
 */
HD_API int hd_metric_rules_new(struct hd_metric_rules **out,
			       const char *const *patterns, size_t count,
			       struct hd_error *err);
HD_API void hd_metric_rules_free(struct hd_metric_rules *rules);

/*
 * The primary metric's name, copied: "NAME=value" and "NAME: value" are then
 * found whatever characters NAME holds. NULL forgets it. 0 or HD_ENOMEM.
 */
HD_API int hd_metric_rules_primary(struct hd_metric_rules *rules,
				   const char *name);
/* How many lines a pattern gave up on: its match limit or stack was reached. */
HD_API size_t hd_metric_rules_skipped(const struct hd_metric_rules *rules);

/*
 * What one source's lines carry from one to the next: a name whose value
 * stands on the following line, and what the last redraw of a progress bar
 * showed. Zeroed before the first line; the fields are the scanner's.
 */
#define HD_METRIC_NAME 255 /* bytes; a longer name is not a metric's */
#define HD_METRIC_SEEN 24

struct hd_metric_scan {
	char pending[HD_METRIC_NAME + 1];
	unsigned short pending_length;
	unsigned short pending_count; /* how many there were, wraps */
	unsigned char pending_kind;   /* 0: none */
	bool pending_fresh;           /* its own line has not ended yet */
	unsigned char before_count, now_count;
	uint64_t before[HD_METRIC_SEEN]; /* of the part before: hashes */
	uint64_t now[HD_METRIC_SEEN];
};

/*
 * Run the rules over one line, of LENGTH bytes without its newline; bytes need
 * not be text; the first 64 KiB are looked at, by patterns 16. Returns what FN returned, 0
 * when it was not called. A carriage return inside a line ends a progress
 * bar's earlier state: every part is read, but a metric that repeats what the
 * part before showed is given once, as a redraw is not a new value. SCAN may
 * be NULL for a line that stands alone.
 */
HD_API int hd_metric_scan_line(struct hd_metric_rules *rules,
			       struct hd_metric_scan *scan, const char *line,
			       size_t length, size_t number, hd_metric_fn fn,
			       void *user);

/* Run the rules over a whole saved log: "hdrive metrics test". PATH "-" is
 * standard input. */
HD_API int hd_metric_scan_file(struct hd_metric_rules *rules, const char *path,
			       hd_metric_fn fn, void *user,
			       struct hd_error *err);

/*
 * Append one record to the metrics file at PATH (the value of $HDRIVE_METRICS)
 * in one write: NAME, VALUE, and STEP unless HAS_STEP is false. For
 * "hdrive log" and for C programs. The file is made when it is absent. NAME is
 * UTF-8 of 1 to HD_METRIC_NAME bytes without control characters.
 */
HD_API int hd_metric_append(const char *path, const char *name, double value,
			    bool has_step, int64_t step, struct hd_error *err);

HD_END_DECLS

#endif
