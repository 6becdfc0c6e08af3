/*
 * The rules object, and the user's own patterns: the one file that knows
 * PCRE2.
 *
 * A pattern runs with JIT and a match limit over lines of at most 16 KiB. One
 * that reaches its limit skips the line and is counted: a bad pattern must not
 * end a sweep, nor hold up the loop.
 */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "metrics/rules.h"

#include "base/number.h"

#include <pcre2.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Some 10 ms of backtracking; a sane pattern needs a thousandth of it. */
#define PATTERN_MATCH_LIMIT 1000000
/*
 * A pattern sees less of a line than the default rules do: the match limit
 * holds for one start only, and a pattern that looks to the end of the line
 * from each of 64 Ki starts took 3 s, from 16 Ki a quarter of one.
 */
#define PATTERN_LINE ((size_t)16384)
/* Matches in one line, each of which may look at all of it. */
#define PATTERN_MATCHES 1024
#define PATTERN_STACK ((size_t)512 * 1024)

struct hd_pattern {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
	int name, value, step; /* group numbers, negative when absent */
	bool utf;
};

static void pattern_release(struct hd_pattern *pattern)
{
	pcre2_code_free(pattern->code);
	pcre2_match_data_free(pattern->data);
	pcre2_match_context_free(pattern->context);
	pcre2_jit_stack_free(pattern->stack);
}

/* Characters matter only to a pattern that names one past ASCII. */
static bool pattern_needs_utf(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return true;
	return false;
}

static int pattern_compile(struct hd_pattern *pattern, const char *text,
			   struct hd_error *err)
{
	PCRE2_UCHAR said[256];
	PCRE2_SIZE offset;
	int number;

	pattern->utf = pattern_needs_utf(text);
	pattern->code = pcre2_compile(
		(PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
		pattern->utf ? PCRE2_UTF | PCRE2_MATCH_INVALID_UTF : 0, &number,
		&offset, NULL);
	if (!pattern->code && number == PCRE2_ERROR_NOMEMORY)
		return hd_error_nomem(err);
	if (!pattern->code) {
		pcre2_get_error_message(number, said, sizeof said);
		return hd_error_set(err, HD_EINVAL,
				    "metric pattern '%s' is wrong at offset "
				    "%zu: %s",
				    text, (size_t)offset, (char *)said);
	}
	/* Without JIT (a hardened kernel) matching is slower, not wrong. */
	pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE);
	return 0;
}

static int pattern_prepare(struct hd_pattern *pattern, struct hd_error *err)
{
	pattern->data = pcre2_match_data_create_from_pattern(pattern->code,
							     NULL);
	pattern->context = pcre2_match_context_create(NULL);
	pattern->stack = pcre2_jit_stack_create(32 * 1024, PATTERN_STACK, NULL);
	if (!pattern->data || !pattern->context || !pattern->stack)
		return hd_error_nomem(err);
	pcre2_set_match_limit(pattern->context, PATTERN_MATCH_LIMIT);
	pcre2_set_heap_limit(pattern->context, 16 * 1024); /* KiB */
	pcre2_jit_stack_assign(pattern->context, NULL, pattern->stack);
	return 0;
}

static int pattern_group(const struct hd_pattern *pattern, const char *name)
{
	return pcre2_substring_number_from_name(pattern->code,
						(PCRE2_SPTR)name);
}

static int pattern_init(struct hd_pattern *pattern, const char *text,
			struct hd_error *err)
{
	int rc = pattern_compile(pattern, text, err);

	if (rc < 0)
		return rc;
	pattern->name = pattern_group(pattern, "name");
	pattern->value = pattern_group(pattern, "value");
	pattern->step = pattern_group(pattern, "step");
	if (pattern->value == PCRE2_ERROR_NOUNIQUESUBSTRING ||
	    pattern->name == PCRE2_ERROR_NOUNIQUESUBSTRING ||
	    pattern->step == PCRE2_ERROR_NOUNIQUESUBSTRING)
		return hd_error_set(err, HD_EINVAL,
				    "metric pattern '%s' has a group of one "
				    "name twice, expected each once",
				    text);
	if (pattern->value < 0)
		return hd_error_set(err, HD_EINVAL,
				    "metric pattern '%s' has no group 'value', "
				    "expected one as in "
				    "(?<name>\\w+)=(?<value>\\S+)",
				    text);
	return pattern_prepare(pattern, err);
}

int hd_metric_rules_new(struct hd_metric_rules **out,
			const char *const *patterns, size_t count,
			struct hd_error *err)
{
	struct hd_metric_rules *rules = calloc(1, sizeof *rules);
	int rc = 0;

	*out = NULL;
	if (!rules)
		return hd_error_nomem(err);
	rules->plain = malloc(HD_METRIC_LINE);
	rules->chunk = malloc(HD_METRIC_CHUNK);
	rules->patterns = calloc(count ? count : 1, sizeof *rules->patterns);
	if (!rules->plain || !rules->chunk || !rules->patterns) {
		rc = hd_error_nomem(err);
		goto out;
	}
	for (size_t i = 0; i < count; i++) {
		/* Counted first: a half-made pattern is released too. */
		rules->pattern_count++;
		rc = pattern_init(&rules->patterns[i], patterns[i], err);
		if (rc < 0)
			goto out;
	}
	*out = rules;
	rules = NULL;
out:
	hd_metric_rules_free(rules);
	return rc;
}

void hd_metric_rules_free(struct hd_metric_rules *rules)
{
	if (!rules)
		return;
	for (size_t i = 0; i < rules->pattern_count; i++)
		pattern_release(&rules->patterns[i]);
	free(rules->patterns);
	free(rules->primary);
	free(rules->plain);
	free(rules->chunk);
	free(rules);
}

int hd_metric_rules_primary(struct hd_metric_rules *rules, const char *name)
{
	char *copy = name ? strdup(name) : NULL;

	if (name && !copy)
		return HD_ENOMEM;
	free(rules->primary);
	rules->primary = copy;
	rules->primary_length = copy ? strlen(copy) : 0;
	return 0;
}

size_t hd_metric_rules_skipped(const struct hd_metric_rules *rules)
{
	return rules->skipped;
}

/* A group's text; false when it took no part. \K can turn one around. */
static bool pattern_text(const struct hd_pattern *pattern, int group,
			 const char *part, const char **text, size_t *length)
{
	const PCRE2_SIZE *places = pcre2_get_ovector_pointer(pattern->data);
	size_t begin, end;

	if (group < 0)
		return false;
	begin = places[2 * group];
	end = places[2 * group + 1];
	if (begin == PCRE2_UNSET || end < begin)
		return false;
	*text = part + begin;
	*length = end - begin;
	return true;
}

static int pattern_give(struct hd_metric_context *context,
			const struct hd_pattern *pattern, const char *part)
{
	struct hd_metric metric = { .rule = "pattern" };
	const char *text;
	size_t length;

	if (!pattern_text(pattern, pattern->value, part, &text, &length))
		return 0;
	if (length > 1 && text[length - 1] == '%')
		length--;
	if (!hd_number_read(text, length, &metric.value)) {
		metric.value = NAN;
		metric.text = text;
		metric.text_length = length;
	}
	if (!pattern_text(pattern, pattern->name, part, &metric.name,
			  &metric.name_length)) {
		metric.name = context->rules->primary ? context->rules->primary
						      : "value";
		metric.name_length = strlen(metric.name);
	}
	if (pattern_text(pattern, pattern->step, part, &text, &length))
		metric.has_step = hd_number_read_integer(text, length,
							 &metric.step);
	return hd_metric_give(context, &metric);
}

/* Where to look next: behind the match, and always further on. */
static size_t pattern_next(const struct hd_pattern *pattern, const char *part,
			   size_t length, size_t at)
{
	const PCRE2_SIZE *places = pcre2_get_ovector_pointer(pattern->data);
	size_t next = places[1] > at ? places[1] : at;

	if (places[0] < places[1] && next > at)
		return next;
	next++;
	while (pattern->utf && next < length &&
	       ((unsigned char)part[next] & 0xc0) == 0x80)
		next++;
	return next;
}

static int pattern_part(struct hd_metric_context *context,
			struct hd_pattern *pattern, const char *part,
			size_t length)
{
	size_t at = 0;
	int rc = 0;

	for (int i = 0; i < PATTERN_MATCHES && at <= length && rc == 0; i++) {
		int found = pcre2_match(pattern->code, (PCRE2_SPTR)part, length,
					at, 0, pattern->data, pattern->context);

		if (found == PCRE2_ERROR_NOMATCH)
			return 0;
		if (found < 0) {
			context->rules->skipped++;
			return 0;
		}
		rc = pattern_give(context, pattern, part);
		at = pattern_next(pattern, part, length, at);
	}
	return rc;
}

int hd_metric_patterns(struct hd_metric_context *context, const char *part,
		       size_t length)
{
	int rc = 0;

	if (length > PATTERN_LINE)
		length = PATTERN_LINE;
	for (size_t i = 0; i < context->rules->pattern_count && rc == 0; i++)
		rc = pattern_part(context, &context->rules->patterns[i], part,
				  length);
	return rc;
}
