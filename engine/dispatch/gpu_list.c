#include "dispatch/gpu_list.h"

#include "base/number.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"

/* What messages show of a text: all of it when it is not endless. */
#define SHOWN 60

/* A word in a text that goes on behind it. */
struct word {
	const char *text;
	size_t length;
};

static struct word word_trim(const char *text, size_t length)
{
	while (length && (*text == ' ' || *text == '\t')) {
		text++;
		length--;
	}
	while (length && (text[length - 1] == ' ' || text[length - 1] == '\t'))
		length--;
	return (struct word){ text, length };
}

static bool word_is(struct word word, const char *text)
{
	return word.length == strlen(text) &&
	       memcmp(word.text, text, word.length) == 0;
}

/* How much of a word is shown. */
static int word_shown(struct word word)
{
	return (int)(word.length < SHOWN ? word.length : SHOWN);
}

/* --- ids ------------------------------------------------------------------ */

bool hd_gpu_number(const char *id, size_t *number)
{
	int64_t value;

	if (!*id || strspn(id, DIGITS) != strlen(id) ||
	    !hd_number_read_integer(id, strlen(id), &value))
		return false;
	*number = (size_t)value;
	return true;
}

/* "GPU-8f6d...", "MIG-...", and what follows: the runtimes' own texts. */
static bool is_uuid(struct word word)
{
	static const char rest[] = DIGITS "abcdefghijklmnopqrstuvwxyz"
					  "ABCDEFGHIJKLMNOPQRSTUVWXYZ-/";

	if (word.length < 5 || (strncmp(word.text, "GPU-", 4) != 0 &&
				strncmp(word.text, "MIG-", 4) != 0))
		return false;
	return strspn(word.text, rest) >= word.length;
}

/* A number, or numbers with dots between: a part of a device of Intel's. */
static bool is_number(struct word word)
{
	bool digit = false;

	for (size_t i = 0; i < word.length; i++) {
		bool dot = word.text[i] == '.';

		if (dot ? !digit : !strchr(DIGITS, word.text[i]))
			return false;
		digit = !dot;
	}
	return digit && word.length <= 15;
}

/* The id as runtimes write it: 00 is 0. */
static bool id_read(struct hd_gpu *gpu, struct word word)
{
	if (word.length >= sizeof gpu->id || !(is_number(word) || is_uuid(word)))
		return false;
	while (word.length > 1 && word.text[0] == '0' && word.text[1] != '.') {
		word.text++;
		word.length--;
	}
	memcpy(gpu->id, word.text, word.length);
	gpu->id[word.length] = '\0';
	gpu->share = 1;
	return true;
}

/* --- the list ------------------------------------------------------------- */

const struct hd_gpu *hd_gpu_list_find(const struct hd_gpu_list *list,
				      const char *id)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i].id, id) == 0)
			return &list->items[i];
	return NULL;
}

int hd_gpu_list_add(struct hd_gpu_list *list, const struct hd_gpu *gpu,
		    struct hd_error *err)
{
	/* Doubled at powers of two, which need no memory of their own. */
	if ((list->count & (list->count - 1)) == 0) {
		size_t room = list->count ? list->count * 2 : 1;
		struct hd_gpu *more = realloc(list->items, room * sizeof *more);

		if (!more)
			return hd_error_nomem(err);
		list->items = more;
	}
	list->items[list->count++] = *gpu;
	return 0;
}

void hd_gpu_list_release(struct hd_gpu_list *list)
{
	free(list->items);
	memset(list, 0, sizeof *list);
}

/* Cut ":TRIALS" off the word. */
static int share_cut(struct word *word, size_t *share, struct hd_error *err)
{
	const char *colon = memchr(word->text, ':', word->length);
	struct word behind;
	int64_t value;

	*share = 1;
	if (!colon)
		return 0;
	behind = word_trim(colon + 1,
			   word->length - (size_t)(colon + 1 - word->text));
	if (!hd_number_read_integer(behind.text, behind.length, &value) ||
	    value < 1 || value > HD_GPU_SHARE)
		return hd_error_set(err, HD_EINVAL,
				    "'gpus': what stands behind ':' is how many "
				    "trials share the GPU, from 1 to %d, got "
				    "'%.*s'",
				    HD_GPU_SHARE, word_shown(*word), word->text);
	*share = (size_t)value;
	*word = word_trim(word->text, (size_t)(colon - word->text));
	return 0;
}

static int id_refuse(struct word word, struct hd_error *err)
{
	if (word.length == 0)
		return hd_error_set(err, HD_EINVAL,
				    "'gpus': an id is missing, expected a list "
				    "such as 0,2");
	if (word.length > 1 && word.text[0] == '-' &&
	    strspn(word.text + 1, DIGITS) >= word.length - 1)
		return hd_error_set(err, HD_EINVAL,
				    "'gpus': an id must be at least 0, got "
				    "'%.*s'",
				    word_shown(word), word.text);
	return hd_error_set(err, HD_EINVAL,
			    "'gpus' must be 'auto', 'none' or a list of ids "
			    "such as 0,2 or GPU-8f6d5e1c, got '%.*s'",
			    word_shown(word), word.text);
}

static int item_read(struct hd_gpu_list *list, struct word word,
		     struct hd_error *err)
{
	struct hd_gpu gpu;
	size_t share;
	int rc = share_cut(&word, &share, err);

	if (rc < 0)
		return rc;
	if (!id_read(&gpu, word))
		return id_refuse(word, err);
	gpu.share = share;
	if (hd_gpu_list_find(list, gpu.id))
		return hd_error_set(err, HD_EINVAL,
				    "'gpus': '%s' is given twice; '%s:2' lets "
				    "two trials share it",
				    gpu.id, gpu.id);
	return hd_gpu_list_add(list, &gpu, err);
}

/* 1 when the whole text is one of the words, with its share. */
static int mode_read(struct hd_gpu_list *list, struct word word,
		     struct hd_error *err)
{
	const char *colon = memchr(word.text, ':', word.length);
	struct word name = word_trim(word.text, colon ? (size_t)(colon - word.text)
						      : word.length);

	list->mode = HD_GPU_IDS;
	if (word_is(word, "none")) {
		list->mode = HD_GPU_NONE;
		return 1;
	}
	if (!word_is(name, "auto"))
		return 0;
	list->mode = HD_GPU_AUTO;
	return share_cut(&word, &list->share, err) < 0 ? HD_EINVAL : 1;
}

int hd_gpu_list_read(struct hd_gpu_list *list, const char *text,
		     struct hd_error *err)
{
	struct word word = word_trim(text, strlen(text));
	int rc;

	memset(list, 0, sizeof *list);
	rc = mode_read(list, word, err);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	for (;;) {
		size_t length = strcspn(text, ",");

		rc = item_read(list, word_trim(text, length), err);
		if (rc < 0 || text[length] == '\0')
			return rc;
		text += length + 1;
	}
}

int hd_gpu_list_read_variable(struct hd_gpu_list *list, const char *text,
			      struct hd_error *err)
{
	struct hd_gpu gpu;
	int rc = 0;

	*list = (struct hd_gpu_list){ .mode = HD_GPU_IDS };
	for (;;) {
		size_t length = strcspn(text, ",");

		if (!id_read(&gpu, word_trim(text, length)) ||
		    hd_gpu_list_find(list, gpu.id))
			return 0;
		rc = hd_gpu_list_add(list, &gpu, err);
		if (rc < 0 || text[length] == '\0')
			return rc;
		text += length + 1;
	}
}
