/*
 * A shell on another machine, held open: one child ("ssh HOST exec sh") that
 * requests go to and answers come from, one at a time, in order.
 *
 * Nothing that comes before its first marker is trusted: a login may print what
 * it likes. Each request ends with a marker of its own, unlike any bytes an
 * answer could hold, and its exit status. A child that ends, or is silent for
 * too long, is "not known" for the request that was under way, and the next
 * child is started after a while, 1 s at first, 60 s at most.
 *
 * All on the loop; nothing here waits.
 */
#ifndef HD_REMOTE_SHELL_H
#define HD_REMOTE_SHELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hdrive/error.h>

struct hd_shell;

/* What a request's end is told as, when not by its own status of 0 to 255. */
#define HD_SHELL_LOST (-1)   /* it was sent: it may have been done, or not */
#define HD_SHELL_UNSENT (-2) /* it was not, and will not be */

/* All borrowed until the shell has closed. */
struct hd_shell_setup {
	void *loop;
	const char *const *argv;        /* makes a sh that reads its standard input */
	const char *const *environment; /* of that child */
	const char *prologue;           /* lines of sh for the shell to know; NULL for none */
	void *user;
	/* It takes requests now. */
	void (*up)(void *user);
	/*
	 * It does not any more, or could not be reached; requests have been
	 * ended before. WHY is the child's last line on stderr, or one of ours.
	 */
	void (*down)(void *user, const char *why);
};

/* Copied, but for FILE. */
struct hd_shell_request {
	const char *script; /* sh, one line, run in a subshell */
	/* Its standard input: these bytes, then those of the file. */
	const char *input;
	size_t input_length;
	int file; /* descriptor, read by its own offset from 0; open until done */
	int64_t file_length;
	double limit; /* seconds without a byte in either direction; 0: 60 */
	void *user;
	/* Bytes of the answer as they come; NULL: they are kept for done. */
	void (*data)(void *user, const char *bytes, size_t length);
	/* Its end, once. RC: its exit status, or one of the above. The answer
	 * is terminated and borrowed; cut where it is long (4 MB). */
	void (*done)(void *user, int rc, const char *answer, size_t length);
};

/* HD_ENOMEM. The first child is started from the loop. */
int hd_shell_open(struct hd_shell **out, const struct hd_shell_setup *setup,
		  struct hd_error *err);
bool hd_shell_is_up(const struct hd_shell *shell);
/* Requests that wait or are under way. */
size_t hd_shell_queued(const struct hd_shell *shell);
/*
 * Send it after those before it. HD_EBUSY when the shell is not up, HD_ENOMEM:
 * done is not called then.
 */
int hd_shell_ask(struct hd_shell *shell,
		 const struct hd_shell_request *request);
/* End the child now, as if it had ended by itself for the reason WHY. */
void hd_shell_drop(struct hd_shell *shell, const char *why);
/* End the child and what is under way; CLOSED(user) comes from the loop, or
 * at once for NULL. */
void hd_shell_close(struct hd_shell *shell, void (*closed)(void *user),
		    void *user);

#endif
