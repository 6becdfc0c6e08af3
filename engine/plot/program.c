/*
 * hdrive-plot STORE SWEEP FILE NAME=VALUE...: what "hdrive plot" becomes for a
 * PNG. SWEEP is a name, FILE "-" standard output; the names are those of struct
 * hd_plot. A program of its own: hdrive would load cairo at every start.
 */
#include "plot/png.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE 64

static int fail(int rc, const struct hd_error *err)
{
	char plain[HD_ERROR_TEXT];

	fprintf(stderr, "hdrive: %s\n", hd_plain_text(err->text, plain, sizeof plain));
	switch (rc) {
	case HD_EINVAL:
	case HD_ELIMIT:
		return 2;
	case HD_ENOENT:
		return 3;
	case HD_ESTATE:
		return 4;
	case HD_EBUSY:
		return 75;
	default:
		return 1;
	}
}

static bool take(struct hd_plot *plot, const char *word)
{
	const struct {
		const char *name;
		const char **text;
		size_t *number;
		bool *flag;
	} rows[] = {
		{ "kind=", &plot->kind, NULL, NULL },
		{ "metric=", &plot->metric, NULL, NULL },
		{ "x=", &plot->x, NULL, NULL },
		{ "y=", &plot->y, NULL, NULL },
		{ "trials=", &plot->trials, NULL, NULL },
		{ "best=", NULL, &plot->best, NULL },
		{ "width=", NULL, &plot->width, NULL },
		{ "height=", NULL, &plot->height, NULL },
		{ "dark=", NULL, NULL, &plot->dark },
		{ "log=", NULL, NULL, &plot->log_scale },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t length = strlen(rows[i].name);

		if (strncmp(word, rows[i].name, length))
			continue;
		if (rows[i].text)
			*rows[i].text = word + length;
		else if (rows[i].number)
			*rows[i].number = strtoul(word + length, NULL, 10);
		else
			*rows[i].flag = !strcmp(word + length, "1");
		return true;
	}
	return false;
}

static int put_stdout(const struct hd_buf *buf, struct hd_error *err)
{
	if (fwrite(hd_buf_text(buf), 1, buf->length, stdout) == buf->length && fflush(stdout) == 0)
		return 0;
	return hd_error_set(err, HD_EIO, "cannot write to standard output");
}

static int plot_run(const char *path, const char *word, const char *file,
		    const struct hd_plot *plot, struct hd_error *err)
{
	const struct hd_out out = { .width = 0 };
	struct hd_buf buf = HD_BUF_INIT;
	struct hd_store *store = NULL;
	int64_t sweep;
	int rc = hd_store_open(&store, path, HD_STORE_READ, err);

	if (rc == 0)
		rc = hd_store_find_sweep(store, word, &sweep, err);
	if (rc == 0)
		rc = hd_plot_store(&buf, store, sweep, plot, &out, hd_png_new, err);
	hd_store_close(store);
	if (rc == 0)
		rc = strcmp(file, "-") ? hd_plot_save(&buf, file, err) : put_stdout(&buf, err);
	hd_buf_release(&buf);
	return rc;
}

int main(int argc, char **argv)
{
	struct hd_plot plot = { .size = sizeof plot, .format = HD_PLOT_PNG };
	struct hd_error err = { 0 };
	int rc;

	for (int i = 4; i < argc; i++)
		if (!take(&plot, argv[i]))
			argc = 0;
	if (argc < 5) {
		fprintf(stderr, "usage: hdrive-plot STORE SWEEP FILE kind=KIND [NAME=VALUE...]\n");
		return USAGE;
	}
	signal(SIGPIPE, SIG_IGN);
	rc = plot_run(argv[1], argv[2], argv[3], &plot, &err);
	hd_png_end();
	return rc < 0 ? fail(rc, &err) : 0;
}
