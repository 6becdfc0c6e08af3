/*
 * What a study has in the store besides a sweep's rows: that it is one, how
 * often it changed, and whose its trials are.
 */
#ifndef HD_STORE_STUDY_H
#define HD_STORE_STUDY_H

#include <hdrive/store.h>

/*
 * SWEEP, whose row has just been inserted, is one; PROMOTES: who asks can go on
 * with paused trials. A write.
 */
int hd_store_study_insert(struct hd_store *store, int64_t sweep, bool promotes,
			  struct hd_error *err);
/* Whether it does; false for a sweep that is no study. */
int hd_store_study_promotes(struct hd_store *store, int64_t sweep,
			    bool *promotes, struct hd_error *err);
/* HD_ENOENT when SWEEP is none. */
int hd_store_study_revision(struct hd_store *store, int64_t sweep,
			    int64_t *revision, struct hd_error *err);
/* The change that is being written makes it REVISION; a write. */
int hd_store_study_revise(struct hd_store *store, int64_t sweep,
			  int64_t revision, struct hd_error *err);
/* Trial KEY is CLIENT's; a write. */
int hd_store_study_client(struct hd_store *store, int64_t trial,
			  const char *client, struct hd_error *err);
/* Open trials that are somebody's, by number. */
typedef int (*hd_study_client_fn)(void *user, size_t number,
				  const char *client);
int hd_store_study_clients(struct hd_store *store, int64_t sweep,
			   hd_study_client_fn fn, void *user,
			   struct hd_error *err);

#endif
