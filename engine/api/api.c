/*
 * Which function answers a path. A pattern's "S" stands for a sweep's name,
 * "N" for a trial's number, "*" at the end for whatever follows.
 */
#include "api/private.h"

#include "base/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct route {
	const char *pattern;
	int (*answer)(struct call *call);
} routes[] = {
	{ "version", hd_api_version },
	{ "sweeps", hd_api_sweeps },
	{ "sweeps/S", hd_api_sweep },
	{ "sweeps/S/config", hd_api_config },
	{ "sweeps/S/trials", hd_api_trials },
	{ "sweeps/S/columns", hd_api_columns },
	{ "sweeps/S/curves", hd_api_curves },
	{ "sweeps/S/importance", hd_api_importance },
	{ "sweeps/S/attempts", hd_api_attempts },
	{ "sweeps/S/decisions", hd_api_decisions },
	{ "sweeps/S/trials/N", hd_api_trial },
	{ "sweeps/S/trials/N/metrics", hd_api_metrics },
	{ "sweeps/S/trials/N/why", hd_api_why },
	{ "sweeps/S/trials/N/log", hd_api_log },
	{ "sweeps/S/trials/N/files", hd_api_files },
	{ "sweeps/S/trials/N/files/*", hd_api_file },
};
#define ROUTES (sizeof routes / sizeof routes[0])

/* A part of a path. */
struct part {
	const char *at;
	size_t length;
};

/* What the path has in the places of a pattern. */
struct match {
	struct part sweep;
	struct part trial;
	const char *rest;
};

static struct part part_at(const char *text)
{
	return (struct part){ text, strcspn(text, "/") };
}

static bool part_is(struct part part, const char *word)
{
	return part.length == strlen(word) && !memcmp(part.at, word, part.length);
}

static bool route_fits(const char *pattern, const char *path, struct match *match)
{
	*match = (struct match){ .rest = NULL };
	for (;;) {
		struct part wanted = part_at(pattern), found = part_at(path);

		if (part_is(wanted, "*")) {
			match->rest = path;
			return *path != '\0';
		}
		if (found.length == 0)
			return false;
		if (part_is(wanted, "S"))
			match->sweep = found;
		else if (part_is(wanted, "N"))
			match->trial = found;
		else if (wanted.length != found.length ||
			 memcmp(wanted.at, found.at, found.length) != 0)
			return false;
		pattern += wanted.length;
		path += found.length;
		if (!*pattern || !*path)
			return !*pattern && !*path;
		pattern++;
		path++;
	}
}

/* --- what a path names ------------------------------------------------------ */

int hd_api_find(struct hd_api *api, const char *word, int64_t *key,
		struct hd_error *err)
{
	int rc = hd_store_find_sweep(api->setup.store, word, key, err);

	if (rc == 0 && api->setup.only && *key != api->setup.only)
		rc = hd_error_set(err, HD_ENOENT, "no sweep '%.200s'", word);
	return rc;
}

static int match_sweep(struct call *call, struct part part)
{
	char *word;
	int rc;

	if (!part.at)
		return 0;
	word = strndup(part.at, part.length);
	if (!word)
		return hd_error_nomem(call->err);
	rc = hd_api_find(call->api, word, &call->sweep, call->err);
	free(word);
	return rc;
}

static int match_trial(struct call *call, struct part part)
{
	int64_t number;

	if (!part.at)
		return 0;
	if (!hd_number_read_integer(part.at, part.length, &number) || number < 0)
		return hd_error_set(call->err, HD_EINVAL,
				    "'%.*s' is no number of a trial, expected 0, 1, 2 ...",
				    part.length > 40 ? 40 : (int)part.length, part.at);
	call->trial = (size_t)number;
	return 0;
}

static int answer_route(struct call *call, const struct route *route,
			const struct match *match)
{
	size_t before = call->out->length;
	int rc = match_sweep(call, match->sweep);

	if (rc == 0)
		rc = match_trial(call, match->trial);
	call->rest = match->rest;
	if (rc == 0)
		rc = route->answer(call);
	if (rc == 0 && hd_buf_failed(call->out))
		rc = hd_error_nomem(call->err);
	if (rc != 0 && !hd_buf_failed(call->out) && call->out->length > before)
		hd_buf_cut(call->out, before);
	return rc;
}

int hd_api_get(struct hd_api *api, const char *path, hd_api_argument_fn argument,
	       void *user, struct hd_api_answer *answer, struct hd_error *err)
{
	struct hd_error mine = { 0 };
	struct call call = {
		.api = api,
		.store = api->setup.store,
		.argument = argument,
		.user = user,
		.answer = answer,
		.out = answer->json,
		.err = err ? err : &mine,
	};
	struct match match;

	answer->file = -1;
	answer->file_size = 0;
	answer->file_name = NULL;
	for (size_t i = 0; i < ROUTES; i++)
		if (route_fits(routes[i].pattern, path, &match))
			return answer_route(&call, &routes[i], &match);
	return hd_error_set(err, HD_ENOENT, "no '%.200s' below /api/v1", path);
}

/* --- arguments ---------------------------------------------------------------- */

const char *hd_call_text(const struct call *call, const char *name)
{
	return call->argument ? call->argument(call->user, name) : NULL;
}

int hd_call_integer(const struct call *call, const char *name, int64_t if_none,
		    int64_t least, int64_t most, int64_t *value)
{
	const char *text = hd_call_text(call, name);

	*value = if_none;
	if (!text)
		return 0;
	if (hd_number_read_integer(text, strlen(text), value) && *value >= least &&
	    *value <= most)
		return 0;
	if (least == INT64_MIN)
		return hd_error_set(call->err, HD_EINVAL,
				    "'%s' must be a whole number, got '%.40s'", name, text);
	if (most == INT64_MAX)
		return hd_error_set(call->err, HD_EINVAL,
				    "'%s' must be a whole number from %" PRId64 " on, got '%.40s'",
				    name, least, text);
	return hd_error_set(call->err, HD_EINVAL,
			    "'%s' must be a whole number from %" PRId64 " to %" PRId64
			    ", got '%.40s'",
			    name, least, most, text);
}

/* --- pieces of answers ---------------------------------------------------------- */

static int out_write(void *user, const char *text, size_t length)
{
	struct hd_buf *buf = user;

	hd_buf_add(buf, text, length);
	return hd_buf_failed(buf) ? HD_ENOMEM : 0;
}

struct hd_out hd_api_out(struct hd_buf *buf)
{
	return (struct hd_out){ .write = out_write, .user = buf };
}

void hd_api_trim(struct hd_buf *buf)
{
	if (!hd_buf_failed(buf) && buf->length > 0 && buf->text[buf->length - 1] == '\n')
		hd_buf_cut(buf, buf->length - 1);
}

void hd_api_put_integer(struct hd_buf *buf, int64_t value)
{
	uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
	char text[24];
	size_t at = sizeof text;

	do
		text[--at] = (char)('0' + left % 10);
	while (left /= 10);
	if (value < 0)
		text[--at] = '-';
	hd_buf_add(buf, text + at, sizeof text - at);
}

void hd_api_put_millis(struct hd_buf *buf, int64_t time)
{
	if (time)
		hd_api_put_integer(buf, time / 1000);
	else
		hd_buf_puts(buf, "null");
}

/* DIGITS with a point before the last PLACES of them. */
static void json_decimal(struct hd_buf *buf, uint64_t digits, int places, bool negative)
{
	char text[40];
	size_t at = sizeof text;

	for (int i = 0; digits || i <= places; i++) {
		if (i == places && places)
			text[--at] = '.';
		text[--at] = (char)('0' + digits % 10);
		digits /= 10;
	}
	if (negative)
		text[--at] = '-';
	hd_buf_add(buf, text + at, sizeof text - at);
}

/*
 * Most numbers that people and scripts log have few digits: as a whole number
 * below 2^53 over a power of ten that is exact, their quotient rounds to the
 * same double (Clinger, "How to read floating point numbers accurately", 1990:
 * the fast path), at a tenth of the time that a search for digits takes.
 */
void hd_api_put_number(struct hd_buf *buf, double value)
{
	static const double tens[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8,
				       1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17 };
	double size = fabs(value);

	if (!isfinite(value)) {
		hd_buf_puts(buf, "null");
		return;
	}
	for (int i = 0; i < 18 && size * tens[i] < 9e15; i++) {
		double whole = nearbyint(size * tens[i]);

		if (whole / tens[i] != size)
			continue;
		json_decimal(buf, (uint64_t)whole, i, signbit(value) && size != 0);
		return;
	}
	hd_buf_number(buf, value);
}

/* --- errors --------------------------------------------------------------------- */

unsigned hd_api_status(int code)
{
	switch (code) {
	case HD_EINVAL:
		return 400;
	case HD_ENOENT:
		return 404;
	case HD_EEXIST:
	case HD_ESTATE:
	case HD_EBUSY:
		return 409;
	case HD_ELIMIT:
		return 413;
	default:
		return code < 0 ? 500 : 200;
	}
}

void hd_api_error_json(struct hd_buf *buf, int code, const char *message)
{
	hd_buf_printf(buf, "{\"error\":{\"code\":\"%s\",\"message\":", hd_code_name(code));
	hd_buf_json(buf, message, strlen(message));
	hd_buf_puts(buf, "}}");
}

/* --- open, close ------------------------------------------------------------------ */

int hd_api_open(struct hd_api **out, const struct hd_api_setup *setup,
		struct hd_error *err)
{
	struct hd_api *api = calloc(1, sizeof *api);

	*out = api;
	if (!api)
		return hd_error_nomem(err);
	api->setup = *setup;
	return 0;
}

void hd_api_close(struct hd_api *api)
{
	if (!api)
		return;
	hd_api_unwatch(api);
	hd_live_list_close(api->list);
	hd_buf_release(&api->list_events.text);
	free(api);
}
