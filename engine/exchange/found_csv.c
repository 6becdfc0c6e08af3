/* Trials in CSV: a row each, or, with the columns of a long export, several. */
#include "exchange/found.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange/cell.h"
#include "exchange/csv.h"

struct table {
	struct hd_found *found;
	struct hd_csv *csv;
	struct hd_role *roles;
	size_t count;
	bool is_long;
	bool open;      /* the last trial goes on with the next row */
	bool left_out;  /* ... and has not ended */
	int64_t number; /* its */
	struct hd_error *err;
};

static ptrdiff_t table_read(void *user, char *to, size_t size)
{
	size_t got = fread(to, 1, size, user);

	return got == 0 && ferror((FILE *)user) ? HD_EIO : (ptrdiff_t)got;
}

/* --- the header ----------------------------------------------------------- */

static bool has_role(const struct table *table, enum hd_role_kind kind)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->roles[i].kind == kind)
			return true;
	return false;
}

static void header_long(struct table *table)
{
	static const struct {
		const char *column;
		enum hd_role_kind kind;
	} words[] = {
		{ "metric", HD_ROLE_LOGGED_NAME },
		{ "logged", HD_ROLE_LOGGED_VALUE },
		{ "step", HD_ROLE_LOGGED_STEP },
		{ "time", HD_ROLE_LOGGED_TIME },
	};
	size_t found[4] = { SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX };

	for (size_t i = 0; i < table->count; i++)
		for (size_t j = 0; j < 4; j++)
			if (!strcmp(table->roles[i].column, words[j].column))
				found[j] = i;
	table->is_long = found[0] != SIZE_MAX && found[1] != SIZE_MAX;
	for (size_t j = 0; table->is_long && j < 4; j++)
		if (found[j] != SIZE_MAX)
			table->roles[found[j]].kind = words[j].kind;
}

/* Each --map names a column that is there. */
static int header_maps(const struct table *table)
{
	const struct hd_import *import = table->found->import;

	for (size_t i = 0; i < import->map_count; i++) {
		size_t length = strcspn(import->maps[i], "=");
		bool found = false;

		for (size_t j = 0; j < table->count && !found; j++)
			found = strlen(table->roles[j].column) == length &&
				!strncmp(table->roles[j].column, import->maps[i], length);
		if (!found)
			return hd_error_set(table->err, HD_EINVAL,
					    "'%s' has no column '%.*s', which --map names",
					    table->found->path, (int)length, import->maps[i]);
	}
	return 0;
}

static int header_twice(const struct table *table)
{
	const struct hd_csv_field *fields = table->csv->fields;

	for (size_t i = 1; i < table->count; i++)
		for (size_t j = 0; j < i; j++)
			if (*table->roles[i].column &&
			    !strcmp(table->roles[i].column, table->roles[j].column))
				return hd_error_at(table->err, &fields[i].mark, HD_EINVAL,
						   "column '%.64s' is there twice",
						   table->roles[i].column);
	return 0;
}

static int table_header(struct table *table)
{
	struct hd_found *found = table->found;
	size_t count = table->csv->count;

	/* Comparing them in pairs is enough for as many as people have. */
	if (count > 4096)
		return hd_error_at(table->err, &table->csv->fields[4096].mark, HD_ELIMIT,
				   "a table has at most 4096 columns");
	table->roles = hd_arena_array(found->arena, count, sizeof *table->roles);
	if (!table->roles)
		return hd_error_nomem(table->err);
	table->count = count;
	for (size_t i = 0; i < count; i++) {
		const char *name = hd_arena_string(found->arena, table->csv->fields[i].text);

		if (!name)
			return hd_error_nomem(table->err);
		table->roles[i] = hd_found_role(found, name);
		/* A column without one stays what it was. */
		found->has_params |= table->roles[i].kind == HD_ROLE_PARAM;
	}
	header_long(table);
	for (size_t i = 0; i < count; i++)
		if (table->roles[i].kind == HD_ROLE_UNKNOWN)
			table->roles[i].kind = found->has_params ? HD_ROLE_IGNORED
								 : HD_ROLE_PARAM;
	return header_twice(table) < 0 ? HD_EINVAL : header_maps(table);
}

/* --- rows ----------------------------------------------------------------- */

/* The cell of column I, whose texts the arena keeps. */
static int table_cell(struct table *table, size_t i, struct hd_value *value)
{
	const struct hd_csv_field *field = &table->csv->fields[i];
	enum hd_role_kind kind = table->roles[i].kind;
	struct hd_arena *arena = table->found->arena;
	const char *text = field->text;

	*value = (struct hd_value){ .kind = HD_VALUE_ABSENT };
	if (kind == HD_ROLE_IGNORED || field->length == 0)
		return 0;
	if (kind == HD_ROLE_DETAIL || kind == HD_ROLE_PARAM || kind == HD_ROLE_METRIC ||
	    kind == HD_ROLE_LOGGED_VALUE || kind == HD_ROLE_LOGGED_NAME)
		text = hd_arena_copy(arena, field->text, field->length);
	if (!text)
		return hd_error_nomem(table->err);
	if (kind == HD_ROLE_DETAIL || kind == HD_ROLE_LOGGED_NAME || kind == HD_ROLE_OBJECTIVE) {
		*value = (struct hd_value){
			.kind = HD_VALUE_TEXT, .text = text, .length = field->length
		};
		return 0;
	}
	return hd_cell_read(text, field->length, arena, value) < 0 ? hd_error_nomem(table->err)
								   : 0;
}

/* Of a long table, the value that the row logs. */
static int row_logged(struct table *table, struct hd_found_trial *trial)
{
	struct hd_found_metric *logged = NULL;
	const char *name = NULL;
	struct hd_value value, cells[2] = { { .kind = HD_VALUE_ABSENT } };
	size_t at[2] = { 0, 0 };
	struct hd_value number = { .kind = HD_VALUE_ABSENT };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < table->count; i++) {
		enum hd_role_kind kind = table->roles[i].kind;

		if (kind < HD_ROLE_LOGGED_NAME)
			continue;
		rc = table_cell(table, i, &value);
		if (kind == HD_ROLE_LOGGED_NAME)
			name = value.text;
		else if (kind == HD_ROLE_LOGGED_VALUE)
			number = value;
		else {
			cells[kind == HD_ROLE_LOGGED_TIME] = value;
			at[kind == HD_ROLE_LOGGED_TIME] = i;
		}
	}
	if (rc < 0 || !name)
		return rc;
	rc = hd_found_log(table->found, trial, name, &number, &logged,
			  &table->csv->fields[0].mark, table->err);
	if (rc < 0)
		return rc;
	logged->has_step = cells[0].kind != HD_VALUE_ABSENT;
	logged->step = cells[0].integer;
	if (logged->has_step && cells[0].kind != HD_VALUE_INTEGER)
		return hd_error_at(table->err, &table->csv->fields[at[0]].mark, HD_EINVAL,
				   "'step' must be a whole number, got '%.40s'",
				   table->csv->fields[at[0]].text);
	if (cells[1].kind != HD_VALUE_ABSENT &&
	    !hd_found_time(table->csv->fields[at[1]].text, &logged->time))
		return hd_error_at(
			table->err, &table->csv->fields[at[1]].mark, HD_EINVAL,
			"'time' must be a time such as 2026-11-26T03:14:13Z, got '%.40s'",
			table->csv->fields[at[1]].text);
	return 0;
}

/* The cells of a new trial. */
static int row_trial(struct table *table, struct hd_found_trial *trial)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < table->count; i++) {
		struct hd_value value;

		if (table->roles[i].kind >= HD_ROLE_LOGGED_NAME)
			continue;
		rc = table_cell(table, i, &value);
		if (rc == 0)
			rc = hd_found_take(table->found, trial, &table->roles[i], &value,
					   &table->csv->fields[i].mark, table->err);
	}
	return rc;
}

/* Whether the row is one more of the trial before. */
static bool row_goes_on(struct table *table)
{
	for (size_t i = 0; table->is_long && table->open && i < table->count; i++) {
		struct hd_value value;

		if (table->roles[i].kind != HD_ROLE_NUMBER)
			continue;
		return table_cell(table, i, &value) == 0 && value.kind == HD_VALUE_INTEGER &&
		       value.integer == table->number;
	}
	return false;
}

static int row_new(struct table *table)
{
	struct hd_found *found = table->found;
	struct hd_found_trial *trial = hd_found_add(found, &table->csv->fields[0].mark);
	int rc;

	if (!trial)
		return hd_error_nomem(table->err);
	rc = row_trial(table, trial);
	if (rc < 0)
		return rc;
	table->open = true;
	table->number = trial->number;
	table->left_out = !hd_trial_state_is_terminal(trial->state);
	if (table->left_out)
		hd_found_drop(found);
	return 0;
}

static int table_row(struct table *table)
{
	struct hd_found *found = table->found;
	const struct hd_csv *csv = table->csv;
	int rc = 0;

	if (csv->count != table->count) {
		size_t last = csv->count < table->count ? csv->count - 1 : table->count;

		return hd_error_at(table->err, &csv->fields[last].mark, HD_EINVAL,
				   "this row has %zu fields, the header has %zu", csv->count,
				   table->count);
	}
	if (!row_goes_on(table))
		rc = row_new(table);
	if (rc == 0 && table->is_long && !table->left_out)
		rc = row_logged(table, &found->trials[found->count - 1]);
	return rc;
}

static int table_all(struct table *table)
{
	int rc = hd_csv_next(table->csv, table->err);

	if (rc == 0)
		return hd_error_set(table->err, HD_EINVAL, "'%s' is empty", table->found->path);
	if (rc > 0)
		rc = table_header(table);
	if (rc == 0 && table->is_long && !has_role(table, HD_ROLE_NUMBER))
		return hd_error_set(table->err, HD_EINVAL,
				    "'%s' has a row for each value that was logged and no column "
				    "'trial'",
				    table->found->path);
	while (rc >= 0 && (rc = hd_csv_next(table->csv, table->err)) > 0)
		rc = table_row(table);
	return rc;
}

int hd_found_csv(struct hd_found *found, struct hd_error *err)
{
	struct table table = { .found = found, .err = err };
	FILE *file = fopen(found->path, "re");
	int rc;

	if (!file)
		return hd_error_errno(err, errno, "cannot open '%s'", found->path);
	table.csv = malloc(sizeof *table.csv);
	if (!table.csv) {
		fclose(file);
		return hd_error_nomem(err);
	}
	hd_csv_init(table.csv, found->path, table_read, file);
	rc = table_all(&table);
	hd_csv_release(table.csv);
	free(table.csv);
	fclose(file);
	return rc;
}
