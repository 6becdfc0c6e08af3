/* Tests of engine/slurm/state.c and fault.c: what Slurm prints, to values. */
#include "check.h"

#include "slurm/fault.h"
#include "slurm/state.h"

static struct hd_slurm_line line;
static char text[256];

static bool queue_line(const char *given)
{
	snprintf(text, sizeof text, "%s", given);
	return hd_slurm_queue_line(&line, text);
}

static bool account_line(const char *given)
{
	snprintf(text, sizeof text, "%s", given);
	return hd_slurm_account_line(&line, text);
}

static void words_are_states_and_unknown_ones_go_on(void **state)
{
	(void)state;
	assert_int_equal(hd_slurm_state_read("PENDING"), HD_SLURM_PENDING);
	assert_int_equal(hd_slurm_state_read("CANCELLED by 1000"), HD_SLURM_CANCELLED);
	assert_int_equal(hd_slurm_state_read("CANCELLED+"), HD_SLURM_CANCELLED);
	assert_int_equal(hd_slurm_state_read("OUT_OF_MEMORY"), HD_SLURM_MEMORY);
	assert_int_equal(hd_slurm_state_read("BOOT_FAIL"), HD_SLURM_NODE_FAIL);
	assert_int_equal(hd_slurm_state_read("SUSPENDED"), HD_SLURM_RUNNING);
	assert_int_equal(hd_slurm_state_read("NEW_IN_30_11"), HD_SLURM_RUNNING);
	assert_int_equal(hd_slurm_state_read(""), HD_SLURM_RUNNING);
	assert_false(hd_slurm_state_is_over(HD_SLURM_COMPLETING));
	assert_true(hd_slurm_state_is_over(HD_SLURM_COMPLETED));
}

static void a_line_of_the_queue_is_taken_apart(void **state)
{
	(void)state;
	assert_true(queue_line("12_3|RUNNING|None|n1|1-02:00:00|a|b c"));
	assert_string_equal(line.id, "12_3");
	assert_int_equal(line.task, 3);
	assert_int_equal(line.state, HD_SLURM_RUNNING);
	assert_string_equal(line.node, "n1");
	assert_float_equal(line.limit, 86400 + 7200, 0);
	assert_string_equal(line.name, "a|b c");
	assert_true(queue_line("12|PENDING|Resources||UNLIMITED|x"));
	assert_int_equal(line.task, -1);
	assert_string_equal(line.reason, "Resources");
	assert_float_equal(line.limit, 0, 0);
}

static void what_is_no_job_is_no_line(void **state)
{
	(void)state;
	assert_false(queue_line(""));
	assert_false(queue_line("Welcome to the cluster"));
	assert_false(queue_line("12_[4-9]|PENDING|Resources||1:00|x"));
	assert_false(queue_line("12|PENDING"));
	assert_false(account_line("12.batch|COMPLETED|n1||batch"));
	assert_true(account_line("12|CANCELLED by 0|None assigned|Partition_Limit|x"));
	assert_int_equal(line.state, HD_SLURM_CANCELLED);
	assert_string_equal(line.node, "");
	assert_float_equal(line.limit, 0, 0);
}

static void times_are_read_in_all_their_forms(void **state)
{
	(void)state;
	assert_float_equal(hd_slurm_time_read("1:30"), 90, 0);
	assert_float_equal(hd_slurm_time_read("1:00:00"), 3600, 0);
	assert_float_equal(hd_slurm_time_read("2-12"), 2 * 86400 + 12 * 3600, 0);
	assert_float_equal(hd_slurm_time_read("2-00:00:30"), 2 * 86400 + 30, 0);
	assert_float_equal(hd_slurm_time_read("INVALID"), 0, 0);
}

static enum hd_slurm_fault fault(const char *err)
{
	return hd_slurm_fault_read(&(struct hd_command_end){ .code = 1, .err = err });
}

static void words_of_sbatch_say_what_to_do(void **state)
{
	(void)state;
	assert_int_equal(fault("sbatch: error: Batch job submission failed: Invalid account or"
			       " account/partition combination specified"),
			 HD_SLURM_FAULT_REFUSED);
	assert_int_equal(fault("sbatch: error: Batch job submission failed: Job violates"
			       " accounting/QOS policy (job submit limit)"),
			 HD_SLURM_FAULT_LIMIT);
	assert_int_equal(fault("sbatch: error: Batch job submission failed: Socket timed out on"
			       " send/recv operation"),
			 HD_SLURM_FAULT_PASSING);
	assert_int_equal(fault(""), HD_SLURM_FAULT_PASSING);
	assert_int_equal(hd_slurm_fault_read(&(struct hd_command_end){ .timed_out = true,
								       .err = "invalid" }),
			 HD_SLURM_FAULT_PASSING);
	assert_true(hd_slurm_fault_is_silence("Unable to contact slurm controller"));
	assert_false(hd_slurm_fault_is_silence("Invalid job id"));
}

static void the_last_words_are_shown(void **state)
{
	char said[40];

	(void)state;
	hd_slurm_fault_text(said, sizeof said, "sbatch: error: one\nsbatch: error: two\n\n");
	assert_string_equal(said, "two");
	hd_slurm_fault_text(said, 4, "sbatch: error: three");
	assert_string_equal(said, "thr");
	hd_slurm_fault_text(said, sizeof said, "");
	assert_string_equal(said, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_states_and_unknown_ones_go_on),
		cmocka_unit_test(a_line_of_the_queue_is_taken_apart),
		cmocka_unit_test(what_is_no_job_is_no_line),
		cmocka_unit_test(times_are_read_in_all_their_forms),
		cmocka_unit_test(words_of_sbatch_say_what_to_do),
		cmocka_unit_test(the_last_words_are_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
