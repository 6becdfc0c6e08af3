#include "cli/target_block.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The key whose value is several even in one word: hosts=h1,h2. */
#define SPLIT_KEY "hosts"

/* What a word in YAML may begin with, and hold, without quotes. */
#define FIRST "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./"
#define OTHERS FIRST ":-+=@"

/* Whether VALUE may stand in YAML without quotes and be itself. */
static bool is_plain(const char *value)
{
	static const char *const words[] = { "null", "Null", "NULL" };
	size_t length = strlen(value);

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (!strcmp(value, words[i]))
			return false;
	return length && strchr(FIRST, value[0]) && strspn(value, OTHERS) == length &&
	       value[length - 1] != ':';
}

static int block_write(void *user, const char *text, size_t length)
{
	return fwrite(text, 1, length, user) == length ? 0 : HD_EIO;
}

static void block_scalar(FILE *block, const char *value, size_t length)
{
	const struct hd_out out = { .write = block_write, .user = block };
	char *copy = strndup(value, length);

	if (copy && is_plain(copy))
		fputs(copy, block);
	else if (copy)
		(void)hd_report_json_text(copy, length, &out);
	free(copy);
}

/* A value as an item of a list, or as several. */
static void block_items(FILE *block, const char *key, const char *value)
{
	bool split = !strcmp(key, SPLIT_KEY) && !strchr(value, '=');

	while (*value) {
		size_t length = split ? strcspn(value, ",") : strlen(value);

		if (length) {
			fputs("  - ", block);
			block_scalar(block, value, length);
			fputs("\n", block);
		}
		value += length + (value[length] == ',');
	}
}

/* Whether WORD is KEY=VALUE of the row. */
static const char *value_of(const char *word, const char *key)
{
	size_t length = strlen(key);

	return !strncmp(word, key, length) && word[length] == '=' ? word + length + 1 : NULL;
}

static void block_texts(FILE *block, const struct hd_option *row, const char *const *words,
			size_t count)
{
	bool begun = false;

	for (size_t i = 0; i < count; i++) {
		const char *value = value_of(words[i], row->name);

		if (value && !begun)
			fprintf(block, "  %s:\n", row->name);
		if (value)
			block_items(block, row->name, value);
		begun = begun || value;
	}
}

static void block_row(FILE *block, const struct hd_option *row, const char *const *words,
		      size_t count)
{
	if (row->type == HD_OPTION_TYPE_TEXTS) {
		block_texts(block, row, words, count);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const char *value = value_of(words[i], row->name);

		if (!value)
			continue;
		fprintf(block, "  %s: ", row->name);
		block_scalar(block, value, strlen(value));
		fputs("\n", block);
	}
}

static int block_make(struct cli *cli, const char *name, const struct hd_backend_type *type,
		      const char *const *words, size_t count, char **text)
{
	size_t length;
	FILE *block = open_memstream(text, &length);

	if (!block)
		return cli_fail(cli, CLI_ERROR, "out of memory");
	fprintf(block, "%s:\n  type: %s\n", name, type->name);
	for (const struct hd_option *row = type->options; row && row->name; row++)
		block_row(block, row, words, count);
	if (fclose(block) != 0)
		return cli_fail(cli, CLI_ERROR, "out of memory");
	return CLI_OK;
}

/* --- what is asked for ------------------------------------------------------- */

const struct hd_backend_type *target_type_find(struct cli *cli, const char *word)
{
	const struct hd_backend_type *type = hd_backend_type_find(word);
	const char *names[16];
	char list[256] = "";
	const char *near;
	size_t count = 0;

	for (size_t i = 0; i < hd_backend_types() && count < 16; i++) {
		names[count++] = hd_backend_type_at(i)->name;
		snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i ? ", " : "",
			 names[i]);
	}
	near = type ? NULL : hd_suggest(word, names, count);
	if (near)
		cli_fail(cli, CLI_USAGE, "unknown type '%s', did you mean '%s'?", word, near);
	else if (!type)
		cli_fail(cli, CLI_USAGE, "unknown type '%s', one of: %s", word, list);
	return type;
}

/* A word that is none of the type's keys. */
static int unknown_key(struct cli *cli, const struct hd_backend_type *type, const char *word,
		       size_t length)
{
	const char *names[64];
	const char *near;
	char key[64];
	size_t count = 0;

	snprintf(key, sizeof key, "%.*s", (int)length, word);
	for (const struct hd_option *row = type->options; row && row->name && count < 64; row++)
		names[count++] = row->name;
	near = hd_suggest(key, names, count);
	if (near)
		return cli_fail(cli, CLI_USAGE, "%s has no key '%s', did you mean '%s'?",
				type->name, key, near);
	return cli_fail(cli, CLI_USAGE, "%s has no key '%s': 'hdrive help targets' lists them",
			type->name, key);
}

static int check_words(struct cli *cli, const struct hd_backend_type *type,
		       const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t length = strcspn(words[i], "=");
		const struct hd_option *row = type->options;

		if (!words[i][length])
			return cli_fail(cli, CLI_USAGE, "'%s' is no KEY=VALUE of a target",
					words[i]);
		while (row && row->name &&
		       (strlen(row->name) != length || strncmp(row->name, words[i], length) != 0))
			row++;
		if (!row || !row->name)
			return unknown_key(cli, type, words[i], length);
		if (!words[i][length + 1])
			return cli_fail(cli, CLI_USAGE, "'%s' has no value", row->name);
		for (size_t j = 0; j < i; j++)
			if (row->type != HD_OPTION_TYPE_TEXTS && value_of(words[j], row->name))
				return cli_fail(cli, CLI_USAGE, "'%s' is given twice", row->name);
	}
	return CLI_OK;
}

/* The block by itself, before anything is made: its problems have no lines that
 * a person could look at. */
static int check_block(struct cli *cli, const char *name, const char *text)
{
	struct hd_findings *findings = hd_findings_new();
	struct hd_targets *targets = NULL;
	struct hd_error err = { 0 };
	int code = CLI_OK;
	int rc;

	if (!findings)
		return cli_fail(cli, CLI_ERROR, "out of memory");
	rc = hd_targets_parse(&targets, text, strlen(text), name, NULL, findings, &err);
	for (size_t i = 0; i < hd_findings_kept(findings); i++)
		code = cli_fail(cli, CLI_USAGE, "%s", hd_findings_at(findings, i)->text);
	if (rc < 0 && code == CLI_OK)
		code = cli_fail_error(cli, &err);
	hd_targets_free(targets);
	hd_findings_free(findings);
	return code;
}

int target_block(struct cli *cli, const char *name, const struct hd_backend_type *type,
		 const char *const *words, size_t count, char **text)
{
	int code = check_words(cli, type, words, count);

	if (code == CLI_OK)
		code = block_make(cli, name, type, words, count, text);
	return code == CLI_OK ? check_block(cli, name, *text) : code;
}
