/*
 * An order: all that a launcher elsewhere is told, as one file in the trial's
 * folder there, for "hdrive-launch -f". So neither arguments nor variables of a
 * trial, which may hold secrets, are in any command line or batch script; the
 * file is for its owner alone, and the launcher removes it once it is read.
 *
 * Its format: a line ORDER_HEAD, the number of words, a blank, the number of
 * variables; then that many strings, each with its NUL. The words are those of
 * the launcher from the folder on.
 */
#ifndef HD_DISPATCH_ORDER_H
#define HD_DISPATCH_ORDER_H

#include <hdrive/backend.h>

#include "base/buf.h"
#include "dispatch/order_format.h"

/*
 * The order for LAUNCH into TEXT: folder, working directory, argv and variables
 * are as they are there, not here. A failure shows in the buffer.
 */
void hd_order_text(struct hd_buf *text, const struct hd_launch *launch);

#endif
