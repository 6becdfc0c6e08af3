/*
 * Tests of the Slurm backend: what became of attempts that did not end by
 * themselves (BACKENDS 7.5), and of those that an earlier engine left (7.6).
 */
#include "slurmstage.h"

#include "dispatch/ticket.h"
#include "slurm/job.h"

#include <hdrive/backend.h>

#include <signal.h>

static int setup(void **state)
{
	return slurm_stage_open(state, TEST_BUILD "/hdrive-launch",
				TEST_ROOT "/tests/support/fakeslurm.sh");
}

/* The job of a test is the first one. */
#define JOB "101"

/* Signal its launcher, as the scheduler does. */
static void job_signal(const struct slurm_stage *slurm, int number)
{
	char text[32];

	assert_true(folder_read(slurm->fake, JOB ".pid", text, sizeof text) > 0);
	assert_int_equal(kill((pid_t)atoi(text), number), 0);
}

static bool is_ready(const struct slurm_stage *slurm)
{
	return has_printed(&slurm->stage, 1, "ready");
}

/* Run SCRIPT until it has printed "ready". */
static void begin(struct slurm_stage *slurm, const char *script)
{
	must_launch(&slurm->stage, 1, 2, script);
	slurm_until(slurm, is_ready);
}

/* ... and then have Slurm end it in STATE, with SIGNAL to its launcher. */
static const struct hd_exit *end_as(struct slurm_stage *slurm, const char *state, int number)
{
	begin(slurm, "echo ready; exec sleep 1000");
	slurm_tell(slurm, JOB ".end", state);
	job_signal(slurm, number);
	run(&slurm->stage);
	return &slurm->stage.seen[1].exit;
}

static void one_that_was_preempted_gets_another_attempt(void **state)
{
	struct slurm_stage *slurm = *state;
	const struct hd_exit *end;

	slurm->settings.requeue_delay = 17;
	end = end_as(slurm, "PREEMPTED", SIGTERM);
	assert_int_equal(end->cause, HD_CAUSE_PREEMPTED);
	assert_float_equal(end->delay, 17, 0);
	assert_true(end->known);
	assert_false(end->killed_by_us);
	assert_string_equal(slurm->stage.seen[1].error,
			    "its place was given to another job on n1");
}

static void one_over_its_time_says_so(void **state)
{
	struct slurm_stage *slurm = *state;
	const struct hd_exit *end;

	slurm->settings.time = "1:00:00";
	end = end_as(slurm, "TIMEOUT", SIGTERM);
	assert_int_equal(end->cause, HD_CAUSE_TIME);
	assert_string_equal(slurm->stage.seen[1].error,
			    "it used up the time limit of its job (1:00:00)");
}

static void one_that_somebody_cancelled_says_so(void **state)
{
	struct slurm_stage *slurm = *state;
	const struct hd_exit *end = end_as(slurm, "CANCELLED", SIGTERM);

	assert_int_equal(end->cause, HD_CAUSE_CANCELED);
	assert_string_equal(slurm->stage.seen[1].error, "somebody cancelled its job 101");
}

static void one_that_was_told_to_stop_and_nobody_says_why_goes_on(void **state)
{
	struct slurm_stage *slurm = *state;
	const struct hd_exit *end = end_as(slurm, "COMPLETED", SIGTERM);

	assert_int_equal(end->cause, HD_CAUSE_PREEMPTED);
}

static void one_that_ended_in_its_own_way_keeps_its_exit(void **state)
{
	struct slurm_stage *slurm = *state;
	const struct hd_exit *end;

	begin(slurm, "echo ready; sleep 0.2; kill -KILL $$");
	run(&slurm->stage);
	end = &slurm->stage.seen[1].exit;
	assert_int_equal(end->cause, HD_CAUSE_NONE);
	assert_int_equal(end->signal, SIGKILL);
	assert_true(end->known);
}

static void a_node_that_failed_is_avoided(void **state)
{
	struct slurm_stage *slurm = *state;
	struct stage *stage = &slurm->stage;
	const struct hd_exit *end = end_as(slurm, "NODE_FAIL", SIGTERM);

	assert_int_equal(end->cause, HD_CAUSE_NODE);
	assert_string_equal(stage->seen[1].error, "its node n1 failed");
	memset(stage->seen, 0, sizeof stage->seen);
	stage->attempt = 2;
	must_launch(stage, 1, 2, "exit 0");
	run(stage);
	assert_true(slurm_says(slurm, "calls", "--exclude=n1"));
	assert_int_equal(stage->seen[1].exit.code, 0);
}

static void one_without_memory_says_so(void **state)
{
	struct slurm_stage *slurm = *state;
	const struct hd_exit *end;

	begin(slurm, "echo ready; exec sleep 1000");
	slurm_tell(slurm, JOB ".end", "FAILED");
	/* As slurmstepd writes it. */
	folder_write(folder_path(slurm->stage.folder, ".slurm"), "hd." SLURM_TAG ".1.1.log",
		     "slurmstepd: error: Job 101 exceeded memory limit (9 > 8), being killed\n",
		     0644);
	job_signal(slurm, SIGTERM);
	run(&slurm->stage);
	end = &slurm->stage.seen[1].exit;
	assert_true(end->out_of_memory);
	assert_int_equal(end->cause, HD_CAUSE_NONE);
	/* What Slurm wrote lies with the trial. */
	assert_int_equal(access(folder_path(trial_folder(&slurm->stage, 1), "slurm.log"), F_OK), 0);
}

static void one_whose_setup_fails_could_not_be_started(void **state)
{
	static const char *const lines[] = { "echo no such module >&2; exit 1", NULL };
	struct slurm_stage *slurm = *state;
	const struct hd_exit *end;

	slurm->settings.setup = lines;
	end = run_one(&slurm->stage, "exit 0");
	assert_int_equal(end->cause, HD_CAUSE_START);
	assert_false(end->known);
	assert_string_equal(slurm->stage.seen[1].error,
			    "its job could not be started on n1: no such module");
}

static bool was_shown(const struct slurm_stage *slurm)
{
	return slurm_calls(slurm, "squeue") > 0;
}

static bool was_cancelled(const struct slurm_stage *slurm)
{
	return slurm_calls(slurm, "scancel " JOB) > 0;
}

static void one_that_is_held_for_ever_is_cancelled(void **state)
{
	struct slurm_stage *slurm = *state;

	slurm_tell(slurm, "hold", "");
	must_launch(&slurm->stage, 1, 2, "exit 0");
	slurm_until(slurm, was_shown);
	slurm_tell(slurm, JOB ".shown",
		   JOB "|PENDING|launch failed requeued held||1:00:00|hd." SLURM_TAG ".1.1\n");
	run(&slurm->stage);
	assert_int_equal(slurm->stage.seen[1].exit.cause, HD_CAUSE_START);
	slurm_until(slurm, was_cancelled);
	slurm_untell(slurm, JOB ".shown");
}

/* slurmd cancels what it cannot start while the controller is away. */
static void one_that_was_cancelled_as_the_controller_died_is_started_anew(void **state)
{
	struct slurm_stage *slurm = *state;

	slurm_tell(slurm, "hold", "");
	slurm_tell(slurm, "boot", "2026-01-01T00:00:00");
	must_launch(&slurm->stage, 1, 2, "exit 0");
	slurm_until(slurm, was_shown);
	slurm_tell(slurm, "boot", "2026-01-01T00:00:09");
	slurm_tell(slurm, JOB ".state", "CANCELLED");
	run(&slurm->stage);
	assert_int_equal(slurm->stage.seen[1].exit.cause, HD_CAUSE_START);
}

static void one_that_was_cancelled_as_it_waited_is_cancelled(void **state)
{
	struct slurm_stage *slurm = *state;

	slurm_tell(slurm, "hold", "");
	slurm_tell(slurm, "boot", "2026-01-01T00:00:00");
	must_launch(&slurm->stage, 1, 2, "exit 0");
	slurm_until(slurm, was_shown);
	slurm_tell(slurm, JOB ".state", "CANCELLED");
	run(&slurm->stage);
	assert_int_equal(slurm->stage.seen[1].exit.cause, HD_CAUSE_CANCELED);
	assert_int_equal(slurm_calls(slurm, "sbatch"), 1);
}

/* --- stopping ---------------------------------------------------------------- */

static void one_that_waits_is_taken_out_of_the_queue(void **state)
{
	struct slurm_stage *slurm = *state;
	struct stage *stage = &slurm->stage;

	slurm_tell(slurm, "hold", "");
	must_launch(stage, 1, 2, "echo ran >>../runs");
	slurm_until(slurm, was_shown);
	stage->type->stop(stage->state, 1, false);
	run(stage);
	assert_true(stage->seen[1].exit.killed_by_us);
	assert_int_equal(stage->seen[1].started, 0);
	assert_true(slurm_says(slurm, JOB ".state", "CANCELLED"));
	assert_int_equal(access(folder_path(trial_folder(stage, 1), "runs"), F_OK), -1);
	assert_int_equal(access(folder_path(trial_folder(stage, 1), "order-1"), F_OK), -1);
}

static void one_that_runs_gets_term_and_its_grace(void **state)
{
	struct slurm_stage *slurm = *state;
	struct stage *stage = &slurm->stage;

	begin(slurm, "trap 'sleep 0.3; exit 5' TERM; echo ready; while :; do sleep 0.05; done");
	stage->type->stop(stage->state, 1, false);
	run(stage);
	assert_int_equal(stage->seen[1].exit.code, 5);
	assert_true(stage->seen[1].exit.killed_by_us);
	assert_int_equal(stage->seen[1].exit.cause, HD_CAUSE_NONE);
	assert_int_equal(slurm_calls(slurm, "scancel --batch --signal=TERM " JOB), 1);
}

static void one_that_is_to_end_now_is_killed(void **state)
{
	struct slurm_stage *slurm = *state;
	struct stage *stage = &slurm->stage;

	begin(slurm, "trap '' TERM; echo ready; while :; do sleep 0.05; done");
	stage->type->stop(stage->state, 1, true);
	run(stage);
	assert_int_equal(stage->seen[1].exit.signal, SIGKILL);
	assert_true(stage->seen[1].exit.killed_by_us);
}

static void one_whose_scheduler_is_silent_hears_by_a_file(void **state)
{
	struct slurm_stage *slurm = *state;
	struct stage *stage = &slurm->stage;

	begin(slurm, "echo ready; exec sleep 1000");
	slurm_tell(slurm, "silent", "");
	stage->type->stop(stage->state, 1, false);
	run(stage);
	assert_int_equal(stage->seen[1].exit.signal, SIGTERM);
	assert_true(stage->seen[1].exit.killed_by_us);
	slurm_untell(slurm, "silent");
}

static void one_that_was_not_submitted_yet_ends_at_once(void **state)
{
	struct slurm_stage *slurm = *state;
	struct stage *stage = &slurm->stage;

	must_launch(stage, 1, 2, "exit 0");
	stage->type->stop(stage->state, 1, false);
	run(stage);
	assert_true(stage->seen[1].exit.killed_by_us);
	assert_int_equal(slurm_calls(slurm, "sbatch"), 0);
}

/* --- an earlier engine's -------------------------------------------------------- */

static int adopt(struct slurm_stage *slurm, size_t trial)
{
	struct stage *stage = &slurm->stage;
	const struct hd_launch launch = {
		.trial = trial, .attempt = 1, .folder = trial_folder(stage, trial), .grace = 2
	};
	int rc = stage->type->adopt(stage->state, &launch, NULL);

	stage->running += rc == 0;
	return rc;
}

/* The engine is gone, and another one comes. */
static void engine_change(struct slurm_stage *slurm)
{
	struct stage *stage = &slurm->stage;

	for (size_t i = 0; i < TRIALS; i++)
		stage->type->release(stage->state, i);
	stage->running = 0;
	uv_timer_stop(&stage->alarm);
	slurm_close(slurm);
	memset(stage->seen, 0, sizeof stage->seen);
	slurm_open(slurm);
	slurm_begin(slurm);
}

static void a_job_that_runs_is_taken_over(void **state)
{
	struct slurm_stage *slurm = *state;

	begin(slurm, "echo ready; sleep 1; exit 6");
	engine_change(slurm);
	assert_int_equal(adopt(slurm, 1), 0);
	assert_int_equal(slurm->stage.seen[1].started, 1);
	run(&slurm->stage);
	assert_int_equal(slurm->stage.seen[1].exit.code, 6);
	assert_int_equal(slurm_calls(slurm, "scancel"), 0);
	assert_int_equal(slurm_calls(slurm, "sbatch"), 1);
}

static void one_that_is_stopped_as_it_is_taken_over_hears_of_it(void **state)
{
	struct slurm_stage *slurm = *state;
	struct stage *stage = &slurm->stage;

	begin(slurm, "echo ready; exec sleep 1000");
	slurm->unstaged = true;
	engine_change(slurm);
	assert_int_equal(adopt(slurm, 1), 0);
	/* Before the queue has shown which job it is. */
	stage->type->stop(stage->state, 1, false);
	run(stage);
	assert_true(stage->seen[1].exit.killed_by_us);
	assert_int_equal(stage->seen[1].exit.signal, SIGTERM);
	assert_int_equal(slurm_calls(slurm, "scancel"), 1);
}

static void a_job_that_waits_is_taken_over(void **state)
{
	struct slurm_stage *slurm = *state;

	slurm_tell(slurm, "hold", "");
	must_launch(&slurm->stage, 1, 2, "exit 6");
	slurm_until(slurm, was_shown);
	engine_change(slurm);
	assert_int_equal(adopt(slurm, 1), 0);
	assert_int_equal(slurm->stage.seen[1].started, 0);
	slurm->stage.type->stop(slurm->stage.state, 1, false);
	run(&slurm->stage);
	assert_int_equal(slurm_calls(slurm, "scancel " JOB), 1);
}

static void one_without_an_intent_was_never_started(void **state)
{
	struct slurm_stage *slurm = *state;
	struct stage *stage = &slurm->stage;
	struct hd_ticket_print print = { 0 };

	mkdir(trial_folder(stage, 1), 0777);
	assert_int_equal(hd_ticket_make(trial_folder(stage, 1), 1, true, &print), 0);
	assert_int_equal(adopt(slurm, 1), HD_ENOENT);
	/* No job may begin it any more. */
	assert_int_equal(hd_ticket_withdraw(trial_folder(stage, 1), 1), ENOENT);
}

static void an_intent_whose_job_is_nowhere_is_started_anew(void **state)
{
	struct slurm_stage *slurm = *state;
	struct stage *stage = &slurm->stage;
	struct hd_ticket_print print = { 0 };
	struct hd_slurm_job job;

	mkdir(trial_folder(stage, 1), 0777);
	assert_int_equal(hd_ticket_make(trial_folder(stage, 1), 1, true, &print), 0);
	hd_slurm_job_single(&job, SLURM_TAG, 1, 1);
	job.submitted = 1; /* long ago */
	assert_int_equal(hd_slurm_intent_write(trial_folder(stage, 1), 1, &job), 0);
	assert_int_equal(adopt(slurm, 1), 0);
	run(stage);
	assert_int_equal(stage->seen[1].exit.cause, HD_CAUSE_START);
	assert_false(stage->seen[1].exit.known);
}

static void the_accounts_know_a_job_that_the_queue_has_forgotten(void **state)
{
	struct slurm_stage *slurm = *state;
	struct stage *stage = &slurm->stage;
	struct hd_slurm_job job;

	slurm_tell(slurm, "accounts", "7|NODE_FAIL|n9|1:00:00|hd." SLURM_TAG ".1.1\n"
				      "8|RUNNING|n8|1:00:00|hd." SLURM_TAG ".2.1\n");
	engine_change(slurm);
	mkdir(trial_folder(stage, 1), 0777);
	/* Claimed, and nothing more is known. */
	folder_write(trial_folder(stage, 1), "owner-1", "", 0644);
	hd_slurm_job_single(&job, SLURM_TAG, 1, 1);
	assert_int_equal(hd_slurm_intent_write(trial_folder(stage, 1), 1, &job), 0);
	assert_int_equal(adopt(slurm, 1), 0);
	run(stage);
	assert_int_equal(stage->seen[1].exit.cause, HD_CAUSE_NODE);
	assert_string_equal(stage->seen[1].error, "its node n9 failed");
}

static void jobs_that_nobody_wants_are_cancelled_at_the_end(void **state)
{
	struct slurm_stage *slurm = *state;

	slurm_tell(slurm, "900.name", "hd." SLURM_TAG ".9.1");
	slurm_tell(slurm, "900.state", "PENDING");
	/* Another sweep's. */
	slurm_tell(slurm, "901.name", "hd.ba9876543210.9.1");
	slurm_tell(slurm, "901.state", "PENDING");
	run_one(&slurm->stage, "exit 0");
	slurm_close(slurm);
	assert_true(slurm_says(slurm, "900.state", "CANCELLED"));
	assert_true(slurm_says(slurm, "901.state", "PENDING"));
}

int main(void)
{
#define SLURM_TEST(name) cmocka_unit_test_setup_teardown(name, setup, slurm_teardown)
	const struct CMUnitTest tests[] = {
		SLURM_TEST(one_that_was_preempted_gets_another_attempt),
		SLURM_TEST(one_over_its_time_says_so),
		SLURM_TEST(one_that_somebody_cancelled_says_so),
		SLURM_TEST(one_that_was_told_to_stop_and_nobody_says_why_goes_on),
		SLURM_TEST(one_that_ended_in_its_own_way_keeps_its_exit),
		SLURM_TEST(a_node_that_failed_is_avoided),
		SLURM_TEST(one_without_memory_says_so),
		SLURM_TEST(one_whose_setup_fails_could_not_be_started),
		SLURM_TEST(one_that_is_held_for_ever_is_cancelled),
		SLURM_TEST(one_that_was_cancelled_as_the_controller_died_is_started_anew),
		SLURM_TEST(one_that_was_cancelled_as_it_waited_is_cancelled),
		SLURM_TEST(one_that_waits_is_taken_out_of_the_queue),
		SLURM_TEST(one_that_runs_gets_term_and_its_grace),
		SLURM_TEST(one_that_is_to_end_now_is_killed),
		SLURM_TEST(one_whose_scheduler_is_silent_hears_by_a_file),
		SLURM_TEST(one_that_was_not_submitted_yet_ends_at_once),
		SLURM_TEST(a_job_that_runs_is_taken_over),
		SLURM_TEST(one_that_is_stopped_as_it_is_taken_over_hears_of_it),
		SLURM_TEST(a_job_that_waits_is_taken_over),
		SLURM_TEST(one_without_an_intent_was_never_started),
		SLURM_TEST(an_intent_whose_job_is_nowhere_is_started_anew),
		SLURM_TEST(the_accounts_know_a_job_that_the_queue_has_forgotten),
		SLURM_TEST(jobs_that_nobody_wants_are_cancelled_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
