#include "program/shell.h"

#include <ctype.h>
#include <string.h>

/*
 * Contexts on the stack. '$' is $(...), '(' a plain subshell or group in one,
 * '+' arithmetic with one '(' per open parenthesis above it.
 */
#define BARE 'b'
#define DOUBLE '"'
#define SINGLE '\''
#define COMMAND '$'
#define PAREN '('
#define ARITHMETIC '+'
#define BACKQUOTE '`'
#define BRACE '{'

static const struct {
	const char *word;
	enum hd_shell_scope scope;
} scopes[] = {
	{ "search_space.", HD_SHELL_SEARCH_SPACE },
	{ "inputs.", HD_SHELL_INPUTS },
	{ "outputs.", HD_SHELL_OUTPUTS },
};

void hd_shell_begin(struct hd_shell *shell, const char *line)
{
	*shell = (struct hd_shell){ .line = line };
}

static char shell_top(const struct hd_shell *shell)
{
	return shell->depth ? shell->stack[shell->depth - 1] : BARE;
}

static int shell_push(struct hd_shell *shell, char context, struct hd_error *err)
{
	if (shell->depth == HD_SHELL_DEPTH)
		return hd_error_set(err, HD_EINVAL,
				    "the command is nested more than %d deep",
				    HD_SHELL_DEPTH);
	shell->stack[shell->depth++] = context;
	return 0;
}

/* --- following the shell -------------------------------------------------- */

static bool starts_word(const struct hd_shell *shell)
{
	return shell->at == 0 ||
	       strchr(" \t\n;&|()", shell->line[shell->at - 1]);
}

/* What opens at a '$' or '`', with its length; 0 for nothing. */
static size_t shell_opens(const char *at, char *context)
{
	if (!strncmp(at, "$((", 3)) {
		*context = ARITHMETIC;
		return 3;
	}
	if (at[0] == '$' && (at[1] == '(' || at[1] == '{')) {
		*context = at[1] == '(' ? COMMAND : BRACE;
		return 2;
	}
	if (at[0] == '`') {
		*context = BACKQUOTE;
		return 1;
	}
	return 0;
}

/* One step in bare text; returns the bytes taken, or a code. */
static int step_bare(struct hd_shell *shell, const char *at,
		     struct hd_error *err)
{
	char top = shell_top(shell);

	if (*at == '\'' || *at == '"' || *at == '(') {
		int rc = shell_push(shell, *at, err);

		return rc < 0 ? rc : 1;
	}
	if (*at == ')' && top != BARE)
		shell->depth--;
	if (*at == '#' && starts_word(shell))
		return (int)strcspn(at, "\n");
	if (!strncmp(at, "<<", 2)) {
		shell->refused = "at or behind a here-document; set a variable"
				 " before it";
		return 2;
	}
	/* The lone ')' of its patterns would end the substitution for us. */
	if (top != BARE && starts_word(shell) && !strncmp(at, "case", 4) &&
	    isspace((unsigned char)at[4]))
		shell->refused = "at or behind a 'case' inside $(...); set a"
				 " variable before it";
	return 1;
}

/* A "))" ends arithmetic; a lone ')' closes a parenthesis within. */
static int step_arithmetic(struct hd_shell *shell, const char *at,
			   struct hd_error *err)
{
	int rc;

	if (*at == '(') {
		rc = shell_push(shell, ARITHMETIC, err);
		if (rc == 0)
			shell->stack[shell->depth - 1] = ')';
		return rc < 0 ? rc : 1;
	}
	if (*at != ')')
		return 1;
	shell->depth--;
	return at[1] == ')' ? 2 : 1;
}

/* Take what stands at the place and is no placeholder: bytes, or a code. */
static int shell_step(struct hd_shell *shell, struct hd_error *err)
{
	const char *at = shell->line + shell->at;
	char top = shell_top(shell), opened;
	size_t length;
	int rc;

	if (top == SINGLE) {
		shell->depth -= *at == '\'';
		return 1;
	}
	if (*at == '\\' && at[1])
		return 2;
	if (top == BACKQUOTE) {
		shell->depth -= *at == '`';
		return 1;
	}
	length = shell_opens(at, &opened);
	if (length) {
		rc = shell_push(shell, opened, err);
		return rc < 0 ? rc : (int)length;
	}
	if (top == DOUBLE) {
		shell->depth -= *at == '"';
		return 1;
	}
	if (top == BRACE && *at == '"') {
		rc = shell_push(shell, DOUBLE, err);
		return rc < 0 ? rc : 1;
	}
	if (top == BRACE) {
		shell->depth -= *at == '}';
		return 1;
	}
	if (top == ')') {
		shell->depth -= *at == ')';
		return 1;
	}
	if (top == ARITHMETIC)
		return step_arithmetic(shell, at, err);
	return step_bare(shell, at, err);
}

/* --- placeholders --------------------------------------------------------- */

/* How to quote here; HD_EINVAL where nothing would do. */
static int shell_quote(const struct hd_shell *shell,
		       struct hd_shell_piece *piece, struct hd_error *err)
{
	const char *where = shell->refused;
	char top = shell_top(shell);

	if (!where && top == BACKQUOTE)
		where = "inside backquotes; write $(...)";
	if (!where && top == BRACE)
		where = "inside ${...}; set a variable before it";
	if (where)
		return hd_error_set(err, HD_EINVAL,
				    "'%.*s' cannot be put %s", (int)piece->length,
				    piece->text, where);
	piece->quote = top == SINGLE   ? HD_SHELL_SINGLE
		       : top == DOUBLE ? HD_SHELL_DOUBLE
		       : top == ARITHMETIC || top == ')'
			       ? HD_SHELL_ARITHMETIC
			       : HD_SHELL_BARE;
	return 0;
}

static bool is_name(const char *text, size_t length)
{
	if (length == 0)
		return false;
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)text[i]) && !strchr("_-", text[i]))
			return false;
	return true;
}

/* TEXT of LENGTH, blanks around it gone, as scope and name. */
static bool place_read(struct hd_shell_piece *piece, const char *text,
		       size_t length)
{
	while (length && (*text == ' ' || *text == '\t')) {
		text++;
		length--;
	}
	while (length && (text[length - 1] == ' ' || text[length - 1] == '\t'))
		length--;
	piece->text = text;
	piece->length = length;
	for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++) {
		size_t word = strlen(scopes[i].word);

		if (length <= word || strncmp(text, scopes[i].word, word) != 0 ||
		    !is_name(text + word, length - word))
			continue;
		piece->scope = scopes[i].scope;
		piece->text = text + word;
		piece->length = length - word;
		return true;
	}
	return false;
}

/* "${{" stands at the place. */
static int place_new(struct hd_shell *shell, struct hd_shell_piece *piece,
		     struct hd_error *err)
{
	const char *text = shell->line + shell->at + 3;
	const char *end = strstr(text, "}}");

	if (!end)
		return hd_error_set(err, HD_EINVAL,
				    "'%.40s' is not closed by '}}'", text - 3);
	if (!place_read(piece, text, (size_t)(end - text)))
		return hd_error_set(err, HD_EINVAL,
				    "unknown placeholder '%.*s': there are"
				    " ${{search_space.NAME}}, ${{inputs.NAME}}"
				    " and ${{outputs.NAME}}",
				    (int)(end + 2 - (text - 3)), text - 3);
	piece->kind = HD_SHELL_PLACE;
	shell->at += (size_t)(end + 2 - (text - 3));
	return shell_quote(shell, piece, err);
}

/* "{scope.name}" of the preview; 1 when it is something else. */
static int place_old(struct hd_shell *shell, struct hd_shell_piece *piece,
		     struct hd_error *err)
{
	const char *text = shell->line + shell->at + 1;
	size_t length = strcspn(text, "{}");

	if (text[length] != '}' || !place_read(piece, text, length))
		return 1;
	piece->kind = HD_SHELL_PLACE;
	piece->old_form = true;
	shell->at += length + 2;
	return shell_quote(shell, piece, err);
}

/* --- pieces --------------------------------------------------------------- */

/* 1: no edge of a group is here. */
static int group_edge(struct hd_shell *shell, struct hd_shell_piece *piece,
		      struct hd_error *err)
{
	const char *at = shell->line + shell->at;

	if (!shell->in_group && !strncmp(at, "$[[", 3)) {
		piece->kind = HD_SHELL_GROUP_BEGIN;
		shell->group_depth = shell->depth;
		shell->at += 3;
	} else if (shell->in_group && !strncmp(at, "]]", 2)) {
		if (shell->depth != shell->group_depth)
			return hd_error_set(err, HD_EINVAL,
					    "a quote or parenthesis is opened"
					    " or closed inside '$[[' alone");
		piece->kind = HD_SHELL_GROUP_END;
		shell->at += 2;
	} else {
		return 1;
	}
	shell->in_group = !shell->in_group;
	return 0;
}

/* What begins at the place besides text: 0 with PIECE set, 1: nothing. */
static int piece_special(struct hd_shell *shell, struct hd_shell_piece *piece,
			 struct hd_error *err)
{
	const char *at = shell->line + shell->at;
	int rc;

	piece->offset = shell->at;
	rc = group_edge(shell, piece, err);
	if (rc != 1)
		return rc;
	if (!strncmp(at, "${{", 3))
		return place_new(shell, piece, err);
	if (*at == '{' && shell_top(shell) != BRACE)
		return place_old(shell, piece, err);
	return 1;
}

static int piece_end(const struct hd_shell *shell, struct hd_shell_piece *piece,
		     struct hd_error *err)
{
	if (shell->in_group)
		return hd_error_set(err, HD_EINVAL,
				    "'$[[' is not closed by ']]'");
	piece->kind = HD_SHELL_END;
	return 0;
}

int hd_shell_next(struct hd_shell *shell, struct hd_shell_piece *piece,
		  struct hd_error *err)
{
	size_t start = shell->at;

	*piece = (struct hd_shell_piece){ .kind = HD_SHELL_TEXT };
	while (shell->line[shell->at]) {
		size_t here = shell->at;
		struct hd_shell before = *shell;
		int rc = piece_special(shell, piece, err);

		if (rc < 0)
			return rc;
		if (rc == 0 && here == start)
			return 0;
		if (rc == 0) { /* the text before it first */
			*shell = before;
			*piece = (struct hd_shell_piece){ .kind = HD_SHELL_TEXT };
			break;
		}
		rc = shell_step(shell, err);
		if (rc < 0)
			return rc;
		shell->at += (size_t)rc;
	}
	if (shell->at == start)
		return piece_end(shell, piece, err);
	piece->text = shell->line + start;
	piece->length = shell->at - start;
	piece->offset = start;
	return 0;
}

/* --- values --------------------------------------------------------------- */

/* Digits, signs, points and exponents; no names, which would be variables. */
static bool is_number(const char *text, size_t length)
{
	bool digit = false;

	for (size_t i = 0; i < length; i++) {
		if (!memchr("0123456789+-.eE", text[i], 15))
			return false;
		digit |= isdigit((unsigned char)text[i]) != 0;
	}
	return digit;
}

static void put_bare(struct hd_buf *buf, const char *value, size_t length)
{
	bool plain = length > 0;

	for (size_t i = 0; plain && i < length; i++)
		plain = isalnum((unsigned char)value[i]) ||
			strchr("_-+.,/:@%", value[i]);
	if (!plain)
		hd_buf_putc(buf, '\'');
	for (size_t i = 0; i < length; i++)
		if (value[i] == '\'')
			hd_buf_puts(buf, "'\\''");
		else
			hd_buf_putc(buf, value[i]);
	if (!plain)
		hd_buf_putc(buf, '\'');
}

int hd_shell_put(struct hd_buf *buf, enum hd_shell_quote quote,
		 const char *value, size_t length, const char *name,
		 struct hd_error *err)
{
	if (length && memchr(value, '\0', length))
		return hd_error_set(err, HD_EINVAL,
				    "a value of '%s' holds a NUL byte, which"
				    " no argument can carry",
				    name);
	switch (quote) {
	case HD_SHELL_BARE:
		put_bare(buf, value, length);
		break;
	case HD_SHELL_SINGLE:
		for (size_t i = 0; i < length; i++)
			if (value[i] == '\'')
				hd_buf_puts(buf, "'\\''");
			else
				hd_buf_putc(buf, value[i]);
		break;
	case HD_SHELL_DOUBLE:
		for (size_t i = 0; i < length; i++) {
			if (strchr("\\\"$`", value[i]))
				hd_buf_putc(buf, '\\');
			hd_buf_putc(buf, value[i]);
		}
		break;
	case HD_SHELL_ARITHMETIC:
		if (!is_number(value, length))
			return hd_error_set(err, HD_EINVAL,
					    "'%s' stands in arithmetic, which"
					    " takes numbers, got '%.*s'",
					    name, (int)length, value);
		hd_buf_add(buf, value, length);
		break;
	}
	return 0;
}
