/*
 * Lines to a server: any bytes, cut at newlines. Every reply must be one line
 * that is an object of JSON with an error, with "ok" or with an id and
 * parameters; and whatever came before, a good header and its ask are answered,
 * and a good create and a whole trial of it.
 */
#include <hdrive/serve.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_kind(const struct hd_json *root, const char *name,
		    enum hd_json_kind kind)
{
	const struct hd_json *node = hd_json_get(root, name);

	return node && hd_json_kind(node) == kind;
}

/* Whether the line was answered by parameters. */
static bool say(struct hd_serve *serve, const char *line, size_t length)
{
	const char *reply;
	size_t size;
	struct hd_json *root;
	bool asked;

	if (hd_serve_line(serve, line, length, &reply, &size, NULL) < 0)
		abort();
	if (!reply)
		return false;
	if (memchr(reply, '\n', size) ||
	    hd_json_parse(&root, reply, size, NULL) < 0)
		abort();
	asked = is_kind(root, "id", HD_JSON_INTEGER) &&
		is_kind(root, "params", HD_JSON_OBJECT);
	if (!asked && !is_kind(root, "error", HD_JSON_STRING) &&
	    !is_kind(root, "ok", HD_JSON_TRUE))
		abort();
	hd_json_free(root);
	return asked;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char header[] =
		"{\"space\": {\"x\": [\"uniform\", [0, 1]]}, \"seed\": 1}";
	/* A model's asks take milliseconds: a header must ask for one. */
	const struct hd_sampler_type *fast = hd_sampler_type_find("random");
	static const char ask[] = "{\"op\": \"ask\"}";
	/* The second and the fourth are answered by a trial. */
	static const char *const trial[] = {
		"{\"op\": \"create\", \"space\": {\"x\": [\"uniform\", [0, 1]]}}",
		"{\"op\": \"ask\", \"client\": \"w\"}",
		"{\"op\": \"report\", \"trial\": 0, \"value\": 1}",
		"{\"op\": \"tell\", \"trial\": 0, \"value\": 1, \"ask\": true}",
	};
	struct hd_serve *serve = hd_serve_new();
	const char *at = (const char *)data, *end = at + size;

	if (!serve)
		return 0;
	hd_serve_set_sampler(serve, fast);
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline : end;

		say(serve, at, (size_t)(stop - at));
		at = newline ? newline + 1 : end;
	}
	if (say(serve, header, sizeof header - 1) ||
	    !say(serve, ask, sizeof ask - 1))
		abort();
	for (size_t i = 0; i < sizeof trial / sizeof trial[0]; i++)
		if (say(serve, trial[i], strlen(trial[i])) != (i % 2 == 1))
			abort();
	hd_serve_free(serve);
	return 0;
}
