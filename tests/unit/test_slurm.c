/*
 * Tests of the Slurm backend (engine/slurm, engine/dispatch/backend_slurm.c) on a
 * little Slurm of shell scripts: submitting, and ends that are plain. What became
 * of an attempt that did not end by itself is test_slurm_ends.c's.
 */
#include "slurmstage.h"

#include <hdrive/backend.h>

static int setup(void **state)
{
	return slurm_stage_open(state, TEST_BUILD "/hdrive-launch",
				TEST_ROOT "/tests/support/fakeslurm.sh");
}

static bool was_refused(const struct slurm_stage *slurm)
{
	return access(folder_path(slurm->fake, "refused"), F_OK) == 0;
}

static bool was_submitted_twice(const struct slurm_stage *slurm)
{
	return slurm_calls(slurm, "sbatch") >= 2;
}

static bool was_submitted_thrice(const struct slurm_stage *slurm)
{
	return slurm_calls(slurm, "sbatch") >= 3;
}

static bool was_noted(const struct slurm_stage *slurm)
{
	return slurm->notes > 0;
}

static void a_trial_is_a_job_from_its_start_to_its_end(void **state)
{
	struct slurm_stage *slurm = *state;
	struct stage *stage = &slurm->stage;

	assert_int_equal(run_one(stage, "echo ready; exit 3")->code, 3);
	assert_true(stage->seen[1].exit.known);
	assert_int_equal(stage->seen[1].exit.cause, HD_CAUSE_NONE);
	assert_int_equal(stage->seen[1].started, 1);
	assert_int_equal(stage->seen[1].pid, 0); /* another machine's */
	assert_true(stage->seen[1].outputs > 0);
	assert_true(has_printed(stage, 1, "ready"));
	assert_int_equal(slurm_calls(slurm, "sbatch"), 1);
	/* Nothing of it is left in the way. */
	assert_int_equal(access(folder_path(trial_folder(stage, 1), "order-1"), F_OK), -1);
	assert_int_equal(access(folder_path(trial_folder(stage, 1), "slurm.log"), F_OK), -1);
}

static void sbatch_is_told_what_the_target_says(void **state)
{
	static const char *const extra[] = { "--nice=7", NULL };
	static const char *const lines[] = { "MARK=seen", "export MARK", NULL };
	struct slurm_stage *slurm = *state;

	slurm->settings.partition = "big";
	slurm->settings.time = "1:00:00";
	slurm->settings.gres = "gpu:2";
	slurm->settings.extra = extra;
	slurm->settings.setup = lines;
	run_one(&slurm->stage, "echo $MARK");
	assert_true(slurm_says(slurm, "calls", "--job-name=hd." SLURM_TAG ".1.1 "));
	assert_true(slurm_says(slurm, "calls", "--no-requeue "));
	assert_true(slurm_says(slurm, "calls", "--signal=B:TERM@5 "));
	assert_true(slurm_says(slurm, "calls", "--partition=big --time=1:00:00 --gres=gpu:2"
					       " --nice=7\n"));
	assert_true(has_printed(&slurm->stage, 1, "seen"));
}

static void no_secret_is_in_a_command_line_or_a_script(void **state)
{
	struct slurm_stage *slurm = *state;

	run_one(&slurm->stage, "echo " SLURM_SECRET);
	assert_true(has_printed(&slurm->stage, 1, SLURM_SECRET));
	assert_false(slurm_says(slurm, "calls", SLURM_SECRET));
	assert_false(slurm_says(slurm, "101.script", SLURM_SECRET));
}

static void the_interpreter_runs_under_its_usual_names(void **state)
{
	struct slurm_stage *slurm = *state;

	slurm_close(slurm);
	slurm->settings.interpreter = "/bin/echo";
	slurm_open(slurm);
	slurm_begin(slurm);
	/* The test's trials have a PATH of their own. */
	run_one(&slurm->stage, "cd ../../.slurm/bin && ./python one && ./python3 two");
	assert_true(has_printed(&slurm->stage, 1, "one\ntwo\n"));
	assert_true(slurm_says(slurm, "101.script", "/.slurm/bin:$PATH\nexport PATH\n"));
}

static void trials_of_one_moment_are_one_array(void **state)
{
	struct slurm_stage *slurm = *state;
	struct stage *stage = &slurm->stage;

	slurm->settings.array = 10;
	for (size_t i = 1; i <= 3; i++)
		must_launch(stage, i, 5, "echo $HDRIVE_DIR");
	run(stage);
	assert_int_equal(slurm_calls(slurm, "sbatch"), 1);
	assert_true(slurm_says(slurm, "calls", "--array=0-2"));
	for (size_t i = 1; i <= 3; i++) {
		assert_int_equal(stage->seen[i].exit.code, 0);
		assert_true(has_printed(stage, i, trial_folder(stage, i)));
	}
	/* One alone is none. */
	must_launch(stage, 4, 5, "exit 0");
	run(stage);
	assert_int_equal(slurm_calls(slurm, "sbatch"), 2);
	assert_true(slurm_says(slurm, "calls", "--job-name=hd." SLURM_TAG ".4.1"));
}

static void arrays_that_are_refused_are_jobs(void **state)
{
	struct slurm_stage *slurm = *state;
	struct stage *stage = &slurm->stage;

	slurm->settings.array = 10;
	slurm_tell(slurm, "refuse", "sbatch: error: Batch job submission failed: Invalid job"
				    " array specification\n");
	must_launch(stage, 1, 5, "exit 0");
	must_launch(stage, 2, 5, "exit 0");
	slurm_until(slurm, was_refused);
	slurm_untell(slurm, "refuse");
	run(stage);
	assert_int_equal(slurm_calls(slurm, "sbatch"), 3);
	assert_int_equal(stage->seen[1].exit.code, 0);
	assert_int_equal(stage->seen[2].exit.code, 0);
}

/* Toil 5459: sbatch fails, and has queued the job. */
static void a_job_that_was_queued_all_the_same_runs_once(void **state)
{
	struct slurm_stage *slurm = *state;

	slurm_tell(slurm, "toil", "sbatch: error: Batch job submission failed: Socket timed out"
				  " on send/recv operation\n");
	run_one(&slurm->stage, "echo x >>../runs; sleep 0.5");
	assert_int_equal(slurm->stage.seen[1].exit.code, 0);
	assert_int_equal(slurm_calls(slurm, "sbatch"), 1);
	assert_folder_holds(trial_folder(&slurm->stage, 1), "runs", "x\n");
}

static void one_that_was_not_queued_is_submitted_again(void **state)
{
	struct slurm_stage *slurm = *state;
	struct stage *stage = &slurm->stage;
	unsigned looks;

	slurm_tell(slurm, "refuse", "sbatch: error: Batch job submission failed: Zero Bytes were"
				    " transmitted or received\n");
	must_launch(stage, 1, 5, "exit 0");
	slurm_until(slurm, was_refused);
	slurm_untell(slurm, "refuse");
	looks = slurm_calls(slurm, "squeue");
	slurm_until(slurm, was_submitted_twice);
	assert_true(slurm_calls(slurm, "squeue") >= looks + 3);
	run(stage);
	assert_int_equal(stage->seen[1].exit.code, 0);
}

static void a_job_that_is_refused_is_an_end_with_the_reason(void **state)
{
	struct slurm_stage *slurm = *state;
	const struct hd_exit *end;

	slurm_tell(slurm, "refuse", "sbatch: error: invalid partition specified: nope\n"
				    "sbatch: error: Batch job submission failed: Invalid"
				    " partition name specified\n");
	end = run_one(&slurm->stage, "exit 0");
	assert_true(end->known);
	assert_int_equal(end->cause, HD_CAUSE_NONE);
	assert_string_equal(slurm->stage.seen[1].error,
			    "Slurm does not take its job: Batch job submission failed: Invalid"
			    " partition name specified");
	assert_int_equal(slurm_calls(slurm, "sbatch"), 1);
}

static void a_limit_of_the_site_is_no_failure(void **state)
{
	struct slurm_stage *slurm = *state;
	struct stage *stage = &slurm->stage;

	slurm->settings.max_jobs = 8;
	slurm_tell(slurm, "hold", "");
	for (size_t i = 1; i <= 3; i++)
		must_launch(stage, i, 5, "exit 0");
	slurm_until(slurm, was_submitted_thrice);
	slurm_tell(slurm, "refuse", "sbatch: error: AssocMaxSubmitJobLimit\nsbatch: error: Batch"
				    " job submission failed: Job violates accounting/QOS policy\n");
	must_launch(stage, 4, 5, "exit 0");
	slurm_until(slurm, was_noted);
	assert_int_equal(stage->type->capacity(stage->state), 2);
	assert_int_equal(stage->seen[4].ended, 0);
	for (size_t i = 1; i <= 4; i++)
		stage->type->stop(stage->state, i, false);
	run(stage);
}

static void a_scheduler_that_does_not_answer_is_waited_for(void **state)
{
	struct slurm_stage *slurm = *state;
	struct stage *stage = &slurm->stage;

	slurm_tell(slurm, "silent", "");
	must_launch(stage, 1, 5, "exit 0");
	slurm_until(slurm, was_noted);
	assert_non_null(strstr(slurm->note, "Slurm does not answer since 20"));
	slurm_untell(slurm, "silent");
	run(stage);
	assert_int_equal(stage->seen[1].exit.code, 0);
	slurm_close(slurm);
	assert_int_equal(slurm->notes, 2);
	assert_string_equal(slurm->note, "Slurm answers again");
}

static void a_question_that_is_stuck_holds_up_no_end(void **state)
{
	struct slurm_stage *slurm = *state;
	struct stage *stage = &slurm->stage;

	slurm_tell(slurm, "stuck", "");
	run_one(stage, "sleep 0.3; exit 4");
	assert_int_equal(stage->seen[1].exit.code, 4);
	assert_true(stage->seen[1].exit.known);
	/* The one that is stuck is the only one. */
	assert_int_equal(slurm_calls(slurm, "squeue"), 1);
	slurm_untell(slurm, "stuck");
}

static void one_question_is_asked_at_a_time(void **state)
{
	struct slurm_stage *slurm = *state;
	struct stage *stage = &slurm->stage;

	for (size_t i = 1; i <= 10; i++)
		must_launch(stage, i, 5, "sleep 0.5");
	run(stage);
	assert_true(slurm_calls(slurm, "squeue") > 1);
	assert_false(slurm_says(slurm, "calls", "two at once"));
	/* All are in one answer. */
	assert_false(slurm_says(slurm, "calls", "squeue -j"));
}

static void ranks_on_several_nodes_are_started_by_srun(void **state)
{
	struct slurm_stage *slurm = *state;

	slurm_close(slurm);
	slurm->nodes = 3;
	slurm->settings.mpi = "pmix";
	slurm_open(slurm);
	slurm_begin(slurm);
	run_one(&slurm->stage, "exit 0");
	assert_true(slurm_says(slurm, "calls", "--nodes=3 --ntasks-per-node=1"));
	assert_true(slurm_says(slurm, "101.script", "export HDRIVE_RANKS=srun\n"
						    "export SLURM_MPI_TYPE=pmix\n"));
}

static void commands_that_are_not_there_are_said_at_once(void **state)
{
	struct slurm_stage *slurm = *state;
	struct stage *stage = &slurm->stage;
	static const char *const nowhere[] = { "PATH=/nowhere", NULL };
	struct hd_error err = { 0 };
	void *other = calloc(1, stage->type->state_size);

	stage->host.environment = nowhere;
	assert_int_equal(stage->type->open(other, &stage->host, &err), HD_ENOENT);
	assert_string_equal(err.text, "cannot find 'sbatch' in PATH: Slurm's commands must be on"
				      " the machine that runs hdrive");
	stage->host.environment = slurm->environment;
	free(other);
}

static void settings_that_make_no_sense_are_refused(void **state)
{
	static const char *const bare[] = { "nice", NULL };
	const struct hd_backend_type *type = hd_backend_type_find("slurm");
	struct hd_slurm_settings settings;
	struct hd_error err;

	(void)state;
	hd_option_defaults(type->options, &settings);
	assert_int_equal(type->check(&settings, &err), 0);
	settings.time = "soon";
	assert_int_equal(type->check(&settings, &err), HD_EINVAL);
	assert_string_equal(err.text, "'time' must be as sbatch takes it (30, 1:30:00, 2-12), got"
				      " 'soon'");
	settings.time = "2-12";
	settings.partition = "a b";
	assert_int_equal(type->check(&settings, &err), HD_EINVAL);
	settings.partition = "a";
	settings.extra = bare;
	assert_int_equal(type->check(&settings, &err), HD_EINVAL);
	assert_non_null(strstr(err.text, "got 'nice'"));
	settings.extra = NULL;
	settings.folder = "work";
	assert_int_equal(type->check(&settings, &err), HD_EINVAL);
}

int main(void)
{
#define SLURM_TEST(name) cmocka_unit_test_setup_teardown(name, setup, slurm_teardown)
	const struct CMUnitTest tests[] = {
		SLURM_TEST(a_trial_is_a_job_from_its_start_to_its_end),
		SLURM_TEST(sbatch_is_told_what_the_target_says),
		SLURM_TEST(no_secret_is_in_a_command_line_or_a_script),
		SLURM_TEST(the_interpreter_runs_under_its_usual_names),
		SLURM_TEST(trials_of_one_moment_are_one_array),
		SLURM_TEST(arrays_that_are_refused_are_jobs),
		SLURM_TEST(a_job_that_was_queued_all_the_same_runs_once),
		SLURM_TEST(one_that_was_not_queued_is_submitted_again),
		SLURM_TEST(a_job_that_is_refused_is_an_end_with_the_reason),
		SLURM_TEST(a_limit_of_the_site_is_no_failure),
		SLURM_TEST(a_scheduler_that_does_not_answer_is_waited_for),
		SLURM_TEST(a_question_that_is_stuck_holds_up_no_end),
		SLURM_TEST(one_question_is_asked_at_a_time),
		SLURM_TEST(ranks_on_several_nodes_are_started_by_srun),
		SLURM_TEST(commands_that_are_not_there_are_said_at_once),
		cmocka_unit_test(settings_that_make_no_sense_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
