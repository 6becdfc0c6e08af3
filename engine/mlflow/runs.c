/*
 * Runs that a script makes and ends, below the trial's own. A name for an
 * experiment is taken and means the sweep.
 */
#include "mlflow/call.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define RUN_ID_BYTES 16

static bool run_id_make(char *id)
{
	unsigned char bytes[RUN_ID_BYTES];

	if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
		return false;
	for (size_t i = 0; i < sizeof bytes; i++) {
		*id++ = "0123456789abcdef"[bytes[i] >> 4];
		*id++ = "0123456789abcdef"[bytes[i] & 15];
	}
	*id = '\0';
	return true;
}

static void reply_run(struct hd_ml_call *call, const char *id)
{
	struct hd_ml_run *run = hd_ml_run_find(call, id);
	struct hd_buf uri = HD_BUF_INIT;

	if (run) {
		hd_ml_uri(call, id, &uri);
		hd_buf_clear(&call->reply->body);
		hd_buf_puts(&call->reply->body, "{\"run\":");
		hd_ml_run_json(run, hd_buf_text(&uri), &call->reply->body);
		hd_buf_puts(&call->reply->body, "}");
	}
	hd_buf_release(&uri);
	hd_ml_run_free(run);
}

/* Its name is a tag of a run too, as which the store keeps it. */
static void name_line(struct hd_ml_call *call, const char *run,
		      struct hd_buf *lines)
{
	struct hd_buf text = HD_BUF_INIT;
	const char *name = hd_ml_text(call, "run_name", &text);

	if (name && *name && strlen(name) <= HD_ML_KEY_MOST)
		hd_ml_line_pair(call, run, "tag", "mlflow.runName", name, lines);
	hd_buf_release(&text);
}

/*
 * Every run that a script makes is one below the trial: the trial's own is
 * there already and named by MLFLOW_RUN_ID.
 */
static void runs_create(struct hd_ml_call *call)
{
	struct hd_buf text = HD_BUF_INIT, lines = HD_BUF_INIT;
	struct hd_ml_run draft = { .id = NULL };
	char id[2 * RUN_ID_BYTES + 1];
	int64_t start = hd_ml_now();
	const char *value;

	if (!run_id_make(id)) {
		hd_web_fail(call->reply, "INTERNAL_ERROR", "no random bytes");
		return;
	}
	draft.id = id;
	hd_ml_integer(hd_json_get(call->body, "start_time"), &start);
	hd_ml_line_open(call, id, &lines);
	hd_ml_line_text(&lines, "mark", "run");
	hd_buf_puts(&lines, "\"detail\":{");
	value = hd_ml_text(call, "run_name", &text);
	if (value && *value && strlen(value) <= HD_ML_KEY_MOST)
		hd_ml_line_text(&lines, "name", value);
	value = hd_ml_text(call, "user_id", &text);
	if (value && strlen(value) <= HD_ML_KEY_MOST)
		hd_ml_line_text(&lines, "user", value);
	hd_buf_printf(&lines, "\"start\":%" PRId64 "},", start);
	hd_ml_line_close(&lines, 0, hd_ml_now());
	name_line(call, id, &lines);
	if (hd_ml_list(call, &draft, "tags", HD_ML_LIST_MOST, hd_ml_item_tag, &lines) &&
	    hd_ml_append(call, &lines))
		reply_run(call, id);
	hd_buf_release(&lines);
	hd_buf_release(&text);
}

/* How the engine is told of the end of a run below the trial. That of the
 * trial itself is its process's. */
static const char *const end_marks[HD_ML_STATUSES] = {
	[HD_ML_FINISHED] = "complete",
	[HD_ML_FAILED] = "fail",
	[HD_ML_KILLED] = "cancel",
};

/* R sends the status as a word, protobuf may as a number. */
static bool update_status(struct hd_ml_call *call, enum hd_ml_status *status,
			  bool *given)
{
	static const char *const numbers[] = { "RUNNING", "SCHEDULED",
					       "FINISHED", "FAILED", "KILLED" };
	struct hd_buf text = HD_BUF_INIT;
	const char *word = hd_ml_text(call, "status", &text);
	bool good = true;

	*given = word && *word;
	if (*given && word[0] >= '1' && word[0] <= '5' && !word[1])
		word = numbers[word[0] - '1'];
	if (*given && !hd_ml_status_find(word, status)) {
		hd_web_fail(call->reply, "INVALID_PARAMETER_VALUE",
			    "Invalid value '%.40s' for parameter 'status'",
			    word);
		good = false;
	}
	hd_buf_release(&text);
	return good;
}

static void update_lines(struct hd_ml_call *call, const struct hd_ml_run *run,
			 const enum hd_ml_status *status, struct hd_buf *lines)
{
	bool below = strcmp(run->id, call->ml->source->trial(call->ml->self));
	struct hd_buf text = HD_BUF_INIT;
	const char *name = hd_ml_text(call, "run_name", &text);
	int64_t end = hd_ml_now();

	hd_ml_line_open(call, run->id, lines);
	hd_ml_line_text(lines, "mark", "run");
	hd_buf_puts(lines, "\"detail\":{");
	if (name && *name && strlen(name) <= HD_ML_KEY_MOST)
		hd_ml_line_text(lines, "name", name);
	if (status)
		hd_ml_line_text(lines, "status", hd_ml_status_name(*status));
	hd_ml_integer(hd_json_get(call->body, "end_time"), &end);
	if (status)
		hd_buf_printf(lines, "\"end\":%" PRId64 ",",
			      end_marks[*status] ? end : 0);
	hd_buf_printf(lines, "\"updated\":%" PRId64 "},", hd_ml_now());
	hd_ml_line_close(lines, 0, hd_ml_now());
	name_line(call, run->id, lines);
	if (below && status && end_marks[*status]) {
		size_t start = lines->length;

		hd_ml_line_open(call, run->id, lines);
		hd_ml_line_text(lines, "mark", end_marks[*status]);
		hd_ml_line_close(lines, start, hd_ml_now());
	}
	hd_buf_release(&text);
}

static void runs_update(struct hd_ml_call *call)
{
	struct hd_ml_run *run = hd_ml_call_run(call);
	enum hd_ml_status status = HD_ML_RUNNING;
	struct hd_buf lines = HD_BUF_INIT, uri = HD_BUF_INIT;
	struct hd_ml_run *after = NULL;
	bool given;

	if (run && update_status(call, &status, &given)) {
		update_lines(call, run, given ? &status : NULL, &lines);
		if (hd_ml_append(call, &lines))
			after = hd_ml_run_find(call, run->id);
	}
	if (after) {
		hd_ml_uri(call, after->id, &uri);
		hd_buf_clear(&call->reply->body);
		hd_buf_puts(&call->reply->body, "{\"run_info\":");
		hd_ml_run_info_json(after, hd_buf_text(&uri),
				    &call->reply->body);
		hd_buf_puts(&call->reply->body, "}");
	}
	hd_buf_release(&uri);
	hd_buf_release(&lines);
	hd_ml_run_free(after);
	hd_ml_run_free(run);
}

static void run_stage(struct hd_ml_call *call, const char *stage)
{
	struct hd_ml_run *run = hd_ml_call_run(call);
	struct hd_buf lines = HD_BUF_INIT;

	if (run) {
		hd_ml_line_open(call, run->id, &lines);
		hd_ml_line_text(&lines, "mark", "run");
		hd_buf_printf(&lines, "\"detail\":{\"stage\":\"%s\"},", stage);
		hd_ml_line_close(&lines, 0, hd_ml_now());
		hd_ml_append(call, &lines);
	}
	hd_buf_release(&lines);
	hd_ml_run_free(run);
}

static void runs_delete(struct hd_ml_call *call)
{
	run_stage(call, "deleted");
}

static void runs_restore(struct hd_ml_call *call)
{
	run_stage(call, "active");
}

/* --- experiments ---------------------------------------------------------- */

static int experiment_reply(void *user, const struct hd_ml_experiment *found)
{
	struct hd_buf *out = user;

	hd_buf_puts(out, "{\"experiment_id\":");
	hd_buf_json(out, found->id, strlen(found->id));
	hd_buf_putc(out, '}');
	return 1;
}

/* A trial has the one of its sweep, whatever a script calls it. */
static void experiments_create(struct hd_ml_call *call)
{
	struct hd_error err = { 0 };

	if (call->ml->source->experiments(call->ml->self, experiment_reply,
					  &call->reply->body, &err) < 0)
		hd_ml_fail(call, &err);
}

/* What is no trial's to change is taken and has no effect. */
static void take_note(struct hd_ml_call *call)
{
	hd_buf_puts(&call->reply->body, "{}");
}

const struct hd_ml_route hd_ml_run_routes[] = {
	{ "POST", "runs/create", runs_create, true },
	{ "POST", "runs/update", runs_update, true },
	{ "POST", "runs/delete", runs_delete, true },
	{ "POST", "runs/restore", runs_restore, true },
	{ "POST", "experiments/create", experiments_create, true },
	{ "POST", "experiments/set-experiment-tag", take_note, true },
	{ "POST", "experiments/update", take_note, true },
	{ "POST", "experiments/delete", take_note, true },
	{ "POST", "experiments/restore", take_note, true },
	{ NULL, NULL, NULL, false },
};
