/*
 * Mending a damaged store.
 *
 * Nobody else may have it open: every connection of SQLite in WAL mode holds a
 * read lock on the file for as long as it lives, so our write lock on the same
 * bytes is had when there is none, also where the file is too damaged for
 * SQLite to open. It is a POSIX lock, lost as soon as this process closes any
 * descriptor of that file: until the end only its copy is opened.
 *
 * The last steps are in this order: the copy of the old file and its -wal is
 * on the disk; the old -wal goes; the new file takes the old one's name. A
 * crash before the last leaves the damaged store and its copy, to be mended
 * again; a -wal beside the new file, which it does not belong to, is never
 * there.
 */
#include "store/integrity.h"

#include "base/buf.h"
#include "base/time.h"
#include "store/head.h"
#include "store/salvage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where SQLite locks: https://www.sqlite.org/fileformat2.html, 1.4. */
#define LOCK_FIRST 0x40000000
#define LOCK_BYTES 512

#define COPY_BLOCK 65536
#define COPIES_MOST 1000 /* of one day */

struct mend {
	char *path;   /* absolute */
	char *backup; /* the copy */
	char *draft;
	char *spare; /* a second copy, which gets a new first page */
	int lock;    /* holds the lock, -1 for none */
	hd_integrity_fn fn;
	void *user;
	bool made_draft;
};

static void HD_PRINTF(2, 3)
	mend_tell(const struct mend *mend, const char *fmt, ...)
{
	char text[HD_ERROR_TEXT];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	mend->fn(mend->user, text);
}

static char *path_with(const char *path, const char *end)
{
	struct hd_buf buf = HD_BUF_INIT;

	hd_buf_puts(&buf, path);
	hd_buf_puts(&buf, end);
	return hd_buf_take(&buf);
}

static const char *path_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void path_unlink(const char *path, const char *end)
{
	char *name = path_with(path, end);

	if (name)
		unlink(name); /* mostly it is not there */
	free(name);
}

/* A store of ours that was only for a while, with what stands beside it. */
static void store_unlink(const char *path)
{
	path_unlink(path, "");
	path_unlink(path, "-wal");
	path_unlink(path, "-shm");
}

/* --- alone ------------------------------------------------------------------ */

static int mend_lock(struct mend *mend, struct hd_error *err)
{
	struct flock lock = { .l_type = F_WRLCK,
			      .l_whence = SEEK_SET,
			      .l_start = LOCK_FIRST,
			      .l_len = LOCK_BYTES };

	mend->lock = open(mend->path, O_RDWR | O_CLOEXEC);
	if (mend->lock < 0)
		return hd_error_errno(err, errno, "cannot open '%s' to mend it", mend->path);
	if (fcntl(mend->lock, F_SETLK, &lock) == 0)
		return 0;
	if (errno != EAGAIN && errno != EACCES)
		return hd_error_errno(err, errno, "cannot lock '%s'", mend->path);
	return hd_error_set(err, HD_EBUSY,
			    "store '%s' is in use: it is mended when no other "
			    "process has it open",
			    mend->path);
}

static void mend_unlock(struct mend *mend)
{
	if (mend->lock >= 0)
		close(mend->lock);
	mend->lock = -1;
}

/* --- the copy --------------------------------------------------------------- */

/* Both open; 0 or an errno. */
static int bytes_copy(int from, int to)
{
	char *block = malloc(COPY_BLOCK);
	ssize_t got = 0;
	int rc = block ? 0 : ENOMEM;

	while (rc == 0 && (got = read(from, block, COPY_BLOCK)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		for (ssize_t at = 0, put; rc == 0 && at < got; at += put) {
			put = write(to, block + at, (size_t)(got - at));
			if (put < 0 && errno == EINTR)
				put = 0;
			else if (put < 0)
				rc = errno;
		}
		rc = got < 0 ? errno : rc;
	}
	if (rc == 0 && fsync(to) < 0)
		rc = errno;
	free(block);
	return rc;
}

/* IN, all of it, to a file that is new; HD_EEXIST when it is there. */
static int file_copy(int in, const char *to, struct hd_error *err)
{
	struct stat info;
	int out;
	int rc;

	if (fstat(in, &info) < 0 || lseek(in, 0, SEEK_SET) < 0)
		return hd_error_errno(err, errno, "cannot read what '%s' is a copy of", to);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, info.st_mode & 0777);
	if (out < 0)
		return errno == EEXIST ? HD_EEXIST
				       : hd_error_errno(err, errno, "cannot make '%s'", to);
	rc = bytes_copy(in, out);
	close(out);
	if (rc == 0)
		return 0;
	unlink(to);
	return hd_error_errno(err, rc, "cannot make '%s'", to);
}

/* The folder's entries survive a power loss from here on. */
static int mend_sync_folder(const struct mend *mend, struct hd_error *err)
{
	char *folder = strdup(mend->path);
	int fd, rc = 0;

	if (!folder)
		return hd_error_nomem(err);
	strrchr(folder, '/')[folder == strrchr(folder, '/')] = '\0';
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || (fsync(fd) < 0 && errno != EINVAL))
		rc = hd_error_errno(err, errno, "cannot sync '%s'", folder);
	if (fd >= 0)
		close(fd);
	free(folder);
	return rc;
}

/* "PATH.damaged-20261125", ".1" and so on behind it until it is free. */
static int backup_name(struct mend *mend, int turn, struct hd_error *err)
{
	struct hd_buf name = HD_BUF_INIT;
	char day[40];

	hd_time_text(hd_time_wall(), day, sizeof day);
	hd_buf_printf(&name, "%s.damaged-%.4s%.2s%.2s", mend->path, day, day + 5, day + 8);
	if (turn > 0)
		hd_buf_printf(&name, ".%d", turn);
	free(mend->backup);
	mend->backup = hd_buf_take(&name);
	return mend->backup ? 0 : hd_error_nomem(err);
}

/* What is not in the file yet, where there is any, beside TO. */
static int log_copy(const struct mend *mend, const char *beside, struct hd_error *err)
{
	char *from = path_with(mend->path, "-wal");
	char *to = path_with(beside, "-wal");
	int in = from ? open(from, O_RDONLY | O_CLOEXEC) : -1;
	int rc = 0;

	if (!from || !to)
		rc = hd_error_nomem(err);
	else if (in < 0 && errno != ENOENT)
		rc = hd_error_errno(err, errno, "cannot read '%s'", from);
	else if (in >= 0)
		rc = file_copy(in, to, err);
	if (in >= 0)
		close(in);
	free(from);
	free(to);
	return rc;
}

static int mend_back_up(struct mend *mend, struct hd_error *err)
{
	int rc = HD_EEXIST;

	for (int i = 0; rc == HD_EEXIST && i < COPIES_MOST; i++) {
		rc = backup_name(mend, i, err);
		if (rc == 0)
			rc = file_copy(mend->lock, mend->backup, err);
	}
	if (rc == HD_EEXIST)
		rc = hd_error_set(err, rc, "'%s' has too many copies already", mend->path);
	if (rc == 0)
		rc = log_copy(mend, mend->backup, err);
	if (rc == 0)
		rc = mend_sync_folder(mend, err);
	if (rc == 0)
		mend_tell(mend, "copied the damaged store to '%s'", path_name(mend->backup));
	return rc;
}

/* --- the indices alone ------------------------------------------------------- */

static void count_fault(void *user, const char *text)
{
	(void)text;
	++*(size_t *)user;
}

/* In one transaction, kept only when the whole file is sound after it. */
static int indices_rebuild(struct hd_store *store, struct hd_error *err)
{
	size_t faults = 0, ignored = 0;
	int rc = hd_store_exec(store, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE", err);

	if (rc < 0)
		return rc;
	rc = hd_store_exec(store, "REINDEX", err);
	if (rc == 0)
		rc = hd_store_check_file(store, false, &faults, count_fault, &ignored, err);
	if (rc == 0 && faults == 0)
		rc = hd_store_check_keys(store, &faults, count_fault, &ignored, err);
	if (rc == 0 && faults > 0)
		rc = hd_error_set(err, HD_ECORRUPT, "more than the indices is damaged");
	if (rc == 0)
		rc = hd_store_exec(store, "COMMIT", err);
	if (rc < 0 && !sqlite3_get_autocommit(store->db))
		hd_store_exec(store, "ROLLBACK", NULL);
	return rc;
}

/* 1 when that was enough. */
static int mend_indices(struct mend *mend, struct hd_error *err)
{
	struct hd_store *store = NULL;
	int rc;

	/* SQLite takes the lock itself, and closing drops ours. */
	mend_unlock(mend);
	rc = hd_store_open(&store, mend->path, HD_STORE_WRITE, err);
	if (rc == 0) {
		store->wait = 0;
		rc = indices_rebuild(store, err);
	}
	hd_store_close(store);
	if (rc == 0) {
		mend_tell(mend, "made the indices anew: no row was lost");
		return 1;
	}
	if (rc == HD_EBUSY || rc == HD_ENOMEM)
		return rc;
	return mend_lock(mend, err); /* the tables are whole: a new store then */
}

/* --- a new store -------------------------------------------------------------- */

static int draft_make(struct mend *mend, struct hd_store **store, struct hd_error *err)
{
	/* Of a mending that was interrupted. */
	store_unlink(mend->draft);
	mend->made_draft = true;
	return hd_store_open(store, mend->draft, HD_STORE_CREATE, err);
}

/* All of it in the one file, on the disk, and as it should be. */
static int draft_finish(struct hd_store *store, struct hd_error *err)
{
	size_t faults = 0, ignored = 0;
	int rc = hd_store_check_file(store, false, &faults, count_fault, &ignored, err);

	if (rc == 0 && faults == 0)
		rc = hd_store_check_keys(store, &faults, count_fault, &ignored, err);
	if (rc == 0 && faults > 0)
		rc = hd_error_set(err, HD_ECORRUPT, "the new store '%s' is not sound either",
				  store->path);
	if (rc == 0)
		rc = hd_store_exec(store, "PRAGMA wal_checkpoint(TRUNCATE)", err);
	return rc;
}

/* As the old one was: whose it is, and who may read it. */
static int draft_own(const struct mend *mend, struct hd_error *err)
{
	struct stat info;
	int fd = open(mend->draft, O_RDONLY | O_CLOEXEC);
	int rc = 0;

	if (fd < 0 || fstat(mend->lock, &info) < 0 || fchmod(fd, info.st_mode & 0777) < 0 ||
	    fsync(fd) < 0)
		rc = hd_error_errno(err, errno, "cannot finish '%s'", mend->draft);
	/* Who is not root gets a file of his own, which he can use. */
	else if (fchown(fd, info.st_uid, info.st_gid) < 0)
		errno = 0;
	if (fd >= 0)
		close(fd);
	return rc;
}

/* See the head of this file. */
static int draft_place(struct mend *mend, struct hd_error *err)
{
	int rc = draft_own(mend, err);

	if (rc < 0)
		return rc;
	path_unlink(mend->path, "-wal");
	path_unlink(mend->path, "-shm");
	rc = mend_sync_folder(mend, err);
	if (rc == 0 && rename(mend->draft, mend->path) < 0)
		rc = hd_error_errno(err, errno, "cannot rename '%s' to '%s'", mend->draft,
				    mend->path);
	if (rc == 0)
		rc = mend_sync_folder(mend, err);
	if (rc == 0)
		mend_tell(mend, "moved the new store into place");
	return rc;
}

/* Rows from the copy, which stays as it is, into the draft. */
static int mend_rows(struct mend *mend, sqlite3 *source, struct hd_store *store,
		     struct hd_error *err)
{
	int rc = hd_salvage_copy(source, store, mend->fn, mend->user, err);

	return rc < 0 ? rc : draft_finish(store, err);
}

/* From a second copy with a new first page, where the old one tells nothing. */
static int source_open_spare(struct mend *mend, struct hd_store *store, sqlite3 **source,
			     struct hd_error *err)
{
	int rc;

	store_unlink(mend->spare);
	rc = file_copy(mend->lock, mend->spare, err);
	if (rc == 0)
		rc = log_copy(mend, mend->spare, err);
	if (rc < 0)
		return rc;
	mend_tell(mend,
		  "the first page is damaged: tables are looked for where a new store has them");
	rc = hd_head_rebuild(mend->spare, store, mend->fn, mend->user, err);
	return rc < 0 ? rc : hd_salvage_open(source, mend->spare, err);
}

static int source_open(struct mend *mend, struct hd_store *store, sqlite3 **source,
		       struct hd_error *err)
{
	int rc = hd_salvage_open(source, mend->backup, err);

	if (rc == HD_ENOMEM || (rc == 0 && hd_head_is_there(*source)))
		return rc;
	sqlite3_close(*source);
	*source = NULL;
	return source_open_spare(mend, store, source, err);
}

static int mend_rebuild(struct mend *mend, struct hd_error *err)
{
	struct hd_store *store = NULL;
	sqlite3 *source = NULL;
	bool done = false;
	int rc = draft_make(mend, &store, err);

	if (rc == 0)
		rc = source_open(mend, store, &source, err);
	if (rc == 0 && hd_salvage_is_whole(source, store)) {
		rc = mend_indices(mend, err);
		done = rc == 1;
	}
	if (rc == 0)
		rc = mend_rows(mend, source, store, err);
	sqlite3_close_v2(source);
	hd_store_close(store);
	path_unlink(mend->backup, "-shm");
	if (rc == 0 && !done)
		rc = draft_place(mend, err);
	return rc < 0 ? rc : 0;
}

static void mend_release(struct mend *mend)
{
	mend_unlock(mend);
	if (mend->made_draft) {
		store_unlink(mend->draft);
		store_unlink(mend->spare);
	}
	free(mend->path);
	free(mend->backup);
	free(mend->draft);
	free(mend->spare);
}

int hd_store_mend(const char *path, hd_integrity_fn fn, void *user,
		  struct hd_error *err)
{
	struct mend mend = { .lock = -1, .fn = fn, .user = user };
	int rc = hd_store_absolute(&mend.path, path, err);

	if (rc == 0) {
		mend.draft = path_with(mend.path, HD_STORE_DRAFT);
		mend.spare = path_with(mend.path, HD_STORE_SPARE);
		if (!mend.draft || !mend.spare)
			rc = hd_error_nomem(err);
	}
	if (rc == 0)
		rc = mend_lock(&mend, err);
	if (rc == 0)
		rc = mend_back_up(&mend, err);
	if (rc == 0)
		rc = mend_rebuild(&mend, err);
	mend_release(&mend);
	return rc;
}

int hd_store_merge_wal(const char *path, struct hd_error *err)
{
	struct hd_store *store = NULL;
	int rc = hd_store_open(&store, path, HD_STORE_WRITE, err);

	if (rc == 0)
		rc = hd_store_exec(store, "PRAGMA wal_checkpoint(TRUNCATE)", err);
	hd_store_close(store);
	return rc;
}
