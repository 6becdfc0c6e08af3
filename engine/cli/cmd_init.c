/* hdrive init: a sweep and a run configuration to go on from. */
#include "cli/init_help.h"
#include "cli/templates.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define SWEEP_FILE "sweep.yml"
#define RUNCONFIG_FILE ".azureml/local.runconfig"

struct init_options {
	const char *from;
	const char *metric; /* "max:accuracy" */
	bool force;
};

#define ROW(field) offsetof(struct init_options, field)
static const struct cli_opt init_rows[] = {
	{ "from", 0, "SCRIPT", "read the parameters off the script's --help", CLI_OPT_TEXT,
	  ROW(from), 0 },
	{ "metric", 'm', "GOAL:NAME", "what is tuned: min:loss (max:accuracy)", CLI_OPT_TEXT,
	  ROW(metric), 0 },
	{ "force", 0, NULL, "replace files that are there", CLI_OPT_FLAG, ROW(force), 0 },
	CLI_OPT_END
};

/* A text that grows; NULL once there was no memory. */
struct text {
	char *text;
	size_t length;
	size_t room;
};

static void put(struct text *text, const char *fmt, ...) HD_PRINTF(2, 3);
static void put(struct text *text, const char *fmt, ...)
{
	char line[1024];
	va_list list;
	int length;

	va_start(list, fmt);
	length = vsnprintf(line, sizeof line, fmt, list);
	va_end(list);
	if (!text->text || length < 0)
		return;
	if ((size_t)length >= sizeof line)
		length = sizeof line - 1;
	if (text->length + (size_t)length + 1 > text->room) {
		size_t room = 2 * (text->length + sizeof line);
		char *grown = realloc(text->text, room);

		if (!grown) {
			free(text->text);
			text->text = NULL;
			return;
		}
		text->text = grown;
		text->room = room;
	}
	memcpy(text->text + text->length, line, (size_t)length + 1);
	text->length += (size_t)length;
}

/* --- parameters ------------------------------------------------------------------ */

static bool read_number(const char *text, double *value, bool *whole)
{
	char *end;

	*value = strtod(text, &end);
	*whole = strspn(text, "+-0123456789") == strlen(text);
	return end != text && !*end && isfinite(*value);
}

/* As a YAML scalar that is what it was: a number, else text in quotes. */
static void put_scalar(struct text *text, const char *value)
{
	double number;
	bool whole;

	if (read_number(value, &number, &whole)) {
		put(text, "%s", value);
		return;
	}
	put(text, "\"");
	for (; *value; value++)
		put(text, *value == '"' || *value == '\\' ? "\\%c" : "%c",
		    *value);
	put(text, "\"");
}

static void put_choice(struct text *text, const struct help_option *option)
{
	put(text, "  - {name: %s, expression: choice, values: [", option->name);
	for (size_t i = 0; i < option->choice_count; i++) {
		put(text, "%s", i ? ", " : "");
		put_scalar(text, option->choices[i]);
	}
	put(text, "]}\n");
}

/* Around DEFAULT: the same decade for a small rate, halves and doubles else. */
static void put_number(struct text *text, const char *name, double value,
		       bool whole)
{
	double half = floor(value / 2);

	if (whole && value >= 1)
		put(text,
		    "  # the script's default is %g\n"
		    "  - {name: %s, expression: choice, values: [%g, %g, %g]}\n",
		    value, name, half < 1 ? value : half,
		    half < 1 ? value * 2 : value,
		    half < 1 ? value * 3 : value * 2);
	else if (value > 0 && value < 1)
		put(text,
		    "  # the script's default is %g; the bounds are logarithms:"
		    " %g to %g\n"
		    "  - {name: %s, expression: loguniform, values: [%.4g, %.4g]}\n",
		    value, value / 10, value * 10, name, log(value / 10),
		    log(value * 10));
	else if (value > 0)
		put(text,
		    "  # the script's default is %g\n"
		    "  - {name: %s, expression: uniform, values: [%g, %g]}\n",
		    value, name, value / 2, value * 2);
	else
		put(text,
		    "  # the script's default is %g\n"
		    "  # - {name: %s, expression: uniform, values: [0, 1]}\n",
		    value, name);
}

/* One option; whether a parameter was proposed. */
static bool put_option(struct text *text, const struct help_option *option)
{
	double value;
	bool whole;

	if (option->choice_count) {
		put_choice(text, option);
		return true;
	}
	if (!option->takes_value) {
		put(text, "  # %s is a switch: no parameter sets it\n",
		    option->name);
		return false;
	}
	if (!read_number(option->fallback, &value, &whole)) {
		put(text,
		    "  # %s%s%s: say what it may be\n"
		    "  # - {name: %s, expression: choice, values: []}\n",
		    option->name, *option->fallback ? ", by default " : "",
		    option->fallback, option->name);
		return false;
	}
	put_number(text, option->name, value, whole);
	return value > 0;
}

static bool put_options(struct text *text, const struct help_option *options,
			size_t count)
{
	bool any = false;

	for (size_t i = 0; i < count; i++)
		any |= put_option(text, &options[i]);
	return any;
}

/* --- the sweep ---------------------------------------------------------------------- */

static void put_head(struct text *text, const char *script)
{
	put(text,
	    "# A sweep: hdrive submit " SWEEP_FILE " -c local\n"
	    "# Check it first with: hdrive validate " SWEEP_FILE "\n"
	    "#\n"
	    "# Every trial runs %s with \"--name value\" for each parameter.\n"
	    "# Expressions: choice, uniform, loguniform (bounds are logarithms),\n"
	    "# quniform, normal, randint, ...; see hdrive.yaml(5).\n"
	    "sampling:\n"
	    "  type: random # or grid, bayesian\n"
	    "  parameter_space:\n",
	    script);
}

static void put_example(struct text *text)
{
	put(text, "  # An example: put your script's own here.\n"
		  "  # 0.0001 to 0.1, as many draws in each decade\n"
		  "  - {name: --lr, expression: loguniform, values: [-9.21, -2.303]}\n"
		  "  - {name: --batch-size, expression: choice, values: [16, 32, 64]}\n");
}

static void put_tail(struct text *text, const char *goal, const char *metric)
{
	put(text,
	    "# Ends trials that are clearly worse than the best one so far.\n"
	    "policy:\n"
	    "  type: BanditPolicy\n"
	    "  slack_factor: 0.2\n"
	    "  evaluation_interval: 1\n"
	    "  delay_evaluation: 5\n"
	    "# The script prints it, \"%s=0.93\", or logs it by azureml or mlflow.\n"
	    "primary_metric_name: %s\n"
	    "primary_metric_goal: %s\n"
	    "max_total_runs: 20\n"
	    "max_concurrent_runs: 2\n"
	    "max_duration_minutes: 60\n",
	    metric, metric, goal);
}

/* The goal and the name in "min:loss"; false when it is not of that form. */
static bool metric_read(const char *text, const char **goal,
			const char **metric)
{
	*goal = "maximize";
	*metric = "accuracy";
	if (!text)
		return true;
	if (!strncmp(text, "min:", 4))
		*goal = "minimize";
	else if (strncmp(text, "max:", 4) != 0)
		return false;
	*metric = text + 4;
	return **metric && strspn(*metric, "abcdefghijklmnopqrstuvwxyz"
					   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					   "0123456789_./-") == strlen(*metric);
}

/* --- the whole ------------------------------------------------------------------------ */

static bool is_python(const char *script)
{
	size_t length = strlen(script);

	return (length > 3 && !strcasecmp(script + length - 3, ".py")) ||
	       access(script, X_OK) < 0;
}

static int put_parameters(struct cli *cli, const char *script, struct text *text)
{
	struct help_option *options;
	const char *why;
	char *help;
	size_t count;

	if (!cli_exists(script))
		return cli_fail(cli, CLI_MISSING, "there is no script '%s'",
				script);
	options = calloc(HELP_OPTIONS, sizeof *options);
	if (!options)
		return cli_fail(cli, CLI_ERROR, "out of memory");
	help = help_of_script(is_python(script) ? template_python() : NULL,
			      script, &why);
	if (!help) {
		free(options);
		return cli_fail(cli, CLI_ERROR,
				"'%s --help' tells nothing: %s", script, why);
	}
	count = help_parse(help, options);
	if (count == 0)
		cli_say(cli, "'%s --help' names no options", script);
	if (!put_options(text, options, count))
		put_example(text);
	free(help);
	free(options);
	return CLI_OK;
}

static int init_write(struct cli *cli, const struct init_options *options,
		      const char *sweep)
{
	enum template_mode mode = options->force ? TEMPLATE_FORCE
						 : TEMPLATE_REFUSE;
	char *runconfig = template_runconfig(
		options->from ? options->from : "train.py", false);
	int code = CLI_OK;

	if (!runconfig || !sweep)
		code = cli_fail(cli, CLI_ERROR, "out of memory");
	if (code == CLI_OK)
		code = template_write(cli, ".", SWEEP_FILE, sweep, mode);
	if (code == CLI_OK)
		code = template_write(cli, ".", RUNCONFIG_FILE, runconfig, mode);
	if (code == CLI_OK)
		cli_say(cli, "next: hdrive validate " SWEEP_FILE
			     "    hdrive submit " SWEEP_FILE
			     " -c local --dry-run");
	free(runconfig);
	return code;
}

static int init_all(struct cli *cli, const struct init_options *options)
{
	struct text text = { .text = calloc(1, 1), .room = 1 };
	const char *goal, *metric;
	int code = CLI_OK;

	if (!metric_read(options->metric, &goal, &metric))
		code = cli_fail(cli, CLI_USAGE,
				"'--metric' must be min:NAME or max:NAME, got"
				" '%s'",
				options->metric);
	if (code == CLI_OK)
		code = template_check(cli, ".", SWEEP_FILE, options->force);
	if (code == CLI_OK)
		code = template_check(cli, ".", RUNCONFIG_FILE, options->force);
	put_head(&text, options->from ? options->from : "train.py");
	if (code == CLI_OK && options->from)
		code = put_parameters(cli, options->from, &text);
	else if (code == CLI_OK)
		put_example(&text);
	if (code == CLI_OK) {
		put_tail(&text, goal, metric);
		code = init_write(cli, options, text.text);
	}
	free(text.text);
	return code;
}

static int init_main(struct cli *cli)
{
	struct init_options options = { 0 };
	int code;

	if (!cli_parse(cli, &options, &code) ||
	    !cli_words_between(cli, 0, 0, &code))
		return code;
	return init_all(cli, &options);
}

const struct cli_command cli_cmd_init = {
	.name = "init",
	.summary = "write a sweep and a run configuration to go on from",
	.usage = "[--from SCRIPT] [option...]",
	.examples = "  hdrive init\n"
		    "  hdrive init --from train.py --metric min:loss\n",
	.options = init_rows,
	.notes = "Writes sweep.yml and .azureml/local.runconfig, and replaces no file without "
		 "--force.\n"
		 "With --from the script is run once, with --help.\n",
	.run = init_main,
};
