/*
 * A program as the store keeps it: its words are the command, a JSON array of
 * texts; all else is an object beside it, with a member only for what there is.
 */
#include "program/program.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "space/args.h"

/* --- writing -------------------------------------------------------------- */

static void put_key(struct hd_buf *buf, const char *name)
{
	if (hd_buf_text(buf)[buf->length - 1] != '{')
		hd_buf_putc(buf, ',');
	hd_buf_json(buf, name, strlen(name));
	hd_buf_putc(buf, ':');
}

static void put_words(struct hd_buf *buf, const char *name,
		      const char *const *words, size_t count)
{
	if (count == 0)
		return;
	put_key(buf, name);
	hd_args_json_words(buf, words, count);
}

static void put_text(struct hd_buf *buf, const char *name, const char *text)
{
	if (!text)
		return;
	put_key(buf, name);
	hd_args_json_word(buf, text);
}

/* {"name":"value"}; null for the folder of an output. */
static void put_bindings(struct hd_buf *buf, const char *name,
			 enum hd_binding_kind kind,
			 const struct hd_program *program)
{
	bool any = false;

	for (size_t i = 0; i < program->binding_count; i++) {
		const struct hd_binding *binding = &program->bindings[i];

		if (binding->kind != kind)
			continue;
		if (!any) {
			put_key(buf, name);
			hd_buf_putc(buf, '{');
		}
		any = true;
		put_key(buf, binding->name);
		if (binding->value)
			hd_args_json_word(buf, binding->value);
		else
			hd_buf_puts(buf, "null");
	}
	if (any)
		hd_buf_putc(buf, '}');
}

static void put_ranks(struct hd_buf *buf, const struct hd_program *program)
{
	const char *kind = hd_distribution_name(program->distribution);

	if (program->distribution == HD_DISTRIBUTION_NONE)
		return;
	put_key(buf, "distribution");
	hd_buf_printf(buf, "\"%s\",\"processes\":%zu,\"servers\":%zu", kind,
		      program->processes, program->servers);
	if (program->nodes > 1)
		hd_buf_printf(buf, ",\"nodes\":%zu", program->nodes);
}

void hd_program_json(struct hd_buf *buf, const struct hd_program *program)
{
	hd_buf_putc(buf, '{');
	if (program->shell) {
		put_key(buf, "shell");
		hd_buf_puts(buf, "true");
	}
	put_words(buf, "wrapper", program->wrapper, program->wrapper_count);
	put_bindings(buf, "inputs", HD_BINDING_INPUT, program);
	put_bindings(buf, "outputs", HD_BINDING_OUTPUT, program);
	put_words(buf, "environment", program->environment,
		  program->environment_count);
	put_text(buf, "experiment", program->experiment);
	if (program->time_limit > 0) {
		put_key(buf, "time_limit");
		hd_buf_json_number(buf, program->time_limit);
	}
	put_ranks(buf, program);
	put_words(buf, "container", program->container,
		  program->container_count);
	if (program->configuration) {
		put_key(buf, "configuration");
		hd_buf_puts(buf, program->configuration);
	}
	hd_buf_putc(buf, '}');
}

/* --- reading -------------------------------------------------------------- */

/* What the pieces are read into before hd_program_copy makes one of them. */
struct reading {
	struct hd_program program;
	char **words;
	char **wrapper;
	char **environment;
	char **container;
	char *configuration;
	struct hd_binding *bindings;
	struct hd_arena *arena; /* of single words */
	bool failed;            /* no memory for one */
};

/* The word in NODE; NULL for another kind of node, and for no memory. */
static const char *read_word(struct reading *reading,
			     const struct hd_json *node)
{
	ptrdiff_t length = node ? hd_args_word_length(node) : -1;
	char *word;

	if (length < 0)
		return NULL;
	word = hd_arena_alloc(reading->arena, (size_t)length + 1);
	if (word)
		hd_args_word_copy(node, word);
	else
		reading->failed = true;
	return word;
}

static int read_words(const struct hd_json *rest, const char *name,
		      char ***words, size_t *count, struct hd_error *err)
{
	const struct hd_json *node = rest ? hd_json_get(rest, name) : NULL;
	char *text;
	int rc;

	if (!node)
		return 0;
	text = hd_json_dump(node);
	if (!text)
		return hd_error_nomem(err);
	rc = hd_args_words_read(text, words, count, err);
	free(text);
	return rc;
}

static int read_binding(void *user, const char *name, size_t length,
			const struct hd_json *value)
{
	struct reading *reading = user;
	struct hd_program *program = &reading->program;
	struct hd_binding *binding = &reading->bindings[program->binding_count++];

	(void)length;
	binding->name = name;
	binding->value = read_word(reading, value);
	binding->kind = binding->value ? HD_BINDING_INPUT : HD_BINDING_OUTPUT;
	return 0;
}

static int read_bindings(struct reading *reading, const struct hd_json *rest,
			 struct hd_error *err)
{
	const struct hd_json *inputs = hd_json_get(rest, "inputs");
	const struct hd_json *outputs = hd_json_get(rest, "outputs");
	size_t count = (inputs ? hd_json_count(inputs) : 0) +
		       (outputs ? hd_json_count(outputs) : 0);

	reading->bindings = calloc(count + 1, sizeof *reading->bindings);
	if (!reading->bindings)
		return hd_error_nomem(err);
	reading->program.bindings = reading->bindings;
	if (inputs)
		hd_json_each(inputs, read_binding, reading);
	if (outputs)
		hd_json_each(outputs, read_binding, reading);
	return 0;
}

static const char *read_text(const struct hd_json *rest, const char *name)
{
	const struct hd_json *node = hd_json_get(rest, name);

	return node ? hd_json_string(node, NULL) : NULL;
}

static size_t read_count(const struct hd_json *rest, const char *name)
{
	const struct hd_json *node = hd_json_get(rest, name);
	int64_t count = node && hd_json_kind(node) == HD_JSON_INTEGER
				? hd_json_integer(node)
				: 0;

	return count > 0 ? (size_t)count : 0;
}

static int read_ranks(struct hd_program *program, const struct hd_json *rest,
		      struct hd_error *err)
{
	const char *name = read_text(rest, "distribution");
	size_t nodes = read_count(rest, "nodes");
	enum hd_distribution kind;

	if (!name)
		return 0;
	if (!hd_distribution_find(name, &kind))
		return hd_error_set(err, HD_ECORRUPT,
				    "the stored program has an unknown"
				    " distribution '%.40s'",
				    name);
	return hd_program_spread(program, kind, nodes ? nodes : 1,
				 read_count(rest, "processes"),
				 read_count(rest, "servers"), err);
}

/* What only a run configuration gives. */
static int read_extras(struct reading *reading, const struct hd_json *rest,
		       struct hd_error *err)
{
	struct hd_program *program = &reading->program;
	const struct hd_json *limit = hd_json_get(rest, "time_limit");
	const struct hd_json *source = hd_json_get(rest, "configuration");
	int rc = read_words(rest, "container", &reading->container,
			    &program->container_count, err);

	program->container = (const char *const *)reading->container;
	if (limit && hd_json_number(limit) > 0)
		program->time_limit = hd_json_number(limit);
	if (rc == 0 && source) {
		reading->configuration = hd_json_dump(source);
		program->configuration = reading->configuration;
		if (!reading->configuration)
			rc = hd_error_nomem(err);
	}
	return rc == 0 ? read_ranks(program, rest, err) : rc;
}

static int read_rest(struct reading *reading, const struct hd_json *rest,
		     struct hd_error *err)
{
	struct hd_program *program = &reading->program;
	const struct hd_json *shell = hd_json_get(rest, "shell");
	int rc = read_words(rest, "wrapper", &reading->wrapper,
			    &program->wrapper_count, err);

	if (rc == 0)
		rc = read_words(rest, "environment", &reading->environment,
				&program->environment_count, err);
	if (rc == 0)
		rc = read_bindings(reading, rest, err);
	program->shell = shell && hd_json_kind(shell) == HD_JSON_TRUE;
	program->experiment = read_word(reading, hd_json_get(rest, "experiment"));
	program->wrapper = (const char *const *)reading->wrapper;
	program->environment = (const char *const *)reading->environment;
	return rc == 0 ? read_extras(reading, rest, err) : rc;
}

int hd_program_read(struct hd_program **out, const char *words,
		    const char *rest, struct hd_error *err)
{
	struct reading reading = { 0 };
	struct hd_json *object = NULL;
	int rc = hd_args_words_read(words, &reading.words,
				    &reading.program.word_count, err);

	*out = NULL;
	reading.arena = hd_arena_new();
	if (rc == 0 && !reading.arena)
		rc = hd_error_nomem(err);
	reading.program.words = (const char *const *)reading.words;
	if (rc == 0 && rest && *rest)
		rc = hd_json_parse(&object, rest, strlen(rest), err);
	if (rc == 0 && object)
		rc = read_rest(&reading, object, err);
	if (rc == 0 && reading.failed)
		rc = hd_error_nomem(err);
	if (rc == 0)
		rc = hd_program_copy(out, &reading.program, err);
	free(reading.words);
	free(reading.wrapper);
	free(reading.environment);
	free(reading.container);
	free(reading.configuration);
	free(reading.bindings);
	hd_arena_free(reading.arena);
	hd_json_free(object);
	return rc;
}
