#include "mlflow/store.h"

#include "base/json.h"

#include <stdlib.h>
#include <string.h>

/* --- experiments ---------------------------------------------------------- */

struct sweeps_walk {
	const struct hd_ml_store *self;
	hd_ml_experiment_fn fn;
	void *user;
};

static int sweep_show(void *user, const struct hd_sweep_row *row)
{
	const struct sweeps_walk *walk = user;
	struct hd_ml_experiment experiment = {
		.id = row->id,
		.name = row->name,
		.created = row->created / 1000,
		.updated = (row->ended ? row->ended : row->created) / 1000,
	};

	return walk->fn(walk->user, &experiment);
}

static int source_experiments(void *self, hd_ml_experiment_fn fn, void *user,
			      struct hd_error *err)
{
	const struct hd_ml_store *store = self;
	struct sweeps_walk walk = { store, fn, user };

	return store->only
		       ? hd_store_sweep(store->store, store->only, sweep_show,
					&walk, err)
		       : hd_store_sweeps(store->store, 0, NULL, sweep_show,
					 &walk, err);
}

struct sweep_find {
	const char *id;
	int64_t key;
	char *name;
	char *folder;
};

static int sweep_take(void *user, const struct hd_sweep_row *row)
{
	struct sweep_find *find = user;

	if (strcmp(row->id, find->id) != 0)
		return 0;
	find->key = row->key;
	find->name = strdup(row->name);
	find->folder = strdup(row->folder);
	return find->name && find->folder ? 0 : HD_ENOMEM;
}

static void sweep_release(struct sweep_find *find)
{
	free(find->name);
	free(find->folder);
}

/* The sweep with the whole id FIND holds, if it is shown. */
static int sweep_find(const struct hd_ml_store *store, struct sweep_find *find,
		      struct hd_error *err)
{
	int64_t key;
	int rc = hd_store_find_sweep(store->store, find->id, &key, err);

	if (rc == 0 && (!store->only || store->only == key))
		rc = hd_store_sweep(store->store, key, sweep_take, find, err);
	/* A name or a prefix is no id. */
	if ((rc == 0 && !find->key) || rc == HD_EINVAL)
		rc = hd_error_set(err, HD_ENOENT, "no experiment '%.200s'",
				  find->id);
	return rc;
}

/* --- a run's parts -------------------------------------------------------- */

/* Which run is wanted, and those that were made of rows so far. */
struct load {
	const struct hd_ml_store *self;
	const struct sweep_find *sweep;
	const struct hd_trial_row *trial;
	struct hd_ml_run **runs; /* the trial's first, then those below it */
	size_t count;
	size_t size;
	struct hd_error *err;
};

static enum hd_ml_status trial_status(enum hd_trial_state state)
{
	switch (state) {
	case HD_TRIAL_QUEUED:
	case HD_TRIAL_STARTING:
		return HD_ML_SCHEDULED;
	case HD_TRIAL_RUNNING:
	case HD_TRIAL_STOPPING:
		return HD_ML_RUNNING;
	case HD_TRIAL_COMPLETED:
		return HD_ML_FINISHED;
	case HD_TRIAL_FAILED:
		return HD_ML_FAILED;
	case HD_TRIAL_CANCELED:
		return HD_ML_KILLED;
	}
	return HD_ML_RUNNING;
}

static struct hd_ml_run *load_add(struct load *load, const char *id,
				  const char *name)
{
	struct hd_ml_run *run;

	if (load->count == load->size) {
		size_t size = load->size ? load->size * 2 : 4;
		struct hd_ml_run **runs =
			realloc(load->runs, size * sizeof *runs);

		if (!runs)
			return NULL;
		load->runs = runs;
		load->size = size;
	}
	run = hd_ml_run_new(id, load->sweep->id, name);
	if (run) {
		run->status = trial_status(load->trial->state);
		run->start = load->trial->started / 1000;
		run->end = load->trial->ended / 1000;
		load->runs[load->count++] = run;
	}
	return run;
}

static struct hd_ml_run *load_run(struct load *load, const char *child)
{
	struct hd_ml_run *run;

	if (!child || !*child)
		return load->runs[0];
	for (size_t i = 1; i < load->count; i++)
		if (!strcmp(load->runs[i]->id, child))
			return load->runs[i];
	run = load_add(load, child, NULL);
	/* azureml's do not say it of themselves. */
	if (run && hd_ml_pairs_set(&run->tags, "mlflow.parentRunId",
				   load->runs[0]->id) < 0)
		return NULL;
	return run;
}

/* Where a value has no step, which of its name it is. */
static int load_value(struct hd_ml_run *run, const struct hd_metric_row *row)
{
	struct hd_ml_value value = {
		.value = row->value,
		.time = row->time / 1000,
		.step = row->step,
	};

	if (row->text)
		return 0;
	if (!row->has_step)
		value.step = hd_ml_metrics_values(&run->metrics, row->name);
	return hd_ml_metrics_add(&run->metrics, row->name, &value);
}

static int load_metric(void *user, const struct hd_metric_row *row)
{
	struct load *load = user;

	return load_value(load->runs[0], row);
}

static int load_below(void *user, const struct hd_run_metric_row *row)
{
	struct load *load = user;
	struct hd_ml_run *run = row->child ? load_run(load, row->child) : NULL;

	if (!row->child)
		return 0; /* of the sweep itself */
	return run ? load_value(run, &row->metric) : HD_ENOMEM;
}

static void load_status(struct hd_ml_run *run, const char *word)
{
	if (!strcmp(word, "Completed"))
		run->status = HD_ML_FINISHED;
	else if (!strcmp(word, "Failed"))
		run->status = HD_ML_FAILED;
	else if (!strcmp(word, "Canceled"))
		run->status = HD_ML_KILLED;
}

static int load_said(void *user, const struct hd_said_row *row)
{
	struct load *load = user;
	struct hd_ml_run *run = load_run(load, row->child);
	const char *value = row->value ? row->value : "";

	if (!run)
		return HD_ENOMEM;
	switch (row->kind) {
	case HD_SAID_TAG:
		if (!strcmp(row->name, "mlflow.runName"))
			return hd_ml_run_rename(run, value);
		return hd_ml_pairs_set(&run->tags, row->name, value);
	case HD_SAID_PARAM:
		return hd_ml_pairs_set(&run->params, row->name, value);
	case HD_SAID_STATUS:
		if (!strcmp(row->name, "status"))
			load_status(run, value);
		return 0;
	case HD_SAID_PROPERTY:
	case HD_SAID_FILE:
		return 0;
	}
	return 0;
}

/* One sampled value, unless the script logged that name itself. */
static int load_parameter(void *user, const char *name, size_t length,
			  const struct hd_json *value)
{
	struct hd_ml_run *run = user;
	struct hd_buf text = HD_BUF_INIT;
	size_t bytes;
	const char *word = hd_json_string(value, &bytes);
	char *dump = NULL;
	int rc = 0;

	(void)length;
	if (hd_ml_pairs_get(&run->params, name))
		return 0;
	if (word) {
		hd_buf_add(&text, word, bytes);
	} else if (hd_json_kind(value) == HD_JSON_INTEGER ||
		   hd_json_kind(value) == HD_JSON_REAL) {
		hd_buf_number(&text, hd_json_number(value));
	} else {
		dump = hd_json_dump(value);
		hd_buf_puts(&text, dump ? dump : "");
	}
	if (hd_buf_failed(&text) ||
	    hd_ml_pairs_set(&run->params, name, hd_buf_text(&text)) < 0)
		rc = HD_ENOMEM;
	free(dump);
	hd_buf_release(&text);
	return rc;
}

static int load_parameters(struct load *load)
{
	struct hd_json *values;
	const char *text = load->trial->parameters;
	int rc = hd_json_parse(&values, text, strlen(text), load->err);

	if (rc == 0)
		rc = hd_json_each(values, load_parameter, load->runs[0]);
	hd_json_free(values);
	return rc;
}

static int load_own_tags(struct load *load)
{
	struct hd_ml_run *run = load->runs[0];
	const struct hd_trial_row *trial = load->trial;
	int rc = hd_ml_pairs_set(&run->tags, "hdrive.state",
				 hd_trial_state_name(trial->state));

	if (rc == 0 && *trial->end_detail)
		rc = hd_ml_pairs_set(&run->tags, "hdrive.end",
				     trial->end_detail);
	return rc;
}

/* All that is stored of LOAD's trial. */
static int load_trial(struct load *load)
{
	struct hd_store *store = load->self->store;
	int64_t sweep = load->sweep->key;
	int64_t number = (int64_t)load->trial->number;
	struct hd_buf name = HD_BUF_INIT;
	int rc = 0;

	hd_buf_printf(&name, "%s-%zu", load->sweep->name, load->trial->number);
	if (!load_add(load, load->trial->id, hd_buf_text(&name)))
		rc = hd_error_nomem(load->err);
	hd_buf_release(&name);
	if (rc == 0)
		rc = load_own_tags(load);
	if (rc == 0)
		rc = hd_store_metrics(store, sweep, number, NULL, load_metric,
				      load, load->err);
	if (rc == 0)
		rc = hd_store_said(store, sweep, number, load_said, load,
				   load->err);
	if (rc == 0)
		rc = hd_store_run_metrics(store, sweep, number, load_below,
					  load, load->err);
	if (rc == 0)
		rc = load_parameters(load);
	return rc == HD_ENOMEM ? hd_error_nomem(load->err) : rc;
}

static void load_release(struct load *load)
{
	for (size_t i = 0; i < load->count; i++)
		hd_ml_run_free(load->runs[i]);
	free(load->runs);
}

/* --- runs ----------------------------------------------------------------- */

struct runs_walk {
	const struct hd_ml_store *self;
	const struct sweep_find *sweep;
	const char *id; /* of the only one wanted; NULL for all */
	hd_ml_run_fn fn;
	void *user;
	bool found;
	struct hd_error *err;
};

static int runs_trial(void *user, const struct hd_trial_row *row)
{
	struct runs_walk *walk = user;
	struct load load = {
		.self = walk->self,
		.sweep = walk->sweep,
		.trial = row,
		.err = walk->err,
	};
	int rc = load_trial(&load);

	for (size_t i = 0; i < load.count && rc == 0; i++) {
		if (walk->id && strcmp(walk->id, load.runs[i]->id) != 0)
			continue;
		walk->found = true;
		rc = walk->fn(walk->user, load.runs[i]);
	}
	load_release(&load);
	return rc;
}

static int source_runs(void *self, const char *experiment, hd_ml_run_fn fn,
		       void *user, struct hd_error *err)
{
	struct sweep_find sweep = { .id = experiment };
	struct runs_walk walk = {
		.self = self,
		.sweep = &sweep,
		.fn = fn,
		.user = user,
		.err = err,
	};
	int rc = sweep_find(self, &sweep, err);

	if (rc == 0)
		rc = hd_store_trials(walk.self->store, sweep.key, NULL,
				     runs_trial, &walk, err);
	sweep_release(&sweep);
	return rc;
}

/* A run's trial. */
struct run_place {
	struct sweep_find sweep;
	char *id; /* of the sweep */
	size_t number;
	bool is_below; /* the run is one that its script made */
};

static int place_id(void *user, const struct hd_sweep_row *row)
{
	struct run_place *place = user;

	place->id = strdup(row->id);
	return place->id ? 0 : HD_ENOMEM;
}

static void place_release(struct run_place *place)
{
	sweep_release(&place->sweep);
	free(place->id);
}

/* "HD_<guid>_7": the sweep's id and the trial's number; false for others. */
static bool place_split(struct run_place *place, const char *id)
{
	const char *low = strrchr(id, '_');
	size_t digits = low ? strspn(low + 1, "0123456789") : 0;

	if (!digits || digits > 9 || low[1 + digits])
		return false;
	place->id = strndup(id, (size_t)(low - id));
	place->number = strtoul(low + 1, NULL, 10);
	place->sweep.id = place->id;
	return place->id;
}

static int place_below(const struct hd_ml_store *store, struct run_place *place,
		       const char *id, struct hd_error *err)
{
	int64_t key, number;
	int rc = hd_store_child(store->store, id, &key, &number, err);

	if (rc == 0)
		rc = hd_store_sweep(store->store, key, place_id, place, err);
	if (rc < 0)
		return rc;
	place->sweep.id = place->id;
	place->number = (size_t)number;
	place->is_below = true;
	return sweep_find(store, &place->sweep, err);
}

static int place_find(const struct hd_ml_store *store, struct run_place *place,
		      const char *id, struct hd_error *err)
{
	int rc = HD_ENOENT;

	*place = (struct run_place){ .id = NULL };
	if (place_split(place, id))
		rc = sweep_find(store, &place->sweep, NULL);
	if (rc == HD_ENOENT) {
		place_release(place);
		*place = (struct run_place){ .id = NULL };
		rc = place_below(store, place, id, err);
	}
	if (rc == HD_ENOENT)
		return hd_error_set(err, HD_ENOENT,
				    "Run with id=%.200s not found", id);
	return rc < 0 ? hd_error_set(err, rc, "cannot look for run '%.200s'", id)
		      : 0;
}

static int source_run(void *self, const char *id, hd_ml_run_fn fn, void *user,
		      struct hd_error *err)
{
	struct run_place place;
	struct runs_walk walk = {
		.self = self,
		.sweep = &place.sweep,
		.id = id,
		.fn = fn,
		.user = user,
		.err = err,
	};
	int rc = place_find(self, &place, id, err);

	if (rc == 0)
		rc = hd_store_trial(walk.self->store, place.sweep.key,
				    place.number, runs_trial, &walk, err);
	if (rc == 0 && !walk.found)
		rc = hd_error_set(err, HD_ENOENT,
				  "Run with id=%.200s not found", id);
	place_release(&place);
	return rc;
}

/* --- histories ------------------------------------------------------------ */

struct history_walk {
	const char *child; /* NULL for the trial itself */
	const char *key;
	int64_t count;
	hd_ml_value_fn fn;
	void *user;
};

static int history_row(void *user, const struct hd_metric_row *row)
{
	struct history_walk *walk = user;
	struct hd_ml_value value = {
		.value = row->value,
		.time = row->time / 1000,
		.step = row->has_step ? row->step : walk->count,
	};

	if (row->text)
		return 0;
	walk->count++;
	return walk->fn(walk->user, &value);
}

static int history_below(void *user, const struct hd_run_metric_row *row)
{
	const struct history_walk *walk = user;

	if (!row->child || strcmp(row->child, walk->child) != 0 ||
	    strcmp(row->metric.name, walk->key) != 0)
		return 0;
	return history_row(user, &row->metric);
}

static int source_history(void *self, const char *run, const char *key,
			  hd_ml_value_fn fn, void *user, struct hd_error *err)
{
	const struct hd_ml_store *store = self;
	struct history_walk walk = { run, key, 0, fn, user };
	struct run_place place;
	int rc = place_find(store, &place, run, err);

	if (rc == 0 && place.is_below)
		rc = hd_store_run_metrics(store->store, place.sweep.key,
					  (int64_t)place.number, history_below,
					  &walk, err);
	else if (rc == 0)
		rc = hd_store_metrics(store->store, place.sweep.key,
				      (int64_t)place.number, key, history_row,
				      &walk, err);
	place_release(&place);
	return rc;
}

/* --- artifacts ------------------------------------------------------------ */

static int source_folder(void *self, const char *id, struct hd_buf *base,
			 struct hd_buf *below, struct hd_error *err)
{
	struct run_place place;
	int rc = place_find(self, &place, id, err);

	if (rc == 0) {
		hd_buf_printf(base, "%s/%06zu/outputs", place.sweep.folder,
			      place.number);
		if (place.is_below)
			hd_buf_printf(below, "runs/%s", id);
		if (hd_buf_failed(base) || hd_buf_failed(below))
			rc = hd_error_nomem(err);
	}
	place_release(&place);
	return rc;
}

const struct hd_ml_source hd_ml_store_source = {
	.experiments = source_experiments,
	.run = source_run,
	.runs = source_runs,
	.history = source_history,
	.folder = source_folder,
};
