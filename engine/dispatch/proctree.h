/*
 * The processes below one, read from Linux's /proc.
 *
 * A reading is a moment's: processes come and go while it is made. Who ends a
 * tree reads, signals and reads again until nothing is left. The C library
 * alone: the launcher is built from this file too.
 */
#ifndef HD_DISPATCH_PROCTREE_H
#define HD_DISPATCH_PROCTREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct hd_proc {
	pid_t pid;
	pid_t parent;
	pid_t group;
	bool is_dead;  /* ended, not yet waited for */
	bool is_below; /* set by hd_proctree_mark */
};

struct hd_proctree {
	struct hd_proc *procs; /* by pid */
	size_t count;
	size_t size;
};

/* All processes of the machine; 0 or an errno. Release it in both cases. */
int hd_proctree_read(struct hd_proctree *tree);
/* Mark what descends from ROOT, ROOT itself not. */
void hd_proctree_mark(struct hd_proctree *tree, pid_t root);
void hd_proctree_release(struct hd_proctree *tree);

/*
 * Signal every living process below ROOT that is not in the group EXCEPT (0
 * for none). Returns how many living ones there are below ROOT, EXCEPT's
 * included; SIGNAL 0 only counts.
 */
size_t hd_proctree_signal(pid_t root, pid_t except, int signal);

/* When PID started, field 22 of its stat file; 0 when it is gone. */
uint64_t hd_proctree_start(pid_t pid);

#endif
