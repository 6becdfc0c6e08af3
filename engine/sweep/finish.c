/*
 * How a trial ended, and how a sweep did (SPEC 5.2): one place that reads the
 * exit record, what the engine had asked for and what the script said itself.
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

struct verdict {
	enum hd_trial_event event;
	enum hd_end end;
	struct hd_buf detail;
};

static const char *signal_word(int number)
{
	const char *text = strsignal(number);

	return text ? text : "unknown";
}

/* What the exit record says, when nobody asked for the end. */
static void judge_exit(struct verdict *verdict, const struct run *run)
{
	const struct hd_exit *exit = &run->exit;

	verdict->event = HD_TRIAL_EVENT_FAIL;
	if (!exit->known) {
		verdict->end = HD_END_LOST;
		hd_buf_puts(&verdict->detail,
			    exit->error ? exit->error : "gone without an exit record");
	} else if (exit->error) {
		verdict->end = HD_END_LAUNCH;
		hd_buf_puts(&verdict->detail, exit->error);
	} else if (exit->signal) {
		verdict->end = HD_END_SIGNAL;
		hd_buf_printf(&verdict->detail, "killed by signal %d (%s)",
			      exit->signal, signal_word(exit->signal));
	} else if (exit->code) {
		verdict->end = HD_END_EXIT;
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
		return run->reason.text;
	case HD_END_LIMIT:
		return "the sweep's max_duration was reached";
	case HD_END_USER:
		return "cancelled by the user";
	case HD_END_NONE:
	case HD_END_EXIT:
	case HD_END_SIGNAL:
	case HD_END_LAUNCH:
	case HD_END_TIMEOUT:
	case HD_END_LOST:
	case HD_END_SCRIPT:
		break;
	}
	return "";
}

static void judge(struct verdict *verdict, const struct run *run)
{
	bool asked = hd_trial_state(run->trial) == HD_TRIAL_STOPPING;
	bool by_itself = run->exit.known &&
			 (run->exit.error || !run->exit.killed_by_us);

	hd_buf_init(&verdict->detail);
	if (asked && !by_itself) {
		verdict->event = HD_TRIAL_EVENT_CANCEL;
		verdict->end = hd_trial_end(run->trial);
		hd_buf_puts(&verdict->detail, stop_sentence(run));
		return;
	}
	judge_exit(verdict, run);
	judge_mark(verdict, run);
}

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

/* How long it ran. */
static double run_seconds(const struct run *run)
{
	int64_t from = run->exit.started ? run->exit.started : run->started;
	int64_t to = run->exit.ended ? run->exit.ended : run->core->wall;

	return from ? (double)(to - from) / 1e6 : 0;
}

static void queue_ended(struct run *run, const struct verdict *verdict)
{
	struct hd_core *core = run->core;
	enum hd_trial_state state = hd_trial_state(run->trial);
	char *tail = state == HD_TRIAL_FAILED ? stderr_tail(run->folder) : NULL;
	hd_core_queue(core, &(struct hd_event){
				    .kind = HD_EVENT_TRIAL_ENDED,
				    .trial = run->number,
				    .state = state,
				    .end = verdict->end,
				    .text = hd_buf_text(&verdict->detail),
				    .value = hd_trial_overall(run->trial),
				    .interval = hd_trial_intervals(run->trial),
				    .exit_code = run->exit.signal ? -1 : run->exit.code,
				    .exit_signal = run->exit.signal,
				    .seconds = run_seconds(run),
				    .has_metric = hd_trial_intervals(run->trial) > 0,
				    .folder = run->folder,
				    .tail = tail });
	free(tail);
}

/*
 * The first trial that completes without the primary metric: say which names
 * were seen instead, once.
 */
static void note_missing_metric(struct run *run)
{
	struct hd_core *core = run->core;
	struct hd_buf text = HD_BUF_INIT;

	if (core->metric_seen || core->metric_missed ||
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

static int store_end(struct run *run, const struct verdict *verdict,
		     struct hd_error *err)
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
			.ended = exit->ended ? exit->ended : core->wall },
		err);
}

int hd_run_finish(struct run *run, struct hd_error *err)
{
	struct hd_core *core = run->core;
	const struct hd_config *config = core->setup.config;
	bool scored = hd_trial_intervals(run->trial) > 0;
	struct verdict verdict;
	int rc;

	judge(&verdict, run);
	hd_trial_set_end(run->trial, verdict.end);
	hd_trial_move(run->trial, verdict.event);
	rc = hd_core_begin(core, err);
	if (rc == 0)
		rc = store_end(run, &verdict, err);
	if (rc == 0 && scored && config->reduce != HD_REDUCE_BEST)
		rc = hd_core_offer_best(core, run,
					hd_trial_rank(run->trial, config->reduce,
						      config->reduce_count),
					err);
	if (rc == 0) {
		core->unsynced = true;
		core->counts[hd_trial_state(run->trial)]++;
		core->results++;
		core->spent += run_seconds(run);
		if (scored && verdict.end == HD_END_POLICY)
			core->policy_scored++;
		queue_ended(run, &verdict);
		note_missing_metric(run);
	}
	hd_buf_release(&verdict.detail);
	return rc;
}

const char *hd_core_end_state(const struct hd_core *core)
{
	if (core->end == HD_END_USER || core->end == HD_END_LIMIT)
		return "Canceled";
	if (core->counts[HD_TRIAL_COMPLETED] == 0 && core->policy_scored == 0 &&
	    core->counts[HD_TRIAL_FAILED] > 0)
		return "Failed";
	return "Completed";
}
