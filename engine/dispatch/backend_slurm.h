/* Trials as jobs of Slurm. */
#ifndef HD_DISPATCH_BACKEND_SLURM_H
#define HD_DISPATCH_BACKEND_SLURM_H

#include <hdrive/backend.h>

extern const struct hd_backend_type hd_backend_slurm;

#endif
