/* A query's text as a tree, by binding powers (Pratt 1973). */
#include "report/path_token.h"

#include "base/buf.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_LONGEST 4096
#define PATH_DEPTH 64 /* expressions in each other */
#define PATH_PARTS 64 /* of a list, map or call */
#define PATH_INDEX 9  /* digits */

/* How strongly what stands behind binds; the rest is 0. */
static const unsigned char powers[TOKEN_WRONG + 1] = {
	[TOKEN_PIPE] = 1,
	[TOKEN_OR] = 2,
	[TOKEN_AND] = 3,
	[TOKEN_COMPARE] = 5,
	[TOKEN_FLATTEN] = 9,
	[TOKEN_STAR] = 20,
	[TOKEN_FILTER] = 21,
	[TOKEN_DOT] = 40,
	[TOKEN_NOT] = 45,
	[TOKEN_BRACKET] = 55,
};
#define POWER_EACH 10 /* below it an each comes to its end */

/* NULL, as a reader that has failed gives. */
static struct hd_path *wrong(struct path_reader *reader, const char *expected)
{
	hd_error_set(reader->err, HD_EINVAL, "column %zu of the query: '%.*s' instead of %s",
		     (size_t)(reader->at - reader->text) + 1,
		     reader->token == TOKEN_END ? 7 : (int)reader->length,
		     reader->token == TOKEN_END ? "its end" : reader->at, expected);
	return NULL;
}

static bool take(struct path_reader *reader, enum token token, const char *expected)
{
	if (reader->token != token) {
		wrong(reader, expected);
		return false;
	}
	hd_path_token(reader);
	return true;
}

/* --- nodes ---------------------------------------------------------------- */

static struct hd_path *node(struct path_reader *reader, enum hd_path_kind kind)
{
	struct hd_path *path = hd_arena_alloc(reader->arena, sizeof *path);

	if (path)
		path->kind = kind;
	else
		hd_error_nomem(reader->err);
	return path;
}

static struct hd_path *node_two(struct path_reader *reader, enum hd_path_kind kind,
				const struct hd_path *left,
				const struct hd_path *right)
{
	struct hd_path *path = left && right ? node(reader, kind) : NULL;

	if (path) {
		path->left = left;
		path->right = right;
	}
	return path;
}

static const struct hd_path *expression(struct path_reader *reader, unsigned power);

/* 'text': a backslash spares a quote and itself. */
static const struct hd_view *raw_text(struct path_reader *reader)
{
	struct hd_view *view = hd_view_new(reader->arena, HD_VIEW_TEXT, 0);
	char *text = hd_arena_copy(reader->arena, reader->at + 1, reader->length - 2);
	size_t length = 0;

	if (!view || !text) {
		hd_error_nomem(reader->err);
		return NULL;
	}
	for (const char *from = text; *from; from++) {
		if (*from == '\\' && (from[1] == '\'' || from[1] == '\\'))
			from++;
		text[length++] = *from;
	}
	text[length] = '\0';
	view->text = text;
	view->length = length;
	return view;
}

/* JSON between backquotes, or of a "quoted name" with its quotes. */
static const struct hd_view *json_text(struct path_reader *reader)
{
	bool quoted = reader->token == TOKEN_QUOTED;
	const char *text = quoted ? reader->at : reader->at + 1;
	size_t length = quoted ? reader->length : reader->length - 2;
	const struct hd_view *view;
	struct hd_error err = { 0 };
	int rc = hd_view_read(&view, reader->arena, text, length, &err);

	if (rc == 0)
		return view;
	if (rc == HD_ENOMEM)
		hd_error_nomem(reader->err);
	else
		hd_error_set(reader->err, HD_EINVAL, "column %zu of the query: '%.*s' is %s",
			     (size_t)(reader->at - reader->text) + 1, (int)reader->length,
			     reader->at, err.text);
	return NULL;
}

static const struct hd_path *literal(struct path_reader *reader)
{
	const struct hd_view *view = reader->token == TOKEN_RAW ? raw_text(reader)
								: json_text(reader);
	struct hd_path *path = view ? node(reader, HD_PATH_LITERAL) : NULL;

	if (path) {
		path->literal = view;
		hd_path_token(reader);
	}
	return path;
}

/* A name or a quoted one; NULL when none stands here. */
static const char *name_take(struct path_reader *reader)
{
	const char *name;
	const struct hd_view *view;

	if (reader->token == TOKEN_QUOTED) {
		view = json_text(reader);
		name = view ? view->text : NULL;
	} else if (reader->token == TOKEN_NAME) {
		name = hd_arena_copy(reader->arena, reader->at, reader->length);
		if (!name)
			hd_error_nomem(reader->err);
	} else {
		wrong(reader, "a name");
		return NULL;
	}
	if (name)
		hd_path_token(reader);
	return name;
}

/* Parts up to END, with "name:" before each when NAMED. */
static struct hd_path *parts(struct path_reader *reader, enum hd_path_kind kind,
			     enum token end, bool named)
{
	struct hd_path *path = node(reader, kind);

	if (!path)
		return NULL;
	path->parts = hd_arena_array(reader->arena, PATH_PARTS, sizeof *path->parts);
	path->names = hd_arena_array(reader->arena, PATH_PARTS, sizeof *path->names);
	if (!path->parts || !path->names) {
		hd_error_nomem(reader->err);
		return NULL;
	}
	for (;;) {
		size_t at = path->count;

		if (at == PATH_PARTS)
			return wrong(reader, "fewer than 65 parts");
		if (named && (!(path->names[at] = name_take(reader)) ||
			      !take(reader, TOKEN_COLON, "':'")))
			return NULL;
		path->parts[at] = expression(reader, 0);
		if (!path->parts[at])
			return NULL;
		path->count++;
		if (reader->token == end)
			break;
		if (!take(reader, TOKEN_COMMA, "',' or an end of the parts"))
			return NULL;
	}
	hd_path_token(reader);
	return path;
}

static const struct hd_path *call(struct path_reader *reader, const char *name)
{
	static const struct {
		const char *name;
		size_t count;
	} rows[] = {
		{ "length", 1 },
		{ "contains", 2 },
		{ "starts_with", 2 },
		{ "ends_with", 2 },
	};
	struct hd_path *path;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (strcmp(rows[i].name, name))
			continue;
		hd_path_token(reader);
		path = parts(reader, HD_PATH_CALL, TOKEN_PAREN_END, false);
		if (path && path->count != rows[i].count) {
			hd_error_set(reader->err, HD_EINVAL,
				     "'%s' of the query takes %zu values, got %zu", name,
				     rows[i].count, path->count);
			return NULL;
		}
		if (path)
			path->name = name;
		return path;
	}
	hd_error_set(reader->err, HD_EINVAL,
		     "the query's function '%s' is none of those known here: length, "
		     "contains, starts_with, ends_with",
		     name);
	return NULL;
}

static const struct hd_path *field(struct path_reader *reader)
{
	bool plain = reader->token == TOKEN_NAME;
	const char *name = name_take(reader);
	struct hd_path *path;

	if (!name)
		return NULL;
	if (plain && reader->token == TOKEN_PAREN)
		return call(reader, name);
	path = node(reader, HD_PATH_FIELD);
	if (path)
		path->name = name;
	return path;
}

/* --- what applies to each item -------------------------------------------- */

static const struct hd_path *behind_dot(struct path_reader *reader, unsigned power)
{
	if (reader->token == TOKEN_BRACKET) {
		hd_path_token(reader);
		return parts(reader, HD_PATH_LIST, TOKEN_BRACKET_END, false);
	}
	if (reader->token == TOKEN_BRACE || reader->token == TOKEN_NAME ||
	    reader->token == TOKEN_QUOTED || reader->token == TOKEN_STAR)
		return expression(reader, power);
	return wrong(reader, "a name, '*', '[' or '{' behind '.'");
}

static const struct hd_path *of_each(struct path_reader *reader, unsigned power)
{
	if (powers[reader->token] < POWER_EACH)
		return node(reader, HD_PATH_CURRENT);
	if (reader->token == TOKEN_BRACKET || reader->token == TOKEN_FILTER)
		return expression(reader, power);
	if (!take(reader, TOKEN_DOT, "'.' or '['"))
		return NULL;
	return behind_dot(reader, power);
}

static const struct hd_path *filter(struct path_reader *reader,
				    const struct hd_path *left)
{
	struct hd_path *path = left ? node(reader, HD_PATH_FILTER) : NULL;

	if (!path)
		return NULL;
	path->left = left;
	hd_path_token(reader);
	path->condition = expression(reader, 0);
	if (!path->condition || !take(reader, TOKEN_BRACKET_END, "']'"))
		return NULL;
	path->right = of_each(reader, powers[TOKEN_FILTER]);
	return path->right ? path : NULL;
}

static const struct hd_path *flatten(struct path_reader *reader,
				     const struct hd_path *left)
{
	struct hd_path *path = left ? node(reader, HD_PATH_FLATTEN) : NULL;

	if (!path)
		return NULL;
	path->left = left;
	hd_path_token(reader);
	return node_two(reader, HD_PATH_EACH, path,
			of_each(reader, powers[TOKEN_FLATTEN]));
}

/* Behind "[": a number or a star; else NULL without an error. */
static const struct hd_path *bracket(struct path_reader *reader,
				     const struct hd_path *left)
{
	struct hd_path *path;

	if (reader->token == TOKEN_STAR) {
		hd_path_token(reader);
		if (!take(reader, TOKEN_BRACKET_END, "']'"))
			return NULL;
		return node_two(reader, HD_PATH_EACH, left,
				of_each(reader, powers[TOKEN_STAR]));
	}
	if (reader->length > PATH_INDEX)
		return wrong(reader, "a number of at most 9 digits");
	path = node(reader, HD_PATH_INDEX);
	if (!path)
		return NULL;
	path->index = strtol(reader->at, NULL, 10);
	hd_path_token(reader);
	if (!take(reader, TOKEN_BRACKET_END, "']' (slices are not known here)"))
		return NULL;
	return node_two(reader, HD_PATH_CHAIN, left, path);
}

/* --- expressions ---------------------------------------------------------- */

static const struct hd_path *begin_bracket(struct path_reader *reader)
{
	hd_path_token(reader);
	if (reader->token == TOKEN_NUMBER || reader->token == TOKEN_COLON)
		return bracket(reader, node(reader, HD_PATH_CURRENT));
	if (reader->token == TOKEN_STAR) {
		/* "[*]", and not a list that begins with "*". */
		const struct path_reader saved = *reader;

		hd_path_token(reader);
		if (reader->token == TOKEN_BRACKET_END) {
			*reader = saved;
			return bracket(reader, node(reader, HD_PATH_CURRENT));
		}
		*reader = saved;
	}
	return parts(reader, HD_PATH_LIST, TOKEN_BRACKET_END, false);
}

static const struct hd_path *begin_paren(struct path_reader *reader)
{
	const struct hd_path *path;

	hd_path_token(reader);
	path = expression(reader, 0);
	return path && take(reader, TOKEN_PAREN_END, "')'") ? path : NULL;
}

/* What stands at the head of an expression. */
static const struct hd_path *begin(struct path_reader *reader)
{
	const struct hd_path *current;

	switch (reader->token) {
	case TOKEN_NAME:
	case TOKEN_QUOTED:
		return field(reader);
	case TOKEN_RAW:
	case TOKEN_LITERAL:
		return literal(reader);
	case TOKEN_CURRENT:
		hd_path_token(reader);
		return node(reader, HD_PATH_CURRENT);
	case TOKEN_STAR:
		hd_path_token(reader);
		current = node(reader, HD_PATH_CURRENT);
		return node_two(reader, HD_PATH_EACH_OF, current,
				of_each(reader, powers[TOKEN_STAR]));
	case TOKEN_BRACKET:
		return begin_bracket(reader);
	case TOKEN_FLATTEN:
		return flatten(reader, node(reader, HD_PATH_CURRENT));
	case TOKEN_FILTER:
		return filter(reader, node(reader, HD_PATH_CURRENT));
	case TOKEN_BRACE:
		hd_path_token(reader);
		return parts(reader, HD_PATH_MAP, TOKEN_BRACE_END, true);
	case TOKEN_PAREN:
		return begin_paren(reader);
	case TOKEN_NOT: {
		struct hd_path *path = node(reader, HD_PATH_NOT);

		hd_path_token(reader);
		if (path)
			path->left = expression(reader, powers[TOKEN_NOT]);
		return path && path->left ? path : NULL;
	}
	case TOKEN_END:
	case TOKEN_NUMBER:
	case TOKEN_DOT:
	case TOKEN_BRACKET_END:
	case TOKEN_BRACE_END:
	case TOKEN_PAREN_END:
	case TOKEN_COMMA:
	case TOKEN_COLON:
	case TOKEN_PIPE:
	case TOKEN_OR:
	case TOKEN_AND:
	case TOKEN_COMPARE:
	case TOKEN_WRONG:
		break;
	}
	return wrong(reader, "the beginning of an expression");
}

static const struct hd_path *behind_compare(struct path_reader *reader,
					    const struct hd_path *left)
{
	enum hd_path_operator by = reader->by;
	struct hd_path *path;

	hd_path_token(reader);
	path = node_two(reader, HD_PATH_COMPARE, left,
			expression(reader, powers[TOKEN_COMPARE]));
	if (path)
		path->by = by;
	return path;
}

static const struct hd_path *behind_binary(struct path_reader *reader,
					   const struct hd_path *left)
{
	enum token token = reader->token;
	enum hd_path_kind kind = token == TOKEN_OR    ? HD_PATH_OR
				 : token == TOKEN_AND ? HD_PATH_AND
						      : HD_PATH_CHAIN;

	hd_path_token(reader);
	return node_two(reader, kind, left, expression(reader, powers[token]));
}

/* LEFT goes on with the token that stands here. */
static const struct hd_path *go_on(struct path_reader *reader,
				   const struct hd_path *left)
{
	switch (reader->token) {
	case TOKEN_DOT:
		hd_path_token(reader);
		if (reader->token == TOKEN_STAR) {
			hd_path_token(reader);
			return node_two(reader, HD_PATH_EACH_OF, left,
					of_each(reader, powers[TOKEN_STAR]));
		}
		return node_two(reader, HD_PATH_CHAIN, left,
				behind_dot(reader, powers[TOKEN_DOT]));
	case TOKEN_BRACKET:
		hd_path_token(reader);
		if (reader->token != TOKEN_NUMBER && reader->token != TOKEN_STAR)
			return wrong(reader, "a number, '*', '?' or ']' behind '['");
		return bracket(reader, left);
	case TOKEN_FLATTEN:
		return flatten(reader, left);
	case TOKEN_FILTER:
		return filter(reader, left);
	case TOKEN_COMPARE:
		return behind_compare(reader, left);
	case TOKEN_PIPE:
	case TOKEN_OR:
	case TOKEN_AND:
		return behind_binary(reader, left);
	default:
		return wrong(reader, "what goes on an expression");
	}
}

static const struct hd_path *expression(struct path_reader *reader, unsigned power)
{
	const struct hd_path *left;

	if (reader->depth == PATH_DEPTH)
		return wrong(reader, "something less nested");
	reader->depth++;
	left = begin(reader);
	while (left && power < powers[reader->token])
		left = go_on(reader, left);
	reader->depth--;
	return left;
}

int hd_path_read(const struct hd_path **out, struct hd_arena *arena,
		 const char *text, struct hd_error *err)
{
	struct hd_error own = { 0 };
	struct path_reader reader = { .text = text, .at = text, .arena = arena, .err = &own };

	*out = NULL;
	if (strlen(text) > PATH_LONGEST)
		return hd_error_set(err, HD_EINVAL, "the query is longer than %d bytes",
				    PATH_LONGEST);
	hd_path_token(&reader);
	*out = expression(&reader, 0);
	if (*out && reader.token != TOKEN_END) {
		wrong(&reader, "its end");
		*out = NULL;
	}
	return *out ? 0 : hd_error_set(err, own.code, "%s", own.text);
}
