/*
 * Paths of this machine in a trial's words and variables, as they are where it
 * will run: by prefix, wherever in a text a path begins.
 */
#ifndef HD_REMOTE_REWRITE_H
#define HD_REMOTE_REWRITE_H

#include <stddef.h>

#include "base/buf.h"

struct hd_rewrite {
	const char *from; /* a path without a slash at its end; NULL: no rule */
	const char *to;
};

/*
 * Append TEXT, each path in it that is a FROM or lies below one beginning with
 * that rule's TO instead; the longest FROM counts. A path begins at the text's
 * beginning or behind one of  = : , ; blank and quotes, and a FROM ends where the
 * text does, before a slash or before one of these.
 */
void hd_rewrite_add(struct hd_buf *out, const struct hd_rewrite *rules,
		    size_t count, const char *text);

#endif
