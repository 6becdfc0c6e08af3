/*
 * What became of a host's attempts: one request a second for all of them, by
 * the launcher there (launch_modes.h). New bytes of their files are appended to
 * those here, whose sizes are how far was read: an engine that dies leaves
 * nothing to be remembered.
 */
#include "ssh/ssh.h"

#include "base/time.h"
#include "dispatch/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes of one answer. */
#define ANSWER "1048576"
#define LIMIT 20
/* Looks at one that has claimed its ticket and does not say who it is. */
#define UNTOLD_MOST 10
/* ... and at a ticket that nobody has claimed, of which no more is known. */
#define UNSURE_MOST 3
#define RANKS 32
#define NAME_MOST 64

static const char *const files[] = { "stdout", "stderr", "metrics" };
#define FILES (sizeof files / sizeof files[0])

/* --- asking ------------------------------------------------------------------- */

static int64_t size_here(const struct hd_ssh_attempt *attempt, const char *name)
{
	struct hd_buf path = HD_BUF_INIT;
	struct stat info;
	int64_t size = 0;

	hd_buf_printf(&path, "%s/%s", attempt->folder, name);
	if (!hd_buf_failed(&path) && lstat(hd_buf_text(&path), &info) == 0)
		size = S_ISREG(info.st_mode) ? info.st_size : 0;
	hd_buf_release(&path);
	return size;
}

static void file_ask(struct hd_buf *script, const struct hd_ssh_attempt *attempt,
		     const char *name)
{
	hd_buf_printf(script, " %s %lld", name, (long long)size_here(attempt, name));
}

static void attempt_ask(struct hd_buf *script, const struct hd_ssh_attempt *attempt)
{
	unsigned ranks = 0;

	for (unsigned i = 0; i < RANKS; i++)
		ranks += attempt->rank_mask >> i & 1;
	hd_buf_printf(script, " %llu %zu ", (unsigned long long)attempt->serial,
		      FILES + ranks);
	hd_buf_shell(script, attempt->there);
	hd_buf_printf(script, " %u %lld %llu", attempt->number, (long long)attempt->pid,
		      (unsigned long long)attempt->start);
	for (size_t i = 0; i < FILES; i++)
		file_ask(script, attempt, files[i]);
	for (unsigned i = 0; i < RANKS; i++) {
		char name[32];

		if (!(attempt->rank_mask >> i & 1))
			continue;
		snprintf(name, sizeof name, "rank-%u.log", i);
		file_ask(script, attempt, name);
	}
}

static bool is_looked_at(const struct hd_ssh_attempt *attempt)
{
	return !attempt->asking && (attempt->stage == HD_SSH_UNSURE ||
				    attempt->stage == HD_SSH_RUNNING);
}

/* --- files here ------------------------------------------------------------------ */

static bool bytes_write(int fd, const char *bytes, size_t length)
{
	while (length) {
		ssize_t put = write(fd, bytes, length);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		bytes += put;
		length -= (size_t)put;
	}
	return true;
}

static void trouble_note(const struct hd_ssh_attempt *attempt, const char *name, int number)
{
	struct hd_buf note = HD_BUF_INIT;

	hd_buf_printf(&note, "cannot write trial %zu's '%s' here: %s", attempt->trial, name,
		      strerror(number));
	hd_ssh_host_note(attempt->host, hd_buf_text(&note));
	hd_buf_release(&note);
}

/* Append what comes at OFFSET, if that is where the file ends; whether it is
 * here now. */
static bool file_append(const struct hd_ssh_attempt *attempt, const char *name,
			int64_t offset, const char *bytes, size_t length)
{
	const int flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	struct hd_buf path = HD_BUF_INIT;
	struct stat info;
	bool ok = false;
	int fd;

	hd_buf_printf(&path, "%s/%s", attempt->folder, name);
	fd = hd_buf_failed(&path) ? -1 : open(hd_buf_text(&path), flags, 0666);
	if (fd < 0 && (errno == ELOOP || errno == ENXIO || errno == EISDIR)) {
		ok = true; /* somebody made something else of it here */
	} else if (fd < 0) {
		trouble_note(attempt, name, errno);
	} else if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) {
		ok = info.st_size == offset && bytes_write(fd, bytes, length);
		if (!ok && info.st_size == offset)
			trouble_note(attempt, name, errno);
	} else {
		ok = true;
	}
	if (fd >= 0)
		close(fd);
	hd_buf_release(&path);
	return ok;
}

/* --- taking the answer to pieces --------------------------------------------------- */

struct answer {
	const char *at, *end;
};

/* What is told of one attempt, gathered. */
struct told {
	struct hd_ssh_attempt *attempt;
	bool is_missing, is_unread, is_told;
	bool has_ticket, has_owner, lives;
	bool has_grown;
	bool is_behind; /* more of a file is there than here */
};

/* A line without its end; NULL at the end. */
static char *line_take(struct answer *answer, char *line, size_t size)
{
	const char *end = memchr(answer->at, '\n', (size_t)(answer->end - answer->at));

	if (!end || (size_t)(end - answer->at) >= size)
		return NULL;
	memcpy(line, answer->at, (size_t)(end - answer->at));
	line[end - answer->at] = '\0';
	answer->at = end + 1;
	return line;
}

/* Bytes behind a line; NULL when the answer does not have them. */
static const char *bytes_take(struct answer *answer, long long length)
{
	const char *bytes = answer->at;

	if (length < 0 || length > answer->end - answer->at)
		return NULL;
	answer->at += length;
	return bytes;
}

static void rank_learn(struct hd_ssh_attempt *attempt, const char *name)
{
	unsigned rank;

	if (sscanf(name, "rank-%u.log", &rank) == 1 && rank < RANKS)
		attempt->rank_mask |= 1U << rank;
}

/* A metric is a line: half of one stays there. The end of all is taken as it is. */
static size_t length_wanted(const struct hd_ssh_attempt *attempt, const char *name,
			    const char *bytes, size_t length, long long left)
{
	bool is_last = (attempt->exit || attempt->is_gone) && left == 0;
	size_t whole = length;

	if (strcmp(name, "metrics") != 0 || is_last || left > 0)
		return length;
	while (whole && bytes[whole - 1] != '\n')
		whole--;
	return whole;
}

static bool is_known_file(const char *name)
{
	unsigned rank;

	for (size_t i = 0; i < FILES; i++)
		if (strcmp(name, files[i]) == 0)
			return true;
	return sscanf(name, "rank-%u.log", &rank) == 1 && rank < RANKS;
}

static bool take_file(struct told *told, struct answer *answer, const char *line,
		      struct hd_ssh_host *host)
{
	char name[NAME_MOST];
	long long offset, length, left;
	const char *bytes;
	size_t wanted;

	if (sscanf(line, "f %*u %63s %lld %lld %lld", name, &offset, &length, &left) != 4)
		return false;
	bytes = bytes_take(answer, length);
	if (!bytes)
		return false;
	if (!told->attempt || !is_known_file(name))
		return true;
	wanted = length_wanted(told->attempt, name, bytes, (size_t)length, left);
	rank_learn(told->attempt, name);
	if (wanted && file_append(told->attempt, name, offset, bytes, wanted))
		told->has_grown = true;
	else if (wanted)
		told->is_behind = true;
	told->is_behind |= left > 0;
	host->more |= left > 0;
	return true;
}

static bool take_record(struct told *told, struct answer *answer, const char *line)
{
	struct hd_ssh_attempt *attempt = told->attempt;
	char **record;
	long long length;
	const char *bytes;

	if (sscanf(line, "%*c %*u %lld", &length) != 1)
		return false;
	bytes = bytes_take(answer, length);
	if (!bytes)
		return false;
	if (!attempt || length == 0 || bytes[length - 1] != '\n')
		return true;
	record = *line == 'x' ? &attempt->exit : &attempt->state;
	if (*record && strlen(*record) == (size_t)length &&
	    !memcmp(*record, bytes, (size_t)length))
		return true;
	free(*record);
	*record = strndup(bytes, (size_t)length);
	if (*line == 's' && *record)
		(void)hd_ssh_record_write(attempt->folder, "state", *record, NULL);
	return true;
}

static struct hd_ssh_attempt *attempt_by(const struct hd_ssh_host *host, uint64_t serial)
{
	for (struct hd_ssh_attempt *a = host->ssh->attempts; a; a = a->next)
		if (a->serial == serial)
			return a->host == host ? a : NULL;
	return NULL;
}

/* --- what it means ------------------------------------------------------------------ */

static void started_tell(struct hd_ssh_attempt *attempt)
{
	const struct hd_backend_host *engine = &attempt->ssh->engine;
	struct hd_record_state state;

	if (!attempt->state || hd_record_read_state(&state, attempt->folder, NULL) < 0)
		return;
	attempt->pid = state.pid;
	attempt->start = state.start;
	if (attempt->was_started)
		return;
	attempt->was_started = true;
	hd_buf_release(&attempt->order); /* it will not be sent again */
	if (attempt->node)
		return;
	engine->started(engine->user, attempt->trial, state.pid, state.start);
	hd_ssh_place_tell(attempt);
}

/* Its host was started anew, and nothing of before lives. */
static bool is_of_other_boot(const struct hd_ssh_attempt *attempt)
{
	return attempt->boot && attempt->host->boot &&
	       strcmp(attempt->boot, attempt->host->boot) != 0;
}

static void attempt_gone(struct hd_ssh_attempt *attempt)
{
	if (is_of_other_boot(attempt)) {
		attempt->cause = HD_CAUSE_NODE;
		snprintf(attempt->error, sizeof attempt->error,
			 "host '%s' was started anew while it ran", attempt->host->said.name);
	} else {
		snprintf(attempt->error, sizeof attempt->error,
			 "its supervisor on host '%s' is gone and left no exit record",
			 attempt->host->said.name);
	}
	attempt->is_gone = true;
	attempt->stage = HD_SSH_ENDING;
}

/* It has claimed its ticket: lives, has ended, or is gone. */
static void judge_claimed(const struct told *told)
{
	struct hd_ssh_attempt *attempt = told->attempt;

	attempt->is_claimed = true;
	attempt->stage = HD_SSH_RUNNING;
	started_tell(attempt);
	if (attempt->exit || attempt->is_gone) {
		if (!told->is_behind)
			attempt->stage = HD_SSH_BRINGING;
		return;
	}
	/* Looked at by the pid that was known before this answer. */
	if (told->lives) {
		attempt->untold = 0;
	} else if (is_of_other_boot(attempt) || ++attempt->untold > UNTOLD_MOST) {
		attempt_gone(attempt);
	} else if (attempt->state && attempt->untold > 2) {
		attempt_gone(attempt);
	}
}

static void judge(const struct told *told)
{
	struct hd_ssh_attempt *attempt = told->attempt;
	bool was_unsure;

	if (!attempt || attempt->is_closed || !is_looked_at(attempt) || told->is_unread ||
	    (!told->is_told && !told->is_missing))
		return;
	was_unsure = attempt->stage == HD_SSH_UNSURE;
	if (told->has_owner) {
		attempt->untold = was_unsure ? 0 : attempt->untold;
		judge_claimed(told);
	} else if (was_unsure && told->has_ticket) {
		/* It may be about to claim it. */
		if (++attempt->untold > UNSURE_MOST)
			hd_ssh_launch_withdraw(attempt);
	} else if (was_unsure) {
		hd_ssh_launch_missing(attempt);
	} else if (told->is_missing || !told->has_ticket) {
		hd_ssh_end_lost(attempt, HD_CAUSE_NODE, "its folder there is gone");
	} else if (!told->lives && ++attempt->untold > 1) {
		hd_ssh_launch_failed(attempt);
	}
}

/* Said before its end may be. */
static void told_end(const struct told *told)
{
	const struct hd_backend_host *engine = &told->attempt->ssh->engine;

	if (told->has_grown)
		engine->output(engine->user, told->attempt->trial);
	judge(told);
}

/* A line of another attempt: that one's are through. */
static void told_next(struct told *told, const struct hd_ssh_host *host, uint64_t serial)
{
	if (told->attempt && told->attempt->serial == serial)
		return;
	if (told->attempt)
		told_end(told);
	*told = (struct told){ .attempt = attempt_by(host, serial) };
}

static bool take_line(struct told *told, struct answer *answer, const char *line,
		      struct hd_ssh_host *host)
{
	unsigned long long serial;
	int ticket, owner, lives;

	if (sscanf(line, "%*c %llu", &serial) != 1)
		return false;
	told_next(told, host, serial);
	switch (*line) {
	case 'n':
		told->is_missing = true;
		return true;
	case 'u':
		told->is_unread = true;
		return true;
	case 'a':
		if (sscanf(line, "a %*u %d %d %d", &ticket, &owner, &lives) != 3)
			return false;
		told->is_told = true;
		told->has_ticket = ticket;
		told->has_owner = owner;
		told->lives = lives;
		return true;
	case 's':
	case 'x':
		return take_record(told, answer, line);
	case 'f':
		return take_file(told, answer, line, host);
	default:
		return false;
	}
}

static void on_looked(void *user, int rc, const char *text, size_t length)
{
	struct hd_ssh_host *host = user;
	struct answer answer = { text, text + length };
	struct told told = { 0 };
	char line[512];

	host->looking = false;
	if (rc < 0 || host->ssh->is_closing)
		return;
	host->heard = hd_time_steady();
	host->more = false;
	while (line_take(&answer, line, sizeof line) && strcmp(line, ".") != 0)
		if (!take_line(&told, &answer, line, host))
			break;
	if (told.attempt)
		told_end(&told);
	if (host->more)
		host->look = 0;
	hd_ssh_host_step(host);
}

void hd_ssh_look(struct hd_ssh_host *host)
{
	struct hd_buf script = HD_BUF_INIT;
	int64_t now = hd_time_steady();
	bool any = false;

	/* A little early will do: it is asked for by a timer of a second. */
	if (host->looking || now + host->ssh->interval / 5 < host->look)
		return;
	hd_ssh_launcher_add(&script, host);
	hd_buf_puts(&script, " --look " ANSWER);
	for (struct hd_ssh_attempt *a = host->ssh->attempts; a; a = a->next) {
		if (a->host != host || !is_looked_at(a))
			continue;
		any = true;
		attempt_ask(&script, a);
	}
	host->look = now + host->ssh->interval;
	host->looking = any && !hd_buf_failed(&script) &&
			hd_shell_ask(host->control,
				     &(struct hd_shell_request){
					     .script = hd_buf_text(&script),
					     .limit = LIMIT,
					     .user = host,
					     .done = on_looked }) == 0;
	hd_buf_release(&script);
}
