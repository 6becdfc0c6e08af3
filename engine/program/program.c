/*
 * A trial's command line out of its program and its values.
 */
#include <hdrive/program.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "program/program.h"
#include "program/shell.h"
#include "space/args.h"

/* --- copies --------------------------------------------------------------- */

struct program_copy {
	struct hd_program program; /* first: what the caller holds */
	struct hd_arena *arena;
};

static const char *const *copy_words(struct hd_arena *arena,
				     const char *const *words, size_t count)
{
	const char **copy = hd_arena_array(arena, count + 1, sizeof *copy);

	for (size_t i = 0; copy && i < count; i++) {
		copy[i] = hd_arena_string(arena, words[i]);
		if (!copy[i])
			return NULL;
	}
	return copy;
}

static const struct hd_binding *copy_bindings(struct hd_arena *arena,
					      const struct hd_program *from)
{
	struct hd_binding *copy =
		hd_arena_array(arena, from->binding_count + 1, sizeof *copy);

	for (size_t i = 0; copy && i < from->binding_count; i++) {
		const struct hd_binding *binding = &from->bindings[i];

		copy[i].kind = binding->kind;
		copy[i].name = hd_arena_string(arena, binding->name);
		if (binding->value)
			copy[i].value = hd_arena_string(arena, binding->value);
		if (!copy[i].name || (binding->value && !copy[i].value))
			return NULL;
	}
	return copy;
}

static bool copy_text(const char **to, struct hd_arena *arena, const char *from)
{
	*to = from ? hd_arena_string(arena, from) : NULL;
	return *to || !from;
}

/* All that FROM points to, into ARENA; false for no memory. */
static bool program_fill(struct hd_program *to, struct hd_arena *arena,
			 const struct hd_program *from)
{
	*to = *from;
	to->words = copy_words(arena, from->words, from->word_count);
	to->wrapper = copy_words(arena, from->wrapper, from->wrapper_count);
	to->bindings = copy_bindings(arena, from);
	to->environment = copy_words(arena, from->environment,
				     from->environment_count);
	to->container = copy_words(arena, from->container,
				   from->container_count);
	return copy_text(&to->experiment, arena, from->experiment) &&
	       copy_text(&to->source, arena, from->source) &&
	       copy_text(&to->configuration, arena, from->configuration) &&
	       copy_text(&to->nodes_place, arena, from->nodes_place) &&
	       copy_text(&to->launcher, arena, from->launcher) &&
	       to->words && to->wrapper && to->bindings && to->environment &&
	       to->container;
}

int hd_program_copy(struct hd_program **out, const struct hd_program *program,
		    struct hd_error *err)
{
	static const struct hd_program nothing;
	struct program_copy *copy = calloc(1, sizeof *copy);

	*out = NULL;
	if (!copy)
		return hd_error_nomem(err);
	copy->arena = hd_arena_new();
	if (!copy->arena || !program_fill(&copy->program, copy->arena,
					  program ? program : &nothing)) {
		hd_program_free(&copy->program);
		return hd_error_nomem(err);
	}
	*out = &copy->program;
	return 0;
}

void hd_program_free(struct hd_program *program)
{
	if (!program)
		return;
	hd_arena_free(((struct program_copy *)program)->arena);
	free(program);
}

/* --- the line ------------------------------------------------------------- */

struct line {
	const struct hd_program *program;
	const struct hd_space *space;
	const struct hd_value *values;
	const char *folder;
	struct hd_buf text;
};

static bool is_called(const char *name, const struct hd_shell_piece *piece)
{
	return strlen(name) == piece->length &&
	       strncmp(name, piece->text, piece->length) == 0;
}

/* The parameter that exists in this trial, dashes aside; NULL for none. */
static const struct hd_value *line_parameter(const struct line *line,
					     const struct hd_shell_piece *piece)
{
	for (size_t i = 0; i < hd_space_count(line->space); i++) {
		const char *name = hd_space_param(line->space, i)->name;

		if (line->values[i].kind != HD_VALUE_ABSENT &&
		    is_called(name + strspn(name, "-"), piece))
			return &line->values[i];
	}
	return NULL;
}

const struct hd_binding *hd_program_binding(const struct hd_program *program,
					    enum hd_binding_kind kind,
					    const char *name, size_t length)
{
	for (size_t i = 0; i < program->binding_count; i++) {
		const struct hd_binding *binding = &program->bindings[i];

		if (binding->kind == kind && strlen(binding->name) == length &&
		    strncmp(binding->name, name, length) == 0)
			return binding;
	}
	return NULL;
}

/* What PIECE stands for into TEXT; false when this trial does not have it. */
static bool place_text(const struct line *line,
		       const struct hd_shell_piece *piece, struct hd_buf *text)
{
	const struct hd_program *program = line->program;
	const struct hd_binding *binding = NULL;
	const struct hd_value *value;

	switch (piece->scope) {
	case HD_SHELL_SEARCH_SPACE:
		value = line_parameter(line, piece);
		if (value)
			hd_program_value(text, line->space, line->values,
					 (size_t)(value - line->values));
		return value != NULL;
	case HD_SHELL_INPUTS:
		/* Of a component the sampled value is the input (SPEC 2.3). */
		value = line_parameter(line, piece);
		binding = hd_program_binding(program, HD_BINDING_INPUT,
					     piece->text, piece->length);
		if (value)
			hd_program_value(text, line->space, line->values,
					 (size_t)(value - line->values));
		else if (binding)
			hd_buf_puts(text, binding->value);
		return value || binding;
	case HD_SHELL_OUTPUTS:
		binding = hd_program_binding(program, HD_BINDING_OUTPUT,
					     piece->text, piece->length);
		if (binding)
			hd_buf_printf(text, "%s%s" HD_PROGRAM_OUTPUTS "/%s",
				      line->folder ? line->folder : "",
				      line->folder ? "/" : "", binding->name);
		return binding != NULL;
	}
	return false;
}

/* False in *THERE when the trial does not have what PIECE names. */
static int line_place(struct line *line, const struct hd_shell_piece *piece,
		      bool *there, struct hd_error *err)
{
	struct hd_buf text = HD_BUF_INIT;
	char name[64];
	int rc = 0;

	*there = place_text(line, piece, &text);
	snprintf(name, sizeof name, "%.*s", (int)piece->length, piece->text);
	if (hd_buf_failed(&text))
		rc = hd_error_nomem(err);
	else if (*there)
		rc = hd_shell_put(&line->text, piece->quote, hd_buf_text(&text),
				  text.length, name, err);
	hd_buf_release(&text);
	return rc;
}

/*
 * The whole line. A group is written as it comes and cut off again when it
 * turns out to name what is not there.
 */
static int line_build(struct line *line, struct hd_error *err)
{
	struct hd_shell shell;
	struct hd_shell_piece piece;
	size_t group = 0;
	bool in_group = false, vanishes = false, there;
	int rc;

	hd_shell_begin(&shell, line->program->words[0]);
	while ((rc = hd_shell_next(&shell, &piece, err)) == 0) {
		switch (piece.kind) {
		case HD_SHELL_END:
			return hd_buf_failed(&line->text) ? hd_error_nomem(err)
							  : 0;
		case HD_SHELL_TEXT:
			hd_buf_add(&line->text, piece.text, piece.length);
			break;
		case HD_SHELL_PLACE:
			rc = line_place(line, &piece, &there, err);
			if (rc < 0)
				return rc;
			vanishes |= in_group && !there;
			break;
		case HD_SHELL_GROUP_BEGIN:
			group = line->text.length;
			in_group = true;
			vanishes = false;
			break;
		case HD_SHELL_GROUP_END:
			if (vanishes)
				hd_buf_cut(&line->text, group);
			in_group = false;
			break;
		}
	}
	return rc;
}

/* --- argv ----------------------------------------------------------------- */

char **hd_program_join(const char *const *head, size_t count, char **tail)
{
	size_t behind = 0, bytes;
	char **block, *at;

	while (tail[behind])
		behind++;
	bytes = (count + behind + 1) * sizeof(char *);
	for (size_t i = 0; i < count + behind; i++)
		bytes += strlen(i < count ? head[i] : tail[i - count]) + 1;
	block = malloc(bytes);
	if (block) {
		at = (char *)(block + count + behind + 1);
		for (size_t i = 0; i < count + behind; i++) {
			block[i] = at;
			at = stpcpy(at, i < count ? head[i] : tail[i - count]) + 1;
		}
		block[count + behind] = NULL;
	}
	free(tail);
	return block;
}

static int argv_shell(char ***out, const struct hd_program *program,
		      const struct hd_space *space,
		      const struct hd_value *values, const char *folder,
		      struct hd_error *err)
{
	static const char *const shell[] = { "/bin/sh", "-c" };
	struct line line = { program, space, values, folder, HD_BUF_INIT };
	char **tail = NULL;
	int rc = line_build(&line, err);

	if (rc == 0) {
		const char *const text[] = { hd_buf_text(&line.text) };

		tail = calloc(1, sizeof *tail);
		if (tail)
			tail = hd_program_join(text, 1, tail);
		*out = tail ? hd_program_join(shell, 2, tail) : NULL;
		if (!*out)
			rc = hd_error_nomem(err);
	}
	hd_buf_release(&line.text);
	return rc;
}

/* Where the line ends but for blanks, which a YAML block leaves behind it. */
static size_t line_length(const char *line)
{
	size_t length = strlen(line);

	while (length && strchr(" \t\r\n", line[length - 1]))
		length--;
	return length;
}

static int option_of_line(char ***argv, const char *name, const char *value,
			  struct hd_error *err)
{
	struct hd_buf line = HD_BUF_INIT;
	size_t count = 0;
	char **tail;
	int rc;

	while ((*argv)[count])
		count++;
	hd_buf_add(&line, (*argv)[count - 1], line_length((*argv)[count - 1]));
	hd_buf_printf(&line, " %s ", name);
	rc = hd_shell_put(&line, HD_SHELL_BARE, value, strlen(value), name, err);
	tail = calloc(1, sizeof *tail);
	if (rc == 0 && tail && !hd_buf_failed(&line)) {
		(*argv)[count - 1] = line.text; /* hd_program_join copies it */
		tail = hd_program_join((const char *const *)*argv, count, tail);
		free(*argv);
		*argv = tail;
		tail = NULL;
	}
	free(tail);
	hd_buf_release(&line);
	return rc == 0 && !*argv ? hd_error_nomem(err) : rc;
}

int hd_program_add_option(char ***argv, const struct hd_program *program,
			  const char *name, const char *value,
			  struct hd_error *err)
{
	const char *const option[] = { name, value };
	size_t count = 0;
	char **tail;

	if (program->shell)
		return option_of_line(argv, name, value, err);
	tail = calloc(1, sizeof *tail);
	if (tail)
		tail = hd_program_join(option, 2, tail);
	while ((*argv)[count])
		count++;
	if (tail)
		tail = hd_program_join((const char *const *)*argv, count, tail);
	if (!tail)
		return hd_error_nomem(err);
	free(*argv);
	*argv = tail;
	return 0;
}

int hd_program_argv(char ***out, const struct hd_program *program,
		    const struct hd_space *space, const struct hd_value *values,
		    const char *folder, struct hd_findings *findings,
		    struct hd_error *err)
{
	int rc;

	*out = NULL;
	if (program->word_count == 0)
		return hd_error_set(err, HD_EINVAL,
				    "no command: a trial needs a training"
				    " program to run");
	rc = program->shell
		     ? argv_shell(out, program, space, values, folder, err)
		     : hd_args_build(out, space, values, program->words,
				     program->word_count, findings, err);
	if (rc == 0 && program->wrapper_count) {
		*out = hd_program_join(program->wrapper, program->wrapper_count, *out);
		rc = *out ? 0 : hd_error_nomem(err);
	}
	return rc < 0 ? rc : hd_program_wrap(out, program, err);
}
