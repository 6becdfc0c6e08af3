/*
 * The JSON API of docs/reference/api.md: what is below /api/v1 for GET, from
 * a store that is only read. No HTTP is in it: a server, a report and a fuzzer
 * ask it the same way.
 *
 * Everything asked is from outside: paths and arguments may hold anything that
 * has no NUL byte.
 */
#ifndef HD_API_API_H
#define HD_API_API_H

#include <hdrive/store.h>

#include "base/buf.h"

struct hd_api; /* opaque; one store, one thread */

struct hd_api_setup {
	struct hd_store *store; /* borrowed until the close */
	int64_t only;           /* key of the one sweep that is shown; 0: all */
	bool actions;           /* "version" says that POST is served */
	int64_t pause;          /* microseconds between two looks of hd_api_changes */
};

int hd_api_open(struct hd_api **out, const struct hd_api_setup *setup,
		struct hd_error *err);
void hd_api_close(struct hd_api *api);

/* The value of the argument NAME, NULL when there is none; borrowed until the
 * request is answered. */
typedef const char *(*hd_api_argument_fn)(void *user, const char *name);

struct hd_api_answer {
	struct hd_buf *json; /* appended to; the caller's */
	int file;            /* is sent instead, FILE_SIZE bytes of it from its
				start, the caller's to close; -1 for none */
	uint64_t file_size;
	const char *file_name; /* its last part, borrowed from PATH */
};

/*
 * Answer PATH ("sweeps/@/columns": what follows "/api/v1/", its escapes undone).
 * ARGUMENT may be NULL. Returns 0 with one JSON value or a file in ANSWER, or
 * HD_ENOENT for what is not there, HD_EINVAL for an argument that cannot be,
 * HD_ELIMIT for too much at once, HD_EBUSY, HD_EIO, HD_ECORRUPT, HD_ENOMEM.
 * After a failure the buffer is as it was before.
 */
int hd_api_get(struct hd_api *api, const char *path, hd_api_argument_fn argument,
	       void *user, struct hd_api_answer *answer, struct hd_error *err);

/* {"error":{"code":"HD_ENOENT","message":"..."}} and the status for a code. */
void hd_api_error_json(struct hd_buf *buf, int code, const char *message);
unsigned hd_api_status(int code);

/* --- what changes ---------------------------------------------------------- */

#define HD_API_ID 48 /* bytes that an id has room in */

/* One event: what stands behind "event:" and "data:"; borrowed for the call.
 * Return 0 to go on; anything else ends the walk and is returned. */
typedef int (*hd_api_event_fn)(void *user, const char *name, const char *data,
			       size_t length);
/*
 * The sweep that WORD names, as a key for hd_api_changes; 0, the list of
 * sweeps, for NULL.
 */
int hd_api_watched(struct hd_api *api, const char *word, int64_t *sweep,
		   struct hd_error *err);
/*
 * The events of SWEEP, a key or 0 for the list, behind the moment SINCE, an id
 * of before: for NULL or "" the sweep as it is now, "reset" for one that is not
 * known any more; none when nothing has changed. ID, of HD_API_ID bytes, is the
 * moment of now: what the events are sent with, and SINCE of the next call.
 *
 * Looks at the store at most once in a setup's pause, however many clients there
 * are, and makes an event's text once for all who are at the same moment.
 */
int hd_api_changes(struct hd_api *api, int64_t sweep, const char *since,
		   char *id, hd_api_event_fn fn, void *user,
		   struct hd_error *err);

#endif
