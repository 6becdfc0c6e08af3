/*
 * Orders: what a launcher elsewhere is told by a file, what it watches for
 * meanwhile, and that an attempt which was taken over leaves nothing.
 */
/* prctl is Linux's. */
#define _GNU_SOURCE

#include "check.h"
#include "folder.h"

#include "dispatch/order.h"
#include "dispatch/record.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>

/* The launcher's own: it is linked into no library. */
#include "dispatch/launch_text.c"
#include "dispatch/launch_watch.c"

#define LAUNCHER TEST_BUILD "/hdrive-launch"

static int setup(void **state)
{
	char *folder = calloc(1, FOLDER_PATH);

	assert_non_null(folder);
	folder_make(folder);
	assert_int_equal(mkdir(folder_path(folder, "work"), 0777), 0);
	*state = folder;
	return 0;
}

static int teardown(void **state)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	folder_remove(*state);
	free(*state);
	return 0;
}

static void order_write(const char *folder, const char *script,
			const char *const *environment)
{
	const char *const argv[] = { "sh", "-c", script, NULL };
	char work[FOLDER_PATH];
	struct hd_buf text = HD_BUF_INIT;
	FILE *file;

	snprintf(work, sizeof work, "%s/work", folder);
	hd_order_text(&text, &(struct hd_launch){ .trial = 7,
						  .attempt = 2,
						  .folder = folder,
						  .workdir = work,
						  .argv = argv,
						  .environment = environment,
						  .grace = 0.5 });
	assert_false(hd_buf_failed(&text));
	file = fopen(folder_path(folder, "order-2"), "w");
	assert_non_null(file);
	assert_int_equal(fwrite(hd_buf_text(&text), 1, text.length, file), text.length);
	fclose(file);
	hd_buf_release(&text);
}

static pid_t launcher_start(const char *folder)
{
	char path[FOLDER_PATH];
	pid_t pid;

	snprintf(path, sizeof path, "%s/order-2", folder);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		execl(LAUNCHER, LAUNCHER, "-f", path, (char *)NULL);
		_exit(99);
	}
	return pid;
}

static int finish(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void await(const char *folder, const char *name, const char *text)
{
	char found[4096];

	for (int i = 0; i < 6000; i++) {
		folder_read(folder, name, found, sizeof found);
		if (strstr(found, text))
			return;
		poll(NULL, 0, 5);
	}
	fail_msg("'%s' never held '%s'", name, text);
}

static bool is_there(const char *folder, const char *name)
{
	return access(folder_path(folder, name), F_OK) == 0;
}

static void all_that_was_ordered_is_run_and_nothing_of_it_stays(void **state)
{
	static const char *const environment[] = { "A=one\ntwo", "B=", "C=x=y", NULL };
	const char *folder = *state;
	struct hd_record record;
	struct hd_error err;
	char found[4096];

	folder_write(folder, "ticket-2", "", 0644);
	order_write(folder, "echo \"$A|$B|$C\"; exit 5", environment);
	assert_int_equal(finish(launcher_start(folder)), 0);
	assert_int_equal(hd_record_read(&record, folder, &err), 0);
	assert_int_equal(record.attempt, 2);
	assert_int_equal(record.exit.code, 5);
	folder_read(folder, "stdout", found, sizeof found);
	assert_string_equal(found, "one\ntwo||x=y\n");
	assert_false(is_there(folder, "order-2"));
	assert_true(is_there(folder, "owner-2"));
	assert_int_equal(hd_record_read_attempt(&record, folder, 2, &err), 0);
	assert_int_equal(hd_record_read_attempt(&record, folder, 3, &err), HD_ENOENT);
}

static void without_its_ticket_nothing_is_run(void **state)
{
	const char *folder = *state;

	order_write(folder, "echo ran", NULL);
	assert_int_equal(finish(launcher_start(folder)), 78);
	assert_false(is_there(folder, "stdout"));
	assert_false(is_there(folder, "order-2"));
	/* And who comes second finds no order. */
	assert_int_equal(finish(launcher_start(folder)), 78);
}

static void a_file_that_is_no_order_is_refused(void **state)
{
	static const struct {
		const char *text;
		size_t length;
	} rows[] = {
#define ROW(text) { text, sizeof text - 1 }
		ROW(""),
		ROW("hdrive-order 1 "),
		ROW("hdrive-order 2 6 0\n"),
		ROW("hdrive-order 1 1 0\nword"),
		ROW("hdrive-order 1 2 0\nword\0"),
		ROW("hdrive-order 1 1 0\nword\0more\0"),
		ROW("hdrive-order 1 -1 0\n"),
		ROW("hdrive-order 1 99999999999999999999 0\nword\0"),
		ROW("hdrive-order 1 1 0\nword\0"),
		ROW("hdrive-order 1 0 0\n"),
#undef ROW
	};
	const char *folder = *state;
	int null = open("/dev/null", O_WRONLY), before = dup(2);

	dup2(null, 2);
	for (size_t i = 0; i < ROWS(rows); i++) {
		FILE *file = fopen(folder_path(folder, "order-2"), "w");

		folder_write(folder, "ticket-2", "", 0644);
		assert_non_null(file);
		fwrite(rows[i].text, 1, rows[i].length, file);
		fclose(file);
		assert_int_equal(finish(launcher_start(folder)), 64);
		assert_false(is_there(folder, "owner-2"));
	}
	dup2(before, 2);
	close(before);
	close(null);
}

static void a_word_by_file_is_as_good_as_a_signal(void **state)
{
	const char *folder = *state;
	struct hd_record record;
	pid_t pid;

	folder_write(folder, "ticket-2", "", 0644);
	order_write(folder, "trap 'echo told; exit 9' TERM; echo up; while :; do sleep 0.05; done",
		    NULL);
	pid = launcher_start(folder);
	await(folder, "stdout", "up");
	folder_write(folder, "ctl-2", "term\n", 0644);
	assert_int_equal(finish(pid), 0);
	assert_int_equal(hd_record_read(&record, folder, NULL), 0);
	assert_int_equal(record.exit.code, 9);
	assert_true(record.exit.killed_by_us);
	assert_false(is_there(folder, "ctl-2"));
}

static void an_attempt_that_was_taken_over_ends_without_a_record(void **state)
{
	const char *folder = *state;
	pid_t pid;

	folder_write(folder, "ticket-2", "", 0644);
	order_write(folder, "trap '' TERM; echo up; sleep 1000", NULL);
	pid = launcher_start(folder);
	await(folder, "stdout", "up");
	assert_int_equal(unlink(folder_path(folder, "owner-2")), 0);
	assert_int_equal(finish(pid), 78);
	assert_false(is_there(folder, "exit"));
}

/* Faster than it is looked for: the record is not written all the same. */
static void nor_does_one_that_ended_before_it_looked(void **state)
{
	const char *folder = *state;
	pid_t pid;

	folder_write(folder, "ticket-2", "", 0644);
	order_write(folder, "until [ ! -e ../owner-2 ]; do sleep 0.01; done", NULL);
	pid = launcher_start(folder);
	await(folder, "state", "\"attempt\":2");
	assert_int_equal(unlink(folder_path(folder, "owner-2")), 0);
	assert_int_equal(finish(pid), 78);
	assert_false(is_there(folder, "exit"));
}

static void its_sign_of_life_is_the_age_of_its_state(void **state)
{
	const char *folder = *state;
	int at = open(folder, O_RDONLY | O_DIRECTORY);
	struct timespec old[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
	struct hd_launch_watch watch;
	struct stat info;

	folder_write(folder, "state", "{}", 0644);
	folder_write(folder, "owner-4", "", 0644);
	assert_int_equal(utimensat(at, "state", old, 0), 0);
	hd_launch_watch_start(&watch, at, "4", 5000000);
	assert_int_equal(hd_launch_watch_left(&watch, 5000000), 2000000);
	assert_int_equal(hd_launch_watch_turn(&watch, 14999999), HD_LAUNCH_WORD_NONE);
	assert_int_equal(fstatat(at, "state", &info, 0), 0);
	assert_int_equal(info.st_mtim.tv_sec, 1000);
	assert_int_equal(hd_launch_watch_turn(&watch, 15000000), HD_LAUNCH_WORD_NONE);
	assert_int_equal(fstatat(at, "state", &info, 0), 0);
	assert_true(info.st_mtim.tv_sec > 1000);
	assert_int_equal(unlinkat(at, "owner-4", 0), 0);
	assert_int_equal(hd_launch_watch_turn(&watch, 20000000), HD_LAUNCH_WORD_LEAVE);
	assert_int_equal(hd_launch_watch_left(&watch, 20000000), -1);
	close(at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_that_was_ordered_is_run_and_nothing_of_it_stays,
						setup, teardown),
		cmocka_unit_test_setup_teardown(without_its_ticket_nothing_is_run, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_that_is_no_order_is_refused, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_word_by_file_is_as_good_as_a_signal, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			an_attempt_that_was_taken_over_ends_without_a_record, setup, teardown),
		cmocka_unit_test_setup_teardown(nor_does_one_that_ended_before_it_looked, setup,
						teardown),
		cmocka_unit_test_setup_teardown(its_sign_of_life_is_the_age_of_its_state, setup,
						teardown),
	};

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
