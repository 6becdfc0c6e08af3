/*
 * What "hdrive ui" serves: the MLflow API over the store, for reading, and
 * pages with its sweeps and their trials.
 */
#ifndef HD_SERVE_UI_H
#define HD_SERVE_UI_H

#include <hdrive/store.h>

#include "serve/web.h"

struct hd_ui {
	struct hd_store *store; /* borrowed */
	int64_t only;           /* key of the one sweep that is shown; 0: all */
	const char *token;      /* for links between pages */
};

/* "/", "/sweeps/NAME", "/health" and "/version"; for hd_http_setup. */
void hd_ui_page(void *user, const struct hd_web_request *request,
		struct hd_web_reply *reply);

#endif
