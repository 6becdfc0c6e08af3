/*
 * Text for reports: numbers, durations, JSON strings, and text from outside
 * made harmless for a terminal.
 */
#include "report/out.h"

#include "base/number.h"
#include "space/args.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *hd_number_text(double value, char *text, size_t size)
{
	char whole[HD_NUMBER_TEXT];

	hd_number_write(value, whole);
	if (size > 0)
		snprintf(text, size, "%s", whole);
	return text;
}

/* Rounded to what the next unit shows, so that no "60 s" appears. */
const char *hd_duration_text(double seconds, char *text, size_t size)
{
	long long whole;

	if (!(seconds >= 0) || seconds > 1e15) {
		snprintf(text, size, "%s", isinf(seconds) ? "no limit" : "?");
		return text;
	}
	whole = llround(seconds);
	if (seconds < 9.95)
		snprintf(text, size, "%.*f s",
			 fabs(seconds - (double)whole) >= 0.05, seconds);
	else if (whole < 60)
		snprintf(text, size, "%lld s", whole);
	else if (whole < 3600)
		snprintf(text, size, "%lldm%02llds", whole / 60, whole % 60);
	else if (whole < 48 * 3600)
		snprintf(text, size, "%lldh%02lldm", whole / 3600,
			 whole / 60 % 60);
	else
		snprintf(text, size, "%lldd%02lldh", whole / 86400,
			 whole / 3600 % 24);
	return text;
}

/* Bytes of the UTF-8 sequence at TEXT that a terminal may get, 0 for none:
 * C0 and C1 controls, deletes, bidirectional overrides and bytes that are no
 * UTF-8 may not. */
static size_t plain_sequence(const unsigned char *text, size_t length)
{
	unsigned long point;
	size_t need = text[0] < 0x80 ? 1 : text[0] < 0xc2 ? 0
				   : text[0] < 0xe0       ? 2
				   : text[0] < 0xf0       ? 3
				   : text[0] < 0xf5       ? 4
							  : 0;

	if (need == 0 || need > length)
		return 0;
	if (need == 1)
		return text[0] >= 0x20 && text[0] != 0x7f;
	point = text[0] & (0xffu >> (need + 1));
	for (size_t i = 1; i < need; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (text[i] & 0x3f);
	}
	if (point < 0xa0 || (need == 3 && point < 0x800) ||
	    (need == 4 && point < 0x10000) || point > 0x10ffff ||
	    (point >= 0xd800 && point < 0xe000) ||
	    point == 0x061c || point == 0xfeff ||
	    (point >= 0x200b && point <= 0x200f) ||
	    (point >= 0x2028 && point <= 0x202e) ||
	    (point >= 0x2060 && point <= 0x2069))
		return 0;
	return need;
}

void hd_buf_plain(struct hd_buf *buf, const char *text, size_t length,
		  bool lines)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t step;

	for (size_t i = 0; i < length; i += step) {
		step = plain_sequence(bytes + i, length - i);
		if (lines && (bytes[i] == '\n' || bytes[i] == '\t'))
			step = 1;
		if (step > 0) {
			hd_buf_add(buf, text + i, step);
			continue;
		}
		hd_buf_printf(buf, "\\x%02x", bytes[i]);
		step = 1;
	}
}

const char *hd_plain_text(const char *from, char *text, size_t size)
{
	struct hd_buf buf = HD_BUF_INIT;

	hd_buf_plain(&buf, from, strlen(from), false);
	if (size > 0)
		snprintf(text, size, "%s", hd_buf_text(&buf));
	hd_buf_release(&buf);
	return text;
}

/* Hand BUF to OUT and release it. */
static int text_flush(struct hd_buf *buf, const struct hd_out *out)
{
	int rc = HD_ENOMEM;

	if (!hd_buf_failed(buf))
		rc = out->write(out->user, hd_buf_text(buf), buf->length);
	hd_buf_release(buf);
	return rc;
}

int hd_report_json_text(const char *text, size_t length,
			const struct hd_out *out)
{
	struct hd_buf buf = HD_BUF_INIT;

	hd_buf_json(&buf, text, length);
	return text_flush(&buf, out);
}

int hd_report_plain_text(const char *text, size_t length, bool lines,
			 const struct hd_out *out)
{
	struct hd_buf buf = HD_BUF_INIT;

	hd_buf_plain(&buf, text, length, lines);
	return text_flush(&buf, out);
}

int hd_report_values(const struct hd_space *space,
		     const struct hd_value *values, const struct hd_out *out)
{
	struct hd_buf buf = HD_BUF_INIT;

	hd_args_json(&buf, space, values);
	return text_flush(&buf, out);
}
