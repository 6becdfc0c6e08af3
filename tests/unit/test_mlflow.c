/*
 * Tests of engine/mlflow/api.c and its kin over a trial's metrics file, as
 * requests that have come in whole.
 */
#include "check.h"
#include "folder.h"

#include "mlflow/api.h"
#include "mlflow/journal.h"

#include "base/json.h"

#define TRIAL "HD_1_7"
#define API "/api/2.0/mlflow/"

static char folder[FOLDER_PATH];
static struct hd_ml_journal *journal;
static struct hd_ml ml;
static struct hd_web_reply reply;
static const char *agent;

static void open_journal(void)
{
	const struct hd_ml_journal_setup set = {
		.path = folder_path(folder, "metrics"),
		.outputs = folder_path(folder, "outputs"),
		.trial = TRIAL,
		.experiment = "HD_1",
		.sweep = "brave-otter-3",
		.number = "7",
		.start = 1000,
	};

	assert_int_equal(hd_ml_journal_open(&journal, &set, NULL), 0);
	ml = (struct hd_ml){ &hd_ml_journal_source, journal };
}

static int setup(void **state)
{
	(void)state;
	folder_make(folder);
	assert_int_equal(mkdir(folder_path(folder, "outputs"), 0777), 0);
	hd_web_reply_init(&reply);
	agent = NULL;
	open_journal();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	hd_web_reply_release(&reply);
	hd_ml_journal_close(journal);
	folder_remove(folder);
	return 0;
}

/* The status of the answer, which is in "reply". */
static unsigned ask(const char *method, const char *target, const char *body)
{
	static const struct hd_web_guard guard = { .token = "t", .port = 80 };
	struct hd_web_request request = {
		.method = method,
		.target = target,
		.host = "localhost:80",
		.authorization = "Bearer t",
		.agent = agent,
		.body = body ? body : "",
		.body_length = body ? strlen(body) : 0,
	};

	hd_web_reply_release(&reply);
	hd_web_reply_init(&reply);
	assert_true(hd_web_open(&request, &guard, &reply));
	assert_true(hd_mlflow_answer(&ml, &request, &reply));
	hd_web_close(&request);
	return reply.status;
}

static unsigned post(const char *path, const char *body)
{
	char target[200];

	snprintf(target, sizeof target, API "%s", path);
	return ask("POST", target, body);
}

static const char *text(void)
{
	return hd_buf_text(&reply.body);
}

/* What the file holds, without the times. */
static const char *written(void)
{
	static char all[8192];
	FILE *file = fopen(folder_path(folder, "metrics"), "r");
	char line[2048];

	all[0] = '\0';
	while (file && fgets(line, sizeof line, file)) {
		char *time = strstr(line, "\"ts\":");

		assert_non_null(time);
		strcpy(time, "}\n");
		if (time[-1] == ',')
			memmove(time - 1, time, strlen(time) + 1);
		assert_true(strlen(all) + strlen(line) < sizeof all);
		strcat(all, line);
	}
	if (file)
		fclose(file);
	return all;
}

static void a_value_is_one_record_to_the_last_bit(void **state)
{
	(void)state;
	assert_int_equal(post("runs/log-metric",
			      "{\"run_id\":\"" TRIAL "\",\"key\":\"acc\",\"value\":"
			      "0.30000000000000004,\"timestamp\":1,\"step\":3}"),
			 200);
	assert_string_equal(text(), "{}");
	post("runs/log-metric", "{\"run_uuid\":\"" TRIAL "\",\"key\":\"a b\","
				"\"value\":\"NaN\",\"timestamp\":1}");
	post("runs/log-metric", "{\"run_id\":\"" TRIAL "\",\"key\":\"r\","
				"\"value\":\"0.333333333333333\",\"timestamp\":"
				"\"1.7e+12\",\"step\":\"1e+05\"}");
	assert_string_equal(written(),
			    "{\"name\":\"acc\",\"value\":0.30000000000000004,"
			    "\"step\":3}\n"
			    "{\"name\":\"a b\",\"value\":NaN,\"step\":0}\n"
			    "{\"name\":\"r\",\"value\":0.333333333333333,"
			    "\"step\":100000}\n");
}

static void a_batch_is_written_whole_or_not_at_all(void **state)
{
	(void)state;
	assert_int_equal(post("runs/log-batch",
			      "{\"run_id\":\"" TRIAL "\",\"metrics\":[{\"key\":"
			      "\"a\",\"value\":1},{\"key\":\"b\"}]}"),
			 400);
	assert_int_equal(post("runs/log-batch",
			      "{\"run_id\":\"" TRIAL "\",\"params\":[{\"key\":"
			      "\"p\",\"value\":\"1\"},{\"key\":\"p\",\"value\":"
			      "\"2\"}]}"),
			 400);
	assert_string_equal(written(), "");
	assert_int_equal(post("runs/log-batch",
			      "{\"run_id\":\"" TRIAL "\",\"metrics\":[{\"key\":"
			      "\"a\",\"value\":1}],\"params\":[{\"key\":\"p\","
			      "\"value\":\"1\"},{\"key\":\"p\",\"value\":\"1\"}],"
			      "\"tags\":[{\"key\":\"t\",\"value\":\"\"}]}"),
			 200);
	assert_string_equal(written(),
			    "{\"name\":\"a\",\"value\":1,\"step\":0}\n"
			    "{\"mark\":\"param\",\"detail\":{\"p\":\"1\"}}\n"
			    "{\"mark\":\"tag\",\"detail\":{\"t\":\"\"}}\n");
	/* What R sends for nothing. */
	assert_int_equal(post("runs/log-batch", "{\"run_id\":\"" TRIAL "\","
						"\"metrics\":{},\"params\":null}"),
			 200);
}

static void a_value_sent_again_for_a_model_is_no_new_one(void **state)
{
	static const char value[] = "\"key\":\"acc\",\"value\":0.5,\"timestamp\":7,"
				    "\"step\":1";
	char body[300];

	(void)state;
	snprintf(body, sizeof body, "{\"run_id\":\"" TRIAL "\",%s}", value);
	assert_int_equal(post("runs/log-metric", body), 200);
	assert_int_equal(post("runs/log-metric", body), 200);
	snprintf(body, sizeof body, "{\"run_id\":\"" TRIAL "\",\"metrics\":[{%s,"
				    "\"model_id\":\"m-1\"},{\"key\":\"acc\","
				    "\"value\":0.75,\"timestamp\":7,\"step\":1,"
				    "\"model_id\":\"m-1\"}]}",
		 value);
	assert_int_equal(post("runs/log-batch", body), 200);
	assert_string_equal(written(),
			    "{\"name\":\"acc\",\"value\":0.5,\"step\":1}\n"
			    "{\"name\":\"acc\",\"value\":0.5,\"step\":1}\n"
			    "{\"name\":\"acc\",\"value\":0.75,\"step\":1}\n");
}

static void a_parameter_does_not_change(void **state)
{
	static const char one[] = "{\"run_id\":\"" TRIAL "\",\"key\":\"lr\","
				  "\"value\":\"0.1\"}";

	(void)state;
	assert_int_equal(post("runs/log-parameter", one), 200);
	assert_int_equal(post("runs/log-parameter", one), 200);
	assert_int_equal(post("runs/log-parameter",
			      "{\"run_id\":\"" TRIAL "\",\"key\":\"lr\","
			      "\"value\":\"0.2\"}"),
			 400);
	assert_non_null(strstr(text(), "already logged with value='0.1'"));
	assert_string_equal(written(), "{\"mark\":\"param\",\"detail\":{\"lr\":"
				       "\"0.1\"}}\n");
}

static void what_others_wrote_is_read(void **state)
{
	FILE *file = fopen(folder_path(folder, "metrics"), "a");

	(void)state;
	assert_non_null(file);
	fputs("acc=9\nno record\n{\"name\": \"acc\", \"value\": 0.5, \"ts\": 2.5}\n"
	      "{\"name\": \"l\", \"list\": [3, null, 1]}\n{\"name\": \"s\", "
	      "\"text\": \"x\"}\n{\"parent\": true, \"name\": \"acc\", \"value\": 7}\n"
	      "{\"child\": \"c\", \"name\": \"acc\", \"value\": 8}\n{\"mark\": "
	      "\"tag\", \"detail\": {\"bare\": null}}\n{\"name\": \"acc\", \"val",
	      file);
	fclose(file);
	assert_int_equal(ask("GET", API "runs/get?run_id=" TRIAL, NULL), 200);
	assert_non_null(strstr(text(), "\"metrics\":[{\"key\":\"acc\",\"value\":0.5,"
				       "\"timestamp\":2500,\"step\":0},{\"key\":"
				       "\"l\","));
	assert_non_null(strstr(text(), "{\"key\":\"bare\",\"value\":\"\"}"));
	assert_int_equal(ask("GET", API "metrics/get-history?metric_key=l&run_id=" TRIAL,
			     NULL),
			 200);
	assert_string_equal(text(),
			    "{\"metrics\":[{\"key\":\"l\",\"value\":3,\"timestamp\":"
			    "0,\"step\":0},{\"key\":\"l\",\"value\":\"NaN\","
			    "\"timestamp\":0,\"step\":0},{\"key\":\"l\",\"value\":1,"
			    "\"timestamp\":0,\"step\":0}]}");
	assert_int_equal(ask("GET", API "runs/get?run_id=c", NULL), 200);
	assert_non_null(strstr(text(), "\"value\":8"));
}

static void a_history_comes_in_pages(void **state)
{
	char body[200];

	(void)state;
	for (int i = 0; i < 5; i++) {
		snprintf(body, sizeof body,
			 "{\"run_id\":\"" TRIAL "\",\"key\":\"m\",\"value\":%d,"
			 "\"timestamp\":%d}",
			 i, i);
		assert_int_equal(post("runs/log-metric", body), 200);
	}
	ask("GET", API "metrics/get-history?metric_key=m&max_results=2&run_id=" TRIAL,
	    NULL);
	assert_non_null(strstr(text(), "\"value\":1,"));
	assert_null(strstr(text(), "\"value\":2,"));
	assert_non_null(strstr(text(), "\"next_page_token\":\"2\""));
	ask("GET", API "metrics/get-history?metric_key=m&max_results=2&page_token=4"
		       "&run_id=" TRIAL,
	    NULL);
	assert_non_null(strstr(text(), "\"value\":4,"));
	assert_null(strstr(text(), "next_page_token"));
	assert_int_equal(ask("GET", API "metrics/get-history?metric_key=m&page_token=x"
					"&run_id=" TRIAL,
			     NULL),
			 400);
}

static void a_server_started_anew_knows_what_the_last_one_did(void **state)
{
	char id[33], body[200], target[100];
	const char *found;

	(void)state;
	assert_int_equal(post("runs/create", "{\"run_name\":\"kid\",\"start_time\":5,"
					     "\"tags\":[{\"key\":\"a\",\"value\":"
					     "\"b\"}]}"),
			 200);
	found = strstr(text(), "\"run_id\":\"");
	assert_non_null(found);
	snprintf(id, sizeof id, "%.32s", found + 10);
	snprintf(body, sizeof body, "{\"run_id\":\"%s\",\"status\":\"FAILED\","
				    "\"end_time\":9}",
		 id);
	assert_int_equal(post("runs/update", body), 200);
	post("logged-models", "{\"name\":\"m\",\"source_run_id\":\"" TRIAL "\"}");
	hd_ml_journal_close(journal);
	open_journal();
	snprintf(target, sizeof target, API "runs/get?run_id=%s", id);
	assert_int_equal(ask("GET", target, NULL), 200);
	assert_non_null(strstr(text(), "\"run_name\":\"kid\""));
	assert_non_null(strstr(text(), "\"status\":\"FAILED\",\"start_time\":5,"
				       "\"end_time\":9"));
	assert_non_null(strstr(text(), "{\"key\":\"a\",\"value\":\"b\"}"));
	assert_int_equal(post("logged-models/search", "{}"), 200);
	assert_non_null(strstr(text(), "\"name\":\"m\""));
}

static void the_end_of_the_trials_own_run_is_its_process(void **state)
{
	(void)state;
	assert_int_equal(post("runs/update", "{\"run_id\":\"" TRIAL "\",\"status\":"
					     "\"FAILED\",\"end_time\":9}"),
			 200);
	assert_non_null(strstr(text(), "\"status\":\"FAILED\""));
	assert_null(strstr(written(), "\"mark\":\"fail\""));
	assert_int_equal(post("runs/update", "{\"run_id\":\"" TRIAL "\",\"status\":"
					     "\"RUNNING\"}"),
			 200);
	assert_null(strstr(text(), "end_time"));
}

static void a_logged_model_has_a_place_and_an_end(void **state)
{
	char id[35], target[100];
	const char *found;

	(void)state;
	assert_int_equal(post("logged-models", "{\"experiment_id\":\"HD_1\",\"name\":"
					       "\"m\",\"params\":[{\"key\":\"a\","
					       "\"value\":\"b\"}]}"),
			 200);
	found = strstr(text(), "\"model_id\":\"");
	assert_non_null(found);
	snprintf(id, sizeof id, "%.34s", found + 12);
	snprintf(target, sizeof target, API "logged-models/%s", id);
	assert_int_equal(ask("PATCH", target, "{\"status\":\"LOGGED_MODEL_READY\"}"),
			 200);
	assert_int_equal(ask("GET", target, NULL), 200);
	assert_non_null(strstr(text(), "\"status\":\"LOGGED_MODEL_READY\""));
	assert_non_null(strstr(text(), "\"params\":[{\"key\":\"a\",\"value\":\"b\"}]"));
	strcat(target, "/tags");
	assert_int_equal(ask("PATCH", target, "{\"tags\":[{\"key\":\"t\",\"value\":"
					      "\"u\"}]}"),
			 200);
	assert_non_null(strstr(text(), "\"tags\":[{\"key\":\"t\",\"value\":\"u\"}]"));
	assert_int_equal(ask("GET", API "logged-models/none", NULL), 404);
}

static void old_clients_are_given_a_path_for_artifacts(void **state)
{
	static const struct {
		const char *agent;
		bool is_old;
	} rows[] = {
		{ NULL, false },
		{ "mlflow-python-client/1.6.1.dev0", true },
		{ "mlflow-python-client/1.22.0", true },
		{ "mlflow-python-client/1.23.0", false },
		{ "mlflow-python-client/3.6.1", false },
		{ "mlflow-r-client/1.2.0", false },
		{ "curl/7", false },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		agent = rows[i].agent;
		assert_int_equal(ask("GET", API "runs/get?run_id=" TRIAL, NULL), 200);
		assert_true(rows[i].is_old ==
			    !strstr(text(), "\"mlflow-artifacts:/" TRIAL "\""));
		assert_true(rows[i].is_old == !!strstr(text(), "/outputs\""));
	}
}

static void what_is_no_call_says_so(void **state)
{
	(void)state;
	assert_int_equal(ask("GET", API "nothing", NULL), 404);
	assert_int_equal(ask("GET", API "runs/log-metric", NULL), 405);
	assert_int_equal(ask("GET", API "runs/get", NULL), 400);
	assert_int_equal(ask("GET", API "runs/get?run_id=none", NULL), 404);
	assert_int_equal(post("runs/log-metric", "no JSON"), 400);
	assert_non_null(strstr(text(), "MALFORMED_REQUEST"));
	assert_int_equal(post("runs/log-metric", "[1]"), 400);
	assert_int_equal(post("runs/log-metric", NULL), 400);
	assert_int_equal(post("runs/log-metric", "{\"run_id\":\"none\",\"key\":\"a\","
						 "\"value\":1}"),
			 404);
	assert_int_equal(post("runs/update", "{\"run_id\":\"" TRIAL "\",\"status\":"
					     "\"WELL\"}"),
			 400);
	assert_string_equal(written(), "");
}

static void a_metrics_file_that_is_none_is_left_alone(void **state)
{
	(void)state;
	assert_int_equal(mkfifo(folder_path(folder, "metrics"), 0666), 0);
	assert_int_equal(post("runs/set-tag", "{\"run_id\":\"" TRIAL "\",\"key\":\"a\","
					      "\"value\":\"b\"}"),
			 500);
	assert_int_equal(ask("GET", API "runs/get?run_id=" TRIAL, NULL), 200);
	assert_int_equal(unlink(folder_path(folder, "metrics")), 0);
	assert_int_equal(symlink("elsewhere", folder_path(folder, "metrics")), 0);
	assert_int_equal(post("runs/set-tag", "{\"run_id\":\"" TRIAL "\",\"key\":\"a\","
					      "\"value\":\"b\"}"),
			 500);
	assert_int_equal(access(folder_path(folder, "elsewhere"), F_OK), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_value_is_one_record_to_the_last_bit),
		TEST(a_batch_is_written_whole_or_not_at_all),
		TEST(a_value_sent_again_for_a_model_is_no_new_one),
		TEST(a_parameter_does_not_change),
		TEST(what_others_wrote_is_read),
		TEST(a_history_comes_in_pages),
		TEST(a_server_started_anew_knows_what_the_last_one_did),
		TEST(the_end_of_the_trials_own_run_is_its_process),
		TEST(a_logged_model_has_a_place_and_an_end),
		TEST(old_clients_are_given_a_path_for_artifacts),
		TEST(what_is_no_call_says_so),
		TEST(a_metrics_file_that_is_none_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
