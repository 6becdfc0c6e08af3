/*
 * Invariants:
 * - the first request in the list is the one under way, and it alone: bytes
 *   behind it would be taken for its input by a tool that reads ahead;
 * - a link (one child with its handles) is freed by its last close callback;
 *   the shell when all links are and its timer is closed.
 */
#define _GNU_SOURCE /* memmem */

#include "remote/shell.h"

#include "base/buf.h"
#include "remote/child.h"

#include <uv.h>

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#define WRITE_BLOCK 65536
#define READ_BLOCK 65536
/* Blocks of one event: then others have their turn. */
#define BLOCKS_MOST 8
#define ANSWER_MOST (4 << 20)
#define ERRORS_MOST 2048
/* Milliseconds. ssh gives up a host that does not answer after 5 s. */
#define GREETING_LIMIT 30000
#define RETRY_FIRST 1000
#define RETRY_MOST 60000
#define LIMIT_SECONDS 60
/* From the end of its output to the child's own, of which its status tells. */
#define END_LIMIT 1000
#define MARK_SIZE 48

struct request {
	struct request *next;
	struct hd_shell_request what; /* its texts are ours */
	struct hd_buf send;           /* the line, then the input */
	struct hd_buf answer;
	char mark[MARK_SIZE]; /* "\nhd-...-N " */
};

struct link {
	struct hd_shell *shell;
	struct hd_child child;
	uv_poll_t in, out, err, process;
	unsigned handles;
	bool has_ended; /* its output has */
};

enum phase {
	PHASE_WAITING, /* for the time of the next child */
	PHASE_GREETING,
	PHASE_UP,
	PHASE_CLOSING,
};

struct hd_shell {
	struct hd_shell_setup setup;
	enum phase phase;
	struct link *link;        /* NULL in PHASE_WAITING */
	struct request *requests; /* the greeting is the first one of a link */
	struct request **last;
	size_t queued;
	uv_timer_t timer; /* the next child, or the limit of silence */
	uint64_t retry;   /* milliseconds until the next child, next time */
	uint64_t count;   /* of requests, for their marks */
	size_t sent;      /* of the first request's SEND */
	int64_t file_sent;
	struct hd_buf held;   /* bytes that may be the beginning of its mark */
	struct hd_buf errors; /* of the child's stderr, the last ones */
	unsigned open;        /* links, the timer */
	void (*closed)(void *user);
	void *closed_user;
};

/* --- memory ---------------------------------------------------------------- */

static void request_free(struct request *request)
{
	hd_buf_release(&request->send);
	hd_buf_release(&request->answer);
	free(request);
}

static void shell_unref(struct hd_shell *shell)
{
	if (--shell->open)
		return;
	hd_buf_release(&shell->held);
	hd_buf_release(&shell->errors);
	if (shell->closed)
		shell->closed(shell->closed_user);
	free(shell);
}

static void on_link_closed(uv_handle_t *handle)
{
	struct link *link = handle->data;
	struct hd_shell *shell = link->shell;

	if (--link->handles)
		return;
	free(link);
	shell_unref(shell);
}

static void link_close(struct link *link)
{
	uv_poll_t *const polls[] = { &link->in, &link->out, &link->err, &link->process };

	link->shell->link = NULL;
	for (unsigned i = 0, count = link->handles; i < count; i++)
		uv_close((uv_handle_t *)polls[i], on_link_closed);
	hd_child_end(&link->child);
}

/* --- requests -------------------------------------------------------------- */

/* Its end: it leaves the list before it is told, as more may be asked then. */
static void request_end(struct hd_shell *shell, int rc)
{
	struct request *request = shell->requests;

	shell->requests = request->next;
	if (!shell->requests)
		shell->last = &shell->requests;
	shell->queued--;
	shell->sent = 0;
	shell->file_sent = 0;
	request->what.done(request->what.user, rc, hd_buf_text(&request->answer),
			   request->answer.length);
	request_free(request);
}

static void requests_end(struct hd_shell *shell)
{
	/* What is asked meanwhile is refused: the shell is not up. */
	for (bool first = true; shell->requests; first = false)
		request_end(shell, first && (shell->sent || shell->file_sent)
					   ? HD_SHELL_LOST
					   : HD_SHELL_UNSENT);
}

static void timer_arm(struct hd_shell *shell);
static void on_timer(uv_timer_t *timer);

/* The link is gone. */
static void shell_down(struct hd_shell *shell, const char *why)
{
	struct hd_buf text = HD_BUF_INIT;

	hd_buf_puts(&text, why);
	if (shell->link)
		link_close(shell->link);
	if (shell->phase != PHASE_CLOSING)
		shell->phase = PHASE_WAITING;
	hd_buf_clear(&shell->held);
	hd_buf_clear(&shell->errors);
	requests_end(shell);
	/* By who was told it may be closing now. */
	if (shell->phase == PHASE_WAITING) {
		timer_arm(shell);
		shell->setup.down(shell->setup.user, hd_buf_text(&text));
	}
	hd_buf_release(&text);
}

void hd_shell_drop(struct hd_shell *shell, const char *why)
{
	if (shell->link)
		shell_down(shell, why);
}

/* --- what the child says --------------------------------------------------- */

/* The last line of its stderr that says something. */
static const char *errors_last(struct hd_shell *shell)
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
static void shell_ended(struct hd_shell *shell)
{
	const char *words = errors_last(shell);
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
	shell_down(shell, words ? words : "the connection was closed");
}

static void errors_read(struct hd_shell *shell)
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

static void answer_add(struct request *request, const char *bytes, size_t length)
{
	if (request->what.data) {
		request->what.data(request->what.user, bytes, length);
		return;
	}
	if (request->answer.length + length > ANSWER_MOST)
		length = ANSWER_MOST - request->answer.length;
	hd_buf_add(&request->answer, bytes, length);
}

static void shell_send(struct hd_shell *shell);

/* The greeting has come: what is asked from now on is sent. */
static void on_greeted(void *user, int rc, const char *answer, size_t length)
{
	struct hd_shell *shell = user;

	(void)answer;
	(void)length;
	if (rc < 0)
		return;
	shell->phase = PHASE_UP;
	shell->retry = RETRY_FIRST;
	shell->setup.up(shell->setup.user);
}

/*
 * Take what is held to pieces: bytes of the answer up to its mark, then the
 * status behind it. False when more has to come first.
 */
static bool held_take(struct hd_shell *shell)
{
	struct request *request = shell->requests;
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
	if (before && shell->phase != PHASE_GREETING)
		answer_add(request, hd_buf_text(&shell->held), before);
	if (!end) {
		hd_buf_drop(&shell->held, before);
		return false;
	}
	rc = strtol(mark + size, NULL, 10);
	hd_buf_drop(&shell->held, (size_t)(end - shell->held.text) + 1);
	request_end(shell, rc >= 0 && rc <= 255 ? (int)rc : 255);
	return true;
}

/* One event's worth; false when the link is gone. */
static bool output_read(struct hd_shell *shell, unsigned blocks)
{
	char *block = malloc(READ_BLOCK);
	struct link *link = shell->link;
	ssize_t got = 0;

	/* Without memory it is looked at again: the descriptor stays readable. */
	while (block && blocks-- && (got = read(link->child.out, block, READ_BLOCK)) > 0) {
		hd_buf_add(&shell->held, block, (size_t)got);
		if (hd_buf_failed(&shell->held)) {
			free(block);
			shell_down(shell, "no memory for an answer");
			return false;
		}
		timer_arm(shell);
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
	uv_timer_start(&shell->timer, on_timer, END_LIMIT, 0);
	return false;
}

static void on_output(uv_poll_t *poll, int status, int events)
{
	struct link *link = poll->data;
	struct hd_shell *shell = link->shell;

	(void)status;
	(void)events;
	if (!output_read(shell, BLOCKS_MOST))
		return;
	timer_arm(shell);
	shell_send(shell);
}

static void on_errors(uv_poll_t *poll, int status, int events)
{
	struct link *link = poll->data;

	(void)status;
	(void)events;
	errors_read(link->shell);
}

/* What it had said before is heard first. */
static void on_process(uv_poll_t *poll, int status, int events)
{
	struct link *link = poll->data;
	struct hd_shell *shell = link->shell;

	(void)status;
	(void)events;
	uv_poll_stop(poll);
	if (!link->has_ended)
		output_read(shell, UINT32_MAX);
	if (shell->link != link)
		return;
	errors_read(shell);
	shell_ended(shell);
}

/* --- what it is told ------------------------------------------------------- */

static void on_writable(uv_poll_t *poll, int status, int events);

/* Bytes of the request's file into its SEND, which is sent. */
static bool file_refill(struct hd_shell *shell, struct request *request)
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

static void shell_send(struct hd_shell *shell)
{
	struct link *link = shell->link;
	struct request *request = shell->requests;
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
		timer_arm(shell);
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
	struct link *link = poll->data;

	(void)status;
	(void)events;
	shell_send(link->shell);
}

/* --- a child --------------------------------------------------------------- */

static int link_poll(struct link *link, uv_poll_t *poll, int fd, uv_poll_cb heard)
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
static int link_open(struct hd_shell *shell)
{
	struct link *link = calloc(1, sizeof *link);
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
		link_close(link);
	} else {
		free(link);
		shell->open--;
	}
	return rc;
}

/* Unlike anything that an answer holds by chance. */
static void mark_make(struct hd_shell *shell, struct request *request)
{
	uint64_t random = 0;

	if (getrandom(&random, sizeof random, GRND_NONBLOCK) != sizeof random)
		random = uv_hrtime() ^ ((uint64_t)getpid() << 32);
	snprintf(request->mark, sizeof request->mark, "\nhd-%016" PRIx64 "-%" PRIu64 " ",
		 random, ++shell->count);
}

static struct request *request_new(struct hd_shell *shell,
				   const struct hd_shell_request *what)
{
	struct request *request = calloc(1, sizeof *request);

	if (!request)
		return NULL;
	request->what = *what;
	if (!request->what.limit)
		request->what.limit = LIMIT_SECONDS;
	if (!request->what.file_length)
		request->what.file = -1;
	mark_make(shell, request);
	return request;
}

static void request_add(struct hd_shell *shell, struct request *request)
{
	*shell->last = request;
	shell->last = &request->next;
	shell->queued++;
	if (shell->requests == request) {
		timer_arm(shell);
		shell_send(shell);
	}
}

/*
 * The first lines: functions, then a loop that takes one line a request. It
 * reads by the shell's own "read", byte by byte: what is behind a line is left
 * for the commands in it, and a shell reads ahead in its own text.
 */
static struct request *greeting_new(struct hd_shell *shell)
{
	const struct hd_shell_request what = { .limit = GREETING_LIMIT / 1000.0,
					       .user = shell,
					       .done = on_greeted };
	struct request *request = request_new(shell, &what);

	if (!request)
		return NULL;
	hd_buf_printf(&request->send,
		      "%shd_serve() { printf '\\n%s%%d\\n' 0; "
		      "while IFS= read -r hd_line; do eval \"$hd_line\"; done; exit 0; }\n"
		      "hd_serve\n",
		      shell->setup.prologue ? shell->setup.prologue : "",
		      request->mark + 1);
	if (!hd_buf_failed(&request->send))
		return request;
	request_free(request);
	return NULL;
}

static void shell_start(struct hd_shell *shell)
{
	struct hd_buf why = HD_BUF_INIT;
	struct request *greeting = greeting_new(shell);
	int rc = greeting ? link_open(shell) : ENOMEM;

	if (rc == 0) {
		shell->phase = PHASE_GREETING;
		request_add(shell, greeting);
		return;
	}
	if (greeting)
		request_free(greeting);
	hd_buf_printf(&why, "cannot run '%s': %s", shell->setup.argv[0], strerror(rc));
	shell_down(shell, hd_buf_text(&why));
	hd_buf_release(&why);
}

/* --- time ------------------------------------------------------------------ */

static void on_timer(uv_timer_t *timer)
{
	struct hd_shell *shell = timer->data;
	char why[80];

	if (shell->phase == PHASE_WAITING) {
		shell_start(shell);
	} else if (shell->link && shell->link->has_ended) {
		errors_read(shell);
		shell_ended(shell);
	} else if (shell->link && shell->requests) {
		const char *words;

		errors_read(shell);
		words = errors_last(shell);
		snprintf(why, sizeof why, "no answer for %.0f s",
			 shell->requests->what.limit);
		shell_down(shell, words ? words : why);
	}
}

static void timer_arm(struct hd_shell *shell)
{
	if (shell->link && shell->link->has_ended)
		return; /* it waits for the child */
	switch (shell->phase) {
	case PHASE_WAITING:
		uv_timer_start(&shell->timer, on_timer, shell->retry, 0);
		shell->retry *= 2;
		if (shell->retry > RETRY_MOST)
			shell->retry = RETRY_MOST;
		break;
	case PHASE_GREETING:
	case PHASE_UP:
		if (shell->requests)
			uv_timer_start(&shell->timer, on_timer,
				       (uint64_t)(shell->requests->what.limit * 1000), 0);
		else
			uv_timer_stop(&shell->timer);
		break;
	case PHASE_CLOSING:
		break;
	}
}

/* --- the public face -------------------------------------------------------- */

int hd_shell_open(struct hd_shell **out, const struct hd_shell_setup *setup,
		  struct hd_error *err)
{
	struct hd_shell *shell = calloc(1, sizeof *shell);

	*out = shell;
	if (!shell)
		return hd_error_nomem(err);
	shell->setup = *setup;
	shell->last = &shell->requests;
	shell->retry = RETRY_FIRST;
	shell->open = 1;
	uv_timer_init(setup->loop, &shell->timer);
	shell->timer.data = shell;
	uv_timer_start(&shell->timer, on_timer, 0, 0);
	return 0;
}

bool hd_shell_is_up(const struct hd_shell *shell)
{
	return shell->phase == PHASE_UP;
}

size_t hd_shell_queued(const struct hd_shell *shell)
{
	return shell->queued;
}

int hd_shell_ask(struct hd_shell *shell, const struct hd_shell_request *what)
{
	struct request *request;
	int64_t bytes = (int64_t)what->input_length + what->file_length;

	assert(!strchr(what->script, '\n'));
	if (shell->phase != PHASE_UP)
		return HD_EBUSY;
	request = request_new(shell, what);
	if (!request)
		return HD_ENOMEM;
	if (bytes)
		hd_buf_printf(&request->send, "head -c %" PRId64 " | ( ( %s ); hd_rc=$?; "
					      "cat >/dev/null; exit $hd_rc )",
			      bytes, what->script);
	else
		hd_buf_printf(&request->send, "( %s ) </dev/null", what->script);
	hd_buf_printf(&request->send, "; printf '\\n%s%%d\\n' $?\n", request->mark + 1);
	if (what->input_length)
		hd_buf_add(&request->send, what->input, what->input_length);
	if (hd_buf_failed(&request->send)) {
		request_free(request);
		return HD_ENOMEM;
	}
	request->what.script = NULL;
	request->what.input = NULL;
	request_add(shell, request);
	return 0;
}

static void on_timer_closed(uv_handle_t *handle)
{
	shell_unref(handle->data);
}

void hd_shell_close(struct hd_shell *shell, void (*closed)(void *user), void *user)
{
	if (!shell) {
		if (closed)
			closed(user);
		return;
	}
	shell->phase = PHASE_CLOSING;
	shell->closed = closed;
	shell->closed_user = user;
	shell_down(shell, "");
	uv_close((uv_handle_t *)&shell->timer, on_timer_closed);
}
