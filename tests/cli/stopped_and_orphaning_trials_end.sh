#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# A child that is still at work for a moment is heard to its end.
sweep total=1 concurrent=1
script late <<'END'
{ sleep 0.05; echo acc=7; } &
END
code 0 hdrive submit sweep.yml -- ./late
has err 'best acc 7 '

# Twice forked, in a session of its own, deaf to TERM, its output closed.
sweep total=2
script twice <<'END'
echo acc=1
setsid sh -c 'setsid sh -c "trap \"\" TERM HUP; sleep 100; sleep 100" & ' &
exec >&- 2>&-
exit 0
END
code 0 hdrive submit sweep.yml -v -- ./twice
has err '2 completed'
has err 'it left behind ended'

# One that has stopped itself hears Ctrl-C; the other kills its own group.
script stopped <<'END'
echo acc=1
[ "$HDRIVE_TRIAL" = 0 ] || kill -KILL 0
kill -STOP $$
sleep 100
END
hdrive submit sweep.yml -- ./stopped >out 2>err &
engine=$!
within 60 grep -q 'trial 1 FAILED signal 9' err
kill -INT $engine
got=0
wait $engine || got=$?
same $got 130
has err '1 failed, 1 stopped'
sound
