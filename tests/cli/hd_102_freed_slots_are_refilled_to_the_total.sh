#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=10 concurrent=3
code 0 hdrive submit sweep.yml -- sh -c 'echo acc=$HDRIVE_TRIAL'
has err '10 trials, 10 completed'
has err 'best acc 9 (#9)'
code 0 hdrive show @ --json
same "$(grep -o '"number":[0-9]*' out | wc -l)" 10
