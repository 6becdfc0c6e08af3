#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=3
{ got=0; hdrive submit sweep.yml --json -- sh -c 'echo acc=1' 2>err || got=$?
  echo $got >status; } | true
same "$(cat status)" 0
has err '3 completed'
got=0
hdrive submit sweep.yml -- sh -c 'echo acc=1' >&- 2>err || got=$?
has err '3 completed'
code 0 hdrive ls --json
same "$(grep -o '"state":"Completed"' out | wc -l)" 2
