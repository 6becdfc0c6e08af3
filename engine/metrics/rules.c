/*
 * The default rules, by hand rather than by pattern: one pass over the
 * separators of a part, each looking back over at most one name, so that no
 * text makes them slow. docs/reference/metrics.md says what they take.
 *
 * They would rather give one name too many than miss one; a value is taken
 * only when it is a whole number, so that times, addresses, dates, versions
 * and paths are none.
 */
#include "metrics/object.h"
#include "metrics/rules.h"

#include "base/number.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

/* More words than this before a colon are a sentence, not a name. */
#define RULES_WORDS 4

static bool rules_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool rules_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool rules_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (unsigned char)c >= 0x80;
}

/* What a word of a name is made of; brackets are looked at apart. */
static bool rules_is_name(char c)
{
	return rules_is_letter(c) || rules_is_digit(c) ||
	       (c && strchr("_-./@%^#$+", c));
}

static size_t rules_digits(const char *text, size_t length, size_t at)
{
	while (at < length && rules_is_digit(text[at]))
		at++;
	return at;
}

static size_t rules_number_word(const char *text, size_t length, size_t at)
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
	size_t at = rules_digits(text, length, sign), digits = at - sign;
	size_t mark;

	if (at < length && text[at] == '.') {
		size_t end = rules_digits(text, length, at + 1);

		digits += end - at - 1;
		at = digits ? end : at;
	}
	if (digits == 0)
		at = rules_number_word(text, length, sign);
	mark = at;
	if (digits && at < length && (text[at] == 'e' || text[at] == 'E')) {
		mark++;
		if (mark < length && (text[mark] == '-' || text[mark] == '+'))
			mark++;
		if (rules_digits(text, length, mark) > mark)
			at = rules_digits(text, length, mark);
	}
	return at;
}

/* Whether a number may end at AT: not inside a time, a version, a word. */
static bool rules_ends_number(const char *text, size_t length, size_t at)
{
	if (at < length && text[at] == '%')
		at++;
	if (at == length || rules_is_blank(text[at]))
		return true;
	if (text[at] == '.' || text[at] == ',')
		return at + 1 == length || !rules_is_digit(text[at + 1]);
	if (length - at >= 2 && memcmp(text + at, "\xc2\xb1", 2) == 0)
		return true; /* plus or minus */
	return text[at] && strchr(";)]}|\"'(*<!", text[at]);
}

/* The value behind the separator at AT: its end, or 0 when there is none. */
static size_t rules_value(const char *text, size_t length, size_t at,
			  double *value)
{
	size_t width;

	for (at++; at < length && rules_is_blank(text[at]);)
		at++;
	width = hd_metric_number(text + at, length - at);
	if (width == 0 || !rules_ends_number(text, length, at + width) ||
	    !hd_number_read(text + at, width, value))
		return 0;
	return at + width;
}

/* A name's place in its part: [begin, end). */
struct rules_name {
	size_t begin, end;
};

/* The bracket that ends before END, "[%]" or "(val)": where it begins. */
static size_t rules_bracket(const char *text, size_t floor, size_t end)
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
static bool rules_joins(const char *text, size_t floor, size_t at, size_t end)
{
	return text[at] == '\'' && at > floor && at + 1 < end &&
	       rules_is_name(text[at - 1]) && rules_is_letter(text[at + 1]);
}

/* One word that ends before END, its brackets with it; END for none. */
static size_t rules_word(const char *text, size_t floor, size_t end)
{
	size_t at = end;

	if (at > floor && (text[at - 1] == ']' || text[at - 1] == ')'))
		at = rules_bracket(text, floor, at);
	while (at > floor && end - at <= HD_METRIC_NAME &&
	       (rules_is_name(text[at - 1]) ||
		rules_joins(text, floor, at - 1, end)))
		at--;
	return at;
}

static bool rules_has_letter(const char *text, size_t begin, size_t end)
{
	for (; begin < end; begin++)
		if (rules_is_letter(text[begin]))
			return true;
	return false;
}

/* "INFO", "WARNING": what a logger puts before its text is no name. */
static bool rules_is_level(const char *text, size_t length)
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
static void rules_more_words(const char *text, size_t floor,
			     struct rules_name *name)
{
	size_t begin = name->begin;
	int words = 1;

	while (begin > floor + 1 && text[begin - 1] == ' ') {
		size_t end = begin - 1, at = rules_word(text, floor, end);

		if (!rules_has_letter(text, at, end) || text[at] == '[' ||
		    text[at] == '(' || rules_is_level(text + at, end - at) ||
		    name->end - at > HD_METRIC_NAME)
			break;
		if (++words > RULES_WORDS)
			return;
		begin = at;
	}
	name->begin = begin;
}

/* What stands before a word tells an option, a URL or a path from a name. */
static bool rules_name_is_likely(const char *text, struct rules_name *name)
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
	return rules_has_letter(text, name->begin, name->end);
}

/* A name in quotes that end before END: the members of spread-out JSON. */
static bool rules_quoted(const char *text, size_t floor, size_t end,
			 struct rules_name *name)
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
static bool rules_name(const char *text, size_t floor, size_t at,
		       struct rules_name *name)
{
	size_t end = at, word;

	while (end > floor && rules_is_blank(text[end - 1]))
		end--;
	if (end == floor)
		return false;
	if (text[end - 1] == '"' || text[end - 1] == '\'')
		return rules_quoted(text, floor, end, name);
	name->end = end;
	word = name->begin = rules_word(text, floor, end);
	if (word == end)
		return false;
	/* A bracket of its own goes with the word before: "acc [%]". */
	if ((text[word] == '[' || text[word] == '(') && word > floor + 1 &&
	    text[word - 1] == ' ')
		name->begin = rules_word(text, floor, word - 1);
	/* "Epoch 3: 100%" would be another name each epoch. */
	if (!rules_has_letter(text, name->begin, end))
		return false;
	/* "epoch done loss=3" ends with a pair; "val loss = 3" has one name. */
	if (text[at] == ':' || end < at)
		rules_more_words(text, floor, name);
	return rules_name_is_likely(text, name);
}

/*
 * Whether the primary metric's name ends at the separator AT. It holds against
 * a name that is found without it, unless that one is longer: "loss" is not
 * what "val loss: 3" gives.
 */
static bool rules_primary(const struct hd_metric_rules *rules,
			  const char *text, size_t at, struct rules_name *name)
{
	size_t end = at, begin, length = rules->primary_length;
	bool quoted;

	while (end > 0 && rules_is_blank(text[end - 1]))
		end--;
	quoted = end > 0 && (text[end - 1] == '"' || text[end - 1] == '\'');
	end -= quoted;
	if (length == 0 || end < length)
		return false;
	begin = end - length;
	if (memcmp(text + begin, rules->primary, length) != 0)
		return false;
	if (begin > 0 && rules_is_name(text[begin - 1]) &&
	    rules_is_name(text[begin]))
		return false;
	if (name->end == end && name->begin < begin)
		return false;
	*name = (struct rules_name){ begin, end };
	return true;
}

/* "a == 3", "x += 3", "a >= 3" and "std::3" are code, not metrics. */
static bool rules_is_operator(const char *text, size_t at)
{
	return at > 0 && text[at - 1] && strchr("=!<>+*/&|~:-", text[at - 1]);
}

/*
 * name=value and name: value, all in the part. FLOOR is the end of the value
 * before: a name does not reach over it.
 */
static int rules_pairs(struct hd_metric_context *context, const char *text,
		       size_t length)
{
	size_t floor = 0;
	int rc = 0;

	for (size_t at = 0; at < length && rc == 0; at++) {
		struct hd_metric metric = { .rule = "name=value" };
		struct rules_name name = { 0, 0 };
		size_t end;
		bool found;

		if (text[at] != '=' && text[at] != ':')
			continue;
		end = rules_value(text, length, at, &metric.value);
		if (end == 0)
			continue;
		found = !rules_is_operator(text, at) &&
			rules_name(text, floor, at, &name);
		if (!found)
			name.end = 0;
		if (!rules_primary(context->rules, text, at, &name) && !found)
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

/* --- JSON lines ------------------------------------------------------------ */

struct rules_json {
	struct hd_metric_context *context;
	struct hd_metric metric; /* rule and step */
	int rank;                /* of the member the step came from */
	char name[HD_METRIC_NAME + 2];
	size_t prefix; /* bytes of name that the outer member gave */
};

/* Members that count: 0 for others, the least goes first. */
static int rules_step_rank(const struct hd_object_member *member)
{
	static const char *const names[] = { "step", "iteration", "epoch" };

	if (member->value.kind != HD_OBJECT_NUMBER)
		return 0;
	for (int i = 0; i < 3; i++)
		if (strlen(names[i]) == member->name_length &&
		    memcmp(names[i], member->name, member->name_length) == 0)
			return i + 1;
	return 0;
}

static int rules_find_step(void *user, const struct hd_object_member *member)
{
	struct rules_json *json = user;
	int rank = rules_step_rank(member);
	int64_t step;

	if (rank && (json->rank == 0 || rank < json->rank) &&
	    hd_object_integer(&member->value, &step)) {
		json->rank = rank;
		json->metric.has_step = true;
		json->metric.step = step;
	}
	return 0;
}

/* Write the member's name behind the prefix; 0 when it is too long. */
static size_t rules_member_name(struct rules_json *json,
				const struct hd_object_member *member)
{
	struct hd_buf buf = HD_BUF_INIT;
	size_t length = 0;

	if (!memchr(member->name, '\\', member->name_length)) {
		length = member->name_length;
		if (length > HD_METRIC_NAME - json->prefix)
			return 0;
		memcpy(json->name + json->prefix, member->name, length);
		return json->prefix + length;
	}
	hd_object_unescape(&buf, member->name, member->name_length);
	if (!hd_buf_failed(&buf) && buf.length <= HD_METRIC_NAME - json->prefix) {
		memcpy(json->name + json->prefix, hd_buf_text(&buf), buf.length);
		length = json->prefix + buf.length;
	}
	hd_buf_release(&buf);
	return length;
}

static bool rules_is_primary(const struct hd_metric_rules *rules,
			     const char *name, size_t length)
{
	return rules->primary && rules->primary_length == length &&
	       memcmp(rules->primary, name, length) == 0;
}

static int rules_json_member(void *user, const struct hd_object_member *member)
{
	struct rules_json *json = user;
	size_t length = rules_member_name(json, member);
	int64_t step;
	int rc;

	if (length == 0)
		return 0;
	if (member->value.kind == HD_OBJECT_OBJECT && json->prefix == 0) {
		json->name[length] = '/';
		json->prefix = length + 1;
		rc = hd_object_each(member->value.text, member->value.length,
				    rules_json_member, json);
		json->prefix = 0;
		return rc;
	}
	if (member->value.kind != HD_OBJECT_NUMBER)
		return 0;
	if (json->prefix == 0 && rules_step_rank(member) &&
	    hd_object_integer(&member->value, &step) &&
	    !rules_is_primary(json->context->rules, json->name, length))
		return 0;
	json->metric.name = json->name;
	json->metric.name_length = length;
	json->metric.value = hd_object_number(&member->value);
	return hd_metric_give(json->context, &json->metric);
}

/* The object that ends the part: a record, or members that are numbers. */
static int rules_object(struct hd_metric_context *context, const char *text,
			size_t length, const char *rule)
{
	struct rules_json json = {
		.context = context,
		.metric = { .rule = rule },
	};
	bool taken;
	int rc = hd_metric_record(context, text, length, &taken);

	if (taken || rc)
		return rc;
	hd_object_each(text, length, rules_find_step, &json);
	return hd_object_each(text, length, rules_json_member, &json);
}

/* --- the two lines of azureml-core outside Azure ---------------------------- */

enum rules_pending {
	RULES_NOTHING,
	RULES_SCALAR,
	RULES_LIST,
	RULES_OTHER, /* row, table, image: kept as text */
};

static const char rules_azureml[] = "Attempted to log ";

/* "Attempted to log KIND metric NAME:", whose value is the next line. */
static bool rules_azureml_name(struct hd_metric_scan *scan, const char *text,
			       size_t length)
{
	static const char word[] = " metric ";
	const size_t head = sizeof rules_azureml - 1, middle = sizeof word - 1;
	const char *kind = text + head, *name;

	if (length < head + middle + 2 || text[length - 1] != ':' ||
	    memcmp(text, rules_azureml, head) != 0)
		return false;
	name = memchr(kind, ' ', length - head);
	if (!name || (size_t)(text + length - name) < middle + 2 ||
	    memcmp(name, word, middle) != 0)
		return false;
	scan->pending_kind = RULES_OTHER;
	if (name - kind == 6 && memcmp(kind, "scalar", 6) == 0)
		scan->pending_kind = RULES_SCALAR;
	if (name - kind == 4 && memcmp(kind, "list", 4) == 0)
		scan->pending_kind = RULES_LIST;
	name += middle;
	length = (size_t)(text + length - name) - 1;
	if (!hd_metric_name_is_good(name, length)) {
		scan->pending_kind = RULES_NOTHING;
		return false;
	}
	memcpy(scan->pending, name, length);
	scan->pending_length = (unsigned short)length;
	scan->pending_fresh = true;
	scan->pending_count++;
	return true;
}

static int rules_list_item(void *user, const struct hd_object_member *member)
{
	struct rules_json *json = user;

	if (member->value.kind != HD_OBJECT_NUMBER)
		return 0;
	json->metric.value = hd_object_number(&member->value);
	return hd_metric_give(json->context, &json->metric);
}

static int rules_azureml_value(struct hd_metric_context *context,
			       const char *text, size_t length)
{
	struct hd_metric_scan *scan = context->scan;
	enum rules_pending kind = scan->pending_kind;
	struct rules_json json = {
		.context = context,
		.metric = { .rule = "azureml",
			    .name = scan->pending,
			    .name_length = scan->pending_length },
	};

	scan->pending_kind = RULES_NOTHING;
	if (length == 0)
		return 0;
	if (kind == RULES_LIST && hd_array_valid(text, length))
		return hd_array_each(text, length, rules_list_item, &json);
	if (kind != RULES_SCALAR ||
	    !hd_number_read(text, length, &json.metric.value)) {
		json.metric.value = NAN;
		json.metric.text = text;
		json.metric.text_length = length;
	}
	return hd_metric_give(context, &json.metric);
}

/* --- one part --------------------------------------------------------------- */

int hd_metric_defaults(struct hd_metric_context *context, const char *part,
		       size_t length)
{
	static const char tune[] = "[tune-metric]:";
	const bool cut = length == HD_METRIC_LINE;
	const char *object, *rule = "json";
	size_t before;
	int rc;

	while (length && rules_is_blank(*part))
		part++, length--;
	while (length && rules_is_blank(part[length - 1]))
		length--;
	if (rules_azureml_name(context->scan, part, length))
		return 0;
	if (context->scan->pending_kind)
		return rules_azureml_value(context, part, length);
	if (length == 0)
		return 0;
	object = part[length - 1] == '}' ? memchr(part, '{', length) : NULL;
	before = object ? (size_t)(object - part) : length;
	if (!object || !hd_object_valid(object, length - before)) {
		/* A long record's first 64 KiB are not what it says. */
		if (*part == '{' && (context->records || cut))
			return 0;
		return rules_pairs(context, part, length);
	}
	while (before && rules_is_blank(part[before - 1]))
		before--;
	if (before >= sizeof tune - 1 &&
	    memcmp(part + before - (sizeof tune - 1), tune,
		   sizeof tune - 1) == 0)
		rule = "tune-metric";
	rc = rules_pairs(context, part, before);
	return rc ? rc
		  : rules_object(context, object,
				 (size_t)(part + length - object), rule);
}
