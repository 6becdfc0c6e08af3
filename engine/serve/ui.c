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

void hd_ui_page(void *user, const struct hd_web_request *request,
		struct hd_web_reply *reply)
{
	const struct hd_ui *ui = user;
	const char *path = hd_buf_text(&request->path);

	for (size_t i = 0; i < HD_ASSETS; i++) {
		if (strcmp(path, ui->assets[i].path) != 0)
			continue;
		if (!hd_web_is(request, "GET"))
			hd_web_fail(reply, "METHOD_NOT_ALLOWED",
				    "'%.16s' is not for '%s'", request->method,
				    ui->assets[i].path);
		else if (i == 0 && hd_web_argument(request, "token"))
			page_enter(ui, reply);
		else
			page_asset(request, &ui->assets[i], reply);
		return;
	}
	hd_web_fail(reply, "ENDPOINT_NOT_FOUND", "no page '%.200s'", path);
}
