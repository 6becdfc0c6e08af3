#include "api/table.h"

#include "api/private.h"
#include "base/json.h"
#include "base/number.h"
#include "space/args.h"
#include "sweep/stored.h"

#include <hdrive/config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A text of a store with more values of one choice was not made by us. */
#define OPTIONS_MOST 4096
/* Nor one with more parameters. */
#define PARAMS_MOST 4096

struct param {
	struct hd_buf name;     /* as JSON has it, with its quotes */
	const char *expression; /* static; "" when nobody knows */
	bool is_choice, is_log, is_whole;
	double low, high;
	size_t parent, branch; /* HD_SPACE_TOP, or the option it hangs on */
	struct hd_buf within;  /* "--model/svm", empty for none */
	char **options;        /* each as JSON has it */
	size_t option_count;
};

/* Where a value stands in the trial's text; of a choice its index. */
struct cell {
	const char *at; /* NULL: there is none */
	size_t length;
	size_t option;
};

struct hd_table {
	struct param *params;
	struct cell *cells;
	size_t count;
	size_t changes, turns;
	uint64_t source; /* hash of the file it was made of */
	char *metric;
	struct hd_buf plain; /* parameters that were written by another hand */
};

/* --- parameters ------------------------------------------------------------- */

static void param_release(struct param *param)
{
	hd_buf_release(&param->name);
	hd_buf_release(&param->within);
	for (size_t i = 0; i < param->option_count; i++)
		free(param->options[i]);
	free(param->options);
}

void hd_table_close(struct hd_table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->count; i++)
		param_release(&table->params[i]);
	free(table->params);
	free(table->cells);
	free(table->metric);
	hd_buf_release(&table->plain);
	free(table);
}

/* One more, of which nothing is known; NULL for no memory. */
static struct param *table_add(struct hd_table *table)
{
	struct param *params =
		realloc(table->params, (table->count + 1) * sizeof *params);
	struct cell *cells;

	if (!params)
		return NULL;
	table->params = params;
	cells = realloc(table->cells, (table->count + 1) * sizeof *cells);
	if (!cells)
		return NULL;
	table->cells = cells;
	cells[table->count] = (struct cell){ NULL, 0, 0 };
	params += table->count++;
	*params = (struct param){ .expression = "",
				  .parent = HD_SPACE_TOP,
				  .low = NAN,
				  .high = NAN };
	hd_buf_init(&params->name);
	hd_buf_init(&params->within);
	return params;
}

static int option_add(struct param *param, const char *text, size_t length)
{
	char **options;

	if (param->option_count == OPTIONS_MOST)
		return HD_ELIMIT;
	options = realloc(param->options, (param->option_count + 1) * sizeof *options);
	if (!options)
		return HD_ENOMEM;
	param->options = options;
	options[param->option_count] = malloc(length + 1);
	if (!options[param->option_count])
		return HD_ENOMEM;
	memcpy(options[param->option_count], text, length);
	options[param->option_count++][length] = '\0';
	return 0;
}

/* --- from a space ----------------------------------------------------------- */

/* Where values lie. A normal distribution has no ends: three deviations. */
static void param_range(struct param *param, const struct hd_expr *expr)
{
	param->low = expr->a;
	param->high = expr->b;
	if (expr->kind & (HD_EXPR_NORMAL | HD_EXPR_QNORMAL | HD_EXPR_LOGNORMAL |
			  HD_EXPR_QLOGNORMAL)) {
		param->low = expr->a - 3 * expr->b;
		param->high = expr->a + 3 * expr->b;
	}
	if (expr->kind == HD_EXPR_RANDINT)
		param->high = expr->b - 1;
	param->is_log = (expr->kind & (HD_EXPR_LOGUNIFORM | HD_EXPR_QLOGUNIFORM |
				       HD_EXPR_LOGNORMAL | HD_EXPR_QLOGNORMAL)) != 0;
	param->is_whole = expr->kind == HD_EXPR_RANDINT ||
			  (expr->q > 0 && expr->q == floor(expr->q));
	if (param->is_log) {
		param->low = exp(param->low);
		param->high = exp(param->high);
	}
}

static int param_options(struct param *param, const struct hd_expr *expr)
{
	struct hd_buf text = HD_BUF_INIT;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < expr->option_count; i++) {
		hd_buf_clear(&text);
		hd_args_json_value(&text, &expr->options[i]);
		rc = hd_buf_failed(&text) ? HD_ENOMEM
					  : option_add(param, hd_buf_text(&text), text.length);
	}
	hd_buf_release(&text);
	return rc;
}

/* "--model/svm", below that of the choice above. */
static void param_within(struct param *param, const struct hd_space *space,
			 const struct hd_param *of)
{
	const struct hd_param *parent;
	const struct hd_value *option;
	char text[64];

	if (of->parent == HD_SPACE_TOP)
		return;
	parent = hd_space_param(space, of->parent);
	option = &parent->expr.options[of->branch];
	hd_buf_puts(&param->within, parent->name);
	hd_buf_putc(&param->within, '/');
	if (option->text) {
		hd_buf_add(&param->within, option->text, option->length);
		return;
	}
	hd_value_format(option, text, sizeof text);
	hd_buf_puts(&param->within, text);
}

static int table_declare(struct hd_table *table, const struct hd_space *space,
			 size_t index)
{
	const struct hd_param *of = hd_space_param(space, index);
	struct param *param = table_add(table);
	int rc = 0;

	if (!param)
		return HD_ENOMEM;
	hd_buf_json(&param->name, of->name, strlen(of->name));
	param->expression = hd_expr_name(of->expr.kind);
	param->parent = of->parent;
	param->branch = of->branch;
	param->is_choice = of->expr.kind == HD_EXPR_CHOICE;
	param_within(param, space, of);
	if (param->is_choice)
		rc = param_options(param, &of->expr);
	else
		param_range(param, &of->expr);
	if (hd_buf_failed(&param->name) || hd_buf_failed(&param->within))
		rc = HD_ENOMEM;
	return rc;
}

/* --- from the store ----------------------------------------------------------- */

struct load {
	struct hd_store *store;
	int64_t sweep;
	struct hd_config *config; /* NULL: the text is none any more */
	uint64_t source;
	char *metric;
	bool only_source;
	struct hd_error *err;
};

/* FNV-1a: which text, not whether somebody meant harm. */
static uint64_t text_hash(uint64_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return (hash ^ 0xff) * UINT64_C(0x100000001b3);
}

static int load_sweep(void *user, const struct hd_sweep_row *row)
{
	const struct hd_texts patterns = { 0 };
	struct load *load = user;
	struct hd_texts sets = { 0 };
	int rc = hd_store_settings(load->store, load->sweep, hd_texts_add, &sets, load->err);

	load->source = text_hash(UINT64_C(0xcbf29ce484222325), row->config_text);
	for (size_t i = 0; i < sets.count; i++)
		load->source = text_hash(load->source, sets.items[i]);
	if (load->only_source)
		goto out;
	load->metric = strdup(row->metric);
	if (!load->metric)
		rc = HD_ENOMEM;
	/* What cannot be loaded has its trials to tell of it. */
	if (rc == 0 &&
	    hd_stored_config(&load->config, load->store, row->config_text, row->config_path,
			     &sets, sets.count, &patterns, NULL) == HD_ENOMEM)
		rc = HD_ENOMEM;
out:
	hd_texts_release(&sets);
	return rc == HD_ENOMEM ? hd_error_nomem(load->err) : rc;
}

int hd_table_open(struct hd_table **out, struct hd_store *store, int64_t sweep,
		  struct hd_error *err)
{
	struct load load = { .store = store, .sweep = sweep, .err = err };
	struct hd_table *table = calloc(1, sizeof *table);
	int rc = table ? hd_store_sweep(store, sweep, load_sweep, &load, err)
		       : hd_error_nomem(err);

	*out = NULL;
	if (table) {
		table->metric = load.metric;
		table->source = load.source;
	}
	for (size_t i = 0; rc == 0 && load.config && i < hd_space_count(load.config->space); i++)
		rc = table_declare(table, load.config->space, i);
	hd_config_free(load.config);
	if (rc == HD_ENOMEM)
		hd_error_nomem(err);
	else if (rc == HD_ELIMIT)
		rc = hd_error_set(err, HD_ELIMIT, "a choice of the sweep has more than %d values",
				  OPTIONS_MOST);
	if (rc == 0)
		*out = table;
	else
		hd_table_close(table);
	return rc;
}

int hd_table_is_old(const struct hd_table *table, struct hd_store *store,
		    int64_t sweep, bool *is_old, struct hd_error *err)
{
	struct load load = { .store = store, .sweep = sweep, .only_source = true, .err = err };
	int rc = hd_store_sweep(store, sweep, load_sweep, &load, err);

	*is_old = rc == 0 && load.source != table->source;
	return rc;
}

const char *hd_table_metric(const struct hd_table *table)
{
	return table->metric;
}

size_t hd_table_count(const struct hd_table *table)
{
	return table->count;
}

size_t hd_table_changes(const struct hd_table *table)
{
	return table->changes;
}

size_t hd_table_turns(const struct hd_table *table)
{
	return table->turns;
}

/* --- a trial's values --------------------------------------------------------- */

/* The end of the JSON string that begins at AT; NULL when it has none. */
static const char *string_end(const char *at)
{
	for (at++; *at && *at != '"'; at++)
		if (*at == '\\' && !*++at)
			return NULL;
	return *at ? at + 1 : NULL;
}

/* The end of the value at AT, which another program than ours may have written:
 * only whether its brackets match is looked at. */
static const char *value_end(const char *at)
{
	size_t depth = 0;

	do {
		if (*at == '"') {
			at = string_end(at);
			if (!at)
				return NULL;
			continue;
		}
		if (*at == '[' || *at == '{')
			depth++;
		else if ((*at == ']' || *at == '}') && depth-- == 0)
			return NULL;
		else if (!*at)
			return NULL;
		at++;
	} while (depth > 0 || (*at != ',' && *at != '}'));
	return at;
}

/* Whether LENGTH bytes are a number as JSON has them: "-0.1e-5". */
static bool is_number(const char *text, size_t length)
{
	const char *at = text, *end = text + length;
	const char *digits;

	at += at < end && *at == '-';
	for (digits = at; at < end && *at >= '0' && *at <= '9';)
		at++;
	if (at == digits || (*digits == '0' && at - digits > 1))
		return false;
	if (at < end && *at == '.') {
		for (digits = ++at; at < end && *at >= '0' && *at <= '9';)
			at++;
		if (at == digits)
			return false;
	}
	if (at < end && (*at == 'e' || *at == 'E')) {
		at++;
		at += at < end && (*at == '+' || *at == '-');
		for (digits = at; at < end && *at >= '0' && *at <= '9';)
			at++;
		if (at == digits)
			return false;
	}
	return at == end;
}

static bool same_text(const char *text, const char *at, size_t length)
{
	return !strncmp(text, at, length) && text[length] == '\0';
}

/* A number of a parameter that no file tells of. */
static void param_stretch(struct param *param, const char *at, size_t length)
{
	double value;

	if (!hd_number_read(at, length, &value))
		return;
	param->low = fmin(param->low, value);
	param->high = fmax(param->high, value);
}

/* Whether a text that is to be shown as it stands may be. */
static bool is_json(const char *text, size_t length)
{
	struct hd_json *document = NULL;
	bool is = hd_json_parse(&document, text, length, NULL) == 0;

	hd_json_free(document);
	return is;
}

/* Which value of the choice it is; one that is new is added. 1: as table_scan. */
static int cell_choose(struct hd_table *table, struct param *param,
		       struct cell *cell)
{
	int rc;

	for (size_t i = 0; i < param->option_count; i++)
		if (same_text(param->options[i], cell->at, cell->length)) {
			cell->option = i;
			return 0;
		}
	if (!is_json(cell->at, cell->length))
		return 1;
	rc = option_add(param, cell->at, cell->length);
	if (rc == HD_ELIMIT) {
		cell->at = NULL;
		return 0;
	}
	cell->option = param->option_count - 1;
	table->changes++;
	return rc;
}

static int cell_set(struct hd_table *table, size_t index, const char *at,
		    size_t length, bool plain)
{
	struct param *param = &table->params[index];
	struct cell *cell = &table->cells[index];
	bool number = is_number(at, length);

	*cell = (struct cell){ at, length, 0 };
	if (!number && !param->is_choice && !plain)
		return 1;
	if (!param->is_choice && !number && !*param->expression) {
		/* No file says what it is, and now it is a word. */
		param->is_choice = true;
		table->turns++;
	}
	if (param->is_choice)
		return cell_choose(table, param, cell);
	if (!number)
		cell->at = NULL;
	else if (!*param->expression)
		param_stretch(param, at, length);
	return 0;
}

static bool param_exists(const struct hd_table *table, const struct param *param)
{
	const struct cell *choice;

	if (param->parent == HD_SPACE_TOP)
		return true;
	choice = &table->cells[param->parent];
	return choice->at && choice->option == param->branch;
}

/* The parameter called NAME, most likely the one at HINT; SIZE_MAX for none. */
static size_t table_find(const struct hd_table *table, const char *name,
			 size_t length, size_t hint)
{
	for (size_t i = 0; i < table->count; i++) {
		size_t at = hint + i < table->count ? hint + i : hint + i - table->count;
		const struct param *param = &table->params[at];

		if (param->name.length == length && !memcmp(param->name.text, name, length) &&
		    param_exists(table, param))
			return at;
	}
	return SIZE_MAX;
}

/* A parameter of which no file tells. */
static int table_meet(struct hd_table *table, const char *name, size_t length,
		      bool number)
{
	struct param *param;

	if (table->count == PARAMS_MOST)
		return HD_ELIMIT;
	param = table_add(table);
	if (!param)
		return HD_ENOMEM;
	hd_buf_add(&param->name, name, length);
	param->is_choice = !number;
	table->changes++;
	return hd_buf_failed(&param->name) ? HD_ENOMEM : 0;
}

/* 1: what stands here is to be taken apart with more care. */
static int table_scan(struct hd_table *table, const char *text, bool plain)
{
	size_t hint = 0;
	int rc = 0;

	if (*text++ != '{')
		return 1;
	while (rc == 0 && *text != '}') {
		const char *name = text, *name_end, *value, *end;
		size_t index;

		name_end = *name == '"' ? string_end(name) : NULL;
		if (!name_end || *name_end != ':')
			return 1;
		value = name_end + 1;
		end = value_end(value);
		if (!end)
			return 1;
		index = table_find(table, name, (size_t)(name_end - name), hint);
		if (index == SIZE_MAX && !plain)
			return 1;
		if (index == SIZE_MAX) {
			rc = table_meet(table, name, (size_t)(name_end - name),
					is_number(value, (size_t)(end - value)));
			index = table->count - 1;
		}
		if (rc == 0)
			rc = cell_set(table, index, value, (size_t)(end - value), plain);
		hint = index + 1;
		text = *end == ',' ? end + 1 : end;
	}
	return rc;
}

/* A member as we write it. */
static int plain_member(void *user, const char *name, size_t length,
			const struct hd_json *value)
{
	struct hd_buf *plain = user;
	char *text = hd_json_dump(value);

	if (!text)
		return HD_ENOMEM;
	if (plain->length > 1)
		hd_buf_putc(plain, ',');
	hd_buf_json(plain, name, length);
	hd_buf_putc(plain, ':');
	if (hd_json_kind(value) == HD_JSON_REAL)
		hd_buf_json_number(plain, hd_json_number(value));
	else
		hd_buf_puts(plain, text);
	free(text);
	return 0;
}

/* The same text as we would have written it. */
static int table_plain(struct hd_table *table, const char *text,
		       struct hd_error *err)
{
	struct hd_json *object = NULL;
	int rc = hd_json_parse(&object, text, strlen(text), NULL);

	if (rc == 0 && hd_json_kind(object) != HD_JSON_OBJECT)
		rc = HD_EINVAL;
	if (rc == 0) {
		hd_buf_clear(&table->plain);
		hd_buf_putc(&table->plain, '{');
		rc = hd_json_each(object, plain_member, &table->plain);
		hd_buf_putc(&table->plain, '}');
		if (hd_buf_failed(&table->plain))
			rc = HD_ENOMEM;
	}
	hd_json_free(object);
	if (rc == HD_EINVAL)
		return hd_error_set(err, HD_ECORRUPT, "a trial has parameters that are no JSON");
	return rc < 0 ? hd_error_nomem(err) : 0;
}

static void table_clear(struct hd_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		table->cells[i] = (struct cell){ NULL, 0, 0 };
}

int hd_table_take(struct hd_table *table, const char *parameters,
		  struct hd_error *err)
{
	int rc;

	table_clear(table);
	rc = table_scan(table, parameters, false);
	if (rc == 1) {
		rc = table_plain(table, parameters, err);
		if (rc < 0)
			return rc;
		table_clear(table);
		rc = table_scan(table, hd_buf_text(&table->plain), true);
	}
	if (rc == 1)
		return hd_error_set(err, HD_ECORRUPT, "a trial has parameters that are no JSON");
	if (rc == HD_ELIMIT)
		return hd_error_set(err, HD_ELIMIT, "the sweep has more than %d parameters",
				    PARAMS_MOST);
	return rc < 0 ? hd_error_nomem(err) : 0;
}

/* --- as JSON ------------------------------------------------------------------ */

void hd_table_cell(const struct hd_table *table, size_t index, struct hd_buf *buf)
{
	const struct cell *cell = &table->cells[index];

	if (!cell->at)
		hd_buf_puts(buf, "null");
	else if (table->params[index].is_choice)
		hd_api_put_integer(buf, (int64_t)cell->option);
	else
		hd_buf_add(buf, cell->at, cell->length);
}

static void param_json(const struct param *param, struct hd_buf *buf)
{
	hd_buf_puts(buf, "{\"name\":");
	hd_buf_add(buf, param->name.text, param->name.length);
	hd_buf_printf(buf, ",\"expression\":\"%s\",\"kind\":\"%s\"", param->expression,
		      param->is_choice ? "choice" : "number");
	if (param->within.length > 0) {
		hd_buf_puts(buf, ",\"within\":");
		hd_buf_json(buf, param->within.text, param->within.length);
	}
	if (param->is_choice) {
		hd_buf_puts(buf, ",\"values\":[");
		for (size_t i = 0; i < param->option_count; i++) {
			hd_buf_puts(buf, i ? "," : "");
			hd_buf_puts(buf, param->options[i]);
		}
		hd_buf_puts(buf, "]}");
		return;
	}
	hd_buf_printf(buf, ",\"log\":%s,\"integer\":%s,\"low\":",
		      param->is_log ? "true" : "false", param->is_whole ? "true" : "false");
	hd_buf_json_number(buf, param->low);
	hd_buf_puts(buf, ",\"high\":");
	hd_buf_json_number(buf, param->high);
	hd_buf_putc(buf, '}');
}

void hd_table_json(const struct hd_table *table, struct hd_buf *buf)
{
	hd_buf_putc(buf, '[');
	for (size_t i = 0; i < table->count; i++) {
		hd_buf_puts(buf, i ? "," : "");
		param_json(&table->params[i], buf);
	}
	hd_buf_putc(buf, ']');
}
