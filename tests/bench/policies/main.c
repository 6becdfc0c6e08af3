/*
 * policies [option...]: early termination policies over learning curves.
 *
 *   --seeds N  --first-seed N  --trials N  --workers N  --jobs N
 *   --policies A;B  as "hdrive run --policy" takes them: "asha:first_rung=3"
 *   --tasks A,B     "recorded", "made", "tied", groups, or GROUP/NAME
 *   --samplers A,B  in place of the pool: "bayesian", with the tasks' spaces
 *   --data A:B      folders of recorded runs
 *   --csv FILE      one row for each task, seed, sampler and policy
 */
#include "bench.h"
#include "replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct options {
	const char *policies, *tasks, *samplers, *data, *csv;
};

/* Whether NAME is among the words of LIST, cut at commas; an empty one has all. */
static bool listed(const char *list, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = list; at && *list; at = strchr(at, ',')) {
		at += *at == ',';
		if (!strncmp(at, name, length) &&
		    (at[length] == ',' || !at[length]))
			return true;
	}
	return !*list;
}

static bool read_option(struct bench *bench, struct options *options,
			const char *name, const char *value)
{
	struct {
		const char *name;
		size_t *size;
		const char **text;
	} rows[] = {
		{ "--seeds", &bench->seeds, NULL },
		{ "--first-seed", &bench->first_seed, NULL },
		{ "--trials", &bench->trials, NULL },
		{ "--workers", &bench->workers, NULL },
		{ "--jobs", &bench->jobs, NULL },
		{ "--policies", NULL, &options->policies },
		{ "--tasks", NULL, &options->tasks },
		{ "--samplers", NULL, &options->samplers },
		{ "--data", NULL, &options->data },
		{ "--csv", NULL, &options->csv },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (strcmp(rows[i].name, name) != 0)
			continue;
		if (rows[i].size)
			*rows[i].size = strtoul(value, NULL, 10);
		else
			*rows[i].text = value;
		return true;
	}
	return false;
}

static void choose_tasks(struct bench *bench, const struct options *options)
{
	struct tasks all = { NULL, 0, 0 };

	tasks_recorded(&all, options->data);
	tasks_made(&all);
	tasks_tied(&all);
	for (size_t i = 0; i < all.count; i++) {
		struct task task = all.item[i];

		if (listed(options->tasks, task.family) ||
		    listed(options->tasks, task.group) ||
		    listed(options->tasks, task.name))
			all.item[bench->tasks.count++] = task;
	}
	bench->tasks.item = all.item;
}

static bool choose_samplers(struct bench *bench, const char *list)
{
	if (!*list)
		bench->sampler[bench->samplers++] = NULL;
	while (*list && bench->samplers < SAMPLERS_MOST) {
		size_t length = strcspn(list, ",");
		char *name = must(strndup(list, length));
		const struct hd_sampler_type *type = hd_sampler_type_find(name);

		if (type)
			bench->sampler[bench->samplers++] = type;
		else
			fprintf(stderr, "policies: unknown sampler '%s'\n", name);
		free(name);
		list += length + (list[length] == ',');
	}
	return bench->samplers > 0;
}

static bool choose(struct bench *bench, const struct options *options)
{
	choose_tasks(bench, options);
	settings_read(&bench->settings, options->policies);
	if (bench->tasks.count == 0)
		fprintf(stderr, "policies: no task of that name\n");
	else if (bench->settings.count == 0)
		fprintf(stderr, "policies: no policy is left\n");
	else
		return choose_samplers(bench, options->samplers);
	return false;
}

int main(int argc, char **argv)
{
	struct bench bench = { .seeds = 20,
			       .first_seed = 1,
			       .workers = 4,
			       .trials = 200,
			       .jobs = (size_t)sysconf(_SC_NPROCESSORS_ONLN) };
	struct options options = { "", "", "", "../shared/data", "" };
	bool bad = false;

	for (int i = 1; i < argc && !bad; i += 2)
		bad = i + 1 >= argc ||
		      !read_option(&bench, &options, argv[i], argv[i + 1]);
	if (bad || bench.seeds < 1 || bench.seeds > STATS_SEEDS_MOST ||
	    bench.trials < 2 || bench.workers < 1 ||
	    bench.workers > WORKERS_MOST || bench.jobs < 1) {
		fprintf(stderr, "unknown or wrong option; see main.c's head\n");
		return 2;
	}
	if (!choose(&bench, &options))
		return 1;
	bench_work(&bench);
	if (bench.sampler[0])
		report_pairs(&bench);
	else
		report_policies(&bench);
	if (*options.csv && !bench_csv(&bench, options.csv))
		return 1;
	settings_release(&bench.settings);
	free(bench.result);
	return 0;
}
