/* The shell's own: requests and time (shell.c), a child's streams (shell_link.c). */
#ifndef HD_REMOTE_SHELL_PRIVATE_H
#define HD_REMOTE_SHELL_PRIVATE_H

#include "remote/shell.h"

#include <uv.h>

#include "base/buf.h"
#include "remote/child.h"

#define HD_SHELL_MARK 48

struct hd_shell_entry {
	struct hd_shell_entry *next;
	struct hd_shell_request what; /* its texts are ours */
	struct hd_buf send;           /* the line, then the input */
	struct hd_buf answer;
	char mark[HD_SHELL_MARK]; /* "\nhd-...-N " */
};

struct hd_shell_link {
	struct hd_shell *shell;
	struct hd_child child;
	uv_poll_t in, out, err, process;
	unsigned handles;
	bool has_ended; /* its output has */
};

enum hd_shell_phase {
	HD_SHELL_WAITING, /* for the time of the next child */
	HD_SHELL_GREETING,
	HD_SHELL_UP,
	HD_SHELL_CLOSING,
};

struct hd_shell {
	struct hd_shell_setup setup;
	enum hd_shell_phase phase;
	struct hd_shell_link *link;      /* NULL in HD_SHELL_WAITING */
	struct hd_shell_entry *requests; /* the greeting is the first one of a link */
	struct hd_shell_entry **last;
	size_t queued;
	uv_timer_t timer; /* the next child, or the limit of silence */
	uint64_t retry;   /* milliseconds until the next child, next time */
	uint64_t count;   /* of requests, for their marks */
	size_t sent;      /* of the first request's SEND */
	int64_t file_sent;
	struct hd_buf held;   /* bytes that may be the beginning of its mark */
	struct hd_buf errors; /* of the child's stderr, the last ones */
	unsigned open;        /* links, the timer */
	void (*closed)(void *user);
	void *closed_user;
};

/* One less is open; the last one frees it. */
void hd_shell_unref(struct hd_shell *shell);
/* The first request's end: it leaves the list before it is told, as more may be
 * asked then. */
void hd_shell_entry_end(struct hd_shell *shell, int rc);
/* The link is gone, for the reason WHY; another is made in a while. */
void hd_shell_down(struct hd_shell *shell, const char *why);
/* What is waited for begins now. */
void hd_shell_arm(struct hd_shell *shell);

/* --- shell_link.c ----------------------------------------------------------- */

/* 0 or an errno, and then nothing is there. */
int hd_shell_link_open(struct hd_shell *shell);
void hd_shell_link_close(struct hd_shell_link *link);
/* As much of the first request as its child takes. */
void hd_shell_send(struct hd_shell *shell);
void hd_shell_errors_read(struct hd_shell *shell);
/* The last line of its stderr that says something; NULL for none. */
const char *hd_shell_errors_last(struct hd_shell *shell);
/* The child is at its end: why, by its own words or its status. */
void hd_shell_ended(struct hd_shell *shell);

#endif
