/*
 * Recorded tuning runs as problems: dataset.json, configs.csv.gz and one
 * TASK.curves.csv.gz each. A trial's result is the best value that the nearest
 * recorded configuration ever had.
 */
#include "problem.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/json.h"

#define COLUMNS_MOST 16
#define LINE_MOST 4096

struct column {
	const struct hd_json *levels; /* of a choice; NULL otherwise */
	bool by_place;                /* a choice without an order */
	bool logs;
	double low, high;
	int field; /* in the file of configurations */
};

struct table {
	struct column column[COLUMNS_MOST];
	size_t columns, rows;
	double *at;     /* rows by columns: scaled, or the option's place */
	double *result; /* NaN where there is none */
};

static void *must(void *memory)
{
	if (!memory) {
		fprintf(stderr, "out of memory\n");
		exit(1);
	}
	return memory;
}

static struct hd_json *read_json(const char *path)
{
	struct hd_json *root = NULL;
	FILE *file = fopen(path, "r");
	char *text = must(malloc(1 << 20));

	if (file) {
		size_t length = fread(text, 1, 1 << 20, file);

		hd_json_parse(&root, text, length, NULL);
		fclose(file);
	}
	free(text);
	return root;
}

static double node_number(const struct hd_json *object, const char *name)
{
	const struct hd_json *node = hd_json_get(object, name);

	return node ? hd_json_number(node) : 0;
}

static bool node_is(const struct hd_json *object, const char *name,
		    const char *word)
{
	const struct hd_json *node = hd_json_get(object, name);

	return node && hd_json_kind(node) == HD_JSON_STRING &&
	       !strcmp(hd_json_string(node, NULL), word);
}

/* --- the space ------------------------------------------------------------- */

static struct hd_expr column_choice(struct column *column,
				    const struct hd_json *node,
				    struct hd_value *options)
{
	const struct hd_json *levels = hd_json_get(node, "values");
	size_t count = hd_json_count(levels);

	column->levels = levels;
	column->by_place = !hd_json_get(node, "ordered");
	column->logs = node_is(node, "ordered", "log");
	column->low = INFINITY;
	column->high = -INFINITY;
	for (size_t i = 0; i < count; i++) {
		const struct hd_json *level = hd_json_at(levels, i);

		options[i] = (struct hd_value){ .kind = HD_VALUE_REAL };
		options[i].number = hd_json_number(level);
		options[i].text = hd_json_string(level, &options[i].length);
		if (options[i].text)
			options[i].kind = HD_VALUE_TEXT;
		column->low = fmin(column->low, options[i].number);
		column->high = fmax(column->high, options[i].number);
	}
	return hd_expr_choice(options, count);
}

static struct hd_expr column_range(struct column *column,
				   const struct hd_json *node)
{
	double low = node_number(node, "min"), high = node_number(node, "max");
	double q = node_number(node, "q");

	column->low = low;
	column->high = high;
	column->logs = node_is(node, "kind", "loguniform") ||
		       node_is(node, "kind", "qloguniform");
	if (node_is(node, "kind", "loguniform"))
		return hd_expr_loguniform(log(low), log(high));
	if (column->logs)
		return hd_expr_qloguniform(log(low), log(high), q);
	if (q > 0)
		return hd_expr_quniform(low, high, q);
	return hd_expr_uniform(low, high);
}

struct space_walk {
	struct table *table;
	struct hd_space *space;
};

static int add_column(void *user, const char *name, size_t length,
		      const struct hd_json *node)
{
	struct space_walk *walk = user;
	struct column *column = &walk->table->column[walk->table->columns++];
	struct hd_value options[256];
	struct hd_expr expr;

	(void)length;
	if (node_is(node, "kind", "choice"))
		expr = column_choice(column, node, options);
	else
		expr = column_range(column, node);
	return hd_space_add(walk->space, name, &expr, NULL, NULL);
}

/* --- rows ------------------------------------------------------------------ */

static double column_scale(const struct column *column, double value)
{
	if (column->logs)
		return value > 0 ? log(value / column->low) /
					   log(column->high / column->low)
				 : 0;
	return (value - column->low) / (column->high - column->low);
}

static double column_read(const struct column *column, const char *text)
{
	double number = strtod(text, NULL);
	size_t count = column->by_place ? hd_json_count(column->levels) : 0;

	for (size_t i = 0; i < count; i++) {
		const struct hd_json *level = hd_json_at(column->levels, i);
		const char *word = hd_json_string(level, NULL);

		if (word ? !strcmp(word, text) : hd_json_number(level) == number)
			return (double)i;
	}
	return column_scale(column, number);
}

/* Cut LINE at its commas; how many fields there are. */
static int cut(char *line, char **fields, int most)
{
	int count = 0;

	line[strcspn(line, "\r\n")] = '\0';
	for (char *at = line; at && count < most;) {
		char *comma = strchr(at, ',');

		fields[count++] = at;
		if (comma)
			*comma++ = '\0';
		at = comma;
	}
	return count;
}

static int field_named(char **fields, int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (!strcmp(fields[i], name))
			return i;
	return -1;
}

static bool read_configs(struct table *table, const struct hd_space *space,
			 const char *path)
{
	gzFile file = gzopen(path, "rb");
	char line[LINE_MOST], *fields[64];
	size_t size = 0;
	int count;

	if (!file)
		return false;
	count = gzgets(file, line, sizeof line) ? cut(line, fields, 64) : 0;
	for (size_t i = 0; i < table->columns; i++)
		table->column[i].field = field_named(
			fields, count, hd_space_param(space, i)->name);
	while (gzgets(file, line, sizeof line)) {
		count = cut(line, fields, 64);
		if (table->rows == size) {
			size = size ? 2 * size : 1024;
			table->at = must(realloc(table->at,
						 size * table->columns * sizeof(double)));
		}
		for (size_t i = 0; i < table->columns; i++) {
			const struct column *column = &table->column[i];

			if (column->field < 0 || column->field >= count)
				break;
			table->at[table->rows * table->columns + i] =
				column_read(column, fields[column->field]);
		}
		table->rows++;
	}
	gzclose(file);
	return table->rows > 0;
}

static bool read_results(struct table *table, const char *path,
			 const char *metric, double sign)
{
	gzFile file = gzopen(path, "rb");
	char line[LINE_MOST], *fields[64];
	int column = -1;

	if (!file)
		return false;
	table->result = must(calloc(table->rows, sizeof(double)));
	for (size_t i = 0; i < table->rows; i++)
		table->result[i] = NAN;
	if (gzgets(file, line, sizeof line))
		column = field_named(fields, cut(line, fields, 64), metric);
	while (column >= 0 && gzgets(file, line, sizeof line)) {
		int count = cut(line, fields, 64);
		size_t row = strtoul(fields[0], NULL, 10);
		double value = count > column && *fields[column]
				       ? sign * strtod(fields[column], NULL)
				       : NAN;

		if (row < table->rows && isfinite(value))
			table->result[row] = fmin(table->result[row], value);
	}
	gzclose(file);
	return column >= 0;
}

/* --- problems -------------------------------------------------------------- */

static double table_value(const struct problem *problem,
			  const struct hd_value *values)
{
	const struct table *table = problem->data;
	double given[COLUMNS_MOST], nearest = INFINITY;
	size_t best = 0;

	for (size_t i = 0; i < table->columns; i++)
		given[i] = table->column[i].by_place
				   ? (double)values[i].option
				   : column_scale(&table->column[i],
						  values[i].number);
	for (size_t row = 0; row < table->rows; row++) {
		const double *at = table->at + row * table->columns;
		double sum = 0;

		for (size_t i = 0; i < table->columns && sum < nearest; i++)
			sum += table->column[i].by_place
				       ? at[i] != given[i]
				       : (at[i] - given[i]) * (at[i] - given[i]);
		if (sum < nearest) {
			nearest = sum;
			best = row;
		}
	}
	return table->result[best];
}

static int by_number(const void *va, const void *vb)
{
	double a = *(const double *)va, b = *(const double *)vb;

	return (a > b) - (a < b);
}

static void table_extremes(struct problem *problem, const struct table *table)
{
	double *sorted = must(calloc(table->rows, sizeof(double)));
	size_t count = 0;

	for (size_t i = 0; i < table->rows; i++)
		if (isfinite(table->result[i]))
			sorted[count++] = table->result[i];
	qsort(sorted, count, sizeof *sorted, by_number);
	problem->best = count ? sorted[0] : 0;
	problem->median = count ? sorted[count / 2] : 1;
	free(sorted);
}

static void add_task(struct problems *problems, const char *folder,
		     const struct hd_json *root, const struct hd_json *task)
{
	const char *name = hd_json_string(hd_json_get(task, "name"), NULL);
	const struct hd_json *own = hd_json_get(task, "goal");
	const struct hd_json *metric = hd_json_get(task, "primary_metric");
	struct table *table = must(calloc(1, sizeof *table));
	struct space_walk walk = { table, must(hd_space_new()) };
	double sign = node_is(own ? task : root, "goal", "maximize") ? -1 : 1;
	struct problem *problem;
	char path[4096], *label;

	metric = metric ? metric : hd_json_get(root, "primary_metric");
	hd_json_each(hd_json_get(root, "params"), add_column, &walk);
	snprintf(path, sizeof path, "%s/configs.csv.gz", folder);
	if (!read_configs(table, walk.space, path))
		return;
	snprintf(path, sizeof path, "%s/%s.curves.csv.gz", folder, name);
	if (!read_results(table, path, hd_json_string(metric, NULL), sign))
		return;
	snprintf(path, sizeof path, "%s/%s",
		 hd_json_string(hd_json_get(root, "name"), NULL), name);
	label = must(strdup(path));
	problem = problems_add(problems);
	*problem = (struct problem){ .name = label,
				     .group = "recorded",
				     .space = walk.space,
				     .value = table_value,
				     .data = table };
	table_extremes(problem, table);
}

/* What is read is kept to the end of the program: it is a benchmark. */
void problems_recorded(struct problems *problems, const char *folder)
{
	struct dirent **entries = NULL;
	int count = scandir(folder, &entries, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		char path[1024], file[1100];
		struct hd_json *root;

		snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
		snprintf(file, sizeof file, "%s/dataset.json", path);
		free(entries[i]);
		root = read_json(file);
		for (size_t t = 0; root && t < hd_json_count(hd_json_get(root, "tasks"));
		     t++)
			add_task(problems, path, root,
				 hd_json_at(hd_json_get(root, "tasks"), t));
	}
	free(entries);
}
