#include "dispatch/cpu_list.h"

/* A number at *TEXT, which is moved behind it. */
static bool number_read(const char **text, size_t *number)
{
	const char *at = *text;

	*number = 0;
	while (*at >= '0' && *at <= '9' && *number < HD_CPU_LIST_MOST)
		*number = *number * 10 + (size_t)(*at++ - '0');
	if (at == *text || *number >= HD_CPU_LIST_MOST)
		return false;
	*text = at;
	return true;
}

bool hd_cpu_list_read(const char *text, void (*fn)(void *user, size_t cpu),
		      void *user)
{
	for (;;) {
		size_t first, last;

		if (!number_read(&text, &first))
			return false;
		last = first;
		if (*text == '-') {
			text++;
			if (!number_read(&text, &last) || last < first)
				return false;
		}
		while (first <= last)
			fn(user, first++);
		if (*text != ',')
			break;
		text++;
	}
	return *text == '\0';
}
