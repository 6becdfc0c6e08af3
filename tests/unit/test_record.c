/* Tests of engine/dispatch/record.c. */
#include "check.h"
#include "folder.h"

#include "dispatch/record.h"

#define GOOD                                                        \
	"{\"code\":3,\"signal\":0,\"error\":null,\"started\":1000," \
	"\"ended\":2500,\"user\":1.250000,\"system\":0.500000,"     \
	"\"maxrss\":4096,\"stragglers\":2,\"stopped\":true}\n"

static int setup(void **state)
{
	char *folder = malloc(FOLDER_PATH);

	assert_non_null(folder);
	folder_make(folder);
	*state = folder;
	return 0;
}

static int teardown(void **state)
{
	folder_remove(*state);
	free(*state);
	return 0;
}

static void reads_what_the_launcher_writes(void **state)
{
	struct hd_record record;

	folder_write(*state, "exit", GOOD, 0644);
	assert_int_equal(hd_record_read(&record, *state, NULL), 0);
	assert_true(record.exit.known);
	assert_int_equal(record.exit.code, 3);
	assert_int_equal(record.exit.signal, 0);
	assert_null(record.exit.error);
	assert_true(record.exit.killed_by_us);
	assert_int_equal(record.exit.started, 1000);
	assert_int_equal(record.exit.ended, 2500);
	assert_close(record.exit.cpu_seconds, 1.75, 1e-12);
	assert_int_equal(record.exit.max_rss, 4096);
	assert_int_equal(record.exit.stragglers, 2);
	assert_false(record.exit.out_of_memory);
}

static void the_error_is_kept_with_the_record(void **state)
{
	struct hd_record record;

	folder_write(*state, "exit",
		     "{\"code\":127,\"signal\":0,\"error\":\"cannot run 'x'\","
		     "\"started\":1,\"ended\":1,\"user\":0,\"system\":0,"
		     "\"maxrss\":0,\"stragglers\":0,\"stopped\":false,"
		     "\"oom\":true}",
		     0644);
	assert_int_equal(hd_record_read(&record, *state, NULL), 0);
	assert_string_equal(record.exit.error, "cannot run 'x'");
	assert_false(record.exit.killed_by_us);
	assert_true(record.exit.out_of_memory);
}

static void a_missing_record_is_not_found(void **state)
{
	struct hd_record record;
	struct hd_error err;

	assert_int_equal(hd_record_read(&record, *state, &err), HD_ENOENT);
	assert_non_null(strstr(err.text, "cannot read '"));
	assert_false(record.exit.known);
}

/* A record cut at any byte, as a power cut may leave it, is no record. */
static void a_record_cut_anywhere_is_refused(void **state)
{
	for (size_t length = 0; length + 1 < strlen(GOOD); length++) {
		char text[sizeof GOOD] = GOOD;
		struct hd_record record;

		text[length] = '\0';
		folder_write(*state, "exit", text, 0644);
		assert_int_equal(hd_record_read(&record, *state, NULL),
				 HD_ECORRUPT);
		assert_false(record.exit.known);
	}
}

static void what_is_out_of_range_is_refused(void **state)
{
	static const char *const rows[] = {
		"[]", "3", "null", "{}",
		"{\"code\":256,\"signal\":0,\"error\":null,\"started\":1,"
		"\"ended\":1,\"user\":0,\"system\":0,\"maxrss\":0,"
		"\"stragglers\":0,\"stopped\":false}",
		"{\"code\":0,\"signal\":0,\"error\":null,\"started\":1,"
		"\"ended\":1,\"user\":-1,\"system\":0,\"maxrss\":0,"
		"\"stragglers\":0,\"stopped\":false}",
		"{\"code\":\"0\",\"signal\":0,\"error\":null,\"started\":1,"
		"\"ended\":1,\"user\":0,\"system\":0,\"maxrss\":0,"
		"\"stragglers\":0,\"stopped\":false}"
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct hd_record record;

		folder_write(*state, "exit", rows[i], 0644);
		assert_int_equal(hd_record_read(&record, *state, NULL),
				 HD_ECORRUPT);
		assert_false(record.exit.known);
	}
}

/* A program may put anything there, what would block a reader too. */
static void a_record_that_is_no_file_is_refused(void **state)
{
	struct hd_record record;

	assert_int_equal(symlink("/dev/zero", folder_path(*state, "exit")), 0);
	assert_true(hd_record_read(&record, *state, NULL) < 0);
	unlink(folder_path(*state, "exit"));
	assert_int_equal(mkfifo(folder_path(*state, "exit"), 0644), 0);
	assert_true(hd_record_read(&record, *state, NULL) < 0);
}

static void reads_the_state(void **state)
{
	struct hd_record_state who;

	folder_write(*state, "state",
		     "{\"pid\":12,\"start\":345,\"program\":13,\"slot\":4,"
		     "\"cgroup\":\"/sys/fs/cgroup/x\","
		     "\"boot\":\"b-1\",\"host\":\"vm\"}\n",
		     0644);
	assert_int_equal(hd_record_read_state(&who, *state, NULL), 0);
	assert_int_equal(who.pid, 12);
	assert_int_equal(who.start, 345);
	assert_int_equal(who.program, 13);
	assert_int_equal(who.slot, 4);
	assert_string_equal(who.cgroup, "/sys/fs/cgroup/x");
	assert_string_equal(who.boot, "b-1");
	assert_string_equal(who.host, "vm");
}

/* Group 1 is init's and 0 our own: nobody may be led to kill them. */
static void a_state_with_another_ones_group_is_refused(void **state)
{
	static const char *const groups[] = { "1", "0", "-5", "4294967297" };

	for (size_t i = 0; i < ROWS(groups); i++) {
		struct hd_record_state who;
		char text[128];

		snprintf(text, sizeof text,
			 "{\"pid\":12,\"start\":3,\"program\":%s,\"slot\":-1,"
			 "\"boot\":\"b\",\"host\":\"h\"}",
			 groups[i]);
		folder_write(*state, "state", text, 0644);
		assert_int_equal(hd_record_read_state(&who, *state, NULL),
				 HD_ECORRUPT);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_what_the_launcher_writes),
		TEST(the_error_is_kept_with_the_record),
		TEST(a_missing_record_is_not_found),
		TEST(a_record_cut_anywhere_is_refused),
		TEST(what_is_out_of_range_is_refused),
		TEST(a_record_that_is_no_file_is_refused),
		TEST(reads_the_state),
		TEST(a_state_with_another_ones_group_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
