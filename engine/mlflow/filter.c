#include "mlflow/filter.h"

#include "base/number.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* As MLflow's server; each is a pass over the run. */
#define FILTER_CLAUSES 100
#define ORDER_KEYS 20
#define FILTER_VALUES 2000

enum key_kind {
	KEY_METRIC,
	KEY_PARAM,
	KEY_TAG,
	KEY_ATTRIBUTE,
};

/* What of a run is meant: "metrics.acc". */
struct key {
	enum key_kind kind;
	char *name; /* owned */
};

enum comparison {
	OP_LESS,
	OP_LESS_EQUAL,
	OP_GREATER,
	OP_GREATER_EQUAL,
	OP_EQUAL,
	OP_NOT_EQUAL,
	OP_LIKE,
	OP_ILIKE,
	OP_IN,
	OP_NOT_IN,
};

struct clause {
	struct key key;
	enum comparison op;
	double number;
	char **texts; /* one, or those of a list; owned */
	size_t text_count;
};

struct hd_ml_filter {
	struct clause clauses[FILTER_CLAUSES];
	size_t count;
};

struct hd_ml_order {
	struct {
		struct key key;
		bool descending;
	} keys[ORDER_KEYS];
	size_t count;
};

struct reader {
	const char *text;
	const char *at;
	struct hd_error *err;
};

static int reader_fail(const struct reader *reader, const char *expected)
{
	return hd_error_set(reader->err, HD_EINVAL,
			    "invalid search at '%.60s', expected %s",
			    *reader->at ? reader->at : "the end", expected);
}

static void reader_space(struct reader *reader)
{
	while (isspace((unsigned char)*reader->at))
		reader->at++;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '/' ||
	       (unsigned char)c >= 0x80;
}

/* Step over WORD, any case, when it stands there by itself. */
static bool reader_word(struct reader *reader, const char *word)
{
	size_t length = strlen(word);

	reader_space(reader);
	if (strncasecmp(reader->at, word, length) != 0 ||
	    is_word(reader->at[length]))
		return false;
	reader->at += length;
	return true;
}

/* What stands between quotes of the kind at hand; NULL with a message. */
static char *reader_quoted(struct reader *reader)
{
	char quote = *reader->at;
	const char *start = reader->at + 1;
	const char *end = strchr(start, quote);
	char *text;

	if (!end) {
		reader_fail(reader, "a quote that ends it");
		return NULL;
	}
	text = strndup(start, (size_t)(end - start));
	if (!text)
		hd_error_nomem(reader->err);
	else
		reader->at = end + 1;
	return text;
}

/* --- keys ----------------------------------------------------------------- */

static const struct {
	const char *word;
	enum key_kind kind;
} key_words[] = {
	{ "metrics", KEY_METRIC },
	{ "metric", KEY_METRIC },
	{ "params", KEY_PARAM },
	{ "param", KEY_PARAM },
	{ "parameters", KEY_PARAM },
	{ "parameter", KEY_PARAM },
	{ "tags", KEY_TAG },
	{ "tag", KEY_TAG },
	{ "attributes", KEY_ATTRIBUTE },
	{ "attribute", KEY_ATTRIBUTE },
	{ "attr", KEY_ATTRIBUTE },
	{ "run", KEY_ATTRIBUTE },
};

static const struct {
	const char *name;
	const char *means;
	bool is_number;
} attributes[] = {
	{ "run_id", "run_id", false },
	{ "run_name", "run_name", false },
	{ "Run Name", "run_name", false },
	{ "run name", "run_name", false },
	{ "status", "status", false },
	{ "artifact_uri", "artifact_uri", false },
	{ "user_id", "user_id", false },
	{ "start_time", "start_time", true },
	{ "created", "start_time", true },
	{ "Created", "start_time", true },
	{ "end_time", "end_time", true },
	/* Of experiments, which are searched with the same words. */
	{ "name", "run_name", false },
	{ "experiment_id", "run_id", false },
	{ "creation_time", "start_time", true },
	{ "last_update_time", "end_time", true },
};

static bool key_is_number(const struct key *key)
{
	if (key->kind == KEY_METRIC)
		return true;
	for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++)
		if (key->kind == KEY_ATTRIBUTE &&
		    !strcmp(attributes[i].name, key->name))
			return attributes[i].is_number;
	return false;
}

/* An attribute's own name for one of its names; false when it has none. */
static bool key_settle(struct key *key)
{
	for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++)
		if (!strcmp(attributes[i].name, key->name)) {
			char *name = strdup(attributes[i].means);

			if (name) {
				free(key->name);
				key->name = name;
			}
			return true;
		}
	return false;
}

static int key_name(struct reader *reader, struct key *key, bool dots)
{
	const char *start = reader->at;

	if (*start == '"' || *start == '`') {
		key->name = reader_quoted(reader);
		return key->name ? 0 : HD_EINVAL;
	}
	while (is_word(*reader->at) || (dots && *reader->at == '.'))
		reader->at++;
	if (reader->at == start)
		return reader_fail(reader, "a name");
	key->name = strndup(start, (size_t)(reader->at - start));
	return key->name ? 0 : hd_error_nomem(reader->err);
}

/* "metrics.acc", or an attribute by itself. */
static int key_read(struct reader *reader, struct key *key)
{
	int rc;

	reader_space(reader);
	key->kind = KEY_ATTRIBUTE;
	rc = key_name(reader, key, false);
	if (rc == 0 && *reader->at == '.') {
		size_t i, count = sizeof key_words / sizeof key_words[0];

		for (i = 0; i < count; i++)
			if (!strcmp(key_words[i].word, key->name))
				break;
		if (i == count) {
			return hd_error_set(reader->err, HD_EINVAL,
					    "invalid search key '%.60s', "
					    "expected metrics, params, tags or "
					    "attributes",
					    key->name);
		}
		key->kind = key_words[i].kind;
		free(key->name);
		key->name = NULL;
		reader->at++;
		rc = key_name(reader, key, true);
	}
	if (rc == 0 && key->kind == KEY_ATTRIBUTE && !key_settle(key))
		return hd_error_set(reader->err, HD_EINVAL,
				    "invalid attribute '%.60s', expected "
				    "run_id, run_name, status, start_time, "
				    "end_time, user_id or artifact_uri",
				    key->name);
	return rc;
}

/* --- clauses -------------------------------------------------------------- */

/* Longer ones first. */
static const struct {
	const char *text;
	enum comparison op;
} operators[] = {
	{ "<=", OP_LESS_EQUAL },
	{ ">=", OP_GREATER_EQUAL },
	{ "!=", OP_NOT_EQUAL },
	{ "<>", OP_NOT_EQUAL },
	{ "<", OP_LESS },
	{ ">", OP_GREATER },
	{ "=", OP_EQUAL },
};

static int operator_read(struct reader *reader, enum comparison *op)
{
	reader_space(reader);
	for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
		size_t length = strlen(operators[i].text);

		if (strncmp(reader->at, operators[i].text, length) == 0) {
			reader->at += length;
			*op = operators[i].op;
			return 0;
		}
	}
	if (reader_word(reader, "LIKE"))
		*op = OP_LIKE;
	else if (reader_word(reader, "ILIKE"))
		*op = OP_ILIKE;
	else if (reader_word(reader, "IN"))
		*op = OP_IN;
	else if (reader_word(reader, "NOT") && reader_word(reader, "IN"))
		*op = OP_NOT_IN;
	else
		return reader_fail(reader, "a comparison such as '=' or LIKE");
	return 0;
}

static int number_read(struct reader *reader, double *number)
{
	const char *start = reader->at;

	while (*reader->at && strchr("0123456789+-.eE", *reader->at))
		reader->at++;
	if (hd_number_read(start, (size_t)(reader->at - start), number))
		return 0;
	reader->at = start;
	return reader_fail(reader, "a number");
}

static int text_read(struct reader *reader, struct clause *clause)
{
	char **more;
	char *text;

	reader_space(reader);
	if (*reader->at != '\'' && *reader->at != '"')
		return reader_fail(reader, "a text in quotes");
	if (clause->text_count == FILTER_VALUES)
		return reader_fail(reader, "fewer values");
	text = reader_quoted(reader);
	if (!text)
		return HD_EINVAL;
	more = realloc(clause->texts, (clause->text_count + 1) * sizeof *more);
	if (!more) {
		free(text);
		return hd_error_nomem(reader->err);
	}
	clause->texts = more;
	clause->texts[clause->text_count++] = text;
	return 0;
}

static int list_read(struct reader *reader, struct clause *clause)
{
	int rc;

	reader_space(reader);
	if (*reader->at != '(')
		return reader_fail(reader, "a list in brackets");
	do {
		reader->at++;
		rc = text_read(reader, clause);
		reader_space(reader);
	} while (rc == 0 && *reader->at == ',');
	if (rc == 0 && *reader->at != ')')
		return reader_fail(reader, "',' or ')'");
	reader->at += rc == 0;
	return rc;
}

static int clause_read(struct reader *reader, struct clause *clause)
{
	bool number, list;
	int rc = key_read(reader, &clause->key);

	if (rc == 0)
		rc = operator_read(reader, &clause->op);
	if (rc < 0)
		return rc;
	number = key_is_number(&clause->key);
	list = clause->op == OP_IN || clause->op == OP_NOT_IN;
	if (number && (list || clause->op == OP_LIKE || clause->op == OP_ILIKE))
		return reader_fail(reader, "a comparison of numbers");
	if (!number && clause->op < OP_EQUAL)
		return reader_fail(reader, "one of =, !=, LIKE, ILIKE, IN");
	reader_space(reader);
	if (number)
		return number_read(reader, &clause->number);
	return list ? list_read(reader, clause) : text_read(reader, clause);
}

int hd_ml_filter_new(struct hd_ml_filter **out, const char *text,
		     struct hd_error *err)
{
	struct hd_ml_filter *filter = calloc(1, sizeof *filter);
	struct reader reader = { text, text, err };
	int rc = 0;

	*out = NULL;
	if (!filter)
		return hd_error_nomem(err);
	reader_space(&reader);
	while (rc == 0 && (*reader.at || filter->count)) {
		if (filter->count == FILTER_CLAUSES)
			rc = reader_fail(&reader, "fewer comparisons");
		else
			rc = clause_read(&reader,
					 &filter->clauses[filter->count++]);
		reader_space(&reader);
		if (rc == 0 && !*reader.at)
			break;
		if (rc == 0 && !reader_word(&reader, "AND"))
			rc = reader_fail(&reader, "AND");
	}
	if (rc == 0) {
		*out = filter;
		filter = NULL;
	}
	hd_ml_filter_free(filter);
	return rc;
}

void hd_ml_filter_free(struct hd_ml_filter *filter)
{
	if (!filter)
		return;
	for (size_t i = 0; i < filter->count; i++) {
		struct clause *clause = &filter->clauses[i];

		free(clause->key.name);
		for (size_t k = 0; k < clause->text_count; k++)
			free(clause->texts[k]);
		free(clause->texts);
	}
	free(filter);
}

/* --- comparing ------------------------------------------------------------ */

static const char *run_attribute(const struct hd_ml_run *run, const char *name)
{
	if (!strcmp(name, "run_id"))
		return run->id;
	if (!strcmp(name, "run_name"))
		return run->name;
	if (!strcmp(name, "status"))
		return hd_ml_status_name(run->status);
	return !strcmp(name, "user_id") ? run->user : NULL;
}

/* The text that KEY stands for; NULL for none. */
static const char *run_text(const struct hd_ml_run *run, const struct key *key)
{
	switch (key->kind) {
	case KEY_PARAM:
		return hd_ml_pairs_get(&run->params, key->name);
	case KEY_TAG:
		return hd_ml_pairs_get(&run->tags, key->name);
	case KEY_ATTRIBUTE:
		return run_attribute(run, key->name);
	case KEY_METRIC:
		break;
	}
	return NULL;
}

static bool run_number(const struct hd_ml_run *run, const struct key *key,
		       double *number)
{
	const struct hd_ml_value *value;

	if (key->kind == KEY_METRIC) {
		value = hd_ml_metrics_get(&run->metrics, key->name);
		*number = value ? value->value : NAN;
		return value;
	}
	*number = (double)(!strcmp(key->name, "end_time") ? run->end
							  : run->start);
	return *number > 0;
}

static bool same_letter(char a, char b, bool any_case)
{
	return any_case ? tolower((unsigned char)a) == tolower((unsigned char)b)
			: a == b;
}

/* SQL's LIKE: "%" is anything, "_" one byte. Never more than a step back. */
static bool is_like(const char *text, const char *pattern, bool any_case)
{
	const char *star = NULL, *from = NULL;

	while (*text) {
		if (*pattern == '%') {
			star = ++pattern;
			from = text;
		} else if (*pattern && (*pattern == '_' ||
					same_letter(*pattern, *text, any_case))) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star;
			text = ++from;
		} else {
			return false;
		}
	}
	while (*pattern == '%')
		pattern++;
	return !*pattern;
}

static bool number_passes(enum comparison op, double mine, double theirs)
{
	switch (op) {
	case OP_LESS:
		return mine < theirs;
	case OP_LESS_EQUAL:
		return mine <= theirs;
	case OP_GREATER:
		return mine > theirs;
	case OP_GREATER_EQUAL:
		return mine >= theirs;
	case OP_EQUAL:
		return mine == theirs;
	case OP_NOT_EQUAL:
		return mine != theirs;
	case OP_LIKE:
	case OP_ILIKE:
	case OP_IN:
	case OP_NOT_IN:
		break;
	}
	return false;
}

static bool text_is_in(const struct clause *clause, const char *text)
{
	for (size_t i = 0; i < clause->text_count; i++)
		if (!strcmp(clause->texts[i], text))
			return true;
	return false;
}

static bool text_passes(const struct clause *clause, const char *text)
{
	switch (clause->op) {
	case OP_LIKE:
	case OP_ILIKE:
		return is_like(text, clause->texts[0], clause->op == OP_ILIKE);
	case OP_EQUAL:
	case OP_IN:
		return text_is_in(clause, text);
	case OP_NOT_EQUAL:
	case OP_NOT_IN:
		return !text_is_in(clause, text);
	case OP_LESS:
	case OP_LESS_EQUAL:
	case OP_GREATER:
	case OP_GREATER_EQUAL:
		break;
	}
	return false;
}

static bool clause_passes(const struct clause *clause,
			  const struct hd_ml_run *run)
{
	const char *text;
	double number;

	if (key_is_number(&clause->key))
		return run_number(run, &clause->key, &number) &&
		       number_passes(clause->op, number, clause->number);
	text = run_text(run, &clause->key);
	return text && text_passes(clause, text);
}

bool hd_ml_filter_passes(const struct hd_ml_filter *filter,
			 const struct hd_ml_run *run)
{
	for (size_t i = 0; i < filter->count; i++)
		if (!clause_passes(&filter->clauses[i], run))
			return false;
	return true;
}

/* --- order ---------------------------------------------------------------- */

int hd_ml_order_new(struct hd_ml_order **out, struct hd_error *err)
{
	*out = calloc(1, sizeof **out);
	return *out ? 0 : hd_error_nomem(err);
}

int hd_ml_order_add(struct hd_ml_order *order, const char *text,
		    struct hd_error *err)
{
	struct reader reader = { text, text, err };
	size_t index = order->count;
	int rc;

	if (index == ORDER_KEYS)
		return hd_error_set(err, HD_EINVAL,
				    "more than %d keys to order by", ORDER_KEYS);
	order->count++;
	rc = key_read(&reader, &order->keys[index].key);
	if (rc < 0)
		return rc;
	if (reader_word(&reader, "DESC"))
		order->keys[index].descending = true;
	else
		reader_word(&reader, "ASC");
	reader_space(&reader);
	return *reader.at ? reader_fail(&reader, "ASC, DESC or the end") : 0;
}

void hd_ml_order_free(struct hd_ml_order *order)
{
	if (!order)
		return;
	for (size_t i = 0; i < order->count; i++)
		free(order->keys[i].key.name);
	free(order);
}

/* Which is there and which is not: those without come last either way. */
static int compare_absent(bool a, bool b, bool *decided)
{
	*decided = !a || !b;
	return (int)b - (int)a;
}

static int compare_key(const struct key *key, bool descending,
		       const struct hd_ml_run *a, const struct hd_ml_run *b)
{
	double x = 0, y = 0;
	const char *s, *t;
	bool decided;
	int order;

	if (key_is_number(key)) {
		bool has_x = run_number(a, key, &x) && !isnan(x);
		bool has_y = run_number(b, key, &y) && !isnan(y);

		order = compare_absent(has_x, has_y, &decided);
		if (decided)
			return order;
		order = (x > y) - (x < y);
	} else {
		s = run_text(a, key);
		t = run_text(b, key);
		order = compare_absent(s, t, &decided);
		if (decided)
			return order;
		order = strcmp(s, t);
	}
	return descending ? -order : order;
}

int hd_ml_order_compare(const struct hd_ml_order *order,
			const struct hd_ml_run *a, const struct hd_ml_run *b)
{
	for (size_t i = 0; i < order->count; i++) {
		int result = compare_key(&order->keys[i].key,
					 order->keys[i].descending, a, b);

		if (result)
			return result;
	}
	if (a->start != b->start)
		return a->start < b->start ? 1 : -1;
	return strcmp(a->id, b->id);
}
