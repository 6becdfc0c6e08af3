/* Trials as rows, and one trial. */
#include "api/private.h"

#include "report/rows.h"
#include "store/look.h"

#include <hdrive/report.h>

#include <inttypes.h>
#include <string.h>

#define TRIALS_MOST 1000 /* on a page */

struct trials_walk {
	struct hd_pen pen;
	size_t skip;  /* rows that are on pages before */
	size_t limit; /* on this one */
	size_t count;
	size_t last; /* number of the last that is shown */
	bool more;
};

/* One more than is shown is asked for, to know whether there is a next page. */
static int trials_row(void *user, const struct hd_trial_row *row)
{
	struct trials_walk *walk = user;

	if (walk->skip > 0) {
		walk->skip--;
		return 0;
	}
	if (walk->count == walk->limit) {
		walk->more = true;
		return 0;
	}
	hd_pen_puts(&walk->pen, walk->count++ ? ",{" : "{");
	hd_rows_trial_json(&walk->pen, row);
	hd_pen_puts(&walk->pen, "}");
	walk->last = row->number;
	return walk->pen.rc;
}

/* *BEST: whether the order is of the best first. */
static int trials_order(struct call *call, bool *best)
{
	const char *order = hd_call_text(call, "order");

	*best = order && !strcmp(order, "best");
	if (!order || *best || !strcmp(order, "number"))
		return 0;
	return hd_error_set(call->err, HD_EINVAL, "'order' must be number or best, got '%.40s'",
			    order);
}

static int trials_best(struct call *call, struct trials_walk *walk)
{
	const struct hd_trial_query query = { .order = HD_ORDER_BEST,
					      .limit = walk->skip + walk->limit + 1 };

	return hd_store_trials(call->store, call->sweep, &query, trials_row, walk, call->err);
}

int hd_api_trials(struct call *call)
{
	const struct hd_out out = hd_api_out(call->out);
	struct trials_walk walk = { .count = 0 };
	int64_t limit, after;
	size_t next;
	bool best;
	int written, rc = trials_order(call, &best);

	if (rc == 0)
		rc = hd_call_integer(call, "limit", 100, 1, TRIALS_MOST, &limit);
	/* A count's sum with the limit must be one. */
	if (rc == 0)
		rc = hd_call_integer(call, "after", best ? 0 : -1, best ? 0 : -1,
				     best ? INT32_MAX : INT64_MAX, &after);
	if (rc < 0)
		return rc;
	walk.limit = (size_t)limit;
	walk.skip = best ? (size_t)after : 0;
	hd_pen_init(&walk.pen, &out);
	hd_pen_puts(&walk.pen, "{\"trials\":[");
	rc = best ? trials_best(call, &walk)
		  : hd_store_trials_after(call->store, call->sweep, after, walk.limit + 1,
					  trials_row, &walk, call->err);
	next = best ? (size_t)after + walk.count : walk.last;
	if (walk.more)
		hd_pen_printf(&walk.pen, "],\"next\":%zu}", next);
	else
		hd_pen_puts(&walk.pen, "],\"next\":null}");
	written = hd_pen_end(&walk.pen, rc < 0 ? NULL : call->err);
	return rc < 0 ? rc : written;
}

int hd_api_trial(struct call *call)
{
	const struct hd_out out = hd_api_out(call->out);
	int rc = hd_rows_trial_report(call->store, call->sweep, call->trial, &out, call->err);

	hd_api_trim(call->out);
	return rc;
}

int hd_api_why(struct call *call)
{
	const struct hd_out out = hd_api_out(call->out);
	int rc = hd_report_why(call->store, call->sweep, call->trial, HD_FORMAT_JSON, &out,
			       call->err);

	hd_api_trim(call->out);
	return rc;
}
