/* Tests of engine/tensorboard/crc32c.c, wire.c, event.c and hparams.c. */
#include "check.h"

#include <hdrive/error.h>

#include "tensorboard/crc32c.h"
#include "tensorboard/event.h"
#include "tensorboard/hparams.h"
#include "tensorboard/wire.h"

/* --- sums ------------------------------------------------------------------- */

/* RFC 3720, B.4, and the usual check of nine digits. */
static void crc_is_that_of_the_rfc(void **state)
{
	static const uint8_t read_pdu[48] = {
		0x01, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0x14, 0, 0, 0, 0, 0, 0x04, 0, 0, 0, 0, 0x14, 0, 0, 0, 0x18,
		0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0
	};
	uint8_t bytes[32] = { 0 };

	(void)state;
	assert_int_equal(hd_crc32c(bytes, 32), 0x8a9136aa);
	memset(bytes, 0xff, sizeof bytes);
	assert_int_equal(hd_crc32c(bytes, 32), 0x62a8ab43);
	for (int i = 0; i < 32; i++)
		bytes[i] = (uint8_t)i;
	assert_int_equal(hd_crc32c(bytes, 32), 0x46dd794e);
	for (int i = 0; i < 32; i++)
		bytes[i] = (uint8_t)(31 - i);
	assert_int_equal(hd_crc32c(bytes, 32), 0x113fdb5c);
	assert_int_equal(hd_crc32c(read_pdu, sizeof read_pdu), 0xd9963a56);
	assert_int_equal(hd_crc32c("123456789", 9), 0xe3069283);
	assert_int_equal(hd_crc32c("", 0), 0);
	/* 0xe3069283 turned right by 15, plus 0xa282ead8 */
	assert_int_equal(hd_crc32c_masked("123456789", 9), 0xc78ab0e5);
}

/* --- frames ----------------------------------------------------------------- */

static void records_come_back_and_one_wrong_bit_is_seen(void **state)
{
	struct hd_buf file = HD_BUF_INIT;
	uint64_t length;

	(void)state;
	hd_record_put(&file, "payload", 7);
	hd_record_put(&file, "", 0);
	assert_int_equal(file.length, 2 * (HD_RECORD_HEAD + HD_RECORD_TAIL) + 7);
	assert_true(hd_record_head(file.text, &length));
	assert_int_equal(length, 7);
	assert_true(hd_record_is_whole(file.text + HD_RECORD_HEAD, 7));
	assert_true(hd_record_head(file.text + 23, &length));
	assert_int_equal(length, 0);
	assert_true(hd_record_is_whole(file.text + 23 + HD_RECORD_HEAD, 0));
	for (size_t i = 0; i < 23; i++) {
		file.text[i] ^= 0x10;
		assert_false(hd_record_head(file.text, &length) &&
			     hd_record_is_whole(file.text + HD_RECORD_HEAD, 7));
		file.text[i] ^= 0x10;
	}
	hd_buf_release(&file);
}

static void length_that_no_message_has_is_none(void **state)
{
	char head[HD_RECORD_HEAD];
	struct hd_buf buf = HD_BUF_INIT;
	uint64_t length;

	(void)state;
	hd_wire_add_u64(&buf, HD_RECORD_MOST + 1);
	hd_wire_add_u32(&buf, hd_crc32c_masked(buf.text, 8));
	memcpy(head, buf.text, sizeof head);
	assert_false(hd_record_head(head, &length));
	hd_buf_release(&buf);
}

/* --- messages --------------------------------------------------------------- */

static void fields_come_back(void **state)
{
	static const uint64_t values[] = { 0, 1, 127, 128, 300, UINT32_MAX, UINT64_MAX };
	struct hd_buf buf = HD_BUF_INIT;
	struct hd_wire_field field;
	struct hd_wire wire, inner;
	size_t opened;

	(void)state;
	for (size_t i = 0; i < ROWS(values); i++)
		hd_wire_put_varint(&buf, (uint32_t)i + 1, values[i]);
	hd_wire_put_double(&buf, 100, -0.1);
	opened = hd_wire_open(&buf, 2000);
	for (int i = 0; i < 50; i++)
		hd_wire_put_string(&buf, 1, "four");
	hd_wire_close(&buf, opened);
	hd_wire_put_text(&buf, 3, "a\xff\xc3\xa9", 4);
	assert_false(hd_buf_failed(&buf));

	wire = hd_wire_of(buf.text, buf.length);
	for (size_t i = 0; i < ROWS(values); i++) {
		assert_int_equal(hd_wire_next(&wire, &field), 1);
		assert_int_equal(field.number, i + 1);
		assert_int_equal(field.kind, HD_WIRE_VARINT);
		assert_true(field.value == values[i]);
	}
	assert_int_equal(hd_wire_next(&wire, &field), 1);
	assert_true(hd_wire_double(field.value) == -0.1);
	assert_int_equal(hd_wire_next(&wire, &field), 1);
	assert_int_equal(field.number, 2000);
	assert_int_equal(field.length, 300);
	inner = hd_wire_inside(&field);
	for (int i = 0; i < 50; i++) {
		assert_int_equal(hd_wire_next(&inner, &field), 1);
		assert_memory_equal(field.bytes, "four", 4);
	}
	assert_int_equal(hd_wire_next(&inner, &field), 0);
	assert_int_equal(hd_wire_next(&wire, &field), 1);
	assert_memory_equal(field.bytes, "a???", 4);
	assert_int_equal(hd_wire_next(&wire, &field), 0);
	hd_buf_release(&buf);
}

static void bytes_that_are_no_message_are_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
	} rows[] = {
		/* no number behind it, which does not end, or is too long */
		{ "\x08", 1 },
		{ "\x08\x80", 2 },
		{ "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12 },
		/* the field 0, a number past all, a group, a kind that is none */
		{ "\x00\x01", 2 },
		{ "\xf8\xff\xff\xff\xff\xff\xff\xff\xff\x01\x01", 11 },
		{ "\x0b", 1 },
		{ "\x0f\x01", 2 },
		/* half a double, most of a float, fewer bytes than it says */
		{ "\x09\x01\x02\x03", 4 },
		{ "\x0d\x01\x02\x03", 4 },
		{ "\x0a\x04xyz", 5 },
		{ "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 10 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		/* Of their own size, so that a look past the end is seen. */
		char *bytes = malloc(rows[i].length);
		struct hd_wire wire = hd_wire_of(bytes, rows[i].length);
		struct hd_wire_field field;

		assert_non_null(bytes);
		memcpy(bytes, rows[i].bytes, rows[i].length);
		assert_int_equal(hd_wire_next(&wire, &field), HD_EINVAL);
		free(bytes);
	}
}

/* --- events ----------------------------------------------------------------- */

struct seen {
	size_t count;
	char tag[32];
	double value;
	int64_t step;
	double time;
	int answer;
};

static int on_scalar(void *user, const struct hd_event_scalar *scalar)
{
	struct seen *seen = user;

	seen->count++;
	snprintf(seen->tag, sizeof seen->tag, "%.*s", (int)scalar->tag_length, scalar->tag);
	seen->value = scalar->value;
	seen->step = scalar->step;
	seen->time = scalar->time;
	return seen->answer;
}

/* An Event with one Value of BYTES behind the tag "loss". */
static struct seen value_of(const char *bytes, size_t length)
{
	struct hd_buf event = HD_BUF_INIT;
	struct seen seen = { 0 };
	size_t summary, value;

	summary = hd_wire_open(&event, 5);
	value = hd_wire_open(&event, 1);
	hd_wire_put_string(&event, 1, "loss");
	hd_buf_add(&event, bytes, length);
	hd_wire_close(&event, value);
	hd_wire_close(&event, summary);
	hd_wire_put_varint(&event, 2, 7); /* the step behind it: any order will do */
	hd_wire_put_double(&event, 1, 1700000000.5);
	assert_int_equal(hd_event_scalars(event.text, event.length, on_scalar, &seen), 0);
	hd_buf_release(&event);
	return seen;
}

#define VALUE_OF(bytes) value_of((bytes), sizeof(bytes) - 1)

static void scalars_are_found_however_they_are_written(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
		double value;
	} rows[] = {
#define ROW(bytes, value)                       \
	{                                       \
		bytes, sizeof(bytes) - 1, value \
	}
		/* simple_value: TensorFlow 1, PyTorch */
		ROW("\x15\x00\x00\x00\x3f", 0.5),
		/* float in tensor_content: TensorFlow 2, with its plugin */
		ROW("\x4a\x0b\x0a\x09\x0a\x07scalars"
		    "\x42\x0a\x08\x01\x12\x00\x22\x04\x00\x00\x00\x3f",
		    0.5),
		/* float_val, packed and not, without a shape */
		ROW("\x42\x08\x08\x01\x2a\x04\x00\x00\x00\x3f", 0.5),
		ROW("\x42\x07\x08\x01\x2d\x00\x00\x00\x3f", 0.5),
		/* double_val, its kind behind it */
		ROW("\x42\x0c\x32\x08\x9a\x99\x99\x99\x99\x99\xb9\x3f\x08\x02", 0.1),
		/* int_val -1 and int64_val 300 */
		ROW("\x42\x0e\x08\x03\x3a\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", -1),
		ROW("\x42\x06\x08\x09\x52\x02\xac\x02", 300),
		/* half_val 1.5 and bfloat16 1.5 */
		ROW("\x42\x06\x08\x13\x6a\x02\x80\x7c", 1.5),
		ROW("\x42\x06\x08\x0e\x6a\x02\xc0\x7f", 1.5),
		/* a tensor that says no number has zeros */
		ROW("\x42\x04\x08\x01\x12\x00", 0),
#undef ROW
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct seen seen = value_of(rows[i].bytes, rows[i].length);

		assert_int_equal(seen.count, 1);
		assert_string_equal(seen.tag, "loss");
		assert_true(seen.value == rows[i].value);
		assert_int_equal(seen.step, 7);
		assert_true(seen.time == 1700000000.5);
	}
	assert_true(isnan(VALUE_OF("\x15\x00\x00\xc0\x7f").value));
	assert_true(isinf(VALUE_OF("\x15\x00\x00\x80\xff").value));
	assert_true(isinf(VALUE_OF("\x42\x07\x08\x13\x6a\x03\x80\xf8\x03").value));
}

static void what_is_no_scalar_is_left_alone(void **state)
{
	(void)state;
	/* a text, a vector, an image, a histogram, two numbers, no known shape */
	assert_int_equal(VALUE_OF("\x42\x06\x08\x07\x42\x02hi").count, 0);
	assert_int_equal(VALUE_OF("\x42\x0e\x08\x01\x12\x04\x12\x02\x08\x01"
				  "\x2a\x04\x00\x00\x00\x3f")
				 .count,
			 0);
	assert_int_equal(VALUE_OF("\x22\x04\x08\x01\x10\x01").count, 0);
	assert_int_equal(VALUE_OF("\x2a\x00").count, 0);
	assert_int_equal(VALUE_OF("\x42\x0c\x08\x01\x2a\x08\x00\x00\x00\x3f\x00\x00\x00\x3f").count,
			 0);
	assert_int_equal(VALUE_OF("\x42\x0c\x08\x01\x12\x02\x18\x01\x2a\x04\x00\x00\x00\x3f").count,
			 0);
	/* a number, and it is another plugin's */
	assert_int_equal(VALUE_OF("\x4a\x0b\x0a\x09\x0a\x07hparams\x15\x00\x00\x00\x3f").count, 0);
	/* nothing but its tag */
	assert_int_equal(VALUE_OF("").count, 0);
}

/* Nothing is given of an event whose end is none. */
static void event_that_breaks_off_gives_nothing(void **state)
{
	struct hd_buf file = HD_BUF_INIT, event = HD_BUF_INIT;
	struct seen seen = { 0 };

	(void)state;
	hd_event_put_scalar(&file, &(struct hd_event_scalar){ "loss", 4, 0.5, 1, 2 });
	hd_buf_add(&event, file.text + HD_RECORD_HEAD,
		   file.length - HD_RECORD_HEAD - HD_RECORD_TAIL);
	for (size_t length = 0; length <= event.length; length++) {
		int rc = hd_event_scalars(event.text, length, on_scalar, &seen);

		assert_true(rc == HD_EINVAL || rc == 0);
		assert_int_equal(seen.count, length == event.length);
	}
	hd_buf_add(&event, "\x0b", 1);
	seen.count = 0;
	assert_int_equal(hd_event_scalars(event.text, event.length, on_scalar, &seen), HD_EINVAL);
	assert_int_equal(seen.count, 0);
	hd_buf_release(&event);
	hd_buf_release(&file);
}

static void what_is_written_is_read(void **state)
{
	static const double values[] = { 0, -0.0, 0.1, -1e308, 5e-324, INFINITY, -INFINITY };
	struct hd_buf file = HD_BUF_INIT;
	struct seen seen = { 0 };

	(void)state;
	for (size_t i = 0; i < ROWS(values); i++) {
		struct hd_event_scalar scalar = { "val/loss", 8, values[i], -(int64_t)i,
						  1700000000.25 };

		hd_buf_clear(&file);
		hd_event_put_scalar(&file, &scalar);
		assert_int_equal(hd_event_scalars(file.text + HD_RECORD_HEAD,
						  file.length - HD_RECORD_HEAD - HD_RECORD_TAIL,
						  on_scalar, &seen),
				 0);
		assert_int_equal(seen.count, i + 1);
		assert_string_equal(seen.tag, "val/loss");
		assert_memory_equal(&seen.value, &values[i], sizeof values[i]);
		assert_int_equal(seen.step, scalar.step);
		assert_true(seen.time == scalar.time);
	}
	seen.answer = HD_ENOMEM;
	assert_int_equal(hd_event_scalars(file.text + HD_RECORD_HEAD,
					  file.length - HD_RECORD_HEAD - HD_RECORD_TAIL,
					  on_scalar, &seen),
			 HD_ENOMEM);
	hd_buf_release(&file);
}

/* --- hparams ---------------------------------------------------------------- */

static void type_of_a_parameter_is_that_of_all_its_values(void **state)
{
	const struct hd_value number = { .kind = HD_VALUE_REAL, .number = 1 };
	const struct hd_value whole = { .kind = HD_VALUE_INTEGER, .integer = 1, .number = 1 };
	const struct hd_value flag = { .kind = HD_VALUE_BOOL, .integer = 1 };
	const struct hd_value word = { .kind = HD_VALUE_TEXT, .text = "a", .length = 1 };
	const struct hd_value absent = { .kind = HD_VALUE_ABSENT };

	(void)state;
	assert_int_equal(hd_hparam_type_of(NULL, 0), HD_HPARAM_UNSET);
	assert_int_equal(hd_hparam_type_of((struct hd_value[]){ number, whole }, 2),
			 HD_HPARAM_FLOAT64);
	assert_int_equal(hd_hparam_type_of((struct hd_value[]){ absent, flag }, 2),
			 HD_HPARAM_BOOL);
	assert_int_equal(hd_hparam_type_of((struct hd_value[]){ word, absent, word }, 3),
			 HD_HPARAM_STRING);
	assert_int_equal(hd_hparam_type_of((struct hd_value[]){ number, flag }, 2),
			 HD_HPARAM_STRING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(crc_is_that_of_the_rfc),
		cmocka_unit_test(records_come_back_and_one_wrong_bit_is_seen),
		cmocka_unit_test(length_that_no_message_has_is_none),
		cmocka_unit_test(fields_come_back),
		cmocka_unit_test(bytes_that_are_no_message_are_refused),
		cmocka_unit_test(scalars_are_found_however_they_are_written),
		cmocka_unit_test(what_is_no_scalar_is_left_alone),
		cmocka_unit_test(event_that_breaks_off_gives_nothing),
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(type_of_a_parameter_is_that_of_all_its_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
