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

int hd_api_importance(struct call *call)
{
	struct hd_importance *importance;
	int rc = hd_importance_open(&importance, call->store, call->sweep, NULL, call->err);

	if (rc < 0)
		return rc;
	importance_put(call->out, importance);
	hd_importance_close(importance);
	return 0;
}
