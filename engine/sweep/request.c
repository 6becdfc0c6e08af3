/*
 * The other end of a running engine's socket (control.h).
 */
#define _GNU_SOURCE /* O_PATH */

#include <hdrive/sweep.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/process.h"
#include "base/time.h"
#include "sweep/control.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Without a socket to wait at, how often is looked. */
#define LOOK_MS 200

static int take_folder(void *user, const struct hd_sweep_row *row)
{
	char **folder = user;

	*folder = strdup(row->folder);
	return *folder ? 0 : HD_ENOMEM;
}

/* Connect to the engine that listens in FOLDER: a descriptor, or -1. */
static int engine_connect(const char *folder)
{
	int at = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = at < 0 ? -1 : socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0) {
		snprintf(address.sun_path, sizeof address.sun_path,
			 "/proc/self/fd/%d/" HD_CONTROL_SOCKET, at);
		if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
			close(fd);
			fd = -1;
		}
	}
	if (at >= 0)
		close(at);
	return fd;
}

/* -1 in *FD when no engine listens. */
static int engine_open(struct hd_store *store, int64_t key, int *fd,
		       struct hd_error *err)
{
	char *folder = NULL;
	int rc = hd_store_sweep(store, key, take_folder, &folder, err);

	*fd = -1;
	if (rc == HD_ENOMEM)
		return hd_error_nomem(err);
	if (rc == 0)
		*fd = engine_connect(folder);
	free(folder);
	return rc;
}

static int left_ms(int64_t deadline)
{
	int64_t left = (deadline - hd_time_steady()) / 1000;

	return left > 0 ? (int)fmin((double)left + 1, 1e9) : 0;
}

static int64_t deadline_of(double seconds)
{
	return hd_time_steady() + (int64_t)(fmin(seconds, 1e9) * 1e6);
}

/* Wait for EVENTS at FD; false when the time is up. */
static bool wait_for(int fd, short events, int64_t deadline)
{
	struct pollfd poll_fd = { .fd = fd, .events = events };
	int rc;

	do
		rc = poll(&poll_fd, 1, left_ms(deadline));
	while (rc < 0 && errno == EINTR);
	return rc > 0;
}

static bool send_all(int fd, const char *text, size_t length, int64_t deadline)
{
	while (length > 0) {
		ssize_t sent;

		if (!wait_for(fd, POLLOUT, deadline))
			return false;
		sent = send(fd, text, length, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		if (sent > 0) {
			text += sent;
			length -= (size_t)sent;
		}
	}
	return true;
}

/* One line into BUF; false when it does not come. */
static bool receive_line(int fd, struct hd_buf *buf, int64_t deadline)
{
	char part[4096];

	while (!buf->length || hd_buf_text(buf)[buf->length - 1] != '\n') {
		ssize_t got;

		if (!wait_for(fd, POLLIN, deadline))
			return false;
		got = recv(fd, part, sizeof part, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || buf->length > HD_CONTROL_LINE)
			return false;
		hd_buf_add(buf, part, (size_t)got);
		if (hd_buf_failed(buf))
			return false;
	}
	return true;
}

/* What the engine refused, in its own words. */
static int answer_read(const struct hd_buf *text, struct hd_error *err)
{
	struct hd_json *answer = NULL;
	const struct hd_json *ok, *code, *error;
	size_t length;
	int rc = hd_json_parse(&answer, hd_buf_text(text), text->length, err);

	if (rc < 0)
		return rc;
	ok = hd_json_get(answer, "ok");
	if (!ok || hd_json_kind(ok) != HD_JSON_TRUE) {
		code = hd_json_get(answer, "code");
		error = hd_json_get(answer, "error");
		rc = code && hd_json_integer(code) < 0 ? (int)hd_json_integer(code) : HD_EIO;
		hd_error_set(err, rc, "%s",
			     error && hd_json_string(error, &length)
				     ? hd_json_string(error, &length)
				     : "the engine gave no answer");
	}
	hd_json_free(answer);
	return rc;
}

int hd_sweep_request(struct hd_store *store, int64_t key, const char *request,
		     double seconds, char **reply, struct hd_error *err)
{
	struct hd_buf text = HD_BUF_INIT;
	int64_t deadline = deadline_of(seconds);
	int fd, rc = engine_open(store, key, &fd, err);

	if (reply)
		*reply = NULL;
	if (rc < 0)
		return rc;
	if (fd < 0)
		return hd_error_set(err, HD_ENOENT, "no engine runs the sweep");
	hd_buf_puts(&text, request);
	hd_buf_putc(&text, '\n');
	if (hd_buf_failed(&text) ||
	    !send_all(fd, hd_buf_text(&text), text.length, deadline)) {
		rc = hd_error_set(err, HD_EBUSY, "the sweep's engine does not listen");
		goto out;
	}
	hd_buf_clear(&text);
	if (!receive_line(fd, &text, deadline))
		rc = hd_error_set(err, HD_EBUSY, "the sweep's engine does not answer");
	else
		rc = answer_read(&text, err);
	if (rc == 0 && reply)
		*reply = hd_buf_take(&text);
out:
	close(fd);
	hd_buf_release(&text);
	return rc;
}

/* --- until it is done ----------------------------------------------------- */

struct row_state {
	bool over;
	bool alive;
};

static int take_state(void *user, const struct hd_sweep_row *row)
{
	struct row_state *state = user;
	enum hd_trial_state word;

	state->over = hd_trial_state_find(row->state, &word) &&
		      hd_trial_state_is_terminal(word);
	state->alive = row->engine_pid <= 0 ||
		       hd_process_is_alive(row->engine_pid,
					   (uint64_t)row->engine_start, NULL);
	return 0;
}

/* The connection closes when the engine is done, or dead. */
static void wait_at_socket(int fd, int64_t deadline)
{
	char byte;

	while (wait_for(fd, POLLIN, deadline) && recv(fd, &byte, 1, 0) > 0)
		;
}

static void look_again(int milliseconds, int64_t deadline)
{
	int left = left_ms(deadline);

	poll(NULL, 0, left < milliseconds ? left : milliseconds);
}

int hd_sweep_wait(struct hd_store *store, int64_t key, double seconds,
		  struct hd_error *err)
{
	int64_t deadline = deadline_of(seconds);

	for (;;) {
		struct row_state state;
		int fd, rc = hd_store_sweep(store, key, take_state, &state, err);

		if (rc < 0)
			return rc;
		if (state.over || !state.alive)
			return 0;
		if (left_ms(deadline) == 0)
			return hd_error_set(err, HD_EBUSY, "the sweep still runs");
		rc = engine_open(store, key, &fd, err);
		if (rc < 0)
			return rc;
		if (fd >= 0) {
			wait_at_socket(fd, deadline);
			close(fd);
		}
		/* Its row is written a moment before or after. */
		look_again(fd >= 0 ? LOOK_MS / 10 : LOOK_MS, deadline);
	}
}
