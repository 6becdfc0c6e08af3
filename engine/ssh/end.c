/* Ends: of attempts by themselves, by a stop, with their launcher, with their host. */
#include "ssh/group.h"

#include "base/time.h"
#include "dispatch/record.h"
#include "dispatch/record_format.h"
#include "ssh/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND INT64_C(1000000)
/* How long a launcher may take to heed a signal, beyond the grace. */
#define PATIENCE (10 * SECOND)
/* A host that is away is waited for so long by who wants an end at once. */
#define STOP_PATIENCE (5 * SECOND)
#define START_DELAY 1.0
#define FORGET_LIMIT 60

/* --- what is there goes ---------------------------------------------------------- */

static void on_forgotten(void *user, int rc, const char *answer, size_t length)
{
	/* What is left goes with the sweep's folder. */
	(void)user;
	(void)rc;
	(void)answer;
	(void)length;
}

static void forget(const struct hd_ssh_host *host, const char *there)
{
	struct hd_buf script = HD_BUF_INIT;

	if (!host || host->phase != HD_SSH_READY)
		return;
	hd_buf_puts(&script, "hd_forget ");
	hd_buf_shell(&script, there);
	if (!hd_buf_failed(&script))
		(void)hd_shell_ask(host->control,
				   &(struct hd_shell_request){
					   .script = hd_buf_text(&script),
					   .limit = FORGET_LIMIT,
					   .done = on_forgotten });
	hd_buf_release(&script);
}

/* One that may live there. */
struct left {
	struct hd_ssh_host *host;
	char *there;
};

static void on_left(void *user, int rc, const char *answer, size_t length)
{
	struct left *left = user;

	(void)answer;
	(void)length;
	if (rc != 0)
		hd_ssh_away_add(left->host, left->there);
	free(left->there);
	free(left);
}

/* End it and remove it, now or when the host is back. */
static void leave(struct hd_ssh_host *host, const char *there)
{
	struct left *left = calloc(1, sizeof *left);
	struct hd_buf script = HD_BUF_INIT;
	struct hd_shell_request request = { .limit = FORGET_LIMIT,
					    .user = left,
					    .done = on_left };

	if (left)
		*left = (struct left){ host, strdup(there) };
	if (left && left->there && host->phase == HD_SSH_READY) {
		hd_buf_puts(&script, "hd_away ");
		hd_ssh_launcher_add(&script, host);
		hd_buf_putc(&script, ' ');
		hd_buf_shell(&script, there);
		request.script = hd_buf_text(&script);
	}
	if (!request.script || hd_buf_failed(&script) ||
	    hd_shell_ask(host->control, &request) < 0) {
		hd_ssh_away_add(host, there);
		if (left)
			free(left->there);
		free(left);
	}
	hd_buf_release(&script);
}

/* --- ends -------------------------------------------------------------------------- */

static void attempt_tell(struct hd_ssh_attempt *attempt, const struct hd_exit *exit)
{
	struct hd_backend_host engine = attempt->ssh->engine;
	struct hd_exit judged = *exit;
	size_t trial = attempt->trial;

	if (attempt->node) {
		hd_ssh_group_told(attempt, exit);
		hd_ssh_attempt_close(attempt);
		return;
	}
	if (!attempt->was_started)
		hd_ssh_place_tell(attempt);
	/* What the group says of it lives until it is told. */
	hd_ssh_group_judge(attempt, &judged);
	hd_ssh_attempt_ref(attempt);
	hd_ssh_attempt_close(attempt);
	engine.ended(engine.user, trial, &judged);
	hd_ssh_attempt_unref(attempt);
}

/* Without a record; what was of it there is gone, or remembered to be. */
static void attempt_lose(struct hd_ssh_attempt *attempt, enum hd_cause cause,
			 const char *error)
{
	char text[512];
	const struct hd_exit exit = {
		.code = -1,
		.error = text,
		.killed_by_us = attempt->stopped,
		.ended = hd_time_wall(),
		.cause = cause,
		.delay = cause == HD_CAUSE_START ? START_DELAY : 0,
	};

	snprintf(text, sizeof text, "%s", error);
	attempt_tell(attempt, &exit);
}

/* The record last: where it is, all is. */
void hd_ssh_end(struct hd_ssh_attempt *attempt)
{
	struct hd_record record;
	struct hd_error err;
	int rc = 0;

	if (attempt->stage == HD_SSH_HOME)
		attempt->exit = strdup("");
	if (hd_ssh_group_holds(attempt))
		return;
	if (attempt->exit && *attempt->exit)
		rc = hd_ssh_record_write(attempt->folder, HD_RECORD_EXIT, attempt->exit, &err);
	if (rc < 0) {
		if (attempt->host)
			hd_ssh_host_note(attempt->host, err.text);
		attempt->again = hd_time_steady() + PATIENCE;
		return;
	}
	forget(attempt->host, attempt->there);
	if (attempt->exit && hd_record_read(&record, attempt->folder, NULL) == 0)
		attempt_tell(attempt, &record.exit);
	else
		attempt_lose(attempt, attempt->cause,
			     attempt->exit ? "its exit record is damaged" : attempt->error);
}

void hd_ssh_end_lost(struct hd_ssh_attempt *attempt, enum hd_cause cause,
		     const char *error)
{
	leave(attempt->host, attempt->there);
	attempt_lose(attempt, cause, error);
}

static void on_ended(struct hd_ssh_attempt *attempt, int rc, const char *answer,
		     size_t length)
{
	(void)answer;
	(void)length;
	if (rc < 0)
		return;
	/* What the kernel cannot end is left; its files are read once more. */
	attempt->stage = HD_SSH_RUNNING;
	attempt->host->look = 0;
}

void hd_ssh_end_step(struct hd_ssh_attempt *attempt)
{
	struct hd_buf script = HD_BUF_INIT;

	hd_ssh_launcher_add(&script, attempt->host);
	hd_buf_puts(&script, " --end ");
	hd_buf_shell(&script, attempt->there);
	hd_ssh_attempt_ask(attempt, &script, NULL, on_ended);
}

/* --- stopping ------------------------------------------------------------------------- */

static void on_stop_told(struct hd_ssh_attempt *attempt, int rc, const char *answer,
			 size_t length)
{
	(void)answer;
	(void)length;
	if (rc < 0)
		attempt->told = 0; /* on the next link */
	else if (rc == HD_SSH_WITHDRAWN)
		hd_ssh_end_lost(attempt, HD_CAUSE_NONE, "it was stopped before it began");
}

static void stop_tell(struct hd_ssh_attempt *attempt, bool kill)
{
	struct hd_buf script = HD_BUF_INIT;

	hd_buf_puts(&script, "hd_tell ");
	hd_buf_shell(&script, attempt->there);
	hd_buf_printf(&script, " %u %lld %llu %s", attempt->number, (long long)attempt->pid,
		      (unsigned long long)attempt->start, kill ? "kill" : "term");
	if (!hd_ssh_attempt_ask(attempt, &script, NULL, on_stop_told))
		return;
	attempt->told = kill ? 2 : 1;
	attempt->told_at = hd_time_steady();
}

void hd_ssh_stop_step(struct hd_ssh_attempt *attempt)
{
	int64_t patience = PATIENCE;

	/* One that has ended hears nothing more. */
	if (!(attempt->stopped || attempt->is_cut) || attempt->exit || attempt->is_gone)
		return;
	if (attempt->told < (attempt->stop_now ? 2 : 1)) {
		stop_tell(attempt, attempt->stop_now);
		return;
	}
	if (attempt->told < 2)
		patience += (int64_t)(attempt->grace * SECOND);
	if (hd_time_steady() < attempt->told_at + patience)
		return;
	/* Stopped itself, or stuck: all of it is ended without it. */
	snprintf(attempt->error, sizeof attempt->error,
		 "its supervisor did not heed the stop");
	attempt->is_gone = true;
	attempt->stage = HD_SSH_ENDING;
	hd_ssh_end_step(attempt);
}

/* --- hosts that are away ---------------------------------------------------------------- */

static void host_dies(struct hd_ssh_host *host)
{
	struct hd_ssh *ssh = host->ssh;
	struct hd_ssh_attempt *next;
	char error[400];

	host->is_dead = true;
	snprintf(error, sizeof error, "host '%s' was not heard of for %.0f s",
		 host->said.name, ssh->settings->lease);
	for (struct hd_ssh_attempt *a = ssh->attempts; a; a = next) {
		next = a->next;
		if (a->host == host)
			hd_ssh_end_lost(a, HD_CAUSE_NODE, error);
	}
}

/* Who stops at once does not wait for a host that is away; what lives there is
 * ended when it is back. */
static void host_stops(struct hd_ssh_host *host)
{
	struct hd_ssh_attempt *next;

	for (struct hd_ssh_attempt *a = host->ssh->attempts; a; a = next) {
		next = a->next;
		if (a->host == host && a->stop_now)
			hd_ssh_end_lost(a, HD_CAUSE_NONE, "it was left on a host that is away");
	}
}

void hd_ssh_lease(struct hd_ssh *ssh)
{
	int64_t now = hd_time_steady();
	int64_t lease = (int64_t)(ssh->settings->lease * (double)SECOND);

	for (size_t i = 0; i < ssh->host_count; i++) {
		struct hd_ssh_host *host = &ssh->hosts[i];

		/* A link that is silent does not stay up. */
		if (host->phase == HD_SSH_UNUSED || hd_shell_is_up(host->control))
			continue;
		if (!host->is_dead && now - host->heard > lease)
			host_dies(host);
		else if (host->phase == HD_SSH_AWAY && now - host->heard > STOP_PATIENCE)
			host_stops(host);
	}
}
