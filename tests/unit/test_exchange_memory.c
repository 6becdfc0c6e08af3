/*
 * Tests of what lines of words and files of trials do without memory: the n-th
 * allocation fails for n = 1, 2, ... until the call needs no more of them.
 */
#include "check.h"
#include "alloc.h"

#include <hdrive/line.h>

#include "exchange/found.h"

#include <unistd.h>

#if HAS_ALLOC

static const char table[] = "trial,state,detail,objective,params.x,params.o,metric,logged,step\n"
			    "0,Completed,,min:l,1,\"a, b\",l,3,1\n"
			    "0,Completed,,min:l,1,\"a, b\",l,2,2\n"
			    "1,Failed,exit 1,min:l,2.5,\"[1,{\"\"a\"\":2}]\",note,\"\"\"1\"\"\",\n"
			    "2,Running,,min:l,3,c,,,\n";

static const char lines[] = "{\"trial\":0,\"objective\":\"max:a\",\"params\":{\"x\":1,\"o\":[1]},"
			    "\"logged\":[{\"metric\":\"a\",\"value\":1,\"step\":3},{\"metric\":"
			    "\"b\",\"value\":\"t\"}]}\n"
			    "\n"
			    "{\"trial\":1,\"value\":\"inf\",\"params\":{\"x\":\"text\",\"y\":null},"
			    "\"metrics\":{\"a\":2}}\n";

static int load_words(void)
{
	static const char *const params[] = { "lr=1e-5..1e-1:log", "o=\"a, b\",c", "n=1..9" };
	const struct hd_line_key key = { "max_failures", "10%", "--max-failures" };
	const struct hd_line line = { .size = sizeof line,
				      .params = params,
				      .param_count = 3,
				      .metric = "min:val:loss",
				      .sampler = "tpe:startup=5",
				      .policy = "bandit:slack_factor=0.1",
				      .keys = &key,
				      .key_count = 1 };
	struct hd_findings *findings = hd_findings_new();
	struct hd_config *config = NULL;
	int rc = findings ? hd_config_line(&config, &line, NULL, findings, NULL) : HD_ENOMEM;

	assert_int_equal(rc == 0, config != NULL);
	hd_config_free(config);
	hd_findings_free(findings);
	return rc;
}

static const char *path;

static int read_file(int (*reader)(struct hd_found *found, struct hd_error *err))
{
	const struct hd_import import = { .size = sizeof import };
	struct hd_found found;
	struct hd_buf text = HD_BUF_INIT;
	int rc = hd_found_init(&found, path, &import, NULL);

	if (rc == 0)
		rc = reader(&found, NULL);
	if (rc == 0)
		rc = hd_found_settle(&found, NULL);
	if (rc == 0)
		rc = hd_found_text(&found, &text, NULL);
	hd_buf_release(&text);
	hd_found_release(&found);
	return rc;
}

static int read_csv(void)
{
	return read_file(hd_found_csv);
}

static int read_jsonl(void)
{
	return read_file(hd_found_jsonl);
}

/* CALL fails for want of memory, or because it could not open its file. */
static void check(int (*call)(void))
{
	bool failed = true;

	assert_int_equal(call(), 0);
	for (size_t n = 1; failed; n++) {
		size_t live = alloc_live;
		int rc;

		alloc_fails = alloc_count + n;
		rc = call();
		failed = alloc_count >= alloc_fails;
		alloc_fails = 0;
		assert_int_equal(alloc_live, live);
		if (rc != 0)
			assert_int_equal(rc, HD_ENOMEM);
		else if (!failed)
			break;
	}
}

static void write_file(char *name, const char *text)
{
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	path = name;
}

static void words_survive_any_failed_allocation(void **state)
{
	(void)state;
	check(load_words);
}

static void tables_survive_any_failed_allocation(void **state)
{
	char name[] = "/tmp/hdrive-memory-XXXXXX";

	(void)state;
	write_file(name, table);
	check(read_csv);
	unlink(name);
}

static void lines_survive_any_failed_allocation(void **state)
{
	char name[] = "/tmp/hdrive-memory-XXXXXX";

	(void)state;
	write_file(name, lines);
	check(read_jsonl);
	unlink(name);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_survive_any_failed_allocation),
		cmocka_unit_test(tables_survive_any_failed_allocation),
		cmocka_unit_test(lines_survive_any_failed_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
	return alloc_skip();
}

#endif
