#include "dispatch/cgroup.h"

#include "base/buf.h"
#include "dispatch/proctree.h"
#include "dispatch/record_format.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEXT_SIZE 4096
#define MOUNT "/sys/fs/cgroup"

struct group {
	char *path; /* NULL: the next one has to make it */
	bool is_free;
};

struct hd_cgroups {
	char *prefix; /* of every path: folder, our pid and start */
	struct group *groups;
	size_t count;
	size_t made; /* so many names were used */
};

static bool file_read(const char *path, char *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, TEXT_SIZE - 1);

	if (fd >= 0)
		close(fd);
	text[length > 0 ? length : 0] = '\0';
	return length > 0;
}

/* Our own group in the second hierarchy; NULL when we are in none. */
static char *own_find(const char *root, char *text)
{
	struct hd_buf path = HD_BUF_INIT;
	char *own = NULL;

	hd_buf_printf(&path, "%s/proc/self/cgroup", root);
	if (!hd_buf_failed(&path) && file_read(hd_buf_text(&path), text))
		own = strncmp(text, "0::", 3) == 0 ? text
						   : strstr(text, "\n0::");
	hd_buf_release(&path);
	if (!own)
		return NULL;
	own += *own == '\n' ? 4 : 3;
	own[strcspn(own, "\n")] = '\0';
	/* It may lie outside of what we see of the hierarchy. */
	if (strstr(own, "/.."))
		return NULL;
	/* The root's is "/": the slash before a name is ours. */
	return strcmp(own, "/") == 0 ? own + 1 : own;
}

/* Where the hierarchy is mounted: alone, or beside the first one. */
static bool mount_find(struct hd_buf *path, const char *root)
{
	static const char *const places[] = { MOUNT, MOUNT "/unified" };

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		hd_buf_clear(path);
		hd_buf_printf(path, "%s%s/cgroup.procs", root, places[i]);
		if (hd_buf_failed(path) || access(hd_buf_text(path), F_OK) < 0)
			continue;
		hd_buf_clear(path);
		hd_buf_printf(path, "%s%s", root, places[i]);
		return !hd_buf_failed(path);
	}
	return false;
}

static char *prefix_make(const char *root)
{
	struct hd_buf path = HD_BUF_INIT;
	char text[TEXT_SIZE];
	const char *own = own_find(root, text);

	if (!own || !mount_find(&path, root)) {
		hd_buf_release(&path);
		return NULL;
	}
	/* A pid comes back, with its start it does not. */
	hd_buf_printf(&path, "%s" HD_RECORD_CGROUP_PREFIX "%ld-%" PRIu64, own,
		      (long)getpid(), hd_proctree_start(getpid()));
	return hd_buf_take(&path);
}

static void group_remove(const char *path)
{
	/* Something may be left in it, that nobody can end. */
	(void)rmdir(path);
}

/* Make a new one; false when it cannot be, or is of no use. */
static bool group_make(struct hd_cgroups *groups, struct group *group)
{
	struct hd_buf path = HD_BUF_INIT;
	struct hd_buf kill = HD_BUF_INIT;
	bool ok = false;

	hd_buf_printf(&path, "%s-%zu", groups->prefix, groups->made++);
	hd_buf_printf(&kill, "%s/cgroup.kill", hd_buf_text(&path));
	if (hd_buf_failed(&path) || hd_buf_failed(&kill) ||
	    mkdir(hd_buf_text(&path), 0755) < 0)
		goto out;
	ok = access(hd_buf_text(&kill), W_OK) == 0;
	if (ok)
		group->path = hd_buf_take(&path);
	else
		group_remove(hd_buf_text(&path));
out:
	hd_buf_release(&kill);
	hd_buf_release(&path);
	return ok;
}

/* One that is free, which may have no path yet; NULL for no memory. */
static struct group *group_find(struct hd_cgroups *groups)
{
	size_t size = (groups->count + 1) * sizeof *groups->groups;
	struct group *all;

	for (size_t i = 0; i < groups->count; i++)
		if (groups->groups[i].is_free)
			return &groups->groups[i];
	all = realloc(groups->groups, size);
	if (!all)
		return NULL;
	groups->groups = all;
	all[groups->count] = (struct group){ .is_free = true };
	return &all[groups->count++];
}

/* Whether NAME is a group's whose engine does not live any more. */
static bool is_left(const char *name)
{
	const char *prefix = HD_RECORD_CGROUP_PREFIX + 1;
	char *end;
	long pid;

	if (strncmp(name, prefix, strlen(prefix)) != 0)
		return false;
	pid = strtol(name + strlen(prefix), &end, 10);
	return pid > 0 && *end == '-' &&
	       hd_proctree_start((pid_t)pid) != strtoull(end + 1, NULL, 10);
}

/* What a killed engine has left; where a trial of its runs it stays. */
static void left_remove(const char *prefix)
{
	size_t length = (size_t)(strrchr(prefix, '/') - prefix);
	struct hd_buf path = HD_BUF_INIT;
	struct dirent *found;
	DIR *dir;

	hd_buf_add(&path, prefix, length);
	dir = hd_buf_failed(&path) ? NULL : opendir(hd_buf_text(&path));
	while (dir && (found = readdir(dir)))
		if (is_left(found->d_name))
			unlinkat(dirfd(dir), found->d_name, AT_REMOVEDIR);
	if (dir)
		closedir(dir);
	hd_buf_release(&path);
}

struct hd_cgroups *hd_cgroups_open(const char *root)
{
	struct hd_cgroups *groups = calloc(1, sizeof *groups);
	struct group *first = NULL;

	if (!groups)
		return NULL;
	groups->prefix = prefix_make(root);
	if (groups->prefix)
		first = group_find(groups);
	/* The first one tells whether there can be any. */
	if (first && group_make(groups, first)) {
		left_remove(groups->prefix);
		return groups;
	}
	hd_cgroups_close(groups);
	return NULL;
}

const char *hd_cgroups_take(struct hd_cgroups *groups)
{
	struct group *group = groups ? group_find(groups) : NULL;

	if (!group || (!group->path && !group_make(groups, group)))
		return NULL;
	group->is_free = false;
	return group->path;
}

static void group_give(struct group *group, bool is_spent)
{
	group->is_free = true;
	if (!is_spent)
		return;
	group_remove(group->path);
	free(group->path);
	group->path = NULL;
}

bool hd_cgroups_give(struct hd_cgroups *groups, const char *path, bool is_spent)
{
	for (size_t i = 0; groups && path && i < groups->count; i++) {
		struct group *group = &groups->groups[i];

		if (!group->path || strcmp(group->path, path) != 0)
			continue;
		group_give(group, is_spent);
		return true;
	}
	return false;
}

void hd_cgroups_close(struct hd_cgroups *groups)
{
	if (!groups)
		return;
	for (size_t i = 0; i < groups->count; i++) {
		if (groups->groups[i].is_free && groups->groups[i].path)
			group_remove(groups->groups[i].path);
		free(groups->groups[i].path);
	}
	free(groups->groups);
	free(groups->prefix);
	free(groups);
}

/* A state is the trial's to forge, and its engine may be root. */
static bool is_ours(const char *path)
{
	const char *name = strrchr(path, '/');

	return strncmp(path, MOUNT "/", sizeof MOUNT) == 0 &&
	       !strstr(path, "/..") &&
	       strncmp(name, HD_RECORD_CGROUP_PREFIX, sizeof HD_RECORD_CGROUP_PREFIX - 1) == 0;
}

void hd_cgroup_kill(const char *path)
{
	struct hd_buf file = HD_BUF_INIT;
	int fd = -1;

	if (!is_ours(path))
		return;
	hd_buf_printf(&file, "%s/cgroup.kill", path);
	if (!hd_buf_failed(&file))
		fd = open(hd_buf_text(&file), O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	hd_buf_release(&file);
	if (fd < 0)
		return;
	/* Who asks looks for what lives by other means as well. */
	if (write(fd, "1", 1) < 0)
		errno = 0;
	close(fd);
}

void hd_cgroup_remove(const char *path)
{
	if (is_ours(path))
		group_remove(path);
}
