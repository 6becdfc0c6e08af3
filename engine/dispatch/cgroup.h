/*
 * Control groups for trials: folders below the engine's own group in the
 * kernel's second hierarchy, where this user may make some. Elsewhere there is
 * none, and nothing is said of it: the tree of processes is ended without.
 *
 * A group is used by one trial at a time and then by the next, for to make and
 * remove one costs a tenth of a trivial trial. What an engine leaves behind by
 * dying is removed by the launcher that uses it, at its end, or by the next
 * engine when none does.
 */
#ifndef HD_DISPATCH_CGROUP_H
#define HD_DISPATCH_CGROUP_H

#include <stdbool.h>
#include <stddef.h>

struct hd_cgroups; /* those of one engine */

/* Where they may be made. ROOT is before every path: "", or a test's folder.
 * NULL when there can be none, for want of memory too. */
struct hd_cgroups *hd_cgroups_open(const char *root);
/* The path of a group without a process, borrowed until it is given back; NULL
 * when there is none. GROUPS may be NULL. */
const char *hd_cgroups_take(struct hd_cgroups *groups);
/*
 * Whether PATH is one of GROUPS, and now free. Either may be NULL. IS_SPENT:
 * what was in it may have been killed through it, and it is removed: Linux, as
 * of 6.18, kills at once what is born into a group that was killed before.
 */
bool hd_cgroups_give(struct hd_cgroups *groups, const char *path,
		     bool is_spent);
/* Removes those that are given back; the others are their launchers'. */
void hd_cgroups_close(struct hd_cgroups *groups);

/* Kill all that is in the group PATH, which a trial's state names: nothing that
 * has not one of our names is touched. */
void hd_cgroup_kill(const char *path);
/* Remove it when nothing is in it. */
void hd_cgroup_remove(const char *path);

#endif
