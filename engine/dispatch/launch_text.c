#include "dispatch/launch_text.h"

#include <stddef.h>
#include <string.h>

void hd_launch_text_add(struct hd_launch_text *text, const char *more)
{
	while (*more && text->at < text->end)
		*text->at++ = *more++;
	*text->at = '\0';
}

void hd_launch_text_number(struct hd_launch_text *text, int64_t value)
{
	char digits[24];
	size_t at = sizeof digits;
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;

	digits[--at] = '\0';
	do
		digits[--at] = (char)('0' + rest % 10);
	while (rest /= 10);
	if (value < 0)
		digits[--at] = '-';
	hd_launch_text_add(text, digits + at);
}

void hd_launch_text_seconds(struct hd_launch_text *text, const struct timeval *time)
{
	char fraction[8] = ".000000";
	long rest = time->tv_usec;

	for (int i = 6; i > 0; i--, rest /= 10)
		fraction[i] = (char)('0' + rest % 10);
	hd_launch_text_number(text, time->tv_sec);
	hd_launch_text_add(text, fraction);
}

/* Bytes of the UTF-8 character at TEXT; 0 when it is none. */
static size_t utf8_length(const unsigned char *text)
{
	size_t length = *text < 0x80   ? 1
			: *text < 0xc2 ? 0
			: *text < 0xe0 ? 2
			: *text < 0xf0 ? 3
			: *text < 0xf5 ? 4
				       : 0;

	for (size_t i = 1; i < length; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms and surrogates are no characters. */
	if ((*text == 0xe0 && text[1] < 0xa0) ||
	    (*text == 0xed && text[1] > 0x9f) ||
	    (*text == 0xf0 && text[1] < 0x90) ||
	    (*text == 0xf4 && text[1] > 0x8f))
		return 0;
	return length;
}

/* A JSON string; what is not UTF-8 becomes '?'. */
void hd_launch_text_json(struct hd_launch_text *text, const char *more)
{
	hd_launch_text_add(text, "\"");
	while (*more) {
		size_t length = utf8_length((const unsigned char *)more);
		char one[8] = "";

		if (!length || (unsigned char)*more < 0x20) {
			hd_launch_text_add(text, "?");
			length = 1;
		} else if (*more == '"' || *more == '\\') {
			one[0] = '\\';
			one[1] = *more;
			hd_launch_text_add(text, one);
		} else {
			memcpy(one, more, length);
			hd_launch_text_add(text, one);
		}
		more += length;
	}
	hd_launch_text_add(text, "\"");
}

void hd_launch_text_key(struct hd_launch_text *text, const char *key)
{
	hd_launch_text_add(text, text->at[-1] == '{' ? "\"" : ",\"");
	hd_launch_text_add(text, key);
	hd_launch_text_add(text, "\":");
}
