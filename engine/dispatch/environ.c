#include "dispatch/environ.h"

#include "base/buf.h"
#include "dispatch/workdir.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/*
 * The variables gather in one text, each with its terminator; the block is
 * made when their number and size are known.
 */
struct gather {
	struct hd_buf text;
	size_t count;
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

static void gather_python(struct gather *all,
			  const struct hd_environ_request *request)
{
	const char *theirs = inherited(request->inherit, "PYTHONPATH");

	if (!inherited(request->inherit, "PYTHONUNBUFFERED"))
		gather_text(all, "PYTHONUNBUFFERED", "1");
	if (!request->python_path)
		return;
	hd_buf_printf(&all->text, "PYTHONPATH=%s", request->python_path);
	if (theirs && *theirs)
		hd_buf_printf(&all->text, ":%s", theirs);
	gather_end(all);
}

/* What hdrive sets itself. */
static void gather_ours(struct gather *all,
			const struct hd_environ_request *request)
{
	const char *folder = request->folder;

	gather_text(all, "HDRIVE_SWEEP", request->sweep);
	gather_number(all, "HDRIVE_TRIAL", request->trial);
	gather_number(all, "HDRIVE_ATTEMPT", request->attempt);
	gather_text(all, "HDRIVE_DIR", folder);
	gather_path(all, "HDRIVE_OUTPUTS", folder, HD_WORKDIR_OUTPUTS);
	gather_path(all, "HDRIVE_CHECKPOINTS", folder, HD_WORKDIR_CHECKPOINTS);
	gather_path(all, "HDRIVE_PARAMS", folder, HD_WORKDIR_PARAMS);
	gather_path(all, "HDRIVE_METRICS", folder, "metrics");
	gather_number(all, "HDRIVE_SEED", request->seed);
	gather_number(all, "HDRIVE_SLOT", request->slot);
	hd_buf_printf(&all->text, "AZUREML_RUN_ID=%s_%zu", request->id,
		      request->trial);
	gather_end(all);
	gather_text(all, "AZUREML_ROOT_RUN_ID", request->id);
	gather_experiment(all, request->source);
	gather_text(all, "AZUREML_ARM_WORKSPACE_NAME", "hdrive");
	/* There is no subscription: a well-formed id that names none. */
	gather_text(all, "AZUREML_ARM_SUBSCRIPTION",
		    "00000000-0000-0000-0000-000000000000");
	gather_text(all, "AZUREML_ARM_RESOURCEGROUP", "hdrive");
	gather_text(all, "PWD", request->workdir);
	gather_python(all, request);
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

static void gather_inherited(struct gather *all, const char *const *inherit)
{
	size_t ours = all->text.length;

	for (size_t i = 0; inherit && inherit[i]; i++) {
		size_t length = name_length(inherit[i]);

		if (!length || hd_buf_failed(&all->text) ||
		    has_name(hd_buf_text(&all->text), ours, inherit[i],
			     length) ||
		    is_repeated(inherit + i, length))
			continue;
		hd_buf_puts(&all->text, inherit[i]);
		gather_end(all);
	}
}

/* Pointers first, the text they point to behind them. */
static char **block_make(const struct gather *all)
{
	size_t head = (all->count + 1) * sizeof(char *);
	char **block = malloc(head + all->text.length);
	char *text;

	if (!block)
		return NULL;
	text = (char *)block + head;
	memcpy(text, hd_buf_text(&all->text), all->text.length);
	for (size_t i = 0; i < all->count; i++) {
		block[i] = text;
		text += strlen(text) + 1;
	}
	block[all->count] = NULL;
	return block;
}

int hd_environ_build(char ***out, const struct hd_environ_request *request,
		     struct hd_error *err)
{
	struct gather all = { HD_BUF_INIT, 0 };

	*out = NULL;
	gather_ours(&all, request);
	gather_inherited(&all, request->inherit);
	if (!hd_buf_failed(&all.text))
		*out = block_make(&all);
	hd_buf_release(&all.text);
	return *out ? 0 : hd_error_nomem(err);
}
