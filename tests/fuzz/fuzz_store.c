/*
 * Store files from bytes: opened for reading, then every function that reads
 * walks over all there is. Errors are the expected answer; a crash, a leak or
 * a string that does not end is not.
 *
 * Input: the bytes of the file.
 */
#include "store/private.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A damaged tree may send SQLite in circles: so many of its steps, then out. */
#define STEPS_MOST 2000000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct walk {
	struct hd_store *store;
	size_t bytes; /* of all strings: reads each to its end */
};

static void touch(struct walk *walk, const char *text)
{
	walk->bytes += strlen(text);
}

static int out_of_steps(void *user)
{
	return --*(int *)user < 0;
}

static int see_trial(void *user, const struct hd_trial_row *row)
{
	struct walk *walk = user;

	if ((int)row->state < 0 || row->state >= HD_TRIAL_STATES ||
	    (int)row->end < 0 || row->end >= HD_ENDS)
		abort();
	touch(walk, row->id);
	touch(walk, row->end_detail);
	touch(walk, row->parameters);
	touch(walk, row->arguments);
	touch(walk, row->folder);
	return 0;
}

static int see_metric(void *user, const struct hd_metric_row *row)
{
	struct walk *walk = user;

	touch(walk, row->name);
	touch(walk, row->text ? row->text : "");
	touch(walk, row->source);
	touch(walk, row->rule);
	return 0;
}

static int see_decision(void *user, const struct hd_decision_row *row)
{
	touch(user, row->policy);
	touch(user, row->reason);
	return 0;
}

static int see_best(void *user, const struct hd_best_row *row)
{
	struct walk *walk = user;

	walk->bytes += row->final;
	return 0;
}

static int see_said(void *user, const struct hd_said_row *row)
{
	touch(user, row->child);
	touch(user, row->name);
	touch(user, row->value ? row->value : "");
	return 0;
}

static int see_run_metric(void *user, const struct hd_run_metric_row *row)
{
	touch(user, row->child ? row->child : "");
	return see_metric(user, &row->metric);
}

static int see_setting(void *user, const char *text)
{
	touch(user, text);
	return 0;
}

static int see_sweep(void *user, const struct hd_sweep_row *row)
{
	static const struct hd_trial_query queries[] = {
		{ .order = HD_ORDER_NUMBER },
		{ .order = HD_ORDER_BEST },
		{ .order = HD_ORDER_BEST, .reverse = true, .limit = 3 },
		{ .exclude_failed = true, .discard_no_metric = true },
	};
	struct walk *walk = user;
	struct hd_error err;
	int64_t key;

	touch(walk, row->config_text);
	touch(walk, row->command);
	touch(walk, row->folder);
	for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++)
		hd_store_trials(walk->store, row->key, &queries[i], see_trial,
				walk, &err);
	hd_store_trial(walk->store, row->key, 0, see_trial, walk, &err);
	hd_store_metrics(walk->store, row->key, -1, NULL, see_metric, walk,
			 &err);
	hd_store_metrics(walk->store, row->key, 0, "accuracy", see_metric,
			 walk, &err);
	hd_store_decisions(walk->store, row->key, -1, see_decision, walk, &err);
	hd_store_best_history(walk->store, row->key, see_best, walk, &err);
	hd_store_said(walk->store, row->key, HD_SAID_OF_SWEEP, see_said, walk,
		      &err);
	hd_store_said(walk->store, row->key, 0, see_said, walk, &err);
	hd_store_run_metrics(walk->store, row->key, -1, see_run_metric, walk,
			     &err);
	hd_store_settings(walk->store, row->key, see_setting, walk, &err);
	hd_store_find_sweep(walk->store, row->name, &key, &err);
	return 0;
}

static void walk_store(const char *path)
{
	struct walk walk = { 0 };
	struct hd_error err;
	int64_t key;
	int steps = STEPS_MOST;

	if (hd_store_open(&walk.store, path, HD_STORE_READ, &err) < 0)
		return;
	sqlite3_progress_handler(walk.store->db, 1, out_of_steps, &steps);
	hd_store_find_sweep(walk.store, "HD_", &key, &err);
	if (hd_store_find_sweep(walk.store, "@", &key, &err) == 0)
		hd_store_sweep(walk.store, key, see_sweep, &walk, &err);
	hd_store_sweeps(walk.store, 0, NULL, see_sweep, &walk, &err);
	hd_store_close(walk.store);
}

static int write_input(const char *path, const uint8_t *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ssize_t written = fd < 0 ? -1 : write(fd, data, size);

	if (fd >= 0)
		close(fd);
	return written == (ssize_t)size ? 0 : -1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal" };
	const char *tmp = getenv("TMPDIR");
	char path[400], name[420];

	snprintf(path, sizeof path, "%s/hdrive-fuzz-%ld.db",
		 tmp && strlen(tmp) < 300 ? tmp : "/tmp", (long)getpid());
	if (write_input(path, data, size) == 0)
		walk_store(path);
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		snprintf(name, sizeof name, "%s%s", path, ends[i]);
		unlink(name);
	}
	return 0;
}
