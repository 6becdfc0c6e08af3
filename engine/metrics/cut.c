/*
 * Bytes to parts of lines. The same bytes give the same parts however they
 * arrive, and where a part begins can be told from the byte before it: that is
 * what lets a tail start again from an offset alone.
 */
#include "metrics/rules.h"

bool hd_cut_ends(char c)
{
	return c == '\n' || c == '\r' || c == '\b';
}

/* One pass for all three: nearly every byte of a text is above them. */
static size_t cut_find(const struct hd_cut *cut)
{
	size_t at = cut->begin;

	while (at < cut->end && ((unsigned char)cut->buffer[at] > '\r' ||
				 !hd_cut_ends(cut->buffer[at])))
		at++;
	return at;
}

bool hd_cut_next(struct hd_cut *cut, bool last, struct hd_cut_part *part)
{
	size_t at = cut_find(cut), length = at - cut->begin;
	bool ended = at < cut->end;

	part->text = cut->buffer + cut->begin;
	part->length = length < HD_METRIC_LINE ? length : HD_METRIC_LINE;
	part->newline = ended && cut->buffer[at] == '\n';
	if (cut->skipping) {
		part->length = 0;
		cut->skipping = !ended;
		cut->begin = ended ? at + 1 : at;
		return ended;
	}
	if (ended) {
		cut->begin = at + 1;
		return true;
	}
	if (length < HD_METRIC_LINE && !(last && length))
		return false;
	/* Given now, so that a line without an end is not held or read again. */
	cut->skipping = true;
	cut->begin = at;
	return true;
}
