/* Found trials, once all are there: their metric, numbers, values and curves. */
#include "exchange/found.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"

/* --- the metric ----------------------------------------------------------- */

/* "a, b, c" as far as it goes. */
static void list_of(const struct hd_names *names, char *text, size_t size)
{
	size_t length = 0;

	text[0] = '\0';
	for (size_t i = 0; i < names->count && length + 2 < size; i++)
		length += (size_t)snprintf(text + length, size - length, "%s%.64s",
					   i ? ", " : "", names->items[i]);
}

static bool any_value(const struct hd_found *found)
{
	for (size_t i = 0; i < found->count; i++)
		if (found->trials[i].has_value)
			return true;
	return false;
}

static int no_metric(const struct hd_found *found, const char *name, struct hd_error *err)
{
	const char *meant = hd_suggest(name, (const char *const *)found->metrics.items,
				       found->metrics.count);
	char list[256];

	list_of(found->metrics.count ? &found->metrics : &found->params, list, sizeof list);
	return hd_error_set(err, HD_EINVAL, "'%s' has no metric '%.64s'%s%s%s", found->path, name,
			    meant ? ", did you mean '" : "; there are: ", meant ? meant : list,
			    meant ? "'?" : "");
}

/* What is ranked: as the caller says, or the file, or the only one there is. */
static int settle_metric(struct hd_found *found, struct hd_error *err)
{
	const struct hd_import *import = found->import;
	const char *name = import->metric;
	char list[256];

	if (!name && import->config)
		name = import->config->metric;
	if (!name)
		name = found->metric;
	if (!name && found->metrics.count == 1)
		name = found->metrics.items[0];
	if (!name && found->metrics.count == 0 && any_value(found))
		name = "value";
	if (!name && found->metrics.count == 0)
		return hd_error_set(err, HD_EINVAL,
				    "'%s' has no metric: --metric names the column that is one",
				    found->path);
	list_of(&found->metrics, list, sizeof list);
	if (!name)
		return hd_error_set(err, HD_EINVAL,
				    "'%s' has several metrics, --metric names the one that is "
				    "looked at: %s",
				    found->path, list);
	if (import->metric && hd_names_find(&found->metrics, name) == SIZE_MAX &&
	    !(found->metric && !strcmp(found->metric, name)) && !any_value(found))
		return no_metric(found, name, err);
	name = strdup(name);
	free(found->metric);
	found->metric = (char *)name;
	return name ? 0 : hd_error_nomem(err);
}

static int settle_goal(struct hd_found *found, struct hd_error *err)
{
	if (found->import->has_goal)
		found->goal = found->import->goal;
	else if (found->import->config)
		found->goal = found->import->config->goal;
	else if (!found->has_goal)
		return hd_error_set(err, HD_EINVAL,
				    "whether '%s' is to be small or large is not said: --goal min "
				    "or --goal max",
				    found->metric);
	return 0;
}

/* --- numbers -------------------------------------------------------------- */

static int trial_compare(const void *va, const void *vb)
{
	const struct hd_found_trial *a = va, *b = vb;

	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return a->mark.line < b->mark.line ? -1 : a->mark.line > b->mark.line;
}

static int settle_numbers(struct hd_found *found, struct hd_error *err)
{
	bool numbered = found->count && found->trials[0].has_number;

	for (size_t i = 0; i < found->count; i++) {
		struct hd_found_trial *trial = &found->trials[i];

		if (trial->has_number != numbered)
			return hd_error_at(err, &trial->mark, HD_EINVAL,
					   "this trial has %s number, unlike those before",
					   numbered ? "no" : "a");
		if (!numbered)
			trial->number = (int64_t)i;
	}
	qsort(found->trials, found->count, sizeof *found->trials, trial_compare);
	for (size_t i = 1; i < found->count; i++)
		if (found->trials[i].number == found->trials[i - 1].number)
			return hd_error_at(err, &found->trials[i].mark, HD_EINVAL,
					   "trial %lld is there twice, first at line %zu",
					   (long long)found->trials[i].number,
					   found->trials[i - 1].mark.line);
	return 0;
}

/* --- values --------------------------------------------------------------- */

/* The best and the last of the curve; NaN when it has none. */
static void curve_of(const struct hd_found *found, const struct hd_found_trial *trial,
		     size_t metric, double *best, double *last)
{
	*best = *last = NAN;
	for (size_t i = 0; i < trial->logged_count; i++) {
		const struct hd_found_metric *logged = &trial->logged[i];

		if (logged->name != metric || logged->text)
			continue;
		*last = logged->value;
		if (isnan(*best) || hd_goal_better(found->goal, *last, *best))
			*best = *last;
	}
}

/* VALUE as the first that the trial logged. */
static int log_first(struct hd_found *found, struct hd_found_trial *trial, double number,
		     struct hd_error *err)
{
	const struct hd_value value = { .kind = HD_VALUE_REAL, .number = number };
	struct hd_found_metric first;
	int rc = hd_found_log(found, trial, found->metric, &value, NULL, &trial->mark, err);

	if (rc < 0)
		return rc;
	first = trial->logged[trial->logged_count - 1];
	memmove(trial->logged + 1, trial->logged,
		(trial->logged_count - 1) * sizeof *trial->logged);
	trial->logged[0] = first;
	return 0;
}

/* A wide file tells of a curve what it is ranked by, and its last value. */
static int settle_value(struct hd_found *found, struct hd_found_trial *trial,
			struct hd_error *err)
{
	size_t metric = hd_names_find(&found->metrics, found->metric);
	double best, last;
	int rc = 0;

	curve_of(found, trial, metric, &best, &last);
	if (trial->has_value && trial->value != last &&
	    (isnan(best) || hd_goal_better(found->goal, trial->value, best)))
		rc = log_first(found, trial, trial->value, err);
	if (!trial->has_value && !isnan(best)) {
		trial->has_value = true;
		trial->value = best;
	}
	return rc;
}

int hd_found_settle(struct hd_found *found, struct hd_error *err)
{
	int rc = 0;

	if (found->count == 0 && found->unfinished == 0)
		return hd_error_set(err, HD_EINVAL, "'%s' has no trials", found->path);
	if (found->count == 0)
		return hd_error_set(err, HD_EINVAL, "none of the %zu trials of '%s' has ended",
				    found->unfinished, found->path);
	rc = settle_metric(found, err);
	if (rc == 0)
		rc = settle_goal(found, err);
	if (rc == 0)
		rc = settle_numbers(found, err);
	for (size_t i = 0; rc == 0 && i < found->count; i++)
		rc = settle_value(found, &found->trials[i], err);
	return rc;
}
