/* Tests of engine/dispatch/attempts.c. */
#include "check.h"
#include "folder.h"

#include "dispatch/attempts.h"

static const char *const files[] = { "stdout", "stderr", "metrics", "exit",
				     "state", "stop" };

static int setup(void **state)
{
	char *folder = malloc(FOLDER_PATH);

	assert_non_null(folder);
	folder_make(folder);
	*state = folder;
	return 0;
}

static int teardown(void **state)
{
	folder_remove(*state);
	free(*state);
	return 0;
}

/* A trial's folder after ATTEMPT has ended; every file says which it was. */
static void leave_attempt(const char *folder, const char *attempt)
{
	char owner[32];

	for (size_t i = 0; i < ROWS(files); i++)
		folder_write(folder, files[i], attempt, 0644);
	folder_write(folder, "params.json", "{}", 0644);
	snprintf(owner, sizeof owner, "owner-%s", attempt);
	assert_int_equal(symlink("host", folder_path(folder, owner)), 0);
}

static void must_archive(const char *folder, unsigned below)
{
	struct hd_error err;

	if (hd_attempts_archive(folder, below, &err) < 0)
		fail_msg("%s", err.text);
}

static bool is_there(const char *folder, const char *name)
{
	struct stat stat;

	return lstat(folder_path(folder, name), &stat) == 0;
}

static void assert_archived(const char *folder, const char *attempt)
{
	char name[64];

	for (size_t i = 0; i < ROWS(files); i++) {
		snprintf(name, sizeof name, "attempts/%s/%s", attempt, files[i]);
		assert_folder_holds(folder, name, attempt);
		assert_false(is_there(folder, files[i]));
	}
	snprintf(name, sizeof name, "attempts/%s/owner-%s", attempt, attempt);
	assert_folder_links(folder, name, "host");
	snprintf(name, sizeof name, "owner-%s", attempt);
	assert_false(is_there(folder, name));
}

static void the_files_of_an_attempt_move_and_the_trials_own_stay(void **state)
{
	leave_attempt(*state, "1");
	assert_int_equal(mkdir(folder_path(*state, "work"), 0777), 0);
	assert_int_equal(mkdir(folder_path(*state, "checkpoints"), 0777), 0);
	folder_write(*state, "checkpoints/epoch-3", "weights", 0644);
	must_archive(*state, 2);
	assert_archived(*state, "1");
	assert_folder_holds(*state, "params.json", "{}");
	assert_folder_holds(*state, "checkpoints/epoch-3", "weights");
	assert_true(is_there(*state, "work"));
}

static void every_attempt_has_its_place(void **state)
{
	static const char *const attempts[] = { "1", "2", "9", "10" };

	for (unsigned i = 0; i < ROWS(attempts); i++) {
		leave_attempt(*state, attempts[i]);
		must_archive(*state, 11);
	}
	for (unsigned i = 0; i < ROWS(attempts); i++)
		assert_archived(*state, attempts[i]);
}

static void moving_twice_is_moving_once(void **state)
{
	leave_attempt(*state, "1");
	must_archive(*state, 2);
	folder_write(*state, "stdout", "2", 0644);
	must_archive(*state, 2);
	assert_folder_holds(*state, "stdout", "2");
	assert_folder_holds(*state, "attempts/1/stdout", "1");
}

static void the_attempt_itself_and_later_ones_stay(void **state)
{
	leave_attempt(*state, "2");
	must_archive(*state, 2);
	assert_true(is_there(*state, "owner-2"));
	assert_folder_holds(*state, "stdout", "2");
	assert_false(is_there(*state, "attempts"));
}

/* A crash before any of the steps: the next call goes on from there. */
static void a_move_that_was_cut_short_is_finished(void **state)
{
	for (size_t done = 0; done <= ROWS(files); done++) {
		leave_attempt(*state, "1");
		mkdir(folder_path(*state, "attempts"), 0777);
		mkdir(folder_path(*state, "attempts/1"), 0777);
		for (size_t i = 0; i < done; i++) {
			char name[64];

			snprintf(name, sizeof name, "attempts/1/%s", files[i]);
			rename(folder_path(*state, files[i]),
			       folder_path(*state, name));
		}
		must_archive(*state, 2);
		assert_archived(*state, "1");
		folder_remove(folder_path(*state, "attempts"));
	}
}

static void an_attempt_that_wrote_little_moves_as_well(void **state)
{
	folder_write(*state, "owner-1", "", 0644);
	must_archive(*state, 2);
	assert_true(is_there(*state, "attempts/1/owner-1"));
	assert_false(is_there(*state, "owner-1"));
}

static void earlier_tickets_are_withdrawn_and_no_others(void **state)
{
	static const char *const kept[] = { "ticket-4", "ticket-40", "ticket-",
					    "ticket-x", "ticket-03", "owner-0" };

	folder_write(*state, "ticket-1", "", 0644);
	assert_int_equal(symlink("host", folder_path(*state, "ticket-3")), 0);
	for (size_t i = 0; i < ROWS(kept); i++)
		folder_write(*state, kept[i], "", 0644);
	must_archive(*state, 4);
	assert_false(is_there(*state, "ticket-1"));
	assert_false(is_there(*state, "ticket-3"));
	for (size_t i = 0; i < ROWS(kept); i++)
		assert_true(is_there(*state, kept[i]));
}

/* The script may have put it there. */
static void a_link_in_the_place_of_attempts_is_not_followed(void **state)
{
	struct hd_error err;
	char outside[FOLDER_PATH];

	folder_make(outside);
	leave_attempt(*state, "1");
	assert_int_equal(symlink(outside, folder_path(*state, "attempts")), 0);
	assert_true(hd_attempts_archive(*state, 2, &err) < 0);
	assert_non_null(strstr(err.text, "cannot move an earlier attempt's "
					 "files into '"));
	assert_folder_holds(*state, "stdout", "1");
	assert_int_equal(rmdir(outside), 0);
}

static void a_missing_folder_is_said(void **state)
{
	struct hd_error err;

	assert_int_equal(hd_attempts_archive(folder_path(*state, "none"), 2,
					     &err),
			 HD_ENOENT);
	assert_non_null(strstr(err.text, "cannot read the folder '"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_files_of_an_attempt_move_and_the_trials_own_stay),
		TEST(every_attempt_has_its_place),
		TEST(moving_twice_is_moving_once),
		TEST(the_attempt_itself_and_later_ones_stay),
		TEST(a_move_that_was_cut_short_is_finished),
		TEST(an_attempt_that_wrote_little_moves_as_well),
		TEST(earlier_tickets_are_withdrawn_and_no_others),
		TEST(a_link_in_the_place_of_attempts_is_not_followed),
		TEST(a_missing_folder_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
