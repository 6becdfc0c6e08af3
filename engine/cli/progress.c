#include "cli/progress.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DRAW_EVERY 100   /* milliseconds between two states of the line */
#define BEST_EVERY 10000 /* and between two lines about a new best */

void progress_init(struct progress *progress, struct cli *cli)
{
	*progress = (struct progress){ .cli = cli };
}

static int64_t steady_milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void progress_erase(struct progress *progress)
{
	if (progress->drawn)
		fputs("\r\033[K", stderr);
	progress->drawn = false;
}

/* One event line, above the status line where there is one. */
static void progress_line(struct progress *progress, const char *fmt, ...)
	HD_PRINTF(2, 3);
static void progress_line(struct progress *progress, const char *fmt, ...)
{
	char text[2048];
	char plain[2048];
	va_list args;

	if (progress->cli->quiet)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	progress_erase(progress);
	fprintf(stderr, "%s\n", hd_plain_text(text, plain, sizeof plain));
	progress->drawn_at = 0;
}

static size_t running(const struct hd_sweep_summary *now)
{
	return now->counts[HD_TRIAL_STARTING] + now->counts[HD_TRIAL_RUNNING] +
	       now->counts[HD_TRIAL_STOPPING];
}

static size_t ended(const struct hd_sweep_summary *now)
{
	return now->counts[HD_TRIAL_COMPLETED] + now->counts[HD_TRIAL_FAILED] +
	       now->counts[HD_TRIAL_CANCELED];
}

/* "  2.1/min  eta 5m10s": nothing before the first end tells a rate. */
static void status_rate(const struct progress *progress,
			const struct hd_sweep_summary *now, char *text,
			size_t size)
{
	char eta[40];
	double done = (double)ended(now);
	double left;

	text[0] = '\0';
	if (!(done > 0) || !(now->seconds > 0))
		return;
	left = ((double)now->trials_total - done) * now->seconds / done;
	left = fmin(left, fmax(progress->config->max_duration - now->seconds, 0));
	snprintf(text, size, "  %.1f/min  eta %s", done / now->seconds * 60,
		 hd_duration_text(left, eta, sizeof eta));
}

static void status_text(struct progress *progress, char *text, size_t size)
{
	struct hd_sweep_summary now;
	char best[256] = "";
	char rate[80];
	char counts[80] = "";
	char number[32];
	size_t at;

	hd_sweep_summary(progress->sweep, &now);
	if (now.counts[HD_TRIAL_FAILED])
		snprintf(counts, sizeof counts, " %zu failed",
			 now.counts[HD_TRIAL_FAILED]);
	at = strlen(counts);
	if (now.counts[HD_TRIAL_CANCELED])
		snprintf(counts + at, sizeof counts - at, " %zu stopped",
			 now.counts[HD_TRIAL_CANCELED]);
	if (now.has_best)
		snprintf(best, sizeof best, "  best %s %s (#%zu)",
			 progress->config->metric,
			 hd_number_text(now.best, number, sizeof number),
			 now.best_trial);
	status_rate(progress, &now, rate, sizeof rate);
	snprintf(text, size, "[%zu/%zu] %zu running%s%s%s", ended(&now),
		 now.trials_total, running(&now), counts, best, rate);
}

/* Cut TEXT before column WIDTH, whole UTF-8 sequences only. */
static void cut_columns(char *text, size_t width)
{
	size_t columns = 0;

	for (; *text; text++) {
		if (((unsigned char)*text & 0xc0) == 0x80)
			continue;
		if (columns++ == width)
			break;
	}
	*text = '\0';
}

static void progress_draw(struct progress *progress)
{
	int64_t now = steady_milliseconds();
	char text[512];
	char plain[512];
	size_t width;

	if (progress->cli->quiet || !progress->cli->err_tty ||
	    (progress->drawn && now - progress->drawn_at < DRAW_EVERY))
		return;
	/* Asked at each draw: the window may have changed. */
	width = cli_width(STDERR_FILENO);
	status_text(progress, text, sizeof text);
	hd_plain_text(text, plain, sizeof plain);
	cut_columns(plain, width > 1 ? width - 1 : 79);
	fprintf(stderr, "\r%s\033[K", plain);
	fflush(stderr);
	progress->drawn = true;
	progress->drawn_at = now;
}

void progress_end(struct progress *progress)
{
	progress_erase(progress);
	fflush(stderr);
}

static const char *last_line(const char *tail)
{
	const char *at = tail + strlen(tail);

	while (at > tail && at[-1] == '\n')
		at--;
	while (at > tail && at[-1] != '\n')
		at--;
	return at;
}

/* "exit 1", "signal 9", or why it was not started. */
static void failure_text(const struct hd_event *event, char *text, size_t size)
{
	if (event->end == HD_END_LAUNCH || event->end == HD_END_LOST)
		snprintf(text, size, "%s",
			 event->text && *event->text ? event->text : hd_end_name(event->end));
	else if (event->exit_signal > 0)
		snprintf(text, size, "signal %d (%s)", event->exit_signal,
			 strsignal(event->exit_signal));
	else if (event->exit_code >= 0)
		snprintf(text, size, "exit %d", event->exit_code);
	else
		snprintf(text, size, "%s",
			 event->text && *event->text ? event->text : "no exit status");
}

static void show_tail(struct progress *progress, const char *tail)
{
	while (*tail) {
		size_t length = strcspn(tail, "\n");

		progress_line(progress, "    %.*s", (int)(length > 1000 ? 1000 : length), tail);
		tail += length + (tail[length] == '\n');
	}
}

static void show_failed(struct progress *progress, const struct hd_event *event)
{
	const char *tail = event->tail ? event->tail : "";
	const char *last = last_line(tail);
	char why[512];
	char path[1024];
	char took[40];
	char after[60];

	failure_text(event, why, sizeof why);
	cli_short_path(event->folder ? event->folder : "", path, sizeof path);
	snprintf(after, sizeof after, " after %s",
		 hd_duration_text(event->seconds, took, sizeof took));
	progress_line(progress, "trial %zu FAILED %s%s%s%.*s   %s/stderr",
		      event->trial, why,
		      event->end == HD_END_LAUNCH ? "" : after,
		      *last ? ": " : "", (int)strcspn(last, "\n"), last, path);
	/* The last line alone stands above already. */
	if (last != tail)
		show_tail(progress, tail);
}

static void show_again(struct progress *progress, const struct hd_event *event)
{
	char when[40];

	progress_line(progress, "trial %zu, attempt %u: %s; again %s%s",
		      event->trial, event->attempt,
		      *event->text ? event->text : hd_end_name(event->end),
		      event->seconds > 0 ? "in " : "now",
		      event->seconds > 0
			      ? hd_duration_text(event->seconds, when, sizeof when)
			      : "");
}

static void show_ended(struct progress *progress, const struct hd_event *event)
{
	char took[40];

	if (event->state == HD_TRIAL_FAILED)
		show_failed(progress, event);
	else if (progress->cli->verbose)
		progress_line(progress, "trial %zu %s after %s%s%s%s",
			      event->trial,
			      event->end == HD_END_PAUSED         ? "paused"
			      : event->state == HD_TRIAL_CANCELED ? "stopped"
								  : "completed",
			      hd_duration_text(event->seconds, took, sizeof took),
			      event->has_metric ? "" : ", without the metric",
			      event->text && *event->text ? ": " : "",
			      event->text ? event->text : "");
}

static void show_stopping(struct progress *progress,
			  const struct hd_event *event)
{
	if (event->end == HD_END_POLICY || event->end == HD_END_PAUSED)
		progress_line(progress, "trial %zu %s by %s at interval %zu: %s",
			      event->trial,
			      event->end == HD_END_POLICY ? "stopped" : "set aside",
			      progress->config->policy->name, event->interval,
			      event->text);
	else if (progress->cli->verbose)
		progress_line(progress, "trial %zu is asked to end%s%s",
			      event->trial, *event->text ? ": " : "",
			      event->text);
}

static void show_best_now(struct progress *progress)
{
	char number[32];

	progress->best_waits = false;
	progress->best_at = steady_milliseconds();
	progress_line(progress, "trial %zu leads: %s %s", progress->best_trial,
		      progress->config->metric,
		      hd_number_text(progress->best, number, sizeof number));
}

/*
 * Leaders may change many times a second: a line when there was none for a
 * while, or when the leader has ended; each one with -v.
 */
static void show_best_if_due(struct progress *progress, bool ended_now)
{
	if (progress->best_waits &&
	    (ended_now || progress->cli->verbose || progress->best_at == 0 ||
	     steady_milliseconds() - progress->best_at >= BEST_EVERY))
		show_best_now(progress);
}

static void show_best(struct progress *progress, const struct hd_event *event)
{
	progress->best_waits = true;
	progress->best_trial = event->trial;
	progress->best = event->value;
	show_best_if_due(progress, false);
}

static void show_sweep_stopping(struct progress *progress,
				const struct hd_event *event)
{
	struct hd_sweep_summary now;

	hd_sweep_summary(progress->sweep, &now);
	if (event->end == HD_END_USER)
		progress_line(progress, "stopping %zu trials (again = now)",
			      running(&now));
	else if (event->end == HD_END_PATIENCE || event->end == HD_END_CONVERGED)
		progress_line(progress, "no more trials, %zu still run: %s",
			      running(&now), event->text);
	else
		progress_line(progress, "stopping %zu trials%s%s",
			      running(&now), *event->text ? ": " : "",
			      event->text);
}

static void show_started(struct progress *progress)
{
	struct hd_sweep_summary now;

	hd_sweep_summary(progress->sweep, &now);
	progress_line(progress, "%s: %zu trials, %s, %zu at a time%s%s",
		      hd_sweep_name(progress->sweep), now.trials_total,
		      progress->config->sampler->name, now.slots,
		      progress->target ? " on " : "",
		      progress->target ? progress->target->name : "");
}

static void progress_show(struct progress *progress,
			  const struct hd_event *event)
{
	char number[32];

	switch (event->kind) {
	case HD_EVENT_SWEEP_STARTED:
		show_started(progress);
		break;
	case HD_EVENT_TRIAL_STARTED:
		if (progress->cli->verbose)
			progress_line(progress, "trial %zu started",
				      event->trial);
		break;
	case HD_EVENT_TRIAL_METRIC:
		if (progress->cli->verbose)
			progress_line(progress, "trial %zu interval %zu: %s %s",
				      event->trial, event->interval,
				      progress->config->metric,
				      hd_number_text(event->value, number, sizeof number));
		break;
	case HD_EVENT_TRIAL_STOPPING:
		show_stopping(progress, event);
		break;
	case HD_EVENT_TRIAL_AGAIN:
		show_again(progress, event);
		break;
	case HD_EVENT_TRIAL_ENDED:
		show_best_if_due(progress, event->trial == progress->best_trial);
		show_ended(progress, event);
		break;
	case HD_EVENT_TRIAL_PROMOTED:
		progress_line(progress, "trial %zu goes on behind interval %zu: %s",
			      event->trial, event->interval, event->text);
		break;
	case HD_EVENT_BEST:
		show_best(progress, event);
		break;
	case HD_EVENT_NOTE:
		progress_line(progress, "note: %s", event->text);
		break;
	case HD_EVENT_SWEEP_STOPPING:
		show_sweep_stopping(progress, event);
		break;
	case HD_EVENT_TICK:
		show_best_if_due(progress, false);
		break;
	case HD_EVENT_SWEEP_ENDED:
		break;
	}
}

/* Readers of JSON lines see each event at once, floods of metrics in turns. */
static void progress_json(struct progress *progress,
			  const struct hd_event *event)
{
	struct cli *cli = progress->cli;

	if (event->kind != HD_EVENT_TICK)
		(void)hd_report_event(event, hd_sweep_name(progress->sweep),
				      &cli->out);
	if (event->kind != HD_EVENT_TRIAL_METRIC)
		cli_flush(cli);
}

void progress_event(void *user, const struct hd_event *event)
{
	struct progress *progress = user;

	if (!progress->sweep)
		return;
	if (progress->cli->json)
		progress_json(progress, event);
	progress_show(progress, event);
	if (event->kind != HD_EVENT_SWEEP_ENDED)
		progress_draw(progress);
}

static int summary_write(void *user, const char *text, size_t length)
{
	(void)user;
	return fwrite(text, 1, length, stderr) == length ? 0 : HD_EIO;
}

/* The parameters go to stderr as every word of talk does. */
static void summary_best(struct progress *progress, struct hd_store *store,
			 const struct hd_sweep_summary *end)
{
	const struct hd_trial_query first = { .limit = 1 };
	const struct hd_out talk = { .write = summary_write };
	char number[32];
	char metric[256];

	hd_plain_text(progress->config->metric, metric, sizeof metric);
	if (!end->has_best && !*metric)
		return;
	if (!end->has_best) {
		cli_say(progress->cli, "no trial reported '%s'", metric);
		return;
	}
	fprintf(stderr, "best %s %s (#%zu): ", metric,
		hd_number_text(end->best, number, sizeof number),
		end->best_trial);
	if (hd_report_best(store, hd_sweep_key(progress->sweep), &first,
			   HD_FORMAT_ARGS, &talk, NULL) < 0)
		fputc('\n', stderr);
}

/* Of a sweep that had enough before its trials were used up. */
static int summary_enough(void *user, const struct hd_sweep_row *row)
{
	struct progress *progress = user;

	if (row->end == HD_END_TARGET || row->end == HD_END_PATIENCE ||
	    row->end == HD_END_CONVERGED)
		cli_say(progress->cli, "ended by %s: %s", hd_end_name(row->end),
			row->end_detail);
	return 0;
}

void progress_summary(struct progress *progress, struct hd_store *store)
{
	const char *name = hd_sweep_name(progress->sweep);
	struct hd_sweep_summary end;
	char took[40];

	progress_end(progress);
	if (progress->cli->quiet)
		return;
	hd_sweep_summary(progress->sweep, &end);
	cli_say(progress->cli,
		"%s: %s in %s: %zu trials, %zu completed, %zu failed, %zu stopped",
		name, end.state, hd_duration_text(end.seconds, took, sizeof took),
		end.trials, end.counts[HD_TRIAL_COMPLETED],
		end.counts[HD_TRIAL_FAILED], end.counts[HD_TRIAL_CANCELED]);
	(void)hd_store_sweep(store, hd_sweep_key(progress->sweep),
			     summary_enough, progress, NULL);
	summary_best(progress, store, &end);
	if (end.has_best)
		cli_say(progress->cli, "see: hdrive best %s    hdrive show %s %zu",
			name, name, end.best_trial);
	else if (end.counts[HD_TRIAL_FAILED])
		cli_say(progress->cli, "see: hdrive logs %s --failed", name);
	else if (end.trials)
		cli_say(progress->cli, "see: hdrive logs %s    hdrive metrics test FILE", name);
}
