/* target.h: targets of the program's own type, from text and file. */
#include "api.h"

#include <unistd.h>

struct farm {
	size_t slots;
	const char *folder;
	const char *const *hosts;
};

static struct hd_option farm_options[4];
static struct hd_backend_type farm_type;
static const struct hd_backend_type *const types[] = { &farm_type };

static int setup(void **state)
{
	(void)state;
	farm_options[0].name = "slots";
	farm_options[0].type = HD_OPTION_TYPE_SIZE;
	farm_options[0].offset = offsetof(struct farm, slots);
	farm_options[0].min = 1;
	farm_options[0].max = 100;
	farm_options[0].fallback = 4;
	farm_options[1].name = "folder";
	farm_options[1].type = HD_OPTION_TYPE_TEXT;
	farm_options[1].offset = offsetof(struct farm, folder);
	farm_options[2].name = "hosts";
	farm_options[2].type = HD_OPTION_TYPE_TEXTS;
	farm_options[2].offset = offsetof(struct farm, hosts);
	farm_type.name = "farm";
	farm_type.summary = "machines in a field";
	farm_type.options = farm_options;
	farm_type.settings_size = sizeof(struct farm);
	farm_type.is_remote = true;
	return 0;
}

static const char text[] = "# ours\n"
			   "barn: {type: farm, slots: 2, hosts: 'h1, h2:3'}\n"
			   "mill: {type: farm, folder: /srv}\n";

static void targets_are_read_from_text(void **state)
{
	struct hd_findings *findings = hd_findings_new();
	struct hd_targets *targets = NULL;
	struct hd_target_types own = API_ZERO;
	struct hd_error err = API_ZERO;
	const struct hd_target *barn;
	const char *const *hosts;

	(void)state;
	own.types = types;
	own.count = 1;
	assert_int_equal(hd_targets_parse(&targets, text, sizeof text - 1, "t.yml", &own, findings,
					  &err),
			 0);
	assert_int_equal(hd_targets_count(targets), 3);
	assert_string_equal(hd_targets_at(targets, 0)->name, HD_TARGET_LOCAL);
	assert_null(hd_targets_at(targets, 3));
	assert_int_equal(hd_targets_line(targets, 2), 3);
	assert_string_equal(hd_targets_text(targets), text);
	assert_string_equal(hd_targets_near(targets, "bran"), "barn");
	assert_null(hd_targets_find(targets, "bran"));
	barn = hd_targets_find(targets, "barn");
	assert_ptr_equal(barn->type, &farm_type);
	assert_same(hd_option_load(&farm_options[0], barn->settings), 2);
	assert_null(hd_option_load_text(&farm_options[1], barn->settings));
	assert_null(hd_option_load_text(&farm_options[0], barn->settings));
	hosts = hd_option_load_texts(&farm_options[2], barn->settings);
	assert_string_equal(hosts[0], "h1");
	assert_string_equal(hosts[1], "h2 slots=3");
	assert_null(hosts[2]);
	assert_null(hd_option_load_texts(&farm_options[1], barn->settings));
	assert_string_equal(hd_option_load_text(&farm_options[1],
						hd_targets_find(targets, "mill")->settings),
			    "/srv");
	hd_targets_free(targets);
	hd_targets_free(NULL);
	/* Without the type it is an error, told with its place. */
	assert_int_equal(hd_targets_parse(&targets, text, sizeof text - 1, "t.yml", NULL, findings,
					  &err),
			 HD_EINVAL);
	assert_null(targets);
	assert_has(err.text, "2 errors");
	assert_int_equal(hd_findings_at(findings, 0)->mark.line, 2);
	hd_findings_free(findings);
}

static void targets_lie_beside_the_store(void **state)
{
	char folder[] = "/tmp/hdrive-api-XXXXXX";
	struct hd_findings *findings = hd_findings_new();
	struct hd_targets *targets = NULL;
	struct hd_error err = API_ZERO;
	char store[64];
	char *path = NULL;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(store, sizeof store, "%s/hdrive.db", folder);
	assert_int_equal(hd_targets_path(&path, store, &err), 0);
	assert_has(path, "/targets.yml");
	assert_int_equal(hd_targets_load(&targets, path, NULL, findings, &err), 0);
	assert_int_equal(hd_targets_count(targets), 1);
	hd_targets_free(targets);
	assert_int_equal(hd_fetch_text("here: local\n", 12, path, &err), 0);
	assert_int_equal(hd_targets_load(&targets, path, NULL, findings, &err), 0);
	assert_int_equal(hd_targets_count(targets), 2);
	assert_true(hd_target_is_name("here"));
	assert_false(hd_target_is_name("he re"));
	hd_targets_free(targets);
	unlink(path);
	rmdir(folder);
	free(path);
	hd_findings_free(findings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(targets_are_read_from_text),
		cmocka_unit_test(targets_lie_beside_the_store),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
