/*
 * Conda environments, built by whichever of micromamba, mamba and conda is
 * there: one folder of the store for each content of a conda file, built by one
 * process at a time, whole when it holds the mark.
 */
#define _XOPEN_SOURCE 700 /* realpath */

#include "cli/runconfig.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FOLDER "environments"
#define MARK "hdrive-built"
#define PATH_MOST 4096

struct conda {
	struct cli *cli;
	char folder[PATH_MOST]; /* of all environments */
	char prefix[PATH_MOST]; /* of this one */
	char file[PATH_MOST];   /* what it is built from */
};

/* FORMAT into TEXT, whole; CLI_OK or an exit code. */
static int join(struct conda *conda, char *text, const char *a, const char *b,
		const char *c)
{
	int length = snprintf(text, PATH_MOST, "%s%s%s", a, b, c);

	if (length >= 0 && length < PATH_MOST)
		return CLI_OK;
	return cli_fail(conda->cli, CLI_ERROR, "the path '%s' is too long", a);
}

/* --- where ------------------------------------------------------------------- */

static int folder_make(struct conda *conda, const char *path)
{
	if (mkdir(path, 0777) == 0 || errno == EEXIST)
		return CLI_OK;
	return cli_fail(conda->cli, CLI_ERROR, "cannot make the folder '%s': %s",
			path, strerror(errno));
}

/* The store's folder, which need not be there yet, and below it ours. */
static int folder_find(struct conda *conda)
{
	struct hd_error err = { 0 };
	char *path = NULL, *slash;
	char absolute[PATH_MOST];
	int code;

	if (hd_store_locate(&path, ".", cli_store_override(conda->cli), &err) < 0)
		return cli_fail_error(conda->cli, &err);
	slash = strrchr(path, '/');
	if (slash)
		*slash = '\0';
	code = slash ? folder_make(conda, path) : CLI_OK;
	if (code == CLI_OK && !realpath(slash ? path : ".", absolute))
		code = cli_fail(conda->cli, CLI_ERROR, "cannot find '%s': %s",
				path, strerror(errno));
	if (code == CLI_OK)
		code = join(conda, conda->folder, absolute, "/", FOLDER);
	if (code == CLI_OK)
		code = folder_make(conda, conda->folder);
	free(path);
	return code;
}

/* FNV-1a, which tells files apart; nobody gains from two that are alike. */
static uint64_t hash(uint64_t seed, const char *bytes, size_t length)
{
	uint64_t value = UINT64_C(0xcbf29ce484222325) ^ seed;

	for (size_t i = 0; i < length; i++)
		value = (value ^ (unsigned char)bytes[i]) *
			UINT64_C(0x100000001b3);
	return value;
}

static int prefix_of(struct conda *conda, const char *bytes, size_t length)
{
	char name[40];

	snprintf(name, sizeof name, "%016" PRIx64 "%016" PRIx64,
		 hash(0, bytes, length), hash(length + 1, bytes, length));
	return join(conda, conda->prefix, conda->folder, "/", name);
}

/* The file that the run configuration names, and by its content the prefix. */
static int from_file(struct conda *conda, const char *file, const char *source)
{
	char bytes[65536];
	size_t length;
	FILE *stream;
	int code = join(conda, conda->file, source && *file != '/' ? source : "",
			source && *file != '/' ? "/" : "", file);

	if (code != CLI_OK)
		return code;
	/* Below the source folder; else as seen from here. */
	stream = fopen(conda->file, "re");
	if (!stream && join(conda, conda->file, file, "", "") == CLI_OK)
		stream = fopen(conda->file, "re");
	if (!stream)
		return cli_fail(conda->cli, CLI_USAGE,
				"cannot open the conda file '%s': %s",
				conda->file, strerror(errno));
	length = fread(bytes, 1, sizeof bytes, stream);
	fclose(stream);
	if (length == sizeof bytes)
		return cli_fail(conda->cli, CLI_USAGE,
				"the conda file '%s' is larger than 64 KiB",
				conda->file);
	return prefix_of(conda, bytes, length);
}

/* What stands in the run configuration becomes a file: JSON is YAML. */
static int from_text(struct conda *conda, const char *text)
{
	int code = prefix_of(conda, text, strlen(text));
	FILE *stream;

	if (code == CLI_OK)
		code = join(conda, conda->file, conda->prefix, ".yml", "");
	if (code != CLI_OK)
		return code;
	stream = fopen(conda->file, "we");
	if (!stream || fputs(text, stream) < 0 || fclose(stream) < 0)
		return cli_fail(conda->cli, CLI_ERROR, "cannot write '%s': %s",
				conda->file, strerror(errno));
	return CLI_OK;
}

/* --- building ------------------------------------------------------------------ */

/* Run ARGV, its output on our stderr; whether it ended well. */
static bool run_tool(const char *const *argv)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_RDONLY);

		if (null >= 0)
			dup2(null, STDIN_FILENO);
		dup2(STDERR_FILENO, STDOUT_FILENO);
		execvp(argv[0], (char **)(uintptr_t)argv);
		_exit(127);
	}
	if (pid < 0)
		return false;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool is_in_path(const char *name)
{
	const char *path = getenv("PATH");
	char file[PATH_MOST];

	while (path && *path) {
		size_t length = strcspn(path, ":");
		int size = snprintf(file, sizeof file, "%.*s/%s", (int)length,
				    length ? path : ".", name);

		if (size > 0 && (size_t)size < sizeof file &&
		    access(file, X_OK) == 0)
			return true;
		path += length + (path[length] == ':');
	}
	return false;
}

static const char *tool_find(void)
{
	static const char *const tools[] = { "micromamba", "mamba", "conda" };

	for (size_t i = 0; i < sizeof tools / sizeof tools[0]; i++)
		if (is_in_path(tools[i]))
			return tools[i];
	return NULL;
}

static int build(struct conda *conda, const char *mark)
{
	const char *tool = tool_find();
	const char *const remove[] = { "rm", "-rf", "--", conda->prefix, NULL };
	const char *const micro[] = { tool, "create", "-y", "-q",
				      "-p", conda->prefix, "-f", conda->file,
				      NULL };
	const char *const full[] = { tool, "env", "create", "-q",
				     "-p", conda->prefix, "-f", conda->file,
				     NULL };
	int fd;

	if (!tool)
		return cli_fail(conda->cli, CLI_ERROR,
				"'--build-env' needs one of micromamba, mamba"
				" and conda in PATH");
	cli_say(conda->cli, "building the environment of '%s' with %s",
		conda->file, tool);
	/* What an interrupted build left is no environment. */
	if (!run_tool(remove) ||
	    !run_tool(strcmp(tool, "micromamba") ? full : micro))
		return cli_fail(conda->cli, CLI_ERROR,
				"%s could not build the environment of '%s'",
				tool, conda->file);
	fd = open(mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0 || close(fd) < 0)
		return cli_fail(conda->cli, CLI_ERROR, "cannot write '%s': %s",
				mark, strerror(errno));
	return CLI_OK;
}

/* One process at a time: the others find it built. */
static int build_once(struct conda *conda)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char mark[PATH_MOST], path[PATH_MOST];
	int code = join(conda, mark, conda->prefix, "/", MARK);
	int fd;

	if (code == CLI_OK)
		code = join(conda, path, conda->prefix, ".lock", "");
	if (code != CLI_OK)
		return code;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	while (fd >= 0 && fcntl(fd, F_SETLKW, &lock) < 0 && errno == EINTR)
		;
	if (fd < 0)
		return cli_fail(conda->cli, CLI_ERROR, "cannot open '%s': %s",
				path, strerror(errno));
	if (!cli_exists(mark))
		code = build(conda, mark);
	close(fd);
	return code;
}

int conda_build(struct cli *cli, const struct hd_runconfig *runconfig,
		const char *source, char **python)
{
	struct conda *conda = calloc(1, sizeof *conda);
	char path[PATH_MOST] = "";
	int code;

	*python = NULL;
	if (!conda)
		return cli_fail(cli, CLI_ERROR, "out of memory");
	conda->cli = cli;
	code = folder_find(conda);
	if (code == CLI_OK && runconfig->conda_file)
		code = from_file(conda, runconfig->conda_file, source);
	else if (code == CLI_OK && runconfig->conda_text)
		code = from_text(conda, runconfig->conda_text);
	else if (code == CLI_OK)
		code = cli_fail(cli, CLI_USAGE,
				"'--build-env': the run configuration names no"
				" conda environment to build");
	if (code == CLI_OK)
		code = build_once(conda);
	if (code == CLI_OK)
		code = join(conda, path, conda->prefix, "/bin/python", "");
	if (code == CLI_OK && access(path, X_OK) < 0)
		code = cli_fail(cli, CLI_ERROR,
				"the environment has no '%s': its conda file"
				" must ask for python",
				path);
	if (code == CLI_OK) {
		*python = strdup(path);
		if (!*python)
			code = cli_fail(cli, CLI_ERROR, "out of memory");
	}
	free(conda);
	return code;
}
