#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1 concurrent=1
script prog <<'END'
trap '' TERM
n=0
while :; do
	hdrive log acc=0.5; n=$?
	[ $n = 10 ] && { echo heard; exit 0; }
	sleep 0.1
done
END
hdrive submit sweep.yml -- ./prog >out 2>err &
engine=$!
within 60 grep -q leads err
kill -INT $engine
got=0
wait $engine || got=$?
same $got 130
code 0 hdrive logs @ 0 --stdout
has out heard
