/* hdrive serve: ask and tell over lines of JSON, for programs of any kind. */
#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SERVE_CHUNK 65536

struct serve_options {
	bool stdio;
	const char *sampler;
};

static const struct cli_opt serve_rows[] = {
	{ "stdio", 0, NULL, "lines on standard input and output", CLI_OPT_FLAG,
	  offsetof(struct serve_options, stdio), 0 },
	{ "sampler", 0, "NAME", "for studies that name none", CLI_OPT_TEXT,
	  offsetof(struct serve_options, sampler), 0 },
	CLI_OPT_END
};

/* What was read and not yet answered. */
struct serve_input {
	char *text;
	size_t length, size;
	bool skips; /* within a line that is too long, up to its end */
	bool ended;
};

static bool input_grow(struct serve_input *input)
{
	size_t size = input->size ? input->size * 2 : SERVE_CHUNK;
	char *text;

	if (input->size - input->length >= SERVE_CHUNK / 2)
		return true;
	text = realloc(input->text, size);
	if (!text)
		return false;
	input->text = text;
	input->size = size;
	return true;
}

/* One read; CLI_OK, with ended set at the end of standard input. */
static int input_read(struct cli *cli, struct serve_input *input)
{
	ssize_t got;

	if (!input_grow(input))
		return cli_fail(cli, CLI_ERROR, "out of memory");
	do
		got = read(STDIN_FILENO, input->text + input->length,
			   input->size - input->length);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return cli_fail(cli, CLI_ERROR, "cannot read standard input: %s",
				strerror(errno));
	input->ended = got == 0;
	input->length += (size_t)got;
	return CLI_OK;
}

static int serve_line(struct cli *cli, struct hd_serve *serve, const char *line,
		      size_t length)
{
	struct hd_error err = { 0 };
	const char *reply;
	size_t size;

	if (hd_serve_line(serve, line, length, &reply, &size, &err) < 0)
		return cli_fail_error(cli, &err);
	if (!reply)
		return CLI_OK;
	(void)cli->out.write(cli->out.user, reply, size);
	cli_put(cli, "\n");
	return cli->out_errno ? CLI_ERROR : CLI_OK;
}

/*
 * Answer the whole lines of what was read and keep the rest; a line that grew
 * past the limit is answered once, by its error, and skipped.
 */
static int serve_lines(struct cli *cli, struct hd_serve *serve,
		       struct serve_input *input)
{
	char *at = input->text;
	char *end = input->text + input->length;
	int code = CLI_OK;

	while (code == CLI_OK) {
		char *newline = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
		size_t length = (size_t)((newline ? newline : end) - at);
		bool over = length > HD_SERVE_LINE_MOST;

		if (!newline && !over && !(input->ended && length))
			break;
		if (!input->skips)
			code = serve_line(cli, serve, at, length);
		input->skips = !newline;
		at = newline ? newline + 1 : end;
	}
	input->length = (size_t)(end - at);
	if (input->length)
		memmove(input->text, at, input->length);
	return code;
}

static int serve_run(struct cli *cli, const struct hd_sampler_type *sampler)
{
	struct hd_serve *serve = hd_serve_new();
	struct serve_input input = { 0 };
	int code = CLI_OK;

	if (!serve || hd_serve_set_store(serve, ".", cli_store_override(cli), NULL) < 0) {
		hd_serve_free(serve);
		return cli_fail(cli, CLI_ERROR, "out of memory");
	}
	hd_serve_set_sampler(serve, sampler);
	while (code == CLI_OK && !input.ended) {
		code = input_read(cli, &input);
		if (code == CLI_OK)
			code = serve_lines(cli, serve, &input);
		cli_flush(cli);
	}
	free(input.text);
	hd_serve_free(serve);
	return code;
}

static int serve_main(struct cli *cli)
{
	struct serve_options options = { 0 };
	const struct hd_sampler_type *sampler = NULL;
	int code;

	if (!cli_parse(cli, &options, &code) ||
	    !cli_words_between(cli, 0, 0, &code))
		goto out;
	if (options.sampler)
		sampler = hd_sampler_type_find(options.sampler);
	if (!options.stdio)
		code = cli_fail(cli, CLI_USAGE,
				"usage: hdrive serve --stdio");
	else if (options.sampler && !sampler)
		code = cli_fail(cli, CLI_USAGE,
				"unknown sampler '%s'; 'hdrive help samplers'"
				" lists them",
				options.sampler);
	else
		code = serve_run(cli, sampler);
out:
	cli_options_release(cli, &options);
	return code;
}

const struct cli_command cli_cmd_serve = {
	.name = "serve",
	.summary = "give trials to another program: ask and tell in JSON lines",
	.usage = "--stdio [option...]",
	.examples = "  hdrive serve --stdio\n",
	.options = serve_rows,
	.notes = "  {\"op\": \"create\", \"space\": {\"lr\": [\"loguniform\", [-9, 0]]}}\n"
		 "  {\"op\": \"ask\"}    {\"op\": \"tell\", \"trial\": 0, \"value\": 0.42}\n"
		 "and report, end, best, enqueue, add, stop, open; or, plainer, a header:\n"
		 "  {\"space\": {\"lr\": [\"loguniform\", [-9, 0]]}, \"seed\": 3,"
		 " \"goal\": \"minimize\"}\n"
		 "  {\"op\": \"ask\"}                              answered:"
		 " {\"id\": 1, \"params\": {\"lr\": 0.003}}\n"
		 "  {\"op\": \"tell\", \"id\": 1, \"value\": 0.42}     not"
		 " answered\n",
	.run = serve_main,
};
