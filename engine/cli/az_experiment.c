/* hdrive experiment list, create. */
#include "cli/az.h"

#include <stdlib.h>

struct experiment_options {
	struct az_options az;
	const char *name;
};

#define ROW(field) offsetof(struct experiment_options, field)
static const struct cli_opt list_rows[] = { AZ_ROWS(struct experiment_options, az), CLI_OPT_END };

static const struct cli_opt create_rows[] = {
	{ "name", 'n', "NAME", "its name", CLI_OPT_TEXT, ROW(name), 0 },
	AZ_ROWS(struct experiment_options, az),
	CLI_OPT_END
};

/* Print the list, or the one that the options name. */
static int experiments_put(struct cli *cli, const struct experiment_options *options,
			   struct hd_store *store)
{
	struct hd_error err = { 0 };
	struct az_text text;

	az_text_init(&text);
	if (hd_record_experiments(store, options->name, &text.out, &err) < 0) {
		free(text.text);
		return cli_fail_error(cli, &err);
	}
	return az_put(cli, &options->az, &text);
}

static int list_main(struct cli *cli)
{
	struct experiment_options options = { 0 };
	struct hd_store *store = NULL;
	int code;

	if (!az_parse(cli, &options, &options.az, &code) || !az_no_words(cli, &code) ||
	    !az_has_store(cli, &options.az, &code))
		return code;
	code = cli_store_open(cli, HD_STORE_READ, &store);
	if (code == CLI_OK)
		code = experiments_put(cli, &options, store);
	hd_store_close(store);
	return code;
}

static int create_main(struct cli *cli)
{
	struct experiment_options options = { 0 };
	struct hd_store *store = NULL;
	struct hd_error err = { 0 };
	int code;

	if (!az_parse(cli, &options, &options.az, &code) || !az_no_words(cli, &code) ||
	    !az_needs(cli, "-n", options.name, &code))
		return code;
	if (hd_store_experiment_check(options.name, &err) < 0)
		return cli_fail_error(cli, &err);
	code = cli_store_open(cli, HD_STORE_CREATE, &store);
	if (code == CLI_OK && hd_store_experiment_create(store, options.name, &err) < 0)
		code = cli_fail_error(cli, &err);
	if (code == CLI_OK)
		code = experiments_put(cli, &options, store);
	hd_store_close(store);
	return code;
}

const struct cli_command az_experiment_list = {
	.name = "experiment list",
	.summary = "the experiments that runs are in",
	.usage = "[option...]",
	.examples = "  hdrive experiment list -o table\n",
	.options = list_rows,
	.run = list_main,
};

const struct cli_command az_experiment_create = {
	.name = "experiment create",
	.summary = "make an experiment; that it is there is no error",
	.usage = "-n NAME [option...]",
	.examples = "  hdrive experiment create -n digits\n",
	.options = create_rows,
	.run = create_main,
};
