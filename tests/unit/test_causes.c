/*
 * Tests of what a place elsewhere tells of its attempts (hd_exit.cause), by a
 * backend that has a script: which ends are followed by another attempt, how
 * many run at once, what trials are given to see.
 */
#include "storebox.h"

#include <hdrive/sweep.h>

#define TRIALS 8
#define ENDS 6

struct end {
	enum hd_cause cause;
	bool known;
	int code;
	double delay;
	const char *error;
	bool leaves_checkpoint;
};

/* What the scripted place does with the attempts of each trial. */
struct place {
	const struct hd_backend_host *host;
	const struct end (*ends)[ENDS]; /* of trial 0, 1, ...; zeroed: it works */
	size_t most;                    /* capacity */
	size_t busy, busiest;
	size_t launches[TRIALS];
	bool ready[TRIALS];
	char folders[TRIALS][300];
	bool saw_secret, saw_own;
};

static int place_open(void *state, const struct hd_backend_host *host,
		      struct hd_error *err)
{
	(void)err;
	*(struct place **)state = host->runner;
	((struct place *)host->runner)->host = host;
	return 0;
}

static size_t place_capacity(const void *state)
{
	return (*(struct place *const *)state)->most;
}

static int place_launch(void *state, const struct hd_launch *launch,
			struct hd_error *err)
{
	struct place *place = *(struct place **)state;
	char path[320];

	(void)err;
	place->launches[launch->trial]++;
	place->ready[launch->trial] = true;
	snprintf(place->folders[launch->trial], sizeof *place->folders, "%s",
		 launch->folder);
	if (++place->busy > place->busiest)
		place->busiest = place->busy;
	for (size_t i = 0; launch->environment[i]; i++) {
		place->saw_secret |= !strcmp(launch->environment[i], "SECRET=word");
		place->saw_own |= !strncmp(launch->environment[i], "HDRIVE_DIR=", 11);
	}
	snprintf(path, sizeof path, "%s/metrics", launch->folder);
	hd_metric_append(path, "loss", 1, false, 0, NULL);
	place->host->started(place->host->user, launch->trial, 0, 0);
	place->host->wake(place->host->user);
	return 0;
}

static void place_end(struct place *place, size_t trial)
{
	const struct end *end = &place->ends[trial][place->launches[trial] - 1];
	struct hd_exit exit = { .known = end->known,
				.code = end->code,
				.error = end->error,
				.cause = end->cause,
				.delay = end->delay };
	char path[340];
	FILE *file;

	if (end->cause == HD_CAUSE_NONE && !end->error)
		exit.known = true;
	if (end->leaves_checkpoint) {
		snprintf(path, sizeof path, "%s/checkpoints/last", place->folders[trial]);
		file = fopen(path, "w");
		assert_non_null(file);
		fclose(file);
	}
	place->ready[trial] = false;
	place->busy--;
	place->host->ended(place->host->user, trial, &exit);
}

static void place_poll(void *state)
{
	struct place *place = *(struct place **)state;

	for (size_t i = 0; i < TRIALS; i++)
		if (place->ready[i])
			place_end(place, i);
}

static void place_stop(void *state, size_t trial, bool now)
{
	(void)state;
	(void)trial;
	(void)now;
}

static const struct hd_backend_type place_type = {
	.name = "scripted",
	.summary = "ends as a test has them",
	.state_size = sizeof(struct place *),
	.is_remote = true,
	.open = place_open,
	.capacity = place_capacity,
	.launch = place_launch,
	.poll = place_poll,
	.stop = place_stop,
};

/* --- a sweep there ---------------------------------------------------------------- */

struct world {
	struct storebox box;
	struct place place;
	struct hd_sweep_summary summary;
	enum hd_trial_state states[TRIALS];
	enum hd_end ends[TRIALS];
	char texts[TRIALS][200];
	size_t agains;
	double delay; /* of the last of these */
};

static void on_event(void *user, const struct hd_event *event)
{
	struct world *world = user;

	if (event->kind == HD_EVENT_TRIAL_AGAIN) {
		world->agains++;
		world->delay = event->seconds;
	}
	if (event->kind != HD_EVENT_TRIAL_ENDED)
		return;
	world->states[event->trial] = event->state;
	world->ends[event->trial] = event->end;
	snprintf(world->texts[event->trial], sizeof *world->texts, "%s", event->text);
}

static void run_world(struct world *world, const struct end (*ends)[ENDS], size_t most,
		      size_t trials, bool with_secret)
{
	static const char *const environment[] = { "SECRET=word", NULL };
	struct hd_findings *findings = hd_findings_new();
	struct hd_config *config;
	struct hd_sweep *sweep;
	char text[600];

	memset(world, 0, sizeof *world);
	box_open(&world->box);
	world->place.ends = ends;
	world->place.most = most;
	snprintf(text, sizeof text,
		 "sampling:\n  type: random\n  parameter_space:\n"
		 "  - {name: --x, expression: uniform, values: [0, 1]}\n"
		 "primary_metric_name: loss\nprimary_metric_goal: minimize\n"
		 "smoke: false\nmax_concurrent_runs: %zu\nmax_total_runs: %zu\n",
		 trials, trials);
	ok(&world->box, hd_config_parse(&config, text, strlen(text), "t.yml", NULL,
					findings, &world->box.err));
	hd_findings_free(findings);
	ok(&world->box,
	   hd_sweep_new(&sweep, world->box.store, config,
			&(struct hd_sweep_options){
				.size = sizeof(struct hd_sweep_options),
				.name = "scripted",
				.has_seed = true,
				.no_snapshot = true,
				.source = world->box.folder,
				.environment = with_secret ? environment : environment + 1,
				.event = on_event,
				.user = world,
				.runner = &place_type,
				.runner_user = &world->place },
			&world->box.err));
	ok(&world->box, hd_sweep_run(sweep, &world->box.err));
	hd_sweep_summary(sweep, &world->summary);
	hd_sweep_free(sweep);
	hd_config_free(config);
	box_close(&world->box);
}

static void preempted_trials_begin_again_as_often_as_it_takes(void **state)
{
	static const struct end ends[TRIALS][ENDS] = {
		{ { .cause = HD_CAUSE_PREEMPTED, .known = true, .error = "preempted" },
		  { .cause = HD_CAUSE_PREEMPTED, .delay = 1.5 } },
	};
	struct world world;

	(void)state;
	run_world(&world, ends, 8, 1, false);
	assert_int_equal(world.place.launches[0], 3);
	assert_int_equal(world.states[0], HD_TRIAL_COMPLETED);
	assert_int_equal(world.agains, 2);
	assert_true(world.delay == 1.5);
}

static void failed_nodes_are_tried_around_three_times(void **state)
{
	static const struct end ends[TRIALS][ENDS] = {
		{ { .cause = HD_CAUSE_NODE, .error = "node n1 is down" },
		  { .cause = HD_CAUSE_START, .error = "no folder there" } },
		{ { .cause = HD_CAUSE_NODE, .error = "node n1 is down" },
		  { .cause = HD_CAUSE_NODE, .error = "node n2 is down" },
		  { .cause = HD_CAUSE_NODE, .error = "node n3 is down" } },
	};
	struct world world;

	(void)state;
	run_world(&world, ends, 8, 2, false);
	assert_int_equal(world.states[0], HD_TRIAL_COMPLETED);
	assert_int_equal(world.place.launches[0], 3);
	assert_int_equal(world.states[1], HD_TRIAL_FAILED);
	assert_int_equal(world.ends[1], HD_END_LOST);
	assert_int_equal(world.place.launches[1], 3);
	assert_string_equal(world.texts[1], "node n3 is down");
}

static void a_place_that_takes_its_time_back_ends_who_has_no_checkpoint(void **state)
{
	static const struct end ends[TRIALS][ENDS] = {
		{ { .cause = HD_CAUSE_TIME, .known = true, .error = "time limit" } },
		{ { .cause = HD_CAUSE_TIME, .known = true, .leaves_checkpoint = true } },
	};
	struct world world;

	(void)state;
	run_world(&world, ends, 8, 2, false);
	assert_int_equal(world.states[0], HD_TRIAL_FAILED);
	assert_int_equal(world.ends[0], HD_END_TIMEOUT);
	assert_string_equal(world.texts[0], "time limit");
	assert_int_equal(world.place.launches[0], 1);
	assert_int_equal(world.states[1], HD_TRIAL_COMPLETED);
	assert_int_equal(world.place.launches[1], 2);
}

static void what_somebody_else_cancelled_stays_so(void **state)
{
	static const struct end ends[TRIALS][ENDS] = {
		{ { .cause = HD_CAUSE_CANCELED, .error = "cancelled by uid 0" } },
	};
	struct world world;

	(void)state;
	run_world(&world, ends, 8, 1, false);
	assert_int_equal(world.states[0], HD_TRIAL_CANCELED);
	assert_string_equal(world.texts[0], "cancelled by uid 0");
	assert_int_equal(world.place.launches[0], 1);
}

static void no_more_run_than_the_place_has_room_for(void **state)
{
	static const struct end ends[TRIALS][ENDS];
	struct world world;

	(void)state;
	run_world(&world, ends, 2, TRIALS, false);
	assert_int_equal(world.summary.counts[HD_TRIAL_COMPLETED], TRIALS);
	assert_int_equal(world.place.busiest, 2);
}

static void elsewhere_nothing_of_this_environment_is_seen(void **state)
{
	static const struct end ends[TRIALS][ENDS];
	struct world world;

	(void)state;
	run_world(&world, ends, 2, 1, true);
	assert_true(world.place.saw_own);
	assert_false(world.place.saw_secret);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(preempted_trials_begin_again_as_often_as_it_takes),
		cmocka_unit_test(failed_nodes_are_tried_around_three_times),
		cmocka_unit_test(a_place_that_takes_its_time_back_ends_who_has_no_checkpoint),
		cmocka_unit_test(what_somebody_else_cancelled_stays_so),
		cmocka_unit_test(no_more_run_than_the_place_has_room_for),
		cmocka_unit_test(elsewhere_nothing_of_this_environment_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
