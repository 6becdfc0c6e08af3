/*
 * A store in a temporary folder, and short words for filling it. For tests,
 * the benchmark and the maker of stored samples.
 *
 * Everything is fixed (ids, times, values), so that what is read back can be
 * compared with a text.
 */
#ifndef TESTS_SUPPORT_STOREBOX_H
#define TESTS_SUPPORT_STOREBOX_H

#include "check.h"

#include "store/private.h"
#include "store/store.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct storebox {
	char folder[256];
	char path[400];
	struct hd_store *store;
	struct hd_error err;
	int64_t sweep; /* key of the latest */
};

/* A call that must not fail, with its message when it does. */
#define ok(box, call) \
	box_ok((call), &(box)->err, #call, __FILE__, __LINE__)

static inline void box_ok(int rc, const struct hd_error *err, const char *what,
			  const char *file, int line)
{
	if (rc < 0) {
		print_error("%s: %s: %s\n", what, hd_code_name(rc), err->text);
		_fail(file, line);
	}
}

static inline void box_remove_at(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..") &&
		    unlinkat(fd, entry->d_name, 0) < 0)
			box_remove_at(fd, entry->d_name);
	if (folder)
		closedir(folder);
	unlinkat(at, name, AT_REMOVEDIR);
}

static inline void box_remove(const char *path)
{
	box_remove_at(AT_FDCWD, path);
}

static inline void box_folder(struct storebox *box)
{
	const char *tmp = getenv("TMPDIR");
	char name[200];

	memset(box, 0, sizeof *box);
	snprintf(name, sizeof name, "%s/hdrive-store-XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(name));
	snprintf(box->folder, sizeof box->folder, "%s", name);
	snprintf(box->path, sizeof box->path, "%s/.hdrive/hdrive.db", name);
}

static inline void box_open(struct storebox *box)
{
	box_folder(box);
	ok(box, hd_store_open(&box->store, box->path, HD_STORE_CREATE,
			      &box->err));
}

static inline void box_close(struct storebox *box)
{
	hd_store_close(box->store);
	box->store = NULL;
	box_remove(box->folder);
}

static inline void box_reopen(struct storebox *box, enum hd_store_mode mode)
{
	hd_store_close(box->store);
	box->store = NULL;
	ok(box, hd_store_open(&box->store, box->path, mode, &box->err));
}

#define BOX_TIME INT64_C(1700000000000000)

static inline void box_sweep_insert(struct storebox *box, const char *id,
				    const char *name, enum hd_goal goal)
{
	static const struct hd_sampler_type sampler = { .name = "random" };
	static const struct hd_policy_type policy = { .name = "bandit" };
	static const char *const sets[] = { "max_total_runs=8", "a=b" };
	struct hd_config config = {
		.sets = sets,
		.set_count = 2,
		.path = "hdconfig.yml",
		.text = "sampling:\n  type: random\n",
		.sampler = &sampler,
		.policy = &policy,
		.metric = "accuracy",
		.goal = goal,
		.max_total = 8,
		.max_concurrent = 2,
		.max_duration = 6000,
	};
	struct hd_sweep_record record = {
		.id = id,
		.name = name,
		.config = &config,
		.command = "[\"python\",\"train.py\"]",
		.seed = UINT64_C(0xfedcba9876543210),
		.max_concurrent = 2,
		.created = BOX_TIME,
		.engine = { .pid = 4242, .start = 99 },
	};

	ok(box, hd_store_sweep_insert(box->store, &record, &box->sweep,
				      &box->err));
}

static inline void box_begin(struct storebox *box)
{
	ok(box, hd_store_begin(box->store, &box->err));
}

static inline void box_commit(struct storebox *box)
{
	ok(box, hd_store_commit(box->store, false, &box->err));
}

/* A queued trial without parameters; its key. */
static inline int64_t box_trial(struct storebox *box, size_t number)
{
	struct hd_trial_record record = {
		.sweep = box->sweep,
		.number = number,
		.state = HD_TRIAL_QUEUED,
		.parameters = "{}",
		.arguments = "[]",
		.time = BOX_TIME + (int64_t)number,
	};
	int64_t key;

	ok(box, hd_store_trial_insert(box->store, &record, &key, &box->err));
	return key;
}

/* A trial of one state whose value was reached at BOX_TIME + SECOND. */
static inline int64_t box_ranked(struct storebox *box, size_t number,
				 enum hd_trial_state state, double value,
				 int64_t second)
{
	int64_t key = box_trial(box, number);

	ok(box, hd_store_trial_state(box->store, key, state, BOX_TIME,
				     &box->err));
	if (!isnan(value))
		ok(box, hd_store_trial_metric(box->store, key, 1, value, value,
					      value,
					      BOX_TIME + second * 1000000,
					      &box->err));
	return key;
}

static inline struct hd_metric box_metric(const char *name, double value)
{
	return (struct hd_metric){ .name = name,
				   .name_length = strlen(name),
				   .value = value,
				   .rule = "name=value",
				   .line = 1 };
}

static inline void box_log(struct storebox *box, int64_t trial,
			   size_t sequence, const char *name, double value,
			   size_t interval)
{
	struct hd_metric metric = box_metric(name, value);

	ok(box, hd_store_metric_insert(box->store, trial, sequence, &metric,
				       interval, HD_TAIL_STDOUT,
				       BOX_TIME + (int64_t)sequence,
				       &box->err));
}

/* --- what several test programs ask of it ---------------------------------- */

static inline int open_box(void **state)
{
	struct storebox *box = malloc(sizeof *box);

	assert_non_null(box);
	box_open(box);
	*state = box;
	return 0;
}

static inline int close_box(void **state)
{
	box_close(*state);
	free(*state);
	return 0;
}

static inline int take_sweep(void *user, const struct hd_sweep_row *row)
{
	*(struct hd_sweep_row *)user = *row;
	return 0;
}

static inline struct hd_sweep_row sweep_row(struct storebox *box)
{
	struct hd_sweep_row row = { 0 };

	ok(box, hd_store_sweep(box->store, box->sweep, take_sweep, &row,
			       &box->err));
	return row; /* its numbers; the strings are gone */
}

static inline void sweep_state(struct storebox *box, const char *word, enum hd_end end,
			       int64_t time)
{
	box_begin(box);
	ok(box, hd_store_sweep_state(box->store, box->sweep, word, end,
				     "a detail", time, &box->err));
	box_commit(box);
}

static inline int take_trial(void *user, const struct hd_trial_row *row)
{
	*(struct hd_trial_row *)user = *row;
	return 0;
}

static inline int list_numbers(void *user, const struct hd_trial_row *row)
{
	char *list = user;

	snprintf(list + strlen(list), 200 - strlen(list), "%zu ", row->number);
	return 0;
}

static inline void expect_order(struct storebox *box, struct hd_trial_query query,
				const char *expected)
{
	char list[200] = "";

	ok(box, hd_store_trials(box->store, box->sweep, &query, list_numbers,
				list, &box->err));
	assert_string_equal(list, expected);
}

/* Values 0.5, none, 0.9, 0, 0.9 (later), NaN; two failed, one canceled. */
static inline void six_trials(struct storebox *box, enum hd_goal goal)
{
	box_sweep_insert(box, "HD_1", "a", goal);
	box_begin(box);
	box_ranked(box, 0, HD_TRIAL_COMPLETED, 0.5, 1);
	box_ranked(box, 1, HD_TRIAL_COMPLETED, NAN, 0);
	box_ranked(box, 2, HD_TRIAL_FAILED, 0.9, 5);
	box_ranked(box, 3, HD_TRIAL_COMPLETED, 0, 2);
	box_ranked(box, 4, HD_TRIAL_CANCELED, 0.9, 4);
	box_ranked(box, 5, HD_TRIAL_FAILED, NAN, 0);
	box_commit(box);
}

struct seen {
	size_t count;
	struct hd_metric_row rows[16]; /* numbers only */
	char text[400];
};

static inline int see_metric(void *user, const struct hd_metric_row *row)
{
	struct seen *seen = user;
	size_t length = strlen(seen->text);

	assert_true(seen->count < ROWS(seen->rows));
	seen->rows[seen->count++] = *row;
	snprintf(seen->text + length, sizeof seen->text - length,
		 "%zu.%zu %s %s %s %s; ", row->trial, row->sequence, row->name,
		 row->text ? row->text : "-", row->source, row->rule);
	return 0;
}

#endif
