/* Messages that are answered once, whatever they are: all but a header, and a
 * tell that does not ask for an answer. */
#include "serve/private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "space/args.h"

/* --- fields -------------------------------------------------------------------- */

int hd_serve_number(const struct hd_json *root, size_t *number,
		    struct hd_error *err)
{
	const struct hd_json *trial = hd_json_get(root, "trial");
	const struct hd_json *id = hd_json_get(root, "id");
	const struct hd_json *node = trial ? trial : id;
	int64_t least = trial ? 0 : 1, given;

	if (!node || hd_json_kind(node) != HD_JSON_INTEGER)
		return hd_error_set(err, HD_EINVAL,
				    "'%s' must be a whole number",
				    trial || !id ? "trial" : "id");
	given = hd_json_integer(node);
	if (trial && id &&
	    (hd_json_kind(id) != HD_JSON_INTEGER || given == INT64_MAX ||
	     hd_json_integer(id) != given + 1))
		return hd_error_set(err, HD_EINVAL,
				    "'trial' and 'id' are not of the same trial");
	if (given < least)
		return hd_error_set(err, HD_ENOENT, "there is no %s %lld",
				    trial ? "trial" : "id", (long long)given);
	*number = (size_t)(given - least);
	return 0;
}

/* The text of KEY, NULL where it is absent or null. */
static int read_text(const struct hd_json *root, const char *key,
		     const char **text, struct hd_error *err)
{
	const struct hd_json *node = hd_json_get(root, key);
	size_t length;

	*text = NULL;
	if (!node || hd_json_kind(node) == HD_JSON_NULL)
		return 0;
	if (hd_json_kind(node) == HD_JSON_STRING)
		*text = hd_json_string(node, &length);
	if (!*text || strlen(*text) != length)
		return hd_error_set(err, HD_EINVAL, "'%s' must be a text", key);
	return 0;
}

int hd_serve_client(const struct hd_json *root, const char **client,
		    struct hd_error *err)
{
	return read_text(root, "client", client, err);
}

bool hd_serve_value(const struct hd_json *node, double *value)
{
	size_t length;
	const char *text;

	*value = NAN;
	switch (hd_json_kind(node)) {
	case HD_JSON_NULL:
		return true;
	case HD_JSON_INTEGER:
	case HD_JSON_REAL:
		*value = hd_json_number(node);
		return true;
	case HD_JSON_STRING:
		text = hd_json_string(node, &length);
		if (!hd_number_read(text, length, value) || isfinite(*value))
			return false;
		*value = NAN;
		return true;
	case HD_JSON_FALSE:
	case HD_JSON_TRUE:
	case HD_JSON_ARRAY:
	case HD_JSON_OBJECT:
		break;
	}
	return false;
}

static int need_value(const struct hd_json *root, double *value,
		      struct hd_error *err)
{
	const struct hd_json *node = hd_json_get(root, "value");

	return node && hd_serve_value(node, value)
		       ? 0
		       : hd_error_set(err, HD_EINVAL,
				      "'value' must be a number or null");
}

/* How a trial ended; FALLBACK where "state" is absent, negative: it must be. */
static int read_state(const struct hd_json *root, int fallback,
		      enum hd_trial_state *state, struct hd_error *err)
{
	static const struct {
		const char *word;
		enum hd_trial_state state;
	} rows[] = {
		{ "completed", HD_TRIAL_COMPLETED },
		{ "failed", HD_TRIAL_FAILED },
		{ "canceled", HD_TRIAL_CANCELED },
	};
	const char *word;
	int rc = read_text(root, "state", &word, err);

	if (rc == 0 && !word && fallback >= 0) {
		*state = (enum hd_trial_state)fallback;
		return 0;
	}
	for (size_t i = 0; rc == 0 && word && i < 3; i++)
		if (!strcmp(rows[i].word, word)) {
			*state = rows[i].state;
			return 0;
		}
	return rc < 0 ? rc
		      : hd_error_set(err, HD_EINVAL,
				     "'state' must be 'completed', 'failed' or "
				     "'canceled'");
}

/* "params" as text, the caller's to free(). */
static int read_params(const struct hd_json *root, char **text,
		       struct hd_error *err)
{
	const struct hd_json *node = hd_json_get(root, "params");

	if (!node || hd_json_kind(node) != HD_JSON_OBJECT)
		return hd_error_set(err, HD_EINVAL,
				    "'params' must be a map of every parameter");
	*text = hd_json_dump(node);
	return *text ? 0 : hd_error_nomem(err);
}

/* --- answers ------------------------------------------------------------------- */

static int answer(struct hd_serve *serve, int rc, const char *name)
{
	if (rc < 0)
		return rc;
	hd_buf_puts(&serve->reply, "{\"ok\": true");
	if (name)
		hd_buf_printf(&serve->reply, ", \"%s\": %s", name,
			      rc == HD_ENDED ? "false" : "true");
	hd_buf_putc(&serve->reply, '}');
	return 0;
}

/* What a study is that has been created or opened. */
static int answer_study(struct hd_serve *serve)
{
	const char *name = hd_study_name(serve->study);

	hd_buf_printf(&serve->reply, "{\"ok\": true, \"seed\": %llu, \"name\": ",
		      (unsigned long long)hd_study_seed(serve->study));
	if (name)
		hd_buf_json(&serve->reply, name, strlen(name));
	else
		hd_buf_puts(&serve->reply, "null");
	hd_buf_putc(&serve->reply, '}');
	return 0;
}

/* --- beginning -------------------------------------------------------------------- */

static int open_store(struct hd_serve *serve, enum hd_store_mode mode,
		      struct hd_error *err)
{
	char *path = NULL;
	int rc;

	if (serve->store)
		return 0;
	if (!serve->folder)
		return hd_error_set(err, HD_ESTATE, "studies are not kept here");
	rc = hd_store_locate(&path, serve->folder, serve->override, err);
	if (rc == 0)
		rc = hd_store_open(&serve->store, path, mode, err);
	free(path);
	return rc;
}

/* In place of what there was, now that nothing can go wrong any more. */
static int replace_study(struct hd_serve *serve, struct hd_study *study,
			 struct hd_config *config)
{
	hd_serve_end(serve);
	serve->study = study;
	serve->config = config;
	serve->plain = false;
	return answer_study(serve);
}

static int read_seed(const struct hd_json *root, uint64_t *seed,
		     struct hd_error *err)
{
	const struct hd_json *node = hd_json_get(root, "seed");

	if (!node || hd_json_kind(node) == HD_JSON_NULL)
		return 0;
	if (hd_json_kind(node) != HD_JSON_INTEGER || hd_json_integer(node) < 0)
		return hd_error_set(err, HD_EINVAL,
				    "'seed' must be a whole number of at least 0");
	*seed = (uint64_t)hd_json_integer(node);
	return 0;
}

static int read_promotes(const struct hd_json *root, size_t *promotes,
			 struct hd_error *err)
{
	const struct hd_json *node = hd_json_get(root, "promotes");
	enum hd_json_kind kind = node ? hd_json_kind(node) : HD_JSON_FALSE;

	*promotes = kind == HD_JSON_TRUE;
	return kind == HD_JSON_TRUE || kind == HD_JSON_FALSE
		       ? 0
		       : hd_error_set(err, HD_EINVAL,
				      "'promotes' must be true or false");
}

static int op_create(struct hd_serve *serve, const struct hd_json *root,
		     struct hd_error *err)
{
	struct hd_study_options options = { .size = sizeof options };
	struct hd_config *config = NULL;
	struct hd_study *study = NULL;
	const char *name;
	int rc = read_text(root, "name", &name, err);

	if (rc == 0)
		rc = read_seed(root, &options.seed, err);
	if (rc == 0)
		rc = read_promotes(root, &options.promotes, err);
	if (rc == 0)
		rc = hd_serve_config(&config, serve, root, err);
	options.config = config;
	if (rc == 0 && name)
		rc = open_store(serve, HD_STORE_CREATE, err);
	if (rc == 0)
		rc = name ? hd_study_create(&study, serve->store, name, &options, err)
			  : hd_study_new(&study, &options, err);
	if (rc < 0) {
		hd_config_free(config);
		return rc;
	}
	return replace_study(serve, study, config);
}

static int op_open(struct hd_serve *serve, const struct hd_json *root,
		   struct hd_error *err)
{
	struct hd_study *study = NULL;
	const char *name;
	int64_t key;
	int rc = read_text(root, "study", &name, err);

	if (rc == 0 && !name)
		rc = hd_error_set(err, HD_EINVAL, "'study' must say which");
	if (rc == 0)
		rc = open_store(serve, HD_STORE_WRITE, err);
	if (rc == 0)
		rc = hd_store_find_sweep(serve->store, name, &key, err);
	if (rc == 0)
		rc = hd_study_open(&study, serve->store, key, err);
	return rc < 0 ? rc : replace_study(serve, study, NULL);
}

/* --- the others -------------------------------------------------------------------- */

static int op_report(struct hd_serve *serve, const struct hd_json *root,
		     struct hd_error *err)
{
	struct hd_reason why;
	const char *client;
	double value;
	size_t number;
	int rc = hd_serve_number(root, &number, err);

	if (rc == 0)
		rc = hd_serve_client(root, &client, err);
	if (rc == 0)
		rc = need_value(root, &value, err);
	if (rc == 0)
		rc = hd_study_report(serve->study, number, client, value, &why, err);
	if (rc < 0)
		return rc;
	hd_buf_printf(&serve->reply, "{\"ok\": true, \"stop\": %s",
		      rc ? "true" : "false");
	if (rc == HD_ENDED)
		hd_buf_puts(&serve->reply, ", \"changed\": false, \"reason\": "
					   "\"the trial has ended before\"");
	if (rc == HD_STOP) {
		hd_buf_puts(&serve->reply, ", \"reason\": ");
		hd_buf_json(&serve->reply, why.text, strlen(why.text));
		if (why.pauses)
			hd_buf_puts(&serve->reply, ", \"pauses\": true");
	}
	hd_buf_putc(&serve->reply, '}');
	return 0;
}

static int op_end(struct hd_serve *serve, const struct hd_json *root,
		  struct hd_error *err)
{
	enum hd_trial_state state;
	const char *client, *detail;
	size_t number;
	int rc = hd_serve_number(root, &number, err);

	if (rc == 0)
		rc = hd_serve_client(root, &client, err);
	if (rc == 0)
		rc = read_text(root, "detail", &detail, err);
	if (rc == 0)
		rc = read_state(root, -1, &state, err);
	if (rc == 0)
		rc = hd_study_end(serve->study, number, client, state, detail, err);
	return answer(serve, rc, "changed");
}

static int op_best(struct hd_serve *serve, const struct hd_json *root,
		   struct hd_error *err)
{
	size_t number;
	double value;
	int rc = hd_study_best(serve->study, &number, &value, err);

	(void)root;
	if (rc < 0)
		return rc;
	hd_buf_puts(&serve->reply, "{\"value\": ");
	hd_buf_json_number(&serve->reply, value);
	hd_buf_puts(&serve->reply, ", ");
	hd_serve_trial(serve, number,
		       hd_trial_values(hd_history_trial(
			       hd_study_history(serve->study), number)));
	return 0;
}

static int op_enqueue(struct hd_serve *serve, const struct hd_json *root,
		      struct hd_error *err)
{
	char *params = NULL;
	int rc = read_params(root, &params, err);

	if (rc == 0)
		rc = hd_study_enqueue(serve->study, params, err);
	free(params);
	return answer(serve, rc, NULL);
}

/* "values" or "value", none for a trial without any; *CURVE is the caller's. */
static int read_curve(const struct hd_json *root, double **curve, size_t *count,
		      struct hd_error *err)
{
	const struct hd_json *list = hd_json_get(root, "values");
	const struct hd_json *one = list ? NULL : hd_json_get(root, "value");

	if (list && hd_json_kind(list) != HD_JSON_ARRAY)
		return hd_error_set(err, HD_EINVAL,
				    "'values' must be a list of numbers");
	*count = list ? hd_json_count(list) : one != NULL;
	*curve = calloc(*count + 1, sizeof **curve);
	if (!*curve)
		return hd_error_nomem(err);
	for (size_t i = 0; i < *count; i++)
		if (!hd_serve_value(list ? hd_json_at(list, i) : one, *curve + i))
			return hd_error_set(err, HD_EINVAL,
					    "'%s' must be %s", list ? "values" : "value",
					    list ? "a list of numbers"
						 : "a number or null");
	return 0;
}

static int op_add(struct hd_serve *serve, const struct hd_json *root,
		  struct hd_error *err)
{
	enum hd_trial_state state;
	const char *detail;
	char *params = NULL;
	double *curve = NULL;
	size_t count = 0, number = 0;
	int rc = read_state(root, HD_TRIAL_COMPLETED, &state, err);

	if (rc == 0)
		rc = read_text(root, "detail", &detail, err);
	if (rc == 0)
		rc = read_params(root, &params, err);
	if (rc == 0)
		rc = read_curve(root, &curve, &count, err);
	if (rc == 0)
		rc = hd_study_add(serve->study, params, curve, count, state, detail,
				  &number, err);
	if (rc == 0)
		hd_buf_printf(&serve->reply,
			      "{\"ok\": true, \"id\": %zu, \"trial\": %zu}",
			      number + 1, number);
	free(params);
	free(curve);
	return rc;
}

static int op_stop(struct hd_serve *serve, const struct hd_json *root,
		   struct hd_error *err)
{
	(void)root;
	return answer(serve, hd_study_stop(serve->study, err), "changed");
}

bool hd_serve_op(struct hd_serve *serve, const char *word,
		 const struct hd_json *root, int *rc, struct hd_error *err)
{
	static const struct {
		const char *word;
		bool begins; /* a study, and needs none */
		int (*run)(struct hd_serve *serve, const struct hd_json *root,
			   struct hd_error *err);
	} rows[] = {
		{ "create", true, op_create },
		{ "open", true, op_open },
		{ "report", false, op_report },
		{ "end", false, op_end },
		{ "best", false, op_best },
		{ "enqueue", false, op_enqueue },
		{ "add", false, op_add },
		{ "stop", false, op_stop },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (strcmp(rows[i].word, word) != 0)
			continue;
		*rc = rows[i].begins || serve->study
			      ? rows[i].run(serve, root, err)
			      : hd_error_set(err, HD_ESTATE, "%s", serve->broken);
		return true;
	}
	return false;
}
