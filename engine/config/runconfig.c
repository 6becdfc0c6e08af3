/*
 * A run configuration's file: its text, its root, and what of it is stored.
 *
 * JSON is read as the YAML that it is, but for one thing: a pair of escapes
 * that JSON writes for a character past U+FFFF.
 */
#include "config/runconfig.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"

static const char *const root_keys[] = {
	"script", "arguments", "command", "jobName", "target", "framework",
	"communicator", "autoPrepareEnvironment", "prepareEnvironment",
	"maxRunDurationSeconds", "nodeCount", "priority", "environment",
	"history", "spark", "docker", "hdi", "tensorflow", "mpi", "pytorch",
	"parallelTask", "dataReferences", "data", "outputData", "dataCaches",
	"sourceDirectoryDataStore", "amlCompute", "batchAi",
	"containerInstance", "exposedPorts", "kubernetesCompute",
	"aiSuperComputer", "credentialPassthrough", "useAbsolutePath",
	"commandReturnCodeConfig", "environmentVariables",
	"applicationEndpoints", "identity", "$schema"
};

struct loaded {
	struct hd_runconfig runconfig; /* first: what the caller holds */
	struct hd_arena *arena;
	struct hd_yaml_source source;
};

void hd_runconfig_free(struct hd_runconfig *runconfig)
{
	struct loaded *loaded = (struct loaded *)runconfig;

	if (!loaded)
		return;
	hd_arena_free(loaded->arena);
	free(loaded);
}

/* --- text ------------------------------------------------------------------ */

/* The four hexadecimal digits of an escape "\u...." at AT; -1 for none. */
static long escape_read(const char *at, const char *end)
{
	char digits[5] = "";

	if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
		return -1;
	for (int i = 0; i < 4; i++) {
		if (!isxdigit((unsigned char)at[2 + i]))
			return -1;
		digits[i] = at[2 + i];
	}
	return strtol(digits, NULL, 16);
}

static void put_character(struct hd_buf *buf, long code)
{
	hd_buf_putc(buf, (char)(0xf0 | (code >> 18)));
	hd_buf_putc(buf, (char)(0x80 | ((code >> 12) & 0x3f)));
	hd_buf_putc(buf, (char)(0x80 | ((code >> 6) & 0x3f)));
	hd_buf_putc(buf, (char)(0x80 | (code & 0x3f)));
}

/* Only a JSON text has such pairs; in YAML "\\ud83d" may be plain text. */
static bool is_json(const char *text, size_t length)
{
	size_t at = 0;

	if (length >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		at = 3;
	while (at < length && isspace((unsigned char)text[at]))
		at++;
	return at < length && text[at] == '{';
}

/* TEXT with each pair of surrogate escapes as the one character it is. */
static void join_surrogates(struct hd_buf *buf, const char *text, size_t length)
{
	const char *at = text, *end = text + length;

	while (at < end) {
		long high = escape_read(at, end);
		long low = high >= 0xd800 && high < 0xdc00
				   ? escape_read(at + 6, end)
				   : -1;

		if (low >= 0xdc00 && low < 0xe000) {
			put_character(buf, 0x10000 + ((high - 0xd800) << 10) +
						   (low - 0xdc00));
			at += 12;
		} else if (*at == '\\' && end - at > 1) {
			hd_buf_add(buf, at, 2); /* "\\\\" is not half of "\\u" */
			at += 2;
		} else {
			hd_buf_putc(buf, *at++);
		}
	}
}

static const char *source_text(struct hd_arena *arena, const char *text,
			       size_t *length)
{
	struct hd_buf buf = HD_BUF_INIT;
	const char *copy = NULL;

	if (!is_json(text, *length))
		return hd_arena_copy(arena, text, *length);
	join_surrogates(&buf, text, *length);
	if (!hd_buf_failed(&buf)) {
		copy = hd_arena_copy(arena, hd_buf_text(&buf), buf.length);
		*length = buf.length;
	}
	hd_buf_release(&buf);
	return copy;
}

static struct loaded *loaded_new(const char *text, size_t length,
				 const char *name)
{
	struct loaded *loaded = calloc(1, sizeof *loaded);

	if (!loaded)
		return NULL;
	loaded->arena = hd_arena_new();
	if (!loaded->arena)
		goto fail;
	loaded->source.name = hd_arena_string(loaded->arena, name);
	loaded->source.text = source_text(loaded->arena, text, &length);
	loaded->source.length = length;
	loaded->source.has_places = true;
	if (!loaded->source.name || !loaded->source.text)
		goto fail;
	loaded->runconfig.max_seconds = INFINITY;
	loaded->runconfig.user_managed = true;
	loaded->runconfig.collect_outputs = true;
	loaded->runconfig.snapshot = true;
	return loaded;
fail:
	hd_runconfig_free(&loaded->runconfig);
	return NULL;
}

/* --- the root -------------------------------------------------------------- */

/* "command" of later clients: a line for the shell, or words. */
static void read_command(struct hd_runconfig_loader *rc)
{
	const struct hd_yaml_node *node = hd_runconfig_get(rc->root, "command");
	const char **line;

	if (!node || node->kind == HD_YAML_LIST) {
		hd_runconfig_list(rc, rc->root, "command", "command",
				  &rc->command, &rc->command_count);
		return;
	}
	line = hd_arena_array(rc->loader.arena, 1, sizeof *line);
	if (!line) {
		rc->loader.sink.code = HD_ENOMEM;
	} else if (hd_runconfig_text(rc, rc->root, "command", "command", line)) {
		rc->command = line;
		rc->command_count = 1;
		rc->command_is_line = true;
	}
}

static void read_limit(struct hd_runconfig_loader *rc)
{
	const char *key = "maxRunDurationSeconds";
	const struct hd_yaml_node *node = hd_runconfig_get(rc->root, key);
	char found[HD_YAML_DESCRIPTION];
	double seconds;

	if (!node || !hd_loader_number(&rc->loader, node, key, &seconds))
		return;
	if (seconds > 0 && isfinite(seconds))
		rc->out->max_seconds = seconds;
	else
		hd_loader_error(&rc->loader, &node->place,
				"'%s' must be greater than 0, got %s", key,
				hd_yaml_describe(node, found));
}

static void read_history(struct hd_runconfig_loader *rc)
{
	static const char *const keys[] = { "outputCollection",
					    "snapshotProject",
					    "directoriesToWatch" };
	const struct hd_yaml_node *map = hd_runconfig_section(
		rc, rc->root, "history", "history", keys,
		HD_RUNCONFIG_COUNT(keys));

	if (!map)
		return;
	hd_runconfig_flag(rc, map, "outputCollection",
			  "history.outputCollection",
			  &rc->out->collect_outputs);
	hd_runconfig_flag(rc, map, "snapshotProject", "history.snapshotProject",
			  &rc->out->snapshot);
	hd_runconfig_list(rc, map, "directoriesToWatch",
			  "history.directoriesToWatch", &rc->out->watched,
			  &rc->out->watched_count);
}

/* Ignored keys that matter in Azure. */
static void warn_ignored(struct hd_runconfig_loader *rc)
{
	static const struct {
		const char *key, *why;
	} rows[] = {
		{ "sourceDirectoryDataStore",
		  "the source folder is this machine's" },
		{ "outputData", "outputs stay in the trial's folder" },
		{ "dataCaches", "data is read where it is" },
	};

	for (size_t i = 0; i < HD_RUNCONFIG_COUNT(rows); i++) {
		const struct hd_yaml_node *node =
			hd_runconfig_get(rc->root, rows[i].key);

		if (hd_runconfig_says(node))
			hd_loader_warn(&rc->loader, &node->place,
				       "'%s' is ignored: %s", rows[i].key,
				       rows[i].why);
	}
}

static void read_root(struct hd_runconfig_loader *rc)
{
	hd_runconfig_keys(rc, rc->root, "", root_keys,
			  HD_RUNCONFIG_COUNT(root_keys));
	hd_runconfig_text(rc, rc->root, "script", "script", &rc->out->script);
	if (rc->out->script && !*rc->out->script)
		rc->out->script = NULL;
	hd_runconfig_list(rc, rc->root, "arguments", "arguments",
			  &rc->out->arguments, &rc->out->argument_count);
	read_command(rc);
	hd_runconfig_text(rc, rc->root, "jobName", "jobName", &rc->out->job);
	read_limit(rc);
	read_history(rc);
	warn_ignored(rc);
	hd_runconfig_environment(rc);
	hd_runconfig_cluster(rc);
	hd_runconfig_data(rc);
}

/* --- what is stored -------------------------------------------------------- */

static bool is_secret(const char *key)
{
	static const char *const secrets[] = { "password", "clientSecret",
					       "sasToken", "accountKey" };

	for (size_t i = 0; i < HD_RUNCONFIG_COUNT(secrets); i++)
		if (!strcasecmp(secrets[i], key))
			return true;
	return false;
}

/* What is secret becomes null, so that it can be stored nowhere. */
static void blot_secrets(struct hd_yaml_node *node)
{
	if (node->kind == HD_YAML_LIST)
		for (size_t i = 0; i < node->count; i++)
			blot_secrets(node->items[i]);
	if (node->kind != HD_YAML_MAP)
		return;
	for (size_t i = 0; i < node->count; i++) {
		struct hd_yaml_node *value = node->pairs[i].value;

		blot_secrets(value);
		if (!is_secret(node->pairs[i].key))
			continue;
		value->kind = HD_YAML_NULL;
		value->text = "null";
		value->length = 4;
	}
}

static const char *root_json(struct hd_runconfig_loader *rc,
			     struct hd_yaml_node *root)
{
	struct hd_buf buf = HD_BUF_INIT;
	const char *json = NULL;

	blot_secrets(root);
	hd_yaml_json(&buf, root);
	if (!hd_buf_failed(&buf))
		json = hd_arena_string(rc->loader.arena, hd_buf_text(&buf));
	hd_buf_release(&buf);
	if (!json)
		rc->loader.sink.code = HD_ENOMEM;
	return json;
}

/* --- loading --------------------------------------------------------------- */

static void loaded_fill(struct loaded *loaded, struct hd_runconfig_loader *rc)
{
	struct hd_yaml_node *root = hd_yaml_parse(
		&loaded->source, rc->loader.arena, &rc->loader.sink);
	char found[HD_YAML_DESCRIPTION];

	if (!root || rc->loader.sink.code)
		return;
	if (root->kind != HD_YAML_MAP) {
		hd_loader_error(&rc->loader, &root->place,
				"a run configuration is a mapping with"
				" 'script', 'target', ..., got %s",
				hd_yaml_describe(root, found));
		return;
	}
	rc->root = root;
	read_root(rc);
	if (!rc->host || rc->loader.sink.code)
		return;
	hd_runconfig_refuse(rc);
	hd_runconfig_map_data(rc);
	hd_runconfig_program(rc);
	hd_runconfig_check_data(rc);
	if (rc->out->program && !rc->loader.sink.code)
		((struct hd_program *)rc->out->program)->configuration =
			root_json(rc, root);
}

static int load_result(const struct hd_runconfig_loader *rc,
		       struct hd_error *err)
{
	size_t errors = hd_findings_count(rc->loader.sink.findings,
					  HD_FINDING_ERROR);

	if (rc->loader.sink.code)
		return hd_error_nomem(err);
	if (errors == 0)
		return 0;
	return hd_error_set(err, HD_EINVAL,
			    "%zu error%s in the run configuration", errors,
			    errors == 1 ? "" : "s");
}

int hd_runconfig_parse(struct hd_runconfig **out, const char *text,
		       size_t length, const char *name,
		       const struct hd_runconfig_host *host,
		       struct hd_findings *findings, struct hd_error *err)
{
	struct hd_runconfig_loader rc = { .host = host };
	struct loaded *loaded;
	int rc_load;

	*out = NULL;
	if (length > HD_YAML_BYTES)
		return hd_error_set(err, HD_ELIMIT,
				    "'%s' is larger than %zu MiB", name,
				    HD_YAML_BYTES >> 20);
	loaded = loaded_new(text, length, name);
	if (!loaded)
		return hd_error_nomem(err);
	rc.loader.arena = loaded->arena;
	rc.loader.sink.findings = findings;
	rc.loader.sink.strict = host && host->strict;
	rc.out = &loaded->runconfig;
	rc.nodes = rc.processes = rc.workers = rc.servers = 1;
	loaded_fill(loaded, &rc);
	rc_load = load_result(&rc, err);
	if (rc_load < 0)
		goto out;
	*out = &loaded->runconfig;
	loaded = NULL; /* the caller's now */
out:
	if (loaded)
		hd_runconfig_free(&loaded->runconfig);
	return rc_load;
}

int hd_runconfig_open(struct hd_runconfig **out, const char *path,
		      const struct hd_runconfig_host *host,
		      struct hd_findings *findings, struct hd_error *err)
{
	char *text = NULL;
	size_t length;
	int rc;

	*out = NULL;
	rc = hd_yaml_read(&text, &length, path, err);
	if (rc < 0)
		return rc;
	rc = hd_runconfig_parse(out, text, length,
				strcmp(path, "-") ? path : "<stdin>", host,
				findings, err);
	free(text);
	if (rc == 0)
		(*out)->path = ((struct loaded *)*out)->source.name;
	return rc;
}
