#!/bin/sh
# docs/how-to/slurm.md, as it is written.
. "$TEST_ROOT/tests/cluster/frame.sh"
slurm_up NODES=3 CPUS=4

/usr/bin/python3 "$TEST_ROOT/tests/support/docs.py" run \
	"$TEST_ROOT/docs/how-to/slurm.md" >&2 || fail 'the page'
nothing_left
