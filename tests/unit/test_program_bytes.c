/*
 * Tests of engine/program/: bytes that a shell, a terminal, a script or the
 * store could trip over reach a program as they are.
 */
#include "check.h"

#include <hdrive/rng.h>

#include "base/buf.h"
#include "program/program.h"
#include "space/args.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Together 10,000 values, many a process: most of the time is its start. */
#define ROUNDS 100
#define VALUES 100
#define VALUE_MOST 40

struct values {
	struct hd_space *space;
	char names[VALUES][8];
	char bytes[VALUES][VALUE_MOST];
	struct hd_value values[VALUES];
};

static void values_init(struct values *values)
{
	struct hd_expr expr = hd_expr_uniform(0, 1);

	values->space = hd_space_new();
	assert_non_null(values->space);
	for (size_t i = 0; i < VALUES; i++) {
		snprintf(values->names[i], sizeof values->names[i], "x%zu", i);
		assert_int_equal(hd_space_add(values->space, values->names[i],
					      &expr, NULL, NULL),
				 0);
	}
}

/* Each anew; every fourth is any bytes at all but NUL. */
static void values_draw(struct values *values, struct hd_rng *rng)
{
	/* A hexadecimal escape would take the letters behind it along. */
	static const char alphabet[] =
		"'\"\\$`;&|<>(){}[]*?~#! \n\t\r-=%^ab0\xff\xc3\xa9\x01\x7f";

	for (size_t i = 0; i < VALUES; i++) {
		size_t length = hd_rng_word(rng) % VALUE_MOST;

		for (size_t k = 0; k < length; k++) {
			uint32_t word = hd_rng_word(rng);

			values->bytes[i][k] =
				i % 4 == 0 ? (char)(word % 255 + 1)
					   : alphabet[word % (sizeof alphabet - 1)];
		}
		values->values[i] = (struct hd_value){
			.kind = HD_VALUE_TEXT,
			.text = values->bytes[i],
			.length = length,
		};
	}
}

/* What ARGV prints into GOT. */
static void run(char **argv, struct hd_buf *got)
{
	int ends[2], status;
	char piece[4096];
	ssize_t length;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		dup2(ends[1], 1);
		close(ends[0]);
		close(ends[1]);
		execvp(argv[0], argv);
		_exit(127);
	}
	close(ends[1]);
	while ((length = read(ends[0], piece, sizeof piece)) > 0)
		hd_buf_add(got, piece, (size_t)length);
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* PROGRAM with VALUES prints what is expected. */
static void assert_prints(const struct hd_program *program,
			  const struct values *values,
			  const struct hd_buf *expected)
{
	struct hd_buf got = HD_BUF_INIT;
	struct hd_error err = { 0 };
	char **argv = NULL;

	if (hd_program_argv(&argv, program, values->space, values->values, "/t",
			    NULL, &err) < 0)
		fail_msg("%s", err.text);
	run(argv, &got);
	assert_int_equal(got.length, expected->length);
	assert_memory_equal(got.text, expected->text, got.length);
	free(argv);
	hd_buf_release(&got);
}

/* BEFORE, the value and BEHIND, as one argument. */
static void expect(struct hd_buf *expected, const char *before,
		   const struct hd_value *value, const char *behind)
{
	hd_buf_puts(expected, before);
	hd_buf_add(expected, value->text, value->length);
	hd_buf_puts(expected, behind);
	hd_buf_putc(expected, '\0');
}

/*
 * In a real shell, each value in a place of its own and some in all of them:
 * bare, in quotes of both kinds, behind a letter, in a substitution.
 */
static void hd_064_ten_thousand_values_pass_a_shell(void **state)
{
	static const struct {
		const char *open, *close;    /* around the placeholder */
		const char *before, *behind; /* around what is printed */
	} places[] = {
		{ " ", "", "", "" },
		{ " \"", "\"", "", "" },
		{ " '", "'", "", "" },
		{ " x", "", "x", "" },
		{ " \"$(printf '%s.' ", ")\"", "", "." },
		{ " \"a'", "'\"$(:)", "a'", "'" },
	};
	struct values values;
	struct hd_rng rng;

	(void)state;
	values_init(&values);
	hd_rng_init(&rng, 17, 0);
	for (size_t round = 0; round < ROUNDS; round++) {
		struct hd_buf line = HD_BUF_INIT, expected = HD_BUF_INIT;
		struct hd_program program = { .shell = true, .word_count = 1 };

		values_draw(&values, &rng);
		hd_buf_puts(&line, "printf '%s\\0'");
		for (size_t i = 0; i < VALUES; i++) {
			size_t place = (i + round) % ROWS(places);

			hd_buf_printf(&line, "%s${{search_space.%s}}%s",
				      places[place].open, values.names[i],
				      places[place].close);
			expect(&expected, places[place].before,
			       &values.values[i], places[place].behind);
		}
		program.words = (const char *const[]){ hd_buf_text(&line) };
		assert_prints(&program, &values, &expected);
		hd_buf_release(&line);
		hd_buf_release(&expected);
	}
	hd_space_free(values.space);
}

static void hd_053_ten_thousand_values_pass_an_exec(void **state)
{
	static const char *const words[] = { "printf", "%s\\0" };
	const struct hd_program program = { .words = words, .word_count = 2 };
	struct values values;
	struct hd_rng rng;

	(void)state;
	values_init(&values);
	hd_rng_init(&rng, 18, 0);
	for (size_t round = 0; round < ROUNDS; round++) {
		struct hd_buf expected = HD_BUF_INIT;

		values_draw(&values, &rng);
		for (size_t i = 0; i < VALUES; i++) {
			hd_buf_printf(&expected, "--%s", values.names[i]);
			hd_buf_putc(&expected, 0);
			expect(&expected, "", &values.values[i], "");
		}
		assert_prints(&program, &values, &expected);
		hd_buf_release(&expected);
	}
	hd_space_free(values.space);
}

/* --- and the store ---------------------------------------------------------- */

/* Words, variables and inputs that are no UTF-8 are no texts of JSON either. */
static void words_of_any_bytes_come_back_from_the_store(void **state)
{
	static const char *const words[] = { "t", "\xff", "caf\xc3\xa9",
					     "caf\xe9 \"b\"", "\xed\xa0\x80", "" };
	static const char *const variables[] = { "A=\x80" };
	static const struct hd_binding bindings[] = {
		{ HD_BINDING_INPUT, "data", "/d\xfc" },
		{ HD_BINDING_OUTPUT, "model", NULL },
	};
	const struct hd_program program = { .words = words,
					    .word_count = ROWS(words),
					    .environment = variables,
					    .environment_count = 1,
					    .bindings = bindings,
					    .binding_count = 2 };
	struct hd_buf command = HD_BUF_INIT, rest = HD_BUF_INIT;
	struct hd_program *back = NULL;
	struct hd_error err = { 0 };

	(void)state;
	hd_args_json_words(&command, words, ROWS(words));
	hd_program_json(&rest, &program);
	assert_string_equal(hd_buf_text(&command),
			    "[\"t\",{\"bytes\":\"ff\"},\"caf\xc3\xa9\","
			    "{\"bytes\":\"636166e920226222\"},"
			    "{\"bytes\":\"eda080\"},\"\"]");
	assert_true(hd_buf_is_utf8(rest.text, rest.length));
	if (hd_program_read(&back, hd_buf_text(&command), hd_buf_text(&rest),
			    &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(back->word_count, ROWS(words));
	for (size_t i = 0; i < ROWS(words); i++)
		assert_string_equal(back->words[i], words[i]);
	assert_string_equal(back->environment[0], variables[0]);
	assert_string_equal(back->bindings[0].value, bindings[0].value);
	assert_int_equal(back->bindings[1].kind, HD_BINDING_OUTPUT);
	hd_program_free(back);
	hd_buf_release(&command);
	hd_buf_release(&rest);
}

static void words_that_are_none_are_a_damaged_store(void **state)
{
	static const char *const bad[] = { "[1]", "[{}]", "[{\"bytes\":\"f\"}]",
					   "[{\"bytes\":\"fg\"}]",
					   "[{\"bytes\":3}]", "[null]" };
	struct hd_program *back = NULL;

	(void)state;
	for (size_t i = 0; i < ROWS(bad); i++) {
		assert_int_equal(hd_program_read(&back, bad[i], "", NULL),
				 HD_ECORRUPT);
		assert_null(back);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(hd_064_ten_thousand_values_pass_a_shell),
		cmocka_unit_test(hd_053_ten_thousand_values_pass_an_exec),
		cmocka_unit_test(words_of_any_bytes_come_back_from_the_store),
		cmocka_unit_test(words_that_are_none_are_a_damaged_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
