/*
 * The socket of a running engine. Connections are few and short; whatever they
 * send, the engine reads a line at a time and never waits for a peer.
 *
 * Invariant: a client is freed by its close callback, the control by the last
 * of all.
 */
#define _GNU_SOURCE /* O_PATH */

#include "sweep/control.h"

#include "base/buf.h"
#include "sweep/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 16
#define CLIENTS_MOST 64
#define PART 4096

struct client {
	struct hd_control *control;
	struct client *next, **link;
	uv_pipe_t pipe;
	struct hd_buf line;
	char part[PART];
};

struct hd_control {
	uv_pipe_t server;
	struct hd_core *core;
	void (*nudge)(void *user);
	void *user;
	int folder; /* for the socket's name, however long the path is */
	struct client *clients;
	size_t client_count;
	size_t handles; /* not yet closed */
};

static void control_release(struct hd_control *control)
{
	if (--control->handles == 0)
		free(control);
}

/* --- clients -------------------------------------------------------------- */

static void on_client_closed(uv_handle_t *handle)
{
	struct client *client = handle->data;

	hd_buf_release(&client->line);
	control_release(client->control);
	free(client);
}

static void client_close(struct client *client)
{
	if (uv_is_closing((uv_handle_t *)&client->pipe))
		return;
	*client->link = client->next;
	if (client->next)
		client->next->link = client->link;
	client->control->client_count--;
	uv_close((uv_handle_t *)&client->pipe, on_client_closed);
}

struct answer {
	uv_write_t write;
	char text[];
};

static void on_answered(uv_write_t *write, int status)
{
	(void)status; /* a peer that went away does not want it */
	free(write->data);
}

static void client_answer(struct client *client, const struct hd_buf *text)
{
	struct answer *answer = hd_buf_failed(text) ? NULL : malloc(sizeof *answer + text->length);
	uv_buf_t buf;

	if (!answer) {
		client_close(client);
		return;
	}
	memcpy(answer->text, hd_buf_text(text), text->length);
	answer->write.data = answer;
	buf = uv_buf_init(answer->text, (unsigned)text->length);
	if (uv_write(&answer->write, (uv_stream_t *)&client->pipe, &buf, 1,
		     on_answered) < 0)
		free(answer);
}

static void client_line(struct client *client, const char *line, size_t length)
{
	struct hd_control *control = client->control;
	struct hd_buf text = HD_BUF_INIT;

	hd_command_run(control->core, line, length, &text);
	hd_buf_putc(&text, '\n');
	client_answer(client, &text);
	hd_buf_release(&text);
	control->nudge(control->user);
}

/* Every whole line that has come; what is behind them stays. */
static void client_lines(struct client *client)
{
	const char *data = hd_buf_text(&client->line), *end;
	size_t from = 0;

	while ((end = memchr(data + from, '\n', client->line.length - from))) {
		client_line(client, data + from, (size_t)(end - data) - from);
		from = (size_t)(end - data) + 1;
		if (uv_is_closing((uv_handle_t *)&client->pipe))
			return;
	}
	hd_buf_drop(&client->line, from);
}

static void on_alloc(uv_handle_t *handle, size_t wanted, uv_buf_t *buf)
{
	struct client *client = handle->data;

	(void)wanted;
	*buf = uv_buf_init(client->part, sizeof client->part);
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf)
{
	struct client *client = stream->data;

	if (got == 0)
		return;
	if (got > 0)
		hd_buf_add(&client->line, buf->base, (size_t)got);
	if (got < 0 || hd_buf_failed(&client->line) ||
	    client->line.length > HD_CONTROL_LINE) {
		client_close(client);
		return;
	}
	client_lines(client);
}

static void on_connection(uv_stream_t *server, int status)
{
	struct hd_control *control = server->data;
	struct client *client = status < 0 ? NULL : calloc(1, sizeof *client);

	if (!client)
		return;
	client->control = control;
	hd_buf_init(&client->line);
	uv_pipe_init(server->loop, &client->pipe, 0);
	client->pipe.data = client;
	client->next = control->clients;
	client->link = &control->clients;
	if (client->next)
		client->next->link = &client->next;
	control->clients = client;
	control->client_count++;
	control->handles++;
	if (uv_accept(server, (uv_stream_t *)&client->pipe) < 0 ||
	    control->client_count > CLIENTS_MOST ||
	    uv_read_start((uv_stream_t *)&client->pipe, on_alloc, on_read) < 0)
		client_close(client);
}

/* --- the socket ----------------------------------------------------------- */

/* Through the folder's descriptor: a socket's path has 107 bytes at most. */
static void socket_address(int folder, struct sockaddr_un *address)
{
	memset(address, 0, sizeof *address);
	address->sun_family = AF_UNIX;
	snprintf(address->sun_path, sizeof address->sun_path,
		 "/proc/self/fd/%d/" HD_CONTROL_SOCKET, folder);
}

/* A bound socket, or -1 with errno. A stale one of that name is the last
 * engine's: this one holds the sweep's lock. */
static int socket_bind(int folder)
{
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int saved;

	if (fd < 0)
		return -1;
	socket_address(folder, &address);
	unlinkat(folder, HD_CONTROL_SOCKET, 0);
	/* The mode of what bind makes, so that nobody else opens it before. */
	if (fchmod(fd, 0600) == 0 &&
	    bind(fd, (struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

static void on_server_closed(uv_handle_t *handle)
{
	control_release(handle->data);
}

static int control_listen(struct hd_control *control, const char *folder,
			  struct hd_error *err)
{
	int fd, rc;

	control->folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	fd = control->folder < 0 ? -1 : socket_bind(control->folder);
	if (fd < 0)
		return hd_error_errno(err, errno,
				      "cannot listen in '%s': other commands "
				      "will not reach this engine",
				      folder);
	rc = uv_pipe_open(&control->server, fd);
	if (rc < 0)
		close(fd);
	else
		rc = uv_listen((uv_stream_t *)&control->server, BACKLOG,
			       on_connection);
	return rc < 0 ? hd_error_set(err, HD_EIO, "cannot listen in '%s': %s",
				     folder, uv_strerror(rc))
		      : 0;
}

int hd_control_open(struct hd_control **out, uv_loop_t *loop,
		    const char *folder, struct hd_core *core,
		    void (*nudge)(void *user), void *user,
		    struct hd_error *err)
{
	struct hd_control *control = calloc(1, sizeof *control);
	int rc;

	*out = NULL;
	if (!control)
		return hd_error_nomem(err);
	control->core = core;
	control->nudge = nudge;
	control->user = user;
	control->folder = -1;
	control->handles = 1;
	uv_pipe_init(loop, &control->server, 0);
	control->server.data = control;
	rc = control_listen(control, folder, err);
	if (rc < 0) {
		hd_control_close(control);
		return rc;
	}
	*out = control;
	return 0;
}

void hd_control_close(struct hd_control *control)
{
	if (!control)
		return;
	while (control->clients)
		client_close(control->clients);
	if (control->folder >= 0) {
		unlinkat(control->folder, HD_CONTROL_SOCKET, 0);
		close(control->folder);
	}
	uv_close((uv_handle_t *)&control->server, on_server_closed);
}
