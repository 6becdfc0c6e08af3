/*
 * What may stand where a command line is being typed: for shells, which ask
 * "hdrive completion --words" and show what it says.
 *
 * It comes from the rows that parse and explain: commands, options, the words
 * that an option's row lists ("json|table"), and the usage line, whose words
 * tell what a place takes (S: a sweep, FILE: a file, COMMAND, ...).
 */
#ifndef HD_CLI_COMPLETE_H
#define HD_CLI_COMPLETE_H

#include <stddef.h>

struct cli;

/*
 * Print what may stand in place of the last of COUNT WORDS, which follow the
 * program's name, one a line, a tab and half a sentence behind some; last a
 * line ":files", ":folders" or ":programs" where those fit as well.
 */
void complete_words(struct cli *cli, const char *const *words, size_t count);

#endif
