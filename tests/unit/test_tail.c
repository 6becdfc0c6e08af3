/* Tests of engine/metrics/tail.c, cut.c and record.c. */
#include "check.h"

#include "base/buf.h"
#include "metrics/tail.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUDGET ((size_t)3 * 1024 * 1024)

struct fixture {
	char folder[64];
	struct hd_metric_rules *rules;
	struct hd_tail *tail;
	struct hd_buf found; /* "source:line name=value" a line, marks too */
	size_t count, records;
	int refuse; /* the code given back after this many metrics */
	size_t refuse_after;
};

static int on_metric(void *user, enum hd_tail_source source,
		     const struct hd_metric *metric)
{
	struct fixture *fixture = user;

	if (fixture->refuse && fixture->count >= fixture->refuse_after)
		return fixture->refuse;
	fixture->count++;
	fixture->records += source == HD_TAIL_METRICS;
	if (fixture->found.length > 4096)
		return 0;
	hd_buf_printf(&fixture->found, "%s:%zu %.*s=",
		      hd_tail_source_name(source), metric->line,
		      (int)metric->name_length, metric->name);
	if (metric->text)
		hd_buf_printf(&fixture->found, "'%.*s'",
			      (int)metric->text_length, metric->text);
	else
		hd_buf_number(&fixture->found, metric->value);
	if (metric->has_step)
		hd_buf_printf(&fixture->found, "@%lld", (long long)metric->step);
	hd_buf_putc(&fixture->found, '\n');
	return 0;
}

static int on_mark(void *user, const char *kind, const char *detail)
{
	struct fixture *fixture = user;

	hd_buf_printf(&fixture->found, "<%s %s>\n", kind,
		      detail ? detail : "-");
	return 0;
}

static void open_tail(struct fixture *fixture,
		      const struct hd_tail_place *places)
{
	struct hd_error err = { 0 };

	assert_int_equal(hd_tail_new(&fixture->tail, fixture->folder,
				     fixture->rules, places, &err),
			 0);
}

/* As an engine that died and came again: only the places are left. */
static void restart(struct fixture *fixture)
{
	struct hd_tail_place places[HD_TAIL_SOURCES];

	hd_tail_places(fixture->tail, places);
	hd_tail_free(fixture->tail);
	open_tail(fixture, places);
}

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	struct hd_error err = { 0 };

	assert_non_null(fixture);
	strcpy(fixture->folder, "/tmp/hd-tail-XXXXXX");
	assert_non_null(mkdtemp(fixture->folder));
	assert_int_equal(hd_metric_rules_new(&fixture->rules, NULL, 0, &err), 0);
	open_tail(fixture, NULL);
	*state = fixture;
	return 0;
}

static char *path_of(const struct fixture *fixture, const char *name)
{
	static char path[128];

	snprintf(path, sizeof path, "%s/%s", fixture->folder, name);
	return path;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	unlink(path_of(fixture, "stdout"));
	unlink(path_of(fixture, "stderr"));
	unlink(path_of(fixture, "metrics"));
	unlink(path_of(fixture, "other"));
	rmdir(fixture->folder);
	hd_tail_free(fixture->tail);
	hd_metric_rules_free(fixture->rules);
	hd_buf_release(&fixture->found);
	free(fixture);
	return 0;
}

static void add(struct fixture *fixture, const char *name, const char *text,
		size_t length)
{
	FILE *file = fopen(path_of(fixture, name), "a");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

static void say(struct fixture *fixture, const char *name, const char *text)
{
	add(fixture, name, text, strlen(text));
}

static int read_some(struct fixture *fixture, bool final, size_t budget)
{
	struct hd_error err = { 0 };
	int rc = hd_tail_read(fixture->tail, final, budget, on_metric, on_mark,
			      fixture, &err);

	assert_true(rc >= 0 || fixture->refuse);
	return rc;
}

/* What is found since the last call. */
static void expect(struct fixture *fixture, bool final, const char *expected)
{
	assert_int_equal(read_some(fixture, final, BUDGET), 0);
	assert_string_equal(hd_buf_text(&fixture->found), expected);
	hd_buf_clear(&fixture->found);
}

static void new_lines_of_every_source_are_given_once(void **state)
{
	struct fixture *fixture = *state;

	expect(fixture, false, "");
	say(fixture, "stdout", "hello\nacc=0.5\n");
	say(fixture, "stderr", "loss: 0.25\n");
	say(fixture, "metrics", "{\"name\":\"f1\",\"value\":0.75,\"step\":2}\n");
	expect(fixture, false,
	       "stdout:2 acc=0.5\nstderr:1 loss=0.25\nmetrics:1 f1=0.75@2\n");
	expect(fixture, false, "");
	say(fixture, "stdout", "acc=0.6\n");
	expect(fixture, false, "stdout:3 acc=0.6\n");
	expect(fixture, true, "");
}

static void half_a_line_waits_for_its_end(void **state)
{
	struct fixture *fixture = *state;

	say(fixture, "stdout", "acc=0.");
	expect(fixture, false, "");
	restart(fixture);
	say(fixture, "stdout", "5");
	expect(fixture, false, "");
	say(fixture, "stdout", "1\nx=2");
	expect(fixture, false, "stdout:1 acc=0.51\n");
	expect(fixture, true, "stdout:2 x=2\n");
	expect(fixture, true, "");
}

static void a_read_after_a_crash_at_any_byte_gives_the_same(void **state)
{
	static const char text[] =
		"acc=1\nAttempted to log scalar metric m:\n0.5\nbar a=1\r"
		"bar a=1\rbar a=2\r\n{\"b\": 3}\nAttempted to log scalar metric "
		"n:\r\n7\r\nc=4";
	static const char whole[] =
		"stdout:1 acc=1\nstdout:3 m=0.5\nstdout:4 a=1\nstdout:4 a=2\n"
		"stdout:5 b=3\nstdout:7 n=7\nstdout:8 c=4\n";
	struct fixture *fixture = *state;

	for (size_t cut = 1; cut < sizeof text - 1; cut++) {
		add(fixture, "stdout", text, cut);
		read_some(fixture, false, BUDGET);
		restart(fixture);
		say(fixture, "stdout", text + cut);
		read_some(fixture, false, 1);
		restart(fixture);
		expect(fixture, true, whole);
		unlink(path_of(fixture, "stdout"));
		hd_tail_free(fixture->tail);
		open_tail(fixture, NULL);
	}
}

static void a_byte_at_a_time_gives_the_same(void **state)
{
	static const char text[] = "a=1 \rb=2\b\b\bb=2\nAttempted to log scalar "
				   "metric m:\n0.5\n";
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof text - 1; i++) {
		add(fixture, "stderr", text + i, 1);
		assert_int_equal(read_some(fixture, false, BUDGET), 0);
	}
	expect(fixture, true, "stderr:1 a=1\nstderr:1 b=2\nstderr:3 m=0.5\n");
}

static void a_progress_bar_is_read_before_its_line_ends(void **state)
{
	struct fixture *fixture = *state;

	say(fixture, "stderr", "10% loss=0.5\r");
	expect(fixture, false, "stderr:1 loss=0.5\n");
	say(fixture, "stderr", "20% loss=0.5\r");
	expect(fixture, false, "");
	restart(fixture);
	say(fixture, "stderr", "30% loss=0.5\r40% loss=0.4\r");
	expect(fixture, false, "stderr:1 loss=0.4\n");
	say(fixture, "stderr", "\nloss=0.4\n");
	expect(fixture, false, "stderr:2 loss=0.4\n");
}

static void a_line_without_end_is_read_once_and_skipped(void **state)
{
	struct fixture *fixture = *state;
	static char block[100000];
	struct hd_tail_place places[HD_TAIL_SOURCES];

	memset(block, 'x', sizeof block);
	say(fixture, "stdout", "a=1 ");
	for (int i = 0; i < 5; i++) {
		add(fixture, "stdout", block, sizeof block);
		say(fixture, "stdout", " b=2 ");
		read_some(fixture, false, BUDGET);
		restart(fixture);
		hd_tail_places(fixture->tail, places);
		assert_true(places[HD_TAIL_STDOUT].offset >
			    (int64_t)(sizeof block * (size_t)(i + 1)));
	}
	say(fixture, "stdout", "\nc=3\n");
	expect(fixture, false, "stdout:1 a=1\nstdout:2 c=3\n");
}

static void output_without_limit_is_read_within_the_budget(void **state)
{
	struct fixture *fixture = *state;
	static char block[1 << 20];
	size_t steps = 1;

	for (size_t i = 0; i < sizeof block; i += 16)
		memcpy(block + i, "some text a=1.5\n", 16);
	for (int i = 0; i < 16; i++)
		add(fixture, "stdout", block, sizeof block);
	say(fixture, "metrics", "acc=1\n");
	assert_int_equal(read_some(fixture, false, BUDGET), 1);
	/* The flood did not hold up the other source. */
	assert_non_null(strstr(hd_buf_text(&fixture->found), "a=1.5"));
	assert_in_range(fixture->count, 65536, 2 * 65536);
	assert_true(fixture->records == 1);
	while (read_some(fixture, false, BUDGET))
		steps++;
	assert_in_range(steps, 14, 16);
	assert_int_equal(fixture->count, 16 * sizeof block / 16 + 1);
}

static void a_shrunk_file_goes_on_from_its_new_end(void **state)
{
	struct fixture *fixture = *state;

	say(fixture, "stdout", "a=1\nb=2\nc=3\n");
	expect(fixture, false, "stdout:1 a=1\nstdout:2 b=2\nstdout:3 c=3\n");
	assert_int_equal(truncate(path_of(fixture, "stdout"), 4), 0);
	expect(fixture, false, "<hdrive 'stdout' was truncated, what it held "
			       "then is not read>\n");
	say(fixture, "stdout", "d=4\n");
	expect(fixture, false, "stdout:4 d=4\n");
}

static void a_fifo_a_link_and_a_folder_are_refused(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(mkfifo(path_of(fixture, "stdout"), 0600), 0);
	say(fixture, "other", "a=1\n");
	assert_int_equal(symlink("other", path_of(fixture, "stderr")), 0);
	assert_int_equal(mkdir(path_of(fixture, "metrics"), 0700), 0);
	expect(fixture, false,
	       "<hdrive 'stdout' is no readable regular file>\n"
	       "<hdrive 'stderr' is no readable regular file>\n"
	       "<hdrive 'metrics' is no readable regular file>\n");
	expect(fixture, true, "");
	rmdir(path_of(fixture, "metrics"));
}

static void no_descriptor_is_held(void **state)
{
	struct fixture *fixture = *state;
	int before = dup(0), after;

	say(fixture, "stdout", "a=1\n");
	read_some(fixture, false, BUDGET);
	close(before);
	after = dup(0);
	assert_int_equal(before, after);
	close(after);
}

static void a_callers_failure_leaves_the_place_before_the_line(void **state)
{
	struct fixture *fixture = *state;

	say(fixture, "stdout", "a=1\nb=2\nc=3\n");
	fixture->refuse = HD_EIO;
	fixture->refuse_after = 1;
	assert_int_equal(read_some(fixture, false, BUDGET), HD_EIO);
	fixture->refuse = 0;
	expect(fixture, false, "stdout:1 a=1\nstdout:2 b=2\nstdout:3 c=3\n");
}

static void records_give_scalars_lists_and_text(void **state)
{
	struct fixture *fixture = *state;

	say(fixture, "metrics",
	    "{\"name\":\"a b\",\"value\":NaN}\n"
	    "{\"name\":\"a\",\"value\":null,\"step\":1}\n"
	    "{\"name\":\"a\",\"value\":-Infinity}\n"
	    "{\"name\":\"o\",\"value\":\"ad\\u00e4m\"}\n"
	    "{\"name\":\"o\",\"value\":true}\n"
	    "{\"name\":\"l\",\"list\":[1,1,\"x\",2.5],\"step\":9}\n"
	    "{\"name\":\"r\",\"row\":{\"x\":1,\"y\":\"z\"}}\n"
	    "{\"name\":\"t\",\"table\":{\"x\":[1,2]}}\n"
	    "{\"name\":\"i\",\"image\":\"outputs/i.png\"}\n"
	    "{\"name\":\"\",\"value\":1}\n"
	    "{\"name\":\"bad\\n\",\"value\":1}\n"
	    "acc=0.9\n"
	    "{\"p\": 1, \"step\": 2}\n"
	    "not a record\n");
	expect(fixture, false,
	       "metrics:1 a b=nan\nmetrics:2 a=nan@1\nmetrics:3 a=-inf\n"
	       "metrics:4 o='ad\xc3\xa4m'\nmetrics:5 o='True'\n"
	       "metrics:6 l=1@9\nmetrics:6 l=1@9\nmetrics:6 l='x'@9\n"
	       "metrics:6 l=2.5@9\nmetrics:7 r='{\"x\":1,\"y\":\"z\"}'\n"
	       "metrics:8 t='{\"x\":[1,2]}'\nmetrics:9 i='outputs/i.png'\n"
	       "metrics:12 acc=0.9\nmetrics:13 p=1@2\n");
}

static void marks_and_the_parents_records_are_apart(void **state)
{
	struct fixture *fixture = *state;

	say(fixture, "metrics",
	    "{\"mark\":\"complete\"}\n"
	    "{\"mark\":\"fail\",\"detail\":\"it \\\"broke\\\"\"}\n"
	    "{\"mark\":\"tag\",\"detail\":{\"k\":\"v\"}}\n"
	    "{\"parent\":true,\"name\":\"acc\",\"value\":0.9}\n"
	    "{\"child\":\"c\",\"mark\":\"fail\"}\n"
	    "{\"name\":\"acc\",\"value\":0.8\n"
	    "{\"parent\":false,\"name\":\"acc\",\"value\":0.9}\n");
	/* On stdout they are somebody's log lines. */
	say(fixture, "stdout", "{\"mark\":\"fail\"}\n");
	expect(fixture, false,
	       "<complete ->\n<fail it \"broke\">\n<tag {\"k\":\"v\"}>\n"
	       "<parent {\"parent\":true,\"name\":\"acc\",\"value\":0.9}>\n"
	       "<child {\"child\":\"c\",\"mark\":\"fail\"}>\n"
	       "metrics:7 acc=0.9\n");
}

static int on_other_metric(void *user, const struct hd_metric *metric)
{
	return on_metric(user, HD_TAIL_METRICS, metric);
}

static void a_record_of_another_run_says_what_a_trials_would(void **state)
{
	static const struct {
		const char *detail, *run, *said;
	} rows[] = {
		{ "{\"parent\":true,\"name\":\"acc\",\"value\":0.5,\"step\":2}", "",
		  "metrics:0 acc=0.5@2\n" },
		{ "{\"child\":\"a\\u0020b\",\"name\":\"l\",\"list\":[1,1]}", "a b",
		  "metrics:0 l=1\nmetrics:0 l=1\n" },
		{ "{\"child\":\"c\",\"mark\":\"fail\",\"detail\":\"why\"}", "c", "<fail why>\n" },
		{ "{\"parent\":true,\"mark\":\"tag\",\"detail\":{\"k\":1}}", "",
		  "<tag {\"k\":1}>\n" },
		{ "{\"child\":\"c\",\"name\":\"l\"}", "c", "" },
		{ "{\"parent\":true}", "", "" },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct hd_buf run = HD_BUF_INIT;

		hd_buf_clear(&fixture->found);
		assert_int_equal(hd_tail_other(rows[i].detail, &run,
					       on_other_metric, on_mark,
					       fixture, NULL),
				 0);
		assert_string_equal(hd_buf_text(&run), rows[i].run);
		assert_string_equal(hd_buf_text(&fixture->found), rows[i].said);
		hd_buf_release(&run);
	}
}

static void patterns_leave_the_metrics_file_alone(void **state)
{
	const char *pattern = "score (?<value>\\S+)";
	struct fixture *fixture = *state;
	struct hd_error err = { 0 };

	hd_tail_free(fixture->tail);
	hd_metric_rules_free(fixture->rules);
	assert_int_equal(hd_metric_rules_new(&fixture->rules, &pattern, 1, &err),
			 0);
	assert_int_equal(hd_metric_rules_primary(fixture->rules, "acc"), 0);
	open_tail(fixture, NULL);
	say(fixture, "stdout", "x=1 score 0.5\n");
	say(fixture, "metrics", "x=1\n{\"name\":\"y\",\"value\":2}\n");
	expect(fixture, false,
	       "stdout:1 acc=0.5\nmetrics:1 x=1\nmetrics:2 y=2\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(new_lines_of_every_source_are_given_once),
		TEST(half_a_line_waits_for_its_end),
		TEST(a_read_after_a_crash_at_any_byte_gives_the_same),
		TEST(a_byte_at_a_time_gives_the_same),
		TEST(a_progress_bar_is_read_before_its_line_ends),
		TEST(a_line_without_end_is_read_once_and_skipped),
		TEST(output_without_limit_is_read_within_the_budget),
		TEST(a_shrunk_file_goes_on_from_its_new_end),
		TEST(a_fifo_a_link_and_a_folder_are_refused),
		TEST(no_descriptor_is_held),
		TEST(a_callers_failure_leaves_the_place_before_the_line),
		TEST(records_give_scalars_lists_and_text),
		TEST(marks_and_the_parents_records_are_apart),
		TEST(a_record_of_another_run_says_what_a_trials_would),
		TEST(patterns_leave_the_metrics_file_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
