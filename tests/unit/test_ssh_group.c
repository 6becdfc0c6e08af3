/*
 * Tests of engine/ssh/group.c: trials of two ranks on two hosts each, with real
 * launchers, on hosts that are folders here (sshbox.h).
 */
#include "sshbox.h"

#define WAITS "trap 'echo TERM $RANK; exit 3' TERM; echo ready; " \
	      "while :; do sleep 0.05; done"
#define BOTH_ARE_READY                                  \
	(box_holds(box_folder(1), "stdout", "ready") && \
	 box_holds(folder_path(box_folder(1), "node-1"), "rank-1.log", "ready"))

static int group_setup(void **state)
{
	int rc = box_setup(state);

	box->nodes = 2;
	box->hosts[1] = "h2 slots=1";
	return rc;
}

static bool is_there(const char *name)
{
	return access(folder_path(box->root, name), F_OK) == 0;
}

static void a_trial_is_two_attempts_and_one_to_the_engine(void **state)
{
	const struct hd_exit *exit;

	(void)state;
	box_open(true);
	exit = box_run(1, "echo $RANK of $WORLD_SIZE on $NODE_RANK; echo $RANK >outputs/o; "
			  "echo m $RANK >>$HDRIVE_METRICS; case $RANK in 1) sleep 0.3;; esac");
	assert_true(exit->known);
	assert_int_equal(exit->code, 0);
	assert_int_equal(exit->cause, HD_CAUSE_NONE);
	assert_int_equal(box->seen[1].started, 1);
	assert_folder_holds(box_folder(1), "stdout", "0 of 2 on 0\n");
	assert_folder_holds(box_folder(1), "metrics", "m 0\n");
	/* The other's output is where it is when all ranks are on one machine. */
	assert_folder_holds(box_folder(1), "rank-1.log", "1 of 2 on 1\n");
	assert_folder_holds(box_folder(1), "work/outputs/o", "0\n");
	assert_folder_holds(box_folder(1), "node-1/work/outputs/o", "1\n");
	BOX_UNTIL(!is_there("h1/.hdrive-trials/HD_1/000001.1") &&
		  !is_there("h2/.hdrive-trials/HD_1/000001.1.node-1"));
	assert_string_equal(box->notes, "");
}

static void the_rank_that_fails_is_the_trials_end(void **state)
{
	const struct hd_exit *exit = &box->seen[1].exit;
	char script[FOLDER_PATH + 128];

	(void)state;
	box_open(true);
	snprintf(
		script, sizeof script,
		"case $RANK in 1) until [ -e '%s/go' ]; do sleep 0.05; done; exit 7;; esac; " WAITS,
		box->root);
	box_launch(1, script);
	BOX_UNTIL(box_holds(box_folder(1), "stdout", "ready"));
	folder_write(box->root, "go", "", 0666);
	BOX_UNTIL(box->seen[1].ended);
	assert_true(exit->known);
	assert_int_equal(exit->code, 7);
	assert_int_equal(exit->cause, HD_CAUSE_NONE);
	assert_false(exit->killed_by_us);
	assert_true(box_holds(box_folder(1), "stderr", "rank 1 on "));
	assert_true(box_holds(box_folder(1), "stdout", "TERM 0"));
}

static void a_stop_reaches_the_ranks_of_all_hosts(void **state)
{
	(void)state;
	box_open(true);
	box_launch(1, WAITS);
	BOX_UNTIL(BOTH_ARE_READY);
	box->type->stop(box->state, 1, false);
	BOX_UNTIL(box->seen[1].ended);
	assert_true(box->seen[1].exit.killed_by_us);
	assert_true(box_holds(box_folder(1), "stdout", "TERM 0"));
	assert_true(box_holds(box_folder(1), "rank-1.log", "TERM 1"));
}

static void a_host_that_is_lost_is_the_trials_machine_that_failed(void **state)
{
	struct hd_error err;

	(void)state;
	box->hosts[2] = "h3 slots=1";
	box->settings.lease = 2;
	box_open(true);
	BOX_UNTIL(box->type->capacity(box->state) == 2);
	box_launch(1, WAITS);
	BOX_UNTIL(BOTH_ARE_READY);
	folder_write(box->root, "h2.down", "ssh: h2 is off\n", 0666);
	box_cut("h2");
	BOX_UNTIL(box->seen[1].ended);
	assert_int_equal(box->seen[1].exit.cause, HD_CAUSE_NODE);
	assert_string_equal(box->seen[1].error, "host 'h2' was not heard of for 2 s");
	assert_false(box->seen[1].exit.killed_by_us);
	/* It goes on with the third. */
	BOX_UNTIL(box->type->capacity(box->state) == 1);
	assert_int_equal(box_launch_attempt(1, 2, "echo second", &err), 0);
	BOX_UNTIL(box->seen[1].ended == 2);
	assert_int_equal(box->seen[1].exit.code, 0);
	assert_folder_holds(box_folder(1), "rank-1.log", "second\n");
	assert_true(box_holds(folder_path(box_folder(1), "attempts/1"), "rank-1.log", "ready"));
}

static void a_leader_that_is_lost_takes_the_others_along(void **state)
{
	(void)state;
	box->settings.lease = 2;
	box_open(true);
	box_launch(1, WAITS);
	BOX_UNTIL(BOTH_ARE_READY);
	folder_write(box->root, "h1.down", "ssh: h1 is off\n", 0666);
	box_cut("h1");
	BOX_UNTIL(box->seen[1].ended);
	assert_int_equal(box->seen[1].exit.cause, HD_CAUSE_NODE);
	BOX_UNTIL(!is_there("h2/.hdrive-trials/HD_1/000001.1.node-1"));
	unlink(folder_path(box->root, "h1.down"));
	BOX_UNTIL(!is_there("h1/.hdrive-trials/HD_1/000001.1"));
}

static void all_hosts_of_a_trial_are_taken_over(void **state)
{
	struct hd_error err;

	(void)state;
	box_open(true);
	box_launch(1, "echo ready; while [ ! -e go ]; do sleep 0.05; done; exit $RANK");
	BOX_UNTIL(BOTH_ARE_READY);
	box->type->release(box->state, 1);
	box->seen[1].is_live = false;
	box->running--;
	box_close();
	box_open(true);
	assert_int_equal(box_adopt(1, 1, &err), 0);
	BOX_UNTIL(box->seen[1].started == 2);
	folder_write(box->root, "h1/.hdrive-trials/HD_1/000001.1/work/go", "", 0666);
	folder_write(box->root, "h2/.hdrive-trials/HD_1/000001.1.node-1/work/go", "", 0666);
	BOX_UNTIL(box->seen[1].ended);
	assert_int_equal(box->seen[1].exit.code, 1);
	assert_folder_holds(box_folder(1), "stdout", "ready\n");
	assert_folder_holds(box_folder(1), "rank-1.log", "ready\n");
}

static void no_host_has_two_of_a_trial(void **state)
{
	struct hd_error err;

	(void)state;
	box->hosts[0] = "h1 slots=9";
	box->hosts[2] = "h3 slots=1";
	box_open(true);
	BOX_UNTIL(box->type->capacity(box->state) == 2);
	box_launch(1, WAITS);
	box_launch(2, WAITS);
	assert_int_equal(box->type->capacity(box->state), 2);
	assert_int_equal(box_launch_attempt(3, 1, WAITS, &err), HD_EBUSY);
	for (size_t i = 1; i <= 2; i++)
		box->type->stop(box->state, i, true);
	BOX_UNTIL(!box->running);
}

static void more_nodes_than_hosts_are_refused(void **state)
{
	const struct hd_stage stage = { .name = "sweep",
					.folder = box->sweep,
					.tree = box->tree,
					.id = "HD_1",
					.nodes = 3,
					.processes = 1 };
	struct hd_error err;

	(void)state;
	box_open(false);
	assert_int_equal(box->type->stage(box->state, &stage, &err), HD_EINVAL);
	assert_string_equal(err.text, "a trial wants 3 nodes, the target has 2 hosts");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, group_setup, box_teardown)
		TEST(a_trial_is_two_attempts_and_one_to_the_engine),
		TEST(the_rank_that_fails_is_the_trials_end),
		TEST(a_stop_reaches_the_ranks_of_all_hosts),
		TEST(a_host_that_is_lost_is_the_trials_machine_that_failed),
		TEST(a_leader_that_is_lost_takes_the_others_along),
		TEST(all_hosts_of_a_trial_are_taken_over),
		TEST(no_host_has_two_of_a_trial),
		TEST(more_nodes_than_hosts_are_refused),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
