/*
 * The store's file: whether there is one, whether it is ours and whole, and
 * mending it. A file that is not ours is never touched.
 */
#include "doctor/private.h"

#include "base/buf.h"
#include "report/rows.h"
#include "store/integrity.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Above it the indices' contents are taken on trust: a minute or so else. */
#define STORE_QUICK_ABOVE (INT64_C(512) << 20)
/* A log that grew so far is not being merged. */
#define STORE_LOG_MOST (INT64_C(64) << 20)
#define STORE_FAULTS_SHOWN 3

#define FIX_SAYS "run 'hdrive doctor --fix': it copies the file, then saves all that can be read"

/* The first faults of a check, as one text. */
struct faults {
	struct hd_buf text;
	size_t count;
};

static void faults_add(void *user, const char *text)
{
	struct faults *faults = user;

	if (faults->count++ < STORE_FAULTS_SHOWN)
		hd_buf_printf(&faults->text, "%s%s", faults->count > 1 ? "; " : "", text);
}

static int64_t file_size(const char *path, const char *end)
{
	struct hd_buf name = HD_BUF_INIT;
	struct stat info;
	int64_t size = -1;

	hd_buf_puts(&name, path);
	hd_buf_puts(&name, end);
	if (!hd_buf_failed(&name) && stat(hd_buf_text(&name), &info) == 0)
		size = info.st_size;
	hd_buf_release(&name);
	return size;
}

/* --- whole or not ------------------------------------------------------------ */

/* True when it is damaged, which was told. */
static bool store_is_damaged(struct hd_visit *visit, enum hd_health health)
{
	struct faults faults = { HD_BUF_INIT, 0 };
	bool quick = file_size(visit->path, "") > STORE_QUICK_ABOVE;
	size_t found = 0;
	int rc = hd_store_check_file(visit->store, quick, &found, faults_add, &faults, visit->err);

	if (rc == 0 && found == 0)
		rc = hd_store_check_keys(visit->store, &found, faults_add, &faults, visit->err);
	if (rc == HD_ENOMEM)
		hd_visit_fail(visit, rc);
	else if (rc < 0)
		hd_visit_tell(visit, HD_HEALTH_PROBLEM, "store", "let it be read, and try again",
			      "it could not be checked: %s", visit->err->text);
	else if (found > 0)
		hd_visit_tell(visit, health, "store", FIX_SAYS, "'%s' is damaged: %s%s",
			      visit->path, hd_buf_text(&faults.text),
			      found > STORE_FAULTS_SHOWN ? "; and more" : "");
	hd_buf_release(&faults.text);
	return rc == 0 && found > 0;
}

static int visit_mark(void *user, const struct hd_sweep_row *row)
{
	struct hd_visit *visit = user;

	visit->sweeps++;
	if (hd_rows_sweep_is_over(row))
		return 0;
	if (row->max_concurrent > visit->slots)
		visit->slots = row->max_concurrent;
	visit->living += row->engine_pid > 0 && hd_report_engine_is_alive(row);
	return 0;
}

/* Rows that cannot be shown are sweeps.c's to tell. */
static void store_count(struct hd_visit *visit)
{
	visit->sweeps = visit->living = visit->slots = 0;
	(void)hd_store_sweeps(visit->store, 0, NULL, visit_mark, visit, visit->err);
}

static void store_tell_sound(struct hd_visit *visit)
{
	char size[32];
	int64_t version = 0, newest = 0;

	if (hd_store_version(visit->store, &version, &newest, visit->err) < 0)
		return;
	hd_bytes_text((uint64_t)file_size(visit->path, ""), size, sizeof size);
	hd_visit_tell(visit, HD_HEALTH_OK, "store", NULL, "'%s' is whole: %s, %zu sweep%s",
		      visit->path, size, visit->sweeps, hd_plural(visit->sweeps));
	if (version == newest)
		hd_visit_tell(visit, HD_HEALTH_OK, "schema", NULL, "version %" PRId64, version);
	else
		hd_visit_tell(visit, HD_HEALTH_OK, "schema", NULL,
			      "version %" PRId64 ", brought to %" PRId64 " when it is next written",
			      version, newest);
}

static void mend_told(void *user, const char *text)
{
	hd_visit_tell(user, HD_HEALTH_MENDED, "store", NULL, "%s", text);
}

static int visit_open(struct hd_visit *visit)
{
	return hd_store_open(&visit->store, visit->path, HD_STORE_READ, visit->err);
}

/* The store is closed, and open again when it could be mended. */
static void store_mend(struct hd_visit *visit)
{
	int rc;

	hd_store_close(visit->store);
	visit->store = NULL;
	rc = hd_store_mend(visit->path, mend_told, visit, visit->err);
	if (rc == 0)
		rc = visit_open(visit);
	if (rc == 0)
		store_count(visit);
	if (rc == 0)
		store_tell_sound(visit);
	else if (rc == HD_ENOMEM)
		hd_visit_fail(visit, rc);
	else
		hd_visit_tell(visit, HD_HEALTH_PROBLEM, "store",
			      rc == HD_EBUSY
				      ? "end the sweeps that run on it, then try again"
				      : "the damaged file and its copies are left as they are",
			      "not mended: %s", visit->err->text);
}

/* --- the log beside it --------------------------------------------------------- */

static void visit_log(struct hd_visit *visit)
{
	int64_t size = file_size(visit->path, "-wal");
	char text[32];

	if (size <= 0)
		return;
	hd_bytes_text((uint64_t)size, text, sizeof text);
	if (visit->living > 0 && size <= STORE_LOG_MOST) {
		hd_visit_tell(visit, HD_HEALTH_OK, "log", NULL, "%s of commits in the -wal file",
			      text);
		return;
	}
	if (!visit->options->fix || visit->living > 0) {
		hd_visit_tell(
			visit, HD_HEALTH_WARNING, "log",
			visit->living > 0
				? "a reader that stays open for hours keeps it from being merged"
				: "keep the two files together; 'hdrive doctor --fix' merges them",
			"%s of commits are in the -wal file alone", text);
		return;
	}
	if (hd_store_merge_wal(visit->path, visit->err) == 0)
		hd_visit_tell(visit, HD_HEALTH_MENDED, "log", NULL, "merged the -wal file (%s)",
			      text);
	else
		hd_visit_tell(visit, HD_HEALTH_WARNING, "log", "let it be written, and try again",
			      "the -wal file (%s) was not merged: %s", text, visit->err->text);
}

/* --- drafts of an earlier mending ------------------------------------------------- */

/* One that is younger may be another doctor's, at work. */
#define DRAFT_OLD 3600

static bool draft_is_old(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && info.st_mtime + DRAFT_OLD < time(NULL);
}

static void draft_tell(struct hd_visit *visit, const char *path)
{
	if (visit->options->fix && unlink(path) == 0)
		hd_visit_tell(visit, HD_HEALTH_MENDED, "drafts", NULL, "removed '%s'", path);
	else
		hd_visit_tell(visit, HD_HEALTH_WARNING, "drafts",
			      "'hdrive doctor --fix' removes it",
			      "'%s' is left of a mending that was interrupted", path);
}

static void visit_drafts(struct hd_visit *visit)
{
	static const char *const ends[] = { HD_STORE_DRAFT, HD_STORE_SPARE };

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		struct hd_buf path = HD_BUF_INIT;

		hd_buf_printf(&path, "%s%s", visit->path, ends[i]);
		if (draft_is_old(hd_buf_text(&path)))
			draft_tell(visit, hd_buf_text(&path));
		hd_buf_release(&path);
	}
}

/* --- what there is -------------------------------------------------------------- */

/* Whether mending can help a file that does not open. */
static bool store_may_be_mended(struct hd_visit *visit, enum hd_file_kind kind, int rc)
{
	return kind == HD_FILE_OURS && (rc == HD_ECORRUPT || rc == HD_ENOENT) &&
	       visit->options->fix;
}

static void store_tell_closed(struct hd_visit *visit, enum hd_file_kind kind, int rc)
{
	const char *right = "name the store with --db, or move this file away";

	if (kind == HD_FILE_EMPTY)
		right = "put a copy back in its place; 'hdrive submit' makes a new store of it";
	else if (rc == HD_EVERSION)
		right = "use the newer hdrive that made it";
	else if (rc != HD_ECORRUPT && rc != HD_ENOENT)
		right = "let it be read, and try again";
	else if (kind == HD_FILE_OURS)
		right = FIX_SAYS;
	hd_visit_tell(visit,
		      visit->options->fix && kind == HD_FILE_OURS && rc == HD_ECORRUPT
			      ? HD_HEALTH_WARNING
			      : HD_HEALTH_PROBLEM,
		      "store", right, "%s", visit->err->text);
}

/* A file that SQLite does not take for a store. */
static void store_closed(struct hd_visit *visit, int rc)
{
	enum hd_file_kind kind = HD_FILE_UNKNOWN;
	struct hd_error ignored;

	if (rc == HD_ENOMEM) {
		hd_visit_fail(visit, rc);
		return;
	}
	(void)hd_store_file_kind(visit->path, &kind, &ignored);
	store_tell_closed(visit, kind, rc);
	if (store_may_be_mended(visit, kind, rc))
		store_mend(visit);
}

static void store_checked(struct hd_visit *visit)
{
	bool fix = visit->options->fix;

	store_count(visit);
	if (!store_is_damaged(visit, fix ? HD_HEALTH_WARNING : HD_HEALTH_PROBLEM)) {
		store_tell_sound(visit);
		visit_log(visit);
		visit_drafts(visit);
		return;
	}
	if (fix && visit->living > 0)
		hd_visit_tell(visit, HD_HEALTH_PROBLEM, "store",
			      "end the sweeps that run on it, then try again",
			      "not mended: %zu sweep%s under way", visit->living,
			      hd_plural(visit->living));
	else if (fix)
		store_mend(visit);
}

void hd_visit_store(struct hd_visit *visit)
{
	struct stat info;
	int rc;

	if (stat(visit->path, &info) < 0) {
		hd_visit_tell(visit, HD_HEALTH_OK, "store", NULL,
			      "none yet at '%s': 'hdrive submit' makes one", visit->path);
		return;
	}
	rc = visit_open(visit);
	if (rc == 0)
		store_checked(visit);
	else
		store_closed(visit, rc);
}
