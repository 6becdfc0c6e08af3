/*
 * Options as rows: parsing, usage and help come from one table a command.
 *
 * "--opt=value", "--opt value", "-j4", "-j 4" and bundled flags are taken;
 * "--" ends the options and what follows is kept apart. The global options
 * may stand before or after the command's name.
 */
#ifndef HD_CLI_OPT_H
#define HD_CLI_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cli;

/* Exit codes: docs/reference/exit-codes.md. */
enum cli_exit {
	CLI_OK = 0,
	CLI_ERROR = 1,
	CLI_USAGE = 2,
	CLI_MISSING = 3,
	CLI_NO_METRIC = 4,
	CLI_TIMED_OUT = 5,
	CLI_FAILURES = 6,
	CLI_UNMET = 7, /* what --require asks */
	CLI_STILL_RUNNING = 8,
	CLI_PLEASE_STOP = 10,
	CLI_BUSY = 75,
	CLI_SIGNAL = 128, /* plus its number */
};

enum cli_opt_type {
	CLI_OPT_FLAG,  /* bool */
	CLI_OPT_TEXT,  /* const char * */
	CLI_OPT_LIST,  /* struct cli_list: may be given again */
	CLI_OPT_SIZE,  /* struct cli_size: a whole number */
	CLI_OPT_MAYBE, /* struct cli_size: "--opt" or "--opt=N" */
};

struct cli_list {
	const char **items;
	size_t count;
};

struct cli_size {
	bool given;
	bool valued; /* a number stood there */
	uint64_t value;
};

struct cli_opt {
	const char *name;     /* without dashes */
	char letter;          /* 0 for none */
	const char *argument; /* as help shows it; NULL for a flag */
	const char *help;
	enum cli_opt_type type;
	size_t offset;  /* of its field in the command's options */
	uint64_t least; /* of a SIZE */
};

#define CLI_OPT_END  \
	{            \
		NULL \
	}

struct cli_command {
	const char *name;
	const char *summary;  /* one line, for the list */
	const char *usage;    /* what follows "hdrive NAME" */
	const char *examples; /* lines, shown first */
	const struct cli_opt *options;
	const char *notes; /* shown last; NULL for none */
	/* Parses what is left with cli_parse, works, returns an exit code. */
	int (*run)(struct cli *cli);
	/* The first word that is no option ends them: it is a script, and all
	 * behind it its own (cli->rest). */
	bool script;
	/* A word such as "-0.5" is a number, not options. */
	bool numbers;
	/* The commands below it ("run list"), ended by NULL; NULL for none. */
	const struct cli_command *const *group;
};

/*
 * Parse the command's words into OPTIONS, a zeroed struct that the rows
 * describe; the others are left in cli->words and, behind "--", cli->rest.
 * Returns true to go on; else *CODE is the exit code (help was printed, or
 * an error).
 */
bool cli_parse(struct cli *cli, void *options, int *code);
/* Global options before the command's name; the index behind them, or -1. */
int cli_parse_globals(struct cli *cli, int *code);
/* Frees what CLI_OPT_LIST fields of OPTIONS hold. */
void cli_options_release(const struct cli *cli, void *options);

/* The row called NAME, of LENGTH bytes, or with LETTER unless that is 0. */
const struct cli_opt *cli_opt_find(const struct cli_opt *rows, const char *name,
				   size_t length, char letter);
/* Whether it must be followed by a value. */
bool cli_opt_takes_value(const struct cli_opt *row);
/* Tell FN of each topic of "hdrive help". */
void cli_help_topics(void (*fn)(void *user, const char *name, const char *summary), void *user);

/* "hdrive submit --help". */
void cli_command_help(struct cli *cli, const struct cli_command *command);
/* Between MIN and MAX words, else an error and false. */
bool cli_words_between(struct cli *cli, size_t min, size_t max, int *code);
/* One more; false when there is no memory. */
bool cli_list_add(struct cli_list *list, const char *item);
/* A whole number in decimal. */
bool cli_read_number(const char *text, uint64_t *value);
/* Any number, in words too: nan, inf, -inf. */
bool cli_read_real(const char *text, double *value);

/* Rows of the global options; their struct is struct cli. */
extern const struct cli_opt cli_global_options[];

/* The commands: one row each, in the order of "hdrive help". */
extern const struct cli_command *const cli_commands[];
const struct cli_command *cli_command_find(const char *name);
/* "did you mean" for NAME among the commands; NULL for none. */
const char *cli_command_near(const char *name);

extern const struct cli_command cli_cmd_submit, cli_cmd_validate,
	cli_cmd_sample, cli_cmd_ls, cli_cmd_status, cli_cmd_show, cli_cmd_best,
	cli_cmd_resume, cli_cmd_cancel, cli_cmd_wait, cli_cmd_retry,
	cli_cmd_update, cli_cmd_enqueue, cli_cmd_logs, cli_cmd_metrics,
	cli_cmd_log, cli_cmd_serve, cli_cmd_gc, cli_cmd_doctor,
	cli_cmd_version, cli_cmd_help, cli_cmd_replay, cli_cmd_init,
	cli_cmd_folder, cli_cmd_ui, cli_cmd_run, cli_cmd_experiment, cli_cmd_job,
	cli_cmd_completion, cli_cmd_create, cli_cmd_ask, cli_cmd_report,
	cli_cmd_tell, cli_cmd_export, cli_cmd_import, cli_cmd_target, cli_cmd_plot,
	cli_cmd_watch;

#endif
