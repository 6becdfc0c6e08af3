#include "cli/opt.h"

#include "cli/cli.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct cli_opt cli_global_options[] = {
	{ "db", 0, "PATH", "the store to use (else $HDRIVE_DB, else the nearest .hdrive)",
	  CLI_OPT_TEXT, offsetof(struct cli, db), 0 },
	{ "chdir", 'C', "DIR", "work in DIR", CLI_OPT_TEXT, offsetof(struct cli, folder), 0 },
	{ "json", 0, NULL, "data as JSON", CLI_OPT_FLAG, offsetof(struct cli, json), 0 },
	{ "quiet", 'q', NULL, "only errors on stderr", CLI_OPT_FLAG, offsetof(struct cli, quiet),
	  0 },
	{ "verbose", 'v', NULL, "more lines on stderr", CLI_OPT_FLAG, offsetof(struct cli, verbose),
	  0 },
	{ "no-color", 0, NULL, "no colours ($NO_COLOR does the same)", CLI_OPT_FLAG,
	  offsetof(struct cli, no_color), 0 },
	{ "help", 'h', NULL, "help on this command", CLI_OPT_FLAG, offsetof(struct cli, help), 0 },
	CLI_OPT_END
};

/* One pass over argv: where it is, and where values go. */
struct parse {
	struct cli *cli;
	const struct cli_opt *options; /* the command's; NULL before it */
	void *values;
	int at; /* the next word */
};

/* strtod reads the C locale's numbers here: the program sets no locale. */
bool cli_read_real(const char *text, double *value)
{
	char *end;

	if (!*text || isspace((unsigned char)*text) || strpbrk(text, "xX()"))
		return false;
	*value = strtod(text, &end);
	return *end == '\0';
}

bool cli_read_number(const char *text, uint64_t *value)
{
	uint64_t sum = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		unsigned digit = (unsigned char)*text - (unsigned)'0';

		if (digit > 9 || sum > (UINT64_MAX - digit) / 10)
			return false;
		sum = sum * 10 + digit;
	}
	*value = sum;
	return true;
}

const struct cli_opt *cli_opt_find(const struct cli_opt *rows, const char *name,
				   size_t length, char letter)
{
	for (; rows && rows->name; rows++) {
		if (letter && rows->letter == letter)
			return rows;
		if (!letter && strlen(rows->name) == length &&
		    !strncmp(rows->name, name, length))
			return rows;
	}
	return NULL;
}

/* The row, and through *VALUES the struct its field is in. */
static const struct cli_opt *parse_find(const struct parse *parse,
					const char *name, size_t length,
					char letter, void **values)
{
	const struct cli_opt *row =
		cli_opt_find(parse->options, name, length, letter);

	*values = parse->values;
	if (!row) {
		row = cli_opt_find(cli_global_options, name, length, letter);
		*values = parse->cli;
	}
	return row;
}

bool cli_list_add(struct cli_list *list, const char *item)
{
	const char **items =
		realloc(list->items, (list->count + 1) * sizeof *items);

	if (!items)
		return false;
	items[list->count++] = item;
	list->items = items;
	return true;
}

/* Write VALUE (NULL for a flag) into the row's field; 0 or an exit code. */
static int parse_store(struct parse *parse, const struct cli_opt *row,
		       void *values, const char *value)
{
	void *field = (char *)values + row->offset;
	struct cli_size *size = field;

	switch (row->type) {
	case CLI_OPT_FLAG:
		*(bool *)field = true;
		break;
	case CLI_OPT_TEXT:
		*(const char **)field = value;
		break;
	case CLI_OPT_LIST:
		if (!cli_list_add(field, value))
			return cli_fail(parse->cli, CLI_ERROR, "out of memory");
		break;
	case CLI_OPT_SIZE:
	case CLI_OPT_MAYBE:
		size->given = true;
		if (!value)
			break;
		size->valued = true;
		if (!cli_read_number(value, &size->value) ||
		    size->value < row->least)
			return cli_fail(parse->cli, CLI_USAGE,
					"'--%s' takes a whole number from %llu up, got '%s'",
					row->name,
					(unsigned long long)row->least, value);
		break;
	}
	return CLI_OK;
}

bool cli_opt_takes_value(const struct cli_opt *row)
{
	return row->type != CLI_OPT_FLAG && row->type != CLI_OPT_MAYBE;
}

static int parse_unknown(struct parse *parse, const char *word)
{
	const char *names[64];
	const char *near;
	char name[64];
	size_t count = 0;

	for (const struct cli_opt *row = parse->options; row && row->name; row++)
		if (count < 64)
			names[count++] = row->name;
	for (const struct cli_opt *row = cli_global_options; row->name; row++)
		if (count < 64)
			names[count++] = row->name;
	snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="),
		 word + 2);
	near = word[1] == '-' ? hd_suggest(name, names, count) : NULL;
	if (near)
		return cli_fail(parse->cli, CLI_USAGE,
				"unknown option '--%s', did you mean '--%s'?",
				name, near);
	return cli_fail(parse->cli, CLI_USAGE,
			"unknown option '%s'; 'hdrive %s%s--help' lists them",
			word, parse->cli->command ? parse->cli->command->name : "",
			parse->cli->command ? " " : "");
}

static int parse_long(struct parse *parse, const char *word)
{
	const char *name = word + 2;
	const char *value = strchr(name, '=');
	size_t length = value ? (size_t)(value - name) : strlen(name);
	void *values;
	const struct cli_opt *row =
		parse_find(parse, name, length, 0, &values);

	if (!row)
		return parse_unknown(parse, word);
	if (value)
		value++;
	if (value && row->type == CLI_OPT_FLAG)
		return cli_fail(parse->cli, CLI_USAGE,
				"'--%s' takes no value, got '%s'", row->name,
				value);
	if (!value && cli_opt_takes_value(row)) {
		if (parse->at >= parse->cli->argc)
			return cli_fail(parse->cli, CLI_USAGE,
					"'--%s' needs a value: --%s %s",
					row->name, row->name, row->argument);
		value = parse->cli->argv[parse->at++];
	}
	return parse_store(parse, row, values, value);
}

/* "-qv", "-j4", "-j 4". */
static int parse_short(struct parse *parse, const char *word)
{
	int rc = CLI_OK;

	for (const char *at = word + 1; *at && rc == CLI_OK; at++) {
		void *values;
		const struct cli_opt *row =
			parse_find(parse, NULL, 0, *at, &values);
		const char *value = NULL;

		if (!row)
			return parse_unknown(parse, word);
		if (cli_opt_takes_value(row)) {
			value = at[1] ? at + 1 : NULL;
			if (!value && parse->at >= parse->cli->argc)
				return cli_fail(parse->cli, CLI_USAGE,
						"'-%c' needs a value: -%c %s",
						*at, *at, row->argument);
			if (!value)
				value = parse->cli->argv[parse->at++];
			return parse_store(parse, row, values, value);
		}
		rc = parse_store(parse, row, values, NULL);
	}
	return rc;
}

static int parse_option(struct parse *parse, const char *word)
{
	return word[1] == '-' ? parse_long(parse, word)
			      : parse_short(parse, word);
}

static bool is_option(const char *word)
{
	return word[0] == '-' && word[1] != '\0';
}

int cli_parse_globals(struct cli *cli, int *code)
{
	struct parse parse = { .cli = cli, .at = 1 };

	while (parse.at < cli->argc && is_option(cli->argv[parse.at])) {
		const char *word = cli->argv[parse.at++];

		if (!strcmp(word, "--version"))
			return parse.at - 1;
		*code = parse_option(&parse, word);
		if (*code != CLI_OK)
			return -1;
	}
	return parse.at;
}

static bool is_number(const struct cli_command *command, const char *word)
{
	double value;

	return command->numbers && cli_read_real(word, &value);
}

bool cli_parse(struct cli *cli, void *options, int *code)
{
	struct parse parse = {
		.cli = cli, .options = cli->command->options, .values = options, .at = cli->next
	};

	*code = CLI_OK;
	cli->words = calloc((size_t)cli->argc + 1, sizeof *cli->words);
	if (!cli->words) {
		*code = cli_fail(cli, CLI_ERROR, "out of memory");
		return false;
	}
	while (parse.at < cli->argc) {
		const char *word = cli->argv[parse.at++];

		if (!strcmp(word, "--")) {
			cli->has_rest = true;
			cli->rest = (const char *const *)cli->argv + parse.at;
			cli->rest_count = (size_t)(cli->argc - parse.at);
			break;
		}
		if (!is_option(word) && cli->command->script) {
			cli->rest = (const char *const *)cli->argv + parse.at - 1;
			cli->rest_count = (size_t)(cli->argc - parse.at + 1);
			break;
		}
		if (!is_option(word) || is_number(cli->command, word)) {
			cli->words[cli->word_count++] = word;
			continue;
		}
		*code = parse_option(&parse, word);
		if (*code != CLI_OK)
			return false;
	}
	if (cli->help)
		cli_command_help(cli, cli->command);
	else if (cli->folder && chdir(cli->folder) < 0)
		*code = cli_fail(cli, CLI_MISSING, "cannot enter '%s': %s",
				 cli->folder, strerror(errno));
	cli->out.color = cli->out.color && !cli->no_color;
	return !cli->help && *code == CLI_OK;
}

void cli_options_release(const struct cli *cli, void *options)
{
	const struct cli_opt *row = cli->command->options;

	for (; row && row->name; row++)
		if (row->type == CLI_OPT_LIST)
			free(((struct cli_list *)((char *)options + row->offset))->items);
}

bool cli_words_between(struct cli *cli, size_t min, size_t max, int *code)
{
	size_t count = cli->word_count;

	if (count >= min && count <= max && !cli->has_rest)
		return true;
	if (count < min)
		*code = cli_fail(cli, CLI_USAGE, "usage: hdrive %s %s",
				 cli->command->name, cli->command->usage);
	else
		*code = cli_fail(cli, CLI_USAGE,
				 "unexpected '%s'; usage: hdrive %s %s",
				 count > max ? cli->words[max] : "--",
				 cli->command->name, cli->command->usage);
	return false;
}

static void help_rows(struct cli *cli, const struct cli_opt *rows)
{
	for (; rows && rows->name; rows++) {
		char text[64];
		int length;

		length = snprintf(text, sizeof text, "%c%c%c --%s",
				  rows->letter ? '-' : ' ',
				  rows->letter ? rows->letter : ' ',
				  rows->letter ? ',' : ' ', rows->name);
		if (rows->argument && length > 0)
			snprintf(text + length, sizeof text - (size_t)length,
				 "%s%s", cli_opt_takes_value(rows) ? " " : "",
				 rows->argument);
		cli_put(cli, "  %-30s %s\n", text, rows->help);
	}
}

void cli_command_help(struct cli *cli, const struct cli_command *command)
{
	cli_put(cli, "hdrive %s: %s\n\n", command->name, command->summary);
	cli_put(cli, "Examples:\n%s\n", command->examples);
	cli_put(cli, "Usage: hdrive %s %s\n", command->name, command->usage);
	for (size_t i = 0; command->group && command->group[i]; i++)
		cli_put(cli, "%s  %-22s %s\n", i ? "" : "\nCommands:\n",
			command->group[i]->name, command->group[i]->summary);
	if (command->options && command->options->name) {
		cli_put(cli, "\nOptions:\n");
		help_rows(cli, command->options);
	}
	cli_put(cli, "\nEverywhere:\n");
	help_rows(cli, cli_global_options);
	if (command->notes)
		cli_put(cli, "\n%s", command->notes);
}
