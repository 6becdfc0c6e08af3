/* Who may ask: the second half of web.h. */
#include "serve/web.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* --- who asks ------------------------------------------------------------- */

/*
 * A page on the web that has its name point to 127.0.0.1 sends that name: what
 * is not one of ours is not meant for us.
 */
static bool web_host_is_ours(const struct hd_web_guard *guard, const char *host)
{
	const char *const names[] = { "127.0.0.1", "localhost",
				      guard->address };
	char port[16];

	if (!host)
		return false;
	snprintf(port, sizeof port, ":%u", guard->port);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		size_t length = names[i] ? strlen(names[i]) : 0;

		if (names[i] && !strncasecmp(host, names[i], length) &&
		    !strcmp(host + length, port))
			return true;
	}
	return false;
}

/* As long for the first byte that differs as for the last. */
static bool web_is_token(const struct hd_web_guard *guard, const char *text,
			 size_t length)
{
	size_t expected = strlen(guard->token);
	unsigned difference = length != expected;

	for (size_t i = 0; i < expected; i++)
		difference |= (unsigned char)guard->token[i] ^
			      (unsigned char)(i < length ? text[i] : 0);
	return expected > 0 && !difference;
}

/* Base64 of at most 3/4 of SIZE bytes; returns how many, 0 for none. */
static size_t web_base64(const char *text, char *out, size_t size)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t length = 0;
	uint32_t bits = 0;
	int held = 0;

	for (; *text && *text != '='; text++) {
		const char *found = strchr(digits, *text);

		if (!found || length == size)
			return 0;
		bits = bits << 6 | (uint32_t)(found - digits);
		held += 6;
		if (held >= 8) {
			held -= 8;
			out[length++] = (char)(bits >> held & 0xff);
		}
	}
	return length;
}

/* "user:password", where the password is the token and the user is anybody. */
static bool web_basic(const struct hd_web_guard *guard, const char *text)
{
	char plain[512];
	size_t length = web_base64(text, plain, sizeof plain);
	const char *colon = length ? memchr(plain, ':', length) : NULL;
	size_t skip = colon ? (size_t)(colon - plain) + 1 : 0;

	return colon && web_is_token(guard, colon + 1, length - skip);
}

/* --- cookies -------------------------------------------------------------- */

void hd_web_cookie(const struct hd_web_guard *guard, char *name, size_t size)
{
	snprintf(name, size, "hdrive-%u", guard->port);
}

/* A browser may send several of the name, of other paths. */
static bool web_has_cookie(const struct hd_web_guard *guard, const char *text)
{
	char name[32];
	size_t length;
	bool found = false;

	hd_web_cookie(guard, name, sizeof name);
	length = strlen(name);
	while (text && *text) {
		size_t size;

		text += strspn(text, "; ");
		size = strcspn(text, ";");
		if (size > length && text[length] == '=' &&
		    !strncmp(text, name, length))
			found |= web_is_token(guard, text + length + 1,
					      size - length - 1);
		text += size;
	}
	return found;
}

/* What a browser says of the page that asks; others say nothing. */
static bool web_site_is_ours(const struct hd_web_request *request)
{
	const char *site = request->site;

	return !site || !strcmp(site, "same-origin") || !strcmp(site, "none");
}

static bool web_is_page(const struct hd_web_request *request)
{
	return !strcmp(hd_buf_text(&request->path), "/") &&
	       hd_web_is(request, "GET");
}

/*
 * A server at another port of this machine is of the same site: cookies go
 * along with what its pages ask for. None but the page itself is for those.
 */
static bool web_lets_in(const struct hd_web_guard *guard,
			struct hd_web_request *request)
{
	const char *header = request->authorization;
	const char *argument = hd_web_argument(request, "token");

	if (header && !strncasecmp(header, "Bearer ", 7))
		return web_is_token(guard, header + 7, strlen(header + 7));
	if (header && !strncasecmp(header, "Basic ", 6))
		return web_basic(guard, header + 6);
	if (header || !guard->browsers)
		return false;
	if (argument && web_is_page(request))
		return web_is_token(guard, argument, strlen(argument));
	request->by_cookie = web_has_cookie(guard, request->cookie);
	return request->by_cookie &&
	       (web_site_is_ours(request) || web_is_page(request));
}

/* --- requests ------------------------------------------------------------- */

bool hd_web_open(struct hd_web_request *request,
		 const struct hd_web_guard *guard, struct hd_web_reply *reply)
{
	hd_buf_init(&request->path);
	hd_buf_init(&request->query);
	request->by_cookie = false;
	reply->mlflow = !guard->browsers || hd_web_is_mlflow(request->target);
	if (!web_host_is_ours(guard, request->host)) {
		hd_web_fail(reply, "PERMISSION_DENIED",
			    "the Host header names another server");
		return false;
	}
	if (!hd_web_split(request)) {
		hd_web_fail(reply, "BAD_REQUEST",
			    "the request's target is not well-formed");
		return false;
	}
	if (!web_lets_in(guard, request)) {
		hd_web_fail(reply, "UNAUTHENTICATED", "no valid token, expected %s",
			    reply->mlflow ? "that of MLFLOW_TRACKING_TOKEN"
					  : "that of the address which 'hdrive "
					    "ui' printed");
		return false;
	}
	return true;
}

void hd_web_close(struct hd_web_request *request)
{
	hd_buf_release(&request->path);
	hd_buf_release(&request->query);
}

/* "http://HOST" of a host that has been found to be ours. */
static bool web_origin_is_ours(const struct hd_web_request *request)
{
	static const char scheme[] = "http://";
	const char *origin = request->origin;

	return !strncmp(origin, scheme, sizeof scheme - 1) &&
	       !strcasecmp(origin + sizeof scheme - 1, request->host);
}

/* Whether the type of the content is JSON, whatever stands behind it. */
static bool web_is_json(const char *kind)
{
	static const char json[] = "application/json";
	size_t length = sizeof json - 1;

	return kind && !strncasecmp(kind, json, length) &&
	       (!kind[length] || strchr("; \t", kind[length]));
}

/*
 * A form or a script of another page can send a POST that no browser asks us
 * about first, but neither with this type nor without its own origin.
 */
bool hd_web_may_act(const struct hd_web_request *request,
		    struct hd_web_reply *reply)
{
	if (!web_site_is_ours(request) ||
	    (request->origin ? !web_origin_is_ours(request)
			     : request->by_cookie)) {
		hd_web_fail(reply, "PERMISSION_DENIED",
			    "the request comes from another page");
		return false;
	}
	if (!web_is_json(request->kind)) {
		hd_web_fail(reply, "BAD_REQUEST",
			    "the body must be JSON, with 'Content-Type: "
			    "application/json'");
		return false;
	}
	return true;
}
