/*
 * The file of targets, by a type of the test's own that has a row of every
 * kind; the exact texts of complaints are in tests/data/bad-targets.
 */
#include "check.h"
#include "samples.h"

#include <hdrive/report.h>
#include <hdrive/target.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"

struct farm {
	size_t slots;
	double price;
	bool exclusive;
	size_t mode;
	const char *folder;
	const char *account;
	const char *const *hosts;
	const char *const *setup;
};

static const char *const modes[] = { "slow", "fast", NULL };

static const struct hd_option farm_options[] = {
	HD_OPTION_SIZE(struct farm, slots, 1, 100, 4, "trials at a time"),
	HD_OPTION_DOUBLE(struct farm, price, 0, INFINITY, "of an hour"),
	HD_OPTION_BOOL(struct farm, exclusive, false, "whole machines"),
	HD_OPTION_WORD(struct farm, mode, modes, 0, "how"),
	HD_OPTION_TEXT(struct farm, folder, "where"),
	HD_OPTION_TEXT(struct farm, account, "whose"),
	HD_OPTION_TEXTS(struct farm, hosts, "which"),
	HD_OPTION_TEXTS(struct farm, setup, "before"),
	HD_OPTION_END
};

static int farm_check(const void *settings, struct hd_error *err)
{
	const struct farm *farm = settings;

	if (farm->exclusive && farm->slots > 1)
		return hd_error_set(err, HD_EINVAL, "'exclusive' wants 'slots: 1'");
	return 0;
}

static const struct hd_backend_type farm_type = {
	.name = "farm",
	.summary = "a test's",
	.options = farm_options,
	.settings_size = sizeof(struct farm),
	.is_remote = true,
	.check = farm_check,
};

static const struct hd_backend_type *const own_types[] = { &farm_type };
static const struct hd_target_types own = { own_types, 1 };

static int collect(void *user, const char *text, size_t length)
{
	hd_buf_add(user, text, length);
	return 0;
}

/* What is said of TEXT, as it is printed; *TARGETS, unless NULL, is the
 * caller's. */
static char *said(const char *text, const char *name, struct hd_targets **targets)
{
	struct hd_findings *findings = hd_findings_new();
	struct hd_buf shown = HD_BUF_INIT;
	const struct hd_out out = { .write = collect, .user = &shown };
	struct hd_targets *got = NULL;
	struct hd_error err;
	int rc = hd_targets_parse(&got, text, strlen(text), name, &own, findings, &err);

	assert_true(rc == 0 || rc == HD_EINVAL);
	assert_int_equal(rc == 0, got != NULL);
	assert_int_equal(hd_report_findings(findings, HD_FORMAT_TEXT, &out, &err), 0);
	hd_findings_free(findings);
	if (targets)
		*targets = got;
	else
		hd_targets_free(got);
	return shown.text ? hd_buf_take(&shown) : strdup("");
}

static struct hd_targets *loaded(const char *text)
{
	struct hd_targets *targets;
	char *shown = said(text, "t.yml", &targets);

	assert_string_equal(shown, "");
	free(shown);
	return targets;
}

static const struct farm *farm_of(const struct hd_targets *targets, const char *name)
{
	const struct hd_target *target = hd_targets_find(targets, name);

	assert_non_null(target);
	assert_ptr_equal(target->type, &farm_type);
	return target->settings;
}

static void assert_texts(const char *const *texts, const char *joined)
{
	char line[256] = "";

	assert_non_null(texts);
	for (size_t i = 0; texts[i]; i++) {
		if (i)
			strcat(line, "|");
		strcat(line, texts[i]);
	}
	assert_string_equal(line, joined);
}

static void keys_are_those_of_the_types_rows(void **state)
{
	struct hd_targets *targets;
	const struct farm *a;
	const struct farm *b;

	(void)state;
	targets = loaded("a:\n"
			 "  type: farm\n"
			 "  slots: 8\n"
			 "  price: 0.5\n"
			 "  mode: FAST\n"
			 "  folder: /scratch\n"
			 "  account: 0123\n"
			 "  setup: [module load x, source y]\n"
			 "b: {type: Farm, exclusive: true, slots: 1}\n");
	a = farm_of(targets, "a");
	b = farm_of(targets, "b");
	assert_int_equal(a->slots, 8);
	assert_close(a->price, 0.5, 0);
	assert_int_equal(a->mode, 1);
	assert_string_equal(a->folder, "/scratch");
	assert_string_equal(a->account, "0123");
	assert_texts(a->setup, "module load x|source y");
	assert_null(a->hosts);
	assert_true(b->exclusive);
	assert_true(isnan(b->price));
	assert_null(b->folder);
	hd_targets_free(targets);
}

static void hosts_are_written_in_many_ways(void **state)
{
	static const char *const same[] = {
		"{type: farm, hosts: 'h1, h2:4 me@h3'}",
		"{type: farm, hosts: [h1, 'h2:4', me@h3]}",
		"{type: farm, hosts: [h1, {host: h2, slots: 4}, {host: me@h3}]}",
	};
	struct hd_targets *targets;
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
		snprintf(text, sizeof text, "a: %s\n", same[i]);
		targets = loaded(text);
		assert_texts(farm_of(targets, "a")->hosts, "h1|h2 slots=4|me@h3");
		hd_targets_free(targets);
	}
	targets = loaded("a: {type: farm, hosts: [h1 slots=2 gpus=0, {host: h2, gpus: [0, 1]},"
			 " {host: h3, slots: 1, gpus: 2}, '2001:db8::7',"
			 " {host: h4, gpus: '3,4'}]}");
	assert_texts(farm_of(targets, "a")->hosts,
		     "h1 slots=2 gpus=0|h2 gpus=0,1|h3 slots=1 gpus=2|2001:db8::7|h4 gpus=3,4");
	hd_targets_free(targets);
}

static void local_is_always_there(void **state)
{
	static const char *const texts[] = { "", "\n", "# nothing\n\n  # yet\n", "---\n", "~\n",
					     "a: {type: farm}\n" };
	const struct hd_target *local;
	struct hd_targets *targets;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		targets = loaded(texts[i]);
		local = hd_targets_find(targets, "local");
		assert_non_null(local);
		assert_ptr_equal(local, hd_targets_at(targets, 0));
		assert_ptr_equal(local, hd_targets_find(targets, "LOCAL"));
		assert_string_equal(local->type->name, "local");
		assert_int_equal(hd_targets_line(targets, 0), 0);
		hd_targets_free(targets);
	}
}

static void targets_keep_the_order_of_the_file(void **state)
{
	static const char text[] = "# site\nz: {type: farm}\n\na:\n  type: farm\nm: local\n";
	struct hd_targets *targets = loaded(text);

	(void)state;
	assert_int_equal(hd_targets_count(targets), 4);
	assert_string_equal(hd_targets_at(targets, 1)->name, "z");
	assert_string_equal(hd_targets_at(targets, 2)->name, "a");
	assert_string_equal(hd_targets_at(targets, 3)->name, "m");
	assert_null(hd_targets_at(targets, 4));
	assert_int_equal(hd_targets_line(targets, 1), 2);
	assert_int_equal(hd_targets_line(targets, 2), 4);
	assert_int_equal(hd_targets_line(targets, 4), 0);
	assert_string_equal(hd_targets_text(targets), text);
	assert_null(hd_targets_find(targets, "zz"));
	assert_null(hd_targets_find(targets, "Z"));
	assert_string_equal(hd_targets_near(targets, "locl"), "local");
	assert_null(hd_targets_near(targets, "quite else"));
	hd_targets_free(targets);
}

static void names_are_words(void **state)
{
	char name[HD_TARGET_NAME_MOST + 2];

	(void)state;
	assert_true(hd_target_is_name("gpu-1.big_2"));
	assert_false(hd_target_is_name(""));
	assert_false(hd_target_is_name("-gpu"));
	assert_false(hd_target_is_name("a b"));
	assert_false(hd_target_is_name("a:b"));
	assert_false(hd_target_is_name("a/b"));
	memset(name, 'a', sizeof name);
	name[HD_TARGET_NAME_MOST + 1] = '\0';
	assert_false(hd_target_is_name(name));
	name[HD_TARGET_NAME_MOST] = '\0';
	assert_true(hd_target_is_name(name));
}

static void the_file_lies_beside_the_store(void **state)
{
	char *path;

	(void)state;
	assert_int_equal(hd_targets_path(&path, "/x/.hdrive/hdrive.db", NULL), 0);
	assert_string_equal(path, "/x/.hdrive/targets.yml");
	free(path);
	assert_int_equal(hd_targets_path(&path, "a.db", NULL), 0);
	assert_string_equal(path, "targets.yml");
	free(path);
}

static void a_file_that_is_not_there_is_local_alone(void **state)
{
	struct hd_findings *findings = hd_findings_new();
	char path[] = "/tmp/hdrive-targets-XXXXXX";
	struct hd_targets *targets;
	struct hd_error err;
	int file = mkstemp(path);

	(void)state;
	assert_int_equal(write(file, "a: {type: farm}\n", 16), 16);
	close(file);
	assert_int_equal(hd_targets_load(&targets, path, &own, findings, &err), 0);
	assert_int_equal(hd_targets_count(targets), 2);
	hd_targets_free(targets);
	unlink(path);
	assert_int_equal(hd_targets_load(&targets, path, &own, findings, &err), 0);
	assert_int_equal(hd_targets_count(targets), 1);
	hd_targets_free(targets);
	assert_int_equal(hd_targets_load(&targets, "/tmp", &own, findings, &err), HD_EINVAL);
	assert_null(targets);
	hd_targets_free(NULL);
	hd_findings_free(findings);
}

/* --- complaints -------------------------------------------------------------- */

static char *file_text(const char *folder, const char *name, const char *ending)
{
	char path[512];
	char *text = calloc(1, 65536);
	FILE *file;

	assert_non_null(text);
	snprintf(path, sizeof path, "%s/%.*s%s", folder,
		 (int)(strrchr(name, '.') - name), name, ending);
	file = fopen(path, "rb");
	if (!file)
		fail_msg("cannot open %s", path);
	(void)!fread(text, 1, 65535, file);
	fclose(file);
	return text;
}

static void check_bad(void *user, const char *folder, const char *name)
{
	char *text = file_text(folder, name, ".yml");
	char *expected = file_text(folder, name, ".err");
	struct hd_targets *targets;
	char *shown = said(text, name, &targets);

	(void)user;
	assert_null(targets);
	if (strcmp(shown, expected) != 0) {
		fprintf(stderr, "%s:\n%s", name, shown);
		fail();
	}
	free(shown);
	free(text);
	free(expected);
}

static void bad_files_say_exactly_what_is_wrong(void **state)
{
	(void)state;
	each_sample(TEST_ROOT "/tests/data/bad-targets", ".yml", 5, check_bad, NULL);
}

/* The list of types grows, so it stands in no file. */
static void a_type_must_be_one_that_there_is(void **state)
{
	static const struct {
		const char *text, *place, *got;
	} rows[] = {
		{ "a: {slots: 3}\n", "t.yml:1:4: 'type' is missing, expected 'local'", "'farm'\n" },
		{ "a: {type: frm}\n", "t.yml:1:11: 'type' must be 'local'", "got text 'frm'\n" },
		{ "a: {type: [farm]}\n", "t.yml:1:11: 'type' must be", "got a list\n" },
		{ "a: [farm]\n", "t.yml:1:4: 'type' must be", "got a list\n" },
		{ "a: 7\n", "t.yml:1:4: 'type' must be", "got 7\n" },
		{ "a:\n", "t.yml:1:3: 'type' is missing", "'farm'\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *shown = said(rows[i].text, "t.yml", NULL);

		assert_ptr_equal(strstr(shown, rows[i].place), shown);
		assert_non_null(strstr(shown, rows[i].got));
		free(shown);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_those_of_the_types_rows),
		cmocka_unit_test(hosts_are_written_in_many_ways),
		cmocka_unit_test(local_is_always_there),
		cmocka_unit_test(targets_keep_the_order_of_the_file),
		cmocka_unit_test(names_are_words),
		cmocka_unit_test(the_file_lies_beside_the_store),
		cmocka_unit_test(a_file_that_is_not_there_is_local_alone),
		cmocka_unit_test(a_type_must_be_one_that_there_is),
		cmocka_unit_test(bad_files_say_exactly_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
