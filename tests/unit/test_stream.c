/* Tests of engine/serve/events.c: who watches, and what each is sent. */
#include "apibox.h"

#include "base/time.h"
#include "serve/events.h"

#define CLIENTS 3

static struct hd_events *events;
static struct hd_web_request request;
static struct hd_web_reply replies[CLIENTS + 1];
static int64_t trial;
static size_t logged;

static int open_events(void **state)
{
	struct apibox *a;

	open_api(state);
	a = *state;
	api_sweep(a, "a", api_two);
	box_begin(&a->box);
	trial = api_trial(a, 0, "{\"--lr\":0.01,\"--opt\":\"sgd\"}");
	ok(&a->box, hd_store_trial_running(a->box.store, trial, 77, 1, BOX_TIME, &a->box.err));
	box_commit(&a->box);
	logged = 0;
	ok(&a->box, hd_events_open(&events, a->api, CLIENTS, &a->box.err));
	for (size_t i = 0; i < ROWS(replies); i++)
		hd_web_reply_init(&replies[i]);
	return 0;
}

static int close_events(void **state)
{
	for (size_t i = 0; i < ROWS(replies); i++)
		hd_web_reply_release(&replies[i]);
	hd_events_close(events);
	return close_api(state);
}

/* Client INDEX asks for TARGET, with LAST from before. */
static void ask(size_t index, const char *target, const char *last)
{
	request = (struct hd_web_request){ .method = "GET", .target = target, .last = last };
	assert_true(hd_web_split(&request));
	hd_events_answer(events, &request, &replies[index]);
	hd_web_close(&request);
}

/* What client INDEX is sent next; NULL when there is nothing. */
static const char *next(size_t index)
{
	const struct hd_web_reply *reply = &replies[index];
	const char *bytes;
	size_t length;

	assert_non_null(reply->stream);
	assert_true(reply->stream->next(reply->self, &bytes, &length));
	return length ? bytes : NULL;
}

/* To where there is nothing more. */
static void drain(size_t index)
{
	while (next(index))
		;
}

static bool look(void)
{
	return hd_events_tick(events, hd_time_steady() + HD_EVENTS_PAUSE);
}

static void log_value(struct apibox *a)
{
	box_begin(&a->box);
	logged++;
	api_log(a, trial, logged, logged, 0.5);
	box_commit(&a->box);
}

static size_t count(const char *text, const char *part)
{
	size_t found = 0;

	for (const char *at = text; (at = strstr(at, part)); at++)
		found++;
	return found;
}

static void the_first_is_the_sweep_as_it_is(void **state)
{
	const char *text;

	(void)state;
	ask(0, "/?sweep=a", NULL);
	assert_string_equal(replies[0].type, "text/event-stream");
	text = next(0);
	assert_non_null(text);
	assert_int_equal(strncmp(text, "event: sweep\ndata: {\"name\":\"a\"", 30), 0);
	/* The last event has the moment that all of them lead to. */
	assert_int_equal(count(text, "\nid: "), 1);
	assert_string_equal(text + strlen(text) - 2, "\n\n");
	assert_null(next(0));
	assert_false(look());
}

static void who_waits_is_told_of_a_change_by_one_text(void **state)
{
	struct apibox *a = *state;
	const char *text;

	for (size_t i = 0; i < CLIENTS; i++) {
		ask(i, "/?sweep=a", NULL);
		drain(i);
	}
	log_value(a);
	/* Nobody looks between two looks. */
	assert_null(next(0));
	assert_true(look());
	text = next(0);
	assert_non_null(text);
	assert_int_equal(count(text, "event: trials\n"), 1);
	assert_int_equal(count(text, "event: points\n"), 1);
	for (size_t i = 1; i < CLIENTS; i++)
		assert_ptr_equal(next(i), text);
	for (size_t i = 0; i < CLIENTS; i++)
		assert_null(next(i));
	assert_false(look());
}

static void who_is_slow_gets_what_changed_since_at_once(void **state)
{
	struct apibox *a = *state;
	const char *text;

	ask(0, "/?sweep=a", NULL);
	ask(1, "/?sweep=a", NULL);
	drain(0);
	drain(1);
	for (int i = 0; i < 5; i++) {
		log_value(a);
		assert_true(look());
		/* The other one keeps up. */
		assert_non_null(next(1));
		assert_null(next(1));
	}
	text = next(0);
	assert_non_null(text);
	assert_int_equal(count(text, "event: trials\n"), 1);
	assert_int_equal(count(text, "\"number\":0"), 1);
	assert_non_null(strstr(text, "\"intervals\":5"));
	assert_non_null(strstr(text, "[0,1,"));
	assert_non_null(strstr(text, "[0,5,"));
	assert_null(next(0));
	/* And from there on it is one of all. */
	log_value(a);
	assert_true(look());
	assert_ptr_equal(next(0), next(1));
}

static void who_comes_back_goes_on_where_it_was(void **state)
{
	struct apibox *a = *state;
	char id[HD_API_ID] = "";
	const char *text;

	ask(0, "/?sweep=a", NULL);
	text = next(0);
	assert_int_equal(sscanf(strstr(text, "\nid: "), "\nid: %47s", id), 1);
	log_value(a);
	log_value(a);
	ask(1, "/?sweep=a", id);
	text = next(1);
	assert_non_null(text);
	assert_null(strstr(text, "event: reset"));
	assert_non_null(strstr(text, "\"intervals\":2"));
	assert_null(next(1));
	/* Not known: read everything anew. */
	ask(2, "/?sweep=a&since=0000000000000001-1", NULL);
	assert_int_equal(strncmp(next(2), "event: reset\ndata: {}\n", 22), 0);
}

static void nobody_looks_when_nobody_watches(void **state)
{
	(void)state;
	assert_int_equal(hd_events_timeout(events, hd_time_steady()), -1);
	ask(0, "/", NULL);
	ask(1, "/?sweep=a", NULL);
	assert_int_equal(hd_events_clients(events), 2);
	assert_true(hd_events_timeout(events, hd_time_steady()) >= 0);
	hd_web_reply_release(&replies[0]);
	hd_web_reply_release(&replies[1]);
	assert_int_equal(hd_events_clients(events), 0);
	assert_false(look());
	assert_int_equal(hd_events_timeout(events, hd_time_steady()), -1);
}

static void so_many_may_watch_and_others_are_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < CLIENTS; i++)
		ask(i, "/?sweep=a", NULL);
	ask(CLIENTS, "/?sweep=a", NULL);
	assert_null(replies[CLIENTS].stream);
	assert_int_equal(replies[CLIENTS].status, 503);
	/* One goes, and there is room. */
	hd_web_reply_release(&replies[0]);
	hd_web_reply_init(&replies[0]);
	ask(0, "/?sweep=a", NULL);
	assert_non_null(replies[0].stream);
}

static void a_sweep_that_is_not_there_is_no_stream(void **state)
{
	(void)state;
	ask(0, "/?sweep=none", NULL);
	assert_null(replies[0].stream);
	assert_int_equal(replies[0].status, 404);
	assert_int_equal(hd_events_clients(events), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_events, close_events)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_first_is_the_sweep_as_it_is),
		TEST(who_waits_is_told_of_a_change_by_one_text),
		TEST(who_is_slow_gets_what_changed_since_at_once),
		TEST(who_comes_back_goes_on_where_it_was),
		TEST(nobody_looks_when_nobody_watches),
		TEST(so_many_may_watch_and_others_are_told),
		TEST(a_sweep_that_is_not_there_is_no_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
