/* Tests of engine/remote/untar.c and tar.c: archives of this machine's tar, of our
 * own, and of nobody who means well. */
#include "check.h"
#include "folder.h"

#include "base/buf.h"
#include "remote/tar.h"
#include "remote/untar.h"

#include <sys/wait.h>

static char root[FOLDER_PATH], from[FOLDER_PATH], to[FOLDER_PATH];

static int setup(void **state)
{
	(void)state;
	folder_make(root);
	snprintf(from, sizeof from, "%.500s/from", root);
	snprintf(to, sizeof to, "%.500s/to", root);
	assert_int_equal(mkdir(from, 0777), 0);
	assert_int_equal(mkdir(to, 0777), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	folder_remove(root);
	return 0;
}

/* What a shell command prints. */
static void archive_of(struct hd_buf *tar, const char *command)
{
	char line[3 * FOLDER_PATH], block[4096];
	FILE *pipe;
	size_t got;

	snprintf(line, sizeof line, "cd %s && %s", from, command);
	pipe = popen(line, "r");
	assert_non_null(pipe);
	while ((got = fread(block, 1, sizeof block, pipe)) > 0)
		hd_buf_add(tar, block, got);
	assert_int_equal(pclose(pipe), 0);
}

/* In pieces of PIECE bytes; how many were refused. */
static size_t unpack(const struct hd_buf *tar, size_t piece)
{
	struct hd_untar *untar;
	struct hd_error err;
	const char *first;
	size_t refused;

	assert_int_equal(hd_untar_open(&untar, to, NULL, NULL, &err), 0);
	for (size_t at = 0; at < tar->length; at += piece) {
		size_t left = tar->length - at;

		if (hd_untar_add(untar, tar->text + at, left < piece ? left : piece, &err) < 0)
			fail_msg("%s", err.text);
	}
	assert_int_equal(hd_untar_end(untar, &err), 0);
	refused = hd_untar_refused(untar, &first);
	hd_untar_close(untar);
	return refused;
}

static int unpack_fails(const char *bytes, size_t length)
{
	struct hd_untar *untar;
	int rc;

	assert_int_equal(hd_untar_open(&untar, to, NULL, NULL, NULL), 0);
	rc = hd_untar_add(untar, bytes, length, NULL);
	if (rc == 0)
		rc = hd_untar_end(untar, NULL);
	hd_untar_close(untar);
	return rc;
}

static void tree_make(void)
{
	struct hd_buf tar = HD_BUF_INIT;

	/* A name that is longer than a header's. */
	archive_of(&tar, "mkdir -p a/b empty $(printf '%0100d/%0100d' 1 2) && "
			 "echo one >a/b/1 && printf '' >a/none && "
			 "echo deep >$(printf '%0100d/%0100d/%0120d' 1 2 3) && "
			 "ln -s b/1 a/link && ln a/b/1 a/same && chmod 755 a/b/1 && "
			 "head -c 70000 /dev/zero >a/zeros");
	hd_buf_release(&tar);
}

static void assert_same(void)
{
	char line[3 * FOLDER_PATH];

	snprintf(line, sizeof line, "diff -r %s %s && test -L %s/a/link && test -x %s/a/b/1",
		 from, to, to, to);
	assert_int_equal(system(line), 0);
}

static void what_tar_writes_is_read(void **state)
{
	static const char *const formats[] = { "gnu", "ustar", "posix", "oldgnu" };
	static const size_t pieces[] = { 1 << 20, 512, 1000, 7 };

	(void)state;
	tree_make();
	for (size_t i = 0; i < ROWS(formats); i++) {
		char command[128];
		struct hd_buf tar = HD_BUF_INIT;

		folder_remove(to);
		assert_int_equal(mkdir(to, 0777), 0);
		/* ustar has no room for the long names. */
		snprintf(command, sizeof command, "tar -c --format=%s %s -f - .", formats[i],
			 i == 1 ? "--exclude='./0*'" : "");
		archive_of(&tar, command);
		assert_int_equal(unpack(&tar, pieces[i]), 0);
		hd_buf_release(&tar);
		if (i != 1)
			assert_same();
		else
			assert_folder_holds(to, "a/b/1", "one\n");
	}
}

static void a_second_time_replaces_the_first(void **state)
{
	struct hd_buf tar = HD_BUF_INIT;

	(void)state;
	tree_make();
	archive_of(&tar, "tar -c -f - .");
	assert_int_equal(unpack(&tar, 4096), 0);
	folder_write(to, "a/b/1", "changed", 0666);
	assert_int_equal(unpack(&tar, 4096), 0);
	hd_buf_release(&tar);
	assert_same();
}

static void our_own_is_read_by_tar_and_by_us(void **state)
{
	struct hd_buf tar = HD_BUF_INIT;
	char line[3 * FOLDER_PATH], name[128];

	(void)state;
	hd_tar_folder(&tar, "folder/deep");
	hd_tar_file(&tar, "file", 0600, "bytes\n", 6);
	hd_tar_file(&tar, "none", 0644, "", 0);
	hd_tar_end(&tar);
	assert_false(hd_buf_failed(&tar));
	assert_int_equal(tar.length % 10240, 0);
	assert_int_equal(unpack(&tar, 100), 0);
	assert_folder_holds(to, "file", "bytes\n");
	assert_int_equal(access(folder_path(to, "folder/deep"), X_OK), 0);
	snprintf(line, sizeof line, "tar -x -f - -C %s", from);
	{
		FILE *pipe = popen(line, "w");

		assert_non_null(pipe);
		assert_int_equal(fwrite(tar.text, 1, tar.length, pipe), tar.length);
		assert_int_equal(pclose(pipe), 0);
	}
	assert_folder_holds(from, "file", "bytes\n");
	hd_buf_clear(&tar);
	memset(name, 'x', 101);
	name[101] = '\0';
	hd_tar_file(&tar, name, 0600, "", 0);
	assert_true(hd_buf_failed(&tar));
	hd_buf_release(&tar);
}

/* --- hostile ---------------------------------------------------------------------- */

/* One entry by hand. */
static void entry_add(struct hd_buf *tar, const char *name, char kind, const char *link,
		      const char *bytes)
{
	size_t length = strlen(bytes), at = tar->length;
	unsigned sum = 0;
	char digits[8];

	hd_tar_file(tar, "x", 0644, bytes, length);
	memset(tar->text + at, 0, 100);
	memcpy(tar->text + at, name, strlen(name));
	tar->text[at + 156] = kind;
	memcpy(tar->text + at + 157, link, strlen(link));
	memset(tar->text + at + 148, ' ', 8);
	for (size_t i = 0; i < 512; i++)
		sum += (unsigned char)tar->text[at + i];
	snprintf(digits, sizeof digits, "%06o", sum);
	memcpy(tar->text + at + 148, digits, 7);
}

static void nothing_leads_out_of_the_folder(void **state)
{
	static const struct {
		const char *name;
		char kind;
		const char *link;
	} rows[] = {
		{ "../out", '0', "" },
		{ "a/../../out", '0', "" },
		{ "/tmp/hdrive-out", '0', "" },
		{ "a/./b", '0', "" },
		{ "a//b", '0', "" },
		{ "..", '5', "" },
		{ "link", '2', "/etc/passwd" },
		{ "link", '2', "../secret" },
		{ "link", '2', "a/../../secret" },
		{ "same", '1', "../secret" },
		{ "same", '1', "not-there" },
		{ "char", '3', "" },
		{ "block", '4', "" },
		{ "pipe", '6', "" },
		{ "sparse", 'S', "" },
	};

	(void)state;
	folder_write(root, "secret", "secret", 0600);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct hd_buf tar = HD_BUF_INIT;

		entry_add(&tar, rows[i].name, rows[i].kind, rows[i].link, "bytes");
		if (strchr("125", rows[i].kind)) { /* these have none */
			hd_buf_clear(&tar);
			entry_add(&tar, rows[i].name, rows[i].kind, rows[i].link, "");
		}
		entry_add(&tar, "good", '0', "", "good");
		hd_tar_end(&tar);
		if (unpack(&tar, 333) != 1)
			fail_msg("'%s' was not refused", rows[i].name);
		assert_folder_holds(to, "good", "good");
		hd_buf_release(&tar);
	}
	assert_int_equal(access(folder_path(root, "out"), F_OK), -1);
	assert_int_equal(access("/tmp/hdrive-out", F_OK), -1);
}

static void no_link_is_followed_on_the_way(void **state)
{
	struct hd_buf tar = HD_BUF_INIT;

	(void)state;
	assert_int_equal(symlink("../from", folder_path(to, "away")), 0);
	folder_write(from, "file", "mine", 0600);
	/* A link that is fine by itself, and names behind it. */
	entry_add(&tar, "d/here", '2', "inner", "");
	entry_add(&tar, "away/file", '0', "", "theirs");
	entry_add(&tar, "d/here/file", '0', "", "theirs");
	entry_add(&tar, "away", '0', "", "replaced");
	hd_tar_end(&tar);
	assert_int_equal(unpack(&tar, 512), 2);
	hd_buf_release(&tar);
	assert_folder_holds(from, "file", "mine");
	assert_folder_holds(to, "away", "replaced");
}

static void marks_of_set_user_are_dropped(void **state)
{
	struct hd_buf tar = HD_BUF_INIT;
	struct stat info;

	(void)state;
	hd_tar_file(&tar, "program", 06755, "x", 1);
	hd_tar_end(&tar);
	assert_int_equal(unpack(&tar, 512), 0);
	hd_buf_release(&tar);
	assert_int_equal(stat(folder_path(to, "program"), &info), 0);
	assert_int_equal(info.st_mode & 07000, 0);
}

static void what_is_no_archive_is_said(void **state)
{
	struct hd_buf tar = HD_BUF_INIT;
	char noise[1024];

	(void)state;
	memset(noise, 'n', sizeof noise);
	assert_int_equal(unpack_fails(noise, sizeof noise), HD_ECORRUPT);
	hd_tar_file(&tar, "file", 0644, "bytes", 5);
	/* Cut off in its bytes, and in a header. */
	assert_int_equal(unpack_fails(tar.text, 515), HD_ECORRUPT);
	assert_int_equal(unpack_fails(tar.text, 100), HD_ECORRUPT);
	/* An end without zeros is one that some write. */
	assert_int_equal(unpack_fails(tar.text, 1024), 0);
	assert_int_equal(unpack_fails("", 0), 0);
	hd_buf_release(&tar);
}

#define with(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with(what_tar_writes_is_read),
		with(a_second_time_replaces_the_first),
		with(our_own_is_read_by_tar_and_by_us),
		with(nothing_leads_out_of_the_folder),
		with(no_link_is_followed_on_the_way),
		with(marks_of_set_user_are_dropped),
		with(what_is_no_archive_is_said),
	};

	return cmocka_run_group_tests_name("untar", tests, NULL, NULL);
}
