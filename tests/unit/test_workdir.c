/* Tests of engine/dispatch/workdir.c. */
#include "check.h"
#include "folder.h"

#include "dispatch/workdir.h"

struct place {
	char source[FOLDER_PATH];
	char trial[FOLDER_PATH];
	struct hd_workdir *workdir;
};

static int setup(void **state)
{
	struct place *place = calloc(1, sizeof *place);

	assert_non_null(place);
	folder_make(place->source);
	folder_write(place->source, "train.py", "source\n", 0644);
	assert_int_equal(mkdir(folder_path(place->source, "data"), 0777), 0);
	folder_write(place->source, "data/x.csv", "1,2\n", 0644);
	assert_int_equal(mkdir(folder_path(place->source, "outputs"), 0777), 0);
	folder_write(place->source, "outputs/old", "theirs\n", 0644);
	assert_int_equal(mkdir(folder_path(place->source, ".git"), 0777), 0);
	assert_int_equal(mkdir(folder_path(place->source, ".hdrive"), 0777), 0);
	snprintf(place->trial, sizeof place->trial, "%s",
		 folder_path(place->source, ".hdrive/000007"));
	assert_int_equal(hd_workdir_open(&place->workdir, place->source, NULL, NULL),
			 0);
	*state = place;
	return 0;
}

static int teardown(void **state)
{
	struct place *place = *state;

	hd_workdir_close(place->workdir);
	folder_remove(place->source);
	free(place);
	return 0;
}

static void make(const struct place *place)
{
	struct hd_error err;

	if (hd_workdir_make(place->workdir, place->trial, &err) < 0)
		fail_msg("%s", err.text);
}

static void the_source_is_there_to_read(void **state)
{
	struct place *place = *state;

	make(place);
	assert_folder_holds(place->trial, "work/train.py", "source\n");
	assert_folder_holds(place->trial, "work/data/x.csv", "1,2\n");
	assert_folder_links(place->trial, "work/train.py",
			    folder_path(hd_workdir_source(place->workdir),
					"train.py"));
}

static void hd_135_outputs_and_logs_are_the_trials_own(void **state)
{
	struct place *place = *state;
	char text[16];

	make(place);
	folder_write(place->trial, "work/outputs/model", "mine\n", 0644);
	folder_write(place->trial, "work/logs/run", "log\n", 0644);
	assert_folder_holds(place->trial, "outputs/model", "mine\n");
	assert_folder_holds(place->trial, "logs/run", "log\n");
	assert_int_equal(folder_read(place->source, "outputs/model", text,
				     sizeof text),
			 -1);
	assert_int_equal(folder_read(place->trial, "outputs/old", text,
				     sizeof text),
			 -1);
}

static void git_and_our_own_folder_are_not_linked(void **state)
{
	struct place *place = *state;

	make(place);
	assert_int_equal(access(folder_path(place->trial, "work/.git"), F_OK),
			 -1);
	assert_int_equal(access(folder_path(place->trial, "work/.hdrive"), F_OK),
			 -1);
}

static void a_second_attempt_finds_what_the_first_left(void **state)
{
	struct place *place = *state;

	make(place);
	folder_write(place->trial, "checkpoints/last", "epoch 3\n", 0644);
	make(place);
	assert_folder_holds(place->trial, "checkpoints/last", "epoch 3\n");
}

static void moving_the_sweep_keeps_the_outputs_reachable(void **state)
{
	struct place *place = *state;

	make(place);
	folder_write(place->trial, "work/outputs/model", "mine\n", 0644);
	assert_int_equal(rename(place->trial,
				folder_path(place->source, "moved")),
			 0);
	assert_folder_holds(place->source, "moved/outputs/model", "mine\n");
}

static void writes_a_file_over_an_older_one(void **state)
{
	struct place *place = *state;

	make(place);
	assert_int_equal(hd_workdir_write(place->trial, false, "params.json",
					  "{\"a\":12345}", 11, NULL),
			 0);
	assert_int_equal(hd_workdir_write(place->trial, false, "params.json", "{}", 2,
					  NULL),
			 0);
	assert_folder_holds(place->trial, "params.json", "{}");
}

static void what_cannot_be_made_is_named(void **state)
{
	struct place *place = *state;
	struct hd_workdir *none = NULL;
	struct hd_error err;

	assert_int_equal(hd_workdir_open(&none, "/no/such/folder", NULL, &err),
			 HD_ENOENT);
	assert_null(none);
	assert_string_equal(err.text, "cannot find the folder "
				      "'/no/such/folder': No such file or "
				      "directory");
	assert_int_equal(hd_workdir_make(place->workdir, "/no/such/trial", &err),
			 HD_ENOENT);
	assert_string_equal(err.text, "cannot make the trial's folder "
				      "'/no/such/trial': No such file or "
				      "directory");
	assert_int_equal(hd_workdir_write("/no/such", false, "x", "", 0, &err),
			 HD_ENOENT);
	assert_string_equal(err.text, "cannot write '/no/such/x': No such file "
				      "or directory");
}

static void a_file_in_the_way_is_an_error(void **state)
{
	struct place *place = *state;
	struct hd_error err;

	assert_int_equal(mkdir(place->trial, 0777), 0);
	folder_write(place->trial, "work", "", 0644);
	assert_true(hd_workdir_make(place->workdir, place->trial, &err) < 0);
	assert_non_null(strstr(err.text, "cannot make the trial's folder '"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_source_is_there_to_read),
		TEST(hd_135_outputs_and_logs_are_the_trials_own),
		TEST(git_and_our_own_folder_are_not_linked),
		TEST(a_second_attempt_finds_what_the_first_left),
		TEST(moving_the_sweep_keeps_the_outputs_reachable),
		TEST(writes_a_file_over_an_older_one),
		TEST(what_cannot_be_made_is_named),
		TEST(a_file_in_the_way_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
