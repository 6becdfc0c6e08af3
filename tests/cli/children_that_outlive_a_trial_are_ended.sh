#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=2
script prog <<'END'
sleep 1000 &
setsid sleep 1000 &
echo acc=1
END
code 0 hdrive submit sweep.yml -- ./prog
has err '2 completed'
