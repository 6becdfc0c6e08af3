#include "config/settings.h"

#include <math.h>
#include <stdio.h>

#include "base/number.h"

static void bound_text(double bound, char *text)
{
	text[hd_number_write(bound, text)] = '\0';
}

static void option_out_of_range(struct hd_loader *loader,
				const struct hd_yaml_node *node,
				const struct hd_option *row)
{
	const char *what = row->type == HD_OPTION_TYPE_SIZE ? "a whole number" : "a number";
	char found[HD_YAML_DESCRIPTION];
	char low[HD_NUMBER_TEXT], high[HD_NUMBER_TEXT];

	bound_text(row->min, low);
	bound_text(row->max, high);
	if (row->min > -INFINITY && row->max < INFINITY)
		hd_loader_error(loader, &node->place,
				"'%s' must be %s from %s to %s, got %s",
				row->name, what, low, high,
				hd_yaml_describe(node, found));
	else if (row->min > -INFINITY)
		hd_loader_error(loader, &node->place,
				"'%s' must be %s of at least %s, got %s",
				row->name, what, low,
				hd_yaml_describe(node, found));
	else
		hd_loader_error(loader, &node->place,
				"'%s' must be %s, got %s", row->name, what,
				hd_yaml_describe(node, found));
}

static void read_word(struct hd_loader *loader, const struct hd_yaml_node *node,
		      const struct hd_option *row, void *state)
{
	double place = node->kind == HD_YAML_TEXT ? hd_option_word(row, node->text)
						  : -1;
	char found[HD_YAML_DESCRIPTION];
	char list[256];
	size_t count = 0;

	if (place >= 0) {
		hd_option_store(row, state, place);
		return;
	}
	while (row->words[count])
		count++;
	hd_loader_error(loader, &node->place, "'%s' must be %s, got %s",
			row->name,
			hd_loader_words(list, sizeof list, row->words, count,
					" or "),
			hd_yaml_describe(node, found));
}

static void read_number(struct hd_loader *loader,
			const struct hd_yaml_node *node,
			const struct hd_option *row, void *state)
{
	bool is_number = node->kind == HD_YAML_INTEGER ||
			 (node->kind == HD_YAML_REAL &&
			  row->type == HD_OPTION_TYPE_DOUBLE);

	/* An infinite bound is no bound, but infinity is no option either. */
	if (!is_number || !(node->number >= row->min) ||
	    !(node->number <= row->max) || isinf(node->number))
		option_out_of_range(loader, node, row);
	else
		hd_option_store(row, state, node->number);
}

static void read_bool(struct hd_loader *loader, const struct hd_yaml_node *node,
		      const struct hd_option *row, void *state)
{
	char found[HD_YAML_DESCRIPTION];

	if (node->kind == HD_YAML_BOOL)
		hd_option_store(row, state, node->number);
	else
		hd_loader_error(loader, &node->place,
				"'%s' must be true or false, got %s",
				row->name, hd_yaml_describe(node, found));
}

/* --- texts ------------------------------------------------------------------- */

/*
 * NODE as text, a number as it was written: "account: 123" is none to count
 * with. NULL after an error.
 */
static const char *option_text(struct hd_loader *loader,
			       const struct hd_yaml_node *node,
			       const struct hd_option *row)
{
	char found[HD_YAML_DESCRIPTION];
	bool is_scalar = node->kind < HD_YAML_LIST && node->kind != HD_YAML_NULL;

	if (is_scalar && node->length > 0)
		return node->text;
	if (is_scalar)
		hd_loader_error(loader, &node->place, "'%s' must not be empty",
				row->name);
	else
		hd_loader_error(loader, &node->place, "'%s' must be text%s, got %s",
				row->name,
				row->type == HD_OPTION_TYPE_TEXTS ? " or a list of texts" : "",
				hd_yaml_describe(node, found));
	return NULL;
}

/* A list of texts, or one that stands for a list of it alone. */
static void read_texts(struct hd_loader *loader,
		       const struct hd_yaml_node *node,
		       const struct hd_option *row, void *state)
{
	bool is_list = node->kind == HD_YAML_LIST;
	size_t count = is_list ? node->count : 1;
	const char **texts = hd_arena_array(loader->arena, count + 1, sizeof *texts);

	if (!texts) {
		loader->sink.code = HD_ENOMEM;
		return;
	}
	for (size_t i = 0; i < count; i++)
		texts[i] = option_text(loader, is_list ? node->items[i] : node, row);
	/* A list of nothing says nothing. */
	if (count)
		hd_option_store_texts(row, state, texts);
}

/* --- a row ------------------------------------------------------------------- */

static void read_option(struct hd_loader *loader,
			const struct hd_yaml_node *node,
			const struct hd_option *row, void *state)
{
	const char *text;

	switch (row->type) {
	case HD_OPTION_TYPE_BOOL:
		read_bool(loader, node, row, state);
		break;
	case HD_OPTION_TYPE_WORD:
		read_word(loader, node, row, state);
		break;
	case HD_OPTION_TYPE_TEXT:
		text = option_text(loader, node, row);
		hd_option_store_text(row, state, text);
		break;
	case HD_OPTION_TYPE_TEXTS:
		read_texts(loader, node, row, state);
		break;
	case HD_OPTION_TYPE_DOUBLE:
	case HD_OPTION_TYPE_SIZE:
		read_number(loader, node, row, state);
		break;
	case HD_OPTION_TYPE_END:
		break;
	}
}

void *hd_settings_read(struct hd_loader *loader, const struct hd_yaml_node *map,
		       const struct hd_option *rows, size_t state_size,
		       const char *owner, const struct hd_yaml_place *place)
{
	void *state = hd_arena_alloc(loader->arena, state_size);

	if (!state) {
		loader->sink.code = HD_ENOMEM;
		return NULL;
	}
	hd_option_defaults(rows, state);
	for (; rows && rows->name; rows++) {
		const struct hd_yaml_node *node =
			map ? hd_loader_get(map, rows->name) : NULL;

		if (node && node->kind != HD_YAML_NULL)
			read_option(loader, node, rows, state);
		else if (rows->required)
			hd_loader_error(loader, place,
					"'%s' is missing, %s needs it",
					rows->name, owner);
	}
	return state;
}
