/*
 * A shell line with placeholders (SPEC 2.3), cut into pieces: plain text,
 * placeholders with what quoting their place demands, groups that may vanish.
 *
 * The line is followed as a POSIX shell reads it: quotes, comments, command
 * substitution. Where no quoting could keep a value from being read as code or
 * as something else, a placeholder is refused: backquotes, ${...}, here-
 * documents.
 */
#ifndef HD_PROGRAM_SHELL_H
#define HD_PROGRAM_SHELL_H

#include <stdbool.h>
#include <stddef.h>

#include <hdrive/error.h>

#include "base/buf.h"

enum hd_shell_kind {
	HD_SHELL_TEXT,
	HD_SHELL_PLACE,       /* ${{scope.name}} */
	HD_SHELL_GROUP_BEGIN, /* $[[ */
	HD_SHELL_GROUP_END,   /* ]] */
	HD_SHELL_END,
};

enum hd_shell_scope {
	HD_SHELL_SEARCH_SPACE,
	HD_SHELL_INPUTS,
	HD_SHELL_OUTPUTS,
};

/* How the shell reads the place where a value goes. */
enum hd_shell_quote {
	HD_SHELL_BARE,
	HD_SHELL_SINGLE,
	HD_SHELL_DOUBLE,
	HD_SHELL_ARITHMETIC, /* $((...)): numbers alone */
};

struct hd_shell_piece {
	enum hd_shell_kind kind;
	const char *text; /* of TEXT; of PLACE its name; borrowed from the line */
	size_t length;
	size_t offset; /* in the line */
	enum hd_shell_scope scope;
	enum hd_shell_quote quote;
	bool old_form; /* {search_space.x}, of the preview */
};

#define HD_SHELL_DEPTH 32

struct hd_shell {
	const char *line;
	size_t at;
	char stack[HD_SHELL_DEPTH]; /* enclosing contexts, the innermost last */
	size_t depth;
	bool in_group;
	size_t group_depth;  /* where the group began */
	const char *refused; /* why no placeholder can follow; NULL */
};

/* Begin with LINE, borrowed until the last piece. */
void hd_shell_begin(struct hd_shell *shell, const char *line);
/*
 * The next piece; HD_SHELL_END behind the last. HD_EINVAL for a placeholder
 * that is malformed, of an unknown scope, or where it cannot be quoted, for a
 * group that is not closed; ERR names the place in the line by its words.
 */
int hd_shell_next(struct hd_shell *shell, struct hd_shell_piece *piece,
		  struct hd_error *err);

/*
 * LENGTH bytes of a value into BUF, as QUOTE demands. HD_EINVAL for a NUL byte,
 * and for what is no number within arithmetic; NAME is how messages call it.
 */
int hd_shell_put(struct hd_buf *buf, enum hd_shell_quote quote,
		 const char *value, size_t length, const char *name,
		 struct hd_error *err);

#endif
