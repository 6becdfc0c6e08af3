/* Words from JSON: a stored command as an argv again. */
#include "space/args.h"

#include "base/json.h"

#include <stdlib.h>
#include <string.h>

/* The hexadecimal digits of a word that is no UTF-8; NULL for another node. */
static const char *word_digits(const struct hd_json *node, size_t *length)
{
	const struct hd_json *bytes = hd_json_get(node, "bytes");

	return bytes ? hd_json_string(bytes, length) : NULL;
}

ptrdiff_t hd_args_word_length(const struct hd_json *node)
{
	size_t length;
	const char *digits;

	if (hd_json_string(node, &length))
		return (ptrdiff_t)length;
	digits = word_digits(node, &length);
	if (!digits || length % 2 != 0 ||
	    strspn(digits, "0123456789abcdefABCDEF") != length)
		return -1;
	return (ptrdiff_t)(length / 2);
}

static unsigned digit_value(char digit)
{
	return digit <= '9' ? (unsigned)(digit - '0')
			    : ((unsigned)digit & 7) + 9;
}

char *hd_args_word_copy(const struct hd_json *node, char *at)
{
	size_t length;
	const char *text = hd_json_string(node, &length);

	if (text) {
		memcpy(at, text, length);
		at += length;
	} else {
		text = word_digits(node, &length);
		for (; *text; text += 2)
			*at++ = (char)(digit_value(text[0]) << 4 |
				       digit_value(text[1]));
	}
	*at = '\0';
	return at + 1;
}

/* Bytes that the words of ARRAY take in one block, their pointers and a NULL included. */
static size_t words_size(const struct hd_json *array)
{
	size_t size = (hd_json_count(array) + 1) * sizeof(char *);

	for (size_t i = 0; i < hd_json_count(array); i++) {
		ptrdiff_t length = hd_args_word_length(hd_json_at(array, i));

		size += length < 0 ? 0 : (size_t)length + 1;
	}
	return size;
}

static int words_copy(const struct hd_json *array, char **words, char *at)
{
	size_t count = hd_json_count(array);

	for (size_t i = 0; i < count; i++) {
		const struct hd_json *node = hd_json_at(array, i);

		if (hd_args_word_length(node) < 0)
			return HD_ECORRUPT;
		words[i] = at;
		at = hd_args_word_copy(node, at);
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
