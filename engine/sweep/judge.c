/*
 * How an attempt ended (SPEC 5.2): one place that reads the exit record, what
 * the engine had asked for and what the script said itself.
 */
#include "sweep/core_private.h"

#include "sweep/retry.h"

#include <string.h>

/* A script's word for "not now, but again": sysexits.h's EX_TEMPFAIL. */
#define EXIT_PREEMPTED 75

static const char *signal_word(int number)
{
	const char *text = strsignal(number);

	return text ? text : "unknown";
}

/* What the place tells where it ran; false when that is nothing. */
static bool judge_cause(struct verdict *verdict, const struct run *run)
{
	const struct hd_exit *exit = &run->exit;

	verdict->event = HD_TRIAL_EVENT_FAIL;
	switch (exit->cause) {
	case HD_CAUSE_NONE:
		return false;
	case HD_CAUSE_PREEMPTED:
		verdict->end = HD_END_PREEMPTED;
		break;
	case HD_CAUSE_NODE:
	case HD_CAUSE_START:
		verdict->end = HD_END_LOST;
		break;
	case HD_CAUSE_TIME:
		/* Who can go on from where it was goes on. */
		verdict->end = hd_retry_has_checkpoint(run->folder)
				       ? HD_END_PREEMPTED
				       : HD_END_TIMEOUT;
		break;
	case HD_CAUSE_CANCELED:
		verdict->event = HD_TRIAL_EVENT_CANCEL;
		verdict->end = HD_END_USER;
		break;
	}
	hd_buf_puts(&verdict->detail, exit->error ? exit->error : "");
	return true;
}

/* What the exit record says, when nobody asked for the end. */
static void judge_exit(struct verdict *verdict, const struct run *run)
{
	const struct hd_exit *exit = &run->exit;

	if (judge_cause(verdict, run))
		return;
	if (!exit->known) {
		verdict->end = HD_END_LOST;
		hd_buf_puts(&verdict->detail,
			    exit->error ? exit->error : "gone without an exit record");
	} else if (exit->error) {
		verdict->end = HD_END_LAUNCH;
		hd_buf_puts(&verdict->detail, exit->error);
	} else if (exit->out_of_memory) {
		verdict->end = HD_END_MEMORY;
		hd_buf_puts(&verdict->detail,
			    "killed by the kernel: no memory was left");
	} else if (exit->signal) {
		verdict->end = HD_END_SIGNAL;
		hd_buf_printf(&verdict->detail, "killed by signal %d (%s)",
			      exit->signal, signal_word(exit->signal));
	} else if (exit->code) {
		verdict->end = exit->code == EXIT_PREEMPTED ? HD_END_PREEMPTED
							    : HD_END_EXIT;
		hd_buf_printf(&verdict->detail, "exit %d", exit->code);
	} else {
		verdict->event = HD_TRIAL_EVENT_DONE;
		verdict->end = HD_END_EXIT;
		if (hd_trial_intervals(run->trial) == 0)
			hd_buf_puts(&verdict->detail, "no metric");
	}
	if (exit->known && exit->stragglers)
		hd_buf_printf(&verdict->detail,
			      "%s%zu process%s it left behind ended",
			      verdict->detail.length ? "; " : "",
			      exit->stragglers,
			      exit->stragglers == 1 ? "" : "es");
}

/* complete(), fail() and cancel() of the script win over its exit status. */
static void judge_mark(struct verdict *verdict, const struct run *run)
{
	if (run->mark == RUN_MARK_NONE)
		return;
	verdict->end = HD_END_SCRIPT;
	verdict->event = run->mark == RUN_MARK_COMPLETE ? HD_TRIAL_EVENT_DONE
			 : run->mark == RUN_MARK_FAIL   ? HD_TRIAL_EVENT_FAIL
							: HD_TRIAL_EVENT_CANCEL;
	if (run->mark_detail) {
		hd_buf_clear(&verdict->detail);
		hd_buf_puts(&verdict->detail, run->mark_detail);
	}
}

static const char *stop_sentence(const struct run *run)
{
	switch (hd_trial_end(run->trial)) {
	case HD_END_POLICY:
	case HD_END_PAUSED:
	case HD_END_TIMEOUT:
		return run->reason.text;
	case HD_END_LIMIT:
		return "the sweep's max_duration was reached";
	case HD_END_USER:
	case HD_END_SWEEP:
		return "cancelled by the user";
	case HD_END_FAILURES:
		return "too many trials of the sweep failed";
	case HD_END_TARGET:
		return "the sweep reached its target";
	case HD_END_NONE:
	case HD_END_EXIT:
	case HD_END_SIGNAL:
	case HD_END_LAUNCH:
	case HD_END_LOST:
	case HD_END_SCRIPT:
	case HD_END_PREEMPTED:
	case HD_END_MEMORY:
	case HD_END_PATIENCE:
	case HD_END_CONVERGED:
		break;
	}
	return "";
}

/*
 * An engine whose store failed stops what runs and cannot store that it did.
 * Who ended with 0 all the same has done its work.
 */
static bool was_given_up(const struct run *run, bool asked)
{
	const struct hd_exit *exit = &run->exit;

	return run->adopted && !asked && exit->known && exit->killed_by_us &&
	       (exit->signal || exit->code);
}

/* What it was asked to end for; to be paused it must have what to go on from. */
static enum hd_end stop_end(const struct run *run)
{
	enum hd_end end = hd_trial_end(run->trial);

	return end == HD_END_PAUSED && !hd_retry_has_checkpoint(run->folder)
		       ? HD_END_POLICY
		       : end;
}

void hd_run_judge(const struct run *run, struct verdict *verdict)
{
	bool asked = hd_trial_state(run->trial) == HD_TRIAL_STOPPING;
	bool by_itself = run->exit.known &&
			 (run->exit.error || !run->exit.killed_by_us);

	hd_buf_init(&verdict->detail);
	if (run->unstarted || hd_trial_state(run->trial) == HD_TRIAL_QUEUED) {
		verdict->event = HD_TRIAL_EVENT_CANCEL;
		verdict->end = hd_trial_end(run->trial) == HD_END_NONE
				       ? hd_core_trial_end(run->core)
				       : hd_trial_end(run->trial);
		hd_buf_puts(&verdict->detail, stop_sentence(run));
		return;
	}
	if (was_given_up(run, asked)) {
		verdict->event = HD_TRIAL_EVENT_FAIL;
		verdict->end = HD_END_SWEEP;
		hd_buf_puts(&verdict->detail, "stopped by an engine that gave up");
		return;
	}
	if (asked && !by_itself) {
		verdict->end = stop_end(run);
		verdict->event = verdict->end == HD_END_TIMEOUT &&
						 !run->limit_cancels
					 ? HD_TRIAL_EVENT_FAIL
					 : HD_TRIAL_EVENT_CANCEL;
		hd_buf_puts(&verdict->detail, stop_sentence(run));
		return;
	}
	judge_exit(verdict, run);
	judge_mark(verdict, run);
}

double hd_run_seconds(const struct run *run)
{
	int64_t from = run->exit.started ? run->exit.started : run->started;
	int64_t to = run->exit.ended ? run->exit.ended : run->core->wall;

	return from ? (double)(to - from) / 1e6 : 0;
}
