/* The pool as hdrive's runner: for hd_sweep_options.runner, with the pool as
 * its runner_user. */
#ifndef RUNNER_H
#define RUNNER_H

#include <hdrive/backend.h>

extern const struct hd_backend_type pool_runner;

#endif
