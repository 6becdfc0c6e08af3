/*
 * A launcher that serves one attempt after the other: to start one costs more
 * than all that it does for a trial of some milliseconds.
 *
 * It and the engine hold the two ends of a socket. When an attempt's record is
 * there the launcher says so by one byte, and the next attempt comes as one
 * message: the words and the environment that exec would have given to a new
 * launcher. When the engine's end closes, because it died or has nothing to
 * run, the launcher ends.
 *
 * Only one of whose attempt nothing can be left goes on (launch.c: it was short,
 * ended by itself and was never told to stop); another one just ends, as one
 * without a socket does.
 *
 * The C library alone: the launcher is built from this file too.
 */
#ifndef HD_DISPATCH_LAUNCH_NEXT_H
#define HD_DISPATCH_LAUNCH_NEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most that a message holds; for more there is a new launcher. */
#define HD_LAUNCH_NEXT_BYTES 65536
#define HD_LAUNCH_NEXT_WORDS 2000

/* A message begins with this; the words follow, each with its terminator. */
struct hd_launch_next_head {
	uint32_t arguments;
	uint32_t variables;
};

struct hd_launch_next {
	int channel; /* -1: there is no next one */
	/* Where the kernel looks for our words and for our environment. */
	char *words, *variables;
	size_t words_size, variables_size;
};

/* CHANNEL is ours now. ARGV and the environment are those that exec gave. */
void hd_launch_next_init(struct hd_launch_next *next, int channel, char **argv);
/*
 * Say that the attempt has ended and wait for the next one. False when there is
 * none. ARGV and the environment are then the next one's, until the next call;
 * so are those that other processes see of us, which in between are empty: an
 * idle launcher is no trial's.
 */
bool hd_launch_next_wait(struct hd_launch_next *next, int *argc, char ***argv);

#endif
