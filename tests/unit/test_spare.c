/* Tests of engine/dispatch/spare.c, and of the folders that are made there. */
#include "check.h"
#include "folder.h"

#include "dispatch/spare.h"
#include "dispatch/workdir.h"

#include <fcntl.h>

struct place {
	char sweep[FOLDER_PATH];
	char source[FOLDER_PATH];
	struct hd_spare *spare;
	struct hd_workdir *workdir;
};

static void place_open(struct place *place)
{
	place->spare = hd_spare_open(place->sweep);
	assert_int_equal(hd_workdir_open(&place->workdir, place->source, NULL, NULL),
			 0);
	hd_workdir_use(place->workdir, place->spare);
}

static void place_close(struct place *place)
{
	hd_workdir_close(place->workdir);
	hd_spare_close(place->spare);
}

static int setup(void **state)
{
	struct place *place = calloc(1, sizeof *place);

	assert_non_null(place);
	folder_make(place->sweep);
	folder_make(place->source);
	folder_write(place->source, "train.py", "source\n", 0644);
	place_open(place);
	assert_non_null(place->spare);
	*state = place;
	return 0;
}

static int teardown(void **state)
{
	struct place *place = *state;

	place_close(place);
	folder_remove(place->sweep);
	folder_remove(place->source);
	free(place);
	return 0;
}

static bool is_there(const struct place *place, const char *name)
{
	struct stat info;

	return lstat(folder_path(place->sweep, name), &info) == 0;
}

static ino_t inode(const struct place *place, const char *name)
{
	struct stat info;

	assert_int_equal(lstat(folder_path(place->sweep, name), &info), 0);
	return info.st_ino;
}

/* What hd_workdir_make says of the trial NAME. */
static int make(const struct place *place, const char *name)
{
	return hd_workdir_make(place->workdir, folder_path(place->sweep, name),
			       NULL);
}

static void check_trial(const struct place *place, const char *name)
{
	char trial[FOLDER_PATH];

	snprintf(trial, sizeof trial, "%s", folder_path(place->sweep, name));
	assert_folder_links(trial, "outputs", "work/outputs");
	assert_folder_links(trial, "logs", "work/logs");
	assert_folder_holds(trial, "work/train.py", "source\n");
	folder_write(trial, "checkpoints/x", "x", 0644);
	folder_write(trial, "outputs/x", "x", 0644);
	folder_write(trial, "logs/x", "x", 0644);
}

static void trials_share_the_inodes_of_their_links(void **state)
{
	struct place *place = *state;

	assert_int_equal(make(place, "000000"), 1);
	assert_int_equal(make(place, "000001"), 1);
	check_trial(place, "000000");
	check_trial(place, "000001");
	assert_int_equal(inode(place, "000000/logs"), inode(place, "000001/logs"));
	assert_int_equal(inode(place, "000000/work/train.py"),
			 inode(place, "000001/work/train.py"));
}

static void a_link_of_an_earlier_engine_that_leads_elsewhere_is_not_used(void **state)
{
	struct place *place = *state;

	assert_int_equal(symlink("/nowhere",
				 folder_path(place->sweep, ".spare/links/train.py")),
			 0);
	assert_int_equal(make(place, "000000"), 1);
	check_trial(place, "000000");
}

static void a_shared_link_that_goes_missing_is_made_again(void **state)
{
	struct place *place = *state;

	make(place, "000000");
	assert_int_equal(unlink(folder_path(place->sweep, ".spare/links/logs")), 0);
	assert_int_equal(make(place, "000001"), 1);
	assert_int_equal(make(place, "000002"), 1);
	assert_int_equal(make(place, "000003"), 1);
	check_trial(place, "000001");
	check_trial(place, "000003");
	assert_int_equal(inode(place, "000002/logs"), inode(place, "000003/logs"));
}

static void a_folder_made_ahead_becomes_the_trials(void **state)
{
	struct place *place = *state;
	ino_t ahead;

	hd_workdir_prepare(place->workdir, 1);
	ahead = inode(place, ".spare-0");
	assert_int_equal(make(place, "000000"), 1);
	assert_int_equal(inode(place, "000000"), ahead);
	assert_false(is_there(place, ".spare-0"));
	check_trial(place, "000000");
	assert_int_equal(make(place, "000001"), 1);
	check_trial(place, "000001");
}

static void no_more_are_made_ahead_than_were_asked_for(void **state)
{
	struct place *place = *state;

	hd_workdir_prepare(place->workdir, 2);
	hd_workdir_prepare(place->workdir, 2);
	assert_true(is_there(place, ".spare-1"));
	assert_false(is_there(place, ".spare-2"));
	hd_workdir_prepare(place->workdir, 100);
	assert_true(is_there(place, ".spare-3"));
	assert_false(is_there(place, ".spare-4"));
}

static void a_trial_that_has_a_folder_keeps_it(void **state)
{
	struct place *place = *state;
	ino_t own;

	make(place, "000000");
	own = inode(place, "000000");
	check_trial(place, "000000");
	hd_workdir_prepare(place->workdir, 1);
	assert_int_equal(make(place, "000000"), 0);
	assert_int_equal(inode(place, "000000"), own);
	assert_folder_holds(folder_path(place->sweep, "000000"), "outputs/x", "x");
	/* It serves the next one. */
	assert_int_equal(make(place, "000001"), 1);
	check_trial(place, "000001");
}

static void one_that_went_missing_is_made_in_its_place(void **state)
{
	struct place *place = *state;

	hd_workdir_prepare(place->workdir, 1);
	folder_remove(folder_path(place->sweep, ".spare-0"));
	assert_int_equal(make(place, "000000"), 1);
	check_trial(place, "000000");
	hd_workdir_prepare(place->workdir, 1);
	assert_int_equal(make(place, "000001"), 1);
	check_trial(place, "000001");
}

static void what_a_killed_engine_left_is_used(void **state)
{
	struct place *place = *state;

	assert_int_equal(mkdir(folder_path(place->sweep, ".spare-0"), 0777), 0);
	assert_int_equal(mkdir(folder_path(place->sweep, ".spare-0/work"), 0777), 0);
	hd_workdir_prepare(place->workdir, 1);
	assert_int_equal(make(place, "000000"), 1);
	check_trial(place, "000000");
}

static void nothing_of_it_is_left_at_the_end(void **state)
{
	struct place *place = *state;

	make(place, "000000");
	hd_workdir_prepare(place->workdir, 3);
	place_close(place);
	assert_false(is_there(place, ".spare"));
	assert_false(is_there(place, ".spare-0"));
	assert_false(is_there(place, ".spare-2"));
	check_trial(place, "000000");
	place_open(place);
}

static void without_it_trials_have_links_of_their_own(void **state)
{
	struct place *place = *state;

	place_close(place);
	folder_write(place->sweep, ".spare", "a file", 0644);
	place_open(place);
	assert_null(place->spare);
	hd_workdir_prepare(place->workdir, 2);
	assert_false(is_there(place, ".spare-0"));
	assert_int_equal(make(place, "000000"), 1);
	assert_int_equal(make(place, "000001"), 1);
	check_trial(place, "000000");
	assert_int_not_equal(inode(place, "000000/logs"), inode(place, "000001/logs"));
}

static void what_was_put_there_is_not_followed(void **state)
{
	struct place *place = *state;

	folder_write(place->source, "kept", "kept", 0644);
	assert_int_equal(symlink(place->source,
				 folder_path(place->sweep, ".spare-2")),
			 0);
	place_close(place);
	assert_false(is_there(place, ".spare-2"));
	assert_folder_holds(place->source, "kept", "kept");
	place_open(place);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(trials_share_the_inodes_of_their_links),
		TEST(a_link_of_an_earlier_engine_that_leads_elsewhere_is_not_used),
		TEST(a_shared_link_that_goes_missing_is_made_again),
		TEST(a_folder_made_ahead_becomes_the_trials),
		TEST(no_more_are_made_ahead_than_were_asked_for),
		TEST(a_trial_that_has_a_folder_keeps_it),
		TEST(one_that_went_missing_is_made_in_its_place),
		TEST(what_a_killed_engine_left_is_used),
		TEST(nothing_of_it_is_left_at_the_end),
		TEST(without_it_trials_have_links_of_their_own),
		TEST(what_was_put_there_is_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
