/*
 * A sweep's config as the store has it: the file's text and what changed it.
 */
#ifndef HD_SWEEP_STORED_H
#define HD_SWEEP_STORED_H

#include <hdrive/config.h>
#include <hdrive/store.h>

/* Texts of rows, kept until a config has its own copies. Zeroed is empty. */
struct hd_texts {
	char **items;
	size_t count;
};

/* For walks over rows of text: USER is the hd_texts. 0 or a code. */
int hd_texts_add(void *user, const char *text);
void hd_texts_release(struct hd_texts *texts);

/*
 * The config of TEXT, the file PATH, as the COUNT first of SETS change it, with
 * PATTERNS in place of its own; what it names may be of STORE's plug-ins. The
 * first error of the file goes to ERR.
 */
int hd_stored_config(struct hd_config **out, const struct hd_store *store,
		     const char *text, const char *path, const struct hd_texts *sets, size_t count,
		     const struct hd_texts *patterns, struct hd_error *err);

#endif
