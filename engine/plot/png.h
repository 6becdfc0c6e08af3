/* PNG through cairo: of hdrive-plot alone, so that hdrive does not load it. */
#ifndef HD_PLOT_PNG_H
#define HD_PLOT_PNG_H

#include "plot/make.h"

/* A hd_plot_canvas_fn. */
struct hd_canvas *hd_png_new(const struct hd_plot_page *page);
/* Gives back what fonts were found with; no picture is made after it. */
void hd_png_end(void);

#endif
