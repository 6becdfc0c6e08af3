/*
 * When the scheduler is asked, and what: its configuration once, then squeue for
 * all jobs of the user, then sacct for those that were not in it.
 *
 * One query at a time. Two begin at least settings->poll seconds apart while
 * something was submitted or signalled lately, and up to QUIET seconds else; a
 * scheduler that does not answer is asked ever more rarely.
 */
#include "slurm/slurm.h"

#include "base/buf.h"
#include "base/time.h"
#include "slurm/fault.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUSY 30.0  /* seconds after something was done */
#define QUIET 30.0 /* between queries, at most */
#define QUIET_MANY 60.0
#define MANY 1000 /* jobs */
#define SLOWER 1.5
#define BACK_OFF_MOST 120.0
/* Calls of sacct that fail, before there is none. */
#define MUTE_MOST 10
/* Names in one call of sacct. */
#define NAMES_MOST 500

static void on_query(uv_timer_t *timer);

/* --- when ---------------------------------------------------------------------- */

static double pause_of(const struct hd_slurm *slurm)
{
	const double least = slurm->settings->poll;
	double most = slurm->count > MANY ? QUIET_MANY : QUIET;

	if (slurm->back_off > 0)
		return fmax(slurm->back_off, least);
	/* Jobs that ended are shown for so long. */
	if (slurm->min_age > 0)
		most = fmin(most, slurm->min_age / 3);
	return fmax(fmin(slurm->interval, most), least);
}

void hd_slurm_query_arm(struct hd_slurm *slurm)
{
	double wait;

	if (slurm->asking || (slurm->configured && !slurm->wants_accounts &&
			      !hd_slurm_round_wanted(slurm))) {
		uv_timer_stop(&slurm->query);
		return;
	}
	wait = slurm->asked_at + pause_of(slurm) - hd_slurm_now(slurm);
	uv_timer_start(&slurm->query, on_query, (uint64_t)(fmax(wait, 0) * 1000), 0);
}

void hd_slurm_query_soon(struct hd_slurm *slurm)
{
	slurm->busy = hd_slurm_now(slurm) + BUSY;
	slurm->interval = slurm->settings->poll;
	hd_slurm_query_arm(slurm);
}

static void query_slow_down(struct hd_slurm *slurm)
{
	if (hd_slurm_now(slurm) >= slurm->busy)
		slurm->interval = fmin(slurm->interval * SLOWER, QUIET_MANY);
}

/* --- whether it answers ----------------------------------------------------------- */

static void note(struct hd_slurm *slurm, const char *text)
{
	slurm->host.note(slurm->host.user, SIZE_MAX, text);
}

static void silence_tell(struct hd_slurm *slurm, const char *why)
{
	struct hd_buf text = HD_BUF_INIT;
	char since[40];

	hd_buf_printf(&text,
		      "Slurm does not answer since %s: what runs goes on, nothing is lost",
		      hd_time_text(slurm->silent, since, sizeof since));
	if (*why)
		hd_buf_printf(&text, " (%s)", why);
	note(slurm, hd_buf_text(&text));
	hd_buf_release(&text);
	slurm->silence_told = true;
}

static void silence_begin(struct hd_slurm *slurm, const char *why)
{
	double spread = 0.75 + 0.5 * (double)(hd_time_wall() % 1000) / 1000;

	if (!slurm->silent)
		slurm->silent = hd_time_wall();
	slurm->back_off = slurm->back_off > 0 ? fmin(slurm->back_off * 2, BACK_OFF_MOST)
					      : slurm->settings->poll * 2;
	/* Not all engines of a site at the same moment. */
	slurm->back_off *= spread;
	if (!slurm->silence_told)
		silence_tell(slurm, why);
}

void hd_slurm_silent(struct hd_slurm *slurm, const char *err)
{
	char why[160];

	hd_slurm_fault_text(why, sizeof why, err);
	if (!slurm->silent)
		silence_begin(slurm, why);
}

static void silence_end(struct hd_slurm *slurm)
{
	slurm->back_off = 0;
	if (!slurm->silent)
		return;
	slurm->silent = 0;
	slurm->silence_told = false;
	slurm->era++;
	note(slurm, "Slurm answers again");
	hd_slurm_submit_soon(slurm);
	hd_slurm_cancel_soon(slurm);
}

/* Whether the query went well; a failure is remembered. */
static bool query_is_good(struct hd_slurm *slurm, const struct hd_command_end *end)
{
	char why[160];

	slurm->asking = false;
	if (hd_command_is_good(end)) {
		silence_end(slurm);
		return true;
	}
	if (end->error)
		snprintf(why, sizeof why, "%s", strerror(end->error));
	else if (end->timed_out)
		snprintf(why, sizeof why, "no answer within %g s", HD_SLURM_PATIENCE);
	else
		hd_slurm_fault_text(why, sizeof why, end->err);
	silence_begin(slurm, why);
	return false;
}

static void query_over(struct hd_slurm *slurm)
{
	query_slow_down(slurm);
	if (slurm->closing)
		hd_slurm_close_turn(slurm);
	else
		hd_slurm_query_arm(slurm);
}

/* --- what it is asked -------------------------------------------------------------- */

static bool ask(struct hd_slurm *slurm, const char *const *argv, hd_command_fn done)
{
	slurm->asked_at = hd_slurm_now(slurm);
	slurm->asking = hd_commands_run(slurm->commands, argv, NULL, HD_SLURM_PATIENCE, done,
					slurm);
	return slurm->asking;
}

/* The value behind "NAME   = ", a borrowed text up to its line's end; or NULL. */
static const char *setting(const char *text, const char *name)
{
	size_t length = strlen(name);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, length) == 0 && strchr(" =", line[length]))
			return strchr(line, '=') ? strchr(line, '=') + 2 : NULL;
	}
	return NULL;
}

/* A controller that began anew may have lost jobs, and slurmd may have cancelled
 * those that it could not ask about. */
static void boot_heed(struct hd_slurm *slurm, const char *out)
{
	const char *text = setting(out, "BOOT_TIME");
	size_t length = text ? strcspn(text, "\n") : 0;
	char boot[sizeof slurm->boot];

	snprintf(boot, sizeof boot, "%.*s", (int)(length < sizeof boot ? length : 0),
		 text ? text : "");
	if (*slurm->boot && strcmp(slurm->boot, boot) != 0)
		slurm->era++;
	memcpy(slurm->boot, boot, sizeof boot);
}

void hd_slurm_query_boot(struct hd_slurm *slurm)
{
	slurm->configured = false;
	hd_slurm_query_soon(slurm);
}

static void on_configuration(void *user, const struct hd_command_end *end)
{
	struct hd_slurm *slurm = user;

	if (query_is_good(slurm, end)) {
		const char *age = setting(end->out, "MinJobAge");
		const char *most = setting(end->out, "MaxArraySize");
		const char *accounts = setting(end->out, "AccountingStorageType");

		slurm->configured = true;
		slurm->configured_at = slurm->asked_at;
		boot_heed(slurm, end->out);
		slurm->min_age = age ? strtod(age, NULL) : 0;
		/* The highest number of a task is one less. */
		slurm->max_array = most ? strtod(most, NULL) : 0;
		slurm->has_accounting = accounts &&
					strncmp(accounts, "accounting_storage/none", 23) != 0;
	}
	query_over(slurm);
}

static void on_queue(void *user, const struct hd_command_end *end)
{
	struct hd_slurm *slurm = user;
	char *text;

	if (query_is_good(slurm, end) && (text = strdup(end->out))) {
		hd_slurm_round_queue(slurm, text);
		free(text);
		slurm->wants_accounts = slurm->has_accounting && hd_slurm_round_misses(slurm);
		if (!slurm->wants_accounts)
			hd_slurm_round_end(slurm);
	}
	query_over(slurm);
}

static void on_accounts(void *user, const struct hd_command_end *end)
{
	struct hd_slurm *slurm = user;
	char *text;

	slurm->wants_accounts = slurm->asking = false;
	if (hd_command_is_good(end) && (text = strdup(end->out))) {
		slurm->mute = 0;
		hd_slurm_round_accounts(slurm, text);
		free(text);
	} else {
		hd_slurm_round_excuse(slurm);
		slurm->has_accounting = ++slurm->mute < MUTE_MOST;
	}
	hd_slurm_round_end(slurm);
	query_over(slurm);
}

static bool ask_configuration(struct hd_slurm *slurm)
{
	const char *const argv[] = { "scontrol", "show", "config", NULL };

	return ask(slurm, argv, on_configuration);
}

static bool ask_queue(struct hd_slurm *slurm)
{
	char user[24];
	const char *const argv[] = { "squeue", "-h", "-r", "-t", "all", "-u", user, "-o",
				     HD_SLURM_QUEUE_FORMAT, NULL };

	snprintf(user, sizeof user, "%lu", (unsigned long)getuid());
	hd_slurm_round_begin(slurm);
	return ask(slurm, argv, on_queue);
}

/* Names of those that were not in the queue, with commas; *SINCE: seconds since
 * the first of them was submitted. */
static void missing_names(struct hd_buf *names, int64_t *since, const struct hd_slurm *slurm)
{
	int64_t now = hd_time_wall();
	size_t count = 0;

	*since = 0;
	for (const struct hd_slurm_attempt *a = slurm->attempts; a; a = a->next) {
		int64_t age = (now - a->job.submitted) / 1000000;

		if (!hd_slurm_round_lacks(a) || count++ >= NAMES_MOST)
			continue;
		if (!strstr(hd_buf_text(names), a->job.name))
			hd_buf_printf(names, "%s%s", names->length ? "," : "", a->job.name);
		if (age > *since)
			*since = age;
	}
}

static bool ask_accounts(struct hd_slurm *slurm)
{
	struct hd_buf names = HD_BUF_INIT, since = HD_BUF_INIT;
	int64_t age;
	bool ok;

	missing_names(&names, &age, slurm);
	/* Clocks differ; -D: each life of a job that was queued again. */
	hd_buf_printf(&since, "now-%lldminutes", (long long)age / 60 + 2);
	ok = !hd_buf_failed(&names) && !hd_buf_failed(&since);
	if (ok) {
		const char *const argv[] = {
			"sacct", "-n", "-X", "-P", "-D", "-S", hd_buf_text(&since),
			"--name", hd_buf_text(&names), "-o", HD_SLURM_ACCOUNT_FORMAT, NULL
		};

		ok = ask(slurm, argv, on_accounts);
	}
	hd_buf_release(&names);
	hd_buf_release(&since);
	return ok;
}

static void on_query(uv_timer_t *timer)
{
	struct hd_slurm *slurm = timer->data;
	bool ok;

	if (!slurm->configured)
		ok = ask_configuration(slurm);
	else if (slurm->wants_accounts)
		ok = ask_accounts(slurm);
	else
		ok = ask_queue(slurm);
	if (!ok) /* for want of memory */
		hd_slurm_query_arm(slurm);
}
