/* Trials of earlier sweeps for a new one. */
#include "sweep/warm.h"

#include "base/buf.h"
#include "base/number.h"
#include "space/args.h"
#include "space/difference.h"
#include "space/values.h"
#include "store/resume.h"
#include "sweep/order.h"
#include "sweep/stored.h"

#include <hdrive/sampler.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Azure's limits. */
#define PARENTS_MOST 5
#define TOTAL_MOST 1000

struct gathering {
	struct hd_warm *warm;
	struct hd_store *store;
	const struct hd_config *config;
	struct hd_value *values; /* scratch: one per parameter */
	struct hd_error *err;
	const char *word; /* the entry of the file */
	int64_t parents[PARENTS_MOST];
	size_t parent_count;
	int64_t parent;    /* key */
	char *id;          /* of the parent */
	char *text, *path; /* its file */
};

static int nomem(const struct gathering *g)
{
	return hd_error_nomem(g->err);
}

static bool knows_parent(const struct gathering *g, int64_t key)
{
	for (size_t i = 0; i < g->parent_count; i++)
		if (g->parents[i] == key)
			return true;
	return false;
}

/* The sweep WORD names into g->parent, counted once. */
static int find_parent(struct gathering *g, const char *word, bool *again)
{
	int rc = hd_store_find_sweep(g->store, word, &g->parent, g->err);

	*again = rc == 0 && knows_parent(g, g->parent);
	if (rc < 0 || *again)
		return rc;
	if (g->parent_count == PARENTS_MOST)
		return hd_error_set(g->err, HD_EINVAL,
				    "trials of more than %d sweeps are to be "
				    "gone on with",
				    PARENTS_MOST);
	g->parents[g->parent_count++] = g->parent;
	return 0;
}

/* --- resume_from ---------------------------------------------------------- */

static int check_parent(struct gathering *g, const struct hd_sweep_row *row)
{
	const struct hd_config *config = g->config;

	if (strcmp(row->state, "Completed") && strcmp(row->state, "Canceled"))
		return hd_error_set(g->err, HD_EINVAL,
				    "'resume_from': sweep '%s' is %s, expected "
				    "Completed or Canceled",
				    row->name, row->state);
	if (strcmp(row->metric, config->metric))
		return hd_error_set(g->err, HD_EINVAL,
				    "'resume_from': the metric of sweep '%s' is "
				    "'%s', not '%s'",
				    row->name, row->metric, config->metric);
	if (row->goal != config->goal)
		return hd_error_set(g->err, HD_EINVAL,
				    "'resume_from': the goal of sweep '%s' is "
				    "'%s', not '%s'",
				    row->name, hd_goal_name(row->goal),
				    hd_goal_name(config->goal));
	return 0;
}

static int take_parent(void *user, const struct hd_sweep_row *row)
{
	struct gathering *g = user;

	free(g->id);
	free(g->text);
	free(g->path);
	g->id = strdup(row->id);
	g->text = strdup(row->config_text);
	g->path = strdup(row->config_path);
	g->warm->total += row->max_total;
	return g->id && g->text && g->path ? check_parent(g, row) : nomem(g);
}

/* A model of Azure's lives in one space. */
static int check_space(struct gathering *g)
{
	struct hd_texts sets = { 0 };
	const struct hd_texts patterns = { 0 };
	struct hd_config *config = NULL;
	struct hd_error differs = { 0 };
	int rc;

	if (strcmp(g->config->sampler->name, "bayesian"))
		return 0;
	rc = hd_store_settings(g->store, g->parent, hd_texts_add, &sets, g->err);
	if (rc == HD_ENOMEM)
		rc = nomem(g);
	if (rc == 0)
		rc = hd_stored_config(&config, g->store, g->text, g->path, &sets,
				      sets.count, &patterns, g->err);
	if (rc == 0 &&
	    hd_space_compare(config->space, g->config->space, &differs) < 0)
		rc = hd_error_set(g->err, HD_EINVAL,
				  "'resume_from': bayesian cannot learn from "
				  "'%s': %s",
				  g->word, differs.text);
	hd_config_free(config);
	hd_texts_release(&sets);
	return rc;
}

struct curve {
	struct hd_buf text;
	size_t count;
};

static int add_value(void *user, double value)
{
	struct curve *curve = user;

	hd_buf_puts(&curve->text, curve->count++ ? "," : "[");
	hd_buf_json_number(&curve->text, value);
	return 0;
}

static int read_curve(const struct gathering *g, int64_t trial, char **text)
{
	struct curve curve = { HD_BUF_INIT, 0 };
	int rc = hd_store_resume_curve(g->store, trial, add_value, &curve, g->err);

	hd_buf_puts(&curve.text, curve.count ? "]" : "[]");
	*text = hd_buf_take(&curve.text);
	if (rc == 0 && !*text)
		rc = nomem(g);
	return rc;
}

/* One that says something: what was cancelled without a value does not. */
static bool is_telling(const struct hd_trial_row *row)
{
	return hd_trial_state_is_terminal(row->state) &&
	       (row->intervals > 0 || row->state == HD_TRIAL_FAILED);
}

static int add_inherited(struct gathering *g, const struct hd_trial_row *row)
{
	struct hd_warm *warm = g->warm;
	struct hd_inherited_row *inherited;
	struct hd_buf parameters = HD_BUF_INIT;
	char *curve = NULL;
	int rc;

	if (hd_order_grow(&warm->inherited, warm->inherited_count,
			  &warm->inherited_room, sizeof *inherited) < 0)
		return nomem(g);
	rc = read_curve(g, row->key, &curve);
	if (rc < 0) {
		free(curve);
		return rc;
	}
	hd_args_json(&parameters, g->config->space, g->values);
	inherited = &warm->inherited[warm->inherited_count++];
	*inherited = (struct hd_inherited_row){
		.source = strdup(g->id),
		.number = row->number,
		.state = row->state,
		.end = row->end,
		.parameters = hd_buf_take(&parameters),
		.curve = curve,
	};
	return inherited->source && inherited->parameters ? 0 : nomem(g);
}

static int take_trial(void *user, const struct hd_trial_row *row)
{
	struct gathering *g = user;
	int rc;

	if (!is_telling(row))
		return 0;
	rc = hd_space_project(g->config->space, row->parameters, g->values, NULL);
	if (rc == HD_ENOMEM)
		return nomem(g);
	if (rc == 0)
		return add_inherited(g, row);
	g->warm->left_out++;
	return 0;
}

static int gather_parent(struct gathering *g, const char *word)
{
	bool again;
	int rc = find_parent(g, word, &again);

	g->word = word;
	if (rc == 0 && again)
		rc = hd_error_set(g->err, HD_EINVAL,
				  "'resume_from' has the sweep '%s' twice", word);
	if (rc == 0)
		rc = hd_store_sweep(g->store, g->parent, take_parent, g, g->err);
	if (rc == 0)
		rc = check_space(g);
	if (rc == 0)
		rc = hd_store_trials(g->store, g->parent, NULL, take_trial, g,
				     g->err);
	return rc;
}

/* --- resume_child_runs ---------------------------------------------------- */

static int add_waiting(struct gathering *g, const struct hd_trial_row *row)
{
	struct hd_warm *warm = g->warm;
	struct hd_buf parameters = HD_BUF_INIT, folder = HD_BUF_INIT;
	struct hd_waiting_row *waiting;

	if (hd_order_grow(&warm->waiting, warm->waiting_count,
			  &warm->waiting_room, sizeof *waiting) < 0)
		return nomem(g);
	hd_args_json(&parameters, g->config->space, g->values);
	hd_buf_printf(&folder, "%s/outputs", row->folder);
	waiting = &warm->waiting[warm->waiting_count++];
	waiting->parameters = hd_buf_take(&parameters);
	waiting->resume_from = hd_buf_take(&folder);
	for (size_t i = 0; waiting->resume_from && i + 1 < warm->waiting_count; i++)
		if (!strcmp(warm->waiting[i].resume_from, waiting->resume_from))
			return hd_error_set(g->err, HD_EINVAL,
					    "'resume_child_runs' has the trial "
					    "'%s' twice",
					    g->word);
	return waiting->parameters && waiting->resume_from ? 0 : nomem(g);
}

static int take_child(void *user, const struct hd_trial_row *row)
{
	struct gathering *g = user;
	struct hd_error why = { 0 };
	int rc;

	if (!hd_trial_state_is_terminal(row->state))
		return hd_error_set(g->err, HD_EINVAL,
				    "'resume_child_runs': trial '%s' is %s, it "
				    "must have ended",
				    g->word, hd_trial_state_name(row->state));
	rc = hd_space_project(g->config->space, row->parameters, g->values, &why);
	if (rc == HD_ENOMEM)
		return nomem(g);
	if (rc < 0)
		return hd_error_set(g->err, rc,
				    "'resume_child_runs': trial '%s' does not "
				    "fit the parameter space: %s",
				    g->word, why.text);
	return add_waiting(g, row);
}

/* "SWEEP/3" or "HD_<guid>_3": the config saw to its form. */
static int gather_child(struct gathering *g, const char *word)
{
	const char *cut = strrchr(word, '/');
	char *sweep;
	bool again;
	int64_t number = -1;
	int rc;

	if (!cut)
		cut = strrchr(word, '_');
	sweep = cut ? strndup(word, (size_t)(cut - word)) : NULL;
	if (!sweep)
		return nomem(g);
	g->word = word;
	if (!hd_number_read_integer(cut + 1, strlen(cut + 1), &number) || number < 0)
		rc = hd_error_set(g->err, HD_EINVAL,
				  "'%s' is no trial: expected SWEEP/N", word);
	else
		rc = find_parent(g, sweep, &again);
	free(sweep);
	if (rc < 0)
		return rc;
	return hd_store_trial(g->store, g->parent, (size_t)number, take_child, g,
			      g->err);
}

/* --- both ----------------------------------------------------------------- */

static int gather(struct gathering *g)
{
	const struct hd_config *config = g->config;
	int rc = 0;

	g->warm->total = config->max_total;
	for (size_t i = 0; i < config->resume_from_count && rc == 0; i++)
		rc = gather_parent(g, config->resume_from[i]);
	/* Five sweeps for each of the two. */
	g->parent_count = 0;
	for (size_t i = 0; i < config->resume_child_run_count && rc == 0; i++)
		rc = gather_child(g, config->resume_child_runs[i]);
	return rc;
}

int hd_warm_gather(struct hd_warm *warm, struct hd_store *store,
		   const struct hd_config *config, struct hd_error *err)
{
	struct gathering g = { .warm = warm,
			       .store = store,
			       .config = config,
			       .err = err };
	int rc;

	g.values = calloc(hd_space_count(config->space) + 1, sizeof *g.values);
	rc = g.values ? gather(&g) : nomem(&g);
	free(g.values);
	free(g.id);
	free(g.text);
	free(g.path);
	return rc;
}

void hd_warm_release(struct hd_warm *warm)
{
	for (size_t i = 0; i < warm->inherited_count; i++) {
		free((char *)warm->inherited[i].source);
		free((char *)warm->inherited[i].parameters);
		free((char *)warm->inherited[i].curve);
	}
	for (size_t i = 0; i < warm->waiting_count; i++) {
		free((char *)warm->waiting[i].parameters);
		free((char *)warm->waiting[i].resume_from);
	}
	free(warm->inherited);
	free(warm->waiting);
	*warm = (struct hd_warm){ 0 };
}

bool hd_warm_note(const struct hd_warm *warm, char *text, size_t size)
{
	int length = 0;

	if (warm->inherited_count + warm->left_out + warm->waiting_count == 0)
		return false;
	length = snprintf(text, size, "warm start: %zu trials of earlier sweeps are known",
			  warm->inherited_count);
	if (warm->left_out)
		length += snprintf(text + length, size - (size_t)length,
				   ", %zu are left out as the parameter space "
				   "does not have their values",
				   warm->left_out);
	if (warm->waiting_count)
		snprintf(text + length, size - (size_t)length,
			 ", %zu are gone on with", warm->waiting_count);
	return true;
}

bool hd_warm_portability(const struct hd_warm *warm, char *text, size_t size)
{
	if (warm->total <= TOTAL_MOST || warm->inherited_count + warm->left_out == 0)
		return false;
	snprintf(text, size,
		 "[portability] with those of 'resume_from' %zu trials: Azure "
		 "takes at most %d",
		 warm->total, TOTAL_MOST);
	return true;
}
