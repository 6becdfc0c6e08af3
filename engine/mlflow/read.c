/* The calls that ask: runs, their histories, artifacts, experiments. */
#include "serve/files.h"
#include "mlflow/call.h"
#include "mlflow/filter.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* As MLflow's server. */
#define SEARCH_USUAL 1000
#define SEARCH_MOST 50000
#define HISTORY_MOST 1000000

/* --- runs ----------------------------------------------------------------- */

static void put_run(struct hd_ml_call *call, const struct hd_ml_run *run)
{
	struct hd_buf uri = HD_BUF_INIT;

	hd_ml_uri(call, run->id, &uri);
	hd_ml_run_json(run, hd_buf_text(&uri), &call->reply->body);
	hd_buf_release(&uri);
}

static int run_found(void *user, const struct hd_ml_run *run)
{
	struct hd_ml_call *call = user;

	hd_buf_puts(&call->reply->body, "{\"run\":");
	put_run(call, run);
	hd_buf_puts(&call->reply->body, "}");
	return 0;
}

static void runs_get(struct hd_ml_call *call)
{
	struct hd_buf id = HD_BUF_INIT;
	const char *name = hd_ml_need_run(call, &id);
	struct hd_error err = { 0 };

	if (name && call->ml->source->run(call->ml->self, name, run_found, call,
					  &err) < 0)
		hd_ml_fail(call, &err);
	hd_buf_release(&id);
}

struct search {
	struct hd_ml_filter *filter;
	struct hd_ml_order *order;
	bool active;
	bool deleted;
	struct hd_ml_run **runs;
	size_t count;
	size_t size;
};

static int search_keep(struct search *search, const struct hd_ml_run *run)
{
	if (search->count == search->size) {
		size_t size = search->size ? search->size * 2 : 16;
		struct hd_ml_run **runs =
			realloc(search->runs, size * sizeof *runs);

		if (!runs)
			return HD_ENOMEM;
		search->runs = runs;
		search->size = size;
	}
	search->runs[search->count] = hd_ml_run_copy(run);
	if (!search->runs[search->count])
		return HD_ENOMEM;
	search->count++;
	return 0;
}

static int search_run(void *user, const struct hd_ml_run *run)
{
	struct search *search = user;

	if (!(run->is_deleted ? search->deleted : search->active) ||
	    !hd_ml_filter_passes(search->filter, run))
		return 0;
	return search_keep(search, run);
}

/*
 * Merge sort: qsort takes no order beside it, and the C library's own may go
 * wrong where an order is not one.
 */
static void search_sort(const struct hd_ml_order *order,
			struct hd_ml_run **runs, struct hd_ml_run **spare,
			size_t count)
{
	size_t half = count / 2, left = 0, right = half;

	if (count < 2)
		return;
	search_sort(order, runs, spare, half);
	search_sort(order, runs + half, spare, count - half);
	memcpy(spare, runs, count * sizeof *runs);
	for (size_t i = 0; i < count; i++) {
		bool first = right == count ||
			     (left < half &&
			      hd_ml_order_compare(order, spare[left],
						  spare[right]) <= 0);

		runs[i] = first ? spare[left++] : spare[right++];
	}
}

static int search_order(struct search *search, struct hd_error *err)
{
	struct hd_ml_run **spare = calloc(search->count + 1, sizeof *spare);

	if (!spare)
		return hd_error_nomem(err);
	search_sort(search->order, search->runs, spare, search->count);
	free(spare);
	return 0;
}

/* Each text of the body's list NAME. */
static int list_each(const struct hd_ml_call *call, const char *name,
		     int (*fn)(void *user, const char *text,
			       struct hd_error *err),
		     void *user, struct hd_error *err)
{
	const struct hd_json *list = call->body ? hd_json_get(call->body, name)
						: NULL;
	const char *query = call->body ? NULL
				       : hd_web_argument(call->request, name);
	int rc = query ? fn(user, query, err) : 0;

	for (size_t i = 0; list && i < hd_json_count(list) && rc == 0; i++) {
		size_t length;
		const struct hd_json *item = hd_json_at(list, i);
		const char *text = item ? hd_json_string(item, &length) : NULL;

		if (!text)
			return hd_error_set(err, HD_EINVAL,
					    "'%s' must be a list of texts",
					    name);
		rc = fn(user, text, err);
	}
	return rc;
}

static int order_each(void *user, const char *text, struct hd_error *err)
{
	return hd_ml_order_add(user, text, err);
}

struct search_each {
	const struct hd_ml_call *call;
	struct search *search;
};

static int experiment_each(void *user, const char *text, struct hd_error *err)
{
	const struct search_each *each = user;
	const struct hd_ml *ml = each->call->ml;
	int rc = ml->source->runs(ml->self, text, search_run, each->search, err);

	/* MLflow's server, too, finds nothing in what is not there. */
	if (rc == HD_ENOMEM)
		return hd_error_nomem(err);
	return rc == HD_ENOENT ? 0 : rc;
}

static void search_release(struct search *search)
{
	for (size_t i = 0; i < search->count; i++)
		hd_ml_run_free(search->runs[i]);
	free(search->runs);
	hd_ml_filter_free(search->filter);
	hd_ml_order_free(search->order);
}

static int search_open(const struct hd_ml_call *call, struct search *search,
		       struct hd_error *err)
{
	struct hd_buf text = HD_BUF_INIT;
	const char *view = hd_ml_text(call, "run_view_type", &text);
	const char *filter;
	int rc;

	search->active = !view || strcmp(view, "DELETED_ONLY") != 0;
	search->deleted = view && (!strcmp(view, "DELETED_ONLY") ||
				   !strcmp(view, "ALL"));
	filter = hd_ml_text(call, "filter", &text);
	rc = hd_ml_filter_new(&search->filter, filter ? filter : "", err);
	if (rc == 0)
		rc = hd_ml_order_new(&search->order, err);
	if (rc == 0)
		rc = list_each(call, "order_by", order_each, search->order, err);
	hd_buf_release(&text);
	return rc;
}

static void search_page(struct hd_ml_call *call, const struct search *search,
			size_t from, size_t most)
{
	struct hd_buf *out = &call->reply->body;
	size_t i;

	hd_buf_puts(out, "{\"runs\":[");
	for (i = from; i < search->count && i - from < most; i++) {
		if (i > from)
			hd_buf_putc(out, ',');
		put_run(call, search->runs[i]);
	}
	hd_buf_putc(out, ']');
	if (i < search->count)
		hd_ml_next_page(out, i);
	hd_buf_putc(out, '}');
}

static void runs_search(struct hd_ml_call *call)
{
	struct search search = { 0 };
	struct search_each each = { call, &search };
	struct hd_error err = { 0 };
	size_t from, most = hd_ml_count(call, "max_results", SEARCH_USUAL,
					SEARCH_MOST);
	int rc;

	if (!most || !hd_ml_page(call, &from))
		return;
	rc = search_open(call, &search, &err);
	if (rc == 0)
		rc = list_each(call, "experiment_ids", experiment_each, &each,
			       &err);
	if (rc == 0)
		rc = search_order(&search, &err);
	if (rc < 0)
		hd_ml_fail(call, &err);
	else
		search_page(call, &search, from, most);
	search_release(&search);
}

/* --- histories ------------------------------------------------------------ */

struct history_page {
	struct hd_buf *out;
	const char *key;
	size_t at;
	size_t from;
	size_t most;
	bool has_more;
};

static int history_value(void *user, const struct hd_ml_value *value)
{
	struct history_page *page = user;
	size_t at = page->at++;

	if (at < page->from)
		return 0;
	if (at - page->from == page->most) {
		page->has_more = true;
		return 1;
	}
	if (at > page->from)
		hd_buf_putc(page->out, ',');
	hd_ml_value_json(page->key, value, page->out);
	return 0;
}

static void get_history(struct hd_ml_call *call)
{
	struct hd_buf id = HD_BUF_INIT, key = HD_BUF_INIT;
	struct history_page page = { .out = &call->reply->body };
	const struct hd_ml *ml = call->ml;
	struct hd_error err = { 0 };
	const char *run = hd_ml_need_run(call, &id);

	page.key = run ? hd_ml_need(call, "metric_key", &key) : NULL;
	page.most = page.key ? hd_ml_count(call, "max_results", HISTORY_MOST,
					   HISTORY_MOST)
			     : 0;
	if (page.most && hd_ml_page(call, &page.from)) {
		hd_buf_puts(page.out, "{\"metrics\":[");
		if (ml->source->history(ml->self, run, page.key, history_value,
					&page, &err) < 0) {
			hd_ml_fail(call, &err);
		} else {
			hd_buf_putc(page.out, ']');
			if (page.has_more)
				hd_ml_next_page(page.out, page.from + page.most);
			hd_buf_putc(page.out, '}');
		}
	}
	hd_buf_release(&id);
	hd_buf_release(&key);
}

/* --- artifacts ------------------------------------------------------------ */

struct listing {
	struct hd_buf *out;
	const char *path; /* before each name; "" for none */
	size_t count;
};

static int listing_entry(void *user, const struct hd_files_entry *entry)
{
	struct listing *listing = user;
	struct hd_buf path = HD_BUF_INIT;

	if (*listing->path)
		hd_buf_printf(&path, "%s/", listing->path);
	hd_buf_puts(&path, entry->name);
	hd_buf_puts(listing->out, listing->count++ ? ",{\"path\":"
						   : "{\"path\":");
	hd_buf_json(listing->out, hd_buf_text(&path), path.length);
	hd_buf_puts(listing->out, entry->is_folder ? ",\"is_dir\":true"
						   : ",\"is_dir\":false");
	if (!entry->is_folder)
		hd_buf_printf(listing->out, ",\"file_size\":%" PRIu64,
			      entry->size);
	hd_buf_putc(listing->out, '}');
	hd_buf_release(&path);
	return 0;
}

/* What lies at PATH below the artifacts of ID. */
static int list_files(const struct hd_ml_call *call, const char *id,
		      const char *path, struct listing *listing,
		      struct hd_error *err)
{
	struct hd_buf base = HD_BUF_INIT, below = HD_BUF_INIT;
	int rc = call->ml->source->folder(call->ml->self, id, &base, &below,
					  err);

	if (rc == 0) {
		if (*path && below.length)
			hd_buf_putc(&below, '/');
		hd_buf_puts(&below, path);
		rc = hd_buf_failed(&below)
			     ? hd_error_nomem(err)
			     : hd_files_list(hd_buf_text(&base),
					     hd_buf_text(&below), listing_entry,
					     listing, err);
	}
	hd_buf_release(&base);
	hd_buf_release(&below);
	return rc;
}

/* PATH without slashes at its ends; FALSE, and the call has failed, when it
 * could lead elsewhere. */
static bool path_trim(struct hd_ml_call *call, const char *path,
		      struct hd_buf *out)
{
	size_t length;

	hd_buf_clear(out);
	if (!path || !strcmp(path, "."))
		return true;
	length = strlen(path);
	while (length && path[length - 1] == '/')
		length--;
	hd_buf_add(out, path, length);
	if (length == 0 || hd_files_is_name(hd_buf_text(out)))
		return *path != '/' || length == 0;
	hd_web_fail(call->reply, "INVALID_PARAMETER_VALUE",
		    "Invalid path: '%.200s'", path);
	return false;
}

static void artifacts_list(struct hd_ml_call *call)
{
	struct hd_buf id = HD_BUF_INIT, text = HD_BUF_INIT, path = HD_BUF_INIT;
	struct hd_buf uri = HD_BUF_INIT;
	struct listing listing = { .out = &call->reply->body };
	const char *run = hd_ml_need_run(call, &id);
	struct hd_error err = { 0 };

	if (run && path_trim(call, hd_ml_text(call, "path", &text), &path)) {
		hd_ml_uri(call, run, &uri);
		listing.path = hd_buf_text(&path);
		hd_buf_puts(listing.out, "{\"root_uri\":");
		hd_buf_json(listing.out, hd_buf_text(&uri), uri.length);
		hd_buf_puts(listing.out, ",\"files\":[");
		if (list_files(call, run, listing.path, &listing, &err) < 0)
			hd_ml_fail(call, &err);
		else
			hd_buf_puts(listing.out, "]}");
	}
	hd_buf_release(&uri);
	hd_buf_release(&path);
	hd_buf_release(&text);
	hd_buf_release(&id);
}

/* --- experiments ---------------------------------------------------------- */

struct experiment_find {
	struct hd_ml_call *call;
	const char *id;   /* NULL for any */
	const char *name; /* NULL for any */
	const struct hd_ml_filter *filter;
	bool alone;
	size_t count;
};

static void put_experiment(struct hd_ml_call *call,
			   const struct hd_ml_experiment *experiment,
			   const char *name)
{
	struct hd_buf *out = &call->reply->body;
	struct hd_buf uri = HD_BUF_INIT;

	hd_buf_printf(&uri, "mlflow-artifacts:/%s", experiment->id);
	hd_buf_puts(out, "{\"experiment_id\":");
	hd_buf_json(out, experiment->id, strlen(experiment->id));
	hd_buf_puts(out, ",\"name\":");
	hd_buf_json(out, name, strlen(name));
	hd_buf_puts(out, ",\"artifact_location\":");
	hd_buf_json(out, hd_buf_text(&uri), uri.length);
	hd_buf_printf(out,
		      ",\"lifecycle_stage\":\"active\",\"creation_time\":%" PRId64
		      ",\"last_update_time\":%" PRId64 ",\"tags\":[]}",
		      experiment->created, experiment->updated);
	hd_buf_release(&uri);
}

static bool experiment_passes(const struct experiment_find *find,
			      const struct hd_ml_experiment *experiment)
{
	struct hd_ml_run run = {
		.id = (char *)(uintptr_t)experiment->id,
		.name = (char *)(uintptr_t)experiment->name,
		.user = (char *)(uintptr_t) "",
		.start = experiment->created,
		.end = experiment->updated,
	};

	return !find->filter || hd_ml_filter_passes(find->filter, &run);
}

static int experiment_see(void *user, const struct hd_ml_experiment *experiment)
{
	struct experiment_find *find = user;
	struct hd_buf *out = &find->call->reply->body;
	/* Where something can be told there is one, by whatever name. */
	bool any = find->call->ml->source->append;
	const char *name = experiment->name;

	if ((find->id && !any && strcmp(find->id, experiment->id) != 0) ||
	    (find->name && !any && strcmp(find->name, experiment->name) != 0) ||
	    !experiment_passes(find, experiment))
		return 0;
	if (find->name)
		name = find->name;
	if (find->alone)
		hd_buf_puts(out, "{\"experiment\":");
	else if (find->count)
		hd_buf_putc(out, ',');
	put_experiment(find->call, experiment, name);
	if (find->alone)
		hd_buf_putc(out, '}');
	find->count++;
	return find->alone;
}

static void experiment_one(struct hd_ml_call *call, bool by_name)
{
	const char *what = by_name ? "experiment_name" : "experiment_id";
	struct experiment_find find = { .call = call, .alone = true };
	struct hd_buf text = HD_BUF_INIT;
	const char *value = hd_ml_need(call, what, &text);
	struct hd_error err = { 0 };

	if (!value) {
		hd_buf_release(&text);
		return;
	}
	if (by_name)
		find.name = value;
	else
		find.id = value;
	if (call->ml->source->experiments(call->ml->self, experiment_see, &find,
					  &err) < 0)
		hd_ml_fail(call, &err);
	else if (!find.count)
		hd_web_fail(call->reply, "RESOURCE_DOES_NOT_EXIST",
			    "Could not find experiment with %s '%.200s'",
			    by_name ? "name" : "ID", value);
	hd_buf_release(&text);
}

static void experiments_get(struct hd_ml_call *call)
{
	experiment_one(call, false);
}

static void experiments_by_name(struct hd_ml_call *call)
{
	experiment_one(call, true);
}

static void experiments_search(struct hd_ml_call *call)
{
	struct experiment_find find = { .call = call };
	struct hd_buf text = HD_BUF_INIT;
	const char *words = hd_ml_text(call, "filter", &text);
	struct hd_ml_filter *filter = NULL;
	struct hd_error err = { 0 };
	int rc = hd_ml_filter_new(&filter, words ? words : "", &err);

	find.filter = filter;
	hd_buf_puts(&call->reply->body, "{\"experiments\":[");
	if (rc == 0)
		rc = call->ml->source->experiments(call->ml->self,
						   experiment_see, &find, &err);
	if (rc < 0)
		hd_ml_fail(call, &err);
	else
		hd_buf_puts(&call->reply->body, "]}");
	hd_ml_filter_free(filter);
	hd_buf_release(&text);
}

static void server_features(struct hd_ml_call *call)
{
	hd_buf_puts(&call->reply->body, "{\"workspaces_enabled\":false}");
}

const struct hd_ml_route hd_ml_read_routes[] = {
	{ "GET", "runs/get", runs_get, false },
	{ "POST", "runs/search", runs_search, false },
	{ "GET", "metrics/get-history", get_history, false },
	{ "GET", "artifacts/list", artifacts_list, false },
	{ "GET", "experiments/get", experiments_get, false },
	{ "GET", "experiments/get-by-name", experiments_by_name, false },
	{ "GET", "experiments/search", experiments_search, false },
	{ "POST", "experiments/search", experiments_search, false },
	{ "GET", "experiments/list", experiments_search, false },
	{ "GET", "server-features", server_features, false },
	{ NULL, NULL, NULL, false },
};
