#!/bin/sh
# Two processes a trial, which meet by torch's variables.
. "$TEST_ROOT/tests/support/cli.sh"

cp "$TEST_ROOT"/examples/distributed/* .
code 0 hdrive submit sweep.yml -c torch --name d --seed 3
code 0 hdrive best d
has .hdrive/d/000000/stdout '^rank 0 of 2 on node 0: slope '
has .hdrive/d/000000/rank-1.log '^rank 1 of 2 on node 0: slope '
code 0 hdrive metrics d
# Rank 0's values alone: one a step.
same "$(grep -c ' loss  *50 ' out)" 4
