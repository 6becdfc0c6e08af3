/*
 * A report: the page in one file, with the API's answers inside, which opens
 * without a server (docs/reference/export.md).
 *
 * Invariant: nothing that a sweep holds - names, values, logs - can end the
 * block that it stands in, and nothing but the page's own script runs.
 */
#ifndef HD_SERVE_HTML_H
#define HD_SERVE_HTML_H

#include <hdrive/report.h>
#include <hdrive/store.h>

#include "serve/assets.h"

/* Details of trials end there, in bytes: those of the best come first. */
#define HD_HTML_DETAILS ((size_t)24 << 20)

/* All borrowed. */
struct hd_html {
	struct hd_store *store;
	int64_t sweep;                 /* its key */
	const struct hd_asset *assets; /* HD_ASSETS */
	size_t details;                /* in bytes; 0: HD_HTML_DETAILS */
};

/* What OUT's function returns below 0 ends it, and is returned. */
int hd_html_write(const struct hd_html *html, const struct hd_out *out,
		  struct hd_error *err);

#endif
