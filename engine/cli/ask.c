#define _POSIX_C_SOURCE 200809L

#include "cli/ask.h"

#include <stdlib.h>
#include <string.h>

bool ask_begin(struct cli *cli, struct ask *ask, const char *op, int *code)
{
	*ask = (struct ask){ 0 };
	ask->file = open_memstream(&ask->text, &ask->length);
	if (!ask->file) {
		*code = cli_fail(cli, CLI_ERROR, "out of memory");
		return false;
	}
	fprintf(ask->file, "{\"op\":\"%s\"", op);
	return true;
}

int cli_trial_numbers(struct cli *cli, size_t **numbers, size_t *count)
{
	size_t most = cli->word_count > 1 ? cli->word_count - 1 : 0;

	*count = 0;
	*numbers = calloc(most + 1, sizeof **numbers);
	if (!*numbers)
		return cli_fail(cli, CLI_ERROR, "out of memory");
	for (size_t i = 0; i < most; i++) {
		uint64_t number;

		if (!cli_read_number(cli->words[i + 1], &number))
			return cli_fail(cli, CLI_USAGE,
					"'%s' is no trial's number",
					cli->words[i + 1]);
		(*numbers)[(*count)++] = (size_t)number;
	}
	return CLI_OK;
}

void ask_numbers(struct ask *ask, const size_t *numbers, size_t count)
{
	fputs(",\"trials\":[", ask->file);
	for (size_t i = 0; i < count; i++)
		fprintf(ask->file, "%s%zu", i ? "," : "", numbers[i]);
	fputs("]", ask->file);
}

int ask_trials(struct cli *cli, struct ask *ask, size_t **numbers,
	       size_t *count)
{
	int code = cli_trial_numbers(cli, numbers, count);

	ask_numbers(ask, *numbers, *count);
	return code;
}

int ask_send(struct cli *cli, struct ask *ask, struct hd_store *store,
	     int64_t key, char **reply)
{
	struct hd_error err = { 0 };
	int rc;

	fputs("}", ask->file);
	*reply = NULL;
	if (fclose(ask->file) != 0) {
		free(ask->text);
		return cli_fail(cli, CLI_ERROR, "out of memory");
	}
	rc = hd_sweep_request(store, key, ask->text, ASK_SECONDS, reply, &err);
	free(ask->text);
	if (rc == HD_ENOENT && !*reply)
		return CLI_OK;
	return rc < 0 ? cli_fail_error(cli, &err) : CLI_OK;
}

double ask_number(const char *reply, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = reply; (at = strchr(at, '"')); at++)
		if (!strncmp(at + 1, name, length) && at[1 + length] == '"' &&
		    at[2 + length] == ':')
			return strtod(at + 3 + length, NULL);
	return -1;
}
