/* Option rows: defaults into a plug-in's state, values in and out of it. */
#include <hdrive/option.h>

#include <string.h>
#include <strings.h>

void hd_option_defaults(const struct hd_option *options, void *state)
{
	for (; options && options->name; options++)
		hd_option_store(options, state, options->fallback);
}

const struct hd_option *hd_option_find(const struct hd_option *options,
				       const char *name)
{
	for (; options && options->name; options++)
		if (!strcmp(options->name, name))
			return options;
	return NULL;
}

void hd_option_store(const struct hd_option *option, void *state,
		     double number)
{
	void *field = (char *)state + option->offset;

	switch (option->type) {
	case HD_OPTION_TYPE_DOUBLE:
		*(double *)field = number;
		break;
	case HD_OPTION_TYPE_SIZE:
	case HD_OPTION_TYPE_WORD:
		*(size_t *)field = (size_t)number;
		break;
	case HD_OPTION_TYPE_BOOL:
		*(bool *)field = number != 0;
		break;
	case HD_OPTION_TYPE_TEXT:
		*(const char **)field = NULL;
		break;
	case HD_OPTION_TYPE_TEXTS:
		*(const char *const **)field = NULL;
		break;
	case HD_OPTION_TYPE_END:
		break;
	}
}

void hd_option_store_text(const struct hd_option *option, void *state,
			  const char *text)
{
	if (option->type == HD_OPTION_TYPE_TEXT)
		*(const char **)(void *)((char *)state + option->offset) = text;
}

void hd_option_store_texts(const struct hd_option *option, void *state,
			   const char *const *texts)
{
	if (option->type == HD_OPTION_TYPE_TEXTS)
		*(const char *const **)(void *)((char *)state + option->offset) = texts;
}

const char *hd_option_load_text(const struct hd_option *option, const void *state)
{
	if (option->type != HD_OPTION_TYPE_TEXT)
		return NULL;
	return *(const char *const *)(const void *)((const char *)state + option->offset);
}

const char *const *hd_option_load_texts(const struct hd_option *option, const void *state)
{
	if (option->type != HD_OPTION_TYPE_TEXTS)
		return NULL;
	return *(const char *const *const *)(const void *)((const char *)state + option->offset);
}

double hd_option_word(const struct hd_option *option, const char *word)
{
	for (size_t i = 0; word && option->words && option->words[i]; i++)
		if (!strcasecmp(option->words[i], word))
			return (double)i;
	return -1;
}

double hd_option_load(const struct hd_option *option, const void *state)
{
	const void *field = (const char *)state + option->offset;

	switch (option->type) {
	case HD_OPTION_TYPE_DOUBLE:
		return *(const double *)field;
	case HD_OPTION_TYPE_SIZE:
	case HD_OPTION_TYPE_WORD:
		return (double)*(const size_t *)field;
	case HD_OPTION_TYPE_BOOL:
		return *(const bool *)field;
	case HD_OPTION_TYPE_TEXT:
	case HD_OPTION_TYPE_TEXTS:
	case HD_OPTION_TYPE_END:
		break;
	}
	return NAN;
}
