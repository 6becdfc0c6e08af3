/* Tests of engine/snapshot/: what is taken, and that it stays as it is. */
#include "snapbox.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

static ino_t inode(const char *path)
{
	struct stat info;

	assert_int_equal(lstat(path, &info), 0);
	return info.st_ino;
}

static mode_t mode(const char *path)
{
	struct stat info;

	assert_int_equal(lstat(path, &info), 0);
	return info.st_mode & 0777;
}

/* Let what is there be old enough for its hash to be kept. */
static void age(struct snapbox *box)
{
	const struct timespec pause = { .tv_nsec = 60000000 };

	box->setup.settled = 50000;
	nanosleep(&pause, NULL);
}

/* Entries of FOLDER, "." and ".." aside. */
static size_t entries(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	size_t count = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)))
		count += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
	closedir(dir);
	return count;
}

static size_t objects(const struct snapbox *box)
{
	return entries(folder_path(box->store, HD_SNAPSHOT_FOLDER "/objects"));
}

/* Names in .snapshots that are of one in the making. */
static size_t parts(const struct snapbox *box)
{
	DIR *dir = opendir(folder_path(box->store, HD_SNAPSHOT_FOLDER));
	struct dirent *entry;
	size_t count = 0;

	while (dir && (entry = readdir(dir)))
		count += !strncmp(entry->d_name, "part-", 5);
	if (dir)
		closedir(dir);
	return count;
}

static void fill(struct snapbox *box)
{
	snap_file(box, "train.py", "print(1)\n");
	snap_dir(box, "src");
	snap_file(box, "src/model.py", "x = 1\n");
	snap_file(box, "src/copy.py", "x = 1\n");
	folder_write(box->source, "run.sh", "#!/bin/sh\n", 0755);
	snap_dir(box, "empty");
}

/* Take one that fails with CODE. */
static const char *snap_fails(struct snapbox *box, int code)
{
	hd_snapshot_close(box->taken);
	box->taken = NULL;
	assert_int_equal(hd_snapshot_take(&box->taken, &box->setup, &box->err), code);
	assert_null(box->taken);
	return box->err.text;
}

/* --- what is in it ---------------------------------------------------------------- */

static void a_tree_is_taken_as_it_is(void **state)
{
	struct snapbox *box = *state;

	fill(box);
	assert_true(hd_snapshot_is_id(snap(box)));
	assert_snap_holds(box, "train.py", "print(1)\n");
	assert_snap_holds(box, "src/model.py", "x = 1\n");
	assert_snap_has(box, "empty");
	assert_int_equal(mode(snap_path(box, "train.py")), 0444);
	assert_int_equal(mode(snap_path(box, "run.sh")), 0555);
	assert_int_equal(hd_snapshot_files(box->taken), 4);
	assert_int_equal(hd_snapshot_bytes(box->taken), 9 + 6 + 6 + 10);
	assert_true(hd_snapshot_is_there(box->store, hd_snapshot_id(box->taken)));
}

static void files_of_one_content_are_kept_once(void **state)
{
	struct snapbox *box = *state;

	fill(box);
	snap(box);
	assert_int_equal(objects(box), 3);
	assert_int_equal(inode(snap_path(box, "src/model.py")),
			 inode(snap_path(box, "src/copy.py")));
	assert_int_not_equal(inode(snap_path(box, "src/model.py")),
			     inode(folder_path(box->source, "src/model.py")));
}

static void hd_162_editing_the_source_changes_no_snapshot(void **state)
{
	struct snapbox *box = *state;

	fill(box);
	snap(box);
	/* In place, as some editors do, and by another file. */
	snap_file(box, "train.py", "print(2)\n");
	assert_int_equal(unlink(folder_path(box->source, "src/model.py")), 0);
	snap_file(box, "new.py", "");
	assert_snap_holds(box, "train.py", "print(1)\n");
	assert_snap_holds(box, "src/model.py", "x = 1\n");
	assert_snap_lacks(box, "new.py");
}

static void what_git_hdrive_and_trials_own_is_left_out(void **state)
{
	static const char *const out[] = { ".git", "src/.git", ".hdrive", "outputs", "logs" };
	static const char *const in[] = { "src/outputs", "src/logs", ".azureml" };
	struct snapbox *box = *state;

	snap_dir(box, "src");
	for (size_t i = 0; i < sizeof out / sizeof *out; i++)
		snap_dir(box, out[i]);
	for (size_t i = 0; i < sizeof in / sizeof *in; i++)
		snap_dir(box, in[i]);
	snap(box);
	for (size_t i = 0; i < sizeof out / sizeof *out; i++)
		assert_snap_lacks(box, out[i]);
	for (size_t i = 0; i < sizeof in / sizeof *in; i++)
		assert_snap_has(box, in[i]);
}

static bool is_database(void *user, const char *name)
{
	(void)user;
	return !strcmp(name, "my.db");
}

static void a_store_within_the_source_is_left_out(void **state)
{
	struct snapbox *box = *state;

	fill(box);
	snap_file(box, "my.db", "SQLite");
	snap_file(box, "src/my.db", "data of its own");
	box->setup.store = box->source;
	box->setup.is_ours = is_database;
	for (int i = 0; i < 2; i++) {
		hd_snapshot_close(box->taken);
		assert_int_equal(hd_snapshot_take(&box->taken, &box->setup, &box->err), 0);
		assert_int_equal(hd_snapshot_files(box->taken), 5);
		assert_null(hd_snapshot_left_out(box->taken, "src/my.db"));
	}
}

static void assert_leads(const struct snapbox *box, const char *path, const char *target)
{
	char found[FOLDER_PATH];
	ssize_t length = readlink(snap_path(box, path), found, sizeof found - 1);

	assert_true(length >= 0);
	found[length] = '\0';
	assert_string_equal(found, target);
}

static void links_stay_links_and_lead_where_they_led(void **state)
{
	struct snapbox *box = *state;

	fill(box);
	assert_int_equal(symlink("../train.py", folder_path(box->source, "src/in")), 0);
	assert_int_equal(symlink("nowhere", folder_path(box->source, "broken")), 0);
	assert_int_equal(symlink("/usr/share", folder_path(box->source, "out")), 0);
	assert_int_equal(symlink("../beside/x", folder_path(box->source, "up")), 0);
	assert_int_equal(symlink("../../beside", folder_path(box->source, "src/up")), 0);
	assert_int_equal(symlink("../src/../../beside", folder_path(box->source, "src/zag")), 0);
	assert_int_equal(symlink(folder_path(box->source, "src"),
				 folder_path(box->source, "src/self")),
			 0);
	assert_int_equal(symlink(box->source, folder_path(box->source, "src/whole")), 0);
	snap(box);
	assert_leads(box, "src/in", "../train.py");
	assert_leads(box, "broken", "nowhere");
	assert_leads(box, "out", "/usr/share");
	assert_leads(box, "up", folder_path(box->folder, "beside/x"));
	assert_leads(box, "src/up", folder_path(box->folder, "beside"));
	assert_leads(box, "src/zag", folder_path(box->source, "src/../../beside"));
	assert_leads(box, "src/self", "../src");
	assert_leads(box, "src/whole", "../.");
	assert_snap_holds(box, "src/in", "print(1)\n");
}

static void fifos_sockets_and_devices_are_left_out(void **state)
{
	struct snapbox *box = *state;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	fill(box);
	assert_int_equal(mkfifo(folder_path(box->source, "fifo"), 0666), 0);
	snprintf(address.sun_path, sizeof address.sun_path, "%s",
		 folder_path(box->source, "sock"));
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	snap(box);
	close(fd);
	assert_snap_lacks(box, "fifo");
	assert_snap_lacks(box, "sock");
	assert_int_equal(hd_snapshot_notes(box->taken), 2);
	assert_int_equal(hd_snapshot_note(box->taken, 0)->why, HD_SNAPSHOT_SPECIAL);
	assert_string_equal(hd_snapshot_note(box->taken, 0)->path, "fifo");
}

static void a_file_that_cannot_be_read_is_named(void **state)
{
	struct snapbox *box = *state;

	if (geteuid() == 0)
		skip();
	fill(box);
	folder_write(box->source, "secret", "x", 0000);
	assert_true(hd_snapshot_take(&box->taken, &box->setup, &box->err) < 0);
	assert_non_null(strstr(box->err.text, "'secret'"));
	assert_non_null(strstr(box->err.text, ".amlignore"));
	assert_int_equal(parts(box), 0);
}

static void odd_names_are_taken(void **state)
{
	static const char *const odd[] = { "a b", "new\nline", "-x", "*", "\xff\xfe", "!y", "#z" };
	struct snapbox *box = *state;

	/* A rule, so that the names are asked for too. */
	snap_file(box, ".gitignore", "*.o\n");
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
		snap_file(box, odd[i], odd[i]);
	snap(box);
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
		assert_snap_holds(box, odd[i], odd[i]);
}

/* --- the limit --------------------------------------------------------------------- */

/* A file of SIZE bytes without any on the disk. */
static void sparse(struct snapbox *box, const char *name, off_t size)
{
	snap_file(box, name, "");
	assert_int_equal(truncate(folder_path(box->source, name), size), 0);
}

static void hd_161_more_than_300_mib_are_refused(void **state)
{
	struct snapbox *box = *state;
	char expected[2 * HD_ERROR_TEXT];

	fill(box);
	snap_dir(box, "data");
	sparse(box, "data/train.bin", INT64_C(40) << 30);
	sparse(box, "big.bin", 200 << 20);
	snap_fails(box, HD_ELIMIT);
	snprintf(expected, sizeof expected,
		 "the source folder '%s' holds 40 GiB in 6 files, and a snapshot of it at most "
		 "300.0 MiB: largest are 'data/' (40 GiB), 'big.bin' (200 MiB), 'src/' (12 bytes); "
		 "leave out with a line in .amlignore or .gitignore what no trial needs, allow "
		 "more with --snapshot-limit, or run from the folder as it is with --no-snapshot",
		 box->source);
	assert_string_equal(box->err.text, expected);
	/* Nothing was made for it. */
	assert_int_equal(entries(box->store), 0);
	snap_file(box, ".amlignore", "data/\n");
	snap(box);
}

static void hd_161_more_than_2000_files_are_refused(void **state)
{
	struct snapbox *box = *state;
	char name[40];

	snap_dir(box, "many");
	for (int i = 0; i < 2000; i++) {
		snprintf(name, sizeof name, "many/%d", i);
		snap_file(box, name, "");
	}
	snap(box);
	snap_file(box, "one", "");
	snap_fails(box, HD_ELIMIT);
	assert_non_null(strstr(box->err.text, "in 2001 files, and a snapshot of it at most 2000 "
					      "files: largest are 'many/' (2000), 'one' (1);"));
	box->setup.files_most = 2001;
	snap(box);
}

static void the_limit_counts_what_rules_leave(void **state)
{
	struct snapbox *box = *state;

	sparse(box, "x.bin", 400 << 20);
	snap_file(box, ".gitignore", "*.bin\n");
	snap(box);
	assert_int_equal(hd_snapshot_bytes(box->taken), 6);
}

/* --- again ---------------------------------------------------------------------------- */

static void the_same_content_is_the_same_snapshot(void **state)
{
	struct snapbox *box = *state;
	char first[HD_SNAPSHOT_ID_SIZE];
	ino_t before;

	fill(box);
	strcpy(first, snap(box));
	before = inode(snap_path(box, "train.py"));
	assert_string_equal(snap(box), first);
	assert_int_equal(inode(snap_path(box, "train.py")), before);
	/* What was touched alone has no other content. */
	assert_int_equal(utimensat(AT_FDCWD, folder_path(box->source, "train.py"), NULL, 0), 0);
	assert_string_equal(snap(box), first);
	/* A mode, a name and an empty folder are content. */
	assert_int_equal(chmod(folder_path(box->source, "train.py"), 0755), 0);
	assert_string_not_equal(snap(box), first);
	assert_int_equal(chmod(folder_path(box->source, "train.py"), 0644), 0);
	snap_dir(box, "empty2");
	assert_string_not_equal(snap(box), first);
}

static void a_second_one_reads_only_what_changed(void **state)
{
	struct snapbox *box = *state;
	ino_t model;

	fill(box);
	age(box);
	snap(box);
	assert_int_equal(hd_snapshot_read(box->taken), 4);
	model = inode(snap_path(box, "src/model.py"));
	snap(box);
	assert_int_equal(hd_snapshot_read(box->taken), 0);
	snap_file(box, "train.py", "print(3)\n");
	snap(box);
	assert_int_equal(hd_snapshot_read(box->taken), 1);
	assert_snap_holds(box, "train.py", "print(3)\n");
	assert_int_equal(inode(snap_path(box, "src/model.py")), model);
}

/* One that was written in this instant may yet change without a sign. */
static void what_is_new_is_read_again(void **state)
{
	struct snapbox *box = *state;

	fill(box);
	snap(box);
	snap(box);
	assert_int_equal(hd_snapshot_read(box->taken), 4);
}

static void the_cache(struct snapbox *box, char path[2 * FOLDER_PATH])
{
	DIR *dir = opendir(folder_path(box->store, HD_SNAPSHOT_FOLDER));
	struct dirent *entry;

	assert_non_null(dir);
	*path = '\0';
	while ((entry = readdir(dir)))
		if (!strncmp(entry->d_name, "cache-", 6))
			snprintf(path, 2 * (size_t)FOLDER_PATH, "%s/%s/%.60s", box->store,
				 HD_SNAPSHOT_FOLDER, entry->d_name);
	closedir(dir);
	assert_true(*path);
}

static void a_broken_cache_is_no_cache(void **state)
{
	struct snapbox *box = *state;
	char path[2 * FOLDER_PATH], first[HD_SNAPSHOT_ID_SIZE];
	int fd;

	fill(box);
	age(box);
	strcpy(first, snap(box));
	the_cache(box, path);
	/* Another hash in it than was written, which would be another file. */
	fd = open(path, O_RDWR);
	assert_int_equal(pwrite(fd, "0", 1, 110), 1);
	assert_int_equal(pwrite(fd, "1", 1, 111), 1);
	close(fd);
	assert_string_equal(snap(box), first);
	assert_int_equal(hd_snapshot_read(box->taken), 4);
	assert_int_equal(truncate(path, 100), 0);
	assert_string_equal(snap(box), first);
	assert_int_equal(hd_snapshot_read(box->taken), 4);
	snap(box);
	assert_int_equal(hd_snapshot_read(box->taken), 0);
}

/* By a program that runs as root, say. */
static void what_a_program_broke_is_made_anew(void **state)
{
	struct snapbox *box = *state;
	char path[2 * FOLDER_PATH];

	fill(box);
	age(box);
	snap(box);
	snprintf(path, sizeof path, "%s", snap_path(box, "train.py"));
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(chmod(path, 0444), 0);
	assert_int_equal(unlink(snap_path(box, "src/model.py")), 0);
	assert_int_equal(mkdir(snap_path(box, "src/model.py"), 0777), 0);
	assert_int_equal(unlink(snap_path(box, "run.sh")), 0);
	assert_int_equal(rmdir(snap_path(box, "empty")), 0);
	snap(box);
	assert_snap_holds(box, "train.py", "print(1)\n");
	assert_snap_holds(box, "src/model.py", "x = 1\n");
	assert_int_equal(mode(snap_path(box, "run.sh")), 0555);
	assert_snap_has(box, "empty");
	assert_int_equal(parts(box), 0);
}

/* --- crashes and company ------------------------------------------------------------ */

static void what_a_crash_left_is_cleared_away(void **state)
{
	struct snapbox *box = *state;

	fill(box);
	snap(box);
	hd_snapshot_close(box->taken);
	box->taken = NULL;
	assert_int_equal(mkdir(folder_path(box->store, HD_SNAPSHOT_FOLDER "/part-1-0"), 0777), 0);
	assert_int_equal(mkdir(folder_path(box->store, HD_SNAPSHOT_FOLDER "/part-1-0/tree"),
			       0777),
			 0);
	folder_write(box->store, HD_SNAPSHOT_FOLDER "/part-1-0/tree/x", "x", 0444);
	snap(box);
	assert_int_equal(parts(box), 0);
}

static void several_take_one_at_once(void **state)
{
	struct snapbox *box = *state;
	pid_t children[6];
	int status;

	for (int i = 0; i < 40; i++) {
		char name[24];

		snprintf(name, sizeof name, "file-%d", i);
		snap_file(box, name, name);
	}
	for (int i = 0; i < 6; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			for (int j = 0; j < 5; j++) {
				if (hd_snapshot_take(&box->taken, &box->setup, &box->err) < 0)
					_exit(1);
				if (!snap_has(box, "file-39"))
					_exit(2);
				hd_snapshot_close(box->taken);
			}
			_exit(0);
		}
	}
	for (int i = 0; i < 6; i++) {
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
	snap(box);
	assert_int_equal(objects(box), 40);
	assert_int_equal(parts(box), 0);
}

/* While one child writes to a file without end. */
static void a_file_that_changes_all_the_while_is_taken_and_told(void **state)
{
	struct snapbox *box = *state;
	pid_t child;
	bool told = false;

	sparse(box, "log", 4 << 20);
	child = fork();
	if (child == 0) {
		int fd = open(folder_path(box->source, "log"), O_WRONLY | O_APPEND);

		while (write(fd, "x", 1) == 1)
			;
		_exit(0);
	}
	for (int i = 0; i < 20 && !told; i++) {
		snap(box);
		told = hd_snapshot_notes(box->taken) == 1;
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	assert_true(told);
	assert_int_equal(hd_snapshot_note(box->taken, 0)->why, HD_SNAPSHOT_MOVING);
	assert_snap_has(box, "log");
}

static void a_taker_keeps_away_who_removes(void **state)
{
	struct snapbox *box = *state;
	int fd;

	assert_int_equal(hd_snapshot_lock(&fd, box->store, &box->err), HD_ENOENT);
	fill(box);
	snap(box);
	assert_int_equal(hd_snapshot_lock(&fd, box->store, &box->err), HD_EBUSY);
	hd_snapshot_settle(box->taken);
	assert_int_equal(hd_snapshot_lock(&fd, box->store, &box->err), 0);
	close(fd);
}

static int count_one(void *user, const char *id)
{
	assert_true(hd_snapshot_is_id(id));
	++*(int *)user;
	return 0;
}

static void all_of_them_are_listed(void **state)
{
	struct snapbox *box = *state;
	int count = 0;

	assert_int_equal(hd_snapshot_each(box->store, count_one, &count, &box->err), 0);
	assert_int_equal(count, 0);
	fill(box);
	snap(box);
	snap_file(box, "more", "");
	snap(box);
	assert_int_equal(hd_snapshot_each(box->store, count_one, &count, &box->err), 0);
	assert_int_equal(count, 2);
}

static void assert_path(const char *path, const char *expected)
{
	char *found = hd_snapshot_path("/home/me", path);

	if (expected) {
		assert_non_null(found);
		assert_string_equal(found, expected);
	} else {
		assert_null(found);
	}
	free(found);
}

static void paths_are_seen_from_the_source(void **state)
{
	(void)state;
	assert_path("a/b", "a/b");
	assert_path("./a//b/", "a/b");
	assert_path("a/../b", "b");
	assert_path("a/b/../../c", "c");
	assert_path(".", "");
	assert_path("../a", NULL);
	assert_path("a/../../b", NULL);
	assert_path("/home/me/a", "a");
	assert_path("/home/me", "");
	assert_path("/home/me2/a", NULL);
	assert_path("/etc", NULL);
}

#define UNIT(test) cmocka_unit_test_setup_teardown(test, snapbox_setup, snapbox_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(a_tree_is_taken_as_it_is),
		UNIT(files_of_one_content_are_kept_once),
		UNIT(hd_162_editing_the_source_changes_no_snapshot),
		UNIT(what_git_hdrive_and_trials_own_is_left_out),
		UNIT(a_store_within_the_source_is_left_out),
		UNIT(links_stay_links_and_lead_where_they_led),
		UNIT(fifos_sockets_and_devices_are_left_out),
		UNIT(a_file_that_cannot_be_read_is_named),
		UNIT(odd_names_are_taken),
		UNIT(hd_161_more_than_300_mib_are_refused),
		UNIT(hd_161_more_than_2000_files_are_refused),
		UNIT(the_limit_counts_what_rules_leave),
		UNIT(the_same_content_is_the_same_snapshot),
		UNIT(a_second_one_reads_only_what_changed),
		UNIT(what_is_new_is_read_again),
		UNIT(a_broken_cache_is_no_cache),
		UNIT(what_a_program_broke_is_made_anew),
		UNIT(what_a_crash_left_is_cleared_away),
		UNIT(several_take_one_at_once),
		UNIT(a_file_that_changes_all_the_while_is_taken_and_told),
		UNIT(a_taker_keeps_away_who_removes),
		UNIT(all_of_them_are_listed),
		cmocka_unit_test(paths_are_seen_from_the_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
