/* Parameters into a trial's command line (SPEC 1.6) and into JSON. */
#ifndef HD_SPACE_ARGS_H
#define HD_SPACE_ARGS_H

#include <hdrive/config.h>

#include "base/buf.h"

/* One value as JSON: null for an absent one, of a branch its label. */
void hd_args_json_value(struct hd_buf *buf, const struct hd_value *value);
/*
 * {"--lr":0.1,"units":64}: names as declared, absent parameters left out, of a
 * branch its label.
 */
void hd_args_json(struct hd_buf *buf, const struct hd_space *space,
		  const struct hd_value *values);
/*
 * What the option of the choice CHOICE, an index, brought with it, as an object:
 * {"c":0.5,"kernel":{"degree":3}}. This is the value of a branch that has only
 * a label.
 */
void hd_args_json_branch(struct hd_buf *buf, const struct hd_space *space,
			 const struct hd_value *values, size_t choice);
/*
 * WORD as a JSON string. What is not UTF-8, as no string of JSON is, becomes an
 * object of its bytes in hexadecimal digits: {"bytes":"ff41"}.
 */
void hd_args_json_word(struct hd_buf *buf, const char *word);
/* ["python","train.py","--lr","0.1"] of COUNT such words. */
void hd_args_json_words(struct hd_buf *buf, const char *const *words,
			size_t count);

struct hd_json;

/* How many bytes NODE has as a word, a terminator not counted; -1: it is none. */
ptrdiff_t hd_args_word_length(const struct hd_json *node);
/* Those and a terminator to AT, which has room; the byte behind them. */
char *hd_args_word_copy(const struct hd_json *node, char *at);
/*
 * A JSON array of words, as hd_args_json_words wrote it, into one block that
 * ends in NULL: the caller's to free().
 */
int hd_args_words_read(const char *json, char ***words, size_t *count,
		       struct hd_error *err);

#endif
