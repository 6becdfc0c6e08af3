/* Tests of engine/remote/command.c: commands beside the loop, on real ones. */
#include "check.h"

#include "remote/command.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const environment[] = { "PATH=/usr/bin:/bin", "WORD=word", NULL };

struct box {
	uv_loop_t loop;
	struct hd_commands *commands;
	unsigned ends;
	bool closed;
	int error, code, signal;
	bool timed_out;
	char out[1 << 17], err[16384];
	size_t out_length;
};

static int setup(void **state)
{
	struct box *box = calloc(1, sizeof *box);

	assert_non_null(box);
	assert_int_equal(uv_loop_init(&box->loop), 0);
	box->commands = hd_commands_open(&box->loop, environment, 2);
	assert_non_null(box->commands);
	*state = box;
	return 0;
}

static void on_closed(void *user)
{
	struct box *box = user;

	box->closed = true;
}

static int teardown(void **state)
{
	struct box *box = *state;

	if (box->commands)
		hd_commands_close(box->commands, on_closed, box);
	uv_run(&box->loop, UV_RUN_DEFAULT);
	assert_true(box->closed);
	assert_int_equal(uv_loop_close(&box->loop), 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	free(box);
	return 0;
}

static void on_end(void *user, const struct hd_command_end *end)
{
	struct box *box = user;

	box->ends++;
	box->error = end->error;
	box->code = end->code;
	box->signal = end->signal;
	box->timed_out = end->timed_out;
	box->out_length = end->out_length;
	snprintf(box->out, sizeof box->out, "%s", end->out);
	snprintf(box->err, sizeof box->err, "%s", end->err);
}

static void start(struct box *box, const char *script, const char *input, double seconds)
{
	const char *const argv[] = { "sh", "-c", script, NULL };

	assert_true(hd_commands_run(box->commands, argv, input, seconds, on_end, box));
}

static void sh(struct box *box, const char *script, const char *input, double seconds)
{
	start(box, script, input, seconds);
	uv_run(&box->loop, UV_RUN_DEFAULT);
	assert_int_equal(box->ends, 1);
}

static void input_goes_in_and_both_outputs_come_out(void **state)
{
	struct box *box = *state;

	sh(box, "cat; echo $WORD; echo oh >&2; exit 3", "some text\n", 20);
	assert_string_equal(box->out, "some text\nword\n");
	assert_string_equal(box->err, "oh\n");
	assert_int_equal(box->code, 3);
	assert_int_equal(box->error, 0);
}

static void much_goes_both_ways(void **state)
{
	struct box *box = *state;
	size_t size = 100000;
	char *input = malloc(size + 1);

	memset(input, 'x', size);
	input[size] = '\0';
	sh(box, "cat", input, 20);
	assert_int_equal(box->out_length, size);
	assert_string_equal(box->out, input);
	free(input);
}

static void one_that_does_not_read_its_input_is_no_trouble(void **state)
{
	struct box *box = *state;
	size_t size = 1 << 20;
	char *input = malloc(size + 1);

	memset(input, 'x', size);
	input[size] = '\0';
	sh(box, "exec <&-; echo done", input, 20);
	assert_string_equal(box->out, "done\n");
	free(input);
}

static void one_that_is_not_there_is_an_error_from_the_loop(void **state)
{
	struct box *box = *state;
	const char *const argv[] = { "no-such-command", NULL };

	assert_true(hd_commands_run(box->commands, argv, NULL, 20, on_end, box));
	assert_int_equal(box->ends, 0);
	uv_run(&box->loop, UV_RUN_DEFAULT);
	assert_int_equal(box->ends, 1);
	assert_int_equal(box->error, ENOENT);
}

static void one_whose_time_is_up_is_killed_with_all_of_its_own(void **state)
{
	struct box *box = *state;

	sh(box, "echo early; sleep 1000 & sleep 1000", NULL, 0.3);
	assert_true(box->timed_out);
	assert_int_equal(box->signal, SIGKILL);
	assert_string_equal(box->out, "early\n");
}

static void a_daemon_that_keeps_the_outputs_is_not_waited_for(void **state)
{
	struct box *box = *state;

	/* A session of its own: nothing here would end it, but it does itself. */
	sh(box, "setsid sleep 3 & echo done", NULL, 20);
	assert_string_equal(box->out, "done\n");
	assert_false(box->timed_out);
	assert_int_equal(box->code, 0);
}

static void no_more_than_so_many_run_at_once(void **state)
{
	struct box *box = *state;
	char folder[] = "/tmp/hdrive-test-XXXXXX", script[256];

	assert_non_null(mkdtemp(folder));
	/* Each of them makes a file, and counts those that are there. */
	snprintf(script, sizeof script,
		 "cd %s; : >$$; [ $(ls | wc -l) -le 2 ] || echo many; sleep 0.05; rm $$",
		 folder);
	for (int i = 0; i < 6; i++)
		start(box, script, NULL, 20);
	assert_int_equal(hd_commands_count(box->commands), 6);
	while (hd_commands_count(box->commands)) {
		uv_run(&box->loop, UV_RUN_ONCE);
		assert_string_equal(box->out, "");
	}
	assert_int_equal(box->ends, 6);
	rmdir(folder);
}

static void closing_tells_nobody_and_leaves_nothing(void **state)
{
	struct box *box = *state;

	for (int i = 0; i < 5; i++)
		start(box, "sleep 1000", "x", 2000);
	for (int i = 0; i < 5; i++)
		uv_run(&box->loop, UV_RUN_NOWAIT);
	hd_commands_close(box->commands, on_closed, box);
	box->commands = NULL;
	uv_run(&box->loop, UV_RUN_DEFAULT);
	assert_int_equal(box->ends, 0);
	assert_true(box->closed);
}

int main(void)
{
#define COMMAND_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		COMMAND_TEST(input_goes_in_and_both_outputs_come_out),
		COMMAND_TEST(much_goes_both_ways),
		COMMAND_TEST(one_that_does_not_read_its_input_is_no_trouble),
		COMMAND_TEST(one_that_is_not_there_is_an_error_from_the_loop),
		COMMAND_TEST(one_whose_time_is_up_is_killed_with_all_of_its_own),
		COMMAND_TEST(a_daemon_that_keeps_the_outputs_is_not_waited_for),
		COMMAND_TEST(no_more_than_so_many_run_at_once),
		COMMAND_TEST(closing_tells_nobody_and_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
