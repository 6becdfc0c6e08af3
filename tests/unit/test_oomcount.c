/* Tests of engine/dispatch/oomcount.c, over a tree of made-up files. */
#include "check.h"
#include "folder.h"

#include "dispatch/oomcount.h"

static void make_folders(const char *root, const char *path)
{
	char name[FOLDER_PATH];

	for (size_t i = 1; i <= strlen(path); i++)
		if (path[i] == '/' || !path[i]) {
			snprintf(name, sizeof name, "%.*s", (int)i, path);
			mkdir(folder_path(root, name), 0777);
		}
}

static int setup(void **state)
{
	char *root = malloc(FOLDER_PATH);

	assert_non_null(root);
	folder_make(root);
	make_folders(root, "proc/self");
	make_folders(root, "sys/fs/cgroup/user/session");
	*state = root;
	return 0;
}

static int teardown(void **state)
{
	folder_remove(*state);
	free(*state);
	return 0;
}

static void write_events(const char *root, const char *name, int count)
{
	char text[256];

	snprintf(text, sizeof text,
		 "low 0\nhigh 0\nmax 4\noom 2\noom_kill %d\n"
		 "oom_group_kill 9\n",
		 count);
	folder_write(root, name, text, 0644);
}

static void write_vmstat(const char *root, int count)
{
	char text[8192];
	int length = 0;

	/* It stands far behind, and others begin as it does. */
	for (int i = 0; i < 200; i++)
		length += snprintf(text + length, sizeof text - (size_t)length,
				   "nr_counter_number_%03d %d\n", i, i);
	snprintf(text + length, sizeof text - (size_t)length,
		 "oom_killer 77\npgoom_kill 78\noom_kill %d\nnuma_hit 5\n", count);
	folder_write(root, "proc/vmstat", text, 0644);
}

static void a_kill_in_our_group_is_seen_and_one_elsewhere_is_not(void **state)
{
	static const char name[] = "sys/fs/cgroup/user/session/memory.events";
	struct hd_oomcount oom = { "", 0 };

	folder_write(*state, "proc/self/cgroup", "0::/user/session\n", 0644);
	write_events(*state, name, 3);
	write_vmstat(*state, 10);
	hd_oomcount_start(&oom, *state);
	assert_int_equal(oom.count, 3);
	assert_false(hd_oomcount_has_grown(&oom));
	write_vmstat(*state, 11);
	assert_false(hd_oomcount_has_grown(&oom));
	write_events(*state, name, 4);
	assert_true(hd_oomcount_has_grown(&oom));
}

static void a_group_above_counts_where_ours_does_not(void **state)
{
	static const char name[] = "sys/fs/cgroup/user/memory.events";
	struct hd_oomcount oom = { "", 0 };

	folder_write(*state, "proc/self/cgroup",
		     "4:memory:/other\n0::/user/session\n", 0644);
	write_events(*state, name, 0);
	hd_oomcount_start(&oom, *state);
	write_events(*state, name, 1);
	assert_true(hd_oomcount_has_grown(&oom));
}

static void without_groups_the_machine_counts(void **state)
{
	static const char *const groups[] = { "0::/\n", "4:memory:/other\n",
					      "0::/user/session\n", "", "0::" };

	for (size_t i = 0; i < ROWS(groups); i++) {
		struct hd_oomcount oom = { "", 0 };

		folder_write(*state, "proc/self/cgroup", groups[i], 0644);
		write_vmstat(*state, 10);
		hd_oomcount_start(&oom, *state);
		assert_int_equal(oom.count, 10);
		assert_false(hd_oomcount_has_grown(&oom));
		write_vmstat(*state, 12);
		assert_true(hd_oomcount_has_grown(&oom));
		unlink(folder_path(*state, "proc/self/cgroup"));
		unlink(folder_path(*state, "proc/vmstat"));
	}
}

static void what_is_not_counted_has_not_grown(void **state)
{
	struct hd_oomcount oom = { "", 0 };

	assert_false(hd_oomcount_has_grown(&oom)); /* never started */
	hd_oomcount_start(&oom, *state);
	write_vmstat(*state, 12);
	assert_false(hd_oomcount_has_grown(&oom)); /* there was nothing */
	hd_oomcount_start(&oom, *state);
	unlink(folder_path(*state, "proc/vmstat"));
	assert_false(hd_oomcount_has_grown(&oom)); /* it went away */
	folder_write(*state, "proc/vmstat", "nr_free 3\n", 0644);
	hd_oomcount_start(&oom, *state);
	assert_false(hd_oomcount_has_grown(&oom)); /* an old kernel's */
}

static void a_root_that_is_too_long_is_counted_as_none(void **state)
{
	struct hd_oomcount oom = { "", 0 };
	char root[600];

	(void)state;
	memset(root, 'x', sizeof root - 1);
	root[sizeof root - 1] = '\0';
	hd_oomcount_start(&oom, root);
	assert_string_equal(oom.path, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_kill_in_our_group_is_seen_and_one_elsewhere_is_not),
		TEST(a_group_above_counts_where_ours_does_not),
		TEST(without_groups_the_machine_counts),
		TEST(what_is_not_counted_has_not_grown),
		TEST(a_root_that_is_too_long_is_counted_as_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
