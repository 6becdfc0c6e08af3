#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# The pipe holds less than is told: the engine waits with its talk, the trials
# go on, and all of it is there in the end.
sweep total=20 concurrent=2
script prog <<'END2'
seq 1000 | sed 's/^/acc=0.5/'
END2
{ got=0; hdrive submit sweep.yml --name slow-1 -v --json -- ./prog 2>err || got=$?
  echo $got >status; } | { sleep 2; cat >out; }
same "$(cat status)" 0
[ "$(wc -c <out)" -gt 200000 ] || fail 'too little was told to fill a pipe'
code 0 hdrive metrics slow-1 --csv
same "$(grep -c acc out)" 20000

# One that goes away in the middle is no reason to stop.
{ got=0; hdrive submit sweep.yml --name gone-1 -v --json -- ./prog 2>err || got=$?
  echo $got >status; } | head -c 1000 >/dev/null
same "$(cat status)" 0
code 0 hdrive metrics gone-1 --csv
same "$(grep -c acc out)" 20000
sound
