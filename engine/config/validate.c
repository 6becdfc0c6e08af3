/* Checks that need more than one key, and guesses at what was meant. */
#include "config/load.h"

#include <stdio.h>
#include <math.h>
#include <string.h>

#include "base/number.h"

/* What Azure's Bayesian sampling asks for (SPEC 1.4). */
#define BAYESIAN_STEPS_MOST 100000
#define BAYESIAN_RUNS 20 /* a parameter */
#define BAYESIAN_SLOTS_MOST 20

/* Above exp(34), some 6e14, no hyperparameter lies. */
#define LOG_MOST 34

/* Five significant digits. */
static const char *rounded(double value, char *text)
{
	double scale;

	if (value != 0 && isfinite(value) && fabs(value) < 1e290) {
		scale = pow(10, 4 - floor(log10(fabs(value))));
		if (isfinite(scale) && scale > 0)
			value = round(value * scale) / scale;
	}
	text[hd_number_write(value, text)] = '\0';
	return text;
}

/* Two decimals, whatever the locale. */
static const char *decimals(double value, char *text, size_t size)
{
	long hundredths = lround(fabs(value) * 100);

	snprintf(text, size, "%s%ld.%02ld", value < 0 ? "-" : "",
		 hundredths / 100, hundredths % 100);
	return text;
}

/*
 * Bounds of the log forms are logarithms, and people write the values: all of
 * a tenfold range below 1, or values whose exp() nothing reaches.
 */
static bool looks_raw(const struct hd_expr *expr)
{
	return expr->a > 0 && expr->a < expr->b &&
	       ((expr->b <= 1 && expr->b / expr->a >= 10) ||
		expr->b > LOG_MOST);
}

static bool is_bayesian(const struct hd_loader *loader)
{
	const struct hd_sampler_type *sampler = loader->config->sampler;

	return sampler && strcmp(sampler->name, "bayesian") == 0;
}

/* Azure's Bayesian sampler takes whole bounds and so many steps. */
static void note_steps(struct hd_loader *loader, const char *name,
		       const struct hd_expr *expr,
		       const struct hd_yaml_place *place)
{
	double steps = (expr->b - expr->a) / expr->q;
	char text[HD_NUMBER_TEXT];

	if (!is_bayesian(loader) || expr->kind != HD_EXPR_QUNIFORM)
		return;
	if (expr->a != floor(expr->a) || expr->b != floor(expr->b))
		hd_loader_note(loader, place,
			       "'%.64s': bayesian with fractional bounds of"
			       " 'quniform': Azure takes whole numbers",
			       name);
	else if (steps > BAYESIAN_STEPS_MOST)
		hd_loader_note(loader, place,
			       "'%.64s': bayesian with %s steps of 'quniform':"
			       " Azure takes at most %d",
			       name, rounded(floor(steps), text),
			       BAYESIAN_STEPS_MOST);
}

void hd_validate_expression(struct hd_loader *loader, const char *name,
			    const struct hd_expr *expr,
			    const struct hd_yaml_node *values)
{
	char a[HD_NUMBER_TEXT], b[HD_NUMBER_TEXT], low[HD_NUMBER_TEXT];
	char high[HD_NUMBER_TEXT], min[48], max[48];
	char q[HD_NUMBER_TEXT];

	note_steps(loader, name, expr, &values->place);
	/* Sweep jobs take a broken one too. */
	if (!loader->sweep_job && expr->q > 0 && expr->q != floor(expr->q)) {
		q[hd_number_write(expr->q, q)] = '\0';
		hd_loader_note(loader, &values->items[2]->place,
			       "'%.64s': q is %s: Azure takes whole numbers",
			       name, q);
	}
	if ((expr->kind != HD_EXPR_LOGUNIFORM &&
	     expr->kind != HD_EXPR_QLOGUNIFORM) ||
	    loader->log_scale || !looks_raw(expr))
		return;
	a[hd_number_write(expr->a, a)] = '\0';
	b[hd_number_write(expr->b, b)] = '\0';
	hd_loader_warn(loader, &values->place,
		       "%.64s: %s(%s, %s) is [%s, %s] after exp(); did you"
		       " mean %s \xe2\x80\xa6 %s?",
		       name, hd_expr_name(expr->kind), a, b,
		       rounded(exp(expr->a), low), rounded(exp(expr->b), high),
		       decimals(log(expr->a), min, sizeof min),
		       decimals(log(expr->b), max, sizeof max));
}

void hd_validate_limits(struct hd_loader *loader,
			const struct hd_limit_nodes *nodes)
{
	const struct hd_yaml_node *total = nodes->total, *most = nodes->most;
	struct hd_config *config = loader->config;

	if (total && config->max_total > 1000)
		hd_loader_note(loader, &total->place,
			       "'%s' is %zu: Azure takes at most 1000",
			       nodes->total_name, config->max_total);
	if (!most || most->kind == HD_YAML_NULL)
		return;
	if (config->max_concurrent > 100)
		hd_loader_note(loader, &most->place,
			       "'%s' is %zu: Azure takes at most 100",
			       nodes->most_name, config->max_concurrent);
	if (config->max_total && config->max_concurrent > config->max_total) {
		hd_loader_warn(loader, &most->place,
			       "'%s' is %zu, more than the %zu of '%s', which"
			       " is taken",
			       nodes->most_name, config->max_concurrent,
			       config->max_total, nodes->total_name);
		config->max_concurrent = config->max_total;
	}
}

/*
 * How many parameters with a choice of values exist at once, at most: of AT and
 * all that hangs on it, which AT is moved behind.
 */
static size_t most_below(const struct hd_space *space, size_t *at)
{
	size_t self = (*at)++, branch = 0, sum = 0, most = 0;
	const struct hd_param *next;

	while ((next = hd_space_param(space, *at)) && next->parent == self) {
		if (next->branch != branch)
			sum = 0;
		branch = next->branch;
		sum += most_below(space, at);
		if (sum > most)
			most = sum;
	}
	return most + (hd_expr_count(&hd_space_param(space, self)->expr) != 1);
}

static size_t most_at_once(const struct hd_space *space)
{
	size_t at = 0, sum = 0;

	if (!hd_space_is_conditional(space))
		return hd_space_count(space);
	while (at < hd_space_count(space))
		sum += most_below(space, &at);
	return sum;
}

void hd_validate_bayesian(struct hd_loader *loader,
			  const struct hd_limit_nodes *nodes)
{
	const struct hd_config *config = loader->config;
	const struct hd_yaml_node *policy = nodes->policy;
	size_t parameters = most_at_once(loader->space);

	if (!is_bayesian(loader))
		return;
	if (policy && config->policy && strcmp(config->policy->name, "none") != 0)
		hd_loader_note(loader, &policy->place,
			       "bayesian with a policy: Azure's Bayesian"
			       " sampling takes no early termination");
	if (nodes->total && config->max_total > 0 &&
	    config->max_total < BAYESIAN_RUNS * parameters)
		hd_loader_warn(loader, &nodes->total->place,
			       "'%s' is %zu: bayesian with %zu parameters wants"
			       " at least %zu",
			       nodes->total_name, config->max_total, parameters,
			       BAYESIAN_RUNS * parameters);
	if (nodes->most && config->max_concurrent > BAYESIAN_SLOTS_MOST)
		hd_loader_warn(loader, &nodes->most->place,
			       "'%s' is %zu: bayesian learns more with at most"
			       " %d at once",
			       nodes->most_name, config->max_concurrent,
			       BAYESIAN_SLOTS_MOST);
}
