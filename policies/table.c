/*
 * The policies there are, and when one is asked. Adding one: its file, a line
 * in table.h, a row here, a section in docs/reference/policies.md.
 */
#include "table.h"

#include <string.h>

/* In the order in which help lists them. */
static const struct hd_policy_type *const policy_table[] = {
	&hd_policy_bandit,
	&hd_policy_median,
	&hd_policy_truncation,
	&hd_policy_percentile,
	&hd_policy_auto,
	&hd_policy_forecast,
	&hd_policy_asha,
	&hd_policy_hyperband,
	&hd_policy_patient,
	&hd_policy_threshold,
	&hd_policy_none,
};

size_t hd_policy_types(void)
{
	return sizeof policy_table / sizeof policy_table[0];
}

const struct hd_policy_type *hd_policy_type_at(size_t index)
{
	return index < hd_policy_types() ? policy_table[index] : NULL;
}

/* The next character that counts, in lower case; 0 at the end. ASCII alone: a
 * locale has no say in what a file means. */
static char policy_next(const char **at)
{
	char c;

	while (**at == '_')
		++*at;
	c = **at;
	if (c)
		++*at;
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool policy_is_named(const char *name, const char *wanted)
{
	char a, b;

	do {
		a = policy_next(&name);
		b = policy_next(&wanted);
	} while (a == b && a);
	return a == b;
}

const struct hd_policy_type *hd_policy_type_find(const char *name)
{
	/* What Azure's service records for a sweep without one (SPEC 3.5). */
	if (policy_is_named(name, "Default"))
		return &hd_policy_none;
	for (size_t i = 0; i < hd_policy_types(); i++)
		if (policy_is_named(name, policy_table[i]->name) ||
		    (policy_table[i]->v1_name &&
		     policy_is_named(name, policy_table[i]->v1_name)))
			return policy_table[i];
	return NULL;
}

bool hd_policy_is_due(size_t interval, size_t every, size_t delay)
{
	/* Sweep jobs write 0 for "every interval" (SPEC 2.4). */
	if (every == 0)
		every = 1;
	return interval > 0 && interval % every == 0 && interval >= delay;
}
