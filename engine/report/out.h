/*
 * What every report writes with: pieces of text into the caller's function.
 *
 * The first failure is remembered and later pieces are dropped, so a report
 * asks once, at its end: report_end().
 */
#ifndef HD_REPORT_OUT_H
#define HD_REPORT_OUT_H

#include <hdrive/report.h>

#include "base/buf.h"

struct hd_pen {
	const struct hd_out *out;
	struct hd_buf buf; /* pieces are gathered here */
	int rc;
	int64_t now;
};

void hd_pen_init(struct hd_pen *pen, const struct hd_out *out);
/* Writes what is gathered, gives back the memory; 0 or the first failure. */
int hd_pen_end(struct hd_pen *pen, struct hd_error *err);

void hd_pen_puts(struct hd_pen *pen, const char *text);
void hd_pen_printf(struct hd_pen *pen, const char *fmt, ...) HD_PRINTF(2, 3);
/* Text from outside, harmless on a terminal. */
void hd_pen_plain(struct hd_pen *pen, const char *text);
/* The same, cut or filled to exactly WIDTH columns when WIDTH is not 0. */
void hd_pen_column(struct hd_pen *pen, const char *text, size_t width);
void hd_pen_number(struct hd_pen *pen, double value);
void hd_pen_duration(struct hd_pen *pen, double seconds);
/* "3m12s ago", "-" for 0. */
void hd_pen_age(struct hd_pen *pen, int64_t time);

/* JSON: "name": with a comma before it unless FIRST. */
void hd_pen_key(struct hd_pen *pen, const char *name, bool first);
void hd_pen_json(struct hd_pen *pen, const char *text);
void hd_pen_json_number(struct hd_pen *pen, double value);
/* RFC 3339, or null for 0. */
void hd_pen_json_time(struct hd_pen *pen, int64_t time);
/* TEXT is JSON already; null when empty. */
void hd_pen_json_raw(struct hd_pen *pen, const char *text);
/* One field of CSV, quoted when it must be. */
void hd_pen_csv(struct hd_pen *pen, const char *text);

/* Seconds from START to END, or to now when END is 0; 0 when not started. */
double hd_pen_seconds(const struct hd_pen *pen, int64_t start, int64_t end);

/* Append FROM to BUF with everything a terminal could obey as \xNN. */
void hd_buf_plain(struct hd_buf *buf, const char *text, size_t length,
		  bool lines);

#endif
