#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=2 concurrent=1
script prog <<'END'
echo acc=0.1
exec sleep 100
END
hdrive submit sweep.yml --name held-1 -- ./prog >/dev/null 2>err.engine &
engine=$!
within 60 grep -q leads err.engine
code 75 hdrive resume held-1
has err "sweep 'held-1' is being run by process $engine on "
kill -INT $engine
wait $engine || :
sound
code 3 hdrive resume no-such-sweep
