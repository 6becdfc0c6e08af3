#include "cli/warm.h"

#include <stdlib.h>
#include <string.h>

/* KEY=["a","b"] of "a,b": names stand in quotes, whatever they hold. */
static char *warm_text(const char *key, const char *words)
{
	/* Every character may want a backslash, every comma two quotes. */
	char *text = malloc(strlen(key) + 4 * strlen(words) + 8);
	char *at;

	if (!text)
		return NULL;
	at = stpcpy(stpcpy(text, key), "=[\"");
	for (; *words; words++) {
		if (*words == ',') {
			at = stpcpy(at, "\",\"");
			continue;
		}
		if (*words == '"' || *words == '\\')
			*at++ = '\\';
		*at++ = *words;
	}
	strcpy(at, "\"]");
	return text;
}

static int warm_add(struct cli *cli, const char *key, const char *words,
		    char **text, struct cli_list *sets)
{
	if (!words)
		return CLI_OK;
	*text = warm_text(key, words);
	if (*text && cli_list_add(sets, *text))
		return CLI_OK;
	return cli_fail(cli, CLI_ERROR, "out of memory");
}

int warm_sets(struct cli *cli, struct warm_options *options,
	      struct cli_list *sets)
{
	int code = warm_add(cli, "resume_from", options->from,
			    &options->texts[0], sets);

	if (code != CLI_OK)
		return code;
	return warm_add(cli, "resume_child_runs", options->children,
			&options->texts[1], sets);
}

void warm_release(struct warm_options *options)
{
	free(options->texts[0]);
	free(options->texts[1]);
}
