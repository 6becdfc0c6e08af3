/*
 * Invariants:
 * - the first request in the list is the one under way, and it alone: bytes
 *   behind it would be taken for its input by a tool that reads ahead;
 * - a link (one child with its handles) is freed by its last close callback;
 *   the shell when all links are and its timer is closed.
 */
#include "remote/shell_private.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

/* Milliseconds. ssh gives up a host that does not answer after 5 s. */
#define GREETING_LIMIT 30000
#define RETRY_FIRST 1000
#define RETRY_MOST 60000
#define LIMIT_SECONDS 60
/* From the end of its output to the child's own, of which its status tells. */
#define END_LIMIT 1000

/* --- memory ---------------------------------------------------------------- */

static void request_free(struct hd_shell_entry *request)
{
	hd_buf_release(&request->send);
	hd_buf_release(&request->answer);
	free(request);
}

void hd_shell_unref(struct hd_shell *shell)
{
	if (--shell->open)
		return;
	hd_buf_release(&shell->held);
	hd_buf_release(&shell->errors);
	if (shell->closed)
		shell->closed(shell->closed_user);
	free(shell);
}

/* --- requests -------------------------------------------------------------- */

/* Its end: it leaves the list before it is told, as more may be asked then. */
void hd_shell_entry_end(struct hd_shell *shell, int rc)
{
	struct hd_shell_entry *request = shell->requests;

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
		hd_shell_entry_end(shell, first && (shell->sent || shell->file_sent)
						  ? HD_SHELL_LOST
						  : HD_SHELL_UNSENT);
}

/* The link is gone. */
void hd_shell_down(struct hd_shell *shell, const char *why)
{
	struct hd_buf text = HD_BUF_INIT;

	hd_buf_puts(&text, why);
	if (shell->link)
		hd_shell_link_close(shell->link);
	if (shell->phase != HD_SHELL_CLOSING)
		shell->phase = HD_SHELL_WAITING;
	hd_buf_clear(&shell->held);
	hd_buf_clear(&shell->errors);
	requests_end(shell);
	/* By who was told it may be closing now. */
	if (shell->phase == HD_SHELL_WAITING) {
		hd_shell_arm(shell);
		shell->setup.down(shell->setup.user, hd_buf_text(&text));
	}
	hd_buf_release(&text);
}

void hd_shell_drop(struct hd_shell *shell, const char *why)
{
	if (shell->link)
		hd_shell_down(shell, why);
}

/* --- a child --------------------------------------------------------------- */

/* The greeting has come: what is asked from now on is sent. */
static void on_greeted(void *user, int rc, const char *answer, size_t length)
{
	struct hd_shell *shell = user;

	(void)answer;
	(void)length;
	if (rc < 0)
		return;
	shell->phase = HD_SHELL_UP;
	shell->retry = RETRY_FIRST;
	shell->setup.up(shell->setup.user);
}

/* Unlike anything that an answer holds by chance. */
static void mark_make(struct hd_shell *shell, struct hd_shell_entry *request)
{
	uint64_t random = 0;

	if (getrandom(&random, sizeof random, GRND_NONBLOCK) != sizeof random)
		random = uv_hrtime() ^ ((uint64_t)getpid() << 32);
	snprintf(request->mark, sizeof request->mark, "\nhd-%016" PRIx64 "-%" PRIu64 " ",
		 random, ++shell->count);
}

static struct hd_shell_entry *request_new(struct hd_shell *shell,
					  const struct hd_shell_request *what)
{
	struct hd_shell_entry *request = calloc(1, sizeof *request);

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

static void request_add(struct hd_shell *shell, struct hd_shell_entry *request)
{
	*shell->last = request;
	shell->last = &request->next;
	shell->queued++;
	if (shell->requests == request) {
		hd_shell_arm(shell);
		hd_shell_send(shell);
	}
}

/*
 * The first lines: functions, then a loop that takes one line a request. It
 * reads by the shell's own "read", byte by byte: what is behind a line is left
 * for the commands in it, and a shell reads ahead in its own text.
 */
static struct hd_shell_entry *greeting_new(struct hd_shell *shell)
{
	const struct hd_shell_request what = { .limit = GREETING_LIMIT / 1000.0,
					       .user = shell,
					       .done = on_greeted };
	struct hd_shell_entry *request = request_new(shell, &what);

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
	struct hd_shell_entry *greeting = greeting_new(shell);
	int rc = greeting ? hd_shell_link_open(shell) : ENOMEM;

	if (rc == 0) {
		shell->phase = HD_SHELL_GREETING;
		request_add(shell, greeting);
		return;
	}
	if (greeting)
		request_free(greeting);
	hd_buf_printf(&why, "cannot run '%s': %s", shell->setup.argv[0], strerror(rc));
	hd_shell_down(shell, hd_buf_text(&why));
	hd_buf_release(&why);
}

/* --- time ------------------------------------------------------------------ */

static void on_timer(uv_timer_t *timer)
{
	struct hd_shell *shell = timer->data;
	char why[80];

	if (shell->phase == HD_SHELL_WAITING) {
		shell_start(shell);
	} else if (shell->link && shell->link->has_ended) {
		hd_shell_errors_read(shell);
		hd_shell_ended(shell);
	} else if (shell->link && shell->requests) {
		const char *words;

		hd_shell_errors_read(shell);
		words = hd_shell_errors_last(shell);
		snprintf(why, sizeof why, "no answer for %.0f s",
			 shell->requests->what.limit);
		hd_shell_down(shell, words ? words : why);
	}
}

void hd_shell_arm(struct hd_shell *shell)
{
	/* It waits for the child. */
	if (shell->link && shell->link->has_ended) {
		uv_timer_start(&shell->timer, on_timer, END_LIMIT, 0);
		return;
	}
	switch (shell->phase) {
	case HD_SHELL_WAITING:
		uv_timer_start(&shell->timer, on_timer, shell->retry, 0);
		shell->retry *= 2;
		if (shell->retry > RETRY_MOST)
			shell->retry = RETRY_MOST;
		break;
	case HD_SHELL_GREETING:
	case HD_SHELL_UP:
		if (shell->requests)
			uv_timer_start(&shell->timer, on_timer,
				       (uint64_t)(shell->requests->what.limit * 1000), 0);
		else
			uv_timer_stop(&shell->timer);
		break;
	case HD_SHELL_CLOSING:
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
	return shell->phase == HD_SHELL_UP;
}

size_t hd_shell_queued(const struct hd_shell *shell)
{
	return shell->queued;
}

int hd_shell_ask(struct hd_shell *shell, const struct hd_shell_request *what)
{
	struct hd_shell_entry *request;
	int64_t bytes = (int64_t)what->input_length + what->file_length;

	assert(!strchr(what->script, '\n'));
	if (shell->phase != HD_SHELL_UP)
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
	hd_shell_unref(handle->data);
}

void hd_shell_close(struct hd_shell *shell, void (*closed)(void *user), void *user)
{
	if (!shell) {
		if (closed)
			closed(user);
		return;
	}
	shell->phase = HD_SHELL_CLOSING;
	shell->closed = closed;
	shell->closed_user = user;
	hd_shell_down(shell, "");
	uv_close((uv_handle_t *)&shell->timer, on_timer_closed);
}
