/*
 * Run and job records. The members of a run are those of the run that Azure's
 * "az ml run show" prints (its SDK's RunDto); a job's those of "az ml job
 * show". A member that nothing here fills is null or not there.
 */
#include <hdrive/record.h>

#include "report/record.h"
#include "report/rows.h"
#include "report/said.h"
#include "report/view.h"

#include "base/time.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const record_statuses[] = {
	"NotStarted", "Starting", "Provisioning", "Preparing", "Queued", "Running",
	"Finalizing", "CancelRequested", "Completed", "Failed", "Canceled",
	"NotResponding", "Paused"
};

bool hd_record_is_status(const char *word)
{
	for (size_t i = 0; i < sizeof record_statuses / sizeof record_statuses[0]; i++)
		if (!strcmp(record_statuses[i], word))
			return true;
	return false;
}

/* --- members -------------------------------------------------------------- */

static void put_text(struct hd_pen *pen, const char *name, const char *text)
{
	hd_pen_key(pen, name, false);
	hd_pen_json(pen, text);
}

static void put_time(struct hd_pen *pen, const char *name, int64_t time)
{
	hd_pen_key(pen, name, false);
	hd_pen_json_time(pen, time);
}

static void put_count(struct hd_pen *pen, const char *name, int64_t count)
{
	hd_pen_key(pen, name, false);
	hd_pen_printf(pen, "%" PRId64, count);
}

static void put_error(struct hd_pen *pen, const char *state, const char *detail)
{
	hd_pen_key(pen, "error", false);
	if (strcmp(state, "Failed")) {
		hd_pen_puts(pen, "null");
		return;
	}
	hd_pen_puts(pen, "{\"error\":{\"code\":\"UserError\"");
	put_text(pen, "message", detail);
	hd_pen_puts(pen, "}}");
}

/* The id of the sweep that trial ID is of: all before its last "_". */
static char *parent_id(const char *id)
{
	const char *end = strrchr(id, '_');

	return strndup(id, end ? (size_t)(end - id) : strlen(id));
}

/* The script of a command: its first word with the name of one. */
static const char *script_of(const struct hd_view *words)
{
	static const char *const ends[] = { ".py", ".R", ".r", ".sh", ".jl", ".pl", ".lua" };

	for (size_t i = 0; words && words->kind == HD_VIEW_LIST && i < words->count; i++)
		for (size_t j = 0; j < sizeof ends / sizeof ends[0]; j++) {
			const struct hd_view *word = words->items[i];
			size_t length = strlen(ends[j]);

			if (word->kind == HD_VIEW_TEXT && word->length > length &&
			    !strcmp(word->text + word->length - length, ends[j]))
				return word->text;
		}
	return NULL;
}

static void put_script(struct hd_pen *pen, const char *command)
{
	struct hd_arena *arena = hd_arena_new();
	const struct hd_view *words = NULL;

	if (!arena || hd_view_read(&words, arena, command, strlen(command), NULL) < 0)
		words = NULL;
	put_text(pen, "script_name", script_of(words));
	hd_arena_free(arena);
}

/* --- what was said of a trial --------------------------------------------- */

struct said_walk {
	struct hd_pen *pen;
	enum hd_said_kind kind;
	size_t count;
};

static int said_member(void *user, const struct hd_said_row *row)
{
	struct said_walk *walk = user;

	if (*row->child || row->kind != walk->kind)
		return 0;
	hd_pen_key(walk->pen, row->name, walk->count++ == 0);
	hd_pen_json(walk->pen, row->value);
	return walk->pen->rc;
}

/* {"hyperparameters":"{...}", what scripts and people said}. */
static int put_trial_tags(struct record_walk *walk, const struct hd_trial_row *row)
{
	struct said_walk said = { .pen = &walk->pen, .kind = HD_SAID_TAG };
	struct hd_buf parameters = HD_BUF_INIT;
	int rc;

	hd_pen_puts(&walk->pen, "{");
	hd_azure_parameters(&parameters, row->parameters);
	if (strcmp(hd_buf_text(&parameters), "{}")) {
		hd_pen_key(&walk->pen, "hyperparameters", said.count++ == 0);
		hd_pen_json(&walk->pen, hd_buf_text(&parameters));
	}
	if (hd_buf_failed(&parameters))
		walk->pen.buf.failed = true;
	hd_buf_release(&parameters);
	rc = hd_store_said(walk->store, walk->sweep, (int64_t)row->number, said_member, &said,
			   walk->err);
	hd_pen_puts(&walk->pen, "}");
	return rc;
}

static int put_trial_said(struct record_walk *walk, const struct hd_trial_row *row)
{
	struct said_walk said = { .pen = &walk->pen, .kind = HD_SAID_PROPERTY };
	int rc;

	hd_pen_key(&walk->pen, "tags", false);
	rc = put_trial_tags(walk, row);
	if (rc)
		return rc;
	hd_pen_key(&walk->pen, "properties", false);
	hd_pen_puts(&walk->pen, "{");
	rc = hd_store_said(walk->store, walk->sweep, (int64_t)row->number, said_member, &said,
			   walk->err);
	hd_pen_puts(&walk->pen, "}");
	return rc;
}

/* --- what a file says of its sweep ------------------------------------------ */

struct property_walk {
	const char *name;
	char *value; /* NULL until it is found */
};

static int property_row(void *user, const struct hd_said_row *row)
{
	struct property_walk *walk = user;

	if (*row->child || row->kind != HD_SAID_PROPERTY || strcmp(row->name, walk->name))
		return 0;
	walk->value = strdup(row->value);
	return walk->value ? 1 : HD_ENOMEM;
}

/* Member NAME: the property of that name of sweep KEY, else TEXT. */
static int put_property(struct record_walk *walk, int64_t key, const char *name,
			const char *text)
{
	struct property_walk property = { .name = name };
	int rc = hd_store_said(walk->store, key, HD_SAID_OF_SWEEP, property_row, &property,
			       walk->err);

	put_text(&walk->pen, name, property.value ? property.value : text);
	free(property.value);
	if (rc == HD_ENOMEM && !property.value)
		return hd_error_nomem(walk->err);
	return rc < 0 ? rc : 0;
}

/* --- runs ----------------------------------------------------------------- */

static int put_run_sweep(struct record_walk *walk, const struct hd_sweep_row *row)
{
	struct hd_pen *pen = &walk->pen;
	int rc;

	hd_pen_key(pen, "_experiment_name", true);
	hd_pen_json(pen, walk->experiment);
	put_time(pen, "created_utc", row->created);
	rc = put_property(walk, row->key, "description", NULL);
	if (rc < 0)
		return rc;
	put_time(pen, "end_time_utc", row->ended);
	put_error(pen, row->state, row->end_detail);
	hd_pen_puts(pen, ",\"hidden\":false");
	put_text(pen, "name", row->name);
	put_text(pen, "parent_run_id", NULL);
	put_text(pen, "root_run_id", row->id);
	put_text(pen, "run_id", row->id);
	put_count(pen, "run_number", row->key);
	put_text(pen, "run_type", hd_record_type(row));
	put_script(pen, row->command);
	put_time(pen, "start_time_utc", row->started);
	put_text(pen, "status", row->state);
	put_text(pen, "target", walk->target);
	hd_pen_puts(pen, ",\"warnings\":[]");
	return hd_azure_json(pen, walk->store, row, walk->err);
}

static int put_run_trial(struct record_walk *walk, const struct hd_trial_row *row)
{
	struct hd_pen *pen = &walk->pen;
	const char *state = hd_trial_state_name(row->state);
	char *parent = parent_id(row->id);

	if (!parent)
		return hd_error_nomem(walk->err);
	hd_pen_key(pen, "_experiment_name", true);
	hd_pen_json(pen, walk->experiment);
	put_time(pen, "created_utc", row->created);
	put_text(pen, "description", NULL);
	put_time(pen, "end_time_utc", row->ended);
	put_error(pen, state, row->end_detail);
	hd_pen_puts(pen, ",\"hidden\":false");
	put_text(pen, "name", NULL);
	put_text(pen, "parent_run_id", parent);
	put_text(pen, "root_run_id", parent);
	put_text(pen, "run_id", row->id);
	put_count(pen, "run_number", (int64_t)row->number);
	put_text(pen, "run_type", "azureml.scriptrun");
	put_script(pen, row->arguments);
	put_time(pen, "start_time_utc", row->started);
	put_text(pen, "status", state);
	put_text(pen, "target", walk->target);
	hd_pen_puts(pen, ",\"warnings\":[]");
	free(parent);
	return put_trial_said(walk, row);
}

static void put_minimal(struct record_walk *walk, const char *id, const char *type,
			const char *state, int64_t started, int64_t ended)
{
	struct hd_pen *pen = &walk->pen;

	hd_pen_key(pen, "RunId", true);
	hd_pen_json(pen, id);
	put_text(pen, "RunType", type);
	put_text(pen, "Status", state);
	put_time(pen, "StartTime", started);
	put_time(pen, "EndTime", ended);
	put_text(pen, "Target", walk->target);
	hd_pen_key(pen, "Tags", false);
}

/* --- jobs ----------------------------------------------------------------- */

static int put_job_sweep(struct record_walk *walk, const struct hd_sweep_row *row)
{
	struct hd_pen *pen = &walk->pen;
	int rc;

	hd_pen_key(pen, "name", true);
	hd_pen_json(pen, row->name);
	put_text(pen, "id", row->id);
	rc = put_property(walk, row->key, "display_name", row->name);
	if (rc == 0)
		rc = put_property(walk, row->key, "description", NULL);
	if (rc < 0)
		return rc;
	put_text(pen, "experiment_name", walk->experiment);
	put_text(pen, "type", *row->metric ? "sweep" : "command");
	put_text(pen, "status", row->state);
	hd_pen_puts(pen, ",\"creation_context\":{");
	hd_pen_key(pen, "created_at", true);
	hd_pen_json_time(pen, row->created);
	hd_pen_puts(pen, "}");
	put_time(pen, "start_time", row->started);
	put_time(pen, "end_time", row->ended);
	put_error(pen, row->state, row->end_detail);
	put_text(pen, "compute", walk->target);
	if (*row->metric) {
		put_text(pen, "sampling_algorithm", row->sampler);
		hd_pen_puts(pen, ",\"objective\":{");
		hd_pen_key(pen, "goal", true);
		hd_pen_json(pen, hd_goal_name(row->goal));
		put_text(pen, "primary_metric", row->metric);
		hd_pen_printf(pen, "},\"limits\":{\"max_concurrent_trials\":%zu,"
				   "\"max_total_trials\":%zu",
			      row->max_concurrent, row->max_total);
		hd_pen_key(pen, "timeout", false);
		hd_pen_json_number(pen, isfinite(row->max_duration) ? row->max_duration : NAN);
		hd_pen_puts(pen, "}");
	}
	return hd_azure_json(pen, walk->store, row, walk->err);
}

static int put_job_trial(struct record_walk *walk, const struct hd_trial_row *row)
{
	struct hd_pen *pen = &walk->pen;
	const char *state = hd_trial_state_name(row->state);
	char *parent = parent_id(row->id);

	if (!parent)
		return hd_error_nomem(walk->err);
	hd_pen_key(pen, "name", true);
	hd_pen_json(pen, row->id);
	put_text(pen, "display_name", row->id);
	put_text(pen, "parent_job_name", parent);
	put_text(pen, "experiment_name", walk->experiment);
	put_text(pen, "type", "command");
	put_text(pen, "status", state);
	hd_pen_puts(pen, ",\"creation_context\":{");
	hd_pen_key(pen, "created_at", true);
	hd_pen_json_time(pen, row->created);
	hd_pen_puts(pen, "}");
	put_time(pen, "start_time", row->started);
	put_time(pen, "end_time", row->ended);
	put_error(pen, state, row->end_detail);
	put_text(pen, "compute", walk->target);
	hd_pen_key(pen, "parameters", false);
	hd_pen_json_raw(pen, row->parameters);
	free(parent);
	return put_trial_said(walk, row);
}

/* --- the objects ---------------------------------------------------------- */

const char *hd_record_type(const struct hd_sweep_row *row)
{
	/* One run of a script is a sweep that looks for nothing. */
	return *row->metric ? "hyperdrive" : "azureml.scriptrun";
}

int hd_record_put_sweep(struct record_walk *walk, const struct hd_sweep_row *row)
{
	int rc;

	hd_pen_puts(&walk->pen, "{");
	if (walk->form == HD_RECORD_JOB) {
		rc = put_job_sweep(walk, row);
	} else if (walk->query && walk->query->minimal) {
		put_minimal(walk, row->id, hd_record_type(row), row->state, row->started,
			    row->ended);
		rc = hd_azure_tags(&walk->pen, walk->store, row, walk->err);
	} else {
		rc = put_run_sweep(walk, row);
	}
	if (rc == 0 && !walk->query)
		rc = hd_record_put_bests(walk, row);
	hd_pen_puts(&walk->pen, "}");
	return rc ? rc : walk->pen.rc;
}

int hd_record_put_trial(struct record_walk *walk, const struct hd_trial_row *row)
{
	int rc;

	hd_pen_puts(&walk->pen, "{");
	if (walk->form == HD_RECORD_JOB) {
		rc = put_job_trial(walk, row);
	} else if (walk->query && walk->query->minimal) {
		put_minimal(walk, row->id, "azureml.scriptrun",
			    hd_trial_state_name(row->state), row->started, row->ended);
		rc = put_trial_tags(walk, row);
	} else {
		rc = put_run_trial(walk, row);
	}
	hd_pen_puts(&walk->pen, "}");
	return rc ? rc : walk->pen.rc;
}

int hd_record_put_tags(struct record_walk *walk, const struct hd_sweep_row *sweep,
		       const struct hd_trial_row *trial)
{
	return sweep ? hd_azure_tags(&walk->pen, walk->store, sweep, walk->err)
		     : put_trial_tags(walk, trial);
}

/* --- best_child_by_primary_metric ----------------------------------------- */

struct bests {
	const struct hd_sweep_row *row;
	struct hd_buf columns[5];
};

static int best_row(void *user, const struct hd_best_row *best)
{
	struct bests *bests = user;
	struct hd_buf *columns = bests->columns;
	char time[40];

	for (size_t i = 0; i < 5; i++)
		if (columns[i].length)
			hd_buf_putc(&columns[i], ',');
	hd_buf_json(&columns[0], bests->row->metric, strlen(bests->row->metric));
	hd_buf_printf(&columns[1], "\"%s\"", hd_time_text(best->time, time, sizeof time));
	hd_buf_printf(&columns[2], "\"%s_%zu\"", bests->row->id, best->trial);
	hd_buf_json_number(&columns[3], best->value);
	hd_buf_puts(&columns[4], best->final ? "true" : "false");
	return 0;
}

int hd_record_put_bests(struct record_walk *walk, const struct hd_sweep_row *row)
{
	static const char *const names[] = { "metric_name", "timestamp", "run_id",
					     "metric_value", "final" };
	struct bests bests = { .row = row };
	struct hd_pen *pen = &walk->pen;
	int rc = hd_store_best_history(walk->store, row->key, best_row, &bests, walk->err);

	hd_pen_puts(pen, ",\"metrics\":{");
	if (bests.columns[0].length) {
		hd_pen_puts(pen, "\"best_child_by_primary_metric\":{");
		for (size_t i = 0; i < 5; i++) {
			hd_pen_key(pen, names[i], i == 0);
			hd_pen_puts(pen, "[");
			hd_pen_puts(pen, hd_buf_text(&bests.columns[i]));
			hd_pen_puts(pen, "]");
		}
		hd_pen_puts(pen, "}");
	}
	hd_pen_puts(pen, "}");
	for (size_t i = 0; i < 5; i++) {
		if (hd_buf_failed(&bests.columns[i]))
			pen->buf.failed = true;
		hd_buf_release(&bests.columns[i]);
	}
	return rc;
}
