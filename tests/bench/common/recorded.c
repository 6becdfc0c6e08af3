/*
 * A configuration is a row of numbers: each parameter scaled to its range, the
 * logarithm where it has one, or the place of a choice that has no order.
 */
#include "recorded.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/json.h"

#define COLUMNS_MOST 64
#define OPTIONS_MOST 256
#define LINE_MOST 4096
#define FIELDS_MOST 128

struct column {
	const struct hd_json *levels; /* of a choice; NULL otherwise */
	bool by_place;                /* a choice without an order */
	bool logs;
	double low, high;
	int field; /* in the file of configurations */
};

struct recorded_columns {
	struct column column[COLUMNS_MOST];
	size_t count, rows;
	double *at; /* rows by columns: scaled, or the option's place */
};

static void *must(void *memory)
{
	if (!memory) {
		fprintf(stderr, "out of memory\n");
		exit(1);
	}
	return memory;
}

/* COUNT, when no more than MOST. */
static size_t fit(size_t count, size_t most, const char *what)
{
	if (count > most) {
		fprintf(stderr, "%zu %s of a recorded task, at most %zu\n",
			count, what, most);
		exit(1);
	}
	return count;
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
	size_t count = fit(hd_json_count(levels), OPTIONS_MOST, "values");

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
	struct recorded_columns *table;
	struct hd_space *space;
};

static int add_column(void *user, const char *name, size_t length,
		      const struct hd_json *node)
{
	struct space_walk *walk = user;
	size_t index = walk->table->count++;
	struct column *column = &walk->table->column[index];
	struct hd_value options[OPTIONS_MOST];
	struct hd_expr expr;

	(void)length;
	fit(index + 1, COLUMNS_MOST, "parameters");
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

static bool read_configs(struct recorded_columns *table, const struct hd_space *space,
			 const char *path)
{
	gzFile file = gzopen(path, "rb");
	char line[LINE_MOST], *fields[FIELDS_MOST];
	size_t size = 0;
	int count;

	if (!file)
		return false;
	count = gzgets(file, line, sizeof line) ? cut(line, fields, FIELDS_MOST) : 0;
	for (size_t i = 0; i < table->count; i++)
		table->column[i].field = field_named(
			fields, count, hd_space_param(space, i)->name);
	while (gzgets(file, line, sizeof line)) {
		count = cut(line, fields, FIELDS_MOST);
		if (table->rows == size) {
			size = size ? 2 * size : 1024;
			table->at = must(realloc(table->at,
						 size * table->count * sizeof(double)));
		}
		for (size_t i = 0; i < table->count; i++) {
			const struct column *column = &table->column[i];

			if (column->field < 0 || column->field >= count)
				break;
			table->at[table->rows * table->count + i] =
				column_read(column, fields[column->field]);
		}
		table->rows++;
	}
	gzclose(file);
	return table->rows > 0;
}

/* The fields of a line of curves that are wanted. */
struct places {
	int epoch, metric;
};

/* Row and interval, from 0, of a line that has a place in TASK. */
static bool place(const struct recorded *task, const struct places *places,
		  char **fields, int count, size_t *row, size_t *interval)
{
	if (count <= places->epoch || count <= places->metric)
		return false;
	*row = strtoul(fields[0], NULL, 10);
	*interval = strtoul(fields[places->epoch], NULL, 10) - 1;
	return *row < task->rows && *interval < task->epochs;
}

static bool read_curves(struct recorded *task, const char *path,
			const char *metric)
{
	gzFile file = gzopen(path, "rb");
	char line[LINE_MOST], *fields[FIELDS_MOST];
	struct places places = { -1, -1 };
	size_t row, interval;
	int count;

	if (!file)
		return false;
	count = gzgets(file, line, sizeof line)
			? cut(line, fields, FIELDS_MOST)
			: 0;
	places.epoch = field_named(fields, count, "epoch");
	places.metric = field_named(fields, count, metric);
	task->length = must(calloc(task->rows, sizeof *task->length));
	task->curve = must(malloc(task->rows * task->epochs * sizeof(double)));
	for (size_t i = 0; i < task->rows * task->epochs; i++)
		task->curve[i] = NAN;
	while (places.epoch >= 0 && places.metric >= 0 &&
	       gzgets(file, line, sizeof line)) {
		double value;

		count = cut(line, fields, FIELDS_MOST);
		if (!place(task, &places, fields, count, &row, &interval))
			continue;
		value = *fields[places.metric]
				? strtod(fields[places.metric], NULL)
				: NAN;
		task->curve[row * task->epochs + interval] =
			isfinite(value) ? value : NAN;
		if (task->length[row] <= interval)
			task->length[row] = interval + 1;
	}
	gzclose(file);
	return places.epoch >= 0 && places.metric >= 0;
}

/* --- tasks ----------------------------------------------------------------- */

size_t recorded_nearest(const struct recorded *task,
			const struct hd_value *values)
{
	const struct recorded_columns *table = task->columns;
	double given[COLUMNS_MOST], nearest = INFINITY;
	size_t best = 0;

	for (size_t i = 0; i < table->count; i++)
		given[i] = table->column[i].by_place
				   ? (double)values[i].option
				   : column_scale(&table->column[i],
						  values[i].number);
	for (size_t row = 0; row < table->rows; row++) {
		const double *at = table->at + row * table->count;
		double sum = 0;

		for (size_t i = 0; i < table->count && sum < nearest; i++)
			sum += table->column[i].by_place
				       ? at[i] != given[i]
				       : (at[i] - given[i]) * (at[i] - given[i]);
		if (sum < nearest) {
			nearest = sum;
			best = row;
		}
	}
	return best;
}

struct reader {
	size_t least;
	recorded_fn fn;
	void *user;
};

/* What the task says itself goes before what its data set says. */
static const struct hd_json *said(const struct hd_json *root,
				  const struct hd_json *task, const char *name)
{
	const struct hd_json *own = hd_json_get(task, name);

	return own ? own : hd_json_get(root, name);
}

static void read_task(const struct reader *reader, const char *folder,
		      const struct hd_json *root, const struct hd_json *node)
{
	struct recorded_columns *columns = must(calloc(1, sizeof *columns));
	struct space_walk walk = { columns, must(hd_space_new()) };
	const struct hd_json *epochs = said(root, node, "max_epochs");
	const char *metric = hd_json_string(said(root, node, "primary_metric"), NULL);
	bool own_goal = hd_json_get(node, "goal") != NULL;
	struct recorded task = {
		.group = hd_json_string(hd_json_get(root, "name"), NULL),
		.name = hd_json_string(hd_json_get(node, "name"), NULL),
		.goal = node_is(own_goal ? node : root, "goal", "maximize")
				? HD_MAXIMIZE
				: HD_MINIMIZE,
		.space = walk.space,
		.columns = columns,
		.epochs = epochs ? (size_t)hd_json_number(epochs) : 1,
	};
	char path[4096];

	if (task.epochs < reader->least)
		return;
	hd_json_each(hd_json_get(root, "params"), add_column, &walk);
	snprintf(path, sizeof path, "%s/configs.csv.gz", folder);
	if (!read_configs(columns, walk.space, path))
		return;
	task.rows = columns->rows;
	snprintf(path, sizeof path, "%s/%s.curves.csv.gz", folder, task.name);
	if (read_curves(&task, path, metric))
		reader->fn(reader->user, &task);
}

static void read_folder(const struct reader *reader, const char *folder)
{
	struct dirent **entries = NULL;
	int count = scandir(folder, &entries, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		char path[2048], file[2100];
		const struct hd_json *tasks;
		struct hd_json *root;

		snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
		snprintf(file, sizeof file, "%s/dataset.json", path);
		free(entries[i]);
		root = read_json(file);
		tasks = root ? hd_json_get(root, "tasks") : NULL;
		for (size_t t = 0; tasks && t < hd_json_count(tasks); t++)
			read_task(reader, path, root, hd_json_at(tasks, t));
	}
	free(entries);
}

void recorded_read(const char *folders, size_t least, recorded_fn fn,
		   void *user)
{
	const struct reader reader = { least, fn, user };

	for (const char *at = folders; at && *at;) {
		size_t length = strcspn(at, ":");
		char *folder = must(strndup(at, length));

		read_folder(&reader, folder);
		free(folder);
		at += length + (at[length] == ':');
	}
}
