#include "cli/run.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

extern char **environ;

/* --- signals -------------------------------------------------------------- */

/* What the handler needs; there is one sweep in a process. */
static struct hd_sweep *volatile signal_sweep;
static volatile sig_atomic_t signal_count;
static volatile sig_atomic_t signal_first;

static void run_on_signal(int number)
{
	int saved = errno;

	if (signal_count++ == 0)
		signal_first = number;
	if (signal_sweep)
		hd_sweep_stop(signal_sweep, signal_count > 1);
	errno = saved;
}

static void run_catch(int number, bool unless_ignored)
{
	struct sigaction action = { .sa_handler = run_on_signal, .sa_flags = SA_RESTART };
	struct sigaction old;

	/* nohup asks for exactly this: to be left alone. */
	if (unless_ignored && sigaction(number, NULL, &old) == 0 &&
	    old.sa_handler == SIG_IGN)
		return;
	sigfillset(&action.sa_mask);
	sigaction(number, &action, NULL);
}

static void run_catch_all(void)
{
	run_catch(SIGINT, false);
	run_catch(SIGTERM, false);
	run_catch(SIGHUP, true);
}

/* --- the end -------------------------------------------------------------- */

int run_exit_code(const struct hd_sweep_row *row)
{
	enum hd_trial_state state;

	if (!hd_trial_state_find(row->state, &state) ||
	    !hd_trial_state_is_terminal(state))
		return hd_report_engine_is_alive(row) ? CLI_STILL_RUNNING : CLI_ERROR;
	if (row->end == HD_END_USER)
		return CLI_SIGNAL + SIGINT;
	if (row->end == HD_END_FAILURES)
		return CLI_FAILURES;
	/* One run has none to report: that it completed is all. */
	if (!*row->metric)
		return row->counts[HD_TRIAL_COMPLETED] ? CLI_OK : CLI_FAILURES;
	if (row->best_trial < 0)
		return CLI_NO_METRIC;
	return row->end == HD_END_LIMIT ? CLI_TIMED_OUT : CLI_OK;
}

static int exit_of_row(void *user, const struct hd_sweep_row *row)
{
	*(int *)user = run_exit_code(row);
	return 0;
}

/* A signal of ours is told by its number. */
static int run_end(struct cli *cli, struct hd_sweep *sweep,
		   struct hd_store *store)
{
	struct hd_sweep_summary end;
	struct hd_error err = { 0 };
	int code = CLI_ERROR;

	hd_sweep_summary(sweep, &end);
	if (end.end == HD_END_USER && signal_first)
		return CLI_SIGNAL + signal_first;
	if (hd_store_sweep(store, hd_sweep_key(sweep), exit_of_row, &code, &err) < 0)
		return cli_fail_error(cli, &err);
	return code;
}

/* --- the run -------------------------------------------------------------- */

/* What goes to stdout at the end, and what was asked to be done then. */
static int run_ended(struct cli *cli, const struct run_how *how,
		     struct hd_sweep *sweep, struct hd_store *store, int code)
{
	int64_t key = hd_sweep_key(sweep);
	int told = CLI_OK;

	if (how->after)
		code = after_sweep(cli, how->after, store, key, code);
	if (cli->tell)
		told = cli->tell(cli, store, key);
	return code == CLI_OK ? told : code;
}

static int run_to_end(struct cli *cli, const struct run_how *how,
		      struct hd_sweep *sweep, struct hd_store *store,
		      struct progress *progress)
{
	struct hd_sweep_summary end;
	struct hd_error err = { 0 };
	int rc;

	progress->sweep = sweep;
	progress->config = hd_sweep_config(sweep);
	signal_sweep = sweep;
	/* A signal that came before there was a sweep. */
	if (signal_count)
		hd_sweep_stop(sweep, signal_count > 1);
	/* On a terminal the line that tells of the start has the name. */
	if (!cli->tell && !cli->json && (!cli->out_tty || cli->quiet))
		cli_put(cli, "%s\n", hd_sweep_name(sweep));
	cli_flush(cli);
	rc = hd_sweep_run(sweep, &err);
	signal_sweep = NULL;
	progress_end(progress);
	if (rc < 0)
		return cli_fail_error(cli, &err);
	hd_sweep_summary(sweep, &end);
	if (!cli->tell && cli->json)
		(void)hd_report_status(store, hd_sweep_key(sweep),
				       HD_FORMAT_JSON, &cli->out, NULL);
	if (end.end == HD_END_USER)
		cli_say(cli, "saved; go on with: hdrive resume %s",
			hd_sweep_name(sweep));
	progress_summary(progress, store);
	return run_ended(cli, how, sweep, store, run_end(cli, sweep, store));
}

static int run_make(struct cli *cli, struct hd_store *store,
		    const struct run_how *how)
{
	struct progress progress;
	char *launcher = cli_launcher_path();
	char *python = cli_python_path();
	struct hd_sweep_options host = {
		.size = sizeof host,
		.launcher = launcher,
		.python_path = python,
		.environment = (const char *const *)environ,
		.event = progress_event,
		.user = &progress,
	};
	struct hd_sweep *sweep = NULL;
	struct hd_error err = { 0 };
	int code;

	progress_init(&progress, cli);
	run_catch_all();
	if (!launcher)
		code = cli_fail(
			cli, CLI_ERROR,
			"'hdrive-launch' is neither beside this program nor in ../libexec/hdrive");
	else if (how->make(how->user, &sweep, store, &host, &err) < 0)
		code = cli_fail_error(cli, &err);
	else {
		if (host.target && host.target->type->is_remote)
			progress.target = host.target;
		if (how->detach)
			detach_named(cli, hd_sweep_name(sweep), hd_sweep_folder(sweep));
		code = run_to_end(cli, how, sweep, store, &progress);
	}
	hd_sweep_free(sweep);
	free(launcher);
	free(python);
	return code;
}

/* In the process that was called: what it says of the one that runs NAME. */
static int run_detached(struct cli *cli,
			const char *name)
{
	struct hd_store *store = NULL;
	int64_t key;
	int code;

	if (!cli->tell) {
		cli_put(cli, "%s\n", name);
		return CLI_OK;
	}
	code = cli_sweep_open(cli, name, &store, &key);
	if (code == CLI_OK)
		code = cli->tell(cli, store, key);
	hd_store_close(store);
	return code;
}

int run_sweep(struct cli *cli, const struct run_how *how)
{
	struct hd_store *store = NULL;
	char name[DETACH_NAME];
	int code;

	/* Before there is a store: its locks do not pass to a child. */
	if (how->detach && !detach_begin(cli, name, &code))
		return code == CLI_OK ? run_detached(cli, name) : code;
	code = cli_store_open(cli, how->mode, &store);
	if (code == CLI_OK)
		code = run_make(cli, store, how);
	hd_store_close(store);
	/* A reader that went away says nothing of the sweep. */
	if (cli->out_errno == EPIPE)
		cli->out_errno = 0;
	return code;
}
