/*
 * What changes in the list of sweeps while one looks: live.h's way, for all
 * sweeps of a store. Trials are counted again only of sweeps that are not over
 * or that changed themselves.
 */
#ifndef HD_LIVE_LIST_H
#define HD_LIVE_LIST_H

#include <hdrive/store.h>

struct hd_live_list; /* opaque */

/* STORE is borrowed until the close; the first look is taken here. */
int hd_live_list_open(struct hd_live_list **out, struct hd_store *store,
		      struct hd_error *err);
void hd_live_list_close(struct hd_live_list *list);
/* After a failure everything is as it was before. */
int hd_live_list_look(struct hd_live_list *list, struct hd_error *err);
uint64_t hd_live_list_seq(const struct hd_live_list *list);
/* Another one when a sweep was removed. */
uint64_t hd_live_list_epoch(const struct hd_live_list *list);
bool hd_live_list_knows(const struct hd_live_list *list, uint64_t epoch, uint64_t seq);
/* Return 0 to go on; anything else ends the walk and is returned. */
typedef int (*hd_live_sweep_fn)(void *user, int64_t key);
/* Keys of sweeps that are new or changed since SEQ, newest first. */
int hd_live_list_since(const struct hd_live_list *list, uint64_t seq,
		       hd_live_sweep_fn fn, void *user);

#endif
