/* One line for each task, seed, sampler and policy. */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Shares with enough digits to compute with; what is not known is empty. */
static void put(FILE *file, double value)
{
	if (isnan(value))
		fputc(',', file);
	else
		fprintf(file, ",%.6g", value);
}

static void put_result(FILE *file, const struct result *result)
{
	put(file, result->saved);
	put(file, result->time);
	put(file, result->regret);
	put(file, result->kept);
	put(file, result->full);
	put(file, result->at_budget);
	put(file, result->trials);
	put(file, result->undrawn);
	put(file, result->distinct);
	put(file, result->repeated);
	fputc('\n', file);
}

bool bench_csv(const struct bench *bench, const char *path)
{
	FILE *file = fopen(path, "w");
	bool bad;

	if (!file) {
		perror(path);
		return false;
	}
	fprintf(file, "task,group,family,seed,sampler,policy,saved,time,regret,kept,"
		      "full,regret_at_budget,trials_at_budget,undrawn_at_budget,"
		      "distinct,repeated\n");
	for (size_t t = 0; t < bench->tasks.count; t++)
		for (size_t k = 0; k < bench->samplers; k++)
			for (size_t p = 0; p < bench->settings.count; p++)
				for (size_t s = 0; s < bench->seeds; s++) {
					const struct task *task = &bench->tasks.item[t];

					fprintf(file, "%s,%s,%s,%zu,%s,\"%s\"",
						task->name, task->group,
						task->family,
						bench->first_seed + s,
						bench->sampler[k] ? bench->sampler[k]->name
								  : "pool",
						bench->settings.item[p].text);
					put_result(file, bench_result(bench, t, k, p, s));
				}
	bad = ferror(file);
	if (fclose(file) != 0 || bad) {
		perror(path);
		return false;
	}
	return true;
}
