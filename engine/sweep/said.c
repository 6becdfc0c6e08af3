/*
 * What a script says besides metrics, made real: its end, tags, properties and
 * files, of its trial, of the sweep (run.parent) or of a run below the trial
 * (child_run); and what it logs to those two.
 *
 * Invariant: what is logged to another run than the trial never reaches a
 * curve. It is stored in the transaction of the offsets behind it, so that a
 * crash neither loses nor repeats it.
 */
#include "sweep/core_private.h"

#include "metrics/object.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A script in a loop must not fill the screen. */
#define SAID_NOTES_MOST 8

/* The run that is spoken of. */
struct said {
	struct run *run;
	int64_t trial;    /* number, or HD_SAID_OF_SWEEP */
	bool below;       /* a run below the trial, */
	struct hd_buf id; /* ... which this names */
	enum hd_said_kind kind;
	struct hd_error *err;
};

static const struct {
	const char *kind;
	enum run_mark mark;
	const char *state;
} said_ends[] = {
	{ "complete", RUN_MARK_COMPLETE, "Completed" },
	{ "fail", RUN_MARK_FAIL, "Failed" },
	{ "cancel", RUN_MARK_CANCEL, "Canceled" },
};

static const char *said_child(const struct said *said)
{
	return said->below ? hd_buf_text(&said->id) : "";
}

static void HD_PRINTF(2, 3)
	said_note(const struct said *said, const char *fmt, ...)
{
	char text[256];
	va_list args;

	if (said->run->notes++ >= SAID_NOTES_MOST)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	hd_run_note(said->run, text);
}

static int said_store(const struct said *said, enum hd_said_kind kind,
		      const char *name, const char *value)
{
	struct hd_core *core = said->run->core;
	struct hd_said_row row = {
		.trial = said->trial,
		.child = said_child(said),
		.kind = kind,
		.name = name,
		.value = value,
		.time = core->wall,
	};
	int rc = hd_core_begin(core, said->err);

	said->run->changed = true;
	if (rc == 0)
		rc = hd_store_say(core->setup.store, core->setup.sweep, &row,
				  said->err);
	if (rc != HD_SAID_KEPT)
		return rc;
	said_note(said,
		  "property '%.80s' has a value already, which stays: "
		  "properties are written once",
		  name);
	return 0;
}

static int said_take_back(const struct said *said, const char *name)
{
	struct hd_core *core = said->run->core;
	struct hd_said_row row = {
		.trial = said->trial,
		.child = said_child(said),
		.kind = HD_SAID_TAG,
		.name = name,
	};
	int rc = hd_core_begin(core, said->err);

	said->run->changed = true;
	return rc < 0 ? rc
		      : hd_store_unsay(core->setup.store, core->setup.sweep, &row,
				       said->err);
}

/* A value as text: a string's own, True and False as Python has them. */
static void said_text(struct hd_buf *buf, const struct hd_object_value *value)
{
	if (value->kind == HD_OBJECT_STRING)
		hd_object_unescape(buf, value->text, value->length);
	else if (value->kind == HD_OBJECT_BOOL)
		hd_buf_puts(buf, value->is_true ? "True" : "False");
	else
		hd_buf_add(buf, value->text, value->length);
}

/* One tag or property. */
static int said_member(void *user, const struct hd_object_member *member)
{
	const struct said *said = user;
	struct hd_buf name = HD_BUF_INIT, value = HD_BUF_INIT;
	bool null = member->value.kind == HD_OBJECT_NULL;
	int rc;

	hd_object_unescape(&name, member->name, member->name_length);
	if (!null)
		said_text(&value, &member->value);
	rc = hd_buf_failed(&name) || hd_buf_failed(&value)
		     ? hd_error_nomem(said->err)
		     : said_store(said, said->kind, hd_buf_text(&name),
				  null ? NULL : hd_buf_text(&value));
	hd_buf_release(&name);
	hd_buf_release(&value);
	return rc;
}

static int said_members(struct said *said, enum hd_said_kind kind,
			const char *detail)
{
	if (!detail || !hd_object_valid(detail, strlen(detail))) {
		said_note(said, "a %s is left out, expected an object: "
				"{\"mark\": \"tag\", \"detail\": {\"a\": \"b\"}}",
			  kind == HD_SAID_TAG     ? "tag"
			  : kind == HD_SAID_PARAM ? "param"
						  : "property");
		return 0;
	}
	said->kind = kind;
	return hd_object_each(detail, strlen(detail), said_member, said);
}

/* Files lie with the trial, whichever run they are recorded for. */
static int said_file(const struct said *said, const char *path)
{
	struct hd_buf place = HD_BUF_INIT;
	int rc;

	if (!path || !*path)
		return 0;
	if (said->trial == HD_SAID_OF_SWEEP)
		hd_buf_printf(&place, "%06zu/", said->run->number);
	hd_buf_puts(&place, path);
	rc = hd_buf_failed(&place)
		     ? hd_error_nomem(said->err)
		     : said_store(said, HD_SAID_FILE, hd_buf_text(&place), NULL);
	hd_buf_release(&place);
	return rc;
}

int hd_run_take_mark(struct run *run, const char *kind, const char *detail)
{
	for (size_t i = 0; i < sizeof said_ends / sizeof said_ends[0]; i++)
		if (!strcmp(kind, said_ends[i].kind))
			run->mark = said_ends[i].mark;
	free(run->mark_detail);
	run->mark_detail = detail ? strdup(detail) : NULL;
	return detail && !run->mark_detail ? HD_ENOMEM : 0;
}

/* An engine that goes on has read past it. */
static int said_store_mark(const struct said *said, const char *kind,
			   const char *detail)
{
	struct run *run = said->run;
	int rc = hd_core_begin(run->core, said->err);

	run->changed = true;
	return rc < 0 ? rc
		      : hd_store_trial_mark(run->core->setup.store, run->key, kind, detail,
					    said->err);
}

/* complete(), fail() and cancel(): judge.c asks the trial's at its end. */
static int said_end(const struct said *said, size_t index, const char *detail)
{
	struct run *run = said->run;
	int rc;

	if (said->trial == HD_SAID_OF_SWEEP) {
		said_note(said, "'%s' for the sweep is left out: no trial may end it",
			  said_ends[index].kind);
		return 0;
	}
	if (said->below) {
		rc = said_store(said, HD_SAID_STATUS, "status",
				said_ends[index].state);
		return rc == 0 && detail
			       ? said_store(said, HD_SAID_STATUS, "error", detail)
			       : rc;
	}
	if (hd_run_take_mark(run, said_ends[index].kind, detail) < 0)
		return hd_error_nomem(said->err);
	return said_store_mark(said, said_ends[index].kind, detail);
}

static int said_mark(void *user, const char *kind, const char *detail)
{
	struct said *said = user;

	if (said->below && said->id.length == 0)
		return 0; /* of a run without a name */
	if (!strcmp(kind, "tag"))
		return said_members(said, HD_SAID_TAG, detail);
	if (!strcmp(kind, "property"))
		return said_members(said, HD_SAID_PROPERTY, detail);
	if (!strcmp(kind, "param"))
		return said_members(said, HD_SAID_PARAM, detail);
	if (!strcmp(kind, "untag"))
		return detail ? said_take_back(said, detail) : 0;
	if (!strcmp(kind, "file"))
		return said_file(said, detail);
	for (size_t i = 0; i < sizeof said_ends / sizeof said_ends[0]; i++)
		if (!strcmp(kind, said_ends[i].kind))
			return said_end(said, i, detail);
	return 0;
}

/* Scripts for other trackers do it, and then wonder where their metric is. */
static void said_primary(const struct said *said)
{
	struct hd_core *core = said->run->core;

	if (core->parent_noted)
		return;
	core->parent_noted = true;
	said_note(said,
		  "'%.80s' was logged to the parent run, where it counts for "
		  "no trial: log it to the run itself",
		  core->setup.config->metric);
}

/* A value for another run than the trial. */
static int said_metric(void *user, const struct hd_metric *metric)
{
	const struct said *said = user;
	struct run *run = said->run;
	struct hd_core *core = run->core;
	int rc;

	if (said->below && said->id.length == 0)
		return 0;
	rc = hd_core_begin(core, said->err);
	run->changed = true;
	if (rc < 0)
		return rc;
	if (said->trial == HD_SAID_OF_SWEEP && hd_core_is_primary(core, metric))
		said_primary(said);
	return hd_store_run_metric_insert(
		core->setup.store, core->setup.sweep, run->number,
		said->trial == HD_SAID_OF_SWEEP ? NULL : said_child(said), metric,
		core->wall, said->err);
}

int hd_run_said(struct run *run, const char *kind, const char *detail,
		struct hd_error *err)
{
	bool parent = !strcmp(kind, "parent");
	struct said said = {
		.run = run,
		.trial = parent ? HD_SAID_OF_SWEEP : (int64_t)run->number,
		.below = !strcmp(kind, "child"),
		.id = HD_BUF_INIT,
		.err = err,
	};
	int rc;

	if (!parent && !said.below)
		return said_mark(&said, kind, detail);
	rc = hd_tail_other(detail, &said.id, said_metric, said_mark, &said, err);
	hd_buf_release(&said.id);
	return rc;
}
