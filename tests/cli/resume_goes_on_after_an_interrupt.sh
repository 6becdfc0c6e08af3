#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# What was cancelled with the sweep runs again; a program with a checkpoint
# goes on from it, and its curve with it.
sweep total=4 concurrent=2
script prog <<'END'
from=$(cat "$HDRIVE_CHECKPOINTS/step" 2>/dev/null || echo 0)
trap 'exit 75' TERM
for i in $(seq $((from + 1)) 4); do
	echo acc=0.$i
	echo $i >"$HDRIVE_CHECKPOINTS/step"
	sleep 0.3 &
	wait $!
done
END
hdrive submit sweep.yml --name cut-2 -- ./prog >/dev/null 2>err &
engine=$!
within 60 grep -q leads err
kill -INT $engine
got=0
wait $engine || got=$?
same $got 130
has err 'hdrive resume cut-2'
code 130 hdrive status cut-2 --exit-status
code 0 hdrive resume cut-2 --max-trials 5 -j 1
has err '5 completed'
code 0 hdrive metrics cut-2 --csv
for trial in 0 1 2 3 4; do
	same "$(grep "^$trial,.*acc" out | cut -d, -f4 | tr '\n' ' ')" '0.1 0.2 0.3 0.4 '
done
code 0 hdrive status cut-2 --exit-status
sound
