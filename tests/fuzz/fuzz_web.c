/*
 * Requests to "hdrive ui", without sockets: any bytes, cut at 0x1e into
 * requests of a first line "METHOD TARGET", lines of a letter, a space and a
 * header's value (H host, A authorization, C cookie, O origin, S site, K kind, L
 * last event, E encodings, M match; a good host and token without any of H, A and
 * C), an empty line and a body.
 *
 * Every answer must be JSON, a part of the page, a file of the trial or a stream
 * of events; who is not let in learns nothing; the token is in no answer but that
 * to who had it; what is to be done is words of ours and numbers; and the store
 * stays as it was, which a good request sees after all that.
 */
/* A walk that removes as it goes, and memmem. */
#define _GNU_SOURCE

#include "request.h"

#include <hdrive/config.h>

#include "base/json.h"
#include "serve/ui.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TOKEN "0123456789abcdef"
#define SECRET "what lies beside the trials"
#define PARTS_MOST 32
#define TIME INT64_C(1700000000000000)

static const char sweep_text[] =
	"sampling:\n"
	"  type: random\n"
	"  parameter_space:\n"
	"  - {name: --lr, expression: loguniform, values: [-6, 0]}\n"
	"primary_metric_name: acc\n"
	"primary_metric_goal: maximize\n"
	"max_total_runs: 8\n";

static char folder[64];
static struct hd_asset assets[HD_ASSETS] = {
	{ "/", "text/html; charset=utf-8", "<p>", 3, NULL, 0, "\"1\"" },
	{ "/page.css", "text/css; charset=utf-8", "p{}", 3, "z", 1, "\"2\"" },
	{ "/page.js", "text/javascript; charset=utf-8", "f()", 3, "z", 1, "\"3\"" },
	{ "/rest.js", "text/javascript; charset=utf-8", "g()", 3, "z", 1, "\"4\"" },
};
static struct hd_web_guard guard = { .token = TOKEN, .port = 80, .browsers = true };
static struct hd_ui ui = { .guard = &guard, .assets = assets };

static void leave(void)
{
	hd_events_close(ui.events);
	hd_api_close(ui.api);
	hd_store_close(ui.store);
	folder_forget(folder);
}

static void file_make(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	demand(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void trial_make(struct hd_store *store, int64_t sweep, size_t number)
{
	struct hd_trial_record record = {
		.sweep = sweep,
		.number = number,
		.state = HD_TRIAL_QUEUED,
		.parameters = "{\"--lr\":0.01}",
		.arguments = "[]",
		.origin = "sampler",
		.time = TIME,
	};
	int64_t key;

	demand(hd_store_begin(store, NULL) == 0 &&
	       hd_store_trial_insert(store, &record, &key, NULL) == 0 &&
	       hd_store_commit(store, true, NULL) == 0);
}

static void store_make(void)
{
	const struct hd_config_load load = { .size = sizeof load, .stored = true };
	struct hd_findings *findings = hd_findings_new();
	struct hd_store *store;
	struct hd_config *config = NULL;
	struct hd_sweep_record record = {
		.id = "HD_a",
		.name = "a",
		.command = "[\"true\"]",
		.max_concurrent = 2,
		.created = TIME,
	};
	int64_t key;

	demand(hd_store_open(&store, "hdrive.db", HD_STORE_CREATE, NULL) == 0);
	demand(hd_config_parse(&config, sweep_text, strlen(sweep_text), "s.yml",
			       &load, findings, NULL) == 0);
	record.config = config;
	demand(hd_store_sweep_insert(store, &record, &key, NULL) == 0);
	trial_make(store, key, 0);
	trial_make(store, key, 1);
	hd_config_free(config);
	hd_findings_free(findings);
	hd_store_close(store);
}

static void enter(void)
{
	struct hd_api_setup setup = { .pause = 0 };

	/* In memory, where that can be. */
	snprintf(folder, sizeof folder, "%s/hd-fuzz-web-%ld",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp",
		 (long)getpid());
	demand(mkdir(folder, 0700) == 0 && chdir(folder) == 0);
	file_make("secret", SECRET);
	store_make();
	demand(mkdir("a", 0700) == 0 && mkdir("a/000000", 0700) == 0 &&
	       mkdir("a/000000/outputs", 0700) == 0);
	file_make("a/000000/stdout", "said\xff\n");
	file_make("a/000000/outputs/f", "made");
	demand(symlink("../../../secret", "a/000000/outputs/link") == 0);
	demand(symlink("../..", "a/000000/outputs/up") == 0);
	demand(hd_store_open(&ui.store, "hdrive.db", HD_STORE_READ, NULL) == 0);
	setup.store = ui.store;
	demand(hd_api_open(&ui.api, &setup, NULL) == 0);
	demand(hd_events_open(&ui.events, ui.api, 4, NULL) == 0);
	atexit(leave);
}

/* --- answers ---------------------------------------------------------------- */

static void assert_text_is_json(const struct hd_web_reply *reply, bool mlflow)
{
	struct hd_json *root;
	const struct hd_json *error;

	demand(hd_json_parse(&root, hd_buf_text(&reply->body),
			     reply->body.length, NULL) == 0);
	demand(hd_json_kind(root) == HD_JSON_OBJECT);
	error = hd_json_get(root, mlflow ? "error_code" : "error");
	demand((reply->status >= 400) == (error != NULL));
	demand(mlflow || !error || (hd_json_get(error, "code") && hd_json_get(error, "message")));
	hd_json_free(root);
}

static void assert_file_is_the_trials(const struct hd_web_reply *reply)
{
	struct stat given, kept, whole;

	demand(reply->status == 200 && fstat(reply->file, &given) == 0);
	demand(stat("secret", &kept) == 0 && stat("hdrive.db", &whole) == 0);
	demand(S_ISREG(given.st_mode) && given.st_ino != kept.st_ino &&
	       given.st_ino != whole.st_ino);
	demand(!strcmp(reply->type, "application/octet-stream"));
}

/* Lines of "field: value", events ended by an empty one. */
static void assert_stream_is_events(const struct hd_web_reply *reply)
{
	const char *bytes;
	size_t length;

	demand(!strcmp(reply->type, "text/event-stream"));
	for (int i = 0; i < 3; i++) {
		bool goes_on = reply->stream->next(reply->self, &bytes, &length);

		demand(goes_on);
		demand(!length || (length > 2 && !memcmp(bytes + length - 2,
							 "\n\n", 2)));
		demand(!memmem(bytes, length, TOKEN, strlen(TOKEN)));
		hd_events_tick(ui.events, 1000000 * (int64_t)(i + 1));
	}
}

/* A value that breaks out of its line would be a header of the client's. */
static void assert_headers_are_whole(const struct hd_web_reply *reply,
				     bool is_cookie)
{
	const char *text = hd_buf_text(&reply->headers);

	for (size_t i = 0; i < reply->headers.length; i++)
		demand(!text[i] || (text[i] >= ' ' && text[i] < 0x7f));
	demand(is_cookie ||
	       !memmem(text, reply->headers.length, TOKEN, strlen(TOKEN)));
}

/* What was asked with is said again where something is wrong with it. */
static bool asked_with(const struct hd_web_request *request, const char *text)
{
	return strstr(request->target, text) || strstr(request->body, text) ||
	       strstr(request->method, text) ||
	       strstr(hd_buf_text(&request->path), text) ||
	       memmem(hd_buf_text(&request->query), request->query.length, text,
		      strlen(text));
}

static void assert_answer_is_good(const struct hd_web_reply *reply,
				  const struct hd_web_request *request)
{
	/* Who was let in, and asks for the page, gets the cookie. */
	assert_headers_are_whole(reply, reply->status == 303);
	if (reply->stream) {
		assert_stream_is_events(reply);
	} else if (reply->file >= 0) {
		assert_file_is_the_trials(reply);
	} else if (reply->fixed) {
		demand(reply->status == 200);
	} else if (reply->status == 303 || reply->status == 304) {
		demand(!reply->body.length);
	} else {
		assert_text_is_json(reply, reply->mlflow);
		demand(!strstr(hd_buf_text(&reply->body), SECRET) ||
		       asked_with(request, SECRET));
		demand(!strstr(hd_buf_text(&reply->body), TOKEN) ||
		       asked_with(request, TOKEN));
	}
}

/* --- actions ---------------------------------------------------------------- */

static bool is_number(const char *word)
{
	return *word && word[strspn(word, "0123456789")] == '\0';
}

static void assert_words_are_ours(const struct hd_action *action)
{
	static const char *const ours[] = {
		"cancel", "retry", "enqueue", "update", "HD_a", "--detach", "--json",
		"--from", "-", "--max-trials", "--max-concurrent", "--timeout",
		"--hold", "--go-on"
	};
	const char *word = hd_buf_text(&action->words);

	for (size_t i = 0; i < action->count; i++) {
		bool is_ours = is_number(word) || word[strspn(word, "0123456789.e+-m")] == '\0';

		for (size_t k = 0; k < sizeof ours / sizeof ours[0]; k++)
			is_ours |= !strcmp(word, ours[k]);
		demand(is_ours);
		word += strlen(word) + 1;
	}
	/* A line that the command reads is one. */
	demand(!action->input.length ||
	       memchr(hd_buf_text(&action->input), '\n', action->input.length) ==
		       hd_buf_text(&action->input) + action->input.length - 1);
}

static void act(const struct hd_web_request *request)
{
	static const char api[] = "/api/v1/";
	const char *path = hd_buf_text(&request->path);
	struct hd_web_reply reply;
	struct hd_action action;

	if (!hd_web_is(request, "POST") || strncmp(path, api, sizeof api - 1) != 0)
		return;
	hd_web_reply_init(&reply);
	if (hd_web_may_act(request, &reply)) {
		bool is_made = hd_action_make(&action, path + sizeof api - 1,
					      ui.store, 0, request, &reply);

		if (is_made)
			assert_words_are_ours(&action);
		hd_action_release(&action);
		demand(is_made || reply.status >= 400);
	}
	hd_web_reply_release(&reply);
}

/* What a command printed may be anything too. */
static void said(const char *text)
{
	struct hd_web_reply reply;
	char *out = strdup(text);

	hd_web_reply_init(&reply);
	demand(out != NULL);
	hd_action_answer((int)strlen(text) % 5 - 2, out, text, &reply);
	assert_text_is_json(&reply, false);
	hd_web_reply_release(&reply);
	free(out);
}

/* --- requests --------------------------------------------------------------- */

static unsigned ask(struct hd_web_request *request)
{
	struct hd_web_reply reply;
	unsigned status;

	hd_web_reply_init(&reply);
	if (hd_web_open(request, &guard, &reply)) {
		hd_ui_page(&ui, request, &reply);
		act(request);
	} else {
		demand(reply.status == 400 || reply.status == 401 ||
		       reply.status == 403);
	}
	/* MLflow's routes are fuzz_mlflow's: here they are no page. */
	assert_answer_is_good(&reply, request);
	status = reply.status;
	hd_web_close(request);
	hd_web_reply_release(&reply);
	return status;
}

static void header_take(struct hd_web_request *request, char *line)
{
	const struct {
		char letter;
		const char **place;
	} rows[] = {
		{ 'H', &request->host },
		{ 'A', &request->authorization },
		{ 'C', &request->cookie },
		{ 'O', &request->origin },
		{ 'S', &request->site },
		{ 'K', &request->kind },
		{ 'L', &request->last },
		{ 'E', &request->encodings },
		{ 'M', &request->match },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (line[0] == rows[i].letter)
			*rows[i].place = line + (line[1] ? 2 : 1);
	if (line[0] == 'C')
		request->authorization = NULL;
}

/* TEXT is LENGTH bytes and a terminator. */
static void part(char *text, size_t length)
{
	struct hd_web_request request = {
		.method = "GET",
		.target = "",
		.host = "127.0.0.1:80",
		.authorization = "Bearer " TOKEN,
	};
	char *end = text + length, *line = line_take(&text);
	char *space = strchr(line, ' ');

	if (space) {
		*space = '\0';
		request.method = line;
		request.target = space + 1;
	}
	while (text < end && *(line = line_take(&text)))
		header_take(&request, line);
	request.body = text < end ? text : "";
	request.body_length = text < end ? (size_t)(end - text) : 0;
	said(request.body);
	ask(&request);
}

static void assert_it_answers(void)
{
	struct hd_web_request get = {
		.method = "GET",
		.target = "/api/v1/sweeps/a/columns",
		.host = "127.0.0.1:80",
		.authorization = "Bearer " TOKEN,
		.body = "",
	};

	demand(ask(&get) == 200);
	get.target = "/api/v1/sweeps/a/trials/0/files/outputs/f";
	demand(ask(&get) == 200);
	demand(hd_events_clients(ui.events) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *at = text, *end = text + size;
	int parts = 0;

	if (!*folder)
		enter();
	if (!text)
		abort();
	memcpy(text, data, size);
	*end = '\0';
	while (at < end && parts++ < PARTS_MOST) {
		char *stop = memchr(at, 0x1e, (size_t)(end - at));

		if (!stop)
			stop = end;
		*stop = '\0';
		part(at, (size_t)(stop - at));
		at = stop + 1;
	}
	assert_it_answers();
	free(text);
	return 0;
}
