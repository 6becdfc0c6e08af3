/* The words that a query's text is made of. */
#ifndef HD_REPORT_PATH_TOKEN_H
#define HD_REPORT_PATH_TOKEN_H

#include "report/path.h"

enum token {
	TOKEN_END,
	TOKEN_NAME,
	TOKEN_QUOTED,  /* "a name" */
	TOKEN_RAW,     /* 'text' */
	TOKEN_LITERAL, /* `JSON` */
	TOKEN_NUMBER,
	TOKEN_STAR,
	TOKEN_CURRENT,
	TOKEN_DOT,
	TOKEN_BRACKET, /* [ */
	TOKEN_FLATTEN, /* [] */
	TOKEN_FILTER,  /* [? */
	TOKEN_BRACKET_END,
	TOKEN_BRACE,
	TOKEN_BRACE_END,
	TOKEN_PAREN,
	TOKEN_PAREN_END,
	TOKEN_COMMA,
	TOKEN_COLON,
	TOKEN_PIPE,
	TOKEN_OR,
	TOKEN_AND,
	TOKEN_NOT,
	TOKEN_COMPARE,
	TOKEN_WRONG,
};

struct path_reader {
	const char *text;
	const char *at; /* of the token */
	size_t length;  /* of it */
	enum token token;
	enum hd_path_operator by;
	struct hd_arena *arena;
	unsigned depth;
	struct hd_error *err;
};

/* Step to the next token. */
void hd_path_token(struct path_reader *reader);

#endif
