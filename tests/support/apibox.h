/*
 * A store with a sweep of a real file, and the API over it: for tests of
 * engine/api. Answers are parsed, so that each of them is JSON.
 */
#ifndef TESTS_SUPPORT_APIBOX_H
#define TESTS_SUPPORT_APIBOX_H

#include "storebox.h"

#include "api/api.h"
#include "base/json.h"

#include <hdrive/config.h>

struct apibox {
	struct storebox box;      /* writes */
	struct hd_store *reading; /* what the API has */
	struct hd_api *api;
	struct hd_buf text; /* of the last answer */
	struct hd_json *json;
	struct hd_error err; /* of the last answer */
	struct hd_api_answer answer;
	const char *arguments[8]; /* name, value, ..., NULL */
};

static inline void api_begin(struct apibox *a)
{
	struct hd_api_setup setup = { .store = NULL };

	ok(&a->box, hd_store_open(&a->reading, a->box.path, HD_STORE_READ, &a->box.err));
	setup.store = a->reading;
	ok(&a->box, hd_api_open(&a->api, &setup, &a->box.err));
}

static inline void api_end(struct apibox *a)
{
	hd_api_close(a->api);
	a->api = NULL;
	hd_store_close(a->reading);
	a->reading = NULL;
}

static inline int open_api(void **state)
{
	struct apibox *a = calloc(1, sizeof *a);

	assert_non_null(a);
	box_open(&a->box);
	hd_buf_init(&a->text);
	api_begin(a);
	*state = a;
	return 0;
}

static inline int close_api(void **state)
{
	struct apibox *a = *state;

	api_end(a);
	hd_json_free(a->json);
	hd_buf_release(&a->text);
	box_close(&a->box);
	free(a);
	return 0;
}

/* A sweep of the file TEXT, called NAME. */
static inline void api_sweep(struct apibox *a, const char *name, const char *text)
{
	const struct hd_config_load load = { .size = sizeof load, .stored = true };
	struct hd_findings *findings = hd_findings_new();
	struct hd_config *config = NULL;
	char id[80];
	struct hd_sweep_record record = {
		.id = id,
		.name = name,
		.command = "[\"python\",\"train.py\"]",
		.seed = 7,
		.max_concurrent = 2,
		.created = BOX_TIME,
		.engine = { .pid = 4242, .start = 99 },
	};

	snprintf(id, sizeof id, "HD_%s", name);
	ok(&a->box, hd_config_parse(&config, text, strlen(text), "s.yml", &load, findings,
				    &a->box.err));
	record.config = config;
	ok(&a->box, hd_store_sweep_insert(a->box.store, &record, &a->box.sweep, &a->box.err));
	hd_config_free(config);
	hd_findings_free(findings);
}

/* A queued trial with PARAMETERS, JSON; in a transaction. */
static inline int64_t api_trial(struct apibox *a, size_t number, const char *parameters)
{
	struct hd_trial_record record = {
		.sweep = a->box.sweep,
		.number = number,
		.state = HD_TRIAL_QUEUED,
		.parameters = parameters,
		.arguments = "[]",
		.origin = "sampler",
		.slot = number % 4,
		.time = BOX_TIME + (int64_t)number * 1000,
	};
	int64_t key;

	ok(&a->box, hd_store_trial_insert(a->box.store, &record, &key, &a->box.err));
	return key;
}

/* ROWS values of the primary metric, and as many of "loss". */
static inline void api_log(struct apibox *a, int64_t key, size_t from, size_t to,
			   double value)
{
	for (size_t i = from; i <= to; i++) {
		box_log(&a->box, key, 2 * i - 1, "acc", value + (double)i, i);
		box_log(&a->box, key, 2 * i, "loss", 1 / (double)i, 0);
	}
	ok(&a->box, hd_store_trial_metric(a->box.store, key, to, value + (double)to,
					  value + (double)to, value + (double)to, BOX_TIME,
					  &a->box.err));
}

static inline const char *api_argument(void *user, const char *name)
{
	const struct apibox *a = user;

	for (size_t i = 0; i + 1 < ROWS(a->arguments) && a->arguments[i]; i += 2)
		if (!strcmp(a->arguments[i], name))
			return a->arguments[i + 1];
	return NULL;
}

/* The code; with 0 the answer is in text and, when it is no file, in json. */
static inline int api_ask(struct apibox *a, const char *path)
{
	int rc;

	hd_buf_clear(&a->text);
	hd_json_free(a->json);
	a->json = NULL;
	a->err = (struct hd_error){ 0 };
	a->answer = (struct hd_api_answer){ .json = &a->text };
	rc = hd_api_get(a->api, path, api_argument, a, &a->answer, &a->err);
	if (rc == 0 && a->answer.file < 0 &&
	    hd_json_parse(&a->json, hd_buf_text(&a->text), a->text.length, &a->err) < 0 &&
	    /* A seed of 64 bits is JSON, and more than our reader takes. */
	    !strstr(a->err.text, "too big integer"))
		fail_msg("%s is no JSON: %s: %.300s", path, a->err.text, hd_buf_text(&a->text));
	if (rc < 0)
		assert_int_equal(a->text.length, 0);
	return rc;
}

/* An answer that must be there. */
static inline const struct hd_json *api_get(struct apibox *a, const char *path)
{
	int rc = api_ask(a, path);

	if (rc < 0)
		fail_msg("%s: %s: %s", path, hd_code_name(rc), a->err.text);
	return a->json;
}

static inline void api_refuses(struct apibox *a, const char *path, int code,
			       const char *text)
{
	assert_int_equal(api_ask(a, path), code);
	if (text && !strstr(a->err.text, text))
		fail_msg("%s: '%s' has no '%s'", path, a->err.text, text);
}

/* NODE's member NAME as compact JSON is TEXT. */
static inline void expect_json(const struct hd_json *node, const char *name,
			       const char *text)
{
	const struct hd_json *member = name ? hd_json_get(node, name) : node;
	char *dump = member ? hd_json_dump(member) : strdup("(none)");

	if (strcmp(dump, text) != 0)
		fail_msg("%s is %s, expected %s", name ? name : "it", dump, text);
	free(dump);
}

/* --- what several test programs ask of ------------------------------------ */

#define API_FILE(parameters)              \
	"sampling:\n"                     \
	"  type: random\n"                \
	"  parameter_space:\n" parameters \
	"primary_metric_name: acc\n"      \
	"primary_metric_goal: maximize\n" \
	"max_total_runs: 8\n"

static const char api_two[] =
	API_FILE("  - {name: --lr, expression: loguniform, values: [-6, 0]}\n"
		 "  - {name: --opt, expression: choice, values: [[sgd, adam, 3]]}\n");

/* A sweep "a" with trials 0 (ended), 1 (running) and 2 (queued). */
static inline void three_trials(struct apibox *a)
{
	int64_t key;

	api_sweep(a, "a", api_two);
	box_begin(&a->box);
	key = api_trial(a, 0, "{\"--lr\":0.01,\"--opt\":\"sgd\"}");
	api_log(a, key, 1, 3, 0.5);
	ok(&a->box, hd_store_trial_end(a->box.store, key,
				       &(struct hd_trial_end_record){
					       .state = HD_TRIAL_COMPLETED,
					       .end = HD_END_EXIT,
					       .detail = "",
					       .cpu_seconds = 1,
					       .started = BOX_TIME + 5000,
					       .ended = BOX_TIME + 9000000,
				       },
				       &a->box.err));
	key = api_trial(a, 1, "{\"--lr\":0.25,\"--opt\":\"adam\"}");
	ok(&a->box, hd_store_trial_running(a->box.store, key, 77, 1, BOX_TIME + 6000,
					   &a->box.err));
	api_trial(a, 2, "{\"--lr\":1e-2,\"--opt\":3}");
	box_commit(&a->box);
}

#define api_test(name) cmocka_unit_test_setup_teardown(name, open_api, close_api)

#endif
