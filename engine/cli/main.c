/*
 * hdrive: the library's first customer. Finds the command, lets it work,
 * returns its exit code. Only files of engine/cli print.
 */
#include "cli/cli.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct cli_command *const cli_commands[] = {
	&cli_cmd_init,
	&cli_cmd_submit,
	&cli_cmd_resume,
	&cli_cmd_cancel,
	&cli_cmd_wait,
	&cli_cmd_retry,
	&cli_cmd_update,
	&cli_cmd_enqueue,
	&cli_cmd_validate,
	&cli_cmd_sample,
	&cli_cmd_ls,
	&cli_cmd_status,
	&cli_cmd_watch,
	&cli_cmd_show,
	&cli_cmd_best,
	&cli_cmd_logs,
	&cli_cmd_metrics,
	&cli_cmd_plot,
	&cli_cmd_export,
	&cli_cmd_import,
	&cli_cmd_replay,
	&cli_cmd_log,
	&cli_cmd_create,
	&cli_cmd_ask,
	&cli_cmd_report,
	&cli_cmd_tell,
	&cli_cmd_folder,
	&cli_cmd_run,
	&cli_cmd_experiment,
	&cli_cmd_job,
	&cli_cmd_target,
	&cli_cmd_serve,
	&cli_cmd_ui,
	&cli_cmd_gc,
	&cli_cmd_doctor,
	&cli_cmd_completion,
	&cli_cmd_version,
	&cli_cmd_help,
	NULL,
};

const struct cli_command *cli_command_find(const char *name)
{
	for (size_t i = 0; cli_commands[i]; i++)
		if (!strcmp(cli_commands[i]->name, name))
			return cli_commands[i];
	return NULL;
}

const char *cli_command_near(const char *name)
{
	const char *names[64];
	size_t count = 0;

	for (; cli_commands[count] && count < 64; count++)
		names[count] = cli_commands[count]->name;
	return hd_suggest(name, names, count);
}

/*
 * A store opened as descriptor 1 would take what is printed: the three
 * standard ones are always open. stdout becomes one that cannot be written,
 * so that a report on a closed stdout fails as it must.
 */
static void main_open_standard(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == 2 ? O_WRONLY : O_RDONLY) != fd)
			_exit(CLI_ERROR);
}

static int main_unknown(struct cli *cli, const char *word)
{
	const char *near = cli_command_near(word);

	if (near)
		return cli_fail(cli, CLI_USAGE,
				"unknown command '%s', did you mean '%s'?",
				word, near);
	return cli_fail(cli, CLI_USAGE,
			"unknown command '%s'; 'hdrive help' lists them", word);
}

/* Called "az", as a link may be: what Azure's scripts call. */
static bool main_is_az(const struct cli *cli)
{
	const char *slash = strrchr(cli->argv[0], '/');

	return !strcmp(slash ? slash + 1 : cli->argv[0], "az");
}

/* The command named by the word behind the global options. */
static int main_run(struct cli *cli)
{
	int code = CLI_OK;
	int at = cli_parse_globals(cli, &code);
	const char *word;

	if (at < 0)
		return code;
	/* "az ml run list" */
	if (at < cli->argc && main_is_az(cli) && !strcmp(cli->argv[at], "ml"))
		at++;
	word = at < cli->argc ? cli->argv[at] : "help";
	if (!strcmp(word, "--version"))
		word = "version";
	cli->command = cli_command_find(word);
	if (!cli->command)
		return main_unknown(cli, word);
	cli->next = at + 1;
	/* "hdrive --help" is the list, "hdrive --help submit" submit's own. */
	if (at >= cli->argc)
		cli->help = false;
	return cli->command->run(cli);
}

int main(int argc, char **argv)
{
	struct cli cli;
	int code;

	main_open_standard();
	/* A reader that went away is an error of write(), not our end. */
	signal(SIGPIPE, SIG_IGN);
	cli_init(&cli, argc, argv);
	code = cli_finish(&cli, main_run(&cli));
	cli_release(&cli);
	return code;
}
