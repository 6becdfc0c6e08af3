/* Parameters into a trial's command line (SPEC 1.6) and into JSON. */
#ifndef HD_SPACE_ARGS_H
#define HD_SPACE_ARGS_H

#include <hdrive/config.h>

#include "base/buf.h"

/*
 * {"--lr":0.1,"units":64}: names as declared, absent parameters left out, of a
 * branch its label.
 */
void hd_args_json(struct hd_buf *buf, const struct hd_space *space,
		  const struct hd_value *values);
/* ["python","train.py","--lr","0.1"] of COUNT words. */
void hd_args_json_words(struct hd_buf *buf, const char *const *words,
			size_t count);

/*
 * A JSON array of texts, as hd_args_json_words wrote it, into one block that
 * ends in NULL: the caller's to free().
 */
int hd_args_words_read(const char *json, char ***words, size_t *count,
		       struct hd_error *err);

#endif
