/*
 * A space that holds what was found, as the text of a HyperDrive file: numbers
 * are ranges from the least to the most, whole ones whole, and wide positive
 * ones logarithmic; anything else is a choice of what occurs. It says what the
 * data cannot: a file with the real space is better (--space).
 */
#include "exchange/found.h"

#include <math.h>
#include <string.h>

#include "exchange/cell.h"
#include "space/args.h"

/* From a thousandfold on a range is one of magnitudes. */
#define LOG_FROM 1000
#define OPTIONS_MOST 1000

struct spread {
	size_t param;
	bool numbers, whole;
	double least, most;
	size_t count;
};

static const struct hd_value *value_at(const struct hd_found_trial *trial, size_t param)
{
	static const struct hd_value absent = { .kind = HD_VALUE_ABSENT };

	return param < trial->value_count ? &trial->values[param] : &absent;
}

static struct spread spread_of(const struct hd_found *found, size_t param)
{
	struct spread spread = { param, true, true, INFINITY, -INFINITY, 0 };

	for (size_t i = 0; i < found->count; i++) {
		const struct hd_value *value = value_at(&found->trials[i], param);

		if (value->kind == HD_VALUE_ABSENT)
			continue;
		spread.count++;
		spread.whole &= value->kind == HD_VALUE_INTEGER;
		spread.numbers &= value->kind == HD_VALUE_INTEGER || value->kind == HD_VALUE_REAL;
		spread.least = fmin(spread.least, value->number);
		spread.most = fmax(spread.most, value->number);
	}
	return spread;
}

static void put_range(const struct spread *spread, struct hd_buf *text)
{
	bool log_scale = !spread->whole && spread->least > 0 &&
			 spread->most / spread->least >= LOG_FROM;
	double least = spread->least, most = spread->most;

	if (log_scale) {
		least = log(least);
		most = log(most);
		/* exp() of them does not fall short of what was found. */
		while (exp(least) > spread->least)
			least = nextafter(least, -INFINITY);
		while (exp(most) < spread->most)
			most = nextafter(most, INFINITY);
	}
	hd_buf_puts(text, log_scale       ? "loguniform, values: ["
			  : spread->whole ? "quniform, values: ["
					  : "uniform, values: [");
	hd_buf_number(text, least);
	hd_buf_puts(text, ", ");
	hd_buf_number(text, most);
	hd_buf_puts(text, spread->whole ? ", 1]" : "]");
}

/* Whether a trial before INDEX has the same value. */
static bool is_repeated(const struct hd_found *found, size_t param, size_t index)
{
	const struct hd_value *value = value_at(&found->trials[index], param);

	for (size_t i = 0; i < index; i++)
		if (hd_value_equal(value_at(&found->trials[i], param), value))
			return true;
	return false;
}

static int put_choice(const struct hd_found *found, const struct spread *spread,
		      struct hd_buf *text, struct hd_error *err)
{
	size_t options = 0;

	hd_buf_puts(text, "choice, values: [[");
	for (size_t i = 0; i < found->count; i++) {
		const struct hd_value *value = value_at(&found->trials[i], spread->param);

		if (value->kind == HD_VALUE_ABSENT || is_repeated(found, spread->param, i))
			continue;
		if (options == OPTIONS_MOST)
			return hd_error_at(err, &found->trials[i].mark, HD_ELIMIT,
					   "parameter '%.64s' has more than %d different texts: "
					   "is it one?",
					   found->params.items[spread->param], OPTIONS_MOST);
		hd_buf_puts(text, options++ ? ", " : "");
		hd_args_json_value(text, value);
	}
	hd_buf_puts(text, "]]");
	return 0;
}

static int put_param(const struct hd_found *found, size_t param, struct hd_buf *text,
		     struct hd_error *err)
{
	const char *name = found->params.items[param];
	struct spread spread = spread_of(found, param);
	int rc = 0;

	/* Only trials that had not ended had it. */
	if (spread.count == 0)
		return 0;
	hd_buf_puts(text, "  - {name: ");
	hd_buf_json(text, name, strlen(name));
	hd_buf_puts(text, ", expression: ");
	if (param < found->space_count && found->spaces[param])
		hd_buf_puts(text, found->spaces[param]);
	else if (spread.numbers && spread.least < spread.most)
		put_range(&spread, text);
	else
		rc = put_choice(found, &spread, text, err);
	hd_buf_puts(text, "}\n");
	return rc;
}

int hd_found_text(const struct hd_found *found, struct hd_buf *text,
		  struct hd_error *err)
{
	int rc = 0;

	if (found->params.count == 0)
		return hd_error_set(err, HD_EINVAL,
				    "'%s' has no parameters: --map COLUMN=NAME names them",
				    found->path);
	hd_buf_puts(text, "sampling:\n  type: random\n  parameter_space:\n");
	for (size_t i = 0; rc == 0 && i < found->params.count; i++)
		rc = put_param(found, i, text, err);
	hd_buf_puts(text, "primary_metric_name: ");
	hd_buf_json(text, found->metric, strlen(found->metric));
	hd_buf_printf(text, "\nprimary_metric_goal: %s\nmax_total_runs: %zu\n",
		      hd_goal_name(found->goal), found->count);
	if (rc == 0 && hd_buf_failed(text))
		rc = hd_error_nomem(err);
	return rc;
}
