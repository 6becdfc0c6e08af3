/*
 * What the files of the line server share: stdio.c takes lines, asks and tells;
 * create.c makes a config of a message; ops.c has the other messages, each
 * answered once.
 */
#ifndef HD_SERVE_PRIVATE_H
#define HD_SERVE_PRIVATE_H

#include <hdrive/serve.h>

#include "base/buf.h"
#include "serve/header.h"

struct hd_serve {
	const struct hd_sampler_type *sampler; /* of a study without one */
	char *folder;                          /* NULL: no files, no store */
	char *override;                        /* the store's file, or NULL */
	struct hd_store *store;                /* NULL until it is needed */
	struct hd_header header;               /* of a study that a header began */
	struct hd_config *config;              /* of one that was created */
	struct hd_study *study;                /* NULL: see broken */
	bool plain;                            /* a header began it: answers have no more
						  than that protocol's */
	char broken[HD_ERROR_TEXT];            /* why there is no study */
	char pending[HD_ERROR_TEXT];           /* what a tell did wrong, "" for nothing */
	struct hd_buf reply;
};

/* --- stdio.c ---------------------------------------------------------------- */

/* Let go of the study. */
void hd_serve_end(struct hd_serve *serve);
/* A number of a trial and its parameters, after "{". */
void hd_serve_trial(struct hd_serve *serve, size_t number,
		    const struct hd_value *values);

/* --- fields of messages: ops.c ------------------------------------------------ */

/* Which trial "trial" or "id" says. */
int hd_serve_number(const struct hd_json *root, size_t *number,
		    struct hd_error *err);
/* Who "client" says, NULL for nobody. */
int hd_serve_client(const struct hd_json *root, const char **client,
		    struct hd_error *err);
/* NaN and infinities, in words or as null, are NaN; false for no number. */
bool hd_serve_value(const struct hd_json *node, double *value);

/*
 * The message WORD names, in *RC what came of it: 0 and an answer in
 * serve->reply, or a code that is negative or HD_EXHAUSTED, with ERR and
 * none. False when there is no such message.
 */
bool hd_serve_op(struct hd_serve *serve, const char *word,
		 const struct hd_json *root, int *rc, struct hd_error *err);

/* --- create.c ------------------------------------------------------------------ */

/* What a "create" says, as a config that is the caller's. */
int hd_serve_config(struct hd_config **out, const struct hd_serve *serve,
		    const struct hd_json *root, struct hd_error *err);

#endif
