#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep
code 0 hdrive submit sweep.yml --parsable --name quiet-one-1 -- sh -c 'echo acc=1'
same "$(cat out)" quiet-one-1
[ ! -s err ] || fail 'it talked'
code 0 hdrive submit sweep.yml -q -- sh -c 'echo acc=1'
[ ! -s err ] || fail 'it talked'
