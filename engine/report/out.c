#include "report/out.h"

#include "base/time.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PEN_GATHER 16384 /* bytes per write */

void hd_pen_init(struct hd_pen *pen, const struct hd_out *out)
{
	pen->out = out;
	pen->rc = 0;
	pen->now = out->now ? out->now : hd_time_wall();
	hd_buf_init(&pen->buf);
}

static void pen_write(struct hd_pen *pen)
{
	if (pen->rc == 0 && hd_buf_failed(&pen->buf))
		pen->rc = HD_ENOMEM;
	if (pen->rc == 0 && pen->buf.length > 0)
		pen->rc = pen->out->write(pen->out->user,
					  hd_buf_text(&pen->buf),
					  pen->buf.length);
	hd_buf_clear(&pen->buf);
}

static void pen_gather(struct hd_pen *pen)
{
	if (pen->rc || hd_buf_failed(&pen->buf) ||
	    pen->buf.length >= PEN_GATHER)
		pen_write(pen);
}

int hd_pen_end(struct hd_pen *pen, struct hd_error *err)
{
	pen_write(pen);
	hd_buf_release(&pen->buf);
	if (pen->rc == HD_ENOMEM)
		return hd_error_nomem(err);
	if (pen->rc < 0)
		return hd_error_set(err, pen->rc, "cannot write the report");
	return pen->rc;
}

void hd_pen_puts(struct hd_pen *pen, const char *text)
{
	hd_buf_puts(&pen->buf, text);
	pen_gather(pen);
}

void hd_pen_printf(struct hd_pen *pen, const char *fmt, ...)
{
	char text[512];
	va_list args;
	int length;

	va_start(args, fmt);
	length = vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	if (length < 0)
		return;
	hd_pen_puts(pen, text);
}

void hd_pen_plain(struct hd_pen *pen, const char *text)
{
	hd_buf_plain(&pen->buf, text, strlen(text), false);
	pen_gather(pen);
}

/* Where the column that would be the WIDTH-th ends: bytes, and columns. */
static size_t column_cut(const char *text, size_t width, size_t *columns)
{
	size_t at = 0;

	*columns = 0;
	while (text[at]) {
		size_t next = at + 1;

		while (((unsigned char)text[next] & 0xc0) == 0x80)
			next++;
		if (*columns == width)
			break;
		at = next;
		++*columns;
	}
	return at;
}

void hd_pen_column(struct hd_pen *pen, const char *text, size_t width)
{
	struct hd_buf buf = HD_BUF_INIT;
	size_t columns;
	size_t length;

	hd_buf_plain(&buf, text, strlen(text), false);
	length = column_cut(hd_buf_text(&buf), width ? width : SIZE_MAX,
			    &columns);
	hd_buf_add(&pen->buf, hd_buf_text(&buf), length);
	for (; columns < width; columns++)
		hd_buf_putc(&pen->buf, ' ');
	hd_buf_release(&buf);
	pen_gather(pen);
}

void hd_pen_number(struct hd_pen *pen, double value)
{
	hd_buf_number(&pen->buf, value);
	pen_gather(pen);
}

void hd_pen_duration(struct hd_pen *pen, double seconds)
{
	char text[40];

	hd_pen_puts(pen, hd_duration_text(seconds, text, sizeof text));
}

void hd_pen_age(struct hd_pen *pen, int64_t time)
{
	if (time == 0) {
		hd_pen_puts(pen, "-");
		return;
	}
	/* A clock that was set back must not show an age below zero. */
	hd_pen_duration(pen, hd_pen_seconds(pen, time, 0));
	hd_pen_puts(pen, " ago");
}

void hd_pen_key(struct hd_pen *pen, const char *name, bool first)
{
	hd_pen_puts(pen, first ? "" : ",");
	hd_pen_json(pen, name);
	hd_pen_puts(pen, ":");
}

void hd_pen_json(struct hd_pen *pen, const char *text)
{
	if (text)
		hd_buf_json(&pen->buf, text, strlen(text));
	else
		hd_buf_puts(&pen->buf, "null");
	pen_gather(pen);
}

void hd_pen_json_number(struct hd_pen *pen, double value)
{
	hd_buf_json_number(&pen->buf, value);
	pen_gather(pen);
}

void hd_pen_json_time(struct hd_pen *pen, int64_t time)
{
	char text[40];

	if (time)
		hd_pen_json(pen, hd_time_text(time, text, sizeof text));
	else
		hd_pen_puts(pen, "null");
}

void hd_pen_json_raw(struct hd_pen *pen, const char *text)
{
	hd_pen_puts(pen, text && *text ? text : "null");
}

void hd_pen_csv(struct hd_pen *pen, const char *text)
{
	if (!text[strcspn(text, ",\"\r\n")]) {
		hd_pen_puts(pen, text);
		return;
	}
	hd_buf_putc(&pen->buf, '"');
	for (; *text; text++) {
		if (*text == '"')
			hd_buf_putc(&pen->buf, '"');
		hd_buf_putc(&pen->buf, *text);
	}
	hd_buf_putc(&pen->buf, '"');
	pen_gather(pen);
}

double hd_pen_seconds(const struct hd_pen *pen, int64_t start, int64_t end)
{
	int64_t until = end ? end : pen->now;

	return start && until > start ? (double)(until - start) / 1e6 : 0;
}
