/*
 * The items of a choice on a command line: "16,32", "adam,'a, b'".
 *
 * An item in quotes is text and may hold what separates; a doubled quote in it
 * stands for one. When every item is a number as JSON writes numbers, they are
 * numbers; else all are texts, as they stand: "007" and "true" reach a script
 * as they were typed.
 */
#include "config/line.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/number.h"

struct items {
	struct hd_buf bytes; /* of all items, each with a terminator */
	size_t count;
	bool numbers; /* all of them, so far */
};

/* The digits at AT; how many. */
static size_t digits(const char *at, const char *end)
{
	size_t count = 0;

	while (at + count < end && isdigit((unsigned char)at[count]))
		count++;
	return count;
}

bool hd_liner_number(const char *text, size_t length, double *value)
{
	const char *at = text, *end = text + length;
	size_t whole, more;

	if (at < end && *at == '-')
		at++;
	whole = digits(at, end);
	if (whole == 0 || (whole > 1 && *at == '0'))
		return false;
	at += whole;
	if (at < end && *at == '.') {
		more = digits(++at, end);
		if (more == 0)
			return false;
		at += more;
	}
	if (at < end && (*at == 'e' || *at == 'E')) {
		at++;
		if (at < end && (*at == '-' || *at == '+'))
			at++;
		more = digits(at, end);
		if (more == 0)
			return false;
		at += more;
	}
	return at == end && hd_number_read(text, length, value) && isfinite(*value);
}

/* What stands in quotes at AT; the place behind it, NULL when they never end. */
static const char *quoted_item(struct items *items, const char *at)
{
	char quote = *at++;

	for (; *at; at++) {
		if (*at == quote && at[1] == quote)
			at++;
		else if (*at == quote)
			return at + 1;
		hd_buf_putc(&items->bytes, *at);
	}
	return NULL;
}

static const char *plain_item(struct items *items, const char *at,
			      char separator)
{
	const char stop[] = { separator, '\0' };
	size_t length = strcspn(at, stop);
	double value;

	hd_buf_add(&items->bytes, at, length);
	items->numbers &= hd_liner_number(at, length, &value);
	return at + length;
}

/* Item by item; false after an error. */
static bool items_split(struct items *items, struct hd_liner *liner,
			const struct hd_said *said, const char *text,
			char separator)
{
	const char *at = text;

	for (;;) {
		const char *start = at;

		if (*at == '"' || *at == '\'') {
			at = quoted_item(items, at);
			items->numbers = false;
		} else {
			at = plain_item(items, at, separator);
		}
		items->count++;
		hd_buf_putc(&items->bytes, '\0');
		if (!at)
			hd_liner_error(liner, said, "the quote in %.40s has no end",
				       start);
		else if (at == start)
			hd_liner_error(liner, said,
				       "item %zu is empty: an empty text is written \"\"",
				       items->count);
		else if (*at && *at != separator)
			hd_liner_error(liner, said,
				       "'%.40s' stands behind the quotes of item %zu: a "
				       "doubled quote stands for one",
				       at, items->count);
		else if (*at++)
			continue;
		else
			return true;
		return false;
	}
}

bool hd_liner_choice(struct hd_liner *liner, const struct hd_said *said,
		     const char *text, char separator, struct hd_buf *list,
		     size_t *count)
{
	struct items items = { HD_BUF_INIT, 0, true };
	bool good = items_split(&items, liner, said, text, separator);
	const char *at = hd_buf_text(&items.bytes);
	double value;

	liner->failed |= hd_buf_failed(&items.bytes);
	hd_buf_putc(list, '[');
	for (size_t i = 0; good && !liner->failed && i < items.count; i++) {
		size_t length = strlen(at);

		hd_buf_puts(list, i ? ", " : "");
		if (items.numbers && hd_liner_number(at, length, &value))
			hd_buf_number(list, value);
		else
			hd_buf_json(list, at, length);
		at += length + 1;
	}
	hd_buf_putc(list, ']');
	*count = items.count;
	hd_buf_release(&items.bytes);
	return good;
}
