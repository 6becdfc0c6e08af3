/* Tests of engine/api/changes.c: what watchers are told. */
#include "apibox.h"

struct heard {
	struct hd_buf names; /* "sweep trials " */
	char *data[8];
	size_t count;
	char id[HD_API_ID];
};

static int hear(void *user, const char *name, const char *data, size_t length)
{
	struct heard *heard = user;

	assert_int_equal(strlen(data), length);
	assert_true(heard->count < ROWS(heard->data));
	hd_buf_printf(&heard->names, "%s ", name);
	heard->data[heard->count] = strdup(data);
	assert_non_null(heard->data[heard->count++]);
	return 0;
}

static void heard_clear(struct heard *heard)
{
	for (size_t i = 0; i < heard->count; i++)
		free(heard->data[i]);
	heard->count = 0;
	hd_buf_release(&heard->names);
}

/* The events of the sweep KEY, or of the list, behind SINCE. */
static void listen(struct apibox *a, int64_t key, const char *since, struct heard *heard)
{
	heard_clear(heard);
	ok(&a->box, hd_api_changes(a->api, key, since, heard->id, hear, heard, &a->box.err));
}

static void expect_heard(const struct heard *heard, const char *names)
{
	assert_string_equal(hd_buf_text(&heard->names), names);
}

static void expect_data(const struct heard *heard, size_t index, const char *part)
{
	struct hd_json *json = NULL;

	assert_true(index < heard->count);
	assert_int_equal(hd_json_parse(&json, heard->data[index], strlen(heard->data[index]), NULL),
			 0);
	hd_json_free(json);
	if (!strstr(heard->data[index], part))
		fail_msg("'%s' is not in %s", part, heard->data[index]);
}

/* The id that continues behind an answer with "seq" and "epoch". */
static void id_of(const struct hd_json *answer, char *id)
{
	snprintf(id, HD_API_ID, "%s-%lld",
		 hd_json_string(hd_json_get(answer, "epoch"), NULL),
		 (long long)hd_json_integer(hd_json_get(answer, "seq")));
}

static void a_new_watcher_hears_the_sweep_as_it_is(void **state)
{
	struct apibox *a = *state;
	struct heard heard = { .count = 0 };
	int64_t key;

	three_trials(a);
	ok(&a->box, hd_api_watched(a->api, "HD_a", &key, &a->box.err));
	assert_int_equal(key, a->box.sweep);
	assert_int_equal(hd_api_watched(a->api, "b", &key, &a->box.err), HD_ENOENT);
	listen(a, a->box.sweep, NULL, &heard);
	expect_heard(&heard, "sweep ");
	expect_data(&heard, 0, "\"name\":\"a\"");
	listen(a, a->box.sweep, "", &heard);
	expect_heard(&heard, "sweep ");
	heard_clear(&heard);
}

static void columns_and_their_stream_leave_no_gap(void **state)
{
	struct apibox *a = *state;
	struct heard heard = { .count = 0 };
	char id[HD_API_ID];
	int64_t key;

	three_trials(a);
	id_of(api_get(a, "sweeps/a/columns"), id);
	listen(a, a->box.sweep, id, &heard);
	expect_heard(&heard, "");
	assert_string_equal(heard.id, id);
	box_begin(&a->box);
	key = api_trial(a, 3, "{\"--lr\":0.5,\"--opt\":\"adam\"}");
	api_log(a, key, 1, 2, 0);
	box_commit(&a->box);
	listen(a, a->box.sweep, id, &heard);
	expect_heard(&heard, "sweep trials points ");
	expect_data(&heard, 1,
		    "{\"seq\":2,\"rows\":[{\"number\":3,\"state\":\"Queued\",\"end\":\"\","
		    "\"value\":2,\"last\":2,\"intervals\":2,\"attempt\":1,\"slot\":3,"
		    "\"created\":1700000000003,\"started\":null,\"ended\":null,"
		    "\"values\":[0.5,1]}]}");
	expect_data(&heard, 2, "{\"seq\":2,\"metric\":\"acc\",\"points\":[[3,1,1],[3,2,2]]}");
	/* Once. */
	listen(a, a->box.sweep, heard.id, &heard);
	expect_heard(&heard, "");
	heard_clear(&heard);
}

static void many_clients_hear_the_same(void **state)
{
	struct apibox *a = *state;
	struct heard first = { .count = 0 }, other = { .count = 0 };
	char id[HD_API_ID];

	three_trials(a);
	id_of(api_get(a, "sweeps/a/columns"), id);
	box_begin(&a->box);
	api_trial(a, 3, "{}");
	box_commit(&a->box);
	listen(a, a->box.sweep, id, &first);
	for (int i = 0; i < 200; i++) {
		listen(a, a->box.sweep, id, &other);
		expect_heard(&other, hd_buf_text(&first.names));
		assert_string_equal(other.data[1], first.data[1]);
		assert_string_equal(other.id, first.id);
	}
	heard_clear(&first);
	heard_clear(&other);
}

static void an_id_that_is_not_ours_begins_anew(void **state)
{
	static const char *const ids[] = {
		"x",
		"-",
		"1",
		"0000000000000000-1",
		"0000000000000000-",
		"g000000000000000-1",
		"0000000000000000-18446744073709551616",
		"0000000000000000--1",
		"ffffffffffffffff-9223372036854775807",
		"<script>alert(1)</script>",
	};
	struct apibox *a = *state;
	struct heard heard = { .count = 0 };
	char id[HD_API_ID];

	three_trials(a);
	for (size_t i = 0; i < ROWS(ids); i++) {
		listen(a, a->box.sweep, ids[i], &heard);
		expect_heard(&heard, "reset ");
		assert_string_equal(heard.data[0], "{}");
		listen(a, 0, ids[i], &heard);
		expect_heard(&heard, "reset ");
	}
	/* Of the future. */
	id_of(api_get(a, "sweeps/a/columns"), id);
	strcat(id, "9");
	listen(a, a->box.sweep, id, &heard);
	expect_heard(&heard, "reset ");
	heard_clear(&heard);
}

static void a_value_that_no_column_has_begins_anew(void **state)
{
	struct apibox *a = *state;
	struct heard heard = { .count = 0 };
	char id[HD_API_ID];

	three_trials(a);
	id_of(api_get(a, "sweeps/a/columns"), id);
	box_begin(&a->box);
	api_trial(a, 3, "{\"--lr\":0.5,\"--opt\":\"<b>new</b>\"}");
	box_commit(&a->box);
	listen(a, a->box.sweep, id, &heard);
	expect_heard(&heard, "reset ");
	id_of(api_get(a, "sweeps/a/columns"), id);
	assert_string_equal(heard.id, id);
	expect_json(a->json, "values", "[[0.01,0.25,0.01,0.5],[0,1,2,3]]");
	heard_clear(&heard);
}

static void the_list_tells_what_changed(void **state)
{
	struct apibox *a = *state;
	struct heard heard = { .count = 0 };
	char id[HD_API_ID];

	api_sweep(a, "a", api_two);
	api_sweep(a, "b", api_two);
	listen(a, 0, NULL, &heard);
	expect_heard(&heard, "sweeps ");
	expect_data(&heard, 0, "\"name\":\"a\"");
	expect_data(&heard, 0, "\"name\":\"b\"");
	strcpy(id, heard.id);
	listen(a, 0, id, &heard);
	expect_heard(&heard, "");
	box_begin(&a->box);
	api_trial(a, 0, "{}");
	box_commit(&a->box);
	listen(a, 0, id, &heard);
	expect_heard(&heard, "sweeps ");
	expect_data(&heard, 0, "\"name\":\"b\"");
	assert_null(strstr(heard.data[0], "\"name\":\"a\""));
	/* A new one in between is told of all of them, others still of theirs. */
	listen(a, 0, NULL, &heard);
	expect_data(&heard, 0, "\"name\":\"a\"");
	listen(a, 0, id, &heard);
	assert_null(strstr(heard.data[0], "\"name\":\"a\""));
	heard_clear(&heard);
}

static void a_pause_between_looks_is_kept(void **state)
{
	struct apibox *a = *state;
	struct hd_api_setup setup = { .store = a->reading, .pause = INT64_MAX };
	struct heard heard = { .count = 0 };
	char id[HD_API_ID];

	hd_api_close(a->api);
	ok(&a->box, hd_api_open(&a->api, &setup, &a->box.err));
	three_trials(a);
	listen(a, a->box.sweep, NULL, &heard);
	strcpy(id, heard.id);
	box_begin(&a->box);
	api_trial(a, 3, "{}");
	box_commit(&a->box);
	listen(a, a->box.sweep, id, &heard);
	expect_heard(&heard, "");
	/* Whoever asks for columns wants those of now. */
	assert_int_equal(hd_json_count(hd_json_get(api_get(a, "sweeps/a/columns"), "number")), 4);
	heard_clear(&heard);
}

static void many_sweeps_are_watched_at_a_time(void **state)
{
	struct apibox *a = *state;
	struct heard heard = { .count = 0 };
	char ids[40][HD_API_ID] = { "" };
	int64_t keys[40];
	char name[20];

	for (size_t i = 0; i < ROWS(keys); i++) {
		snprintf(name, sizeof name, "s%zu", i);
		api_sweep(a, name, api_two);
		keys[i] = a->box.sweep;
	}
	for (size_t i = 0; i < 3 * ROWS(keys); i++) {
		size_t at = i % ROWS(keys);

		listen(a, keys[at], ids[at], &heard);
		/* None of them begins anew because of the others. */
		expect_heard(&heard, i < ROWS(keys) ? "sweep " : "");
		strcpy(ids[at], heard.id);
	}
	heard_clear(&heard);
}

static void a_sweep_that_was_removed_is_said_to_be_gone(void **state)
{
	struct apibox *a = *state;
	struct heard heard = { .count = 0 };

	three_trials(a);
	listen(a, a->box.sweep, NULL, &heard);
	heard_clear(&heard);
	box_begin(&a->box);
	ok(&a->box, hd_store_exec(a->box.store, "DELETE FROM sweep", &a->box.err));
	box_commit(&a->box);
	for (int i = 0; i < 2; i++)
		assert_int_equal(hd_api_changes(a->api, a->box.sweep, NULL, heard.id, hear, &heard,
						&a->box.err),
				 HD_ENOENT);
	heard_clear(&heard);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		api_test(a_new_watcher_hears_the_sweep_as_it_is),
		api_test(columns_and_their_stream_leave_no_gap),
		api_test(many_clients_hear_the_same),
		api_test(an_id_that_is_not_ours_begins_anew),
		api_test(a_value_that_no_column_has_begins_anew),
		api_test(the_list_tells_what_changed),
		api_test(a_pause_between_looks_is_kept),
		api_test(many_sweeps_are_watched_at_a_time),
		api_test(a_sweep_that_was_removed_is_said_to_be_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
