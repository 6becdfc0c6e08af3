#include "dispatch/order.h"

#include "base/number.h"

#include <stdio.h>
#include <string.h>

static size_t list_count(const char *const *list)
{
	size_t count = 0;

	while (list && list[count])
		count++;
	return count;
}

static void word_add(struct hd_buf *text, const char *word)
{
	hd_buf_add(text, word, strlen(word) + 1);
}

void hd_order_text(struct hd_buf *text, const struct hd_launch *launch)
{
	char grace[HD_NUMBER_TEXT], attempt[16];
	const char *const head[] = { launch->folder, launch->workdir, grace, attempt, "--" };
	size_t count = sizeof head / sizeof head[0];

	grace[hd_number_write(launch->grace, grace)] = '\0';
	snprintf(attempt, sizeof attempt, "%u", launch->attempt);
	hd_buf_printf(text, HD_ORDER_HEAD "%zu %zu\n",
		      count + list_count(launch->argv),
		      list_count(launch->environment));
	for (size_t i = 0; i < count; i++)
		word_add(text, head[i]);
	for (size_t i = 0; launch->argv[i]; i++)
		word_add(text, launch->argv[i]);
	for (size_t i = 0; launch->environment && launch->environment[i]; i++)
		word_add(text, launch->environment[i]);
}
