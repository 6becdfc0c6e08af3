#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=2 concurrent=2
script prog <<'END'
trap '' TERM
echo acc=0.5
while :; do sleep 0.1; done
END
hdrive submit sweep.yml -- ./prog >out 2>err &
engine=$!
within 60 grep -q leads err
kill -INT $engine
within 60 grep -q 'again = now' err
kill -INT $engine
got=0
wait $engine || got=$?
same $got 130
has err saved
