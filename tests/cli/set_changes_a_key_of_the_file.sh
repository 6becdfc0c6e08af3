#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep
code 0 hdrive submit sweep.yml --set max_total_runs=2 \
	--set max_concurrent_runs=1 -- sh -c 'echo acc=1'
has err ': 2 trials, random, 1 at a time'
code 2 hdrive submit sweep.yml --set max_total_runs=zero -- true
