/*
 * Reports: what is in a store, as text for a person or as JSON.
 *
 * Every function writes through a hd_write_fn, in pieces, so that a report on
 * 100,000 trials needs no memory of its own. Times are shown in UTC in JSON
 * (RFC 3339) and as ages or local-free "12 s" durations in text.
 */
#ifndef HDRIVE_REPORT_H
#define HDRIVE_REPORT_H

#include <hdrive/api.h>
#include <hdrive/config.h>
#include <hdrive/error.h>
#include <hdrive/store.h>
#include <hdrive/sweep.h>

HD_BEGIN_DECLS

/* Return 0, or a negative code, which ends the report. */
typedef int (*hd_write_fn)(void *user, const char *text, size_t length);

struct hd_out {
	hd_write_fn write;
	void *user;
	size_t width; /* columns of the terminal, 0 when it is none */
	bool color;   /* allowed */
	int64_t now;  /* microseconds since 1970, for ages; 0: the clock's */
};

enum hd_format {
	HD_FORMAT_TEXT,
	HD_FORMAT_JSON,
	HD_FORMAT_CSV,
	HD_FORMAT_ARGS, /* "--lr 0.1 --units 64", quoted for a shell */
	HD_FORMAT_YAML,
	HD_FORMAT_ENV, /* "lr=0.1" lines, quoted for a shell */
};

HD_API int hd_report_sweeps(struct hd_store *store, size_t limit,
			    const char *state, enum hd_format format,
			    const struct hd_out *out, struct hd_error *err);
HD_API int hd_report_status(struct hd_store *store, int64_t sweep,
			    enum hd_format format, const struct hd_out *out,
			    struct hd_error *err);
HD_API int hd_report_sweep(struct hd_store *store, int64_t sweep,
			   enum hd_format format, const struct hd_out *out,
			   struct hd_error *err);
HD_API int hd_report_trial(struct hd_store *store, int64_t sweep,
			   size_t number, enum hd_format format,
			   const struct hd_out *out, struct hd_error *err);
/* Why the trial ended, with the policy's numbers: "show S N --why". */
HD_API int hd_report_why(struct hd_store *store, int64_t sweep, size_t number,
			 enum hd_format format, const struct hd_out *out,
			 struct hd_error *err);
/*
 * The best trials: WHICH says how many (its limit) and which are left out; its
 * order is not looked at. HD_ENOENT when no trial has the metric.
 */
HD_API int hd_report_best(struct hd_store *store, int64_t sweep,
			  const struct hd_trial_query *which,
			  enum hd_format format, const struct hd_out *out,
			  struct hd_error *err);
/* SPEC 5.5: {trial id: {metric: [values...]}}, always lists; or CSV, long. */
HD_API int hd_report_metrics(struct hd_store *store, int64_t sweep,
			     enum hd_format format, const struct hd_out *out,
			     struct hd_error *err);

/* Findings as the loader prints them, with the line and a caret; or JSON. */
HD_API int hd_report_findings(const struct hd_findings *findings,
			      enum hd_format format, const struct hd_out *out,
			      struct hd_error *err);

/* One value as text: the shortest that reads back to the same double. Writes
 * at most SIZE bytes with the terminator, returns TEXT. 32 is always enough. */
HD_API const char *hd_number_text(double value, char *text, size_t size);
/* "41 s", "5m10s", "2h03m". */
HD_API const char *hd_duration_text(double seconds, char *text, size_t size);
/* "412 KiB": in powers of 1024; 32 bytes are always enough. */
HD_API const char *hd_bytes_text(uint64_t bytes, char *text, size_t size);
/* Append TEXT as a JSON string, quotes included, through OUT. */
HD_API int hd_report_json_text(const char *text, size_t length,
			       const struct hd_out *out);
/*
 * Append TEXT so that no terminal obeys it: control characters and bytes that
 * are not UTF-8 become \xNN. With LINES a newline and a tab stay.
 */
HD_API int hd_report_plain_text(const char *text, size_t length, bool lines,
				const struct hd_out *out);
/* The same into TEXT of SIZE bytes, cut at its end; returns TEXT. */
HD_API const char *hd_plain_text(const char *from, char *text, size_t size);

/* One event of a running sweep called NAME as one line of JSON. */
HD_API int hd_report_event(const struct hd_event *event, const char *name,
			   const struct hd_out *out);
/* {"--lr":0.1,"units":64}: the VALUES of SPACE, as a trial's row has them. */
HD_API int hd_report_values(const struct hd_space *space,
			    const struct hd_value *values,
			    const struct hd_out *out);
/*
 * The same for a shell: HD_FORMAT_ARGS, the words that a script would get, on
 * one line, or HD_FORMAT_ENV, a line each. HD_EINVAL for another format.
 */
HD_API int hd_report_parameters(const struct hd_space *space,
				const struct hd_value *values,
				enum hd_format format, const struct hd_out *out,
				struct hd_error *err);

/*
 * Whether the engine that a row names still lives: its process exists and
 * started when the row says. True for a row that names none.
 */
HD_API bool hd_report_engine_is_alive(const struct hd_sweep_row *row);

HD_END_DECLS

#endif
