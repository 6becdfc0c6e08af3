/*
 * Requests to a trial's MLflow server, without sockets: any bytes, cut at 0x1e
 * into requests of a first line "METHOD TARGET", lines "H host", "A
 * authorization" and "U agent" (else good ones), an empty line and a body.
 *
 * Every answer must be an object of JSON or a file of the outputs; what lies
 * beside them is neither shown nor changed; what was not let in changes
 * nothing; and after all that a good request is answered as ever.
 */
/* A walk that removes as it goes is XSI's. */
#define _XOPEN_SOURCE 700

#include "request.h"

#include "mlflow/journal.h"
#include "mlflow/api.h"

#include "base/json.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TOKEN "0123456789abcdef"
#define SECRET "what lies beside the outputs"
#define PARTS_MOST 64

static char folder[64];
static char outputs[80], secret[80], metrics[80];

static void clear(void)
{
	folder_forget(outputs);
	unlink(metrics);
	demand(mkdir(outputs, 0700) == 0);
	demand(symlink("../secret", "outputs/link") == 0);
	demand(symlink("..", "outputs/up") == 0);
}

static void leave(void)
{
	folder_forget(folder);
}

static void enter(void)
{
	FILE *file;

	/* In memory, where that can be: each run makes and removes files. */
	snprintf(folder, sizeof folder, "%s/hd-fuzz-mlflow-%ld",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp",
		 (long)getpid());
	demand(mkdir(folder, 0700) == 0 && chdir(folder) == 0);
	snprintf(outputs, sizeof outputs, "%s/outputs", folder);
	snprintf(secret, sizeof secret, "%s/secret", folder);
	snprintf(metrics, sizeof metrics, "%s/metrics", folder);
	file = fopen(secret, "w");
	demand(file != NULL);
	fputs(SECRET, file);
	fclose(file);
	atexit(leave);
}

static void assert_secret_is_kept(void)
{
	char text[sizeof SECRET + 1] = "";
	FILE *file = fopen(secret, "r");
	struct stat status;

	demand(file && fread(text, 1, sizeof text, file) == sizeof SECRET - 1);
	fclose(file);
	demand(!strcmp(text, SECRET));
	/* The folder itself has what it had: two files and the outputs. */
	demand(stat(folder, &status) == 0 && status.st_nlink == 3);
}

static void assert_answer_is_good(const struct hd_web_reply *reply)
{
	struct hd_json *root;
	struct stat given, kept;

	if (reply->file >= 0) {
		demand(reply->status == 200);
		demand(fstat(reply->file, &given) == 0 &&
		       stat(secret, &kept) == 0);
		demand(S_ISREG(given.st_mode) && given.st_ino != kept.st_ino);
		return;
	}
	demand(hd_json_parse(&root, hd_buf_text(&reply->body),
			     reply->body.length, NULL) == 0);
	demand(hd_json_kind(root) == HD_JSON_OBJECT);
	demand((reply->status == 200) == !hd_json_get(root, "error_code"));
	hd_json_free(root);
}

/* Answers as http.c does; the status. */
static unsigned ask(const struct hd_ml *ml, struct hd_web_request *request)
{
	static const struct hd_web_guard guard = { .token = TOKEN, .port = 80 };
	struct hd_mlflow_upload upload;
	struct hd_web_reply reply;
	unsigned status;

	hd_web_reply_init(&reply);
	if (!hd_web_open(request, &guard, &reply)) {
		demand(reply.status == 400 || reply.status == 401 ||
		       reply.status == 403);
	} else if (hd_mlflow_upload(&upload, ml, request, &reply)) {
		bool is_whole = upload.draft.folder >= 0;

		if (is_whole)
			hd_files_draft_write(&upload.draft, request->body,
					     request->body_length, NULL);
		hd_mlflow_upload_end(&upload, ml, is_whole, &reply);
	} else if (!hd_mlflow_answer(ml, request, &reply)) {
		hd_web_fail(&reply, "ENDPOINT_NOT_FOUND", "no page");
	}
	assert_answer_is_good(&reply);
	status = reply.status;
	hd_web_close(request);
	hd_web_reply_release(&reply);
	return status;
}

/* TEXT is LENGTH bytes and a terminator. */
static void part(const struct hd_ml *ml, char *text, size_t length)
{
	struct hd_web_request request = {
		.method = "GET",
		.target = "",
		.host = "127.0.0.1:80",
		.authorization = "Bearer " TOKEN,
		.agent = "",
	};
	char *end = text + length, *line = line_take(&text);
	char *space = strchr(line, ' ');

	if (space) {
		*space = '\0';
		request.method = line;
		request.target = space + 1;
	}
	while (text < end && *(line = line_take(&text))) {
		if (line[0] == 'H')
			request.host = line + (line[1] ? 2 : 1);
		else if (line[0] == 'A')
			request.authorization = line + (line[1] ? 2 : 1);
		else if (line[0] == 'U')
			request.agent = line + (line[1] ? 2 : 1);
	}
	request.body = text;
	request.body_length = text < end ? (size_t)(end - text) : 0;
	ask(ml, &request);
}

static void assert_it_answers(const struct hd_ml *ml)
{
	struct hd_web_request log = {
		.method = "POST",
		.target = "/api/2.0/mlflow/runs/log-metric",
		.host = "127.0.0.1:80",
		.authorization = "Bearer " TOKEN,
		.body = "{\"run_id\":\"HD_1_7\",\"key\":\"good\",\"value\":1,"
			"\"timestamp\":1}",
	};
	struct hd_web_request get = log;

	log.body_length = strlen(log.body);
	demand(ask(ml, &log) == 200);
	get.method = "GET";
	get.target = "/api/2.0/mlflow/runs/get?run_id=HD_1_7";
	get.body = "";
	demand(ask(ml, &get) == 200);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct hd_ml_journal_setup setup = {
		.path = metrics,
		.outputs = outputs,
		.trial = "HD_1_7",
		.experiment = "HD_1",
		.sweep = "brave-otter-3",
		.number = "7",
		.start = 1,
	};
	struct hd_ml_journal *journal;
	struct hd_ml ml = { &hd_ml_journal_source, NULL };
	char *text = malloc(size + 1), *at = text, *end = text + size;
	int parts = 0;

	if (!*folder)
		enter();
	clear();
	if (!text || hd_ml_journal_open(&journal, &setup, NULL) < 0)
		abort();
	ml.self = journal;
	memcpy(text, data, size);
	*end = '\0';
	while (at < end && parts++ < PARTS_MOST) {
		char *stop = memchr(at, 0x1e, (size_t)(end - at));

		if (!stop)
			stop = end;
		*stop = '\0';
		part(&ml, at, (size_t)(stop - at));
		at = stop + 1;
	}
	assert_it_answers(&ml);
	assert_secret_is_kept();
	hd_ml_journal_close(journal);
	free(text);
	return 0;
}
