/* Tests of engine/report/path*.c: what queries pick, and which are none. */
#include "check.h"

#include "base/buf.h"

#include <hdrive/shape.h>

static int collect(void *user, const char *text, size_t length)
{
	hd_buf_add(user, text, length);
	return 0;
}

/* What QUERY picks of JSON, without blanks between values; free() it. */
static char *picked(const char *json, const char *query)
{
	struct hd_buf text = HD_BUF_INIT;
	const struct hd_out out = { .write = collect, .user = &text };
	struct hd_error err = { 0 };
	size_t length = 0;
	char *all;

	if (hd_shape_json(json, strlen(json), query, HD_SHAPE_JSON, &out, &err) < 0)
		fail_msg("%s: %s", query, err.text);
	all = hd_buf_take(&text);
	assert_non_null(all);
	for (const char *at = all; *at; at++)
		if (*at != ' ' && *at != '\n')
			all[length++] = *at;
	all[length] = '\0';
	hd_buf_release(&text);
	return all;
}

static const char runs[] =
	"{\"a\":[{\"n\":\"x\",\"v\":1,\"t\":{\"k\":\"v\"}},"
	"{\"n\":\"yy\",\"v\":2.5,\"l\":[1,[2]]},"
	"{\"n\":\"\xc3\xa9\",\"v\":null,\"b\":true}],"
	"\"e\":{},\"a-b\":7,\"m\":{\"p\":{\"q\":1},\"r\":{\"q\":2},\"s\":{}}}";

static void paths_pick_what_jmespath_says(void **state)
{
	static const struct {
		const char *query;
		const char *expected;
	} rows[] = {
		{ "a[0].n", "\"x\"" },
		{ "a[-1].n", "\"\xc3\xa9\"" },
		{ "a[3]", "null" },
		{ "a[-4]", "null" },
		{ "none", "null" },
		{ "none.deeper[0]", "null" },
		{ "\"a-b\"", "7" },
		{ "a[*].n", "[\"x\",\"yy\",\"\xc3\xa9\"]" },
		/* Null is left out of what is picked of each. */
		{ "a[*].v", "[1,2.5]" },
		{ "a[*].t.k", "[\"v\"]" },
		{ "a[].l[]", "[1,[2]]" },
		{ "a[].l[][]", "[1,2]" },
		{ "m.*.q", "[1,2]" },
		{ "*.p", "[{\"q\":1}]" },
		{ "a[*].[n,v]", "[[\"x\",1],[\"yy\",2.5],[\"\xc3\xa9\",null]]" },
		{ "a[].{N: n, \"a b\": v} | [0]", "{\"N\":\"x\",\"ab\":1}" },
		{ "[m.p.q, `\"b\"`, 'c']", "[1,\"b\",\"c\"]" },
		{ "a[?v > `1`].n", "[\"yy\"]" },
		{ "a[?v <= `1`].n | [0]", "\"x\"" },
		{ "a[?n == 'x' || b].n", "[\"x\",\"\xc3\xa9\"]" },
		{ "a[?n != 'x' && !b].n", "[\"yy\"]" },
		{ "a[?(n == 'x')] | length(@)", "1" },
		{ "a[?t == `{\"k\": \"v\"}`].v", "[1]" },
		{ "a[?contains(n, 'y')].v", "[2.5]" },
		{ "a[?starts_with(n, 'y')].v", "[2.5]" },
		{ "a[?ends_with(n, 'y')].v", "[2.5]" },
		{ "contains(a[1].l, `1`)", "true" },
		/* Characters, not bytes. */
		{ "length(a[2].n)", "1" },
		{ "length(a)", "3" },
		{ "length(m)", "3" },
		{ "e || `1`", "1" },
		{ "e && `1`", "{}" },
		{ "!e", "true" },
		{ "!a", "false" },
		{ "a < `1`", "null" },
		{ "'a\\'b'", "\"a'b\"" },
		{ "a.b.c", "null" },
		{ "a[0].*", "[\"x\",1,{\"k\":\"v\"}]" },
		{ " a [ 0 ] . n ", "\"x\"" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		char *got = picked(runs, rows[i].query);
		if (strcmp(got, rows[i].expected))
			fail_msg("'%s' picks %s, expected %s", rows[i].query, got,
				 rows[i].expected);
		free(got);
	}
}

static void what_is_no_path_is_said_with_its_column(void **state)
{
	static const struct {
		const char *query;
		const char *error;
	} rows[] = {
		{ "",
		  "column 1 of the query: 'its end' instead of the beginning of an expression" },
		{ "a b", "column 3 of the query: 'b' instead of its end" },
		{ "a.", "column 3 of the query: 'its end' instead of a name, '*', '[' or '{' "
			"behind '.'" },
		{ "a[0", "column 4 of the query: 'its end' instead of ']' (slices are not known "
			 "here)" },
		{ "a[0:2]",
		  "column 4 of the query: ':' instead of ']' (slices are not known here)" },
		{ "a[x]", "column 3 of the query: 'x' instead of a number, '*', '?' or ']' behind "
			  "'['" },
		{ "a[1234567890]", "column 3 of the query: '1234567890' instead of a number of at "
				   "most 9 digits" },
		{ "[a, b",
		  "column 6 of the query: 'its end' instead of ',' or an end of the parts" },
		{ "{a b}", "column 4 of the query: 'b' instead of ':'" },
		{ "{'a': b}", "column 2 of the query: ''a'' instead of a name" },
		{ "'a", "column 1 of the query: ''' instead of the beginning of an expression" },
		{ "a = b", "column 3 of the query: '=' instead of its end" },
		{ "a & b", "column 3 of the query: '&' instead of its end" },
		{ "5", "column 1 of the query: '5' instead of the beginning of an expression" },
		{ "sort_by(a, &n)", "the query's function 'sort_by' is none of those known here: "
				    "length, contains, starts_with, ends_with" },
		{ "length(a, b)", "'length' of the query takes 1 values, got 2" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct hd_error err = { 0 };

		assert_int_equal(hd_shape_check(rows[i].query, &err), HD_EINVAL);
		assert_string_equal(err.text, rows[i].error);
	}
}

static void a_path_is_neither_endless_nor_bottomless(void **state)
{
	struct hd_error err = { 0 };
	char query[6000];

	(void)state;
	memset(query, '(', 200);
	strcpy(query + 200, "a");
	assert_int_equal(hd_shape_check(query, &err), HD_EINVAL);
	assert_non_null(strstr(err.text, "something less nested"));
	memset(query, 'a', sizeof query);
	query[sizeof query - 1] = '\0';
	assert_int_equal(hd_shape_check(query, &err), HD_EINVAL);
	assert_string_equal(err.text, "the query is longer than 4096 bytes");
	/* As long as one may be, and left-deep all along. */
	for (size_t i = 0; i < 4094; i += 2)
		memcpy(query + i, "a.", 2);
	strcpy(query + 4094, "a");
	assert_int_equal(hd_shape_check(query, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_pick_what_jmespath_says),
		cmocka_unit_test(what_is_no_path_is_said_with_its_column),
		cmocka_unit_test(a_path_is_neither_endless_nor_bottomless),
	};

	return cmocka_run_group_tests_name("path", tests, NULL, NULL);
}
