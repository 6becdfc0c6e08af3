/*
 * Ask and tell over lines of JSON: studies for programs in any language.
 *
 * A header starts a study and ends the one before:
 *   {"space": {"lr": ["loguniform", [-9, 0]]}, "seed": 3, "goal": "minimize",
 *    "max_total": 100, "concurrency": 1, "sampler": "tpe"}
 * then each {"op": "ask"} is answered by one line
 *   {"id": 1, "params": {"lr": 0.003}}
 * and {"op": "tell", "id": 1, "value": 0.42} by none. A value that is null,
 * NaN or an infinity is that of a failed trial.
 *
 * A header or tell that is wrong is not answered either: {"error": "..."}
 * comes in place of the next ask's answer, so a client that reads one line for
 * each ask stays in step. A line that is no message at all is answered at once
 * by such a line.
 *
 * All other messages are answered by one line each, in order: create and open,
 * which begin a study as a header does, but with conditional parameters, a
 * policy, a sweep's file, or kept in a store; report, end, best, enqueue, add
 * and stop, as hdrive/study.h has them; and a tell with "reply" or "ask".
 * docs/reference/serve.md has them all.
 */
#ifndef HDRIVE_SERVE_H
#define HDRIVE_SERVE_H

#include <stddef.h>

#include <hdrive/api.h>
#include <hdrive/error.h>
#include <hdrive/sampler.h>

HD_BEGIN_DECLS

/* A line may be so long, with room to spare for a large space. */
#define HD_SERVE_LINE_MOST ((size_t)64 << 20)

struct hd_serve; /* opaque: at most one study at a time */

/* NULL when there is no memory. */
HD_API struct hd_serve *hd_serve_new(void);
HD_API void hd_serve_free(struct hd_serve *serve);
/* What a header without a sampler gets; the best that there is without it. */
HD_API void hd_serve_set_sampler(struct hd_serve *serve,
				 const struct hd_sampler_type *sampler);
/*
 * Let messages read files below FOLDER or by their whole path, and keep studies
 * in a store: that which hd_store_locate finds by FOLDER and OVERRIDE, both of
 * which are copied. It is opened when it is first needed. Before this such
 * messages are refused, so that nothing a client says reaches the disk.
 */
HD_API int hd_serve_set_store(struct hd_serve *serve, const char *folder,
			      const char *override, struct hd_error *err);
/*
 * Take one line of LENGTH bytes, without its newline. *REPLY is what to send
 * back, one line without its newline, borrowed until the next call, or NULL
 * for no answer. Returns 0 whatever the line is, or HD_ENOMEM.
 */
HD_API int hd_serve_line(struct hd_serve *serve, const char *line,
			 size_t length, const char **reply, size_t *reply_length,
			 struct hd_error *err);

HD_END_DECLS

#endif
