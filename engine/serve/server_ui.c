/*
 * hdrive-ui [-a HDRIVE] STORE SWEEP ADDRESS PORT: what "hdrive ui" becomes. The store for
 * reading, as a page and to MLflow's clients; SWEEP "" is all of them, PORT 0
 * one that is free. With -a what people ask to be changed is done by the command
 * HDRIVE. It goes when it is told to by a signal.
 *
 * hdrive-ui -r FILE STORE SWEEP: write a report, which "hdrive export --html" asks for.
 *
 * A program of its own: hdrive would load what HTTP needs at every start.
 */

/* Random bytes and signals to read are Linux's. */
#define _GNU_SOURCE

#include "base/time.h"
#include "mlflow/store.h"
#include "serve/http.h"
#include "serve/server_html.h"
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
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define UI_TOKEN_BYTES 24
/* At once: who watches has one that stays, and one or more for what it asks. */
#define UI_CONNECTIONS 1024
#define UI_STREAMS 512
#define UI_DESCRIPTORS 4096

extern char **environ;

/* What it was started with. */
struct ui_words {
	const char *hdrive; /* path of the command that acts; NULL: none does */
	const char *store;
	const char *sweep; /* "": all */
	const char *address;
	const char *port;
	const char *report; /* write one there instead; NULL: serve */
	double patience;    /* for tests: a part of the time that is waited */
};

static unsigned port_of(int listener)
{
	struct sockaddr_in address;
	socklen_t length = sizeof address;

	if (getsockname(listener, (struct sockaddr *)&address, &length) < 0)
		return 0;
	return ntohs(address.sin_port);
}

/* A listening socket at ADDRESS; -1 with errno. */
static int listener_open(const char *address, const char *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int one = 1, error = EINVAL;

	at.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
	if (fd >= 0 && inet_pton(AF_INET, address, &at.sin_addr) == 1) {
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
		if (bind(fd, (struct sockaddr *)&at, sizeof at) == 0 &&
		    listen(fd, SOMAXCONN) == 0)
			return fd;
		error = errno;
	}
	if (fd >= 0)
		close(fd);
	errno = error;
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

/* Each client has one or two connections, and trials' files are opened too. */
static void descriptors_allow(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 ||
	    limit.rlim_cur >= UI_DESCRIPTORS)
		return;
	limit.rlim_cur = limit.rlim_max < UI_DESCRIPTORS ? limit.rlim_max
							 : UI_DESCRIPTORS;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* --- the server ------------------------------------------------------------- */

struct server {
	const struct ui_words *words;
	char token[2 * UI_TOKEN_BYTES + 1];
	struct hd_web_guard guard;
	struct hd_asset assets[HD_ASSETS];
	struct hd_ui ui;
	struct hd_ml_store held;
	struct hd_ml ml;
	struct hd_http *http;
	int signals;
};

static int sooner(int one, int other)
{
	return one < 0 || (other >= 0 && other < one) ? other : one;
}

static int server_timeout(const struct server *server)
{
	const struct hd_ui *ui = &server->ui;
	int timeout = sooner(hd_http_timeout(server->http),
			     hd_events_timeout(ui->events, hd_time_steady()));

	return ui->jobs && hd_jobs_count(ui->jobs) ? sooner(timeout, 1000)
						   : timeout;
}

static void server_loop(struct server *server)
{
	struct hd_ui *ui = &server->ui;
	struct pollfd fds[] = { { hd_http_fd(server->http), POLLIN, 0 },
				{ server->signals, POLLIN, 0 },
				{ ui->jobs ? hd_jobs_fd(ui->jobs) : -1, POLLIN, 0 } };

	while (!fds[1].revents) {
		bool is_news;

		if (poll(fds, 3, server_timeout(server)) < 0 && errno != EINTR)
			return;
		is_news = hd_events_tick(ui->events, hd_time_steady());
		/* Answered, or looked at again in a second. */
		if (ui->jobs) {
			hd_jobs_look(ui->jobs);
			is_news |= hd_jobs_are_due(ui->jobs);
		}
		if (is_news)
			hd_http_wake(server->http);
		hd_http_run(server->http);
	}
}

static int server_parts(struct server *server, struct hd_error *err)
{
	const struct ui_words *words = server->words;
	struct hd_ui *ui = &server->ui;
	struct hd_api_setup api = { .store = ui->store,
				    .only = ui->only,
				    .actions = words->hdrive != NULL,
				    .pause = HD_EVENTS_PAUSE };
	struct hd_jobs_setup jobs = { words->hdrive, words->store, environ };
	int rc = hd_api_open(&ui->api, &api, err);

	if (rc == 0)
		rc = hd_events_open(&ui->events, ui->api, UI_STREAMS, err);
	if (rc == 0 && words->hdrive)
		rc = hd_jobs_open(&ui->jobs, &jobs, err);
	return rc;
}

static int server_open(struct server *server, struct hd_error *err)
{
	const struct ui_words *words = server->words;
	struct hd_http_setup setup = {
		.listener = listener_open(words->address, words->port),
		.guard = &server->guard,
		.ml = &server->ml,
		.page = hd_ui_page,
		.user = &server->ui,
		.connections = UI_CONNECTIONS,
		.patience = words->patience,
	};
	int rc;

	if (setup.listener < 0)
		return hd_error_set(err, HD_EIO, "cannot listen at %s, port %s: %s",
				    words->address, words->port, strerror(errno));
	server->guard.port = port_of(setup.listener);
	server->signals = signals_open();
	if (server->signals < 0 ||
	    !token_make(server->token, sizeof server->token)) {
		close(setup.listener);
		return hd_error_set(err, HD_EIO, "no signals, or no random bytes");
	}
	rc = server_parts(server, err);
	if (rc == 0)
		return hd_http_open(&server->http, &setup, err);
	close(setup.listener);
	return rc;
}

static int server_run(struct server *server, struct hd_error *err)
{
	const char *address = server->words->address;
	struct hd_ui *ui = &server->ui;
	int rc;

	descriptors_allow();
	hd_assets(server->assets);
	server->guard = (struct hd_web_guard){ .token = server->token,
					       .address = address,
					       .browsers = true };
	server->held = (struct hd_ml_store){ ui->store, ui->only };
	server->ml = (struct hd_ml){ &hd_ml_store_source, &server->held };
	ui->guard = &server->guard;
	ui->assets = server->assets;
	rc = server_open(server, err);
	if (rc == 0) {
		ui_tell(address, server->guard.port, server->token);
		server_loop(server);
	}
	hd_http_close(server->http);
	hd_jobs_close(ui->jobs);
	hd_events_close(ui->events);
	hd_api_close(ui->api);
	return rc;
}

/* --- words ------------------------------------------------------------------ */

static bool words_read(struct ui_words *words, int argc, char **argv)
{
	int option;

	*words = (struct ui_words){ 0 };
	while ((option = getopt(argc, argv, "a:r:t:")) != -1) {
		if (option == 'a')
			words->hdrive = optarg;
		else if (option == 'r')
			words->report = optarg;
		else if (option == 't')
			words->patience = strtod(optarg, NULL);
		else
			return false;
	}
	if (argc - optind != (words->report ? 2 : 4))
		return false;
	words->store = argv[optind];
	words->sweep = argv[optind + 1];
	words->address = argv[optind + 2];
	words->port = words->address ? argv[optind + 3] : NULL;
	return true;
}

int main(int argc, char **argv)
{
	struct ui_words words;
	struct server server = { .words = &words };
	struct hd_error err = { 0 };
	int rc;

	if (!words_read(&words, argc, argv)) {
		fprintf(stderr, "usage: hdrive-ui [-a HDRIVE] STORE SWEEP ADDRESS PORT\n"
				"       hdrive-ui -r FILE STORE SWEEP\n");
		return 64;
	}
	rc = hd_store_open(&server.ui.store, words.store, HD_STORE_READ, &err);
	if (rc == 0 && *words.sweep)
		rc = hd_store_find_sweep(server.ui.store, words.sweep,
					 &server.ui.only, &err);
	if (rc == 0)
		rc = words.report ? hd_server_html(server.ui.store, server.ui.only,
						   words.report, &err)
				  : server_run(&server, &err);
	hd_store_close(server.ui.store);
	if (rc < 0)
		fprintf(stderr, "hdrive: %s\n", err.text);
	return rc < 0 ? (rc == HD_ENOENT ? 3 : 1) : 0;
}
