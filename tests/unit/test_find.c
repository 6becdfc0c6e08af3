/* Tests of engine/config/find.c, on a folder made for each. */
#include "check.h"

#include <hdrive/config.h>

#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_SIZE 32

static char *joined(const char *folder, const char *name)
{
	static char path[512];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static void make_folder(const char *folder, const char *name)
{
	assert_int_equal(mkdir(joined(folder, name), 0700), 0);
}

static void make_file(const char *folder, const char *name)
{
	FILE *file = fopen(joined(folder, name), "w");

	assert_non_null(file);
	assert_int_equal(fclose(file), 0);
}

static int folder_new(void **state)
{
	char *folder = malloc(FOLDER_SIZE);

	if (!folder)
		return -1;
	strcpy(folder, "/tmp/hdrive-find-XXXXXX");
	if (!mkdtemp(folder)) {
		free(folder);
		return -1;
	}
	*state = folder;
	return 0;
}

static int folder_free(void **state)
{
	char command[FOLDER_SIZE + 16];
	int rc;

	snprintf(command, sizeof command, "rm -rf '%s'", (char *)*state);
	rc = system(command);
	free(*state);
	return rc;
}

static void assert_found(const char *folder, const char *name,
			 const char *expected)
{
	struct hd_error err;
	char *found;

	assert_int_equal(hd_config_find(&found, name, folder, &err), 0);
	assert_string_equal(found, joined(folder, expected));
	free(found);
}

static void hd_047_an_existing_path_is_taken(void **state)
{
	struct hd_error err;
	char *found, path[64];

	make_file(*state, "a.yml");
	snprintf(path, sizeof path, "%s/a.yml", (char *)*state);
	assert_int_equal(hd_config_find(&found, path, "/nonexistent", &err),
			 0);
	assert_string_equal(found, path);
	free(found);
	assert_int_equal(hd_config_find(&found, "-", "/nonexistent", &err), 0);
	assert_string_equal(found, "-");
	free(found);
}

static void hd_047_a_whole_name_goes_before_its_end(void **state)
{
	make_folder(*state, "deep");
	make_folder(*state, "deep/er");
	make_file(*state, "my-hd.yml");
	assert_found(*state, "hd.yml", "my-hd.yml");
	make_file(*state, "deep/er/hd.yml");
	assert_found(*state, "hd.yml", "deep/er/hd.yml");
}

static void hd_047_several_candidates_are_listed(void **state)
{
	struct hd_error err;
	char expected[256], *found;
	const char *f = *state;

	make_file(f, "b-hd.yml");
	make_file(f, "a-hd.yml");
	assert_int_equal(hd_config_find(&found, "hd.yml", f, &err), HD_EINVAL);
	assert_null(found);
	snprintf(expected, sizeof expected,
		 "'hd.yml' names 2 files below '%s', give one of"
		 " '%s/a-hd.yml', '%s/b-hd.yml'",
		 f, f, f);
	assert_string_equal(err.text, expected);
	make_folder(f, "x");
	make_file(f, "hd.yml");
	make_file(f, "x/hd.yml");
	assert_int_equal(hd_config_find(&found, "hd.yml", f, &err), HD_EINVAL);
}

static void hd_047_nothing_found_says_where(void **state)
{
	struct hd_error err;
	char *found;

	make_folder(*state, "hd.yml");
	assert_int_equal(hd_config_find(&found, "hd.yml", *state, &err),
			 HD_ENOENT);
	assert_non_null(strstr(err.text, "no file 'hd.yml'"));
	assert_int_equal(hd_config_find(&found, "", *state, &err), HD_ENOENT);
	assert_int_equal(hd_config_find(&found, "a.yml", "/nonexistent", &err),
			 HD_ENOENT);
}

static void hd_047_git_store_and_loops_are_not_entered(void **state)
{
	char loop[64];

	make_folder(*state, ".git");
	make_file(*state, ".git/hd.yml");
	make_folder(*state, ".hdrive");
	make_file(*state, ".hdrive/hd.yml");
	make_folder(*state, "a");
	make_file(*state, "a/hd.yml");
	snprintf(loop, sizeof loop, "%s/a/loop", (char *)*state);
	assert_int_equal(symlink("..", loop), 0);
	assert_found(*state, "hd.yml", "a/hd.yml");
}

#define FOLDER_TEST(test) \
	cmocka_unit_test_setup_teardown(test, folder_new, folder_free)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		FOLDER_TEST(hd_047_an_existing_path_is_taken),
		FOLDER_TEST(hd_047_a_whole_name_goes_before_its_end),
		FOLDER_TEST(hd_047_several_candidates_are_listed),
		FOLDER_TEST(hd_047_nothing_found_says_where),
		FOLDER_TEST(hd_047_git_store_and_loops_are_not_entered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
