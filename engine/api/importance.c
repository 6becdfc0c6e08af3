/* Which parameters matter. */
#include "api/private.h"

#include <hdrive/importance.h>

#include <inttypes.h>
#include <string.h>

static void importance_put(struct hd_buf *out, const struct hd_importance *importance)
{
	const char *note = hd_importance_note(importance);

	hd_buf_puts(out, "{\"method\":\"PED-ANOVA\",\"quantile\":");
	hd_api_put_number(out, hd_importance_quantile(importance));
	hd_buf_printf(out, ",\"trials\":%zu,\"best\":%zu,\"parameters\":[",
		      hd_importance_trials(importance), hd_importance_best(importance));
	for (size_t i = 0; i < hd_importance_count(importance); i++) {
		const struct hd_importance_row *row = hd_importance_at(importance, i);

		hd_buf_puts(out, i ? ",{\"name\":" : "{\"name\":");
		hd_buf_json(out, row->name, strlen(row->name));
		if (*row->within) {
			hd_buf_puts(out, ",\"within\":");
			hd_buf_json(out, row->within, strlen(row->within));
		}
		hd_buf_puts(out, ",\"importance\":");
		hd_api_put_number(out, row->importance);
		hd_buf_printf(out, ",\"trials\":%zu}", row->trials);
	}
	hd_buf_puts(out, "],\"note\":");
	hd_buf_json(out, note, strlen(note));
	hd_buf_putc(out, '}');
}

/*
 * What an importance is made of: the results of the trials that have ended. A
 * sweep whose file is another one has another epoch.
 */
static uint64_t importance_mark(const struct hd_live *live)
{
	uint64_t epoch = hd_live_epoch(live);
	uint64_t mark = hd_api_mark(HD_API_MARK, &epoch, sizeof epoch);

	for (size_t i = 0; i < hd_live_count(live); i++) {
		const struct hd_live_trial *trial = hd_live_at(live, i);

		if (trial->state != HD_TRIAL_COMPLETED && trial->state != HD_TRIAL_CANCELED)
			continue;
		mark = hd_api_mark(mark, &trial->number, sizeof trial->number);
		mark = hd_api_mark(mark, &trial->value, sizeof trial->value);
	}
	return mark;
}

/* Every trial's parameters are read for it: of the same results it is the same. */
int hd_api_importance(struct call *call)
{
	struct hd_importance *importance;
	struct hd_api_sweep *watched;
	size_t from = call->out->length;
	uint64_t mark;
	int rc = hd_api_watch(call->api, call->sweep, 0, &watched, call->err);

	if (rc < 0)
		return rc;
	mark = importance_mark(watched->live);
	if (hd_api_kept_write(&watched->importance, mark, call->out))
		return 0;
	rc = hd_importance_open(&importance, call->store, call->sweep, NULL, call->err);
	if (rc < 0)
		return rc;
	importance_put(call->out, importance);
	hd_importance_close(importance);
	hd_api_keep(&watched->importance, mark, call->out, from);
	return 0;
}
