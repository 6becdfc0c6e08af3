/* The "environment" of a run configuration: Python, variables, a container. */
#include "config/runconfig.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"

/* --- variables -------------------------------------------------------------- */

/* Ours by right: without them a trial would not be found again. */
static bool is_reserved(const char *name)
{
	return !strncmp(name, "HDRIVE_", 7) ||
	       !strcmp(name, "AZUREML_RUN_ID") ||
	       !strcmp(name, "AZUREML_ROOT_RUN_ID");
}

static void read_variable(struct hd_runconfig_loader *rc,
			  const struct hd_yaml_pair *pair, const char *name)
{
	const struct hd_yaml_node *value = pair->value;
	char found[HD_YAML_DESCRIPTION];

	if (!*pair->key || strchr(pair->key, '='))
		hd_loader_error(&rc->loader, &pair->place,
				"'%s' has a variable called '%.64s': a name is"
				" not empty and has no '='",
				name, pair->key);
	else if (value->kind >= HD_YAML_LIST)
		hd_loader_error(&rc->loader, &value->place,
				"'%s.%.64s' must be text, got %s", name,
				pair->key, hd_yaml_describe(value, found));
	else if (is_reserved(pair->key))
		hd_loader_warn(&rc->loader, &pair->place,
			       "'%s.%.64s' is ignored: hdrive sets it", name,
			       pair->key);
	else
		hd_runconfig_variable(rc, pair->key,
				      value->kind == HD_YAML_NULL
					      ? ""
					      : value->text);
}

static void read_variables(struct hd_runconfig_loader *rc,
			   const struct hd_yaml_node *map, const char *name)
{
	const struct hd_yaml_node *node =
		hd_runconfig_get(map, "environmentVariables");

	if (!node || !hd_loader_map(&rc->loader, node, name))
		return;
	for (size_t i = 0; i < node->count; i++)
		read_variable(rc, &node->pairs[i], name);
}

/* --- python ------------------------------------------------------------------ */

static void read_conda(struct hd_runconfig_loader *rc,
		       const struct hd_yaml_node *python)
{
	const struct hd_yaml_node *inside =
		hd_runconfig_get(python, "condaDependencies");
	const struct hd_yaml_node *file =
		hd_runconfig_get(python, "condaDependenciesFile");
	struct hd_buf text = HD_BUF_INIT;

	if (hd_runconfig_text(rc, python, "condaDependenciesFile",
			      "environment.python.condaDependenciesFile",
			      &rc->out->conda_file))
		rc->conda_place = file->place;
	if (!inside ||
	    !hd_loader_map(&rc->loader, inside,
			   "environment.python.condaDependencies"))
		return;
	rc->conda_place = inside->place;
	hd_yaml_json(&text, inside);
	if (!hd_buf_failed(&text))
		rc->out->conda_text = hd_arena_string(rc->loader.arena,
						      hd_buf_text(&text));
	if (!rc->out->conda_text)
		rc->loader.sink.code = HD_ENOMEM;
	hd_buf_release(&text);
}

/* Names of Azure's own, which stand for all that is not written. */
static bool is_curated(const struct hd_runconfig_loader *rc)
{
	return rc->environment && !strncasecmp(rc->environment, "AzureML-", 8);
}

static void check_python(struct hd_runconfig_loader *rc,
			 const struct hd_yaml_node *said)
{
	bool has_conda = rc->out->conda_file || rc->out->conda_text;

	if (!said) {
		/* Whose it is can be told by what there is. */
		rc->out->user_managed = !has_conda;
	} else if (rc->out->user_managed && !rc->interpreter) {
		hd_loader_error(&rc->loader, &said->place,
				"'environment.python.userManagedDependencies'"
				" is true: 'interpreterPath' must name the"
				" Python to use");
	} else if (!rc->out->user_managed && !has_conda && !is_curated(rc) &&
		   !(rc->host && rc->host->conda_file)) {
		hd_loader_error(&rc->loader, &said->place,
				"'environment.python.userManagedDependencies'"
				" is false: 'condaDependenciesFile' or"
				" 'condaDependencies' must say what to install");
	}
}

static void read_python(struct hd_runconfig_loader *rc,
			const struct hd_yaml_node *environment)
{
	static const char *const keys[] = {
		"userManagedDependencies", "interpreterPath",
		"condaDependenciesFile", "condaDependencies",
		"baseCondaEnvironment"
	};
	const struct hd_yaml_node *map = hd_runconfig_section(
		rc, environment, "python", "environment.python", keys,
		HD_RUNCONFIG_COUNT(keys));
	const struct hd_yaml_node *interpreter, *said;

	if (!map)
		return;
	interpreter = hd_runconfig_get(map, "interpreterPath");
	if (hd_runconfig_text(rc, map, "interpreterPath",
			      "environment.python.interpreterPath",
			      &rc->interpreter))
		rc->interpreter_place = interpreter->place;
	else
		rc->interpreter = NULL;
	read_conda(rc, map);
	said = hd_runconfig_get(map, "userManagedDependencies");
	if (said && !hd_runconfig_flag(rc, map, "userManagedDependencies",
				       "environment.python"
				       ".userManagedDependencies",
				       &rc->out->user_managed))
		return;
	check_python(rc, said);
}

/* --- docker ------------------------------------------------------------------ */

static void check_registry(struct hd_runconfig_loader *rc,
			   const struct hd_yaml_node *docker)
{
	static const char *const keys[] = { "address", "username", "password",
					    "registryIdentity" };
	const struct hd_yaml_node *map = hd_runconfig_section(
		rc, docker, "baseImageRegistry",
		"environment.docker.baseImageRegistry", keys,
		HD_RUNCONFIG_COUNT(keys));
	const struct hd_yaml_node *user =
		map ? hd_runconfig_get(map, "username") : NULL;
	const char *name = "", *password = "";

	if (!user ||
	    !hd_runconfig_text(rc, map, "username",
			       "environment.docker.baseImageRegistry.username",
			       &name))
		return;
	if (!hd_runconfig_text(rc, map, "password",
			       "environment.docker.baseImageRegistry.password",
			       &password))
		hd_loader_error(&rc->loader, &user->place,
				"'environment.docker.baseImageRegistry' has a"
				" 'username' and needs a 'password'");
}

static void read_image(struct hd_runconfig_loader *rc,
		       const struct hd_yaml_node *map)
{
	hd_runconfig_text(rc, map, "baseImage", "environment.docker.baseImage",
			  &rc->image);
	hd_runconfig_text(rc, map, "baseDockerfile",
			  "environment.docker.baseDockerfile", &rc->dockerfile);
	if (rc->image && !*rc->image)
		rc->image = NULL;
	if (hd_runconfig_says(hd_runconfig_get(map, "buildContext")))
		rc->dockerfile = "buildContext";
	hd_runconfig_text(rc, map, "shmSize", "environment.docker.shmSize",
			  &rc->shared_memory);
	hd_runconfig_list(rc, map, "arguments", "environment.docker.arguments",
			  &rc->docker_arguments, &rc->docker_argument_count);
	check_registry(rc, map);
}

static void read_docker(struct hd_runconfig_loader *rc,
			const struct hd_yaml_node *environment)
{
	static const char *const keys[] = {
		"enabled", "baseImage", "baseDockerfile", "buildContext",
		"arguments", "shmSize", "sharedVolumes", "gpuSupport",
		"preparation", "platform", "baseImageRegistry"
	};
	const struct hd_yaml_node *map = hd_runconfig_section(
		rc, environment, "docker", "environment.docker", keys,
		HD_RUNCONFIG_COUNT(keys));

	if (!map)
		return;
	read_image(rc, map);
	if (hd_runconfig_flag(rc, map, "enabled", "environment.docker.enabled",
			      &rc->docker) &&
	    rc->docker)
		rc->docker_place = hd_runconfig_get(map, "enabled")->place;
}

/* "docker" beside "environment", where later clients have the switch. */
static void read_use_docker(struct hd_runconfig_loader *rc)
{
	static const char *const keys[] = { "useDocker", "sharedVolumes",
					    "arguments", "shmSize" };
	const struct hd_yaml_node *map = hd_runconfig_section(
		rc, rc->root, "docker", "docker", keys,
		HD_RUNCONFIG_COUNT(keys));

	if (!map)
		return;
	if (hd_runconfig_flag(rc, map, "useDocker", "docker.useDocker",
			      &rc->docker) &&
	    rc->docker)
		rc->docker_place = hd_runconfig_get(map, "useDocker")->place;
	hd_runconfig_text(rc, map, "shmSize", "docker.shmSize",
			  &rc->shared_memory);
	hd_runconfig_list(rc, map, "arguments", "docker.arguments",
			  &rc->docker_arguments, &rc->docker_argument_count);
}

static void check_docker(struct hd_runconfig_loader *rc)
{
	if (rc->docker && !rc->image && !rc->dockerfile && !is_curated(rc))
		hd_loader_error(&rc->loader, &rc->docker_place,
				"'environment.docker' is enabled and needs a"
				" 'baseImage'");
}

/* --- the whole --------------------------------------------------------------- */

static void warn_ignored(struct hd_runconfig_loader *rc,
			 const struct hd_yaml_node *map, const char *key)
{
	const struct hd_yaml_node *node = hd_runconfig_get(map, key);

	if (hd_runconfig_says(node))
		hd_loader_warn(&rc->loader, &node->place,
			       "'environment.%s' is ignored", key);
}

/*
 * Spark's and Databricks' own lists are in every file that Azure's tools made;
 * only what somebody put in them is worth a word.
 */
static void warn_packages(struct hd_runconfig_loader *rc,
			  const struct hd_yaml_node *environment,
			  const char *key)
{
	const struct hd_yaml_node *map = hd_runconfig_get(environment, key);

	if (!map || map->kind != HD_YAML_MAP) {
		warn_ignored(rc, environment, key);
		return;
	}
	for (size_t i = 0; i < map->count; i++) {
		const struct hd_yaml_node *value = map->pairs[i].value;

		if (value->kind == HD_YAML_BOOL || !hd_runconfig_says(value))
			continue;
		hd_loader_warn(&rc->loader, &map->pairs[i].place,
			       "'environment.%s.%.64s' is ignored", key,
			       map->pairs[i].key);
		return;
	}
}

void hd_runconfig_environment(struct hd_runconfig_loader *rc)
{
	static const char *const keys[] = {
		"name", "version", "environmentVariables", "python", "docker",
		"spark", "databricks", "r", "inferencingStackVersion",
		"assetId", "autoRebuild"
	};
	const struct hd_yaml_node *map = hd_runconfig_section(
		rc, rc->root, "environment", "environment", keys,
		HD_RUNCONFIG_COUNT(keys));
	const char *version = "";

	if (map) {
		hd_runconfig_text(rc, map, "name", "environment.name",
				  &rc->environment);
		hd_runconfig_text(rc, map, "version", "environment.version",
				  &version);
		read_variables(rc, map, "environment.environmentVariables");
		read_python(rc, map);
		read_docker(rc, map);
		warn_packages(rc, map, "spark");
		warn_packages(rc, map, "databricks");
		warn_ignored(rc, map, "r");
		warn_ignored(rc, map, "inferencingStackVersion");
	}
	read_variables(rc, rc->root, "environmentVariables");
	read_use_docker(rc);
	check_docker(rc);
}
