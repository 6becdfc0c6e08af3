/*
 * Commands that run beside a server: what a POST asks for is done by hdrive
 * itself, so that the server neither waits for an engine nor writes to the
 * store.
 */
#ifndef HD_SERVE_JOB_H
#define HD_SERVE_JOB_H

#include <hdrive/error.h>

#include "serve/action.h"

/* All borrowed until the close. */
struct hd_jobs_setup {
	const char *hdrive; /* its path */
	const char *store;  /* that of the database */
	char *const *environment;
};

struct hd_jobs; /* opaque */

int hd_jobs_open(struct hd_jobs **out, const struct hd_jobs_setup *setup,
		 struct hd_error *err);
/* What runs goes on by itself. */
void hd_jobs_close(struct hd_jobs *jobs);
/* To poll for reading: one has ended, and who waits for it is to be woken. */
int hd_jobs_fd(const struct hd_jobs *jobs);
/* How many are waited for; a second later is time to look again. */
size_t hd_jobs_count(const struct hd_jobs *jobs);
/* Whether one has taken so long that who waits for it is to be told. */
bool hd_jobs_are_due(const struct hd_jobs *jobs);
/* Forget those that nobody waits for and that have ended. */
void hd_jobs_look(struct hd_jobs *jobs);
/* Start ACTION; REPLY is answered when it has ended. */
void hd_jobs_start(struct hd_jobs *jobs, const struct hd_action *action,
		   struct hd_web_reply *reply);

#endif
