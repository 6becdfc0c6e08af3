/* hdrive target check: prove a target by what every sweep does there. */
#include "cli/limits.h"
#include "cli/target.h"
#include "cli/target_probe.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT_SECONDS 120

struct check_options {
	const char *timeout;
};

static const struct cli_opt check_rows[] = {
	{ "timeout", 0, "TIME", "how long each step may take: 90s, 10m (2m)", CLI_OPT_TEXT,
	  offsetof(struct check_options, timeout), 0 },
	CLI_OPT_END
};

static const struct {
	const char *name;
	const char *help; /* what to do when it fails */
} check_steps[] = {
	[PROBE_LAUNCH] = { "launch", "its settings must be those of the place, a log-in there must "
				     "need no password, and something must be free there" },
	[PROBE_SOURCE] = { "source",
			   "the target's folder must be one where you may write, and of a "
			   "scheduler one that all its machines see" },
	[PROBE_METRIC] = { "metric", "the target's folder must be one that this machine sees too" },
	[PROBE_FILE] = { "file", "the target's folder must be one that this machine sees too" },
	[PROBE_CANCEL] = { "cancel", "what cannot be cancelled runs on when its sweep has ended" },
	[PROBE_CLEAN] = { "clean", "look for what still runs there" },
};

struct check {
	struct cli *cli;
	const struct hd_target *target;
	size_t told;
	enum probe_step failed; /* the first; PROBE_STEPS: none */
};

/* --- what is told ------------------------------------------------------------- */

static void put_member(struct cli *cli, const char *name, const char *text)
{
	cli_put(cli, ",\"%s\":", name);
	if (text)
		(void)hd_report_json_text(text, strlen(text), &cli->out);
	else
		cli_put(cli, "null");
}

static void check_json(struct check *check, const char *name, double seconds, const char *problem,
		       const char *detail)
{
	char number[32];

	cli_put(check->cli, "%s{\"step\":\"%s\",\"ok\":%s,\"seconds\":%s",
		check->told++ ? ",\n" : "", name, problem ? "false" : "true",
		hd_number_text(seconds, number, sizeof number));
	put_member(check->cli, "detail", problem ? problem : detail);
	cli_put(check->cli, "}");
}

static void check_text(struct check *check, const char *name, double seconds, const char *problem,
		       const char *detail)
{
	struct cli *cli = check->cli;
	const char *color = !cli->out.color ? "" : problem ? "\033[31m"
							   : "\033[32m";
	const char *text = problem ? problem : detail;

	cli_put(cli, "%-8s  %s%-6s%s  %6.2f s", name, color, problem ? "FAILED" : "ok",
		*color ? "\033[0m" : "", seconds);
	if (text) {
		cli_put(cli, "  ");
		(void)hd_report_plain_text(text, strlen(text), true, &cli->out);
	}
	cli_put(cli, "\n");
	cli_flush(cli);
}

static void on_step(void *user, const struct probe_result *result)
{
	struct check *check = user;
	const char *name = check_steps[result->step].name;

	if (check->cli->json)
		check_json(check, name, result->seconds, result->problem, result->detail);
	else
		check_text(check, name, result->seconds, result->problem, result->detail);
	if (result->problem && check->failed == PROBE_STEPS)
		check->failed = result->step;
}

static void on_note(void *user, const char *text)
{
	const struct check *check = user;
	char plain[600];

	cli_say(check->cli, "%s: %s", check->target->name,
		hd_plain_text(text, plain, sizeof plain));
}

/* --- the command --------------------------------------------------------------- */

/* What stands before the steps of the probe, and the first, which was taken when
 * the file was read. */
static void check_begin(struct check *check)
{
	struct cli *cli = check->cli;
	const struct hd_target *target = check->target;

	if (!cli->json) {
		check_text(check, "settings", 0, NULL, target->type->name);
		return;
	}
	cli_put(cli, "{\"target\":");
	(void)hd_report_json_text(target->name, strlen(target->name), &cli->out);
	put_member(cli, "type", target->type->name);
	cli_put(cli, ",\"steps\":[");
	check_json(check, "settings", 0, NULL, NULL);
}

static int check_end(struct check *check, bool went_well)
{
	struct cli *cli = check->cli;
	const char *name = check->target->name;

	if (cli->json)
		cli_put(cli, "],\"ok\":%s}\n", went_well ? "true" : "false");
	else if (went_well)
		cli_say(cli, "%s works: hdrive submit FILE --backend %s -- CMD", name, name);
	if (went_well)
		return CLI_OK;
	return cli_fail(cli, CLI_ERROR, "'%s' cannot be used yet: %s (hdrive target show %s)", name,
			check_steps[check->failed].help, name);
}

/* In FOLDER, that of the store. */
static int check_target(struct cli *cli, const struct hd_target *target, const char *folder,
			double limit)
{
	struct check check = { .cli = cli, .target = target, .failed = PROBE_STEPS };
	char *launcher = cli_launcher_path();
	char *python = cli_python_path();
	const struct probe probe = {
		.target = target,
		.folder = folder,
		.launcher = launcher,
		.python = python,
		.limit = limit,
		.step = on_step,
		.note = on_note,
		.user = &check,
	};
	int code;

	if (launcher) {
		check_begin(&check);
		code = check_end(&check, target_probe(&probe));
	} else {
		code = cli_fail(cli, CLI_ERROR,
				"'hdrive-launch' is neither beside this program nor in "
				"../libexec/hdrive");
	}
	free(launcher);
	free(python);
	return code;
}

/* The folder of FILE; the caller's to free(), NULL for no memory. */
static char *folder_of(const struct target_file *file)
{
	const char *slash = strrchr(file->path, '/');

	return slash ? strndup(file->path, (size_t)(slash - file->path)) : strdup(".");
}

static int check_main(struct cli *cli)
{
	struct check_options options = { NULL };
	const struct hd_target *target;
	struct target_file file;
	double limit = LIMIT_SECONDS;
	char *folder;
	int code;

	if (!cli_parse(cli, &options, &code) || !cli_words_between(cli, 1, 1, &code))
		return code;
	if (options.timeout && !limit_read_time(options.timeout, &limit))
		return cli_fail(cli, CLI_USAGE, "'%s' is no time such as 90s", options.timeout);
	code = target_open(cli, &file);
	if (code != CLI_OK)
		return code;
	target = target_find(cli, &file, cli->words[0]);
	folder = folder_of(&file);
	if (!folder)
		code = cli_fail(cli, CLI_ERROR, "out of memory");
	else
		code = target ? check_target(cli, target, folder, limit) : CLI_MISSING;
	free(folder);
	target_close(&file);
	return code;
}

const struct cli_command target_cmd_check = {
	.name = "target check",
	.summary = "prove a target by running a trial there and cancelling another",
	.usage = "TARGET [option...]",
	.examples = "  hdrive target check gpu\n"
		    "  hdrive target check lab --timeout 10m\n"
		    "  hdrive target check lab --json\n",
	.options = check_rows,
	.notes = "Each step has its time; what is wrong is said in the target's own words. What\n"
		 "it makes is removed. Exits with 1 when a step has failed.\n",
	.run = check_main,
};
