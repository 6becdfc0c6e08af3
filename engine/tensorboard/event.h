/*
 * Event files of TensorBoard: records (TFRecord's frames), each with one
 * protocol buffer, an Event.
 *
 * A record is the payload's length (8 bytes), the masked CRC-32C of those, the
 * payload and its masked CRC-32C. Field numbers are those of TensorFlow's
 * event.proto, summary.proto, tensor.proto and types.proto, those of the
 * HPARAMS tab of TensorBoard's plugins/hparams/{api,plugin_data}.proto.
 */
#ifndef HD_TENSORBOARD_EVENT_H
#define HD_TENSORBOARD_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define HD_RECORD_HEAD 12
#define HD_RECORD_TAIL 4
/* What a protocol buffer can have: a length above it is none. */
#define HD_RECORD_MOST (((uint64_t)1 << 31) - 1)

/* False when the HD_RECORD_HEAD bytes are no head of a record. */
bool hd_record_head(const char *head, uint64_t *length);
/* Whether the LENGTH bytes are those whose sum stands behind them. */
bool hd_record_is_whole(const char *payload, size_t length);
void hd_record_put(struct hd_buf *file, const char *payload, size_t length);

/* A value of one number; the tag is borrowed, neither terminated nor checked. */
struct hd_event_scalar {
	const char *tag;
	size_t tag_length;
	double value;
	int64_t step;
	double time; /* seconds since 1970 */
};

/* Return 0 to go on; anything else ends it and is what it returns. */
typedef int (*hd_event_scalar_fn)(void *user, const struct hd_event_scalar *scalar);

/*
 * The scalars of an Event, as TensorFlow 1 and 2, PyTorch and their kin write
 * them: simple_value, or a tensor of no dimensions. What is of another plugin
 * than "scalars" is none. 0, what FN returned, or HD_EINVAL for bytes that are
 * no Event; FN was then not called.
 */
int hd_event_scalars(const char *bytes, size_t length, hd_event_scalar_fn fn,
		     void *user);

/* --- writing: each appends one record to FILE ------------------------------- */

/* The first record of each file: its version. */
void hd_event_put_version(struct hd_buf *file, double time);
/* As a double, which TensorBoard takes as it does a float. */
void hd_event_put_scalar(struct hd_buf *file, const struct hd_event_scalar *scalar);
/* What the HPARAMS tab finds under TAG: CONTENT is an HParamsPluginData. */
void hd_event_put_hparams(struct hd_buf *file, double time, const char *tag,
			  const struct hd_buf *content);

#endif
