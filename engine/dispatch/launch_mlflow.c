/* Signals for descriptors and random bytes are Linux's. */
#define _GNU_SOURCE

#include "dispatch/launch_mlflow.h"

#include "dispatch/launch_text.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* What the server finds its end of the listener at; its stdin is the lifeline. */
#define LISTENER_AT 3
#define TOKEN_BYTES 24
/* A server that ends sooner has failed: the next one waits that long. */
#define START_EVERY INT64_C(1000000)
#define STARTS_MOST 8

extern char **environ;

static const char *const told_names[] = {
	"MLFLOW_RUN_ID",
	"MLFLOW_EXPERIMENT_ID",
	"MLFLOW_EXPERIMENT_NAME",
	"MLFLOW_TRACKING_URI",
	HD_MLFLOW_VARIABLE,
};

/* Without a server a client would look in vain for the run. */
static void environment_forget(void)
{
	for (size_t i = 0; i < sizeof told_names / sizeof told_names[0]; i++)
		unsetenv(told_names[i]);
}

/* TOKEN_BYTES as hexadecimal digits. */
static bool token_make(char *token)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[TOKEN_BYTES];

	if (getrandom(bytes, sizeof bytes, GRND_NONBLOCK) != sizeof bytes)
		return false;
	for (size_t i = 0; i < sizeof bytes; i++) {
		*token++ = digits[bytes[i] >> 4];
		*token++ = digits[bytes[i] & 15];
	}
	*token = '\0';
	return true;
}

/* The variables that tell of the server: the environment points to them. Not
 * setenv's copies, which stay for good: there may be another attempt. */
static struct {
	char uri[140], ours[140], token[80], user[40], password[80];
} told;

static bool variable_set(char *variable, size_t size, const char *name,
			 const char *value)
{
	struct hd_launch_text text = { variable, variable + size - 1 };

	hd_launch_text_add(&text, name);
	hd_launch_text_add(&text, "=");
	hd_launch_text_add(&text, value);
	return putenv(variable) == 0;
}

/*
 * Clients send a user's name and password rather than a token when they find
 * both, in the environment or in ~/.mlflow/credentials: all three are ours. The
 * Java client reads none of them; an address with the token in it will do, but
 * Python's prints addresses, so that is for who asks for it.
 */
static bool environment_tell(unsigned port, bool in_uri)
{
	char uri[100];
	char token[2 * TOKEN_BYTES + 1];
	struct hd_launch_text text = { uri, uri + sizeof uri - 1 };

	if (!token_make(token))
		return false;
	hd_launch_text_add(&text, "http://");
	if (in_uri) {
		hd_launch_text_add(&text, "hdrive:");
		hd_launch_text_add(&text, token);
		hd_launch_text_add(&text, "@");
	}
	hd_launch_text_add(&text, "127.0.0.1:");
	hd_launch_text_number(&text, port);
	return variable_set(told.uri, sizeof told.uri, "MLFLOW_TRACKING_URI", uri) &&
	       variable_set(told.ours, sizeof told.ours, HD_MLFLOW_VARIABLE, uri) &&
	       variable_set(told.token, sizeof told.token, "MLFLOW_TRACKING_TOKEN", token) &&
	       variable_set(told.user, sizeof told.user, "MLFLOW_TRACKING_USERNAME", "hdrive") &&
	       variable_set(told.password, sizeof told.password, "MLFLOW_TRACKING_PASSWORD", token);
}

/* Beside the launcher; NULL when it is not there. */
static char *program_find(const char *launcher)
{
	const char *slash = strrchr(launcher, '/');
	size_t folder = slash ? (size_t)(slash - launcher) + 1 : 0;
	char *path = malloc(folder + sizeof HD_MLFLOW_PROGRAM);

	if (!path)
		return NULL;
	memcpy(path, launcher, folder);
	strcpy(path + folder, HD_MLFLOW_PROGRAM);
	if (access(path, X_OK) == 0)
		return path;
	free(path);
	return NULL;
}

/* A listener that nobody knocked at, for the next attempt; -1 for none. */
static int kept = -1;

static unsigned listener_port(int fd)
{
	struct sockaddr_in address;
	socklen_t length = sizeof address;

	return getsockname(fd, (struct sockaddr *)&address, &length) < 0
		       ? 0
		       : ntohs(address.sin_port);
}

/* Returns the port, 0 when it cannot be. */
static unsigned listener_open(struct hd_launch_mlflow *mlflow)
{
	const struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	if (kept >= 0) {
		mlflow->listener = kept;
		kept = -1;
		return listener_port(mlflow->listener);
	}
	mlflow->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (mlflow->listener < 0 ||
	    bind(mlflow->listener, (const struct sockaddr *)&address, sizeof address) < 0 ||
	    listen(mlflow->listener, SOMAXCONN) < 0 ||
	    fcntl(mlflow->listener, F_SETOWN, getpid()) < 0 ||
	    fcntl(mlflow->listener, F_SETFL, O_NONBLOCK | O_ASYNC) < 0)
		return 0;
	return listener_port(mlflow->listener);
}

static bool listener_has_guest(const struct hd_launch_mlflow *mlflow)
{
	struct pollfd listener = { mlflow->listener, POLLIN, 0 };

	return poll(&listener, 1, 0) == 1;
}

static void listener_close(struct hd_launch_mlflow *mlflow)
{
	if (mlflow->listener >= 0)
		close(mlflow->listener);
	mlflow->listener = -1;
	mlflow->wanted = false;
}

void hd_launch_mlflow_open(struct hd_launch_mlflow *mlflow,
			   const char *launcher)
{
	const char *wish = getenv(HD_MLFLOW_VARIABLE);
	bool in_uri = wish && !strcmp(wish, HD_MLFLOW_URI);
	unsigned port;

	*mlflow = (struct hd_launch_mlflow){ .listener = -1, .lifeline = -1 };
	if (!in_uri && (!wish || strcmp(wish, HD_MLFLOW_ON) != 0))
		return;
	mlflow->program = program_find(launcher);
	port = mlflow->program ? listener_open(mlflow) : 0;
	if (port && environment_tell(port, in_uri))
		return;
	listener_close(mlflow);
	environment_forget();
}

void hd_launch_mlflow_knock(struct hd_launch_mlflow *mlflow)
{
	mlflow->wanted = mlflow->listener >= 0;
}

/* 0 or an errno. */
static int server_spawn(struct hd_launch_mlflow *mlflow, int stdin_end)
{
	char *argv[] = { mlflow->program, (char *)"trial", NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t blocked;
	int rc = posix_spawn_file_actions_init(&files);

	if (rc)
		return rc;
	/* TERM to all that the trial left is not for it: see the lifeline. */
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attributes, &blocked);
	rc = posix_spawn_file_actions_adddup2(&files, stdin_end, STDIN_FILENO);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&files, mlflow->listener,
						      LISTENER_AT);
	for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO && rc == 0; fd++)
		rc = posix_spawn_file_actions_addopen(&files, fd, "/dev/null",
						      O_WRONLY, 0);
	if (rc == 0)
		rc = posix_spawn(&mlflow->server, mlflow->program, &files,
				 &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return rc;
}

static void server_start(struct hd_launch_mlflow *mlflow, int64_t now)
{
	int ends[2];

	mlflow->started = now;
	mlflow->failed++;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return;
	if (server_spawn(mlflow, ends[0]) != 0) {
		mlflow->server = 0;
		close(ends[1]);
	} else {
		mlflow->lifeline = ends[1];
		mlflow->wanted = false;
		/* From now on every connection is its own to hear of. */
		fcntl(mlflow->listener, F_SETFL, O_NONBLOCK);
	}
	close(ends[0]);
}

int64_t hd_launch_mlflow_turn(struct hd_launch_mlflow *mlflow, int64_t now)
{
	if (!mlflow->wanted || mlflow->server)
		return -1;
	if (mlflow->failed && now < mlflow->started + START_EVERY)
		return mlflow->started + START_EVERY - now;
	if (mlflow->failed >= STARTS_MOST) {
		listener_close(mlflow); /* a client hears of it at once */
		return -1;
	}
	if (listener_has_guest(mlflow))
		server_start(mlflow, now);
	else
		mlflow->wanted = false;
	return mlflow->wanted ? START_EVERY : -1;
}

static void lifeline_close(struct hd_launch_mlflow *mlflow)
{
	if (mlflow->lifeline >= 0)
		close(mlflow->lifeline);
	mlflow->lifeline = -1;
}

bool hd_launch_mlflow_ended(struct hd_launch_mlflow *mlflow, pid_t pid)
{
	struct timespec now;

	if (!mlflow->server || pid != mlflow->server)
		return false;
	mlflow->server = 0;
	lifeline_close(mlflow);
	if (mlflow->listener < 0)
		return true;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000 >=
	    mlflow->started + START_EVERY)
		mlflow->failed = 0;
	fcntl(mlflow->listener, F_SETFL, O_NONBLOCK | O_ASYNC);
	mlflow->wanted = true; /* some may have come meanwhile */
	return true;
}

void hd_launch_mlflow_close(struct hd_launch_mlflow *mlflow)
{
	/* Its port goes to the next attempt, its token does not. */
	if (mlflow->listener >= 0 && !mlflow->started && !listener_has_guest(mlflow)) {
		kept = mlflow->listener;
		mlflow->listener = -1;
	}
	listener_close(mlflow);
	lifeline_close(mlflow);
	free(mlflow->program);
	mlflow->program = NULL;
}
