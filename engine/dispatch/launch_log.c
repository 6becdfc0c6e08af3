/*
 * "hdrive log NAME=VALUE... [--step N]" where there is no hdrive: the launcher
 * under that name reports a script's metrics as the command does, and tells by
 * exit status 10 that the trial is asked to stop.
 */
#include "dispatch/launch_modes.h"

#include "dispatch/launch_text.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#define PLEASE_STOP 10
#define USAGE 2
#define FAILED 1
#define NAME_MOST 255 /* HD_METRIC_NAME */
#define VALUE_MOST 64
#define LINE_MOST 4096

/* --- a number as JSON has it --------------------------------------------------- */

/* The digits at *TEXT to *AT; how many there were. */
static size_t digits_copy(const char **text, char **at)
{
	size_t count = strspn(*text, "0123456789");

	memcpy(*at, *text, count);
	*at += count;
	*text += count;
	return count;
}

static bool exponent_copy(const char **text, char **at)
{
	if (**text != 'e' && **text != 'E')
		return true;
	*(*at)++ = *(*text)++;
	if (**text == '+' || **text == '-')
		*(*at)++ = *(*text)++;
	return digits_copy(text, at) > 0;
}

/* What may be written for a number elsewhere, "+.5", into what JSON takes. */
static bool decimal_copy(const char *text, char *at)
{
	size_t whole, part = 0;

	if (*text == '-')
		*at++ = '-';
	text += *text == '-' || *text == '+';
	while (*text == '0' && isdigit((unsigned char)text[1]))
		text++;
	whole = digits_copy(&text, &at);
	if (whole == 0)
		*at++ = '0';
	if (*text == '.') {
		text++;
		*at++ = '.';
		part = digits_copy(&text, &at);
		if (part == 0)
			*at++ = '0';
	}
	if (whole + part == 0 || !exponent_copy(&text, &at))
		return false;
	*at = '\0';
	return *text == '\0';
}

/* TEXT into VALUE, of VALUE_MOST bytes; false when it is no number. */
static bool value_read(const char *text, char *value)
{
	const char *word = text + (*text == '-' || *text == '+');

	if (strlen(text) >= VALUE_MOST - 4)
		return false;
	if (!strcasecmp(word, "nan"))
		strcpy(value, "NaN");
	else if (!strcasecmp(word, "inf") || !strcasecmp(word, "infinity"))
		strcpy(value, *text == '-' ? "-Infinity" : "Infinity");
	else
		return decimal_copy(text, value);
	return true;
}

/* --- a record --------------------------------------------------------------------- */

/* Seconds with six decimals. */
static void time_add(struct hd_launch_text *text)
{
	struct timespec now;
	struct timeval time;

	clock_gettime(CLOCK_REALTIME, &now);
	time.tv_sec = now.tv_sec;
	time.tv_usec = now.tv_nsec / 1000;
	hd_launch_text_seconds(text, &time);
}

/* In one write, or other writers' records could stand in between. */
static int record_append(const char *path, const char *name, const char *value,
			 const char *step)
{
	char line[LINE_MOST];
	struct hd_launch_text text = { line, line + sizeof line - 1 };
	ssize_t length, wrote;
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);

	if (fd < 0)
		return errno;
	hd_launch_text_add(&text, "{\"name\":");
	hd_launch_text_json(&text, name);
	hd_launch_text_add(&text, ",\"value\":");
	hd_launch_text_add(&text, value);
	if (step) {
		hd_launch_text_add(&text, ",\"step\":");
		hd_launch_text_add(&text, step);
	}
	hd_launch_text_add(&text, ",\"ts\":");
	time_add(&text);
	hd_launch_text_add(&text, "}\n");
	length = (ssize_t)strlen(line);
	do
		wrote = write(fd, line, (size_t)length);
	while (wrote < 0 && errno == EINTR);
	close(fd);
	if (wrote < 0)
		return errno;
	return wrote < length ? ENOSPC : 0;
}

/* --- the words ----------------------------------------------------------------------- */

/* NAME=VALUE, cut at the last '=': names may hold one. */
static bool word_split(const char *word, char *name, char *value)
{
	const char *equals = strrchr(word, '=');
	size_t length = equals ? (size_t)(equals - word) : 0;

	if (length == 0 || length > NAME_MOST || !value_read(equals + 1, value))
		return false;
	for (size_t i = 0; i < length; i++)
		if (iscntrl((unsigned char)word[i]))
			return false;
	memcpy(name, word, length);
	name[length] = '\0';
	return true;
}

/* Digits, fewer than could overflow. */
static bool step_is_good(const char *step)
{
	size_t length;

	step += *step == '-';
	length = strspn(step, "0123456789");
	return length > 0 && length < 19 && !step[length];
}

/* The step is behind "--step", wherever that is; it leaves ARGV. */
static bool step_take(char **argv, const char **step)
{
	char **to = argv;

	*step = NULL;
	for (; *argv; argv++) {
		if (strncmp(*argv, "--step=", 7) == 0)
			*step = *argv + 7;
		else if (strcmp(*argv, "--step") == 0 && argv[1])
			*step = *++argv;
		else
			*to++ = *argv;
	}
	*to = NULL;
	if (!*step)
		return true;
	return step_is_good(*step);
}

/* Every word is judged before the first is written. */
static int words_log(char **argv, const char *path, const char *step, bool write)
{
	for (; *argv; argv++) {
		char name[NAME_MOST + 1], value[VALUE_MOST];
		int rc;

		if (!word_split(*argv, name, value)) {
			hd_launch_say("cannot log", *argv,
				      "it is not NAME=VALUE: hdrive log loss=0.25");
			return USAGE;
		}
		rc = write ? record_append(path, name, value, step) : 0;
		if (rc) {
			hd_launch_say("cannot write", path, strerror(rc));
			return FAILED;
		}
	}
	return 0;
}

static bool is_asked_to_stop(void)
{
	const char *folder = getenv("HDRIVE_DIR");
	char path[LINE_MOST];
	struct hd_launch_text text = { path, path + sizeof path - 1 };

	if (!folder || !*folder)
		return false;
	hd_launch_text_add(&text, folder);
	hd_launch_text_add(&text, "/stop"); /* HD_WORKDIR_STOP */
	return access(path, F_OK) == 0;
}

bool hd_launch_is_stand_in(const char *path)
{
	const char *name = path ? strrchr(path, '/') : NULL;

	name = name ? name + 1 : path;
	return name && strcmp(name, "hdrive") == 0;
}

static int log_main(char **argv)
{
	const char *path = getenv("HDRIVE_METRICS");
	const char *step;
	int rc;

	if (!step_take(argv, &step) || !*argv) {
		hd_launch_say("cannot log", *argv ? step : "nothing",
			      "expected NAME=VALUE... [--step N]");
		return USAGE;
	}
	rc = words_log(argv, path, step, false);
	if (rc == 0 && (!path || !*path)) {
		hd_launch_say("cannot log", *argv,
			      "not inside a trial: HDRIVE_METRICS is not set");
		rc = USAGE;
	}
	if (rc == 0)
		rc = words_log(argv, path, step, true);
	return rc == 0 && is_asked_to_stop() ? PLEASE_STOP : rc;
}

int hd_launch_stand_in(char **argv)
{
	if (*argv && strcmp(*argv, "log") == 0)
		return log_main(argv + 1);
	hd_launch_say("cannot do", *argv ? *argv : "nothing",
		      "where trials run without an hdrive there is 'hdrive log' alone");
	return USAGE;
}
