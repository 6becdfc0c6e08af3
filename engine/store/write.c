/*
 * The store's writing side: rows from the engine of a sweep (DESIGN 3).
 *
 * Every write stands between hd_store_begin and hd_store_commit. That is
 * checked, not assumed: a full disk makes SQLite roll back by itself, and a
 * write after that would be committed alone, half a loop turn.
 */
#include "store/store.h"

#include "store/private.h"
#include "store/study.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int hd_query_write(struct hd_query *query, struct hd_store *store,
		   enum hd_stmt id, struct hd_error *err)
{
	if (!store->writing)
		return hd_error_set(err, HD_ESTATE,
				    "store '%s': a write outside of a "
				    "transaction",
				    store->path);
	if (sqlite3_get_autocommit(store->db))
		return hd_error_set(err, HD_EIO,
				    "store '%s': the transaction was given up "
				    "after an earlier error",
				    store->path);
	return hd_query_open(query, store, id, err);
}

/* A name is a folder's name too. */
static int sweep_check_name(const char *name, struct hd_error *err)
{
	if (*name && strcmp(name, "@") && *name != '.' && !strchr(name, '/'))
		return 0;
	return hd_error_set(err, HD_EINVAL,
			    "'%s' cannot be a sweep's name: it must not be "
			    "empty or '@', start with '.' or hold a '/'",
			    name);
}

static int sweep_insert(struct hd_store *store,
			const struct hd_sweep_record *record,
			struct hd_error *err)
{
	const struct hd_config *config = record->config;
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_SWEEP_INSERT, err);

	if (rc < 0)
		return rc;
	hd_query_text(&query, record->id);
	hd_query_text(&query, record->name);
	hd_query_text(&query, config->metric);
	hd_query_text(&query, hd_goal_name(config->goal));
	hd_query_text(&query, config->sampler->name);
	hd_query_text(&query, config->policy->name);
	hd_query_text(&query, record->command);
	hd_query_text(&query, config->path ? config->path : "");
	hd_query_text(&query, config->text ? config->text : "");
	/* All 64 bits: a seed above 2^63 is a negative number in the file. */
	hd_query_integer(&query, (int64_t)record->seed);
	hd_query_integer(&query, (int64_t)config->max_total);
	hd_query_integer(&query, (int64_t)record->max_concurrent);
	hd_query_real(&query, isinf(config->max_duration) ? NAN : config->max_duration);
	hd_query_integer(&query, record->created);
	hd_query_time(&query, record->engine.pid);
	hd_query_time(&query, (int64_t)record->engine.start);
	hd_query_text(&query, record->engine.boot);
	hd_query_text(&query, record->engine.host);
	hd_query_text(&query, record->source ? record->source : "");
	hd_query_real(&query, record->grace);
	hd_query_text(&query, record->program ? record->program : "");
	hd_query_text(&query, record->snapshot ? record->snapshot : "");
	hd_query_text(&query, record->backend ? record->backend : "local");
	return hd_query_run(&query, err);
}

/* COUNT texts of a sweep, in order, by the statement ID. */
static int texts_insert(struct hd_store *store, enum hd_stmt id, int64_t sweep,
			const char *const *texts, size_t count,
			struct hd_error *err)
{
	struct hd_query query;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++) {
		rc = hd_query_write(&query, store, id, err);
		if (rc < 0)
			return rc;
		hd_query_integer(&query, sweep);
		hd_query_integer(&query, (int64_t)i);
		hd_query_text(&query, texts[i]);
		rc = hd_query_run(&query, err);
	}
	return rc;
}

/* What changed the file's text: without it the text alone would mislead. */
static int settings_insert(struct hd_store *store, int64_t sweep,
			   const struct hd_config *config,
			   struct hd_error *err)
{
	int rc = texts_insert(store, HD_STMT_SETTING_INSERT, sweep,
			      config->sets, config->set_count, err);

	if (rc < 0 || !config->patterns_given)
		return rc;
	return texts_insert(store, HD_STMT_PATTERN_INSERT, sweep,
			    config->metric_patterns,
			    config->metric_pattern_count, err);
}

/* What options of the submit changed, behind the file's own. */
static int options_insert(struct hd_store *store, int64_t sweep,
			  const struct hd_sweep_record *record,
			  struct hd_error *err)
{
	const char *const *settings = record->settings;
	int rc = 0;

	for (size_t i = 0; rc == 0 && settings && settings[i]; i++)
		rc = hd_store_setting_add(store, sweep, settings[i], err);
	if (rc == 0 && record->slots_why)
		rc = hd_store_sweep_slots(store, sweep, record->slots_why,
					  record->created, err);
	for (size_t i = 0; rc >= 0 && i < record->property_count; i++)
		rc = hd_store_say(store, sweep, &record->properties[i], err);
	return rc < 0 ? rc : 0;
}

int hd_store_sweep_slots(struct hd_store *store, int64_t key, const char *why,
			 int64_t time, struct hd_error *err)
{
	return hd_store_say(store, key,
			    &(struct hd_said_row){ .trial = HD_SAID_OF_SWEEP,
						   .child = "",
						   .kind = HD_SAID_TAG,
						   .name = HD_TAG_SLOTS,
						   .value = why,
						   .time = time },
			    err);
}

int hd_store_sweep_hold(struct hd_store *store, int64_t key, bool held,
			int64_t time, struct hd_error *err)
{
	const struct hd_said_row row = { .trial = HD_SAID_OF_SWEEP,
					 .child = "",
					 .kind = HD_SAID_TAG,
					 .name = HD_TAG_HELD,
					 .value = "by the user",
					 .time = time };

	return held ? hd_store_say(store, key, &row, err)
		    : hd_store_unsay(store, key, &row, err);
}

/* Tags and properties that the file gives its sweep. */
static int marks_insert(struct hd_store *store, int64_t sweep,
			const struct hd_sweep_record *record,
			struct hd_error *err)
{
	const struct hd_config *config = record->config;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < config->mark_count; i++) {
		const struct hd_mark_row *mark = &config->marks[i];
		const struct hd_said_row row = {
			.trial = HD_SAID_OF_SWEEP,
			.child = "",
			.kind = mark->is_tag ? HD_SAID_TAG : HD_SAID_PROPERTY,
			.name = mark->name,
			.value = mark->value,
			.time = record->created,
		};

		rc = hd_store_say(store, sweep, &row, err);
		/* A property of that name has another key's value already. */
		if (rc == HD_SAID_KEPT)
			rc = 0;
	}
	return rc;
}

int hd_store_sweep_put(struct hd_store *store,
		       const struct hd_sweep_record *record, int64_t *key,
		       struct hd_error *err)
{
	int rc = sweep_check_name(record->name, err);

	if (rc == 0)
		rc = sweep_insert(store, record, err);
	*key = sqlite3_last_insert_rowid(store->db);
	if (rc == 0)
		rc = settings_insert(store, *key, record->config, err);
	if (rc == 0)
		rc = options_insert(store, *key, record, err);
	if (rc == 0)
		rc = marks_insert(store, *key, record, err);
	if (rc == 0)
		rc = hd_store_warm_insert(store, *key, record, err);
	if (rc == 0 && record->is_study)
		rc = hd_store_study_insert(store, *key, record->promotes, err);
	if (rc == HD_EEXIST)
		return hd_error_set(err, rc,
				    "a sweep named '%s' is there already",
				    record->name);
	return rc;
}

int hd_store_sweep_insert(struct hd_store *store,
			  const struct hd_sweep_record *record, int64_t *key,
			  struct hd_error *err)
{
	int rc = hd_store_begin(store, err);

	if (rc < 0)
		return rc;
	rc = hd_store_sweep_put(store, record, key, err);
	if (rc == 0)
		return hd_store_commit(store, true, err);
	hd_store_rollback(store);
	return rc;
}

static bool sweep_is_terminal(const char *state)
{
	enum hd_trial_state word;

	/* A sweep's last words are a trial's: Completed, Failed, Canceled. */
	return hd_trial_state_find(state, &word) &&
	       hd_trial_state_is_terminal(word);
}

int hd_store_sweep_state(struct hd_store *store, int64_t key,
			 const char *state, enum hd_end end,
			 const char *detail, int64_t time,
			 struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_SWEEP_STATE, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, key);
	hd_query_text(&query, state);
	hd_query_text(&query, hd_end_name(end));
	hd_query_text(&query, detail ? detail : "");
	hd_query_integer(&query, time);
	hd_query_integer(&query, sweep_is_terminal(state));
	return hd_query_change(&query, "sweep", err);
}

static const char *value_kind_name(enum hd_value_kind kind)
{
	switch (kind) {
	case HD_VALUE_NULL:
		return "null";
	case HD_VALUE_BOOL:
		return "bool";
	case HD_VALUE_INTEGER:
		return "integer";
	case HD_VALUE_REAL:
		return "real";
	case HD_VALUE_TEXT:
		return "text";
	case HD_VALUE_JSON:
		return "json";
	case HD_VALUE_BRANCH:
		return "branch";
	case HD_VALUE_ABSENT:
		break;
	}
	return NULL;
}

static void value_bind(struct hd_query *query, const struct hd_value *value)
{
	switch (value->kind) {
	case HD_VALUE_BOOL:
	case HD_VALUE_INTEGER:
		hd_query_integer(query, value->integer);
		break;
	case HD_VALUE_REAL:
		hd_query_real(query, value->number);
		break;
	case HD_VALUE_TEXT:
	case HD_VALUE_JSON:
	case HD_VALUE_BRANCH:
		hd_query_bytes(query, value->text, value->length);
		break;
	case HD_VALUE_ABSENT:
	case HD_VALUE_NULL:
		hd_query_null(query);
		break;
	}
}

/* A parameter that is absent in this trial has no row. */
static int parameters_insert(struct hd_store *store, int64_t trial,
			     const struct hd_space *space,
			     const struct hd_value *values,
			     struct hd_error *err)
{
	struct hd_query query;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < hd_space_count(space); i++) {
		if (values[i].kind == HD_VALUE_ABSENT)
			continue;
		rc = hd_query_write(&query, store, HD_STMT_PARAMETER_INSERT, err);
		if (rc < 0)
			return rc;
		hd_query_integer(&query, trial);
		hd_query_integer(&query, (int64_t)i);
		hd_query_text(&query, hd_space_param(space, i)->name);
		hd_query_text(&query, value_kind_name(values[i].kind));
		value_bind(&query, &values[i]);
		rc = hd_query_run(&query, err);
	}
	return rc;
}

int hd_store_trial_insert(struct hd_store *store,
			  const struct hd_trial_record *record, int64_t *key,
			  struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_TRIAL_INSERT, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, record->sweep);
	hd_query_integer(&query, (int64_t)record->number);
	hd_query_text(&query, hd_trial_state_name(record->state));
	hd_query_text(&query, record->parameters);
	hd_query_text(&query, record->arguments);
	hd_query_integer(&query, (int64_t)record->known);
	hd_query_integer(&query, record->time);
	hd_query_integer(&query, (int64_t)record->slot);
	hd_query_text(&query, record->origin ? record->origin : "sampler");
	hd_query_text(&query, record->resume_from);
	rc = hd_query_run(&query, err);
	if (rc < 0)
		return rc;
	*key = sqlite3_last_insert_rowid(store->db);
	if (!record->space)
		return 0;
	return parameters_insert(store, *key, record->space, record->values,
				 err);
}

int hd_store_trial_state(struct hd_store *store, int64_t key,
			 enum hd_trial_state state, int64_t time,
			 struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_TRIAL_STATE, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, key);
	hd_query_text(&query, hd_trial_state_name(state));
	hd_query_time(&query, time);
	hd_query_integer(&query, state == HD_TRIAL_RUNNING);
	return hd_query_change(&query, "trial", err);
}

int hd_store_trial_stop(struct hd_store *store, int64_t key, enum hd_end end,
			const char *detail, int64_t time, struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_TRIAL_STOP, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, key);
	hd_query_text(&query, hd_end_name(end));
	hd_query_text(&query, detail ? detail : "");
	hd_query_integer(&query, time);
	return hd_query_change(&query, "trial", err);
}

/* TIME: when it was seen to run; 0: that is another's to say. */
static int process_set(struct hd_store *store, enum hd_stmt id, int64_t key,
		       int64_t pid, uint64_t start, int64_t time,
		       struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, id, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, key);
	hd_query_integer(&query, pid);
	hd_query_integer(&query, (int64_t)start);
	if (time)
		hd_query_integer(&query, time);
	return hd_query_change(&query, "trial", err);
}

int hd_store_trial_process(struct hd_store *store, int64_t key, int64_t pid,
			   uint64_t start, struct hd_error *err)
{
	return process_set(store, HD_STMT_TRIAL_PROCESS, key, pid, start, 0, err);
}

int hd_store_trial_running(struct hd_store *store, int64_t key, int64_t pid,
			   uint64_t start, int64_t time, struct hd_error *err)
{
	return process_set(store, HD_STMT_TRIAL_RUNNING, key, pid, start, time,
			   err);
}

int hd_store_trial_end(struct hd_store *store, int64_t key,
		       const struct hd_trial_end_record *record,
		       struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_TRIAL_END, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, key);
	hd_query_text(&query, hd_trial_state_name(record->state));
	hd_query_text(&query, hd_end_name(record->end));
	hd_query_text(&query, record->detail ? record->detail : "");
	if (record->exit_code < 0)
		hd_query_null(&query);
	else
		hd_query_integer(&query, record->exit_code);
	hd_query_time(&query, record->exit_signal);
	hd_query_real(&query, record->cpu_seconds);
	hd_query_time(&query, record->max_rss);
	hd_query_time(&query, record->started);
	hd_query_integer(&query, record->ended);
	hd_query_time(&query, record->gone);
	hd_query_time(&query, (int64_t)record->settled);
	hd_query_time(&query, record->closed);
	return hd_query_change(&query, "trial", err);
}

static int name_find(struct hd_store *store, const char *text, size_t length,
		     int64_t *key, struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_NAME_FIND, err);

	if (rc < 0)
		return rc;
	hd_query_bytes(&query, text, length);
	rc = hd_query_next(&query, err);
	if (rc > 0)
		*key = hd_query_get_integer(&query);
	hd_query_close(&query);
	return rc;
}

static int name_insert(struct hd_store *store, const char *text, size_t length,
		       int64_t *key, struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_NAME_INSERT, err);

	if (rc < 0)
		return rc;
	hd_query_bytes(&query, text, length);
	rc = hd_query_run(&query, err);
	*key = sqlite3_last_insert_rowid(store->db);
	return rc;
}

/* FNV-1a, to spread names over the places. */
static struct hd_store_name *name_place(struct hd_store *store,
					const char *text, size_t length)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)text[i]) * 16777619u;
	return &store->names[(hash ^ hash >> 16) % HD_STORE_NAMES];
}

int hd_store_name_key(struct hd_store *store, const char *text, size_t length,
		      int64_t *key, struct hd_error *err)
{
	struct hd_store_name *place = name_place(store, text, length);
	char *copy;
	int rc;

	if (place->text && place->length == length &&
	    memcmp(place->text, text, length) == 0) {
		*key = place->key;
		return 0;
	}
	rc = name_find(store, text, length, key, err);
	if (rc == 0)
		rc = name_insert(store, text, length, key, err);
	if (rc < 0)
		return rc;
	copy = malloc(length + 1);
	if (!copy)
		return hd_error_nomem(err);
	memcpy(copy, text, length);
	free(place->text);
	*place = (struct hd_store_name){ copy, length, *key };
	return 0;
}

int hd_store_metric_insert(struct hd_store *store, int64_t trial,
			   size_t sequence, const struct hd_metric *metric,
			   size_t interval, enum hd_tail_source source,
			   int64_t time, struct hd_error *err)
{
	struct hd_query query;
	int64_t name, rule = 0;
	int rc = hd_store_name_key(store, metric->name, metric->name_length, &name, err);

	if (rc == 0 && metric->rule)
		rc = hd_store_name_key(store, metric->rule, strlen(metric->rule), &rule,
				       err);
	if (rc == 0)
		rc = hd_query_write(&query, store, HD_STMT_METRIC_INSERT, err);
	if (rc < 0)
		return rc;
	hd_query_integer(&query, trial);
	hd_query_integer(&query, (int64_t)sequence);
	hd_query_integer(&query, name);
	hd_query_real(&query, metric->text ? NAN : metric->value);
	if (metric->text)
		hd_query_bytes(&query, metric->text, metric->text_length);
	else
		hd_query_null(&query);
	if (metric->has_step)
		hd_query_integer(&query, metric->step);
	else
		hd_query_null(&query);
	hd_query_integer(&query, (int64_t)interval);
	hd_query_integer(&query, source);
	hd_query_time(&query, rule);
	hd_query_integer(&query, time);
	return hd_query_run(&query, err);
}

int hd_store_trial_metric(struct hd_store *store, int64_t trial,
			  size_t intervals, double best, double last,
			  double value, int64_t best_time,
			  struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_TRIAL_METRIC, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, trial);
	hd_query_integer(&query, (int64_t)intervals);
	hd_query_real(&query, best);
	hd_query_real(&query, last);
	hd_query_real(&query, value);
	hd_query_integer(&query, best_time);
	return hd_query_change(&query, "trial", err);
}

static bool place_is(const struct hd_tail_place *a, const struct hd_tail_place *b)
{
	return a->offset == b->offset && a->line == b->line;
}

int hd_store_trial_place(struct hd_store *store, int64_t trial, int64_t key,
			 const struct hd_tail_place *place, struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_PLACE_SET, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, trial);
	hd_query_integer(&query, key);
	hd_query_integer(&query, place->offset);
	hd_query_integer(&query, place->line);
	return hd_query_run(&query, err);
}

int hd_store_trial_places(struct hd_store *store, int64_t trial,
			  const struct hd_tail_place places[HD_TAIL_SOURCES],
			  struct hd_tail_place stored[HD_TAIL_SOURCES],
			  struct hd_error *err)
{
	int rc = 0;

	for (int i = 0; rc == 0 && i < HD_TAIL_SOURCES; i++) {
		if (place_is(&places[i], &stored[i]))
			continue;
		rc = hd_store_trial_place(store, trial, i, &places[i], err);
		stored[i] = places[i];
	}
	return rc;
}

int hd_store_decision_insert(struct hd_store *store, int64_t trial,
			     size_t interval, const char *policy,
			     const struct hd_reason *reason,
			     enum hd_decision kind, int64_t time,
			     struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_DECISION_INSERT, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, trial);
	hd_query_integer(&query, (int64_t)interval);
	hd_query_text(&query, policy);
	hd_query_real(&query, reason->mine);
	hd_query_real(&query, reason->limit);
	hd_query_integer(&query, (int64_t)reason->compared);
	hd_query_text(&query, reason->text);
	hd_query_integer(&query, time);
	hd_query_text(&query, hd_decision_name(kind));
	return hd_query_run(&query, err);
}

int hd_store_best_insert(struct hd_store *store, int64_t sweep, size_t number,
			 double value, bool final, int64_t time,
			 struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_BEST_INSERT, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, sweep);
	hd_query_integer(&query, (int64_t)number);
	hd_query_real(&query, value);
	hd_query_integer(&query, final);
	hd_query_integer(&query, time);
	rc = hd_query_run(&query, err);
	if (rc == 0)
		rc = hd_query_write(&query, store, HD_STMT_SWEEP_BEST, err);
	if (rc < 0)
		return rc;
	hd_query_integer(&query, sweep);
	hd_query_integer(&query, (int64_t)number);
	hd_query_real(&query, value);
	return hd_query_change(&query, "sweep", err);
}
