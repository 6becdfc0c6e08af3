/* Tests of engine/tensorboard/follow.c and logs.c. */
#include "check.h"

#include <hdrive/error.h>

#include "base/buf.h"
#include "base/file.h"
#include "tensorboard/event.h"
#include "tensorboard/follow.h"
#include "tensorboard/logs.h"

#include <sys/stat.h>
#include <unistd.h>

#define BUDGET ((size_t)1 << 20)

struct fixture {
	char folder[64];
	struct hd_follow *follow;
	struct hd_buf found; /* "name=value@step" a metric, "<note>" */
	int refuse;          /* the code given back after this many metrics */
	size_t count, refuse_after;
};

static int on_metric(void *user, const struct hd_metric *metric)
{
	struct fixture *fixture = user;

	if (fixture->refuse && fixture->count >= fixture->refuse_after)
		return fixture->refuse;
	fixture->count++;
	assert_string_equal(metric->rule, "tensorboard");
	assert_true(metric->has_step && metric->line > 1);
	hd_buf_printf(&fixture->found, "%.*s=", (int)metric->name_length, metric->name);
	hd_buf_number(&fixture->found, metric->value);
	hd_buf_printf(&fixture->found, "@%lld ", (long long)metric->step);
	return 0;
}

static int on_note(void *user, const char *text)
{
	struct fixture *fixture = user;

	hd_buf_printf(&fixture->found, "<%s> ", text);
	return 0;
}

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	char path[128];

	assert_non_null(fixture);
	strcpy(fixture->folder, "/tmp/hd-follow-XXXXXX");
	assert_non_null(mkdtemp(fixture->folder));
	snprintf(path, sizeof path, "%s/work/logs", fixture->folder);
	assert_int_equal(hd_file_folder(path, NULL), 0);
	assert_int_equal(hd_follow_new(&fixture->follow, fixture->folder, NULL), 0);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	hd_follow_free(fixture->follow);
	hd_file_remove(fixture->folder);
	hd_buf_release(&fixture->found);
	free(fixture);
	return 0;
}

/* Append BYTES to the file NAME of logs/, whose folder is made. */
static void add(const struct fixture *fixture, const char *name, const char *bytes,
		size_t length)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof path, "%s/work/logs/%s", fixture->folder, name);
	*strrchr(path, '/') = '\0';
	assert_int_equal(hd_file_folder(path, NULL), 0);
	path[strlen(path)] = '/';
	file = fopen(path, "a");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

/* The version, which each file begins with, or a value. */
static struct hd_buf record_of(const char *tag, double value, int64_t step)
{
	struct hd_buf buf = HD_BUF_INIT;

	if (tag)
		hd_event_put_scalar(&buf, &(struct hd_event_scalar){
						  tag, strlen(tag), value, step, 1e9 });
	else
		hd_event_put_version(&buf, 1e9);
	assert_false(hd_buf_failed(&buf));
	return buf;
}

static void say(const struct fixture *fixture, const char *name, const char *tag,
		double value, int64_t step)
{
	struct hd_buf buf = record_of(tag, value, step);

	add(fixture, name, buf.text, buf.length);
	hd_buf_release(&buf);
}

static int look(struct fixture *fixture, bool final, size_t budget)
{
	hd_buf_clear(&fixture->found);
	return hd_follow_read(fixture->follow, final, budget, on_metric, on_note, fixture, NULL);
}

#define assert_found(fixture, text)                                          \
	do {                                                                 \
		assert_int_equal(look((fixture), false, BUDGET), 0);         \
		assert_string_equal(hd_buf_text(&(fixture)->found), (text)); \
	} while (0)

/* As an engine that died and came again. */
static void restart(struct fixture *fixture)
{
	struct hd_follow *before = fixture->follow;
	struct hd_tail_place place;
	int64_t key;

	assert_int_equal(hd_follow_new(&fixture->follow, fixture->folder, NULL), 0);
	while (hd_follow_take(before, &key, &place)) {
		assert_true(key >= HD_TAIL_SOURCES);
		assert_int_equal(hd_follow_restore(fixture->follow, key, &place), 0);
	}
	hd_follow_free(before);
}

static void files_and_folders_may_come_at_any_time(void **state)
{
	struct fixture *fixture = *state;

	assert_found(fixture, "");
	say(fixture, "tfevents.1", NULL, 0, 0);
	say(fixture, "tfevents.1", "loss", 0.5, 3);
	say(fixture, "other", NULL, 0, 0);
	assert_found(fixture, "loss=0.5@3 ");
	assert_found(fixture, "");
	say(fixture, "b/c/tfevents", NULL, 0, 0);
	say(fixture, "b/c/tfevents", "acc", 1, 0);
	say(fixture, "a/tfevents", NULL, 0, 0);
	say(fixture, "tfevents.1", "loss", 0.25, 4);
	say(fixture, "a/tfevents", "acc", 2, 0);
	assert_found(fixture, "a/acc=2@0 b/c/acc=1@0 loss=0.25@4 ");
	restart(fixture);
	say(fixture, "b/c/tfevents", "acc", 3, 1);
	assert_found(fixture, "b/c/acc=3@1 ");
}

/* Whatever is there of it: nothing is given before it is whole. */
static void last_record_is_waited_for(void **state)
{
	struct fixture *fixture = *state;
	struct hd_buf buf = record_of("loss", 1, 1);

	say(fixture, "tfevents", NULL, 0, 0);
	assert_found(fixture, "");
	for (size_t i = 0; i + 1 < buf.length; i++) {
		add(fixture, "tfevents", buf.text + i, 1);
		assert_found(fixture, "");
		if (i % 7 == 0)
			restart(fixture);
	}
	assert_int_equal(look(fixture, true, BUDGET), 0);
	assert_string_equal(hd_buf_text(&fixture->found), "");
	add(fixture, "tfevents", buf.text + buf.length - 1, 1);
	assert_found(fixture, "loss=1@1 ");
	hd_buf_release(&buf);
}

static void record_that_is_wrong_is_looked_at_again_before_it_is_said(void **state)
{
	struct fixture *fixture = *state;
	struct hd_buf buf = record_of("loss", 2, 2);

	say(fixture, "run/tfevents", NULL, 0, 0);
	say(fixture, "run/tfevents", "loss", 1, 1);
	add(fixture, "run/tfevents", buf.text, buf.length - 1);
	add(fixture, "run/tfevents", "\x55", 1);
	assert_found(fixture, "run/loss=1@1 ");
	assert_found(fixture, "");
	assert_int_equal(look(fixture, false, BUDGET), 0);
	assert_non_null(strstr(hd_buf_text(&fixture->found),
			       "<'logs/run/tfevents' has a record whose sum is wrong at byte "));
	/* Once, and it is read no more. */
	say(fixture, "run/tfevents", "loss", 3, 3);
	assert_found(fixture, "");
	hd_buf_release(&buf);
}

static void ended_trials_file_is_judged_at_once(void **state)
{
	struct fixture *fixture = *state;

	add(fixture, "tfevents", "neither a version nor an event", 30);
	assert_int_equal(look(fixture, true, BUDGET), 0);
	assert_string_equal(hd_buf_text(&fixture->found),
			    "<'logs/tfevents' has no record of an event file at byte 0: nothing "
			    "is read of it from there on> ");
}

static void file_that_shrank_goes_on_from_its_end(void **state)
{
	struct fixture *fixture = *state;
	char path[128];

	snprintf(path, sizeof path, "%s/work/logs/tfevents", fixture->folder);
	say(fixture, "tfevents", NULL, 0, 0);
	say(fixture, "tfevents", "loss", 1, 1);
	assert_found(fixture, "loss=1@1 ");
	assert_int_equal(truncate(path, 0), 0);
	assert_found(fixture,
		     "<'logs/tfevents' was truncated, what it held then is not read> ");
	say(fixture, "tfevents", NULL, 0, 0);
	say(fixture, "tfevents", "loss", 2, 2);
	assert_found(fixture, "loss=2@2 ");
}

static void budget_ends_a_read_at_a_record(void **state)
{
	struct fixture *fixture = *state;
	size_t reads = 1;

	say(fixture, "tfevents", NULL, 0, 0);
	for (int i = 0; i < 3000; i++)
		say(fixture, "tfevents", "loss", i, i);
	while (look(fixture, true, 1) == 1)
		reads++;
	assert_int_equal(fixture->count, 3000);
	assert_in_range(reads, 10, 100);
	assert_found(fixture, "");
}

/* The place stands before the record that failed. */
static void what_the_listener_refuses_is_given_again(void **state)
{
	struct fixture *fixture = *state;

	say(fixture, "tfevents", NULL, 0, 0);
	for (int i = 0; i < 3; i++)
		say(fixture, "tfevents", "loss", i, i);
	fixture->refuse = HD_EIO;
	fixture->refuse_after = 1;
	assert_int_equal(look(fixture, false, BUDGET), HD_EIO);
	assert_string_equal(hd_buf_text(&fixture->found), "loss=0@0 ");
	fixture->refuse = 0;
	restart(fixture);
	assert_found(fixture, "loss=1@1 loss=2@2 ");
}

static void what_is_long_is_stepped_over(void **state)
{
	struct fixture *fixture = *state;
	struct hd_buf file = HD_BUF_INIT;
	size_t length = (size_t)5 << 20;
	char *bytes = calloc(1, length);

	assert_non_null(bytes);
	hd_record_put(&file, bytes, length);
	say(fixture, "tfevents", NULL, 0, 0);
	add(fixture, "tfevents", file.text, file.length);
	say(fixture, "tfevents", "loss", 1, 1);
	assert_int_equal(look(fixture, false, BUDGET), 1);
	assert_found(fixture, "loss=1@1 ");
	hd_buf_release(&file);
	free(bytes);
}

/* Names of metrics have bounds, and no control characters. */
static void tags_that_are_no_names_are_left_out(void **state)
{
	struct fixture *fixture = *state;
	char tag[300];

	memset(tag, 't', sizeof tag);
	tag[299] = '\0';
	say(fixture, "run/tfevents", NULL, 0, 0);
	say(fixture, "run/tfevents", tag, 1, 1);
	tag[252] = '\0'; /* with "run/" 256 */
	say(fixture, "run/tfevents", tag, 1, 1);
	say(fixture, "run/tfevents", "", 1, 1);
	say(fixture, "run/tfevents", "a\tb", 1, 1);
	say(fixture, "run/tfevents", "fine", 1, 1);
	assert_found(fixture, "run/fine=1@1 ");
	tag[251] = '\0';
	say(fixture, "run/tfevents", tag, 1, 1);
	assert_int_equal(look(fixture, false, BUDGET), 0);
	assert_int_equal(fixture->found.length, 255 + strlen("=1@1 "));
}

static void more_files_than_are_read_are_said_once(void **state)
{
	struct fixture *fixture = *state;
	char name[64];

	for (int i = 0; i < HD_LOGS_FILES + 5; i++) {
		snprintf(name, sizeof name, "tfevents.%04d", i);
		say(fixture, name, NULL, 0, 0);
		say(fixture, name, "n", 1, i);
	}
	assert_int_equal(look(fixture, false, BUDGET), 0);
	assert_int_equal(fixture->count, HD_LOGS_FILES);
	assert_non_null(strstr(hd_buf_text(&fixture->found), "<'logs' holds more"));
	assert_found(fixture, "");
}

static void nothing_or_a_file_in_place_of_the_folder_is_no_error(void **state)
{
	struct fixture *fixture = *state;
	char path[128];

	snprintf(path, sizeof path, "%s/work/logs", fixture->folder);
	assert_int_equal(rmdir(path), 0);
	assert_found(fixture, "");
	assert_int_equal(symlink("/", path), 0);
	assert_found(fixture, "");
	assert_int_equal(unlink(path), 0);
	say(fixture, "tfevents", NULL, 0, 0);
	say(fixture, "tfevents", "loss", 1, 1);
	assert_found(fixture, "loss=1@1 ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(files_and_folders_may_come_at_any_time),
		TEST(last_record_is_waited_for),
		TEST(record_that_is_wrong_is_looked_at_again_before_it_is_said),
		TEST(ended_trials_file_is_judged_at_once),
		TEST(file_that_shrank_goes_on_from_its_end),
		TEST(budget_ends_a_read_at_a_record),
		TEST(what_the_listener_refuses_is_given_again),
		TEST(what_is_long_is_stepped_over),
		TEST(tags_that_are_no_names_are_left_out),
		TEST(more_files_than_are_read_are_said_once),
		TEST(nothing_or_a_file_in_place_of_the_folder_is_no_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
