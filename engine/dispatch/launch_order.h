/*
 * The launcher's words and variables from a file (order.h) in place of its
 * command line. The C library alone.
 */
#ifndef HD_DISPATCH_LAUNCH_ORDER_H
#define HD_DISPATCH_LAUNCH_ORDER_H

/*
 * Read the order at PATH and remove it: its words, behind NAME, become *ARGV,
 * and its variables ours. Nothing of it is ever given back. 0 or an errno;
 * EBADMSG for a file that is no order.
 */
int hd_launch_order_read(const char *path, char *name, int *argc, char ***argv);

#endif
