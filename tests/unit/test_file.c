/* Tests of engine/base/file.c, in a folder made for each. */
#include "folder.h"

#include "base/file.h"

#include <sys/wait.h>

struct fixture {
	char folder[FOLDER_PATH];
	struct hd_error err;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	assert_non_null(fixture);
	folder_make(fixture->folder);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	folder_remove(fixture->folder);
	free(fixture);
	return 0;
}

/* Entries of FOLDER, "." and ".." aside. */
static size_t entries(const char *folder)
{
	DIR *dir = opendir(folder);
	size_t count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count - 2;
}

static void a_file_is_seen_at_its_end_and_not_before(void **state)
{
	struct fixture *fixture = *state;
	const char *path = folder_path(fixture->folder, "f");
	struct hd_file file;

	folder_write(fixture->folder, "f", "old", 0600);
	assert_int_equal(hd_file_begin(&file, path, &fixture->err), 0);
	assert_int_equal(hd_file_write(&file, "new", 3, &fixture->err), 0);
	assert_folder_holds(fixture->folder, "f", "old");
	assert_int_equal(hd_file_end(&file, &fixture->err), 0);
	assert_folder_holds(fixture->folder, "f", "new");
	assert_int_equal(entries(fixture->folder), 1);
}

static void an_aborted_file_leaves_what_was_there(void **state)
{
	struct fixture *fixture = *state;
	struct hd_file file;

	folder_write(fixture->folder, "f", "old", 0600);
	assert_int_equal(hd_file_begin(&file, folder_path(fixture->folder, "f"), &fixture->err), 0);
	assert_int_equal(hd_file_write(&file, "new", 3, &fixture->err), 0);
	hd_file_abort(&file);
	assert_folder_holds(fixture->folder, "f", "old");
	assert_int_equal(entries(fixture->folder), 1);
}

static void a_link_stays_one_and_a_pipe_is_written_to(void **state)
{
	struct fixture *fixture = *state;
	struct hd_file file;
	char fifo[FOLDER_PATH];
	char text[4] = "";
	int fd;

	folder_write(fixture->folder, "f", "old", 0600);
	assert_int_equal(symlink("f", folder_path(fixture->folder, "link")), 0);
	assert_int_equal(hd_file_begin(&file, folder_path(fixture->folder, "link"),
				       &fixture->err),
			 0);
	assert_int_equal(hd_file_write(&file, "new", 3, &fixture->err), 0);
	assert_int_equal(hd_file_end(&file, &fixture->err), 0);
	assert_folder_links(fixture->folder, "link", "f");
	assert_folder_holds(fixture->folder, "f", "new");

	snprintf(fifo, sizeof fifo, "%s", folder_path(fixture->folder, "fifo"));
	assert_int_equal(mkfifo(fifo, 0600), 0);
	fd = open(fifo, O_RDONLY | O_NONBLOCK);
	assert_int_equal(hd_file_begin(&file, fifo, &fixture->err), 0);
	assert_int_equal(hd_file_write(&file, "abc", 3, &fixture->err), 0);
	assert_int_equal(hd_file_end(&file, &fixture->err), 0);
	assert_int_equal(read(fd, text, 3), 3);
	assert_string_equal(text, "abc");
	close(fd);
}

static void what_cannot_be_written_is_said(void **state)
{
	struct fixture *fixture = *state;
	struct hd_file file;
	char path[FOLDER_PATH];

	assert_int_equal(hd_file_begin(&file, fixture->folder, &fixture->err), HD_EIO);
	assert_non_null(strstr(fixture->err.text, ": Is a directory"));
	snprintf(path, sizeof path, "%s", folder_path(fixture->folder, "no/f"));
	assert_int_equal(hd_file_begin(&file, path, &fixture->err), HD_ENOENT);
	assert_non_null(strstr(fixture->err.text, "no/f': No such file or directory"));
	assert_int_equal(entries(fixture->folder), 0);
}

/* FOLDER/from with a file, one below it, a link and a pipe. */
static void tree_make(const char *folder)
{
	assert_int_equal(mkdir(folder_path(folder, "from"), 0700), 0);
	assert_int_equal(mkdir(folder_path(folder, "from/a"), 0700), 0);
	folder_write(folder, "from/a/b", "below", 0700);
	folder_write(folder, "from/f", "file", 0600);
	assert_int_equal(symlink("/nowhere", folder_path(folder, "from/link")), 0);
	assert_int_equal(mkfifo(folder_path(folder, "from/fifo"), 0600), 0);
}

static void a_folder_is_copied_with_all_below_it(void **state)
{
	struct fixture *fixture = *state;
	const char *folder = fixture->folder;
	struct stat found;

	tree_make(folder);
	assert_int_equal(hd_file_copy(folder_path(folder, "from"), folder_path(folder, "x/y/to/"),
				      &fixture->err),
			 0);
	assert_folder_holds(folder, "x/y/to/f", "file");
	assert_folder_holds(folder, "x/y/to/a/b", "below");
	assert_folder_links(folder, "x/y/to/link", "/nowhere");
	assert_int_equal(stat(folder_path(folder, "x/y/to/a/b"), &found), 0);
	assert_true(found.st_mode & S_IXUSR);
	/* Neither the pipe nor a draft. */
	assert_int_equal(entries(folder_path(folder, "x/y/to")), 3);
}

static void a_folder_that_is_there_keeps_its_other_files(void **state)
{
	struct fixture *fixture = *state;
	const char *folder = fixture->folder;

	tree_make(folder);
	assert_int_equal(mkdir(folder_path(folder, "to"), 0700), 0);
	folder_write(folder, "to/f", "old", 0600);
	folder_write(folder, "to/other", "mine", 0600);
	assert_int_equal(hd_file_copy(folder_path(folder, "from"), folder_path(folder, "to"),
				      &fixture->err),
			 0);
	assert_folder_holds(folder, "to/f", "file");
	assert_folder_holds(folder, "to/other", "mine");
}

static void what_cannot_be_copied_is_said(void **state)
{
	struct fixture *fixture = *state;
	const char *folder = fixture->folder;

	tree_make(folder);
	assert_int_equal(hd_file_copy(folder_path(folder, "none"), folder_path(folder, "to"),
				      &fixture->err),
			 HD_ENOENT);
	assert_int_equal(hd_file_copy(folder_path(folder, "from/fifo"), folder_path(folder, "to"),
				      &fixture->err),
			 HD_EINVAL);
	assert_non_null(strstr(fixture->err.text, "fifo' is neither a file nor a folder"));
	/* A file where a folder would be. */
	assert_int_equal(mkdir(folder_path(folder, "to"), 0700), 0);
	folder_write(folder, "to/a", "file", 0600);
	assert_true(hd_file_copy(folder_path(folder, "from"), folder_path(folder, "to"),
				 &fixture->err) < 0);
	assert_non_null(strstr(fixture->err.text, "cannot copy 'a': "));
}

static void drafts_of_the_dead_go_and_nothing_else(void **state)
{
	struct fixture *fixture = *state;
	const char *folder = fixture->folder;
	char mine[64];
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	snprintf(mine, sizeof mine, ".hdrive-%ld.tmp", (long)child);
	folder_write(folder, mine, "half", 0600);
	snprintf(mine, sizeof mine, ".hdrive-%ld.tmp", (long)getpid());
	folder_write(folder, mine, "half", 0600);
	folder_write(folder, ".hdrive-1x.tmp", "of another", 0600);
	folder_write(folder, ".hdrive--4.tmp", "of another", 0600);
	folder_write(folder, "f", "whole", 0600);
	hd_file_drafts_remove(folder);
	assert_int_equal(entries(folder), 4);
	assert_folder_holds(folder, mine, "half");
	hd_file_drafts_remove(folder_path(folder, "none"));
}

#define with(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with(a_file_is_seen_at_its_end_and_not_before),
		with(an_aborted_file_leaves_what_was_there),
		with(a_link_stays_one_and_a_pipe_is_written_to),
		with(what_cannot_be_written_is_said),
		with(a_folder_is_copied_with_all_below_it),
		with(a_folder_that_is_there_keeps_its_other_files),
		with(what_cannot_be_copied_is_said),
		with(drafts_of_the_dead_go_and_nothing_else),
	};

	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
