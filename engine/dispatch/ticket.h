/*
 * The right to run one attempt of a trial, a file in the trial's folder
 * (record_format.h): made by who launches it, claimed by the launcher, or
 * withdrawn by who takes the trial over.
 *
 * Claim and withdrawal are a rename and an unlink of the same name, so one of
 * them fails, on a network's file system too.
 */
#ifndef HD_DISPATCH_TICKET_H
#define HD_DISPATCH_TICKET_H

#include <stdbool.h>
#include <stddef.h>

/* What an engine's tickets have in common, zeroed at first. */
struct hd_ticket_print {
	const char *path; /* where it may be kept, borrowed; NULL for nowhere */
	bool is_known;    /* this engine has made it */
};

#define HD_TICKET_HOST 256 /* bytes of a host's name, its end included */

/* The name of this host, "" when there is none. */
void hd_ticket_host(char host[HD_TICKET_HOST]);

/*
 * Make FOLDER ready for ATTEMPT: no record of an earlier one, and a ticket,
 * which is another name of that in PRINT where there is one (a new inode would
 * cost more). IS_NEW: nothing is in it that an attempt leaves. 0 or an errno;
 * EEXIST when it was launched before.
 */
int hd_ticket_make(const char *folder, unsigned attempt, bool is_new,
		   struct hd_ticket_print *print);

/*
 * Take the ticket back. 0: no launcher has claimed it nor ever will. ENOENT:
 * it was claimed, or never made. Else another errno.
 */
int hd_ticket_withdraw(const char *folder, unsigned attempt);

/*
 * Whether the ticket was claimed: 0, ENOENT or another errno. HOST: where it
 * was made, "" when that is not told.
 */
int hd_ticket_owner(const char *folder, unsigned attempt,
		    char host[HD_TICKET_HOST]);

#endif
