/* How sbatch is called: its words, and the script that it reads. */
#ifndef HD_SLURM_SCRIPT_H
#define HD_SLURM_SCRIPT_H

#include <stddef.h>

#include "base/buf.h"
#include "slurm/slurm.h"

#define HD_SLURM_WORDS_MOST 40 /* without those of "extra" */

struct hd_slurm_words {
	struct hd_buf text;
	char **argv; /* ends in NULL; points into TEXT */
	size_t count;
};

/*
 * The words for a job, or for an array of COUNT; EXCLUDE: nodes that it is kept
 * off, "" for none. False for no memory.
 */
bool hd_slurm_words(struct hd_slurm_words *words, const struct hd_slurm *slurm,
		    const struct hd_slurm_job *job, size_t count, double grace,
		    const char *exclude);
void hd_slurm_words_release(struct hd_slurm_words *words);
/* The script for ATTEMPTS, which has the lines of "setup" and no secret; the
 * caller's to free(), NULL for no memory. */
char *hd_slurm_script(const struct hd_slurm *slurm,
		      struct hd_slurm_attempt *const *attempts, size_t count);

#endif
