#include "cli/after.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "PATH=DEST", "PATH": where to. *PATH and *DEST are the caller's to free(). */
static bool best_split(const char *text, char **path, char **dest)
{
	const char *equals = strchr(text, '=');
	size_t length = equals ? (size_t)(equals - text) : strlen(text);
	const char *name;
	struct stat found;

	while (length > 1 && text[length - 1] == '/')
		length--;
	*path = strndup(text, length);
	*dest = NULL;
	if (!*path)
		return false;
	name = strrchr(*path, '/');
	name = name ? name + 1 : *path;
	/* As cp: a folder that is there takes it under its own name. */
	if (!equals)
		*dest = strdup(name);
	else if (stat(equals + 1, &found) < 0 || !S_ISDIR(found.st_mode))
		*dest = strdup(equals + 1);
	else if ((*dest = malloc(strlen(equals + 1) + strlen(name) + 2)))
		strcpy(stpcpy(stpcpy(*dest, equals + 1), "/"), name);
	return *dest != NULL;
}

static int best_check(struct cli *cli, const char *text)
{
	struct hd_error err = { 0 };
	char *path, *dest;
	int code = CLI_OK;

	if (!best_split(text, &path, &dest))
		code = cli_fail(cli, CLI_ERROR, "out of memory");
	else if (hd_fetch_check(path, &err) < 0)
		code = cli_fail(cli, CLI_USAGE, "--best-output: %s", err.text);
	else if (!*dest)
		code = cli_fail(cli, CLI_USAGE, "--best-output '%s' names no place behind '='",
				text);
	free(path);
	free(dest);
	return code;
}

/* Better told now than after a night: its folder is there and takes files. */
static int metrics_check(struct cli *cli, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path))
			     : strdup(".");
	struct stat found;
	int code = CLI_OK;

	if (!folder)
		return cli_fail(cli, CLI_ERROR, "out of memory");
	if (stat(path, &found) == 0 && S_ISDIR(found.st_mode))
		code = cli_fail(cli, CLI_USAGE, "--metrics-output '%s' is a folder", path);
	else if (access(folder, F_OK) < 0)
		code = cli_fail(cli, CLI_MISSING, "--metrics-output '%s': %s", path,
				strerror(errno));
	else if (access(path, F_OK) < 0 && access(folder, W_OK) < 0)
		code = cli_fail(cli, CLI_ERROR, "--metrics-output '%s': %s", path,
				strerror(errno));
	free(folder);
	return code;
}

int after_check(struct cli *cli, const struct after_options *options)
{
	struct hd_require require;
	struct hd_error err = { 0 };
	int code = CLI_OK;

	for (size_t i = 0; code == CLI_OK && i < options->require.count; i++)
		if (hd_require_read(&require, options->require.items[i], &err) < 0)
			code = cli_fail(cli, CLI_USAGE, "--require: %s", err.text);
	for (size_t i = 0; code == CLI_OK && i < options->best.count; i++)
		code = best_check(cli, options->best.items[i]);
	if (code == CLI_OK && options->metrics)
		code = metrics_check(cli, options->metrics);
	return code;
}

static int best_copy(struct cli *cli, const char *text, struct hd_store *store,
		     int64_t key)
{
	struct hd_error err = { 0 };
	char *path, *dest;
	int code = CLI_OK;
	int rc;

	if (!best_split(text, &path, &dest)) {
		code = cli_fail(cli, CLI_ERROR, "out of memory");
		goto out;
	}
	rc = hd_fetch(store, key, HD_FETCH_BEST, path, dest, &err);
	/* The sweep is there: what is missing is the metric. */
	if (rc == HD_ESTATE)
		code = cli_fail(cli, CLI_NO_METRIC, "--best-output '%s': %s", path, err.text);
	else if (rc < 0)
		code = cli_fail_error(cli, &err);
	else
		cli_say(cli, "the best trial's '%s' is at '%s'", path, dest);
out:
	free(path);
	free(dest);
	return code;
}

struct require_walk {
	struct cli *cli;
	const struct cli_list *texts;
	bool unmet;
};

static int require_row(void *user, const struct hd_sweep_row *row)
{
	struct require_walk *walk = user;

	for (size_t i = 0; i < walk->texts->count; i++) {
		const char *text = walk->texts->items[i];
		struct hd_require require;
		char number[32];
		double found;
		int rc = hd_require_read(&require, text, NULL);

		if (rc < 0)
			return rc;
		if (hd_require_holds(&require, row, &found))
			continue;
		walk->unmet = true;
		cli_fail(walk->cli, CLI_UNMET, "required '%s': %s%s", text,
			 isnan(found) ? "no trial has the primary metric" : "it is ",
			 isnan(found) ? "" : hd_number_text(found, number, sizeof number));
	}
	return 0;
}

/* Only an end of the sweep's own is judged: not an error, not an interrupt. */
static bool is_judged(int code)
{
	return code == CLI_OK || code == CLI_NO_METRIC ||
	       code == CLI_TIMED_OUT || code == CLI_FAILURES;
}

/*
 * A file that --best-output made is what the next step of a pipeline takes: it
 * is made of a sweep that ended by itself and is what was required, or not at
 * all.
 */
static int best_copies(struct cli *cli, const struct after_options *options,
		       struct hd_store *store, int64_t key)
{
	int worst = CLI_OK;

	for (size_t i = 0; i < options->best.count; i++) {
		int copied = best_copy(cli, options->best.items[i], store, key);

		worst = worst == CLI_OK ? copied : worst;
	}
	return worst;
}

int after_sweep(struct cli *cli, const struct after_options *options,
		struct hd_store *store, int64_t key, int code)
{
	struct require_walk walk = { .cli = cli, .texts = &options->require };
	struct hd_error err = { 0 };
	int worst = CLI_OK;
	int copied;

	if (options->metrics &&
	    hd_fetch_metrics(store, key, options->metrics, &err) < 0)
		worst = cli_fail_error(cli, &err);
	if (!is_judged(code)) {
		if (options->best.count)
			cli_say(cli, "--best-output: nothing is copied, "
				     "the sweep has not come to its end");
		return code;
	}
	if (options->require.count &&
	    hd_store_sweep(store, key, require_row, &walk, &err) < 0)
		return cli_fail_error(cli, &err);
	if (walk.unmet)
		return CLI_UNMET;
	copied = best_copies(cli, options, store, key);
	worst = worst == CLI_OK ? copied : worst;
	return code == CLI_OK ? worst : code;
}
