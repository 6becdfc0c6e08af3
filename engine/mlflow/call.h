/*
 * What the API's calls share: arguments from a body or a query, answers for
 * errors, lines for the metrics file. Internal to this folder.
 */
#ifndef HD_MLFLOW_CALL_H
#define HD_MLFLOW_CALL_H

#include "base/json.h"
#include "mlflow/source.h"
#include "serve/web.h"

struct hd_ml_call {
	const struct hd_ml *ml;
	const struct hd_web_request *request;
	const struct hd_json *body; /* an object; NULL for none */
	const char *part;           /* of the path, behind the route's; "" */
	struct hd_web_reply *reply;
};

typedef void (*hd_ml_call_fn)(struct hd_ml_call *call);

struct hd_ml_route {
	const char *method;
	const char *path; /* behind ".../mlflow/"; ends in "/": the rest is PART */
	hd_ml_call_fn fn;
	bool writes;
};

/* Each ends in a row without a path. */
extern const struct hd_ml_route hd_ml_read_routes[];
extern const struct hd_ml_route hd_ml_write_routes[];
extern const struct hd_ml_route hd_ml_run_routes[];
extern const struct hd_ml_route hd_ml_model_routes[];

/*
 * An argument as text, from the body or else the query; numbers are texts, as
 * R sends them. NULL when there is none. Appended to a buffer of the caller's,
 * to which it points.
 */
const char *hd_ml_text(const struct hd_ml_call *call, const char *name,
		       struct hd_buf *buf);
/* As above; without it, or empty, the call has failed. */
const char *hd_ml_need(struct hd_ml_call *call, const char *name,
		       struct hd_buf *buf);
/* run_id, or as older clients say, run_uuid. */
const char *hd_ml_need_run(struct hd_ml_call *call, struct hd_buf *buf);
/* A count from 1 to MOST, USUAL when it is not there; 0: the call has failed. */
size_t hd_ml_count(struct hd_ml_call *call, const char *name, size_t usual,
		   size_t most);
/* Where a page begins; the call has failed when false. */
bool hd_ml_page(struct hd_ml_call *call, size_t *from);
/* ,"next_page_token":"..." */
void hd_ml_next_page(struct hd_buf *out, size_t from);

/* A node as a double or a whole number; texts are read too. */
bool hd_ml_number(const struct hd_json *node, double *number);
bool hd_ml_integer(const struct hd_json *node, int64_t *number);

/* Answer with what ERR says. */
void hd_ml_fail(struct hd_ml_call *call, const struct hd_error *err);
/* A copy of the run, the caller's; NULL: the call has failed. */
struct hd_ml_run *hd_ml_run_find(struct hd_ml_call *call, const char *id);
/* Where the artifacts of ID are, for the client that asks. */
void hd_ml_uri(const struct hd_ml_call *call, const char *id,
	       struct hd_buf *uri);
int64_t hd_ml_now(void); /* milliseconds */

/* --- lines ---------------------------------------------------------------- */

/* "{", and for a run below the trial which one. */
void hd_ml_line_open(const struct hd_ml_call *call, const char *run,
		     struct hd_buf *out);
/* "name":TEXT and a comma. */
void hd_ml_line_text(struct hd_buf *out, const char *name, const char *text);
/* The time, in milliseconds, and the end; false when it has become too long,
 * START being where it began. */
bool hd_ml_line_close(struct hd_buf *out, size_t start, int64_t time);
/* {"mark":KIND,"detail":{KEY:VALUE}}, whole; false: the call has failed. */
#define HD_ML_KEY_MOST 1000 /* bytes of a key */
bool hd_ml_line_pair(struct hd_ml_call *call, const char *run,
		     const char *kind, const char *key, const char *value,
		     struct hd_buf *out);
/* Write them, and answer {} unless that fails. */
bool hd_ml_append(struct hd_ml_call *call, const struct hd_buf *lines);

/* --- lists ---------------------------------------------------------------- */

/* Lines for one object of a list; false: the call has failed. */
typedef bool (*hd_ml_item_fn)(struct hd_ml_call *call, struct hd_ml_run *run,
			      const struct hd_json *item, struct hd_buf *out);
#define HD_ML_LIST_MOST 1000
/* FN for each of the body's list NAME, which may be absent. */
bool hd_ml_list(struct hd_ml_call *call, struct hd_ml_run *run,
		const char *name, size_t most, hd_ml_item_fn fn,
		struct hd_buf *out);
bool hd_ml_item_tag(struct hd_ml_call *call, struct hd_ml_run *run,
		    const struct hd_json *item, struct hd_buf *out);
/* The run that the call names, a copy; NULL: the call has failed. */
struct hd_ml_run *hd_ml_call_run(struct hd_ml_call *call);

#endif
