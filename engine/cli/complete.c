#include "cli/complete.h"

#include "cli/cli.h"
#include "cli/target.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SWEEPS_MOST 200 /* more are no help to anybody */

/* A line as far as it is typed. */
struct line {
	struct cli *cli;
	const char *word; /* the one that is completed, as typed so far */
	char keep[64];    /* "--output=" of a word that has both; else "" */
	const struct cli_command *command;
	const struct cli_opt *option; /* whose value comes next; NULL: of none */
	const char *places[8];        /* words before it that are no options */
	size_t place_count;
	bool lost;   /* there is no such command */
	bool behind; /* the words are those of what trials run */
	size_t behind_count;
	const char *db; /* as the line has them */
	const char *folder;
	const char *more; /* ":files" and the like; NULL for none */
};

/* --- what fits ------------------------------------------------------------ */

static void offer(void *user, const char *word, const char *help)
{
	struct line *line = user;

	if (strncmp(line->word, word, strlen(line->word)))
		return;
	cli_put(line->cli, "%s%s%s%s\n", line->keep, word, help ? "\t" : "", help ? help : "");
}

static int offer_sweep(void *user, const struct hd_sweep_row *row)
{
	offer(user, row->name, row->state);
	return 0;
}

/* Of the store that the command would open; silent where there is none. */
static void offer_sweeps(struct line *line)
{
	const char *given = line->db ? line->db : cli_store_override(line->cli);
	struct hd_store *store = NULL;
	char *path = NULL;

	if (hd_store_locate(&path, ".", given, NULL) == 0 &&
	    hd_store_open(&store, path, HD_STORE_READ, NULL) == 0) {
		offer(line, "@", "the latest");
		(void)hd_store_sweeps(store, SWEEPS_MOST, NULL, offer_sweep, line, NULL);
	}
	hd_store_close(store);
	free(path);
}

/* Of that store too; a wrong file offers nothing. */
static void offer_targets(struct line *line)
{
	struct hd_targets *targets =
		target_load_quietly(line->db ? line->db : cli_store_override(line->cli));

	for (size_t i = 0; targets && i < hd_targets_count(targets); i++)
		offer(line, hd_targets_at(targets, i)->name,
		      hd_targets_at(targets, i)->type->summary);
	hd_targets_free(targets);
}

static void offer_types(struct line *line)
{
	for (size_t i = 0; i < hd_backend_types(); i++)
		offer(line, hd_backend_type_at(i)->name, hd_backend_type_at(i)->summary);
}

/* Those of a group are called "run list": SKIP leaves out the group's name. */
static void offer_commands(struct line *line, const struct cli_command *const *commands,
			   size_t skip)
{
	for (; *commands; commands++)
		offer(line, (*commands)->name + skip, (*commands)->summary);
}

static void offer_rows(struct line *line, const struct cli_opt *rows)
{
	for (; rows && rows->name; rows++) {
		char name[64];

		snprintf(name, sizeof name, "--%s", rows->name);
		offer(line, name, rows->help);
	}
}

/* What NAME stands for in a usage line or as an option's argument. */
static void offer_kind(struct line *line, const char *name)
{
	const struct cli_command *command = line->command;

	if (!strcmp(name, "S") || !strcmp(name, "SWEEP") || !strcmp(name, "ID"))
		offer_sweeps(line);
	else if (!strcmp(name, "FILE") || !strcmp(name, "PATH") || !strcmp(name, "SCRIPT"))
		line->more = ":files";
	else if (!strcmp(name, "DIR"))
		line->more = ":folders";
	else if (!strcmp(name, "COMMAND") && command && command->group)
		offer_commands(line, command->group, strlen(command->name) + 1);
	else if (!strcmp(name, "COMMAND"))
		offer_commands(line, cli_commands, 0);
	else if (!strcmp(name, "TARGET"))
		offer_targets(line);
	else if (!strcmp(name, "TYPE"))
		offer_types(line);
	else if (!strcmp(name, "TOPIC"))
		cli_help_topics(offer, line);
}

/* "json" and "Running" are to be written so, "FILE", "N" and "best:K" not. */
static bool is_literal(const char *word)
{
	bool lower = islower((unsigned char)word[0]) ||
		     (word[0] && islower((unsigned char)word[1]));

	return lower && !strpbrk(word, ":=");
}

/* The next of what stands between bars in TEXT, "FILE|-", into WORD; where
 * the rest begins, or NULL behind the last. */
static const char *next_kind(const char *text, char word[32])
{
	size_t length = strcspn(text, "|");

	if (!*text)
		return NULL;
	snprintf(word, 32, "%.*s", (int)length, text);
	word[strcspn(word, ".")] = '\0'; /* "S..." */
	return text + length + (text[length] == '|');
}

static void offer_kinds(struct line *line, const char *text)
{
	char word[32];

	while ((text = next_kind(text, word))) {
		if (is_literal(word))
			offer(line, word, NULL);
		else
			offer_kind(line, word);
	}
}

/* --- places: the words of a usage line that are no options ----------------- */

/* The next token of a usage line into TOKEN, without its brackets; where the
 * rest begins, or NULL at the end of the line. */
static const char *next_token(const char *usage, char token[64])
{
	size_t length;

	usage += strspn(usage, " []");
	if (!*usage)
		return NULL;
	length = strcspn(usage, " []");
	snprintf(token, 64, "%.*s", (int)length, usage);
	return usage + length;
}

/* Whether a usage's TOKEN may stand for WORD. */
static bool place_takes(const char *token, const char *word)
{
	char kind[32];

	while ((token = next_kind(token, kind)))
		if (!is_literal(kind) || !strcmp(kind, word))
			return true;
	return false;
}

/* What may stand at the place behind those of LINE, by one way of USAGE; the
 * way behind it ("[SWEEP] | test FILE"), or NULL. */
static const char *offer_place(struct line *line, const char *usage)
{
	bool open = true; /* what is typed fits so far */
	size_t at = 0;
	char token[64];

	while ((usage = next_token(usage, token))) {
		bool repeats = strlen(token) > 3 && !strcmp(token + strlen(token) - 3, "...");

		if (!strcmp(token, "|"))
			return usage;
		if (!strcmp(token, "--"))
			return NULL;
		if (token[0] == '-') {
			/* "-n S": what follows is its argument. */
			if (usage[0] == ' ' && isupper((unsigned char)usage[1]))
				usage = next_token(usage, token);
			continue;
		}
		if (!open || !strcmp(token, "option...") || !strcmp(token, "rule..."))
			continue;
		if (at < line->place_count) {
			do
				open = place_takes(token, line->places[at++]);
			while (open && repeats && at < line->place_count);
			if (!open || !repeats)
				continue;
		}
		offer_kinds(line, token);
		open = false;
	}
	return NULL;
}

/* --- reading the line ----------------------------------------------------- */

static const struct cli_command *group_find(const struct cli_command *group, const char *word)
{
	size_t skip = strlen(group->name) + 1;

	for (size_t i = 0; group->group[i]; i++)
		if (!strcmp(group->group[i]->name + skip, word))
			return group->group[i];
	return NULL;
}

static void read_value(struct line *line, const struct cli_opt *option, const char *value)
{
	if (!strcmp(option->name, "db"))
		line->db = value;
	else if (!strcmp(option->name, "chdir"))
		line->folder = value;
}

static const struct cli_opt *option_find(const struct line *line, const char *name, size_t length,
					 char letter)
{
	const struct cli_opt *row = NULL;

	if (line->command)
		row = cli_opt_find(line->command->options, name, length, letter);
	return row ? row : cli_opt_find(cli_global_options, name, length, letter);
}

/* An option whose value is still to come is left in line->option. */
static void read_option(struct line *line, const char *word)
{
	const struct cli_opt *row = NULL;
	const char *value = NULL;

	if (word[1] == '-') {
		size_t length = strcspn(word + 2, "=");

		row = option_find(line, word + 2, length, 0);
		value = word[2 + length] ? word + 3 + length : NULL;
	}
	/* "-qj4" */
	for (const char *at = word + 1; word[1] != '-' && *at && !row; at++) {
		row = option_find(line, NULL, 0, *at);
		if (row && !cli_opt_takes_value(row))
			row = NULL;
		value = at[1] ? at + 1 : NULL;
	}
	if (row && value)
		read_value(line, row, value);
	else if (row && cli_opt_takes_value(row))
		line->option = row;
}

static void read_place(struct line *line, const char *word)
{
	const struct cli_command *below = NULL;

	if (!line->command) {
		line->command = cli_command_find(word);
		line->lost = !line->command;
		return;
	}
	if (line->command->group)
		below = group_find(line->command, word);
	if (below) {
		line->command = below;
		return;
	}
	if (line->place_count < sizeof line->places / sizeof line->places[0])
		line->places[line->place_count++] = word;
	line->behind = line->command->script;
	line->behind_count = line->behind;
}

static void read_word(struct line *line, const char *word)
{
	if (line->behind) {
		line->behind_count++;
	} else if (line->option) {
		/* bash has "--output=json" as three words. */
		if (!strcmp(word, "="))
			return;
		read_value(line, line->option, word);
		line->option = NULL;
	} else if (!strcmp(word, "--")) {
		line->behind = true;
	} else if (word[0] == '-' && word[1]) {
		read_option(line, word);
	} else {
		read_place(line, word);
	}
}

/* --- the answer ----------------------------------------------------------- */

static void answer_value(struct line *line)
{
	if (!strncmp(line->option->help, "ignored", 7))
		return;
	if (!strcmp(line->option->name, "sampler"))
		for (size_t i = 0; i < hd_sampler_types(); i++)
			offer(line, hd_sampler_type_at(i)->name, hd_sampler_type_at(i)->summary);
	else if (line->option->argument)
		offer_kinds(line, line->option->argument);
}

/* "--output=js": the value alone is completed, the rest is kept. */
static void answer_long(struct line *line)
{
	size_t length = strcspn(line->word, "=");

	if (line->word[length]) {
		line->option = option_find(line, line->word + 2, length - 2, 0);
		snprintf(line->keep, sizeof line->keep, "%.*s", (int)length + 1, line->word);
		line->word += length + 1;
		if (line->option && line->option->argument)
			answer_value(line);
		return;
	}
	if (line->command)
		offer_rows(line, line->command->options);
	else
		offer(line, "--version", "the version");
	offer_rows(line, cli_global_options);
}

static void answer(struct line *line)
{
	const char *usage;

	if (line->behind) {
		line->more = line->behind_count ? ":files" : ":programs";
	} else if (line->option) {
		if (!strcmp(line->word, "="))
			line->word = "";
		answer_value(line);
	} else if (line->word[0] == '-' && (!line->word[1] || line->word[1] == '-')) {
		answer_long(line);
	} else if (!line->command) {
		offer_commands(line, cli_commands, 0);
	} else if (line->word[0] != '-') {
		for (usage = line->command->usage; usage;)
			usage = offer_place(line, usage);
	}
}

void complete_words(struct cli *cli, const char *const *words, size_t count)
{
	struct line line = { .cli = cli, .word = count ? words[count - 1] : "" };

	for (size_t i = 0; i + 1 < count && !line.lost; i++)
		read_word(&line, words[i]);
	if (line.lost || (line.folder && chdir(line.folder) < 0))
		return;
	answer(&line);
	if (line.more)
		cli_put(cli, "%s\n", line.more);
}
