/* Samplers with policies, and whether the two together beat each alone. */
#include "answer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The sampler and the policy that stand for having none. */
static size_t plain_sampler(const struct bench *bench)
{
	for (size_t k = 0; k < bench->samplers; k++)
		if (!strcmp(bench->sampler[k]->name, "random"))
			return k;
	return 0;
}

static size_t plain_setting(const struct bench *bench)
{
	for (size_t p = 0; p < bench->settings.count; p++)
		if (!strcmp(bench->settings.item[p].text, "none"))
			return p;
	return 0;
}

static void put_answer(const struct question *q, enum over over)
{
	double low, high;

	ask_interval(q, COLUMN_AT_BUDGET, over, &low, &high);
	printf(" %7.2f", ask(q, COLUMN_AT_BUDGET, over));
	if (isnan(low))
		printf(" %16s", "");
	else
		printf(" [%6.1f, %6.1f]", low, high);
}

/* Against the same sampler without a policy, or the policy without it. */
static void put_against(const struct question *q, size_t sampler, size_t setting)
{
	struct question both = *q;

	both.is_difference = true;
	both.other_sampler = sampler;
	both.other_setting = setting;
	if (sampler == q->sampler && setting == q->setting)
		printf(" %7s %16s", "", "");
	else
		put_answer(&both, OVER_MEAN);
}

static void put_pair(const struct question *q)
{
	const struct bench *bench = q->bench;

	printf("%-10.10s %-*s", bench->sampler[q->sampler]->name,
	       settings_width(&bench->settings),
	       bench->settings.item[q->setting].label);
	put_answer(q, OVER_MEDIAN);
	put_answer(q, OVER_MEAN);
	printf(" %6.0f", ask(q, COLUMN_TRIALS, OVER_MEAN));
	put_against(q, q->sampler, plain_setting(bench));
	put_against(q, plain_sampler(bench), q->setting);
	printf("\n");
}

static void put_group(const struct bench *bench, const char *group)
{
	int width = settings_width(&bench->settings);

	printf("\n%s, %zu tasks\n%-*s %-50s %6s %-24s  %-24s\n", group,
	       group_size(bench, group), width + 11, "", "  regret at 25 full runs", "",
	       "what the policy adds", "what the sampler adds");
	printf("%-10s %-*s %7s %16s %7s %16s %6s %s %-20s %s %s\n", "sampler",
	       width, "policy", "median", "", "mean", "", "trials", "against",
	       bench->settings.item[plain_setting(bench)].label, "against",
	       bench->sampler[plain_sampler(bench)]->name);
	for (size_t k = 0; k < bench->samplers; k++)
		for (size_t p = 0; p < bench->settings.count; p++)
			put_pair(&(struct question){ .bench = bench,
						     .group = group,
						     .sampler = k,
						     .setting = p });
}

void report_pairs(const struct bench *bench)
{
	printf("Samplers and policies together: %zu seeds from %zu, %zu workers."
	       "\nA trial's curve is that of its values, of recorded tasks that "
	       "of the nearest recorded ones.\nRegret in %%: 0 is the best of "
	       "the pool, 100 its median. Differences below 0 are gains,\n"
	       "seed by seed. Intervals: 95 %%, bootstrap over seeds.\n",
	       bench->seeds, bench->first_seed, bench->workers);
	groups_each(bench, put_group);
}
