/*
 * Tests of what an export for TensorBoard does without memory: the n-th allocation
 * fails for n = 1, 2, ... until the call needs no more of them. None is half-made:
 * what was there before is there afterwards, and nothing beside it.
 */
#include "apibox.h"

#include "alloc.h"
#include "base/file.h"

#include <hdrive/exchange.h>

#include <dirent.h>
#include <stddef.h>
#include <sys/stat.h>

#if HAS_ALLOC

static struct apibox *box;
static char folder[] = "/tmp/hdrive-board-XXXXXX";
static char path[64];

/* Files and folders below FOLDER, by how many there are. */
static size_t count_below(const char *at)
{
	DIR *dir = opendir(at);
	struct dirent *entry;
	size_t count = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		char name[512];
		struct stat info;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		count++;
		snprintf(name, sizeof name, "%s/%s", at, entry->d_name);
		assert_int_equal(lstat(name, &info), 0);
		if (S_ISDIR(info.st_mode))
			count += count_below(name);
	}
	closedir(dir);
	return count;
}

/* From the store's opening on the N-th allocation fails. *FAILED: it was come to. */
static int export(size_t n, bool *failed)
{
	struct hd_store *store = NULL;
	int rc;

	ok(&box->box, hd_store_open(&store, box->box.path, HD_STORE_READ, &box->box.err));
	alloc_fail(n);
	rc = hd_export_tensorboard(store, box->box.sweep, path, NULL);
	*failed = n > 0 && alloc_count >= alloc_fails;
	alloc_fail(0);
	hd_store_close(store);
	return rc;
}

/* Whatever fails: before there is an export, and over one that is there. */
static void check(size_t before)
{
	bool failed = true;
	size_t n, live;
	ptrdiff_t none;

	live = alloc_live;
	assert_int_equal(export(0, &failed), 0);
	none = (ptrdiff_t)(alloc_live - live);
	if (before == 0)
		hd_file_remove(path);
	failed = true;
	for (n = 1; failed; n++) {
		int rc;

		live = alloc_live;
		rc = export(n, &failed);
		if ((ptrdiff_t)(alloc_live - live) != none)
			fail_msg("%td blocks are left at allocation %zu",
				 (ptrdiff_t)(alloc_live - live) - none, n);
		if (rc != 0 && rc != HD_ENOMEM)
			fail_msg("%s at allocation %zu", hd_code_name(rc), n);
		if (rc != 0)
			assert_int_equal(count_below(folder), before);
		else if (failed && before == 0)
			hd_file_remove(path);
	}
	assert_true(n > 100);
}

static void export_without_memory_is_none_at_all(void **state)
{
	box = *state;
	three_trials(box);
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/board", folder);
	check(0);
	/* The folder, a file of the experiment, a folder and a file for each trial. */
	assert_int_equal(count_below(folder), 8);
	check(8);
	hd_file_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		api_test(export_without_memory_is_none_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
	return alloc_skip();
}

#endif
