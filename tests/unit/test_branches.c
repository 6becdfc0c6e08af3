/*
 * Conditional spaces: engine/space/tree.c, and what the rest of engine/space
 * makes of parameters that do not exist in every trial.
 */
#include "check.h"

#include <hdrive/config.h>

#include "space/args.h"
#include "space/difference.h"
#include "space/values.h"

#define WIDTH 8

static struct hd_value text(const char *words)
{
	return (struct hd_value){ .kind = HD_VALUE_TEXT,
				  .text = words,
				  .length = strlen(words) };
}

static struct hd_value label(const char *words)
{
	struct hd_value value = text(words);

	value.kind = HD_VALUE_BRANCH;
	return value;
}

static void add(struct hd_space *space, size_t parent, size_t branch,
		const char *name, struct hd_expr expr)
{
	struct hd_error err = { 0 };

	if (hd_space_add_in(space, parent, branch, name, &expr, NULL, &err) < 0)
		fail_msg("%s", err.text);
}

/*
 * model: bayes, svm {kernel: rbf, poly {degree: 0..2}; C}, net {C: 2}; then
 * last: 0..1. Points: (1 + (1 + 3) * 2 + 5) * 2 = 28.
 */
enum {
	MODEL,
	KERNEL,
	DEGREE,
	SVM_C,
	NET_C,
	LAST
};

static struct hd_space *models(void)
{
	struct hd_value models[] = { text("bayes"), text("svm"),
				     label("net/3") };
	struct hd_value kernels[] = { text("rbf"), text("poly") };
	struct hd_space *space = hd_space_new();

	assert_non_null(space);
	add(space, HD_SPACE_TOP, 0, "--model", hd_expr_choice(models, 3));
	add(space, MODEL, 1, "kernel", hd_expr_choice(kernels, 2));
	add(space, KERNEL, 1, "degree", hd_expr_randint(3));
	add(space, MODEL, 1, "C", hd_expr_quniform(1, 2, 1));
	add(space, MODEL, 2, "C", hd_expr_randint(5));
	add(space, HD_SPACE_TOP, 0, "last", hd_expr_randint(2));
	return space;
}

#define POINTS 28

static void points_of_branches_add_up(void **state)
{
	struct hd_space *space = models(), *plain = hd_space_new();

	(void)state;
	assert_true(hd_space_is_conditional(space));
	assert_false(hd_space_is_conditional(plain));
	assert_true(hd_space_points(space) == POINTS);
	add(space, HD_SPACE_TOP, 0, "rate", hd_expr_uniform(0, 1));
	assert_true(hd_space_points(space) == 0);
	hd_space_free(space);
	hd_space_free(plain);
}

static void points_without_end_in_a_branch_have_none(void **state)
{
	struct hd_value options[] = { text("a"), text("b") };
	struct hd_space *space = hd_space_new();

	(void)state;
	add(space, HD_SPACE_TOP, 0, "x", hd_expr_choice(options, 2));
	add(space, 0, 0, "y", hd_expr_randint(0x1p53));
	add(space, 0, 0, "z", hd_expr_randint(0x1p53));
	assert_true(hd_space_points(space) == UINT64_MAX);
	add(space, 0, 1, "rate", hd_expr_uniform(0, 1));
	assert_true(hd_space_points(space) == 0);
	hd_space_free(space);
}

static void each_point_has_its_number(void **state)
{
	struct hd_space *space = models();
	struct hd_value seen[POINTS][WIDTH];

	(void)state;
	for (uint64_t i = 0; i < POINTS; i++) {
		assert_true(hd_space_point(space, i, seen[i]) == 0);
		assert_true(hd_space_point_index(space, seen[i]) == i);
		for (size_t p = 0; p < hd_space_count(space); p++)
			assert_int_equal(seen[i][p].kind != HD_VALUE_ABSENT,
					 hd_space_is_active(space, p, seen[i]));
		for (uint64_t j = 0; j < i; j++) {
			size_t p = 0;

			while (p < hd_space_count(space) &&
			       hd_value_equal(&seen[i][p], &seen[j][p]))
				p++;
			assert_true(p < hd_space_count(space));
		}
	}
	assert_true(hd_space_point(space, POINTS, seen[0]) > 0);
	hd_space_free(space);
}

/* By hand: the last parameter fastest, branches in their order. */
static void points_come_in_declared_order(void **state)
{
	static const char *const first[] = {
		"{\"--model\":\"bayes\",\"last\":0}",
		"{\"--model\":\"bayes\",\"last\":1}",
		"{\"--model\":\"svm\",\"kernel\":\"rbf\",\"C\":1,\"last\":0}",
		"{\"--model\":\"svm\",\"kernel\":\"rbf\",\"C\":1,\"last\":1}",
		"{\"--model\":\"svm\",\"kernel\":\"rbf\",\"C\":2,\"last\":0}",
		"{\"--model\":\"svm\",\"kernel\":\"rbf\",\"C\":2,\"last\":1}",
		"{\"--model\":\"svm\",\"kernel\":\"poly\",\"degree\":0,"
		"\"C\":1,\"last\":0}",
	};
	struct hd_space *space = models();
	struct hd_value values[WIDTH];

	(void)state;
	for (size_t i = 0; i < ROWS(first); i++) {
		struct hd_buf buf = HD_BUF_INIT;

		hd_space_point(space, i, values);
		hd_args_json(&buf, space, values);
		assert_string_equal(hd_buf_text(&buf), first[i]);
		hd_buf_release(&buf);
	}
	hd_space_free(space);
}

static void what_does_not_exist_is_pruned(void **state)
{
	struct hd_space *space = models();
	struct hd_value values[WIDTH];

	(void)state;
	for (size_t i = 0; i < hd_space_count(space); i++)
		values[i] = hd_expr_at(&hd_space_param(space, i)->expr, 0.5);
	values[MODEL] = hd_expr_nth(&hd_space_param(space, MODEL)->expr, 2);
	hd_space_prune(space, values);
	assert_int_equal(values[KERNEL].kind, HD_VALUE_ABSENT);
	/* Below one that is absent, whatever its option was. */
	assert_int_equal(values[DEGREE].kind, HD_VALUE_ABSENT);
	assert_int_equal(values[SVM_C].kind, HD_VALUE_ABSENT);
	assert_int_equal(values[NET_C].kind, HD_VALUE_INTEGER);
	assert_int_equal(values[LAST].kind, HD_VALUE_INTEGER);
	hd_space_free(space);
}

static void refuse(struct hd_space *space, size_t parent, size_t branch,
		   const char *name, int code, const char *why)
{
	struct hd_expr expr = hd_expr_randint(2);
	struct hd_error err = { 0 };

	assert_int_equal(hd_space_add_in(space, parent, branch, name, &expr,
					 NULL, &err),
			 code);
	assert_string_equal(err.text, why);
}

static void a_name_may_repeat_where_branches_exclude_each_other(void **state)
{
	struct hd_space *space = models();

	(void)state;
	refuse(space, HD_SPACE_TOP, 0, "C", HD_EEXIST,
	       "'C' is a parameter already, each name may stand once");
	refuse(space, HD_SPACE_TOP, 0, "--degree", HD_EEXIST,
	       "'--degree' is a parameter already, each name may stand once");
	assert_true(hd_space_excludes(space, DEGREE, MODEL, 2));
	assert_true(hd_space_excludes(space, DEGREE, KERNEL, 0));
	assert_false(hd_space_excludes(space, DEGREE, MODEL, 1));
	assert_false(hd_space_excludes(space, SVM_C, KERNEL, 1));
	assert_false(hd_space_excludes(space, MODEL, KERNEL, 1));
	assert_false(hd_space_excludes(space, LAST, MODEL, 1));
	hd_space_free(space);
}

static void a_branch_is_closed_by_what_follows(void **state)
{
	struct hd_value twice[] = { text("a"), text("a") };
	struct hd_space *space = models();

	(void)state;
	refuse(space, MODEL, 2, "x", HD_EINVAL,
	       "'x' comes too late for its branch of '--model'");
	refuse(space, MODEL, 3, "x", HD_EINVAL,
	       "'x' hangs on an option that no choice has");
	refuse(space, LAST, 0, "x", HD_EINVAL,
	       "'x' hangs on an option that no choice has");
	refuse(space, 99, 0, "x", HD_EINVAL,
	       "'x' hangs on an option that no choice has");
	add(space, HD_SPACE_TOP, 0, "t", hd_expr_choice(twice, 2));
	refuse(space, LAST + 1, 1, "x", HD_EINVAL,
	       "options 1 and 2 of 't' are the same, which one 'x' hangs on"
	       " could not be told");
	assert_int_equal(hd_space_count(space), 7);
	hd_space_free(space);
}

static void labels_are_told_from_every_other_option(void **state)
{
	struct hd_value alike[] = { text("a"), label("a") };
	struct hd_expr expr = hd_expr_choice(alike, 2);
	struct hd_space *space = hd_space_new();
	struct hd_error err = { 0 };

	(void)state;
	assert_int_equal(hd_space_add(space, "x", &expr, NULL, &err), HD_EINVAL);
	assert_string_equal(err.text, "two options are called 'a'");
	hd_space_free(space);
}

static void branches_nest_to_a_depth(void **state)
{
	struct hd_value options[] = { text("a"), text("b") };
	struct hd_space *space = hd_space_new();
	char name[16];

	(void)state;
	for (size_t i = 0; i < HD_SPACE_DEPTH; i++) {
		snprintf(name, sizeof name, "p%zu", i);
		add(space, i ? i - 1 : HD_SPACE_TOP, 0, name,
		    hd_expr_choice(options, 2));
	}
	assert_true(hd_space_points(space) == HD_SPACE_DEPTH + 1);
	refuse(space, HD_SPACE_DEPTH - 1, 0, "deep", HD_ELIMIT,
	       "'deep' is 16 branches deep, at most 15 are taken");
	hd_space_free(space);
}

/* --- the rest of engine/space ----------------------------------------------- */

static void read_all(struct hd_space *space, const char *json,
		     struct hd_value *values)
{
	struct hd_error err = { 0 };

	if (hd_space_read_values(space, json, values, &err) < 0)
		fail_msg("%s", err.text);
}

static void check_words(struct hd_space *space, const struct hd_value *values,
			const char *const *command, const char *const *expected)
{
	char **argv = NULL;
	size_t count = 0, i = 0;

	while (command[count])
		count++;
	assert_int_equal(hd_args_build(&argv, space, values, command, count,
				       NULL, NULL),
			 0);
	for (; expected[i]; i++)
		assert_string_equal(argv[i], expected[i]);
	assert_null(argv[i]);
	free(argv);
}

#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void hd_076_only_the_drawn_branch_reaches_argv(void **state)
{
	struct hd_space *space = models();
	struct hd_value values[WIDTH];

	(void)state;
	read_all(space, "{\"model\":\"svm\",\"kernel\":\"rbf\",\"C\":2,\"last\":0}",
		 values);
	check_words(space, values, LIST("t"),
		    LIST("t", "--model", "svm", "--kernel", "rbf", "--C", "2",
			 "--last", "0"));
	read_all(space, "{\"model\":\"net/3\",\"C\":4,\"last\":1}", values);
	check_words(space, values, LIST("t"),
		    LIST("t", "--C", "4", "--last", "1"));
	/* A placeholder is the one that exists; a label is given when asked. */
	check_words(space, values, LIST("t", "{model}", "{C}", "k={kernel}"),
		    LIST("t", "net/3", "4", "k=", "--last", "1"));
	/* The command's own value stands where the parameter does not. */
	check_words(space, values, LIST("t", "--kernel", "rbf", "--C", "9"),
		    LIST("t", "--kernel", "rbf", "--C", "4", "--last", "1"));
	hd_space_free(space);
}

static void a_point_is_read_back_from_its_own_record(void **state)
{
	struct hd_space *space = models();
	struct hd_value values[WIDTH], again[WIDTH];

	(void)state;
	for (uint64_t i = 0; i < POINTS; i++) {
		struct hd_buf buf = HD_BUF_INIT;

		hd_space_point(space, i, values);
		hd_args_json(&buf, space, values);
		read_all(space, hd_buf_text(&buf), again);
		assert_true(hd_space_point_index(space, again) == i);
		hd_buf_release(&buf);
	}
	hd_space_free(space);
}

static void a_point_with_parts_of_another_branch_is_refused(void **state)
{
	static const struct {
		const char *json, *error;
	} bad[] = {
		{ "{\"model\":\"svm\",\"C\":1,\"last\":0}",
		  "'kernel' is missing" },
		{ "{\"kernel\":\"rbf\",\"C\":1,\"last\":0}",
		  "'--model' is missing" },
		{ "{\"model\":\"bayes\",\"C\":1,\"last\":0}",
		  "'C' does not exist when '--model' is 'bayes'" },
		{ "{\"model\":\"net/3\",\"C\":1,\"degree\":1,\"last\":0}",
		  "'degree' does not exist when '--model' is 'net/3'" },
		{ "{\"model\":\"svm\",\"kernel\":\"rbf\",\"degree\":1,"
		  "\"C\":1,\"last\":0}",
		  "'degree' does not exist when 'kernel' is 'rbf'" },
		/* The range of the branch that is drawn. */
		{ "{\"model\":\"svm\",\"kernel\":\"rbf\",\"C\":4,\"last\":0}",
		  "'C' is 4, expected from 0.5 to 2.5" },
		{ "{\"model\":\"net\",\"C\":1,\"last\":0}",
		  "'--model' has no option 'net'" },
		{ "{\"model\":\"bayes\",\"last\":0,\"lost\":0}",
		  "there is no parameter 'lost'" },
	};
	struct hd_space *space = models();
	struct hd_value values[WIDTH];

	(void)state;
	for (size_t i = 0; i < ROWS(bad); i++) {
		struct hd_error err = { 0 };

		assert_int_equal(hd_space_read_values(space, bad[i].json,
						      values, &err),
				 HD_EINVAL);
		assert_string_equal(err.text, bad[i].error);
	}
	/* What a warm start brings along may have more. */
	assert_int_equal(hd_space_project(space,
					  "{\"model\":\"bayes\",\"C\":1,"
					  "\"last\":0,\"lost\":0}",
					  values, NULL),
			 0);
	assert_int_equal(values[SVM_C].kind, HD_VALUE_ABSENT);
	hd_space_free(space);
}

static void differences_name_the_branch(void **state)
{
	struct hd_space *space = models(), *same = models();
	struct hd_space *other = hd_space_new();
	struct hd_value options[] = { text("bayes"), text("svm"),
				      label("net/3") };
	struct hd_value kernels[] = { text("rbf"), text("poly") };
	struct hd_error err = { 0 };

	(void)state;
	assert_int_equal(hd_space_compare(space, same, &err), 0);
	add(other, HD_SPACE_TOP, 0, "--model", hd_expr_choice(options, 3));
	add(other, 0, 1, "kernel", hd_expr_choice(kernels, 2));
	add(other, 0, 1, "C", hd_expr_quniform(1, 2, 1));
	add(other, 0, 2, "C", hd_expr_randint(4));
	add(other, 0, 2, "degree", hd_expr_randint(3));
	add(other, HD_SPACE_TOP, 0, "last", hd_expr_randint(2));
	assert_int_equal(hd_space_compare(space, other, &err), HD_ESTATE);
	assert_string_equal(err.text,
			    "the parameter space differs: 'degree' of 'poly'"
			    " was randint(3) and is gone; 'C' of 'net/3' was"
			    " randint(5) and is randint(4); 'degree' of 'net/3'"
			    " is new");
	hd_space_free(space);
	hd_space_free(same);
	hd_space_free(other);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(points_of_branches_add_up),
		cmocka_unit_test(points_without_end_in_a_branch_have_none),
		cmocka_unit_test(each_point_has_its_number),
		cmocka_unit_test(points_come_in_declared_order),
		cmocka_unit_test(what_does_not_exist_is_pruned),
		cmocka_unit_test(a_name_may_repeat_where_branches_exclude_each_other),
		cmocka_unit_test(a_branch_is_closed_by_what_follows),
		cmocka_unit_test(labels_are_told_from_every_other_option),
		cmocka_unit_test(branches_nest_to_a_depth),
		cmocka_unit_test(hd_076_only_the_drawn_branch_reaches_argv),
		cmocka_unit_test(a_point_is_read_back_from_its_own_record),
		cmocka_unit_test(a_point_with_parts_of_another_branch_is_refused),
		cmocka_unit_test(differences_name_the_branch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
