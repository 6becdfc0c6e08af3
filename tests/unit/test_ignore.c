/* Tests of engine/snapshot/ignore.c: what rules leave out. */
#include "snapbox.h"

/* Each of COUNT files of the source is in the snapshot, as IN says. */
struct expected {
	const char *path;
	bool in;
};

static void assert_taken(struct snapbox *box, const struct expected *files, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char path[FOLDER_PATH];

		snprintf(path, sizeof path, "%s", files[i].path);
		for (char *slash = path; (slash = strchr(slash, '/')); *slash++ = '/') {
			*slash = '\0';
			if (access(folder_path(box->source, path), F_OK) < 0)
				snap_dir(box, path);
		}
		snap_file(box, files[i].path, "");
	}
	snap(box);
	for (size_t i = 0; i < count; i++)
		if (files[i].in)
			assert_snap_has(box, files[i].path);
		else
			assert_snap_lacks(box, files[i].path);
}

#define ASSERT_TAKEN(box, files) assert_taken(box, files, sizeof(files) / sizeof *(files))

static void gitignore_is_read_as_git_reads_it(void **state)
{
	static const struct expected files[] = {
		{ "data/x", false },
		{ "sub/data/x", false },
		{ "a.o", false },
		{ "keep.o", true },
		{ "sub/keep.o", true },
		{ "top", false },
		{ "sub/top", true },
		{ "a/b", false },
		{ "sub/a/b", true },
		{ "!bang", false },
		{ "#hash", false },
		{ "x.txt", false },
		{ "z.txt", true },
		{ "trail", false },
		{ "crlf", false },
		{ "deep/1/2/z", false },
		{ "deep/zz", true },
		{ "plain", true },
		{ "datax", true },
		{ "foo/kept", true },
		{ "foo/gone", false },
	};

	snap_file(*state, ".gitignore",
		  "# a comment\n\ndata/\n*.o\n!keep.o\n/top\na/b\n\\!bang\n\\#hash\n"
		  "[xy].txt\ntrail  \ncrlf\r\ndeep/**/z\nfoo/*\n!foo/kept\n");
	ASSERT_TAKEN(*state, files);
	assert_snap_has((struct snapbox *)*state, ".gitignore");
}

static void hd_160_of_two_ignore_files_only_amlignore_counts(void **state)
{
	static const struct expected files[] = { { "by-git", true },
						 { "by-aml", false },
						 { "sub/by-git", true },
						 { "sub/by-aml", false },
						 { "git/by-git", false },
						 { "git/git-here", false },
						 { "both/git-here", true },
						 { "both/aml-here", false } };
	struct snapbox *box = *state;

	snap_file(box, ".gitignore", "by-git\n");
	snap_file(box, ".amlignore", "by-aml\n");
	snap_dir(box, "git");
	snap_file(box, "git/.gitignore", "git-here\nby-git\n");
	snap_dir(box, "both");
	snap_file(box, "both/.gitignore", "git-here\n");
	snap_file(box, "both/.amlignore", "aml-here\n");
	ASSERT_TAKEN(box, files);
}

/* A rule of a folder counts before those above it, also one with "!". */
static void nested_files_count_in_their_folder_and_first(void **state)
{
	static const struct expected files[] = {
		{ "a.log", false },
		{ "sub/a.log", true },
		{ "sub/deep/a.log", true },
		{ "sub/b.tmp", false },
		{ "b.tmp", true },
		{ "sub/only/x", false },
		{ "only/x", true },
		{ "sub/cache/f", true },
		{ "cache/f", false },
		{ "sub/deep/c.log", true },
		{ "sub/deep/d/e.tmp", true },
	};
	struct snapbox *box = *state;

	snap_file(box, ".gitignore", "*.log\ncache\n");
	snap_dir(box, "sub");
	snap_file(box, "sub/.gitignore", "!*.log\n*.tmp\n/only\n!cache\n");
	snap_dir(box, "sub/deep");
	snap_file(box, "sub/deep/.gitignore", "!*.tmp\n");
	ASSERT_TAKEN(box, files);
}

static void a_folder_that_is_left_out_takes_all_below_along(void **state)
{
	static const struct expected files[] = { { "out/a", false }, { "out/sub/b", false } };

	snap_file(*state, ".gitignore", "out/\n!out/a\n");
	ASSERT_TAKEN(*state, files);
}

static void a_byte_order_mark_is_no_rule(void **state)
{
	static const struct expected files[] = { { "data/x", false }, { "y", true } };

	snap_file(*state, ".gitignore", "\xef\xbb\xbf"
					"data\n");
	ASSERT_TAKEN(*state, files);
}

static void rules_in_utf_16_are_refused(void **state)
{
	struct snapbox *box = *state;
	int fd = open(folder_path(box->source, ".gitignore"), O_WRONLY | O_CREAT, 0644);

	assert_int_equal(write(fd, "\xff\xfe"
				   "d\0a\0",
			       6),
			 6);
	close(fd);
	assert_int_equal(hd_snapshot_take(&box->taken, &box->setup, &box->err), HD_EINVAL);
	assert_string_equal(box->err.text, "'.gitignore' is no text: it holds a byte 0, as "
					   "UTF-16 does; save it as UTF-8");
}

static void what_is_left_out_says_by_which_file(void **state)
{
	struct snapbox *box = *state;
	const struct hd_snapshot_note *note;

	snap_dir(box, "data");
	snap_file(box, "data/x.csv", "1\n");
	snap_dir(box, "sub");
	snap_file(box, "sub/.amlignore", "*.pt\n");
	snap_file(box, "sub/m.pt", "1\n");
	snap_file(box, ".gitignore", "data/\n");
	snap(box);
	note = hd_snapshot_left_out(box->taken, "data/x.csv");
	assert_non_null(note);
	assert_string_equal(note->path, "data");
	assert_string_equal(note->rules, ".gitignore");
	assert_true(note->folder);
	note = hd_snapshot_left_out(box->taken, "sub/m.pt");
	assert_non_null(note);
	assert_string_equal(note->rules, "sub/.amlignore");
	assert_null(hd_snapshot_left_out(box->taken, "sub"));
	assert_null(hd_snapshot_left_out(box->taken, "data2"));
	assert_int_equal(hd_snapshot_notes(box->taken), 2);
}

static void the_program_is_taken_whatever_the_rules(void **state)
{
	struct snapbox *box = *state;

	snap_file(box, ".gitignore", "build/\n");
	snap_dir(box, "build");
	snap_dir(box, "build/bin");
	snap_file(box, "build/bin/train", "x\n");
	snap_file(box, "build/bin/other", "y\n");
	snap_file(box, "build/object.o", "z\n");
	box->setup.keep = "build/bin/train";
	snap(box);
	assert_snap_holds(box, "build/bin/train", "x\n");
	assert_snap_lacks(box, "build/bin/other");
	assert_snap_lacks(box, "build/object.o");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(gitignore_is_read_as_git_reads_it, snapbox_setup,
						snapbox_teardown),
		cmocka_unit_test_setup_teardown(hd_160_of_two_ignore_files_only_amlignore_counts,
						snapbox_setup, snapbox_teardown),
		cmocka_unit_test_setup_teardown(nested_files_count_in_their_folder_and_first,
						snapbox_setup, snapbox_teardown),
		cmocka_unit_test_setup_teardown(a_folder_that_is_left_out_takes_all_below_along,
						snapbox_setup, snapbox_teardown),
		cmocka_unit_test_setup_teardown(a_byte_order_mark_is_no_rule, snapbox_setup,
						snapbox_teardown),
		cmocka_unit_test_setup_teardown(rules_in_utf_16_are_refused, snapbox_setup,
						snapbox_teardown),
		cmocka_unit_test_setup_teardown(what_is_left_out_says_by_which_file, snapbox_setup,
						snapbox_teardown),
		cmocka_unit_test_setup_teardown(the_program_is_taken_whatever_the_rules,
						snapbox_setup, snapbox_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
