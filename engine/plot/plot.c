/* Pictures of what is in a store: hdrive/plot.h. */
#include "plot/make.h"

#include "api/api.h"
#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct source {
	struct hd_api *api;
	char *id;   /* of the sweep */
	char *name; /* of it */
};

static const char *argument(void *user, const char *name)
{
	const char *const *arguments = user;

	for (; arguments[0]; arguments += 2)
		if (!strcmp(arguments[0], name))
			return arguments[1];
	return NULL;
}

static int source_ask(void *user, struct hd_json **answer, const char *path,
		      const char *const *arguments, struct hd_error *err)
{
	const struct source *source = user;
	struct hd_buf json = HD_BUF_INIT;
	struct hd_api_answer got = { .json = &json, .file = -1 };
	char whole[160];
	int rc;

	snprintf(whole, sizeof whole, "sweeps/%s/%s", source->id, path);
	rc = hd_api_get(source->api, whole, argument, (void *)(uintptr_t)arguments, &got, err);
	if (rc == 0)
		rc = hd_json_parse(answer, hd_buf_text(&json), json.length, err);
	hd_buf_release(&json);
	return rc;
}

static int take_sweep(void *user, const struct hd_sweep_row *row)
{
	struct source *source = user;

	source->id = strdup(row->id);
	source->name = strdup(row->name);
	return source->id && source->name ? 0 : HD_ENOMEM;
}

int hd_plot_store(struct hd_buf *buf, struct hd_store *store, int64_t sweep,
		  const struct hd_plot *plot, const struct hd_out *out,
		  hd_plot_canvas_fn canvas, struct hd_error *err)
{
	const struct hd_api_setup setup = { .store = store, .only = sweep };
	struct source source = { .api = NULL };
	struct hd_plot_source from = { .ask = source_ask, .user = &source };
	int rc = hd_store_sweep(store, sweep, take_sweep, &source, err);

	if (rc == HD_ENOMEM)
		hd_error_nomem(err);
	if (rc == 0)
		rc = hd_api_open(&source.api, &setup, err);
	from.name = source.name;
	if (rc == 0)
		rc = hd_plot_make(buf, &from, plot, out, canvas, err);
	hd_api_close(source.api);
	free(source.id);
	free(source.name);
	return rc;
}

int hd_plot_save(const struct hd_buf *buf, const char *path, struct hd_error *err)
{
	struct hd_file file;
	int rc = hd_file_begin(&file, path, err);

	if (rc < 0)
		return rc;
	rc = hd_file_write(&file, hd_buf_text(buf), buf->length, err);
	if (rc == 0)
		return hd_file_end(&file, err);
	hd_file_abort(&file);
	return rc;
}

int hd_plot(struct hd_store *store, int64_t sweep, const struct hd_plot *plot,
	    const struct hd_out *out, struct hd_error *err)
{
	struct hd_buf buf = HD_BUF_INIT;
	int rc = hd_plot_store(&buf, store, sweep, plot, out, NULL, err);

	if (rc == 0)
		rc = out->write(out->user, hd_buf_text(&buf), buf.length);
	hd_buf_release(&buf);
	return rc;
}

int hd_plot_file(struct hd_store *store, int64_t sweep, const struct hd_plot *plot,
		 const char *path, struct hd_error *err)
{
	const struct hd_out out = { .width = 0 };
	struct hd_buf buf = HD_BUF_INIT;
	int rc = hd_plot_store(&buf, store, sweep, plot, &out, NULL, err);

	if (rc == 0)
		rc = hd_plot_save(&buf, path, err);
	hd_buf_release(&buf);
	return rc;
}
