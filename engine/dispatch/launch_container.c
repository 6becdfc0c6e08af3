/*
 * A trial in a container: podman's or docker's words, with what only the trial
 * itself knows. Its folder is there under its own name, and its variables.
 */
#define _XOPEN_SOURCE 700 /* realpath */

#include "dispatch/launch_modes.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

struct words {
	char **words;
	size_t count;
};

static void add(struct words *words, const char *word)
{
	/* exec does not write through them. */
	words->words[words->count++] = (char *)(uintptr_t)word;
}

static size_t count_of(char **words)
{
	size_t count = 0;

	while (words[count])
		count++;
	return count;
}

/* Whether the COUNT words of the tool's give the container our loopback. */
static bool has_our_network(char **words, int count)
{
	for (int i = 0; i < count && words[i]; i++)
		if (!strcmp(words[i], "--network=host") ||
		    !strcmp(words[i], "--net=host") ||
		    ((!strcmp(words[i], "--network") ||
		      !strcmp(words[i], "--net")) &&
		     words[i + 1] && !strcmp(words[i + 1], "host")))
			return true;
	return false;
}

/*
 * The trial's MLflow server listens at our loopback. Where the container has
 * another, a client that was sent there would end the script.
 */
static void forget_server(void)
{
	static const char *const names[] = { "HDRIVE_MLFLOW",
					     "MLFLOW_TRACKING_URI",
					     "MLFLOW_TRACKING_TOKEN",
					     "MLFLOW_TRACKING_USERNAME",
					     "MLFLOW_TRACKING_PASSWORD",
					     "MLFLOW_RUN_ID",
					     "MLFLOW_EXPERIMENT_ID",
					     "MLFLOW_EXPERIMENT_NAME" };
	const char *ours = getenv("HDRIVE_MLFLOW");
	const char *uri = getenv("MLFLOW_TRACKING_URI");

	if (!ours || !uri || strcmp(ours, uri) != 0)
		return;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		unsetenv(names[i]);
}

/* Variables that the trial lives by; the file's own stand in the words. */
static bool is_passed(const char *variable)
{
	static const char *const heads[] = { "HDRIVE_", "AZUREML_", "MLFLOW_",
					     "CUDA_VISIBLE_DEVICES=",
					     "PYTHONPATH=",
					     "PYTHONUNBUFFERED=",
					     "OMP_NUM_THREADS=" };

	for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
		if (strncmp(variable, heads[i], strlen(heads[i])) == 0)
			return true;
	return false;
}

static void add_variables(struct words *words)
{
	for (size_t i = 0; environ[i]; i++) {
		char *name;

		if (!is_passed(environ[i]))
			continue;
		name = strndup(environ[i], strcspn(environ[i], "="));
		if (!name)
			continue;
		add(words, "-e");
		add(words, name);
	}
}

/* "-v PATH:PATH", of PATH's first LENGTH bytes. */
static void add_volume(struct words *words, const char *path, size_t length,
		       const char *mode)
{
	char *volume = malloc(2 * length + strlen(mode) + 2);

	if (!volume)
		return;
	memcpy(volume, path, length);
	volume[length] = ':';
	memcpy(volume + length + 1, path, length);
	strcpy(volume + 2 * length + 1, mode);
	add(words, "-v");
	add(words, volume);
}

/*
 * What the working folder's links lead to: "source" of the sweep, itself a link
 * to the snapshot or the folder that the sweep was submitted from.
 */
static void add_source(struct words *words, const char *folder)
{
	const char *slash = strrchr(folder, '/');
	char *link = slash ? malloc((size_t)(slash - folder) + sizeof "/source")
			   : NULL;
	char *real, *volume;

	if (!link)
		return;
	memcpy(link, folder, (size_t)(slash - folder));
	strcpy(link + (slash - folder), "/source");
	real = realpath(link, NULL);
	volume = real ? malloc(strlen(real) + strlen(link) + sizeof "::ro") : NULL;
	if (volume) {
		stpcpy(stpcpy(stpcpy(stpcpy(volume, real), ":"), link), ":ro");
		add(words, "-v");
		add(words, volume);
	}
	free(real);
	free(link);
}

static void add_folders(struct words *words)
{
	const char *folder = getenv("HDRIVE_DIR");
	const char *python = getenv("PYTHONPATH");
	const char *here = getenv("PWD");

	if (folder) {
		add_volume(words, folder, strlen(folder), "");
		add_source(words, folder);
	}
	/* hdrive's own modules stand first in it. */
	if (python && *python == '/')
		add_volume(words, python, strcspn(python, ":"), ":ro");
	if (here) {
		add(words, "-w");
		add(words, here);
	}
}

int hd_launch_container(char **argv)
{
	struct words words = { 0 };
	int count = hd_launch_number(argv[1]);

	if (count < 2 || (size_t)count + 3 > count_of(argv))
		return HD_LAUNCH_USAGE;
	words.words = calloc(count_of(argv) + 2 * count_of(environ) + 16,
			     sizeof *words.words);
	if (!words.words)
		return 126;
	argv += 2;
	if (!has_our_network(argv, count))
		forget_server();
	add(&words, argv[0]);
	add(&words, "run");
	add(&words, "--rm");
	add_folders(&words);
	add_variables(&words);
	for (size_t i = 1; argv[i]; i++)
		add(&words, argv[i]);
	return hd_launch_become(words.words);
}
