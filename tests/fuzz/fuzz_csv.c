/*
 * CSV from bytes, in reads of one to sixteen bytes: the first says how many.
 * What is read comes back the same when it is written again, and so does the
 * value that each cell stands for.
 */
#include "bytes.h"

#include "exchange/cell.h"
#include "exchange/csv.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct source {
	const char *bytes;
	size_t size, at, step;
};

static ptrdiff_t source_read(void *user, char *to, size_t size)
{
	struct source *source = user;
	size_t count = source->size - source->at;

	if (count > source->step)
		count = source->step;
	if (count > size)
		count = size;
	if (count)
		memcpy(to, source->bytes + source->at, count);
	source->at += count;
	return (ptrdiff_t)count;
}

static void cell_comes_back(const struct hd_csv_field *field, struct hd_arena *arena)
{
	struct hd_value value, again;
	struct hd_buf cell = HD_BUF_INIT;
	struct source source = { .step = 16 };
	struct hd_csv *csv = malloc(sizeof *csv);

	demand(csv != NULL);
	demand(hd_cell_read(field->text, field->length, arena, &value) == 0);
	if (value.kind == HD_VALUE_ABSENT)
		value = (struct hd_value){ .kind = HD_VALUE_TEXT, .text = "", .length = 0 };
	hd_cell_write(&cell, &value);
	demand(!hd_buf_failed(&cell));
	source.bytes = hd_buf_text(&cell);
	source.size = cell.length;
	hd_csv_init(csv, "again", source_read, &source);
	demand(hd_csv_next(csv, NULL) == 1 && csv->count == 1);
	demand(hd_cell_read(csv->fields[0].text, csv->fields[0].length, arena, &again) == 0);
	demand(hd_value_equal(&value, &again));
	hd_csv_release(csv);
	free(csv);
	hd_buf_release(&cell);
}

/* Every field of TEXT is in PLAIN, written so that it comes back. */
static void write_again(const struct hd_csv *csv, struct hd_buf *plain)
{
	for (size_t i = 0; i < csv->count; i++) {
		hd_buf_puts(plain, i ? "," : "");
		/* A lone empty field would be an empty line. */
		if (csv->fields[i].length)
			hd_cell_text(plain, csv->fields[i].text, csv->fields[i].length);
		else
			hd_buf_puts(plain, "\"\"");
	}
	hd_buf_putc(plain, '\n');
}

/* All records of SOURCE; those that were read are in PLAIN. */
static void read_all(struct source *source, struct hd_buf *plain)
{
	struct hd_csv *csv = malloc(sizeof *csv);
	struct hd_arena *arena = hd_arena_new();
	struct hd_error err = { 0 };
	int rc;

	demand(csv && arena);
	hd_csv_init(csv, "fuzz", source_read, source);
	while ((rc = hd_csv_next(csv, &err)) > 0) {
		demand(csv->count > 0);
		write_again(csv, plain);
		for (size_t i = 0; i < csv->count; i++) {
			demand(csv->fields[i].mark.line > 0 && csv->fields[i].mark.column > 0);
			cell_comes_back(&csv->fields[i], arena);
		}
	}
	demand(rc == 0 || err.text[0] != '\0');
	hd_csv_release(csv);
	hd_arena_free(arena);
	free(csv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hd_buf first = HD_BUF_INIT, second = HD_BUF_INIT;
	struct source source = { .step = 1 };

	if (size) {
		source.step = 1 + data[0] % 16;
		source.bytes = (const char *)data + 1;
		source.size = size - 1;
	}
	read_all(&source, &first);
	source = (struct source){ hd_buf_text(&first), first.length, 0, 16 };
	read_all(&source, &second);
	demand(!strcmp(hd_buf_text(&first), hd_buf_text(&second)));
	hd_buf_release(&first);
	hd_buf_release(&second);
	return 0;
}
