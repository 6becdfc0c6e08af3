#include "cli/init_help.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SECONDS 20
#define TEXT_MOST ((size_t)256 << 10)

/* --- reading --------------------------------------------------------------- */

static size_t blanks(const char *line)
{
	return strspn(line, " ");
}

/* The first LENGTH bytes of FROM, cut to what fits. */
static void take(char *to, const char *from, size_t length)
{
	if (length >= HELP_TEXT)
		length = HELP_TEXT - 1;
	memcpy(to, from, length);
	to[length] = '\0';
}

static void read_choices(struct help_option *option, const char *at)
{
	for (at++; *at && *at != '}' && option->choice_count < HELP_CHOICES;) {
		size_t length = strcspn(at, ",}");

		take(option->choices[option->choice_count++], at, length);
		at += length + (at[length] == ',');
	}
}

/*
 * "-b BS, --batch-size BS", "-b, --batch-size {1,2}", "--flag": what stands
 * before two blanks or the line's end. Returns the bytes read.
 */
static size_t read_head(struct help_option *option, const char *head)
{
	const char *at = head;

	while (*at && *at != '\n' && strncmp(at, "  ", 2) != 0) {
		size_t length = strcspn(at, " ,\n{");

		if (*at == '{') {
			option->takes_value = true;
			option->choice_count = 0;
			read_choices(option, at);
			at += strcspn(at, "}\n");
			at += *at == '}';
		} else if (*at == '-' && (option->name[0] == '\0' ||
					  strncmp(at, "--", 2) == 0)) {
			take(option->name, at, length);
			at += length;
		} else if (*at == ' ' || *at == ',') {
			at++;
		} else {
			option->takes_value |= *at != '-';
			at += length;
		}
	}
	return (size_t)(at - head);
}

/* "(default: 0.1)" in the text of an option, which lines may break. */
static void read_default(struct help_option *option, const char *text,
			 const char *end)
{
	static const char key[] = "(default:";
	const char *at = strstr(text, key);
	size_t length;

	if (!at || at >= end)
		return;
	at += strlen(key);
	at += strspn(at, " \n");
	length = strcspn(at, ")\n");
	if (at + length <= end)
		take(option->fallback, at, length);
	if (!strcmp(option->fallback, "None"))
		option->fallback[0] = '\0';
}

/* Where the option that begins at LINE, indented by DEPTH, ends. */
static const char *option_end(const char *line, size_t depth)
{
	const char *next = strchr(line, '\n');

	while (next && next[1] && next[1] != '\n' && blanks(next + 1) > depth)
		next = strchr(next + 1, '\n');
	return next ? next : line + strlen(line);
}

size_t help_parse(const char *text, struct help_option *options)
{
	size_t count = 0;

	for (const char *line = text; line && count < HELP_OPTIONS;) {
		struct help_option *option = &options[count];
		size_t depth = blanks(line);
		const char *end = strchr(line, '\n');

		/* Options are indented; a usage line's are in brackets. */
		if (depth > 0 && line[depth] == '-' &&
		    (isalpha((unsigned char)line[depth + 1]) ||
		     line[depth + 1] == '-')) {
			memset(option, 0, sizeof *option);
			end = option_end(line, depth);
			line += depth;
			line += read_head(option, line);
			read_default(option, line, end);
			if (strcmp(option->name, "--help") != 0 &&
			    strcmp(option->name, "-h") != 0)
				count++;
		}
		line = end && *end ? end + 1 : NULL;
	}
	return count;
}

/* --- running ----------------------------------------------------------------- */

static long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

static pid_t script_start(const char *python, const char *script, int to)
{
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		if (null >= 0) {
			dup2(null, STDIN_FILENO);
			dup2(null, STDERR_FILENO);
		}
		dup2(to, STDOUT_FILENO);
		setpgid(0, 0);
		/* Help is wrapped to this. */
		setenv("COLUMNS", "200", 1);
		setenv("NO_COLOR", "1", 1);
		if (python)
			execlp(python, python, script, "--help", (char *)NULL);
		else
			execl(script, script, "--help", (char *)NULL);
		_exit(127);
	}
	if (pid > 0)
		setpgid(pid, pid);
	return pid;
}

/* What comes through FD until its end, SECONDS at most; NULL when it is late. */
static char *read_all(int fd)
{
	long long until = now() + SECONDS * 1000LL;
	char *text = malloc(TEXT_MOST);
	size_t length = 0;

	while (text) {
		struct pollfd poll_of = { .fd = fd, .events = POLLIN };
		long long left = until - now();
		ssize_t got;

		if (left <= 0 || poll(&poll_of, 1, (int)left) == 0) {
			free(text);
			return NULL;
		}
		got = read(fd, text + length, TEXT_MOST - 1 - length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || length + (size_t)got == TEXT_MOST - 1) {
			text[length] = '\0';
			return text;
		}
		length += (size_t)got;
	}
	return NULL;
}

char *help_of_script(const char *python, const char *script, const char **why)
{
	int fds[2], status = 0;
	char *text;
	pid_t pid;

	*why = "it cannot be started";
	if (pipe(fds) < 0)
		return NULL;
	pid = script_start(python, script, fds[1]);
	close(fds[1]);
	text = pid > 0 ? read_all(fds[0]) : NULL;
	close(fds[0]);
	if (pid > 0) {
		if (!text)
			*why = "it did not end in time";
		kill(-pid, SIGKILL);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	if (text && !*text) {
		*why = "it printed nothing";
		free(text);
		text = NULL;
	}
	return text;
}
