/* hdrive wait: until a sweep has ended. */
#include "cli/limits.h"
#include "cli/run.h"

struct wait_options {
	const char *timeout;
};

static const struct cli_opt wait_rows[] = {
	{ "timeout", 0, "TIME", "at most so long: 90s, 30m, 2h", CLI_OPT_TEXT,
	  offsetof(struct wait_options, timeout), 0 },
	CLI_OPT_END
};

static int wait_code(void *user, const struct hd_sweep_row *row)
{
	*(int *)user = run_exit_code(row);
	return 0;
}

static int wait_for_end(struct cli *cli, struct hd_store *store, int64_t key,
			double seconds)
{
	struct hd_error err = { 0 };
	int code = CLI_ERROR;
	int rc = hd_sweep_wait(store, key, seconds, &err);

	if (rc == HD_EBUSY)
		return CLI_STILL_RUNNING;
	if (rc == 0)
		rc = hd_store_sweep(store, key, wait_code, &code, &err);
	if (rc < 0)
		return cli_fail_error(cli, &err);
	if (code == CLI_ERROR)
		return cli_fail(cli, CLI_ERROR,
				"the sweep's engine is gone; go on with: hdrive resume");
	return code;
}

static int wait_main(struct cli *cli)
{
	struct wait_options options = { 0 };
	struct hd_store *store = NULL;
	double seconds = 1e9;
	int64_t key;
	int code;

	if (!cli_parse(cli, &options, &code) ||
	    !cli_words_between(cli, 0, 1, &code))
		return code;
	if (options.timeout && !limit_read_time(options.timeout, &seconds))
		return cli_fail(cli, CLI_USAGE, "'%s' is no time such as 90s",
				options.timeout);
	code = cli_sweep_open(cli, cli->words[0], &store, &key);
	if (code == CLI_OK)
		code = wait_for_end(cli, store, key, seconds);
	hd_store_close(store);
	return code;
}

const struct cli_command cli_cmd_wait = {
	.name = "wait",
	.summary = "wait until a sweep has ended",
	.usage = "[S] [option...]",
	.examples = "  hdrive wait brave-otter-3 && hdrive best brave-otter-3\n"
		    "  hdrive wait @ --timeout 2h\n",
	.options = wait_rows,
	.notes = "Its exit code is the one that submit gave; 8 when the time is up first.\n",
	.run = wait_main,
};
