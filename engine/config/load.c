/* Typed readers of nodes, and the words of their complaints. */
#include "config/load.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/suggest.h"

const struct hd_yaml_node *hd_loader_get(const struct hd_yaml_node *map,
					 const char *key)
{
	const struct hd_yaml_pair *pair = hd_yaml_get(map, key);

	return pair ? pair->value : NULL;
}

const struct hd_yaml_node *hd_loader_need(struct hd_loader *loader,
					  const struct hd_yaml_node *map,
					  const char *key)
{
	const struct hd_yaml_node *node = hd_loader_get(map, key);

	if (node && node->kind != HD_YAML_NULL)
		return node;
	hd_loader_error(loader, node ? &node->place : &map->place,
			"'%s' is missing", key);
	return NULL;
}

bool hd_loader_map(struct hd_loader *loader, const struct hd_yaml_node *node,
		   const char *name)
{
	char found[HD_YAML_DESCRIPTION];

	if (node->kind == HD_YAML_MAP)
		return true;
	hd_loader_error(loader, &node->place, "'%s' must be a mapping, got %s",
			name, hd_yaml_describe(node, found));
	return false;
}

bool hd_loader_whole(struct hd_loader *loader, const struct hd_yaml_node *node,
		     const char *name, int64_t min, size_t *value)
{
	char found[HD_YAML_DESCRIPTION];

	if (node->kind == HD_YAML_INTEGER && node->integer >= min) {
		*value = (size_t)node->integer;
		return true;
	}
	hd_loader_error(loader, &node->place,
			"'%s' must be a whole number of at least %lld, got %s",
			name, (long long)min, hd_yaml_describe(node, found));
	return false;
}

bool hd_loader_number(struct hd_loader *loader,
		      const struct hd_yaml_node *node, const char *name,
		      double *value)
{
	char found[HD_YAML_DESCRIPTION];

	if (node->kind == HD_YAML_INTEGER || node->kind == HD_YAML_REAL) {
		*value = node->number;
		return true;
	}
	hd_loader_error(loader, &node->place, "'%s' must be a number, got %s",
			name, hd_yaml_describe(node, found));
	return false;
}

bool hd_loader_text(struct hd_loader *loader, const struct hd_yaml_node *node,
		    const char *name, const char **value)
{
	char found[HD_YAML_DESCRIPTION];
	bool quotable = node->kind < HD_YAML_LIST && node->kind != HD_YAML_NULL;

	if (node->kind == HD_YAML_TEXT && node->length > 0) {
		*value = node->text;
		return true;
	}
	if (node->kind == HD_YAML_TEXT)
		hd_loader_error(loader, &node->place,
				"'%s' must not be empty", name);
	else
		hd_loader_error(loader, &node->place,
				"'%s' must be text, got %s%s", name,
				hd_yaml_describe(node, found),
				quotable ? ": put it in quotes" : "");
	return false;
}

void hd_loader_unknown_keys(struct hd_loader *loader,
			    const struct hd_yaml_node *map, const char *prefix,
			    const char *const *known, size_t count)
{
	size_t reported = 0;

	for (size_t i = 0; i < map->count; i++) {
		const struct hd_yaml_pair *pair = &map->pairs[i];
		const char *meant = NULL;
		bool is_known = false;

		for (size_t j = 0; j < count && !is_known; j++)
			is_known = !strcmp(known[j], pair->key);
		if (is_known)
			continue;
		/* No more are kept, so no more are worth a search. */
		if (reported++ < HD_FINDINGS_MOST)
			meant = hd_suggest(pair->key, known, count);
		hd_yaml_report(&loader->sink,
			       loader->sweep_job ? HD_FINDING_ERROR
						 : HD_FINDING_WARNING,
			       &pair->place, "unknown key '%s%.64s'%s%s%s%s",
			       prefix, pair->key,
			       loader->sweep_job ? "" : " is ignored",
			       meant ? ", did you mean '" : "",
			       meant ? meant : "", meant ? "'?" : "");
	}
}

const char *hd_loader_words(char *text, size_t size, const char *const *words,
			    size_t count, const char *last)
{
	size_t length = 0;

	text[0] = '\0';
	for (size_t i = 0; i < count && length < size; i++) {
		const char *between = ", ";

		if (i == 0)
			between = "";
		else if (i + 1 == count)
			between = last;
		length += (size_t)snprintf(text + length, size - length,
					   "%s'%s'", between, words[i]);
	}
	return text;
}

int hd_loader_result(const struct hd_loader *loader, struct hd_error *err)
{
	size_t errors = hd_findings_count(loader->sink.findings,
					  HD_FINDING_ERROR);

	if (loader->sink.code)
		return hd_error_nomem(err);
	if (errors == 0)
		return 0;
	return hd_error_set(err, HD_EINVAL, "%zu error%s in the file", errors,
			    errors == 1 ? "" : "s");
}

const char *hd_loader_where(struct hd_loader *loader,
			    const struct hd_yaml_place *place)
{
	struct hd_buf text = HD_BUF_INIT;
	const char *where = NULL;

	hd_buf_puts(&text, place->source->name);
	if (place->source->has_places && place->line)
		hd_buf_printf(&text, ":%u:%u", (unsigned)place->line,
			      (unsigned)place->column);
	if (!hd_buf_failed(&text))
		where = hd_arena_string(loader->arena, hd_buf_text(&text));
	hd_buf_release(&text);
	if (!where)
		loader->sink.code = HD_ENOMEM;
	return where ? where : "";
}
