/*
 * A sweep as event files of TensorBoard: a run for each trial, and what its
 * HPARAMS tab is to know.
 *
 * One trial is written at a time. A parameter has one type for all trials, so
 * these are walked twice: for the types and ends, and to be written.
 */
#include <hdrive/exchange.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "exchange/board_folder.h"
#include "exchange/cell.h"
#include "exchange/columns.h"
#include "exchange/optuna.h"
#include "store/exchange.h"
#include "tensorboard/event.h"
#include "tensorboard/hparams.h"

/* Bytes of a file that are gathered before they are written. */
#define BOARD_CHUNK ((size_t)1 << 18)

struct series {
	int64_t step;   /* of the present trial's last value; -1 before */
	bool is_scalar; /* some trial has a number of it */
};

struct board {
	struct hd_store *store;
	int64_t sweep;
	struct hd_columns columns;
	struct hd_arena *arena;    /* of the domains */
	struct hd_hparam *hparams; /* by column */
	size_t *definitions;       /* in the space, by column */
	struct hd_value *values;   /* of the present trial, by column */
	struct hd_arena *texts;    /* ... and its texts */
	struct series *series;     /* by column */
	char *name;                /* of the sweep */
	double created;
	struct hd_board_folder folder;
	struct hd_buf file;
	struct hd_error *err;
};

static double seconds(int64_t time)
{
	return (double)time / 1e6;
}

static const char *bare(const char *name)
{
	return name + strspn(name, "-");
}

/* --- types and domains ---------------------------------------------------- */

static bool has_ends(const struct hd_expr *expr)
{
	return !(expr->kind & (HD_EXPR_CHOICE | HD_EXPR_NORMAL | HD_EXPR_QNORMAL |
			       HD_EXPR_LOGNORMAL | HD_EXPR_QLOGNORMAL));
}

static int hparam_define(struct hd_hparam *hparam, const struct hd_expr *expr,
			 struct hd_arena *arena)
{
	struct hd_dist dist;
	int rc = hd_dist_of_expr(&dist, expr, arena);

	if (rc < 0)
		return rc;
	if (expr->kind == HD_EXPR_CHOICE) {
		hparam->type = hd_hparam_type_of(dist.choices, dist.choice_count);
		hparam->options = dist.choices;
		hparam->option_count = dist.choice_count;
		return 0;
	}
	hparam->type = HD_HPARAM_FLOAT64;
	hparam->has_interval = has_ends(expr);
	hparam->low = dist.low;
	hparam->high = dist.high;
	return 0;
}

static void hparam_forget_domain(struct hd_hparam *hparam)
{
	hparam->option_count = 0;
	hparam->has_interval = false;
}

/* A name of several branches has the types of all and no domain. */
static int define_all(struct board *board)
{
	const struct hd_space *space = board->columns.config ? board->columns.config->space : NULL;

	for (size_t i = 0; i < board->columns.params.count; i++)
		board->hparams[i].name = board->columns.params.items[i];
	for (size_t i = 0; space && i < hd_space_count(space); i++) {
		const struct hd_param *param = hd_space_param(space, i);
		size_t at = hd_names_find(&board->columns.params, bare(param->name));
		struct hd_hparam *hparam;
		enum hd_hparam_type before;

		if (at == SIZE_MAX)
			continue;
		hparam = &board->hparams[at];
		before = hparam->type;
		if (hparam_define(hparam, &param->expr, board->arena) < 0)
			return hd_error_nomem(board->err);
		if (board->definitions[at]++ == 0)
			continue;
		hparam_forget_domain(hparam);
		if (hparam->type != before)
			hparam->type = HD_HPARAM_STRING;
	}
	return 0;
}

static bool is_number(const struct hd_value *value)
{
	return value->kind == HD_VALUE_INTEGER || value->kind == HD_VALUE_REAL;
}

static bool is_same(const struct hd_value *a, const struct hd_value *b)
{
	if (is_number(a) && is_number(b))
		return a->number == b->number;
	if (a->text && b->text)
		return a->length == b->length && !memcmp(a->text, b->text, a->length);
	return a->kind == b->kind && a->integer == b->integer && !a->text && !b->text;
}

/* What a trial has, as its space may have been changed on the way. */
static void hparam_widen(struct hd_hparam *hparam, const struct hd_value *value)
{
	enum hd_hparam_type type = hd_hparam_type_of(value, 1);
	bool is_known = hparam->option_count == 0;

	if (hparam->type == HD_HPARAM_UNSET)
		hparam->type = type;
	for (size_t i = 0; i < hparam->option_count; i++)
		is_known |= is_same(&hparam->options[i], value);
	/* A mixture of options is texts, whatever each of them is. */
	if (!is_known || (hparam->option_count == 0 && hparam->type != type))
		hparam_forget_domain(hparam);
	if (hparam->type != type)
		hparam->type = HD_HPARAM_STRING;
	if (hparam->has_interval) {
		hparam->low = fmin(hparam->low, value->number);
		hparam->high = fmax(hparam->high, value->number);
	}
}

/* --- a trial's parameters ------------------------------------------------- */

static int take_param(void *user, const char *name, size_t length,
		      const struct hd_json *node)
{
	struct board *board = user;
	size_t at = hd_names_find(&board->columns.params, bare(name));

	(void)length;
	return at == SIZE_MAX ? 0 : hd_cell_of_json(node, board->texts, &board->values[at]);
}

static int take_params(struct board *board, const struct hd_trial_row *row)
{
	struct hd_json *params = NULL;
	int rc;

	hd_arena_free(board->texts);
	board->texts = hd_arena_new();
	if (!board->texts)
		return hd_error_nomem(board->err);
	memset(board->values, 0, board->columns.params.count * sizeof *board->values);
	rc = hd_json_parse(&params, row->parameters, strlen(row->parameters), board->err);
	if (rc == 0 && hd_json_each(params, take_param, board) < 0)
		rc = hd_error_nomem(board->err);
	hd_json_free(params);
	return rc;
}

static int widen_trial(void *user, const struct hd_trial_row *row)
{
	struct board *board = user;
	int rc = take_params(board, row);

	for (size_t i = 0; rc == 0 && i < board->columns.params.count; i++)
		if (board->values[i].kind != HD_VALUE_ABSENT)
			hparam_widen(&board->hparams[i], &board->values[i]);
	return rc;
}

/* --- a trial -------------------------------------------------------------- */

static int board_flush(struct board *board, size_t most)
{
	return board->file.length < most && !hd_buf_failed(&board->file)
		       ? 0
		       : hd_board_folder_write(&board->folder, &board->file);
}

/* Values without a step count on from the one before. */
static int put_scalar(void *user, const struct hd_metric_row *row)
{
	struct board *board = user;
	size_t at = hd_names_find(&board->columns.metrics, row->name);
	struct series *series;

	if (row->text || at == SIZE_MAX)
		return 0;
	series = &board->series[at];
	series->is_scalar = true;
	if (row->has_step)
		series->step = row->step;
	else if (series->step < INT64_MAX)
		series->step++;
	hd_event_put_scalar(&board->file, &(struct hd_event_scalar){
						  .tag = row->name,
						  .tag_length = strlen(row->name),
						  .value = row->value,
						  .step = series->step,
						  .time = seconds(row->time) });
	return board_flush(board, BOARD_CHUNK);
}

/* One that a policy or a person ended is neither a success nor a failure. */
static enum hd_hparam_status status_of(const struct hd_trial_row *row)
{
	switch (row->state) {
	case HD_TRIAL_COMPLETED:
		return HD_HPARAM_SUCCESS;
	case HD_TRIAL_FAILED:
		return HD_HPARAM_FAILURE;
	case HD_TRIAL_STARTING:
	case HD_TRIAL_RUNNING:
	case HD_TRIAL_STOPPING:
		return HD_HPARAM_RUNNING;
	case HD_TRIAL_QUEUED:
	case HD_TRIAL_CANCELED:
		break;
	}
	return HD_HPARAM_UNKNOWN;
}

static int put_trial(void *user, const struct hd_trial_row *row)
{
	struct board *board = user;
	int64_t began = row->started ? row->started : row->created;
	struct hd_buf group = HD_BUF_INIT;
	char run[32];
	int rc = take_params(board, row);

	snprintf(run, sizeof run, "%06zu", row->number);
	if (rc == 0)
		rc = hd_board_folder_open(&board->folder, run, began / 1000000);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < board->columns.metrics.count; i++)
		board->series[i].step = -1;
	/* Exports side by side are not to share groups. */
	hd_buf_printf(&group, "%s/%zu", board->name, row->number);
	hd_event_put_version(&board->file, seconds(began));
	hd_hparams_put_start(&board->file, hd_buf_text(&group), seconds(began), board->hparams,
			     board->values, board->columns.params.count);
	hd_buf_release(&group);
	rc = hd_store_metrics(board->store, board->sweep, (int64_t)row->number, NULL, put_scalar,
			      board, board->err);
	hd_hparams_put_end(&board->file, status_of(row), seconds(row->ended));
	if (rc == 0)
		rc = board_flush(board, 0);
	return rc < 0 ? rc : hd_board_folder_close(&board->folder);
}

/* --- the experiment ------------------------------------------------------- */

static void describe(struct hd_buf *text, const struct hd_sweep_row *row)
{
	hd_buf_printf(text, "%s %s, sampler %s, policy %s",
		      row->goal == HD_MAXIMIZE ? "maximize" : "minimize", row->metric,
		      row->sampler, row->policy);
}

static int take_name(void *user, const struct hd_sweep_row *row)
{
	struct board *board = user;

	board->name = strdup(row->name);
	board->created = seconds(row->created);
	return board->name ? 0 : hd_error_nomem(board->err);
}

/* The primary metric, and what else is numbers. */
static int put_experiment(void *user, const struct hd_sweep_row *row)
{
	struct board *board = user;
	struct hd_hparams_experiment experiment = {
		.name = board->name,
		.time = board->created,
		.hparams = board->hparams,
		.hparam_count = board->columns.params.count,
	};
	const char **metrics = calloc(board->columns.metrics.count + 1, sizeof *metrics);
	struct hd_buf text = HD_BUF_INIT;
	int rc = metrics ? hd_board_folder_open(&board->folder, "", row->created / 1000000)
			 : hd_error_nomem(board->err);

	for (size_t i = 0; rc == 0 && i < board->columns.metrics.count; i++)
		if (board->series[i].is_scalar || (i == 0 && *row->metric))
			metrics[experiment.metric_count++] = board->columns.metrics.items[i];
	describe(&text, row);
	experiment.metrics = metrics;
	experiment.description = hd_buf_text(&text);
	if (rc == 0) {
		hd_event_put_version(&board->file, board->created);
		hd_hparams_put_experiment(&board->file, &experiment);
		board->file.failed |= hd_buf_failed(&text);
		rc = board_flush(board, 0);
	}
	hd_buf_release(&text);
	free(metrics);
	return rc < 0 ? rc : hd_board_folder_close(&board->folder);
}

/* --- the whole ------------------------------------------------------------ */

static int board_load(struct board *board)
{
	int rc = hd_columns_load(&board->columns, board->store, board->sweep, false, board->err);
	size_t params = board->columns.params.count + 1;

	if (rc < 0)
		return rc;
	board->arena = hd_arena_new();
	board->hparams = calloc(params, sizeof *board->hparams);
	board->definitions = calloc(params, sizeof *board->definitions);
	board->values = calloc(params, sizeof *board->values);
	board->series = calloc(board->columns.metrics.count + 1, sizeof *board->series);
	if (!board->arena || !board->hparams || !board->definitions || !board->values ||
	    !board->series)
		return hd_error_nomem(board->err);
	rc = hd_store_sweep(board->store, board->sweep, take_name, board, board->err);
	return rc < 0 ? rc : define_all(board);
}

static int board_run(struct board *board)
{
	struct hd_store *store = board->store;
	int rc = board_load(board);

	if (rc == 0)
		rc = hd_store_trials(store, board->sweep, NULL, widen_trial, board, board->err);
	if (rc == 0)
		rc = hd_store_trials(store, board->sweep, NULL, put_trial, board, board->err);
	/* Last, as only now it is known which metrics are numbers. */
	if (rc == 0)
		rc = hd_store_sweep(store, board->sweep, put_experiment, board, board->err);
	return rc;
}

static void board_release(struct board *board)
{
	hd_columns_release(&board->columns);
	hd_arena_free(board->arena);
	hd_arena_free(board->texts);
	free(board->hparams);
	free(board->definitions);
	free(board->values);
	free(board->series);
	free(board->name);
	hd_buf_release(&board->file);
}

int hd_export_tensorboard(struct hd_store *store, int64_t sweep, const char *path,
			  struct hd_error *err)
{
	struct board board = { .store = store, .sweep = sweep, .err = err };
	int rc = hd_board_folder_begin(&board.folder, path, err);

	if (rc == 0)
		rc = hd_store_reading_begin(store, err);
	if (rc == 0) {
		rc = board_run(&board);
		hd_store_reading_end(store);
	}
	board_release(&board);
	return hd_board_folder_end(&board.folder, rc);
}
