/*
 * What a snapshot is made of: the source folder walked by descriptors, so that
 * no link is followed and a folder that is moved meanwhile leads nowhere else.
 *
 * Left out: what the rules say; .git and .hdrive anywhere; what the store has
 * beside it; outputs and logs of the source itself, as a trial has its own;
 * what is neither file, folder nor link. A link stays a link. One that leads
 * out of the source is made to lead there from anywhere, one that leads into
 * it by its full path is made to lead into the snapshot.
 */
#include "snapshot/libgit2.h"
#include "snapshot/private.h"

#include <hdrive/report.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Folders in folders: each is an open descriptor. */
#define WALK_DEEPEST 200
/* Entries looked at to tell how large a source is that is too large. */
#define WALK_MOST 100000
/* Notes kept: beyond that nobody reads them. */
#define NOTES_MOST 1000
/* Entries of the source that are named as the largest. */
#define LARGEST 3

/* What lies in one entry of the source. */
struct top {
	const char *name;
	uint64_t bytes;
	size_t files;
	bool folder;
};

struct walk {
	struct hd_snapshot *snapshot;
	const struct hd_snapshot_setup *setup;
	struct hd_error *err;
	dev_t store_device;
	ino_t store_inode;
	bool has_ground; /* a target's, which is there */
	dev_t ground_device;
	ino_t ground_inode;
	struct hd_buf path; /* of the folder walked, with its slash; "" */
	size_t depth;
	size_t seen;
	bool over; /* a limit: entries are only counted from here on */
	bool cut;  /* ... and not all of them */
	struct top *tops;
	size_t top_count;
	size_t top_room;
};

struct names {
	struct hd_arena *arena; /* the texts */
	char **items;
	size_t count;
	size_t room;
};

struct hd_snapshot_key hd_snapshot_key(const struct stat *info)
{
	return (struct hd_snapshot_key){
		.device = info->st_dev,
		.inode = info->st_ino,
		.size = (uint64_t)info->st_size,
		.modified = (int64_t)info->st_mtim.tv_sec * 1000000000 + info->st_mtim.tv_nsec,
		.changed = (int64_t)info->st_ctim.tv_sec * 1000000000 + info->st_ctim.tv_nsec,
	};
}

int hd_snapshot_add_note(struct hd_snapshot *snapshot, enum hd_snapshot_why why,
			 const char *path, bool folder, const char *rules)
{
	struct hd_snapshot_note *note;

	if (snapshot->note_count == NOTES_MOST)
		return 0;
	if (!snapshot->notes) {
		snapshot->notes = calloc(NOTES_MOST, sizeof *snapshot->notes);
		if (!snapshot->notes)
			return HD_ENOMEM;
	}
	note = &snapshot->notes[snapshot->note_count];
	note->why = why;
	note->folder = folder;
	note->path = hd_arena_string(snapshot->arena, path);
	note->rules = rules ? hd_arena_string(snapshot->arena, rules) : NULL;
	if (!note->path || (rules && !note->rules))
		return HD_ENOMEM;
	snapshot->note_count++;
	return 0;
}

/* --- a folder's names ------------------------------------------------------------------- */

static void names_release(struct names *names)
{
	hd_arena_free(names->arena);
	free(names->items);
}

static int names_add(struct names *names, const char *name)
{
	if (names->count == names->room) {
		size_t room = names->room ? names->room * 2 : 32;
		char **items = realloc(names->items, room * sizeof *items);

		if (!items)
			return HD_ENOMEM;
		names->items = items;
		names->room = room;
	}
	names->items[names->count] = hd_arena_string(names->arena, name);
	return names->items[names->count] ? (names->count++, 0) : HD_ENOMEM;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted, so that notes and limits do not depend on the file system. */
static int names_read(struct names *names, int folder, const char *path,
		      struct hd_error *err)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int rc = 0;

	if (!list) {
		rc = hd_error_errno(err, errno, "cannot read the folder '%s'", path);
		if (fd >= 0)
			close(fd);
		return rc;
	}
	errno = 0;
	while (rc == 0 && (entry = readdir(list))) {
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			rc = names_add(names, entry->d_name);
		errno = 0;
	}
	if (rc < 0)
		hd_error_nomem(err);
	else if (errno)
		rc = hd_error_errno(err, errno, "cannot read the folder '%s'", path);
	closedir(list);
	if (names->count)
		qsort(names->items, names->count, sizeof *names->items, by_text);
	return rc;
}

/* --- links ----------------------------------------------------------------------------------- */

/* TARGET within the source, from the source on; NULL when it leads elsewhere. */
static const char *link_inside(const struct walk *walk, const char *target)
{
	size_t length = strlen(walk->setup->source);

	if (length == 1)
		return target + 1;
	if (strncmp(target, walk->setup->source, length) ||
	    (target[length] && target[length] != '/'))
		return NULL;
	return target[length] ? target + length + 1 : target + length;
}

/*
 * A relative TARGET of a link in the folder walked that climbs out of the
 * source, as an absolute path. The folder's own path has no links in it, so
 * the first ".." may be taken off it.
 */
static bool link_climbs(const struct walk *walk, const char *target,
			struct hd_buf *out)
{
	size_t length = walk->path.length;
	const char *path = hd_buf_text(&walk->path);
	struct hd_buf whole = HD_BUF_INIT;
	int deep = 0;

	for (size_t i = 0; i < length; i++)
		deep += path[i] == '/';
	hd_buf_printf(&whole, "%s/%s%s", walk->setup->source, path, target);
	/* Below the source it may go up and down as it likes. */
	for (const char *at = target; deep >= 0 && *at; at += strspn(at, "/")) {
		size_t part = strcspn(at, "/");

		if (part == 2 && at[0] == '.' && at[1] == '.')
			deep--;
		else if (!(part == 1 && *at == '.'))
			deep++;
		at += part;
	}
	if (deep < 0) {
		char *text = hd_buf_take(&whole);

		/* Climb along what was walked, which holds no link. */
		if (text) {
			size_t base = strlen(walk->setup->source) + 1 + length;
			const char *rest = text + base;

			while (base > 1 && !strncmp(rest, "../", 3)) {
				rest += 3;
				for (base--; base > 0 && text[base - 1] != '/'; base--)
					;
			}
			hd_buf_add(out, text, base);
			hd_buf_puts(out, rest);
		} else {
			out->failed = true;
		}
		free(text);
	}
	hd_buf_release(&whole);
	return deep < 0;
}

/* What the link is to lead to in the snapshot. */
static void link_target(const struct walk *walk, const char *target,
			struct hd_buf *out)
{
	const char *inside = *target == '/' ? link_inside(walk, target) : NULL;

	if (inside) {
		for (const char *at = hd_buf_text(&walk->path); (at = strchr(at, '/')); at++)
			hd_buf_puts(out, "../");
		hd_buf_puts(out, *inside ? inside : ".");
	} else if (*target == '/' || !link_climbs(walk, target, out)) {
		hd_buf_puts(out, target);
	}
}

static int link_read(struct walk *walk, int folder, const char *name,
		     const char **target)
{
	char text[PATH_MAX];
	struct hd_buf out = HD_BUF_INIT;
	ssize_t length = readlinkat(folder, name, text, sizeof text);

	*target = NULL;
	if (length < 0)
		return 0; /* gone meanwhile */
	if (length == sizeof text)
		return hd_error_set(walk->err, HD_ELIMIT,
				    "the link '%s%s' in the source folder is too long",
				    hd_buf_text(&walk->path), name);
	text[length] = '\0';
	link_target(walk, text, &out);
	if (!hd_buf_failed(&out))
		*target = hd_arena_string(walk->snapshot->arena, hd_buf_text(&out));
	hd_buf_release(&out);
	return *target ? 0 : hd_error_nomem(walk->err);
}

/* --- entries --------------------------------------------------------------------------------- */

static int entry_add(struct walk *walk, enum hd_snapshot_kind kind,
		     const char *path, const struct stat *info,
		     const char *target)
{
	struct hd_snapshot *snapshot = walk->snapshot;
	struct hd_snapshot_entry *entry;

	if (snapshot->count == snapshot->room) {
		size_t room = snapshot->room ? snapshot->room * 2 : 64;
		struct hd_snapshot_entry *entries =
			realloc(snapshot->entries, room * sizeof *entries);

		if (!entries)
			return hd_error_nomem(walk->err);
		snapshot->entries = entries;
		snapshot->room = room;
	}
	entry = &snapshot->entries[snapshot->count];
	*entry = (struct hd_snapshot_entry){ .kind = kind, .target = target };
	entry->key = hd_snapshot_key(info);
	entry->path = hd_arena_string(snapshot->arena, path);
	if (!entry->path)
		return hd_error_nomem(walk->err);
	snapshot->count++;
	return 0;
}

/* The entry of the source that PATH lies in; names come sorted, one by one. */
static struct top *top_of(struct walk *walk, const char *path)
{
	size_t length = strcspn(path, "/");
	struct top *last = walk->top_count ? &walk->tops[walk->top_count - 1] : NULL;

	if (last && !strncmp(last->name, path, length) && !last->name[length])
		return last;
	if (walk->top_count == walk->top_room) {
		size_t room = walk->top_room ? walk->top_room * 2 : 32;
		struct top *tops = realloc(walk->tops, room * sizeof *tops);

		if (!tops)
			return NULL;
		walk->tops = tops;
		walk->top_room = room;
	}
	last = &walk->tops[walk->top_count];
	*last = (struct top){ .folder = path[length] == '/' };
	last->name = hd_arena_copy(walk->snapshot->arena, path, length);
	if (!last->name)
		return NULL;
	walk->top_count++;
	return last;
}

static int entry_count(struct walk *walk, const char *path, uint64_t bytes)
{
	struct hd_snapshot *snapshot = walk->snapshot;
	struct top *top = top_of(walk, path);

	if (!top)
		return hd_error_nomem(walk->err);
	top->bytes += bytes;
	top->files++;
	snapshot->bytes += bytes;
	snapshot->files++;
	walk->over = walk->over || snapshot->bytes > walk->setup->bytes_most ||
		     snapshot->files > walk->setup->files_most;
	return 0;
}

static int walk_folder(struct walk *walk, int folder, struct hd_ignore *above,
		       bool kept_only);

static int walk_below(struct walk *walk, int folder, const char *name,
		      struct hd_ignore *ignore, bool kept_only)
{
	size_t length = walk->path.length;
	int below = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int rc;

	if (below < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
		return 0; /* gone meanwhile */
	if (below < 0)
		return hd_error_errno(walk->err, errno,
				      "cannot read the folder '%s%s', which a line in "
				      ".amlignore would leave out",
				      hd_buf_text(&walk->path), name);
	walk->depth++;
	hd_buf_printf(&walk->path, "%s/", name);
	if (hd_buf_failed(&walk->path))
		rc = hd_error_nomem(walk->err);
	else if (walk->depth > WALK_DEEPEST)
		rc = hd_error_set(walk->err, HD_ELIMIT,
				  "folders of the source lie more than %d deep: '%.60s...'",
				  WALK_DEEPEST, hd_buf_text(&walk->path));
	else
		rc = walk_folder(walk, below, ignore, kept_only);
	walk->depth--;
	hd_buf_cut(&walk->path, length);
	close(below);
	return rc;
}

/* One that is taken, or, of a folder, looked into. */
static int entry_take(struct walk *walk, int folder, const char *name,
		      const char *path, const struct stat *info,
		      struct hd_ignore *ignore, bool kept_only)
{
	const char *target = NULL;
	int rc;

	if (S_ISDIR(info->st_mode)) {
		rc = walk->over ? 0 : entry_add(walk, HD_SNAPSHOT_DIR, path, info, NULL);
		return rc < 0 ? rc : walk_below(walk, folder, name, ignore, kept_only);
	}
	if (!S_ISREG(info->st_mode) && !S_ISLNK(info->st_mode)) {
		rc = hd_snapshot_add_note(walk->snapshot, HD_SNAPSHOT_SPECIAL, path, false,
					  NULL);
		return rc < 0 ? hd_error_nomem(walk->err) : 0;
	}
	rc = entry_count(walk, path, S_ISREG(info->st_mode) ? (uint64_t)info->st_size : 0);
	if (rc < 0 || walk->over)
		return rc;
	if (S_ISREG(info->st_mode))
		return entry_add(walk,
				 info->st_mode & S_IXUSR ? HD_SNAPSHOT_PROGRAM
							 : HD_SNAPSHOT_FILE,
				 path, info, NULL);
	rc = link_read(walk, folder, name, &target);
	return rc < 0 || !target ? rc : entry_add(walk, HD_SNAPSHOT_LINK, path, info, target);
}

/* --- what is left out ------------------------------------------------------------------------ */

static bool name_is_out(const struct walk *walk, const char *name, bool beside_store)
{
	static const char *const anywhere[] = { ".git", ".hdrive" };
	static const char *const on_top[] = { "outputs", "logs" };

	for (size_t i = 0; i < sizeof anywhere / sizeof anywhere[0]; i++)
		if (!strcmp(name, anywhere[i]))
			return true;
	for (size_t i = 0; walk->depth == 0 && i < sizeof on_top / sizeof on_top[0]; i++)
		if (!strcmp(name, on_top[i]))
			return true;
	return beside_store &&
	       (!strcmp(name, HD_SNAPSHOT_FOLDER) ||
		(walk->setup->is_ours && walk->setup->is_ours(walk->setup->user, name)));
}

/* Whether the file that is always taken is PATH, or lies in it. */
static bool path_is_kept(const struct walk *walk, const char *path, const struct stat *info)
{
	const char *keep = walk->setup->keep;
	size_t length = strlen(path);

	return keep && !strncmp(keep, path, length) &&
	       (S_ISDIR(info->st_mode) ? keep[length] == '/'
				       : !keep[length] && S_ISREG(info->st_mode));
}

/* What sweeps left where a target wants them is none of what they run in. */
static bool is_ground(const struct walk *walk, const struct stat *info)
{
	return walk->has_ground && info->st_dev == walk->ground_device &&
	       info->st_ino == walk->ground_inode;
}

static int walk_entry(struct walk *walk, int folder, const char *name,
		      struct hd_ignore *ignore, bool kept_only)
{
	struct hd_buf path = HD_BUF_INIT;
	const char *rules = NULL;
	struct stat info;
	bool kept;
	int rc = 0;

	if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno == ENOENT)
			return 0; /* gone meanwhile */
		return hd_error_errno(walk->err, errno, "cannot look at '%s%s'",
				      hd_buf_text(&walk->path), name);
	}
	if (is_ground(walk, &info))
		return 0;
	hd_buf_printf(&path, "%s%s", hd_buf_text(&walk->path), name);
	if (hd_buf_failed(&path)) {
		rc = hd_error_nomem(walk->err);
		goto out;
	}
	kept = path_is_kept(walk, hd_buf_text(&path), &info);
	if (kept_only && !kept)
		goto out;
	if (ignore && !kept_only)
		rc = hd_ignore_asks(ignore, hd_buf_text(&path), S_ISDIR(info.st_mode), &rules,
				    walk->err);
	if (rc > 0 && !kept) {
		rc = hd_snapshot_add_note(walk->snapshot, HD_SNAPSHOT_IGNORED,
					  hd_buf_text(&path), S_ISDIR(info.st_mode), rules);
		rc = rc < 0 ? hd_error_nomem(walk->err) : 0;
	} else if (rc >= 0) {
		kept_only = kept_only || rc > 0;
		rc = entry_take(walk, folder, name, hd_buf_text(&path), &info, ignore,
				kept_only);
	}
out:
	hd_buf_release(&path);
	return rc;
}

static int walk_folder(struct walk *walk, int folder, struct hd_ignore *above,
		       bool kept_only)
{
	struct names names = { .arena = hd_arena_new() };
	struct hd_ignore *ignore = NULL;
	struct stat info;
	bool beside = fstat(folder, &info) == 0 && info.st_dev == walk->store_device &&
		      info.st_ino == walk->store_inode;
	const char *path = walk->path.length ? hd_buf_text(&walk->path) : walk->setup->source;
	int rc = names.arena ? names_read(&names, folder, path, walk->err)
			     : hd_error_nomem(walk->err);

	if (rc == 0)
		rc = hd_ignore_open(&ignore, folder, hd_buf_text(&walk->path), above,
				    walk->err);
	if (ignore && !walk->snapshot->git)
		walk->snapshot->git = hd_git_open(NULL);
	for (size_t i = 0; rc == 0 && i < names.count; i++) {
		if (name_is_out(walk, names.items[i], beside))
			continue;
		walk->cut = walk->over && ++walk->seen > WALK_MOST;
		if (walk->cut)
			break;
		rc = walk_entry(walk, folder, names.items[i], ignore ? ignore : above,
				kept_only);
	}
	hd_ignore_close(ignore);
	names_release(&names);
	return rc;
}

/* --- the limit ------------------------------------------------------------------------------- */

static int by_bytes(const void *a, const void *b)
{
	uint64_t one = ((const struct top *)a)->bytes, other = ((const struct top *)b)->bytes;

	return (one < other) - (one > other);
}

static int by_files(const void *a, const void *b)
{
	size_t one = ((const struct top *)a)->files, other = ((const struct top *)b)->files;

	return (one < other) - (one > other);
}

/* "300.0 MiB" for whole MiB, as Azure's own message has "300.0 MB". */
static void limit_text(const struct walk *walk, bool bytes, char *text, size_t size)
{
	uint64_t most = walk->setup->bytes_most;

	if (!bytes)
		snprintf(text, size, "%zu files", walk->setup->files_most);
	else if (most == HD_SNAPSHOT_BYTES)
		snprintf(text, size, "300.0 MiB");
	else
		hd_bytes_text(most, text, size);
}

static int walk_too_large(struct walk *walk)
{
	const struct hd_snapshot *snapshot = walk->snapshot;
	bool bytes = snapshot->bytes > walk->setup->bytes_most;
	struct hd_buf largest = HD_BUF_INIT;
	char size[32], limit[32];
	int rc;

	if (walk->top_count)
		qsort(walk->tops, walk->top_count, sizeof *walk->tops,
		      bytes ? by_bytes : by_files);
	for (size_t i = 0; i < walk->top_count && i < LARGEST; i++) {
		const struct top *top = &walk->tops[i];

		hd_buf_printf(&largest, "%s'%.80s%s' (", i ? ", " : "", top->name,
			      top->folder ? "/" : "");
		if (bytes)
			hd_buf_puts(&largest, hd_bytes_text(top->bytes, size, sizeof size));
		else
			hd_buf_printf(&largest, "%zu", top->files);
		hd_buf_puts(&largest, ")");
	}
	limit_text(walk, bytes, limit, sizeof limit);
	rc = hd_error_set(
		walk->err, HD_ELIMIT,
		"the source folder '%.150s' holds %s%s in %zu files, and a snapshot of it at "
		"most %s: largest %s %s; leave out with a line in .amlignore or .gitignore what "
		"no trial needs, allow more with --snapshot-limit, or run from the folder as it "
		"is with --no-snapshot",
		walk->setup->source, walk->cut ? "at least " : "",
		hd_bytes_text(snapshot->bytes, size, sizeof size), snapshot->files, limit,
		walk->top_count == 1 ? "is" : "are", hd_buf_text(&largest));
	hd_buf_release(&largest);
	return rc;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct hd_snapshot_entry *)a)->path,
		      ((const struct hd_snapshot_entry *)b)->path);
}

int hd_snapshot_walk(struct hd_snapshot *snapshot, struct hd_error *err)
{
	struct walk walk = { .snapshot = snapshot,
			     .setup = snapshot->setup,
			     .err = err,
			     .path = HD_BUF_INIT };
	struct stat info;
	int rc;

	if (stat(snapshot->setup->store, &info) == 0) {
		walk.store_device = info.st_dev;
		walk.store_inode = info.st_ino;
	}
	walk.has_ground = walk.setup->ground && stat(walk.setup->ground, &info) == 0;
	if (walk.has_ground) {
		walk.ground_device = info.st_dev;
		walk.ground_inode = info.st_ino;
	}
	rc = walk_folder(&walk, snapshot->source, NULL, false);
	if (rc == 0 && walk.over)
		rc = walk_too_large(&walk);
	if (snapshot->count)
		qsort(snapshot->entries, snapshot->count, sizeof *snapshot->entries, by_path);
	hd_buf_release(&walk.path);
	free(walk.tops);
	return rc;
}
