/* fstatat */
#define _XOPEN_SOURCE 700

#include "tensorboard/logs.h"

#include <hdrive/error.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"

/* A second apart, they see what a clock of two seconds hides. */
#define LOOKS_AFTER_CHANGE 3
/* How TensorBoard tells its files from others. */
#define MARK "tfevents"

void hd_logs_release(struct hd_logs *logs)
{
	for (size_t i = 0; i < logs->folder_count; i++)
		free(logs->folders[i].path);
	for (size_t i = 0; i < logs->file_count; i++)
		free(logs->files[i].path);
	free(logs->folders);
	free(logs->files);
	*logs = (struct hd_logs){ 0 };
}

/* FNV-1a, and two bits less: past all sources that have numbers of their own. */
static int64_t key_of(const char *path)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (; *path; path++)
		hash = (hash ^ (uint8_t)*path) * 0x100000001b3u;
	return (int64_t)(hash >> 2 | (uint64_t)1 << 62);
}

/* Room for one more; false when there is none to be had. */
static bool room_make(void **items, size_t count, size_t *room, size_t size)
{
	size_t more = *room ? 2 * *room : 4;
	void *grown;

	if (count < *room)
		return true;
	grown = realloc(*items, more * size);
	if (!grown)
		return false;
	*items = grown;
	*room = more;
	return true;
}

/* "train/x" in "train". */
static char *path_join(const char *folder, const char *name)
{
	struct hd_buf path = HD_BUF_INIT;

	hd_buf_puts(&path, folder);
	hd_buf_puts(&path, *folder ? "/" : "");
	hd_buf_puts(&path, name);
	return hd_buf_take(&path);
}

static int folder_add(struct hd_logs *logs, const char *above, const char *name,
		      size_t depth)
{
	char *path;

	if (logs->folder_count == HD_LOGS_FOLDERS || depth > HD_LOGS_DEPTH ||
	    strlen(above) + strlen(name) + 2 > HD_LOGS_PATH) {
		logs->is_crowded = true;
		return 0;
	}
	path = path_join(above, name);
	if (!path || !room_make((void **)&logs->folders, logs->folder_count,
				&logs->folder_room, sizeof *logs->folders)) {
		free(path);
		return HD_ENOMEM;
	}
	for (size_t i = 0; i < logs->folder_count; i++) {
		if (strcmp(logs->folders[i].path, path) != 0)
			continue;
		free(path);
		return 0;
	}
	logs->folders[logs->folder_count++] = (struct hd_logs_folder){ .path = path,
								       .depth = depth };
	return 0;
}

static int file_add(struct hd_logs *logs, const char *folder, const char *name)
{
	char *path;
	size_t at = 0;

	if (strlen(folder) + strlen(name) + 2 > HD_LOGS_PATH) {
		logs->is_crowded = true;
		return 0;
	}
	path = path_join(folder, name);
	if (!path)
		return HD_ENOMEM;
	while (at < logs->file_count && strcmp(logs->files[at].path, path) < 0)
		at++;
	if (at < logs->file_count && !strcmp(logs->files[at].path, path)) {
		free(path);
		return 0;
	}
	if (logs->file_count == HD_LOGS_FILES) {
		free(path);
		logs->is_crowded = true;
		return 0;
	}
	if (!room_make((void **)&logs->files, logs->file_count, &logs->file_room,
		       sizeof *logs->files)) {
		free(path);
		return HD_ENOMEM;
	}
	memmove(logs->files + at + 1, logs->files + at,
		(logs->file_count - at) * sizeof *logs->files);
	logs->file_count++;
	logs->files[at] = (struct hd_logs_file){ .path = path,
						 .key = key_of(path),
						 .run = strlen(folder) };
	return 0;
}

static int entry_add(struct hd_logs *logs, size_t folder, int fd, const char *name)
{
	const char *path = logs->folders[folder].path;
	size_t depth = logs->folders[folder].depth;
	struct stat info;

	if (!strcmp(name, ".") || !strcmp(name, "..") ||
	    fstatat(fd, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	if (S_ISDIR(info.st_mode))
		return folder_add(logs, path, name, depth + 1);
	if (S_ISREG(info.st_mode) && strstr(name, MARK))
		return file_add(logs, path, name);
	return 0;
}

static int folder_read(struct hd_logs *logs, size_t folder, const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	size_t count = 0;
	int rc = 0;

	if (!dir)
		return errno == EMFILE || errno == ENFILE || errno == ENOMEM ? HD_TAIL_LATER
									     : 0;
	while (rc == 0 && (entry = readdir(dir))) {
		if (++count > HD_LOGS_ENTRIES) {
			logs->is_crowded = true;
			break;
		}
		rc = entry_add(logs, folder, dirfd(dir), entry->d_name);
	}
	closedir(dir);
	return rc;
}

static int folder_look(struct hd_logs *logs, size_t at, const char *top)
{
	struct hd_logs_folder *folder = &logs->folders[at];
	struct stat info;
	char path[2 * 4096];
	int rc;

	/* A slash at its end would follow a link. */
	if (snprintf(path, sizeof path, "%s%s%s", top, *folder->path ? "/" : "",
		     folder->path) >= (int)sizeof path)
		return 0;
	if (lstat(path, &info) < 0 || !S_ISDIR(info.st_mode))
		return 0;
	if (info.st_mtim.tv_sec != folder->changed.tv_sec ||
	    info.st_mtim.tv_nsec != folder->changed.tv_nsec)
		folder->looks = LOOKS_AFTER_CHANGE;
	folder->changed = info.st_mtim;
	if (folder->looks == 0)
		return 0;
	rc = folder_read(logs, at, path);
	/* The list may have moved meanwhile. */
	if (rc == 0)
		logs->folders[at].looks--;
	return rc;
}

int hd_logs_look(struct hd_logs *logs, const char *top)
{
	int rc = logs->folder_count ? 0 : folder_add(logs, "", "", 0);

	/* Those that are found on the way are looked at as well. */
	for (size_t i = 0; i < logs->folder_count && rc == 0; i++)
		rc = folder_look(logs, i, top);
	return rc;
}
