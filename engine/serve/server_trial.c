/*
 * hdrive-mlflow: a trial's own MLflow server, started by its launcher when the
 * first client knocks (docs/design/0009-mlflow.md).
 *
 * The listener is descriptor 3; what it is for is in the environment; it goes
 * when its standard input ends. A program of its own, so that it is small and
 * outlives the engine, as the launcher does.
 */
#include "serve/http.h"
#include "mlflow/journal.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define LISTENER 3
/* How long what has begun may take once the program has ended. */
#define DRAIN_MILLISECONDS 150

static int fail(const char *what)
{
	fprintf(stderr, "hdrive-mlflow: %s\n", what);
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

/* When the trial's parameters were written it began. */
static int64_t start_of(const char *path)
{
	struct stat status;

	return path && stat(path, &status) == 0
		       ? (int64_t)status.st_mtime * 1000
		       : 0;
}

/* Until the lifeline ends, then until nothing is under way. */
static void serve_trial(struct hd_http *http)
{
	struct pollfd fds[] = { { hd_http_fd(http), POLLIN, 0 },
				{ STDIN_FILENO, POLLIN, 0 } };
	int left = DRAIN_MILLISECONDS;

	while (!fds[1].revents) {
		if (poll(fds, 2, hd_http_timeout(http)) < 0 && errno != EINTR)
			return;
		hd_http_run(http);
	}
	/* What clients had sent by then is answered. */
	while (left > 0 && (poll(fds, 1, 0) > 0 || hd_http_busy(http))) {
		hd_http_run(http);
		if (hd_http_busy(http))
			left -= poll(fds, 1, 5) == 0 ? 5 : 1;
		else
			left--;
	}
	hd_http_quiesce(http);
}

int main(void)
{
	const char *token = getenv("MLFLOW_TRACKING_TOKEN");
	struct hd_ml_journal_setup journal = {
		.path = getenv("HDRIVE_METRICS"),
		.outputs = getenv("HDRIVE_OUTPUTS"),
		.trial = getenv("AZUREML_RUN_ID"),
		.experiment = getenv("AZUREML_ROOT_RUN_ID"),
		.sweep = getenv("HDRIVE_SWEEP"),
		.number = getenv("HDRIVE_TRIAL"),
		.start = start_of(getenv("HDRIVE_PARAMS")),
	};
	struct hd_web_guard guard = { .token = token, .port = port_of(LISTENER) };
	struct hd_ml ml = { &hd_ml_journal_source, NULL };
	struct hd_http_setup setup = { .listener = LISTENER,
				       .guard = &guard,
				       .ml = &ml };
	struct hd_ml_journal *held = NULL;
	struct hd_http *http = NULL;
	struct hd_error err = { 0 };
	int rc = 0;

	if (!token || !journal.path || !journal.outputs || !journal.trial ||
	    !journal.experiment || !journal.sweep || !journal.number)
		return fail("not started by a launcher");
	if (hd_ml_journal_open(&held, &journal, &err) < 0)
		return fail(err.text);
	ml.self = held;
	if (hd_http_open(&http, &setup, &err) < 0)
		rc = fail(err.text);
	else
		serve_trial(http);
	hd_http_close(http);
	hd_ml_journal_close(held);
	return rc;
}
