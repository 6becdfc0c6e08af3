/*
 * Invariants: a command is freed by its last close callback, nowhere else; it
 * has ended once its process is collected and both its outputs are, or once
 * LINGER has passed after the former, as a daemon it left may hold them.
 */

/* strdup */
#define _XOPEN_SOURCE 700

#include "remote/command.h"

#include "base/buf.h"
#include "remote/child.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ERR_MOST 8192
#define READ_SIZE 16384
/* Milliseconds that outputs may stay open after the end. */
#define LINGER 500

struct hd_commands {
	uv_loop_t *loop;
	const char *const *environment;
	size_t most;
	size_t running; /* started and not yet told */
	size_t open;    /* not yet freed */
	struct command *first, *last;
	bool closing;
	void (*closed)(void *user);
	void *closed_user;
};

struct stream {
	uv_poll_t poll;
	int fd; /* -1 once it is closed */
	struct hd_buf text;
	size_t most;
};

struct command {
	struct hd_commands *all;
	struct command *next, *before;
	char **argv; /* one block, with what it points to */
	char *input;
	size_t input_length, written;
	double seconds;
	hd_command_fn done;
	void *user;

	struct hd_child child;
	uv_poll_t process;
	uv_poll_t in;
	struct stream out, err;
	uv_timer_t timer;
	unsigned handles;
	bool has_turn, has_started, in_open, has_ended, timed_out;
	int error;
	int status;
};

bool hd_command_is_good(const struct hd_command_end *end)
{
	return !end->error && !end->timed_out && end->code == 0;
}

/* --- a command's memory ----------------------------------------------------- */

/* Pointers first, the words behind them. */
static char **argv_copy(const char *const *argv)
{
	size_t count = 0, size = 0;
	char **copy;
	char *at;

	for (; argv[count]; count++)
		size += strlen(argv[count]) + 1;
	copy = malloc((count + 1) * sizeof *copy + size);
	if (!copy)
		return NULL;
	at = (char *)(copy + count + 1);
	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(argv[i]) + 1;

		copy[i] = memcpy(at, argv[i], length);
		at += length;
	}
	copy[count] = NULL;
	return copy;
}

static void commands_unref(struct hd_commands *all)
{
	void (*closed)(void *user) = all->closed;
	void *user = all->closed_user;

	if (--all->open || !all->closing)
		return;
	free(all);
	closed(user);
}

static void command_free(struct command *command)
{
	struct hd_commands *all = command->all;

	hd_buf_release(&command->out.text);
	hd_buf_release(&command->err.text);
	free(command->input);
	free(command->argv);
	free(command);
	commands_unref(all);
}

static void command_link(struct command *command)
{
	struct hd_commands *all = command->all;

	command->before = all->last;
	if (all->last)
		all->last->next = command;
	else
		all->first = command;
	all->last = command;
}

static void command_unlink(struct command *command)
{
	struct hd_commands *all = command->all;

	if (command->before)
		command->before->next = command->next;
	else
		all->first = command->next;
	if (command->next)
		command->next->before = command->before;
	else
		all->last = command->before;
}

/* --- its end ----------------------------------------------------------------- */

static void on_handle_closed(uv_handle_t *handle)
{
	struct command *command = handle->data;

	if (--command->handles == 0)
		command_free(command);
}

static void stream_close(struct stream *stream)
{
	if (stream->fd < 0)
		return;
	stream->fd = -1;
	uv_close((uv_handle_t *)&stream->poll, on_handle_closed);
}

static void input_close(struct command *command)
{
	if (!command->in_open)
		return;
	command->in_open = false;
	uv_close((uv_handle_t *)&command->in, on_handle_closed);
	close(command->child.in);
	command->child.in = -1;
}

/* Handles close, and what is left of the process goes. */
static void command_close(struct command *command)
{
	command_unlink(command);
	if (command->has_started) {
		input_close(command);
		stream_close(&command->out);
		stream_close(&command->err);
		uv_close((uv_handle_t *)&command->process, on_handle_closed);
		hd_child_end(&command->child);
	}
	uv_close((uv_handle_t *)&command->timer, on_handle_closed);
}

static void commands_start(struct hd_commands *all);

static void command_tell(struct command *command)
{
	struct hd_commands *all = command->all;
	bool exited = command->has_started && WIFEXITED(command->status);
	const struct hd_command_end end = {
		.error = command->error,
		.timed_out = command->timed_out,
		.code = exited ? WEXITSTATUS(command->status) : -1,
		.signal = command->has_started && !exited ? WTERMSIG(command->status) : 0,
		.out = hd_buf_text(&command->out.text),
		.out_length = command->out.text.length,
		.err = hd_buf_text(&command->err.text),
	};

	all->running--;
	command_close(command);
	/* Its memory lives until the loop's next turn. */
	command->done(command->user, &end);
	if (!all->closing)
		commands_start(all);
}

static void command_settle(struct command *command)
{
	if (!command->has_ended || command->out.fd >= 0 || command->err.fd >= 0)
		return;
	command_tell(command);
}

/* --- while it runs ----------------------------------------------------------- */

static void on_read(uv_poll_t *poll, int status, int events)
{
	struct command *command = poll->data;
	struct stream *stream = poll == &command->out.poll ? &command->out : &command->err;
	char bytes[READ_SIZE];
	ssize_t count = status < 0 ? 0 : read(stream->fd, bytes, sizeof bytes);

	(void)events;
	if (count < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (count <= 0) {
		stream_close(stream);
		command_settle(command);
		return;
	}
	if (stream->text.length < stream->most)
		hd_buf_add(&stream->text, bytes, (size_t)count);
}

/* As write, but a reader that has gone is an error and no signal, whatever the
 * host program makes of SIGPIPE. */
static ssize_t write_quietly(int fd, const char *bytes, size_t length)
{
	const struct timespec none = { 0 };
	sigset_t pipe, before, pending;
	ssize_t count;
	int number;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	sigpending(&pending);
	pthread_sigmask(SIG_BLOCK, &pipe, &before);
	count = write(fd, bytes, length);
	number = errno;
	if (count < 0 && number == EPIPE && !sigismember(&pending, SIGPIPE))
		(void)sigtimedwait(&pipe, NULL, &none);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = number;
	return count;
}

static void on_write(uv_poll_t *poll, int status, int events)
{
	struct command *command = poll->data;
	ssize_t count = -1;

	(void)events;
	if (status >= 0)
		count = write_quietly(command->child.in, command->input + command->written,
				      command->input_length - command->written);
	if (count < 0 && status >= 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (count > 0)
		command->written += (size_t)count;
	/* One that does not read it to its end says why in its own words. */
	if (count < 0 || command->written == command->input_length)
		input_close(command);
}

static void on_lingered(uv_timer_t *timer)
{
	struct command *command = timer->data;

	stream_close(&command->out);
	stream_close(&command->err);
	command_settle(command);
}

static void on_process(uv_poll_t *poll, int status, int events)
{
	struct command *command = poll->data;
	int rc = hd_child_reap(&command->child, &command->status);

	(void)status;
	(void)events;
	if (rc == 0)
		return;
	/* Collected by the host program: then how it ended is not known. */
	if (rc < 0)
		command->status = 255 << 8;
	uv_poll_stop(poll);
	command->has_ended = true;
	uv_timer_start(&command->timer, on_lingered, LINGER, 0);
	command_settle(command);
}

static void on_time_up(uv_timer_t *timer)
{
	struct command *command = timer->data;

	command->timed_out = true;
	hd_child_signal(&command->child, SIGKILL);
	/* What it left may go on holding the outputs. */
	uv_timer_start(&command->timer, on_lingered, LINGER, 0);
}

/* --- its start ---------------------------------------------------------------- */

static int poll_open(struct command *command, uv_poll_t *poll, int fd, int events,
		     uv_poll_cb heard)
{
	int rc = uv_poll_init(command->all->loop, poll, fd);

	if (rc < 0)
		return -rc;
	poll->data = command;
	command->handles++;
	uv_poll_start(poll, events, heard);
	return 0;
}

static int stream_open(struct command *command, struct stream *stream, int fd,
		       size_t most)
{
	int rc = poll_open(command, &stream->poll, fd, UV_READABLE, on_read);

	stream->most = most;
	if (rc == 0)
		stream->fd = fd;
	return rc;
}

/* What goes wrong here is told through the loop. */
static void on_failed(uv_timer_t *timer)
{
	command_tell(timer->data);
}

/* 0 or an errno, and then nothing is open but the timer. */
static int command_open(struct command *command)
{
	int rc = hd_child_start(&command->child, (const char *const *)command->argv,
				command->all->environment);

	if (rc)
		return rc;
	rc = poll_open(command, &command->process, command->child.pidfd, UV_READABLE,
		       on_process);
	if (rc) {
		hd_child_end(&command->child);
		return rc;
	}
	command->has_started = true;
	rc = stream_open(command, &command->out, command->child.out, HD_COMMAND_MOST);
	if (rc == 0)
		rc = stream_open(command, &command->err, command->child.err, ERR_MOST);
	if (rc == 0)
		rc = poll_open(command, &command->in, command->child.in, UV_WRITABLE,
			       on_write);
	command->in_open = rc == 0;
	return rc;
}

static void command_start(struct command *command)
{
	int rc = command_open(command);

	if (rc) {
		command->error = rc;
		uv_timer_start(&command->timer, on_failed, 0, 0);
		return;
	}
	if (command->input_length == 0)
		input_close(command);
	uv_timer_start(&command->timer, on_time_up, (uint64_t)(command->seconds * 1000), 0);
}

static void on_turn(uv_timer_t *timer)
{
	command_start(timer->data);
}

/* As many as may run, each from the loop: a callback may ask for more. */
static void commands_start(struct hd_commands *all)
{
	for (struct command *c = all->first; c && all->running < all->most; c = c->next) {
		if (c->has_turn)
			continue;
		c->has_turn = true;
		all->running++;
		uv_timer_start(&c->timer, on_turn, 0, 0);
	}
}

/* --- all of them -------------------------------------------------------------- */

struct hd_commands *hd_commands_open(uv_loop_t *loop,
				     const char *const *environment, size_t most)
{
	struct hd_commands *all = calloc(1, sizeof *all);

	if (!all)
		return NULL;
	all->loop = loop;
	all->environment = environment;
	all->most = most;
	all->open = 1;
	return all;
}

bool hd_commands_run(struct hd_commands *all, const char *const *argv,
		     const char *input, double seconds, hd_command_fn done, void *user)
{
	struct command *command = calloc(1, sizeof *command);

	if (!command)
		return false;
	command->argv = argv_copy(argv);
	command->input = strdup(input ? input : "");
	if (!command->argv || !command->input) {
		free(command->argv);
		free(command->input);
		free(command);
		return false;
	}
	command->all = all;
	command->input_length = strlen(command->input);
	command->seconds = seconds;
	command->done = done;
	command->user = user;
	command->out.fd = command->err.fd = -1;
	uv_timer_init(all->loop, &command->timer);
	command->timer.data = command;
	command->handles = 1;
	all->open++;
	command_link(command);
	commands_start(all);
	return true;
}

size_t hd_commands_count(const struct hd_commands *all)
{
	size_t count = 0;

	for (const struct command *c = all->first; c; c = c->next)
		count++;
	return count;
}

void hd_commands_close(struct hd_commands *all, void (*closed)(void *user), void *user)
{
	all->closing = true;
	all->closed = closed;
	all->closed_user = user;
	while (all->first)
		command_close(all->first);
	commands_unref(all);
}
