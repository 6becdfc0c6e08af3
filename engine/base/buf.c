#include "base/buf.h"

#include "base/number.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void hd_buf_init(struct hd_buf *buf)
{
	*buf = (struct hd_buf)HD_BUF_INIT;
}

void hd_buf_release(struct hd_buf *buf)
{
	free(buf->text);
	hd_buf_init(buf);
}

void hd_buf_drop(struct hd_buf *buf, size_t count)
{
	if (!buf->text || count == 0)
		return;
	if (count > buf->length)
		count = buf->length;
	/* With the terminator. */
	memmove(buf->text, buf->text + count, buf->length - count + 1);
	buf->length -= count;
}

void hd_buf_cut(struct hd_buf *buf, size_t length)
{
	if (!buf->text || length >= buf->length)
		return;
	buf->length = length;
	buf->text[length] = '\0';
}

void hd_buf_clear(struct hd_buf *buf)
{
	buf->length = 0;
	buf->failed = false;
	if (buf->text)
		buf->text[0] = '\0';
}

bool hd_buf_failed(const struct hd_buf *buf)
{
	return buf->failed;
}

const char *hd_buf_text(const struct hd_buf *buf)
{
	return buf->text ? buf->text : "";
}

/* Room for LENGTH more bytes and the terminator. */
static bool buf_reserve(struct hd_buf *buf, size_t length)
{
	size_t size = buf->size ? buf->size : 64;
	char *text;

	if (buf->failed)
		return false;
	if (length < buf->size - buf->length)
		return true;
	if (length > SIZE_MAX / 2 - buf->length) {
		buf->failed = true;
		return false;
	}
	while (size <= buf->length + length)
		size *= 2;
	text = realloc(buf->text, size);
	if (!text) {
		buf->failed = true;
		return false;
	}
	buf->text = text;
	buf->size = size;
	return true;
}

char *hd_buf_take(struct hd_buf *buf)
{
	char *text = NULL;

	if (buf_reserve(buf, 0)) {
		text = buf->text;
		text[buf->length] = '\0';
		buf->text = NULL;
	}
	hd_buf_release(buf);
	return text;
}

void hd_buf_add(struct hd_buf *buf, const char *bytes, size_t length)
{
	if (!buf_reserve(buf, length))
		return;
	if (length)
		memcpy(buf->text + buf->length, bytes, length);
	buf->length += length;
	buf->text[buf->length] = '\0';
}

void hd_buf_puts(struct hd_buf *buf, const char *text)
{
	hd_buf_add(buf, text, strlen(text));
}

void hd_buf_putc(struct hd_buf *buf, char c)
{
	hd_buf_add(buf, &c, 1);
}

void hd_buf_printf(struct hd_buf *buf, const char *fmt, ...)
{
	va_list args;
	int length;

	va_start(args, fmt);
	length = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (length < 0) {
		buf->failed = true;
		return;
	}
	if (!buf_reserve(buf, (size_t)length))
		return;
	va_start(args, fmt);
	vsnprintf(buf->text + buf->length, (size_t)length + 1, fmt, args);
	va_end(args);
	buf->length += (size_t)length;
}

void hd_buf_number(struct hd_buf *buf, double value)
{
	char text[HD_NUMBER_TEXT];

	hd_buf_add(buf, text, hd_number_write(value, text));
}

/* Bytes of the well-formed UTF-8 sequence at TEXT (RFC 3629), 0 for none. */
static size_t utf8_sequence(const unsigned char *text, size_t length)
{
	unsigned char first = text[0];
	size_t need = first < 0x80 ? 1 : first < 0xc2 ? 0
				 : first < 0xe0       ? 2
				 : first < 0xf0       ? 3
				 : first < 0xf5       ? 4
						      : 0;

	if (need == 0 || need > length)
		return 0;
	for (size_t i = 1; i < need; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates and what lies past U+10FFFF. */
	if ((first == 0xe0 && text[1] < 0xa0) ||
	    (first == 0xed && text[1] > 0x9f) ||
	    (first == 0xf0 && text[1] < 0x90) ||
	    (first == 0xf4 && text[1] > 0x8f))
		return 0;
	return need;
}

static void buf_json_char(struct hd_buf *buf, unsigned char c)
{
	switch (c) {
	case '"':
		hd_buf_puts(buf, "\\\"");
		break;
	case '\\':
		hd_buf_puts(buf, "\\\\");
		break;
	case '\n':
		hd_buf_puts(buf, "\\n");
		break;
	case '\r':
		hd_buf_puts(buf, "\\r");
		break;
	case '\t':
		hd_buf_puts(buf, "\\t");
		break;
	default:
		if (c < 0x20 || c == 0x7f)
			hd_buf_printf(buf, "\\u%04x", c);
		else
			hd_buf_putc(buf, (char)c);
	}
}

void hd_buf_json(struct hd_buf *buf, const char *text, size_t length)
{
	const unsigned char *bytes = (const unsigned char *)text;

	hd_buf_putc(buf, '"');
	for (size_t i = 0; i < length;) {
		size_t step = utf8_sequence(bytes + i, length - i);

		if (step == 0) {
			hd_buf_puts(buf, "\\ufffd");
			step = 1;
		} else if (step == 1) {
			buf_json_char(buf, bytes[i]);
		} else {
			hd_buf_add(buf, text + i, step);
		}
		i += step;
	}
	hd_buf_putc(buf, '"');
}

bool hd_buf_is_utf8(const char *text, size_t length)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t step = 1;

	for (size_t i = 0; i < length && step; i += step)
		step = utf8_sequence(bytes + i, length - i);
	return step != 0;
}

void hd_buf_json_number(struct hd_buf *buf, double value)
{
	if (isnan(value))
		hd_buf_puts(buf, "null");
	else if (isinf(value))
		hd_buf_puts(buf, value > 0 ? "1e999" : "-1e999");
	else
		hd_buf_number(buf, value);
}

void hd_buf_shell(struct hd_buf *buf, const char *text)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789_-+=./:,@%";

	if (*text && text[strspn(text, safe)] == '\0') {
		hd_buf_puts(buf, text);
		return;
	}
	hd_buf_putc(buf, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			hd_buf_puts(buf, "'\\''");
		else
			hd_buf_putc(buf, *text);
	}
	hd_buf_putc(buf, '\'');
}
