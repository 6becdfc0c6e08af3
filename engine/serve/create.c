/*
 * A "create" into a config. What it says by members becomes the text of a
 * sweep's file, which is JSON and so YAML: every check, and every message, is
 * the loader's.
 */
#include "serve/private.h"

#include <stdlib.h>
#include <string.h>

/* Trials of a study that says nothing of their number. */
#define UNBOUNDED "1000000000"

/* --- the space ---------------------------------------------------------------- */

/* [expression, [argument...]]: what a header has for a parameter. */
static bool is_expression(const struct hd_json *node)
{
	const struct hd_json *word;

	if (hd_json_kind(node) != HD_JSON_ARRAY || hd_json_count(node) != 2)
		return false;
	word = hd_json_at(node, 0);
	return hd_json_kind(word) == HD_JSON_STRING &&
	       hd_json_kind(hd_json_at(node, 1)) == HD_JSON_ARRAY &&
	       hd_expr_type_find(hd_json_string(word, NULL));
}

static void put_raw(struct hd_buf *buf, const struct hd_json *node)
{
	char *text = hd_json_dump(node);

	if (text)
		hd_buf_puts(buf, text);
	else
		buf->failed = true;
	free(text);
}

/* Between members; a text that had no memory is empty. */
static void put_comma(struct hd_buf *buf)
{
	if (buf->length && buf->text[buf->length - 1] != '{')
		hd_buf_puts(buf, ", ");
}

static void put_expression(struct hd_buf *buf, const struct hd_json *node);

static int put_member(void *user, const char *name, size_t length,
		      const struct hd_json *value);

/* In a map expressions may hide: those of a branch. */
static void put_option(struct hd_buf *buf, const struct hd_json *node)
{
	if (hd_json_kind(node) != HD_JSON_OBJECT) {
		put_raw(buf, node);
		return;
	}
	hd_buf_putc(buf, '{');
	(void)hd_json_each(node, put_member, buf);
	hd_buf_putc(buf, '}');
}

static int put_member(void *user, const char *name, size_t length,
		      const struct hd_json *value)
{
	struct hd_buf *buf = user;

	put_comma(buf);
	hd_buf_json(buf, name, length);
	hd_buf_puts(buf, ": ");
	if (is_expression(value)) {
		hd_buf_putc(buf, '{');
		put_expression(buf, value);
		hd_buf_putc(buf, '}');
	} else {
		put_option(buf, value);
	}
	return 0;
}

static void put_list(struct hd_buf *buf, const struct hd_json *list)
{
	size_t count = hd_json_count(list);

	hd_buf_putc(buf, '[');
	for (size_t i = 0; i < count; i++) {
		const struct hd_json *item = hd_json_at(list, i);

		hd_buf_puts(buf, i ? ", " : "");
		/* Choices write [[a, b]] for [a, b]. */
		if (count == 1 && hd_json_kind(item) == HD_JSON_ARRAY)
			put_list(buf, item);
		else
			put_option(buf, item);
	}
	hd_buf_putc(buf, ']');
}

/* Its members, without braces. */
static void put_expression(struct hd_buf *buf, const struct hd_json *node)
{
	hd_buf_puts(buf, "\"expression\": ");
	put_raw(buf, hd_json_at(node, 0));
	hd_buf_puts(buf, ", \"values\": ");
	put_list(buf, hd_json_at(node, 1));
}

struct space_walk {
	struct hd_buf *buf;
	size_t count;
	struct hd_error *err;
};

static int put_parameter(void *user, const char *name, size_t length,
			 const struct hd_json *node)
{
	struct space_walk *walk = user;
	const struct hd_json *word = hd_json_at(node, 0);

	if (hd_json_kind(node) != HD_JSON_ARRAY || hd_json_count(node) != 2 ||
	    hd_json_kind(word) != HD_JSON_STRING ||
	    hd_json_kind(hd_json_at(node, 1)) != HD_JSON_ARRAY)
		return hd_error_set(walk->err, HD_EINVAL,
				    "'%.64s' must be [expression, [argument...]]",
				    name);
	hd_buf_puts(walk->buf, walk->count++ ? ", {\"name\": " : "{\"name\": ");
	hd_buf_json(walk->buf, name, length);
	hd_buf_puts(walk->buf, ", ");
	put_expression(walk->buf, node);
	hd_buf_putc(walk->buf, '}');
	return 0;
}

static int put_space(struct hd_buf *buf, const struct hd_json *root,
		     struct hd_error *err)
{
	const struct hd_json *space = hd_json_get(root, "space");
	struct space_walk walk = { .buf = buf, .err = err };
	int rc;

	if (hd_json_kind(space) != HD_JSON_OBJECT)
		return hd_error_set(err, HD_EINVAL,
				    "'space' must be a map of parameters");
	hd_buf_puts(buf, ", \"parameter_space\": [");
	rc = hd_json_each(space, put_parameter, &walk);
	hd_buf_puts(buf, "]}");
	return rc;
}

/* --- the rest of the text ------------------------------------------------------- */

static int put_sampler_option(void *user, const char *name, size_t length,
			      const struct hd_json *value)
{
	struct hd_buf *buf = user;

	/* That is the space's key in the same map. */
	if (!strcmp(name, "parameter_space"))
		return 0;
	put_comma(buf);
	hd_buf_json(buf, name, length);
	hd_buf_puts(buf, ": ");
	put_raw(buf, value);
	return 0;
}

static void put_sampler(struct hd_buf *buf, const struct hd_json *root,
			const struct hd_sampler_type *fallback)
{
	const struct hd_json *node = hd_json_get(root, "sampler");
	const struct hd_sampler_type *type =
		fallback ? fallback : hd_header_sampler_default();

	hd_buf_puts(buf, "{\"sampling\": {");
	if (node && hd_json_kind(node) == HD_JSON_OBJECT) {
		(void)hd_json_each(node, put_sampler_option, buf);
		return;
	}
	hd_buf_puts(buf, "\"type\": ");
	if (node && hd_json_kind(node) != HD_JSON_NULL)
		put_raw(buf, node);
	else
		hd_buf_json(buf, type->name, strlen(type->name));
}

/* KEY of the message as NAME of the file; FALLBACK, unless NULL, without it. */
static void put_key(struct hd_buf *buf, const struct hd_json *root,
		    const char *key, const char *name, const char *fallback)
{
	const struct hd_json *node = hd_json_get(root, key);

	if (node && hd_json_kind(node) == HD_JSON_NULL)
		node = NULL;
	if (!node && !fallback)
		return;
	hd_buf_printf(buf, ", \"%s\": ", name);
	if (node)
		put_raw(buf, node);
	else
		hd_buf_puts(buf, fallback);
}

static int put_text(struct hd_buf *buf, const struct hd_json *root,
		    const struct hd_sampler_type *sampler, struct hd_error *err)
{
	int rc;

	put_sampler(buf, root, sampler);
	rc = put_space(buf, root, err);
	put_key(buf, root, "policy", "policy", NULL);
	put_key(buf, root, "metric", "primary_metric_name", "\"value\"");
	put_key(buf, root, "goal", "primary_metric_goal", "\"minimize\"");
	put_key(buf, root, "max_total", "max_total_runs", UNBOUNDED);
	put_key(buf, root, "concurrency", "max_concurrent_runs", "1");
	put_key(buf, root, "reduce", "reduce", NULL);
	put_key(buf, root, "max_failures", "max_failures", NULL);
	put_key(buf, root, "end_when", "end_when", NULL);
	hd_buf_puts(buf, "}\n");
	return rc == 0 && hd_buf_failed(buf) ? hd_error_nomem(err) : rc;
}

/*
 * JSON may hold, as they are, a few characters that YAML wants escaped: DEL,
 * U+0080 to U+009F, U+FEFF, U+FFFE and U+FFFF.
 */
static void put_escaped(struct hd_buf *buf, const char *text, size_t length)
{
	const unsigned char *at = (const unsigned char *)text, *end = at + length;

	while (at < end) {
		if (*at == 0x7f) {
			hd_buf_puts(buf, "\\u007f");
			at++;
		} else if (at[0] == 0xc2 && at[1] < 0xa0) {
			hd_buf_printf(buf, "\\u00%02x", at[1]);
			at += 2;
		} else if (at[0] == 0xef && at[1] == 0xbb && at[2] == 0xbf) {
			hd_buf_puts(buf, "\\ufeff");
			at += 3;
		} else if (at[0] == 0xef && at[1] == 0xbf && at[2] >= 0xbe) {
			hd_buf_printf(buf, "\\uff%02x", at[2] + 0x40);
			at += 3;
		} else {
			hd_buf_putc(buf, (char)*at++);
		}
	}
}

/* --- loading -------------------------------------------------------------------- */

/* The first error of FINDINGS, with its place where the text was the caller's. */
static int tell_findings(const struct hd_findings *findings, bool placed, int rc,
			 struct hd_error *err)
{
	for (size_t i = 0; i < hd_findings_kept(findings); i++) {
		const struct hd_finding *finding = hd_findings_at(findings, i);

		if (finding->severity != HD_FINDING_ERROR)
			continue;
		return placed ? hd_error_at(err, &finding->mark, rc, "%s",
					    finding->text)
			      : hd_error_set(err, rc, "%s", finding->text);
	}
	return rc;
}

static int load_text(struct hd_config **out, const char *text, size_t length,
		     const char *name, bool placed, struct hd_error *err)
{
	struct hd_findings *findings = hd_findings_new();
	int rc = findings ? hd_config_parse(out, text, length, name, NULL, findings,
					    err)
			  : hd_error_nomem(err);

	if (rc == HD_EINVAL)
		rc = tell_findings(findings, placed, rc, err);
	hd_findings_free(findings);
	return rc;
}

static int load_space(struct hd_config **out, const struct hd_serve *serve,
		      const struct hd_json *root, struct hd_error *err)
{
	struct hd_buf text = HD_BUF_INIT, safe = HD_BUF_INIT;
	int rc = put_text(&text, root, serve->sampler, err);

	put_escaped(&safe, hd_buf_text(&text), text.length);
	if (rc == 0 && hd_buf_failed(&safe))
		rc = hd_error_nomem(err);
	if (rc == 0)
		rc = load_text(out, hd_buf_text(&safe), safe.length, "create", false,
			       err);
	hd_buf_release(&text);
	hd_buf_release(&safe);
	return rc;
}

static int load_file(struct hd_config **out, const struct hd_serve *serve,
		     const char *name, struct hd_error *err)
{
	struct hd_findings *findings = hd_findings_new();
	char *path = NULL;
	int rc = findings ? 0 : hd_error_nomem(err);

	/* The loader takes "-" for standard input, which is the client's. */
	if (rc == 0 && (!serve->folder || !strcmp(name, "-")))
		rc = hd_error_set(err, HD_EINVAL, "'file' cannot be '%.40s' here",
				  name);
	if (rc == 0)
		rc = hd_config_find(&path, name, serve->folder, err);
	if (rc == 0)
		rc = hd_config_open(out, path, NULL, findings, err);
	if (rc == HD_EINVAL && findings)
		rc = tell_findings(findings, true, rc, err);
	free(path);
	hd_findings_free(findings);
	return rc;
}

/* --- members -------------------------------------------------------------------- */

struct member_walk {
	bool of_text; /* the study is in a text, which has most */
	struct hd_error *err;
};

static int check_member(void *user, const char *name, size_t length,
			const struct hd_json *value)
{
	static const char *const names[] = {
		"op", "seed", "name", "promotes", "yaml", "file", "space", "goal",
		"metric", "max_total", "concurrency", "sampler", "policy",
		"reduce", "max_failures", "end_when"
	};
	const size_t beside_text = 6; /* the first of them */
	const size_t count = sizeof names / sizeof names[0];
	struct member_walk *walk = user;
	const char *near;
	size_t i = 0;

	(void)length;
	(void)value;
	while (i < count && strcmp(names[i], name) != 0)
		i++;
	if (i < (walk->of_text ? beside_text : count))
		return 0;
	if (i < count)
		return hd_error_set(walk->err, HD_EINVAL,
				    "'%s' stands in the file, beside which it "
				    "cannot be given",
				    name);
	near = hd_suggest(name, names, count);
	return hd_error_set(walk->err, HD_EINVAL, "'create' takes no '%.40s'%s%s%s",
			    name, near ? "; did you mean '" : "", near ? near : "",
			    near ? "'?" : "");
}

static int check_members(const struct hd_json *root, const char **key,
			 struct hd_error *err)
{
	static const char *const keys[] = { "space", "yaml", "file" };
	struct member_walk walk = { .err = err };
	size_t count = 0;

	for (size_t i = 0; i < 3; i++) {
		if (!hd_json_get(root, keys[i]))
			continue;
		*key = keys[i];
		count++;
	}
	if (count != 1)
		return hd_error_set(err, HD_EINVAL,
				    "'create' takes 'space', 'yaml' or 'file'");
	walk.of_text = strcmp(*key, "space") != 0;
	return hd_json_each(root, check_member, &walk);
}

int hd_serve_config(struct hd_config **out, const struct hd_serve *serve,
		    const struct hd_json *root, struct hd_error *err)
{
	const struct hd_json *node;
	const char *key = NULL, *text;
	size_t length;
	int rc = check_members(root, &key, err);

	*out = NULL;
	if (rc < 0)
		return rc;
	if (!strcmp(key, "space"))
		return load_space(out, serve, root, err);
	node = hd_json_get(root, key);
	text = hd_json_kind(node) == HD_JSON_STRING ? hd_json_string(node, &length)
						    : NULL;
	if (!text)
		return hd_error_set(err, HD_EINVAL, "'%s' must be a text", key);
	return !strcmp(key, "yaml")
		       ? load_text(out, text, length, "yaml", true, err)
		       : load_file(out, serve, text, err);
}
