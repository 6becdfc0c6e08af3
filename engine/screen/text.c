/* wcwidth is XSI's. */
#define _XOPEN_SOURCE 700

#include "screen/text.h"

#include "report/out.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

/* One character of harmless UTF-8: its bytes, and its point. */
static size_t text_next(const char *text, wchar_t *point)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t need = bytes[0] < 0x80 ? 1 : bytes[0] < 0xe0 ? 2
				    : bytes[0] < 0xf0       ? 3
							    : 4;

	*point = bytes[0] < 0x80 ? bytes[0] : bytes[0] & (0xff >> (need + 1));
	for (size_t i = 1; i < need; i++)
		*point = (wchar_t)(*point << 6 | (bytes[i] & 0x3f));
	return need;
}

/* What a terminal that does not know it shows of it is a guess: one column. */
static size_t text_width(wchar_t point, bool utf8)
{
	int width = utf8 && point >= 0x80 ? wcwidth(point) : 1;

	return width < 0 ? 1 : (size_t)width;
}

size_t screen_columns(const char *text, bool utf8)
{
	size_t columns = 0;
	wchar_t point;

	while (*text) {
		text += text_next(text, &point);
		columns += text_width(point, utf8);
	}
	return columns;
}

/* Where the character that no longer fits into COLUMNS begins. */
static size_t text_reach(const char *text, size_t columns, size_t bytes, bool utf8,
			 size_t *used)
{
	size_t at = 0;

	*used = 0;
	while (text[at]) {
		wchar_t point;
		size_t step = text_next(text + at, &point);
		size_t width = text_width(point, utf8);

		if (*used + width > columns || at + step > bytes)
			break;
		at += step;
		*used += width;
	}
	return at;
}

/* Every character beyond ASCII as one '?', in place. */
static void text_to_ascii(char *text)
{
	char *to = text;

	while (*text) {
		wchar_t point;
		size_t step = text_next(text, &point);

		*to++ = step == 1 ? *text : '?';
		text += step;
	}
	*to = '\0';
}

/* As many bytes as COLUMNS columns could need: four a character, and some. */
static size_t text_worth(const char *from, size_t length, size_t columns)
{
	size_t most = 16 * columns + 64;

	if (length <= most)
		return length;
	/* Not within a character. */
	while (most > 0 && ((unsigned char)from[most] & 0xc0) == 0x80)
		most--;
	return most;
}

size_t screen_fit(char *out, size_t size, const char *from, size_t length,
		  size_t columns, bool utf8)
{
	const char *more = utf8 ? "\xe2\x80\xa6" : "~";
	struct hd_buf buf = HD_BUF_INIT;
	size_t used, end;
	char *text;

	out[0] = '\0';
	if (columns == 0 || size < 8)
		return 0;
	hd_buf_plain(&buf, from, text_worth(from, length, columns), true);
	text = hd_buf_failed(&buf) || !buf.text ? NULL : buf.text;
	if (!text) {
		hd_buf_release(&buf);
		return 0;
	}
	for (char *c = text; *c; c++)
		if (*c == '\t' || *c == '\n')
			*c = ' ';
	if (!utf8)
		text_to_ascii(text);
	end = text_reach(text, columns, size - 1, utf8, &used);
	if (!text[end]) {
		memcpy(out, text, end + 1);
	} else {
		end = text_reach(text, columns - 1, size - 4, utf8, &used);
		memcpy(out, text, end);
		strcpy(out + end, more);
		used++;
	}
	hd_buf_release(&buf);
	return used;
}

const char *screen_value(double value, char *text, size_t size)
{
	if (isnan(value))
		snprintf(text, size, "-");
	else if (isinf(value))
		snprintf(text, size, value > 0 ? "inf" : "-inf");
	else
		snprintf(text, size, "%.6g", value);
	return text;
}
