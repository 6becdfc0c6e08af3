#include "tensorboard/wire.h"

#include <hdrive/error.h>

#include <string.h>

/* Of 64 bits, seven at a time. */
#define VARINT_MOST 10
#define NUMBER_MOST ((1u << 29) - 1)

/* --- reading -------------------------------------------------------------- */

struct hd_wire hd_wire_of(const char *bytes, size_t length)
{
	return (struct hd_wire){ bytes, length ? bytes + length : bytes };
}

struct hd_wire hd_wire_inside(const struct hd_wire_field *field)
{
	return hd_wire_of(field->bytes, field->length);
}

static size_t wire_left(const struct hd_wire *wire)
{
	return (size_t)(wire->end - wire->at);
}

int hd_wire_varint(struct hd_wire *wire, uint64_t *value)
{
	*value = 0;
	if (wire->at == wire->end)
		return 0;
	for (unsigned i = 0; i < VARINT_MOST && wire->at < wire->end; i++) {
		uint8_t byte = (uint8_t)*wire->at++;

		*value |= (uint64_t)(byte & 0x7f) << 7 * i;
		if (!(byte & 0x80))
			return 1;
	}
	return HD_EINVAL;
}

uint32_t hd_wire_u32(const char *bytes)
{
	uint32_t value = 0;

	for (int i = 3; i >= 0; i--)
		value = value << 8 | (uint8_t)bytes[i];
	return value;
}

uint64_t hd_wire_u64(const char *bytes)
{
	return hd_wire_u32(bytes) | (uint64_t)hd_wire_u32(bytes + 4) << 32;
}

double hd_wire_float(uint32_t bits)
{
	float value;

	memcpy(&value, &bits, sizeof value);
	return (double)value;
}

double hd_wire_double(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof value);
	return value;
}

static int fixed_read(struct hd_wire *wire, struct hd_wire_field *field, size_t size)
{
	if (wire_left(wire) < size)
		return HD_EINVAL;
	field->value = size == 4 ? hd_wire_u32(wire->at) : hd_wire_u64(wire->at);
	wire->at += size;
	return 1;
}

static int bytes_read(struct hd_wire *wire, struct hd_wire_field *field)
{
	uint64_t length;

	if (hd_wire_varint(wire, &length) != 1 || length > wire_left(wire))
		return HD_EINVAL;
	field->bytes = wire->at;
	field->length = (size_t)length;
	wire->at += length;
	return 1;
}

int hd_wire_next(struct hd_wire *wire, struct hd_wire_field *field)
{
	uint64_t key;
	int rc = hd_wire_varint(wire, &key);

	if (rc != 1)
		return rc;
	*field = (struct hd_wire_field){ .number = (uint32_t)(key >> 3),
					 .kind = (enum hd_wire_kind)(key & 7) };
	if (key >> 3 == 0 || key >> 3 > NUMBER_MOST)
		return HD_EINVAL;
	switch (field->kind) {
	case HD_WIRE_VARINT:
		return hd_wire_varint(wire, &field->value) == 1 ? 1 : HD_EINVAL;
	case HD_WIRE_FIXED64:
		return fixed_read(wire, field, 8);
	case HD_WIRE_BYTES:
		return bytes_read(wire, field);
	case HD_WIRE_FIXED32:
		return fixed_read(wire, field, 4);
	}
	return HD_EINVAL;
}

/* --- writing -------------------------------------------------------------- */

void hd_wire_add_u32(struct hd_buf *buf, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		hd_buf_putc(buf, (char)(uint8_t)(value >> 8 * i));
}

void hd_wire_add_u64(struct hd_buf *buf, uint64_t value)
{
	hd_wire_add_u32(buf, (uint32_t)value);
	hd_wire_add_u32(buf, (uint32_t)(value >> 32));
}

static size_t varint_write(char bytes[VARINT_MOST], uint64_t value)
{
	size_t length = 0;

	while (value >= 0x80) {
		bytes[length++] = (char)(uint8_t)(value | 0x80);
		value >>= 7;
	}
	bytes[length++] = (char)(uint8_t)value;
	return length;
}

static void varint_add(struct hd_buf *buf, uint64_t value)
{
	char bytes[VARINT_MOST];

	hd_buf_add(buf, bytes, varint_write(bytes, value));
}

static void key_add(struct hd_buf *buf, uint32_t number, enum hd_wire_kind kind)
{
	varint_add(buf, (uint64_t)number << 3 | kind);
}

void hd_wire_put_varint(struct hd_buf *buf, uint32_t number, uint64_t value)
{
	key_add(buf, number, HD_WIRE_VARINT);
	varint_add(buf, value);
}

void hd_wire_put_double(struct hd_buf *buf, uint32_t number, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof bits);
	key_add(buf, number, HD_WIRE_FIXED64);
	hd_wire_add_u64(buf, bits);
}

void hd_wire_put_bytes(struct hd_buf *buf, uint32_t number, const char *bytes,
		       size_t length)
{
	key_add(buf, number, HD_WIRE_BYTES);
	varint_add(buf, length);
	if (length)
		hd_buf_add(buf, bytes, length);
}

void hd_wire_put_text(struct hd_buf *buf, uint32_t number, const char *text,
		      size_t length)
{
	bool is_text = hd_buf_is_utf8(text, length);
	size_t at;

	hd_wire_put_bytes(buf, number, text, length);
	at = buf->length - length;
	for (; !is_text && !hd_buf_failed(buf) && at < buf->length; at++)
		if (buf->text[at] & 0x80)
			buf->text[at] = '?';
}

void hd_wire_put_string(struct hd_buf *buf, uint32_t number, const char *text)
{
	hd_wire_put_text(buf, number, text, strlen(text));
}

size_t hd_wire_open(struct hd_buf *buf, uint32_t number)
{
	key_add(buf, number, HD_WIRE_BYTES);
	return buf->length;
}

void hd_wire_close(struct hd_buf *buf, size_t opened)
{
	char head[VARINT_MOST];
	size_t length = buf->length - opened;
	size_t size = varint_write(head, length);

	hd_buf_add(buf, head, size); /* the room that it needs */
	if (hd_buf_failed(buf))
		return;
	memmove(buf->text + opened + size, buf->text + opened, length);
	memcpy(buf->text + opened, head, size);
}
