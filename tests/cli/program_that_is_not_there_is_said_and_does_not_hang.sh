#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=2
code 4 hdrive submit sweep.yml -- ./not-there
has err "trial 0 FAILED .*not-there"
has err '2 failed'
touch plain
code 4 hdrive submit sweep.yml -- ./plain
has err 'trial 1 FAILED'
