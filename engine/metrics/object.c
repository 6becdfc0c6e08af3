/*
 * A recursive descent over JSON and Python's repr of it. Depth is bounded, so
 * the stack is; each byte is looked at once a walk.
 */
#include "metrics/object.h"

#include "base/number.h"
#include "metrics/rules.h"

#include <math.h>
#include <string.h>

#define OBJECT_DEPTH 32

struct object_reader {
	const char *at;
	const char *end;
};

static bool object_value(struct object_reader *reader,
			 struct hd_object_value *value, int depth);

static void object_space(struct object_reader *reader)
{
	while (reader->at < reader->end &&
	       (*reader->at == ' ' || *reader->at == '\t'))
		reader->at++;
}

/* Step over C, and the blanks before it. */
static bool object_take(struct object_reader *reader, char c)
{
	object_space(reader);
	if (reader->at == reader->end || *reader->at != c)
		return false;
	reader->at++;
	return true;
}

static bool object_string(struct object_reader *reader, const char **text,
			  size_t *length)
{
	char quote;

	object_space(reader);
	if (reader->at == reader->end)
		return false;
	quote = *reader->at;
	if (quote != '"' && quote != '\'')
		return false;
	*text = ++reader->at;
	for (; reader->at < reader->end; reader->at++) {
		if (*reader->at == quote) {
			*length = (size_t)(reader->at - *text);
			reader->at++;
			return true;
		}
		if (*reader->at == '\\' && ++reader->at == reader->end)
			return false;
	}
	return false;
}

static bool object_number(struct object_reader *reader,
			  struct hd_object_value *value)
{
	size_t length = hd_metric_number(reader->at,
					 (size_t)(reader->end - reader->at));

	if (length == 0)
		return false;
	value->kind = HD_OBJECT_NUMBER;
	reader->at += length;
	return true;
}

static bool object_word(struct object_reader *reader,
			struct hd_object_value *value)
{
	static const struct {
		const char *word;
		enum hd_object_kind kind;
		bool is_true;
	} words[] = {
		{ "true", HD_OBJECT_BOOL, true },
		{ "True", HD_OBJECT_BOOL, true },
		{ "false", HD_OBJECT_BOOL, false },
		{ "False", HD_OBJECT_BOOL, false },
		{ "null", HD_OBJECT_NULL, false },
		{ "None", HD_OBJECT_NULL, false },
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t length = strlen(words[i].word);

		if ((size_t)(reader->end - reader->at) < length ||
		    memcmp(reader->at, words[i].word, length) != 0)
			continue;
		value->kind = words[i].kind;
		value->is_true = words[i].is_true;
		reader->at += length;
		return true;
	}
	return false;
}

/* Members up to the closing bracket; FN may be NULL. */
static bool object_members(struct object_reader *reader, bool named,
			   int depth, hd_object_fn fn, void *user, int *rc)
{
	char close = named ? '}' : ']';

	if (object_take(reader, close))
		return true;
	do {
		struct hd_object_member member = { .name = "" };

		if (named && (!object_string(reader, &member.name,
					     &member.name_length) ||
			      !object_take(reader, ':')))
			return false;
		if (!object_value(reader, &member.value, depth))
			return false;
		if (fn)
			*rc = fn(user, &member);
		if (*rc)
			return true;
	} while (object_take(reader, ','));
	return object_take(reader, close);
}

static bool object_nested(struct object_reader *reader,
			  struct hd_object_value *value, int depth)
{
	bool named = *reader->at == '{';
	int rc = 0;

	reader->at++;
	value->kind = named ? HD_OBJECT_OBJECT : HD_OBJECT_ARRAY;
	return depth < OBJECT_DEPTH &&
	       object_members(reader, named, depth + 1, NULL, NULL, &rc);
}

static bool object_value(struct object_reader *reader,
			 struct hd_object_value *value, int depth)
{
	bool good;

	object_space(reader);
	if (reader->at == reader->end)
		return false;
	value->text = reader->at;
	if (*reader->at == '"' || *reader->at == '\'') {
		value->kind = HD_OBJECT_STRING;
		return object_string(reader, &value->text, &value->length);
	}
	if (*reader->at == '{' || *reader->at == '[')
		good = object_nested(reader, value, depth);
	else
		good = object_number(reader, value) ||
		       object_word(reader, value);
	value->length = (size_t)(reader->at - value->text);
	return good;
}

static bool object_whole(const char *text, size_t length, char open)
{
	struct object_reader reader = { text, text + length };
	struct hd_object_value value;

	if (length == 0 || *text != open)
		return false;
	if (!object_value(&reader, &value, 0))
		return false;
	object_space(&reader);
	return reader.at == reader.end;
}

bool hd_object_valid(const char *text, size_t length)
{
	return object_whole(text, length, '{');
}

bool hd_array_valid(const char *text, size_t length)
{
	return object_whole(text, length, '[');
}

static int object_walk(const char *text, size_t length, bool named,
		       hd_object_fn fn, void *user)
{
	struct object_reader reader = { text + 1, text + length };
	int rc = 0;

	object_members(&reader, named, 1, fn, user, &rc);
	return rc;
}

int hd_object_each(const char *text, size_t length, hd_object_fn fn,
		   void *user)
{
	return object_walk(text, length, true, fn, user);
}

int hd_array_each(const char *text, size_t length, hd_object_fn fn,
		  void *user)
{
	return object_walk(text, length, false, fn, user);
}

double hd_object_number(const struct hd_object_value *value)
{
	double number = NAN;

	if (value->kind == HD_OBJECT_NUMBER)
		hd_number_read(value->text, value->length, &number);
	return number;
}

bool hd_object_integer(const struct hd_object_value *value, int64_t *integer)
{
	return value->kind == HD_OBJECT_NUMBER &&
	       hd_number_read_integer(value->text, value->length, integer);
}

/* The four hexadecimal digits behind "\u"; false when they are not. */
static bool object_hex(const char *text, const char *end, uint32_t *unit)
{
	*unit = 0;
	if (end - text < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		const char *digits = "0123456789abcdefABCDEF";
		const char *found = text[i] ? strchr(digits, text[i]) : NULL;

		if (!found)
			return false;
		*unit = *unit * 16 +
			(uint32_t)(found - digits > 15 ? found - digits - 6
						       : found - digits);
	}
	return true;
}

static void object_put_utf8(struct hd_buf *buf, uint32_t point)
{
	if (point < 0x80) {
		hd_buf_putc(buf, (char)point);
		return;
	}
	if (point < 0x800) {
		hd_buf_putc(buf, (char)(0xc0 | point >> 6));
	} else if (point < 0x10000) {
		hd_buf_putc(buf, (char)(0xe0 | point >> 12));
		hd_buf_putc(buf, (char)(0x80 | (point >> 6 & 0x3f)));
	} else {
		hd_buf_putc(buf, (char)(0xf0 | point >> 18));
		hd_buf_putc(buf, (char)(0x80 | (point >> 12 & 0x3f)));
		hd_buf_putc(buf, (char)(0x80 | (point >> 6 & 0x3f)));
	}
	hd_buf_putc(buf, (char)(0x80 | (point & 0x3f)));
}

/* One "\uXXXX" or a surrogate pair; returns the bytes behind the "\u". */
static size_t object_put_unit(struct hd_buf *buf, const char *text,
			      const char *end)
{
	uint32_t unit, low;

	if (!object_hex(text, end, &unit))
		return 0;
	if (unit >= 0xd800 && unit < 0xdc00 && end - text >= 10 &&
	    text[4] == '\\' && text[5] == 'u' &&
	    object_hex(text + 6, end, &low) && low >= 0xdc00 && low < 0xe000) {
		object_put_utf8(buf, 0x10000 + ((unit - 0xd800) << 10) +
					     (low - 0xdc00));
		return 10;
	}
	if (unit >= 0xd800 && unit < 0xe000)
		unit = 0xfffd; /* half a pair stands for no character */
	object_put_utf8(buf, unit);
	return 4;
}

void hd_object_unescape(struct hd_buf *buf, const char *text, size_t length)
{
	static const char escapes[] = "bfnrt", meaning[] = "\b\f\n\r\t";
	const char *end = text + length;

	while (text < end) {
		const char *slash = memchr(text, '\\', (size_t)(end - text));
		const char *known;

		hd_buf_add(buf, text, (size_t)((slash ? slash : end) - text));
		if (!slash || slash + 1 == end)
			return;
		text = slash + 2;
		known = slash[1] ? strchr(escapes, slash[1]) : NULL;
		if (slash[1] == 'u')
			text += object_put_unit(buf, text, end);
		else
			hd_buf_putc(buf, known ? meaning[known - escapes]
					       : slash[1]);
	}
}
