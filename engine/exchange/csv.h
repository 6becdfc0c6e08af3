/*
 * A reader of CSV (RFC 4180), record by record, from any source of bytes.
 *
 * Lines end in LF, CRLF or CR; a byte order mark and empty lines are skipped.
 * A quote within a field that does not begin with one is an error, as is what
 * follows a closing quote: a file that was cut off or mixed up must not be read
 * as something else. No file can exhaust memory: a record has at most
 * HD_CSV_BYTES and HD_CSV_FIELDS.
 */
#ifndef HD_EXCHANGE_CSV_H
#define HD_EXCHANGE_CSV_H

#include <hdrive/error.h>

#include "base/buf.h"

#define HD_CSV_BYTES ((size_t)16 << 20)
#define HD_CSV_FIELDS 100000

/* Up to SIZE bytes to TO: how many, 0 at the end, or a negative code. */
typedef ptrdiff_t (*hd_csv_read_fn)(void *user, char *to, size_t size);

struct hd_csv_field {
	const char *text; /* terminated; quotes resolved, no NUL, UTF-8 */
	size_t length;
	struct hd_mark mark; /* where it begins */
};

struct hd_csv {
	const char *path; /* borrowed, for messages */
	hd_csv_read_fn read;
	void *user;
	char chunk[65536];
	size_t at, end; /* in chunk */
	bool begun, ended;
	size_t line, column;         /* of the next byte */
	struct hd_buf bytes;         /* of the record's fields */
	struct hd_csv_field *fields; /* their texts are set when all are there */
	size_t *starts;              /* in bytes */
	size_t count, room;
	struct hd_mark quote; /* the one that opened the present field */
};

void hd_csv_init(struct hd_csv *csv, const char *path, hd_csv_read_fn read,
		 void *user);
void hd_csv_release(struct hd_csv *csv);
/* 1 with csv->fields, which live until the next call; 0 at the end. */
int hd_csv_next(struct hd_csv *csv, struct hd_error *err);

#endif
