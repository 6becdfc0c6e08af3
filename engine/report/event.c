/* A running sweep's events as lines of JSON: "hdrive submit --json". */
#include "report/out.h"

#include <math.h>

static const char *event_name(enum hd_event_kind kind)
{
	switch (kind) {
	case HD_EVENT_SWEEP_STARTED:
		return "sweep_started";
	case HD_EVENT_TRIAL_STARTED:
		return "trial_started";
	case HD_EVENT_TRIAL_METRIC:
		return "metric";
	case HD_EVENT_TRIAL_STOPPING:
		return "trial_stopping";
	case HD_EVENT_TRIAL_AGAIN:
		return "trial_again";
	case HD_EVENT_TRIAL_ENDED:
		return "trial_ended";
	case HD_EVENT_BEST:
		return "best";
	case HD_EVENT_NOTE:
		return "note";
	case HD_EVENT_TICK:
		return "tick";
	case HD_EVENT_SWEEP_STOPPING:
		return "sweep_stopping";
	case HD_EVENT_SWEEP_ENDED:
		return "sweep_ended";
	case HD_EVENT_TRIAL_PROMOTED:
		return "trial_promoted";
	}
	return "?";
}

static void event_why(struct hd_pen *pen, const struct hd_event *event)
{
	if (event->end != HD_END_NONE) {
		hd_pen_key(pen, "end_reason", false);
		hd_pen_json(pen, hd_end_name(event->end));
	}
	if (event->text && *event->text) {
		hd_pen_key(pen, "text", false);
		hd_pen_json(pen, event->text);
	}
}

static void event_trial(struct hd_pen *pen, const struct hd_event *event)
{
	hd_pen_printf(pen, ",\"trial\":%zu", event->trial);
	if (event->kind == HD_EVENT_TRIAL_METRIC || event->kind == HD_EVENT_BEST) {
		hd_pen_key(pen, "value", false);
		hd_pen_json_number(pen, event->value);
		hd_pen_printf(pen, ",\"interval\":%zu", event->interval);
		return;
	}
	hd_pen_key(pen, "state", false);
	hd_pen_json(pen, hd_trial_state_name(event->state));
	if (event->folder) {
		hd_pen_key(pen, "folder", false);
		hd_pen_json(pen, event->folder);
	}
	if (event->kind == HD_EVENT_TRIAL_PROMOTED)
		hd_pen_printf(pen, ",\"interval\":%zu", event->interval);
	if (event->kind == HD_EVENT_TRIAL_AGAIN ||
	    event->kind == HD_EVENT_TRIAL_PROMOTED)
		hd_pen_printf(pen, ",\"attempt\":%u", event->attempt);
	if (event->kind != HD_EVENT_TRIAL_ENDED &&
	    event->kind != HD_EVENT_TRIAL_AGAIN)
		return;
	if (event->exit_code >= 0)
		hd_pen_printf(pen, ",\"exit_code\":%d", event->exit_code);
	if (event->exit_signal > 0)
		hd_pen_printf(pen, ",\"exit_signal\":%d", event->exit_signal);
	hd_pen_key(pen, event->kind == HD_EVENT_TRIAL_AGAIN ? "delay" : "seconds",
		   false);
	hd_pen_json_number(pen, event->seconds);
	hd_pen_printf(pen, ",\"has_metric\":%s",
		      event->has_metric ? "true" : "false");
	if (event->tail && *event->tail) {
		hd_pen_key(pen, "stderr_tail", false);
		hd_pen_json(pen, event->tail);
	}
}

int hd_report_event(const struct hd_event *event, const char *name,
		    const struct hd_out *out)
{
	struct hd_pen pen;

	hd_pen_init(&pen, out);
	hd_pen_puts(&pen, "{");
	hd_pen_key(&pen, "event", true);
	hd_pen_json(&pen, event_name(event->kind));
	hd_pen_key(&pen, "time", false);
	hd_pen_json_time(&pen, event->time);
	hd_pen_key(&pen, "sweep", false);
	hd_pen_json(&pen, name);
	switch (event->kind) {
	case HD_EVENT_TRIAL_STARTED:
	case HD_EVENT_TRIAL_METRIC:
	case HD_EVENT_TRIAL_STOPPING:
	case HD_EVENT_TRIAL_AGAIN:
	case HD_EVENT_TRIAL_ENDED:
	case HD_EVENT_TRIAL_PROMOTED:
	case HD_EVENT_BEST:
		event_trial(&pen, event);
		break;
	case HD_EVENT_SWEEP_STARTED:
	case HD_EVENT_NOTE:
	case HD_EVENT_TICK:
	case HD_EVENT_SWEEP_STOPPING:
	case HD_EVENT_SWEEP_ENDED:
		break;
	}
	event_why(&pen, event);
	hd_pen_puts(&pen, "}\n");
	return hd_pen_end(&pen, NULL);
}
