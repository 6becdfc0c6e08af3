/* hdrive export: a sweep's trials as data for other programs. */
#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SWEEPS_MOST 256

struct export_options {
	const char *format;
	const char *metrics;
	const char *output;
	const char *db;
	const char *optuna;
	const char *board;
	const char *html;
};

#define ROW(field) offsetof(struct export_options, field)
static const struct cli_opt export_rows[] = {
	{ "format", 0, "FORMAT", "csv (usual) or jsonl", CLI_OPT_TEXT, ROW(format), 0 },
	{ "metrics", 0, "SHAPE", "wide (usual): the last of each; long: all that were logged",
	  CLI_OPT_TEXT, ROW(metrics), 0 },
	{ "output", 'o', "FILE", "write there, whole or not at all, instead of to stdout",
	  CLI_OPT_TEXT, ROW(output), 0 },
	{ "copy", 0, "FILE", "a new store with this sweep alone", CLI_OPT_TEXT, ROW(db), 0 },
	{ "optuna", 0, "FILE", "a new SQLite file of Optuna's with these sweeps as studies",
	  CLI_OPT_TEXT, ROW(optuna), 0 },
	{ "tensorboard", 0, "DIR", "event files for TensorBoard, a run for each trial",
	  CLI_OPT_TEXT, ROW(board), 0 },
	{ "html", 0, "FILE", "a report to look at in a browser, all in one file", CLI_OPT_TEXT,
	  ROW(html), 0 },
	CLI_OPT_END
};

static bool export_words(struct cli *cli, const struct export_options *options,
			 enum hd_exchange_format *format, bool *long_metrics, int *code)
{
	const char *word = options->format ? options->format : cli->json ? "jsonl"
									 : "csv";
	const char *shape = options->metrics ? options->metrics : "wide";
	size_t shapes = (options->db != NULL) + (options->optuna != NULL) +
			(options->board != NULL) + (options->html != NULL) +
			(options->output || options->format || options->metrics);

	*format = strcmp(word, "csv") ? HD_EXCHANGE_JSONL : HD_EXCHANGE_CSV;
	*long_metrics = !strcmp(shape, "long");
	if (*format == HD_EXCHANGE_JSONL && strcmp(word, "jsonl") != 0)
		*code = cli_fail(cli, CLI_USAGE, "unknown format '%s', one of: csv, jsonl", word);
	else if (!*long_metrics && strcmp(shape, "wide") != 0)
		*code = cli_fail(cli, CLI_USAGE, "unknown shape '%s', one of: wide, long", shape);
	else if (shapes > 1)
		*code = cli_fail(cli, CLI_USAGE,
				 "one of: --copy FILE, --optuna FILE, --tensorboard DIR, "
				 "--html FILE, and text with --format, --metrics and -o");
	else if (cli->word_count > 1 && !options->optuna)
		*code = cli_fail(cli, CLI_USAGE,
				 "unexpected '%s': only --optuna takes several sweeps",
				 cli->words[1]);
	return *code == CLI_OK;
}

/* --- text ----------------------------------------------------------------- */

static int file_write(void *user, const char *text, size_t length)
{
	return fwrite(text, 1, length, user) == length ? 0 : HD_EIO;
}

/* Under another name first: nobody reads half of it. */
static int export_file(struct cli *cli, const char *path, struct hd_store *store, int64_t key,
		       enum hd_exchange_format format, bool long_metrics)
{
	struct hd_error err = { 0 };
	struct hd_out out = { .write = file_write };
	char draft[4096];
	FILE *file;
	int code = CLI_OK;

	if (snprintf(draft, sizeof draft, "%s.%ld.tmp", path, (long)getpid()) >=
	    (int)sizeof draft)
		return cli_fail(cli, CLI_USAGE, "the path '%.40s...' is too long", path);
	file = fopen(draft, "wxe");
	if (!file)
		return cli_fail(cli, errno == ENOENT ? CLI_MISSING : CLI_ERROR,
				"cannot write '%s': %s", path, strerror(errno));
	out.user = file;
	if (hd_export(store, key, format, long_metrics, &out, &err) < 0)
		code = cli_fail_error(cli, &err);
	if ((fclose(file) != 0 || (code == CLI_OK && rename(draft, path) < 0)) && code == CLI_OK)
		code = cli_fail(cli, CLI_ERROR, "cannot write '%s': %s", path, strerror(errno));
	if (code != CLI_OK)
		unlink(draft);
	return code;
}

static int export_text(struct cli *cli, const struct export_options *options,
		       struct hd_store *store, int64_t key,
		       enum hd_exchange_format format, bool long_metrics)
{
	struct hd_error err = { 0 };

	if (options->output && strcmp(options->output, "-") != 0)
		return export_file(cli, options->output, store, key, format, long_metrics);
	if (hd_export(store, key, format, long_metrics, &cli->out, &err) < 0)
		return cli->out_errno ? CLI_ERROR : cli_fail_error(cli, &err);
	return CLI_OK;
}

/* --- files of other programs ----------------------------------------------- */

static int export_optuna(struct cli *cli, const char *path, struct hd_store *store,
			 int64_t first)
{
	int64_t keys[SWEEPS_MOST] = { first };
	struct hd_error err = { 0 };
	size_t count = 1;

	if (cli->word_count > SWEEPS_MOST)
		return cli_fail(cli, CLI_USAGE, "at most %d sweeps at a time", SWEEPS_MOST);
	for (; count < cli->word_count; count++)
		if (hd_store_find_sweep(store, cli->words[count], &keys[count], &err) < 0)
			return cli_fail_error(cli, &err);
	if (hd_export_optuna(store, keys, count, path, &err) < 0)
		return cli_fail_error(cli, &err);
	cli_put(cli, "%s\n", path);
	return CLI_OK;
}

static int export_copy(struct cli *cli, const char *path, struct hd_store *store, int64_t key)
{
	struct hd_error err = { 0 };

	if (hd_export_store(store, key, path, &err) < 0)
		return cli_fail_error(cli, &err);
	cli_put(cli, "%s\n", path);
	return CLI_OK;
}

static int export_board(struct cli *cli, const char *path, struct hd_store *store, int64_t key)
{
	struct hd_error err = { 0 };

	if (!*path)
		return cli_fail(cli, CLI_USAGE, "--tensorboard needs the path of a folder");
	if (hd_export_tensorboard(store, key, path, &err) < 0)
		return cli_fail_error(cli, &err);
	cli_put(cli, "%s\n", path);
	return CLI_OK;
}

/* --- a report ------------------------------------------------------------- */

/* The page is in hdrive-ui, which this program becomes. */
static int export_html(struct cli *cli, const char *file)
{
	char *program = cli_ui_path(), *path = NULL;
	const char *argv[6] = { program, "-r", file };
	struct hd_error err = { 0 };

	if (!program)
		return cli_fail(cli, CLI_ERROR,
				"cannot find hdrive-ui beside hdrive, nor in "
				"../libexec/hdrive");
	if (hd_store_locate(&path, ".", cli_store_override(cli), &err) < 0)
		return cli_fail_error(cli, &err);
	argv[3] = path;
	argv[4] = cli->word_count ? cli->words[0] : "@";
	fflush(NULL);
	execv(program, (char *const *)(uintptr_t)argv);
	cli_fail(cli, CLI_ERROR, "cannot run '%s': %s", program, strerror(errno));
	free(program);
	free(path);
	return CLI_ERROR;
}

static int export_main(struct cli *cli)
{
	struct export_options options = { 0 };
	enum hd_exchange_format format;
	struct hd_store *store = NULL;
	bool long_metrics;
	int64_t key;
	int code;

	if (!cli_parse(cli, &options, &code) ||
	    !cli_words_between(cli, 0, SIZE_MAX, &code) ||
	    !export_words(cli, &options, &format, &long_metrics, &code))
		return code;
	code = cli_sweep_open(cli, cli->word_count ? cli->words[0] : "@", &store, &key);
	if (code != CLI_OK)
		return code;
	if (options.db)
		code = export_copy(cli, options.db, store, key);
	else if (options.optuna)
		code = export_optuna(cli, options.optuna, store, key);
	else if (options.board)
		code = export_board(cli, options.board, store, key);
	else if (!options.html)
		code = export_text(cli, &options, store, key, format, long_metrics);
	hd_store_close(store);
	return code == CLI_OK && options.html ? export_html(cli, options.html) : code;
}

const struct cli_command cli_cmd_export = {
	.name = "export",
	.summary = "a sweep as a report, CSV, JSON lines, a store, for Optuna or TensorBoard",
	.usage = "[S...] [option...]",
	.examples = "  hdrive export brave-otter-3 -o trials.csv\n"
		    "  hdrive export @ --format jsonl --metrics long | gzip >all.jsonl.gz\n"
		    "  hdrive export brave-otter-3 --copy share.db\n"
		    "  hdrive export brave-otter-3 calm-fox-1 --optuna study.db\n"
		    "  hdrive export brave-otter-3 --tensorboard board\n"
		    "  hdrive export brave-otter-3 --html report.html\n",
	.options = export_rows,
	.notes = "Parameters come with their kinds, so that 'hdrive import' gives the same back.\n",
	.run = export_main,
};
