/* The kinds of pictures: a row each, in the order in which people are told. */
#include "plot/picture.h"

const struct hd_picture_kind *const hd_picture_kinds[] = {
	&hd_picture_history,
	&hd_picture_curves,
	&hd_picture_parallel,
	&hd_picture_slice,
	&hd_picture_scatter,
	&hd_picture_importance,
	&hd_picture_timeline,
	NULL,
};

size_t hd_plot_kinds(void)
{
	return sizeof hd_picture_kinds / sizeof hd_picture_kinds[0] - 1;
}

const char *hd_plot_kind_name(size_t index)
{
	return index < hd_plot_kinds() ? hd_picture_kinds[index]->name : NULL;
}

const char *hd_plot_kind_summary(size_t index)
{
	return index < hd_plot_kinds() ? hd_picture_kinds[index]->summary : NULL;
}
