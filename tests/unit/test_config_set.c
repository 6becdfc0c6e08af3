/*
 * Tests of --set: a HyperDrive file changed before its checks.
 */
#include "loading.h"

static void set_one(struct loading *loading, const char *set)
{
	const struct hd_config_load load = { .size = sizeof load,
					     .sets = &set,
					     .set_count = 1 };

	load_with(loading, GOOD, &load);
}

static void assert_set_error(const char *set, const char *error)
{
	const struct hd_finding *found;
	struct loading loading;

	set_one(&loading, set);
	assert_int_equal(loading.rc, HD_EINVAL);
	found = hd_findings_at(loading.findings, 0);
	assert_non_null(strstr(found->mark.file, set));
	assert_int_equal(found->mark.line, 0);
	assert_string_equal(found->text, error);
	load_end(&loading);
}

static void set_changes_the_file_before_the_checks(void **state)
{
	struct loading loading;

	(void)state;
	set_one(&loading, "max_total_runs=3");
	assert_int_equal(loading.config->max_total, 3);
	load_end(&loading);
	set_one(&loading, "limits.max_total_trials=5");
	assert_int_equal(loading.config->max_total, 5);
	load_end(&loading);
	set_one(&loading, "limits.max_concurrent_trials=2");
	assert_int_equal(loading.config->max_concurrent, 2);
	load_end(&loading);
	set_one(&loading, "limits.timeout=120");
	assert_true(loading.config->max_duration == 120);
	assert_int_equal(hd_findings_kept(loading.findings), 0);
	load_end(&loading);
	set_one(&loading, "gpus=0,2:2");
	assert_string_equal(loading.config->gpus, "0,2:2");
	load_end(&loading);
	set_one(&loading, "policy.type=MedianStoppingPolicy");
	assert_string_equal(loading.config->policy->v1_name,
			    "MedianStoppingPolicy");
	load_end(&loading);
	set_one(&loading, "sampling.parameter_space.0.values=[7, 8]");
	assert_int_equal(hd_space_param(loading.config->space, 0)
				 ->expr.options[1]
				 .integer,
			 8);
	load_end(&loading);
	set_one(&loading, "sampling.parameter_space.0.values.2=x");
	assert_string_equal(hd_space_param(loading.config->space, 0)
				    ->expr.options[2]
				    .text,
			    "x");
	load_end(&loading);
}

static void errors_of_set_say_which(void **state)
{
	(void)state;
	assert_set_error("max_total_runs", "expected KEY=VALUE");
	assert_set_error("=3", "expected KEY=VALUE or KEY.KEY=VALUE");
	assert_set_error("policy..type=x",
			 "expected KEY=VALUE or KEY.KEY=VALUE");
	assert_set_error("max_total_runs=x",
			 "'max_total_runs' must be a whole number of at least"
			 " 1, got text 'x'");
	assert_set_error("max_total_runs=", "'max_total_runs' is missing");
	assert_set_error("max_total_runs.a=1",
			 "'a' has no place to stand in, there is 8");
	assert_set_error("sampling.parameter_space.7.name=x",
			 "'7' must be an index below 1 of the list");
}

static void set_of_a_shared_node_changes_one_place(void **state)
{
	const char *text = "sampling:\n  type: random\n  parameter_space:\n"
			   "  - {name: a, expression: choice, values: &v [1, 2]}\n"
			   "  - {name: b, expression: choice, values: *v}\n" METRIC
			   "max_total_runs: 1\n";
	const char *set = "sampling.parameter_space.0.values.0=9";
	const struct hd_config_load load = { .size = sizeof load,
					     .sets = &set,
					     .set_count = 1 };
	const struct hd_space *space;
	struct loading loading;

	(void)state;
	load_with(&loading, text, &load);
	assert_int_equal(loading.rc, 0);
	space = loading.config->space;
	assert_int_equal(hd_space_param(space, 0)->expr.options[0].integer, 9);
	assert_int_equal(hd_space_param(space, 1)->expr.options[0].integer, 1);
	load_end(&loading);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_changes_the_file_before_the_checks),
		cmocka_unit_test(errors_of_set_say_which),
		cmocka_unit_test(set_of_a_shared_node_changes_one_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
