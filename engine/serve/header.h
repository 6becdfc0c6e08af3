/* A study's header, as JSON, into the space and options of a study. */
#ifndef HD_SERVE_HEADER_H
#define HD_SERVE_HEADER_H

#include <hdrive/study.h>

#include "base/json.h"

struct hd_header {
	struct hd_space *space;          /* owned */
	void *state;                     /* owned: the sampler's options */
	struct hd_study_options options; /* borrows both */
};

/*
 * SAMPLER is taken when the header names none; NULL stands for the best there
 * is. HD_EINVAL and what is wrong; then HEADER is empty.
 */
int hd_header_read(struct hd_header *header, const struct hd_json *root,
		   const struct hd_sampler_type *sampler,
		   struct hd_error *err);
/* What there is when nothing names one: the best. */
const struct hd_sampler_type *hd_header_sampler_default(void);
void hd_header_release(struct hd_header *header);

#endif
