/* Trials on this machine, each under hdrive-launch; see backend_table.c. */
#ifndef HD_DISPATCH_BACKEND_LOCAL_H
#define HD_DISPATCH_BACKEND_LOCAL_H

#include <hdrive/backend.h>

extern const struct hd_backend_type hd_backend_local;

#endif
