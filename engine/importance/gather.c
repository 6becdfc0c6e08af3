#include "importance/gather.h"

#include "store/exchange.h"
#include "store/look.h"

#include <math.h>
#include <stdlib.h>

/* A trial that takes part. */
struct part {
	size_t number;
	double result;
};

struct gathering {
	struct hd_gathered *gathered;
	struct part *parts; /* by number */
	size_t count, room;
	size_t at; /* parts that have their values */
	double sign;
	struct hd_error *err;
};

static int gather_part(void *user, const struct hd_look_row *row)
{
	struct gathering *g = user;
	struct part *parts;

	if ((row->state != HD_TRIAL_COMPLETED && row->state != HD_TRIAL_CANCELED) ||
	    isnan(row->value))
		return 0;
	if (g->count == g->room) {
		size_t room = g->room ? 2 * g->room : 256;

		parts = realloc(g->parts, room * sizeof *parts);
		if (!parts)
			return HD_ENOMEM;
		g->parts = parts;
		g->room = room;
	}
	g->parts[g->count++] = (struct part){ row->number, g->sign * row->value };
	return 0;
}

/* Columns that a trial brought: those before it have nothing there. */
static int gather_widen(struct gathering *g)
{
	struct hd_gathered *gathered = g->gathered;
	size_t count = hd_table_count(gathered->table);
	struct hd_gathered_column *columns;

	if (count == gathered->column_count)
		return 0;
	columns = realloc(gathered->columns, count * sizeof *columns);
	if (!columns)
		return HD_ENOMEM;
	gathered->columns = columns;
	while (gathered->column_count < count) {
		double *values = malloc((g->count + 1) * sizeof *values);

		if (!values)
			return HD_ENOMEM;
		for (size_t i = 0; i < g->count; i++)
			values[i] = NAN;
		columns[gathered->column_count++].values = values;
	}
	return 0;
}

static int gather_values(void *user, size_t number, const char *parameters)
{
	struct gathering *g = user;
	struct hd_gathered *gathered = g->gathered;
	int rc;

	if (g->at == g->count || g->parts[g->at].number != number)
		return 0;
	rc = hd_table_take(gathered->table, parameters, g->err);
	if (rc == 0)
		rc = gather_widen(g);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < gathered->column_count; i++)
		gathered->columns[i].values[g->at] = hd_table_value(gathered->table, i);
	g->at++;
	return 0;
}

static void columns_release(struct hd_gathered *gathered)
{
	for (size_t i = 0; i < gathered->column_count; i++)
		free(gathered->columns[i].values);
	free(gathered->columns);
	gathered->columns = NULL;
	gathered->column_count = 0;
}

/* Numbers that turn out to be values of a choice make it begin again. */
static int gather_columns(struct gathering *g, struct hd_store *store, int64_t sweep)
{
	size_t turns;
	int rc;

	do {
		turns = hd_table_turns(g->gathered->table);
		columns_release(g->gathered);
		g->at = 0;
		rc = gather_widen(g);
		if (rc == 0)
			rc = hd_store_look_parameters(store, sweep, 0, SIZE_MAX, gather_values, g,
						      g->err);
	} while (rc == 0 && hd_table_turns(g->gathered->table) != turns);
	return rc;
}

static int gather_goal(void *user, const struct hd_sweep_row *row)
{
	*(double *)user = row->goal == HD_MAXIMIZE ? -1 : 1;
	return 0;
}

static int gather_results(struct gathering *g)
{
	struct hd_gathered *gathered = g->gathered;

	gathered->results = malloc((g->count + 1) * sizeof *gathered->results);
	if (!gathered->results)
		return HD_ENOMEM;
	for (size_t i = 0; i < g->count; i++)
		gathered->results[i] = g->parts[i].result;
	gathered->count = g->count;
	return 0;
}

int hd_gather(struct hd_gathered *gathered, struct hd_store *store, int64_t sweep,
	      struct hd_error *err)
{
	struct gathering g = { .gathered = gathered, .err = err };
	int rc;

	*gathered = (struct hd_gathered){ .table = NULL };
	rc = hd_store_reading_begin(store, err);
	if (rc < 0)
		return rc;
	rc = hd_table_open(&gathered->table, store, sweep, err);
	if (rc == 0)
		rc = hd_store_sweep(store, sweep, gather_goal, &g.sign, err);
	if (rc == 0)
		rc = hd_store_look_trials(store, sweep, gather_part, &g, err);
	if (rc == 0)
		rc = gather_columns(&g, store, sweep);
	hd_store_reading_end(store);
	if (rc == 0)
		rc = gather_results(&g);
	free(g.parts);
	return rc == HD_ENOMEM ? hd_error_nomem(err) : rc;
}

void hd_gathered_release(struct hd_gathered *gathered)
{
	columns_release(gathered);
	free(gathered->results);
	hd_table_close(gathered->table);
	*gathered = (struct hd_gathered){ .table = NULL };
}
