#include "dispatch/launch_modes.h"

#include "dispatch/launch_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_MOST 4096

static const struct mode {
	const char *word;
	int (*run)(char **argv);
} modes[] = {
	{ "--rank", hd_launch_rank },
	{ "--ranks", hd_launch_ranks },
	{ "--agent", hd_launch_agent },
	{ "--container", hd_launch_container },
	{ "--look", hd_launch_look },
	{ "--end", hd_launch_end },
};

static const struct mode *mode_find(const char *word)
{
	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
		if (strcmp(modes[i].word, word) == 0)
			return &modes[i];
	return NULL;
}

bool hd_launch_is_mode(const char *word)
{
	return mode_find(word) != NULL;
}

bool hd_launch_is_ranks(char *const *argv, const char *launcher)
{
	return argv[1] && strcmp(argv[1], "--ranks") == 0 &&
	       (strcmp(argv[0], HD_LAUNCH_NAME) == 0 ||
		strcmp(argv[0], launcher) == 0);
}

int hd_launch_mode(char **argv)
{
	return mode_find(argv[0])->run(argv);
}

/* --- what they share -------------------------------------------------------- */

int hd_launch_number(const char *text)
{
	size_t length = text ? strspn(text, "0123456789") : 0;

	return length && length < 8 && !text[length] ? atoi(text) : -1;
}

void hd_launch_set(const char *name, const char *value)
{
	/* Without memory for it the program would not start either. */
	if (setenv(name, value, 1) < 0)
		_exit(126);
}

void hd_launch_set_number(const char *name, int value)
{
	char digits[24];
	struct hd_launch_text text = { digits, digits + sizeof digits - 1 };

	hd_launch_text_number(&text, value);
	hd_launch_set(name, digits);
}

/* HEAD, the trial's folder, "/rank-N" and TAIL into PATH. */
static void rank_path(char *path, const char *head, int rank, const char *tail)
{
	struct hd_launch_text text = { path, path + PATH_MOST - 1 };
	const char *folder = getenv("HDRIVE_DIR");

	hd_launch_text_add(&text, head);
	hd_launch_text_add(&text, folder ? folder : ".");
	hd_launch_text_add(&text, "/rank-");
	hd_launch_text_number(&text, rank);
	hd_launch_text_add(&text, tail);
}

void hd_launch_mute(int rank)
{
	char path[PATH_MOST];
	int fd;

	rank_path(path, "", rank, ".log");
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (fd < 0)
		fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
	}
	hd_launch_set("HDRIVE_METRICS", "/dev/null");
	/* MLflow would log into the trial's run by its id. */
	if (!getenv("MLFLOW_TRACKING_URI"))
		return;
	rank_path(path, "file://", rank, ".mlruns");
	hd_launch_set("MLFLOW_TRACKING_URI", path);
	unsetenv("MLFLOW_RUN_ID");
	unsetenv("MLFLOW_EXPERIMENT_ID");
	unsetenv("MLFLOW_EXPERIMENT_NAME");
}

static void say(const char *text)
{
	/* There is nobody to tell when this fails. */
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		return;
}

void hd_launch_say(const char *what, const char *subject, const char *why)
{
	say("hdrive-launch: ");
	say(what);
	say(" '");
	say(subject);
	say("': ");
	say(why);
	say("\n");
}

const char *hd_launch_self(void)
{
	static char path[PATH_MOST];
	ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);

	return length > 0 ? path : HD_LAUNCH_NAME;
}

/* A text without "#!" is the shell's: not every C library sees to it. */
static void shell_become(char **argv)
{
	size_t count = 0;
	char **words;

	while (argv[count])
		count++;
	words = calloc(count + 2, sizeof *words);
	if (!words)
		return;
	words[0] = (char *)(uintptr_t) "/bin/sh";
	memcpy(words + 1, argv, count * sizeof *words);
	execv(words[0], words);
	free(words);
}

int hd_launch_become(char **argv)
{
	int number;

	execvp(argv[0], argv);
	number = errno;
	if (number == ENOEXEC && strchr(argv[0], '/'))
		shell_become(argv);
	hd_launch_say("cannot run", argv[0], strerror(number));
	return number == ENOENT ? 127 : 126;
}
