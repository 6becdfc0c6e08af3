/*
 * Trials on several hosts. Each host has an attempt of its own, all of the same
 * trial and number, with a launcher that finds the others (launch_nodes.h).
 * The first one leads: it is the trial's for the engine, and its record the
 * trial's end. What the others write lies in FOLDER/node-K here.
 *
 * Invariants:
 * - the others are prepared before the leader is claimed, so that who adopts
 *   that finds them by their folders;
 * - the leader's end is told when no other is left, or will be left;
 * - no attempt closes another one: that is done by hd_ssh_group_poll, so that
 *   who walks the list of attempts may end the one that it is at.
 */
#ifndef HD_SSH_GROUP_H
#define HD_SSH_GROUP_H

#include "ssh/ssh.h"

/* Hosts of one trial. */
#define HD_SSH_NODES_MOST 256

/* How many groups may be there at once, those that run included. */
size_t hd_ssh_group_capacity(const struct hd_ssh *ssh);
/*
 * Make LEADER, which has no host yet, one of ssh->nodes attempts: hosts are
 * chosen, its own goes to *HOST, and the others are prepared. HD_EBUSY when
 * there are not enough with room. What was made is closed with the leader, or
 * by the next poll.
 */
int hd_ssh_group_make(struct hd_ssh_attempt *leader, const struct hd_launch *launch,
		      struct hd_ssh_host **host, struct hd_error *err);
/* Take over the others of a leader that was. */
int hd_ssh_group_adopt(struct hd_ssh_attempt *leader, struct hd_error *err);
/* "nodes K PORT TOKEN ADDRESSES" for ATTEMPT, appended. */
void hd_ssh_group_means(struct hd_buf *text, const struct hd_ssh_attempt *attempt);
/* The trial's folder here, of whichever of its attempts. */
const char *hd_ssh_group_folder(const struct hd_ssh_attempt *attempt);
/* Whether the end of ATTEMPT is to wait; the poll then comes back to it. */
bool hd_ssh_group_holds(struct hd_ssh_attempt *attempt);
/* What is to be said of the leader's END besides. */
void hd_ssh_group_judge(const struct hd_ssh_attempt *leader, struct hd_exit *exit);
/* One that does not lead has ended so; the engine does not hear of it. */
void hd_ssh_group_told(struct hd_ssh_attempt *attempt, const struct hd_exit *exit);
/* The others are to end at once too. */
void hd_ssh_group_stop(struct hd_ssh_attempt *leader);
/* The others are left as they are: another engine may take all over. */
void hd_ssh_group_release(struct hd_ssh_attempt *leader);
/* ATTEMPT is out of the list. */
void hd_ssh_group_closed(struct hd_ssh_attempt *attempt);
/* ATTEMPT's memory goes. */
void hd_ssh_group_unref(struct hd_ssh_attempt *attempt);
void hd_ssh_group_poll(struct hd_ssh *ssh);

#endif
