#include "cli/study.h"

#include <stdlib.h>

int study_open(struct cli *cli, const char *client, struct study *study)
{
	struct hd_error err = { 0 };
	int64_t key;
	int code;

	*study = (struct study){ .client = client };
	if (client && !*client)
		return cli_fail(cli, CLI_USAGE, "'--client' is empty");
	if (!client) {
		client = getenv("HDRIVE_CLIENT");
		study->client = client && *client ? client : NULL;
	}
	code = cli_sweep_open_to(cli, cli->words[0], HD_STORE_WRITE, &study->store,
				 &key);
	if (code == CLI_OK && hd_study_open(&study->study, study->store, key, &err) < 0)
		code = cli_fail_error(cli, &err);
	return code;
}

void study_close(struct study *study)
{
	hd_study_free(study->study);
	hd_store_close(study->store);
}

int study_trial(struct cli *cli, const char *word, size_t *number)
{
	uint64_t value;

	if (!cli_read_number(word, &value))
		return cli_fail(cli, CLI_USAGE, "'%s' is no trial's number", word);
	*number = (size_t)value;
	return CLI_OK;
}

int study_fail(struct cli *cli, const struct hd_error *err)
{
	return err->code == HD_ESTATE ? cli_fail(cli, CLI_USAGE, "%s", err->text)
				      : cli_fail_error(cli, err);
}

int study_refuse(struct cli *cli, struct hd_store *store, int64_t sweep,
		 const char *why)
{
	struct hd_error err = { 0 };
	bool is_study;

	if (hd_store_is_study(store, sweep, &is_study, &err) < 0)
		return cli_fail_error(cli, &err);
	return is_study ? cli_fail(cli, CLI_USAGE,
				   "this is a study, whose trials others run: %s",
				   why)
			: CLI_OK;
}
