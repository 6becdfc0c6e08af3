/*
 * HD-087: a real HyperDrive run of 2022, replayed through history and bandit.
 *
 * The record (tests/data/real-hyperdrive-run.json) has the values of five of
 * the eight children, when each began and ended, the parent's table of new
 * bests with times, and which children the service's policy cancelled. A
 * child's values are laid evenly over its life; of child 0 the bests of the
 * parent's table are known. Children 1 and 3 left no values.
 */
#include "check.h"
#include "curves.h"

#include "base/json.h"
#include "sweep/history.h"

#define CHILDREN 8
#define EVENTS_MOST 256
#define EVERY 1
#define DELAY 5
#define SLACK 0.15

struct event {
	double time; /* seconds of the day */
	size_t child;
	double value;
};

struct replay {
	struct hd_json *json;
	struct event events[EVENTS_MOST];
	size_t count;
	struct hd_history *history;
	size_t stopped_at[CHILDREN]; /* interval, 0: never */
	double limit[CHILDREN];
};

static struct hd_json *replay_read(void)
{
	static char text[64 * 1024];
	FILE *file = fopen(TEST_ROOT "/tests/data/real-hyperdrive-run.json",
			   "r");
	struct hd_json *json = NULL;
	struct hd_error err;
	size_t length;

	assert_non_null(file);
	length = fread(text, 1, sizeof text, file);
	fclose(file);
	assert_int_equal(hd_json_parse(&json, text, length, &err), 0);
	return json;
}

static const char *replay_text(const struct hd_json *object, const char *name)
{
	size_t length;

	return hd_json_string(hd_json_get(object, name), &length);
}

/* "2022-04-14T12:58:48.43242Z" in seconds since midnight. */
static double replay_time(const char *text)
{
	int hour, minute;
	double second;

	assert_int_equal(sscanf(text, "2022-04-14T%d:%d:%lfZ", &hour, &minute,
				&second),
			 3);
	return hour * 3600 + minute * 60 + second;
}

/* The number behind the last underscore of a child's id. */
static size_t replay_child(const char *id)
{
	size_t child = (size_t)strtoul(strrchr(id, '_') + 1, NULL, 10);

	assert_true(child < CHILDREN);
	return child;
}

static void replay_event(struct replay *replay, double time, size_t child,
			 double value)
{
	assert_true(replay->count < EVENTS_MOST);
	replay->events[replay->count++] = (struct event){ time, child, value };
}

static void replay_gather(struct replay *replay)
{
	const struct hd_json *children = hd_json_get(replay->json, "children");
	const struct hd_json *series =
		hd_json_get(replay->json, "primary_metric_series");
	const struct hd_json *parent =
		hd_json_get(replay->json, "parent_metric");
	double begin = replay_time(replay_text(replay->json, "created_utc"));

	for (size_t i = 0; i < hd_json_count(children); i++) {
		const struct hd_json *child = hd_json_at(children, i);
		const char *id = replay_text(child, "run_id");
		const struct hd_json *values = hd_json_get(series, id);
		double start = replay_time(replay_text(child, "start_time"));
		double end = replay_time(replay_text(child, "end_time"));
		size_t count = hd_json_count(values);

		for (size_t n = 0; n < count; n++)
			replay_event(replay,
				     start + (end - start) * (double)(n + 1) /
						     (double)count,
				     replay_child(id),
				     hd_json_number(hd_json_at(values, n)));
	}
	for (size_t i = 0;
	     i + 1 < hd_json_count(hd_json_get(parent, "run_id")); i++) {
		size_t length;
		size_t child = replay_child(hd_json_string(
			hd_json_at(hd_json_get(parent, "run_id"), i),
			&length));

		if (child == 0)
			replay_event(
				replay,
				begin + hd_json_number(hd_json_at(
						hd_json_get(parent,
							    "time_elapse"),
						i)),
				child,
				hd_json_number(hd_json_at(
					hd_json_get(parent, "metric_value"),
					i)));
	}
}

static int replay_compare(const void *va, const void *vb)
{
	const struct event *a = va, *b = vb;

	return (a->time > b->time) - (a->time < b->time);
}

/* As the engine does: log, and ask when due and not asked to end yet. */
static void replay_run(struct replay *replay)
{
	qsort(replay->events, replay->count, sizeof replay->events[0],
	      replay_compare);
	for (size_t i = 0; i < CHILDREN; i++)
		curves_start(replay->history);
	for (size_t i = 0; i < replay->count; i++) {
		const struct event *event = &replay->events[i];
		struct hd_trial *trial = hd_history_trial_mutable(
			replay->history, event->child);
		struct hd_reason why;

		if (hd_trial_state(trial) != HD_TRIAL_RUNNING)
			continue;
		assert_int_equal(hd_trial_log(trial, event->value), 0);
		if (!hd_policy_is_due(hd_trial_interval(trial), EVERY, DELAY))
			continue;
		if (!curves_stops("bandit", "slack_factor", SLACK, trial,
				  replay->history, &why))
			continue;
		replay->stopped_at[event->child] = hd_trial_interval(trial);
		replay->limit[event->child] = why.limit;
		hd_trial_move(trial, HD_TRIAL_EVENT_STOP);
	}
}

static int replay_setup(void **state)
{
	struct replay *replay = calloc(1, sizeof *replay);

	assert_non_null(replay);
	replay->json = replay_read();
	replay->history = curves_new(HD_MAXIMIZE);
	replay_gather(replay);
	replay_run(replay);
	*state = replay;
	return 0;
}

static int replay_teardown(void **state)
{
	struct replay *replay = *state;

	hd_history_free(replay->history);
	hd_json_free(replay->json);
	free(replay);
	return 0;
}

static void hd_087_the_policy_is_the_recorded_one(void **state)
{
	const struct replay *replay = *state;
	const char *config = replay_text(hd_json_get(replay->json, "tags"),
					 "_aml_system_policy_config");

	assert_non_null(config);
	assert_non_null(strstr(config, "\"BANDIT\""));
	assert_non_null(strstr(config, "\"evaluation_interval\": 1,"));
	assert_non_null(strstr(config, "\"delay_evaluation\": 5,"));
	assert_non_null(strstr(config, "\"slack_factor\": 0.15"));
}

static void hd_087_the_same_children_are_cancelled(void **state)
{
	const struct replay *replay = *state;
	const struct hd_json *tags = hd_json_get(replay->json, "tags");
	const struct hd_json *series =
		hd_json_get(replay->json, "primary_metric_series");
	size_t cancelled = 0;

	for (size_t child = 0; child < CHILDREN; child++) {
		char id[80], tag[120];
		const char *mark;

		snprintf(id, sizeof id, "%s_%zu",
			 replay_text(replay->json, "run_id"), child);
		if (child != 0 && !hd_json_get(series, id))
			continue;
		snprintf(tag, sizeof tag, "_aml_system_%s_cancelled", id);
		mark = replay_text(tags, tag);
		print_message("child %zu: recorded %s, replayed %zu\n", child,
			      mark ? mark : "no", replay->stopped_at[child]);
		assert_int_equal(replay->stopped_at[child] != 0,
				 mark && !strcmp(mark, "true"));
		cancelled += mark != NULL;
	}
	assert_int_equal(cancelled, 2);
}

/* B8: flat at 0.738 until a rival's first value, 0.953, at its interval 7. */
static void hd_087_b8_a_rivals_first_value_stops_a_flat_run(void **state)
{
	const struct replay *replay = *state;

	assert_int_equal(replay->stopped_at[2], 7);
	assert_true(replay->limit[2] == 0.953125 - 0.953125 * (SLACK /
							       (1 + SLACK)));
	assert_close(replay->limit[2], 0.953125 / 1.15, 1e-15);
	assert_true(0.73828125 * 1.15 < 0.953125);
	/* Child 7, as flat, met its rivals at the first due interval. */
	assert_int_equal(replay->stopped_at[7], DELAY);
}

static void hd_087_b9_before_the_delay_nobody_is_asked(void **state)
{
	const struct replay *replay = *state;

	assert_false(hd_policy_is_due(4, EVERY, DELAY));
	for (size_t i = 0; i < CHILDREN; i++)
		assert_true(replay->stopped_at[i] == 0 ||
			    replay->stopped_at[i] >= DELAY);
}

static void hd_087_b10_child_5_was_safe_by_the_delay_then_by_value(void **state)
{
	const struct replay *replay = *state;
	const struct hd_trial *child = hd_history_trial(replay->history, 5);
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct hd_trial *trial;
	struct hd_reason why;

	assert_true(hd_trial_value(child, 1) == 0.849609375);
	assert_true(hd_trial_best(child, 5) == 0.9765625);
	assert_true(hd_history_best(replay->history, 5, NULL) == 0.98828125);
	assert_int_equal(replay->stopped_at[5], 0);

	/* Without the delay its first value would have ended it. */
	curves_flat(history, 0.98828125, 5);
	trial = curves_flat(history, 0.849609375, 1);
	assert_true(curves_stops("bandit", "slack_factor", SLACK, trial,
				 history, &why));
	assert_close(why.limit, 0.859375, 1e-15);
	curves_log(trial, (const double[]){ 0.9, 0.9, 0.9, 0.9765625 }, 4);
	assert_false(curves_stops("bandit", "slack_factor", SLACK, trial,
				  history, NULL));
	hd_history_free(history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hd_087_the_policy_is_the_recorded_one),
		cmocka_unit_test(hd_087_the_same_children_are_cancelled),
		cmocka_unit_test(hd_087_b8_a_rivals_first_value_stops_a_flat_run),
		cmocka_unit_test(hd_087_b9_before_the_delay_nobody_is_asked),
		cmocka_unit_test(hd_087_b10_child_5_was_safe_by_the_delay_then_by_value),
	};

	return cmocka_run_group_tests(tests, replay_setup, replay_teardown);
}
