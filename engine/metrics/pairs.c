/*
 * "name=value" and "name: value", by hand rather than by pattern: one pass
 * over the separators of a part, each looking back over at most one name, so
 * that no text makes them slow. docs/reference/metrics.md says what is taken.
 *
 * One name too many is better than one missed; a value is taken only when it
 * is a whole number, so that times, addresses, dates, versions and paths are
 * none.
 */
#include "metrics/rules.h"

#include "base/number.h"

#include <string.h>
#include <strings.h>

/* More words than this before a colon are a sentence, not a name. */
#define PAIRS_WORDS 4

static bool pairs_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool pairs_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (unsigned char)c >= 0x80;
}

/* What a word of a name is made of; brackets are looked at apart. */
static bool pairs_is_name(char c)
{
	return pairs_is_letter(c) || pairs_is_digit(c) ||
	       (c && strchr("_-./@%^#$+", c));
}

static size_t pairs_digits(const char *text, size_t length, size_t at)
{
	while (at < length && pairs_is_digit(text[at]))
		at++;
	return at;
}

static size_t pairs_number_word(const char *text, size_t length, size_t at)
{
	static const char *const words[] = { "infinity", "inf", "nan" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t width = strlen(words[i]);

		if (length - at >= width &&
		    strncasecmp(text + at, words[i], width) == 0)
			return at + width;
	}
	return 0;
}

size_t hd_metric_number(const char *text, size_t length)
{
	size_t sign = length && (*text == '-' || *text == '+') ? 1 : 0;
	size_t at = pairs_digits(text, length, sign), digits = at - sign;
	size_t mark;

	if (at < length && text[at] == '.') {
		size_t end = pairs_digits(text, length, at + 1);

		digits += end - at - 1;
		at = digits ? end : at;
	}
	if (digits == 0)
		at = pairs_number_word(text, length, sign);
	mark = at;
	if (digits && at < length && (text[at] == 'e' || text[at] == 'E')) {
		mark++;
		if (mark < length && (text[mark] == '-' || text[mark] == '+'))
			mark++;
		if (pairs_digits(text, length, mark) > mark)
			at = pairs_digits(text, length, mark);
	}
	return at;
}

/* Whether a number may end at AT: not inside a time, a version, a word. */
static bool pairs_ends_number(const char *text, size_t length, size_t at)
{
	if (at < length && text[at] == '%')
		at++;
	if (at == length || hd_metric_is_blank(text[at]))
		return true;
	if (text[at] == '.' || text[at] == ',')
		return at + 1 == length || !pairs_is_digit(text[at + 1]);
	if (length - at >= 2 && memcmp(text + at, "\xc2\xb1", 2) == 0)
		return true; /* plus or minus */
	return text[at] && strchr(";)]}|\"'(*<!", text[at]);
}

/* The value behind the separator at AT: its end, or 0 when there is none. */
static size_t pairs_value(const char *text, size_t length, size_t at,
			  double *value)
{
	size_t width;

	for (at++; at < length && hd_metric_is_blank(text[at]);)
		at++;
	width = hd_metric_number(text + at, length - at);
	if (width == 0 || !pairs_ends_number(text, length, at + width) ||
	    !hd_number_read(text + at, width, value))
		return 0;
	return at + width;
}

/* A name's place in its part: [begin, end). */
struct pairs_name {
	size_t begin, end;
};

/* The bracket that ends before END, "[%]" or "(val)": where it begins. */
static size_t pairs_bracket(const char *text, size_t floor, size_t end)
{
	char close = text[end - 1], open = close == ']' ? '[' : '(';
	size_t at = end - 1;

	while (at > floor && end - at < 64)
		if (text[--at] == open)
			return at;
		else if (text[at] == close)
			break;
	return end;
}

/* An apostrophe between letters or digits: "valid_0's auc". */
static bool pairs_joins(const char *text, size_t floor, size_t at, size_t end)
{
	return text[at] == '\'' && at > floor && at + 1 < end &&
	       pairs_is_name(text[at - 1]) && pairs_is_letter(text[at + 1]);
}

/* One word that ends before END, its brackets with it; END for none. */
static size_t pairs_word(const char *text, size_t floor, size_t end)
{
	size_t at = end;

	if (at > floor && (text[at - 1] == ']' || text[at - 1] == ')'))
		at = pairs_bracket(text, floor, at);
	while (at > floor && end - at <= HD_METRIC_NAME &&
	       (pairs_is_name(text[at - 1]) ||
		pairs_joins(text, floor, at - 1, end)))
		at--;
	return at;
}

static bool pairs_has_letter(const char *text, size_t begin, size_t end)
{
	for (; begin < end; begin++)
		if (pairs_is_letter(text[begin]))
			return true;
	return false;
}

/* "INFO", "WARNING": what a logger puts before its text is no name. */
static bool pairs_is_level(const char *text, size_t length)
{
	static const char *const levels[] = { "TRACE", "DEBUG", "INFO",
					      "NOTICE", "WARN", "WARNING",
					      "ERROR", "CRITICAL" };

	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
		if (strlen(levels[i]) == length &&
		    memcmp(levels[i], text, length) == 0)
			return true;
	return false;
}

/*
 * Take the words before NAME into it as long as single spaces join them and
 * they are words: "val loss", but neither "3 loss" nor "- loss". A bracket of
 * its own is a word only at the name's end: "[INFO] loss".
 */
static void pairs_more_words(const char *text, size_t floor,
			     struct pairs_name *name)
{
	size_t begin = name->begin;
	int words = 1;

	while (begin > floor + 1 && text[begin - 1] == ' ') {
		size_t end = begin - 1, at = pairs_word(text, floor, end);

		if (!pairs_has_letter(text, at, end) || text[at] == '[' ||
		    text[at] == '(' || pairs_is_level(text + at, end - at) ||
		    name->end - at > HD_METRIC_NAME)
			break;
		if (++words > PAIRS_WORDS)
			return;
		begin = at;
	}
	name->begin = begin;
}

/* What stands before a word tells an option, a URL or a path from a name. */
static bool pairs_name_is_likely(const char *text, struct pairs_name *name)
{
	char before = name->begin ? text[name->begin - 1] : ' ';

	if (strchr("?&\\", before) && before)
		return false;
	if (name->end - name->begin >= 2 &&
	    (memcmp(text + name->begin, "--", 2) == 0 ||
	     memcmp(text + name->begin, "//", 2) == 0))
		return false;
	while (name->begin < name->end && strchr("-./", text[name->begin]))
		name->begin++;
	return pairs_has_letter(text, name->begin, name->end);
}

/* A name in quotes that end before END: the members of spread-out JSON. */
static bool pairs_quoted(const char *text, size_t floor, size_t end,
			 struct pairs_name *name)
{
	char quote = text[end - 1];
	size_t at = end - 1;

	while (at > floor && end - at <= HD_METRIC_NAME + 1) {
		if (text[--at] != quote)
			continue;
		name->begin = at + 1;
		name->end = end - 1;
		return name->begin < name->end;
	}
	return false;
}

/* The name before the separator at AT, not reaching below FLOOR. */
static bool pairs_name(const char *text, size_t floor, size_t at,
		       struct pairs_name *name)
{
	size_t end = at, word;

	while (end > floor && hd_metric_is_blank(text[end - 1]))
		end--;
	if (end == floor)
		return false;
	if (text[end - 1] == '"' || text[end - 1] == '\'')
		return pairs_quoted(text, floor, end, name);
	name->end = end;
	word = name->begin = pairs_word(text, floor, end);
	if (word == end)
		return false;
	/* A bracket of its own goes with the word before: "acc [%]". */
	if ((text[word] == '[' || text[word] == '(') && word > floor + 1 &&
	    text[word - 1] == ' ')
		name->begin = pairs_word(text, floor, word - 1);
	/* "Epoch 3: 100%" would be another name each epoch. */
	if (!pairs_has_letter(text, name->begin, end))
		return false;
	/* "epoch done loss=3" ends with a pair; "val loss = 3" has one name. */
	if (text[at] == ':' || end < at)
		pairs_more_words(text, floor, name);
	return pairs_name_is_likely(text, name);
}

/*
 * Whether the primary metric's name ends at the separator AT. It holds against
 * a name that is found without it, unless that one is longer: "loss" is not
 * what "val loss: 3" gives.
 */
static bool pairs_primary(const struct hd_metric_rules *rules,
			  const char *text, size_t at, struct pairs_name *name)
{
	size_t end = at, begin, length = rules->primary_length;
	bool quoted;

	while (end > 0 && hd_metric_is_blank(text[end - 1]))
		end--;
	quoted = end > 0 && (text[end - 1] == '"' || text[end - 1] == '\'');
	end -= quoted;
	if (length == 0 || end < length)
		return false;
	begin = end - length;
	if (memcmp(text + begin, rules->primary, length) != 0)
		return false;
	if (begin > 0 && pairs_is_name(text[begin - 1]) &&
	    pairs_is_name(text[begin]))
		return false;
	if (name->end == end && name->begin < begin)
		return false;
	*name = (struct pairs_name){ begin, end };
	return true;
}

/* "a == 3", "x += 3", "a >= 3" and "std::3" are code, not metrics. */
static bool pairs_is_operator(const char *text, size_t at)
{
	return at > 0 && text[at - 1] && strchr("=!<>+*/&|~:-", text[at - 1]);
}

/*
 * name=value and name: value, all in the part. FLOOR is the end of the value
 * before: a name does not reach over it.
 */
int hd_metric_pairs(struct hd_metric_context *context, const char *text,
		    size_t length)
{
	size_t floor = 0;
	int rc = 0;

	for (size_t at = 0; at < length && rc == 0; at++) {
		struct hd_metric metric = { .rule = "name=value" };
		struct pairs_name name = { 0, 0 };
		size_t end;
		bool found;

		if (text[at] != '=' && text[at] != ':')
			continue;
		end = pairs_value(text, length, at, &metric.value);
		if (end == 0)
			continue;
		found = !pairs_is_operator(text, at) &&
			pairs_name(text, floor, at, &name);
		if (!found)
			name.end = 0;
		if (!pairs_primary(context->rules, text, at, &name) && !found)
			continue;
		if (text[at] == ':')
			metric.rule = "name: value";
		metric.name = text + name.begin;
		metric.name_length = name.end - name.begin;
		rc = hd_metric_give(context, &metric);
		floor = end;
		at = end - 1;
	}
	return rc;
}
