#include "cli/az_submit.h"

#include <stdlib.h>
#include <string.h>

void words_add(struct words *words, const char *word)
{
	if (!cli_list_add(&words->list, word))
		words->failed = true;
}

void words_flag(struct words *words, const char *flag, const char *value)
{
	if (!value)
		return;
	words_add(words, flag);
	words_add(words, value);
}

void words_rest(struct words *words, const char *runner)
{
	if (words->cli->rest_count)
		words_add(words, "--");
	if (runner)
		words_add(words, runner);
	for (size_t i = 0; i < words->cli->rest_count; i++)
		words_add(words, words->cli->rest[i]);
}

struct tell {
	const struct az_options *az;
	enum hd_record_form form;
};

/* In place of the sweep's name: its record. */
static int tell_record(struct cli *cli, struct hd_store *store, int64_t key)
{
	const struct tell *tell = cli->tell_user;

	return az_put_record(cli, tell->az, store, tell->form, key, HD_RECORD_SWEEP);
}

int words_submit(struct words *words, const struct az_options *az,
		 enum hd_record_form form)
{
	const struct tell tell = { az, form };
	struct cli *cli = words->cli;
	char **argv = cli->argv;
	int argc = cli->argc;
	int code;

	if (words->failed) {
		free(words->list.items);
		return cli_fail(cli, CLI_ERROR, "out of memory");
	}
	/* What was parsed is forgotten; -C has been obeyed. */
	free(cli->words);
	cli->words = NULL;
	cli->word_count = 0;
	cli->rest = NULL;
	cli->rest_count = 0;
	cli->has_rest = false;
	cli->folder = NULL;
	cli->command = &cli_cmd_submit;
	cli->argv = (char **)words->list.items;
	cli->argc = (int)words->list.count;
	cli->next = 0;
	cli->tell = tell_record;
	cli->tell_user = &tell;
	code = cli_cmd_submit.run(cli);
	/* Nothing of the words is looked at any more. */
	free(cli->words);
	cli->words = NULL;
	cli->word_count = 0;
	cli->argv = argv;
	cli->argc = argc;
	cli->tell = NULL;
	free(words->list.items);
	return code;
}
