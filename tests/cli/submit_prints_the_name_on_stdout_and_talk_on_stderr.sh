#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep
code 0 hdrive submit sweep.yml --name first-one-1 -- sh -c 'echo acc=1'
same "$(cat out)" first-one-1
has err '^first-one-1: 4 trials, random, 2 at a time'
has err '^best acc 1 (#[0-9]*): --x'
has err 'hdrive best first-one-1'
hasnt err "$(printf '[\r\033]')"
code 2 hdrive submit sweep.yml --name first-one-1 -- sh -c 'echo acc=1'
