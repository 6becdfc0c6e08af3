/* The machines of an allocation of Slurm's, in the launcher. */
#ifndef HD_DISPATCH_LAUNCH_HOSTS_H
#define HD_DISPATCH_LAUNCH_HOSTS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The names that LIST, of Slurm ("n[1-3,7],gpu01"), stands for, COUNT of them
 * at most, comma between them, into TEXT of SIZE. Returns how many, 0 when LIST
 * is not understood or too long.
 */
int hd_launch_hosts_expand(char *text, size_t size, const char *list, int count);
/*
 * How many tasks each of COUNT machines has by LIST ("2(x3),1"), the first
 * rank of each into FIRST and, behind them, how many there are in all. False
 * when it is not understood.
 */
bool hd_launch_hosts_tasks(int *first, const char *list, int count);
/*
 * Addresses in place of names that nothing resolves here, the same number and
 * order; names stay when Slurm does not tell either.
 */
void hd_launch_hosts_resolve(char *text, size_t size);
/* Cut TEXT at its commas: COUNT pointers at most; how many there are. */
int hd_launch_hosts_cut(const char **hosts, char *text, int count);

#endif
