/*
 * What a trial leaves behind comes home: outputs, logs, checkpoints and what
 * else it made in its folder, as one stream that is unpacked while it comes.
 */
#include "ssh/ssh.h"

#include "base/time.h"
#include "remote/untar.h"

#include <stdio.h>
#include <string.h>

/* Microseconds until it is tried once more, after a full disk here, say. */
#define AGAIN (10 * INT64_C(1000000))
#define LIMIT 60

/* Names in the trial's folder that are not for a script to send. */
static bool is_wanted(void *user, const char *name)
{
	static const char *const ours[] = { "stdout", "stderr", "metrics", "state",
					    "exit", "stop", "params.json", "attempts",
					    "outputs", "logs" };
	static const char *const prefixes[] = { "ticket-", "owner-", "order-", "run-",
						"ctl-", "place-", "rank-",
						"node-" };
	size_t length = strcspn(name, "/");

	(void)user;
	for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
		if (strlen(ours[i]) == length && !strncmp(name, ours[i], length))
			return false;
	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return false;
	/* Of work/ only these two are its own; the rest leads to the source. */
	if (length == 4 && !strncmp(name, "work", 4))
		return !strncmp(name, "work/outputs", 12) || !strncmp(name, "work/logs", 9);
	return true;
}

static void on_bytes(void *user, const char *bytes, size_t length)
{
	struct hd_ssh_attempt *attempt = user;
	struct hd_error err;

	if (attempt->is_closed || !attempt->untar)
		return;
	if (hd_untar_add(attempt->untar, bytes, length, &err) == 0)
		return;
	snprintf(attempt->error, sizeof attempt->error, "%.400s", err.text);
	hd_untar_close(attempt->untar);
	attempt->untar = NULL;
}

static void refused_note(const struct hd_ssh_attempt *attempt)
{
	const struct hd_backend_host *engine = &attempt->ssh->engine;
	const char *first;
	size_t count = hd_untar_refused(attempt->untar, &first);
	char note[512];

	if (!count || !engine->note)
		return;
	snprintf(note, sizeof note,
		 "%zu of the files it left were not brought here, as they lead elsewhere "
		 "or are none: '%.300s'",
		 count, first);
	engine->note(engine->user, attempt->trial, note);
}

static void on_brought(void *user, int rc, const char *answer, size_t length)
{
	struct hd_ssh_attempt *attempt = user;
	struct hd_error err = { 0 };
	bool ok;

	(void)answer;
	(void)length;
	attempt->asking = false;
	if (attempt->is_closed)
		goto out;
	if (rc >= 0)
		attempt->host->heard = hd_time_steady();
	ok = rc >= 0 && attempt->untar && hd_untar_end(attempt->untar, &err) == 0;
	if (ok)
		refused_note(attempt);
	else if (rc >= 0)
		hd_ssh_host_note(attempt->host,
				 attempt->untar ? err.text : attempt->error);
	hd_untar_close(attempt->untar);
	attempt->untar = NULL;
	if (ok)
		hd_ssh_end(attempt);
	else if (rc >= 0)
		attempt->again = hd_time_steady() + AGAIN;
out:
	hd_ssh_attempt_unref(attempt);
}

void hd_ssh_bring_step(struct hd_ssh_attempt *attempt)
{
	struct hd_shell *shell = hd_ssh_host_bulk(attempt->host);
	struct hd_buf script = HD_BUF_INIT;
	struct hd_error err;

	if (!shell)
		return;
	if (hd_untar_open(&attempt->untar, attempt->folder, is_wanted, NULL, &err) < 0) {
		hd_ssh_host_note(attempt->host, err.text);
		attempt->again = hd_time_steady() + AGAIN;
		return;
	}
	hd_buf_puts(&script, "hd_bring ");
	hd_buf_shell(&script, attempt->there);
	if (!hd_buf_failed(&script) &&
	    hd_shell_ask(shell, &(struct hd_shell_request){
					.script = hd_buf_text(&script),
					.limit = LIMIT,
					.user = attempt,
					.data = on_bytes,
					.done = on_brought }) == 0) {
		attempt->asking = true;
		hd_ssh_attempt_ref(attempt);
	} else {
		hd_untar_close(attempt->untar);
		attempt->untar = NULL;
	}
	hd_buf_release(&script);
}
