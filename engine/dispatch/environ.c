#include "dispatch/environ.h"

#include "base/buf.h"
#include "dispatch/launch_cpus.h"
#include "dispatch/launch_mlflow.h"
#include "dispatch/workdir.h"
#include "program/program.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Variables in one text, each with its terminator. */
struct gather {
	struct hd_buf text;
	size_t count;
};

struct hd_environ {
	char *id;
	bool mlflow;          /* trials have a server of their own for its clients */
	struct gather shared; /* the sweep's own, then the inherited */
};

/* How a parameter's variable begins. */
#define PARAMETER "AZUREML_SWEEP_"

/* What hd_environ_build, or a backend, sets for each trial: never inherited. */
static const char *const trial_names[] = {
	"HDRIVE_TRIAL",
	"HDRIVE_ATTEMPT",
	"HDRIVE_DIR",
	"HDRIVE_OUTPUTS",
	"HDRIVE_CHECKPOINTS",
	"HDRIVE_PARAMS",
	"HDRIVE_METRICS",
	"HDRIVE_SEED",
	"HDRIVE_SLOT",
	HD_CPUS_VARIABLE, /* of an outer trial: its launcher has heeded it */
	"HDRIVE_DEVICES",
	"HDRIVE_RANKS", /* launch_ranks.h: what starts an outer trial's */
	"AZUREML_RUN_ID",
	"PWD",
};

/*
 * What speaks of an MLflow server. All of one piece: a user's token without
 * their server, or the other way round, is of no use, so either all are theirs
 * or all are ours, set here and by the launcher.
 */
static const char *const mlflow_names[] = {
	HD_MLFLOW_VARIABLE,
	"MLFLOW_RUN_ID",
	"MLFLOW_EXPERIMENT_ID",
	"MLFLOW_EXPERIMENT_NAME",
	"MLFLOW_TRACKING_URI",
	"MLFLOW_TRACKING_TOKEN",
	"MLFLOW_TRACKING_USERNAME",
	"MLFLOW_TRACKING_PASSWORD",
};

/* The length of "NAME" in "NAME=value"; 0 when there is no name. */
static size_t name_length(const char *variable)
{
	const char *equals = strchr(variable, '=');

	return equals ? (size_t)(equals - variable) : 0;
}

static bool is_same_name(const char *a, const char *b, size_t length)
{
	return strncmp(a, b, length) == 0 && b[length] == '=';
}

static bool is_named(const char *variable, const char *name)
{
	return is_same_name(name, variable, strlen(name));
}

/* The value that INHERIT gives to NAME, the last one; NULL for none. */
static const char *inherited(const char *const *inherit, const char *name)
{
	const char *value = NULL;

	for (size_t i = 0; inherit && inherit[i]; i++)
		if (is_named(inherit[i], name))
			value = inherit[i] + strlen(name) + 1;
	return value;
}

static void gather_end(struct gather *all)
{
	hd_buf_putc(&all->text, '\0');
	all->count++;
}

static void gather_text(struct gather *all, const char *name, const char *value)
{
	hd_buf_printf(&all->text, "%s=%s", name, value);
	gather_end(all);
}

static void gather_number(struct gather *all, const char *name, uint64_t value)
{
	hd_buf_printf(&all->text, "%s=%" PRIu64, name, value);
	gather_end(all);
}

static void gather_path(struct gather *all, const char *name,
			const char *folder, const char *entry)
{
	hd_buf_printf(&all->text, "%s=%s/%s", name, folder, entry);
	gather_end(all);
}

/* The last name of the path, "hdrive" when it has none. */
static void gather_experiment(struct gather *all, const char *source)
{
	size_t end = strlen(source);
	size_t start;

	while (end && source[end - 1] == '/')
		end--;
	for (start = end; start && source[start - 1] != '/'; start--)
		;
	hd_buf_puts(&all->text, "AZUREML_ARM_PROJECT_NAME=");
	if (start == end)
		hd_buf_puts(&all->text, "hdrive");
	else
		hd_buf_add(&all->text, source + start, end - start);
	gather_end(all);
}

/* The value NAME has before hdrive's own are added; NULL for none. */
static const char *given(const struct hd_environ_sweep *sweep, const char *name)
{
	const struct hd_program *program = sweep->program;

	for (size_t i = program ? program->environment_count : 0; i > 0; i--)
		if (is_named(program->environment[i - 1], name))
			return program->environment[i - 1] + strlen(name) + 1;
	return inherited(sweep->inherit, name);
}

/*
 * Azure's files say "python", and Debian has it only under its number: then a
 * stand-in is the last of the folders that are looked through.
 */
static void gather_stand_in(struct gather *all,
			    const struct hd_environ_sweep *sweep)
{
	const char *path = given(sweep, "PATH");

	if (!path || hd_program_in_path(path, "python") ||
	    !hd_program_in_path(path, "python3"))
		return;
	hd_buf_printf(&all->text, "PATH=%s:%s/" HD_ENVIRON_STAND_IN, path,
		      sweep->python_path);
	gather_end(all);
}

static void gather_python(struct gather *all,
			  const struct hd_environ_sweep *sweep)
{
	const char *theirs = given(sweep, "PYTHONPATH");

	if (!given(sweep, "PYTHONUNBUFFERED"))
		gather_text(all, "PYTHONUNBUFFERED", "1");
	if (!sweep->python_path)
		return;
	gather_stand_in(all, sweep);
	hd_buf_printf(&all->text, "PYTHONPATH=%s", sweep->python_path);
	if (theirs && *theirs)
		hd_buf_printf(&all->text, ":%s", theirs);
	gather_end(all);
}

/*
 * Whether trials get a server: not when the user said so, or named one. The
 * address in HDRIVE_MLFLOW is that of an outer trial's, which is not ours.
 */
static bool mlflow_is_ours(const struct hd_environ_sweep *sweep)
{
	const char *uri = given(sweep, "MLFLOW_TRACKING_URI");
	const char *wish = given(sweep, HD_MLFLOW_VARIABLE);

	if (wish && strcmp(wish, HD_MLFLOW_OFF) == 0)
		return false;
	return !uri || !*uri || (wish && strcmp(uri, wish) == 0);
}

/* Where a proxy is set, the loopback must not be looked for behind it. */
static void gather_no_proxy(struct gather *all,
			    const struct hd_environ_sweep *sweep)
{
	static const char *const names[] = { "http_proxy", "HTTP_PROXY",
					     "all_proxy", "ALL_PROXY" };
	const char *theirs = given(sweep, "no_proxy");
	bool found = false;

	if (!theirs)
		theirs = given(sweep, "NO_PROXY");
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		found = found || given(sweep, names[i]);
	if (!found || (theirs && strcmp(theirs, "*") == 0))
		return;
	for (int i = 0; i < 2; i++) {
		hd_buf_printf(&all->text, "%s=%s%s127.0.0.1",
			      i ? "no_proxy" : "NO_PROXY", theirs ? theirs : "",
			      theirs && *theirs ? "," : "");
		gather_end(all);
	}
}

static void gather_mlflow(struct gather *all,
			  const struct hd_environ_sweep *sweep)
{
	const char *wish = given(sweep, HD_MLFLOW_VARIABLE);
	bool in_uri = wish && strcmp(wish, HD_MLFLOW_URI) == 0;

	gather_text(all, HD_MLFLOW_VARIABLE,
		    in_uri ? HD_MLFLOW_URI : HD_MLFLOW_ON);
	gather_text(all, "MLFLOW_EXPERIMENT_ID", sweep->id);
	gather_text(all, "MLFLOW_EXPERIMENT_NAME", sweep->name);
	gather_no_proxy(all, sweep);
}

static void gather_sweep(struct gather *all,
			 const struct hd_environ_sweep *sweep)
{
	gather_text(all, "HDRIVE_SWEEP", sweep->name);
	gather_text(all, "AZUREML_ROOT_RUN_ID", sweep->id);
	if (sweep->program && sweep->program->experiment)
		gather_text(all, "AZUREML_ARM_PROJECT_NAME",
			    sweep->program->experiment);
	else
		gather_experiment(all, sweep->source);
	gather_text(all, "AZUREML_ARM_WORKSPACE_NAME", "hdrive");
	/* There is no subscription: a well-formed id that names none. */
	gather_text(all, "AZUREML_ARM_SUBSCRIPTION",
		    "00000000-0000-0000-0000-000000000000");
	gather_text(all, "AZUREML_ARM_RESOURCEGROUP", "hdrive");
	gather_python(all, sweep);
	if (mlflow_is_ours(sweep))
		gather_mlflow(all, sweep);
}

static void gather_list(struct gather *all, const char *const *list)
{
	for (size_t i = 0; list && list[i]; i++) {
		hd_buf_puts(&all->text, list[i]);
		gather_end(all);
	}
}

/* A name more here is one more in trial_names. */
static void gather_trial(struct gather *all, const struct hd_environ *environ,
			 const struct hd_environ_trial *trial)
{
	const char *id = environ->id;
	const char *folder = trial->folder;

	gather_number(all, "HDRIVE_TRIAL", trial->trial);
	gather_number(all, "HDRIVE_ATTEMPT", trial->attempt);
	gather_text(all, "HDRIVE_DIR", folder);
	gather_path(all, "HDRIVE_OUTPUTS", folder, HD_WORKDIR_OUTPUTS);
	gather_path(all, "HDRIVE_CHECKPOINTS", folder, HD_WORKDIR_CHECKPOINTS);
	gather_path(all, "HDRIVE_PARAMS", folder, HD_WORKDIR_PARAMS);
	gather_path(all, "HDRIVE_METRICS", folder, "metrics");
	gather_number(all, "HDRIVE_SEED", trial->seed);
	gather_number(all, "HDRIVE_SLOT", trial->slot);
	hd_buf_printf(&all->text, "AZUREML_RUN_ID=%s_%zu", id, trial->trial);
	gather_end(all);
	if (environ->mlflow) {
		hd_buf_printf(&all->text, "MLFLOW_RUN_ID=%s_%zu", id, trial->trial);
		gather_end(all);
	}
	gather_text(all, "PWD", trial->workdir);
	gather_list(all, trial->devices);
	gather_list(all, trial->variables);
}

static bool is_of_mlflow(const char *variable)
{
	for (size_t i = 0; i < sizeof mlflow_names / sizeof mlflow_names[0]; i++)
		if (is_named(variable, mlflow_names[i]))
			return true;
	return false;
}

static bool is_of_trial(const char *variable, const char *const *devices)
{
	for (size_t i = 0; devices && devices[i]; i++)
		if (is_named(variable, devices[i]))
			return true;
	if (strncmp(variable, PARAMETER, strlen(PARAMETER)) == 0)
		return true;
	for (size_t i = 0; i < sizeof trial_names / sizeof trial_names[0]; i++)
		if (is_named(variable, trial_names[i]))
			return true;
	return false;
}

/* Whether one of the variables in TEXT has the name of VARIABLE. */
static bool has_name(const char *text, size_t size, const char *variable,
		     size_t length)
{
	for (size_t at = 0; at < size; at += strlen(text + at) + 1)
		if (is_same_name(variable, text + at, length))
			return true;
	return false;
}

/* Whether a later variable of the list has the name of the first. */
static bool is_repeated(const char *const *list, size_t length)
{
	for (size_t i = 1; list[i]; i++)
		if (is_same_name(list[0], list[i], length))
			return true;
	return false;
}

/* What of LIST, which ends in NULL, has not been set by now. */
static void gather_unset(struct gather *all, const char *const *list,
			 const char *const *device_names, bool mlflow)
{
	size_t ours = all->text.length;

	for (size_t i = 0; list && list[i]; i++) {
		size_t length = name_length(list[i]);

		if (!length || hd_buf_failed(&all->text) ||
		    is_of_trial(list[i], device_names) ||
		    (mlflow && is_of_mlflow(list[i])) ||
		    has_name(hd_buf_text(&all->text), ours, list[i], length) ||
		    is_repeated(list + i, length))
			continue;
		hd_buf_puts(&all->text, list[i]);
		gather_end(all);
	}
}

int hd_environ_open(struct hd_environ **out,
		    const struct hd_environ_sweep *sweep, struct hd_error *err)
{
	struct hd_environ *environ = calloc(1, sizeof *environ);
	int rc = 0;

	*out = NULL;
	if (!environ)
		return hd_error_nomem(err);
	environ->id = strdup(sweep->id);
	environ->mlflow = mlflow_is_ours(sweep);
	gather_sweep(&environ->shared, sweep);
	if (sweep->program)
		gather_unset(&environ->shared, sweep->program->environment,
			     sweep->device_names, environ->mlflow);
	gather_unset(&environ->shared, sweep->inherit, sweep->device_names,
		     environ->mlflow);
	if (!environ->id || hd_buf_failed(&environ->shared.text)) {
		rc = hd_error_nomem(err);
		goto out;
	}
	*out = environ;
	environ = NULL;
out:
	hd_environ_close(environ);
	return rc;
}

void hd_environ_close(struct hd_environ *environ)
{
	if (!environ)
		return;
	hd_buf_release(&environ->shared.text);
	free(environ->id);
	free(environ);
}

/* Point to COUNT variables of TEXT; returns where the next pointer goes. */
static char **block_point(char **block, char *text, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		*block++ = text;
		text += strlen(text) + 1;
	}
	return block;
}

/* Pointers first, the text of the trial's own behind them. */
static char **block_make(const struct gather *own, const struct gather *shared)
{
	size_t head = (own->count + shared->count + 1) * sizeof(char *);
	char **block = malloc(head + own->text.length);
	char **end;

	if (!block)
		return NULL;
	memcpy((char *)block + head, hd_buf_text(&own->text), own->text.length);
	end = block_point(block, (char *)block + head, own->count);
	/* exec takes pointers to char and does not write through them */
	end = block_point(end, (char *)(uintptr_t)hd_buf_text(&shared->text),
			  shared->count);
	*end = NULL;
	return block;
}

int hd_environ_build(char ***out, const struct hd_environ *environ,
		     const struct hd_environ_trial *trial, struct hd_error *err)
{
	struct gather own = { HD_BUF_INIT, 0 };

	*out = NULL;
	gather_trial(&own, environ, trial);
	if (!hd_buf_failed(&own.text))
		*out = block_make(&own, &environ->shared);
	hd_buf_release(&own.text);
	return *out ? 0 : hd_error_nomem(err);
}
