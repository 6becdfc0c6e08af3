#include "dispatch/oomcount.h"

#include "dispatch/launch_text.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* /proc/vmstat is some 5,000 bytes, with our line behind the middle. */
#define TEXT_SIZE 16384

/* The file's text, terminated; false when it cannot be read. */
static bool file_read(const char *path, char *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t length = 0;
	ssize_t n;

	if (fd < 0)
		return false;
	/* A file of /proc comes in pieces. */
	while (length < TEXT_SIZE - 1 &&
	       (n = read(fd, text + length, TEXT_SIZE - 1 - length)) > 0)
		length += (size_t)n;
	close(fd);
	text[length] = '\0';
	return true;
}

/* What stands behind KEY, which begins a line; NULL when none does. */
static const char *line_find(const char *text, const char *key)
{
	size_t length = strlen(key);

	while (text && strncmp(text, key, length) != 0) {
		text = strchr(text, '\n');
		if (text)
			text++;
	}
	return text ? text + length : NULL;
}

/* The count in the file, -1 when it has none. */
static int64_t count_read(const char *path)
{
	char text[TEXT_SIZE];
	const char *number;

	if (!*path || !file_read(path, text))
		return -1;
	/* Both memory.events and vmstat have it so. */
	number = line_find(text, "oom_kill ");
	return number ? strtoll(number, NULL, 10) : -1;
}

static bool path_try(struct hd_oomcount *oom, const char *const *parts)
{
	struct hd_launch_text path = { oom->path,
				       oom->path + sizeof oom->path - 1 };

	oom->path[0] = '\0';
	while (*parts)
		hd_launch_text_add(&path, *parts++);
	oom->count = path.at < path.end ? count_read(oom->path) : -1;
	return oom->count >= 0;
}

/* Our group in the second hierarchy, into TEXT; NULL when we are in none. */
static char *group_find(const char *root, char *text)
{
	char path[512];
	struct hd_launch_text name = { path, path + sizeof path - 1 };
	char *group;

	hd_launch_text_add(&name, root);
	hd_launch_text_add(&name, "/proc/self/cgroup");
	if (!file_read(path, text))
		return NULL;
	group = (char *)(uintptr_t)line_find(text, "0::");
	if (group)
		group[strcspn(group, "\n")] = '\0';
	return group;
}

/* The nearest group that counts: it counts for those below it as well. */
static bool group_try(struct hd_oomcount *oom, const char *root)
{
	char text[TEXT_SIZE];
	char *group = group_find(root, text);

	while (group && *group) {
		const char *const parts[] = { root, "/sys/fs/cgroup", group,
					      "/memory.events", NULL };

		if (path_try(oom, parts))
			return true;
		*strrchr(group, '/') = '\0';
	}
	return false;
}

void hd_oomcount_start(struct hd_oomcount *oom, const char *root)
{
	if (group_try(oom, root) ||
	    path_try(oom, (const char *const[]){ root, "/proc/vmstat", NULL }))
		return;
	oom->path[0] = '\0';
}

bool hd_oomcount_has_grown(const struct hd_oomcount *oom)
{
	return *oom->path && count_read(oom->path) > oom->count;
}
