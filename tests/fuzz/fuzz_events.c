/*
 * Bytes as the Event of a record. What is found in it is found again when it is
 * written anew, and a record of the bytes comes back as they are.
 */
#include "bytes.h"

#include <hdrive/error.h>

#include "tensorboard/event.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct walk {
	const char *bytes;
	size_t size, count;
};

static bool same_number(double a, double b)
{
	return memcmp(&a, &b, sizeof a) == 0;
}

static int is_same(void *user, const struct hd_event_scalar *scalar)
{
	const struct hd_event_scalar *want = user;

	demand(scalar->step == want->step && same_number(scalar->time, want->time) &&
	       same_number(scalar->value, want->value));
	demand(scalar->tag_length == want->tag_length);
	return 7;
}

static int on_scalar(void *user, const struct hd_event_scalar *scalar)
{
	struct walk *walk = user;
	struct hd_event_scalar copy = *scalar;
	struct hd_buf file = HD_BUF_INIT;
	uint64_t length;

	/* Borrowed from the bytes, or a tag that there is none. */
	demand(scalar->tag_length == 0 ||
	       (scalar->tag >= walk->bytes &&
		scalar->tag + scalar->tag_length <= walk->bytes + walk->size));
	walk->count++;
	hd_event_put_scalar(&file, scalar);
	demand(!hd_buf_failed(&file) && hd_record_head(file.text, &length));
	demand(length + HD_RECORD_HEAD + HD_RECORD_TAIL == file.length);
	demand(hd_event_scalars(file.text + HD_RECORD_HEAD, (size_t)length, is_same, &copy) == 7);
	hd_buf_release(&file);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size ? size : 1); /* of its own size */
	struct walk walk = { bytes, size, 0 };
	struct hd_buf file = HD_BUF_INIT;
	uint64_t length;
	int rc;

	demand(bytes != NULL);
	if (size)
		memcpy(bytes, data, size);
	rc = hd_event_scalars(bytes, size, on_scalar, &walk);
	demand(rc == 0 || (rc == HD_EINVAL && walk.count == 0));
	if (size >= HD_RECORD_HEAD)
		(void)hd_record_head(bytes, &length);
	hd_record_put(&file, bytes, size);
	demand(hd_record_head(file.text, &length) && length == size);
	demand(hd_record_is_whole(file.text + HD_RECORD_HEAD, size));
	hd_buf_release(&file);
	free(bytes);
	return 0;
}
