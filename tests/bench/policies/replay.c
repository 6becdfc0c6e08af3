/*
 * Workers take trials from a study, and each value of a curve is reported when
 * the clock has come to it. Of events at one time the lower worker's is first.
 */
#include "replay.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Trials differ in speed: log-normal, as EARLYSTOP's simulation has it. */
#define SPEED_SIGMA 0.25
#define SPEED_KEY 0x5eed5eedULL
#define NOBODY SIZE_MAX

/* --- the pool as a sampler ------------------------------------------------- */

struct pool_options {
	const struct task *task;
	uint64_t seed;
	size_t trials;
};

size_t replay_row(const struct task *task, uint64_t seed, size_t index)
{
	return (size_t)hd_rng_permute(seed, index, task->rows);
}

static int pool_suggest(void *state, const struct hd_history *history,
			struct hd_rng *rng, struct hd_value *values,
			struct hd_error *err)
{
	const struct pool_options *pool = state;
	size_t index = hd_history_next(history);

	(void)rng; /* the pool was drawn beforehand */
	(void)err;
	if (index >= pool->trials || index >= pool->task->rows)
		return HD_EXHAUSTED;
	values[0] = (struct hd_value){ .kind = HD_VALUE_INTEGER };
	values[0].integer = (int64_t)replay_row(pool->task, pool->seed, index);
	values[0].number = (double)values[0].integer;
	return 0;
}

static const struct hd_sampler_type pool_sampler = {
	.name = "pool",
	.summary = "the rows of a table, each once",
	.expressions = HD_EXPR_ALL,
	.state_size = sizeof(struct pool_options),
	.suggest = pool_suggest,
};

static struct hd_space *pool_space(const struct task *task)
{
	struct hd_space *space = must(hd_space_new());
	struct hd_expr row = hd_expr_randint((double)task->rows);

	if (hd_space_add(space, "row", &row, NULL, NULL) < 0)
		must(NULL);
	return space;
}

/* --- trials ---------------------------------------------------------------- */

struct trial {
	struct curve curve;
	double *room; /* for a curve that was drawn, or NULL */
	size_t epoch; /* trained so far */
	size_t first; /* the first trial with this curve */
	size_t told;  /* epochs of it that any trial trained; the first's counts */
	double speed; /* time of an epoch */
};

struct worker {
	size_t trial; /* NOBODY: it is idle */
	double next;  /* when its epoch ends */
};

struct run {
	const struct replay *replay;
	struct hd_study *study;
	struct trial *trials;
	size_t count, size;
	struct worker workers[WORKERS_MOST];
	double clock;
	struct outcome outcome;
};

static void fail(const struct run *run, const struct hd_error *err)
{
	fprintf(stderr, "%s: %s\n", run->replay->task->name, err->text);
	exit(1);
}

double replay_speed(uint64_t seed, size_t number)
{
	struct hd_rng rng;
	double radius;

	hd_rng_init(&rng, seed ^ SPEED_KEY, number);
	radius = sqrt(-2 * log(hd_rng_uniform(&rng)));
	return exp(SPEED_SIGMA * radius *
		   cos(6.283185307179586 * hd_rng_uniform(&rng)));
}

/* The same to the last bit; NaNs are alike. */
static bool curve_same(const struct curve *a, const struct curve *b)
{
	return a->length == b->length &&
	       (a->value == b->value ||
		!memcmp(a->value, b->value, a->length * sizeof *a->value));
}

/* What its whole curve has, and who had the same before. */
static void note_drawn(struct run *run, size_t number)
{
	struct trial *trial = &run->trials[number];
	enum hd_goal goal = run->replay->task->goal;
	size_t first = 0;

	for (size_t i = 0; i < trial->curve.length; i++)
		if (hd_goal_better(goal, trial->curve.value[i], run->outcome.drawn))
			run->outcome.drawn = trial->curve.value[i];
	while (first < number &&
	       !curve_same(&run->trials[first].curve, &trial->curve))
		first++;
	trial->first = first;
	run->outcome.distinct += first == number;
}

static void begin_trial(struct run *run, size_t number,
			const struct hd_value *values)
{
	const struct task *task = run->replay->task;
	struct trial *trial;

	while (number >= run->size) {
		run->size = run->size ? 2 * run->size : 256;
		run->trials = must(realloc(run->trials,
					   run->size * sizeof *run->trials));
	}
	trial = &run->trials[number];
	*trial = (struct trial){ .speed = replay_speed(run->replay->seed, number) };
	if (run->replay->sampler) {
		trial->room = must(malloc(task->epochs * sizeof(double)));
		trial->curve = task->draw(task, values, trial->room);
	} else {
		trial->curve = task_curve(task, (size_t)values[0].integer);
	}
	run->count = number + 1;
	run->outcome.trials++;
	note_drawn(run, number);
}

/* Give idle workers trials, new ones or such as go on, while there are any. */
static void hire(struct run *run)
{
	const struct replay *replay = run->replay;

	for (size_t i = 0; i < replay->workers; i++) {
		struct worker *worker = &run->workers[i];
		const struct hd_value *values;
		struct hd_error err;
		size_t number;
		int rc;

		if (worker->trial != NOBODY)
			continue;
		rc = hd_study_ask(run->study, NULL, &number, &values, &err);
		if (rc == HD_EXHAUSTED)
			return;
		if (rc < 0)
			fail(run, &err);
		if (number >= run->count)
			begin_trial(run, number, values);
		worker->trial = number;
		worker->next = run->clock + run->trials[number].speed;
	}
}

static struct worker *next_worker(struct run *run)
{
	struct worker *next = NULL;

	for (size_t i = 0; i < run->replay->workers; i++) {
		struct worker *worker = &run->workers[i];

		if (worker->trial != NOBODY && (!next || worker->next < next->next))
			next = worker;
	}
	return next;
}

/* The worker's epoch is over. */
static void train(struct run *run, struct worker *worker)
{
	struct trial *trial = &run->trials[worker->trial];
	struct trial *first = &run->trials[trial->first];
	double value = trial->curve.value[trial->epoch++];
	struct hd_error err;
	int rc;

	run->clock = worker->next;
	run->outcome.epochs++;
	if (trial->epoch > first->told)
		first->told = trial->epoch;
	else
		run->outcome.repeated++;
	if (hd_goal_better(run->replay->task->goal, value, run->outcome.best))
		run->outcome.best = value;
	rc = hd_study_report(run->study, worker->trial, NULL, value, NULL, &err);
	if (rc < 0)
		fail(run, &err);
	if (trial->epoch == trial->curve.length)
		run->outcome.full++;
	if (rc == 0 && trial->epoch < trial->curve.length) {
		worker->next += trial->speed;
		return;
	}
	rc = hd_study_end(run->study, worker->trial, NULL,
			  rc == HD_STOP ? HD_TRIAL_CANCELED : HD_TRIAL_COMPLETED,
			  NULL, &err);
	if (rc < 0)
		fail(run, &err);
	worker->trial = NOBODY;
}

static void begin(struct run *run, const struct hd_space *rows)
{
	const struct replay *replay = run->replay;
	const struct hd_config *policy = replay->policy;
	const struct pool_options pool = { replay->task, replay->seed,
					   replay->trials };
	const struct hd_study_options options = {
		.size = sizeof options,
		.space = replay->sampler ? replay->task->space : rows,
		.sampler = replay->sampler ? replay->sampler : &pool_sampler,
		.sampler_options = replay->sampler ? NULL : &pool,
		.goal = replay->task->goal,
		.seed = replay->seed,
		.max_total = replay->trials == SIZE_MAX ? 0 : replay->trials,
		.concurrency = replay->workers,
		.promotes = true,
		.policy = policy ? policy->policy : NULL,
		.policy_options = policy ? policy->policy_options : NULL,
		.evaluation_interval = policy ? policy->evaluation_interval : 0,
		.delay_evaluation = policy ? policy->delay_evaluation : 0,
	};
	struct hd_error err;

	if (hd_study_new(&run->study, &options, &err) < 0)
		fail(run, &err);
	for (size_t i = 0; i < replay->workers; i++)
		run->workers[i].trial = NOBODY;
}

struct outcome replay_run(const struct replay *replay)
{
	struct run run = { .replay = replay, .outcome = { .best = NAN, .drawn = NAN } };
	struct hd_space *rows = pool_space(replay->task);

	begin(&run, rows);
	while (run.outcome.epochs < replay->epochs) {
		struct worker *next;

		hire(&run);
		next = next_worker(&run);
		if (!next)
			break;
		train(&run, next);
	}
	run.outcome.time = run.clock;
	for (size_t i = 0; i < run.count; i++) {
		if (replay->trained)
			replay->trained[i] = run.trials[i].epoch;
		free(run.trials[i].room);
	}
	free(run.trials);
	hd_study_free(run.study);
	hd_space_free(rows);
	return run.outcome;
}
