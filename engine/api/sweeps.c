/* Sweeps, and what a sweep has besides its trials. */
#include "api/private.h"

#include "report/rows.h"
#include "report/said.h"
#include "store/look.h"

#include <hdrive/report.h>
#include <hdrive/version.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SWEEPS_MOST 1000 /* on a page */

int hd_api_version(struct call *call)
{
	hd_buf_puts(call->out, "{\"version\":\"" HD_VERSION "\",\"schema\":");
	hd_api_put_integer(call->out, hd_store_schema());
	hd_buf_printf(call->out, ",\"actions\":%s}",
		      call->api->setup.actions ? "true" : "false");
	return 0;
}

/* --- the list ----------------------------------------------------------------- */

int hd_api_put_sweep(struct hd_pen *pen, struct hd_store *store,
		     const struct hd_sweep_row *row, bool is_first, struct hd_error *err)
{
	bool is_study;
	int rc = hd_store_is_study(store, row->key, &is_study, err);

	if (rc < 0)
		return rc;
	hd_pen_puts(pen, is_first ? "{" : ",{");
	hd_rows_sweep_json(pen, row);
	hd_pen_printf(pen, ",\"study\":%s,\"key\":%" PRId64 "}", is_study ? "true" : "false",
		      row->key);
	return pen->rc;
}

struct sweeps_walk {
	struct hd_pen pen;
	struct call *call;
	size_t limit;
	size_t count;
	int64_t last; /* key of the last that is shown */
	bool more;
};

/* One more than is shown is asked for, to know whether there is a next page. */
static int sweeps_row(void *user, const struct hd_sweep_row *row)
{
	struct sweeps_walk *walk = user;

	if (walk->count == walk->limit) {
		walk->more = true;
		return 0;
	}
	walk->last = row->key;
	return hd_api_put_sweep(&walk->pen, walk->call->store, row, walk->count++ == 0,
				walk->call->err);
}

static int sweeps_read(struct call *call, struct sweeps_walk *walk, int64_t after)
{
	int64_t only = call->api->setup.only;

	if (only)
		return only < after ? hd_store_sweep(call->store, only, sweeps_row, walk, call->err)
				    : 0;
	return hd_store_sweeps_before(call->store, after, walk->limit + 1,
				      hd_call_text(call, "state"), sweeps_row, walk, call->err);
}

int hd_api_sweeps(struct call *call)
{
	const struct hd_out out = hd_api_out(call->out);
	struct sweeps_walk walk = { .call = call };
	int64_t limit, after;
	int written, rc = hd_call_integer(call, "limit", 50, 1, SWEEPS_MOST, &limit);

	if (rc == 0)
		rc = hd_call_integer(call, "after", INT64_MAX, 0, INT64_MAX, &after);
	if (rc < 0)
		return rc;
	walk.limit = (size_t)limit;
	hd_pen_init(&walk.pen, &out);
	hd_pen_puts(&walk.pen, "{\"sweeps\":[");
	rc = sweeps_read(call, &walk, after);
	if (walk.more)
		hd_pen_printf(&walk.pen, "],\"next\":%" PRId64 "}", walk.last);
	else
		hd_pen_puts(&walk.pen, "],\"next\":null}");
	written = hd_pen_end(&walk.pen, rc < 0 ? NULL : call->err);
	return rc < 0 ? rc : written;
}

int hd_api_sweep(struct call *call)
{
	const struct hd_out out = hd_api_out(call->out);
	int rc = hd_report_status(call->store, call->sweep, HD_FORMAT_JSON, &out, call->err);

	hd_api_trim(call->out);
	return rc;
}

/* --- its file ------------------------------------------------------------------- */

struct config_walk {
	struct call *call;
	struct hd_pen pen;
	size_t count;
};

static int config_setting(void *user, const char *text)
{
	struct config_walk *walk = user;

	hd_pen_puts(&walk->pen, walk->count++ ? "," : "");
	hd_pen_json(&walk->pen, text);
	return walk->pen.rc;
}

static int config_program(void *user, const char *program)
{
	struct config_walk *walk = user;

	hd_pen_json_raw(&walk->pen, program);
	return walk->pen.rc;
}

static int config_row(void *user, const struct hd_sweep_row *row)
{
	struct config_walk *walk = user;
	struct hd_pen *pen = &walk->pen;
	struct call *call = walk->call;
	int rc;

	hd_pen_puts(pen, "{");
	hd_pen_key(pen, "config_path", true);
	hd_pen_json(pen, row->config_path);
	hd_pen_key(pen, "config", false);
	hd_pen_json(pen, row->config_text);
	hd_pen_puts(pen, ",\"settings\":[");
	rc = hd_store_settings(call->store, row->key, config_setting, walk, call->err);
	hd_pen_puts(pen, "],\"program\":");
	if (rc == 0)
		rc = hd_store_program(call->store, row->key, config_program, walk, call->err);
	if (rc == 0)
		rc = hd_azure_own_json(pen, call->store, row, call->err);
	hd_pen_puts(pen, "}");
	return rc;
}

int hd_api_config(struct call *call)
{
	const struct hd_out out = hd_api_out(call->out);
	struct config_walk walk = { .call = call };
	int written, rc;

	hd_pen_init(&walk.pen, &out);
	rc = hd_store_sweep(call->store, call->sweep, config_row, &walk, call->err);
	written = hd_pen_end(&walk.pen, rc < 0 ? NULL : call->err);
	return rc < 0 ? rc : written;
}

/* --- attempts, decisions ---------------------------------------------------------- */

struct attempts_walk {
	struct hd_buf *out;
	size_t count;
};

static int attempts_row(void *user, const struct hd_look_attempt *row)
{
	struct attempts_walk *walk = user;
	struct hd_buf *out = walk->out;

	hd_buf_printf(out, "%s[%zu,%u,", walk->count++ ? "," : "", row->trial, row->number);
	if (row->slot < 0)
		hd_buf_puts(out, "null");
	else
		hd_api_put_integer(out, row->slot);
	hd_buf_putc(out, ',');
	hd_api_put_millis(out, row->started);
	hd_buf_putc(out, ',');
	hd_api_put_millis(out, row->ended);
	hd_buf_printf(out, ",\"%s\"]", hd_end_name(row->end));
	return hd_buf_failed(out) ? hd_error_nomem(NULL) : 0;
}

int hd_api_attempts(struct call *call)
{
	struct attempts_walk walk = { .out = call->out };
	int rc;

	hd_buf_puts(call->out, "{\"attempts\":[");
	rc = hd_store_look_attempts(call->store, call->sweep, attempts_row, &walk, call->err);
	hd_buf_puts(call->out, "]}");
	return rc;
}

struct decisions_walk {
	struct hd_pen pen;
	size_t count;
};

static int decisions_row(void *user, const struct hd_decision_row *row)
{
	struct decisions_walk *walk = user;

	hd_pen_printf(&walk->pen, "%s{\"trial\":%zu,", walk->count++ ? "," : "", row->trial);
	hd_rows_decision_json(&walk->pen, row);
	hd_pen_puts(&walk->pen, "}");
	return walk->pen.rc;
}

int hd_api_decisions(struct call *call)
{
	const struct hd_out out = hd_api_out(call->out);
	struct decisions_walk walk = { .count = 0 };
	int written, rc;

	hd_pen_init(&walk.pen, &out);
	hd_pen_puts(&walk.pen, "{\"decisions\":[");
	rc = hd_store_decisions(call->store, call->sweep, -1, decisions_row, &walk, call->err);
	hd_pen_puts(&walk.pen, "]}");
	written = hd_pen_end(&walk.pen, rc < 0 ? NULL : call->err);
	return rc < 0 ? rc : written;
}
