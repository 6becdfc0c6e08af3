#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep
code 2 hdrive submit sweep.yml
has err 'hdrive submit sweep.yml -- python train.py'
code 2 hdrive submit sweep.yml --
code 2 hdrive submit sweep.yml python train.py
has err "stands behind '--'"
code 2 hdrive submit
[ ! -e .hdrive ] || fail 'a store was made'
