/*
 * A sweep's tags and properties as Azure's service has them (SPEC 5.1), for
 * programs that read those of a HyperDrive run: every value is a text, JSON
 * within it where Azure has JSON.
 *
 * They are made from the sweep's rows and its file; nothing of them is
 * stored, so nothing can drift. What scripts said of the sweep follows, but
 * for names that are Azure's own.
 */
#include "report/rows.h"
#include "report/said.h"

#include "base/json.h"
#include "space/args.h"
#include "store/origin.h"
#include "store/store.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define AZURE_TAG HD_TAG_AZURES

struct azure {
	struct hd_pen *pen;
	struct hd_store *store;
	const struct hd_sweep_row *row;
	struct hd_config *config; /* NULL when its text does not load */
	enum hd_said_kind kind;
	size_t count; /* members written */
	bool own;     /* no tags that are a trial's */
	struct hd_error *err;
};

static void azure_member(struct azure *azure, const char *name,
			 const char *value)
{
	hd_pen_key(azure->pen, name, azure->count++ == 0);
	hd_pen_json(azure->pen, value);
}

/* A member whose value is what BUF holds; BUF is released. */
static void azure_take(struct azure *azure, const char *name,
		       struct hd_buf *buf)
{
	if (hd_buf_failed(buf))
		azure->pen->buf.failed = true;
	azure_member(azure, name, hd_buf_text(buf));
	hd_buf_release(buf);
}

/* --- the file, loaded again ----------------------------------------------- */

struct azure_sets {
	char **texts;
	size_t count;
};

static int azure_set(void *user, const char *text)
{
	struct azure_sets *sets = user;
	char **texts = realloc(sets->texts, (sets->count + 1) * sizeof *texts);

	if (!texts)
		return HD_ENOMEM;
	sets->texts = texts;
	texts[sets->count] = strdup(text);
	return texts[sets->count++] ? 0 : HD_ENOMEM;
}

/* A text of another version that does not load leaves the config NULL. */
static int azure_load(struct azure *azure)
{
	const struct hd_sweep_row *row = azure->row;
	struct azure_sets sets = { NULL, 0 };
	struct hd_findings *findings = hd_findings_new();
	int rc = findings ? hd_store_settings(azure->store, row->key, azure_set,
					      &sets, azure->err)
			  : HD_ENOMEM;

	if (rc == 0) {
		const struct hd_config_load load = {
			.size = sizeof load,
			.sets = (const char *const *)sets.texts,
			.set_count = sets.count,
			.stored = true,
			.plugins = hd_store_plugins(azure->store),
		};

		rc = hd_config_parse(&azure->config, row->config_text,
				     strlen(row->config_text), row->config_path,
				     &load, findings, NULL);
		if (rc != HD_ENOMEM)
			rc = 0;
	}
	for (size_t i = 0; i < sets.count; i++)
		free(sets.texts[i]);
	free(sets.texts);
	hd_findings_free(findings);
	return rc == HD_ENOMEM ? hd_error_nomem(azure->err) : rc;
}

/* --- values --------------------------------------------------------------- */

/* ASCII alone: a locale has no say in it. */
static void azure_upper(struct hd_buf *buf, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		hd_buf_putc(buf, text[i] >= 'a' && text[i] <= 'z'
					 ? (char)(text[i] - 'a' + 'A')
					 : text[i]);
}

/* "BANDIT" of "BanditPolicy" (SPEC 3.5). */
static void azure_policy_name(struct hd_buf *buf, const char *name)
{
	const struct hd_policy_type *type = hd_policy_type_find(name);
	size_t length;

	if (type == hd_policy_type_find("none")) {
		hd_buf_puts(buf, "DEFAULT");
		return;
	}
	name = type && type->v1_name ? type->v1_name : name;
	length = strlen(name);
	if (length > 6 && !strcmp(name + length - 6, "Policy"))
		length -= 6;
	azure_upper(buf, name, length);
}

static void azure_option(struct hd_buf *buf, const struct hd_option *option,
			 double value)
{
	hd_buf_printf(buf, ",\"%s\":", option->name);
	if (option->type == HD_OPTION_TYPE_BOOL)
		hd_buf_puts(buf, value != 0 ? "true" : "false");
	else
		hd_buf_json_number(buf, value);
}

static void azure_policy(struct azure *azure)
{
	const struct hd_config *config = azure->config;
	const struct hd_option *option = config ? config->policy->options : NULL;
	struct hd_buf buf = HD_BUF_INIT;

	hd_buf_puts(&buf, "{\"name\":\"");
	azure_policy_name(&buf, azure->row->policy);
	hd_buf_puts(&buf, "\",\"properties\":{");
	if (config)
		hd_buf_printf(&buf,
			      "\"evaluation_interval\":%zu,"
			      "\"delay_evaluation\":%zu",
			      config->evaluation_interval,
			      config->delay_evaluation);
	for (; option && option->name; option++) {
		double value = hd_option_load(option, config->policy_options);

		if (!isnan(value))
			azure_option(&buf, option, value);
	}
	hd_buf_puts(&buf, "}}");
	azure_take(azure, AZURE_TAG "policy_config", &buf);
}

static void azure_params(struct hd_buf *buf, const struct hd_space *space,
			 size_t parent, size_t branch);

/* An option: what it is, and of one with parameters these as a map. */
static void azure_options(struct hd_buf *buf, const struct hd_space *space,
			  size_t index)
{
	const struct hd_expr *expr = &hd_space_param(space, index)->expr;

	for (size_t i = 0; i < expr->option_count; i++) {
		struct hd_buf below = HD_BUF_INIT;

		azure_params(&below, space, index, i);
		hd_buf_puts(buf, i ? "," : "");
		if (below.length > 2)
			hd_buf_add(buf, below.text, below.length);
		else
			hd_args_json_value(buf, &expr->options[i]);
		hd_buf_release(&below);
	}
}

/* ["uniform",[0,1]]; the options of a choice are one nested list. */
static void azure_expr(struct hd_buf *buf, const struct hd_space *space,
		       size_t index)
{
	const struct hd_expr *expr = &hd_space_param(space, index)->expr;
	const struct hd_expr_type *type =
		hd_expr_type_find(hd_expr_name(expr->kind));
	const double numbers[] = { expr->a, expr->b, expr->q };
	bool choice = expr->kind == HD_EXPR_CHOICE;
	/* randint is written with its upper end alone. */
	size_t first = expr->kind == HD_EXPR_RANDINT ? 1 : 0;

	hd_buf_printf(buf, "[\"%s\",[%s", hd_expr_name(expr->kind),
		      choice ? "[" : "");
	if (choice)
		azure_options(buf, space, index);
	for (size_t i = 0; !choice && type && i < type->arguments; i++) {
		hd_buf_puts(buf, i ? "," : "");
		hd_buf_json_number(buf, numbers[first + i]);
	}
	hd_buf_puts(buf, choice ? "]]]" : "]]");
}

/* {"lr":["uniform",[0,1]]} of the parameters that hang there. */
static void azure_params(struct hd_buf *buf, const struct hd_space *space,
			 size_t parent, size_t branch)
{
	bool any = false;

	hd_buf_putc(buf, '{');
	for (size_t i = 0; i < hd_space_count(space); i++) {
		const struct hd_param *param = hd_space_param(space, i);

		if (param->parent != parent || param->branch != branch)
			continue;
		hd_buf_puts(buf, any ? "," : "");
		any = true;
		hd_buf_json(buf, param->name, strlen(param->name));
		hd_buf_putc(buf, ':');
		azure_expr(buf, space, i);
	}
	hd_buf_putc(buf, '}');
}

static void azure_generator(struct azure *azure)
{
	const struct hd_config *config = azure->config;
	const char *name = azure->row->sampler;
	struct hd_buf buf = HD_BUF_INIT;

	hd_buf_puts(&buf, "{\"name\":\"");
	if (!strcmp(name, "bayesian"))
		hd_buf_puts(&buf, "BayesianOptimization");
	else
		azure_upper(&buf, name, strlen(name));
	hd_buf_puts(&buf, "\",\"parameter_space\":");
	if (config)
		azure_params(&buf, config->space, HD_SPACE_TOP, 0);
	else
		hd_buf_puts(&buf, "{}");
	hd_buf_puts(&buf, "}");
	azure_take(azure, AZURE_TAG "generator_config", &buf);
}

static void azure_metric(struct azure *azure, const char *name)
{
	const struct hd_sweep_row *row = azure->row;
	struct hd_buf buf = HD_BUF_INIT;

	hd_buf_puts(&buf, "{\"name\":");
	hd_buf_json(&buf, row->metric, strlen(row->metric));
	hd_buf_printf(&buf, ",\"goal\":\"%s\"}", hd_goal_name(row->goal));
	azure_take(azure, name, &buf);
}

static void azure_count(struct azure *azure, const char *name, size_t count)
{
	struct hd_buf buf = HD_BUF_INIT;

	hd_buf_printf(&buf, "%zu", count);
	azure_take(azure, name, &buf);
}

static void azure_minutes(struct azure *azure)
{
	struct hd_buf buf = HD_BUF_INIT;

	if (isinf(azure->row->max_duration))
		hd_buf_puts(&buf, "null");
	else
		hd_buf_number(&buf, azure->row->max_duration / 60);
	azure_take(azure, AZURE_TAG "max_duration_minutes", &buf);
}

/* --- trials --------------------------------------------------------------- */

struct azure_pair {
	const char *name;
	const struct hd_json *value;
};

struct azure_pairs {
	struct azure_pair *pairs;
	size_t count;
};

static int azure_pair(void *user, const char *name, size_t length,
		      const struct hd_json *value)
{
	struct azure_pairs *all = user;

	(void)length;
	all->pairs[all->count++] = (struct azure_pair){ name, value };
	return 0;
}

static int azure_by_name(const void *a, const void *b)
{
	return strcmp(((const struct azure_pair *)a)->name,
		      ((const struct azure_pair *)b)->name);
}

static void azure_json(struct hd_buf *buf, const struct hd_json *value)
{
	char *text;

	/* A real in its shortest form, not in seventeen digits. */
	if (hd_json_kind(value) == HD_JSON_REAL) {
		hd_buf_json_number(buf, hd_json_number(value));
		return;
	}
	text = hd_json_dump(value);
	if (text)
		hd_buf_puts(buf, text);
	else
		buf->failed = true;
	free(text);
}

void hd_azure_parameters(struct hd_buf *buf, const char *parameters)
{
	struct hd_json *object = NULL;
	struct azure_pairs all = { NULL, 0 };
	size_t count;

	if (hd_json_parse(&object, parameters, strlen(parameters), NULL) < 0) {
		hd_buf_puts(buf, parameters);
		return;
	}
	count = hd_json_count(object);
	all.pairs = calloc(count + 1, sizeof *all.pairs);
	if (!all.pairs) {
		buf->failed = true;
		goto out;
	}
	hd_json_each(object, azure_pair, &all);
	qsort(all.pairs, all.count, sizeof *all.pairs, azure_by_name);
	for (size_t i = 0; i < all.count; i++) {
		hd_buf_putc(buf, i ? ',' : '{');
		hd_buf_json(buf, all.pairs[i].name, strlen(all.pairs[i].name));
		hd_buf_putc(buf, ':');
		azure_json(buf, all.pairs[i].value);
	}
	hd_buf_puts(buf, all.count ? "}" : "{}");
out:
	free(all.pairs);
	hd_json_free(object);
}

static int azure_trial(void *user, const struct hd_trial_row *row)
{
	struct azure *azure = user;
	struct hd_buf name = HD_BUF_INIT, value = HD_BUF_INIT;

	hd_buf_printf(&name, AZURE_TAG "%s", row->id);
	hd_azure_parameters(&value, row->parameters);
	azure_take(azure, hd_buf_text(&name), &value);
	if (row->end == HD_END_POLICY || row->end == HD_END_PAUSED) {
		hd_buf_puts(&name, "_cancelled");
		azure_member(azure, hd_buf_text(&name), "true");
	}
	if (hd_buf_failed(&name))
		azure->pen->buf.failed = true;
	hd_buf_release(&name);
	return azure->pen->rc;
}

/* --- the two objects ------------------------------------------------------ */

static bool azure_owns(enum hd_said_kind kind, const char *name)
{
	static const char *const properties[] = {
		"primary_metric_config",
		"runTemplate",
		"azureml.runsource",
		"platform",
		"ContentSnapshotId",
		"space_size",
		"score",
		"best_child_run_id",
		"best_metric_status",
	};

	if (kind == HD_SAID_TAG)
		return !strncmp(name, AZURE_TAG, strlen(AZURE_TAG));
	for (size_t i = 0; i < sizeof properties / sizeof properties[0]; i++)
		if (!strcmp(name, properties[i]))
			return true;
	return false;
}

static int azure_said(void *user, const struct hd_said_row *row)
{
	struct azure *azure = user;

	if (row->kind == azure->kind && !*row->child &&
	    !azure_owns(row->kind, row->name))
		azure_member(azure, row->name, row->value);
	return azure->pen->rc;
}

static int azure_said_all(struct azure *azure, enum hd_said_kind kind)
{
	azure->kind = kind;
	return hd_store_said(azure->store, azure->row->key, HD_SAID_OF_SWEEP,
			     azure_said, azure, azure->err);
}

static int azure_tags(struct azure *azure)
{
	const struct hd_sweep_row *row = azure->row;
	bool canceled = !strcmp(row->state, "Canceled");
	bool all = row->trials >= row->max_total ||
		   (hd_rows_sweep_is_over(row) && !canceled);
	int rc;

	azure_count(azure, AZURE_TAG "max_concurrent_jobs", row->max_concurrent);
	azure_count(azure, AZURE_TAG "max_total_jobs", row->max_total);
	azure_minutes(azure);
	azure_policy(azure);
	azure_generator(azure);
	azure_metric(azure, AZURE_TAG "primary_metric_config");
	azure_member(azure, AZURE_TAG "all_jobs_generated",
		     all ? "true" : "false");
	azure_member(azure, AZURE_TAG "cancellation_requested",
		     canceled || !strcmp(row->state, "CancelRequested")
			     ? "true"
			     : "false");
	rc = azure->own ? 0
			: hd_store_trials(azure->store, row->key, NULL, azure_trial,
					  azure, azure->err);
	return rc ? rc : azure_said_all(azure, HD_SAID_TAG);
}

static void azure_best(struct azure *azure)
{
	const struct hd_sweep_row *row = azure->row;
	struct hd_buf buf = HD_BUF_INIT;

	if (!hd_rows_sweep_is_over(row) || row->best_trial < 0)
		return;
	hd_buf_number(&buf, row->best);
	azure_take(azure, "score", &buf);
	hd_buf_printf(&buf, "%s_%" PRId64, row->id, row->best_trial);
	azure_take(azure, "best_child_run_id", &buf);
	azure_member(azure, "best_metric_status", "Succeeded");
}

static void azure_space(struct azure *azure)
{
	uint64_t points =
		azure->config ? hd_space_points(azure->config->space) : 0;
	struct hd_buf buf = HD_BUF_INIT;

	if (!azure->config)
		return;
	if (points == 0 || points == UINT64_MAX)
		hd_buf_puts(&buf, "infinite_space_size");
	else
		hd_buf_printf(&buf, "%" PRIu64, points);
	azure_take(azure, "space_size", &buf);
}

static int azure_snapshot(struct azure *azure)
{
	struct hd_origin origin;
	int rc = hd_store_origin(azure->store, azure->row->key, &origin, azure->err);

	if (rc == 0 && *origin.snapshot)
		azure_member(azure, "ContentSnapshotId", origin.snapshot);
	hd_origin_release(&origin);
	return rc;
}

static int azure_properties(struct azure *azure)
{
	int rc;

	azure->count = 0;
	if (!*azure->row->metric) {
		rc = azure_snapshot(azure);
		return rc < 0 ? rc : azure_said_all(azure, HD_SAID_PROPERTY);
	}
	azure_metric(azure, "primary_metric_config");
	azure_member(azure, "runTemplate", "HyperDrive");
	azure_member(azure, "azureml.runsource", "hyperdrive");
	azure_member(azure, "platform", "AML");
	rc = azure_snapshot(azure);
	if (rc < 0)
		return rc;
	azure_space(azure);
	azure_best(azure);
	return azure_said_all(azure, HD_SAID_PROPERTY);
}

static int azure_tags_whole(struct azure *azure)
{
	int rc;

	hd_pen_puts(azure->pen, "{");
	/* One run of a script has no more than was said of it. */
	rc = *azure->row->metric ? azure_tags(azure) : azure_said_all(azure, HD_SAID_TAG);
	hd_pen_puts(azure->pen, "}");
	return rc;
}

int hd_azure_tags(struct hd_pen *pen, struct hd_store *store,
		  const struct hd_sweep_row *row, struct hd_error *err)
{
	struct azure azure = { .pen = pen, .store = store, .row = row, .err = err };
	int rc = azure_load(&azure);

	if (rc == 0)
		rc = azure_tags_whole(&azure);
	hd_config_free(azure.config);
	return rc;
}

static int azure_both(struct azure *azure)
{
	int rc = azure_load(azure);

	if (rc < 0)
		return rc;
	hd_pen_key(azure->pen, "tags", false);
	rc = azure_tags_whole(azure);
	if (rc == 0) {
		hd_pen_key(azure->pen, "properties", false);
		hd_pen_puts(azure->pen, "{");
		rc = azure_properties(azure);
		hd_pen_puts(azure->pen, "}");
	}
	hd_config_free(azure->config);
	return rc;
}

int hd_azure_json(struct hd_pen *pen, struct hd_store *store,
		  const struct hd_sweep_row *row, struct hd_error *err)
{
	struct azure azure = { .pen = pen, .store = store, .row = row, .err = err };

	return azure_both(&azure);
}

int hd_azure_own_json(struct hd_pen *pen, struct hd_store *store,
		      const struct hd_sweep_row *row, struct hd_error *err)
{
	struct azure azure = {
		.pen = pen, .store = store, .row = row, .own = true, .err = err
	};

	return azure_both(&azure);
}
