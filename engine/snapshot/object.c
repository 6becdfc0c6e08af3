/*
 * Files to hashes: what the cache does not know is copied into the part
 * folder, hashed on the way, and gets the hash for a name once it is on the
 * disk. Where the file system can, the copy is a reflink and takes no room.
 */
#define _GNU_SOURCE /* syncfs */

#include "snapshot/private.h"

#include "base/time.h"

#include <nettle/sha2.h>

#include <linux/fs.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Up to so many new files each is synced by itself; more, the file system. */
#define SYNC_ALONE 16
/* A file that changes under the copying is copied so often. */
#define COPY_TRIES 3
#define COPY_CHUNK (256 << 10)
/* A time so old, in microseconds, that a later change has another. */
#define SETTLED INT64_C(2000000)

void hd_snapshot_object_name(const struct hd_snapshot_entry *entry, char name[72])
{
	hd_snapshot_hex(entry->hash, sizeof entry->hash, name);
	/* The mode is the file's, whatever name it goes by. */
	if (entry->kind == HD_SNAPSHOT_PROGRAM)
		strcat(name, "x");
}

bool hd_snapshot_is_intact(const struct stat *info,
			   const struct hd_snapshot_entry *entry)
{
	mode_t mode = entry->kind == HD_SNAPSHOT_PROGRAM ? 0555 : 0444;

	return S_ISREG(info->st_mode) && (uint64_t)info->st_size == entry->key.size &&
	       info->st_mtim.tv_sec == HD_SNAPSHOT_TIME && info->st_mtim.tv_nsec == 0 &&
	       (info->st_mode & 0777) == mode;
}

static bool object_is_there(const struct hd_snapshot *snapshot,
			    const struct hd_snapshot_entry *entry)
{
	struct stat info;
	char name[72];

	hd_snapshot_object_name(entry, name);
	return fstatat(snapshot->objects, name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
	       hd_snapshot_is_intact(&info, entry);
}

/* --- copying ----------------------------------------------------------------------------- */

static int write_all(int fd, const uint8_t *bytes, size_t length)
{
	while (length) {
		ssize_t n = write(fd, bytes, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		bytes += n;
		length -= (size_t)n;
	}
	return 0;
}

/*
 * At most MOST bytes of IN to OUT, or only read when OUT is -1, with their
 * hash, and how many there were; errno tells what was wrong.
 */
static int pass(int in, int out, uint64_t most, uint8_t *hash, uint64_t *size)
{
	uint8_t *chunk = malloc(COPY_CHUNK);
	struct sha256_ctx sha;
	int rc = 0;

	if (!chunk)
		return -1;
	sha256_init(&sha);
	*size = 0;
	while (rc == 0 && *size < most) {
		size_t want = most - *size < COPY_CHUNK ? (size_t)(most - *size) : COPY_CHUNK;
		ssize_t n = read(in, chunk, want);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			rc = n < 0 ? -1 : 0;
			break;
		}
		sha256_update(&sha, (size_t)n, chunk);
		*size += (uint64_t)n;
		if (out >= 0)
			rc = write_all(out, chunk, (size_t)n);
	}
	sha256_digest(&sha, HD_SNAPSHOT_HASH, hash);
	free(chunk);
	return rc;
}

/* The whole of IN, whose size is MOST, to the empty file OUT. */
static int copy(int in, int out, uint64_t most, uint8_t *hash, uint64_t *size)
{
	if (ioctl(out, FICLONE, in) == 0)
		return pass(out, -1, UINT64_MAX, hash, size);
	return pass(in, out, most, hash, size);
}

/* Read-only, with the one time; and on the disk when it is to be SYNCED. */
static int seal(int fd, enum hd_snapshot_kind kind, bool synced)
{
	const struct timespec times[2] = { { .tv_sec = HD_SNAPSHOT_TIME },
					   { .tv_sec = HD_SNAPSHOT_TIME } };

	if (fchmod(fd, kind == HD_SNAPSHOT_PROGRAM ? 0555 : 0444) < 0 ||
	    futimens(fd, times) < 0)
		return -1;
	return synced ? fsync(fd) : 0;
}

int hd_snapshot_copy_object(struct hd_snapshot *snapshot,
			    const struct hd_snapshot_entry *entry, int at,
			    const char *name)
{
	uint8_t hash[HD_SNAPSHOT_HASH];
	uint64_t size;
	char object[72];
	int in, out, rc = -1;

	hd_snapshot_object_name(entry, object);
	in = openat(snapshot->objects, object, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (in < 0)
		return -1;
	out = openat(at, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (out >= 0 && copy(in, out, entry->key.size, hash, &size) == 0)
		rc = seal(out, entry->kind, true);
	if (out >= 0)
		close(out);
	close(in);
	return rc;
}

/* --- a file of the source ------------------------------------------------------------------ */

/* PATH opened folder by folder, none of them a link. */
static int open_below(int source, const char *path)
{
	int at = source, next = -1;
	const char *slash;
	char name[NAME_MAX + 1];
	int saved;

	for (; (slash = strchr(path, '/')); path = slash + 1) {
		size_t length = (size_t)(slash - path);

		memcpy(name, path, length);
		name[length] = '\0';
		next = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		saved = errno;
		if (at != source)
			close(at);
		errno = saved;
		if (next < 0)
			return -1;
		at = next;
	}
	next = openat(at, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	saved = errno;
	if (at != source)
		close(at);
	errno = saved;
	return next;
}

static bool key_is_old(const struct hd_snapshot *snapshot,
		       const struct hd_snapshot_key *key, int64_t now)
{
	int64_t latest = key->modified > key->changed ? key->modified : key->changed;
	int64_t settled = snapshot->setup->settled;

	return latest / 1000 < now - (settled ? settled : SETTLED);
}

/*
 * One try. Returns 1 when the file stayed the same meanwhile, 0 when not, -1
 * with errno.
 */
static int take_once(const struct hd_snapshot *snapshot, struct hd_snapshot_entry *entry, int in,
		     int out, bool synced)
{
	int64_t now = hd_time_wall();
	struct hd_snapshot_key after;
	struct stat info;
	uint64_t size;

	if (ftruncate(out, 0) < 0 || lseek(out, 0, SEEK_SET) < 0 ||
	    lseek(in, 0, SEEK_SET) < 0 || fstat(in, &info) < 0)
		return -1;
	entry->key = hd_snapshot_key(&info);
	if (copy(in, out, (uint64_t)info.st_size, entry->hash, &size) < 0 ||
	    seal(out, entry->kind, synced) < 0 || fstat(in, &info) < 0)
		return -1;
	after = hd_snapshot_key(&info);
	entry->settled = size == entry->key.size && key_is_old(snapshot, &entry->key, now);
	if (size == entry->key.size && after.size == size &&
	    after.modified == entry->key.modified && after.changed == entry->key.changed)
		return 1;
	/* Whatever was read is what the snapshot has. */
	entry->settled = false;
	entry->key.size = size;
	return 0;
}

static int take_open(struct hd_snapshot *snapshot, struct hd_snapshot_entry *entry,
		     int in, bool synced)
{
	char name[24];
	int same = 0;
	int out;

	snprintf(name, sizeof name, "%zu", ++snapshot->read);
	entry->part = snapshot->read;
	out = openat(snapshot->part, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (out < 0)
		return -1;
	for (int i = 0; same == 0 && i < COPY_TRIES; i++)
		same = take_once(snapshot, entry, in, out, synced);
	if (close(out) < 0)
		same = -1;
	if (same < 0)
		return -1;
	entry->hashed = true;
	if (same == 0 && hd_snapshot_add_note(snapshot, HD_SNAPSHOT_MOVING, entry->path, false,
					      NULL) < 0) {
		errno = ENOMEM;
		return -1;
	}
	return 0;
}

/* Gone since it was seen, or no file any more: then it is left out. */
static bool is_gone(int in, int errnum)
{
	struct stat info;

	if (in < 0)
		return errnum == ENOENT || errnum == ENOTDIR || errnum == ELOOP ||
		       errnum == ENXIO;
	return fstat(in, &info) == 0 && !S_ISREG(info.st_mode);
}

static int take(struct hd_snapshot *snapshot, struct hd_snapshot_entry *entry,
		bool synced, struct hd_error *err)
{
	int in = open_below(snapshot->source, entry->path);
	int errnum = errno;
	int rc = 0;

	if (is_gone(in, errnum)) {
		entry->kind = 0;
	} else if (in < 0) {
		rc = hd_error_errno(err, errnum,
				    "cannot read '%s', which a line in .amlignore would leave "
				    "out of the snapshot",
				    entry->path);
	} else if (take_open(snapshot, entry, in, synced) < 0) {
		rc = hd_error_errno(err, errno, "cannot copy '%s' into the snapshot",
				    entry->path);
	}
	if (in >= 0)
		close(in);
	return rc;
}

/* --- all of them ------------------------------------------------------------------------------ */

int hd_snapshot_part(struct hd_snapshot *snapshot, struct hd_error *err)
{
	if (snapshot->part >= 0)
		return 0;
	/* The number of the process is free but for what it left itself. */
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(snapshot->name, sizeof snapshot->name, HD_SNAPSHOT_PART "%ld-%u",
			 (long)getpid(), i);
		if (mkdirat(snapshot->base, snapshot->name, 0700) == 0) {
			snapshot->part = openat(snapshot->base, snapshot->name,
						O_RDONLY | O_DIRECTORY | O_CLOEXEC);
			break;
		}
		if (errno != EEXIST)
			break;
	}
	if (snapshot->part < 0)
		return hd_error_errno(err, errno, "cannot make a folder in '%s/%s'",
				      snapshot->setup->store, HD_SNAPSHOT_FOLDER);
	return 0;
}

static bool is_file(const struct hd_snapshot_entry *entry)
{
	return entry->kind == HD_SNAPSHOT_FILE || entry->kind == HD_SNAPSHOT_PROGRAM;
}

/* Those that went meanwhile are entries no more. */
static void drop_gone(struct hd_snapshot *snapshot)
{
	size_t kept = 0;

	for (size_t i = 0; i < snapshot->count; i++)
		if (snapshot->entries[i].kind)
			snapshot->entries[kept++] = snapshot->entries[i];
	snapshot->files -= snapshot->count - kept;
	snapshot->count = kept;
}

int hd_snapshot_hash_files(struct hd_snapshot *snapshot, struct hd_error *err)
{
	size_t unknown = 0;
	int rc = 0;

	for (size_t i = 0; i < snapshot->count; i++) {
		struct hd_snapshot_entry *entry = &snapshot->entries[i];

		if (is_file(entry) && !(hd_snapshot_cache_find(snapshot, entry) &&
					object_is_there(snapshot, entry))) {
			entry->hashed = false;
			unknown++;
		}
	}
	if (unknown == 0)
		return 0;
	rc = hd_snapshot_part(snapshot, err);
	for (size_t i = 0; rc == 0 && i < snapshot->count; i++)
		if (is_file(&snapshot->entries[i]) && !snapshot->entries[i].hashed)
			rc = take(snapshot, &snapshot->entries[i], unknown <= SYNC_ALONE, err);
	drop_gone(snapshot);
	if (rc == 0 && unknown > SYNC_ALONE && syncfs(snapshot->base) < 0)
		rc = hd_error_errno(err, errno, "cannot write the snapshot to the disk");
	return rc;
}

/* One that is there and intact serves as well; one that is not gives way. */
static int keep(struct hd_snapshot *snapshot, const struct hd_snapshot_entry *entry)
{
	char part[24], name[72];

	snprintf(part, sizeof part, "%zu", entry->part);
	hd_snapshot_object_name(entry, name);
	if (object_is_there(snapshot, entry))
		return 0;
	/* Not in the place of one that another just made: it may be linking it. */
	if (linkat(snapshot->part, part, snapshot->objects, name, 0) == 0 ||
	    (errno == EEXIST && object_is_there(snapshot, entry)))
		return 0;
	return renameat(snapshot->part, part, snapshot->objects, name);
}

int hd_snapshot_keep_files(struct hd_snapshot *snapshot, struct hd_error *err)
{
	for (size_t i = 0; i < snapshot->count; i++)
		if (snapshot->entries[i].part && keep(snapshot, &snapshot->entries[i]) < 0)
			return hd_error_errno(err, errno,
					      "cannot keep '%s' in the snapshot",
					      snapshot->entries[i].path);
	if (snapshot->read && fsync(snapshot->objects) < 0)
		return hd_error_errno(err, errno, "cannot write the snapshot to the disk");
	return 0;
}
