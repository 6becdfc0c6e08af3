#include "serve/web.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* --- answers -------------------------------------------------------------- */

/* The status that MLflow's own server sends with each; the library's name. */
static const struct {
	const char *code;
	unsigned status;
	const char *api;
} web_codes[] = {
	{ "BAD_REQUEST", 400, "HD_EINVAL" },
	{ "MALFORMED_REQUEST", 400, "HD_EINVAL" },
	{ "INVALID_PARAMETER_VALUE", 400, "HD_EINVAL" },
	{ "RESOURCE_ALREADY_EXISTS", 400, "HD_EEXIST" },
	{ "UNAUTHENTICATED", 401, "UNAUTHENTICATED" },
	{ "PERMISSION_DENIED", 403, "PERMISSION_DENIED" },
	{ "ENDPOINT_NOT_FOUND", 404, "HD_ENOENT" },
	{ "RESOURCE_DOES_NOT_EXIST", 404, "HD_ENOENT" },
	{ "METHOD_NOT_ALLOWED", 405, "METHOD_NOT_ALLOWED" },
	{ "REQUEST_TOO_LARGE", 413, "HD_ELIMIT" },
	{ "INTERNAL_ERROR", 500, "HD_EIO" },
	{ "NOT_IMPLEMENTED", 501, "HD_EINVAL" },
	{ "TEMPORARILY_UNAVAILABLE", 503, "HD_EBUSY" },
};

void hd_web_reply_init(struct hd_web_reply *reply)
{
	*reply = (struct hd_web_reply){
		.status = 200,
		.type = "application/json",
		.body = HD_BUF_INIT,
		.headers = HD_BUF_INIT,
		.file = -1,
	};
}

void hd_web_reply_release(struct hd_web_reply *reply)
{
	hd_buf_release(&reply->body);
	hd_buf_release(&reply->headers);
	if (reply->file >= 0)
		close(reply->file);
	reply->file = -1;
	if (reply->stream)
		reply->stream->close(reply->self);
	if (reply->later)
		reply->later->close(reply->self);
	reply->stream = NULL;
	reply->later = NULL;
}

void hd_web_header(struct hd_web_reply *reply, const char *name,
		   const char *value)
{
	hd_buf_add(&reply->headers, name, strlen(name) + 1);
	hd_buf_add(&reply->headers, value, strlen(value) + 1);
}

void hd_web_begin_anew(struct hd_web_reply *reply, unsigned status)
{
	bool mlflow = reply->mlflow;

	hd_web_reply_release(reply);
	hd_web_reply_init(reply);
	reply->mlflow = mlflow;
	reply->status = status;
}

static void reply_api(struct hd_web_reply *reply, const char *code,
		      const char *text)
{
	hd_buf_puts(&reply->body, "{\"error\":{\"code\":");
	hd_buf_json(&reply->body, code, strlen(code));
	hd_buf_puts(&reply->body, ",\"message\":");
	hd_buf_json(&reply->body, text, strlen(text));
	hd_buf_puts(&reply->body, "}}");
}

static void reply_mlflow(struct hd_web_reply *reply, const char *code,
			 const char *text)
{
	hd_buf_puts(&reply->body, "{\"error_code\":");
	hd_buf_json(&reply->body, code, strlen(code));
	hd_buf_puts(&reply->body, ",\"message\":");
	hd_buf_json(&reply->body, text, strlen(text));
	hd_buf_puts(&reply->body, "}");
}

void hd_web_fail(struct hd_web_reply *reply, const char *code, const char *fmt,
		 ...)
{
	const char *api = "HD_EIO";
	unsigned status = 500;
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	for (size_t i = 0; i < sizeof web_codes / sizeof web_codes[0]; i++) {
		if (strcmp(code, web_codes[i].code) != 0)
			continue;
		status = web_codes[i].status;
		api = web_codes[i].api;
	}
	hd_web_begin_anew(reply, status);
	if (reply->mlflow)
		reply_mlflow(reply, code, text);
	else
		reply_api(reply, api, text);
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

bool hd_web_split(struct hd_web_request *request)
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

bool hd_web_is_mlflow(const char *target)
{
	static const char *const heads[] = { "/api/2.0/", "/ajax-api/2.0/" };

	for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
		if (!strncmp(target, heads[i], strlen(heads[i])))
			return true;
	return false;
}

/* "gzip" or "*" among "deflate, gzip;q=0.5", and not with a quality of 0. */
bool hd_web_takes_gzip(const struct hd_web_request *request)
{
	const char *text = request->encodings;

	while (text && *text) {
		size_t length, word;
		const char *quality;

		text += strspn(text, ", \t");
		length = strcspn(text, ",");
		word = strcspn(text, ",; \t");
		quality = memchr(text, '=', length);
		if (((word == 4 && !strncasecmp(text, "gzip", 4)) ||
		     (word == 1 && *text == '*')) &&
		    !(quality && strspn(quality + 1, "0. \t") >=
					 length - (size_t)(quality + 1 - text)))
			return true;
		text += length;
	}
	return false;
}
