/* A link of the shell's: what its child says, and what it is told. */
#define _GNU_SOURCE /* memmem */

#include "remote/shell_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WRITE_BLOCK 65536
#define READ_BLOCK 65536
/* Blocks of one event: then others have their turn. */
#define BLOCKS_MOST 8
#define ANSWER_MOST (4 << 20)
#define ERRORS_MOST 2048

/* --- what the child says --------------------------------------------------- */

/* The last line of its stderr that says something. */
const char *hd_shell_errors_last(struct hd_shell *shell)
{
	char *text = shell->errors.text;
	size_t length = shell->errors.length;

	while (length && strchr("\r\n \t", text[length - 1]))
		text[--length] = '\0';
	if (!length)
		return NULL;
	while (length && text[length - 1] != '\n')
		length--;
	return text + length;
}

/* Why it ended, by its own words or its status. */
void hd_shell_ended(struct hd_shell *shell)
{
	const char *words = hd_shell_errors_last(shell);
	char own[64];
	int status = 0;

	if (!words && hd_child_reap(&shell->link->child, &status) == 1) {
		shell->link->child.pid = 0;
		if (WIFSIGNALED(status))
			snprintf(own, sizeof own, "the connection was killed by signal %d",
				 WTERMSIG(status));
		else
			snprintf(own, sizeof own, "the connection ended with status %d",
				 WEXITSTATUS(status));
		words = own;
	}
	hd_shell_down(shell, words ? words : "the connection was closed");
}

void hd_shell_errors_read(struct hd_shell *shell)
{
	char block[1024];
	ssize_t got;

	while ((got = read(shell->link->child.err, block, sizeof block)) > 0) {
		hd_buf_add(&shell->errors, block, (size_t)got);
		if (shell->errors.length > ERRORS_MOST)
			hd_buf_drop(&shell->errors, shell->errors.length - ERRORS_MOST);
	}
	if (got == 0) /* its end comes by the other descriptors */
		uv_poll_stop(&shell->link->err);
}

static void answer_add(struct hd_shell_entry *request, const char *bytes, size_t length)
{
	if (request->what.data) {
		request->what.data(request->what.user, bytes, length);
		return;
	}
	if (request->answer.length + length > ANSWER_MOST)
		length = ANSWER_MOST - request->answer.length;
	hd_buf_add(&request->answer, bytes, length);
}

/*
 * Take what is held to pieces: bytes of the answer up to its mark, then the
 * status behind it. False when more has to come first.
 */
static bool held_take(struct hd_shell *shell)
{
	struct hd_shell_entry *request = shell->requests;
	size_t size = strlen(request->mark);
	char *mark, *end;
	size_t before;
	long rc;

	mark = memmem(hd_buf_text(&shell->held), shell->held.length, request->mark, size);
	if (mark) {
		before = (size_t)(mark - shell->held.text);
		end = memchr(mark + size, '\n', shell->held.length - before - size);
	} else {
		before = shell->held.length < size ? 0 : shell->held.length - size + 1;
		end = NULL;
	}
	if (before && shell->phase != HD_SHELL_GREETING)
		answer_add(request, hd_buf_text(&shell->held), before);
	if (!end) {
		hd_buf_drop(&shell->held, before);
		return false;
	}
	rc = strtol(mark + size, NULL, 10);
	hd_buf_drop(&shell->held, (size_t)(end - shell->held.text) + 1);
	hd_shell_entry_end(shell, rc >= 0 && rc <= 255 ? (int)rc : 255);
	return true;
}

/* One event's worth; false when the link is gone. */
static bool output_read(struct hd_shell *shell, unsigned blocks)
{
	char *block = malloc(READ_BLOCK);
	struct hd_shell_link *link = shell->link;
	ssize_t got = 0;

	/* Without memory it is looked at again: the descriptor stays readable. */
	while (block && blocks-- && (got = read(link->child.out, block, READ_BLOCK)) > 0) {
		hd_buf_add(&shell->held, block, (size_t)got);
		if (hd_buf_failed(&shell->held)) {
			free(block);
			hd_shell_down(shell, "no memory for an answer");
			return false;
		}
		hd_shell_arm(shell);
		while (shell->link == link && shell->requests && held_take(shell))
			;
		if (shell->link != link)
			break; /* by what was told */
		/* Nobody asked: a shell does not speak by itself. */
		if (!shell->requests)
			hd_buf_clear(&shell->held);
	}
	free(block);
	if (shell->link != link)
		return false;
	if (got != 0 || !block)
		return true;
	link->has_ended = true;
	uv_poll_stop(&link->out);
	hd_shell_arm(shell);
	return false;
}

static void on_output(uv_poll_t *poll, int status, int events)
{
	struct hd_shell_link *link = poll->data;
	struct hd_shell *shell = link->shell;

	(void)status;
	(void)events;
	if (!output_read(shell, BLOCKS_MOST))
		return;
	hd_shell_arm(shell);
	hd_shell_send(shell);
}

static void on_errors(uv_poll_t *poll, int status, int events)
{
	struct hd_shell_link *link = poll->data;

	(void)status;
	(void)events;
	hd_shell_errors_read(link->shell);
}

/* What it had said before is heard first. */
static void on_process(uv_poll_t *poll, int status, int events)
{
	struct hd_shell_link *link = poll->data;
	struct hd_shell *shell = link->shell;

	(void)status;
	(void)events;
	uv_poll_stop(poll);
	if (!link->has_ended)
		output_read(shell, UINT32_MAX);
	if (shell->link != link)
		return;
	hd_shell_errors_read(shell);
	hd_shell_ended(shell);
}

/* --- what it is told ------------------------------------------------------- */

static void on_writable(uv_poll_t *poll, int status, int events);

/* Bytes of the request's file into its SEND, which is sent. */
static bool file_refill(struct hd_shell *shell, struct hd_shell_entry *request)
{
	int64_t left = request->what.file_length - shell->file_sent;
	size_t size = left < WRITE_BLOCK ? (size_t)left : WRITE_BLOCK;
	char *block;
	ssize_t got;

	if (left <= 0 || request->what.file < 0)
		return false;
	block = calloc(1, size);
	if (!block)
		return false;
	got = pread(request->what.file, block, size, shell->file_sent);
	/* A file that became shorter is filled up: so many bytes were
	 * announced. Who reads them finds out. */
	(void)got;
	hd_buf_clear(&request->send);
	hd_buf_add(&request->send, block, size);
	free(block);
	if (hd_buf_failed(&request->send))
		return false;
	shell->sent = 0;
	shell->file_sent += (int64_t)size;
	return true;
}

void hd_shell_send(struct hd_shell *shell)
{
	struct hd_shell_link *link = shell->link;
	struct hd_shell_entry *request = shell->requests;
	unsigned blocks = BLOCKS_MOST;

	while (link && request && blocks) {
		ssize_t put;

		if (shell->sent == request->send.length) {
			if (!file_refill(shell, request))
				break;
			blocks--;
		}
		put = hd_child_write(&link->child, request->send.text + shell->sent,
				     request->send.length - shell->sent);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0) /* full; or at its end, which its output tells */
			break;
		shell->sent += (size_t)put;
		hd_shell_arm(shell);
	}
	if (!link)
		return;
	if (request && (shell->sent < request->send.length ||
			shell->file_sent < request->what.file_length))
		uv_poll_start(&link->in, UV_WRITABLE, on_writable);
	else
		uv_poll_stop(&link->in);
}

static void on_writable(uv_poll_t *poll, int status, int events)
{
	struct hd_shell_link *link = poll->data;

	(void)status;
	(void)events;
	hd_shell_send(link->shell);
}

/* --- its child ------------------------------------------------------------- */

static void on_link_closed(uv_handle_t *handle)
{
	struct hd_shell_link *link = handle->data;
	struct hd_shell *shell = link->shell;

	if (--link->handles)
		return;
	free(link);
	hd_shell_unref(shell);
}

void hd_shell_link_close(struct hd_shell_link *link)
{
	uv_poll_t *const polls[] = { &link->in, &link->out, &link->err, &link->process };

	link->shell->link = NULL;
	for (unsigned i = 0, count = link->handles; i < count; i++)
		uv_close((uv_handle_t *)polls[i], on_link_closed);
	hd_child_end(&link->child);
}

static int link_poll(struct hd_shell_link *link, uv_poll_t *poll, int fd, uv_poll_cb heard)
{
	int rc = uv_poll_init(link->shell->setup.loop, poll, fd);

	if (rc < 0)
		return -rc;
	poll->data = link;
	link->handles++;
	if (heard)
		uv_poll_start(poll, UV_READABLE, heard);
	return 0;
}

/* 0 or an errno, and then nothing is there. */
int hd_shell_link_open(struct hd_shell *shell)
{
	struct hd_shell_link *link = calloc(1, sizeof *link);
	int rc;

	if (!link)
		return ENOMEM;
	link->shell = shell;
	rc = hd_child_start(&link->child, shell->setup.argv, shell->setup.environment);
	if (rc) {
		free(link);
		return rc;
	}
	shell->open++;
	rc = link_poll(link, &link->in, link->child.in, NULL);
	if (rc == 0)
		rc = link_poll(link, &link->out, link->child.out, on_output);
	if (rc == 0)
		rc = link_poll(link, &link->err, link->child.err, on_errors);
	if (rc == 0)
		rc = link_poll(link, &link->process, link->child.pidfd, on_process);
	if (rc == 0) {
		shell->link = link;
		return 0;
	}
	hd_child_end(&link->child);
	if (link->handles) {
		hd_shell_link_close(link);
	} else {
		free(link);
		shell->open--;
	}
	return rc;
}
