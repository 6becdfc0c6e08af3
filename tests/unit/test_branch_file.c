/* Tests of engine/config/branch.c and expression.c: branches in files. */
#include "loading.h"

#include "space/args.h"

#define WIDTH 16

#define SPACE(sampler, options)    \
	"sampling:\n"              \
	"  type: " sampler "\n"    \
	"  parameter_space:\n"     \
	"  - name: --model\n"      \
	"    expression: choice\n" \
	"    values:\n" options METRIC "max_total_runs: 8\n"

static void load(struct loading *loading, const char *text)
{
	load_with(loading, text, NULL);
	if (loading->rc < 0)
		fail_msg("%s", hd_findings_at(loading->findings, 0)->text);
}

static const struct hd_param *param(const struct loading *loading, size_t index)
{
	return hd_space_param(loading->config->space, index);
}

static void check_param(const struct loading *loading, size_t index,
			const char *name, enum hd_expr_kind kind, size_t parent,
			size_t branch)
{
	const struct hd_param *it = param(loading, index);

	assert_non_null(it);
	assert_string_equal(it->name, name);
	assert_int_equal(it->expr.kind, kind);
	assert_true(it->parent == parent);
	assert_true(it->branch == branch);
}

static void check_option(const struct loading *loading, size_t index,
			 size_t option, enum hd_value_kind kind,
			 const char *text)
{
	const struct hd_value *it = &param(loading, index)->expr.options[option];
	char found[80];

	assert_int_equal(it->kind, kind);
	hd_value_format(it, found, sizeof found);
	assert_string_equal(found, text);
}

static void maps_with_expressions_are_branches(void **state)
{
	struct loading loading;

	(void)state;
	load(&loading,
	     SPACE("random",
		   "    - bayes\n"
		   "    - svm:\n"
		   "        C: {expression: loguniform, values: [-3, 3]}\n"
		   "        kernel:\n"
		   "          type: Choice\n"
		   "          values:\n"
		   "          - rbf\n"
		   "          - poly: {degree: {type: randint, upper: 4}}\n"
		   "        tol: 0.5\n"
		   "    - model: forest\n"
		   "      trees: {type: quniform, min_value: 8, max_value: 64, q: 8}\n"
		   "    - kind: net\n"
		   "      size: 3\n"
		   "      C: {type: normal, mu: 2.385, sigma: 1}\n"
		   "    - {C: {type: uniform, min_value: 0, max_value: 1}}\n"
		   "    - {lr: 0.1, beta: 0.9}\n"));
	assert_int_equal(hd_space_count(loading.config->space), 10);
	check_param(&loading, 0, "--model", HD_EXPR_CHOICE, HD_SPACE_TOP, 0);
	check_option(&loading, 0, 0, HD_VALUE_TEXT, "bayes");
	check_option(&loading, 0, 1, HD_VALUE_TEXT, "svm");
	check_option(&loading, 0, 2, HD_VALUE_TEXT, "forest");
	check_option(&loading, 0, 3, HD_VALUE_BRANCH, "net/3");
	check_option(&loading, 0, 4, HD_VALUE_BRANCH, "branch-5");
	/* Literals alone stay what Azure makes of them. */
	check_option(&loading, 0, 5, HD_VALUE_JSON, "{\"lr\":0.1,\"beta\":0.9}");
	check_param(&loading, 1, "C", HD_EXPR_LOGUNIFORM, 0, 1);
	check_param(&loading, 2, "kernel", HD_EXPR_CHOICE, 0, 1);
	check_param(&loading, 3, "degree", HD_EXPR_RANDINT, 2, 1);
	check_param(&loading, 4, "tol", HD_EXPR_CHOICE, 0, 1);
	assert_int_equal(param(&loading, 4)->expr.option_count, 1);
	check_option(&loading, 4, 0, HD_VALUE_REAL, "0.5");
	check_param(&loading, 5, "trees", HD_EXPR_QUNIFORM, 0, 2);
	assert_true(param(&loading, 5)->expr.b == 64);
	check_param(&loading, 6, "kind", HD_EXPR_CHOICE, 0, 3);
	check_param(&loading, 7, "size", HD_EXPR_CHOICE, 0, 3);
	check_option(&loading, 7, 0, HD_VALUE_INTEGER, "3");
	check_param(&loading, 8, "C", HD_EXPR_NORMAL, 0, 3);
	check_param(&loading, 9, "C", HD_EXPR_UNIFORM, 0, 4);
	assert_int_equal(param(&loading, 9)->mark.line, 21);
	/* Once a choice. */
	assert_int_equal(hd_findings_count(loading.findings,
					   HD_FINDING_PORTABILITY),
			 2);
	assert_int_equal(hd_findings_count(loading.findings,
					   HD_FINDING_WARNING),
			 0);
	load_end(&loading);
}

static void labels_that_look_alike_get_numbers(void **state)
{
	struct loading loading;

	(void)state;
	load(&loading,
	     SPACE("random",
		   "    - net\n"
		   "    - {kind: net, a: {type: randint, upper: 2}}\n"
		   "    - {kind: net, b: {type: randint, upper: 3}}\n"
		   "    - {kind: lin, b: {type: randint, upper: 4}}\n"));
	check_option(&loading, 0, 0, HD_VALUE_TEXT, "net");
	check_option(&loading, 0, 1, HD_VALUE_BRANCH, "net#2");
	check_option(&loading, 0, 2, HD_VALUE_BRANCH, "net#3");
	check_option(&loading, 0, 3, HD_VALUE_BRANCH, "lin");
	load_end(&loading);
}

/* The finding NUMBER of a file that does not load. */
static void check_error(const char *text, size_t number, size_t line,
			size_t column, const char *message)
{
	struct loading loading;
	const struct hd_finding *finding;

	load_with(&loading, text, NULL);
	assert_int_equal(loading.rc, HD_EINVAL);
	finding = hd_findings_at(loading.findings, number);
	assert_string_equal(finding->text, message);
	assert_int_equal(finding->severity, HD_FINDING_ERROR);
	assert_int_equal(finding->mark.line, line);
	assert_int_equal(finding->mark.column, column);
	load_end(&loading);
}

static void errors_in_branches_have_their_place(void **state)
{
	(void)state;
	check_error(SPACE("random",
			  "    - {a: {type: unifrom, min_value: 0, max_value: 1}}\n"),
		    1, 7, 18,
		    "unknown expression 'unifrom', expected 'choice',"
		    " 'randint', 'uniform', 'quniform', 'loguniform',"
		    " 'qloguniform', 'normal', 'qnormal', 'lognormal' or"
		    " 'qlognormal'; did you mean 'uniform'?");
	check_error(SPACE("random",
			  "    - {a: {type: uniform, min_value: 0}}\n"),
		    1, 7, 11, "'a': uniform has no 'max_value'");
	check_error(SPACE("random",
			  "    - {a: {type: uniform, min_value: 0, max_value: x}}\n"),
		    1, 7, 52,
		    "'a': uniform takes numbers (min, max), got text 'x'");
	check_error(SPACE("random",
			  "    - {a: {expression: uniform, values: [1, 0]}}\n"),
		    1, 7, 41,
		    "'a': 'max' of uniform must be greater than 'min', got min"
		    " 1 and max 0");
	check_error(SPACE("random", "    - {a: {expression: uniform}}\n"), 1, 7,
		    11, "'a' has no 'values'");
	check_error(SPACE("random",
			  "    - a: {type: randint, upper: 2}\n"
			  "      -a: {type: randint, upper: 2}\n"),
		    1, 8, 7,
		    "parameter '-a' is declared twice, first at line 7");
	check_error(SPACE("random",
			  "    - {--: 2, a: {type: randint, upper: 2}}\n"),
		    1, 7, 8, "'--' is no parameter name: it needs more than"
			     " dashes");
	check_error(SPACE("random",
			  "    - {a: 1, b: {c: {type: randint, upper: 2}}}\n"),
		    1, 7, 17,
		    "'b' must be an expression or a literal, got a mapping of"
		    " parameters: they may stand among the options of a choice");
	check_error(SPACE("random",
			  "    - {type: uniform, min_value: 0, max_value: 1}\n"),
		    1, 7, 7,
		    "'--model': option 1 is an expression without a name,"
		    " expected a mapping of names to expressions");
	check_error(SPACE("random",
			  "    - svm: {a: {type: randint, upper: 2}}\n"
			  "    - svm: {a: {type: randint, upper: 3}}\n"),
		    1, 7, 13,
		    "options 1 and 2 of '--model' are the same, which one 'a'"
		    " hangs on could not be told");
}

static void a_grid_takes_branches_and_their_literals(void **state)
{
	struct loading loading;

	(void)state;
	load(&loading, SPACE("grid",
			     "    - bayes\n"
			     "    - {kind: net, wide: true, a: {type: randint, upper: 2}}\n"
			     "    - svm: {list: [1, 2], b: {type: choice, values: [1, 2]}}\n"));
	assert_true(hd_space_points(loading.config->space) == 5);
	load_end(&loading);
	check_error(SPACE("grid",
			  "    - {a: {type: uniform, min_value: 0, max_value: 1}}\n"),
		    1, 7, 18,
		    "'a': 'uniform' cannot be in a grid sweep because its values"
		    " are not finite, expected 'choice', 'randint', 'quniform'"
		    " or 'qloguniform'");
}

static void unknown_keys_of_an_expression_are_warned_of(void **state)
{
	struct loading loading;

	(void)state;
	load(&loading, SPACE("random",
			     "    - {a: {type: randint, upper: 2, uper: 3}}\n"));
	assert_int_equal(hd_findings_count(loading.findings,
					   HD_FINDING_WARNING),
			 1);
	assert_string_equal(hd_findings_at(loading.findings, 1)->text,
			    "unknown key 'a.uper' is ignored, did you mean"
			    " 'upper'?");
	load_end(&loading);
}

/* Thirty levels of two each would be a thousand million parameters. */
static void aliases_cannot_make_a_space_without_end(void **state)
{
	struct hd_buf text = HD_BUF_INIT;
	struct loading loading;

	(void)state;
	hd_buf_puts(&text, "sampling:\n  type: random\n  parameter_space:\n");
	for (int i = 0; i < 14; i++) {
		hd_buf_printf(&text, "  - name: p%d\n    expression: choice\n"
				     "    values: &v%d\n",
			      i, i);
		for (int k = 0; k < 3; k++)
			if (i == 0)
				hd_buf_printf(&text, "    - o%d: {q: {type: randint, upper: 2}}\n",
					      k);
			else
				hd_buf_printf(&text,
					      "    - o%d: {q: {type: choice,"
					      " values: *v%d}}\n",
					      k, i - 1);
	}
	hd_buf_puts(&text, METRIC "max_total_runs: 8\n");
	load_with(&loading, hd_buf_text(&text), NULL);
	assert_int_equal(loading.rc, HD_EINVAL);
	load_end(&loading);
	hd_buf_release(&text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(maps_with_expressions_are_branches),
		cmocka_unit_test(labels_that_look_alike_get_numbers),
		cmocka_unit_test(errors_in_branches_have_their_place),
		cmocka_unit_test(a_grid_takes_branches_and_their_literals),
		cmocka_unit_test(unknown_keys_of_an_expression_are_warned_of),
		cmocka_unit_test(aliases_cannot_make_a_space_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
