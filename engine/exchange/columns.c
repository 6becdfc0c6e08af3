#include "exchange/columns.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "store/exchange.h"
#include "sweep/stored.h"

/* --- names ---------------------------------------------------------------- */

size_t hd_names_find(const struct hd_names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (!strcmp(names->items[i], name))
			return i;
	return SIZE_MAX;
}

size_t hd_names_add(struct hd_names *names, const char *name)
{
	size_t at = hd_names_find(names, name);
	char *copy;

	if (at != SIZE_MAX)
		return at;
	if (names->count == names->room) {
		size_t room = names->room ? 2 * names->room : 8;
		char **items = realloc(names->items, room * sizeof *items);

		if (!items)
			return SIZE_MAX;
		names->items = items;
		names->room = room;
	}
	copy = strdup(name);
	if (!copy)
		return SIZE_MAX;
	names->items[names->count] = copy;
	return names->count++;
}

void hd_names_release(struct hd_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i]);
	free(names->items);
	*names = (struct hd_names){ NULL, 0, 0 };
}

static const char *bare(const char *name)
{
	return name + strspn(name, "-");
}

/* --- the sweep's ---------------------------------------------------------- */

struct load {
	struct hd_columns *columns;
	struct hd_store *store;
	int64_t sweep;
	struct hd_error *err;
};

/* The config as it was run; a text that is none any more is no error here. */
static int load_sweep(void *user, const struct hd_sweep_row *row)
{
	struct load *load = user;
	struct hd_texts sets = { 0 };
	const struct hd_texts patterns = { 0 };
	int rc = hd_store_settings(load->store, load->sweep, hd_texts_add, &sets, load->err);

	load->columns->goal = row->goal;
	load->columns->metric = strdup(row->metric);
	if (rc == 0)
		rc = hd_stored_config(&load->columns->config, load->store, row->config_text,
				      row->config_path, &sets, sets.count, &patterns, NULL);
	hd_texts_release(&sets);
	if (rc == HD_ENOMEM || !load->columns->metric)
		return hd_error_nomem(load->err);
	return 0;
}

static int load_space(struct load *load)
{
	const struct hd_space *space;

	if (!load->columns->config)
		return 0;
	space = load->columns->config->space;
	for (size_t i = 0; i < hd_space_count(space); i++)
		if (hd_names_add(&load->columns->params, bare(hd_space_param(space, i)->name)) ==
		    SIZE_MAX)
			return hd_error_nomem(load->err);
	return 0;
}

static int load_param(void *user, const char *name, size_t length,
		      const struct hd_json *value)
{
	struct load *load = user;

	(void)length;
	(void)value;
	return hd_names_add(&load->columns->params, bare(name)) == SIZE_MAX ? HD_ENOMEM : 0;
}

static int load_trial(void *user, const struct hd_trial_row *row)
{
	struct load *load = user;
	struct hd_json *params = NULL;
	int rc = hd_json_parse(&params, row->parameters, strlen(row->parameters), load->err);

	if (rc == HD_EINVAL)
		return hd_error_set(load->err, HD_ECORRUPT,
				    "trial %zu has parameters that are no JSON", row->number);
	if (rc == 0)
		rc = hd_json_each(params, load_param, load);
	hd_json_free(params);
	return rc == HD_ENOMEM ? hd_error_nomem(load->err) : rc;
}

static int load_metric(void *user, const char *name)
{
	struct load *load = user;

	return hd_names_add(&load->columns->metrics, name) == SIZE_MAX ? HD_ENOMEM : 0;
}

int hd_columns_load(struct hd_columns *columns, struct hd_store *store,
		    int64_t sweep, bool long_metrics, struct hd_error *err)
{
	struct load load = { columns, store, sweep, err };
	int rc;

	*columns = (struct hd_columns){ .metric = NULL };
	rc = hd_store_sweep(store, sweep, load_sweep, &load, err);
	if (rc == 0)
		rc = load_space(&load);
	if (rc == 0)
		rc = hd_store_trials(store, sweep, NULL, load_trial, &load, err);
	if (rc < 0 || long_metrics)
		return rc;
	if (*columns->metric)
		rc = load_metric(&load, columns->metric);
	if (rc == 0)
		rc = hd_store_metric_names(store, sweep, load_metric, &load, err);
	return rc == HD_ENOMEM ? hd_error_nomem(err) : rc;
}

void hd_columns_release(struct hd_columns *columns)
{
	hd_names_release(&columns->params);
	hd_names_release(&columns->metrics);
	hd_config_free(columns->config);
	free(columns->metric);
	*columns = (struct hd_columns){ .metric = NULL };
}
