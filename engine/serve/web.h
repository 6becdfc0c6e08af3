/*
 * One HTTP request and its answer, apart from any socket: what a hostile
 * client could have sent is judged here, where a fuzzer reaches it.
 *
 * Invariant: what hd_web_open has taken has a path and arguments that are
 * UTF-8 without NUL, each escape undone once; whoever names a file by it still
 * goes through files.h.
 */
#ifndef HD_SERVE_WEB_H
#define HD_SERVE_WEB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* A request's body that is kept in memory; MLflow's own limit is 1 MB. */
#define HD_WEB_BODY_MOST ((size_t)4 << 20)
#define HD_WEB_TARGET_MOST ((size_t)16 << 10)

/* All borrowed, NULL where the client sent none. */
struct hd_web_request {
	const char *method;
	const char *target; /* as sent: "/a%20b?c=d" */
	const char *host;
	const char *authorization;
	const char *agent;
	const char *body; /* "" for none */
	size_t body_length;
	/* By hd_web_open: */
	struct hd_buf path;
	struct hd_buf query; /* name, NUL, value, NUL, ... */
};

struct hd_web_reply {
	unsigned status;
	const char *type; /* of the content; static */
	struct hd_buf body;
	int file; /* is sent instead, FILE_SIZE bytes of it; -1 for none */
	uint64_t file_size;
};

void hd_web_reply_init(struct hd_web_reply *reply);
void hd_web_reply_release(struct hd_web_reply *reply);
/*
 * Answer with an error as MLflow's clients read it: {"error_code": CODE,
 * "message": ...}. CODE decides the status.
 */
void hd_web_fail(struct hd_web_reply *reply, const char *code, const char *fmt,
		 ...) HD_PRINTF(3, 4);

/* Who may ask; borrowed. */
struct hd_web_guard {
	const char *token;
	unsigned port;
	const char *address; /* a Host more that is ours; NULL for none */
	bool in_query;       /* "?token=" will do, for a GET from a browser */
};

/*
 * Take the target apart and see whether its sender may ask. False when REPLY
 * says why not. hd_web_close it in both cases.
 */
bool hd_web_open(struct hd_web_request *request,
		 const struct hd_web_guard *guard, struct hd_web_reply *reply);
void hd_web_close(struct hd_web_request *request);
/* The value of the argument NAME; NULL when there is none. */
const char *hd_web_argument(const struct hd_web_request *request,
			    const char *name);
bool hd_web_is(const struct hd_web_request *request, const char *method);
/* Append TEXT as it stands in a page. */
void hd_web_html(struct hd_buf *buf, const char *text);

#endif
