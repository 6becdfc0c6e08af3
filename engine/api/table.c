#include "api/column.h"

#include "api/private.h"
#include "space/args.h"
#include "sweep/stored.h"

#include <hdrive/config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- parameters ------------------------------------------------------------- */

static void param_release(struct param *param)
{
	hd_buf_release(&param->name);
	free(param->plain);
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

struct param *hd_table_add(struct hd_table *table)
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
				  .known = { .low = NAN, .high = NAN } };
	hd_buf_init(&params->name);
	hd_buf_init(&params->within);
	return params;
}

int hd_table_option_add(struct param *param, const char *text, size_t length)
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
	param->known.low = expr->a;
	param->known.high = expr->b;
	param->known.step = expr->kind == HD_EXPR_RANDINT ? 1 : expr->q;
	param->known.has_ends = true;
	if (expr->kind & (HD_EXPR_NORMAL | HD_EXPR_QNORMAL | HD_EXPR_LOGNORMAL |
			  HD_EXPR_QLOGNORMAL)) {
		param->known.low = expr->a - 3 * expr->b;
		param->known.high = expr->a + 3 * expr->b;
		param->known.has_ends = false;
	}
	if (expr->kind == HD_EXPR_RANDINT)
		param->known.high = expr->b - 1;
	param->known.is_log = (expr->kind & (HD_EXPR_LOGUNIFORM | HD_EXPR_QLOGUNIFORM |
					     HD_EXPR_LOGNORMAL | HD_EXPR_QLOGNORMAL)) != 0;
	param->is_whole = expr->kind == HD_EXPR_RANDINT ||
			  (expr->q > 0 && expr->q == floor(expr->q));
	if (param->known.is_log) {
		param->known.low = exp(param->known.low);
		param->known.high = exp(param->known.high);
	}
}

static int param_options(struct param *param, const struct hd_expr *expr)
{
	struct hd_buf text = HD_BUF_INIT;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < expr->option_count; i++) {
		hd_buf_clear(&text);
		hd_args_json_value(&text, &expr->options[i]);
		rc = hd_buf_failed(&text)
			     ? HD_ENOMEM
			     : hd_table_option_add(param, hd_buf_text(&text), text.length);
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
	struct param *param = hd_table_add(table);
	int rc = 0;

	if (!param)
		return HD_ENOMEM;
	hd_buf_json(&param->name, of->name, strlen(of->name));
	param->plain = strdup(of->name);
	param->expression = hd_expr_name(of->expr.kind);
	param->parent = of->parent;
	param->branch = of->branch;
	param->known.is_choice = of->expr.kind == HD_EXPR_CHOICE;
	param_within(param, space, of);
	if (param->known.is_choice)
		rc = param_options(param, &of->expr);
	else
		param_range(param, &of->expr);
	if (!param->plain || hd_buf_failed(&param->name) || hd_buf_failed(&param->within))
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

const struct hd_table_param *hd_table_param(const struct hd_table *table, size_t index)
{
	struct param *param;

	if (index >= table->count)
		return NULL;
	param = &table->params[index];
	param->known.name = param->plain;
	param->known.within = hd_buf_text(&param->within);
	param->known.option_count = param->option_count;
	return &param->known;
}

/* --- as JSON ------------------------------------------------------------------ */

void hd_table_cell(const struct hd_table *table, size_t index, struct hd_buf *buf)
{
	const struct cell *cell = &table->cells[index];

	if (!cell->at)
		hd_buf_puts(buf, "null");
	else if (table->params[index].known.is_choice)
		hd_api_put_integer(buf, (int64_t)cell->option);
	else
		hd_buf_add(buf, cell->at, cell->length);
}

/* An infinity among a choice's values has no number in JSON. */
static void option_json(const char *option, struct hd_buf *buf)
{
	bool infinite = !strcmp(option, "1e999") || !strcmp(option, "-1e999");

	hd_buf_puts(buf, infinite ? "null" : option);
}

static void param_json(const struct param *param, struct hd_buf *buf)
{
	hd_buf_puts(buf, "{\"name\":");
	hd_buf_add(buf, param->name.text, param->name.length);
	hd_buf_printf(buf, ",\"expression\":\"%s\",\"kind\":\"%s\"", param->expression,
		      param->known.is_choice ? "choice" : "number");
	if (param->within.length > 0) {
		hd_buf_puts(buf, ",\"within\":");
		hd_buf_json(buf, param->within.text, param->within.length);
	}
	if (param->known.is_choice) {
		hd_buf_puts(buf, ",\"values\":[");
		for (size_t i = 0; i < param->option_count; i++) {
			hd_buf_puts(buf, i ? "," : "");
			option_json(param->options[i], buf);
		}
		hd_buf_puts(buf, "]}");
		return;
	}
	hd_buf_printf(buf, ",\"log\":%s,\"integer\":%s,\"low\":",
		      param->known.is_log ? "true" : "false", param->is_whole ? "true" : "false");
	hd_buf_json_number(buf, param->known.low);
	hd_buf_puts(buf, ",\"high\":");
	hd_buf_json_number(buf, param->known.high);
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
