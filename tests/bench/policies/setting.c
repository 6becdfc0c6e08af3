/* Settings go through the loader that "hdrive run --policy" goes through. */
#include "setting.h"
#include "figures.h"
#include "task.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *first_error(const struct hd_findings *findings)
{
	for (size_t i = 0; i < hd_findings_kept(findings); i++)
		if (hd_findings_at(findings, i)->severity == HD_FINDING_ERROR)
			return hd_findings_at(findings, i)->text;
	return "it is not taken";
}

static struct hd_config *load(const char *text)
{
	static const char *const params[] = { "x=0..1" };
	const struct hd_line line = { .size = sizeof line,
				      .params = params,
				      .param_count = 1,
				      .metric = "min:loss",
				      .policy = text };
	struct hd_findings *findings = must(hd_findings_new());
	struct hd_config *config = NULL;

	if (hd_config_line(&config, &line, NULL, findings, NULL) < 0)
		fprintf(stderr, "policies: '%s' is left out: %s\n", text,
			first_error(findings));
	hd_findings_free(findings);
	return config;
}

/* TEXT of LENGTH without blanks at its ends, the first ',' a ':'. */
static char *normal(const char *text, size_t length)
{
	char *copy, *mark;

	while (length && isspace((unsigned char)*text)) {
		text++;
		length--;
	}
	while (length && isspace((unsigned char)text[length - 1]))
		length--;
	copy = must(strndup(text, length));
	mark = strpbrk(copy, ":,");
	if (mark)
		*mark = ':';
	return copy;
}

static void add(struct settings *settings, const char *text, size_t length)
{
	char *own = normal(text, length);
	const struct figure *figure = figure_of(own);
	struct hd_config *config = *own ? load(own) : NULL;

	if (!config) {
		free(own);
		return;
	}
	if (settings->count == settings->size) {
		settings->size = settings->size ? 2 * settings->size : 16;
		settings->item = must(realloc(settings->item,
					      settings->size * sizeof *settings->item));
	}
	settings->item[settings->count++] = (struct setting){
		.label = figure ? figure->label : own,
		.text = own,
		.config = config,
	};
}

void settings_read(struct settings *settings, const char *text)
{
	const struct figure *figure = figures;

	for (; !*text && figure->text; figure++)
		add(settings, figure->text, strlen(figure->text));
	while (*text) {
		size_t length = strcspn(text, ";");

		add(settings, text, length);
		text += length + (text[length] == ';');
	}
}

int settings_width(const struct settings *settings)
{
	size_t width = strlen("policy");

	for (size_t i = 0; i < settings->count; i++)
		if (strlen(settings->item[i].label) > width)
			width = strlen(settings->item[i].label);
	return (int)width;
}

void settings_release(struct settings *settings)
{
	for (size_t i = 0; i < settings->count; i++) {
		free(settings->item[i].text);
		hd_config_free(settings->item[i].config);
	}
	free(settings->item);
}
