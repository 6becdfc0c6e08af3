/*
 * The end of a trial into its row and to the observer, and that of a sweep.
 */
#include "sweep/core_private.h"

#include "base/number.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TAIL_BYTES 4096
#define TAIL_LINES 5
/* Seconds: for trials that run longer nothing is made ahead. */
#define BRIEF 1

/* Control characters of a log become blanks: it goes to a terminal. */
static void tail_clean(char *text)
{
	for (; *text; text++)
		if (((unsigned char)*text < 0x20 && *text != '\n') ||
		    *text == 0x7f)
			*text = ' ';
}

/* The last lines of the trial's stderr, "" when there are none. */
static char *stderr_tail(const char *folder)
{
	struct hd_buf path = HD_BUF_INIT;
	char *text = calloc(1, TAIL_BYTES + 1), *from;
	struct stat status;
	ssize_t got = 0;
	int fd = -1;

	hd_buf_printf(&path, "%s/stderr", folder);
	if (text && !hd_buf_failed(&path))
		fd = open(hd_buf_text(&path),
			  O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	hd_buf_release(&path);
	if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		got = pread(fd, text, TAIL_BYTES,
			    status.st_size > TAIL_BYTES ? status.st_size - TAIL_BYTES : 0);
	if (fd >= 0)
		close(fd);
	if (got <= 0)
		return text;
	for (ssize_t i = 0; i < got; i++)
		if (text[i] == '\0')
			text[i] = ' ';
	while (got > 0 && (text[got - 1] == '\n' || text[got - 1] == ' '))
		text[--got] = '\0';
	from = text + got;
	for (int lines = 0; from > text; from--)
		if (from[-1] == '\n' && ++lines == TAIL_LINES)
			break;
	memmove(text, from, strlen(from) + 1);
	tail_clean(text);
	return text;
}

static void queue_ended(struct run *run, const struct verdict *verdict,
			const char *tail)
{
	hd_core_queue(run->core, &(struct hd_event){
					 .kind = HD_EVENT_TRIAL_ENDED,
					 .trial = run->number,
					 .state = hd_trial_state(run->trial),
					 .end = verdict->end,
					 .text = hd_buf_text(&verdict->detail),
					 .value = hd_trial_overall(run->trial),
					 .interval = hd_trial_intervals(run->trial),
					 .exit_code = run->exit.signal ? -1 : run->exit.code,
					 .exit_signal = run->exit.signal,
					 .seconds = hd_run_seconds(run),
					 .has_metric = hd_trial_intervals(run->trial) > 0,
					 .folder = run->folder,
					 .tail = tail });
}

/*
 * The first trial that completes without the primary metric: say which names
 * were seen instead, once.
 */
static void note_missing_metric(struct run *run)
{
	struct hd_core *core = run->core;
	struct hd_buf text = HD_BUF_INIT;

	if (core->metric_seen || core->metric_missed || !*core->setup.config->metric ||
	    hd_trial_state(run->trial) != HD_TRIAL_COMPLETED)
		return;
	core->metric_missed = true;
	hd_buf_printf(&text, "trial %zu ended without the primary metric '%s'; ",
		      run->number, core->setup.config->metric);
	if (run->name_count == 0)
		hd_buf_puts(&text, "it logged no metric at all");
	for (size_t i = 0; i < run->name_count; i++)
		hd_buf_printf(&text, "%s'%s'", i ? ", " : "it logged ",
			      run->names[i]);
	hd_core_queue(core, &(struct hd_event){ .kind = HD_EVENT_NOTE,
						.trial = run->number,
						.text = hd_buf_text(&text) });
	hd_buf_release(&text);
}

/* Why a trial failed, where what it said tells that it missed a file; once. */
static void note_hint(struct run *run, const char *tail)
{
	struct hd_core *core = run->core;
	struct hd_buf text = HD_BUF_INIT;

	if (core->hinted || !core->setup.hint)
		return;
	core->setup.hint(core->setup.hint_user, tail, &text);
	core->hinted = text.length > 0;
	if (core->hinted)
		hd_core_queue(core, &(struct hd_event){ .kind = HD_EVENT_NOTE,
							.trial = run->number,
							.text = hd_buf_text(&text) });
	hd_buf_release(&text);
}

/* One that cannot go on is stopped for good; say so once. */
static void note_no_pause(struct run *run, const struct verdict *verdict)
{
	struct hd_core *core = run->core;

	if (core->pause_missed || verdict->end != HD_END_POLICY ||
	    hd_trial_end(run->trial) != HD_END_PAUSED)
		return;
	core->pause_missed = true;
	hd_run_note(run, "it left nothing in its checkpoints folder: such trials "
			 "are stopped for good where others would be paused");
}

/* SETTLED is 0 for an attempt that is not the last. */
static int store_end(struct run *run, const struct verdict *verdict,
		     size_t settled, struct hd_error *err)
{
	struct hd_core *core = run->core;
	const struct hd_exit *exit = &run->exit;

	return hd_store_trial_end(
		core->setup.store, run->key,
		&(struct hd_trial_end_record){
			.state = hd_trial_state(run->trial),
			.end = verdict->end,
			.detail = hd_buf_text(&verdict->detail),
			.exit_code = exit->signal || !exit->known ? -1 : exit->code,
			.exit_signal = exit->signal,
			.cpu_seconds = exit->cpu_seconds,
			.max_rss = exit->max_rss,
			.started = exit->started ? exit->started : run->started,
			.ended = exit->ended ? exit->ended : core->wall,
			.gone = run->gone ? run->gone : core->wall,
			.settled = settled,
			.closed = core->wall },
		err);
}

/* The trial's figures into the sweep's, and the news of it. */
static void count_end(struct run *run, const struct verdict *verdict)
{
	struct hd_core *core = run->core;
	enum hd_trial_state state = hd_trial_state(run->trial);
	bool scored = hd_trial_intervals(run->trial) > 0;
	char *tail = state == HD_TRIAL_FAILED ? stderr_tail(run->folder) : NULL;

	core->unsynced = true;
	core->counts[state]++;
	core->results++;
	core->spent += hd_run_seconds(run);
	core->brief = hd_run_seconds(run) < BRIEF;
	if (scored && hd_end_is_policys(verdict->end))
		core->policy_scored++;
	queue_ended(run, verdict, tail);
	note_missing_metric(run);
	if (tail)
		note_hint(run, tail);
	if (state == HD_TRIAL_FAILED)
		hd_core_count_failure(core, run, verdict, tail ? tail : "");
	else if (state == HD_TRIAL_COMPLETED)
		hd_core_smoke_works(core, run);
	free(tail);
}

static int run_settle(struct run *run, const struct verdict *verdict,
		      struct hd_error *err)
{
	struct hd_core *core = run->core;
	const struct hd_config *config = core->setup.config;
	int rc;

	note_no_pause(run, verdict);
	hd_trial_conclude(run->trial, verdict->end);
	hd_trial_move(run->trial, verdict->event);
	rc = store_end(run, verdict, core->results + 1, err);
	if (rc == 0 && hd_trial_intervals(run->trial) > 0 &&
	    config->reduce != HD_REDUCE_BEST)
		rc = hd_core_offer_best(core, run,
					hd_trial_rank(run->trial, config->reduce,
						      config->reduce_count),
					err);
	if (rc == 0)
		rc = hd_core_goal_ended(core, run, verdict->end, err);
	if (rc == 0)
		count_end(run, verdict);
	return rc;
}

/* The attempt's own end is stored first: its figures go with it. */
static int run_settle_attempt(struct run *run, const struct verdict *verdict,
			      struct hd_error *err)
{
	int rc = run->unstarted ? 0 : store_end(run, verdict, 0, err);

	if (rc == 0)
		rc = hd_run_again(run, verdict, err);
	run->core->unsynced = true;
	return rc < 0 ? rc : HD_RUN_WAITS;
}

int hd_run_finish(struct run *run, struct hd_error *err)
{
	struct verdict verdict;
	int rc = hd_core_begin(run->core, err);

	if (rc < 0)
		return rc;
	hd_run_judge(run, &verdict);
	if (hd_buf_failed(&verdict.detail))
		rc = hd_error_nomem(err);
	else if (hd_run_goes_on(run, &verdict))
		rc = run_settle_attempt(run, &verdict, err);
	else
		rc = run_settle(run, &verdict, err);
	hd_buf_release(&verdict.detail);
	return rc;
}

const char *hd_core_end_state(const struct hd_core *core)
{
	switch (hd_core_end(core)) {
	case HD_END_USER:
	case HD_END_LIMIT:
		return "Canceled";
	case HD_END_FAILURES:
		return "Failed";
	case HD_END_TARGET:
	case HD_END_PATIENCE:
	case HD_END_CONVERGED:
		return "Completed";
	case HD_END_NONE:
	case HD_END_EXIT:
	case HD_END_SIGNAL:
	case HD_END_LAUNCH:
	case HD_END_POLICY:
	case HD_END_TIMEOUT:
	case HD_END_LOST:
	case HD_END_SCRIPT:
	case HD_END_SWEEP:
	case HD_END_PREEMPTED:
	case HD_END_MEMORY:
	case HD_END_PAUSED:
		break;
	}
	if (core->counts[HD_TRIAL_COMPLETED] == 0 && core->policy_scored == 0 &&
	    core->counts[HD_TRIAL_FAILED] > 0)
		return "Failed";
	return "Completed";
}
