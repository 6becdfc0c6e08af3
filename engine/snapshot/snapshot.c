/* Taking a snapshot, from the lock to the name; see snapshot.h. */
#include "snapshot/libgit2.h"
#include "snapshot/private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* --- where it goes ------------------------------------------------------------------- */

static int place_failed(const struct hd_snapshot *snapshot, struct hd_error *err)
{
	return hd_error_errno(err, errno, "cannot use the folder '%s/%s'",
			      snapshot->setup->store, HD_SNAPSHOT_FOLDER);
}

/* The store need not lie in a folder that git leaves alone. */
static void place_ignore(int base)
{
	int fd = openat(base, ".gitignore", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	if (fd < 0)
		return;
	if (write(fd, "*\n", 2) != 2)
		(void)unlinkat(base, ".gitignore", 0);
	close(fd);
}

static int folder_open(int at, const char *name)
{
	if (mkdirat(at, name, 0777) < 0 && errno != EEXIST)
		return -1;
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Shared; alone for a moment, if nobody else is here, to clear away. */
static int place_lock(struct hd_snapshot *snapshot)
{
	int rc;

	snapshot->lock = openat(snapshot->base, HD_SNAPSHOT_LOCK,
				O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (snapshot->lock < 0)
		return -1;
	if (flock(snapshot->lock, LOCK_EX | LOCK_NB) == 0)
		hd_snapshot_clean(snapshot->base);
	do
		rc = flock(snapshot->lock, LOCK_SH);
	while (rc < 0 && errno == EINTR);
	return rc;
}

static int place_open(struct hd_snapshot *snapshot, struct hd_error *err)
{
	int store = open(snapshot->setup->store, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (store < 0)
		return hd_error_errno(err, errno, "cannot use the folder '%s'",
				      snapshot->setup->store);
	snapshot->base = folder_open(store, HD_SNAPSHOT_FOLDER);
	close(store);
	if (snapshot->base < 0 || place_lock(snapshot) < 0)
		return place_failed(snapshot, err);
	place_ignore(snapshot->base);
	snapshot->objects = folder_open(snapshot->base, HD_SNAPSHOT_OBJECTS);
	return snapshot->objects < 0 ? place_failed(snapshot, err) : 0;
}

/* --- taking --------------------------------------------------------------------------- */

static struct hd_snapshot *snapshot_new(const struct hd_snapshot_setup *setup)
{
	struct hd_snapshot *snapshot = calloc(1, sizeof *snapshot);

	if (!snapshot)
		return NULL;
	snapshot->setup = setup;
	snapshot->lock = snapshot->base = snapshot->objects = -1;
	snapshot->source = snapshot->part = -1;
	snapshot->arena = hd_arena_new();
	if (snapshot->arena)
		return snapshot;
	free(snapshot);
	return NULL;
}

static void descriptor_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* What only its taking needed. */
static void snapshot_finish(struct hd_snapshot *snapshot)
{
	if (snapshot->part >= 0)
		hd_snapshot_remove(snapshot->base, snapshot->name);
	hd_snapshot_cache_close(snapshot);
	descriptor_close(&snapshot->part);
	descriptor_close(&snapshot->objects);
	descriptor_close(&snapshot->source);
	descriptor_close(&snapshot->base);
}

static int take(struct hd_snapshot *snapshot, struct hd_error *err)
{
	int rc;

	snapshot->source = open(snapshot->setup->source, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (snapshot->source < 0)
		return hd_error_errno(err, errno, "cannot read the folder '%s'",
				      snapshot->setup->source);
	/* Nothing is made for a source that is refused. */
	rc = hd_snapshot_walk(snapshot, err);
	if (rc == 0)
		rc = place_open(snapshot, err);
	if (rc == 0)
		rc = hd_snapshot_cache_open(snapshot, err);
	if (rc == 0)
		rc = hd_snapshot_hash_files(snapshot, err);
	if (rc == 0)
		rc = hd_snapshot_keep_files(snapshot, err);
	if (rc < 0)
		return rc;
	hd_snapshot_name_it(snapshot);
	rc = hd_snapshot_tree(snapshot, err);
	if (rc == 0 && snapshot->read)
		hd_snapshot_cache_write(snapshot);
	return rc;
}

int hd_snapshot_take(struct hd_snapshot **out,
		     const struct hd_snapshot_setup *setup,
		     struct hd_error *err)
{
	struct hd_snapshot *snapshot = snapshot_new(setup);
	int rc = snapshot ? take(snapshot, err) : hd_error_nomem(err);

	*out = NULL;
	if (snapshot)
		snapshot_finish(snapshot);
	if (rc == 0) {
		snapshot->setup = NULL;
		*out = snapshot;
		snapshot = NULL;
	}
	hd_snapshot_close(snapshot);
	return rc;
}

void hd_snapshot_settle(struct hd_snapshot *snapshot)
{
	descriptor_close(&snapshot->lock);
	hd_git_close(snapshot->git);
	snapshot->git = NULL;
}

void hd_snapshot_close(struct hd_snapshot *snapshot)
{
	if (!snapshot)
		return;
	hd_snapshot_settle(snapshot);
	hd_arena_free(snapshot->arena);
	free(snapshot->entries);
	free(snapshot->notes);
	free(snapshot);
}

/* --- what it is ------------------------------------------------------------------------ */

const char *hd_snapshot_id(const struct hd_snapshot *snapshot)
{
	return snapshot->id;
}

size_t hd_snapshot_files(const struct hd_snapshot *snapshot)
{
	return snapshot->files;
}

uint64_t hd_snapshot_bytes(const struct hd_snapshot *snapshot)
{
	return snapshot->bytes;
}

size_t hd_snapshot_read(const struct hd_snapshot *snapshot)
{
	return snapshot->read;
}

size_t hd_snapshot_notes(const struct hd_snapshot *snapshot)
{
	return snapshot->note_count;
}

const struct hd_snapshot_note *hd_snapshot_note(const struct hd_snapshot *snapshot,
						size_t index)
{
	return &snapshot->notes[index];
}

const struct hd_snapshot_note *
hd_snapshot_left_out(const struct hd_snapshot *snapshot, const char *path)
{
	for (size_t i = 0; i < snapshot->note_count; i++) {
		const struct hd_snapshot_note *note = &snapshot->notes[i];
		size_t length = strlen(note->path);

		if (note->why != HD_SNAPSHOT_MOVING && !strncmp(note->path, path, length) &&
		    (!path[length] || (note->folder && path[length] == '/')))
			return note;
	}
	return NULL;
}

const char *hd_snapshot_file(const struct hd_snapshot *snapshot, size_t *at)
{
	while (*at < snapshot->count) {
		const struct hd_snapshot_entry *entry = &snapshot->entries[(*at)++];

		if (entry->hashed)
			return entry->path;
	}
	return NULL;
}

/* --- paths and ids ----------------------------------------------------------------------- */

/* PATH, which ".." may not lead out of, without what changes nothing. */
static char *path_plain(const char *path)
{
	char *plain = calloc(1, strlen(path) + 1);
	size_t length = 0;

	while (plain && *path) {
		size_t part = strcspn(path, "/");

		if (part == 2 && !strncmp(path, "..", 2)) {
			if (length == 0) {
				free(plain);
				return NULL;
			}
			while (length > 0 && plain[--length] != '/')
				;
		} else if (part && !(part == 1 && *path == '.')) {
			if (length)
				plain[length++] = '/';
			memcpy(plain + length, path, part);
			length += part;
		}
		path += part + strspn(path + part, "/");
	}
	if (plain)
		plain[length] = '\0';
	return plain;
}

char *hd_snapshot_path(const char *source, const char *path)
{
	size_t length = strlen(source);

	if (*path != '/')
		return path_plain(path);
	if (length > 1 && (strncmp(path, source, length) ||
			   (path[length] && path[length] != '/')))
		return NULL;
	return path_plain(length > 1 ? path + length : path);
}

bool hd_snapshot_is_id(const char *id)
{
	return strlen(id) == HD_SNAPSHOT_ID_SIZE - 1 &&
	       strspn(id, "0123456789abcdef") == HD_SNAPSHOT_ID_SIZE - 1;
}

char *hd_snapshot_folder(const char *store, const char *id)
{
	struct hd_buf path = HD_BUF_INIT;

	hd_buf_printf(&path, "%s/%s/%s", store, HD_SNAPSHOT_FOLDER, id);
	return hd_buf_take(&path);
}

bool hd_snapshot_is_there(const char *store, const char *id)
{
	char *path = hd_snapshot_is_id(id) ? hd_snapshot_folder(store, id) : NULL;
	struct stat info;
	bool there = path && lstat(path, &info) == 0 && S_ISDIR(info.st_mode);

	free(path);
	return there;
}
