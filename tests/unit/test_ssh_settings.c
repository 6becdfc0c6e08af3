/* Tests of engine/ssh/settings.c and engine/remote/rewrite.c. */
#include "check.h"

#include "base/buf.h"
#include "remote/rewrite.h"
#include "ssh/settings.h"

static void a_host_is_a_name_and_what_it_has(void **state)
{
	struct hd_ssh_said said;

	(void)state;
	assert_int_equal(hd_ssh_said_read(&said, "me@h1.example", NULL), 0);
	assert_string_equal(said.name, "me@h1.example");
	assert_int_equal(said.slots, 0);
	assert_int_equal(said.gpu_count, 0);
	hd_ssh_said_release(&said);
	assert_int_equal(hd_ssh_said_read(&said, "h2  slots=12 gpus=2", NULL), 0);
	assert_int_equal(said.slots, 12);
	assert_int_equal(said.gpu_count, 2);
	assert_string_equal(said.gpus[1], "1");
	hd_ssh_said_release(&said);
	assert_int_equal(hd_ssh_said_read(&said, "h3 gpus=3,GPU-5", NULL), 0);
	assert_int_equal(said.gpu_count, 2);
	assert_string_equal(said.gpus[0], "3");
	assert_string_equal(said.gpus[1], "GPU-5");
	assert_null(said.gpus[2]);
	hd_ssh_said_release(&said);
}

static void what_is_no_host_is_said(void **state)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{ "", "'' does not begin with a host's name" },
		{ "-oProxy=evil", "'-oProxy=evil' does not begin with a host's name" },
		{ "h1;rm slots=0", "'slots' of host 'h1;rm' must be from 1 to 4096, got '0'" },
		{ "h1 slots=", "'slots' of host 'h1' must be from 1 to 4096, got ''" },
		{ "h1 slots=99999", "'slots' of host 'h1' must be from 1 to 4096, got '99999'" },
		{ "h1 gpus=", "'gpus' of host 'h1' must be a number or ids with commas between "
			      "them, got ''" },
		{ "h1 slot=2", "unknown word 'slot=2' of host 'h1', expected slots=N or gpus=N" },
		{ "$(x)", "'$(x)' does not begin with a host's name" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct hd_ssh_said said;
		struct hd_error err;

		assert_int_equal(hd_ssh_said_read(&said, rows[i].text, &err), HD_EINVAL);
		assert_string_equal(err.text, rows[i].expected);
		hd_ssh_said_release(&said);
	}
}

static void settings_are_checked_together(void **state)
{
	const char *none[] = { NULL }, *twice[] = { "h1", "h2 slots=1", "h1 slots=3", NULL };
	struct hd_ssh_settings settings;
	struct hd_error err;

	(void)state;
	hd_option_defaults(hd_ssh_options, &settings);
	assert_int_equal((int)settings.lease, 120);
	assert_int_equal(hd_ssh_check(&settings, &err), HD_EINVAL);
	assert_string_equal(err.text, "a target of the type ssh needs 'hosts'");
	settings.hosts = none;
	assert_int_equal(hd_ssh_check(&settings, &err), HD_EINVAL);
	settings.hosts = twice;
	assert_int_equal(hd_ssh_check(&settings, &err), HD_EINVAL);
	assert_string_equal(err.text, "host 'h1' is there twice");
	twice[2] = "h11";
	assert_int_equal(hd_ssh_check(&settings, &err), 0);
	settings.folder = "";
	assert_int_equal(hd_ssh_check(&settings, &err), HD_EINVAL);
}

static void paths_are_rewritten_where_they_begin(void **state)
{
	static const struct hd_rewrite rules[] = { { "/a/sweep", "/there" },
						   { "/a/sweep/000001", "/there/000001.2" },
						   { NULL, "/none" },
						   { "/opt/py", "/p" } };
	static const struct {
		const char *from, *to;
	} rows[] = {
		{ "/a/sweep", "/there" },
		{ "/a/sweep/x", "/there/x" },
		{ "/a/sweep/000001/out", "/there/000001.2/out" },
		{ "/a/sweep/0000012", "/there/0000012" },
		{ "/a/sweeper/x", "/a/sweeper/x" },
		{ "/b/a/sweep", "/b/a/sweep" },
		{ "--data=/a/sweep/d,/opt/py", "--data=/there/d,/p" },
		{ "PYTHONPATH=/opt/py:/home/me:/a/sweep", "PYTHONPATH=/p:/home/me:/there" },
		{ "cat '/a/sweep/x' \"/opt/py\"", "cat '/there/x' \"/p\"" },
		{ "a/a/sweep", "a/a/sweep" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct hd_buf out = HD_BUF_INIT;

		hd_rewrite_add(&out, rules, ROWS(rules), rows[i].from);
		assert_string_equal(hd_buf_text(&out), rows[i].to);
		hd_buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_is_a_name_and_what_it_has),
		cmocka_unit_test(what_is_no_host_is_said),
		cmocka_unit_test(settings_are_checked_together),
		cmocka_unit_test(paths_are_rewritten_where_they_begin),
	};

	return cmocka_run_group_tests_name("ssh_settings", tests, NULL, NULL);
}
