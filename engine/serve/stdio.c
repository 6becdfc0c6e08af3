/*
 * The protocol of lines: one study at a time, every line leaves a state from
 * which the next can go on.
 *
 * Invariant: a well-formed header, and a tell that does not ask for an answer,
 * is never answered, anything else once, in order.
 */
#include "serve/private.h"

#include <stdlib.h>
#include <string.h>

#include "space/args.h"

struct hd_serve *hd_serve_new(void)
{
	struct hd_serve *serve = calloc(1, sizeof *serve);

	if (serve)
		strcpy(serve->broken, "there is no study yet: a header with"
				      " its 'space' comes first");
	return serve;
}

void hd_serve_end(struct hd_serve *serve)
{
	hd_study_free(serve->study);
	hd_config_free(serve->config);
	serve->study = NULL;
	serve->config = NULL;
	hd_header_release(&serve->header);
	serve->pending[0] = '\0';
}

void hd_serve_free(struct hd_serve *serve)
{
	if (!serve)
		return;
	hd_serve_end(serve);
	hd_store_close(serve->store);
	hd_buf_release(&serve->reply);
	free(serve->folder);
	free(serve->override);
	free(serve);
}

void hd_serve_set_sampler(struct hd_serve *serve,
			  const struct hd_sampler_type *sampler)
{
	serve->sampler = sampler;
}

int hd_serve_set_store(struct hd_serve *serve, const char *folder,
		       const char *override, struct hd_error *err)
{
	char *copy = strdup(folder), *other = override ? strdup(override) : NULL;

	if (!copy || (override && !other)) {
		free(copy);
		free(other);
		return hd_error_nomem(err);
	}
	hd_store_close(serve->store);
	free(serve->folder);
	free(serve->override);
	serve->store = NULL;
	serve->folder = copy;
	serve->override = other;
	return 0;
}

/* CODE is told where the study is not one of the plain protocol. */
static void serve_error(struct hd_serve *serve, int code, const char *text)
{
	hd_buf_puts(&serve->reply, "{\"error\": ");
	hd_buf_json(&serve->reply, text, strlen(text));
	if (code)
		hd_buf_printf(&serve->reply, ", \"code\": \"%s\"",
			      hd_code_name(code));
	hd_buf_putc(&serve->reply, '}');
}

/* --- messages -------------------------------------------------------------- */

static int serve_header(struct hd_serve *serve, const struct hd_json *root)
{
	struct hd_error why = { 0 };
	int rc;

	hd_serve_end(serve);
	serve->plain = true;
	rc = hd_header_read(&serve->header, root, serve->sampler, &why);
	if (rc == 0)
		rc = hd_study_new(&serve->study, &serve->header.options, &why);
	if (rc == HD_ENOMEM)
		return rc;
	if (rc < 0)
		strcpy(serve->broken, why.text);
	return 0;
}

void hd_serve_trial(struct hd_serve *serve, size_t number,
		    const struct hd_value *values)
{
	hd_buf_printf(&serve->reply, "\"id\": %zu, ", number + 1);
	if (!serve->plain)
		hd_buf_printf(&serve->reply, "\"trial\": %zu, ", number);
	hd_buf_puts(&serve->reply, "\"params\": ");
	hd_args_json(&serve->reply, hd_study_space(serve->study), values);
	hd_buf_putc(&serve->reply, '}');
}

static int serve_ask(struct hd_serve *serve, const struct hd_json *root)
{
	const struct hd_value *values = NULL;
	struct hd_error why = { 0 };
	const char *client;
	size_t number = 0;
	int rc;

	if (!serve->study || serve->pending[0]) {
		serve_error(serve, 0, serve->study ? serve->pending : serve->broken);
		serve->pending[0] = '\0';
		return 0;
	}
	rc = hd_serve_client(root, &client, &why);
	if (rc == 0)
		rc = hd_study_ask(serve->study, client, &number, &values, &why);
	if (rc == 0) {
		size_t intervals = hd_study_intervals(serve->study, number);

		hd_buf_putc(&serve->reply, '{');
		/* Of one that goes on. */
		if (intervals && !serve->plain)
			hd_buf_printf(&serve->reply, "\"intervals\": %zu, ", intervals);
		hd_serve_trial(serve, number, values);
		return 0;
	}
	if (rc == HD_EXHAUSTED)
		strcpy(why.text, serve->plain ? "no point is left in the parameter space"
					      : "nothing is left to ask for");
	serve_error(serve, serve->plain ? 0 : rc, why.text);
	return rc == HD_ENOMEM ? rc : 0;
}

static int tell(struct hd_serve *serve, const struct hd_json *root,
		struct hd_error *why)
{
	const struct hd_json *node = hd_json_get(root, "value");
	const char *client;
	double value;
	size_t number;
	int rc;

	if (!hd_json_get(root, "trial") && !hd_json_get(root, "id"))
		return hd_error_set(why, HD_EINVAL,
				    "'id' of a tell must be a whole number");
	rc = hd_serve_number(root, &number, why);
	if (rc == 0)
		rc = hd_serve_client(root, &client, why);
	if (rc == 0 && (!node || !hd_serve_value(node, &value)))
		rc = hd_error_set(why, HD_EINVAL,
				  "'value' of a tell must be a number or null");
	if (rc == 0)
		rc = hd_study_tell(serve->study, number, client, value, why);
	if (rc == HD_ENOENT) {
		const struct hd_json *id = hd_json_get(root, "id");

		hd_error_set(why, rc, "a tell of %s %lld, which was not asked",
			     id ? "id" : "trial",
			     (long long)hd_json_integer(
				     id ? id : hd_json_get(root, "trial")));
	}
	return rc;
}

static bool is_true(const struct hd_json *root, const char *name)
{
	const struct hd_json *node = hd_json_get(root, name);

	return node && hd_json_kind(node) == HD_JSON_TRUE;
}

/* A tell that is to be answered, by the next trial when it says "ask". */
static int serve_told(struct hd_serve *serve, const struct hd_json *root)
{
	struct hd_error why = { 0 };
	int rc = serve->study ? tell(serve, root, &why)
			      : hd_error_set(&why, HD_ESTATE, "%s", serve->broken);

	if (rc == HD_ENOMEM)
		return rc;
	if (rc < 0)
		serve_error(serve, rc, why.text);
	else if (is_true(root, "ask"))
		return serve_ask(serve, root);
	else
		hd_buf_printf(&serve->reply, "{\"ok\": true, \"changed\": %s}",
			      rc == HD_ENDED ? "false" : "true");
	return 0;
}

static int serve_tell(struct hd_serve *serve, const struct hd_json *root)
{
	struct hd_error why = { 0 };
	int rc;

	if (is_true(root, "reply") || is_true(root, "ask"))
		return serve_told(serve, root);
	if (!serve->study)
		return 0; /* the next ask says why there is none */
	rc = tell(serve, root, &why);
	if (rc < 0 && !serve->pending[0])
		strcpy(serve->pending, why.text);
	return rc == HD_ENOMEM ? rc : 0;
}

static int serve_op(struct hd_serve *serve, const char *word,
		    const struct hd_json *root)
{
	struct hd_error why = { 0 };
	int rc = 0;

	if (!strcmp(word, "ask"))
		return serve_ask(serve, root);
	if (!strcmp(word, "tell"))
		return serve_tell(serve, root);
	if (!hd_serve_op(serve, word, root, &rc, &why))
		serve_error(serve, 0,
			    "'op' must be 'ask', 'tell', 'report', 'end', 'best', "
			    "'enqueue', 'add', 'stop', 'create' or 'open'");
	else if (rc < 0)
		serve_error(serve, rc, why.text);
	else
		return 0;
	return rc == HD_ENOMEM ? rc : 0;
}

static int serve_message(struct hd_serve *serve, const struct hd_json *root)
{
	const struct hd_json *op;
	const char *word = NULL;

	if (hd_json_kind(root) != HD_JSON_OBJECT) {
		serve_error(serve, 0, "a message must be a map");
		return 0;
	}
	op = hd_json_get(root, "op");
	if (op && hd_json_kind(op) == HD_JSON_STRING)
		word = hd_json_string(op, NULL);
	/* A header says no more than that. */
	if (hd_json_get(root, "space") && !(word && !strcmp(word, "create")))
		return serve_header(serve, root);
	if (word)
		return serve_op(serve, word, root);
	serve_error(serve, 0, "a message needs a 'space' or an 'op'");
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
		serve_error(serve, 0, "the line is too long");
	else if (!is_blank(line, length))
		rc = serve_parse(&root, line, length, &why);
	if (root)
		rc = serve_message(serve, root);
	else if (rc == HD_EINVAL)
		serve_error(serve, 0, why.text);
	hd_json_free(root);
	*reply = serve->reply.length ? hd_buf_text(&serve->reply) : NULL;
	*reply_length = serve->reply.length;
	if (rc == HD_ENOMEM || hd_buf_failed(&serve->reply))
		return hd_error_nomem(err);
	return 0;
}
