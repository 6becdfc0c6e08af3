/*
 * bench_api [STORE]: what a page asks of its largest sweep, 10,000 trials with
 * 10 parameters and a million values (tests/bench/bigstore.py makes it where no
 * STORE is given), and what a change costs those who watch. The sweep's trial 0
 * is changed back and forth.
 *
 * The page is to be there in 300 ms and up to date in 50, of which the columns
 * may take 30: of CPU time, as others may have the machine meanwhile. Figures to
 * read, never a test.
 */
#include "apibox.h"

#include <stdlib.h>
#include <time.h>

static struct hd_store *reading, *writing;
static struct hd_api *api;
static struct hd_error error;

static void must(int rc)
{
	if (rc >= 0)
		return;
	fprintf(stderr, "bench_api: %s\n", error.text);
	exit(1);
}

/* Milliseconds of CPU. */
static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void open_both(const char *path)
{
	struct hd_api_setup setup = { .store = NULL };

	must(hd_store_open(&reading, path, HD_STORE_READ, &error));
	must(hd_store_open(&writing, path, HD_STORE_WRITE, &error));
	setup.store = reading;
	must(hd_api_open(&api, &setup, &error));
}

static void ask(const char *path)
{
	struct hd_buf text = HD_BUF_INIT;
	struct hd_api_answer answer = { .json = &text };
	double since, first = 0, best = INFINITY;

	for (int i = 0; i < 5; i++) {
		hd_buf_clear(&text);
		since = now();
		must(hd_api_get(api, path, NULL, NULL, &answer, &error));
		if (i == 0)
			first = now() - since;
		best = fmin(best, now() - since);
	}
	printf("%-34s first %7.2f ms  again %7.2f ms  %8.1f kB\n", path, first, best,
	       (double)text.length / 1e3);
	hd_buf_release(&text);
}

static int take_event(void *user, const char *name, const char *data, size_t length)
{
	(void)name;
	(void)data;
	*(size_t *)user += length;
	return 0;
}

/* A trial logs one value more, and 200 clients hear of it. */
static void watch(int64_t sweep, int64_t trial)
{
	char id[HD_API_ID] = "", next[HD_API_ID];
	double worst = 0, sum = 0;
	size_t bytes = 0;

	must(hd_api_changes(api, sweep, NULL, id, take_event, &bytes, &error));
	for (int i = 0; i < 20; i++) {
		struct hd_metric metric = box_metric("acc", i);
		double since, took;

		must(hd_store_begin(writing, &error));
		must(hd_store_metric_insert(writing, trial, 1000 + (size_t)i, &metric,
					    51 + (size_t)i, HD_TAIL_STDOUT, 1, &error));
		must(hd_store_trial_metric(writing, trial, 51 + (size_t)i, i, i, i, 1, &error));
		must(hd_store_commit(writing, false, &error));
		bytes = 0;
		since = now();
		for (int client = 0; client < 200; client++)
			must(hd_api_changes(api, sweep, id, next, take_event, &bytes, &error));
		took = now() - since;
		worst = fmax(worst, took);
		sum += took;
		strcpy(id, next);
	}
	printf("%-34s mean  %7.2f ms  worst %7.2f ms  %8.1f kB\n", "a change for 200 clients",
	       sum / 20, worst, (double)bytes / 1e3);
}

static int take_key(void *user, const struct hd_trial_row *row)
{
	*(int64_t *)user = row->key;
	return 0;
}

/* As it was before. */
static void put_back(int64_t trial)
{
	must(hd_store_begin(writing, &error));
	must(hd_store_exec(writing, "DELETE FROM metric WHERE sequence >= 1000", &error));
	must(hd_store_trial_metric(writing, trial, 50, 0.5, 0.5, 0.5, 1, &error));
	must(hd_store_commit(writing, false, &error));
}

static void bench(const char *path)
{
	int64_t sweep, trial;

	open_both(path);
	must(hd_store_find_sweep(reading, "@", &sweep, &error));
	must(hd_store_trial(reading, sweep, 0, take_key, &trial, &error));
	ask("sweeps");
	ask("sweeps/@");
	ask("sweeps/@/columns");
	ask("sweeps/@/curves");
	ask("sweeps/@/trials");
	ask("sweeps/@/importance");
	ask("sweeps/@/trials/5");
	ask("sweeps/@/trials/5/metrics");
	watch(sweep, trial);
	put_back(trial);
	hd_api_close(api);
	hd_store_close(reading);
	hd_store_close(writing);
}

int main(int argc, char **argv)
{
	char folder[] = "/tmp/hdrive-bench-XXXXXX", path[200], command[1000];

	if (argc > 1) {
		bench(argv[1]);
		return 0;
	}
	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof path, "%s/hdrive.db", folder);
	snprintf(command, sizeof command,
		 "python3 " TEST_ROOT "/tests/bench/bigstore.py " TEST_BUILD "/hdrive %s", path);
	if (system(command) == 0)
		bench(path);
	box_remove(folder);
	return 0;
}
