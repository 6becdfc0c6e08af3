/* Tests of engine/remote/parts.c. */
#include "check.h"
#include "folder.h"

#include "base/file.h"
#include "remote/parts.h"

static char folder[FOLDER_PATH];

static void make_parts(const char *name, const char *launcher)
{
	char place[FOLDER_PATH];

	snprintf(place, sizeof place, "%s", folder_path(folder, name));
	assert_int_equal(mkdir(place, 0777), 0);
	assert_int_equal(mkdir(folder_path(place, "python"), 0777), 0);
	assert_int_equal(mkdir(folder_path(place, "python/a"), 0777), 0);
	folder_write(place, "hdrive-launch", launcher, 0777);
	folder_write(place, "python/a/x.py", "pass\n", 0666);
	folder_write(place, "python/b.py", "pass\n", 0666);
}

static int setup(void **state)
{
	(void)state;
	folder_make(folder);
	make_parts("one", "launcher");
	make_parts("two", "launcher");
	make_parts("other", "launcheR");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	folder_remove(folder);
	return 0;
}

static struct hd_parts *must_open(const char *name)
{
	char launcher[FOLDER_PATH], python[FOLDER_PATH];
	struct hd_parts *parts;
	struct hd_error err;

	snprintf(launcher, sizeof launcher, "%s/%s/hdrive-launch", folder, name);
	snprintf(python, sizeof python, "%s/%s/python", folder, name);
	if (hd_parts_open(&parts, launcher, python, &err) < 0)
		fail_msg("%s", err.text);
	return parts;
}

static void assert_ids(const char *a, const char *b, bool same)
{
	struct hd_parts *first = must_open(a), *second = must_open(b);

	assert_int_equal(strlen(hd_parts_id(first)), 32);
	assert_int_equal(!strcmp(hd_parts_id(first), hd_parts_id(second)), same);
	hd_parts_close(first);
	hd_parts_close(second);
}

static void the_hash_is_of_names_and_bytes(void **state)
{
	char two[FOLDER_PATH];

	(void)state;
	snprintf(two, sizeof two, "%s", folder_path(folder, "two"));
	assert_ids("one", "two", true);
	assert_ids("one", "other", false);
	/* What Python leaves behind is no part. */
	assert_int_equal(mkdir(folder_path(two, "python/__pycache__"), 0777), 0);
	folder_write(two, "python/__pycache__/b.pyc", "x", 0666);
	assert_ids("one", "two", true);
	assert_int_equal(rename(folder_path(two, "python/b.py"),
				folder_path(two, "python/c.py")),
			 0);
	assert_ids("one", "two", false);
	assert_int_equal(rename(folder_path(two, "python/c.py"),
				folder_path(two, "python/b.py")),
			 0);
	assert_int_equal(chmod(folder_path(two, "python/b.py"), 0755), 0);
	assert_ids("one", "two", false);
}

static void the_server_is_a_part_where_there_is_one(void **state)
{
	struct hd_parts *parts = must_open("one");
	char one[FOLDER_PATH];

	(void)state;
	snprintf(one, sizeof one, "%s", folder_path(folder, "one"));
	assert_int_equal(hd_parts_count(parts), 3);
	hd_parts_close(parts);
	folder_write(one, "hdrive-mlflow", "server", 0777);
	parts = must_open("one");
	assert_int_equal(hd_parts_count(parts), 4);
	assert_string_equal(hd_parts_at(parts, 1)->name, HD_PARTS_MLFLOW);
	hd_parts_close(parts);
}

static void a_copy_is_whole_and_made_once(void **state)
{
	struct hd_parts *parts = must_open("one");
	char copy[FOLDER_PATH], text[16];
	struct hd_error err;

	(void)state;
	assert_true(snprintf(copy, sizeof copy, "%s/copies/%s", folder,
			     hd_parts_id(parts)) < FOLDER_PATH);
	if (hd_parts_copy(parts, folder_path(folder, "copies"), &err) < 0)
		fail_msg("%s", err.text);
	folder_read(copy, "hdrive-launch", text, sizeof text);
	assert_string_equal(text, "launcher");
	assert_int_equal(access(folder_path(copy, "hdrive-launch"), X_OK), 0);
	assert_int_equal(access(folder_path(copy, "python/a/x.py"), R_OK), 0);
	assert_folder_holds(copy, "hdrive", "launcher");
	/* What is there stays: it runs, maybe. */
	folder_write(copy, "hdrive-launch", "mine", 0777);
	assert_int_equal(hd_parts_copy(parts, folder_path(folder, "copies"), &err), 0);
	assert_folder_holds(copy, "hdrive-launch", "mine");
	/* Nothing else is left beside it. */
	assert_int_equal(unlink(folder_path(copy, "hdrive-launch")), 0);
	hd_file_remove(copy);
	assert_int_equal(rmdir(folder_path(folder, "copies")), 0);
	hd_parts_close(parts);
}

static void without_a_launcher_there_are_none(void **state)
{
	struct hd_parts *parts;
	struct hd_error err;

	(void)state;
	assert_int_equal(hd_parts_open(&parts, folder_path(folder, "none"), NULL, &err),
			 HD_ENOENT);
	assert_null(parts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_hash_is_of_names_and_bytes,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			the_server_is_a_part_where_there_is_one, setup, teardown),
		cmocka_unit_test_setup_teardown(a_copy_is_whole_and_made_once,
						setup, teardown),
		cmocka_unit_test_setup_teardown(without_a_launcher_there_are_none,
						setup, teardown),
	};

	return cmocka_run_group_tests_name("parts", tests, NULL, NULL);
}
