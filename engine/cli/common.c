/* What several commands do alike: stores, sweeps, files, the program's parts. */
#include "cli/cli.h"
#include "cli/target.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool cli_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

const char *cli_store_override(const struct cli *cli)
{
	const char *path = cli->db ? cli->db : getenv("HDRIVE_DB");

	return path && *path ? path : NULL;
}

int cli_store_open(struct cli *cli, enum hd_store_mode mode,
		   struct hd_store **store)
{
	struct hd_error err = { 0 };
	char *path = NULL;
	int rc;

	*store = NULL;
	rc = hd_store_locate(&path, ".", cli_store_override(cli), &err);
	if (rc == 0)
		rc = hd_store_open(store, path, mode, &err);
	if (rc == HD_ENOENT && mode != HD_STORE_CREATE && path)
		rc = cli_fail(cli, CLI_MISSING,
			      "no store at '%s': 'hdrive submit' makes one, --db names another",
			      path);
	else if (rc < 0)
		rc = cli_fail_error(cli, &err);
	free(path);
	return rc;
}

int cli_sweep_open(struct cli *cli, const char *word, struct hd_store **store,
		   int64_t *key)
{
	return cli_sweep_open_to(cli, word, HD_STORE_READ, store, key);
}

int cli_sweep_open_to(struct cli *cli, const char *word,
		      enum hd_store_mode mode, struct hd_store **store,
		      int64_t *key)
{
	struct hd_error err = { 0 };
	int rc = cli_store_open(cli, mode, store);

	if (rc != CLI_OK)
		return rc;
	if (hd_store_find_sweep(*store, word, key, &err) < 0) {
		rc = cli_fail_error(cli, &err);
		hd_store_close(*store);
		*store = NULL;
	}
	return rc;
}

int cli_config_open(struct cli *cli, const char *file, const struct hd_config_load *load,
		    struct hd_config **out, struct hd_findings *findings,
		    struct hd_error *err)
{
	struct hd_config_load own = { .size = sizeof own };
	struct hd_targets *targets = NULL;
	char *path = NULL;
	int rc = 0;

	if (load)
		own = *load;
	/* What a compute may name, where nobody has looked yet. */
	if (!own.targets)
		own.targets = targets = target_load_quietly(cli_store_override(cli));
	/* The loader takes standard input by the same word. */
	if (strcmp(file, "-") != 0)
		rc = hd_config_find(&path, file, ".", err);
	if (rc == 0)
		rc = hd_config_open(out, path ? path : file, &own, findings, err);
	hd_targets_free(targets);
	free(path);
	return rc;
}

int cli_config_load(struct cli *cli, const char *file,
		    const struct hd_config_load *load, struct hd_config **out)
{
	struct hd_findings *findings = hd_findings_new();
	struct hd_error err = { 0 };
	int rc;

	*out = NULL;
	if (!findings)
		return cli_fail(cli, CLI_ERROR, "out of memory");
	rc = cli_config_open(cli, file, load, out, findings, &err);
	cli_findings(cli, findings);
	if (rc < 0 && hd_findings_count(findings, HD_FINDING_ERROR))
		rc = CLI_USAGE;
	else if (rc < 0)
		rc = cli_fail_error(cli, &err);
	hd_findings_free(findings);
	return rc;
}

struct hd_program cli_program(const struct cli *cli,
			      const struct hd_config *config)
{
	struct hd_program program = { 0 };

	if (config->program)
		program = *config->program;
	if (cli->rest_count) {
		program.shell = false;
		program.words = cli->rest;
		program.word_count = cli->rest_count;
	}
	return program;
}

void cli_put_words(struct cli *cli, char **words)
{
	cli_put(cli, "[");
	for (size_t i = 0; words[i]; i++) {
		cli_put(cli, "%s", i ? "," : "");
		(void)hd_report_json_text(words[i], strlen(words[i]), &cli->out);
	}
	cli_put(cli, "]");
}

int cli_random_seed(uint64_t *seed, struct hd_error *err)
{
	FILE *file = fopen("/dev/urandom", "re");
	uint32_t word = 0;

	if (!file)
		return hd_error_errno(err, errno, "cannot open '/dev/urandom'");
	if (fread(&word, sizeof word, 1, file) != 1) {
		fclose(file);
		return hd_error_set(err, HD_EIO, "cannot read '/dev/urandom'");
	}
	fclose(file);
	/* 32 bits: enough to differ, short enough to type again. */
	*seed = word;
	return 0;
}

/* "DIR of the running program" + TAIL, when that exists; else NULL. */
static char *beside_program(const char *tail)
{
	char folder[4096];
	ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 1);
	char *slash;
	char *path;

	if (length <= 0)
		return NULL;
	folder[length] = '\0';
	slash = strrchr(folder, '/');
	if (!slash)
		return NULL;
	*slash = '\0';
	path = malloc(strlen(folder) + strlen(tail) + 1);
	if (!path)
		return NULL;
	strcpy(path, folder);
	strcat(path, tail);
	if (access(path, X_OK) == 0)
		return path;
	free(path);
	return NULL;
}

char *cli_launcher_path(void)
{
	const char *given = getenv("HDRIVE_LAUNCHER");
	char *path;

	if (given && *given)
		return strdup(given);
	path = beside_program("/hdrive-launch");
	return path ? path : beside_program("/../libexec/hdrive/hdrive-launch");
}

char *cli_part_path(const char *name)
{
	char tail[64];
	char *path;

	snprintf(tail, sizeof tail, "/%s", name);
	path = beside_program(tail);
	if (path)
		return path;
	snprintf(tail, sizeof tail, "/../libexec/hdrive/%s", name);
	return beside_program(tail);
}

char *cli_ui_path(void)
{
	return cli_part_path("hdrive-ui");
}

char *cli_plot_path(void)
{
	char *path = beside_program("/hdrive-plot");

	return path ? path : beside_program("/../libexec/hdrive/hdrive-plot");
}

char *cli_python_path(void)
{
	char *path = beside_program("/python");

	return path ? path : beside_program("/../share/hdrive/python");
}

const char *cli_short_path(const char *path, char *text, size_t size)
{
	char here[4096];
	size_t length;

	if (getcwd(here, sizeof here)) {
		length = strlen(here);
		if (!strncmp(path, here, length) && path[length] == '/')
			path += length + 1;
	}
	return hd_plain_text(path, text, size);
}

bool cli_format(struct cli *cli, const char *name, unsigned allowed,
		enum hd_format *format)
{
	static const struct {
		const char *name;
		enum hd_format format;
	} rows[] = {
		{ "text", HD_FORMAT_TEXT },
		{ "json", HD_FORMAT_JSON },
		{ "csv", HD_FORMAT_CSV },
		{ "args", HD_FORMAT_ARGS },
		{ "yaml", HD_FORMAT_YAML },
		{ "env", HD_FORMAT_ENV },
	};
	char known[64] = "";

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (!(allowed & CLI_FORMAT(rows[i].format)))
			continue;
		if (!strcmp(rows[i].name, name)) {
			*format = rows[i].format;
			return true;
		}
		if (*known)
			strcat(known, ", ");
		strcat(known, rows[i].name);
	}
	cli_fail(cli, CLI_USAGE, "unknown format '%s', one of: %s", name, known);
	return false;
}

/* Fields end at tabs; a tab or line end in one is a blank. */
static int tsv_write(void *user, const char *text, size_t length)
{
	struct cli *cli = user;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < length; i++) {
		char c = text[i];
		char before = cli->last;

		cli->last = c;
		if (c == '"') {
			cli->quoted = !cli->quoted;
			/* Of two in a row within quotes one is meant. */
			if (!cli->quoted || before != '"')
				continue;
		} else if (c == ',' && !cli->quoted) {
			c = '\t';
		} else if (strchr("\t\r\n", c) && (cli->quoted || c == '\t')) {
			c = ' ';
		}
		rc = cli->csv.write(cli->csv.user, &c, 1);
	}
	return rc;
}

bool cli_output(struct cli *cli, const char *word, unsigned allowed,
		enum hd_format *format)
{
	bool csv = allowed & CLI_FORMAT(HD_FORMAT_CSV);

	if (!word)
		return true;
	if (!strcmp(word, "json")) {
		*format = HD_FORMAT_JSON;
	} else if (!strcmp(word, "table")) {
		*format = HD_FORMAT_TEXT;
	} else if (csv && !strcmp(word, "tsv")) {
		*format = HD_FORMAT_CSV;
		cli->csv = cli->out;
		cli->out.write = tsv_write;
		cli->out.user = cli;
	} else {
		cli_fail(cli, CLI_USAGE, "unknown output '%s', one of: json, table%s", word,
			 csv ? ", tsv" : "");
		return false;
	}
	return true;
}
