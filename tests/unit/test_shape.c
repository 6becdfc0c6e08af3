/* Tests of engine/report/shape.c: JSON as Azure's commands print it. */
#include "check.h"

#include "base/buf.h"

#include <hdrive/shape.h>

static int collect(void *user, const char *text, size_t length)
{
	hd_buf_add(user, text, length);
	return 0;
}

static void assert_shape(const char *word, const char *json, const char *expected)
{
	struct hd_buf text = HD_BUF_INIT;
	const struct hd_out out = { .write = collect, .user = &text };
	enum hd_shape shape;

	assert_true(hd_shape_find(word, &shape));
	assert_int_equal(hd_shape_json(json, strlen(json), NULL, shape, &out, NULL), 0);
	assert_string_equal(hd_buf_text(&text), expected);
	hd_buf_release(&text);
}

#define RUNS                                                              \
	"[{\"id\":\"a\",\"n\":1,\"l\":[1,2],\"o\":{\"k\":1},\"t\":true}," \
	"{\"id\":\"bcd\\n\",\"n\":null,\"more\":0.5}]"

static void json_is_indented_by_two(void **state)
{
	(void)state;
	assert_shape("json", "{\"a\":[1,{\"b\":\"c\"}],\"e\":{},\"f\":[]}",
		     "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"c\"\n    }\n  ],\n"
		     "  \"e\": {},\n  \"f\": []\n}\n");
	assert_shape("jsonc", "null", "null\n");
	assert_shape("json", "1e300", "1e300\n");
}

static void a_table_leaves_out_what_is_nested(void **state)
{
	(void)state;
	/* A newline in a text cannot break a row. */
	assert_shape("table", RUNS,
		     "Id       N  T     More\n"
		     "-------  -  ----  ----\n"
		     "a        1  True  \n"
		     "bcd\\x0a           0.5\n");
	assert_shape("table", "[[1,\"x\"],[22,null]]",
		     "Column1  Column2\n-------  -------\n1        x\n22       \n");
	assert_shape("table", "[\"x\",5]", "Result\n------\nx\n5\n");
	assert_shape("table", "{\"a\":1}", "A\n-\n1\n");
	assert_shape("table", "[]", "");
	assert_shape("table", "null", "");
}

static void tsv_has_a_line_a_row(void **state)
{
	(void)state;
	assert_shape("tsv", RUNS, "a\t1\t2\t\ttrue\nbcd\\x0a\tNone\t0.5\n");
	assert_shape("tsv", "\"x\"", "x\n");
	assert_shape("tsv", "[1,2]", "1\n2\n");
	assert_shape("tsv", "[[1,2],[3,4]]", "1\t2\n3\t4\n");
	assert_shape("tsv", "null", "");
}

static void yaml_is_read_back_as_it_was(void **state)
{
	(void)state;
	assert_shape("yaml", "{\"a\":[1,{\"b\":\"c: d\",\"e\":null}],\"no\":{},\"x y\":[[2]]}",
		     "a:\n  - 1\n  - b: \"c: d\"\n    e: null\n\"no\": {}\n\"x y\":\n"
		     "  - - 2\n");
	assert_shape("yamlc", "[]", "[]\n");
}

static void none_is_nothing_and_no_other_word_is_known(void **state)
{
	enum hd_shape shape;

	(void)state;
	assert_shape("none", RUNS, "");
	assert_false(hd_shape_find("xml", &shape));
	assert_false(hd_shape_find("JSON", &shape));
}

static void what_is_no_json_is_an_error(void **state)
{
	const struct hd_out out = { .write = collect };
	struct hd_error err = { 0 };

	(void)state;
	assert_int_equal(hd_shape_json("{", 1, NULL, HD_SHAPE_JSON, &out, &err), HD_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_is_indented_by_two),
		cmocka_unit_test(a_table_leaves_out_what_is_nested),
		cmocka_unit_test(tsv_has_a_line_a_row),
		cmocka_unit_test(yaml_is_read_back_as_it_was),
		cmocka_unit_test(none_is_nothing_and_no_other_word_is_known),
		cmocka_unit_test(what_is_no_json_is_an_error),
	};

	return cmocka_run_group_tests_name("shape", tests, NULL, NULL);
}
