#include <hdrive/fetch.h>

#include "base/buf.h"
#include "base/file.h"
#include "dispatch/workdir.h"
#include "program/program.h"

#include <hdrive/report.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int hd_fetch_check(const char *path, struct hd_error *err)
{
	if (!*path)
		return hd_error_set(err, HD_EINVAL, "'' is no file of a trial's");
	if (*path == '/')
		return hd_error_set(err, HD_EINVAL,
				    "'%s' is no file of a trial's: its path begins in the "
				    "folder that the trial works in, as outputs/model.pkl",
				    path);
	for (const char *at = path; at; at = strchr(at, '/')) {
		at += *at == '/';
		if (!strncmp(at, "..", 2) && (!at[2] || at[2] == '/'))
			return hd_error_set(err, HD_EINVAL,
					    "'%s' leads out of the trial's folder", path);
	}
	return 0;
}

struct fetch_trial {
	size_t number;
	char *folder;
};

static int fetch_trial(void *user, const struct hd_trial_row *row)
{
	struct fetch_trial *trial = user;

	trial->number = row->number;
	trial->folder = strdup(row->folder);
	return trial->folder ? 0 : HD_ENOMEM;
}

static int trial_find(struct fetch_trial *trial, struct hd_store *store,
		      int64_t sweep, int64_t number, struct hd_error *err)
{
	const struct hd_trial_query best = {
		.order = HD_ORDER_BEST,
		.discard_no_metric = true,
		.limit = 1,
	};
	int rc;

	trial->folder = NULL;
	if (number < 0)
		rc = hd_store_trials(store, sweep, &best, fetch_trial, trial, err);
	else
		rc = hd_store_trial(store, sweep, (size_t)number, fetch_trial, trial, err);
	if (rc == HD_ENOMEM)
		return hd_error_nomem(err);
	if (rc == 0 && !trial->folder)
		rc = hd_error_set(err, HD_ESTATE,
				  "no trial has reported the primary metric: there is no best one");
	return rc;
}

/* FOLDER/BELOW/PATH when that is there; else NULL, *RC for no memory. */
static char *there(const char *folder, const char *below, const char *path, int *rc)
{
	struct hd_buf buf = HD_BUF_INIT;
	char *found;

	hd_buf_printf(&buf, "%s%s%s/", folder, *below ? "/" : "", below);
	hd_buf_puts(&buf, path);
	found = hd_buf_take(&buf);
	if (!found)
		*rc = HD_ENOMEM;
	else if (access(found, F_OK) < 0) {
		free(found);
		found = NULL;
	}
	hd_buf_release(&buf);
	return found;
}

int hd_fetch_locate(char **out, struct hd_store *store, int64_t sweep,
		    int64_t number, const char *path, struct hd_error *err)
{
	static const char *const places[] = { HD_WORKDIR_WORK, HD_PROGRAM_OUTPUTS, "" };
	struct fetch_trial trial;
	int rc = hd_fetch_check(path, err);

	*out = NULL;
	if (rc == 0)
		rc = trial_find(&trial, store, sweep, number, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; !*out && rc == 0 && i < sizeof places / sizeof places[0]; i++)
		*out = there(trial.folder, places[i], path, &rc);
	if (rc < 0)
		hd_error_nomem(err);
	else if (!*out)
		rc = hd_error_set(err, HD_ENOENT, "trial %zu%s left no '%s' in '%s/%s'",
				  trial.number, number < 0 ? ", the best one," : "", path,
				  trial.folder, HD_WORKDIR_WORK);
	free(trial.folder);
	return rc;
}

int hd_fetch(struct hd_store *store, int64_t sweep, int64_t number,
	     const char *path, const char *to, struct hd_error *err)
{
	char *from;
	int rc = hd_fetch_locate(&from, store, sweep, number, path, err);

	if (rc == 0)
		rc = hd_file_copy(from, to, err);
	free(from);
	return rc;
}

struct fetch_out {
	struct hd_file file;
	struct hd_error *err;
};

static int fetch_write(void *user, const char *text, size_t length)
{
	struct fetch_out *out = user;

	return hd_file_write(&out->file, text, length, out->err);
}

int hd_fetch_metrics(struct hd_store *store, int64_t sweep, const char *path,
		     struct hd_error *err)
{
	/* The report has a word of its own for a failed write. */
	struct hd_error why = { 0 };
	struct fetch_out place = { .err = &why };
	const struct hd_out out = { .write = fetch_write, .user = &place };
	int rc = hd_file_begin(&place.file, path, err);

	if (rc < 0)
		return rc;
	rc = hd_report_metrics(store, sweep, HD_FORMAT_JSON, &out, err);
	if (rc == 0)
		return hd_file_end(&place.file, err);
	hd_file_abort(&place.file);
	return why.code ? hd_error_set(err, why.code, "%s", why.text) : rc;
}
