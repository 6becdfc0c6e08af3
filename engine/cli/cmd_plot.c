/*
 * hdrive plot: pictures of a sweep. Text and SVG are drawn here; for a PNG this
 * program becomes the one beside it that knows how.
 */
#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct plot_options {
	const char *output;
	const char *format;
	const char *size;
	struct cli_size width, height;
	const char *theme;
	const char *metric;
	const char *x, *y;
	const char *trials;
	struct cli_size best;
	bool log_scale;
	bool ascii;
};

#define ROW(field) offsetof(struct plot_options, field)
static const struct cli_opt plot_rows[] = {
	{ "output", 'o', "FILE", "write there, whole or not at all; its end tells the format",
	  CLI_OPT_TEXT, ROW(output), 0 },
	{ "format", 0, "text|svg|png", "what is written (text, or as FILE ends)", CLI_OPT_TEXT,
	  ROW(format), 0 },
	{ "size", 0, "WxH", "800x500: pixels, or of text columns and lines", CLI_OPT_TEXT,
	  ROW(size), 0 },
	{ "width", 0, "N", "pixels or columns alone", CLI_OPT_SIZE, ROW(width), 1 },
	{ "height", 0, "N", "pixels or lines alone", CLI_OPT_SIZE, ROW(height), 1 },
	{ "theme", 0, "light|dark", "of SVG and PNG (light)", CLI_OPT_TEXT, ROW(theme), 0 },
	{ "metric", 0, "NAME", "of curves: another than the primary one", CLI_OPT_TEXT,
	  ROW(metric), 0 },
	{ "x", 0, "NAME", "of scatter and slice: a parameter, the metric, trial or duration",
	  CLI_OPT_TEXT, ROW(x), 0 },
	{ "y", 0, "NAME", "of scatter: the same", CLI_OPT_TEXT, ROW(y), 0 },
	{ "trials", 0, "N,N...", "of curves: these; 'running': those that run", CLI_OPT_TEXT,
	  ROW(trials), 0 },
	{ "best", 0, "N", "only the N best trials (of curves: 50)", CLI_OPT_SIZE, ROW(best), 1 },
	{ "log", 0, NULL, "the metric's scale is logarithmic", CLI_OPT_FLAG, ROW(log_scale), 0 },
	{ "ascii", 0, NULL, "text of ASCII alone", CLI_OPT_FLAG, ROW(ascii), 0 },
	CLI_OPT_END
};

/* --- words ---------------------------------------------------------------- */

static bool is_kind(const char *word)
{
	for (size_t i = 0; i < hd_plot_kinds(); i++)
		if (!strcmp(hd_plot_kind_name(i), word))
			return true;
	return false;
}

/* "S KIND", or either alone: the latest sweep, its history. */
static void plot_words(const struct cli *cli, const char **sweep, const char **kind)
{
	*sweep = "@";
	*kind = hd_plot_kind_name(0);
	if (cli->word_count == 2) {
		*sweep = cli->words[0];
		*kind = cli->words[1];
	} else if (cli->word_count == 1 && is_kind(cli->words[0])) {
		*kind = cli->words[0];
	} else if (cli->word_count == 1) {
		*sweep = cli->words[0];
	}
}

static bool ends_with(const char *word, const char *end)
{
	size_t length = strlen(word), tail = strlen(end);

	return length > tail && !strcmp(word + length - tail, end);
}

static bool plot_format(struct cli *cli, const struct plot_options *options,
			enum hd_plot_format *format, int *code)
{
	const char *word = options->format;
	const char *file = options->output ? options->output : "-";

	*format = HD_PLOT_TEXT;
	if (!word)
		word = ends_with(file, ".svg")   ? "svg"
		       : ends_with(file, ".png") ? "png"
						 : "text";
	if (!strcmp(word, "svg"))
		*format = HD_PLOT_SVG;
	else if (!strcmp(word, "png"))
		*format = HD_PLOT_PNG;
	else if (strcmp(word, "text") != 0)
		*code = cli_fail(cli, CLI_USAGE, "unknown format '%s', one of: text, svg, png",
				 word);
	if (cli->json)
		*format = HD_PLOT_JSON;
	if (*code == CLI_OK && *format == HD_PLOT_PNG && !strcmp(file, "-") && cli->out_tty)
		*code = cli_fail(cli, CLI_USAGE,
				 "a PNG is not for a terminal: -o FILE.png names a file");
	if (*code == CLI_OK && *format == HD_PLOT_TEXT && !options->format &&
	    strcmp(file, "-") != 0 && !ends_with(file, ".txt"))
		*code = cli_fail(
			cli, CLI_USAGE,
			"'%s' ends in neither .svg, .png nor .txt: --format says what it is", file);
	return *code == CLI_OK;
}

/* "800x500" */
static bool plot_size(struct cli *cli, const struct plot_options *options, struct hd_plot *plot,
		      int *code)
{
	const char *cross = options->size ? strchr(options->size, 'x') : NULL;
	char width[24] = "";
	uint64_t w = 0, h = 0;

	plot->width = options->width.value;
	plot->height = options->height.value;
	if (!options->size)
		return true;
	if (options->width.given || options->height.given) {
		*code = cli_fail(cli, CLI_USAGE, "--size stands for --width and --height");
		return false;
	}
	if (cross && (size_t)(cross - options->size) < sizeof width)
		snprintf(width, sizeof width, "%.*s", (int)(cross - options->size), options->size);
	if (!cross || !cli_read_number(width, &w) || !cli_read_number(cross + 1, &h) || !w || !h) {
		*code = cli_fail(cli, CLI_USAGE, "'--size' takes WIDTHxHEIGHT, got '%s'",
				 options->size);
		return false;
	}
	plot->width = w;
	plot->height = h;
	return true;
}

static bool plot_theme(struct cli *cli, const struct plot_options *options, struct hd_plot *plot,
		       int *code)
{
	const char *word = options->theme ? options->theme : "light";

	plot->dark = !strcmp(word, "dark");
	if (!plot->dark && strcmp(word, "light") != 0)
		*code = cli_fail(cli, CLI_USAGE, "unknown theme '%s', one of: light, dark", word);
	return *code == CLI_OK;
}

/* A console of Linux itself has no braille, a dumb terminal perhaps nothing. */
static bool is_plain_terminal(const struct cli *cli)
{
	const char *term = getenv("TERM");

	return cli->out_tty && (!term || !strcmp(term, "dumb") || !strcmp(term, "linux"));
}

/* --- PNG ------------------------------------------------------------------ */

/* An argv; those words that are its own stand behind the first OWN_FROM. */
#define OWN_FROM 4

struct words {
	char *argv[20];
	size_t count;
};

static void add_word(struct words *words, const char *name, const char *value)
{
	size_t size = value ? strlen(name) + strlen(value) + 2 : 0;
	char *text = value ? malloc(size) : NULL;

	if (!text)
		return;
	snprintf(text, size, "%s=%s", name, value);
	words->argv[words->count++] = text;
}

static void add_number(struct words *words, const char *name, size_t value)
{
	char text[24];

	snprintf(text, sizeof text, "%zu", value);
	add_word(words, name, value ? text : NULL);
}

static char *as_word(const char *text)
{
	return (char *)(uintptr_t)text;
}

static int plot_become(struct cli *cli, const char *store, const char *sweep, const char *file,
		       const struct hd_plot *plot)
{
	struct words words = { .count = 0 };
	char *program = cli_plot_path();

	if (!program)
		return cli_fail(cli, CLI_ERROR,
				"cannot find hdrive-plot, which draws PNG, beside hdrive, nor in "
				"../libexec/hdrive; SVG needs nothing: -o FILE.svg");
	words.argv[words.count++] = program;
	words.argv[words.count++] = as_word(store);
	words.argv[words.count++] = as_word(sweep);
	words.argv[words.count++] = as_word(file);
	add_word(&words, "kind", plot->kind);
	add_word(&words, "metric", plot->metric);
	add_word(&words, "x", plot->x);
	add_word(&words, "y", plot->y);
	add_word(&words, "trials", plot->trials);
	add_number(&words, "best", plot->best);
	add_number(&words, "width", plot->width);
	add_number(&words, "height", plot->height);
	add_word(&words, "dark", plot->dark ? "1" : NULL);
	add_word(&words, "log", plot->log_scale ? "1" : NULL);
	fflush(NULL);
	execv(program, words.argv);
	cli_fail(cli, CLI_ERROR, "cannot run '%s': %s", program, strerror(errno));
	for (size_t i = OWN_FROM; i < words.count; i++)
		free(words.argv[i]);
	free(program);
	return CLI_ERROR;
}

/* --- the command ---------------------------------------------------------- */

static int plot_draw(struct cli *cli, struct hd_store *store, int64_t key, const char *file,
		     const struct hd_plot *plot)
{
	struct hd_error err = { 0 };
	struct hd_out out = cli->out;
	int rc;

	out.color = cli->out_color && !cli->no_color;
	if (strcmp(file, "-") != 0)
		rc = hd_plot_file(store, key, plot, file, &err);
	else
		rc = hd_plot(store, key, plot, &out, &err);
	/* The sweep is there: what is missing is something to draw. */
	if (rc == HD_ESTATE)
		return cli_fail(cli, CLI_NO_METRIC, "%s", err.text);
	if (rc < 0)
		return cli->out_errno ? CLI_ERROR : cli_fail_error(cli, &err);
	return CLI_OK;
}

static int plot_png(struct cli *cli, const char *sweep, const char *file,
		    const struct hd_plot *plot)
{
	struct hd_error err = { 0 };
	char *path = NULL;
	int code;

	if (hd_store_locate(&path, ".", cli_store_override(cli), &err) < 0)
		return cli_fail_error(cli, &err);
	code = plot_become(cli, path, sweep, file, plot);
	free(path);
	return code;
}

static int plot_main(struct cli *cli)
{
	struct plot_options options = { 0 };
	struct hd_plot plot = { .size = sizeof plot };
	struct hd_store *store = NULL;
	const char *sweep, *file;
	int64_t key;
	int code;

	if (!cli_parse(cli, &options, &code) || !cli_words_between(cli, 0, 2, &code) ||
	    !plot_format(cli, &options, &plot.format, &code) ||
	    !plot_size(cli, &options, &plot, &code) || !plot_theme(cli, &options, &plot, &code))
		return code;
	plot_words(cli, &sweep, &plot.kind);
	file = options.output ? options.output : "-";
	plot.metric = options.metric;
	plot.x = options.x;
	plot.y = options.y;
	plot.trials = options.trials;
	plot.best = options.best.value;
	plot.log_scale = options.log_scale;
	plot.ascii = options.ascii || (!options.output && is_plain_terminal(cli));
	code = cli_sweep_open(cli, sweep, &store, &key);
	if (code != CLI_OK)
		return code;
	if (plot.format == HD_PLOT_PNG)
		code = plot_png(cli, sweep, file, &plot);
	else
		code = plot_draw(cli, store, key, file, &plot);
	hd_store_close(store);
	return code;
}

const struct cli_command cli_cmd_plot = {
	.name = "plot",
	.summary = "pictures of a sweep: in the terminal, as SVG or PNG",
	.usage = "[S] [history|curves|parallel|slice|scatter|importance|timeline] [option...]",
	.examples =
		"  hdrive plot\n"
		"  hdrive plot brave-otter-3 curves --best 10\n"
		"  hdrive plot @ parallel -o parallel.svg --theme dark\n"
		"  hdrive plot @ scatter --x lr --y batch-size -o scatter.png --size 1200x800\n",
	.options = plot_rows,
	.notes = "history: each trial's value, and the best so far (as without a KIND).\n"
		 "curves: a metric over its steps. parallel: an axis a parameter, a line a trial.\n"
		 "slice: the value by each parameter. scatter: trials by two parameters.\n"
		 "importance: which parameters matter. timeline: when each trial ran, and where.\n"
		 "--json prints the data that would be drawn.\n"
		 "Exit code 4 when no trial has reported the metric.\n",
	.run = plot_main,
};
