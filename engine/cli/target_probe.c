#include "cli/target_probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

#define PATH_MOST 4096
#define END_SECONDS 30 /* for what has failed to come to its end */
/* To wait for the first trial, once something was said about it. */
#define SAID_SECONDS 20

/* The same at each probe: places keep sources, by what is in them. */
#define SOURCE_FILE "probe"
#define SOURCE_WORDS "what a target is proved with"
#define OUTPUT_FILE "probe-out"

/* Exit statuses of the script that say which step has failed. */
#define EXIT_SOURCE 81
#define EXIT_FILE 82

static const char sweep_text[] =
	"sampling:\n"
	"  type: grid\n"
	"  parameter_space:\n"
	"  - {name: n, expression: choice, values: [0, 1]}\n"
	"primary_metric_name: probe\n"
	"primary_metric_goal: maximize\n"
	"max_total_runs: 2\n"
	"max_concurrent_runs: 2\n"
	"smoke: false\n";

/* Gets the probe's number and, as every program, the parameter. */
static const char script[] =
	"echo \"on $(uname -n)\"\n"
	"if [ \"$HDRIVE_TRIAL\" = 1 ]; then sleep 3600; exit; fi\n"
	"[ \"$(cat " SOURCE_FILE ")\" = '" SOURCE_WORDS "' ] || exit 81\n"
	"echo \"probe=$1\"\n"
	"echo \"$1\" >\"$HDRIVE_OUTPUTS/" OUTPUT_FILE "\" || exit 82\n";

struct probing {
	const struct probe *probe;
	char folder[PATH_MOST]; /* of the probe's own */
	char *ground;           /* the sweep's, where that is elsewhere; or NULL */
	uint32_t number;        /* that goes there and comes back */
	struct hd_store *store;
	struct hd_config *config;
	struct hd_sweep *sweep;
	enum probe_step due;
	bool failed;
	bool started;      /* the first trial, by what the place says */
	bool sleeper_runs; /* the second trial */
	bool asked;        /* ... and it was asked to end */
	bool abandoned;    /* what runs there cannot be ended */
	double since;      /* when the step that is due began */
	double ends;       /* when it has failed, or the sweep is given up */
	char host[128];
	char said[512]; /* the target's last words */
};

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* --- steps ------------------------------------------------------------------- */

static void step_tell(struct probing *probing, const char *problem)
{
	const struct probe *probe = probing->probe;
	const struct probe_result result = {
		.step = probing->due,
		.seconds = now_seconds() - probing->since,
		.problem = problem,
		.detail = probing->due == PROBE_SOURCE && *probing->host ? probing->host : NULL,
	};

	probe->step(probe->user, &result);
}

static void step_done(struct probing *probing)
{
	step_tell(probing, NULL);
	probing->due++;
	probing->since = now_seconds();
	probing->ends = probing->since + probing->probe->limit;
}

/* That it was launched is known by what it did: a place may say more than it
 * knows. */
static void launch_done(struct probing *probing)
{
	if (probing->due == PROBE_LAUNCH)
		step_done(probing);
}

static void step_fail(struct probing *probing, const char *problem)
{
	if (probing->failed)
		return;
	step_tell(probing, problem);
	probing->failed = true;
	probing->ends = now_seconds() + END_SECONDS;
	hd_sweep_stop(probing->sweep, true);
}

/* --- what the trials leave ------------------------------------------------------ */

/* The first line of a file of trial 0's, without its end; false when it cannot
 * be had. */
static bool read_back(struct probing *probing, const char *name, char *line, int size)
{
	struct hd_error err;
	char *path = NULL;
	FILE *file;
	bool read;

	if (hd_fetch_locate(&path, probing->store, hd_sweep_key(probing->sweep), 0, name, &err) < 0)
		return false;
	file = fopen(path, "re");
	free(path);
	if (!file)
		return false;
	read = fgets(line, size, file) != NULL;
	fclose(file);
	if (read)
		line[strcspn(line, "\n")] = '\0';
	return read;
}

static void check_file(struct probing *probing)
{
	char line[64], wanted[64];

	snprintf(wanted, sizeof wanted, "%" PRIu32, probing->number);
	if (!read_back(probing, "outputs/" OUTPUT_FILE, line, sizeof line))
		step_fail(probing, "the trial wrote a file into its outputs, which is not here: "
				   "its folder is not the one that this machine sees");
	else if (strcmp(line, wanted) != 0)
		step_fail(probing, "the file that the trial wrote came back changed");
	else
		step_done(probing);
}

/* --- events ------------------------------------------------------------------ */

static void on_metric(struct probing *probing, const struct hd_event *event)
{
	char line[140];

	/* It stands before the metric. */
	if (read_back(probing, "stdout", line, sizeof line) && !strncmp(line, "on ", 3))
		snprintf(probing->host, sizeof probing->host, "%.120s", line);
	launch_done(probing);
	if (probing->due != PROBE_SOURCE)
		return;
	if (event->value != (double)probing->number) {
		step_fail(probing, "what came back is of another trial: something old lies in "
				   "the target's folder");
		return;
	}
	step_done(probing);
	step_done(probing);
}

/* What failed, by how a trial ended. */
static void on_failed(struct probing *probing, const struct hd_event *event)
{
	char text[1024];

	if (event->exit_code == EXIT_SOURCE)
		launch_done(probing);
	snprintf(text, sizeof text, "the trial %s%s%s%s%s",
		 event->exit_code == EXIT_SOURCE ? "does not find the source of its sweep: "
		 : event->exit_code == EXIT_FILE ? "cannot write into its outputs: "
						 : "failed: ",
		 event->text, event->tail && *event->tail ? "\n" : "",
		 event->tail ? event->tail : "",
		 !*event->text && *probing->said ? probing->said : "");
	step_fail(probing, text);
}

/* It was there, and nobody heard of it. */
static void fail_silent(struct probing *probing)
{
	launch_done(probing);
	probing->due = PROBE_METRIC;
	step_fail(probing, "a trial runs there, but nothing that it printed came back");
}

static void on_first_ended(struct probing *probing, const struct hd_event *event)
{
	if (event->state != HD_TRIAL_COMPLETED)
		on_failed(probing, event);
	else if (probing->due == PROBE_FILE)
		check_file(probing);
	else
		fail_silent(probing);
}

static void on_second_ended(struct probing *probing, const struct hd_event *event)
{
	char text[1024];

	probing->sleeper_runs = false;
	if (probing->asked && event->state == HD_TRIAL_CANCELED) {
		step_done(probing);
		return;
	}
	/* Which of the two fails first tells nothing. */
	if (probing->due == PROBE_LAUNCH && event->state == HD_TRIAL_FAILED) {
		on_failed(probing, event);
		return;
	}
	snprintf(text, sizeof text, "the trial that was to be cancelled is %s: %s",
		 hd_trial_state_name(event->state), event->text);
	step_fail(probing, text);
}

static void on_started(struct probing *probing, size_t trial)
{
	if (trial == 1)
		probing->sleeper_runs = true;
	else
		probing->started = true;
}

/* What is said before anything runs is mostly why nothing will. */
static void on_note(struct probing *probing, const char *text)
{
	double soon = now_seconds() + SAID_SECONDS;

	if (probing->due == PROBE_LAUNCH && probing->ends > soon)
		probing->ends = soon;
	snprintf(probing->said, sizeof probing->said, "%s", text);
	probing->probe->note(probing->probe->user, text);
}

static void on_event(void *user, const struct hd_event *event)
{
	struct probing *probing = user;

	if (event->kind == HD_EVENT_NOTE || event->kind == HD_EVENT_TRIAL_AGAIN)
		on_note(probing, event->text);
	if (probing->failed)
		return;
	if (event->kind == HD_EVENT_TRIAL_STARTED)
		on_started(probing, event->trial);
	else if (event->kind == HD_EVENT_TRIAL_METRIC && event->trial == 0)
		on_metric(probing, event);
	else if (event->kind == HD_EVENT_TRIAL_ENDED && event->trial == 0)
		on_first_ended(probing, event);
	else if (event->kind == HD_EVENT_TRIAL_ENDED)
		on_second_ended(probing, event);
}

/* --- the place ----------------------------------------------------------------- */

static bool place_path(const struct probing *probing, char *path, const char *name)
{
	return snprintf(path, PATH_MOST, "%s/%s", probing->folder, name) < PATH_MOST;
}

static int place_write(const struct probing *probing, struct hd_error *err)
{
	static const char text[] = SOURCE_WORDS "\n";
	char path[PATH_MOST];

	if (!place_path(probing, path, "source"))
		return hd_error_set(err, HD_EINVAL, "the path '%s' is too long", probing->folder);
	if (mkdir(path, 0777) < 0)
		return hd_error_errno(err, errno, "cannot make the folder '%s'", path);
	strcat(path, "/" SOURCE_FILE);
	return hd_fetch_text(text, sizeof text - 1, path, err);
}

static int place_make(struct probing *probing, struct hd_error *err)
{
	uint64_t number;
	int rc = cli_random_seed(&number, err);

	if (rc < 0)
		return rc;
	/* Short enough to be the same as a double in any printing. */
	probing->number = (uint32_t)(number % 1000000000);
	if (mkdir(probing->probe->folder, 0777) < 0 && errno != EEXIST)
		return hd_error_errno(err, errno, "cannot make the folder '%s'",
				      probing->probe->folder);
	snprintf(probing->folder, sizeof probing->folder - 32, "%s/.check-XXXXXX",
		 probing->probe->folder);
	if (!mkdtemp(probing->folder)) {
		rc = hd_error_errno(err, errno, "cannot make a folder in '%s'",
				    probing->probe->folder);
		probing->folder[0] = '\0';
		return rc;
	}
	return place_write(probing, err);
}

static void remove_below(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	/* Snapshots are read-only. */
	if (fd >= 0)
		(void)fchmod(fd, 0700);
	while (list && (entry = readdir(list)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		    unlinkat(fd, entry->d_name, 0) < 0)
			remove_below(fd, entry->d_name);
	if (list)
		closedir(list);
	else if (fd >= 0)
		close(fd);
	(void)unlinkat(at, name, AT_REMOVEDIR);
}

/* Somebody who still writes there makes it come back. Whether it is gone. */
static bool remove_all(const char *folder)
{
	const struct timespec pause = { .tv_nsec = 100000000 };

	for (int i = 0; i < 20; i++) {
		remove_below(AT_FDCWD, folder);
		if (access(folder, F_OK) < 0)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

static void place_clean(struct probing *probing)
{
	char text[PATH_MOST + 128];
	bool left;

	if (!*probing->folder)
		return;
	left = probing->ground && !remove_all(probing->ground);
	left = !remove_all(probing->folder) || left;
	rmdir(probing->probe->folder); /* when it was made for this alone */
	if (probing->failed && !left && !probing->abandoned)
		return;
	probing->due = PROBE_CLEAN;
	if (left)
		snprintf(text, sizeof text, "'%s' cannot be removed: something still writes there",
			 probing->folder);
	else
		snprintf(text, sizeof text, "what was started there could not be ended in %d s and "
					    "may still be there",
			 END_SECONDS);
	step_tell(probing, left || probing->abandoned ? text : NULL);
	probing->failed = probing->failed || left || probing->abandoned;
}

/* --- the sweep ------------------------------------------------------------------ */

static int sweep_make(struct probing *probing, struct hd_error *err)
{
	char number[16];
	const char *const command[] = { "/bin/sh", "-c", script, "sh", number };
	struct hd_findings *findings = hd_findings_new();
	char path[PATH_MOST], source[PATH_MOST];
	const struct hd_sweep_options options = {
		.size = sizeof options,
		.name = "check",
		.has_seed = true,
		.command = command,
		.command_count = 5,
		.source = source,
		.launcher = probing->probe->launcher,
		.python_path = probing->probe->python,
		.grace = 10,
		.environment = (const char *const *)environ,
		.event = on_event,
		.user = probing,
		.target = probing->probe->target,
	};
	int rc;

	snprintf(number, sizeof number, "%" PRIu32, probing->number);
	rc = findings ? hd_config_parse(&probing->config, sweep_text, sizeof sweep_text - 1,
					"check", NULL, findings, err)
		      : hd_error_set(err, HD_ENOMEM, "out of memory");

	if (rc == 0 && (!place_path(probing, path, "hdrive.db") ||
			!place_path(probing, source, "source")))
		rc = hd_error_set(err, HD_EINVAL, "the path '%s' is too long", probing->folder);
	if (rc == 0)
		rc = hd_store_open(&probing->store, path, HD_STORE_CREATE, err);
	if (rc == 0)
		rc = hd_sweep_new(&probing->sweep, probing->store, probing->config, &options, err);
	/* Known now, as a link below the probe's own folder leads there. */
	if (rc == 0)
		probing->ground = strdup(hd_sweep_folder(probing->sweep));
	hd_findings_free(findings);
	return rc;
}

/* What is to be done besides listening; false when nobody waits any more. */
static bool sweep_act(struct probing *probing)
{
	char text[700];

	if (interrupted)
		step_fail(probing, "interrupted");
	if (probing->due == PROBE_CANCEL && probing->sleeper_runs && !probing->asked &&
	    !probing->failed) {
		probing->asked = hd_sweep_cancel(probing->sweep, 1, false, NULL) == 0;
		probing->since = now_seconds();
	}
	if (now_seconds() < probing->ends)
		return true;
	if (probing->failed || probing->due == PROBE_CLEAN)
		return false;
	if (probing->due == PROBE_LAUNCH && probing->started) {
		fail_silent(probing);
		return true;
	}
	snprintf(text, sizeof text, "nothing came of it in %.0f s%s%s",
		 now_seconds() - probing->since,
		 *probing->said ? "; the last that was heard: " : "", probing->said);
	step_fail(probing, text);
	return true;
}

static int sweep_drive(struct probing *probing, struct hd_error *err)
{
	int rc = hd_sweep_start(probing->sweep, err);

	if (rc < 0)
		return rc;
	while ((rc = hd_sweep_step(probing->sweep, err)) == HD_RUNNING) {
		struct pollfd ready = { .fd = hd_sweep_descriptor(probing->sweep),
					.events = POLLIN };
		int due = hd_sweep_timeout(probing->sweep);

		if (!sweep_act(probing)) {
			probing->abandoned = true;
			return 0;
		}
		(void)poll(&ready, 1, due < 0 || due > 200 ? 200 : due);
	}
	return rc;
}

bool target_probe(const struct probe *probe)
{
	struct probing probing = { .probe = probe };
	struct sigaction action = { .sa_handler = on_signal };
	struct hd_error err = { 0 };
	int rc;

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	probing.since = now_seconds();
	probing.ends = probing.since + probe->limit;
	rc = place_make(&probing, &err);
	if (rc == 0)
		rc = sweep_make(&probing, &err);
	if (rc == 0)
		rc = sweep_drive(&probing, &err);
	/* The target's own words why it cannot be used at all. */
	if (!probing.failed && !probing.abandoned && probing.due != PROBE_CLEAN) {
		step_tell(&probing, rc < 0 ? err.text : "the sweep ended before that");
		probing.failed = true;
	}
	/* Of one that cannot be ended nothing can be given back. */
	if (!probing.abandoned) {
		hd_sweep_free(probing.sweep);
		hd_store_close(probing.store);
		hd_config_free(probing.config);
	}
	place_clean(&probing);
	free(probing.ground);
	return !probing.failed;
}
