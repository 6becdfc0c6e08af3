/* One request to a running engine, carried out: see control.h for its form. */
#ifndef HD_SWEEP_COMMAND_H
#define HD_SWEEP_COMMAND_H

#include <stddef.h>

#include "base/buf.h"
#include "sweep/core.h"

/* The LENGTH bytes at LINE into an answer, without its newline, in TEXT. */
void hd_command_run(struct hd_core *core, const char *line, size_t length,
		    struct hd_buf *text);

#endif
