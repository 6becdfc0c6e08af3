/* Tests of engine/metrics: pattern.c, rules.c, scan.c and object.c. */
#include "check.h"

#include <hdrive/metrics.h>

#include "base/buf.h"

#include <unistd.h>

/* What was found, as "name=value@step" or "name='text'", a blank between. */
static int note(void *user, const struct hd_metric *metric)
{
	struct hd_buf *buf = user;

	if (buf->length)
		hd_buf_putc(buf, '\n');
	hd_buf_add(buf, metric->name, metric->name_length);
	hd_buf_putc(buf, '=');
	if (metric->text) {
		hd_buf_putc(buf, '\'');
		hd_buf_add(buf, metric->text, metric->text_length);
		hd_buf_putc(buf, '\'');
	} else {
		hd_buf_number(buf, metric->value);
	}
	if (metric->has_step)
		hd_buf_printf(buf, "@%lld", (long long)metric->step);
	return 0;
}

static struct hd_metric_rules *rules_of(const char *pattern,
					const char *primary)
{
	struct hd_metric_rules *rules;
	struct hd_error err = { 0 };

	assert_int_equal(hd_metric_rules_new(&rules, &pattern, pattern != NULL,
					     &err),
			 0);
	assert_int_equal(hd_metric_rules_primary(rules, primary), 0);
	return rules;
}

/* The metrics of TEXT, whose lines end with '\n', one a line. */
static char *found(const char *pattern, const char *primary, const char *text,
		   size_t length)
{
	struct hd_metric_rules *rules = rules_of(pattern, primary);
	struct hd_metric_scan scan = { .pending_kind = 0 };
	struct hd_buf buf = HD_BUF_INIT;
	size_t number = 0;

	while (length) {
		const char *end = memchr(text, '\n', length);
		size_t line = end ? (size_t)(end - text) : length;

		hd_metric_scan_line(rules, &scan, text, line, ++number, note,
				    &buf);
		line += end != NULL;
		text += line;
		length -= line;
	}
	hd_metric_rules_free(rules);
	hd_buf_putc(&buf, '\0');
	return hd_buf_take(&buf);
}

static void check(const char *primary, const char *line, const char *expected)
{
	char *got = found(NULL, primary, line, strlen(line));

	if (strcmp(got, expected) != 0)
		fail_msg("%s\n gives\n%s\n expected\n%s", line, got, expected);
	free(got);
}

struct row {
	const char *line, *expected;
};

static void check_rows(const char *primary, const struct row *rows,
		       size_t count)
{
	for (size_t i = 0; i < count; i++)
		check(primary, rows[i].line, rows[i].expected);
}

static void pairs_of_name_and_value_are_found(void **state)
{
	static const struct row rows[] = {
		{ "acc=0.9", "acc=0.9" },
		{ "acc: 0.9", "acc=0.9" },
		{ "acc:0.9", "acc=0.9" },
		{ "acc = 0.9", "acc=0.9" },
		{ "  loss        : 0.3  ", "loss=0.3" },
		{ "epoch 3 loss=0.41 acc: 0.93, val_loss: 0.5",
		  "loss=0.41\nacc=0.93\nval_loss=0.5" },
		{ "loss:0.4 acc:0.9", "loss=0.4\nacc=0.9" },
		{ "Epoch 1/10 - loss: 0.3 - acc: 0.9", "loss=0.3\nacc=0.9" },
		{ "Epoch [3/10], Loss: 0.3", "Loss=0.3" },
		{ "Epoch [3/10] Loss: 0.3", "Loss=0.3" },
		{ "1563/1563 [=====] - 5s 3ms/step - loss: 1.5 - accuracy: 0.4",
		  "loss=1.5\naccuracy=0.4" },
		{ "Test set: Average loss: 0.0345, Accuracy: 9900/10000 (99%)",
		  "Average loss=0.0345" },
		{ "[INFO] loss: 0.3", "loss=0.3" },
		{ "INFO loss: 0.3", "loss=0.3" },
		{ "INFO:root:loss: 0.3", "loss=0.3" },
		{ "2024-01-01 12:00:00,123 WARNING acc: 0.5", "acc=0.5" },
		{ "100%|##| 10/10 [00:01<00:00, 5.00it/s, loss=0.3]", "loss=0.3" },
		{ "  \"loss\": 0.3,", "loss=0.3" },
		{ "'loss': 0.25,", "loss=0.25" },
		{ "acc=0.9; loss=0.1|f1=0.5", "acc=0.9\nloss=0.1\nf1=0.5" },
		{ "Args(lr=0.1, n=3)", "lr=0.1\nn=3" },
		{ "Epoch 3: 100%|##| 9/9 [00:01<00:00, v_num=0, val_loss=0.5]",
		  "v_num=0\nval_loss=0.5" },
		{ "[10]\ttrain-rmse:0.5\tval-rmse:0.25",
		  "train-rmse=0.5\nval-rmse=0.25" },
		{ "[10]\tvalid_0's auc: 0.9", "valid_0's auc=0.9" },
		{ "0:\tlearn: 0.6\tbest: 0.5 (0)\ttotal: 5ms",
		  "learn=0.6\nbest=0.5" },
	};

	(void)state;
	check_rows(NULL, rows, ROWS(rows));
}

static void names_have_slashes_spaces_and_brackets(void **state)
{
	static const struct row rows[] = {
		{ "val loss: 0.3", "val loss=0.3" },
		{ "val loss = 0.3", "val loss=0.3" },
		{ "step loss=0.3", "loss=0.3" },
		{ "train/loss=0.1", "train/loss=0.1" },
		{ "top-5 acc [%]: 91", "top-5 acc [%]=91" },
		{ "metrics[0]=1", "metrics[0]=1" },
		{ "Loss (train): 0.3", "Loss (train)=0.3" },
		{ "recall@10=0.5", "recall@10=0.5" },
		{ "R^2: 0.9", "R^2=0.9" },
		{ "Gr\xc3\xb6\xc3\x9f"
		  "e: 3",
		  "Gr\xc3\xb6\xc3\x9f"
		  "e=3" },
		{ "a.b-c_d=1", "a.b-c_d=1" },
		{ "it was then seen that the loss: 0.3", "loss=0.3" },
	};

	(void)state;
	check_rows(NULL, rows, ROWS(rows));
}

static void values_take_every_form_of_a_number(void **state)
{
	static const struct row rows[] = {
		{ "x=-1.5", "x=-1.5" },
		{ "x=+2", "x=2" },
		{ "x=.5", "x=0.5" },
		{ "x=1e-4", "x=0.0001" },
		{ "x=1E+3", "x=1000" },
		{ "x: 5.", "x=5" },
		{ "x is: 0.5.", "x is=0.5" },
		{ "loss: nan", "loss=nan" },
		{ "loss: NaN, y=inf", "loss=nan\ny=inf" },
		{ "loss=-Infinity", "loss=-inf" },
		{ "acc=93.1%", "acc=93.1" },
		{ "acc: 93.1%, x=1", "acc=93.1\nx=1" },
		{ "loss: 0.3 \xc2\xb1 0.1", "loss=0.3" },
		{ "loss: 0.3\xc2\xb1"
		  "0.1",
		  "loss=0.3" },
		{ "loss: 0.3(0.2)", "loss=0.3" },
		{ "x=1e999", "x=inf" },
	};

	(void)state;
	check_rows(NULL, rows, ROWS(rows));
}

static void what_is_no_whole_number_is_no_value(void **state)
{
	static const char *const lines[] = {
		"",
		" ",
		"time: 12:30:45",
		"12:30:45",
		"at 12:30:45 done",
		"http://x:8080",
		"http://host/path?x=3",
		"http://host/path?y=a&x=3",
		"C:\\temp\\3",
		"C:\\temp\\x=3",
		"key: 10.0.0.1",
		"v1.2.3",
		"version: 1.2.3",
		"date: 2024-01-01",
		"lr=1e-4abc",
		"time=3s",
		"ETA: 0s",
		"loss: nano",
		"Accuracy: 9900/10000",
		"n: 1_000",
		"x: 0x1F",
		"x: 1,234",
		"if a == 3",
		"x += 3",
		"x >= 3",
		"std::3",
		"a => 3",
		"=3",
		": 3",
		"12=3",
		"- = 3",
		"python train.py --lr=0.1",
		"loss: tensor(0.3)",
		"x=",
		"x:",
		"x=-",
		"x=.",
		"x=e5",
		"Epoch 3: 100%|##|",
		"train.py:12: UserWarning",
		"foo.c:12:5: error",
	};

	(void)state;
	for (size_t i = 0; i < ROWS(lines); i++)
		check(NULL, lines[i], "");
}

static void json_lines_give_their_numeric_members(void **state)
{
	static const struct row rows[] = {
		{ "{\"loss\": 0.3, \"acc\": 0.9, \"step\": 4}",
		  "loss=0.3@4\nacc=0.9@4" },
		{ "{\"epoch\":2,\"acc\":1}", "acc=1@2" },
		{ "{\"epoch\":2,\"step\":7,\"acc\":1}", "acc=1@7" },
		{ "{\"iteration\":5,\"epoch\":1,\"a\":1}", "a=1@5" },
		{ "{\"loss\": NaN, \"a\": Infinity, \"b\": -Infinity}",
		  "loss=nan\na=inf\nb=-inf" },
		{ "{\"train\": {\"loss\": 0.1, \"deep\": {\"x\": 1}}, \"y\": 2}",
		  "train/loss=0.1\ny=2" },
		{ "{\"a\": \"text\", \"b\": true, \"c\": null, \"d\": [1]}", "" },
		{ "{'loss': 0.5, 'lr': 1e-05, 'best': None, 'epoch': 1.0}",
		  "loss=0.5\nlr=1e-5\nepoch=1" },
		{ "[tune-metric]: {\"loss\": 0.3}", "loss=0.3" },
		{ "12:00 INFO x=1 {\"loss\": 0.3}", "x=1\nloss=0.3" },
		{ "{\"a b/c[%]\": 1}", "a b/c[%]=1" },
		{ "{\"gr\\u00f6\\ud83d\\ude00\\t\": 1, \"gr\\u00f6\\ud83d\\ude00\": 1}",
		  "gr\xc3\xb6\xf0\x9f\x98\x80=1" },
		{ "{\"big\": 123456789012345678901234567890}",
		  "big=1.2345678901234568e29" },
		{ "{\"a\":1e999}", "a=inf" },
		{ "{\"name\":\"acc\",\"value\":0.9,\"step\":3}", "acc=0.9@3" },
		{ "{\"name\":\"acc\",\"value\":\"x\"}", "" },
		{ "{}", "" },
		{ "{\"loss\": 0.3", "loss=0.3" },
		{ "{\"loss\": 0.3}}", "loss=0.3" },
	};

	(void)state;
	check_rows(NULL, rows, ROWS(rows));
}

static void deep_json_is_refused_without_a_crash(void **state)
{
	char text[20000];

	(void)state;
	memset(text, '[', sizeof text);
	memcpy(text, "{\"a\":", 5);
	text[sizeof text - 1] = '}';
	free(found(NULL, NULL, text, sizeof text));
}

static void the_primary_metric_is_found_whatever_its_name(void **state)
{
	static const struct {
		const char *primary, *line, *expected;
	} rows[] = {
		{ "Best accuracy (val) [%]", "Best accuracy (val) [%]: 93",
		  "Best accuracy (val) [%]=93" },
		{ "Regularization Strength:", "Regularization Strength:: 1.0",
		  "Regularization Strength:=1" },
		{ "mAP@0.5:0.95", "mAP@0.5:0.95: 0.31", "mAP@0.5:0.95=0.31" },
		{ "val loss", "step val loss=0.3", "val loss=0.3" },
		{ "a=b", "a=b=3", "a=b=3" },
		{ "loss", "val loss: 0.3", "val loss=0.3" },
		{ "loss", "val_loss: 0.3", "val_loss=0.3" },
		{ "loss", "\"loss\": 0.3", "loss=0.3" },
		{ "the mean of all five fold scores",
		  "so the mean of all five fold scores = 4",
		  "the mean of all five fold scores=4" },
		{ "step", "{\"step\": 3, \"a\": 1}", "step=3@3\na=1@3" },
		{ "1", "1: 5", "1=5" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		check(rows[i].primary, rows[i].line, rows[i].expected);
}

static void the_two_lines_of_azureml_core_are_read(void **state)
{
	static const struct row rows[] = {
		{ "Attempted to log scalar metric accuracy:\n0.9912857142857143\n",
		  "accuracy=0.9912857142857143" },
		{ "Attempted to log scalar metric Regularization Strength::\n1.0",
		  "Regularization Strength:=1" },
		{ "Attempted to log scalar metric a b: c=3:\n-inf", "a b: c=3=-inf" },
		{ "Attempted to log scalar metric x:\r\n0.5\r\n", "x=0.5" },
		{ "Attempted to log scalar metric opt:\nadam", "opt='adam'" },
		{ "Attempted to log scalar metric x:\n\nacc=1", "acc=1" },
		{ "Attempted to log list metric l:\n[0.5, 1, nan]",
		  "l=0.5\nl=1\nl=nan" },
		{ "Attempted to log list metric l:\nrange(3)", "l='range(3)'" },
		{ "Attempted to log row metric r:\n{'x': 1, 'y': 2}",
		  "r='{'x': 1, 'y': 2}'" },
		{ "Attempted to log scalar metric a:\n"
		  "Attempted to log scalar metric b:\n2\n3",
		  "b=2" },
		{ "Attempted to track file m.pkl at outputs/m.pkl", "" },
		{ "Attempted to log scalar metric :\n3", "" },
	};

	(void)state;
	check_rows(NULL, rows, ROWS(rows));
}

static void a_progress_bar_gives_each_value_once(void **state)
{
	static const struct row rows[] = {
		{ "\r10% loss=0.5\r20% loss=0.5\r30% loss=0.4\r",
		  "loss=0.5\nloss=0.4" },
		{ "a=1\ra=2\ra=1", "a=1\na=2\na=1" },
		{ "a=1 b=1\ra=1 b=2", "a=1\nb=1\nb=2" },
		{ "a=1\na=1", "a=1\na=1" },
		{ "a=1 a=1", "a=1\na=1" },
		{ "a=1\r\n", "a=1" },
		{ "1/2 - loss: 3\b\b\b\b\b\b2/2 - loss: 3", "loss=3" },
		{ "x=1\x1b[1A\x1b[2Kx=2", "x=1\nx=2" },
	};

	(void)state;
	check_rows(NULL, rows, ROWS(rows));
}

static void colours_are_stripped(void **state)
{
	static const struct row rows[] = {
		{ "\x1b[1;32macc\x1b[0m: \x1b[33m0.9\x1b[0m", "acc=0.9" },
		{ "\x1b[01;31m\x1b[Kacc\x1b[m\x1b[K=0.5", "acc=0.5" },
		{ "\x1b]0;title=3\aacc=0.5", "acc=0.5" },
		{ "\x1b]0;title=3\x1b\\acc=0.5", "acc=0.5" },
		{ "acc=0.5\x1b", "acc=0.5" },
		{ "acc=0.5\x1b[", "acc=0.5" },
		{ "acc=0.5\x1b[3", "acc=0.5" },
	};

	(void)state;
	check_rows(NULL, rows, ROWS(rows));
}

static void bytes_that_are_no_text_pass(void **state)
{
	static const char line[] = "\xff\xfe\0\x01 acc=0.5\0 loss=0.25 \x80=1";
	char *got = found(NULL, NULL, line, sizeof line - 1);

	(void)state;
	assert_string_equal(got, "loss=0.25\n\x80=1");
	free(got);
}

static void only_the_first_64_kib_of_a_line_count(void **state)
{
	static char line[200000];
	char *got;

	(void)state;
	memset(line, ' ', sizeof line);
	memcpy(line, "a=1", 3);
	memcpy(line + 65536 - 3, "b=2", 3);
	memcpy(line + 65536, " c=3", 4);
	got = found(NULL, NULL, line, sizeof line);
	assert_string_equal(got, "a=1\nb=2");
	free(got);
}

static void check_pattern(const char *pattern, const char *primary,
			  const char *line, const char *expected)
{
	char *got = found(pattern, primary, line, strlen(line));

	assert_string_equal(got, expected);
	free(got);
}

static void a_pattern_replaces_the_default_rules(void **state)
{
	(void)state;
	check_pattern("(?<name>\\w+) is (?<value>\\S+)", NULL,
		      "acc is 0.9 loss is 3% x=5", "acc=0.9\nloss=3");
	check_pattern("^score (?<value>\\S+) at (?<step>\\d+)", "acc",
		      "score 0.5 at 12", "acc=0.5@12");
	check_pattern("v(?<value>\\d+)", NULL, "v3", "value=3");
	check_pattern("(?<name>\\w+) is (?<value>\\w+)", NULL, "opt is adam",
		      "opt='adam'");
	/* A name in the file's own language; bytes around it that are none. */
	check_pattern("(?<name>gr\xc3\xb6.e)=(?<value>\\d)", NULL,
		      "\xff gr\xc3\xb6\xc3\x9f"
		      "e=3 \xfe",
		      "gr\xc3\xb6\xc3\x9f"
		      "e=3");
	/* Empty matches and look-ahead move on. */
	check_pattern("(?=x=(?<value>\\d))", "x", "x=1 x=2", "x=1\nx=2");
	check_pattern("(?<value>)", "x", "ab", "x=''\nx=''\nx=''");
}

static void a_wrong_pattern_is_named_with_its_place(void **state)
{
	static const struct {
		const char *pattern, *text;
	} rows[] = {
		{ "(?<value>\\d+", "metric pattern '(?<value>\\d+' is wrong at "
				   "offset 12: missing closing parenthesis" },
		{ "acc=(\\d+)", "metric pattern 'acc=(\\d+)' has no group "
				"'value', expected one as in "
				"(?<name>\\w+)=(?<value>\\S+)" },
		{ "(?J)(?<value>a)|(?<value>b)",
		  "metric pattern '(?J)(?<value>a)|(?<value>b)' has a group of "
		  "one name twice, expected each once" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct hd_metric_rules *rules;
		struct hd_error err = { 0 };

		assert_int_equal(hd_metric_rules_new(&rules, &rows[i].pattern,
						     1, &err),
				 HD_EINVAL);
		assert_string_equal(err.text, rows[i].text);
		assert_null(rules);
	}
}

static void a_pattern_at_its_limit_skips_the_line(void **state)
{
	struct hd_metric_rules *rules =
		rules_of("^(a+)+(?<value>\\d)$", "x");
	struct hd_buf buf = HD_BUF_INIT;
	char line[4096];

	(void)state;
	memset(line, 'a', sizeof line);
	assert_int_equal(hd_metric_scan_line(rules, NULL, line, sizeof line, 1,
					     note, &buf),
			 0);
	assert_int_equal(hd_metric_rules_skipped(rules), 1);
	assert_int_equal(hd_metric_scan_line(rules, NULL, "a7", 2, 1, note,
					     &buf),
			 0);
	assert_string_equal(hd_buf_text(&buf), "x=7");
	hd_buf_release(&buf);
	hd_metric_rules_free(rules);
}

static int stop(void *user, const struct hd_metric *metric)
{
	(void)metric;
	++*(int *)user;
	return HD_EIO;
}

static void the_callers_code_ends_the_reading(void **state)
{
	struct hd_metric_rules *rules = rules_of(NULL, NULL);
	const char *line = "a=1 b=2\rc=3";
	int calls = 0;

	(void)state;
	assert_int_equal(hd_metric_scan_line(rules, NULL, line, strlen(line), 1,
					     stop, &calls),
			 HD_EIO);
	assert_int_equal(calls, 1);
	hd_metric_rules_free(rules);
}

static int count_lines(void *user, const struct hd_metric *metric)
{
	size_t *line = user;

	*line = metric->line;
	return 0;
}

static void a_saved_log_is_read_with_its_line_numbers(void **state)
{
	struct hd_metric_rules *rules = rules_of(NULL, NULL);
	char path[] = "/tmp/hd-pattern-XXXXXX";
	FILE *file = fdopen(mkstemp(path), "w");
	struct hd_error err = { 0 };
	size_t line = 0;

	(void)state;
	assert_non_null(file);
	for (int i = 0; i < 30000; i++)
		fputs("nothing here\rnor here\n", file);
	fputs("acc=1", file);
	fclose(file);
	assert_int_equal(hd_metric_scan_file(rules, path, count_lines, &line,
					     &err),
			 0);
	assert_int_equal(line, 30001);
	unlink(path);
	assert_true(hd_metric_scan_file(rules, path, count_lines, &line,
					&err) < 0);
	hd_metric_rules_free(rules);
}

/* "a=1 | b=2" or "nothing" as found() writes it, in place. */
static char *arrow_text(char *text)
{
	char *at;

	text[strcspn(text, "\n")] = '\0';
	if (strcmp(text, "nothing") == 0)
		*text = '\0';
	while ((at = strstr(text, " | "))) {
		*at = '\n';
		memmove(at + 1, at + 3, strlen(at + 3) + 1);
	}
	return text;
}

static void the_references_examples_are_true(void **state)
{
	FILE *file = fopen(TEST_ROOT "/docs/reference/metrics.md", "r");
	struct hd_buf lines = HD_BUF_INIT;
	char line[1024];
	int checked = 0;

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof line, file)) {
		if (strncmp(line, "```", 3) == 0) {
			hd_buf_clear(&lines);
		} else if (strncmp(line, "\t-> ", 4) == 0) {
			check(NULL, hd_buf_text(&lines), arrow_text(line + 4));
			hd_buf_clear(&lines);
			checked++;
		} else {
			hd_buf_puts(&lines, line);
		}
	}
	assert_int_equal(checked, 18);
	hd_buf_release(&lines);
	fclose(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_of_name_and_value_are_found),
		cmocka_unit_test(names_have_slashes_spaces_and_brackets),
		cmocka_unit_test(values_take_every_form_of_a_number),
		cmocka_unit_test(what_is_no_whole_number_is_no_value),
		cmocka_unit_test(json_lines_give_their_numeric_members),
		cmocka_unit_test(deep_json_is_refused_without_a_crash),
		cmocka_unit_test(the_primary_metric_is_found_whatever_its_name),
		cmocka_unit_test(the_two_lines_of_azureml_core_are_read),
		cmocka_unit_test(a_progress_bar_gives_each_value_once),
		cmocka_unit_test(colours_are_stripped),
		cmocka_unit_test(bytes_that_are_no_text_pass),
		cmocka_unit_test(only_the_first_64_kib_of_a_line_count),
		cmocka_unit_test(a_pattern_replaces_the_default_rules),
		cmocka_unit_test(a_wrong_pattern_is_named_with_its_place),
		cmocka_unit_test(a_pattern_at_its_limit_skips_the_line),
		cmocka_unit_test(the_callers_code_ends_the_reading),
		cmocka_unit_test(a_saved_log_is_read_with_its_line_numbers),
		cmocka_unit_test(the_references_examples_are_true),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
