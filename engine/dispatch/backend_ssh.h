/* The ssh backend, for the table of backends. */
#ifndef HD_DISPATCH_BACKEND_SSH_H
#define HD_DISPATCH_BACKEND_SSH_H

#include <hdrive/backend.h>

extern const struct hd_backend_type hd_backend_ssh;

#endif
