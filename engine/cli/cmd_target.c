/* hdrive target: the places where trials may run, listed and shown. */
#include "cli/target.h"

#include "cli/az.h"

#include <string.h>

static const struct cli_opt no_rows[] = { CLI_OPT_END };

static void put_json_text(struct cli *cli, const char *name, const char *text)
{
	cli_put(cli, "\"%s\":", name);
	(void)hd_report_json_text(text, strlen(text), &cli->out);
}

static void target_json(struct cli *cli, const struct hd_target *target)
{
	const struct hd_option *row = target->type->options;
	size_t count = 0;

	cli_put(cli, "{");
	put_json_text(cli, "name", target->name);
	cli_put(cli, ",");
	put_json_text(cli, "type", target->type->name);
	cli_put(cli, ",\"settings\":{");
	for (; row && row->name && target->settings; row++) {
		cli_put(cli, "%s\"%s\":", count++ ? "," : "", row->name);
		target_put_json(cli, row, target->settings);
	}
	cli_put(cli, "}}");
}

/* --- ls -------------------------------------------------------------------- */

static void ls_line(struct cli *cli, const struct hd_target *target, int width)
{
	const struct hd_option *row = target->type->options;
	size_t count = 0;

	cli_put(cli, "%-*s  %-6s  ", width, target->name, target->type->name);
	for (; row && row->name && target->settings; row++) {
		if (target_is_default(row, target->settings))
			continue;
		cli_put(cli, "%s%s=", count++ ? " " : "", row->name);
		target_put_value(cli, row, target->settings);
	}
	if (!strcmp(target->name, HD_TARGET_LOCAL))
		cli_put(cli, "this machine");
	cli_put(cli, "\n");
}

static void ls_table(struct cli *cli, const struct hd_targets *targets)
{
	size_t width = strlen("NAME");

	for (size_t i = 0; i < hd_targets_count(targets); i++) {
		size_t length = strlen(hd_targets_at(targets, i)->name);

		width = length > width ? length : width;
	}
	cli_put(cli, "%-*s  TYPE    SETTINGS\n", (int)width, "NAME");
	for (size_t i = 0; i < hd_targets_count(targets); i++)
		ls_line(cli, hd_targets_at(targets, i), (int)width);
}

static int ls_main(struct cli *cli)
{
	struct target_file file;
	int code;

	if (!cli_parse(cli, NULL, &code) || !cli_words_between(cli, 0, 0, &code))
		return code;
	code = target_open(cli, &file);
	if (code != CLI_OK)
		return code;
	if (!cli->json)
		ls_table(cli, file.targets);
	for (size_t i = 0; cli->json && i < hd_targets_count(file.targets); i++) {
		cli_put(cli, "%s", i ? ",\n" : "[");
		target_json(cli, hd_targets_at(file.targets, i));
	}
	if (cli->json)
		cli_put(cli, "]\n");
	target_close(&file);
	return CLI_OK;
}

static const struct cli_command target_cmd_ls = {
	.name = "target ls",
	.summary = "the targets there are",
	.usage = "",
	.examples = "  hdrive target ls\n"
		    "  hdrive target ls --json\n",
	.options = no_rows,
	.run = ls_main,
};

/* --- show ------------------------------------------------------------------ */

static void show_text(struct cli *cli, const struct target_file *file,
		      const struct hd_target *target)
{
	const struct hd_option *row = target->type->options;
	size_t index = 0;
	char path[512];

	while (hd_targets_at(file->targets, index) != target)
		index++;
	cli_put(cli, "target     %s\n", target->name);
	cli_put(cli, "type       %s: %s\n", target->type->name, target->type->summary);
	if (hd_targets_line(file->targets, index))
		cli_put(cli, "from       %s:%zu\n", cli_short_path(file->path, path, sizeof path),
			hd_targets_line(file->targets, index));
	for (; row && row->name && target->settings; row++) {
		cli_put(cli, "  %-16s ", row->name);
		target_put_value(cli, row, target->settings);
		cli_put(cli, "%s\n", target_is_default(row, target->settings) ? " (default)" : "");
	}
}

static int show_main(struct cli *cli)
{
	const struct hd_target *target;
	struct target_file file;
	int code;

	if (!cli_parse(cli, NULL, &code) || !cli_words_between(cli, 1, 1, &code))
		return code;
	code = target_open(cli, &file);
	if (code != CLI_OK)
		return code;
	target = target_find(cli, &file, cli->words[0]);
	if (!target) {
		code = CLI_MISSING;
	} else if (cli->json) {
		target_json(cli, target);
		cli_put(cli, "\n");
	} else {
		show_text(cli, &file, target);
	}
	target_close(&file);
	return code;
}

static const struct cli_command target_cmd_show = {
	.name = "target show",
	.summary = "a target with all its settings",
	.usage = "TARGET",
	.examples = "  hdrive target show gpu\n"
		    "  hdrive target show gpu --json\n",
	.options = no_rows,
	.run = show_main,
};

/* --- the group --------------------------------------------------------------- */

static const struct cli_command *const target_group[] = {
	&target_cmd_add,
	&target_cmd_ls,
	&target_cmd_show,
	&target_cmd_check,
	&target_cmd_remove,
	NULL,
};

const struct cli_command cli_cmd_target = {
	.name = "target",
	.summary = "where trials may run: add, ls, show, check, remove",
	.usage = "COMMAND [option...]",
	.examples = "  hdrive target add gpu slurm partition=gpu gres=gpu:1\n"
		    "  hdrive target check gpu\n"
		    "  hdrive submit sweep.yml --backend gpu -- python train.py\n",
	.options = no_rows,
	.notes = "Targets stand in targets.yml beside the store. 'hdrive help targets' lists the\n"
		 "types and their keys.\n",
	.run = az_group,
	.group = target_group,
};
