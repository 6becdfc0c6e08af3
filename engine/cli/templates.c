#include "cli/templates.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_MOST 4096

const char template_conda[] =
	"# What --build-env installs where a run configuration has\n"
	"# userManagedDependencies: false.\n"
	"name: project_environment\n"
	"dependencies:\n"
	"- python=3.11\n"
	"- pip:\n"
	"  - numpy\n";

/* Azure's file that links a folder to a workspace: here it is the folder's. */
const char template_workspace[] =
	"{\n"
	"    \"subscription_id\": \"00000000-0000-0000-0000-000000000000\",\n"
	"    \"resource_group\": \"hdrive\",\n"
	"    \"workspace_name\": \"hdrive\"\n"
	"}\n";

static const char runconfig_text[] =
	"# What a trial runs: hdrive submit sweep.yml -c %s\n"
	"# Every key: docs/reference/run-configurations.md\n"
	"script: %s\n"
	"# What the script gets before the parameters of the sweep.\n"
	"arguments: []\n"
	"target: local\n"
	"framework: Python\n"
	"communicator: None\n"
	"# Seconds that one trial may take; empty for no limit.\n"
	"maxRunDurationSeconds:\n"
	"nodeCount: 1\n"
	"environment:\n"
	"  environmentVariables:\n"
	"    EXAMPLE_ENV_VAR: EXAMPLE_VALUE\n"
	"  python:\n"
	"    # true: the interpreter below, with what is installed for it.\n"
	"    # false: the conda environment of the file, built by --build-env.\n"
	"    userManagedDependencies: true\n"
	"    interpreterPath: %s\n"
	"    condaDependenciesFile: .azureml/conda_dependencies.yml\n"
	"  docker:\n"
	"    # true: in a container of this image, with --allow-docker.\n"
	"    enabled: %s\n"
	"    baseImage: %s\n"
	"    shmSize: 2g\n"
	"    arguments: []\n"
	"history:\n"
	"  outputCollection: true\n"
	"  snapshotProject: true\n"
	"  directoriesToWatch:\n"
	"  - logs\n"
	"# Processes of one trial, with communicator: OpenMpi.\n"
	"mpi:\n"
	"  processCountPerNode: 1\n"
	"# Names that --datastore and --dataset give a folder to.\n"
	"dataReferences: {}\n"
	"data: {}\n";

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

const char *template_python(void)
{
	return !is_in_path("python3") && is_in_path("python") ? "python"
							      : "python3";
}

/* A YAML scalar: quoted, so that it may hold anything. */
static char *yaml_quoted(const char *text)
{
	char *quoted = malloc(2 * strlen(text) + 3);
	char *at = quoted;

	if (!quoted)
		return NULL;
	*at++ = '\'';
	for (; *text; text++) {
		if (*text == '\'')
			*at++ = '\'';
		*at++ = *text;
	}
	*at++ = '\'';
	*at = '\0';
	return quoted;
}

static bool is_plain(const char *text)
{
	return *text && strspn(text, "abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789_./-") == strlen(text) &&
	       *text != '-' && *text != '.';
}

char *template_runconfig(const char *script, bool docker)
{
	char *quoted = is_plain(script) ? strdup(script) : yaml_quoted(script);
	const char *const words[] = {
		docker ? "docker --allow-docker" : "local", quoted,
		docker ? "python" : template_python(),
		docker ? "true" : "false", "docker.io/library/python:3.11-slim"
	};
	size_t size = sizeof runconfig_text;
	char *text;

	if (!quoted)
		return NULL;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		size += strlen(words[i]);
	text = malloc(size);
	if (text)
		snprintf(text, size, runconfig_text, words[0], words[1],
			 words[2], words[3], words[4]);
	free(quoted);
	return text;
}

/* --- writing ------------------------------------------------------------------- */

static int path_of(struct cli *cli, char *path, const char *folder,
		   const char *name)
{
	int length = strcmp(folder, ".")
			     ? snprintf(path, PATH_MOST, "%s/%s", folder, name)
			     : snprintf(path, PATH_MOST, "%s", name);

	if (length >= 0 && length < PATH_MOST)
		return CLI_OK;
	return cli_fail(cli, CLI_USAGE, "the path '%s/%s' is too long", folder,
			name);
}

int template_check(struct cli *cli, const char *folder, const char *name,
		   bool force)
{
	char path[PATH_MOST];
	int code = path_of(cli, path, folder, name);

	if (code == CLI_OK && !force && cli_exists(path))
		return cli_fail(cli, CLI_USAGE,
				"'%s' is there already: --force replaces it",
				path);
	return code;
}

/* The folders above PATH's file. */
static int folders_make(struct cli *cli, char *path)
{
	for (char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
		int rc;

		*at = '\0';
		rc = mkdir(path, 0777) < 0 && errno != EEXIST ? errno : 0;
		if (rc)
			cli_fail(cli, CLI_ERROR,
				 "cannot make the folder '%s': %s", path,
				 strerror(rc));
		*at = '/';
		if (rc)
			return CLI_ERROR;
	}
	return CLI_OK;
}

static int text_write(struct cli *cli, const char *path, const char *text,
		      bool force)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (force ? O_TRUNC : O_EXCL),
		      0666);
	size_t length = strlen(text);
	bool written = fd >= 0 && write(fd, text, length) == (ssize_t)length;

	if (fd >= 0 && close(fd) < 0)
		written = false;
	if (written)
		return CLI_OK;
	return cli_fail(cli, CLI_ERROR, "cannot write '%s': %s", path,
			strerror(errno));
}

int template_write(struct cli *cli, const char *folder, const char *name,
		   const char *text, enum template_mode mode)
{
	char path[PATH_MOST];
	int code = path_of(cli, path, folder, name);

	if (code == CLI_OK)
		code = folders_make(cli, path);
	if (code != CLI_OK)
		return code;
	if (mode == TEMPLATE_KEEP && cli_exists(path)) {
		cli_say(cli, "kept %s, which was there", path);
		return CLI_OK;
	}
	code = text_write(cli, path, text, mode == TEMPLATE_FORCE);
	if (code == CLI_OK)
		cli_put(cli, "%s\n", path);
	return code;
}
