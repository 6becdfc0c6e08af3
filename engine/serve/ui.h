/*
 * What "hdrive ui" serves to browsers: the page, and the JSON API that it reads
 * (docs/reference/api.md). MLflow's interface is http.c's other half.
 */
#ifndef HD_SERVE_UI_H
#define HD_SERVE_UI_H

#include "api/api.h"
#include "serve/assets.h"
#include "serve/events.h"
#include "serve/job.h"
#include "serve/web.h"

/* All borrowed. */
struct hd_ui {
	struct hd_store *store;
	int64_t only; /* key of the one sweep that is shown; 0: all */
	const struct hd_web_guard *guard;
	const struct hd_asset *assets; /* HD_ASSETS */
	struct hd_api *api;
	struct hd_events *events;
	struct hd_jobs *jobs; /* NULL: nothing can be changed */
};

/* For hd_http_setup. */
void hd_ui_page(void *user, const struct hd_web_request *request,
		struct hd_web_reply *reply);

#endif
