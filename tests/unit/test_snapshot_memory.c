/*
 * Tests of what taking a snapshot does without memory: the n-th allocation
 * fails for n = 1, 2, ... until it needs no more of them. Each time it fails
 * with HD_ENOMEM, or does without; nothing is leaked or left half made.
 */
#include "snapbox.h"
#include "alloc.h"

#if HAS_ALLOC

static void fill(struct snapbox *box)
{
	snap_file(box, "train.py", "print(1)\n");
	snap_dir(box, "src");
	snap_file(box, "src/model.py", "x = 1\n");
	assert_int_equal(symlink("../../beside", folder_path(box->source, "src/up")), 0);
	assert_int_equal(mkfifo(folder_path(box->source, "fifo"), 0666), 0);
	box->setup.keep = "train.py";
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

static void taking_survives_any_failed_allocation(void **state)
{
	struct snapbox *box = *state;
	bool done = false;
	size_t n;

	fill(box);
	for (n = 1; !done; n++) {
		size_t live = alloc_live, count = alloc_count;
		int rc;

		alloc_fail(n);
		rc = hd_snapshot_take(&box->taken, &box->setup, &box->err);
		alloc_fail(0);
		done = alloc_count - count < n;
		assert_true(rc == 0 || rc == HD_ENOMEM);
		assert_true(rc == 0 || !box->taken);
		hd_snapshot_close(box->taken);
		box->taken = NULL;
		assert_true(alloc_live == live);
		/* A part folder may need memory to be removed: the next one does it. */
		assert_true(rc != 0 || parts(box) <= 1);
	}
	assert_true(n > 20);
	snap(box);
	assert_int_equal(parts(box), 0);
	assert_snap_holds(box, "src/model.py", "x = 1\n");
}

static void addresses_survive_any_failed_allocation(void **state)
{
	char *bare = NULL;

	(void)state;
	for (size_t n = 1; !bare; n++) {
		size_t live = alloc_live;

		alloc_fail(n);
		bare = hd_snapshot_git_url("https://me:token@example.org/a.git");
		alloc_fail(0);
		assert_true(bare || alloc_live == live);
	}
	assert_string_equal(bare, "https://example.org/a.git");
	free(bare);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(taking_survives_any_failed_allocation,
						snapbox_setup, snapbox_teardown),
		cmocka_unit_test(addresses_survive_any_failed_allocation),
	};

	/* A hundred of them are synced: in memory that costs nothing. */
	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
	return alloc_skip();
}

#endif
