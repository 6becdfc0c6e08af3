#include "mlflow/call.h"

#include "base/number.h"
#include "base/time.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The engine's reader takes no more of a line; a little is for its end. */
#define LINE_MOST ((size_t)60000)
/* Clients before it know no "mlflow-artifacts:". */
#define AGENT "mlflow-python-client/"
#define AGENT_NEW_MAJOR 1
#define AGENT_NEW_MINOR 23

int64_t hd_ml_now(void)
{
	return hd_time_wall() / 1000;
}

/* --- arguments ------------------------------------------------------------ */

static const char *node_text(const struct hd_json *node, struct hd_buf *buf)
{
	size_t start = buf->length;
	const char *text;
	size_t length;

	switch (hd_json_kind(node)) {
	case HD_JSON_STRING:
		text = hd_json_string(node, &length);
		/* What is behind a NUL would be lost on the way. */
		if (memchr(text, '\0', length))
			return NULL;
		hd_buf_add(buf, text, length);
		break;
	case HD_JSON_INTEGER:
		hd_buf_printf(buf, "%" PRId64, hd_json_integer(node));
		break;
	case HD_JSON_REAL:
		hd_buf_number(buf, hd_json_number(node));
		break;
	case HD_JSON_TRUE:
		hd_buf_puts(buf, "True");
		break;
	case HD_JSON_FALSE:
		hd_buf_puts(buf, "False");
		break;
	case HD_JSON_NULL:
	case HD_JSON_ARRAY:
	case HD_JSON_OBJECT:
		return NULL;
	}
	return hd_buf_text(buf) + start;
}

const char *hd_ml_text(const struct hd_ml_call *call, const char *name,
		       struct hd_buf *buf)
{
	const struct hd_json *node = call->body ? hd_json_get(call->body, name)
						: NULL;

	hd_buf_clear(buf);
	return node ? node_text(node, buf) : hd_web_argument(call->request, name);
}

const char *hd_ml_need(struct hd_ml_call *call, const char *name,
		       struct hd_buf *buf)
{
	const char *text = hd_ml_text(call, name, buf);

	if (text && *text)
		return text;
	hd_web_fail(call->reply, "INVALID_PARAMETER_VALUE",
		    "Missing value for required parameter '%s'", name);
	return NULL;
}

const char *hd_ml_need_run(struct hd_ml_call *call, struct hd_buf *buf)
{
	const char *text = hd_ml_text(call, "run_id", buf);

	return text && *text ? text : hd_ml_need(call, "run_uuid", buf);
}

bool hd_ml_number(const struct hd_json *node, double *number)
{
	const char *text;
	size_t length;

	if (!node)
		return false;
	switch (hd_json_kind(node)) {
	case HD_JSON_INTEGER:
	case HD_JSON_REAL:
		*number = hd_json_number(node);
		return true;
	case HD_JSON_STRING:
		text = hd_json_string(node, &length);
		return hd_number_read(text, length, number);
	case HD_JSON_NULL:
	case HD_JSON_FALSE:
	case HD_JSON_TRUE:
	case HD_JSON_ARRAY:
	case HD_JSON_OBJECT:
		break;
	}
	return false;
}

bool hd_ml_integer(const struct hd_json *node, int64_t *number)
{
	const char *text;
	size_t length;
	double real;

	if (node && hd_json_kind(node) == HD_JSON_INTEGER) {
		*number = hd_json_integer(node);
		return true;
	}
	if (node && hd_json_kind(node) == HD_JSON_STRING) {
		text = hd_json_string(node, &length);
		if (hd_number_read_integer(text, length, number))
			return true;
	}
	/* R has doubles alone: 1e+05. */
	if (!hd_ml_number(node, &real) || !(fabs(real) < 9e18))
		return false;
	*number = (int64_t)real;
	return (double)*number == real;
}

/* A whole number that is not negative. */
static bool text_count(const char *text, size_t *count)
{
	int64_t number;

	if (!hd_number_read_integer(text, strlen(text), &number) || number < 0)
		return false;
	*count = (size_t)number;
	return true;
}

size_t hd_ml_count(struct hd_ml_call *call, const char *name, size_t usual,
		   size_t most)
{
	struct hd_buf buf = HD_BUF_INIT;
	const char *text = hd_ml_text(call, name, &buf);
	size_t count = usual;

	if (text && (!text_count(text, &count) || count < 1 || count > most)) {
		hd_web_fail(call->reply, "INVALID_PARAMETER_VALUE",
			    "'%s' must be from 1 to %zu, got '%.40s'", name,
			    most, text);
		count = 0;
	}
	hd_buf_release(&buf);
	return count;
}

bool hd_ml_page(struct hd_ml_call *call, size_t *from)
{
	struct hd_buf buf = HD_BUF_INIT;
	const char *text = hd_ml_text(call, "page_token", &buf);
	bool good = true;

	*from = 0;
	if (text && *text && !text_count(text, from)) {
		hd_web_fail(call->reply, "INVALID_PARAMETER_VALUE",
			    "'page_token' is none of ours: '%.40s'", text);
		good = false;
	}
	hd_buf_release(&buf);
	return good;
}

void hd_ml_next_page(struct hd_buf *out, size_t from)
{
	hd_buf_printf(out, ",\"next_page_token\":\"%zu\"", from);
}

/* --- answers -------------------------------------------------------------- */

void hd_ml_fail(struct hd_ml_call *call, const struct hd_error *err)
{
	const char *code = err->code == HD_ENOENT ? "RESOURCE_DOES_NOT_EXIST"
			   : err->code == HD_EINVAL
				   ? "INVALID_PARAMETER_VALUE"
				   : "INTERNAL_ERROR";

	hd_web_fail(call->reply, code, "%s", err->text);
}

static int run_copy(void *user, const struct hd_ml_run *run)
{
	struct hd_ml_run **copy = user;

	*copy = hd_ml_run_copy(run);
	return *copy ? 0 : HD_ENOMEM;
}

struct hd_ml_run *hd_ml_run_find(struct hd_ml_call *call, const char *id)
{
	struct hd_ml_run *run = NULL;
	struct hd_error err = { 0 };
	int rc = call->ml->source->run(call->ml->self, id, run_copy, &run, &err);

	if (rc == HD_ENOMEM)
		hd_error_nomem(&err);
	if (rc < 0)
		hd_ml_fail(call, &err);
	return run;
}

/* Whether the client is of MLflow before 1.23. */
static bool agent_is_old(const char *agent)
{
	long major, minor = 0;
	char *end;

	if (!agent || strncmp(agent, AGENT, strlen(AGENT)) != 0)
		return false;
	major = strtol(agent + strlen(AGENT), &end, 10);
	if (*end == '.')
		minor = strtol(end + 1, NULL, 10);
	return major < AGENT_NEW_MAJOR ||
	       (major == AGENT_NEW_MAJOR && minor < AGENT_NEW_MINOR);
}

void hd_ml_uri(const struct hd_ml_call *call, const char *id,
	       struct hd_buf *uri)
{
	struct hd_buf base = HD_BUF_INIT, below = HD_BUF_INIT;

	hd_buf_clear(uri);
	if (!agent_is_old(call->request->agent)) {
		hd_buf_printf(uri, "mlflow-artifacts:/%s", id);
	} else if (call->ml->source->folder(call->ml->self, id, &base, &below,
					    NULL) == 0) {
		hd_buf_printf(uri, "%s%s%s", hd_buf_text(&base),
			      below.length ? "/" : "", hd_buf_text(&below));
	}
	hd_buf_release(&base);
	hd_buf_release(&below);
}

/* --- lines ---------------------------------------------------------------- */

void hd_ml_line_text(struct hd_buf *out, const char *name, const char *text)
{
	hd_buf_printf(out, "\"%s\":", name);
	hd_buf_json(out, text, strlen(text));
	hd_buf_putc(out, ',');
}

void hd_ml_line_open(const struct hd_ml_call *call, const char *run,
		     struct hd_buf *out)
{
	hd_buf_putc(out, '{');
	if (strcmp(run, call->ml->source->trial(call->ml->self)) != 0)
		hd_ml_line_text(out, "child", run);
}

bool hd_ml_line_close(struct hd_buf *out, size_t start, int64_t time)
{
	if (time < 0)
		time = 0;
	hd_buf_printf(out, "\"ts\":%" PRId64 ".%03" PRId64 "}\n", time / 1000,
		      time % 1000);
	return out->length - start <= LINE_MOST;
}

bool hd_ml_append(struct hd_ml_call *call, const struct hd_buf *lines)
{
	struct hd_error err = { 0 };
	int rc = hd_buf_failed(lines)
			 ? hd_error_nomem(&err)
			 : call->ml->source->append(call->ml->self,
						    hd_buf_text(lines),
						    lines->length, &err);

	if (rc < 0) {
		hd_ml_fail(call, &err);
		return false;
	}
	hd_buf_clear(&call->reply->body);
	hd_buf_puts(&call->reply->body, "{}");
	return true;
}
