/* Tests of engine/api/files.c: a trial's log and its files. */
#include "apibox.h"

static void put(const struct apibox *a, const char *name, const char *text, size_t length)
{
	char path[600];
	FILE *file;

	snprintf(path, sizeof path, "%s/.hdrive/a/000000/%s", a->box.folder, name);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

static void folder(const struct apibox *a, const char *name)
{
	char path[600];

	snprintf(path, sizeof path, "%s/.hdrive/a%s", a->box.folder, name);
	assert_int_equal(mkdir(path, 0777), 0);
}

static void link_to(const struct apibox *a, const char *name, const char *target)
{
	char path[600];

	snprintf(path, sizeof path, "%s/.hdrive/a/000000/%s", a->box.folder, name);
	assert_int_equal(symlink(target, path), 0);
}

/* Sweep "a" whose trial 0 has the folders of a local run. */
static void trial_with_files(struct apibox *a)
{
	three_trials(a);
	folder(a, "");
	folder(a, "/000000");
	folder(a, "/000000/work");
	folder(a, "/000000/work/outputs");
	folder(a, "/000000/work/outputs/deep");
	link_to(a, "outputs", "work/outputs");
	put(a, "work/outputs/model.bin", "12345", 5);
	put(a, "work/outputs/<b>.txt", "", 0);
}

static void argument(struct apibox *a, size_t index, const char *name, const char *value)
{
	a->arguments[2 * index] = name;
	a->arguments[2 * index + 1] = value;
}

static const char *const log_path = "sweeps/a/trials/0/log";

static void a_log_is_read_in_parts(void **state)
{
	struct apibox *a = *state;

	trial_with_files(a);
	put(a, "stdout", "one\ntwo\n", 8);
	put(a, "stderr", "<b>bad</b>", 10);
	expect_json(api_get(a, log_path), NULL,
		    "{\"from\":0,\"to\":8,\"size\":8,\"text\":\"one\\ntwo\\n\"}");
	argument(a, 0, "from", "4");
	argument(a, 1, "limit", "2");
	expect_json(api_get(a, log_path), NULL, "{\"from\":4,\"to\":6,\"size\":8,\"text\":\"tw\"}");
	argument(a, 0, "from", "-4");
	expect_json(api_get(a, log_path), "text", "\"tw\"");
	argument(a, 0, "from", "-9223372036854775808");
	expect_json(api_get(a, log_path), "text", "\"on\"");
	argument(a, 0, "from", "9223372036854775807");
	expect_json(api_get(a, log_path), NULL, "{\"from\":8,\"to\":8,\"size\":8,\"text\":\"\"}");
	argument(a, 0, "stream", "stderr");
	argument(a, 1, "limit", "1048576");
	expect_json(api_get(a, log_path), "text", "\"<b>bad</b>\"");
}

static void a_part_never_ends_within_a_character(void **state)
{
	struct apibox *a = *state;
	/* "a", two bytes, three bytes, four bytes. */
	static const char text[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";

	trial_with_files(a);
	put(a, "stdout", text, 10);
	argument(a, 0, "from", "0");
	argument(a, 1, "limit", "2");
	expect_json(api_get(a, log_path), NULL, "{\"from\":0,\"to\":1,\"size\":10,\"text\":\"a\"}");
	argument(a, 0, "from", "1");
	argument(a, 1, "limit", "4");
	expect_json(api_get(a, log_path), "to", "3");
	argument(a, 0, "from", "3");
	argument(a, 1, "limit", "6");
	expect_json(api_get(a, log_path), "to", "6");
	argument(a, 0, "from", "-6");
	expect_json(api_get(a, log_path), "from", "6");
	expect_json(a->json, "text", "\"\xf0\x9f\x98\x80\"");
}

static void bytes_that_are_no_text_come_as_one_sign_each(void **state)
{
	struct apibox *a = *state;

	trial_with_files(a);
	put(a, "stdout", "\xff\0\xc3(\xf0", 5);
	expect_json(api_get(a, log_path), "text", "\"\xef\xbf\xbd\\u0000\xef\xbf\xbd(\"");
	expect_json(a->json, "to", "4");
	/* Nothing else is left: the rest will not come. */
	argument(a, 0, "from", "4");
	expect_json(api_get(a, log_path), "text", "\"\xef\xbf\xbd\"");
	expect_json(a->json, "to", "5");
}

static void a_trial_that_has_not_begun_has_an_empty_log(void **state)
{
	struct apibox *a = *state;

	trial_with_files(a);
	expect_json(api_get(a, "sweeps/a/trials/2/log"), "size", "0");
	api_refuses(a, "sweeps/a/trials/9/log", HD_ENOENT, "no trial 9");
	argument(a, 0, "stream", "../exit");
	api_refuses(a, log_path, HD_EINVAL, "'stream' must be stdout or stderr");
	argument(a, 0, "from", "x");
	api_refuses(a, log_path, HD_EINVAL, "'from' must be a whole number, got 'x'");
}

static void a_log_that_is_a_link_is_not_followed(void **state)
{
	struct apibox *a = *state;

	trial_with_files(a);
	link_to(a, "stdout", "/etc/passwd");
	api_refuses(a, log_path, HD_EINVAL, "link");
}

static void folders_are_listed(void **state)
{
	struct apibox *a = *state;

	trial_with_files(a);
	argument(a, 0, "in", "outputs");
	expect_json(api_get(a, "sweeps/a/trials/0/files"), "files",
		    "[{\"name\":\"<b>.txt\",\"folder\":false,\"size\":0},"
		    "{\"name\":\"deep\",\"folder\":true,\"size\":0},"
		    "{\"name\":\"model.bin\",\"folder\":false,\"size\":5}]");
	argument(a, 0, "in", "outputs/deep");
	expect_json(api_get(a, "sweeps/a/trials/0/files"), "files", "[]");
	argument(a, 0, "in", "outputs/nothing");
	expect_json(api_get(a, "sweeps/a/trials/0/files"), "files", "[]");
	argument(a, 0, "in", "../..");
	api_refuses(a, "sweeps/a/trials/0/files", HD_EINVAL, NULL);
	a->arguments[0] = NULL;
	expect_json(api_get(a, "sweeps/a/trials/0/files"), "files",
		    "[{\"name\":\"outputs\",\"folder\":true,\"size\":0},"
		    "{\"name\":\"work\",\"folder\":true,\"size\":0}]");
}

static void a_file_is_given_open(void **state)
{
	struct apibox *a = *state;
	char text[8] = "";

	trial_with_files(a);
	assert_int_equal(api_ask(a, "sweeps/a/trials/0/files/outputs/model.bin"), 0);
	assert_true(a->answer.file >= 0);
	assert_int_equal(a->answer.file_size, 5);
	assert_string_equal(a->answer.file_name, "model.bin");
	assert_int_equal(read(a->answer.file, text, sizeof text), 5);
	assert_string_equal(text, "12345");
	close(a->answer.file);
}

static void no_name_leads_out_of_the_folder(void **state)
{
	static const char *const names[] = {
		"..",
		"../a",
		"../../hdrive.db",
		"outputs/../../../hdrive.db",
		"/etc/passwd",
		"out/passwd",
		"outputs/out/passwd",
		"outputs",
		"outputs/deep",
		"outputs//model.bin",
		"./outputs/model.bin",
		"outputs/model.bin/",
		"outputs/nothing",
		"pipe",
	};
	struct apibox *a = *state;
	char path[200];

	trial_with_files(a);
	link_to(a, "out", "/etc");
	link_to(a, "work/outputs/out", "/etc");
	snprintf(path, sizeof path, "%s/.hdrive/a/000000/pipe", a->box.folder);
	assert_int_equal(mkfifo(path, 0666), 0);
	for (size_t i = 0; i < ROWS(names); i++) {
		int rc;

		snprintf(path, sizeof path, "sweeps/a/trials/0/files/%s", names[i]);
		rc = api_ask(a, path);
		if (rc != HD_ENOENT && rc != HD_EINVAL)
			fail_msg("'%s' gives %s", names[i], hd_code_name(rc));
		assert_int_equal(a->answer.file, -1);
	}
}

/* "outputs" that the script made a link to elsewhere. */
static void outputs_elsewhere_are_refused(void **state)
{
	struct apibox *a = *state;

	three_trials(a);
	folder(a, "");
	folder(a, "/000000");
	link_to(a, "outputs", "/etc");
	assert_int_equal(api_ask(a, "sweeps/a/trials/0/files/outputs/passwd"), HD_EINVAL);
	argument(a, 0, "in", "outputs");
	expect_json(api_get(a, "sweeps/a/trials/0/files"), "files", "[]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		api_test(a_log_is_read_in_parts),
		api_test(a_part_never_ends_within_a_character),
		api_test(bytes_that_are_no_text_come_as_one_sign_each),
		api_test(a_trial_that_has_not_begun_has_an_empty_log),
		api_test(a_log_that_is_a_link_is_not_followed),
		api_test(folders_are_listed),
		api_test(a_file_is_given_open),
		api_test(no_name_leads_out_of_the_folder),
		api_test(outputs_elsewhere_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
