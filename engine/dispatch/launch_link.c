/* Lines over a connection between the launchers of one trial. */
#define _GNU_SOURCE /* signalfd, prctl */

#include "dispatch/launch_nodes.h"

#include "dispatch/launch_modes.h"
#include "dispatch/launch_text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECT_MILLISECONDS 3000
#define SAY_MILLISECONDS 5000

/* --- who we are ------------------------------------------------------------------ */

static void put(struct hd_launch_text *text, const char *word)
{
	hd_launch_text_add(text, word);
	hd_launch_text_add(text, " ");
}

bool hd_nodes_read(struct hd_nodes *nodes, const char *means)
{
	size_t length = sizeof HD_LAUNCH_NODES - 1;
	char *at, *space;

	if (strncmp(means, HD_LAUNCH_NODES " ", length + 1) != 0 ||
	    strlen(means) >= sizeof nodes->text)
		return false;
	at = strcpy(nodes->text, means) + length + 1;
	nodes->self = hd_link_number(&at);
	nodes->port = hd_link_number(&at);
	space = strchr(at, ' ');
	if (!space || space == at || (size_t)(space - at) >= sizeof nodes->token)
		return false;
	*space = '\0';
	strcpy(nodes->token, at);
	at = space + 1;
	nodes->count = 0;
	while (at && *at && nodes->count < HD_NODES_GROUP_MOST) {
		char *comma = strchr(at, ',');

		nodes->hosts[nodes->count++] = at;
		if (comma)
			*comma++ = '\0';
		at = comma;
	}
	return nodes->self >= 0 && nodes->self < nodes->count &&
	       nodes->port > 0 && nodes->port < 65536 - HD_NODES_PORTS;
}

void hd_nodes_tell(const struct hd_nodes *nodes)
{
	char means[sizeof nodes->text];
	struct hd_launch_text text = { means, means + sizeof means - 1 };

	put(&text, HD_LAUNCH_NODES);
	hd_launch_text_number(&text, nodes->self);
	hd_launch_text_add(&text, " ");
	hd_launch_text_number(&text, nodes->port);
	hd_launch_text_add(&text, " ");
	put(&text, nodes->token);
	for (int i = 0; i < nodes->count; i++) {
		hd_launch_text_add(&text, i ? "," : "");
		hd_launch_text_add(&text, nodes->hosts[i]);
	}
	hd_launch_set(HD_LAUNCH_MEANS, means);
}

/* --- connections -------------------------------------------------------------------- */

void hd_link_init(struct hd_link *link, int fd)
{
	int yes = 1;

	link->fd = fd;
	link->used = 0;
	link->heard = link->said = hd_launch_seconds();
	if (fd >= 0)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

void hd_link_close(struct hd_link *link)
{
	if (link->fd >= 0)
		close(link->fd);
	link->fd = -1;
}

bool hd_link_connect(struct hd_link *link, const char *host, int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)port) };
	struct pollfd wait = { .events = POLLOUT };
	socklen_t size = sizeof(int);
	int failure = 0;

	if (inet_pton(AF_INET, host, &at.sin_addr) != 1)
		return false;
	wait.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (wait.fd < 0)
		return false;
	if (connect(wait.fd, (const struct sockaddr *)&at, sizeof at) < 0 &&
	    (errno != EINPROGRESS || poll(&wait, 1, CONNECT_MILLISECONDS) != 1 ||
	     getsockopt(wait.fd, SOL_SOCKET, SO_ERROR, &failure, &size) < 0 ||
	     failure)) {
		close(wait.fd);
		return false;
	}
	hd_link_init(link, wait.fd);
	return true;
}

/* All of it; a reader that takes nothing for long has gone. */
static void send_all(struct hd_link *link, const char *text, size_t length)
{
	struct pollfd wait = { link->fd, POLLOUT, 0 };

	while (length && link->fd >= 0) {
		ssize_t sent = send(link->fd, text, length,
				    MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent > 0) {
			text += sent;
			length -= (size_t)sent;
		} else if (errno != EAGAIN ||
			   poll(&wait, 1, SAY_MILLISECONDS) != 1) {
			shutdown(link->fd, SHUT_RDWR);
			return;
		}
	}
	link->said = hd_launch_seconds();
}

void hd_link_say(struct hd_link *link, const char *text)
{
	send_all(link, text, strlen(text));
	send_all(link, "\n", 1);
}

void hd_link_tell(struct hd_link *link, const char *word, int n, int m,
		  const char *more)
{
	char *line = malloc(HD_NODES_LINE);
	struct hd_launch_text text = { line, line ? line + HD_NODES_LINE - 1 : NULL };

	if (!line) {
		shutdown(link->fd, SHUT_RDWR);
		return;
	}
	hd_launch_text_add(&text, word);
	hd_launch_text_add(&text, " ");
	hd_launch_text_number(&text, n);
	if (m >= 0) {
		hd_launch_text_add(&text, " ");
		hd_launch_text_number(&text, m);
	}
	if (more) {
		hd_launch_text_add(&text, " ");
		hd_launch_text_add(&text, more);
	}
	hd_link_say(link, line);
	free(line);
}

bool hd_link_read(struct hd_link *link)
{
	size_t room = sizeof link->in - link->used;
	ssize_t got = link->fd >= 0 && room
			      ? recv(link->fd, link->in + link->used, room,
				     MSG_DONTWAIT)
			      : 0;

	if (got < 0)
		return errno == EAGAIN || errno == EINTR;
	if (got == 0)
		return false;
	link->used += (size_t)got;
	link->heard = hd_launch_seconds();
	return true;
}

char *hd_link_line(struct hd_link *link)
{
	static char line[HD_NODES_LINE];
	char *end = memchr(link->in, '\n', link->used);
	size_t length;

	if (!end)
		return NULL;
	length = (size_t)(end - link->in);
	memcpy(line, link->in, length);
	line[length] = '\0';
	link->used -= length + 1;
	memmove(link->in, end + 1, link->used);
	return line;
}

bool hd_link_beat(struct hd_link *link)
{
	int64_t now = hd_launch_seconds();

	if (now - link->said >= HD_NODES_BEAT)
		hd_link_say(link, ".");
	return now - link->heard < HD_NODES_SILENCE;
}

int hd_link_number(char **at)
{
	size_t length = strspn(*at, "0123456789");
	char *word = *at;
	char after = word[length];
	int number;

	if (length == 0 || (after && after != ' ' && after != ','))
		return -1;
	word[length] = '\0';
	number = hd_launch_number(word);
	*at = word + length + (after != '\0');
	return number;
}

void hd_nodes_ports_add(char *line, size_t size, const int *ports, int count)
{
	struct hd_launch_text text = { line + strlen(line), line + size - 1 };

	for (int i = 0; i < count; i++) {
		hd_launch_text_add(&text, i ? "," : "");
		hd_launch_text_number(&text, ports[i]);
	}
}

int hd_nodes_ports_read(int *ports, char *text, int count)
{
	int found = 0;

	while (found < count) {
		int port = hd_link_number(&text);

		if (port < 0)
			break;
		ports[found++] = port;
	}
	return found;
}

/* --- processes and signals -------------------------------------------------------------- */

pid_t hd_nodes_run(const char *command)
{
	const char *const argv[] = { "/bin/sh", "-c", command, NULL };
	pid_t parent = getpid(), pid = fork();
	sigset_t none;

	if (pid != 0)
		return pid;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	_exit(hd_launch_become((char **)(uintptr_t)argv));
}

int hd_nodes_signals(void)
{
	sigset_t signals;

	hd_launch_signals(&signals);
	return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

int hd_nodes_signal(int fd)
{
	struct signalfd_siginfo signal;

	return read(fd, &signal, sizeof signal) == sizeof signal
		       ? (int)signal.ssi_signo
		       : 0;
}
