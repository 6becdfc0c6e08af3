/*
 * Tests of engine/config/sweepjob*.c: sweep jobs (SPEC section 2) into configs.
 * tests/data/sweepjob has whole files, tests/data/bad the words of complaints.
 */
#include "loading.h"

#include <hdrive/option.h>

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#define FOLDER TEST_ROOT "/tests/data/sweepjob"

/* The parts of a small file, each of which a test may give in another form. */
#define OBJECTIVE "objective: {primary_metric: loss, goal: minimize}\n"
#define LIMITS "limits: {max_total_trials: 8}\n"
#define SPACE "search_space:\n  x: {type: uniform, min_value: 0, max_value: 1}\n"
#define TRIAL "trial:\n  command: t ${{search_space.x}}\n"
#define JOB "type: sweep\n" OBJECTIVE SPACE TRIAL

static const struct hd_finding *finding_of(const struct loading *loading,
					   enum hd_severity severity)
{
	for (size_t i = 0; i < hd_findings_kept(loading->findings); i++)
		if (hd_findings_at(loading->findings, i)->severity == severity)
			return hd_findings_at(loading->findings, i);
	return NULL;
}

/* The first finding of SEVERITY has WORDS; NULL: there is none. */
static void assert_says(const struct loading *loading,
			enum hd_severity severity, const char *words)
{
	const struct hd_finding *found = finding_of(loading, severity);

	if (found && !words)
		fail_msg("not expected: %s", found->text);
	if (!found && words)
		fail_msg("missing: %s", words);
	if (found && !strstr(found->text, words))
		fail_msg("'%s' lacks '%s'", found->text, words);
}

static void assert_findings(const char *text, const char *error,
			    const char *warning, const char *note)
{
	struct loading loading;

	load_with(&loading, text, NULL);
	assert_says(&loading, HD_FINDING_ERROR, error);
	assert_says(&loading, HD_FINDING_WARNING, warning);
	assert_says(&loading, HD_FINDING_PORTABILITY, note);
	load_end(&loading);
}

static void assert_error(const char *text, const char *error)
{
	assert_findings(text, error, NULL, NULL);
}

static void assert_good(const char *text)
{
	assert_findings(text, NULL, NULL, NULL);
}

/* A good load of TEXT, to be ended by load_end. */
static const struct hd_config *load_good(struct loading *loading,
					 const char *text)
{
	load_with(loading, text, NULL);
	assert_says(loading, HD_FINDING_ERROR, NULL);
	assert_non_null(loading->config);
	return loading->config;
}

static const char *joined(const char *a, const char *b)
{
	static char text[4096];

	snprintf(text, sizeof text, "%s%s", a, b);
	return text;
}

/* FOLDER's file NAME, with COUNT inputs given. */
static void open_file(struct loading *loading, const char *name,
		      const char *const *inputs, size_t count)
{
	const struct hd_config_load load = { .size = sizeof load,
					     .inputs = inputs,
					     .input_count = count };
	char path[512];

	memset(loading, 0, sizeof *loading);
	loading->findings = hd_findings_new();
	assert_non_null(loading->findings);
	snprintf(path, sizeof path, FOLDER "/%s", name);
	loading->rc = hd_config_open(&loading->config, path, &load,
				     loading->findings, &loading->err);
}

static void assert_opens(struct loading *loading, const char *name,
			 const char *const *inputs, size_t count)
{
	open_file(loading, name, inputs, count);
	assert_says(loading, HD_FINDING_ERROR, NULL);
	assert_int_equal(loading->rc, 0);
}

static size_t warnings(const struct loading *loading)
{
	return hd_findings_count(loading->findings, HD_FINDING_WARNING);
}

/* The shell line of trial NUMBER, in a folder "/t"; the caller's to free(). */
struct line {
	const struct hd_config *config;
	char *text;
};

static int take_line(void *user, size_t number, const struct hd_value *values)
{
	struct line *line = user;
	struct hd_error err = { 0 };
	char **argv = NULL;

	(void)number;
	if (hd_program_argv(&argv, line->config->program, line->config->space,
			    values, "/t", NULL, &err) < 0)
		fail_msg("%s", err.text);
	free(line->text);
	line->text = strdup(argv[2]);
	free(argv);
	return 0;
}

static char *line_of(const struct hd_config *config)
{
	struct line line = { config, NULL };
	struct hd_error err = { 0 };

	assert_non_null(config->program);
	assert_true(config->program->shell);
	assert_int_equal(hd_config_sample(config, 1, 1, take_line, &line, &err),
			 0);
	return line.text;
}

static void assert_in(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' lacks '%s'", text, part);
}

/* --- whole files ------------------------------------------------------------ */

static const char *mark(const struct hd_config *config, const char *name)
{
	for (size_t i = 0; i < config->mark_count; i++)
		if (!strcmp(config->marks[i].name, name))
			return config->marks[i].value;
	return "";
}

static void hd_060_a_whole_file_loads(void **state)
{
	const struct hd_config *config;
	struct loading loading;

	(void)state;
	assert_opens(&loading, "inline.yml", NULL, 0);
	config = loading.config;
	assert_int_equal(warnings(&loading), 1); /* of its environment */
	assert_string_equal(config->sampler->name, "random");
	assert_true(config->has_seed);
	assert_int_equal(config->seed, 11);
	assert_int_equal(hd_space_count(config->space), 2);
	assert_string_equal(config->metric, "loss");
	assert_int_equal(config->goal, HD_MINIMIZE);
	assert_string_equal(config->policy->name, "bandit");
	assert_int_equal(config->delay_evaluation, 5);
	assert_int_equal(config->max_total, 12);
	assert_int_equal(config->max_concurrent, 3);
	assert_true(config->max_duration == 7200);
	assert_true(config->trial_timeout == 600);
	assert_string_equal(mark(config, "display_name"), "two-rates");
	assert_string_equal(mark(config, "team"), "north");
	assert_string_equal(mark(config, "year"), "2021");
	assert_string_equal(mark(config, "origin"), "tests");
	assert_string_equal(config->program->experiment, "rates");
	assert_string_equal(config->program->source, FOLDER "/src");
	assert_int_equal(config->program->environment_count, 2);
	assert_string_equal(config->program->environment[0], "THREADS=2");
	assert_string_equal(config->program->environment[1], "VERBOSE=True");
	load_end(&loading);
}

static void hd_060_type_sweep_is_read_in_any_case(void **state)
{
	(void)state;
	assert_findings("type: SWEEP\n" OBJECTIVE SPACE TRIAL LIMITS, NULL, NULL,
			NULL);
	assert_findings(OBJECTIVE SPACE TRIAL LIMITS, NULL,
			"'type' is missing", NULL);
}

static void hd_060_a_cloud_path_loads_once_it_is_mapped(void **state)
{
	static const char *const input[] = { "data=" FOLDER "/src/train.sh" };
	static const char *const missing[] = { "data=" FOLDER "/none" };
	static const char *const unknown[] = {
		"data=" FOLDER "/src/train.sh", "date=x"
	};
	struct loading loading;
	char *line;

	(void)state;
	open_file(&loading, "cloud.yml", NULL, 0);
	assert_says(&loading, HD_FINDING_ERROR, "--input data=PATH");
	assert_int_equal(finding_of(&loading, HD_FINDING_ERROR)->mark.line, 7);
	load_end(&loading);
	assert_opens(&loading, "cloud.yml", input, 1);
	line = line_of(loading.config);
	assert_in(line, "--data " FOLDER "/src/train.sh");
	free(line);
	load_end(&loading);
	open_file(&loading, "cloud.yml", missing, 1);
	assert_says(&loading, HD_FINDING_ERROR, "which is not there");
	load_end(&loading);
	open_file(&loading, "cloud.yml", unknown, 2);
	assert_says(&loading, HD_FINDING_ERROR, "the file has no input 'date'");
	load_end(&loading);
}

static void hd_060_a_component_file_is_the_trial(void **state)
{
	struct loading loading;
	char *line;

	(void)state;
	assert_opens(&loading, "component.yml", NULL, 0);
	assert_int_equal(warnings(&loading), 1); /* of its environment */
	assert_string_equal(loading.config->program->source, FOLDER "/src");
	line = line_of(loading.config);
	/* A default, a value of the job's, and what is swept. */
	assert_in(line, "--depth 6 --fair False --data " FOLDER "/src");
	assert_in(line, "--rate 0.");
	assert_in(line, "--out /t/named-outputs/model");
	assert_null(strstr(line, "--notes"));
	free(line);
	load_end(&loading);
}

/* What a resume reads has nothing beside it any more. */
static void a_stored_file_needs_no_other_files(void **state)
{
	const struct hd_config_load load = { .size = sizeof load,
					     .stored = true };
	struct loading loading;

	(void)state;
	load_with(&loading,
		  "type: sweep\ntrial: ./none.yml\ncompute: azureml:a\n"
		  "inputs: {d: {path: 'azureml:d:1'}}\n" OBJECTIVE SPACE LIMITS,
		  &load);
	assert_int_equal(hd_findings_kept(loading.findings), 0);
	assert_non_null(loading.config);
	assert_null(loading.config->program);
	load_end(&loading);
}

/* --- sampling and space ------------------------------------------------------ */

static void hd_061_sampling_is_a_word_or_a_mapping(void **state)
{
	static const struct {
		const char *text, *sampler;
		bool has_seed;
		uint64_t seed;
	} rows[] = {
		{ "sampling_algorithm: random\n", "random", false, 0 },
		{ "sampling_algorithm: Bayesian\n", "bayesian", false, 0 },
		{ "sampling_algorithm: {type: random}\n", "random", false, 0 },
		{ "sampling_algorithm: {type: Random, seed: 1, rule: sobol,"
		  " logbase: e}\n",
		  "random", true, 1 },
		{ "", "random", false, 0 }, /* the default */
	};
	struct loading loading;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct hd_config *config =
			load_good(&loading, joined(JOB LIMITS, rows[i].text));

		assert_string_equal(config->sampler->name, rows[i].sampler);
		assert_int_equal(config->has_seed, rows[i].has_seed);
		assert_int_equal(config->seed, rows[i].seed);
		load_end(&loading);
	}
	assert_error(JOB LIMITS "sampling_algorithm: Sobl\n",
		     "'sampling_algorithm.type' must be 'random', 'grid'");
	assert_findings(JOB LIMITS "sampling_algorithm: {type: bayesian, seed: 1}\n",
			"unknown key 'sampling_algorithm.seed'", "at least 20",
			NULL);
	assert_error(JOB LIMITS "sampling_algorithm: {type: random, seed: a}\n",
		     "'sampling_algorithm.seed' must be a whole number");
	assert_error(JOB LIMITS "sampling_algorithm: {type: random, rule: x}\n",
		     "'rule' must be 'random' or 'sobol'");
	assert_error(JOB LIMITS "sampling_algorithm: 3\n",
		     "'sampling_algorithm' must be a mapping");
}

static void hd_061_rule_sobol_draws_evenly(void **state)
{
	struct loading loading;
	const struct hd_config *config;

	(void)state;
	config = load_good(&loading, JOB LIMITS
			   "sampling_algorithm: {type: random, rule: sobol}\n");
	assert_true(hd_option_load(hd_option_find(config->sampler->options, "rule"),
				   config->sampler_options) == 1);
	load_end(&loading);
}

static void hd_061_logbase_is_the_base_of_log_draws(void **state)
{
	struct loading loading;
	const struct hd_expr *expr;

	(void)state;
	load_good(&loading,
		  "type: sweep\n" OBJECTIVE LIMITS
		  "trial: {command: 't ${{search_space.x}} ${{search_space.y}}'}\n"
		  "sampling_algorithm: {type: random, logbase: 10}\n"
		  "search_space:\n"
		  "  x: {type: loguniform, min_value: -3, max_value: 0}\n"
		  "  y: {type: uniform, min_value: 1, max_value: 2}\n");
	expr = &hd_space_param(loading.config->space, 0)->expr;
	assert_close(exp(expr->a), 1e-3, 1e-12);
	assert_close(exp(expr->b), 1, 1e-12);
	for (int i = 1; i < 100; i++) {
		double value = hd_expr_at(expr, i / 100.0).number;

		assert_true(value >= 1e-3 * (1 - 1e-12) && value <= 1 + 1e-12);
	}
	assert_true(hd_space_param(loading.config->space, 1)->expr.b == 2);
	load_end(&loading);
	assert_error(JOB LIMITS "sampling_algorithm: {type: random, logbase: 1}\n",
		     "'sampling_algorithm.logbase' must be");
	assert_good(JOB LIMITS "sampling_algorithm: {type: random, logbase: e}\n");
}

/* A file with one parameter x that is EXPRESSION. */
static const char *one(const char *expression)
{
	static char text[2048];

	snprintf(text, sizeof text,
		 "type: sweep\n" OBJECTIVE TRIAL LIMITS
		 "search_space:\n  x: %s\n",
		 expression);
	return text;
}

static void hd_062_names_are_letters_digits_and_underscores(void **state)
{
	static const char *const bad[] = { "a-b", "1a", "a.b", "--x", "\"\"",
					   "\xc3\xa4" };
	char text[1024];

	(void)state;
	for (size_t i = 0; i < ROWS(bad); i++) {
		snprintf(text, sizeof text,
			 "type: sweep\n" OBJECTIVE LIMITS "trial: {command: t}\n"
			 "search_space:\n  %s: {type: randint, upper: 3}\n",
			 bad[i]);
		assert_error(text, "cannot name a parameter");
	}
	assert_good("type: sweep\n" OBJECTIVE LIMITS
		    "trial: {command: 't ${{search_space._a1_B}}'}\n"
		    "search_space:\n  _a1_B: {type: randint, upper: 3}\n");
}

static void hd_063_expressions_take_their_fields_by_name(void **state)
{
	static const struct {
		const char *text;
		enum hd_expr_kind kind;
		double a, b, q;
	} rows[] = {
		{ "{type: randint, upper: 7}", HD_EXPR_RANDINT, 0, 7, 0 },
		{ "{type: Uniform, max_value: 2, min_value: -1}", HD_EXPR_UNIFORM,
		  -1, 2, 0 },
		{ "{type: quniform, min_value: 0, max_value: 1, q: 0.25}",
		  HD_EXPR_QUNIFORM, 0, 1, 0.25 },
		{ "{type: LOGUNIFORM, min_value: -6, max_value: -1}",
		  HD_EXPR_LOGUNIFORM, -6, -1, 0 },
		{ "{type: qloguniform, min_value: 0, max_value: 4, q: 2}",
		  HD_EXPR_QLOGUNIFORM, 0, 4, 2 },
		{ "{type: normal, mu: 10, sigma: 3}", HD_EXPR_NORMAL, 10, 3, 0 },
		{ "{type: qnormal, mu: 10, sigma: 3, q: 2}", HD_EXPR_QNORMAL, 10,
		  3, 2 },
		{ "{type: lognormal, mu: 0, sigma: 1}", HD_EXPR_LOGNORMAL, 0, 1,
		  0 },
		{ "{type: qlognormal, mu: 0, sigma: 1, q: 1}", HD_EXPR_QLOGNORMAL,
		  0, 1, 1 },
	};
	struct loading loading;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct hd_config *config =
			load_good(&loading, one(rows[i].text));
		const struct hd_expr *expr =
			&hd_space_param(config->space, 0)->expr;

		assert_int_equal(hd_findings_kept(loading.findings), 0);
		assert_int_equal(expr->kind, rows[i].kind);
		assert_true(expr->a == rows[i].a && expr->b == rows[i].b &&
			    expr->q == rows[i].q);
		load_end(&loading);
	}
}

static void hd_063_missing_and_unknown_fields_are_errors(void **state)
{
	static const struct {
		const char *text, *error;
	} rows[] = {
		{ "{type: loguniform, min_value: -6}", "'max_value'" },
		{ "{type: loguniform, max_value: -6}", "'min_value'" },
		{ "{type: uniform, min_value: 0, max_value: 1, q: 2}",
		  "unknown key 'x.q'" },
		{ "{type: uniform, min_value: 0, max_value: 1, lower: 2}",
		  "unknown key 'x.lower'" },
		{ "{type: randint}", "'upper'" },
		{ "{type: randint, upper: 2.5}", "randint takes a whole number" },
		{ "{type: normal, mu: 1}", "'sigma'" },
		{ "{type: choice}", "'values'" },
		{ "{type: choice, values: []}", "at least one option" },
		{ "{type: uniform, min_value: 1, max_value: 1}", "max" },
		{ "{type: normal, mu: 0, sigma: -1}", "sigma" },
		{ "{type: qnormal, mu: 0, sigma: 1, q: 0}", "q" },
		{ "{type: unifrom, min_value: 0, max_value: 1}",
		  "did you mean 'uniform'" },
		{ "{min_value: 0, max_value: 1}", "'x' has no 'type'" },
		{ "0.5", "'x' must be an expression" },
		{ "", "'x' must be an expression" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		assert_error(one(rows[i].text), rows[i].error);
	assert_error("type: sweep\n" OBJECTIVE LIMITS "trial: {command: t}\n"
		     "search_space: {}\n",
		     "'search_space' must not be empty");
	assert_error("type: sweep\n" OBJECTIVE LIMITS "trial: {command: t}\n",
		     "'search_space' is missing");
}

static void hd_076_a_mapping_among_options_is_a_branch(void **state)
{
	struct loading loading;
	const struct hd_config *config;

	(void)state;
	config = load_good(&loading,
			   "type: sweep\n" OBJECTIVE LIMITS
			   "trial:\n"
			   "  command: t $[[--m ${{search_space.m}}]]"
			   " $[[--c ${{search_space.c}}]]"
			   " $[[--k ${{search_space.k}}]]\n"
			   "search_space:\n"
			   "  m:\n"
			   "    type: choice\n"
			   "    values:\n"
			   "    - {m: svm, c: {type: uniform, min_value: 0, max_value: 1}}\n"
			   "    - {m: knn, k: {type: randint, upper: 9}}\n");
	assert_int_equal(hd_findings_kept(loading.findings), 0);
	assert_int_equal(hd_space_count(config->space), 3);
	for (int seed = 1; seed < 20; seed++) {
		struct line line = { config, NULL };
		struct hd_error err = { 0 };

		assert_int_equal(hd_config_sample(config, (uint64_t)seed, 1,
						  take_line, &line, &err),
				 0);
		if (strstr(line.text, "svm")) {
			assert_in(line.text, "--m svm --c 0.");
			assert_null(strstr(line.text, "--k"));
		} else {
			assert_in(line.text, "--m knn  --k ");
			assert_null(strstr(line.text, "--c"));
		}
		free(line.text);
	}
	load_end(&loading);
}

/* A choice of nothing but mappings is what it brings, as Azure has it. */
static void hd_076_a_branch_without_a_value_is_json(void **state)
{
	struct loading loading;
	char *line;

	(void)state;
	load_good(&loading, "type: sweep\n" OBJECTIVE LIMITS
			    "trial: {command: 't ${{search_space.m}}'}\n"
			    "search_space:\n"
			    "  m:\n"
			    "    type: choice\n"
			    "    values:\n"
			    "    - {a: 'x y', b: {type: choice, values: [{c: 3}]}}\n");
	assert_int_equal(hd_findings_kept(loading.findings), 0);
	line = line_of(loading.config);
	assert_string_equal(line, "t '{\"a\":\"x y\",\"b\":{\"c\":3}}'");
	free(line);
	load_end(&loading);
}

static void hd_076_what_is_not_always_there_wants_a_group(void **state)
{
	static const char space[] =
		"search_space:\n"
		"  m: {type: choice, values: [knn, {m: svm, c: {type: randint,"
		" upper: 3}}]}\n";
	char text[1024];

	(void)state;
	snprintf(text, sizeof text, "type: sweep\n" OBJECTIVE LIMITS "%s%s", space,
		 "trial: {command: 't ${{search_space.m}} ${{search_space.c}}'}\n");
	assert_findings(text, NULL, "'c' is not in every trial", NULL);
	snprintf(text, sizeof text, "type: sweep\n" OBJECTIVE LIMITS "%s%s", space,
		 "trial: {command: 't ${{search_space.m}}"
		 " $[[${{search_space.c}}]]'}\n");
	assert_good(text);
	snprintf(text, sizeof text, "type: sweep\n" OBJECTIVE LIMITS "%s%s", space,
		 "trial: {command: 't ${{search_space.m}}'}\n");
	assert_findings(text, NULL, "does not name '${{search_space.c}}'", NULL);
}

/* --- the command ------------------------------------------------------------- */

/* A file whose command is COMMAND, with inputs and outputs. */
static const char *with_command(const char *command)
{
	static char text[2048];

	snprintf(text, sizeof text,
		 "type: sweep\n" OBJECTIVE SPACE LIMITS
		 "inputs: {a: 0.5, b: true, n: , t: \"it's\"}\n"
		 "outputs: {o: , p: {mode: upload}}\n"
		 "trial:\n  command: >-\n    %s\n",
		 command);
	return text;
}

static void assert_line(const char *command, const char *expected)
{
	struct loading loading;
	char *line;

	load_good(&loading, with_command(command));
	line = line_of(loading.config);
	assert_string_equal(line, expected);
	free(line);
	load_end(&loading);
}

static void hd_064_placeholders_are_replaced(void **state)
{
	(void)state;
	assert_line("t ${{inputs.a}} ${{ inputs.t }} ${{outputs.o}}/x"
		    " # ${{search_space.x}}"
		    "\n",
		    "t 0.5 'it'\\''s' /t/named-outputs/o/x"
		    " # ${{search_space.x}}");
}

static void hd_064_text_around_them_stays(void **state)
{
	(void)state;
	assert_line("t {a} ${HOME} \"$(u)\" && v ${{outputs.p}}",
		    "t {a} ${HOME} \"$(u)\" && v /t/named-outputs/p");
}

static void hd_065_an_unknown_input_is_an_error_with_its_place(void **state)
{
	struct loading loading;
	const struct hd_finding *found;

	(void)state;
	load_with(&loading, with_command("t --x ${{search_space.x}}\n"
					 "    --a ${{inputs.a}} --c ${{inputs.c}}"),
		  NULL);
	found = finding_of(&loading, HD_FINDING_ERROR);
	assert_non_null(found);
	assert_string_equal(found->text, "'inputs' has no 'c'");
	assert_int_equal(found->mark.line, 11);
	assert_int_equal(found->mark.column, 27);
	load_end(&loading);
	assert_error(with_command("t ${{search_space.x}} ${{outputs.q}}"),
		     "'outputs' has no 'q'");
	assert_error(with_command("t ${{search_space.x}} ${{inputs.n}}"),
		     "input 'n' has no value");
}

static void hd_065_a_group_without_its_input_vanishes(void **state)
{
	(void)state;
	assert_line("t $[[--c ${{inputs.c}}]] $[[--n ${{inputs.n}}]]"
		    " $[[--a ${{inputs.a}}]]",
		    "t   --a 0.5");
}

static void hd_066_the_older_form_works_with_a_warning(void **state)
{
	(void)state;
	assert_findings(with_command("t {search_space.x} {inputs.a}"), NULL,
			"'{search_space.x}' is the preview's, read as"
			" '${{search_space.x}}'",
			NULL);
}

static void hd_067_names_of_the_space_are_checked(void **state)
{
	(void)state;
	assert_error(with_command("t ${{search_space.xx}}"),
		     "'search_space' has no 'xx'");
	assert_findings(with_command("t"), NULL,
			"the command does not name '${{search_space.x}}'", NULL);
	assert_good(with_command("t ${{search_space.x}}"));
	/* A sampled value is the input of that name. */
	assert_good(with_command("t ${{inputs.x}}"));
}

static void commands_that_cannot_be_quoted_are_refused(void **state)
{
	(void)state;
	assert_error(with_command("t `u ${{search_space.x}}`"), "backquotes");
	assert_error(with_command("t ${{search_space.x"), "is not closed");
	assert_error(with_command("t ${{secrets.x}}"), "unknown placeholder");
	assert_error(with_command("t $[[--x ${{search_space.x}}"),
		     "'$[[' is not closed");
	assert_error("type: sweep\n" OBJECTIVE SPACE LIMITS "trial: {code: .}\n",
		     "'command' is missing");
	assert_error("type: sweep\n" OBJECTIVE SPACE LIMITS, "'trial' is missing");
}

static void hd_075_literals_are_as_python_writes_them(void **state)
{
	static const struct {
		const char *literal, *text;
	} rows[] = {
		{ "true", "True" },
		{ "False", "False" },
		{ "3", "3" },
		{ "0.5", "0.5" },
		{ "1.0", "1.0" },
		{ "1e-3", "0.001" },
		{ "-1", "-1" },
		{ "'true'", "true" },
		{ "ovr", "ovr" },
		{ "{value: 42}", "42" },
		{ "{type: boolean, default: true}", "True" },
	};
	struct loading loading;
	char text[1024];

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		snprintf(text, sizeof text,
			 JOB LIMITS "inputs:\n  v: %s\n", rows[i].literal);
		load_good(&loading, text);
		assert_int_equal(loading.config->program->binding_count, 1);
		assert_string_equal(loading.config->program->bindings[0].value,
				    rows[i].text);
		load_end(&loading);
	}
}

/* --- limits ------------------------------------------------------------------ */

static void assert_times(const char *limits, double timeout,
			 double trial_timeout, const char *note)
{
	struct loading loading;
	const struct hd_config *config;
	char text[1024];

	snprintf(text, sizeof text, JOB "limits: {max_total_trials: 8%s}\n",
		 limits);
	config = load_good(&loading, text);
	assert_says(&loading, HD_FINDING_WARNING, NULL);
	assert_says(&loading, HD_FINDING_PORTABILITY, note);
	assert_true(config->max_duration == timeout);
	assert_true(config->trial_timeout == trial_timeout);
	load_end(&loading);
}

static void hd_068_timeouts_are_seconds_as_written(void **state)
{
	(void)state;
	assert_times("", 5184000, INFINITY, NULL);
	assert_times(", timeout: 0", INFINITY, INFINITY, NULL);
	assert_times(", timeout: 30", 30, INFINITY, "Azure makes 60 s of it");
	assert_times(", timeout: 60", 60, INFINITY, NULL);
	assert_times(", timeout: 9000000", 9000000, INFINITY, NULL);
	assert_times(", timeout: '3600'", 3600, INFINITY, NULL);
	assert_times(", timeout: PT1H30M", 5400, INFINITY, NULL);
	assert_times(", timeout: P1DT1S", 86401, INFINITY, NULL);
	assert_times(", timeout: 2h", 7200, INFINITY, "Azure takes seconds");
	assert_error(JOB "limits: {max_total_trials: 8, timeout: -1}\n",
		     "'limits.timeout' must be seconds");
	assert_error(JOB "limits: {max_total_trials: 8, timeout: soon}\n",
		     "'limits.timeout' must be seconds");
	assert_error(JOB "limits: {max_total_trials: 8, timeout: PT1M1H}\n",
		     "'limits.timeout' must be seconds");
}

static void hd_069_trial_timeout_is_of_a_trial(void **state)
{
	(void)state;
	assert_times(", trial_timeout: 600", 5184000, 600, NULL);
	assert_times(", trial_timeout: 0", 5184000, INFINITY, NULL);
	assert_times(", trial_timeout: 5", 5184000, 5, "Azure makes 60 s of it");
}

static void hd_070_all_may_run_at_once(void **state)
{
	struct loading loading;
	const struct hd_config *config;

	(void)state;
	config = load_good(&loading, JOB "limits: {max_total_trials: 20}\n");
	assert_int_equal(config->max_total, 20);
	assert_int_equal(config->max_concurrent, 20);
	load_end(&loading);
	config = load_good(&loading, JOB "limits: {max_total_trials: '20',"
					 " max_concurrent_trials: 4.0}\n");
	assert_int_equal(config->max_total, 20);
	assert_int_equal(config->max_concurrent, 4);
	load_end(&loading);
	config = load_good(&loading, JOB);
	assert_int_equal(config->max_total, 1000);
	assert_says(&loading, HD_FINDING_WARNING, "1000 trials are taken");
	load_end(&loading);
	assert_findings(JOB "limits: {max_total_trials: 2,"
			    " max_concurrent_trials: 3}\n",
			NULL, "more than the 2", NULL);
	assert_findings(JOB "limits: {max_total_trials: 1001}\n", NULL, NULL,
			"Azure takes at most 1000");
	assert_error(JOB "limits: {max_total_trials: 0}\n",
		     "'limits.max_total_trials' must be");
	assert_findings(JOB "limits: {max_trials: 3}\n",
			"unknown key 'limits.max_trials'",
			"1000 trials are taken", NULL);
}

/* --- the preview, and other files -------------------------------------------- */

static void hd_071_the_preview_loads_with_warnings(void **state)
{
	struct loading loading;
	const struct hd_config *config;
	char *line;

	(void)state;
	assert_opens(&loading, "preview.yml", NULL, 0);
	config = loading.config;
	assert_true(warnings(&loading) >= 9);
	assert_true(config->max_duration == 7200);
	assert_int_equal(config->max_total, 20);
	assert_int_equal(config->max_concurrent, 10);
	assert_string_equal(config->policy->name, "median_stopping");
	assert_string_equal(config->program->source, FOLDER "/src");
	assert_string_equal(mark(config, "compute"), "azureml:a-cluster");
	assert_string_equal(mark(config, "environment"), "file:environment.yml");
	line = line_of(config);
	assert_in(line, "--data " FOLDER "/src/train.sh");
	free(line);
	load_end(&loading);
}

static void hd_071_old_and_new_words_together_are_an_error(void **state)
{
	(void)state;
	assert_findings(JOB LIMITS "sampling_algorithm: random\nalgorithm: grid\n",
			"'algorithm' and 'sampling_algorithm' are given",
			"is the preview's", NULL);
}

static void hd_072_automl_is_refused_in_plain_words(void **state)
{
	(void)state;
	assert_error("type: automl\nsearch_space: []\n",
		     "AutoML jobs are not HyperDrive sweeps");
}

static void other_files_are_told_the_way_on(void **state)
{
	(void)state;
	assert_error("type: command\ncommand: t\n", "names this file as its 'trial'");
	assert_error("type: pipeline\njobs:\n  a: {type: command}\n",
		     "none of its steps is a sweep");
	assert_error("type: pipeline\njobs:\n  a: {type: sweep}\n",
		     "what stands below 'a'");
	assert_error("a: 1\n", "this is no sweep's file");
	assert_error("[1]\n", "a sweep's file is a mapping");
}

/* --- policies ---------------------------------------------------------------- */

static void assert_policy(const char *text, const char *name, size_t interval,
			  size_t delay)
{
	struct loading loading;
	const struct hd_config *config;

	config = load_good(&loading, joined(JOB LIMITS "early_termination: ", text));
	assert_string_equal(config->policy->name, name);
	assert_int_equal(config->evaluation_interval, interval);
	assert_int_equal(config->delay_evaluation, delay);
	load_end(&loading);
}

static void hd_073_interval_0_or_none_is_1(void **state)
{
	(void)state;
	assert_policy("{type: bandit, slack_factor: 0.2}\n", "bandit", 1, 0);
	assert_policy("{type: bandit, slack_amount: 0.2,"
		      " evaluation_interval: 0, delay_evaluation: 3}\n",
		      "bandit", 1, 3);
	assert_policy("{type: Bandit, slack_factor: 1, evaluation_interval: 4}\n",
		      "bandit", 4, 0);
	assert_error(JOB LIMITS "early_termination: {type: bandit}\n", "slack");
	assert_error(JOB LIMITS "early_termination: {type: bandit,"
				" slack_factor: 1, slack_amount: 2}\n",
		     "slack");
}

static void hd_074_policies_are_named_in_every_spelling(void **state)
{
	(void)state;
	assert_policy("{type: median_stopping}\n", "median_stopping", 1, 0);
	assert_policy("{type: medianStopping}\n", "median_stopping", 1, 0);
	assert_policy("{type: MedianStopping}\n", "median_stopping", 1, 0);
	assert_policy("{type: TruncationSelection, truncation_percentage: 20}\n",
		      "truncation_selection", 1, 0);
	assert_policy("{type: truncation_selection, truncation_percentage: 20,"
		      " exclude_finished_jobs: true}\n",
		      "truncation_selection", 1, 0);
	assert_policy("\n", "none", 1, 0);
	assert_error(JOB LIMITS "early_termination: {type: meridian}\n",
		     "'early_termination.type' must be 'bandit',"
		     " 'median_stopping'");
	assert_error(JOB LIMITS "early_termination: {delay_evaluation: 3}\n",
		     "'early_termination.type' is missing");
	assert_error(JOB LIMITS "early_termination: {type: median_stopping,"
				" interval: 3}\n",
		     "unknown key 'early_termination.interval'");
}

/* --- what else a trial has ---------------------------------------------------- */

static void processes_and_instances_are_what_one_machine_has(void **state)
{
	struct loading loading;

	(void)state;
	load_good(&loading, "type: sweep\n" OBJECTIVE SPACE LIMITS TRIAL
			    "  distribution: {type: mpi,"
			    " process_count_per_instance: 3}\n");
	assert_int_equal(loading.config->program->distribution,
			 HD_DISTRIBUTION_MPI);
	assert_int_equal(loading.config->program->processes, 3);
	load_end(&loading);
	load_good(&loading, "type: sweep\n" OBJECTIVE SPACE LIMITS TRIAL
			    "  distribution: {type: TensorFlow,"
			    " worker_count: 2, parameter_server_count: 1}\n");
	assert_int_equal(loading.config->program->distribution,
			 HD_DISTRIBUTION_TENSORFLOW);
	assert_int_equal(loading.config->program->processes, 2);
	assert_int_equal(loading.config->program->servers, 1);
	load_end(&loading);
	assert_error(JOB LIMITS "resources: {instance_count: 2}\n",
		     "'resources.instance_count' is 2");
	assert_error("type: sweep\n" OBJECTIVE SPACE LIMITS TRIAL
		     "  resources: {instance_count: 4}\n",
		     "'trial.resources.instance_count' is 4");
	assert_good(JOB LIMITS "resources: {instance_count: 1, shm_size: 4g}\n"
			       "identity: {type: managed}\n"
			       "queue_settings: {job_tier: spot}\n");
}

static void unknown_keys_are_errors_with_a_guess(void **state)
{
	(void)state;
	assert_error(JOB LIMITS "serch_space: 1\n", "did you mean 'search_space'?");
	assert_error("type: sweep\n" OBJECTIVE SPACE LIMITS TRIAL
		     "  comand: x\n",
		     "unknown key 'trial.comand', did you mean 'command'?");
	assert_error(JOB LIMITS "inputs: {a: {pth: x}}\n", "'inputs.a.pth'");
	assert_error(JOB LIMITS "inputs: {a-b: 1}\n", "cannot name an input");
	assert_error(JOB LIMITS "inputs: {a: {type: csv, path: .}}\n",
		     "'inputs.a.type' must be");
	assert_error(JOB LIMITS "outputs: {o: {mode: never}}\n",
		     "'outputs.o.mode' must be");
	assert_error(JOB LIMITS "inputs: {a: {path: ./none}}\n",
		     "input.a is './none', which is not there");
}

static void hdrives_own_keys_work_in_sweep_jobs_too(void **state)
{
	struct loading loading;
	const struct hd_config *config;

	(void)state;
	config = load_good(&loading, JOB LIMITS "smoke: false\nmax_restarts: 2\n"
						"reduce: last\n");
	assert_false(config->smoke);
	assert_int_equal(config->max_restarts, 2);
	assert_int_equal(config->reduce, HD_REDUCE_LAST);
	assert_int_equal(hd_findings_count(loading.findings,
					   HD_FINDING_PORTABILITY),
			 3);
	load_end(&loading);
}

static void settings_of_either_kind_of_file_fit(void **state)
{
	static const char *const sets[] = {
		"limits.max_total_trials=5",
		"max_concurrent_runs=2",
		"max_duration_minutes=1.5",
		"trial_timeout=90s",
		"sampling_algorithm.seed=7",
		"search_space.x.max_value=4",
		"sampling.type=random",
	};
	const struct hd_config_load load = { .size = sizeof load,
					     .sets = sets,
					     .set_count = ROWS(sets) - 1 };
	struct loading loading;

	(void)state;
	load_with(&loading, JOB LIMITS "sampling_algorithm: random\n", &load);
	assert_says(&loading, HD_FINDING_ERROR, NULL);
	assert_int_equal(loading.config->max_total, 5);
	assert_int_equal(loading.config->max_concurrent, 2);
	assert_true(loading.config->max_duration == 90);
	assert_true(loading.config->trial_timeout == 90);
	assert_int_equal(loading.config->seed, 7);
	assert_true(hd_space_param(loading.config->space, 0)->expr.b == 4);
	load_end(&loading);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(hd_060_a_whole_file_loads),
		cmocka_unit_test(hd_060_type_sweep_is_read_in_any_case),
		cmocka_unit_test(hd_060_a_cloud_path_loads_once_it_is_mapped),
		cmocka_unit_test(hd_060_a_component_file_is_the_trial),
		cmocka_unit_test(a_stored_file_needs_no_other_files),
		cmocka_unit_test(hd_061_sampling_is_a_word_or_a_mapping),
		cmocka_unit_test(hd_061_rule_sobol_draws_evenly),
		cmocka_unit_test(hd_061_logbase_is_the_base_of_log_draws),
		cmocka_unit_test(hd_062_names_are_letters_digits_and_underscores),
		cmocka_unit_test(hd_063_expressions_take_their_fields_by_name),
		cmocka_unit_test(hd_063_missing_and_unknown_fields_are_errors),
		cmocka_unit_test(hd_076_a_mapping_among_options_is_a_branch),
		cmocka_unit_test(hd_076_a_branch_without_a_value_is_json),
		cmocka_unit_test(hd_076_what_is_not_always_there_wants_a_group),
		cmocka_unit_test(hd_064_placeholders_are_replaced),
		cmocka_unit_test(hd_064_text_around_them_stays),
		cmocka_unit_test(hd_065_an_unknown_input_is_an_error_with_its_place),
		cmocka_unit_test(hd_065_a_group_without_its_input_vanishes),
		cmocka_unit_test(hd_066_the_older_form_works_with_a_warning),
		cmocka_unit_test(hd_067_names_of_the_space_are_checked),
		cmocka_unit_test(commands_that_cannot_be_quoted_are_refused),
		cmocka_unit_test(hd_075_literals_are_as_python_writes_them),
		cmocka_unit_test(hd_068_timeouts_are_seconds_as_written),
		cmocka_unit_test(hd_069_trial_timeout_is_of_a_trial),
		cmocka_unit_test(hd_070_all_may_run_at_once),
		cmocka_unit_test(hd_071_the_preview_loads_with_warnings),
		cmocka_unit_test(hd_071_old_and_new_words_together_are_an_error),
		cmocka_unit_test(hd_072_automl_is_refused_in_plain_words),
		cmocka_unit_test(other_files_are_told_the_way_on),
		cmocka_unit_test(hd_073_interval_0_or_none_is_1),
		cmocka_unit_test(hd_074_policies_are_named_in_every_spelling),
		cmocka_unit_test(processes_and_instances_are_what_one_machine_has),
		cmocka_unit_test(unknown_keys_are_errors_with_a_guess),
		cmocka_unit_test(hdrives_own_keys_work_in_sweep_jobs_too),
		cmocka_unit_test(settings_of_either_kind_of_file_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
