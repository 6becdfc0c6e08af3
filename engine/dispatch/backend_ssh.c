/*
 * Trials on other machines that ssh reaches: the backend's table. What it does
 * is in engine/ssh/ (ssh.h says what keeps it right).
 */
#include "dispatch/backend_ssh.h"

#include "base/time.h"
#include "dispatch/record.h"
#include "dispatch/record_format.h"
#include "dispatch/ticket.h"
#include "ssh/group.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Microseconds from one look at a host's attempts to the next. */
#define INTERVAL INT64_C(1000000)
/* Milliseconds in which hosts remove the sweep's folders at its end. */
#define CLOSE_LIMIT 20000

/* --- opening ------------------------------------------------------------------ */

static void ssh_release(struct hd_ssh *ssh)
{
	for (size_t i = 0; i < ssh->host_count; i++)
		hd_ssh_host_release(&ssh->hosts[i]);
	free(ssh->hosts);
	hd_parts_close(ssh->parts);
	free(ssh->sweep_folder);
	free(ssh->sweep_id);
	free(ssh->tree);
	free(ssh->tree_id);
	free(ssh->python_path);
	*ssh = (struct hd_ssh){ 0 };
}

static int hosts_open(struct hd_ssh *ssh, struct hd_error *err)
{
	const char *const *said = ssh->settings->hosts;
	size_t count = 0;
	int rc = 0;

	while (said[count])
		count++;
	ssh->hosts = calloc(count, sizeof *ssh->hosts);
	if (!ssh->hosts)
		return hd_error_nomem(err);
	for (size_t i = 0; i < count && rc == 0; i++) {
		ssh->host_count++;
		rc = hd_ssh_host_init(&ssh->hosts[i], ssh, said[i], err);
	}
	return rc;
}

static int ssh_open(void *state, const struct hd_backend_host *host, struct hd_error *err)
{
	struct hd_ssh *ssh = state;
	int rc;

	ssh->engine = *host;
	ssh->interval = INTERVAL;
	ssh->settings = host->settings;
	if (!ssh->settings)
		return hd_error_set(err, HD_EINVAL, "ssh needs a target that names hosts");
	rc = hd_ssh_check(ssh->settings, err);
	if (rc == 0)
		rc = hosts_open(ssh, err);
	if (rc < 0) {
		ssh_release(ssh);
		return rc;
	}
	uv_timer_init(host->loop, &ssh->timer);
	ssh->timer.data = ssh;
	ssh->open = 1;
	return 0;
}

static int parts_open(struct hd_ssh *ssh, struct hd_error *err)
{
	return ssh->parts ? 0
			  : hd_parts_open(&ssh->parts, ssh->engine.launcher,
					  ssh->python_path, err);
}

/* --- the sweep ----------------------------------------------------------------- */

/* A snapshot's folder is named by its content; a live source, which changes, is
 * this engine's and goes with the sweep. */
static char *tree_name(const char *tree, bool *is_live)
{
	const char *slash = strrchr(tree, '/');
	const char *above = "/.snapshots";
	size_t length = slash ? (size_t)(slash - tree) : 0;
	struct hd_buf name = HD_BUF_INIT;

	*is_live = length <= strlen(above) ||
		   strncmp(slash - strlen(above), above, strlen(above)) != 0;
	if (*is_live)
		hd_buf_printf(&name, "tree-%lld", (long long)hd_time_wall());
	else
		hd_buf_puts(&name, slash + 1);
	return hd_buf_take(&name);
}

static int ssh_stage(void *state, const struct hd_stage *stage, struct hd_error *err)
{
	struct hd_ssh *ssh = state;
	int rc;

	ssh->sweep_folder = strdup(stage->folder);
	ssh->sweep_id = strdup(stage->id);
	ssh->tree = strdup(stage->tree);
	ssh->tree_id = tree_name(stage->tree, &ssh->tree_is_live);
	ssh->python_path = stage->python_path ? strdup(stage->python_path) : NULL;
	ssh->gpus_per_trial = stage->gpus_per_trial;
	ssh->nodes = stage->nodes;
	if (!ssh->sweep_folder || !ssh->sweep_id || !ssh->tree || !ssh->tree_id ||
	    (stage->python_path && !ssh->python_path))
		return hd_error_nomem(err);
	if (ssh->nodes > ssh->host_count || ssh->nodes > HD_SSH_NODES_MOST)
		return hd_error_set(err, HD_EINVAL,
				    "a trial wants %zu nodes, the target has %zu hosts",
				    ssh->nodes, ssh->host_count);
	hd_ssh_away_keep_sweep(ssh);
	rc = parts_open(ssh, err);
	for (size_t i = 0; i < ssh->host_count && rc == 0; i++)
		rc = hd_ssh_host_start(&ssh->hosts[i], err);
	return rc;
}

static size_t ssh_capacity(const void *state)
{
	const struct hd_ssh *ssh = state;
	int64_t now = hd_time_steady();
	size_t capacity = 0;

	if (ssh->nodes > 1)
		return hd_ssh_group_capacity(ssh);
	for (size_t i = 0; i < ssh->host_count; i++) {
		const struct hd_ssh_host *host = &ssh->hosts[i];
		size_t busy = hd_ssh_host_busy(host);

		/* Where nothing can be launched what runs there runs on. */
		capacity += host->phase == HD_SSH_READY && now >= host->rest &&
					    host->slots > busy
				    ? host->slots
				    : busy;
	}
	return capacity;
}

static void ssh_poll(void *state)
{
	struct hd_ssh *ssh = state;

	struct hd_ssh_attempt *next;

	for (struct hd_ssh_attempt *a = ssh->attempts; a; a = next) {
		next = a->next;
		if (a->stage == HD_SSH_HOME && hd_time_steady() >= a->again)
			hd_ssh_end(a);
	}
	hd_ssh_group_poll(ssh);
	hd_ssh_lease(ssh);
	for (size_t i = 0; i < ssh->host_count; i++)
		hd_ssh_host_step(&ssh->hosts[i]);
}

/* --- attempts ------------------------------------------------------------------- */

char *hd_ssh_folder_there(const struct hd_ssh_host *host, const struct hd_launch *launch,
			  size_t node)
{
	const char *slash = strrchr(launch->folder, '/');
	struct hd_buf path = HD_BUF_INIT;

	hd_buf_printf(&path, "%s/%s.%u", host->sweep, slash ? slash + 1 : launch->folder,
		      launch->attempt);
	if (node)
		hd_buf_printf(&path, ".node-%zu", node);
	return hd_buf_take(&path);
}

/*
 * The claim, here: from now on it may run there, and who comes later looks for
 * it. The mark is what moves its files away for a later attempt (attempts.h).
 */
static int launch_claim(const struct hd_launch *launch, struct hd_error *err)
{
	struct hd_buf ticket = HD_BUF_INIT, owner = HD_BUF_INIT;
	int rc = 0;

	hd_buf_printf(&ticket, "%s/" HD_RECORD_TICKET "%u", launch->folder, launch->attempt);
	hd_buf_printf(&owner, "%s/" HD_RECORD_OWNER "%u", launch->folder, launch->attempt);
	if (hd_buf_failed(&ticket) || hd_buf_failed(&owner))
		rc = hd_error_nomem(err);
	else if (rename(hd_buf_text(&ticket), hd_buf_text(&owner)) < 0)
		rc = hd_error_errno(err, errno, "cannot start trial %zu through '%s'",
				    launch->trial, launch->folder);
	hd_buf_release(&ticket);
	hd_buf_release(&owner);
	return rc;
}

static int ticket_fail(const struct hd_launch *launch, int number, struct hd_error *err)
{
	if (number == EEXIST)
		return hd_error_set(err, HD_EEXIST,
				    "attempt %u of trial %zu was launched before",
				    launch->attempt, launch->trial);
	return hd_error_errno(err, number, "cannot start trial %zu through '%s'",
			      launch->trial, launch->folder);
}

/* All but the sending. */
static int attempt_prepare(struct hd_ssh_attempt *attempt, struct hd_ssh_host *host,
			   const struct hd_launch *launch, struct hd_error *err)
{
	int rc;

	attempt->host = host;
	attempt->place = hd_ssh_host_take(host);
	attempt->there = hd_ssh_folder_there(host, launch, 0);
	attempt->boot = host->boot ? strdup(host->boot) : NULL;
	if (!attempt->there)
		return hd_error_nomem(err);
	rc = hd_ssh_launch_prepare(attempt, launch, err);
	if (rc == 0)
		rc = hd_ssh_place_write(attempt, err);
	return rc < 0 ? rc : launch_claim(launch, err);
}

static int ssh_launch(void *state, const struct hd_launch *launch, struct hd_error *err)
{
	struct hd_ssh *ssh = state;
	struct hd_ssh_host *host = ssh->nodes > 1 ? NULL : hd_ssh_host_choose(ssh);
	struct hd_ticket_print print = { 0 };
	struct hd_ssh_attempt *attempt;
	int rc;

	if (!host && ssh->nodes <= 1)
		return hd_error_set(err, HD_EBUSY,
				    "cannot start trial %zu: no host has room for it now",
				    launch->trial);
	rc = hd_ticket_make(launch->folder, launch->attempt, launch->is_new, &print);
	if (rc)
		return ticket_fail(launch, rc, err);
	attempt = hd_ssh_attempt_new(ssh, launch);
	rc = attempt ? 0 : hd_error_nomem(err);
	if (rc == 0 && ssh->nodes > 1)
		rc = hd_ssh_group_make(attempt, launch, &host, err);
	if (rc == 0)
		rc = attempt_prepare(attempt, host, launch, err);
	if (rc < 0) {
		(void)hd_ticket_withdraw(launch->folder, launch->attempt);
		if (attempt) {
			hd_ssh_group_release(attempt);
			hd_ssh_attempt_close(attempt);
		}
		return rc;
	}
	hd_ssh_attempt_step(attempt);
	return 0;
}

static void ssh_stop(void *state, size_t trial, bool now)
{
	struct hd_ssh_attempt *attempt = hd_ssh_attempt_find(state, trial);

	if (!attempt || (attempt->stopped && !now))
		return;
	attempt->stopped = true;
	attempt->stop_now = now;
	/* The launchers tell each other of a TERM. */
	if (now)
		hd_ssh_group_stop(attempt);
	hd_ssh_attempt_step(attempt);
}

static void ssh_release_attempt(void *state, size_t trial)
{
	struct hd_ssh_attempt *attempt = hd_ssh_attempt_find(state, trial);

	if (!attempt)
		return;
	((struct hd_ssh *)state)->keeps = true;
	hd_ssh_group_release(attempt);
	hd_ssh_attempt_close(attempt);
}

/* --- taking over ------------------------------------------------------------------ */

static int never_started(const struct hd_launch *launch, struct hd_error *err)
{
	return hd_error_set(err, HD_ENOENT, "attempt %u of trial %zu was never started",
			    launch->attempt, launch->trial);
}

/* The path's last part but COUNT ones, a copy. */
static char *path_above(const char *path, size_t *length)
{
	const char *slash = strrchr(path, '/');

	*length = slash ? (size_t)(slash - path) : 0;
	return strndup(path, *length);
}

/* Without a stage, for who only stops, or stores what has ended: the sweep's
 * folders are those above the trial's, and its id is their name there. */
static int adopt_alone(const struct hd_ssh_attempt *attempt, struct hd_error *err)
{
	struct hd_ssh *ssh = attempt->ssh;
	size_t length;
	char *above;

	if (ssh->sweep_folder)
		return parts_open(ssh, err);
	ssh->sweep_folder = path_above(attempt->folder, &length);
	above = path_above(attempt->there, &length);
	if (above && strrchr(above, '/'))
		ssh->sweep_id = strdup(strrchr(above, '/') + 1);
	free(above);
	if (!ssh->sweep_folder || !ssh->sweep_id)
		return hd_error_nomem(err);
	hd_ssh_away_keep_sweep(ssh);
	return parts_open(ssh, err);
}

static int attempt_adopt(struct hd_ssh_attempt *attempt, struct hd_error *err)
{
	struct hd_ssh *ssh = attempt->ssh;
	struct hd_record record;
	char *name;
	int rc;

	if (hd_record_read_attempt(&record, attempt->folder, attempt->number, NULL) == 0) {
		attempt->stage = HD_SSH_HOME;
		return 0;
	}
	rc = hd_ssh_place_read(attempt, &name, err);

	if (rc == 0) {
		attempt->host = hd_ssh_host_find(ssh, name);
		if (!attempt->host)
			rc = hd_error_set(err, HD_EBUSY,
					  "trial %zu was started on the host '%s', which is"
					  " none of the target's now, and may be running"
					  " there",
					  attempt->trial, name);
	}
	if (rc == 0)
		rc = adopt_alone(attempt, err);
	if (rc == 0)
		rc = hd_ssh_host_start(attempt->host, err);
	/* Its folder there is looked at before anything is believed of it. */
	attempt->stage = HD_SSH_UNSURE;
	free(name);
	return rc;
}

static int ssh_adopt(void *state, const struct hd_launch *launch, struct hd_error *err)
{
	struct hd_ssh *ssh = state;
	struct hd_ssh_attempt *attempt;
	char host[HD_TICKET_HOST];
	int rc = hd_ticket_withdraw(launch->folder, launch->attempt);

	if (rc == 0)
		return never_started(launch, err);
	if (rc == ENOENT)
		rc = hd_ticket_owner(launch->folder, launch->attempt, host);
	if (rc == ENOENT)
		return never_started(launch, err);
	if (rc)
		return hd_error_errno(err, rc, "cannot take over trial %zu through '%s'",
				      launch->trial, launch->folder);
	attempt = hd_ssh_attempt_new(ssh, launch);
	if (!attempt)
		return hd_error_nomem(err);
	rc = attempt_adopt(attempt, err);
	if (rc == 0)
		rc = hd_ssh_group_adopt(attempt, err);
	if (rc < 0)
		hd_ssh_group_release(attempt);
	if (rc < 0)
		hd_ssh_attempt_close(attempt);
	return rc;
}

/* --- closing ----------------------------------------------------------------------- */

void hd_ssh_unref(struct hd_ssh *ssh)
{
	void (*done)(void *user) = ssh->done;
	void *user = ssh->done_user;

	if (--ssh->open || !ssh->is_closing)
		return;
	ssh_release(ssh);
	done(user);
}

static void on_timer_closed(uv_handle_t *handle)
{
	hd_ssh_unref(handle->data);
}

/* All hosts were told, or time is up. */
static void ssh_close_links(struct hd_ssh *ssh)
{
	if (uv_is_closing((uv_handle_t *)&ssh->timer))
		return;
	for (size_t i = 0; i < ssh->host_count; i++) {
		struct hd_ssh_host *host = &ssh->hosts[i];

		/* What could not be removed is, by who comes next. */
		if (!ssh->keeps)
			hd_ssh_away_close(host, host->is_cleared);
		if (host->sweep && !ssh->keeps)
			hd_ssh_away_add(host, NULL);
		hd_ssh_host_close(host);
	}
	hd_ssh_archive_free(ssh->parts_tar);
	hd_ssh_archive_free(ssh->tree_tar);
	ssh->parts_tar = ssh->tree_tar = NULL;
	uv_close((uv_handle_t *)&ssh->timer, on_timer_closed);
}

static void on_close_limit(uv_timer_t *timer)
{
	ssh_close_links(timer->data);
}

static void on_cleared(void *user, int rc, const char *answer, size_t length)
{
	struct hd_ssh_host *host = user;
	struct hd_ssh *ssh = host->ssh;
	bool waits = false;

	(void)answer;
	(void)length;
	host->looking = false;
	if (rc == 0) {
		free(host->sweep);
		host->sweep = NULL;
		host->is_cleared = true;
	}
	for (size_t i = 0; i < ssh->host_count; i++)
		waits = waits || ssh->hosts[i].looking;
	/* Told from the loop: this may come while links are being closed. */
	if (!waits)
		uv_timer_start(&ssh->timer, on_close_limit, 0, 0);
}

/* Have all that runs in the sweep's folder there ended, and that removed. */
static bool host_clear(struct hd_ssh_host *host)
{
	struct hd_buf script = HD_BUF_INIT;
	int rc = HD_EBUSY;

	if (host->phase != HD_SSH_READY || !host->sweep || host->ssh->keeps)
		return false;
	hd_buf_puts(&script, "hd_away ");
	hd_ssh_launcher_add(&script, host);
	hd_buf_putc(&script, ' ');
	hd_buf_shell(&script, host->sweep);
	if (!hd_buf_failed(&script))
		rc = hd_shell_ask(host->control,
				  &(struct hd_shell_request){ .script = hd_buf_text(&script),
							      .limit = CLOSE_LIMIT / 1000.0,
							      .user = host,
							      .done = on_cleared });
	hd_buf_release(&script);
	host->looking = rc == 0; /* the answer is waited for */
	return rc == 0;
}

static void ssh_close(void *state, void (*done)(void *user), void *user)
{
	struct hd_ssh *ssh = state;
	bool waits = false;

	assert(!ssh->attempts);
	ssh->is_closing = true;
	ssh->done = done;
	ssh->done_user = user;
	for (size_t i = 0; i < ssh->host_count; i++)
		waits = host_clear(&ssh->hosts[i]) || waits;
	uv_timer_start(&ssh->timer, on_close_limit, waits ? CLOSE_LIMIT : 0, 0);
}

const struct hd_backend_type hd_backend_ssh = {
	.name = "ssh",
	.summary = "other machines that ssh reaches",
	.state_size = sizeof(struct hd_ssh),
	.options = hd_ssh_options,
	.settings_size = sizeof(struct hd_ssh_settings),
	.is_remote = true,
	.check = hd_ssh_check,
	.machines = hd_ssh_machines,
	.open = ssh_open,
	.stage = ssh_stage,
	.capacity = ssh_capacity,
	.launch = ssh_launch,
	.poll = ssh_poll,
	.adopt = ssh_adopt,
	.release = ssh_release_attempt,
	.stop = ssh_stop,
	.close = ssh_close,
};
