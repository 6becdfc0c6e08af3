#include "check.h"

#include <hdrive/serve.h>
#include <hdrive/study.h>

#include "sweep/history.h"

static struct hd_serve *served;
static char answer[65536];

static int serve_setup(void **state)
{
	(void)state;
	served = hd_serve_new();
	return served ? 0 : -1;
}

static int serve_teardown(void **state)
{
	(void)state;
	hd_serve_free(served);
	return 0;
}

/* What LINE is answered, "" for nothing. */
static const char *say(const char *line)
{
	const char *reply;
	size_t length;

	assert_int_equal(hd_serve_line(served, line, strlen(line), &reply,
				       &length, NULL),
			 0);
	assert_true(length < sizeof answer);
	if (reply)
		memcpy(answer, reply, length);
	answer[length] = '\0';
	assert_true((reply != NULL) == (length > 0));
	assert_null(strchr(answer, '\n'));
	return answer;
}

static void assert_error(const char *line, const char *text)
{
	say(line);
	assert_true(strncmp(answer, "{\"error\": \"", 11) == 0);
	if (!strstr(answer, text))
		fail_msg("'%s' lacks '%s'", answer, text);
}

#define ASK "{\"op\": \"ask\"}"
#define HEADER(space, more) "{\"space\": {" space "}, \"seed\": 3" more "}"
#define LR "\"lr\": [\"uniform\", [0, 1]]"

/* --- the protocol ---------------------------------------------------------- */

static void an_ask_is_answered_by_an_id_and_every_parameter(void **state)
{
	(void)state;
	assert_string_equal(
		say(HEADER("\"a\": [\"choice\", [[\"x\"]]],"
			   "\"b\": [\"choice\", [[null]]],"
			   "\"c\": [\"choice\", [[true]]],"
			   "\"d\": [\"choice\", [[{\"k\": [1, 2.5]}]]],"
			   "\"e\": [\"choice\", [[7]]], \"f\": [\"choice\", [0.1]],"
			   "\"g\": [\"randint\", [2]]",
			   ", \"goal\": \"minimize\", \"max_total\": 100,"
			   "\"concurrency\": 1, \"sampler\": \"sobol\"")),
		"");
	say(ASK);
	assert_non_null(strstr(answer, "{\"id\": 1, \"params\": {\"a\":\"x\","
				       "\"b\":null,\"c\":true,"
				       "\"d\":{\"k\":[1,2.5]},\"e\":7,\"f\":0.1,"
				       "\"g\":"));
	say(ASK);
	assert_non_null(strstr(answer, "{\"id\": 2, "));
	assert_error(ASK, "no point is left");
}

static void every_expression_is_understood(void **state)
{
	(void)state;
	assert_string_equal(
		say(HEADER("\"a\": [\"choice\", [[1, 2]]], \"b\": [\"randint\", [9]],"
			   "\"c\": [\"uniform\", [0, 1]],"
			   "\"d\": [\"quniform\", [0, 1, 0.1]],"
			   "\"e\": [\"loguniform\", [-9, 0]],"
			   "\"f\": [\"qloguniform\", [0, 5, 2]],"
			   "\"g\": [\"normal\", [0, 1]],"
			   "\"h\": [\"qnormal\", [0, 9, 2]],"
			   "\"i\": [\"lognormal\", [0, 1]],"
			   "\"j\": [\"qlognormal\", [0, 1, 1]]",
			   "")),
		"");
	say(ASK);
	assert_non_null(strstr(answer, "{\"id\": 1, "));
	assert_non_null(strstr(answer, "\"j\":"));
}

static void a_tell_is_not_answered_and_a_header_starts_anew(void **state)
{
	(void)state;
	for (int study = 0; study < 3; study++) {
		assert_string_equal(say(HEADER(LR, "")), "");
		say(ASK);
		assert_non_null(strstr(answer, "{\"id\": 1, "));
		assert_string_equal(say("{\"op\": \"tell\", \"id\": 1,"
					" \"value\": 0.42}"),
				    "");
	}
}

static void a_value_may_be_nan_infinite_or_null(void **state)
{
	static const char *const values[] = { "NaN", "Infinity", "-Infinity",
					      "null", "\"nan\"", "1e300",
					      "-7", "0" };
	char line[96];

	(void)state;
	say(HEADER(LR, ", \"sampler\": \"tpe\""));
	for (size_t i = 0; i < 40; i++) {
		say(ASK);
		assert_non_null(strstr(answer, "\"params\""));
		snprintf(line, sizeof line,
			 "{\"op\": \"tell\", \"id\": %zu, \"value\": %s}", i + 1,
			 values[i % ROWS(values)]);
		assert_string_equal(say(line), "");
	}
	say(ASK);
	assert_non_null(strstr(answer, "\"id\": 41"));
}

static void a_word_in_a_string_is_not_taken_for_a_number(void **state)
{
	(void)state;
	say("{\"space\": {\"a\": [\"choice\", [[\"NaN \\\" NaN\"]]]},"
	    " \"x\": NaN}");
	say(ASK);
	assert_non_null(strstr(answer, "\"a\":\"NaN \\\" NaN\""));
}

/* --- what is wrong --------------------------------------------------------- */

static void without_a_study_an_ask_is_an_error(void **state)
{
	(void)state;
	assert_error(ASK, "there is no study yet");
	assert_string_equal(say("{\"op\": \"tell\", \"id\": 1, \"value\": 1}"),
			    "");
	assert_error(ASK, "there is no study yet");
}

/* The header is not answered; each ask then says what was wrong with it. */
static void a_bad_header_is_told_by_its_asks(void **state)
{
	static const struct {
		const char *header, *error;
	} rows[] = {
		{ "{\"space\": {}}", "'space' must be a map with" },
		{ "{\"space\": 1}", "'space' must be a map with" },
		{ HEADER("\"x\": 1", ""), "'x' must be [expression, [" },
		{ HEADER("\"x\": [\"uniform\", 1]", ""), "'x' must be [" },
		{ HEADER("\"x\": [\"unifrm\", [0, 1]]", ""),
		  "unknown expression 'unifrm'" },
		{ HEADER("\"x\": [\"uniform\", [1]]", ""),
		  "uniform takes [min, max], got 1 values" },
		{ HEADER("\"x\": [\"uniform\", [1, \"a\"]]", ""),
		  "uniform takes numbers" },
		{ HEADER("\"x\": [\"uniform\", [1, 0]]", ""),
		  "'max' of uniform must be greater than 'min'" },
		{ HEADER("\"x\": [\"choice\", [[]]]", ""), "at least one option" },
		{ HEADER("\"x\": [\"randint\", [0]]", ""), "'upper' of randint" },
		{ HEADER(LR, ", \"goal\": \"best\""), "'goal' must be" },
		{ HEADER(LR, ", \"max_total\": -1"), "'max_total' must be" },
		{ HEADER(LR, ", \"concurrency\": 1.5"), "'concurrency' must be" },
		{ HEADER(LR, ", \"sampler\": \"foo\""), "unknown sampler 'foo'" },
		{ HEADER(LR, ", \"sampler\": 1"), "'sampler' must be a name" },
		{ HEADER(LR, ", \"sampler\": {}"), "'sampler' must be a name" },
		{ HEADER(LR, ", \"sampler\": {\"type\": \"tpe\", \"x\": 1}"),
		  "tpe takes no option 'x'" },
		{ HEADER(LR, ", \"sampler\": {\"type\": \"tpe\","
			     " \"candidates\": 0}"),
		  "'candidates' of tpe is out of range" },
		{ HEADER(LR, ", \"sampler\": {\"type\": \"random\","
			     " \"rule\": 1}"),
		  "'rule' of random is out of range" },
		{ HEADER(LR, ", \"sampler\": \"grid\""), "drawn from uniform" },
		{ "{\"space\": {" LR "}, \"seed\": -1}", "'seed' must be" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		assert_string_equal(say(rows[i].header), "");
		assert_error(ASK, rows[i].error);
		assert_string_equal(say("{\"op\": \"tell\", \"id\": 1,"
					" \"value\": 1}"),
				    "");
		assert_error(ASK, rows[i].error);
	}
	say(HEADER(LR, ""));
	say(ASK);
	assert_non_null(strstr(answer, "\"id\": 1"));
}

static void a_bad_tell_is_told_once_by_the_next_ask(void **state)
{
	static const struct {
		const char *tell, *error;
	} rows[] = {
		{ "{\"op\": \"tell\", \"id\": 9, \"value\": 1}",
		  "id 9, which was not asked" },
		{ "{\"op\": \"tell\", \"id\": 0, \"value\": 1}",
		  "id 0, which was not asked" },
		{ "{\"op\": \"tell\", \"id\": -5, \"value\": 1}",
		  "id -5, which was not asked" },
		{ "{\"op\": \"tell\", \"id\": \"1\", \"value\": 1}", "'id'" },
		{ "{\"op\": \"tell\", \"value\": 1}", "'id'" },
		{ "{\"op\": \"tell\", \"id\": 2}", "'value'" },
		{ "{\"op\": \"tell\", \"id\": 2, \"value\": \"7\"}", "'value'" },
		{ "{\"op\": \"tell\", \"id\": 2, \"value\": [1]}", "'value'" },
	};

	(void)state;
	say(HEADER(LR, ""));
	say(ASK);
	say(ASK);
	say("{\"op\": \"tell\", \"id\": 1, \"value\": 1}");
	for (size_t i = 0; i < ROWS(rows); i++) {
		assert_string_equal(say(rows[i].tell), "");
		assert_error(ASK, rows[i].error);
	}
	/* A second tell changes nothing and is no fault. */
	say("{\"op\": \"tell\", \"id\": 1, \"value\": 1}");
	say(ASK);
	assert_non_null(strstr(answer, "\"id\": 3"));
}

static void what_is_no_message_is_answered_at_once(void **state)
{
	(void)state;
	assert_error("garbage", "not JSON");
	assert_error("{\"op\": ", "not JSON");
	assert_error("{\"op\": \"ask\"} x", "not JSON");
	assert_error("[1]", "must be a map");
	assert_error("7", "must be a map");
	assert_error("{}", "needs a 'space' or an 'op'");
	assert_error("{\"op\": 1}", "needs a 'space' or an 'op'");
	assert_error("{\"op\": \"bets\"}", "'op' must be 'ask', 'tell', ");
	assert_error("{\"op\": \"best\"}", "there is no study yet");
	assert_string_equal(say(""), "");
	assert_string_equal(say(" \t\r"), "");
	say(HEADER(LR, ""));
	say(ASK);
	assert_non_null(strstr(answer, "\"id\": 1"));
}

static void a_line_of_a_megabyte_is_a_line(void **state)
{
	size_t size = 1 << 20;
	char *line = malloc(size + 64), *at;

	(void)state;
	assert_non_null(line);
	memset(line, 'x', size);
	line[size] = '\0';
	assert_error(line, "not JSON");
	at = line + sprintf(line, "{\"space\": {\"a\": [\"choice\", [[");
	while (at - line < (ptrdiff_t)size)
		at += sprintf(at, "%d,", (int)(at - line));
	sprintf(at, "-1]]]}}");
	assert_string_equal(say(line), "");
	say(ASK);
	assert_non_null(strstr(answer, "\"id\": 1"));
	free(line);
}

static void bytes_that_are_not_text_are_survived(void **state)
{
	static const char bytes[] = "{\"op\": \"\xff\0\xfe\", \"a\": [[[[[[";
	const char *reply;
	size_t length;

	(void)state;
	assert_int_equal(hd_serve_line(served, bytes, sizeof bytes - 1, &reply,
				       &length, NULL),
			 0);
	assert_non_null(reply);
	assert_non_null(strstr(reply, "error"));
}

/* --- what is always answered -------------------------------------------------- */

static void assert_said(const char *line, const char *text)
{
	say(line);
	if (!strstr(answer, text))
		fail_msg("'%s' is answered by '%s', not '%s'", line, answer, text);
}

#define CREATE(space, more) "{\"op\": \"create\", \"space\": {" space "}" more "}"
#define OK "{\"ok\": true"
#define CHANGED OK ", \"changed\": true}"
#define UNCHANGED OK ", \"changed\": false}"

static void created_studies_do_all_that_studies_do(void **state)
{
	(void)state;
	assert_said(CREATE(LR, ", \"seed\": 3, \"max_total\": 4, \"sampler\": \"random\","
			       " \"policy\": {\"type\": \"bandit\", \"slack_factor\": 0.1}"),
		    OK ", \"seed\": 3, \"name\": null}");
	assert_said(ASK, "{\"id\": 1, \"trial\": 0, \"params\": {\"lr\":");
	assert_said("{\"op\": \"ask\", \"client\": \"w\"}", "{\"id\": 2, \"trial\": 1, ");
	assert_said("{\"op\": \"ask\", \"client\": \"w\"}", "{\"id\": 2, \"trial\": 1, ");
	assert_said("{\"op\": \"report\", \"trial\": 0, \"value\": 1}",
		    OK ", \"stop\": false}");
	assert_said("{\"op\": \"report\", \"id\": 2, \"value\": 2}",
		    OK ", \"stop\": true, \"reason\": \"best so far 2 > 1.1");
	/* It says who it is, or nothing. */
	assert_error("{\"op\": \"report\", \"trial\": 1, \"client\": \"x\", \"value\": 2}",
		     "asked for by 'w'");
	assert_said("{\"op\": \"tell\", \"trial\": 1, \"value\": 2, \"reply\": true}", CHANGED);
	assert_said("{\"op\": \"tell\", \"trial\": 1, \"value\": 2, \"reply\": true}", UNCHANGED);
	assert_said("{\"op\": \"report\", \"trial\": 1, \"value\": 2}",
		    OK ", \"stop\": true, \"changed\": false");
	assert_said("{\"op\": \"add\", \"params\": {\"lr\": 0.25}, \"values\": [3, null, 0.5]}",
		    OK ", \"id\": 3, \"trial\": 2}");
	assert_said("{\"op\": \"best\"}",
		    "{\"value\": 0.5, \"id\": 3, \"trial\": 2, \"params\": {\"lr\":0.25}}");
	assert_said("{\"op\": \"enqueue\", \"params\": {\"lr\": 0.75}}", OK "}");
	/* A tell and the next ask in one line. */
	assert_said("{\"op\": \"tell\", \"id\": 1, \"trial\": 0, \"value\": null, \"ask\": true}",
		    "{\"id\": 4, \"trial\": 3, \"params\": {\"lr\":0.75}}");
	assert_said(ASK, "\"code\": \"HD_EXHAUSTED\"}");
	assert_said("{\"op\": \"end\", \"trial\": 3, \"state\": \"failed\", \"detail\": \"no\"}",
		    CHANGED);
	assert_said("{\"op\": \"stop\"}", CHANGED);
	assert_said("{\"op\": \"stop\"}", UNCHANGED);
	assert_said(ASK, "\"code\": \"HD_ESTATE\"}");
	/* A header, without an answer, and its plain protocol. */
	assert_string_equal(say(HEADER(LR, "")), "");
	assert_said(ASK, "{\"id\": 1, \"params\": {");
}

static void created_spaces_may_have_branches(void **state)
{
	bool seen[3] = { false };

	(void)state;
	assert_said(
		CREATE("\"model\": [\"choice\", [[\"bayes\","
		       " {\"svm\": {\"C\": [\"uniform\", [1, 2]], \"kernel\":"
		       " [\"choice\", [\"rbf\", {\"poly\": {\"degree\": [\"randint\", [4]]}}]]}},"
		       " {\"plain\": [1, {\"map\": 2}]}]]]",
		       ", \"sampler\": \"random\""),
		OK);
	for (int i = 0; i < 64; i++) {
		say(ASK);
		seen[0] |= strstr(answer, "{\"model\":\"bayes\"}") != NULL;
		seen[1] |= strstr(answer, "{\"model\":{\"plain\":[1,{\"map\":2}]}}") != NULL;
		if (!strstr(answer, "\"svm\""))
			continue;
		assert_non_null(strstr(answer, "\"C\":1."));
		assert_true(!strstr(answer, "\"poly\"") == !strstr(answer, "\"degree\""));
		seen[2] |= strstr(answer, "\"degree\"") != NULL;
	}
	assert_true(seen[0] && seen[1] && seen[2]);
}

static void texts_of_json_are_texts_of_the_file(void **state)
{
	(void)state;
	assert_said(CREATE("\"a\": [\"choice\", [[\"\x7f \xc2\x85 \xef\xbb\xbf \xef\xbf\xbf"
			   " \\u0001 \\\"{\", \"NaN\"]]], \"b\": [\"choice\", [[1e300]]]",
			   ", \"sampler\": \"grid\""),
		    OK);
	assert_said(ASK, "\xc2\x85 \xef\xbb\xbf \xef\xbf\xbf \\u0001 \\\"{\",\"b\":1e300}");
	assert_said("{\"op\": \"create\", \"yaml\": \"sampling: {type: random, parameter_space:"
		    " [{name: x, expression: uniform, values: [0, 1]}]}\\nprimary_metric_name:"
		    " loss\\nprimary_metric_goal: minimize\\nmax_total_runs: 1\\n\"}",
		    OK);
	assert_said(ASK, "\"params\": {\"x\":0.");
}

/* Each is answered by an error, and the study before it goes on. */
static void what_is_wrong_with_a_message_is_its_answer(void **state)
{
	static const struct {
		const char *line, *error;
	} rows[] = {
		{ CREATE("", ""), "must not be empty" },
		{ CREATE("\"x\": 1", ""), "'x' must be [expression, [" },
		{ CREATE("\"x\": [\"unifrm\", [0, 1]]", ""), "did you mean 'uniform'?" },
		{ CREATE("\"x\": [\"uniform\", [1, 0]]", ""), "'max' of uniform must be" },
		{ CREATE(LR, ", \"max_totl\": 3"), "did you mean 'max_total'?" },
		{ CREATE(LR, ", \"max_total\": 0"), "'max_total_runs' must be" },
		{ CREATE(LR, ", \"yaml\": \"\""), "takes 'space', 'yaml' or 'file'" },
		{ CREATE(LR, ", \"seed\": 1.5"), "'seed' must be" },
		{ CREATE(LR, ", \"sampler\": {\"type\": \"tpe\", \"candidates\": 0}"),
		  "'candidates'" },
		{ CREATE(LR, ", \"policy\": {\"type\": \"bandit\"}"), "'slack_factor'" },
		{ CREATE(LR, ", \"name\": \"night\""), "studies are not kept here" },
		{ CREATE(LR, ", \"name\": 7"), "'name' must be a text" },
		{ "{\"op\": \"create\"}", "takes 'space', 'yaml' or 'file'" },
		{ "{\"op\": \"create\", \"file\": \"x.yml\"}", "'file' cannot be" },
		{ "{\"op\": \"create\", \"yaml\": \"a: [\"}", "yaml:2:1: not YAML" },
		{ "{\"op\": \"create\", \"yaml\": \"\", \"goal\": \"minimize\"}",
		  "'goal' stands in the file" },
		{ "{\"op\": \"open\", \"study\": \"night\"}", "studies are not kept here" },
		{ "{\"op\": \"open\"}", "'study' must say which" },
		{ "{\"op\": \"ask\", \"client\": 3}", "'client' must be a text" },
		{ "{\"op\": \"report\", \"value\": 3}", "'trial' must be a whole number" },
		{ "{\"op\": \"report\", \"trial\": 0}", "'value' must be" },
		{ "{\"op\": \"report\", \"trial\": 9, \"value\": 1}", "there is no trial 9" },
		{ "{\"op\": \"report\", \"trial\": 0, \"id\": 2, \"value\": 1}",
		  "are not of the same trial" },
		{ "{\"op\": \"tell\", \"trial\": -1, \"value\": 1, \"reply\": true}",
		  "trial -1, which was not asked" },
		{ "{\"op\": \"end\", \"trial\": 0}", "'state' must be" },
		{ "{\"op\": \"end\", \"trial\": 0, \"state\": \"lost\"}", "'state' must be" },
		{ "{\"op\": \"best\"}", "no trial has a value yet" },
		{ "{\"op\": \"enqueue\"}", "'params' must be a map" },
		{ "{\"op\": \"enqueue\", \"params\": {\"lr\": 7}}", "'lr' is 7, expected" },
		{ "{\"op\": \"add\", \"params\": {\"lr\": 0.5}, \"values\": 7}",
		  "'values' must be a list" },
		{ "{\"op\": \"add\", \"params\": {\"lr\": 0.5}, \"values\": [true]}",
		  "'values' must be a list" },
	};

	(void)state;
	say(CREATE(LR, ", \"sampler\": \"random\""));
	say(ASK);
	for (size_t i = 0; i < ROWS(rows); i++)
		assert_error(rows[i].line, rows[i].error);
	assert_said(ASK, "\"trial\": 1, ");
}

/* --- samplers -------------------------------------------------------------- */

static void a_sampler_is_named_or_given_with_options(void **state)
{
	char first[sizeof answer];

	(void)state;
	say(HEADER(LR, ", \"sampler\": \"SOBOL\""));
	strcpy(first, say(ASK));
	say(HEADER(LR, ", \"sampler\": {\"type\": \"random\","
		       " \"rule\": \"sobol\"}"));
	assert_string_equal(say(ASK), first);
	hd_serve_set_sampler(served, hd_sampler_type_find("sobol"));
	say(HEADER(LR, ""));
	assert_string_equal(say(ASK), first);
	say(HEADER(LR, ", \"sampler\": \"random\""));
	assert_string_not_equal(say(ASK), first);
}

/* --- studies --------------------------------------------------------------- */

static void a_study_goes_on_from_what_it_was_told(void **state)
{
	struct hd_study_options options = { .size = sizeof options,
					    .goal = HD_MAXIMIZE,
					    .max_total = 50,
					    .concurrency = 2 };
	struct hd_expr expr = hd_expr_uniform(0, 1);
	struct hd_space *space = hd_space_new();
	const struct hd_history *history;
	const struct hd_value *values;
	struct hd_study *study;
	struct hd_error err;
	size_t number;

	(void)state;
	assert_int_equal(hd_space_add(space, "x", &expr, NULL, NULL), 0);
	options.space = space;
	options.sampler = hd_sampler_type_find("tpe");
	assert_int_equal(hd_study_new(&study, &options, &err), 0);
	for (size_t i = 0; i < 40; i++) {
		assert_int_equal(hd_study_ask(study, NULL, &number, &values, &err), 0);
		assert_int_equal(number, i);
		assert_int_equal(hd_study_tell(study, i, NULL,
					       -fabs(values[0].number - 0.7),
					       &err),
				 0);
	}
	assert_int_equal(hd_study_tell(study, 40, NULL, 1, &err), HD_ENOENT);
	assert_int_equal(hd_study_tell(study, 3, NULL, 1, &err), HD_ENDED);
	history = hd_study_history(study);
	assert_int_equal(hd_history_total(history), 50);
	assert_int_equal(hd_history_slots(history), 2);
	assert_close(hd_history_best(history, 1, NULL), 0, 0.02);
	assert_null(hd_study_note(study));
	hd_study_free(study);
	hd_study_free(NULL);
	hd_space_free(space);
}

static void auto_says_what_it_picked(void **state)
{
	static const struct {
		double upper;
		size_t total, slots;
		const char *pick;
	} rows[] = {
		{ 20, 20, 1, "grid" },
		{ 20, 19, 19, "sobol" },
		{ 1000, 100000, 1, "grid" },
		{ 1e6, 100000, 4, "tpe" },
	};
	struct hd_study_options options = { .size = sizeof options };
	const struct hd_value *values;
	struct hd_study *study;
	size_t number;

	(void)state;
	options.sampler = hd_sampler_type_find("auto");
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct hd_space *space = hd_space_new();
		struct hd_expr expr = hd_expr_randint(rows[i].upper);

		assert_int_equal(hd_space_add(space, "x", &expr, NULL, NULL), 0);
		options.space = space;
		options.max_total = rows[i].total;
		options.concurrency = rows[i].slots;
		assert_int_equal(hd_study_new(&study, &options, NULL), 0);
		assert_null(hd_study_note(study));
		assert_int_equal(hd_study_ask(study, NULL, &number, &values, NULL), 0);
		assert_non_null(strstr(hd_study_note(study), rows[i].pick));
		hd_study_free(study);
		hd_space_free(space);
	}
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, serve_setup, serve_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(an_ask_is_answered_by_an_id_and_every_parameter),
		TEST(every_expression_is_understood),
		TEST(a_tell_is_not_answered_and_a_header_starts_anew),
		TEST(a_value_may_be_nan_infinite_or_null),
		TEST(a_word_in_a_string_is_not_taken_for_a_number),
		TEST(without_a_study_an_ask_is_an_error),
		TEST(a_bad_header_is_told_by_its_asks),
		TEST(a_bad_tell_is_told_once_by_the_next_ask),
		TEST(what_is_no_message_is_answered_at_once),
		TEST(a_line_of_a_megabyte_is_a_line),
		TEST(bytes_that_are_not_text_are_survived),
		TEST(created_studies_do_all_that_studies_do),
		TEST(created_spaces_may_have_branches),
		TEST(texts_of_json_are_texts_of_the_file),
		TEST(what_is_wrong_with_a_message_is_its_answer),
		TEST(a_sampler_is_named_or_given_with_options),
		cmocka_unit_test(a_study_goes_on_from_what_it_was_told),
		cmocka_unit_test(auto_says_what_it_picked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
