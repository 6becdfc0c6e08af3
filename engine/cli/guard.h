/*
 * A program that takes the terminal over, run as a child and waited for: however
 * it ends, the terminal is what it was.
 *
 * The child gets a pipe. It says there how its screen is left, as bytes for the
 * terminal and a NUL, then '+' when it enters it and '-' when it has left it.
 */
#ifndef HD_CLI_GUARD_H
#define HD_CLI_GUARD_H

#include "cli/cli.h"

/* Digits of a descriptor or of a process. */
#define GUARD_NUMBER 16

struct guard {
	char pipe[GUARD_NUMBER];   /* to be among the child's words: its descriptor, */
	char parent[GUARD_NUMBER]; /* and who waits for it */
	int fds[2];
};

/* False, with an error told, when there is no pipe. */
bool guard_open(struct cli *cli, struct guard *guard, int *code);
/* Run ARGV, whose first word is a path, on standard input's terminal, until it
 * ends; its exit code, or CLI_ERROR with what killed it told. */
int guard_run(struct cli *cli, struct guard *guard, char **argv);

#endif
