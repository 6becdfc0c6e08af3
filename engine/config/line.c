/*
 * A sweep from the words of a command line: the text of a HyperDrive file is
 * made of them and loaded as any file is; what the loader finds in a line of it
 * is said of the word the line comes from.
 */
#include "config/line.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the text is called where no word stands behind a line. */
#define LINE_NAME "hdrive run"
/* A space of at most so many points is tried whole, unless a limit is given. */
#define POINTS_MOST 100
#define TRIALS_USUAL "20"

/* --- lines and their words ------------------------------------------------ */

struct hd_said hd_liner_said(const char *flag, const char *word)
{
	struct hd_said said = { .settled = false };

	snprintf(said.text, sizeof said.text, "%s%s%.200s", flag, *flag ? " " : "", word);
	return said;
}

void hd_liner_put(struct hd_liner *liner, const struct hd_said *said,
		  const char *fmt, ...)
{
	static const struct hd_said ours;
	char *text = NULL;
	va_list args;
	int length;

	if (liner->line_count == liner->line_room) {
		size_t room = liner->line_room ? 2 * liner->line_room : 16;
		struct hd_said *lines = realloc(liner->lines, room * sizeof *lines);

		if (!lines) {
			liner->failed = true;
			return;
		}
		liner->lines = lines;
		liner->line_room = room;
	}
	va_start(args, fmt);
	length = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (length >= 0)
		text = malloc((size_t)length + 1);
	if (!text) {
		liner->failed = true;
		return;
	}
	va_start(args, fmt);
	vsnprintf(text, (size_t)length + 1, fmt, args);
	va_end(args);
	hd_buf_puts(&liner->text, text);
	hd_buf_putc(&liner->text, '\n');
	free(text);
	liner->lines[liner->line_count++] = said ? *said : ours;
}

void hd_liner_error(struct hd_liner *liner, const struct hd_said *said,
		    const char *fmt, ...)
{
	const struct hd_mark mark = { .file = said->text };
	char text[HD_ERROR_TEXT];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	if (hd_findings_add(liner->findings, HD_FINDING_ERROR, &mark, NULL, "%s", text) < 0)
		liner->failed = true;
}

void hd_liner_unknown(struct hd_liner *liner, const struct hd_said *said,
		      const char *what, const char *word,
		      const char *const *known, size_t count)
{
	const char *meant = hd_suggest(word, known, count);
	struct hd_buf list = HD_BUF_INIT;

	for (size_t i = 0; i < count; i++)
		hd_buf_printf(&list, "%s%s", i ? ", " : "", known[i]);
	hd_liner_error(liner, said, "unknown %s '%.40s', %s%s%s%s", what, word,
		       meant ? "did you mean '" : "expected one of ",
		       meant ? meant : hd_buf_text(&list), meant ? "'?" : "",
		       meant || strcmp(what, "expression") ? "" : "; a text stands in quotes");
	liner->failed |= hd_buf_failed(&list);
	hd_buf_release(&list);
}

/* --- NAME:KEY=VALUE,KEY=VALUE --------------------------------------------- */

/* Value as it stands in the file: plain when it is one harmless word. */
static void value_put(struct hd_buf *buf, const char *value, size_t length)
{
	size_t i = 0;

	while (i < length && (value[i] == '.' || value[i] == '-' || value[i] == '+' ||
			      value[i] == '_' || (value[i] >= '0' && value[i] <= '9') ||
			      ((value[i] | 32) >= 'a' && (value[i] | 32) <= 'z')))
		i++;
	/* A lone dash would begin a list. */
	if (length && i == length && strspn(value, "-") < length)
		hd_buf_add(buf, value, length);
	else
		hd_buf_json(buf, value, length);
}

static void plugin_option(struct hd_liner *liner, const struct hd_said *said,
			  const char *word, size_t length,
			  const struct hd_option *options, bool is_policy)
{
	const char *names[32], *equals = memchr(word, '=', length);
	size_t count = 0;
	struct hd_buf value = HD_BUF_INIT;
	char key[64];

	for (; options && options[count].name && count < 30; count++)
		names[count] = options[count].name;
	if (is_policy) {
		names[count++] = "evaluation_interval";
		names[count++] = "delay_evaluation";
	}
	if (!equals || equals == word || (size_t)(equals - word) >= sizeof key) {
		hd_liner_error(liner, said, "expected KEY=VALUE behind the ':', got '%.*s'",
			       length > 40 ? 40 : (int)length, word);
		return;
	}
	memcpy(key, word, (size_t)(equals - word));
	key[equals - word] = '\0';
	for (size_t i = 0; i < count; i++) {
		if (strcmp(names[i], key) != 0)
			continue;
		value_put(&value, equals + 1, length - (size_t)(equals + 1 - word));
		liner->failed |= hd_buf_failed(&value);
		hd_liner_put(liner, said, "  %s: %s", key, hd_buf_text(&value));
		hd_buf_release(&value);
		return;
	}
	if (count)
		hd_liner_unknown(liner, said, "option", key, names, count);
	else
		hd_liner_error(liner, said, "unknown option '%.40s': it has none", key);
}

static void plugin_options(struct hd_liner *liner, const struct hd_said *said,
			   const char *at, const struct hd_option *options,
			   bool is_policy)
{
	while (*at) {
		size_t length = strcspn(at, ",");

		plugin_option(liner, said, at, length, options, is_policy);
		at += length;
		at += *at == ',';
	}
}

/* What stands before the ':' of WORD into NAME; the options behind it. */
static const char *plugin_name(const char *word, char *name, size_t size)
{
	size_t length = strcspn(word, ":");

	snprintf(name, size, "%.*s", (int)length, word);
	return word + length + (word[length] == ':');
}

static void put_sampler(struct hd_liner *liner, const char *word)
{
	struct hd_said said = hd_liner_said("--sampler", word ? word : "");
	const struct hd_sampler_type *type;
	const char *names[32], *options;
	size_t count = 0;
	char name[64];

	hd_liner_put(liner, NULL, "sampling:");
	if (!word) {
		hd_liner_put(liner, NULL, "  type: random");
		return;
	}
	options = plugin_name(word, name, sizeof name);
	type = hd_sampler_type_find(name);
	for (; count < hd_sampler_types() && count < 32; count++)
		names[count] = hd_sampler_type_at(count)->name;
	if (!type) {
		hd_liner_unknown(liner, &said, "sampler", name, names, count);
		return;
	}
	hd_liner_put(liner, &said, "  type: %s", type->name);
	plugin_options(liner, &said, options, type->options, false);
}

static void put_policy(struct hd_liner *liner, const char *word)
{
	struct hd_said said = hd_liner_said("--policy", word ? word : "");
	const struct hd_policy_type *type;
	const char *names[32], *options;
	size_t count = 0;
	char name[64];

	if (!word)
		return;
	options = plugin_name(word, name, sizeof name);
	type = hd_policy_type_find(name);
	for (; count < hd_policy_types() && count < 32; count++)
		names[count] = hd_policy_type_at(count)->name;
	if (!type) {
		hd_liner_unknown(liner, &said, "policy", name, names, count);
		return;
	}
	hd_liner_put(liner, &said, "policy:");
	hd_liner_put(liner, &said, "  type: %s", type->v1_name ? type->v1_name : type->name);
	plugin_options(liner, &said, options, type->options, true);
}

/* --- the metric ----------------------------------------------------------- */

static void put_metric(struct hd_liner *liner, const char *word)
{
	static const char *const goals[] = { "min", "max", "minimize", "maximize" };
	struct hd_said said = hd_liner_said("-m", word);
	const char *name = strchr(word, ':');
	struct hd_buf text = HD_BUF_INIT;
	char goal[64];
	size_t i = 0;

	snprintf(goal, sizeof goal, "%.*s", (int)strcspn(word, ":"), word);
	while (i < 4 && strcmp(goals[i], goal) != 0)
		i++;
	if (!hd_buf_is_utf8(word, strlen(word)))
		hd_liner_error(liner, &said, "this is not UTF-8");
	else if (!name && i < 4)
		hd_liner_error(liner, &said, "the metric's name is missing: %s:NAME", goal);
	else if (!name)
		hd_liner_error(liner, &said,
			       "the goal is missing: min:%.40s or max:%.40s", word, word);
	else if (!name[1])
		hd_liner_error(liner, &said, "the metric's name is missing: %s:NAME",
			       i < 4 ? goal : "min");
	else if (i == 4 && hd_suggest(goal, goals, 4))
		hd_liner_unknown(liner, &said, "goal", goal, goals, 4);
	else if (i == 4)
		hd_liner_error(liner, &said,
			       "'%.40s' is no goal: a name with ':' stands behind one, as "
			       "min:%.60s",
			       goal, word);
	else {
		hd_buf_json(&text, name + 1, strlen(name + 1));
		liner->failed |= hd_buf_failed(&text);
		hd_liner_put(liner, &said, "primary_metric_name: %s", hd_buf_text(&text));
		hd_liner_put(liner, &said, "primary_metric_goal: %s",
			     i % 2 ? "maximize" : "minimize");
	}
	hd_buf_release(&text);
}

/* --- the whole ------------------------------------------------------------ */

static const char *bare(const char *name)
{
	return name + strspn(name, "-");
}

/* Whether PARAM gives a name that one before it gives. */
static bool is_repeated(const struct hd_line *line, size_t index)
{
	const char *name = bare(line->params[index]);
	size_t length = strcspn(name, "=") + 1;

	for (size_t i = 0; i < index; i++)
		if (!strncmp(bare(line->params[i]), name, length))
			return true;
	return false;
}

static void put_params(struct hd_liner *liner, const struct hd_line *line)
{
	liner->points = 1;
	hd_liner_put(liner, NULL, "  parameter_space:");
	for (size_t i = 0; i < line->param_count; i++) {
		struct hd_said said = hd_liner_said("-p", line->params[i]);

		if (is_repeated(line, i))
			hd_liner_error(liner, &said, "this parameter is given twice");
		else
			hd_liner_param(liner, line->params[i]);
	}
}

/* KEY under NAME, which is its own or the last part of it. */
static void put_key(struct hd_liner *liner, const struct hd_line_key *key,
		    const char *indent, const char *name)
{
	struct hd_said said = hd_liner_said("", key->said);
	struct hd_buf value = HD_BUF_INIT;

	/* A list or map is JSON, made by who calls. */
	if (strchr("[{", key->value[0]) && key->value[0])
		hd_buf_puts(&value, key->value);
	else
		value_put(&value, key->value, strlen(key->value));
	liner->failed |= hd_buf_failed(&value);
	hd_liner_put(liner, &said, "%s%s: %s", indent, name, hd_buf_text(&value));
	hd_buf_release(&value);
}

/* Whether KEY is one of the block that the LENGTH bytes of NAME are "a." of. */
static bool is_in_block(const struct hd_line_key *key, const char *name,
			size_t length)
{
	return !strncmp(key->key, name, length);
}

/* The keys "a.b" and "a.c" of a block, at the first of them. */
static void put_block(struct hd_liner *liner, const struct hd_line *line,
		      size_t first)
{
	const char *name = line->keys[first].key;
	size_t length = (size_t)(strchr(name, '.') - name) + 1;

	for (size_t i = 0; i < first; i++)
		if (is_in_block(&line->keys[i], name, length))
			return;
	hd_liner_put(liner, NULL, "%.*s:", (int)length - 1, name);
	for (size_t i = first; i < line->key_count; i++)
		if (is_in_block(&line->keys[i], name, length))
			put_key(liner, &line->keys[i], "  ",
				line->keys[i].key + length);
}

static void put_keys(struct hd_liner *liner, const struct hd_line *line)
{
	bool limited = false;

	for (size_t i = 0; i < line->key_count; i++) {
		const struct hd_line_key *key = &line->keys[i];

		if (strchr(key->key, '.'))
			put_block(liner, line, i);
		else
			put_key(liner, key, "", key->key);
		limited |= !strcmp(key->key, "max_total_runs");
	}
	if (!limited && liner->points && liner->points <= POINTS_MOST)
		hd_liner_put(liner, NULL, "max_total_runs: %u", (unsigned)liner->points);
	else if (!limited)
		hd_liner_put(liner, NULL, "max_total_runs: " TRIALS_USUAL);
}

/*
 * The word that a finding's line comes from in place of the line. What Azure
 * would say of a file is left to "hdrive validate" of a file.
 */
static int findings_name(struct hd_liner *liner, const struct hd_findings *found)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < hd_findings_kept(found); i++) {
		const struct hd_finding *finding = hd_findings_at(found, i);
		struct hd_mark mark = finding->mark;
		const struct hd_said *said = NULL;

		if (mark.file && !strcmp(mark.file, LINE_NAME) && mark.line &&
		    mark.line <= liner->line_count)
			said = &liner->lines[mark.line - 1];
		if (finding->severity == HD_FINDING_PORTABILITY ||
		    (said && said->settled && finding->severity == HD_FINDING_WARNING))
			continue;
		if (said && *said->text)
			mark = (struct hd_mark){ .file = said->text };
		rc = hd_findings_add(liner->findings, finding->severity, &mark,
				     said ? NULL : finding->excerpt, "%s", finding->text);
	}
	return rc;
}

static int line_load(struct hd_liner *liner, struct hd_config **out,
		     const struct hd_config_load *load, struct hd_error *err)
{
	struct hd_findings *found = hd_findings_new();
	int rc;

	if (!found)
		return hd_error_nomem(err);
	rc = hd_config_parse(out, liner->text.text, liner->text.length, LINE_NAME, load,
			     found, err);
	if (findings_name(liner, found) < 0) {
		hd_config_free(*out);
		*out = NULL;
		rc = hd_error_nomem(err);
	}
	hd_findings_free(found);
	return rc;
}

int hd_config_line(struct hd_config **out, const struct hd_line *line,
		   const struct hd_config_load *load,
		   struct hd_findings *findings, struct hd_error *err)
{
	struct hd_liner liner = { .text = HD_BUF_INIT, .findings = findings };
	size_t errors;
	int rc;

	*out = NULL;
	put_sampler(&liner, line->sampler);
	put_params(&liner, line);
	put_policy(&liner, line->policy);
	put_metric(&liner, line->metric);
	put_keys(&liner, line);
	errors = hd_findings_count(findings, HD_FINDING_ERROR);
	if (liner.failed || hd_buf_failed(&liner.text))
		rc = hd_error_nomem(err);
	else if (errors)
		rc = hd_error_set(err, HD_EINVAL, "%zu error%s in the words", errors,
				  errors == 1 ? "" : "s");
	else
		rc = line_load(&liner, out, load, err);
	free(liner.lines);
	hd_buf_release(&liner.text);
	return rc;
}
