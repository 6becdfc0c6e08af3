/* Curves of many trials, and all metrics of one. */
#include "api/private.h"

#include "api/curve.h"
#include "base/number.h"
#include "store/exchange.h"
#include "store/look.h"

#include <stdlib.h>
#include <string.h>

#define POINTS 300 /* of a curve, without an argument */
#define POINTS_MOST 1000
#define CURVES 100 /* without an argument */
#define CURVES_MOST 1000

static int curves_points(const struct call *call, size_t *most)
{
	int64_t points;
	int rc = hd_call_integer(call, "points", POINTS, 2, POINTS_MOST, &points);

	*most = rc < 0 ? 0 : (size_t)points;
	return rc;
}

/* --- which trials --------------------------------------------------------------- */

struct wanted {
	const struct hd_live *live;
	const struct hd_live_trial *trials[CURVES_MOST];
	size_t count;
	struct hd_error *err;
};

static int wanted_add(struct wanted *wanted, const struct hd_live_trial *trial)
{
	if (wanted->count == CURVES_MOST)
		return hd_error_set(wanted->err, HD_ELIMIT,
				    "'trials' are too many, at most %d have their curves shown",
				    CURVES_MOST);
	wanted->trials[wanted->count++] = trial;
	return 0;
}

static int wanted_best_row(void *user, const struct hd_trial_row *row)
{
	struct wanted *wanted = user;
	const struct hd_live_trial *trial = hd_live_find(wanted->live, row->number);

	return trial ? wanted_add(wanted, trial) : 0;
}

static int wanted_best(struct call *call, struct wanted *wanted, size_t count)
{
	const struct hd_trial_query query = { .order = HD_ORDER_BEST,
					      .discard_no_metric = true,
					      .limit = count };

	return hd_store_trials(call->store, call->sweep, &query, wanted_best_row, wanted,
			       call->err);
}

static int wanted_running(struct wanted *wanted)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < hd_live_count(wanted->live); i++) {
		const struct hd_live_trial *trial = hd_live_at(wanted->live, i);

		if (trial->state == HD_TRIAL_RUNNING || trial->state == HD_TRIAL_STOPPING)
			rc = wanted_add(wanted, trial);
	}
	return rc;
}

static int wanted_wrong(const struct wanted *wanted, const char *text)
{
	return hd_error_set(wanted->err, HD_EINVAL,
			    "'trials' must be numbers as in 1,2,3, or best:50 or running, "
			    "got '%.40s'",
			    text);
}

/* Numbers of trials that are not there have no curve. */
static int wanted_list(struct wanted *wanted, const char *text)
{
	const char *at = text;
	int rc = 0;

	for (;;) {
		size_t length = strcspn(at, ",");
		const struct hd_live_trial *trial;
		int64_t number;

		if (!hd_number_read_integer(at, length, &number) || number < 0)
			return wanted_wrong(wanted, text);
		trial = hd_live_find(wanted->live, (size_t)number);
		if (trial)
			rc = wanted_add(wanted, trial);
		if (rc < 0 || !at[length])
			return rc;
		at += length + 1;
	}
}

static int wanted_read(struct call *call, struct wanted *wanted)
{
	static const char best[] = "best:";
	const char *text = hd_call_text(call, "trials");
	int64_t count;

	if (!text)
		return wanted_best(call, wanted, CURVES);
	if (!strcmp(text, "running"))
		return wanted_running(wanted);
	if (strncmp(text, best, sizeof best - 1) != 0)
		return wanted_list(wanted, text);
	text += sizeof best - 1;
	if (!hd_number_read_integer(text, strlen(text), &count) || count < 1 ||
	    count > CURVES_MOST)
		return hd_error_set(call->err, HD_EINVAL,
				    "'best:' must be followed by a whole number from 1 to %d, "
				    "got '%.40s'",
				    CURVES_MOST, text);
	return wanted_best(call, wanted, (size_t)count);
}

/* --- curves --------------------------------------------------------------------- */

static int curve_point(void *user, const struct hd_point_row *row)
{
	struct hd_curve *curve = user;
	double x = row->has_step   ? (double)row->step
		   : row->interval ? (double)row->interval
				   : (double)(curve->count + 1);

	return hd_curve_add(curve, x, row->value);
}

static int curves_put(struct call *call, const struct wanted *wanted, const char *metric,
		      size_t most)
{
	struct hd_curve curve = { NULL, NULL, 0, 0, 0 };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < wanted->count; i++) {
		hd_curve_clear(&curve);
		rc = hd_store_curve(call->store, wanted->trials[i]->key, metric, curve_point,
				    &curve, call->err);
		hd_curve_thin(&curve, most);
		hd_buf_puts(call->out, i ? ",{\"trial\":" : "{\"trial\":");
		hd_api_put_integer(call->out, wanted->trials[i]->number);
		hd_buf_putc(call->out, ',');
		hd_curve_json(&curve, call->out);
		hd_buf_putc(call->out, '}');
	}
	hd_curve_release(&curve);
	return rc == HD_ENOMEM ? hd_error_nomem(call->err) : rc;
}

static int curves_read(struct call *call, size_t most)
{
	struct wanted wanted = { .count = 0, .err = call->err };
	struct hd_api_sweep *watched;
	const char *metric;
	int rc = hd_api_watch(call->api, call->sweep, 0, &watched, call->err);

	if (rc < 0)
		return rc;
	wanted.live = watched->live;
	metric = hd_call_text(call, "metric");
	if (!metric)
		metric = hd_table_metric(watched->table);
	rc = wanted_read(call, &wanted);
	if (rc < 0)
		return rc;
	hd_buf_puts(call->out, "{\"metric\":");
	hd_buf_json(call->out, metric, strlen(metric));
	hd_buf_putc(call->out, ',');
	hd_api_seq_json(call->out, watched->live);
	hd_buf_puts(call->out, ",\"curves\":[");
	rc = curves_put(call, &wanted, metric, most);
	hd_buf_puts(call->out, "]}");
	return rc;
}

int hd_api_curves(struct call *call)
{
	size_t most;
	int rc = curves_points(call, &most);

	if (rc == 0)
		rc = hd_store_reading_begin(call->store, call->err);
	if (rc < 0)
		return rc;
	rc = curves_read(call, most);
	hd_store_reading_end(call->store);
	return rc;
}

/* --- one trial's metrics ----------------------------------------------------------- */

struct metric {
	char *name;
	struct hd_curve curve;
};

struct metrics {
	struct metric *items; /* in the order they first appeared */
	size_t count, room;
	size_t guess; /* the item that most likely comes next */
};

static void metrics_release(struct metrics *metrics)
{
	for (size_t i = 0; i < metrics->count; i++) {
		free(metrics->items[i].name);
		hd_curve_release(&metrics->items[i].curve);
	}
	free(metrics->items);
}

static struct metric *metrics_add(struct metrics *metrics, const char *name)
{
	struct metric *items = metrics->items;
	char *copy;

	if (metrics->count == metrics->room) {
		size_t room = metrics->room ? 2 * metrics->room : 8;

		items = realloc(items, room * sizeof *items);
		if (!items)
			return NULL;
		metrics->items = items;
		metrics->room = room;
	}
	copy = strdup(name);
	if (!copy)
		return NULL;
	items[metrics->count] = (struct metric){ .name = copy };
	return &items[metrics->count++];
}

/* Scripts log the same names in the same order. */
static struct metric *metrics_find(struct metrics *metrics, const char *name)
{
	for (size_t i = 0; i < metrics->count; i++) {
		size_t at = (metrics->guess + i) % metrics->count;

		if (!strcmp(metrics->items[at].name, name)) {
			metrics->guess = at + 1;
			return &metrics->items[at];
		}
	}
	return metrics_add(metrics, name);
}

static int metrics_row(void *user, const struct hd_metric_row *row)
{
	const struct hd_point_row point = { .interval = row->interval,
					    .has_step = row->has_step,
					    .step = row->step,
					    .value = row->value };
	struct metric *metric;

	if (row->text)
		return 0;
	metric = metrics_find(user, row->name);
	return metric ? curve_point(&metric->curve, &point) : HD_ENOMEM;
}

static int metrics_trial(void *user, const struct hd_trial_row *row)
{
	(void)user;
	(void)row;
	return 0;
}

int hd_api_metrics(struct call *call)
{
	struct metrics metrics = { .count = 0 };
	size_t most;
	int rc = curves_points(call, &most);

	/* One that is not there is no trial without metrics. */
	if (rc == 0)
		rc = hd_store_trial(call->store, call->sweep, call->trial, metrics_trial, NULL,
				    call->err);
	if (rc == 0)
		rc = hd_store_metrics(call->store, call->sweep, (int64_t)call->trial, NULL,
				      metrics_row, &metrics, call->err);
	hd_buf_puts(call->out, "{\"metrics\":[");
	for (size_t i = 0; rc == 0 && i < metrics.count; i++) {
		struct metric *metric = &metrics.items[i];

		hd_curve_thin(&metric->curve, most);
		hd_buf_puts(call->out, i ? ",{\"name\":" : "{\"name\":");
		hd_buf_json(call->out, metric->name, strlen(metric->name));
		hd_buf_putc(call->out, ',');
		hd_curve_json(&metric->curve, call->out);
		hd_buf_putc(call->out, '}');
	}
	hd_buf_puts(call->out, "]}");
	metrics_release(&metrics);
	return rc == HD_ENOMEM ? hd_error_nomem(call->err) : rc;
}
