/*
 * Findings: what a loader has to say, kept in file order.
 *
 * Invariant: the kept ones are sorted by (line, column), unknown places last,
 * equals in order of arrival.
 */
#include <hdrive/error.h>

#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct hd_findings {
	struct hd_arena *arena;
	struct hd_finding *kept;
	size_t count;
	size_t size;
	size_t added[HD_FINDING_PORTABILITY + 1];
};

struct hd_findings *hd_findings_new(void)
{
	struct hd_findings *findings = calloc(1, sizeof *findings);

	if (!findings)
		return NULL;
	findings->arena = hd_arena_new();
	if (!findings->arena) {
		free(findings);
		return NULL;
	}
	return findings;
}

void hd_findings_free(struct hd_findings *findings)
{
	if (!findings)
		return;
	hd_arena_free(findings->arena);
	free(findings->kept);
	free(findings);
}

static bool mark_is_before(const struct hd_mark *a, const struct hd_mark *b)
{
	if (!a->line || !b->line)
		return a->line && !b->line;
	return a->line < b->line ||
	       (a->line == b->line && a->column < b->column);
}

static int findings_grow(struct hd_findings *findings)
{
	size_t size = findings->size ? findings->size * 2 : 16;
	struct hd_finding *kept;

	if (findings->count < findings->size)
		return 0;
	kept = realloc(findings->kept, size * sizeof *kept);
	if (!kept)
		return HD_ENOMEM;
	findings->kept = kept;
	findings->size = size;
	return 0;
}

int hd_findings_add(struct hd_findings *findings, enum hd_severity severity,
		    const struct hd_mark *mark, const char *excerpt,
		    const char *fmt, ...)
{
	struct hd_finding finding = { .severity = severity };
	char text[HD_ERROR_TEXT];
	va_list args;
	size_t at;

	findings->added[severity]++;
	if (findings->added[severity] > HD_FINDINGS_MOST)
		return 0;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	finding.text = hd_arena_string(findings->arena, text);
	if (mark)
		finding.mark = *mark;
	if (mark && mark->file)
		finding.mark.file =
			hd_arena_string(findings->arena, mark->file);
	if (excerpt)
		finding.excerpt = hd_arena_string(findings->arena, excerpt);
	if (!finding.text || (mark && mark->file && !finding.mark.file) ||
	    (excerpt && !finding.excerpt) || findings_grow(findings) < 0)
		return HD_ENOMEM;

	at = findings->count++;
	while (at > 0 &&
	       mark_is_before(&finding.mark, &findings->kept[at - 1].mark)) {
		findings->kept[at] = findings->kept[at - 1];
		at--;
	}
	findings->kept[at] = finding;
	return 0;
}

size_t hd_findings_count(const struct hd_findings *findings,
			 enum hd_severity severity)
{
	return findings->added[severity];
}

size_t hd_findings_kept(const struct hd_findings *findings)
{
	return findings->count;
}

const struct hd_finding *hd_findings_at(const struct hd_findings *findings,
					size_t index)
{
	return index < findings->count ? &findings->kept[index] : NULL;
}
