/*
 * What the loader of targets does without memory: the n-th allocation fails for
 * n = 1, 2, ... until the load needs no more of them. Blocks are not counted:
 * some are a library's to allocate and ours to free.
 */
#include "check.h"
#include "alloc.h"

#include <hdrive/target.h>

#if HAS_ALLOC

struct farm {
	size_t slots;
	const char *folder;
	const char *const *hosts;
};

static const struct hd_option farm_options[] = {
	HD_OPTION_SIZE(struct farm, slots, 1, 100, 4, "trials at a time"),
	HD_OPTION_TEXT(struct farm, folder, "where"),
	HD_OPTION_TEXTS(struct farm, hosts, "which"),
	HD_OPTION_END
};

static const struct hd_backend_type farm_type = {
	.name = "farm",
	.options = farm_options,
	.settings_size = sizeof(struct farm),
};

static const char text[] = "a: {type: farm, slots: 7, folder: /x, hosts: [h1, 'h2:2',"
			   " {host: h3, slots: 1, gpus: [0, 1]}, h4, h5, h6, h7, h8, h9, h10]}\n"
			   "b: {type: farm, hosts: 'h1, h2'}\n";

static void a_load_survives_any_failed_allocation(void **state)
{
	static const struct hd_backend_type *const types[] = { &farm_type };
	static const struct hd_target_types own = { types, 1 };
	struct hd_targets *targets = NULL;
	const struct farm *farm;
	int rc = HD_ENOMEM;
	size_t n;

	(void)state;
	for (n = 1; rc != 0; n++) {
		struct hd_findings *findings = hd_findings_new();
		struct hd_error err;

		alloc_fail(n);
		rc = hd_targets_parse(&targets, text, sizeof text - 1, "t", &own, findings, &err);
		alloc_fail(0);
		assert_true(rc == 0 || rc == HD_ENOMEM);
		assert_true(rc == 0 || !targets);
		hd_findings_free(findings);
	}
	assert_true(n > 10);
	farm = hd_targets_find(targets, "a")->settings;
	assert_int_equal(farm->slots, 7);
	assert_string_equal(farm->hosts[9], "h10");
	hd_targets_free(targets);
}

#else

static void a_load_survives_any_failed_allocation(void **state)
{
	(void)state;
	skip();
}

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_load_survives_any_failed_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
