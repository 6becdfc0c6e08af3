#!/bin/sh
# Engines of sweeps over Slurm are killed again and again, wherever they are: nothing
# is lost or repeated (tests/crash/kill.py).
. "$TEST_ROOT/tests/cluster/frame.sh"
slurm_up
CRASH_KILLS=${CRASH_KILLS:-10} CRASH_SEED=${CRASH_SEED:-1} \
	/usr/bin/python3 "$cluster/kill.py" "$TEST_BUILD"
within 30 none_queued
