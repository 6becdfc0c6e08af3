/*
 * The page that is embedded in hdrive-ui: what engine/page/build.sh makes.
 */
#ifndef HD_SERVE_ASSETS_H
#define HD_SERVE_ASSETS_H

#include <stddef.h>
#include <stdint.h>

/* A file of the page; all static. */
struct hd_asset {
	const char *path; /* "/page.js" */
	const char *type;
	const char *text;
	size_t length;
	const char *gzip; /* the same compressed; NULL: it is not */
	size_t gzip_length;
	char tag[24]; /* changes with the text, in quotes */
};

/* What an answer says of the page's place in the world (docs/reference/api.md). */
#define HD_PAGE_POLICY                                              \
	"default-src 'none'; script-src 'self'; style-src 'self'; " \
	"img-src 'self' data:; connect-src 'self'; "                \
	"frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/* "/", "/page.css", "/page.js" and "/rest.js", in this order. */
#define HD_ASSETS 4

void hd_assets(struct hd_asset assets[HD_ASSETS]);

#endif
