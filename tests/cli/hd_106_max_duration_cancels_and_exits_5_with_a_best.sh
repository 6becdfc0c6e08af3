#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=6 concurrent=2
script prog <<'END'
echo acc=0.5
exec sleep 100
END
code 5 hdrive submit sweep.yml --set max_duration_minutes=0.05 -- ./prog
has err 'max_duration'
has err ': Canceled in'
code 0 hdrive show @ --json
same "$(grep -o '"number":[0-9]*' out | wc -l)" 2
code 5 hdrive status --exit-status
script quiet <<'END'
exec sleep 100
END
code 4 hdrive submit sweep.yml --set max_duration_minutes=0.02 -- ./quiet
has err ': Canceled in'
