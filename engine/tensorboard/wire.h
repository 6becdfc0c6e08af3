/*
 * The wire format of protocol buffers: fields with a number and one of four
 * kinds, nested as bytes within bytes.
 *
 * Read and written by hand: event files need some thirty fields of a dozen
 * messages, all of whose numbers are published and never change. protobuf-c
 * would bring a generator to the build and a library to every start, copies of
 * foreign .proto files to keep, and an allocation for each nested message of
 * each event, where this reads them in place.
 */
#ifndef HD_TENSORBOARD_WIRE_H
#define HD_TENSORBOARD_WIRE_H

#include <stdint.h>

#include "base/buf.h"

/* The numbers are those of the format; groups (3 and 4) are of its past. */
enum hd_wire_kind {
	HD_WIRE_VARINT = 0,
	HD_WIRE_FIXED64 = 1,
	HD_WIRE_BYTES = 2,
	HD_WIRE_FIXED32 = 5,
};

struct hd_wire_field {
	uint32_t number;
	enum hd_wire_kind kind;
	uint64_t value;    /* of all but BYTES */
	const char *bytes; /* of BYTES; borrowed */
	size_t length;
};

/* What is left to read of a message. */
struct hd_wire {
	const char *at, *end;
};

struct hd_wire hd_wire_of(const char *bytes, size_t length);
/* What a field holds, as a message of its own. */
struct hd_wire hd_wire_inside(const struct hd_wire_field *field);
/*
 * The next field: 1, 0 at the end, or HD_EINVAL for what is no message. Never
 * looks past the end, whatever lengths are said.
 */
int hd_wire_next(struct hd_wire *wire, struct hd_wire_field *field);
/* The next number of a packed list of them; as above. */
int hd_wire_varint(struct hd_wire *wire, uint64_t *value);

/* Little-endian, as floats, doubles and the frames of records are. */
uint32_t hd_wire_u32(const char *bytes);
uint64_t hd_wire_u64(const char *bytes);
double hd_wire_float(uint32_t bits);
double hd_wire_double(uint64_t bits);

void hd_wire_add_u32(struct hd_buf *buf, uint32_t value);
void hd_wire_add_u64(struct hd_buf *buf, uint64_t value);
void hd_wire_put_varint(struct hd_buf *buf, uint32_t number, uint64_t value);
void hd_wire_put_double(struct hd_buf *buf, uint32_t number, double value);
void hd_wire_put_bytes(struct hd_buf *buf, uint32_t number, const char *bytes,
		       size_t length);
/* A text is UTF-8, or its readers refuse all of the message: of one that is not,
 * each byte past ASCII becomes a question mark. */
void hd_wire_put_text(struct hd_buf *buf, uint32_t number, const char *text,
		      size_t length);
void hd_wire_put_string(struct hd_buf *buf, uint32_t number, const char *text);
/*
 * What is appended between the two is the message within field NUMBER; the
 * length stands before it once it is known.
 */
size_t hd_wire_open(struct hd_buf *buf, uint32_t number);
void hd_wire_close(struct hd_buf *buf, size_t opened);

#endif
