#include "dispatch/launch_hosts.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAME_MOST 256
#define DIGITS_MOST 10

/* --- names ------------------------------------------------------------------- */

struct names {
	char *at, *end;
	int count, most;
	bool failed;
};

static void names_add(struct names *names, const char *name)
{
	size_t length = strlen(name);

	if (names->count == names->most)
		return;
	if ((size_t)(names->end - names->at) < length + 2) {
		names->failed = true;
		return;
	}
	if (names->count++)
		*names->at++ = ',';
	memcpy(names->at, name, length + 1);
	names->at += length;
}

/* The digits at *AT into VALUE and WIDTH; false when there are none. */
static bool digits(const char **at, unsigned long *value, int *width)
{
	char *end;
	size_t length = strspn(*at, "0123456789");

	if (length == 0 || length > DIGITS_MOST)
		return false;
	*value = strtoul(*at, &end, 10);
	*width = (int)length;
	*at = end;
	return true;
}

static void number_add(char *to, unsigned long value, int width)
{
	char text[24];
	int at = sizeof text - 1;

	text[at] = '\0';
	do {
		text[--at] = (char)('0' + value % 10);
		value /= 10;
		width--;
	} while (value || width > 0);
	strcpy(to, text + at);
}

/* PREFIX and what REST, of one name, stands for. */
static void expand(struct names *names, const char *prefix, const char *rest)
{
	char name[NAME_MOST];
	const char *bracket = strchr(rest, '['), *close;
	size_t head = strlen(prefix);
	size_t length = bracket ? (size_t)(bracket - rest) : strlen(rest);

	if (head + length + DIGITS_MOST >= sizeof name) {
		names->failed = true;
		return;
	}
	memcpy(name, prefix, head);
	memcpy(name + head, rest, length);
	name[head + length] = '\0';
	if (!bracket) {
		names_add(names, name);
		return;
	}
	close = strchr(bracket, ']');
	for (const char *at = bracket; close && at < close && !names->failed;) {
		unsigned long from, to;
		int width, ignored;

		at++; /* the bracket, or a comma */
		if (!digits(&at, &from, &width))
			break;
		to = from;
		if (*at == '-' && (at++, !digits(&at, &to, &ignored)))
			break;
		if (*at != ',' && at != close)
			break;
		for (; from <= to && !names->failed &&
		       names->count < names->most;
		     from++) {
			number_add(name + head + length, from, width);
			expand(names, name, close + 1);
		}
		if (at == close)
			return;
	}
	names->failed = true;
}

/* The length of the first name of LIST: up to a comma outside of brackets. */
static size_t name_length(const char *list)
{
	size_t length = 0;
	bool inside = false;

	for (; list[length] && (inside || list[length] != ','); length++)
		inside = (inside || list[length] == '[') && list[length] != ']';
	return length;
}

int hd_launch_hosts_expand(char *text, size_t size, const char *list, int count)
{
	struct names names = { text, text + size, 0, count, false };

	*text = '\0';
	while (list && *list && !names.failed) {
		size_t length = name_length(list);
		char *name = strndup(list, length);

		if (!name || length == 0)
			names.failed = true;
		else
			expand(&names, "", name);
		free(name);
		list += length + (list[length] == ',');
	}
	return names.failed ? 0 : names.count;
}

int hd_launch_hosts_cut(const char **hosts, char *text, int count)
{
	int found = 0;

	while (text && *text && found < count) {
		char *comma = strchr(text, ',');

		hosts[found++] = text;
		if (comma)
			*comma++ = '\0';
		text = comma;
	}
	return found;
}

/* --- tasks -------------------------------------------------------------------- */

bool hd_launch_hosts_tasks(int *first, const char *list, int count)
{
	int node = 0, rank = 0;

	while (list && *list && node < count) {
		unsigned long tasks, times = 1;
		int width;

		if (!digits(&list, &tasks, &width))
			return false;
		if (!strncmp(list, "(x", 2)) {
			list += 2;
			if (!digits(&list, &times, &width) || *list++ != ')')
				return false;
		}
		for (; times && node < count; times--) {
			first[node++] = rank;
			rank += (int)tasks;
		}
		if (*list == ',')
			list++;
	}
	first[count] = rank;
	return node == count;
}

/* --- addresses ------------------------------------------------------------------ */

/* What ARGV prints, up to SIZE - 1 bytes; false unless it ends well. */
static bool output_of(char *text, size_t size, const char *const *argv)
{
	size_t used = 0;
	ssize_t got = 1;
	int ends[2], status, null;
	pid_t pid;

	if (pipe(ends) < 0)
		return false;
	pid = fork();
	if (pid == 0) {
		null = open("/dev/null", O_RDWR);
		dup2(null, STDIN_FILENO);
		dup2(ends[1], STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		execvp(argv[0], (char **)(uintptr_t)argv);
		_exit(127);
	}
	close(ends[1]);
	while (pid > 0 && got > 0 && used + 1 < size) {
		got = read(ends[0], text + used, size - 1 - used);
		used += got > 0 ? (size_t)got : 0;
	}
	close(ends[0]);
	text[used] = '\0';
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

/* Without getent nothing is known, and names are what people have. */
static bool is_resolved(const char *list)
{
	char name[NAME_MOST], answer[256] = "";
	const char *const argv[] = { "getent", "ahosts", name, NULL };
	size_t length = strcspn(list, ",");

	if (length >= sizeof name)
		return true;
	memcpy(name, list, length);
	name[length] = '\0';
	return output_of(answer, sizeof answer, argv) || *answer;
}

/* "NodeAddr=A" of each line of TEXT, a comma between them, in place. */
static int addresses_keep(char *text)
{
	static const char key[] = " NodeAddr=";
	char *from = text, *to = text;
	int count = 0;

	while ((from = strstr(from, key))) {
		size_t length;

		from += sizeof key - 1;
		length = strcspn(from, " \n");
		if (count++)
			*to++ = ',';
		memmove(to, from, length);
		to += length;
		from += length;
	}
	*to = '\0';
	return count;
}

static int commas(const char *text)
{
	int count = 0;

	for (; *text; text++)
		count += *text == ',';
	return count;
}

void hd_launch_hosts_resolve(char *text, size_t size)
{
	const char *const argv[] = { "scontrol", "-o", "show", "node", text,
				     NULL };
	size_t room = ((size_t)commas(text) + 1) * 4096;
	char *said;

	if (is_resolved(text))
		return;
	said = malloc(room);
	if (said && output_of(said, room, argv) &&
	    addresses_keep(said) == commas(text) + 1 && strlen(said) < size)
		strcpy(text, said);
	free(said);
}
