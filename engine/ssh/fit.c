/*
 * A host that was reached, until trials can run on it: what it is, the parts of
 * hdrive, the tree of the sweep. All of it is kept there by its content, so
 * that mostly nothing has to be sent.
 */
#include "ssh/ssh.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

/* Seconds without a byte; what is long has bytes all the time. */
#define LIMIT 30

/* --- what it is -------------------------------------------------------------- */

/* The rest of the line "NAME rest" in ANSWER, the caller's to free(). */
static char *answer_take(const char *answer, const char *name)
{
	size_t length = strlen(name);

	while (*answer) {
		size_t line = strcspn(answer, "\n");

		if (line > length && !strncmp(answer, name, length) && answer[length] == ' ')
			return strndup(answer + length + 1, line - length - 1);
		answer += line + (answer[line] == '\n');
	}
	return NULL;
}

/* A supervisor built for this machine runs on its like alone. */
static bool machine_is_ours(struct hd_ssh_host *host, const char *machine)
{
	struct utsname own;
	char ours[160], note[512];

	if (uname(&own) < 0)
		return true;
	snprintf(ours, sizeof ours, "%s %s", own.sysname, own.machine);
	if (strcmp(machine, ours) == 0)
		return true;
	snprintf(note, sizeof note,
		 "it is a machine of the kind '%s', and this hdrive is for '%s'", machine,
		 ours);
	hd_ssh_host_note(host, note);
	host->phase = HD_SSH_REFUSED;
	return false;
}

/* How many run at once, by what is asked for and what it has. */
static size_t slots_of(struct hd_ssh_host *host, const char *cpus)
{
	const struct hd_ssh *ssh = host->ssh;
	size_t slots = host->said.slots ? host->said.slots : ssh->settings->slots;
	size_t each = ssh->gpus_per_trial ? ssh->gpus_per_trial : 1;
	unsigned long processors = cpus ? strtoul(cpus, NULL, 10) : 0;

	if (!slots)
		slots = processors && processors < 4096 ? processors : 1;
	if (host->said.gpu_count || ssh->gpus_per_trial) {
		size_t places = host->said.gpu_count / each;

		if (!places)
			hd_ssh_host_note(host, "it has too few 'gpus' for one trial");
		if (slots > places)
			slots = places;
	}
	return slots;
}

/* Places of attempts that were adopted before are kept. */
static void places_make(struct hd_ssh_host *host, size_t slots)
{
	bool *places = calloc(slots + 1, sizeof *places);

	if (!places)
		return;
	for (struct hd_ssh_attempt *a = host->ssh->attempts; a; a = a->next)
		if (a->host == host && a->place < slots)
			places[a->place] = true;
	free(host->places);
	host->places = places;
	host->slots = slots;
}

/* Its attempts were ended with it. Those that had a record may tell of it. */
static void boot_compare(struct hd_ssh_host *host, char *boot)
{
	if (host->boot && boot && strcmp(host->boot, boot) != 0)
		hd_ssh_host_note(host, "it was started anew");
	free(host->boot);
	host->boot = boot;
}

static void sweep_name(struct hd_ssh_host *host)
{
	struct hd_buf path = HD_BUF_INIT;

	if (!host->ssh->sweep_id)
		return;
	hd_buf_printf(&path, "%s/%s", host->folder, host->ssh->sweep_id);
	free(host->sweep);
	host->sweep = hd_buf_take(&path);
}

static void on_probed(struct hd_ssh_host *host, int rc, const char *answer, size_t length)
{
	char *machine = answer_take(answer, "machine");
	char *cpus = answer_take(answer, "cpus");
	char *folder = answer_take(answer, "folder");

	(void)length;
	if (rc != 0 || !machine || !folder || *folder != '/') {
		hd_ssh_host_fail(host, "cannot use its folder", answer);
		goto out;
	}
	if (!machine_is_ours(host, machine))
		goto out;
	free(host->folder);
	host->folder = folder;
	folder = NULL;
	boot_compare(host, answer_take(answer, "boot"));
	free(host->address);
	host->address = answer_take(answer, "address");
	sweep_name(host);
	places_make(host, slots_of(host, cpus));
	host->phase = HD_SSH_FITTING;
out:
	free(machine);
	free(cpus);
	free(folder);
}

void hd_ssh_fit_probe(struct hd_ssh_host *host)
{
	const char *folder = host->ssh->settings->folder;
	struct hd_buf script = HD_BUF_INIT;

	hd_buf_puts(&script, "hd_probe ");
	hd_buf_shell(&script, folder ? folder : "~/.hdrive-trials");
	hd_ssh_host_ask(host, &script, -1, 0, LIMIT, on_probed);
}

/* --- what is sent ------------------------------------------------------------- */

/* A tar was made: hosts may wait for it. */
static void on_archive(void *user)
{
	struct hd_ssh *ssh = user;

	for (size_t i = 0; i < ssh->host_count; i++)
		hd_ssh_host_step(&ssh->hosts[i]);
}

/* Send the archive to be unpacked as PATH, which is released, when it is there. */
static void archive_send(struct hd_ssh_host *host, const struct hd_ssh_archive *archive,
			 struct hd_buf *path, hd_ssh_answer_fn answered)
{
	struct hd_buf script = HD_BUF_INIT;
	const char *why;
	int64_t length;
	int file, state = archive ? hd_ssh_archive_state(archive, &why) : -1;

	if (state == 1) {
		file = hd_ssh_archive_file(archive, &length);
		hd_buf_puts(&script, "hd_unpack ");
		hd_buf_shell(&script, hd_buf_text(path));
		hd_ssh_host_ask(host, &script, file, length, 2 * LIMIT, answered);
	} else if (state < 0) {
		hd_ssh_host_fail(host, "cannot pack what it needs",
				 archive ? why : "no memory is left");
	}
	hd_buf_release(path);
}

/* --- the parts ---------------------------------------------------------------- */

static void on_parts_sent(struct hd_ssh_host *host, int rc, const char *answer,
			  size_t length)
{
	(void)length;
	host->fitting = false;
	if (rc != 0)
		hd_ssh_host_fail(host, "cannot store hdrive's parts there", answer);
}

static void parts_copy_path(struct hd_buf *path, const struct hd_ssh *ssh)
{
	hd_buf_printf(path, "%s/%s", hd_ssh_scratch(ssh), hd_parts_id(ssh->parts));
}

static void on_parts_packed(void *user)
{
	struct hd_buf folder = HD_BUF_INIT;

	parts_copy_path(&folder, user);
	if (!hd_buf_failed(&folder))
		hd_file_remove(hd_buf_text(&folder));
	hd_buf_release(&folder);
	on_archive(user);
}

/* Copied under their names there first: tar has no word to rename by. */
static struct hd_ssh_archive *parts_pack(struct hd_ssh *ssh)
{
	struct hd_buf folder = HD_BUF_INIT;
	struct hd_ssh_archive *archive = NULL;

	parts_copy_path(&folder, ssh);
	if (!hd_buf_failed(&folder) && hd_parts_copy(ssh->parts, hd_ssh_scratch(ssh), NULL) == 0) {
		const char *const words[] = { "-C", hd_buf_text(&folder), ".", NULL };

		archive = hd_ssh_archive_new(ssh, "parts.tar", words, on_parts_packed,
					     ssh);
	}
	hd_buf_release(&folder);
	return archive;
}

static bool has_mlflow(const struct hd_ssh *ssh)
{
	for (size_t i = 0; i < hd_parts_count(ssh->parts); i++)
		if (!strcmp(hd_parts_at(ssh->parts, i)->name, HD_PARTS_MLFLOW))
			return true;
	return false;
}

static void on_parts(struct hd_ssh_host *host, int rc, const char *answer, size_t length)
{
	struct hd_ssh *ssh = host->ssh;

	(void)length;
	if (rc == 0) {
		host->mlflow = strstr(answer, "mlflow") != NULL;
		if (!host->mlflow && !host->was_fitted && has_mlflow(ssh))
			hd_ssh_host_note(host, "hdrive-mlflow does not run there: trials have no "
					       "MLflow server");
		host->was_fitted = true;
		host->phase = HD_SSH_CLEARING;
	} else if (rc == 2) {
		host->fitting = true;
		if (!ssh->parts_tar)
			ssh->parts_tar = parts_pack(ssh);
	} else {
		hd_ssh_host_fail(host, "hdrive's parts do not run there", answer);
	}
}

void hd_ssh_fit_parts(struct hd_ssh_host *host)
{
	struct hd_buf path = HD_BUF_INIT, script = HD_BUF_INIT;

	hd_ssh_parts_path(&path, host);
	if (host->fitting) {
		archive_send(host, host->ssh->parts_tar, &path, on_parts_sent);
		return;
	}
	hd_buf_puts(&script, "hd_parts ");
	hd_buf_shell(&script, hd_buf_text(&path));
	hd_buf_release(&path);
	hd_ssh_host_ask(host, &script, -1, 0, LIMIT, on_parts);
}

/* --- the tree ------------------------------------------------------------------ */

static void host_is_ready(struct hd_ssh_host *host)
{
	struct hd_ssh *ssh = host->ssh;

	host->phase = HD_SSH_READY;
	host->look = 0;
	if (host->is_lost)
		hd_ssh_host_note(host, "it is back");
	host->is_lost = false;
	free(host->noted); /* what is wrong from now on is said again */
	host->noted = NULL;
	if (ssh->tree)
		(void)hd_ssh_host_bulk(host); /* it takes a while to come up */
	/* There is room now. */
	if (ssh->engine.wake)
		ssh->engine.wake(ssh->engine.user);
}

static void on_tree_sent(struct hd_ssh_host *host, int rc, const char *answer,
			 size_t length)
{
	(void)length;
	host->fitting = false;
	if (rc != 0)
		hd_ssh_host_fail(host, "cannot store the sweep's files there", answer);
}

/* Without what a trial's folder does not show of a live source. */
static struct hd_ssh_archive *tree_pack(struct hd_ssh *ssh)
{
	const char *const words[] = { "--exclude=./.git", "--exclude=./.hdrive",
				      "--exclude=./outputs", "--exclude=./logs",
				      "-C", ssh->tree, ".", NULL };

	return hd_ssh_archive_new(ssh, "tree.tar", words, on_archive, ssh);
}

static void on_tree(struct hd_ssh_host *host, int rc, const char *answer, size_t length)
{
	struct hd_ssh *ssh = host->ssh;

	(void)length;
	if (rc == 0) {
		host_is_ready(host);
	} else if (rc == 2) {
		host->fitting = true;
		if (!ssh->tree_tar)
			ssh->tree_tar = tree_pack(ssh);
	} else {
		hd_ssh_host_fail(host, "cannot make the sweep's folder there", answer);
	}
}

/* The interpreter as a program of that name: a link to one of a virtual
 * environment would not find its modules. */
static void tools_add(struct hd_buf *script, const struct hd_ssh_host *host)
{
	const char *python = host->ssh->settings->interpreter;
	struct hd_buf content = HD_BUF_INIT, folder = HD_BUF_INIT;

	if (!python)
		return;
	hd_buf_puts(&content, "#!/bin/sh\nexec ");
	if (!strncmp(python, "~/", 2)) {
		hd_buf_puts(&content, "\"$HOME\"/");
		python += 2;
	}
	hd_buf_shell(&content, python);
	hd_buf_puts(&content, " \"$@\"");
	hd_buf_printf(&folder, "%s/bin", host->sweep);
	hd_buf_puts(script, "; mkdir -p ");
	hd_buf_shell(script, hd_buf_text(&folder));
	hd_buf_puts(script, " 2>&1 && cd ");
	hd_buf_shell(script, hd_buf_text(&folder));
	/* A line of sh: the text's newline is printf's. */
	hd_buf_puts(script, " && { printf '#!/bin/sh\\n%s\\n' ");
	hd_buf_shell(script, strchr(hd_buf_text(&content), '\n') + 1);
	hd_buf_puts(script, " >python && chmod 755 python && cp python python3 || "
			    "{ echo 'no room is left'; exit 1; }; }");
	hd_buf_release(&content);
	hd_buf_release(&folder);
}

void hd_ssh_fit_tree(struct hd_ssh_host *host)
{
	struct hd_buf path = HD_BUF_INIT, script = HD_BUF_INIT;

	if (!host->ssh->tree) {
		host_is_ready(host);
		hd_ssh_host_step(host);
		return;
	}
	hd_ssh_tree_path(&path, host);
	if (host->fitting) {
		archive_send(host, host->ssh->tree_tar, &path, on_tree_sent);
		return;
	}
	hd_buf_puts(&script, "d=");
	hd_buf_shell(&script, hd_buf_text(&path));
	hd_buf_puts(&script, "; [ -d \"$d\" ] || exit 2");
	tools_add(&script, host);
	hd_buf_release(&path);
	hd_ssh_host_ask(host, &script, -1, 0, LIMIT, on_tree);
}
