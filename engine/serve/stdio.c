/*
 * The protocol of lines: one study at a time, every line leaves a state from
 * which the next can go on.
 *
 * Invariant: a well-formed header or tell is never answered, an ask always
 * once, anything else once.
 */
#include <hdrive/serve.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/number.h"
#include "serve/header.h"
#include "space/args.h"

struct hd_serve {
	const struct hd_sampler_type *sampler; /* of a header without one */
	struct hd_header header;
	struct hd_study *study;      /* NULL: see broken */
	char broken[HD_ERROR_TEXT];  /* why there is no study */
	char pending[HD_ERROR_TEXT]; /* what a tell did wrong, "" for nothing */
	struct hd_buf reply;
};

struct hd_serve *hd_serve_new(void)
{
	struct hd_serve *serve = calloc(1, sizeof *serve);

	if (serve)
		strcpy(serve->broken, "there is no study yet: a header with"
				      " its 'space' comes first");
	return serve;
}

static void serve_close(struct hd_serve *serve)
{
	hd_study_free(serve->study);
	serve->study = NULL;
	hd_header_release(&serve->header);
	serve->pending[0] = '\0';
}

void hd_serve_free(struct hd_serve *serve)
{
	if (!serve)
		return;
	serve_close(serve);
	hd_buf_release(&serve->reply);
	free(serve);
}

void hd_serve_set_sampler(struct hd_serve *serve,
			  const struct hd_sampler_type *sampler)
{
	serve->sampler = sampler;
}

static void serve_error(struct hd_serve *serve, const char *text)
{
	hd_buf_puts(&serve->reply, "{\"error\": ");
	hd_buf_json(&serve->reply, text, strlen(text));
	hd_buf_putc(&serve->reply, '}');
}

/* --- messages -------------------------------------------------------------- */

static int serve_header(struct hd_serve *serve, const struct hd_json *root)
{
	struct hd_error why = { 0 };
	int rc;

	serve_close(serve);
	rc = hd_header_read(&serve->header, root, serve->sampler, &why);
	if (rc == 0)
		rc = hd_study_new(&serve->study, &serve->header.options, &why);
	if (rc == HD_ENOMEM)
		return rc;
	if (rc < 0)
		strcpy(serve->broken, why.text);
	return 0;
}

static int serve_ask(struct hd_serve *serve)
{
	const struct hd_value *values = NULL;
	struct hd_error why = { 0 };
	size_t number = 0;
	int rc;

	if (!serve->study || serve->pending[0]) {
		serve_error(serve, serve->study ? serve->pending : serve->broken);
		serve->pending[0] = '\0';
		return 0;
	}
	rc = hd_study_ask(serve->study, NULL, &number, &values, &why);
	if (rc == HD_EXHAUSTED) {
		serve_error(serve, "no point is left in the parameter space");
		return 0;
	}
	if (rc < 0) {
		serve_error(serve, why.text);
		return rc == HD_ENOMEM ? rc : 0;
	}
	hd_buf_printf(&serve->reply, "{\"id\": %zu, \"params\": ", number + 1);
	hd_args_json(&serve->reply, serve->header.space, values);
	hd_buf_putc(&serve->reply, '}');
	return 0;
}

/* NaN and infinities, in words or as null, are the value of a failure. */
static bool tell_value(const struct hd_json *node, double *value)
{
	size_t length;
	const char *text;

	*value = NAN;
	switch (hd_json_kind(node)) {
	case HD_JSON_NULL:
		return true;
	case HD_JSON_INTEGER:
	case HD_JSON_REAL:
		*value = hd_json_number(node);
		return true;
	case HD_JSON_STRING:
		text = hd_json_string(node, &length);
		if (!hd_number_read(text, length, value) || isfinite(*value))
			return false;
		*value = NAN;
		return true;
	case HD_JSON_FALSE:
	case HD_JSON_TRUE:
	case HD_JSON_ARRAY:
	case HD_JSON_OBJECT:
		break;
	}
	return false;
}

static int serve_tell(struct hd_serve *serve, const struct hd_json *root)
{
	const struct hd_json *id = hd_json_get(root, "id");
	const struct hd_json *node = hd_json_get(root, "value");
	struct hd_error why = { 0 };
	double value;
	int rc;

	if (!serve->study)
		return 0; /* the next ask says why there is none */
	if (!id || hd_json_kind(id) != HD_JSON_INTEGER)
		rc = hd_error_set(&why, HD_EINVAL,
				  "'id' of a tell must be a whole number");
	else if (!node || !tell_value(node, &value))
		rc = hd_error_set(&why, HD_EINVAL,
				  "'value' of a tell must be a number or null");
	else if (hd_json_integer(id) < 1)
		rc = hd_error_set(&why, HD_ENOENT, "there is no id %lld",
				  (long long)hd_json_integer(id));
	else
		rc = hd_study_tell(serve->study,
				   (size_t)hd_json_integer(id) - 1, NULL, value,
				   &why);
	if (rc == HD_ENOENT)
		hd_error_set(&why, rc, "a tell of id %lld, which was not asked",
			     (long long)hd_json_integer(id));
	if (rc < 0 && !serve->pending[0])
		strcpy(serve->pending, why.text);
	return rc == HD_ENOMEM ? rc : 0;
}

static int serve_message(struct hd_serve *serve, const struct hd_json *root)
{
	const struct hd_json *op;
	const char *word = NULL;

	if (hd_json_kind(root) != HD_JSON_OBJECT) {
		serve_error(serve, "a message must be a map");
		return 0;
	}
	if (hd_json_get(root, "space"))
		return serve_header(serve, root);
	op = hd_json_get(root, "op");
	if (op && hd_json_kind(op) == HD_JSON_STRING)
		word = hd_json_string(op, NULL);
	if (word && !strcmp(word, "ask"))
		return serve_ask(serve);
	if (word && !strcmp(word, "tell"))
		return serve_tell(serve, root);
	serve_error(serve, word ? "'op' must be 'ask' or 'tell'"
				: "a message needs a 'space' or an 'op'");
	return 0;
}

/* --- lines ----------------------------------------------------------------- */

/* Python writes NaN and Infinity, which are not JSON: put them in quotes. */
static void serve_quote(struct hd_buf *buf, const char *line, size_t length)
{
	static const char *const words[] = { "NaN", "-Infinity", "Infinity" };
	bool quoted = false;

	for (size_t i = 0; i < length; i++) {
		size_t step = 0;

		for (size_t w = 0; !quoted && step == 0 && w < 3; w++) {
			size_t size = strlen(words[w]);

			if (size <= length - i && !memcmp(line + i, words[w], size))
				step = size;
		}
		if (step > 0) {
			hd_buf_printf(buf, "\"%.*s\"", (int)step, line + i);
			i += step - 1;
			continue;
		}
		if (line[i] == '"')
			quoted = !quoted;
		hd_buf_putc(buf, line[i]);
		if (quoted && line[i] == '\\' && i + 1 < length)
			hd_buf_putc(buf, line[++i]);
	}
}

static int serve_parse(struct hd_json **root, const char *line, size_t length,
		       struct hd_error *why)
{
	struct hd_buf buf = HD_BUF_INIT;
	int rc = hd_json_parse(root, line, length, why);

	if (rc != HD_EINVAL)
		return rc;
	serve_quote(&buf, line, length);
	if (hd_buf_failed(&buf))
		rc = HD_ENOMEM;
	else if (buf.length != length)
		rc = hd_json_parse(root, hd_buf_text(&buf), buf.length, why);
	hd_buf_release(&buf);
	return rc;
}

static bool is_blank(const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!memchr(" \t\r", line[i], 3))
			return false;
	return true;
}

int hd_serve_line(struct hd_serve *serve, const char *line, size_t length,
		  const char **reply, size_t *reply_length,
		  struct hd_error *err)
{
	struct hd_json *root = NULL;
	struct hd_error why = { 0 };
	int rc = 0;

	hd_buf_clear(&serve->reply);
	if (length > HD_SERVE_LINE_MOST)
		serve_error(serve, "the line is too long");
	else if (!is_blank(line, length))
		rc = serve_parse(&root, line, length, &why);
	if (root)
		rc = serve_message(serve, root);
	else if (rc == HD_EINVAL)
		serve_error(serve, why.text);
	hd_json_free(root);
	*reply = serve->reply.length ? hd_buf_text(&serve->reply) : NULL;
	*reply_length = serve->reply.length;
	if (rc == HD_ENOMEM || hd_buf_failed(&serve->reply))
		return hd_error_nomem(err);
	return 0;
}
