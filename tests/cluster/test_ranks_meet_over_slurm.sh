#!/bin/sh
# A trial of several nodes of a Slurm: srun starts its ranks.
. "$TEST_ROOT/tests/cluster/frame.sh"
slurm_up NODES=3 CPUS=4
code 0 hdrive target add lab slurm folder="$SHARED" partition=main poll=0.5 \
	memory=100M

. "$TEST_ROOT/tests/cluster/ranks.sh"
ranks_are_right
