/* Tests of engine/store/locate.c and of opening: where, what, and what not. */
#include "storebox.h"

#include <errno.h>
#include <limits.h>

/* A folder with a/b/c in it; its own name has no link in it. */
static int open_tree(void **state)
{
	struct storebox *box = malloc(sizeof *box);
	char path[400];

	assert_non_null(box);
	box_folder(box);
	for (const char *const *name = (const char *const[]){ "a", "a/b", "a/b/c", NULL }; *name;
	     name++) {
		snprintf(path, sizeof path, "%s/%s", box->folder, *name);
		assert_int_equal(mkdir(path, 0777), 0);
	}
	*state = box;
	return 0;
}

static int close_tree(void **state)
{
	box_close(*state);
	free(*state);
	return 0;
}

static void write_file(const char *path, const void *bytes, size_t length)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), length);
	close(fd);
}

static void make_store(struct storebox *box, const char *below)
{
	struct hd_store *store;
	char path[400];

	snprintf(path, sizeof path, "%s/%s.hdrive/hdrive.db", box->folder, below);
	ok(box, hd_store_open(&store, path, HD_STORE_CREATE, &box->err));
	hd_store_close(store);
}

static void expect_located(struct storebox *box, const char *from,
			   const char *expected)
{
	char folder[400], path[400];
	char *found;

	snprintf(folder, sizeof folder, "%s/%s", box->folder, from);
	snprintf(path, sizeof path, "%s/%s", box->folder, expected);
	ok(box, hd_store_locate(&found, folder, NULL, &box->err));
	assert_string_equal(found, path);
	free(found);
}

static void the_nearest_store_above_is_taken(void **state)
{
	struct storebox *box = *state;

	expect_located(box, "a/b", "a/b/.hdrive/hdrive.db");
	make_store(box, "a/");
	expect_located(box, "a/b/c", "a/.hdrive/hdrive.db");
	expect_located(box, "a", "a/.hdrive/hdrive.db");
	expect_located(box, "a/b/../b/./c/", "a/.hdrive/hdrive.db");
	make_store(box, "");
	expect_located(box, "a/b/c", "a/.hdrive/hdrive.db");
	make_store(box, "a/b/c/");
	expect_located(box, "a/b/c", "a/b/c/.hdrive/hdrive.db");
	expect_located(box, "", ".hdrive/hdrive.db");
}

static void a_folder_of_that_name_without_a_store_is_passed_by(void **state)
{
	struct storebox *box = *state;
	char path[400];

	make_store(box, "");
	snprintf(path, sizeof path, "%s/a/.hdrive", box->folder);
	assert_int_equal(mkdir(path, 0777), 0);
	expect_located(box, "a", ".hdrive/hdrive.db");
}

static void an_override_is_taken_as_it_is(void **state)
{
	struct storebox *box = *state;
	char *found;

	ok(box, hd_store_locate(&found, "/nowhere", "x/y.db", &box->err));
	assert_string_equal(found, "x/y.db");
	free(found);
}

static void a_folder_that_is_not_there_is_said_so(void **state)
{
	struct storebox *box = *state;
	char *found;

	assert_int_equal(hd_store_locate(&found, "/nowhere/at/all", NULL,
					 &box->err),
			 HD_ENOENT);
	assert_null(found);
	assert_non_null(strstr(box->err.text, "'/nowhere/at/all'"));
}

static void the_root_needs_no_second_slash(void **state)
{
	struct storebox *box = *state;
	char *found;

	ok(box, hd_store_locate(&found, "/", NULL, &box->err));
	assert_string_equal(found, "/.hdrive/hdrive.db");
	free(found);
}

/* --- opening -------------------------------------------------------------- */

static int open_at(struct storebox *box, enum hd_store_mode mode)
{
	return hd_store_open(&box->store, box->path, mode, &box->err);
}

static void reading_or_writing_what_is_not_there_makes_nothing(void **state)
{
	struct storebox *box = *state;
	struct stat info;
	char folder[400];

	assert_int_equal(open_at(box, HD_STORE_READ), HD_ENOENT);
	assert_null(box->store);
	assert_non_null(strstr(box->err.text, "no store at "));
	assert_int_equal(open_at(box, HD_STORE_WRITE), HD_ENOENT);
	snprintf(folder, sizeof folder, "%s/.hdrive", box->folder);
	assert_int_not_equal(stat(folder, &info), 0);

	snprintf(box->path, sizeof box->path, "%s/none.db", box->folder);
	assert_int_equal(open_at(box, HD_STORE_READ), HD_ENOENT);
	assert_non_null(strstr(box->err.text, "'hdrive submit' makes one"));
	assert_int_not_equal(stat(box->path, &info), 0);
}

static void a_new_folder_is_ignored_by_git(void **state)
{
	struct storebox *box = *state;
	char name[400], text[16] = "";
	int fd;

	ok(box, open_at(box, HD_STORE_CREATE));
	snprintf(name, sizeof name, "%s/.hdrive/.gitignore", box->folder);
	fd = open(name, O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(read(fd, text, sizeof text - 1), 2);
	close(fd);
	assert_string_equal(text, "*\n");
}

static void a_folder_that_was_there_gets_no_gitignore(void **state)
{
	struct storebox *box = *state;
	struct stat info;
	char name[400];

	snprintf(box->path, sizeof box->path, "%s/a/mine.db", box->folder);
	ok(box, open_at(box, HD_STORE_CREATE));
	snprintf(name, sizeof name, "%s/a/.gitignore", box->folder);
	assert_int_not_equal(stat(name, &info), 0);
	assert_int_equal(errno, ENOENT);
}

static void only_the_last_folder_is_made(void **state)
{
	struct storebox *box = *state;

	snprintf(box->path, sizeof box->path, "%s/x/y/s.db", box->folder);
	assert_int_equal(open_at(box, HD_STORE_CREATE), HD_ENOENT);
	assert_non_null(strstr(box->err.text, "cannot make folder"));
}

static void the_stores_folder_is_absolute(void **state)
{
	struct storebox *box = *state;
	char here[PATH_MAX], expected[400];

	assert_non_null(getcwd(here, sizeof here));
	snprintf(expected, sizeof expected, "%s/a", box->folder);
	assert_int_equal(chdir(expected), 0);
	ok(box, hd_store_open(&box->store, "s.db", HD_STORE_CREATE,
			      &box->err));
	assert_int_equal(chdir(here), 0);
	assert_string_equal(hd_store_folder(box->store), expected);
	box_sweep_insert(box, "HD_1", "a", HD_MINIMIZE);
}

static void odd_characters_in_a_path_are_only_characters(void **state)
{
	static const char *const names[] = { "a b?c=d#e%41.db", ":memory:", "file:x", "-wal",
					     "\xff.db" };
	struct storebox *box = *state;
	struct stat info;

	for (size_t i = 0; i < ROWS(names); i++) {
		snprintf(box->path, sizeof box->path, "%s/%s", box->folder,
			 names[i]);
		ok(box, open_at(box, HD_STORE_CREATE));
		box_sweep_insert(box, "HD_1", "a", HD_MINIMIZE);
		assert_int_equal(stat(box->path, &info), 0);
		box_reopen(box, HD_STORE_READ);
		hd_store_close(box->store);
		box->store = NULL;
	}
}

static void what_is_no_regular_file_or_names_none_is_refused(void **state)
{
	struct storebox *box = *state;

	snprintf(box->path, sizeof box->path, "%s/a", box->folder);
	assert_int_equal(open_at(box, HD_STORE_CREATE), HD_EINVAL);
	assert_non_null(strstr(box->err.text, "is not a regular file"));
	snprintf(box->path, sizeof box->path, "%s/a/", box->folder);
	assert_int_equal(open_at(box, HD_STORE_READ), HD_EINVAL);
	assert_int_equal(hd_store_open(&box->store, "", HD_STORE_READ,
				       &box->err),
			 HD_EINVAL);
}

static void an_empty_file_is_a_fresh_store_only_when_creating(void **state)
{
	struct storebox *box = *state;

	snprintf(box->path, sizeof box->path, "%s/e.db", box->folder);
	write_file(box->path, "", 0);
	assert_int_equal(open_at(box, HD_STORE_READ), HD_ENOENT);
	assert_non_null(strstr(box->err.text, "the file is empty"));
	assert_int_equal(open_at(box, HD_STORE_WRITE), HD_ENOENT);
	ok(box, open_at(box, HD_STORE_CREATE));
	box_sweep_insert(box, "HD_1", "a", HD_MINIMIZE);
}

static void what_is_no_database_is_refused_and_kept_as_it_was(void **state)
{
	static const char text[] = "lr,accuracy\n0.1,0.9\n0.2,0.8\n";
	struct storebox *box = *state;
	char back[100] = "";
	int fd;

	snprintf(box->path, sizeof box->path, "%s/t.csv", box->folder);
	write_file(box->path, text, sizeof text - 1);
	for (int mode = HD_STORE_READ; mode <= HD_STORE_CREATE; mode++) {
		assert_int_equal(open_at(box, (enum hd_store_mode)mode),
				 HD_ECORRUPT);
		assert_null(box->store);
		assert_non_null(strstr(box->err.text, "t.csv'"));
		assert_non_null(strstr(box->err.text, "not a database"));
	}
	fd = open(box->path, O_RDONLY);
	assert_int_equal(read(fd, back, sizeof back), sizeof text - 1);
	close(fd);
	assert_string_equal(back, text);
}

static void other_database(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void another_programs_database_is_refused_and_kept_as_it_was(void **state)
{
	struct storebox *box = *state;
	sqlite3_stmt *stmt;
	sqlite3 *db;

	snprintf(box->path, sizeof box->path, "%s/study.db", box->folder);
	other_database(box->path, "CREATE TABLE studies(x)");
	for (int mode = HD_STORE_READ; mode <= HD_STORE_CREATE; mode++) {
		assert_int_equal(open_at(box, (enum hd_store_mode)mode),
				 HD_ECORRUPT);
		assert_non_null(strstr(box->err.text,
				       "is a database of another program"));
	}
	assert_int_equal(sqlite3_open(box->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA journal_mode", -1,
					    &stmt, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	assert_string_equal(sqlite3_column_text(stmt, 0), "delete");
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

static void a_newer_hdrives_store_is_refused_with_both_versions(void **state)
{
	struct storebox *box = *state;
	char both[80];

	snprintf(both, sizeof both,
		 "has schema version 77, this hdrive knows up to %d:",
		 (int)hd_schema_version());
	ok(box, open_at(box, HD_STORE_CREATE));
	ok(box, hd_store_exec(box->store, "PRAGMA user_version = 77",
			      &box->err));
	hd_store_close(box->store);
	for (int mode = HD_STORE_READ; mode <= HD_STORE_CREATE; mode++) {
		assert_int_equal(open_at(box, (enum hd_store_mode)mode),
				 HD_EVERSION);
		assert_null(box->store);
		assert_non_null(strstr(box->err.text, both));
	}
}

/* --- a folder that cannot be written --------------------------------------- */

/* Root may write anywhere: as somebody else for a while. */
static void without_rights(const char *folder)
{
	assert_int_equal(chmod(folder, 0555), 0);
	if (geteuid() == 0)
		assert_int_equal(seteuid(65534), 0);
}

static void with_rights(const char *folder)
{
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(chmod(folder, 0777), 0);
}

static int count_sweeps(void *user, const struct hd_sweep_row *row)
{
	(void)row;
	++*(int *)user;
	return 0;
}

static void a_store_in_a_read_only_folder_can_be_read(void **state)
{
	struct storebox *box = *state;
	char folder[300];
	int rc, count = 0;

	assert_int_equal(chmod(box->folder, 0755), 0);
	ok(box, open_at(box, HD_STORE_CREATE));
	box_sweep_insert(box, "HD_1", "a", HD_MINIMIZE);
	hd_store_close(box->store);
	snprintf(folder, sizeof folder, "%s/.hdrive", box->folder);

	without_rights(folder);
	rc = open_at(box, HD_STORE_READ);
	with_rights(folder);
	ok(box, rc);
	ok(box, hd_store_sweeps(box->store, 0, NULL, count_sweeps, &count,
				&box->err));
	assert_int_equal(count, 1);
}

static void a_store_in_a_read_only_folder_cannot_be_written_or_made(void **state)
{
	struct storebox *box = *state;
	char folder[300];
	int rc, made;

	assert_int_equal(chmod(box->folder, 0755), 0);
	ok(box, open_at(box, HD_STORE_CREATE));
	hd_store_close(box->store);
	box->store = NULL;
	assert_int_equal(chmod(box->path, 0444), 0);
	snprintf(folder, sizeof folder, "%s/.hdrive", box->folder);

	without_rights(folder);
	rc = open_at(box, HD_STORE_WRITE);
	snprintf(box->path, sizeof box->path, "%s/.hdrive/other.db", box->folder);
	made = open_at(box, HD_STORE_CREATE);
	with_rights(folder);
	assert_int_equal(rc, HD_EIO);
	assert_int_equal(made, HD_EIO);
	assert_non_null(strstr(box->err.text, "other.db': unable to open"));
}

#define WITH_TREE(test) cmocka_unit_test_setup_teardown(test, open_tree, close_tree)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_TREE(the_nearest_store_above_is_taken),
		WITH_TREE(a_folder_of_that_name_without_a_store_is_passed_by),
		WITH_TREE(an_override_is_taken_as_it_is),
		WITH_TREE(a_folder_that_is_not_there_is_said_so),
		WITH_TREE(the_root_needs_no_second_slash),
		WITH_TREE(reading_or_writing_what_is_not_there_makes_nothing),
		WITH_TREE(a_new_folder_is_ignored_by_git),
		WITH_TREE(a_folder_that_was_there_gets_no_gitignore),
		WITH_TREE(only_the_last_folder_is_made),
		WITH_TREE(the_stores_folder_is_absolute),
		WITH_TREE(odd_characters_in_a_path_are_only_characters),
		WITH_TREE(what_is_no_regular_file_or_names_none_is_refused),
		WITH_TREE(an_empty_file_is_a_fresh_store_only_when_creating),
		WITH_TREE(what_is_no_database_is_refused_and_kept_as_it_was),
		WITH_TREE(another_programs_database_is_refused_and_kept_as_it_was),
		WITH_TREE(a_newer_hdrives_store_is_refused_with_both_versions),
		WITH_TREE(a_store_in_a_read_only_folder_can_be_read),
		WITH_TREE(a_store_in_a_read_only_folder_cannot_be_written_or_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
