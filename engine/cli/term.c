/* stdout, stderr and the terminal behind them. */
/* ioctl's TIOCGWINSZ is not in POSIX. */
#define _DEFAULT_SOURCE
#include "cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

size_t cli_width(int fd)
{
	struct winsize size;

	if (!isatty(fd) || ioctl(fd, TIOCGWINSZ, &size) < 0)
		return 0;
	return size.ws_col ? size.ws_col : 80;
}

static void cli_write(struct cli *cli, const char *text, size_t length)
{
	if (cli->out_errno == 0 && length > 0 &&
	    fwrite(text, 1, length, stdout) != length)
		cli->out_errno = errno;
}

/* hd_write_fn: a report ends at the first write that fails. */
static int cli_write_report(void *user, const char *text, size_t length)
{
	struct cli *cli = user;

	cli_write(cli, text, length);
	return cli->out_errno ? HD_EIO : 0;
}

void cli_init(struct cli *cli, int argc, char **argv)
{
	const char *term = getenv("TERM");
	const char *no_color = getenv("NO_COLOR");
	bool color = !(no_color && *no_color) && term && strcmp(term, "dumb");

	*cli = (struct cli){ .argc = argc, .argv = argv };
	cli->out_tty = isatty(STDOUT_FILENO);
	cli->err_tty = isatty(STDERR_FILENO) && term && strcmp(term, "dumb");
	cli->out_color = color && cli->out_tty;
	cli->err_color = color && cli->err_tty;
	cli->out = (struct hd_out){
		.write = cli_write_report,
		.user = cli,
		.width = cli_width(STDOUT_FILENO),
		.color = cli->out_color,
	};
}

void cli_release(struct cli *cli)
{
	free(cli->words);
}

void cli_put(struct cli *cli, const char *fmt, ...)
{
	va_list args;
	char *text;
	int length;

	va_start(args, fmt);
	length = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	text = length < 0 ? NULL : malloc((size_t)length + 1);
	if (!text) {
		cli->out_errno = cli->out_errno ? cli->out_errno : ENOMEM;
		return;
	}
	va_start(args, fmt);
	vsnprintf(text, (size_t)length + 1, fmt, args);
	va_end(args);
	cli_write(cli, text, (size_t)length);
	free(text);
}

void cli_flush(struct cli *cli)
{
	if (cli->out_errno == 0 && fflush(stdout) != 0)
		cli->out_errno = errno;
}

int cli_finish(struct cli *cli, int code)
{
	cli_flush(cli);
	if (cli->out_errno == 0)
		return code;
	/* A reader that has enough ("| head") is no news. */
	if (cli->out_errno != EPIPE)
		fprintf(stderr, "hdrive: cannot write to standard output: %s\n",
			strerror(cli->out_errno));
	return code == CLI_OK ? CLI_ERROR : code;
}

int cli_fail(struct cli *cli, int code, const char *fmt, ...)
{
	char text[HD_ERROR_TEXT];
	char plain[HD_ERROR_TEXT];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	/* What was printed so far comes first where both go to one place. */
	cli_flush(cli);
	fprintf(stderr, "hdrive: %s\n", hd_plain_text(text, plain, sizeof plain));
	return code;
}

int cli_fail_error(struct cli *cli, const struct hd_error *err)
{
	int code = CLI_ERROR;

	/* A failed write of our own is told once, by cli_finish. */
	if (cli->out_errno)
		return CLI_ERROR;
	switch (err->code) {
	case HD_EINVAL:
	case HD_EEXIST:
	case HD_ELIMIT:
		code = CLI_USAGE;
		break;
	case HD_ENOENT:
		code = CLI_MISSING;
		break;
	case HD_EBUSY:
		code = CLI_BUSY;
		break;
	default:
		break;
	}
	return cli_fail(cli, code, "%s", err->text);
}

void cli_say(struct cli *cli, const char *fmt, ...)
{
	va_list args;

	if (cli->quiet)
		return;
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

static int say_write(void *user, const char *text, size_t length)
{
	(void)user;
	return fwrite(text, 1, length, stderr) == length ? 0 : HD_EIO;
}

void cli_findings(struct cli *cli, const struct hd_findings *findings)
{
	const struct hd_out talk = {
		.write = say_write,
		.width = cli_width(STDERR_FILENO),
		.color = cli->err_color && !cli->no_color,
	};

	if (hd_findings_kept(findings) == 0 ||
	    (cli->quiet && hd_findings_count(findings, HD_FINDING_ERROR) == 0))
		return;
	/* stderr has nobody else to tell when it cannot be written. */
	(void)hd_report_findings(findings, HD_FORMAT_TEXT, &talk, NULL);
}
