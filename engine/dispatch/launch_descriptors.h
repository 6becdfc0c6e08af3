/*
 * The launcher's descriptors: the standard streams, and behind them those that
 * it has for long, at numbers of their own, so that all others can be closed.
 * The C library alone.
 */
#ifndef HD_DISPATCH_LAUNCH_DESCRIPTORS_H
#define HD_DISPATCH_LAUNCH_DESCRIPTORS_H

#include <stdbool.h>

#define HD_LAUNCH_FOLDER_AT 3  /* the trial's folder */
#define HD_LAUNCH_CHANNEL_AT 4 /* by which the next attempt comes */

/* Have FD as AT, whatever that was; closed on exec. -1 when it cannot be. */
int hd_launch_descriptor_move(int fd, int at);
/* Close what was inherited, but for the streams and the channel. */
void hd_launch_descriptors_close(bool has_channel);
/* Make FD the file NAME of the folder, to be appended to; -1 and errno. */
int hd_launch_file_append(int folder, const char *name, int fd);

#endif
