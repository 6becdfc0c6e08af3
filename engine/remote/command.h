/*
 * Commands that run beside the loop: sbatch, squeue, scp. Each has its input, a
 * time limit, and its output to its end, as far as there is room for it; then a
 * callback tells how it went. No more than so many run at once, the others wait
 * in the order in which they came.
 *
 * Invariant: a callback is called from the loop, never from inside
 * hd_commands_run, and once for each command, unless hd_commands_close came
 * before.
 */
#ifndef HD_REMOTE_COMMAND_H
#define HD_REMOTE_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include <uv.h>

/* What is kept of a command's stdout; its stderr is cut at a few kilobytes. */
#define HD_COMMAND_MOST ((size_t)64 << 20)

/* How a command ended; everything is borrowed for the callback. */
struct hd_command_end {
	int error;      /* errno, when it could not be started; else 0 */
	bool timed_out; /* its time was up, and it was killed */
	int code;       /* exit status, -1 for none */
	int signal;     /* that killed it, 0 for none */
	const char *out;
	size_t out_length;
	const char *err;
};

typedef void (*hd_command_fn)(void *user, const struct hd_command_end *end);

struct hd_commands;

/*
 * MOST of them at once. ENVIRONMENT ("A=b"..., ends in NULL) is borrowed until
 * it is closed. NULL for no memory.
 */
struct hd_commands *hd_commands_open(uv_loop_t *loop,
				     const char *const *environment, size_t most);
/*
 * Run ARGV, which ends in NULL, with INPUT, NULL for none, as its stdin; both are
 * copied. SECONDS: not longer, from its start on. False for no memory: then
 * DONE is never called.
 */
bool hd_commands_run(struct hd_commands *commands, const char *const *argv,
		     const char *input, double seconds, hd_command_fn done,
		     void *user);
/* Those that run and those that wait. */
size_t hd_commands_count(const struct hd_commands *commands);
/* Kill those that run and forget the others; CLOSED(USER) once the loop has
 * closed what was open. */
void hd_commands_close(struct hd_commands *commands, void (*closed)(void *user),
		       void *user);

/* Whether it ran to its end and that was 0. */
bool hd_command_is_good(const struct hd_command_end *end);

#endif
