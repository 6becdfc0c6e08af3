/* Texts of the store as a config. */
#include "sweep/stored.h"

#include "store/store.h"

#include <stdlib.h>
#include <string.h>

/* A store that says more was not written by us. */
#define TEXTS_MOST 4096

int hd_texts_add(void *user, const char *text)
{
	struct hd_texts *texts = user;
	char **items;

	if (texts->count == TEXTS_MOST)
		return HD_ELIMIT;
	items = realloc(texts->items, (texts->count + 1) * sizeof *items);
	if (!items)
		return HD_ENOMEM;
	texts->items = items;
	items[texts->count] = strdup(text);
	if (!items[texts->count])
		return HD_ENOMEM;
	texts->count++;
	return 0;
}

void hd_texts_release(struct hd_texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		free(texts->items[i]);
	free(texts->items);
}

/* The first of them is the one to tell. */
static int first_finding(const struct hd_findings *findings,
			 struct hd_error *err)
{
	for (size_t i = 0; i < hd_findings_kept(findings); i++) {
		const struct hd_finding *finding = hd_findings_at(findings, i);

		if (finding->severity == HD_FINDING_ERROR)
			return hd_error_at(err, &finding->mark, HD_EINVAL, "%s",
					   finding->text);
	}
	return HD_EINVAL;
}

int hd_stored_config(struct hd_config **out, const struct hd_store *store,
		     const char *text, const char *path, const struct hd_texts *sets, size_t count,
		     const struct hd_texts *patterns, struct hd_error *err)
{
	const struct hd_config_load load = {
		.size = sizeof load,
		.sets = (const char *const *)sets->items,
		.set_count = count < sets->count ? count : sets->count,
		.metric_patterns = (const char *const *)patterns->items,
		.metric_pattern_count = patterns->count,
		.stored = true,
		.plugins = hd_store_plugins(store),
	};
	struct hd_findings *findings = hd_findings_new();
	int rc;

	if (!findings)
		return hd_error_nomem(err);
	rc = hd_config_parse(out, text, strlen(text), path, &load, findings, err);
	if (rc == HD_EINVAL)
		rc = first_finding(findings, err);
	hd_findings_free(findings);
	return rc;
}
