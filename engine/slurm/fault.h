/* What sbatch says when it fails, to what is to be done. */
#ifndef HD_SLURM_FAULT_H
#define HD_SLURM_FAULT_H

#include "slurm/slurm.h"

/* By its words on stderr. */
enum hd_slurm_fault hd_slurm_fault_read(const struct hd_command_end *end);
/* Whether the words mean that the scheduler was not reached at all. */
bool hd_slurm_fault_is_silence(const char *err);
/* Its last line of words without the names of programs before, into TEXT. */
void hd_slurm_fault_text(char *text, size_t size, const char *err);

#endif
