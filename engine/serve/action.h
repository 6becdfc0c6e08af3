/*
 * What a POST below /api/v1 asks for, as the words of a command of hdrive: the
 * one that a person would type does it, with all that it knows of engines that
 * run, that are gone and that were never there.
 *
 * Invariant: a word is one of ours, a sweep's id, or a number; what comes from
 * outside besides goes to the command's standard input.
 */
#ifndef HD_SERVE_ACTION_H
#define HD_SERVE_ACTION_H

#include <hdrive/store.h>

#include "serve/web.h"

/* A point of a space has a few hundred bytes; an engine takes no more. */
#define HD_ACTION_BODY_MOST ((size_t)1 << 20)

struct hd_action {
	struct hd_buf words; /* behind "hdrive", each with its NUL */
	size_t count;        /* of them */
	struct hd_buf input;
};

/* Whether PATH, behind "/api/v1/", is one for POST. */
bool hd_action_is(const char *path);
/*
 * Take apart what is asked of a sweep of STORE; ONLY is the key of the one that
 * may be named, 0: any. False when REPLY says why not. hd_action_release it in
 * both cases.
 */
bool hd_action_make(struct hd_action *action, const char *path,
		    struct hd_store *store, int64_t only,
		    const struct hd_web_request *request,
		    struct hd_web_reply *reply);
void hd_action_release(struct hd_action *action);

/*
 * The answer to what a command printed: OUT to its standard output, ERR, its
 * talk, to the other one; CODE is its exit status, -1 when it was killed, -2
 * when it has not ended yet.
 */
void hd_action_answer(int code, const char *out, const char *err,
		      struct hd_web_reply *reply);

#endif
