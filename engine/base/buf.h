/*
 * A growing text. Running out of memory is remembered in it: append at will,
 * ask hd_buf_failed once at the end.
 */
#ifndef HD_BASE_BUF_H
#define HD_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hdrive/api.h>

struct hd_buf {
	char *text; /* terminated; NULL while empty: see hd_buf_text */
	size_t length;
	size_t size;
	bool failed;
};

#define HD_BUF_INIT               \
	{                         \
		NULL, 0, 0, false \
	}

void hd_buf_init(struct hd_buf *buf);
void hd_buf_release(struct hd_buf *buf);
/* Empty it and keep its memory; forgets a failure. */
void hd_buf_clear(struct hd_buf *buf);
/* Remove the first COUNT bytes, or all when there are fewer. */
void hd_buf_drop(struct hd_buf *buf, size_t count);
/* Cut it to its first LENGTH bytes, which it has. */
void hd_buf_cut(struct hd_buf *buf, size_t length);
/* Whether an append since the last clear had no memory. */
bool hd_buf_failed(const struct hd_buf *buf);
/* The text, "" while empty; borrowed until the next append. */
const char *hd_buf_text(const struct hd_buf *buf);
/* Take the text away, the caller's to free(); NULL after a failure. */
char *hd_buf_take(struct hd_buf *buf);

void hd_buf_add(struct hd_buf *buf, const char *bytes, size_t length);
void hd_buf_puts(struct hd_buf *buf, const char *text);
void hd_buf_putc(struct hd_buf *buf, char c);
void hd_buf_printf(struct hd_buf *buf, const char *fmt, ...) HD_PRINTF(2, 3);
/* The shortest text that reads back to the same double. */
void hd_buf_number(struct hd_buf *buf, double value);

/*
 * A JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD, so
 * that what is written is always valid JSON.
 */
void hd_buf_json(struct hd_buf *buf, const char *text, size_t length);
/* Whether hd_buf_json would write TEXT so that it reads back as it is. */
bool hd_buf_is_utf8(const char *text, size_t length);
/* A JSON number; null for NaN, +-1e999 for an infinity. */
void hd_buf_json_number(struct hd_buf *buf, double value);
/* One shell word: quoted only when it must be. */
void hd_buf_shell(struct hd_buf *buf, const char *text);

#endif
