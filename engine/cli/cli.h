/*
 * The command line's own state: one struct, filled by main, passed to every
 * command. stdout is data, stderr is talk.
 */
#ifndef HD_CLI_CLI_H
#define HD_CLI_CLI_H

#include <hdrive.h>

#include "cli/opt.h"

struct cli {
	/* global options */
	const char *db;
	const char *folder; /* -C */
	bool json;
	bool quiet;
	bool verbose;
	bool no_color;
	bool help;

	int argc;
	char **argv;
	int next; /* the first word behind the command's name */
	const struct cli_command *command;
	/*
	 * What a sweep that is run says on stdout in place of its name: once it
	 * has ended, or in the background once it is there; an exit code. NULL:
	 * the name.
	 */
	int (*tell)(struct cli *cli, struct hd_store *store, int64_t key);
	const void *tell_user;

	/* what cli_parse left; words live in argv */
	const char **words;
	size_t word_count;
	const char *const *rest; /* behind "--" */
	size_t rest_count;
	bool has_rest;

	int out_errno;  /* of the first failed write to stdout, 0 for none */
	bool out_tty;   /* stdout is a terminal */
	bool err_tty;   /* stderr is one that takes control characters */
	bool out_color; /* colours may go to stdout */
	bool err_color;
	struct hd_out out; /* stdout for reports */
	struct hd_out csv; /* what is behind it, where CSV becomes TSV */
	bool quoted;       /* within a field of that */
	char last;         /* its character before */
};

void cli_init(struct cli *cli, int argc, char **argv);
void cli_release(struct cli *cli);
/* Flush stdout; CODE, or CLI_ERROR when stdout could not be written. */
int cli_finish(struct cli *cli, int code);

/* Data to stdout; a failure is remembered for cli_finish. */
void cli_put(struct cli *cli, const char *fmt, ...) HD_PRINTF(2, 3);
/* Hand what is buffered to the reader now. */
void cli_flush(struct cli *cli);
/* "hdrive: ..." on stderr; returns CODE. Not silenced by -q. */
int cli_fail(struct cli *cli, int code, const char *fmt, ...) HD_PRINTF(3, 4);
/* The same for a library's error: its code tells the exit code. */
int cli_fail_error(struct cli *cli, const struct hd_error *err);
/* Talk on stderr, unless -q. */
void cli_say(struct cli *cli, const char *fmt, ...) HD_PRINTF(2, 3);
/* Findings to stderr; when quiet, only those that refuse a file. */
void cli_findings(struct cli *cli, const struct hd_findings *findings);

/* Columns of the terminal behind FD, 0 when there is none. */
size_t cli_width(int fd);

/* --db, else $HDRIVE_DB; NULL when neither is given. */
const char *cli_store_override(const struct cli *cli);
bool cli_exists(const char *path);
/* --db, else $HDRIVE_DB, else the nearest; CLI_OK or an exit code. */
int cli_store_open(struct cli *cli, enum hd_store_mode mode,
		   struct hd_store **store);
/* The sweep a command's first word names ("@" when absent). */
int cli_sweep_open(struct cli *cli, const char *word, struct hd_store **store,
		   int64_t *key);

/* The same, for what a read-only connection does not do. */
int cli_sweep_open_to(struct cli *cli, const char *word,
		      enum hd_store_mode mode, struct hd_store **store,
		      int64_t *key);

/*
 * Load the sweep's file FILE ("-" is stdin, else as SPEC 1.2 finds it);
 * findings are printed. CLI_OK and *OUT the caller's, or an exit code.
 */
int cli_config_load(struct cli *cli, const char *file,
		    const struct hd_config_load *load, struct hd_config **out);
/* The same, silently: hd_config_open for a FILE as above. */
int cli_config_open(struct cli *cli, const char *file, const struct hd_config_load *load,
		    struct hd_config **out, struct hd_findings *findings,
		    struct hd_error *err);
/*
 * What trials run: the words behind "--", else what the file says; it borrows
 * from both. No words: neither says anything.
 */
struct hd_program cli_program(const struct cli *cli,
			      const struct hd_config *config);
/* A command line as a JSON array on stdout. */
void cli_put_words(struct cli *cli, char **words);
/* A seed for a sweep that was given none. */
int cli_random_seed(uint64_t *seed, struct hd_error *err);

/* The program's parts, beside it or where they are installed: the launcher,
 * the folder of Python drop-ins. NULL when absent; the caller's to free(). */
char *cli_launcher_path(void);
/* Of the program NAME among them, "hdrive-watch". */
char *cli_part_path(const char *name);
/* Of what serves the store; NULL when it is not there. The caller's to free. */
char *cli_ui_path(void);
/* Of what draws PNG, likewise. */
char *cli_plot_path(void);
char *cli_python_path(void);

/* PATH as seen from the current folder when that is shorter; TEXT of SIZE. */
const char *cli_short_path(const char *path, char *text, size_t size);

/* The format called NAME, if ALLOWED; else an error on stderr and false. */
bool cli_format(struct cli *cli, const char *name, unsigned allowed,
		enum hd_format *format);
#define CLI_FORMAT(format) (1u << (format))
/*
 * -o WORD, unless NULL, as a format: json, table, and where CSV is ALLOWED
 * tsv, for which reports' CSV turns into TSV on its way out.
 */
bool cli_output(struct cli *cli, const char *word, unsigned allowed,
		enum hd_format *format);

#endif
