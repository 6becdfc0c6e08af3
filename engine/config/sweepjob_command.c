/*
 * The placeholders of a trial's command, checked before anything runs: each
 * must name what there is, and what is swept should be named (SPEC 2.3).
 */
#include "config/sweepjob.h"

#include <string.h>

#include "program/shell.h"

/* What a kernel takes as one argument (MAX_ARG_STRLEN), the line's end aside. */
#define COMMAND_MOST 131071
/* Places are searched for in the whole file: so many, as findings are kept. */
#define PLACES_MOST (3 * HD_FINDINGS_MOST)

struct command {
	struct hd_job *job;
	const struct hd_yaml_node *node;
	bool *named; /* of each parameter: it reaches the command */
	bool in_group;
	size_t places; /* that were searched for */
};

/* --- where in the file ------------------------------------------------------ */

/* How often WORD of LENGTH occurs in TEXT before END. */
static size_t occurrences(const char *text, const char *end, const char *word,
			  size_t length)
{
	size_t count = 0;

	for (; text + length <= end; text++)
		count += !memcmp(text, word, length);
	return count;
}

/* The byte of SOURCE where PLACE is; its length when there is none. */
static size_t place_offset(const struct hd_yaml_place *place)
{
	const struct hd_yaml_source *source = place->source;
	size_t at = 0;

	for (uint32_t line = 1; line < place->line; line++) {
		const char *end = memchr(source->text + at, '\n',
					 source->length - at);

		if (!end)
			return source->length;
		at = (size_t)(end + 1 - source->text);
	}
	return at;
}

/*
 * Where the file has the LENGTH bytes at OFFSET of the command. Folding and
 * quoting change blanks and escapes, not such words: the n-th of them in the
 * command is the n-th of them in the file behind the command's begin.
 */
static struct hd_yaml_place command_place(struct command *command,
					  size_t offset, size_t length)
{
	const struct hd_yaml_node *node = command->node;
	struct hd_yaml_place place = node->place;
	const struct hd_yaml_source *source = place.source;
	const char *word = node->text + offset, *at, *end;
	size_t before;

	if (!source->has_places || place.line == 0 || length == 0 ||
	    command->places++ >= PLACES_MOST)
		return place;
	before = occurrences(node->text, word, word, length);
	at = source->text + place_offset(&place);
	end = source->text + source->length;
	for (; at + length <= end; at++)
		if (!memcmp(at, word, length) && before-- == 0)
			break;
	if (at + length > end)
		return place;
	place = (struct hd_yaml_place){ source, 1, 1 };
	for (const char *c = source->text; c < at; c++) {
		place.column = *c == '\n' ? 1 : place.column + ((*c & 0xC0) != 0x80);
		place.line += *c == '\n';
	}
	return place;
}

/* --- one placeholder -------------------------------------------------------- */

static bool is_named(const char *name, const struct hd_shell_piece *piece)
{
	return strlen(name) == piece->length &&
	       !strncmp(name, piece->text, piece->length);
}

/*
 * Parameters of that name are swept; each is marked as named. ALWAYS: there is
 * one in every trial, none hangs on an option.
 */
static bool mark_parameters(struct command *command,
			    const struct hd_shell_piece *piece, bool *always)
{
	const struct hd_space *space = command->job->loader->space;
	bool found = false;

	*always = true;
	for (size_t i = 0; i < hd_space_count(space); i++) {
		if (!is_named(hd_space_param(space, i)->name, piece))
			continue;
		command->named[i] = true;
		*always &= hd_space_param(space, i)->parent == HD_SPACE_TOP;
		found = true;
	}
	return found;
}

/* There, though its expression was wrong, which has been said. */
static bool is_declared(const struct command *command, const char *name)
{
	const struct hd_yaml_node *map =
		hd_loader_get(command->job->root, "search_space");

	return !map || map->kind != HD_YAML_MAP || hd_yaml_get(map, name);
}

static const char *near_parameter(const struct command *command,
				  const char *name)
{
	const struct hd_space *space = command->job->loader->space;
	size_t count = hd_space_count(space);
	const char **names = hd_job_array(command->job, count, sizeof *names);

	for (size_t i = 0; names && i < count; i++)
		names[i] = hd_space_param(space, i)->name;
	return names ? hd_suggest(name, names, count) : NULL;
}

static void unknown_parameter(const struct command *command,
			      const struct hd_yaml_place *place,
			      const char *name)
{
	const char *meant = near_parameter(command, name);

	hd_loader_error(command->job->loader, place,
			"'search_space' has no '%.64s'%s%s%s", name,
			meant ? ", did you mean '" : "", meant ? meant : "",
			meant ? "'?" : "");
}

static void check_input(struct command *command,
			const struct hd_shell_piece *piece, size_t length)
{
	struct hd_yaml_place place;
	const struct hd_job_input *input =
		hd_job_input(command->job, piece->text, piece->length);

	if (command->in_group || (input && (input->value || input->is_known)))
		return;
	place = command_place(command, piece->offset, length);
	if (input)
		hd_loader_error(command->job->loader, &place,
				"input '%.*s' has no value: give one with"
				" --input %.*s=VALUE, or write $[[...]] around"
				" what goes without it",
				(int)piece->length, piece->text,
				(int)piece->length, piece->text);
	else
		hd_loader_error(command->job->loader, &place,
				"'inputs' has no '%.*s'", (int)piece->length,
				piece->text);
}

static void check_output(struct command *command,
			 const struct hd_shell_piece *piece, size_t length)
{
	struct hd_yaml_place place;
	const struct hd_job *job = command->job;

	for (size_t i = 0; i < job->output_count; i++)
		if (is_named(job->outputs[i].name, piece))
			return;
	if (command->in_group)
		return;
	place = command_place(command, piece->offset, length);
	hd_loader_error(job->loader, &place, "'outputs' has no '%.*s'",
			(int)piece->length, piece->text);
}

static void check_parameter(struct command *command,
			    const struct hd_shell_piece *piece, size_t length)
{
	struct hd_loader *loader = command->job->loader;
	struct hd_yaml_place place;
	bool always, found = mark_parameters(command, piece, &always);
	const char *name;

	if (found && (always || command->in_group))
		return;
	name = hd_arena_copy(loader->arena, piece->text, piece->length);
	if (!name) {
		loader->sink.code = HD_ENOMEM;
		return;
	}
	place = command_place(command, piece->offset, length);
	if (found)
		hd_loader_warn(loader, &place,
			       "'%.64s' is not in every trial: write $[[...]]"
			       " around what goes without it",
			       name);
	else if (!is_declared(command, name))
		unknown_parameter(command, &place, name);
}

/* LENGTH: of the placeholder, with its braces. */
static void check_piece(struct command *command,
			const struct hd_shell_piece *piece, size_t length)
{
	const char *text = command->node->text + piece->offset;
	struct hd_yaml_place place;
	bool always;

	if (piece->old_form) {
		place = command_place(command, piece->offset, length);
		hd_loader_warn(command->job->loader, &place,
			       "the placeholder '%.*s' is the preview's, read"
			       " as '${%.*s}'",
			       (int)length, text, (int)length, text);
	}
	switch (piece->scope) {
	case HD_SHELL_SEARCH_SPACE:
		check_parameter(command, piece, length);
		break;
	case HD_SHELL_INPUTS:
		if (!mark_parameters(command, piece, &always))
			check_input(command, piece, length);
		break;
	case HD_SHELL_OUTPUTS:
		check_output(command, piece, length);
		break;
	}
}

/* --- the line --------------------------------------------------------------- */

static void check_pieces(struct command *command)
{
	struct hd_loader *loader = command->job->loader;
	struct hd_shell shell;
	struct hd_shell_piece piece;
	struct hd_yaml_place place;
	struct hd_error err;
	int rc;

	hd_shell_begin(&shell, command->node->text);
	while ((rc = hd_shell_next(&shell, &piece, &err)) == 0 &&
	       piece.kind != HD_SHELL_END) {
		if (piece.kind == HD_SHELL_GROUP_BEGIN)
			command->in_group = true;
		else if (piece.kind == HD_SHELL_GROUP_END)
			command->in_group = false;
		else if (piece.kind == HD_SHELL_PLACE)
			check_piece(command, &piece, shell.at - piece.offset);
	}
	if (rc == 0)
		return;
	place = command_place(command, piece.offset,
			      strcspn(command->node->text + piece.offset,
				      " \t\r\n"));
	hd_loader_error(loader, &place, "%s", err.text);
}

/*
 * Whether the command names parameter INDEX: itself, or a branch that it is in
 * and that stands for all that it brings.
 */
static bool reaches_command(const struct command *command, size_t index)
{
	const struct hd_space *space = command->job->loader->space;

	while (!command->named[index]) {
		const struct hd_param *param = hd_space_param(space, index);
		const struct hd_expr *parent;

		if (param->parent == HD_SPACE_TOP)
			return false;
		parent = &hd_space_param(space, param->parent)->expr;
		if (parent->options[param->branch].kind != HD_VALUE_BRANCH)
			return false;
		index = param->parent;
	}
	return true;
}

/* Options that are labels alone: the members are what there is to name. */
static bool is_only_branches(const struct hd_expr *expr)
{
	for (size_t i = 0; i < expr->option_count; i++)
		if (expr->options[i].kind != HD_VALUE_BRANCH)
			return false;
	return expr->option_count > 0;
}

/* HD-067: what is drawn and reaches no command is drawn for nothing. */
static void warn_of_unnamed(const struct command *command)
{
	struct hd_loader *loader = command->job->loader;

	for (size_t i = 0; i < hd_space_count(loader->space); i++) {
		const struct hd_param *param = hd_space_param(loader->space, i);
		struct hd_yaml_place place = command->job->root->place;

		if (reaches_command(command, i) || is_only_branches(&param->expr))
			continue;
		place.line = (uint32_t)param->mark.line;
		place.column = (uint32_t)param->mark.column;
		hd_loader_warn(loader, &place,
			       "the command does not name"
			       " '${{search_space.%.64s}}'",
			       param->name);
	}
}

void hd_job_command(struct hd_job *job, const struct hd_yaml_node *node)
{
	struct command command = { .job = job, .node = node };

	if (node->length > COMMAND_MOST) {
		hd_loader_error(job->loader, &node->place,
				"the command has %zu bytes, a shell takes at"
				" most %d as its line",
				node->length, COMMAND_MOST);
		return;
	}
	command.named = hd_job_array(job, hd_space_count(job->loader->space),
				     sizeof *command.named);
	if (!command.named)
		return;
	check_pieces(&command);
	/* Of a space with mistakes, names may be missing. */
	if (!hd_yaml_has_errors(&job->loader->sink))
		warn_of_unnamed(&command);
}
