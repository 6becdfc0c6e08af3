/* Words from JSON: a stored command as an argv again. */
#include "space/args.h"

#include "base/json.h"

#include <stdlib.h>
#include <string.h>

/* Bytes that the words of ARRAY take in one block, their pointers and a NULL included. */
static size_t words_size(const struct hd_json *array)
{
	size_t size = (hd_json_count(array) + 1) * sizeof(char *), length;

	for (size_t i = 0; i < hd_json_count(array); i++) {
		const char *word = hd_json_string(hd_json_at(array, i), &length);

		size += word ? length + 1 : 0;
	}
	return size;
}

static int words_copy(const struct hd_json *array, char **words, char *at)
{
	size_t count = hd_json_count(array), length;

	for (size_t i = 0; i < count; i++) {
		const char *word = hd_json_string(hd_json_at(array, i), &length);

		if (!word)
			return HD_ECORRUPT;
		words[i] = memcpy(at, word, length);
		at[length] = '\0';
		at += length + 1;
	}
	words[count] = NULL;
	return 0;
}

int hd_args_words_read(const char *json, char ***words, size_t *count,
		       struct hd_error *err)
{
	struct hd_json *array = NULL;
	char **block;
	int rc = hd_json_parse(&array, json, strlen(json), err);

	*words = NULL;
	*count = 0;
	if (rc < 0)
		return rc;
	block = malloc(words_size(array));
	if (!block)
		rc = hd_error_nomem(err);
	else if (words_copy(array, block,
			    (char *)(block + hd_json_count(array) + 1)) < 0)
		rc = hd_error_set(err, HD_ECORRUPT,
				  "a stored command is no list of texts");
	if (rc == 0) {
		*words = block;
		*count = hd_json_count(array);
		block = NULL;
	}
	free(block);
	hd_json_free(array);
	return rc;
}
