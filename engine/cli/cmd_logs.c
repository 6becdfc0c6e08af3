/*
 * hdrive logs: what trials printed, read from their own files; -f goes on
 * until the trial, or the sweep, has ended. Bytes go out as they are, but for
 * a terminal, which gets nothing it could obey.
 */
#include "cli/logs.h"

#include "cli/study.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LOGS_BLOCK 65536
#define LOGS_SEVERAL_LINES 10 /* of each file, when there are several trials */

#define ROW(field) offsetof(struct logs_options, field)
static const struct cli_opt logs_rows[] = {
	{ "follow", 'f', NULL, "go on until the trial, or the sweep, has ended", CLI_OPT_FLAG,
	  ROW(follow), 0 },
	{ "lines", 'n', "N", "the last N lines of each (several trials: 10, one: all)",
	  CLI_OPT_SIZE, ROW(lines), 0 },
	{ "failed", 0, NULL, "only trials that failed", CLI_OPT_FLAG, ROW(failed), 0 },
	{ "stdout", 0, NULL, "only standard output", CLI_OPT_FLAG, ROW(only_stdout), 0 },
	{ "stderr", 0, NULL, "only standard error", CLI_OPT_FLAG, ROW(only_stderr), 0 },
	CLI_OPT_END
};

/* One file that is shown, and how far. */
struct logs_file {
	size_t trial;
	char *path;
	int64_t offset; /* -1: not looked at yet */
	bool done;      /* the trial had ended before the last read */
};

struct logs {
	struct cli *cli;
	const struct logs_options *options;
	bool one; /* a single trial was asked for */
	struct logs_file *files;
	size_t count;
	size_t size;
	size_t shown; /* index of the file whose header stands, plus 1 */
	char block[LOGS_BLOCK];
};

static void logs_release(struct logs *logs)
{
	for (size_t i = 0; i < logs->count; i++)
		free(logs->files[i].path);
	free(logs->files);
	free(logs);
}

static int logs_add(struct logs *logs, const struct hd_trial_row *row,
		    const char *stream)
{
	struct logs_file *file;
	char *path = malloc(strlen(row->folder) + strlen(stream) + 2);

	if (path && logs->count == logs->size) {
		size_t size = logs->size ? logs->size * 2 : 16;
		struct logs_file *files =
			realloc(logs->files, size * sizeof *files);

		if (!files) {
			free(path);
			path = NULL;
		} else {
			logs->files = files;
			logs->size = size;
		}
	}
	if (!path)
		return HD_ENOMEM;
	strcpy(path, row->folder);
	strcat(path, "/");
	strcat(path, stream);
	file = &logs->files[logs->count++];
	*file = (struct logs_file){ .trial = row->number, .path = path, .offset = -1 };
	return 0;
}

/* A trial's files get into the list at its first sight, in trial order. */
static int logs_trial(void *user, const struct hd_trial_row *row)
{
	struct logs *logs = user;
	bool over = hd_trial_state_is_terminal(row->state);
	bool known = false;
	int rc = 0;

	if (logs->options->failed && row->state != HD_TRIAL_FAILED)
		return 0;
	for (size_t i = 0; i < logs->count; i++) {
		if (logs->files[i].trial != row->number)
			continue;
		known = true;
		logs->files[i].done = logs->files[i].done || over;
	}
	if (known)
		return 0;
	if (!logs->options->only_stderr)
		rc = logs_add(logs, row, "stdout");
	if (rc == 0 && !logs->options->only_stdout)
		rc = logs_add(logs, row, "stderr");
	for (size_t i = 0; i < logs->count; i++)
		if (logs->files[i].trial == row->number)
			logs->files[i].done = over;
	return rc;
}

/* Where the last LINES lines of a file of LENGTH bytes begin. */
static int64_t logs_tail(struct logs *logs, int fd, int64_t length,
			 uint64_t lines)
{
	int64_t at = length;
	uint64_t seen = 0;

	while (at > 0) {
		int64_t from = at > LOGS_BLOCK ? at - LOGS_BLOCK : 0;
		ssize_t got = pread(fd, logs->block, (size_t)(at - from), from);

		if (got <= 0)
			return 0;
		while (got-- > 0) {
			/* The newline that ends the file ends a line in it. */
			if (logs->block[got] != '\n' || from + got + 1 == length)
				continue;
			if (++seen == lines)
				return from + got + 1;
		}
		at = from;
	}
	return 0;
}

static void logs_header(struct logs *logs, size_t index)
{
	char path[4096];

	if (logs->shown == index + 1)
		return;
	if (!logs->one || logs->count > 1) {
		cli_short_path(logs->files[index].path, path, sizeof path);
		cli_put(logs->cli, "%s==> %s <==\n", logs->shown ? "\n" : "", path);
	}
	logs->shown = index + 1;
}

/* A progress bar's carriage returns become lines on a terminal. */
static void logs_print(struct logs *logs, size_t length)
{
	struct cli *cli = logs->cli;

	if (!cli->out_tty) {
		(void)cli->out.write(cli->out.user, logs->block, length);
		return;
	}
	for (size_t i = 0; i < length; i++)
		if (logs->block[i] == '\r')
			logs->block[i] = '\n';
	(void)hd_report_plain_text(logs->block, length, true, &cli->out);
}

/* Leave the beginning of a UTF-8 sequence for the next read. */
static size_t logs_whole(const char *block, size_t length)
{
	size_t at = length;

	while (at > 0 && length - at < 3 &&
	       ((unsigned char)block[at - 1] & 0xc0) == 0x80)
		at--;
	if (at > 1 && ((unsigned char)block[at - 1] & 0xc0) == 0xc0)
		return at - 1;
	return length;
}

static uint64_t logs_lines(const struct logs *logs)
{
	if (logs->options->lines.given)
		return logs->options->lines.value;
	return logs->one ? UINT64_MAX : LOGS_SEVERAL_LINES;
}

/* Show what is new in a file; a file that is not there has nothing. */
static void logs_read(struct logs *logs, size_t index)
{
	struct logs_file *file = &logs->files[index];
	int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int64_t end;
	ssize_t got;

	if (fd < 0)
		return;
	end = lseek(fd, 0, SEEK_END);
	if (file->offset < 0 && logs_lines(logs) == UINT64_MAX)
		file->offset = 0;
	else if (file->offset < 0)
		file->offset = logs_lines(logs) ? logs_tail(logs, fd, end, logs_lines(logs)) : end;
	while (file->offset < end && logs->cli->out_errno == 0 &&
	       (got = pread(fd, logs->block, LOGS_BLOCK, file->offset)) > 0) {
		size_t whole = file->offset + got < end ? logs_whole(logs->block, (size_t)got)
							: (size_t)got;

		logs_header(logs, index);
		logs_print(logs, whole);
		file->offset += (int64_t)whole;
	}
	close(fd);
}

static int logs_is_over(void *user, const struct hd_sweep_row *row)
{
	enum hd_trial_state state;
	bool *over = user;

	*over = (hd_trial_state_find(row->state, &state) &&
		 hd_trial_state_is_terminal(state)) ||
		!hd_report_engine_is_alive(row);
	return 0;
}

static int logs_scan(struct logs *logs, struct hd_store *store, int64_t key,
		     size_t number, struct hd_error *err)
{
	const struct hd_trial_query all = { .order = HD_ORDER_NUMBER };

	if (logs->one)
		return hd_store_trial(store, key, number, logs_trial, logs, err);
	return hd_store_trials(store, key, &all, logs_trial, logs, err);
}

/* One pass over everything; *OVER when nothing more can come. */
static int logs_pass(struct logs *logs, struct hd_store *store, int64_t key,
		     size_t number, bool *over, struct hd_error *err)
{
	int rc;

	/* Asked before reading: what is written until then is read below. */
	rc = hd_store_sweep(store, key, logs_is_over, over, err);
	if (rc == 0)
		rc = logs_scan(logs, store, key, number, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < logs->count; i++) {
		bool done = logs->files[i].done;

		if (logs->files[i].offset >= 0 && done && !logs->options->follow)
			continue;
		logs_read(logs, i);
		if (logs->one && !done)
			continue;
		if (logs->one && i + 1 == logs->count)
			*over = true;
	}
	cli_flush(logs->cli);
	return 0;
}

static int logs_run(struct logs *logs, struct hd_store *store, int64_t key,
		    size_t number)
{
	const struct timespec pause = { .tv_nsec = 200000000 };
	struct hd_error err = { 0 };
	bool over = false;

	for (;;) {
		if (logs_pass(logs, store, key, number, &over, &err) < 0)
			return cli_fail_error(logs->cli, &err);
		if (over || !logs->options->follow || logs->cli->out_errno)
			return CLI_OK;
		nanosleep(&pause, NULL);
	}
}

int logs_show(struct cli *cli, const struct logs_options *options,
	      struct hd_store *store, int64_t key, int64_t trial)
{
	struct logs *logs = calloc(1, sizeof *logs);
	int code;

	if (!logs)
		return cli_fail(cli, CLI_ERROR, "out of memory");
	logs->cli = cli;
	logs->options = options;
	logs->one = trial >= 0;
	code = logs_run(logs, store, key, (size_t)trial);
	if (code == CLI_OK && logs->count == 0)
		cli_say(cli, options->failed ? "no trial failed" : "no trial has started yet");
	logs_release(logs);
	return code;
}

static int logs_main(struct cli *cli)
{
	struct logs_options options = { 0 };
	struct hd_store *store = NULL;
	uint64_t number = 0;
	int64_t key;
	int code;

	if (!cli_parse(cli, &options, &code) ||
	    !cli_words_between(cli, 0, 2, &code))
		return code;
	if (cli->word_count == 2 && !cli_read_number(cli->words[1], &number))
		return cli_fail(cli, CLI_USAGE,
				"'%s' is no trial: they are numbered from 0",
				cli->words[1]);
	if (options.only_stdout && options.only_stderr)
		options.only_stdout = options.only_stderr = false;
	code = cli_sweep_open(cli, cli->words[0], &store, &key);
	if (code == CLI_OK)
		code = study_refuse(cli, store, key, "what they print is theirs");
	if (code == CLI_OK)
		code = logs_show(cli, &options, store, key,
				 cli->word_count == 2 ? (int64_t)number : LOGS_ALL);
	hd_store_close(store);
	return code;
}

const struct cli_command cli_cmd_logs = {
	.name = "logs",
	.summary = "what trials printed",
	.usage = "[SWEEP [TRIAL]] [option...]",
	.examples = "  hdrive logs @ 7\n"
		    "  hdrive logs @ --failed\n"
		    "  hdrive logs brave-otter-3 7 -f --stdout\n",
	.options = logs_rows,
	.notes = "SWEEP is a name, an id, a unique prefix of either, or @ for the latest.\n",
	.run = logs_main,
};
