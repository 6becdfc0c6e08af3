/*
 * What the observer hears, and when: events wait for the commit of the turn
 * that made them, so that nobody is told what the store does not hold.
 */
#include "sweep/core_private.h"

#include <stdlib.h>
#include <string.h>

static void pending_release(struct pending_event *pending)
{
	free(pending->text);
	free(pending->folder);
	free(pending->tail);
}

void hd_core_queue(struct hd_core *core, const struct hd_event *event)
{
	struct pending_event pending = { .event = *event };

	if (!core->setup.event)
		return;
	if (core->event_count == core->event_size) {
		size_t size = core->event_size ? core->event_size * 2 : 32;
		struct pending_event *events =
			realloc(core->events, size * sizeof *events);

		if (!events)
			return;
		core->events = events;
		core->event_size = size;
	}
	pending.text = strdup(event->text ? event->text : "");
	pending.folder = event->folder ? strdup(event->folder) : NULL;
	pending.tail = event->tail ? strdup(event->tail) : NULL;
	if (!pending.text || (event->folder && !pending.folder) ||
	    (event->tail && !pending.tail)) {
		pending_release(&pending);
		return;
	}
	pending.event.time = core->wall;
	pending.event.text = pending.text;
	pending.event.folder = pending.folder;
	pending.event.tail = pending.tail;
	core->events[core->event_count++] = pending;
}

void hd_core_tell_queued(struct hd_core *core)
{
	for (size_t i = 0; i < core->event_count; i++) {
		core->setup.event(core->setup.user, &core->events[i].event);
		pending_release(&core->events[i]);
	}
	core->event_count = 0;
}

void hd_core_tell(struct hd_core *core, enum hd_event_kind kind, int64_t wall,
		  const char *text)
{
	struct hd_event event = { .kind = kind,
				  .time = wall,
				  .text = text,
				  .end = hd_core_end(core) };

	if (core->setup.event)
		core->setup.event(core->setup.user, &event);
}

void hd_core_drop_queued(struct hd_core *core)
{
	for (size_t i = 0; i < core->event_count; i++)
		pending_release(&core->events[i]);
	free(core->events);
	core->events = NULL;
	core->event_count = 0;
	core->event_size = 0;
}
