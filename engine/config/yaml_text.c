/*
 * The text under the nodes: is it UTF-8, which line does a place stand on,
 * and what is reported about it.
 */
#include "config/yaml.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer lines are no help to a person. */
#define EXCERPT_MOST 65536

/* Bytes of the UTF-8 character at AT, 0 when it is none (RFC 3629). */
static size_t character_length(const char *text, size_t left)
{
	const unsigned char *at = (const unsigned char *)text;
	size_t length = at[0] < 0x80 ? 1 : at[0] < 0xc2 ? 0
				   : at[0] < 0xe0       ? 2
				   : at[0] < 0xf0       ? 3
				   : at[0] < 0xf5       ? 4
							: 0;

	if (length == 0 || length > left)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates, and past U+10FFFF. */
	if ((at[0] == 0xe0 && at[1] < 0xa0) ||
	    (at[0] == 0xed && at[1] > 0x9f) ||
	    (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
		return 0;
	return length;
}

/* Bytes of the line break at AT, as YAML 1.1 and so libyaml counts lines. */
static size_t break_length(const char *at, const char *end)
{
	size_t left = (size_t)(end - at);

	if (*at == '\r')
		return left > 1 && at[1] == '\n' ? 2 : 1;
	if (*at == '\n')
		return 1;
	if (left > 1 && !memcmp(at, "\xc2\x85", 2))
		return 2;
	if (left > 2 && (!memcmp(at, "\xe2\x80\xa8", 3) ||
			 !memcmp(at, "\xe2\x80\xa9", 3)))
		return 3;
	return 0;
}

/* A copy of line LINE, the caller's; NULL when there is none worth showing. */
static char *source_line(const struct hd_yaml_source *source, size_t line)
{
	const char *at = source->text, *end = at + source->length;
	const char *first;
	size_t length;

	if (source->length >= 3 && !memcmp(at, "\xef\xbb\xbf", 3))
		at += 3;
	while (at < end && line > 1) {
		length = break_length(at, end);
		at += length ? length : 1;
		line -= length > 0;
	}
	first = at;
	while (at < end && break_length(at, end) == 0)
		at++;
	if (line > 1 || at - first > EXCERPT_MOST)
		return NULL;
	return strndup(first, (size_t)(at - first));
}

bool hd_yaml_has_errors(const struct hd_yaml_sink *sink)
{
	return hd_findings_count(sink->findings, HD_FINDING_ERROR) > 0;
}

void hd_yaml_report(struct hd_yaml_sink *sink, enum hd_severity severity,
		    const struct hd_yaml_place *place, const char *fmt, ...)
{
	struct hd_mark mark = { place->source->name, place->line,
				place->column };
	bool portability = severity == HD_FINDING_PORTABILITY && sink->azure;
	char text[HD_ERROR_TEXT], *excerpt = NULL;
	va_list args;

	if (portability || (severity == HD_FINDING_WARNING && sink->strict))
		severity = HD_FINDING_ERROR;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	/* What is not kept is not looked up: a file may have a million. */
	if (place->line && place->source->has_places &&
	    hd_findings_count(sink->findings, severity) < HD_FINDINGS_MOST)
		excerpt = source_line(place->source, place->line);
	if (hd_findings_add(sink->findings, severity, &mark, excerpt, "%s%s",
			    portability ? "[portability] " : "", text) < 0)
		sink->code = HD_ENOMEM;
	free(excerpt);
}

bool hd_yaml_check_text(const struct hd_yaml_source *source,
			struct hd_yaml_sink *sink)
{
	struct hd_yaml_place place = { source, 0, 0 };
	const char *at = source->text, *end = at + source->length;
	const char *first = at;
	uint32_t line = 1, column = 1;
	const char *problem = NULL;

	if (source->length > HD_YAML_BYTES)
		problem = "the file is larger than 16 MiB";
	else if (source->length >= 2 && (!memcmp(at, "\xff\xfe", 2) ||
					 !memcmp(at, "\xfe\xff", 2)))
		problem = "the file is UTF-16, save it as UTF-8";
	if (source->length >= 3 && !memcmp(at, "\xef\xbb\xbf", 3))
		at += 3;
	while (at < end && !problem) {
		size_t length = character_length(at, (size_t)(end - at));
		size_t broken = break_length(at, end);

		if (length == 0)
			problem = "not UTF-8, save the file as UTF-8";
		else if (*at == '\0')
			problem = "a NUL byte, which no text holds";
		if (problem)
			break;
		at += broken ? broken : length;
		column = broken ? 1 : column + 1;
		line += broken > 0;
	}
	if (!problem)
		return true;
	if (at > first && source->has_places) {
		place.line = line;
		place.column = column;
	}
	hd_yaml_report(sink, HD_FINDING_ERROR, &place, "%s", problem);
	return false;
}
