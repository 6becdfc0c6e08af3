#include "cli/target.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int target_open_path(struct cli *cli, struct target_file *file, char *path)
{
	struct hd_findings *findings = hd_findings_new();
	struct hd_error err = { 0 };
	int rc;

	*file = (struct target_file){ .path = path };
	if (!findings)
		return cli_fail(cli, CLI_ERROR, "out of memory");
	rc = hd_targets_load(&file->targets, path, NULL, findings, &err);
	cli_findings(cli, findings);
	if (rc < 0 && hd_findings_count(findings, HD_FINDING_ERROR))
		rc = CLI_USAGE;
	else if (rc < 0)
		rc = cli_fail_error(cli, &err);
	hd_findings_free(findings);
	if (rc != CLI_OK)
		target_close(file);
	return rc;
}

int target_open(struct cli *cli, struct target_file *file)
{
	struct hd_error err = { 0 };
	char *store = NULL;
	char *path = NULL;
	int rc;

	*file = (struct target_file){ .path = NULL };
	rc = hd_store_locate(&store, ".", cli_store_override(cli), &err);
	if (rc == 0)
		rc = hd_targets_path(&path, store, &err);
	free(store);
	return rc < 0 ? cli_fail_error(cli, &err) : target_open_path(cli, file, path);
}

int target_open_beside(struct cli *cli, struct target_file *file, const char *folder)
{
	struct hd_error err = { 0 };
	char *within = malloc(strlen(folder) + 2);
	char *path = NULL;
	int rc;

	*file = (struct target_file){ .path = NULL };
	if (!within)
		return cli_fail(cli, CLI_ERROR, "out of memory");
	strcpy(within, folder);
	strcat(within, "/");
	rc = hd_targets_path(&path, within, &err);
	free(within);
	return rc < 0 ? cli_fail_error(cli, &err) : target_open_path(cli, file, path);
}

struct hd_targets *target_load_quietly(const char *db)
{
	struct hd_findings *findings = hd_findings_new();
	struct hd_targets *targets = NULL;
	char *store = NULL;
	char *path = NULL;

	if (findings && hd_store_locate(&store, ".", db, NULL) == 0 &&
	    hd_targets_path(&path, store, NULL) == 0)
		(void)hd_targets_load(&targets, path, NULL, findings, NULL);
	hd_findings_free(findings);
	free(store);
	free(path);
	return targets;
}

void target_close(struct target_file *file)
{
	hd_targets_free(file->targets);
	free(file->path);
	*file = (struct target_file){ .path = NULL };
}

const struct hd_target *target_find(struct cli *cli, const struct target_file *file,
				    const char *name)
{
	const struct hd_target *target = hd_targets_find(file->targets, name);
	const char *near = target ? NULL : hd_targets_near(file->targets, name);
	char path[512];

	if (target)
		return target;
	cli_short_path(file->path, path, sizeof path);
	if (near)
		cli_fail(cli, CLI_MISSING, "no target '%s' in '%s', did you mean '%s'?", name, path,
			 near);
	else
		cli_fail(cli, CLI_MISSING,
			 "no target '%s' in '%s': 'hdrive target add %s TYPE KEY=VALUE...' makes "
			 "it, 'hdrive target ls' shows those there are",
			 name, path, name);
	return NULL;
}

/* --- of a sweep ---------------------------------------------------------------- */

struct backend_of {
	char *name; /* of the sweep */
	char *backend;
};

static int take_backend(void *user, const struct hd_sweep_row *row)
{
	struct backend_of *of = user;

	of->name = strdup(row->name);
	of->backend = strdup(row->backend);
	return of->name && of->backend ? 0 : HD_ENOMEM;
}

/* What its row names is not in the file any more, or never was on this machine. */
static int target_is_gone(const struct backend_of *of, const char *name, const char *path,
			  struct hd_error *err)
{
	char shown[512];

	return hd_error_set(err, HD_ENOENT,
			    "sweep '%s' runs on target '%s' ('%s'), which '%s' does not have: put "
			    "it there, or move the sweep with: hdrive resume %s --backend TARGET",
			    of->name, name, of->backend, cli_short_path(path, shown, sizeof shown),
			    of->name);
}

int target_of_sweep(struct cli *cli, struct hd_store *store, int64_t key, const char *name,
		    struct target_file *file, struct hd_sweep_options *host, struct hd_error *err)
{
	struct backend_of of = { NULL, NULL };
	const char *colon;
	char path[512];
	int rc = hd_store_sweep(store, key, take_backend, &of, err);

	*file = (struct target_file){ .path = NULL };
	colon = rc == 0 ? strchr(of.backend, ':') : NULL;
	if (rc == HD_ENOMEM)
		hd_error_set(err, rc, "out of memory");
	if (rc < 0 || (!name && !colon))
		goto out;
	/* Its problems are told: ERR says what they keep from going on. */
	if (target_open_beside(cli, file, hd_store_folder(store)) != CLI_OK) {
		rc = hd_error_set(err, HD_EINVAL,
				  "sweep '%s' runs on '%s', whose targets cannot be read", of.name,
				  of.backend);
		goto out;
	}
	host->target = hd_targets_find(file->targets, name ? name : colon + 1);
	if (!host->target && name)
		rc = hd_error_set(err, HD_ENOENT, "no target '%s' in '%s'", name,
				  cli_short_path(file->path, path, sizeof path));
	else if (!host->target)
		rc = target_is_gone(&of, colon + 1, file->path, err);
out:
	free(of.name);
	free(of.backend);
	return rc;
}

/* --- settings ---------------------------------------------------------------- */

bool target_is_default(const struct hd_option *row, const void *settings)
{
	double value = hd_option_load(row, settings);

	if (row->type == HD_OPTION_TYPE_TEXT)
		return !hd_option_load_text(row, settings);
	if (row->type == HD_OPTION_TYPE_TEXTS)
		return !hd_option_load_texts(row, settings);
	return isnan(value) ? isnan(row->fallback) : value == row->fallback;
}

static void put_number(struct cli *cli, const struct hd_option *row, const void *settings,
		       const char *quote)
{
	double value = hd_option_load(row, settings);
	char text[32];

	if (row->type == HD_OPTION_TYPE_BOOL)
		cli_put(cli, "%s", value != 0 ? "true" : "false");
	else if (row->type == HD_OPTION_TYPE_WORD)
		cli_put(cli, "%s%s%s", quote, row->words[(size_t)value], quote);
	else if (isnan(value))
		cli_put(cli, "%s", *quote ? "null" : "none");
	else
		cli_put(cli, "%s", hd_number_text(value, text, sizeof text));
}

void target_put_value(struct cli *cli, const struct hd_option *row, const void *settings)
{
	const char *text = hd_option_load_text(row, settings);
	const char *const *texts = hd_option_load_texts(row, settings);

	if (text)
		(void)hd_report_plain_text(text, strlen(text), false, &cli->out);
	for (size_t i = 0; texts && texts[i]; i++) {
		cli_put(cli, "%s", i ? ", " : "");
		(void)hd_report_plain_text(texts[i], strlen(texts[i]), false, &cli->out);
	}
	if (!text && !texts)
		put_number(cli, row, settings, "");
}

void target_put_json(struct cli *cli, const struct hd_option *row, const void *settings)
{
	const char *text = hd_option_load_text(row, settings);
	const char *const *texts = hd_option_load_texts(row, settings);

	if (text)
		(void)hd_report_json_text(text, strlen(text), &cli->out);
	if (texts)
		cli_put(cli, "[");
	for (size_t i = 0; texts && texts[i]; i++) {
		cli_put(cli, "%s", i ? "," : "");
		(void)hd_report_json_text(texts[i], strlen(texts[i]), &cli->out);
	}
	if (texts)
		cli_put(cli, "]");
	if (!text && !texts)
		put_number(cli, row, settings, "\"");
}
