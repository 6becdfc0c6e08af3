#include "serve/ui.h"

#include <string.h>

/*
 * The address that was printed has the token: a cookie keeps it from then on,
 * and the address that a browser shows, and keeps, has it no more.
 */
static void page_enter(const struct hd_ui *ui, struct hd_web_reply *reply)
{
	char name[32];
	struct hd_buf cookie = HD_BUF_INIT;

	hd_web_cookie(ui->guard, name, sizeof name);
	hd_buf_printf(&cookie, "%s=%s; Path=/; HttpOnly; SameSite=Strict", name,
		      ui->guard->token);
	hd_web_header(reply, "Set-Cookie", hd_buf_text(&cookie));
	hd_web_header(reply, "Location", "/");
	hd_buf_release(&cookie);
	reply->status = 303;
	reply->type = "text/plain";
}

static void page_asset(const struct hd_web_request *request,
		       const struct hd_asset *asset, struct hd_web_reply *reply)
{
	bool small = asset->gzip && hd_web_takes_gzip(request);

	hd_web_header(reply, "ETag", asset->tag);
	hd_web_header(reply, "Cache-Control", "no-cache");
	hd_web_header(reply, "Content-Security-Policy", HD_PAGE_POLICY);
	hd_web_header(reply, "Vary", "Accept-Encoding");
	reply->type = asset->type;
	if (request->match && strstr(request->match, asset->tag)) {
		reply->status = 304;
		return;
	}
	if (small)
		hd_web_header(reply, "Content-Encoding", "gzip");
	reply->fixed = small ? asset->gzip : asset->text;
	reply->fixed_size = small ? asset->gzip_length : asset->length;
}

/* --- the API ---------------------------------------------------------------- */

static const char *argument_of(void *user, const char *name)
{
	return hd_web_argument(user, name);
}

/* As RFC 8187 has it: any name, in letters that every header may have. */
static void name_escape(struct hd_buf *out, const char *name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

	for (; *name; name++)
		if (strchr(plain, *name))
			hd_buf_putc(out, *name);
		else
			hd_buf_printf(out, "%%%02X", (unsigned char)*name);
}

/*
 * A script wrote it, and it may be a page: it is to be saved, and were it shown
 * it could do nothing.
 */
static void api_file(const struct hd_api_answer *answer,
		     struct hd_web_reply *reply)
{
	struct hd_buf place = HD_BUF_INIT;

	reply->file = answer->file;
	reply->file_size = answer->file_size;
	reply->type = "application/octet-stream";
	hd_buf_puts(&place, "attachment; filename*=UTF-8''");
	name_escape(&place, answer->file_name ? answer->file_name : "file");
	hd_web_header(reply, "Content-Disposition", hd_buf_text(&place));
	hd_web_header(reply, "Content-Security-Policy",
		      "sandbox; default-src 'none'; frame-ancestors 'none'");
	hd_buf_release(&place);
}

static void api_get(const struct hd_ui *ui, const char *path,
		    const struct hd_web_request *request,
		    struct hd_web_reply *reply)
{
	struct hd_api_answer answer = { .json = &reply->body, .file = -1 };
	struct hd_error err = { 0 };

	if (!strcmp(path, "stream"))
		hd_events_answer(ui->events, request, reply);
	else if (hd_api_get(ui->api, path, argument_of,
			    (void *)(uintptr_t)request, &answer, &err) < 0)
		hd_web_fail_error(reply, &err);
	else if (answer.file >= 0)
		api_file(&answer, reply);
}

static void api_post(const struct hd_ui *ui, const char *path,
		     const struct hd_web_request *request,
		     struct hd_web_reply *reply)
{
	struct hd_action action;

	if (!ui->jobs) {
		hd_web_fail(reply, "PERMISSION_DENIED",
			    "nothing can be changed here: 'hdrive ui "
			    "--allow-actions' lets it");
		return;
	}
	if (!hd_web_may_act(request, reply))
		return;
	if (hd_action_make(&action, path, ui->store, ui->only, request, reply))
		hd_jobs_start(ui->jobs, &action, reply);
	hd_action_release(&action);
}

static void api_answer(const struct hd_ui *ui, const char *path,
		       const struct hd_web_request *request,
		       struct hd_web_reply *reply)
{
	bool acts = hd_action_is(path);

	if (hd_web_is(request, "GET") && !acts) {
		api_get(ui, path, request, reply);
	} else if (hd_web_is(request, "POST") && acts) {
		api_post(ui, path, request, reply);
	} else {
		hd_web_fail(reply, "METHOD_NOT_ALLOWED",
			    "'%.16s' is not for '/api/v1/%.200s'",
			    request->method, path);
		hd_web_header(reply, "Allow", acts ? "POST" : "GET, HEAD");
	}
}

/* --- routes ----------------------------------------------------------------- */

/* Whether PATH is one of the page's parts. */
static bool page_answer(const struct hd_ui *ui, const char *path,
			const struct hd_web_request *request,
			struct hd_web_reply *reply)
{
	const struct hd_asset *asset = NULL;

	for (size_t i = 0; i < HD_ASSETS && !asset; i++)
		if (!strcmp(path, ui->assets[i].path))
			asset = &ui->assets[i];
	if (!asset)
		return false;
	if (!hd_web_is(request, "GET")) {
		hd_web_fail(reply, "METHOD_NOT_ALLOWED", "'%.16s' is not for '%s'",
			    request->method, path);
		hd_web_header(reply, "Allow", "GET, HEAD");
	} else if (!strcmp(path, "/") && hd_web_argument(request, "token")) {
		page_enter(ui, reply);
	} else {
		page_asset(request, asset, reply);
	}
	return true;
}

void hd_ui_page(void *user, const struct hd_web_request *request,
		struct hd_web_reply *reply)
{
	static const char api[] = "/api/v1/";
	const struct hd_ui *ui = user;
	const char *path = hd_buf_text(&request->path);

	if (!strncmp(path, api, sizeof api - 1))
		api_answer(ui, path + sizeof api - 1, request, reply);
	else if (!page_answer(ui, path, request, reply))
		hd_web_fail(reply, "ENDPOINT_NOT_FOUND", "no page '%.200s'", path);
}
