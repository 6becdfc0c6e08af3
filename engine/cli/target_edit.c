/*
 * hdrive target add, remove: the file of targets changed by whole blocks, so
 * that everything else in it, comments too, stays as its user wrote it.
 */
#include "cli/target_block.h"
#include "cli/target.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

struct add_options {
	const char *type;
	bool force;
};

#define ROW(field) offsetof(struct add_options, field)
static const struct cli_opt add_rows[] = {
	{ "type", 0, "TYPE", "what it is, in place of the second word", CLI_OPT_TEXT, ROW(type),
	  0 },
	{ "force", 0, NULL, "replace a target of that name", CLI_OPT_FLAG, ROW(force), 0 },
	CLI_OPT_END
};

static const struct cli_opt no_rows[] = { CLI_OPT_END };

/* One change of the file, while nobody else may make one. */
struct edit {
	struct cli *cli;
	const char *name;
	struct hd_store *store;
	struct target_file file;
	int lock;    /* the store's folder, held */
	char *block; /* of the target; "" to remove it */
	char *text;  /* the file as it is to be */
};

/* --- the file ---------------------------------------------------------------- */

/* The file as it is, which nobody else changes until edit_end. */
static int edit_begin(struct edit *edit)
{
	const char *folder;
	int code = cli_store_open(edit->cli, HD_STORE_CREATE, &edit->store);

	if (code != CLI_OK)
		return code;
	folder = hd_store_folder(edit->store);
	edit->lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (edit->lock >= 0)
		(void)flock(edit->lock, LOCK_EX);
	return target_open_beside(edit->cli, &edit->file, folder);
}

static void edit_end(struct edit *edit)
{
	target_close(&edit->file);
	if (edit->lock >= 0)
		close(edit->lock);
	hd_store_close(edit->store);
	free(edit->block);
	free(edit->text);
}

static const char *line_at(const char *text, size_t line)
{
	for (; line > 1 && text; line--) {
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return text;
}

/* Comments and blank lines right before END belong to what follows there. */
static const char *without_tail(const char *from, const char *end)
{
	while (end > from) {
		const char *line = end - 1;

		while (line > from && line[-1] != '\n')
			line--;
		if (line == from || (*line != '#' && *line != '\n' && *line != '\r'))
			break;
		end = line;
	}
	return end;
}

/* The text of target INDEX in the file; nothing at its end when lines end there
 * in another way than here. */
static void find_block(const struct hd_targets *targets, size_t index, const char **from,
		       const char **end)
{
	const char *text = hd_targets_text(targets);
	size_t next = hd_targets_line(targets, index + 1);

	*from = line_at(text, hd_targets_line(targets, index));
	*end = next && *from ? line_at(text, next) : NULL;
	if (!*end)
		*end = text + strlen(text);
	if (!*from)
		*from = *end;
	*end = without_tail(*from, *end);
}

/* The file with the block in place of the target's, or behind all others. */
static int edit_compose(struct edit *edit, size_t index)
{
	const char *text = hd_targets_text(edit->file.targets);
	const char *from = text + strlen(text), *end = from;
	size_t length;
	FILE *file;

	if (hd_targets_at(edit->file.targets, index))
		find_block(edit->file.targets, index, &from, &end);
	file = open_memstream(&edit->text, &length);
	if (!file)
		return cli_fail(edit->cli, CLI_ERROR, "out of memory");
	fwrite(text, 1, (size_t)(from - text), file);
	if (from > text && from[-1] != '\n')
		fputs("\n", file);
	/* A blank line between two blocks. */
	if (from == end && from > text + 1 && strcmp(from - 2, "\n\n") != 0)
		fputs("\n", file);
	fputs(edit->block, file);
	fputs(end, file);
	if (fclose(file) != 0)
		return cli_fail(edit->cli, CLI_ERROR, "out of memory");
	return CLI_OK;
}

/* Whether the new text says what the old one did, but for the one target. */
static bool edit_is_right(const struct edit *edit)
{
	struct hd_findings *findings = hd_findings_new();
	struct hd_targets *old = edit->file.targets, *new = NULL;
	bool has = *edit->block != '\0';
	bool is_right;

	is_right = findings && hd_targets_parse(&new, edit->text, strlen(edit->text), "", NULL,
						findings, NULL) == 0;
	is_right = is_right && (hd_targets_find(new, edit->name) != NULL) == has &&
		   hd_targets_count(new) - has ==
			   hd_targets_count(old) - (hd_targets_find(old, edit->name) != NULL);
	for (size_t i = 0; is_right && i < hd_targets_count(old); i++)
		is_right = !strcmp(hd_targets_at(old, i)->name, edit->name) ||
			   hd_targets_find(new, hd_targets_at(old, i)->name);
	hd_targets_free(new);
	hd_findings_free(findings);
	return is_right;
}

static int edit_write(struct edit *edit, size_t index)
{
	struct hd_error err = { 0 };
	char path[512];
	int code = edit_compose(edit, index);

	if (code != CLI_OK)
		return code;
	cli_short_path(edit->file.path, path, sizeof path);
	if (!edit_is_right(edit))
		return cli_fail(edit->cli, CLI_USAGE,
				"'%s' is written in a way that this cannot change: %s '%s' there "
				"by hand",
				path, *edit->block ? "write" : "remove", edit->name);
	if (hd_fetch_text(edit->text, strlen(edit->text), edit->file.path, &err) < 0)
		return cli_fail_error(edit->cli, &err);
	return CLI_OK;
}

/* Where the file has the target; SIZE_MAX where it has none. */
static size_t edit_index(const struct edit *edit)
{
	for (size_t i = 0; i < hd_targets_count(edit->file.targets); i++)
		if (!strcmp(hd_targets_at(edit->file.targets, i)->name, edit->name))
			return i;
	return SIZE_MAX;
}

/* --- add --------------------------------------------------------------------- */

static int add_target(struct edit *edit, bool force)
{
	struct cli *cli = edit->cli;
	char path[512];
	size_t index;
	int code = edit_begin(edit);

	if (code != CLI_OK)
		return code;
	index = edit_index(edit);
	cli_short_path(edit->file.path, path, sizeof path);
	if (index != SIZE_MAX && !force)
		return cli_fail(cli, CLI_USAGE,
				"target '%s' is there already (%s:%zu): --force replaces it",
				edit->name, path, hd_targets_line(edit->file.targets, index));
	code = edit_write(edit, index);
	if (code != CLI_OK)
		return code;
	cli_put(cli, "%s\n", edit->name);
	cli_say(cli, "%s %s in %s; prove it with: hdrive target check %s",
		index == SIZE_MAX ? "added" : "replaced", edit->name, path, edit->name);
	return CLI_OK;
}

/* The words behind the name: the type, unless --type has it, and KEY=VALUE. */
static int add_words(struct cli *cli, const struct add_options *options)
{
	struct edit edit = { .cli = cli, .name = cli->words[0], .lock = -1 };
	size_t first = options->type ? 1 : 2;
	const struct hd_backend_type *type;
	int code;

	if (!hd_target_is_name(edit.name))
		return cli_fail(cli, CLI_USAGE,
				"'%s' is no name of a target: letters, digits, '-', '_' and '.'",
				edit.name);
	if (cli->word_count < first || (!options->type && strchr(cli->words[1], '=')))
		return cli_fail(cli, CLI_USAGE,
				"what is '%s'? usage: hdrive target add NAME TYPE KEY=VALUE...; "
				"'hdrive help targets' lists the types",
				edit.name);
	type = target_type_find(cli, options->type ? options->type : cli->words[1]);
	if (!type)
		return CLI_USAGE;
	code = target_block(cli, edit.name, type, cli->words + first, cli->word_count - first,
			    &edit.block);
	if (code == CLI_OK)
		code = add_target(&edit, options->force);
	edit_end(&edit);
	return code;
}

static int add_main(struct cli *cli)
{
	struct add_options options = { NULL, false };
	int code;

	if (cli_parse(cli, &options, &code) && cli_words_between(cli, 1, SIZE_MAX, &code))
		code = add_words(cli, &options);
	return code;
}

const struct cli_command target_cmd_add = {
	.name = "target add",
	.summary = "write a target into the file beside the store",
	.usage = "NAME TYPE [KEY=VALUE...]",
	.examples = "  hdrive target add gpu slurm partition=gpu gres=gpu:1 time=4:00:00\n"
		    "  hdrive target add lab ssh hosts=h1,h2:4 folder=/scratch/me\n"
		    "  hdrive target add lab ssh hosts=h1 setup='module load cuda' --force\n",
	.options = add_rows,
	.notes = "A key that takes several texts may be given again. Comments in the file stay.\n"
		 "'hdrive help targets' lists the types and their keys.\n",
	.run = add_main,
};

/* --- remove ------------------------------------------------------------------ */

static int remove_target(struct edit *edit)
{
	struct cli *cli = edit->cli;
	char path[512];
	int code;

	if (!strcmp(edit->name, HD_TARGET_LOCAL))
		return cli_fail(cli, CLI_USAGE, "'%s' is this machine and always there",
				edit->name);
	code = edit_begin(edit);
	if (code == CLI_OK && !target_find(cli, &edit->file, edit->name))
		code = CLI_MISSING;
	if (code == CLI_OK)
		code = edit_write(edit, edit_index(edit));
	if (code == CLI_OK)
		cli_say(cli, "removed %s from %s", edit->name,
			cli_short_path(edit->file.path, path, sizeof path));
	return code;
}

static int remove_main(struct cli *cli)
{
	struct edit edit = { .cli = cli, .lock = -1 };
	int code;

	if (!cli_parse(cli, NULL, &code) || !cli_words_between(cli, 1, 1, &code))
		return code;
	edit.name = cli->words[0];
	edit.block = strdup("");
	code = edit.block ? remove_target(&edit) : cli_fail(cli, CLI_ERROR, "out of memory");
	edit_end(&edit);
	return code;
}

const struct cli_command target_cmd_remove = {
	.name = "target remove",
	.summary = "take a target out of the file",
	.usage = "TARGET",
	.examples = "  hdrive target remove gpu\n",
	.options = no_rows,
	.notes = "Sweeps that ran there cannot be gone on with until it is back.\n",
	.run = remove_main,
};
