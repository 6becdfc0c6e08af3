#include "serve/action.h"

#include <hdrive/report.h>

#include "base/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRIALS_MOST 10000

/* One request while it is made into words. */
struct making {
	struct hd_action *action;
	const struct hd_json *body;
	struct hd_web_reply *reply;
};

static void word(struct making *making, const char *text)
{
	hd_buf_add(&making->action->words, text, strlen(text) + 1);
	making->action->count++;
}

static void word_integer(struct making *making, int64_t value)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRId64, value);
	word(making, text);
}

static bool refuse(struct making *making, const char *text)
{
	hd_web_fail(making->reply, "BAD_REQUEST", "%s", text);
	return false;
}

/* --- the body --------------------------------------------------------------- */

struct known {
	const char *const *names;
	char other[64];
};

static int known_member(void *user, const char *name, size_t length,
			const struct hd_json *value)
{
	struct known *known = user;

	(void)value;
	for (size_t i = 0; known->names[i]; i++)
		if (strlen(known->names[i]) == length &&
		    !memcmp(known->names[i], name, length))
			return 0;
	snprintf(known->other, sizeof known->other, "%.40s", name);
	return 1;
}

/* A key that is written wrongly asks for something else than it says. */
static bool has_only(struct making *making, const char *const *names)
{
	struct known known = { names, "" };

	if (!hd_json_each(making->body, known_member, &known))
		return true;
	hd_web_fail(making->reply, "BAD_REQUEST", "unknown '%s' in the body",
		    known.other);
	return false;
}

static bool words_trials(struct making *making)
{
	static const char *const names[] = { "trials", NULL };
	const struct hd_json *trials = hd_json_get(making->body, "trials");
	size_t count = trials ? hd_json_count(trials) : 0;

	if (!has_only(making, names))
		return false;
	if (!trials)
		return true;
	/* None at all would be all of them. */
	if (hd_json_kind(trials) != HD_JSON_ARRAY || !count || count > TRIALS_MOST)
		return refuse(making, "'trials' must be a list of 1 to 10000 numbers");
	for (size_t i = 0; i < count; i++) {
		const struct hd_json *trial = hd_json_at(trials, i);
		int64_t number = hd_json_integer(trial);

		if (hd_json_kind(trial) != HD_JSON_INTEGER || number < 0)
			return refuse(making, "'trials' must have whole numbers "
					      "from 0");
		word_integer(making, number);
	}
	return true;
}

static bool make_cancel(struct making *making)
{
	return words_trials(making);
}

/* Without an engine one is started, which outlives us. */
static bool make_retry(struct making *making)
{
	word(making, "--detach");
	if (!hd_json_get(making->body, "trials"))
		return refuse(making, "which trials? 'trials' must be a list of "
				      "1 to 10000 numbers");
	return words_trials(making);
}

static bool make_enqueue(struct making *making)
{
	static const char *const names[] = { "parameters", NULL };
	const struct hd_json *point = hd_json_get(making->body, "parameters");
	char *text;

	if (!has_only(making, names))
		return false;
	if (!point || hd_json_kind(point) != HD_JSON_OBJECT)
		return refuse(making, "'parameters' must be an object with a value "
				      "for every parameter");
	text = hd_json_dump(point);
	hd_buf_puts(&making->action->input, text ? text : "");
	hd_buf_putc(&making->action->input, '\n');
	free(text);
	word(making, "--from");
	word(making, "-");
	return true;
}

static bool limit_whole(struct making *making, const char *name,
			const char *option)
{
	const struct hd_json *limit = hd_json_get(making->body, name);

	if (!limit)
		return true;
	if (hd_json_kind(limit) != HD_JSON_INTEGER || hd_json_integer(limit) < 1) {
		hd_web_fail(making->reply, "BAD_REQUEST",
			    "'%s' must be a whole number from 1", name);
		return false;
	}
	word(making, option);
	word_integer(making, hd_json_integer(limit));
	return true;
}

static bool limit_minutes(struct making *making)
{
	const struct hd_json *limit = hd_json_get(making->body,
						  "max_duration_minutes");
	double minutes = limit ? hd_json_number(limit) : 1;
	char number[32], text[40];

	if (!(minutes > 0) || !isfinite(minutes) ||
	    (limit && hd_json_kind(limit) != HD_JSON_INTEGER &&
	     hd_json_kind(limit) != HD_JSON_REAL))
		return refuse(making, "'max_duration_minutes' must be a number "
				      "greater than 0");
	if (!limit)
		return true;
	snprintf(text, sizeof text, "%sm",
		 hd_number_text(minutes, number, sizeof number));
	word(making, "--timeout");
	word(making, text);
	return true;
}

static bool limit_held(struct making *making)
{
	const struct hd_json *held = hd_json_get(making->body, "held");
	enum hd_json_kind kind = held ? hd_json_kind(held) : HD_JSON_NULL;

	if (!held)
		return true;
	if (kind != HD_JSON_TRUE && kind != HD_JSON_FALSE)
		return refuse(making, "'held' must be true or false");
	word(making, kind == HD_JSON_TRUE ? "--hold" : "--go-on");
	return true;
}

static bool make_limits(struct making *making)
{
	static const char *const names[] = { "max_total_runs",
					     "max_concurrent_runs",
					     "max_duration_minutes", "held", NULL };

	if (!has_only(making, names))
		return false;
	if (!hd_json_count(making->body))
		return refuse(making, "what is to change? 'max_total_runs', "
				      "'max_concurrent_runs', "
				      "'max_duration_minutes', 'held'");
	word(making, "--json");
	return limit_whole(making, names[0], "--max-trials") &&
	       limit_whole(making, names[1], "--max-concurrent") &&
	       limit_minutes(making) && limit_held(making);
}

/* --- the path --------------------------------------------------------------- */

static const struct verb {
	const char *name;
	const char *command;
	bool (*make)(struct making *making);
} verbs[] = {
	{ "cancel", "cancel", make_cancel },
	{ "retry", "retry", make_retry },
	{ "enqueue", "enqueue", make_enqueue },
	{ "limits", "update", make_limits },
};

/* "sweeps/S/VERB": where S stands; NULL when the path is none such. */
static const struct verb *verb_of(const char *path, const char **sweep,
				  size_t *length)
{
	static const char head[] = "sweeps/";
	const char *slash;

	if (strncmp(path, head, sizeof head - 1) != 0)
		return NULL;
	*sweep = path + sizeof head - 1;
	slash = strchr(*sweep, '/');
	if (!slash)
		return NULL;
	*length = (size_t)(slash - *sweep);
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		if (!strcmp(slash + 1, verbs[i].name))
			return &verbs[i];
	return NULL;
}

bool hd_action_is(const char *path)
{
	const char *sweep;
	size_t length;

	return verb_of(path, &sweep, &length) != NULL;
}

static int take_id(void *user, const struct hd_sweep_row *row)
{
	word(user, row->id);
	return 0;
}

/* The sweep's id, which is what it is called whatever else comes to be. */
static bool word_sweep(struct making *making, const char *text, size_t length,
		       struct hd_store *store, int64_t only)
{
	struct hd_buf name = HD_BUF_INIT;
	struct hd_error err = { 0 };
	int64_t key;
	int rc;

	hd_buf_add(&name, text, length);
	rc = hd_store_find_sweep(store, hd_buf_text(&name), &key, &err);
	if (rc == 0 && only && only != key)
		rc = hd_error_set(&err, HD_ENOENT, "no sweep '%.200s'",
				  hd_buf_text(&name));
	if (rc == 0)
		rc = hd_store_sweep(store, key, take_id, making, &err);
	if (rc < 0)
		hd_web_fail_error(making->reply, &err);
	hd_buf_release(&name);
	return rc == 0;
}

bool hd_action_make(struct hd_action *action, const char *path,
		    struct hd_store *store, int64_t only,
		    const struct hd_web_request *request,
		    struct hd_web_reply *reply)
{
	struct making making = { .action = action, .reply = reply };
	struct hd_json *body = NULL;
	struct hd_error err = { 0 };
	const char *sweep = NULL;
	size_t length = 0;
	const struct verb *verb = verb_of(path, &sweep, &length);
	bool is_made = false;

	*action = (struct hd_action){ HD_BUF_INIT, 0, HD_BUF_INIT };
	if (!verb) {
		hd_web_fail(reply, "ENDPOINT_NOT_FOUND", "nothing to do at '%.200s'",
			    path);
	} else if (request->body_length > HD_ACTION_BODY_MOST) {
		hd_web_fail(reply, "REQUEST_TOO_LARGE",
			    "the request's body has more than %zu bytes",
			    HD_ACTION_BODY_MOST);
	} else if (hd_json_parse(&body, request->body, request->body_length,
				 &err) < 0) {
		hd_web_fail_error(reply, &err);
	} else if (hd_json_kind(body) != HD_JSON_OBJECT) {
		hd_web_fail(reply, "BAD_REQUEST", "the body must be a JSON object");
	} else {
		making.body = body;
		word(&making, verb->command);
		is_made = word_sweep(&making, sweep, length, store, only) &&
			  verb->make(&making);
	}
	hd_json_free(body);
	if (is_made && (hd_buf_failed(&action->words) ||
			hd_buf_failed(&action->input))) {
		hd_web_fail(reply, "INTERNAL_ERROR", "out of memory");
		is_made = false;
	}
	return is_made;
}

void hd_action_release(struct hd_action *action)
{
	hd_buf_release(&action->words);
	hd_buf_release(&action->input);
}

/* --- the answer ------------------------------------------------------------- */

/* A command's exit status as what an error of the library would be. */
static int code_of(int exit)
{
	switch (exit) {
	case 2:
		return HD_EINVAL;
	case 3:
		return HD_ENOENT;
	case 75:
		return HD_EBUSY;
	default:
		return HD_ESTATE;
	}
}

/*
 * A line of a command's talk, without who says it: the first, which says what
 * was wrong, or the last, what comes of it.
 */
static size_t talk(const char **text, bool is_first)
{
	static const char head[] = "hdrive: ";
	size_t length = strlen(*text);
	const char *begin = *text;

	while (length && strchr("\r\n", begin[length - 1]))
		length--;
	if (is_first)
		length = strcspn(begin, "\r\n") < length ? strcspn(begin, "\r\n")
							 : length;
	for (const char *at = begin; !is_first && at < *text + length; at++)
		if (*at == '\n')
			begin = at + 1;
	length -= (size_t)(begin - *text);
	if (length >= sizeof head - 1 && !strncmp(begin, head, sizeof head - 1)) {
		begin += sizeof head - 1;
		length -= sizeof head - 1;
	}
	*text = begin;
	return length;
}

/* What it printed: an object as it is, a count, or a text. */
static void answer_out(struct hd_buf *body, const char *out)
{
	size_t length = strcspn(out, "\n"), digits = strspn(out, "0123456789");
	struct hd_json *said = NULL;
	char *text;

	if (hd_json_parse(&said, out, strlen(out), NULL) == 0 &&
	    hd_json_kind(said) == HD_JSON_OBJECT) {
		hd_json_remove(said, "ok");
		text = hd_json_dump(said);
		/* Its members, between the braces. */
		if (text && strlen(text) > 2) {
			hd_buf_putc(body, ',');
			hd_buf_add(body, text + 1, strlen(text) - 2);
		}
		free(text);
	} else if (digits && digits == length && digits < 18) {
		hd_buf_puts(body, ",\"count\":");
		hd_buf_add(body, out, length);
	} else if (*out) {
		hd_buf_puts(body, ",\"said\":");
		hd_buf_json(body, out, length);
	}
	hd_json_free(said);
}

void hd_action_answer(int code, const char *out, const char *err,
		      struct hd_web_reply *reply)
{
	struct hd_buf *body = &reply->body;
	bool has_failed = code == -1 || code > 0;
	size_t length = talk(&err, has_failed);
	struct hd_error error = { 0 };

	if (has_failed) {
		hd_error_set(&error, code > 0 ? code_of(code) : HD_EIO, "%.*s",
			     (int)length, length ? err : "");
		if (!length)
			hd_error_set(&error, error.code, "it could not be done");
		hd_web_fail_error(reply, &error);
		return;
	}
	hd_buf_puts(body, "{\"ok\":true");
	if (code == -2)
		hd_buf_puts(body, ",\"running\":true");
	else
		answer_out(body, out);
	if (length) {
		hd_buf_puts(body, ",\"message\":");
		hd_buf_json(body, err, length);
	}
	hd_buf_putc(body, '}');
}
