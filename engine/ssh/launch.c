/*
 * The start of an attempt on its host: one request makes its folder there, with
 * the order, and starts the launcher, detached. All that is sent is kept until
 * the answer has come: one that never came is looked for (look.c), and only
 * what is not there is sent again.
 */
#include "ssh/ssh.h"

#include "base/time.h"
#include "dispatch/launch_mlflow.h"
#include "dispatch/order.h"
#include "dispatch/vendor.h"
#include "dispatch/workdir.h"
#include "remote/rewrite.h"
#include "remote/tar.h"
#include "ssh/group.h"
#include "ssh/script.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RULES 5
/* Folders of a trial in each other, of those made for it here. */
#define DEPTH_MOST 8
/* Microseconds for which a host that could not start one is left alone. */
#define REST (30 * INT64_C(1000000))
/* Seconds before another attempt of a trial that could not be started. */
#define START_DELAY 1.0
#define PUSH_LIMIT 60

/* --- its order ------------------------------------------------------------------ */

/* Paths as they are there; the texts are in PATHS. */
struct paths {
	struct hd_buf parts, launcher, tree, python;
	struct hd_rewrite rules[RULES];
};

static void paths_make(struct paths *paths, const struct hd_ssh_attempt *attempt)
{
	const struct hd_ssh *ssh = attempt->ssh;
	const struct hd_ssh_host *host = attempt->host;

	*paths = (struct paths){ 0 };
	hd_ssh_parts_path(&paths->parts, host);
	hd_ssh_tree_path(&paths->tree, host);
	hd_buf_printf(&paths->launcher, "%s/" HD_PARTS_LAUNCHER, hd_buf_text(&paths->parts));
	hd_buf_printf(&paths->python, "%s/" HD_PARTS_PYTHON, hd_buf_text(&paths->parts));
	paths->rules[0] =
		(struct hd_rewrite){ hd_ssh_group_folder(attempt), attempt->there };
	paths->rules[1] = (struct hd_rewrite){ ssh->sweep_folder, host->sweep };
	paths->rules[2] = (struct hd_rewrite){ ssh->tree, hd_buf_text(&paths->tree) };
	paths->rules[3] = (struct hd_rewrite){ ssh->python_path,
					       hd_buf_text(&paths->python) };
	paths->rules[4] = (struct hd_rewrite){ ssh->engine.launcher,
					       hd_buf_text(&paths->launcher) };
}

static void paths_release(struct paths *paths)
{
	hd_buf_release(&paths->parts);
	hd_buf_release(&paths->launcher);
	hd_buf_release(&paths->tree);
	hd_buf_release(&paths->python);
}

/* A list of texts that is made piece by piece: their text, then pointers. */
struct words {
	struct hd_buf text;
	size_t count;
};

static void words_end(struct words *words)
{
	hd_buf_putc(&words->text, '\0');
	words->count++;
}

/* The caller's to free(), in one call; NULL for no memory. */
static const char **words_take(struct words *words)
{
	const char **list = hd_buf_failed(&words->text)
				    ? NULL
				    : malloc((words->count + 1) * sizeof *list +
					     words->text.length);
	char *text;

	if (list) {
		text = (char *)(list + words->count + 1);
		memcpy(text, hd_buf_text(&words->text), words->text.length);
		for (size_t i = 0; i < words->count; i++) {
			list[i] = text;
			text += strlen(text) + 1;
		}
		list[words->count] = NULL;
	}
	hd_buf_release(&words->text);
	return list;
}

static bool is_named(const char *variable, const char *name)
{
	size_t length = strlen(name);

	return !strncmp(variable, name, length) && variable[length] == '=';
}

/* The devices of its place: as many of the host's as it was to have. */
static void devices_add(struct words *words, const struct hd_ssh_attempt *attempt)
{
	const struct hd_ssh_said *said = &attempt->host->said;
	size_t asked = attempt->ssh->gpus_per_trial;
	size_t each = asked ? asked : 1, first = attempt->place * each;
	struct hd_buf ids = HD_BUF_INIT;

	for (size_t i = first; i < first + each && i < said->gpu_count; i++)
		hd_buf_printf(&ids, "%s%s", ids.length ? "," : "", said->gpus[i]);
	for (size_t i = 0; i < HD_VENDORS; i++) {
		hd_buf_printf(&words->text, "%s=%s", hd_vendors[i].visible,
			      hd_buf_text(&ids));
		words_end(words);
	}
	hd_buf_printf(&words->text, "HDRIVE_DEVICES=GPU %s", hd_buf_text(&ids));
	words_end(words);
	hd_buf_printf(&words->text, "HDRIVE_SLOT=%zu", attempt->place);
	words_end(words);
	hd_buf_release(&ids);
}

static bool is_of_devices(const char *variable)
{
	for (size_t i = 0; i < HD_VENDORS; i++)
		if (is_named(variable, hd_vendors[i].visible))
			return true;
	return is_named(variable, "HDRIVE_DEVICES") || is_named(variable, "HDRIVE_SLOT");
}

static const char **environment_make(const struct hd_ssh_attempt *attempt,
				     const struct paths *paths,
				     const char *const *environment)
{
	bool has_devices = attempt->host->said.gpu_count > 0;
	struct words words = { HD_BUF_INIT, 0 };

	for (size_t i = 0; environment && environment[i]; i++) {
		if (has_devices && is_of_devices(environment[i]))
			continue;
		if (!attempt->host->mlflow && is_named(environment[i], HD_MLFLOW_VARIABLE))
			hd_buf_puts(&words.text, HD_MLFLOW_VARIABLE "=" HD_MLFLOW_OFF);
		else
			hd_rewrite_add(&words.text, paths->rules, RULES, environment[i]);
		words_end(&words);
	}
	if (has_devices)
		devices_add(&words, attempt);
	if (attempt->group) {
		hd_buf_puts(&words.text, "HDRIVE_RANKS=");
		hd_ssh_group_means(&words.text, attempt);
		words_end(&words);
	}
	return words_take(&words);
}

static const char **argv_make(const struct paths *paths, const char *const *argv)
{
	struct words words = { HD_BUF_INIT, 0 };

	for (size_t i = 0; argv[i]; i++) {
		hd_rewrite_add(&words.text, paths->rules, RULES, argv[i]);
		words_end(&words);
	}
	return words_take(&words);
}

static int order_make(struct hd_buf *order, const struct hd_ssh_attempt *attempt,
		      const struct paths *paths, const struct hd_launch *launch,
		      struct hd_error *err)
{
	const char **argv = argv_make(paths, launch->argv);
	const char **environment = environment_make(attempt, paths, launch->environment);
	struct hd_buf workdir = HD_BUF_INIT;
	struct hd_launch there = *launch;
	int rc = 0;

	hd_rewrite_add(&workdir, paths->rules, RULES, launch->workdir);
	if (argv && environment && !hd_buf_failed(&workdir)) {
		there.folder = attempt->there;
		there.workdir = hd_buf_text(&workdir);
		there.argv = argv;
		there.environment = environment;
		hd_order_text(order, &there);
	}
	if (!argv || !environment || hd_buf_failed(&workdir) || hd_buf_failed(order))
		rc = hd_error_nomem(err);
	free(argv);
	free(environment);
	hd_buf_release(&workdir);
	return rc;
}

/* --- what is around it ----------------------------------------------------------- */

/* The lines that become the launcher. */
static void script_make(struct hd_buf *script, const struct hd_ssh_attempt *attempt,
			const struct paths *paths)
{
	const struct hd_ssh_settings *settings = attempt->ssh->settings;

	hd_buf_puts(script, "cd ");
	hd_buf_shell(script, attempt->there);
	hd_buf_puts(script, " || exit\n");
	for (size_t i = 0; settings->setup && settings->setup[i]; i++)
		hd_buf_printf(script, "%s\n", settings->setup[i]);
	if (settings->interpreter) {
		hd_buf_puts(script, "PATH=");
		hd_buf_shell(script, attempt->host->sweep);
		hd_buf_puts(script, "/bin:$PATH\n");
	}
	hd_buf_puts(script, "p=");
	hd_buf_shell(script, hd_buf_text(&paths->parts));
	hd_buf_puts(script, "\ncommand -v python >/dev/null || "
			    "PATH=$PATH:$p/" HD_PARTS_PYTHON "/stand-in\n"
			    "PATH=$PATH:$p\nexport PATH\n"
			    "exec \"$p/" HD_PARTS_LAUNCHER "\" -f ");
	hd_buf_shell(script, attempt->there);
	hd_buf_printf(script, "/order-%u\n", attempt->number);
}

/* Folders of its own that were made for it here; NAME is below the trial's. */
static void folders_add(struct hd_buf *tar, int at, const char *name, unsigned depth)
{
	int fd = openat(at, depth ? name : ".",
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *found;

	while (dir && (found = readdir(dir))) {
		struct hd_buf below = HD_BUF_INIT;
		struct stat info;

		if (!strcmp(found->d_name, ".") || !strcmp(found->d_name, "..") ||
		    (depth == 0 && (!strcmp(found->d_name, "attempts") ||
				    !strncmp(found->d_name, "node-", 5))) ||
		    fstatat(fd, found->d_name, &info, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISDIR(info.st_mode))
			continue;
		hd_buf_printf(&below, "%s%s%s", depth ? name : "", depth ? "/" : "",
			      found->d_name);
		/* A longer name is none that hdrive made. */
		if (below.length <= 100 && depth < DEPTH_MOST) {
			hd_tar_folder(tar, hd_buf_text(&below));
			folders_add(tar, at, hd_buf_text(&below), depth + 1);
		}
		hd_buf_release(&below);
	}
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
}

static void archive_make(struct hd_ssh_attempt *attempt, const struct hd_launch *launch,
			 const struct hd_buf *order, const struct paths *paths)
{
	struct hd_buf script = HD_BUF_INIT;
	int at = open(hd_ssh_group_folder(attempt), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char name[32];

	if (at >= 0) {
		folders_add(&attempt->order, at, "", 0);
		close(at);
	}
	if (launch->parameters)
		hd_tar_file(&attempt->order, HD_WORKDIR_PARAMS, 0644, launch->parameters,
			    strlen(launch->parameters));
	snprintf(name, sizeof name, "order-%u", attempt->number);
	hd_tar_file(&attempt->order, name, 0600, hd_buf_text(order), order->length);
	script_make(&script, attempt, paths);
	if (hd_buf_failed(&script))
		attempt->order.failed = true;
	snprintf(name, sizeof name, "run-%u", attempt->number);
	hd_tar_file(&attempt->order, name, 0600, hd_buf_text(&script), script.length);
	hd_tar_end(&attempt->order);
	hd_buf_release(&script);
}

int hd_ssh_launch_prepare(struct hd_ssh_attempt *attempt, const struct hd_launch *launch,
			  struct hd_error *err)
{
	struct hd_buf order = HD_BUF_INIT;
	struct paths paths;
	int rc;

	paths_make(&paths, attempt);
	rc = order_make(&order, attempt, &paths, launch, err);
	if (rc == 0) {
		archive_make(attempt, launch, &order, &paths);
		if (hd_buf_failed(&attempt->order))
			rc = hd_error_nomem(err);
	}
	hd_buf_release(&order);
	paths_release(&paths);
	attempt->stage = attempt->number > 1 ? HD_SSH_PUSHING : HD_SSH_SENDING;
	return rc;
}

/* --- what it goes on from ---------------------------------------------------------- */

static void on_packed(void *user)
{
	hd_ssh_attempt_step(user);
}

/* What is there of this attempt alone, or is made there too. */
static bool is_left_out(const char *name)
{
	static const char *const names[] = { ".", "..", "stdout", "stderr", "metrics",
					     "state", "exit", "attempts", HD_WORKDIR_STOP,
					     HD_WORKDIR_WORK, HD_WORKDIR_OUTPUTS,
					     HD_WORKDIR_LOGS, HD_WORKDIR_PARAMS };
	static const char *const prefixes[] = { "ticket-", "owner-", "place-", "rank-",
						"node-", "ctl-" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

/* Of the trial's folder here: what an attempt leaves to the next. */
static void push_pack(struct hd_ssh_attempt *attempt)
{
	struct words words = { HD_BUF_INIT, 0 };
	DIR *dir = opendir(hd_ssh_group_folder(attempt));
	struct dirent *found;
	const char **list;
	char name[64];

	hd_buf_add(&words.text, "-C", 3);
	hd_buf_puts(&words.text, hd_ssh_group_folder(attempt));
	words.count++;
	words_end(&words);
	hd_buf_add(&words.text, "./work/outputs", 15);
	hd_buf_add(&words.text, "./work/logs", 12);
	words.count += 2;
	while (dir && (found = readdir(dir))) {
		if (is_left_out(found->d_name))
			continue;
		hd_buf_printf(&words.text, "./%s", found->d_name);
		words_end(&words);
	}
	if (dir)
		closedir(dir);
	list = words_take(&words);
	snprintf(name, sizeof name, "trial-%zu-%u-%zu.tar", attempt->trial, attempt->number,
		 attempt->node);
	if (list)
		attempt->push = hd_ssh_archive_new(attempt->ssh, name, list, on_packed,
						   attempt);
	free(list);
}

static void on_pushed(void *user, int rc, const char *answer, size_t length)
{
	struct hd_ssh_attempt *attempt = user;

	(void)length;
	attempt->asking = false;
	if (!attempt->is_closed && rc == 0) {
		hd_ssh_archive_free(attempt->push);
		attempt->push = NULL;
		attempt->stage = HD_SSH_SENDING;
	} else if (!attempt->is_closed && rc > 0) {
		hd_ssh_host_fail(attempt->host, "cannot store a trial's files there", answer);
		attempt->host->again = 0;
		attempt->again = hd_time_steady() + REST;
	}
	if (!attempt->is_closed && rc >= 0)
		hd_ssh_attempt_step(attempt);
	hd_ssh_attempt_unref(attempt);
}

static void push_send(struct hd_ssh_attempt *attempt, struct hd_shell *shell)
{
	struct hd_buf script = HD_BUF_INIT;
	int64_t length;
	int file = hd_ssh_archive_file(attempt->push, &length);
	int rc;

	hd_buf_puts(&script, "hd_fill ");
	hd_buf_shell(&script, attempt->there);
	rc = hd_buf_failed(&script)
		     ? HD_ENOMEM
		     : hd_shell_ask(shell, &(struct hd_shell_request){
						   .script = hd_buf_text(&script),
						   .file = file,
						   .file_length = length,
						   .limit = PUSH_LIMIT,
						   .user = attempt,
						   .done = on_pushed });
	hd_buf_release(&script);
	if (rc < 0)
		return;
	attempt->asking = true;
	hd_ssh_attempt_ref(attempt);
}

static void push_step(struct hd_ssh_attempt *attempt)
{
	struct hd_shell *shell = hd_ssh_host_bulk(attempt->host);
	const char *why = "no memory is left";
	int state;

	if (!attempt->push)
		push_pack(attempt);
	state = attempt->push ? hd_ssh_archive_state(attempt->push, &why) : -1;
	if (state == 1 && shell)
		push_send(attempt, shell);
	else if (state < 0)
		hd_ssh_end_lost(attempt, HD_CAUSE_START, why);
}

/* --- sending ------------------------------------------------------------------------ */

static void launch_fail(struct hd_ssh_attempt *attempt, const char *answer)
{
	char line[400], note[480];

	hd_ssh_last_line(line, sizeof line, answer);
	if (!*line)
		snprintf(line, sizeof line, "it could not be started there");
	snprintf(note, sizeof note, "trial %zu was not started: %s", attempt->trial, line);
	hd_ssh_host_note(attempt->host, note);
	attempt->host->rest = hd_time_steady() + REST;
	hd_ssh_end_lost(attempt, HD_CAUSE_START, line);
}

static void on_launched(struct hd_ssh_attempt *attempt, int rc, const char *answer,
			size_t length)
{
	char *end;

	(void)length;
	if (rc == HD_SHELL_UNSENT)
		return; /* sent on the next link */
	if (rc == HD_SHELL_LOST) {
		attempt->stage = HD_SSH_UNSURE;
	} else if (rc == 0) {
		attempt->pid = strtoll(answer, &end, 10);
		attempt->start = strtoull(end, NULL, 10);
		attempt->stage = HD_SSH_RUNNING;
	} else if (rc == HD_SSH_STARTED) {
		attempt->stage = HD_SSH_RUNNING;
	} else if (rc == HD_SSH_UNSTAGED) {
		attempt->host->phase = HD_SSH_STAGING; /* and sent after that */
	} else {
		launch_fail(attempt, answer);
	}
}

static void launch_send(struct hd_ssh_attempt *attempt)
{
	struct hd_buf script = HD_BUF_INIT, tree = HD_BUF_INIT;

	hd_ssh_tree_path(&tree, attempt->host);
	hd_buf_puts(&script, "hd_launch ");
	hd_buf_shell(&script, attempt->there);
	hd_buf_printf(&script, " %u ", attempt->number);
	hd_buf_shell(&script, hd_buf_text(&tree));
	hd_buf_release(&tree);
	hd_ssh_attempt_ask(attempt, &script, &attempt->order, on_launched);
}

void hd_ssh_launch_step(struct hd_ssh_attempt *attempt)
{
	if (attempt->stopped || attempt->is_cut) {
		/* Nothing of it was sent, or what was sent is gone. */
		hd_ssh_end_lost(attempt, HD_CAUSE_NONE, "it was stopped before it began");
	} else if (attempt->stage == HD_SSH_PUSHING) {
		push_step(attempt);
	} else {
		launch_send(attempt);
	}
}

void hd_ssh_launch_missing(struct hd_ssh_attempt *attempt)
{
	if (attempt->order.length) {
		attempt->stage = attempt->number > 1 ? HD_SSH_PUSHING : HD_SSH_SENDING;
		hd_ssh_attempt_step(attempt);
	} else {
		hd_ssh_end_lost(attempt, HD_CAUSE_START, "it had not been started yet");
	}
}

/* --- starts that went wrong ----------------------------------------------------------- */

static void on_withdrawn(struct hd_ssh_attempt *attempt, int rc, const char *answer,
			 size_t length)
{
	(void)answer;
	(void)length;
	if (rc == HD_SSH_WITHDRAWN)
		hd_ssh_launch_missing(attempt);
}

void hd_ssh_launch_withdraw(struct hd_ssh_attempt *attempt)
{
	struct hd_buf script = HD_BUF_INIT;

	hd_buf_puts(&script, "hd_withdraw ");
	hd_buf_shell(&script, attempt->there);
	hd_buf_printf(&script, " %u", attempt->number);
	hd_ssh_attempt_ask(attempt, &script, NULL, on_withdrawn);
}

static void on_failed(struct hd_ssh_attempt *attempt, int rc, const char *answer,
		      size_t length)
{
	(void)length;
	if (rc == 0)
		launch_fail(attempt, *answer ? answer
					     : "the lines before the launcher ended early");
}

/* What was printed until then tells why. */
void hd_ssh_launch_failed(struct hd_ssh_attempt *attempt)
{
	struct hd_buf script = HD_BUF_INIT;

	hd_buf_puts(&script, "cd ");
	hd_buf_shell(&script, attempt->there);
	hd_buf_printf(&script, " && rm ticket-%u 2>/dev/null && tail -c 2000 launch.log",
		      attempt->number);
	hd_ssh_attempt_ask(attempt, &script, NULL, on_failed);
}
