/*
 * A study that is kept: each call holds the sweep's lock, looks whether another
 * process changed the study, and writes what it does in one transaction.
 *
 * The lock is that by which engines hold their sweeps, so that neither an
 * engine nor another caller is ever between a suggestion and its row. Stamps
 * ascend strictly, over processes too: they tell a replay what came first.
 */
#define _GNU_SOURCE /* flock */

#include "study/private.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/time.h"
#include "space/args.h"
#include "store/resume.h"
#include "store/store.h"
#include "store/study.h"
#include "sweep/lock.h"

/* A call of another takes a suggestion's time: some milliseconds, seldom more. */
#define LOCK_SECONDS 30
#define LOCK_PAUSE 1000000 /* nanoseconds */

struct keep {
	struct hd_store *store; /* the caller's */
	int64_t key;            /* of the sweep */
	char *name;
	char *folder;
	int lock;          /* descriptor of the lock's file, held or not */
	bool held;         /* the lock is ours */
	bool writing;      /* a transaction is open */
	bool durable;      /* ... and is to outlive a power loss */
	bool stale;        /* memory is not what the store has */
	int64_t revision;  /* that memory is of */
	int64_t wall;      /* the last stamp */
	int64_t gone;      /* when the call's trial ended, 0: it has not */
	int64_t opened_by; /* pid: not to be used after a fork */
};

/* --- the lock ---------------------------------------------------------------- */

static int lock_take(struct keep *keep, struct hd_error *err)
{
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE };
	int64_t until = hd_time_steady() + LOCK_SECONDS * INT64_C(1000000);

	while (flock(keep->lock, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return hd_error_errno(err, errno,
					      "cannot lock the study '%s'",
					      keep->name);
		if (hd_time_steady() > until)
			return hd_error_set(err, HD_EBUSY,
					    "the study '%s' is held by another "
					    "process",
					    keep->name);
		nanosleep(&pause, NULL);
	}
	keep->held = true;
	return 0;
}

static void lock_give(struct keep *keep)
{
	if (keep->held)
		flock(keep->lock, LOCK_UN);
	keep->held = false;
}

int hd_keep_new(struct hd_study *study, struct hd_store *store, int64_t key,
		const char *name, char *folder, int lock, struct hd_error *err)
{
	struct keep *keep = calloc(1, sizeof *keep);
	char *copy = strdup(name);

	if (!keep || !copy) {
		free(keep);
		free(copy);
		free(folder);
		close(lock);
		return hd_error_nomem(err);
	}
	*keep = (struct keep){ .store = store,
			       .key = key,
			       .name = copy,
			       .folder = folder,
			       .lock = lock,
			       .held = true,
			       .stale = true,
			       .opened_by = (int64_t)getpid() };
	lock_give(keep);
	study->keep = keep;
	return 0;
}

void hd_keep_free(struct hd_study *study)
{
	struct keep *keep = study->keep;

	if (!keep)
		return;
	/* Closing it in a child of ours does not unlock it here. */
	close(keep->lock);
	free(keep->folder);
	free(keep->name);
	free(keep);
	study->keep = NULL;
}

/* --- calls ------------------------------------------------------------------- */

static int reload(struct hd_study *study, int64_t revision, struct hd_error *err)
{
	struct keep *keep = study->keep;
	int64_t stamp;
	int rc;

	keep->stale = true;
	hd_study_clear(study);
	rc = hd_study_begin(study, err);
	if (rc == 0)
		rc = hd_study_restore(study, keep->store, keep->key, &stamp, err);
	if (rc < 0)
		return rc;
	if (keep->wall < stamp)
		keep->wall = stamp;
	keep->revision = revision;
	keep->stale = false;
	return 0;
}

int hd_keep_enter(struct hd_study *study, struct hd_error *err)
{
	struct keep *keep = study->keep;
	int64_t revision;
	int rc;

	if (!keep)
		return 0;
	if (keep->opened_by != (int64_t)getpid())
		return hd_error_set(err, HD_ESTATE,
				    "the study '%s' was opened before a fork, by "
				    "another process",
				    keep->name);
	rc = lock_take(keep, err);
	keep->gone = 0;
	keep->durable = false;
	if (rc == 0)
		rc = hd_store_study_revision(keep->store, keep->key, &revision, err);
	if (rc == 0 && (keep->stale || revision != keep->revision))
		rc = reload(study, revision, err);
	return rc;
}

/* The transaction of this call, opened with its first write. */
static int begin(struct keep *keep, struct hd_error *err)
{
	int rc;

	if (keep->writing)
		return 0;
	rc = hd_store_begin(keep->store, err);
	if (rc < 0)
		return rc;
	keep->writing = true;
	keep->revision++;
	return hd_store_study_revise(keep->store, keep->key, keep->revision, err);
}

int hd_keep_leave(struct hd_study *study, int rc, struct hd_error *err)
{
	struct keep *keep = study ? study->keep : NULL;

	if (!keep)
		return rc;
	if (keep->writing && rc >= 0) {
		int committed = hd_store_commit(keep->store, keep->durable, err);

		if (committed < 0)
			rc = committed;
	}
	if (rc < 0 && keep->held)
		keep->stale = true;
	if (keep->writing && rc < 0)
		hd_store_rollback(keep->store);
	keep->writing = false;
	lock_give(keep);
	return rc;
}

/* The stamp of the next write. */
static int64_t stamp(struct keep *keep)
{
	int64_t now = hd_time_wall();

	keep->wall = now > keep->wall ? now : keep->wall + 1;
	return keep->wall;
}

void hd_keep_gone(struct hd_study *study)
{
	if (study->keep && study->keep->held)
		study->keep->gone = stamp(study->keep);
}

/* --- what is written ----------------------------------------------------------- */

/* The call writes, and of TRIAL: its record is *OWN. */
static int begin_trial(struct hd_study *study, const struct hd_trial *trial,
		       struct record **own, struct hd_error *err)
{
	*own = hd_study_record(study, hd_trial_number(trial));
	return *own ? begin(study->keep, err) : hd_error_nomem(err);
}

/* The argv that a script of these parameters would get, as JSON. */
static int arguments_of(struct hd_study *study, const struct hd_value *values,
			struct hd_buf *text, struct hd_error *err)
{
	size_t count = 0;
	char **argv;
	int rc = hd_args_build(&argv, study->terms.space, values, NULL, 0, NULL,
			       err);

	if (rc < 0)
		return rc;
	while (argv[count])
		count++;
	hd_args_json_words(text, (const char *const *)argv, count);
	free(argv);
	return hd_buf_failed(text) ? hd_error_nomem(err) : 0;
}

static int insert(struct hd_study *study, const struct hd_trial *trial,
		  size_t known, const char *origin, struct record *own,
		  struct hd_error *err)
{
	struct keep *keep = study->keep;
	struct hd_buf parameters = HD_BUF_INIT, arguments = HD_BUF_INIT;
	struct hd_trial_record row = {
		.sweep = keep->key,
		.number = hd_trial_number(trial),
		.state = HD_TRIAL_STARTING,
		.space = study->terms.space,
		.values = hd_trial_values(trial),
		.known = known,
		.origin = origin,
		.time = stamp(keep),
	};
	int rc = arguments_of(study, row.values, &arguments, err);

	hd_args_json(&parameters, row.space, row.values);
	row.parameters = hd_buf_text(&parameters);
	row.arguments = hd_buf_text(&arguments);
	if (rc == 0)
		rc = hd_buf_failed(&parameters)
			     ? hd_error_nomem(err)
			     : hd_store_trial_insert(keep->store, &row, &own->key, err);
	if (rc == 0)
		rc = hd_store_trial_state(keep->store, own->key,
					  HD_TRIAL_RUNNING, stamp(keep), err);
	hd_buf_release(&parameters);
	hd_buf_release(&arguments);
	return rc;
}

int hd_keep_trial(struct hd_study *study, const struct hd_trial *trial,
		  size_t known, const char *origin, const char *client,
		  struct hd_error *err)
{
	struct keep *keep = study->keep;
	struct record *own;
	int rc;

	if (!keep)
		return 0;
	rc = begin_trial(study, trial, &own, err);
	if (rc == 0)
		rc = insert(study, trial, known, origin, own, err);
	if (rc == 0 && client)
		rc = hd_store_study_client(keep->store, own->key, client, err);
	return rc;
}

/* The value's own row, and what the trial's says for ranking. */
static int insert_value(struct hd_study *study, const struct hd_trial *trial,
			struct record *own, double value, const char *rule,
			struct hd_error *err)
{
	struct keep *keep = study->keep;
	const char *name = *study->terms.metric ? study->terms.metric : "value";
	size_t interval = hd_trial_intervals(trial);
	const struct hd_metric metric = { .name = name,
					  .name_length = strlen(name),
					  .value = value,
					  .rule = rule };
	int rc = hd_store_metric_insert(keep->store, own->key, ++own->sequence,
					&metric, interval, HD_TAIL_METRICS,
					keep->wall, err);

	return rc < 0 ? rc
		      : hd_store_trial_metric(
				keep->store, own->key, interval,
				hd_trial_overall(trial), hd_trial_last(trial),
				hd_trial_rank(trial, study->terms.reduce,
					      study->terms.reduce_count),
				own->best_time, err);
}

int hd_keep_value(struct hd_study *study, const struct hd_trial *trial,
		  double value, bool better, const char *rule,
		  struct hd_error *err)
{
	struct keep *keep = study->keep;
	size_t interval = hd_trial_intervals(trial);
	const struct hd_trial *leader;
	struct record *own;
	int rc;

	if (!keep)
		return 0;
	rc = begin_trial(study, trial, &own, err);
	if (rc < 0)
		return rc;
	stamp(keep);
	if (better || own->best_time == 0)
		own->best_time = keep->wall;
	rc = insert_value(study, trial, own, value, rule, err);
	/* Who was first is not to be told from the curves. */
	if (rc == 0 && hd_history_best(study->history, interval, &leader) == value &&
	    leader == trial)
		rc = hd_store_leader_set(keep->store, keep->key, interval,
					 hd_trial_number(trial), value, err);
	return rc;
}

int hd_keep_stop(struct hd_study *study, const struct hd_trial *trial,
		 const struct hd_reason *why, struct hd_error *err)
{
	enum hd_end end = hd_trial_end(trial);
	struct keep *keep = study->keep;
	struct record *own;
	int rc;

	if (!keep)
		return 0;
	rc = begin_trial(study, trial, &own, err);
	if (rc == 0)
		rc = hd_store_decision_insert(keep->store, own->key,
					      hd_trial_intervals(trial),
					      study->terms.policy->name, why,
					      end == HD_END_PAUSED ? HD_DECISION_PAUSE
								   : HD_DECISION_STOP,
					      keep->wall, err);
	if (rc == 0)
		rc = hd_store_trial_stop(keep->store, own->key, end, why->text,
					 stamp(keep), err);
	return rc;
}

/* What its record had before it ended; its row into *ROW. */
static int find_paused(struct keep *keep, const struct hd_trial *trial,
		       struct record *own, struct hd_resume_trial *row,
		       struct hd_error *err)
{
	struct hd_tail_place places[HD_TAIL_SOURCES];
	int rc = hd_store_resume_trial(keep->store, keep->key,
				       hd_trial_number(trial), row, err);

	if (rc < 0)
		return rc;
	own->key = row->key;
	own->best_time = row->best_time;
	return hd_store_resume_places(keep->store, row->key, places,
				      &own->sequence, err);
}

int hd_keep_promoted(struct hd_study *study, const struct hd_trial *trial,
		     const struct hd_reason *why, const char *client,
		     struct hd_error *err)
{
	struct keep *keep = study->keep;
	struct hd_again_record again = { .detail = "",
					 .reopened = study->results };
	struct hd_resume_trial row;
	struct record *own;
	int rc;

	if (!keep)
		return 0;
	rc = begin_trial(study, trial, &own, err);
	if (rc == 0)
		rc = find_paused(keep, trial, own, &row, err);
	if (rc < 0)
		return rc;
	again.attempt = row.attempt;
	again.restarts = row.restarts;
	again.due = again.queued = stamp(keep);
	rc = hd_store_decision_insert(keep->store, own->key, row.intervals,
				      study->terms.policy->name, why,
				      HD_DECISION_PROMOTE, again.queued, err);
	if (rc == 0)
		rc = hd_store_trial_queue(keep->store, own->key, &again, err);
	if (rc == 0)
		rc = hd_store_trial_state(keep->store, own->key,
					  HD_TRIAL_RUNNING, stamp(keep), err);
	return rc < 0 ? rc
		      : hd_store_study_client(keep->store, own->key, client, err);
}

int hd_keep_enough(struct hd_study *study, const struct hd_trial *trial,
		   const char *text, struct hd_error *err)
{
	struct keep *keep = study->keep;
	struct record *own;
	int rc;

	if (!keep)
		return 0;
	rc = begin_trial(study, trial, &own, err);
	return rc < 0 ? rc
		      : hd_store_trial_stop(keep->store, own->key,
					    hd_trial_end(trial), text,
					    stamp(keep), err);
}

int hd_keep_end(struct hd_study *study, const struct hd_trial *trial,
		const char *detail, struct hd_error *err)
{
	struct keep *keep = study->keep;
	struct hd_trial_end_record row = {
		.state = hd_trial_state(trial),
		.end = hd_trial_end(trial),
		.detail = detail,
		.exit_code = -1,
		.cpu_seconds = NAN,
		.settled = study->results,
	};
	struct record *own;
	int rc;

	if (!keep)
		return 0;
	rc = begin_trial(study, trial, &own, err);
	if (rc < 0)
		return rc;
	keep->durable = true;
	row.gone = keep->gone ? keep->gone : keep->wall;
	row.ended = row.closed = stamp(keep);
	return hd_store_trial_end(keep->store, own->key, &row, err);
}

int hd_keep_best(struct hd_study *study, bool final, struct hd_error *err)
{
	struct keep *keep = study->keep;
	int rc = keep ? begin(keep, err) : 0;

	return rc < 0 || !keep
		       ? rc
		       : hd_store_best_insert(keep->store, keep->key,
					      study->best_trial, study->best,
					      final, keep->wall, err);
}

int hd_keep_waiting(struct hd_study *study, struct waiting *waiting,
		    const char *parameters, struct hd_error *err)
{
	struct keep *keep = study->keep;
	int rc = keep ? begin(keep, err) : 0;

	if (rc < 0 || !keep)
		return rc;
	keep->durable = true;
	return hd_store_queue_insert(keep->store, keep->key,
				     &(struct hd_waiting_row){ parameters, NULL },
				     stamp(keep), &waiting->key, err);
}

int hd_keep_taken(struct hd_study *study, const struct waiting *waiting,
		  struct hd_error *err)
{
	struct keep *keep = study->keep;
	int rc = keep ? begin(keep, err) : 0;

	return rc < 0 || !keep ? rc
			       : hd_store_queue_drop(keep->store, waiting->key, err);
}

int hd_keep_state(struct hd_study *study, const char *state, enum hd_end end,
		  const char *detail, struct hd_error *err)
{
	struct keep *keep = study->keep;
	int rc = keep ? begin(keep, err) : 0;

	if (rc < 0 || !keep)
		return rc;
	keep->durable = true;
	if (study->has_best)
		rc = hd_keep_best(study, true, err);
	return rc < 0 ? rc
		      : hd_store_sweep_state(keep->store, keep->key, state, end,
					     detail, stamp(keep), err);
}

const char *hd_study_name(const struct hd_study *study)
{
	return study && study->keep ? study->keep->name : NULL;
}

int64_t hd_study_key(const struct hd_study *study)
{
	return study && study->keep ? study->keep->key : 0;
}
