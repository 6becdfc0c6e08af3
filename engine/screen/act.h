/*
 * What a person does to a sweep from the screen, on a thread of its own: an
 * engine that does not answer must not hold up the picture. One thing at a
 * time; its store connection is its own.
 */
#ifndef SCREEN_ACT_H
#define SCREEN_ACT_H

#include <hdrive/error.h>

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum act_kind {
	ACT_CANCEL_TRIAL,
	ACT_CANCEL_SWEEP,
	ACT_HOLD,
	ACT_GO_ON,
	ACT_CONCURRENT,
	ACT_RETRY,
};

struct act_order {
	enum act_kind kind;
	int64_t sweep;
	char name[256]; /* of the sweep, for what is said */
	size_t number;  /* of the trial, or how many at a time */
};

struct act {
	const char *path; /* of the store; borrowed */
	int fds[2];       /* a byte comes when it is done */
	bool busy;
	pthread_t thread;
	struct act_order order;
	bool well; /* how it ended, and what there is to say */
	char said[HD_ERROR_TEXT + 512];
};

bool act_open(struct act *act, const char *path);
/* Whatever is still asked is asked without us. */
void act_close(struct act *act);
/* False while another is under way, or when no thread can be had. */
bool act_begin(struct act *act, const struct act_order *order);
/* When fds[0] can be read: take the end of it; then well and said are set. */
void act_end(struct act *act);

#endif
