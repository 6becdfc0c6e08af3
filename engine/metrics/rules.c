/*
 * The default rules: the two lines of azureml-core outside Azure, JSON lines,
 * and else pairs of a name and a value (pairs.c). docs/reference/metrics.md
 * says what they take.
 */
#include "metrics/object.h"
#include "metrics/rules.h"

#include "base/number.h"

#include <math.h>
#include <string.h>

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

	while (length && hd_metric_is_blank(*part))
		part++, length--;
	while (length && hd_metric_is_blank(part[length - 1]))
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
		return hd_metric_pairs(context, part, length);
	}
	while (before && hd_metric_is_blank(part[before - 1]))
		before--;
	if (before >= sizeof tune - 1 &&
	    memcmp(part + before - (sizeof tune - 1), tune,
		   sizeof tune - 1) == 0)
		rule = "tune-metric";
	rc = hd_metric_pairs(context, part, before);
	return rc ? rc
		  : rules_object(context, object,
				 (size_t)(part + length - object), rule);
}
