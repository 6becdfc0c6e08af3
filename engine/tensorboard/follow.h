/*
 * Event files of TensorBoard as a source of a trial's metrics: those in its
 * logs/ folder and below it are read while they are written.
 *
 * As with engine/metrics/tail.h, a place stands behind the last record that was
 * handled and goes to the store with the metrics found before it. A file is
 * known there by a number made of its path, so it needs no row of its own.
 * Places stay when another attempt begins: what the one before has left in
 * logs/ is not read twice.
 */
#ifndef HD_TENSORBOARD_FOLLOW_H
#define HD_TENSORBOARD_FOLLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hdrive/metrics.h>

#include "metrics/tail.h"

/* The rule of its metrics. */
#define HD_FOLLOW_RULE "tensorboard"

struct hd_follow; /* of one trial */

/* FOLDER, the trial's, is copied; nothing is looked at yet. */
int hd_follow_new(struct hd_follow **out, const char *folder, struct hd_error *err);
void hd_follow_free(struct hd_follow *follow);
/* Where an earlier engine stood in the file that the store calls KEY. */
int hd_follow_restore(struct hd_follow *follow, int64_t key,
		      const struct hd_tail_place *place);

/* What a person should know of a file; once for each. */
typedef int (*hd_follow_note_fn)(void *user, const char *text);

/*
 * Look for files and read what is new in them, about BUDGET bytes. FINAL: the
 * trial has ended. Returns 0 when all was read, 1 when more is there,
 * HD_TAIL_LATER, or a negative code (FN's or NOTE's, or HD_ENOMEM). What a
 * script made of its files is never an error: one that is no event file, or not
 * from some byte on, is noted and left alone.
 */
int hd_follow_read(struct hd_follow *follow, bool final, size_t budget,
		   hd_metric_fn fn, hd_follow_note_fn note, void *user,
		   struct hd_error *err);
/* Bytes of all its files that were looked at. */
int64_t hd_follow_seen(const struct hd_follow *follow);
/* One that has moved since it was taken last; false when there is none. */
bool hd_follow_take(struct hd_follow *follow, int64_t *key,
		    struct hd_tail_place *place);

#endif
