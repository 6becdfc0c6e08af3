/* putenv. */
#define _XOPEN_SOURCE 700

#include "dispatch/launch_order.h"

#include "dispatch/order_format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Far above what a command line may have. */
#define BYTES_MOST (64 * 1024 * 1024)

struct order {
	char *text; /* ends in a NUL of its own */
	size_t length;
	size_t words, variables;
	char *body;
};

/* 0 or an errno. */
static int order_load(struct order *order, int fd)
{
	struct stat info;
	ssize_t got = 1;

	if (fstat(fd, &info) < 0)
		return errno;
	if (!S_ISREG(info.st_mode) || info.st_size > BYTES_MOST)
		return EBADMSG;
	order->text = malloc((size_t)info.st_size + 1);
	if (!order->text)
		return ENOMEM;
	while (got > 0 && order->length < (size_t)info.st_size) {
		got = read(fd, order->text + order->length,
			   (size_t)info.st_size - order->length);
		if (got < 0 && errno != EINTR)
			return errno;
		order->length += got > 0 ? (size_t)got : 0;
	}
	order->text[order->length] = '\0';
	return 0;
}

/* A count at *AT, which moves behind it; false for none. */
static bool count_read(char **at, size_t *count)
{
	char *end;

	if (**at < '0' || **at > '9')
		return false;
	*count = strtoul(*at, &end, 10);
	*at = end;
	return *count <= BYTES_MOST;
}

static bool head_read(struct order *order)
{
	size_t length = strlen(HD_ORDER_HEAD);
	char *at = order->text + length;

	if (strncmp(order->text, HD_ORDER_HEAD, length) != 0 ||
	    !count_read(&at, &order->words) || *at++ != ' ' ||
	    !count_read(&at, &order->variables) || *at++ != '\n')
		return false;
	order->body = at;
	return true;
}

/* The next string at *AT; NULL when there is none that is whole. */
static char *string_next(const struct order *order, char **at)
{
	const char *end = order->text + order->length;
	char *word = *at;

	if (word >= end)
		return NULL;
	*at = word + strlen(word) + 1;
	return *at <= end ? word : NULL;
}

/* All strings are there and nothing behind them. */
static bool body_is_whole(const struct order *order)
{
	char *at = order->body;

	for (size_t i = 0; i < order->words + order->variables; i++)
		if (!string_next(order, &at))
			return false;
	return at == order->text + order->length;
}

static int order_take(const struct order *order, char *name, int *argc,
		      char ***argv)
{
	static char **list; /* until the end, as the strings that it points to */
	char *at = order->body;

	list = calloc(order->words + 2, sizeof *list);
	if (!list)
		return ENOMEM;
	list[0] = name;
	for (size_t i = 0; i < order->words; i++)
		list[i + 1] = string_next(order, &at);
	for (size_t i = 0; i < order->variables; i++)
		if (putenv(string_next(order, &at)) != 0)
			return errno;
	*argc = (int)order->words + 1;
	*argv = list;
	return 0;
}

int hd_launch_order_read(const char *path, char *name, int *argc, char ***argv)
{
	static struct order order;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	int rc = fd < 0 ? errno : 0;

	order = (struct order){ 0 };
	if (rc == 0)
		rc = order_load(&order, fd);
	if (fd >= 0)
		close(fd);
	if (rc == 0 && (!head_read(&order) || !body_is_whole(&order)))
		rc = EBADMSG;
	if (rc) {
		free(order.text);
		order.text = NULL;
		return rc;
	}
	(void)unlink(path);
	return order_take(&order, name, argc, argv);
}
