/* Attempts: their memory, their requests, what is next for each. */
#include "ssh/group.h"

#include "base/file.h"
#include "base/json.h"
#include "base/time.h"
#include "remote/untar.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLACE "place-"
#define PLACE_MOST 8192
#define LIMIT 30

/* --- memory --------------------------------------------------------------------- */

struct hd_ssh_attempt *hd_ssh_attempt_new(struct hd_ssh *ssh, const struct hd_launch *launch)
{
	struct hd_ssh_attempt *attempt = calloc(1, sizeof *attempt);

	if (!attempt)
		return NULL;
	*attempt = (struct hd_ssh_attempt){ .ssh = ssh,
					    .serial = ++ssh->serial,
					    .place = SIZE_MAX,
					    .trial = launch->trial,
					    .number = launch->attempt,
					    .grace = launch->grace,
					    .refs = 1 };
	attempt->folder = strdup(launch->folder);
	if (!attempt->folder) {
		free(attempt);
		return NULL;
	}
	attempt->next = ssh->attempts;
	ssh->attempts = attempt;
	return attempt;
}

void hd_ssh_attempt_ref(struct hd_ssh_attempt *attempt)
{
	attempt->refs++;
}

void hd_ssh_attempt_unref(struct hd_ssh_attempt *attempt)
{
	if (--attempt->refs)
		return;
	hd_ssh_group_unref(attempt);
	free(attempt->folder);
	free(attempt->there);
	free(attempt->boot);
	free(attempt->state);
	free(attempt->exit);
	hd_buf_release(&attempt->order);
	hd_ssh_archive_free(attempt->push);
	hd_untar_close(attempt->untar);
	free(attempt);
}

void hd_ssh_attempt_close(struct hd_ssh_attempt *attempt)
{
	struct hd_ssh_attempt **link = &attempt->ssh->attempts;
	struct hd_ssh_host *host = attempt->host;

	if (attempt->is_closed)
		return;
	while (*link != attempt)
		link = &(*link)->next;
	*link = attempt->next;
	if (host && host->places && attempt->place < host->slots)
		host->places[attempt->place] = false;
	attempt->is_closed = true;
	hd_ssh_group_closed(attempt);
	hd_ssh_attempt_unref(attempt);
}

struct hd_ssh_attempt *hd_ssh_attempt_find(const struct hd_ssh *ssh, size_t trial)
{
	struct hd_ssh_attempt *attempt = ssh->attempts;

	/* Of several hosts the first one's is the trial's. */
	while (attempt && (attempt->trial != trial || attempt->node))
		attempt = attempt->next;
	return attempt;
}

/* --- requests --------------------------------------------------------------------- */

struct asked {
	struct hd_ssh_attempt *attempt;
	hd_ssh_told_fn told;
};

static void on_told(void *user, int rc, const char *answer, size_t length)
{
	struct asked asked = *(struct asked *)user;
	struct hd_ssh_attempt *attempt = asked.attempt;

	free(user);
	attempt->asking = false;
	if (rc >= 0)
		attempt->host->heard = hd_time_steady();
	if (!attempt->is_closed)
		asked.told(attempt, rc, answer, length);
	if (!attempt->is_closed && rc >= 0)
		hd_ssh_attempt_step(attempt);
	hd_ssh_attempt_unref(attempt);
}

bool hd_ssh_attempt_ask(struct hd_ssh_attempt *attempt, struct hd_buf *script,
			const struct hd_buf *input, hd_ssh_told_fn told)
{
	struct asked *asked = malloc(sizeof *asked);
	int rc = HD_ENOMEM;

	if (asked && !hd_buf_failed(script)) {
		*asked = (struct asked){ attempt, told };
		rc = hd_shell_ask(attempt->host->control,
				  &(struct hd_shell_request){
					  .script = hd_buf_text(script),
					  .input = input ? hd_buf_text(input) : NULL,
					  .input_length = input ? input->length : 0,
					  .limit = LIMIT,
					  .user = asked,
					  .done = on_told });
	}
	hd_buf_release(script);
	if (rc < 0) {
		free(asked);
		return false;
	}
	attempt->asking = true;
	hd_ssh_attempt_ref(attempt);
	return true;
}

/* --- what is next -------------------------------------------------------------------- */

void hd_ssh_attempt_step(struct hd_ssh_attempt *attempt)
{
	if (attempt->asking || attempt->is_closed || !attempt->host ||
	    attempt->host->phase != HD_SSH_READY || attempt->ssh->is_closing ||
	    hd_time_steady() < attempt->again)
		return;
	switch (attempt->stage) {
	case HD_SSH_PUSHING:
	case HD_SSH_SENDING:
		hd_ssh_launch_step(attempt);
		break;
	case HD_SSH_UNSURE: /* a look will tell */
	case HD_SSH_HELD:   /* the poll comes back to it */
	case HD_SSH_HOME:   /* no host is needed */
		break;
	case HD_SSH_RUNNING:
		hd_ssh_stop_step(attempt);
		break;
	case HD_SSH_ENDING:
		hd_ssh_end_step(attempt);
		break;
	case HD_SSH_BRINGING:
		hd_ssh_bring_step(attempt);
		break;
	}
}

/* --- its place -------------------------------------------------------------------------- */

int hd_ssh_record_write(const char *folder, const char *name, const char *text,
			struct hd_error *err)
{
	struct hd_buf path = HD_BUF_INIT;
	struct hd_file file;
	int rc;

	hd_buf_printf(&path, "%s/%s", folder, name);
	if (hd_buf_failed(&path)) {
		hd_buf_release(&path);
		return hd_error_nomem(err);
	}
	rc = hd_file_begin(&file, hd_buf_text(&path), err);
	if (rc == 0) {
		rc = hd_file_write(&file, text, strlen(text), err);
		if (rc == 0)
			rc = hd_file_end(&file, err);
		else
			hd_file_abort(&file);
	}
	hd_buf_release(&path);
	return rc;
}

static void member_add(struct hd_buf *text, const char *name, const char *value)
{
	hd_buf_printf(text, "%s\"%s\": ", text->length > 1 ? ", " : "", name);
	hd_buf_json(text, value, strlen(value));
}

int hd_ssh_place_write(const struct hd_ssh_attempt *attempt, struct hd_error *err)
{
	struct hd_buf text = HD_BUF_INIT;
	char name[32];
	int rc;

	snprintf(name, sizeof name, PLACE "%u", attempt->number);
	hd_buf_puts(&text, "{");
	member_add(&text, "host", attempt->host->said.name);
	member_add(&text, "folder", attempt->there);
	member_add(&text, "boot", attempt->boot ? attempt->boot : "");
	hd_buf_printf(&text, ", \"place\": %zu}\n", attempt->place);
	rc = hd_buf_failed(&text)
		     ? hd_error_nomem(err)
		     : hd_ssh_record_write(attempt->folder, name, hd_buf_text(&text), err);
	hd_buf_release(&text);
	return rc;
}

/* A member's text, the caller's to free(); NULL for none. */
static char *member_take(const struct hd_json *place, const char *name)
{
	const struct hd_json *node = hd_json_get(place, name);
	const char *text = node ? hd_json_string(node, NULL) : NULL;

	return text && *text ? strdup(text) : NULL;
}

static int place_load(struct hd_json **out, const struct hd_ssh_attempt *attempt,
		      struct hd_error *err)
{
	char text[PLACE_MOST];
	struct hd_buf path = HD_BUF_INIT;
	ssize_t got = -1;
	int fd;

	*out = NULL;
	hd_buf_printf(&path, "%s/" PLACE "%u", attempt->folder, attempt->number);
	fd = open(hd_buf_text(&path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0) {
		got = read(fd, text, sizeof text);
		close(fd);
	}
	hd_buf_release(&path);
	if (got < 0)
		return hd_error_set(err, HD_ENOENT,
				    "where trial %zu was started is not known",
				    attempt->trial);
	return hd_json_parse(out, text, (size_t)got, err);
}

int hd_ssh_place_read(struct hd_ssh_attempt *attempt, char **host, struct hd_error *err)
{
	const struct hd_json *node;
	struct hd_json *place;
	int rc = place_load(&place, attempt, err);

	*host = NULL;
	if (rc < 0)
		return rc;
	*host = member_take(place, "host");
	attempt->there = member_take(place, "folder");
	attempt->boot = member_take(place, "boot");
	node = hd_json_get(place, "place");
	if (node && hd_json_kind(node) == HD_JSON_INTEGER && hd_json_integer(node) >= 0)
		attempt->place = (size_t)hd_json_integer(node);
	hd_json_free(place);
	if (*host && attempt->there && *attempt->there == '/')
		return 0;
	return hd_error_set(err, HD_ENOENT, "where trial %zu was started is not known",
			    attempt->trial);
}

void hd_ssh_place_tell(const struct hd_ssh_attempt *attempt)
{
	const struct hd_backend_host *engine = &attempt->ssh->engine;
	struct hd_buf where = HD_BUF_INIT;

	if (!attempt->host)
		return;
	hd_buf_puts(&where, attempt->host->said.name);
	for (size_t node = 1; attempt->group && node < attempt->ssh->nodes; node++)
		for (struct hd_ssh_attempt *a = attempt->ssh->attempts; a; a = a->next)
			if (a->group == attempt->group && a->node == node && a->host)
				hd_buf_printf(&where, ", %s", a->host->said.name);
	if (engine->placed && !hd_buf_failed(&where))
		engine->placed(engine->user, attempt->trial, hd_buf_text(&where));
	hd_buf_release(&where);
}
