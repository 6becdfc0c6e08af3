#include "dispatch/proctree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STAT_TEXT 1024 /* a stat file is some 350 bytes */

/* A stat file behind the program's name, which may hold anything; or NULL. */
static const char *stat_read(pid_t pid, char *text)
{
	char path[40] = "/proc/";
	char digits[24];
	size_t at = sizeof digits;
	ssize_t length;
	char *behind;
	int fd;

	digits[--at] = '\0';
	for (pid_t rest = pid; rest > 0; rest /= 10)
		digits[--at] = (char)('0' + rest % 10);
	strcat(path, digits + at);
	strcat(path, "/stat");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	length = read(fd, text, STAT_TEXT - 1);
	close(fd);
	if (length <= 0)
		return NULL;
	text[length] = '\0';
	behind = strrchr(text, ')');
	return behind && behind[1] == ' ' ? behind + 2 : NULL;
}

/* Field NUMBER of the man page proc(5); BEHIND starts with field 3. */
static uint64_t stat_field(const char *behind, int number)
{
	for (int i = 3; i < number && behind; i++) {
		behind = strchr(behind, ' ');
		if (behind)
			behind++;
	}
	return behind ? strtoull(behind, NULL, 10) : 0;
}

uint64_t hd_proctree_start(pid_t pid)
{
	char text[STAT_TEXT];
	const char *behind = stat_read(pid, text);

	return behind ? stat_field(behind, 22) : 0;
}

static int tree_add(struct hd_proctree *tree, pid_t pid)
{
	char text[STAT_TEXT];
	const char *behind = stat_read(pid, text);
	struct hd_proc *proc;

	if (!behind)
		return 0; /* it has gone meanwhile */
	if (tree->count == tree->size) {
		size_t size = tree->size ? 2 * tree->size : 256;

		proc = realloc(tree->procs, size * sizeof *proc);
		if (!proc)
			return ENOMEM;
		tree->procs = proc;
		tree->size = size;
	}
	proc = &tree->procs[tree->count++];
	proc->pid = pid;
	proc->parent = (pid_t)stat_field(behind, 4);
	proc->group = (pid_t)stat_field(behind, 5);
	proc->is_dead = *behind == 'Z' || *behind == 'X';
	proc->is_below = false;
	return 0;
}

static int by_pid(const void *a, const void *b)
{
	const struct hd_proc *one = a;
	const struct hd_proc *other = b;

	return (one->pid > other->pid) - (one->pid < other->pid);
}

int hd_proctree_read(struct hd_proctree *tree)
{
	DIR *dir = opendir("/proc");
	struct dirent *found;
	int rc = 0;

	memset(tree, 0, sizeof *tree);
	if (!dir)
		return errno;
	while (rc == 0 && (found = readdir(dir))) {
		pid_t pid = (pid_t)strtol(found->d_name, NULL, 10);

		if (pid > 0)
			rc = tree_add(tree, pid);
	}
	closedir(dir);
	/* Linux lists them so, but does not promise it. */
	if (tree->count)
		qsort(tree->procs, tree->count, sizeof *tree->procs, by_pid);
	return rc;
}

static bool is_marked(const struct hd_proctree *tree, pid_t pid)
{
	const struct hd_proc key = { .pid = pid };
	const struct hd_proc *found = bsearch(&key, tree->procs, tree->count,
					      sizeof key, by_pid);

	return found && found->is_below;
}

void hd_proctree_mark(struct hd_proctree *tree, pid_t root)
{
	bool again = tree->count > 0;

	/* Pids wrap, so a child may stand before its parent: once more then. */
	while (again) {
		again = false;
		for (size_t i = 0; i < tree->count; i++) {
			struct hd_proc *proc = &tree->procs[i];

			if (proc->is_below || proc->pid == root ||
			    (proc->parent != root &&
			     !is_marked(tree, proc->parent)))
				continue;
			proc->is_below = true;
			again = true;
		}
	}
}

void hd_proctree_release(struct hd_proctree *tree)
{
	free(tree->procs);
	memset(tree, 0, sizeof *tree);
}

size_t hd_proctree_signal(pid_t root, pid_t except, int signal)
{
	struct hd_proctree tree;
	size_t living = 0;

	/* What was read before memory ran out is worth its signal. */
	(void)hd_proctree_read(&tree);
	hd_proctree_mark(&tree, root);
	for (size_t i = 0; i < tree.count; i++) {
		const struct hd_proc *proc = &tree.procs[i];

		if (!proc->is_below || proc->is_dead)
			continue;
		living++;
		if (signal && (!except || proc->group != except))
			kill(proc->pid, signal);
	}
	hd_proctree_release(&tree);
	return living;
}
