#include "screen/trial.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/time.h"
#include "screen/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LOG_BYTES 65536
/* What takes long to read is read the more seldom: a share of the time. */
#define REST 20

struct reading {
	struct trial *trial;
	bool best; /* it is the best one's parameters that are read */
};

static void parameters_release(struct trial *trial)
{
	for (size_t i = 0; i < trial->parameter_count; i++) {
		free(trial->parameters[i].name);
		free(trial->parameters[i].value);
		free(trial->parameters[i].best);
	}
	free(trial->parameters);
	trial->parameters = NULL;
	trial->parameter_count = 0;
}

static void metrics_release(struct trial *trial)
{
	for (size_t i = 0; i < trial->metric_count; i++) {
		free(trial->metrics[i].name);
		free(trial->metrics[i].values);
	}
	free(trial->metrics);
	trial->metrics = NULL;
	trial->metric_count = 0;
}

static void attempts_release(struct trial *trial)
{
	for (size_t i = 0; i < trial->attempt_count; i++)
		free(trial->attempts[i].end);
	free(trial->attempts);
	trial->attempts = NULL;
	trial->attempt_count = 0;
}

static void facts_release(struct trial *trial)
{
	parameters_release(trial);
	metrics_release(trial);
	attempts_release(trial);
	free(trial->end);
	free(trial->decision);
	free(trial->devices);
	free(trial->folder);
	trial->end = trial->decision = trial->devices = trial->folder = NULL;
}

void trial_release(struct trial *trial)
{
	facts_release(trial);
	tail_release(&trial->out);
	tail_release(&trial->err);
	*trial = (struct trial){ 0 };
}

/* --- parameters ----------------------------------------------------------- */

char *screen_parameter(const struct hd_json *value, bool brief)
{
	struct hd_buf buf = HD_BUF_INIT;
	char number[32], *dump;

	switch (hd_json_kind(value)) {
	case HD_JSON_NULL:
		return strdup("None");
	case HD_JSON_TRUE:
		return strdup("True");
	case HD_JSON_FALSE:
		return strdup("False");
	case HD_JSON_STRING:
		return strdup(hd_json_string(value, NULL));
	case HD_JSON_INTEGER:
		hd_buf_printf(&buf, "%" PRId64, hd_json_integer(value));
		break;
	case HD_JSON_REAL:
		if (brief)
			hd_buf_puts(&buf, screen_value(hd_json_number(value), number,
						       sizeof number));
		else
			hd_buf_number(&buf, hd_json_number(value));
		break;
	case HD_JSON_ARRAY:
	case HD_JSON_OBJECT:
		dump = hd_json_dump(value);
		hd_buf_puts(&buf, dump ? dump : "");
		free(dump);
		break;
	}
	return hd_buf_take(&buf);
}

static struct trial_parameter *parameter_find(struct trial *trial, const char *name)
{
	for (size_t i = 0; i < trial->parameter_count; i++)
		if (!strcmp(trial->parameters[i].name, name))
			return &trial->parameters[i];
	return NULL;
}

static int take_parameter(void *user, const char *name, size_t length,
			  const struct hd_json *value)
{
	struct reading *reading = user;
	struct trial *trial = reading->trial;
	struct trial_parameter *parameter;

	(void)length;
	if (reading->best) {
		parameter = parameter_find(trial, name);
		if (parameter && !parameter->best)
			parameter->best = screen_parameter(value, false);
		return 0;
	}
	parameter = realloc(trial->parameters,
			    (trial->parameter_count + 1) * sizeof *parameter);
	if (!parameter)
		return HD_ENOMEM;
	trial->parameters = parameter;
	parameter += trial->parameter_count;
	*parameter = (struct trial_parameter){ strdup(name), screen_parameter(value, false), NULL };
	trial->parameter_count++;
	return parameter->name && parameter->value ? 0 : HD_ENOMEM;
}

static int take_parameters(struct reading *reading, const char *text)
{
	struct hd_json *json = NULL;
	int rc = hd_json_parse(&json, text, strlen(text), NULL);

	if (rc == 0)
		rc = hd_json_each(json, take_parameter, reading);
	hd_json_free(json);
	return rc;
}

/* --- rows ----------------------------------------------------------------- */

static int take_trial(void *user, const struct hd_trial_row *row)
{
	struct reading *reading = user;
	struct trial *trial = reading->trial;

	if (reading->best)
		return take_parameters(reading, row->parameters);
	trial->end = strdup(*row->end_detail ? row->end_detail : hd_end_name(row->end));
	trial->folder = strdup(row->folder);
	trial->cpu_seconds = row->cpu_seconds;
	trial->max_rss = row->max_rss;
	if (!trial->end || !trial->folder)
		return HD_ENOMEM;
	return take_parameters(reading, row->parameters);
}

static struct trial_metric *metric_find(struct trial *trial, const char *name)
{
	struct trial_metric *metrics;

	for (size_t i = 0; i < trial->metric_count; i++)
		if (!strcmp(trial->metrics[i].name, name))
			return &trial->metrics[i];
	metrics = realloc(trial->metrics, (trial->metric_count + 1) * sizeof *metrics);
	if (!metrics)
		return NULL;
	trial->metrics = metrics;
	metrics += trial->metric_count;
	*metrics = (struct trial_metric){ .name = strdup(name) };
	if (!metrics->name)
		return NULL;
	trial->metric_count++;
	return metrics;
}

static int take_metric(void *user, const struct hd_metric_row *row)
{
	struct trial_metric *metric = metric_find(user, row->name);

	if (metric && metric->count == metric->room) {
		size_t room = metric->room ? 2 * metric->room : 64;
		double *values = realloc(metric->values, room * sizeof *values);

		if (!values)
			return HD_ENOMEM;
		metric->values = values;
		metric->room = room;
	}
	if (!metric)
		return HD_ENOMEM;
	metric->values[metric->count++] = row->text ? NAN : row->value;
	return 0;
}

static int take_attempt(void *user, const struct hd_attempt_row *row)
{
	struct trial *trial = user;
	struct trial_attempt *attempts =
		realloc(trial->attempts, (trial->attempt_count + 1) * sizeof *attempts);

	if (!attempts)
		return HD_ENOMEM;
	trial->attempts = attempts;
	attempts += trial->attempt_count++;
	*attempts = (struct trial_attempt){
		.number = row->number,
		.end = strdup(*row->end_detail ? row->end_detail : hd_end_name(row->end)),
		.started = row->started,
		.ended = row->ended,
		.intervals = row->intervals,
	};
	return attempts->end ? 0 : HD_ENOMEM;
}

static int take_decision(void *user, const struct hd_decision_row *row)
{
	struct trial *trial = user;
	struct hd_buf buf = HD_BUF_INIT;

	hd_buf_printf(&buf, "%s by %s at interval %zu: %s", hd_decision_name(row->kind),
		      row->policy, row->interval, row->reason);
	free(trial->decision);
	trial->decision = hd_buf_take(&buf);
	return trial->decision ? 0 : HD_ENOMEM;
}

static int trial_read(struct trial *trial, struct model *model)
{
	struct reading reading = { trial, false };
	struct hd_store *store = model->store;
	int64_t sweep = model->sweep.key;
	int rc = hd_store_trial(store, sweep, trial->number, take_trial, &reading, NULL);

	reading.best = true;
	if (rc == 0 && model->sweep.best_trial >= 0)
		rc = hd_store_trial(store, sweep, (size_t)model->sweep.best_trial, take_trial,
				    &reading, NULL);
	if (rc == 0)
		rc = hd_store_metrics(store, sweep, (int64_t)trial->number, NULL, take_metric,
				      trial, NULL);
	if (rc == 0)
		rc = hd_store_attempts(store, sweep, trial->number, take_attempt, trial, NULL);
	if (rc == 0)
		rc = hd_store_decisions(store, sweep, (int64_t)trial->number, take_decision,
					trial, NULL);
	if (rc == 0)
		rc = hd_store_devices(store, sweep, trial->number, &trial->devices, NULL);
	return rc;
}

static bool logs_look(struct trial *trial)
{
	struct tail was_out = trial->out, was_err = trial->err;

	if (!trial->folder)
		return false;
	tail_read(&trial->out, trial->folder, "stdout", LOG_BYTES);
	tail_read(&trial->err, trial->folder, "stderr", LOG_BYTES);
	return was_out.size != trial->out.size || was_out.mtime != trial->out.mtime ||
	       was_err.size != trial->err.size || was_err.mtime != trial->err.mtime;
}

bool trial_look(struct trial *trial, struct model *model, size_t number)
{
	const struct hd_live_trial *live = model_find(model, number);
	int64_t now = hd_time_steady();
	bool news;

	if (!live)
		return false;
	if (trial->seq && trial->number != number)
		trial_release(trial);
	trial->number = number;
	news = logs_look(trial);
	if (model->trouble == MODEL_STORE_GONE || trial->seq == live->seq || now < trial->due)
		return news;
	facts_release(trial);
	/* What could not be read is empty, and read again at the next look. */
	trial->seq = trial_read(trial, model) < 0 ? 0 : live->seq;
	trial->due = hd_time_steady() + REST * (hd_time_steady() - now);
	logs_look(trial);
	return true;
}
