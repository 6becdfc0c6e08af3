/*
 * bandit - stop a trial outside the slack around the best (SPEC 3.2).
 *
 * With B the best that any trial logged at an interval up to this one, and b
 * the trial's own best so far, the trial is stopped when b is worse than
 *
 *	maximize	B - |B| f/(1+f)		or B - amount
 *	minimize	B + |B| f		or B + amount
 *
 * For B >= 0 the first column is Azure's published B/(1+f) and B (1+f). Below
 * zero those would stand on the wrong side of B and stop the best trial
 * itself; the distance from B is therefore taken from |B|.
 */
#include "compare.h"
#include "table.h"

#include <hdrive/policy.h>

#include <math.h>
#include <stdio.h>

struct bandit_state {
	double slack_factor; /* NaN: not given */
	double slack_amount; /* NaN: not given */
};

static const struct hd_option bandit_options[] = {
	HD_OPTION_DOUBLE(struct bandit_state, slack_factor, 0, INFINITY,
			 "allowed distance from the best trial, as a ratio"),
	HD_OPTION_DOUBLE(struct bandit_state, slack_amount, 0, INFINITY,
			 "allowed distance from the best trial, in units of "
			 "the metric"),
	HD_OPTION_END
};

static int bandit_init(void *vstate, struct hd_error *err)
{
	const struct bandit_state *bandit = vstate;
	bool has_factor = !isnan(bandit->slack_factor);
	bool has_amount = !isnan(bandit->slack_amount);

	if (has_factor == has_amount)
		return hd_error_set(err, HD_EINVAL,
				    "'bandit' needs one of 'slack_factor' and "
				    "'slack_amount', got %s",
				    has_factor ? "both" : "neither");
	if (isinf(bandit->slack_factor) || isinf(bandit->slack_amount))
		return hd_error_set(err, HD_EINVAL,
				    "'%s' must be a finite number, got inf",
				    has_factor ? "slack_factor" : "slack_amount");
	return 0;
}

static double bandit_limit(const struct bandit_state *bandit,
			   enum hd_goal goal, double best)
{
	double distance;

	if (isinf(best)) /* no slack is wide enough to leave it */
		return best;
	if (!isnan(bandit->slack_amount))
		distance = bandit->slack_amount;
	else if (goal == HD_MAXIMIZE)
		distance = fabs(best) *
			   (bandit->slack_factor / (1 + bandit->slack_factor));
	else
		distance = fabs(best) * bandit->slack_factor;
	return goal == HD_MAXIMIZE ? best - distance : best + distance;
}

/* The limit as a person would compute it from B and the option. */
static void bandit_formula(const struct bandit_state *bandit,
			   enum hd_goal goal, double best, char *text,
			   size_t size)
{
	bool by_factor = isnan(bandit->slack_amount);
	char b[HD_REASON_NUMBER], slack[HD_REASON_NUMBER];

	hd_reason_number(best, b);
	hd_reason_number(by_factor ? bandit->slack_factor : bandit->slack_amount,
			 slack);
	if (!by_factor)
		snprintf(text, size, "%s%s%s", b,
			 goal == HD_MAXIMIZE ? "-" : "+", slack);
	else if (goal == HD_MAXIMIZE && best >= 0)
		snprintf(text, size, "%s/(1+%s)", b, slack);
	else if (goal == HD_MAXIMIZE)
		snprintf(text, size, "%s*(1+%s/(1+%s))", b, slack, slack);
	else
		snprintf(text, size, "%s*(1%s%s)", b, best >= 0 ? "+" : "-",
			 slack);
}

static void bandit_explain(const struct bandit_state *bandit,
			   const struct hd_history *history, double best,
			   const struct hd_trial *leader,
			   struct hd_reason *why)
{
	enum hd_goal goal = hd_history_goal(history);
	char mine[HD_REASON_NUMBER], limit[HD_REASON_NUMBER];
	char formula[4 * HD_REASON_NUMBER], who[40];

	hd_reason_number(why->mine, mine);
	hd_reason_limit(why->limit, why->mine, limit);
	bandit_formula(bandit, goal, best, formula, sizeof formula);
	if (hd_trial_is_inherited(leader))
		snprintf(who, sizeof who, "of an earlier sweep");
	else
		snprintf(who, sizeof who, "#%zu", hd_trial_number(leader));
	hd_reason_set(why,
		      "best so far %s %s %s = %s; %zu trials compared, best is %s",
		      mine, policy_sign(goal, why->mine), limit, formula,
		      why->compared, who);
}

static bool bandit_should_stop(const void *vstate, const struct hd_trial *trial,
			       const struct hd_history *history,
			       struct hd_reason *why)
{
	const struct bandit_state *bandit = vstate;
	size_t interval = hd_trial_interval(trial);
	const struct hd_trial *leader;
	double best = hd_history_best(history, interval, &leader);
	double mine = hd_trial_best(trial, interval);
	double limit;

	if (!leader || leader == trial)
		return false;
	limit = bandit_limit(bandit, hd_history_goal(history), best);
	if (!policy_worse(hd_history_goal(history), mine, limit, best))
		return false;
	why->mine = mine;
	why->limit = limit;
	why->compared = hd_history_measured(history);
	bandit_explain(bandit, history, best, leader, why);
	return true;
}

const struct hd_policy_type hd_policy_bandit = {
	.name = "bandit",
	.v1_name = "BanditPolicy",
	.summary = "stops a trial outside the slack around the best",
	.options = bandit_options,
	.state_size = sizeof(struct bandit_state),
	.init = bandit_init,
	.should_stop = bandit_should_stop,
};
