/*
 * What an attempt that runs elsewhere keeps up besides its program: a sign of
 * life, the question whether it is still wanted, and a word that comes by a
 * file where no signal reaches it (order.h).
 *
 * An engine that has not heard of an attempt for long begins another one, and
 * the mark of this one (record_format.h) leaves the folder. So two lives of a
 * trial never both count: the earlier one ends here, without a record. The C
 * library alone.
 */
#ifndef HD_DISPATCH_LAUNCH_WATCH_H
#define HD_DISPATCH_LAUNCH_WATCH_H

#include <stdbool.h>
#include <stdint.h>

enum hd_launch_word {
	HD_LAUNCH_WORD_NONE,
	HD_LAUNCH_WORD_TERM,
	HD_LAUNCH_WORD_KILL,
	HD_LAUNCH_WORD_LEAVE, /* another attempt has taken the folder */
};

struct hd_launch_watch {
	bool is_on;
	int folder;
	const char *attempt;
	int64_t beat; /* when each is due, on the steady clock; microseconds */
	int64_t look;
};

/* FOLDER and ATTEMPT are borrowed. */
void hd_launch_watch_start(struct hd_launch_watch *watch, int folder,
			   const char *attempt, int64_t now);
/* Do what is due, and tell what was said; a word is told once. */
enum hd_launch_word hd_launch_watch_turn(struct hd_launch_watch *watch,
					 int64_t now);
/* Whether another attempt has taken the folder, asked now: before the record is
 * written, which would replace that one's. */
bool hd_launch_watch_is_superseded(const struct hd_launch_watch *watch);
/* Microseconds until something is due; -1 for never. */
int64_t hd_launch_watch_left(const struct hd_launch_watch *watch, int64_t now);

#endif
