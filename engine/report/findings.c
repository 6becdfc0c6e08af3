/*
 * Findings as a person reads them: the place, the text, the line of the file
 * and a caret below it; or one JSON array.
 *
 * The file may be hostile: nothing of it reaches a terminal as a control
 * character, and a line of any length shows only what lies around the caret.
 */
#include <hdrive/report.h>

#include <string.h>

#include "base/buf.h"

#define LINE_MOST 96 /* characters of an excerpt when no width is known */

/* Bytes of the character at AT; 0 for a byte that begins none. */
static size_t character_valid(const char *at)
{
	unsigned char c = (unsigned char)at[0];
	size_t length = c < 0x80 ? 1 : c < 0xe0 ? 2
			       : c < 0xf0       ? 3
						: 4;

	if ((c >= 0x80 && c < 0xc2) || c > 0xf4)
		return 0;
	for (size_t i = 1; i < length; i++)
		if (((unsigned char)at[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

static size_t character_bytes(const char *at)
{
	size_t length = character_valid(at);

	return length ? length : 1;
}

/* A control character: C0, DEL, or C1 in its UTF-8 form. */
static bool is_control(const char *at)
{
	unsigned char c = (unsigned char)at[0];

	return c < 0x20 || c == 0x7f ||
	       (c == 0xc2 && (unsigned char)at[1] < 0xa0);
}

/*
 * What can make text on a terminal read otherwise than it is: the Unicode
 * marks that turn its direction (U+202A to U+202E, U+2066 to U+2069).
 */
static bool is_direction(const char *at)
{
	const unsigned char *u = (const unsigned char *)at;

	if (u[0] != 0xe2)
		return false;
	return (u[1] == 0x80 && u[2] >= 0xaa && u[2] <= 0xae) ||
	       (u[1] == 0x81 && u[2] >= 0xa6 && u[2] <= 0xa9);
}

/* The character at *AT, made harmless; *AT moves behind it. */
static void add_character(struct hd_buf *buf, const char **at, bool keep_tab)
{
	size_t length = character_bytes(*at);

	if (**at == '\t' && keep_tab)
		hd_buf_putc(buf, '\t');
	else if (!character_valid(*at) || is_control(*at) ||
		 is_direction(*at))
		hd_buf_putc(buf, '?');
	else
		hd_buf_add(buf, *at, length);
	*at += length;
}

static void add_text(struct hd_buf *buf, const char *text)
{
	while (*text)
		add_character(buf, &text, false);
}

/* The line and the caret; a long line is cut on both sides of the caret. */
static void add_excerpt(struct hd_buf *buf, const struct hd_finding *finding,
			size_t width)
{
	struct hd_buf below = HD_BUF_INIT;
	size_t most = width > 24 ? width - 4 : LINE_MOST;
	size_t caret = finding->mark.column, first = 1, column = 1;
	const char *at = finding->excerpt;

	if (caret > most * 3 / 4)
		first = caret - most / 2;
	hd_buf_puts(buf, first > 1 ? "  ..." : "  ");
	hd_buf_puts(&below, first > 1 ? "     " : "  ");
	for (; *at && column < first; column++)
		at += character_bytes(at);
	for (; *at && column < first + most; column++) {
		if (column < caret)
			hd_buf_putc(&below, *at == '\t' ? '\t' : ' ');
		add_character(buf, &at, true);
	}
	/* The end of the text may be what is wrong. */
	for (; column < caret; column++)
		hd_buf_putc(&below, ' ');
	hd_buf_puts(buf, *at ? "...\n" : "\n");
	hd_buf_puts(buf, hd_buf_text(&below));
	hd_buf_puts(buf, "^\n");
	buf->failed |= hd_buf_failed(&below);
	hd_buf_release(&below);
}

static const char *severity_prefix(enum hd_severity severity)
{
	switch (severity) {
	case HD_FINDING_ERROR:
		return "";
	case HD_FINDING_WARNING:
		return "warning: ";
	case HD_FINDING_PORTABILITY:
		return "[portability] ";
	}
	return "";
}

static const char *severity_name(enum hd_severity severity)
{
	switch (severity) {
	case HD_FINDING_ERROR:
		return "error";
	case HD_FINDING_WARNING:
		return "warning";
	case HD_FINDING_PORTABILITY:
		return "portability";
	}
	return "";
}

static void finding_text(struct hd_buf *buf, const struct hd_finding *finding,
			 const struct hd_out *out)
{
	const struct hd_mark *mark = &finding->mark;

	if (mark->file) {
		add_text(buf, mark->file);
		if (mark->line)
			hd_buf_printf(buf, ":%zu:%zu", mark->line,
				      mark->column);
		hd_buf_puts(buf, ": ");
	}
	hd_buf_puts(buf, severity_prefix(finding->severity));
	add_text(buf, finding->text);
	hd_buf_putc(buf, '\n');
	if (finding->excerpt && mark->column)
		add_excerpt(buf, finding, out->width);
}

static void finding_json(struct hd_buf *buf, const struct hd_finding *finding)
{
	const struct hd_mark *mark = &finding->mark;

	hd_buf_printf(buf, "{\"severity\":\"%s\",\"file\":",
		      severity_name(finding->severity));
	if (mark->file)
		hd_buf_json(buf, mark->file, strlen(mark->file));
	else
		hd_buf_puts(buf, "null");
	if (mark->line)
		hd_buf_printf(buf, ",\"line\":%zu,\"column\":%zu", mark->line,
			      mark->column);
	else
		hd_buf_puts(buf, ",\"line\":null,\"column\":null");
	hd_buf_puts(buf, ",\"text\":");
	hd_buf_json(buf, finding->text, strlen(finding->text));
	hd_buf_putc(buf, '}');
}

/* Errors past the twentieth were counted, not kept. */
static void add_unkept(struct hd_buf *buf, const struct hd_findings *findings)
{
	size_t errors = hd_findings_count(findings, HD_FINDING_ERROR);

	if (errors > HD_FINDINGS_MOST)
		hd_buf_printf(buf, "and %zu more error%s\n",
			      errors - HD_FINDINGS_MOST,
			      errors - HD_FINDINGS_MOST == 1 ? "" : "s");
}

int hd_report_findings(const struct hd_findings *findings,
		       enum hd_format format, const struct hd_out *out,
		       struct hd_error *err)
{
	bool json = format == HD_FORMAT_JSON;
	struct hd_buf buf = HD_BUF_INIT;
	int rc;

	if (json)
		hd_buf_putc(&buf, '[');
	for (size_t i = 0; i < hd_findings_kept(findings); i++) {
		if (json && i)
			hd_buf_putc(&buf, ',');
		if (json)
			finding_json(&buf, hd_findings_at(findings, i));
		else
			finding_text(&buf, hd_findings_at(findings, i), out);
	}
	if (json)
		hd_buf_puts(&buf, "]\n");
	else
		add_unkept(&buf, findings);
	if (hd_buf_failed(&buf))
		rc = hd_error_nomem(err);
	else
		rc = buf.length ? out->write(out->user, hd_buf_text(&buf),
					     buf.length)
				: 0;
	hd_buf_release(&buf);
	return rc;
}
