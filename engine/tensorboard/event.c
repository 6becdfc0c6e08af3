#include "tensorboard/event.h"

#include <hdrive/error.h>

#include <math.h>
#include <string.h>

#include "tensorboard/crc32c.h"
#include "tensorboard/wire.h"

/* Field numbers, by message. */
enum {
	EVENT_WALL_TIME = 1,
	EVENT_STEP = 2,
	EVENT_FILE_VERSION = 3,
	EVENT_SUMMARY = 5,

	SUMMARY_VALUE = 1,

	VALUE_TAG = 1,
	VALUE_SIMPLE = 2,
	VALUE_TENSOR = 8,
	VALUE_METADATA = 9,

	METADATA_PLUGIN = 1,
	METADATA_CLASS = 4,
	PLUGIN_NAME = 1,
	PLUGIN_CONTENT = 2,

	TENSOR_DTYPE = 1,
	TENSOR_SHAPE = 2,
	TENSOR_CONTENT = 4,
	TENSOR_FLOAT = 5,
	TENSOR_DOUBLE = 6,
	TENSOR_INT = 7,
	TENSOR_INT64 = 10,
	TENSOR_HALF = 13,

	SHAPE_DIM = 2,
	SHAPE_UNKNOWN_RANK = 3,
	DIM_SIZE = 1,
};

/* Of types.proto; 0 is none. */
enum {
	DT_FLOAT = 1,
	DT_DOUBLE = 2,
	DT_INT32 = 3,
	DT_INT64 = 9,
	DT_BFLOAT16 = 14,
	DT_HALF = 19,
};

/* Of summary.proto. */
#define CLASS_SCALAR 1
#define CLASS_TENSOR 2

#define VERSION "brain.Event:2"
#define SCALARS "scalars"

/* --- records -------------------------------------------------------------- */

bool hd_record_head(const char *head, uint64_t *length)
{
	*length = hd_wire_u64(head);
	return hd_wire_u32(head + 8) == hd_crc32c_masked(head, 8) &&
	       *length <= HD_RECORD_MOST;
}

bool hd_record_is_whole(const char *payload, size_t length)
{
	return hd_wire_u32(payload + length) == hd_crc32c_masked(payload, length);
}

void hd_record_put(struct hd_buf *file, const char *payload, size_t length)
{
	size_t at = file->length;

	hd_wire_add_u64(file, length);
	if (hd_buf_failed(file))
		return;
	hd_wire_add_u32(file, hd_crc32c_masked(file->text + at, 8));
	if (length)
		hd_buf_add(file, payload, length);
	hd_wire_add_u32(file, hd_crc32c_masked(payload, length));
}

/* --- tensors -------------------------------------------------------------- */

/* One number of a tensor as its bits, and how many there were. */
struct tensor {
	uint64_t dtype;
	size_t dims;
	bool is_rankless;
	uint64_t bits;
	size_t count;
};

/* IEEE 754's binary16. */
static double half_read(uint64_t bits)
{
	int exponent = (int)(bits >> 10 & 0x1f);
	double part = (double)(bits & 0x3ff) / 1024, value;

	if (exponent == 0x1f)
		value = bits & 0x3ff ? (double)NAN : (double)INFINITY;
	else
		value = exponent ? ldexp(1 + part, exponent - 15) : ldexp(part, -14);
	return bits >> 15 & 1 ? -value : value;
}

/* Bytes of one number; 0 for a kind that is no scalar's. */
static size_t dtype_size(uint64_t dtype)
{
	switch (dtype) {
	case DT_FLOAT:
	case DT_INT32:
		return 4;
	case DT_DOUBLE:
	case DT_INT64:
		return 8;
	case DT_BFLOAT16:
	case DT_HALF:
		return 2;
	default:
		return 0;
	}
}

static double dtype_read(uint64_t dtype, uint64_t bits)
{
	switch (dtype) {
	case DT_FLOAT:
		return hd_wire_float((uint32_t)bits);
	case DT_DOUBLE:
		return hd_wire_double(bits);
	case DT_INT32:
		return (double)(int32_t)bits;
	case DT_INT64:
		return (double)(int64_t)bits;
	case DT_BFLOAT16:
		return hd_wire_float((uint32_t)bits << 16);
	case DT_HALF:
		return half_read(bits);
	default:
		return (double)NAN;
	}
}

static uint32_t dtype_field(uint64_t dtype)
{
	switch (dtype) {
	case DT_FLOAT:
		return TENSOR_FLOAT;
	case DT_DOUBLE:
		return TENSOR_DOUBLE;
	case DT_INT32:
		return TENSOR_INT;
	case DT_INT64:
		return TENSOR_INT64;
	case DT_BFLOAT16:
	case DT_HALF:
		return TENSOR_HALF;
	default:
		return 0;
	}
}

static int shape_read(struct tensor *tensor, struct hd_wire wire)
{
	struct hd_wire_field field;
	int rc;

	while ((rc = hd_wire_next(&wire, &field)) > 0) {
		if (field.number == SHAPE_DIM)
			tensor->dims++;
		else if (field.number == SHAPE_UNKNOWN_RANK)
			tensor->is_rankless = field.value != 0;
	}
	return rc;
}

static void number_take(struct tensor *tensor, uint64_t bits)
{
	if (tensor->count++ == 0)
		tensor->bits = bits;
}

/* Raw bytes: all there is of the tensor, little-endian. */
static int content_take(struct tensor *tensor, const struct hd_wire_field *field)
{
	size_t size = dtype_size(tensor->dtype);
	uint64_t bits = 0;

	if (size == 0 || field->length == 0)
		return 0;
	if (field->length != size) {
		tensor->count += 2;
		return 0;
	}
	for (size_t i = size; i-- > 0;)
		bits = bits << 8 | (uint8_t)field->bytes[i];
	number_take(tensor, bits);
	return 0;
}

/* Numbers packed in one field, which old writers did not do. */
static int packed_take(struct tensor *tensor, const struct hd_wire_field *field)
{
	bool is_fixed = tensor->dtype == DT_FLOAT || tensor->dtype == DT_DOUBLE;
	struct hd_wire wire = hd_wire_inside(field);
	uint64_t bits;
	int rc;

	if (field->kind != HD_WIRE_BYTES) {
		number_take(tensor, field->value);
		return 0;
	}
	if (is_fixed)
		return content_take(tensor, field);
	while ((rc = hd_wire_varint(&wire, &bits)) > 0)
		number_take(tensor, bits);
	return rc;
}

/* Its kind and shape first, as fields may come in any order. */
static int tensor_read(struct tensor *tensor, const struct hd_wire_field *message)
{
	struct hd_wire wire = hd_wire_inside(message);
	struct hd_wire_field field;
	int rc;

	while ((rc = hd_wire_next(&wire, &field)) > 0) {
		if (field.number == TENSOR_DTYPE && field.kind == HD_WIRE_VARINT)
			tensor->dtype = field.value;
		else if (field.number == TENSOR_SHAPE && field.kind == HD_WIRE_BYTES)
			rc = shape_read(tensor, hd_wire_inside(&field));
		if (rc < 0)
			return rc;
	}
	if (rc < 0 || !dtype_size(tensor->dtype))
		return rc;
	wire = hd_wire_inside(message);
	while ((rc = hd_wire_next(&wire, &field)) > 0) {
		if (field.number == TENSOR_CONTENT && field.kind == HD_WIRE_BYTES)
			rc = content_take(tensor, &field);
		else if (field.number == dtype_field(tensor->dtype))
			rc = packed_take(tensor, &field);
		if (rc < 0)
			return rc;
	}
	return rc;
}

/* Without any number in it a tensor is full of zeros. */
static bool tensor_is_scalar(const struct tensor *tensor)
{
	return dtype_size(tensor->dtype) && tensor->dims == 0 && !tensor->is_rankless &&
	       tensor->count <= 1;
}

/* --- events --------------------------------------------------------------- */

struct value {
	struct hd_event_scalar scalar;
	bool has_number;
	bool is_other; /* another plugin's */
};

/* Only the first value of a tag need say its plugin: later ones say none. */
static int metadata_read(struct value *value, struct hd_wire wire)
{
	struct hd_wire_field field, inner;
	int rc;

	while ((rc = hd_wire_next(&wire, &field)) > 0) {
		struct hd_wire plugin = hd_wire_inside(&field);
		int rest = 0;

		if (field.number != METADATA_PLUGIN || field.kind != HD_WIRE_BYTES)
			continue;
		while ((rest = hd_wire_next(&plugin, &inner)) > 0)
			if (inner.number == PLUGIN_NAME && inner.kind == HD_WIRE_BYTES)
				value->is_other =
					inner.length &&
					(inner.length != strlen(SCALARS) ||
					 memcmp(inner.bytes, SCALARS, inner.length) != 0);
		if (rest < 0)
			return rest;
	}
	return rc;
}

static int value_tensor(struct value *value, const struct hd_wire_field *field)
{
	struct tensor tensor = { 0 };
	int rc = tensor_read(&tensor, field);

	value->has_number = rc == 0 && tensor_is_scalar(&tensor);
	if (value->has_number)
		value->scalar.value = dtype_read(tensor.dtype, tensor.bits);
	return rc;
}

static int value_field(struct value *value, const struct hd_wire_field *field)
{
	bool is_bytes = field->kind == HD_WIRE_BYTES;

	if (field->number == VALUE_TAG && is_bytes) {
		value->scalar.tag = field->bytes;
		value->scalar.tag_length = field->length;
	} else if (field->number == VALUE_SIMPLE && field->kind == HD_WIRE_FIXED32) {
		value->scalar.value = hd_wire_float((uint32_t)field->value);
		value->has_number = true;
	} else if (field->number == VALUE_TENSOR && is_bytes) {
		return value_tensor(value, field);
	} else if (field->number == VALUE_METADATA && is_bytes) {
		return metadata_read(value, hd_wire_inside(field));
	}
	return 0;
}

/* A walk over an Event's values; without FN it only looks that all is well. */
struct walk {
	hd_event_scalar_fn fn;
	void *user;
	int64_t step;
	double time;
};

static int value_walk(const struct walk *walk, struct hd_wire wire)
{
	struct value value = { .scalar = { .tag = "", .step = walk->step, .time = walk->time } };
	struct hd_wire_field field;
	int rc;

	while ((rc = hd_wire_next(&wire, &field)) > 0) {
		rc = value_field(&value, &field);
		if (rc < 0)
			return rc;
	}
	if (rc < 0 || !walk->fn || !value.has_number || value.is_other)
		return rc;
	return walk->fn(walk->user, &value.scalar);
}

static int summary_walk(const struct walk *walk, struct hd_wire wire)
{
	struct hd_wire_field field;
	int rc;

	while ((rc = hd_wire_next(&wire, &field)) > 0) {
		if (field.number != SUMMARY_VALUE || field.kind != HD_WIRE_BYTES)
			continue;
		rc = value_walk(walk, hd_wire_inside(&field));
		if (rc != 0)
			return rc;
	}
	return rc;
}

static int event_walk(const struct walk *walk, struct hd_wire wire)
{
	struct hd_wire_field field;
	int rc;

	while ((rc = hd_wire_next(&wire, &field)) > 0) {
		if (field.number != EVENT_SUMMARY || field.kind != HD_WIRE_BYTES)
			continue;
		rc = summary_walk(walk, hd_wire_inside(&field));
		if (rc != 0)
			return rc;
	}
	return rc;
}

/* What holds for all of its values, which may stand before it. */
static int event_head(struct walk *walk, struct hd_wire wire)
{
	struct hd_wire_field field;
	int rc;

	while ((rc = hd_wire_next(&wire, &field)) > 0) {
		if (field.number == EVENT_STEP && field.kind == HD_WIRE_VARINT)
			walk->step = (int64_t)field.value;
		else if (field.number == EVENT_WALL_TIME && field.kind == HD_WIRE_FIXED64)
			walk->time = hd_wire_double(field.value);
	}
	return rc;
}

int hd_event_scalars(const char *bytes, size_t length, hd_event_scalar_fn fn,
		     void *user)
{
	struct hd_wire wire = hd_wire_of(bytes, length);
	struct walk walk = { .user = user };
	int rc = event_head(&walk, wire);

	if (rc == 0)
		rc = event_walk(&walk, wire);
	if (rc < 0)
		return rc;
	walk.fn = fn;
	return event_walk(&walk, wire);
}

/* --- writing -------------------------------------------------------------- */

static void event_put(struct hd_buf *file, struct hd_buf *event)
{
	file->failed |= hd_buf_failed(event);
	hd_record_put(file, hd_buf_text(event), event->length);
	hd_buf_release(event);
}

void hd_event_put_version(struct hd_buf *file, double time)
{
	struct hd_buf event = HD_BUF_INIT;

	hd_wire_put_double(&event, EVENT_WALL_TIME, time);
	hd_wire_put_string(&event, EVENT_FILE_VERSION, VERSION);
	event_put(file, &event);
}

static void metadata_put(struct hd_buf *event, const char *plugin,
			 const struct hd_buf *content, uint64_t data_class)
{
	size_t metadata = hd_wire_open(event, VALUE_METADATA);
	size_t inner = hd_wire_open(event, METADATA_PLUGIN);

	hd_wire_put_string(event, PLUGIN_NAME, plugin);
	if (content)
		hd_wire_put_bytes(event, PLUGIN_CONTENT, hd_buf_text(content), content->length);
	hd_wire_close(event, inner);
	hd_wire_put_varint(event, METADATA_CLASS, data_class);
	hd_wire_close(event, metadata);
}

void hd_event_put_scalar(struct hd_buf *file, const struct hd_event_scalar *scalar)
{
	struct hd_buf event = HD_BUF_INIT;
	size_t summary, value, tensor, packed;
	uint64_t bits;

	memcpy(&bits, &scalar->value, sizeof bits);
	hd_wire_put_double(&event, EVENT_WALL_TIME, scalar->time);
	hd_wire_put_varint(&event, EVENT_STEP, (uint64_t)scalar->step);
	summary = hd_wire_open(&event, EVENT_SUMMARY);
	value = hd_wire_open(&event, SUMMARY_VALUE);
	hd_wire_put_text(&event, VALUE_TAG, scalar->tag, scalar->tag_length);
	tensor = hd_wire_open(&event, VALUE_TENSOR);
	hd_wire_put_varint(&event, TENSOR_DTYPE, DT_DOUBLE);
	hd_wire_put_bytes(&event, TENSOR_SHAPE, "", 0);
	packed = hd_wire_open(&event, TENSOR_DOUBLE);
	hd_wire_add_u64(&event, bits);
	hd_wire_close(&event, packed);
	hd_wire_close(&event, tensor);
	metadata_put(&event, SCALARS, NULL, CLASS_SCALAR);
	hd_wire_close(&event, value);
	hd_wire_close(&event, summary);
	event_put(file, &event);
}

void hd_event_put_hparams(struct hd_buf *file, double time, const char *tag,
			  const struct hd_buf *content)
{
	struct hd_buf event = HD_BUF_INIT;
	size_t summary, value, tensor, shape, dim, packed;

	hd_wire_put_double(&event, EVENT_WALL_TIME, time);
	summary = hd_wire_open(&event, EVENT_SUMMARY);
	value = hd_wire_open(&event, SUMMARY_VALUE);
	hd_wire_put_string(&event, VALUE_TAG, tag);
	/* All is in the metadata; but each value has to have a tensor. */
	tensor = hd_wire_open(&event, VALUE_TENSOR);
	hd_wire_put_varint(&event, TENSOR_DTYPE, DT_FLOAT);
	shape = hd_wire_open(&event, TENSOR_SHAPE);
	dim = hd_wire_open(&event, SHAPE_DIM);
	hd_wire_put_varint(&event, DIM_SIZE, 1);
	hd_wire_close(&event, dim);
	hd_wire_close(&event, shape);
	packed = hd_wire_open(&event, TENSOR_FLOAT);
	hd_wire_add_u32(&event, 0);
	hd_wire_close(&event, packed);
	hd_wire_close(&event, tensor);
	metadata_put(&event, "hparams", content, CLASS_TENSOR);
	hd_wire_close(&event, value);
	hd_wire_close(&event, summary);
	event_put(file, &event);
}
