/*
 * hdrive-ui STORE SWEEP ADDRESS PORT: what "hdrive ui" becomes. The store for
 * reading, as a page and to MLflow's clients; SWEEP "" is all of them, PORT 0
 * one that is free. It goes when it is told to by a signal.
 *
 * A program of its own: hdrive would load what HTTP needs at every start.
 */

/* Random bytes and signals to read are Linux's. */
#define _GNU_SOURCE

#include "serve/http.h"
#include "mlflow/store.h"
#include "serve/ui.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define UI_TOKEN_BYTES 24

static int fail(const char *what)
{
	fprintf(stderr, "hdrive: %s\n", what);
	return 1;
}

static unsigned port_of(int listener)
{
	struct sockaddr_in address;
	socklen_t length = sizeof address;

	if (getsockname(listener, (struct sockaddr *)&address, &length) < 0)
		return 0;
	return ntohs(address.sin_port);
}

/* A listening socket at ADDRESS; -1 with a message. */
static int listener_open(const char *address, const char *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	unsigned long number = strtoul(port, NULL, 10);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int one = 1;

	at.sin_port = htons((uint16_t)number);
	if (inet_pton(AF_INET, address, &at.sin_addr) != 1) {
		fprintf(stderr, "hdrive: '%s' is no IPv4 address\n", address);
	} else if (fd >= 0) {
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
		if (bind(fd, (struct sockaddr *)&at, sizeof at) == 0 &&
		    listen(fd, SOMAXCONN) == 0)
			return fd;
		fprintf(stderr, "hdrive: cannot listen at %s, port %s: %s\n",
			address, port, strerror(errno));
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool token_make(char *token, size_t size)
{
	unsigned char bytes[UI_TOKEN_BYTES];

	if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
		return false;
	for (size_t i = 0; i < sizeof bytes; i++)
		snprintf(token + 2 * i, size - 2 * i, "%02x", bytes[i]);
	return true;
}

/* What is printed is for a person, or to be read by eval. */
static void ui_tell(const char *address, unsigned port, const char *token)
{
	printf("http://%s:%u/?token=%s\n"
	       "export MLFLOW_TRACKING_URI=http://%s:%u\n"
	       "export MLFLOW_TRACKING_TOKEN=%s\n",
	       address, port, token, address, port, token);
	fflush(stdout);
}

static void serve_ui(struct hd_http *http, int signals)
{
	struct pollfd fds[] = { { hd_http_fd(http), POLLIN, 0 },
				{ signals, POLLIN, 0 } };

	while (!fds[1].revents) {
		if (poll(fds, 2, hd_http_timeout(http)) < 0 && errno != EINTR)
			return;
		hd_http_run(http);
	}
}

/* SIGINT, SIGTERM and SIGHUP as something to read. */
static int signals_open(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_SETMASK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &signals, SFD_CLOEXEC);
}

static int ui_serve(struct hd_store *store, int64_t only, const char *address,
		    const char *port)
{
	char token[2 * UI_TOKEN_BYTES + 1];
	struct hd_asset assets[HD_ASSETS];
	struct hd_ml_store held = { store, only };
	struct hd_ml ml = { &hd_ml_store_source, &held };
	struct hd_web_guard guard = { .token = token,
				      .address = address,
				      .browsers = true };
	struct hd_ui ui = { store, only, &guard, assets };
	struct hd_http_setup setup = { .listener = listener_open(address, port),
				       .guard = &guard,
				       .ml = &ml,
				       .page = hd_ui_page,
				       .user = &ui };
	struct hd_error err = { 0 };
	struct hd_http *http;
	int signals = signals_open();

	if (setup.listener < 0)
		return 1;
	if (signals < 0 || !token_make(token, sizeof token))
		return fail("no signals, or no random bytes");
	guard.port = port_of(setup.listener);
	hd_assets(assets);
	if (hd_http_open(&http, &setup, &err) < 0)
		return fail(err.text);
	ui_tell(address, guard.port, token);
	serve_ui(http, signals);
	hd_http_close(http);
	return 0;
}

int main(int argc, char **argv)
{
	const char *sweep = argc == 5 ? argv[2] : "";
	struct hd_store *store;
	struct hd_error err = { 0 };
	int64_t only = 0;
	int rc;

	if (argc != 5) {
		fprintf(stderr, "usage: hdrive-ui STORE SWEEP ADDRESS PORT\n");
		return 64;
	}
	rc = hd_store_open(&store, argv[1], HD_STORE_READ, &err);

	if (rc == 0 && *sweep)
		rc = hd_store_find_sweep(store, sweep, &only, &err);
	if (rc < 0)
		fprintf(stderr, "hdrive: %s\n", err.text);
	rc = rc < 0 ? (rc == HD_ENOENT ? 3 : 1)
		    : ui_serve(store, only, argv[3], argv[4]);
	hd_store_close(store);
	return rc;
}
