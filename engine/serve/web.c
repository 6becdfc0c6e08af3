#include "serve/web.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* --- answers -------------------------------------------------------------- */

/* The status that MLflow's own server sends with each. */
static const struct {
	const char *code;
	unsigned status;
} web_codes[] = {
	{ "BAD_REQUEST", 400 },
	{ "MALFORMED_REQUEST", 400 },
	{ "INVALID_PARAMETER_VALUE", 400 },
	{ "RESOURCE_ALREADY_EXISTS", 400 },
	{ "UNAUTHENTICATED", 401 },
	{ "PERMISSION_DENIED", 403 },
	{ "ENDPOINT_NOT_FOUND", 404 },
	{ "RESOURCE_DOES_NOT_EXIST", 404 },
	{ "METHOD_NOT_ALLOWED", 405 },
	{ "REQUEST_TOO_LARGE", 413 },
	{ "INTERNAL_ERROR", 500 },
	{ "NOT_IMPLEMENTED", 501 },
};

void hd_web_reply_init(struct hd_web_reply *reply)
{
	*reply = (struct hd_web_reply){
		.status = 200,
		.type = "application/json",
		.body = HD_BUF_INIT,
		.file = -1,
	};
}

void hd_web_reply_release(struct hd_web_reply *reply)
{
	hd_buf_release(&reply->body);
	if (reply->file >= 0)
		close(reply->file);
	reply->file = -1;
}

void hd_web_fail(struct hd_web_reply *reply, const char *code, const char *fmt,
		 ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	hd_web_reply_release(reply);
	hd_web_reply_init(reply);
	reply->status = 500;
	for (size_t i = 0; i < sizeof web_codes / sizeof web_codes[0]; i++)
		if (!strcmp(code, web_codes[i].code))
			reply->status = web_codes[i].status;
	hd_buf_puts(&reply->body, "{\"error_code\":");
	hd_buf_json(&reply->body, code, strlen(code));
	hd_buf_puts(&reply->body, ",\"message\":");
	hd_buf_json(&reply->body, text, strlen(text));
	hd_buf_puts(&reply->body, "}");
}

void hd_web_html(struct hd_buf *buf, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<':
			hd_buf_puts(buf, "&lt;");
			break;
		case '>':
			hd_buf_puts(buf, "&gt;");
			break;
		case '&':
			hd_buf_puts(buf, "&amp;");
			break;
		case '"':
			hd_buf_puts(buf, "&quot;");
			break;
		case '\'':
			hd_buf_puts(buf, "&#39;");
			break;
		default:
			hd_buf_putc(buf, *text);
		}
	}
}

/* --- the target ----------------------------------------------------------- */

static int web_digit(char c)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	const char *found = c ? strchr(digits, c) : NULL;
	int value = found ? (int)(found - digits) : -1;

	return value > 15 ? value - 6 : value;
}

/* Undo escapes of what stands up to END; false for what is not well-formed. */
static bool web_unescape(struct hd_buf *out, const char *text, const char *end,
			 bool plus)
{
	for (; text < end; text++) {
		char c = *text;

		if (c == '%') {
			int high = end - text > 2 ? web_digit(text[1]) : -1;
			int low = high < 0 ? -1 : web_digit(text[2]);

			if (low < 0)
				return false;
			c = (char)(high * 16 + low);
			text += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if (!c)
			return false;
		hd_buf_putc(out, c);
	}
	return true;
}

/* Length of the UTF-8 character at TEXT, 0 when it is none. */
static size_t web_utf8(const unsigned char *text)
{
	static const struct {
		unsigned char low, high, second_low, second_high;
		size_t length;
	} rows[] = {
		{ 0x01, 0x7f, 0, 0, 1 },
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (*text < rows[i].low || *text > rows[i].high)
			continue;
		if (rows[i].length > 1 && (text[1] < rows[i].second_low ||
					   text[1] > rows[i].second_high))
			return 0;
		for (size_t k = 2; k < rows[i].length; k++)
			if (text[k] < 0x80 || text[k] > 0xbf)
				return 0;
		return rows[i].length;
	}
	return 0;
}

static bool web_is_utf8(const char *text)
{
	while (*text) {
		size_t length = web_utf8((const unsigned char *)text);

		if (!length)
			return false;
		text += length;
	}
	return true;
}

/* One "name=value". */
static bool web_argument(struct hd_buf *query, const char *text,
			 const char *end)
{
	const char *equals = memchr(text, '=', (size_t)(end - text));
	const char *stop = equals ? equals : end;

	if (!web_unescape(query, text, stop, true))
		return false;
	hd_buf_putc(query, '\0');
	if (equals && !web_unescape(query, equals + 1, end, true))
		return false;
	hd_buf_putc(query, '\0');
	return true;
}

static bool web_arguments(struct hd_buf *query, const char *text)
{
	while (*text) {
		const char *end = text + strcspn(text, "&");

		if (end > text && !web_argument(query, text, end))
			return false;
		text = *end ? end + 1 : end;
	}
	return true;
}

static bool web_split(struct hd_web_request *request)
{
	const char *target = request->target;
	size_t length = strcspn(target, "?#");
	size_t at = 0;

	if (*target != '/' || strlen(target) > HD_WEB_TARGET_MOST ||
	    !web_unescape(&request->path, target, target + length, false) ||
	    (target[length] == '?' &&
	     !web_arguments(&request->query, target + length + 1)))
		return false;
	if (hd_buf_failed(&request->path) || hd_buf_failed(&request->query) ||
	    !web_is_utf8(hd_buf_text(&request->path)))
		return false;
	while (at < request->query.length) {
		const char *part = hd_buf_text(&request->query) + at;

		if (!web_is_utf8(part))
			return false;
		at += strlen(part) + 1;
	}
	return true;
}

const char *hd_web_argument(const struct hd_web_request *request,
			    const char *name)
{
	const char *text = hd_buf_text(&request->query);
	const char *end = text + request->query.length;

	while (text < end) {
		const char *value = text + strlen(text) + 1;

		if (!strcmp(text, name))
			return value;
		text = value + strlen(value) + 1;
	}
	return NULL;
}

bool hd_web_is(const struct hd_web_request *request, const char *method)
{
	return !strcmp(request->method, method);
}

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

static bool web_has_token(const struct hd_web_guard *guard,
			  const struct hd_web_request *request)
{
	const char *header = request->authorization;
	const char *argument = hd_web_argument(request, "token");

	if (header && !strncasecmp(header, "Bearer ", 7))
		return web_is_token(guard, header + 7, strlen(header + 7));
	if (header && !strncasecmp(header, "Basic ", 6))
		return web_basic(guard, header + 6);
	return guard->in_query && argument && hd_web_is(request, "GET") &&
	       web_is_token(guard, argument, strlen(argument));
}

bool hd_web_open(struct hd_web_request *request,
		 const struct hd_web_guard *guard, struct hd_web_reply *reply)
{
	hd_buf_init(&request->path);
	hd_buf_init(&request->query);
	if (!web_host_is_ours(guard, request->host)) {
		hd_web_fail(reply, "PERMISSION_DENIED",
			    "the Host header names another server");
		return false;
	}
	if (!web_split(request)) {
		hd_web_fail(reply, "BAD_REQUEST",
			    "the request's target is not well-formed");
		return false;
	}
	if (!web_has_token(guard, request)) {
		hd_web_fail(reply, "UNAUTHENTICATED",
			    "no valid token, expected that of "
			    "MLFLOW_TRACKING_TOKEN");
		return false;
	}
	return true;
}

void hd_web_close(struct hd_web_request *request)
{
	hd_buf_release(&request->path);
	hd_buf_release(&request->query);
}
