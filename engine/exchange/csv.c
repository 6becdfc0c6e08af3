#include "exchange/csv.h"

#include <stdlib.h>
#include <string.h>

#define END (-1) /* of the bytes */
#define FAILED (-2)

void hd_csv_init(struct hd_csv *csv, const char *path, hd_csv_read_fn read,
		 void *user)
{
	csv->path = path;
	csv->read = read;
	csv->user = user;
	csv->at = csv->end = 0;
	csv->ended = csv->begun = false;
	csv->line = csv->column = 1;
	hd_buf_init(&csv->bytes);
	csv->fields = NULL;
	csv->starts = NULL;
	csv->count = csv->room = 0;
}

void hd_csv_release(struct hd_csv *csv)
{
	hd_buf_release(&csv->bytes);
	free(csv->fields);
	free(csv->starts);
	csv->fields = NULL;
	csv->starts = NULL;
}

static struct hd_mark csv_mark(const struct hd_csv *csv)
{
	return (struct hd_mark){ csv->path, csv->line, csv->column };
}

/* --- bytes ---------------------------------------------------------------- */

/* The next byte, which stays; END or FAILED. */
static int csv_peek(struct hd_csv *csv, struct hd_error *err)
{
	ptrdiff_t got;

	if (csv->at < csv->end)
		return (unsigned char)csv->chunk[csv->at];
	if (csv->ended)
		return END;
	got = csv->read(csv->user, csv->chunk, sizeof csv->chunk);
	if (got < 0) {
		hd_error_set(err, (int)got, "cannot read '%s'", csv->path);
		return FAILED;
	}
	csv->at = 0;
	csv->end = (size_t)got;
	csv->ended = got == 0;
	return csv->ended ? END : (unsigned char)csv->chunk[0];
}

/* Past the byte C, which is the next one. */
static void csv_skip(struct hd_csv *csv, int c)
{
	csv->at++;
	/* Not the later bytes of a character. */
	if ((c & 0xc0) != 0x80)
		csv->column++;
}

/* Past the end of a line that begins with C. */
static int csv_skip_line(struct hd_csv *csv, int c, struct hd_error *err)
{
	csv_skip(csv, c);
	if (c == '\r') {
		c = csv_peek(csv, err);
		if (c == FAILED)
			return HD_EIO;
		if (c == '\n')
			csv->at++;
	}
	csv->line++;
	csv->column = 1;
	return 0;
}

/* --- fields --------------------------------------------------------------- */

static int csv_begin_field(struct hd_csv *csv, struct hd_error *err)
{
	const struct hd_mark mark = csv_mark(csv);

	if (csv->count == HD_CSV_FIELDS)
		return hd_error_at(err, &mark, HD_ELIMIT, "a record has more than %d fields",
				   HD_CSV_FIELDS);
	if (csv->count == csv->room) {
		size_t room = csv->room ? 2 * csv->room : 16;
		struct hd_csv_field *fields = realloc(csv->fields, room * sizeof *fields);
		size_t *starts;

		if (!fields)
			return hd_error_nomem(err);
		csv->fields = fields;
		starts = realloc(csv->starts, room * sizeof *starts);
		if (!starts)
			return hd_error_nomem(err);
		csv->starts = starts;
		csv->room = room;
	}
	csv->fields[csv->count].mark = mark;
	csv->starts[csv->count++] = csv->bytes.length;
	return 0;
}

static int csv_put(struct hd_csv *csv, int c, struct hd_error *err)
{
	const struct hd_mark mark = csv_mark(csv);
	const struct hd_mark *start = &csv->fields[csv->count - 1].mark;

	if (c == '\0')
		return hd_error_at(err, &mark, HD_EINVAL, "a NUL byte: this is no text");
	if (csv->bytes.length >= HD_CSV_BYTES)
		return hd_error_at(err, start, HD_ELIMIT,
				   "the record is longer than %zu MiB here: is a quote not closed?",
				   HD_CSV_BYTES >> 20);
	hd_buf_putc(&csv->bytes, (char)c);
	return hd_buf_failed(&csv->bytes) ? hd_error_nomem(err) : 0;
}

/* A byte within quotes: 1 to go on, 0 behind them. */
static int csv_quoted_byte(struct hd_csv *csv, int c, struct hd_error *err)
{
	const struct hd_mark *start = &csv->fields[csv->count - 1].mark;
	int rc = c == END ? hd_error_at(err, start, HD_EINVAL,
					"the quote that opens here is never closed")
			  : 0;

	if (c == FAILED || rc < 0)
		return rc < 0 ? rc : HD_EIO;
	if (c == '"') {
		csv_skip(csv, c);
		if (csv_peek(csv, err) != '"')
			return 0;
	}
	if (c != '\n' && c != '\r') {
		rc = csv_put(csv, c, err);
		csv_skip(csv, c);
		return rc < 0 ? rc : 1;
	}
	/* Ends of lines stay as they are. */
	rc = csv_put(csv, c, err);
	csv->at++;
	if (c == '\n' || csv_peek(csv, err) != '\n') {
		csv->line++;
		csv->column = 1;
	}
	return rc < 0 ? rc : 1;
}

static int csv_quoted(struct hd_csv *csv, struct hd_error *err)
{
	struct hd_mark mark;
	int rc, c;

	csv_skip(csv, '"');
	do
		rc = csv_quoted_byte(csv, csv_peek(csv, err), err);
	while (rc > 0);
	if (rc < 0)
		return rc;
	c = csv_peek(csv, err);
	mark = csv_mark(csv);
	if (c == FAILED)
		return HD_EIO;
	if (c != END && c != ',' && c != '\n' && c != '\r')
		return hd_error_at(err, &mark, HD_EINVAL,
				   "a comma or the line's end must follow the closing quote");
	return 0;
}

static int csv_plain(struct hd_csv *csv, struct hd_error *err)
{
	int rc = 0;

	while (rc == 0) {
		const struct hd_mark mark = csv_mark(csv);
		int c = csv_peek(csv, err);

		if (c == FAILED)
			return HD_EIO;
		if (c == END || c == ',' || c == '\n' || c == '\r')
			return 0;
		if (c == '"')
			return hd_error_at(err, &mark, HD_EINVAL,
					   "a quote within a field that does not begin with one");
		rc = csv_put(csv, c, err);
		csv_skip(csv, c);
	}
	return rc;
}

/* One field; 1 when another follows. */
static int csv_field(struct hd_csv *csv, struct hd_error *err)
{
	int rc = csv_begin_field(csv, err);
	int c;

	if (rc < 0)
		return rc;
	c = csv_peek(csv, err);
	if (c == FAILED)
		return HD_EIO;
	rc = c == '"' ? csv_quoted(csv, err) : csv_plain(csv, err);
	if (rc < 0)
		return rc;
	hd_buf_putc(&csv->bytes, '\0');
	c = csv_peek(csv, err);
	if (c == FAILED)
		return HD_EIO;
	if (c == ',')
		csv_skip(csv, c);
	else if (c != END)
		return csv_skip_line(csv, c, err);
	return c == ',';
}

/* --- records -------------------------------------------------------------- */

/* Texts where they lie now, judged as UTF-8. */
static int csv_settle(struct hd_csv *csv, struct hd_error *err)
{
	if (hd_buf_failed(&csv->bytes))
		return hd_error_nomem(err);
	for (size_t i = 0; i < csv->count; i++) {
		struct hd_csv_field *field = &csv->fields[i];

		field->text = csv->bytes.text + csv->starts[i];
		field->length = strlen(field->text);
		if (!hd_buf_is_utf8(field->text, field->length))
			return hd_error_at(err, &field->mark, HD_EINVAL,
					   "this is not UTF-8");
	}
	return 1;
}

/* Past the byte order mark that a file may begin with. */
static int csv_skip_order_mark(struct hd_csv *csv, struct hd_error *err)
{
	while (csv->end < 3 && !csv->ended) {
		ptrdiff_t got = csv->read(csv->user, csv->chunk + csv->end,
					  sizeof csv->chunk - csv->end);

		if (got < 0)
			return hd_error_set(err, (int)got, "cannot read '%s'", csv->path);
		csv->end += (size_t)got;
		csv->ended = got == 0;
	}
	if (csv->end >= 3 && !memcmp(csv->chunk, "\xef\xbb\xbf", 3))
		csv->at = 3;
	csv->begun = true;
	return 0;
}

/* Past lines without anything; the byte behind them. */
static int csv_skip_empty(struct hd_csv *csv, struct hd_error *err)
{
	int c;

	if (!csv->begun && csv_skip_order_mark(csv, err) < 0)
		return FAILED;
	c = csv_peek(csv, err);
	while (c == '\n' || c == '\r') {
		if (csv_skip_line(csv, c, err) < 0)
			return FAILED;
		c = csv_peek(csv, err);
	}
	return c;
}

int hd_csv_next(struct hd_csv *csv, struct hd_error *err)
{
	int c = csv_skip_empty(csv, err);
	int rc;

	hd_buf_clear(&csv->bytes);
	csv->count = 0;
	if (c == FAILED)
		return HD_EIO;
	if (c == END)
		return 0;
	do
		rc = csv_field(csv, err);
	while (rc > 0);
	return rc < 0 ? rc : csv_settle(csv, err);
}
