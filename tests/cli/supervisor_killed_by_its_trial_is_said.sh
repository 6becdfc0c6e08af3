#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=3
script prog <<'END'
echo acc=1
setsid sleep 1000 &
kill -KILL $PPID
sleep 1000
END
code 0 hdrive submit sweep.yml -- ./prog
has err 'trial 2 FAILED its supervisor was killed by signal 9'
has err '3 failed'
sound
