#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=6 concurrent=2
script prog <<'END'
echo acc=0.5
exec sleep 100
END
hdrive submit sweep.yml --name stop-me-1 -- ./prog >out 2>err &
engine=$!
within 60 grep -q leads err
kill -INT $engine
got=0
wait $engine || got=$?
same $got 130
has err 'stopping [12] trials (again = now)'
has err '^saved$'
code 0 hdrive status stop-me-1
has out 'Canceled'
has out 'stopped'
code 0 hdrive show stop-me-1 --json
hasnt out '"state":"Running"'
same "$(grep -o '"number":[0-9]*' out | wc -l)" 2
