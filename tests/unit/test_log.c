/* Tests of engine/store/log.c: who copies the log, when, and onto what disk. */
#define _GNU_SOURCE

#include "storebox.h"

#include "store/log.h"

#include <errno.h>
#include <sys/syscall.h>

#define PAGE 4096

static bool disk_fails;

/* In place of the C library's, for SQLite's calls. */
__attribute__((visibility("default"))) int fdatasync(int fd)
{
	if (disk_fails) {
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_fdatasync, fd);
}

/* A commit that makes the log longer by some PAGES, and a few. */
static void write_pages(struct storebox *box, int pages)
{
	char sql[128];

	snprintf(sql, sizeof sql,
		 "CREATE TABLE IF NOT EXISTS filler(x);"
		 "INSERT INTO filler VALUES(zeroblob(%d))",
		 pages * (PAGE - 4));
	ok(box, hd_store_begin(box->store, &box->err));
	ok(box, hd_store_exec(box->store, sql, &box->err));
	ok(box, hd_store_commit(box->store, false, &box->err));
}

static off_t size_of(const char *path)
{
	struct stat info;

	assert_int_equal(stat(path, &info), 0);
	return info.st_size;
}

static int open_left_box(void **state)
{
	int rc = open_box(state);
	struct storebox *box = *state;

	hd_store_leave_log(box->store);
	disk_fails = false;
	return rc;
}

static void the_writer_leaves_a_long_log_to_others(void **state)
{
	struct storebox *box = *state;
	off_t before = size_of(box->path);

	assert_false(hd_store_log_is_long(box->store));
	write_pages(box, 1100);
	assert_true(hd_store_log_is_long(box->store));
	assert_int_equal(size_of(box->path), before);
	assert_int_equal(hd_store_copy_log(hd_store_copy_begin(box->store)), 0);
	assert_true(size_of(box->path) > 1000 * PAGE);
	assert_false(hd_store_log_is_long(box->store));
	write_pages(box, 1100);
	assert_true(hd_store_log_is_long(box->store));
}

static void a_log_that_was_copied_begins_anew(void **state)
{
	struct storebox *box = *state;

	write_pages(box, 1100);
	assert_int_equal(hd_store_copy_log(hd_store_copy_begin(box->store)), 0);
	write_pages(box, 10);
	assert_true(box->store->log_pages < 100);
	assert_false(hd_store_log_is_long(box->store));
	write_pages(box, 1100);
	assert_true(hd_store_log_is_long(box->store));
}

/* A reader stands for a copier's end that the writer did not wait for. */
static void the_rest_of_a_log_that_is_worth_it_is_the_writers_to_copy(void **state)
{
	struct storebox *box = *state;
	struct hd_store *reader;
	int64_t count;

	write_pages(box, 2000);
	ok(box, hd_store_open(&reader, box->path, HD_STORE_READ, &box->err));
	ok(box, hd_store_exec(reader, "BEGIN", &box->err));
	ok(box, hd_store_integer(reader, "SELECT count(*) FROM filler", &count, &box->err));
	assert_int_equal(hd_store_copy_log(hd_store_copy_begin(box->store)), 0);
	write_pages(box, 1000);
	ok(box, hd_store_exec(reader, "COMMIT", &box->err));
	hd_store_close(reader);
	hd_store_copy_end(box->store);
	write_pages(box, 1100);
	assert_true(box->store->log_pages > 4000);
	hd_store_copy_end(box->store);
	write_pages(box, 10);
	assert_true(box->store->log_pages < 100);
}

static void a_log_that_nobody_copies_is_copied_at_last(void **state)
{
	struct storebox *box = *state;

	write_pages(box, 8100);
	write_pages(box, 10);
	assert_true(box->store->log_pages < 100);
}

static void a_disk_that_fails_to_sync_is_told(void **state)
{
	struct storebox *box = *state;

	write_pages(box, 1100);
	disk_fails = true;
	assert_int_equal(hd_store_copy_log(hd_store_copy_begin(box->store)), EIO);
	disk_fails = false;
	assert_int_equal(hd_store_copy_log(hd_store_copy_begin(box->store)), 0);
	assert_true(size_of(box->path) > 1000 * PAGE);
}

static void a_store_that_is_gone_is_no_error_of_the_disk(void **state)
{
	struct storebox *box = *state;
	char path[sizeof box->path + 8];

	snprintf(path, sizeof path, "%s.gone", box->path);
	assert_int_equal(hd_store_copy_log(path), 0);
	assert_int_equal(access(path, F_OK), -1);
}

/* Somebody who reads must not be kept waiting, nor lose what he sees. */
static void who_reads_meanwhile_keeps_what_he_sees(void **state)
{
	struct storebox *box = *state;
	struct hd_store *reader;
	int64_t count;

	write_pages(box, 100);
	ok(box, hd_store_open(&reader, box->path, HD_STORE_READ, &box->err));
	ok(box, hd_store_exec(reader, "BEGIN", &box->err));
	ok(box, hd_store_integer(reader, "SELECT sum(length(x)) FROM filler", &count, &box->err));
	write_pages(box, 4100);
	assert_int_equal(hd_store_copy_log(hd_store_copy_begin(box->store)), 0);
	hd_store_copy_end(box->store);
	ok(box, hd_store_integer(reader, "SELECT sum(length(x)) FROM filler", &count, &box->err));
	assert_int_equal(count, 100 * (PAGE - 4));
	ok(box, hd_store_exec(reader, "COMMIT", &box->err));
	ok(box, hd_store_integer(reader, "SELECT sum(length(x)) FROM filler", &count, &box->err));
	assert_int_equal(count, 4200 * (PAGE - 4));
	hd_store_close(reader);
}

#define WITH_BOX(test) cmocka_unit_test_setup_teardown(test, open_left_box, close_box)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BOX(the_writer_leaves_a_long_log_to_others),
		WITH_BOX(a_log_that_was_copied_begins_anew),
		WITH_BOX(the_rest_of_a_log_that_is_worth_it_is_the_writers_to_copy),
		WITH_BOX(a_log_that_nobody_copies_is_copied_at_last),
		WITH_BOX(a_disk_that_fails_to_sync_is_told),
		WITH_BOX(a_store_that_is_gone_is_no_error_of_the_disk),
		WITH_BOX(who_reads_meanwhile_keeps_what_he_sees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
