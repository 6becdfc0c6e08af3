#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# One trial for good, then the sweep, and a short grace for one that will not.
sweep total=6 concurrent=2
script prog <<'END'
echo acc=0.5
trap '' TERM
while :; do sleep 0.1; done
END
code 0 hdrive submit sweep.yml --name run-1 --detach --no-smoke -- ./prog
same "$(cat out)" run-1
within 60 sh -c 'hdrive show run-1 --json | grep -q "\"number\":1"'
code 0 hdrive cancel run-1 0 --now
same "$(cat out)" 1
within 60 sh -c 'hdrive show run-1 0 --json | grep -q "\"state\":\"Canceled\""'
code 0 hdrive show run-1 0 --json
has out '"end_reason":"user"'
within 60 sh -c 'hdrive show run-1 --json | grep -q "\"number\":2"'
code 0 hdrive cancel run-1 --grace 1s
same "$(cat out)" 2
code 130 hdrive wait run-1
code 0 hdrive show run-1 1 --json
has out '"end_reason":"sweep"'
code 0 hdrive cancel run-1
has err 'has ended'
[ ! -e .hdrive/run-1/engine.sock ] || fail 'the socket is left'
has .hdrive/run-1/engine.log 'stopping 2 trials'
sound
