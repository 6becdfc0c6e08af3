/* The names of the metrics that a sweep's trials logged. */
#include "api/private.h"

#include "store/look.h"

#include <stdlib.h>
#include <string.h>

/* Names of metrics are looked for in so many trials, spread evenly, and in so
 * many values of each: to look through a million takes longer than all else. */
#define NAMES_TRIALS 128
#define NAMES_VALUES 1000

struct names {
	struct hd_buf *out;
	char **items;
	size_t count;
};

static int names_add(void *user, const char *name)
{
	struct names *names = user;
	char **items;

	for (size_t i = 0; i < names->count; i++)
		if (!strcmp(names->items[i], name))
			return 0;
	items = realloc(names->items, (names->count + 1) * sizeof *items);
	if (!items)
		return HD_ENOMEM;
	names->items = items;
	items[names->count] = strdup(name);
	if (!items[names->count])
		return HD_ENOMEM;
	hd_buf_puts(names->out, names->count++ ? "," : "");
	hd_buf_json(names->out, name, strlen(name));
	return 0;
}

static int names_read(struct call *call, const struct hd_live *live,
		      struct names *names)
{
	size_t count = hd_live_count(live);
	size_t looked = count < NAMES_TRIALS ? count : NAMES_TRIALS;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < looked; i++) {
		size_t at = looked < 2 ? 0 : i * (count - 1) / (looked - 1);

		rc = hd_store_names_of(call->store, hd_live_at(live, at)->key, NAMES_VALUES,
				       names_add, names, call->err);
	}
	return rc;
}

int hd_api_put_names(struct call *call, const struct hd_live *live, const char *metric)
{
	struct names names = { .out = call->out };
	int rc = *metric ? names_add(&names, metric) : 0;

	if (rc == 0)
		rc = names_read(call, live, &names);
	for (size_t i = 0; i < names.count; i++)
		free(names.items[i]);
	free(names.items);
	return rc == HD_ENOMEM ? hd_error_nomem(call->err) : rc;
}
