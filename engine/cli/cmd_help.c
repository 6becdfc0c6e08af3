/* hdrive help: the commands, one of them, or a topic. */
#include "cli/cli.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct cli_opt no_rows[] = { CLI_OPT_END };

static const char help_exit_codes[] =
	"   0  done; at least one trial has the primary metric\n"
	"   1  unexpected error\n"
	"   2  usage, or an invalid file: nothing was created\n"
	"   3  no such sweep, trial or file\n"
	"   4  ended, no trial ever reported the primary metric\n"
	"   5  the sweep's time was up; a best exists\n"
	"   6  ended by max_failures, or as the first three trials failed alike\n"
	"   7  what --require asks for is not met\n"
	"   8  still running (status --exit-status)\n"
	"  10  log, report: please stop; ask: nothing is left\n"
	"  75  temporary: the store is busy, or another engine runs the sweep\n"
	" 129  the terminal hung up, 130 Ctrl-C, 143 terminated: all is saved\n";

static const char help_env[] =
	"Read by hdrive:\n"
	"  HDRIVE_DB           the store's file, as --db\n"
	"  HDRIVE_CLIENT       who asks for trials of a study, as ask --client\n"
	"  HDRIVE_LAUNCHER     the supervisor program, else hdrive-launch beside hdrive\n"
	"  NO_COLOR            when not empty, no colours\n"
	"  TERM                'dumb' or unset: no status line\n"
	"Given to a trial:\n"
	"  HDRIVE_SWEEP        the sweep's name\n"
	"  HDRIVE_TRIAL        the trial's number\n"
	"  HDRIVE_ATTEMPT      which attempt this is\n"
	"  HDRIVE_DIR          the trial's folder\n"
	"  HDRIVE_OUTPUTS      its outputs/ folder\n"
	"  HDRIVE_CHECKPOINTS  the same in every attempt\n"
	"  HDRIVE_PARAMS       a JSON file with its parameters\n"
	"  HDRIVE_SEED         a seed of its own\n"
	"  HDRIVE_SLOT         which of the concurrent places it has\n"
	"  HDRIVE_DEVICES      its GPUs and CPUs, in words\n"
	"  HDRIVE_CPUS         its CPUs, with --cpus-per-trial\n"
	"  HDRIVE_METRICS      the file that 'hdrive log' appends to\n"
	"  CUDA_VISIBLE_DEVICES  its GPUs, with --gpus; ROCR_VISIBLE_DEVICES for AMD,\n"
	"                      ZE_AFFINITY_MASK for Intel\n"
	"  OMP_NUM_THREADS     how many CPUs those are, unless you set it\n"
	"  AZUREML_RUN_ID      and the rest of what Azure sets\n"
	"  PYTHONUNBUFFERED    1, unless you set it\n";

static const char help_yaml[] =
	"  sampling:\n"
	"    type: random                  # or grid\n"
	"    parameter_space:\n"
	"    - {name: --lr, expression: loguniform, values: [-6, -1]}\n"
	"    - {name: --units, expression: quniform, values: [16, 128, 16]}\n"
	"    - {name: --opt, expression: choice, values: [adam, sgd]}\n"
	"  policy:                         # may be left out\n"
	"    type: BanditPolicy\n"
	"    evaluation_interval: 1\n"
	"    slack_factor: 0.2\n"
	"  primary_metric_name: accuracy\n"
	"  primary_metric_goal: maximize\n"
	"  max_total_runs: 20\n"
	"  max_concurrent_runs: 4\n"
	"  max_duration_minutes: 60\n"
	"\n"
	"Expressions: choice, randint, uniform, quniform, loguniform, qloguniform,\n"
	"normal, qnormal, lognormal, qlognormal. Bounds of the log forms are\n"
	"logarithms: loguniform [-6, -1] gives exp(-6) .. exp(-1).\n"
	"'hdrive validate FILE' tells every problem with its line and column.\n";

static const char help_metrics[] =
	"A trial reports metrics by whatever it does already, all read at once:\n"
	"  stdout, stderr    accuracy=0.9   accuracy: 0.9   {\"accuracy\": 0.9}\n"
	"                    [tune-metric]: {\"accuracy\": 0.9}\n"
	"  your own pattern  metrics: in the file, or --metric-pattern: PCRE2 with\n"
	"                    the named groups 'name', 'value' and 'step'\n"
	"  hdrive log        hdrive log accuracy=0.9 --step 3\n"
	"  Python            from azureml.core import Run\n"
	"                    Run.get_context().log('accuracy', 0.9)\n"
	"'hdrive metrics test FILE' shows what is caught from a saved log.\n";

static const struct {
	const char *name;
	const char *summary;
	const char *text;
} help_topics[] = {
	{ "exit-codes", "what exit codes mean", help_exit_codes },
	{ "env", "environment variables", help_env },
	{ "yaml", "a sweep's file", help_yaml },
	{ "metrics", "how trials report metrics", help_metrics },
};

/* A default as written in a file; required and absent ones say so. */
static void help_default(const struct hd_option *row, char *text, size_t size)
{
	char number[32];

	if (row->required)
		snprintf(text, size, "required");
	else if (row->type == HD_OPTION_TYPE_BOOL)
		snprintf(text, size, "%s", row->fallback != 0 ? "true" : "false");
	else if (row->type == HD_OPTION_TYPE_WORD)
		snprintf(text, size, "%s", row->words[(size_t)row->fallback]);
	else if (isnan(row->fallback))
		snprintf(text, size, "none");
	else
		snprintf(text, size, "%s", hd_number_text(row->fallback, number, sizeof number));
}

static void help_words(const struct hd_option *row, char *text, size_t size)
{
	size_t length = 0;

	text[0] = '\0';
	for (size_t i = 0; row->words[i] && length < size; i++)
		length += (size_t)snprintf(text + length, size - length,
					   "%s%s", i ? " or " : "",
					   row->words[i]);
}

static void help_range(const struct hd_option *row, char *text, size_t size)
{
	char low[32];
	char high[32];

	if (row->type == HD_OPTION_TYPE_WORD) {
		help_words(row, text, size);
		return;
	}
	if (row->type == HD_OPTION_TYPE_BOOL)
		snprintf(text, size, "true or false");
	else if (row->type == HD_OPTION_TYPE_TEXT)
		snprintf(text, size, "text");
	else if (row->type == HD_OPTION_TYPE_TEXTS)
		snprintf(text, size, "texts");
	else if (isinf(row->min))
		snprintf(text, size, "any number");
	else if (isinf(row->max))
		snprintf(text, size, "%s or more", hd_number_text(row->min, low, sizeof low));
	else
		snprintf(text, size, "%s to %s", hd_number_text(row->min, low, sizeof low),
			 hd_number_text(row->max, high, sizeof high));
}

static void help_options(struct cli *cli, const struct hd_option *rows)
{
	for (; rows && rows->name; rows++) {
		char range[80];
		char fallback[40];

		help_range(rows, range, sizeof range);
		help_default(rows, fallback, sizeof fallback);
		cli_put(cli, "    %-22s %s (%s; default %s)\n", rows->name,
			rows->summary, range, fallback);
	}
}

static void help_samplers(struct cli *cli)
{
	for (size_t i = 0; i < hd_sampler_types(); i++) {
		const struct hd_sampler_type *type = hd_sampler_type_at(i);

		cli_put(cli, "%s: %s\n    takes ", type->name, type->summary);
		for (size_t j = 0, any = 0; j < hd_expr_types(); j++) {
			const struct hd_expr_type *expr = hd_expr_type_at(j);

			if (type->expressions & expr->kind)
				cli_put(cli, "%s%s", any++ ? ", " : "", expr->name);
		}
		cli_put(cli, "\n");
		help_options(cli, type->options);
	}
}

static void help_policies(struct cli *cli)
{
	for (size_t i = 0; i < hd_policy_types(); i++) {
		const struct hd_policy_type *type = hd_policy_type_at(i);

		cli_put(cli, "%s", type->name);
		if (type->v1_name)
			cli_put(cli, " (%s)", type->v1_name);
		cli_put(cli, ": %s\n", type->summary);
		help_options(cli, type->options);
	}
	cli_put(cli,
		"Every policy also takes:\n"
		"    evaluation_interval    ask at every N-th interval, not with rungs (1 or more; "
		"default 1)\n"
		"    delay_evaluation       not before this interval (0 or more; default 0)\n");
}

static void help_targets(struct cli *cli)
{
	cli_put(cli, "Targets stand in targets.yml beside the store, .hdrive/targets.yml:\n"
		     "  NAME:\n"
		     "    type: TYPE\n"
		     "    KEY: VALUE\n"
		     "'hdrive target add NAME TYPE KEY=VALUE...' writes one. The types:\n");
	for (size_t i = 0; i < hd_backend_types(); i++) {
		const struct hd_backend_type *type = hd_backend_type_at(i);

		cli_put(cli, "%s: %s\n", type->name, type->summary);
		help_options(cli, type->options);
	}
}

void cli_help_topics(void (*fn)(void *user, const char *name, const char *summary), void *user)
{
	for (size_t i = 0; i < sizeof help_topics / sizeof help_topics[0]; i++)
		fn(user, help_topics[i].name, help_topics[i].summary);
	fn(user, "samplers", "the samplers and their options");
	fn(user, "policies", "the early termination policies and their options");
	fn(user, "targets", "where trials may run besides this machine");
}

static void help_line(void *user, const char *name, const char *summary)
{
	cli_put(user, "  %-12s %s\n", name, summary);
}

static void help_list(struct cli *cli)
{
	cli_put(cli, "hdrive: tune a training program's parameters\n\n"
		     "  hdrive validate sweep.yml\n"
		     "  hdrive submit sweep.yml -- python train.py\n"
		     "  hdrive best\n\n"
		     "Commands:\n");
	for (size_t i = 0; cli_commands[i]; i++)
		cli_put(cli, "  %-12s %s\n", cli_commands[i]->name,
			cli_commands[i]->summary);
	cli_put(cli, "\nTopics (hdrive help TOPIC):\n");
	cli_help_topics(help_line, cli);
	cli_put(cli, "\n'hdrive COMMAND --help' shows a command's options.\n");
}

static bool help_topic(struct cli *cli, const char *word)
{
	for (size_t i = 0; i < sizeof help_topics / sizeof help_topics[0]; i++) {
		if (strcmp(help_topics[i].name, word))
			continue;
		cli_put(cli, "%s", help_topics[i].text);
		return true;
	}
	if (!strcmp(word, "samplers"))
		help_samplers(cli);
	else if (!strcmp(word, "policies"))
		help_policies(cli);
	else if (!strcmp(word, "targets"))
		help_targets(cli);
	else
		return false;
	return true;
}

static int help_main(struct cli *cli)
{
	const struct cli_command *command;
	const char *word;
	const char *near;
	int code;

	if (!cli_parse(cli, NULL, &code) || !cli_words_between(cli, 0, 1, &code))
		return code;
	if (cli->word_count == 0) {
		help_list(cli);
		return CLI_OK;
	}
	word = cli->words[0];
	command = cli_command_find(word);
	/* "metrics" is both: a person who asks for help wants the topic, and
	 * "hdrive metrics --help" gives the other. */
	if (help_topic(cli, word))
		return CLI_OK;
	if (command) {
		cli_command_help(cli, command);
		return CLI_OK;
	}
	near = cli_command_near(word);
	return cli_fail(cli, CLI_USAGE, "no help on '%s'%s%s%s", word,
			near ? ", did you mean '" : "; 'hdrive help' lists what there is",
			near ? near : "", near ? "'?" : "");
}

const struct cli_command cli_cmd_help = {
	.name = "help",
	.summary = "this list, a command, or a topic",
	.usage = "[COMMAND|TOPIC]",
	.examples = "  hdrive help submit\n"
		    "  hdrive help policies\n",
	.options = no_rows,
	.run = help_main,
};
