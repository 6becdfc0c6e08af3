#include "report/path_token.h"

#include <ctype.h>
#include <string.h>

/* From an opening quote to the closing one; a backslash spares the next. */
static size_t quoted_length(const char *text)
{
	size_t at = 1;

	while (text[at] && text[at] != *text)
		at += text[at] == '\\' && text[at + 1] ? 2 : 1;
	return text[at] ? at + 1 : 0;
}

static enum token token_quoted(struct path_reader *reader)
{
	reader->length = quoted_length(reader->at);
	if (reader->length == 0) {
		reader->length = 1;
		return TOKEN_WRONG;
	}
	return *reader->at == '"' ? TOKEN_QUOTED : *reader->at == '\'' ? TOKEN_RAW
								       : TOKEN_LITERAL;
}

static enum token token_compare(struct path_reader *reader)
{
	static const struct {
		const char *text;
		enum hd_path_operator by;
	} rows[] = {
		{ "==", HD_PATH_EQUAL },
		{ "!=", HD_PATH_NOT_EQUAL },
		{ "<=", HD_PATH_AT_MOST },
		{ "<", HD_PATH_LESS },
		{ ">=", HD_PATH_AT_LEAST },
		{ ">", HD_PATH_MORE },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (strncmp(reader->at, rows[i].text, strlen(rows[i].text)))
			continue;
		reader->length = strlen(rows[i].text);
		reader->by = rows[i].by;
		return TOKEN_COMPARE;
	}
	return *reader->at == '!' ? TOKEN_NOT : TOKEN_WRONG;
}

static enum token token_word(struct path_reader *reader)
{
	const char *at = reader->at;
	bool number = *at == '-' || isdigit((unsigned char)*at);

	reader->length = 1;
	while (isdigit((unsigned char)at[reader->length]) ||
	       (!number && (isalpha((unsigned char)at[reader->length]) ||
			    at[reader->length] == '_')))
		reader->length++;
	if (number)
		return *at == '-' && reader->length == 1 ? TOKEN_WRONG : TOKEN_NUMBER;
	return isalpha((unsigned char)*at) || *at == '_' ? TOKEN_NAME : TOKEN_WRONG;
}

static enum token token_pair(struct path_reader *reader, char next, enum token pair,
			     enum token alone)
{
	if (reader->at[1] != next)
		return alone;
	reader->length = 2;
	return pair;
}

static enum token token_read(struct path_reader *reader)
{
	switch (*reader->at) {
	case '\0':
		reader->length = 0;
		return TOKEN_END;
	case '"':
	case '\'':
	case '`':
		return token_quoted(reader);
	case '*':
		return TOKEN_STAR;
	case '@':
		return TOKEN_CURRENT;
	case '.':
		return TOKEN_DOT;
	case '[':
		if (reader->at[1] == '?')
			return token_pair(reader, '?', TOKEN_FILTER, TOKEN_BRACKET);
		return token_pair(reader, ']', TOKEN_FLATTEN, TOKEN_BRACKET);
	case ']':
		return TOKEN_BRACKET_END;
	case '{':
		return TOKEN_BRACE;
	case '}':
		return TOKEN_BRACE_END;
	case '(':
		return TOKEN_PAREN;
	case ')':
		return TOKEN_PAREN_END;
	case ',':
		return TOKEN_COMMA;
	case ':':
		return TOKEN_COLON;
	case '|':
		return token_pair(reader, '|', TOKEN_OR, TOKEN_PIPE);
	case '&':
		return token_pair(reader, '&', TOKEN_AND, TOKEN_WRONG);
	case '!':
	case '=':
	case '<':
	case '>':
		return token_compare(reader);
	default:
		return token_word(reader);
	}
}

void hd_path_token(struct path_reader *reader)
{
	reader->at += reader->length;
	reader->at += strspn(reader->at, " \t\r\n");
	reader->length = 1;
	reader->token = token_read(reader);
}
