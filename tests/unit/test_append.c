/* Tests of engine/metrics/append.c. */
#include "check.h"

#include "base/buf.h"
#include "metrics/tail.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64], path[96];

static int setup(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/hd-append-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/metrics", folder);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	rmdir(folder);
	return 0;
}

struct tally {
	struct hd_buf text;
	size_t count;
	double sum;
};

static int on_metric(void *user, enum hd_tail_source source,
		     const struct hd_metric *metric)
{
	struct tally *tally = user;

	assert_int_equal(source, HD_TAIL_METRICS);
	assert_string_equal(metric->rule, "record");
	tally->count++;
	tally->sum += metric->value;
	if (tally->text.length > 1000)
		return 0;
	hd_buf_add(&tally->text, metric->name, metric->name_length);
	hd_buf_putc(&tally->text, '=');
	hd_buf_number(&tally->text, metric->value);
	if (metric->has_step)
		hd_buf_printf(&tally->text, "@%lld", (long long)metric->step);
	hd_buf_putc(&tally->text, '\n');
	return 0;
}

static void read_back(struct tally *tally)
{
	struct hd_metric_rules *rules;
	struct hd_tail *tail;
	struct hd_error err = { 0 };

	assert_int_equal(hd_metric_rules_new(&rules, NULL, 0, &err), 0);
	assert_int_equal(hd_tail_new(&tail, folder, rules, NULL, &err), 0);
	assert_int_equal(hd_tail_read(tail, true, 1 << 30, on_metric, NULL,
				      tally, &err),
			 0);
	hd_tail_free(tail);
	hd_metric_rules_free(rules);
}

static void what_is_appended_is_read_back(void **state)
{
	struct tally tally = { .text = HD_BUF_INIT };
	struct hd_error err = { 0 };
	struct stat stat_of;

	(void)state;
	assert_int_equal(hd_metric_append(path, "acc", 0.1, false, 0, &err), 0);
	assert_int_equal(hd_metric_append(path, "a \"b\"\\/[%] \xc3\xa4", 1e-300,
					  true, -3, &err),
			 0);
	assert_int_equal(hd_metric_append(path, "n", NAN, true, INT64_MAX, &err),
			 0);
	assert_int_equal(hd_metric_append(path, "i", -INFINITY, false, 0, &err),
			 0);
	read_back(&tally);
	assert_string_equal(hd_buf_text(&tally.text),
			    "acc=0.1\na \"b\"\\/[%] \xc3\xa4=1e-300@-3\n"
			    "n=nan@9223372036854775807\ni=-inf\n");
	hd_buf_release(&tally.text);
	assert_int_equal(stat(path, &stat_of), 0);
	assert_int_equal(stat_of.st_mode & 0133, 0);
}

static void a_wrong_name_or_path_is_refused(void **state)
{
	struct hd_error err = { 0 };
	char name[HD_METRIC_NAME + 2];

	(void)state;
	memset(name, 'x', sizeof name);
	name[sizeof name - 1] = '\0';
	assert_int_equal(hd_metric_append(path, "", 1, false, 0, &err),
			 HD_EINVAL);
	assert_int_equal(hd_metric_append(path, "a\nb", 1, false, 0, &err),
			 HD_EINVAL);
	assert_int_equal(hd_metric_append(path, name, 1, false, 0, &err),
			 HD_EINVAL);
	assert_string_equal(err.text, "metric name has 256 bytes or a control "
				      "character, expected 1 to 255 printable "
				      "bytes");
	assert_int_equal(hd_metric_append("", "a", 1, false, 0, &err),
			 HD_EINVAL);
	assert_true(hd_metric_append("/nonexistent/metrics", "a", 1, false, 0,
				     &err) < 0);
	assert_int_equal(access(path, F_OK), -1);
}

static void records_of_many_writers_stay_whole(void **state)
{
	struct tally tally = { .text = HD_BUF_INIT };
	pid_t writers[4];

	(void)state;
	for (int i = 0; i < 4; i++) {
		writers[i] = fork();
		assert_true(writers[i] >= 0);
		for (int n = 0; writers[i] == 0 && n < 500; n++)
			if (hd_metric_append(path, "acc", i, false, 0, NULL))
				_exit(1);
		if (writers[i] == 0)
			_exit(0);
	}
	for (int i = 0; i < 4; i++) {
		int status;

		assert_int_equal(waitpid(writers[i], &status, 0), writers[i]);
		assert_int_equal(status, 0);
	}
	read_back(&tally);
	assert_int_equal(tally.count, 2000);
	assert_close(tally.sum, 500 * 6, 0);
	hd_buf_release(&tally.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_appended_is_read_back,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_wrong_name_or_path_is_refused,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			records_of_many_writers_stay_whole, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
