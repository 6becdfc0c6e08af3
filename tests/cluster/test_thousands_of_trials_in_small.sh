#!/bin/sh
# The benchmark of ten thousand trials (make bench-cluster) with three hundred: the same
# claims hold.
. "$TEST_ROOT/tests/cluster/frame.sh"
SCALE_TRIALS=300 SCALE_NODES=100 SCALE_SECONDS='1 3' \
	SCALE_TROUBLE='launch=0.02 preempt=0.05 queued-but-failed=0.004' \
	/usr/bin/python3 "$cluster/scale/run.py" "$TEST_BUILD"
