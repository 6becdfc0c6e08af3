/* Tests of engine/serve/files.c. */
#include "check.h"
#include "folder.h"

#include "serve/files.h"

static char folder[FOLDER_PATH];
static char root[FOLDER_PATH];

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

/* FOLDER has "secret" and "root", whose links lead out of it. */
static int setup(void **state)
{
	(void)state;
	folder_make(folder);
	snprintf(root, sizeof root, "%s", folder_path(folder, "root"));
	assert_int_equal(mkdir(root, 0777), 0);
	assert_int_equal(mkdir(folder_path(root, "a"), 0777), 0);
	put(folder_path(folder, "secret"), "secret");
	put(folder_path(root, "f"), "file");
	put(folder_path(root, "a/g"), "deep");
	assert_int_equal(symlink("../secret", folder_path(root, "link")), 0);
	assert_int_equal(symlink("..", folder_path(root, "up")), 0);
	assert_int_equal(symlink("f", folder_path(root, "own")), 0);
	assert_int_equal(mkfifo(folder_path(root, "pipe"), 0666), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	folder_remove(folder);
	return 0;
}

static void names_are_parts_that_lead_down(void **state)
{
	static const char *const good[] = { "a", "a/b", "...", ".a", "a b/c",
					    "\xe2\x82\xac", "..a", "a../b" };
	static const char *const bad[] = { "", "/", "/a", "a/", "a//b", ".", "..",
					   "./a", "a/.", "../a", "a/..",
					   "a/../b" };
	char long_name[300];
	char deep[200] = "";

	(void)state;
	for (size_t i = 0; i < ROWS(good); i++)
		assert_true(hd_files_is_name(good[i]));
	for (size_t i = 0; i < ROWS(bad); i++)
		assert_false(hd_files_is_name(bad[i]));
	memset(long_name, 'x', sizeof long_name);
	long_name[sizeof long_name - 1] = '\0';
	assert_false(hd_files_is_name(long_name));
	for (int i = 0; i < 64; i++)
		strcat(deep, i ? "/x" : "x");
	assert_true(hd_files_is_name(deep));
	strcat(deep, "/x");
	assert_false(hd_files_is_name(deep));
}

static void assert_opens(const char *name, int code)
{
	struct hd_error err = { 0 };
	uint64_t size = 0;
	int fd;

	assert_int_equal(hd_files_open(&fd, &size, root, name, &err), code);
	if (code) {
		assert_int_equal(fd, -1);
		assert_true(*err.text);
		return;
	}
	assert_int_equal(size, 4);
	close(fd);
}

static void only_regular_files_below_are_opened(void **state)
{
	(void)state;
	assert_opens("f", 0);
	assert_opens("a/g", 0);
	assert_opens("none", HD_ENOENT);
	assert_opens("none/f", HD_ENOENT);
	assert_opens("a", HD_EINVAL);
	assert_opens("f/x", HD_EINVAL);
	assert_opens("link", HD_EINVAL);
	assert_opens("own", HD_EINVAL);
	assert_opens("up/secret", HD_EINVAL);
	assert_opens("pipe", HD_EINVAL);
	assert_opens("../secret", HD_EINVAL);
	assert_opens("", HD_EINVAL);
}

static int take_entry(void *user, const struct hd_files_entry *entry)
{
	char *found = user;

	snprintf(found + strlen(found), 200 - strlen(found), "%s%s:%u ",
		 entry->name, entry->is_folder ? "/" : "",
		 entry->is_folder ? 0 : (unsigned)entry->size);
	return 0;
}

static void assert_lists(const char *name, const char *expected)
{
	char found[200] = "";

	assert_int_equal(hd_files_list(root, name, take_entry, found, NULL), 0);
	assert_string_equal(found, expected);
}

static void a_list_shows_files_and_folders_alone(void **state)
{
	(void)state;
	put(folder_path(root, ".hdrive-1-0"), "a draft");
	assert_lists("", "a/:0 f:4 ");
	assert_lists("a", "g:4 ");
	assert_lists("f", "");
	assert_lists("none", "");
	assert_lists("up", "");
	assert_int_equal(hd_files_list(root, "..", take_entry, NULL, NULL),
			 HD_EINVAL);
	assert_int_equal(hd_files_list(root, "/", take_entry, NULL, NULL),
			 HD_EINVAL);
}

static void keep(const char *name, const char *text, int code)
{
	struct hd_files_draft draft;
	int rc = hd_files_draft_open(&draft, root, name, NULL);

	if (rc == 0) {
		rc = hd_files_draft_write(&draft, text, strlen(text), NULL);
		assert_int_equal(rc, 0);
		rc = hd_files_draft_keep(&draft, NULL);
	}
	hd_files_draft_close(&draft);
	assert_int_equal(rc, code);
}

static void assert_holds(const char *path, const char *text)
{
	char found[32] = "";
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	assert_int_equal(fread(found, 1, sizeof found - 1, file), strlen(text));
	fclose(file);
	assert_string_equal(found, text);
}

static void a_draft_takes_its_place_when_it_is_whole(void **state)
{
	struct hd_files_draft draft;

	(void)state;
	assert_int_equal(hd_files_draft_open(&draft, root, "x/y/z", NULL), 0);
	assert_int_equal(hd_files_draft_write(&draft, "new", 3, NULL), 0);
	assert_lists("x/y", "");
	assert_int_equal(hd_files_draft_keep(&draft, NULL), 0);
	hd_files_draft_close(&draft);
	assert_holds(folder_path(root, "x/y/z"), "new");
	keep("f", "again", 0);
	assert_holds(folder_path(root, "f"), "again");
	/* One that is given up leaves what was there, and nothing else. */
	assert_int_equal(hd_files_draft_open(&draft, root, "f", NULL), 0);
	assert_int_equal(hd_files_draft_write(&draft, "half", 4, NULL), 0);
	hd_files_draft_close(&draft);
	hd_files_draft_close(&draft);
	assert_holds(folder_path(root, "f"), "again");
	assert_lists("", "a/:0 f:5 x/:0 ");
}

static void a_draft_replaces_a_link_and_never_follows_it(void **state)
{
	(void)state;
	keep("link", "new", 0);
	assert_holds(folder_path(folder, "secret"), "secret");
	assert_holds(folder_path(root, "link"), "new");
	keep("up/secret", "new", HD_EINVAL);
	keep("up/made", "new", HD_EINVAL);
	keep("../made", "new", HD_EINVAL);
	keep("f/made", "new", HD_EINVAL);
	keep("a", "new", HD_EINVAL);
	assert_holds(folder_path(folder, "secret"), "secret");
	assert_int_equal(access(folder_path(folder, "made"), F_OK), -1);
	assert_lists("a", "g:4 ");
}

static void the_folder_itself_may_be_a_link(void **state)
{
	(void)state;
	assert_int_equal(symlink("root", folder_path(folder, "outputs")), 0);
	snprintf(root, sizeof root, "%s", folder_path(folder, "outputs"));
	assert_opens("f", 0);
	assert_opens("link", HD_EINVAL);
	keep("b", "new", 0);
	assert_holds(folder_path(folder, "root/b"), "new");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(names_are_parts_that_lead_down),
		TEST(only_regular_files_below_are_opened),
		TEST(a_list_shows_files_and_folders_alone),
		TEST(a_draft_takes_its_place_when_it_is_whole),
		TEST(a_draft_replaces_a_link_and_never_follows_it),
		TEST(the_folder_itself_may_be_a_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
