/*
 * Archives made by this machine's tar, a child on the loop, into a file that
 * has no name once it is there: it goes with the engine. The last in each is an
 * empty file, HD_SSH_WHOLE: a tar that was cut off between two files looks like
 * any other, but lacks it.
 */
#include "ssh/ssh.h"

#include "remote/child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ERRORS_MOST 4096

struct hd_ssh_archive {
	struct hd_ssh *ssh;
	struct hd_child child;
	uv_poll_t process, errors;
	unsigned handles; /* not yet closed; it is freed by the last one */
	bool is_freed;
	int state;
	int fd;
	int64_t length;
	char *path;
	struct hd_buf why;
	void (*changed)(void *user);
	void *user;
};

static void archive_delete(struct hd_ssh_archive *archive)
{
	if (archive->fd >= 0)
		close(archive->fd);
	if (archive->path)
		(void)unlink(archive->path);
	free(archive->path);
	hd_buf_release(&archive->why);
	free(archive);
}

static void on_closed(uv_handle_t *handle)
{
	struct hd_ssh_archive *archive = handle->data;
	struct hd_ssh *ssh = archive->ssh;

	if (--archive->handles == 0 && archive->is_freed)
		archive_delete(archive);
	hd_ssh_unref(ssh);
}

/* The child is ended where it runs. */
static void child_close(struct hd_ssh_archive *archive)
{
	if (archive->child.pidfd < 0)
		return;
	uv_close((uv_handle_t *)&archive->process, on_closed);
	if (archive->handles > 1)
		uv_close((uv_handle_t *)&archive->errors, on_closed);
	hd_child_end(&archive->child);
}

static void errors_read(struct hd_ssh_archive *archive)
{
	char block[1024];
	ssize_t got;

	while ((got = read(archive->child.err, block, sizeof block)) > 0)
		if (archive->why.length < ERRORS_MOST)
			hd_buf_add(&archive->why, block, (size_t)got);
	if (got == 0)
		uv_poll_stop(&archive->errors);
}

static void on_errors(uv_poll_t *poll, int status, int events)
{
	(void)status;
	(void)events;
	errors_read(poll->data);
}

/* tar says 1 of a file that changed while it was read: no reason to stop. */
static bool archive_take(struct hd_ssh_archive *archive, int status)
{
	struct stat info;

	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
		return false;
	archive->fd = open(archive->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (archive->fd < 0 || fstat(archive->fd, &info) < 0)
		return false;
	archive->length = info.st_size;
	(void)unlink(archive->path);
	return true;
}

static void on_process(uv_poll_t *poll, int status, int events)
{
	struct hd_ssh_archive *archive = poll->data;
	int how = -1, rc = hd_child_reap(&archive->child, &how);

	(void)status;
	(void)events;
	if (rc == 0)
		return;
	errors_read(archive);
	archive->child.pid = 0;
	archive->state = rc == 1 && archive_take(archive, how) ? 1 : -1;
	if (archive->state < 0 && !archive->why.length)
		hd_buf_puts(&archive->why, "tar failed");
	child_close(archive);
	archive->changed(archive->user);
}

static int poll_open(struct hd_ssh_archive *archive, uv_poll_t *poll, int fd,
		     uv_poll_cb heard)
{
	int rc = uv_poll_init(archive->ssh->engine.loop, poll, fd);

	if (rc < 0)
		return -rc;
	poll->data = archive;
	archive->handles++;
	archive->ssh->open++;
	uv_poll_start(poll, UV_READABLE, heard);
	return 0;
}

/* 0 or an errno. */
static int archive_start(struct hd_ssh_archive *archive, const char *const *words)
{
	const char *const head[] = { "tar", "-c", "-f", archive->path };
	const char *const end[] = { "-C", hd_ssh_scratch(archive->ssh), HD_SSH_WHOLE, NULL };
	const char **argv;
	size_t count = 0;
	int rc;

	while (words[count])
		count++;
	argv = malloc(sizeof head + count * sizeof *argv + sizeof end);
	if (!argv)
		return ENOMEM;
	memcpy(argv, head, sizeof head);
	memcpy(argv + sizeof head / sizeof head[0], words, count * sizeof *argv);
	memcpy(argv + sizeof head / sizeof head[0] + count, end, sizeof end);
	rc = hd_child_start(&archive->child, argv, archive->ssh->engine.environment);
	free(argv);
	if (rc)
		return rc;
	rc = poll_open(archive, &archive->process, archive->child.pidfd, on_process);
	if (rc == 0)
		rc = poll_open(archive, &archive->errors, archive->child.err, on_errors);
	if (rc == 0)
		return 0;
	if (archive->handles)
		child_close(archive);
	else
		hd_child_end(&archive->child);
	return rc;
}

const char *hd_ssh_scratch(const struct hd_ssh *ssh)
{
	return ssh->engine.scratch ? ssh->engine.scratch : ssh->sweep_folder;
}

struct hd_ssh_archive *hd_ssh_archive_new(struct hd_ssh *ssh, const char *name,
					  const char *const *words,
					  void (*changed)(void *user), void *user)
{
	struct hd_ssh_archive *archive = calloc(1, sizeof *archive);
	struct hd_buf path = HD_BUF_INIT;
	int rc;

	if (!archive)
		return NULL;
	*archive = (struct hd_ssh_archive){
		.ssh = ssh, .fd = -1, .child.pidfd = -1, .changed = changed, .user = user
	};
	hd_buf_printf(&path, "%s/%s", hd_ssh_scratch(ssh), name);
	archive->path = hd_buf_take(&path);
	/* Without it tar says so. */
	(void)hd_ssh_record_write(hd_ssh_scratch(ssh), HD_SSH_WHOLE, "", NULL);
	rc = archive->path ? archive_start(archive, words) : ENOMEM;
	if (rc) {
		archive->state = -1;
		hd_buf_printf(&archive->why, "cannot run 'tar': %s", strerror(rc));
	}
	return archive;
}

int hd_ssh_archive_state(const struct hd_ssh_archive *archive, const char **why)
{
	*why = hd_buf_text(&archive->why);
	return archive->state;
}

int hd_ssh_archive_file(const struct hd_ssh_archive *archive, int64_t *length)
{
	*length = archive->length;
	return archive->fd;
}

void hd_ssh_archive_free(struct hd_ssh_archive *archive)
{
	if (!archive)
		return;
	archive->is_freed = true;
	child_close(archive);
	if (archive->handles == 0)
		archive_delete(archive);
}
