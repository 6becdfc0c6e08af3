/* Tests of engine/dispatch/spare.c, and of what trials share. */
#include "place.h"

static void trials_share_the_inodes_of_their_links(void **state)
{
	struct place *place = *state;

	assert_int_equal(place_make(place, "000000"), 1);
	assert_int_equal(place_make(place, "000001"), 1);
	assert_trial(place, "000000");
	assert_trial(place, "000001");
	assert_int_equal(place_inode(place, "000000/logs"), place_inode(place, "000001/logs"));
	assert_int_equal(place_inode(place, "000000/work/train.py"),
			 place_inode(place, "000001/work/train.py"));
}

static void a_link_of_an_earlier_engine_that_leads_elsewhere_is_not_used(void **state)
{
	struct place *place = *state;

	assert_int_equal(symlink("/nowhere",
				 folder_path(place->sweep, ".spare/links/train.py")),
			 0);
	assert_int_equal(place_make(place, "000000"), 1);
	assert_trial(place, "000000");
}

static void a_shared_link_that_goes_missing_is_made_again(void **state)
{
	struct place *place = *state;

	place_make(place, "000000");
	assert_int_equal(unlink(folder_path(place->sweep, ".spare/links/logs")), 0);
	assert_int_equal(place_make(place, "000001"), 1);
	assert_int_equal(place_make(place, "000002"), 1);
	assert_int_equal(place_make(place, "000003"), 1);
	assert_trial(place, "000001");
	assert_trial(place, "000003");
	assert_int_equal(place_inode(place, "000002/logs"), place_inode(place, "000003/logs"));
}

static void nothing_of_it_is_left_at_the_end(void **state)
{
	struct place *place = *state;

	place_make(place, "000000");
	place_close(place);
	assert_false(place_has(place, ".spare"));
	assert_trial(place, "000000");
	place_open(place);
}

static void without_it_trials_have_links_of_their_own(void **state)
{
	struct place *place = *state;

	place_close(place);
	folder_write(place->sweep, ".spare", "a file", 0644);
	place_open(place);
	assert_null(place->spare);
	assert_int_equal(place_make(place, "000000"), 1);
	assert_int_equal(place_make(place, "000001"), 1);
	assert_trial(place, "000000");
	assert_int_not_equal(place_inode(place, "000000/logs"), place_inode(place, "000001/logs"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(trials_share_the_inodes_of_their_links),
		TEST(a_link_of_an_earlier_engine_that_leads_elsewhere_is_not_used),
		TEST(a_shared_link_that_goes_missing_is_made_again),
		TEST(nothing_of_it_is_left_at_the_end),
		TEST(without_it_trials_have_links_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
