/* hdrive-ui's other task: "hdrive export --html". */
#ifndef HD_SERVE_SERVER_HTML_H
#define HD_SERVE_SERVER_HTML_H

#include <hdrive/store.h>

/*
 * Write a report of SWEEP, a key, to PATH, "-" for standard output: it is there
 * whole, or as it was before.
 */
int hd_server_html(struct hd_store *store, int64_t sweep, const char *path,
		   struct hd_error *err);

#endif
