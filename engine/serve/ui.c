#include "serve/ui.h"

#include "mlflow/api.h"

#include <hdrive/report.h>

#include <inttypes.h>
#include <math.h>
#include <string.h>

static const char page_head[] =
	"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>hdrive"
	"</title><style>body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;"
	"max-width:70em;padding:0 1em}table{border-collapse:collapse;width:100%}"
	"th,td{text-align:left;padding:.3em .8em .3em 0;border-bottom:1px solid "
	"#ddd;vertical-align:top}td.n,th.n{text-align:right}code{font-size:90%}"
	"</style>";

struct page {
	const struct hd_ui *ui;
	struct hd_buf *out;
};

static void cell(struct hd_buf *out, const char *text, bool number)
{
	hd_buf_puts(out, number ? "<td class=\"n\">" : "<td>");
	hd_web_html(out, text);
}

static void cell_number(struct hd_buf *out, double value)
{
	char text[32];

	cell(out, isnan(value) ? "" : hd_number_text(value, text, sizeof text),
	     true);
}

static void cell_count(struct hd_buf *out, size_t count)
{
	hd_buf_printf(out, "<td class=\"n\">%zu", count);
}

static int sweep_row(void *user, const struct hd_sweep_row *row)
{
	struct page *page = user;
	struct hd_buf *out = page->out;

	/* A name has no character that would need an escape. */
	hd_buf_puts(out, "<tr><td><a href=\"/sweeps/");
	hd_web_html(out, row->name);
	hd_buf_printf(out, "?token=%s\">", page->ui->token);
	hd_web_html(out, row->name);
	hd_buf_puts(out, "</a>");
	cell(out, row->state, false);
	cell(out, row->sampler, false);
	cell_count(out, row->trials);
	cell(out, row->metric, false);
	cell_number(out, row->best_trial < 0 ? NAN : row->best);
	return 0;
}

static void page_open(struct hd_buf *out)
{
	hd_buf_puts(out, page_head);
}

static void page_sweeps(struct page *page, struct hd_error *err)
{
	const struct hd_ui *ui = page->ui;
	struct hd_buf *out = page->out;

	page_open(out);
	hd_buf_puts(out, "<h1>Sweeps</h1><table><tr><th>name<th>state<th>sampler"
			 "<th class=\"n\">trials<th>metric<th class=\"n\">best");
	if ((ui->only ? hd_store_sweep(ui->store, ui->only, sweep_row, page, err)
		      : hd_store_sweeps(ui->store, 0, NULL, sweep_row, page,
					err)) < 0)
		return;
	hd_buf_puts(out, "</table><p>An MLflow client that is given this "
			 "address as <code>MLFLOW_TRACKING_URI</code> and the "
			 "token as <code>MLFLOW_TRACKING_TOKEN</code> can ask "
			 "for runs, metrics and artifacts.</p></html>\n");
}

static int trial_row(void *user, const struct hd_trial_row *row)
{
	struct page *page = user;
	struct hd_buf *out = page->out;

	hd_buf_puts(out, "<tr>");
	cell_count(out, row->number);
	cell(out,
	     row->state == HD_TRIAL_CANCELED && row->end == HD_END_PAUSED
		     ? "Paused"
		     : hd_trial_state_name(row->state),
	     false);
	cell_number(out, row->value);
	cell_number(out, row->last);
	cell_count(out, row->intervals);
	hd_buf_puts(out, "<td><code>");
	hd_web_html(out, row->parameters);
	hd_buf_puts(out, "</code>");
	cell(out, row->end_detail, false);
	return 0;
}

static int sweep_title(void *user, const struct hd_sweep_row *row)
{
	struct page *page = user;

	hd_buf_puts(page->out, "<h1>");
	hd_web_html(page->out, row->name);
	hd_buf_puts(page->out, "</h1><p>");
	hd_web_html(page->out, row->state);
	hd_buf_puts(page->out, ", ");
	hd_web_html(page->out, hd_goal_name(row->goal));
	hd_buf_puts(page->out, " ");
	hd_web_html(page->out, row->metric);
	hd_buf_printf(page->out, "</p><p><a href=\"/?token=%s\">all sweeps</a>"
				 "</p>",
		      page->ui->token);
	return 0;
}

static int page_trials(struct page *page, const char *name,
		       struct hd_error *err)
{
	static const struct hd_trial_query best = { .order = HD_ORDER_BEST };
	struct hd_store *store = page->ui->store;
	int64_t key;
	int rc = hd_store_find_sweep(store, name, &key, err);

	if (rc == 0 && page->ui->only && page->ui->only != key)
		rc = hd_error_set(err, HD_ENOENT, "no sweep '%.200s'", name);
	if (rc < 0)
		return rc;
	page_open(page->out);
	rc = hd_store_sweep(store, key, sweep_title, page, err);
	hd_buf_puts(page->out,
		    "<table><tr><th class=\"n\">trial<th>state<th class=\"n\">"
		    "value<th class=\"n\">last<th class=\"n\">intervals<th>"
		    "parameters<th>end");
	if (rc == 0)
		rc = hd_store_trials(store, key, &best, trial_row, page, err);
	hd_buf_puts(page->out, "</table></html>\n");
	return rc;
}

static void page_fail(struct hd_web_reply *reply, const struct hd_error *err)
{
	hd_web_fail(reply,
		    err->code == HD_ENOENT || err->code == HD_EINVAL
			    ? "RESOURCE_DOES_NOT_EXIST"
			    : "INTERNAL_ERROR",
		    "%s", err->text);
}

void hd_ui_page(void *user, const struct hd_web_request *request,
		struct hd_web_reply *reply)
{
	static const char sweeps[] = "/sweeps/";
	struct page page = { user, &reply->body };
	const char *path = hd_buf_text(&request->path);
	struct hd_error err = { 0 };

	if (!hd_web_is(request, "GET")) {
		hd_web_fail(reply, "METHOD_NOT_ALLOWED", "pages are for GET");
		return;
	}
	reply->type = "text/html; charset=utf-8";
	if (!strcmp(path, "/")) {
		page_sweeps(&page, &err);
	} else if (!strncmp(path, sweeps, sizeof sweeps - 1)) {
		page_trials(&page, path + sizeof sweeps - 1, &err);
	} else {
		hd_web_fail(reply, "ENDPOINT_NOT_FOUND", "no page '%.200s'",
			    path);
		return;
	}
	if (err.code)
		page_fail(reply, &err);
}
