/* Tests of engine/doctor/removal.c: what goes, what stays, what is counted. */
/* makedev and mknod of devices are not in POSIX. */
#define _GNU_SOURCE
#include "folder.h"

#include "doctor/removal.h"

#include <sys/sysmacros.h>

struct fixture {
	char path[FOLDER_PATH];
	int at; /* open */
};

static int make_folder(void **state)
{
	struct fixture *fixture = malloc(sizeof *fixture);

	assert_non_null(fixture);
	folder_make(fixture->path);
	fixture->at = open(fixture->path, O_RDONLY | O_DIRECTORY);
	assert_true(fixture->at >= 0);
	*state = fixture;
	return 0;
}

static int remove_folder(void **state)
{
	struct fixture *fixture = *state;

	close(fixture->at);
	folder_remove(fixture->path);
	free(fixture);
	return 0;
}

static void make(const struct fixture *fixture, const char *name)
{
	assert_int_equal(mkdirat(fixture->at, name, 0755), 0);
}

/* SIZE bytes of it. */
static void fill(const struct fixture *fixture, const char *name, size_t size)
{
	static const char block[4096];
	int fd = openat(fixture->at, name, O_WRONLY | O_CREAT | O_EXCL, 0644);

	assert_true(fd >= 0);
	for (size_t done = 0; done < size; done += sizeof block)
		assert_int_equal(write(fd, block, sizeof block), sizeof block);
	fsync(fd);
	close(fd);
}

static bool is_there(const struct fixture *fixture, const char *name)
{
	struct stat info;

	return fstatat(fixture->at, name, &info, AT_SYMLINK_NOFOLLOW) == 0;
}

static struct hd_removal inside(const struct fixture *fixture, const char *name, bool removes)
{
	struct hd_removal removal;

	hd_removal_init(&removal, removes);
	assert_int_equal(hd_removal_inside(&removal, fixture->at, name), 0);
	hd_removal_release(&removal);
	return removal;
}

static void counting_removes_nothing_and_removing_counts_the_same(void **state)
{
	const struct fixture *fixture = *state;
	struct hd_removal counted, removed;

	make(fixture, "top");
	make(fixture, "top/a");
	make(fixture, "top/a/b");
	fill(fixture, "top/one", 8192);
	fill(fixture, "top/a/b/two", 40960);
	counted = inside(fixture, "top", false);
	assert_true(is_there(fixture, "top/a/b/two"));
	assert_int_equal(counted.entries, 4);
	assert_true(counted.bytes >= 49152);
	removed = inside(fixture, "top", true);
	assert_int_equal(removed.entries, 4);
	assert_int_equal(removed.bytes, counted.bytes);
	assert_int_equal(removed.failed, 0);
	assert_true(is_there(fixture, "top"));
	assert_false(is_there(fixture, "top/a"));
	assert_false(is_there(fixture, "top/one"));
}

static void a_link_goes_and_what_it_names_stays(void **state)
{
	const struct fixture *fixture = *state;
	struct hd_removal removed;

	make(fixture, "top");
	make(fixture, "precious");
	fill(fixture, "precious/data", 4096);
	assert_int_equal(symlinkat("../precious", fixture->at, "top/out"), 0);
	assert_int_equal(symlinkat("/", fixture->at, "top/root"), 0);
	assert_int_equal(symlinkat("top", fixture->at, "way-in"), 0);
	removed = inside(fixture, "way-in", true);
	assert_int_equal(removed.entries, 0);
	assert_true(is_there(fixture, "top/out"));
	removed = inside(fixture, "top", true);
	assert_int_equal(removed.entries, 2);
	assert_false(is_there(fixture, "top/out"));
	assert_true(is_there(fixture, "precious/data"));
}

static void a_file_with_several_names_counts_once(void **state)
{
	const struct fixture *fixture = *state;
	struct hd_removal single, counted, removed;
	char name[32];

	make(fixture, "top");
	fill(fixture, "top/0", 81920);
	single = inside(fixture, "top", false);
	for (int i = 1; i < 200; i++) {
		snprintf(name, sizeof name, "top/%d", i);
		assert_int_equal(linkat(fixture->at, "top/0", fixture->at, name, 0), 0);
	}
	fill(fixture, "top/other", 4096);
	assert_int_equal(linkat(fixture->at, "top/other", fixture->at, "kept", 0), 0);
	counted = inside(fixture, "top", false);
	removed = inside(fixture, "top", true);
	assert_int_equal(counted.entries, 201);
	assert_int_equal(counted.bytes, single.bytes + 4096);
	assert_int_equal(removed.bytes, counted.bytes);
	assert_true(is_there(fixture, "kept"));
}

static void fifos_devices_and_sockets_are_not_opened(void **state)
{
	const struct fixture *fixture = *state;
	struct hd_removal removed;
	bool device;

	make(fixture, "top");
	assert_int_equal(mkfifoat(fixture->at, "top/fifo", 0644), 0);
	/* Only root may make one. */
	device = mknodat(fixture->at, "top/device", S_IFCHR | 0600, makedev(5, 0)) == 0;
	removed = inside(fixture, "top", true);
	assert_int_equal(removed.entries, device ? 2 : 1);
	assert_int_equal(removed.failed, 0);
}

static void names_of_every_kind_are_removed(void **state)
{
	static const char *const names[] = { "-rf", "a b", "new\nline", "*", "\xff\xfe", "..." };
	const struct fixture *fixture = *state;
	struct hd_removal removed;

	make(fixture, "top");
	for (size_t i = 0; i < ROWS(names); i++) {
		char path[64];

		snprintf(path, sizeof path, "top/%s", names[i]);
		make(fixture, path);
		strcat(path, "/");
		strcat(path, names[i]);
		fill(fixture, path, 0);
	}
	removed = inside(fixture, "top", true);
	assert_int_equal(removed.entries, 2 * ROWS(names));
	assert_int_equal(removed.failed, 0);
}

static void folders_nested_without_end_need_one_descriptor(void **state)
{
	const struct fixture *fixture = *state;
	struct hd_removal removed;
	int at = dup(fixture->at);

	make(fixture, "top");
	for (int i = 0; i < 5000; i++) {
		int below;

		mkdirat(at, i ? "d" : "top", 0755);
		below = openat(at, i ? "d" : "top", O_RDONLY | O_DIRECTORY);
		assert_true(below >= 0);
		close(at);
		at = below;
	}
	close(at);
	removed = inside(fixture, "top", false);
	assert_int_equal(removed.entries, 4999);
	removed = inside(fixture, "top", true);
	assert_int_equal(removed.entries, 4999);
	assert_int_equal(removed.failed, 0);
	assert_false(is_there(fixture, "top/d"));
}

static void what_cannot_go_is_counted_and_told(void **state)
{
	const struct fixture *fixture = *state;
	struct hd_removal removed;

	if (geteuid() == 0)
		skip(); /* everything can */
	make(fixture, "top");
	make(fixture, "top/locked");
	fill(fixture, "top/locked/file", 4096);
	fill(fixture, "top/free", 4096);
	assert_int_equal(fchmodat(fixture->at, "top/locked", 0555, 0), 0);
	removed = inside(fixture, "top", true);
	assert_int_equal(fchmodat(fixture->at, "top/locked", 0755, 0), 0);
	assert_int_equal(removed.failed, 2); /* the file, and so its folder */
	assert_non_null(strstr(removed.err.text, "cannot remove 'file'"));
	assert_true(is_there(fixture, "top/locked/file"));
	assert_false(is_there(fixture, "top/free"));
}

static void an_entry_that_is_not_there_is_no_failure(void **state)
{
	const struct fixture *fixture = *state;
	struct hd_removal removal;

	hd_removal_init(&removal, true);
	assert_int_equal(hd_removal_entry(&removal, fixture->at, "nothing"), 0);
	make(fixture, "top");
	fill(fixture, "top/file", 0);
	assert_int_equal(hd_removal_entry(&removal, fixture->at, "top"), 0);
	assert_int_equal(removal.entries, 2);
	assert_int_equal(removal.failed, 0);
	assert_false(is_there(fixture, "top"));
	hd_removal_release(&removal);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(counting_removes_nothing_and_removing_counts_the_same),
		IN_FOLDER(a_link_goes_and_what_it_names_stays),
		IN_FOLDER(a_file_with_several_names_counts_once),
		IN_FOLDER(fifos_devices_and_sockets_are_not_opened),
		IN_FOLDER(names_of_every_kind_are_removed),
		IN_FOLDER(folders_nested_without_end_need_one_descriptor),
		IN_FOLDER(what_cannot_go_is_counted_and_told),
		IN_FOLDER(an_entry_that_is_not_there_is_no_failure),
	};

	return cmocka_run_group_tests_name("removal", tests, NULL, NULL);
}
