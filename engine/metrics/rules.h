/*
 * Inside engine/metrics: the rules object and the steps from a line to its
 * metrics. A line is cut into parts at carriage returns, a part loses its
 * terminal escapes, and one of three readers looks at it: the user's patterns
 * (pattern.c), the default rules (rules.c), or, in the metrics file, records
 * and then the default rules (record.c).
 */
#ifndef HD_METRICS_RULES_H
#define HD_METRICS_RULES_H

#include <hdrive/metrics.h>

#include "metrics/tail.h"

/* More of a line is not looked at, so that no script can make us slow. */
#define HD_METRIC_LINE ((size_t)65536)
/* What a tail reads at once: a line that just fits, wherever it begins. */
#define HD_METRIC_CHUNK (2 * HD_METRIC_LINE)

struct hd_pattern; /* one compiled PCRE2 pattern: pattern.c's */

struct hd_metric_rules {
	char *primary; /* NULL: not known */
	size_t primary_length;
	struct hd_pattern *patterns;
	size_t pattern_count;
	size_t skipped;
	char *plain; /* HD_METRIC_LINE bytes: a part without escapes */
	char *chunk; /* HD_METRIC_CHUNK bytes: lent to whoever reads a file */
};

/* One part being read, and where its metrics go. */
struct hd_metric_context {
	struct hd_metric_rules *rules;
	struct hd_metric_scan *scan;
	size_t line;
	hd_metric_fn fn;
	void *user;
	bool records;         /* the metrics file */
	hd_tail_mark_fn mark; /* may be NULL */
	void *mark_user;
	struct hd_error *err; /* for what is not FN's; may be NULL */
};

/* Hand METRIC on, with its line, unless it repeats the redraw before. */
int hd_metric_give(struct hd_metric_context *context,
		   struct hd_metric *metric);

/* One part, LENGTH bytes without '\n', '\r' and '\b'. */
int hd_metric_scan_part(struct hd_metric_context *context, const char *part,
			size_t length);
/* The part was the last of its line. */
void hd_metric_scan_end(struct hd_metric_scan *scan);

/* The readers; each returns what the context's function returned. */
int hd_metric_patterns(struct hd_metric_context *context, const char *part,
		       size_t length);
int hd_metric_defaults(struct hd_metric_context *context, const char *part,
		       size_t length);
/* A part that is no object: name=value and name: value. */
int hd_metric_pairs(struct hd_metric_context *context, const char *text,
		    size_t length);
/*
 * A record (docs/reference/metrics.md) in a valid JSON object: *TAKEN says
 * whether it was one. Outside the metrics file only a name with a number is.
 */
int hd_metric_record(struct hd_metric_context *context, const char *text,
		     size_t length, bool *taken);

/*
 * The length of the number TEXT begins with, for hd_number_read; 0 for none.
 * What follows it is the caller's to judge.
 */
size_t hd_metric_number(const char *text, size_t length);
static inline bool hd_metric_is_blank(char c)
{
	return c == ' ' || c == '\t';
}
/* Whether a metric may be called so: not empty, short, no control bytes. */
bool hd_metric_name_is_good(const char *name, size_t length);

/*
 * Bytes on their way to parts. buffer[begin, end) are yet to be cut;
 * skipping: they belong to a line whose first 64 KiB were given.
 */
struct hd_cut {
	const char *buffer;
	size_t begin, end;
	bool skipping;
};

struct hd_cut_part {
	const char *text;
	size_t length;
	bool newline; /* ended by a newline */
};

/* The next part; false when more bytes are needed. LAST: there are none. */
bool hd_cut_next(struct hd_cut *cut, bool last, struct hd_cut_part *part);
/* '\n', '\r' and '\b': an old progress bar goes back with backspaces. */
bool hd_cut_ends(char c);

#endif
