#include "remote/rewrite.h"

#include <stdbool.h>
#include <string.h>

static bool is_between(char c)
{
	return c && strchr("=:,; \t\n'\"()[]{}", c);
}

static const struct hd_rewrite *rule_find(const struct hd_rewrite *rules, size_t count,
					  const char *text)
{
	const struct hd_rewrite *found = NULL;

	for (size_t i = 0; i < count; i++) {
		size_t length = rules[i].from ? strlen(rules[i].from) : 0;
		char next;

		if (!length || strncmp(text, rules[i].from, length) != 0)
			continue;
		next = text[length];
		if ((!next || next == '/' || is_between(next)) &&
		    (!found || length > strlen(found->from)))
			found = &rules[i];
	}
	return found;
}

void hd_rewrite_add(struct hd_buf *out, const struct hd_rewrite *rules,
		    size_t count, const char *text)
{
	bool begins = true;

	while (*text) {
		const struct hd_rewrite *rule =
			begins && *text == '/' ? rule_find(rules, count, text) : NULL;

		begins = false;
		if (rule) {
			hd_buf_puts(out, rule->to);
			text += strlen(rule->from);
			continue;
		}
		begins = is_between(*text);
		hd_buf_putc(out, *text++);
	}
}
