/* O_NOFOLLOW comes with POSIX; so does all else here. */
#include "mlflow/journal.h"

#include "mlflow/line.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define JOURNAL_BLOCK ((size_t)64 << 10)

struct hd_ml_journal {
	char *path;
	char *outputs;
	char *sweep;
	int64_t read;            /* bytes taken in */
	bool is_torn;            /* the last write left no whole line */
	struct hd_ml_run **runs; /* the trial's comes first */
	size_t run_count;
	size_t run_size;
	struct hd_ml_model **models;
	size_t model_count;
	size_t model_size;
};

/* --- runs and models ------------------------------------------------------ */

static struct hd_ml_run *journal_run(const struct hd_ml_journal *journal,
				     const char *id)
{
	for (size_t i = 0; i < journal->run_count; i++)
		if (!strcmp(journal->runs[i]->id, id))
			return journal->runs[i];
	return NULL;
}

/* Room for one more pointer. */
static bool journal_grow(void ***items, size_t count, size_t *size)
{
	size_t more = *size ? *size * 2 : 4;
	void **grown;

	if (count < *size)
		return true;
	grown = realloc(*items, more * sizeof **items);
	if (!grown)
		return false;
	*items = grown;
	*size = more;
	return true;
}

static struct hd_ml_run *journal_add(struct hd_ml_journal *journal,
				     const char *id, const char *experiment,
				     const char *name)
{
	void **items = (void **)journal->runs;
	struct hd_ml_run *run;
	bool grown = journal_grow(&items, journal->run_count,
				  &journal->run_size);

	journal->runs = (struct hd_ml_run **)items;
	run = grown ? hd_ml_run_new(id, experiment, name) : NULL;
	if (run)
		journal->runs[journal->run_count++] = run;
	return run;
}

static struct hd_ml_model *journal_model(const struct hd_ml_journal *journal,
					 const char *id)
{
	for (size_t i = 0; i < journal->model_count; i++)
		if (!strcmp(journal->models[i]->id, id))
			return journal->models[i];
	return NULL;
}

static void model_free(struct hd_ml_model *model)
{
	free(model->id);
	free(model->name);
	free(model->kind);
	free(model->run);
	free(model->status);
	hd_ml_pairs_release(&model->params);
	hd_ml_pairs_release(&model->tags);
	free(model);
}

static struct hd_ml_model *journal_model_add(struct hd_ml_journal *journal,
					     const char *id)
{
	void **items = (void **)journal->models;
	struct hd_ml_model *model;
	bool grown = journal_grow(&items, journal->model_count,
				  &journal->model_size);

	journal->models = (struct hd_ml_model **)items;
	model = grown ? calloc(1, sizeof *model) : NULL;
	if (!model)
		return NULL;
	model->id = strdup(id);
	model->name = strdup("");
	model->kind = strdup("");
	model->run = strdup("");
	model->status = strdup("LOGGED_MODEL_PENDING");
	if (model->id && model->name && model->kind && model->run &&
	    model->status) {
		journal->models[journal->model_count++] = model;
		return model;
	}
	model_free(model);
	return NULL;
}

/* --- what marks say ------------------------------------------------------- */

static int pair_take(void *user, const char *name, const char *text,
		     const struct hd_object_value *value)
{
	(void)value;
	return hd_ml_pairs_set(user, name, text);
}

static int tag_take(void *user, const char *name, const char *text,
		    const struct hd_object_value *value)
{
	struct hd_ml_run *run = user;

	(void)value;
	/* azureml's tags may be without a value. */
	return hd_ml_pairs_set(&run->tags, name, text ? text : "");
}

static int64_t text_integer(const struct hd_object_value *value)
{
	int64_t number = 0;

	hd_object_integer(value, &number);
	return number;
}

static int string_take(char **at, const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		return HD_ENOMEM;
	free(*at);
	*at = copy;
	return 0;
}

/* A member of a "run" mark. */
static int run_take(void *user, const char *name, const char *text,
		    const struct hd_object_value *value)
{
	struct hd_ml_run *run = user;

	if (!text)
		return 0;
	if (!strcmp(name, "name"))
		return hd_ml_run_rename(run, text);
	if (!strcmp(name, "user"))
		return string_take(&run->user, text);
	if (!strcmp(name, "start"))
		run->start = text_integer(value);
	else if (!strcmp(name, "end"))
		run->end = text_integer(value);
	else if (!strcmp(name, "status"))
		hd_ml_status_find(text, &run->status);
	else if (!strcmp(name, "stage"))
		run->is_deleted = !strcmp(text, "deleted");
	return 0;
}

/* A member of a "model" mark. */
static int model_take(void *user, const char *name, const char *text,
		      const struct hd_object_value *value)
{
	struct hd_ml_model *model = user;

	if (!strcmp(name, "params"))
		return hd_ml_line_members(value, pair_take, &model->params);
	if (!strcmp(name, "tags"))
		return hd_ml_line_members(value, pair_take, &model->tags);
	if (!text)
		return 0;
	if (!strcmp(name, "name"))
		return string_take(&model->name, text);
	if (!strcmp(name, "kind"))
		return string_take(&model->kind, text);
	if (!strcmp(name, "run"))
		return string_take(&model->run, text);
	if (!strcmp(name, "status"))
		return string_take(&model->status, text);
	if (!strcmp(name, "created"))
		model->created = text_integer(value);
	if (!strcmp(name, "updated"))
		model->updated = text_integer(value);
	return 0;
}

/* The model that a mark is about: made when it is new. */
static int model_named(void *user, const char *name, const char *text,
		       const struct hd_object_value *value)
{
	char **id = user;

	(void)value;
	if (strcmp(name, "id") != 0 || !text)
		return 0;
	free(*id);
	*id = strdup(text);
	return *id ? 0 : HD_ENOMEM;
}

static int journal_model_mark(struct hd_ml_journal *journal,
			      const struct hd_object_value *detail)
{
	struct hd_ml_model *model;
	char *id = NULL;
	int rc = hd_ml_line_members(detail, model_named, &id);

	if (rc == 0 && id && *id) {
		model = journal_model(journal, id);
		if (!model)
			model = journal_model_add(journal, id);
		rc = model ? hd_ml_line_members(detail, model_take, model) : HD_ENOMEM;
	}
	free(id);
	return rc;
}

static int mark_input(struct hd_ml_run *run,
		      const struct hd_object_value *detail)
{
	if (detail->kind != HD_OBJECT_OBJECT)
		return 0;
	if (run->inputs.length)
		hd_buf_putc(&run->inputs, ',');
	hd_buf_add(&run->inputs, detail->text, detail->length);
	return hd_buf_failed(&run->inputs) ? HD_ENOMEM : 0;
}

static int journal_mark(struct hd_ml_journal *journal, struct hd_ml_run *run,
			const char *kind, const struct hd_object_value *detail)
{
	struct hd_buf text = HD_BUF_INIT;
	int rc = 0;

	if (!strcmp(kind, "complete"))
		run->status = HD_ML_FINISHED;
	else if (!strcmp(kind, "fail"))
		run->status = HD_ML_FAILED;
	else if (!strcmp(kind, "cancel"))
		run->status = HD_ML_KILLED;
	else if (!strcmp(kind, "tag"))
		rc = hd_ml_line_members(detail, tag_take, run);
	else if (!strcmp(kind, "param"))
		rc = hd_ml_line_members(detail, pair_take, &run->params);
	else if (!strcmp(kind, "run"))
		rc = hd_ml_line_members(detail, run_take, run);
	else if (!strcmp(kind, "model"))
		rc = journal_model_mark(journal, detail);
	else if (!strcmp(kind, "input"))
		rc = mark_input(run, detail);
	else if (!strcmp(kind, "untag")) {
		hd_ml_line_value(detail, &text);
		rc = hd_buf_failed(&text) ? HD_ENOMEM
					  : hd_ml_pairs_set(&run->tags,
							    hd_buf_text(&text),
							    NULL);
	}
	hd_buf_release(&text);
	return rc;
}

/* --- taking lines in ------------------------------------------------------ */

/* Called for each line that is a record of this trial or of a run below it. */
typedef int (*journal_fn)(void *user, const char *run, const struct hd_ml_line *line);

struct metric_take {
	struct hd_ml_run *run;
	const char *key;
};

static int metric_value(void *user, const struct hd_ml_value *value)
{
	struct metric_take *take = user;

	return hd_ml_metrics_add(&take->run->metrics, take->key, value);
}

static int journal_metric(struct hd_ml_run *run, const struct hd_ml_line *line)
{
	struct hd_buf name = HD_BUF_INIT;
	struct metric_take take = { run, "" };
	int rc = HD_ENOMEM;

	hd_ml_line_value(&line->field[HD_ML_FIELD_NAME], &name);
	take.key = hd_buf_text(&name);
	if (!hd_buf_failed(&name))
		rc = hd_ml_line_each(line, metric_value, &take);
	hd_buf_release(&name);
	return rc;
}

static int journal_take(void *user, const char *id, const struct hd_ml_line *line)
{
	struct hd_ml_journal *journal = user;
	struct hd_object_value none = { .kind = HD_OBJECT_NULL };
	struct hd_ml_run *run = *id ? journal_run(journal, id)
				    : journal->runs[0];
	struct hd_buf kind = HD_BUF_INIT;
	int rc = 0;

	if (!run)
		run = journal_add(journal, id, journal->runs[0]->experiment,
				  NULL);
	if (!run)
		return HD_ENOMEM;
	if (hd_ml_line_is_text(line, HD_ML_FIELD_NAME)) {
		rc = journal_metric(run, line);
	} else if (hd_ml_line_is_text(line, HD_ML_FIELD_MARK)) {
		hd_ml_line_value(&line->field[HD_ML_FIELD_MARK], &kind);
		rc = hd_buf_failed(&kind)
			     ? HD_ENOMEM
			     : journal_mark(journal, run, hd_buf_text(&kind),
					    line->has[HD_ML_FIELD_DETAIL]
						    ? &line->field[HD_ML_FIELD_DETAIL]
						    : &none);
	}
	hd_buf_release(&kind);
	return rc;
}

static int journal_line(const char *text, size_t length, journal_fn fn,
			void *user)
{
	struct hd_ml_line line;
	struct hd_buf id = HD_BUF_INIT;
	int rc = 0;

	if (!hd_ml_line_read(&line, text, length))
		return 0;
	if (hd_ml_line_is_text(&line, HD_ML_FIELD_CHILD))
		hd_ml_line_value(&line.field[HD_ML_FIELD_CHILD], &id);
	rc = hd_buf_failed(&id) ? HD_ENOMEM
				: fn(user, hd_buf_text(&id), &line);
	hd_buf_release(&id);
	return rc;
}

/* Whole lines of TEXT; *USED is how much they are. */
static int journal_lines(const char *text, size_t length, size_t *used,
			 journal_fn fn, void *user)
{
	int rc = 0;

	*used = 0;
	while (rc == 0) {
		const char *start = text + *used;
		const char *end = memchr(start, '\n', length - *used);

		if (!end)
			break;
		rc = journal_line(start, (size_t)(end - start), fn, user);
		*used += (size_t)(end - start) + 1;
	}
	return rc;
}

/* Only a regular file is read, as the engine does; -1 for none. */
static int journal_file(const struct hd_ml_journal *journal, int flags,
			struct stat *stat)
{
	int fd = open(journal->path,
		      flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644);

	if (fd < 0)
		return -1;
	if (fstat(fd, stat) == 0 && S_ISREG(stat->st_mode))
		return fd;
	close(fd);
	errno = EINVAL;
	return -1;
}

/* From *AT to the last whole line of the file, which is where *AT is then. */
static int journal_scan(const struct hd_ml_journal *journal, int64_t *at,
			journal_fn fn, void *user, struct hd_error *err)
{
	struct hd_buf text = HD_BUF_INIT;
	struct stat stat;
	int fd = journal_file(journal, O_RDONLY, &stat);
	int64_t offset = *at;
	int rc = 0;

	if (fd < 0)
		return 0; /* nothing was logged yet */
	if (stat.st_size < offset)
		*at = offset = stat.st_size;
	while (rc == 0) {
		char block[JOURNAL_BLOCK];
		ssize_t count = pread(fd, block, sizeof block, offset);
		size_t used;

		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0) {
			if (count < 0)
				rc = hd_error_errno(err, errno, "cannot read '%s'",
						    journal->path);
			break;
		}
		offset += count;
		hd_buf_add(&text, block, (size_t)count);
		rc = hd_buf_failed(&text)
			     ? HD_ENOMEM
			     : journal_lines(hd_buf_text(&text), text.length,
					     &used, fn, user);
		if (rc)
			break;
		hd_buf_drop(&text, used);
		*at += (int64_t)used;
	}
	close(fd);
	hd_buf_release(&text);
	return rc == HD_ENOMEM ? hd_error_nomem(err) : rc;
}

static int journal_update(struct hd_ml_journal *journal, struct hd_error *err)
{
	return journal_scan(journal, &journal->read, journal_take, journal,
			    err);
}

/* --- the source ----------------------------------------------------------- */

static int no_run(const char *id, struct hd_error *err)
{
	return hd_error_set(err, HD_ENOENT, "Run with id=%.200s not found", id);
}

static int source_experiments(void *self, hd_ml_experiment_fn fn, void *user,
			      struct hd_error *err)
{
	const struct hd_ml_journal *journal = self;
	const struct hd_ml_run *trial = journal->runs[0];
	struct hd_ml_experiment experiment = {
		.id = trial->experiment,
		.name = journal->sweep,
		.created = trial->start,
		.updated = trial->start,
	};

	(void)err;
	return fn(user, &experiment);
}

static int source_run(void *self, const char *id, hd_ml_run_fn fn, void *user,
		      struct hd_error *err)
{
	struct hd_ml_journal *journal = self;
	const struct hd_ml_run *run;
	int rc = journal_update(journal, err);

	if (rc < 0)
		return rc;
	run = journal_run(journal, id);
	return run ? fn(user, run) : no_run(id, err);
}

static int source_runs(void *self, const char *experiment, hd_ml_run_fn fn,
		       void *user, struct hd_error *err)
{
	struct hd_ml_journal *journal = self;
	int rc = journal_update(journal, err);

	(void)experiment; /* there is one, whatever it is called */
	for (size_t i = 0; i < journal->run_count && rc == 0; i++)
		rc = fn(user, journal->runs[i]);
	return rc;
}

struct history {
	const char *run; /* "" for the trial's */
	const char *key;
	hd_ml_value_fn fn;
	void *user;
};

static int history_take(void *user, const char *run, const struct hd_ml_line *line)
{
	const struct history *history = user;
	struct hd_buf name = HD_BUF_INIT;
	int rc = 0;

	if (strcmp(run, history->run) != 0 || !hd_ml_line_is_text(line, HD_ML_FIELD_NAME))
		return 0;
	hd_ml_line_value(&line->field[HD_ML_FIELD_NAME], &name);
	if (hd_buf_failed(&name))
		rc = HD_ENOMEM;
	else if (!strcmp(hd_buf_text(&name), history->key))
		rc = hd_ml_line_each(line, history->fn, history->user);
	hd_buf_release(&name);
	return rc;
}

static int source_history(void *self, const char *run, const char *key,
			  hd_ml_value_fn fn, void *user, struct hd_error *err)
{
	struct hd_ml_journal *journal = self;
	const char *trial = journal->runs[0]->id;
	struct history history = { strcmp(run, trial) ? run : "", key, fn,
				   user };
	int64_t at = 0;
	int rc = journal_update(journal, err);

	if (rc == 0 && !journal_run(journal, run))
		rc = no_run(run, err);
	return rc < 0 ? rc
		      : journal_scan(journal, &at, history_take, &history, err);
}

static int source_folder(void *self, const char *id, struct hd_buf *base,
			 struct hd_buf *below, struct hd_error *err)
{
	struct hd_ml_journal *journal = self;
	int rc = journal_update(journal, err);

	if (rc < 0)
		return rc;
	hd_buf_puts(base, journal->outputs);
	if (journal_model(journal, id))
		hd_buf_printf(below, "models/%s", id);
	else if (!journal_run(journal, id))
		return no_run(id, err);
	else if (strcmp(id, journal->runs[0]->id) != 0)
		hd_buf_printf(below, "runs/%s", id);
	return hd_buf_failed(base) || hd_buf_failed(below) ? hd_error_nomem(err)
							   : 0;
}

static int source_models(void *self, hd_ml_model_fn fn, void *user,
			 struct hd_error *err)
{
	struct hd_ml_journal *journal = self;
	int rc = journal_update(journal, err);

	for (size_t i = 0; i < journal->model_count && rc == 0; i++)
		rc = fn(user, journal->models[i]);
	return rc;
}

/* All of it in one write; what a full disk cut is ended by the next. */
static int append_all(struct hd_ml_journal *journal, int fd,
		      const struct hd_buf *text, struct hd_error *err)
{
	ssize_t wrote;

	do {
		wrote = write(fd, text->text, text->length);
	} while (wrote < 0 && errno == EINTR);
	journal->is_torn = wrote > 0 && (size_t)wrote < text->length;
	if (wrote < 0)
		return hd_error_errno(err, errno, "cannot write '%s'",
				      journal->path);
	if (journal->is_torn)
		return hd_error_set(err, HD_EIO,
				    "cannot write '%s': no space was left for "
				    "the whole record",
				    journal->path);
	return 0;
}

static int source_append(void *self, const char *lines, size_t length,
			 struct hd_error *err)
{
	struct hd_ml_journal *journal = self;
	struct hd_buf text = HD_BUF_INIT;
	struct stat stat;
	int rc, fd = journal_file(journal, O_WRONLY | O_APPEND | O_CREAT, &stat);

	if (fd < 0)
		return hd_error_errno(err, errno, "cannot open '%s'",
				      journal->path);
	if (journal->is_torn)
		hd_buf_putc(&text, '\n');
	hd_buf_add(&text, lines, length);
	rc = hd_buf_failed(&text) ? hd_error_nomem(err)
				  : append_all(journal, fd, &text, err);
	close(fd);
	hd_buf_release(&text);
	return rc;
}

static const char *source_trial(const void *self)
{
	const struct hd_ml_journal *journal = self;

	return journal->runs[0]->id;
}

const struct hd_ml_source hd_ml_journal_source = {
	.experiments = source_experiments,
	.run = source_run,
	.runs = source_runs,
	.history = source_history,
	.folder = source_folder,
	.models = source_models,
	.append = source_append,
	.trial = source_trial,
};

int hd_ml_journal_open(struct hd_ml_journal **out,
		       const struct hd_ml_journal_setup *setup,
		       struct hd_error *err)
{
	struct hd_ml_journal *journal = calloc(1, sizeof *journal);
	struct hd_buf name = HD_BUF_INIT;
	struct hd_ml_run *run = NULL;

	*out = NULL;
	if (!journal)
		return hd_error_nomem(err);
	journal->path = strdup(setup->path);
	journal->outputs = strdup(setup->outputs);
	journal->sweep = strdup(setup->sweep);
	hd_buf_printf(&name, "%s-%s", setup->sweep, setup->number);
	if (journal->path && journal->outputs && journal->sweep &&
	    !hd_buf_failed(&name))
		run = journal_add(journal, setup->trial, setup->experiment,
				  hd_buf_text(&name));
	hd_buf_release(&name);
	if (!run) {
		hd_ml_journal_close(journal);
		return hd_error_nomem(err);
	}
	run->start = setup->start;
	*out = journal;
	return 0;
}

void hd_ml_journal_close(struct hd_ml_journal *journal)
{
	if (!journal)
		return;
	for (size_t i = 0; i < journal->run_count; i++)
		hd_ml_run_free(journal->runs[i]);
	for (size_t i = 0; i < journal->model_count; i++)
		model_free(journal->models[i]);
	free(journal->runs);
	free(journal->models);
	free(journal->path);
	free(journal->outputs);
	free(journal->sweep);
	free(journal);
}
