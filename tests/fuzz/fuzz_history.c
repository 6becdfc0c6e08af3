/*
 * Histories from bytes: whatever earlier trials had for values and results,
 * every sampler gives legal values or says that none are left.
 *
 * Input: a byte for the sampler, one for the goal, one for the number of
 * parameters; for each a byte for its expression. Then, for each trial, a byte
 * for how it ended, one for its result (the worst numbers there are, or eight
 * bytes of its own), and one that says whether the point is the sampler's or
 * drawn.
 */
#include "bytes.h"

#include <hdrive/sampler.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sweep/history.h"

#define PARAMETERS_MOST 6
#define TRIALS_MOST 24

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct hd_value options[] = {
	{ .kind = HD_VALUE_TEXT, .text = "a", .length = 1 },
	{ .kind = HD_VALUE_TEXT, .text = "b", .length = 1 },
	{ .kind = HD_VALUE_NULL },
};
static const struct hd_value numbers[] = {
	{ .kind = HD_VALUE_INTEGER, .integer = 16, .number = 16 },
	{ .kind = HD_VALUE_INTEGER, .integer = 512, .number = 512 },
	{ .kind = HD_VALUE_INTEGER, .integer = 64, .number = 64 },
};

static const struct hd_expr expressions[] = {
	{ .kind = HD_EXPR_CHOICE, .option_count = 3, .options = options },
	{ .kind = HD_EXPR_CHOICE, .option_count = 3, .options = numbers },
	{ .kind = HD_EXPR_CHOICE, .option_count = 1, .options = options },
	{ .kind = HD_EXPR_RANDINT, .b = 3 },
	{ .kind = HD_EXPR_RANDINT, .b = 0x1p53 },
	{ .kind = HD_EXPR_UNIFORM, .a = 0, .b = 1 },
	{ .kind = HD_EXPR_UNIFORM, .a = -DBL_MAX, .b = DBL_MAX },
	{ .kind = HD_EXPR_QUNIFORM, .a = 0, .b = 1, .q = 0.25 },
	{ .kind = HD_EXPR_LOGUNIFORM, .a = -700, .b = 700 },
	{ .kind = HD_EXPR_QLOGUNIFORM, .a = -6, .b = 3, .q = 1 },
	{ .kind = HD_EXPR_NORMAL, .a = 0, .b = 1 },
	{ .kind = HD_EXPR_NORMAL, .a = 1, .b = 0 },
	{ .kind = HD_EXPR_QNORMAL, .a = 0, .b = 1e-9, .q = 1 },
	{ .kind = HD_EXPR_LOGNORMAL, .a = 0, .b = 1e300 },
	{ .kind = HD_EXPR_QLOGNORMAL, .a = 2, .b = 1, .q = 3 },
};

static const double results[] = {
	0,
	1,
	-1,
	NAN,
	INFINITY,
	-INFINITY,
	DBL_MAX,
	-DBL_MAX,
	DBL_MIN,
	1e30,
	-1e30,
	1e-300,
	0.5,
	0.5000000001,
	2,
	3,
};

static double take_result(struct bytes *bytes)
{
	unsigned kind = byte_take(bytes);
	uint64_t bits = 0;
	double number;

	if (kind < 224)
		return results[kind % (sizeof results / sizeof results[0])];
	for (int i = 0; i < 8; i++)
		bits = bits << 8 | byte_take(bytes);
	memcpy(&number, &bits, sizeof number);
	return number;
}

static struct hd_space *take_space(struct bytes *bytes)
{
	struct hd_space *space = hd_space_new();
	size_t count = 1 + byte_take(bytes) % PARAMETERS_MOST;
	char name[] = "p0";

	demand(space);
	for (size_t i = 0; i < count; i++, name[1]++)
		demand(hd_space_add(space, name,
				    &expressions[byte_take(bytes) %
						 (sizeof expressions /
						  sizeof expressions[0])],
				    NULL, NULL) == 0);
	return space;
}

/* How the newest trial went; some go on running. */
static void take_end(struct bytes *bytes, struct hd_trial *trial)
{
	unsigned end = byte_take(bytes);
	size_t values = end / 8 % 4;

	hd_trial_move(trial, HD_TRIAL_EVENT_SPAWN);
	hd_trial_move(trial, HD_TRIAL_EVENT_SPAWNED);
	for (size_t i = 0; i < values; i++)
		demand(hd_trial_log(trial, take_result(bytes)) == 0);
	if (end % 8 == 7)
		return;
	if (end % 8 >= 5) {
		hd_trial_set_end(trial, end % 8 == 5 ? HD_END_POLICY
						     : HD_END_USER);
		hd_trial_move(trial, HD_TRIAL_EVENT_STOP);
		hd_trial_move(trial, HD_TRIAL_EVENT_CANCEL);
		return;
	}
	hd_trial_move(trial, end % 8 == 4 ? HD_TRIAL_EVENT_FAIL
					  : HD_TRIAL_EVENT_DONE);
}

static void demand_legal(const struct hd_space *space,
			 const struct hd_value *values)
{
	for (size_t i = 0; i < hd_space_count(space); i++) {
		const struct hd_expr *expr = &hd_space_param(space, i)->expr;

		demand(values[i].kind != HD_VALUE_ABSENT);
		if (expr->kind == HD_EXPR_CHOICE)
			demand(values[i].option < expr->option_count);
		else
			demand(isfinite(values[i].number));
	}
}

static void run(const struct hd_sampler_type *type, struct hd_space *space,
		struct hd_history *history, struct bytes *bytes)
{
	void *state = calloc(1, type->state_size + 1);
	struct hd_value values[PARAMETERS_MOST];
	struct hd_rng rng;

	demand(state);
	hd_option_defaults(type->options, state);
	if (type->init && type->init(state, space, NULL) != 0)
		goto out; /* a grid over a continuous space */
	for (size_t n = 0; n < TRIALS_MOST && bytes->size > 0; n++) {
		struct hd_trial *trial;
		int rc;

		hd_rng_init(&rng, 2385, hd_history_next(history));
		rc = type->suggest(state, history, &rng, values, NULL);
		demand(rc == 0 || rc == HD_EXHAUSTED);
		if (rc == 0)
			demand_legal(space, values);
		if (rc != 0 || byte_take(bytes) % 4 == 0)
			for (size_t i = 0; i < hd_space_count(space); i++)
				values[i] = hd_expr_draw(
					&hd_space_param(space, i)->expr, &rng);
		trial = hd_history_add(history, values);
		demand(trial);
		take_end(bytes, trial);
	}
out:
	if (type->release)
		type->release(state);
	free(state);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = { data, size };
	const struct hd_sampler_type *type =
		hd_sampler_type_at(byte_take(&bytes) % hd_sampler_types());
	enum hd_goal goal = byte_take(&bytes) % 2 ? HD_MAXIMIZE : HD_MINIMIZE;
	struct hd_space *space = take_space(&bytes);
	struct hd_history *history = hd_history_new(goal,
						    hd_space_count(space));

	demand(history);
	run(type, space, history, &bytes);
	hd_history_free(history);
	hd_space_free(space);
	return 0;
}
