/* hdrive folder attach: a project's folder as Azure's tools leave it. */
#include "cli/templates.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct folder_options {
	const char *path;
	const char *ignored; /* what names things of the cloud */
	bool force;
};

#define ROW(field) offsetof(struct folder_options, field)
static const struct cli_opt folder_rows[] = {
	{ "path", 0, "DIR", "the project's folder (.)", CLI_OPT_TEXT, ROW(path), 0 },
	{ "force", 0, NULL, "replace files that are there", CLI_OPT_FLAG, ROW(force), 0 },
	{ "experiment-name", 'e', "NAME", "ignored: a run's own -e, else the folder's name, counts",
	  CLI_OPT_TEXT, ROW(ignored), 0 },
	{ "resource-group", 'g', "NAME", "ignored: nothing here is in a cloud", CLI_OPT_TEXT,
	  ROW(ignored), 0 },
	{ "workspace-name", 'w', "NAME", "ignored", CLI_OPT_TEXT, ROW(ignored), 0 },
	{ "subscription-id", 0, "ID", "ignored", CLI_OPT_TEXT, ROW(ignored), 0 },
	CLI_OPT_END
};

static int folder_write(struct cli *cli, const char *folder, bool force)
{
	enum template_mode mode = force ? TEMPLATE_FORCE : TEMPLATE_KEEP;
	char *local = template_runconfig("train.py", false);
	char *docker = template_runconfig("train.py", true);
	const struct {
		const char *name, *text;
	} files[] = {
		{ ".azureml/config.json", template_workspace },
		{ ".azureml/conda_dependencies.yml", template_conda },
		{ ".azureml/local.runconfig", local },
		{ ".azureml/docker.runconfig", docker },
	};
	int code = local && docker ? CLI_OK
				   : cli_fail(cli, CLI_ERROR, "out of memory");

	for (size_t i = 0; code == CLI_OK && i < sizeof files / sizeof files[0]; i++)
		code = template_write(cli, folder, files[i].name, files[i].text,
				      mode);
	free(local);
	free(docker);
	if (code == CLI_OK)
		cli_say(cli, "next: hdrive submit FILE -c local -- SCRIPT");
	return code;
}

static int attach_main(struct cli *cli)
{
	struct folder_options options = { 0 };
	struct stat status;
	const char *folder;
	int code;

	if (!cli_parse(cli, &options, &code) ||
	    !cli_words_between(cli, 0, 0, &code))
		return code;
	folder = options.path ? options.path : ".";
	if (stat(folder, &status) < 0 || !S_ISDIR(status.st_mode))
		return cli_fail(cli, CLI_MISSING, "'%s' is not a folder",
				folder);
	return folder_write(cli, folder, options.force);
}

static const struct cli_command folder_attach = {
	.name = "folder attach",
	.summary = "write the files that Azure's tools put into a project",
	.usage = "[--path DIR] [option...]",
	.examples = "  hdrive folder attach\n"
		    "  hdrive folder attach --path project -w workspace -g group\n",
	.options = folder_rows,
	.notes = "Writes .azureml/ with run configurations; files that are there are kept.\n",
	.run = attach_main,
};

/* One word below: there is "attach" alone. */
static int folder_main(struct cli *cli)
{
	struct folder_options options = { 0 };
	int code;

	if (cli->next < cli->argc && !strcmp(cli->argv[cli->next], "attach")) {
		cli->command = &folder_attach;
		cli->next++;
		return folder_attach.run(cli);
	}
	if (!cli_parse(cli, &options, &code))
		return code;
	return cli_fail(cli, CLI_USAGE, "usage: hdrive folder attach");
}

const struct cli_command cli_cmd_folder = {
	.name = "folder",
	.summary = "attach: the files that Azure's tools put into a project",
	.usage = "attach [--path DIR] [option...]",
	.examples = "  hdrive folder attach\n",
	.options = folder_rows,
	.run = folder_main,
};
