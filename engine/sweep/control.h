/*
 * What other processes say to a running engine: JSON lines over a socket in
 * the sweep's folder, which its owner alone may open. A request is one line,
 * its answer another:
 *
 *	{"op":"cancel","trials":[3],"now":false,"grace":30}   {"ok":true,"count":1}
 *	{"op":"update","max_total":200,"max_concurrent":8}    {"ok":true,...}
 *	{"op":"update","held":true}
 *	{"op":"enqueue","parameters":{"lr":0.1}}
 *	{"op":"retry","trials":[],"failed":true}
 *	{"op":"ping"}
 *
 * or {"ok":false,"code":-2,"error":"..."}. Who only wants to know when the
 * engine ends keeps the connection and waits until it closes.
 */
#ifndef HD_SWEEP_CONTROL_H
#define HD_SWEEP_CONTROL_H

#include <uv.h>

#include <hdrive/error.h>

#include "sweep/core.h"

#define HD_CONTROL_SOCKET "engine.sock"
/* The longest line, in bytes: an enqueued point has a few hundred. */
#define HD_CONTROL_LINE (1 << 20)

struct hd_control;

/*
 * Listen in FOLDER on behalf of CORE; NUDGE(user) is called when a turn is
 * wanted. Everything is borrowed until hd_control_close.
 */
int hd_control_open(struct hd_control **out, uv_loop_t *loop,
		    const char *folder, struct hd_core *core,
		    void (*nudge)(void *user), void *user,
		    struct hd_error *err);
/* Say nothing more; its memory goes when the loop has closed its handles. */
void hd_control_close(struct hd_control *control);

#endif
