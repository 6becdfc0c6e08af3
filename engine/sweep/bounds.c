/*
 * What a sweep bears: how long a trial may run and be silent, how many may
 * fail, and how the first ones go.
 *
 * The first trial runs alone until it logs the primary metric, completes, or
 * has lived for SMOKE_SECONDS: a program with a fault at its start then fails
 * once and not in every slot. Three first trials that fail in the same way,
 * without the primary metric, end the sweep.
 */
#include "sweep/core_private.h"

#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MICRO 1e6
/* Who lives so long has found its files and read its arguments. */
#define SMOKE_SECONDS 10
#define FAILURES_ALIKE 3

/* --- time ----------------------------------------------------------------- */

static void bound_text(struct run *run, const char *what, double seconds)
{
	char number[HD_NUMBER_TEXT];

	hd_number_write(seconds, number);
	snprintf(run->reason.text, sizeof run->reason.text, "%s %s s", what,
		 number);
}

/* Whether it is the run configuration's, not the sweep file's. */
static bool limit_is_own(const struct hd_core *core)
{
	const struct hd_program *program = core->setup.program;

	return program && program->time_limit > 0 &&
	       core->limits.trial_timeout == program->time_limit &&
	       core->setup.config->trial_timeout > program->time_limit;
}

/* RUN has used up what CONFIG gives it; the reason says how. */
static bool run_is_overdue(struct run *run)
{
	const struct hd_core *core = run->core;
	double idle = core->setup.config->idle_timeout;
	int64_t wall = core->wall;

	if (run->started &&
	    (double)(wall - run->started) / MICRO >= core->limits.trial_timeout) {
		bool own = limit_is_own(core);

		run->limit_cancels = own || core->setup.config->timeout_cancels;
		bound_text(run,
			   own
				   ? "ran longer than maxRunDurationSeconds,"
				   : "ran longer than trial_timeout,",
			   core->limits.trial_timeout);
		return true;
	}
	if (run->active &&
	    (double)(wall - run->active) / MICRO >= idle) {
		bound_text(run, "no output for idle_timeout,",
			   idle);
		return true;
	}
	return false;
}

/* Its grace was cut short, and is over. */
static void check_kill(struct run *run)
{
	if (run->kill_at == 0 || run->core->wall < run->kill_at ||
	    hd_trial_state(run->trial) != HD_TRIAL_STOPPING)
		return;
	run->kill_at = 0;
	run->stop_wanted = true;
	run->stop_now = true;
}

static int check_times(struct hd_core *core, struct hd_error *err)
{
	int rc = 0;

	for (size_t i = 0; i < core->live_room && rc == 0; i++) {
		struct run *run = core->live[i];

		if (!run || run->ended)
			continue;
		check_kill(run);
		if (hd_trial_state(run->trial) != HD_TRIAL_RUNNING ||
		    !run_is_overdue(run))
			continue;
		rc = hd_core_stop_run(core, run, HD_END_TIMEOUT, false,
				      run->reason.text, err);
	}
	return rc;
}

/* --- failures ------------------------------------------------------------- */

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t count)
{
	const unsigned char *at = bytes;

	/* FNV-1a: to tell texts apart, no more. */
	for (size_t i = 0; i < count; i++)
		hash = (hash ^ at[i]) * UINT64_C(1099511628211);
	return hash;
}

/* The way of a failure: reason, status, and the last line it wrote. */
static uint64_t failure_way(const struct run *run,
			    const struct verdict *verdict, const char *tail)
{
	const char *line = strrchr(tail, '\n');
	uint64_t hash = UINT64_C(14695981039346656037);

	line = line ? line + 1 : tail;
	hash = hash_bytes(hash, &verdict->end, sizeof verdict->end);
	hash = hash_bytes(hash, &run->exit.code, sizeof run->exit.code);
	hash = hash_bytes(hash, &run->exit.signal, sizeof run->exit.signal);
	return hash_bytes(hash, line, strlen(line));
}

static void stop_for_failures(struct hd_core *core, const char *text)
{
	if (core->stopping)
		return;
	snprintf(core->end_text, sizeof core->end_text, "%s", text);
	hd_core_stop(core, HD_END_FAILURES, false);
}

/* Whether more would come that could fail in the same way. */
static bool has_more(const struct hd_core *core)
{
	return !core->exhausted &&
	       hd_history_count(core->history) < core->limits.max_total;
}

static void count_first(struct hd_core *core, const struct run *run,
			const struct verdict *verdict, const char *tail)
{
	struct smoke *smoke = &core->smoke;
	uint64_t way = failure_way(run, verdict, tail);
	char text[96];

	if (core->results != core->counts[HD_TRIAL_FAILED])
		return; /* one has worked before */
	if (hd_trial_intervals(run->trial) > 0) {
		/* This one did too, as far as finding its way goes. */
		smoke->failed = FAILURES_ALIKE;
		return;
	}
	smoke->same = smoke->failed == 0 || (smoke->same && smoke->way == way);
	smoke->way = way;
	smoke->failed++;
	if (smoke->failed < FAILURES_ALIKE)
		return;
	smoke->open = false;
	if (smoke->failed > FAILURES_ALIKE || !smoke->same || !has_more(core) ||
	    core->setup.config->max_failures != SIZE_MAX)
		return;
	snprintf(text, sizeof text,
		 "the first %d trials failed in the same way",
		 FAILURES_ALIKE);
	stop_for_failures(core, text);
}

void hd_core_count_failure(struct hd_core *core, const struct run *run,
			   const struct verdict *verdict, const char *tail)
{
	size_t most = core->setup.config->max_failures;
	char text[96];

	count_first(core, run, verdict, tail);
	if (core->counts[HD_TRIAL_FAILED] < most || core->stopping)
		return;
	snprintf(text, sizeof text, "%zu trials failed, max_failures is %zu",
		 core->counts[HD_TRIAL_FAILED], most);
	stop_for_failures(core, text);
}

/* --- the first trial ------------------------------------------------------ */

bool hd_core_is_smoking(const struct hd_core *core)
{
	return core->smoke.open && core->live_count > 0;
}

void hd_core_smoke_works(struct hd_core *core, const struct run *run)
{
	double seconds = (double)(core->wall - core->smoke.opened) / MICRO;
	char text[96];

	if (!core->smoke.open)
		return;
	core->smoke.open = false;
	core->wants_turn = true;
	if (seconds < 1 || core->limits.max_concurrent < 2)
		return;
	snprintf(text, sizeof text, "trial %zu works, the others start",
		 run->number);
	hd_core_queue(core, &(struct hd_event){ .kind = HD_EVENT_NOTE,
						.trial = run->number,
						.text = text });
}

int hd_core_check_bounds(struct hd_core *core, struct hd_error *err)
{
	struct smoke *smoke = &core->smoke;

	if (core->live_count > 0 &&
	    (double)(core->wall - smoke->opened) / MICRO >= SMOKE_SECONDS)
		smoke->open = false;
	return check_times(core, err);
}
