/* Tests of engine/remote/shell.c against plain shells as the other machine. */
#include "check.h"
#include "folder.h"

#include "base/buf.h"
#include "remote/shell.h"

#include <uv.h>

struct fixture {
	uv_loop_t loop;
	uv_timer_t alarm;
	struct hd_shell *shell;
	char folder[FOLDER_PATH];
	unsigned ups, downs, done;
	int rc; /* of the last request */
	int codes[8];
	struct hd_buf answer;
	struct hd_buf why;
	size_t streamed;
	bool closed;
};

static struct fixture *fixture;

static void on_alarm(uv_timer_t *timer)
{
	(void)timer;
	fail_msg("%s", "it never came");
}

static int setup(void **state)
{
	fixture = calloc(1, sizeof *fixture);
	assert_non_null(fixture);
	uv_loop_init(&fixture->loop);
	uv_timer_init(&fixture->loop, &fixture->alarm);
	uv_timer_start(&fixture->alarm, on_alarm, 60000, 0);
	folder_make(fixture->folder);
	*state = fixture;
	return 0;
}

static void on_closed(void *user)
{
	(void)user;
	fixture->closed = true;
}

static int teardown(void **state)
{
	(void)state;
	hd_shell_close(fixture->shell, on_closed, NULL);
	uv_close((uv_handle_t *)&fixture->alarm, NULL);
	uv_run(&fixture->loop, UV_RUN_DEFAULT);
	assert_true(fixture->closed);
	assert_int_equal(uv_loop_close(&fixture->loop), 0);
	folder_remove(fixture->folder);
	hd_buf_release(&fixture->answer);
	hd_buf_release(&fixture->why);
	free(fixture);
	return 0;
}

static void on_up(void *user)
{
	(void)user;
	fixture->ups++;
}

static void on_down(void *user, const char *why)
{
	(void)user;
	fixture->downs++;
	hd_buf_clear(&fixture->why);
	hd_buf_puts(&fixture->why, why);
}

static void on_done(void *user, int rc, const char *answer, size_t length)
{
	(void)user;
	fixture->rc = rc;
	if (fixture->done < ROWS(fixture->codes))
		fixture->codes[fixture->done] = rc;
	fixture->done++;
	hd_buf_clear(&fixture->answer);
	hd_buf_add(&fixture->answer, answer, length);
}

static const char *const environment[] = { "PATH=/usr/bin:/bin", "MARK=here", NULL };

/* COMMAND makes the shell. */
static void open_shell(const char *command, const char *prologue)
{
	static const char *argv[4] = { "sh", "-c" };

	argv[2] = command;
	assert_int_equal(hd_shell_open(&fixture->shell,
				       &(struct hd_shell_setup){
					       .loop = &fixture->loop,
					       .argv = argv,
					       .environment = environment,
					       .prologue = prologue,
					       .up = on_up,
					       .down = on_down },
				       NULL),
			 0);
}

static void until(const unsigned *count, unsigned value)
{
	while (*count < value)
		uv_run(&fixture->loop, UV_RUN_ONCE);
}

static int ask_with(const char *script, const char *input, size_t length)
{
	const struct hd_shell_request request = { .script = script,
						  .input = input,
						  .input_length = length,
						  .done = on_done };
	unsigned before = fixture->done;

	assert_int_equal(hd_shell_ask(fixture->shell, &request), 0);
	until(&fixture->done, before + 1);
	return fixture->rc;
}

static int ask(const char *script)
{
	return ask_with(script, NULL, 0);
}

static void assert_answer(const char *text)
{
	assert_int_equal(fixture->answer.length, strlen(text));
	assert_string_equal(hd_buf_text(&fixture->answer), text);
}

static void an_answer_has_its_bytes_and_its_status(void **state)
{
	(void)state;
	open_shell("exec sh", NULL);
	until(&fixture->ups, 1);
	assert_int_equal(ask("echo \"$MARK\"; exit 3"), 3);
	assert_answer("here\n");
	assert_int_equal(ask("printf 'no newline'"), 0);
	assert_answer("no newline");
	assert_int_equal(ask("printf '\\n'"), 0);
	assert_answer("\n");
	assert_int_equal(ask(":"), 0);
	assert_answer("");
	assert_int_equal(fixture->downs, 0);
}

static void nothing_of_a_request_is_left_for_the_next(void **state)
{
	(void)state;
	open_shell("exec sh", "hd_two() { echo \"two $1\"; }\n");
	until(&fixture->ups, 1);
	assert_int_equal(ask("cd /; x=1; exec 2>/dev/null; exit 1"), 1);
	assert_int_equal(ask("cat; echo \"x=$x\"; hd_two b"), 0);
	assert_answer("x=\ntwo b\n");
}

static void what_a_login_prints_is_not_believed(void **state)
{
	(void)state;
	open_shell("echo motd; printf 'hd-0000 0\\n'; echo noise >&2; exec sh", NULL);
	until(&fixture->ups, 1);
	assert_int_equal(ask("echo ok"), 0);
	assert_answer("ok\n");
}

static void input_comes_byte_for_byte(void **state)
{
	char bytes[70000], expected[32];
	uint32_t word = 1;

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++) {
		word = word * 1664525 + 1013904223;
		bytes[i] = (char)(word >> 24);
	}
	open_shell("exec sh", NULL);
	until(&fixture->ups, 1);
	assert_int_equal(ask_with("wc -c | tr -d ' '", bytes, sizeof bytes), 0);
	snprintf(expected, sizeof expected, "%zu\n", sizeof bytes);
	assert_answer(expected);
	assert_int_equal(ask_with("cat", bytes, sizeof bytes), 0);
	assert_int_equal(fixture->answer.length, sizeof bytes);
	assert_memory_equal(hd_buf_text(&fixture->answer), bytes, sizeof bytes);
	/* One that does not read it leaves none of it to the next. */
	assert_int_equal(ask_with("exit 4", bytes, sizeof bytes), 4);
	assert_int_equal(ask("echo next"), 0);
	assert_answer("next\n");
}

static void on_data(void *user, const char *bytes, size_t length)
{
	(void)user;
	(void)bytes;
	fixture->streamed += length;
}

static void a_file_goes_and_a_long_answer_comes_in_pieces(void **state)
{
	const int64_t size = 3 << 20;
	struct hd_shell_request request = { .script = "cat; cat /dev/null",
					    .input = "head",
					    .input_length = 4,
					    .file_length = size,
					    .data = on_data,
					    .done = on_done };

	(void)state;
	folder_write(fixture->folder, "file", "", 0600);
	request.file = open(folder_path(fixture->folder, "file"), O_RDWR);
	/* Shorter than was said: it is filled up, and what comes is in step. */
	assert_int_equal(ftruncate(request.file, size - 1000), 0);
	open_shell("exec sh", NULL);
	until(&fixture->ups, 1);
	assert_int_equal(hd_shell_ask(fixture->shell, &request), 0);
	until(&fixture->done, 1);
	close(request.file);
	assert_int_equal(fixture->rc, 0);
	assert_int_equal(fixture->streamed, size + 4);
	assert_int_equal(ask("echo next"), 0);
	assert_answer("next\n");
}

static void requests_are_done_in_order(void **state)
{
	static const char *const scripts[] = { "exit 1", "exit 2", "exit 3", "exit 4" };

	(void)state;
	open_shell("exec sh", NULL);
	until(&fixture->ups, 1);
	for (size_t i = 0; i < ROWS(scripts); i++)
		assert_int_equal(hd_shell_ask(fixture->shell,
					      &(struct hd_shell_request){
						      .script = scripts[i],
						      .done = on_done }),
				 0);
	assert_int_equal(hd_shell_queued(fixture->shell), ROWS(scripts));
	until(&fixture->done, ROWS(scripts));
	for (int i = 0; i < (int)ROWS(scripts); i++)
		assert_int_equal(fixture->codes[i], i + 1);
}

static void a_link_that_breaks_leaves_it_open_what_was_done(void **state)
{
	(void)state;
	open_shell("exec sh", NULL);
	until(&fixture->ups, 1);
	for (int i = 0; i < 2; i++)
		assert_int_equal(hd_shell_ask(fixture->shell,
					      &(struct hd_shell_request){
						      .script = "kill -9 $$; sleep 9",
						      .done = on_done }),
				 0);
	until(&fixture->downs, 1);
	assert_int_equal(fixture->done, 2);
	assert_int_equal(fixture->codes[0], HD_SHELL_LOST);
	assert_int_equal(fixture->codes[1], HD_SHELL_UNSENT);
	assert_false(hd_shell_is_up(fixture->shell));
	assert_int_equal(hd_shell_ask(fixture->shell,
				      &(struct hd_shell_request){ .script = ":",
								  .done = on_done }),
			 HD_EBUSY);
	/* It comes back by itself. */
	until(&fixture->ups, 2);
	assert_int_equal(ask("echo again"), 0);
	assert_answer("again\n");
}

static void its_own_last_words_tell_why(void **state)
{
	(void)state;
	open_shell("echo first >&2; echo 'Host key verification failed.' >&2; exit 255",
		   NULL);
	until(&fixture->downs, 1);
	assert_string_equal(hd_buf_text(&fixture->why), "Host key verification failed.");
	assert_int_equal(fixture->ups, 0);
}

static void without_words_its_status_tells(void **state)
{
	(void)state;
	open_shell("exit 7", NULL);
	until(&fixture->downs, 1);
	assert_string_equal(hd_buf_text(&fixture->why), "the connection ended with status 7");
}

static void silence_has_a_limit(void **state)
{
	(void)state;
	open_shell("exec sh", NULL);
	until(&fixture->ups, 1);
	assert_int_equal(hd_shell_ask(fixture->shell,
				      &(struct hd_shell_request){ .script = "sleep 1000",
								  .limit = 0.3,
								  .done = on_done }),
			 0);
	until(&fixture->downs, 1);
	assert_int_equal(fixture->rc, HD_SHELL_LOST);
	assert_string_equal(hd_buf_text(&fixture->why), "no answer for 0 s");
}

static void a_program_that_is_not_there_is_said(void **state)
{
	static const char *const argv[] = { "no-such-ssh", "host", NULL };

	(void)state;
	assert_int_equal(hd_shell_open(&fixture->shell,
				       &(struct hd_shell_setup){
					       .loop = &fixture->loop,
					       .argv = argv,
					       .environment = environment,
					       .up = on_up,
					       .down = on_down },
				       NULL),
			 0);
	until(&fixture->downs, 1);
	assert_string_equal(hd_buf_text(&fixture->why),
			    "cannot run 'no-such-ssh': No such file or directory");
}

static void closing_ends_what_is_under_way(void **state)
{
	(void)state;
	open_shell("exec sh", NULL);
	until(&fixture->ups, 1);
	assert_int_equal(hd_shell_ask(fixture->shell,
				      &(struct hd_shell_request){ .script = "sleep 1000",
								  .done = on_done }),
			 0);
	uv_run(&fixture->loop, UV_RUN_NOWAIT);
	hd_shell_close(fixture->shell, NULL, NULL);
	fixture->shell = NULL;
	assert_int_equal(fixture->rc, HD_SHELL_LOST);
	assert_int_equal(fixture->downs, 0);
}

#define with(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with(an_answer_has_its_bytes_and_its_status),
		with(nothing_of_a_request_is_left_for_the_next),
		with(what_a_login_prints_is_not_believed),
		with(input_comes_byte_for_byte),
		with(a_file_goes_and_a_long_answer_comes_in_pieces),
		with(requests_are_done_in_order),
		with(a_link_that_breaks_leaves_it_open_what_was_done),
		with(its_own_last_words_tell_why),
		with(without_words_its_status_tells),
		with(silence_has_a_limit),
		with(a_program_that_is_not_there_is_said),
		with(closing_ends_what_is_under_way),
	};

	return cmocka_run_group_tests_name("shell", tests, NULL, NULL);
}
