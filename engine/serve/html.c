#include "serve/html.h"

#include "api/api.h"
#include "base/json.h"
#include "base/time.h"
#include "store/replay.h"

#include <nettle/base64.h>
#include <nettle/sha2.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Curves of so many of the best, of each metric, and of so many metrics. */
#define CURVES "&trials=best:100&points=300"
#define METRICS_MOST 32
/* Of a trial's metrics, when there are few trials and when there are many. */
#define POINTS_FEW 300
#define POINTS_MANY 60
#define TRIALS_FEW 200
/* Of so many of the best; of the others their last values are in the columns. */
#define METRICS_TRIALS 1000
/* The last of what a trial that failed said. */
#define LOG_BYTES 4096
/* Written when so much is gathered. */
#define PART ((size_t)256 << 10)

struct writing {
	const struct hd_html *html;
	const struct hd_out *out;
	struct hd_error *err;
	struct hd_api *api;
	struct hd_buf name;   /* of the sweep, as it stands in a path */
	struct hd_buf text;   /* not yet written */
	struct hd_buf path;   /* that is asked for */
	struct hd_buf answer; /* to it */
	size_t answers;
	size_t details; /* bytes of them */
	int rc;
};

struct numbers {
	struct {
		size_t number;
		enum hd_trial_state state;
		bool has_reason; /* a policy, or another rule, ended it */
	} * rows;
	size_t count, size;
};

/* --- text ------------------------------------------------------------------- */

static int flush(struct writing *writing)
{
	struct hd_buf *text = &writing->text;

	if (writing->rc == 0 && hd_buf_failed(text))
		writing->rc = hd_error_nomem(writing->err);
	if (writing->rc == 0 && text->length &&
	    writing->out->write(writing->out->user, hd_buf_text(text),
				text->length) < 0)
		writing->rc = hd_error_set(writing->err, HD_EIO,
					   "cannot write the report");
	hd_buf_clear(text);
	return writing->rc;
}

/*
 * JSON within an element: "<" would end it, and is a "\u003c" in a string, the
 * only place where JSON has it; so are the two that end lines in scripts.
 */
static void put_json(struct hd_buf *text, const char *json, size_t length)
{
	const char *end = json + length, *from = json;

	for (const char *at = json; at < end; at++) {
		const char *escape = NULL;
		size_t skip = 1;

		if (*at == '<') {
			escape = "\\u003c";
		} else if (end - at > 2 && !memcmp(at, "\xe2\x80", 2) &&
			   (at[2] == '\xa8' || at[2] == '\xa9')) {
			escape = at[2] == '\xa8' ? "\\u2028" : "\\u2029";
			skip = 3;
		}
		if (!escape)
			continue;
		hd_buf_add(text, from, (size_t)(at - from));
		hd_buf_puts(text, escape);
		at += skip - 1;
		from = at + 1;
	}
	hd_buf_add(text, from, (size_t)(end - from));
}

/* As encodeURIComponent does it, which the page asks with. */
static void put_escaped(struct hd_buf *out, const char *text, size_t length)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.!~*'()";

	for (size_t i = 0; i < length; i++)
		if (text[i] && strchr(plain, text[i]))
			hd_buf_putc(out, text[i]);
		else
			hd_buf_printf(out, "%%%02X", (unsigned char)text[i]);
}

/* --- answers ---------------------------------------------------------------- */

/* One argument of a path: the query's, taken apart as a server would. */
struct query {
	struct hd_buf pairs; /* name, NUL, value, NUL, ... */
};

static const char *query_get(void *user, const char *name)
{
	const struct query *query = user;
	const char *at = hd_buf_text(&query->pairs);
	const char *end = at + query->pairs.length;

	while (at < end) {
		const char *value = at + strlen(at) + 1;

		if (!strcmp(at, name))
			return value;
		at = value + strlen(value) + 1;
	}
	return NULL;
}

static void query_add(struct query *query, const char *name, const char *value)
{
	hd_buf_add(&query->pairs, name, strlen(name) + 1);
	hd_buf_add(&query->pairs, value, strlen(value) + 1);
}

/* A member of the map: what was answered to "/api/v1/PATH". */
static int member_write(struct writing *writing, const char *path)
{
	struct hd_buf *text = &writing->text;
	struct hd_buf key = HD_BUF_INIT, quoted = HD_BUF_INIT;
	size_t before = text->length;

	hd_buf_printf(&key, "/api/v1/%s", path);
	hd_buf_json(&quoted, hd_buf_text(&key), key.length);
	hd_buf_puts(text, writing->answers++ ? ",\n" : "\n");
	put_json(text, hd_buf_text(&quoted), quoted.length);
	hd_buf_putc(text, ':');
	put_json(text, hd_buf_text(&writing->answer), writing->answer.length);
	writing->details += text->length - before;
	if (hd_buf_failed(&key) || hd_buf_failed(&quoted))
		writing->rc = hd_error_nomem(writing->err);
	hd_buf_release(&key);
	hd_buf_release(&quoted);
	return text->length > PART ? flush(writing) : writing->rc;
}

/*
 * Ask for PATH with QUERY (NULL: none) and keep the answer under KEY. What is
 * not there is not in the report.
 */
static int answer_write(struct writing *writing, const char *path,
			struct query *query, const char *key)
{
	struct hd_api_answer answer = { .json = &writing->answer, .file = -1 };
	int rc;

	if (writing->rc < 0)
		return writing->rc;
	hd_buf_clear(&writing->answer);
	rc = hd_api_get(writing->api, path, query ? query_get : NULL, query,
			&answer, writing->err);
	if (rc == HD_ENOENT || rc == HD_EINVAL) {
		*writing->err = (struct hd_error){ 0 };
		return 0;
	}
	if (rc == 0 && hd_buf_failed(&writing->answer))
		rc = hd_error_nomem(writing->err);
	writing->rc = rc;
	return rc < 0 ? rc : member_write(writing, key);
}

/* "sweeps/NAME" and what the rest is. */
static const char *path_of(struct writing *writing, const char *rest)
{
	hd_buf_clear(&writing->path);
	hd_buf_puts(&writing->path, "sweeps/");
	hd_buf_puts(&writing->path, hd_buf_text(&writing->name));
	hd_buf_puts(&writing->path, rest);
	return hd_buf_text(&writing->path);
}

static int sweep_write(struct writing *writing, const char *rest)
{
	const char *path = path_of(writing, rest);

	return answer_write(writing, path, NULL, path);
}

/* --- curves ----------------------------------------------------------------- */

static int curves_write(struct writing *writing, const char *metric,
			size_t length)
{
	struct query query = { HD_BUF_INIT };
	struct hd_buf key = HD_BUF_INIT, plain = HD_BUF_INIT;
	const char *path = path_of(writing, "/curves");

	hd_buf_add(&plain, metric, length);
	query_add(&query, "metric", hd_buf_text(&plain));
	query_add(&query, "trials", "best:100");
	query_add(&query, "points", "300");
	hd_buf_printf(&key, "%s?metric=", path);
	put_escaped(&key, metric, length);
	hd_buf_puts(&key, CURVES);
	answer_write(writing, path, &query, hd_buf_text(&key));
	hd_buf_release(&query.pairs);
	hd_buf_release(&plain);
	hd_buf_release(&key);
	return writing->rc;
}

/* The columns, and curves of the metrics that they name. */
static int columns_write(struct writing *writing)
{
	struct hd_json *columns = NULL;
	const struct hd_json *names;

	if (sweep_write(writing, "/columns") < 0)
		return writing->rc;
	if (hd_json_parse(&columns, hd_buf_text(&writing->answer),
			  writing->answer.length, writing->err) < 0)
		return writing->rc = writing->err->code;
	names = hd_json_get(columns, "names");
	for (size_t i = 0; i < hd_json_count(names) && i < METRICS_MOST; i++) {
		size_t length;
		const char *name = hd_json_string(hd_json_at(names, i), &length);

		if (name && curves_write(writing, name, length) < 0)
			break;
	}
	hd_json_free(columns);
	return writing->rc;
}

/* --- trials ----------------------------------------------------------------- */

static int take_number(void *user, const struct hd_trial_row *row)
{
	struct numbers *numbers = user;

	if (numbers->count == numbers->size) {
		size_t size = numbers->size ? 2 * numbers->size : 64;
		void *rows = realloc(numbers->rows, size * sizeof *numbers->rows);

		if (!rows)
			return HD_ENOMEM;
		numbers->rows = rows;
		numbers->size = size;
	}
	numbers->rows[numbers->count].number = row->number;
	numbers->rows[numbers->count].state = row->state;
	numbers->rows[numbers->count].has_reason = *row->end_detail != '\0';
	numbers->count++;
	return 0;
}

/* A part of a trial, asked for with one argument or two. */
static void part_write(struct writing *writing, size_t number, const char *part,
		       struct query *query, const char *asked)
{
	struct hd_buf key = HD_BUF_INIT;
	char rest[64];
	const char *path;

	snprintf(rest, sizeof rest, "/trials/%zu/%s", number, part);
	path = path_of(writing, rest);
	hd_buf_printf(&key, "%s?%s", path, asked);
	answer_write(writing, path, query, hd_buf_text(&key));
	hd_buf_release(&query->pairs);
	hd_buf_release(&key);
}

static void metrics_write(struct writing *writing, size_t number, bool is_few)
{
	struct query query = { HD_BUF_INIT };
	char points[16];

	snprintf(points, sizeof points, "%d", is_few ? POINTS_FEW : POINTS_MANY);
	query_add(&query, "points", points);
	part_write(writing, number, "metrics", &query, "points=300");
}

static void log_write(struct writing *writing, size_t number)
{
	struct query query = { HD_BUF_INIT };
	char from[24], asked[64];

	snprintf(from, sizeof from, "-%d", LOG_BYTES);
	snprintf(asked, sizeof asked, "stream=stderr&from=%s", from);
	query_add(&query, "stream", "stderr");
	query_add(&query, "from", from);
	part_write(writing, number, "log", &query, asked);
}

/* The INDEXth of the best. */
static int trial_write(struct writing *writing, const struct numbers *numbers,
		       size_t index)
{
	size_t number = numbers->rows[index].number;
	char rest[64];

	snprintf(rest, sizeof rest, "/trials/%zu", number);
	sweep_write(writing, rest);
	if (index < METRICS_TRIALS)
		metrics_write(writing, number, numbers->count <= TRIALS_FEW);
	if (numbers->rows[index].has_reason) {
		snprintf(rest, sizeof rest, "/trials/%zu/why", number);
		sweep_write(writing, rest);
	}
	if (numbers->rows[index].state == HD_TRIAL_FAILED)
		log_write(writing, number);
	return writing->rc;
}

/* The best first, for as long as there is room. */
static int trials_write(struct writing *writing, size_t *count, size_t *total)
{
	static const struct hd_trial_query best = { .order = HD_ORDER_BEST };
	size_t most = writing->html->details ? writing->html->details
					     : HD_HTML_DETAILS;
	struct numbers numbers = { NULL, 0, 0 };

	*count = *total = 0;
	writing->rc = hd_store_trials(writing->html->store, writing->html->sweep,
				      &best, take_number, &numbers, writing->err);
	if (writing->rc == HD_ENOMEM)
		hd_error_nomem(writing->err);
	*total = numbers.count;
	writing->details = 0;
	while (writing->rc == 0 && *count < numbers.count &&
	       writing->details < most)
		trial_write(writing, &numbers, (*count)++);
	free(numbers.rows);
	return writing->rc;
}

static int answers_write(struct writing *writing)
{
	static const char *const rests[] = { "", "/config", "/importance",
					     "/attempts", "/decisions" };
	char now[48];
	size_t count, total;

	answer_write(writing, "version", NULL, "version");
	answer_write(writing, "sweeps", NULL, "sweeps");
	for (size_t i = 0; i < sizeof rests / sizeof rests[0]; i++)
		sweep_write(writing, rests[i]);
	if (columns_write(writing) < 0 ||
	    trials_write(writing, &count, &total) < 0)
		return writing->rc;
	hd_buf_clear(&writing->answer);
	hd_buf_printf(&writing->answer,
		      "{\"created\":\"%s\",\"trials\":%zu,\"details\":%zu}",
		      hd_time_text(hd_time_wall(), now, sizeof now), total, count);
	return member_write(writing, "report");
}

/* --- the page --------------------------------------------------------------- */

/* "'sha256-...'" of what stands between the tags. */
static void put_hash(struct hd_buf *text, const char *content, size_t length)
{
	struct sha256_ctx hash;
	uint8_t digest[SHA256_DIGEST_SIZE];
	char base64[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE) + 1] = "";

	sha256_init(&hash);
	sha256_update(&hash, length, (const uint8_t *)content);
	sha256_digest(&hash, sizeof digest, digest);
	base64_encode_raw(base64, sizeof digest, digest);
	hd_buf_printf(text, "'sha256-%s'", base64);
}

/* Nothing is asked of anybody, and nothing runs but what is hashed here. */
static void put_style(struct hd_buf *text, const struct hd_asset *css,
		      const struct hd_asset *js, const struct hd_asset *rest)
{
	hd_buf_puts(text, "<meta http-equiv=\"Content-Security-Policy\" content=\""
			  "default-src 'none'; img-src data:; base-uri 'none'; "
			  "form-action 'none'; style-src ");
	put_hash(text, css->text, css->length);
	hd_buf_puts(text, "; script-src ");
	put_hash(text, js->text, js->length);
	hd_buf_putc(text, ' ');
	put_hash(text, rest->text, rest->length);
	hd_buf_puts(text, "\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
			  "<style>");
	hd_buf_add(text, css->text, css->length);
	hd_buf_puts(text, "</style>");
}

static void put_script(struct hd_buf *text, const struct hd_asset *js)
{
	hd_buf_puts(text, "<script>");
	hd_buf_add(text, js->text, js->length);
	hd_buf_puts(text, "</script>");
}

static int data_write(struct writing *writing, const struct hd_asset *js,
		      const struct hd_asset *rest)
{
	struct hd_buf *text = &writing->text;

	hd_buf_puts(text, "<script type=\"application/json\" id=\"hdrive-data\">{");
	answers_write(writing);
	hd_buf_puts(text, "\n}</script>\n");
	/* What the page would ask for is there before it. */
	put_script(text, rest);
	put_script(text, js);
	return writing->rc;
}

static int page_write(struct writing *writing)
{
	/* As engine/page/build.sh has seen that they are there, once. */
	static const char style[] = "<link rel=\"stylesheet\" href=\"page.css\">";
	static const char script[] = "<script src=\"page.js\" defer></script>";
	const struct hd_asset *page = &writing->html->assets[0];
	const struct hd_asset *css = page + 1, *js = page + 2, *rest = page + 3;
	const char *link = strstr(page->text, style);
	const char *run = link ? strstr(link, script) : NULL;

	if (!run)
		return hd_error_set(writing->err, HD_ECORRUPT,
				    "the page is not what a report is made of");
	hd_buf_add(&writing->text, page->text, (size_t)(link - page->text));
	put_style(&writing->text, css, js, rest);
	link += sizeof style - 1;
	hd_buf_add(&writing->text, link, (size_t)(run - link));
	if (data_write(writing, js, rest) < 0)
		return writing->rc;
	hd_buf_puts(&writing->text, run + sizeof script - 1);
	return flush(writing);
}

static int take_name(void *user, const struct hd_sweep_row *row)
{
	hd_buf_puts(user, row->name);
	return 0;
}

int hd_html_write(const struct hd_html *html, const struct hd_out *out,
		  struct hd_error *err)
{
	struct writing writing = { .html = html, .out = out, .err = err };
	/* One look: all answers are of the same moment. */
	struct hd_api_setup setup = { .store = html->store,
				      .only = html->sweep,
				      .pause = INT64_MAX / 2 };
	int rc = hd_store_sweep(html->store, html->sweep, take_name,
				&writing.name, err);

	if (rc == 0)
		rc = hd_api_open(&writing.api, &setup, err);
	if (rc == 0)
		rc = hd_store_snapshot(html->store, err);
	if (rc == 0) {
		rc = page_write(&writing);
		hd_store_snapshot_end(html->store, NULL);
	}
	hd_api_close(writing.api);
	hd_buf_release(&writing.name);
	hd_buf_release(&writing.text);
	hd_buf_release(&writing.path);
	hd_buf_release(&writing.answer);
	return rc;
}
