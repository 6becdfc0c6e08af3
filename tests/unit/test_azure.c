/* Tests of engine/report/azure.c and said.c: a sweep as Azure's service says. */
#include "storebox.h"

#include "base/buf.h"
#include "base/json.h"

#include <hdrive/report.h>

static int setup(void **state)
{
	struct storebox *box = calloc(1, sizeof *box);

	assert_non_null(box);
	box_open(box);
	box_sweep_insert(box, "HD_1", "a", HD_MAXIMIZE);
	/* base/json.h reads whole numbers of 63 bits. */
	ok(box, hd_store_exec(box->store, "UPDATE sweep SET seed = 1", &box->err));
	*state = box;
	return 0;
}

static int teardown(void **state)
{
	box_close(*state);
	free(*state);
	return 0;
}

static int collect(void *user, const char *text, size_t length)
{
	hd_buf_add(user, text, length);
	return 0;
}

/* "show S --json", parsed; hd_json_free() it. */
static struct hd_json *report(struct storebox *box)
{
	struct hd_buf text = HD_BUF_INIT;
	struct hd_out out = { .write = collect, .user = &text, .now = BOX_TIME };
	struct hd_json *json;

	ok(box, hd_report_sweep(box->store, box->sweep, HD_FORMAT_JSON, &out,
				&box->err));
	ok(box, hd_json_parse(&json, hd_buf_text(&text), text.length, &box->err));
	hd_buf_release(&text);
	return json;
}

static const char *member(const struct hd_json *json, const char *object,
			  const char *name)
{
	const struct hd_json *at = hd_json_get(hd_json_get(json, object), name);

	return at ? hd_json_string(at, NULL) : NULL;
}

static void say(struct storebox *box, int64_t trial, enum hd_said_kind kind,
		const char *name)
{
	struct hd_said_row row = { trial, "", kind, name, "script's", BOX_TIME };

	box_begin(box);
	ok(box, hd_store_say(box->store, box->sweep, &row, &box->err));
	box_commit(box);
}

static void a_file_that_does_not_load_leaves_the_rest(void **state)
{
	/* The box's sweep has half a file. */
	struct hd_json *json = report(*state);

	assert_string_equal(member(json, "tags", "_aml_system_policy_config"),
			    "{\"name\":\"BANDIT\",\"properties\":{}}");
	assert_string_equal(member(json, "tags", "_aml_system_generator_config"),
			    "{\"name\":\"RANDOM\",\"parameter_space\":{}}");
	assert_string_equal(member(json, "tags", "_aml_system_max_duration_minutes"),
			    "100");
	assert_string_equal(member(json, "tags", "_aml_system_all_jobs_generated"),
			    "false");
	assert_null(member(json, "properties", "space_size"));
	assert_null(member(json, "properties", "score"));
	hd_json_free(json);
}

static void scripts_cannot_take_azures_names(void **state)
{
	struct storebox *box = *state;
	struct hd_json *json;

	say(box, HD_SAID_OF_SWEEP, HD_SAID_TAG, "_aml_system_max_total_jobs");
	say(box, HD_SAID_OF_SWEEP, HD_SAID_TAG, "own");
	say(box, HD_SAID_OF_SWEEP, HD_SAID_PROPERTY, "score");
	say(box, HD_SAID_OF_SWEEP, HD_SAID_PROPERTY, "own");
	say(box, 0, HD_SAID_TAG, "of a trial");
	json = report(box);
	assert_string_equal(member(json, "tags", "_aml_system_max_total_jobs"), "8");
	assert_string_equal(member(json, "tags", "own"), "script's");
	assert_null(member(json, "tags", "of a trial"));
	assert_null(member(json, "properties", "score"));
	assert_string_equal(member(json, "properties", "own"), "script's");
	hd_json_free(json);
}

static void a_canceled_sweep_has_its_request_and_its_best(void **state)
{
	struct storebox *box = *state;
	struct hd_json *json;

	box_begin(box);
	box_trial(box, 0);
	ok(box, hd_store_best_insert(box->store, box->sweep, 0, 0.1, true,
				     BOX_TIME, &box->err));
	ok(box, hd_store_sweep_state(box->store, box->sweep, "Canceled",
				     HD_END_USER, "", BOX_TIME, &box->err));
	box_commit(box);
	json = report(box);
	assert_string_equal(member(json, "tags", "_aml_system_cancellation_requested"), "true");
	assert_string_equal(member(json, "tags", "_aml_system_all_jobs_generated"), "false");
	assert_string_equal(member(json, "properties", "score"), "0.1");
	assert_string_equal(member(json, "properties", "best_child_run_id"), "HD_1_0");
	hd_json_free(json);
}

static void hd_115_parameters_are_kept_as_json_with_sorted_names(void **state)
{
	struct storebox *box = *state;
	struct hd_trial_record record = {
		.sweep = box->sweep,
		.state = HD_TRIAL_QUEUED,
		.parameters = "{\"b\":0.1,\"--a\":\"x\",\"c\":[1,null]}",
		.arguments = "[]",
		.time = BOX_TIME,
	};
	struct hd_json *json;
	int64_t key;

	box_begin(box);
	ok(box, hd_store_trial_insert(box->store, &record, &key, &box->err));
	box_commit(box);
	json = report(box);
	assert_string_equal(member(json, "tags", "_aml_system_HD_1_0"),
			    "{\"--a\":\"x\",\"b\":0.1,\"c\":[1,null]}");
	hd_json_free(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(a_file_that_does_not_load_leaves_the_rest),
		TEST(scripts_cannot_take_azures_names),
		TEST(a_canceled_sweep_has_its_request_and_its_best),
		TEST(hd_115_parameters_are_kept_as_json_with_sorted_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
