#include "dispatch/remains.h"

#include "base/buf.h"
#include "dispatch/proctree.h"
#include "dispatch/record_format.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Read what /proc holds of PID's environment; false when it is not ours. */
static bool environ_read(struct hd_buf *text, pid_t pid)
{
	char path[40];
	char part[4096];
	ssize_t n;
	int fd;

	hd_buf_clear(text);
	snprintf(path, sizeof path, "/proc/%ld/environ", (long)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	while ((n = read(fd, part, sizeof part)) > 0)
		hd_buf_add(text, part, (size_t)n);
	close(fd);
	return true;
}

static bool environ_has(struct hd_buf *text, const char *wanted)
{
	const char *all;

	if (hd_buf_failed(text))
		return false;
	all = hd_buf_text(text);
	for (size_t at = 0; at < text->length; at += strlen(all + at) + 1)
		if (strcmp(all + at, wanted) == 0)
			return true;
	return false;
}

/* SIGNAL 0 only counts them. */
static size_t tree_signal(const struct hd_proctree *tree, pid_t group,
			  const char *wanted, int signal, bool *unsure)
{
	struct hd_buf text = HD_BUF_INIT;
	size_t living = 0;

	for (size_t i = 0; i < tree->count; i++) {
		const struct hd_proc *proc = &tree->procs[i];

		if (proc->is_dead || proc->pid == getpid())
			continue;
		if (!group || proc->group != group) {
			*unsure |= environ_read(&text, proc->pid) &&
				   text.length == 0;
			if (!environ_has(&text, wanted))
				continue;
		}
		living++;
		kill(proc->pid, signal);
	}
	hd_buf_release(&text);
	return living;
}

static size_t remains_signal(const char *folder, pid_t group, int signal,
			     bool *unsure)
{
	struct hd_proctree tree;
	struct hd_buf wanted = HD_BUF_INIT;
	size_t living;

	*unsure = false;
	hd_buf_printf(&wanted, "HDRIVE_DIR=%s", folder);
	(void)hd_proctree_read(&tree); /* a part of it is worth having */
	living = tree_signal(&tree, group, hd_buf_text(&wanted), signal,
			     unsure);
	hd_proctree_release(&tree);
	hd_buf_release(&wanted);
	return living;
}

size_t hd_remains_kill(const char *folder, pid_t group, bool *unsure)
{
	return remains_signal(folder, group, SIGKILL, unsure);
}

size_t hd_remains_count(const char *folder, bool *unsure)
{
	return remains_signal(folder, 0, 0, unsure);
}

void hd_remains_tidy(const char *folder)
{
	static const char *const drafts[] = { HD_RECORD_STATE HD_RECORD_DRAFT,
					      HD_RECORD_EXIT HD_RECORD_DRAFT };

	for (size_t i = 0; i < sizeof drafts / sizeof drafts[0]; i++) {
		struct hd_buf path = HD_BUF_INIT;

		hd_buf_printf(&path, "%s/%s", folder, drafts[i]);
		if (!hd_buf_failed(&path))
			unlink(hd_buf_text(&path)); /* mostly it is not there */
		hd_buf_release(&path);
	}
}
