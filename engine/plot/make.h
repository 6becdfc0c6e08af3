/* A picture from the answers of the API to the bytes of its file. */
#ifndef HD_PLOT_MAKE_H
#define HD_PLOT_MAKE_H

#include <hdrive/plot.h>

#include "plot/canvas.h"
#include "plot/picture.h"

/* What a canvas is made for. Strings are borrowed for the call. */
struct hd_plot_page {
	double width, height; /* pixels, or columns and lines */
	bool dark, color, ascii;
	const char *title, *about;
};
/* NULL when there is no memory. */
typedef struct hd_canvas *(*hd_plot_canvas_fn)(const struct hd_plot_page *page);

/* Where the data comes from: hd_picture's ask(), and the sweep's name. */
struct hd_plot_source {
	int (*ask)(void *user, struct hd_json **answer, const char *path,
		   const char *const *arguments, struct hd_error *err);
	void *user;
	const char *name;
};

/*
 * What PLOT asks for behind what is in OUT. OUT->color and ->width are the
 * terminal's. CANVAS draws what is neither text nor SVG; NULL: nobody does.
 */
int hd_plot_make(struct hd_buf *buf, const struct hd_plot_source *source,
		 const struct hd_plot *plot, const struct hd_out *out,
		 hd_plot_canvas_fn canvas, struct hd_error *err);

/* The same from a store. */
int hd_plot_store(struct hd_buf *buf, struct hd_store *store, int64_t sweep,
		  const struct hd_plot *plot, const struct hd_out *out,
		  hd_plot_canvas_fn canvas, struct hd_error *err);
/* BUF, made by one of these, into the file at PATH, whole or not at all. */
int hd_plot_save(const struct hd_buf *buf, const char *path, struct hd_error *err);

#endif
