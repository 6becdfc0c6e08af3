/*
 * Tests of what the space, argv and samples do without memory: the n-th
 * allocation fails for n = 1, 2, ... until the call needs no more of them.
 * Each failure is HD_ENOMEM with nothing leaked.
 */
#include "check.h"
#include "alloc.h"

#include "space/args.h"

#if HAS_ALLOC

static const struct hd_value options[] = {
	{ .kind = HD_VALUE_TEXT, .text = "adam", .length = 4 },
	{ .kind = HD_VALUE_TEXT, .text = "sgd", .length = 3 },
};

/* Twenty parameters, so that every array has to grow, one in a branch. */
static int build_space(struct hd_space **out)
{
	struct hd_expr expr = hd_expr_choice(options, 2);
	struct hd_mark mark = { "sweep.yaml", 1, 1 };
	struct hd_space *space = hd_space_new();
	int rc = space ? 0 : HD_ENOMEM;

	for (int i = 0; rc == 0 && i < 20; i++) {
		char name[16];

		snprintf(name, sizeof name, "--p%d", i);
		rc = hd_space_add_in(space, i == 19 ? 18 : HD_SPACE_TOP, 1, name,
				     &expr, &mark, NULL);
	}
	if (rc == 0)
		*out = space;
	else
		hd_space_free(space);
	return rc;
}

static void a_space_survives_any_failed_allocation(void **state)
{
	struct hd_space *space = NULL;
	int rc = HD_ENOMEM;
	size_t n;

	(void)state;
	for (n = 1; rc != 0; n++) {
		size_t live = alloc_live;

		alloc_fail(n);
		rc = build_space(&space);
		alloc_fail(0);
		assert_true(rc == 0 || rc == HD_ENOMEM);
		assert_true(rc == 0 || alloc_live == live);
	}
	assert_true(n > 4);
	assert_int_equal(hd_space_count(space), 20);
	hd_space_free(space);
}

static void argv_survives_any_failed_allocation(void **state)
{
	const char *const command[] = { "train", "--p3", "1", "{p4}" };
	struct hd_space *space = NULL;
	struct hd_value values[20];
	char **argv = NULL;
	int rc = HD_ENOMEM;
	size_t n;

	(void)state;
	assert_int_equal(build_space(&space), 0);
	for (size_t i = 0; i < 20; i++)
		values[i] = options[i % 2];
	for (n = 1; rc != 0; n++) {
		size_t live = alloc_live;
		struct hd_findings *findings = hd_findings_new();

		alloc_fail(n);
		rc = hd_args_build(&argv, space, values, command, 4, findings,
				   NULL);
		alloc_fail(0);
		assert_true(rc == 0 || rc == HD_ENOMEM);
		assert_true(rc == 0 || argv == NULL);
		hd_findings_free(findings);
		assert_true(rc == 0 || alloc_live == live);
	}
	assert_true(n > 4);
	free(argv);
	hd_space_free(space);
}

static int count_one(void *user, size_t number, const struct hd_value *values)
{
	(void)number;
	(void)values;
	++*(size_t *)user;
	return 0;
}

static void a_sample_survives_any_failed_allocation(void **state)
{
	struct hd_space *space = NULL;
	struct hd_config config = { .goal = HD_MINIMIZE };
	size_t n, count = 0;
	int rc = HD_ENOMEM;

	(void)state;
	assert_int_equal(build_space(&space), 0);
	config.space = space;
	config.sampler = hd_sampler_type_find("random");
	for (n = 1; rc != 0; n++) {
		size_t live = alloc_live;

		count = 0;
		alloc_fail(n);
		rc = hd_config_sample(&config, 2385, 10, count_one, &count,
				      NULL);
		alloc_fail(0);
		assert_true(rc == 0 || rc == HD_ENOMEM);
		assert_int_equal(alloc_live, live);
	}
	assert_true(n > 4);
	assert_int_equal(count, 10);
	hd_space_free(space);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_space_survives_any_failed_allocation),
		cmocka_unit_test(argv_survives_any_failed_allocation),
		cmocka_unit_test(a_sample_survives_any_failed_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
	return alloc_skip();
}

#endif
