/* Hosts: their links, what is next for each, their places. */
#include "ssh/ssh.h"

#include "base/time.h"
#include "ssh/script.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Microseconds until a step that failed is tried again. */
#define AGAIN (15 * INT64_C(1000000))
/* Links for long answers that fail before they are done without. */
#define BULK_DOWNS 3

/* As BACKENDS measured: a dead link is known within 15 s, an unreachable host
 * within 5. Nobody is there to type a password. */
static const char *const ssh_words[] = {
	"-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=5",
	"-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3",
	/* One that is there may be used; none is left behind. */
	"-o", "ControlMaster=no", "-o", "ClearAllForwardings=yes"
};
#define SSH_WORDS (sizeof ssh_words / sizeof ssh_words[0])

/* --- memory ----------------------------------------------------------------- */

static int host_words(struct hd_ssh_host *host, struct hd_error *err)
{
	const char *const *options = host->ssh->settings->options;
	size_t count = 0, at = 0;

	while (options && options[count])
		count++;
	host->argv = calloc(SSH_WORDS + count + 5, sizeof *host->argv);
	if (!host->argv)
		return hd_error_nomem(err);
	/* Of two that say the same the first one counts: the user's. */
	host->argv[at++] = "ssh";
	for (size_t i = 0; i < count; i++)
		host->argv[at++] = options[i];
	for (size_t i = 0; i < SSH_WORDS; i++)
		host->argv[at++] = ssh_words[i];
	host->argv[at++] = host->said.name;
	host->argv[at++] = "exec sh";
	return 0;
}

int hd_ssh_host_init(struct hd_ssh_host *host, struct hd_ssh *ssh, const char *said,
		     struct hd_error *err)
{
	int rc;

	*host = (struct hd_ssh_host){ .ssh = ssh, .heard = hd_time_steady() };
	rc = hd_ssh_said_read(&host->said, said, err);
	return rc < 0 ? rc : host_words(host, err);
}

void hd_ssh_host_release(struct hd_ssh_host *host)
{
	hd_ssh_said_release(&host->said);
	free(host->argv);
	free(host->folder);
	free(host->sweep);
	free(host->boot);
	free(host->address);
	free(host->places);
	free(host->noted);
}

struct hd_ssh_host *hd_ssh_host_find(const struct hd_ssh *ssh, const char *name)
{
	for (size_t i = 0; i < ssh->host_count; i++)
		if (strcmp(ssh->hosts[i].said.name, name) == 0)
			return &ssh->hosts[i];
	return NULL;
}

void hd_ssh_parts_path(struct hd_buf *path, const struct hd_ssh_host *host)
{
	hd_buf_printf(path, "%s/parts/%s", host->folder, hd_parts_id(host->ssh->parts));
}

void hd_ssh_launcher_add(struct hd_buf *script, const struct hd_ssh_host *host)
{
	struct hd_buf path = HD_BUF_INIT;

	hd_ssh_parts_path(&path, host);
	hd_buf_puts(&path, "/" HD_PARTS_LAUNCHER);
	hd_buf_shell(script, hd_buf_text(&path));
	if (hd_buf_failed(&path))
		script->failed = true;
	hd_buf_release(&path);
}

void hd_ssh_tree_path(struct hd_buf *path, const struct hd_ssh_host *host)
{
	if (host->ssh->tree_is_live)
		hd_buf_printf(path, "%s/%s", host->sweep, host->ssh->tree_id);
	else
		hd_buf_printf(path, "%s/stage/%s", host->folder, host->ssh->tree_id);
}

/* --- what is said of it ------------------------------------------------------- */

void hd_ssh_host_note(struct hd_ssh_host *host, const char *text)
{
	struct hd_ssh *ssh = host->ssh;
	struct hd_buf note = HD_BUF_INIT;

	if (host->noted && strcmp(host->noted, text) == 0)
		return;
	free(host->noted);
	host->noted = strdup(text);
	hd_buf_printf(&note, "host '%s': %s", host->said.name, text);
	if (ssh->engine.note)
		ssh->engine.note(ssh->engine.user, SIZE_MAX, hd_buf_text(&note));
	hd_buf_release(&note);
}

void hd_ssh_last_line(char *line, size_t size, const char *text)
{
	/* What tar says last tells nothing. */
	static const char *const empty[] = { "tar: Exiting", "tar: Error is not" };
	size_t end = strlen(text), begin = end;
	bool tells = false;

	while (!tells && end) {
		while (end && strchr("\r\n\t ", text[end - 1]))
			end--;
		for (begin = end; begin && text[begin - 1] != '\n'; begin--)
			;
		tells = true;
		for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++)
			if (begin && !strncmp(text + begin, empty[i], strlen(empty[i])))
				tells = false;
		if (!tells)
			end = begin;
	}
	snprintf(line, size, "%.*s", (int)(end - begin), text + begin);
}

void hd_ssh_host_fail(struct hd_ssh_host *host, const char *what, const char *answer)
{
	char line[400], note[512];

	hd_ssh_last_line(line, sizeof line, answer);
	snprintf(note, sizeof note, "%s%s%s", what, *line ? ": " : "", line);
	hd_ssh_host_note(host, note);
	host->again = hd_time_steady() + AGAIN;
}

/* --- requests ------------------------------------------------------------------- */

struct step {
	struct hd_ssh_host *host;
	hd_ssh_answer_fn answered;
};

static void on_step(void *user, int rc, const char *answer, size_t length)
{
	struct step step = *(struct step *)user;
	struct hd_ssh_host *host = step.host;

	free(user);
	host->asking = false;
	if (rc < 0)
		return; /* the link is gone: all is asked anew on the next one */
	host->heard = hd_time_steady();
	if (!host->ssh->is_closing)
		step.answered(host, rc, answer, length);
	hd_ssh_host_step(host);
}

void hd_ssh_host_ask(struct hd_ssh_host *host, struct hd_buf *script, int file,
		     int64_t length, double limit, hd_ssh_answer_fn answered)
{
	struct step *step = malloc(sizeof *step);
	int rc = HD_ENOMEM;

	if (step && !hd_buf_failed(script)) {
		*step = (struct step){ host, answered };
		rc = hd_shell_ask(host->control,
				  &(struct hd_shell_request){ .script = hd_buf_text(script),
							      .file = file,
							      .file_length = length,
							      .limit = limit,
							      .user = step,
							      .done = on_step });
	}
	hd_buf_release(script);
	host->asking = rc == 0;
	if (rc < 0) {
		free(step);
		host->again = hd_time_steady() + AGAIN;
	}
}

/* --- links ----------------------------------------------------------------------- */

static void on_closed(void *user)
{
	hd_ssh_unref(user);
}

static void on_up(void *user)
{
	struct hd_ssh_host *host = user;

	host->heard = hd_time_steady();
	host->phase = HD_SSH_PROBING;
	host->again = 0;
	host->is_dead = false;
	hd_ssh_host_step(host);
}

static void on_down(void *user, const char *why)
{
	struct hd_ssh_host *host = user;

	host->is_lost |= host->phase == HD_SSH_READY;
	host->phase = HD_SSH_AWAY;
	host->asking = host->looking = host->fitting = false;
	hd_ssh_host_note(host, why);
}

static void on_bulk_up(void *user)
{
	struct hd_ssh_host *host = user;
	struct hd_ssh_attempt *next;

	host->bulk_downs = 0;
	for (struct hd_ssh_attempt *a = host->ssh->attempts; a; a = next) {
		next = a->next;
		if (a->host == host)
			hd_ssh_attempt_step(a);
	}
}

static void on_bulk_down(void *user, const char *why)
{
	struct hd_ssh_host *host = user;

	(void)why; /* the other link tells */
	host->bulk_downs++;
}

void hd_ssh_host_close(struct hd_ssh_host *host)
{
	if (host->control)
		hd_shell_close(host->control, on_closed, host->ssh);
	if (host->bulk)
		hd_shell_close(host->bulk, on_closed, host->ssh);
	host->control = host->bulk = NULL;
	host->phase = HD_SSH_UNUSED;
}

static int shell_open(struct hd_shell **out, struct hd_ssh_host *host,
		      void (*up)(void *), void (*down)(void *, const char *),
		      struct hd_error *err)
{
	int rc = hd_shell_open(out,
			       &(struct hd_shell_setup){
				       .loop = host->ssh->engine.loop,
				       .argv = host->argv,
				       .environment = host->ssh->engine.environment,
				       .prologue = hd_ssh_script,
				       .user = host,
				       .up = up,
				       .down = down },
			       err);

	if (rc == 0)
		host->ssh->open++;
	return rc;
}

int hd_ssh_host_start(struct hd_ssh_host *host, struct hd_error *err)
{
	int rc;

	if (host->phase != HD_SSH_UNUSED)
		return 0;
	rc = shell_open(&host->control, host, on_up, on_down, err);
	if (rc < 0)
		return rc;
	host->phase = HD_SSH_AWAY;
	host->heard = hd_time_steady();
	return 0;
}

struct hd_shell *hd_ssh_host_bulk(struct hd_ssh_host *host)
{
	if (host->phase != HD_SSH_READY)
		return NULL;
	if (!host->bulk && shell_open(&host->bulk, host, on_bulk_up, on_bulk_down, NULL) < 0)
		host->bulk = NULL;
	if (host->bulk && hd_shell_is_up(host->bulk))
		return host->bulk;
	return !host->bulk || host->bulk_downs >= BULK_DOWNS ? host->control : NULL;
}

/* --- what is next ------------------------------------------------------------------ */

static void attempts_step(struct hd_ssh_host *host)
{
	struct hd_ssh_attempt *next;

	for (struct hd_ssh_attempt *a = host->ssh->attempts; a; a = next) {
		next = a->next;
		if (a->host == host)
			hd_ssh_attempt_step(a);
	}
}

void hd_ssh_host_step(struct hd_ssh_host *host)
{
	if (host->asking || host->ssh->is_closing || hd_time_steady() < host->again)
		return;
	switch (host->phase) {
	case HD_SSH_UNUSED:
	case HD_SSH_AWAY:
	case HD_SSH_REFUSED:
		break;
	case HD_SSH_PROBING:
		hd_ssh_fit_probe(host);
		break;
	case HD_SSH_FITTING:
		hd_ssh_fit_parts(host);
		break;
	case HD_SSH_CLEARING:
		hd_ssh_away_step(host);
		break;
	case HD_SSH_STAGING:
		hd_ssh_fit_tree(host);
		break;
	case HD_SSH_READY:
		attempts_step(host);
		hd_ssh_look(host);
		break;
	}
}

/* --- places ------------------------------------------------------------------------- */

size_t hd_ssh_host_busy(const struct hd_ssh_host *host)
{
	size_t busy = 0;

	for (const struct hd_ssh_attempt *a = host->ssh->attempts; a; a = a->next)
		busy += a->host == host;
	return busy;
}

size_t hd_ssh_host_take(struct hd_ssh_host *host)
{
	for (size_t i = 0; i < host->slots; i++) {
		if (!host->places[i]) {
			host->places[i] = true;
			return i;
		}
	}
	return SIZE_MAX;
}

struct hd_ssh_host *hd_ssh_host_choose(const struct hd_ssh *ssh)
{
	struct hd_ssh_host *best = NULL;
	size_t most = 0;
	int64_t now = hd_time_steady();

	for (size_t i = 0; i < ssh->host_count; i++) {
		struct hd_ssh_host *host = &ssh->hosts[i];
		size_t busy = hd_ssh_host_busy(host);

		if (host->phase != HD_SSH_READY || now < host->rest ||
		    busy >= host->slots || host->slots - busy <= most)
			continue;
		most = host->slots - busy;
		best = host;
	}
	return best;
}
