/* hdrive enqueue: configurations to be tried before any the sampler gives. */
#include "cli/ask.h"
#include "cli/study.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct enqueue_options {
	struct cli_list parameters;
	const char *from;
};

#define ROW(field) offsetof(struct enqueue_options, field)
static const struct cli_opt enqueue_rows[] = {
	{ "parameter", 'p', "NAME=VALUE", "a parameter's value; all of them make one trial",
	  CLI_OPT_LIST, ROW(parameters), 0 },
	{ "from", 0, "FILE", "a JSON object a line; '-' is standard input", CLI_OPT_TEXT, ROW(from),
	  0 },
	CLI_OPT_END
};

struct enqueue {
	struct cli *cli;
	struct hd_store *store;
	int64_t key;
	struct hd_study *study; /* NULL: it is none */
	size_t count;
};

/* A value as JSON: what reads as a number, true, false or null is one. */
static void enqueue_value(FILE *file, const struct hd_out *out, const char *text)
{
	char *end;

	(void)strtod(text, &end);
	if ((*text && *end == '\0' && strspn(text, "+-0123456789.eE") == strlen(text)) ||
	    !strcmp(text, "true") || !strcmp(text, "false") || !strcmp(text, "null"))
		fputs(*text == '+' ? text + 1 : text, file);
	else
		(void)hd_report_json_text(text, strlen(text), out);
}

static int enqueue_write(void *user, const char *text, size_t length)
{
	return fwrite(text, 1, length, user) == length ? 0 : HD_ENOMEM;
}

static int enqueue_study(struct enqueue *enqueue, const char *object)
{
	struct hd_error err = { 0 };

	if (hd_study_enqueue(enqueue->study, object, &err) < 0)
		return study_fail(enqueue->cli, &err);
	enqueue->count++;
	return CLI_OK;
}

static int enqueue_send(struct enqueue *enqueue, const char *object)
{
	struct cli *cli = enqueue->cli;
	struct ask ask;
	char *reply = NULL;
	int code;

	if (enqueue->study)
		return enqueue_study(enqueue, object);
	if (!ask_begin(cli, &ask, "enqueue", &code))
		return code;
	fprintf(ask.file, ",\"parameters\":%s", object);
	code = ask_send(cli, &ask, enqueue->store, enqueue->key, &reply);
	if (code == CLI_OK && !reply) {
		struct hd_error err = { 0 };

		if (hd_sweep_enqueue(enqueue->store, enqueue->key, object, &err) < 0)
			code = cli_fail_error(cli, &err);
	}
	free(reply);
	enqueue->count += code == CLI_OK;
	return code;
}

static int enqueue_given(struct enqueue *enqueue, const struct cli_list *list)
{
	char *text = NULL;
	size_t length;
	FILE *file = open_memstream(&text, &length);
	const struct hd_out out = { .write = enqueue_write, .user = file };
	int code = CLI_OK;

	if (!file)
		return cli_fail(enqueue->cli, CLI_ERROR, "out of memory");
	fputc('{', file);
	for (size_t i = 0; i < list->count && code == CLI_OK; i++) {
		const char *equals = strchr(list->items[i], '=');

		if (!equals) {
			code = cli_fail(enqueue->cli, CLI_USAGE,
					"'-p %s' must be NAME=VALUE", list->items[i]);
			break;
		}
		fputs(i ? "," : "", file);
		(void)hd_report_json_text(list->items[i], (size_t)(equals - list->items[i]), &out);
		fputc(':', file);
		enqueue_value(file, &out, equals + 1);
	}
	fputc('}', file);
	if (fclose(file) != 0)
		code = cli_fail(enqueue->cli, CLI_ERROR, "out of memory");
	if (code == CLI_OK)
		code = enqueue_send(enqueue, text);
	free(text);
	return code;
}

/* Lines with one object each; a bad one ends it, what came before stays. */
static int enqueue_lines(struct enqueue *enqueue, FILE *file, const char *name)
{
	char *line = NULL;
	size_t size = 0, number = 0;
	ssize_t length;
	int code = CLI_OK;

	while (code == CLI_OK && (length = getline(&line, &size, file)) >= 0) {
		number++;
		while (length > 0 && strchr(" \t\r\n", line[length - 1]))
			line[--length] = '\0';
		if (length == 0)
			continue;
		code = enqueue_send(enqueue, line);
		if (code != CLI_OK)
			cli_say(enqueue->cli, "%s:%zu: left out, and what follows", name,
				number);
	}
	free(line);
	return code;
}

static int enqueue_file(struct enqueue *enqueue, const char *path)
{
	bool standard = !strcmp(path, "-");
	FILE *file = standard ? stdin : fopen(path, "re");
	int code;

	if (!file)
		return cli_fail(enqueue->cli, CLI_MISSING, "cannot open '%s': %s", path,
				strerror(errno));
	code = enqueue_lines(enqueue, file, standard ? "<stdin>" : path);
	if (!standard)
		fclose(file);
	return code;
}

/* Of a study the points go to it, not to an engine. */
static int enqueue_open(struct enqueue *enqueue)
{
	struct cli *cli = enqueue->cli;
	struct hd_error err = { 0 };
	bool is_study = false;
	int code = cli_sweep_open_to(cli, cli->words[0], HD_STORE_WRITE,
				     &enqueue->store, &enqueue->key);

	if (code != CLI_OK)
		return code;
	if (hd_store_is_study(enqueue->store, enqueue->key, &is_study, &err) < 0 ||
	    (is_study &&
	     hd_study_open(&enqueue->study, enqueue->store, enqueue->key, &err) < 0))
		return cli_fail_error(cli, &err);
	return CLI_OK;
}

static int enqueue_main(struct cli *cli)
{
	struct enqueue_options options = { 0 };
	struct enqueue enqueue = { .cli = cli };
	int code;

	if (!cli_parse(cli, &options, &code) ||
	    !cli_words_between(cli, 1, 1, &code))
		goto out;
	if (!options.parameters.count == !options.from) {
		code = cli_fail(cli, CLI_USAGE,
				"give -p NAME=VALUE for every parameter, or --from FILE");
		goto out;
	}
	code = enqueue_open(&enqueue);
	if (code == CLI_OK)
		code = options.from ? enqueue_file(&enqueue, options.from)
				    : enqueue_given(&enqueue, &options.parameters);
	if (enqueue.store)
		cli_put(cli, "%zu\n", enqueue.count);
	hd_study_free(enqueue.study);
	hd_store_close(enqueue.store);
out:
	cli_options_release(cli, &options);
	return code;
}

const struct cli_command cli_cmd_enqueue = {
	.name = "enqueue",
	.summary = "have configurations tried before what the sampler gives",
	.usage = "S [option...]",
	.examples = "  hdrive enqueue @ -p lr=0.01 -p units=64\n"
		    "  hdrive enqueue brave-otter-3 --from good.jsonl\n",
	.options = enqueue_rows,
	.notes = "Every parameter of the space must have a legal value. Prints how many were "
		 "taken.\n"
		 "Without an engine they wait for hdrive resume; of a study for hdrive ask.\n",
	.run = enqueue_main,
};
