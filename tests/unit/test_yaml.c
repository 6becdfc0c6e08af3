/* Tests of engine/config/yaml*.c: scalars, anchors, limits, reading. */
#include "check.h"

#include "config/yaml.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct parse {
	struct hd_yaml_source source;
	struct hd_arena *arena;
	struct hd_yaml_sink sink;
	struct hd_yaml_node *root;
};

static void parse_bytes(struct parse *parse, const char *text, size_t length)
{
	*parse = (struct parse){
		.source = { "t.yaml", text, length, true },
		.arena = hd_arena_new(),
		.sink = { .findings = hd_findings_new() },
	};
	assert_non_null(parse->arena);
	assert_non_null(parse->sink.findings);
	parse->root = hd_yaml_parse(&parse->source, parse->arena, &parse->sink);
	assert_int_equal(parse->sink.code, 0);
}

static void parse_text(struct parse *parse, const char *text)
{
	parse_bytes(parse, text, strlen(text));
}

static void parse_end(struct parse *parse)
{
	hd_findings_free(parse->sink.findings);
	hd_arena_free(parse->arena);
}

/* The text's JSON, or its first error. */
static void assert_yaml(const char *text, const char *expected)
{
	struct hd_buf buf = HD_BUF_INIT;
	struct parse parse;

	parse_text(&parse, text);
	if (hd_yaml_has_errors(&parse.sink))
		hd_buf_puts(&buf, hd_findings_at(parse.sink.findings, 0)->text);
	else
		hd_yaml_json(&buf, parse.root);
	assert_string_equal(hd_buf_text(&buf), expected);
	hd_buf_release(&buf);
	parse_end(&parse);
}

static void scalars_follow_the_core_schema(void **state)
{
	static const struct {
		const char *text;
		enum hd_yaml_kind kind;
		double number;
	} rows[] = {
		{ "1e-5", HD_YAML_REAL, 1e-5 },
		{ "16", HD_YAML_INTEGER, 16 },
		{ "16.0", HD_YAML_REAL, 16 },
		{ "-3", HD_YAML_INTEGER, -3 },
		{ "+3", HD_YAML_INTEGER, 3 },
		{ "007", HD_YAML_INTEGER, 7 },
		{ ".5", HD_YAML_REAL, .5 },
		{ "5.", HD_YAML_REAL, 5 },
		{ "1E3", HD_YAML_REAL, 1000 },
		{ "0o17", HD_YAML_INTEGER, 15 },
		{ "0x1F", HD_YAML_INTEGER, 31 },
		{ "0xffffffffffffffff", HD_YAML_REAL, 18446744073709551615.0 },
		{ "99999999999999999999", HD_YAML_REAL, 1e20 },
		{ ".inf", HD_YAML_REAL, INFINITY },
		{ "-.INF", HD_YAML_REAL, -INFINITY },
		{ "true", HD_YAML_BOOL, 1 },
		{ "False", HD_YAML_BOOL, 0 },
		{ "null", HD_YAML_NULL, 0 },
		{ "~", HD_YAML_NULL, 0 },
		{ "yes", HD_YAML_TEXT, 0 },
		{ "no", HD_YAML_TEXT, 0 },
		{ "inf", HD_YAML_TEXT, 0 },
		{ "-nan", HD_YAML_TEXT, 0 },
		{ "tRUE", HD_YAML_TEXT, 0 },
		{ "0o18", HD_YAML_TEXT, 0 },
		{ "0x", HD_YAML_TEXT, 0 },
		{ "-0x1", HD_YAML_TEXT, 0 },
		{ "1_000", HD_YAML_TEXT, 0 },
		{ "1:30", HD_YAML_TEXT, 0 },
		{ "2024-01-01", HD_YAML_TEXT, 0 },
		{ ".", HD_YAML_TEXT, 0 },
		{ "1e", HD_YAML_TEXT, 0 },
		{ "'1'", HD_YAML_TEXT, 0 },
		{ "\"true\"", HD_YAML_TEXT, 0 },
		{ "!!str 1", HD_YAML_TEXT, 0 },
		{ "! 1", HD_YAML_TEXT, 0 },
		{ "!!float 1", HD_YAML_REAL, 1 },
		{ "!!int '1'", HD_YAML_INTEGER, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct parse parse;

		parse_text(&parse, rows[i].text);
		assert_non_null(parse.root);
		if (parse.root->kind != rows[i].kind)
			fail_msg("%s is of kind %d", rows[i].text,
				 (int)parse.root->kind);
		if (rows[i].kind >= HD_YAML_BOOL &&
		    rows[i].kind <= HD_YAML_REAL)
			assert_true(parse.root->number == rows[i].number);
		parse_end(&parse);
	}
}

static void places_count_characters_from_one(void **state)
{
	const struct hd_yaml_pair *pair;
	struct parse parse;

	(void)state;
	parse_text(&parse, "\xef\xbb\xbf# \xc3\xa4\n\xc3\xa4\xc3\xb6: {b: 1}\n");
	pair = hd_yaml_get(parse.root, "\xc3\xa4\xc3\xb6");
	assert_non_null(pair);
	assert_int_equal(pair->place.line, 2);
	assert_int_equal(pair->place.column, 1);
	assert_int_equal(pair->value->place.column, 5);
	pair = hd_yaml_get(pair->value, "b");
	assert_int_equal(pair->place.column, 6);
	assert_int_equal(pair->value->place.column, 9);
	assert_null(hd_yaml_get(parse.root, "b"));
	parse_end(&parse);
}

static void anchors_aliases_and_merge_keys_work(void **state)
{
	(void)state;
	assert_yaml("{a: &x [1, 2], b: *x}", "{\"a\":[1,2],\"b\":[1,2]}");
	assert_yaml("a: &x 1\nb: &x 2\nc: *x\n",
		    "{\"a\":1,\"b\":2,\"c\":2}");
	assert_yaml("- &b {p: 1, q: 2}\n- <<: *b\n  q: 3\n",
		    "[{\"p\":1,\"q\":2},{\"q\":3,\"p\":1}]");
	assert_yaml("- &a {p: 1}\n- &b {p: 2, r: 3}\n- <<: [*a, *b]\n",
		    "[{\"p\":1},{\"p\":2,\"r\":3},{\"p\":1,\"r\":3}]");
	assert_yaml("{\"<<\": 1}", "{\"<<\":1}");
	assert_yaml("&k key: *k\n", "{\"key\":\"key\"}");
	assert_yaml("- &a x\n- {*a : 1}\n", "[\"x\",{\"x\":1}]");
}

static void repeated_keys_name_the_first(void **state)
{
	(void)state;
	assert_yaml("a: 1\nb: 2\na: 3\n",
		    "key 'a' is given twice, first at line 1");
	assert_yaml("{x: {a: 1, 'a': 2}}",
		    "key 'a' is given twice, first at line 1");
}

static void nothing_but_one_document_is_taken(void **state)
{
	(void)state;
	assert_yaml("", "the file is empty");
	assert_yaml("# a\n", "the file is empty");
	assert_yaml("\xef\xbb\xbf", "the file is empty");
	assert_yaml("--- 1\n...\n", "1");
	assert_yaml("--- 1\n--- 2\n",
		    "a second document begins here, a file holds one");
	assert_yaml("\xff\xfe"
		    "a",
		    "the file is UTF-16, save it as UTF-8");
	assert_yaml("a: \xc3(", "not UTF-8, save the file as UTF-8");
	assert_yaml("a: \xed\xa0\x80", "not UTF-8, save the file as UTF-8");
	assert_yaml("a: \xc0\x80", "not UTF-8, save the file as UTF-8");
	assert_yaml("a: \"\\0\"",
		    "text holds a NUL character, which no program can be given");
	assert_yaml("a:\n\tb: 1\n", "not YAML: a tab cannot indent, use blanks");
}

static void nul_bytes_are_refused(void **state)
{
	struct parse parse;

	(void)state;
	parse_bytes(&parse, "a: b\0c", 6);
	assert_null(parse.root);
	assert_true(hd_yaml_has_errors(&parse.sink));
	parse_end(&parse);
}

/* Nine levels of ten: a billion values when written out. */
static void billions_of_laughs_are_refused(void **state)
{
	struct hd_buf buf = HD_BUF_INIT;

	(void)state;
	hd_buf_puts(&buf, "- &a0 ha\n");
	for (int i = 1; i <= 9; i++) {
		hd_buf_printf(&buf, "- &a%d [", i);
		for (int j = 0; j < 10; j++)
			hd_buf_printf(&buf, "%s*a%d", j ? ", " : "", i - 1);
		hd_buf_puts(&buf, "]\n");
	}
	assert_yaml(hd_buf_text(&buf), "with its aliases written out this is"
				       " larger than 64 MiB");
	hd_buf_release(&buf);
}

static void depth_is_limited_aliases_included(void **state)
{
	struct hd_buf buf = HD_BUF_INIT;

	(void)state;
	for (int i = 0; i < HD_YAML_DEPTH; i++)
		hd_buf_putc(&buf, '[');
	for (int i = 0; i < HD_YAML_DEPTH; i++)
		hd_buf_putc(&buf, ']');
	assert_yaml(hd_buf_text(&buf), hd_buf_text(&buf));
	hd_buf_clear(&buf);
	hd_buf_puts(&buf, "- &a0 []\n");
	for (int i = 1; i <= HD_YAML_DEPTH; i++)
		hd_buf_printf(&buf, "- &a%d [*a%d]\n", i, i - 1);
	assert_yaml(hd_buf_text(&buf), "the file nests more than 64 deep");
	hd_buf_release(&buf);
}

static void many_values_and_anchors_are_refused(void **state)
{
	struct hd_buf buf = HD_BUF_INIT;

	(void)state;
	hd_buf_putc(&buf, '[');
	for (int i = 0; i <= HD_YAML_NODES; i++)
		hd_buf_puts(&buf, "1,");
	hd_buf_putc(&buf, ']');
	assert_yaml(hd_buf_text(&buf),
		    "the file has more than 1000000 values");
	hd_buf_clear(&buf);
	for (int i = 0; i <= HD_YAML_ANCHORS; i++)
		hd_buf_printf(&buf, "- &a%d 1\n", i);
	assert_yaml(hd_buf_text(&buf), "the file has more than 200 anchors");
	hd_buf_clear(&buf);
	hd_buf_puts(&buf, "- &a {");
	for (int i = 0; i <= HD_YAML_MERGED; i++)
		hd_buf_printf(&buf, "k%d: 1, ", i);
	hd_buf_puts(&buf, "}\n- <<: *a\n");
	assert_yaml(hd_buf_text(&buf), "'<<' merges more than 1000 keys");
	hd_buf_release(&buf);
}

static void findings_past_the_twentieth_are_counted(void **state)
{
	struct hd_buf buf = HD_BUF_INIT;
	struct parse parse;

	(void)state;
	for (int i = 0; i < 100; i++)
		hd_buf_puts(&buf, "a: 1\n");
	parse_text(&parse, hd_buf_text(&buf));
	assert_int_equal(hd_findings_count(parse.sink.findings,
					   HD_FINDING_ERROR),
			 99);
	assert_int_equal(hd_findings_kept(parse.sink.findings),
			 HD_FINDINGS_MOST);
	assert_string_equal(hd_findings_at(parse.sink.findings, 0)->excerpt,
			    "a: 1");
	parse_end(&parse);
	hd_buf_release(&buf);
}

static void reading_is_bounded_and_never_waits(void **state)
{
	char folder[] = "/tmp/hdrive-yaml-XXXXXX", path[64];
	struct hd_error err;
	char *text = NULL;
	size_t length;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(hd_yaml_read(&text, &length, folder, &err), HD_EINVAL);
	assert_non_null(strstr(err.text, "is a folder, expected a file"));
	assert_int_equal(hd_yaml_read(&text, &length, "/dev/zero", &err),
			 HD_ELIMIT);
	assert_string_equal(err.text, "'/dev/zero' is larger than 16 MiB");
	snprintf(path, sizeof path, "%s/none", folder);
	assert_int_equal(hd_yaml_read(&text, &length, path, &err), HD_ENOENT);
	snprintf(path, sizeof path, "%s/pipe", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(hd_yaml_read(&text, &length, path, &err), 0);
	assert_int_equal(length, 0);
	assert_string_equal(text, "");
	free(text);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(scalars_follow_the_core_schema),
		cmocka_unit_test(places_count_characters_from_one),
		cmocka_unit_test(anchors_aliases_and_merge_keys_work),
		cmocka_unit_test(repeated_keys_name_the_first),
		cmocka_unit_test(nothing_but_one_document_is_taken),
		cmocka_unit_test(nul_bytes_are_refused),
		cmocka_unit_test(billions_of_laughs_are_refused),
		cmocka_unit_test(depth_is_limited_aliases_included),
		cmocka_unit_test(many_values_and_anchors_are_refused),
		cmocka_unit_test(findings_past_the_twentieth_are_counted),
		cmocka_unit_test(reading_is_bounded_and_never_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
