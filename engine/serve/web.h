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

#include <hdrive/error.h>

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
	const char *cookie;
	const char *origin;
	const char *site;      /* Sec-Fetch-Site */
	const char *kind;      /* Content-Type */
	const char *encodings; /* Accept-Encoding */
	const char *match;     /* If-None-Match */
	const char *last;      /* Last-Event-ID */
	const char *body;      /* "" for none */
	size_t body_length;
	/* By hd_web_open: */
	struct hd_buf path;
	struct hd_buf query; /* name, NUL, value, NUL, ... */
	bool by_cookie;      /* that let it in, which a browser sends unasked */
};

/* An answer that goes on: events, as they happen. */
struct hd_web_stream {
	/*
	 * What comes next, borrowed until the next call; *LENGTH 0 when there is
	 * nothing yet: hd_http_wake asks again. False ends the stream.
	 */
	bool (*next)(void *self, const char **bytes, size_t *length);
	void (*close)(void *self);
};

struct hd_web_reply;

/* An answer that is not known yet. */
struct hd_web_later {
	/* Whether REPLY has it now; if not hd_http_wake asks again. */
	bool (*ready)(void *self, struct hd_web_reply *reply);
	void (*close)(void *self);
};

struct hd_web_reply {
	unsigned status;
	const char *type; /* of the content; static */
	struct hd_buf body;
	struct hd_buf headers; /* of its own: name, NUL, value, NUL, ... */
	bool mlflow;           /* errors are such as MLflow's clients read */
	bool whole;            /* the body is as it is to be sent: no gzip */
	int file;              /* is sent instead, FILE_SIZE bytes of it; -1 for none */
	uint64_t file_size;
	const void *fixed; /* is sent instead, static; NULL for none */
	size_t fixed_size;
	const struct hd_web_stream *stream; /* is sent instead; NULL for none */
	const struct hd_web_later *later;   /* the rest is not yet; NULL: it is */
	void *self;                         /* of either, closed with it */
};

void hd_web_reply_init(struct hd_web_reply *reply);
void hd_web_reply_release(struct hd_web_reply *reply);
/* Give back what is answered so far; it is answered with STATUS from here. */
void hd_web_begin_anew(struct hd_web_reply *reply, unsigned status);
/* A header more, or instead of one that is sent with every answer. */
void hd_web_header(struct hd_web_reply *reply, const char *name,
		   const char *value);
/*
 * Answer with an error, as MLflow's clients read it: {"error_code": CODE,
 * "message": ...}, or as docs/reference/api.md has it. CODE, which is one of
 * MLflow's, decides the status.
 */
void hd_web_fail(struct hd_web_reply *reply, const char *code, const char *fmt,
		 ...) HD_PRINTF(3, 4);
/* The same for what the library says, as the API answers; its code decides the
 * status. */
void hd_web_fail_error(struct hd_web_reply *reply, const struct hd_error *err);

/* Who may ask; borrowed. */
struct hd_web_guard {
	const char *token;
	unsigned port;
	const char *address; /* a Host more that is ours; NULL for none */
	/*
	 * Browsers come: "/?token=" lets in, and so does the cookie that it is
	 * answered with; errors are API's where the path is none of MLflow's.
	 */
	bool browsers;
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
/* The name of the cookie: cookies are a machine's, and not a port's. */
void hd_web_cookie(const struct hd_web_guard *guard, char *name, size_t size);
/*
 * Whether what it asks to be changed is asked for by our own page, or by who
 * has the token and is no browser; REPLY says why not.
 */
bool hd_web_may_act(const struct hd_web_request *request,
		    struct hd_web_reply *reply);
/* Whether the client takes gzip. */
bool hd_web_takes_gzip(const struct hd_web_request *request);

/* hd_web_open's: take the target apart; false for one that is not well-formed. */
bool hd_web_split(struct hd_web_request *request);
/* Whether the target is of MLflow's interface, well-formed or not. */
bool hd_web_is_mlflow(const char *target);

#endif
