/* Tests of engine/study/promote.c: trials of a study that are paused and go on. */
#include "ladder.h"
#include "storebox.h"

#include <hdrive/study.h>
#include <hdrive/sweep.h>

struct box {
	struct hd_space *space;
	struct hd_study *study;
	struct hd_error err;
};

static void open_by(struct box *box, const struct hd_policy_type *policy,
		    bool promotes)
{
	struct hd_expr expr = hd_expr_uniform(0, 1);
	struct hd_study_options options = {
		.size = sizeof options,
		.sampler = hd_sampler_type_find("random"),
		.goal = HD_MINIMIZE,
		.seed = 3,
		.policy = policy,
		.promotes = promotes,
	};

	*box = (struct box){ .space = hd_space_new() };
	options.space = box->space;
	assert_int_equal(hd_space_add(box->space, "x", &expr, NULL, NULL), 0);
	assert_int_equal(hd_study_new(&box->study, &options, &box->err), 0);
}

static void let_go(struct box *box)
{
	hd_study_free(box->study);
	hd_space_free(box->space);
}

static const struct hd_trial *trial(const struct box *box, size_t number)
{
	return hd_history_trial(hd_study_history(box->study), number);
}

static size_t ask(struct box *box, const char *client)
{
	const struct hd_value *values;
	size_t number;
	int rc = hd_study_ask(box->study, client, &number, &values, &box->err);

	if (rc != 0)
		fail_msg("ask: %s: %s", hd_code_name(rc), box->err.text);
	assert_memory_equal(values, hd_trial_values(trial(box, number)),
			    sizeof *values);
	return number;
}

/* One more value of NUMBER, the lower the number the better; its rung? */
static int report(struct box *box, size_t number, struct hd_reason *why)
{
	double at = (double)hd_study_intervals(box->study, number) + 1;

	return hd_study_report(box->study, number, NULL,
			       (double)number + 1 / at, why, &box->err);
}

/* On to its next rung, where it is paused. */
static void climb(struct box *box, size_t number)
{
	struct hd_reason why;

	while (report(box, number, &why) == 0)
		;
	assert_true(why.pauses);
	assert_int_equal(hd_study_end(box->study, number, NULL,
				      HD_TRIAL_CANCELED, NULL, &box->err),
			 0);
	assert_int_equal(hd_trial_state(trial(box, number)), HD_TRIAL_CANCELED);
	assert_int_equal(hd_trial_end(trial(box, number)), HD_END_PAUSED);
}

static void paused_trials_go_on_where_they_were(void **state)
{
	struct hd_reason why;
	struct box box;

	(void)state;
	open_by(&box, &ladder, true);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(ask(&box, NULL), i);
		climb(&box, i);
	}
	/* The better of two goes on to rung 2. */
	assert_int_equal(ask(&box, NULL), 0);
	assert_int_equal(hd_study_intervals(box.study, 0), 1);
	assert_int_equal(hd_trial_state(trial(&box, 0)), HD_TRIAL_RUNNING);
	assert_int_equal(hd_trial_end(trial(&box, 0)), HD_END_NONE);
	climb(&box, 0);
	assert_int_equal(hd_study_intervals(box.study, 0), 2);
	/* Alone there it waits for others. */
	assert_int_equal(ask(&box, NULL), 2);
	climb(&box, 2);
	assert_int_equal(ask(&box, NULL), 3);
	climb(&box, 3);
	assert_int_equal(ask(&box, NULL), 1);
	climb(&box, 1);
	/* The highest rung first, and the last one is left as others are. */
	assert_int_equal(ask(&box, NULL), 0);
	climb(&box, 0);
	assert_int_equal(hd_study_intervals(box.study, 0), 4);
	assert_int_equal(ask(&box, NULL), 4);
	assert_int_equal(report(&box, 4, &why), HD_STOP);
	let_go(&box);
}

static void without_promotes_a_pause_is_a_stop(void **state)
{
	struct hd_reason why;
	struct box box;

	(void)state;
	open_by(&box, &ladder, false);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(ask(&box, NULL), i);
		assert_int_equal(report(&box, i, &why), HD_STOP);
		assert_false(why.pauses);
		assert_int_equal(hd_study_tell(box.study, i, NULL, 1, NULL), 0);
		assert_int_equal(hd_trial_end(trial(&box, i)), HD_END_POLICY);
	}
	let_go(&box);
}

static void one_that_fails_while_it_is_paused_is_stopped_for_good(void **state)
{
	struct hd_reason why;
	struct box box;

	(void)state;
	open_by(&box, &ladder, true);
	ask(&box, NULL);
	assert_int_equal(report(&box, 0, &why), HD_STOP);
	/* Said again, as the trial goes on: still a pause. */
	assert_int_equal(report(&box, 0, &why), HD_STOP);
	assert_true(why.pauses);
	assert_non_null(strstr(why.text, "rung 1 reached"));
	assert_int_equal(hd_study_tell(box.study, 0, NULL, NAN, NULL), 0);
	assert_int_equal(hd_trial_state(trial(&box, 0)), HD_TRIAL_CANCELED);
	assert_int_equal(hd_trial_end(trial(&box, 0)), HD_END_POLICY);
	assert_int_equal(ask(&box, NULL), 1);
	climb(&box, 1);
	assert_int_equal(ask(&box, NULL), 2);
	let_go(&box);
}

static void one_that_goes_on_is_whose_asked_for_it(void **state)
{
	struct box box;

	(void)state;
	open_by(&box, &ladder, true);
	assert_int_equal(ask(&box, "a"), 0);
	climb(&box, 0);
	assert_int_equal(ask(&box, "a"), 1);
	climb(&box, 1);
	assert_int_equal(ask(&box, "b"), 0);
	assert_int_equal(ask(&box, "b"), 0);
	assert_int_equal(hd_study_report(box.study, 0, "a", 0, NULL, &box.err),
			 HD_ESTATE);
	assert_int_equal(ask(&box, "a"), 2);
	let_go(&box);
}

static void points_of_people_come_before_promotions(void **state)
{
	struct box box;

	(void)state;
	open_by(&box, &ladder, true);
	for (size_t i = 0; i < 2; i++) {
		ask(&box, NULL);
		climb(&box, i);
	}
	assert_int_equal(hd_study_enqueue(box.study, "{\"x\": 0.5}", NULL), 0);
	assert_int_equal(ask(&box, NULL), 2);
	assert_int_equal(ask(&box, NULL), 0);
	let_go(&box);
}

static const struct hd_trial *promote_first(const void *state,
					    const struct hd_history *history,
					    struct hd_reason *why)
{
	(void)state;
	hd_reason_set(why, "the first is dear to me");
	return hd_history_count(history) ? hd_history_trial(history, 0) : NULL;
}

static void only_paused_trials_can_be_promoted(void **state)
{
	struct hd_policy_type wrong = ladder;
	const struct hd_value *values;
	size_t number;
	struct box box;

	(void)state;
	wrong.promote = promote_first;
	open_by(&box, &wrong, true);
	ask(&box, NULL);
	assert_int_equal(hd_study_ask(box.study, NULL, &number, &values, &box.err),
			 HD_EINVAL);
	assert_string_equal(box.err.text,
			    "policy 'ladder' promotes trial 0, which is not paused");
	climb(&box, 0);
	assert_int_equal(ask(&box, NULL), 0);
	let_go(&box);
}

/* --- kept in a store ------------------------------------------------------------ */

static const char file[] = "sampling:\n"
			   "  type: random\n"
			   "  parameter_space:\n"
			   "  - {name: x, expression: uniform, values: [0, 1]}\n"
			   "policy: {type: ladder}\n"
			   "primary_metric_name: loss\n"
			   "primary_metric_goal: minimize\n"
			   "max_concurrent_runs: 4\n"
			   "max_total_runs: 8\n";

struct kept {
	struct storebox store;
	struct hd_config *config;
	struct box box;
	int64_t key;
};

static const struct hd_policy_type *const policies[] = { &ladder };
static const struct hd_plugins plugins = { .policies = policies,
					   .policy_count = 1 };

static void open_kept(struct kept *kept, bool promotes)
{
	const struct hd_config_load load = { .size = sizeof load,
					     .plugins = &plugins };
	struct hd_findings *findings = hd_findings_new();
	struct hd_study_options options = { .size = sizeof options,
					    .seed = 3,
					    .promotes = promotes };

	memset(kept, 0, sizeof *kept);
	box_open(&kept->store);
	hd_store_set_plugins(kept->store.store, &plugins);
	ok(&kept->store, hd_config_parse(&kept->config, file, strlen(file), "t.yml",
					 &load, findings, &kept->store.err));
	hd_findings_free(findings);
	options.config = kept->config;
	ok(&kept->box, hd_study_create(&kept->box.study, kept->store.store, "night",
				       &options, &kept->box.err));
	kept->key = hd_study_key(kept->box.study);
}

/* Another process goes on with it. */
static void open_again(struct kept *kept)
{
	hd_study_free(kept->box.study);
	ok(&kept->box, hd_study_open(&kept->box.study, kept->store.store, kept->key,
				     &kept->box.err));
}

static void close_kept(struct kept *kept)
{
	hd_study_free(kept->box.study);
	hd_config_free(kept->config);
	box_close(&kept->store);
}

/* One client, until nothing is left to be asked for. */
static size_t work(struct kept *kept, bool by_others)
{
	const struct hd_value *values;
	struct hd_reason why;
	size_t number, asked = 0;
	int rc;

	for (;; asked++) {
		struct box *box = &kept->box;

		rc = hd_study_ask(box->study, "me", &number, &values, &box->err);
		if (rc == HD_EXHAUSTED || rc == HD_ESTATE)
			return asked;
		ok(box, rc);
		while ((rc = report(box, number, &why)) == 0 &&
		       hd_study_intervals(box->study, number) < 6)
			;
		ok(box, hd_study_end(box->study, number, "me", HD_TRIAL_COMPLETED,
				     NULL, &box->err));
		if (by_others)
			open_again(kept);
	}
}

static void on_difference(void *user, const struct hd_replay_difference *difference)
{
	(void)user;
	print_error("trial %zu, interval %zu: %s | %s\n", difference->trial,
		    difference->interval, difference->stored, difference->derived);
}

static void assert_replays(struct kept *kept, size_t promotions)
{
	struct hd_replay_summary summary;

	ok(&kept->box, hd_sweep_replay(kept->store.store, kept->key, on_difference,
				       NULL, &summary, &kept->box.err));
	assert_int_equal(summary.differences, 0);
	assert_int_equal(summary.promotions, promotions);
}

static int64_t count(struct kept *kept, const char *sql)
{
	int64_t answer;

	ok(&kept->box, hd_store_integer(kept->store.store, sql, &answer,
					&kept->box.err));
	return answer;
}

static void kept_trials_go_on_in_whatever_process(void **state)
{
	(void)state;
	for (int by_others = 0; by_others < 2; by_others++) {
		struct kept kept;

		open_kept(&kept, true);
		/* 8 begin, 4 go on from rung 1, 2 from rung 2, 1 to the end. */
		assert_int_equal(work(&kept, by_others), 8 + 4 + 2 + 1);
		assert_int_equal(count(&kept, "SELECT count(*) FROM trial"
					      " WHERE end_reason = 'paused'"),
				 7);
		assert_int_equal(count(&kept, "SELECT count(*) FROM trial WHERE"
					      " state = 'Completed' AND intervals = 6"),
				 1);
		assert_int_equal(count(&kept, "SELECT max(attempt) FROM trial"), 4);
		assert_int_equal(count(&kept, "SELECT count(*) FROM sweep"
					      " WHERE state = 'Completed'"),
				 1);
		assert_replays(&kept, 7);
		close_kept(&kept);
	}
}

static void a_kept_study_knows_whether_its_trials_go_on(void **state)
{
	struct kept kept;

	(void)state;
	open_kept(&kept, false);
	open_again(&kept);
	assert_int_equal(work(&kept, false), 8);
	assert_int_equal(count(&kept, "SELECT count(*) FROM trial"
				      " WHERE end_reason = 'policy'"),
			 8);
	assert_replays(&kept, 0);
	close_kept(&kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paused_trials_go_on_where_they_were),
		cmocka_unit_test(without_promotes_a_pause_is_a_stop),
		cmocka_unit_test(one_that_fails_while_it_is_paused_is_stopped_for_good),
		cmocka_unit_test(one_that_goes_on_is_whose_asked_for_it),
		cmocka_unit_test(points_of_people_come_before_promotions),
		cmocka_unit_test(only_paused_trials_can_be_promoted),
		cmocka_unit_test(kept_trials_go_on_in_whatever_process),
		cmocka_unit_test(a_kept_study_knows_whether_its_trials_go_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
