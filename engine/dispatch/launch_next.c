#include "dispatch/launch_next.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

extern char **environ;

/* The message, ended by a NUL that no message brings, and pointers into it. */
static _Alignas(struct hd_launch_next_head) char message[HD_LAUNCH_NEXT_BYTES + 1];
static char *pointers[HD_LAUNCH_NEXT_WORDS + 2];

/* The bytes that the strings of LIST take, as far as one follows the other. */
static size_t strings_size(char **list)
{
	char *start = *list;
	char *end = start;

	while (*list && *list == end) {
		end += strlen(end) + 1;
		list++;
	}
	return (size_t)(end - start);
}

/* Fill AREA, its end with NULs; what is longer is cut. */
static void area_fill(char *area, size_t size, const char *text, size_t length)
{
	if (size == 0)
		return;
	if (length >= size)
		length = size - 1;
	memcpy(area, text, length);
	memset(area + length, 0, size - length);
}

static void areas_fill(const struct hd_launch_next *next, const char *words,
		       size_t words_size, const char *variables,
		       size_t variables_size)
{
	area_fill(next->words, next->words_size, words, words_size);
	area_fill(next->variables, next->variables_size, variables,
		  variables_size);
}

void hd_launch_next_init(struct hd_launch_next *next, int channel, char **argv)
{
	next->channel = channel;
	next->words = *argv;
	next->words_size = strings_size(argv);
	next->variables = *environ;
	next->variables_size = strings_size(environ);
}

/* Point to COUNT words from TEXT on and end the list; NULL when there are less
 * before END, else where the next one begins. */
static char *words_point(char **list, uint32_t count, char *text, const char *end)
{
	for (; count; count--) {
		if (text >= end)
			return NULL;
		*list++ = text;
		text += strlen(text) + 1;
	}
	*list = NULL;
	return text;
}

/* Take the message of LENGTH bytes; false when it is none. */
static bool message_take(const struct hd_launch_next *next, size_t length,
			 int *argc, char ***argv)
{
	const struct hd_launch_next_head *head = (const void *)message;
	char *words = message + sizeof *head;
	char *end = message + length;
	char **variables;
	char *middle;

	if (length < sizeof *head || head->arguments == 0 ||
	    head->arguments > HD_LAUNCH_NEXT_WORDS ||
	    head->variables > HD_LAUNCH_NEXT_WORDS - head->arguments)
		return false;
	*end = '\0';
	variables = pointers + head->arguments + 1;
	middle = words_point(pointers, head->arguments, words, end);
	if (!middle || !words_point(variables, head->variables, middle, end))
		return false;
	areas_fill(next, words, (size_t)(middle - words), middle,
		   (size_t)(end - middle));
	*argc = (int)head->arguments;
	*argv = pointers;
	environ = variables;
	return true;
}

bool hd_launch_next_wait(struct hd_launch_next *next, int *argc, char ***argv)
{
	ssize_t length;

	if (next->channel < 0)
		return false;
	areas_fill(next, "", 0, "", 0);
	if (send(next->channel, "", 1, MSG_NOSIGNAL) != 1)
		return false;
	do
		length = recv(next->channel, message, HD_LAUNCH_NEXT_BYTES, 0);
	while (length < 0 && errno == EINTR);
	return length > 0 && message_take(next, (size_t)length, argc, argv);
}
