/*
 * All trials of a sweep by column: what changes from the sweep as it is
 * watched, the parameters from their texts in the store.
 */
#include "api/private.h"

#include "store/exchange.h"
#include "store/look.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* More trials than that are asked for as all of them. */
#define BEST_MOST 1000

/* --- the parameters' columns ------------------------------------------------- */

struct values {
	struct hd_table *table;
	const struct hd_live_trial *trials; /* by number; borrowed */
	size_t trial_count;
	size_t at; /* of them that have their values */
	struct hd_buf *columns;
	size_t count, room; /* of the columns */
	struct hd_error *err;
};

static void values_release(struct values *values)
{
	for (size_t i = 0; i < values->count; i++)
		hd_buf_release(&values->columns[i]);
	free(values->columns);
}

static void values_separate(const struct values *values, struct hd_buf *column)
{
	if (values->at > 0)
		hd_buf_putc(column, ',');
}

/* Columns that came to be with this trial: those before it have no value. */
static int values_widen(struct values *values)
{
	size_t count = hd_table_count(values->table);
	struct hd_buf *columns;

	if (count > values->room) {
		columns = realloc(values->columns, count * sizeof *columns);
		if (!columns)
			return hd_error_nomem(values->err);
		values->columns = columns;
		values->room = count;
	}
	for (; values->count < count; values->count++) {
		struct hd_buf *column = &values->columns[values->count];

		hd_buf_init(column);
		for (size_t i = 0; i < values->at; i++)
			hd_buf_puts(column, i ? ",null" : "null");
	}
	return 0;
}

/* Each of the trials has one value in each column. */
static int values_row(void *user, size_t number, const char *parameters)
{
	struct values *values = user;
	int rc;

	/* One that came after the look is the next one's. */
	if (values->at == values->trial_count || values->trials[values->at].number != number)
		return 0;
	rc = hd_table_take(values->table, parameters, values->err);
	if (rc == 0)
		rc = values_widen(values);
	for (size_t i = 0; rc == 0 && i < values->count; i++) {
		values_separate(values, &values->columns[i]);
		hd_table_cell(values->table, i, &values->columns[i]);
	}
	values->at++;
	return rc;
}

/* Numbers that turn out to be values of a choice make it begin again. */
static int values_read(struct call *call, struct hd_api_sweep *watched,
		       struct values *values)
{
	size_t turns;
	int rc;

	do {
		turns = hd_table_turns(watched->table);
		values_release(values);
		*values = (struct values){ .table = watched->table,
					   .trials = hd_live_trials(watched->live),
					   .trial_count = hd_live_count(watched->live),
					   .err = call->err };
		rc = values_widen(values);
		if (rc == 0)
			rc = hd_store_look_parameters(call->store, watched->key, 0, SIZE_MAX,
						      values_row, values, call->err);
	} while (rc == 0 && hd_table_turns(watched->table) != turns);
	return rc;
}

/* --- the trials' columns ----------------------------------------------------------- */

typedef void (*cell_fn)(struct hd_buf *out, const struct hd_live_trial *trial);

static void cell_number(struct hd_buf *out, const struct hd_live_trial *trial)
{
	hd_api_put_integer(out, trial->number);
}

static void cell_state(struct hd_buf *out, const struct hd_live_trial *trial)
{
	hd_buf_putc(out, '"');
	hd_buf_puts(out, hd_live_state(trial));
	hd_buf_putc(out, '"');
}

static void cell_end(struct hd_buf *out, const struct hd_live_trial *trial)
{
	hd_buf_putc(out, '"');
	hd_buf_puts(out, hd_end_name((enum hd_end)trial->end));
	hd_buf_putc(out, '"');
}

static void cell_value(struct hd_buf *out, const struct hd_live_trial *trial)
{
	hd_api_put_number(out, trial->value);
}

static void cell_last(struct hd_buf *out, const struct hd_live_trial *trial)
{
	hd_api_put_number(out, trial->last);
}

static void cell_intervals(struct hd_buf *out, const struct hd_live_trial *trial)
{
	hd_api_put_integer(out, trial->intervals);
}

static void cell_attempt(struct hd_buf *out, const struct hd_live_trial *trial)
{
	hd_api_put_integer(out, trial->attempt);
}

static void cell_slot(struct hd_buf *out, const struct hd_live_trial *trial)
{
	if (trial->slot < 0)
		hd_buf_puts(out, "null");
	else
		hd_api_put_integer(out, trial->slot);
}

static void cell_created(struct hd_buf *out, const struct hd_live_trial *trial)
{
	hd_api_put_millis(out, trial->created);
}

static void cell_started(struct hd_buf *out, const struct hd_live_trial *trial)
{
	hd_api_put_millis(out, trial->started);
}

static void cell_ended(struct hd_buf *out, const struct hd_live_trial *trial)
{
	hd_api_put_millis(out, trial->ended);
}

static const struct {
	const char *name;
	cell_fn cell;
} columns[] = {
	{ "number", cell_number },
	{ "state", cell_state },
	{ "end", cell_end },
	{ "value", cell_value },
	{ "last", cell_last },
	{ "intervals", cell_intervals },
	{ "attempt", cell_attempt },
	{ "slot", cell_slot }, /* what hd_store_trials does not say */
	{ "created", cell_created },
	{ "started", cell_started },
	{ "ended", cell_ended },
};
#define COLUMNS (sizeof columns / sizeof columns[0])

void hd_api_row_json(struct hd_buf *out, const struct hd_live_trial *trial)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		hd_buf_puts(out, i ? ",\"" : "\"");
		hd_buf_puts(out, columns[i].name);
		hd_buf_puts(out, "\":");
		columns[i].cell(out, trial);
	}
}

static void columns_put(struct hd_buf *out, const struct values *values, bool has_slots)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		if (columns[i].cell == cell_slot && !has_slots)
			continue;
		hd_buf_printf(out, "\"%s\":[", columns[i].name);
		for (size_t k = 0; k < values->trial_count; k++) {
			if (k)
				hd_buf_putc(out, ',');
			columns[i].cell(out, &values->trials[k]);
		}
		hd_buf_puts(out, "],");
	}
}

static void columns_values(struct hd_buf *out, const struct values *values)
{
	hd_buf_puts(out, "\"values\":[");
	for (size_t i = 0; i < values->count; i++) {
		if (hd_buf_failed(&values->columns[i]))
			out->failed = true;
		hd_buf_puts(out, i ? ",[" : "[");
		hd_buf_add(out, hd_buf_text(&values->columns[i]), values->columns[i].length);
		hd_buf_putc(out, ']');
	}
	hd_buf_puts(out, "]}");
}

/* --- the whole ----------------------------------------------------------------------- */

static int columns_head(void *user, const struct hd_sweep_row *row)
{
	struct hd_buf *out = user;

	hd_buf_puts(out, "\"metric\":");
	hd_buf_json(out, row->metric, strlen(row->metric));
	hd_buf_printf(out, ",\"goal\":\"%s\",\"parameters\":", hd_goal_name(row->goal));
	return 0;
}

void hd_api_seq_json(struct hd_buf *out, const struct hd_live *live)
{
	hd_buf_printf(out, "\"seq\":%" PRIu64 ",\"epoch\":\"%016" PRIx64 "\"",
		      hd_live_seq(live), hd_live_epoch(live));
}

static int columns_answer(struct call *call, struct hd_api_sweep *watched,
			  const struct values *values)
{
	int rc;

	hd_buf_putc(call->out, '{');
	hd_api_seq_json(call->out, watched->live);
	hd_buf_putc(call->out, ',');
	rc = hd_store_sweep(call->store, watched->key, columns_head, call->out, call->err);
	hd_table_json(watched->table, call->out);
	hd_buf_puts(call->out, ",\"names\":[");
	if (rc == 0)
		rc = hd_api_put_names(call, watched->live, hd_table_metric(watched->table));
	hd_buf_puts(call->out, "],");
	columns_put(call->out, values, true);
	columns_values(call->out, values);
	return rc;
}

/* Names of other metrics may come with any commit. */
static uint64_t columns_mark(const struct hd_live *live)
{
	const uint64_t parts[] = { (uint64_t)hd_live_version(live), hd_live_epoch(live),
				   hd_live_seq(live) };

	return hd_api_mark(HD_API_MARK, parts, sizeof parts);
}

/* One sweep's are kept: of a large one they are megabytes. */
static void columns_keep(struct call *call, struct hd_api_sweep *watched, size_t from)
{
	for (struct hd_api_sweep *at = call->api->sweeps; at; at = at->next)
		hd_buf_release(&at->columns.text);
	hd_api_keep(&watched->columns, columns_mark(watched->live), call->out, from);
}

static int columns_read(struct call *call)
{
	struct values values = { .count = 0 };
	struct hd_api_sweep *watched;
	size_t changes, from = call->out->length;
	int rc = hd_api_watch(call->api, call->sweep, 0, &watched, call->err);

	if (rc < 0 ||
	    hd_api_kept_write(&watched->columns, columns_mark(watched->live), call->out))
		return rc;
	changes = hd_table_changes(watched->table) + hd_table_turns(watched->table);
	rc = values_read(call, watched, &values);
	/* Who has columns of before knows nothing of the new ones. */
	if (rc == 0 &&
	    hd_table_changes(watched->table) + hd_table_turns(watched->table) != changes)
		hd_live_renew(watched->live);
	if (rc == 0)
		rc = columns_answer(call, watched, &values);
	if (rc == 0)
		columns_keep(call, watched, from);
	values_release(&values);
	return rc;
}

/* --- the best ones alone -------------------------------------------------------------- */

/* A trial, and a copy of its parameters. */
struct best_trial {
	struct hd_live_trial trial;
	char *parameters;
};

struct best {
	struct best_trial *items;
	size_t count, room;
};

static int best_add(void *user, const struct hd_trial_row *row)
{
	struct best *best = user;
	struct best_trial *it = &best->items[best->count];

	if (best->count == best->room)
		return 0;
	if (row->number > UINT32_MAX || row->intervals > UINT32_MAX)
		return HD_ELIMIT;
	it->trial = (struct hd_live_trial){
		.key = row->key,
		.value = row->value,
		.last = row->last,
		.created = row->created,
		.started = row->started,
		.ended = row->ended,
		.number = (uint32_t)row->number,
		.intervals = (uint32_t)row->intervals,
		.attempt = row->attempt,
		.state = (uint8_t)row->state,
		.end = (uint8_t)row->end,
	};
	it->parameters = strdup(row->parameters);
	if (!it->parameters)
		return HD_ENOMEM;
	best->count++;
	return 0;
}

static int best_by_number(const void *va, const void *vb)
{
	const struct best_trial *a = va, *b = vb;

	return (a->trial.number > b->trial.number) - (a->trial.number < b->trial.number);
}

/* Numbers that turn out to be values of a choice make it begin again. */
static int best_values(const struct best *best, struct values *values)
{
	size_t turns;
	int rc;

	do {
		turns = hd_table_turns(values->table);
		for (size_t i = 0; i < values->count; i++)
			hd_buf_release(&values->columns[i]);
		values->count = values->at = 0;
		rc = values_widen(values);
		for (size_t i = 0; rc == 0 && i < best->count; i++)
			rc = values_row(values, best->items[i].trial.number,
					best->items[i].parameters);
	} while (rc == 0 && hd_table_turns(values->table) != turns);
	return rc;
}

static int best_answer(struct call *call, const struct values *values)
{
	int rc;

	hd_buf_putc(call->out, '{');
	rc = hd_store_sweep(call->store, call->sweep, columns_head, call->out, call->err);
	hd_table_json(values->table, call->out);
	hd_buf_putc(call->out, ',');
	columns_put(call->out, values, false);
	columns_values(call->out, values);
	return rc;
}

/*
 * What a table shows first. The sweep is not watched for it, which reads all of
 * its trials, and the columns are its own: those of the whole stay in the order
 * of all trials' numbers.
 */
static int best_read(struct call *call, size_t count)
{
	const struct hd_trial_query query = { .order = HD_ORDER_BEST, .limit = count };
	struct best best = { calloc(count, sizeof *best.items), 0, count };
	struct hd_live_trial *trials = calloc(count, sizeof *trials);
	struct hd_table *table = NULL;
	struct values values = { .trials = trials, .err = call->err };
	int rc = best.items && trials ? 0 : HD_ENOMEM;

	if (rc == 0)
		rc = hd_store_trials(call->store, call->sweep, &query, best_add, &best, call->err);
	if (rc == 0)
		rc = hd_table_open(&table, call->store, call->sweep, call->err);
	if (rc == 0) {
		qsort(best.items, best.count, sizeof *best.items, best_by_number);
		for (size_t i = 0; i < best.count; i++)
			trials[i] = best.items[i].trial;
		values.table = table;
		values.trial_count = best.count;
		rc = best_values(&best, &values);
	}
	if (rc == 0)
		rc = best_answer(call, &values);
	for (size_t i = 0; i < best.count; i++)
		free(best.items[i].parameters);
	free(best.items);
	free(trials);
	values_release(&values);
	hd_table_close(table);
	return rc == HD_ENOMEM ? hd_error_nomem(call->err) : rc;
}

/* All of it is of one moment. */
int hd_api_columns(struct call *call)
{
	int64_t best;
	int rc = hd_call_integer(call, "best", 0, 1, BEST_MOST, &best);

	if (rc == 0)
		rc = hd_store_reading_begin(call->store, call->err);
	if (rc < 0)
		return rc;
	rc = best ? best_read(call, (size_t)best) : columns_read(call);
	hd_store_reading_end(call->store);
	return rc;
}
