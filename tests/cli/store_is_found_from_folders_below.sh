#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1
code 0 hdrive submit sweep.yml -- sh -c 'echo acc=1'
mkdir -p deep/er
code 0 hdrive -C deep/er best
has out 'acc 1'
