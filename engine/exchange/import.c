/*
 * Found trials as an ended sweep of the store, in one transaction: all of them
 * or nothing. Its folder holds its name and stays empty, as no program ran.
 */
#include <hdrive/exchange.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/time.h"
#include "exchange/cell.h"
#include "exchange/found.h"
#include "space/args.h"
#include "space/values.h"
#include "store/exchange.h"
#include "sweep/name.h"

#define NAME_TRIES 16

struct import {
	struct hd_store *store;
	struct hd_found *found;
	const struct hd_config *config;
	struct hd_config *derived; /* owned; NULL where the caller has one */
	struct hd_imported *imported;
	struct hd_value *values; /* scratch: one per parameter of the space */
	struct hd_buf json;
	char *folder;
	int64_t now;
	bool has_best;
	double best;
	size_t best_number;
	struct hd_error *err;
};

/* --- the space ------------------------------------------------------------ */

static int import_derive(struct import *import)
{
	struct hd_findings *findings = hd_findings_new();
	struct hd_buf text = HD_BUF_INIT;
	int rc = findings ? hd_found_text(import->found, &text, import->err)
			  : hd_error_nomem(import->err);

	if (rc == 0)
		rc = hd_config_parse(&import->derived, hd_buf_text(&text), text.length,
				     import->found->path, NULL, findings, import->err);
	/* What is wrong with the text is wrong with names that were found. */
	if (rc == HD_EINVAL && findings && hd_findings_kept(findings))
		rc = hd_error_set(import->err, HD_EINVAL, "the space of '%s': %s",
				  import->found->path, hd_findings_at(findings, 0)->text);
	import->config = import->derived;
	hd_buf_release(&text);
	hd_findings_free(findings);
	return rc;
}

/* --- one trial ------------------------------------------------------------ */

static const char *bare(const char *name)
{
	return name + strspn(name, "-");
}

/* As the space has them; one that the trial does not have is absent. */
static void values_take(struct import *import, const struct hd_found_trial *trial)
{
	const struct hd_space *space = import->config->space;

	for (size_t i = 0; i < hd_space_count(space); i++) {
		size_t at = hd_names_find(&import->found->params,
					  bare(hd_space_param(space, i)->name));

		import->values[i] = (struct hd_value){ .kind = HD_VALUE_ABSENT };
		if (at < trial->value_count)
			import->values[i] = trial->values[at];
	}
}

/* The same by the caller's space, which the trial must fit. */
static int values_fit(struct import *import, const struct hd_found_trial *trial)
{
	const struct hd_names *names = &import->found->params;
	struct hd_error why = { 0 };
	size_t count = 0;
	int rc;

	hd_buf_clear(&import->json);
	hd_buf_putc(&import->json, '{');
	for (size_t i = 0; i < trial->value_count; i++) {
		if (trial->values[i].kind == HD_VALUE_ABSENT)
			continue;
		hd_buf_puts(&import->json, count++ ? "," : "");
		hd_buf_json(&import->json, names->items[i], strlen(names->items[i]));
		hd_buf_putc(&import->json, ':');
		hd_args_json_value(&import->json, &trial->values[i]);
	}
	hd_buf_putc(&import->json, '}');
	if (hd_buf_failed(&import->json))
		return hd_error_nomem(import->err);
	rc = hd_space_read_values(import->config->space, hd_buf_text(&import->json),
				  import->values, &why);
	return rc == HD_EINVAL
		       ? hd_error_at(import->err, &trial->mark, rc, "%s", why.text)
		       : (rc < 0 ? hd_error_nomem(import->err) : 0);
}

/* A config of the caller's has texts of its own; ours must outlive the rows. */
static int put_trial(struct import *import, const struct hd_found_trial *trial,
		     size_t index, int64_t *key)
{
	struct hd_trial_record record = {
		.sweep = import->imported->sweep,
		.number = (size_t)trial->number,
		.state = HD_TRIAL_QUEUED,
		.arguments = "[]",
		.space = import->config->space,
		.values = import->values,
		.known = index,
		.origin = "imported",
		.time = trial->started ? trial->started : import->now,
	};
	int rc = 0;

	if (import->derived)
		values_take(import, trial);
	else
		rc = values_fit(import, trial);
	if (rc < 0)
		return rc;
	hd_buf_clear(&import->json);
	hd_args_json(&import->json, record.space, record.values);
	if (hd_buf_failed(&import->json))
		return hd_error_nomem(import->err);
	record.parameters = hd_buf_text(&import->json);
	return hd_store_trial_insert(import->store, &record, key, import->err);
}

static int64_t time_of(const struct import *import, const struct hd_found_trial *trial)
{
	return trial->ended ? trial->ended : trial->started ? trial->started
							    : import->now;
}

/* What it is ranked by. */
static int put_rank(struct import *import, const struct hd_found_trial *trial,
		    int64_t key, size_t intervals, double best, double last,
		    int64_t best_time)
{
	size_t number = (size_t)trial->number;
	double value = trial->has_value ? trial->value : NAN;
	int rc = hd_store_trial_metric(import->store, key, intervals, best, last, value,
				       best_time, import->err);

	if (rc < 0 || !trial->has_value)
		return rc;
	if (import->has_best && !hd_goal_better(import->found->goal, value, import->best))
		return 0;
	import->has_best = true;
	import->best = value;
	import->best_number = number;
	return hd_store_best_insert(import->store, import->imported->sweep, number, value, false,
				    best_time, import->err);
}

static int put_metrics(struct import *import, const struct hd_found_trial *trial,
		       int64_t key)
{
	struct hd_found *found = import->found;
	size_t primary = hd_names_find(&found->metrics, found->metric), intervals = 0;
	double best = NAN, last = NAN;
	int64_t time = time_of(import, trial), best_time = time;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < trial->logged_count; i++) {
		const struct hd_found_metric *logged = &trial->logged[i];
		const char *name = found->metrics.items[logged->name];
		bool is_primary = logged->name == primary && !logged->text;
		int64_t at = logged->time ? logged->time : time;

		rc = hd_store_metric_insert(import->store, key, i + 1,
					    &(struct hd_metric){
						    .name = name,
						    .name_length = strlen(name),
						    .value = logged->value,
						    .text = logged->text,
						    .text_length = logged->length,
						    .has_step = logged->has_step,
						    .step = logged->step,
					    },
					    is_primary ? ++intervals : 0, HD_TAIL_METRICS, at,
					    import->err);
		if (!is_primary)
			continue;
		last = logged->value;
		if (isnan(best) || hd_goal_better(found->goal, last, best)) {
			best = last;
			best_time = at;
		}
	}
	import->imported->metricless += !trial->has_value;
	return rc < 0 ? rc
		      : put_rank(import, trial, key, intervals, best, last, best_time);
}

static int put_one(struct import *import, const struct hd_found_trial *trial, size_t index)
{
	const struct hd_trial_end_record end = {
		.state = trial->state,
		.end = trial->end,
		.detail = trial->detail,
		.exit_code = -1,
		.cpu_seconds = NAN,
		.started = trial->started,
		.ended = trial->ended,
		.settled = index + 1,
		.closed = import->now,
	};
	int64_t key;
	int rc = put_trial(import, trial, index, &key);

	if (rc == 0)
		rc = put_metrics(import, trial, key);
	return rc < 0 ? rc : hd_store_trial_end(import->store, key, &end, import->err);
}

/* --- the sweep ------------------------------------------------------------ */

static int put_sweep(struct import *import, const char *name)
{
	const char *slash = strrchr(import->found->path, '/');
	char id[HD_SWEEP_ID_SIZE];
	const struct hd_said_row from = {
		.trial = HD_SAID_OF_SWEEP,
		.child = "",
		.kind = HD_SAID_PROPERTY,
		.name = "imported_from",
		.value = slash ? slash + 1 : import->found->path,
		.time = import->now,
	};
	struct hd_sweep_record record = {
		.id = id,
		.name = name,
		.config = import->config,
		.command = "[]",
		.program = "",
		.properties = &from,
		.property_count = hd_buf_is_utf8(from.value, strlen(from.value)),
		.max_concurrent = 1,
		.created = import->now,
	};
	int rc = hd_name_make_id(id, import->err);

	return rc < 0 ? rc
		      : hd_store_sweep_put(import->store, &record, &import->imported->sweep,
					   import->err);
}

static int put_rows(struct import *import, const char *name)
{
	const struct hd_found *found = import->found;
	int64_t sweep;
	int rc = put_sweep(import, name);

	for (size_t i = 0; rc == 0 && i < found->count; i++)
		rc = put_one(import, &found->trials[i], i);
	sweep = import->imported->sweep;
	if (rc == 0 && import->has_best)
		rc = hd_store_best_insert(import->store, sweep, import->best_number, import->best,
					  true, import->now, import->err);
	if (rc == 0)
		rc = hd_store_sweep_limits(import->store, sweep, found->count, 1, INFINITY,
					   import->err);
	if (rc == 0)
		rc = hd_store_sweep_state(import->store, sweep,
					  hd_trial_state_name(HD_TRIAL_COMPLETED), HD_END_EXIT,
					  "imported", import->now, import->err);
	return rc;
}

/* The folder first: that it did not exist makes the name ours. */
static int import_claim(struct import *import, const char *name)
{
	struct hd_buf path = HD_BUF_INIT;

	hd_buf_printf(&path, "%s/%s", hd_store_folder(import->store), name);
	free(import->folder);
	import->folder = hd_buf_take(&path);
	if (!import->folder)
		return hd_error_nomem(import->err);
	if (mkdir(import->folder, 0777) == 0)
		return 0;
	if (errno == EEXIST)
		return hd_error_set(import->err, HD_EEXIST,
				    "the name '%s' is taken: '%s' exists", name, import->folder);
	return hd_error_errno(import->err, errno, "cannot make the folder '%s'",
			      import->folder);
}

static int import_named(struct import *import, const char *name)
{
	int rc = import_claim(import, name);

	if (rc < 0)
		return rc;
	rc = hd_store_begin(import->store, import->err);
	if (rc == 0) {
		rc = put_rows(import, name);
		if (rc == 0)
			rc = hd_store_commit(import->store, true, import->err);
		if (rc < 0)
			hd_store_rollback(import->store);
	}
	if (rc < 0)
		rmdir(import->folder);
	else
		snprintf(import->imported->name, sizeof import->imported->name, "%s", name);
	return rc;
}

static int import_put(struct import *import, const char *name)
{
	char made[HD_SWEEP_NAME_MOST + 1];
	int rc;

	import->now = hd_time_wall();
	import->values = calloc(hd_space_count(import->config->space) + 1,
				sizeof *import->values);
	if (!import->values)
		return hd_error_nomem(import->err);
	if (name) {
		rc = hd_name_check(name, import->err);
		return rc < 0 ? rc : import_named(import, name);
	}
	rc = HD_EEXIST;
	for (int i = 0; rc == HD_EEXIST && i < NAME_TRIES; i++) {
		rc = hd_name_make(made, import->err);
		if (rc == 0)
			rc = import_named(import, made);
	}
	return rc;
}

/* --- the file ------------------------------------------------------------- */

static int format_of(const char *path, enum hd_exchange_format *format,
		     struct hd_error *err)
{
	char head[17] = "";
	FILE *file = fopen(path, "re");
	struct stat info;
	size_t got;

	if (!file)
		return hd_error_errno(err, errno, "cannot open '%s'", path);
	if (fstat(fileno(file), &info) == 0 && S_ISDIR(info.st_mode)) {
		fclose(file);
		return hd_error_set(err, HD_EINVAL, "'%s' is a folder", path);
	}
	got = fread(head, 1, sizeof head - 1, file);
	fclose(file);
	if (*format != HD_EXCHANGE_AUTO)
		return 0;
	*format = HD_EXCHANGE_CSV;
	if (got == sizeof head - 1 && !memcmp(head, "SQLite format 3", got))
		*format = HD_EXCHANGE_OPTUNA;
	else if (got && head[strspn(head, " \t\r\n")] == '{')
		*format = HD_EXCHANGE_JSONL;
	return 0;
}

static int found_read(struct hd_found *found, enum hd_exchange_format format,
		      struct hd_error *err)
{
	int rc = HD_EINVAL;

	switch (format) {
	case HD_EXCHANGE_AUTO:
	case HD_EXCHANGE_CSV:
		rc = hd_found_csv(found, err);
		break;
	case HD_EXCHANGE_JSONL:
		rc = hd_found_jsonl(found, err);
		break;
	case HD_EXCHANGE_OPTUNA:
		rc = hd_found_optuna(found, err);
		break;
	}
	return rc < 0 ? rc : hd_found_settle(found, err);
}

int hd_import_file(struct hd_store *store, const char *path,
		   const struct hd_import *import, struct hd_imported *imported,
		   struct hd_error *err)
{
	enum hd_exchange_format format = import->format;
	struct hd_found found = { .path = path };
	struct import work = {
		.store = store,
		.found = &found,
		.config = import->config,
		.imported = imported,
		.json = HD_BUF_INIT,
		.err = err,
	};
	int rc = format_of(path, &format, err);

	*imported = (struct hd_imported){ .sweep = 0 };
	if (rc == 0)
		rc = hd_found_init(&found, path, import, err);
	if (rc == 0)
		rc = found_read(&found, format, err);
	if (rc == 0 && !import->config)
		rc = import_derive(&work);
	if (rc == 0)
		rc = import_put(&work, import->name);
	imported->trials = found.count;
	imported->unfinished = found.unfinished;
	hd_config_free(work.derived);
	free(work.values);
	free(work.folder);
	hd_buf_release(&work.json);
	hd_found_release(&found);
	return rc;
}
