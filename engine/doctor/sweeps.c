/*
 * Sweeps whose engine is gone, and the folders beside the store: trials' rows
 * without a folder, folders without a row, drafts that nobody finished, files
 * that another host wrote.
 */
#include "doctor/private.h"

#include "base/buf.h"
#include "dispatch/proctree.h"
#include "dispatch/record.h"
#include "dispatch/record_format.h"
#include "dispatch/workdir.h"
#include "doctor/folders.h"
#include "report/rows.h"

#include <hdrive/sweep.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NUMBERS_SHOWN 3

/* Trials that share a fault: how many, and the first few by number. */
struct group {
	size_t count;
	size_t numbers[NUMBERS_SHOWN];
};

struct sweep_visit {
	struct hd_visit *visit;
	const struct hd_sweep_row *row;
	bool over;
	bool alive;      /* an engine runs it, or it is a study and needs none */
	bool is_study;   /* so its trials have no folders */
	bool elsewhere;  /* on a target: what runs there is not seen from here */
	int folder;      /* open, -1 when it is not there */
	size_t *numbers; /* of all its trials, ascending */
	size_t count;
	size_t size;
	size_t living;        /* trials whose supervisor runs */
	char host[256];       /* another one, which a state file names */
	struct group rowless; /* folders */
	struct group lacking; /* rows whose folder is gone */
	struct group drafts;
};

static void group_add(struct group *group, size_t number)
{
	if (group->count < NUMBERS_SHOWN)
		group->numbers[group->count] = number;
	group->count++;
}

/* "2 trials (3, 7)". */
static const char *group_text(const struct group *group, char *text, size_t size)
{
	size_t at = (size_t)snprintf(text, size, "%zu trial%s (", group->count,
				     hd_plural(group->count));

	for (size_t i = 0; i < group->count && i < NUMBERS_SHOWN; i++)
		at += (size_t)snprintf(text + at, size - at, "%s%zu", i ? ", " : "",
				       group->numbers[i]);
	snprintf(text + at, size - at, "%s)", group->count > NUMBERS_SHOWN ? ", ..." : "");
	return text;
}

/* --- one trial ----------------------------------------------------------------- */

static int sweep_note_number(struct sweep_visit *sweep, size_t number)
{
	if (sweep->count == sweep->size) {
		size_t size = sweep->size ? sweep->size * 2 : 64;
		size_t *numbers = realloc(sweep->numbers, size * sizeof *numbers);

		if (!numbers)
			return HD_ENOMEM;
		sweep->numbers = numbers;
		sweep->size = size;
	}
	sweep->numbers[sweep->count++] = number;
	return 0;
}

/* Who wrote the state file, and whether that process still runs. */
static void trial_read_state(struct sweep_visit *sweep, const struct hd_trial_row *row,
			     int folder)
{
	struct hd_record_state state;
	struct stat info;
	char host[sizeof state.host] = "";

	if (hd_record_read_state(&state, row->folder, NULL) < 0 || !state.host[0])
		return;
	gethostname(host, sizeof host - 1);
	if (strcmp(host, state.host))
		memcpy(sweep->host, state.host, sizeof sweep->host);
	else if (!hd_trial_state_is_terminal(row->state) &&
		 fstatat(folder, HD_RECORD_EXIT, &info, AT_SYMLINK_NOFOLLOW) < 0)
		sweep->living += hd_proctree_start((pid_t)state.pid) == state.start;
}

/* A draft is the supervisor's for a moment; without an engine it is nobody's. */
static void trial_drafts(struct sweep_visit *sweep, int folder, size_t number)
{
	static const char *const drafts[] = { HD_RECORD_STATE HD_RECORD_DRAFT,
					      HD_RECORD_EXIT HD_RECORD_DRAFT };

	for (size_t i = 0; i < sizeof drafts / sizeof drafts[0]; i++) {
		struct stat info;

		if (fstatat(folder, drafts[i], &info, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (!sweep->visit->options->fix || unlinkat(folder, drafts[i], 0) == 0)
			group_add(&sweep->drafts, number);
	}
}

static void trial_folder(struct sweep_visit *sweep, const struct hd_trial_row *row)
{
	char name[32];
	int folder;

	snprintf(name, sizeof name, "%06zu", row->number);
	folder = hd_folder_open(sweep->folder, name);
	if (folder < 0) {
		/* Those of an import never ran: their sweep has no program. */
		if (row->started > 0 && strcmp(sweep->row->command, "[]") != 0)
			group_add(&sweep->lacking, row->number);
		return;
	}
	if (!sweep->elsewhere && (!hd_trial_state_is_terminal(row->state) || row->number == 0))
		trial_read_state(sweep, row, folder);
	if (!sweep->alive && !sweep->living && !sweep->host[0] &&
	    (sweep->over || !sweep->elsewhere))
		trial_drafts(sweep, folder, row->number);
	close(folder);
}

static int see_trial(void *user, const struct hd_trial_row *row)
{
	struct sweep_visit *sweep = user;
	int rc = sweep_note_number(sweep, row->number);

	if (rc == 0 && sweep->folder >= 0 && !sweep->is_study)
		trial_folder(sweep, row);
	return rc;
}

/* --- one sweep ------------------------------------------------------------------ */

static int by_number(const void *a, const void *b)
{
	size_t one = *(const size_t *)a, other = *(const size_t *)b;

	return (one > other) - (one < other);
}

static int see_entry(void *user, const char *name, size_t number)
{
	struct sweep_visit *sweep = user;

	if (sweep->count &&
	    bsearch(&number, sweep->numbers, sweep->count, sizeof number, by_number))
		return 0;
	/* One that was made ahead waits for its row. */
	if (!hd_workdir_is_bare(sweep->folder, name))
		group_add(&sweep->rowless, number);
	return 0;
}

static int take_open(void *user, const struct hd_sweep_row *row)
{
	*(size_t *)user = row->trials - hd_rows_ended(row->counts);
	return 0;
}

/*
 * Take the engine's place for a moment, to store how those trials ended that
 * did, and that those are to be tried again that are gone. What runs goes on.
 */
static int sweep_settle(struct sweep_visit *sweep, size_t *open,
			struct hd_error *err)
{
	static const char *const nothing[] = { NULL };
	const struct hd_sweep_options options = {
		.size = sizeof options,
		.launcher = sweep->visit->options->launcher,
		.environment = nothing,
		.stop = true,
		.settle = true,
	};
	struct hd_store *store = NULL;
	struct hd_sweep *mended = NULL;
	int rc = hd_store_open(&store, sweep->visit->path, HD_STORE_WRITE, err);

	if (rc == 0)
		rc = hd_sweep_resume(&mended, store, sweep->row->key, &options, err);
	if (rc == 0)
		rc = hd_sweep_run(mended, err);
	hd_sweep_free(mended);
	if (rc == 0)
		rc = hd_store_sweep(store, sweep->row->key, take_open, open, err);
	hd_store_close(store);
	return rc;
}

/* Whether that went well, with *OPEN the trials that are open still. */
static bool sweep_mend_stale(struct sweep_visit *sweep, size_t *open)
{
	const struct hd_sweep_row *row = sweep->row;
	struct hd_error err = { 0 };
	size_t before = *open;

	if (!sweep->visit->options->fix)
		return false;
	if (sweep_settle(sweep, open, &err) < 0) {
		hd_visit_tell(sweep->visit, HD_HEALTH_WARNING, "sweep",
			      "mend what it names first",
			      "'%s' could not be mended: %s", row->name, err.text);
		return false;
	}
	hd_visit_tell(sweep->visit, HD_HEALTH_MENDED, "sweep", NULL,
		      "'%s': of %zu open trial%s %zu had ended, which its rows say now",
		      row->name, before, hd_plural(before), before - *open);
	return true;
}

/* Open trials, and of those the ones that still run: DESIGN 2 lets them. */
static void sweep_tell_stale(struct sweep_visit *sweep)
{
	const struct hd_sweep_row *row = sweep->row;
	struct hd_buf right = HD_BUF_INIT;
	size_t open = row->trials - hd_rows_ended(row->counts);
	enum hd_health health = HD_HEALTH_PROBLEM;

	if (sweep->over || sweep->alive)
		return;
	hd_buf_printf(&right, "go on with 'hdrive resume %s', or end it with 'hdrive cancel %s'",
		      row->name, row->name);
	if (!sweep->host[0] && !sweep->elsewhere && sweep_mend_stale(sweep, &open))
		health = HD_HEALTH_WARNING;
	if (sweep->elsewhere)
		hd_visit_tell(sweep->visit, health, "sweep", hd_buf_text(&right),
			      "'%s' is %s, but its engine (process %" PRId64
			      ") is gone: %zu trial%s open, which may still run on '%s'",
			      row->name, row->state, row->engine_pid, open, hd_plural(open),
			      row->backend);
	else if (sweep->host[0])
		hd_visit_tell(sweep->visit, HD_HEALTH_WARNING, "sweep", hd_buf_text(&right),
			      "'%s' is %s, with %zu trial%s open: its engine is not here, and host "
			      "'%s' ran it",
			      row->name, row->state, open, hd_plural(open), sweep->host);
	else
		hd_visit_tell(sweep->visit, health, "sweep", hd_buf_text(&right),
			      "'%s' is %s, but its engine (process %" PRId64
			      ") is gone: %zu trial%s "
			      "open, %zu still running",
			      row->name, row->state, row->engine_pid, open, hd_plural(open),
			      sweep->living);
	hd_buf_release(&right);
}

static void sweep_tell_groups(struct sweep_visit *sweep)
{
	struct hd_visit *visit = sweep->visit;
	const char *name = sweep->row->name;
	char text[128];

	if (sweep->rowless.count)
		hd_visit_tell(visit, HD_HEALTH_WARNING, "folders",
			      "look at what is in them, then remove them by hand",
			      "'%s' has folders of %s that no row knows", name,
			      group_text(&sweep->rowless, text, sizeof text));
	if (sweep->lacking.count)
		hd_visit_tell(visit, HD_HEALTH_WARNING, "folders",
			      "put them back where they were, if what they held is wanted",
			      "'%s' has rows of %s whose folder is gone", name,
			      group_text(&sweep->lacking, text, sizeof text));
	if (sweep->drafts.count && visit->options->fix)
		hd_visit_tell(visit, HD_HEALTH_MENDED, "drafts", NULL,
			      "removed half-written records of '%s': %s", name,
			      group_text(&sweep->drafts, text, sizeof text));
	else if (sweep->drafts.count)
		hd_visit_tell(visit, HD_HEALTH_WARNING, "drafts",
			      "'hdrive doctor --fix' removes them",
			      "'%s' has half-written records: %s", name,
			      group_text(&sweep->drafts, text, sizeof text));
	if (sweep->host[0])
		hd_visit_tell(
			visit, HD_HEALTH_WARNING, "host",
			"use a store of its own on each host: SQLite's log is not shared safely",
			"'%s' has files of host '%s'", name, sweep->host);
}

static void sweep_look(struct sweep_visit *sweep)
{
	const struct hd_trial_query all = { .order = HD_ORDER_NUMBER };
	struct hd_visit *visit = sweep->visit;
	int rc = hd_store_trials(visit->store, sweep->row->key, &all, see_trial, sweep, visit->err);

	if (rc == HD_ENOMEM) {
		hd_visit_fail(visit, rc);
		return;
	}
	if (rc < 0)
		hd_visit_tell(visit, HD_HEALTH_PROBLEM, "rows",
			      "put a copy of the store back, if there is one",
			      "trials of '%s' cannot be shown: %s", sweep->row->name,
			      visit->err->text);
	else if (sweep->folder >= 0)
		(void)hd_folder_trials(sweep->folder, see_entry, sweep);
	else
		hd_visit_tell(visit, HD_HEALTH_WARNING, "folders",
			      "put it back where it was, if what it held is wanted",
			      "'%s' has a row, its folder '%s' is gone", sweep->row->name,
			      sweep->row->folder);
	sweep_tell_stale(sweep);
	sweep_tell_groups(sweep);
}

static int see_sweep(void *user, const struct hd_sweep_row *row)
{
	struct sweep_visit sweep = { .visit = user, .row = row };

	sweep.over = hd_rows_sweep_is_over(row);
	sweep.elsewhere = strchr(row->backend, ':') != NULL;
	if (hd_store_is_study(sweep.visit->store, row->key, &sweep.is_study, NULL) < 0)
		sweep.is_study = false;
	sweep.alive = !sweep.over && (sweep.is_study ||
				      (row->engine_pid > 0 && hd_report_engine_is_alive(row)));
	if (!hd_folder_is_name(row->name)) {
		hd_visit_tell(sweep.visit, HD_HEALTH_PROBLEM, "rows",
			      "put a copy of the store back, if there is one",
			      "a sweep is named '%s', which can be no folder's name", row->name);
		return sweep.visit->rc;
	}
	sweep.folder = hd_folder_open(AT_FDCWD, row->folder);
	sweep_look(&sweep);
	if (sweep.folder >= 0)
		close(sweep.folder);
	free(sweep.numbers);
	return sweep.visit->rc;
}

/* --- all of them ------------------------------------------------------------------ */

static int see_rowless(void *user, const char *name)
{
	struct hd_visit *visit = user;

	hd_visit_tell(visit, HD_HEALTH_WARNING, "folders",
		      "look at what is in it, then remove it by hand or with 'hdrive gc --sweeps'",
		      "'%s/%s' is a sweep's folder that no row knows", visit->folder, name);
	return visit->rc;
}

void hd_visit_sweeps(struct hd_visit *visit)
{
	int rc;

	if (!visit->store)
		return;
	rc = hd_store_sweeps(visit->store, 0, NULL, see_sweep, visit, visit->err);
	if (rc == 0)
		rc = hd_folders_without_row(visit->store, see_rowless, visit, visit->err);
	if (visit->rc == 0 && rc == HD_ENOMEM)
		hd_visit_fail(visit, rc);
	else if (rc < 0)
		hd_visit_tell(visit, HD_HEALTH_PROBLEM, "rows",
			      "put a copy of the store back, if there is one",
			      "sweeps cannot be shown: %s", visit->err->text);
	else
		hd_visit_tell(visit, HD_HEALTH_OK, "sweeps", NULL,
			      "%zu looked at, with their folders; %zu under way", visit->sweeps,
			      visit->living);
}
