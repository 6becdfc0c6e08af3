/* The logs of trials, laid out as Azure's download-logs leaves them. */
#include <hdrive/fetch.h>

#include "base/buf.h"
#include "base/file.h"
#include "dispatch/workdir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOGS_BLOCK 65536

struct fetch_logs {
	const char *folder; /* where to */
	bool all;           /* each trial in a folder of its own */
	size_t files;
	struct hd_buf from, to;
	char *block;
	struct hd_error *err;
};

static int path_of(struct fetch_logs *fetch, struct hd_buf *buf, const char *folder,
		   const char *name)
{
	hd_buf_clear(buf);
	hd_buf_puts(buf, folder);
	hd_buf_putc(buf, '/');
	hd_buf_puts(buf, name);
	return hd_buf_failed(buf) ? hd_error_nomem(fetch->err) : 0;
}

/* FROM/NAME to TO/PLACE; what is not there, or has nothing, is left out. */
static int fetch_one(struct fetch_logs *fetch, const char *from, const char *name,
		     const char *to, const char *place)
{
	struct stat found;
	int rc = path_of(fetch, &fetch->from, from, name);

	if (rc == 0)
		rc = path_of(fetch, &fetch->to, to, place);
	if (rc < 0 || stat(hd_buf_text(&fetch->from), &found) < 0 ||
	    (S_ISREG(found.st_mode) && found.st_size == 0))
		return rc;
	rc = hd_file_copy(hd_buf_text(&fetch->from), hd_buf_text(&fetch->to), fetch->err);
	fetch->files += rc == 0;
	return rc;
}

/* Append a file that may not be there. */
static int append(struct fetch_logs *fetch, struct hd_file *file, const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ssize_t got = 0;
	int rc = 0;

	while (fd >= 0 && rc == 0 && (got = read(fd, fetch->block, LOGS_BLOCK)) > 0)
		rc = hd_file_write(file, fetch->block, (size_t)got, fetch->err);
	if (rc == 0 && (got < 0 || (fd < 0 && errno != ENOENT)))
		rc = hd_error_errno(fetch->err, errno, "cannot read '%s'", path);
	if (fd >= 0)
		close(fd);
	return rc;
}

/* What it printed, both streams in one file. */
static int fetch_printed(struct fetch_logs *fetch, const char *from, const char *to)
{
	static const char *const streams[] = { "stdout", "stderr" };
	struct hd_file file;
	int rc = path_of(fetch, &fetch->to, to, "user_logs");

	if (rc == 0)
		rc = hd_file_folder(hd_buf_text(&fetch->to), fetch->err);
	if (rc == 0)
		rc = path_of(fetch, &fetch->to, to, "user_logs/std_log.txt");
	if (rc == 0)
		rc = hd_file_begin(&file, hd_buf_text(&fetch->to), fetch->err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < 2; i++) {
		rc = path_of(fetch, &fetch->from, from, streams[i]);
		if (rc == 0)
			rc = append(fetch, &file, hd_buf_text(&fetch->from));
	}
	if (rc == 0)
		rc = hd_file_end(&file, fetch->err);
	else
		hd_file_abort(&file);
	fetch->files += rc == 0;
	return rc;
}

static int fetch_trial(void *user, const struct hd_trial_row *row)
{
	struct fetch_logs *fetch = user;
	struct hd_buf to = HD_BUF_INIT;
	int rc;

	hd_buf_puts(&to, fetch->folder);
	if (fetch->all) {
		hd_buf_putc(&to, '/');
		hd_buf_puts(&to, row->id);
	}
	rc = hd_buf_failed(&to) ? hd_error_nomem(fetch->err)
				: fetch_printed(fetch, row->folder, hd_buf_text(&to));
	if (rc == 0)
		rc = fetch_one(fetch, row->folder, HD_WORKDIR_WORK "/" HD_WORKDIR_LOGS,
			       hd_buf_text(&to), HD_WORKDIR_LOGS);
	if (rc == 0)
		rc = fetch_one(fetch, row->folder, "metrics", hd_buf_text(&to),
			       "azureml-logs/metrics");
	hd_buf_release(&to);
	return rc;
}

static int fetch_sweep(void *user, const struct hd_sweep_row *row)
{
	struct fetch_logs *fetch = user;

	return fetch_one(fetch, row->folder, "engine.log", fetch->folder,
			 "azureml-logs/engine.log");
}

static int fetch_all(struct fetch_logs *fetch, struct hd_store *store, int64_t sweep)
{
	const struct hd_trial_query all = { .order = HD_ORDER_NUMBER };
	int rc = hd_store_sweep(store, sweep, fetch_sweep, fetch, fetch->err);

	if (rc == 0)
		rc = path_of(fetch, &fetch->to, fetch->folder, "metrics.json");
	if (rc == 0)
		rc = hd_fetch_metrics(store, sweep, hd_buf_text(&fetch->to), fetch->err);
	if (rc < 0)
		return rc;
	fetch->files++;
	return hd_store_trials(store, sweep, &all, fetch_trial, fetch, fetch->err);
}

int hd_fetch_logs(struct hd_store *store, int64_t sweep, int64_t number,
		  const char *folder, size_t *files, struct hd_error *err)
{
	struct fetch_logs fetch = {
		.folder = folder,
		.all = number == HD_FETCH_ALL,
		.block = malloc(LOGS_BLOCK),
		.err = err,
	};
	int rc = fetch.block ? hd_file_folder(folder, err) : hd_error_nomem(err);

	if (rc == 0 && fetch.all)
		rc = fetch_all(&fetch, store, sweep);
	else if (rc == 0)
		rc = hd_store_trial(store, sweep, (size_t)number, fetch_trial, &fetch, err);
	if (files)
		*files = fetch.files;
	hd_buf_release(&fetch.from);
	hd_buf_release(&fetch.to);
	free(fetch.block);
	return rc;
}

int hd_fetch_text(const char *text, size_t length, const char *path,
		  struct hd_error *err)
{
	struct hd_file file;
	int rc = hd_file_begin(&file, path, err);

	if (rc < 0)
		return rc;
	rc = hd_file_write(&file, text, length, err);
	if (rc == 0)
		return hd_file_end(&file, err);
	hd_file_abort(&file);
	return rc;
}
