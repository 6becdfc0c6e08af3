/* Optuna's distributions, and what stands for them in a HyperDrive file. */
#include "exchange/optuna.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "exchange/cell.h"
#include "space/args.h"

/* Of a range with steps, written out as a choice, at most so many. */
#define CHOICES_MOST 1000
/* Half a step but a little: both ends are as likely as the others. */
#define HALF_A_STEP 0.4999

static const struct {
	const char *name;
	enum hd_dist_kind kind;
	bool log;
} dist_names[] = {
	{ "FloatDistribution", HD_DIST_FLOAT, false },
	{ "IntDistribution", HD_DIST_INT, false },
	{ "CategoricalDistribution", HD_DIST_CATEGORICAL, false },
	/* Before 3.0. */
	{ "UniformDistribution", HD_DIST_FLOAT, false },
	{ "LogUniformDistribution", HD_DIST_FLOAT, true },
	{ "DiscreteUniformDistribution", HD_DIST_FLOAT, false },
	{ "IntUniformDistribution", HD_DIST_INT, false },
	{ "IntLogUniformDistribution", HD_DIST_INT, true },
};

static double number_of(const struct hd_json *map, const char *name, double fallback)
{
	const struct hd_json *node = hd_json_get(map, name);
	double number = node ? hd_json_number(node) : NAN;

	return isnan(number) ? fallback : number;
}

static int read_choices(struct hd_dist *dist, const struct hd_json *list,
			struct hd_arena *arena)
{
	int rc = 0;

	if (!list || hd_json_kind(list) != HD_JSON_ARRAY || hd_json_count(list) == 0)
		return HD_EINVAL;
	dist->choice_count = hd_json_count(list);
	dist->choices = hd_arena_array(arena, dist->choice_count, sizeof *dist->choices);
	if (!dist->choices)
		return HD_ENOMEM;
	for (size_t i = 0; rc == 0 && i < dist->choice_count; i++)
		rc = hd_cell_of_json(hd_json_at(list, i), arena, &dist->choices[i]);
	return rc;
}

static int read_attributes(struct hd_dist *dist, const struct hd_json *map,
			   struct hd_arena *arena)
{
	if (dist->kind == HD_DIST_CATEGORICAL)
		return read_choices(dist, hd_json_get(map, "choices"), arena);
	dist->low = number_of(map, "low", NAN);
	dist->high = number_of(map, "high", NAN);
	dist->step = number_of(map, "step", number_of(map, "q", 0));
	dist->log |= number_of(map, "log", 0) != 0;
	/* Logarithms have no steps but those of whole numbers. */
	if (dist->log || dist->step < 0)
		dist->step = 0;
	if (!isfinite(dist->low) || !isfinite(dist->high) || dist->low > dist->high ||
	    (dist->log && dist->low <= 0) || !isfinite(dist->step))
		return HD_EINVAL;
	return 0;
}

static int dist_of(struct hd_dist *dist, const struct hd_json *root,
		   struct hd_arena *arena)
{
	bool is_map = hd_json_kind(root) == HD_JSON_OBJECT;
	const struct hd_json *name = is_map ? hd_json_get(root, "name") : NULL;
	const struct hd_json *map = is_map ? hd_json_get(root, "attributes") : NULL;
	const char *word = name ? hd_json_string(name, NULL) : NULL;

	if (!word || !map || hd_json_kind(map) != HD_JSON_OBJECT)
		return HD_EINVAL;
	for (size_t i = 0; i < sizeof dist_names / sizeof dist_names[0]; i++)
		if (!strcmp(dist_names[i].name, word)) {
			dist->kind = dist_names[i].kind;
			dist->log = dist_names[i].log;
			return read_attributes(dist, map, arena);
		}
	return HD_EINVAL;
}

int hd_dist_read(struct hd_dist *dist, const char *json, size_t length,
		 struct hd_arena *arena)
{
	struct hd_json *root = NULL;
	int rc = hd_json_parse(&root, json, length, NULL);

	*dist = (struct hd_dist){ .kind = HD_DIST_FLOAT };
	if (rc == 0)
		rc = dist_of(dist, root, arena);
	hd_json_free(root);
	return rc;
}

bool hd_dist_value(const struct hd_dist *dist, double number,
		   struct hd_value *value)
{
	if (!isfinite(number))
		return false;
	switch (dist->kind) {
	case HD_DIST_FLOAT:
		*value = (struct hd_value){ .kind = HD_VALUE_REAL, .number = number };
		return true;
	case HD_DIST_INT:
		if (number != rint(number) || fabs(number) > 9007199254740992.0)
			return false;
		*value = (struct hd_value){ .kind = HD_VALUE_INTEGER,
					    .number = number,
					    .integer = (int64_t)number };
		return true;
	case HD_DIST_CATEGORICAL:
		if (number != rint(number) || number < 0 ||
		    number >= (double)dist->choice_count)
			return false;
		*value = dist->choices[(size_t)number];
		return true;
	}
	return false;
}

/* --- as a file has it ----------------------------------------------------- */

static void put_numbers(struct hd_buf *text, const char *expression, double a, double b,
			double q)
{
	hd_buf_printf(text, "%s, values: [", expression);
	hd_buf_number(text, a);
	hd_buf_puts(text, ", ");
	hd_buf_number(text, b);
	if (q > 0) {
		hd_buf_puts(text, ", ");
		hd_buf_number(text, q);
	}
	hd_buf_putc(text, ']');
}

static void put_steps(const struct hd_dist *dist, double step, struct hd_buf *text)
{
	size_t count = (size_t)floor((dist->high - dist->low) / step + 1e-9) + 1;

	hd_buf_puts(text, "choice, values: [[");
	for (size_t i = 0; i < count; i++) {
		hd_buf_puts(text, i ? ", " : "");
		hd_buf_number(text, dist->low + (double)i * step);
	}
	hd_buf_puts(text, "]]");
}

static void put_whole(const struct hd_dist *dist, struct hd_buf *text)
{
	double low = dist->low - HALF_A_STEP, high = dist->high + HALF_A_STEP;

	if (dist->log)
		put_numbers(text, "qloguniform", log(low), log(high), 1);
	else if (dist->low == 0)
		hd_buf_printf(text, "randint, values: [%.0f]", dist->high + 1);
	else
		put_numbers(text, "quniform", low, high, 1);
}

void hd_dist_space(const struct hd_dist *dist, struct hd_buf *text)
{
	double step = dist->step > 0 ? dist->step : dist->kind == HD_DIST_INT ? 1
									      : 0;

	if (dist->kind == HD_DIST_CATEGORICAL) {
		hd_buf_puts(text, "choice, values: [[");
		for (size_t i = 0; i < dist->choice_count; i++) {
			hd_buf_puts(text, i ? ", " : "");
			hd_args_json_value(text, &dist->choices[i]);
		}
		hd_buf_puts(text, "]]");
	} else if (dist->low == dist->high) {
		hd_buf_puts(text, "choice, values: [[");
		hd_buf_number(text, dist->low);
		hd_buf_puts(text, "]]");
	} else if (dist->kind == HD_DIST_INT && step == 1) {
		put_whole(dist, text);
	} else if (step > 0 && (dist->high - dist->low) / step < CHOICES_MOST) {
		put_steps(dist, step, text);
	} else if (step > 0) {
		put_numbers(text, "quniform", dist->low, dist->high, step);
	} else if (dist->log) {
		put_numbers(text, "loguniform", log(dist->low), log(dist->high), 0);
	} else {
		put_numbers(text, "uniform", dist->low, dist->high, 0);
	}
}
